"""Which tiers stand in which scenario?

Mean share of months in which the rule, run again on shocked scores, gives the printed tier: measures by printed tier
down, scenarios across, under one policy and one assumption set, both named below. A light column is a scenario that
undoes the table, a light row a measure that any of them moves. Basis: shocks, loadings and rates (assumption).
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected, selected_simulation
from mcda.output.results import Results

ORDER = 19
NEEDS = ("simulation/tier_stability",)
EXPERIMENT = "all-scenarios"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.stability_map(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected_simulation.tier_map(results), illustrative=results.illustrative)
