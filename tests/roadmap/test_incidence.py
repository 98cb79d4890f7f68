"""Discrete Aalen-Johansen: by hand, closed forms, laws, and two other routes; and probabilities of other periods."""

from __future__ import annotations

import math
from fractions import Fraction as F
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mcda.errors import UsageError
from mcda.names import DIMS
from mcda.roadmap.incidence import Curves, aalen_johansen, count_times, incidence, incidence_of_counts
from mcda.roadmap.periods import PERIODS, per_month

#: Seven paths, ties of all kinds: times and codes.
TIMES, CODES = [1, 1, 2, 2, 2, 3, 3], [1, 0, 2, 1, 0, 0, 1]

paths = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 3)), min_size=1, max_size=40)


def curves(times: list[int], codes: list[int], horizon: int, causes: int = 3) -> Curves:
    return aalen_johansen(*count_times(times, codes, horizon=horizon, causes=causes))


# -- by hand -----------------------------------------------------------------------------------------------------------


def test_a_censored_example_with_ties_is_what_hand_gives() -> None:
    """At risk 7, 5, 2; at time 1 the censored path is still at risk, at time 2 it no longer is."""
    found = incidence(TIMES, CODES, horizon=4, causes=["exit", "snapback"])
    assert found["at_risk"].values.tolist() == [7, 7, 5, 2, 0]
    exit_, snapback = found["incidence"].values
    assert exit_[:4] == pytest.approx([0, 1 / 7, 11 / 35, 20 / 35], abs=1e-15)
    assert snapback[:4] == pytest.approx([0, 0, 6 / 35, 6 / 35], abs=1e-15)
    assert found["survival"].values[:4] == pytest.approx([1, 6 / 7, 18 / 35, 9 / 35], abs=1e-15)


def test_its_errors_are_what_hand_gives() -> None:
    """Var F_2(2) = (6/35)^2 / 42 + (6/7)^2 (1/5) (4/5) / 5; Greenwood for survival; sums of Surv for the mean."""
    found = incidence(TIMES, CODES, horizon=3, causes=["exit", "snapback"])
    assert found["incidence_se"].values[1, 2] ** 2 == pytest.approx(float(F(1038, 42875)), rel=1e-13)
    greenwood = F(1, 7 * 6) + F(2, 5 * 3)
    assert found["survival_se"].values[2] ** 2 == pytest.approx(float(F(18, 35) ** 2 * greenwood), rel=1e-13)
    assert float(found["restricted_mean"]) == pytest.approx(float(1 + F(6, 7) + F(18, 35)), rel=1e-14)
    variance = (F(6, 7) + F(18, 35)) ** 2 * F(1, 42) + F(18, 35) ** 2 * F(2, 15)
    assert float(found["restricted_mean_se"]) ** 2 == pytest.approx(float(variance), rel=1e-13)


def test_nothing_is_known_after_the_last_has_been_censored() -> None:
    found = incidence(TIMES, CODES, horizon=5, causes=["exit", "snapback"])
    for name in ("incidence", "incidence_se", "survival", "survival_se"):
        assert np.isnan(found[name].sel(time=[4, 5])).all(), name
        assert np.isfinite(found[name].sel(time=slice(0, 3))).all(), name
    assert np.isnan(found["restricted_mean"])
    assert np.isfinite(incidence(TIMES, CODES, horizon=4, causes=["exit", "snapback"])["restricted_mean"])


def test_all_is_known_after_the_last_has_ended() -> None:
    found = curves([1, 2], [1, 2], 5)
    assert found.incidence[:, -1].tolist() == [0.5, 0.5, 0]
    assert found.survival.tolist() == [1, 0.5, 0, 0, 0, 0]
    assert found.survival_se[2:].tolist() == [0, 0, 0, 0]
    assert found.restricted_mean == 1.5


@pytest.mark.parametrize("seed", range(8))
def test_where_all_have_ended_alike_the_error_is_nothing(seed: int) -> None:
    times = np.random.default_rng(seed).integers(1, 40, size=2_000)
    found = aalen_johansen(*count_times(times, np.ones(2_000, dtype=np.int64), horizon=60, causes=1))
    assert found.incidence[0, -1] == pytest.approx(1, abs=1e-12)
    assert (found.incidence_se[0, 40:] == 0).all()
    assert (found.incidence_se[0, 5:30] > 0).all()


def test_no_paths_say_nothing() -> None:
    found = curves([], [], 3)
    assert np.isnan(found.incidence).all()
    assert np.isnan(found.restricted_mean)


