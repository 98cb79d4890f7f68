"""Signposts: which early sign would have told, and how long before the need.

On runs in which the policy neither exits nor snaps back, so that acting does not hide the need. The *need* comes in the
first month with R at or above the war rung, or with a suspended row whose reference track is truly violated. Each sign
is a threshold on something that the EU (or the analyst) sees: alarms in a row on a watched track, the belief that one
is violated, the rung seen, shadow tiers moved away from where unshocked scores put them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.draws import number, uniforms
from mcda.names import attrs
from mcda.roadmap.drawing import drawn
from mcda.roadmap.ensemble import Ask
from mcda.roadmap.history import History, histories
from mcda.roadmap.model import Policy, Scenario, World
from mcda.roadmap.parameters import PLACES
from mcda.roadmap.plan import inputs
from mcda.roadmap.results import wilson
from mcda.roadmap.symbols import TRACKS

__all__ = ["SIGNS", "signposts"]

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

#: Signs by kind, with their thresholds.
SIGNS: Mapping[str, tuple[float, ...]] = MappingProxyType({
    "alarms in a row": (1, 2, 3), "belief": (0.5, 0.6, 0.7, 0.8, 0.9, 0.95), "rung seen": (1, 2, 3, 4),
    "tiers moved": (1, 3, 5, 10, 20),
})  # fmt: skip
NEVER = 1 << 20
_CHUNK = 128  # paths kept whole at a time


def signposts(world: World, policies: Mapping[str, Policy], scenario: Scenario, ask: Ask) -> xr.Dataset:
    """Return how early signs tell of the need.

    Parameters
    ----------
    world, policies, scenario : what is simulated, with exit and snapback switched off
    ask : how many paths and from what scores

    Returns
    -------
    Dataset (policy, sign): `sign_hit`, P(fired by the need | need); `sign_false`, P(fired | no need); both with `_ci`;
    `sign_lead` (policy, sign, quantile), months from the sign to the need where it fired by then, NaN where it never
    did; `need_share` (policy).
    """
    found = [_firsts(world, policy, scenario, ask) for policy in policies.values()]
    names = [f"{kind} {level:g}" for kind, levels in SIGNS.items() for level in levels]
    hits = [_hits(need, fired) for need, fired in found]
    quantiles = [0.1, 0.5, 0.9]
    lead = np.stack([_lead(need, fired, quantiles) for need, fired in found])
    by = ("policy", "sign")
    data: dict[str, Any] = {
        "need_share": ("policy", [float((need < NEVER).mean()) for need, _ in found], attrs("share with a need", "1")),
        "sign_lead": ((*by, "quantile"), lead, attrs("months from the sign to the need", "months")),
    }
    labels = ("probability that the sign came by the need", "probability of the sign where no need came")
    for name, k, label in zip(("sign_hit", "sign_false"), (0, 1), labels, strict=True):
        data[name] = (by, np.stack([hit[k][0] for hit in hits]), attrs(label, "1"))
        data[f"{name}_ci"] = (
            (*by, "ci_bound"),
            np.stack([hit[k][1] for hit in hits]),
            attrs(f"interval of {name}", "1"),
        )
    coords = {"policy": list(policies), "sign": names, "quantile": quantiles}
    return xr.Dataset(data, coords=coords)


def _firsts(world: World, policy: Policy, scenario: Scenario, ask: Ask) -> tuple[Ints, Ints]:
    """First months of the need, (path,), and of every sign, (path, sign)."""
    needs, signs = [], []
    for first in range(ask.first, ask.first + ask.paths, _CHUNK):
        numbers = np.arange(first, min(first + _CHUNK, ask.first + ask.paths))
        history = histories(
            world, policy, scenario, seed=ask.seed, paths=numbers, scores=ask.scores(numbers), outer=ask.outer,
            acting=False,
        )  # fmt: skip
        rung = _war_rungs(world, scenario, ask, numbers, history.state.shape[1])
        needs.append(_first(_need(world, history, rung)))
        signs.append(np.stack([_first(fired) for fired in _signs(world, history)], axis=1))
    return np.concatenate(needs), np.concatenate(signs)


def _war_rungs(world: World, scenario: Scenario, ask: Ask, paths: Ints, months: int) -> npt.NDArray[np.float64]:
    """The rung that counts as war, (path, month): the path's own, and that of windows in their months."""
    given = inputs(world, scenario, seed=ask.seed, paths=paths, outer=ask.outer)
    own = np.broadcast_to(given.parameters[:, [PLACES["war_rung"]]], (paths.size, 1))
    found, month = np.repeat(own, months, axis=1), np.arange(months)
    for entry in scenario.schedule:
        if (entry.kind, entry.what) == ("set", "war_rung"):
            u = uniforms(ask.seed, "schedule", paths, j=number(entry.name)) if entry.last_first > entry.first else 0.0
            first = entry.first + np.floor(u * (entry.last_first - entry.first + 1))
            value = drawn("war_rung", entry.value, seed=ask.seed, paths=paths, outer=ask.outer)
            first, value = (np.broadcast_to(x, paths.size)[:, None] for x in (first, value))
            found = np.where((first <= month) & (month < first + entry.length), value, found)
    return found


