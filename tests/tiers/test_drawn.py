"""Tables in draws beside exact ones; indices by sampling beside exact ones; what is declined and why."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import mcda
from mcda.errors import Declined
from mcda.problem import Lattice
from mcda.rule import Rule, Split
from mcda.scores.belief import Belief, Condition
from mcda.tiers.drawn import convergence, drawn
from mcda.tiers.joint import AllIn, Exactly, NumberIn, Stricter
from mcda.tiers.sampled import _without_table, sampler
from mcda.tiers.sampled_indices import sampled_sensitivity

ROLES = ("against", "against", "against", "for", "for", "for", "counterweight")
RULE = Rule("reference", ROLES, 3, 2, (Fraction(4), Fraction(-1)), Split("composite", (Fraction(-6),)))
RATIO = RULE.but(name="ratio", form="ratio", cuts=(Fraction(21, 10), Fraction(3, 4)))
SCALE = Lattice(1, 10)
NAMES = [f"c{k}" for k in range(1, 8)]
#: Numerators of weights over a large prime: their sums have no common divisor.
ODD = (1_234_577, 700_001, 1_065_427, 910_003, 1_100_009, 989_881)
STATEMENTS = (
    Stricter("a0", "a1"),
    AllIn(("a0", "a2"), (1, 2, 3)),
    Exactly((), 1),
    NumberIn((4, 5), at_least=3, at_most=4),
)


def beliefs(n: int = 5, components: int = 1) -> dict[str, Belief]:
    rng = np.random.default_rng(2)
    return {
        f"a{i}": Belief(SCALE, rng.dirichlet(np.ones(10), size=(components, 7)), rng.dirichlet(np.ones(components)))
        for i in range(n)
    }


@pytest.mark.parametrize("components", [1, 3])
def test_statements_pairs_and_numbers_agree_with_the_exact_ones(components: int) -> None:
    """Under two rules and, once, three experts: everything within five standard errors of its exact probability."""
    n = 100_000
    found = drawn(beliefs(components=components), [RULE, RATIO], rule_weights=[3, 1], n=n, rng=7, statements=STATEMENTS)
    assert found.attrs["p_all"] > 1e-3
    assert np.abs(found["statement_z"]).max() < 5
    for share, exact in (("share", "exact"), ("stricter_share", "stricter"), ("number_share", "number")):
        p = found[exact].values
        assert (np.abs(found[share].values - p) <= 5 * np.sqrt(p * (1 - p) / n) + 5 / n).all(), share
    assert found["number_share"].sum("member").values == pytest.approx(1)


def test_a_mixture_over_rules_is_not_independence() -> None:
    """P(both in tiers 1-3) is the mean over worlds of products, not the product of means."""
    found = drawn(beliefs(components=3), [RULE, RATIO], n=1000, rng=1, statements=[AllIn(("a0", "a2"), (1, 2, 3))])
    inside = found["exact"].sel(tier=[1, 2, 3]).sum("tier").sel(alternative=["a0", "a2"]).values
    assert abs(found["statement_exact"].item() - inside.prod()) > 1e-3


def test_the_seed_is_stored_and_a_generator_is_used_once() -> None:
    one = drawn(beliefs(2), RULE, n=1000, rng=np.random.default_rng(3))
    again = drawn(beliefs(2), RULE, n=1000, rng=int(one.attrs["seed"]))
    assert one.identical(again)
    assert not one.equals(drawn(beliefs(2), RULE, n=1000, rng=0))


def test_intervals_hold_the_exact_probability_about_as_often_as_they_say() -> None:
    """200 seeds x 5 x 5 Clopper-Pearson intervals of 1,000 draws: at least 95 % less four binomial errors."""
    covered = []
    for seed in range(200):
        found = drawn(beliefs(), RULE, n=1000, rng=seed, threads=1)
        low, high = found["share_ci"].values[..., 0], found["share_ci"].values[..., 1]
        covered.append((low - 1e-12 <= found["exact"].values) & (found["exact"].values <= high + 1e-12))
    assert np.mean(covered) > 0.95 - 4 * np.sqrt(0.05 * 0.95 / 5000)


def test_convergence_is_that_of_the_binomial_and_each_size_begins_with_the_last() -> None:
    """Root mean square errors over 25 cells within a factor 2 of sqrt(mean p (1 - p) / n)."""
    found = convergence(beliefs(), RULE, sizes=(500, 8000, 64_000), rng=5)
    ratio = (found["error_rms"] / found["expected_rms"]).values
    assert ((ratio > 0.5) & (ratio < 2)).all()
    assert found["share"].values[1] == pytest.approx(drawn(beliefs(), RULE, n=8000, rng=5)["share"].values)


@pytest.mark.slow
def test_where_the_exact_engine_declines_draws_go_on_and_say_so() -> None:
    """Weights with so many decimals, on a lattice so fine, that sums can't be listed: no exact value, no z."""
    fine, rng = Lattice(1, 10, 6), np.random.default_rng(0)
    rule = RULE.but(name="odd", weights=tuple(Fraction(x, 999_983) for x in (*ODD, 999_983)))
    laws = {"a": Belief(fine, rng.dirichlet(np.ones(fine.size), size=7))}
    with pytest.raises(Declined, match="use sampling"):
        mcda.acceptability(laws, rule)
    found = drawn(laws, rule, n=20_000, rng=1)
    assert np.isnan(found["exact"]).all()
    assert "use sampling" in found.attrs["declined"]


