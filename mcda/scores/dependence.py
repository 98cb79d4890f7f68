"""Dependence between the criteria of one alternative: common normal factors, and joints fitted on the lattice.

A Gaussian copula over lattice marginals: criterion k is at level l or above where a standard normal variable is at or
above ``ndtri(F_k(l - 1))``, F_k its distribution function. With factors z that variable is ``a_k . z + s_k e_k``,
``s_k^2 = 1 - |a_k|^2``, so that given z the criteria are independent, with laws in closed form. A factor is then one
more mixture: its components are the nodes of a Gauss-Hermite quadrature, and what works for mixtures works for it.

* ``leniency``: one factor, all loadings positive; a lenient expert scores everything higher.
* ``valence``: criteria against and for with opposite signs; a well-meaning expert sees less against, more for.
* a full correlation matrix: up to three factors fitted to it (:func:`fitted_factors`), or the normal density at the
  cells, fitted to the marginals (:func:`normal_joint`).

Sources: `docs/method.md`, 2; Joe (2014), *Dependence Modeling with Copulas*, 3.10 (factor copulas); Harman & Jones
(1966), Psychometrika 31 (minimum residuals); Deming & Stephan (1940), Ann. Math. Stat. 11 (proportional fitting).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.rule import Role, Rule
from mcda.scores.belief import JOINT_LIMIT, Belief, lattice_tiers, product_law

__all__ = [
    "LARGEST_LOADING", "FittedFactors", "FittedJoint", "checked_loadings", "fitted_factors", "loadings", "node_of",
    "normal_joint", "normal_nodes", "rescoring_given_factor", "score_moments", "with_factor", "with_factors",
]  # fmt: skip

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Loadings above this are refused: given the factor the scores would be all but certain, and the nodes too many.
LARGEST_LOADING = 0.95
#: Components of the largest mixture that factors are made into.
COMPONENT_LIMIT = 1 << 16
#: Nodes with a smaller weight are left out: all of them together weigh less than 1e-20.
LEAST_WEIGHT = 1e-24
#: Proportional fitting ends where no marginal probability is further off than this, or after so many rounds.
FITTED, ROUNDS = 1e-13, 2000


# -- loadings ----------------------------------------------------------------------------------------------------------


def loadings(
    kind: str, roles: Sequence[Role], strength: float | Sequence[float], *, counterweight: float | None = None
) -> Floats:
    """Return the loadings of the criteria on one common factor, (criterion,).

    Parameters
    ----------
    kind : ``'leniency'`` or ``'valence'``
        All loadings positive; or negative for criteria against, positive for criteria for.
    roles : (criterion,) the rule's roles
    strength : float or (criterion,) floats, 0 to .95
        Size of the loadings; the correlation of two criteria's normal variables is the product of their loadings.
    counterweight : float, -.95 to .95
        The counterweight's loading with its sign. Valence does not imply one, so it must be given there; leniency
        takes `strength` if it is not given, and no negative one.

    Errors: :class:`UsageError` for another kind, a negative strength, a counterweight's loading that is missing or
    negative under leniency; :class:`Declined` for loadings above .95.
    """
    size = np.asarray(strength, dtype=np.float64)
    size = np.full(len(roles), size) if size.ndim == 0 else size
    if size.shape != (len(roles),) or not (size >= 0).all():
        raise UsageError(f"a strength is at least 0, one number or one for each of {len(roles)} criteria")
    return checked_loadings(_signs(kind, roles, counterweight) * _sizes(size, roles, counterweight))[:, 0]


def _sizes(size: Floats, roles: Sequence[Role], counterweight: float | None) -> Floats:
    """Sizes of the loadings; a counterweight's own, where it is given."""
    if counterweight is None:
        return size
    return np.where(np.array(roles) == "counterweight", abs(counterweight), size)


