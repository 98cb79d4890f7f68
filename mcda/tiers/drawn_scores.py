"""Scores of draws: the same words and thresholds by which :mod:`mcda.tiers.sampled` sorts, read as score vectors.

Whoever needs more of a draw than its tier (a simulation that shocks the scores) asks here; sorting these scores gives
the sampler's tiers, draw by draw (a test says so).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from mcda import draws
from mcda.compiled import kernel
from mcda.errors import Declined
from mcda.rule import Rule
from mcda.scores.belief import Belief
from mcda.tiers.sampled import Sampler, levels_of, sampler

__all__ = ["ScoreDraws", "score_draws"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint32]


@kernel
def _chain_levels(
    number: Words, first: int, chain: Words, moves: Ints, stream: int, k0: np.uint32, k1: np.uint32, out: Ints
) -> None:
    """Levels of a row that is conditioned on a tier, criterion by criterion given the sum so far, (draw, criterion).

    chain : (criterion, state, level - 1) limits; moves : (criterion, level), what is added to the state
    """
    room = np.empty((4, number.size), np.uint32)
    state = np.zeros(number.size, np.int64)
    for k in range(moves.shape[0]):
        if k & 3 == 0:
            draws.fill_address(number, 0, (first >> 2) + (k >> 2), stream, k0, k1, room)
        for i in range(number.size):
            word, level = min(room[k & 3, i], np.uint32(0xFFFFFFFE)), 0
            for limit in chain[k, state[i]]:
                level += word >= limit
            out[i, k] = level
            state[i] += moves[k, level]


class ScoreDraws:
    """Scores of numbered draws; make one with :func:`score_draws`."""

    def __init__(self, laws: Mapping[str, Belief], own: Sampler) -> None:
        self._laws, self._sampler = list(laws.values()), own
        self._chain = {a: (c.chain[c.law[a]], c.moves) for c in own.chains for a in c.rows.tolist()}
        self._limits = [draws.thresholds(law.probability) for law in self._laws]

    def __call__(self, numbers: npt.ArrayLike) -> Floats:
        """Return the scores of draws, (draw, alternative, criterion), points."""
        at = draws.checked_draws(numbers)
        interval = self._sampler.world(at) % len(self._sampler.worlds.component_weight)
        found = np.empty((at.size, len(self._laws), self._limits[0].shape[1]))
        for a, law in enumerate(self._laws):
            levels = self._levels(a, at, self._sampler.worlds.component[interval, a])
            found[:, a] = law.lattice.low + levels / law.lattice.unit
        return found

    def _levels(self, a: int, at: Words, component: Ints) -> Ints:
        first, seed = int(self._sampler.words[a]), self._sampler.seed
        found = np.empty((at.size, self._limits[a].shape[1]), dtype=np.int64)
        if a in self._chain:
            _chain_levels(at, first, *self._chain[a], draws.STREAMS["score"], *draws.key(seed), found)
            return found
        for c in np.unique(component):
            here = component == c
            found[here] = levels_of(self._limits[a][c], at[here], first, seed)
        return found


def score_draws(laws: Mapping[str, Belief], rule: Rule, *, rng: int | np.random.Generator | None = None) -> ScoreDraws:
    """Return what gives the scores of numbered draws, the same ones that a sampler with this seed sorts.

    Parameters
    ----------
    laws : alternative -> Belief, conditioned on a tier or not
    rule : any rule of the problem
    rng : a seed, or a Generator from which one is drawn

    Errors: :class:`~mcda.errors.Declined` for laws that are known cell by cell alone (a fitted joint).
    """
    own = sampler(laws, rule, rng=rng)
    if own.cells:
        raise Declined("scores of a law that is known cell by cell are not drawn; use its pool without a joint")
    return ScoreDraws(laws, own)
