"""Regret and its kin: tables by hand, closed forms, laws; utility, thresholds, domination and waiting."""

from __future__ import annotations

import math

import numpy as np
import pytest
import xarray as xr
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from mcda.decisions.labelled import compare, utilities
from mcda.decisions.regret import against_status_quo, maximin, minimax_regret, regret, regrets
from mcda.decisions.robustness import Threshold, dominates, satisficing, undominated
from mcda.decisions.utility import Term, utility
from mcda.decisions.waiting import break_even_growth
from mcda.decisions.worlds import mean, percentile, share
from mcda.errors import UsageError

#: Three policies in four worlds.
TABLE = [[4, 0, 3, 1], [2, 2, 2, 2], [5, 1, 0, 2]]
#: Column bests 5, 2, 3, 2.
REGRET = [[1, 2, 0, 1], [3, 0, 1, 0], [0, 1, 3, 0]]

small = st.integers(-8, 8).map(float)  # with ties, and sums without rounding
tables = arrays(float, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=small)


# -- by hand -----------------------------------------------------------------------------------------------------------


def test_regret_is_the_best_of_the_column_less_the_cell() -> None:
    assert regret(TABLE).tolist() == REGRET


def test_regret_over_worlds_by_hand() -> None:
    """Ranks of the 90th percentile of four: 1 + 3 * .9 = 3.7."""
    found = regrets(TABLE)
    assert found.worst.tolist() == [2, 3, 3]
    assert found.mean.tolist() == [1, 1, 1]
    assert found.mean_se == pytest.approx([math.sqrt(2 / 3 / 4), math.sqrt(6 / 3 / 4), math.sqrt(6 / 3 / 4)])
    assert found.percentile == pytest.approx([1 + 0.7 * 1, 1 + 0.7 * 2, 1 + 0.7 * 2])


def test_weights_say_how_much_a_world_counts() -> None:
    found = regrets(TABLE, weights=[1, 0, 2, 1])
    assert found.mean.tolist() == [0.5, 1.25, 1.5]
    assert found.worst.tolist() == [2, 3, 3], "the worst does not look at weights"
    assert found.percentile == pytest.approx([1, 1 + 0.8 * 2, 3])  # three worlds, rank 2.8; of 1 and 3, and 0, 3, 3


def test_minimax_regret_and_maximin_choose_differently() -> None:
    assert minimax_regret(TABLE).best == (0,)
    assert minimax_regret(TABLE).value.tolist() == [2, 3, 3]
    assert maximin(TABLE).best == (1,)
    assert maximin(TABLE).value.tolist() == [0, 2, 0]
    assert minimax_regret(TABLE, tolerance=1).best == (0, 1, 2)
    assert maximin([[1, 2], [3, 1], [0, 9]]).best == (0, 1)


def test_a_policy_that_nobody_chooses_can_turn_the_choice_around() -> None:
    """Regrets (8, 0) and (0, 6); with the third, which is best in the second world, (8, 6) and (0, 12)."""
    assert minimax_regret([[0, 10], [8, 4]]).best == (1,)
    assert minimax_regret([[0, 10], [8, 4], [-20, 16]]).best == (0,)


def test_against_the_status_quo_by_hand() -> None:
    """Behind the second policy in the four worlds: -2, 2, -1, 1 and -3, 1, 2, 0."""
    found = against_status_quo(TABLE, 1)
    assert found.shortfall.tolist() == [0.75, 0, 0.75]
    assert found.worse.tolist() == [0.5, 0, 0.5]
    assert found.shortfall_se[0] == pytest.approx(math.sqrt((2 * 0.75**2 + 1.25**2 + 0.25**2) / 3 / 4))
    assert found.worse_se[0] == pytest.approx(math.sqrt(0.25 / 4))
    assert against_status_quo(TABLE, 1, tolerance=1).worse.tolist() == [0.25, 0, 0.25]
    weighted = against_status_quo(TABLE, 1, weights=[1, 0, 2, 1])
    assert weighted.shortfall.tolist() == [0.25, 0, 1]


