"""Many paths of one scenario under several policies, on the same randomness: sums of grains, then labelled results.

Memory does not grow with the number of paths: grain by grain, records become sums and squares, and are forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.errors import UsageError
from mcda.roadmap.grains import GRAIN, Grain, Simulation, simulation
from mcda.roadmap.model import Policy, Scenario, World
from mcda.roadmap.outcomes import MEANS, Context, path_outcomes
from mcda.roadmap.parameters import PLACES
from mcda.roadmap.plan import inputs
from mcda.roadmap.results import labelled
from mcda.roadmap.sums import Pairs, PolicySums

__all__ = ["Ask", "ensemble", "outcomes_by_path"]

Floats = npt.NDArray[np.float64]
#: Scores of paths by their numbers: (path or 1, row, criterion), rows in order of name.
Scores = Callable[[npt.NDArray[np.int64]], Floats]
#: A utility of outcomes by name, (path,) each.
Utility = Callable[[Mapping[str, Floats]], Floats]


@dataclass(frozen=True)
class Ask:
    """What is asked of an ensemble.

    paths, seed : how many paths, and what they are a function of
    scores : see `Scores`; c7_mean : row -> mean of its belief's c7, for the weights of lost value
    utilities : by name; status_quo : name of the policy that yields are measured against
    outer : number of the outer sample of assumptions; None leaves ranges at their defaults
    """

    paths: int
    seed: int
    scores: Scores
    c7_mean: Mapping[str, float] | None = None
    utilities: Mapping[str, Utility] = field(default_factory=dict)
    status_quo: str = ""
    outer: int | None = None
    first: int = 0

    def __post_init__(self) -> None:
        if self.paths < 1 or not 0 <= self.first < 1 << 32 or self.first % GRAIN:
            raise UsageError(
                f"paths are at least 1 and begin at a multiple of {GRAIN} (got {self.paths}, {self.first})"
            )


def _grains(ask: Ask) -> list[tuple[int, int]]:
    """First path and number of paths of each grain."""
    end = ask.first + ask.paths
    return [(at, min(GRAIN, end - at)) for at in range(ask.first, end, GRAIN)]


def _context(one: Simulation, parameters: Floats) -> Context:
    return Context(one.months, parameters[:, PLACES["omega"]])


def _policies(policies: Mapping[str, Policy], ask: Ask) -> dict[str, Policy]:
    """The policies with the status quo first; one without stages is made where none is named."""
    if ask.status_quo and ask.status_quo not in policies:
        raise UsageError(f"the status quo '{ask.status_quo}' is none of the policies {', '.join(policies)}")
    quo = {ask.status_quo: policies[ask.status_quo]} if ask.status_quo else {"": Policy("")}
    return {**quo, **policies}


def _each_grain(
    world: World, policies: Mapping[str, Policy], scenario: Scenario, ask: Ask, look: Callable[..., None]
) -> None:
    """Simulate grain after grain under every policy; `look` gets (grains by policy, outcomes by policy)."""
    every = _policies(policies, ask)
    ready = {name: simulation(world, policy, scenario, c7_mean=ask.c7_mean) for name, policy in every.items()}
    quo = next(iter(every))
    for first, n in _grains(ask):
        numbers = np.arange(first, first + n)
        given = inputs(world, scenario, seed=ask.seed, paths=numbers, outer=ask.outer)
        scores = np.ascontiguousarray(ask.scores(numbers), dtype=np.float64)
        found: dict[str, Grain] = {
            name: one.grain(first, n, seed=ask.seed, given=given, scores=scores) for name, one in ready.items()
        }
        context = _context(ready[quo], given.parameters)
        outcomes = {name: path_outcomes(found[name].paths, found[quo].paths, context) for name in policies}
        look({name: found[name] for name in policies}, outcomes)


def ensemble(world: World, policies: Mapping[str, Policy], scenario: Scenario, ask: Ask) -> xr.Dataset:
    """Return everything that paths of a scenario say of policies: outcomes, statuses, tiers, times, utilities.

    Parameters
    ----------
    world, policies, scenario : what is simulated; every policy meets the same paths
    ask : how many paths, from what scores, with which utilities

    Returns
    -------
    Dataset over `policy` and, by variable, `alternative`, `status`, `month`, `time`, `outcome`, `utility`, ...; see
    `docs/outcomes.md` for each.

    Errors: :class:`~mcda.errors.UsageError` for what does not go together.
    """
    sums: dict[str, PolicySums] = {}
    pairs = Pairs(tuple(policies), tuple(ask.utilities))

    def look(grains: Mapping[str, Grain], outcomes: Mapping[str, Mapping[str, Floats]]) -> None:
        for name, grain in grains.items():
            own = sums.setdefault(name, PolicySums.like(grain))
            own.add(grain, outcomes[name])
        pairs.add({u: np.stack([of(outcomes[name]) for name in policies]) for u, of in ask.utilities.items()})

    _each_grain(world, policies, scenario, ask, look)
    return labelled(world, policies, sums, pairs, ask.status_quo)


def outcomes_by_path(world: World, policies: Mapping[str, Policy], scenario: Scenario, ask: Ask) -> xr.Dataset:
    """Return the outcomes that are means of every path, (policy, path): for few paths, such as those of a budget."""
    kept: list[dict[str, dict[str, Floats]]] = []

    def look(grains: Mapping[str, Grain], outcomes: dict[str, dict[str, Floats]]) -> None:
        kept.append(outcomes)

    _each_grain(world, policies, scenario, ask, look)
    values = {
        name: (("policy", "path"), np.stack([np.concatenate([part[p][name] for part in kept]) for p in policies]))
        for name in MEANS
    }
    paths = np.arange(ask.first, ask.first + ask.paths)
    return xr.Dataset(values, coords={"policy": list(policies), "path": paths})
