"""What the analyses of tiers ask of a law of scores: a belief is one, what a second panel would score another."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from mcda.problem import Lattice
from mcda.rule import Rule
from mcda.scores.belief import Belief

__all__ = ["Joint", "Law", "Rescored"]


class Joint(Protocol):
    """A law of scores on a lattice, whatever holds its criteria together."""

    @property
    def lattice(self) -> Lattice:
        """The lattice of the scores."""

    @property
    def dependence(self) -> str:
        """The name of the dependence, as results carry it."""

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this law from another: equal keys, equal answers."""

    def joint(self) -> npt.NDArray[np.float64]:
        """Return the whole joint law, one axis per criterion."""


class Rescored(Joint, Protocol):
    """A law that knows a shorter way to its tier probabilities than its joint."""

    def tier_probabilities(self, rule: Rule) -> npt.NDArray[np.float64]:
        """Return P(tier) under a rule, exactly."""


Law = Belief | Rescored
