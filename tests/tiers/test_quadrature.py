"""Tiers under common factors against adaptive integration and loops over cells, and against draws of the worlds."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

import mcda
from mcda import draws
from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.rule import Role, Rule, Split
from mcda.scores.belief import Belief, Condition
from mcda.scores.dependence import loadings, normal_joint, score_moments, with_factor, with_factors
from mcda.scores.marginals import beta_binomial, rescoring
from mcda.tiers.exact import sensitivity, tier_probabilities
from mcda.tiers.quadrature import (
    acceptability_under_factor,
    dependent_second_panel,
    dependent_second_panels,
    factor_share,
    spread_under_factor,
    spreads,
)
from mcda.tiers.transitions import transition
from tests.reference import normal_cells as oracle
from tests.reference.enumeration import tier_of

Array = npt.NDArray[np.float64]

SCALE = Lattice(1, 4)
ROLES: tuple[Role, ...] = ("against", "for", "counterweight")
RULE = Rule("small", ROLES, 2, 2, cuts=(Fraction(-1),), split=Split("composite", (Fraction(-1),)))
PLAIN = {
    "roles": ROLES, "n_inside": 2, "n_outside": 2, "inside_cuts": [-1],
    "outside_split": {"by": "composite", "cuts": [-1]},
}  # fmt: skip
LAWS = np.array([[0.1, 0.2, 0.3, 0.4], [0.25, 0.25, 0.25, 0.25], [0.55, 0.25, 0.15, 0.05]])
BELIEF = Belief(SCALE, LAWS)
VECTORS = oracle.vectors(LAWS)
tiers = tier_of(PLAIN, 1 + np.array(VECTORS))
A = np.array([-0.6, 0.5, 0.3])

CASE = mcda.load_problem("eu-belarus-2025")
CASE_LAWS = np.stack([beta_binomial(CASE.scale, mean, 6.0) for mean in (3, 4, 5, 6, 5, 7, 4)])
CASE_BELIEF = Belief(CASE.scale, CASE_LAWS)
LENIENCY = loadings("leniency", CASE.rule.roles, 0.6)
VALENCE = loadings("valence", CASE.rule.roles, 0.6, counterweight=-0.3)


def by_tier(p: Array) -> Array:
    return np.array([p[tiers == t].sum() for t in RULE.tiers])


def cells_given(z: float) -> Array:
    p = oracle.given_factor(LAWS, A, z)
    return np.array([np.prod([p[k, x] for k, x in enumerate(v)]) for v in VECTORS])


# -- acceptability -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("a", [A, np.array([0.3, 0.3, 0.3]), np.array([0.9, -0.9, 0.9])], ids=str)
def test_acceptability_is_the_sum_of_the_cells_integrated_over_the_factor(a: Array) -> None:
    found = acceptability_under_factor(BELIEF, RULE, a)
    # the last change is below 1e-10, and what a further doubling would change is smaller still
    assert found.value == pytest.approx(by_tier(oracle.cells(LAWS, a)), abs=1e-10)
    assert found.value.sum() == pytest.approx(1, abs=1e-14)
    assert found.error <= 1e-10
    assert found.method == "quadrature"


@pytest.mark.parametrize("tolerance", [1e-3, 1e-6, 1e-9])
def test_the_error_that_is_reported_covers_what_is_missing(tolerance: float) -> None:
    for a in (LENIENCY, VALENCE, LENIENCY * 1.5):
        found = acceptability_under_factor(CASE_BELIEF, CASE.rule, a, tolerance=tolerance)
        true = tier_probabilities(with_factor(CASE_BELIEF, a, nodes=2048), CASE.rule)
        # the last change, and 1e-14 for the rounding of 2048 nodes' weights
        assert np.abs(found.value - true).max() <= found.error + 1e-14
        assert found.error <= tolerance


def test_stronger_factors_need_more_nodes() -> None:
    needed = [acceptability_under_factor(CASE_BELIEF, CASE.rule, a * LENIENCY / 0.6).nodes for a in (0.3, 0.6, 0.9)]
    assert needed == sorted(set(needed))


def test_without_loadings_the_answer_is_the_independent_one_to_the_last_digit() -> None:
    found = acceptability_under_factor(CASE_BELIEF, CASE.rule, np.zeros(7))
    assert (found.value == tier_probabilities(CASE_BELIEF, CASE.rule)).all()
    assert found.error == 0


def test_two_factors_of_which_one_is_empty_are_one() -> None:
    two = acceptability_under_factor(BELIEF, RULE, np.column_stack([A, np.zeros(3)]))
    assert two.value == pytest.approx(acceptability_under_factor(BELIEF, RULE, A).value, abs=1e-13)


def test_a_conditioned_belief_has_the_factor_before_its_condition() -> None:
    other = RULE.but(cuts=(Fraction(0),))
    found = acceptability_under_factor(replace(BELIEF, condition=Condition(RULE, 2)), other, A)
    p = oracle.cells(LAWS, A) * (tiers == 2)
    moved = tier_of(PLAIN | {"inside_cuts": [0]}, 1 + np.array(VECTORS))
    assert found.value == pytest.approx([p[moved == t].sum() / p.sum() for t in other.tiers], abs=1e-10)


@pytest.mark.parametrize("a", [LENIENCY, VALENCE], ids=["leniency", "valence"])
def test_worlds_that_are_drawn_fall_into_tiers_as_often_as_the_quadrature_says(a: Array) -> None:
    n, at = 200_000, np.arange(200_000)
    z = stats.norm.ppf(draws.uniforms(12, "panel factor", at) + 2.0**-54)
    x = np.empty((n, 7), dtype=np.int64)
    for k in range(7):
        e = stats.norm.ppf(draws.uniforms(12, "score", at, j=k) + 2.0**-54)
        x[:, k] = 1 + np.searchsorted(CASE_LAWS[k].cumsum()[:-1], stats.norm.cdf(a[k] * z + np.sqrt(1 - a[k] ** 2) * e))
    share = np.bincount(CASE.rule.sort(x), minlength=6)[1:] / n
    p = acceptability_under_factor(CASE_BELIEF, CASE.rule, a).value
    # five tiers, each hit thousands of times: 4 standard errors are missed once in 3,000 seeds
    assert (np.abs(share - p) <= 4 * np.sqrt(p * (1 - p) / n)).all()


def test_what_a_quadrature_cannot_do_is_declined_or_refused() -> None:
    with pytest.raises(Declined, match=r"above 0\.95"):
        acceptability_under_factor(BELIEF, RULE, [0.96, 0.1, 0.1])
    with pytest.raises(Declined, match="components; allowed: at most 65536"):
        acceptability_under_factor(BELIEF, RULE, np.full((3, 3), 0.5), start=64)
    with pytest.raises(UsageError, match="1 to 1024 nodes"):
        acceptability_under_factor(BELIEF, RULE, A, start=2048)
    with pytest.raises(UsageError, match="at least 1e-13"):
        acceptability_under_factor(BELIEF, RULE, A, tolerance=0)


# -- closed indices ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", ["factor", "two factors", "conditioned", "fitted joint", "experts"])
def test_closed_indices_are_those_of_loops_over_the_cells(law: str) -> None:
    two = np.array([[0.5, 0.2], [0.4, -0.4], [0.1, 0.6]])
    held = {
        "factor": lambda: with_factor(BELIEF, A, nodes=32, held_by="valence"),
        "two factors": lambda: with_factors(BELIEF, two, nodes=16),
        "conditioned": lambda: with_factor(
            replace(BELIEF, condition=Condition(RULE.but(cuts=(Fraction(0),)), 2)), A, nodes=32, held_by="valence"
        ),
        "fitted joint": lambda: normal_joint(BELIEF, [[1, 0.6, 0], [0.6, 1, -0.2], [0, -0.2, 1]]),
        "experts": lambda: with_factor(Belief(SCALE, np.stack([LAWS, LAWS[::-1]])), A, nodes=16, held_by="valence"),
    }[law]()
    found = sensitivity(held, RULE)
    p, composite = held.joint().reshape(-1), np.array([v[1] - v[0] for v in VECTORS], dtype=float)
    asked = {f"tier = {t}": np.where(tiers == t, 1.0, 0.0) for t in RULE.tiers}
    asked |= {f"tier <= {t}": np.where(tiers <= t, 1.0, 0.0) for t in (1, 2, 3)}
    asked |= {"composite": composite, "balance": composite - [v[2] for v in VECTORS], "tier number": tiers * 1.0}
    for output, y in asked.items():
        row = found.closed[found.outputs.index(output)]
        if np.unique(y[p > 0]).size == 1:
            assert np.isnan(row).all()
            continue
        for subset in range(8):
            kept = tuple(k for k in range(3) if subset >> k & 1)
            # sums of 64 cells, divided by a variance of at least a hundredth
            assert row[subset] == pytest.approx(oracle.indices(p, y, VECTORS, kept), abs=1e-12), (output, kept)
    expected = {"two factors": "factors", "conditioned": "conditioned, valence", "fitted joint": "fitted joint"}
    assert found.dependence == expected.get(law, "valence")
    assert found.method == "contraction"


def test_a_joint_given_apart_and_a_mixture_have_the_same_indices_and_tiers() -> None:
    held = with_factor(BELIEF, A, nodes=32)
    apart, own = sensitivity(BELIEF, RULE, joint=held.joint()), sensitivity(held, RULE)
    assert apart.closed == pytest.approx(own.closed, abs=1e-13, nan_ok=True)
    assert own.mean[:4] == pytest.approx(tier_probabilities(held, RULE), abs=1e-14)


def test_a_fitted_joints_tiers_are_sums_of_its_cells() -> None:
    fitted = normal_joint(BELIEF, [[1, 0.6, 0], [0.6, 1, -0.2], [0, -0.2, 1]])
    assert fitted.tier_probabilities(RULE) == pytest.approx(by_tier(fitted.joint().reshape(-1)), abs=1e-14)


# -- the factor's own share --------------------------------------------------------------------------------------------


def upto(p: Array) -> Array:
    return np.cumsum(by_tier(p))[:-1]


def test_the_factors_share_is_the_variance_of_what_it_leads_to_expect() -> None:
    mean = upto(oracle.cells(LAWS, A))
    between = oracle.over_factor(lambda z: (upto(cells_given(z)) - mean) ** 2)
    found = factor_share(with_factor(BELIEF, A, nodes=64), RULE)
    assert found == pytest.approx(between.sum() / (mean * (1 - mean)).sum(), abs=1e-9)


def test_of_a_conditioned_belief_the_factors_share_uses_what_the_condition_says_of_it() -> None:
    fits = tiers >= 3
    condition = Condition(RULE.but(outside=1, split=None), 3)
    mass = oracle.over_factor(lambda z: np.array([(cells_given(z) * fits).sum()]))[0]
    mean = upto(oracle.cells(LAWS, A) * fits) / mass

    def weighed(z: float) -> Array:
        p = cells_given(z) * fits
        return p.sum() / mass * (upto(p / p.sum()) - mean) ** 2

    held = with_factor(replace(BELIEF, condition=condition), A, nodes=64)
    expected = oracle.over_factor(weighed).sum() / (mean * (1 - mean)).sum()
    assert factor_share(held, RULE) == pytest.approx(expected, abs=1e-9)


def test_experts_are_averaged_within_a_node_of_the_factor() -> None:
    same = Belief(SCALE, np.stack([LAWS, LAWS]), np.array([0.3, 0.7]))
    one, two = (factor_share(with_factor(b, A, nodes=32), RULE) for b in (BELIEF, same))
    assert two == pytest.approx(one, abs=1e-14)


def test_a_stronger_factor_has_a_larger_share_and_a_certain_tier_none() -> None:
    def share(a: float) -> float:
        return factor_share(with_factor(CASE_BELIEF, a / 0.6 * VALENCE, nodes=128), CASE.rule)

    assert 0 < share(0.2) < share(0.5) < share(0.8) < 1
    certain = with_factor(replace(BELIEF, condition=Condition(RULE, 2)), A, nodes=8)
    assert np.isnan(factor_share(certain, RULE))
    with pytest.raises(UsageError, match="no common factor"):
        factor_share(BELIEF, RULE)


# -- the spread of the composite ---------------------------------------------------------------------------------------


def test_leniency_narrows_the_composite_and_valence_widens_it() -> None:
    # Var C = sum_jk w_j w_k Cov(x_j, x_k), w = -1 for c1-c3, +1 for c4-c6, covariances with the sign of a_j a_k.
    # Valence: all 15 pairs add. Leniency: 6 pairs of one sign add, 9 of opposite sign subtract.
    found = {kind: spread_under_factor(CASE_BELIEF, CASE.rule, a) for kind, a in (("len", LENIENCY), ("val", VALENCE))}
    alone = found["len"].independent
    assert alone[0] == pytest.approx(np.sqrt(np.diag(score_moments(CASE_BELIEF)[1])[:6].sum()), abs=1e-12)
    assert found["len"].held[0] < alone[0] - 0.5
    assert found["val"].held[0] > alone[0] + 0.5
    assert found["len"].held[1] < alone[1]
    assert found["val"].held[1] > alone[1]
    assert max(one.error for one in found.values()) <= 1e-10


def test_spreads_are_those_of_the_cells_and_follow_the_rules_weights() -> None:
    weighed = RULE.but(weights=(Fraction(3, 2), Fraction(1, 2), Fraction(2)))
    p = oracle.cells(LAWS, A)
    for rule, w in ((RULE, (1, 1, 1)), (weighed, (1.5, 0.5, 2))):
        composite = np.array([w[1] * v[1] - w[0] * v[0] for v in VECTORS])
        balance = composite - [w[2] * v[2] for v in VECTORS]
        expected = [np.sqrt(p @ (y - p @ y) ** 2) for y in (composite, balance)]
        assert spread_under_factor(BELIEF, rule, A).held == pytest.approx(expected, abs=1e-9)


def test_a_rule_without_a_difference_has_no_spread_of_one() -> None:
    ratio = RULE.but(form="ratio", cuts=(Fraction(1),))
    found = spread_under_factor(BELIEF, ratio, A)
    assert np.isnan(found.held[1])
    assert found.held[0] == spread_under_factor(BELIEF, RULE, A).held[0]
    assert np.isnan(spreads(BELIEF, ratio)[1])


# -- a second panel whose errors share a factor ------------------------------------------------------------------------


@pytest.mark.parametrize("ends", ["clip", "reflect"])
def test_a_dependent_second_panel_is_the_integral_of_loops_over_pairs_of_cells(ends: str) -> None:
    sd = 1.25

    def table(z: float) -> Array:
        kernels = [oracle.rescored(4, sd, a, z, ends) for a in A]
        joint = np.ones((1, 1))
        for p, K in zip(LAWS, kernels, strict=True):  # P(x, y) over all pairs of score vectors
            joint = np.kron(joint, p[:, None] * K)
        return np.array([[joint[np.ix_(tiers == t, tiers == u)].sum() for u in RULE.tiers] for t in RULE.tiers])

    step = 1 / 8  # the trapezoidal rule errs by exp(-2 pi^2 / step^2) for a normal density times what is smooth
    grid = np.arange(-9, 9 + step, step)
    expected = sum(step * stats.norm.pdf(z) * table(float(z)) for z in grid)
    found = dependent_second_panels(LAWS, RULE, SCALE, sd=sd, loadings=A, ends=ends)
    assert found.value == pytest.approx(expected / expected.sum(axis=1, keepdims=True), abs=1e-9)
    one = dependent_second_panel(LAWS, RULE, 2, SCALE, sd=sd, loadings=A, ends=ends)
    assert (one.value == found.value[1]).all()


def test_without_loadings_a_second_panel_is_the_independent_one() -> None:
    prior = np.full((7, 10), 0.1)
    found = dependent_second_panels(prior, CASE.rule, CASE.scale, sd=1.0, loadings=np.zeros(7))
    table = transition(prior, [rescoring(CASE.scale, 1.0)] * 7, CASE.rule, CASE.rule, CASE.scale)
    assert found.value == pytest.approx(table / table.sum(axis=1, keepdims=True), abs=1e-14)
    assert found.error == 0


def test_a_second_panel_that_is_only_more_lenient_repeats_more_tiers_and_a_valent_one_fewer() -> None:
    # not a law of all rules: here C and C - c7 are differences, in which common errors cancel and opposite ones add up
    prior = np.full((7, 10), 0.1)
    survival = [
        np.diag(dependent_second_panels(prior, CASE.rule, CASE.scale, sd=1.0, loadings=a, tolerance=1e-3).value)
        for a in (LENIENCY, np.zeros(7), VALENCE)
    ]
    assert (survival[0] > survival[1]).all()
    assert (survival[1] > survival[2]).all()


def test_second_panels_that_have_no_meaning_are_refused() -> None:
    with pytest.raises(Declined, match=r"above 0\.95"):
        dependent_second_panels(LAWS, RULE, SCALE, sd=1.0, loadings=[0.99, 0.1, 0.1])
    with pytest.raises(UsageError, match="share one factor"):
        dependent_second_panels(LAWS, RULE, SCALE, sd=1.0, loadings=np.full((3, 2), 0.3))
    with pytest.raises(UsageError, match="at least 0"):
        dependent_second_panels(LAWS, RULE, SCALE, sd=-1.0, loadings=A)
    with pytest.raises(UsageError, match="no way to treat ends"):
        dependent_second_panels(LAWS, RULE, SCALE, sd=1.0, loadings=A, ends="wrap")
    with pytest.raises(UsageError, match="has no tier 5"):
        dependent_second_panel(LAWS, RULE, 5, SCALE, sd=1.0, loadings=A)
    never = RULE.but(split=Split("composite", (Fraction(-40),)))
    with pytest.raises(Declined, match="no score vector is in tier 4"):
        dependent_second_panel(LAWS, never, 4, SCALE, sd=1.0, loadings=A)


# -- at full size ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_ten_million_cells_and_the_quadrature_have_the_same_tiers_and_spread() -> None:
    held = with_factor(CASE_BELIEF, VALENCE, nodes=128, held_by="valence")
    found = sensitivity(held, CASE.rule)
    p = acceptability_under_factor(CASE_BELIEF, CASE.rule, VALENCE).value
    # 10^7 cells summed axis by axis round to about 1e-14
    assert found.mean[:5] == pytest.approx(p, abs=1e-10)
    variance = [found.variance[found.outputs.index(name)] for name in ("composite", "balance")]
    assert np.sqrt(variance) == pytest.approx(spread_under_factor(CASE_BELIEF, CASE.rule, VALENCE).held, abs=1e-9)
    assert found.closed[:, -1] == pytest.approx(1, abs=1e-10)


@pytest.mark.slow
def test_a_fitted_joint_of_ten_million_cells_has_its_marginals() -> None:
    r = np.outer(VALENCE, VALENCE)
    np.fill_diagonal(r, 1.0)
    joint = normal_joint(CASE_BELIEF, r).joint()
    for k in range(7):
        others = tuple(axis for axis in range(7) if axis != k)
        assert joint.sum(axis=others) == pytest.approx(CASE_LAWS[k], abs=1e-10)
