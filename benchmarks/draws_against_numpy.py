"""Sampling and sorting a table of alternatives, against a vectorised NumPy reference and against the bare generator.

    python benchmarks/draws_against_numpy.py [--small]

Workload: the 49 measures with the beliefs of the illustrative panel (cells pooled, whole points 1-10), the reference
rule, five tiers, the same number of draws. What is compared, each the shortest of several runs:

* ours, with one and with two threads: draws, tiers, counts by tier, integers that depend on seed and name alone;
* NumPy: `np.random.Philox`, float32 uniforms, one `searchsorted` per criterion, sums of contributions, the tier looked
  up in a table, `bincount`; on blocks that fit the cache (the best of three sizes counts). It uses one processor, as
  such code does;
* the bare generator: our Philox filling a buffer with the same number of words on the same threads.

Compiling, or loading what an earlier run has compiled, is timed apart. `--small` is a quick run for the tests: its
ratios mean nothing.
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
import numpy.typing as npt

import mcda
from mcda import draws
from mcda.compiled import kernel
from mcda.rule import Rule
from mcda.scores.belief import Belief
from mcda.tiers.counts import agreement
from mcda.tiers.joint import count_tiers
from mcda.tiers.sampled import BLOCK, sampler
from mcda.tiers.states import states

SEED = 20250924
Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint32]


def shortest(work: Callable[[], object], repeats: int) -> float:
    """Seconds of the shortest of several runs."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


class NumpyReference:
    """The same job as one would write it in NumPy."""

    def __init__(self, laws: dict[str, Belief], rule: Rule) -> None:
        lattice = next(iter(laws.values())).lattice
        space = states([rule], lattice)
        strides = np.append(np.cumprod(space.extents[:0:-1])[::-1], 1)
        self.steps = (space.vectors @ strides).astype(np.int64)
        self.table = rule.sort_components(space.values(), space.unit).astype(np.int64)
        self.cumulative = [np.cumsum(law.probability[0], axis=1)[:, :-1].astype(np.float32) for law in laws.values()]
        self.top = len(rule.tiers)

    def counts(self, n: int, block: int) -> Ints:
        """Count tiers over n draws, (alternative, tier)."""
        rng = np.random.Generator(np.random.Philox(SEED))
        found = np.zeros((len(self.cumulative), self.top + 1), dtype=np.int64)
        for at in range(0, n, block):
            size = min(block, n - at)
            for a, cumulative in enumerate(self.cumulative):
                u = rng.random((len(cumulative), size), dtype=np.float32)
                state = np.zeros(size, dtype=np.int64)
                for k, upto in enumerate(cumulative):
                    state += self.steps[k][np.searchsorted(upto, u[k], side="right")]
                found[a] += np.bincount(self.table[state], minlength=self.top + 1)
        return found[:, 1:]


@kernel
def fill(first: int, n: int, rows: int, addresses: int, k0: np.uint32, k1: np.uint32, room: Words) -> None:
    """Our generator alone: the words of `rows` alternatives for n draws, in blocks of a buffer's size."""
    for at in range(first, first + n, room.shape[1]):
        number = np.arange(at, at + room.shape[1]).astype(np.uint32)
        for a in range(rows):
            for b in range(addresses):
                draws.fill_address(number, 0, 16 * a + b, 35, k0, k1, room)


def bare(n: int, rows: int, criteria: int, threads: int) -> None:
    """Fill as many words as the draws need, on some threads."""
    share, addresses = n // threads, (criteria + 3) // 4

    def one(t: int) -> None:
        fill(t * share, share, rows, addresses, *draws.key(SEED), np.empty((4, BLOCK), dtype=np.uint32))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, range(threads)))


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--small", action="store_true")
    small = parser.parse_args().small
    n, slow_n, repeats = (2 * BLOCK, 2048, 1) if small else (128 * BLOCK, 32768, 5)
    experiment = mcda.load_experiment("illustrative-panel")
    laws, rule = experiment.pooled(pool="pooled-cells"), experiment.rule
    ours, reference = sampler(laws, rule, rng=SEED), NumpyReference(laws, rule)
    cells, criteria = len(laws), len(rule.roles)

    def count(tiers: npt.NDArray[np.uint8]) -> Ints:
        return count_tiers(tiers, len(rule.tiers))

    start = time.perf_counter()
    ours.over(BLOCK, count)
    bare(2 * BLOCK, 1, criteria, 2)
    compiled = time.perf_counter() - start
    p = mcda.acceptability(laws, rule)["acceptability"].values
    for name, hits, m in (("ours", ours.over(n, count), n), ("NumPy", reference.counts(slow_n, 8192), slow_n)):
        print(f"{name}: chi-square p over all rows against the exact engine {agreement(hits, m, p).p_all:.3f}")
    blocks = (2048, 8192, 32768)
    numpy = min(shortest(lambda b=b: reference.counts(slow_n, b), repeats) for b in blocks) / slow_n / cells
    print(f"{platform.machine()}, {os.cpu_count()} processors; loading or compiling took {compiled:.1f} s")
    print(f"NumPy            {1e9 * numpy:7.2f} ns per alternative and draw")
    for threads in (1, 2):
        own = shortest(lambda t=threads: ours.over(n, count, threads=t), repeats) / n / cells
        alone = shortest(lambda t=threads: bare(n, cells, criteria, t), repeats) / n / cells
        beside = f"bare generator {1e9 * alone:.2f} ns, {own / alone:.2f} times that"
        print(f"ours, {threads} threads  {1e9 * own:7.2f} ns, {numpy / own:.1f} times NumPy; {beside}")


if __name__ == "__main__":
    main()
