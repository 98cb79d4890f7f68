"""Closed moments and the algebra on them: rational answers, laws, and two engines that share no loop.

Both engines are exact: differences are rounding, below 1e-12 for sums of at most a few thousand terms.
"""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcda.errors import Declined
from mcda.sensitivity import algebra
from mcda.sensitivity.contraction import closed_moments_of_joint
from mcda.sensitivity.elimination import box, closed_moments, law_of_sum
from tests.reference.threshold_cases import ThresholdCase, threshold_cases

CASES = threshold_cases()


def weighted(case: ThresholdCase) -> np.ndarray:
    """P(x) times the indicators of y = 0 and y = 1."""
    y, p = case.values.astype(float), case.joint.astype(float)
    return np.stack([p * (1 - y), p * y], axis=-1)


@pytest.mark.parametrize("name", CASES)
def test_contraction_meets_rational_answers_of_boolean_functions(name: str) -> None:
    case = CASES[name]
    moments = closed_moments_of_joint(weighted(case), classes=2)
    closed = moments.covariance[:, 1, 1] / moments.covariance[-1, 1, 1]
    assert moments.mean[1] == pytest.approx(float(case.mean), abs=1e-15)
    assert moments.covariance[-1, 1, 1] == pytest.approx(float(case.variance), abs=1e-15)
    assert closed == pytest.approx([float(c) for c in case.closed], abs=1e-14)
    assert algebra.shapley(closed) == pytest.approx([float(s) for s in case.shapley], abs=1e-14)


@pytest.mark.parametrize("name", [n for n in CASES if CASES[n].independent and "parity" not in n])
def test_elimination_meets_rational_answers_of_threshold_functions(name: str) -> None:
    # every threshold function of d bits is a function of the number sum 2^k x_k, a state that always serves
    case = CASES[name]
    d = case.d
    vectors = np.zeros((d, 2, 1), dtype=np.int64)
    vectors[:, 1, 0] = 2 ** np.arange(d)
    one = [float(sum(case.joint[x] for x in product((0, 1), repeat=d) if x[k])) for k in range(d)]
    probability = np.array([[1 - p, p] for p in one])
    y = np.array([float(case.values[tuple(s >> k & 1 for k in range(d))]) for s in range(1 << d)])
    moments = closed_moments(vectors, probability, np.column_stack([1 - y, y]), classes=2)
    closed = moments.covariance[:, 1, 1] / moments.covariance[-1, 1, 1]
    assert closed == pytest.approx([float(c) for c in case.closed], abs=1e-14)


