"""Step 3 of a month: the rule re-run on shocked scores. The tier that comes out is a shadow; nothing acts on it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mcda.compiled import step
from mcda.errors import UsageError
from mcda.roadmap.symbols import CRITERIA
from mcda.rule import Rule
from mcda.tiers.points import TOLERANCE

__all__ = ["NUMBERS", "RULE", "shadow", "sort", "sort_all", "sort_plain", "write_rule"]

Floats = npt.NDArray[np.float64]
Ints32 = npt.NDArray[np.int32]
_FORMS = {"difference": 0, "ratio": 1, "grid": 2, "lexicographic": 2}
_SPLITS = {None: 0, "composite": 1, "balance": 2, "first": 3, "any": 4}


_MOST = 24  # cuts of one kind
#: Rows side by side: numbers (place, row), the first places being scores, then their shifts, C and C7 with and without
#: these, the loadings on events; and whole numbers (place, row). Beside what the
#: rule needs, what outcomes need of tiers: the tier unshocked and the printed one, months in the printed tier, first
#: month out of it and across the Roadmap's border (`LATER`: never), worst tier, whether it is in the printed one.
#: Then RELIEF, the regime's value of a row (a c7), and the group of rows that it is in, now and before month 0.
SHIFT = CRITERIA
C, C7, PLAIN_C, PLAIN_C7, RELIEF, LOAD = range(2 * CRITERIA, 2 * CRITERIA + 6)
NUMBERS = LOAD + 16
TIER, PLAIN, PRINTED, SECTOR, SAME, LEFT, CROSSED, WORST, STAYS, GROUP, FIRST_GROUP, WHOLES = range(12)

#: A rule as numbers: what :func:`mcda.tiers.points.sort_points` compares, for one score vector at a time. `signed` and
#: `c7` are the weights of C and of the counterweight, `beyond` the outside split's cuts, `rises`, `falls`, `table` its
#: bands. A *plain* rule looks at C and C - c7 alone; a cut is missed below its edge.
RULE = (
    ("inside", "i8"), ("form", "i8"), ("text", "i8"), ("zero_inside", "i8"), ("larger", "i8"), ("veto", "f8"),
    ("signed", "f8", (CRITERIA,)), ("c7", "f8", (CRITERIA,)), ("against", "f8", (CRITERIA,)),
    ("n_cuts", "i8"), ("cuts", "f8", (_MOST,)), ("split", "i8"), ("n_beyond", "i8"), ("beyond", "f8", (_MOST,)),
    ("n_rises", "i8"), ("rises", "f8", (_MOST,)), ("n_falls", "i8"), ("falls", "f8", (_MOST,)),
    ("table", "i8", (_MOST + 1, _MOST + 1)), ("plain", "i8"), ("zero_edge", "f8"), ("cut_edges", "f8", (_MOST,)),
    ("beyond_edges", "f8", (_MOST,)),
)  # fmt: skip


def write_rule(rule: Rule, into: Any) -> None:
    """Write a rule's numbers into a record that has the fields of RULE.

    Errors: :class:`UsageError` for another number of criteria than seven, or too many cuts.
    """
    if len(rule.roles) != CRITERIA:
        raise UsageError(f"the simulation knows problems of {CRITERIA} criteria (the rule has {len(rule.roles)})")
    sign = np.array([{"against": -1.0, "for": 1.0, "counterweight": 0.0}[role] for role in rule.roles])
    w, bands = np.array([float(x) for x in rule.weights]), rule.bands
    into["inside"], into["form"], into["text"] = rule.inside, _FORMS[rule.form], rule.reading == "text"
    into["zero_inside"], into["larger"] = rule.zero == "inside", rule.tie == "larger"
    into["veto"] = np.inf if rule.veto is None else float(rule.veto)
    into["signed"], into["c7"], into["against"] = sign * w, np.where(sign == 0, w, 0.0), sign < 0
    into["split"] = _SPLITS[None if rule.split is None else rule.split.by]
    turned = -1.0 if into["split"] == 3 else 1.0  # the first criterion counts downwards, so its cuts do
    _write_cuts(into, "cuts", [float(cut) for cut in rule.cuts])
    _write_cuts(into, "beyond", [] if rule.split is None else [turned * float(cut) for cut in rule.split.cuts])
    _write_cuts(into, "rises", [] if bands is None else [float(x) for x in bands.composite])
    _write_cuts(into, "falls", [] if bands is None else [-float(x) for x in bands.counterweight])
    into["plain"] = rule.reading == "footnote" and rule.form == "difference" and rule.veto is None and into["split"] < 3
    into["zero_edge"] = np.nextafter(-TOLERANCE, -1.0) if rule.zero == "inside" else TOLERANCE
    for name in ("cuts", "beyond"):
        cuts = into[name]
        edges = np.nextafter(cuts + TOLERANCE, np.inf) if rule.tie == "larger" else cuts - TOLERANCE
        into["cut_edges" if name == "cuts" else "beyond_edges"] = edges
    if bands is not None:
        table = np.array(bands.table)
        into["table"][: table.shape[0], : table.shape[1]] = table


def _write_cuts(into: Any, name: str, cuts: list[float]) -> None:
    if len(cuts) > _MOST:
        raise UsageError(f"a rule of the simulation has at most {_MOST} cuts of a kind (got {len(cuts)})")
    into[f"n_{name}"], into[name][: len(cuts)] = len(cuts), cuts


@step
def _missed(value: float, cuts: Floats, n: int, larger: int) -> int:
    """Number of falling cuts that a value misses; on a cut it goes where ties go."""
    missed = 0
    for i in range(n):
        missed += value <= cuts[i] + TOLERANCE if larger else value < cuts[i] - TOLERANCE
    return missed


@step
def sort(w: Any, c: float, c7: float, first: float, worst: float) -> int:
    """Return the tier of composite `c` and counterweight `c7`; `first`, `worst`: first and largest score against."""
    vetoed = worst >= w.veto - TOLERANCE
    if w.text:
        tier = 1 + _missed(c - c7, w.cuts, w.n_cuts, w.larger)
        return max(tier, w.inside + 1) if vetoed else tier
    if not vetoed and (c >= -TOLERANCE if w.zero_inside else c > TOLERANCE):
        if w.form == 0:
            return 1 + _missed(c - c7, w.cuts, w.n_cuts, w.larger)
        if w.form == 1:
            return 1 + _missed(c / c7 if c7 > 0.0 else np.inf, w.cuts, w.n_cuts, w.larger)
        return w.table[_missed(c, w.rises, w.n_rises, w.larger), _missed(-c7, w.falls, w.n_falls, w.larger)]
    return w.inside + 1 + _beyond(w, c, c7, first, worst)


@step
def _beyond(w: Any, c: float, c7: float, first: float, worst: float) -> int:
    if w.split == 0:
        return 0
    if w.split == 1:
        return _missed(c, w.beyond, w.n_beyond, w.larger)
    if w.split == 2:
        return _missed(c - c7, w.beyond, w.n_beyond, w.larger)
    if w.split == 3:
        return _missed(-first, w.beyond, w.n_beyond, w.larger)
    return 1 if worst >= w.beyond[0] - TOLERANCE else 0


@step
def sort_plain(w: Any, lanes: Any) -> int:
    """Sort every row's scores without shifts, which are all set to 0; return the number of clipped scores."""
    numbers = lanes[0]
    numbers[PLAIN_C, :] = 0.0
    numbers[PLAIN_C7, :] = 0.0
    clipped = 0
    for j in range(CRITERIA):
        numbers[SHIFT + j, :] = 0.0
        w.shifted[j] = 0
        w.clipped[j] = _add_criterion(numbers[j], w.low, w.high, w.signed[j], numbers[PLAIN_C])
        if w.c7[j] != 0.0:
            _add_criterion(numbers[j], w.low, w.high, w.c7[j], numbers[PLAIN_C7])
        clipped += w.clipped[j]
    sort_all(w, lanes)
    return clipped


