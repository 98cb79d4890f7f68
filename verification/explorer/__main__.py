"""The explorer's engine against the package's on 5,000 random settings, and how quickly it reacts, in a real Chromium.

``python -m verification.explorer [SETTINGS] [SEED]`` writes the dated page `docs/validation-explorer.md`. The browser
is the system's own, driven by playwright. Differences are absolute; it ends with exit code 1 where one exceeds 1e-9.
"""

from __future__ import annotations

import datetime
import json
import shutil
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from mcda.output.explorer import engine_script
from mcda.problem import Lattice
from mcda.scores.marginals import point
from mcda.scores.pooling import law_of_total
from verification.explorer.settings import SEVEN, Plain, Setting, asked, differences, plain_problem, settings

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "validation-explorer.md"
ALLOWED = 1e-9
#: Shares of the settings: independent; other shapes; dependent; a second panel on all 10^7 score vectors.
SHARES = (0.5, 0.25, 0.246, 0.004)
#: How often a reaction is timed, after the engine has warmed up.
TIMES = 40
RULE: Plain = {
    "inside": 3, "form": "difference", "reading": "footnote", "zero": "outside", "tie": "smaller", "veto": None,
    "cuts": [4, -1], "weights": [1] * 7, "split": {"by": "composite", "cuts": [-6]}, "bands": None,
}  # fmt: skip
TIMED = """([belief, rule, problem, times]) => {
  const found = [];
  for (let i = 0; i < times; i++) {
    const started = performance.now();
    Engine.solve(belief, rule, problem);
    found.push(performance.now() - started);
  }
  return found;
}"""


