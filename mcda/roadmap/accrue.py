"""Step 6 of a month: outcomes from the states as they now are; then ages and effectiveness move.

Two kinds of sums: what a path adds up over its months (one record of `PATH` each), and what a month adds up over paths
(`Tally`, one for each grain of paths). Definitions: `docs/outcomes.md`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mcda.compiled import step
from mcda.roadmap.decide import emax
from mcda.roadmap.shadow import CROSSED, GROUP, LEFT, PRINTED, SAME, STAYS, TIER, WORST, C
from mcda.roadmap.spells import SPELLS, close_spells, spell_months
from mcda.roadmap.symbols import CRITERIA, FORCE, LAPSED, MOST_STAGES, PENDING, SUSPENDED

__all__ = ["LEVERAGE", "PATH", "Tally", "accrue", "age", "finish", "tally"]

Ints = npt.NDArray[np.int64]
Ints32 = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

_SUMS = (
    "exposure_shadow", "exposure_severity", "exposure_war", "exposure_violation", "value_shadow", "value_severity",
    "value_war", "value_violation", "months_suspended", "moved", "clipped", "exits", "exits_idle", "snapbacks",
    "snapbacks_false", "snapbacks_untracked", "reviews_compliant", "suspensions", "suspensions_false", "openings",
    "spells", "spells_missed", "person_months", "deported_months", "list_3", "list_6", "list_12", "arrests", "releases",
    "steps_kept", "restored_3", "restored_3_by", "restored_6", "restored_6_by", "in_force", "pressure", "wasted",
    "lapsed_share", "stage_months",
)  # fmt: skip
#: What one path adds up. Times are months + 1; a time of 0 is "not within the horizon".
PATH = np.dtype(
    [*((name, "f8") for name in _SUMS), ("first", "i8"), ("first_code", "i8"), ("stage_time", "i8", (MOST_STAGES,)),
     ("exit_time", "i8"), ("lapse_time", "i8"), ("lapsed", "i8"), *SPELLS]
)  # fmt: skip

#: Parts of leverage, as `Tally.leverage` has them; the first five add to 1, pressure is what of the first still bites.
LEVERAGE = ("in force", "recovering", "suspended", "lapsed", "spent", "pressure")
_RECOVERED = 0.8  # of full effect, when a restored row counts as restored


class Tally(NamedTuple):
    """What months add up over a grain of paths.

    status : (month, status, row), within a kernel what has changed since the month before
    stage : (month, stage 0.. and exited); compliance : (month, track)
    belief : (month, track, moment); prisoners : (month, moment); rung : (month, rung)
    leverage : (month, part, moment) with parts in force, recovering, suspended, lapsed, spent, pressure
    same : (row, moment) months in the printed tier; left, crossed : (row, month + 1) first months out of the tier and
    across the Roadmap's border, the last column never; worst : (row, tier + 1)
    latency : (kind, part, observed, months + 2); see :mod:`mcda.roadmap.spells`
    untouched : (month,) paths on which nothing was ever suspended, restored or lost; they are not in `status`
    """

    status: Ints
    stage: Ints
    compliance: Ints
    belief: Floats
    prisoners: Ints
    rung: Ints
    leverage: Floats
    same: Ints
    left: Ints
    crossed: Ints
    worst: Ints
    latency: Ints
    untouched: Ints


def tally(months: int, rows: int, stages: int, tiers: int) -> Tally:
    """Return empty sums."""
    T, M = months, rows
    return Tally(
        np.zeros((T, 4, M), np.int64), np.zeros((T, stages + 2), np.int64), np.zeros((T, 7), np.int64),
        np.zeros((T, 6, 2)), np.zeros((T, 2), np.int64), np.zeros((T, 6), np.int64), np.zeros((T, 6, 2)),
        np.zeros((M, 2), np.int64), np.zeros((M, T + 1), np.int64), np.zeros((M, T + 1), np.int64),
        np.zeros((M, tiers + 1), np.int64), np.zeros((2, 4, 2, T + 2), np.int64),
        np.zeros(T, np.int64),
    )  # fmt: skip


# -- one month ---------------------------------------------------------------------------------------------------------


@step
def _violated(s: Any) -> int:
    """Tracks truly violated, a bit each."""
    bad = 0
    for k in range(s.C.size):
        if not s.C[k]:
            bad |= 1 << k
    return bad


@step
def accrue(
    s: Any, par: Any, w: Any, rows: Any, groups: Any, lanes: Any, policy: Any, y: Any, sums: Any
) -> None:  # fmt: skip
    """Add this month to its path's record and to the sums over paths; then ages and effectiveness move."""
    bad = _violated(s)
    exposed, suspended, still = False, False, False
    if s.resorted:
        _tiers(s, w, lanes)
    if s.stirred:
        changed = _count(s, groups, lanes[1][GROUP], sums)
        still = y.on[0] != 0 and _still_away(s, groups)
        suspended = _leverage(s, par, groups, y, sums)
        if suspended:
            if changed or s.resorted:
                _outside(s, w, rows, groups, lanes)
            exposed = _exposure(s, par, w, groups, y, bad)
        if s.restoring:
            _recovery(s, groups, y)
        age(s, par, groups)
    else:
        _untouched(s, y, sums)
    s.resorted = 0
    spell_months(s, par, policy, y, sums.latency, bad, exposed, suspended, still)
    _decisions(s, y, bad)
    _people(s, y)
    _means(s, y, sums)


