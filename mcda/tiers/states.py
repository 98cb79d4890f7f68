"""The states that rules look at: sums of the components of one or several rules, over the supports of beliefs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mcda.errors import Declined
from mcda.problem import Lattice
from mcda.rule import Rule
from mcda.sensitivity.elimination import box

__all__ = ["LIMIT", "States", "indicators", "paired_states", "states"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: States above which the exact engine declines.
LIMIT = 20_000_000


@dataclass(frozen=True)
class States:
    """All sums of integer vectors that matter to some rules.

    vectors : (criterion, level, component), smallest entry of each criterion and component 0
    low : (component,) the true value of the box's corner
    extents : (component,)
    columns : per rule, the position of each of its components and the factor it is multiplied with
    unit : steps in a point
    """

    vectors: Ints
    low: Ints
    extents: Ints
    columns: tuple[dict[str, tuple[int, int]], ...]
    unit: int

    @property
    def size(self) -> int:
        """Number of states in the box."""
        return int(np.prod(self.extents))

    def values(self, rule: int = 0) -> dict[str, Ints]:
        """Return each component of a rule in every state, flat in C order."""
        grid = np.indices(tuple(self.extents.tolist()), dtype=np.int64).reshape(len(self.extents), -1)
        return {name: (grid[c] + self.low[c]) * factor for name, (c, factor) in self.columns[rule].items()}


def _union(parts: Sequence[dict[str, Ints]]) -> tuple[list[Ints], list[dict[str, tuple[int, int]]]]:
    """Put the components of several rules side by side, each without its common factor, and equal ones once."""
    kept: list[Ints] = []
    columns: list[dict[str, tuple[int, int]]] = []
    for named in parts:
        places = {}
        for name, part in named.items():
            factor = int(np.gcd.reduce(part, axis=None)) or 1
            reduced = part // factor
            at = next((c for c, other in enumerate(kept) if np.array_equal(other, reduced)), len(kept))
            if at == len(kept):
                kept.append(reduced)
            places[name] = (at, factor)
        columns.append(places)
    return kept, columns


def _boxed(parts: list[Ints], columns: list[dict[str, tuple[int, int]]], unit: int) -> States:
    """Shift, order (largest component last, where the kernels want it) and check the size."""
    vectors = np.stack(parts, axis=-1)
    reach = (vectors.max(axis=1) - vectors.min(axis=1)).sum(axis=0)
    order = np.argsort(reach, kind="stable")
    vectors = vectors[..., order]
    place = {int(old): new for new, old in enumerate(order)}
    low, extents = box(vectors)
    if (size := float(np.prod(extents.astype(float)))) > LIMIT:
        raise Declined(
            f"the exact engine would need {size:.3g} states (at most {LIMIT:.3g}); use full contraction of the joint "
            "(method='contraction') where the lattice allows it, or sampling"
        )
    shifted = vectors - vectors.min(axis=1, keepdims=True)
    moved = tuple({name: (place[c], factor) for name, (c, factor) in one.items()} for one in columns)
    return States(np.ascontiguousarray(shifted), low, extents, moved, unit)


def states(rules: Sequence[Rule], lattice: Lattice, support: tuple[Ints, Ints] | None = None) -> States:
    """Return the states of rules on a lattice, over each criterion's range of levels `support` = (first, last).

    Levels beyond a criterion's range repeat its last one; their probability must be 0 (see `trimmed`).
    """
    steps = np.asarray(lattice.steps)
    d = len(rules[0].roles)
    first, last = support if support is not None else (np.zeros(d, np.int64), np.full(d, len(steps) - 1))
    level = np.minimum(first[:, None] + np.arange(int((last - first).max()) + 1), last[:, None])
    parts = [
        {name: np.take_along_axis(part, level, axis=1) for name, part in r.contributions(steps, lattice.unit).items()}
        for r in rules
    ]
    return _boxed(*_union(parts), lattice.unit)


def paired_states(before: Rule, after: Rule, lattice: Lattice) -> States:
    """Return the states of pairs (x, y): `before` looks at x, `after` at y; level ``x * L + y`` of each criterion."""
    steps = np.asarray(lattice.steps)
    n = len(steps)
    first = {name: np.repeat(part, n, axis=1) for name, part in before.contributions(steps, lattice.unit).items()}
    second = {name: np.tile(part, (1, n)) for name, part in after.contributions(steps, lattice.unit).items()}
    return _boxed(*_union([first, second]), lattice.unit)


def trimmed(probability: Floats) -> tuple[Floats, tuple[Ints, Ints]]:
    """Return the laws over their supports alone, padded with zeros, and each criterion's first and last level."""
    positive = probability > 0
    first = positive.argmax(axis=1)
    last = probability.shape[1] - 1 - positive[:, ::-1].argmax(axis=1)
    return within(probability, (first, last)), (first, last)


def within(probability: Floats, support: tuple[Ints, Ints]) -> Floats:
    """Return laws over each criterion's range of levels, padded with zeros as `states` pads it."""
    first, last = support
    level = first[:, None] + np.arange(int((last - first).max()) + 1)
    inside = level <= last[:, None]
    return np.take_along_axis(probability, np.minimum(level, probability.shape[1] - 1), axis=1) * inside


def indicators(tiers: Ints, n: int) -> Floats:
    """Return the indicator columns of tiers 1..n, (state, tier)."""
    return np.asarray(tiers[:, None] == np.arange(1, n + 1), dtype=np.float64)
