"""Which open point of the rule moves which measure, and how many at once?

Above, for each reading of the rule, how many alternatives it sorts otherwise than the reference does: mean and the
range from the 10 to the 90 % quantile. Below, the probability that it moves one, for each distinct belief. Under
printed tiers: among scores that fit the tier under the reference. Basis: readings that the paper leaves open (paper),
weights of the readings (value-judgement).
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected, selected_uncertain
from mcda.output.results import Results

ORDER = 9
NEEDS = (
    "rule_uncertainty/moved",
    "rule_uncertainty/number_moved",
    "tiers/law",
)
EXPERIMENT = "rule-uncertainty"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.open_points(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected_uncertain.open_points(results), illustrative=results.illustrative)
