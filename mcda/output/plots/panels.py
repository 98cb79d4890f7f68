"""What the figures of simulations share: rows of assumption sets, columns of scenarios, looks of lines, small print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from mcda.output import style
from mcda.output.labels import fine_print
from mcda.output.results import Results

__all__ = ["LINES", "band", "error_bars", "grid", "paths_print", "set_title"]

#: Looks of up to six lines: dark to light, each with its own marker and dashes, so that grey tells them apart.
LINES: tuple[dict[str, Any], ...] = (
    {"color": "#0B2C4A", "linestyle": "-", "marker": "o"},
    {"color": "#B53B5C", "linestyle": (0, (5, 1.5)), "marker": "s"},
    {"color": "#2F7F5F", "linestyle": (0, (1.5, 1.2)), "marker": "^"},
    {"color": "#C2701E", "linestyle": (0, (6, 1.5, 1.5, 1.5)), "marker": "D"},
    {"color": "#6B2A7E", "linestyle": (0, (3, 1)), "marker": "v"},
    {"color": "#6A6A6A", "linestyle": (0, (1, 1)), "marker": "X"},
)


def grid(part: SubFigure, found: xr.Dataset, columns: Sequence[str], **more: Any) -> npt.NDArray[Any]:
    """Return panels (assumptions, column) with the titles of the columns above and of the sets at the left."""
    rows = [str(a) for a in found["assumptions"].values]
    axes: npt.NDArray[Any] = part.subplots(len(rows), len(columns), sharex=True, squeeze=False, **more)
    for ax, title in zip(axes[0], columns, strict=True):
        ax.set_title("\n".join(style.wrapped(title, 150 / len(columns), size=7, bold=True, most=3)))
    for ax, name in zip(axes[:, 0], rows, strict=True):
        set_title(ax, name)
    return axes


def set_title(ax: Axes, name: str) -> None:
    """Say at the left which assumption set a row of panels is under."""
    ax.set_ylabel("\n".join(["assumptions:", *style.wrapped(name, 30, size=7, most=2)]))


def band(ax: Axes, x: Any, low: Any, high: Any, colour: str) -> None:
    """Draw an interval behind a line."""
    ax.fill_between(x, low, high, color=colour, alpha=0.18, linewidth=0)


def error_bars(ax: Axes, x: Any, y: Any, error: Any, look: dict[str, Any], **more: Any) -> None:
    """Draw a line with bars of 1.96 standard errors."""
    ax.errorbar(
        x, y, yerr=1.96 * np.asarray(error), capsize=1.5, elinewidth=0.6, markersize=3, linewidth=1.0, **look, **more
    )


def paths_print(results: Results, group: str, more: str, *, shares: bool = False) -> str:
    """Return the small print of a simulated figure: how many paths, from which scores, and what it is not.

    Where `shares` of paths are drawn without an interval it says how large their standard error is at most.
    """
    n = int(results[group].attrs.get("paths", 0))
    error = f", standard error of a share at most {0.5 / np.sqrt(n):.1g}" if shares and n else ""
    how = f"Simulated, {n:,} paths each{error}; conditional on the scenario and on assumed rates, not a forecast."
    return fine_print(results, "fitting", how=how, more=more)
