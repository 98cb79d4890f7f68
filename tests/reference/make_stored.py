"""Store the oracle's answers: ``python -m tests.reference.make_stored`` (a minute and a half on one core).

Writes ``stored/oracle.json``. Every case holds its whole input, so that a test can rebuild it. Rational numbers are
text ("2/3"), NaN is null, floats have the digits that give the same double back (17 significant ones at most).
"""

import datetime
import json
import math
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.reference import enumeration as oracle

STORED = Path(__file__).parent / "stored" / "oracle.json"
ROLES = ["against"] * 3 + ["for"] * 3 + ["counterweight"]
CASE: dict[str, Any] = {"roles": ROLES, "n_inside": 3, "n_outside": 2}
TABLE = [[1, 1, 2], [1, 2, 3], [2, 3, 3]]
WEIGHTS = ["3/2", "1/2", "1", "5/4", "3/4", "1", "1/2"]  # those of c1..c6 sum to 6

SMALL: dict[str, dict[str, Any]] = {  # for levels 1..4
    "difference": CASE | {"inside_cuts": [3, 0], "outside_split": {"by": "composite", "cuts": [-4]}},
    "ratio": CASE
    | {
        "form": "ratio",
        "inside_cuts": ["2", "2/3"],
        "zero": "inside",
        "tie": "larger",
        "outside_split": {"by": "any", "cuts": [4]},
    },
    "grid": CASE
    | {
        "form": "grid",
        "c_bands": [2, 5],
        "w_bands": [1, 2],
        "table": TABLE,
        "veto": 4,
        "outside_split": {"by": "first", "cuts": [2]},
    },
    "text": CASE | {"reading": "text", "cuts": [2, -1, -4, -7], "veto": 4},
    "weighted": CASE
    | {
        "weights": WEIGHTS,
        "inside_cuts": ["5/2", "1/2"],
        "tie": "larger",
        "veto": 4,
        "outside_split": {"by": "balance", "cuts": ["-7/2"]},
    },
    "lexicographic": CASE
    | {
        "form": "lexicographic",
        "c_bands": [1, 4],
        "w_bands": [1, 3],
        "table": [[1, 1, 1], [1, 2, 2], [3, 3, 3]],
        "tie": "larger",
        "zero": "inside",
        "outside_split": {"by": "first", "cuts": [3]},
    },
}
LARGE: dict[str, dict[str, Any]] = {  # for levels 1..10
    "difference": CASE | {"inside_cuts": [9, 2], "outside_split": {"by": "composite", "cuts": [-8]}},
    "ratio": CASE
    | {
        "form": "ratio",
        "inside_cuts": ["5/2", "4/3"],
        "zero": "inside",
        "tie": "larger",
        "outside_split": {"by": "any", "cuts": [9]},
    },
    "grid": CASE
    | {
        "form": "grid",
        "c_bands": [4, 9],
        "w_bands": [3, 6],
        "table": TABLE,
        "veto": 8,
        "outside_split": {"by": "first", "cuts": [6]},
    },
    "text": CASE | {"reading": "text", "cuts": [6, 0, -6, -14], "veto": 8},
    "weighted": CASE
    | {
        "weights": WEIGHTS,
        "inside_cuts": ["17/2", "9/4"],
        "tie": "larger",
        "outside_split": {"by": "balance", "cuts": ["-25/2"]},
    },
}
OTHER: dict[str, dict[str, Any]] = {  # other problems: other numbers of criteria and tiers
    "five criteria": {
        "roles": ["for", "against", "for", "against", "counterweight"],
        "n_inside": 2,
        "n_outside": 3,
        "inside_cuts": [1],
        "outside_split": {"by": "composite", "cuts": [-1, -4]},
    },
    "no counterweight": {"roles": ["for", "against", "for"], "n_inside": 3, "n_outside": 1, "inside_cuts": [6, 3]},
}


