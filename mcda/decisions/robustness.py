"""What can be said of policies without one utility: how often all thresholds hold, and who is beaten in everything.

Neither weighs outcomes against each other: satisficing asks each for a least or a most (Simon's word; as a measure of
robustness: Lempert, Popper & Bankes 2003, and the "domain criterion" of Starr 1963), domination for at least as good
everywhere and better somewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from mcda.decisions.worlds import Estimate, share, table_of
from mcda.errors import UsageError, did_you_mean

__all__ = ["DIRECTIONS", "Direction", "Threshold", "dominates", "satisficing", "undominated"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: Whether more of an outcome is better, or less.
Direction = Literal["more", "less"]
DIRECTIONS: tuple[str, ...] = get_args(Direction)


@dataclass(frozen=True)
class Threshold:
    """The least and the most that an outcome may be, both allowed themselves; at least one is given."""

    least: float | None = None
    most: float | None = None

    def __post_init__(self) -> None:
        low, high = self.bounds
        if (self.least is None and self.most is None) or not low <= high:
            raise UsageError(f"a threshold is a least, a most, or both in this order (got {self.least}, {self.most})")

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the most, infinite where there is none."""
        return -np.inf if self.least is None else self.least, np.inf if self.most is None else self.most

    def holds(self, outcome: npt.ArrayLike) -> Bools:
        """Return where an outcome keeps to it."""
        low, high = self.bounds
        x = np.asarray(outcome, dtype=np.float64)
        return np.asarray((x >= low) & (x <= high))


def satisficing(
    outcomes: Mapping[str, npt.ArrayLike],
    thresholds: Mapping[str, Threshold],
    *,
    weights: npt.ArrayLike | None = None,
) -> Estimate:
    """Return the share of worlds in which all thresholds hold at once, and its standard error, each (policy,).

    Parameters
    ----------
    outcomes : mapping of name to (policy, world)
        Tables of one shape, finite.
    thresholds : mapping of name to Threshold
        At least one; outcomes without one are not looked at.
    weights : (world,)
        0 or more, of any sum; equal if left out.

    Errors: :class:`UsageError` for a threshold on an outcome that is not there, none at all, or tables that do not fit.
    """
    if not thresholds:
        raise UsageError("without thresholds there is nothing to hold")
    for name in thresholds:
        if name not in outcomes:
            raise UsageError(
                f"a threshold names the outcome '{name}', which is not there{did_you_mean(name, outcomes)}"
            )
    tables = {name: table_of(outcomes[name]) for name in thresholds}
    if len({table.shape for table in tables.values()}) > 1:
        raise UsageError(f"outcomes are tables of one shape (got {[table.shape for table in tables.values()]})")
    kept = [threshold.holds(tables[name]) for name, threshold in thresholds.items()]
    return share(np.logical_and.reduce(kept), weights)


def dominates(
    outcomes: npt.ArrayLike, directions: Sequence[Direction], *, tolerance: npt.ArrayLike = 0.0
) -> Bools:  # fmt: skip
    """Return whether the row's policy dominates the column's, (policy, policy).

    One policy dominates another if in no outcome it is worse by more than the tolerance, and in some outcome better by
    more than it.

    Parameters
    ----------
    outcomes : (policy, outcome)
        Finite. An outcome is whatever policies are compared in: a mean over worlds, or each world by itself.
    directions : (outcome,) of 'more' or 'less'
        Which is better.
    tolerance : float or (outcome,)
        Differences up to it count as equal, in the outcome's own units; 0 or more.

    Errors: :class:`UsageError` for shapes that do not fit, an unknown direction, or a tolerance below 0.
    """
    x = table_of(outcomes)
    if len(directions) != x.shape[1] or any(d not in DIRECTIONS for d in directions):
        raise UsageError(f"each of the {x.shape[1]} outcomes has a direction, 'more' or 'less' (got {directions})")
    within = np.asarray(tolerance, dtype=np.float64)
    if within.shape not in ((), (x.shape[1],)) or not (within >= 0).all():
        raise UsageError(f"a tolerance is 0 or more, one for all outcomes or one for each (got {within.tolist()})")
    good = np.where(np.array(directions) == "more", x, -x)
    ahead = good[:, None, :] - good[None, :, :]
    return np.asarray((ahead >= -within).all(axis=2) & (ahead > within).any(axis=2))


def undominated(
    outcomes: npt.ArrayLike, directions: Sequence[Direction], *, tolerance: npt.ArrayLike = 0.0
) -> Bools:  # fmt: skip
    """Return which policies no other dominates, (policy,): whatever the weights, nobody need choose another.

    Parameters are those of :func:`dominates`. With tolerance 0 there is always one, and twins stay in together. With a
    tolerance domination need not be transitive (many differences that each count as equal can add up), so keep it at
    the size of rounding or of standard errors; in the extreme three policies dominate each other in a circle, and none
    is left.
    """
    return np.asarray(~dominates(outcomes, directions, tolerance=tolerance).any(axis=0))
