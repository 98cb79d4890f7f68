"""What a simulation is about: a world, a policy, a scenario. Plain frozen data; `plan` turns it into arrays.

A *world* is what the EU does not choose and what no scenario stipulates: rows, the rule, events and their loadings,
steps, parameters. A *policy* is what the EU chooses (levers), a *scenario* what is stipulated about the world.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, Literal

from mcda.errors import UsageError
from mcda.roadmap.levers import Gate, Policy, Stage, StepPart, Trigger
from mcda.roadmap.limits import LOAD, MONTHS, PEOPLE, POINTS, SHARE, Limits
from mcda.roadmap.parameters import DWELL_TAKES, NEEDED, Law, Ranged, Value, check_value, law_flaw
from mcda.roadmap.schedule import RUNG, Entry
from mcda.roadmap.symbols import EVENTS, MOST_STAGES, STATUSES, TRACKS, WARS, known
from mcda.rule import Rule

__all__ = ["Entry", "Gate", "Move", "Policy", "Row", "Scenario", "Stage", "StepPart", "Trigger", "World", "start_flaws"]

#: Total of the Dirichlet of rungs at onset, and what draws it: each path, each outer sample, or a range's outer sample.
MixLaw = tuple[float, Literal["path", "outer", "range"]]


# -- the world ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """What has a status.

    name : an alternative's or an entity's id; a : weight; sector : of the loadings; origin : year of adoption
    base : name of its legal base; needs : tracks of its own
    """

    name: str
    tier: int
    sector: str
    a: float = 1.0
    origin: int | None = None
    base: str | None = None
    needs: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for k in self.needs:
            known("track", k, tuple(TRACKS))
        Limits(1, 99, whole=True).hold(f"the tier of row '{self.name}'", self.tier)
        Limits(0, 10**6).hold(f"the weight of row '{self.name}'", self.a)


@dataclass(frozen=True)
class Move:
    """How an event moves one criterion: `sign` times `size`, a number or a PERT (low, mode, high), points."""

    sign: int
    size: float | tuple[float, float, float]

    def __post_init__(self) -> None:
        if self.sign not in (-1, 1):
            raise UsageError(f"the sign of a move is {self.sign}; allowed: -1, 1")
        sizes = self.size if isinstance(self.size, tuple) else (self.size,)
        for one in sizes:
            POINTS.hold("the size of a move", one)
        if list(sizes) != sorted(sizes):
            raise UsageError(f"the size of a move does not rise (got {self.size}); allowed: low, mode, high")


@dataclass(frozen=True)
class World:
    """Rows, rule, events, loadings, steps, parameters.

    rows : in any order; names differ
    rule : the rule that shadow tiers re-run
    scale : lowest and highest score
    criteria : the seven criteria's ids, in the rule's order
    moves : event -> criterion -> Move
    load : sector -> event -> Value; what is left out is 0
    steps : track -> names of its steps in order
    parameters : dotted key -> Value, every key that there is
    mix_law : (total, per) of the Dirichlet of rungs; None where the mix is a point
    reference : tier -> tracks that the case's reference gates ask for
    """

    rows: tuple[Row, ...]
    rule: Rule
    scale: tuple[float, float]
    criteria: tuple[str, ...]
    moves: Mapping[str, Mapping[str, Move]]
    load: Mapping[str, Mapping[str, Value]]
    parameters: Mapping[str, Value]
    steps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mix_law: MixLaw | None = None
    reference: Mapping[int, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [row.name for row in self.rows]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise UsageError(f"two rows are named '{twice}'; names differ")
        self._check_parameters()
        for sector, loads in self.load.items():
            for event, value in loads.items():
                known("event", event, EVENTS)
                _check_load(f"the load of {event} on {sector}", value)
        for event, moves in self.moves.items():
            known("event", event, EVENTS)
            for criterion in moves:
                known("criterion", criterion, self.criteria)

    def _check_parameters(self) -> None:
        for key, value in self.parameters.items():
            check_value(key, value)
        missing = [key for key in NEEDED if key not in self.parameters]
        if missing:
            raise UsageError(f"parameter '{missing[0]}' is missing; allowed: every parameter once")
        for key in _dwell_needs(self.parameters):
            if key not in self.parameters:
                raise UsageError(f"parameter '{key}' is missing, which the rung's law takes; allowed: it")
        _check_mix(self.parameters, self.mix_law)

    @property
    def horizon(self) -> int:
        """Months of a path."""
        given: Any = self.parameters["horizon"]
        return int(given.default if isinstance(given, Ranged) else given)

    @property
    def inside(self) -> int:
        """Number of tiers inside the Roadmap."""
        return self.rule.inside

    def under(self, scenario: Scenario) -> World:
        """Return the world with a scenario's overrides, each of which replaces a parameter whole."""
        mix = self.mix_law if scenario.mix_law == "kept" else scenario.mix_law
        return replace(self, parameters={**self.parameters, **scenario.overrides}, mix_law=mix)


