"""What do slow lawyers cost? Exposure while the territory is used against the lag of an exit, by rung and exit rung."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mcda.output import selected_simulation, style
from mcda.output.labels import axis_label
from mcda.output.plots.panels import LINES, error_bars, grid, paths_print
from mcda.output.plots.parts import drawn, key_above
from mcda.output.results import Results

__all__ = ["exit_lag"]


@drawn
def exit_lag(results: Results) -> Figure:
    """Draw a line for each rung, a column of panels for each exit rung, a row for each assumption set."""
    found = selected_simulation.exit_lag(results)
    rung, levers, lag = [d for d in found["exposure_war"].dims if d != "assumptions"]
    about = (
        f"Policy: {found.attrs['policy']}, with the exit rung above each column. Scenario: {found.attrs['scenario']}."
    )
    foot = paths_print(results, "sweep_exit-lag", f"{about} Bars: 95 % intervals. Lines that coincide are set apart.")
    fig, part = style.page("double", 16 + 38 * found.sizes["assumptions"], foot=foot, illustrative=results.illustrative)
    columns = [f"Exit rung {v}" if str(v) != "never" else "No exit" for v in found[levers].values]
    axes = grid(part, found, columns, sharey=True)  # lines that coincide lie a little apart
    x = selected_simulation.numbers(found[lag].values.tolist())
    for i, row in enumerate(axes):
        for j, ax in enumerate(row):
            for k, look in zip(range(found.sizes[rung]), LINES, strict=False):
                one = found.isel({"assumptions": i, levers: j, rung: k})
                error_bars(ax, [v + 0.03 * k for v in x], one["exposure_war"], one["exposure_war_se"], look)
            ax.grid(axis="y")
    axes[0, 0].set_ylim(0, 1.1 * float((found["exposure_war"] + 2 * found["exposure_war_se"]).max()))
    part.supxlabel(axis_label(found[lag]), fontsize=7)
    part.supylabel(axis_label(found["exposure_war"]), fontsize=7)
    names = [f"rung {v}" for v in found[rung].values]
    key_above(part, [Line2D([], [], label=n, markersize=3, **look) for n, look in zip(names, LINES, strict=False)])
    return fig
