"""What an experiment asks of a simulation: worlds, scenarios, policies, what is swept, how many paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mcda.decisions.utility import Term
from mcda.errors import UsageError
from mcda.roadmap.limits import Limits
from mcda.roadmap.model import Policy, Scenario, World
from mcda.roadmap.outcomes import MEANS
from mcda.roadmap.swept import Axis, check_axes, set_policies, set_scenario, settings
from mcda.roadmap.symbols import known

__all__ = ["MOST_KEPT", "Axis", "Budget", "Simulated", "setting_label"]

#: Paths that can be kept whole.
MOST_KEPT = 1000


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

    def __post_init__(self) -> None:
        Limits(1, 10**9, whole=True).hold("paths", self.paths)
        Limits(0, min(self.paths, MOST_KEPT), whole=True).hold("keep_paths", self.keep_paths)
        Limits(0, 100_000, whole=True).hold("signposts", self.signposts)
        known("scores", self.scores, ("draw", "modal", "outer"))
        if self.status_quo:
            known("status quo", self.status_quo, list(self.policies))
        for name in self.budget.outcomes if self.budget else ():
            known("outcome that is a mean over paths", name, list(MEANS))
        check_axes(self.sweep)
        for values in self.settings:
            self._check(values)

    def _check(self, values: Sequence[Any]) -> None:
        """Raise :class:`UsageError` for a setting that can't be simulated, or that has another horizon."""
        set_policies(self.sweep, values, self.policies, self.status_quo)
        stories = [set_scenario(self.sweep, values, one) for one in self.scenarios.values()]
        full = [(story, world.under(story)) for world in self.worlds.values() for story in stories]
        for story, world in full:
            story.check(world)
        horizons = sorted({world.horizon for _, world in full})
        if len(horizons) > 1:
            raise UsageError(f"scenarios of one simulation have horizons of {horizons} months; allowed: one horizon")

    @property
    def settings(self) -> list[tuple[Any, ...]]:
        """Every combination of swept values; one empty one without a sweep."""
        return settings(self.sweep)

    def set(self, values: Sequence[Any], scenario: str) -> tuple[dict[str, Policy], Scenario]:
        """Return the policies, and a scenario by name, with what is swept at these values."""
        policies = set_policies(self.sweep, values, self.policies, self.status_quo)
        return policies, set_scenario(self.sweep, values, self.scenarios[scenario])

    @property
    def labels(self) -> list[str]:
        """What each setting is called: ``offensive.ladder=4, exit_rung=2``."""
        return [setting_label(self.sweep, values) for values in self.settings]


def setting_label(axes: Sequence[Axis], values: Sequence[Any]) -> str:
    """Return what a setting is called in results."""
    return ", ".join(f"{axis.name}={value}" for axis, value in zip(axes, values, strict=True))
