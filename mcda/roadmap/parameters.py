"""The model's parameters: which there are, what a value may be, and how one is drawn.

A parameter has a dotted key (``slip.H``, ``dwell.2.mean``, ``rate.E10``). Its value is a number, or a law from which
each path or each outer sample of assumptions draws, by the digest of the key alone (:func:`mcda.draws.number`), so that
no parameter shifts another. Inside kernels a path's parameters are one record of float64, `PARAMETERS`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from mcda.errors import UsageError, did_you_mean
from mcda.roadmap.limits import Limits, is_number, limits_of, shown_number
from mcda.roadmap.symbols import EVENTS, RATED, TRACKS

__all__ = [
    "DWELL_LAWS", "DWELL_TAKES", "LAWS", "NEEDED", "PARAMETERS", "PLACES", "READ_ONCE", "ROUNDED", "SUCH_KEYS",
    "Law", "Ranged", "Value", "allowed_values", "check_value", "checked_key", "encoded", "law_flaw", "value_flaw",
]  # fmt: skip

Floats = npt.NDArray[np.float64]

#: Laws of a parameter, with the numbers that each takes.
LAWS = MappingProxyType({
    "uniform": ("low", "high"), "log-uniform": ("low", "high"), "triangular": ("low", "mode", "high"),
    "pert": ("low", "mode", "high"), "beta": ("a", "b", "low", "high"), "values": ("values",),
})  # fmt: skip
#: What each law of a rung's length takes.
DWELL_TAKES = MappingProxyType({
    "never": (), "fixed": ("months",), "geometric": ("mean",), "negbin": ("n", "mean"), "weibull": ("scale", "shape"),
})  # fmt: skip
DWELL_LAWS = tuple(DWELL_TAKES)
#: What dwell laws take: months (fixed), mean (geometric, negbin), n (negbin), scale and shape (weibull).
_OF_DWELL = ("months", "mean", "n", "scale", "shape")

#: Each field with what its places are called; '' for a single number.
_FIELDS: dict[str, Sequence[str]] = {
    "horizon": "", "onset": "", "onset_1": "", "mix": "2345", "dwell": "12345",
    **{f"dwell_{word}": "12345" for word in _OF_DWELL},
    "war_factor": ("war", "ceasefire", "settlement"), "settlement": "", "ceasefire": "",
    "relapse": "", "free_drop": "", "rate": EVENTS, "succession_factor": "", "half_life": EVENTS,
    "slip": TRACKS, "slip_factor": "", "repair": TRACKS, "repair_factor": "", "step": TRACKS, "step_factor": "",
    "b_mu": "", "b_rel": "", "b_off": "", "b_war": "", "rho": "", "gain": "", "loss": "", "stock": "", "list": "",
    "inflow": "", "size": "", "calm": "", "p_served": "", "p_pardon": "", "p_release": "", "wave_stage": "",
    "wave_us": "", "list_first": "", "deport": "", "delta": TRACKS[:6], "delta_shift": "", "phi": TRACKS[:6],
    "o_low": "", "o_high": "", "see": "12", "advance": "", "snapback": "", "renew": "", "unanimity_base": "",
    "lag": ("suspend", "restore", "exit"), "base_phase": "", "spent": "", "cap": "", "floor": "", "speed": "",
    "restart": "", "readopt": "", "off": "", "us_step": "", "drift": "", "stagnation_step": "", "omega": "",
    "grace": "", "war_rung": "",
}  # fmt: skip

#: A path's parameters as kernels read them: ``par.onset``, ``par.slip[k]``.
PARAMETERS = np.dtype([(name, "f8", (len(of),)) if of else (name, "f8") for name, of in _FIELDS.items()])

#: Drawn values of these are whole: floor(x + 1/2).
ROUNDED = frozenset({"stock", "list", "wave_stage", "wave_us", "base_phase", "cap", "grace", "war_rung"})
#: Read once on a path, before month 0 or after the last, so that no window of months can change them.
READ_ONCE = frozenset({"stock", "list", "off", "horizon", "omega"})
_FACTORS = {"slip.factor": "slip_factor", "repair.factor": "repair_factor", "step.factor": "step_factor",
            "delta.shift": "delta_shift"}  # fmt: skip


def _places() -> dict[str, int]:
    """Where each dotted key stands in a record read as a vector of float64."""
    found, at = {}, 0
    for name, of in _FIELDS.items():
        for i, index in enumerate(of or [""]):
            found[f"{name}.{index}" if index else name] = at + i
        at += max(1, len(of))
    for key, field in _FACTORS.items():
        found[key] = found.pop(field)
    for rung in "12345":
        for word in _OF_DWELL:
            found[f"dwell.{rung}.{word}"] = found.pop(f"dwell_{word}.{rung}")
    return found


#: The place of each dotted key. A dwell law's name is a key too (``dwell.2``); its value is the law's number.
PLACES = MappingProxyType(_places())


def _read(key: str) -> bool:
    """Whether a world must have a parameter: the numbers of a dwell law only where the law takes them."""
    head, _, index = key.partition(".")
    unread = (head == "rate" and index not in RATED) or key in ("half_life.E14", "half_life.E15")
    return not unread and not (head == "dwell" and "." in index)


#: What dotted keys look like, for messages.
SUCH_KEYS = "a dotted key, such as onset, slip.P, rate.E10, lag.exit"
#: The parameters that every world has.
NEEDED = tuple(key for key in PLACES if _read(key))


# -- values ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Law:
    """A law of a parameter: one of `LAWS` with what it takes, drawn for each path or for each outer sample."""

    law: str
    numbers: Mapping[str, Any]
    per: Literal["path", "outer"] = "path"

    def __post_init__(self) -> None:
        if self.law not in LAWS:
            raise UsageError(f"no law is named '{self.law}'{did_you_mean(self.law, LAWS)}; allowed: {', '.join(LAWS)}")
        if flaw := law_flaw(self.law, self.numbers, Limits(infinite="inf")):
            raise UsageError(f"{flaw}; allowed: {', '.join(LAWS[self.law])}")
        if self.per not in ("path", "outer"):
            raise UsageError(f"a law is drawn per path or per outer sample (got '{self.per}'); allowed: path, outer")


@dataclass(frozen=True)
class Ranged:
    """A default, and the law that outer samples of assumptions draw from (PERT(low, default, high) if none is said)."""

    default: Any
    law: Law


Value = float | str | Law | Ranged


def encoded(value: Any) -> float:
    """Return a value as kernels read it: `inf` as infinity, the name of a dwell law as its number."""
    if isinstance(value, str) and value != "inf":
        return float(DWELL_LAWS.index(value))
    return float(value)


def checked_key(key: str) -> str:
    """Return a dotted key; :class:`UsageError` for one that there is not."""
    if key not in PLACES:
        raise UsageError(f"no parameter is named '{key}'{did_you_mean(key, PLACES)}; allowed: {SUCH_KEYS}")
    return key


# -- what a value may be -----------------------------------------------------------------------------------------------


def check_value(key: str, value: Any) -> None:
    """Raise :class:`UsageError` for an unknown key, or for a value that its parameter can't have or a law draw."""
    if flaw := value_flaw(checked_key(key), value):
        raise UsageError(f"parameter '{key}' {flaw}; allowed: {allowed_values(key)}")


