"""Which tiers stand in which scenario? Mean share of months in the printed tier, by scenario and measure."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from mcda.output import selected_simulation, style
from mcda.output.labels import axis_label
from mcda.output.plots.panels import paths_print
from mcda.output.plots.parts import drawn, heat, number, shade_key, tier_margin
from mcda.output.results import Results

__all__ = ["stability_map"]

LINES = 20  # with more rows, numbers would touch


@drawn
def stability_map(results: Results) -> Figure:
    """Draw measures down, by printed tier, and scenarios across."""
    found = selected_simulation.tier_map(results)
    values = found["tier_stability"].transpose("alternative", "scenario").values
    names = found["label"].values if "label" in found.coords else found["alternative"].values
    titles = [style.shortened(str(s), 34) for s in found["scenario"].values]
    about = f"Policy: {found.attrs['policy']}; assumptions: {results['simulation']['assumptions'].values[0]}."
    error = float(found["tier_stability_se"].max())
    about += f" Standard error at most {error:.1g}."
    foot = paths_print(results, "simulation", about)
    height = 18 + max(map(style.text_width, titles)) + 3.1 * len(names)
    fig, part = style.page("double", height, foot=foot, illustrative=results.illustrative)
    ax = part.subplots()
    heat(ax, values, write=number if len(titles) <= LINES else None)
    short = [style.shortened(str(n), 52) for n in names]
    ax.set_yticks(range(len(names)), labels=short, fontsize=style.SMALL)
    ax.set_xticks(range(len(titles)), labels=titles, rotation=90)
    tiers = found["printed_tier"].values
    for at in np.flatnonzero(np.diff(tiers)) + 0.5:
        ax.axhline(at, color="white", linewidth=2)
    tier_margin(ax, results, tiers, 3.1)
    shade_key(part, [ax], axis_label(found["tier_stability"]), location="top", aspect=50)
    return fig
