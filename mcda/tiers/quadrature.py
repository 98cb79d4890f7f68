"""Tiers under a common factor: what is exact given the factor, mixed over the nodes of a quadrature.

Given the factor (:mod:`mcda.scores.dependence`) the criteria are independent, so tier probabilities are exact and a
mixture over nodes; nodes are doubled until nothing changes any more, and the last change is the error. Closed indices
of criteria do not mix so, since ``E[y | X_J]`` needs what X_J tells of the factor: they come from the mixture's joint
(:func:`mcda.tiers.exact.sensitivity` of :func:`~mcda.scores.dependence.with_factor`). The factor's own does.

Source of the method: `docs/method.md`, 2 (Dependence; question a).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.rule import Rule
from mcda.scores.belief import Belief
from mcda.scores.dependence import (
    checked_loadings,
    node_of,
    normal_nodes,
    rescoring_given_factor,
    score_moments,
    with_factors,
)
from mcda.tiers.exact import share_between, tier_probabilities
from mcda.tiers.transitions import transition

__all__ = [
    "Quadrature", "Spread", "acceptability_under_factor", "dependent_second_panel", "dependent_second_panels",
    "factor_share", "spread_under_factor", "spreads",
]  # fmt: skip

Floats = npt.NDArray[np.float64]

#: Nodes (a factor) at which doubling gives up.
MOST_NODES = 2048


@dataclass(frozen=True, eq=False)
class Quadrature:
    """What a quadrature found.

    value : what was asked for
    error : the largest change at the last doubling; rounding (1e-14) comes on top
    nodes : nodes a factor of the last quadrature
    method : ``'quadrature'``, as results carry it
    """

    value: Floats
    error: float
    nodes: int
    method: str = "quadrature"


def _doubled(at: Callable[[int], Floats], tolerance: float, start: int) -> Quadrature:
    """Double the nodes until the largest change is at most the tolerance."""
    if not tolerance >= 1e-13 or not 1 <= start <= MOST_NODES // 2:
        allowed = f"allowed: at least 1e-13, and 1 to {MOST_NODES // 2} nodes"
        raise UsageError(f"a quadrature with tolerance {tolerance} that starts with {start} nodes; {allowed}")
    nodes, value, error = start, at(start), np.inf
    while error > tolerance:
        if (nodes := 2 * nodes) > MOST_NODES:
            raise Declined(f"with {nodes // 2} nodes the answer still changes by {error:.2g}; use smaller loadings")
        before, value = value, at(nodes)
        error = float(np.nan_to_num(np.abs(value - before)).max())
    return Quadrature(value, error, nodes)


def acceptability_under_factor(
    belief: Belief, rule: Rule, loadings: npt.ArrayLike, *, tolerance: float = 1e-10, start: int = 8
) -> Quadrature:
    """Return P(tier) where the criteria share normal factors, as a mixture over quadrature nodes.

    Parameters
    ----------
    belief : Belief without factors; where it is conditioned, the factor acts on what it was before
    rule : Rule
    loadings : (criterion,) floats, or (criterion, factor)
    tolerance : the largest change of a probability at which doubling ends
    start : nodes (a factor) to begin with

    Returns
    -------
    Quadrature with `value` (tier,).

    Errors: :class:`Declined` for loadings above .95, for a condition of probability 0, and where 2048 nodes (or 65536
    in all factors) do not suffice.
    """
    return _doubled(lambda n: tier_probabilities(with_factors(belief, loadings, nodes=n), rule), tolerance, start)


def factor_share(held: Belief, rule: Rule) -> float:
    """Return the common factor's closed index, ordinal output: ``sum_t Var_z P(T <= t | z) / sum_t F_t (1 - F_t)``.

    Parameters
    ----------
    held : Belief made by :func:`~mcda.scores.dependence.with_factor` (of several factors: their common share)
        Experts, if it has them, are averaged within each node; of a conditioned belief the nodes have the weights that
        they have given the condition.

    Returns
    -------
    float from 0 to 1; NaN where the tier is certain.

    Errors: :class:`UsageError` for a belief without factors.
    """
    nodes = node_of(held)
    groups = [_of_node(held, nodes == q) for q in range(nodes.max() + 1)]
    weight = np.array([held.weight[nodes == q].sum() for q in range(len(groups))]) * [_reached(one) for one in groups]
    alone = [one for one, w in zip(groups, weight, strict=True) if w > 0]
    weight = weight[weight > 0] / weight.sum()
    return share_between(weight, np.array([tier_probabilities(one, rule) for one in alone]))


def _of_node(held: Belief, at: npt.NDArray[np.bool_]) -> Belief:
    """The belief given one node of its factor."""
    weight = held.weight[at] / held.weight[at].sum()
    return replace(held, probability=held.probability[at], weight=weight, components=(), held_by="")


def _reached(belief: Belief) -> float:
    """Probability of what a belief is conditioned on, before the conditioning."""
    if belief.condition is None:
        return 1.0
    before = tier_probabilities(replace(belief, condition=None), belief.condition.rule)
    return float(before[belief.condition.tier - 1])


# -- the spread of the composite ---------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Spread:
    """Standard deviations of the composite and of the balance, (2,) each, points.

    independent : without the factor
    held : with it
    error, nodes, method : of `held`
    """

    independent: Floats
    held: Floats
    error: float
    nodes: int
    method: str = "quadrature"


def spreads(belief: Belief, rule: Rule) -> Floats:
    """Return the standard deviations of the composite and of the balance C - c7, (2,), points.

    In closed form from the mixture's covariance (of a conditioned belief: its joint's). The balance is NaN for rules
    whose form is not the difference.
    """
    sign = {"against": (-1.0, -1.0), "for": (1.0, 1.0), "counterweight": (0.0, -1.0)}
    w = np.array([sign[role] for role in rule.roles]).T * np.array(rule.weights, dtype=float)
    variance = np.einsum("oj,jk,ok->o", w, score_moments(belief)[1], w)
    found = np.sqrt(np.maximum(variance, 0.0))
    return found if rule.form == "difference" else np.array([found[0], np.nan])


def spread_under_factor(
    belief: Belief, rule: Rule, loadings: npt.ArrayLike, *, tolerance: float = 1e-10, start: int = 8
) -> Spread:
    """Return how far composite and balance spread without a common factor and with it.

    Leniency narrows both where criteria against and for weigh the same, since it moves them together and C is a
    difference; valence widens C, since it moves them apart. Parameters and errors as in
    :func:`acceptability_under_factor`.
    """
    found = _doubled(lambda n: spreads(with_factors(belief, loadings, nodes=n), rule), tolerance, start)
    return Spread(spreads(belief, rule), found.value, found.error, found.nodes)


# -- a second panel whose errors share a factor ------------------------------------------------------------------------


def dependent_second_panels(
    prior: Floats,
    rule: Rule,
    lattice: Lattice,
    *,
    sd: float,
    loadings: npt.ArrayLike,
    ends: str = "clip",
    tolerance: float = 1e-10,
    start: int = 8,
) -> Quadrature:
    """Return P(tier of a second panel's scores | printed tier) where the panel's errors share one normal factor.

    The second score of criterion k is the first plus ``sd (a_k z + sqrt(1 - a_k^2) e_k)``, taken by cell: a second
    panel that is more lenient, or better disposed, than the first.

    Parameters
    ----------
    prior : (criterion, level)
        Independent laws of the first scores, before anything is known of the tier.
    rule : the rule that printed the tiers, and that sorts the second panel's scores
    sd : standard deviation of each criterion's error, points
    loadings : (criterion,) floats, at most .95 in absolute value
    ends : ``'clip'`` or ``'reflect'``, what happens to mass beyond the scale
    tolerance, start : as in :func:`acceptability_under_factor`

    Returns
    -------
    Quadrature with `value` (printed tier, tier); NaN where a tier cannot be printed.

    Errors: :class:`UsageError` for a negative sd or other ends; :class:`Declined` for loadings above .95.
    """
    a = checked_loadings(loadings, len(prior))
    if a.shape[1] != 1:
        raise UsageError(f"a second panel's errors share one factor (got loadings on {a.shape[1]})")

    def table(nodes: int) -> Floats:
        z, w = normal_nodes(nodes if a.any() else 1)
        z, w = z[w > tolerance * 1e-6], w[w > tolerance * 1e-6]  # x is not of the factor, so all rows lose alike
        kernels = [rescoring_given_factor(lattice, sd, loading, z, ends=ends) for loading in a[:, 0]]
        found = sum(
            (w[q] * transition(prior, [K[q] for K in kernels], rule, rule, lattice) for q in range(len(z))),
            start=np.zeros((len(rule.tiers), len(rule.tiers))),
        )
        mass = found.sum(axis=1, keepdims=True)
        return np.asarray(np.divide(found, mass, out=np.full_like(found, np.nan), where=mass > 0))

    return _doubled(table, tolerance, start)


def dependent_second_panel(
    prior: Floats,
    rule: Rule,
    tier: int,
    lattice: Lattice,
    *,
    sd: float,
    loadings: npt.ArrayLike,
    ends: str = "clip",
    tolerance: float = 1e-10,
    start: int = 8,
) -> Quadrature:
    """Return the tier probabilities (tier,) of a second panel for one printed tier; see `dependent_second_panels`.

    Errors: those, and :class:`Declined` where no score vector is in the printed tier.
    """
    found = dependent_second_panels(
        prior, rule, lattice, sd=sd, loadings=loadings, ends=ends, tolerance=tolerance, start=start
    )
    if tier not in rule.tiers:
        raise UsageError(f"rule '{rule.name}' has no tier {tier}; allowed: {', '.join(map(str, rule.tiers))}")
    if np.isnan(row := found.value[tier - 1]).any():
        raise Declined(f"under rule '{rule.name}' no score vector is in tier {tier}")
    return replace(found, value=row)