def _first(happens: Bools) -> Ints:
    """First month of something, (path,), from (path, month)."""
    return np.where(happens.any(axis=1), happens.argmax(axis=1), NEVER)


def _bad(state: Any) -> Ints:
    """Tracks truly violated, a bit each, (path, month)."""
    weights = 1 << np.arange(len(TRACKS))
    return np.asarray(((state["C"] == 0) * weights).sum(axis=-1))


def _need(world: World, history: History, rung: npt.NDArray[np.float64]) -> Bools:
    away = np.isin(history.rows["status"], (1, 2))
    violated = (history.rows["reference"] & _bad(history.state)[..., None]) != 0
    return np.asarray((history.state["R"] >= rung) | (away & violated).any(axis=-1))


def _signs(world: World, history: History) -> list[Bools]:
    """Whether each sign shows, (path, month) each, in the order of SIGNS."""
    state = history.state
    watched = (state["watch"][..., None] >> np.arange(state["pi"].shape[-1])) & 1
    plain = history.plain[:, None, :]
    shown = {
        "alarms in a row": (state["alarm"] * watched).max(axis=-1),
        "belief": (state["pi"] * watched).max(axis=-1),
        "rung seen": state["seen"],
        "tiers moved": (history.tiers != plain).sum(axis=-1),
    }
    above = {"belief": np.greater}
    return [
        np.asarray(above.get(kind, np.greater_equal)(shown[kind], level))
        for kind, levels in SIGNS.items()
        for level in levels
    ]


def _hits(need: Ints, fired: Ints) -> list[tuple[Any, Any]]:
    """Shares and intervals of signs by the need, and of signs without one; NaN where there is no such path."""
    with_need = need < NEVER
    by_need = (fired[with_need] <= need[with_need, None]).sum(axis=0)
    without = (fired[~with_need] < NEVER).sum(axis=0)
    found = []
    for hits, n in ((by_need, int(with_need.sum())), (without, int((~with_need).sum()))):
        nothing = np.full(hits.shape, np.nan)
        found.append((hits / n, wilson(hits, n)) if n else (nothing, np.stack([nothing, nothing], axis=-1)))
    return found


def _lead(need: Ints, fired: Ints, quantiles: list[float]) -> npt.NDArray[np.float64]:
    """Quantiles of need less sign, (sign, quantile), over paths on which the sign came by the need."""
    found = np.full((fired.shape[1], len(quantiles)), np.nan)
    for k in range(fired.shape[1]):
        told = (need < NEVER) & (fired[:, k] <= need)
        if told.any():
            found[k] = np.quantile(need[told] - fired[told, k], quantiles)
    return found
