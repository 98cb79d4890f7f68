"""What every writing of the reduced model shares: its numbers, and the account that it gives of a path.

The reduced model is the simulation with most of it switched off. One path, 60 months, 49 measures; each month

a. measures that are due change: in force to suspended, restore pending to in force;
b. the territory: if in use, its dwell runs out month by month, else a use may begin, at rung 2;
c. the one track: compliance slips, violation is repaired (violated at the start);
d. a review: an alarm or none, with a streak of each;
e. a decision: exit for good if the territory is in use; else snapback if something is suspended and there is an alarm;
   renewal of what has been suspended for six months (a measure whose renewal fails is restored at once and barred from
   a stage until the next snapback); else the next stage after three clean reviews;
f. the account of the month, from the states as they now are.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

__all__ = [
    "ADVANCE", "ALARM", "CODES", "DWELL", "EXIT_LAG", "FALSE_ALARM", "MONTHS", "ONSET", "RENEW", "REPAIR",
    "RESTORE_LAG", "SLIP", "SNAPBACK", "STAGES", "STATUSES", "SUNSET", "TIERS", "VERIFY", "Account", "geometric",
    "whole",
]  # fmt: skip

MONTHS = 60
#: The tier of each measure; tier t is opened by stage t, tier 4 by none.
TIERS = (1,) * 7 + (2,) * 12 + (3,) * 11 + (4,) * 19
STAGES = 3
STATUSES = ("A", "S", "PR", "L")
CODES = ("none", "exit", "snapback")

ONSET, DWELL = 0.01, 9  # a month; mean months
SLIP, REPAIR = 0.15, 0.10
ALARM, FALSE_ALARM = 0.95, 0.03
ADVANCE, SNAPBACK, RENEW = 0.80, 0.85, 0.95
VERIFY, SUNSET = 3, 6  # clean reviews; months
RESTORE_LAG, EXIT_LAG = 1.5, 0.2  # months, the fraction drawn; a suspension takes effect after one month


@dataclass
class Account:
    """What is counted on a path.

    months : by measure, months in each of `STATUSES`
    exposure : measure-months suspended, or with a restoration pending, while the track is truly violated
    code : place in `CODES` of what came first, exit or snapback
    time : when, the month and 1; `MONTHS` if neither came
    """

    months: list[list[int]]
    exposure: int
    code: int = 0
    time: int = MONTHS


def geometric(rng: random.Random, p: float) -> int:
    """Months until the first success, 1, 2, ..."""
    return 1 + int(math.log(1 - rng.random()) / math.log1p(-p))


def whole(rng: random.Random, lag: float) -> int:
    """Whole months of a lag, its fraction drawn."""
    return math.floor(lag) + (rng.random() < lag - math.floor(lag))
