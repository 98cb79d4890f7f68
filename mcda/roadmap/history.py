"""Whole histories of paths: every symbol of the state and of the rows, month by month."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mcda.compiled import kernel, step
from mcda.draws import checked_draws, key
from mcda.roadmap.accrue import age
from mcda.roadmap.model import Policy, Scenario, World
from mcda.roadmap.path import copy, next_month, start_path
from mcda.roadmap.plan import ROW, inputs, plan
from mcda.roadmap.shadow import GROUP, PLAIN, TIER
from mcda.roadmap.symbols import STATE

__all__ = ["History", "histories"]

Floats = npt.NDArray[np.float64]


@step
def _write_row(row: Any, group: Any, into: Any) -> None:
    """A row is what it always is, and as its group is now."""
    into.tier, into.sector, into.of_2022, into.base = row.tier, row.sector, row.of_2022, row.base
    into.needs, into.tracks, into.reference, into.stage = row.needs, row.tracks, row.reference, row.stage
    into.number, into.a, into.w = row.number, row.a, row.w
    into.status, into.due, into.age, into.mon = group.status, group.due, group.age, group.mon
    into.barred, into.cause, into.e = group.barred, group.cause, group.e
    into.restored, into.reached = group.restored, group.reached


@kernel
def _record(
    room: Any, given: Any, scores: Any, paths: Any, months: int, k0: int, k1: int, states: Any, rows: Any,
    tiers: Any, plain: Any,
) -> None:  # fmt: skip
    """Write the months of paths: states (path, month, word), rows (path, month, row)."""
    wholes = room.lanes[1]
    for i in range(paths.size):
        start_path(room, given, scores, i, paths[i], k0, k1)
        copy(wholes[PLAIN], plain[i])
        for t in range(months):
            next_month(room, t)
            copy(room.words, states[i, t])
            for m in range(room.rows.size):
                _write_row(room.rows[m], room.groups[wholes[GROUP, m]], rows[i, t, m])
            copy(wholes[TIER], tiers[i, t])
            age(room.state[0], room.par[0], room.groups)


class History(NamedTuple):
    """Paths kept whole, every symbol of every month.

    names : of the rows; state : (path, month) of STATE; rows : (path, month, row) of ROW
    tiers : (path, month, row) shadow tiers; plain : (path, row) tiers of the unshocked scores
    """

    names: tuple[str, ...]
    state: Any
    rows: Any
    tiers: Any
    plain: Any


def histories(
    world: World,
    policy: Policy,
    scenario: Scenario,
    *,
    seed: int,
    paths: npt.ArrayLike,
    scores: Floats,
    outer: int | None = None,
    acting: bool = True,
) -> History:
    """Return whole paths, every symbol of every month after step 5.

    Parameters
    ----------
    seed : 0 to 2^64 - 1
    paths : (path,) numbers of paths
    scores : (path or 1, row, criterion), points; rows in order of name
    outer : number of the outer sample of assumptions; None leaves ranges at their defaults
    acting : whether the policy exits and snaps back

    Errors: :class:`~mcda.errors.UsageError` for what does not go together.
    """
    at = checked_draws(paths)
    given = inputs(world, scenario, seed=seed, paths=at, outer=outer)
    p = plan(world, scenario, policy, acting=acting, needs_relief=True)
    states = np.zeros((at.size, p.months, STATE.itemsize // 8), np.int64)
    rows = np.zeros((at.size, p.months, p.rows.size), ROW)
    tiers, plain = np.zeros(rows.shape, np.int32), np.zeros((at.size, p.rows.size), np.int32)
    k0, k1 = key(seed)
    _record(p.room, given.arrays, np.asarray(scores, dtype=np.float64), at.astype(np.int64), p.months, int(k0), int(k1),
            states, rows, tiers, plain)  # fmt: skip
    return History(tuple(sorted(row.name for row in world.rows)), states.view(STATE)[..., 0], rows, tiers, plain)
