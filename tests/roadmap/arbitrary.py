"""Worlds, policies and scenarios at random, every feature often enough to meet every other."""

import random
from typing import Any

from tests.reference.roadmap import CRITERIA, EVENT_IDS, TRACKS

ROLES = ["against"] * 3 + ["for"] * 3 + ["counterweight"]
SEEN = TRACKS[:6]


def maybe(rng: random.Random, p: float, value: Any) -> dict[str, Any]:
    return value() if rng.random() < p else {}


def some(rng: random.Random, of: Any, most: int | None = None) -> list[Any]:
    return rng.sample(list(of), rng.randint(0, min(len(of), most or len(of))))


def law(rng: random.Random, low: float, high: float) -> Any:
    middle, per = low + (high - low) * rng.random(), rng.choice(["path", "outer"])
    positive = max(low, 0.01 * high)
    return rng.choice([
        {"law": "uniform", "low": low, "high": high, "per": per},
        {"law": "log-uniform", "low": positive, "high": high, "per": per},
        {"law": "triangular", "low": low, "mode": middle, "high": high, "per": per},
        {"law": "pert", "low": low, "mode": middle, "high": high, "per": per},
        {"law": "beta", "a": 2, "b": 3, "low": low, "high": high, "per": per},
        {"law": "values", "values": [low, middle, high], "per": per},
        {"default": middle, "low": low, "high": high},
        {"default": middle, "range": {"law": "uniform", "low": low, "high": high}},
    ])  # fmt: skip


def number(rng: random.Random, low: float, high: float) -> Any:
    if rng.random() < 0.15:
        return rng.choice([low, high])
    return law(rng, low, high) if rng.random() < 0.3 else low + (high - low) * rng.random()


#: Ranges in which parameters are drawn: wide enough that everything happens within thirty months.
RANGES: dict[str, tuple[float, float]] = {
    "onset": (0, 0.2), "onset_1": (0, 0.2), "war_factor.ceasefire": (0, 1), "settlement": (0, 0.05),
    "ceasefire": (0, 0.2), "relapse": (0, 0.3), "free_drop": (0, 1), "rate.E10": (0, 0.3), "rate.E11": (0, 0.3),
    "rate.E13": (0, 0.3), "rate.E16": (0, 0.2), "succession_factor": (1, 4), "half_life.E5": (1, 24),
    **{f"slip.{k}": (0, 0.4) for k in TRACKS}, **{f"repair.{k}": (0, 0.9) for k in TRACKS},
    **{f"step.{k}": (0, 1) for k in TRACKS}, "slip.factor": (0, 3), "repair.factor": (0, 3), "step.factor": (0, 2),
    "b_mu": (0, 2), "b_rel": (0, 10), "b_off": (0, 2), "b_war": (0, 2), "rho": (0, 1), "gain": (0, 1), "loss": (0, 1),
    "stock": (20, 1400), "list": (0, 250), "inflow": (0, 60), "size": (1, 20), "calm": (0, 1), "p_served": (0, 0.1),
    "p_pardon": (0, 0.2), "p_release": (0, 0.5), "wave_stage": (0, 150), "wave_us": (0, 150), "list_first": (0, 1),
    "deport": (0, 1), "delta.P": (0.2, 1), "delta.shift": (-0.2, 0.2), "phi.D": (0, 0.3), "phi.M": (0, 0.3),
    "o_low": (0, 1), "o_high": (0.5, 1), "see.1": (0, 1), "see.2": (0, 1), "advance": (0.3, 1), "snapback": (0.3, 1),
    "renew": (0, 1), "unanimity_base": (0.5, 1), "lag.suspend": (0, 3), "lag.restore": (0, 4), "lag.exit": (0, 3),
    "base_phase": (0, 11), "spent": (0, 0.1), "cap": (1, 24), "floor": (0, 0.9), "speed": (0, 2), "restart": (0, 1),
    "readopt": (0, 1), "off": (0, 1), "us_step": (0, 0.3), "drift": (-0.03, 0.03), "stagnation_step": (0, 0.3),
}  # fmt: skip
#: Those that are whole months or persons when they are points.
WHOLE = {"stock", "list", "wave_stage", "wave_us", "base_phase", "cap"}


def parameters(rng: random.Random, share: float = 0.5) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, (low, high) in RANGES.items():
        if rng.random() < share:
            value = number(rng, low, high)
            found[key] = rounded(value) if key in WHOLE else value
    if rng.random() < 0.3:
        found["size"] = "inf"
    for rung in rng.sample(range(1, 6), 2):
        found |= dwell(rng, rung)
    if rng.random() < 0.3:
        dirichlet = {"law": "dirichlet", "total": rng.choice([2, 10])}
        found["mix"] = rng.choice([dirichlet | {"per": "path"}, dirichlet | {"per": "outer"}, {"range": dirichlet}])
    return found


