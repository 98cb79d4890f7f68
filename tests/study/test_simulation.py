"""An experiment with a simulation: what its run has, that it repeats and resumes, and what follows path by path."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import mcda
from mcda.errors import InvalidFile, UsageError
from mcda.names import DIMS
from mcda.output.gallery import draw
from mcda.output.report.write import build_report
from mcda.output.results import open_results
from mcda.output.tables import all_tables
from mcda.roadmap.ensemble import Ask, ensemble
from mcda.roadmap.grains import GRAIN
from mcda.study.experiment import Experiment
from mcda.study.load import load_experiment
from mcda.study.run import run
from mcda.study.simulation import cells, simulate_cell
from mcda.study.store import Blocks, file_hash
from mcda.tiers.drawn_scores import score_draws
from mcda.tiers.sampled import sampler

pytestmark = pytest.mark.slow  # a run of 40 cells, with whole paths, and what is drawn of it

ROOT = Path(__file__).parents[2]
SMALL = """\
# What a small simulation has.
format: mcda-experiment-1
id: small
question: "What has a small simulation?"
problem: eu-belarus-2025
beliefs: {kind: published-tiers}
simulation:
  scenarios: [rear-base, veto-at-renewal]
  policies: [p0-status-quo, p1-roadmap, p2-lapse]
  paths: 96
  signposts: 64
  keep_paths: 2
  budget: {outcomes: [months_suspended, exposure_violation], outer: 6, inner: 24}
sweeps:
  exit-lag:
    scenarios: [rear-base]
    policies: [p0-status-quo, p1-roadmap]
    paths: 64
    sweep:
      - {key: schedule.offensive.ladder, values: [2, 4], label: "Rung", basis: assumption, range: [1, 5]}
      - {key: lever.exit_rung, values: [2, never], label: "Exit rung", basis: lever}
      - {key: parameter.lag.exit, values: [0, 3], label: "Lag", basis: assumption, range: [0, 3]}
  observability:
    scenarios: [opaque-courts]
    policies: [p0-status-quo, p9-stock-35]
    paths: 64
    sweep:
      - {key: parameter.o_low, values: [0.2, 0.8], label: "Observability", basis: assumption, range: [0.2, 0.8]}
      - {key: lever.threshold, values: [0.5, 0.9], label: "Trigger", basis: lever}
  lapse:
    scenarios: [partial-compliance]
    policies: [p0-status-quo, p1-roadmap]
    paths: 64
    sweep:
      - {key: parameter.renew, values: [0.5, 1], label: "Renewal", basis: assumption, range: [0.5, 1]}
      - {key: lever.sunset_default, values: [restore, lapse], label: "Sunset", basis: lever}
analyses: [tiers, simulation]
run: {seed: 5}
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    path = tmp_path_factory.mktemp("small") / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return load_experiment(path)


