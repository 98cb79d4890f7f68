"""What the figure of subsets of criteria shows, as labelled data (see :mod:`.selected`)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from mcda.names import attrs
from mcda.output.results import Results
from mcda.output.selected import table, with_rows

__all__ = ["best_of_size", "enough", "lattice", "lattice_table"]

#: Closed indices no further apart are equal: they are sums of floats.
EQUAL = 1e-9


def _closed(results: Results) -> xr.Dataset:
    """The closed indices (alternative, subset) of the ordinal output, or of the first that varies anywhere."""
    group = results["sensitivity"]
    varies = group["closed_index"].notnull().any(("alternative", "subset"))
    outputs = [str(o) for o in group["output"].values if bool(varies.sel(output=o))]
    output = "ordinal" if "ordinal" in outputs else outputs[0]
    found = with_rows(results, group[["closed_index", "variance"]].sel(output=output))
    known = found["closed_index"].notnull().all("subset")
    size = group["in_subset"].sum("factor").assign_attrs(attrs("number of factors known", "1"))
    return found.isel(alternative=known.values).assign_coords(size=size, in_subset=group["in_subset"])


def lattice(results: Results) -> xr.Dataset:
    """Return `closed_index` (subset) of one alternative and output, with what is the best of each size.

    It is the alternative whose output varies most: there is most to learn about it. `size` (subset) is the number of
    factors known, `best` (subset) whether no subset of that size tells more, `in_subset` (subset, factor) who belongs;
    `label`, `judged_tier`, `measures`, `output` say what it is of.
    """
    found = _closed(results)
    one = found.isel(alternative=int(found["variance"].argmax("alternative")))
    most = one["closed_index"].groupby(one["size"]).max().sel(size=one["size"])
    best = one["closed_index"] >= most.drop_vars("size") - EQUAL
    text = attrs("whether no other of its size tells more", "1")
    return one.drop_vars("members").assign_coords(best=("subset", best.values, text))


def best_of_size(results: Results) -> xr.Dataset:
    """Return `best_index` (alternative, size): the largest closed index of each number of factors known."""
    found = _closed(results)
    by_size = found["closed_index"].groupby(found["size"]).max()
    text = attrs("largest closed index of so many factors", "1")
    return by_size.assign_attrs(text).to_dataset(name="best_index").drop_vars("members")


def enough(one: xr.Dataset, share: float) -> int:
    """Return the smallest size of a subset whose closed index reaches `share`."""
    reached = one["closed_index"] >= share - EQUAL
    return int(one["size"].where(reached, one["size"].max()).min())


def lattice_table(results: Results) -> pd.DataFrame:
    """Return the subsets of the one alternative, and below them the best of each size of all, in one table."""
    one = lattice(results).drop_dims("factor", errors="ignore").drop_vars("in_subset", errors="ignore")
    names = results["sensitivity"]["subset_label"]
    one = one.assign_coords(subset_label=("subset", names.values, names.attrs))
    parts = [table(found, illustrative=results.illustrative) for found in (one, best_of_size(results))]
    joined = pd.concat(parts, ignore_index=True)
    joined["subset"] = joined["subset"].astype(np.float64)
    return joined