def rounded(value: Any) -> Any:
    """A point, or a range's default, as a whole number."""
    if not isinstance(value, dict):
        return round(value)
    return value | {"default": round(value["default"])} if "default" in value else value


def dwell(rng: random.Random, rung: int) -> dict[str, Any]:
    key = f"dwell.{rung}"
    return rng.choice([
        {key: "never"},
        {key: "fixed", f"{key}.months": rng.randint(1, 6)},
        {key: "geometric", f"{key}.mean": rng.uniform(1, 9)},
        {key: "negbin", f"{key}.n": rng.randint(1, 3), f"{key}.mean": rng.uniform(3, 12)},
        {key: "weibull", f"{key}.scale": rng.uniform(1, 9), f"{key}.shape": rng.uniform(0.5, 2)},
    ])  # fmt: skip


def row(rng: random.Random, i: int) -> dict[str, Any]:
    scores = (
        [float(rng.randint(1, 10)) for _ in CRITERIA] if rng.random() < 0.8 else (lambda path: [1.0 + path % 9] * 7)
    )
    return {
        "name": f"row-{rng.randint(0, 10**6)}-{i}", "tier": rng.choice([1, 1, 2, 2, 3, 3, 4, 5]),
        "a": rng.choice([1, 1, 0.5, 2]), "sector": rng.choice(["goods", "finance", "visa"]),
        "origin": rng.choice([None, 2021, 2022, 2022]), "base": rng.choice([None, "B1", "B2"]),
        "needs": some(rng, SEEN, 1) if rng.random() < 0.3 else [], "scores": scores,
    }  # fmt: skip


def world(rng: random.Random, months: int) -> dict[str, Any]:
    sectors = ["goods", "finance", "visa"]
    load = {g: {e: number(rng, 0, 1) for e in some(rng, EVENT_IDS)} for g in sectors}
    steps = {k: rng.choice([rng.randint(0, 4), ["first", "second", "third"]]) for k in some(rng, TRACKS)}
    return {
        "rows": [row(rng, i) for i in range(rng.randint(1, 8))],
        "rule": {"roles": ROLES, "cuts": [10, 4], "outside_cuts": [-3]},
        "load": load,
        "steps": steps,
        "parameters": parameters(rng) | {"horizon": months},
        "reference": {1: ["D"], 2: ["H", "D"], 3: ["H", "D", "L"]},
    }


def gate(rng: random.Random, steps: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"clean": {k: rng.choice([None, None, 1, 2]) for k in some(rng, SEEN, 2)}}
    found |= maybe(rng, 0.2, lambda: {"belief": {k: rng.uniform(0.1, 0.9) for k in some(rng, SEEN, 2)}})
    found |= maybe(rng, 0.3, lambda: {"listed": rng.choice([0, 0.5, 1])})
    found |= maybe(rng, 0.3, lambda: {"stock": rng.uniform(0.5, 1.2)})
    found |= maybe(rng, 0.2, lambda: {"released": rng.randint(0, 100)})
    if rng.random() < 0.3 and steps:
        found["steps"] = {k: step(rng, steps[k]) for k in some(rng, steps, 1)}
    return found


def step(rng: random.Random, of: Any) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"at_least": rng.randint(0, 2)}, {"share": rng.choice([0, 0.3, 0.5, 1])}]
    if isinstance(of, list):
        parts.append({"named": [rng.choice(of), 1]})
    return rng.choice(parts)


def policy(rng: random.Random, world: dict[str, Any]) -> dict[str, Any]:
    tiers = rng.choice([[[1], [2], [3]], [[1, 2], [3]], [[1, 2, 3]], [[1]], []])
    found: dict[str, Any] = {
        "stages": [{"tiers": of, "gate": gate(rng, world["steps"])} for of in tiers],
        "exit_rung": rng.choice([1, 2, 2, 3, 5, "never"]), "reentry": rng.choice(["never", 1, 3, 12]),
        "review_every": rng.choice([1, 1, 1, 2, 3]), "verify": rng.choice([1, 2, 3]),
        "trigger": rng.choice(
            [{"alarm_streak": 1}, {"alarm_streak": 2}, {"a": 2, "b": 4}, {"threshold": rng.uniform(0.5, 0.95)}]
        ),
        "scope": rng.choice(["all", "last", "linked", "linked"]), "stall": rng.choice(["never", "never", 2, 5]),
        "stock_rise": rng.choice(["never", "never", 0.0, 0.3]), "sunset": rng.choice([2, 4, 6, "never"]),
        "sunset_default": rng.choice(["restore", "lapse"]), "outer": rng.random() < 0.4, "watch": some(rng, SEEN, 1),
        "start": {"stage": rng.choice([0, 0, rng.randint(0, len(tiers))])},
    }  # fmt: skip
    return found


