"""A simulation as part of an experiment: its cells (assumptions x setting x scenario), each simulated whole.

A *setting* is one combination of values of the swept levers, parameters or entries of the schedule. Every policy of a
cell meets the same paths, and so do all cells: path, not policy or scenario, is what random numbers are addressed by.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.decisions.utility import Term, utility
from mcda.errors import Declined, UsageError, did_you_mean
from mcda.names import attrs
from mcda.roadmap.budget import budget
from mcda.roadmap.ensemble import Ask, ensemble, outcomes_by_path
from mcda.roadmap.kept import kept_paths
from mcda.roadmap.model import Policy, Scenario, Trigger, World
from mcda.roadmap.signposts import signposts
from mcda.roadmap.trace import trace
from mcda.scores.belief import Belief
from mcda.study.experiment import Experiment
from mcda.study.simulated import Axis, Simulated
from mcda.tiers.drawn_scores import score_draws

__all__ = ["asked", "cells", "cost", "simulate_cell", "simulated", "trace_path"]

Floats = npt.NDArray[np.float64]


# -- cells -------------------------------------------------------------------------------------------------------------


def cells(experiment: Experiment) -> list[str]:
    """Return the names of all cells, scenarios fastest: ``SIMULATION/ASSUMPTIONS/SETTING/SCENARIO``."""
    return [
        f"{name}/{a}/{i}/{s}"
        for name, of in experiment.simulations.items()
        for a in of.worlds
        for i in range(len(of.settings))
        for s in of.scenarios
    ]


def cost(experiment: Experiment, cell: str) -> float:
    """Return rough seconds of a cell on one processor."""
    of = experiment.simulations[cell.split("/")[0]]
    inner = of.budget.outer * of.budget.inner if of.budget else 0
    return (of.paths + inner) * len(of.policies) * 60 * 1.5e-6


def simulate_cell(experiment: Experiment, name: str) -> xr.Dataset:
    """Simulate one cell of an experiment; see :func:`mcda.roadmap.ensemble.ensemble` for what comes back."""
    simulation, assumptions, number, scenario = name.split("/")
    of = experiment.simulations[simulation]
    world, chosen, policies = of.worlds[assumptions], of.scenarios[scenario], dict(of.policies)
    for axis, value in zip(of.sweep, of.settings[int(number)], strict=True):
        policies, chosen = _set(axis, value, policies, chosen, of.status_quo)
    ask = asked(experiment, of)
    found = ensemble(world, policies, chosen, ask)
    if of.budget:
        found = found.merge(_budget(world, policies, chosen, ask, of))
    if of.signposts:
        found = found.merge(signposts(world, policies, chosen, replace(ask, paths=of.signposts)))
    if of.keep_paths:
        found = found.merge(kept_paths(world, policies, chosen, ask, of.keep_paths))
    return found


def _set(
    axis: Axis, value: Any, policies: dict[str, Policy], scenario: Scenario, status_quo: str
) -> tuple[dict[str, Policy], Scenario]:
    """Set one swept key to a value: a lever in every policy but the status quo, anything else in the scenario."""
    kind, _, name = axis.key.partition(".")
    if kind == "lever":
        return {p: x if p == status_quo else _with_lever(x, name, value) for p, x in policies.items()}, scenario
    if kind == "parameter":
        return policies, replace(scenario, overrides={**scenario.overrides, name: value})
    if kind == "schedule":
        entry, _, part = name.rpartition(".")
        return policies, _with_entry(scenario, entry, part, value)
    raise UsageError(f"'{axis.key}' can't be swept; allowed: lever.NAME, parameter.KEY, schedule.ENTRY.FIELD")


def _with_lever(policy: Policy, name: str, value: Any) -> Policy:
    value = math.inf if value == "never" else value
    if name in ("alarm_streak", "threshold"):
        return replace(policy, trigger=Trigger(**{name: value}))
    fields = [f for f in policy.__dataclass_fields__ if f not in ("name", "stages", "trigger")]
    if name not in fields:
        allowed = ", ".join([*fields, "alarm_streak", "threshold"])
        raise UsageError(f"no lever is named '{name}'{did_you_mean(name, fields)}; allowed: {allowed}")
    return replace(policy, **{name: value})


def _with_entry(scenario: Scenario, entry: str, field: str, value: Any) -> Scenario:
    names = [one.name for one in scenario.schedule]
    if entry not in names:
        raise UsageError(f"scenario '{scenario.name}' has no entry named '{entry}'{did_you_mean(entry, names)}")
    field = "what" if field in ("ladder", "wave", "war", "event") else "months" if field == "for" else field
    changed = [replace(one, **{field: value}) if one.name == entry else one for one in scenario.schedule]
    return replace(scenario, schedule=tuple(changed))


def trace_path(
    experiment: Experiment,
    scenario: str,
    policy: str,
    *,
    path: int = 0,
    assumptions: str | None = None,
    simulation: str = "simulation",
) -> list[str]:
    """Return the log of one path of an experiment's simulation, a line for each thing that happened.

    Parameters
    ----------
    experiment : Experiment with a simulation
    scenario, policy : by name (a policy by its code too)
    path : number of the path
    assumptions : an assumption set; the first if not given
    simulation : which of its simulations

    Errors: :class:`UsageError` for names that it does not have.
    """
    of = experiment.simulations.get(simulation)
    if of is None:
        there = ", ".join(experiment.simulations) or "none"
        raise UsageError(f"this experiment has no simulation '{simulation}'; it has {there}")
    named = {code: name for name, code in (of.codes or {}).items()} | {name: name for name in of.policies}
    story = of.scenarios[_one("scenario", scenario, of.scenarios)]
    levers = of.policies[named[_one("policy", policy, named)]]
    world = of.worlds[_one("assumption set", assumptions or next(iter(of.worlds)), of.worlds)]
    scores = _scores(experiment, of)(np.array([path]))[0]
    return trace(world, levers, story, seed=experiment.seed, path=path, scores=scores)


def _one(what: str, name: str, known: Mapping[str, Any]) -> str:
    if name not in known:
        raise UsageError(f"no {what} is named '{name}'{did_you_mean(name, known)}; there are {', '.join(known)}")
    return name


# -- scores and utilities ----------------------------------------------------------------------------------------------


def asked(experiment: Experiment, of: Simulated) -> Ask:
    """Return what an experiment asks of its ensembles."""
    return Ask(
        paths=of.paths,
        seed=experiment.seed,
        scores=_scores(experiment, of),
        c7_mean=_c7_means(experiment),
        utilities={name: partial(_utility, terms) for name, terms in (of.utilities or {}).items()},
        status_quo=of.status_quo,
    )


def _utility(terms: Sequence[Term], outcomes: Mapping[str, Floats]) -> Floats:
    return utility({term.outcome: outcomes[term.outcome] for term in terms}, terms)


def _scores(experiment: Experiment, of: Simulated) -> Callable[..., Floats]:
    """Scores of paths, rows in order of name; an entity has its parent's belief, and its own draw of it."""
    parents = {e.id: e.parent for e in experiment.problem.entities}
    laws = experiment.own_beliefs
    ordered = {
        name: laws[parents.get(name, name)] for name in sorted(row.name for row in next(iter(of.worlds.values())).rows)
    }
    if of.scores == "modal":
        fixed = np.stack([_mode(belief) for belief in ordered.values()])[None]
        return lambda numbers: fixed
    return score_draws(ordered, experiment.rule, rng=experiment.seed)


