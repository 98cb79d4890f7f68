"""`mcda init` lays out a folder that can be checked and run as it is, or nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mcda.cli import main
from mcda.errors import UsageError
from mcda.files.check import check_file
from mcda.files.document import read_document
from mcda.files.shipped import problems
from mcda.study import init
from mcda.study.init import init_study
from mcda.study.store import load_run

pytestmark = pytest.mark.slow


@pytest.fixture(params=sorted(problems()))
def laid_out(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    init_study(folder, request.param)
    return folder


def test_all_files_are_listed_and_none_is_left_elsewhere(tmp_path: Path) -> None:
    files = init_study(tmp_path / "new" / "study", "bridge-repairs")
    assert files == sorted(path for path in (tmp_path / "new" / "study").rglob("*") if path.is_file())
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["study"]


def test_every_file_of_a_new_study_is_without_mistakes(laid_out: Path) -> None:
    files = [*laid_out.rglob("*.yaml"), *laid_out.rglob("*.csv")]
    assert len(files) >= 3
    assert {str(path): check_file(str(path)) for path in files} == {str(path): [] for path in files}


def test_experiments_are_about_the_studys_own_problem(laid_out: Path) -> None:
    for path in (laid_out / "experiments").glob("*.yaml"):
        assert (path.parent / read_document(path).data["problem"]).resolve() == (laid_out / "problem.yaml").resolve()


def test_files_name_schemas_that_lie_beside_them(laid_out: Path) -> None:
    for path in laid_out.rglob("*.yaml"):
        line = next(line for line in path.read_text("utf-8").splitlines() if "yaml-language-server" in line)
        assert (path.parent / line.partition("$schema=")[2]).is_file()


def test_a_readme_names_every_file(laid_out: Path) -> None:
    text = (laid_out / "README.md").read_text("utf-8")
    files = [p for p in laid_out.rglob("*") if p.is_file() and p.suffix in (".yaml", ".csv")]
    assert all(f"`{path.relative_to(laid_out).as_posix()}`" in text for path in files)


def test_a_new_study_can_be_run_and_depends_on_nothing_that_is_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    init_study(tmp_path / "study", "bridge-repairs")
    monkeypatch.chdir(tmp_path / "study")
    problem = Path("problem.yaml")
    problem.write_text(problem.read_text("utf-8").replace("Mill bridge", "Our own bridge"), encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        main(["run", "experiments/bridge-repairs.yaml", "--out", "runs/first", "--workers", "1",
              "--set", "analyses=[tiers]"])  # fmt: skip
    assert end.value.code == 0
    assert "Our own bridge" in load_run("runs/first")["problem"]["label"].values


def test_an_empty_folder_is_filled_and_stays_the_same_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = os.stat(tmp_path).st_ino
    files = init_study(".", "bridge-repairs")
    assert Path("problem.yaml") in files
    assert os.stat(tmp_path).st_ino == before


@pytest.mark.parametrize("what", ["a file in it", "a hidden file in it", "a file"])
def test_a_folder_that_is_not_empty_is_left_as_it_is(what: str, tmp_path: Path) -> None:
    target = tmp_path / "study"
    if what == "a file":
        target.write_text("mine", encoding="utf-8")
    else:
        target.mkdir()
        (target / (".mine" if "hidden" in what else "mine")).touch()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match="allowed: a new"):
        init_study(target, "bridge-repairs")
    assert sorted(tmp_path.rglob("*")) == before


def test_nothing_is_left_where_it_fails_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(folder: Path) -> list[Path]:
        raise OSError("the disk is full")

    monkeypatch.setattr(init, "write_schemas", fail)
    with pytest.raises(OSError, match="the disk is full"):
        init_study(tmp_path / "study", "bridge-repairs")
    assert list(tmp_path.iterdir()) == []
