"""Months of a simulation per second, against the same reduced model in SimPy and in Mesa.

    python benchmarks/roadmap_against_simpy.py [--small]

Workload: the reduced model of `reduced_model/` (its `check.py` shows that all writings of it agree), 49 measures, 60
months. What is compared, in measure-months (49 x 60 a path) per second, each the shortest of several runs:

* SimPy with a process for each measure that waits for the month's tick; SimPy driven by events, as an expert would
  write it; Mesa with an agent for each measure: one process, as they run;
* ours, the compiled kernel of the full model with the rest switched off, all outcomes on, with one and two threads;
* ours, the full model: the case's 49 measures under the policy P1 in the scenario `baseline`, all outcomes on, drawn
  scores included.

Then: cost per path at two numbers of paths (it should not change), and what compiling, or loading what an earlier run
has compiled, takes. `--small` is a quick run for the tests: its ratios mean nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.reduced_model import mesa_model, simpy_model
from benchmarks.reduced_model.world import policy, scenario, world
from mcda.roadmap.ensemble import Ask, ensemble
from mcda.roadmap.grains import GRAIN, Simulation, simulation
from mcda.roadmap.plan import inputs
from mcda.study.load import load_experiment
from mcda.tiers.drawn_scores import score_draws
from tests.roadmap.plain import policy_of, scenario_of, scores_of, world_of

SEED, MEASURE_MONTHS = 20250924, 49 * 60


def shortest(work: Callable[[], object], repeats: int) -> float:
    """Seconds of the shortest of several runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def peers(paths: int, repeats: int) -> dict[str, float]:
    """Measure-months per second of each peer, one process."""
    models = {
        "SimPy, a process for each measure": simpy_model.clocked,
        "SimPy, driven by events": simpy_model.driven,
        "Mesa, an agent for each measure": mesa_model.stepped,
    }
    return {
        name: paths * MEASURE_MONTHS / shortest(lambda one=one: [one(SEED, i) for i in range(paths)], repeats)
        for name, one in models.items()
    }


def on_threads(make: Callable[[], Callable[[int], None]], grains: int, threads: int) -> None:
    """Run grains on threads, each with its own room."""
    workers = [make() for _ in range(threads)]

    def share(k: int) -> None:
        for i in range(k, grains, threads):
            workers[k](i)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(share, range(threads)))


def reduced_worker() -> Callable[[int], None]:
    """One thread's simulation of the reduced model."""
    asked = world(), policy(), scenario()
    one: Simulation = simulation(world_of(asked[0]), policy_of(asked[1]), scenario_of(asked[2]))
    given = inputs(one.world, one.scenario, seed=SEED, paths=np.arange(1))
    scores = scores_of(asked[0], [0])
    return lambda i: one.grain(i * GRAIN, GRAIN, seed=SEED, given=given, scores=scores) and None


def full(paths: int, threads: int) -> Callable[[], object]:
    """The full model under P1 in the baseline scenario: everything that a run of it computes, shared by threads."""
    experiment = load_experiment("all-scenarios", settings=["simulation.scenarios=[baseline]"])
    of = experiment.simulations["simulation"]
    laws = experiment.own_beliefs
    scores = score_draws({name: laws[name] for name in sorted(laws)}, experiment.rule, rng=SEED)
    chosen = {"p1-roadmap": of.policies["p1-roadmap"]}
    each = -(-paths // (threads * GRAIN)) * GRAIN

    def part(k: int) -> object:
        ask = Ask(each, SEED, scores, experiment.counterweight_means, status_quo="p1-roadmap", first=k * each)
        return ensemble(of.worlds["unresponsive"], chosen, of.scenarios["baseline"], ask)

    def work() -> object:
        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(part, range(threads)))

    return work


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--small", action="store_true", help="quick, for the tests")
    small = parser.parse_args().small
    grains, slow_paths, repeats = (2, 3, 1) if small else (160, 200, 5)
    start = time.perf_counter()
    on_threads(reduced_worker, 1, 1)
    full(GRAIN, 1)()
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(f"compiling, or loading what was compiled: {time.perf_counter() - start:.1f} s (not in what follows)\n")
    found = peers(slow_paths, 1 if small else 3)
    for name, rate in found.items():
        print(f"{name}: {rate:.3g} measure-months a second")
    simpy, mesa = found["SimPy, a process for each measure"], found["Mesa, an agent for each measure"]
    for threads in (1, 2):
        seconds = shortest(lambda threads=threads: on_threads(reduced_worker, grains, threads), repeats)
        rate = grains * GRAIN * MEASURE_MONTHS / seconds
        print(
            f"ours, reduced model, {threads} threads: {rate:.3g} a second, {rate / simpy:.0f} times SimPy, "
            f"{rate / mesa:.0f} times Mesa, {rate / found['SimPy, driven by events']:.0f} times SimPy driven by events"
        )
    for threads in (1, 2):
        paths = (2 if small else 40) * GRAIN
        rate = paths * MEASURE_MONTHS / shortest(full(paths, threads), repeats)
        print(f"ours, full model, {threads} threads: {rate:.3g} a second, {rate / simpy:.0f} times SimPy's reduced one")
    for paths in (GRAIN, (2 if small else 16) * GRAIN):
        print(f"full model, {paths} paths: {shortest(full(paths, 1), repeats) / paths * 1e6:.1f} microseconds a path")


if __name__ == "__main__":
    main()
