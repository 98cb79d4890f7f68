"""Step 4 of a month: what the EU sees. Only this step reads true compliance for the EU; step 5 reads what it leaves."""

from __future__ import annotations

from typing import Any

from mcda.compiled import step
from mcda.roadmap.symbols import FORCE, KINDS, PENDING, SUSPENDED, TRACKS
from mcda.roadmap.uniform import LADDER, SIGNAL, chance

__all__ = ["monitor"]

_O = TRACKS.index("O")
_SIGNALS = _O  # the EU has a signal on all tracks but O
_SIGNAL = KINDS.index("signal")


@step
def monitor(s: Any, par: Any, w: Any, es: Any, groups: Any, policy: Any) -> None:
    """The rung that is seen, beliefs by track, and in a review month signals and streaks."""
    see = 1.0 if s.R == 0 else par.see[0] if s.R == 1 else par.see[1]
    s.seen = s.R if s.R > 0 and chance(s, LADDER, 4, see) else 0
    s.review = 1 if (s.t + 1) % policy.review_every == 0 else 0
    o = par.o_high if s.C[_O] else par.o_low
    for k in range(_SIGNALS):
        s.pi[k] = s.pi[k] * (1.0 - s.r[k]) + (1.0 - s.pi[k]) * s.q[k]
        if s.review:
            _signal(s, par, w, es, k, o if k < 3 else 1.0)  # H, D and P are seen through courts
    if s.restated:
        _hold(s, groups, policy)
        s.restated = 0
    if s.review:
        _stalled(s)
    s.N_least = min(s.N_least, s.N)


@step
def _signal(s: Any, par: Any, w: Any, es: Any, k: int, o: float) -> None:
    """One review of a track: a signal, Bayes' rule, streaks (which stay 0 after an exit)."""
    hit = min(max(par.delta[k] + par.delta_shift, 0.0), 1.0) * o
    y = chance(s, SIGNAL, k, par.phi[k] if s.C[k] else hit)
    for i in range(w.begins[_SIGNAL], w.begins[_SIGNAL + 1]):
        if es[i].what == k and es[i].first <= s.t < es[i].end:
            y = es[i].value != 0.0
    l1, l0 = (hit, par.phi[k]) if y else (1.0 - hit, 1.0 - par.phi[k])
    below = s.pi[k] * l1 + (1.0 - s.pi[k]) * l0
    if below != 0.0:
        s.pi[k] = s.pi[k] * l1 / below
    s.y[k] = 1 if y else 0
    if s.X:
        return
    s.record[k] = s.record[k] * 2 + s.y[k]  # the last 64 reviews, a bit each
    s.alarm[k], s.clean[k] = (s.alarm[k] + 1, 0) if y else (0, s.clean[k] + 1)


@step
def _hold(s: Any, groups: Any, policy: Any) -> None:
    """Work out what is suspended before step 5, and what that means.

    held : rows suspended or about to be; watch : the tracks that matter to them, a bit each
    away : rows suspended or with a restoration pending; asks : their reference tracks
    """
    s.held, s.watch, s.away, s.asks = 0, policy.watch, 0, 0
    for m in range(s.groups):
        status = groups[m].status
        if status == SUSPENDED or (status == FORCE and groups[m].due >= 0):
            s.held += groups[m].size
            s.watch |= groups[m].tracks
        if status in (SUSPENDED, PENDING):
            s.away += groups[m].size
            s.asks |= groups[m].reference


@step
def _stalled(s: Any) -> None:
    """Reviews in a row with something suspended, no step done, and no fewer prisoners than ever before."""
    idle = True
    for k in range(s.d.size):
        idle = idle and s.d[k] <= s.d_review[k]
        s.d_review[k] = s.d[k]
    if s.X:
        return
    s.stall = s.stall + 1 if idle and s.N_least <= s.N and s.held > 0 else 0
