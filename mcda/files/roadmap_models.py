"""What people may write for the simulation: a case's facts, its parameters, assumption sets, scenarios, policies.

As in :mod:`mcda.files.models`, the attributes' docstrings are the help and the JSON Schema's descriptions at once.
What a parameter's value may be depends on its key; :mod:`mcda.files.parameters` looks at that.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mcda.files.models import Based, Label, Model, Slug, Text

__all__ = [
    "ROADMAP_SCHEMAS", "AssumptionsFile", "EntryModel", "GateModel", "ParameterModel", "ParametersFile",
    "PolicyFile", "RoadmapFile", "ScenarioFile", "StartModel", "StepsModel", "TriggerModel", "UtilitiesFile",
]  # fmt: skip

Track = Literal["H", "D", "P", "L", "M", "A", "O"]
Event = Literal[
    "E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "E9", "E10", "E11", "E12", "E13", "E14", "E15", "E16",
]  # fmt: skip
War = Literal["war", "ceasefire", "settlement"]
Share = Annotated[float, Field(ge=0, le=1)]
Rung = Annotated[int, Field(ge=0, le=5)]
Count = Annotated[int, Field(ge=0, le=10**9)]
Month = Annotated[int, Field(ge=0, le=10_000)]
Months = Annotated[int, Field(ge=1, le=10_000)]
Never = Literal["never"]
Dwell = Annotated[int, Field(ge=1, le=10_000)] | Never
People = Annotated[int, Field(ge=0, le=1_000_000)]
TierKey = Annotated[str, Field(pattern=r"^[1-9][0-9]?$", examples=["1"])]


# -- the case ----------------------------------------------------------------------------------------------------------


class OnModel(Model):
    """When a level event is on."""

    rung_from: Rung | None = None
    """The lowest rung of territory use at which it is on."""
    rung_to: Rung | None = None
    """The highest such rung."""
    war: War | None = None
    """The state of the war in which it is on."""


class MoveModel(Based):
    """How an event moves one criterion."""

    sign: Literal[-1, 1]
    """1 where it adds points, -1 where it takes them away."""
    size: float | Annotated[list[float], Field(min_length=3, max_length=3)]
    """Points: one number, or the low, mode and high of a PERT."""


class EventModel(Based):
    """One event of the catalogue. How it fires is fixed by the simulation and repeated here for the reader."""

    label: Label
    """What it is called."""
    about: Text
    """What it is, and why it moves these criteria."""
    fires: Literal["level", "slip", "rate", "scheduled"]
    """level: while ladder or war stand somewhere; slip: with a track; rate: by chance; scheduled: never by itself."""
    on: OnModel | None = None
    """For level: where."""
    track: Track | None = None
    """For slip: which track."""
    acts_on: Text
    """What it acts on besides scores, in words."""
    moves: dict[Slug, MoveModel]
    """By criterion, how it moves the score."""


class LoadModel(Based):
    """How much of an event's shock reaches the measures of a sector."""

    load: Any
    """0 (nothing) to 1 (all of it); with a range, outer samples draw it."""
    reason: Text
    """Why."""


class SectorLoadsModel(Based):
    """Loads of one sector, by event."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="allow", allow_inf_nan=False, use_attribute_docstrings=True
    )
    __pydantic_extra__: dict[str, LoadModel]


class LoadsModel(Based):
    """Loads by sector and event."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="allow", allow_inf_nan=False, use_attribute_docstrings=True
    )
    __pydantic_extra__: dict[str, SectorLoadsModel]


class RowModel(Based):
    """What the simulation has to know of one alternative."""

    origin: Annotated[int, Field(ge=1900, le=2100)] | None = None
    """Year of what it answers; a settlement may drop what is of 2022."""
    base: Slug | None = None
    """Name of the legal base that has to be renewed every year."""
    needs: list[Track] = Field(default_factory=list)
    """Tracks that it asks for by itself."""


class RowsModel(Based):
    """Every alternative of the problem."""

    model_config = ConfigDict(
        strict=True, frozen=True, extra="allow", allow_inf_nan=False, use_attribute_docstrings=True
    )
    __pydantic_extra__: dict[str, RowModel]


class EntityWeightModel(Based):
    """The weight of one entity within its parent."""

    weight: Share
    """Share of the parent's weight; the parent keeps 1 minus the sum."""


