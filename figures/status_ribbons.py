"""What happens to suspended measures when the territory is used again?

Shares of the four statuses, month by month, over the measures of the tiers that are suspended and over paths, under
the policy named below. The light area is what is exposed: how large it is when the use begins, and how soon it is dark
again. Hatched, a restoration has been decided and is not yet law; in outcomes it still counts as suspended. Each column
is a scenario, each row an assumption set. Basis: rates and shocks (assumption), policy (lever).
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
