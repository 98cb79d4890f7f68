"""Calibration: against every cut vector sorted by the oracle, closed forms, ties made by hand, the case's numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction as F
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.rule import Bands, Rule, Split
from mcda.tiers import calibration as module
from mcda.tiers.calibration import NEAR, SURFACE, calibrate, equal_mass_bands
from tests.reference import enumeration

ROLES = ("against",) * 3 + ("for",) * 3 + ("counterweight",)
REFERENCE = Rule("reference", ROLES, 3, 2, (F(1), F(0)), Split("composite", (F(0),)))
TEXT = REFERENCE.but(reading="text", cuts=(F(4), F(3), F(2), F(1)), split=None)
SCALE = Lattice(1, 10)
MEASURES, BULLETS = (7, 12, 11, 13, 6), (7, 12, 11, 6, 2)

SMALL = REFERENCE.but(roles=("against", "for", "against", "for", "counterweight"), weights=())
SMALL_TEXT = SMALL.but(reading="text", cuts=(F(4), F(3), F(2), F(1)), split=None)
VARIANTS = {
    "reference": SMALL,
    "ratio": SMALL.but(form="ratio"),
    "split by balance": SMALL.but(split=Split("balance", (F(0),))),
    "split by first": SMALL.but(split=Split("first", (F(2),))),
    "split by any": SMALL.but(split=Split("any", (F(2),))),
    "zero inside": SMALL.but(zero="inside"),
    "veto": SMALL.but(veto=F(3)),
    "veto, any": SMALL.but(veto=F(3), split=Split("any", (F(2),))),
    "weights": SMALL.but(weights=(F(1), F(1, 2), F(1), F(3, 2), F(2))),
    "two outside cuts": SMALL.but(inside=2, outside=3, cuts=(F(0),), split=Split("first", (F(1), F(2)))),
    "text": SMALL_TEXT,
    "text, veto": SMALL_TEXT.but(veto=F(3)),
    "text, veto, two inside": SMALL_TEXT.but(veto=F(2), inside=2, outside=2, cuts=(F(3), F(2), F(1))),
}


# -- every cut vector, sorted by the oracle ----------------------------------------------------------------------------


def as_dict(rule: Rule, cuts: Sequence[F]) -> dict[str, Any]:
    """The rule with these cuts, in the oracle's words."""
    found: dict[str, Any] = {
        "roles": list(rule.roles), "n_inside": rule.inside, "n_outside": rule.outside, "reading": rule.reading,
        "form": rule.form, "zero": rule.zero, "tie": rule.tie, "veto": rule.veto, "weights": list(rule.weights),
    }  # fmt: skip
    if rule.reading == "text":
        return found | {"cuts": list(cuts)}
    found["inside_cuts"] = list(cuts[: rule.inside - 1])
    assert rule.split is not None
    return found | {"outside_split": {"by": rule.split.by, "cuts": list(cuts[rule.inside - 1 :])}}


def attained(rule: Rule, cells: np.ndarray) -> tuple[set[F], set[F]]:
    """Values of the inside and the outside statistic where they are looked at, in fractions, cell by cell."""
    placed = enumeration.tier_of(as_dict(rule, (*rule.cuts, *(rule.split.cuts if rule.split else ()))), cells)
    inside: set[F] = set()
    outside: set[F] = set()
    for x, tier in zip(cells.tolist(), placed, strict=True):
        against = [s for s, role in zip(x, rule.roles, strict=True) if role == "against"]
        sign = {"against": -1, "for": 1, "counterweight": 0}
        c = sum(sign[role] * w * s for s, w, role in zip(x, rule.weights, rule.roles, strict=True))
        c7 = rule.weights[rule.roles.index("counterweight")] * x[rule.roles.index("counterweight")]
        if rule.reading == "text" or tier <= rule.inside:
            inside.add(F(c) / c7 if rule.form == "ratio" else F(c - c7))
        elif rule.split is not None:
            by = {"composite": F(c), "balance": F(c - c7), "first": F(against[0]), "any": F(max(against))}
            outside.add(by[rule.split.by])
    return inside, outside


