"""Whole histories of paths: every symbol of the state and of the rows, month by month."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mcda.compiled import kernel
from mcda.draws import checked_draws, key
from mcda.roadmap.accrue import age
from mcda.roadmap.model import Policy, Scenario, World
from mcda.roadmap.path import next_month, start_path
from mcda.roadmap.plan import ROW, inputs, plan
from mcda.roadmap.shadow import TIER
from mcda.roadmap.symbols import STATE

__all__ = ["History", "histories"]

Floats = npt.NDArray[np.float64]


@kernel
def _record(
    room: Any, given: Any, scores: Any, paths: Any, months: int, k0: int, k1: int, states: Any, rows: Any,
    tiers: Any,
) -> None:  # fmt: skip
    """Write the months of paths: states (path, month, word), rows (path, month, row)."""
    for i in range(paths.size):
        start_path(room, given, scores, i, paths[i], k0, k1)
        for t in range(months):
            next_month(room, t)
            states[i, t, :] = room[7]
            for m in range(room[8].size):
                rows[i, t, m] = room[8][m]
            tiers[i, t] = room[9][1][TIER]
            age(room[11][0], room[8])


class History(NamedTuple):
    """Paths kept whole: `state` (path, month) of STATE, `rows` (path, month, row) of ROW, `tiers` their shadow
    tiers; `names` of the rows.
    """

    names: tuple[str, ...]
    state: Any
    rows: Any
    tiers: Any


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
    tiers, (k0, k1) = np.zeros(rows.shape, np.int32), key(seed)
    _record(p.room, given.arrays, np.asarray(scores, dtype=np.float64), at.astype(np.int64), p.months, int(k0), int(k1),
            states, rows, tiers)  # fmt: skip
    return History(tuple(sorted(row.name for row in world.rows)), states.view(STATE)[..., 0], rows, tiers)
