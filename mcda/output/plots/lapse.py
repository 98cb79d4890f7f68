"""Restore or lapse: what a sunset does to leverage when a renewal can fail."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mcda.output import selected_simulation, style
from mcda.output.labels import axis_label
from mcda.output.plots.panels import LINES, error_bars, paths_print
from mcda.output.plots.parts import drawn, key_above
from mcda.output.results import Results

__all__ = ["lapse"]

VERBS = {"restore": "restores", "lapse": "lapses"}
SHOWN = ("lapsed_share", "in_force", "months_suspended")


@drawn
def lapse(results: Results) -> Figure:
    """Draw a panel for each outcome, a line for each default and assumption set."""
    found = selected_simulation.lapse(results)
    about = f"Policy: {found.attrs['policy']}. Scenario: {found.attrs['scenario']}. Bars: 95 % intervals."
    fig, part = style.page(
        "double", 62, foot=paths_print(results, "sweep_lapse", about), illustrative=results.illustrative
    )
    axes = part.subplots(1, len(SHOWN), squeeze=False)[0]
    x = selected_simulation.numbers(found["renew"].values.tolist())
    keys = []
    looks = iter(LINES)
    for a in found["assumptions"].values:
        for default in found["sunset_default"].values:
            look = next(looks)
            for ax, name in zip(axes, SHOWN, strict=True):
                one = found.sel(assumptions=a, sunset_default=default)
                error_bars(ax, x, one[name], one[f"{name}_se"], look)
            label = f"a sunset {VERBS.get(str(default), str(default))}: {a}"
            keys.append(Line2D([], [], label=label, markersize=3, **look))
    for ax, name in zip(axes, SHOWN, strict=True):
        ax.set_title("\n".join(style.wrapped(axis_label(found[name]), 52, size=7, bold=True, most=3)))
        ax.set_ylim(bottom=0)
        ax.grid(axis="y")
    part.supxlabel(axis_label(found["renew"]), fontsize=7)
    key_above(part, keys)
    return fig
