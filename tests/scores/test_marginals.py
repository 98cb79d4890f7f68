"""Laws of one score: sums, symmetry, moments, and integrals taken by another road."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from mcda.errors import UsageError
from mcda.problem import Lattice
from mcda.scores import marginals
from mcda.scores.marginals import beta_binomial, continuous, point, rescoring, rescoring_given, three_point, uniform

TEN = Lattice(1, 10)
LATTICES = st.builds(Lattice, st.just(1), st.integers(3, 10), st.integers(1, 4))


def mean_and_sd(lattice: Lattice, law: np.ndarray) -> tuple[float, float]:
    x = np.asarray(lattice.levels)
    mean = float(law @ x)
    return mean, math.sqrt(law @ (x - mean) ** 2)


def is_law(law: np.ndarray, lattice: Lattice) -> bool:
    return law.shape == (lattice.size,) and bool((law >= 0).all()) and math.isclose(law.sum(), 1, abs_tol=1e-12)


@st.composite
def scores(draw: st.DrawFn, n: int = 1) -> tuple[Lattice, list[float]]:
    lattice = draw(LATTICES)
    ends = {"min_value": lattice.low, "max_value": lattice.high}
    return lattice, sorted(draw(st.lists(st.floats(**ends), min_size=n, max_size=n)))


# -- one answer --------------------------------------------------------------------------------------------------------


def test_uniform_gives_every_level_the_same() -> None:
    assert uniform(TEN).tolist() == [0.1] * 10


def test_a_triangular_point_has_the_masses_that_are_found_by_hand() -> None:
    """Half-width 2 about 5: density (2 - t)/4, so 7/16 within half a point, 1/4 and 1/32 on each side."""
    expected = [0, 0, 1 / 32, 1 / 4, 7 / 16, 1 / 4, 1 / 32, 0, 0, 0]
    np.testing.assert_allclose(point(TEN, 5, 2), expected, atol=1e-15)


def test_at_the_end_of_the_scale_a_triangular_point_keeps_what_lies_on_it() -> None:
    """About 10 with half-width 2: 7/32 + 7/32 in the cell of 10, 1/4 and 1/32 below; 1/4 + 1/32 beyond are dropped."""
    expected = np.array([1 / 32, 1 / 4, 7 / 16]) / (23 / 32)
    np.testing.assert_allclose(point(TEN, 10, 2)[-3:], expected, atol=1e-15)


def test_three_points_have_the_masses_that_are_found_by_hand() -> None:
    """(3, 4, 6) is triangular on [2.5, 6.5] with its peak 1/2 at 4."""
    np.testing.assert_allclose(three_point(TEN, 3, 4, 6)[2:6], [1 / 6, 13 / 30, 3 / 10, 1 / 10], atol=1e-15)


@given(scores(), st.floats(0, 9))
def test_a_triangular_point_is_a_law_and_mirrors_with_its_score(
    case: tuple[Lattice, list[float]], spread: float
) -> None:
    lattice, (score,) = case
    if spread <= 0.5 / lattice.unit:
        score = float(round(score))
    law = point(lattice, score, spread)
    assert is_law(law, lattice)
    mirrored = point(lattice, lattice.low + lattice.high - score, spread)
    np.testing.assert_allclose(mirrored[::-1], law, atol=1e-9)


@pytest.mark.parametrize("law", [
    point(TEN, 5.5, 3), point(TEN, 5.5, 2.5, family="beta-binomial"), beta_binomial(TEN, 5.5, 3),
    three_point(TEN, 2, 5.5, 9), continuous(TEN, "pert", 1, 5.5, 10), continuous(TEN, "normal", 5.5, 2),
])  # fmt: skip
def test_a_law_about_the_middle_is_symmetric(law: np.ndarray) -> None:
    np.testing.assert_allclose(law, law[::-1], atol=1e-14)


@pytest.mark.parametrize("family", ["triangular", "beta-binomial"])
@pytest.mark.parametrize("score", [1, 4, 10])
def test_without_a_spread_a_score_is_certain(family: str, score: int) -> None:
    assert point(TEN, score, 0, family=family).tolist() == [float(x == score) for x in TEN.steps]


def test_a_triangle_within_one_cell_is_the_point_itself() -> None:
    assert point(TEN, 4, 0.5)[3] == 1
    assert point(Lattice(1, 10, 2), 4.5, 0.25)[7] == 1


@given(scores(), st.floats(-6, 12))
def test_a_beta_binomial_is_a_law_with_the_mean_that_was_asked(case: tuple[Lattice, list[float]], log: float) -> None:
    lattice, (mean,) = case
    law = beta_binomial(lattice, mean, 10**log)
    assert is_law(law, lattice)
    assert mean_and_sd(lattice, law)[0] == pytest.approx(mean, abs=1e-9)


@given(st.floats(1.1, 9.9), st.floats(0.1, 100))
def test_a_beta_binomial_is_scipys_where_that_keeps_its_digits(mean: float, concentration: float) -> None:
    m = (mean - 1) / 9
    peer = stats.betabinom.pmf(np.arange(10), 9, m * concentration, (1 - m) * concentration)
    np.testing.assert_allclose(beta_binomial(TEN, mean, concentration), peer, rtol=1e-9)


@pytest.mark.parametrize("concentration", [1e6, 1e9, 1e13, 1e16])
def test_a_concentrated_beta_binomial_is_nearly_binomial(concentration: float) -> None:
    """The ratio of the two is 1 + O(n^2 / concentration); scipy's own pmf loses all digits here."""
    ratio = beta_binomial(TEN, 4, concentration) / stats.binom.pmf(np.arange(10), 9, 1 / 3)
    np.testing.assert_allclose(ratio, 1, atol=9**2 * 3 / concentration + 1e-12)


