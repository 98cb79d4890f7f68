"""What the tables' columns are made of: fields with their meaning, and who a line is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import xarray as xr

from mcda.output.sheets import Cell, Column, Kind, Table
from mcda.output.subject import Group, Subject

__all__ = [
    "ID", "LABEL", "PUBLISHED", "WHO", "Field", "Row", "by_tier", "described", "made", "named_row", "plain_cell",
    "share", "text", "tier_or_none", "who", "whole_number",
]  # fmt: skip

Row = tuple[Cell, ...]
Field = tuple[str, str, Kind, str]

ID: Field = ("alternative", "id of the alternative", "text", "1")
LABEL: Field = ("label", "its name", "text", "1")
PUBLISHED: Field = ("published_tier", "published tier (empty: none)", "integer", "tier")
WHO: tuple[Field, ...] = (
    ("belief", "number of the distinct belief (see distinct-beliefs)", "integer", "1"),
    ("count", "how many alternatives this line is about", "integer", "1"),
    ("first", "id of the first of them", "text", "1"),
    ("first_label", "its name", "text", "1"),
    PUBLISHED,
)


def share(name: str, meaning: str, units: str = "1") -> Field:
    """A column of numbers."""
    return (name, meaning, "number", units)


def text(name: str, meaning: str) -> Field:
    """A column of texts."""
    return (name, meaning, "text", "1")


def whole_number(name: str, meaning: str, units: str = "1") -> Field:
    """A column of whole numbers."""
    return (name, meaning, "integer", units)


def made(
    subject: Subject, name: str, title: str, fields: Sequence[Field], rows: Iterable[Row], note: str = ""
) -> Table:
    """Put rows under their fields."""
    lines = list(rows)
    columns = tuple(
        Column(field, meaning, [plain_cell(row[k]) for row in lines], kind, units)
        for k, (field, meaning, kind, units) in enumerate(fields)
    )
    return Table(name, title, columns, note, subject.illustrative)


def plain_cell(cell: Any) -> Cell:
    """A NumPy scalar as Python has it."""
    value: Cell = cell.item() if isinstance(cell, np.generic) else cell
    return value


def tier_or_none(number: int) -> int | None:
    """A tier's number, or nothing where results have -1."""
    return None if number < 0 else int(number)


def by_tier(subject: Subject, prefix: str = "p_tier_", what: str = "probability of") -> list[Field]:
    """A column for each tier."""
    return [share(f"{prefix}{t}", f"{what} {label}") for t, label in subject.tier_labels.items()]


def who(subject: Subject, group: Group) -> Row:
    """Who a line is about, under the fields of WHO."""
    tier = tier_or_none(subject.published_tier[group.first])
    return (group.belief, len(group.members), group.members[0], subject.labels[group.first], tier)


def named_row(subject: Subject, row: int) -> Row:
    """One alternative, under ID, LABEL, PUBLISHED."""
    return (subject.alternatives[row], subject.labels[row], tier_or_none(subject.published_tier[row]))


def described(dataset: xr.Dataset, name: str) -> Field:
    """A field that is described as its variable is."""
    variable = dataset[name]
    kind: Kind = "integer" if variable.dtype.kind in "iu" else "text" if variable.dtype.kind in "bUO" else "number"
    return (name, str(variable.attrs.get("long_name", name)), kind, str(variable.attrs.get("units", "1")))