def allowed_values(key: str) -> str:
    """Return in words what a parameter may be."""
    return ", ".join(DWELL_LAWS) if _is_word(key) else str(limits_of(key))


def value_flaw(key: str, value: Any) -> str:
    """Return what is wrong with a parameter's value, '' if nothing is."""
    if _is_word(key):
        return "" if value in DWELL_LAWS else f"is no law of a rung's length (got {shown_number(value)})"
    limits = limits_of(key)
    if isinstance(value, Ranged):
        return value_flaw(key, value.default) or value_flaw(key, value.law)
    if not isinstance(value, Law):
        return limits.flaw(math.inf if limits.infinite and value == "inf" else value)
    if key == "horizon":
        return "is one number of months, and no law draws it"
    return law_flaw(value.law, value.numbers, limits, rounded=key in ROUNDED)


def _is_word(key: str) -> bool:
    """Whether a parameter is a word: the law of a rung's length."""
    return key.startswith("dwell.") and key.count(".") == 1


def law_flaw(name: str, numbers: Mapping[str, Any], limits: Limits, *, rounded: bool = False) -> str:
    """Return what is wrong with a law's numbers, '' if nothing is.

    limits : of what it draws; rounded : whether what it draws is rounded to whole numbers afterwards
    """
    optional = {"low", "high"} if name == "beta" else set()
    missing = [word for word in LAWS[name] if word not in numbers and word not in optional]
    unknown = [word for word in numbers if word not in LAWS[name]]
    if missing or unknown:
        return f"the law {name} has no `{missing[0]}`" if missing else f"the law {name} takes no `{unknown[0]}`"
    if name == "values":
        return _values_flaw(numbers["values"], limits, rounded)
    if not all(is_number(one) and math.isfinite(one) for one in numbers.values()):
        return f"the law {name} takes numbers"
    return _order_flaw(name, numbers, limits, rounded)


def _values_flaw(values: Any, limits: Limits, rounded: bool) -> str:
    if not isinstance(values, list | tuple) or not values or not all(map(is_number, values)):
        return "the law values takes a list of numbers"
    outside = [one for one in values if not limits.allow(one, drawn=rounded)]
    return f"the law values can draw {outside[0]}, which is out of the limits" if outside else ""


def _order_flaw(name: str, numbers: Mapping[str, float], limits: Limits, rounded: bool) -> str:
    low, high = numbers.get("low", 0), numbers.get("high", 1)
    if not low <= numbers.get("mode", low) <= high:
        return f"the law {name} has a low above its high, or a mode outside them"
    outside = [one for one in (low, high) if not limits.allow(one, drawn=True)]
    if outside:
        return f"the law {name} can draw {outside[0]:g}, which is out of the limits"
    if limits.whole and not rounded and low < high:
        return f"the law {name} draws numbers that are not whole"
    if name == "log-uniform" and low <= 0:
        return f"the law log-uniform has a low that is not above 0 (got {low:g})"
    if name == "beta" and min(numbers["a"], numbers["b"]) <= 0:
        return "the law beta takes an a and a b above 0"
    return ""