@given(st.floats(1.5, 9.5), st.floats(0.01, 0.99))
def test_a_beta_binomial_point_has_the_standard_deviation_that_was_asked(score: float, share: float) -> None:
    m = (score - 1) / 9
    least, most = 9 * m * (1 - m), 81 * m * (1 - m)
    sd = math.sqrt(least + share * (most - least))
    assert mean_and_sd(TEN, point(TEN, score, sd, family="beta-binomial")) == pytest.approx((score, sd), abs=1e-9)


def test_uniform_is_the_beta_binomial_with_concentration_2_about_the_middle() -> None:
    np.testing.assert_allclose(beta_binomial(TEN, 5.5, 2), uniform(TEN), atol=1e-15)


@given(scores(3))
def test_three_points_are_a_law_on_the_cells_between_their_ends(case: tuple[Lattice, list[float]]) -> None:
    lattice, (low, mode, high) = case
    law = three_point(lattice, low, mode, high)
    assert is_law(law, lattice)
    x = np.asarray(lattice.levels)
    beyond = (x < low - 1.001 / lattice.unit) | (x > high + 1.001 / lattice.unit)
    assert law[beyond].max(initial=0) < 1e-12


def test_three_equal_points_are_a_point() -> None:
    assert three_point(TEN, 10, 10, 10)[-1] == 1


def test_a_distribution_lies_where_it_says() -> None:
    law = marginals.given(Lattice(1, 10, 2), {4: 0.25, 4.5: 0.5, 10: 0.25})
    assert (law[6], law[7], law[18]) == (0.25, 0.5, 0.25)


# -- continuous laws ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", [1, 2, 3])
@pytest.mark.parametrize(("family", "parameters", "density"), [
    ("triangular", (2, 3, 7), stats.triang(0.2, 2, 5).pdf),
    ("pert", (1, 4, 10), stats.beta(1 + 4 / 3, 1 + 8 / 3, 1, 9).pdf),
    ("normal", (8, 2), stats.norm(8, 2).pdf),
])  # fmt: skip
def test_a_continuous_law_is_the_integral_over_cells_that_end_with_the_scale(
    unit: int, family: str, parameters: tuple[float, ...], density: object
) -> None:
    lattice = Lattice(1, 10, unit)
    half = 0.5 / unit
    cells = [(max(x - half, 1), min(x + half, 10)) for x in lattice.levels]
    mass = np.array([integrate.quad(density, a, b, points=[x for x in (2, 3, 7) if a < x < b])[0] for a, b in cells])
    np.testing.assert_allclose(continuous(lattice, family, *parameters), mass / mass.sum(), atol=1e-9)


# -- a second judgement ------------------------------------------------------------------------------------------------


@given(LATTICES, st.floats(0, 20), st.sampled_from(["clip", "reflect"]))
def test_every_row_of_a_second_judgement_is_a_law_and_mirrors(lattice: Lattice, sd: float, ends: str) -> None:
    matrix = rescoring(lattice, sd if sd > 1e-6 else 0, ends=ends)
    assert all(is_law(row, lattice) for row in matrix)
    np.testing.assert_allclose(matrix, matrix[::-1, ::-1], atol=1e-12)


@pytest.mark.parametrize("ends", ["clip", "reflect"])
def test_a_second_judgement_without_error_is_the_first(ends: str) -> None:
    assert (rescoring(TEN, 0, ends=ends) == np.eye(10)).all()
    np.testing.assert_allclose(rescoring(TEN, 0.05, ends=ends), np.eye(10), atol=1e-20)


def test_a_second_judgement_has_the_value_that_is_in_every_table() -> None:
    """sd 1: half a standard deviation on each side of the score is 0.382925 of the normal law."""
    assert rescoring(TEN, 1)[4, 4] == pytest.approx(0.3829249225480262, abs=1e-15)
    assert rescoring(TEN, 1)[0, 0] == pytest.approx(0.6914624612740131, abs=1e-15)


def landing(x: float, sd: float, a: float, b: float) -> float:
    """Mass of [a, b] under a normal error about x, by quadrature; nothing lies beyond 10 standard deviations."""
    a, b = max(a, x - 10 * sd), min(b, x + 10 * sd)

    def density(t: float) -> float:
        return math.exp(-(((t - x) / sd) ** 2) / 2) / (sd * math.sqrt(2 * math.pi))

    return integrate.quad(density, a, b, epsabs=1e-12)[0] if a < b else 0.0


