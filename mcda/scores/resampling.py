"""A panel that could have been another one: experts drawn anew from the panel, with replacement.

How much of an answer hangs on who happened to sit on the panel? Each world draws as many experts as there are, with
replacement, and takes the mean of *their* scores; an expert who is drawn twice counts as two who judge and doubt alike.
That is a mixture over multisets of experts with multinomial weights, so it is exact: no bootstrap is drawn (Efron 1979
calls it the ideal bootstrap).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np
import numpy.typing as npt

from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.scores.belief import Belief
from mcda.scores.panel import Panel
from mcda.scores.pooling import Cells, cells_of, common_lattice, law_of_total, mean_points

__all__ = ["MOST_PANELS", "panel_mean_resampled", "panels"]

Floats = npt.NDArray[np.float64]

#: Different panels that are mixed, at most: seven experts have 1,716, eight have 6,435.
MOST_PANELS = 2000


def panels(experts: Sequence[str]) -> list[tuple[tuple[str, ...], float]]:
    """Return every panel that can be drawn with replacement, with its probability ``n! / (prod m_e!) / n^n``.

    Errors: :class:`Declined` above 2,000 panels (more than seven experts).
    """
    n = len(experts)
    if (number := math.comb(2 * n - 1, n)) > MOST_PANELS:
        raise Declined(f"{n} experts make {number:,} panels (at most {MOST_PANELS:,}); use pooled-experts")
    found = []
    for drawn in combinations_with_replacement(experts, n):
        ways = math.factorial(n) // math.prod(math.factorial(m) for m in Counter(drawn).values())
        found.append((drawn, ways / n**n))
    return found


def panel_mean_resampled(
    panel: Panel, lattice: Lattice, *, spread: Fraction | float, family: str = "triangular"
) -> dict[str, Belief]:
    """Return the belief in the mean score of a panel drawn with replacement from the experts, by alternative.

    A component is one panel, the same for all alternatives, so that in draws and in joint statements a world has one. A
    cell that none of the drawn experts answered keeps the mean of all who did.

    Parameters
    ----------
    panel, lattice, spread, family
        As in :func:`~mcda.scores.pooling.panel_mean`.

    Returns
    -------
    dict of Belief by alternative id, one component a panel; `points` are the mean point scores of the panel as it is.

    Errors: :class:`Declined` for more than seven experts, or a common lattice of more than 60 steps in a point;
    :class:`UsageError` for unequal weights, and for a cell that nobody scored.
    """
    if not panel.equal_weights:
        raise UsageError("panel-mean gives all experts the same weight; pooled-experts takes weights")
    drawn = panels(panel.experts)
    return {
        a: _belief(panel, a, drawn, lattice, cells_of(panel, a, lattice, spread, family)) for a in panel.alternatives
    }


def _belief(
    panel: Panel, alternative: str, drawn: Sequence[tuple[tuple[str, ...], float]], lattice: Lattice, cells: Cells
) -> Belief:
    answers = [[_answers(laws, experts) for laws in cells] for experts, _ in drawn]
    counts = sorted({len(given) for row in answers for given in row})
    fine = common_lattice(alternative, lattice, counts)
    probability = np.zeros((len(drawn), len(cells), fine.size))
    for i, row in enumerate(answers):
        for k, given in enumerate(row):
            probability[i, k, :: fine.unit // (lattice.unit * len(given))] = law_of_total(given)
    weight = np.array([p for _, p in drawn])
    names = tuple("+".join(experts) for experts, _ in drawn)
    return Belief(fine, probability, weight, names, points=mean_points(panel, alternative))


def _answers(laws: dict[str, Floats], experts: Sequence[str]) -> list[Floats]:
    """Laws of the drawn experts who answered the cell, as often as they were drawn; of all, if none of them did."""
    return [laws[e] for e in experts if e in laws] or list(laws.values())
