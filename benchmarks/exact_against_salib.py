"""Exact sensitivity of the whole table against SALib's Sobol' estimates of a part of it, on one core.

    python benchmarks/exact_against_salib.py [--all | --small]

Workload: 49 different beliefs over seven criteria scored 1-10 (beta-binomial, every score possible), one rule, five
tiers. Exact: `mcda.tiers.acceptability.indices`, which is closed, first, total, Shapley and interaction indices of 15
outputs for all 128 subsets, labelled. SALib: first, total and second order of the five tier indicators, N = 4096, 100
resamples, on the same beliefs under the same rule. SALib is timed on 4 alternatives, and the quickest counts for all 49
(its work does not depend on the belief); `--all` times it on 49. `--small` is a quick run for the tests: its ratio
means nothing.

Nothing is carried from one alternative to the next but the rule's states, which are made anew inside each timed run.
All times are the shortest of several runs. Compiling, or loading what an earlier run has compiled, is timed apart.
"""

from __future__ import annotations

import os

for _library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA"):  # before NumPy is imported: one core
    os.environ[f"{_library}_NUM_THREADS"] = "1"

import argparse
import math
import platform
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numba
import numpy as np
import numpy.typing as npt
from SALib.analyze import sobol as sobol_analyze
from SALib.sample import sobol as sobol_sample

from mcda.problem import Lattice
from mcda.rule import Rule, Split
from mcda.scores.belief import Belief
from mcda.scores.marginals import beta_binomial
from mcda.sensitivity import elimination
from mcda.tiers import acceptability, exact
from mcda.tiers.states import states

Floats = npt.NDArray[np.float64]
LATTICE = Lattice(1, 10)
SEED = 20250924
TARGET = 0.001


@dataclass(frozen=True)
class Size:
    """How much is run."""

    alternatives: int = 49
    salib_alternatives: int = 4
    n: int = 4096
    resamples: int = 100
    repeats: int = 20
    wide: int = 49


# -- the workload ------------------------------------------------------------------------------------------------------


def rule_of(against: int, in_favour: int) -> Rule:
    """Return the rule C - c7 >= 3, >= 0, else; outside by C >= -7. Any rule of the family costs about the same."""
    roles = ("against",) * against + ("for",) * in_favour + ("counterweight",)
    return Rule("benchmark", roles, 3, 2, cuts=(3, 0), split=Split("composite", (-7,)))


def beliefs(n: int, criteria: int) -> dict[str, Belief]:
    """Return different beliefs: means from 2 to 9, concentrations from 2 (nearly uniform) to 20."""
    rng = np.random.default_rng(SEED)
    parameters = np.stack([rng.uniform(2, 9, (n, criteria)), rng.uniform(2, 20, (n, criteria))], axis=-1)
    laws = [np.stack([beta_binomial(LATTICE, *two) for two in row]) for row in parameters.tolist()]
    return {f"alternative {i + 1}": Belief(LATTICE, law) for i, law in enumerate(laws)}


def seconds(run: Callable[[], object], repeats: int) -> float:
    """Return the shortest time of several runs; what is kept of a rule's states is thrown away before each."""
    times = []
    for _ in range(repeats):
        exact._tier_columns.cache_clear()
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


# -- the peer ----------------------------------------------------------------------------------------------------------


def salib(belief: Belief, rule: Rule, n: int, resamples: int) -> list[dict[str, Floats]]:
    """Return SALib's indices of each tier's indicator.

    At a small N a rare tier may not be hit at all: SALib warns, and such tiers are not compared.
    """
    d = len(rule.roles)
    problem = {"num_vars": d, "names": [f"c{k + 1}" for k in range(d)], "bounds": [[0, 1]] * d}
    u = sobol_sample.sample(problem, n, calc_second_order=True, seed=SEED)
    cumulative = belief.probability[0].cumsum(axis=1)
    level = [np.searchsorted(cumulative[k, :-1], u[:, k], side="right") for k in range(d)]
    tier = rule.sort(np.stack(level, axis=1) + LATTICE.low)
    columns = [(tier == t).astype(float) for t in rule.tiers]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Constant values encountered")
        warnings.filterwarnings("ignore", "invalid value encountered in divide")
        return [
            sobol_analyze.analyze(problem, y, calc_second_order=True, num_resamples=resamples, seed=SEED)
            for y in columns
        ]


