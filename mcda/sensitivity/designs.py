"""Draws the design, and handles its traps: base points for pick-freeze, and SALib, which only this module imports.

A *design* is two blocks of points in the unit cube, A and B, each (n, d), one row of both per base point. Random ones
are addressed by seed, name of the factor and number of the row, so a factor that is added shifts no other and a longer
run begins with a shorter one. Nets are the two halves of one scrambled Sobol' net in 2d dimensions, as SALib draws it;
there a factor that is added changes every column, and only a longer run of the same factors begins with the shorter.

Traps of SALib 1.6, each handled here: its analysis takes a seed of 0 for none, and then draws from NumPy's global
state (always 1 here: its bootstrap, the only thing that is seeded, is not used, as it keeps n times the number of
resamples in memory); a constant output gets indices of 0 (NaN here); one NaN turns all indices to 0 (refused here); it
takes one output at a time (looped here).

Sources: Saltelli et al. (2010, Comput. Phys. Commun. 181) for the layout; Owen (1998, "Scrambling Sobol' and
Niederreiter-Xing points") and Matousek (1998) for scrambles; Iwanaga, Usher & Herman (2022) for SALib.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mcda.draws import number, seed_of, uniforms
from mcda.errors import Declined, UsageError

__all__ = ["MAX_DIMENSIONS", "Peer", "net_points", "random_points", "salib_peer"]

Floats = npt.NDArray[np.float64]

#: Dimensions for which SciPy has direction numbers (Joe & Kuo 2008): a net of d factors needs 2d.
MAX_DIMENSIONS = 21201


def random_points(seed: int, names: Sequence[str], start: int, stop: int) -> tuple[Floats, Floats]:
    """Return the base points of rows `start` to `stop`: two independent blocks (stop - start, d) on [0, 1).

    Column k of A is the uniform called ``names[k]`` of the stream "score", that of B the one called ``names[k]'``.

    Errors: :class:`UsageError` if two columns would get the same numbers.
    """
    blocks = [*names], [f"{name}'" for name in names]
    _distinct(blocks[0] + blocks[1])
    rows = np.arange(start, stop)
    a, b = (np.stack([uniforms(seed, "score", rows, j=number(c)) for c in block], axis=1) for block in blocks)
    return a, b


def _distinct(columns: Sequence[str]) -> None:
    seen: dict[int, str] = {}
    for name in columns:
        if number(name) in seen:
            raise UsageError(f"'{seen[number(name)]}' and '{name}' would be given the same random numbers; rename one")
        seen[number(name)] = name


def net_points(seed: int, d: int, start: int, stop: int, *, replicate: int = 0) -> tuple[Floats, Floats]:
    """Return points `start` to `stop` of one scrambled Sobol' net in 2d dimensions as two blocks (stop - start, d).

    SALib lays out ``A, AB_1, ..., AB_d, B`` for each base point; A and B are the first and the last of each d + 2
    rows. The scramble is that of NumPy's default generator seeded with (seed, replicate), so scrambles are independent.

    Parameters
    ----------
    seed : 0 to 2^64 - 1
    d : number of factors, at most 10,600
    start, stop : `stop` a power of two, `start` 0 or half of it
    replicate : number of the scramble

    Errors: :class:`UsageError` for other `start` and `stop`, or too many factors.
    """
    if stop < 1 or stop & (stop - 1) or start not in (0, stop // 2):
        raise UsageError(f"a Sobol' net has 2^k points and is extended by as many again (got {start} to {stop})")
    if not 1 <= d <= MAX_DIMENSIONS // 2:
        raise UsageError(f"a Sobol' net serves 1 to {MAX_DIMENSIONS // 2} factors (got {d})")
    if start == 1:  # SALib cannot skip a single point
        a, b = net_points(seed, d, 0, stop, replicate=replicate)
        return a[1:], b[1:]
    points = _salib_sample(_problem(d), stop - start, start, np.random.default_rng([seed_of(seed), replicate]))
    return points[0 :: d + 2], points[d + 1 :: d + 2]


def _problem(d: int) -> dict[str, Any]:
    return {"num_vars": d, "names": [f"x{k}" for k in range(d)], "bounds": [[0.0, 1.0]] * d}


def _salib_sample(problem: dict[str, Any], n: int, skip: int, rng: np.random.Generator) -> Floats:
    from SALib.sample import sobol  # half a second: it loads pandas

    points: Floats = sobol.sample(problem, n, calc_second_order=False, skip_values=skip, seed=rng)
    return points


class Peer(NamedTuple):
    """SALib's indices: `first_order` and `total_order`, (q, d), NaN for a constant output."""

    first_order: Floats
    total_order: Floats


def salib_peer(evaluations: npt.ArrayLike) -> Peer:
    """Return SALib's own first and total order indices of evaluations at a pick-freeze design.

    Parameters
    ----------
    evaluations : (d + 2, n) or (d + 2, n, q): outputs at A, at A with column k of B for each of the d factors, at B

    Errors: :class:`Declined` for a value that is not finite, :class:`UsageError` for another shape.
    """
    y = np.asarray(evaluations, dtype=np.float64)
    y = y[..., None] if y.ndim == 2 else y
    if y.ndim != 3 or y.shape[0] < 3 or y.shape[1] < 2:
        raise UsageError(f"evaluations are (d + 2, n) or (d + 2, n, q), d at least 1, n at least 2 (got {y.shape})")
    if not np.isfinite(y).all():
        raise Declined(f"{np.count_nonzero(~np.isfinite(y))} evaluations are not finite; SALib would return zeros")
    pairs = [_salib_analyze(y[..., k].T.ravel(), y.shape[0] - 2) for k in range(y.shape[2])]
    return Peer(np.stack([first for first, _ in pairs]), np.stack([total for _, total in pairs]))


def _salib_analyze(y: Floats, d: int) -> tuple[Floats, Floats]:
    from SALib.analyze import sobol

    if np.ptp(y.reshape(-1, d + 2)[:, [0, -1]]) == 0:
        return np.full(d, np.nan), np.full(d, np.nan)
    with warnings.catch_warnings():  # its two resamples, the fewest it works with, may well be constant
        warnings.simplefilter("ignore")
        found = sobol.analyze(_problem(d), y, calc_second_order=False, num_resamples=2, seed=1)
    return np.asarray(found["S1"], dtype=np.float64), np.asarray(found["ST"], dtype=np.float64)