def test_a_latency_of_nothing_counts_at_time_0() -> None:
    found = curves([0, 0, 1, 3], [1, 0, 2, 0], 3)
    assert found.incidence[:, 0].tolist() == [0.25, 0, 0]
    assert found.survival.tolist() == [0.75, 0.375, 0.375, 0.375]


# -- closed forms ------------------------------------------------------------------------------------------------------


def test_geometric_exits_in_order_of_priority() -> None:
    """Exit with chance 1/4 a month, else snapback with 1/3: half is left each month, and half of the ends are exits."""
    n, months = 2**22, 20
    d = [[0] + [n >> (t + 1) for t in range(1, months + 1)]] * 2
    found = aalen_johansen(d, [0] * months + [n >> months])
    left = 0.5 ** np.arange(months + 1)
    assert found.survival == pytest.approx(left, rel=1e-12)
    assert found.incidence == pytest.approx(np.tile((1 - left) / 2, (2, 1)), rel=1e-12)
    assert found.restricted_mean == pytest.approx(2 * (1 - left[-1]), rel=1e-12)


def test_censoring_that_knows_nothing_biases_nothing() -> None:
    """Within four of its own standard errors of the truth, at all times; the plain share among all is far below."""
    rng, n, months = np.random.default_rng(11), 40_000, 24
    exits, snapbacks, cut = rng.geometric(0.02, n), rng.geometric(0.05, n), rng.geometric(0.04, n)
    first = np.minimum(exits, snapbacks)
    codes = np.where(first > cut, 0, np.where(exits == first, 1, 2))  # exit comes first in a month
    found = curves(np.minimum(first, cut).tolist(), codes.tolist(), months, 2)
    hazard = np.array([[0.02], [0.98 * 0.05]])
    truth = hazard / hazard.sum() * (1 - (1 - hazard.sum()) ** np.arange(months + 1))
    assert (np.abs(found.incidence - truth) <= 4 * found.incidence_se).all()
    assert (codes == 2).mean() < truth[1, -1] - 20 * found.incidence_se[1, -1]
    mean = (1 - (1 - hazard.sum()) ** months) / hazard.sum()
    assert abs(found.restricted_mean - mean) <= 4 * found.restricted_mean_se


def test_errors_are_those_that_repetition_shows() -> None:
    """The standard deviation over 3000 samples; its own relative error is about 1 / sqrt(2 * 3000) = 1.3 %, times 4."""
    rng, n, months = np.random.default_rng(12), 300, 12
    times = np.minimum(rng.geometric(0.15, (3000, n)), 40)
    cut, cause = rng.integers(1, 20, (3000, n)), rng.integers(1, 3, (3000, n))
    counted = [
        count_times(np.minimum(t, c), np.where(t <= c, k, 0), horizon=months, causes=2)
        for t, c, k in zip(times, cut, cause, strict=True)
    ]
    found = aalen_johansen(np.array([d for d, _ in counted]), np.array([c for _, c in counted]))
    late = found.incidence[:, 0, 3:]
    assert late.std(axis=0) == pytest.approx(np.sqrt((found.incidence_se[:, 0, 3:] ** 2).mean(axis=0)), rel=0.055)
    assert found.restricted_mean.std() == pytest.approx(np.sqrt((found.restricted_mean_se**2).mean()), rel=0.055)


# -- laws --------------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(paths)
def test_without_censoring_they_are_shares_and_means(rows: list[tuple[int, int]]) -> None:
    times, codes = [t for t, _ in rows], [max(code, 1) for _, code in rows]
    found, n, t = curves(times, codes, 6), len(rows), np.arange(7)
    by = np.array(times)[:, None] <= t
    shares = np.array([(by & (np.array(codes) == k)[:, None]).mean(axis=0) for k in (1, 2, 3)])
    assert found.incidence == pytest.approx(shares, abs=1e-14)
    assert found.incidence_se**2 == pytest.approx(shares * (1 - shares) / n, abs=1e-15)
    cut = np.minimum(times, 6)
    assert found.restricted_mean == pytest.approx(cut.mean(), abs=1e-13)
    assert found.restricted_mean_se**2 == pytest.approx(cut.var() / n, abs=1e-13)


