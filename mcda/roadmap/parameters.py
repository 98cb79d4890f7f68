"""The model's parameters: which there are, what a value may be, and how one is drawn.

A parameter has a dotted key (``slip.H``, ``dwell.2.mean``, ``rate.E10``). Its value is a number, or a law from which
each path or each outer sample of assumptions draws, by the digest of the key alone (:func:`mcda.draws.number`), so that
no parameter shifts another. Inside kernels a path's parameters are one record of float64, `PARAMETERS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from mcda.errors import UsageError, did_you_mean
from mcda.roadmap.symbols import EVENTS, TRACKS

__all__ = [
    "DWELL_LAWS", "LAWS", "PARAMETERS", "PLACES", "ROUNDED", "START_ONLY", "Law", "Ranged", "Value", "checked_key",
    "encoded",
]  # fmt: skip

Floats = npt.NDArray[np.float64]

#: Laws of a parameter, with the numbers that each takes.
LAWS = MappingProxyType({
    "uniform": ("low", "high"), "log-uniform": ("low", "high"), "triangular": ("low", "mode", "high"),
    "pert": ("low", "mode", "high"), "beta": ("a", "b", "low", "high"), "values": ("values",),
})  # fmt: skip
DWELL_LAWS = ("never", "fixed", "geometric", "negbin", "weibull")
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
#: Read before month 0 alone, so that no window of months can change them.
START_ONLY = frozenset({"stock", "list", "off", "horizon"})
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
        raise UsageError(f"no parameter is named '{key}'{did_you_mean(key, PLACES)}")
    return key
