"""From sums over paths to labelled results, each with its error. Definitions: `docs/outcomes.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.names import attrs
from mcda.roadmap.accrue import LEVERAGE
from mcda.roadmap.incidence import Curves, aalen_johansen
from mcda.roadmap.latency import LONGEST, latencies
from mcda.roadmap.model import Policy, World
from mcda.roadmap.outcomes import MEANS, RATIOS
from mcda.roadmap.spells import KINDS, PARTS
from mcda.roadmap.sums import Pairs, PolicySums
from mcda.roadmap.symbols import TRACKS

__all__ = ["FIRST", "STATUS_NAMES", "labelled", "wilson"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Variables = dict[str, tuple[tuple[str, ...], Any, dict[str, Any]]]

#: What can come first, by code 1, 2, 3; statuses in words, in the order of their numbers.
FIRST = ("exit", "snapback", "settlement")
STATUS_NAMES = ("in force", "suspended", "restore pending", "lapsed")
_Z = 1.959963984540054  # of 95 %

#: Dimensions, long name and units of every variable.
ABOUT: Mapping[str, tuple[str, str, str]] = MappingProxyType({
    "outcome_mean": ("policy outcome", "outcome", "see outcome_units"),
    "outcome_se": ("policy outcome", "standard error of the outcome", "see outcome_units"),
    "outcome_label": ("outcome", "what the outcome is", "1"),
    "outcome_units": ("outcome", "units of the outcome", "1"),
    "status_share": ("policy alternative status month", "share of paths in a status", "1"),
    "tier_stability": ("policy alternative", "mean share of months in the printed tier", "1"),
    "tier_stability_se": ("policy alternative", "standard error of tier_stability", "1"),
    "tier_survival": ("policy alternative time", "share of paths on which the printed tier has held so far", "1"),
    "border_survival": ("policy alternative time", "share of paths still on their side of the Roadmap's border", "1"),
    "worst_tier": ("policy alternative tier", "share of paths whose worst tier it is", "1"),
    "printed_tier": ("alternative", "printed tier", "tier"),
    "track_compliance": ("policy track month", "share of paths on which a track is kept", "1"),
    "belief_mean": ("policy track month", "mean belief that a track is violated", "1"),
    "belief_se": ("policy track month", "standard error of belief_mean", "1"),
    "leverage": ("policy part month", "leverage by part", "share of all value"),
    "leverage_se": ("policy part month", "standard error of leverage", "share of all value"),
    "prisoners": ("policy month", "political prisoners, mean", "persons"),
    "prisoners_sd": ("policy month", "political prisoners, standard deviation over paths", "persons"),
    "rung_share": ("policy rung month", "share of paths on a rung", "1"),
    "stage_share": ("policy stage month", "share of paths with this stage the last one open", "1"),
    "exited_share": ("policy month", "share of paths on which the EU has left the process", "1"),
    "cumulative_incidence": ("policy cause time", "share of paths on which this came first, by time", "1"),
    "cumulative_incidence_se": ("policy cause time", "standard error of cumulative_incidence", "1"),
    "cumulative_incidence_ci": ("policy cause time ci_bound", "Wilson's 95 % interval of cumulative_incidence", "1"),
    "months_to_first": ("policy", "months to the first exit, snapback or settlement, at most the horizon", "months"),
    "months_to_first_se": ("policy", "standard error of months_to_first", "months"),
    "exit_incidence": ("policy time", "share of paths with an exit, by time", "1"),
    "exit_incidence_se": ("policy time", "standard error of exit_incidence", "1"),
    "lapse_incidence": ("policy time", "share of paths on which a row has lapsed, by time", "1"),
    "lapse_incidence_se": ("policy time", "standard error of lapse_incidence", "1"),
    "stage_incidence": ("policy stage time", "share of paths on which a stage opened, by time; exit competes", "1"),
    "stage_incidence_se": ("policy stage time", "standard error of stage_incidence", "1"),
    "latency_mean": ("policy spell latency", f"mean length of a part of a spell, at most {LONGEST} months", "months"),
    "latency_se": ("policy spell latency", "standard error of latency_mean, by groups of paths", "months"),
    "latency_spells": ("policy spell latency", "spells that this part is known of", "1"),
    "latency_censored": ("policy spell latency", "share of them cut off", "1"),
    "utility_mean": ("policy utility", "expected utility (a value judgement)", "1"),
    "utility_se": ("policy utility", "standard error of utility_mean", "1"),
    "regret": ("policy utility", "expected utility below that of the best policy", "1"),
    "regret_se": ("policy utility", "standard error of regret, on the same paths", "1"),
    "below_status_quo": ("policy utility", "share of paths below the status quo", "1"),
    "below_status_quo_ci": ("policy utility ci_bound", "Wilson's 95 % interval of below_status_quo", "1"),
    "shortfall": ("policy utility", "utility lost against the status quo, gains left out", "1"),
    "shortfall_se": ("policy utility", "standard error of shortfall", "1"),
})  # fmt: skip


def _described(values: Mapping[str, Any]) -> Variables:
    """Values with their dimensions, names and units."""
    return {name: (tuple(ABOUT[name][0].split()), value, attrs(*ABOUT[name][1:])) for name, value in values.items()}


def wilson(hits: npt.ArrayLike, n: int) -> Floats:
    """Return Wilson's 95 % interval of shares, (..., ci_bound) (Wilson 1927, J. Am. Stat. Assoc. 22, 209-212)."""
    p, z2 = np.asarray(hits, dtype=np.float64) / n, _Z * _Z
    middle, half = p + z2 / (2 * n), _Z * np.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return np.clip(np.stack([middle - half, middle + half], axis=-1) / (1 + z2 / n), 0.0, 1.0)


