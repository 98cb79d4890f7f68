"""Counts of draws: how sure a share is, and whether it agrees with an exact probability.

Sources: Clopper & Pearson (1934), Biometrika 26; Pearson's chi-square with cells of small expectation pooled.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from mcda.errors import UsageError

__all__ = ["Agreement", "agreement", "clopper_pearson", "share_error"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: A probability this near to 0 or 1 is one of them.
ROUNDING = 1e-14
#: Expected hits below which a normal error says little, and an exact binomial tail is taken.
FEW = 10


def share_error(hits: npt.ArrayLike, n: int) -> Floats:
    """Return the standard error of shares ``hits / n``: ``sqrt(p (1 - p) / n)``, the binomial's."""
    p = np.asarray(hits) / n
    return np.asarray(np.sqrt(p * (1 - p) / n))


def clopper_pearson(hits: npt.ArrayLike, n: int, *, level: float = 0.95) -> Floats:
    """Return the two-sided Clopper-Pearson interval of shares, (..., 2): never shorter than it says, however rare.

    Parameters
    ----------
    hits : (...) integers, 0 to n
    n : number of draws
    level : probability with which such intervals cover the true one, at least

    Errors: :class:`UsageError` for hits that are not from 0 to n, and a level that is not between 0 and 1.
    """
    k = np.asarray(hits)
    if n < 1 or not ((k >= 0) & (k <= n)).all() or not 0 < level < 1:
        raise UsageError(f"hits are 0 to n, n at least 1, the level between 0 and 1 (got n = {n}, level {level})")
    tail = (1 - level) / 2
    low = np.where(k == 0, 0.0, stats.beta.ppf(tail, np.maximum(k, 1), n - k + 1))
    high = np.where(k == n, 1.0, stats.beta.isf(tail, k + 1, np.maximum(n - k, 1)))
    return np.stack([low, high], axis=-1)


class Agreement(NamedTuple):
    """How counts agree with exact probabilities.

    z : (row, cell), deviation in standard errors of the exact p; 0 where both are certain
    p_value : (row, cell), two-sided: an exact binomial tail where n p or n (1 - p) is below 10, else normal
    chi_square, degrees, p_chi : one test over all rows, if they are independent; NaN, 0, NaN if not
    p_all : of all cells together. The smallest p-value of a cell times their number (Bonferroni), which holds whether
        rows are independent or not and sees rare cells; if rows are independent, twice the smaller of that (over rare
        cells) and `p_chi`
    """

    z: Floats
    p_value: Floats
    chi_square: float
    degrees: int
    p_chi: float
    p_all: float


def agreement(hits: Ints, n: int, p: Floats, *, independent: bool = True) -> Agreement:
    """Compare counts with exact probabilities.

    Parameters
    ----------
    hits : (row, cell) integers, each row sums to n
    p : (row, cell), each row sums to 1 (to rounding: below 1e-14 is 0)
    independent : whether rows are independent of each other in a draw
    """
    q = np.where(np.abs(p - np.rint(p)) < ROUNDING, np.rint(p), p)
    expected = n * q
    sd = np.sqrt(expected * (1 - q))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(hits == expected, 0.0, (hits - expected) / sd)
    tails = 2 * np.minimum(stats.binom.cdf(hits, n, q), stats.binom.sf(hits - 1, n, q))
    few = np.minimum(expected, n - expected) < FEW
    p_value = np.where(few, np.minimum(tails, 1.0), 2 * stats.norm.sf(np.abs(z)))
    if not independent:
        return Agreement(z, p_value, np.nan, 0, np.nan, _smallest(p_value))
    chi_square, degrees, p_chi = _chi_square(hits, expected)
    return Agreement(z, p_value, chi_square, degrees, p_chi, min(1.0, 2 * min(p_chi, _smallest(p_value[few]))))


def _smallest(p_value: Floats) -> float:
    """The smallest of some p-values times their number."""
    return float(min(1.0, max(p_value.size, 1) * p_value.min(initial=1.0)))


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
