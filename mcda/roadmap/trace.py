"""A path as a log that people can read: month by month what happened, what was seen, what was decided, what moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from mcda.roadmap.history import History, histories
from mcda.roadmap.model import Policy, Scenario, World
from mcda.roadmap.symbols import CAUSES, EVENTS, STATUSES, TRACKS, WARS

__all__ = ["told", "trace"]

RUNG = (
    "no use beyond material support", "enabling infrastructure", "a contingent on training grounds", "launches",
    "rear base of an offensive", "going further",
)  # fmt: skip
_CLEAN = {"A": "in force", "S": "suspended", "PR": "restore pending", "L": "lapsed"}


def trace(
    world: World,
    policy: Policy,
    scenario: Scenario,
    *,
    seed: int,
    path: int,
    scores: npt.NDArray[np.float64],
    outer: int | None = None,
) -> list[str]:
    """Return the log of one path, a line for each thing that happened, ``"t=12  EXIT ..."``.

    Parameters
    ----------
    seed, path : what the path is a function of
    scores : (row, criterion), points; rows in order of name
    outer : number of the outer sample of assumptions; None leaves ranges at their defaults

    Errors: :class:`~mcda.errors.UsageError` for what does not go together.
    """
    found = histories(world, policy, scenario, seed=seed, paths=[path], scores=scores[None], outer=outer)
    return told(found, 0)


def told(history: History, i: int) -> list[str]:
    """Return the log of path i of a history."""
    lines: list[str] = []
    before: Any = None
    for t in range(history.state.shape[1]):
        lines += [f"t={t:<3d} {line}" for line in _month(history, i, t, before)]
        before = t
    return lines


def _month(history: History, i: int, t: int, before: int | None) -> Iterator[str]:
    s = history.state[i, t]
    old = None if before is None else history.state[i, before]
    yield from _world(s, old)
    yield from _conduct(s, old)
    yield from _decisions(s)
    yield from _moves(history, i, t, before)


def _world(s: Any, old: Any) -> Iterator[str]:
    """The ladder, the war, events."""
    if (old is None and s["R"]) or (old is not None and s["R"] != old["R"]):
        seen = "" if s["seen"] == s["R"] else f", seen as {s['seen']}"
        yield f"LADDER    rung {s['R']}: {RUNG[s['R']]}{seen}"
    if old is not None and s["W"] != old["W"]:
        yield f"WAR       {WARS[s['W']]}"
    fired = [e for j, e in enumerate(EVENTS) if s["fired"][j]]
    if fired:
        yield f"EVENT     {', '.join(fired)}"


def _conduct(s: Any, old: Any) -> Iterator[str]:
    """How tracks stand at first, which slip or are repaired, and people."""
    if old is None:
        kept = [k for j, k in enumerate(TRACKS) if s["C"][j]]
        yield f"CONDUCT   kept: {', '.join(kept) or 'nothing'}"
    for j, k in enumerate(TRACKS):
        if old is not None and s["C"][j] != old["C"][j]:
            yield f"CONDUCT   {k} is {'kept' if s['C'][j] else 'violated'}"
    if s["wave"]:
        yield f"STOCK     {s['wave']} freed at once; {s['N']} political prisoners, {s['list']} of the list"
    if s["review"]:
        alarms = [k for j, k in enumerate(TRACKS[:6]) if s["y"][j]]
        if alarms:
            yield f"REVIEW    alarm on {', '.join(alarms)}"


def _decisions(s: Any) -> Iterator[str]:
    if s["reentry"]:
        yield "REENTRY   the process is open again"
    if s["exit"]:
        yield f"EXIT      rung {s['seen']} seen"
    if s["snapback"]:
        tracks = [k for j, k in enumerate(TRACKS) if s["triggers"] >> j & 1]
        why = [*tracks, *(["rise of the stock"] if s["by_rise"] else []), *(["stall"] if s["by_stall"] else [])]
        yield f"SNAPBACK  {'vetoed, ' if s['snapback'] == 2 else ''}because of {', '.join(why)}"
    if s["settled"]:
        yield "SETTLED   free drop"
    if s["base"]:
        yield "BASE      a legal base is not renewed"
    if s["renew"]:
        yield f"RENEW     {'no unanimity' if s['renew'] == 2 else 'renewed'}"
    if s["advance"]:
        yield f"ADVANCE   {'vetoed' if s['advance'] == 2 else 'stage ' + str(s['s'])}"
    for mark in ("reopen", "outer", "readopt"):
        if s[mark] == 1:
            yield f"{mark.upper():9s} granted"


def _moves(history: History, i: int, t: int, before: int | None) -> Iterator[str]:
    """Rows whose status changed, together by what it changed to; tiers that moved."""
    rows = history.rows[i, t]
    status = rows["status"]
    old = np.zeros_like(status) if before is None else history.rows[i, before]["status"]
    for to, word in enumerate(STATUSES):
        names = [history.names[m] for m in np.flatnonzero((status == to) & (old != to))]
        if names:
            causes = sorted({CAUSES[rows["cause"][m]] for m in np.flatnonzero((status == to) & (old != to))} - {""})
            why = f" ({', '.join(causes)})" if causes and word == "L" else ""
            yield f"STATUS    {_CLEAN[word]}{why}: {_listed(names)}"
    if before is not None:
        tiers, was = history.tiers[i, t], history.tiers[i, before]
        changed = np.flatnonzero(tiers != was)
        if changed.size:
            moves = [f"{history.names[m]} {was[m]} to {tiers[m]}" for m in changed]
            yield f"SHADOW    {changed.size} tiers moved: {_listed(moves)}"


def _listed(names: Sequence[str], most: int = 6) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
