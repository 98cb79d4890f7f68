"""A run: what it leaves, that it repeats byte for byte, that it can be interrupted, that workers don't matter."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

import mcda
from mcda.errors import UsageError
from mcda.study.experiment import Experiment
from mcda.study.plan import plan
from mcda.study.run import run
from mcda.study.store import Blocks, load_run

#: The only files in which time may appear.
TIMED = {"manifest.json", "log.jsonl"}


@pytest.fixture(scope="session")
def bridges() -> Experiment:
    return mcda.load_experiment("bridge-repairs")


@pytest.fixture(scope="session")
def finished(bridges: Experiment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(bridges, tmp_path_factory.mktemp("runs") / "first").folder


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file that must repeat."""
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name not in TIMED
    }


def test_a_run_leaves_what_the_contract_names(finished: Path) -> None:
    names = {p.relative_to(finished).parts[0] for p in finished.rglob("*") if p.is_file()}
    wanted = {"results.nc", "manifest.json", "log.jsonl", "experiment.resolved.yaml", "inputs", "tables", "figures"}
    assert wanted | {"report.html", "report.docx", "methods.md", "references.bib"} <= names
    assert ".blocks" not in names
    manifest = json.loads((finished / "manifest.json").read_text("utf-8"))
    assert {"seed", "versions", "commit", "platform", "inputs", "outputs", "seconds"} <= manifest.keys()
    for name, digest in hashes(finished).items():
        assert manifest["outputs"][name] == digest


def test_results_explain_themselves(finished: Path) -> None:
    found = load_run(finished)
    assert {"problem", "rule", "beliefs", "scores", "tiers", "sensitivity", "register"} <= set(found.groups)
    for group in found.groups:
        for name, variable in found[group].data_vars.items():
            assert variable.attrs.get("long_name"), (group, name)
            assert variable.attrs.get("units"), (group, name)
    p = found["tiers"]["acceptability"]
    assert p.dims == ("alternative", "tier")
    assert p.sum("tier").values == pytest.approx(1, abs=1e-12)


def test_beliefs_can_be_rebuilt_from_results_alone(finished: Path, bridges: Experiment) -> None:
    stored = load_run(finished)["beliefs"]
    for name, belief in bridges.pooled().items():
        one = stored.sel(alternative=name)
        np.testing.assert_array_equal(one["probability"].values[: len(belief.weight)], belief.probability)
        np.testing.assert_array_equal(one["weight"].values[: len(belief.weight)], belief.weight)


@pytest.mark.slow
def test_the_same_experiment_twice_gives_the_same_bytes(finished: Path, bridges: Experiment, tmp_path: Path) -> None:
    again = run(bridges, tmp_path / "again").folder
    assert hashes(again) == hashes(finished)


class Stop(KeyboardInterrupt):
    """Ctrl-C at a known place."""


@pytest.mark.slow
def test_an_interrupted_run_goes_on_and_ends_in_the_same_bytes(
    finished: Path, bridges: Experiment, tmp_path: Path
) -> None:
    seen: list[str] = []

    def stop_after_three(name: str, share: float, elapsed: float, left: float | None) -> None:
        seen.append(name)
        if len(seen) == 3:
            raise Stop

    out = tmp_path / "interrupted"
    with pytest.raises(Stop):
        run(bridges, out, progress=stop_after_three)
    assert not (out / "results.nc").exists()
    with pytest.raises(UsageError, match="--resume goes on with it"):
        run(bridges, out)
    again: list[str] = []
    run(bridges, out, resume=True, progress=lambda name, *_: again.append(name))
    assert set(again).isdisjoint(seen)
    assert len(again) + len(seen) == len(plan(bridges))
    assert hashes(out) == hashes(finished)


def test_a_damaged_or_foreign_block_is_computed_again(bridges: Experiment, tmp_path: Path) -> None:
    import xarray as xr

    blocks = Blocks(tmp_path, "one experiment")
    blocks.save("b", xr.Dataset({"x": ("alternative", [1.0, 2.0])}))
    assert blocks.load("b") is not None
    assert Blocks(tmp_path, "another experiment").load("b") is None
    path = tmp_path / "b.block"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert blocks.load("b") is None


def test_resume_refuses_a_folder_of_another_experiment(bridges: Experiment, tmp_path: Path) -> None:
    out = tmp_path / "other"
    (out / ".blocks").mkdir(parents=True)
    (out / ".blocks" / "identity.json").write_text('{"identity": "something else"}', encoding="utf-8")
    with pytest.raises(UsageError, match="another experiment"):
        run(bridges, out, resume=True)


@pytest.mark.slow
def test_the_number_of_workers_does_not_show(finished: Path, bridges: Experiment, tmp_path: Path) -> None:
    assert hashes(run(bridges, tmp_path / "two", workers=2).folder) == hashes(finished)


def test_settings_win_over_the_file(tmp_path: Path) -> None:
    found = mcda.load_experiment("baseline", settings=["second_panel.reference_sd=1.5", "run.seed=7"])
    assert (found.second_panel.reference_sd, found.seed) == (1.5, 7)
    assert found.resolved["second_panel"]["reference_sd"] == 1.5


def test_alternatives_can_be_permuted(bridges: Experiment) -> None:
    from mcda.tiers.acceptability import acceptability

    laws = bridges.laws()
    straight = acceptability(laws, bridges.rule)
    backwards = acceptability(dict(reversed(laws.items())), bridges.rule)
    np.testing.assert_array_equal(straight.acceptability, backwards.acceptability[::-1])
