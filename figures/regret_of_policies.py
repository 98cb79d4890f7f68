"""Which policy would one regret?

Expected utility below that of the best policy in the same scenario, on the same paths; a small mark for each
scenario, a large one for the largest regret. A policy whose large mark stays low is one that no scenario makes a
mistake. Each panel is one declared stance. Basis: weights and scales (value-judgement), rates (assumption).
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected, selected_simulation
from mcda.output.results import Results

ORDER = 20
NEEDS = ("simulation/regret",)
EXPERIMENT = "all-scenarios"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.regret(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected_simulation.regret(results), illustrative=results.illustrative)
