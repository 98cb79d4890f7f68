"""How long does a printed tier hold when events shock the scores?

Share of paths on which the rule, run again on shocked scores, has given the printed tier in every month so far; means
over the measures of a tier. Where a line drops at once, a single event moves many measures of that tier. The tier
that comes out is a shadow: nothing acts on it. Each column is a scenario, each row an assumption set. Basis: shocks,
loadings and rates (assumption).
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected, selected_simulation
from mcda.output.results import Results

ORDER = 18
NEEDS = ("simulation/tier_survival",)
EXPERIMENT = "escalation"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.tier_survival(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected_simulation.tier_survival(results), illustrative=results.illustrative)