class RoadmapFile(Based):
    """What the simulation has to know about a case; it stands beside the problem's file as `roadmap.yaml`."""

    format: Literal["mcda-roadmap-1"]
    """The format of this file."""
    problem: Slug
    """The id of the problem in the same folder."""
    start_month: Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", examples=["2026-01"])]
    """The calendar month that month 0 stands for."""
    as_of: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", examples=["2025-09-24"])]
    """The version of the law that it describes, as a date."""
    events: dict[Event, EventModel]
    """The sixteen events."""
    loads: LoadsModel
    """Loads by sector and event; every sector and every event that moves a criterion."""
    rows: RowsModel
    """Every alternative: origin, legal base, needs."""
    entities: dict[Slug, EntityWeightModel] = Field(default_factory=dict)
    """Weights of entities within their parents; where a parent's entities have none, all are equal and it keeps 0."""
    reference_tracks: dict[TierKey, list[Track]]
    """By tier, the tracks that the case's reference gates ask for."""


class ParameterModel(Based):
    """One parameter, or a family of parameters by index."""

    value: Any
    """A number; or a law, {law: uniform, low: 0, high: 1}; or for a family a mapping of index to these."""
    unit: str = ""
    """Its unit."""
    about: str = ""
    """What it is."""
    law: Literal["pert", "uniform", "log-uniform", "triangular", "dirichlet"] | None = None
    """What outer samples draw from over `range`; PERT(low, value, high) if not said. dirichlet: of mix alone."""
    total: Annotated[float, Field(gt=0)] | None = None
    """For dirichlet: how firmly the shares are held."""
    per: Literal["path", "outer"] | None = None
    """For dirichlet in a scenario: drawn for each path, or for each outer sample."""
    varied_by: str | None = None
    """Outer samples vary it through this common factor or shift alone; `range` shows how far."""


class ParametersFile(Based):
    """Every parameter that is not a lever; it stands beside the problem's file as `parameters.yaml`."""

    format: Literal["mcda-parameters-1"]
    """The format of this file."""
    problem: Slug
    """The id of the problem in the same folder."""
    parameters: dict[str, ParameterModel]
    """By name."""


# -- assumption sets, scenarios ----------------------------------------------------------------------------------------


class AssumptionsFile(Based):
    """A named set of parameters that an experiment chooses; the rest is as in the case."""

    format: Literal["mcda-assumptions-1"]
    """The format of this file."""
    id: Slug
    """Short name; also the file's."""
    title: Label
    """What it is called."""
    about: Text
    """What it says of the world, in words."""
    parameters: dict[str, ParameterModel]
    """Those that differ, or that matter."""


class StartModel(Model):
    """The state before month 0, where it is not the usual one."""

    R: Rung | None = None
    """Rung of territory use; 0 if not said."""
    dwell: Dwell | None = None
    """Months left on that rung, or never: it stays; needed for a rung above 0."""
    W: War | None = None
    """State of the war; war if not said."""
    C: dict[Track, bool] = Field(default_factory=dict)
    """By track, whether it is kept; all but A are broken if not said."""
    d: dict[Track, Month] = Field(default_factory=dict)
    """By track, steps done."""
    N: People | None = None
    """Political prisoners; the parameter `stock` if not said."""
    list_: Annotated[People | None, Field(alias="list")] = None
    """People on the humanitarian list; the parameter `list` if not said."""
    pi: dict[Track, Share] = Field(default_factory=dict)
    """By track, the EU's belief that it is violated."""
    clean: dict[Track, Month] = Field(default_factory=dict)
    """By track, reviews in a row without an alarm."""
    alarm: dict[Track, Month] = Field(default_factory=dict)
    """By track, reviews in a row with an alarm."""
    s: Annotated[int, Field(ge=0, le=16)] | None = None
    """Stages opened so far; a policy of fewer has all of its own open."""
    X: Literal["active", "exited"] | None = None
    """Whether the process goes on."""
    status: dict[Slug, Literal["A", "S", "PR", "L"]] = Field(default_factory=dict)
    """By row: in force, suspended, restore pending, lapsed."""
    due: dict[Slug, Month] = Field(default_factory=dict)
    """By row, the month of a pending change."""
    age: dict[Slug, Month] = Field(default_factory=dict)
    """By row, months suspended since effect or renewal."""
    mon: dict[Slug, Month] = Field(default_factory=dict)
    """By row, all months suspended so far."""
    barred: dict[Slug, bool] = Field(default_factory=dict)
    """By row, whether it may not be suspended."""
    e: dict[Slug, Share] = Field(default_factory=dict)
    """By row, its effectiveness."""
    x: dict[Event, dict[Slug, float]] = Field(default_factory=dict)
    """By event and criterion, the present shock in points."""
    off: Share | None = None
    """Share of the loss that others make good; the parameter `off` if not said."""
    mu: Annotated[float, Field(ge=-1, le=1)] | None = None
    """Momentum; 0 if not said."""


