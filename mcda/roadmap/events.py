"""Step 1 of a month: the territory ladder, the war, shocks that fade and events that fire."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mcda.compiled import step
from mcda.roadmap.laws import successes, weibull
from mcda.roadmap.symbols import EVENTS, KINDS, RATED
from mcda.roadmap.uniform import COIN, EVENT, LADDER, SEVERITY, WAR, U, chance

__all__ = ["events", "fire", "levels"]

_E10, _E11, _E13, _E16 = (EVENTS.index(e) for e in ("E10", "E11", "E13", "E16"))
_RATED = tuple(EVENTS.index(e) for e in RATED)
_SETTLEMENT = 1 << EVENTS.index("E12")
_SMALL = 0.01  # a shock whose every part is smaller is over
_LADDER, _WAR, _EVENT = (KINDS.index(kind) for kind in ("ladder", "war", "event"))


@step
def events(s: Any, par: Any, w: Any, es: Any, tables: Any) -> None:
    """What happens this month, whoever may see it."""
    _ladder(s, par, w, es)
    _war(s, par, w, es)
    s.fired[:] = 0
    _fade(s)
    _fire_all(s, par, w, es, tables)
    up = par.us_step if s.fired[_E11] else 0.0
    down = par.stagnation_step if s.fired[_E13] else 0.0
    s.off = min(max(s.off + par.drift + up - down, 0.0), 1.0)
    if s.fired[_E16]:
        s.g *= par.succession_factor if _harder(s) else 1.0 / par.succession_factor


@step
def _ladder(s: Any, par: Any, w: Any, es: Any) -> None:
    before = s.R
    if before > 0:
        s.dwell -= 1.0
        if s.dwell == 0.0:
            s.R = 0
    if before <= 1 and chance(s, LADDER, 0, par.onset * par.war_factor[s.W]):
        s.R = _rung(par, U(s, LADDER, 1))
        s.dwell = _dwell(s, par)
    elif before == 0 and chance(s, LADDER, 3, par.onset_1):
        s.R = 1
        s.dwell = _dwell(s, par)
    for i in range(w.begins[_LADDER], w.begins[_LADDER + 1]):
        if es[i].first <= s.t < es[i].end:
            s.R = es[i].what
            s.dwell = _dwell(s, par) if np.isnan(es[i].dwell) else es[i].dwell
    if s.R == 0:
        s.dwell = 0.0


@step
def _rung(par: Any, u: float) -> int:
    """The smallest rung with a mix above 0 whose cumulative mix reaches u; the last such takes what rounding leaves."""
    total, last = 0.0, 0
    for i in range(4):
        if par.mix[i] > 0.0:
            last = i
            total += par.mix[i]
            if total >= u:
                break
    return last + 2


@step
def _dwell(s: Any, par: Any) -> float:
    """Months in the rung; laws by their place in `DWELL_LAWS`: never, fixed, geometric, negbin, weibull."""
    if s.R == 0:
        return 0.0
    i = s.R - 1
    law, u = int(par.dwell[i]), U(s, LADDER, 2)
    if law == 0:
        return np.inf
    if law == 1:
        return math.floor(par.dwell_months[i])
    if law == 4:
        return float(weibull(par.dwell_scale[i], par.dwell_shape[i], u))
    return successes(1 if law == 2 else int(par.dwell_n[i]), par.dwell_mean[i], u)


@step
def _war(s: Any, par: Any, w: Any, es: Any) -> None:
    """War 0, ceasefire 1, settlement 2; a scheduled state has the last word."""
    before = s.W
    if before < 2:
        to = par.ceasefire if before == 0 else par.relapse
        if par.settlement + to > 0.0:
            u = U(s, WAR, 0)
            if u < par.settlement:
                s.W = 2
            elif u < par.settlement + to:
                s.W = 1 - before
    for i in range(w.begins[_WAR], w.begins[_WAR + 1]):
        if es[i].first <= s.t < es[i].end:
            s.W = es[i].what
    s.just_settled = 1 if s.W == 2 and before != 2 else 0


@step
def levels(s: Any) -> int:
    """Level events that are on, a bit each: E1 (from rung 4 on), E2, E3, E4 by the rung, E12 by the settlement."""
    by_rung = 0 if s.R == 0 else 1 << max(4 - s.R, 0)
    return by_rung | (_SETTLEMENT if s.W == 2 else 0)


@step
def _fade(s: Any) -> None:
    if not s.moving:
        return
    off = s.moving & ~levels(s)
    for e in range(16):
        if not off >> e & 1 or s.t < s.until[e]:
            continue
        largest = 0.0
        for j in range(s.x.shape[1]):
            s.x[e, j] *= s.kept[e]
            largest = max(largest, abs(s.x[e, j]))
        s.touched = 1
        if largest < _SMALL:
            s.x[e, :] = 0.0
            s.moving &= ~(1 << e)


@step
def _fire_all(s: Any, par: Any, w: Any, es: Any, tables: Any) -> None:
    """Level events in the month they turn on, rated ones, then scheduled ones."""
    on = levels(s)
    firing, s.levels = on & ~s.levels, on
    for e in _RATED:
        firing |= 1 << e if chance(s, EVENT, e, par.rate[e]) else 0
    fire(s, w, tables, firing)
    for i in range(w.begins[_EVENT], w.begins[_EVENT + 1]):
        if es[i].first == s.t:
            _fire_entry(s, w, tables, es[i])


@step
def _harder(s: Any) -> bool:
    """The side of a succession, by a fair coin."""
    return U(s, COIN, 0) < 0.5


@step
def fire(s: Any, w: Any, tables: Any, firing: int) -> None:
    """Fire events, a bit each, with the month's own severity."""
    if not firing:
        return
    for e in range(16):
        if firing >> e & 1:
            s.until[e] = max(s.until[e], s.t + 1)
            s.fired[e] = 1
            _shift_by_severity(s, w, tables, e, U(s, SEVERITY, e) if w.uncertain[e] else 0.5)


@step
def _fire_entry(s: Any, w: Any, tables: Any, entry: Any) -> None:
    e = entry.what
    s.until[e] = max(s.until[e], s.t + entry.hold)
    s.fired[e] = 1
    if entry.has_move:
        for j in range(s.x.shape[1]):
            _keep_larger(s, e, j, entry.move[j])
    else:
        _shift_by_severity(s, w, tables, e, U(s, SEVERITY, e) if np.isnan(entry.severity) else entry.severity)


@step
def _shift_by_severity(s: Any, w: Any, tables: Any, e: int, severity: float) -> None:
    side = -1.0 if e == _E16 and not _harder(s) else 1.0
    for j in range(s.x.shape[1]):
        if w.sign[e, j] != 0.0:
            _keep_larger(s, e, j, side * w.sign[e, j] * _amplitude(w, tables, e, j, severity))


@step
def _amplitude(w: Any, tables: Any, e: int, j: int, severity: float) -> float:
    """A point, or the quantile of a PERT from its table at 0, 1/1024, ..., 1, linear between."""
    at = w.table_of[e, j]
    if at < 0:
        return w.size[e, j]
    i = min(int(severity * 1024), 1023)
    return tables[at, i] + (severity * 1024 - i) * (tables[at, i + 1] - tables[at, i])


@step
def _keep_larger(s: Any, e: int, j: int, shift: float) -> None:
    """Shocks of one event never add: the larger magnitude stays, the present one wins a tie."""
    if abs(shift) > abs(s.x[e, j]):
        s.x[e, j] = shift
        s.moving |= 1 << e
        s.touched = 1
