"""A table as data, and the three ways in which it is written: CSV, LaTeX, and one workbook for all.

Numbers are written as numbers, in full: CSV has the shortest decimal that gives the same double back, workbooks the
double itself. Text stays text. A spreadsheet runs a text such as ``=1+1`` as a formula when it opens a CSV file, so
there (and only there) a text that starts like one gets an apostrophe in front; a workbook's cells carry their type, so
it has such texts as they are.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import xlsxwriter

from mcda.output.whole import rezipped
from mcda.output.wording import clean

__all__ = ["ILLUSTRATIVE", "Cell", "Column", "Kind", "Table", "as_csv", "as_tex", "as_workbook"]

Cell = str | float | int | bool | None
Kind = Literal["text", "integer", "number"]

#: What is put on every table of a run with synthetic scores.
ILLUSTRATIVE = "ILLUSTRATIVE: synthetic scores, not anybody's judgement"

#: Most rows that a LaTeX table has; longer ones are for machines.
TEX_ROWS = 400

_DATE = datetime(2000, 1, 1)
_LIGATURE = re.compile(r"([-`',?!])(?=[-`',])")
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?")


@dataclass(frozen=True)
class Column:
    """One column: its name, what it means, its unit ('1' for a pure number), its values (None: not defined)."""

    name: str
    meaning: str
    values: Sequence[Cell]
    kind: Kind = "number"
    units: str = "1"


@dataclass(frozen=True)
class Table:
    """A table: `name` is its file's and its sheet's, `title` its caption, `note` what a reader has to know."""

    name: str
    title: str
    columns: tuple[Column, ...]
    note: str = ""
    illustrative: bool = False

    def __post_init__(self) -> None:
        lengths = {len(column.values) for column in self.columns}
        if len(lengths) > 1:
            raise ValueError(f"table {self.name}: columns of unequal lengths {sorted(lengths)}")

    @property
    def caption(self) -> str:
        """The title, with the mark of a run whose scores are synthetic."""
        return f"{ILLUSTRATIVE}. {self.title}" if self.illustrative else self.title

    @property
    def rows(self) -> list[tuple[Cell, ...]]:
        """The table's lines."""
        return list(zip(*(column.values for column in self.columns), strict=True))


def _value(cell: Any) -> Cell:
    """A cell as Python has it; NaN is no value."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return None if isinstance(cell, float) and math.isnan(cell) else cell


# -- CSV ---------------------------------------------------------------------------------------------------------------


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe goes before one that starts like it."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _csv_cell(cell: Cell) -> str:
    value = _value(cell)
    if value is None:
        return ""
    return guarded(value) if isinstance(value, str) else repr(value)


def as_csv(table: Table) -> str:
    """Return a table as CSV: comma, decimal point, LF; a last column says so if its scores are synthetic."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    mark = ["illustrative"] if table.illustrative else []
    writer.writerow([column.name for column in table.columns] + mark)
    writer.writerows([_csv_cell(cell) for cell in row] + ["yes"] * len(mark) for row in table.rows)
    return out.getvalue()


# -- LaTeX -------------------------------------------------------------------------------------------------------------

_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"{\char34}", "[": "{[}", "]": "{]}", "*": "{*}",
}  # fmt: skip


def tex_text(text: str) -> str:
    """Return a text that LaTeX sets as it stands: no command, no comment, no argument of the line before."""
    return _LIGATURE.sub(r"\1{}", "".join(_TEX.get(c, c) for c in clean(text)))


def _tex_cell(cell: Cell, kind: Kind) -> str:
    value = _value(cell)
    if value is None:
        return ""
    if isinstance(value, str):
        return tex_text(value)
    text = str(value) if kind == "integer" else f"{value:.3f}"
    return f"${text}$" if text.startswith("-") else text


def as_tex(table: Table) -> str | None:
    """Return a table as a LaTeX `tabular` that needs no package; None if it is too long to be read."""
    if len(table.rows) > TEX_ROWS:
        return None
    layout = "".join("l" if c.kind == "text" else "r" for c in table.columns)
    width = len(table.columns)
    lines = [
        f"% {clean(table.title)}",
        f"% {clean(table.note)}" if table.note else "%",
        f"\\begin{{tabular}}{{{layout}}}",
    ]
    if table.illustrative:
        lines.append(f"\\multicolumn{{{width}}}{{l}}{{{tex_text(ILLUSTRATIVE)}}} \\\\")
    lines += [r"\hline", " & ".join(tex_text(c.name) for c in table.columns) + r" \\", r"\hline"]
    kinds = [c.kind for c in table.columns]
    lines += [" & ".join(map(_tex_cell, row, kinds)) + r" \\" for row in table.rows]
    return "\n".join([*lines, r"\hline", r"\end{tabular}", ""])


