"""From scenario files and assumption sets to what a simulation stipulates and assumes.

A scenario sets no lever; what the EU does is a policy's (:mod:`mcda.files.policy`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

from mcda.errors import InvalidFile, Mistake, Mistakes, UsageError, did_you_mean
from mcda.files.basis import Number
from mcda.files.checking import validate_file
from mcda.files.document import Document, KeyPath, read_document, shown
from mcda.files.keys import NAMES
from mcda.files.parameters import Block, parameter_block, value_at
from mcda.files.problem import numbers_of
from mcda.files.roadmap_models import AssumptionsFile, EntryModel, ScenarioFile
from mcda.files.shipped import find
from mcda.roadmap.levers import LEVERS as OF_POLICIES
from mcda.roadmap.model import Entry, MixLaw, Scenario, World, start_flaws
from mcda.roadmap.parameters import PLACES, READ_ONCE, SUCH_KEYS, Value
from mcda.roadmap.schedule import BELONGS
from mcda.roadmap.symbols import KINDS, TRACKS

__all__ = [
    "LEVERS", "AssumptionParts", "ScenarioParts", "build_assumptions", "build_scenario", "finished",
    "identity_mistakes", "read_assumptions", "read_scenario", "refuse_twice", "validated",
]  # fmt: skip

#: What a policy's file sets, and nothing else does (`start_stage` is written as its `start.stage`).
LEVERS: tuple[str, ...] = tuple(name for name in OF_POLICIES if name != "start_stage")


@dataclass(frozen=True)
class AssumptionParts:
    """An assumption set: parameters by dotted key, the law of the mix of rungs, and where they come from."""

    id: str
    title: str
    about: str
    parameters: Mapping[str, Value]
    mix_law: MixLaw | Literal["kept"] | None
    numbers: tuple[Number, ...]
    document: Document

    def over(self, world: World) -> World:
        """Return the world under these assumptions."""
        mix = world.mix_law if self.mix_law == "kept" else self.mix_law
        return replace(world, parameters={**world.parameters, **self.parameters}, mix_law=mix)


@dataclass(frozen=True)
class ScenarioParts:
    """A scenario, and what outputs say of it."""

    scenario: Scenario
    title: str
    story: str
    motive: str
    lead: bool
    numbers: tuple[Number, ...]
    document: Document

    @property
    def id(self) -> str:
        """Its name."""
        return self.scenario.name


def read_assumptions(named: str | Path, *, beside: Path | None = None) -> AssumptionParts:
    """Read an assumption set: a file (relative to `beside`), or a shipped one by name.

    Errors: :class:`~mcda.errors.InvalidFile` with all of its mistakes, :class:`UsageError` for an unknown name.
    """
    return build_assumptions(read_document(find("assumption set", str(named), beside=beside)))


def read_scenario(named: str | Path, world: World, *, beside: Path | None = None) -> ScenarioParts:
    """Read a scenario of a world: a file (relative to `beside`), or a shipped one by name.

    Errors: :class:`~mcda.errors.InvalidFile` with all of its mistakes, :class:`UsageError` for an unknown name.
    """
    return build_scenario(read_document(find("scenario", str(named), beside=beside)), world)


def identity_mistakes(document: Document) -> Mistakes:
    """Return a mistake if a file is not named after its id: by its id it is found."""
    found, stem = document.data.get("id"), Path(document.file).stem
    if not isinstance(found, str) or found == stem:
        return Mistakes()
    return Mistakes(
        [document.mistake(("id",), f"is not the file's name (got '{found}')", f"{stem}, or another file name")]
    )


def refuse_twice(documents: Sequence[Document]) -> None:
    """Refuse files of one kind of which two have the same id: results are addressed by it."""
    mistakes = Mistakes()
    first: dict[Any, Document] = {}
    for document in documents:
        name = document.data.get("id")
        other = first.setdefault(name, document)
        if other is not document:
            what = f"'{name}' is also the id of {other.file}"
            mistakes.append(document.mistake(("id",), what, "an id for each file"))
    mistakes.stop()


# -- assumption sets ---------------------------------------------------------------------------------------------------


def build_assumptions(document: Document) -> AssumptionParts:
    """Build an assumption set from its document; all mistakes are raised together."""
    mistakes = _lever_mistakes(document, "parameters", "an assumption set")
    model = mistakes.of(partial(validated, AssumptionsFile, document, mistakes))
    block = Block()
    if model is not None:
        block = parameter_block(document, ("parameters",), model.parameters, ranged=True)
    numbers = finished(document, mistakes, block.mistakes)
    assert model is not None
    return AssumptionParts(model.id, model.title, model.about, block.values, block.mix_law, numbers, document)


def validated(model: Any, document: Document, mistakes: Mistakes) -> Any:
    """Validate a file; what was said of a key in better words is not said again."""
    try:
        return validate_file(model, document)
    except InvalidFile as refused:
        mistakes.also(refused.mistakes)
        raise InvalidFile([]) from None


def finished(document: Document, mistakes: Mistakes, more: Sequence[Mistake]) -> tuple[Number, ...]:
    """The numbers of a file; all of its mistakes are raised together, if there are any."""
    mistakes.also([*more, *identity_mistakes(document)])
    bases = Mistakes()
    numbers = bases.of(partial(numbers_of, {"file": document}))
    mistakes.also(bases)
    mistakes.stop()
    return numbers or ()


# -- levers are a policy's ---------------------------------------------------------------------------------------------


def _lever_mistakes(document: Document, block: str, kind: str) -> Mistakes:
    """Levers at the top, among the parameters, in the start or in the schedule."""
    found, data = Mistakes(), document.data
    places: list[KeyPath] = [(name,) for name in LEVERS if name in data]
    places += [(block, name) for name in data[block] if name in LEVERS] if isinstance(data.get(block), dict) else []
    places += [("start", "stage")] if isinstance(data.get("start"), dict) and "stage" in data["start"] else []
    for path in [*places, *_lever_windows(data)]:
        lever = "start.stage" if path == ("start", "stage") else str(_last(data, path))
        found.append(document.mistake(path, f"'{lever}' is a lever, which a policy sets and {kind} does not", _ALLOWED))
    return found


_ALLOWED = "levers in a policy file; parameters that are no levers here"


def _last(data: Any, path: KeyPath) -> Any:
    """The lever that a path names: its last key, or what a window sets."""
    return data["schedule"][path[1]]["set"] if path[-1] == "set" else path[-1]


def _lever_windows(data: Mapping[str, Any]) -> Iterator[KeyPath]:
    schedule = data.get("schedule")
    for i, entry in enumerate(schedule if isinstance(schedule, list) else ()):
        if isinstance(entry, dict) and isinstance(entry.get("set"), str) and entry["set"].partition(".")[0] in LEVERS:
            yield ("schedule", i, "set")


# -- scenarios ---------------------------------------------------------------------------------------------------------


def build_scenario(document: Document, world: World) -> ScenarioParts:
    """Build a scenario from its document; all mistakes are raised together."""
    mistakes = _lever_mistakes(document, "overrides", "a scenario")
    model = mistakes.of(partial(validated, ScenarioFile, document, mistakes))
    block, schedule, more = Block(), [], Mistakes()
    if model is not None:
        block = parameter_block(document, ("overrides",), model.overrides, ranged=False)
        more += [*block.mistakes, *_start_mistakes(model, document, world)]
        schedule = [_entry(document, i, one, world, block, more) for i, one in enumerate(model.schedule)]
        more += _late(document, schedule, _horizon(world, block))
        more += _overlaps(document, schedule)
    numbers = finished(document, mistakes, more)
    assert model is not None
    try:
        scenario = _scenario(model, block, schedule)
        scenario.check(world.under(scenario))
    except UsageError as reason:
        raise InvalidFile([document.refusal((), reason)]) from reason
    return ScenarioParts(scenario, model.title, model.story, model.motive, model.lead, numbers, document)


def _horizon(world: World, block: Block) -> float:
    """Months of a path under a scenario's overrides."""
    given = block.values.get("horizon")
    return given if isinstance(given, int | float) else world.horizon


