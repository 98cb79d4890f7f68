"""Exact closed moments of any function of a sum of integers, for independent factors, without sampling.

An output ``y = f(s)``, ``s = sum_k v_k(x_k)``, looks at factor k through a small integer vector ``v_k``. To condition
on the factors of J and average over the others, take the factors one after the other: a factor outside J is *summed
out* of the table of f (which shrinks by that factor's reach), a factor inside J stays, and its contribution is folded
into the law of the partial sum. All 2^d subsets share their beginnings, so a walk over the binary tree of decisions
costs one summing-out per node. What is left at a leaf is ``g(s_J) = E[y | X_J]`` beside the law of ``s_J``.

This is variable elimination (Ballester-Ripoll & Leonelli, arXiv 2110.03749, ask the same queries of a graphical
model), specialised to sums. Nothing here knows of tiers: a class is a column of f.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mcda.compiled import kernel, reordered
from mcda.errors import Declined
from mcda.sensitivity.moments import ClosedMoments, add_covariance, expected_entropy

__all__ = ["ClosedMoments", "box", "closed_moments", "law_of_sum", "sparse_law_of_sum"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Sums that are looked at one by one, at most.
SPARSE_LIMIT = 2 * 10**7


def box(vectors: Ints) -> tuple[Ints, Ints]:
    """Return the smallest sum of each component and the extents of the box that holds all sums.

    Parameters
    ----------
    vectors : (factor, level, component) integers
    """
    low = vectors.min(axis=1).sum(axis=0)
    high = vectors.max(axis=1).sum(axis=0)
    return low, high - low + 1


@kernel
def _lay_out(extents: Ints, vectors: Ints, strides: Ints, room: Ints) -> tuple[int, Ints]:
    """Set the strides of a box; return the number of its states and the flat offset of each level's vector in it."""
    size = 1
    for c in range(extents.size - 1, -1, -1):
        strides[c] = size
        size *= extents[c]
    for x in range(len(vectors)):
        room[x] = 0
        for c in range(extents.size):
            room[x] += vectors[x, c] * strides[c]
    return size, room[: len(vectors)]


@kernel
def _runs(extents: Ints, strides: Ints, room: Ints) -> Ints:
    """Where, in a box with `strides`, each run along the last component of a box with smaller `extents` begins."""
    n = 1
    for c in range(extents.size - 1):
        n *= extents[c]
    for i in range(n):
        room[i], rest = 0, i
        for c in range(extents.size - 2, -1, -1):
            room[i] += rest % extents[c] * strides[c]
            rest //= extents[c]
    return room[:n]


@reordered
def _sum_out(table: Floats, begins: Ints, length: int, probability: Floats, offsets: Ints, room: Floats) -> Floats:
    """E over one factor: ``out[s] = sum_x p(x) table[s + v(x)]``; all three are flat and count columns as states.

    Two levels at a time, so that each entry of the sum is loaded and stored half as often.
    """
    out = room[: begins.size * length]
    pairs = probability.size // 2 * 2
    for r in range(begins.size):
        target = out[r * length : (r + 1) * length]
        target[:] = 0.0
        for x in range(0, pairs, 2):
            p, source = probability[x], table[begins[r] + offsets[x] :]
            p_next, source_next = probability[x + 1], table[begins[r] + offsets[x + 1] :]
            for i in range(length):
                target[i] += p * source[i] + p_next * source_next[i]
        for x in range(pairs, probability.size):
            p, source = probability[x], table[begins[r] + offsets[x] :]
            for i in range(length):
                target[i] += p * source[i]
    return out


@reordered
def _fold_in(law: Floats, begins: Ints, length: int, probability: Floats, offsets: Ints, room: Floats) -> Floats:
    """Law of the sum with one more factor: ``room[s + v(x)] += p(x) law[s]``."""
    room[:] = 0.0
    for r in range(begins.size):
        source = law[r * length : (r + 1) * length]
        for x in range(probability.size):
            p, target = probability[x], room[begins[r] + offsets[x] :]
            for i in range(length):
                target[i] += p * source[i]
    return room


