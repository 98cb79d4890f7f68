"""One number of the report, found again from the paper's words alone.

``python -m verification.one_sentence [RUN]`` (a second) computes how probable it is that a second panel gives Tier 1
again, with nothing of the package, and compares it with the `results.nc` of a run of `baseline` if one is named.
`docs/report.md` walks the same way by hand, from the page back to the case.

Seven scores are any of 1 to 10, all alike (the prior `uniform`), those alone that Tier 1 fits are kept: C above 0, and
C less c7 at 4 or more. Each score is then given anew with a normal error of 1 point, rounded to a whole point, and kept
on the scale. Sums over criteria are built up pair by pair (first panel's sum, second panel's sum).
"""

from __future__ import annotations

import sys
from math import erf, sqrt
from pathlib import Path

POINTS = range(1, 11)
SIGNS = (-1, -1, -1, 1, 1, 1)  # c1 to c3 speak against, c4 to c6 for
SD, CUT = 1.0, 4
MEASURE = "tobacco-goods"


def below(x: float) -> float:
    """The normal distribution function."""
    return 0.5 * (1 + erf(x / (SD * sqrt(2))))


def again(score: int, new: int) -> float:
    """P(the second panel gives the score `new` | the first gave `score`)."""
    low = 0.0 if new == 1 else below(new - 0.5 - score)
    high = 1.0 if new == 10 else below(new + 0.5 - score)
    return high - low


def in_tier_1(composite: int, c7: int) -> bool:
    """Whether the rule's footnote puts these sums into Tier 1."""
    return composite > 0 and composite - c7 >= CUT


def composites() -> dict[tuple[int, int], float]:
    """The joint law of the two panels' composites."""
    pairs = {(0, 0): 1.0}
    for sign in SIGNS:
        found: dict[tuple[int, int], float] = {}
        for (first, second), p in pairs.items():
            for x in POINTS:
                for y in POINTS:
                    key = (first + sign * x, second + sign * y)
                    found[key] = found.get(key, 0.0) + p * again(x, y) / 10
        pairs = found
    return pairs


def survival() -> float:
    """P(the second panel's scores are in Tier 1 | the first panel's are)."""
    fits = stays = 0.0
    for (first, second), p in composites().items():
        for x in (x for x in POINTS if in_tier_1(first, x)):
            for y in POINTS:
                q = p * again(x, y) / 10
                fits += q
                stays += q * in_tier_1(second, y)
    return stays / fits


def main() -> int:
    """Print the number, and how far a run's is from it; 1 if they differ beyond rounding."""
    found = survival()
    print(f"Tier 1 comes again with probability {found:.12f}")
    if len(sys.argv) < 2:
        return 0
    import mcda

    tiers = mcda.load_run(Path(sys.argv[1]))["tiers"]
    stored = float(tiers["acceptability"].sel(alternative=MEASURE, tier=1))
    print(f"results.nc has                      {stored:.12f}")
    return 0 if abs(stored - found) < 1e-10 else 1


if __name__ == "__main__":
    sys.exit(main())