@step
def _tiers(s: Any, w: Any, lanes: Any) -> None:
    """Months in the printed tier, first months out of it and across the border, worst tier, after a sort.

    `SAME` runs ahead: it is what it will be at the horizon if tiers stay as they are now.
    """
    t, ahead, inside, tiers = np.int32(s.t), np.int32(w.months - s.t), np.int32(w.inside), lanes[1]
    tier, printed, same, stays = tiers[TIER], tiers[PRINTED], tiers[SAME], tiers[STAYS]
    left, crossed, worst = tiers[LEFT], tiers[CROSSED], tiers[WORST]
    for m in range(tier.size):
        now = np.int32(1) if tier[m] == printed[m] else np.int32(0)
        same[m] += ahead * (now - stays[m])
        stays[m] = now
        left[m] = left[m] if now else min(left[m], t)
    for m in range(tier.size):
        across = (tier[m] <= inside) != (printed[m] <= inside)
        crossed[m] = min(crossed[m], t) if across else crossed[m]
        worst[m] = max(worst[m], tier[m])


@step
def _untouched(s: Any, y: Any, sums: Any) -> None:
    """A month before anything was suspended, restored or lost: everything is in force, whole."""
    sums.untouched[s.t] += 1
    _moment(sums.leverage[s.t, 0], 1.0)
    _moment(sums.leverage[s.t, 5], 1.0 - s.off)
    y.in_force += 1.0
    y.pressure += 1.0 - s.off


@step
def _count(s: Any, groups: Any, of: Ints32, sums: Any) -> bool:
    """Count rows whose status is another one than last month; whether there are any."""
    changed = False
    for g in range(s.groups):
        if groups[g].status != groups[g].counted:
            changed = True
            _count_group(s, groups, of, sums.status[s.t], g)
    return changed


@step
def _count_group(s: Any, groups: Any, of: Ints32, status: Ints, g: int) -> None:
    before, now = groups[g].counted, groups[g].status
    groups[g].counted = now
    for m in range(of.size):
        if of[m] == g:
            status[now, m] += 1
            if before >= 0:
                status[before, m] -= 1


