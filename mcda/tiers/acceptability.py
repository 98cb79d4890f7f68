"""Tier acceptability of many alternatives, labelled: probabilities, modal tier, margin, entropy, sensitivity, response.

Alternatives with equal laws have equal answers: each distinct law is computed once (:func:`distinct`) and its answer
is given to all that share it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.names import attrs
from mcda.problem import Lattice
from mcda.rule import Rule
from mcda.scores.belief import Belief
from mcda.sensitivity import algebra
from mcda.tiers import exact
from mcda.tiers.law import Law

__all__ = [
    "acceptability", "contamination", "distinct", "indices", "labelled", "labelled_indices", "read_off",
    "responses",
]  # fmt: skip

Floats = npt.NDArray[np.float64]


def probabilities(law: Law, rule: Rule) -> Floats:
    """Return P(tier) of one law under a rule."""
    return exact.tier_probabilities(law, rule) if isinstance(law, Belief) else law.tier_probabilities(rule)


def distinct(laws: Mapping[str, Law]) -> tuple[list[str], list[int]]:
    """Return the first name of each distinct law, and for every name the number of its law among these."""
    numbers: dict[tuple[object, ...], int] = {}
    firsts: list[str] = []
    index: list[int] = []
    for name, law in laws.items():
        key = law.key
        if key not in numbers:
            numbers[key] = len(firsts)
            firsts.append(name)
        index.append(numbers[key])
    return firsts, index


def _once(laws: Mapping[str, Law], compute: Callable[[Law], Floats]) -> Floats:
    """Compute once for each distinct law; one row per name."""
    firsts, index = distinct(laws)
    return np.stack([compute(laws[name]) for name in firsts])[index]


def labelled(laws: Mapping[str, Law], rule: Rule) -> xr.Dataset:
    """Return `acceptability` (alternative, tier) alone."""
    values = _once(laws, lambda law: probabilities(law, rule))
    coords = {"alternative": list(laws), "tier": list(rule.tiers)}
    array = xr.DataArray(
        values, dims=("alternative", "tier"), coords=coords, attrs=attrs("probability of the tier", "1")
    )
    return array.to_dataset(name="acceptability")


def _modal(p: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], Floats, npt.NDArray[np.int64]]:
    """Modal tier (a tie goes to the larger number), whether it is tied, margin, runner-up; p is (alternative, tier)."""
    backwards = p[:, ::-1]
    n = p.shape[1]
    modal = n - 1 - backwards.argmax(axis=1)
    best = p.max(axis=1)
    rest = p.copy()
    rest[np.arange(len(p)), modal] = -1
    runner = n - 1 - rest[:, ::-1].argmax(axis=1)
    return modal + 1, best - rest.max(axis=1) <= 1e-12, best - rest.max(axis=1), runner + 1


def acceptability(laws: Mapping[str, Law], rule: Rule, *, published: Sequence[int] | None = None) -> xr.Dataset:
    """Return tier probabilities and what is read off them; exact.

    Parameters
    ----------
    laws : mapping of alternative to Belief (or any Law)
    rule : Rule
    published : (alternative,) integers, optional
        Published tiers, -1 where none.

    Returns
    -------
    Dataset over (alternative, tier): `acceptability`, `acceptability_se` (0: exact), `modal_tier`, `modal_tie`,
    `margin`, `runner_up`, `entropy` (bits), `published_tier`, `in_roadmap`, `law` (number of the distinct law).
    """
    found = labelled(laws, rule)
    law = distinct(laws)[1]
    return read_off(found, np.zeros(found["acceptability"].shape), rule, law=law, published=published).assign_attrs(
        rule=rule.name, method="exact"
    )


def read_off(
    found: xr.Dataset, se: Floats, rule: Rule, *, law: Sequence[int], published: Sequence[int] | None = None
) -> xr.Dataset:
    """Return a dataset with `acceptability` (alternative, tier) and all that is read off it, for standard errors `se`.

    `law` numbers the distinct laws; `published` as in :func:`acceptability`, whose result this is.
    """
    p = found["acceptability"].values
    modal, tie, margin, runner = _modal(p)
    logs = np.log2(p, out=np.zeros_like(p), where=p > 0)
    one = "alternative"
    found["acceptability_se"] = (
        (one, "tier"),
        se,
        attrs("standard error of the probability of the tier (0: exact, given the assumptions)", "1"),
    )
    found["modal_tier"] = (one, modal, attrs("most probable tier", "tier"))
    found["modal_tie"] = (one, tie, attrs("whether the most probable tier is tied", "1"))
    found["margin"] = (one, margin, attrs("probability of the modal tier less that of the runner-up", "1"))
    found["runner_up"] = (one, runner, attrs("second most probable tier", "tier"))
    found["entropy"] = (one, -(p * logs).sum(axis=1), attrs("entropy of the tier", "bit"))
    found["in_roadmap"] = (one, p[:, : rule.inside].sum(axis=1), attrs("probability of an inside tier", "1"))
    found["published_tier"] = (
        one,
        np.asarray([-1] * len(p) if published is None else published),
        attrs("published tier (-1: none)", "tier"),
    )
    found["law"] = (one, np.asarray(law), attrs("number of the distinct belief", "1"))
    return found


def contamination(p: xr.DataArray, reachable: xr.DataArray, epsilons: Sequence[float]) -> xr.Dataset:
    """Return exact bounds on tier probabilities if a share epsilon of the belief is anything else (Huber's model).

    Parameters
    ----------
    p : (alternative, tier)
    reachable : (alternative, tier) bool, tiers that the rule can reach
    epsilons : shares of contamination

    Returns
    -------
    Dataset with `lower`, `upper` (alternative, radius, tier), ``(1 - e) p`` and ``(1 - e) p + e`` (where reachable),
    and `epsilon_lost` (alternative), ``m / (1 + m)``, m the margin: from there on the modal tier can be lost.
    """
    radius = xr.Variable("radius", np.asarray(epsilons, dtype=float), attrs("share of contamination", "1"))
    e = xr.DataArray(radius.values, dims="radius", coords={"radius": radius})
    lower = ((1 - e) * p).transpose("alternative", "radius", "tier")
    upper = lower + (reachable * e).transpose("alternative", "radius", "tier")
    values = np.where(reachable.values, p.values, -1.0)
    top = np.sort(values, axis=1)
    margin = np.where(top[:, -2] < 0, np.inf, top[:, -1] - top[:, -2])
    with np.errstate(invalid="ignore"):
        lost = np.where(np.isinf(margin), 1.0, margin / (1 + margin))
    lower.attrs = attrs("smallest probability of the tier under contamination", "1")
    upper.attrs = attrs("largest probability of the tier under contamination", "1")
    return xr.Dataset(
        {
            "lower": lower,
            "upper": upper,
            "epsilon_lost": ("alternative", lost, attrs("contamination at which the modal tier can be lost", "1")),
        }
    )


def _subset_labels(factors: Sequence[str]) -> list[str]:
    return ["+".join(f for k, f in enumerate(factors) if J >> k & 1) or "none" for J in range(1 << len(factors))]


def indices(laws: Mapping[str, Law], rule: Rule, *, factors: Sequence[str], method: str = "auto") -> xr.Dataset:
    """Return exact sensitivity indices of every output, for all subsets of criteria.

    Parameters
    ----------
    laws : mapping of alternative to Belief (or any Law)
    rule : Rule
    factors : names of the criteria
    method : ``'auto'``, ``'elimination'`` or ``'contraction'``

    Returns
    -------
    Dataset: `closed_index` (alternative, output, subset), `first_order`, `total_order`, `shapley` (alternative, output,
    factor), `variance`, `output_mean`, `constant` (alternative, output); `in_subset` (subset, factor), `subset_label`;
    for independent scores also `interaction`, the variance share of each subset's interaction. A constant output has no
    index: NaN, and True in `constant`. `dependence` and `method` are attributes. Under dependence
    `first_order` is the closed index of one factor.

    Errors: :class:`~mcda.errors.Declined` as :func:`mcda.tiers.exact.sensitivity`.
    """
    firsts, index = distinct(laws)
    tables = [exact.sensitivity(laws[name], rule, method=method) for name in firsts]
    dependences = sorted({t.dependence for t in tables})
    closed = np.stack([t.closed for t in tables])[index]
    found = labelled_indices(
        closed,
        np.stack([t.variance for t in tables])[index],
        np.stack([t.mean for t in tables])[index],
        alternatives=list(laws),
        outputs=tables[0].outputs,
        factors=factors,
    )
    if dependences == ["independent"]:
        terms = algebra.interactions(closed, dependence="independent")
        found["interaction"] = (
            ("alternative", "output", "subset"),
            terms,
            attrs("interaction's share of variance", "1"),
        )
    else:
        found["first_order"].attrs = attrs("closed index of one factor (scores are dependent)", "1")
    methods = sorted({t.method for t in tables})
    return found.assign_attrs(dependence=", ".join(dependences), method=", ".join(methods), rule=rule.name)


def labelled_indices(
    closed: Floats,
    variance: Floats,
    mean: Floats,
    *,
    alternatives: Sequence[str],
    outputs: Sequence[str],
    factors: Sequence[str],
    constant: npt.NDArray[np.bool_] | None = None,
) -> xr.Dataset:
    """Label closed tables, and everything that is algebra on them; `constant` if not what has no index."""
    flat = np.isnan(closed[..., -1]) if constant is None else constant
    over = ("alternative", "output")
    n = closed.shape[-1]
    members = np.arange(n)[:, None] >> np.arange(len(factors)) & 1
    return xr.Dataset(
        {
            "closed_index": ((*over, "subset"), closed, attrs("closed index of the subset", "1")),
            "first_order": ((*over, "factor"), algebra.first_order(closed), attrs("first-order index", "1")),
            "total_order": ((*over, "factor"), algebra.total_order(closed), attrs("total-order index", "1")),
            "shapley": ((*over, "factor"), algebra.shapley(closed), attrs("Shapley effect", "1")),
            "variance": (over, variance, attrs("variance of the output (information: entropy in bits)", "output^2")),
            "output_mean": (over, mean, attrs("mean of the output", "output")),
            "constant": (over, flat, attrs("whether the output is constant: no index", "1")),
            "in_subset": (
                ("subset", "factor"),
                members.astype(bool),
                attrs("whether the factor is in the subset", "1"),
            ),
            "subset_label": (("subset",), _subset_labels(factors), attrs("factors of the subset", "1")),
        },
        coords={
            "alternative": list(alternatives),
            "output": list(outputs),
            "factor": list(factors),
            "subset": np.arange(n),
        },
    )


def responses(laws: Mapping[str, Law], rule: Rule, *, factors: Sequence[str]) -> xr.Dataset:
    """Return ``P(tier = t | c_k = x)`` and its change per point; exact.

    Returns
    -------
    Dataset with `response` (alternative, criterion, level, tier), NaN where the level has probability 0, and `slope`
    (same dims), the difference to the level below divided by the spacing. Laws on lattices of different spacing are
    put on one that holds them all, with NaN at the levels that a law doesn't have.
    """
    unit = math.lcm(*(law.lattice.unit for law in laws.values()))
    scale = next(iter(laws.values())).lattice
    lattice = Lattice(scale.low, scale.high, unit)
    both = _once(laws, lambda law: _with_slope(exact.response(law, rule), law.lattice.unit, unit // law.lattice.unit))
    level = np.asarray(lattice.levels)
    dims = ("alternative", "criterion", "level", "tier")
    return xr.Dataset(
        {
            "response": (dims, both[:, 0], attrs("probability of the tier given the score", "1")),
            "slope": (dims, both[:, 1], attrs("change of that probability per point", "1/point")),
        },
        coords={
            "alternative": list(laws),
            "criterion": list(factors),
            "level": xr.Variable("level", level, attrs("score", "points")),
            "tier": list(rule.tiers),
        },
    )


def _refined(values: Floats, by: int) -> Floats:
    """Put (criterion, level, tier) values on a lattice `by` times as fine, NaN between."""
    fine = np.full((values.shape[0], (values.shape[1] - 1) * by + 1, values.shape[2]), np.nan)
    fine[:, ::by] = values
    return fine


def _with_slope(values: Floats, unit: int, by: int) -> Floats:
    """(2, criterion, level, tier): the values and their change to the level below, per point, on a finer lattice."""
    slope = np.full_like(values, np.nan)
    slope[:, 1:] = np.diff(values, axis=1) * unit
    return np.stack([_refined(values, by), _refined(slope, by)])