def _plain(value: Any) -> Any:
    """Arrays, sets and NaN as JSON has them."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, set):
        return sorted(value)
    if isinstance(value, np.ndarray | list | tuple | range):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value


def _belief(seed: int, d: int, size: int, components: int = 0) -> Any:
    """Marginals that are neither uniform nor alike, the smallest weight 0 now and then."""
    rng = np.random.default_rng(seed)
    weight = rng.integers(0, 20, size=(max(components, 1), d, size)).astype(float) + np.eye(d, size)
    law = weight / weight.sum(axis=-1, keepdims=True)
    return law if components else law[0]


def _joint(given: dict[str, Any]) -> Any:
    joint = oracle.joint_of(np.asarray(given["probability"]), given.get("weights"))
    if "given" in given:
        joint = oracle.conditioned(joint, given["given"]["rule"], given["given"]["tier"], given["levels"])
    return joint


def _indices(rule: dict[str, Any], joint: Any, levels: Any, interactions: bool) -> dict[str, Any]:
    spread = oracle.variances(rule, joint, levels)
    closed = oracle.closed_indices(rule, joint, levels)
    answer: dict[str, Any] = {
        "variance": {name: whole for name, (whole, _) in spread.items()},
        "closed_index": closed,
        "shapley": {name: oracle.shapley([float(v) for v in part]) for name, part in closed.items()},
    }
    if interactions:
        answer["moebius"] = {"ordinal": oracle.moebius([float(v) for v in closed["ordinal"]])}
    return answer


def ask_acceptability(given: dict[str, Any]) -> dict[str, Any]:
    return {"acceptability": oracle.tier_probabilities(given["rule"], _joint(given), given["levels"])}


def ask_counts(given: dict[str, Any]) -> dict[str, Any]:
    return {"counts": oracle.tier_counts(given["rule"], given["levels"])}


def ask_sensitivity(given: dict[str, Any]) -> dict[str, Any]:
    joint = _joint(given)
    independent = "given" not in given and "weights" not in given
    return _indices(given["rule"], joint, given["levels"], independent) | {
        "response": oracle.response(given["rule"], joint, given["levels"])
    }


def ask_second_panel(given: dict[str, Any]) -> dict[str, Any]:
    sd = given.get("sd")
    if sd is None:
        sd = [{int(error): mass for error, mass in one.items()} for one in given["errors"]]
    joint, tiers = oracle.second_panel(
        given["rule"], np.asarray(given["probability"]), given["printed_tier"], sd, given["ends"], given["levels"]
    )
    d = joint.ndim
    answer: dict[str, Any] = {
        "acceptability": tiers,
        "marginal": [joint.sum(axis=tuple(axis for axis in range(d) if axis != k)) for k in range(d)],
    }
    return answer | (_indices(given["rule"], joint, given["levels"], False) if given["indices"] else {})


def ask_other_rule(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "matrix": oracle.other_rule(given["rule"], given["other"], np.asarray(given["probability"]), given["levels"])
    }


def ask_shocked(given: dict[str, Any]) -> dict[str, Any]:
    return {"matrix": oracle.shocked(given["rule"], np.asarray(given["probability"]), given["move"], given["levels"])}


def ask_flips(given: dict[str, Any]) -> dict[str, Any]:
    table = oracle.tier_table(given["rule"], given["levels"])
    found: dict[str, Any] = {"tier": [int(t) for t in oracle.tier_of(given["rule"], np.asarray(given["points"]))]}
    for norm in ("l1", "linf", "single"):
        flips = [oracle.flip_distance(given["rule"], x, norm, given["levels"], table) for x in given["points"]]
        found[norm] = {"distance": [distance for distance, _ in flips], "toward": [tiers for _, tiers in flips]}
    return found


def ask_tiers(given: dict[str, Any]) -> dict[str, Any]:
    return {"tier": oracle.tier_of(given["rule"], np.asarray(given["scores"]), given["unit"])}


QUESTIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "acceptability": ask_acceptability,
    "counts": ask_counts,
    "sensitivity": ask_sensitivity,
    "second_panel": ask_second_panel,
    "other_rule": ask_other_rule,
    "shocked": ask_shocked,
    "flips": ask_flips,
    "tiers": ask_tiers,
}


def cases() -> list[tuple[str, str, dict[str, Any]]]:
    """(name, question, whole input) of every stored case."""
    four, ten = list(range(1, 5)), list(range(1, 11))
    found: list[tuple[str, str, dict[str, Any]]] = []
    belief, mixture = _belief(1, 7, 4), _belief(2, 7, 4, components=3)
    other = {"rule": SMALL["text"], "tier": 3}
    for seed, (name, rule) in enumerate(SMALL.items()):
        base = {"rule": rule, "levels": four}
        found += [
            (f"small/{name}/uniform", "counts", base),
            (f"small/{name}/independent", "sensitivity", base | {"probability": belief}),
            (f"small/{name}/mixture", "acceptability", base | {"probability": mixture, "weights": [0.5, 0.3, 0.2]}),
            (
                f"small/{name}/given another rule's tier",
                "acceptability",
                base | {"probability": belief, "given": other},
            ),
            (f"small/{name}/shock", "shocked", base | {"probability": belief, "move": [1, 0, -2, -1, 0, 1, 2]}),
            (
                f"small/{name}/other rule",
                "other_rule",
                base | {"other": SMALL["ratio" if name != "ratio" else "difference"], "probability": belief},
            ),
            (
                f"small/{name}/second panel",
                "second_panel",
                base
                | {
                    "probability": belief,
                    "printed_tier": 1 + seed % 5,
                    "sd": 0.75,
                    "indices": False,
                    "ends": ["clip", "reflect"][seed % 2],
                },
            ),
            (
                f"small/{name}/flips",
                "flips",
                base | {"points": np.random.default_rng(10 + seed).integers(1, 5, size=(12, 7))},
            ),
            (
                f"small/{name}/tiers",
                "tiers",
                base | {"unit": 3, "scores": np.random.default_rng(20 + seed).integers(3, 13, size=(60, 7))},
            ),
        ]
    found += [
        (
            "small/difference/mixture, conditioned",
            "sensitivity",
            {
                "rule": SMALL["difference"],
                "levels": four,
                "probability": mixture,
                "weights": [0.5, 0.3, 0.2],
                "given": other,
            },
        ),
        (
            "small/grid/mixture",
            "sensitivity",
            {"rule": SMALL["grid"], "levels": four, "probability": mixture, "weights": [0.5, 0.3, 0.2]},
        ),
        (
            "small/difference/second panel, errors by criterion",
            "second_panel",
            {
                "rule": SMALL["difference"],
                "levels": four,
                "probability": belief,
                "printed_tier": 2,
                "ends": "reflect",
                "errors": [{-k: 0.125, 0: 0.5, 1: 0.25, k + 1: 0.125} for k in range(1, 8)],
                "indices": True,
            },
        ),
        (
            "five criteria, steps of a half",
            "sensitivity",
            {
                "rule": OTHER["five criteria"],
                "levels": [f"{n}/2" for n in range(2, 9)],
                "probability": _belief(3, 5, 7),
            },
        ),
        (
            "no counterweight",
            "sensitivity",
            {"rule": OTHER["no counterweight"], "levels": ten, "probability": _belief(4, 3, 10)},
        ),
    ]
    wide = _belief(5, 7, 10)
    found += [(f"large/{name}/uniform", "counts", {"rule": rule, "levels": ten}) for name, rule in LARGE.items()]
    found += [
        (
            f"large/{name}/flips",
            "flips",
            {"rule": LARGE[name], "levels": ten, "points": np.random.default_rng(30).integers(1, 11, size=(12, 7))},
        )
        for name in ("difference", "grid")
    ]
    found += [
        (
            "large/weighted/independent",
            "acceptability",
            {"rule": LARGE["weighted"], "levels": ten, "probability": wide},
        ),
        (
            "large/difference/independent",
            "sensitivity",
            {"rule": LARGE["difference"], "levels": ten, "probability": wide},
        ),
        (
            "large/difference/second panel",
            "second_panel",
            {
                "rule": LARGE["difference"],
                "levels": ten,
                "probability": np.full((7, 10), 0.1),
                "printed_tier": 2,
                "sd": 1.0,
                "ends": "clip",
                "indices": True,
            },
        ),
        (
            "large/difference/second panel, reflect",
            "second_panel",
            {
                "rule": LARGE["difference"],
                "levels": ten,
                "probability": np.full((7, 10), 0.1),
                "printed_tier": 1,
                "sd": 1.5,
                "ends": "reflect",
                "indices": False,
            },
        ),
    ]
    return found


def answer(question: str, given: dict[str, Any]) -> dict[str, Any]:
    """The plain (JSON) answer to a plain input."""
    found: dict[str, Any] = _plain(QUESTIONS[question](given))
    return found


def main() -> None:
    stored, started = [], time.perf_counter()
    for name, question, given in cases():
        begun = time.perf_counter()
        plain = _plain(given)
        found = answer(question, plain)
        seconds = round(time.perf_counter() - begun, 2)
        stored.append({"name": name, "question": question, "input": plain, "answer": found, "seconds": seconds})
        if seconds > 1:
            print(f"{seconds:8.1f} s  {name}", file=sys.stderr)
    about = {
        "what": "answers of the brute-force oracle tests/reference/enumeration.py",
        "command": "python -m tests.reference.make_stored",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "versions": {"python": platform.python_version(), "numpy": np.__version__, "machine": platform.machine()},
        "seconds": round(time.perf_counter() - started, 1),
    }
    lines = ",\n".join(json.dumps(case, separators=(",", ":"), allow_nan=False) for case in stored)
    STORED.parent.mkdir(exist_ok=True)
    STORED.write_text(f'{{"about":{json.dumps(about)},\n"cases":[\n{lines}\n]}}\n', encoding="utf-8")
    print(f"{len(stored)} cases, {STORED.stat().st_size / 1e6:.2f} MB, {about['seconds']} s", file=sys.stderr)


if __name__ == "__main__":
    main()
