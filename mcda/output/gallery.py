"""The figures of a run, or of several: every figure module whose needs a run meets, as PDF, SVG, PNG and CSV.

A figure module is a Python file with a docstring (title, empty line, caption), `ORDER`, `NEEDS` (groups and variables
of results.nc), `EXPERIMENT` (the shipped experiment that makes them), ``draw(results)`` and ``data(results)``.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from inspect import cleandoc
from pathlib import Path
from types import ModuleType
from typing import Any

import matplotlib.image
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

from mcda.errors import UsageError
from mcda.output import style
from mcda.output.results import Results, open_results
from mcda.output.selected import needed
from mcda.output.whole import write_whole

__all__ = ["FORMATS", "FigureModule", "contact_sheet", "draw", "draw_all", "figure_modules"]

#: What is written of every figure.
FORMATS = ("pdf", "svg", "png", "csv")

#: What every figure needs, so that it is not said in each module: names, and what the small print rests on.
ALWAYS = ("problem/label", "beliefs")


@dataclass(frozen=True)
class FigureModule:
    """One paper figure: its name, title and caption, what it needs, what makes that, and how it is drawn."""

    name: str
    title: str
    caption: str
    order: int
    needs: tuple[str, ...]
    experiment: str
    draw: Callable[[Results], Figure]
    data: Callable[[Results], pd.DataFrame]

    def missing(self, results: Results) -> list[str]:
        """Return which needs a run doesn't meet; none: the figure can be drawn."""
        return needed(results, (*ALWAYS, *self.needs))


def figure_modules(modules: Path) -> list[FigureModule]:
    """Return the figures of a folder, in their order.

    Errors: :class:`~mcda.errors.UsageError` for a folder that is none, or a module that lacks one of its parts.
    """
    if not modules.is_dir():
        raise UsageError(f"no folder of figure modules: '{modules}'")
    found = [_figure_module(path) for path in sorted(modules.glob("*.py")) if not path.name.startswith("_")]
    return sorted(found, key=lambda figure: (figure.order, figure.name))


def _figure_module(path: Path) -> FigureModule:
    """Load one module from its source; nothing is left in the folder."""
    module = ModuleType(f"mcda_figures.{path.stem}")
    module.__file__ = str(path)
    exec(compile(path.read_text("utf-8"), str(path), "exec"), module.__dict__)
    parts = ("ORDER", "NEEDS", "EXPERIMENT", "draw", "data")
    if lacking := [part for part in parts if not hasattr(module, part)] + ([] if module.__doc__ else ["a docstring"]):
        raise UsageError(f"the figure module '{path}' has no {', '.join(lacking)}; allowed: one with all of its parts")
    title, _, caption = cleandoc(module.__doc__ or "").partition("\n\n")
    return FigureModule(
        path.stem, " ".join(title.split()), " ".join(caption.split()), *(getattr(module, part) for part in parts)
    )


# -- drawing -----------------------------------------------------------------------------------------------------------


def draw(folder: Path, out: Path | None = None, *, modules: Path) -> list[Path]:
    """Draw all figures that a run allows.

    Parameters
    ----------
    folder : a run's folder, with its results.nc
    out : where to; the run's own ``figures`` if not said
    modules : the folder of figure modules (``mcda.files.shipped.shipped("figures")``)

    Returns
    -------
    Paths of what was written: ``NAME.pdf``, ``.svg``, ``.png``, ``.csv`` for each figure, and ``captions.md``.
    """
    results = open_results(folder)
    return _draw(results, folder / "figures" if out is None else out, figure_modules(modules))


def draw_all(runs: Sequence[Path], out: Path | None, modules: Path) -> list[str]:
    """Draw all figures that the given runs allow, and say what is missing.

    Parameters
    ----------
    runs : folders of runs
    out : where to: of one run the figures themselves, of several a folder each, named after the run's; each run's own
        ``figures`` if not said
    modules : the folder of figure modules

    Returns
    -------
    Lines: a path for each file, then ``NAME: needs ...; run: mcda run EXPERIMENT`` for each figure that no run allows.
    """
    figures = figure_modules(modules)
    opened = {Path(run): open_results(run) for run in runs}
    if out is not None and len({run.resolve().name for run in opened}) < len(opened):
        raise UsageError("two of the runs have folders of one name; allowed with --out: folders of different names")
    lines = []
    for run, results in opened.items():
        target = run / "figures" if out is None else out if len(opened) == 1 else out / run.resolve().name
        lines += [str(path) for path in _draw(results, target, figures)]
    return lines + [line for figure in figures if (line := _lacking(figure, opened.values()))]


