"""One utility of several outcomes: a weighted sum on fixed scales. The weights and scales are a value judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mcda.errors import UsageError, did_you_mean

__all__ = ["Term", "utility"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Term:
    """What an outcome adds to a utility: ``weight * (x - worst) / (best - worst)``.

    outcome : its name
    weight : above 0
    worst, best : in the outcome's own units, what counts as 0 and as 1; best may be the smaller
    """

    outcome: str
    weight: float
    worst: float
    best: float

    def __post_init__(self) -> None:
        if not 0 < self.weight < np.inf:
            raise UsageError(f"'{self.outcome}': a weight is above 0 (got {self.weight})")
        if self.worst == self.best or not np.isfinite([self.worst, self.best]).all():
            raise UsageError(f"'{self.outcome}': worst and best are two numbers (got {self.worst} and {self.best})")

    def of(self, x: npt.ArrayLike) -> Floats:
        """Return what values of the outcome add."""
        return np.asarray(self.weight * (np.asarray(x, dtype=np.float64) - self.worst) / (self.best - self.worst))


def utility(outcomes: Mapping[str, npt.ArrayLike], terms: Sequence[Term]) -> Floats:
    """Return the weighted sum of ``(x - worst) / (best - worst)``, of the outcomes' shape.

    Scales are fixed: they are declared, not read off the policies at hand, so a policy more or less in the table moves
    no other's utility. They are not clipped either: an outcome beyond its best or its worst goes on counting at the
    same rate, and a utility can leave the range from 0 to the sum of weights. Weights are used as they are; where they
    add to 1, 0 is worst in everything and 1 best in everything.

    Parameters
    ----------
    outcomes : mapping of name to array
        All of one shape, such as (policy, world), in their own units. Those that no term names are not looked at.
    terms : sequence of Term
        At least one, each outcome once.

    Errors: :class:`UsageError` for a term on an outcome that is not there, an outcome named twice, or other shapes.
    """
    names = [term.outcome for term in terms]
    if not names or len(set(names)) < len(names):
        raise UsageError(f"a utility names at least one outcome, each once (got {names})")
    for name in names:
        if name not in outcomes:
            raise UsageError(
                f"the utility names the outcome '{name}', which is not there{did_you_mean(name, outcomes)}"
            )
    parts = [term.of(outcomes[term.outcome]) for term in terms]
    if len({part.shape for part in parts}) > 1:
        raise UsageError(f"outcomes are arrays of one shape (got {[part.shape for part in parts]})")
    return np.asarray(np.sum(parts, axis=0))
