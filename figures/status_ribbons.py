"""What happens to suspended measures when the territory is used again?

Shares of the four statuses, month by month, over the measures of the Roadmap's tiers and over paths, under the
Roadmap's own policy. A restore pending still counts as suspended in outcomes. Each column is a scenario, each row an
assumption set. Basis: rates and shocks (assumption), policy (lever).
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected, selected_simulation
from mcda.output.results import Results

ORDER = 13
NEEDS = ("simulation/status_share",)
EXPERIMENT = "escalation"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.status_ribbons(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected_simulation.status_ribbons(results), illustrative=results.illustrative)
