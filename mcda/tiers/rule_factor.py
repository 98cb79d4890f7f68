"""The rule itself as a factor: which of the scores and the rule's open points decide the tier, exactly.

Open points that exist only under some choices fold into one factor ``rule``, whose members are complete rules; ordered
cuts are one factor ``cuts``, crossed with the rule by levels of prior mass, which mean the same under every form. With
S the extra factors that are known and the others averaged over, the table of tiers is soft, ``E[y | x, S]``, and

``Cov(E[y | X_J, S]) = sum_s w_s (Cov(E[y | X_J, s]) + (m_s - m)(m_s - m)')``,

a mixture over the members s of S of tables that the engine for fixed rules already makes (total covariance). Extra
factors are independent of the scores unless the scores were conditioned on a tier that the same rule printed; then each
member has its own law of scores, and everything goes through the joint.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.rule import Rule
from mcda.scores.belief import JOINT_LIMIT, Belief, lattice_tiers
from mcda.sensitivity.contraction import closed_moments_of_joint
from mcda.sensitivity.elimination import closed_moments
from mcda.sensitivity.moments import ClosedMoments
from mcda.tiers import exact
from mcda.tiers.calibration import calibrate
from mcda.tiers.law import Law
from mcda.tiers.states import indicators, states, trimmed

__all__ = ["RuleFactors", "crossed_with_cuts", "sensitivity_with_rules", "shifted_cuts"]

Floats = npt.NDArray[np.float64]

#: States of a soft table above which contraction of the joint is quicker, where the lattice allows it.
SOFT_LIMIT = 500_000
#: States of a soft table above which it is declined: elimination would take a minute for each belief.
LARGEST = 2_000_000
#: Whole numbers that stand for shares when cuts are looked for.
SHARES = 10**6


@dataclass(frozen=True, eq=False)
class RuleFactors:
    """Rules over a grid of one or two extra factors.

    names : of the factors, ``("rule",)`` or ``("rule", "cuts")``
    members : for each factor the names of its members
    rules : nested by factor, flat in C order: rules[i * n_cuts + j]
    weights : for each factor (member,), sums to 1
    """

    names: tuple[str, ...]
    members: tuple[tuple[str, ...], ...]
    rules: tuple[Rule, ...]
    weights: tuple[Floats, ...]

    def __post_init__(self) -> None:
        sizes = [len(m) for m in self.members]
        if len(self.rules) != np.prod(sizes) or [len(w) for w in self.weights] != sizes:
            raise UsageError(
                "a grid of rules has one rule for each combination of members, and a weight for each member"
            )
        if any(not np.isfinite(w).all() or min(w) < 0 or not sum(w) > 0 for w in self.weights):
            raise UsageError("weights of members are finite and at least 0, and not all 0")
        if any(r.tiers != self.rules[0].tiers for r in self.rules):
            raise UsageError("rules that are mixed must have the same tiers")
        scaled = tuple(np.asarray(w, dtype=np.float64) / np.sum(w) for w in self.weights)
        object.__setattr__(self, "weights", scaled)

    @property
    def joint_weights(self) -> Floats:
        """Weight of each combination of members, an axis per factor."""
        found = np.ones(())
        for w in self.weights:
            found = np.multiply.outer(found, w)
        return np.asarray(found)

    def cells(self, known: Sequence[int]) -> list[tuple[float, list[int], Floats]]:
        """Return for each combination of the known factors' members its weight, its rules and their weights within."""
        joint, found = self.joint_weights, []
        numbers = np.arange(len(self.rules)).reshape(joint.shape)
        for chosen in product(*(range(len(self.members[f])) for f in known)):
            at: list[int | slice] = [slice(None)] * joint.ndim
            for factor, member in zip(known, chosen, strict=True):
                at[factor] = member
            w = np.ravel(joint[tuple(at)])
            if (mass := float(w.sum())) > 0:
                found.append((mass, np.ravel(numbers[tuple(at)]).tolist(), w / mass))
        return found


# -- cuts by levels of prior mass --------------------------------------------------------------------------------------


