"""What a simulation may ask for, what its groups are, and what its cells are thought to cost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xarray as xr

import mcda
from mcda.errors import InvalidFile, UsageError
from mcda.files.check import check_file
from mcda.names import DIMS
from mcda.study.analyses import run_block
from mcda.study.experiment import Experiment
from mcda.study.load import load_experiment
from mcda.study.run import run
from mcda.study.simulated import Budget
from mcda.study.simulation import cells, cost, simulate_cell, simulated

CASE = Path(mcda.__file__).parent / "cases" / "eu-belarus-2025"
TEXT = """\
# What does it have?
format: mcda-experiment-1
id: tiny
question: "What does it have?"
problem: eu-belarus-2025
beliefs: {kind: published-tiers}
simulation:
  scenarios: [rear-base]
  policies: [p0-status-quo, p1-roadmap]
  assumptions: [unresponsive]
  paths: 6
analyses: [tiers, simulation]
run: {seed: 5}
"""


def tiny(folder: Path, **more: object) -> Path:
    """An experiment whose simulation has these keys too."""
    said = "".join(f"  {key}: {value}\n" for key, value in more.items())
    path = folder / "tiny.yaml"
    path.write_text(TEXT.replace("  paths: 6\n", said if "paths" in more else f"  paths: 6\n{said}"), encoding="utf-8")
    return path


def groups_of(experiment: Experiment) -> dict[str, xr.Dataset]:
    return simulated(experiment, [simulate_cell(experiment, cell) for cell in cells(experiment)])


# -- entities ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def with_entities(tmp_path_factory: pytest.TempPathFactory) -> tuple[Experiment, dict[str, xr.Dataset]]:
    experiment = load_experiment(tiny(tmp_path_factory.mktemp("entities"), entities="true", keep_paths=6))
    return experiment, groups_of(experiment)


Grouped = tuple[Experiment, dict[str, xr.Dataset]]


def test_entities_have_a_group_of_their_own_beside_the_measures(with_entities: Grouped) -> None:
    problem, groups = with_entities[0].problem, with_entities[1]
    assert list(groups) == ["simulation", "simulation_entities"]
    measures, entities = groups.values()
    assert measures["alternative"].values.tolist() == [a.id for a in problem.alternatives]
    assert "entity" not in measures.dims
    assert entities["entity"].values.tolist() == [e.id for e in problem.entities]
    assert entities["parent"].values.tolist() == [e.parent for e in problem.entities]
    assert set(entities.sizes) <= DIMS
    assert "alternative" not in entities.dims
    of_rows = {name for name in measures.data_vars if "alternative" in measures[name].dims}
    assert {"tier_stability", "status_share", "worst_tier", "printed_tier", "kept_status"} <= of_rows
    assert set(entities.data_vars) == of_rows
    for name in of_rows:
        assert entities[name].dims == tuple("entity" if d == "alternative" else d for d in measures[name].dims)
        assert entities[name].attrs == measures[name].attrs


def test_an_entity_in_its_group_is_the_row_of_its_name(with_entities: Grouped) -> None:
    """Tiers and kept shadow tiers differ from the parent's: it draws its own scores, and may have its own tier."""
    experiment, groups = with_entities
    own = {e.id: e.tier for e in experiment.problem.entities}
    parents = {a.id: a.tier for a in experiment.problem.alternatives}
    entities = groups["simulation_entities"].isel(assumptions=0, scenario=0)
    found = dict(zip(entities["entity"].values, entities["printed_tier"].values, strict=True))
    assert found == {e: own[e] or parents[p] for e, p in zip(own, entities["parent"].values, strict=True)}
    kept = entities["kept_shadow"].isel(policy=1)
    parent = groups["simulation"].isel(assumptions=0, scenario=0, policy=1)["kept_shadow"]
    copies = [bool((kept.sel(entity=e) == parent.sel(alternative=p)).all()) for e, p in
              zip(kept["entity"].values, entities["parent"].values, strict=True)]  # fmt: skip
    assert not all(copies)


def test_without_entities_there_is_no_such_group(tmp_path: Path) -> None:
    assert list(groups_of(load_experiment(tiny(tmp_path)))) == ["simulation"]


@pytest.mark.slow
def test_a_run_with_entities_has_their_table_and_draws_what_one_without_does(tmp_path: Path) -> None:
    done = run(load_experiment(tiny(tmp_path, entities="true")), tmp_path / "out")
    assert {"simulation", "simulation_entities"} <= set(done.groups)
    tables = {path.stem for path in (tmp_path / "out" / "tables").glob("*.csv")}
    assert {"tier-stability", "entity-stability", "simulated-outcomes"} <= tables
    lines = (tmp_path / "out" / "tables" / "entity-stability.csv").read_text("utf-8").splitlines()
    assert sum("rear-base" in line for line in lines) == 21
    drawn = {path.stem for path in (tmp_path / "out" / "figures").glob("*.svg")}
    assert {"tier_stability_map", "status_ribbons", "tier_survival_under_events"} <= drawn


