"""What is kept of many paths: sums, squares, counts of times. All of it adds, grain by grain, always in one order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mcda.roadmap.accrue import Tally
from mcda.roadmap.grains import Grain
from mcda.roadmap.outcomes import MEANS, RATIOS

__all__ = ["Pairs", "PolicySums"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
#: Grains are dealt out to so many groups, from which errors are had where one path has many of what is counted.
GROUPS = 64


@dataclass
class PolicySums:
    """Sums over the paths of one policy.

    n : paths; months : :class:`~mcda.roadmap.accrue.Tally` over all of them
    means : (outcome, 2) sums and sums of squares
    ratios : (outcome, 5) sums of over, under, over^2, over times under, under^2
    first : (cause, time) first exit, snapback or settlement; stages : (stage, cause, time) opened, or exit before
    exits, lapses : (time,); times 1 ... T, what has not come is in none
    latency : (group, spell, part, observed, months) counts by group of grains; sizes : (group,) their paths
    """

    n: int
    months: Tally
    means: Floats
    ratios: Floats
    first: Ints
    stages: Ints
    exits: Ints
    lapses: Ints
    latency: Ints
    sizes: Ints
    grains: int = 0

    @classmethod
    def like(cls, grain: Grain) -> PolicySums:
        """Return empty sums for grains of this kind."""
        empty: list[Any] = [np.zeros_like(part) for part in grain.sums]
        times = grain.sums.stage.shape[0] + 1
        stages = grain.sums.stage.shape[1] - 2

        def none(*shape: int) -> Ints:
            return np.zeros(shape, np.int64)

        return cls(
            0, Tally(*empty), np.zeros((len(MEANS), 2)), np.zeros((len(RATIOS), 5)), none(3, times),
            none(stages, 2, times), none(times), none(times), none(GROUPS, *grain.sums.latency.shape), none(GROUPS),
        )  # fmt: skip

    def add(self, grain: Grain, outcomes: Mapping[str, Floats]) -> None:
        """Add one grain, and its paths' outcomes that are means."""
        y = grain.paths
        self.n += y.size
        sums: Any = zip(self.months, grain.sums, strict=True)
        for total, part in sums:
            total += part
        for i, name in enumerate(MEANS):
            x = outcomes[name]
            self.means[i] += x.sum(), (x * x).sum()
        for i, ratio in enumerate(RATIOS.values()):
            a, b = y[ratio.over], y[ratio.under]
            self.ratios[i] += a.sum(), b.sum(), (a * a).sum(), (a * b).sum(), (b * b).sum()
        self._add_times(y)
        self.latency[self.grains % GROUPS] += grain.sums.latency
        self.sizes[self.grains % GROUPS] += y.size
        self.grains += 1

    def _add_times(self, y: Any) -> None:
        times = self.exits.size
        for cause in range(3):
            self.first[cause] += np.bincount(y["first"][y["first_code"] == cause + 1], minlength=times)
        for i, stage in enumerate(self.stages):
            opened, out = y["stage_time"][:, i], y["exit_time"]
            won = (opened > 0) & ((out == 0) | (opened <= out))
            stage[0] += np.bincount(opened[won], minlength=times)
            stage[1] += np.bincount(out[~won & (out > 0)], minlength=times)
        self.exits += np.bincount(y["exit_time"][y["exit_time"] > 0], minlength=times)
        self.lapses += np.bincount(y["lapse_time"][y["lapse_time"] > 0], minlength=times)


class Pairs:
    """Utilities of policies on the same paths: sums, products of pairs, and how often one is below another.

    total : (utility, policy); product : (utility, policy, policy)
    below : (utility, policy, policy) paths on which the first has less; shortfall : ... (second - first)+, and squares
    """

    def __init__(self, policies: tuple[str, ...], utilities: tuple[str, ...]) -> None:
        self.policies, self.utilities = policies, utilities
        shape = (len(utilities), len(policies), len(policies))
        self.n, self.total, self.product = 0, np.zeros(shape[:2]), np.zeros(shape)
        self.below, self.shortfall = np.zeros(shape, np.int64), np.zeros((*shape, 2))

    def add(self, values: Mapping[str, Floats]) -> None:
        """Add a grain's utilities, (policy, path) each."""
        for i, name in enumerate(self.utilities):
            u = values[name]
            self.n += u.shape[1] if i == 0 else 0
            self.total[i] += u.sum(axis=1)
            self.product[i] += u @ u.T
            lost = np.maximum(u[None] - u[:, None], 0.0)
            self.below[i] += (lost > 1e-12).sum(axis=2)
            self.shortfall[i, ..., 0] += lost.sum(axis=2)
            self.shortfall[i, ..., 1] += (lost * lost).sum(axis=2)
