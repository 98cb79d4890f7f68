"""Restore or lapse?

What a sunset does to a suspended measure whose renewal fails, against the chance that a renewal succeeds: leverage
lost for good, leverage in force, and months of relief, with 95 % intervals. The gap between two lines of one assumption
set is what the choice of the default costs or saves. Basis: chance of renewal (assumption), default (lever).
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected, selected_simulation
from mcda.output.results import Results

ORDER = 17
NEEDS = ("sweep_lapse/outcome_mean", "sweep_lapse/setting_renew", "sweep_lapse/setting_sunset_default")
EXPERIMENT = "escalation"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.lapse(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected_simulation.lapse(results), illustrative=results.illustrative)
