"""U(stream, j) of a path and month, and chances: what every step of a month draws with.

A uniform is a function of its address, so it does not matter when it is drawn. What is asked for in most months is
drawn for eight months at a time, side by side: a fifth of the time of one by one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mcda.compiled import kernel, step
from mcda.draws import STREAMS, as_uniform, philox, uniform_at
from mcda.roadmap.symbols import ADDRESSES, AHEAD

__all__ = [
    "BASE", "COIN", "COMPLY", "COUNCIL", "DROP", "EVENT", "LADDER", "LAG", "SCHEDULE", "SEVERITY", "SIGNAL", "STEP",
    "STOCK", "WAR", "U", "chance", "timeless",
]  # fmt: skip

LADDER, WAR, EVENT, SEVERITY = STREAMS["ladder"], STREAMS["war"], STREAMS["event"], STREAMS["severity"]
COIN, COMPLY, STEP, STOCK = STREAMS["coin"], STREAMS["comply"], STREAMS["step"], STREAMS["stock"]
SIGNAL, COUNCIL, LAG, DROP = STREAMS["signal"], STREAMS["council"], STREAMS["lag"], STREAMS["drop"]
BASE, SCHEDULE = STREAMS["base"], STREAMS["schedule"]
_u32 = np.uint32


#: Streams that most months ask, by j below twice `ADDRESSES`; a bit each.
_OFTEN = sum(1 << stream for stream in (LADDER, WAR, EVENT, COMPLY, STEP, STOCK, SIGNAL))


@step
def U(s: Any, stream: int, j: int) -> float:
    """Return uniform j of a stream for the state's path and month."""
    if not _OFTEN >> stream & 1:
        return _one(s, s.t, stream, j)
    at = stream * ADDRESSES + (j >> 1)
    if s.drawn[at] != s.t // AHEAD:
        _draw_ahead(s, stream, j >> 1)
    found: float = s.u[at, j & 1, s.t % AHEAD]
    return found


@kernel
def _one(s: Any, month: int, stream: int, j: int) -> float:
    return uniform_at(_u32(s.path), month, j, stream, _u32(s.k0), _u32(s.k1))


@kernel
def _draw_ahead(s: Any, stream: int, address: int) -> None:
    """Draw both uniforms of an address for the months from the last multiple of `AHEAD` on."""
    at, first = stream * ADDRESSES + address, s.t // AHEAD * AHEAD
    s.drawn[at] = s.t // AHEAD
    path, k0, k1 = _u32(s.path), _u32(s.k0), _u32(s.k1)
    for i in range(AHEAD):
        a, b, c, d = philox((path, _u32(first + i), _u32(address), _u32(stream)), k0, k1)
        s.u[at, 0, i], s.u[at, 1, i] = as_uniform(a, b), as_uniform(c, d)


@step
def timeless(s: Any, stream: int, j: int) -> float:
    """Return uniform j of a stream that has no time (month 0)."""
    return _one(s, 0, stream, j)


@step
def chance(s: Any, stream: int, j: int, p: float) -> bool:
    """Return whether U(stream, j) < p; what is sure is not drawn."""
    if p <= 0.0:
        return False
    return p >= 1.0 or U(s, stream, j) < p
