"""Step 2 of a month: reciprocity, true compliance by track, and the stock of prisoners."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mcda.compiled import step
from mcda.roadmap.events import fire
from mcda.roadmap.laws import kept_binomial, kept_negative_binomial
from mcda.roadmap.shadow import GROUP, RELIEF
from mcda.roadmap.symbols import EVENTS, FORCE, KINDS, SLIPS, TRACKS
from mcda.roadmap.uniform import COMPLY, STEP, STOCK, U, chance

__all__ = ["clipped_rate", "comply"]

_E11 = EVENTS.index("E11")
_H, _D, _P, _L = (TRACKS.index(k) for k in "HDPL")
#: The event that fires when a track slips, by the track's number: its bit, 0 for none.
_SLIP = tuple(1 << EVENTS.index(SLIPS[k]) if k in SLIPS else 0 for k in TRACKS)
_WAVE, _LOCK = KINDS.index("wave"), KINDS.index("lock")


@step
def comply(s: Any, par: Any, w: Any, es: Any, tables: Any, rows: Any, groups: Any, lanes: Any) -> None:
    """What Minsk does this month."""
    push = (par.gain if s.opening_before else 0.0) - (par.loss if s.undecided >= 3 else 0.0)
    s.mu = min(max(par.rho * s.mu + push, -1.0), 1.0)
    if s.restated:
        s.in_force = _share_in_force(rows, groups, lanes)
    s.V = (1.0 - s.off) * s.in_force if w.needs_relief or par.b_rel != 0.0 else 0.0
    shift = -par.b_mu * s.mu - par.b_rel * s.V + par.b_off * (s.off - s.off_start)
    if s.R >= 2:
        shift += par.b_war
    fade = math.exp(-abs(shift)) if shift != 0.0 else 1.0
    slipped = 0
    for k in range(len(_SLIP)):
        if s.alive >> k & 1:
            slipped |= _track(s, w, es, k, shift, fade)
    fire(s, w, tables, slipped)
    _stock(s, par, w, es)


@step
def _share_in_force(rows: Any, groups: Any, lanes: Any) -> float:
    """The share of the regime's value (a c7) of rows with a stage that is in force."""
    whole, in_force, relief, of = 0.0, 0.0, lanes[0][RELIEF], lanes[1][GROUP]
    for m in range(rows.size):
        if rows[m].stage > 0:
            whole += relief[m]
            if groups[of[m]].status == FORCE:
                in_force += relief[m]
    return in_force / whole if whole != 0.0 else 0.0


@step
def clipped_rate(p: float, factor: float) -> float:
    """A probability times a factor, from 0 to 1."""
    return min(max(p * factor, 0.0), 1.0)


@step
def _shifted(p: float, shift: float, fade: float) -> float:
    """expit(logit(p) + shift), fade = exp(-|shift|); 0 and 1 stay, and no shift leaves p itself."""
    if shift == 0.0 or p == 0.0 or p == 1.0:
        return p
    if shift > 0.0:
        return p / (p + (1.0 - p) * fade)
    kept = p * fade
    return kept / (kept + (1.0 - p))


@step
def _track(s: Any, w: Any, es: Any, k: int, shift: float, fade: float) -> int:
    """One track's month; returns the event that fires, a bit."""
    old = s.C[k]
    if old:
        s.C[k] = 0 if chance(s, COMPLY, k, _shifted(clipped_rate(s.q[k], s.g), shift, fade)) else 1
    else:
        s.C[k] = 1 if chance(s, COMPLY, k, _shifted(clipped_rate(s.r[k], 1.0 / s.g), -shift, fade)) else 0
    for i in range(w.begins[_LOCK], w.begins[_LOCK + 1]):
        if es[i].what == k and es[i].first <= s.t < es[i].end:
            s.C[k] = 1 if es[i].value != 0.0 else 0
    if old and not s.C[k]:
        if k != _L:  # repeals are not undone by a slip
            s.d[k] = 0
        return _SLIP[k]
    if s.C[k] and s.d[k] < w.steps[k] and chance(s, STEP, k, s.step[k]):
        s.d[k] += 1
        s.steps_done += 1
    return 0


@step
def _rounded(x: float) -> int:
    return int(np.floor(x + 0.5))


@step
def _stock(s: Any, par: Any, w: Any, es: Any) -> None:
    """Terms served, releases, waves and arrests; the list and the deported follow releases and waves."""
    s.served = kept_binomial(s, 0, s.N, par.p_served, _u(s, 0, par.p_served))
    left = s.N - s.served
    p = par.p_release if s.C[_H] else par.p_pardon
    s.rel = kept_binomial(s, 2 if s.C[_H] else 1, left, p, _u(s, 1, p))
    s.wave = min(left - s.rel, _offered(s, par, w, es))
    mean = par.inflow * (par.calm if s.C[_P] else 1.0)
    s.inflow = kept_negative_binomial(s, s.C[_P], mean, par.size, _u(s, 2, mean))
    s.N = left - s.rel - s.wave + s.inflow
    out = s.rel + s.wave
    s.list = min(s.N, max(0, s.list - _rounded(par.list_first * out)))
    if not s.C[_D]:
        s.deported += _rounded(par.deport * out)
    s.released += out


@step
def _u(s: Any, j: int, needed: float) -> float:
    return U(s, STOCK, j) if needed > 0.0 else 0.0


@step
def _offered(s: Any, par: Any, w: Any, es: Any) -> int:
    """Persons freed at once: for an opening, by a parallel deal, by the schedule."""
    wave = (par.wave_stage if s.opening_before else 0.0) + (par.wave_us if s.fired[_E11] else 0.0)
    for i in range(w.begins[_WAVE], w.begins[_WAVE + 1]):
        if es[i].first <= s.t < es[i].end:
            wave += es[i].what
    return int(wave)