@kernel
def _by_column(table: Floats, q: int, room: Floats) -> Floats:
    """Return a flat table with its columns one after the other, (q, states): what is read column by column."""
    n = table.size // q
    for c in range(q):
        for i in range(n):
            room[c * n + i] = table[i * q + c]
    return room[: table.size].reshape(q, n)


@kernel
def _reach(vectors: Ints) -> Ints:
    """Largest entry of each factor and component, (factor, component)."""
    reach = np.zeros((vectors.shape[0], vectors.shape[2]), np.int64)
    for k in range(vectors.shape[0]):
        for c in range(vectors.shape[2]):
            reach[k, c] = vectors[k, :, c].max()
    return reach


@kernel
def _possible(vectors: Ints, probability: Floats) -> tuple[list[Ints], list[Floats]]:
    """Vectors and law of each factor's levels of positive probability: the others cost nothing."""
    levels = [np.flatnonzero(p) for p in probability]
    d = len(probability)
    return [vectors[k][levels[k]] for k in range(d)], [probability[k][levels[k]] for k in range(d)]


@kernel
def _walk(vectors: Ints, probability: Floats, table: Floats, classes: int) -> tuple[Floats, Floats, Floats]:
    """Walk the tree of decisions; leaf number `leaf` keeps factor k where bit d - 1 - k is set.

    vectors : (d, level, component), smallest entry of each factor and component 0; table : (states, q).
    Returns the mean (q,), the covariances (2^d, q, q) and the expected entropies (2^d,), the last two by leaf number.
    """
    d, q, last = vectors.shape[0], table.shape[1], vectors.shape[2] - 1
    reach = _reach(vectors)
    moves, weights = _possible(vectors, probability)
    full, one = 1 + reach.sum(axis=0), np.ones(last + 1, np.int64)
    # by depth: the table on the box of sums of kept and coming factors; the law on the box of sums of kept ones
    tables, boxes = [table.reshape(-1) for _ in range(d + 1)], [full for _ in range(d + 1)]
    laws, sides = [np.ones(1) for _ in range(d + 1)], [one for _ in range(d + 1)]
    # where things are written, each room as large as it can be needed
    table_rooms = [np.empty((full - reach[k]).prod() * q) for k in range(d)]
    law_rooms = [np.empty((one + reach[: k + 1].sum(axis=0)).prod()) for k in range(d)]
    leaf_room = np.empty(table.size)
    run_room, level_room = np.empty(len(table), np.int64), np.empty(vectors.shape[1], np.int64)
    strides = one.copy()
    mean, covariance, entropy = np.zeros(q), np.zeros((1 << d, q, q)), np.zeros(1 << d)
    for leaf in range(1 << d):
        first_change = 0
        while leaf > 0 and (leaf ^ (leaf - 1)) >> (d - 1 - first_change) == 0:
            first_change += 1
        for k in range(first_change, d):
            if leaf >> (d - 1 - k) & 1:
                tables[k + 1], boxes[k + 1], sides[k + 1] = tables[k], boxes[k], sides[k] + reach[k]
                size, to = _lay_out(sides[k + 1], moves[k], strides, level_room)
                runs = _runs(sides[k], strides, run_room)
                laws[k + 1] = _fold_in(laws[k], runs, sides[k][last], weights[k], to, law_rooms[k][:size])
            else:
                laws[k + 1], sides[k + 1], boxes[k + 1] = laws[k], sides[k], boxes[k] - reach[k]
                _, at = _lay_out(boxes[k], moves[k], strides, level_room)
                runs = q * _runs(boxes[k + 1], strides, run_room)
                tables[k + 1] = _sum_out(tables[k], runs, q * boxes[k + 1][last], weights[k], q * at, table_rooms[k])
        given = _by_column(tables[d], q, leaf_room).T
        if leaf == 0:
            mean[:] = given[0]
        add_covariance(laws[d], given, mean, covariance[leaf])
        entropy[leaf] = expected_entropy(laws[d], given, classes)
    return mean, covariance, entropy


def _order(vectors: Ints) -> npt.NDArray[np.intp]:
    """Factors that shrink the box least come first: those at the end are folded into laws that are small till then."""
    reach = vectors.max(axis=1)
    return np.argsort(np.log1p(-reach / (1 + reach.sum(axis=0))).sum(axis=1), kind="stable")[::-1]