def vectors(rule: Rule, cells: np.ndarray) -> Iterator[tuple[F, ...]]:
    inside, outside = attained(rule, cells)
    if rule.reading == "text":
        yield from combinations(sorted(inside, reverse=True), len(rule.cuts))
        return
    assert rule.split is not None
    rising = rule.split.by in ("first", "any")
    for a in combinations(sorted(inside, reverse=True), rule.inside - 1):
        for b in combinations(sorted(outside, reverse=not rising), rule.outside - 1):
            yield (*a, *b)


def brute(rule: Rule, levels: Sequence[int], counts: Sequence[int]) -> list[tuple[float, float, tuple[F, ...]]]:
    """(log likelihood, distance from the shares, cuts) of all cut vectors that sort differently, best first."""
    cells = np.array(list(product(levels, repeat=len(rule.roles))))
    n, seen = np.array(counts), {}
    for cuts in sorted(vectors(rule, cells), reverse=True):  # larger cuts first: they stand for those that sort alike
        tiers = enumeration.tier_of(as_dict(rule, cuts), cells)
        p = np.bincount(tiers, minlength=len(n) + 1)[1:] / len(cells)
        if (p[n > 0] > 0).all() and tiers.tobytes() not in seen:
            value = float((n[n > 0] * np.log(p[n > 0])).sum())
            seen[tiers.tobytes()] = (round(value, 9), round(float(np.abs(p - n / n.sum()).sum()), 9), cuts)
    return sorted(seen.values(), key=lambda row: (-row[0], row[1], [-cut for cut in row[2]]))


@pytest.mark.parametrize("tie", ["smaller", "larger"])
@pytest.mark.parametrize("name", VARIANTS)
@settings(max_examples=3)
@given(data=st.data())
def test_calibration_finds_what_trying_every_cut_vector_finds(name: str, tie: Any, data: st.DataObject) -> None:
    rule = VARIANTS[name].but(tie=tie)
    n = len(rule.tiers)
    counts = data.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n).filter(any))
    expected = brute(rule, (1, 2, 3), counts)
    if not expected:
        with pytest.raises(Declined, match="no cuts on attained values"):
            calibrate(rule, Lattice(1, 3), counts)
        return
    found = calibrate(rule, Lattice(1, 3), counts)
    best = expected[0][0]
    assert found.log_likelihood == pytest.approx(best, abs=2e-9)
    assert found.cuts == expected[0][2]
    near = [cuts for value, _, cuts in expected if value >= best - NEAR]
    assert found.n_near == len(near)
    assert found.near_range == tuple((min(one), max(one)) for one in zip(*near, strict=True))
    listed = {tuple(cuts): value for cuts, value in zip(found.surface_cuts.tolist(), found.surface, strict=True)}
    wanted = {tuple(map(float, cuts)): value for value, _, cuts in expected if value >= best - SURFACE}
    assert listed == pytest.approx(wanted, abs=2e-9)


@pytest.mark.parametrize("name", VARIANTS)
def test_probabilities_are_those_of_the_calibrated_rule(name: str) -> None:
    rule = VARIANTS[name]
    counts = (2, 3, 1, 3, 2)[-len(rule.tiers) :]
    found = calibrate(rule, Lattice(1, 4), counts)
    cells = np.array(list(product(range(1, 5), repeat=5)))
    tiers = np.bincount(found.rule.sort(cells), minlength=len(counts) + 1)[1:] / len(cells)
    np.testing.assert_allclose(found.probabilities, tiers, rtol=0, atol=1e-12)
    assert found.probabilities.sum() == pytest.approx(1, abs=1e-12)
    assert found.log_likelihood == pytest.approx(float((np.array(counts) * np.log(tiers)).sum()), abs=1e-9)
    assert found.rule.cuts + (found.rule.split.cuts if found.rule.split else ()) == found.cuts