def salib_errors(found: list[dict[str, Floats]], table: exact.Sensitivity, d: int) -> Floats:
    """Return SALib's absolute errors: first, total, second order of tiers whose probability is 5 to 95 %."""
    pairs = np.triu_indices(d, 1)
    errors = []
    for t, indices in enumerate(found):
        if 0.05 <= table.mean[t] <= 0.95:
            closed = table.closed[t]
            single, n = closed[1 << np.arange(d)], len(closed)
            both = closed[(1 << pairs[0]) + (1 << pairs[1])]
            errors += [indices["S1"] - single, indices["ST"] - (1 - closed[n - 1 - (1 << np.arange(d))])]
            errors += [indices["S2"][pairs] - (both - single[pairs[0]] - single[pairs[1]])]
    return np.abs(np.concatenate(errors))


def slope(points: dict[int, float]) -> float:
    """Return the slope of log error over log N, by least squares."""
    return float(np.polyfit(np.log(list(points)), np.log(list(points.values())), 1)[0])


def needed(n: int, error: float, power: float) -> float:
    """Return the N at which an error that falls like N^power reaches the target."""
    return n * (TARGET / error) ** (1 / power)


# -- the machine's limit -----------------------------------------------------------------------------------------------


def operations(rule: Rule) -> tuple[int, int]:
    """Return what elimination does for one belief: multiply-adds and logarithms, counted node by node of its tree.

    A node that sums factor k out costs (states left) x (tiers) x (levels), one that keeps it (states of the law) x
    (levels); a leaf (states) x (tiers) (tiers + 1) / 2 for covariances and (states) x (tiers) logarithms.
    """
    vectors = states([rule], LATTICE).vectors
    reach = vectors.max(axis=1)[elimination._order(vectors)]
    d, levels, tiers = len(reach), LATTICE.size, len(rule.tiers)
    full, adds, logs = 1 + reach.sum(axis=0), 0, 0
    for k in range(d):
        for prefix in range(1 << k):
            kept = np.array([prefix >> i & 1 for i in range(k)] + [0] * (d - k), dtype=bool)
            out = ~kept & (np.arange(d) <= k)
            adds += int(np.prod(full - reach[out].sum(axis=0))) * tiers * levels
            adds += int(np.prod(1 + reach[kept].sum(axis=0))) * levels
    for leaf in range(1 << d):
        n = int(np.prod(1 + reach[[bool(leaf >> k & 1) for k in range(d)]].sum(axis=0)))
        adds += n * tiers * (tiers + 1) // 2
        logs += n * tiers
    return adds, logs


@numba.njit(fastmath={"reassoc", "contract"})
def _axpy(a: float, x: Floats, y: Floats, times: int) -> None:
    for _ in range(times):
        for i in range(x.size):
            y[i] += a * x[i]


def peak() -> float:
    """Return multiply-adds a second of ``y += a x`` on 1024 numbers (16 KB: in L1)."""
    x, y, times = np.ones(1024), np.ones(1024), 20_000
    _axpy(1e-9, x, y, 1)
    return times * x.size / min(_timed(lambda: _axpy(1e-9, x, y, times)) for _ in range(5))