def test_rules_without_a_table_are_drawn_from_the_same_words() -> None:
    """Weights of 1 written as weights with many decimals that are equal: the same tiers, draw by draw."""
    laws, fine = beliefs(3, components=2), tuple(Fraction(x) for x in (1, 1, 1, 1, 1, 1, 1))
    made = sampler(laws, RULE.but(weights=fine), rng=5)
    plain = replace(made, products=(), plain=(_without_table([0, 1, 2], list(laws.values()), [0, 1, 2], [RULE]),))
    assert np.array_equal(made.tiers(np.arange(500)), plain.tiers(np.arange(500)))


# -- indices -----------------------------------------------------------------------------------------------------------


def covered(found: object, exact: object, kind: str) -> np.ndarray:
    low, high = (found[f"{kind}_ci"].sel(ci_bound=end).values for end in ("low", "high"))  # type: ignore[index]
    known = np.isfinite(found[kind].values) & np.isfinite(exact[kind].values)  # type: ignore[index]
    return np.asarray(((low - 1e-9 <= exact[kind].values) & (exact[kind].values <= high + 1e-9))[known])  # type: ignore[index]


@pytest.mark.parametrize(("points", "n"), [("sobol", 64), ("random", 1024)])
def test_sampled_indices_have_the_shape_of_exact_ones_and_hold_them(points: str, n: int) -> None:
    """About 270 intervals: more than 85 % hold the exact index (indices share their points, so not a binomial)."""
    laws = beliefs(3)
    found = sampled_sensitivity(laws, RULE, factors=NAMES, n=n, rng=4, points=points)  # type: ignore[arg-type]
    exact = mcda.indices(laws, RULE, factors=NAMES)
    for name, variable in exact.data_vars.items():
        if name != "interaction":
            assert found[name].dims == variable.dims
    for kind in ("first_order", "total_order", "shapley"):
        assert covered(found, exact, kind).mean() > 0.85, kind
    assert found["variance"].values[:, :-1] == pytest.approx(exact["variance"].values[:, :-1], rel=0.3, abs=0.02)
    assert np.isnan(found["shapley"].sel(output="information")).all()
    assert not found["constant"].any()


@pytest.mark.slow
def test_of_a_pool_of_experts_the_single_criteria_are_estimated() -> None:
    laws = beliefs(1, components=4)
    found = sampled_sensitivity(laws, RULE, factors=NAMES, n=512, rng=4)
    exact = mcda.indices(laws, RULE, factors=NAMES)
    known = found["first_order_ci"].notnull().all("ci_bound")  # sums over outputs have no interval
    assert covered(found.where(known), exact, "first_order").mean() > 0.85
    for output in ("ordinal", "one-hot"):
        off = found["first_order"].sel(output=output) - exact["first_order"].sel(output=output)
        assert float(np.abs(off).max()) < 0.03
    assert not found["constant"].any()
    assert np.isnan(found["total_order"]).all()
    assert "given data" in found.attrs["method"]


def test_what_cannot_be_drawn_is_declined_with_the_reason() -> None:
    laws = {"a": Belief(SCALE, np.full((7, 10), 0.1), condition=Condition(RULE, 2))}
    with pytest.raises(Declined, match="'conditioned' is not sampled"):
        sampled_sensitivity(laws, RULE, factors=NAMES, rng=1)
