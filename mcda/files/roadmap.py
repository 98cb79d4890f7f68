"""From `roadmap.yaml` and `parameters.yaml` beside a problem's file to a :class:`~mcda.roadmap.model.World`."""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from mcda.errors import Mistakes, UsageError, did_you_mean
from mcda.files.basis import Number
from mcda.files.checking import validate_file
from mcda.files.document import Document, KeyPath, read_document
from mcda.files.keys import FAMILIES, NEEDED
from mcda.files.parameters import Block, load_at, parameter_block
from mcda.files.problem import Documents, build_problem, numbers_of, read_problem
from mcda.files.roadmap_models import EventModel, ParametersFile, RoadmapFile
from mcda.problem import Entity, Problem
from mcda.roadmap.model import Move, Row, World
from mcda.roadmap.parameters import Value
from mcda.roadmap.symbols import CRITERIA, EVENTS, RATED, SLIPS, TRACKS

__all__ = [
    "CASE", "TRACK_LABELS", "EventFacts", "ParameterFacts", "WorldParts", "check_parameters", "check_roadmap",
    "read_world", "world_of",
]  # fmt: skip

#: The shipped case that has a simulation.
CASE = "eu-belarus-2025"
TRACK_LABELS: Mapping[str, str] = {
    "H": "Releases and detention", "D": "No deportation on release", "P": "Practices", "L": "Laws", "M": "Migration",
    "A": "Aviation", "O": "Open court data",
}  # fmt: skip
#: How the simulation fires events, and where level events are on; files repeat it.
_ON = {
    "E1": {"rung_from": 4, "rung_to": 5}, "E2": {"rung_from": 3, "rung_to": 3}, "E3": {"rung_from": 2, "rung_to": 2},
    "E4": {"rung_from": 1, "rung_to": 1}, "E12": {"war": "settlement"},
}  # fmt: skip
_TRACK_OF = {event: track for track, event in SLIPS.items()}


@dataclass(frozen=True)
class EventFacts:
    """What outputs say of an event."""

    label: str
    about: str
    fires: str
    acts_on: str


@dataclass(frozen=True)
class ParameterFacts:
    """What outputs say of a parameter or a family of parameters."""

    about: str
    unit: str


@dataclass(frozen=True)
class WorldParts:
    """A world, and what outputs say of it.

    world : World
    start_month : the calendar month of month 0, "2026-01"; as_of : the version of the law
    events : by event; reasons : sector -> event -> why its load; parameters : by name in the file
    tracks : track -> label; steps : id of a step -> label
    numbers : every number of the two files with its basis; documents : the two files
    """

    world: World
    start_month: str
    as_of: str
    events: Mapping[str, EventFacts]
    reasons: Mapping[str, Mapping[str, str]]
    parameters: Mapping[str, ParameterFacts]
    tracks: Mapping[str, str]
    steps: Mapping[str, str]
    numbers: tuple[Number, ...] = ()
    documents: Documents = field(default_factory=dict)


def read_world(problem: Problem, folder: Path, *, entities: bool = False) -> WorldParts:
    """Read the world of a problem from the two files in its folder.

    Parameters
    ----------
    problem : Problem
    folder : where `roadmap.yaml` and `parameters.yaml` lie, beside the problem's file
    entities : whether named entities are rows of their own, beside their parents

    Errors: :class:`~mcda.errors.InvalidFile` with all mistakes of both files, :class:`UsageError` where there is none.
    """
    documents = _documents(problem, folder)
    mistakes = Mistakes()
    roadmap = mistakes.of(partial(validate_file, RoadmapFile, documents["roadmap"]))
    parameters = mistakes.of(partial(validate_file, ParametersFile, documents["parameters"]))
    load: dict[str, dict[str, Value]] = {}
    block = Block()
    if parameters is not None:
        block = _parameters(parameters, documents["parameters"])
        mistakes += [*_of_problem(documents["parameters"], parameters.problem, problem), *block.mistakes]
    if roadmap is not None:
        load = _loads(roadmap, documents["roadmap"], mistakes)
        mistakes += _sector_mistakes(roadmap, documents["roadmap"], problem)
        mistakes += _roadmap_mistakes(roadmap, documents["roadmap"], problem)
        mistakes += _half_lives(roadmap, block, documents["parameters"])
    numbers = _bases(documents, mistakes)
    mistakes.stop()
    assert roadmap is not None
    assert parameters is not None
    world = _world(roadmap, block, load, problem, entities)
    return _parts(world, roadmap, parameters, problem, numbers, documents)


def world_of(named: str = CASE, *, beside: Path | None = None, entities: bool = False) -> WorldParts:
    """Read the world of a problem file (relative to `beside`) or of a shipped problem by name."""
    documents = read_problem(named, beside=beside)
    return read_world(build_problem(documents), Path(documents["problem"].file).parent, entities=entities)


