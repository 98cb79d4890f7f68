"""Lines of an assumption register, whatever its answer is: a number, where it comes from, whether and what it moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from mcda.names import attrs

__all__ = ["Line", "line_of", "register_of"]


@dataclass(frozen=True)
class Line:
    """One line: texts about a number, `moved` by name of what is measured (NaN: not varied), and `more` texts."""

    parameter: str
    file: str
    value: str
    low: str
    high: str
    basis: str
    citation: str
    note: str
    state: str
    moved: Mapping[str, float]
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file and the key."""
        return f"{self.file}: {self.parameter}"

    def order(self, moved: str) -> tuple[float, str, str]:
        """What lines are sorted by: what moves the answer most first, what is not varied last."""
        return -float(np.nan_to_num(self.moved[moved], nan=-1.0)), self.file, self.parameter


def line_of(number: Any, state: str, moved: Mapping[str, float], more: Mapping[str, str] | None = None) -> Line:
    """Return the line of a number with its basis, as a file has it."""
    low, high = ("" if end is None else f"{end:g}" for end in (number.low, number.high))
    return Line(
        number.key, Path(number.file).name, f"{number.value:g}", low, high, number.basis, number.citation or "",
        number.note or "", state, moved, more or {},
    )  # fmt: skip


_TEXTS = {
    "value": "value used", "low": "low end of the range, or the other choices", "high": "high end of the range",
    "basis": "where the number comes from", "citation": "citation", "note": "note",
    "state": "whether it was varied", "file": "file",
}  # fmt: skip


def register_of(
    lines: Sequence[Line], moved: Mapping[str, tuple[str, str]], more: Mapping[str, str] | None = None
) -> xr.Dataset:
    """Return lines as a dataset over `parameter`.

    moved : by name, long name and units of what is measured; more : by name, long name of further texts
    """
    texts = {name: ([getattr(one, name) for one in lines], label) for name, label in _TEXTS.items()}
    texts |= {name: ([one.more[name] for one in lines], label) for name, label in (more or {}).items()}
    fields = {name: ("parameter", values, attrs(label, "1")) for name, (values, label) in texts.items()}
    numbers = {
        name: ("parameter", np.array([one.moved[name] for one in lines], dtype=np.float64), attrs(*label))
        for name, label in moved.items()
    }
    return xr.Dataset({**fields, **numbers}, coords={"parameter": [one.name for one in lines]})
