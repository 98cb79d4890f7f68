"""What if the scores of one measure go together?

Probability of the printed tier over the loading of a factor that all scores of an alternative share: leniency moves
all of them the same way, valence those for and those against apart. At 0 they are independent. Under printed tiers it
is the errors of a second panel that go together. Below, where there is a panel, the spread of the composite. Basis:
kinds of dependence and loadings (assumption); nobody measured either.
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected, selected_uncertain
from mcda.output.results import Results

ORDER = 11
NEEDS = (
    "dependence/acceptability",
    "tiers/law",
)
EXPERIMENT = "dependence"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.dependence(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected_uncertain.dependence(results), illustrative=results.illustrative)
