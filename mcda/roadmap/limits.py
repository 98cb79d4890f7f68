"""What a number may be: hard limits of parameters by dotted key, of levers and of a schedule's entries.

Most are logical (a chance is 0 to 1, months are whole). Some are where the arithmetic ends: a stock whose square no
longer adds up over paths, a law whose months would be counted for ever.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from types import MappingProxyType
from typing import Any

from mcda.errors import UsageError

__all__ = ["LOAD", "MONTHS", "PEOPLE", "POINTS", "SHARE", "Limits", "is_number", "limits_of", "shown_number"]


@dataclass(frozen=True)
class Limits:
    """From `low` to `high`; `above`: low itself is not allowed; `infinite`: the word for infinity, if allowed."""

    low: float = -math.inf
    high: float = math.inf
    whole: bool = False
    above: bool = False
    infinite: str = ""

    def allow(self, x: float, *, drawn: bool = False) -> bool:
        """Return whether a number is allowed; one that a law draws and that is rounded later need not be whole."""
        if not math.isfinite(x):
            return bool(self.infinite) and x > 0
        inside = self.low < x <= self.high if self.above else self.low <= x <= self.high
        return inside and (drawn or not self.whole or float(x).is_integer())

    def flaw(self, x: Any) -> str:
        """Return what is wrong with a value, '' if nothing is: ``is not whole (got 2.5)``."""
        if not is_number(x):
            return f"is no number (got {shown_number(x)})"
        if self.allow(x):
            return ""
        broken = self.whole and self.allow(x, drawn=True)
        return f"{'is not whole' if broken else 'is out of its limits'} (got {shown_number(x)})"

    def hold(self, what: str, x: Any) -> None:
        """Raise :class:`UsageError` for a value that is not allowed."""
        if flaw := self.flaw(x):
            raise UsageError(f"{what} {flaw}; allowed: {self}")

    def __str__(self) -> str:
        noun = "a whole number" if self.whole else "a number"
        said = f"{noun} {'above' if self.above else 'from'} {_plain(self.low)} to {_plain(self.high)}"
        if math.isinf(self.high):
            said = f"{noun} above {_plain(self.low)}" if self.above else f"{noun} of at least {_plain(self.low)}"
        if math.isinf(self.low):
            said = noun
        return f"{said}, or {self.infinite}" if self.infinite else said


def _plain(x: float) -> str:
    return f"{x:,.0f}" if math.isfinite(x) and float(x).is_integer() else f"{x:g}"


def is_number(x: Any) -> bool:
    """Return whether a value is a number: true and false are none, nor is what is not a number."""
    return not isinstance(x, bool) and isinstance(x, Real) and not math.isnan(x)


def shown_number(x: Any) -> str:
    """Return a value as a message shows it."""
    return str(x) if is_number(x) else repr(x)[:60]


_MOST = 10_000  # months, and the mean of what is counted month by month
SHARE, MONTHS, PEOPLE = Limits(0, 1), Limits(0, _MOST, whole=True), Limits(0, 1_000_000, whole=True)
#: Points by which a shock or a scheduled move shifts a score.
POINTS = Limits(-1000, 1000)
#: The share of a shock that reaches a sector.
LOAD = SHARE
_LEAST_0 = Limits(0)

_OF_NAMES: Mapping[Limits, str] = {
    SHARE: """onset onset_1 mix settlement ceasefire relapse free_drop rate slip repair step rho p_served p_pardon
        p_release list_first deport delta phi o_low o_high see advance snapback renew unanimity_base spent floor restart
        readopt off calm omega us_step stagnation_step""",
    _LEAST_0: "war_factor gain loss speed slip.factor repair.factor step.factor",
    Limits(0, _MOST): "lag",
    Limits(0, 100_000): "inflow",
    Limits(0, 100, above=True): "succession_factor",
    Limits(0, above=True, infinite="inf"): "half_life",
    PEOPLE: "stock list wave_stage wave_us",
    MONTHS: "cap grace",
    Limits(-1000, 1000): "b_mu b_rel b_off b_war",
    Limits(-1, 1): "delta.shift drift",
    Limits(0.01, 1_000_000, infinite="inf"): "size",
    Limits(1, _MOST, whole=True): "horizon",
    Limits(0, 11, whole=True): "base_phase",
    Limits(0, 5, whole=True): "war_rung",
}
_BY_NAME = MappingProxyType({name: limits for limits, names in _OF_NAMES.items() for name in names.split()})
_OF_DWELL = MappingProxyType({
    "months": Limits(1, _MOST), "mean": Limits(1, _MOST), "n": Limits(1, 1000, whole=True),
    "scale": Limits(0, _MOST, above=True), "shape": Limits(0.25, 100),
})  # fmt: skip


def limits_of(key: str) -> Limits:
    """Return the limits of a dotted key (not of a dwell law's name, which is a word)."""
    if key.startswith("dwell."):
        return _OF_DWELL[key.rpartition(".")[2]]
    return _BY_NAME[key] if key in _BY_NAME else _BY_NAME[key.partition(".")[0]]
