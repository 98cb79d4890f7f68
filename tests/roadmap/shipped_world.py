"""The shipped case lived through on a few paths, by scenario and policy, and what histories are read by."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from mcda.files.policy import read_policy
from mcda.files.roadmap import world_of
from mcda.files.scenario import read_assumptions, read_scenario
from mcda.roadmap.history import History, histories
from mcda.roadmap.model import Policy, Scenario, World
from mcda.roadmap.symbols import EVENTS, STATUSES, TRACKS
from mcda.study.load import load_experiment
from mcda.tiers.drawn_scores import score_draws

PATHS, SEED = 64, 20250924
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@cache
def world(assumptions: str = "unresponsive") -> World:
    return read_assumptions(assumptions).over(world_of().world)


@cache
def scores() -> Floats:
    """One draw per path from the published tiers' beliefs, rows in order of name."""
    experiment = load_experiment("all-scenarios")
    laws = {name: experiment.own_beliefs[name] for name in sorted(experiment.own_beliefs)}
    return score_draws(laws, experiment.rule, rng=SEED)(np.arange(PATHS))


@cache
def scenario(name: str) -> Scenario:
    return read_scenario(name, world()).scenario


def policy(code: str, **levers: Any) -> Policy:
    return replace(read_policy(code, world()).policy, **levers)


def lived(told: str | Scenario, by: str | Policy = "P1", assumptions: str = "unresponsive") -> History:
    """The paths of a scenario, by name or as it is, under a policy, by code or as it is."""
    if isinstance(told, str) and isinstance(by, str):
        return _shipped(told, by, assumptions)
    story = scenario(told) if isinstance(told, str) else told
    return _lived(story, policy(by) if isinstance(by, str) else by, assumptions)


@lru_cache(maxsize=4)  # a history takes some 30 MB
def _shipped(told: str, by: str, assumptions: str) -> History:
    return _lived(scenario(told), policy(by), assumptions)


def _lived(told: Scenario, by: Policy, assumptions: str) -> History:
    return histories(world(assumptions), by, told, seed=SEED, paths=range(PATHS), scores=scores())


def without(name: str, *kinds: str, **what: Any) -> Scenario:
    """A shipped scenario without its entries of these kinds, or without those that set these things: event="E10"."""
    told = scenario(name)
    kept = (one for one in told.schedule if one.kind not in kinds and what.get(one.kind) != one.what)
    return replace(told, schedule=tuple(kept))


def under(name: str, parameters: dict[str, float]) -> Scenario:
    """A shipped scenario with parameters overridden."""
    told = scenario(name)
    return replace(told, overrides={**told.overrides, **parameters})


# -- what a history is read by -----------------------------------------------------------------------------------------


def kept(h: History, track: str) -> Flags:
    """Whether a track is truly kept, (path, month)."""
    return h.state["C"][..., TRACKS.index(track)] == 1


def alarmed(h: History, track: str) -> Flags:
    return h.state["y"][..., TRACKS.index(track)] == 1


def belief(h: History, track: str) -> Floats:
    return h.state["pi"][..., TRACKS.index(track)]


def fired(h: History, event: str) -> Flags:
    return h.state["fired"][..., EVENTS.index(event)] == 1


def shock(h: History, event: str, criterion: int) -> Floats:
    """The present shock of an event on criterion 1 to 7, (path, month)."""
    return h.state["x"][..., EVENTS.index(event), criterion - 1]


def status(h: History, *wanted: str) -> Flags:
    """Whether a row has one of these statuses, (path, month, row)."""
    return np.isin(h.rows["status"], [STATUSES.index(one) for one in wanted])


def suspended(h: History) -> Flags:
    """Whether a row is suspended, a pending restoration counting as such, (path, month, row)."""
    return status(h, "S", "PR")


def beyond(h: History) -> Floats:
    """Suspended rows of each month whose shadow tier lies outside the Roadmap, summed over paths."""
    return (suspended(h) & (h.tiers >= 4)).sum((0, 2))


def opened(h: History, stage: int) -> float:
    """Share of paths on which a stage was opened."""
    return float((h.state["s"] >= stage).any(1).mean())


def granted(h: History, decision: str) -> Flags:
    return h.state[decision] == 1


def triggers(h: History, track: str) -> Flags:
    """Whether an alarm on a track is among what calls for a snapback, vetoed or not."""
    return (h.state["triggers"] >> TRACKS.index(track) & 1) == 1


def first(flags: Flags) -> npt.NDArray[np.int64]:
    """The first month in which something holds; it holds on every path."""
    assert flags.any(1).all()
    return flags.argmax(1)


def only_in(flags: Flags, *months: int) -> bool:
    """Whether something holds in these months on all paths, and in no other."""
    wanted = np.zeros(flags.shape[1], bool)
    wanted[list(months)] = True
    return bool((flags == wanted).all())


def lasts(flags: Flags, length: int) -> bool:
    """Whether something holds on every path for so many months in a row, and in no other."""
    begin, months = first(flags), np.arange(flags.shape[1])
    return bool((flags == ((months >= begin[:, None]) & (months < begin[:, None] + length))).all())
