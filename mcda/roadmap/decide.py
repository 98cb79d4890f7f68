"""Steps 0 and 5 of a month: what takes effect, and what the EU decides, in the order of the specification.

Nothing here reads true compliance, or a rung that was not seen.

Rows that nothing tells apart are one *group*: they move together, and `groups` has one record for all of them
(`s.groups` of its records are in use). Only a settlement tells such rows apart; those that it frees become a group of
their own.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from mcda.compiled import step
from mcda.roadmap.laws import whole
from mcda.roadmap.symbols import EVENTS, FORCE, KINDS, LAPSED, LATER, PENDING, SUSPENDED
from mcda.roadmap.uniform import BASE, COUNCIL, DROP, LAG, U, chance, timeless

__all__ = ["decide", "effect", "emax"]

Ints32 = npt.NDArray[np.int32]
_NONE = -1  # no month is due
_SUNSET, _BASE, _SETTLEMENT = 1, 2, 3
_FLAG = KINDS.index("flag")
_SUSPEND, _RESTORE, _EXIT = 0, 1, 2
_ALL, _LAST, _LINKED = 0, 1, 2
_TOLERANCE = 1e-9
_E14 = EVENTS.index("E14")


# -- changes of status -------------------------------------------------------------------------------------------------


@step
def emax(par: Any, mon: int) -> float:
    """The most that a row can effect after so many months suspended."""
    return max(par.floor, 1.0 - par.spent * min(float(mon), par.cap))


@step
def _set_due(s: Any, groups: Any, m: int, month: int) -> None:
    """A change is due in a month (`_NONE`: no longer); `next_due` is the first month in which one may be."""
    groups[m].due = month
    s.restated = 1
    if month >= 0:
        s.next_due = min(s.next_due, month)


@step
def _to_force(s: Any, par: Any, groups: Any, m: int) -> None:
    groups[m].status, groups[m].due, groups[m].age = FORCE, _NONE, 0
    s.restated = 1
    groups[m].e = par.restart * emax(par, groups[m].mon)


@step
def _to_lapsed(s: Any, groups: Any, m: int, cause: int) -> None:
    if groups[m].status != LAPSED:
        s.lapsed |= 1 << cause
        s.stirred, s.restated = 1, 1
        stage = groups[m].stage
        if cause != _BASE and stage > 0 and s.opened_with[stage - 1] == s.steps_done:
            s.wasted += groups[m].w  # nothing was done for it since its stage opened
        groups[m].status, groups[m].due, groups[m].age, groups[m].cause = LAPSED, _NONE, 0, cause


@step
def _lag(s: Any, par: Any, which: int) -> int:
    x = par.lag[which]
    return whole(x, U(s, LAG, which)) if x != math.floor(x) else int(x)


@step
def _suspend(s: Any, groups: Any, m: int, lag: int) -> None:
    s.asked |= groups[m].reference
    s.stirred = 1
    _set_due(s, groups, m, s.t + lag)
    if lag == 0:
        groups[m].status, groups[m].due, groups[m].age = SUSPENDED, _NONE, 0


@step
def _restore(s: Any, par: Any, groups: Any, m: int, lag: int) -> None:
    groups[m].status, groups[m].age = PENDING, 0
    _set_due(s, groups, m, s.t + lag)
    groups[m].restored |= 1
    groups[m].reached &= ~1
    s.restoring, s.stirred = 1, 1
    if lag == 0:
        _to_force(s, par, groups, m)


@step
def _unbar(s: Any, groups: Any) -> None:
    for m in range(s.groups):
        groups[m].barred = 0


@step
def _clear_streaks(s: Any) -> None:
    s.clean[:] = 0
    s.alarm[:] = 0
    s.record[:] = 0
    s.stall = 0
    s.undecided = 0


# -- 0 EFFECT ----------------------------------------------------------------------------------------------------------


@step
def effect(s: Any, par: Any, groups: Any, policy: Any) -> None:
    """Pending changes that are due take effect; an exit may end."""
    if s.next_due <= s.t:
        _take_effect(s, par, groups)
    s.reentry = 0
    if s.X and s.t >= s.t_exit + policy.reentry and s.seen < policy.exit_rung:
        s.X, s.s, s.reentry = 0, 0, 1
        _clear_streaks(s)
        _unbar(s, groups)


@step
def _take_effect(s: Any, par: Any, groups: Any) -> None:
    s.next_due = LATER
    for m in range(s.groups):
        if groups[m].due == s.t:
            if groups[m].status == FORCE:
                groups[m].status, groups[m].due, groups[m].age = SUSPENDED, _NONE, 0
                s.restated = 1
            elif groups[m].status == PENDING:
                _to_force(s, par, groups, m)
        if groups[m].due > s.t:
            s.next_due = min(s.next_due, groups[m].due)


# -- 5 DECIDE ----------------------------------------------------------------------------------------------------------


@step
def decide(s: Any, par: Any, w: Any, es: Any, rows: Any, groups: Any, of: Ints32, policy: Any) -> None:
    """Exit, snapback, settlement, base, renewal, advance, reopening, the outer tiers, in this order."""
    _forget(s)
    exited = _exit(s, par, groups, policy)
    snapped = not exited and _snapback(s, par, groups, policy)
    if s.just_settled:
        _settled(s, par, rows, groups, of)
    _base(s, par, w, groups)
    _renew(s, par, groups, policy)
    advanced = _advance(s, par, groups, policy, not exited and not snapped)
    if not (exited or snapped or advanced):
        _reopen(s, par, groups, policy)
    if policy.outer and not (exited or snapped):
        _open_outer(s, par, w, es, groups)
    if exited or snapped:
        _readopt(s, par, groups)


@step
def _forget(s: Any) -> None:
    """Nothing is decided yet this month."""
    s.exit, s.snapback, s.triggers, s.by_rise, s.by_stall, s.settled, s.base = 0, 0, 0, 0, 0, 0, 0
    s.renew, s.advance, s.opening, s.reopen, s.outer, s.readopt, s.asked = 0, 0, 0, 0, 0, 0, 0


@step
def _exit(s: Any, par: Any, groups: Any, policy: Any) -> bool:
    """Leave the process: every suspended row comes back, what was pending is cancelled or comes sooner."""
    if s.X or s.seen < policy.exit_rung or not policy.acting:
        return False
    s.exit, s.X, s.s, s.t_exit = 1, 1, 0, s.t
    _clear_streaks(s)
    lag = _lag(s, par, _EXIT)
    for m in range(s.groups):
        if groups[m].status == SUSPENDED:
            _restore(s, par, groups, m, lag)
        elif groups[m].status == FORCE:
            _set_due(s, groups, m, _NONE)
        elif groups[m].status == PENDING:
            _set_due(s, groups, m, min(groups[m].due, s.t + lag) if groups[m].due >= 0 else s.t + lag)
            if groups[m].due == s.t:
                _to_force(s, par, groups, m)
    return True


@step
def _alarms(record: np.uint64, b: int) -> int:
    """Alarms in the last b reviews since the last reset."""
    found = 0
    for i in range(b):
        found += int((record >> np.uint64(i)) & np.uint64(1))
    return found


@step
def _triggered(s: Any, policy: Any, k: int) -> bool:
    if policy.alarm_streak > 0:
        return s.alarm[k] >= policy.alarm_streak
    if policy.b > 0:
        return _alarms(s.record[k], policy.b) >= policy.a
    return s.pi[k] > policy.threshold


@step
def _find_triggers(s: Any, policy: Any) -> bool:
    """Which watched tracks trigger, and whether arrests or a standstill do."""
    for k in range(s.pi.size):
        if s.watch >> k & 1 and _triggered(s, policy, k):
            s.triggers |= 1 << k
    s.by_rise = 1 if (1.0 + policy.stock_rise) * s.N_opening < s.N else 0
    s.by_stall = 1 if s.stall >= policy.stall else 0
    return s.triggers != 0 or s.by_rise != 0 or s.by_stall != 0


@step
def _snapback(s: Any, par: Any, groups: Any, policy: Any) -> bool:
    if not s.review or not policy.acting or s.held == 0 or not _find_triggers(s, policy):
        return False
    if not chance(s, COUNCIL, 1, par.snapback):
        s.snapback = 2
        return False
    s.snapback = 1
    scope = _ALL if policy.scope == _LINKED and (s.by_rise or s.by_stall) else policy.scope
    lag, stage = _lag(s, par, _RESTORE), s.s
    for m in range(s.groups):
        if (scope == _LAST and (stage == 0 or groups[m].stage != stage)) or (
            scope == _LINKED and groups[m].tracks & s.triggers == 0
        ):
            continue
        if groups[m].status == SUSPENDED:
            _restore(s, par, groups, m, lag)
        elif groups[m].status == FORCE:
            _set_due(s, groups, m, _NONE)
    _after_snapback(s, groups, scope)
    return True


@step
def _after_snapback(s: Any, groups: Any, scope: int) -> None:
    if scope == _LINKED:
        for k in range(s.pi.size):
            if s.triggers >> k & 1:
                s.alarm[k], s.record[k] = 0, 0
        return
    _clear_streaks(s)
    if scope == _ALL:
        s.s = 0
        _unbar(s, groups)
    else:
        s.s = max(0, s.s - 1)


@step
def _settled(s: Any, par: Any, rows: Any, groups: Any, of: Ints32) -> None:
    """The free drop: rows of 2022 origin lapse at a settlement, each by its own uniform; of : (row,) their groups."""
    s.settled = 1
    for g in range(s.groups):
        if groups[g].status != LAPSED:
            _free(s, par, rows, groups, of, g)


@step
def _free(s: Any, par: Any, rows: Any, groups: Any, of: Ints32, g: int) -> None:
    """Free rows of a group: all of it lapses, or those that do are a group of their own from now on."""
    new, freed = s.groups, 0
    for m in range(rows.size):
        if of[m] == g and rows[m].of_2022 and timeless(s, DROP, rows[m].number) < par.free_drop:
            of[m] = new
            freed += 1
    if freed == groups[g].size:
        for m in range(rows.size):
            of[m] = g if of[m] == new else of[m]
        _to_lapsed(s, groups, g, _SETTLEMENT)
    elif freed > 0:
        s.groups += 1
        groups[new] = groups[g]
        _add_up(rows, groups, of, g)
        _add_up(rows, groups, of, new)
        _to_lapsed(s, groups, new, _SETTLEMENT)


@step
def _add_up(rows: Any, groups: Any, of: Ints32, g: int) -> None:
    size, a, w = 0, 0.0, 0.0
    for m in range(rows.size):
        if of[m] == g:
            size, a, w = size + 1, a + rows[m].a, w + rows[m].w
    groups[g].size, groups[g].a, groups[g].w = size, a, w


@step
def _base(s: Any, par: Any, w: Any, groups: Any) -> None:
    """Once a year each legal base is renewed, unless somebody objects; `base` has a bit for each that lapsed."""
    if s.t == 0 or par.unanimity_base >= 1.0 or (s.t - int(par.base_phase)) % 12 != 0:
        return
    for b in range(w.n_bases):
        if U(s, BASE, w.bases[b]) >= par.unanimity_base:
            s.base |= 1 << b
            s.fired[_E14] = 1
            for m in range(s.groups):
                if groups[m].base == b:
                    _to_lapsed(s, groups, m, _BASE)


@step
def _renew(s: Any, par: Any, groups: Any, policy: Any) -> None:
    """Suspensions that end are renewed together, or come back, or lapse."""
    for m in range(s.groups):
        if groups[m].status == SUSPENDED and groups[m].age >= policy.sunset:
            if s.renew == 0:
                s.renew = 1 if chance(s, COUNCIL, 2, par.renew) else 2
            if s.renew == 1:
                groups[m].age = 0
                continue
            groups[m].barred = 1
            if policy.lapse:
                _to_lapsed(s, groups, m, _SUNSET)
            else:
                _to_force(s, par, groups, m)
    if s.renew == 2:
        s.fired[_E14] = 1


@step
def _gate(s: Any, policy: Any, i: int) -> bool:
    """Whether every part of the gate of stage i + 1 holds."""
    for k in range(s.pi.size):
        if s.clean[k] < policy.gate_clean[i, k] or s.pi[k] > policy.gate_belief[i, k]:
            return False
    for k in range(s.d.size):
        if s.d[k] < policy.gate_steps[i, k]:
            return False
    listed, stock = policy.gate_listed[i], policy.gate_stock[i]
    return (
        (np.isnan(listed) or s.list <= (1.0 - listed) * s.list_start + _TOLERANCE)
        and (np.isnan(stock) or stock * s.N_start + _TOLERANCE >= s.N)
        and s.released >= policy.gate_released[i]
    )


@step
def _clean_enough(s: Any, tracks: int, verify: int) -> bool:
    for k in range(s.pi.size):
        if tracks >> k & 1 and s.clean[k] < verify:
            return False
    return tracks >> 6 == 0 or verify <= 0  # nobody sees O, so it is never clean


@step
def _advance(s: Any, par: Any, groups: Any, policy: Any, allowed: bool) -> bool:
    if not s.review:
        return False
    if not (allowed and not s.X and s.s < policy.stages and _gate(s, policy, s.s)):
        s.undecided = 0
        return False
    if not chance(s, COUNCIL, 0, par.advance):
        s.advance = 2
        s.undecided += 1
        return False
    s.advance, s.undecided = 1, 0
    s.s += 1
    lag = _lag(s, par, _SUSPEND)
    for m in range(s.groups):
        if (
            groups[m].stage == s.s and groups[m].status == FORCE and groups[m].due < 0 and not groups[m].barred
            and _clean_enough(s, groups[m].needs, policy.verify)
        ):  # fmt: skip
            _suspend(s, groups, m, lag)
            s.opening = 1
    s.clean[:] = 0
    s.opened_with[s.s - 1] = s.steps_done
    if s.opening:
        s.N_opening, s.released = s.N, 0
    return True


@step
def _reopen(s: Any, par: Any, groups: Any, policy: Any) -> None:
    """Rows of opened stages that are in force are suspended once all their tracks are clean."""
    if not s.review or s.X or s.s == 0:
        return
    lag = -1
    for m in range(s.groups):
        if (
            0 < groups[m].stage <= s.s and groups[m].status == FORCE and groups[m].due < 0 and not groups[m].barred
            and _clean_enough(s, groups[m].tracks, policy.verify)
        ):  # fmt: skip
            if lag < 0:
                if not chance(s, COUNCIL, 0, par.advance):
                    s.reopen = 2
                    return
                lag = _lag(s, par, _SUSPEND)
                s.reopen = 1
            _suspend(s, groups, m, lag)


@step
def _flag(s: Any, w: Any, es: Any, which: int) -> bool:
    for i in range(w.begins[_FLAG], w.begins[_FLAG + 1]):
        if es[i].what == which and es[i].first <= s.t < es[i].end:
            return True
    return False


@step
def _open_outer(s: Any, par: Any, w: Any, es: Any, groups: Any) -> None:
    """Once, the tiers outside the Roadmap: an amnesty, and a settlement or disengagement."""
    if s.outer_done or s.X or not _flag(s, w, es, 0) or not (s.W == 2 or _flag(s, w, es, 1)):
        return
    s.outer_done, s.outer, asked = 1, 1, s.asked
    lag = _lag(s, par, _SUSPEND)
    for m in range(s.groups):
        if groups[m].tier > w.inside and groups[m].status == FORCE and groups[m].due < 0:
            _suspend(s, groups, m, lag)
    s.asked = asked  # no stage asked for these


@step
def _readopt(s: Any, par: Any, groups: Any) -> None:
    """Rows lapsed at sunset or by base may come back when the process ends or snaps back."""
    if par.readopt <= 0.0:
        return
    for m in range(s.groups):
        if groups[m].status == LAPSED and (groups[m].cause == _SUNSET or groups[m].cause == _BASE):
            if s.readopt == 0:
                s.readopt = 1 if chance(s, COUNCIL, 3, par.readopt) else 2
            if s.readopt == 1:
                _to_force(s, par, groups, m)
                groups[m].cause = 0
