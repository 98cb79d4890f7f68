"""How near do draws come to the exact answer, and how fast?

Errors of tier probabilities that are shares of draws, against the sums that are exact, given the assumptions, and what
the binomial law expects of them. Beside them the median error of sampled indices, by the design of points, at equal
cost. Both axes are logarithmic. Basis: errors are computed (derived); the seed is the run's.
"""

import pandas as pd
from matplotlib.figure import Figure

from mcda.output import plots, selected_uncertain
from mcda.output.results import Results

ORDER = 12
NEEDS = ("convergence/error_rms",)
EXPERIMENT = "convergence"


def draw(results: Results) -> Figure:
    """Return the figure."""
    return plots.exact_against_sampled(results)


def data(results: Results) -> pd.DataFrame:
    """Return what is drawn."""
    return selected_uncertain.convergence_table(results)
