"""Closed indices on a full table, and what they imply, each by its defining formula: sums over axes, loops over orders.

Generic: it knows neither tiers nor scores. Float arrays or object arrays of Fractions; axis k is factor k, subsets are
bitmasks with bit 0 the first factor.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def marginals(joint: Array) -> Iterator[tuple[int, Array]]:
    """(subset, marginal over the subset with the other axes kept at length 1), each subset once."""

    def visit(array: Array, subset: int, lowest: int) -> Iterator[tuple[int, Array]]:
        yield subset, array
        for axis in range(lowest, array.ndim):
            yield from visit(array.sum(axis=axis, keepdims=True), subset & ~(1 << axis), axis + 1)

    yield from visit(joint, 2**joint.ndim - 1, 0)


def closed_variances(values: Array, joint: Array) -> Array:
    """Var(E[y | X_J]) for all 2**d subsets of y = values(X) under the joint law; Fractions if both arrays hold them."""
    mean = (joint * values).sum()
    deviation = joint * (values - mean)
    mass = dict(marginals(joint))
    closed = np.zeros(2**joint.ndim, dtype=deviation.dtype)
    for subset, part in marginals(deviation):
        positive = mass[subset] != 0
        closed[subset] = (part[positive] ** 2 / mass[subset][positive]).sum()
    return closed


def shapley(closed: Sequence[Any]) -> list[Any]:
    """Mean over all d! orders of what each factor adds when it joins (Owen 2014); exact for Fractions."""
    d = len(closed).bit_length() - 1
    added: list[Any] = [0 * closed[0]] * d
    for order in itertools.permutations(range(d)):
        subset = 0
        for k in order:
            added[k] = added[k] + (closed[subset | 1 << k] - closed[subset])
            subset |= 1 << k
    return [value / math.factorial(d) for value in added]


def first(closed: Sequence[Any]) -> list[Any]:
    """Closed index of each factor alone."""
    return [closed[1 << k] for k in range(len(closed).bit_length() - 1)]


def total(closed: Sequence[Any]) -> list[Any]:
    """1 - closed index of all the others: E Var(y | the others) / Var(y)."""
    return [1 - closed[(len(closed) - 1) & ~(1 << k)] for k in range(len(closed).bit_length() - 1)]


def moebius(closed: Sequence[Any]) -> list[Any]:
    """Interaction term of every subset: sum over S in J of (-1)^(|J| - |S|) closed(S). For independent factors."""
    return [
        sum((-1) ** (j.bit_count() - s.bit_count()) * closed[s] for s in range(len(closed)) if s & ~j == 0)
        for j in range(len(closed))
    ]
