"""Which readings of the rule sort alike?

Mean probability that two readings of the rule give the same tier, every one against every other; beside the names
their declared weights. Under printed tiers a line has the scores (by the prior) that fit the printed tiers under its
rule, and a column sorts them again: the two directions differ. Under a panel's scores both sort the same ones. 1 is
exact; what only comes near is written <0.01 or >0.99. Basis: readings that the paper leaves open (paper), veto, grid
and weights of the readings (value-judgement).
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected, selected_uncertain
from mcda.output.results import Results

ORDER = 8
NEEDS = (
    "rule_uncertainty/agreement_mean",
    "tiers/law",
)
EXPERIMENT = "rule-uncertainty"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.rule_agreement(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected_uncertain.rule_agreement(results), illustrative=results.illustrative)