def check_roadmap(document: Document, problem: Path | None) -> None:
    """Check a `roadmap.yaml` against the problem file beside it; without one, its structure alone."""
    if problem is None:
        mistakes = Mistakes()
        mistakes.of(partial(validate_file, RoadmapFile, document))
        _bases({"roadmap": document}, mistakes)
        mistakes.stop()
        return
    read_world(build_problem(read_problem(problem)), problem.parent)


def check_parameters(document: Document, problem: Path | None) -> None:
    """Check a `parameters.yaml`, whose `problem` has to be the one beside it, if there is one."""
    mistakes = Mistakes()
    model = mistakes.of(partial(validate_file, ParametersFile, document))
    if model is not None:
        mistakes += _parameters(model, document).mistakes
        if problem is not None:
            mistakes += _of_problem(document, model.problem, build_problem(read_problem(problem)))
    _bases({"parameters": document}, mistakes)
    mistakes.stop()


def _documents(problem: Problem, folder: Path) -> Documents:
    for role in ("roadmap", "parameters"):
        if not os.path.isfile(folder / f"{role}.yaml"):
            what = f"problem '{problem.id}' has no {role}.yaml in {folder}, so it can't be simulated"
            raise UsageError(f"{what}; allowed: a problem with roadmap.yaml and parameters.yaml, such as {CASE}")
    return {role: read_document(folder / f"{role}.yaml") for role in ("roadmap", "parameters")}


def _bases(documents: Documents, mistakes: Mistakes) -> tuple[Number, ...]:
    """Numbers with their bases; what a wrong value leads to is not told again."""
    bases = Mistakes()
    numbers = bases.of(partial(numbers_of, documents))
    mistakes.also(bases)
    return numbers or ()


def _of_problem(document: Document, named: str, problem: Problem) -> Mistakes:
    if named == problem.id:
        return Mistakes()
    return Mistakes([document.mistake(("problem",), f"is not the problem beside it (got '{named}')", problem.id)])


# -- parameters --------------------------------------------------------------------------------------------------------


def _parameters(model: ParametersFile, document: Document) -> Block:
    """The parameters of a case: every one that there is."""
    block = parameter_block(document, ("parameters",), model.parameters, ranged=True)
    for name in NEEDED:
        if name not in model.parameters:
            path = ("parameters", name)
            block.mistakes.append(document.mistake(path, "is missing", "every parameter that is no lever"))
    for name, family in FAMILIES.items():
        for index in family if name != "half_life" else ():
            _need(block, document, model, name, index)
    return block


def _need(block: Block, document: Document, model: ParametersFile, name: str, index: str) -> None:
    """A family's value for an index that there has to be."""
    entry = model.parameters.get(name)
    if entry is not None and isinstance(entry.value, dict) and index not in entry.value and name != "mix":
        path = ("parameters", name, "value", index)
        block.mistakes.append(document.mistake(path, "is missing", f"a value for each of {', '.join(FAMILIES[name])}"))


def _half_lives(roadmap: RoadmapFile, block: Block, document: Document) -> Mistakes:
    """Events that move a criterion fade, so each needs a half-life; the others get one that nothing reads."""
    found, moving = Mistakes(), {str(event) for event, one in roadmap.events.items() if one.moves}
    for event in EVENTS:
        if f"half_life.{event}" in block.values:
            continue
        if event in moving:
            path = ("parameters", "half_life", "value", event)
            found.append(document.mistake(path, "is missing", "a half-life for each event that moves a criterion"))
        else:
            block.values[f"half_life.{event}"] = _UNREAD
    return found


#: A half-life of an event that moves no criterion: its shock is always 0.
_UNREAD = 1.0

# -- the roadmap's cross checks ----------------------------------------------------------------------------------------


def _roadmap_mistakes(model: RoadmapFile, document: Document, problem: Problem) -> Mistakes:
    return Mistakes([
        *_of_problem(document, model.problem, problem),
        *_shape(document, problem),
        *_event_mistakes(model, document, problem),
        *_row_mistakes(model, document, problem),
        *_entity_mistakes(model, document, problem),
        *_reference_mistakes(model, document, problem),
    ])  # fmt: skip


def _shape(document: Document, problem: Problem) -> Mistakes:
    """What the simulation asks of any problem."""
    found = Mistakes()
    if len(problem.criteria) != CRITERIA:
        what = f"has {len(problem.criteria)} criteria, and the simulation knows {CRITERIA}"
        found.append(document.mistake(("problem",), what, f"a problem with {CRITERIA} criteria"))
    for one in problem.alternatives:
        if one.tier is None or not one.sector:
            lack = "printed tier" if one.tier is None else "sector"
            what = f"'{one.id}' has no {lack}"
            found.append(document.mistake(("problem",), what, "a tier and a sector for each alternative"))
    return found


