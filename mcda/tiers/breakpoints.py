"""Where a rule's numbers would have to be for a tier to change: breakpoints of cuts, splits and vetoes.

At point scores the tier is a step function of each number, which changes where the number passes what it is compared
with: the interval in which the tier stands is exact. Under a belief acceptability is a step function too; it is given
at whole steps of the statistic, and with it the range in which the modal tier stays. Source: `docs/method.md`, 5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from mcda.errors import Declined, McdaError, UsageError
from mcda.rule import Rule
from mcda.scores.pooling import tier_of_points
from mcda.tiers.acceptability import distinct, probabilities
from mcda.tiers.law import Law

__all__ = ["Interval", "Steps", "numbers_of", "steps_of", "tier_interval", "with_number"]

Floats = npt.NDArray[np.float64]

#: Largest common denominator of a number and the weights that is compared in 64 bits with scores as fine as itself.
LARGEST = 10**7


@dataclass(frozen=True)
class Interval:
    """An interval of a rule's number, in points (or their ratio); None is no bound."""

    low: Fraction | None
    high: Fraction | None
    low_included: bool
    high_included: bool

    def __str__(self) -> str:
        low, high = "-inf" if self.low is None else self.low, "inf" if self.high is None else self.high
        return f"{'[' if self.low_included else '('}{low}, {high}{']' if self.high_included else ')'}"


# -- a rule's numbers --------------------------------------------------------------------------------------------------


def numbers_of(rule: Rule) -> dict[str, Fraction]:
    """Return the numbers of a rule that have a breakpoint: ``cuts[0]``, ..., ``outside_split.cuts[0]``, ``veto``."""
    found = {f"cuts[{i}]": cut for i, cut in enumerate(rule.cuts)}
    if rule.split is not None and rule.reading == "footnote":
        found |= {f"outside_split.cuts[{i}]": cut for i, cut in enumerate(rule.split.cuts)}
    if rule.veto is not None:
        found["veto"] = rule.veto
    return found


def _number(rule: Rule, name: str) -> Fraction:
    """One of a rule's numbers; :class:`UsageError` names those that there are."""
    found = numbers_of(rule)
    if name not in found:
        raise UsageError(f"rule '{rule.name}' has no number '{name}'; there are {', '.join(found)}")
    return found[name]


def with_number(rule: Rule, name: str, value: Fraction) -> Rule:
    """Return the rule with one of its numbers changed.

    Errors: :class:`UsageError` for a number that the rule does not have, or a value out of order with its neighbours.
    """
    _number(rule, name)
    return rule.but(**_field(rule, name, value))


def _field(rule: Rule, name: str, value: Fraction) -> dict[str, Any]:
    """The rule's field that holds a number, with another value in its place."""
    field, _, rest = name.rpartition("[")
    if not field:
        return {"veto": value}
    place = int(rest.rstrip("]"))
    if field == "cuts":
        return {"cuts": (*rule.cuts[:place], value, *rule.cuts[place + 1 :])}
    assert rule.split is not None
    cuts = rule.split.cuts
    return {"split": replace(rule.split, cuts=(*cuts[:place], value, *cuts[place + 1 :]))}


# -- point scores ------------------------------------------------------------------------------------------------------


def _compared(rule: Rule, name: str, points: Sequence[Fraction]) -> set[Fraction]:
    """Values that a number is compared with at point scores."""
    w = rule.weights
    sign = {"against": -1, "for": 1, "counterweight": 0}
    c = sum((sign[role] * w[k] * points[k] for k, role in enumerate(rule.roles)), Fraction(0))
    at = rule.counterweight
    c7 = Fraction(0) if at is None else w[at] * points[at]
    against = [points[k] for k, role in enumerate(rule.roles) if role == "against"]
    if name == "veto":
        return set(against)
    if name.startswith("outside_split") and rule.split is not None:
        looked = {"composite": {c}, "balance": {c - c7}, "first": set(against[:1]), "any": set(against)}
        return looked[rule.split.by]
    if rule.form != "ratio" or rule.reading != "footnote":
        return {c - c7}
    return {c / c7} if c7 else set()  # against a c7 of 0 every positive C is beyond all cuts


def tier_interval(rule: Rule, name: str, points: Sequence[Fraction]) -> Interval:
    """Return the exact interval of one of a rule's numbers in which the tier of point scores stays what it is.

    Parameters
    ----------
    rule : Rule
    name : a key of :func:`numbers_of`
    points : (criterion,) exact scores, in points

    Returns
    -------
    Interval around the rule's own value, within what the order of its cuts allows.
    """
    points = tuple(Fraction(str(x)) for x in points)
    if len(points) != len(rule.roles):
        raise UsageError(f"rule '{rule.name}' has {len(rule.roles)} criteria, and {len(points)} scores are given")
    own = _number(rule, name)
    # between two values that the number is compared with nothing changes: each value, and one point of each gap
    marks = sorted({own, *_compared(rule, name, points), *_neighbours(rule, name)})
    gaps = [(a + b) / 2 for a, b in pairwise(marks)]
    tries = sorted({*marks, *gaps, marks[0] - 1, marks[-1] + 1})
    tier = tier_of_points(points, rule)

    def same(value: Fraction) -> bool:
        return _in_order(rule, name, value) and tier_of_points(points, _moved(rule, name, value)) == tier

    here = tries.index(own)
    low, high = here, here
    while low > 0 and same(tries[low - 1]):
        low -= 1
    while high < len(tries) - 1 and same(tries[high + 1]):
        high += 1
    return _interval(tries, marks, low, high)