@settings(deadline=None)
@given(paths)
def test_shares_add_to_one_and_do_not_turn_back(rows: list[tuple[int, int]]) -> None:
    found = curves(*map(list, zip(*rows, strict=True)), 9)
    known = ~np.isnan(found.survival)
    assert (found.incidence.sum(axis=0) + found.survival)[known] == pytest.approx(1, abs=1e-13)
    assert (np.diff(found.incidence[:, known], axis=1) >= 0).all()
    assert (np.diff(found.survival[known]) <= 0).all()
    assert np.array_equal(np.isnan(found.incidence_se), np.isnan(found.incidence))


@settings(deadline=None)
@given(paths, st.integers(1, 8))
def test_a_shorter_horizon_sees_the_beginning_of_a_longer_one(rows: list[tuple[int, int]], horizon: int) -> None:
    times, codes = map(list, zip(*rows, strict=True))
    short, whole = curves(times, codes, horizon), curves(times, codes, 9)
    for name in ("at_risk", "incidence", "incidence_se", "survival", "survival_se"):
        np.testing.assert_allclose(getattr(short, name), getattr(whole, name)[..., : horizon + 1], atol=1e-14)


@settings(deadline=None)
@given(paths)
def test_the_same_paths_four_times_halve_the_errors(rows: list[tuple[int, int]]) -> None:
    one = curves(*map(list, zip(*rows, strict=True)), 9)
    four = curves(*map(list, zip(*rows * 4, strict=True)), 9)
    np.testing.assert_allclose(four.incidence, one.incidence, atol=1e-14)
    np.testing.assert_allclose(2 * four.incidence_se, one.incidence_se, atol=1e-8)  # the root of rounding
    np.testing.assert_allclose(2 * four.restricted_mean_se, one.restricted_mean_se, atol=1e-8)


@settings(deadline=None)
@given(paths)
def test_one_cause_alone_is_one_less_survival_with_greenwoods_error(rows: list[tuple[int, int]]) -> None:
    found = curves([t for t, _ in rows], [min(code, 1) for _, code in rows], 9, 1)
    np.testing.assert_allclose(found.incidence[0], 1 - found.survival, atol=1e-14)
    np.testing.assert_allclose(found.incidence_se[0], found.survival_se, atol=1e-8)  # the root of rounding


def test_leading_axes_are_samples_of_their_own() -> None:
    one, other = (count_times(TIMES, codes, horizon=3, causes=2) for codes in (CODES, CODES[::-1]))
    both = aalen_johansen(np.stack([one[0], other[0]]), np.stack([one[1], other[1]]))
    for i, counts in enumerate((one, other)):
        alone = aalen_johansen(*counts)
        for name in vars(alone):
            assert np.array_equal(getattr(both, name)[i], getattr(alone, name)), name


# -- other routes ------------------------------------------------------------------------------------------------------


def plain(rows: list[tuple[int, int]], weights: list[complex], cause: int, t: int) -> complex:
    """F of a cause by t as a product-integral, over paths with weights, one time after the other."""
    left, found = 1.0 + 0j, 0j
    for u in range(1, t + 1):
        risk = sum(w for (time, _), w in zip(rows, weights, strict=True) if time >= u)
        if risk == 0:
            break
        ends = sum(w for (time, code), w in zip(rows, weights, strict=True) if time == u and code)
        own = sum(w for (time, code), w in zip(rows, weights, strict=True) if time == u and code == cause)
        found += left * own / risk
        left *= 1 - ends / risk
    return found


@settings(deadline=None, max_examples=50)
@given(paths)
def test_a_plain_product_integral_says_the_same(rows: list[tuple[int, int]]) -> None:
    """Of errors: the infinitesimal jackknife, derivatives by each path's weight by a complex step."""
    found, n, step = curves(*map(list, zip(*rows, strict=True)), 9), len(rows), 1e-30
    known = np.flatnonzero(~np.isnan(found.survival))
    for cause in (1, 2, 3):
        for t in (int(known[-1]), min(4, int(known[-1]))):
            assert found.incidence[cause - 1, t] == pytest.approx(plain(rows, [1] * n, cause, t).real, abs=1e-13)
            nudged = ([1 + step * 1j * (i == j) for j in range(n)] for i in range(n))
            slopes = [plain(rows, weights, cause, t).imag / step for weights in nudged]
            assert found.incidence_se[cause - 1, t] ** 2 == pytest.approx(sum(s * s for s in slopes), abs=1e-13)


