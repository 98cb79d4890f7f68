"""Wrong files of the simulation end in exit code 2 and one message for each mistake (see `bad_roadmaps`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcda.errors import InvalidFile
from mcda.files.check import check_file
from mcda.files.document import read_document
from mcda.files.scenario import refuse_twice
from tests.house.test_lazy import HEAVY, loaded_by

from .bad_files import Bad
from .bad_roadmaps import OWN, TABLE, lay_out


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The case and files of one's own without mistakes, in the folder in which they lie."""
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_files_have_no_mistakes_before_one_is_made(study: Path) -> None:
    assert [str(one) for name in (*OWN, "roadmap.yaml", "parameters.yaml") for one in check_file(name)] == []


def test_there_are_many_kinds_and_no_two_are_the_same() -> None:
    assert len({bad.kind for bad in TABLE}) == len(TABLE) >= 60
    assert len({bad.words for bad in TABLE}) >= 0.9 * len(TABLE)


@pytest.mark.parametrize("bad", TABLE, ids=lambda bad: bad.kind)
def test_check_tells_the_line_the_key_and_what_is_allowed(bad: Bad, study: Path) -> None:
    bad.change(study / bad.file)
    line = bad.line(study)
    told = [str(one) for one in check_file(bad.file)]
    start = f"{bad.file}:{line}: {bad.key}: "
    found = [one for one in told if one.startswith(start) and all(word in one for word in bad.words)]
    assert len(found) == 1, f"not told: {start}... {bad.words}\n" + "\n".join(told)
    assert "; allowed" in found[0] or "; see" in found[0]
    assert not bad.alone or len(told) == 1, told


def test_all_mistakes_of_a_scenario_are_told_at_once_in_order(study: Path) -> None:
    text = OWN["storm.yaml"]
    for old, new in [("  R: 1", "  R: 7"), ("onset: {value: 0.02", "onset: {value: 2"), ("lag.exit", "lag.exti")]:
        text = text.replace(old, new)
    (study / "storm.yaml").write_text(text, encoding="utf-8")
    assert [one.key for one in check_file("storm.yaml")] == ["start.R", "overrides.onset.value"]  # types come first


def test_two_files_with_one_id_are_refused(study: Path) -> None:
    (study / "more").mkdir()
    (study / "more" / "storm.yaml").write_text(OWN["storm.yaml"], encoding="utf-8")
    documents = [read_document(name) for name in ("storm.yaml", "more/storm.yaml")]
    refuse_twice(documents[:1])
    with pytest.raises(InvalidFile, match=r"more/storm.yaml:3: id: 'storm' is also the id of storm.yaml; allowed"):
        refuse_twice(documents)


def test_a_case_without_parameters_is_told(study: Path) -> None:
    (study / "parameters.yaml").unlink()
    (found,) = check_file("storm.yaml")
    assert "has no parameters.yaml" in str(found)


@pytest.mark.parametrize("name", ["storm.yaml", "slow.yaml", "hopeful.yaml", "stances.yaml", "roadmap.yaml"])
def test_checking_loads_nothing_heavy(name: str, study: Path) -> None:
    assert not loaded_by(["check", name], study) & set(HEAVY[1:])