def _signs(kind: str, roles: Sequence[Role], counterweight: float | None) -> Floats:
    """Signs of the loadings."""
    if kind not in ("leniency", "valence"):
        raise UsageError(f"no common factor is named '{kind}'; there are leniency, valence")
    if kind == "leniency":
        if counterweight is not None and not counterweight >= 0:
            raise UsageError(f"under leniency all loadings are positive (the counterweight's is {counterweight:g})")
        return np.ones(len(roles))
    if counterweight is None and "counterweight" in roles:
        raise UsageError("valence needs the counterweight's loading with its sign: it is neither against nor for")
    sign = {"against": -1.0, "for": 1.0, "counterweight": np.sign(counterweight or 0.0)}
    return np.array([sign[role] for role in roles])


def checked_loadings(given: npt.ArrayLike, criteria: int | None = None) -> Floats:
    """Return loadings as (criterion, factor), one to three factors.

    Errors: :class:`UsageError` for another shape or numbers that are not finite; :class:`Declined` where a criterion's
    loading (with several factors: the root of the sum of their squares) is above .95.
    """
    found = np.asarray(given, dtype=np.float64)
    found = found[:, None] if found.ndim == 1 else found
    if found.ndim != 2 or len(found) != (criteria or len(found)) or not 1 <= found.shape[1] <= 3:
        raise UsageError(f"loadings are one row for each criterion, with one to three factors (got {found.shape})")
    if not np.isfinite(found).all():
        raise UsageError("loadings must be finite numbers")
    if (largest := float(np.sqrt((found**2).sum(axis=1)).max())) > LARGEST_LOADING + 1e-12:
        raise Declined(
            f"a loading of {largest:.3g} is above {LARGEST_LOADING}: the factor would leave a criterion next to "
            "nothing of its own, and no quadrature of practical size resolves it; use smaller loadings, or sampling"
        )
    return found


# -- factors as mixtures -----------------------------------------------------------------------------------------------


def normal_nodes(nodes: int) -> tuple[Floats, Floats]:
    """Return Gauss-Hermite nodes and weights of the standard normal law, (node,) each.

    Nodes with a weight below 1e-24 are left out: of 64 some 50 remain, of 1024 some 200. The weights sum to 1.
    """
    from scipy.special import roots_hermitenorm  # here: who checks a file needs no SciPy

    if isinstance(nodes, bool) or not 1 <= nodes <= 4096:
        raise UsageError(f"a quadrature has 1 to 4096 nodes (got {nodes})")
    z, w = roots_hermitenorm(int(nodes))
    w = w / w.sum()
    kept = w >= LEAST_WEIGHT
    return np.asarray(z[kept]), np.asarray(w[kept] / w[kept].sum())


def _grid(nodes: int, factors: int) -> tuple[Floats, Floats]:
    """Nodes and weights of a product quadrature, (node, factor) and (node,)."""
    z, w = normal_nodes(nodes)
    at = np.indices((len(z),) * factors).reshape(factors, -1)
    return z[at].T, np.prod(w[at], axis=0)


def _mass(left: Floats, right: Floats) -> Floats:
    """Normal mass of [left, right], from the tail in which it keeps its digits."""
    from scipy.special import ndtr

    upper = left > 0
    return np.asarray(ndtr(np.where(upper, -left, right)) - ndtr(np.where(upper, -right, left)))


def _tails(laws: Floats) -> tuple[Floats, Floats]:
    """P(below) and P(at or above) of each border of levels, (..., level + 1): 0 and 1 at the outer ones."""
    none = np.zeros((*laws.shape[:-1], 1))
    below = np.concatenate([none, laws.cumsum(axis=-1)], axis=-1)
    above = np.concatenate([laws[..., ::-1].cumsum(axis=-1)[..., ::-1], none], axis=-1)
    return np.minimum(below, 1.0), np.minimum(above, 1.0)


def _normal_scores(below: Floats, above: Floats) -> Floats:
    """Normal quantiles, each from its smaller tail."""
    from scipy.special import ndtri

    return np.asarray(np.where(below <= 0.5, ndtri(below), -ndtri(above)))


