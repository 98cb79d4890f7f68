"""Priors over scores: what is declared about an alternative of which only the printed tier is known.

A prior gives independent laws of the criteria; `published_belief` conditions them on the printed tier. Source of the
kinds: `docs/method.md`, 2 (`published-tiers`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from mcda.errors import UsageError, did_you_mean
from mcda.problem import Lattice, Problem
from mcda.rule import Rule
from mcda.scores.belief import Belief, Condition
from mcda.scores.marginals import beta_binomial, uniform

__all__ = ["Prior", "prior", "published_belief"]

Kind = Literal["uniform", "beta-binomial", "by-sector"]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Prior:
    """A declared prior on the scores of an alternative, independent between criteria.

    Attributes
    ----------
    name : str
    kind : ``'uniform'``, ``'beta-binomial'`` or ``'by-sector'``
    mean : float, optional
        Mean score in points, of every criterion; under ``by-sector`` of those that `means` does not name.
    concentration : float, optional
        a + b of the beta-binomial, above 0: the larger, the nearer to a binomial; 2 with the scale's middle as the
        mean is uniform.
    means : mapping of sector to mapping of criterion id to mean score in points; ``by-sector`` only

    Errors: :class:`UsageError` for a kind that does not exist, and for numbers that the kind lacks or does not take.
    """

    name: str
    kind: Kind
    mean: float | None = None
    concentration: float | None = None
    means: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if mistake := _mistake(self):
            raise UsageError(f"prior '{self.name}': {mistake}")
        frozen = {sector: dict(means) for sector, means in self.means.items()}
        object.__setattr__(self, "means", frozen)

    def laws(self, lattice: Lattice, criteria: Sequence[str], sector: str = "") -> Floats:
        """Return the laws of the criteria over the levels of a lattice, (criterion, level), each summing to 1.

        Parameters
        ----------
        criteria : sequence of criterion ids
        sector : str
            A sector, or a criterion, that `means` does not name has the overall mean.

        Errors: :class:`UsageError` for a mean off the scale, and where `means` names a criterion that does not exist.
        """
        if self.kind == "uniform" or self.mean is None or self.concentration is None:
            return np.tile(uniform(lattice), (len(criteria), 1))
        self._check_criteria(criteria)
        own = self.means.get(sector, {})
        means = [own.get(criterion, self.mean) for criterion in criteria]
        return np.stack([beta_binomial(lattice, float(mean), float(self.concentration)) for mean in means])

    def _check_criteria(self, criteria: Sequence[str]) -> None:
        for sector, means in self.means.items():
            for one in means:
                if one not in criteria:
                    near = did_you_mean(one, criteria)
                    raise UsageError(f"prior '{self.name}': sector '{sector}' names no criterion with '{one}'{near}")


def _mistake(one: Prior) -> str:
    """What makes a prior meaningless, or ''."""
    if one.kind not in get_args(Kind):
        return f"no kind is named '{one.kind}'; there are {', '.join(get_args(Kind))}"
    numbers = {"mean": one.mean, "concentration": one.concentration}
    given = [name for name, value in numbers.items() if value is not None]
    if one.kind == "uniform" and (given or one.means):
        return "a uniform prior takes no numbers"
    if one.kind == "uniform":
        return ""
    if missing := [name for name in numbers if name not in given]:
        return f"kind '{one.kind}' needs {' and '.join(missing)}"
    if one.concentration is not None and not 0 < one.concentration < float("inf"):
        return f"a concentration is finite and above 0 (got {one.concentration})"
    if (one.kind == "by-sector") != bool(one.means):
        return f"kind '{one.kind}' {'takes no' if one.means else 'needs'} means by sector"
    return ""


def prior(spec: Prior | str, problem: Problem, alternative: str) -> Floats:
    """Return the prior laws of one alternative of a problem on the problem's scale, (criterion, level).

    Parameters
    ----------
    spec : Prior, or the name of one of the problem's priors
    alternative : the id of one of the problem's alternatives

    Errors: :class:`UsageError` for a name or an alternative that does not exist.
    """
    sectors = {a.id: a.sector for a in problem.alternatives}
    if alternative not in sectors:
        raise UsageError(f"no alternative is named '{alternative}'{did_you_mean(alternative, sectors)}")
    one = _named(spec, problem) if isinstance(spec, str) else spec
    return one.laws(problem.scale, [c.id for c in problem.criteria], sectors[alternative])


def _named(name: str, problem: Problem) -> Prior:
    found = problem.priors.get(name)
    if not isinstance(found, Prior):
        near = did_you_mean(name, problem.priors)
        raise UsageError(f"no prior is named '{name}'{near}; there are {', '.join(problem.priors) or 'none'}")
    return found


def published_belief(laws: Floats, rule: Rule, tier: int, lattice: Lattice) -> Belief:
    """Return a prior, conditioned on ``rule(scores) = tier``: all that a printed tier says.

    Parameters
    ----------
    laws : (criterion, level)
        Independent prior laws.

    Returns
    -------
    Belief, conditioned, without points. That the tier has a probability above 0 is found out where it is used
    (:class:`~mcda.errors.Declined`).

    Errors: :class:`UsageError` for a tier that the rule does not have, laws that do not fit the rule or lattice.
    """
    if tier not in rule.tiers:
        raise UsageError(f"rule '{rule.name}' has no tier {tier}; allowed: {', '.join(map(str, rule.tiers))}")
    if np.shape(laws) != (len(rule.roles), lattice.size):
        raise UsageError(f"the prior must be ({len(rule.roles)} criteria, {lattice.size} levels), got {np.shape(laws)}")
    return Belief(lattice, laws, components=("prior",), condition=Condition(rule, tier))
