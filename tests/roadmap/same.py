"""Whether a kernel's path is the reference's path: every symbol of every month, and what was decided."""

import math
from typing import Any

import numpy as np

from mcda.roadmap.history import History, histories
from mcda.roadmap.symbols import CAUSES, EVENTS, STATUSES, TRACKS, WARS
from tests.reference.roadmap import simulate
from tests.roadmap.plain import policy_of, scenario_of, scores_of, world_of

#: Floats are sums and products of the same numbers, perhaps in another order: a few units in the last place.
CLOSE = 1e-11


def kernel_paths(
    world: Any, policy: Any, scenario: Any, *, seed: int, paths: list[int], outer: int | None = None
) -> History:
    return histories(world_of(world), policy_of(policy), scenario_of(scenario), seed=seed, paths=paths,
                     scores=scores_of(world, paths), outer=outer)  # fmt: skip


def assert_same(
    world: Any, policy: Any, scenario: Any, *, seed: int, paths: list[int], outer: int | None = None
) -> int:
    """Compare paths with the reference's; returns how many decisions the reference took."""
    found = kernel_paths(world, policy, scenario, seed=seed, paths=paths, outer=outer)
    decisions = 0
    for i, path in enumerate(paths):
        slow = simulate(world, policy, scenario, seed=seed, path=path, outer=outer)
        assert len(slow.months) == found.state.shape[1]
        for t, month in enumerate(slow.months):
            assert_month(found, i, t, month)
        assert_log(found, i, slow.log)
        decisions += len(slow.log)
    return decisions


def assert_month(found: History, i: int, t: int, month: dict[str, Any]) -> None:
    s = found.state[i, t]
    where = f"path {i}, month {t}: "
    for name in ("R", "seen", "N", "list", "s", "clipped", "served", "rel", "wave", "inflow", "deported", "stall",
                 "undecided", "released"):  # fmt: skip
        assert s[name] == month[name], where + f"{name}: {s[name]} against {month[name]}"
    assert (None if math.isinf(s["dwell"]) else int(s["dwell"])) == month["dwell"], where + "dwell"
    assert WARS[s["W"]] == month["W"], where + "W"
    assert ("active", "exited")[s["X"]] == month["X"], where + "X"
    for name in ("off", "mu", "g", "V"):
        assert abs(s[name] - month[name]) < CLOSE, where + name
    assert {k: bool(s["C"][j]) for j, k in enumerate(TRACKS)} == month["C"], where + "C"
    assert {k: s["d"][j] for j, k in enumerate(TRACKS)} == month["d"], where + "d"
    for name in ("clean", "alarm"):
        assert {k: s[name][j] for j, k in enumerate(TRACKS[:6])} == {k: month[name][k] for k in TRACKS[:6]}, (
            where + name
        )
    assert all(abs(s["pi"][j] - month["pi"][k]) < CLOSE for j, k in enumerate(TRACKS[:6])), where + "pi"
    if month["y"]:
        assert {k: bool(s["y"][j]) for j, k in enumerate(TRACKS[:6])} == month["y"], where + "y"
    assert [e for j, e in enumerate(EVENTS) if s["fired"][j]] == sorted(month["fired"], key=EVENTS.index), (
        where + "fired"
    )
    assert all(np.allclose(s["x"][j], month["x"][e], rtol=0, atol=CLOSE) for j, e in enumerate(EVENTS)), where + "x"
    for m, name in enumerate(found.names):
        assert_row(found.rows[i, t, m], name, month, where + name + " ")
        assert found.tiers[i, t, m] == month["shadow"][name], where + name + " shadow"


def assert_row(row: dict[str, Any], name: str, month: dict[str, Any], where: str) -> None:
    assert STATUSES[row["status"]] == month["status"][name], where + "status"
    due = month["due"][name]
    assert row["due"] == (-1 if due is None else due), where + "due"
    assert row["age"] == month["age"][name] or STATUSES[row["status"]] != "S", where + "age"
    assert row["mon"] == month["mon"][name], where + "mon"
    assert bool(row["barred"]) == month["barred"][name], where + "barred"
    assert (CAUSES[row["cause"]] or None) == month["cause"][name], where + "cause"
    assert abs(row["e"] - month["e"][name]) < CLOSE, where + "e"


def assert_log(found: History, i: int, log: list[dict[str, Any]]) -> None:
    """What was decided, by month: the marks of the state against the reference's log."""
    for t in range(found.state.shape[1]):
        s, told = found.state[i, t], [x for x in log if x["t"] == t]
        said = {x["decision"]: x for x in told}
        for mark, decision in (("reentry", "REENTRY"), ("exit", "EXIT"), ("settled", "SETTLED"), ("outer", "OUTER")):
            assert bool(s[mark]) == (decision in said), f"path {i}, month {t}: {mark}"
        for mark, decision in (("snapback", "SNAPBACK"), ("advance", "ADVANCE")):
            expected = 0 if decision not in said else 2 if said[decision].get("vetoed") else 1
            assert s[mark] == expected, f"path {i}, month {t}: {mark} {s[mark]} {expected}"
        assert (s["reopen"] == 1) == ("REOPEN" in said), f"path {i}, month {t}: reopen"
        if "SNAPBACK" in said:
            assert [k for j, k in enumerate(TRACKS) if s["triggers"] >> j & 1] == said["SNAPBACK"]["tracks"]
        if "RENEW" in said:
            assert s["renew"] == (2 if said["RENEW"]["failed"] else 1)
