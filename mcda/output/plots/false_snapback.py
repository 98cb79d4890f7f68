"""How much violation for how many false snapbacks? One curve for each observability, a point for each trigger."""

from __future__ import annotations

from typing import Any

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mcda.output import selected_simulation, style
from mcda.output.labels import axis_label
from mcda.output.plots.panels import LINES, paths_print
from mcda.output.plots.parts import drawn, key_above
from mcda.output.results import Results

__all__ = ["false_snapback"]


@drawn
def false_snapback(results: Results) -> Figure:
    """Draw a panel for each assumption set."""
    found = selected_simulation.false_snapbacks(results)
    see, trigger = [d for d in found["exposure_violation"].dims if d != "assumptions"]
    about = f"Policy: {found.attrs['policy']}. Scenario: {found.attrs['scenario']}. Crosses: 95 % intervals of both."
    first, last = found[trigger].values[[0, -1]]
    about += f" {axis_label(found[trigger])}: {first} at the hollow mark, and along the curve up to {last}."
    foot = paths_print(results, "sweep_observability", about)
    fig, part = style.page("double", 72, foot=foot, illustrative=results.illustrative)
    width = 160 / found.sizes["assumptions"] - 4
    axes = part.subplots(1, found.sizes["assumptions"], squeeze=False, sharey=True)[0]
    for i, ax in enumerate(axes):
        for k, look in zip(range(found.sizes[see]), LINES, strict=False):
            _curve(ax, found.isel({"assumptions": i, see: k}), look)
        ax.set_title(style.shortened(f"assumptions: {found['assumptions'].values[i]}", width, size=7, bold=True))
        ax.set_xlabel("\n".join(style.wrapped(axis_label(found["exposure_violation"]), width, size=7)))
        ax.grid()
    axes[0].set_ylim(bottom=0)  # of all panels, once all curves are there
    axes[0].set_ylabel("\n".join(style.wrapped(axis_label(found["false_snapback_share"]), 50, size=7)))
    names = [f"observability {float(v):g} while courts are closed" for v in found[see].values]
    key_above(part, [Line2D([], [], label=n, markersize=3, **look) for n, look in zip(names, LINES, strict=False)])
    return fig


def _curve(ax: Axes, one: xr.Dataset, look: dict[str, Any]) -> None:
    x, y = one["exposure_violation"].values, one["false_snapback_share"].values
    ax.errorbar(
        x, y, xerr=1.96 * one["exposure_violation_se"].values, yerr=1.96 * one["false_snapback_share_se"].values,
        elinewidth=0.5, markersize=3, linewidth=1.0, **look,
    )  # fmt: skip
    hollow = {"marker": look["marker"], "color": look["color"], "markerfacecolor": "white", "markersize": 4.5}
    ax.plot(x[:1], y[:1], **hollow, zorder=3)
