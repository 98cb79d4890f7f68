"""Whether all writings of the reduced model say the same, and how fast each is, on one process.

    python benchmarks/reduced_model/check.py [--paths 400] [--repeats 3] [--seed 20250924]

SimPy with a clock, SimPy driven by events, Mesa, and the plain reference of the full model (tests/reference/roadmap.py)
with the rest switched off (world.py) draw different numbers, so means over paths are compared: each pair may differ by
at most four standard errors of the difference. What is compared: months in each status by tier, exposure under
violation, which of exit and snapback came first, by months 12, 24 and 60, and when. The measures of a tier share one
fate in this model; that they do is checked path by path.

The rate is measure-months (49 times 60 a path) per second of the quickest of several runs over all paths; importing is
not counted. The reference runs once: it keeps the whole history of each path, and is slow on purpose.
"""

from __future__ import annotations

import argparse
import gc
import math
import platform
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from itertools import combinations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import numpy.typing as npt

from benchmarks.reduced_model import mesa_model, simpy_model
from benchmarks.reduced_model.common import CODES, MONTHS, STATUSES, TIERS, Account
from benchmarks.reduced_model.world import policy, scenario, world
from tests.reference.roadmap import simulate

Floats = npt.NDArray[np.float64]
Run = Callable[[int, int], Account]

ERRORS = 4.0


def reference(seed: int, path: int) -> Account:
    """Run one path of the plain reference."""
    history = simulate(world(), policy(), scenario(), seed=seed, path=path)
    names = sorted(history.months[0]["status"])
    status = [history.of("status", name) for name in names]
    violated = [not C["D"] for C in history["C"]]
    exposure = sum(v and s in ("S", "PR") for row in status for s, v in zip(row, violated, strict=True))
    first = min(((t + 1, code) for code in (1, 2) for t in history.decided(CODES[code].upper())), default=(MONTHS, 0))
    return Account([[row.count(s) for s in STATUSES] for row in status], exposure, first[1], first[0])


MODELS: dict[str, Run] = {
    "SimPy, clock": simpy_model.clocked,
    "SimPy, events": simpy_model.driven,
    "Mesa": mesa_model.stepped,
    "reference": reference,
}


def row_of(account: Account) -> dict[str, float]:
    """Return what is compared of a path."""
    found: dict[str, float] = {}
    for tier in sorted(set(TIERS)):
        fates = {tuple(months) for months, own in zip(account.months, TIERS, strict=True) if own == tier}
        if len(fates) > 1 or any(sum(fate) != MONTHS for fate in fates):
            raise SystemExit(f"tier {tier}: its measures do not share one fate of {MONTHS} months: {fates}")
        found |= {f"tier {tier}, months {s}": float(n) for s, n in zip(STATUSES, *fates, strict=True)}
    found["exposure under violation"] = float(account.exposure)
    for code in (1, 2):
        for by in (12, 24, MONTHS):
            found[f"{CODES[code]} first, by {by}"] = float(account.code == code and account.time <= by)
    found["time of the first"] = float(account.time)
    return found


def timed(run: Run, seed: int, paths: int, repeats: int) -> tuple[list[Account], float]:
    """Run all paths; return their accounts and the seconds of the quickest of several runs."""
    run(seed, 0)
    times = []
    for _ in range(repeats):
        gc.collect()
        start = time.perf_counter()
        accounts = [run(seed, path) for path in range(paths)]
        times.append(time.perf_counter() - start)
    return accounts, min(times)


def summary(accounts: Sequence[Account]) -> tuple[list[str], Floats, Floats]:
    """Return the names of what is compared, means over paths, and their standard errors."""
    rows = [row_of(account) for account in accounts]
    values = np.array([list(row.values()) for row in rows])
    return list(rows[0]), values.mean(axis=0), values.std(axis=0, ddof=1) / math.sqrt(len(rows))


def worst_difference(a: tuple[Floats, Floats], b: tuple[Floats, Floats]) -> tuple[float, int]:
    """Return the largest difference in standard errors, and of what; infinite if both never vary and differ."""
    gap, error = np.abs(a[0] - b[0]), np.hypot(a[1], b[1])
    z = np.divide(gap, error, out=np.where(gap > 0, np.inf, 0.0), where=error > 0)
    return float(z.max()), int(z.argmax())


def main(arguments: list[str] | None = None) -> int:
    """Run all, print means, differences and rates; 1 if some pair differs by more than four standard errors."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--paths", type=int, default=400)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=20250924)
    chosen = parser.parse_args(arguments)
    versions = f"SimPy {version('simpy')}, Mesa {version('mesa')}, Python {platform.python_version()}"
    print(f"{versions}, {platform.machine()}; {chosen.paths} paths, seed {chosen.seed}")
    found, rates = {}, {}
    for name, run in MODELS.items():
        accounts, seconds = timed(run, chosen.seed, chosen.paths, 1 if run is reference else chosen.repeats)
        names, middle, error = summary(accounts)
        found[name], rates[name] = (middle, error), chosen.paths * len(TIERS) * MONTHS / seconds
    print(f"{'mean (standard error)':<26}" + "".join(f"{name:>20}" for name in found))
    for i, name in enumerate(names):
        print(f"{name:<26}" + "".join(f"{m[i]:>12.3f} ({e[i]:.3f})" for m, e in found.values()))
    worst = {pair: worst_difference(found[pair[0]], found[pair[1]]) for pair in combinations(found, 2)}
    for pair, (z, i) in worst.items():
        print(f"{' and '.join(pair)}: at most {z:.2f} standard errors apart ({names[i]})")
    for name, rate in rates.items():
        print(f"{name:<16}{rate:12,.0f} measure-months per second")
    return int(max(z for z, _ in worst.values()) > ERRORS)


if __name__ == "__main__":
    sys.exit(main())
