"""From the reference's plain dicts to the package's objects, so that both can be asked the same question."""

import math
from typing import Any

import numpy as np

from mcda.roadmap.model import Entry, Gate, Move, Policy, Row, Scenario, Stage, StepPart, Trigger, World
from mcda.roadmap.parameters import Law, Ranged, Value
from mcda.rule import Rule, Split
from tests.reference import roadmap as reference

CRITERIA = tuple(reference.CRITERIA)
KINDS = ("ladder", "war", "event", "wave", "flag", "lock", "signal", "set")


def value_of(given: Any) -> Value:
    if not isinstance(given, dict):
        return given
    if "members" in given:
        return (1 - given["dissent"]) ** given["members"]
    if "default" in given:
        law = given.get("range") or {
            "law": "pert",
            "low": given["low"],
            "mode": given["default"],
            "high": given["high"],
        }
        return Ranged(given["default"], law_of(law, "outer"))
    return law_of(given, given.get("per", "path"))


def law_of(given: dict[str, Any], per: Any) -> Law:
    return Law(given["law"], {k: v for k, v in given.items() if k not in ("law", "per")}, per)


def mix_law_of(mix: Any) -> Any:
    if mix is None:
        return None
    return (mix["range"]["total"], "range") if "range" in mix else (mix["total"], mix.get("per", "path"))


def rule_of(rule: dict[str, Any]) -> Rule:
    split = Split("composite", tuple(rule["outside_cuts"])) if rule["outside_cuts"] else None
    outside = 1 + len(rule["outside_cuts"])
    return Rule("reference", tuple(rule["roles"]), 1 + len(rule["cuts"]), outside, tuple(rule["cuts"]), split)


def world_of(world: dict[str, Any]) -> World:
    given = reference.DEFAULTS | dict(world.get("parameters", {}))
    mix_law = mix_law_of(given.pop("mix", None))
    moves = {
        event: {
            c: Move(sign, tuple(size) if isinstance(size, list | tuple) else size) for c, (sign, size) in of.items()
        }
        for event, of in world.get("events", reference.EVENTS).items()
    }
    steps = {
        k: tuple(map(str, range(n))) if isinstance(n, int) else tuple(n) for k, n in world.get("steps", {}).items()
    }
    return World(
        rows=tuple(row_of(row) for row in world["rows"]),
        rule=rule_of(world["rule"]),
        scale=tuple(world["rule"].get("scale", (1, 10))),
        criteria=CRITERIA,
        moves=moves,
        load={g: {e: value_of(x) for e, x in of.items()} for g, of in world.get("load", {}).items()},
        parameters={key: value_of(value) for key, value in given.items()},
        steps=steps,
        mix_law=mix_law,
        reference={tier: frozenset(tracks) for tier, tracks in world.get("reference", {}).items()},
    )


def row_of(row: dict[str, Any]) -> Row:
    return Row(row["name"], row["tier"], row["sector"], row.get("a", 1), row.get("origin"), row.get("base"),
               frozenset(row.get("needs", ())))  # fmt: skip


def scores_of(world: dict[str, Any], paths: list[int]) -> np.ndarray:
    rows = sorted(world["rows"], key=lambda row: row["name"])
    return np.array([[r["scores"](i) if callable(r["scores"]) else r["scores"] for r in rows] for i in paths], float)


def never(x: Any) -> float:
    return math.inf if x in (None, "never") else x


def policy_of(policy: dict[str, Any], name: str = "policy") -> Policy:
    t = policy.get("trigger", {"alarm_streak": 1})
    trigger = Trigger(t.get("alarm_streak"), (t["a"], t["b"]) if "a" in t else None, t.get("threshold"))
    return Policy(
        name,
        tuple(Stage(tuple(stage["tiers"]), gate_of(stage.get("gate", {}))) for stage in policy.get("stages", ())),
        exit_rung=never(policy.get("exit_rung", 2)),
        reentry=never(policy.get("reentry")),
        review_every=policy.get("review_every", 1),
        verify=policy.get("verify", 3),
        trigger=trigger,
        scope=policy.get("scope", "all"),
        stall=never(policy.get("stall")),
        stock_rise=never(policy.get("stock_rise")),
        sunset=never(policy.get("sunset", 6)),
        sunset_default=policy.get("sunset_default", "restore"),
        outer=policy.get("outer", False),
        watch=frozenset(policy.get("watch", ())),
        start_stage=policy.get("start", {}).get("stage", 0),
    )


def gate_of(gate: dict[str, Any]) -> Gate:
    steps = {k: StepPart(p.get("at_least"), p.get("share"), tuple(p["named"]) if "named" in p else None)
             for k, p in gate.get("steps", {}).items()}  # fmt: skip
    return Gate(gate.get("clean", {}), gate.get("belief", {}), gate.get("listed"), gate.get("stock"),
                gate.get("released"), steps)  # fmt: skip


def scenario_of(scenario: dict[str, Any], name: str = "scenario") -> Scenario:
    over = dict(scenario.get("overrides", {}))
    mix = mix_law_of(over.pop("mix")) if "mix" in over else "kept"
    return Scenario(
        name,
        scenario.get("start", {}),
        {key: value_of(value) for key, value in over.items()},
        mix,
        tuple(entry_of(entry) for entry in scenario.get("schedule", ())),
    )


def entry_of(entry: dict[str, Any]) -> Entry:
    (kind,) = (kind for kind in KINDS if kind in entry)
    at = entry["at"]
    dwell = entry.get("dwell", "law")
    return Entry(
        kind,
        entry[kind],
        tuple(at) if isinstance(at, list | tuple) else at,
        entry.get("name", ""),
        entry.get("for"),
        value_of(entry.get("value", True)),
        None if dwell == "law" else math.inf if dwell in (None, "never") else dwell,
        entry.get("hold", 1),
        entry.get("severity"),
        entry.get("move"),
    )