def _in_order(rule: Rule, name: str, value: Fraction) -> bool:
    """Whether a number keeps its place among the other cuts of its vector: strictly between its neighbours."""
    for field, changed in _field(rule, name, value).items():
        if field == "cuts":
            return all(a > b for a, b in pairwise(changed))
        if field == "split":
            rising = changed.by in ("first", "any")
            return all((a < b) if rising else (a > b) for a, b in pairwise(changed.cuts))
    return True


def _moved(rule: Rule, name: str, value: Fraction) -> Rule:
    """The rule with a number that may be finer than files allow: scores of many experts have large denominators.

    Errors: :class:`Declined` where products would leave 64 bits.
    """
    if value.denominator * rule.denominator > LARGEST:
        raise Declined(f"{name} would be compared with {value}, too fine for exact integers; round the scores")
    changed = copy(rule)
    for field, changed_value in _field(rule, name, value).items():
        object.__setattr__(changed, field, changed_value)
    return changed


def _neighbours(rule: Rule, name: str) -> set[Fraction]:
    """The other cuts of the same vector, which a cut can't pass."""
    field = name.rpartition("[")[0]
    return {value for other, value in numbers_of(rule).items() if field and other.startswith(f"{field}[")}


def _interval(tries: Sequence[Fraction], marks: Sequence[Fraction], low: int, high: int) -> Interval:
    """From the first and last try that keep the tier: a mark is an end itself, a point of a gap stands for the gap."""
    known = set(marks)
    bottom = None if low == 0 else tries[low] if tries[low] in known else tries[low - 1]
    top = None if high == len(tries) - 1 else tries[high] if tries[high] in known else tries[high + 1]
    return Interval(bottom, top, bottom is not None and tries[low] in known, top is not None and tries[high] in known)


# -- beliefs -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Steps:
    """Acceptability as a function of one number of a rule.

    value : (step,) points, ascending; the rule's own value among them
    acceptability : (step, alternative, tier)
    own : place of the rule's own value
    low, high : (alternative,) the values between which the most probable tier stays what it is, points
    open_low, open_high : (alternative,) whether that is an end of the grid: no further value was looked at
    """

    value: Floats
    acceptability: Floats
    own: int
    low: Floats
    high: Floats
    open_low: npt.NDArray[np.bool_]
    open_high: npt.NDArray[np.bool_]


def steps_of(
    laws: Mapping[str, Law], rule: Rule, name: str, *, low: Fraction | None = None, high: Fraction | None = None
) -> Steps:
    """Return acceptability as a function of one of a rule's numbers, exact at every value on a grid.

    Parameters
    ----------
    laws : mapping of alternative to Law
    rule, name : the rule, and a key of :func:`numbers_of`
    low, high : ends of the grid, points; by default eight steps to either side. A step is the spacing of whole-point
        scores for sums, and a twentieth for ratios; values out of order with the rule's other cuts are left out.
    """
    own = _number(rule, name)
    if not laws:
        raise UsageError("acceptability needs at least one alternative")
    values = _grid(rule, name, own, low, high)
    firsts, index = distinct(laws)
    found = np.stack(
        [[probabilities(laws[first], with_number(rule, name, value)) for first in firsts] for value in values]
    )[:, index]
    place = values.index(own)
    # of equals the larger tier number, as everywhere
    modal = found.shape[2] - 1 - np.argmax(found[:, :, ::-1], axis=2)
    first, last = np.array([_run(modal[:, a] == modal[place, a], place) for a in range(found.shape[1])]).T
    grid = np.array([float(v) for v in values])
    return Steps(grid, found, place, grid[first], grid[last], first == 0, last == len(grid) - 1)


def _grid(rule: Rule, name: str, own: Fraction, low: Fraction | None, high: Fraction | None) -> list[Fraction]:
    ratio = rule.form == "ratio" and rule.reading == "footnote" and name.startswith("cuts")
    step = Fraction(1, 20) if ratio else Fraction(1)
    first = own - 8 * step if low is None else low
    last = own + 8 * step if high is None else high
    tries = {own, *(own + i * step for i in range(int((first - own) / step), int((last - own) / step) + 1))}
    return [value for value in sorted(tries) if _meaningful(rule, name, value)]


def _meaningful(rule: Rule, name: str, value: Fraction) -> bool:
    try:
        with_number(rule, name, value)
    except McdaError:
        return False
    return True


def _run(same: npt.NDArray[np.bool_], at: int) -> tuple[int, int]:
    """First and last place of the run of True around `at`."""
    low = high = at
    while low > 0 and same[low - 1]:
        low -= 1
    while high < len(same) - 1 and same[high + 1]:
        high += 1
    return low, high
