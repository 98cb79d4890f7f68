"""Where would the rule's numbers have to be for a tier to change?

Probability of the printed tier (of the most probable one where none is printed) as one number of the rule is moved
and all others stay; dotted, the rule's own value. The run's beliefs about scores stay as they are. What lies beyond an
axis was not looked at. Basis: cuts calibrated on the printed counts (derived), other numbers (assumption).
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected, selected_uncertain
from mcda.output.results import Results

ORDER = 10
NEEDS = (
    "breakpoints/acceptability",
    "tiers/law",
)
EXPERIMENT = "rule-uncertainty"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.breakpoints(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected_uncertain.breakpoints(results), illustrative=results.illustrative)
