"""The shipped files of the simulation, as what it is about: the reference's numbers, and sections 6 and 7."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mcda.errors import InvalidFile, UsageError
from mcda.files.document import read_document
from mcda.files.keys import FAMILIES, NAMES
from mcda.files.listing import with_tables
from mcda.files.policy import PolicyParts, read_policy, read_utilities
from mcda.files.problem import load_problem
from mcda.files.roadmap import WorldParts, read_world, world_of
from mcda.files.scenario import (
    LEVERS,
    ScenarioParts,
    build_assumptions,
    build_scenario,
    read_assumptions,
    read_scenario,
)
from mcda.files.shipped import assumption_sets, codes, policies, scenarios
from mcda.roadmap.limits import Limits, limits_of
from mcda.roadmap.model import Entry, Gate, Policy, Stage, StepPart, Trigger, World
from mcda.roadmap.parameters import PLACES, Law, Ranged
from mcda.roadmap.plan import inputs, plan
from tests.reference import roadmap as reference
from tests.roadmap.plain import policy_of, scenario_of
from tests.roadmap.plain import world_of as plain_world_of

ROOT = Path(__file__).parents[2]
CASE = ROOT / "mcda" / "cases" / "eu-belarus-2025"
README = ROOT / "scenarios" / "README.md"


@cache
def parts() -> WorldParts:
    return world_of()


@cache
def world() -> World:
    return parts().world


def scenario(name: str) -> ScenarioParts:
    return read_scenario(name, world())


def policy(name: str) -> Policy:
    return read_policy(name, world()).policy


def default(value: Any) -> Any:
    return value.default if isinstance(value, Ranged) else value


# -- the world ---------------------------------------------------------------------------------------------------------


def test_parameters_are_the_references_defaults() -> None:
    unread = {"half_life.E14": 1.0, "half_life.E15": 1.0}  # these events move nothing
    found = {key: default(value) for key, value in world().parameters.items()}
    assert found == reference.DEFAULTS | unread
    assert set(found) <= set(PLACES)


def test_events_are_the_references() -> None:
    wanted = plain_world_of({"rows": [], "rule": RULE, "events": reference.EVENTS})
    assert world().moves == wanted.moves


RULE = {"roles": ["against"] * 3 + ["for"] * 3 + ["counterweight"], "cuts": [4, -1], "outside_cuts": [-6]}


def test_rows_are_the_problems_alternatives() -> None:
    problem = load_problem("eu-belarus-2025")
    assert [(row.name, row.tier, row.sector, row.a) for row in world().rows] == [
        (one.id, one.tier, one.sector, 1.0) for one in problem.alternatives
    ]
    assert {row.name for row in world().rows if row.needs} == {"airspace-closure", "belavia-freeze"}
    assert {row.base for row in world().rows} == {"decision-2012-642"}
    assert world().rule == problem.rule
    assert (world().scale, world().inside) == ((1, 10), 3)


def test_the_reference_tracks_are_those_of_the_roadmaps_gates() -> None:
    gates = {stage.tiers[0]: stage.gate.tracks for stage in policy("P1").stages}
    assert world().reference == gates


def test_steps_are_in_the_catalogues_order() -> None:
    steps = [s for s in load_problem("eu-belarus-2025").catalogue["minsk_steps"] if s["track"] != "none"]
    for track, names in world().steps.items():
        of_track = sorted((s["order"], s["id"]) for s in steps if s["track"] == track)
        assert names == tuple(name for _, name in of_track)
    assert sum(map(len, world().steps.values())) == len(steps)
    assert {s["id"]: s["label"] for s in steps}.items() <= parts().steps.items()


def test_every_sector_has_a_load_for_every_event_that_moves() -> None:
    moving = {event for event, moves in world().moves.items() if moves}
    assert set(world().load) == {row.sector for row in world().rows}
    assert all(set(loads) == moving for loads in world().load.values())
    assert world().load["visa"]["E10"] == Ranged(0, Law("pert", {"low": 0, "mode": 0, "high": 0.3}, "outer"))
    assert parts().reasons["visa"]["E10"].startswith("A journey by an official")


def test_what_outputs_say_is_there() -> None:
    assert (parts().start_month, parts().as_of) == ("2026-01", "2025-09-24")
    assert set(parts().events) == set(reference.EVENT_IDS)
    assert parts().events["E10"].label == "Circumvention surge"
    assert parts().parameters["lag"].unit == "months"
    assert set(parts().tracks) == set(reference.TRACKS)
    assert {number.basis for number in parts().numbers} >= {"assumption", "source", "paper", "value-judgement"}


def test_entities_are_rows_whose_weights_sum_to_the_number_of_measures() -> None:
    found = world_of(entities=True).world
    assert len(found.rows) == 70
    assert math.fsum(row.a for row in found.rows) == pytest.approx(49, abs=1e-9)
    rows = {row.name: row for row in found.rows}
    assert (rows["nine-companies-freeze"].a, rows["belshina"].a, rows["belavia"].a) == (0, pytest.approx(1 / 9), 1)
    assert rows["belavia"] == replace(rows["belavia-freeze"], name="belavia", a=1)
    assert {rows[e.id].tier for e in load_problem("eu-belarus-2025").entities} == {1, 2, 5}


def test_given_weights_leave_the_rest_to_the_parent(tmp_path: Path) -> None:
    given = "entities:\n  belavia: {weight: 0.25, basis: assumption, range: [0, 1]}\n"
    found = {row.name: row.a for row in other_world(tmp_path, "roadmap.yaml", "entities: {}\n", given, True).rows}
    assert (found["belavia"], found["belavia-freeze"]) == (0.25, 0.75)
    assert math.fsum(found.values()) == pytest.approx(49)


def other_world(folder: Path, file: str, old: str, new: str, entities: bool = False) -> World:
    """The world of the case with other text in one of its two files."""
    for name in ("roadmap.yaml", "parameters.yaml"):
        text = (CASE / name).read_text("utf-8")
        assert name != file or text.count(old) == 1
        (folder / name).write_text(text.replace(old, new) if name == file else text, encoding="utf-8")
    return read_world(load_problem("eu-belarus-2025"), folder, entities=entities).world


def test_a_case_without_the_two_files_is_told() -> None:
    with pytest.raises(UsageError, match=r"problem 'bridge-repairs' has no roadmap.yaml in .*; allowed"):
        world_of("bridge-repairs")


# -- ranges and laws ---------------------------------------------------------------------------------------------------


def pert(low: float, mode: float, high: float) -> Law:
    return Law("pert", {"low": low, "mode": mode, "high": high}, "outer")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("onset", Ranged(0.01, pert(0.001, 0.01, 0.05))),
        ("dwell.2.mean", Ranged(9, pert(3, 9, 12))),
        ("dwell.2", "geometric"),
        ("dwell.5", "never"),
        ("slip.H", 0.04),  # moved by slip.factor alone
        ("slip.factor", Ranged(1, Law("log-uniform", {"low": 0.25, "high": 3}, "outer"))),
        ("delta.shift", Ranged(0, Law("uniform", {"low": -0.2, "high": 0.2}, "outer"))),
        ("o_high", 1),  # its range is a point
        ("mix.2", 0.55),
        ("horizon", 60),  # one number of months for all
        ("war_factor.ceasefire", Ranged(0.5, pert(0, 0.5, 1))),
    ],
)
def test_a_range_is_what_outer_samples_draw_from(key: str, value: Any) -> None:
    assert world().parameters[key] == value


def test_the_mix_of_rungs_has_its_own_law() -> None:
    assert world().mix_law == (10, "range")


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("{law: uniform, low: 0.6, high: 0.9}", Law("uniform", {"low": 0.6, "high": 0.9}, "path")),
        ("{law: beta, a: 8, b: 2, per: outer}", Law("beta", {"a": 8, "b": 2}, "outer")),
        ("{law: values, values: [0.7, 0.9]}", Law("values", {"values": (0.7, 0.9)}, "path")),
        ("{members: 27, dissent: 0.01}", 0.99**27),
        ("0.7", 0.7),
    ],
)
def test_a_scenarios_value_is_a_number_or_a_law(value: str, wanted: Any) -> None:
    text = f"{HEAD}overrides:\n  advance: {{value: {value}, basis: assumption, range: [0, 30]}}\n"
    assert made(text).overrides == {"advance": pytest.approx(wanted) if isinstance(wanted, float) else wanted}


HEAD = "format: mcda-scenario-1\nid: made\ntitle: Made\nstory: Made up.\nmotive: none in the paper\n"


def made(text: str) -> Any:
    return build_scenario(read_document("made.yaml", text=text), world()).scenario


def test_a_mix_in_a_scenario_is_a_point_or_drawn_for_each_path() -> None:
    mix = 'mix: {value: {"2": 0.7, "3": 0.1, "4": 0.1, "5": 0.1}, basis: assumption, range: {total: [1, 50]}'
    point = made(f"{HEAD}overrides:\n  {mix.replace('{total: [1, 50]}', '[0, 1]')}}}\n")
    drawn = made(f"{HEAD}overrides:\n  {mix.replace('{total', '{value: [0, 1], total')}, law: dirichlet, total: 20}}\n")
    assert (point.mix_law, drawn.mix_law, made(HEAD).mix_law) == (None, (20, "path"), "kept")
    assert point.overrides["mix.2"] == drawn.overrides["mix.2"] == 0.7


def test_the_whole_of_a_start_and_a_schedule_is_read() -> None:
    text = f"""{HEAD}basis: illustrative