def test_half_points_give_cuts_in_half_points() -> None:
    """Levels 1, 3/2, 2: the oracle is asked in steps, so its cuts are twice ours."""
    found = calibrate(SMALL, Lattice(1, 2, 2), (1, 2, 1, 2, 1))
    expected = brute(SMALL, (2, 3, 4), (1, 2, 1, 2, 1))[0]
    assert tuple(2 * cut for cut in found.cuts) == expected[2]
    assert found.log_likelihood == pytest.approx(expected[0], abs=2e-9)


# -- ties by hand ------------------------------------------------------------------------------------------------------


def test_of_equal_likelihoods_the_vector_nearest_the_shares_wins() -> None:
    """Three bits sum to 3, 4, 5, 6 in 1, 3, 3, 1 cells. Shares 0, 2/3, 1/3.

    Cuts 6, 5 give 1, 3, 4 cells and 6, 4 give 1, 6, 1: 3^2 4 = 6^2 1. The second is nearer: 3.3 against 4.7 cells.
    """
    rule = Rule("bits", ("for",) * 3, 2, 1, (F(2), F(1)), reading="text")
    found = calibrate(rule, Lattice(1, 2), (0, 2, 1))
    assert found.log_likelihood == pytest.approx(math.log(36 / 8**3))
    assert found.surface[:2] == pytest.approx([found.log_likelihood] * 2)
    assert found.cuts == (6, 4)
    assert found.probabilities == pytest.approx([1 / 8, 6 / 8, 1 / 8])


@pytest.mark.parametrize(("tie", "cut"), [("smaller", 3), ("larger", 2)])
def test_of_those_equally_near_the_larger_cuts_win(tie: Any, cut: int) -> None:
    """One third and two thirds, or the reverse, for one alternative each."""
    found = calibrate(Rule("thirds", ("for",), 1, 1, (F(2),), reading="text", tie=tie), Lattice(1, 3), (1, 1))
    assert found.cuts == (cut,)
    assert found.n_near == 2
    assert found.near_range == ((cut - 1, cut),)


def test_of_alarm_scores_that_sort_alike_the_attained_one_is_taken() -> None:
    """Outside means x1 >= x2 + x3 >= 2: an alarm from 1 on and one from 2 on are the same, and 1 is not attained."""
    rule = Rule("gap", ("against", "for", "for"), 1, 2, (), Split("any", (F(4),)))
    found = calibrate(rule, Lattice(1, 4), (3, 0, 2))
    assert found.cuts == (2,)
    assert found.surface_cuts[:, 0].tolist() == [2, 3, 4]


def test_the_policy_for_ties_moves_integer_cuts_by_one_and_nothing_else() -> None:
    a, b = (calibrate(REFERENCE.but(tie=tie), SCALE, MEASURES) for tie in ("smaller", "larger"))
    assert b.cuts == tuple(cut - 1 for cut in a.cuts)
    np.testing.assert_allclose(a.probabilities, b.probabilities, rtol=0, atol=1e-15)


# -- the case, against convolutions made here --------------------------------------------------------------------------


def sums_of_seven() -> dict[str, tuple[np.ndarray, int]]:
    """Exact laws by convolution, (cells by value, smallest value): of C, and of C - c7."""
    die = np.ones(10, dtype=np.int64)
    c = die
    for _ in range(5):
        c = np.convolve(c, die)
    return {"C": (c, -27), "D": (np.convolve(c, die), -37)}


