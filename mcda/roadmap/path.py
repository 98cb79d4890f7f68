"""Before a path's first month, and from one month to the next: what every use of the kernel shares."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mcda.compiled import step
from mcda.roadmap.decide import emax
from mcda.roadmap.month import begin, month, windows
from mcda.roadmap.shadow import LOAD, RELIEF, SECTOR
from mcda.roadmap.symbols import CRITERIA

__all__ = ["next_month", "start_path"]

Floats = npt.NDArray[np.float64]


@step
def copy(of: Any, into: Any) -> None:
    """Copy word by word: Numba would make room for a third array."""
    for i in range(of.size):
        into[i] = of[i]


@step
def start_path(room: Any, given: Any, scores: Any, i: int, path: int, k0: int, k1: int) -> None:
    """Make the room that of one path: its parameters, loadings, windows' values and scores, the state before month 0.

    room : :class:`mcda.roadmap.plan.Room`; given, scores : (path or 1, ...), what is shared has one row
    """
    parameters, load, value = given
    s, w, es, lanes = room.state[0], room.fixed[0], room.entries, room.lanes
    copy(room.start, room.words)
    s.path, s.k0, s.k1 = path, k0, k1
    s.drawn[:], s.touched = -1, 0
    for g in range(room.start_groups.size):
        room.groups[g] = room.start_groups[g]
    copy(parameters[i if parameters.shape[0] > 1 else 0], room.own)
    copy(room.own, room.par_words)
    _limit_effects(room.groups, room.start_groups.size, room.par[0])
    if i == 0 or load.shape[0] > 1:
        _copy_loads(w, lanes, load[i if load.shape[0] > 1 else 0])
    for j in range(es.size):
        es[j].value = value[i if value.shape[0] > 1 else 0, j]
    if i == 0 or scores.shape[0] > 1:
        _copy_scores(w, room.rows, lanes, scores[i if scores.shape[0] > 1 else 0])
    begin(s, room.par[0], w, es, lanes, room.policy[0])


@step
def _limit_effects(groups: Any, size: int, par: Any) -> None:
    """What a row effects before month 0: as the scenario says, at most (and if it says nothing) what it can."""
    for g in range(size):
        most = emax(par, groups[g].mon)
        if groups[g].e < 0.0 or groups[g].e > most:
            groups[g].e = most


@step
def _copy_scores(w: Any, rows: Any, lanes: Any, scores: Floats) -> None:
    numbers = lanes[0]
    for m in range(rows.size):
        numbers[RELIEF, m] = 0.0
        for j in range(CRITERIA):
            numbers[j, m] = scores[m, j]
            if w.c7[j] != 0.0:
                numbers[RELIEF, m] += rows[m].a * scores[m, j]


@step
def _copy_loads(w: Any, lanes: Any, load: Any) -> None:
    numbers, sector = lanes[0], lanes[1][SECTOR]
    for e in range(load.shape[1]):
        w.loaded[e] = 0
        for m in range(sector.size):
            numbers[LOAD + e, m] = load[sector[m], e]
            w.loaded[e] = 1 if load[sector[m], e] != 0.0 else w.loaded[e]


@step
def next_month(room: Any, t: int) -> None:
    """Steps 0 to 5 of month t."""
    s, w, par = room.state[0], room.fixed[0], room.par[0]
    s.t, s.opening_before = t, s.opening
    windows(s, w, room.entries, room.own, room.par_words, par)
    month(s, par, w, room.entries, room.tables, room.rows, room.groups, room.lanes, room.policy[0])
