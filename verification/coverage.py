"""How often the sampled engine's 95 % intervals hold the truth, for a small rule whose indices are rational numbers.

``python -m verification.coverage [SEEDS]`` (1,000 seeds: about a minute on a quiet machine) writes the dated table
`docs/validation-indices.md`. The rule is a vote: at least two of three, which say yes with probabilities 1/3, 2/3 and
9/20. Its closed indices are summed up in fractions over the eight outcomes, with nothing of the package. "Error told /
actual" is the mean standard error over the standard deviation of the estimates. The script fails where a coverage is
more than four binomial standard errors away from 95 %; of 256 random points one more percent is allowed, since a normal
interval is a little short there.
"""

from __future__ import annotations

import datetime
import math
import sys
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from mcda.sensitivity.sampled import sampled_indices

PAGE = Path(__file__).parents[1] / "docs" / "validation-indices.md"
YES = (Fraction(1, 3), Fraction(2, 3), Fraction(9, 20))
NAMES = ("first", "second", "third")
DESIGNS: tuple[dict[str, Any], ...] = (
    {"points": "random", "n": 256, "subsets": "first-total"},
    {"points": "random", "n": 1024, "subsets": "first-total"},
    {"points": "random", "n": 4096, "subsets": "first-total"},
    {"points": "random", "n": 256, "subsets": "all"},
    {"points": "sobol", "n": 64, "subsets": "first-total"},
    {"points": "sobol", "n": 64, "subsets": "all"},
)
Cell = tuple[float, float, float]


def vote(u: np.ndarray) -> np.ndarray:
    return ((u < [float(p) for p in YES]).sum(axis=1) >= 2).astype(float)


def closed_variance(known: tuple[int, ...]) -> Fraction:
    """Var(E[vote | what the known ones say]) over the eight outcomes."""
    sums: dict[tuple[int, ...], list[Fraction]] = {}
    for x in product((0, 1), repeat=3):
        p = math.prod(q if b else 1 - q for q, b in zip(YES, x, strict=True))
        part = sums.setdefault(tuple(x[k] for k in known), [Fraction(0), Fraction(0)])
        part[0] += p
        part[1] += p * (sum(x) >= 2)
    mean = sum(y for _, y in sums.values())
    return sum((y * y / p for p, y in sums.values()), Fraction(0)) - mean * mean


def truth() -> dict[str, list[float]]:
    """First order, total order and Shapley effects of the three, by their definitions."""
    total = closed_variance((0, 1, 2))
    one = [closed_variance((k,)) / total for k in range(3)]
    rest = [closed_variance(tuple(j for j in range(3) if j != k)) / total for k in range(3)]
    shapley = [
        one[k] / 3 + sum(rest[3 - k - j] - one[j] for j in range(3) if j != k) / 6 + (1 - rest[k]) / 3 for k in range(3)
    ]  # rest[3 - k - j] is the closed index of the pair (k, j)
    found = {"first_order": one, "total_order": [1 - r for r in rest], "shapley": shapley}
    assert sum(shapley) == 1
    return {name: [float(v) for v in values] for name, values in found.items()}


def row(design: dict[str, Any], seeds: int) -> dict[str, list[Cell]]:
    """For every index of every factor: coverage, mean half width, error told over actual."""
    runs = [sampled_indices(vote, NAMES, seed=seed, **design) for seed in range(seeds)]
    found = {}
    for name, exact in truth().items():
        x, se, ci = (np.array([getattr(run, name + end)[0] for run in runs]) for end in ("", "_se", "_ci"))
        covered = ((ci[..., 0] <= exact) & (exact <= ci[..., 1])).mean(axis=0)
        columns = covered, np.ptp(ci, axis=-1).mean(axis=0) / 2, se.mean(axis=0) / x.std(axis=0, ddof=1)
        found[name] = [(float(a), float(b), float(c)) for a, b, c in zip(*columns, strict=True)]
    return found


def main() -> None:
    """Print the table; fail where an interval covers too seldom or too often."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    allowed = 4 * math.sqrt(0.95 * 0.05 / seeds)
    lines = [
        "# Validation: 95 % intervals of sampled Sobol' indices", "",
        f"Written by `python -m verification.coverage {seeds}` on {datetime.date.today()}: a vote of three whose",
        "indices are rational numbers; how often intervals hold them, and the mean standard error over the estimates'",
        f"spread. Allowed: 95 % give or take {100 * allowed:.1f} %, four binomial standard errors (256 random points: "
        "one more).",
        "",
        "| points | n | subsets | index | factor | truth | coverage, % | half width | error told / actual |",
        "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    worst = 0.0
    for design in DESIGNS:
        cells = row(design, seeds)
        what = f"{design['points']} | {design['n']} | {design['subsets']}"
        for name, three in cells.items():
            for factor, exact, (covered, width, ratio) in zip(NAMES, truth()[name], three, strict=True):
                told = f"{exact:.4f} | {100 * covered:.1f} | {width:.4f} | {ratio:.3f}"
                lines.append(f"| {what} | {name.replace('_', ' ')} | {factor} | {told} |")
                print(lines[-1], flush=True)
                spare = 0.01 if design["points"] == "random" and design["n"] == 256 else 0.0
                worst = max(worst, abs(covered - 0.95) - spare)
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if worst > allowed:
        sys.exit(f"a coverage is {100 * worst:.1f} % further away from 95 % than it may be")


if __name__ == "__main__":
    main()
