"""The explorer's engine: in a real browser it says what the package says, and says nothing where there is nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mcda.output.explorer_data import explorer_data
from mcda.output.results import Results, open_results
from mcda.study.load import load_experiment
from mcda.study.run import run_experiment
from verification.explorer.settings import asked, differences, settings

Plain = dict[str, Any]
ROLES = ("against", "for", "counterweight")
PROBLEM: Plain = {
    "criteria": [{"id": f"c{k + 1}", "role": role} for k, role in enumerate(ROLES)],
    "levels": [1.0, 2.0, 3.0, 4.0, 5.0],
    "tiers": [{"number": t} for t in (1, 2, 3)],
    "inside": 2,
}
RULE: Plain = {
    "inside": 2, "form": "difference", "reading": "footnote", "zero": "outside", "tie": "smaller", "veto": None,
    "cuts": [0.0], "weights": [1.0, 1.0, 1.0], "split": None, "bands": None,
}  # fmt: skip


def belief(*laws: list[float], point: list[float] | None = None) -> Plain:
    return {"unit": 1, "components": [{"weight": 1, "laws": laws}], "conditioning": None, "point": point}


def certain(score: int) -> list[float]:
    return [float(x == score) for x in range(1, 6)]


def solved(page: Any, one: Plain, rule: Plain = RULE, problem: Plain = PROBLEM) -> Plain:
    asks = "(text) => { const x = JSON.parse(text); return JSON.stringify(Engine.solve(x.belief, x.rule, x.problem)); }"
    found: Plain = json.loads(page.evaluate(asks, json.dumps({"belief": one, "rule": rule, "problem": problem})))
    return found


def test_page_and_package_agree_on_random_settings(engine_page: Any) -> None:
    drawn = list(settings(20260, (25, 25, 50, 0)))
    page = asked(engine_page, [one for one, _ in drawn])
    for (one, ours), theirs in zip(drawn, page, strict=True):
        assert max(differences(theirs, ours).values()) < 1e-9, (one.kind, json.dumps(one.plain))


def test_a_certain_tier_has_no_index_rather_than_an_index_of_zero(engine_page: Any) -> None:
    found = solved(engine_page, belief(certain(2), certain(4), certain(1), point=[2.0, 4.0, 1.0]))
    assert (found["tiers"], found["mode"], found["entropy"]) == ([1, 0, 0], 1, 0)
    for name, closed, total, shapley in zip(
        found["outputs"], found["closed"], found["total"], found["shapley"], strict=True
    ):
        assert closed == [None] * 8, name
        assert total == shapley == [None] * 3, name
    assert found["response"][0] == [None, [1, 0, 0], None, None, None]
    assert found["composite"] == {"values": [2], "probability": [1]}


def test_a_criterion_with_one_level_decides_nothing_about_the_others(engine_page: Any) -> None:
    uniform = [0.2] * 5
    found = solved(engine_page, belief(uniform, certain(3), uniform))
    ordinal = found["outputs"].index("ordinal")
    assert found["total"][ordinal][1] == 0
    assert sum(found["shapley"][ordinal]) == pytest.approx(1, abs=1e-12)
    # c1 alone decides between inside (1, 2) and outside (3, 4, 5); inside, C >= c7 gives tier 1: (2, 1), (2, 2), (1, 1)
    assert found["tiers"] == pytest.approx([3 / 25, 7 / 25, 15 / 25], abs=1e-15)


@pytest.mark.parametrize(("tie", "tier"), [("smaller", 1), ("larger", 2)])
@pytest.mark.parametrize("off", [0, 1e-10, -1e-10])
def test_a_value_on_a_cut_goes_where_ties_go(engine_page: Any, tie: str, tier: int, off: float) -> None:
    rule = {**RULE, "tie": tie, "cuts": [0.5 + off], "weights": [1.0, 1.0, 0.5]}
    one = belief(certain(2), certain(4), certain(3), point=[2.0, 4.0, 3.0])  # C - c7 / 2 = 2 - 3 / 2
    assert solved(engine_page, one, rule)["mode"] == tier
    assert engine_page.evaluate("([x, r, p]) => Engine.tierOf(x, r, p)", [[2, 4, 3], rule, PROBLEM]) == tier


def test_a_score_between_levels_needs_a_spread(engine_page: Any) -> None:
    with pytest.raises(Exception, match="the score 2.5 lies between two levels, so it needs a spread"):
        engine_page.evaluate("() => Engine.law(2.5, 0, [1, 2, 3, 4, 5], 'triangular')")


def test_an_impossible_printed_tier_is_declined_with_a_sentence(engine_page: Any) -> None:
    condition = {"tier": 1, "rule": RULE, "sd": 1, "ends": "clip", "moves": None}
    one = {**belief(certain(5), certain(1), certain(1)), "conditioning": condition}
    with pytest.raises(Exception, match="no score vector of this belief is in the tier that it is conditioned on"):
        solved(engine_page, one)


def test_flips_that_no_move_reaches_are_missing(engine_page: Any) -> None:
    outside = {**RULE, "veto": 1.0}  # every score against is barred
    found = solved(engine_page, belief(certain(2), certain(4), certain(1), point=[2.0, 4.0, 1.0]), outside)
    flip = found["flip"]
    assert (flip["l1"], flip["linf"], flip["single"]) == (None, None, None)
    assert flip["reaches"] == {"l1": [], "linf": [], "single": []}


# -- against what a run stored -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bridges(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("bridges") / "run"
    experiment = load_experiment(
        "bridge-repairs", settings=['analyses=["tiers", "sensitivity", "flips", "shocks", "other-rules"]']
    )
    run_experiment(experiment, folder)
    return open_results(folder)


def test_the_page_repeats_a_run_of_another_scale_and_number_of_tiers(engine_page: Any, bridges: Results) -> None:
    data = json.loads(json.dumps(explorer_data(bridges), allow_nan=False))
    tiers, stored = bridges["tiers"], data["stored"]
    for i, one in enumerate(data["beliefs"]):
        found = solved(engine_page, one, data["rule"], data["problem"])
        ordinal = found["outputs"].index("ordinal")
        assert found["tiers"] == pytest.approx(stored["acceptability"][i], abs=1e-12)
        assert found["shapley"][ordinal] == pytest.approx(stored["shapley"][i], abs=1e-12)
        assert found["total"][ordinal] == pytest.approx(stored["total_order"][i], abs=1e-12)
        flip = [found["flip"][norm] for norm in tiers["norm"].values]
        assert flip == pytest.approx(tiers["flip_distance"].values[i], abs=1e-12)


def test_the_page_repeats_a_runs_shocks_and_other_rules(engine_page: Any, bridges: Results) -> None:
    data = json.loads(json.dumps(explorer_data(bridges), allow_nan=False))
    (shock,) = data["shocks"]
    assert shock["moves"] == {"decay": 1.0}
    move = "([b, m, p]) => Engine.shifted(b, m, 1, p)"
    for i, one in enumerate(data["beliefs"]):
        after = engine_page.evaluate(move, [one, shock["moves"], data["problem"]])
        found = solved(engine_page, after, data["rule"], data["problem"])["tiers"]
        assert found == pytest.approx(data["stored"]["shocks"][0][i], abs=1e-12)
        for other in data["rules"]:
            theirs = bridges["other_rules"]["acceptability"].sel(rule=other["label"]).values[i]
            found = solved(engine_page, one, other["rule"], data["problem"])["tiers"]
            assert found == pytest.approx(theirs, abs=1e-12)


def test_shares_come_back_from_the_page_s_bytes() -> None:
    import base64

    from tests.output.made_simulation import simulated

    data = explorer_data(simulated())
    (group,) = [g for g in data["simulation"]["groups"] if g["name"] == "simulation"]
    back = np.frombuffer(base64.b64decode(group["shares"]), dtype="<u2").reshape(group["shape"]) / 65535
    assert back.shape[-1] == group["months"]
    assert Path  # placeholder