@step
def _leverage(s: Any, par: Any, groups: Any, y: Any, sums: Any) -> bool:
    """The parts of leverage, which add to 1; whether a row is suspended."""
    in_force, recovering, suspended, lapsed, spent, any_suspended = 0.0, 0.0, 0.0, 0.0, 0.0, False
    for g in range(s.groups):
        status, w, most = groups[g].status, groups[g].w, emax(par, groups[g].mon)
        spent += w * (1.0 - most)
        if status == FORCE:
            in_force += w * groups[g].e
            recovering += w * (most - groups[g].e)
        elif status == LAPSED:
            lapsed += w * most
        else:
            any_suspended = True
            suspended += w * most
    parts, pressure = sums.leverage[s.t], in_force * (1.0 - s.off)
    _moment(parts[0], in_force)
    _moment(parts[1], recovering)
    _moment(parts[2], suspended)
    _moment(parts[3], lapsed)
    _moment(parts[4], spent)
    _moment(parts[5], pressure)
    y.in_force += in_force
    y.pressure += pressure
    return any_suspended


@step
def _moment(sums: Floats, x: float) -> None:
    sums[0] += x
    sums[1] += x * x


@step
def _outside(s: Any, w: Any, rows: Any, groups: Any, lanes: Any) -> None:
    """Suspended rows whose shadow tier is outside the Roadmap, and how far below 0 suspended rows are."""
    numbers, tiers = lanes
    c, tier, of = numbers[C], tiers[TIER], tiers[GROUP]
    outside, severity, value_outside, value_severity = 0.0, 0.0, 0.0, 0.0
    for m in range(tier.size):
        if groups[of[m]].status != FORCE and groups[of[m]].status != LAPSED:
            depth, lost = max(0.0, -c[m]), rows[m].w * w.total
            severity, value_severity = severity + rows[m].a * depth, value_severity + lost * depth
            if tier[m] > w.inside:
                outside, value_outside = outside + rows[m].a, value_outside + lost
    s.outside, s.value_outside = outside, value_outside
    s.severity, s.value_severity = severity, value_severity


@step
def _still_away(s: Any, groups: Any) -> bool:
    """Whether a row that was violated while suspended last month is suspended still."""
    still = False
    for g in range(s.groups):
        still = still or (groups[g].exposed != 0 and groups[g].status in (SUSPENDED, PENDING))
    return still


@step
def _exposure(s: Any, par: Any, w: Any, groups: Any, y: Any, bad: int) -> bool:
    """Suspended rows' month, by weight and by the value that is given up; whether one of them is violated."""
    months, violation, value, value_violation = 0.0, 0.0, 0.0, 0.0
    for g in range(s.groups):
        groups[g].exposed = 0
        if groups[g].status == SUSPENDED or groups[g].status == PENDING:
            a, lost = groups[g].a, groups[g].w * w.total
            months += a
            value += lost
            if groups[g].reference & bad != 0:
                groups[g].exposed = 1
                violation, value_violation = violation + a, value_violation + lost
    y.months_suspended += months
    y.exposure_shadow += s.outside
    y.value_shadow += s.value_outside
    y.exposure_severity += s.severity
    y.value_severity += s.value_severity
    y.exposure_violation += violation
    y.value_violation += value_violation
    if par.war_rung <= s.R:
        y.exposure_war += months
        y.value_war += value
    return violation > 0.0


@step
def _recovery(s: Any, groups: Any, y: Any) -> None:
    """Whether restored rows have most of their effect within 3 and 6 months of each decision.

    Bit i of `restored` is a decision i months ago, of `reached` whether the effect has come since.
    """
    s.restoring = 0
    for m in range(s.groups):
        row = groups[m]
        if row.restored == 0:
            continue
        if row.status == FORCE and row.e >= _RECOVERED:
            row.reached |= row.restored
        if row.restored >> 3 & 1:
            y.restored_3 += row.w
            y.restored_3_by += row.w * (row.reached >> 3 & 1)
        if row.restored >> 6 & 1:
            y.restored_6 += row.w
            y.restored_6_by += row.w * (row.reached >> 6 & 1)
        row.restored = (row.restored << 1) & 127
        row.reached = (row.reached << 1) & 127
        s.restoring = 1


