"""What happens to suspended measures when the territory is used again? Shares of statuses, month by month."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from mcda.output import selected_simulation, style
from mcda.output.labels import axis_label, noun
from mcda.output.plots.panels import grid, paths_print
from mcda.output.plots.parts import drawn, key_above, unit_axis
from mcda.output.results import Results

__all__ = ["STATUS_LOOKS", "status_ribbons"]

#: From in force (dark) to lapsed: shades apart in grey, hatches for those that are no steady state.
STATUS_LOOKS: dict[str, dict[str, Any]] = {
    "in force": {"facecolor": "#2B4C6F", "edgecolor": "#2B4C6F", "hatch": ""},
    "restore pending": {"facecolor": "#8FB0C9", "edgecolor": "#2B4C6F", "hatch": "/////"},
    "suspended": {"facecolor": "#F2D58B", "edgecolor": "#F2D58B", "hatch": ""},
    "lapsed": {"facecolor": "#B9B9B9", "edgecolor": "#7A7A7A", "hatch": "....."},
}


@drawn
def status_ribbons(results: Results) -> Figure:
    """Draw one stack of areas for each assumption set and scenario."""
    found = selected_simulation.status_ribbons(results)
    titles = [str(t) for t in found["scenario_title"].values]
    about = f"Policy: {found.attrs['policy']}. Means over the {noun(results).many} of the tiers that it suspends."
    foot = paths_print(results, "simulation", about, shares=True)
    rows = found.sizes["assumptions"]
    fig, part = style.page("double", 14 + 38 * rows, foot=foot, illustrative=results.illustrative)
    axes = grid(part, found, titles, sharey=True)
    for i in range(rows):
        for j in range(len(titles)):
            _stack(axes[i, j], found["status_share"].isel(assumptions=i, scenario=j))
    for ax in axes[-1]:
        ax.set_xlabel("Month")
    part.supylabel(axis_label(found["status_share"]), fontsize=7)
    key_above(part, [Patch(linewidth=0.3, label=name, **look) for name, look in STATUS_LOOKS.items()])
    return fig


def _stack(ax: Axes, share: Any) -> None:
    """Areas from the beginning of the first month to the end of the last."""
    edges = np.append(share["month"].values, share["month"].values[-1] + 1)
    below = np.zeros(len(edges))
    for name, look in STATUS_LOOKS.items():
        values = share.sel(status=name).values
        above = below + np.append(values, values[-1])
        ax.fill_between(edges, below, above, linewidth=0, step="post", **look)
        below = above
    unit_axis(ax)
    ax.grid(visible=False)
    ax.set_xlim(0, edges[-1])
    ax.set_xticks(range(0, int(edges[-1]) + 1, 12))