# -- laws --------------------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(tables)
def test_somebody_has_no_regret_in_every_world(table: np.ndarray) -> None:
    found = regret(table)
    assert (found >= 0).all()
    assert (found.min(axis=0) == 0).all()


@settings(deadline=None)
@given(tables, st.data())
def test_what_is_added_to_a_world_for_all_changes_no_regret(table: np.ndarray, data: st.DataObject) -> None:
    luck = data.draw(arrays(float, table.shape[1], elements=small))
    assert np.array_equal(regret(table + luck), regret(table))


@settings(deadline=None)
@given(tables, st.randoms())
def test_the_order_of_worlds_is_of_no_matter(table: np.ndarray, random: object) -> None:
    order = np.array(random.sample(range(table.shape[1]), table.shape[1]))  # type: ignore[attr-defined]
    weights = np.arange(1.0, table.shape[1] + 1)
    a, b = regrets(table, weights=weights), regrets(table[:, order], weights=weights[order])
    for name in ("worst", "mean", "mean_se", "percentile"):
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), atol=1e-13)


@settings(deadline=None)
@given(tables)
def test_a_dominated_policy_has_at_least_the_regret_of_who_dominates_it(table: np.ndarray) -> None:
    beats = dominates(table, ["more"] * table.shape[1])
    found = regrets(table)
    for a, b in np.argwhere(beats):
        assert found.worst[a] <= found.worst[b]
        assert found.mean[a] <= found.mean[b] + 1e-12
        assert maximin(table).value[a] >= maximin(table).value[b]


@settings(deadline=None)
@given(tables, st.data())
def test_a_policy_like_the_status_quo_loses_nothing(table: np.ndarray, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(table) - 1))
    found = against_status_quo(np.vstack([table, table[at]]), at)
    for k in (at, -1):
        assert found.shortfall[k] == found.worse[k] == 0
    behind = table[at].mean() - table.mean(axis=1)
    assert (found.shortfall[:-1] >= behind - 1e-12).all(), "E (U_P0 - U)+ is at least E (U_P0 - U)"


@settings(deadline=None)
@given(tables, st.floats(0, 100))
def test_equal_weights_are_none(table: np.ndarray, q: float) -> None:
    equal = np.full(table.shape[1], 3.0)
    np.testing.assert_allclose(percentile(table, q, equal), percentile(table, q), atol=1e-7)  # rank to 1e-9
    for of in (mean, lambda x, w=None: share(x > 0, w)):
        for one, other in zip(of(table, equal), of(table), strict=True):
            np.testing.assert_allclose(one, other, atol=1e-14)


def test_worlds_without_weight_are_not_there() -> None:
    x, weights = np.array([[3.0, 99, 1, 2, -99]]), [1, 0, 1, 1, 0]
    for q in (0, 10, 50, 90, 100):
        assert percentile(x, q, weights) == pytest.approx(percentile(x[:, [0, 2, 3]], q), abs=1e-7)
    assert mean(x, weights).error == pytest.approx(mean(x[:, [0, 2, 3]]).error)


def test_weights_that_count_worlds_find_the_repeated_values() -> None:
    """Weights 1, 3: of two worlds with ranks 1 to 2; three quarters lie at the second."""
    assert percentile([[0.0, 1.0]], 0, [1, 3]) == 1, "rank 1 of 2 is reached at cumulative weight 1/2"
    assert percentile([[0.0, 1.0]], 50, [2, 2]) == pytest.approx(0.5)


def test_errors_are_those_of_plain_means_and_shares() -> None:
    x = np.random.default_rng(5).normal(size=(3, 50))
    assert mean(x).error == pytest.approx(x.std(axis=1, ddof=1) / math.sqrt(50), rel=1e-13)
    s = (x > 0).mean(axis=1)
    assert share(x > 0).error == pytest.approx(np.sqrt(s * (1 - s) / 50), rel=1e-13)
    assert np.isnan(mean(x[:, :1]).error).all()


