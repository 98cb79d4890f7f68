"""What would an event do?

Tier probabilities after a declared shock moves scores by whole points and the same rule sorts again; in brackets the
number of measures of a printed tier. The frame marks the printed tier. It says how exposed a tier is if the event
comes, nothing about whether it comes. Basis: size of the shocks (assumption, with a range in the register), printed
tiers (paper) or a panel, cuts (derived).
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected
from mcda.output.results import Results

ORDER = 7
NEEDS = (
    "shocks/acceptability",
    "tiers/law",
)
EXPERIMENT = "baseline"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.shocks(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected.shocks(results), illustrative=results.illustrative)