def _check_load(what: str, value: Value) -> None:
    law = value.law if isinstance(value, Ranged) else value
    if isinstance(law, Law) and (flaw := law_flaw(law.law, law.numbers, LOAD)):
        raise UsageError(f"{what}: {flaw}; allowed: {LOAD}")
    if not isinstance(value, Law):
        LOAD.hold(what, value.default if isinstance(value, Ranged) else value)


def _dwell_needs(values: Mapping[str, Any]) -> Iterator[str]:
    """The numbers that laws of rungs' lengths take, by dotted key."""
    for rung in "12345":
        yield from (f"dwell.{rung}.{word}" for word in DWELL_TAKES[values.get(f"dwell.{rung}", "never")])


def _check_mix(values: Mapping[str, Any], law: Any) -> None:
    """Shares of rungs at onset: numbers that sum to 1."""
    shares = [values[f"mix.{rung}"] for rung in "2345"]
    total = sum(float(one) for one in shares if isinstance(one, int | float))
    if not all(isinstance(one, int | float) for one in shares) or abs(total - 1) > 1e-9:
        raise UsageError(f"the mix of rungs sums to {total:g}; allowed: numbers for rungs 2, 3, 4, 5 that sum to 1")
    if law is not None:
        Limits(0, above=True).hold("the total of the Dirichlet of the mix", law[0])
        known("what draws the mix", law[1], ("path", "outer", "range"))


# -- a scenario --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scenario:
    """What is stipulated: state before month 0, parameters replaced, a schedule.

    start : symbol -> value as in `docs/simulation.md`; by track, event or row where a symbol has an index
    overrides : dotted key -> Value; mix_law : of the rungs' mix, if that is overridden too
    """

    name: str
    start: Mapping[str, Any] = field(default_factory=dict)
    overrides: Mapping[str, Value] = field(default_factory=dict)
    mix_law: MixLaw | Literal["kept"] | None = "kept"
    schedule: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        for key, value in self.overrides.items():
            check_value(key, value)
        mix = [key for key in self.overrides if key.startswith("mix.")]
        if mix and len(mix) < 4:
            raise UsageError(f"{mix[0]} is set alone; allowed: mix.2, mix.3, mix.4 and mix.5 together")
        check_start(self.start)
        for one, other in combinations(self.schedule, 2):
            if one.may_meet(other):
                what = f"two entries of the schedule for one thing ({one.about}) can cover the same month"
                raise UsageError(f"{what}; allowed: one at a time; see `at` and `for`")
        _check_mix_windows(self.schedule)

    def check(self, world: World) -> None:
        """Raise :class:`UsageError` for what does not fit a world, which is under this scenario already.

        Entries past the horizon, rows and criteria that it does not have, laws of rungs without their numbers.
        """
        for entry in (one for one in self.schedule if one.is_late(world.horizon)):
            what = f"an entry ({entry.about}) is past the horizon of {world.horizon} months (got {entry.at})"
            raise UsageError(f"{what}; allowed: months 0 to {world.horizon - 1}")
        rows = [row.name for row in world.rows]
        for symbol in OF_ROWS:
            for name in self.start.get(symbol, {}):
                known("row", name, rows)
        self._check_effects(world)
        moves = [entry.move for entry in self.schedule if entry.move]
        for criterion in {c for move in (*moves, *self.start.get("x", {}).values()) for c in move}:
            known("criterion", criterion, world.criteria)
        windows = {entry.what: entry.value for entry in self.schedule if entry.kind == "set"}
        for key in _dwell_needs({key: value for key, value in windows.items() if isinstance(value, str)}):
            if key not in windows and key not in world.parameters:
                raise UsageError(f"a window's law of a rung's length takes '{key}'; allowed: it in overrides")

    def _check_effects(self, world: World) -> None:
        """Effects before month 0 are at most what months suspended leave, at the parameters' defaults."""
        given = [world.parameters[key] for key in ("spent", "cap", "floor")]
        spent, cap, floor = (one.default if isinstance(one, Ranged) else one for one in given)
        for name, e in self.start.get("e", {}).items():
            if isinstance(spent, Law) or isinstance(cap, Law) or isinstance(floor, Law):
                return  # each path holds it to its own
            most = max(float(floor), 1 - float(spent) * min(self.start.get("mon", {}).get(name, 0), float(cap)))
            if e > most + 1e-9:
                what = f"start.e.{name} is more than its months suspended leave (got {e})"
                raise UsageError(f"{what}; allowed: at most {most:g}, or nothing: then it is that")


