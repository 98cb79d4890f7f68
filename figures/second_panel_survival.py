"""Would the printed tiers survive a second panel?

Probability that other experts, scoring the same measure, arrive at its printed tier, against the standard deviation of
their scores from the first experts', in points of the scale. One line stands for all measures that share a belief,
since nothing printed tells them apart. At a deviation of 0 every tier stands by construction, which is no finding.
Grey band: range over the declared priors. Dotted: the reference deviation, an assumption that nobody has measured;
numbers are the probability there and its range over priors. Marks are computed values, joined by straight lines.
Basis: printed tiers (paper), cuts (derived from them), prior and deviation (assumption).
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected
from mcda.output.results import Results

ORDER = 1
NEEDS = (
    "tiers/law",
    "second_panel/survival",
)
EXPERIMENT = "baseline"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.survival(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected.survival(results), illustrative=results.illustrative)