class EntryModel(Based):
    """An entry of the schedule: exactly one of ladder, war, event, wave, flag, lock, signal, set."""

    name: Slug | None = None
    """A name; needed where the month is drawn."""
    at: Month | Annotated[list[Month], Field(min_length=2, max_length=2)]
    """The month, or the first and the last of those it is drawn from."""
    for_: Annotated[Months | None, Field(alias="for")] = None
    """For so many months; to the end if not said (a wave, a signal: one month)."""
    ladder: Rung | None = None
    """The ladder goes to this rung."""
    dwell: Dwell | None = None
    """With ladder: months it stays, or never: for good; by the law of the rung if not said."""
    war: War | None = None
    """The war is in this state."""
    event: Event | None = None
    """This event fires."""
    severity: Share | None = None
    """With event: its severity, 0 to 1."""
    move: dict[Slug, float] | None = None
    """With event: points by criterion, in place of the event's own."""
    hold: Months | None = None
    """With event: months before the shock fades; 1 if not said."""
    wave: People | None = None
    """So many people are let go at one stroke."""
    flag: Literal["amnesty", "disengaged"] | None = None
    """This flag is up."""
    lock: Track | None = None
    """This track is what `value` says."""
    signal: Track | None = None
    """Reviews see of this track what `value` says."""
    set: str | None = None
    """The dotted key of a parameter that is `value` in this window."""
    value: Any = None
    """With lock and signal: true or false; with set: a number or a law."""


class ScenarioFile(Based):
    """What is stipulated about the world: a state before month 0, parameters replaced, a schedule. No levers."""

    format: Literal["mcda-scenario-1"]
    """The format of this file."""
    id: Slug
    """Short name; also the file's."""
    title: Label
    """What it is called."""
    story: Text
    """What happens, and what to look for."""
    motive: Text
    """What in the source it rests on, or `none in the paper`."""
    lead: bool = False
    """Whether it is a lead case: renewed use of the territory."""
    problem: str | None = None
    """The problem against which `mcda check` holds rows, criteria and the horizon; the shipped case if not said."""
    start: StartModel = StartModel()
    """The state before month 0."""
    overrides: dict[str, ParameterModel] = Field(default_factory=dict)
    """Parameters replaced, each whole; a number is the number, whatever its range."""
    schedule: Annotated[list[EntryModel], Field(max_length=1000)] = Field(default_factory=list)
    """What happens when."""


# -- policies ----------------------------------------------------------------------------------------------------------


class StepsModel(Model):
    """What a gate asks of a track's steps: exactly one of the three."""

    at_least: Annotated[int, Field(ge=0)] | None = None
    """So many steps done."""
    share: Share | None = None
    """This share of them done."""
    named: Annotated[list[Slug | Annotated[int, Field(ge=1)]], Field(min_length=1)] | None = None
    """These steps done, by id or by place from 1."""


class GateModel(Based):
    """A gate; all of its parts must hold."""

    clean: dict[Track, Annotated[int, Field(ge=1, le=1000)] | None] = Field(default_factory=dict)
    """By track, reviews in a row without an alarm; null: `verify`."""
    belief: dict[Track, Share] = Field(default_factory=dict)
    """By track, the EU's belief in a violation at most."""
    listed: Share | None = None
    """Share of the humanitarian list that is free, at least."""
    stock: Annotated[float, Field(ge=0)] | None = None
    """Political prisoners as a share of those at the start, at most."""
    released: Count | None = None
    """People let go since the last opening, at least."""
    steps: dict[Track, StepsModel] = Field(default_factory=dict)
    """By track, steps done."""


class StageModel(Based):
    """A stage: the tiers that it opens, and its gate."""

    tiers: Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)]
    """Tiers inside the Roadmap."""
    gate: GateModel = GateModel()
    """What must hold."""


