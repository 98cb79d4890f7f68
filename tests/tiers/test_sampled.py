"""Draws of a whole table: they agree with the exact engine, and depend on nothing but seed, name and number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import mcda
from mcda import draws
from mcda.errors import UsageError
from mcda.problem import Lattice
from mcda.rule import Rule, Split
from mcda.scores.belief import Belief, Condition
from mcda.scores.marginals import rescoring
from mcda.tiers.counts import agreement, clopper_pearson, share_error
from mcda.tiers.joint import count_pairs, count_tiers
from mcda.tiers.sampled import BLOCK, Sampler, sampler
from mcda.tiers.second_panel import SecondPanel
from mcda.tiers.worlds import tier_probabilities_by_world, worlds

ROLES = ("against", "against", "against", "for", "for", "for", "counterweight")
REFERENCE = Rule("reference", ROLES, 3, 2, (Fraction(4), Fraction(-1)), Split("composite", (Fraction(-6),)))
VETO = REFERENCE.but(name="veto", veto=Fraction(8))
RATIO = REFERENCE.but(name="ratio", form="ratio", cuts=(Fraction(21, 10), Fraction(3, 4)))
FIRST = Rule(
    "first", ROLES, 3, 2, (Fraction(4), Fraction(-1)), Split("first", (Fraction(8),))
)  # fmt: skip
SCALE = Lattice(1, 10)


def random_beliefs(n: int, *, components: int = 1, unit: int = 1, seed: int = 1) -> dict[str, Belief]:
    """Beliefs with narrow and wide supports, some scores impossible, some certain."""
    rng = np.random.default_rng(seed)
    lattice = Lattice(1, 10, unit)
    found = {}
    for i in range(n):
        p = rng.dirichlet(np.full(lattice.size, 0.5), size=(components, 7))
        p[rng.random(p.shape) < 0.3] = 0
        p[..., rng.integers(lattice.size)] += 0.05
        p[0, 0] = np.eye(lattice.size)[3]
        found[f"a-{i}"] = Belief(lattice, p / p.sum(axis=-1, keepdims=True), rng.dirichlet(np.ones(components)))
    return found


def conditioned(tiers: list[int], *, sd: float | None = None) -> dict[str, Belief | SecondPanel]:
    prior = np.random.default_rng(3).dirichlet(np.ones(10), size=7)
    beliefs = {f"m-{i}": Belief(SCALE, prior, condition=Condition(REFERENCE, t)) for i, t in enumerate(tiers)}
    if sd is None:
        return dict(beliefs)
    kernels = np.stack([rescoring(SCALE, sd, ends="clip")] * 7)
    return {name: SecondPanel(belief, kernels) for name, belief in beliefs.items()}


def exact(laws: Mapping[str, object], s: Sampler) -> npt.NDArray[np.float64]:
    given = tier_probabilities_by_world(laws, s.worlds)  # type: ignore[arg-type]
    return np.asarray(np.einsum("w,wat->at", s.worlds.weight, given))


def fitted() -> dict[str, object]:
    """A joint law known cell by cell, and a conditioned belief with a common factor: drawn from their cells."""
    belief = random_beliefs(2)["a-1"]
    asked = np.full((7, 7), 0.3) + 0.7 * np.eye(7)
    factor = replace(mcda.with_factor(belief, np.full(7, 0.6), nodes=6), condition=Condition(REFERENCE, 3))
    return {"fitted": mcda.normal_joint(belief, asked), "factor": factor}


CASES = {
    "independent": (random_beliefs(12), [REFERENCE]),
    "a finer lattice": (random_beliefs(6, unit=3), [REFERENCE]),
    "two lattices": ({**random_beliefs(4, unit=2), **{f"b{k}": v for k, v in random_beliefs(4).items()}}, [VETO]),
    "three rules": (random_beliefs(8), [REFERENCE, VETO, RATIO]),
    "experts": (random_beliefs(8, components=5), [REFERENCE]),
    "experts and rules": (random_beliefs(8, components=3), [FIRST, RATIO]),
    "printed tiers, another rule": (conditioned([1, 2, 3, 4, 5, 5]), [VETO]),
    "printed tiers, second panel": (conditioned([1, 2, 3, 4, 5, 1], sd=1.0), [REFERENCE]),
    "printed tiers, second panel, rules": (conditioned([1, 3, 5], sd=2.0), [REFERENCE, RATIO, VETO]),
    "known cell by cell": (fitted(), [REFERENCE, VETO]),
    "of both kinds": ({**conditioned([2, 4], sd=0.5), **random_beliefs(3)}, [REFERENCE]),
}


@pytest.mark.parametrize("case", CASES)
def test_shares_agree_with_the_exact_engine(case: str) -> None:
    """One test over all rows, at 1e-4; ten cases: one chance in a thousand, and the seed is fixed."""
    laws, rules = CASES[case]
    s = sampler(laws, rules, rule_weights=range(1, len(rules) + 1), rng=11)  # type: ignore[arg-type]
    n = 40_000
    hits = s.over(n, lambda tiers: count_tiers(tiers, 5))
    assert (hits.sum(axis=1) == n).all()
    assert agreement(hits, n, exact(laws, s), independent=len(s.worlds.weight) == 1).p_all > 1e-4


def test_scores_conditioned_on_a_tier_are_never_in_another() -> None:
    """Forward sampling meets the condition in every draw, not on average."""
    laws = conditioned([1, 2, 3, 4, 5])
    tiers = sampler(laws, REFERENCE, rng=2).tiers(np.arange(20_000))
    assert (tiers == np.arange(1, 6)[:, None]).all()


def test_impossible_scores_are_never_drawn() -> None:
    """A law on two levels, 3 or 9 points: the largest and the smallest word included (all of 2^16 draws)."""
    p = np.zeros((7, 10))
    p[:, 2], p[:, 8] = 0.5, 0.5
    laws = {"a": Belief(SCALE, p)}
    possible = {REFERENCE.sort(np.array(x)).item() for x in np.ndindex(*[2] * 7) for x in [tuple(3 + 6 * i for i in x)]}
    assert set(np.unique(sampler(laws, REFERENCE, rng=0).tiers(np.arange(1 << 16)))) <= possible


@pytest.mark.parametrize("case", CASES)
def test_same_integers_for_any_block_and_number_of_threads(case: str) -> None:
    laws, rules = CASES[case]
    s = sampler(laws, rules, rng=4)  # type: ignore[arg-type]
    wanted = s.over(5000, count_pairs, threads=1)
    for threads in (1, 2, 4):
        for block in (5000, BLOCK, 617, 1000):
            assert np.array_equal(s.over(5000, count_pairs, threads=threads, block=block), wanted)


@pytest.mark.parametrize("case", CASES)
def test_a_draw_is_the_same_in_any_order_and_in_a_longer_run(case: str) -> None:
    laws, rules = CASES[case]
    s = sampler(laws, rules, rng=4)  # type: ignore[arg-type]
    longer = s.tiers(np.arange(BLOCK + 900))
    assert np.array_equal(s.tiers(np.arange(700)), longer[:, :700])
    order = np.random.default_rng(0).permutation(BLOCK + 900)
    assert np.array_equal(s.tiers(order), longer[:, order])


@pytest.mark.parametrize("case", CASES)
def test_an_alternative_is_drawn_the_same_whatever_else_is_in_the_table(case: str) -> None:
    """Its random numbers are those of its name: adding or reordering alternatives shifts nothing."""
    laws, rules = CASES[case]
    names = list(laws)
    full = sampler(laws, rules, rng=4).tiers(np.arange(500))  # type: ignore[arg-type]
    turned = sampler({name: laws[name] for name in names[::-1]}, rules, rng=4).tiers(np.arange(500))  # type: ignore
    assert np.array_equal(full, turned[::-1])
    if "experts" not in case:  # there, what an interval of experts is depends on all who share it
        alone = sampler({names[1]: laws[names[1]]}, rules, rng=4).tiers(np.arange(500))  # type: ignore[index]
        assert np.array_equal(full[1:2], alone)


def test_a_draw_can_be_worked_out_by_hand() -> None:
    """Draw 5 of one alternative from its words, by comparison with 2^32 F, and the rule on whole points."""
    laws = random_beliefs(1)
    first = draws.first_words(["a-0"], 14)[0]
    words = [int(draws.words(99, "score", [5], j=int(first) + k)[0]) for k in range(7)]
    upto = np.cumsum(laws["a-0"].probability[0], axis=1)
    scores = [1 + int((np.rint(upto[k, :-1] * 2**32) <= words[k]).sum()) for k in range(7)]
    assert sampler(laws, REFERENCE, rng=99).tiers([5])[0, 0] == REFERENCE.sort(np.array(scores))


def test_one_draw_is_one_world_experts_go_together() -> None:
    """Two alternatives, two experts who put both in tier 1 or both in tier 5: never one of each."""
    ends = np.zeros((2, 7, 10))
    ends[0, :3, 0], ends[0, 3:6, 9], ends[0, 6, 0] = 1, 1, 1
    ends[1, :3, 9], ends[1, 3:6, 0], ends[1, 6, 9] = 1, 1, 1
    laws = {"a": Belief(SCALE, ends), "b": Belief(SCALE, ends)}
    tiers = sampler(laws, REFERENCE, rng=1).tiers(np.arange(2000))
    assert (tiers[0] == tiers[1]).all()
    assert set(np.unique(tiers)) == {1, 5}


def test_one_draw_is_one_world_the_rule_is_shared() -> None:
    """Point scores that two rules sort apart: all alternatives change tier in the same draws."""
    point = np.zeros((7, 10))
    point[[0, 1, 2, 3, 4, 5, 6], [8, 0, 0, 9, 9, 9, 0]] = 1
    laws = {"a": Belief(SCALE, point), "b": Belief(SCALE, point)}
    tiers = sampler(laws, [REFERENCE, VETO], rule_weights=[3, 1], rng=1).tiers(np.arange(4000))
    assert (tiers[0] == tiers[1]).all()
    assert stats.binomtest(int((tiers[0] > 3).sum()), 4000, 0.25).pvalue > 1e-4


@settings(max_examples=30)
@given(st.integers(0, 2**63), st.integers(1, 3))
def test_worlds_have_the_experts_weights(seed: int, components: int) -> None:
    """Intervals of experts, added up over those in which an alternative has a component, are its weights."""
    laws = {**random_beliefs(2, components=components, seed=seed % 1000), **random_beliefs(1, seed=3)}
    table = worlds(laws, [REFERENCE, RATIO], [1, 3])
    assert table.weight.sum() == pytest.approx(1, abs=1e-12)
    for a, belief in enumerate(laws.values()):
        mass = np.bincount(table.component[:, a], weights=table.component_weight, minlength=len(belief.weight))
        assert mass == pytest.approx(belief.weight, abs=1e-11)


def test_mixing_over_worlds_gives_the_mixture() -> None:
    """Two routes to P(tier): world by world, and the belief's own mixture."""
    laws = random_beliefs(4, components=3)
    s = sampler(laws, REFERENCE, rng=0)
    direct = mcda.acceptability(laws, REFERENCE)["acceptability"].values
    assert exact(laws, s) == pytest.approx(direct, abs=1e-13)


