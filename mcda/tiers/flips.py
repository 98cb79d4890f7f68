"""Flip distances: how far the scores of an alternative are from another tier, and which tiers lie nearest.

Three norms say what a change costs: ``l1`` the sum of all moves, ``linf`` the largest move, ``single`` the move of one
criterion alone. Moves are whole steps of the lattice and stay on the scale; nothing assumes that the rule is monotone.

Two independent routes:

* *points* (`flip_distances`): the rule looks at scores through sums of small integer vectors, so the cheapest way into
  each state is a sum over the same vectors as a probability is, in another algebra: (min, +) for l1, (min, max) for
  linf. Only states within a radius are visited, and the radius doubles until a flip is found.
* *the whole lattice* (`lattice_flips`): the tier of every cell, then distance transforms along axes (l1), dilation by
  boxes (linf), and the transform along one axis alone (single).

Source: `docs/method.md`, 5. The two-pass transform is Rosenfeld & Pfaltz's (1966, J. ACM 13, 471-494), exact for the
city-block distance in any number of dimensions because that is a sum over axes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from mcda.compiled import kernel
from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.rule import Rule
from mcda.scores.belief import Belief, lattice_tiers, product_law
from mcda.tiers.states import LIMIT

__all__ = ["NORMS", "QUANTILES", "FlipLaw", "Flips", "LatticeFlips", "flip_distances", "flip_law", "lattice_flips"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Whole = npt.NDArray[np.signedinteger[Any]]
Bits = npt.NDArray[np.unsignedinteger[Any]]
Bools = npt.NDArray[np.bool_]
Entry = TypeVar("Entry", bound=np.generic)

#: How the size of a change is measured, in the order of every `norm` axis.
NORMS: tuple[str, ...] = ("l1", "linf", "single")
#: The quantiles of the flip distance that are reported.
QUANTILES: tuple[float, ...] = (0.1, 0.25, 0.5, 0.75, 0.9)
#: Cells of the largest lattice of which every cell is looked at.
CELLS = 2 * 10**7
#: Tiers that the bits of a mask can hold.
TIERS = 16
#: No way found; no distance comes near it, and one more step does not overflow.
FAR = 2**30


# -- point scores: the cheapest sum ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Flips:
    """Flip distances of point scores.

    distance : (alternative, norm), points of the scale; NaN where no change flips the tier
    toward : (alternative, norm, tier), whether a nearest flip reaches the tier (several can)
    tier : (alternative,), the tier of the scores themselves
    """

    distance: Floats
    toward: Bools
    tier: Ints


def flip_distances(rule: Rule, lattice: Lattice, points: npt.ArrayLike) -> Flips:
    """Return the smallest changes of point scores that change their tier, exactly.

    Parameters
    ----------
    rule : Rule
    lattice : Lattice
        `lattice.unit` steps make a point; moves are whole steps inside [low, high].
    points : (alternative, criterion) integers
        Scores in steps of the lattice, ``low * unit`` to ``high * unit``.

    Errors: :class:`UsageError` for scores that are not on the lattice; :class:`Declined` where the rule has too many
    states (see `mcda.tiers.states.LIMIT`).
    """
    x = _checked(rule, lattice, points)
    box, n = _box(rule, lattice), len(rule.tiers)
    order = _order(box.vectors)
    offsets = np.ascontiguousarray((box.vectors @ box.strides)[order])
    level, tiers = np.ascontiguousarray(x[:, order] - lattice.steps[0]), _state_tiers(rule, box, lattice.unit)
    steps = [
        _nearest_states(level, offsets, tiers, n, True),
        _nearest_states(level, offsets, tiers, n, False),
        _nearest_alone(rule, lattice, x),
    ]
    return _flips(np.stack(steps, axis=1), rule.sort(x, lattice.unit), lattice.unit)


def _checked(rule: Rule, lattice: Lattice, points: npt.ArrayLike) -> Ints:
    x = np.asarray(points)
    if x.ndim != 2 or x.shape[1] != len(rule.roles) or not np.issubdtype(x.dtype, np.integer):
        wanted = f"whole numbers of steps, (alternative, {len(rule.roles)})"
        raise UsageError(f"points must be {wanted}; got {x.dtype} of shape {x.shape}")
    first, last = lattice.steps[0], lattice.steps[-1]
    if x.size and not first <= x.min() <= x.max() <= last:
        raise UsageError(f"points must lie on the scale, {first} to {last} steps (got {x.min()} to {x.max()})")
    return x.astype(np.int64)


def _flips(steps: Ints, tier: Ints, unit: int) -> Flips:
    """From the steps to each tier, (alternative, norm, tier), to the nearest other tier."""
    own = tier[:, None, None] == np.arange(1, steps.shape[2] + 1)
    other = np.where(own, FAR, steps)
    nearest = other.min(axis=2)
    distance = np.where(nearest < FAR, nearest / unit, np.nan)
    return Flips(distance, (other == nearest[..., None]) & (other < FAR), tier)


@dataclass(frozen=True, eq=False)
class _Box:
    """All sums of what the criteria add to a rule's components, numbered.

    vectors : (criterion, level, component), places to move on along each side of the box
    values : by component, its true value at each place
    """

    vectors: Ints
    values: dict[str, Ints]

    @property
    def extents(self) -> tuple[int, ...]:
        return tuple(len(value) for value in self.values.values())

    @property
    def strides(self) -> Ints:
        return np.array([int(np.prod(self.extents[c + 1 :])) for c in range(len(self.extents))], dtype=np.int64)


def _box(rule: Rule, lattice: Lattice) -> _Box:
    parts = rule.contributions(lattice.steps, lattice.unit)
    if "first" in parts:
        parts["first"] = _banded(rule, parts["first"], lattice.unit)
    coded = {name: _coded(part) for name, part in parts.items()}
    box = _Box(np.stack([places for places, _ in coded.values()], axis=-1), {name: v for name, (_, v) in coded.items()})
    if (size := float(np.prod(np.array(box.extents, dtype=float)))) > LIMIT:
        raise Declined(
            f"flips would need {size:.3g} states (at most {LIMIT:.3g}); use a coarser lattice or rounder weights"
        )
    return box


def _coded(part: Ints) -> tuple[Ints, Ints]:
    """Places and values of one component, (criterion, level) and (place,).

    Sums count up from the smallest. A component of one criterion alone has only that criterion's values, however far
    apart: weighted c7 then takes as many places as there are levels.
    """
    alone = np.flatnonzero(part.any(axis=1))
    if len(alone) == 1:
        places = np.zeros_like(part)
        values, places[alone[0]] = np.unique(part[alone[0]], return_inverse=True)
        return places, values
    places = part - part.min(axis=1, keepdims=True)
    return places, part.min(axis=1).sum() + np.arange(places.max(axis=1).sum() + 1)


def _banded(rule: Rule, first: Ints, unit: int) -> Ints:
    """Replace the first criterion's scores by one of each outside tier, which is all that the rule sees of them."""
    k = rule.roles.index("against")
    state = {name: np.zeros_like(first[k]) for name in ("counterweight", "vetoes")}
    tier = rule.sort_components(state | {"composite": np.full_like(first[k], -1), "first": first[k]}, unit)
    _, at, band = np.unique(tier, return_index=True, return_inverse=True)
    merged = first.copy()
    merged[k] = first[k][at][band]
    return merged


