"""Which policy would one regret? Expected utility below the best policy's, by scenario and by stance."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mcda.output import selected_simulation, style
from mcda.output.labels import axis_label
from mcda.output.plots.panels import LINES, paths_print
from mcda.output.plots.parts import drawn, key_above
from mcda.output.results import Results

__all__ = ["regret"]


@drawn
def regret(results: Results) -> Figure:
    """Draw a panel for each utility: policies across, a thin dot for each scenario, a large one for the largest."""
    found = selected_simulation.regret(results)
    utilities = [str(u) for u in found["utility"].values]
    about = f"Standard error at most {float(found['regret_se'].max()):.1g}. {_policies(found)}."
    foot = paths_print(results, "simulation", about)
    fig, part = style.page("double", 16 + 40 * -(-len(utilities) // 2), foot=foot, illustrative=results.illustrative)
    axes = part.subplots(-(-len(utilities) // 2), min(2, len(utilities)), squeeze=False, sharey=True, sharex=True)
    codes = [str(c) for c in found["policy_code"].values]
    sets = [str(a) for a in found["assumptions"].values]
    for ax, u in zip(axes.flat, utilities, strict=False):
        for k, (a, look) in enumerate(zip(sets, LINES, strict=False)):
            one = found.sel(utility=u, assumptions=a)
            x = np.arange(len(codes)) + 0.16 * (2 * k - len(sets) + 1)
            marker = {"color": look["color"], "marker": look["marker"], "linestyle": "none"}
            for s in range(found.sizes["scenario"]):
                ax.plot(x, one["regret"].isel(scenario=s), markersize=1.6, alpha=0.6, **marker)
            ax.plot(x, one["worst_regret"], markersize=4.5, markeredgecolor="#111111", markeredgewidth=0.4, **marker)
        ax.set_title(style.shortened(u, 80, size=7, bold=True))
        ax.set_xticks(range(len(codes)), labels=codes)
        ax.grid(axis="y")
    for ax in axes.flat[len(utilities) :]:
        ax.set_axis_off()
    top = float(found["regret"].max())
    axes[0, 0].set_ylim(-0.04 * top, 1.06 * top)
    part.supylabel("\n".join(style.wrapped(axis_label(found["regret"]), 60, size=7)), fontsize=7)
    part.supxlabel("Policy", fontsize=7)
    keys = [
        Line2D([], [], label=a, linestyle="none", color=look["color"], marker=look["marker"], markersize=4)
        for a, look in zip(sets, LINES, strict=False)
    ]
    key_above(part, keys)
    return fig


def _policies(found: xr.Dataset) -> str:
    """What the codes below stand for."""
    pairs = zip(found["policy_code"].values, found["policy_title"].values, strict=True)
    return "; ".join(f"{code}: {title}" for code, title in pairs)