start: {{R: 5, dwell: never, list: 20, C: {{P: true}}, x: {{E10: {{c3: 2}}}}, X: exited}}
schedule:
  - {{name: drawn, at: [3, 9], ladder: 4, dwell: 2}}
  - {{at: 4, for: 2, signal: P, value: true}}
  - {{at: 5, event: E10, severity: 0.5, hold: 3}}
  - {{at: 6, event: E14, move: {{c1: 2}}}}
  - {{at: 7, for: 3, set: dwell.2, value: never}}
  - {{at: 7, flag: amnesty}}
overrides:
  half_life.E14: {{value: 3, basis: illustrative}}
"""
    found = made(text)
    assert found.start == {
        "R": 5,
        "dwell": math.inf,
        "list": 20,
        "C": {"P": True},
        "x": {"E10": {"c3": 2}},
        "X": "exited",
    }
    assert found.schedule == (
        Entry("ladder", 4, (3, 9), "drawn", dwell=2),
        Entry("signal", "P", 4, months=2, value=True),
        Entry("event", "E10", 5, severity=0.5, hold=3),
        Entry("event", "E14", 6, move={"c1": 2}),
        Entry("set", "dwell.2", 7, months=3, value="never"),
        Entry("flag", "amnesty", 7),
    )


def test_every_name_has_limits_and_every_family_its_indices() -> None:
    assert all(isinstance(limits_of(key), Limits) for key in PLACES if key.count(".") != 1 or "dwell" not in key)
    assert set(NAMES) >= set(FAMILIES)
    assert not set(NAMES) & set(LEVERS)
    assert Limits(0, whole=True).allow(2.5, drawn=True)
    assert not Limits(0, above=True).allow(0)
    assert Limits(0, above=True, infinite="inf").allow(math.inf)


# -- assumption sets ---------------------------------------------------------------------------------------------------


def test_the_assumption_sets_are_those_of_section_5() -> None:
    assert set(assumption_sets()) == {"responsive", "unresponsive"}
    keys = ("b_mu", "b_rel", "b_off", "b_war")
    responsive, unresponsive = (
        read_assumptions(name).over(world()).parameters for name in ("responsive", "unresponsive")
    )
    assert [default(responsive[key]) for key in keys] == [1, 5, 1, 1]
    assert [unresponsive[key] for key in keys] == [0, 0, 0, 0]
    assert responsive["b_rel"] == Ranged(5, pert(0, 5, 10))
    assert {key: value for key, value in responsive.items() if key not in keys}.items() <= world().parameters.items()


def test_an_assumption_set_may_change_the_mix() -> None:
    text = """format: mcda-assumptions-1