@st.composite
def problems(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Small integer vectors, laws with zeros, and a random table of classes over the box of sums."""
    d, levels, components = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    vectors = rng.integers(0, 4, (d, levels, components))
    vectors -= vectors.min(axis=1, keepdims=True)
    probability = rng.dirichlet(np.full(levels, 0.5), d)
    if levels > 1 and draw(st.booleans()):
        probability[0, 0] = 0.0
        probability[0] /= probability[0].sum()
    _, extents = box(vectors)
    classes = rng.integers(0, 3, int(np.prod(extents)))
    return vectors, probability, np.eye(3)[classes]


@given(problems())
def test_elimination_equals_contraction_of_the_same_function(problem: tuple[np.ndarray, ...]) -> None:
    vectors, probability, table = problem
    d, levels = probability.shape
    _, extents = box(vectors)
    joint = np.zeros(((levels,) * d) + (3,))
    for x in product(range(levels), repeat=d):
        p = math.prod(probability[k, x[k]] for k in range(d))
        state = np.ravel_multi_index(tuple(sum(vectors[k, x[k]] for k in range(d))), tuple(extents))
        joint[x] = p * table[state]
    ours = closed_moments(vectors, probability, table, classes=3)
    theirs = closed_moments_of_joint(joint, classes=3)
    np.testing.assert_allclose(ours.mean, theirs.mean, rtol=0, atol=1e-13)
    np.testing.assert_allclose(ours.covariance, theirs.covariance, rtol=0, atol=1e-13)
    np.testing.assert_allclose(ours.information, theirs.information, rtol=0, atol=1e-12)


@given(problems())
def test_closed_variance_grows_with_the_subset_and_information_too(problem: tuple[np.ndarray, ...]) -> None:
    vectors, probability, table = problem
    moments = closed_moments(vectors, probability, table, classes=3)
    n = len(moments.information)
    for J in range(n):
        for k in range(n.bit_length() - 1):
            bigger = J | 1 << k
            gain = np.diagonal(moments.covariance[bigger] - moments.covariance[J])
            assert (gain >= -1e-13).all()
            assert moments.information[bigger] >= moments.information[J] - 1e-12


def test_law_of_sum_is_the_count_of_dice() -> None:
    # three fair dice: the classical counts of sums 3..18, out of 216
    vectors = np.tile(np.arange(6)[None, :, None], (3, 1, 1))
    counts = law_of_sum(vectors, np.full((3, 6), 1 / 6)) * 216
    assert np.rint(counts).astype(int).tolist() == [1, 3, 6, 10, 15, 21, 25, 27, 27, 25, 21, 15, 10, 6, 3, 1]
    assert counts == pytest.approx(np.rint(counts), abs=1e-12)


def test_rare_classes_keep_their_digits() -> None:
    # P(all seven at the top) = 1e-14: with a transform it would drown in rounding; here it is a product of positives
    vectors = np.tile(np.array([0, 1])[None, :, None], (7, 1, 1))
    probability = np.tile([0.99, 0.01], (7, 1))
    table = np.zeros((8, 2))
    table[:7, 0] = table[7, 1] = 1.0
    moments = closed_moments(vectors, probability, table, classes=2)
    assert moments.mean[1] == pytest.approx(1e-14, rel=1e-12)
    one = 1e-14 * (1e-12 - 1e-14)  # Var E[y | x_1] = p (q^6)^2 - q^14, q = 0.01
    assert moments.covariance[1, 1, 1] == pytest.approx(one, rel=1e-9)


# -- algebra -----------------------------------------------------------------------------------------------------------


def additive(shares: list[float]) -> np.ndarray:
    """The closed table of an additive output."""
    d = len(shares)
    return np.array([sum(s for k, s in enumerate(shares) if J >> k & 1) for J in range(1 << d)])


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=7))
def test_additive_outputs_have_equal_indices_of_all_kinds(raw: list[float]) -> None:
    shares = [x / sum(raw) for x in raw]
    closed = additive(shares)
    for index in (algebra.first_order, algebra.total_order, algebra.shapley):
        assert index(closed) == pytest.approx(shares, abs=1e-12)
    assert algebra.mean_dimension(closed, dependence="independent") == pytest.approx(1, abs=1e-12)
    terms = algebra.interactions(closed, dependence="independent")
    assert terms[[J for J in range(len(terms)) if J.bit_count() != 1]] == pytest.approx(0, abs=1e-12)


@given(problems())
def test_shapley_effects_sum_to_one_and_lie_between_first_and_total(problem: tuple[np.ndarray, ...]) -> None:
    vectors, probability, table = problem
    moments = closed_moments(vectors, probability, table, classes=3)
    total = moments.covariance[-1, 0, 0]
    if total < 1e-9:
        return
    closed = moments.covariance[:, 0, 0] / total
    effects = algebra.shapley(closed)
    assert effects.sum() == pytest.approx(1, abs=1e-9)
    assert (effects >= algebra.first_order(closed) - 1e-9).all()  # Owen 2014, theorem 1: independent factors
    assert (effects <= algebra.total_order(closed) + 1e-9).all()
    assert algebra.interactions(closed, dependence="independent").sum() == pytest.approx(1, abs=1e-9)


def test_groups_are_closed_and_total_indices_of_subsets() -> None:
    closed = additive([0.5, 0.3, 0.2])
    inside, outside = algebra.group(closed, [0, 2])
    assert (inside, outside) == (pytest.approx(0.7), pytest.approx(0.7))


def test_interactions_of_dependent_factors_are_refused_with_the_reason() -> None:
    with pytest.raises(Declined, match=r"independent factors only \(these are: conditioned\)"):
        algebra.interactions(additive([0.5, 0.5]), dependence="conditioned")
    with pytest.raises(Declined, match="mean dimension"):
        algebra.mean_dimension(additive([0.5, 0.5]), dependence="mixture")


def test_a_table_that_is_no_power_of_two_is_refused() -> None:
    with pytest.raises(ValueError, match=r"2\^d entries, got 3"):
        algebra.shapley(np.zeros(3))


def test_mean_dimension_of_parity_is_the_number_of_factors() -> None:
    closed = np.zeros(8)
    closed[-1] = 1.0
    assert algebra.mean_dimension(closed, dependence="independent") == pytest.approx(3)