def _mode(belief: Belief) -> Floats:
    if belief.condition is not None:
        raise Declined("printed tiers leave many score vectors and no modal one; use `scores: draw`")
    return np.asarray(belief.lattice.low + belief.marginals().argmax(axis=1) / belief.lattice.unit)


def _c7_means(experiment: Experiment) -> dict[str, float]:
    """Mean of the counterweight's score by row, the measure of what relief gives up; an entity has its parent's."""
    found = experiment.counterweight_means
    return found | {e.id: found[e.parent] for e in experiment.problem.entities if e.parent in found}


# -- budget ------------------------------------------------------------------------------------------------------------


def _budget(
    world: World, policies: Mapping[str, Policy], scenario: Scenario, ask: Ask, of: Simulated
) -> xr.Dataset:  # fmt: skip
    """Shares of variance of assumptions, of luck and of their interplay."""
    assert of.budget is not None
    samples = [
        outcomes_by_path(world, policies, scenario, _sample(ask, of, i))
        for i in range(of.budget.outer)
    ]
    return budget(xr.concat(samples, dim="sample")[list(of.budget.outcomes)], rng=ask.seed)


def _sample(ask: Ask, of: Simulated, i: int) -> Ask:
    """Outer sample i of assumptions, and of scores where these are drawn with them, on the inner paths."""
    assert of.budget is not None
    found = replace(ask, paths=of.budget.inner, outer=i, utilities={})
    if of.scores != "outer":
        return found
    scores = ask.scores(np.array([i]))
    return replace(found, scores=lambda numbers: scores)


