"""One path, month by month: the order of the steps is part of the model.

This is what the specification's section 4 lists; each step is a module of its own. Everywhere `s` is the path's state,
`par` its parameters in this month, `w` what the world and the scenario fix, `es` the entries of the schedule.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from mcda.compiled import step
from mcda.roadmap.comply import clipped_rate, comply
from mcda.roadmap.decide import decide, effect
from mcda.roadmap.events import events, levels
from mcda.roadmap.monitor import monitor
from mcda.roadmap.shadow import CROSSED, FIRST_GROUP, GROUP, LEFT, PLAIN, SAME, STAYS, TIER, WORST, shadow, sort_plain
from mcda.roadmap.symbols import KINDS, LATER
from mcda.roadmap.uniform import SCHEDULE, timeless

__all__ = ["begin", "follow", "month", "windows"]

Floats = npt.NDArray[np.float64]

_SET = KINDS.index("set")


@step
def begin(s: Any, par: Any, w: Any, es: Any, lanes: Any, policy: Any) -> None:
    """The state before month 0, once parameters, loadings, windows' values and scores are this path's."""
    s.N = int(par.stock if np.isnan(w.start_N) else w.start_N)
    s.list = int(par.list if np.isnan(w.start_list) else w.start_list)
    s.off = par.off if np.isnan(w.start_off) else w.start_off
    s.N_start, s.list_start, s.off_start, s.N_opening, s.N_least = s.N, s.list, s.off, s.N, s.N
    s.s = policy.start_stage if policy.start_stage > 0 else s.s
    for i in range(s.s):
        s.opened_with[i] = 0
    s.levels, s.touched = levels(s), s.moving
    for i in range(es.size):
        width = es[i].high - es[i].low + 1
        es[i].first = es[i].low + (int(timeless(s, SCHEDULE, es[i].number) * width) if width > 1 else 0)
        es[i].end = es[i].first + es[i].length
    follow(s, par, w)
    s.clipped = sort_plain(w, lanes)
    tiers = lanes[1]
    for m in range(tiers.shape[1]):
        tiers[PLAIN, m], tiers[GROUP, m] = tiers[TIER, m], tiers[FIRST_GROUP, m]
        tiers[SAME, m], tiers[LEFT, m], tiers[CROSSED, m], tiers[WORST, m], tiers[STAYS, m] = 0, LATER, LATER, 0, 0


@step
def follow(s: Any, par: Any, w: Any) -> None:
    """What follows from parameters alone: chances of slips, repairs and steps, what fades, what is regained.

    alive : tracks that can change at all, a bit each
    """
    s.alive = w.locked
    for k in range(s.q.size):
        s.q[k] = clipped_rate(par.slip[k], par.slip_factor)
        s.r[k] = clipped_rate(par.repair[k], par.repair_factor)
        s.step[k] = clipped_rate(par.step[k], par.step_factor)
        s.alive |= 1 << k if s.q[k] > 0.0 or s.r[k] > 0.0 or w.steps[k] > 0 else 0
    for e in range(s.kept.size):
        s.kept[e] = 2.0 ** (-1.0 / par.half_life[e])
    s.gain = 1.0 - math.exp(-par.speed)


@step
def windows(s: Any, w: Any, es: Any, own: Floats, words: Floats, par: Any) -> None:
    """Scheduled windows set and unset parameters; own, words : (place,), the path's own ones and the month's."""
    turns = False
    for i in range(w.begins[_SET], w.begins[_SET + 1]):
        turns = turns or es[i].first == s.t or es[i].end == s.t or s.t == 0
    if turns:
        for i in range(own.size):
            words[i] = own[i]
        for i in range(w.begins[_SET], w.begins[_SET + 1]):
            if es[i].first <= s.t < es[i].end:
                words[es[i].what] = es[i].value
        follow(s, par, w)


@step
def month(s: Any, par: Any, w: Any, es: Any, tables: Any, rows: Any, groups: Any, lanes: Any, policy: Any) -> None:
    """Steps 0 to 5 of a month, windows being set."""
    effect(s, par, groups, policy)
    events(s, par, w, es, tables)
    comply(s, par, w, es, tables, rows, groups, lanes)
    shadow(s, w, lanes)
    monitor(s, par, w, es, groups, policy)
    decide(s, par, w, es, rows, groups, lanes[1][GROUP], policy)