def _lacking(figure: FigureModule, runs: Iterable[Results]) -> str:
    """What to say of a figure that none of the runs allows; nothing if one does."""
    missing = [figure.missing(results) for results in runs]
    if not all(missing):
        return ""
    least = min(missing, key=len, default=list(figure.needs))
    return f"{figure.name}: needs {', '.join(least)}; run: mcda run {figure.experiment}"


def _draw(results: Results, out: Path, figures: Sequence[FigureModule]) -> list[Path]:
    written, captions = [], []
    for figure in figures:
        if not figure.missing(results):
            written += _write(figure, results, out)
            captions.append(f"**{figure.title}** (`{figure.name}`) {_caption(figure, results)}\n")
    if captions:
        written.append(write_whole(out / "captions.md", "\n".join(captions)))
    return written


def _caption(figure: FigureModule, results: Results) -> str:
    return ("ILLUSTRATIVE, synthetic scores. " if results.illustrative else "") + figure.caption


def _write(figure: FigureModule, results: Results, out: Path) -> list[Path]:
    """Write one figure in all formats, each file whole or not at all."""
    drawn = figure.draw(results)
    about = {"title": figure.title, "description": _caption(figure, results)}
    content = {kind: style.rendered(drawn, kind, **about) for kind in FORMATS[:-1]}
    files = {**content, "csv": _csv(figure.data(results))}
    return [write_whole(out / f"{figure.name}.{kind}", files[kind]) for kind in FORMATS]


def _csv(table: pd.DataFrame) -> bytes:
    """A table with all digits of its numbers; a text that a spreadsheet would take for a formula gets an apostrophe."""
    texts = table.select_dtypes(exclude=["number", "bool"]).columns
    safe = table.assign(**{str(c): table[c].map(_plain) for c in texts})
    return safe.to_csv(index=False, lineterminator="\n").encode("utf-8")


def _plain(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


# -- contact sheet -----------------------------------------------------------------------------------------------------

#: Colours of a contact sheet: a third of the bytes of one with all. Chosen to cover rare ones, as thin lines have them.
COLOURS = 256
Pixels = npt.NDArray[np.float64]


def contact_sheet(paths: Sequence[Path], out: Path, *, columns: int = 3, grey: bool = False, shrink: int = 3) -> None:
    """Put PNG files on one page, in columns filled one after another to about equal height.

    Parameters
    ----------
    paths : PNG files
    out : PNG file to write
    columns : of the page
    grey : as a printer without colours would show them (relative luminance)
    shrink : pixels of a file for one of the page, along each side
    """
    pictures = [_shrunk(matplotlib.image.imread(path)[..., :3].astype(float), shrink) for path in paths]
    page = _page(_in_columns(pictures, columns))
    if grey:
        page = np.repeat(_grey(page)[..., None], 3, axis=-1)
    content = io.BytesIO()
    image = Image.fromarray(np.round(255 * page).astype(np.uint8))
    few = image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(content, "png", optimize=True)
    write_whole(out, content.getvalue())


def _grey(page: Pixels) -> Pixels:
    """Luminance as sRGB: linear light, weighted, and back."""
    linear = np.where(page <= 0.04045, page / 12.92, ((page + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]
    back = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    found: Pixels = np.clip(back, 0, 1)
    return found


def _shrunk(picture: Pixels, by: int) -> Pixels:
    """Means of squares of `by` pixels."""
    height, width = (n // by * by for n in picture.shape[:2])
    found: Pixels = picture[:height, :width].reshape(height // by, by, width // by, by, 3).mean(axis=(1, 3))
    return found


def _in_columns(pictures: Sequence[Pixels], columns: int) -> list[list[Pixels]]:
    """Give each picture to the column that is shortest so far."""
    found: list[list[Pixels]] = [[] for _ in range(columns)]
    for picture in pictures:
        min(found, key=lambda column: sum(p.shape[0] for p in column)).append(picture)
    return [column for column in found if column]


def _page(columns: Sequence[Sequence[Pixels]], gap: int = 24) -> Pixels:
    width = max(p.shape[1] for column in columns for p in column)
    height = max(sum(p.shape[0] + gap for p in column) for column in columns)
    page = np.ones((height + gap, len(columns) * (width + gap) + gap, 3))
    for k, column in enumerate(columns):
        top, left = gap, gap + k * (width + gap)
        for picture in column:
            page[top - 2 : top + picture.shape[0] + 2, left - 2 : left + picture.shape[1] + 2] = 0.8
            page[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
            top += picture.shape[0] + gap
    return page
