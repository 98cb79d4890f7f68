"""Question (a): would a printed tier survive if other experts scored the same measure?

The second panel's score is the first one's plus an independent error on every criterion; the first panel's scores are
known through the printed tier alone. Both together are a law of seven scores like any other, with factors that depend
on each other, since they share the tier that they started from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.errors import Declined, UsageError
from mcda.names import attrs
from mcda.problem import Lattice, Problem
from mcda.rule import Rule
from mcda.scores.belief import Belief
from mcda.scores.marginals import rescoring
from mcda.scores.priors import published_belief
from mcda.tiers.acceptability import labelled
from mcda.tiers.law import Law
from mcda.tiers.transitions import rescored_joint, transition

__all__ = ["SPREADS", "SecondPanel", "published_beliefs", "second_panel", "second_panels"]

Floats = npt.NDArray[np.float64]

#: The curve's re-scoring standard deviations, points (`docs/method.md`, 2, question a).
SPREADS: tuple[float, ...] = tuple(np.arange(0, 3.25, 0.25).tolist())


class _Hashed:
    """An array as a key: equal if its numbers are."""

    def __init__(self, array: Floats) -> None:
        self.array = array
        self._key = (array.shape, array.tobytes())

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hashed) and self._key == other._key


@lru_cache(maxsize=32)
def _table(prior: _Hashed, kernels: _Hashed, before: Rule, after: Rule, lattice: Lattice) -> Floats:
    """One table serves all printed tiers, so it is kept for the next of them."""
    return transition(prior.array, list(kernels.array), before, after, lattice)


@lru_cache(maxsize=1)
def _joint(prior: _Hashed, kernels: _Hashed, rule: Rule, tier: int, lattice: Lattice) -> Floats:
    """Indices and response ask for the same joint one after the other; it is large, so the last one alone is kept."""
    return rescored_joint(prior.array, list(kernels.array), rule, tier, lattice)


@dataclass(frozen=True, eq=False)
class SecondPanel:
    """The law of a second panel's scores for an alternative whose printed tier is all that is known.

    belief : Belief conditioned on the printed tier, criteria independent before the conditioning
    kernels : (criterion, level, level), ``P(second score | first score)``
    """

    belief: Belief
    kernels: Floats

    def __post_init__(self) -> None:
        if self.belief.condition is None or len(self.belief.weight) > 1:
            raise UsageError("a second panel is asked about one prior, conditioned on a printed tier")

    @property
    def lattice(self) -> Lattice:
        """The lattice of both panels' scores."""
        return self.belief.lattice

    @property
    def dependence(self) -> str:
        """How the second panel's scores hang together."""
        return "conditioned"

    @property
    def key(self) -> tuple[object, ...]:
        """Equal keys, equal answers."""
        return (self.belief.key, self.kernels.tobytes())

    def tier_probabilities(self, rule: Rule) -> Floats:
        """Return P(tier of the second panel's scores under `rule`), exactly."""
        condition = self.belief.condition
        assert condition is not None
        row = _table(_Hashed(self.belief.probability[0]), _Hashed(self.kernels), condition.rule, rule, self.lattice)[
            condition.tier - 1
        ]
        if not row.sum() > 0:
            raise Declined(f"under rule '{condition.rule.name}' no score vector is in tier {condition.tier}")
        return np.asarray(row / row.sum())

    def joint(self) -> Floats:
        """Return the joint law of the second panel's scores, one axis per criterion."""
        condition = self.belief.condition
        assert condition is not None
        return _joint(
            _Hashed(self.belief.probability[0]), _Hashed(self.kernels), condition.rule, condition.tier, self.lattice
        )


def published_beliefs(problem: Problem, rule: Rule, *, prior: str = "uniform") -> dict[str, Belief]:
    """Return, for each alternative with a published tier, the prior conditioned on ``rule(scores) = tier``.

    Errors: :class:`UsageError` for a prior that the problem doesn't have, or if no tier is published.
    """
    if prior not in problem.priors:
        raise UsageError(f"no prior is named '{prior}'; there are {', '.join(problem.priors)}")
    ids = [criterion.id for criterion in problem.criteria]
    chosen = problem.priors[prior]
    found = {
        a.id: published_belief(chosen.laws(problem.scale, ids, a.sector), rule, a.tier, problem.scale)
        for a in problem.alternatives
        if a.tier is not None
    }
    if not found:
        raise UsageError(f"problem '{problem.id}' publishes no tier, so beliefs cannot come from published tiers")
    return found


def second_panels(beliefs: Mapping[str, Belief], kernels: Floats) -> dict[str, Law]:
    """Return the second panel of each conditioned belief, under one error matrix per criterion."""
    return {name: SecondPanel(belief, kernels) for name, belief in beliefs.items()}


def second_panel(
    problem: Problem,
    rule: Rule,
    *,
    prior: str = "uniform",
    spreads: Sequence[float] = SPREADS,
    ends: str = "clip",
) -> xr.Dataset:
    """Return the tiers that a second panel would give, as a curve over its re-scoring error; exact.

    Parameters
    ----------
    problem, rule
        The printed tiers, and the rule that is taken to have made them.
    prior : name of a prior of the problem, before conditioning.
    spreads : standard deviations of the re-scoring error, points.
    ends : ``'clip'`` or ``'reflect'``, what happens to mass beyond the scale.

    Returns
    -------
    Dataset with `acceptability` (alternative, spread, tier) and `survival` (alternative, spread), the probability that
    the second panel's scores are sorted into the printed tier.

    Errors: :class:`UsageError` for an unknown prior, a negative spread, other `ends`.
    """
    beliefs = published_beliefs(problem, rule, prior=prior)
    d = len(problem.criteria)
    pieces = []
    for sd in spreads:
        kernels = np.stack([rescoring(problem.scale, sd, ends=ends)] * d)
        pieces.append(labelled(second_panels(beliefs, kernels), rule)["acceptability"])
    spread = xr.Variable("spread", np.asarray(spreads, dtype=float), attrs("re-scoring standard deviation", "points"))
    acceptability = xr.concat(pieces, dim=spread).transpose("alternative", "spread", "tier")
    printed = xr.DataArray([b.condition.tier for b in beliefs.values() if b.condition], dims="alternative")
    survival = acceptability.sel(tier=printed).drop_vars("tier")
    survival.attrs = attrs("probability that a second panel gives the printed tier", "1")
    acceptability.attrs = attrs("probability of the tier that a second panel gives", "1")
    return xr.Dataset(
        {"acceptability": acceptability, "survival": survival},
        attrs={"question": "a: second panel", "rule": rule.name, "prior": prior, "ends": ends, "method": "exact"},
    )
