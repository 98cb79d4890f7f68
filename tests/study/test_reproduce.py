"""A run is made anew from its folder alone; three verdicts, and what was done to a folder is told apart."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

import mcda
from mcda.cli import main
from mcda.errors import McdaError, UsageError
from mcda.study import reproduce as module
from mcda.study.deviation import apart, size_of
from mcda.study.inputs import inputs_of, resolved_text, stored_experiment
from mcda.study.reproduce import Reproduction, reproduce
from mcda.study.store import Run
from tests.study.small_run import copy_of, finished, opened, rewrite_manifest, with_results


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """In a place that scripts trip over."""
    return copy_of(finished(), tmp_path / "ein Lauf, прогон")


@pytest.fixture
def same_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tested is the comparison: running anew gives the run as it was."""
    monkeypatch.setattr(module, "run", lambda experiment, out, **_: opened())


# -- for real ----------------------------------------------------------------------------------------------------------


def test_a_run_with_settings_is_made_anew_elsewhere_from_its_folder_alone(folder: Path, tmp_path: Path) -> None:
    """The files that it was read from are out of reach: a copy is moved, and what was shipped isn't asked."""
    found = reproduce(folder, out=tmp_path / "anew")
    assert (found.verdict, found.exit_code, found.deviations) == ("identical", 0, ())
    assert set(found.files.values()) == {"identical"}
    assert {"experiment.resolved.yaml", "tables/tables.xlsx", "report.docx", "inputs/problem.yaml"} <= set(found.files)
    assert mcda.load_run(tmp_path / "anew")["beliefs"].attrs["reference_sd"] == 1.5


