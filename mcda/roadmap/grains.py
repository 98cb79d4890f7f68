"""Grains of paths: what is simulated at a time, so that sums do not depend on blocks or on workers.

A grain is 256 consecutive paths, counted from path 0. Sums of integers know no order; sums of floats are made inside a
grain in order of paths, and over grains in order of grains, always.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mcda.compiled import kernel
from mcda.draws import key
from mcda.roadmap.accrue import PATH, Tally, accrue, finish, tally
from mcda.roadmap.model import Policy, Scenario, World
from mcda.roadmap.path import next_month, start_path
from mcda.roadmap.plan import Inputs, plan

__all__ = ["GRAIN", "Grain", "Simulation", "simulation"]

Floats = npt.NDArray[np.float64]
GRAIN = 256


class Grain(NamedTuple):
    """What a grain of paths came to: `paths` (path,) of PATH, and sums over its paths."""

    paths: Any
    sums: Tally


@kernel
def _simulate(
    room: Any, given: Any, scores: Any, first: int, months: int, k0: int, k1: int, found: Any, sums: Any
) -> None:
    """Simulate paths first, first + 1, ... into their records and the sums over them."""
    w, s, par, policy, groups, lanes = (
        room.fixed[0], room.state[0], room.par[0], room.policy[0], room.groups, room.lanes,
    )  # fmt: skip
    for i in range(found.size):
        start_path(room, given, scores, i, first + i, k0, k1)
        y = found[i]
        for t in range(months):
            next_month(room, t)
            accrue(s, par, w, room.rows, groups, lanes, policy, y, sums)
        finish(s, w, groups, lanes, y, sums)


class Simulation:
    """A world, a policy and a scenario, ready to simulate grains of paths; make one with :func:`simulation`.

    One object belongs to one thread: it holds the room in which a path is worked out.
    """

    def __init__(self, world: World, policy: Policy, scenario: Scenario, **more: Any) -> None:
        self.world, self.policy, self.scenario = world, policy, scenario
        self.plan = plan(world, scenario, policy, **more)

    @property
    def months(self) -> int:
        """The horizon."""
        return self.plan.months

    def grain(self, first: int, n: int, *, seed: int, given: Inputs, scores: Floats) -> Grain:
        """Simulate paths first, ..., first + n - 1.

        given : their parameters (:func:`mcda.roadmap.plan.inputs`); scores : (path or 1, row, criterion), points
        """
        found, T = np.zeros(n, PATH), self.months
        sums = tally(T, self.plan.rows.size, len(self.policy.stages), len(self.world.rule.tiers))
        k0, k1 = key(seed)
        _simulate(self.plan.room, given.arrays, scores, first, T, int(k0), int(k1), found, sums)
        np.cumsum(sums.status, axis=0, out=sums.status)  # from changes to counts
        return Grain(found, sums)


def simulation(
    world: World, policy: Policy, scenario: Scenario, *, c7_mean: Any = None, acting: bool = True
) -> Simulation:
    """Return a simulation.

    c7_mean : row -> mean of its belief's c7, for the weights of lost value; equal if not given
    acting : whether the policy exits and snaps back

    Errors: :class:`~mcda.errors.UsageError` for what does not go together.
    """
    return Simulation(world, policy, scenario, c7_mean=c7_mean, acting=acting)
