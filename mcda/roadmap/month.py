"""One path, month by month: the order of the steps is part of the model.

This is what the specification's section 4 lists; each step is a module of its own. Everywhere `s` is the path's state,
`par` its parameters in this month, `w` what the world and the scenario fix, `es` the entries of the schedule.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mcda.compiled import inlined
from mcda.roadmap.comply import comply
from mcda.roadmap.decide import decide, effect
from mcda.roadmap.events import events, level_on
from mcda.roadmap.monitor import monitor
from mcda.roadmap.shadow import CROSSED, LEFT, PLAIN, SAME, TIER, WORST, shadow, sort_all
from mcda.roadmap.symbols import LATER
from mcda.roadmap.uniform import SCHEDULE, timeless

__all__ = ["begin", "month", "windows"]

_SET = 7  # kind of entry, as `plan` numbers it


@inlined
def begin(s: Any, par: Any, w: Any, es: Any, lanes: Any, policy: Any) -> None:
    """The state before month 0, once parameters, loadings, windows' values and scores are this path's."""
    s.N = int(par.stock if np.isnan(w.start_N) else w.start_N)
    s.list = int(par.list if np.isnan(w.start_list) else w.start_list)
    s.off = par.off if np.isnan(w.start_off) else w.start_off
    s.N_start, s.list_start, s.off_start, s.N_opening, s.N_least = s.N, s.list, s.off, s.N, s.N
    if policy.start_stage > 0:
        s.s = policy.start_stage
        s.opened_with[: s.s] = 0
    for e in range(16):
        s.was_on[e] = level_on(s, e)
    for i in range(es.size):
        width = es[i].high - es[i].low + 1
        es[i].first = es[i].low + (int(timeless(s, SCHEDULE, es[i].number) * width) if width > 1 else 0)
        es[i].end = es[i].first + es[i].length
    w.shift[:] = 0.0
    s.clipped = sort_all(w, lanes)
    tiers = lanes[1]
    tiers[PLAIN] = tiers[TIER]
    tiers[SAME], tiers[LEFT], tiers[CROSSED], tiers[WORST] = 0, LATER, LATER, 0


@inlined
def windows(s: Any, w: Any, es: Any, own: Any, par: Any) -> None:
    """Scheduled windows set and unset parameters; own, par : (place,)."""
    if w.begins[_SET + 1] > w.begins[_SET]:
        for i in range(own.size):
            par[i] = own[i]
        for i in range(w.begins[_SET], w.begins[_SET + 1]):
            if es[i].first <= s.t < es[i].end:
                par[es[i].what] = es[i].value


@inlined
def month(s: Any, par: Any, w: Any, es: Any, tables: Any, rows: Any, lanes: Any, policy: Any) -> None:
    """Steps 0 to 5 of a month, windows being set."""
    effect(s, par, rows, policy)
    events(s, par, w, es, tables)
    comply(s, par, w, es, tables, rows)
    shadow(s, w, lanes)
    monitor(s, par, w, es, rows, policy)
    decide(s, par, w, es, rows, policy)
