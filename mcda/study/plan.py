"""The plan of a run: blocks of work, each an analysis of some alternatives, with what they probably cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import xarray as xr

from mcda.study.analyses import GROUPS
from mcda.study.experiment import Experiment
from mcda.study.simulation import cells, cost, simulated
from mcda.study.simulation_register import register_cost
from mcda.tiers.acceptability import distinct

__all__ = ["Block", "assemble", "plan"]

#: Analyses whose answer depends on an alternative's own law alone: each distinct law is computed once.
BY_LAW = ("sensitivity",)


@dataclass(frozen=True)
class Block:
    """One piece of work: `alternatives` (of a simulation: cells) are computed; `cost` is relative, roughly seconds."""

    name: str
    analysis: str
    alternatives: tuple[str, ...]
    cost: float


def _cost(experiment: Experiment, analysis: str, n: int) -> float:
    """Rough seconds of a block, so that progress counts work and not blocks."""
    if analysis == "sensitivity":
        contracted = experiment.published or experiment.beliefs.pool == "pooled-experts"
        return (3.0 if contracted else 1.0) * n * (2 * len(experiment.family()[0]) - 1)
    if analysis == "simulation-register":
        return register_cost(experiment)
    each = {
        "register": 5.0,
        "flips": 10.0,
        "other-rules": 5.0,
        "beliefs": 2.0,
        "second-panel": 2.0,
        "rule-uncertainty": 10.0,
        "breakpoints": 5.0,
        "draws": 5.0,
        "dependence": 30.0,
        "convergence": 30.0,
    }
    return each.get(analysis, 1.0)


def plan(experiment: Experiment) -> list[Block]:
    """Return the blocks of an experiment, in the order in which they are shown."""
    blocks = []
    names = experiment.alternatives
    firsts, _ = distinct(experiment.laws())
    for analysis in experiment.analyses:
        if analysis == "simulation":
            blocks += _simulation(experiment)
            continue
        if analysis not in BY_LAW:
            blocks.append(Block(analysis, analysis, tuple(names), _cost(experiment, analysis, len(names))))
            continue
        size = 1 if experiment.published else experiment.chunk
        for at in range(0, len(firsts), size):
            chosen = tuple(firsts[at : at + size])
            name = f"{analysis}-{at // size:04d}"
            blocks.append(Block(name, analysis, chosen, _cost(experiment, analysis, len(chosen))))
    return blocks


def _simulation(experiment: Experiment) -> list[Block]:
    """A block for each cell."""
    every = cells(experiment)
    return [Block(f"simulation-{i:04d}", "simulation", (cell,), cost(experiment, cell)) for i, cell in enumerate(every)]


def assemble(experiment: Experiment, blocks: Sequence[Block], results: Sequence[xr.Dataset]) -> dict[str, xr.Dataset]:
    """Put the results of blocks together: one dataset per group, alternatives in the problem's order."""
    groups: dict[str, xr.Dataset] = {}
    for analysis in experiment.analyses:
        parts = [r for block, r in zip(blocks, results, strict=True) if block.analysis == analysis]
        if analysis == "simulation":
            groups |= simulated(experiment, parts)
            continue
        joined = _joined(experiment, parts) if analysis in BY_LAW else parts[0]
        group = GROUPS[analysis][0]
        groups[group] = groups[group].merge(joined, combine_attrs="drop_conflicts") if group in groups else joined
    return groups


def _joined(experiment: Experiment, parts: Sequence[xr.Dataset]) -> xr.Dataset:
    """Concatenate distinct laws, then give every alternative the answer of its law."""
    if any("declined" in part.attrs for part in parts):
        return next(part for part in parts if "declined" in part.attrs)
    per_law = [name for part in parts[0].data_vars for name in [part] if "alternative" in parts[0][part].dims]
    joined = xr.concat([part[per_law] for part in parts], dim="alternative", join="outer", combine_attrs="override")
    shared = parts[0].drop_vars(per_law).drop_dims("alternative", errors="ignore")
    _, index = distinct(experiment.laws())
    spread = joined.isel(alternative=index).assign_coords(alternative=experiment.alternatives)
    return spread.merge(shared, combine_attrs="override")
