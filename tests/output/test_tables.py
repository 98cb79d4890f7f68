"""Tables of a run: numbers to the last digit, texts as texts, and files that repeat byte for byte."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from mcda.output.results import Results, open_results
from mcda.output.sheets import Column, Table, as_csv, as_tex, as_workbook, guarded, tex_text
from mcda.output.tables import all_tables, facts, write_tables
from tests.output.made_results import HOSTILE, P, panel_run, published_run, stored, varied


def table(results: Results, name: str) -> Table:
    return next(t for t in all_tables(results) if t.name == name)


def read(table: Table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(table))))


def text_table(*texts: str) -> Table:
    columns = (Column("text", "a text", texts, "text"), Column("n", "a number", [1.5] * len(texts)))
    return Table("texts", "Texts", columns)


# -- numbers -----------------------------------------------------------------------------------------------------------


def test_csv_gives_every_double_back() -> None:
    results = published_run(p=[[1 / 3, 1 / 3, 1 / 3], [0.1, 0.7, 0.2], [1e-17, 0.5, 0.5], [0.1, 0.7, 0.2]])
    rows = read(table(results, "acceptability"))
    found = [[float(row[f"p_tier_{t}"]) for t in (1, 2, 3)] for row in rows]
    assert found == results["tiers"]["acceptability"].values.tolist()


def test_csv_has_decimal_points_commas_and_line_feeds(tmp_path: Path) -> None:
    write_tables(stored(published_run(labels=("Größe", "b", "c", "d")), tmp_path))
    content = (tmp_path / "tables" / "acceptability.csv").read_bytes()
    assert b"\r" not in content
    assert "Größe" in content.decode("utf-8")
    assert content.decode().splitlines()[1].split(",")[5] == "0.8"


def test_what_is_not_defined_is_empty_not_zero() -> None:
    results = published_run()
    group = results["sensitivity"]
    group["shapley"][0] = np.nan
    rows = read(table(published_run(sensitivity=group), "sensitivity"))
    assert {row["shapley"] for row in rows if row["first"] == "alt-0"} == {""}


def test_no_published_tier_is_empty() -> None:
    rows = read(table(panel_run(printed=(-1, 2, 3, 2)), "acceptability"))
    assert [row["published_tier"] for row in rows] == ["", "2", "3", "2"]


def test_the_range_is_that_of_the_published_tier_over_everything_varied() -> None:
    low, high = np.array(P) * 0.5, np.array(P)
    row = read(table(published_run(spread=(low, high)), "acceptability"))[0]
    assert (float(row["low"]), float(row["high"])) == (0.4, 0.8)


# -- stated once -------------------------------------------------------------------------------------------------------


def test_alternatives_of_one_belief_are_stated_once_with_their_count() -> None:
    rows = read(table(published_run(), "other-rules"))
    assert [(row["first"], row["count"]) for row in rows if row["rule"] == "veto"] == [
        ("alt-0", "1"), ("alt-1", "2"), ("alt-2", "1"),
    ]  # fmt: skip
    reasons = read(table(published_run(), "distinct-beliefs"))
    assert reasons[1]["alternatives"] == "alt-1 alt-3"
    assert "nothing tells them apart" in reasons[1]["reason"]


def test_what_another_prior_tells_apart_is_stated_apart() -> None:
    low = np.array(P) * 0.9
    low[3] *= 0.9
    rows = read(table(published_run(spread=(low, np.array(P))), "belief-sensitivity"))
    first = [row["first"] for row in rows if row["prior"] == "uniform" and row["spread"] == "0.5"]
    assert first == ["alt-0", "alt-1", "alt-3", "alt-2"]


def test_the_runs_own_rule_is_no_other_rule_for_published_tiers() -> None:
    assert {row["rule"] for row in read(table(published_run(), "other-rules"))} == {"inside", "veto"}
    assert {row["rule"] for row in read(table(panel_run(), "other-rules"))} == {"plain", "inside", "veto"}


def test_only_what_ran_has_a_table() -> None:
    names = [t.name for t in all_tables(published_run(drop=("shocks", "second_panel", "register")))]
    assert {"shocks", "survival", "register"}.isdisjoint(names)
    assert "acceptability" in names


def test_a_register_key_has_no_path_of_the_machine() -> None:
    rows = read(table(published_run(), "register"))
    assert rows[0]["parameter"] == "second_panel.reference_sd"


# -- texts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", " =1", "\uff1d1+1", "\r=1"])
def test_a_text_that_starts_like_a_formula_gets_an_apostrophe_in_csv(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-1", "+2.5", "-1e-3", "0", "a=b", "1-2", "", "Tier 1"])
def test_numbers_and_other_texts_are_left_alone_in_csv(text: str) -> None:
    assert guarded(text) == text


def cells(content: bytes) -> dict[str, Any]:
    return {name: sheet for name, sheet in zip(*workbook(content), strict=True)}


def workbook(content: bytes) -> tuple[list[str], list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return book.sheetnames, [book[name] for name in book.sheetnames]


def test_a_workbook_has_numbers_as_numbers_and_texts_as_texts() -> None:
    sheet = cells(as_workbook([text_table(*HOSTILE)], []))["texts"]
    for row, text in enumerate(HOSTILE, start=3):
        assert sheet.cell(row, 1).data_type == "s"
        assert sheet.cell(row, 1).value[:3] == re.sub(r"\s", " ", text)[:3]
        assert (sheet.cell(row, 2).data_type, sheet.cell(row, 2).value) == ("n", 1.5)


def test_a_workbooks_header_is_frozen_and_repeated() -> None:
    names, sheets = workbook(as_workbook(all_tables(published_run()), facts(published_run())))
    assert names[0] == "notes"
    for sheet in sheets[1:]:
        assert sheet.freeze_panes == "B3"
        assert sheet.print_title_rows == "$1:$2"


def test_a_workbooks_notes_say_what_the_run_is_and_what_every_column_means() -> None:
    results = published_run()
    tables = all_tables(results)
    notes = cells(as_workbook(tables, facts(results)))["notes"]
    texts = [[cell.value for cell in row] for row in notes.iter_rows()]
    said = {row[0]: row[2] for row in texts if row[0]}
    assert said["question"] == "How sure is it?"
    assert said["statement"].startswith("exact, given the assumptions")
    assert {"problem", "rule", "beliefs", "basis"} <= set(said)
    meanings = [row for row in texts if row[1] and row[1] != "column"]
    assert len(meanings) == sum(len(t.columns) for t in tables)
    assert all(row[2] for row in meanings)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_text_in_latex(text: str) -> None:
    body = as_tex(text_table(text, text))
    assert body is not None
    rows = [line for line in body.splitlines() if line.endswith(r"1.500 \\")]
    assert len(rows) == 2
    for row in rows:
        bare = re.sub(r"\\[a-zA-Z]+\{\}|\\[&%$#_{}]|\{\\char34\}|\{[\[\]*]\}", "", row.removesuffix(r"\\"))
        assert not re.search(r"[\\%$#_{}~^<>|\"*\[\]]", bare), bare
        assert bare.count("&") == 1
        assert row[0] not in "[*"


def test_ligatures_that_latex_makes_of_punctuation_are_kept_apart() -> None:
    assert tex_text("a--b ``c''") == "a-{}-b `{}`c'{}'"


def test_long_tables_are_not_written_as_latex() -> None:
    assert as_tex(text_table(*["a"] * 401)) is None


# -- files -------------------------------------------------------------------------------------------------------------


def written(results: Results, folder: Path) -> dict[str, bytes]:
    write_tables(stored(results, folder))
    return {path.name: path.read_bytes() for path in sorted((folder / "tables").iterdir())}


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    first = written(published_run(labels=HOSTILE[:4]), tmp_path / "a")
    assert first == written(published_run(labels=HOSTILE[:4]), tmp_path / "b")
    assert len(first) > 20


@pytest.mark.parametrize("names", [HOSTILE[:4], HOSTILE[2:]])
def test_hostile_names_never_become_a_formula(names: tuple[str, ...], tmp_path: Path) -> None:
    tiers = (("=1+1", True), ("@two", True), ("<b>&three", False))
    files = written(published_run(labels=names, tiers=tiers), tmp_path)
    for sheet in cells(files["tables.xlsx"]).values():
        assert not [c.coordinate for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    for name in (n for n in files if n.endswith(".csv")):
        for row in csv.reader(io.StringIO(files[name].decode())):
            assert all(guarded(cell) == cell for cell in row), (name, row)


def test_a_run_with_synthetic_scores_says_so_in_every_table(tmp_path: Path) -> None:
    files = written(panel_run(illustrative=True), tmp_path)
    for sheet in list(cells(files["tables.xlsx"]).values())[1:]:
        assert sheet.cell(1, 1).value.startswith("ILLUSTRATIVE")
    for name, content in files.items():
        if name.endswith(".csv"):
            rows = list(csv.DictReader(io.StringIO(content.decode())))
            assert {row["illustrative"] for row in rows} <= {"yes"}
        if name.endswith(".tex"):
            assert b"ILLUSTRATIVE" in content
    plain = written(panel_run(), tmp_path / "plain")
    assert not any(b"ILLUSTRATIVE" in content for content in plain.values())


def test_exact_never_stands_alone() -> None:
    for results in (published_run(), panel_run()):
        said = [t.note for t in all_tables(results)] + [c.meaning for t in all_tables(results) for c in t.columns]
        said += [text for _, text in facts(results)]
        for text in said:
            assert not re.search(r"\bexact(ly)?\b(?!, given the assumptions)", text, re.IGNORECASE), text


def test_a_declined_pool_is_empty_with_its_reason() -> None:
    group = varied(np.array(P), np.array(P), over="setting")
    group["acceptability"][1] = np.nan
    group.attrs["declined"] = "pooled-experts: too large"
    found = table(panel_run(belief_sensitivity=group), "belief-sensitivity")
    rows = [row for row in read(found) if row["setting"] == "pooled-experts"]
    assert {row["p_tier_1"] for row in rows} == {""}
    assert "too large" in found.note


def test_tables_come_from_the_stored_results_alone(tmp_path: Path) -> None:
    stored(published_run(), tmp_path)
    names = {t.name for t in all_tables(open_results(tmp_path))}
    assert {path.stem for path in write_tables(tmp_path) if path.suffix == ".csv"} == names
