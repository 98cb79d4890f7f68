"""Regret and its kin of labelled tables: names of policies in, one Dataset over policies out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy.typing as npt
import xarray as xr

from mcda.decisions.regret import PERCENTILE, against_status_quo, maximin, minimax_regret, regrets
from mcda.decisions.utility import Term, utility
from mcda.decisions.worlds import mean
from mcda.errors import UsageError, did_you_mean
from mcda.names import attrs

__all__ = ["compare", "utilities"]


def utilities(outcomes: xr.Dataset, terms: Sequence[Term]) -> xr.DataArray:
    """Return the utility of labelled outcomes, with their dims and coordinates; see `mcda.decisions.utility`.

    Parameters
    ----------
    outcomes : Dataset of variables with the same dims, such as (policy, path), in any order
    terms : at least one, each outcome once

    Errors: :class:`UsageError` as in :func:`mcda.decisions.utility.utility`.
    """
    (aligned,) = xr.broadcast(outcomes[[term.outcome for term in terms if term.outcome in outcomes]])
    values = utility({str(name): variable.values for name, variable in aligned.items()}, terms)
    first = aligned[terms[0].outcome]
    return xr.DataArray(values, first.coords, first.dims, "utility", attrs("utility, a value judgement", "1"))


def compare(
    table: xr.DataArray, *, status_quo: str, sampled: bool, weights: npt.ArrayLike | None = None
) -> xr.Dataset:  # fmt: skip
    """Return what a table of utilities says of each policy.

    Parameters
    ----------
    table : DataArray with the dims `policy` and one more, that of worlds (scenario, path, ...), in any order
        All policies on the same randomness.
    status_quo : label of P0
    sampled : bool
        Whether the worlds are independent draws of one law, such as paths; only then are there errors.
    weights : (world,)
        0 or more, of any sum; equal if left out.

    Returns
    -------
    Dataset (policy): `mean_utility`, `worst_utility`, `worst_regret`, `mean_regret`, `regret_90`, `shortfall`, `worse`,
    with `_se` beside all means if `sampled`; and whether it is a `maximin` or `minimax_regret` choice.

    Errors: :class:`UsageError` for other dims or an unknown label, and as in :func:`mcda.decisions.regret.regret`.
    """
    if "policy" not in table.dims or table.ndim != 2:
        raise UsageError(f"a table has the dims policy and one of worlds (got {list(table.dims)})")
    names = [str(name) for name in table["policy"].values]
    if status_quo not in names:
        raise UsageError(f"no policy is called '{status_quo}'{did_you_mean(status_quo, names)}")
    cells = table.transpose("policy", ...).values
    middle, lost = mean(cells, weights), regrets(cells, weights=weights)
    beside = against_status_quo(cells, names.index(status_quo), weights=weights)
    cautious, sorry = maximin(cells), minimax_regret(cells)
    found = {
        "mean_utility": (middle.value, "mean utility over worlds"),
        "worst_utility": (cautious.value, "utility in the worst world"),
        "worst_regret": (lost.worst, "largest regret of any world"),
        "mean_regret": (lost.mean, "mean regret over worlds"),
        "regret_90": (lost.percentile, f"{PERCENTILE:.0f}th percentile of regret over worlds"),
        "shortfall": (beside.shortfall, f"mean of what is lost against {status_quo}, 0 where nothing is"),
        "worse": (beside.worse, f"share of worlds in which it does worse than {status_quo}"),
        "maximin": ([i in cautious.best for i in range(len(names))], "whether its worst world is the best worst world"),
        "minimax_regret": ([i in sorry.best for i in range(len(names))], "whether its largest regret is the smallest"),
    }
    errors = {"mean_utility": middle.error, "mean_regret": lost.mean_se}
    errors |= {"shortfall": beside.shortfall_se, "worse": beside.worse_se}
    if sampled:
        found |= {f"{name}_se": (error, f"standard error of the {found[name][1]}") for name, error in errors.items()}
    made = {name: (("policy",), values, attrs(text, "1")) for name, (values, text) in found.items()}
    return xr.Dataset(made, coords={"policy": names}, attrs={"status_quo": status_quo, "worlds": cells.shape[1]})