def _event_mistakes(model: RoadmapFile, document: Document, problem: Problem) -> Mistakes:
    found, criteria = Mistakes(), [c.id for c in problem.criteria]
    for event in EVENTS:
        if event not in model.events:
            found.append(document.mistake(("events", event), "is missing", "all sixteen events, E1 to E16"))
    for event, one in model.events.items():
        at = ("events", event)
        found += _firing(document, at, event, one)
        for criterion, move in one.moves.items():
            if criterion not in criteria:
                near = did_you_mean(criterion, criteria)
                what = f"no criterion is named '{criterion}'{near}"
                found.append(document.mistake((*at, "moves", criterion), what, ", ".join(criteria)))
            if isinstance(move.size, list) and sorted(move.size) != move.size:
                path = (*at, "moves", criterion, "size")
                found.append(document.mistake(path, f"does not rise (got {move.size})", "[low, mode, high]"))
    return found


def _firing(document: Document, at: KeyPath, event: str, one: EventModel) -> Iterator[Any]:
    """How an event fires is the simulation's: a file that says otherwise would mislead its reader."""
    fires = "level" if event in _ON else "slip" if event in _TRACK_OF else "rate" if event in RATED else "scheduled"
    on = {} if one.on is None else one.on.model_dump(exclude_none=True)
    for key, got, wanted in (
        ("fires", one.fires, fires), ("on", on, _ON.get(event, {})), ("track", one.track, _TRACK_OF.get(event)),
    ):  # fmt: skip
        if got != wanted:
            what = f"is not how the simulation fires {event} (got {got or 'nothing'})"
            yield document.mistake((*at, key), what, str(wanted or "leave it out"))


def _row_mistakes(model: RoadmapFile, document: Document, problem: Problem) -> Mistakes:
    found, names = Mistakes(), [a.id for a in problem.alternatives]
    rows = model.rows.model_extra or {}
    for name in rows:
        if name not in names:
            what = f"no {problem.noun} is named '{name}'{did_you_mean(name, names)}"
            found.append(document.mistake(("rows", name), what, "an alternative's id"))
    for name in names:
        if name not in rows:
            found.append(document.mistake(("rows",), f"has no row for '{name}'", "a row for every alternative"))
    return found


def _entity_mistakes(model: RoadmapFile, document: Document, problem: Problem) -> Mistakes:
    """Weights of entities: of all or none of a parent's, at most 1 together."""
    found, parents = Mistakes(), {e.id: e.parent for e in problem.entities}
    for name in model.entities:
        if name not in parents:
            what = f"no entity is named '{name}'{did_you_mean(name, parents)}"
            found.append(document.mistake(("entities", name), what, "an entity's id"))
    for parent, children in _children(problem).items():
        given = {e.id: model.entities[e.id].weight for e in children if e.id in model.entities}
        last: KeyPath = ("entities", list(given)[-1]) if given else ("entities",)
        if given and len(given) < len(children):
            lacking = next(e.id for e in children if e.id not in given)
            what = f"'{parent}' has weights for some entities and none for '{lacking}'"
            found.append(document.mistake(last, what, "a weight for each entity of a parent, or for none"))
        if sum(given.values()) > 1 + 1e-9:
            what = f"the weights within '{parent}' sum to {sum(given.values()):g}"
            found.append(document.mistake(last, what, "at most 1; the parent keeps the rest"))
    return found


def _reference_mistakes(model: RoadmapFile, document: Document, problem: Problem) -> Mistakes:
    found = Mistakes()
    for tier, tracks in model.reference_tracks.items():
        at = ("reference_tracks", tier)
        if int(tier) > problem.n_inside:
            what = f"tier {tier} lies outside the Roadmap and has no gate"
            found.append(document.mistake(at, what, f"1 to {problem.n_inside}"))
        if "O" in tracks:
            what = "asks for track O, on which the EU has no signal"
            found.append(document.mistake((*at, tracks.index("O")), what, ", ".join(TRACKS[:6])))
    return found


# -- loads -------------------------------------------------------------------------------------------------------------


def _loads(model: RoadmapFile, document: Document, mistakes: Mistakes) -> dict[str, dict[str, Value]]:
    """Loads by sector and event; their ranges may stand further out."""
    moving = [event for event, one in model.events.items() if one.moves]
    found: dict[str, dict[str, Value]] = {}
    for sector, loads in (model.loads.model_extra or {}).items():
        at: KeyPath = ("loads", sector)
        given = loads.model_extra or {}
        for event in given:
            if event not in moving:
                what = f"{event} moves no criterion, so nothing of it can reach a sector"
                if event not in EVENTS:
                    what = f"no event is named '{event}'{did_you_mean(event, moving)}"
                mistakes.append(document.mistake((*at, event), what, ", ".join(moving)))
        lacking = [event for event in moving if event not in given]
        if lacking:
            mistakes.append(document.mistake(at, f"has no load for {', '.join(lacking)}", "one for each moving event"))
        found[sector] = {
            event: load_at(document, at, event, (model.loads.range, loads.range, one.range), one.load, mistakes)
            for event, one in given.items()
        }  # fmt: skip
    return found