id: harsh
title: Harsh
about: Worse.
parameters:
  mix: {value: {"2": 0.1, "3": 0.1, "4": 0.4, "5": 0.4}, law: dirichlet, total: 5, basis: illustrative}
"""
    found = build_assumptions(read_document("harsh.yaml", text=text)).over(world())
    assert (found.mix_law, found.parameters["mix.5"]) == ((5, "range"), 0.4)


# -- policies ----------------------------------------------------------------------------------------------------------

P1 = policy_of({
    "stages": [
        {"tiers": [1], "gate": {"listed": 1, "clean": {"D": None}}},
        {"tiers": [2], "gate": {"listed": 1, "stock": 0.1, "clean": dict.fromkeys("HDPM")}},
        {"tiers": [3], "gate": {"listed": 1, "stock": 0.1, "clean": dict.fromkeys("HDPML")}},
    ]
})  # fmt: skip


def with_stock(stock: float) -> tuple[Stage, ...]:
    return tuple(replace(s, gate=replace(s.gate, stock=s.gate.stock and stock)) for s in P1.stages)


#: Section 6: what each policy differs in from P1.
DIFFERENCES: dict[str, dict[str, Any]] = {
    "P0": {"stages": ()},
    "P1": {},
    "P2": {"sunset_default": "lapse"},
    "P3": {"stages": (Stage((1, 2, 3), P1.stages[0].gate),)},
    "P4": {"stages": P1.stages[:1]},
    "P5": {"verify": 6, "trigger": Trigger(alarm_streak=2)},
    "P6": {"stages": tuple(Stage((tier,), Gate(released=100)) for tier in (1, 2, 3))},
    "P7": {"scope": "linked"},
    "P8": {"review_every": 3},
    "P9": {"stages": with_stock(0.35)},
}


@pytest.mark.parametrize("code", DIFFERENCES)
def test_a_policy_differs_from_p1_in_what_section_6_says(code: str) -> None:
    found = read_policy(code, world())
    assert found.policy == replace(P1, name=found.id, **DIFFERENCES[code])
    assert (found.code, found.id.partition("-")[0].upper()) == (code, code)


def test_the_shipped_policies_are_found_by_name_and_by_code() -> None:
    assert list(codes()) == list(DIFFERENCES)
    assert [policy(name).name for name in policies()] == list(codes().values())
    with pytest.raises(UsageError, match=r"no policy file 'p1-roadmp'.*did you mean 'p1-roadmap'"):
        policy("p1-roadmp")


@pytest.mark.parametrize("name", policies())
def test_a_shipped_policy_writes_every_lever_out(name: str) -> None:
    assert set(read_document(policies()[name]).data) >= {*LEVERS, "start", "code"}


def test_every_lever_of_the_domain_is_one_of_the_files() -> None:
    assert {one.name for one in fields(Policy)} - {"name", "start_stage"} == set(LEVERS)


def test_a_policy_of_ones_own_is_read_from_its_path(tmp_path: Path) -> None:
    text = """format: mcda-policy-1
