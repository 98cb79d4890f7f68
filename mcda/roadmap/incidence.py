"""How often each of several ends has come by a time, where some paths are cut off first: discrete Aalen-Johansen.

At time t, d_j of the n at risk end by cause j, d by any; who is censored at t was still at risk there: an event comes
before a censoring at the same time. With h_j = d_j / n and h = d / n,

    Surv(t) = prod_{u <= t} (1 - h(u)),    F_j(t) = sum_{u <= t} Surv(u - 1) h_j(u),

so the F_j and Surv add to 1. The restricted mean is ``sum of Surv(t), t = 0, ..., T - 1``, which is E min(time, T).

Standard errors are those of the delta method. Given who is at risk, the d_j(u) are multinomial and those of different
times uncorrelated; the derivatives of F_j(t) by h_k(u) are ``Surv(u - 1) [k = j] - (F_j(t) - F_j(u)) / (1 - h(u))``:

    var F_j(t) = sum_{u <= t} { Surv(u - 1)^2 h_j (1 - h_j) - 2 Surv(u - 1) h_j (F_j(t) - F_j(u))
                                + (F_j(t) - F_j(u))^2 h / (1 - h) } / n.

Without censoring that is F (1 - F) / n to the last digit, with one cause it is Greenwood's formula, and it is always
the infinitesimal jackknife. In the same way the variance of the restricted mean is
``sum_u (sum_{t = u}^{T - 1} Surv(t))^2 h / ((1 - h) n)``. Nothing here asks that times be continuous or free of ties.

Sources: Aalen & Johansen (1978, Scand. J. Statist. 5, 141-150); the variance in Dinse & Larson (1986, Biometrika 73,
379-386, section 4, equation 6) and, as "Greenwood-type" estimator, in Allignol, Schumacher & Beyersmann (2010, Biom. J.
52, 126-137).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.errors import UsageError
from mcda.names import attrs

__all__ = ["Curves", "aalen_johansen", "count_times", "incidence", "incidence_of_counts"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Curves:
    """What counts say of times 0, 1, ..., T; leading axes are those of the counts.

    at_risk : (..., time), those who have neither ended nor been censored before
    incidence, incidence_se : (..., cause, time), F_j(t): the share that has ended by the cause up to t
    survival, survival_se : (..., time), Surv(t): the share that has not ended up to t
    restricted_mean, restricted_mean_se : (...), E min(time, T), in steps of time

    NaN where all who were left had been censored before: nothing is known from there on.
    """

    at_risk: Ints
    incidence: Floats
    incidence_se: Floats
    survival: Floats
    survival_se: Floats
    restricted_mean: Floats
    restricted_mean_se: Floats


# -- arrays ------------------------------------------------------------------------------------------------------------


def count_times(times: npt.ArrayLike, codes: npt.ArrayLike, *, horizon: int, causes: int) -> tuple[Ints, Ints]:
    """Return how many end by each cause at each time, (cause, time), and how many are censored at each, (time,).

    Both have the times 0, ..., horizon. Who ends or is censored beyond the horizon is censored at it. Counts of several
    blocks of paths add.

    Parameters
    ----------
    times : (n,) integers, 0 or more (a thing that happens in month t has time t + 1; only a latency can be 0)
    codes : (n,) integers, 0 censored, 1, ..., causes the cause
    horizon : last time that is looked at, at least 1
    causes : number of causes, at least 1

    Errors: :class:`UsageError` for other shapes, other types or numbers out of range.
    """
    if horizon < 1 or causes < 1:
        raise UsageError(f"there is at least one time after 0 and one cause (got {horizon} and {causes})")
    t, code = _whole("times", times, None), _whole("codes", codes, causes)
    if t.ndim != 1 or t.shape != code.shape:
        raise UsageError(f"times and codes are one number each for every path (got shapes {t.shape} and {code.shape})")
    seen = np.where(t <= horizon, code, 0)
    place = seen * (horizon + 1) + np.minimum(t, horizon)
    table = np.bincount(place, minlength=(causes + 1) * (horizon + 1)).reshape(causes + 1, horizon + 1)
    return table[1:], table[0]


def _whole(name: str, values: npt.ArrayLike, most: int | None) -> Ints:
    found = np.asarray(values)
    if found.size and not np.issubdtype(found.dtype, np.integer):
        raise UsageError(f"{name} must be whole numbers; got {found.dtype}")
    if found.size and (found.min() < 0 or (most is not None and found.max() > most)):
        allowed = "0 or more" if most is None else f"0 to {most}"
        raise UsageError(f"{name} must be {allowed} (got {found.min()} to {found.max()})")
    return found.astype(np.int64)


def aalen_johansen(events: npt.ArrayLike, censored: npt.ArrayLike) -> Curves:
    """Return incidence, survival and restricted mean with their errors, from counts alone (formulas: see the module).

    Parameters
    ----------
    events : (..., cause, time) integers
        How many end by each cause at times 0, ..., T.
    censored : (..., time) integers
        How many are censored; the last holds those who were left at T. All together are the n paths.

    Errors: :class:`UsageError` for shapes that do not fit, less than two times, or counts that are negative or broken.
    """
    d, c = _whole("events", events, None), _whole("censored", censored, None)
    if d.ndim < 2 or (*d.shape[:-2], d.shape[-1]) != c.shape or not d.shape[-2] or c.shape[-1] < 2:
        wanted = "events are (..., cause, time), censored (..., time), times 0 to T"
        raise UsageError(f"{wanted} (got shapes {d.shape} and {c.shape})")
    ends = d.sum(axis=-2)
    at_risk = np.cumsum((ends + c)[..., ::-1], axis=-1)[..., ::-1]
    survival = np.cumprod(1 - _ratio(ends, at_risk), axis=-1)
    before = np.concatenate([np.ones_like(survival[..., :1]), survival[..., :-1]], axis=-1)
    found = np.cumsum(before[..., None, :] * _ratio(d, at_risk[..., None, :]), axis=-1)
    spread = _ratio(ends, at_risk * (at_risk - ends))  # h / (1 - h) / n; where all end nothing is left to spread
    after = np.cumsum(survival[..., -2::-1], axis=-1)[..., ::-1]
    unknown = (at_risk == 0) & (before > 0)
    beyond = unknown[..., :-1].any(axis=-1)
    return Curves(
        at_risk=at_risk,
        incidence=_known(found, unknown[..., None, :]),
        incidence_se=_known(_incidence_error(d, at_risk, before, found, spread), unknown[..., None, :]),
        survival=_known(survival, unknown),
        survival_se=_known(survival * np.sqrt(np.cumsum(spread, axis=-1)), unknown),
        restricted_mean=_known(survival[..., :-1].sum(axis=-1), beyond),
        restricted_mean_se=_known(np.sqrt((after**2 * spread[..., :-1]).sum(axis=-1)), beyond),
    )


def _ratio(part: Ints, whole: Ints) -> Floats:
    """Part / whole, 0 where the whole is nothing."""
    part, whole = np.broadcast_arrays(part, whole)
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)


def _known(values: npt.ArrayLike, unknown: npt.NDArray[np.bool_]) -> Floats:
    return np.where(unknown, np.nan, values)


#: A variance below it is what rounding leaves of 0, of either sign: where all paths end alike.
_ROUNDING = 1e-15


def _incidence_error(d: Ints, at_risk: Ints, before: Floats, found: Floats, spread: Floats) -> Floats:
    """Standard errors of F, (..., cause, time).

    The sum over u <= t is written out: expanded into running sums it would lose the digits of small differences.
    """
    n = at_risk[..., None, :]
    hazard, ahead = _ratio(d, n), found[..., :, None] - found[..., None, :]  # F(t) - F(u), (..., cause, t, u)
    own = before[..., None, :] ** 2 * hazard * _ratio(n - d, n * n)
    cross = before[..., None, :] * _ratio(d, n * n)
    terms = own[..., None, :] - 2 * ahead * cross[..., None, :] + ahead**2 * spread[..., None, None, :]
    variance = (terms * np.tri(d.shape[-1])).sum(axis=-1)
    return np.sqrt(np.where(variance < _ROUNDING, 0.0, variance))


# -- labelled ----------------------------------------------------------------------------------------------------------


def incidence(times: npt.ArrayLike, codes: npt.ArrayLike, *, horizon: int, causes: Sequence[str]) -> xr.Dataset:
    """Return the incidence of each cause over times, from the time and the code of every path.

    Never take the mean of the paths that were not censored instead: they are the quick ones.

    Parameters
    ----------
    times : (n,) integers, months, 0 or more; a time beyond the horizon is one that is censored at it
    codes : (n,) integers, 0 censored, i the i-th of `causes`; an event comes before a censoring at the same time
    horizon : T, months
    causes : names, the first that of code 1

    Returns
    -------
    Dataset: see :func:`incidence_of_counts`.

    Errors: :class:`UsageError` as in :func:`count_times`, or for names that are not distinct.
    """
    return incidence_of_counts(*count_times(times, codes, horizon=horizon, causes=len(causes)), causes=causes)


def incidence_of_counts(events: npt.ArrayLike, censored: npt.ArrayLike, *, causes: Sequence[str]) -> xr.Dataset:
    """Return the incidence of each cause over times, from counts.

    Parameters
    ----------
    events : (cause, time) integers, times 0, ..., T
    censored : (time,) integers; the last holds those who were left at T
    causes : names, as many as `events` has rows

    Returns
    -------
    Dataset: `incidence`, `incidence_se` (cause, time); `survival`, `survival_se`, `at_risk` (time);
    `restricted_mean`, `restricted_mean_se` in months. Attribute: `n`, the number of paths. Without censoring before T
    the errors are those of plain shares and means (dividing by n, not n - 1).

    Errors: :class:`UsageError` as in :func:`aalen_johansen`, or for names that do not fit.
    """
    shape = np.shape(events)
    if len(shape) != 2 or len(causes) != shape[0] or len(set(causes)) < len(causes):
        raise UsageError(f"events are (cause, time), each cause with a name of its own (got {shape}, {list(causes)})")
    found = aalen_johansen(events, censored)
    by_cause, by_time = ("cause", "time"), ("time",)
    share, left = (
        "share of paths that the cause has ended by the time",
        "share of paths that have not ended by the time",
    )
    return xr.Dataset(
        {
            "incidence": (by_cause, found.incidence, attrs(share, "1")),
            "incidence_se": (by_cause, found.incidence_se, attrs(f"standard error of the {share}", "1")),
            "survival": (by_time, found.survival, attrs(left, "1")),
            "survival_se": (by_time, found.survival_se, attrs(f"standard error of the {left}", "1")),
            "at_risk": (by_time, found.at_risk, attrs("paths that have neither ended nor been censored before", "1")),
            "restricted_mean": ((), found.restricted_mean, attrs("mean time, cut at the horizon", "months")),
            "restricted_mean_se": ((), found.restricted_mean_se, attrs("standard error of the mean time", "months")),
        },
        coords={
            "cause": list(causes),
            "time": xr.Variable("time", np.arange(shape[1]), attrs("time, from the start of month 0", "months")),
        },
        attrs={"n": int(found.at_risk[0])},
    )
