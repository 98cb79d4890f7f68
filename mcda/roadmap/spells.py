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

from mcda.compiled import kernel, step

__all__ = ["KINDS", "PARTS", "SPELLS", "close_spells", "spell_months"]

Ints = npt.NDArray[np.int64]
KINDS, PARTS = ("violation", "war"), ("detection", "decision", "law", "exposed")
#: Where a path is within a spell of either kind; a month of -1 has not come. `graced`: counted already.
SPELLS = (
    ("on", "i8", (2,)), ("t0", "i8", (2,)), ("ta", "i8", (2,)), ("td", "i8", (2,)), ("was_war", "i8"),
    ("graced", "i8"), ("grace", "i8"),
)  # fmt: skip

_DETECTION, _DECISION, _LAW, _EXPOSED = 0, 1, 2, 3


@step
def spell_months(
    s: Any, par: Any, policy: Any, y: Any, latency: Ints, bad: int, exposed: bool, suspended: bool,
    still: bool,
) -> None:  # fmt: skip
    """Carry both kinds of spells through this month.

    exposed, suspended : of rows, after step 5; still : whether a row that was exposed last month is suspended still, so
    that conduct and no law has ended a spell that is over
    """
    alarmed = False
    if s.review:
        for k in range(s.y.size):
            alarmed = alarmed or (s.y[k] != 0 and (s.watch & bad) >> k & 1 != 0)
    decided, held_on = s.exit != 0 or s.snapback == 1, s.asks & bad != 0
    if y.on[0] and not held_on:
        _end_violation(s, y, latency, still)
    _violation(s, par, y, latency, exposed, alarmed, decided, still)
    war = policy.exit_rung <= s.R
    begins = war and not y.was_war and s.held > 0
    y.was_war = 1 if war else 0
    _step(s, y, 1, begins, s.seen >= policy.exit_rung, s.exit != 0)
    if y.on[1] and not (war and suspended):
        y.on[1] = 0
        _write(y, latency, 1, s.t, 1, 0 if suspended else 1)


@step
def _end_violation(s: Any, y: Any, latency: Ints, still: bool) -> None:
    """A spell that is over before step 5: rows came back, or conduct ended it."""
    y.on[0] = 0
    _write(y, latency, 0, s.t, 1, 0 if still else 1)
    _grace(y, 0 <= y.td[0] < y.t0[0] + y.grace)


@step
def _violation(
    s: Any, par: Any, y: Any, latency: Ints, exposed: bool, alarmed: bool, decided: bool, still: bool
) -> None:  # fmt: skip
    """A month of a spell of violation, and whether it is missed: nothing decided in its first `grace` months."""
    begins = exposed and not y.on[0]
    if begins:
        y.graced, y.grace = 0, int(par.grace)
    _step(s, y, 0, begins, alarmed, decided)
    if not y.on[0]:
        return
    in_time = 0 <= y.td[0] < y.t0[0] + y.grace
    if exposed:
        if s.t - y.t0[0] + 1 == y.grace:
            y.graced = 1
            y.spells += 1
            y.spells_missed += 0 if in_time else 1
    else:
        y.on[0] = 0
        _write(y, latency, 0, s.t, 1, 0 if still else 1)
        _grace(y, in_time)


@step
def _grace(y: Any, in_time: bool) -> None:
    """A spell that ended before its grace counts if a decision ended it."""
    if in_time and not y.graced:
        y.graced = 1
        y.spells += 1


@step
def _step(s: Any, y: Any, kind: int, begins: bool, alarmed: bool, decided: bool) -> None:
    """Note the first alarm and the first decision of a spell."""
    if begins:
        y.on[kind], y.t0[kind], y.ta[kind], y.td[kind] = 1, s.t, -1, -1
    if not y.on[kind]:
        return
    if y.ta[kind] < 0 and y.td[kind] < 0 and alarmed:
        y.ta[kind] = s.t
    if y.td[kind] < 0 and decided:
        y.td[kind] = s.t


@kernel
def _write(y: Any, latency: Ints, kind: int, end: int, over: int, in_force: int) -> None:
    """Note the parts of a spell that ends in month `end` (or is cut off there); `in_force`: what was decided is."""
    t0, ta, td = y.t0[kind], y.ta[kind], y.td[kind]
    if ta >= 0:
        latency[kind, _DETECTION, 1, ta - t0 + 1] += 1
        latency[kind, _DECISION, 1 if td >= 0 else 0, (td if td >= 0 else end) - ta] += 1
    else:
        latency[kind, _DETECTION, 0, td - t0 + 1 if td >= 0 else end - t0] += 1
    if td >= 0:
        latency[kind, _LAW, in_force, end - td] += 1
    latency[kind, _EXPOSED, over, end - t0] += 1


@step
def close_spells(y: Any, latency: Ints, months: int) -> None:
    """At the horizon, spells that last are censored."""
    for kind in range(2):
        if y.on[kind]:
            _write(y, latency, kind, months, 0, 0)
            y.on[kind] = 0