def shifted_cuts(rule: Rule, lattice: Lattice, shift: float) -> Rule:
    """Return a rule whose cuts let more (or fewer) scores into the smaller tiers.

    Each cut is moved so that the prior mass above it, as a share of the mass on its side of the Roadmap, grows by
    `shift` as nearly as attained values allow (likelihood, :func:`~mcda.tiers.calibration.calibrate`); prior: uniform.
    So one shift means the same under every form. Bands have no cuts and are left as they are.

    Errors: :class:`UsageError` where the shift leaves a tier without mass.
    """
    if rule.bands is not None or shift == 0:
        return rule
    d = len(rule.roles)
    p = exact.tier_probabilities(Belief(lattice, np.full((d, lattice.size), 1 / lattice.size)), rule)
    sides = [p] if rule.reading == "text" else [p[: rule.inside], p[rule.inside :]]
    counts = np.concatenate([_moved(side, shift, rule) for side in sides])
    return calibrate(rule, lattice, counts.tolist()).rule.but(name=rule.name)


def _moved(side: Floats, shift: float, rule: Rule) -> npt.NDArray[np.int64]:
    """Shares of the tiers of one side after all of its cuts have moved, as whole numbers."""
    total = side.sum()
    upto = np.cumsum(side)[:-1] + shift * total
    moved = np.diff(np.concatenate([[0.0], upto, [total]]))
    if not np.isfinite(shift) or ((moved <= 0) & (side > 0)).any():
        raise UsageError(f"a shift of {shift:g} leaves a tier of rule '{rule.name}' without scores")
    return np.asarray(np.rint(SHARES * np.maximum(moved, 0.0)), dtype=np.int64)


def crossed_with_cuts(
    rules: Sequence[Rule],
    weights: Sequence[float],
    lattice: Lattice,
    *,
    shifts: Sequence[float] = (),
    shift_weights: Sequence[float] = (),
) -> RuleFactors:
    """Return the grid of rules, crossed with shifts of their cuts where there are any.

    Parameters
    ----------
    rules, weights : members of the factor ``rule``
    shifts, shift_weights : members of the factor ``cuts`` (:func:`shifted_cuts`), of equal weight if none are given;
        none: no such factor
    """
    names = tuple(r.name for r in rules)
    w = np.asarray(weights, dtype=np.float64)
    if not shifts:
        return RuleFactors(("rule",), (names,), tuple(rules), (w,))
    grid = tuple(shifted_cuts(rule, lattice, shift) for rule in rules for shift in shifts)
    labels = tuple(f"{shift:+g}" if shift else "0" for shift in shifts)
    own = np.asarray(shift_weights, dtype=np.float64) if len(shift_weights) else np.ones(len(shifts))
    return RuleFactors(("rule", "cuts"), (names, labels), grid, (w, own))


# -- soft tables -------------------------------------------------------------------------------------------------------


def _eliminated(belief: Belief, rules: Sequence[Rule], weights: Floats) -> ClosedMoments:
    """Moments of E[tier indicators | x], the rules averaged over, for independent scores."""
    small, (first, last) = trimmed(belief.probability[0])
    space = states(rules, belief.lattice, (first, last))
    if space.size > SOFT_LIMIT and belief.lattice.size ** len(small) <= JOINT_LIMIT:
        return _contracted([belief], rules, weights)
    if space.size > LARGEST:
        what = f"these rules have {space.size:.3g} states together (at most {LARGEST:.3g})"
        raise Declined(f"{what}; use fewer rules, or beliefs on whole points (pooled-cells, pooled-experts)")
    n = len(rules[0].tiers)
    soft = np.zeros((space.size, n))
    for i, (rule, w) in enumerate(zip(rules, weights, strict=True)):
        soft += w * indicators(rule.sort_components(space.values(i), space.unit), n)
    return closed_moments(space.vectors, small, soft, classes=n)


def _weighted(law: Law, joint: Floats, rule: Rule, weight: float, out: Floats) -> None:
    """Add ``w p(x) y(x)`` of one rule to every cell, (cell, tier)."""
    tiers = lattice_tiers(rule, law.lattice).reshape(-1)
    for t in range(out.shape[1]):
        out[:, t] += np.where(tiers == t + 1, weight * joint, 0.0)


def _contracted(laws: Sequence[Law], rules: Sequence[Rule], weights: Floats) -> ClosedMoments:
    """The same from joints: one law of scores for all rules, or one for each."""
    lattice, d, n = laws[0].lattice, len(rules[0].roles), len(rules[0].tiers)
    if (cells := lattice.size**d) > JOINT_LIMIT:
        raise Declined(f"the joint has {cells:.3g} cells (at most {JOINT_LIMIT:.3g}); use sampling")
    weighted = np.zeros((cells, n))
    joint = laws[0].joint().reshape(-1)
    for i, (rule, w) in enumerate(zip(rules, weights, strict=True)):
        if i > 0 and len(laws) > 1:
            joint = laws[i].joint().reshape(-1)
        _weighted(laws[0], joint, rule, w, weighted)
    return closed_moments_of_joint(weighted.reshape(*[lattice.size] * d, n), classes=n)