@pytest.mark.parametrize(("unit", "sd"), [(1, 0.4), (1, 1.7), (2, 3.0)])
def test_clipped_ends_get_what_lies_beyond_them(unit: int, sd: float) -> None:
    lattice = Lattice(1, 5, unit)
    edges = [-np.inf, *(x + 0.5 / unit for x in lattice.levels[:-1]), np.inf]
    expected = [[landing(x, sd, a, b) for a, b in pairwise(edges)] for x in lattice.levels]
    np.testing.assert_allclose(rescoring(lattice, sd), expected, atol=1e-9)


@pytest.mark.parametrize(("unit", "sd"), [(1, 0.4), (1, 1.7), (2, 6.0)])
def test_reflected_ends_fold_what_lies_beyond_the_outer_cells(unit: int, sd: float) -> None:
    """The image method: the mass in [a, b] is that of [a, b] and of its mirror images in both borders."""
    lattice = Lattice(1, 5, unit)
    half = 0.5 / unit
    border, length = 1 - half, 4 + 2 * half

    def mass(x: float, y: float) -> float:
        images = [(y + 2 * k * length, 2 * border - y + 2 * k * length) for k in range(-7, 8)]
        return sum(landing(x, sd, centre - half, centre + half) for pair in images for centre in pair)

    expected = [[mass(x, y) for y in lattice.levels] for x in lattice.levels]
    np.testing.assert_allclose(rescoring(lattice, sd, ends="reflect"), expected, atol=1e-9)


@given(LATTICES, st.floats(0.05, 20))
def test_reflection_keeps_uniform_scores_uniform(lattice: Lattice, sd: float) -> None:
    np.testing.assert_allclose(uniform(lattice) @ rescoring(lattice, sd, ends="reflect"), uniform(lattice), atol=1e-12)


def test_declared_errors_move_scores_as_they_say() -> None:
    errors = {-1: 0.25, 0: 0.5, 2: 0.25}
    clipped, reflected = (rescoring_given(Lattice(1, 3), errors, ends=ends) for ends in ("clip", "reflect"))
    assert clipped.tolist() == [[0.75, 0, 0.25], [0.25, 0.5, 0.25], [0, 0.25, 0.75]]
    assert reflected.tolist() == [[0.75, 0, 0.25], [0.25, 0.5, 0.25], [0, 0.5, 0.5]]
    assert rescoring_given(Lattice(1, 3, 2), {1: 1.0})[0].tolist() == [0, 0, 1, 0, 0]


# -- refusals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("call", "message"), [
    (lambda: point(TEN, 11, 1), "score 11 is off the scale; allowed: 1 to 10"),
    (lambda: point(TEN, 5, -1), r"a spread is a number of points, at least 0 \(got -1\)"),
    (lambda: point(TEN, 5, math.nan), "a spread is a number of points"),
    (lambda: point(TEN, 5, math.inf), "a spread is a number of points"),
    (lambda: point(TEN, 5, 1, family="normal"), "no family is named 'normal'; there are triangular, beta-binomial"),
    (lambda: point(TEN, 5.5, 0), "the score 5.5 is no level of a lattice with spacing 1"),
    (lambda: point(TEN, 5, 1, family="beta-binomial"), r"has a spread between 1.49 and 4.47 \(got 1\)"),
    (lambda: point(Lattice(0, 1), 0.5, 0.3, family="beta-binomial"), "on two levels"),
    (lambda: beta_binomial(TEN, 5, 0), "a concentration is finite and above 0"),
    (lambda: beta_binomial(TEN, 5, math.inf), "a concentration is finite and above 0"),
    (lambda: three_point(TEN, 5, 4, 6), "needs low <= mode <= high"),
    (lambda: marginals.given(TEN, {4: 0.5, 5: 0.4}), "sum to 0.9; allowed: 1"),
    (lambda: marginals.given(TEN, {4: 1.5, 5: -0.5}), "the probability of the score 5 is -0.5"),
    (lambda: continuous(TEN, "normal", 5, 0), r"no continuous law normal\(5, 0\)"),
    (lambda: continuous(TEN, "normal", 500, 1), "has no mass on the scale"),
    (lambda: rescoring(TEN, -1), "a re-scoring sd is a number of points, at least 0"),
    (lambda: rescoring(TEN, 1, ends="wrap"), "no way to treat ends is named 'wrap'"),
    (lambda: rescoring_given(TEN, {1: 1.0}, ends="wrap"), "no way to treat ends is named 'wrap'"),
    (lambda: rescoring_given(TEN, {1: 0.5}), "must be at least 0 and sum to 1"),
    (lambda: rescoring_given(TEN, {0: math.nan}), "must be at least 0 and sum to 1"),
])  # fmt: skip
def test_what_is_no_law_is_refused_with_the_reason(call: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        call()  # type: ignore[operator]
