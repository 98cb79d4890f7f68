"""How sure is each tier?

Probability that a measure falls in each tier. Under printed tiers alone it is the tier that a second panel would give;
measures that share one belief have one bar, with their number and names. Under a panel's scores every measure has its
own bar, ordered within its printed tier by that tier's probability. The frame marks the printed tier; beside it stand
its probability and, in brackets, the lowest and highest that it takes as the belief is varied (the small print says
over what). Segments too narrow for a number carry none; the CSV file has all digits. Basis: printed tiers (paper) or a
panel (elicited, or illustrative where the banner says so), cuts (derived), prior and spreads (assumption).
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected
from mcda.output.results import Results

ORDER = 2
NEEDS = (
    "tiers/acceptability",
    "tiers/law",
)
EXPERIMENT = "baseline"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.acceptability(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected.table(selected.acceptability(results), illustrative=results.illustrative)
