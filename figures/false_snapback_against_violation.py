"""How much violation for how many false snapbacks?

Each curve is one observability of Minsk's conduct while courts are closed, each point one belief at which the EU
snaps back, from the hollow mark on ever higher; crosses are 95 % intervals. To the left fewer measure-months under
violation, below fewer snapbacks without any: a curve nearer to the corner is what better eyes buy, a step along it is
what the trigger can do. Basis: observability (assumption), trigger (lever).
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected, selected_simulation
from mcda.output.results import Results

ORDER = 16
NEEDS = (
    "sweep_observability/outcome_mean", "sweep_observability/setting_o_low", "sweep_observability/setting_threshold",
)  # fmt: skip
EXPERIMENT = "escalation"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.false_snapback(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected_simulation.false_snapbacks(results), illustrative=results.illustrative)