@step
def sort_all(w: Any, lanes: Any) -> int:
    """Sort every row's scores; return the number of clipped scores.

    Loops run over rows side by side (`lanes`), criterion by criterion, so that they are a vector's. What a shift
    changes is added to what the rows have without.
    """
    numbers, tiers = lanes
    c, c7, plain_c, plain_c7 = numbers[C], numbers[C7], numbers[PLAIN_C], numbers[PLAIN_C7]
    for m in range(c.size):
        c[m], c7[m] = plain_c[m], plain_c7[m]
    clipped = 0
    for j in range(CRITERIA):
        if not w.shifted[j]:
            clipped += w.clipped[j]
            continue
        clipped += _add_change(numbers[j], numbers[SHIFT + j], w.low, w.high, w.signed[j], c)
        if w.c7[j] != 0.0:
            _add_change(numbers[j], numbers[SHIFT + j], w.low, w.high, w.c7[j], c7)
    if w.plain:
        _tiers_of_plain_rule(w, c, c7, tiers[TIER])
    else:
        _tiers(w, numbers, tiers)
    return clipped


@step
def _add_criterion(score: Floats, low: float, high: float, weight: float, into: Floats) -> int:
    """Add one criterion's clipped scores, weighted; return how many were clipped."""
    clipped = 0
    for m in range(score.size):
        inside = min(max(score[m], low), high)
        clipped += 1 if score[m] != inside else 0
        into[m] += weight * inside
    return clipped