def _scenario(model: ScenarioFile, block: Block, schedule: list[Entry | None]) -> Scenario:
    start = model.start.model_dump(by_alias=True, exclude_unset=True)
    if "dwell" in start:
        start["dwell"] = math.inf if start["dwell"] == "never" else start["dwell"]
    start = {key: value for key, value in start.items() if value is not None}
    entries = tuple(one for one in schedule if one is not None)
    return Scenario(model.id, start, block.values, block.mix_law, entries)


def _start_mistakes(model: ScenarioFile, document: Document, world: World) -> Iterator[Mistake]:
    """Names in the start that the world must know, and what the start lacks."""
    start = model.start
    if (start.R or 0) > 0 and start.dwell is None:
        yield document.mistake(
            ("start", "R"), f"is rung {start.R} without its `dwell`", "a `dwell` beside it, or rung 0"
        )
    for place, what, allowed in start_flaws(start.model_dump(by_alias=True, exclude_unset=True)):
        yield document.mistake(("start", *place), what, allowed)
    rows = [row.name for row in world.rows]
    for symbol in ("status", "due", "age", "mon", "barred", "e"):
        for name in getattr(start, symbol):
            if name not in rows:
                what = f"no row is named '{name}'{did_you_mean(name, rows)}"
                yield document.mistake(("start", symbol, name), what, "an alternative's id, or an entity's")
    for symbol in ("pi", "clean", "alarm"):
        if "O" in getattr(start, symbol):
            yield document.mistake(("start", symbol, "O"), "the EU has no signal on track O", ", ".join(TRACKS[:6]))
    for track, done in start.d.items():
        if done > len(world.steps.get(track, ())):
            what = f"is more than the number of its steps, {len(world.steps.get(track, ()))} (got {done})"
            yield document.mistake(("start", "d", track), what, "at most its steps")
    for event, shifts in start.x.items():
        yield from _criteria(document, ("start", "x", event), shifts, world)


