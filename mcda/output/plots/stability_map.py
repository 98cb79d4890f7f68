"""Which tiers stand in which scenario? Mean share of months in the printed tier, by scenario and measure."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from mcda.output import selected_simulation, style
from mcda.output.labels import tier_labels
from mcda.output.plots.panels import paths_print
from mcda.output.plots.parts import drawn, heat, number
from mcda.output.results import Results

__all__ = ["stability_map"]

LINES = 20  # with more rows, numbers would touch


@drawn
def stability_map(results: Results) -> Figure:
    """Draw measures down, by printed tier, and scenarios across."""
    found = selected_simulation.tier_map(results)
    values = found["tier_stability"].transpose("alternative", "scenario").values
    names = found["label"].values if "label" in found.coords else found["alternative"].values
    titles = [str(s) for s in found["scenario"].values]
    about = f"Policy: {found.attrs['policy']}; assumptions: {results['simulation']['assumptions'].values[0]}."
    foot = paths_print(results, "simulation", about)
    fig, part = style.page("double", 34 + 3.1 * len(names), foot=foot, illustrative=results.illustrative)
    ax = part.subplots()
    image = heat(ax, values, write=number if len(titles) <= LINES else None)
    short = [n if len(str(n)) < 46 else f"{str(n)[:44]}…" for n in names]
    ax.set_yticks(range(len(names)), labels=short, fontsize=style.SMALL)
    ax.set_xticks(range(len(titles)), labels=titles, rotation=90)
    tiers = found["printed_tier"].values
    for at in np.flatnonzero(np.diff(tiers)) + 0.5:
        ax.axhline(at, color="white", linewidth=2)
    for tier in np.unique(tiers):
        middle = float(np.flatnonzero(tiers == tier).mean())
        ax.text(
            len(titles) - 0.35,
            middle,
            tier_labels(results)[int(tier)],
            rotation=270,
            va="center",
            ha="left",
            fontsize=7,
        )
    part.colorbar(
        image,
        ax=ax,
        location="top",
        label="Mean share of months in the printed tier",
        fraction=0.02,
        pad=0.02,
        aspect=50,
    )
    return fig
