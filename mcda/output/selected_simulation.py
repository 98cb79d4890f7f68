"""What the figures about simulations show, as labelled data (see :mod:`.selected`)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr

from mcda.names import REFERENCE_POLICY, attrs
from mcda.output.results import Results

__all__ = [
    "LEAD", "axes_of", "cumulative_incidence", "exit_lag", "false_snapbacks", "judged_policy", "lapse", "policy_name",
    "regret", "status_ribbons", "swept", "tier_map", "tier_survival",
]  # fmt: skip

#: Scenarios that figures of one policy show, those of renewed use of the territory first; at most four fit.
LEAD = ("training-grounds", "launches", "rear-base", "going-further", "compound-stress", "baseline")
PANELS = 4


def judged_policy(group: xr.Dataset) -> str:
    """The policy that figures of one policy show: the Roadmap itself, or else the first that has a stage."""
    names = [str(p) for p in group["policy"].values]
    if REFERENCE_POLICY in names:
        return REFERENCE_POLICY
    suspends = group["outcome_mean"].sel(outcome="months_suspended")
    most = suspends.max([d for d in suspends.dims if d != "policy"])
    return next((p for p in names if float(most.sel(policy=p)) > 0), names[-1])


def _shown(group: xr.Dataset) -> list[str]:
    """Up to four scenarios: the lead ones that there are, then others in order."""
    names = [str(s) for s in group["scenario"].values]
    ordered = [s for s in LEAD if s in names] + [s for s in names if s not in LEAD]
    return ordered[:PANELS]


def status_ribbons(results: Results) -> xr.Dataset:
    """Return `status_share` (assumptions, scenario, status, month), mean over measures of the Roadmap's tiers."""
    group = results["simulation"]
    inside = group["printed_tier"].isin(_inside(results))
    share = group["status_share"].sel(policy=judged_policy(group), scenario=_shown(group))
    found = share.sel(alternative=inside.values).mean("alternative").assign_attrs(share.attrs)
    return _titled(found.to_dataset(name="status_share"), group)


def _inside(results: Results) -> list[int]:
    problem = results["problem"]
    return [
        int(t) for t, inside in zip(problem["tier"].values, problem["tier_in_roadmap"].values, strict=True) if inside
    ]


def _titled(found: xr.Dataset, group: xr.Dataset) -> xr.Dataset:
    """The same with titles of scenarios, and with which policy it is about."""
    if "scenario" in found.dims:
        found = found.assign_coords(scenario_title=group["scenario_title"].sel(scenario=found["scenario"]))
    return found.drop_vars("policy", errors="ignore").assign_attrs(policy=policy_name(group, judged_policy(group)))


def policy_name(group: xr.Dataset, policy: str) -> str:
    """Return a policy's title with its code: ``The Roadmap (P1)``."""
    one = group.sel(policy=policy)
    return f"{one['policy_title'].item()} ({one['policy_code'].item()})"


def cumulative_incidence(results: Results) -> xr.Dataset:
    """Return `cumulative_incidence` and its interval (assumptions, scenario, cause, time) under the judged policy."""
    group = results["simulation"]
    names = ["cumulative_incidence", "cumulative_incidence_ci"]
    found = group[names].sel(policy=judged_policy(group), scenario=_shown(group))
    found = found.assign(
        lower=found["cumulative_incidence_ci"].isel(ci_bound=0), upper=found["cumulative_incidence_ci"].isel(ci_bound=1)
    )
    return _titled(found.drop_vars("cumulative_incidence_ci"), group)


def tier_survival(results: Results) -> xr.Dataset:
    """Return `tier_survival` (assumptions, scenario, tier, time): mean over the measures of each printed tier."""
    group = results["simulation"]
    shown = group["tier_survival"].sel(policy=judged_policy(group), scenario=_shown(group))
    found = shown.groupby(group["printed_tier"]).mean().rename(printed_tier="printed_tier")
    return _titled(found.to_dataset(name="tier_survival").assign_attrs(), group)


def tier_map(results: Results) -> xr.Dataset:
    """Return `tier_stability` (scenario, alternative) under the first assumption set and the judged policy."""
    group = results["simulation"]
    found = group[["tier_stability", "tier_stability_se", "printed_tier"]].sel(policy=judged_policy(group))
    found = found.isel(assumptions=0, drop=True).sortby("printed_tier").set_coords("printed_tier")
    label = results["problem"].get("label")
    if label is not None and set(found["alternative"].values) <= set(label["alternative"].values):
        found = found.assign_coords(label=label.sel(alternative=found["alternative"]))
    return _titled(found, group)