def closed_moments(vectors: Ints, probability: Floats, table: Floats, *, classes: int) -> ClosedMoments:
    """Return the moments of ``E[y | X_J]`` for all subsets J of independent factors, exactly.

    Parameters
    ----------
    vectors : (d, level, component) integers
        What each level of each factor adds to the state; the smallest entry of each factor and component is 0. It is
        fastest where the component with the largest sums comes last.
    probability : (d, level)
        Law of each factor; levels with probability 0 cost nothing.
    table : (states, q)
        The columns y over the box of sums (`box`), flat in C order.
    classes : int
        How many of the first columns are indicators of exclusive, exhaustive classes.

    Returns
    -------
    ClosedMoments, subsets by bitmask (bit 0 the first factor).
    """
    order = _order(vectors)
    d = len(order)
    mean, covariance, entropy = _walk(
        np.ascontiguousarray(vectors[order]), np.ascontiguousarray(probability[order]), table, classes
    )
    kept = np.arange(1 << d)[:, None] >> order & 1
    leaves = kept @ (1 << np.arange(d)[::-1])
    return ClosedMoments(mean, covariance[leaves], entropy[0] - entropy[leaves])


@kernel
def _law(vectors: Ints, probability: Floats) -> Floats:
    reach, side, law = _reach(vectors), np.ones(vectors.shape[2], np.int64), np.ones(1)
    moves, weights = _possible(vectors, probability)
    strides, level_room = side.copy(), np.empty(vectors.shape[1], np.int64)
    for k in range(vectors.shape[0]):
        before, side = side, side + reach[k]
        size, to = _lay_out(side, moves[k], strides, level_room)
        runs = _runs(before, strides, np.empty(law.size, np.int64))
        law = _fold_in(law, runs, before[-1], weights[k], to, np.empty(size))
    return law


def law_of_sum(vectors: Ints, probability: Floats) -> Floats:
    """Return the law of the sum of independent integer vectors, flat over its box in C order.

    Parameters
    ----------
    vectors : (d, level, component) integers, smallest entry of each factor and component 0
    probability : (d, level)
    """
    law: Floats = _law(np.ascontiguousarray(vectors), np.ascontiguousarray(probability))
    return law


def sparse_law_of_sum(vectors: Ints, probability: Floats, *, limit: int = SPARSE_LIMIT) -> tuple[Ints, Floats]:
    """Return the distinct sums of independent integer vectors and their probabilities, without a box around them.

    For sums so fine that most of the box is empty (criteria with real weights): partial sums are kept sorted, each
    once. The probabilities of equal sums are added in the order of the levels.

    Parameters
    ----------
    vectors : (d, level, component) integers
    probability : (d, level)
    limit : distinct sums above which it is :class:`~mcda.errors.Declined`

    Returns
    -------
    sums (sum, component), law (sum,)
    """
    sums: Ints = np.zeros((1, vectors.shape[2]), dtype=np.int64)
    law: Floats = np.ones(1)
    for v, p in zip(vectors, probability, strict=True):
        possible = np.flatnonzero(p)
        if len(sums) * len(possible) > limit:
            raise Declined(f"there are more than {limit:.3g} sums of scores so finely weighted; use sampling")
        every = (sums[:, None] + v[possible]).reshape(-1, sums.shape[1])
        mass = np.outer(law, p[possible]).reshape(-1)
        sums, place = _distinct(every)
        law = np.asarray(np.bincount(place, weights=mass), dtype=np.float64)
    return sums, law


def _distinct(rows: Ints) -> tuple[Ints, npt.NDArray[np.intp]]:
    """Distinct rows in order, and the place of each row among them; by one number per row where that fits 64 bits."""
    low = rows.min(axis=0)
    extents = rows.max(axis=0) - low + 1
    if np.prod(extents.astype(float)) > 2.0**62:
        found, place = np.unique(rows, axis=0, return_inverse=True)
        return found, place.reshape(-1)
    strides = np.append(np.cumprod(extents[:0:-1])[::-1], 1)
    _, first, place = np.unique((rows - low) @ strides, return_index=True, return_inverse=True)
    return rows[first], place