def _errors(squares: Floats, mean: Floats, n: int) -> Floats:
    """Standard errors of means over n paths, from sums of squares; of one path nothing can be said: NaN."""
    if n < 2:
        return np.full_like(mean, np.nan)
    return np.asarray(np.sqrt(np.maximum(squares / n - mean * mean, 0.0) / (n - 1)))


def _moments(sums: Floats, n: int) -> tuple[Floats, Floats]:
    """Means and their standard errors from (..., moment) sums and sums of squares."""
    mean = sums[..., 0] / n
    return mean, _errors(sums[..., 1], mean, n)


def labelled(
    world: World, policies: Mapping[str, Policy], sums: Mapping[str, PolicySums], pairs: Pairs, status_quo: str
) -> xr.Dataset:
    """Return the results of an ensemble; see :func:`mcda.roadmap.ensemble.ensemble`."""
    ordered = [sums[name] for name in policies]
    months, stages = ordered[0].exits.size - 1, max(len(policy.stages) for policy in policies.values())
    values = {
        **_outcomes(ordered), **_statuses(ordered), **_tiers(world, ordered), **_conduct(ordered),
        **_stages(ordered, stages), **_times(ordered, stages), **_latency(ordered), **_utilities(pairs, status_quo),
    }  # fmt: skip
    coords = {
        "policy": list(policies), "outcome": [*MEANS, *RATIOS], "alternative": sorted(row.name for row in world.rows),
        "status": list(STATUS_NAMES), "month": np.arange(months), "time": np.arange(months + 1),
        "tier": list(world.rule.tiers), "track": list(TRACKS), "rung": np.arange(6), "part": list(LEVERAGE),
        "cause": list(FIRST), "stage": [str(i + 1) for i in range(stages)], "utility": list(pairs.utilities),
        "spell": list(KINDS), "latency": list(PARTS),
    }  # fmt: skip
    return xr.Dataset(_described(values), coords=coords, attrs={"paths": ordered[0].n})


# -- outcomes ----------------------------------------------------------------------------------------------------------


