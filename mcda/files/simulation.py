"""The simulations of an experiment: the world, and every scenario, policy and assumption set that it names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from mcda.errors import InvalidFile, Mistake, Mistakes, UsageError, did_you_mean
from mcda.files.basis import Number
from mcda.files.crosscheck import repeated
from mcda.files.document import Document, KeyPath
from mcda.files.models import ExperimentFile, SimulationModel
from mcda.files.policy import PolicyParts, Utility, read_policy, read_utilities
from mcda.files.roadmap import WorldParts, read_world
from mcda.files.scenario import AssumptionParts, ScenarioParts, read_assumptions, read_scenario, refuse_twice
from mcda.files.shipped import policies as shipped_policies
from mcda.files.shipped import scenarios, shipped
from mcda.files.sweep import sweep_mistakes
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
        parts = mistakes.of(partial(_read, one, worlds[one.entities], document, at, model.beliefs.kind))
        found.update({group: parts} if parts else {})
    mistakes.stop()
    return found


def _read(model: SimulationModel, world: WorldParts, document: Document, at: KeyPath, kind: str) -> SimulationParts:
    beside, mistakes = Path(document.file).parent, Mistakes()

    def each(key: str, names: Sequence[str], read: Callable[[str], T]) -> list[T]:
        asked = (partial(_named, document, (*at, key, i), name, read) for i, name in enumerate(names))
        return [one for one in map(mistakes.of, asked) if one is not None]

    sets = each("assumptions", model.assumptions, partial(read_assumptions, beside=beside))
    longest = _under(world.world, sets)
    every_scenario = list(scenarios()) if model.scenarios == "all" else model.scenarios
    every_policy = list(shipped_policies()) if model.policies == "all" else model.policies
    stories = each("scenarios", every_scenario, lambda name: read_scenario(name, longest, beside=beside))
    levers = each("policies", every_policy, lambda name: read_policy(name, longest, beside=beside))
    utilities, weights = read_utilities(None if model.utilities is None else beside / model.utilities)
    mistakes += _check(model, levers, document, at, kind)
    if sets and stories and levers and not mistakes:
        mistakes += _horizons(sets, stories, world.world, document, at)
        worlds = [one.over(world.world) for one in sets]
        policies = {one.id: one.policy for one in levers}
        mistakes += sweep_mistakes(model, worlds, [one.scenario for one in stories], policies, document, at)
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
    model: SimulationModel, levers: Sequence[PolicyParts], document: Document, at: KeyPath, kind: str
) -> Iterator[Mistake]:
    """What a simulation asks for that does not go together, whatever is swept."""
    names = [one.id for one in levers]
    if levers and model.status_quo not in names:
        what = f"'{model.status_quo}' is none of the policies of this simulation"
        yield document.mistake((*at, "status_quo"), what, ", ".join(names))
    for i, name in enumerate(model.budget.outcomes if model.budget else ()):
        if name not in OUTCOMES:
            what = f"no outcome that is a mean over paths is named '{name}'{did_you_mean(name, OUTCOMES)}"
            yield document.mistake((*at, "budget", "outcomes", i), what, ", ".join(OUTCOMES))
    if model.budget:
        yield from repeated(document, (*at, "budget", "outcomes"), model.budget.outcomes)
    if model.keep_paths > model.paths:
        what = f"keeps more paths than there are (got {model.keep_paths} of {model.paths})"
        yield document.mistake((*at, "keep_paths"), what, f"0 to {model.paths}")
    if model.scores == "modal" and kind == "published-tiers":
        what = "printed tiers leave many score vectors and no modal one (got modal)"
        yield document.mistake((*at, "scores"), what, "draw, outer; or modal with a panel's scores")


def _horizons(
    sets: Sequence[AssumptionParts], stories: Sequence[ScenarioParts], world: World, document: Document, at: KeyPath
) -> Iterator[Mistake]:
    """Results of one simulation lie side by side: they have one horizon, in which every schedule ends."""
    first = None
    for one in sets:
        under = one.over(world)
        for i, story in enumerate(stories):
            try:
                full = under.under(story.scenario)
                story.scenario.check(full)
            except UsageError as reason:
                yield document.refusal((*at, "scenarios", i), reason)
                continue
            first = full.horizon if first is None else first
            if full.horizon != first:
                what = f"'{story.id}' under '{one.id}' has {full.horizon} months, and others here {first}"
                yield document.mistake((*at, "scenarios", i), what, "one horizon in a simulation; another in another")