@pytest.mark.parametrize("name", ["illustrative-panel", "escalation"])
def test_a_shipped_experiment_can_be_read_anew_from_what_a_run_keeps(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its text, with the names of all its files, comes out as it went in; nothing shipped is needed for it.

    One with a panel, and one with all else that an experiment can name; `verification` has them all.
    """
    experiment = mcda.load_experiment(name, settings=["run.seed=12"])
    inputs = inputs_of(experiment)
    for stored, content in inputs.files.items():
        (tmp_path / "inputs" / stored).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "inputs" / stored).write_bytes(content)
    text = resolved_text(experiment, inputs)
    (tmp_path / "experiment.resolved.yaml").write_text(text, encoding="utf-8")

    def nothing(kind: str) -> Path:
        return tmp_path / f"no {kind}"

    for door in ("shipped", "simulation", "policy"):
        monkeypatch.setattr(f"mcda.files.{door}.shipped", nothing)
    again = stored_experiment(tmp_path)
    assert resolved_text(again, inputs_of(again)) == text
    assert [(n.key, n.value, Path(n.file).name) for n in again.numbers] == [
        (n.key, n.value, Path(n.file).name) for n in experiment.numbers
    ]
    for group, one in experiment.simulations.items():
        assert again.simulations[group].scenarios == one.scenarios
        assert again.simulations[group].policies == one.policies
        assert again.simulations[group].worlds == one.worlds


# -- what was done to a folder -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("same_again")
def test_a_changed_byte_in_the_results_is_noticed_and_the_true_file_known(folder: Path) -> None:
    path = folder / "results.nc"
    stored = bytearray(path.read_bytes())
    value = Run(folder)["tiers"]["acceptability"].values.tobytes()
    at = stored.find(value)
    assert at > 0, "small arrays lie unpacked"
    stored[at + 6] ^= 1
    path.write_bytes(stored)
    found = reproduce(folder)
    assert (found.verdict, found.exit_code, found.restored) == ("different", 4, True)
    assert [one.where for one in found.deviations] == ["tiers/acceptability"]
    assert found.deviations[0].n == 1
    assert "byte for byte" in found.text()


@pytest.mark.usefixtures("same_again")
def test_results_that_cannot_be_read_are_different(folder: Path) -> None:
    (folder / "results.nc").write_bytes((folder / "results.nc").read_bytes()[:5000])
    found = reproduce(folder)
    assert found.exit_code == 4
    assert "results.nc: can't be read" in found.text()


@pytest.mark.usefixtures("same_again")
def test_a_table_that_was_edited_is_different_and_a_deleted_one_is_only_named(folder: Path) -> None:
    (folder / "tables" / "rules.csv").unlink()
    assert (reproduce(folder).verdict, reproduce(folder).exit_code) == ("equal within tolerance", 0)
    table = folder / "tables" / "acceptability.csv"
    table.write_text(table.read_text("utf-8").replace("1", "2"), encoding="utf-8")
    found = reproduce(folder)
    assert found.exit_code == 4
    assert (found.files["tables/acceptability.csv"], found.files["tables/rules.csv"]) == (
        "changed after the run", "missing in the stored run",
    )  # fmt: skip


@pytest.mark.usefixtures("same_again")
def test_what_was_added_does_no_harm(folder: Path) -> None:
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    found = reproduce(folder)
    assert found.verdict == "identical"
    assert "notes.txt" in found.text()


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda f: (f / "inputs" / "things.yaml").unlink(), r"inputs/things\.yaml: missing"),
        (
            lambda f: (f / "inputs" / "question.yaml").write_text("format: mcda-experiment-1"),
            r"question\.yaml: changed",
        ),
        (lambda f: (f / "experiment.resolved.yaml").write_text("read: {}"), r"resolved\.yaml: changed"),
        (lambda f: rewrite_manifest(f, outputs={"inputs/\x1b[2J.yaml": "0"}), "inputs/\ufffd.2J.yaml: missing"),
        (lambda f: shutil.rmtree(f / "inputs"), r"inputs/facts\.yaml: missing"),
        (lambda f: rewrite_manifest(f, seed=99), "the manifest says seed 99, its files seed 1"),
        (lambda f: (f / ".blocks").mkdir(), r"unfinished run; allowed: finish it first .*--resume"),
        (lambda f: (f / "results.nc").unlink(), r"it has no results\.nc; allowed"),
        (lambda f: (f / "manifest.json").unlink(), r"it has no manifest\.json; allowed"),
        (lambda f: (f / "manifest.json").write_text("{"), "manifest.json' is damaged"),
        (lambda f: (f / "manifest.json").write_text('{"format": "mcda-run-1"}'), "it lists no files"),
        (lambda f: rewrite_manifest(f, format=None), "names no format, as older versions' do"),
        (lambda f: rewrite_manifest(f, format="mcda-run-9"), "says format 'mcda-run-9'; this version knows mcda-run-1"),
    ],
)
@pytest.mark.usefixtures("same_again")
def test_what_would_ask_another_question_is_refused_with_the_reason(
    harm: Callable[[Path], object], told: str, folder: Path
) -> None:
    harm(folder)
    with pytest.raises(UsageError, match=told) as refused:
        reproduce(folder)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("name", ["../outside.yaml", "/etc/hostname", "a\\b.yaml", "C:x.yaml"])
def test_inputs_that_lead_out_of_the_folder_are_refused(name: str, folder: Path) -> None:
    path = folder / "experiment.resolved.yaml"
    path.write_text(path.read_text("utf-8").replace("    - problem.yaml", f"    - '{name}'"), encoding="utf-8")
    with pytest.raises(UsageError, match="leads out of the folder"):
        stored_experiment(folder)


def test_inputs_that_name_files_elsewhere_are_refused(folder: Path, tmp_path: Path) -> None:
    """The stored experiment is as it was, but its problem is found outside by a link."""
    (folder / "inputs" / "problem.yaml").rename(tmp_path / "elsewhere.yaml")
    (folder / "inputs" / "problem.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    with pytest.raises(McdaError, match=r"they lead to|is not as it was"):
        stored_experiment(folder)
    with pytest.raises(UsageError, match=r"inputs/problem\.yaml: missing"):
        reproduce(folder)


def test_an_experiment_made_in_python_has_no_files_to_run_anew(tmp_path: Path) -> None:
    text = resolved_text(SimpleNamespace(resolved={}), inputs_of(SimpleNamespace(documents=None)))  # type: ignore[arg-type]
    (tmp_path / "experiment.resolved.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="made in Python"):
        stored_experiment(tmp_path)


# -- tolerance ---------------------------------------------------------------------------------------------------------


def shifted(folder: Path, change: Callable[[xr.Dataset], xr.Dataset]) -> Reproduction:
    """The stored run as another machine would have left it."""
    with_results(folder, "tiers", change(opened()["tiers"]))
    return reproduce(folder)


@pytest.mark.usefixtures("same_again")
def test_rounding_of_another_machine_is_within_tolerance_and_listed(folder: Path) -> None:
    found = shifted(folder, lambda tiers: tiers.assign(entropy=tiers["entropy"] + 5e-13))
    assert (found.verdict, found.exit_code) == ("equal within tolerance", 0)
    only = found.deviations[0]
    assert (only.where, only.within, only.of) == ("tiers/entropy", True, 4)
    assert 0 < only.size < 1e-12
    assert "tiers/entropy: equal within tolerance" in found.text()


@pytest.mark.parametrize(
    "change",
    [
        lambda tiers: tiers.assign(entropy=tiers["entropy"] + 1e-11),
        lambda tiers: tiers.assign(modal_tier=tiers["modal_tier"] + 1),
        lambda tiers: tiers.assign(margin=tiers["margin"].where(tiers["margin"] < 0)),
        lambda tiers: tiers.drop_vars("margin"),
        lambda tiers: tiers.assign(modal_tier=tiers["modal_tier"].astype(float)),
        lambda tiers: tiers.assign_attrs(rule="another"),
        lambda tiers: tiers.isel(alternative=[0, 1, 2]),
        lambda tiers: tiers.assign_coords(alternative=["a", "b", "c", "d"]),
    ],
    ids=["float", "integer", "nan", "gone", "type", "attribute", "shape", "labels"],
)
@pytest.mark.usefixtures("same_again")
def test_what_is_beyond_tolerance_is_different(change: Callable[[xr.Dataset], xr.Dataset], folder: Path) -> None:
    found = shifted(folder, change)
    assert (found.verdict, found.exit_code) == ("different", 4)
    assert all(one.where.startswith("tiers") for one in found.deviations)


def test_equality_is_of_its_kind() -> None:
    nan, inf = np.nan, np.inf
    a, b = np.array([nan, inf, -inf, 1.0, nan, inf, 1e6]), np.array([nan, inf, inf, nan, 1.0, 1.0, 1e6 + 1e-7])
    assert apart(a, b, 1e-12).tolist() == [False, False, True, True, True, True, False]
    large = np.array([2**60, 2**60], dtype=np.int64)
    assert apart(large, large + np.array([0, 1]), 1e-12).tolist() == [False, True]
    assert size_of(np.array(["a", "b"]), np.array(["a", "c"])).tolist() == [0, inf]


# -- versions, and the command -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("same_again")
def test_other_versions_are_said(folder: Path) -> None:
    rewrite_manifest(folder, versions={"numpy": "1.0"}, code="of another day")
    found = reproduce(folder)
    assert found.versions["numpy"] == ("1.0", np.__version__)
    assert "code, its compiler and processor: of another day then" in found.text()


@pytest.mark.usefixtures("same_again")
def test_the_command_ends_with_the_verdicts_code(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["reproduce", str(folder), "--json"])
    assert end.value.code == 0
    assert '"verdict": "identical"' in capsys.readouterr().out
    with_results(folder, "tiers", Run(folder)["tiers"] + 1)
    with pytest.raises(SystemExit) as end:
        main(["reproduce", str(folder)])
    assert end.value.code == 4
    assert capsys.readouterr().out.startswith("different: ")
