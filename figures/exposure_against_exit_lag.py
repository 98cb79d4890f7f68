"""What do slow lawyers cost?

Measure-months suspended while the territory is used at rung 2 or above, against the months from the decision to exit
to its being law, with 95 % intervals; one line for each rung of use, one column for each exit rung. A sloping line is
the price of each month; a flat one says that nobody exits at that rung, so that the lag does not matter. Lines that
would lie on each other are set apart sideways by a thirtieth of a month. Basis: lag and rung (assumption), exit rung
(lever).
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected, selected_simulation
from mcda.output.results import Results

ORDER = 15
NEEDS = ("sweep_exit-lag/outcome_mean", "sweep_exit-lag/setting_exit_rung", "sweep_exit-lag/setting_lag_exit")
EXPERIMENT = "escalation"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.exit_lag(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected_simulation.exit_lag(results), illustrative=results.illustrative)
