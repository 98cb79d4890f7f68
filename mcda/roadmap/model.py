"""What a simulation is about: a world, a policy, a scenario. Plain frozen data; `plan` turns it into arrays.

A *world* is what the EU does not choose and what no scenario stipulates: rows, the rule, events and their loadings,
steps, parameters. A *policy* is what the EU chooses (levers), a *scenario* what is stipulated about the world.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from mcda.errors import UsageError, did_you_mean
from mcda.roadmap.parameters import START_ONLY, Value, checked_key
from mcda.roadmap.symbols import EVENTS, STATUSES, TRACKS, WARS
from mcda.rule import Rule

__all__ = ["Entry", "Gate", "Move", "Policy", "Row", "Scenario", "Stage", "StepPart", "Trigger", "World"]

NEVER = math.inf
#: Total of the Dirichlet of rungs at onset, and what draws it: each path, each outer sample, or a range's outer sample.
MixLaw = tuple[float, Literal["path", "outer", "range"]]


def _known(what: str, name: str, allowed: Any) -> None:
    if name not in allowed:
        raise UsageError(f"{what} '{name}' is unknown{did_you_mean(name, allowed)}; allowed: {', '.join(allowed)}")


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
            _known("track", k, TRACKS)


@dataclass(frozen=True)
class Move:
    """How an event moves one criterion: `sign` times `size`, a number or a PERT (low, mode, high), points."""

    sign: int
    size: float | tuple[float, float, float]


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
    mix_total : (total, per) of the Dirichlet of rungs; None where the mix is a point
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
        for key in self.parameters:
            checked_key(key)
        for event, moves in self.moves.items():
            _known("event", event, EVENTS)
            for criterion in moves:
                _known("criterion", criterion, self.criteria)

    @property
    def inside(self) -> int:
        """Number of tiers inside the Roadmap."""
        return self.rule.inside

    def under(self, scenario: Scenario) -> World:
        """Return the world with a scenario's overrides, each of which replaces a parameter whole."""
        mix = self.mix_law if scenario.mix_law == "kept" else scenario.mix_law
        return replace(self, parameters={**self.parameters, **scenario.overrides}, mix_law=mix)


# -- a policy ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StepPart:
    """What a gate asks of a track's steps: at least so many, a share, or certain ones; exactly one of the three."""

    at_least: int | None = None
    share: float | None = None
    named: tuple[str | int, ...] | None = None

    def least(self, names: tuple[str, ...]) -> int:
        """Return the least number of steps done that satisfies this part (they are done in order)."""
        if self.at_least is not None:
            return self.at_least
        if self.share is not None:
            return math.ceil(self.share * len(names) - 1e-9)
        places = [0]
        for one in self.named or ():
            if isinstance(one, str):
                _known("step", one, names)
            places.append(one if isinstance(one, int) else names.index(one) + 1)
        return max(places)


@dataclass(frozen=True)
class Gate:
    """A conjunction: reviews without alarm by track (None: `verify`), beliefs at most, list, stock, steps, releases."""

    clean: Mapping[str, int | None] = field(default_factory=dict)
    belief: Mapping[str, float] = field(default_factory=dict)
    listed: float | None = None
    stock: float | None = None
    released: int | None = None
    steps: Mapping[str, StepPart] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for k in (*self.clean, *self.belief):
            _known("track", k, TRACKS)
            if k == "O":
                raise UsageError("a gate asks for track O, on which the EU has no signal; allowed: H, D, P, L, M, A")
        for k, reviews in self.clean.items():
            if reviews is not None and reviews < 1:
                raise UsageError(f"a gate asks for {reviews} clean reviews of {k}; allowed: at least 1")

    @property
    def tracks(self) -> frozenset[str]:
        """The tracks that this gate names."""
        return frozenset(self.clean) | frozenset(self.belief)


@dataclass(frozen=True)
class Stage:
    """The tiers that a stage opens, and its gate."""

    tiers: tuple[int, ...]
    gate: Gate = field(default_factory=Gate)


@dataclass(frozen=True)
class Trigger:
    """What sets off a snapback on a track; exactly one of a streak of alarms, `a` of the last `b`, a belief above."""

    alarm_streak: int | None = None
    a_of_b: tuple[int, int] | None = None
    threshold: float | None = None

    def __post_init__(self) -> None:
        if sum(one is not None for one in (self.alarm_streak, self.a_of_b, self.threshold)) != 1:
            raise UsageError("a trigger is exactly one of alarm_streak, a with b, threshold")
        if self.a_of_b is not None and not 1 <= self.a_of_b[0] <= self.a_of_b[1] <= 64:
            raise UsageError(f"a trigger needs 1 <= a <= b <= 64 (got {self.a_of_b})")