def _given_factor(laws: Floats, shift: Floats, own: Floats) -> Floats:
    """Laws given the factors, (component, node, criterion, level).

    laws : (component, criterion, level); shift : (node, criterion), a_k . z; own : (criterion,), s_k
    """
    borders = _normal_scores(*_tails(laws))
    edges = (borders[:, None] - shift[None, :, :, None]) / own[:, None]
    mass = _mass(edges[..., :-1], edges[..., 1:])
    return np.where((own < 1)[:, None], mass, laws[:, None])  # without a loading the law itself, to the last digit


def with_factor(belief: Belief, loadings: npt.ArrayLike, *, nodes: int, held_by: str = "factors") -> Belief:
    """Return a belief whose criteria share one normal factor, as a mixture over the nodes of a quadrature.

    Parameters
    ----------
    belief : Belief
        In a mixture the factor acts inside each component, and is independent of which component it is. Where the
        belief is conditioned the factor acts on what it was before, and the condition is kept.
    loadings : (criterion,) floats, at most .95 in absolute value
    nodes : Gauss-Hermite nodes before those without weight are left out (`normal_nodes`)
    held_by : ``'leniency'``, ``'valence'`` or ``'factors'``, what results call it

    Returns
    -------
    Belief with components (component x node), the node changing fastest; marginals as before, to the quadrature's
    error. Without any loading it is the belief itself.

    Errors: :class:`Declined` above .95, for more than 65536 components, for a belief that has factors already.
    """
    flat = np.asarray(loadings, dtype=np.float64)
    if flat.ndim != 1:
        raise UsageError("one factor has one loading for each criterion; with_factors takes several factors")
    return with_factors(belief, flat[:, None], nodes=nodes, held_by=held_by)


def with_factors(belief: Belief, loadings: npt.ArrayLike, *, nodes: int, held_by: str = "factors") -> Belief:
    """Return a belief whose criteria share up to three normal factors, on a product grid of `nodes` a factor.

    Parameters
    ----------
    loadings : (criterion, factor), the squares of each criterion sum to at most .95^2

    Everything else is as in :func:`with_factor`.
    """
    a = checked_loadings(loadings, belief.probability.shape[1])
    if held_by not in ("leniency", "valence", "factors"):
        raise UsageError(f"criteria are held together by leniency, valence or factors (got '{held_by}')")
    if belief.held_by:
        raise Declined(f"these scores are held together by {belief.held_by} already; give all factors at once")
    if not a.any():
        return belief
    z, w = _grid(nodes, a.shape[1])
    if (count := len(belief.weight) * len(w)) > COMPONENT_LIMIT:
        raise Declined(f"{nodes} nodes a factor make {count} components; allowed: at most {COMPONENT_LIMIT}")
    laws = _given_factor(belief.probability, z @ a.T, np.sqrt(1 - (a**2).sum(axis=1)))
    ends = [f"{_MARK}{q + 1} (z = {', '.join(f'{x:+.4g}' for x in at)})" for q, at in enumerate(z)]
    return replace(
        belief,
        probability=laws.reshape(count, *belief.probability.shape[1:]),
        weight=np.outer(belief.weight, w).reshape(-1),
        components=tuple(name + end for name in belief.components for end in ends),
        held_by=held_by,
    )


_MARK = " | node "


def node_of(belief: Belief) -> Ints:
    """Return the node of each component of a belief with factors, (component,), counted from 0.

    Errors: :class:`UsageError` for a belief without factors.
    """
    if not belief.held_by:
        raise UsageError("this belief has no common factor; with_factor gives it one")
    ends = [name.rpartition(_MARK)[2] for name in belief.components]
    place = {end: q for q, end in enumerate(dict.fromkeys(ends))}
    return np.array([place[end] for end in ends])


# -- a second panel's errors -------------------------------------------------------------------------------------------