@step
def _add_change(score: Floats, shift: Floats, low: float, high: float, weight: float, into: Floats) -> int:
    """Add what a criterion's shift changes, scores being clipped, weighted; return how many were clipped."""
    clipped = 0
    for m in range(score.size):
        x = score[m] + shift[m]
        inside = min(max(x, low), high)
        clipped += 1 if x != inside else 0
        into[m] += weight * (inside - min(max(score[m], low), high))
    return clipped


@step
def _tiers_of_plain_rule(w: Any, c: Floats, c7: Floats, tier: Ints32) -> None:
    """Differences and composites against edges, without a branch: see `write_rule`."""
    outside, zero = w.inside + 1, w.zero_edge
    for m in range(tier.size):
        tier[m] = 1 if c[m] > zero else outside
    for n in range(w.n_cuts):
        edge = w.cut_edges[n]
        for m in range(tier.size):
            tier[m] += 1 if c[m] > zero and c[m] - c7[m] < edge else 0
    by = 1.0 if w.split == 2 else 0.0  # the balance, or C alone
    for n in range(w.n_beyond):
        edge = w.beyond_edges[n]
        for m in range(tier.size):
            tier[m] += 1 if not c[m] > zero and c[m] - by * c7[m] < edge else 0


@step
def _tiers(w: Any, numbers: Any, tiers: Any) -> None:
    """Any rule, row by row."""
    for m in range(numbers.shape[1]):
        first, worst = np.nan, -np.inf
        for j in range(CRITERIA):
            if w.against[j] != 0.0:
                x = min(max(numbers[j, m] + numbers[SHIFT + j, m], w.low), w.high)
                first = x if np.isnan(first) else first
                worst = max(worst, x)
        tiers[TIER, m] = sort(w, numbers[C, m], numbers[C7, m], first, worst)


@step
def shadow(s: Any, w: Any, lanes: Any) -> None:
    """Sort again where what events do to scores has changed."""
    if s.touched:
        s.touched = 0
        if _shift(s, w, lanes[0]):
            s.clipped, s.resorted = sort_all(w, lanes), 1


@step
def _shift(s: Any, w: Any, numbers: Floats) -> bool:
    """Sum what events do to the scores of each row, by criterion; whether any row's are shifted, now or before."""
    any_shifted = False
    for j in range(CRITERIA):
        if w.shifted[j]:
            any_shifted = True
            numbers[SHIFT + j, :] = 0.0
        w.shifted[j] = 0
    for e in range(16):
        if s.moving >> e & 1 and w.loaded[e]:
            for j in range(CRITERIA):
                if s.x[e, j] != 0.0:
                    w.shifted[j], any_shifted = 1, True
                    _add_load(numbers[LOAD + e], s.x[e, j], numbers[SHIFT + j])
    return any_shifted


@step
def _add_load(load: Floats, x: float, into: Floats) -> None:
    for m in range(load.size):
        into[m] += load[m] * x
