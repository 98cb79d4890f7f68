"""Laws by inversion, inside kernels: the smallest k whose F(k) reaches a uniform.

F is summed upward in float64, each term from the one before. Where the first term would underflow (a stock of ten
thousand) the terms' logarithms are summed instead; both give the same k but where u lies within rounding of F(k).
Source: `docs/simulation.md`, laws.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mcda.compiled import inlined, kernel
from mcda.roadmap.symbols import MIDDLES

__all__ = ["binomial", "kept_binomial", "kept_negative_binomial", "negative_binomial", "successes", "weibull", "whole"]

_SMALLEST = -700.0  # exp of less is nearly no float any more
_NOTHING = 2.0**-60  # beyond the mean, smaller terms add nothing to F
_TAIL = 1e-6  # below, F is too small a difference from F in the middle


@inlined
def whole(x: float, u: float) -> int:
    """Whole months from a fraction: floor(x), and one more with probability x - floor(x)."""
    base = math.floor(x)
    return int(base) + (1 if u < x - base else 0)


@kernel
def binomial(n: int, p: float, u: float) -> int:
    """Return the u-quantile of Bin(n, p); p outside (0, 1) is exact."""
    if p <= 0.0 or n <= 0:
        return 0
    if p >= 1.0:
        return n
    first = n * math.log1p(-p)
    if first < _SMALLEST:
        return _binomial_by_logs(n, p, u)
    term = math.exp(first)
    return _binomial_from(n, p, u, 0, term, term)


@inlined
def _binomial_from(n: int, p: float, u: float, k: int, total: float, term: float) -> int:
    """Go up from k, where F is `total` and the last term is `term`, until F reaches u or stops growing."""
    odds, mean = p / (1.0 - p), n * p
    while total < u and k != n and not (k > mean and term < _NOTHING):
        term *= (n - k) / (k + 1) * odds
        k += 1
        total += term
    return k


@kernel
def kept_binomial(s: Any, i: int, n: int, p: float, u: float) -> int:
    """Return what :func:`binomial` does, going up or down from the middle, where F is kept for the i-th law, by n."""
    if p <= 0.0 or p >= 1.0 or n <= 0 or n >= MIDDLES or u < _TAIL:
        return binomial(n, p, u)
    k, odds = int(n * p), p / (1.0 - p)
    if s.middle[i, n, 0] != p and not _keep_middle(s, i, n, p, k):
        return binomial(n, p, u)
    total, term = s.middle[i, n, 1], s.middle[i, n, 2]
    if total < u:
        return _binomial_from(n, p, u, k, total, term)
    while k > 0 and total - term >= u:
        total -= term
        term *= k / ((n - k + 1) * odds)
        k -= 1
    return k


@kernel
def _keep_middle(s: Any, i: int, n: int, p: float, middle: int) -> bool:
    """Keep F and the last term at the middle; not where the first term would underflow."""
    odds, first = p / (1.0 - p), n * math.log1p(-p)
    if first < _SMALLEST:
        return False
    term = math.exp(first)
    total = term
    for k in range(middle):
        term *= (n - k) / (k + 1) * odds
        total += term
    s.middle[i, n, 0], s.middle[i, n, 1], s.middle[i, n, 2] = p, total, term
    return True


@kernel
def _binomial_by_logs(n: int, p: float, u: float) -> int:
    odds, log_term, mean = math.log(p) - math.log1p(-p), n * math.log1p(-p), n * p
    k, term = 0, math.exp(log_term)
    total = term
    while total < u and k != n and not (k > mean and term < _NOTHING):
        log_term += math.log((n - k) / (k + 1)) + odds
        k += 1
        term = math.exp(log_term)
        total += term
    return k


@kernel
def negative_binomial(mean: float, size: float, u: float) -> int:
    """Return the u-quantile of a negative binomial of given mean and size (variance mean + mean^2 / size)."""
    if mean <= 0.0:
        return 0
    poisson = np.isinf(size)
    first = -mean if poisson else size * math.log(size / (size + mean))
    if first < _SMALLEST:
        return _negative_binomial_by_logs(mean, size, u)
    failure = mean if poisson else mean / (size + mean)
    k, term = 0, math.exp(first)
    total = term
    while total < u and not (k > mean and term < _NOTHING):
        term *= failure / (k + 1) if poisson else (k + size) / (k + 1) * failure
        k += 1
        total += term
    return k


@kernel
def _negative_binomial_by_logs(mean: float, size: float, u: float) -> int:
    poisson = np.isinf(size)
    log_term = -mean if poisson else size * math.log(size / (size + mean))
    failure = math.log(mean) if poisson else math.log(mean / (size + mean))
    k, term = 0, math.exp(log_term)
    total = term
    while total < u and not (k > mean and term < _NOTHING):
        log_term += failure + math.log((1.0 if poisson else k + size) / (k + 1))
        k += 1
        term = math.exp(log_term)
        total += term
    return k


@kernel
def kept_negative_binomial(s: Any, i: int, mean: float, size: float, u: float) -> int:
    """Return what :func:`negative_binomial` does, by the i-th table of F that is kept; it grows as far as u asks."""
    if mean <= 0.0:
        return 0
    if s.law_mean[i] != mean or s.law_size[i] != size:
        first = -mean if np.isinf(size) else size * math.log(size / (size + mean))
        if first < _SMALLEST:
            return negative_binomial(mean, size, u)
        s.law_mean[i], s.law_size[i], s.law_last[i], s.law_term[i] = mean, size, 0, math.exp(first)
        s.law_F[i, 0] = s.law_term[i]
    if s.law_F[i, s.law_last[i]] < u and not _grown(s, i, mean, size, u):
        return negative_binomial(mean, size, u)
    low, high = 0, s.law_last[i]
    while low < high:
        middle = (low + high) >> 1
        if s.law_F[i, middle] < u:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _grown(s: Any, i: int, mean: float, size: float, u: float) -> bool:
    """Add terms to a table of F until it reaches u; whether there was room."""
    poisson = np.isinf(size)
    failure = mean if poisson else mean / (size + mean)
    k, term = s.law_last[i], s.law_term[i]
    total = s.law_F[i, k]
    while total < u and k + 1 < s.law_F.shape[1]:
        term *= failure / (k + 1) if poisson else (k + size) / (k + 1) * failure
        k += 1
        total += term
        s.law_F[i, k] = total
    s.law_last[i], s.law_term[i] = k, term
    return bool(total >= u)


@kernel
def weibull(scale: float, shape: float, u: float) -> int:
    """Return the u-quantile on 1, 2, ... of P(T > t) = exp(-(t / scale)^shape)."""
    k = 1
    while -math.expm1(-((k / scale) ** shape)) < u:
        k += 1
    return k


@kernel
def successes(n: int, mean: float, u: float) -> float:
    """Return the u-quantile of the months until the n-th success of chance n / mean; infinity if it never comes."""
    p = n / mean
    if p >= 1.0:
        return float(n)
    if p <= 0.0:
        return np.inf
    log_failure, log_term = math.log1p(-p), n * math.log(p)
    k, term = n, math.exp(log_term)
    total = term
    while total < u and not (k > mean and term < _NOTHING):
        log_term += math.log(k / (k - n + 1)) + log_failure
        k += 1
        term = math.exp(log_term)
        total += term
    return float(k)