def start(rng: random.Random, rows: list[dict[str, Any]]) -> dict[str, Any]:
    names = [r["name"] for r in rows]
    status = {name: rng.choice(["A", "S", "PR", "L"]) for name in some(rng, names)}
    found: dict[str, Any] = {"C": {k: rng.random() < 0.7 for k in some(rng, TRACKS)}}
    found |= maybe(rng, 0.3, lambda: {"R": rng.randint(1, 5), "dwell": rng.choice([1, 3, "never"])})
    found |= maybe(rng, 0.3, lambda: {"W": rng.choice(["war", "ceasefire", "settlement"])})
    found |= maybe(rng, 0.3, lambda: {"N": rng.randint(0, 500), "list": rng.randint(0, 20)})
    found |= {"list": min(found["list"], found["N"])} if "N" in found else {}
    found |= maybe(rng, 0.3, lambda: {"pi": {k: rng.random() for k in some(rng, SEEN)}, "mu": rng.uniform(-1, 1)})
    found |= maybe(
        rng,
        0.3,
        lambda: {"clean": {k: rng.randint(0, 4) for k in some(rng, SEEN)}, "X": rng.choice(["active", "exited"])},
    )
    found |= maybe(
        rng, 0.3, lambda: {"x": {e: {"c1": 2.0, "c7": -1.0} for e in some(rng, EVENT_IDS)}, "off": rng.random()}
    )
    if rng.random() < 0.4:
        found |= {
            "status": status,
            "mon": dict.fromkeys(some(rng, names), 3),
            "age": dict.fromkeys(some(rng, names), 2),
        }
        found |= {"due": {name: rng.randint(0, 3) for name, of in status.items() if of == "PR"}}
        found |= {"barred": dict.fromkeys(some(rng, names), True), "d": {"P": 0}}
    return found


def entry(rng: random.Random, kind: str, i: int, months: int) -> dict[str, Any]:
    at = rng.randrange(months)
    when: dict[str, Any] = {"at": at, "name": f"entry-{i}"}
    if rng.random() < 0.3:
        when["at"] = [at, min(at + 4, months - 1)]
    if kind not in ("ladder", "event") and rng.random() < 0.7:
        when["for"] = rng.randint(1, 6)
    e = rng.choice(EVENT_IDS)
    key = rng.choice(["onset", "slip.P", "renew", "phi.D", "lag.restore", "inflow", "half_life.E10", "step.factor"])
    what = {
        "ladder": {"ladder": rng.randint(0, 5)} | maybe(rng, 0.5, lambda: {"dwell": rng.choice([1, 4, "never"])}),
        "war": {"war": rng.choice(["war", "ceasefire", "settlement"])},
        "event": {"event": e} | rng.choice([{}, {"severity": rng.random()}, {"hold": rng.randint(1, 5)},
                                            {"move": {"c1": rng.uniform(-4, 4), "c6": -1}}]),
        "wave": {"wave": rng.randint(1, 80)},
        "flag": {"flag": rng.choice(["amnesty", "disengaged"])},
        "lock": {"lock": rng.choice(TRACKS), "value": rng.random() < 0.5},
        "signal": {"signal": rng.choice(SEEN), "value": rng.random() < 0.5},
        "set": {"set": key, "value": number(rng, *(RANGES.get(key, (1, 12))))},
    }  # fmt: skip
    return when | what[kind]


def overlaps(one: dict[str, Any], other: dict[str, Any]) -> bool:
    def thing(x: dict[str, Any]) -> Any:
        kind = next(k for k in ("ladder", "war", "event", "wave", "flag", "lock", "signal", "set") if k in x)
        return kind, None if kind in ("ladder", "war", "wave") else x[kind]

    return thing(one) == thing(other)


def scenario(rng: random.Random, world: dict[str, Any], months: int) -> dict[str, Any]:
    kinds = ["ladder", "war", "event", "event", "wave", "flag", "flag", "lock", "lock", "signal", "set", "set"]
    schedule: list[dict[str, Any]] = []
    for i, kind in enumerate(rng.sample(kinds, rng.randint(0, len(kinds)))):
        new = entry(rng, kind, i, months)
        if not any(overlaps(new, old) for old in schedule):
            schedule.append(new)
    over = parameters(rng, 0.1) if rng.random() < 0.5 else {}
    return {"start": start(rng, world["rows"]), "overrides": over, "schedule": schedule}


def setting(number: int, months: int = 30) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A world, a policy and a scenario; the same for the same number."""
    rng = random.Random(number)
    w = world(rng, months)
    return w, policy(rng, w), scenario(rng, w, months)
