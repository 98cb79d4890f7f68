"""The simulations of an experiment: the world, and every scenario, policy and assumption set that it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from mcda.errors import InvalidFile, Mistakes, UsageError, did_you_mean
from mcda.files.basis import Number
from mcda.files.document import Document, KeyPath
from mcda.files.models import ExperimentFile, SimulationModel
from mcda.files.policy import PolicyParts, Utility, read_policy, read_utilities
from mcda.files.roadmap import WorldParts, read_world
from mcda.files.scenario import AssumptionParts, ScenarioParts, read_assumptions, read_scenario, refuse_twice
from mcda.files.shipped import policies, scenarios, shipped
from mcda.problem import Problem
from mcda.roadmap.model import World
from mcda.roadmap.outcomes import MEANS as OUTCOMES

__all__ = ["SimulationParts", "read_simulations"]

T = TypeVar("T")


@dataclass(frozen=True)
class SimulationParts:
    """One simulation, read and checked: by name in the order in which results have them."""

    model: SimulationModel
    world: WorldParts
    assumptions: Mapping[str, AssumptionParts]
    scenarios: Mapping[str, ScenarioParts]
    policies: Mapping[str, PolicyParts]
    utilities: Mapping[str, Utility]
    numbers: tuple[Number, ...]
    files: tuple[Path, ...]
    utilities_file: Path

    @property
    def named(self) -> dict[str, tuple[Path, ...]]:
        """The files that the keys of a simulation name."""

        def files(parts: Mapping[str, Any]) -> tuple[Path, ...]:
            return tuple(Path(one.document.file) for one in parts.values())

        found = {"assumptions": files(self.assumptions), "scenarios": files(self.scenarios)}
        return {**found, "policies": files(self.policies), "utilities": (self.utilities_file,)}


def read_simulations(
    model: ExperimentFile, problem: Problem, document: Document, folder: Path
) -> dict[str, SimulationParts]:  # fmt: skip
    """Read all simulations of an experiment by the name of their results' group.

    Parameters
    ----------
    model, document : the experiment, against whose folder files are found
    problem, folder : the problem, and where its files lie

    Errors: :class:`~mcda.errors.InvalidFile` with all mistakes of all files.
    """
    asked: dict[str, tuple[SimulationModel, KeyPath]] = {}
    if model.simulation is not None:
        asked["simulation"] = (model.simulation, ("simulation",))
    asked |= {f"sweep_{name}": (one, ("sweeps", name)) for name, one in model.sweeps.items()}
    mistakes = Mistakes()
    worlds: dict[bool, WorldParts] = {}
    found: dict[str, SimulationParts] = {}
    for group, (one, at) in asked.items():
        if one.entities not in worlds:
            world = mistakes.of(partial(read_world, problem, folder, entities=one.entities))
            if world is None:
                break
            worlds[one.entities] = world
        parts = mistakes.of(partial(_read, one, worlds[one.entities], document, at))
        found.update({group: parts} if parts else {})
    mistakes.stop()
    return found


def _read(model: SimulationModel, world: WorldParts, document: Document, at: KeyPath) -> SimulationParts:
    beside, mistakes = Path(document.file).parent, Mistakes()

    def each(key: str, names: Sequence[str], read: Callable[[str], T]) -> list[T]:
        asked = (partial(_named, document, (*at, key, i), name, read) for i, name in enumerate(names))
        return [one for one in map(mistakes.of, asked) if one is not None]

    sets = each("assumptions", model.assumptions, partial(read_assumptions, beside=beside))
    longest = _under(world.world, sets)
    every_scenario = list(scenarios()) if model.scenarios == "all" else model.scenarios
    every_policy = list(policies()) if model.policies == "all" else model.policies
    stories = each("scenarios", every_scenario, lambda name: read_scenario(name, longest, beside=beside))
    levers = each("policies", every_policy, lambda name: read_policy(name, longest, beside=beside))
    utilities, weights = read_utilities(None if model.utilities is None else beside / model.utilities)
    _check(model, levers, stories, document, at, mistakes)
    mistakes.stop()
    every: list[Any] = [*sets, *stories, *levers]
    documents = [one.document for one in every]
    for many in ([one.document for one in sets], [one.document for one in stories], [one.document for one in levers]):
        refuse_twice(many)
    utility_file = shipped("scenarios") / "utilities.yaml" if model.utilities is None else beside / model.utilities
    return SimulationParts(
        model, world, {one.id: one for one in sets}, {one.id: one for one in stories}, {one.id: one for one in levers},
        utilities, (*world.numbers, *(n for one in every for n in one.numbers), *weights),
        (*(Path(d.file) for d in (*world.documents.values(), *documents)), utility_file), utility_file,
    )  # fmt: skip


def _under(world: World, sets: Sequence[AssumptionParts]) -> World:
    """The world in which scenarios are checked: the first assumption set may change its horizon."""
    return sets[0].over(world) if sets else world


def _named(document: Document, path: KeyPath, name: str, read: Callable[[str], T]) -> T:
    """Read what a name means; where it means nothing, the mistake stands at the name."""
    try:
        return read(name)
    except UsageError as reason:
        raise InvalidFile([document.mistake(path, str(reason), "a file, or a shipped name")]) from None


def _check(
    model: SimulationModel, levers: Sequence[PolicyParts], stories: Sequence[ScenarioParts], document: Document,
    at: KeyPath, mistakes: Mistakes,
) -> None:  # fmt: skip
    names = [one.id for one in levers]
    if levers and model.status_quo not in names:
        what = f"'{model.status_quo}' is none of the policies of this simulation"
        mistakes.append(document.mistake((*at, "status_quo"), what, ", ".join(names)))
    for i, name in enumerate(model.budget.outcomes if model.budget else ()):
        if name not in OUTCOMES:
            what = f"no outcome that is a mean over paths is named '{name}'{did_you_mean(name, OUTCOMES)}"
            mistakes.append(document.mistake((*at, "budget", "outcomes", i), what, ", ".join(OUTCOMES)))
    for i, axis in enumerate(model.sweep):
        _check_axis(axis.key, stories, document, (*at, "sweep", i, "key"), mistakes)


def _check_axis(
    key: str, stories: Sequence[ScenarioParts], document: Document, at: KeyPath, mistakes: Mistakes
) -> None:  # fmt: skip
    """Refuse what can't be swept: an unknown lever or parameter, an entry that a scenario does not have."""
    from mcda.files.scenario import LEVERS
    from mcda.roadmap.parameters import PLACES

    kind, _, name = key.partition(".")
    known: Any = PLACES
    if kind == "lever":
        known = [*LEVERS, "alarm_streak", "threshold", "start_stage"]
    if kind == "schedule":
        name = name.rpartition(".")[0]
        known = [entry.name for one in stories for entry in one.scenario.schedule if entry.name]
    if name not in known:
        allowed = ", ".join(list(known)[:30])
        mistakes.append(document.mistake(at, f"there is no {kind} named '{name}' here", allowed))
