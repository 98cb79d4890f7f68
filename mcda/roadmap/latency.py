"""How long the parts of a spell take: restricted means with what is not over censored, and errors by path.

Spells of one path are not independent, paths are. Paths come in groups (grains dealt out in turn), and the error is the
delete-one-group jackknife for groups of unequal size (Busing, Meijer & van der Leeden 1999, Statistics and Computing 9,
3-8): with theta of all n paths, theta_j without group j of m_j paths and h_j = n / m_j, pseudo-values ``h_j theta -
(h_j - 1) theta_j`` vary about their mean ``g theta - sum (1 - m_j / n) theta_j`` with variance
``(1 / g) sum (pseudo_j - mean)^2 / (h_j - 1)``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from mcda.roadmap.incidence import aalen_johansen

__all__ = ["LONGEST", "jackknife", "latencies"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
#: Latencies are looked at for at most so many months.
LONGEST = 24


def latencies(groups: Ints, sizes: Ints) -> tuple[Floats, Floats, Ints, Floats]:
    """Return mean, standard error, number and share censored of the parts of spells, (spell, part) each.

    groups : (group, spell, part, observed, months) counts; sizes : (group,) paths of each group

    NaN where there is no spell, and for errors where fewer than two groups have paths.
    """
    counts = groups.sum(axis=0)
    total, cut = counts.sum(axis=(-1, -2)), counts[..., 0, :].sum(axis=-1)
    share = np.divide(cut, total, out=np.full(total.shape, np.nan), where=total > 0)
    return restricted_mean(counts), jackknife(restricted_mean, groups, sizes), total, share


def restricted_mean(counts: Ints) -> Floats:
    """Return the mean length up to `LONGEST` months, (...), of (..., observed, months); NaN where there is nothing."""
    censored, events = counts[..., 0, :], counts[..., 1, :]
    late = (events + censored)[..., LONGEST:].sum(axis=-1)
    ends, lost = _within(events), _within(censored)
    ends[..., -1], lost[..., -1] = 0, late  # beyond that, nobody is followed
    _end_the_last(ends, lost)
    found = aalen_johansen(ends[..., None, :], lost).restricted_mean
    return np.where(counts.sum(axis=(-1, -2)) > 0, found, np.nan)


def _within(counts: Ints) -> Ints:
    """Counts of months 0 to `LONGEST`; a shorter horizon has none of the later ones."""
    found = np.zeros((*counts.shape[:-1], LONGEST + 1), np.int64)
    found[..., : min(LONGEST + 1, counts.shape[-1])] = counts[..., : LONGEST + 1]
    return found


def _end_the_last(ends: Ints, lost: Ints) -> None:
    """Count the longest as over if they were cut off before the end: their mean is then known, from below (Efron)."""
    for place in np.ndindex(*ends.shape[:-1]):
        times = np.flatnonzero(ends[place] + lost[place])
        if times.size and times[-1] < LONGEST:
            ends[place][times[-1]] += lost[place][times[-1]]
            lost[place][times[-1]] = 0


def jackknife(estimate: Callable[[Ints], Floats], groups: Ints, sizes: Ints) -> Floats:
    """Return the standard error of an estimate of summed counts, by leaving out one group of paths at a time.

    estimate : counts (group, ...) to numbers, for each group; groups : (group, ...) counts; sizes : (group,) paths
    """
    used = sizes > 0
    groups, sizes = groups[used], sizes[used]
    g, n, counts = sizes.size, sizes.sum(), groups.sum(axis=0)
    whole = estimate(counts)
    if g < 2:
        return np.full_like(whole, np.nan)
    left = estimate(counts - groups)
    h = (n / sizes).reshape(-1, *[1] * whole.ndim)
    pseudo = h * whole - (h - 1) * left
    mean = g * whole - ((1 - 1 / h) * left).sum(axis=0)
    return np.asarray(np.sqrt(((pseudo - mean) ** 2 / (h - 1)).mean(axis=0)))