@step
def _decisions(s: Any, y: Any, bad: int) -> None:
    """Counts of what was decided, true and false, and times to the first of each."""
    time = s.t + 1
    if s.exit:
        y.exits += 1
        y.exits_idle += s.away == 0
        y.exit_time = time if y.exit_time == 0 else y.exit_time
    if s.snapback == 1:
        if s.triggers:
            y.snapbacks += 1
            y.snapbacks_false += s.triggers & bad == 0
        else:
            y.snapbacks_untracked += 1
    if y.first == 0 and (s.exit or s.snapback == 1 or s.settled):
        y.first, y.first_code = time, 1 if s.exit else 2 if s.snapback == 1 else 3
    if s.review and s.held > 0 and s.watch & bad == 0:
        y.reviews_compliant += 1
    if (s.advance == 1 and s.opening) or s.reopen == 1:
        y.suspensions += 1
        y.suspensions_false += s.asked & bad != 0
    y.openings += s.opening
    if s.advance == 1 and y.stage_time[s.s - 1] == 0:
        y.stage_time[s.s - 1] = time
    if s.lapsed and y.lapse_time == 0:
        y.lapse_time = time


@step
def _people(s: Any, y: Any) -> None:
    y.person_months += s.N
    y.deported_months += s.deported
    y.arrests += s.inflow
    y.releases += s.rel + s.wave
    if s.t == 2:
        y.list_3 = s.list
    elif s.t == 5:
        y.list_6 = s.list
    elif s.t == 11:
        y.list_12 = s.list


@step
def _means(s: Any, y: Any, sums: Any) -> None:
    t = s.t
    sums.stage[t, sums.stage.shape[1] - 1 if s.X else s.s] += 1
    sums.rung[t, s.R] += 1
    sums.prisoners[t, 0] += s.N
    sums.prisoners[t, 1] += s.N * s.N
    for k in range(s.C.size):
        sums.compliance[t, k] += s.C[k]
    for k in range(s.pi.size):
        _moment(sums.belief[t, k], s.pi[k])
    y.clipped += s.clipped
    y.stage_months += s.s > 0


@step
def age(s: Any, par: Any, groups: Any) -> None:
    """Suspended rows grow older, rows in force gain back what they can effect."""
    for m in range(s.groups):
        status = groups[m].status
        if status == FORCE:
            groups[m].e += s.gain * (emax(par, groups[m].mon) - groups[m].e)
        elif status == SUSPENDED:
            groups[m].age += 1
            groups[m].mon += 1
        elif status == PENDING:
            groups[m].mon += 1


# -- the end of a path -------------------------------------------------------------------------------------------------


@step
def finish(s: Any, w: Any, groups: Any, lanes: Any, y: Any, sums: Any) -> None:
    """Add what only the end of a path tells."""
    T, M = w.months, lanes[1].shape[1]
    y.moved = 1.0 - _finish_tiers(lanes, sums, T) / (T * M)
    for m in range(s.groups):
        if groups[m].status == LAPSED:
            y.lapsed_share += groups[m].w
    y.clipped /= T * M * CRITERIA
    y.in_force /= T
    y.pressure /= T
    y.stage_months /= T
    y.lapsed, y.wasted = s.lapsed, s.wasted
    y.steps_kept += s.d[s.y.size]  # nobody sees O, so it is never a track with an alarm
    for k in range(s.y.size):
        if not s.y[k]:
            y.steps_kept += s.d[k]
    close_spells(y, sums.latency, T)


@step
def _finish_tiers(lanes: Any, sums: Any, months: int) -> int:
    """Add a path's tiers to the sums; returns the row-months in the printed tiers."""
    stayed, tiers = 0, lanes[1]
    for m in range(tiers.shape[1]):
        same = tiers[SAME, m]
        stayed += same
        sums.same[m, 0] += same
        sums.same[m, 1] += same * same
        sums.left[m, min(tiers[LEFT, m], months)] += 1
        sums.crossed[m, min(tiers[CROSSED, m], months)] += 1
        sums.worst[m, tiers[WORST, m]] += 1
    return stayed
