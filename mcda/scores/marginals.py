"""Laws of one score on a lattice: what an expert's answer, a prior or a second judgement says about one criterion.

Every function returns probabilities over the levels of a lattice; continuous laws are integrated over the cells
``[x - h/2, x + h/2]`` around the levels, h the spacing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from mcda.errors import UsageError
from mcda.problem import Lattice

__all__ = ["beta_binomial", "continuous", "given", "point", "rescoring", "rescoring_given", "three_point", "uniform"]

Floats = npt.NDArray[np.float64]
Law = Callable[[Floats], Floats]


def uniform(lattice: Lattice) -> Floats:
    """Return equal probabilities on all levels."""
    return np.full(lattice.size, 1 / lattice.size)


def _cells(lattice: Lattice, cdf: Law) -> Floats:
    """Mass of each level's cell under a distribution function; what lies beyond the scale's outer cells is dropped."""
    half = 0.5 / lattice.unit
    edges = np.append(np.asarray(lattice.levels) - half, lattice.high + half)
    mass = np.diff(cdf(edges))
    return np.asarray(mass / mass.sum())


def _triangular(low: float, mode: float, high: float) -> Law:
    from scipy import stats  # here, not above: `mcda check` reads priors, and need not wait for SciPy

    return lambda x: np.asarray(stats.triang.cdf(x, (mode - low) / (high - low), loc=low, scale=high - low))


def _on_scale(lattice: Lattice, **points: float) -> None:
    for name, x in points.items():
        if not lattice.low <= x <= lattice.high:
            raise UsageError(f"{name} {x:g} is off the scale; allowed: {lattice.low} to {lattice.high}")


def point(lattice: Lattice, score: float, spread: float, *, family: str = "triangular") -> Floats:
    """Return the law of a score of which an expert named one point.

    Parameters
    ----------
    score : float
        The named point, on the scale.
    spread : float
        Points. For ``'triangular'`` the half-width of a triangular density about the score, so that up to half a cell
        is the point itself; for ``'beta-binomial'`` its standard deviation. 0 is the point itself.
    family : ``'triangular'`` or ``'beta-binomial'``
        The beta-binomial has mean `score` on the lattice's levels (Ferrari & Cribari-Neto's mean parametrisation).

    Errors: :class:`UsageError` for a score off the scale, a spread below 0, a family or a spread that does not exist.
    """
    _on_scale(lattice, score=score)
    if not 0 <= spread < np.inf:
        raise UsageError(f"a spread is a number of points, at least 0 (got {spread:g})")
    if spread == 0:
        return given(lattice, {score: 1.0})
    if family == "triangular":
        if spread <= 0.5 / lattice.unit:
            return given(lattice, {score: 1.0})
        return _cells(lattice, _triangular(score - spread, score, score + spread))
    if family != "beta-binomial":
        raise UsageError(f"no family is named '{family}'; there are triangular, beta-binomial")
    return _beta_binomial_of_sd(lattice, score, spread)


def _beta_binomial_of_sd(lattice: Lattice, score: float, sd: float) -> Floats:
    n = lattice.size - 1
    m = (score - lattice.low) / (lattice.high - lattice.low)
    if m in (0.0, 1.0):
        return given(lattice, {score: 1.0})
    if n == 1:
        raise UsageError("on two levels a beta-binomial has no spread of its own; use a full distribution")
    # Var = n m (1 - m) (1 + (n - 1) rho) in steps^2, rho = 1 / (1 + concentration)
    rho = ((sd * lattice.unit) ** 2 / (n * m * (1 - m)) - 1) / (n - 1)
    if not 0 < rho < 1:
        low, high = np.sqrt(n * m * (1 - m) * np.array([1, n])) / lattice.unit
        raise UsageError(f"a beta-binomial about {score:g} has a spread between {low:.3g} and {high:.3g} (got {sd:g})")
    return beta_binomial(lattice, score, 1 / rho - 1)


def beta_binomial(lattice: Lattice, mean: float, concentration: float) -> Floats:
    """Return the beta-binomial law on the levels with this mean (on the scale) and a + b = `concentration`."""
    _on_scale(lattice, mean=mean)
    if not 0 < concentration < np.inf:
        raise UsageError(f"a concentration is finite and above 0 (got {concentration:g})")
    m = (mean - lattice.low) / (lattice.high - lattice.low)
    if m in (0.0, 1.0):
        return given(lattice, {mean: 1.0})
    n, k = lattice.size - 1, np.arange(lattice.size - 1)
    a, b = m * concentration, (1 - m) * concentration
    # by ratios of neighbours: differences of log-gammas (scipy's pmf) lose all digits at large concentrations
    log_mass = np.append(0.0, np.cumsum(np.log((n - k) * (a + k)) - np.log((k + 1) * (b + (n - k - 1)))))
    mass = np.exp(log_mass - log_mass.max())
    return np.asarray(mass / mass.sum())


def three_point(lattice: Lattice, low: float, mode: float, high: float) -> Floats:
    """Return the law of a judgement (low, mode, high): triangular on [low - h/2, high + h/2], taken by cell.

    The half spacings give the named ends a probability; the peak stays at the mode.
    """
    _on_scale(lattice, low=low, mode=mode, high=high)
    if not low <= mode <= high:
        raise UsageError(f"a three-point judgement needs low <= mode <= high (got {low:g}, {mode:g}, {high:g})")
    half = 0.5 / lattice.unit
    return _cells(lattice, _triangular(low - half, mode, high + half))


def given(lattice: Lattice, probabilities: Mapping[float, float]) -> Floats:
    """Return a full distribution, given as probability by score; they must lie on levels and sum to 1 (to 1e-9)."""
    law = np.zeros(lattice.size)
    for score, p in probabilities.items():
        _on_scale(lattice, score=score)
        step = Fraction(score).limit_denominator(10**6) * lattice.unit
        if step.denominator != 1:
            raise UsageError(f"the score {score:g} is no level of a lattice with spacing {lattice.spacing}")
        if not p >= 0:
            raise UsageError(f"the probability of the score {score:g} is {p:g}; allowed: at least 0")
        law[int(step) - lattice.low * lattice.unit] += p
    if not abs(law.sum() - 1) <= 1e-9:
        raise UsageError(f"the probabilities sum to {law.sum():.6g}; allowed: 1, to 1e-9")
    return np.asarray(law / law.sum())


def continuous(lattice: Lattice, family: str, *parameters: float) -> Floats:
    """Return a continuous law on [low, high], integrated over the cells of the lattice (half cells at the ends).

    Families: ``triangular`` (low, mode, high), ``pert`` (low, mode, high), ``normal`` (mean, sd; truncated).
    """
    ends = float(lattice.low), float(lattice.high)
    edges = np.clip(np.append(np.asarray(lattice.levels) - 0.5 / lattice.unit, np.inf), *ends)
    edges[-1] = ends[1]
    mass = np.diff(_continuous_cdf(family, parameters)(edges))
    if not mass.sum() > 0:
        raise UsageError(f"a {family} law with {parameters} has no mass on the scale {ends}")
    return np.asarray(mass / mass.sum())


def _continuous_cdf(family: str, parameters: tuple[float, ...]) -> Law:
    from scipy import stats

    match family, parameters:
        case "triangular", (low, mode, high) if low <= mode <= high and low < high:
            return _triangular(low, mode, high)
        case "pert", (low, mode, high) if low <= mode <= high and low < high:
            a, b = 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)
            return lambda x: np.asarray(stats.beta.cdf(x, a, b, loc=low, scale=high - low))
        case "normal", (mean, sd) if sd > 0:
            return lambda x: np.asarray(stats.norm.cdf(x, mean, sd))
    raise UsageError(
        f"no continuous law {family}{parameters}; allowed: triangular(low, mode, high), pert(low, mode, high), "
        "normal(mean, sd > 0)"
    )


def _normal_mass(left: Floats, right: Floats) -> Floats:
    """Normal mass of [left, right], from the tail in which it keeps its digits."""
    from scipy.special import ndtr

    upper = left > 0
    return np.asarray(np.where(upper, ndtr(-left) - ndtr(-right), ndtr(right) - ndtr(left)))


def rescoring(lattice: Lattice, sd: float, *, ends: str = "clip") -> Floats:
    """Return P(second score = y | first score = x) under an independent normal(0, sd) error, taken by cell.

    Parameters
    ----------
    sd : float
        Standard deviation in points; 0 is the identity.
    ends : ``'clip'`` or ``'reflect'``
        Mass beyond the scale's outer cells goes to the end level, or is folded back at the outer cell borders.

    Returns
    -------
    (level, level), rows sum to 1.
    """
    if not sd >= 0 or not np.isfinite(sd):
        raise UsageError(f"a re-scoring sd is a number of points, at least 0 (got {sd})")
    if ends not in ("clip", "reflect"):
        raise UsageError(f"no way to treat ends is named '{ends}'; there are clip, reflect")
    n = lattice.size
    if sd == 0:
        return np.eye(n)
    unit_sd = sd * lattice.unit
    images = int(np.ceil(20 * unit_sd / n)) + 1
    shift = np.arange(-2 * images * n, (2 * images + 1) * n)
    gap = np.asarray(shift[None] - np.arange(n)[:, None], dtype=np.float64)
    mass = _normal_mass((gap - 0.5) / unit_sd, (gap + 0.5) / unit_sd)
    if ends == "clip":
        home = np.clip(shift, 0, n - 1)
    else:
        folded = np.mod(shift, 2 * n)
        home = np.minimum(folded, 2 * n - 1 - folded)
    matrix = np.zeros((n, n))
    np.add.at(matrix.T, home, mass.T)
    return np.asarray(matrix / matrix.sum(axis=1, keepdims=True))


def rescoring_given(lattice: Lattice, errors: Mapping[int, float], *, ends: str = "clip") -> Floats:
    """Return the re-scoring matrix of declared probabilities of errors, in whole points; ends as in `rescoring`."""
    if not abs(sum(errors.values()) - 1) <= 1e-9 or min(errors.values()) < 0:
        raise UsageError(f"probabilities of errors must be at least 0 and sum to 1 (sum {sum(errors.values()):.6g})")
    if ends not in ("clip", "reflect"):
        raise UsageError(f"no way to treat ends is named '{ends}'; there are clip, reflect")
    n = lattice.size
    matrix = np.zeros((n, n))
    for error, p in errors.items():
        to = np.arange(n) + error * lattice.unit
        folded = np.mod(to, 2 * n)
        home = np.clip(to, 0, n - 1) if ends == "clip" else np.minimum(folded, 2 * n - 1 - folded)
        matrix[np.arange(n), home] += p
    return matrix
