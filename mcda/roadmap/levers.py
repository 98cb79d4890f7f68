"""What the EU chooses: levers, and nothing else. A policy checks itself; `math.inf` stands for never."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from mcda.errors import UsageError
from mcda.roadmap.limits import SHARE, Limits
from mcda.roadmap.symbols import MOST_STAGES, TRACKS, known

__all__ = ["LEVERS", "LIMITS", "SCOPES", "SUNSETS", "TRIGGERS", "Gate", "Policy", "Stage", "StepPart", "Trigger"]

NEVER = math.inf
SCOPES, SUNSETS = ("all", "last", "linked"), ("restore", "lapse")
_SEEN = TRACKS[:6]
_REVIEWS, _MONTHS = Limits(1, 1000, whole=True), Limits(1, 10_000, whole=True)
_OR_NEVER = Limits(1, 10_000, whole=True, infinite="never")
#: Limits of the levers that are numbers.
LIMITS: Mapping[str, Limits] = MappingProxyType({
    "exit_rung": Limits(1, 5, whole=True, infinite="never"), "reentry": _OR_NEVER, "review_every": _MONTHS,
    "verify": _REVIEWS, "stall": _OR_NEVER, "stock_rise": Limits(0, infinite="never"), "sunset": _OR_NEVER,
    "alarm_streak": _REVIEWS, "threshold": SHARE,
})  # fmt: skip
_COUNT, _LEAST_0 = Limits(0, 10**9, whole=True), Limits(0, 10**9)


def _seen(what: str, tracks: Any) -> None:
    """Refuse tracks that there are not, and the one on which the EU has no signal."""
    for k in tracks:
        known("track", k, tuple(TRACKS))
        if k == "O":
            raise UsageError(f"{what} track O, on which the EU has no signal; allowed: {', '.join(_SEEN)}")


@dataclass(frozen=True)
class StepPart:
    """What a gate asks of a track's steps: at least so many, a share, or certain ones; exactly one of the three."""

    at_least: int | None = None
    share: float | None = None
    named: tuple[str | int, ...] | None = None

    def __post_init__(self) -> None:
        if sum(one is not None for one in (self.at_least, self.share, self.named)) != 1:
            raise UsageError("a gate asks of a track's steps exactly one thing; allowed: at_least, share, named")
        if self.at_least is not None:
            _COUNT.hold("the number of steps that a gate asks for", self.at_least)
        if self.share is not None:
            SHARE.hold("the share of steps that a gate asks for", self.share)
        for one in self.named or ():
            if not isinstance(one, str):
                _REVIEWS.hold("the place of a step that a gate asks for", one)

    def least(self, names: tuple[str, ...]) -> int:
        """Return the least number of steps done that satisfies this part (they are done in order)."""
        if self.at_least is not None:
            return self.at_least
        if self.share is not None:
            return math.ceil(self.share * len(names) - 1e-9)
        places = [0]
        for one in self.named or ():
            if isinstance(one, str):
                known("step", one, names)
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
        _seen("a gate asks for", (*self.clean, *self.belief))
        for k in self.steps:
            known("track", k, tuple(TRACKS))
        for k, reviews in self.clean.items():
            if reviews is not None:
                _REVIEWS.hold(f"the number of clean reviews of {k} that a gate asks for", reviews)
        for k, most in self.belief.items():
            SHARE.hold(f"the belief of {k} that a gate allows", most)
        for name, limits in (("listed", SHARE), ("stock", _LEAST_0), ("released", _COUNT)):
            if getattr(self, name) is not None:
                limits.hold(f"`{name}` of a gate", getattr(self, name))

    @property
    def tracks(self) -> frozenset[str]:
        """The tracks that this gate names."""
        return frozenset(self.clean) | frozenset(self.belief)


@dataclass(frozen=True)
class Stage:
    """The tiers that a stage opens, and its gate."""

    tiers: tuple[int, ...]
    gate: Gate = field(default_factory=Gate)

    def __post_init__(self) -> None:
        for tier in self.tiers:
            _REVIEWS.hold("a tier that a stage opens", tier)


@dataclass(frozen=True)
class Trigger:
    """What sets off a snapback on a track; exactly one of a streak of alarms, `a` of the last `b`, a belief above."""

    alarm_streak: int | None = None
    a_of_b: tuple[int, int] | None = None
    threshold: float | None = None

    def __post_init__(self) -> None:
        if sum(one is not None for one in (self.alarm_streak, self.a_of_b, self.threshold)) != 1:
            raise UsageError("a trigger is one thing; allowed: exactly one of alarm_streak, a with b, threshold")
        for name in ("alarm_streak", "threshold"):
            if getattr(self, name) is not None:
                LIMITS[name].hold(name, getattr(self, name))
        if self.a_of_b is not None:
            a, b = self.a_of_b
            for one in (a, b):
                Limits(1, 64, whole=True).hold("a number of reviews of a trigger", one)
            if a > b:
                raise UsageError(f"a trigger asks for {a} of the last {b} reviews; allowed: a at most b")


#: Levers that a trigger consists of, by themselves.
TRIGGERS = ("alarm_streak", "threshold")


@dataclass(frozen=True)
class Policy:
    """Levers, and nothing else.

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
        _seen("a policy watches", self.watch)
        for name, limits in LIMITS.items():
            if name not in TRIGGERS:
                limits.hold(name, getattr(self, name))
        known("scope", self.scope, SCOPES)
        known("sunset_default", self.sunset_default, SUNSETS)
        if not isinstance(self.outer, bool):
            raise UsageError(f"outer is not true or false (got {self.outer!r}); allowed: true, false")
        if len(self.stages) > MOST_STAGES:
            raise UsageError(f"policy '{self.name}' has {len(self.stages)} stages; allowed: at most {MOST_STAGES}")
        tiers = [tier for stage in self.stages for tier in stage.tiers]
        if len(set(tiers)) < len(tiers):
            raise UsageError("a tier is opened by two stages; allowed: each tier in one stage")
        Limits(0, len(self.stages), whole=True).hold("start.stage", self.start_stage)

    def stage_of(self, tier: int) -> int:
        """Return the stage that opens a tier, 0 for none."""
        return next((i for i, stage in enumerate(self.stages, 1) if tier in stage.tiers), 0)

    def tracks_of(self, row: Any) -> frozenset[str]:
        """Return the tracks that the suspension of a :class:`~mcda.roadmap.model.Row` depends on."""
        stage = self.stage_of(row.tier)
        named = [one.gate.tracks for one in self.stages[:stage]]
        return frozenset(row.needs).union(self.watch if stage else frozenset(), *named)

    def check(self, world: Any) -> None:
        """Raise :class:`UsageError` for a stage that opens a tier outside the Roadmap, or a step that there isn't."""
        for i, stage in enumerate(self.stages, 1):
            for tier in stage.tiers:
                if not 1 <= tier <= world.inside:
                    what = f"stage {i} of policy '{self.name}' opens tier {tier}"
                    raise UsageError(f"{what}, which has no stage; allowed: tiers 1 to {world.inside}")
            for k, part in stage.gate.steps.items():
                part.least(world.steps.get(k, ()))


#: What a policy sets, and nothing else does.
LEVERS: tuple[str, ...] = tuple(name for name in Policy.__dataclass_fields__ if name != "name")