def rescoring_given_factor(lattice: Lattice, sd: float, loading: float, z: Floats, *, ends: str = "clip") -> Floats:
    """Return P(second score = y | first score = x, z), the error ``sd (a z + sqrt(1 - a^2) e)`` taken by cell.

    Parameters
    ----------
    sd : standard deviation of the whole error, points
    loading : a, of this criterion's error on the factor
    z : (node,) values of the factor
    ends : ``'clip'`` or ``'reflect'``, as in :func:`mcda.scores.marginals.rescoring`, which this is without a loading

    Returns
    -------
    (node, level, level), rows sum to 1.
    """
    if not 0 <= sd < np.inf:
        raise UsageError(f"a re-scoring sd is a number of points, at least 0 (got {sd})")
    if ends not in ("clip", "reflect"):
        raise UsageError(f"no way to treat ends is named '{ends}'; there are clip, reflect")
    n, whole = lattice.size, sd * lattice.unit
    if whole == 0:
        return np.broadcast_to(np.eye(n), (len(z), n, n)).copy()
    mean, own = whole * loading * z, whole * np.sqrt(1 - loading**2)
    folds = int(np.ceil((20 * own + np.abs(mean).max()) / (2 * n))) if ends == "reflect" else 0
    to = np.arange(-2 * folds * n, (2 * folds + 1) * n)
    gap = to - np.arange(n)[:, None] - mean[:, None, None]
    left, right = (gap - 0.5) / own, (gap + 0.5) / own
    left[..., 0], right[..., -1] = -np.inf, np.inf
    folded = np.mod(to, 2 * n)
    home = np.minimum(folded, 2 * n - 1 - folded)
    return np.asarray(_mass(left, right) @ np.eye(n)[home])


# -- fitted to a correlation matrix ------------------------------------------------------------------------------------


class FittedFactors(NamedTuple):
    """Factors fitted to a correlation matrix.

    loadings : (criterion, factor)
    residual : (criterion, criterion), asked less fitted correlations, 0 on the diagonal
    """

    loadings: Floats
    residual: Floats

    @property
    def largest(self) -> float:
        """The largest residual, in absolute value."""
        return float(np.abs(self.residual).max())

    @property
    def rms(self) -> float:
        """The root of the residuals' mean square, over pairs of criteria."""
        return float(np.sqrt((self.residual[np.triu_indices(len(self.residual), 1)] ** 2).mean()))


def _checked_correlation(given: npt.ArrayLike) -> Floats:
    r = np.asarray(given, dtype=np.float64)
    if r.ndim != 2 or r.shape[0] != r.shape[1] or len(r) < 2 or not np.isfinite(r).all():
        raise UsageError(f"a correlation matrix is square, of finite numbers (got shape {r.shape})")
    if not np.allclose(r, r.T, rtol=0, atol=1e-12):
        raise UsageError("a correlation matrix is symmetric; this one is not")
    if not np.allclose(np.diag(r), 1, rtol=0, atol=1e-12) or np.abs(r).max() > 1 + 1e-12:
        raise UsageError("a correlation matrix has 1 on its diagonal and numbers from -1 to 1; this one does not")
    if (least := float(np.linalg.eigvalsh(r)[0])) < 1e-9:
        raise UsageError(
            f"a correlation matrix is positive definite; the smallest eigenvalue of this one is {least:.3g}"
        )
    return r


def fitted_factors(correlation: npt.ArrayLike, *, factors: int = 1) -> FittedFactors:
    """Return the loadings whose products are nearest to a correlation matrix (minimum residuals: least squares).

    Parameters
    ----------
    correlation : (criterion, criterion), of the normal variables under the scores
    factors : 1 to 3
        Ordered by the part of the correlations that they carry, each with a sum of loadings of at least 0. No
        criterion's loadings get above .95 together.

    Errors: :class:`UsageError` for a matrix that is not a symmetric, positive definite correlation matrix.
    """
    from scipy.optimize import least_squares

    r = _checked_correlation(correlation)
    if factors not in (1, 2, 3) or factors > len(r):
        raise UsageError(f"one to three factors are fitted, no more than there are criteria (got {factors})")
    pairs = np.triu_indices(len(r), 1)

    def residual(flat: Floats) -> Floats:
        a = _in_ball(flat.reshape(-1, factors))
        return np.asarray((a @ a.T - r)[pairs])

    start = _principal(r, factors)
    start = start / np.sqrt(LARGEST_LOADING**2 - (start**2).sum(axis=1, keepdims=True))
    found = least_squares(residual, start.reshape(-1), xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=2000)
    a = _in_ball(found.x.reshape(-1, factors))
    a = a @ np.linalg.svd(a, full_matrices=False)[2].T
    a = a * np.where(a.sum(axis=0) < 0, -1.0, 1.0)
    left = r - a @ a.T
    np.fill_diagonal(left, 0.0)
    return FittedFactors(a, left)