def _outcomes(ordered: Sequence[PolicySums]) -> dict[str, Any]:
    means = [_moments(one.means, one.n) for one in ordered]
    ratios = [_ratios(one.ratios, one.n) for one in ordered]
    every: list[Any] = [*MEANS.values(), *RATIOS.values()]
    return {
        "outcome_mean": np.stack([np.concatenate([m[0], r[0]]) for m, r in zip(means, ratios, strict=True)]),
        "outcome_se": np.stack([np.concatenate([m[1], r[1]]) for m, r in zip(means, ratios, strict=True)]),
        "outcome_label": [one.label for one in every],
        "outcome_units": [one.units for one in every],
    }


def _ratios(sums: Floats, n: int) -> tuple[Floats, Floats]:
    """Ratios of sums and their errors by the delta method, from sums over n paths; 0/0 is NaN.

    With r = A / B the error is ``sqrt(sum (a - r b)^2) / B = sqrt(aa - 2 r ab + r^2 bb) / B``.
    """
    a, b, aa, ab, bb = sums.T
    known = b > 0
    safe = np.where(known, b, 1.0)
    r = a / safe
    error = np.sqrt(np.maximum(aa - 2 * r * ab + r * r * bb, 0.0)) / safe
    return np.where(known, r, np.nan), np.where(known & (n > 1), error, np.nan)


# -- statuses, tiers, conduct ------------------------------------------------------------------------------------------


def _statuses(ordered: Sequence[PolicySums]) -> dict[str, Any]:
    shares = []
    for one in ordered:
        count = one.months.status.copy()
        count[:, 0] += one.months.untouched[:, None]
        shares.append(count.transpose(2, 1, 0) / one.n)
    return {"status_share": np.stack(shares)}


def _tiers(world: World, ordered: Sequence[PolicySums]) -> dict[str, Any]:
    months = ordered[0].exits.size - 1
    same = [_moments(one.months.same.astype(np.float64), one.n) for one in ordered]
    tier = {row.name: row.tier for row in world.rows}
    return {
        "tier_stability": np.stack([mean for mean, _ in same]) / months,
        "tier_stability_se": np.stack([error for _, error in same]) / months,
        "tier_survival": np.stack([_staying(one.months.left, one.n) for one in ordered]),
        "border_survival": np.stack([_staying(one.months.crossed, one.n) for one in ordered]),
        "worst_tier": np.stack([one.months.worst[:, 1:] / one.n for one in ordered]),
        "printed_tier": [tier[name] for name in sorted(tier)],
    }


def _staying(first: Ints, n: int) -> Floats:
    """Share that has not left by time t, (row, time): who leaves in month t has left at time t + 1."""
    gone = np.cumsum(first[:, :-1], axis=1)
    return np.concatenate([np.ones((len(first), 1)), 1 - gone / n], axis=1)


def _conduct(ordered: Sequence[PolicySums]) -> dict[str, Any]:
    belief = [_moments(one.months.belief, one.n) for one in ordered]
    leverage = [_moments(one.months.leverage, one.n) for one in ordered]
    people = [_moments(one.months.prisoners.astype(np.float64), one.n) for one in ordered]
    unseen = np.full((len(ordered), 1, ordered[0].exits.size - 1), np.nan)  # O, of which the EU has no belief
    return {
        "track_compliance": np.stack([one.months.compliance.T / one.n for one in ordered]),
        "belief_mean": np.concatenate([np.stack([mean.T for mean, _ in belief]), unseen], axis=1),
        "belief_se": np.concatenate([np.stack([error.T for _, error in belief]), unseen], axis=1),
        "leverage": np.stack([mean.T for mean, _ in leverage]),
        "leverage_se": np.stack([error.T for _, error in leverage]),
        "prisoners": np.stack([mean for mean, _ in people]),
        "prisoners_sd": np.stack([e * np.sqrt(one.n) for (_, e), one in zip(people, ordered, strict=True)]),
        "rung_share": np.stack([one.months.rung.T / one.n for one in ordered]),
    }


# -- stages and times --------------------------------------------------------------------------------------------------


