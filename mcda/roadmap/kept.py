"""The first paths of an ensemble kept whole: every symbol by month, to be drawn or read path by path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from mcda.errors import UsageError
from mcda.names import attrs
from mcda.roadmap.ensemble import Ask
from mcda.roadmap.history import histories
from mcda.roadmap.model import Policy, Scenario, World
from mcda.roadmap.symbols import EVENTS, STATE, TRACKS

__all__ = ["kept_paths"]

#: What a path's state has beside the model's symbols: how it is worked out.
_INNER = frozenset(
    "path t k0 k1 record asked stirred restoring restated next_due groups resorted moving until levels".split()
)
_OF_ROWS = ("status", "due", "age", "mon", "barred", "cause", "e")


def kept_paths(
    world: World, policies: Mapping[str, Policy], scenario: Scenario, ask: Ask, paths: int
) -> xr.Dataset:  # fmt: skip
    """Return the first paths whole.

    Returns
    -------
    Dataset: ``kept_R`` and every other symbol of the state (policy, path, month), with `track` or `event` where it has
    an index; ``kept_status``, ... (policy, path, month, alternative), and `kept_shadow`, the shadow tier. Numbers stand
    for words as in :mod:`mcda.roadmap.symbols`.

    Errors: :class:`~mcda.errors.UsageError` for more paths than there are.
    """
    if not 1 <= paths <= ask.paths:
        raise UsageError(f"{paths} paths are to be kept of {ask.paths}; allowed: 1 to {ask.paths}")
    one = replace(ask, paths=paths)
    numbers = np.arange(one.first, one.first + paths)
    found = [
        histories(world, policy, scenario, seed=ask.seed, paths=numbers, scores=ask.scores(numbers), outer=ask.outer)
        for policy in policies.values()
    ]
    data: dict[str, Any] = {}
    for symbol in STATE.names or ():
        values = np.stack([history.state[symbol] for history in found])
        if (dims := _dims(symbol, values)) is not None:
            data[f"kept_{symbol}"] = (dims, values, attrs(f"{symbol} of kept paths", "see docs/simulation.md"))
    by_row = ("policy", "path", "month", "alternative")
    for symbol in _OF_ROWS:
        values = np.stack([history.rows[symbol] for history in found])
        data[f"kept_{symbol}"] = (by_row, values, attrs(f"{symbol} of rows of kept paths", "see docs/simulation.md"))
    data["kept_shadow"] = (by_row, np.stack([h.tiers for h in found]), attrs("shadow tier of kept paths", "tier"))
    coords = {"policy": list(policies), "path": numbers, "alternative": list(found[0].names), "track": list(TRACKS),
              "month": np.arange(found[0].state.shape[1]), "event": list(EVENTS)}  # fmt: skip
    return xr.Dataset(data, coords=coords)


def _dims(symbol: str, values: Any) -> tuple[str, ...] | None:
    """Dimensions of a symbol's values; None for what is no symbol of the model."""
    if symbol in _INNER:
        return None
    index = {(): (), (len(TRACKS),): ("track",), (len(EVENTS),): ("event",)}.get(values.shape[3:])
    return None if index is None else ("policy", "path", "month", *index)