def _criteria(document: Document, at: KeyPath, shifts: Mapping[str, float], world: World) -> Iterator[Mistake]:
    for criterion in shifts:
        if criterion not in world.criteria:
            near = did_you_mean(criterion, world.criteria)
            what = f"no criterion is named '{criterion}'{near}"
            yield document.mistake((*at, criterion), what, ", ".join(world.criteria))


# -- the schedule ------------------------------------------------------------------------------------------------------


def _entry(
    document: Document, i: int, model: EntryModel, world: World, block: Block, mistakes: Mistakes
) -> Entry | None:
    """One entry, or None where it has mistakes, which are added to a list."""
    before, at = len(mistakes), ("schedule", i)
    kinds = [kind for kind in KINDS if getattr(model, kind) is not None]
    if len(kinds) != 1:
        got = ", ".join(kinds) or "none of them"
        mistakes.append(document.mistake(at, f"is not one kind of entry (got {got})", f"one of {', '.join(KINDS)}"))
        return None
    (kind,) = kinds
    mistakes += _entry_mistakes(document, at, model, kind, world, block)
    value = _entry_value(document, at, model, kind, mistakes)
    if len(mistakes) > before:
        return None
    try:
        return _built(model, kind, value)
    except UsageError as reason:
        mistakes.append(document.refusal(at, reason))
        return None