@settings(deadline=None, max_examples=50)
@given(paths)
def test_scipy_says_the_same_of_survival(rows: list[tuple[int, int]]) -> None:
    ended, cut = [t for t, code in rows if code], [t for t, code in rows if not code]
    found = curves(*map(list, zip(*rows, strict=True)), 9)
    known = ~np.isnan(found.survival)
    theirs = stats.ecdf(stats.CensoredData(uncensored=ended, right=cut)).sf.evaluate(np.arange(10))
    assert found.survival[known] == pytest.approx(theirs[known], abs=1e-13)


# -- labels and refusals -----------------------------------------------------------------------------------------------


def test_labels_are_those_of_the_house() -> None:
    found = incidence(TIMES, CODES, horizon=4, causes=["exit", "snapback"])
    assert set(found.dims) == {"cause", "time"}
    assert set(found.dims) <= DIMS
    assert found.attrs["n"] == 7
    assert all(set(variable.attrs) == {"long_name", "units"} for variable in found.data_vars.values())
    assert found["incidence"].sel(cause="snapback", time=2) == pytest.approx(6 / 35)
    assert found.identical(
        incidence_of_counts(*count_times(TIMES, CODES, horizon=4, causes=2), causes=["exit", "snapback"])
    )


@pytest.mark.parametrize(
    ("times", "codes", "horizon", "message"),
    [
        ([1.5], [1], 3, "times must be whole numbers"),
        ([-1], [1], 3, "times must be 0 or more"),
        ([1], [3], 3, "codes must be 0 to 2"),
        ([1, 2], [1], 3, "one number each for every path"),
        ([1], [1], 0, "at least one time after 0"),
    ],
)
def test_other_times_and_codes_are_refused(times: list[float], codes: list[int], horizon: int, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        incidence(times, codes, horizon=horizon, causes=["exit", "snapback"])


@pytest.mark.parametrize(
    ("events", "censored", "message"),
    [
        ([[0, 1]], [0, 1, 2], "events are"),
        ([[0]], [1], "events are"),
        ([[0, -1]], [0, 1], "events must be 0 or more"),
        ([[0, 1]], [0, 0.5], "censored must be whole numbers"),
    ],
)
def test_other_counts_are_refused(events: list[list[int]], censored: list[float], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        aalen_johansen(events, censored)


def test_causes_have_names_of_their_own() -> None:
    for causes in (["exit"], ["exit", "exit"]):
        with pytest.raises(UsageError, match="a name of its own"):
            incidence_of_counts([[0, 1], [0, 1]], [0, 1], causes=causes)


# -- probabilities of other periods ------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.floats(0, 1), st.sampled_from([*PERIODS, 0.1, 7, 60]))
def test_a_months_probability_is_the_formulas(p: float, period: str | float) -> None:
    months = PERIODS[period] if isinstance(period, str) else period
    assert per_month(p, period) == pytest.approx(1 - (1 - p) ** (1 / months), abs=1e-15)


@settings(deadline=None)
@given(st.floats(0, 1), st.integers(1, 60))
def test_so_many_months_have_the_probability_of_the_period(p: float, months: int) -> None:
    assert 1 - (1 - per_month(p, months)) ** months == pytest.approx(p, abs=1e-12)


def test_probabilities_of_a_month_by_hand() -> None:
    assert per_month(0.75, "quarter") == pytest.approx(1 - 0.25 ** (1 / 3), rel=1e-15)
    assert per_month(0.5, "week") == pytest.approx(0.9375, rel=1e-15)  # four weeks: 1 - 1/16
    assert per_month(1 - 0.9**12, "year") == pytest.approx(0.1, rel=1e-13)
    assert per_month(1e-20, "year") == pytest.approx(1e-20 / 12, rel=1e-15)
    assert [per_month(p, "month") for p in (0.0, 0.1, 1.0)] == [0.0, 0.1, 1.0]
    assert (per_month(0, "year"), per_month(1, "week")) == (0, 1)


def test_longer_periods_with_the_same_probability_have_rarer_months() -> None:
    found = [per_month(0.3, months) for months in (0.25, 1, 3, 12, 60)]
    assert all(a > b for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("p", "period", "message"),
    [
        (-0.1, 1, "between 0 and 1"), (1.1, 1, "between 0 and 1"), (math.nan, 1, "between 0 and 1"),
        (0.1, 0, "above 0 months"), (0.1, math.inf, "above 0 months"), (0.1, "yaer", "did you mean 'year'"),
    ],
)  # fmt: skip
def test_other_probabilities_and_periods_are_refused(p: float, period: float | str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        per_month(p, period)
