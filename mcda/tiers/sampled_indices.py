"""Sobol' indices of tiers by sampling: for what the exact engine declines, in the same shape, with intervals.

Independent scores go through pick-freeze (:mod:`mcda.sensitivity.sampled`). Of a pool of experts, whose scores depend
on each other, pick-freeze knows nothing: there the closed index of each single criterion is estimated from the scores
that were drawn, by means by level, and everything else is NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda import draws
from mcda.errors import Declined, UsageError
from mcda.names import attrs
from mcda.rule import Rule
from mcda.scores.belief import Belief
from mcda.sensitivity.sampled import SampledIndices, given_data_first_order, sampled_indices
from mcda.tiers import exact
from mcda.tiers.acceptability import distinct, labelled_indices
from mcda.tiers.law import Law

__all__ = ["sampled_sensitivity"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Points = Literal["random", "sobol"]

KINDS = ("closed", "first_order", "total_order", "shapley")


class _Estimate(NamedTuple):
    """One law's estimates by kind, (output, ...) and (output, ..., 2), in the order of `exact.output_names`."""

    value: dict[str, Floats]
    interval: dict[str, Floats]
    variance: Floats
    mean: Floats
    constant: npt.NDArray[np.bool_]


def _outputs(rule: Rule, lattice_steps: Sequence[int], unit: int) -> Callable[[npt.NDArray[Any]], Floats]:
    """Return the function from levels (n, d) to the outputs (n, 2 T + 2) of `exact.output_names` but the label-free."""
    parts = rule.contributions(list(lattice_steps), unit)
    k, tiers = np.arange(len(rule.roles)), np.array(rule.tiers)

    def outputs(levels: npt.NDArray[Any]) -> Floats:
        at = levels.astype(np.int64)
        state = {name: part[k, at].sum(axis=1) for name, part in parts.items()}
        tier = rule.sort_components(state, unit)[:, None]
        statistic = rule.statistic(state, unit)
        balance = np.zeros(len(at)) if statistic is None else statistic
        c = state["composite"] / (unit * rule.denominator)
        return np.column_stack([tier == tiers, tier <= tiers[:-1], c, balance, tier])

    return outputs


def _levels(law: Floats) -> Callable[[Floats], npt.NDArray[Any]]:
    """Return the function from uniforms (n, d) to levels by inversion, column by column."""
    upto = np.cumsum(law, axis=1)[:, :-1]

    def levels(u: Floats) -> npt.NDArray[Any]:
        return np.stack(
            [np.searchsorted(edge, column, side="right") for edge, column in zip(upto, u.T, strict=True)], axis=1
        )

    return levels


def _padded(values: Floats, fill: float = np.nan) -> Floats:
    """With the row of `information`, which sampling does not estimate."""
    return np.concatenate([values, np.full((1, *values.shape[1:]), fill)])


def _pick_freeze(belief: Belief, rule: Rule, names: Sequence[str], n: int, seed: int, points: Points) -> _Estimate:
    t = len(rule.tiers)
    groups = {"ordinal": range(t, 2 * t - 1), "one-hot": range(t)}
    found = sampled_indices(
        _outputs(rule, belief.lattice.steps, belief.lattice.unit), names, n=n, seed=seed, points=points,
        inputs=_levels(belief.probability[0]), groups=groups, subsets="all" if len(names) <= 8 else "first-total",
    )  # fmt: skip
    value = {kind: _padded(_known(found, kind, names)) for kind in KINDS}
    interval = {kind: _padded(_known(found, kind, names, "_ci")) for kind in KINDS}
    constant = np.append(found.constant, found.constant[: len(rule.tiers)].all())
    return _Estimate(value, interval, _padded(found.variance), _padded(found.mean), constant)


def _known(found: SampledIndices, kind: str, names: Sequence[str], suffix: str = "") -> Floats:
    """Estimates of a kind; NaN where there are none."""
    values = getattr(found, kind + suffix)
    if values is not None:
        return np.asarray(values)
    size = 1 << len(names) if kind == "closed" else len(names)
    return np.full((len(found.variance), size, *([2] if suffix else [])), np.nan)