def _timed(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


# -- the report --------------------------------------------------------------------------------------------------------


def ours(size: Size, rule: Rule, laws: dict[str, Belief]) -> dict[str, float]:
    """Time the exact engine: compiling, the whole table, its parts, and twelve criteria."""
    names = [f"c{k + 1}" for k in range(len(rule.roles))]
    compiling = _timed(lambda: acceptability.indices(laws, rule, factors=names))
    wide_rule, wide = rule_of(5, 6), beliefs(size.wide, 12)
    space = states([rule], LATTICE)
    columns = exact.indicators(rule.sort_components(space.values(), space.unit), len(rule.tiers))
    return {
        "compiling": compiling,
        "indices": seconds(lambda: acceptability.indices(laws, rule, factors=names), size.repeats),
        "sensitivity": seconds(lambda: [exact.sensitivity(b, rule) for b in laws.values()], size.repeats),
        "elimination": seconds(
            lambda: [
                elimination.closed_moments(space.vectors, b.probability[0], columns, classes=len(rule.tiers))
                for b in laws.values()
            ],
            size.repeats,
        ),
        "wide": seconds(lambda: [exact.sensitivity(b, wide_rule) for b in wide.values()], 1),
    }


def theirs(size: Size, rule: Rule, laws: dict[str, Belief]) -> tuple[float, dict[int, Floats]]:
    """Time SALib on the first alternatives, the quickest scaled to all; its errors by N."""
    times: list[float] = []
    errors: dict[int, list[Floats]] = {size.n // 16: [], size.n // 4: [], size.n: []}
    for belief in list(laws.values())[: size.salib_alternatives]:
        table = exact.sensitivity(belief, rule)
        for n, found in errors.items():  # the smaller N are for the slope alone, hence two resamples
            start = time.perf_counter()
            indices = salib(belief, rule, n, size.resamples if n == size.n else 2)
            spent = time.perf_counter() - start
            found.append(salib_errors(indices, table, len(rule.roles)))
        times.append(spent)
    return min(times) * len(laws), {n: np.concatenate(found) for n, found in errors.items()}


def report(size: Size) -> str:
    """Run everything; return the report as text."""
    rule, laws = rule_of(3, 3), beliefs(size.alternatives, 7)
    own = ours(size, rule, laws)
    salib_seconds, errors = theirs(size, rule, laws)
    last = errors[size.n]
    power = slope({n: float(np.median(e)) for n, e in errors.items()})
    adds, logs = operations(rule)
    limit = peak()
    share = adds * len(laws) / limit / own["elimination"]
    timed = f"quickest of {size.salib_alternatives} x {len(laws)}"
    lines = [
        f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}, "
        f"Numba {numba.__version__}, SALib {version('SALib')}; one thread; seed {SEED}",
        "",
        f"{len(laws)} alternatives, 7 criteria, 5 tiers                         seconds    SALib / this",
        _row("SALib sobol: S1, ST, S2 of 5 outputs, " + timed, salib_seconds, 1),
        _row("exact, everything: 15 outputs x 128 subsets, labelled", own["indices"], salib_seconds / own["indices"]),
        _row("  of which closed tables (exact.sensitivity)", own["sensitivity"], salib_seconds / own["sensitivity"]),
        _row("  of which elimination (compiled)", own["elimination"], salib_seconds / own["elimination"]),
        f"  compiling, or loading what was compiled, not counted  {own['compiling']:10.3f}",
        f"{size.wide} alternatives, 12 criteria, 4096 subsets: exact        {own['wide']:10.3f}",
        "",
        f"SALib's absolute error against exact, N = {size.n}, {last.size} indices (tiers of probability 5 to 95 %):",
        f"  median {np.median(last):.4f}, largest {last.max():.4f}; slope of the median over N {power:.2f}",
        f"  N for a median error of {TARGET}: {needed(size.n, float(np.median(last)), power):.2g} at that slope; "
        f"for the largest: {needed(size.n, float(last.max()), -0.5):.2g} at N^-1/2",
        "",
        "Where elimination stands against the machine's limit, for one belief:",
        f"  {adds / 1e6:.2f} million multiply-adds and {logs / 1e3:.0f} thousand logarithms in "
        f"{own['elimination'] / len(laws) * 1e6:.0f} microseconds",
        f"  y += a x in L1 does {limit / 1e9:.1f} thousand million multiply-adds a second; at that pace they take "
        f"{adds / limit * 1e6:.0f} microseconds: {share:.0%} of the time",
    ]
    return "\n".join(lines)


def _row(label: str, spent: float, ratio: float) -> str:
    return f"{label:<55} {spent:10.3f} {math.floor(ratio):15,d}"


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--all", action="store_true", help="time SALib on all 49 alternatives (minutes)")
    how.add_argument("--small", action="store_true", help="a quick run that only shows that it runs")
    chosen = parser.parse_args(arguments)
    size = Size(2, 2, 256, 10, 2, 1) if chosen.small else Size(salib_alternatives=49) if chosen.all else Size()
    print(report(size))


if __name__ == "__main__":
    main()
