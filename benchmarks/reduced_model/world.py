"""The reduced model in the plain format of `tests/reference/roadmap.py`: the full model with the rest switched off."""

from __future__ import annotations

from typing import Any

from benchmarks.reduced_model import common

__all__ = ["policy", "scenario", "world"]


def world() -> dict[str, Any]:
    """Return 49 measures of equal weight without needs, legal base or origin, and degenerate parameters."""
    scores = [3, 3, 3, 6, 6, 6, 4]  # nothing moves them
    rows = [
        {"name": f"m{i + 1:02d}", "tier": tier, "sector": "none", "scores": scores}
        for i, tier in enumerate(common.TIERS)
    ]
    return {
        "rows": rows,
        "rule": {"roles": ["against"] * 3 + ["for"] * 3 + ["counterweight"], "cuts": [10, 4], "outside_cuts": [-3]},
        "load": {},
        "events": {},
        "steps": {},
        "parameters": _parameters(),
        "reference": {tier: ["D"] for tier in (1, 2, 3)},
    }


def _parameters() -> dict[str, Any]:
    still = ["onset_1", "settlement", "ceasefire", "relapse", "rate.E10", "rate.E11", "rate.E13", "rate.E16", "drift"]
    still += ["inflow", "p_served", "p_pardon", "p_release", "wave_stage", "wave_us", "spent", "readopt"]
    still += [f"{key}.{k}" for key in ("slip", "repair") for k in "HPLMAO"]
    still += [f"{key}.{k}" for key in ("delta", "phi") for k in "HPLMA"]
    still += ["mix.3", "mix.4", "mix.5", "b_mu", "b_rel", "b_off", "b_war"]
    return {
        **dict.fromkeys(still, 0),
        "horizon": common.MONTHS,
        "onset": common.ONSET, "mix.2": 1, "dwell.2": "geometric", "dwell.2.mean": common.DWELL, "see.2": 1,
        "slip.D": common.SLIP, "repair.D": common.REPAIR,
        "delta.D": common.ALARM, "phi.D": common.FALSE_ALARM, "o_low": 1, "o_high": 1,
        "advance": common.ADVANCE, "snapback": common.SNAPBACK, "renew": common.RENEW, "unanimity_base": 1,
        "lag.suspend": 1, "lag.restore": common.RESTORE_LAG, "lag.exit": common.EXIT_LAG,
    }  # fmt: skip


def policy() -> dict[str, Any]:
    """Return the levers: three stages, each behind three clean reviews of D since the last; restore at sunset."""
    return {
        "stages": [{"tiers": [tier], "gate": {"clean": {"D": common.VERIFY}}} for tier in (1, 2, 3)],
        "exit_rung": 2,
        "reentry": "never",
        "review_every": 1,
        "verify": common.VERIFY,
        "trigger": {"alarm_streak": 1},
        "scope": "all",
        "sunset": common.SUNSET,
        "sunset_default": "restore",
    }


def scenario() -> dict[str, Any]:
    """Return a start with D violated and the territory unused, and nothing scheduled."""
    return {"start": {"R": 0, "C": {"D": False}}}