def test_four_cuts_of_the_case_are_the_best_of_all_635376() -> None:
    cells, low = sums_of_seven()["D"]
    above = np.append(np.cumsum(cells[::-1])[::-1], 0)  # cells with D at or above low + i
    at = np.array(list(combinations(range(len(cells) - 1, -1, -1), 4)))
    assert len(at) == 635_376
    met = np.hstack([np.zeros((len(at), 1), np.int64), above[at], np.full((len(at), 1), 10**7)])
    with np.errstate(divide="ignore"):
        value = (np.array(MEASURES) * np.log(np.diff(met, axis=1) / 1e7)).sum(axis=1)
    found = calibrate(TEXT, SCALE, MEASURES)
    assert found.log_likelihood == pytest.approx(value.max(), abs=1e-9)
    assert found.cuts == tuple(at[value.argmax()] + low)
    assert found.n_near == (value >= value.max() - 2).sum()
    assert len(found.surface) == (value >= value.max() - 10).sum()
    assert found.surface[0] == pytest.approx(value.max(), abs=1e-9)


@pytest.mark.parametrize("counts", [MEASURES, BULLETS])
def test_the_surface_of_the_reference_is_that_of_its_two_inside_cuts(counts: tuple[int, ...]) -> None:
    """Inside cells by D are convolved here from C > 0 and c7; the outside cut contributes its best."""
    c, low = sums_of_seven()["C"]
    inside, outside = np.convolve(c[1 - low :], np.ones(10, int)), c[: 1 - low]  # D from -9 to 26; C from -27 to 0
    met = np.cumsum(inside[::-1]) / 1e7  # by descending value
    split = np.cumsum(outside[::-1]) / 1e6
    four = max(counts[3] * np.log(split[:-1]) + counts[4] * np.log(split[-1] - split[:-1]))
    found = calibrate(REFERENCE, SCALE, counts)
    assert [int(v) for v in found.table_values] == list(range(26, -10, -1))
    assert found.table is not None
    for i, j in [(0, 1), (3, 20), (22, 27), (10, 34)]:
        p = met[i], met[j] - met[i], met[-1] - met[j]
        assert found.table[i, j] == pytest.approx(sum(n * np.log(q) for n, q in zip(counts, p, strict=False)) + four)
    assert np.isnan(found.table[np.tril_indices(36)]).all()
    best = np.unravel_index(np.nanargmax(found.table), found.table.shape)
    assert tuple(found.table_values[i] for i in best) == found.cuts[:2]
    assert np.nanmax(found.table) == pytest.approx(found.log_likelihood, abs=1e-9)


def test_rules_with_another_number_of_inside_cuts_have_no_surface_over_two() -> None:
    found = calibrate(TEXT, SCALE, MEASURES)
    assert found.table is None
    assert found.table_values == ()


@pytest.mark.parametrize("counts", [MEASURES, BULLETS])
@pytest.mark.parametrize("rule", [REFERENCE, REFERENCE.but(zero="inside"), REFERENCE.but(veto=F(8)), TEXT])
def test_the_tails_are_those_of_a_binomial_count_inside(rule: Rule, counts: tuple[int, ...]) -> None:
    found = calibrate(rule, SCALE, counts)
    total, n, p = sum(counts), sum(counts[:3]), found.inside_probability
    law = stats.binom(total, p)
    assert found.inside_count == n == 30
    assert found.tail == pytest.approx((law.cdf(n), law.sf(n - 1)), rel=1e-9)
    by_hand = sum(math.comb(total, k) * p**k * (1 - p) ** (total - k) for k in range(n, total + 1))
    assert found.tail[1] == pytest.approx(by_hand, rel=1e-9)
    assert p == pytest.approx(found.probabilities[:3].sum(), abs=1e-12)


def test_no_cut_of_the_footnote_moves_the_probability_of_the_roadmap() -> None:
    """C is symmetric: half of what is not on C = 0 lies inside, 472374 of 10^6 sums."""
    c, low = sums_of_seven()["C"]
    rules = [REFERENCE, REFERENCE.but(form="ratio"), REFERENCE.but(split=Split("any", (F(5),)))]
    assert {round(calibrate(r, SCALE, MEASURES).inside_probability * 10**6) for r in rules} == {c[1 - low :].sum()}