def test_errors_of_weighted_means_are_those_that_repetition_shows() -> None:
    """3000 samples of 60 worlds: the standard deviation is known to 1.3 %, times 4; the formula's bias is below."""
    rng = np.random.default_rng(6)
    weights = rng.uniform(0.5, 1.5, 60)
    found = mean(rng.normal(size=(3000, 60)), weights)
    assert found.value.std() == pytest.approx(math.sqrt((found.error**2).mean()), rel=0.055)


# -- thresholds, domination --------------------------------------------------------------------------------------------


def test_satisficing_asks_for_all_thresholds_in_the_same_world() -> None:
    outcomes = {"yield": TABLE, "exposure": [[1, 5, 2, 9], [0, 0, 3, 0], [2, 2, 2, 2]], "other": [[0]]}
    thresholds = {"yield": Threshold(least=2), "exposure": Threshold(most=2)}
    found = satisficing(outcomes, thresholds)
    assert found.value.tolist() == [0.5, 0.75, 0.5]
    assert found.error == pytest.approx([0.25, math.sqrt(3 / 64), 0.25])
    assert satisficing(outcomes, thresholds, weights=[1, 0, 0, 1]).value.tolist() == [0.5, 1, 1]


def test_a_threshold_is_met_by_its_own_value() -> None:
    assert Threshold(least=1, most=2).holds([0.9, 1, 1.5, 2, 2.1]).tolist() == [False, True, True, True, False]


def test_domination_by_hand() -> None:
    """More of the one, less of the other; within 2 of the one, (8, 2) does as well as (10, 3), and that as (11, 9)."""
    outcomes = [[10, 3], [8, 4], [8, 2], [10, 3], [11, 9]]
    found = dominates(outcomes, ["more", "less"])
    assert np.argwhere(found).tolist() == [[0, 1], [2, 1], [3, 1]]
    assert undominated(outcomes, ["more", "less"]).tolist() == [True, False, True, True, True]
    assert undominated(outcomes, ["more", "less"], tolerance=[2, 0]).tolist() == [False, False, True, False, False]
    assert undominated(outcomes, ["more", "less"], tolerance=9).all()


def test_with_a_tolerance_domination_can_go_in_a_circle() -> None:
    circle = [[0.0, 1.5, 0.75], [0.75, 0.0, 1.5], [1.5, 0.75, 0.0]]
    assert undominated(circle, ["more"] * 3).all()
    assert not undominated(circle, ["more"] * 3, tolerance=1).any()


@settings(deadline=None)
@given(tables)
def test_domination_is_an_order_that_leaves_somebody(table: np.ndarray) -> None:
    beats = dominates(table, ["more"] * table.shape[1])
    assert not beats.diagonal().any()
    assert not (beats & beats.T).any()
    assert not ((beats.astype(int) @ beats > 0) & ~beats).any(), "transitive"
    kept = undominated(table, ["more"] * table.shape[1])
    assert kept.any()
    assert beats[kept].any(axis=0)[~kept].all(), "who is out is beaten by somebody who is in"


@settings(deadline=None)
@given(tables, st.data())
def test_the_best_under_any_weights_is_undominated(table: np.ndarray, data: st.DataObject) -> None:
    weights = data.draw(arrays(float, table.shape[1], elements=st.integers(1, 9).map(float)))
    kept = undominated(table, ["more"] * table.shape[1])
    assert kept[np.argmax(table @ weights)]


@settings(deadline=None)
@given(tables)
def test_less_of_an_outcome_is_more_of_its_opposite(table: np.ndarray) -> None:
    k = table.shape[1]
    assert np.array_equal(dominates(table, ["less"] * k), dominates(-table, ["more"] * k))


# -- utility -----------------------------------------------------------------------------------------------------------


TERMS = [Term("yield", 0.75, worst=0, best=200), Term("exposure", 0.25, worst=40, best=0)]