def _moments(laws: Sequence[Law], rules: Sequence[Rule], weights: Floats) -> ClosedMoments:
    alone = laws[0]
    if len(laws) == 1 and isinstance(alone, Belief) and alone.independent:
        return _eliminated(alone, rules, weights)
    return _contracted(laws, rules, weights)


def _entropy(p: Floats) -> float:
    kept = p[p > 0]
    return float(-(kept * np.log2(kept)).sum())


Parts = list[tuple[float, ClosedMoments]]


def _by_knowledge(laws: Sequence[Law], factors: RuleFactors) -> list[Parts]:
    """For each subset of extra factors that is known: weight and moments of each combination of their members."""
    alone, extra = laws[0], len(factors.names)
    if extra == 1 and not (len(laws) == 1 and isinstance(alone, Belief) and alone.independent):
        return _in_one_pass(laws, factors)
    found = []
    for known in range(1 << extra):
        parts: Parts = []
        for mass, numbers, within in factors.cells([f for f in range(extra) if known >> f & 1]):
            own = laws if len(laws) == 1 else [laws[i] for i in numbers]
            parts.append((mass, _moments(own, [factors.rules[i] for i in numbers], within)))
        found.append(parts)
    return found


def _in_one_pass(laws: Sequence[Law], factors: RuleFactors) -> list[Parts]:
    """The same through joints and with one extra factor: every rule's joint is made once, and added up on the way."""
    lattice, d, n = laws[0].lattice, len(factors.rules[0].roles), len(factors.rules[0].tiers)
    if (cells := lattice.size**d) > JOINT_LIMIT:
        raise Declined(f"the joint has {cells:.3g} cells (at most {JOINT_LIMIT:.3g}); use sampling")
    shape = (*[lattice.size] * d, n)
    total, parts = np.zeros((cells, n)), []
    for i, (rule, w) in enumerate(zip(factors.rules, factors.weights[0].tolist(), strict=True)):
        joint = laws[i if len(laws) > 1 else 0].joint().reshape(-1)
        own = np.zeros((cells, n))
        _weighted(laws[0], joint, rule, 1.0, own)
        total += w * own
        parts.append((w, closed_moments_of_joint(own.reshape(shape), classes=n)))
    return [[(1.0, closed_moments_of_joint(total.reshape(shape), classes=n))], parts]


def _mixed(laws: Sequence[Law], factors: RuleFactors) -> ClosedMoments:
    """Moments over all subsets of criteria (low bits) and extra factors (high bits)."""
    every = _by_knowledge(laws, factors)
    mean = every[0][0][1].mean
    covariance, information = [], []
    for parts in every:
        spread = [w * (m.covariance + np.outer(m.mean - mean, m.mean - mean)) for w, m in parts]
        covariance.append(np.sum(spread, axis=0))
        left = sum(w * (_entropy(m.mean) - m.information) for w, m in parts)
        information.append(_entropy(mean) - left)
    return ClosedMoments(mean, np.concatenate(covariance), np.concatenate(information))


def sensitivity_with_rules(law: Law | Callable[[Rule], Law], factors: RuleFactors) -> exact.Sensitivity:
    """Return the closed indices of all subsets of criteria and of the rule's factors, exactly.

    Parameters
    ----------
    law : the law of scores, or a function that gives it for each rule (scores conditioned on a tier that the same rule
        printed: rule and scores then depend on each other)
    factors : the rules, over one or two extra factors

    Returns
    -------
    Sensitivity with 2^(d + extra) subsets: bits of the criteria first, then the factors in their order. Of composite
    and balance only the tiers' outputs have indices: those are NaN, since their meaning changes with the rule.

    Errors: :class:`~mcda.errors.Declined` where neither elimination nor contraction can do it.
    """
    laws = [law(rule) for rule in factors.rules] if callable(law) else [law]
    n = len(factors.rules[0].tiers)
    moments = _mixed(laws, factors)
    nothing = np.zeros((0, len(moments.covariance))), np.zeros(0)
    tables = exact.closed_tables(moments, *nothing, n)
    alone = laws[0]
    independent = len(laws) == 1 and isinstance(alone, Belief) and alone.independent
    method = "elimination" if independent else "contraction"
    return exact.Sensitivity(*tables, exact.output_names(n), "independent" if independent else alone.dependence, method)