def _sector_mistakes(model: RoadmapFile, document: Document, problem: Problem) -> Mistakes:
    """Every sector of an alternative, and no other."""
    found, given = Mistakes(), model.loads.model_extra or {}
    sectors = list(dict.fromkeys(a.sector for a in problem.alternatives if a.sector))
    for sector in given:
        if sector not in sectors:
            what = f"no sector is named '{sector}'{did_you_mean(sector, sectors)}"
            found.append(document.mistake(("loads", sector), what, ", ".join(sectors)))
    for sector in sectors:
        if sector not in given:
            found.append(document.mistake(("loads",), f"has no loads for sector '{sector}'", ", ".join(sectors)))
    return found


# -- the domain object -------------------------------------------------------------------------------------------------


def _world(
    model: RoadmapFile, block: Block, load: Mapping[str, Mapping[str, Value]], problem: Problem, entities: bool
) -> World:
    moves: dict[str, dict[str, Move]] = {
        str(event): {c: Move(move.sign, _size(move.size)) for c, move in one.moves.items()}
        for event, one in model.events.items()
    }
    return World(
        rows=tuple(_rows(model, problem, entities)),
        rule=problem.rule,
        scale=(problem.scale.low, problem.scale.high),
        criteria=tuple(c.id for c in problem.criteria),
        moves=moves,
        load=load,
        parameters=block.values,
        steps=_steps(problem),
        mix_law=None if block.mix_law == "kept" else block.mix_law,
        reference={int(tier): frozenset(tracks) for tier, tracks in model.reference_tracks.items()},
    )


def _size(size: float | list[float]) -> float | tuple[float, float, float]:
    return (size[0], size[1], size[2]) if isinstance(size, list) else size


def _children(problem: Problem) -> dict[str, list[Entity]]:
    found: defaultdict[str, list[Entity]] = defaultdict(list)
    for entity in problem.entities:
        found[entity.parent].append(entity)
    return found


def _rows(model: RoadmapFile, problem: Problem, entities: bool) -> Iterator[Row]:
    """A row for each alternative, and beside it one for each of its entities."""
    facts, children = model.rows.model_extra or {}, _children(problem)
    for one in problem.alternatives:
        said, own = facts[one.id], children.get(one.id, []) if entities else []
        shares = _shares(model, own)
        row = Row(one.id, one.tier or 0, one.sector, 1.0, said.origin, said.base, frozenset(said.needs))
        yield replace(row, a=_rest(shares))
        for entity, share in zip(own, shares, strict=True):
            yield replace(row, name=entity.id, tier=entity.tier or row.tier, a=share)


def _rest(shares: list[float]) -> float:
    """What a parent keeps; nothing where its entities have it all, whatever rounding leaves."""
    rest = 1.0 - math.fsum(shares)
    return rest if rest > 1e-12 else 0.0


def _shares(model: RoadmapFile, entities: list[Entity]) -> list[float]:
    """Weights of a parent's entities: as given, else equal."""
    if entities and not any(e.id in model.entities for e in entities):
        return [1 / len(entities)] * len(entities)
    return [model.entities[e.id].weight for e in entities]


def _steps(problem: Problem) -> dict[str, tuple[str, ...]]:
    """Steps of each track in their order; what concerns no track is left out."""
    found: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for step in problem.catalogue.get("minsk_steps", ()):
        if step["track"] in TRACKS:
            found[step["track"]].append((step["order"], step["id"]))
    return {track: tuple(name for _, name in sorted(steps)) for track, steps in found.items()}


def _parts(
    world: World, roadmap: RoadmapFile, parameters: ParametersFile, problem: Problem, numbers: tuple[Number, ...],
    documents: Documents,
) -> WorldParts:  # fmt: skip
    return WorldParts(
        world=world,
        start_month=roadmap.start_month,
        as_of=roadmap.as_of,
        events={e: EventFacts(one.label, one.about, one.fires, one.acts_on) for e, one in roadmap.events.items()},
        reasons={
            sector: {event: one.reason for event, one in (loads.model_extra or {}).items()}
            for sector, loads in (roadmap.loads.model_extra or {}).items()
        },
        parameters={name: ParameterFacts(one.about, one.unit) for name, one in parameters.parameters.items()},
        tracks=TRACK_LABELS,
        steps={step["id"]: step["label"] for step in problem.catalogue.get("minsk_steps", ())},
        numbers=numbers,
        documents=documents,
    )