def test_a_utility_is_a_weighted_sum_on_fixed_scales() -> None:
    found = utility({"yield": [[100, 300], [0, 200]], "exposure": [[10, 0], [40, 80]], "other": "x"}, TERMS)
    assert found == pytest.approx(np.array([[0.375 + 0.1875, 1.125 + 0.25], [0, 0.75 - 0.25]]))  # not clipped


@settings(deadline=None)
@given(tables, st.floats(0.1, 10), st.floats(-100, 100))
def test_units_of_an_outcome_are_of_no_matter(table: np.ndarray, scale: float, origin: float) -> None:
    plain = utility({"x": table}, [Term("x", 2, -3, 5)])
    moved = utility({"x": origin + scale * table}, [Term("x", 2, origin - 3 * scale, origin + 5 * scale)])
    np.testing.assert_allclose(moved, plain, atol=1e-9)


def test_utility_keeps_labels() -> None:
    rng = np.random.default_rng(1)
    outcomes = xr.Dataset(
        {"yield": (("policy", "path"), rng.random((2, 3))), "exposure": (("path", "policy"), rng.random((3, 2)))},
        coords={"policy": ["P0", "P1"]},
    )
    found = utilities(outcomes, TERMS)
    wanted = utility({"yield": outcomes["yield"].values, "exposure": outcomes["exposure"].values.T}, TERMS)
    assert found.dims == ("policy", "path")
    assert np.array_equal(found.values, wanted)
    assert found.attrs["units"] == "1"


# -- waiting -----------------------------------------------------------------------------------------------------------


def test_growth_of_a_yield_that_pays_for_waiting_by_hand() -> None:
    assert break_even_growth([0, 0.2, 0.5]) == pytest.approx([0, 0.25, 1])
    assert break_even_growth(0.5, salvage=[0, 0.5, 1]) == pytest.approx([1, 0.5, 0])
    assert break_even_growth([1, 1], salvage=[0.5, 1]).tolist() == [math.inf, 0]


@settings(deadline=None)
@given(st.floats(0, 0.99), st.floats(0, 1))
def test_at_the_break_even_waiting_and_striking_are_worth_the_same(h: float, v: float) -> None:
    g = float(break_even_growth(h, salvage=v))
    assert (1 - h) * (1 + g) + h * v == pytest.approx(1, abs=1e-12)


@settings(deadline=None)
@given(st.floats(0, 0.99), st.floats(0, 1))
def test_salvage_of_the_grown_yield_is_a_smaller_hazard(h: float, v: float) -> None:
    g = float(break_even_growth(h * (1 - v)))
    assert ((1 - h) + h * v) * (1 + g) == pytest.approx(1, abs=1e-12)
    assert g <= float(break_even_growth(h, salvage=v)) + 1e-12, "what can be salvaged has grown too"


# -- labels and refusals -----------------------------------------------------------------------------------------------


def test_a_labelled_table_says_the_same_by_name() -> None:
    table = xr.DataArray(np.transpose(TABLE), dims=("path", "policy"), coords={"policy": ["P1", "P0", "P2"]})
    found = compare(table, status_quo="P0", sampled=True)
    lost, beside = regrets(TABLE), against_status_quo(TABLE, 1)
    assert found["worst_regret"].values.tolist() == lost.worst.tolist()
    assert found["mean_regret_se"].values.tolist() == lost.mean_se.tolist()
    assert found["regret_90"].values.tolist() == lost.percentile.tolist()
    assert found["shortfall"].values.tolist() == beside.shortfall.tolist()
    assert found["worse_se"].values.tolist() == beside.worse_se.tolist()
    assert found["mean_utility"].values.tolist() == [2, 2, 2]
    assert found["minimax_regret"].sel(policy="P1")
    assert found["maximin"].values.tolist() == [False, True, False]
    assert set(found.dims) == {"policy"}
    assert all(set(v.attrs) == {"long_name", "units"} for v in found.data_vars.values())


