"""Exact closed moments under any dependence: full contraction of the joint law over the lattice.

Where factors depend on each other, ``E[y | X_J]`` needs the law of the other factors *given* X_J, and so the joint.
Sum axes out one after the other, each subset from a larger one; what remains at a leaf is ``P(x_J)`` and
``E[y 1(x_J)]``. All 2^d subsets touch ``(L + 1)^d`` cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from mcda.compiled import kernel, reordered
from mcda.sensitivity.moments import ClosedMoments, add_covariance, expected_entropy

__all__ = ["closed_moments_of_joint", "weigh"]

Floats = npt.NDArray[np.float64]


@reordered
def _sum_out(cells: Floats) -> Floats:
    """Sum over the middle axis: (before, level, after) to (before, after)."""
    out = np.zeros((cells.shape[0], cells.shape[2]))
    for i in range(cells.shape[0]):
        for level in range(cells.shape[1]):
            for j in range(cells.shape[2]):
                out[i, j] += cells[i, level, j]
    return out


@kernel
def _read_leaf(cells: Floats, mean: Floats, classes: int, covariance: Floats) -> float:
    """Read the covariance and the expected entropy off ``P(x_J) E[y | x_J]``, (cells, q), in cache-sized pieces."""
    n, q = cells.shape
    entropy = 0.0
    for at in range(0, n, 512):
        piece = cells[at : min(at + 512, n)]
        law, given = np.zeros(piece.shape[0]), np.zeros(piece.shape)
        for i in range(piece.shape[0]):
            for c in range(classes):
                law[i] += piece[i, c]
            if law[i] > 0.0:
                for c in range(q):
                    given[i, c] = piece[i, c] / law[i]
        add_covariance(law, given, mean, covariance)
        entropy += expected_entropy(law, given, classes)
    return entropy


def _leaves(cells: Floats, levels: tuple[int, ...], before: int, kept: tuple[int, ...]) -> Iterator[tuple[int, Floats]]:
    """Yield (subset, cells over the kept factors) for all decisions about the factors still to come.

    `cells` is flat, in C order over kept factors (`before` cells), the coming ones (`levels`) and the columns.
    """
    if not levels:
        yield sum(bit << k for k, bit in enumerate(kept)), cells
        return
    cube = cells.reshape(before, levels[0], -1)
    yield from _leaves(_sum_out(cube), levels[1:], before, (*kept, 0))
    yield from _leaves(cells, levels[1:], before * levels[0], (*kept, 1))


@kernel
def _fill(joint: Floats, classes: npt.NDArray[np.int8], values: Floats, cells: Floats) -> None:
    """One pass over all cells: the probability to its class's column, and times each value to that value's."""
    first = cells.shape[1] - values.shape[0]
    for i in range(joint.size):
        cells[i, classes[i] - 1] = joint[i]
        for c in range(values.shape[0]):
            cells[i, first + c] = joint[i] * values[c, i]


def weigh(joint: Floats, classes: npt.NDArray[np.int8], n: int, values: Sequence[Floats] = ()) -> Floats:
    """Return ``p(x) y(x)`` for the indicators of classes 1..n and for further values of each cell.

    Parameters
    ----------
    joint, classes, each of values : (L1, ..., Ld)

    Returns
    -------
    (L1, ..., Ld, n + number of values)
    """
    cells = np.zeros((joint.size, n + len(values)))
    columns = np.stack([v.reshape(-1) for v in values]) if values else np.zeros((0, joint.size))
    _fill(np.ascontiguousarray(joint).reshape(-1), classes.reshape(-1), columns.astype(np.float64), cells)
    return cells.reshape(*joint.shape, -1)


def closed_moments_of_joint(weighted: Floats, *, classes: int) -> ClosedMoments:
    """Return the moments of ``E[y | X_J]`` for all subsets of factors with any joint law.

    Parameters
    ----------
    weighted : (L1, ..., Ld, q)
        ``p(x) y(x)`` for each column; the first `classes` columns are indicators of exclusive, exhaustive classes, so
        that they sum to p(x).

    Returns
    -------
    ClosedMoments, subsets by bitmask (bit 0 the first axis).
    """
    d, q = weighted.ndim - 1, weighted.shape[-1]
    mean = np.zeros(q)
    covariance, entropy = np.zeros((1 << d, q, q)), np.zeros(1 << d)
    for subset, cells in _leaves(weighted, weighted.shape[:-1], 1, ()):
        if subset == 0:  # the first leaf: all axes summed one by one, which rounds less than one long sum
            mean = cells.reshape(q).copy()
        entropy[subset] = _read_leaf(cells.reshape(-1, q), mean, classes, covariance[subset])
    return ClosedMoments(mean, covariance, entropy[0] - entropy)
