"""What a common factor behind the scores does to tiers, labelled: curves over its loading, for leniency and valence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.errors import UsageError
from mcda.names import attrs
from mcda.rule import Rule
from mcda.scores.belief import Belief
from mcda.scores.dependence import loadings, with_factor
from mcda.tiers.acceptability import distinct
from mcda.tiers.quadrature import (
    Quadrature,
    acceptability_under_factor,
    dependent_second_panels,
    factor_share,
    spread_under_factor,
)

__all__ = ["held_by", "printed_under_dependence", "signed_loadings", "under_dependence"]

Floats = npt.NDArray[np.float64]


def signed_loadings(kind: str, rule: Rule, strength: float, *, counterweight: str = "up") -> Floats:
    """Return loadings of one size, (criterion,); under valence the counterweight goes ``'up'`` or ``'down'``."""
    own = strength if kind == "leniency" or counterweight == "up" else -strength
    return loadings(kind, rule.roles, strength, counterweight=own)


def held_by(belief: Belief, rule: Rule, kind: str, strength: float, *, counterweight: str = "up") -> Belief:
    """Return a belief with a common factor, on as many nodes as its acceptability needs (a change below 1e-10)."""
    a = signed_loadings(kind, rule, strength, counterweight=counterweight)
    return with_factor(belief, a, nodes=acceptability_under_factor(belief, rule, a).nodes, held_by=kind)


def under_dependence(
    laws: Mapping[str, Belief],
    rule: Rule,
    *,
    kinds: Sequence[str] = ("leniency", "valence"),
    strengths: Sequence[float] = (0.0, 0.25, 0.5, 0.75, 0.9),
    counterweight: str = "up",
) -> xr.Dataset:
    """Return acceptability as a curve over the loading of a common factor, by quadrature.

    Parameters
    ----------
    laws : mapping of alternative to Belief without a factor
    rule : Rule
    kinds : ``'leniency'``, ``'valence'``
    strengths : loadings, 0 to .95
    counterweight : under valence, whether c7 goes with the criteria for, ``'up'``, or with those against, ``'down'``

    Returns
    -------
    Dataset: `acceptability` (setting, loading, alternative, tier), `acceptability_se` (setting, loading), the numerical
    error, `nodes` (setting, loading); `composite_sd`, the spread of C, and `factor_share`, the factor's closed index of
    the ordinal output (setting, loading, alternative).

    Errors: :class:`Declined` for loadings above .95.
    """
    for name, belief in laws.items():
        if not isinstance(belief, Belief):
            raise UsageError(
                f"a common factor acts on a belief; what is known of '{name}' is a {type(belief).__name__}"
            )
    if not laws:
        raise UsageError("a curve needs an alternative")
    _check_curve(kinds, strengths, counterweight)
    firsts, index = distinct(laws)

    def one(kind: str, strength: float) -> tuple[Quadrature, Floats, Floats]:
        a = signed_loadings(kind, rule, strength, counterweight=counterweight)
        found = [acceptability_under_factor(laws[name], rule, a) for name in firsts]
        nodes, error = max(q.nodes for q in found), max(q.error for q in found)
        spread = [spread_under_factor(laws[name], rule, a).held[0] for name in firsts]
        share = [_share(laws[name], rule, a, nodes) for name in firsts]
        values = np.stack([q.value for q in found])[index]
        return Quadrature(values, error, nodes), np.array(spread)[index], np.array(share)[index]

    found = [[one(kind, s) for s in strengths] for kind in kinds]
    over = ("setting", "loading", "alternative")
    result = _curve(lambda i, j: found[i][j][0], kinds, strengths, list(laws), rule)
    result["composite_sd"] = (
        over, np.array([[x[1] for x in row] for row in found]), attrs("spread of the composite", "points")
    )  # fmt: skip
    result["factor_share"] = (
        over,
        np.array([[x[2] for x in row] for row in found]),
        attrs("closed index of the common factor, ordinal output", "1"),
    )
    return result


def _check_curve(kinds: Sequence[str], strengths: Sequence[float], counterweight: str) -> None:
    if not kinds or not strengths:
        raise UsageError("a curve needs a kind of dependence, and a loading")
    if counterweight not in ("up", "down"):
        raise UsageError(f"a counterweight goes 'up' or 'down' (got {counterweight!r})")


def _share(belief: Belief, rule: Rule, a: Floats, nodes: int) -> float:
    return factor_share(with_factor(belief, a, nodes=nodes), rule) if a.any() else 0.0


def printed_under_dependence(
    beliefs: Mapping[str, Belief],
    rule: Rule,
    *,
    sd: float,
    ends: str = "clip",
    kinds: Sequence[str] = ("leniency", "valence"),
    strengths: Sequence[float] = (0.0, 0.25, 0.5, 0.75, 0.9),
    counterweight: str = "up",
) -> xr.Dataset:
    """Return the tiers that a second panel gives whose errors share a factor, as a curve over its loading.

    Parameters
    ----------
    beliefs : mapping of alternative to a prior conditioned on its printed tier
    sd : standard deviation of the re-scoring error of each criterion, points
    ends : ``'clip'`` or ``'reflect'``
    rule, kinds, strengths, counterweight : as :func:`under_dependence`

    Returns
    -------
    Dataset as of :func:`under_dependence`, without `composite_sd` and `factor_share`; with `survival` (setting,
    loading, alternative), the probability that the printed tier stands.
    """
    for name, belief in beliefs.items():
        if belief.condition is None or belief.condition.rule != rule or len(belief.weight) > 1:
            what = f"must be one prior, conditioned on the tier that the rule '{rule.name}' printed"
            raise UsageError(f"the belief about '{name}' {what}")
    _check_curve(kinds, strengths, counterweight)
    priors = {belief.probability.tobytes(): belief for belief in beliefs.values()}
    tiers = np.array([b.condition.tier for b in beliefs.values() if b.condition is not None])

    def one(kind: str, strength: float) -> Quadrature:
        a = signed_loadings(kind, rule, strength, counterweight=counterweight)
        tables = {
            key: dependent_second_panels(b.probability[0], rule, b.lattice, sd=sd, loadings=a, ends=ends)
            for key, b in priors.items()
        }
        rows = [tables[b.probability.tobytes()].value[t - 1] for b, t in zip(beliefs.values(), tiers, strict=True)]
        error, nodes = max(q.error for q in tables.values()), max(q.nodes for q in tables.values())
        return Quadrature(np.stack(rows), error, nodes)

    found = [[one(kind, s) for s in strengths] for kind in kinds]
    result = _curve(lambda i, j: found[i][j], kinds, strengths, list(beliefs), rule)
    stands = result["acceptability"].sel(tier=xr.DataArray(tiers, dims="alternative")).drop_vars("tier")
    result["survival"] = stands.assign_attrs(attrs("probability that a second panel gives the printed tier", "1"))
    return result


def _curve(
    at: Callable[[int, int], Quadrature], kinds: Sequence[str], strengths: Sequence[float], names: list[str], rule: Rule
) -> xr.Dataset:
    """Quadratures over (setting, loading), labelled."""
    every = [[at(i, j) for j in range(len(strengths))] for i in range(len(kinds))]
    lead: tuple[str, ...] = ("setting", "loading")
    data: dict[str, Any] = {
        "acceptability": (
            (*lead, "alternative", "tier"),
            np.array([[q.value for q in row] for row in every]),
            attrs("probability of the tier", "1"),
        ),
        "acceptability_se": (lead, np.array([[q.error for q in row] for row in every]), attrs("numerical error", "1")),
        "nodes": (lead, np.array([[q.nodes for q in row] for row in every]), attrs("nodes of the quadrature", "1")),
    }
    return xr.Dataset(
        data,
        coords={
            "setting": xr.Variable("setting", list(kinds), attrs("kind of dependence", "1")),
            "loading": xr.Variable("loading", np.array(strengths, float), attrs("loading of the common factor", "1")),
            "alternative": names,
            "tier": list(rule.tiers),
        },
        attrs={"method": "quadrature", "rule": rule.name},
    )