def _in_ball(free: Floats) -> Floats:
    """Any numbers to rows of a length below .95: what least squares varies without bounds."""
    return np.asarray(LARGEST_LOADING * free / np.sqrt(1 + (free**2).sum(axis=1, keepdims=True)))


def _principal(r: Floats, factors: int) -> Floats:
    """Iterated principal factors, kept clear of the bound: where the fit begins."""
    shared = 1 - 1 / np.diag(np.linalg.inv(r))
    a = np.zeros((len(r), factors))
    for _ in range(50):
        value, vector = np.linalg.eigh(r - np.diag(1 - shared))
        a = vector[:, -factors:] * np.sqrt(np.maximum(value[-factors:], 1e-4))
        shared = np.minimum((a**2).sum(axis=1), 0.8)
    return np.asarray(a * np.sqrt(np.minimum(1, 0.8 / (a**2).sum(axis=1)))[:, None])


# -- a joint fitted on the lattice -------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class FittedJoint:
    """A joint law on the lattice: normal dependence, fitted to a belief's marginals.

    lattice : Lattice
    law : (level,) * criteria
    marginals : (criterion, level), the belief's
    asked : (criterion, criterion), the normal density's correlations
    attained : (criterion, criterion), Pearson correlations of the scores; NaN where a score is certain
    attained_normal : (criterion, criterion), the same of their normal scores, on the scale on which `asked` is
    """

    lattice: Lattice
    law: Floats
    marginals: Floats
    asked: Floats
    attained: Floats
    attained_normal: Floats

    @property
    def dependence(self) -> str:
        """The name of the dependence, as results carry it."""
        return "fitted joint"

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this law from another: equal keys, equal answers."""
        return (self.lattice, self.dependence, self.marginals.tobytes(), self.asked.tobytes())

    def joint(self) -> Floats:
        """Return the whole joint law, one axis per criterion; shared, and not to be written to."""
        return self.law

    def tier_probabilities(self, rule: Rule) -> Floats:
        """Return P(tier) under a rule, summed over all cells."""
        tiers = lattice_tiers(rule, self.lattice).reshape(-1)
        found = np.bincount(tiers, weights=self.law.reshape(-1), minlength=len(rule.tiers) + 1)[1:]
        return np.asarray(found / found.sum())


def normal_joint(belief: Belief, correlation: npt.ArrayLike) -> FittedJoint:
    """Return the joint law that has a belief's marginals and the dependence of a normal density on the lattice.

    The copula's density at the middles of the cells (in normal scores ``ndtri((F(l - 1) + F(l)) / 2)``) times the
    marginals, then fitted to the marginals by iterative proportional fitting, to 1e-13 in every probability. The
    sources are in the module's text.

    Parameters
    ----------
    belief : Belief with independent criteria
    correlation : (criterion, criterion)

    Errors: :class:`UsageError` for a matrix that is not a symmetric, positive definite correlation matrix of these
    criteria; :class:`Declined` above 2e7 cells, for mixtures and conditioned beliefs (their own dependence would be
    lost; factors keep it), and where the fit does not converge.
    """
    r, laws = _checked_correlation(correlation), belief.probability[0]
    d, n = laws.shape
    if len(r) != d:
        raise UsageError(f"the correlation matrix is of {len(r)} criteria; the belief has {d}")
    if not belief.independent:
        raise Declined(f"a joint is fitted to independent scores (these are: {belief.dependence}); use with_factors")
    if n**d > JOINT_LIMIT:
        raise Declined(f"the joint of {d} criteria with {n} levels has {n**d:.3g} cells; at most {JOINT_LIMIT:.3g}")
    scores = _middles(laws)
    law = _fitted(_normal_cells(scores, laws, np.asarray(np.linalg.inv(r), dtype=np.float64)), laws)
    levels = np.broadcast_to(np.asarray(belief.lattice.levels), laws.shape)
    attained = [_correlations(_moments_of_joint(law, values)[1]) for values in (levels, scores)]
    return FittedJoint(belief.lattice, law, laws, r, *attained)


def _middles(laws: Floats) -> Floats:
    """Normal scores of the cells' middles, (criterion, level); 0 where a level has no probability."""
    below, above = _tails(laws)
    middle = _normal_scores((below[:, :-1] + below[:, 1:]) / 2, (above[:, :-1] + above[:, 1:]) / 2)
    return np.where(laws > 0, middle, 0.0)


