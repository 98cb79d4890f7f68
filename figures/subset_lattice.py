"""How many criteria must be known to know the tier?

Each dot is a subset of the criteria: the share of the variance of one measure's tier that is explained once their
scores are known (the closed index); lines lead to the subsets with one criterion more. In each column the least telling
subset stands at the left, the best, a diamond with its value, at the right; the squares below show who is in it. Where
the best stays low until nearly all criteria are known, none of them can be left unasked. The measure is the one where
most is open; at the right are the best subsets of all measures. Basis: as for the acceptability figure.
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected_lattice
from mcda.output.results import Results

ORDER = 3
NEEDS = (
    "sensitivity/closed_index",
    "sensitivity/variance",
    "sensitivity/in_subset",
    "tiers/law",
)
EXPERIMENT = "baseline"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.lattice(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected_lattice.lattice_table(results)
