"""Figures of the run's figure modules as pictures of a report: drawn, told in words, with the numbers they plot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mcda.output import style
from mcda.output.gallery import FigureModule, figure_modules
from mcda.output.report.model import Grid, Picture
from mcda.output.report.svg import inline
from mcda.output.results import Results
from mcda.output.sheets import ILLUSTRATIVE
from mcda.output.wording import clean, named

__all__ = ["data_grid", "pictures", "place_of", "told"]

#: Columns whose values can stand side by side.
SIDE_BY_SIDE = ("tier", "status", "cause", "scenario")

#: Below this a number is 0: results are exact to about twelve digits.
ZERO = 1e-9

#: Columns that say the same as another one, or that are for drawing alone.
ASIDE = {"members", "judged_tier", "basis", "measures"}


def pictures(results: Results, modules: Path | None) -> dict[str, list[Picture]]:
    """Return the figures that a run allows, by the analysis that they are about; none without figure modules."""
    found: dict[str, list[Picture]] = {}
    for figure in figure_modules(modules) if modules is not None else []:
        if not figure.missing(results):
            found.setdefault(place_of(figure.needs), []).append(_picture(figure, results))
    return found


def place_of(needs: Sequence[str]) -> str:
    """Return which analysis a figure is about: the first group that it needs beside the tiers themselves."""
    for path in (need.split("|")[0].strip() for need in needs):
        group, _, variable = path.partition("/")
        if variable.startswith("flip_"):
            return "flips"
        if group.startswith(("simulation", "sweep_")):
            return "simulation"
        if group not in ("tiers", "problem"):
            return group
    return "tiers"


def _picture(figure: FigureModule, results: Results) -> Picture:
    drawn = figure.draw(results)
    about = {"title": figure.title, "description": figure.caption}
    svg = style.rendered(drawn, "svg", **about).decode("utf-8")
    mark = f"{ILLUSTRATIVE}. " if results.illustrative else ""
    frame = _whose(figure.data(results))
    return Picture(
        0, f"{mark}{figure.title} {figure.caption}", f"{mark}{figure.title} {told(frame)}", inline(svg, figure.name),
        style.rendered(drawn, "png", **about), drawn.get_figwidth() / style.MM,
        data_grid(frame, f"{mark}Numbers of the figure: {figure.title}"),
    )  # fmt: skip


def _whose(frame: pd.DataFrame) -> pd.DataFrame:
    """The data, with how many more a name stands for where several share an answer."""
    if not {"label", "measures"} <= set(frame.columns) or "alternative" not in frame:
        return frame
    more = frame["measures"].fillna(1).astype(int) - 1
    names = [f"{name} and {n} more" if n else name for name, n in zip(frame["label"], more, strict=True)]
    return frame.assign(label=names)


# -- in words ----------------------------------------------------------------------------------------------------------


def told(frame: pd.DataFrame) -> str:
    """Return what a figure shows in a sentence: how many numbers, the smallest and the largest, and where they are."""
    value = _value(frame)
    if value is None:
        return f"{len(frame)} lines of data are shown."
    known = frame.dropna(subset=[value])
    low, high = (known.loc[getattr(known[value], which)()] for which in ("idxmin", "idxmax"))
    word = value.replace("_", " ")
    return (
        f"The values shown of {word} lie between {_number(low[value])} ({_where(frame, low)}) and "
        f"{_number(high[value])} ({_where(frame, high)})."
    )


def _value(frame: pd.DataFrame) -> str | None:
    """The column that is plotted: the first one of many different numbers."""
    numbers = frame.select_dtypes("float").columns
    counts = {str(name): frame[name].nunique() for name in numbers}
    most = max(counts.values(), default=0)
    return next((name for name, n in counts.items() if 2 * n >= most > 0), None)


def _where(frame: pd.DataFrame, row: pd.Series[Any]) -> str:
    """What tells a line from the others: at most four of its names."""
    names = [str(c) for c in _shown(frame) if frame[c].nunique() > 1 and not _is_measured(frame, str(c))]
    said = [named(_cell(row[name]), 60) if frame[name].dtype.kind in "OU" else
            f"{name.replace('_', ' ')} {_cell(row[name])}" for name in names[:4]]  # fmt: skip
    return ", ".join(said) or "all"


def _is_measured(frame: pd.DataFrame, name: str) -> bool:
    """Whether a column is a result rather than a place: numbers that hardly ever come again."""
    return frame[name].dtype.kind == "f" and bool(4 * frame[name].nunique() > len(frame))


# -- as a table --------------------------------------------------------------------------------------------------------


def data_grid(frame: pd.DataFrame, caption: str) -> Grid:
    """Return the plotted numbers as a table; tiers and the like stand side by side where one number depends on them."""
    wide = _wide(frame[_shown(frame)])
    words = frozenset(k for k, kind in enumerate(wide.dtypes) if kind.kind not in "iuf")
    rows = tuple(tuple(_cell(value) for value in row) for row in wide.itertuples(index=False))
    head = tuple(clean(str(name).replace("_", " ")) for name in wide.columns)
    return Grid(0, caption, head, rows, words or frozenset((0,)))


def _shown(frame: pd.DataFrame) -> list[str]:
    """Columns without those that say the same as another; names rather than ids."""
    names = [str(c) for c in frame.columns if c not in ASIDE]
    for name, label in (("alternative", "label"), ("scenario", "scenario_title"), ("shock", "label")):
        if name in names and label in names:
            names[names.index(name)] = label
            names.reverse()
            names.remove(label)
            names.reverse()
    return names


def _wide(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with a column for each value of one name, where a single number depends on it; else as it is."""
    for side in (name for name in SIDE_BY_SIDE if name in frame and 1 < frame[name].nunique() <= 6):
        for value in frame.select_dtypes("float").columns:
            keys = [c for c in frame.columns if c not in (side, value)]
            lines = frame[keys].drop_duplicates()
            whole = bool(keys) and len(lines) * frame[side].nunique() == len(frame)
            if whole and not frame.duplicated([*keys, side]).any() and not lines.isna().any(axis=None):
                return _side_by_side(frame, lines, side, value)
    return frame


def _side_by_side(frame: pd.DataFrame, lines: pd.DataFrame, side: str, value: str) -> pd.DataFrame:
    """One row for each of `lines`, in their order, and a column for each value of `side`."""
    keys, order = list(lines.columns), list(dict.fromkeys(frame[side]))
    pivoted = frame.pivot(index=keys, columns=side, values=value).reset_index()
    table = lines.merge(pivoted, on=keys)[[*keys, *order]]
    return table.set_axis([*keys, *(f"{value}, {side} {name}" for name in order)], axis=1)


def _cell(value: Any) -> str:
    if isinstance(value, float | np.floating):
        return "\N{EN DASH}" if np.isnan(value) else _number(float(value))
    return named(value, 100)


def _number(x: float) -> str:
    """Four digits that count; what is as small as rounding is 0, what is nearly so is said to be small."""
    if abs(x) < ZERO:
        return "0"
    return f"{x:.4g}" if abs(x) >= 1e-4 else f"{'<' if x > 0 else '>-'}0.0001"