def _check_mix_windows(schedule: tuple[Entry, ...]) -> None:
    """Windows on shares of rungs: all four in the same months, and numbers that sum to 1."""
    shares = [entry for entry in schedule if entry.kind == "set" and entry.what.startswith("mix.")]
    months: dict[Any, list[Any]] = {}
    for one in shares:
        months.setdefault((one.at, one.months), []).append(one.value)
    for at, values in months.items():
        good = len(values) == 4 and all(isinstance(x, int | float) for x in values) and isinstance(at[0], int)
        if not good or abs(sum(values) - 1) > 1e-9:
            what = f"a window sets some shares of the mix of rungs alone (months {at[0]})"
            raise UsageError(f"{what}; allowed: windows on mix.2 to mix.5 in the same months, numbers that sum to 1")


# -- the state before month 0 ------------------------------------------------------------------------------------------

#: Symbols of the start that rows have.
OF_ROWS = ("status", "due", "age", "mon", "barred", "e")
_PLAIN: Mapping[str, Limits] = {
    "R": RUNG, "N": PEOPLE, "list": PEOPLE, "s": Limits(0, MOST_STAGES, whole=True), "off": SHARE, "mu": Limits(-1, 1),
}  # fmt: skip
_BY_TRACK: Mapping[str, Limits] = {"d": MONTHS, "pi": SHARE, "clean": MONTHS, "alarm": MONTHS}
_BY_ROW: Mapping[str, Limits] = {"due": MONTHS, "age": MONTHS, "mon": MONTHS, "e": SHARE}


def check_start(start: Mapping[str, Any]) -> None:
    """Raise :class:`UsageError` for a state before month 0 that can't be; rows and criteria are the world's matter."""
    symbols = ("R", "dwell", "W", "C", "d", "N", "list", "pi", "clean", "alarm", "s", "X", *OF_ROWS, "x", "off", "mu")
    for symbol in start:
        known("symbol of the start", symbol, symbols)
    for symbol, limits in _PLAIN.items():
        if start.get(symbol) is not None:
            limits.hold(f"start.{symbol}", start[symbol])
    _check_start_together(start)
    _check_start_words(start)
    for symbol, limits in (*_BY_TRACK.items(), *_BY_ROW.items()):
        for name, value in start.get(symbol, {}).items():
            if symbol in _BY_TRACK:
                known("track", name, tuple(TRACKS if symbol == "d" else TRACKS[:6]))
            limits.hold(f"start.{symbol}.{name}", value)
    for event, moves in start.get("x", {}).items():
        known("event", event, EVENTS)
        for criterion, points in moves.items():
            POINTS.hold(f"start.x.{event}.{criterion}", points)


def _check_start_together(start: Mapping[str, Any]) -> None:
    """What two symbols of the start say together."""
    if (start.get("R") or 0) > 0 and "dwell" not in start:
        raise UsageError("the start has a rung above 0; it needs a `dwell`; allowed: a `dwell` beside it, or rung 0")
    if (start.get("R") or 0) > 0 and start["dwell"] == 0:
        raise UsageError("start.dwell is 0 beside a rung above 0; allowed: a whole number from 1 on, or never")
    for flaw in start_flaws(start):
        raise UsageError(f"{'.'.join(('start', *flaw[0]))} {flaw[1]}; allowed: {flaw[2]}")


def start_flaws(start: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Yield what does not go together of prisoners and of rows before month 0: where, what, what is allowed."""
    people, listed = start.get("N"), start.get("list")
    if people is not None and listed is not None and listed > people:
        yield ("list",), f"is more than all prisoners (got {listed} of {people})", f"0 to {people}, a part of N"
    status, due = start.get("status", {}), start.get("due", {})
    for name, word in status.items():
        if word == "PR" and due.get(name) is None:
            yield ("status", name), "is PR without its month", f"`due: {{{name}: MONTH}}` beside it"
        if word in ("S", "L") and due.get(name) is not None:
            yield ("due", name), f"is the month of a change, and the row is {word}", "a `due` of rows in A or PR"


def _check_start_words(start: Mapping[str, Any]) -> None:
    if start.get("dwell") not in (None, "never"):
        Limits(0, 10_000, whole=True, infinite="never").hold("start.dwell", start["dwell"])
    for symbol, words in (("W", WARS), ("X", ("active", "exited"))):
        if symbol in start:
            known(f"start.{symbol}", start[symbol], words)
    for status in start.get("status", {}).values():
        known("status", status, STATUSES)
    for symbol in ("C", "barred"):
        for name, flag in start.get(symbol, {}).items():
            if not isinstance(flag, bool):
                raise UsageError(f"start.{symbol}.{name} is not true or false (got {flag!r}); allowed: true, false")
    for track in start.get("C", {}):
        known("track", track, tuple(TRACKS))