class TriggerModel(Based):
    """What sets off a snapback on a track: exactly one of alarm_streak, a with b, threshold."""

    alarm_streak: Annotated[int, Field(ge=1, le=1000)] | None = None
    """So many alarms in a row."""
    a: Annotated[int, Field(ge=1, le=64)] | None = None
    """With b: so many alarms."""
    b: Annotated[int, Field(ge=1, le=64)] | None = None
    """With a: in the last so many reviews."""
    threshold: Share | None = None
    """A belief in a violation above this."""


class PolicyStartModel(Model):
    """Where a policy begins."""

    stage: Annotated[int, Field(ge=0)] = 0
    """Stages open at month 0."""


class PolicyFile(Based):
    """Levers, and nothing else."""

    format: Literal["mcda-policy-1"]
    """The format of this file."""
    id: Slug
    """Short name; also the file's."""
    code: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{0,7}$", examples=["P1"])] | None = None
    """A short code for tables."""
    title: Label
    """What it is called."""
    about: Text
    """What it does, and why someone would propose it."""
    problem: str | None = None
    """The problem against which `mcda check` holds tiers and steps; the shipped case if not said."""
    stages: Annotated[list[StageModel], Field(max_length=16)]
    """The stages, from 1 on; none: the status quo."""
    exit_rung: Annotated[int, Field(ge=1, le=5)] | Never = 2
    """The rung at which the process ends."""
    reentry: Months | Never = "never"
    """Months after an exit from which it may begin anew."""
    review_every: Months = 1
    """Months between reviews."""
    verify: Annotated[int, Field(ge=1, le=1000)] = 3
    """Clean reviews in a row that gates ask for where they give no number."""
    trigger: TriggerModel = TriggerModel(alarm_streak=1)
    """What sets off a snapback."""
    scope: Literal["all", "last", "linked"] = "all"
    """What a snapback brings back: all, the last stage, or the rows that depend on the track."""
    stall: Months | Never = "never"
    """A snapback after so many reviews without progress."""
    stock_rise: Annotated[float, Field(ge=0)] | Never = "never"
    """A snapback when the stock rises by more than this share above what it was at the last opening."""
    sunset: Months | Never = 6
    """Months after which a suspension ends unless it is renewed."""
    sunset_default: Literal["restore", "lapse"] = "restore"
    """What becomes of a measure whose suspension is not renewed."""
    watch: list[Track] = Field(default_factory=list)
    """Tracks that are watched besides those of gates."""
    outer: bool = False
    """Whether tiers outside the Roadmap are suspended at the very end."""
    start: PolicyStartModel = PolicyStartModel()
    """Where it begins."""


# -- utilities ---------------------------------------------------------------------------------------------------------

Outcome = Literal[
    "exposure_shadow", "exposure_severity", "exposure_war", "exposure_violation", "false_snapbacks", "openings",
    "yield", "yield_deportation", "prevented_arrests", "lapsed_share", "pressure", "stage_1_open", "months_suspended",
]  # fmt: skip


class TermModel(Based):
    """What an outcome adds to a utility: weight * (x - worst) / (best - worst)."""

    outcome: Outcome
    """Which outcome."""
    weight: Annotated[float, Field(gt=0, le=1)]
    """Its weight; a utility's weights sum to 1."""
    worst: float
    """What counts as 0."""
    best: float
    """What counts as 1."""


class UtilityModel(Based):
    """What somebody might care about."""

    label: Label
    """What it is called."""
    about: Text
    """The stance, in words."""
    terms: Annotated[list[TermModel], Field(min_length=1)]
    """Outcomes with weights and scales."""


class UtilitiesFile(Based):
    """Named utilities: declared weights on outcomes with fixed scales."""

    format: Literal["mcda-utilities-1"]
    """The format of this file."""
    utilities: Annotated[dict[Slug, UtilityModel], Field(min_length=1)]
    """By name."""


#: The kinds of file of the simulation, by the name that `mcda schema NAME` takes.
ROADMAP_SCHEMAS: dict[str, type[BaseModel]] = {
    "roadmap": RoadmapFile,
    "parameters": ParametersFile,
    "assumptions": AssumptionsFile,
    "scenario": ScenarioFile,
    "policy": PolicyFile,
    "utilities": UtilitiesFile,
}
