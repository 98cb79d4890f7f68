"""Which way, and from what score on?

Probability of each tier given one criterion's score, the others as the belief has them. Under printed tiers one row
stands for all measures of a tier, and criteria with equal curves share a panel; digits at the ends name the tiers.
Under a panel's scores each thin line is one measure's probability of its printed tier. Ends of the scale can be rare:
the curves say what a score would mean, not how likely it is. Basis: as for the acceptability figure.
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected
from mcda.output.results import Results

ORDER = 4
NEEDS = (
    "sensitivity/response",
    "tiers/law",
)
EXPERIMENT = "baseline"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.responses(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected.responses(results), illustrative=results.illustrative)
