"""The assumption register of a simulation: every number that it rests on, sorted by how much of the answer it moves.

A parameter or a loading is set to either end of its range, all others as they are, on the same paths. What moves is
measured for a few outcomes in standard deviations over paths, and the largest counts: 1 means that a number moves a
mean by as much as one path differs from another. Numbers of other kinds are listed with the reason why they are not
varied here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from mcda.errors import McdaError
from mcda.names import REFERENCE_POLICY
from mcda.roadmap.ensemble import Ask, outcomes_by_path
from mcda.roadmap.model import World
from mcda.roadmap.parameters import PLACES
from mcda.study.experiment import Experiment
from mcda.study.register_lines import Line, line_of, register_of
from mcda.study.simulated import Simulated
from mcda.study.simulation import asked, ensemble_cost

__all__ = ["ANSWER", "register_cost", "simulation_register"]

#: The outcomes whose means are the answer.
ANSWER = ("months_suspended", "exposure_war", "exposure_violation", "exposure_shadow", "moved", "yield")
PATHS = 256


def simulation_register(experiment: Experiment) -> xr.Dataset:
    """Return the register (parameter) of an experiment's first simulation, what moves the answer most first.

    The answer is that of the policy that figures show (P1 if there is one), in the first scenario under the first
    assumption set, on 256 paths. `moved` is NaN where a number is not varied.
    """
    of = next(iter(experiment.simulations.values()))
    world = next(iter(of.worlds.values()))
    base = _means(experiment, of, world)
    spread = {name: max(float(base[name].std()), 1e-12) for name in ANSWER}
    rows = [_row(experiment, of, world, number, base, spread) for number in of.numbers]
    rows.sort(key=lambda row: row.order("moved"))
    found = register_of(rows, {"moved": ("largest move of the answer", "sd over paths")}, _TEXTS)
    about = {"scenario": next(iter(of.scenarios)), "policy": _policy(of), "paths": PATHS, "answer": ", ".join(ANSWER)}
    return found.assign_attrs(about)


def register_cost(experiment: Experiment) -> float:
    """Return rough seconds of the register on one processor: both ends of every number that is varied."""
    of = next(iter(experiment.simulations.values()))
    ensembles = 1 + 2 * sum(not _why_not(number, of) for number in of.numbers)
    return ensembles * ensemble_cost(PATHS, next(iter(of.worlds.values())).horizon, 2)


_TEXTS = {"moves": "outcome that moves most", "about": "what it is"}


def _policy(of: Simulated) -> str:
    return REFERENCE_POLICY if REFERENCE_POLICY in of.policies else list(of.policies)[-1]


def _means(experiment: Experiment, of: Simulated, world: World) -> xr.Dataset:
    """The answer by path, (path,) each."""
    policy, quo = _policy(of), of.status_quo
    ask: Ask = replace(asked(experiment, of), paths=PATHS, utilities={})
    chosen = {name: of.policies[name] for name in dict.fromkeys((quo, policy)) if name}
    scenario = next(iter(of.scenarios.values()))
    return outcomes_by_path(world, chosen, scenario, ask).sel(policy=policy)[list(ANSWER)]


def _row(
    experiment: Experiment, of: Simulated, world: World, number: Any, base: xr.Dataset, spread: Mapping[str, float]
) -> Line:
    moved, moves, state = np.nan, "", _why_not(number, of)
    if not state:
        found = list(_moves(experiment, of, world, number, base, spread))
        state = "varied" if found else "no end of the range has a meaning alone"
        moved, moves = max(found, default=(np.nan, ""))
        state = "unused by the answer" if found and moved == 0 else state
    return line_of(number, state, {"moved": moved}, {"moves": moves if moved > 0 else "", "about": number.about})


def _moves(
    experiment: Experiment, of: Simulated, world: World, number: Any, base: xr.Dataset, spread: Mapping[str, float]
) -> Iterator[tuple[float, str]]:
    """How far either end of the range moves the answer, and which outcome most."""
    for end in (number.low, number.high):
        try:
            found = _means(experiment, of, _with(world, number.key, float(end)))
        except McdaError:
            continue
        shifts = {name: abs(float((found[name] - base[name]).mean())) / spread[name] for name in ANSWER}
        most = max(shifts, key=lambda name: shifts[name])
        yield shifts[most], most


def _why_not(number: Any, of: Simulated) -> str:
    """Why a number is not varied here, '' if it is."""
    if number.low is None:
        return "not varied: no range"
    if number.basis == "lever":
        return "not varied: a lever; see the sweeps"
    key = _dotted(number.key)
    if key is None or key == "horizon":
        return "not varied: no parameter or loading of the model"
    overridden = next(iter(of.scenarios.values())).overrides
    return "not varied: the scenario sets it" if key in overridden else ""


def _dotted(key: str) -> str | None:
    """The model's key of a number in a file: ``parameters.slip.value.H`` is ``slip.H``; None for other numbers."""
    if load := re.fullmatch(r"loads\.([^.]+)\.(E\d+)\.load", key):
        return f"load.{load[1]}.{load[2]}"
    found = re.fullmatch(r"parameters\.(?P<name>.+?)\.value(?:\.(?P<index>.+))?", key)
    if found is None:
        return None
    dotted = found["name"] + (f".{found['index']}" if found["index"] else "")
    return dotted if dotted in PLACES else None


def _with(world: World, key: str, value: float) -> World:
    """The world with one number set."""
    dotted = _dotted(key) or ""
    if dotted.startswith("load."):
        _, sector, event = dotted.split(".")
        return replace(world, load={**world.load, sector: {**world.load[sector], event: value}})
    return replace(world, parameters={**world.parameters, dotted: value})
