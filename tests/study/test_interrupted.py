"""Runs that are stopped from outside: by Ctrl-C, by a worker's death, by a number that has no meaning."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mcda.errors import McdaError
from mcda.study.load import load_experiment
from mcda.study.run import run
from mcda.study.store import file_hash, load_run, sweep
from tests.files.bad_files import lay_out

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
SMALL = ("--set", "analyses=[tiers, sensitivity, flips, register]")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nothing stopped."""
    out = tmp_path_factory.mktemp("whole") / "run"
    run(load_experiment("bridge-repairs", settings=SMALL[1::2]), out)
    return out


def heed_interrupts() -> None:
    """A shell that runs things in the background hands on that Ctrl-C is ignored; here it must not be."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def command(out: Path, workers: int, *more: str) -> list[str]:
    return [sys.executable, "-m", "mcda", "run", "bridge-repairs", *SMALL, "--out", str(out),
            "--workers", str(workers), *more]  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")
@pytest.mark.parametrize("workers", [1, 2])
def test_control_c_ends_in_code_3_and_resuming_in_the_same_bytes(workers: int, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    stopped = subprocess.Popen(
        command(out, workers), env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True, preexec_fn=heed_interrupts,
    )  # fmt: skip
    assert stopped.stderr is not None
    first = next(line for line in stopped.stderr if "%" in line)
    os.killpg(stopped.pid, signal.SIGINT)
    said, told = stopped.communicate(timeout=120)
    assert (stopped.returncode, said) == (3, ""), first + told
    assert "run the same command with --resume" in told
    assert "Traceback" not in told
    assert not (out / "results.nc").exists()
    again = subprocess.run(
        command(out, workers, "--resume"), env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert again.returncode == 0, again.stderr
    assert file_hash(out / "results.nc") == file_hash(whole / "results.nc")
    assert not (out / ".blocks").exists()


def test_a_worker_that_dies_ends_the_run_in_words_and_resuming_in_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    experiment, out = load_experiment("bridge-repairs", settings=SMALL[1::2]), tmp_path / "run"

    def kill_one(*_: object) -> None:
        for worker in multiprocessing.active_children():
            worker.kill()

    with pytest.raises(McdaError, match=r"a worker process ended .* --resume"):
        run(experiment, out, workers=2, progress=kill_one)
    run(experiment, out, resume=True)
    assert file_hash(out / "results.nc") == file_hash(whole / "results.nc")


def test_an_end_of_a_range_under_which_a_printed_tier_is_out_of_reach_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(tmp_path)
    problem = tmp_path / "problem.yaml"
    problem.write_text(problem.read_text("utf-8").replace("range: {cuts: [-3, 3]}", "range: {cuts: [-3, 4]}"), "utf-8")
    monkeypatch.chdir(tmp_path)
    run(load_experiment("question.yaml", settings=["analyses=[register]"]), tmp_path / "run")
    register = load_run(tmp_path / "run")["register"]
    assert "declined" not in register.attrs
    row = [str(name).endswith("rules.plain.cuts[0]") for name in register["parameter"].values].index(True)
    assert "1 end of the range has no meaning here" in str(register["state"].values[row])


def test_files_that_change_while_a_run_goes_on_are_kept_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    before = Path("problem.yaml").read_bytes()
    found = run(
        load_experiment("question.yaml"), "run",
        progress=lambda *_: Path("problem.yaml").write_text("nonsense", encoding="utf-8"),
    )  # fmt: skip
    assert Path("run/inputs/problem.yaml").read_bytes() == before
    assert found.manifest["inputs"]["problem.yaml"] == file_hash(Path("run/inputs/problem.yaml"))


def test_inputs_of_one_name_in_two_folders_are_both_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path)
    (tmp_path / "asked").mkdir()
    experiment = tmp_path / "asked" / "problem.yaml"
    text = (tmp_path / "question.yaml").read_text("utf-8").replace("problem: problem.yaml", "problem: ../problem.yaml")
    experiment.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = run(load_experiment("asked/problem.yaml"), "run")
    kept = {path.read_bytes() for path in Path("run/inputs").rglob("*") if path.is_file()}
    assert {experiment.read_bytes(), Path("problem.yaml").read_bytes()} <= kept
    assert len(found.manifest["inputs"]) == len(kept) == 4


def test_half_written_files_of_a_killed_run_are_swept_and_others_stay(tmp_path: Path) -> None:
    for name in (".results.nc.a1b2c3d4.nc", ".blocks", ".gitignore", ".DS_Store", "results.nc"):
        (tmp_path / name).touch()
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".DS_Store", ".blocks", ".gitignore", "results.nc"]
