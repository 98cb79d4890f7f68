"""Before a path's first month, and from one month to the next: what every use of the kernel shares."""

from __future__ import annotations

from typing import Any

from mcda.compiled import inlined
from mcda.roadmap.month import begin, month, windows
from mcda.roadmap.symbols import CRITERIA

__all__ = ["next_month", "start_path"]


@inlined
def start_path(room: Any, given: Any, scores: Any, i: int, path: int, k0: int, k1: int) -> None:
    """Make the room that of one path: its parameters, loadings, windows' values and scores, the state before month 0.

    room : :attr:`mcda.roadmap.plan.Plan.room`; given, scores : (path or 1, ...), what is shared has one row
    """
    fixed, policy, es, _, start, start_rows, state, words, rows, lanes, own, par, par_words = room
    parameters, load, value = given
    s, w = state[0], fixed[0]
    words[:] = start
    s.path, s.k0, s.k1 = path, k0, k1
    own[:] = parameters[i if parameters.shape[0] > 1 else 0]
    par_words[:] = own
    _copy_loads(w, load[i if load.shape[0] > 1 else 0])
    for j in range(es.size):
        es[j].value = value[i if value.shape[0] > 1 else 0, j]
    of = scores[i if scores.shape[0] > 1 else 0]
    for m in range(rows.size):
        rows[m] = start_rows[m]
        for j in range(CRITERIA):
            lanes[0][j, m] = of[m, j]
            if w.c7[j] != 0.0:
                rows[m].c7 += of[m, j]
    begin(s, par[0], w, es, lanes, policy[0])


@inlined
def _copy_loads(w: Any, load: Any) -> None:
    w.loaded[:] = 0
    for e in range(load.shape[1]):
        for g in range(w.n_sectors):
            w.load[e, g] = load[g, e]
            w.loaded[e] = 1 if load[g, e] != 0.0 else w.loaded[e]


@inlined
def next_month(room: Any, t: int) -> None:
    """Steps 0 to 5 of month t."""
    fixed, policy, es, tables, _, _, state, _, rows, lanes, own, par, par_words = room
    s, w = state[0], fixed[0]
    s.t, s.opening_before = t, s.opening
    windows(s, w, es, own, par_words)
    month(s, par[0], w, es, tables, rows, lanes, policy[0])