@contextmanager
def engine_page() -> Iterator[tuple[Any, str]]:
    """A page of the system's browser that has the engine, and the browser's version."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.set_content("<!doctype html><title>engine</title>")
        page.add_script_tag(content=engine_script() + "\nwindow.Engine = Engine;")
        yield page, browser.version
        browser.close()


# -- agreement ---------------------------------------------------------------------------------------------------------


def compared(page: Any, n: int, seed: int) -> tuple[dict[str, dict[str, float]], Counter[str]]:
    """Largest difference by kind of belief and quantity, and how many settings of each kind."""
    counts = [round(n * share) for share in SHARES]
    counts[0] += n - sum(counts)
    worst: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    kinds: Counter[str] = Counter()
    waiting: list[tuple[Setting, Plain]] = []

    def empty() -> None:
        for (one, ours), theirs in zip(waiting, asked(page, [one for one, _ in waiting]), strict=True):
            kinds[one.kind] += 1
            for key, value in differences(theirs, ours).items():
                worst[one.kind][key] = max(worst[one.kind][key], value)
        waiting.clear()

    for pair in settings(seed, counts):
        waiting.append(pair)
        if len(waiting) == 20:
            empty()
    if waiting:
        empty()
    return worst, kinds


def agreement(worst: dict[str, dict[str, float]], kinds: Counter[str]) -> list[str]:
    """The table of differences."""
    columns = ["tiers", "closed", "first", "total", "shapley", "response", "mean of C", "flip"]
    lines = [f"| belief | settings | {' | '.join(columns)} |", "|---" * (len(columns) + 2) + "|"]
    for kind, found in worst.items():
        shown = [f"{found[key]:.1e}" if key in found else "" for key in columns]
        lines.append(f"| {kind} | {kinds[kind]:,} | {' | '.join(shown)} |")
    return lines


# -- reactions ---------------------------------------------------------------------------------------------------------


def beliefs() -> Iterator[tuple[str, Plain]]:
    """What a reader moves, from the lightest to the heaviest."""
    scale, fine = Lattice(1, 10), Lattice(1, 10, 20)
    scores = [3, 4, 2, 6, 7, 5, 4]
    one = [point(scale, x, 2).tolist() for x in scores]
    yield "point scores, spread 2", unconditioned(one, 1, scores)
    yield "point scores, spread 9 (all levels)", unconditioned([point(scale, x, 9).tolist() for x in scores], 1, scores)
    panel = np.zeros((7, fine.size))
    for k, x in enumerate(scores):
        panel[k, :: 5 if k % 2 else 4] = law_of_total(
            [point(scale, min(10, x + e % 2), 2) for e in range(4 + (k + 1) % 2)]
        )
    yield "mean of four and of five experts, steps of 0.05", unconditioned(panel.tolist(), 20, None)
    uniform = [[0.1] * 10] * 7
    for moves, name in (
        (None, "printed tier, second panel"),
        ([1, 0, 0, 0, 0, 0, 0], "the same, one criterion shocked"),
        ([1, 0, 3, -1, 0, 0, 0], "the same, three criteria shocked"),
        ([1, 2, 3, -1, -2, -3, 1], "the same, all criteria shocked, each by another amount"),
    ):
        condition = {"tier": 3, "rule": RULE, "sd": 1, "ends": "clip", "moves": moves}
        yield name, {**unconditioned(uniform, 1, None), "conditioning": condition}


def unconditioned(laws: list[list[float]], unit: int, scores: list[int] | None) -> Plain:
    return {"unit": unit, "components": [{"weight": 1, "laws": laws}], "conditioning": None, "point": scores}


def reactions(page: Any) -> list[str]:
    """The table of times of one `Engine.solve`: tiers, all indices of 15 outputs, responses and flips."""
    problem = plain_problem(SEVEN, Lattice(1, 10), 5, 3)
    lines = ["| belief | first, ms | median, ms | 95 %, ms |", "|---|---|---|---|"]
    for name, belief in beliefs():
        found = page.evaluate(TIMED, [belief, RULE, problem, TIMES])
        later = np.percentile(found[len(found) // 4 :], [50, 95])
        lines.append(f"| {name} | {found[0]:.0f} | {later[0]:.0f} | {later[1]:.0f} |")
    return lines


def main() -> int:
    """Compare, time, write the page; 1 where the two engines differ."""
    given = [int(x) for x in sys.argv[1:3]]
    n, seed = (*given, *(5000, 2026)[len(given) :])
    start = time.perf_counter()
    with engine_page() as (page, version):
        times = reactions(page)
        worst, kinds = compared(page, n, seed)
    took = time.perf_counter() - start
    largest = max(value for found in worst.values() for value in found.values())
    text = TEXT.format(
        command=f"python -m verification.explorer {n} {seed}", date=datetime.date.today().isoformat(), took=took / 60,
        version=version, total=sum(kinds.values()), largest=largest, allowed=ALLOWED,
        agreement="\n".join(agreement(worst, kinds)), reactions="\n".join(times), times=TIMES,
    )  # fmt: skip
    PAGE.write_text(text, encoding="utf-8")
    print(json.dumps({"largest": largest, "settings": sum(kinds.values())}))
    return 0 if largest <= ALLOWED else 1


TEXT = """# Validation: the explorer's engine

Written by `{command}` on {date} in {took:.0f} min, with Chromium {version}.

## Agreement

The page's engine (`mcda/output/templates/explorer/engine`) and the package's (`mcda.tiers.exact`,
`mcda.tiers.second_panel`, `mcda.tiers.flips`) on {total:,} random settings: forms, readings, cuts on and off attained
sums, ties, C = 0, vetoes, splits, weights, one to three tiers on either side; laws of point scores with triangular and
beta-binomial spreads, laws with gaps, certain scores, mixtures, scores conditioned on a printed tier under the same or
another rule, second panels' errors clipped or reflected, shocks. Largest absolute differences of probabilities, of
closed, first-order, total-order indices and Shapley effects of every output, of responses, of the mean of C, and of
flip distances and where they lead. Largest of all: {largest:.1e}; allowed: {allowed:.0e}.

{agreement}

Where one side has no number (a constant output, a level without probability) the other has none either. Left out as
quotients of roundings: the response to levels of probability below 1e-12, and indices of the information where the
tier's entropy is below a millionth of a bit (there the information itself is compared, in millionths of a bit).

## Reactions

One `Engine.solve`: tier probabilities, closed indices of all 128 subsets for 15 outputs, first and total order, Shapley
effects, responses, the law of C, and flips where there are point scores. {times} calls each; median and 95 % are of the
last three quarters, once the browser has compiled the engine. Wall-clock time of the machine that wrote this page,
which had other work to do.

{reactions}
"""

if __name__ == "__main__":
    sys.exit(main())
