"""One draw is one world: what all alternatives of a draw share, and how likely each such world is.

Given the rule, the expert who is asked and the panel's factor, alternatives are independent. A *world* is one
combination of these; exact joint statements are mixtures over worlds, and a sampler draws the world once for a draw
and every alternative in it. Source: `docs/method.md`, 4.

Alternatives may have different components (an expert who scored nothing of one of them is none of its): one number u
on [0, 1) picks the component of each from its own cumulative weights, so that experts of the same name go together
where the components are the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mcda.errors import UsageError
from mcda.rule import Rule
from mcda.scores.belief import Belief
from mcda.tiers.acceptability import distinct, probabilities
from mcda.tiers.law import Law

__all__ = ["Worlds", "checked_weights", "given_component", "tier_probabilities_by_world", "worlds"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Ends of intervals that differ by less are one: weights are sums of rounded numbers.
SAME = 1e-12


@dataclass(frozen=True, eq=False)
class Worlds:
    """The worlds of a table of alternatives: every rule with every interval of what is shared.

    rules : the rules that a draw may have; rule_weight : (rule,), sums to 1
    component_weight : (interval,), sums to 1; component : (interval, alternative), each alternative's component there
    stream : the stream of random numbers that picks the interval
    """

    rules: tuple[Rule, ...]
    rule_weight: Floats
    component_weight: Floats
    component: Ints
    stream: str = "expert"

    @property
    def weight(self) -> Floats:
        """Probability of each world, (rule x interval,), the interval running fastest."""
        return np.outer(self.rule_weight, self.component_weight).reshape(-1)


def worlds(laws: Mapping[str, Law], rules: Sequence[Rule], weights: Sequence[float] | None = None) -> Worlds:
    """Return the worlds of alternatives' laws under rules with declared weights (equal if not given).

    Errors: :class:`UsageError` for rules with different tiers, weights that are negative or all 0.
    """
    if not laws:
        raise UsageError("a table needs an alternative")
    w = checked_weights(rules, weights)
    for name, law in laws.items():
        if isinstance(law, Belief) and law.probability.shape[1] != len(rules[0].roles):
            d, n = law.probability.shape[1], len(rules[0].roles)
            raise UsageError(f"the belief about '{name}' has {d} criteria, the rule '{rules[0].name}' {n}")
    ends = [np.cumsum(_weights(law)) for law in laws.values()]
    cuts = _merged(ends)
    middle = cuts - np.diff(cuts, prepend=0.0) / 2
    component = np.stack([np.searchsorted(end[:-1], middle) for end in ends], axis=1)
    held = any(getattr(law, "held_by", "") for law in laws.values())
    return Worlds(tuple(rules), w, np.diff(cuts, prepend=0.0), component, "panel factor" if held else "expert")


def checked_weights(rules: Sequence[Rule], weights: Sequence[float] | None) -> Floats:
    """Return the weights of rules, scaled to sum to 1; equal if none are given.

    Errors: :class:`UsageError` for no rule, rules with different tiers or criteria, and weights that are none.
    """
    if not rules:
        raise UsageError("a table needs a rule")
    if any(r.tiers != rules[0].tiers or r.roles != rules[0].roles for r in rules):
        raise UsageError("rules that are mixed must have the same tiers and criteria")
    w = np.ones(len(rules)) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != (len(rules),) or not np.isfinite(w).all() or not (w >= 0).all() or not w.sum() > 0:
        raise UsageError("a rule's weight is finite and at least 0, one weight per rule, and not all are 0")
    return np.asarray(w / w.sum())


def _weights(law: Law) -> Floats:
    """Weights of what is shared: a conditioned belief, or a second panel, shares nothing."""
    if isinstance(law, Belief) and law.condition is None:
        return law.weight
    return np.ones(1)


def _merged(ends: Sequence[Floats]) -> Floats:
    """All ends of all intervals, those that differ by rounding once; the last is 1."""
    every = np.unique(np.concatenate([end[:-1] for end in ends] + [np.ones(1)]))
    return np.append(every[:-1][np.diff(every) > SAME], 1.0)


def given_component(law: Law, component: int) -> Law:
    """Return the law of one component alone; a law that shares nothing is its own."""
    if isinstance(law, Belief) and law.condition is None and len(law.weight) > 1:
        return Belief(law.lattice, law.probability[component])
    return law


def tier_probabilities_by_world(laws: Mapping[str, Law], table: Worlds) -> Floats:
    """Return P(tier | world) of every alternative, (world, alternative, tier), exactly.

    Each distinct law is asked once for each of its components and each rule.
    """
    firsts, index = distinct(laws)
    kept = [laws[name] for name in firsts]
    n = len(table.rules[0].tiers)
    found = np.empty((len(table.rules), len(table.component_weight), len(laws), n))
    for r, rule in enumerate(table.rules):
        asked: dict[tuple[int, int], Floats] = {}
        for g, row in enumerate(table.component):
            for a, (number, component) in enumerate(zip(index, row.tolist(), strict=True)):
                place = (number, component)
                if place not in asked:
                    asked[place] = probabilities(given_component(kept[number], component), rule)
                found[r, g, a] = asked[place]
    return found.reshape(-1, len(laws), n)
