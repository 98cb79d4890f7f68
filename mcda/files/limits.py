"""What a parameter may be: its logical limits by key, whatever range anybody thinks likely."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mcda.roadmap.parameters import PLACES
from mcda.roadmap.symbols import RATED

__all__ = ["COMMON", "FAMILIES", "NAMES", "NEEDED", "Limits", "limits_of"]


@dataclass(frozen=True)
class Limits:
    """From `low` to `high`; `above`: low itself is not allowed; `infinite`: so is the text inf."""

    low: float = -math.inf
    high: float = math.inf
    whole: bool = False
    above: bool = False
    infinite: bool = False

    def allow(self, x: float, *, drawn: bool = False) -> bool:
        """Return whether a number is allowed; one that a law draws is rounded later, so need not be whole."""
        if not math.isfinite(x):
            return self.infinite and x > 0
        inside = self.low < x <= self.high if self.above else self.low <= x <= self.high
        return inside and (drawn or not self.whole or float(x).is_integer())

    def __str__(self) -> str:
        noun = "a whole number" if self.whole else "a number"
        said = f"{noun} from {self.low:g} to {self.high:g}"
        if math.isinf(self.high):
            said = f"{noun} above {self.low:g}" if self.above else f"{noun} of at least {self.low:g}"
        if math.isinf(self.low):
            said = noun
        return f"{said}, or inf" if self.infinite else said


_CHANCE, _ANY, _LEAST_0 = Limits(0, 1), Limits(), Limits(0)
_ABOVE_0, _WHOLE = Limits(0, above=True), Limits(0, whole=True)

_OF_NAMES: Mapping[Limits, str] = {
    _CHANCE: """onset onset_1 mix settlement ceasefire relapse free_drop rate slip repair step rho p_served p_pardon
        p_release list_first deport delta phi o_low o_high see advance snapback renew unanimity_base spent floor restart
        readopt off calm omega""",
    _LEAST_0: "war_factor gain loss inflow lag speed us_step stagnation_step",
    _ABOVE_0: "succession_factor half_life slip.factor repair.factor step.factor",
    _WHOLE: "stock list wave_stage wave_us cap grace",
    _ANY: "b_mu b_rel b_off b_war drift",
    Limits(-1, 1): "delta.shift",
    Limits(0, above=True, infinite=True): "size",
    Limits(1, whole=True): "horizon",
    Limits(0, 11, whole=True): "base_phase",
    Limits(0, 5, whole=True): "war_rung",
}
_BY_NAME = MappingProxyType({name: limits for limits, names in _OF_NAMES.items() for name in names.split()})
_OF_DWELL = MappingProxyType({
    "months": Limits(1), "mean": Limits(1), "n": Limits(1, whole=True), "scale": _ABOVE_0, "shape": _ABOVE_0,
})  # fmt: skip

#: Common factors and shifts: keys with a dot that are of no family.
COMMON = tuple(key for key in PLACES if key.endswith((".factor", ".shift")))


def _families() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key in PLACES:
        head, dot, index = key.partition(".")
        if dot and key not in COMMON and "." not in index:
            found.setdefault(head, []).append(index)
    return {name: tuple(indices) for name, indices in found.items()} | {"rate": RATED}


#: Families of parameters, with the indices of each.
FAMILIES: Mapping[str, tuple[str, ...]] = MappingProxyType(_families())
#: Parameters and families: what a case's file has an entry for.
NEEDED: tuple[str, ...] = (*(key for key in PLACES if "." not in key), *FAMILIES, *COMMON)
#: What an entry may be named: one of these, or one parameter of a family.
NAMES: tuple[str, ...] = (
    *NEEDED, *(f"{name}.{index}" for name, indices in FAMILIES.items() for index in indices),
)  # fmt: skip


def limits_of(key: str) -> Limits:
    """Return the limits of a dotted key (not of a dwell law's name, which is a word)."""
    if key.startswith("dwell."):
        return _OF_DWELL[key.rpartition(".")[2]]
    return _BY_NAME[key] if key in _BY_NAME else _BY_NAME[key.partition(".")[0]]
