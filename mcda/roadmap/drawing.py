"""Drawing parameters: exact quantiles of their laws at uniforms addressed by the digest of their dotted keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from mcda.draws import number, uniforms
from mcda.roadmap.parameters import ROUNDED, Law, Ranged, Value, encoded

__all__ = ["drawn", "drawn_mix", "quantiles"]

Floats = npt.NDArray[np.float64]


def _pert(u: Floats, low: float, mode: float, high: float) -> Floats:
    from scipy.special import betaincinv

    if high == low:
        return np.full_like(u, low)
    a, b = 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)
    return np.asarray(low + (high - low) * betaincinv(a, b, u))


def _beta(u: Floats, a: float, b: float, low: float = 0.0, high: float = 1.0) -> Floats:
    from scipy.special import betaincinv

    return np.asarray(low + (high - low) * betaincinv(a, b, u))


def _triangular(u: Floats, low: float, mode: float, high: float) -> Floats:
    width = high - low
    rising = low + np.sqrt(u * width * (mode - low))
    falling = high - np.sqrt((1 - u) * width * (high - mode))
    return np.where(u * width < mode - low, rising, falling)


def _values(u: Floats, values: Sequence[float]) -> Floats:
    return np.asarray(values, dtype=np.float64)[np.floor(u * len(values)).astype(np.int64)]


#: Quantile functions by law: u (n,) and the law's numbers to values (n,).
_QUANTILES: MappingProxyType[str, Callable[..., Floats]] = MappingProxyType({
    "uniform": lambda u, low=0.0, high=1.0: low + u * (high - low),
    "log-uniform": lambda u, low, high: low * (high / low) ** u,
    "triangular": _triangular,
    "pert": _pert,
    "beta": _beta,
    "values": _values,
})  # fmt: skip


def quantiles(law: Law, u: Floats) -> Floats:
    """Return a law's exact quantiles at u, (n,).

    PERT(l, m, h) is ``l + (h - l) Beta(1 + 4 (m - l) / (h - l), 1 + 4 (h - m) / (h - l))``.
    """
    return _QUANTILES[law.law](u, **law.numbers)


def drawn(key: str, value: Value, *, seed: int, paths: npt.ArrayLike, outer: int | None) -> float | Floats:
    """Return a parameter's value: one number, or one for each path, (path,).

    Parameters
    ----------
    key : dotted key, by whose digest it is drawn
    value : Value
    seed : 0 to 2^64 - 1
    paths : (path,) numbers of paths
    outer : number of the outer sample; None leaves ranges at their defaults (and takes outer sample 0 of laws)
    """
    if isinstance(value, Ranged):
        if outer is None:
            return encoded(value.default)
        value = value.law
    if not isinstance(value, Law):
        return encoded(value)
    at = paths if value.per == "path" else [outer or 0]
    found = quantiles(value, uniforms(seed, "parameter", at, j=number(key)))
    found = np.floor(found + 0.5) if key in ROUNDED else found
    return found if value.per == "path" else float(found[0])


def drawn_mix(means: Sequence[float], total: float, *, seed: int, at: npt.ArrayLike) -> Floats:
    """Return drawn mixes of rungs 2 to 5, (path, 4): a Dirichlet of given total, by gamma quantiles over their sum."""
    from scipy.special import gammaincinv

    def one(rung: int, mean: float) -> Floats:
        u = uniforms(seed, "parameter", at, j=number(f"mix.{rung}"))
        return np.asarray(gammaincinv(total * mean, u)) if mean > 0 else np.zeros_like(u)

    gammas = np.stack([one(rung, mean) for rung, mean in enumerate(means, start=2)], axis=1)
    return np.asarray(gammas / gammas.sum(axis=1, keepdims=True))