def _given_data(belief: Belief, rule: Rule, names: Sequence[str], n: int, seed: int) -> _Estimate:
    """Closed indices of single criteria from scores drawn from a mixture."""
    number = np.arange(n)
    component = np.searchsorted(np.cumsum(belief.weight)[:-1], draws.uniforms(seed, "expert", number), side="right")
    u = np.stack([draws.uniforms(seed, "score", number, j=draws.number(name)) for name in names], axis=1)
    levels = np.zeros(u.shape, dtype=np.int64)
    for e, law in enumerate(belief.probability):
        levels[component == e] = _levels(law)(u[component == e])
    y = _outputs(rule, belief.lattice.steps, belief.lattice.unit)(levels)
    found = given_data_first_order(levels, y)
    q, t, d = y.shape[1], len(rule.tiers), len(names)
    rows = q + 3
    value = {kind: np.full((rows, 1 << d if kind == "closed" else d), np.nan) for kind in KINDS}
    interval = {kind: np.full((*v.shape, 2), np.nan) for kind, v in value.items()}
    value["first_order"][:q], interval["first_order"][:q] = found.first_order, found.first_order_ci
    own = y.var(axis=0)
    for row, members in ((q, slice(t, 2 * t - 1)), (q + 1, slice(0, t))):  # ordinal, one-hot: sums over sums
        parts = np.nan_to_num(found.first_order[members]) * own[members, None]
        value["first_order"][row] = parts.sum(axis=0) / own[members].sum() if own[members].sum() > 0 else np.nan
    alone = [1 << k for k in range(d)]
    value["closed"][:, alone], interval["closed"][:, alone] = value["first_order"], interval["first_order"]
    variance, mean = np.full(rows, np.nan), np.full(rows, np.nan)
    variance[:q], mean[:q] = own, y.mean(axis=0)
    variance[q], variance[q + 1] = own[t : 2 * t - 1].sum(), own[:t].sum()
    constant = np.append(own == 0, [(own[:t] == 0).all()] * 3)
    return _Estimate(value, interval, variance, mean, constant)


def sampled_sensitivity(
    laws: Mapping[str, Law],
    rule: Rule,
    *,
    factors: Sequence[str],
    n: int = 2**10,
    rng: int | np.random.Generator | None = None,
    points: Points = "sobol",
) -> xr.Dataset:
    """Return sensitivity indices by sampling, as :func:`mcda.indices` has them, each with an interval.

    Parameters
    ----------
    laws : mapping of alternative to Belief, not conditioned
    rule : Rule
    factors : names of the criteria, by which random points are drawn
    n : base points; of each of 16 scrambles, if `points` is ``'sobol'``. Of a pool of experts 16 n scores are drawn
    rng : a seed, or a Generator from which one is drawn
    points : ``'sobol'`` (scrambled nets) or ``'random'``

    Returns
    -------
    Dataset as of :func:`mcda.indices` (all subsets for at most eight criteria, else NaN but for single criteria and
    their complements), with `first_order_ci`, `total_order_ci`, `shapley_ci`, `closed_index_ci` (..., ci_bound), 95 %.
    The output `information` is NaN.

    Errors: :class:`~mcda.errors.Declined` for laws that can't be drawn here (conditioned beliefs, second panels).
    """
    if len(factors) != len(rule.roles) or not laws:
        raise UsageError(f"{len(factors)} names of factors for {len(rule.roles)} criteria, {len(laws)} alternatives")
    seed = draws.seed_of(rng)
    firsts, index = distinct(laws)
    made = [_estimate(laws[name], rule, factors, n, seed, points) for name in firsts]

    def rows(values: Iterable[Floats]) -> Floats:
        return np.stack(list(values))[index]

    found = labelled_indices(
        rows(one.value["closed"] for one in made), rows(one.variance for one in made), rows(one.mean for one in made),
        alternatives=list(laws), outputs=exact.output_names(len(rule.tiers)), factors=factors,
        constant=np.stack([one.constant for one in made])[index],
    )  # fmt: skip
    over = ("alternative", "output")
    for kind, name, dim in zip(KINDS, ("closed_index", *KINDS[1:]), ("subset", *["factor"] * 3), strict=True):
        told = found[name].attrs
        interval = attrs(f"95 % interval: {told['long_name']}", "1")
        found[name] = ((*over, dim), rows(one.value[kind] for one in made), told)
        found[f"{name}_ci"] = ((*over, dim, "ci_bound"), rows(one.interval[kind] for one in made), interval)
    dependences = sorted({laws[name].dependence for name in firsts})
    kind = "16 scrambled Sobol' nets" if points == "sobol" else "random points"
    method = (
        f"sampled: pick-freeze, {kind} of {n}" if dependences == ["independent"] else f"sampled: given data, {16 * n}"
    )
    return found.assign_coords(ci_bound=["low", "high"]).assign_attrs(
        dependence=", ".join(dependences), method=method, rule=rule.name, seed=str(seed)
    )


def _estimate(law: Law, rule: Rule, names: Sequence[str], n: int, seed: int, points: Points) -> _Estimate:
    if not isinstance(law, Belief) or law.condition is not None:
        raise Declined(f"sensitivity to scores whose dependence is '{law.dependence}' is not sampled")
    if law.independent:
        return _pick_freeze(law, rule, names, n, seed, points)
    return _given_data(law, rule, names, 16 * n, seed)