@dataclass(frozen=True)
class Policy:
    """Levers, and nothing else. `math.inf` stands for never.

    Errors: :class:`UsageError` for values that have no meaning.
    """

    name: str
    stages: tuple[Stage, ...] = ()
    exit_rung: float = 2
    reentry: float = NEVER
    review_every: int = 1
    verify: int = 3
    trigger: Trigger = field(default_factory=lambda: Trigger(alarm_streak=1))
    scope: Literal["all", "last", "linked"] = "all"
    stall: float = NEVER
    stock_rise: float = NEVER
    sunset: float = 6
    sunset_default: Literal["restore", "lapse"] = "restore"
    outer: bool = False
    watch: frozenset[str] = frozenset()
    start_stage: int = 0

    def __post_init__(self) -> None:
        if "O" in self.watch:
            raise UsageError("a policy watches track O, on which the EU has no signal; allowed: H, D, P, L, M, A")
        if self.review_every < 1 or self.verify < 1:
            raise UsageError("review_every and verify are at least 1")
        tiers = [tier for stage in self.stages for tier in stage.tiers]
        if len(set(tiers)) < len(tiers):
            raise UsageError("a tier is opened by two stages; each tier has one stage")
        if not 0 <= self.start_stage <= len(self.stages):
            raise UsageError(f"start.stage is {self.start_stage}; allowed: 0 to {len(self.stages)}")

    def stage_of(self, tier: int) -> int:
        """Return the stage that opens a tier, 0 for none."""
        return next((i for i, stage in enumerate(self.stages, 1) if tier in stage.tiers), 0)

    def tracks_of(self, row: Row) -> frozenset[str]:
        """Return the tracks that a row's suspension depends on."""
        stage = self.stage_of(row.tier)
        named = [one.gate.tracks for one in self.stages[:stage]]
        return frozenset(row.needs).union(self.watch if stage else frozenset(), *named)

    def check(self, world: World) -> None:
        """Raise :class:`UsageError` for a stage that opens a tier outside the Roadmap, or a step that there isn't."""
        for i, stage in enumerate(self.stages, 1):
            for tier in stage.tiers:
                if not 1 <= tier <= world.inside:
                    what = f"stage {i} of policy '{self.name}' opens tier {tier}"
                    raise UsageError(f"{what}, which has no stage; allowed: tiers 1 to {world.inside}")
            for k, part in stage.gate.steps.items():
                part.least(world.steps.get(k, ()))


# -- a scenario --------------------------------------------------------------------------------------------------------

Kind = Literal["ladder", "war", "event", "wave", "flag", "lock", "signal", "set"]
#: These act in month `at` alone unless `for` says otherwise (ladder and event always).
ONE_MONTH = ("ladder", "event", "wave", "signal")


@dataclass(frozen=True)
class Entry:
    """An entry of the schedule: in month `at` (or one drawn uniformly from at[0] to at[1]), for so many months.

    `what` is a rung, a state of the war, an event, persons, a flag, a track or a dotted key; `value` what a lock,
    a signal or a parameter is set to. `months` None: to the end, or one month where that is all there can be.
    """

    kind: Kind
    what: Any
    at: int | tuple[int, int]
    name: str = ""
    months: int | None = None
    value: Any = True
    dwell: float | None = None
    hold: int = 1
    severity: float | None = None
    move: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        allowed: dict[str, Any] = {
            "war": WARS, "event": EVENTS, "flag": ("amnesty", "disengaged"), "lock": TRACKS, "signal": TRACKS[:6],
        }  # fmt: skip
        if self.kind in allowed:
            _known(self.kind, self.what, allowed[self.kind])
        if self.kind == "set":
            checked_key(self.what)
            if self.what in START_ONLY:
                raise UsageError(f"a window sets '{self.what}', which is read only at the start; set it in `overrides`")
        if isinstance(self.at, tuple) and not self.name:
            raise UsageError("an entry whose month is drawn needs a `name`")
        if self.kind == "ladder" and self.what > 0 and self.dwell is not None and self.dwell < 1:
            raise UsageError("a rung is left after one month at the earliest; allowed: a dwell of at least 1")

    @property
    def first(self) -> int:
        """The earliest month."""
        return self.at if isinstance(self.at, int) else self.at[0]

    @property
    def last_first(self) -> int:
        """The latest month in which it may begin."""
        return self.at if isinstance(self.at, int) else self.at[1]

    @property
    def length(self) -> float:
        """Months for which it lasts; infinite to the end."""
        if self.kind in ("ladder", "event"):
            return 1
        if self.months is not None:
            return self.months
        return 1 if self.kind in ONE_MONTH else math.inf

    @property
    def thing(self) -> tuple[str, Any]:
        """What it acts on: two entries for one thing must not cover the same month."""
        return self.kind, "" if self.kind in ("ladder", "war", "wave") else self.what


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
        for key in self.overrides:
            checked_key(key)
        if self.start.get("R", 0) > 0 and "dwell" not in self.start:
            raise UsageError("the start has a rung above 0; it needs a `dwell`")
        for status in self.start.get("status", {}).values():
            _known("status", status, STATUSES)
        _refuse_overlaps(self.schedule)

    def check(self, horizon: int) -> None:
        """Raise :class:`UsageError` for an entry past the horizon."""
        for entry in self.schedule:
            if not 0 <= entry.first <= entry.last_first < horizon:
                what = f"an entry ({entry.kind} {entry.what}) is at month {entry.at}, past the horizon"
                raise UsageError(f"{what}; allowed: months 0 to {horizon - 1}")


def _refuse_overlaps(schedule: tuple[Entry, ...]) -> None:
    for i, one in enumerate(schedule):
        for other in schedule[:i]:
            apart = one.first >= other.last_first + other.length or other.first >= one.last_first + one.length
            if one.thing == other.thing and not apart:
                what = " ".join(str(part) for part in one.thing if part != "")
                raise UsageError(f"two entries of the schedule for one thing ({what}) can cover the same month")
