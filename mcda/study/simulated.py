"""What an experiment asks of a simulation: worlds, scenarios, policies, what is swept, how many paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from mcda.decisions.utility import Term
from mcda.roadmap.model import Policy, Scenario, World

__all__ = ["Axis", "Budget", "Simulated"]


@dataclass(frozen=True)
class Axis:
    """What is swept: `lever.NAME`, `parameter.KEY` or `schedule.ENTRY.FIELD`, with its values."""

    key: str
    values: tuple[Any, ...]
    label: str = ""

    @property
    def name(self) -> str:
        """The key without its kind."""
        return self.key.split(".", 1)[1]


@dataclass(frozen=True)
class Budget:
    """How the variance of outcomes is split: outer samples of assumptions, crossed with the same inner paths."""

    outcomes: tuple[str, ...]
    outer: int = 64
    inner: int = 256


@dataclass(frozen=True)
class Simulated:
    """The simulation that an experiment asks for.

    worlds : by assumption set; titles, codes, stories : what sets, scenarios and policies are called and tell
    numbers : all numbers of its files with their basis
    """

    worlds: Mapping[str, World]
    scenarios: Mapping[str, Scenario]
    policies: Mapping[str, Policy]
    status_quo: str = ""
    paths: int = 10_000
    scores: str = "draw"
    utilities: Mapping[str, tuple[Term, ...]] | None = None
    sweep: tuple[Axis, ...] = ()
    budget: Budget | None = None
    signposts: int = 0
    keep_paths: int = 0
    titles: Mapping[str, str] | None = None
    codes: Mapping[str, str] | None = None
    stories: Mapping[str, str] | None = None
    start_month: str = ""
    numbers: tuple[Any, ...] = ()

    @property
    def settings(self) -> list[tuple[Any, ...]]:
        """Every combination of swept values; one empty one without a sweep."""
        return list(product(*(axis.values for axis in self.sweep)))
