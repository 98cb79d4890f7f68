"""Counts of draws: how sure a share is, and whether it agrees with an exact probability.

Sources: Clopper & Pearson (1934), Biometrika 26; Pearson's chi-square with cells of small expectation pooled.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

__all__ = ["Agreement", "agreement", "clopper_pearson", "share_error"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Expected hits below which a normal error says little, and an exact binomial tail is taken.
FEW = 10


def share_error(hits: npt.ArrayLike, n: int) -> Floats:
    """Return the standard error of shares ``hits / n``: ``sqrt(p (1 - p) / n)``, the binomial's."""
    p = np.asarray(hits) / n
    return np.asarray(np.sqrt(p * (1 - p) / n))


def clopper_pearson(hits: npt.ArrayLike, n: int, *, level: float = 0.95) -> Floats:
    """Return the Clopper-Pearson interval of shares, (..., 2): never shorter than it says, for rare events too.

    At 0 hits (or n) the interval is one-sided at the same level: its upper bound is then ``1 - (1 - level)^(1/n)``.

    Parameters
    ----------
    hits : (...) integers, 0 to n
    n : number of draws
    level : probability with which such intervals cover the true one, at least
    """
    k = np.asarray(hits)
    tail = np.where((k == 0) | (k == n), 1 - level, (1 - level) / 2)
    low = np.where(k == 0, 0.0, stats.beta.ppf(tail, k, n - k + 1))
    high = np.where(k == n, 1.0, stats.beta.isf(tail, k + 1, n - k))
    return np.stack([np.where(k == 0, 0.0, low), np.where(k == n, 1.0, high)], axis=-1)


class Agreement(NamedTuple):
    """How counts agree with exact probabilities.

    z : (row, cell), deviation in standard errors of the exact p; 0 where both are certain
    p_value : (row, cell), two-sided: an exact binomial tail where n p or n (1 - p) is below 10, else normal
    chi_square, degrees : one test over all rows, if they are independent; NaN and 0 if not
    p_all : its p-value; if rows are not independent, the smallest of all p-values times their number (Bonferroni)
    """

    z: Floats
    p_value: Floats
    chi_square: float
    degrees: int
    p_all: float


def agreement(hits: Ints, n: int, p: Floats, *, independent: bool = True) -> Agreement:
    """Compare counts with exact probabilities.

    Parameters
    ----------
    hits : (row, cell) integers, each row sums to n
    p : (row, cell), each row sums to 1
    independent : whether rows are independent of each other in a draw
    """
    expected = n * np.clip(p, 0.0, 1.0)
    sd = np.sqrt(expected * (1 - np.clip(p, 0.0, 1.0)))
    off = np.abs(hits - expected)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(off < 1e-9 * n, 0.0, (hits - expected) / sd)
    tails = 2 * np.minimum(stats.binom.cdf(hits, n, p), stats.binom.sf(hits - 1, n, p))
    few = np.minimum(expected, n - expected) < FEW
    p_value = np.where(off < 1e-9 * n, 1.0, np.where(few, np.minimum(tails, 1.0), 2 * stats.norm.sf(np.abs(z))))
    if independent:
        return Agreement(z, p_value, *_chi_square(hits, expected))
    return Agreement(z, p_value, np.nan, 0, float(min(1.0, p_value.size * p_value.min())))


def _chi_square(hits: Ints, expected: Floats) -> tuple[float, int, float]:
    """Sum over rows; in each row the cells of small expectation are pooled into one."""
    total, degrees = 0.0, 0
    for seen, wanted in zip(hits, expected, strict=True):
        small = wanted < FEW
        k = np.append(seen[~small], seen[small].sum())
        e = np.append(wanted[~small], wanted[small].sum())
        kept = e >= 1 if (e[-1] < 1) else e > 0
        if kept.sum() > 1:
            total += float(((k[kept] - e[kept]) ** 2 / e[kept]).sum())
            degrees += int(kept.sum()) - 1
    return total, degrees, float(stats.chi2.sf(total, degrees)) if degrees else 1.0
