"""From a panel to beliefs: three different ways, by name, and the tiers of the panel's point scores.

==================  ==============================================================================================
name                what is believed
==================  ==============================================================================================
``panel-mean``      the mean of the experts' scores, each expert's own doubt independent: what averaging rules use
``pooled-experts``  one expert is right, we do not know which: a mixture of the experts' joint beliefs
``pooled-cells``    each cell is pooled by itself, then cells are independent: drops the experts' disagreement
==================  ==============================================================================================

Pools are linear (Stone 1961), with the panel's weights among those who answered. Source: `docs/method.md`, 2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

import numpy as np
import numpy.typing as npt

from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.rule import Rule
from mcda.scores.belief import Belief
from mcda.scores.marginals import given, point, three_point
from mcda.scores.panel import Answer, Panel

__all__ = [
    "MAX_UNIT", "WARNING", "Cells", "PointTiers", "answer_law", "cells_of", "common_lattice", "law_of_total",
    "mean_points", "panel_mean", "point_tiers", "pooled_cells", "pooled_experts", "tier_of_points",
]  # fmt: skip

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
#: Laws of one alternative: by criterion, by the expert who answered, over the levels.
Cells = list[dict[str, Floats]]

#: Most steps in a point of a panel mean's lattice.
MAX_UNIT = 60

#: What a run that uses `pooled_cells` shows.
WARNING = (
    "pooled-cells treats the criteria as independent after pooling, and so drops exactly the disagreement between "
    "experts: who is severe on one criterion is no longer severe on another. Compare it with pooled-experts."
)


# -- one expert --------------------------------------------------------------------------------------------------------


def answer_law(answer: Answer, lattice: Lattice, *, spread: Fraction | float, family: str = "triangular") -> Floats:
    """Return the law of one answer over the levels of a lattice, (level,).

    Parameters
    ----------
    spread : Fraction or float
        Points; used for a point score that has no spread of its own.
    family : ``'triangular'`` or ``'beta-binomial'``
        Of point scores; see :func:`~mcda.scores.marginals.point`, which also says what a spread is.

    Errors: :class:`UsageError` for a "don't know", a score off the scale, or a certain score between two levels.
    """
    if answer.kind == "distribution":
        return given(lattice, {float(x): float(p) for x, p in answer.probabilities})
    if answer.score is None:
        raise UsageError('a "don\'t know" has no law; it is left out and counted')
    if answer.low is not None and answer.high is not None:
        return three_point(lattice, float(answer.low), float(answer.score), float(answer.high))
    own = spread if answer.spread is None else answer.spread
    return point(lattice, float(answer.score), float(own), family=family)


def cells_of(panel: Panel, alternative: str, lattice: Lattice, spread: Fraction | float, family: str) -> Cells:
    """Return the laws of all answers to an alternative: by criterion, by the expert who answered."""
    return [
        {
            expert: _law_with_place(answer, lattice, spread, family, (expert, alternative, criterion))
            for expert, answer in _answered(panel, alternative, criterion).items()
        }
        for criterion in panel.criteria
    ]


def _answered(panel: Panel, alternative: str, criterion: str) -> dict[str, Answer]:
    found = panel.answered(alternative, criterion)
    if not found:
        raise UsageError(f"nobody scored '{alternative}' on '{criterion}'; a belief needs at least one answer")
    return found


def _law_with_place(
    answer: Answer, lattice: Lattice, spread: Fraction | float, family: str, place: tuple[str, str, str]
) -> Floats:
    try:
        return answer_law(answer, lattice, spread=spread, family=family)
    except UsageError as error:
        raise UsageError("expert '{}', alternative '{}', criterion '{}': ".format(*place) + str(error)) from None


def _points(panel: Panel, alternative: str, middle: Callable[[list[Fraction]], Fraction]) -> tuple[Fraction, ...]:
    """The mean, or the median, of the point scores of those who answered, by criterion, in points."""
    found = []
    for criterion in panel.criteria:
        answers = _answered(panel, alternative, criterion).values()
        found.append(middle([x for answer in answers if (x := answer.point) is not None]))
    return tuple(found)


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def mean_points(panel: Panel, alternative: str) -> tuple[Fraction, ...]:
    """Return the mean point scores of those who answered, by criterion, in points."""
    return _points(panel, alternative, _mean)


# -- the three beliefs -------------------------------------------------------------------------------------------------


def panel_mean(
    panel: Panel, lattice: Lattice, *, spread: Fraction | float, family: str = "triangular"
) -> dict[str, Belief]:
    """Return the belief in the mean score of the experts, each of whom doubts independently, by alternative.

    The mean of the n experts who answered a cell lives on steps of 1/n; an alternative's lattice has the least common
    multiple of its cells' n as steps in a point. The law is the convolution of the experts' laws: exact, direct sums.

    Parameters
    ----------
    panel : Panel
        All experts weigh the same.
    lattice : Lattice
        The problem's, on which the experts' own laws live.
    spread, family
        As in :func:`answer_law`.

    Returns
    -------
    dict of Belief by alternative id, independent; `points` are the mean point scores.

    Errors: :class:`Declined` where the common lattice would have more than 60 steps in a point; :class:`UsageError` for
    unequal weights, and for a cell that nobody scored.
    """
    if not panel.equal_weights:
        raise UsageError("panel-mean gives all experts the same weight; pooled-experts takes weights")
    return {a: _mean_belief(panel, a, lattice, spread, family) for a in panel.alternatives}


def _mean_belief(panel: Panel, alternative: str, lattice: Lattice, spread: Fraction | float, family: str) -> Belief:
    cells = cells_of(panel, alternative, lattice, spread, family)
    fine = common_lattice(alternative, lattice, [len(laws) for laws in cells])
    probability = np.zeros((len(cells), fine.size))
    for k, laws in enumerate(cells):
        probability[k, :: fine.unit // (lattice.unit * len(laws))] = law_of_total(list(laws.values()))
    return Belief(fine, probability, components=("panel-mean",), points=_points(panel, alternative, _mean))


def common_lattice(alternative: str, lattice: Lattice, counts: Sequence[int]) -> Lattice:
    """Return the lattice on which the means of so many experts live; :class:`Declined` above `MAX_UNIT` steps."""
    unit = lattice.unit * math.lcm(*counts)
    if unit > MAX_UNIT:
        several = ", ".join(map(str, sorted(set(counts))))
        raise Declined(
            f"panel-mean of '{alternative}': the means of {several} experts have {unit} steps in a point in common "
            f"(at most {MAX_UNIT} are computed exactly); use sampling"
        )
    return Lattice(lattice.low, lattice.high, unit)


def law_of_total(laws: Sequence[Floats]) -> Floats:
    """Return the law of the sum of independent scores with n levels each, over its (n - 1) * len(laws) + 1 levels."""
    total = np.ones(1)
    for law in laws:
        total = np.convolve(total, law)
    return total


def pooled_experts(
    panel: Panel, lattice: Lattice, *, spread: Fraction | float, family: str = "triangular"
) -> dict[str, Belief]:
    """Return the mixture of the experts' joint beliefs, by alternative: one component per expert, named by the expert.

    Weights are the panel's. A cell that an expert does not know is filled with the linear pool of the others' laws for
    that cell. An expert who scored nothing of an alternative, or weighs nothing, is no component of it, and the
    others' weights are scaled to sum to 1.

    Parameters
    ----------
    panel, lattice, spread, family
        As in :func:`panel_mean`; weights may differ.

    Returns
    -------
    dict of Belief by alternative id; `points` are the mean point scores (unweighted) of those who answered.

    Errors: :class:`UsageError` for a cell that nobody with a weight scored.
    """
    return {a: _mixture(panel, a, lattice, spread, family) for a in panel.alternatives}


def _mixture(panel: Panel, alternative: str, lattice: Lattice, spread: Fraction | float, family: str) -> Belief:
    cells = cells_of(panel, alternative, lattice, spread, family)
    weights = dict(zip(panel.experts, panel.weights, strict=True))
    pools = [_pool(laws, weights, (alternative, c)) for laws, c in zip(cells, panel.criteria, strict=True)]
    experts = [e for e in panel.experts if weights[e] > 0 and any(e in laws for laws in cells)]
    # the pool of all who answered is the pool of the others, since who is filled in did not answer
    laws = np.stack([[cell.get(e, pool) for cell, pool in zip(cells, pools, strict=True)] for e in experts])
    total = sum(weights[e] for e in experts)
    mix = np.array([float(weights[e] / total) for e in experts])
    return Belief(lattice, laws, mix, tuple(experts), points=_points(panel, alternative, _mean))


def _pool(laws: dict[str, Floats], weights: dict[str, Fraction], place: tuple[str, str]) -> Floats:
    """Linear pool of the laws of one cell, with the weights of those who answered scaled to sum to 1."""
    total = sum(weights[expert] for expert in laws)
    if total == 0:
        raise UsageError("nobody with a weight above 0 scored '{}' on '{}'".format(*place))
    pooled = sum(float(weights[expert] / total) * law for expert, law in laws.items())
    return np.asarray(pooled)


def pooled_cells(
    panel: Panel, lattice: Lattice, *, spread: Fraction | float, family: str = "triangular"
) -> dict[str, Belief]:
    """Return each cell's linear pool, and then independent cells, by alternative.

    Warning: pooling by cell drops exactly the disagreement between experts (see `WARNING`, which runs show): each
    criterion keeps the law it has under :func:`pooled_experts`, but not that one expert's scores go together.

    Parameters
    ----------
    panel, lattice, spread, family
        As in :func:`panel_mean`; weights may differ.

    Returns
    -------
    dict of Belief by alternative id, independent; `points` are the mean point scores (unweighted).

    Errors: :class:`UsageError` for a cell that nobody with a weight scored.
    """
    return {a: _pooled_cells(panel, a, lattice, spread, family) for a in panel.alternatives}


def _pooled_cells(panel: Panel, alternative: str, lattice: Lattice, spread: Fraction | float, family: str) -> Belief:
    cells = cells_of(panel, alternative, lattice, spread, family)
    weights = dict(zip(panel.experts, panel.weights, strict=True))
    pools = [_pool(laws, weights, (alternative, c)) for laws, c in zip(cells, panel.criteria, strict=True)]
    points = _points(panel, alternative, _mean)
    return Belief(lattice, np.stack(pools), components=("pooled-cells",), points=points)


# -- tiers of point scores ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class PointTiers:
    """Tiers that a panel's point scores give under one rule; -1 where scores are missing.

    Attributes
    ----------
    alternatives, experts : ids
    mean, median : (alternative,) tiers of the mean and of the median scores over those who answered each cell
    own : (alternative, expert) tiers of each expert's own scores, -1 where one of them is a "don't know"
    vote : (alternative,) the most frequent of the experts' own tiers, one vote each; of equals the larger number
    vote_tie : (alternative,) whether several tiers were the most frequent
    """

    alternatives: tuple[str, ...]
    experts: tuple[str, ...]
    mean: Ints
    median: Ints
    own: Ints
    vote: Ints
    vote_tie: npt.NDArray[np.bool_]


def tier_of_points(points: Sequence[Fraction | None], rule: Rule) -> int:
    """Return the tier of one vector of exact scores, in points; -1 where one is None.

    Errors: :class:`Declined` where the common denominator of scores and weights exceeds 10^12 (64-bit integers).
    """
    known = [x for x in points if x is not None]
    if len(known) < len(points):
        return -1
    unit = math.lcm(*(x.denominator for x in known))
    if unit * rule.denominator > 10**12:
        raise Declined(f"scores with a common denominator of {unit:.3g} are too fine for exact integers; round them")
    # entry (k, k) of each part is what criterion k adds at its own score
    parts = rule.contributions([int(x * unit) for x in known], unit)
    return int(rule.sort_components({name: np.trace(part)[None] for name, part in parts.items()}, unit)[0])


def point_tiers(panel: Panel, rule: Rule, lattice: Lattice) -> PointTiers:
    """Return the tiers of a panel's mean scores, of its median scores, of each expert, and of the vote, exactly.

    Weights of experts are not used: means are plain, and every expert has one vote.

    Parameters
    ----------
    lattice : Lattice
        The scale; only its ends are used.

    Errors: :class:`UsageError` for a score off the scale, or a number of criteria that is not the rule's.
    """
    _check_points(panel, rule, lattice)
    mean, middle = ([_middle(panel, rule, a, how) for a in panel.alternatives] for how in (_mean, median))
    own = [[tier_of_points(panel.points(e, a), rule) for e in panel.experts] for a in panel.alternatives]
    votes = [_vote(np.asarray(row)) for row in own]
    return PointTiers(
        panel.alternatives, panel.experts, np.asarray(mean), np.asarray(middle), np.asarray(own),
        np.asarray([tier for tier, _ in votes]), np.asarray([tied for _, tied in votes]),
    )  # fmt: skip


def _middle(panel: Panel, rule: Rule, alternative: str, how: Callable[[list[Fraction]], Fraction]) -> int:
    """Tier of the means or medians of an alternative; -1 where a cell has no answer."""
    if not all(panel.answered(alternative, criterion) for criterion in panel.criteria):
        return -1
    return tier_of_points(_points(panel, alternative, how), rule)


def _vote(own: Ints) -> tuple[int, bool]:
    counts = np.bincount(own[own > 0])
    if not counts.size:
        return -1, False
    winners = np.flatnonzero(counts == counts.max())
    return int(winners[-1]), len(winners) > 1


def _check_points(panel: Panel, rule: Rule, lattice: Lattice) -> None:
    if len(rule.roles) != len(panel.criteria):
        raise UsageError(f"rule '{rule.name}' has {len(rule.roles)} criteria, the panel {len(panel.criteria)}")
    for (expert, alternative, criterion), answer in panel.answers.items():
        x = answer.point
        if x is not None and not lattice.low <= x <= lattice.high:
            raise UsageError(
                f"expert '{expert}', alternative '{alternative}', criterion '{criterion}': the score {float(x):g} is "
                f"off the scale; allowed: {lattice.low} to {lattice.high}"
            )
