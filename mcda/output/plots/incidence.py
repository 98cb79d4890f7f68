"""How does the process first break: by exit, snapback or settlement? Cumulative incidence with competing causes."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mcda.output import selected_simulation, style
from mcda.output.labels import axis_label
from mcda.output.plots.panels import LINES, band, grid, paths_print
from mcda.output.plots.parts import drawn, key_above, unit_axis
from mcda.output.results import Results

__all__ = ["incidence"]


@drawn
def incidence(results: Results) -> Figure:
    """Draw the share of paths on which each cause came first, by time, with 95 % intervals."""
    found = selected_simulation.cumulative_incidence(results)
    titles = [str(t) for t in found["scenario_title"].values]
    foot = paths_print(results, "simulation", f"Policy: {found.attrs['policy']}. Bands: Wilson's 95 % intervals.")
    fig, part = style.page("double", 14 + 38 * found.sizes["assumptions"], foot=foot, illustrative=results.illustrative)
    axes = grid(part, found, titles, sharey=True)
    causes = [str(c) for c in found["cause"].values]
    for i, row in enumerate(axes):
        for j, ax in enumerate(row):
            one = found.isel(assumptions=i, scenario=j)
            for cause, look in zip(causes, LINES, strict=False):
                line = {k: v for k, v in look.items() if k != "marker"}
                curve = one.sel(cause=cause)
                band(ax, one["time"], curve["lower"], curve["upper"], look["color"])
                ax.step(one["time"], curve["cumulative_incidence"], where="post", linewidth=1.1, **line)
            unit_axis(ax)
            ax.set_xlim(0, int(one["time"][-1]))
            ax.set_xticks(range(0, int(one["time"][-1]) + 1, 12))
    for ax in axes[-1]:
        ax.set_xlabel("Month")
    part.supylabel("\n".join(style.wrapped(axis_label(found["cumulative_incidence"]), 60, size=7)), fontsize=7)
    looks = [{k: v for k, v in look.items() if k != "marker"} for look in LINES]
    key_above(part, [Line2D([], [], label=f"first: {c}", **look) for c, look in zip(causes, looks, strict=False)])
    return fig