def regret(results: Results) -> xr.Dataset:
    """Return `regret` and its error (assumptions, scenario, policy, utility), and the mean over scenarios."""
    group = results["simulation"]
    found = group[["regret", "regret_se"]]
    worst = found["regret"].max("scenario").assign_attrs(attrs("largest regret over scenarios", "1"))
    mean = found["regret"].mean("scenario").assign_attrs(attrs("mean regret over scenarios", "1"))
    names = group[["policy_code", "policy_title"]]
    return found.assign(worst_regret=worst, mean_regret=mean).assign_coords(names.data_vars)


# -- sweeps ------------------------------------------------------------------------------------------------------------


def axes_of(group: xr.Dataset) -> list[str]:
    """Names of the swept axes' variables, in order."""
    return [str(name) for name in group.data_vars if str(name).startswith("setting_")]


def swept(group: xr.Dataset, outcomes: Sequence[str]) -> xr.Dataset:
    """Return outcomes (assumptions, axis, axis, ...) with `_se`, under the last policy, in the first scenario."""
    chosen = group[["outcome_mean", "outcome_se"]].isel(policy=-1, scenario=0, drop=True)
    axes = axes_of(group)
    found = xr.Dataset()
    for outcome in outcomes:
        found[outcome] = chosen["outcome_mean"].sel(outcome=outcome, drop=True)
        found[f"{outcome}_se"] = chosen["outcome_se"].sel(outcome=outcome, drop=True)
        label = str(group["outcome_label"].sel(outcome=outcome).item())
        units = str(group["outcome_units"].sel(outcome=outcome).item())
        found[outcome].attrs = attrs(label, units)
        found[f"{outcome}_se"].attrs = attrs(f"standard error of {outcome}", units)
    names = [axis.removeprefix("setting_") for axis in axes]
    values = [list(dict.fromkeys(group[axis].values.tolist())) for axis in axes]
    shape = tuple(len(one) for one in values)
    unfolded = {
        str(name): (("assumptions", *names), v.transpose("assumptions", "setting").values.reshape(-1, *shape), v.attrs)
        for name, v in found.data_vars.items()
    }
    coords = {name: (name, one, group[axis].attrs) for name, one, axis in zip(names, values, axes, strict=True)}
    policy, scenario = policy_name(group, str(group["policy"].values[-1])), str(group["scenario_title"].values[0])
    return xr.Dataset(
        unfolded, coords={"assumptions": group["assumptions"], **coords}, attrs={"policy": policy, "scenario": scenario}
    )


def _along(found: xr.Dataset, *axes: str, at: int = 0) -> xr.Dataset:
    """Return what was swept (assumptions, axis, ...) along some axes; of any other the value of number `at`."""
    other = {d: min(at, found.sizes[d] - 1) for d in found.dims if d not in ("assumptions", *axes)}
    return found.isel(other, drop=True).transpose("assumptions", *axes)


def exit_lag(results: Results) -> xr.Dataset:
    """Return exposure while the territory is used (assumptions, rung, exit rung, lag)."""
    found = swept(results["sweep_exit-lag"], ["exposure_war"])
    rung = next((str(d) for d in found.dims if d not in ("assumptions", "exit_rung", "lag_exit")), "rung")
    if rung not in found.dims:
        found = found.expand_dims(rung=["as scheduled"])
    return _along(found, rung, "exit_rung", "lag_exit")


def false_snapbacks(results: Results) -> xr.Dataset:
    """Return the share of false snapbacks and exposure to violation (assumptions, observability, trigger)."""
    found = swept(results["sweep_observability"], ["false_snapback_share", "exposure_violation"])
    return _along(found, "o_low", "threshold")


def lapse(results: Results) -> xr.Dataset:
    """Return lapsed leverage and months suspended by what a sunset does (assumptions, renewal, default)."""
    found = swept(results["sweep_lapse"], ["lapsed_share", "in_force", "months_suspended"])
    return _along(found, "renew", "sunset_default", at=1)  # `snapback-levers` sweeps the sunset too: 4, then 6 as in P1


def numbers(values: Sequence[object]) -> list[float]:
    """Swept values as numbers; `never` is NaN."""
    return [float(v) if str(v) not in ("never",) else float(np.nan) for v in values]  # type: ignore[arg-type]
