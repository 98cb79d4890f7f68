"""One path of an experiment's simulation as a log; scenario, policy, setting and the rest are found by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from mcda.errors import UsageError, did_you_mean
from mcda.roadmap.limits import Limits
from mcda.roadmap.trace import trace
from mcda.study.experiment import Experiment
from mcda.study.simulated import Simulated
from mcda.study.simulation import path_scores

__all__ = ["trace_path"]

#: Settings that a message lists.
MOST_SHOWN = 12


def trace_path(
    experiment: Experiment,
    scenario: str,
    policy: str,
    *,
    path: int = 0,
    assumptions: str | None = None,
    simulation: str | None = None,
    setting: str | None = None,
) -> list[str]:
    """Return the log of one path of an experiment's simulation, a line for each thing that happened.

    Parameters
    ----------
    experiment : Experiment with a simulation
    scenario, policy : by name (a policy by its code too)
    path : number of the path, 0 to paths - 1
    assumptions : an assumption set; the first if not given
    simulation : which of its simulations (a sweep by its name); needed where it has several and none is `simulation`
    setting : which combination of swept values: its label, or ``KEY=VALUE, ...`` that fits one; needed for a sweep

    Errors: :class:`UsageError` for names that it does not have, with those that it has.
    """
    of = experiment.simulations[_simulation(experiment, simulation)]
    named = {code: name for name, code in (of.codes or {}).items() if code} | {name: name for name in of.policies}
    _one("scenario", scenario, of.scenarios)
    levers = named[_one("policy", policy, named)]
    world = of.worlds[_one("assumption set", assumptions or next(iter(of.worlds)), of.worlds)]
    Limits(0, of.paths - 1, whole=True).hold("path", path)
    policies, story = of.set(_setting(of, setting), scenario)
    scores = path_scores(experiment, of)(np.array([path]))[0]
    return trace(world, policies[levers], story, seed=experiment.seed, path=path, scores=scores)


def _one(what: str, name: str, known: Collection[str]) -> str:
    if name not in known:
        raise UsageError(f"no {what} is named '{name}'{did_you_mean(name, known)}; allowed: {', '.join(known)}")
    return name


def _simulation(experiment: Experiment, name: str | None) -> str:
    """The name of a simulation's group; a sweep is found by its own name too."""
    there: Mapping[str, Simulated] = experiment.simulations
    if not there:
        raise UsageError(f"experiment '{experiment.id}' simulates nothing; allowed: one with `simulation` or `sweeps`")
    if name is None:
        if "simulation" not in there and len(there) > 1:
            raise UsageError(f"experiment '{experiment.id}' has several simulations; allowed: {', '.join(there)}")
        return "simulation" if "simulation" in there else next(iter(there))
    return _one("simulation", name if name in there or f"sweep_{name}" not in there else f"sweep_{name}", there)


def _setting(of: Simulated, said: str | None) -> tuple[Any, ...]:
    """The swept values of a setting: by its label, or by as many of its values as tell it from all others."""
    labels = of.labels
    if not of.sweep:
        if said is not None:
            raise UsageError(f"this simulation sweeps nothing, so has no setting '{said}'; allowed: none")
        return ()
    asked = [part.strip() for part in (said or "").split(",") if part.strip()]
    fits = [i for i in range(len(labels)) if all(_fits(of, i, part) for part in asked)]
    if len(fits) != 1 or said is None:
        what = "needs a setting" if said is None else f"has {len(fits) or 'no'} settings '{said}'"
        shown = [labels[i] for i in fits or range(len(labels))]
        more = f"; and {len(shown) - MOST_SHOWN} more" if len(shown) > MOST_SHOWN else ""
        raise UsageError(f"this simulation {what}; allowed: {'; '.join(shown[:MOST_SHOWN])}{more}")
    return of.settings[fits[0]]


def _fits(of: Simulated, i: int, part: str) -> bool:
    """Whether a setting has a value for a key: ``exit_rung=2``, ``lever.exit_rung=2``."""
    key, _, text = (word.strip() for word in part.partition("="))
    return any(key in (axis.name, axis.key) and _equal(text, value)
               for axis, value in zip(of.sweep, of.settings[i], strict=True))  # fmt: skip


def _equal(text: str, value: Any) -> bool:
    try:
        return text == str(value) or float(text) == value
    except ValueError:
        return False