id: mine
title: Mine
about: My own.
basis: lever
stages:
  - {tiers: [1], gate: {belief: {P: 0.2}, steps: {H: {share: 0.5}, D: {at_least: 1}, P: {named: [2]}}}}
reentry: 6
trigger: {a: 2, b: 3}
stall: 4
stock_rise: 0.1
sunset: never
watch: [M]
outer: true
start: {stage: 1}
"""
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    found: PolicyParts = read_policy("mine.yaml", world(), beside=tmp_path)
    steps = {"H": StepPart(share=0.5), "D": StepPart(at_least=1), "P": StepPart(named=(2,))}
    assert found.policy == Policy(
        "mine", (Stage((1,), Gate(belief={"P": 0.2}, steps=steps)),), reentry=6, trigger=Trigger(a_of_b=(2, 3)),
        stall=4, stock_rise=0.1, sunset=math.inf, watch=frozenset("M"), outer=True, start_stage=1,
    )  # fmt: skip


# -- scenarios ---------------------------------------------------------------------------------------------------------


def test_there_are_25_scenarios_and_five_of_them_lead() -> None:
    found = {name: scenario(name) for name in scenarios()}
    assert len(found) == 25
    lead = {name for name, one in found.items() if one.lead}
    assert lead == {"rear-base", "launches", "training-grounds", "going-further", "compound-stress"}
    assert all(len(one.title) < 60 and one.story and one.motive and one.id == name for name, one in found.items())
    assert all(
        {entry.what for entry in found[name].scenario.schedule if entry.kind == "ladder"} & {2, 3, 4, 5}
        for name in lead
    )


@pytest.mark.parametrize("name", scenarios())
def test_a_scenario_means_what_its_file_says_in_the_references_words(name: str) -> None:
    data = read_document(scenarios()[name]).data
    overrides = {
        f"{key}.{index}" if index else key: value
        for key, entry in data.get("overrides", {}).items()
        for index, value in (entry["value"].items() if isinstance(entry["value"], dict) else [("", entry["value"])])
    }
    plain = {"start": data.get("start", {}), "overrides": overrides, "schedule": data["schedule"]}
    assert scenario(name).scenario == scenario_of(plain, name)


@pytest.mark.parametrize("name", scenarios())
def test_a_scenario_can_be_planned_under_the_roadmap(name: str) -> None:
    found = scenario(name).scenario
    assert plan(world(), found, policy("P1")).months == 60
    assert inputs(world(), found, seed=1, paths=range(3), outer=2).parameters.shape[0] in (1, 3)


def test_a_scenario_of_ones_own_is_read_from_its_path(tmp_path: Path) -> None:
    (tmp_path / "made.yaml").write_text(HEAD, encoding="utf-8")
    assert read_scenario("made.yaml", world(), beside=tmp_path).scenario.schedule == ()
    with pytest.raises(UsageError, match=r"no scenario file 'rear-bas'.*did you mean 'rear-base'"):
        scenario("rear-bas")


def test_a_horizon_that_a_scenario_shortens_holds_for_its_schedule() -> None:
    late = "schedule:\n  - {at: 12, wave: 5}\n"
    text = f"{HEAD}basis: illustrative\noverrides:\n  horizon: {{value: 12}}\n{late}"
    with pytest.raises(InvalidFile, match="past the horizon of 12 months"):
        made(text)


# -- utilities, and the page -------------------------------------------------------------------------------------------


def test_utilities_weigh_outcomes_with_weights_that_sum_to_1() -> None:
    found, numbers = read_utilities()
    assert list(found) == ["security-first", "humanitarian-first", "balanced", "credible-process"]
    assert all(math.fsum(term.weight for term in one.terms) == pytest.approx(1) for one in found.values())
    assert {number.basis for number in numbers} == {"value-judgement"}


def test_the_page_of_scenarios_has_the_tables_of_the_files() -> None:
    page = README.read_text("utf-8")
    assert page == with_tables(page), "write it anew: python -m mcda.files.listing"
    assert all(f"`{name}`" in page for name in (*scenarios(), *policies(), *assumption_sets()))
