"""Would another reading of the rule sort alike?

Agreement of each other rule with the run's own, by printed tier; below each rule's name stands what sets it apart.
Under printed tiers: among scores that fit the tier under one rule, the share (by the prior) to which the other gives
the same tier, in both directions. Under a panel's scores: share of measures whose most probable tier stays, and the
mean probability of that tier. 1 is exact; what only comes near is written <0.01 or >0.99. Basis: readings that the
paper leaves open (paper), cuts recalibrated on the printed counts (derived), grid, lexicographic, veto and weights
(assumption).
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected
from mcda.output.results import Results

ORDER = 6
NEEDS = (
    "other_rules",
    "tiers/law",
)
EXPERIMENT = "baseline"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.other_rules(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected.other_rules(results), illustrative=results.illustrative)