def _built(model: EntryModel, kind: Any, value: Value) -> Entry:
    at = (model.at[0], model.at[1]) if isinstance(model.at, list) else model.at
    dwell = math.inf if model.dwell == "never" else model.dwell
    return Entry(
        kind, getattr(model, kind), at, model.name or "", model.for_, value, dwell, model.hold or 1, model.severity,
        model.move,
    )  # fmt: skip


def _entry_mistakes(
    document: Document, at: KeyPath, model: EntryModel, kind: str, world: World, block: Block
) -> Iterator[Mistake]:
    given = document.data["schedule"][at[-1]]
    for key, kinds in BELONGS.items():
        if given.get(key) is not None and kind not in kinds:
            yield document.mistake((*at, key), f"says nothing of a {kind}", f"`{key}` with {', '.join(kinds)}")
    if isinstance(model.at, list):
        if model.at[0] > model.at[1]:
            yield document.mistake((*at, "at"), f"has its months in falling order (got {model.at})", "[first, last]")
        if not model.name:
            what = f"is drawn from months {model.at[0]} to {model.at[1]} and has no `name` to be drawn by"
            yield document.mistake((*at, "at"), what, "a `name` in the entry, or one month")
    if kind == "signal" and model.signal == "O":
        yield document.mistake((*at, "signal"), "the EU has no signal on track O", ", ".join(TRACKS[:6]))
    if model.move is not None:
        yield from _criteria(document, (*at, "move"), model.move, world)
        if not world.moves.get(str(model.event)) and f"half_life.{model.event}" not in block.values:
            what = f"{model.event} moves no criterion by itself and has no half-life by which a move fades"
            yield document.mistake((*at, "move"), what, f"`half_life.{model.event}` in overrides, or another event")


def _entry_value(document: Document, at: KeyPath, model: EntryModel, kind: str, mistakes: Mistakes) -> Value:
    """What a lock, a signal or a parameter is set to."""
    if kind not in BELONGS["value"]:
        return True
    path = (*at, "value")
    if kind in ("lock", "signal"):
        if not isinstance(model.value, bool):
            mistakes.append(document.mistake(path, f"is not true or false (got {shown(model.value)})", "true, false"))
        return bool(model.value)
    return _window(document, at, model, mistakes)


def _window(document: Document, at: KeyPath, model: EntryModel, mistakes: Mistakes) -> Value:
    """The value of a parameter in a window of months."""
    key = str(model.set)
    if key not in PLACES or (key.partition(".")[0] == "rate" and key not in NAMES):
        keys = [name for name in PLACES if name not in READ_ONCE]
        what = f"no parameter is named '{key}'{did_you_mean(key, keys)}"
        mistakes.append(document.mistake((*at, "set"), what, SUCH_KEYS))
    elif key in READ_ONCE:
        what = f"'{key}' is read once on a path, so that no window can change it"
        mistakes.append(document.mistake((*at, "set"), what, f"`{key}` in overrides"))
    elif model.value is None:
        mistakes.append(document.mistake((*at, "value"), "is missing", "a number, or a law"))
    else:
        return value_at(document, (*at, "value"), model.value, key, mistakes)
    return 0.0


def _late(document: Document, schedule: Sequence[Entry | None], horizon: float) -> Iterator[Mistake]:
    for i, entry in enumerate(schedule):
        if entry is not None and entry.is_late(horizon):
            what = f"is past the horizon of {horizon:g} months (got {shown(document.data['schedule'][i]['at'])})"
            yield document.mistake(("schedule", i, "at"), what, f"months 0 to {horizon - 1:g}")


def _overlaps(document: Document, schedule: Sequence[Entry | None]) -> Iterator[Mistake]:
    """Two entries for one thing that can cover the same month."""
    for (i, one), (j, other) in combinations(enumerate(schedule), 2):
        if one is not None and other is not None and one.may_meet(other):
            what = (
                f"is for {one.about} in a month that the entry of line {document.line(('schedule', i))} can cover too"
            )
            yield document.mistake(("schedule", j), what, "one entry at a time for one thing; see `at` and `for`")
