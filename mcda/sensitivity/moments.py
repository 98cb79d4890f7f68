"""What is kept of a conditional expectation ``g = E[y | X_J]``: its covariance, and the entropy of the classes."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mcda.compiled import reordered

__all__ = ["ClosedMoments", "add_covariance", "expected_entropy"]

#: Added to a float's bits, makes the exponent's field count from sqrt(1/2) instead of 1/2: bits of 1 less bits of it.
_FROM_ROOT_HALF = 0x3FF0000000000000 - 0x3FE6A09E667F3BCD
_TWO_OVER_LN2 = 2 / math.log(2)

Floats = npt.NDArray[np.float64]


class ClosedMoments(NamedTuple):
    """What all subsets J know of the q columns of f, the first `classes` of which are indicators of classes.

    mean : (q,); covariance : (2^d, q, q), ``Cov(E[y | X_J])``; information : (2^d,), ``I(X_J; class)`` in bits.
    """

    mean: Floats
    covariance: Floats
    information: Floats


@reordered
def expected_entropy(law: Floats, table: Floats, classes: int) -> float:
    """Expected entropy of the classes given X_J, bits: ``- sum_i law_i sum_c g_ic log2 g_ic``, with 0 log 0 = 0.

    The logarithm is a series without branches, so that the loops are a vector's: g = 2^e m, m in [sqrt(1/2), sqrt(2)),
    and ``ln m = 2 artanh(z)``, ``z = (m - 1) / (m + 1)``, ``z^2 < 0.0295``; ten terms leave out less than 2e-17.
    """
    n = law.size
    weight, exponent, bits = np.empty(n * classes), np.empty(n * classes), np.empty(n * classes, np.int64)
    mantissa = bits.view(np.float64)
    for c in range(classes):
        for i in range(n):
            g = table[i, c]
            mantissa[c * n + i] = g if (g > 0.0) & (g < 1.0) else 1.0
            weight[c * n + i] = law[i] * g
    for i in range(bits.size):
        e = ((bits[i] + _FROM_ROOT_HALF) >> 52) - 1023
        bits[i] -= e << 52
        exponent[i] = e
    total = 0.0
    for i in range(bits.size):
        z = (mantissa[i] - 1.0) / (mantissa[i] + 1.0)
        y = z * z
        low = 1.0 + y * (1 / 3 + y * (1 / 5 + y * (1 / 7 + y * (1 / 9))))
        high = 1 / 11 + y * (1 / 13 + y * (1 / 15 + y * (1 / 17 + y * (1 / 19))))
        total -= weight[i] * (exponent[i] + z * (low + y * y * y * y * y * high) * _TWO_OVER_LN2)
    return total


@reordered
def add_covariance(law: Floats, table: Floats, mean: Floats, covariance: Floats) -> None:
    """Add ``sum_i law_i (g_i - mean)(g_i - mean)'`` to `covariance` (q, q): squares about the mean."""
    n, q = table.shape
    deviation, weighted = np.empty((q, n)), np.empty(n)
    for a in range(q):
        for i in range(n):
            deviation[a, i] = table[i, a] - mean[a]
            weighted[i] = law[i] * deviation[a, i]
        for b in range(a + 1):
            total = 0.0
            for i in range(n):
                total += weighted[i] * deviation[b, i]
            covariance[a, b] += total
            covariance[b, a] = covariance[a, b]
