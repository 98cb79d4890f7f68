"""A simulation as part of an experiment: its cells (assumptions x setting x scenario), each simulated whole.

A *setting* is one combination of values of the swept levers, parameters or entries of the schedule. Every policy of a
cell meets the same paths, and so do all cells: path, not policy or scenario, is what random numbers are addressed by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.decisions.utility import Term, utility
from mcda.errors import Declined
from mcda.names import attrs
from mcda.roadmap.budget import budget
from mcda.roadmap.ensemble import Ask, ensemble, outcomes_by_path
from mcda.roadmap.kept import kept_paths
from mcda.roadmap.model import Policy, Scenario, World
from mcda.roadmap.signposts import signposts
from mcda.scores.belief import Belief
from mcda.study.experiment import Experiment
from mcda.study.simulated import Simulated
from mcda.tiers.drawn_scores import score_draws

__all__ = ["asked", "cells", "cost", "ensemble_cost", "path_scores", "simulate_cell", "simulated"]

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


#: Rough seconds of one month of one path under one policy: simulated; looked at for signs; kept whole. And of making
#: a policy ready, and of drawing one path's scores.
_MONTH, _SIGNS, _KEPT, _READY, _SCORES = 1e-6, 6e-6, 12e-6, 0.012, 6e-6


def ensemble_cost(paths: int, months: int, policies: int) -> float:
    """Return rough seconds of an ensemble on one processor."""
    return policies * (paths * months * _MONTH + _READY) + paths * _SCORES


def cost(experiment: Experiment, cell: str) -> float:
    """Return rough seconds of a cell on one processor: by paths, months, policies, and what else is asked of it."""
    name, assumptions, _, scenario = cell.split("/")
    of = experiment.simulations[name]
    months, policies = of.worlds[assumptions].under(of.scenarios[scenario]).horizon, len(of.policies)
    whole = policies * months * (of.signposts * _SIGNS + of.keep_paths * _KEPT)
    samples = of.budget.outer * ensemble_cost(of.budget.inner, months, policies) if of.budget else 0.0
    return ensemble_cost(of.paths, months, policies) + samples + whole


def simulate_cell(experiment: Experiment, name: str) -> xr.Dataset:
    """Simulate one cell of an experiment; see :func:`mcda.roadmap.ensemble.ensemble` for what comes back."""
    simulation, assumptions, number, scenario = name.split("/")
    of = experiment.simulations[simulation]
    world = of.worlds[assumptions]
    policies, chosen = of.set(of.settings[int(number)], scenario)
    ask = asked(experiment, of)
    found = ensemble(world, policies, chosen, ask)
    if of.budget:
        found = found.merge(_budget(world, policies, chosen, ask, of))
    if of.signposts:
        found = found.merge(signposts(world, policies, chosen, replace(ask, paths=of.signposts)))
    if of.keep_paths:
        found = found.merge(kept_paths(world, policies, chosen, ask, of.keep_paths))
    return found


# -- scores and utilities ----------------------------------------------------------------------------------------------


def asked(experiment: Experiment, of: Simulated) -> Ask:
    """Return what an experiment asks of its ensembles."""
    return Ask(
        paths=of.paths,
        seed=experiment.seed,
        scores=path_scores(experiment, of),
        c7_mean=_c7_means(experiment),
        utilities={name: partial(_utility, terms) for name, terms in (of.utilities or {}).items()},
        status_quo=of.status_quo,
    )


def _utility(terms: Sequence[Term], outcomes: Mapping[str, Floats]) -> Floats:
    return utility({term.outcome: outcomes[term.outcome] for term in terms}, terms)


def path_scores(experiment: Experiment, of: Simulated) -> Callable[..., Floats]:
    """Return the scores of paths by their numbers, rows in order of name.

    An entity has its parent's belief, and its own draw of it.
    """
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
    samples = [outcomes_by_path(world, policies, scenario, _sample(ask, of, i)) for i in range(of.budget.outer)]
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
    """Return the groups of each simulation, from the results of all cells in order: its own, and that of its entities.

    A simulation that declined a cell is an empty group whose attribute `declined` says why.
    """
    by_name: dict[str, list[xr.Dataset]] = {}
    for cell, result in zip(cells(experiment), results, strict=True):
        by_name.setdefault(cell.split("/")[0], []).append(result)
    found: dict[str, xr.Dataset] = {}
    for name, parts in by_name.items():
        declined = next((part for part in parts if "declined" in part.attrs), None)
        whole = _together(experiment.simulations[name], parts) if declined is None else declined
        found |= _groups(experiment, name, whole)
    return found


def _groups(experiment: Experiment, name: str, found: xr.Dataset) -> dict[str, xr.Dataset]:
    """Measures and entities, each in a group of its own and in the problem's order; kernels have them by name."""
    if "alternative" not in found.dims:
        return {name: found}
    known = set(found["alternative"].values.tolist())
    measures = [a.id for a in experiment.problem.alternatives if a.id in known]
    groups = {name: found.sel(alternative=measures)}
    if own := [e for e in experiment.problem.entities if e.id in known]:
        of_rows = [v for v in found.data_vars if "alternative" in found[v].dims]
        entities = found[of_rows].sel(alternative=[e.id for e in own]).rename(alternative="entity")
        parent = xr.Variable("entity", [e.parent for e in own], attrs("alternative that the entity is inside", "1"))
        groups[f"{name}_entities"] = entities.assign_coords(parent=parent)
    return groups


def _together(of: Simulated, results: Sequence[xr.Dataset]) -> xr.Dataset:
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
        found = found.drop_dims(["alternative", "month"], errors="ignore")
    else:
        found = found.isel(setting=0, drop=True)
    return found.assign(_about(of)).assign_attrs(scores=of.scores)


def _joined(parts: Sequence[xr.Dataset], dim: xr.Variable) -> xr.Dataset:
    return xr.concat(
        parts, dim=dim, combine_attrs="override", data_vars="all", coords="minimal", compat="override", join="exact"
    )


def _scenarios(of: Simulated) -> xr.Variable:
    return xr.Variable("scenario", list(of.scenarios), attrs("scenario", "1"))


def _settings(of: Simulated) -> xr.Variable:
    return xr.Variable("setting", of.labels, attrs("swept levers and parameters", "1"))


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