def test_names_with_the_same_random_numbers_are_refused() -> None:
    laws = random_beliefs(1)
    belief = laws["a-0"]
    seen: dict[int, str] = {}
    for i in range(10**6):
        if (other := seen.setdefault(draws.number(f"n{i}") // 16, f"n{i}")) != f"n{i}":
            break
    with pytest.raises(UsageError, match="would be given the same random numbers"):
        sampler({other: belief, f"n{i}": belief}, REFERENCE, rng=0)


@pytest.mark.parametrize("n", [0, -5, 2**32 + 1])
def test_a_number_of_draws_that_cannot_be_is_refused(n: int) -> None:
    with pytest.raises(UsageError, match="draws are at least 1"):
        sampler(random_beliefs(1), REFERENCE, rng=0).over(n, count_pairs)


def test_rules_of_different_tables_are_refused() -> None:
    other = Rule("text", ROLES, 3, 1, (Fraction(4), Fraction(-1)))
    with pytest.raises(UsageError, match="must have the same tiers and criteria"):
        sampler(random_beliefs(1), [REFERENCE, other], rng=0)
    for weights in ([0, 0], [1, np.inf], [1, -1], [1]):
        with pytest.raises(UsageError, match="a rule's weight is finite and at least 0"):
            sampler(random_beliefs(1), [REFERENCE, VETO], rule_weights=weights, rng=0)


def test_tables_and_draws_that_cannot_be_are_refused() -> None:
    with pytest.raises(UsageError, match="a table needs an alternative"):
        sampler({}, REFERENCE, rng=0)
    with pytest.raises(UsageError, match="has 3 criteria, the rule 'reference' 7"):
        sampler({"a": Belief(SCALE, np.full((3, 10), 0.1))}, REFERENCE, rng=0)
    made = sampler(random_beliefs(1), REFERENCE, rng=0)
    for numbers in ([-1], [2**32], [1.5]):
        with pytest.raises(UsageError, match="numbered"):
            made.tiers(numbers)
    for wrong in ({"block": 0}, {"threads": 0}, {"first": -5}, {"n": 2.5}):
        with pytest.raises(UsageError, match=r"whole|threads|draws are"):
            made.over(**{"n": 10, "look": count_pairs, **wrong})  # type: ignore[arg-type]


# -- errors of counts --------------------------------------------------------------------------------------------------


def test_clopper_pearson_covers_at_least_as_often_as_it_says() -> None:
    """Exactly, by summing over all outcomes (Clopper & Pearson 1934), rare events and certain ones included."""
    for n in (1, 7, 50):
        ends = clopper_pearson(np.arange(n + 1), n)
        for p in (0.0, 1e-4, 0.01, 0.2, 0.5, 0.97, 1.0):
            covered = (ends[:, 0] <= p) & (p <= ends[:, 1])
            assert stats.binom.pmf(np.arange(n + 1), n, p)[covered].sum() >= 0.95 - 1e-12


def test_clopper_pearson_is_scipys() -> None:
    for hits, n in ((1, 10), (30, 1000), (999, 1000)):
        peer = stats.binomtest(hits, n).proportion_ci(0.95, "exact")
        assert clopper_pearson(hits, n) == pytest.approx([peer.low, peer.high], rel=1e-12)


def test_no_hit_has_the_two_sided_bound_so_that_rare_events_are_covered() -> None:
    """A one-sided bound at 0 hits alone would cover p = 3e-4 with 93.8 % at n = 10,000."""
    assert clopper_pearson(0, 1000) == pytest.approx([0, 1 - 0.025 ** (1 / 1000)])
    assert share_error(0, 1000) == 0
    ends = clopper_pearson(np.arange(60), 10_000)
    for p in np.linspace(2e-4, 5e-4, 40):
        covered = (ends[:, 0] <= p) & (p <= ends[:, 1])
        assert stats.binom.pmf(np.arange(60), 10_000, p)[covered].sum() >= 0.95


def test_hits_and_levels_that_cannot_be_are_refused() -> None:
    for hits, n, level in ((11, 10, 0.95), (-1, 10, 0.95), (1, 0, 0.95), (1, 10, 2.0)):
        with pytest.raises(UsageError, match="hits are 0 to n"):
            clopper_pearson(hits, n, level=level)


def test_agreement_sees_rare_and_impossible_tiers() -> None:
    """What a chi-square has to pool away: 50 hits where half a hit is expected, 3 hits of what cannot be."""
    assert agreement(np.array([[999_950, 50]]), 10**6, np.array([[1 - 5e-7, 5e-7]])).p_all < 1e-30
    assert agreement(np.array([[500_000, 499_997, 3]]), 10**6, np.array([[0.5, 0.5, 0.0]])).p_all == 0
    assert agreement(np.array([[0, 1, 0, 0]]), 1, np.array([[1.0, 4e-8, 0.0, 0.0]])).p_all < 1e-6
    fine = agreement(np.array([[500_000, 500_000, 0]]), 10**6, np.array([[0.5, 0.5, 1e-17]]))
    assert fine.p_all > 0.5


def test_agreement_sees_a_wrong_probability() -> None:
    """A bias of five standard errors is told; the right law passes."""
    rng = np.random.default_rng(2)
    p = np.array([[0.2, 0.5, 0.3, 0.0], [0.001, 0.0, 0.0, 0.999]])
    hits = np.stack([rng.multinomial(10_000, row) for row in p])
    assert agreement(hits, 10_000, p).p_all > 1e-3
    wrong = p + np.array([[0.02, -0.02, 0, 0], [0.0, 0, 0, 0]])
    assert agreement(hits, 10_000, wrong).p_all < 1e-4
    assert agreement(hits, 10_000, wrong, independent=False).p_all < 1e-3
    impossible = hits + np.array([[0, 0, -1, 1], [0, 0, 0, 0]])
    assert np.isinf(agreement(impossible, 10_000, p).z[0, 3])
    assert agreement(impossible, 10_000, p).p_value[0, 3] == 0
