"""The explorer's engine: in a real browser it says what the package says, and says nothing where there is nothing."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from mcda.output.explorer_data import explorer_data
from mcda.output.results import Results, open_results
from mcda.study.analyses import GROUPS, analyse
from mcda.study.describe import describe
from mcda.study.load import load_experiment
from mcda.study.store import write_results
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
    with pytest.raises(Exception, match=r"the score 2\.5 lies between two levels, so it needs a spread"):
        engine_page.evaluate("() => Engine.law(2.5, 0, [1, 2, 3, 4, 5], 'triangular')")


def test_a_level_that_rounding_alone_reaches_has_no_probability(engine_page: Any) -> None:
    levels = [1 + k / 3 for k in range(28)]  # steps of a third: cells end at the triangle's feet, but for rounding
    law = "([x, s, levels]) => Engine.law(x, s, levels, 'triangular')"
    for step in range(28):
        for spread in (0.5, 1.5, 2.5, 3.5):
            found = engine_page.evaluate(law, [levels[step], spread, levels])
            possible = [abs(x - levels[step]) < spread + 1 / 6 - 1e-9 for x in levels]
            assert [p > 0 for p in found] == possible


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
    """The shipped problem on five points and four tiers: what its run stores, without the report."""
    folder = tmp_path_factory.mktemp("bridges")
    experiment = load_experiment("bridge-repairs")
    groups = describe(experiment)
    for name in ("tiers", "flips", "sensitivity", "shocks", "other-rules"):
        group = GROUPS[name][0]
        found = analyse(experiment, name)
        groups[group] = groups[group].merge(found, combine_attrs="override") if group in groups else found
    write_results(folder / "results.nc", groups, {"experiment": experiment.id, "illustrative": "yes"})
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


def test_the_page_repeats_what_a_second_panel_would_say_of_printed_tiers(engine_page: Any, tmp_path: Path) -> None:
    experiment = load_experiment("baseline")
    write_results(tmp_path / "results.nc", describe(experiment) | {"tiers": analyse(experiment, "tiers")}, {})
    data = json.loads(json.dumps(explorer_data(open_results(tmp_path)), allow_nan=False))
    assert data["run"]["published"]
    firsts = {tier: i for i, tier in enumerate(experiment.problem.published)}
    for i in firsts.values():
        found = solved(engine_page, data["beliefs"][i], data["rule"], data["problem"])
        assert found["tiers"] == pytest.approx(data["stored"]["acceptability"][i], abs=1e-12)


def test_shares_of_a_simulation_come_back_from_the_page_s_bytes(bridges: Results) -> None:
    dims = ("scenario", "policy", "alternative", "status", "month")
    share = np.random.default_rng(1).dirichlet(np.ones(4), size=(2, 3, 6, 5)).transpose(0, 1, 2, 4, 3)
    names = {"scenario": ["a", "b"], "policy": ["p", "q", "r"], "alternative": bridges["tiers"]["alternative"].values}
    simulated = xr.Dataset({"status_share": (dims, share)}, coords=names, attrs={"paths": "8"})
    data = explorer_data(Results({**bridges, "simulation": simulated}, bridges.attributes))
    (group,) = data["simulation"]["groups"]
    assert (group["assumptions"], group["scenarios"], group["shape"]) == (
        ["as declared"],
        ["a", "b"],
        [1, 1, 2, 3, 6, 4, 5],
    )
    back = np.frombuffer(base64.b64decode(group["shares"]), dtype="<u2").reshape(group["shape"]) / 65535
    np.testing.assert_allclose(back[0, 0], share, rtol=0, atol=0.5 / 65535 + 1e-12)


def test_a_run_without_a_simulation_has_none(bridges: Results) -> None:
    data = explorer_data(bridges)
    assert data["simulation"] is None
    assert data["run"]["illustrative"]
    assert data["problem"]["tiers"][0]["label"] == "This year"
