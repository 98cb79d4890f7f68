"""What an experiment may sweep: levers of policies, parameters, fields of a schedule's entries, set to values.

A *setting* is one combination of values, one for each axis. A lever is set in every policy but the status quo, anything
else in the scenario. Values are as files write them: numbers, and words (`never`, `restore`, `inf`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from mcda.errors import UsageError
from mcda.roadmap.levers import LEVERS, LIMITS, TRIGGERS
from mcda.roadmap.model import Policy, Scenario, Trigger
from mcda.roadmap.parameters import checked_key
from mcda.roadmap.schedule import BELONGS, Entry
from mcda.roadmap.symbols import known

__all__ = [
    "SWEPT",
    "Axis",
    "Policies",
    "check_axes",
    "refuse_windows",
    "set_policies",
    "set_scenario",
    "settings",
    "target",
    "with_lever",
]

Policies = Mapping[str, Policy]
#: Levers that can be swept: those that one number or one word says.
SWEPT = (*(name for name in LEVERS if name not in ("stages", "trigger", "watch", "outer")), *TRIGGERS)
#: Combinations of values that a sweep may have.
MOST_SETTINGS = 10_000


@dataclass(frozen=True)
class Axis:
    """What is swept: `lever.NAME`, `parameter.KEY` or `schedule.ENTRY.FIELD`, with its values.

    Errors: :class:`UsageError` for a key that can't be swept, or values of which two are equal.
    """

    key: str
    values: tuple[Any, ...]
    label: str = ""

    def __post_init__(self) -> None:
        known("swept key", self.kind, ("lever", "parameter", "schedule"))
        if self.kind == "lever":
            known("lever", self.name, SWEPT)
        if self.kind == "parameter":
            checked_key(self.name)
            if self.name == "horizon" or self.name.startswith("mix."):
                why = "results of other horizons have other times" if self.name == "horizon" else "four shares sum to 1"
                raise UsageError(f"'{self.key}' can't be swept: {why}; allowed: other keys, or a simulation for each")
        twice = [value for i, value in enumerate(self.values) if value in self.values[:i]]
        if twice or not self.values:
            what = f"the value {twice[0]} stands twice" if twice else "there is no value"
            raise UsageError(f"'{self.key}': {what}; allowed: each value once, at least one")

    @property
    def kind(self) -> str:
        """What kind of thing is swept: a lever, a parameter, a schedule's entry."""
        return self.key.partition(".")[0]

    @property
    def name(self) -> str:
        """The key without its kind."""
        return self.key.partition(".")[2]

    @property
    def thing(self) -> str:
        """What two axes can't both set: a trigger is one thing, however it is said."""
        return "lever.trigger" if self.kind == "lever" and self.name in TRIGGERS else self.key


def check_axes(axes: Sequence[Axis]) -> None:
    """Raise :class:`UsageError` for two axes that set one thing, or for more settings than can be simulated."""
    things = [axis.thing for axis in axes]
    for i, axis in enumerate(axes):
        if axis.thing in things[:i]:
            other = axes[things.index(axis.thing)].key
            raise UsageError(f"'{axis.key}' sets what '{other}' sets; allowed: one axis for one thing")
    if math.prod(len(axis.values) for axis in axes) > MOST_SETTINGS:
        raise UsageError(f"the sweep has more than {MOST_SETTINGS:,} combinations; allowed: fewer values or axes")


def settings(axes: Sequence[Axis]) -> list[tuple[Any, ...]]:
    """Return every combination of swept values, the last axis fastest; one empty one without a sweep."""
    return list(product(*(axis.values for axis in axes)))


# -- policies ----------------------------------------------------------------------------------------------------------


def set_policies(axes: Sequence[Axis], values: Sequence[Any], policies: Policies, status_quo: str) -> dict[str, Policy]:
    """Return policies with their swept levers at these values; the status quo is what it is."""
    levers = [(axis.name, value) for axis, value in zip(axes, values, strict=True) if axis.kind == "lever"]
    found = dict(policies)
    for name in found:
        for lever, value in levers if name != status_quo else ():
            found[name] = with_lever(found[name], lever, value)
    return found


def with_lever(policy: Policy, name: str, value: Any) -> Policy:
    """Return a policy with one lever at a value; :class:`UsageError` for a lever or a value that there is not."""
    known("lever", name, SWEPT)
    if value == "never" and name in LIMITS and LIMITS[name].infinite:
        value = math.inf
    if name in TRIGGERS:
        return replace(policy, trigger=Trigger(**{name: value}))
    return replace(policy, **{name: value})


# -- scenarios ---------------------------------------------------------------------------------------------------------


def set_scenario(axes: Sequence[Axis], values: Sequence[Any], scenario: Scenario) -> Scenario:
    """Return a scenario with its swept parameters and entries at these values, all set at once."""
    parameters, entries = {}, {entry.name: entry for entry in scenario.schedule if entry.name}
    for axis, value in zip(axes, values, strict=True):
        if axis.kind == "parameter":
            refuse_windows(axis, scenario)
            parameters[axis.name] = value
        if axis.kind == "schedule":
            entry, part = target(axis, scenario)
            entries[entry.name] = _with_part(entries[entry.name], part, value)
    if not parameters and all(axis.kind != "schedule" for axis in axes):
        return scenario
    schedule = tuple(entries.get(entry.name, entry) for entry in scenario.schedule)
    return replace(scenario, overrides={**scenario.overrides, **parameters}, schedule=schedule)


def refuse_windows(axis: Axis, scenario: Scenario) -> None:
    """Raise :class:`UsageError` for a swept parameter that a window of the scenario sets: the window would win."""
    windows = [entry.what for entry in scenario.schedule if entry.kind == "set"]
    if axis.kind == "parameter" and axis.name in windows:
        what = f"a window of scenario '{scenario.name}' sets '{axis.name}', so that a sweep of it would not act there"
        raise UsageError(f"{what}; allowed: a scenario without such a window, or `schedule.ENTRY.value`")


def target(axis: Axis, scenario: Scenario) -> tuple[Entry, str]:
    """Return the entry of a scenario that an axis sets, and which of its parts, as files call it.

    Errors: :class:`UsageError` for an entry that the scenario does not have, or a part that its kind does not.
    """
    entries = {entry.name: entry for entry in scenario.schedule if entry.name}
    name, _, part = axis.name.rpartition(".")
    known(f"entry of scenario '{scenario.name}'", name, list(entries))
    known(f"part of an entry of kind {entries[name].kind}", part, list(_parts(entries[name])))
    return entries[name], part


def _with_part(entry: Entry, part: str, value: Any) -> Entry:
    if value == "never" and part == "dwell":
        value = math.inf
    return replace(entry, **{{entry.kind: "what", "for": "months"}.get(part, part): value})


def _parts(entry: Entry) -> Iterator[str]:
    yield "at"
    if entry.kind != "set":
        yield entry.kind
    yield from (part for part, kinds in BELONGS.items() if entry.kind in kinds and part != "move")
