"""U(stream, j) of a path and month, and chances: what every step of a month draws with."""

from __future__ import annotations

from typing import Any

import numpy as np

from mcda.compiled import inlined
from mcda.draws import STREAMS, uniform_at

__all__ = [
    "BASE",
    "COIN",
    "COMPLY",
    "COUNCIL",
    "DROP",
    "EVENT",
    "LADDER",
    "LAG",
    "SCHEDULE",
    "SEVERITY",
    "SIGNAL",
    "STEP",
    "STOCK",
    "WAR",
    "U",
    "chance",
    "timeless",
]  # fmt: skip

LADDER, WAR, EVENT, SEVERITY = STREAMS["ladder"], STREAMS["war"], STREAMS["event"], STREAMS["severity"]
COIN, COMPLY, STEP, STOCK = STREAMS["coin"], STREAMS["comply"], STREAMS["step"], STREAMS["stock"]
SIGNAL, COUNCIL, LAG, DROP = STREAMS["signal"], STREAMS["council"], STREAMS["lag"], STREAMS["drop"]
BASE, SCHEDULE = STREAMS["base"], STREAMS["schedule"]
_u32 = np.uint32


@inlined
def U(s: Any, stream: int, j: int) -> float:
    """Return uniform j of a stream for the state's path and month."""
    return uniform_at(_u32(s.path), s.t, j, stream, _u32(s.k0), _u32(s.k1))


@inlined
def timeless(s: Any, stream: int, j: int) -> float:
    """Return uniform j of a stream that has no time (month 0)."""
    return uniform_at(_u32(s.path), 0, j, stream, _u32(s.k0), _u32(s.k1))


@inlined
def chance(s: Any, stream: int, j: int, p: float) -> bool:
    """Return whether U(stream, j) < p; what is sure is not drawn."""
    if p <= 0.0:
        return False
    return p >= 1.0 or U(s, stream, j) < p
