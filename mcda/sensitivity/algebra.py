"""The algebra of closed indices: from ``Var(E[y | X_J]) / Var(y)`` for all subsets J to every index there is.

A *closed table* has a last axis of length 2^d: entry J is the closed index of the subset whose bitmask is J (bit 0 the
first factor), so entry 0 is 0 and the last one is 1. NaN (an output without variance) stays NaN. Nothing here knows
of tiers, rules or beliefs.

Sources: Sobol' (1993) for closed and total indices; Owen (2014, "Sobol' indices and Shapley value", eq. 6-8) for the
Shapley effect; Liu & Owen (2006) for mean dimension.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from mcda.errors import Declined

__all__ = ["first_order", "group", "interactions", "mean_dimension", "shapley", "total_order"]

Floats = npt.NDArray[np.float64]


def _factors(closed: Floats) -> int:
    """Number of factors of a closed table; :class:`ValueError` if its length is no power of two."""
    n = int(closed.shape[-1])
    if n < 1 or n & (n - 1):
        raise ValueError(f"the last axis of a closed table has 2^d entries, got {n}")
    return n.bit_length() - 1


def first_order(closed: Floats) -> Floats:
    """Return the closed index of each single factor, (..., d). First order if factors are independent."""
    return closed[..., [1 << k for k in range(_factors(closed))]]


def total_order(closed: Floats) -> Floats:
    """Return 1 - (closed index of all other factors), (..., d): ``E[Var(y | X_-k)] / Var(y)``."""
    n = closed.shape[-1]
    return 1.0 - closed[..., [n - 1 - (1 << k) for k in range(_factors(closed))]]


def shapley(closed: Floats) -> Floats:
    """Return the Shapley effect of each factor, (..., d): sums to 1, meaningful under any dependence.

    ``Sh_k = sum over J without k of |J|! (d - |J| - 1)! / d! (closed(J + k) - closed(J))``.
    """
    effects: Floats = closed @ _shapley_weights(_factors(closed))
    return effects


@lru_cache(maxsize=16)
def _shapley_weights(d: int) -> Floats:
    """Weight of closed(J) in the effect of factor k, (2^d, d): the gain's two terms, for J with and without k."""
    weight = [math.factorial(s) * math.factorial(d - s - 1) / math.factorial(d) for s in range(d)]
    return np.array(
        [[weight[J.bit_count() - 1] if J >> k & 1 else -weight[J.bit_count()] for k in range(d)] for J in range(1 << d)]
    )


def interactions(closed: Floats, *, dependence: str) -> Floats:
    """Return the variance share of every interaction, (..., 2^d), by Moebius inversion; they sum to 1.

    Errors: :class:`Declined` unless `dependence` is ``'independent'``: the terms of dependent factors can be negative
    and have no reading as shares of variance.
    """
    if dependence != "independent":
        raise Declined(
            f"interactions are defined for independent factors only (these are: {dependence}); "
            "use closed and total indices, or Shapley effects"
        )
    d = _factors(closed)
    terms = closed.copy()
    for k in range(d):  # axes: subsets of the later factors, factor k out or in, subsets of the earlier ones
        halves = terms.reshape(*closed.shape[:-1], 1 << (d - 1 - k), 2, 1 << k)
        halves[..., 1, :] -= halves[..., 0, :]
    return terms


def group(closed: Floats, factors: Sequence[int]) -> tuple[Floats, Floats]:
    """Return the closed and the total index of a group of factors, given by their positions."""
    mask = sum(1 << k for k in set(factors))
    return closed[..., mask], 1.0 - closed[..., closed.shape[-1] - 1 - mask]


def mean_dimension(closed: Floats, *, dependence: str) -> Floats:
    """Return ``sum_J |J| sigma2_J = sum of total indices``: 1 for an additive output. Independent factors only."""
    if dependence != "independent":
        raise Declined(f"the mean dimension is defined for independent factors only (these are: {dependence})")
    total: Floats = total_order(closed).sum(axis=-1)
    return total