# -- the workbook ------------------------------------------------------------------------------------------------------

_OPTIONS = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}  # fmt: skip
_LONGEST = 32_000  # characters: Excel has 32,767 to a cell


def as_workbook(tables: Sequence[Table], facts: Sequence[tuple[str, str]]) -> bytes:
    """Return one workbook: a sheet `notes` with facts of the run and the meaning of every column, then the tables."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _OPTIONS)
    book.set_properties({"title": "Tables", "author": "mcda-sim", "created": _DATE})
    looks = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True}),
        "text": book.add_format({"valign": "top"}),
        "wrapped": book.add_format({"text_wrap": True, "valign": "top"}),
        "integer": book.add_format({"num_format": "0", "valign": "top"}),
        "number": book.add_format({"num_format": "0.000", "valign": "top"}),
    }
    _notes(book.add_worksheet("notes"), tables, facts, looks)
    for table in tables:
        _sheet(book.add_worksheet(table.name[:31]), table, looks)
    book.close()
    return rezipped(out.getvalue())


def _write(sheet: Any, row: int, column: int, cell: Cell, kind: Kind, looks: dict[str, Any]) -> None:
    """Write one cell by its type: never let the library guess from a text's first letter."""
    value = _value(cell)
    if value is None:
        sheet.write_blank(row, column, None, looks["text"])
    elif isinstance(value, str):
        sheet.write_string(row, column, clean(value)[:_LONGEST], looks["text"])
    elif math.isinf(value):
        sheet.write_string(row, column, repr(value), looks["text"])
    else:
        sheet.write_number(row, column, value, looks[kind])


def _sheet(sheet: Any, table: Table, looks: dict[str, Any]) -> None:
    """One table: its caption, its header (frozen, and repeated on every printed page), its rows."""
    sheet.write_string(0, 0, clean(table.caption), looks["title"])
    for k, column in enumerate(table.columns):
        sheet.write_string(1, k, column.name, looks["head"])
        sheet.set_column(k, k, _width(column))
        for i, cell in enumerate(column.values):
            _write(sheet, i + 2, k, cell, column.kind, looks)
    sheet.freeze_panes(2, 1)
    sheet.repeat_rows(0, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    if table.rows:
        sheet.autofilter(1, 0, len(table.rows) + 1, len(table.columns) - 1)


def _width(column: Column) -> float:
    """A column's width: what its cells need, within reason."""
    if column.kind != "text":
        return float(max(9, min(len(column.name) + 2, 16)))
    longest = max((len(str(cell)) for cell in column.values[:200] if cell is not None), default=0)
    return float(max(8, min(max(longest, len(column.name)) + 1, 48)))


def _notes(sheet: Any, tables: Sequence[Table], facts: Sequence[tuple[str, str]], looks: dict[str, Any]) -> None:
    """Facts of the run, then what every column of every sheet means."""
    sheet.set_column(0, 1, 22)
    sheet.set_column(2, 2, 90)
    row = 0
    for name, text in facts:
        sheet.write_string(row, 0, name, looks["title"])
        sheet.write_string(row, 2, clean(text)[:_LONGEST], looks["wrapped"])
        row += 1
    row += 1
    for k, head in enumerate(("sheet", "column", "meaning", "unit")):
        sheet.write_string(row, k, head, looks["head"])
    sheet.repeat_rows(row)
    for table in tables:
        row = _meanings(sheet, table, row + 1, looks)


def _meanings(sheet: Any, table: Table, row: int, looks: dict[str, Any]) -> int:
    """One sheet's entry among the notes; return the last row that it took."""
    sheet.write_string(row, 0, table.name[:31], looks["title"])
    sheet.write_string(row, 2, clean(f"{table.caption}. {table.note}".strip()), looks["wrapped"])
    for column in table.columns:
        row += 1
        sheet.write_string(row, 1, column.name, looks["text"])
        sheet.write_string(row, 2, clean(column.meaning), looks["wrapped"])
        sheet.write_string(row, 3, column.units, looks["text"])
    return row