def _normal_cells(scores: Floats, laws: Floats, precision: Floats) -> Floats:
    """Marginals times the copula's density at the cells, up to a factor; one axis after the other.

    Fitting would undo any change of the squares' terms: with them it begins close to where it ends.
    """
    exponent = np.zeros(())
    for k, s in enumerate(scores):
        pull = np.zeros(())
        for j in range(k):
            pull = np.add.outer(pull, precision[j, k] * scores[j])
        exponent = exponent[..., None] - pull[..., None] * s - 0.5 * (precision[k, k] - 1) * s**2
    exponent -= exponent.max()
    return np.asarray(product_law(laws) * np.exp(exponent, out=exponent))


def _fitted(cells: Floats, laws: Floats) -> Floats:
    """Scale the axes of `cells` till its marginals are `laws`; only the scales change, so a round reads it twice."""
    d, n = laws.shape
    scale = np.ones((d, n)) / cells.sum() ** (1 / d)
    for _ in range(ROUNDS):
        rest = [cells]  # with the last axes summed out, one after the other, under the old scales
        for u in scale[:0:-1]:
            rest.append((rest[-1].reshape(-1, n) @ u).reshape(rest[-1].shape[:-1]))
        off = 0.0
        for k in range(d):
            part = rest.pop()
            for u in scale[:k]:
                part = np.tensordot(u, part, axes=1)
            off = max(off, float(np.abs(scale[k] * part - laws[k]).max()))
            scale[k] = np.divide(laws[k], part, out=np.zeros(n), where=part > 0)
        if off <= FITTED:
            return np.asarray(cells * product_law(scale))
    raise Declined(f"after {ROUNDS} rounds the fitted marginals are still {off:.2g} off; use smaller correlations")


# -- moments -----------------------------------------------------------------------------------------------------------


def score_moments(belief: Belief) -> tuple[Floats, Floats]:
    """Return the mean (criterion,) and the covariance (criterion, criterion) of the scores, points.

    From the mixture in closed form; where the belief is conditioned, from its joint.
    """
    x = np.asarray(belief.lattice.levels)
    p, w = belief.probability, belief.weight
    if belief.condition is not None:
        return _moments_of_joint(belief.joint(), np.broadcast_to(x, p.shape[1:]))
    given = p @ x
    mean = w @ given
    own = w @ (p * (x - given[..., None]) ** 2).sum(axis=2)
    return mean, np.asarray(((given - mean).T * w) @ (given - mean) + np.diag(own))


def _moments_of_joint(joint: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Mean and covariance under a joint of one value for each level of each criterion, (criterion, level)."""
    d = len(values)
    mean, second, rest = np.zeros(d), np.zeros((d, d)), joint
    for j in range(d):  # the first axis that is left is weighted with its value, then summed out
        first = np.tensordot(values[j], rest, axes=1)
        mean[j] = first.sum()
        second[j, j] = np.tensordot(values[j] ** 2, rest, axes=1).sum()
        for k in range(j + 1, d):
            second[j, k] = second[k, j] = np.tensordot(values[k], first, axes=1).sum()
            first = first.sum(axis=0)
        rest = rest.sum(axis=0)
    return mean, second - np.outer(mean, mean)


def _correlations(covariance: Floats) -> Floats:
    sd = np.sqrt(np.where(np.diag(covariance) > 1e-12, np.diag(covariance), np.nan))
    return np.asarray(covariance / np.outer(sd, sd))
