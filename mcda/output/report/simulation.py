"""What a report says of a simulation: what opened, what broke, how exposed, and which assumption decides."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from mcda.output.report.model import Block, Bullets, Grid, Paragraph, Section
from mcda.output.selected_simulation import judged_policy
from mcda.output.subject import Subject
from mcda.output.wording import listing, named, plain

__all__ = ["simulation_sections"]

LINES = 12


def simulation_sections(subject: Subject) -> list[Section]:
    """Return the section that a run with a simulation adds to its report; none for other runs."""
    if not subject.results.has("simulation/outcome_mean"):
        return []
    group = subject.results["simulation"]
    blocks: list[Block] = [Paragraph(_lead(group)), Bullets(tuple(_findings(subject, group))), _grid(group)]
    return [Section("If events turn", tuple(blocks))]


def _lead(group: xr.Dataset) -> str:
    sets = listing(f"'{a}'" for a in group["assumptions"].values)
    return (
        f"{group.sizes['scenario']} scenarios were simulated month by month over {group.sizes['month']} months, "
        f"{int(group.attrs.get('paths', 0)):,} paths each, for {group.sizes['policy']} policies under the assumption "
        f"sets {sets}. Nothing here is a forecast: it says what would follow if a scenario came true and the assumed "
        "rates held."
    )


def _outcome(group: xr.Dataset, name: str, policy: str) -> xr.DataArray:
    return group["outcome_mean"].sel(outcome=name, policy=policy)


def _span(values: xr.DataArray) -> str:
    """Lowest to highest of some shares, in words."""
    found = values.values[np.isfinite(values.values)]
    low, high = float(found.min()), float(found.max())
    return plain(low) if plain(low) == plain(high) else f"{plain(low)} to {plain(high)}"


def _count(values: xr.DataArray) -> str:
    """Lowest to highest of some numbers, in two digits."""
    found = values.values[np.isfinite(values.values)]
    low, high = (_two_digits(float(x)) for x in (found.min(), found.max()))
    return low if low == high else f"{low} to {high}"


def _two_digits(x: float) -> str:
    """A number in two digits that count, thousands apart."""
    rounded = float(f"{x:.2g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 10 else f"{rounded:g}"


def _findings(subject: Subject, group: xr.Dataset) -> Iterator[str]:
    policy = judged_policy(group)
    title = named(str(group["policy_title"].sel(policy=policy).item()), 60)
    last = group["stage_incidence"].isel(time=-1).sel(policy=policy)
    for a in group["assumptions"].values:
        stages = listing(f"stage {s} on {_span(last.sel(assumptions=a, stage=s))}" for s in group["stage"].values)
        yield f"Under '{a}' and the policy '{title}', by scenario, these shares of paths opened: {stages}."
    war = _outcome(group, "exposure_war", policy)
    worst = str(group["scenario"].values[int(war.max("assumptions").argmax("scenario"))])
    yield (
        f"Measure-months suspended while the territory is used: {_count(war)} over scenarios and assumption sets, most "
        f"in '{named(worst, 60)}'."
    )
    false = _outcome(group, "false_snapback_share", policy)
    if np.isfinite(false.values).any():
        yield f"Of snapbacks on a track, a share of {_span(false)} would come without any violation of it."
    stability = group["tier_stability"].sel(policy=policy).mean("alternative")
    yield (
        f"Shocked scores keep the printed tier in a share of {_span(stability)} of months, on average over all "
        f"{subject.noun.many}."
    )
    yield from _no_trigger(group, policy)


def _no_trigger(group: xr.Dataset, policy: str) -> Iterator[str]:
    """The gap that the source leaves: circumvention moves tiers, and no trigger looks at it."""
    if "circumvention-surge" not in group["scenario"].values:
        return
    chosen = _outcome(group, "exposure_shadow", policy).sel(scenario="circumvention-surge")
    yield (
        f"A circumvention surge has no trigger in the source: {_count(chosen)} measure-months stay suspended with a "
        "shadow tier outside the Roadmap."
    )


def _grid(group: xr.Dataset) -> Grid:
    """Exposure and yield by scenario, ranges over policies' judged one and assumption sets."""
    policy = judged_policy(group)
    names = ("months_suspended", "exposure_war", "exposure_violation", "exposure_shadow", "yield")
    shown = [name for name in names if name in group["outcome"].values]
    rows = []
    for i in range(min(group.sizes["scenario"], LINES)):
        one = group["outcome_mean"].isel(scenario=i).sel(policy=policy)
        cells = [_count(one.sel(outcome=name)) for name in shown]
        rows.append((named(str(group["scenario_title"].values[i]), 60), *cells))
    left = group.sizes["scenario"] - len(rows)
    labels = {str(o): str(t) for o, t in zip(group["outcome"].values, group["outcome_label"].values, strict=True)}
    note = "Lowest to highest over assumption sets; sampling errors: tables/simulated-outcomes."
    return Grid(
        0, f"Outcomes of the policy '{named(str(group['policy_title'].sel(policy=policy).item()), 60)}' by scenario",
        ("Scenario", *(labels[name] for name in shown)), tuple(rows),
        note=note + (f" {left} more scenarios are in that table." if left > 0 else ""),
    )  # fmt: skip
