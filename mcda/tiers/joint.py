"""Statements about several alternatives at once: exact, as mixtures over worlds, and counted in draws.

In a world alternatives are independent, so the probability of a statement is a product, a Poisson-binomial tail, or a
sum over tiers of products; over worlds it is the mean with their weights. In draws a statement holds or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from mcda.compiled import kernel
from mcda.errors import UsageError, did_you_mean
from mcda.tiers.whole_table import poisson_binomial

__all__ = [
    "AllIn", "Exactly", "NumberIn", "Statement", "Stricter", "check_statements", "count_pairs", "count_tiers",
    "stricter_matrix",
]  # fmt: skip

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Tiers = npt.NDArray[np.uint8]
Places = Mapping[str, int]


class Statement(Protocol):
    """Something that is true of a sorted table or not."""

    @property
    def label(self) -> str:
        """The statement in words."""

    def given(self, p: Floats, at: Places) -> Floats:
        """Return its probability in each world, (world,); p is (world, alternative, tier)."""

    def holds(self, tiers: Tiers, at: Places) -> npt.NDArray[np.bool_]:
        """Return whether it holds in each draw, (draw,); tiers is (alternative, draw)."""


def _checked(alternatives: Sequence[str], tiers: Sequence[int], *, empty: bool = False) -> None:
    """Refuse what would be counted twice, and tiers that can't be."""
    if len(set(alternatives)) < len(alternatives) or len(set(tiers)) < len(tiers):
        raise UsageError("a statement names each alternative, and each tier, once")
    if not tiers or any(int(t) != t or t < 1 for t in tiers):
        raise UsageError(f"a statement's tiers are whole numbers from 1 on, at least one (got {tiers})")
    if not alternatives and not empty:
        raise UsageError("a statement names at least one alternative")


def check_statements(statements: Sequence[Statement], names: Sequence[str], top: int) -> None:
    """Raise :class:`UsageError` for a statement about a tier, or an alternative, that a table does not have."""
    at = {name: i for i, name in enumerate(names)}
    for statement in statements:
        named = getattr(statement, "tiers", None) or (getattr(statement, "tier", 1),)
        if max(named) > top:
            raise UsageError(f"'{statement.label}': there is no tier {max(named)}; allowed: 1 to {top}")
        statement.given(np.zeros((1, len(names), top)), at)


def _place(name: str, at: Places) -> int:
    if name not in at:
        raise UsageError(f"a statement names the alternative '{name}', which has no belief{did_you_mean(name, at)}")
    return at[name]


@dataclass(frozen=True)
class Stricter:
    """One alternative is sorted into a larger tier number than another."""

    first: str
    second: str

    def __post_init__(self) -> None:
        _checked((self.first, self.second), (1,))

    @property
    def label(self) -> str:
        """The statement in words."""
        return f"{self.first} is sorted stricter than {self.second}"

    def given(self, p: Floats, at: Places) -> Floats:
        """Return ``sum_t P(first = t) P(second < t)`` in each world."""
        below = np.cumsum(p[:, _place(self.second, at)], axis=1)[:, :-1]
        return np.asarray((p[:, _place(self.first, at), 1:] * below).sum(axis=1))

    def holds(self, tiers: Tiers, at: Places) -> npt.NDArray[np.bool_]:
        """Return whether it holds in each draw."""
        return np.asarray(tiers[_place(self.first, at)] > tiers[_place(self.second, at)])


@dataclass(frozen=True)
class AllIn:
    """All of some alternatives are in one of some tiers."""

    alternatives: tuple[str, ...]
    tiers: tuple[int, ...]

    def __post_init__(self) -> None:
        _checked(self.alternatives, self.tiers)

    @property
    def label(self) -> str:
        """The statement in words."""
        return f"{', '.join(self.alternatives)}: all in {_tiers(self.tiers)}"

    def given(self, p: Floats, at: Places) -> Floats:
        """Return the product of their probabilities in each world."""
        rows = [_place(name, at) for name in self.alternatives]
        return np.asarray(p[:, rows][:, :, np.array(self.tiers) - 1].sum(axis=2).prod(axis=1))

    def holds(self, tiers: Tiers, at: Places) -> npt.NDArray[np.bool_]:
        """Return whether it holds in each draw."""
        rows = [_place(name, at) for name in self.alternatives]
        return np.asarray(np.isin(tiers[rows], self.tiers).all(axis=0))


