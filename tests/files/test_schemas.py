"""The schemas that are shipped, and the reference page, are what the models say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mcda.cli import main
from mcda.errors import UsageError
from mcda.files.check import check_file
from mcda.files.document import read_document
from mcda.files.kinds import SCHEMAS
from mcda.files.schemas import schema, with_key_tables, write_schemas
from tests.conftest import Needs

ROOT = Path(__file__).parents[2]
FOLDERS = ("mcda/cases/*", "experiments", "scenarios", "scenarios/*")
SHIPPED = sorted(path for folder in FOLDERS for path in ROOT.glob(f"{folder}/*.yaml"))
#: Those of a kind that people write: all but how a synthetic panel was made.
WRITTEN = [path for path in SHIPPED if path.name != "profiles.yaml"]
PAGE = ROOT / "docs" / "files.md"
AGAIN = "write it anew: python -m mcda.files.schemas"
MODELINE = re.compile(r"^# yaml-language-server: \$schema=(.+)$", re.MULTILINE)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_shipped_schema_is_what_the_command_prints(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["schema", kind])
    assert end.value.code == 0
    shipped = ROOT / "mcda" / "schemas" / f"{kind}.json"
    assert shipped.read_text("utf-8") == capsys.readouterr().out, AGAIN


def test_schemas_are_written_for_all_kinds_and_nothing_else_is_shipped(tmp_path: Path) -> None:
    written = write_schemas(tmp_path / "new")
    assert [path.stem for path in written] == list(SCHEMAS)
    assert {path.name for path in written} == {path.name for path in (ROOT / "mcda" / "schemas").iterdir()}


def test_a_schema_of_nothing_is_refused_with_the_kinds_that_there_are() -> None:
    with pytest.raises(UsageError, match=r"'problm' \(did you mean 'problem'\?\); allowed: problem, alternatives"):
        schema("problm")


def kind_of(path: Path) -> str:
    return str(read_document(path).data["format"]).split("-")[1]


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_a_shipped_file_names_its_schema_in_its_first_lines(path: Path) -> None:
    found = MODELINE.search("".join(path.read_text("utf-8").splitlines(keepends=True)[:2]))
    assert found is not None
    target = (path.parent / found[1]).resolve()
    assert target == ROOT / "mcda" / "schemas" / f"{kind_of(path)}.json"
    assert target.is_file()


@pytest.mark.parametrize("path", SHIPPED, ids=name_of)
def test_a_shipped_file_has_no_mistakes(path: Path) -> None:
    assert check_file(str(path)) == []


@pytest.mark.parametrize("path", WRITTEN, ids=name_of)
def test_a_shipped_file_fits_its_schema_in_the_eyes_of_another_reader(path: Path, needs: Needs) -> None:
    reader = needs.module("jsonschema").Draft7Validator  # the newest that cffconvert allows; no word here is newer
    reader.check_schema(schema(kind_of(path)))
    reader(schema(kind_of(path))).validate(read_document(path).data)


def test_the_reference_page_has_the_keys_of_the_models() -> None:
    page = PAGE.read_text("utf-8")
    assert page == with_key_tables(page), AGAIN


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(UsageError, match="has no marks"):
        with_key_tables("# A page\n")


def test_every_link_within_the_reference_page_leads_to_a_heading() -> None:
    page = PAGE.read_text("utf-8")
    headings = {re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.+)$", page, re.M)}
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= headings


def test_the_examples_of_the_page_are_without_mistakes(tmp_path: Path) -> None:
    problem, experiment = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    (tmp_path / "lunch.yaml").write_text(problem, encoding="utf-8")
    (tmp_path / "sure.yaml").write_text(experiment, encoding="utf-8")
    assert check_file(str(tmp_path / "lunch.yaml")) == check_file(str(tmp_path / "sure.yaml")) == []


def test_every_key_of_every_model_is_explained() -> None:
    blocks = {**{kind: schema(kind) for kind in SCHEMAS}}
    blocks |= {name: block for whole in [*blocks.values()] for name, block in whole.get("$defs", {}).items()}
    keys = [(name, key, said) for name, block in blocks.items() for key, said in block["properties"].items()]
    assert [f"{name}.{key}" for name, key, said in keys if not said.get("description")] == []


def test_schemas_are_plain_json() -> None:
    for path in (ROOT / "mcda" / "schemas").glob("*.json"):
        assert json.loads(path.read_text("utf-8"))["$schema"] == "https://json-schema.org/draft/2020-12/schema"
