"""Exact tier probabilities and sensitivity of one belief under one rule.

Independent scores go through variable elimination over the rule's states; conditioned beliefs and mixtures go through
full contraction of the joint. Both give :class:`~mcda.sensitivity.moments.ClosedMoments` of the tiers' indicators, and
everything reported is linear algebra on those: cumulative indicators, the tier number, and the label-free outputs

* ordinal: ``sum_t v(T <= t) / sum_t F_t (1 - F_t)``, t below the last tier (ranked probability score),
* one-hot: ``sum_t v(T = t) / sum_t p_t (1 - p_t)`` (Gamboa et al. 2014, aggregated indices; Goodman-Kruskal tau),
* information: ``I(X_J; T) / H(T)``.

Source of the method: `docs/method.md`, 3.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from mcda.errors import Declined
from mcda.problem import Lattice
from mcda.rule import Rule
from mcda.scores.belief import JOINT_LIMIT, Belief, lattice_tiers
from mcda.sensitivity.contraction import closed_moments_of_joint, weigh
from mcda.sensitivity.elimination import closed_moments, law_of_sum, sparse_law_of_sum
from mcda.sensitivity.moments import ClosedMoments
from mcda.tiers.law import Law
from mcda.tiers.states import LIMIT, States, indicators, states, trimmed, within

__all__ = [
    "Sensitivity",
    "closed_tables",
    "output_names",
    "response",
    "sensitivity",
    "share_between",
    "tier_probabilities",
]

Floats = npt.NDArray[np.float64]
Columns = dict[str, npt.NDArray[np.int64]]

#: States (times tiers) of the largest indicators that are kept from one alternative to the next.
KEPT = 10**6

#: States of a box that is always summed over; a larger one is if it is not larger than a tenth of the lattice.
BOX = 200_000
#: States above which contraction is quicker than elimination, where the lattice allows it.
ELIMINATED = 500_000

#: A composite or balance whose variance is below this share of its squared mean is constant: it has no index.
CONSTANT = 1e-13


@dataclass(frozen=True)
class Sensitivity:
    """Closed indices of every output, for one belief.

    closed : (output, 2^d), NaN where the output is constant
    variance : (output,), for `information` the entropy in bits
    mean : (output,), NaN for the label-free outputs
    outputs : their names
    dependence, method : as results carry them
    """

    closed: Floats
    variance: Floats
    mean: Floats
    outputs: tuple[str, ...]
    dependence: str
    method: str


def output_names(n_tiers: int) -> tuple[str, ...]:
    """Return the names of the outputs of sensitivity for n tiers."""
    single = [f"tier = {t}" for t in range(1, n_tiers + 1)]
    upto = [f"tier <= {t}" for t in range(1, n_tiers)]
    return (*single, *upto, "composite", "balance", "tier number", "ordinal", "one-hot", "information")


# -- tier probabilities ------------------------------------------------------------------------------------------------


def _law_of_states(belief: Belief, rules: list[Rule]) -> tuple[list[Columns], Floats]:
    """What each rule looks at in every state, and the law of the states before any conditioning.

    Over one box of all sums for all components, or, where that is too large (weights with many decimals), over the
    distinct sums alone, component by component.
    """
    lattice, mixture = belief.lattice, list(zip(belief.weight.tolist(), belief.probability, strict=True))
    _, support = trimmed(belief.probability.max(axis=0))
    with suppress(Declined):
        space = states(rules, lattice, support)
        if space.size <= max(BOX, lattice.size ** len(support[0]) // 10):
            law = sum(w * law_of_sum(space.vectors, within(p, support)) for w, p in mixture)
            return [space.values(i) for i in range(len(rules))], np.asarray(law)
    parts = [rule.contributions(list(lattice.steps), lattice.unit) for rule in rules]
    named = [(i, name, part) for i, own in enumerate(parts) for name, part in own.items()]
    vectors = np.stack([part for _, _, part in named], axis=-1)
    listed = [(w, *sparse_law_of_sum(vectors, p)) for w, p in mixture]
    sums = np.concatenate([found for _, found, _ in listed])
    columns: list[Columns] = [{} for _ in rules]
    for c, (i, name, _) in enumerate(named):
        columns[i][name] = sums[:, c]
    return columns, np.concatenate([w * law for w, _, law in listed])


def tier_probabilities(belief: Belief, rule: Rule) -> Floats:
    """Return P(tier) for tiers 1..n, exactly, by sums over the states of the rule (and of the condition's rule).

    Errors: :class:`~mcda.errors.Declined` if the belief is conditioned on an event of probability 0.
    """
    n = len(rule.tiers)
    condition, unit = belief.condition, belief.lattice.unit
    columns, law = _law_of_states(belief, [rule] if condition is None else [rule, condition.rule])
    if condition is not None:
        law = law * (condition.rule.sort_components(columns[1], unit) == condition.tier)
    found = np.bincount(rule.sort_components(columns[0], unit), weights=law, minlength=n + 1)[1:]
    if condition is not None and not found.sum() > 0:
        raise Declined(f"under rule '{condition.rule.name}' no score vector of this belief is in tier {condition.tier}")
    return np.asarray(found / found.sum())


def share_between(weight: Floats, p: Floats) -> float:
    """Return the closed index of what picks a group, ordinal output: ``sum_t Var P(T <= t | g) / sum_t F_t (1 - F_t)``.

    Parameters
    ----------
    weight : (group,), sums to 1
    p : (group, tier), tier probabilities of each group

    Returns
    -------
    float from 0 to 1; NaN where the tier is certain.
    """
    upto = np.cumsum(p, axis=1)[:, :-1]
    mean = weight @ upto
    total = float((mean * (1 - mean)).sum())
    return float((weight @ (upto - mean) ** 2).sum()) / total if total > CONSTANT else float("nan")


# -- closed tables -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _tier_columns(
    rule: Rule, lattice: Lattice, first: tuple[int, ...], last: tuple[int, ...], limit: int
) -> tuple[States, Floats]:
    """States and indicators of the tiers; they depend on the rule and on the range of levels, not on probabilities.

    The last ones are kept, since alternatives are asked one after the other under one rule.
    """
    space = states([rule], lattice, (np.array(first), np.array(last)))
    if space.size > limit:
        raise Declined(f"elimination would need {space.size:.3g} states (at most {limit:.3g})")
    return space, indicators(rule.sort_components(space.values(), space.unit), len(rule.tiers))


def _independent(belief: Belief, rule: Rule, limit: int) -> tuple[ClosedMoments, Floats, Floats]:
    """Moments of the tiers by elimination; closed variances of composite and balance, (2, 2^d); their means."""
    small, (first, last) = trimmed(belief.probability[0])
    space, columns = _tier_columns(rule, belief.lattice, tuple(first.tolist()), tuple(last.tolist()), limit)
    if columns.size > KEPT:
        _tier_columns.cache_clear()
    ratio = rule.statistic(space.values(), space.unit) if rule.form == "ratio" else None
    if ratio is not None:
        columns = np.column_stack([columns, ratio])
    moments = closed_moments(space.vectors, small, columns, classes=len(rule.tiers))
    closed, means = _additive(belief, rule)
    if ratio is not None:
        closed[1], means[1] = moments.covariance[:, -1, -1], moments.mean[-1]
    elif rule.form != "difference":
        closed[1], means[1] = np.nan, np.nan  # no single statistic
    return moments, closed, means


def _additive(belief: Belief, rule: Rule) -> tuple[Floats, Floats]:
    """Closed variances of C and C - c7, sums over J of ``w_k^2 Var x_k``, (2, 2^d); the two means."""
    x = np.asarray(belief.lattice.levels)
    laws = belief.probability[0]
    mean = laws @ x
    variance = (laws * (x - mean[:, None]) ** 2).sum(axis=1)
    signs = {"against": (-1.0, -1.0), "for": (1.0, 1.0), "counterweight": (0.0, -1.0)}
    weights = np.array([signs[role] for role in rule.roles]).T * np.array(rule.weights, dtype=float)
    subset = np.arange(1 << len(laws))[:, None] >> np.arange(len(laws)) & 1
    return (weights**2 * variance) @ subset.T, weights @ mean


def _contracted(belief: Law, rule: Rule, joint: Floats) -> tuple[ClosedMoments, Floats, Floats]:
    """The same by contraction of a joint law."""
    n = len(rule.tiers)
    grid = _lattice_statistics(belief, rule)
    weighted = weigh(joint, lattice_tiers(rule, belief.lattice), n, grid)
    moments = closed_moments_of_joint(weighted, classes=n)
    return moments, np.stack([moments.covariance[:, c, c] for c in range(n, n + len(grid))]), moments.mean[n:]


def _lattice_statistics(belief: Law, rule: Rule) -> list[Floats]:
    """C and, where the form has one, the balance of every cell of the lattice."""
    parts = rule.contributions(list(belief.lattice.steps), belief.lattice.unit)
    state = {}
    for name in {"composite", "counterweight"} & parts.keys():
        total = np.zeros((), dtype=np.int64)
        for row in parts[name]:
            total = np.add.outer(total, row)
        state[name] = total
    composite = state["composite"] / (belief.lattice.unit * rule.denominator)
    statistic = rule.statistic(state, belief.lattice.unit)
    return [composite] if statistic is None else [composite, statistic]


def closed_tables(moments: ClosedMoments, statistics: Floats, means: Floats, n: int) -> tuple[Floats, Floats, Floats]:
    """Turn moments of the tier indicators into closed tables of all outputs.

    Parameters
    ----------
    moments : ClosedMoments, its first n columns the tiers' indicators
    statistics : (1 or 2, 2^d), closed variances of the composite and, where there is one, of the balance
    means : (1 or 2,), their means
    n : number of tiers

    Returns
    -------
    closed (output, 2^d), variance (output,), mean (output,), in the order of `output_names`; NaN in `closed` where the
    output is constant or does not exist.
    """
    linear = np.vstack([np.eye(n), np.tri(n)[: n - 1], np.arange(1, n + 1)])  # one tier, up to a tier, its number
    single, upto = slice(0, n), slice(n, 2 * n - 1)
    p = moments.mean[:n]
    m = linear @ p
    # a constant changes no variance: forms that vanish on the modal tier keep their digits where the others are rare
    linear = linear - linear[:, [p.argmax()]]
    products = (linear[:, :, None] * linear[:, None, :]).reshape(2 * n, n * n)
    v = products @ moments.covariance[:, :n, :n].reshape(-1, n * n).T
    # totals from the law itself, not from the last subset: exact, and squares about the mean
    totals = (linear - (linear @ p)[:, None]) ** 2 @ p
    # a certain tier has no entropy, though its probability may be a rounding from 1
    entropy = -(p[p > 0] * np.log2(p[p > 0])).sum() if totals[single].any() else 0.0
    shown, shown_mean, nan = np.full((2, v.shape[1]), np.nan), np.full(2, np.nan), np.full(3, np.nan)
    shown[: len(means)], shown_mean[: len(means)] = statistics, means
    label_free = [v[upto].sum(axis=0), v[single].sum(axis=0), moments.information]
    label_free_totals = [totals[upto].sum(), totals[single].sum(), entropy]
    closed = np.vstack([v[:-1], shown, v[-1:], *label_free])
    variance = np.concatenate([totals[:-1], shown[:, -1], totals[-1:], label_free_totals])
    mean = np.concatenate([m[:-1], shown_mean, m[-1:], nan])
    least = np.zeros(len(variance))  # a tier is constant if it is impossible or certain; C, if rounding is all it has
    least[2 * n - 1 : 2 * n + 1] = CONSTANT * (1 + shown_mean**2)
    return closed / np.where(variance > least, variance, np.nan)[:, None], variance, mean


def sensitivity(belief: Law, rule: Rule, *, joint: Floats | None = None, method: str = "auto") -> Sensitivity:
    """Return the closed indices of all subsets of criteria for every output, exactly.

    Parameters
    ----------
    belief : Belief, or any other law of scores (a second panel's)
    rule : Rule
    joint : (L,) * d, optional
        A joint law that replaces the belief's own, on the belief's lattice.
    method : ``'auto'``, ``'elimination'`` or ``'contraction'``

    Errors: :class:`~mcda.errors.Declined` where neither method can do it (too many states, too large a lattice, or
    elimination asked for dependent scores).
    """
    alone = belief if isinstance(belief, Belief) and belief.independent and joint is None else None
    if method == "elimination" and alone is None:
        raise Declined("elimination needs independent scores; use method='contraction'")
    cells = belief.lattice.size ** len(rule.roles)
    found = None
    if alone is not None and method != "contraction":
        try:
            found = _independent(alone, rule, ELIMINATED if method == "auto" and cells <= JOINT_LIMIT else LIMIT)
        except Declined:
            if method == "elimination" or cells > JOINT_LIMIT:
                raise
    eliminated = found is not None
    if found is None:
        if cells > JOINT_LIMIT:
            raise Declined(f"the joint has {cells:.3g} cells (at most {JOINT_LIMIT:.3g}); use sampling")
        found = _contracted(belief, rule, belief.joint() if joint is None else joint)
    dependence = belief.dependence if joint is None else "conditioned"
    tables = closed_tables(*found, len(rule.tiers))
    names = output_names(len(rule.tiers))
    return Sensitivity(*tables, names, dependence, "elimination" if eliminated else "contraction")


# -- response ----------------------------------------------------------------------------------------------------------


def response(belief: Law, rule: Rule, *, joint: Floats | None = None) -> Floats:
    """Return ``P(tier = t | c_k = x)``, (criterion, level, tier); NaN where the level has probability 0."""
    if joint is None and isinstance(belief, Belief) and belief.independent:
        with suppress(Declined):  # too many states: the joint may still be small enough
            return _response_independent(belief, rule)
    joint = belief.joint() if joint is None else joint
    tiers = lattice_tiers(rule, belief.lattice)
    d = joint.ndim
    found = np.empty((d, belief.lattice.size, len(rule.tiers)))
    for i, t in enumerate(rule.tiers):
        share = np.where(tiers == t, joint, 0.0)
        for k in range(d):
            found[k, :, i] = share.sum(axis=tuple(a for a in range(d) if a != k))
    mass = found.sum(axis=2, keepdims=True)
    return np.asarray(np.divide(found, mass, out=np.full_like(found, np.nan), where=mass > 0))


def _response_independent(belief: Belief, rule: Rule) -> Floats:
    laws = belief.probability[0]
    small, (first, last) = trimmed(laws)
    space = states([rule], belief.lattice, (first, last))
    table = indicators(rule.sort_components(space.values(), space.unit), len(rule.tiers))
    found = np.full((*laws.shape, len(rule.tiers)), np.nan)
    for k in range(len(laws)):
        for level in np.flatnonzero(laws[k]):
            fixed = small.copy()
            fixed[k] = np.eye(small.shape[1])[level - first[k]]
            found[k, level] = law_of_sum(space.vectors, fixed) @ table
    return found
