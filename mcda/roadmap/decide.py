"""Steps 0 and 5 of a month: what takes effect, and what the EU decides, in the order of the specification.

Nothing here reads true compliance, or a rung that was not seen.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mcda.compiled import inlined
from mcda.roadmap.laws import whole
from mcda.roadmap.uniform import BASE, COUNCIL, DROP, LAG, U, chance, timeless

__all__ = ["decide", "effect", "emax"]

_A, _S, _PR, _L = 0, 1, 2, 3
_NONE = -1  # no month is due
_SUNSET, _BASE, _SETTLEMENT = 1, 2, 3
_FLAG = 4  # kind of entry, as `plan` numbers it
_SUSPEND, _RESTORE, _EXIT = 0, 1, 2
_ALL, _LAST, _LINKED = 0, 1, 2
_TOLERANCE = 1e-9
_E14 = 13


# -- changes of status -------------------------------------------------------------------------------------------------


@inlined
def emax(par: Any, mon: int) -> float:
    """The most that a row can effect after so many months suspended."""
    return max(par.floor, 1.0 - par.spent * min(float(mon), par.cap))


@inlined
def _to_force(par: Any, rows: Any, m: int) -> None:
    rows[m].status, rows[m].due, rows[m].age = _A, _NONE, 0
    rows[m].e = par.restart * emax(par, rows[m].mon)


@inlined
def _to_lapsed(s: Any, rows: Any, m: int, cause: int) -> None:
    if rows[m].status != _L:
        s.lapsed |= 1 << cause
        s.stirred = 1
        stage = rows[m].stage
        if cause != _BASE and stage > 0 and s.opened_with[stage - 1] == s.steps_done:
            s.wasted += rows[m].w  # nothing was done for it since its stage opened
        rows[m].status, rows[m].due, rows[m].age, rows[m].cause = _L, _NONE, 0, cause


@inlined
def _lag(s: Any, par: Any, which: int) -> int:
    x = par.lag[which]
    return whole(x, U(s, LAG, which)) if x != math.floor(x) else int(x)


@inlined
def _suspend(s: Any, rows: Any, m: int, lag: int) -> None:
    s.asked |= rows[m].reference
    s.stirred = 1
    rows[m].due = s.t + lag
    if lag == 0:
        rows[m].status, rows[m].due, rows[m].age = _S, _NONE, 0


@inlined
def _restore(s: Any, par: Any, rows: Any, m: int, lag: int) -> None:
    rows[m].status, rows[m].due, rows[m].age = _PR, s.t + lag, 0
    rows[m].restored, rows[m].reached, s.restoring, s.stirred = s.t, 0, 1, 1
    if lag == 0:
        _to_force(par, rows, m)


@inlined
def _unbar(rows: Any) -> None:
    for m in range(rows.size):
        rows[m].barred = 0


@inlined
def _clear_streaks(s: Any) -> None:
    s.clean[:] = 0
    s.alarm[:] = 0
    s.record[:] = 0
    s.stall = 0
    s.undecided = 0


# -- 0 EFFECT ----------------------------------------------------------------------------------------------------------


@inlined
def effect(s: Any, par: Any, rows: Any, policy: Any) -> None:
    """Pending changes that are due take effect; an exit may end."""
    for m in range(rows.size):
        if rows[m].due == s.t:
            if rows[m].status == _A:
                rows[m].status, rows[m].due, rows[m].age = _S, _NONE, 0
            elif rows[m].status == _PR:
                _to_force(par, rows, m)
    s.reentry = 0
    if s.X and s.t >= s.t_exit + policy.reentry and s.seen < policy.exit_rung:
        s.X, s.s, s.reentry = 0, 0, 1
        _clear_streaks(s)
        _unbar(rows)


# -- 5 DECIDE ----------------------------------------------------------------------------------------------------------


@inlined
def decide(s: Any, par: Any, w: Any, es: Any, rows: Any, policy: Any) -> None:
    """Exit, snapback, settlement, base, renewal, advance, reopening, the outer tiers, in this order."""
    _forget(s)
    exited = _exit(s, par, rows, policy)
    snapped = not exited and _snapback(s, par, rows, policy)
    _settled(s, par, rows)
    _base(s, par, w, rows)
    _renew(s, par, rows, policy)
    advanced = _advance(s, par, rows, policy, not exited and not snapped)
    if not (exited or snapped or advanced):
        _reopen(s, par, rows, policy)
    if policy.outer and not (exited or snapped):
        _open_outer(s, par, w, es, rows)
    if exited or snapped:
        _readopt(s, par, rows)


@inlined
def _forget(s: Any) -> None:
    """Nothing is decided yet this month."""
    s.exit, s.snapback, s.triggers, s.by_rise, s.by_stall, s.settled, s.base = 0, 0, 0, 0, 0, 0, 0
    s.renew, s.advance, s.opening, s.reopen, s.outer, s.readopt, s.asked = 0, 0, 0, 0, 0, 0, 0


@inlined
def _exit(s: Any, par: Any, rows: Any, policy: Any) -> bool:
    """Leave the process: every suspended row comes back, what was pending is cancelled or comes sooner."""
    if s.X or s.seen < policy.exit_rung or not policy.acting:
        return False
    s.exit, s.X, s.s, s.t_exit = 1, 1, 0, s.t
    _clear_streaks(s)
    lag = _lag(s, par, _EXIT)
    for m in range(rows.size):
        if rows[m].status == _S:
            _restore(s, par, rows, m, lag)
        elif rows[m].status == _A:
            rows[m].due = _NONE
        elif rows[m].status == _PR:
            rows[m].due = min(rows[m].due, s.t + lag) if rows[m].due >= 0 else s.t + lag
            if rows[m].due == s.t:
                _to_force(par, rows, m)
    return True


@inlined
def _alarms(record: np.uint64, b: int) -> int:
    """Alarms in the last b reviews since the last reset."""
    found = 0
    for i in range(b):
        found += int((record >> np.uint64(i)) & np.uint64(1))
    return found


@inlined
def _triggered(s: Any, policy: Any, k: int) -> bool:
    if policy.alarm_streak > 0:
        return s.alarm[k] >= policy.alarm_streak
    if policy.b > 0:
        return _alarms(s.record[k], policy.b) >= policy.a
    return s.pi[k] > policy.threshold


@inlined
def _find_triggers(s: Any, policy: Any) -> bool:
    """Which watched tracks trigger, and whether arrests or a standstill do."""
    for k in range(s.pi.size):
        if s.watch >> k & 1 and _triggered(s, policy, k):
            s.triggers |= 1 << k
    s.by_rise = 1 if (1.0 + policy.stock_rise) * s.N_opening < s.N else 0
    s.by_stall = 1 if s.stall >= policy.stall else 0
    return s.triggers != 0 or s.by_rise != 0 or s.by_stall != 0


@inlined
def _snapback(s: Any, par: Any, rows: Any, policy: Any) -> bool:
    if not s.review or not policy.acting or s.held == 0 or not _find_triggers(s, policy):
        return False
    if not chance(s, COUNCIL, 1, par.snapback):
        s.snapback = 2
        return False
    s.snapback = 1
    scope = _ALL if policy.scope == _LINKED and (s.by_rise or s.by_stall) else policy.scope
    lag, stage = _lag(s, par, _RESTORE), s.s
    for m in range(rows.size):
        if (scope == _LAST and (stage == 0 or rows[m].stage != stage)) or (
            scope == _LINKED and rows[m].tracks & s.triggers == 0
        ):
            continue
        if rows[m].status == _S:
            _restore(s, par, rows, m, lag)
        elif rows[m].status == _A:
            rows[m].due = _NONE
    _after_snapback(s, rows, scope)
    return True


@inlined
def _after_snapback(s: Any, rows: Any, scope: int) -> None:
    if scope == _LINKED:
        for k in range(s.pi.size):
            if s.triggers >> k & 1:
                s.alarm[k], s.record[k] = 0, 0
        return
    _clear_streaks(s)
    if scope == _ALL:
        s.s = 0
        _unbar(rows)
    else:
        s.s = max(0, s.s - 1)


@inlined
def _settled(s: Any, par: Any, rows: Any) -> None:
    """The free drop: rows of 2022 origin lapse at a settlement, each by its own uniform."""
    if s.just_settled:
        s.settled = 1
        for m in range(rows.size):
            if rows[m].of_2022 and rows[m].status != _L and timeless(s, DROP, rows[m].number) < par.free_drop:
                _to_lapsed(s, rows, m, _SETTLEMENT)


@inlined
def _base(s: Any, par: Any, w: Any, rows: Any) -> None:
    """Once a year each legal base is renewed, unless somebody objects; `base` has a bit for each that lapsed."""
    if s.t == 0 or par.unanimity_base >= 1.0 or (s.t - int(par.base_phase)) % 12 != 0:
        return
    for b in range(w.n_bases):
        if U(s, BASE, w.bases[b]) >= par.unanimity_base:
            s.base |= 1 << b
            s.fired[_E14] = 1
            for m in range(rows.size):
                if rows[m].base == b:
                    _to_lapsed(s, rows, m, _BASE)


@inlined
def _renew(s: Any, par: Any, rows: Any, policy: Any) -> None:
    """Suspensions that end are renewed together, or come back, or lapse."""
    for m in range(rows.size):
        if rows[m].status == _S and rows[m].age >= policy.sunset:
            if s.renew == 0:
                s.renew = 1 if chance(s, COUNCIL, 2, par.renew) else 2
            if s.renew == 1:
                rows[m].age = 0
                continue
            rows[m].barred = 1
            if policy.lapse:
                _to_lapsed(s, rows, m, _SUNSET)
            else:
                _to_force(par, rows, m)
    if s.renew == 2:
        s.fired[_E14] = 1


@inlined
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


@inlined
def _clean_enough(s: Any, tracks: int, verify: int) -> bool:
    for k in range(s.pi.size):
        if tracks >> k & 1 and s.clean[k] < verify:
            return False
    return tracks >> 6 == 0 or verify <= 0  # nobody sees O, so it is never clean


@inlined
def _advance(s: Any, par: Any, rows: Any, policy: Any, allowed: bool) -> bool:
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
    for m in range(rows.size):
        if (
            rows[m].stage == s.s and rows[m].status == _A and rows[m].due < 0 and not rows[m].barred
            and _clean_enough(s, rows[m].needs, policy.verify)
        ):  # fmt: skip
            _suspend(s, rows, m, lag)
            s.opening = 1
    s.clean[:] = 0
    s.opened_with[s.s - 1] = s.steps_done
    if s.opening:
        s.N_opening, s.released = s.N, 0
    return True


@inlined
def _reopen(s: Any, par: Any, rows: Any, policy: Any) -> None:
    """Rows of opened stages that are in force are suspended once all their tracks are clean."""
    if not s.review or s.X or s.s == 0:
        return
    lag = -1
    for m in range(rows.size):
        if (
            0 < rows[m].stage <= s.s and rows[m].status == _A and rows[m].due < 0 and not rows[m].barred
            and _clean_enough(s, rows[m].tracks, policy.verify)
        ):  # fmt: skip
            if lag < 0:
                if not chance(s, COUNCIL, 0, par.advance):
                    s.reopen = 2
                    return
                lag = _lag(s, par, _SUSPEND)
                s.reopen = 1
            _suspend(s, rows, m, lag)


@inlined
def _flag(s: Any, w: Any, es: Any, which: int) -> bool:
    for i in range(w.begins[_FLAG], w.begins[_FLAG + 1]):
        if es[i].what == which and es[i].first <= s.t < es[i].end:
            return True
    return False


@inlined
def _open_outer(s: Any, par: Any, w: Any, es: Any, rows: Any) -> None:
    """Once, the tiers outside the Roadmap: an amnesty, and a settlement or disengagement."""
    if s.outer_done or s.X or not _flag(s, w, es, 0) or not (s.W == 2 or _flag(s, w, es, 1)):
        return
    s.outer_done, s.outer = 1, 1
    lag = _lag(s, par, _SUSPEND)
    for m in range(rows.size):
        if rows[m].tier > w.inside and rows[m].status == _A and rows[m].due < 0:
            _suspend(s, rows, m, lag)


@inlined
def _readopt(s: Any, par: Any, rows: Any) -> None:
    """Rows lapsed at sunset or by base may come back when the process ends or snaps back."""
    if par.readopt <= 0.0:
        return
    for m in range(rows.size):
        if rows[m].status == _L and (rows[m].cause == _SUNSET or rows[m].cause == _BASE):
            if s.readopt == 0:
                s.readopt = 1 if chance(s, COUNCIL, 3, par.readopt) else 2
            if s.readopt == 1:
                _to_force(par, rows, m)
                rows[m].cause = 0
