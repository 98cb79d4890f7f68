"""Spells: from the first month of a violation (or of war) with something suspended, to the month it is over.

A spell of *violation* lasts while a suspended row has a reference track that is truly violated; one of *war* begins in
the first month with R at or above the exit rung and something held, and lasts while something is suspended and the war
goes on. Within one: ta the first alarm (or the rung seen), td the decision (exit or snapback; exit alone in a war), tr
the month in which it is in force. Parts: detection ta - t0 + 1, decision td - ta, law tr - td, exposed tr - t0. What is
not over is censored. Definitions: `docs/outcomes.md`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from mcda.compiled import kernel
from mcda.roadmap.uniform import step

__all__ = ["KINDS", "PARTS", "SPELLS", "close_spells", "spell_months"]

Ints = npt.NDArray[np.int64]
KINDS, PARTS = ("violation", "war"), ("detection", "decision", "law", "exposed")
#: Where a path is within a spell of either kind; a month of -1 has not come. `early`: decided within the grace.
SPELLS = (
    ("on", "i8", (2,)), ("t0", "i8", (2,)), ("ta", "i8", (2,)), ("td", "i8", (2,)), ("was_war", "i8"), ("graced", "i8"),
)  # fmt: skip

_DETECTION, _DECISION, _LAW, _EXPOSED = 0, 1, 2, 3


@step
def spell_months(
    s: Any, par: Any, policy: Any, y: Any, latency: Ints, bad: int, exposed: bool, suspended: bool
) -> None:  # fmt: skip
    """Carry both kinds of spells through this month. exposed, suspended : of rows, after step 5."""
    alarmed = False
    if s.review:
        for k in range(s.y.size):
            alarmed = alarmed or (s.y[k] != 0 and (s.watch & bad) >> k & 1 != 0)
    decided = s.exit != 0 or s.snapback == 1
    _violation(s, par, y, latency, exposed, alarmed, decided)
    war = policy.exit_rung <= s.R
    begins = war and not y.was_war and s.held > 0
    y.was_war = 1 if war else 0
    _step(s, y, latency, 1, begins, war and suspended, s.seen >= policy.exit_rung, s.exit != 0)


@step
def _violation(s: Any, par: Any, y: Any, latency: Ints, exposed: bool, alarmed: bool, decided: bool) -> None:
    """A spell of violation, and whether it was missed: nothing decided in its first `grace` months."""
    was, grace = y.on[0], int(par.grace)
    begins = exposed and not was
    if begins:
        y.graced = 0
    _step(s, y, latency, 0, begins, exposed, alarmed, decided)
    in_time = y.td[0] >= 0 and y.td[0] - y.t0[0] < grace
    if (was or begins) and not y.graced and (
        (exposed and s.t - y.t0[0] + 1 == grace) or (not exposed and in_time)
    ):  # fmt: skip
        y.graced = 1
        y.spells += 1
        y.spells_missed += 0 if in_time else 1


@step
def _step(s: Any, y: Any, latency: Ints, kind: int, begins: bool, lasts: bool, alarmed: bool, decided: bool) -> None:
    if begins:
        y.on[kind], y.t0[kind], y.ta[kind], y.td[kind] = 1, s.t, -1, -1
    if not y.on[kind]:
        return
    if y.ta[kind] < 0 and y.td[kind] < 0 and alarmed:
        y.ta[kind] = s.t
    if y.td[kind] < 0 and decided:
        y.td[kind] = s.t
    if not lasts:
        y.on[kind] = 0
        _write(y, latency, kind, s.t, 1)


@kernel
def _write(y: Any, latency: Ints, kind: int, end: int, over: int) -> None:
    """Note the parts of a spell that ends in month `end`, or is cut off there."""
    t0, ta, td = y.t0[kind], y.ta[kind], y.td[kind]
    if ta >= 0:
        latency[kind, _DETECTION, 1, ta - t0 + 1] += 1
        latency[kind, _DECISION, 1 if td >= 0 else 0, (td if td >= 0 else end) - ta] += 1
    else:
        latency[kind, _DETECTION, 0, (td if td >= 0 else end) - t0] += 1
    if td >= 0:
        latency[kind, _LAW, over, end - td] += 1
    latency[kind, _EXPOSED, over, end - t0] += 1


@step
def close_spells(y: Any, latency: Ints, months: int) -> None:
    """At the horizon, spells that last are censored."""
    for kind in range(2):
        if y.on[kind]:
            _write(y, latency, kind, months, 0)
            y.on[kind] = 0
