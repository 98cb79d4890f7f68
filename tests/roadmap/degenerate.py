"""Many paths of small worlds, and the laws that chains of a few states follow: what closed forms are held against."""

import math
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from mcda.roadmap.accrue import Tally
from mcda.roadmap.grains import Grain, simulation
from mcda.roadmap.plan import inputs
from tests.roadmap.plain import policy_of, scenario_of, scores_of, world_of
from tests.roadmap.test_reference import GOOD

N = 200_000
_BLOCK, _THREADS = 25_000, 2
State = TypeVar("State")


def scenario_from(given: Mapping[str, Any]) -> dict[str, Any]:
    """A scenario; what has none of a scenario's keys is its start."""
    return dict(given) if {"start", "schedule", "overrides"} & set(given) else {"start": given}


def with_horizon(world: Mapping[str, Any], months: int) -> dict[str, Any]:
    return {**world, "parameters": {**world["parameters"], "horizon": months}}


def grain(
    world: Any, policy: Any, scenario: Any = GOOD, *, months: int, paths: range, seed: int = 7, outer: int | None = None
) -> Grain:
    """Paths one after another, in one call of the kernel; scores are those of path 0."""
    whole = with_horizon(world, months)
    w, s = world_of(whole), scenario_of(scenario_from(scenario))
    made = simulation(w, policy_of(policy), s)
    given = inputs(w, s, seed=seed, paths=paths, outer=outer)
    return made.grain(paths.start, len(paths), seed=seed, given=given, scores=scores_of(whole, [0]))


def many(
    world: Any, policy: Any, scenario: Any = GOOD, *, months: int, n: int = N, seed: int = 7, outer: int | None = None
) -> Grain:
    """n paths, in blocks by two threads."""

    def block(first: int) -> Grain:
        paths = range(first, min(first + _BLOCK, n))
        return grain(world, policy, scenario, months=months, paths=paths, seed=seed, outer=outer)

    with ThreadPoolExecutor(_THREADS) as pool:
        found = list(pool.map(block, range(0, n, _BLOCK)))
    sums = Tally(*(sum(parts) for parts in zip(*(f.sums for f in found), strict=True)))
    return Grain(np.concatenate([f.paths for f in found]), sums)


# -- four standard errors ----------------------------------------------------------------------------------------------


def assert_mean(mean: float, expected: float, variance: float, n: int = N) -> None:
    """Four standard errors of a mean of n independent paths, whose variance the closed form gives."""
    error = math.sqrt(max(variance, 0.0) / n)
    assert abs(mean - expected) <= 4 * error + 1e-9, f"{mean} against {expected} +- {error}"


def assert_moments(values: Any, expected: float, variance: float, fourth: float) -> None:
    """The mean and the variance of a sample; `fourth` is the fourth central moment of its law."""
    x, n = np.asarray(values, dtype=float), len(values)
    assert_mean(x.mean(), expected, variance, n)
    assert_mean(((x - expected) ** 2).mean(), variance, fourth - variance**2, n)


def assert_counts(counts: Iterable[float], shares: Iterable[float], n: int = N) -> None:
    """Each count against its share of n paths."""
    for count, share in zip(counts, shares, strict=True):
        assert_mean(count / n, share, share * (1 - share), n)


def assert_times(times: Any, law: Mapping[int, float]) -> None:
    """The share of paths whose time has come, by each time of `law`: time -> P(T <= time). A time of 0 is never."""
    for time, share in law.items():
        assert_mean(((times > 0) & (times <= time)).mean(), share, share * (1 - share), len(times))


# -- chains ------------------------------------------------------------------------------------------------------------


def chain(
    start: State, months: int, step: Callable[[State], Iterable[tuple[float, State]]]
) -> list[dict[State, float]]:
    """The law of a chain after each of its months: `step` gives each state's successors with their probabilities."""
    now, found = {start: 1.0}, []
    for _ in range(months):
        after: dict[State, float] = {}
        for state, p in now.items():
            for q, successor in step(state):
                after[successor] = after.get(successor, 0.0) + p * q
        assert math.isclose(sum(after.values()), 1.0, abs_tol=1e-12)
        found.append(after)
        now = after
    return found


def share_of(law: Mapping[State, float], has: Callable[[State], bool]) -> float:
    return sum(p for state, p in law.items() if has(state))


def moments(law: Mapping[float, float]) -> tuple[float, float]:
    """Mean and variance of a law on numbers."""
    mean = sum(p * x for x, p in law.items())
    return mean, sum(p * (x - mean) ** 2 for x, p in law.items())


def two_state(c: float, slips: Iterable[float], repairs: Iterable[float]) -> list[float]:
    """P(compliant) after each month: c' = c (1 - q) + (1 - c) r."""
    found = []
    for q, r in zip(slips, repairs, strict=True):
        c = c * (1 - q) + (1 - c) * r
        found.append(c)
    return found


def differences(cumulative: Iterable[float]) -> list[float]:
    return [b - a for a, b in pairwise([0.0, *cumulative])]