def _state_tiers(rule: Rule, box: _Box, unit: int) -> npt.NDArray[np.int8]:
    """The tier of every state of the box, flat, in pieces that keep memory small."""
    tiers = np.empty(int(np.prod(box.extents)), dtype=np.int8)
    for at in range(0, tiers.size, 1 << 18):
        flat = np.arange(at, min(at + (1 << 18), tiers.size))
        grid = np.unravel_index(flat, box.extents)
        state = {name: value[places] for (name, value), places in zip(box.values.items(), grid, strict=True)}
        tiers[flat] = rule.sort_components(state, unit)
    return tiers


def _order(vectors: Ints) -> list[int]:
    """Criteria that widen the box most come last: one with a component to itself (c7) then costs next to nothing."""
    reach = vectors.max(axis=1)
    full = 1 + reach.sum(axis=0)
    return sorted(range(len(vectors)), key=lambda k: float(np.prod(full / (full - reach[k]))))


@kernel
def _fold(
    here: Whole, count: int, cost: Whole, there: Whole, onward: Whole, offsets: Ints, at: int, radius: int, summed: bool
) -> int:
    """Add one criterion to the reached states `here`; list the new ones in `there`, return their number.

    `cost` and `onward` hold FAR but for the listed states; `cost` is left clean for the next turn.
    """
    new = 0
    for i in range(count):
        state = here[i]
        paid = cost[state]
        cost[state] = FAR
        room = radius - paid if summed else radius
        for level in range(max(0, at - room), min(offsets.size, at + room + 1)):
            move = abs(level - at)
            price = paid + move if summed else max(paid, move)
            to = state + offsets[level]
            if onward[to] == FAR:
                there[new] = to
                new += 1
            onward[to] = min(onward[to], price)
    return new


