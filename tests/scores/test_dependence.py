"""Common factors and fitted joints against adaptive integration, bivariate normal rectangles, loops and draws."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats

from mcda import draws
from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.rule import Role, Rule
from mcda.scores.belief import Belief, Condition
from mcda.scores.dependence import (
    fitted_factors,
    loadings,
    node_of,
    normal_joint,
    rescoring_given_factor,
    score_moments,
    with_factor,
    with_factors,
)
from mcda.scores.marginals import rescoring
from tests.reference import normal_cells as oracle

Array = npt.NDArray[np.float64]

SCALE = Lattice(1, 4)
LAWS = np.array([[0.1, 0.2, 0.3, 0.4], [0.25, 0.25, 0.25, 0.25], [0.55, 0.25, 0.15, 0.05]])
BELIEF = Belief(SCALE, LAWS)
ROLES: tuple[Role, ...] = ("against", "for", "counterweight")
RULE = Rule("small", ROLES, 2, 1, cuts=(Fraction(0),))
CASE: tuple[Role, ...] = (*("against",) * 3, *("for",) * 3, "counterweight")
ONE_FACTOR = np.array([0.7, -0.5, 0.3])


def correlation(a: Array) -> Array:
    a = a.reshape(len(a), -1)
    r = a @ a.T
    np.fill_diagonal(r, 1.0)
    return r


# -- one factor --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("a", [[0.3, 0.3, 0.3], ONE_FACTOR, [0.9, -0.9, 0.6]], ids=str)
def test_every_cell_is_the_integral_over_the_factor(a: list[float]) -> None:
    # both are integrals to at least 1e-12: 256 nodes are twice what loadings of .9 need
    found = with_factor(BELIEF, a, nodes=256).joint().reshape(-1)
    assert found == pytest.approx(oracle.cells(LAWS, np.array(a)), abs=1e-11)


@pytest.mark.parametrize(
    "a", [ONE_FACTOR[:, None], [[0.7, 0.2], [-0.5, 0.4], [0.3, -0.6]], [[0.5, 0.2, 0.1], [0.1, 0.6, 0], [0, 0.3, 0.6]]]
)
def test_two_criteria_have_the_law_of_bivariate_normal_rectangles(a: list[list[float]]) -> None:
    # so many nodes resolve these loadings to 1e-11 (40 is the most that three factors may have); SciPy's bivariate cdf
    # is good to about 1e-14
    joint, r = with_factors(BELIEF, a, nodes=40 if len(a[0]) > 2 else 96).joint(), correlation(np.array(a))
    for j, k in combinations(range(3), 2):
        found = joint.sum(axis=3 - j - k)
        assert found == pytest.approx(oracle.pair(LAWS[j], LAWS[k], r[j, k]), abs=1e-10)


@pytest.mark.parametrize("a", [0.3, 0.6, 0.9])
def test_marginals_are_kept(a: float) -> None:
    laws = np.array([[0, 0.2, 0.8, 0], [1e-13, 1e-6, 0.5, 0.499999 - 1e-13], [0, 0, 1, 0], [0.1, 0, 0, 0.9]])
    found = with_factor(Belief(SCALE, laws), [a, -a, a, a], nodes=256).marginals()
    # weights of so many nodes are good to 1e-14; a rare level keeps its digits, an impossible one stays impossible
    assert found == pytest.approx(laws, rel=1e-9, abs=1e-13)
    assert (found[laws == 0] == 0).all()


def test_without_loadings_the_belief_is_itself_and_independent() -> None:
    found = with_factor(BELIEF, [0, 0, 0], nodes=64, held_by="leniency")
    assert found is BELIEF
    assert found.independent


def test_a_criterion_without_a_loading_is_independent_of_the_others() -> None:
    held = with_factor(BELIEF, [0.8, 0.8, 0], nodes=64)
    assert (held.probability[:, 2] == LAWS[2]).all()
    joint = held.joint()
    assert joint == pytest.approx(np.multiply.outer(joint.sum(axis=2), LAWS[2]), abs=1e-16)


def test_in_a_mixture_the_factor_acts_inside_each_component_and_nodes_change_fastest() -> None:
    both = np.stack([LAWS, LAWS[::-1]])
    held = with_factor(Belief(SCALE, both, np.array([0.25, 0.75]), ("ann", "bob")), ONE_FACTOR, nodes=8)
    parts = [with_factor(Belief(SCALE, p), ONE_FACTOR, nodes=8) for p in both]
    assert held.joint() == pytest.approx(0.25 * parts[0].joint() + 0.75 * parts[1].joint(), abs=1e-16)
    assert (node_of(held) == [*range(8), *range(8)]).all()
    assert held.components[0].startswith("ann | node 1 (z = -4.14")
    assert held.components[9].startswith("bob | node 2 ")
    assert len(set(held.components)) == 16


def test_of_a_conditioned_belief_the_prior_gets_the_factor_and_the_condition_stays() -> None:
    condition = Condition(RULE, 3)
    held = with_factor(replace(BELIEF, condition=condition), ONE_FACTOR, nodes=32, held_by="valence")
    cells = with_factor(BELIEF, ONE_FACTOR, nodes=32).joint()
    for x in product(range(4), repeat=3):
        cells[x] *= x[1] <= x[0]  # C = c2 - c1 at most 0: outside, tier 3
    assert held.condition is condition
    assert held.dependence == "conditioned, valence"
    assert held.joint() == pytest.approx(cells / cells.sum(), abs=1e-15)


def test_dependence_says_what_holds_the_criteria_together() -> None:
    assert with_factor(BELIEF, ONE_FACTOR, nodes=4, held_by="leniency").dependence == "leniency"
    assert with_factors(BELIEF, ONE_FACTOR[:, None], nodes=4).dependence == "factors"
    assert Belief(SCALE, np.stack([LAWS, LAWS])).dependence == "mixture"
    assert Belief(SCALE, LAWS, held_by="leniency").dependence == "independent"
    keys = {with_factor(BELIEF, ONE_FACTOR, nodes=4, held_by=name).key for name in ("leniency", "valence", "valence")}
    assert len(keys) == 2


def test_scores_drawn_from_the_factor_fall_on_the_cells_as_often_as_the_mixture_says() -> None:
    n, at = 200_000, np.arange(200_000)
    z = stats.norm.ppf(draws.uniforms(11, "panel factor", at) + 2.0**-54)
    x = np.empty((n, 3), dtype=np.int64)
    for k, a in enumerate(ONE_FACTOR):
        e = stats.norm.ppf(draws.uniforms(11, "score", at, j=k) + 2.0**-54)
        x[:, k] = np.searchsorted(LAWS[k].cumsum()[:-1], stats.norm.cdf(a * z + np.sqrt(1 - a * a) * e))
    counts = np.bincount(np.ravel_multi_index(tuple(x.T), (4, 4, 4)), minlength=64)
    p = with_factor(BELIEF, ONE_FACTOR, nodes=64).joint().reshape(-1)
    # 64 cells, the rarest expected 50 times: a normal error holds; 4.5 of them are missed once in 2,000 seeds
    assert (n * p).min() > 50
    assert (np.abs(counts / n - p) <= 4.5 * np.sqrt(p * (1 - p) / n)).all()
    assert stats.chisquare(counts, n * p).pvalue > 1e-3


# -- loadings ----------------------------------------------------------------------------------------------------------


def test_leniency_is_positive_everywhere_and_valence_has_the_signs_of_the_roles() -> None:
    assert loadings("leniency", CASE, 0.5).tolist() == [0.5] * 7
    assert loadings("leniency", CASE, 0.5, counterweight=0.0).tolist() == [0.5] * 6 + [0.0]
    assert loadings("valence", CASE, 0.5, counterweight=-0.2).tolist() == [-0.5] * 3 + [0.5] * 3 + [-0.2]
    own = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    assert loadings("valence", CASE, own, counterweight=0.3).tolist() == [-0.1, -0.2, -0.3, 0.4, 0.5, 0.6, 0.3]
    assert loadings("valence", CASE[:6], 0.5).tolist() == [-0.5] * 3 + [0.5] * 3


def test_scores_correlate_with_the_sign_of_their_loadings_product() -> None:
    for kind in ("leniency", "valence"):
        a = loadings(kind, ROLES, [0.4, 0.6, 0.5], counterweight=0.5)
        covariance = score_moments(with_factor(BELIEF, a, nodes=64))[1]
        assert (np.sign(covariance) == np.sign(np.outer(a, a))).all()


@pytest.mark.parametrize(
    ("kind", "strength", "counterweight", "message"),
    [
        ("halo", 0.5, None, "no common factor is named 'halo'"),
        ("valence", 0.5, None, "needs the counterweight's loading"),
        ("leniency", 0.5, -0.1, "all loadings are positive"),
        ("leniency", -0.5, None, "a strength is at least 0"),
        ("leniency", [0.5, 0.5], None, "one for each of 7 criteria"),
        ("valence", 0.5, float("nan"), "finite"),
    ],
)
def test_loadings_without_a_meaning_are_refused(
    kind: str, strength: float, counterweight: float | None, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        loadings(kind, CASE, strength, counterweight=counterweight)


def test_loadings_above_95_are_declined_with_the_reason_wherever_they_come_in() -> None:
    assert loadings("leniency", CASE, 0.95).max() == 0.95
    message = r"above 0\.95: the factor would leave a criterion next to nothing of its own"
    with pytest.raises(Declined, match=message):
        loadings("leniency", CASE, 0.951)
    with pytest.raises(Declined, match=message):
        loadings("valence", CASE, 0.5, counterweight=-0.96)
    with pytest.raises(Declined, match=message):
        with_factor(BELIEF, [0.1, -0.99, 0.1], nodes=8)
    with pytest.raises(Declined, match=message):  # each is below, both together are not
        with_factors(BELIEF, [[0.8, 0.6], [0.1, 0], [0, 0]], nodes=8)


def test_factors_that_cannot_be_added_are_refused() -> None:
    with pytest.raises(Declined, match="held together by leniency already"):
        with_factor(with_factor(BELIEF, ONE_FACTOR, nodes=4, held_by="leniency"), ONE_FACTOR, nodes=4)
    with pytest.raises(Declined, match="components; allowed: at most 65536"):
        with_factors(BELIEF, np.full((3, 3), 0.3), nodes=64)
    with pytest.raises(UsageError, match="with_factors takes several"):
        with_factor(BELIEF, np.full((3, 2), 0.3), nodes=4)
    with pytest.raises(UsageError, match="one row for each criterion"):
        with_factor(BELIEF, [0.3, 0.3], nodes=4)
    with pytest.raises(UsageError, match="1 to 4096 nodes"):
        with_factor(BELIEF, ONE_FACTOR, nodes=0)
    with pytest.raises(UsageError, match="leniency, valence or factors"):
        with_factor(BELIEF, ONE_FACTOR, nodes=4, held_by="halo")
    with pytest.raises(UsageError, match="no common factor"):
        node_of(BELIEF)


# -- the joint and its moments -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("criteria", [1, 2, 4])
def test_the_joint_of_many_components_is_the_weighted_sum_of_products(criteria: int) -> None:
    rng = np.random.default_rng(3)
    laws, weight = rng.dirichlet(np.ones(4), (300, criteria)), rng.dirichlet(np.ones(300))
    slow = np.zeros((4,) * criteria)
    for w, p in zip(weight, laws, strict=True):
        for x in product(range(4), repeat=criteria):
            slow[x] += w * np.prod([p[k, x[k]] for k in range(criteria)])
    # 300 positive terms in another order: at most 300 roundings of 1.1e-16
    assert Belief(SCALE, laws, weight).joint() == pytest.approx(slow, rel=4e-14)


@pytest.mark.parametrize("condition", [None, Condition(RULE, 3)])
def test_moments_are_those_of_the_cells(condition: Condition | None) -> None:
    held = with_factor(replace(BELIEF, condition=condition), ONE_FACTOR, nodes=16)
    mean, covariance = score_moments(held)
    joint, x = held.joint().reshape(-1), 1.0 + np.array(oracle.vectors(LAWS))
    assert mean == pytest.approx(joint @ x, abs=1e-13)
    assert covariance == pytest.approx(np.cov(x.T, aweights=joint, ddof=0), abs=1e-13)


# -- a second panel's errors -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ends", ["clip", "reflect"])
def test_errors_given_the_factor_are_normal_masses_by_cell(ends: str) -> None:
    for sd, a, z in ((1.0, 0.6, 1.5), (2.5, -0.8, 3.0), (0.3, 0.95, -6.0)):
        found = rescoring_given_factor(Lattice(1, 5), sd, a, np.array([z]), ends=ends)[0]
        assert found == pytest.approx(oracle.rescored(5, sd, a, z, ends), abs=1e-14)


@pytest.mark.parametrize("ends", ["clip", "reflect"])
def test_the_factor_changes_no_single_criterions_error(ends: str) -> None:
    scale = Lattice(1, 5, unit=2)
    mixed = oracle.over_factor(lambda z: rescoring_given_factor(scale, 1.25, 0.7, np.array([z]), ends=ends)[0])
    assert mixed == pytest.approx(rescoring(scale, 1.25, ends=ends), abs=1e-11)
    alone = rescoring_given_factor(scale, 1.25, 0.0, np.array([-2.0, 5.0]), ends=ends)
    assert alone == pytest.approx(np.stack([rescoring(scale, 1.25, ends=ends)] * 2), abs=1e-15)
    assert (rescoring_given_factor(scale, 0.0, 0.7, np.array([1.0]), ends=ends) == np.eye(9)).all()


# -- correlation matrices ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "a",
    [
        np.array([0.7, -0.5, 0.3, 0.9, 0.2, 0.6, -0.4])[:, None],
        np.array([[0.7, 0.2], [-0.5, 0.4], [0.3, -0.6], [0.8, 0.1], [0.2, 0.7], [0.6, -0.2], [-0.4, 0.5]]),
    ],
)
def test_a_matrix_that_factors_make_is_fitted_without_residual(a: Array) -> None:
    found = fitted_factors(correlation(a), factors=a.shape[1])
    assert found.largest < 1e-9
    # with one or two factors for seven criteria they are determined, up to sign and rotation: so are their products
    assert found.loadings @ found.loadings.T == pytest.approx(a @ a.T, abs=1e-7)
    assert (found.loadings.sum(axis=0) >= 0).all()


def test_what_factors_cannot_fit_is_reported_and_no_near_loadings_fit_better() -> None:
    rng = np.random.default_rng(8)
    r = np.corrcoef(rng.normal(size=(12, 6)), rowvar=False)
    pairs = np.triu_indices(6, 1)
    last = np.inf
    for f in (1, 2, 3):
        found = fitted_factors(r, factors=f)
        left = r - found.loadings @ found.loadings.T
        assert found.residual[pairs] == pytest.approx(left[pairs], abs=1e-14)
        assert found.rms == pytest.approx(np.sqrt((left[pairs] ** 2).mean()))
        assert found.rms < last
        assert (np.linalg.norm(found.loadings, axis=1) <= 0.95 + 1e-12).all()
        for _ in range(200):
            near = found.loadings + rng.normal(0, 1e-3, found.loadings.shape)
            near *= np.minimum(1, 0.95 / np.linalg.norm(near, axis=1, keepdims=True))
            assert ((r - near @ near.T)[pairs] ** 2).mean() >= found.rms**2 - 1e-12
        last = found.rms


@pytest.mark.parametrize("r", [0.6, -0.3])
def test_a_fitted_joint_has_the_marginals_and_the_normal_densitys_odds(r: float) -> None:
    asked = np.array([[1, r, 0.2], [r, 1, -0.1], [0.2, -0.1, 1]])
    found = normal_joint(BELIEF, asked)
    precision = np.linalg.inv(asked)
    edge = LAWS.cumsum(axis=1)
    middle = stats.norm.ppf(edge - LAWS / 2)
    log = np.log(found.joint())
    for j, k in combinations(range(3), 2):
        axis = 3 - j - k
        assert found.joint().sum(axis=(k, axis)) == pytest.approx(LAWS[j], abs=1e-10)
        # fitting scales axes, so ratios of odds stay the density's: -q (s - s')(t - t'), at every level of the third
        odds = np.diff(np.diff(log, axis=j), axis=k)
        expected = -precision[j, k] * np.multiply.outer(np.diff(middle[j]), np.diff(middle[k]))
        assert odds == pytest.approx(np.broadcast_to(np.expand_dims(expected, axis), odds.shape), abs=1e-10)


def test_the_correlation_that_was_attained_is_that_of_the_cells() -> None:
    found = normal_joint(BELIEF, correlation(ONE_FACTOR))
    p, x = found.joint().reshape(-1), np.array(oracle.vectors(LAWS))
    covariance = np.cov(x.T, aweights=p, ddof=0)
    sd = np.sqrt(np.diag(covariance))
    assert found.attained == pytest.approx(covariance / np.outer(sd, sd), abs=1e-12)
    # a density at the middles of few wide cells pulls less than asked, and never the other way
    for attained in (found.attained, found.attained_normal):
        share = (attained / found.asked)[np.triu_indices(3, 1)]
        assert ((share > 0.6) & (share < 1)).all()


def test_without_correlation_a_fitted_joint_is_the_product() -> None:
    found = normal_joint(BELIEF, np.eye(3))
    assert found.joint() == pytest.approx(BELIEF.joint(), abs=1e-15)
    assert found.attained == pytest.approx(np.eye(3), abs=1e-14)
    assert found.dependence == "fitted joint"
    assert found.key == normal_joint(BELIEF, np.eye(3)).key != normal_joint(BELIEF, correlation(ONE_FACTOR)).key


def test_impossible_levels_stay_impossible_and_a_certain_score_has_no_correlation() -> None:
    laws = np.array([[0, 0.5, 0.5, 0], [0, 0, 1, 0], [0.25, 0, 0.25, 0.5]])
    found = normal_joint(Belief(SCALE, laws), correlation(np.array([0.7, 0.6, 0.5])))
    assert found.joint().sum(axis=(0, 1)) == pytest.approx(laws[2], abs=1e-12)
    assert (found.joint()[:, :, 1] == 0).all()
    assert np.isnan(found.attained[1]).all()
    assert 0 < found.attained[0, 2] < 0.35


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        ([[1, 0.5, 0], [0.4, 1, 0], [0, 0, 1]], "symmetric"),
        ([[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]], "positive definite; the smallest eigenvalue"),
        ([[1, 1, 0], [1, 1, 0], [0, 0, 1]], "positive definite"),
        ([[2, 0, 0], [0, 1, 0], [0, 0, 1]], "1 on its diagonal"),
        ([[1, 1.5, 0], [1.5, 1, 0], [0, 0, 1]], "from -1 to 1"),
        ([[1, np.nan, 0], [np.nan, 1, 0], [0, 0, 1]], "finite"),
        ([[1, 0.5]], "square"),
    ],
)
def test_what_is_no_correlation_matrix_is_refused(matrix: list[list[float]], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        fitted_factors(matrix)
    with pytest.raises(UsageError, match=message):
        normal_joint(BELIEF, matrix)


def test_joints_that_are_not_defined_or_too_large_are_declined() -> None:
    with pytest.raises(UsageError, match="of 2 criteria; the belief has 3"):
        normal_joint(BELIEF, np.eye(2))
    with pytest.raises(Declined, match=r"independent scores \(these are: mixture\)"):
        normal_joint(Belief(SCALE, np.stack([LAWS, LAWS])), np.eye(3))
    with pytest.raises(Declined, match=r"independent scores \(these are: conditioned\)"):
        normal_joint(replace(BELIEF, condition=Condition(RULE, 1)), np.eye(3))
    with pytest.raises(Declined, match=r"8\.94e\+08 cells; at most 2e\+07"):
        normal_joint(Belief(Lattice(1, 10, unit=2), np.full((7, 19), 1 / 19)), np.eye(7))
    with pytest.raises(UsageError, match="one to three factors"):
        fitted_factors(np.eye(5), factors=4)