@pytest.fixture(scope="module")
def folder(small: Experiment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "small"
    run(small, out)
    return out


@pytest.fixture(scope="module")
def found(folder: Path) -> xr.Dataset:
    return mcda.load_run(folder)["simulation"]


def test_every_variable_is_labelled_and_every_dimension_is_a_word_of_the_house(folder: Path) -> None:
    opened = mcda.load_run(folder)
    assert {"simulation", "sweep_exit-lag", "sweep_observability", "sweep_lapse"} <= set(opened.groups)
    for name in opened.groups:
        assert set(opened[name].sizes) <= DIMS, name
    for variable in opened["simulation"].data_vars.values():
        assert variable.attrs.get("long_name"), variable.name
        assert variable.attrs.get("units"), variable.name


def test_status_shares_add_to_one_and_the_status_quo_suspends_nothing(found: xr.Dataset) -> None:
    assert found["status_share"].sum("status").values == pytest.approx(1, abs=1e-12)
    quo = found.sel(policy="p0-status-quo")
    assert float(quo["status_share"].sel(status=["suspended", "restore pending"]).max()) == 0
    zero = ["exposure_war", "exposure_violation", "months_suspended", "yield", "prevented_arrests", "list_12"]
    assert float(abs(quo["outcome_mean"].sel(outcome=zero)).max()) == 0


def test_the_parts_of_leverage_add_to_one(found: xr.Dataset) -> None:
    parts = ["in force", "recovering", "suspended", "lapsed", "spent"]
    assert found["leverage"].sel(part=parts).sum("part").values == pytest.approx(1, abs=1e-12)


def test_the_best_policy_has_no_regret_and_the_shares_of_variance_add_to_one(found: xr.Dataset) -> None:
    assert float(found["regret"].min()) == 0
    assert (found["regret"].min("policy") == 0).all()
    assert found["variance_share"].sum("source").where(found["variance_total"] > 0, 1).values == pytest.approx(1)


def test_an_earlier_sign_tells_more_and_cries_wolf_more(found: xr.Dataset) -> None:
    """A lower threshold has fired whenever a higher one has, on the same paths."""
    for kind in ("alarms in a row", "belief", "rung seen", "tiers moved"):
        rising = [s for s in found["sign"].values.tolist() if s.startswith(kind)]
        for name in ("sign_hit", "sign_false"):
            assert (found[name].sel(sign=rising).diff("sign").fillna(0) <= 0).all()
    war = found["sign_hit"].sel(scenario="rear-base", policy="p1-roadmap", sign="rung seen 4")
    assert (war > 0.2).all()  # rung 4 comes on every path and is seen; only a violation before can be the need


def test_kept_paths_are_those_of_the_trace(small: Experiment, found: xr.Dataset) -> None:
    kept = found.sel(scenario="rear-base", policy="p1-roadmap", assumptions="unresponsive", path=1)
    onset = int((kept["kept_R"] == 4).argmax("month"))
    assert any(
        line.startswith(f"t={onset:<3d}") and "rung 4" in line
        for line in mcda.trace_path(small, "rear-base", "P1", path=1)
    )
    assert set(np.unique(found["kept_status"])) <= {0, 1, 2, 3}


def test_unshocked_scores_give_the_printed_tiers_back(small: Experiment) -> None:
    """Scores of paths are drawn from beliefs that are conditioned on the printed tiers."""
    laws = small.own_beliefs
    scores = score_draws(laws, small.rule, rng=3)(np.arange(50))
    tiers = small.rule.sort(np.rint(scores).astype(int))
    assert (tiers == np.array([a.tier for a in small.problem.alternatives])).all()


@pytest.mark.parametrize("name", ["baseline", "illustrative-panel", "bridge-repairs"])
def test_scores_of_draws_sort_into_the_sampler_s_tiers(name: str) -> None:
    experiment = load_experiment(name)
    laws, numbers = experiment.own_beliefs, np.arange(900, 1100)
    scores = score_draws(laws, experiment.rule, rng=8)(numbers)
    unit = 60  # whole points, thirds of them for means of three experts, and so on
    assert np.abs(scores * unit - np.rint(scores * unit)).max() < 1e-9
    own = experiment.rule.sort(np.rint(scores * unit).astype(int), unit)
    assert (sampler(laws, experiment.rule, rng=8).tiers(numbers) == own.T).all()


def ask_of(small: Experiment, **more: object) -> Ask:
    laws = {name: small.own_beliefs[name] for name in sorted(small.own_beliefs)}
    scores = score_draws(laws, small.rule, rng=small.seed)
    return Ask(**{"paths": 2 * GRAIN, "seed": small.seed, "scores": scores, **more})  # type: ignore[arg-type]


def test_a_longer_ensemble_is_its_parts_put_together(small: Experiment) -> None:
    """Sums of integers are the same bit for bit, means of floats to rounding: paths are what they are in any block."""
    of = small.simulations["simulation"]
    world, story = of.worlds["responsive"], of.scenarios["rear-base"]
    chosen = {"p1-roadmap": of.policies["p1-roadmap"]}
    whole = ensemble(world, chosen, story, ask_of(small))
    parts = [ensemble(world, chosen, story, ask_of(small, paths=GRAIN, first=k * GRAIN)) for k in range(2)]
    together = (parts[0]["status_share"] + parts[1]["status_share"]) / 2
    assert (together == whole["status_share"]).all()
    means = (parts[0]["outcome_mean"] + parts[1]["outcome_mean"]) / 2
    shown = [o for o in whole["outcome"].values if o in ("exposure_war", "yield", "pressure", "openings")]
    assert means.sel(outcome=shown).values == pytest.approx(whole["outcome_mean"].sel(outcome=shown).values, rel=1e-12)


def test_a_policy_under_two_names_has_the_same_results(small: Experiment) -> None:
    of = small.simulations["simulation"]
    twins = {"one": of.policies["p1-roadmap"], "other": replace(of.policies["p1-roadmap"], name="other")}
    both = ensemble(of.worlds["unresponsive"], twins, of.scenarios["rear-base"], ask_of(small, paths=GRAIN))
    assert both.isel(policy=0).drop_vars("policy").equals(both.isel(policy=1).drop_vars("policy"))


def test_a_later_exit_costs_exposure_only_where_there_is_an_exit(folder: Path) -> None:
    group = mcda.load_run(folder)["sweep_exit-lag"]
    war = group["outcome_mean"].sel(outcome="exposure_war", policy="p1-roadmap").isel(scenario=0)
    table = {str(s): war.sel(setting=s).values for s in war["setting"].values}
    assert (table["offensive.ladder=4, exit_rung=2, lag.exit=0"] == 0).all()
    assert (table["offensive.ladder=4, exit_rung=2, lag.exit=3"] > 0).all()
    never = [v for s, v in table.items() if "exit_rung=never" in s]
    assert all((v == never[0]).all() for v in never)


def test_every_figure_that_a_simulation_allows_is_drawn(folder: Path, tmp_path: Path) -> None:
    drawn = {path.stem for path in draw(folder, tmp_path, modules=ROOT / "figures") if path.suffix == ".svg"}
    assert {
        "status_ribbons", "cumulative_incidence", "exposure_against_exit_lag", "false_snapback_against_violation",
        "lapse_against_restore", "tier_survival_under_events", "tier_stability_map", "regret_of_policies",
    } <= drawn  # fmt: skip


def test_tables_and_report_tell_of_the_simulation(folder: Path) -> None:
    results = open_results(folder)
    names = {table.name for table in all_tables(results)}
    assert {"scenarios", "simulated-outcomes", "stages-opened", "first-break", "tier-stability", "regret",
            "variance-budget", "sweep-exit-lag"} <= names  # fmt: skip
    headings = [section.heading for section in build_report(results).sections]
    assert "If events turn" in headings


def test_a_full_report_has_each_measures_status_by_scenario(folder: Path) -> None:
    results = open_results(folder)
    report = build_report(results, form="full")
    group = results["simulation"]
    pages = [part for section in report.sections if section.heading.startswith("Annex:") for part in section.parts]
    assert pages
    tables = [b for page in pages for b in page.blocks if getattr(b, "head", ("",))[0] == "Scenario"]
    assert len(tables) == len(pages)
    assert all(len(table.rows) == group.sizes["scenario"] for table in tables)
    assert all(table.head[1:-1] == ("In force", "Suspended", "Restore pending", "Lapsed") for table in tables)


@pytest.mark.slow
def test_a_run_that_finds_half_of_its_cells_ends_in_the_same_bytes(
    small: Experiment, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an interrupted run left is found by a resumed one; two workers and one write the same results.

    What is made from equal results is equal too (`test_uncertain.py`), so nothing is drawn here.
    """
    from mcda.study.inputs import inputs_of
    from mcda.study.run import _identity
    from mcda.study.store import write_json

    out = tmp_path / "small"
    store = Blocks(out / ".blocks", _identity(small, inputs_of(small)))
    for i, cell in list(enumerate(cells(small)))[::2]:
        store.save(f"simulation-{i:04d}", simulate_cell(small, cell))
    write_json(out / ".blocks" / "identity.json", {"identity": store.identity, "experiment": small.id})
    monkeypatch.setattr("mcda.output.folder.write_outputs", lambda *given: [])
    run(small, out, resume=True, workers=2)
    assert file_hash(out / "results.nc") == file_hash(folder / "results.nc")


def test_the_log_of_a_path_tells_the_offensive_and_the_exit(small: Experiment) -> None:
    lines = mcda.trace_path(small, "rear-base", "P1", path=2)
    months = [int(line.split()[0].removeprefix("t=")) for line in lines if "rung 4" in line and "LADDER" in line]
    assert len(months) == 1
    assert 12 <= months[0] <= 24
    assert any(line.startswith(f"t={months[0]:<3d}") and "EXIT" in line for line in lines)
    with pytest.raises(UsageError, match="did you mean 'rear-base'"):
        mcda.trace_path(small, "rear-bas", "P1")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[rear-base, veto-at-renewal]", "[rear-bases]", r"simulation.scenarios\[0\].*did you mean 'rear-base'"),
        ("lever.exit_rung", "lever.exit_rong", r"sweeps.exit-lag.sweep\[1\].key.*lever 'exit_rong' is unknown .did"),
        ("parameter.lag.exit", "parameter.lag.exits", "no parameter is named 'lag.exits'"),
        (
            "schedule.offensive.ladder",
            "schedule.offensiv.ladder",
            "entry of scenario 'rear-base' 'offensiv' is unk",
        ),
        ("  paths: 96\n", "  paths: 96\n  status_quo: p8-quarterly\n", "none of the policies"),
        ("analyses: [tiers, simulation]", "analyses: [shocks]", "has nothing to work on"),
    ],
)
def test_what_a_simulation_cannot_be_is_told_with_line_and_key(old: str, new: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(SMALL.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidFile, match=told):
        load_experiment(path)