# -- bands -------------------------------------------------------------------------------------------------------------


def test_bands_of_equal_mass_are_the_nearest_to_thirds() -> None:
    c, low = sums_of_seven()["C"]
    met = np.cumsum(c[1 - low :][::-1]) / c[1 - low :].sum()  # P(C >= 27), P(C >= 26), ...
    nearest = [27 - int(np.abs(met - third).argmin()) for third in (1 / 3, 2 / 3)]
    composite, counterweight = equal_mass_bands(ROLES, SCALE)
    assert list(composite) == nearest == [8, 4]
    assert counterweight == (3, 7)  # 3, 4 and 3 of ten levels
    flipped = equal_mass_bands(ROLES, SCALE, tie="larger")  # a value on a bound goes the other way: the same bands
    assert flipped == ((7, 3), (4, 8))


def test_bands_fit_the_rule_that_takes_them() -> None:
    weights = (F(1), F(1), F(1), F(1), F(1), F(1), F(3, 2))
    composite, counterweight = equal_mass_bands(ROLES, SCALE, weights=weights)
    assert counterweight == (F(9, 2), F(21, 2))  # of c7 times 3/2
    bands = Bands(composite, counterweight, ((1, 1, 2), (1, 2, 3), (2, 3, 3)))
    rule = REFERENCE.but(form="grid", cuts=(), bands=bands, weights=weights)
    assert set(rule.sort(np.random.default_rng(0).integers(1, 11, (500, 7)))) == {1, 2, 3, 4, 5}


def test_bands_need_a_counterweight_and_three_values() -> None:
    with pytest.raises(UsageError, match="counterweight"):
        equal_mass_bands(("against", "for"), SCALE)
    with pytest.raises(Declined, match="at least 3 attained values"):
        equal_mass_bands(("against", "for", "counterweight"), Lattice(1, 2))


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("counts", [(1, 2, 3), (0, 0, 0, 0, 0), (1, 1, 1, 1, -1), (1.0, 1.0, 1.0, 1.0, 1.0)])
def test_counts_that_do_not_fit_are_refused(counts: Any) -> None:
    with pytest.raises(UsageError, match="counts must be 5 whole numbers"):
        calibrate(REFERENCE, SCALE, counts)


def test_rules_of_bands_are_not_calibrated() -> None:
    bands = Bands((F(8), F(4)), (F(3), F(7)), ((1, 1, 2), (1, 2, 3), (2, 3, 3)))
    with pytest.raises(Declined, match="'grid' is not calibrated"):
        calibrate(REFERENCE.but(form="grid", cuts=(), bands=bands), SCALE, MEASURES)


def test_too_few_cells_for_the_tiers_are_declined() -> None:
    one_value = Rule("one", ("for", "counterweight"), 3, 1, (F(1), F(0)))
    with pytest.raises(Declined, match="no cuts on attained values"):
        calibrate(one_value.but(form="ratio", weights=(F(1), F(1))), Lattice(1, 2), (1, 1, 1, 1))
    with pytest.raises(Declined, match="no score vector lies on one side"):
        calibrate(REFERENCE.but(veto=F(1)), SCALE, MEASURES)


def test_a_ratio_needs_a_counterweight_above_zero() -> None:
    with pytest.raises(Declined, match="keep c7 above 0"):
        calibrate(SMALL.but(form="ratio"), Lattice(0, 3), (1, 1, 1, 1, 1))


def test_problems_that_are_too_large_are_declined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "VALUES", 20)
    with pytest.raises(Declined, match="36 attained values; calibration takes at most 20"):
        calibrate(REFERENCE, SCALE, MEASURES)
    monkeypatch.undo()
    monkeypatch.setattr(module, "PAIRS", 1000)
    with pytest.raises(Declined, match="cut vectors at once"):
        calibrate(TEXT, SCALE, MEASURES)
