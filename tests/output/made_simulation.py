"""A simulation's groups made of random numbers, in the shape that runs have."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import xarray as xr

from mcda.names import attrs

SETS, STORIES, POLICIES = ["unresponsive", "responsive"], ["rear-base", "baseline"], ["p0-status-quo", "p1-roadmap"]
STATUSES = ["in force", "suspended", "restore pending", "lapsed"]
OUTCOMES = [
    "exposure_war",
    "exposure_violation",
    "false_snapback_share",
    "lapsed_share",
    "in_force",
    "months_suspended",
]
MONTHS = 24
SWEEPS: dict[str, dict[str, list[str]]] = {
    "sweep_exit-lag": {"offensive_ladder": ["2", "4"], "exit_rung": ["2", "never"], "lag_exit": ["0", "1", "3"]},
    "sweep_observability": {"o_low": ["0.2", "0.8"], "threshold": ["0.3", "0.6", "0.9"]},
    "sweep_lapse": {"renew": ["0.5", "1"], "sunset_default": ["restore", "lapse"]},
}


def simulation_of(rng: np.random.Generator, tiers: list[int], names: list[str]) -> dict[str, xr.Dataset]:
    """The group `simulation` and the three sweeps that figures need."""
    return {"simulation": _main(rng, tiers, names), **{name: sweep_of(rng, axes) for name, axes in SWEEPS.items()}}


def _texts(**more: Any) -> dict[str, Any]:
    return {
        "outcome_label": ("outcome", [f"what {o} is" for o in OUTCOMES], attrs("what the outcome is", "1")),
        "outcome_units": ("outcome", ["measure-months"] * 2 + ["1"] * 3 + ["measure-months"], attrs("units", "1")),
        "scenario_title": ("scenario", ["Rear base for an offensive", "Nothing scheduled"], attrs("title", "1")),
        "scenario_story": ("scenario", ["A story.", "Another."], attrs("story", "1")),
        "policy_title": ("policy", ["The status quo", "The Roadmap"], attrs("title", "1")),
        "policy_code": ("policy", ["P0", "P1"], attrs("code", "1")),
        **more,
    }


def _main(rng: np.random.Generator, tiers: list[int], names: list[str]) -> xr.Dataset:
    cell, n = (len(SETS), len(STORIES), len(POLICIES)), len(names)
    first = ("assumptions", "scenario", "policy")
    status = np.moveaxis(rng.dirichlet(np.full(4, 0.7), size=(*cell, n, MONTHS)), -1, -2)
    first_break = np.cumsum(
        rng.dirichlet(np.full(3 * MONTHS + 1, 0.5), size=cell)[..., :-1].reshape(*cell, 3, MONTHS), axis=-1
    )
    curve = np.concatenate([np.zeros((*cell, 3, 1)), first_break], axis=-1)
    staying = np.sort(rng.random((*cell, n, MONTHS + 1)), axis=-1)[..., ::-1]
    data = _texts(
        outcome_mean=((*first, "outcome"), rng.random((*cell, len(OUTCOMES))), attrs("outcome", "see outcome_units")),
        outcome_se=((*first, "outcome"), rng.random((*cell, len(OUTCOMES))) / 20, attrs("error", "see outcome_units")),
        status_share=((*first, "alternative", "status", "month"), status, attrs("share of paths in a status", "1")),
        tier_survival=((*first, "alternative", "time"), staying, attrs("share that has held", "1")),
        tier_stability=((*first, "alternative"), rng.random((*cell, n)), attrs("share of months", "1")),
        tier_stability_se=((*first, "alternative"), rng.random((*cell, n)) / 50, attrs("error", "1")),
        printed_tier=("alternative", tiers, attrs("printed tier", "tier")),
        cumulative_incidence=((*first, "cause", "time"), curve, attrs("share by time", "1")),
        cumulative_incidence_ci=(
            (*first, "cause", "time", "ci_bound"), np.clip(np.stack([curve - 0.03, curve + 0.03], axis=-1), 0, 1),
            attrs("interval", "1"),
        ),
        regret=((*first, "utility"), rng.random((*cell, 2)), attrs("regret", "1")),
        regret_se=((*first, "utility"), rng.random((*cell, 2)) / 50, attrs("error", "1")),
    )  # fmt: skip
    coords = {
        "assumptions": SETS, "scenario": STORIES, "policy": POLICIES, "outcome": OUTCOMES, "alternative": names,
        "status": STATUSES, "month": np.arange(MONTHS), "time": np.arange(MONTHS + 1),
        "cause": ["exit", "snapback", "settlement"], "utility": ["security-first", "balanced"],
        "ci_bound": ["low", "high"],
    }  # fmt: skip
    return xr.Dataset(data, coords=coords, attrs={"paths": 1000})


def sweep_of(rng: np.random.Generator, axes: dict[str, list[str]]) -> xr.Dataset:
    settings = list(product(*axes.values()))
    shape = (len(SETS), len(settings), len(STORIES), len(POLICIES), len(OUTCOMES))
    dims = ("assumptions", "setting", "scenario", "policy", "outcome")
    data = _texts(
        outcome_mean=(dims, rng.random(shape), attrs("outcome", "see outcome_units")),
        outcome_se=(dims, rng.random(shape) / 20, attrs("error", "see outcome_units")),
        **{
            f"setting_{name}": ("setting", [setting[i] for setting in settings], attrs(f"axis {name}", "1"))
            for i, name in enumerate(axes)
        },
    )
    names = [", ".join(setting) for setting in settings]
    coords = {"assumptions": SETS, "setting": names, "scenario": STORIES, "policy": POLICIES, "outcome": OUTCOMES}
    return xr.Dataset(data, coords=coords, attrs={"paths": 1000})