def test_declared_worlds_have_no_errors() -> None:
    table = xr.DataArray(TABLE, dims=("policy", "scenario"), coords={"policy": ["P0", "P1", "P2"]})
    found = compare(table, status_quo="P0", sampled=False, weights=[1, 2, 3, 4])
    assert not [name for name in found.data_vars if str(name).endswith("_se")]
    assert found["mean_regret"].values == pytest.approx(regrets(TABLE, weights=[1, 2, 3, 4]).mean)


def test_other_labels_are_refused() -> None:
    table = xr.DataArray(TABLE, dims=("policy", "path"), coords={"policy": ["P0", "P1", "P2"]})
    with pytest.raises(UsageError, match="no policy is called 'P9'"):
        compare(table, status_quo="P9", sampled=True)
    with pytest.raises(UsageError, match="the dims policy and one of worlds"):
        compare(table.rename(policy="rule"), status_quo="P0", sampled=True)
    with pytest.raises(UsageError, match="the outcome 'yeild', which is not there"):
        utilities(xr.Dataset({"yield": table}), [Term("yeild", 1, 0, 1)])


@pytest.mark.parametrize("table", [[1, 2], [[]], [[[1]]]])
def test_other_shapes_are_refused(table: list[float]) -> None:
    with pytest.raises(UsageError, match=r"a table is \(policy, world\)"):
        regret(table)


@settings(deadline=None)
@given(tables, st.sampled_from([math.nan, math.inf, -math.inf]), st.data())
def test_cells_that_are_not_numbers_are_refused(table: np.ndarray, broken: float, data: st.DataObject) -> None:
    assume(table.size)
    table[data.draw(st.integers(0, len(table) - 1)), 0] = broken
    with pytest.raises(UsageError, match=f"1 of {table.size} cells"):
        regret(table)


@pytest.mark.parametrize("weights", [[1, 1], [1, 1, 1, -1], [0, 0, 0, 0], [1, 1, 1, math.nan], [1, 1, 1, math.inf]])
def test_other_weights_are_refused(weights: list[float]) -> None:
    with pytest.raises(UsageError, match="weights are 4 numbers of 0 or more"):
        regrets(TABLE, weights=weights)


def test_other_arguments_are_refused() -> None:
    with pytest.raises(UsageError, match="one of the table's 3 policies, 0 to 2"):
        against_status_quo(TABLE, 3)
    with pytest.raises(UsageError, match="between 0 and 100"):
        percentile(TABLE, 101)
    with pytest.raises(UsageError, match="nothing to hold"):
        satisficing({"x": TABLE}, {})
    with pytest.raises(UsageError, match="'yeild', which is not there \\(did you mean 'yield'"):
        satisficing({"yield": TABLE}, {"yeild": Threshold(least=1)})
    with pytest.raises(UsageError, match="tables of one shape"):
        satisficing({"x": TABLE, "y": [[1]]}, {"x": Threshold(least=1), "y": Threshold(least=1)})
    for least, most in ((None, None), (2, 1), (math.nan, None)):
        with pytest.raises(UsageError, match="a threshold is"):
            Threshold(least, most)
    with pytest.raises(UsageError, match="has a direction"):
        undominated(TABLE, ["more", "less", "more", "up"])  # type: ignore[list-item]
    with pytest.raises(UsageError, match="a tolerance is 0 or more"):
        undominated(TABLE, ["more"] * 4, tolerance=-1)
    for terms in ([], [Term("x", 1, 0, 1)] * 2):
        with pytest.raises(UsageError, match="each once"):
            utility({"x": TABLE}, terms)
    with pytest.raises(UsageError, match="a weight is above 0"):
        Term("x", 0, 0, 1)
    with pytest.raises(UsageError, match="worst and best are two numbers"):
        Term("x", 1, 2, 2)
    with pytest.raises(UsageError, match="arrays of one shape"):
        utility({"yield": TABLE, "exposure": [1, 2]}, TERMS)
    with pytest.raises(UsageError, match="a hazard lies between 0 and 1"):
        break_even_growth(1.1)
    with pytest.raises(UsageError, match="a salvage share lies between 0 and 1"):
        break_even_growth(0.1, salvage=-0.1)
