"""Which path a trace tells: simulation, setting, scenario, policy by name; and what is said of wrong names."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import mcda
from mcda.cli import cli
from mcda.errors import UsageError
from mcda.study.experiment import Experiment
from mcda.study.load import load_experiment

TEXT = """\
# Which path?
format: mcda-experiment-1
id: which
question: "Which path?"
problem: eu-belarus-2025
beliefs: {kind: published-tiers}
sweeps:
  exit-lag:
    scenarios: [rear-base]
    policies: [p0-status-quo, p1-roadmap]
    paths: 8
    sweep:
      - {key: schedule.offensive.ladder, values: [2, 4], basis: assumption, range: [1, 5]}
      - {key: lever.exit_rung, values: [2, never], basis: lever}
  plain:
    scenarios: [rear-base]
    policies: [p0-status-quo, p1-roadmap]
    assumptions: [unresponsive]
    paths: 8
analyses: [tiers, simulation]
run: {seed: 5}
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("which") / "which.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def experiment(file: Path) -> Experiment:
    return load_experiment(file)


def ladder(lines: list[str]) -> list[str]:
    return [line.partition("LADDER")[2].strip() for line in lines if "LADDER" in line and "rung 0" not in line]


def exits(lines: list[str]) -> int:
    return sum(" EXIT " in line for line in lines)


@pytest.mark.parametrize(
    ("setting", "rung", "left"),
    [
        ("offensive.ladder=4, exit_rung=2", 4, 1), ("offensive.ladder=2,exit_rung=2", 2, 1),
        ("schedule.offensive.ladder=4, lever.exit_rung=never", 4, 0), ("offensive.ladder=2.0, exit_rung=never", 2, 0),
    ],
)  # fmt: skip
def test_a_setting_is_found_by_its_label_or_by_its_values(
    experiment: Experiment, setting: str, rung: int, left: int
) -> None:
    lines = mcda.trace_path(experiment, "rear-base", "P1", path=3, simulation="exit-lag", setting=setting)
    assert [line[:6] for line in ladder(lines)] == [f"rung {rung}"]
    assert exits(lines) == left


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "has several simulations; allowed: sweep_exit-lag, sweep_plain"),
        ({"simulation": "exit-leg"}, r"no simulation is named 'exit-leg'.*; allowed: sweep_exit-lag, sweep_plain"),
        ({"simulation": "exit-lag"}, "needs a setting; allowed: offensive.ladder=2, exit_rung=2; offensive.ladder=2"),
        ({"simulation": "exit-lag", "setting": "exit_rung=2"}, "has 2 settings 'exit_rung=2'; allowed: .*=4, exit_ru"),
        ({"simulation": "exit-lag", "setting": "ladder=2"}, "no settings 'ladder=2'; allowed: offensive.ladder=2, exi"),
        ({"simulation": "exit-lag", "setting": "exit_rung=3"}, "has no settings 'exit_rung=3'; allowed: .*never"),
        ({"simulation": "plain", "setting": "exit_rung=2"}, "sweeps nothing, so has no setting"),
        ({"simulation": "plain", "path": 8}, r"path is out of its limits \(got 8\); allowed: .* from 0 to 7"),
        ({"simulation": "plain", "path": -1}, "path is out of its limits"),
        (
            {"simulation": "plain", "assumptions": "responsiv"},
            "no assumption set is named 'responsiv'.*; allowed: un",
        ),
    ],
)
def test_what_there_is_not_is_told_with_what_there_is(
    experiment: Experiment, asked: dict[str, object], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        mcda.trace_path(experiment, "rear-base", "P1", **asked)  # type: ignore[arg-type]


def test_scenarios_and_policies_are_told_too(experiment: Experiment) -> None:
    with pytest.raises(UsageError, match=r"no scenario is named 'rear-bas' .did you mean 'rear-base'.*; allowed: rear"):
        mcda.trace_path(experiment, "rear-bas", "P1", simulation="plain")
    with pytest.raises(UsageError, match=r"no policy is named 'P2'.*; allowed: P0, P1, p0-status-quo, p1-roadmap"):
        mcda.trace_path(experiment, "rear-base", "P2", simulation="plain")


def test_the_command_has_what_python_has(file: Path, experiment: Experiment) -> None:
    words = ["trace", str(file), "rear-base", "P1", "--path", "2", "--simulation", "exit-lag"]
    found = CliRunner().invoke(cli, [*words, "--setting", "ladder=4, exit_rung=2", "--assumptions", "responsive"])
    assert isinstance(found.exception, UsageError)
    found = CliRunner().invoke(cli, [*words, "--setting", "offensive.ladder=4, exit_rung=2"])
    assert found.exit_code == 0
    lines = mcda.trace_path(
        experiment, "rear-base", "P1", path=2, simulation="exit-lag", setting="exit_rung=2, offensive.ladder=4"
    )
    assert found.output.splitlines() == lines


def test_an_experiment_without_simulations_is_told() -> None:
    with pytest.raises(UsageError, match="'baseline' simulates nothing"):
        mcda.trace_path(load_experiment("baseline"), "rear-base", "P1")