def _padded(values: Sequence[Any], size: int) -> Floats:
    """Stack arrays whose first axis is shorter for policies with fewer stages; what is not there is NaN."""
    found = np.full((len(values), size, *values[0].shape[1:]), np.nan)
    for i, value in enumerate(values):
        found[i, : len(value)] = value
    return found


def _stages(ordered: Sequence[PolicySums], stages: int) -> dict[str, Any]:
    share = [one.months.stage[:, 1:-1].T / one.n for one in ordered]
    out = np.stack([one.months.stage[:, -1] / one.n for one in ordered])
    return {"stage_share": _padded(share, stages), "exited_share": out}


def _curves(events: Ints, n: int) -> Curves:
    """Aalen-Johansen of (..., cause, time) counts: whoever has not ended is censored at the horizon.

    Its errors divide by n, so that those of one path would be 0; they are NaN.
    """
    censored = np.zeros((*events.shape[:-2], events.shape[-1]), np.int64)
    censored[..., -1] = n - events.sum(axis=(-1, -2))
    found = aalen_johansen(events, censored)
    errors = ("incidence_se", "survival_se", "restricted_mean_se")
    return found if n > 1 else replace(found, **{name: np.full_like(getattr(found, name), np.nan) for name in errors})


def _times(ordered: Sequence[PolicySums], stages: int) -> dict[str, Any]:
    n, times = ordered[0].n, ordered[0].exits.size
    first = _curves(np.stack([one.first for one in ordered]), n)
    exits = _curves(np.stack([one.exits for one in ordered])[:, None], n)
    lapses = _curves(np.stack([one.lapses for one in ordered])[:, None], n)
    opened = [_curves(one.stages, n) if len(one.stages) else None for one in ordered]
    none = np.zeros((0, times))
    return {
        "cumulative_incidence": first.incidence,
        "cumulative_incidence_se": first.incidence_se,
        "cumulative_incidence_ci": wilson(np.cumsum(np.stack([one.first for one in ordered]), axis=-1), n),
        "months_to_first": first.restricted_mean,
        "months_to_first_se": first.restricted_mean_se,
        "exit_incidence": exits.incidence[:, 0],
        "exit_incidence_se": exits.incidence_se[:, 0],
        "lapse_incidence": lapses.incidence[:, 0],
        "lapse_incidence_se": lapses.incidence_se[:, 0],
        "stage_incidence": _padded([none if one is None else one.incidence[:, 0] for one in opened], stages),
        "stage_incidence_se": _padded([none if one is None else one.incidence_se[:, 0] for one in opened], stages),
    }


def _latency(ordered: Sequence[PolicySums]) -> dict[str, Any]:
    """Restricted means of the parts of spells, with what is not over censored."""
    found = [latencies(one.latency, one.sizes) for one in ordered]
    names = ("latency_mean", "latency_se", "latency_spells", "latency_censored")
    return {name: np.stack([one[i] for one in found]) for i, name in enumerate(names)}


# -- utilities ---------------------------------------------------------------------------------------------------------


def _utilities(pairs: Pairs, status_quo: str) -> dict[str, Any]:
    """Expected utility, regret against the best policy here, and what is lost against the status quo."""
    if not pairs.utilities:
        return {}
    n, i = pairs.n, np.arange(len(pairs.utilities))
    mean, squares = pairs.total / n, np.diagonal(pairs.product, axis1=1, axis2=2)
    best = mean.argmax(axis=1)
    apart = squares[i, best][:, None] - 2 * pairs.product[i, best] + squares
    regret = mean[i, best][:, None] - mean
    found = {
        "utility_mean": mean.T, "utility_se": _errors(squares, mean, n).T,
        "regret": regret.T, "regret_se": _errors(apart, regret, n).T,
    }  # fmt: skip
    if status_quo:
        quo = pairs.policies.index(status_quo)
        below, (lost, error) = pairs.below[:, :, quo].T, _moments(pairs.shortfall[:, :, quo], n)
        found |= {
            "below_status_quo": below / n, "below_status_quo_ci": wilson(below, n),
            "shortfall": lost.T, "shortfall_se": error.T,
        }  # fmt: skip
    return found