@kernel
def _within(
    point: Ints, offsets: Ints, tiers: Whole, radius: int, summed: bool, lists: Whole, costs: Whole, found: Ints
) -> None:
    """Write to `found` the cheapest price, at most `radius`, of each tier; `costs` is left clean."""
    found[:] = FAR
    lists[0, 0], costs[0, 0], count = 0, 0, 1
    for k in range(point.size):
        a, b = k % 2, 1 - k % 2
        count = _fold(lists[a], count, costs[a], lists[b], costs[b], offsets[k], point[k], radius, summed)
    last = point.size % 2
    for i in range(count):
        state = lists[last, i]
        t = tiers[state] - 1
        found[t] = min(found[t], costs[last, state])
        costs[last, state] = FAR


@kernel
def _nearest_states(points: Ints, offsets: Ints, tiers: Whole, n_tiers: int, summed: bool) -> Ints:
    """Steps to each tier, exact up to the nearest other tier, FAR beyond the radius that was looked at.

    points : (alternative, d) levels; offsets : (d, level) into the flat box of states; tiers : (state,).
    """
    n, d = points.shape
    farthest = (offsets.shape[1] - 1) * (d if summed else 1)
    lists, costs = np.empty((2, tiers.size), np.int32), np.full((2, tiers.size), FAR, np.int32)
    found = np.empty((n, n_tiers), np.int64)
    for i in range(n):
        radius = 1
        while True:
            _within(points[i], offsets, tiers, radius, summed, lists, costs, found[i])
            others = 0
            for t in range(n_tiers):
                others += found[i, t] < FAR
            if others > 1 or radius >= farthest:  # the own tier, at 0, is always among them
                break
            radius *= 2
    return found


def _nearest_alone(rule: Rule, lattice: Lattice, x: Ints) -> Ints:
    """Steps to each tier by one criterion alone, (alternative, tier): all levels of each criterion are tried."""
    steps = np.asarray(lattice.steps)
    found = np.full((len(x), len(rule.tiers)), FAR)
    row = np.arange(len(x))[:, None]
    for k in range(x.shape[1]):
        moved = np.repeat(x[:, None], len(steps), axis=1)
        moved[:, :, k] = steps
        np.minimum.at(found, (row, rule.sort(moved, lattice.unit) - 1), np.abs(steps - x[:, k, None]))
    return found


# -- the whole lattice: distance transforms ----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class LatticeFlips:
    """Flip distances of every cell of a lattice, under one rule.

    tiers : (L,) * d int8
    distance : (norm, L, ..., L), steps of the lattice (int8, int16 where those are too few); -1 where nothing flips
    toward : (norm, L, ..., L), bit t - 1 is set where a nearest flip reaches tier t (uint8, or uint16 above 8 tiers)
    """

    rule: Rule
    lattice: Lattice
    tiers: npt.NDArray[np.int8]
    distance: Whole
    toward: Bits

    @property
    def largest(self) -> int:
        """The largest finite distance over all norms and cells, in steps; 0 where nothing flips."""
        return max(0, int(self.distance.max()))


