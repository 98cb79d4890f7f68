"""Where would a number of the rule have to be? The printed tier's probability over each of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from mcda.output import selected_uncertain, style
from mcda.output.labels import axis_label, fine_print, number_label
from mcda.output.plots.parts import (
    FEW,
    QUIET,
    UPRIGHT,
    by_tier,
    drawn,
    key_above,
    line_key,
    plot_tier,
    rows_of,
    styles_of,
    tier_title,
    unit_axis,
)
from mcda.output.results import Results

__all__ = ["breakpoints"]

LEAST = 0.005  # a probability that changes by less over the whole axis is drawn in grey
COLUMNS = 4  # so many numbers of the rule in a row of panels


@drawn
def breakpoints(results: Results) -> Figure:
    """Draw all beliefs in a panel for each number; many of them in a row of panels for each printed tier."""
    found = selected_uncertain.breakpoints(results)
    few = found.sizes["alternative"] <= FEW
    fig, part = _few(results, found) if few else _many(results, found)
    part.supxlabel(axis_label(found["value"]), fontsize=7)
    part.supylabel(axis_label(found["standing"]), fontsize=7)
    own = [Line2D([], [], **UPRIGHT, label=axis_label(found["own"]).partition(" (")[0])]
    if few:
        line_key(part, results, [*own, Line2D([], [], **QUIET, label="hardly moved")])
    else:
        key_above(part, own)
    return fig


def _foot(results: Results) -> str:
    more = "One number of the rule is moved at a time, in whole steps, as far as its neighbours let it."
    return fine_print(results, more=more)


def _few(results: Results, found: xr.Dataset) -> tuple[Figure, SubFigure]:
    n = found.sizes["parameter"]
    lines, across = -(-n // COLUMNS), min(n, COLUMNS)
    fig, part = style.page("double", 16 + 46 * lines, foot=_foot(results), illustrative=results.illustrative)
    axes = part.subplots(lines, across, sharey=True, squeeze=False).flat
    for k, ax in enumerate(axes):
        if k >= n:
            ax.set_axis_off()
            continue
        for row in rows_of(found.isel(parameter=k)):
            _belief(ax, results, row)
        _frame(ax, results, found.isel(parameter=k), 160 / across - 4)
    return fig, part


def _belief(ax: Axes, results: Results, row: xr.Dataset) -> None:
    """One belief's line in its tier's look; in grey if the number hardly moves it."""
    x, y = _known(row)
    if np.ptp(y) < LEAST:
        ax.plot(x, y, **QUIET, zorder=1.5)
    else:
        plot_tier(ax, x, y, styles_of(results)[int(row["judged_tier"])], zorder=3)


def _known(row: xr.Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Values of the number that the grid has, and the probability there."""
    known = np.isfinite(row["standing"].values)
    return row["value"].values[known], row["standing"].values[known]


def _frame(ax: Axes, results: Results, one: xr.Dataset, width: float | None) -> None:
    """Axes of one number, with its own value, and its title where there is room for one."""
    unit_axis(ax)
    ax.set_xlim(float(one["value"].min()), float(one["value"].max()))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    ax.axvline(float(one["own"]), **UPRIGHT, zorder=1)
    if width is not None:
        name = str(one["parameter"].values)
        text = f"{number_label(results, name)} (own: {float(one['own']):g})".replace("-", "\N{MINUS SIGN}")
        ax.set_title("\n".join(style.wrapped(text, width, size=7, bold=True)))


def _many(results: Results, found: xr.Dataset) -> tuple[Figure, SubFigure]:
    groups = by_tier(rows_of(found))
    n = found.sizes["parameter"]
    fig, part = style.page("double", 24 + 24 * len(groups), foot=_foot(results), illustrative=results.illustrative)
    axes = part.subplots(len(groups), n, sharex="col", sharey=True, squeeze=False)
    for at, (line, (tier, members)) in enumerate(zip(axes, groups.items(), strict=True)):
        line[0].set_ylabel(tier_title(results, tier, members, 19), fontweight="bold")
        for k, ax in enumerate(line):
            _threads(ax, [row.isel(parameter=k) for row in members], styles_of(results)[tier].thread)
            _frame(ax, results, found.isel(parameter=k), None if at else 150 / n - 4)
    return fig, part


def _threads(ax: Axes, rows: Sequence[xr.Dataset], colour: str) -> None:
    for row in rows:
        ax.plot(*_known(row), color=colour, linewidth=0.6)
