"""How does the process first break?

Share of paths on which an exit, a snapback or a settlement came first, by time, with 95 % intervals; the three compete,
and what none of them has reached is still running (discrete Aalen-Johansen). Where the solid line ends above the dashed
one, the use of the territory ends more processes than conduct does. Each column is a scenario, each row an assumption
set. Basis: rates (assumption), policy (lever).
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected, selected_simulation
from mcda.output.results import Results

ORDER = 14
NEEDS = ("simulation/cumulative_incidence",)
EXPERIMENT = "escalation"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.incidence(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected_simulation.cumulative_incidence(results), illustrative=results.illustrative)