def lattice_flips(rule: Rule, lattice: Lattice) -> LatticeFlips:
    """Return the flip distance of every cell of a lattice, and the tiers that its nearest flips reach.

    Takes a few bytes and well under a microsecond a cell; beliefs of any number share the answer. Errors:
    :class:`Declined` above 2e7 cells or 16 tiers.
    """
    d, n = len(rule.roles), lattice.size
    if n**d > CELLS:
        raise Declined(
            f"flip distances of all cells need a lattice of at most {CELLS:.3g} cells (got {n**d:.3g}); "
            "measure point scores with flip_distances instead"
        )
    if len(rule.tiers) > TIERS:
        raise Declined(f"masks hold at most {TIERS} tiers (got {len(rule.tiers)})")
    tiers = lattice_tiers(rule, lattice)
    distance: Whole = np.empty((3, *tiers.shape), dtype=np.int8 if d * (n - 1) < 126 else np.int16)
    distance[:] = _none(distance)
    toward: Bits = np.zeros(distance.shape, dtype=np.uint8 if len(rule.tiers) <= 8 else np.uint16)
    own = np.left_shift(1, tiers - 1, dtype=toward.dtype, casting="unsafe")
    for tier in map(int, np.unique(tiers)):
        _to_tier(tiers, tier, range(d), distance[0], toward[0])
        for k in range(d):
            _to_tier(tiers, tier, [k], distance[2], toward[2])
    _by_boxes(own, distance[1], toward[1])
    nowhere = distance == _none(distance)
    distance[nowhere], toward[nowhere] = -1, 0
    return LatticeFlips(rule, lattice, tiers, distance, toward)


def _axis(array: npt.NDArray[Entry], k: int) -> npt.NDArray[Entry]:
    """A view with axis k in the middle, (before, level, after)."""
    n = array.shape[k]
    return array.reshape(n**k, n, n ** (array.ndim - 1 - k))


@kernel
def _sweep(distance: Whole) -> None:
    """Both passes along the middle axis, in place: no cell is farther than its neighbour and one step."""
    outer, n, inner = distance.shape
    for o in range(outer):
        for i in range(1, n):
            for j in range(inner):  # a < b is a + 1 <= b: compared in the narrow type, so that it runs as vectors
                if distance[o, i - 1, j] < distance[o, i, j]:
                    distance[o, i, j] = distance[o, i - 1, j] + 1
        for i in range(n - 2, -1, -1):
            for j in range(inner):
                if distance[o, i + 1, j] < distance[o, i, j]:
                    distance[o, i, j] = distance[o, i + 1, j] + 1


@kernel
def _keep_nearest(tiers: Whole, tier: int, distance: Whole, best: Whole, toward: Bits) -> None:
    """Take up the distances to one tier, in cells of other tiers; equal ones add their bit. All flat."""
    bit = 1 << (tier - 1)
    for c in range(tiers.size):  # choices instead of branches, so that it runs as vectors
        other = tiers[c] != tier
        closer, equal = other & (distance[c] < best[c]), other & (distance[c] == best[c])
        toward[c] = (0 if closer else toward[c]) | (bit if closer | equal else 0)
        best[c] = distance[c] if closer else best[c]


def _to_tier(tiers: npt.NDArray[np.int8], tier: int, axes: Iterable[int], best: Whole, toward: Bits) -> None:
    """Take up the distances to one tier by moves along some axes: one transform after the other is their sum."""
    distance = np.where(tiers == tier, best.dtype.type(0), _none(best))
    for k in axes:
        _sweep(_axis(distance, k))
    _keep_nearest(tiers.reshape(-1), tier, distance.reshape(-1), best.reshape(-1), toward.reshape(-1))


def _none(distance: Whole) -> Whole:
    """What stands for no distance yet: one step beyond it does not overflow."""
    return np.asarray(np.iinfo(distance.dtype).max - 1, dtype=distance.dtype)


@kernel
def _dilate(source: Bits, target: Bits) -> None:
    """Each cell's bits and those of its two neighbours along the middle axis."""
    outer, n, inner = source.shape
    for o in range(outer):
        for i in range(n):
            before, after = max(i - 1, 0), min(i + 1, n - 1)
            for j in range(inner):
                target[o, i, j] = source[o, before, j] | source[o, i, j] | source[o, after, j]


@kernel
def _settle(own: Bits, seen: Bits, radius: int, best: Whole, toward: Bits) -> int:
    """Note the radius where another tier comes into sight for the first time; return in how many cells. All flat."""
    settled = 0
    for c in range(own.size):
        if toward[c] == 0 and seen[c] != own[c]:
            toward[c] = seen[c] ^ own[c]
            best[c] = radius
            settled += 1
    return settled