@dataclass(frozen=True)
class Exactly:
    """A tier holds some alternatives and no others."""

    alternatives: tuple[str, ...]
    tier: int

    def __post_init__(self) -> None:
        _checked(self.alternatives, (self.tier,), empty=True)

    @property
    def label(self) -> str:
        """The statement in words."""
        return f"exactly {', '.join(self.alternatives) or 'none'} in {_tiers((self.tier,))}"

    def _wanted(self, at: Places) -> npt.NDArray[np.bool_]:
        wanted = np.zeros(len(at), dtype=bool)
        wanted[[_place(name, at) for name in self.alternatives]] = True
        return wanted

    def given(self, p: Floats, at: Places) -> Floats:
        """Return the product over all alternatives of being there, or not, in each world."""
        there = p[:, :, self.tier - 1]
        return np.asarray(np.where(self._wanted(at), there, 1 - there).prod(axis=1))

    def holds(self, tiers: Tiers, at: Places) -> npt.NDArray[np.bool_]:
        """Return whether it holds in each draw."""
        return np.asarray(((tiers == self.tier) == self._wanted(at)[:, None]).all(axis=0))


@dataclass(frozen=True)
class NumberIn:
    """The number of alternatives in some tiers lies between two bounds, both included."""

    tiers: tuple[int, ...]
    at_least: int = 0
    at_most: int | None = None

    def __post_init__(self) -> None:
        _checked(("any",), self.tiers)
        if self.at_least < 0 or (self.at_most is not None and self.at_most < self.at_least):
            raise UsageError(f"bounds are at least 0 and do not cross (got {self.at_least} and {self.at_most})")

    @property
    def label(self) -> str:
        """The statement in words."""
        low = f"at least {self.at_least}" if self.at_least else ""
        high = f"at most {self.at_most}" if self.at_most is not None else ""
        return f"{' and '.join(filter(None, (low, high))) or 'any number'} in {_tiers(self.tiers)}"

    def given(self, p: Floats, at: Places) -> Floats:
        """Return the Poisson-binomial probability in each world."""
        chances = np.clip(p[:, :, np.array(self.tiers) - 1].sum(axis=2), 0.0, 1.0)
        top = len(at) if self.at_most is None else self.at_most
        return np.array([poisson_binomial(q)[self.at_least : top + 1].sum() for q in chances])

    def holds(self, tiers: Tiers, at: Places) -> npt.NDArray[np.bool_]:
        """Return whether it holds in each draw."""
        number = np.isin(tiers, self.tiers).sum(axis=0)
        return np.asarray((number >= self.at_least) & (number <= (len(at) if self.at_most is None else self.at_most)))


def _tiers(tiers: Sequence[int]) -> str:
    return f"tier{'s' if len(tiers) > 1 else ''} {', '.join(map(str, tiers))}"


def stricter_matrix(p: Floats, weight: Floats) -> Floats:
    """Return P(row's alternative is sorted stricter than the column's), (alternative, alternative); 0 for itself.

    Parameters
    ----------
    p : (world, alternative, tier)
    weight : (world,)
    """
    below = np.cumsum(p, axis=2)[:, :, :-1]
    found = np.einsum("w,wat,wbt->ab", weight, p[:, :, 1:], below, optimize=True)
    np.fill_diagonal(found, 0.0)
    return np.asarray(found)


@kernel
def count_tiers(tiers: Tiers, top: int) -> Ints:
    """Return how often each alternative was in tiers 1, ..., top, (alternative, top); tiers is (alternative, draw)."""
    found = np.zeros((tiers.shape[0], top), np.int64)
    for a in range(tiers.shape[0]):
        for t in range(top):
            hits = np.int32(0)
            for i in range(tiers.shape[1]):
                hits += np.int32(tiers[a, i] == t + 1)
            found[a, t] = hits
    return found


@kernel
def count_pairs(tiers: Tiers) -> Ints:
    """Return how often the row's alternative was in a larger tier than the column's, (alternative, alternative)."""
    n = tiers.shape[0]
    found = np.zeros((n, n), np.int64)
    for a in range(n):
        for b in range(n):
            hits = np.int32(0)
            for i in range(tiers.shape[1]):
                hits += np.int32(tiers[a, i] > tiers[b, i])
            found[a, b] = hits
    return found
