"""Many beliefs at once: one thin line for one measure, a row of panels for each printed tier."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mcda.output import style
from mcda.output.labels import axis_label
from mcda.output.plots.parts import by_tier, rows_of, settled, styles_of, tier_title, unit_axis
from mcda.output.results import Results

__all__ = ["threads"]


def threads(
    results: Results, found: xr.Dataset, variable: str, across: str, titles: Sequence[Sequence[str]], *, foot: str,
    steps: bool = False,
) -> Figure:  # fmt: skip
    """Draw a variable of every belief: tiers down, the members of the dimension `across` to the right.

    Of a variable over tiers only the printed tier's values are drawn. With `steps` it is a law of a distance: lines are
    steps from (0, 0), and end where nothing changes any more.
    """
    groups = by_tier(rows_of(found))
    fig, part = style.page("double", 17 + 25 * len(groups), foot=foot, illustrative=results.illustrative)
    axes = part.subplots(len(groups), len(titles), sharex="col", sharey=True, squeeze=False)
    for line, (tier, members) in zip(axes, groups.items(), strict=True):
        line[0].set_ylabel(tier_title(results, tier, members, 21), fontweight="bold")
        for ax, column in zip(line, found[across].values, strict=True):
            lines = [_line(row, variable, across, column) for row in members]
            _panel(ax, lines, styles_of(results)[tier].thread, steps)
    for ax, title, column in zip(axes[0], titles, found[across].values, strict=True):
        ax.set_title("\n".join(title), fontsize=style.SMALL)
        if steps:
            p = found[variable].sel({across: column})
            ax.set_xlim(0, settled(p["radius"].values, p.transpose("alternative", "radius").values)[-1])
    along = next(dim for dim in found[variable].dims if dim not in ("alternative", across, "tier"))
    part.supxlabel(axis_label(found[along]), fontsize=7)
    part.supylabel(axis_label(found[variable]), fontsize=7)
    return fig


def _line(row: xr.Dataset, variable: str, across: str, column: str) -> xr.DataArray:
    line = row[variable].sel({across: column})
    return line.sel(tier=int(row["judged_tier"])) if "tier" in line.dims else line


def _panel(ax: Axes, lines: Sequence[xr.DataArray], colour: str, steps: bool) -> None:
    for line in lines:
        known = line[np.isfinite(line.values)]  # levels that a belief has: those of another can lie between them
        x, y = known[line.dims[0]].values, known.values
        if steps:
            ax.plot([0, *x], [0, *y], color=colour, linewidth=0.6, drawstyle="steps-post")
        else:
            ax.plot(x, y, color=colour, linewidth=0.6)
    unit_axis(ax)
    whole = lines[0][lines[0].dims[0]].values
    ax.set_xlim(0 if steps else whole.min(), whole.max())
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