# -- what does not go together -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"scores": "modal"}, "simulation.scores: printed tiers leave many score vectors and no modal one (got modal)"),
        ({"keep_paths": 7}, "simulation.keep_paths: keeps more paths than there are (got 7 of 6); allowed: 0 to 6"),
        ({"keep_paths": 1001, "paths": 5000}, "simulation.keep_paths: is too large (got 1001)"),
        ({"budget": "{outcomes: [openings, openings]}"}, "simulation.budget.outcomes[1]: 'openings' stands twice"),
        ({"budget": "{outcomes: [opening]}"}, "no outcome that is a mean over paths is named 'opening' (did you mean"),
        ({"status_quo": "p8-quarterly"}, "'p8-quarterly' is none of the policies of this simulation"),
    ],
)
def test_check_tells_what_a_simulation_can_not_ask_for(more: dict[str, object], told: str, tmp_path: Path) -> None:
    (found,) = check_file(str(tiny(tmp_path, **more)))
    assert told in str(found)
    with pytest.raises(InvalidFile):
        load_experiment(tmp_path / "tiny.yaml")


def test_scenarios_of_other_horizons_are_refused_in_one_simulation(tmp_path: Path) -> None:
    (tmp_path / "short.yaml").write_text(
        "# Scenario: short.\nformat: mcda-scenario-1\nid: short\ntitle: Short\nstory: Short.\nmotive: none\n"
        "overrides:\n  horizon: {value: 12, basis: assumption, range: [1, 120]}\n",
        encoding="utf-8",
    )
    path = tiny(tmp_path)
    text = path.read_text("utf-8")
    path.write_text(text.replace("[rear-base]", "[short.yaml]"), encoding="utf-8")
    assert list(check_file(str(path))) == []
    path.write_text(text.replace("[rear-base]", "[rear-base, short.yaml]"), encoding="utf-8")
    (found,) = check_file(str(path))
    assert "simulation.scenarios[1]: 'short' under 'unresponsive' has 12 months, and others here 60" in str(found)


def test_a_panel_that_leaves_alternatives_out_can_not_be_simulated(tmp_path: Path) -> None:
    lines = (CASE / "illustrative-panel.csv").read_text("utf-8").splitlines()
    kept = [line for line in lines if ",tobacco-goods," not in line]
    (tmp_path / "part.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    with_panel(tmp_path, "part.csv")
    (found,) = check_file(str(tmp_path / "tiny.yaml"))
    assert "beliefs.panel: scores 1 of the alternatives not at all (tobacco-goods); allowed: a panel that" in str(found)


def with_panel(folder: Path, panel: str, **more: object) -> Path:
    path = tiny(folder, **more)
    kind = f"{{kind: panel, panel: {panel}, illustrative: true}}"
    path.write_text(path.read_text("utf-8").replace("{kind: published-tiers}", kind), encoding="utf-8")
    return path


def test_python_is_held_to_the_same(tmp_path: Path) -> None:
    (of,) = load_experiment(tiny(tmp_path)).simulations.values()
    for change, told in [
        ({"keep_paths": 7}, r"keep_paths is out of its limits \(got 7\); allowed: a whole number from 0 to 6"),
        ({"paths": 0}, r"paths is out of its limits"),
        ({"scores": "mode"}, r"scores 'mode' is unknown \(did you mean 'modal'"),
        ({"status_quo": "p8"}, r"status quo 'p8' is unknown"),
    ]:
        with pytest.raises(UsageError, match=told):
            replace(of, **change)  # type: ignore[arg-type]


def test_a_simulation_that_declines_is_a_group_that_says_why(tmp_path: Path) -> None:
    """From Python printed tiers and modal scores can still meet; the other groups are there."""
    experiment = load_experiment(tiny(tmp_path))
    modal = {name: replace(of, scores="modal") for name, of in experiment.simulations.items()}
    asked = replace(experiment, simulations=modal)
    found = simulated(asked, [run_block(asked, "simulation", (cell,)) for cell in cells(asked)])
    assert list(found) == ["simulation"]
    assert "no modal one" in found["simulation"].attrs["declined"]


def test_a_panel_has_modal_scores(tmp_path: Path) -> None:
    experiment = load_experiment(with_panel(tmp_path, "illustrative-panel.csv", scores="modal"))
    found = groups_of(experiment)["simulation"]
    assert found["outcome_mean"].notnull().any()


# -- what it costs -----------------------------------------------------------------------------------------------------


def test_a_cell_costs_what_is_asked_of_it(tmp_path: Path) -> None:
    """Blocks of unlike cost would make the progress bar lie: months, paths, signs, kept paths, budget all count."""
    experiment = load_experiment(tiny(tmp_path))
    (cell,) = cells(experiment)

    def seconds(**more: Any) -> float:
        simulations = {name: replace(of, paths=10_000, **more) for name, of in experiment.simulations.items()}
        return cost(replace(experiment, simulations=simulations), cell)

    plain = seconds()
    (of,) = experiment.simulations.values()
    longer = {name: replace(w, parameters={**w.parameters, "horizon": 120}) for name, w in of.worlds.items()}
    assert seconds(worlds=longer) == pytest.approx(2 * plain, rel=0.1)
    budget = Budget(("openings",), outer=64, inner=128)
    assert min(seconds(signposts=5000), seconds(keep_paths=1000), seconds(budget=budget)) > 1.5 * plain
    both = {f"{name}-{i}": policy for name, policy in of.policies.items() for i in range(2)}
    assert seconds(policies=both | of.policies) > 2 * plain
