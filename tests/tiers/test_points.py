"""Tiers of real scores and of drawn weights: the integer rule where both can do it, and nothing lost between."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

import mcda
from mcda.errors import UsageError
from mcda.problem import Lattice
from mcda.rule import Rule
from mcda.scores.belief import Belief, Condition
from mcda.tiers.drawn_weights import dirichlet_weights, under_drawn_weights
from mcda.tiers.points import TOLERANCE, scaled_weights, sort_points

PROBLEM = mcda.load_problem("eu-belarus-2025")
CRITERIA = [c.id for c in PROBLEM.criteria]


@pytest.mark.parametrize("name", PROBLEM.rules)
def test_whole_scores_are_sorted_as_by_the_integer_rule(name: str) -> None:
    """100,000 vectors on whole points and on fifths; one in ten lies on a cut."""
    rng = np.random.default_rng(1)
    rule = PROBLEM.rules[name]
    for unit in (1, 5):
        steps = rng.integers(unit, 10 * unit + 1, (50_000, 7))
        assert np.array_equal(sort_points(rule, steps / unit), rule.sort(steps, unit))


def test_a_statistic_within_the_tolerance_of_a_cut_is_on_it() -> None:
    """C = 9, c7 = 5, D = 4, the first cut: on it tier 1, beyond the tolerance tier 2; where ties lose, the reverse."""
    rule, scores = PROBLEM.rule, np.array([2.0, 2, 2, 5, 5, 5, 5])
    c7 = np.eye(7)[6]
    near, far = scores + TOLERANCE / 2 * c7, scores + 2 * TOLERANCE * c7
    assert [int(sort_points(rule, x)) for x in (scores, near, far)] == [1, 1, 2]
    assert [int(sort_points(PROBLEM.rules["ties-larger"], x)) for x in (scores, near, far)] == [2, 2, 2]


def test_weights_are_scaled_as_a_rules_own() -> None:
    given = np.array([2.0, 1, 1, 4, 4, 0, 3])
    own = PROBLEM.rule.but(weights=tuple(map(Fraction, (2, 1, 1, 4, 4, 0, 3))))
    assert scaled_weights(PROBLEM.rule, given) == pytest.approx([float(w) for w in own.weights])
    scores = np.random.default_rng(2).integers(1, 11, (5000, 7))
    assert np.array_equal(
        sort_points(PROBLEM.rule, scores.astype(float), scaled_weights(PROBLEM.rule, given)), own.sort(scores)
    )
    with pytest.raises(UsageError, match="not all 0"):
        scaled_weights(PROBLEM.rule, np.zeros(7))


def test_drawn_weights_are_dirichlet() -> None:
    """Beta margins of w / 6 (a to 5 a), a sum of 6, the counterweight untouched, negative correlation -1/5."""
    w = dirichlet_weights(PROBLEM.rule, CRITERIA, 4.0, seed=3, numbers=np.arange(40_000))
    assert w[:, :6].sum(axis=1) == pytest.approx(6)
    assert (w[:, 6] == 1).all()
    for k in range(6):
        assert stats.kstest(w[:, k] / 6, stats.beta(4, 20).cdf).pvalue > 1e-4
    correlation = np.corrcoef(w[:, :6].T)[np.triu_indices(6, 1)]
    assert correlation == pytest.approx(-0.2, abs=5 / np.sqrt(40_000))


def test_weights_of_a_criterion_do_not_depend_on_the_order_of_criteria() -> None:
    there = dirichlet_weights(PROBLEM.rule, CRITERIA, 4.0, seed=3, numbers=np.arange(10))
    turned = dirichlet_weights(PROBLEM.rule, [*CRITERIA[5::-1], "c7"], 4.0, seed=3, numbers=np.arange(10))
    assert turned[:, :6] == pytest.approx(there[:, 5::-1])


def laws() -> dict[str, Belief]:
    p = np.random.default_rng(1).dirichlet(np.ones(10), size=(3, 7))
    return {f"a{i}": Belief(Lattice(1, 10), one) for i, one in enumerate(p)}


def test_shares_under_drawn_weights_are_those_of_another_generator() -> None:
    """Two samples of 40,000 and 100,000 by unrelated routes: every share within five standard errors."""
    found = under_drawn_weights(laws(), PROBLEM.rule, criteria=CRITERIA, concentration=6.0, n=40_000, rng=1)
    rng = np.random.default_rng(9)
    for name, belief in laws().items():
        w = np.column_stack([6 * rng.dirichlet(np.full(6, 6.0), 100_000), np.ones(100_000)])
        x = np.stack([rng.choice(np.arange(1, 11), 100_000, p=p) for p in belief.probability[0]], axis=1)
        tiers = np.bincount(sort_points(PROBLEM.rule, x.astype(float), w), minlength=6)[1:] / 100_000
        se = np.sqrt(tiers * (1 - tiers) * (1 / 40_000 + 1 / 100_000))
        assert (np.abs(found["share"].sel(alternative=name).values - tiers) <= 5 * se + 1e-9).all()


def test_scores_that_fit_a_tier_keep_it_under_the_rules_own_weights() -> None:
    prior = np.full((7, 10), 0.1)
    printed = {f"t{t}": Belief(Lattice(1, 10), prior, condition=Condition(PROBLEM.rule, t)) for t in (1, 4)}
    found = under_drawn_weights(printed, PROBLEM.rule, criteria=CRITERIA, concentration=20.0, n=2000, rng=1)
    assert found["share_fixed"].values == pytest.approx(np.eye(5)[[0, 3]])
    assert found["moved"].values == pytest.approx(1 - found["share"].values[[0, 1], [0, 3]])


def test_narrow_laws_of_weights_move_ties_alone() -> None:
    """With a concentration of 1e12 a tier changes only where D or C lies on a cut, or C is 0: one side or the other."""
    found = under_drawn_weights(laws(), PROBLEM.rule, criteria=CRITERIA, concentration=1e12, n=20_000, rng=1)
    plain = Rule.but(PROBLEM.rule, name="larger", tie="larger", zero="inside")
    for name, belief in laws().items():
        on_a_cut = float(
            mcda.transition(belief.probability[0], [np.eye(10)] * 7, PROBLEM.rule, plain, belief.lattice).trace()
        )
        assert found["moved"].sel(alternative=name).item() <= 1 - on_a_cut + 5 * np.sqrt(0.25 / 20_000)


@pytest.mark.parametrize("n", [0, -5, 2.5])
def test_numbers_of_draws_that_cannot_be_are_refused(n: float) -> None:
    with pytest.raises(UsageError, match="draws are a whole number of at least 1"):
        under_drawn_weights(laws(), PROBLEM.rule, criteria=CRITERIA, concentration=1.0, n=n, rng=1)  # type: ignore[arg-type]


def test_scores_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(UsageError, match="scores are finite, one for each of 7 criteria"):
        sort_points(PROBLEM.rule, np.array([1.0, 2, 3, 4, 5, 6, np.nan]))


@pytest.mark.parametrize("concentration", [0.0, 0.001, -1.0, np.inf])
def test_other_concentrations_are_refused(concentration: float) -> None:
    with pytest.raises(UsageError, match=r"a concentration is finite and at least 0\.05"):
        under_drawn_weights(laws(), PROBLEM.rule, criteria=CRITERIA, concentration=concentration, n=10, rng=1)