def _by_boxes(own: Bits, best: Whole, toward: Bits) -> None:
    """linf: the tiers in the box of radius r are r dilations by one step along every axis, for all tiers at once.

    A cell at distance r + 1 has a neighbour at distance r, so the first radius that settles no cell is the last.
    """
    seen, spare = own.copy(), np.empty_like(own)
    for radius in range(1, own.shape[0]):
        for k in range(own.ndim):
            _dilate(_axis(seen, k), _axis(spare, k))
            seen, spare = spare, seen
        if not _settle(own.reshape(-1), seen.reshape(-1), radius, best.reshape(-1), toward.reshape(-1)):
            return


# -- beliefs: the law of the distance ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class FlipLaw:
    """The law of the flip distance of one belief.

    radius : (radius,), points: all distances up to the largest of any cell and norm, so the same for all beliefs
    probability : (norm, radius), P(distance <= radius)
    toward : (norm, tier), probability that a nearest flip reaches the tier. Several tiers can be equally near, so the
        sum over tiers may exceed 1; where nothing flips none is reached
    never : (norm,), probability that no change flips the tier
    quantile : (norm, quantile), smallest radius that holds each of QUANTILES; NaN where `never` leaves too little
    """

    radius: Floats
    probability: Floats
    toward: Floats
    never: Floats
    quantile: Floats


def flip_law(belief: Belief, rule: Rule, flips: LatticeFlips) -> FlipLaw:
    """Return the law of the flip distance under a belief, exactly, by summing over its support.

    Parameters
    ----------
    belief : Belief
        A mixture of products, perhaps conditioned, on the lattice of `flips`.
    rule : Rule
        The rule whose tiers flip; `flips` must have been made for it.
    flips : LatticeFlips

    Errors: :class:`UsageError` where lattice or rule differ; :class:`Declined` where the condition has probability 0.
    """
    if belief.lattice != flips.lattice or rule != flips.rule:
        raise UsageError("the flips were made for another lattice or rule; call lattice_flips for this one")
    table = np.zeros((3, flips.largest + 1, 1 << len(rule.tiers)))
    for weight, laws in zip(belief.weight, belief.probability, strict=True):
        _add_component(table, weight, laws, belief, flips)
    mass = table[0].sum()
    if not mass > 0:
        raise Declined("no score vector of this belief meets its condition; there is no law of its flips")
    return _law(table / mass, len(rule.tiers), flips.lattice.unit)


@kernel
def _tally(law: Floats, distance: Whole, toward: Bits, table: Floats) -> None:
    """Add each cell's probability at its (distance, mask); row 0 is of cells that never flip (distances begin at 1)."""
    for c in range(law.size):
        table[max(distance[c], 0), toward[c]] += law[c]


def _add_component(table: Floats, weight: float, laws: Floats, belief: Belief, flips: LatticeFlips) -> None:
    """Add one component, over the block of levels to which it gives any probability."""
    levels = [np.flatnonzero(law) for law in laws]
    whole = all(len(level) == flips.lattice.size for level in levels)
    block = ... if whole else np.ix_(*levels)  # a whole lattice is not copied
    law = weight * product_law([p[level] for p, level in zip(laws, levels, strict=True)])
    if belief.condition is not None:
        condition = belief.condition
        tiers = flips.tiers if condition.rule == flips.rule else lattice_tiers(condition.rule, flips.lattice)
        law = law * (tiers[block] == condition.tier)
    for norm in range(3):
        distance, toward = flips.distance[norm][block], flips.toward[norm][block]
        _tally(law.reshape(-1), distance.reshape(-1), toward.reshape(-1), table[norm])


def _law(table: Floats, n_tiers: int, unit: int) -> FlipLaw:
    """From the joint law of (distance, mask), (norm, distance, mask), to what is reported."""
    by_distance = table.sum(axis=2)
    cumulative = np.minimum(np.cumsum(by_distance[:, 1:], axis=1), 1.0)  # rounding may pass 1
    bits = np.arange(table.shape[2])[:, None] >> np.arange(n_tiers) & 1
    radius = np.arange(1, table.shape[1]) / unit
    return FlipLaw(radius, cumulative, table.sum(axis=1) @ bits, by_distance[:, 0], _quantiles(cumulative, radius))


def _quantiles(cumulative: Floats, radius: Floats) -> Floats:
    """The smallest radius whose probability reaches each quantile (to 1e-12), NaN where none does."""
    missed = (cumulative[:, None, :] < np.asarray(QUANTILES)[:, None] - 1e-12).sum(axis=2)
    return np.asarray(np.append(radius, np.nan)[missed])
