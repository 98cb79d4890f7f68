"""How much worse than the best is a policy, in a world and over worlds; maximin; and a policy against the status quo.

Everything is read off a plain table of utilities, policy x world, where more is better (`mcda.decisions.utility` makes
one). Worlds are compared one by one: on common randomness the same world is the same luck under every policy, so that
what a policy cannot change drops out. Regret is Savage's (1951, J. Am. Stat. Assoc. 46, 55-67): ``best of the column -
cell``; it depends on which policies stand in the table, so leaving one out can turn the order of the others around.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mcda.decisions.worlds import Estimate, mean, percentile, share, table_of
from mcda.errors import UsageError

__all__ = [
    "Choice", "Regrets", "StatusQuo", "against_status_quo", "maximin", "minimax_regret", "regret", "regrets",
]  # fmt: skip

Floats = npt.NDArray[np.float64]

#: The percentile of regret that is reported.
PERCENTILE = 90.0


@dataclass(frozen=True, eq=False)
class Choice:
    """What a rule of choice says.

    value : (policy,), what the rule looks at
    best : the policies that it chooses, by place in the table, in order: one, or all that are equally good
    """

    value: Floats
    best: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Regrets:
    """Regret over worlds, each (policy,), in units of utility.

    worst : the largest of any world, whatever its weight
    mean, mean_se : over worlds; the error is that of a sample of worlds
    percentile : the 90th, linear
    """

    worst: Floats
    mean: Floats
    mean_se: Floats
    percentile: Floats


@dataclass(frozen=True, eq=False)
class StatusQuo:
    """A policy against the status quo P0, each (policy,); 0 for P0 itself.

    shortfall, shortfall_se : E (U_P0 - U)+, what is lost on average by having acted, in units of utility
    worse, worse_se : P(U < U_P0)
    """

    shortfall: Floats
    shortfall_se: Floats
    worse: Floats
    worse_se: Floats


def regret(table: npt.ArrayLike) -> Floats:
    """Return the best of each world's column minus the cell, (policy, world), 0 or more.

    Parameters
    ----------
    table : (policy, world)
        Utilities, finite.

    Errors: :class:`UsageError` for another shape or cells that are not finite.
    """
    utility = table_of(table)
    return np.asarray(utility.max(axis=0) - utility)


def regrets(table: npt.ArrayLike, *, weights: npt.ArrayLike | None = None) -> Regrets:
    """Return the worst, mean and 90th percentile of regret over worlds.

    Parameters
    ----------
    table : (policy, world)
        Utilities, finite.
    weights : (world,)
        0 or more, of any sum; equal if left out. The worst does not look at them.
    """
    lost = regret(table)
    middle = mean(lost, weights)
    return Regrets(lost.max(axis=1), middle.value, middle.error, percentile(lost, PERCENTILE, weights))


def minimax_regret(table: npt.ArrayLike, *, tolerance: float = 0.0) -> Choice:
    """Return each policy's largest regret over worlds, and the policies where that is smallest.

    Parameters
    ----------
    table : (policy, world)
        Utilities, finite.
    tolerance : float
        Differences up to it count as equal, in units of utility.
    """
    return _smallest(regret(table).max(axis=1), tolerance)


def maximin(table: npt.ArrayLike, *, tolerance: float = 0.0) -> Choice:
    """Return each policy's utility in its worst world, and the policies where that is largest (Wald 1950).

    Parameters
    ----------
    table : (policy, world)
        Utilities, finite.
    tolerance : float
        Differences up to it count as equal, in units of utility.
    """
    worst = table_of(table).min(axis=1)
    return Choice(worst, _smallest(-worst, tolerance).best)


def _smallest(value: Floats, tolerance: float) -> Choice:
    return Choice(value, tuple(np.flatnonzero(value <= value.min() + tolerance).tolist()))


def against_status_quo(
    table: npt.ArrayLike, status_quo: int, *, weights: npt.ArrayLike | None = None, tolerance: float = 0.0
) -> StatusQuo:
    """Return how much, and how often, a policy does worse than the status quo in the same world.

    Parameters
    ----------
    table : (policy, world)
        Utilities, finite, of all policies on the same randomness.
    status_quo : int
        Place of P0 in the table.
    weights : (world,)
        0 or more, of any sum; equal if left out.
    tolerance : float
        How much less than P0 is not yet worse (in `worse` alone), in units of utility.

    Errors: :class:`UsageError` for a table as in :func:`regret`, or a place that it does not have.
    """
    utility = table_of(table)
    if not 0 <= status_quo < len(utility):
        raise UsageError(f"the status quo is one of the table's {len(utility)} policies, 0 to {len(utility) - 1}")
    behind = utility[status_quo] - utility
    short: Estimate = mean(np.maximum(behind, 0.0), weights)
    worse = share(behind > tolerance, weights)
    return StatusQuo(*short, *worse)