# -- all cells ---------------------------------------------------------------------------------------------------------


def simulated(experiment: Experiment, results: Sequence[xr.Dataset]) -> dict[str, xr.Dataset]:
    """Return the group of each simulation, from the results of all cells in order."""
    by_name: dict[str, list[xr.Dataset]] = {}
    for cell, result in zip(cells(experiment), results, strict=True):
        by_name.setdefault(cell.split("/")[0], []).append(result)
    return {name: _together(experiment, experiment.simulations[name], parts) for name, parts in by_name.items()}


def _together(experiment: Experiment, of: Simulated, results: Sequence[xr.Dataset]) -> xr.Dataset:
    """Put cells together: `assumptions`, `setting` (where something is swept) and `scenario` lead."""
    n, m = len(of.settings), len(of.scenarios)
    rows = [_joined(results[i : i + m], _scenarios(of)) for i in range(0, len(results), m)]
    planes = [_joined(rows[i : i + n], _settings(of)) for i in range(0, len(rows), n)]
    names = xr.Variable("assumptions", list(of.worlds), attrs("assumption set", "1"))
    found = _joined(planes, names)
    fixed = [v for v in ("outcome_label", "outcome_units", "printed_tier", "spell", "latency") if v in found]
    for name in fixed:  # the same in every cell
        first = found[name].isel({d: 0 for d in ("assumptions", "setting", "scenario") if d in found[name].dims})
        found[name] = first.drop_vars([c for c in first.coords if c not in first.dims])
    if of.sweep:  # a sweep asks about outcomes; month by month and row by row it would fill a disk
        found = found.drop_vars([name for name in found.data_vars if {"alternative", "month"} & set(found[name].dims)])
        kept = found.drop_dims(["alternative", "month"], errors="ignore")
        return kept.assign(_about(of)).assign_attrs(scores=of.scores)
    found = found.isel(setting=0, drop=True)
    return _ordered_rows(experiment, found.assign(_about(of))).assign_attrs(scores=of.scores)


def _joined(parts: Sequence[xr.Dataset], dim: xr.Variable) -> xr.Dataset:
    return xr.concat(
        parts, dim=dim, combine_attrs="override", data_vars="all", coords="minimal", compat="override", join="exact"
    )


def _ordered_rows(experiment: Experiment, found: xr.Dataset) -> xr.Dataset:
    """Alternatives in the problem's order; kernels have them in order of name."""
    known = set(found["alternative"].values.tolist())
    names = [a.id for a in experiment.problem.alternatives if a.id in known]
    names += [e.id for e in experiment.problem.entities if e.id in known]
    return found.sel(alternative=names)


def _scenarios(of: Simulated) -> xr.Variable:
    return xr.Variable("scenario", list(of.scenarios), attrs("scenario", "1"))


def _settings(of: Simulated) -> xr.Variable:
    texts = [", ".join(f"{a.name}={v}" for a, v in zip(of.sweep, values, strict=True)) for values in of.settings]
    return xr.Variable("setting", texts, attrs("swept levers and parameters", "1"))


def _about(of: Simulated) -> dict[str, tuple[Any, ...]]:
    """Titles, stories, and the swept values by axis."""
    titles, stories, codes = of.titles or {}, of.stories or {}, of.codes or {}
    about: dict[str, tuple[Any, ...]] = {
        "scenario_title": ("scenario", [titles.get(s, s) for s in of.scenarios], attrs("title of the scenario", "1")),
        "scenario_story": ("scenario", [stories.get(s, "") for s in of.scenarios], attrs("story of the scenario", "1")),
        "policy_title": ("policy", [titles.get(p, p) for p in of.policies], attrs("title of the policy", "1")),
        "policy_code": ("policy", [codes.get(p, p) for p in of.policies], attrs("short name of the policy", "1")),
        "assumptions_title": ("assumptions", [titles.get(a, a) for a in of.worlds], attrs("title", "1")),
    }  # fmt: skip
    for i, axis in enumerate(of.sweep):
        values = [setting[i] for setting in of.settings]
        label = axis.label or axis.name
        about[f"setting_{axis.name.replace('.', '_')}"] = ("setting", [str(v) for v in values], attrs(label, "1"))
    return about
