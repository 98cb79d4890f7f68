"""How much of an outcome's variance is assumptions, how much luck, and how much their interplay.

Outer samples i of assumptions are crossed with the same inner paths j. With one number y_ij in each cell, the two-way
table gives the mean squares of rows, of columns and of what is left; the variance of assumptions is (MS_rows - MS_rest)
/ J, that of luck (MS_columns - MS_rest) / I, and the rest is their interplay (method of moments for a crossed design:
Searle, Casella & McCulloch 1992, Variance Components, section 4.4). Negative estimates are set to 0.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.draws import seed_of, uniforms
from mcda.errors import UsageError
from mcda.names import attrs

__all__ = ["SOURCES", "budget", "two_way"]

Floats = npt.NDArray[np.float64]
SOURCES = ("assumptions", "luck", "interplay")
_RESAMPLES = 200


def two_way(y: Floats) -> Floats:
    """Return the variances of rows, of columns and of the rest, (..., 3), of tables (..., row, column)."""
    rows, columns = y.shape[-2:]
    if rows < 2 or columns < 2:
        raise UsageError("a two-way table needs at least two rows and two columns")
    mean = y.mean(axis=(-2, -1), keepdims=True)
    by_row, by_column = y.mean(axis=-1, keepdims=True), y.mean(axis=-2, keepdims=True)
    rest = ((y - by_row - by_column + mean) ** 2).sum(axis=(-2, -1)) / ((rows - 1) * (columns - 1))
    of_rows = columns * ((by_row - mean) ** 2).sum(axis=(-2, -1)) / (rows - 1)
    of_columns = rows * ((by_column - mean) ** 2).sum(axis=(-2, -1)) / (columns - 1)
    parts = [(of_rows - rest) / columns, (of_columns - rest) / rows, rest]
    return np.asarray(np.maximum(np.stack(parts, axis=-1), 0.0))


def _shares(variances: Floats) -> Floats:
    total = variances.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(variances, total, out=np.full_like(variances, np.nan), where=total > 0))


def budget(outcomes: xr.Dataset, *, rng: int | np.random.Generator | None = None) -> xr.Dataset:
    """Return the shares of variance of outcomes, with bootstrap errors over samples and paths both.

    Parameters
    ----------
    outcomes : Dataset (sample, policy, path): a variable for each outcome
    rng : a seed, or a Generator, for the bootstrap

    Returns
    -------
    Dataset (policy, budget_outcome, source): `variance_share`, `variance_share_se`; `variance_total` without `source`.
    A total of 0 has no shares: NaN.
    """
    names = [str(name) for name in outcomes.data_vars]
    y = np.stack([outcomes[name].transpose("policy", "sample", "path").values for name in names], axis=1)
    found = two_way(y)
    seed = seed_of(rng)
    again = np.stack([_shares(two_way(_resampled(y, seed, k))) for k in range(_RESAMPLES)])
    with np.errstate(invalid="ignore"):
        error = again.std(axis=0, ddof=1)
    dims = ("policy", "budget_outcome", "source")
    return xr.Dataset(
        {
            "variance_share": (dims, _shares(found), attrs("share of the outcome's variance", "1")),
            "variance_share_se": (dims, error, attrs("bootstrap standard error of variance_share", "1")),
            "variance_total": (dims[:2], found.sum(axis=-1), attrs("sum of the three variances", "squared units")),
        },
        coords={"policy": outcomes["policy"], "budget_outcome": names, "source": list(SOURCES)},
    )


def _resampled(y: Floats, seed: int, k: int) -> Floats:
    """Rows and columns drawn again with replacement, by the addresses of resample k."""
    i, j = (
        np.floor(uniforms(seed, "bootstrap", np.arange(size), j=2 * k + axis) * size).astype(np.int64)
        for axis, size in enumerate(y.shape[-2:])
    )
    return y[..., i[:, None], j]
