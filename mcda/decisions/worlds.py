"""Plain tables policy x world, weights of worlds, and means over worlds with their errors.

A world is whatever a policy is tried in: a scenario, a sample of assumptions, a path. An error is that of a sample: it
means something where worlds are drawn independently from one law (paths, outer samples), and nothing where they are a
few that somebody has declared (scenarios). It is computed all the same; who calls knows which it is.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mcda.errors import UsageError

__all__ = ["Estimate", "mean", "percentile", "share", "table_of", "weights_of"]

Floats = npt.NDArray[np.float64]

#: A share this far beyond a cumulative weight is still on it: weights are summed with rounding.
SLACK = 1e-9


class Estimate(NamedTuple):
    """A mean over worlds, (policy,), and its standard error, (policy,)."""

    value: Floats
    error: Floats


def table_of(table: npt.ArrayLike) -> Floats:
    """Return a table (policy, world) of finite numbers, or raise :class:`UsageError`."""
    found = np.asarray(table, dtype=np.float64)
    if found.ndim != 2 or not found.size:
        raise UsageError(f"a table is (policy, world), with at least one of each (got shape {found.shape})")
    if broken := int((~np.isfinite(found)).sum()):
        raise UsageError(f"{broken} of {found.size} cells of the table are not finite; leave out their worlds first")
    return found


def weights_of(weights: npt.ArrayLike | None, worlds: int) -> Floats:
    """Return the weights of worlds, (world,), scaled to add to 1; equal if none are given.

    Errors: :class:`UsageError` for another shape, a weight below 0, or none above.
    """
    if weights is None:
        return np.full(worlds, 1 / worlds)
    found = np.asarray(weights, dtype=np.float64)
    if found.shape != (worlds,) or not (found >= 0).all() or not 0 < found.sum() < np.inf:
        raise UsageError(f"weights are {worlds} numbers of 0 or more, not all 0 (got {found.tolist()})")
    return np.asarray(found / found.sum())


def _spread(x: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Weighted means and ``sqrt(sum w^2 (x - mean)^2)``, the error of a weighted mean by the delta method."""
    middle = x @ weight
    return middle, np.sqrt((x - middle[:, None]) ** 2 @ weight**2)


def mean(table: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Estimate:
    """Return the mean over worlds of each policy, and its standard error.

    The error is ``sqrt(sum w^2 (x - mean)^2 m / (m - 1))`` with ``m = 1 / sum w^2``: s / sqrt(n) for equal weights, and
    for others that of a self-normalised mean (Owen 2013, *Monte Carlo theory, methods and examples*, section 9.2) with
    the same correction for small samples. One world has no error: NaN.

    Parameters
    ----------
    table : (policy, world)
    weights : (world,), 0 or more, of any sum; equal if left out
    """
    x = table_of(table)
    weight = weights_of(weights, x.shape[1])
    middle, error = _spread(x, weight)
    m = 1 / (weight**2).sum()
    return Estimate(middle, error * np.sqrt(m / (m - 1)) if m > 1 + SLACK else np.full(len(x), np.nan))


def share(holds: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Estimate:
    """Return the share of worlds in which something holds, and its standard error.

    The error is ``sqrt(sum w^2 ([holds] - s)^2)``, which is ``sqrt(s (1 - s) / n)`` for equal weights. It is 0 where a
    thing holds in all worlds or in none: give a Wilson interval then.

    Parameters
    ----------
    holds : (policy, world) of booleans
    weights : (world,), 0 or more, of any sum; equal if left out
    """
    x = table_of(holds)
    return Estimate(*_spread(x, weights_of(weights, x.shape[1])))


def percentile(table: npt.ArrayLike, q: float, weights: npt.ArrayLike | None = None) -> Floats:
    """Return the percentile over worlds of each policy, (policy,), linear between the two nearest ranks.

    Equal weights: rank ``1 + (n - 1) q / 100``, linear between ranks (Hyndman & Fan 1996, type 7: NumPy's `linear`).
    Others count as numbers of equal worlds, scaled so that those above 0 add to their number n (the type 7 of Harrell's
    `wtd.quantile`); the order of worlds is of no matter.

    Parameters
    ----------
    table : (policy, world)
    q : 0 to 100
    weights : (world,), 0 or more, of any sum; equal if left out
    """
    x = table_of(table)
    if not 0 <= q <= 100:
        raise UsageError(f"a percentile lies between 0 and 100 (got {q})")
    if weights is None:
        return np.asarray(np.percentile(x, q, axis=1))
    weight = weights_of(weights, x.shape[1])
    n = int((weight > 0).sum())
    rank = 1 + (n - 1) * q / 100
    order = np.argsort(x, axis=1, kind="stable")
    values, upto = np.take_along_axis(x, order, axis=1), np.cumsum(weight[order], axis=1)
    below, above = (_at_share(values, upto, k / n) for k in (int(rank), min(int(rank) + 1, n)))
    return below + (rank - int(rank)) * (above - below)


def _at_share(values: Floats, upto: Floats, reached: float) -> Floats:
    """The first value in order whose cumulative weight reaches a share, (policy,)."""
    place = np.minimum((upto < reached - SLACK).sum(axis=1), values.shape[1] - 1)
    return np.asarray(np.take_along_axis(values, place[:, None], axis=1)[:, 0])
