"""Which criterion decides?

Share of the variance of a measure's tier that goes with each criterion's score. Above (or in the first two maps):
the ordinal index, which weighs every border between tiers and needs no numbers for them. Squares are total-order
indices, what would be left open if that criterion alone were unknown; they can add up to more than 1, where criteria
act together. Circles are Shapley effects, which share the variance out and add up to 1. First order, in words, is what
single criteria tell by themselves, added up. Maps: total-order index of being in one tier or not, for tiers that are
neither impossible nor certain, or nearly so (the CSV file has all). Equal values are equal by construction: nothing
printed tells those criteria apart. Basis: as for the acceptability figure.
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected
from mcda.output.results import Results

ORDER = 3
NEEDS = (
    "sensitivity/total_order",
    "sensitivity/shapley",
    "tiers/law",
)
EXPERIMENT = "baseline"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.sensitivity(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected.sensitivity(results), illustrative=results.illustrative)
