"""How far is a measure from another tier?

Probability that a change of scores of at most so many points leads to another tier. Left: all criteria may move, their
moves added up. Middle: all may move, the largest counts. Right: one criterion moves alone; where no such move reaches
another tier, the curve ends below 1. Scores stay on their scale. Under printed tiers the distance is that of scores
that fit the tier, no second panel involved. Where a panel's belief is finer than whole points, they are those of one
expert drawn from the panel, or dots show the distance of each measure's pooled point scores. Basis: printed tiers
(paper) or a panel, cuts (derived), prior (assumption).
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected
from mcda.output.results import Results

ORDER = 5
NEEDS = (
    "tiers/flip_probability | tiers/flip_distance",
    "tiers/law",
)
EXPERIMENT = "baseline"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.flips(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected.flips(results), illustrative=results.illustrative)
