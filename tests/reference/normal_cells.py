"""Oracles for normal factors on a lattice: adaptive integration over the factor, loops over cells, normal cdfs.

Written from the method pages alone; nothing is imported from the package, and no Gauss-Hermite node is used. Laws are
(criterion, level) arrays with every probability above 0; a score vector is a tuple of level numbers from 0.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import integrate, stats

__all__ = ["borders", "cells", "given_factor", "indices", "over_factor", "pair", "rescored", "vectors"]

Array = npt.NDArray[np.float64]


def borders(law: Array) -> Array:
    """Borders of the levels on the normal scale, -inf and inf at the ends."""
    return np.array([-np.inf, *stats.norm.ppf(np.cumsum(law)[:-1]), np.inf])


def given_factor(laws: Array, a: Array, z: float) -> Array:
    """P(level | factor = z) of each criterion."""
    return np.array(
        [np.diff(stats.norm.cdf(borders(p), k * z, np.sqrt(1 - k * k))) for p, k in zip(laws, a, strict=True)]
    )


def vectors(laws: Array) -> list[tuple[int, ...]]:
    return list(itertools.product(range(laws.shape[1]), repeat=laws.shape[0]))


def over_factor(value: Callable[[float], Array]) -> Array:
    """Integrate a vector against the standard normal density, adaptively, to 1e-12; beyond +-12 lies 4e-33."""
    found, _ = integrate.quad_vec(lambda z: stats.norm.pdf(z) * value(z), -12, 12, epsabs=1e-13, epsrel=1e-12)
    return np.asarray(found)


def cells(laws: Array, a: Array) -> Array:
    """P(score vector), in the order of `vectors`, integrated over one factor."""

    def at(z: float) -> Array:
        p = given_factor(laws, a, z)
        return np.array([np.prod([p[k, x] for k, x in enumerate(v)]) for v in vectors(laws)])

    return over_factor(at)


def pair(one: Array, other: Array, r: float) -> Array:
    """Joint law of two criteria: rectangles of the bivariate normal, which SciPy computes without sampling."""
    law = stats.multivariate_normal(np.zeros(2), [[1, r], [r, 1]])
    b, c = (np.clip(borders(p), -38, 38) for p in (one, other))
    corner = np.array([[law.cdf([x, y]) for y in c] for x in b])
    return np.diff(np.diff(corner, axis=0), axis=1)


def indices(p: Array, y: Array, x: list[tuple[int, ...]], kept: tuple[int, ...]) -> float:
    """Var E[y | x_kept] / Var y by plain loops over score vectors."""
    mass: dict[tuple[int, ...], float] = {}
    part: dict[tuple[int, ...], float] = {}
    for prob, value, v in zip(p, y, x, strict=True):
        at = tuple(v[k] for k in kept)
        mass[at] = mass.get(at, 0.0) + prob
        part[at] = part.get(at, 0.0) + prob * value
    mean = sum(part.values())
    between = sum(m * (part[at] / m - mean) ** 2 for at, m in mass.items() if m > 0)
    return between / sum(prob * (value - mean) ** 2 for prob, value in zip(p, y, strict=True))


def rescored(n: int, sd: float, a: float, z: float, ends: str) -> Array:
    """P(y | x, z) on levels 0..n-1: the normal mass of every whole number nearby, sent to where `ends` sends it."""
    points = np.arange(-20 * n, 20 * n)
    edges = np.append(points - 0.5, points[-1] + 0.5)
    found = np.zeros((n, n))
    for x in range(n):
        mass = np.diff(stats.norm.cdf(edges, x + sd * a * z, sd * np.sqrt(1 - a * a)))
        for point, m in zip(points.tolist(), mass, strict=True):
            found[x, _home(point, n, ends)] += m
    return found


def _home(point: int, n: int, ends: str) -> int:
    if ends == "clip":
        return min(max(point, 0), n - 1)
    while not 0 <= point < n:  # mirrors stand half a step outside the first and the last level
        point = -1 - point if point < 0 else 2 * n - 1 - point
    return point
