"""What if the scores of one measure go together? The printed tier's probability over the loading of a common factor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from mcda.output import selected_uncertain, style
from mcda.output.labels import axis_label, fine_print, noun, tier_labels
from mcda.output.plots.parts import (
    BAND,
    FEW,
    by_tier,
    drawn,
    end_labels,
    line_key,
    plot_tier,
    rows_of,
    styles_of,
    unit_axis,
)
from mcda.output.results import Results

__all__ = ["dependence"]

SETTINGS = {
    "leniency": "Leniency: all scores go together",
    "valence": "Valence: for and against go apart",
}


@drawn
def dependence(results: Results) -> Figure:
    """Draw a column for each kind of dependence: the tier's probability above, the spread of C below if it is there."""
    found = selected_uncertain.dependence(results)
    kinds, spread = found.sizes["setting"], "composite_sd" in found
    few = found.sizes["alternative"] <= FEW
    height = 66 + (36 if spread else 0)
    foot = fine_print(results, how=_how(results), more=_more(results, few, spread))
    fig, part = style.page("double", height, foot=foot, illustrative=results.illustrative)
    axes = part.subplots(1 + spread, kinds, sharex=True, sharey="row", squeeze=False,
                         height_ratios=[1.7, 1] if spread else [1])  # fmt: skip
    for k, kind in enumerate(map(str, found["setting"].values)):
        _standing(axes[0, k], results, rows_of(found.isel(setting=k)), few)
        axes[0, k].set_title(style.shortened(SETTINGS.get(kind, kind), 76, size=7, bold=True))
        if spread:
            _spread(axes[1, k], selected_uncertain.spread_of_composite(found), k)
    axes[0, 0].set_ylabel(axis_label(found["standing"]))
    if spread:
        axes[1, 0].set_ylabel("\n".join(style.wrapped(axis_label(found["composite_sd"]), 34, size=7)))
    part.supxlabel(axis_label(found["loading"]), fontsize=7)
    line_key(part, results, [Patch(**BAND, label=f"all {noun(results).many}")] if spread else ())
    return fig


def _how(results: Results) -> str:
    error = float(results["dependence"]["acceptability_se"].max())
    size = "below 1e-9" if error < 1e-9 else f"at most {error:.1g}"
    return f"By quadrature, numerical error {size}; given the assumptions, not a forecast."


def _more(results: Results, few: bool, spread: bool) -> str:
    parts = [] if few else [f"Thin: one {noun(results).one} each; thick: mean of a printed tier."]
    return " ".join([*parts, *(["Spread: line, the mean; grey, smallest to largest."] if spread else [])])


def _standing(ax: Axes, results: Results, rows: Sequence[xr.Dataset], few: bool) -> None:
    """The tier's probability: a line for each belief, or of many the mean of each printed tier over thin lines."""
    looks, ends = styles_of(results), {}
    for tier, members in by_tier(rows).items():
        x, values = members[0]["loading"].values, np.stack([row["standing"].values for row in members])
        if not few:
            ax.plot(x, values.T, color=looks[tier].thread, linewidth=0.35, alpha=0.5, zorder=1)
        weights = [float(row["measures"]) for row in members]
        for line in values if few else [np.average(values, axis=0, weights=weights)]:
            plot_tier(ax, x, line, looks[tier], zorder=3)
            ends[tier_labels(results)[tier]] = float(line[-1])
    unit_axis(ax)
    ax.set_xlim(0, float(x[-1]))
    ax.xaxis.set_major_locator(MaxNLocator(nbins=6))
    end_labels(ax, float(x[-1]), ends, gap=0.075, lead=0.04 * float(x[-1]))


def _spread(ax: Axes, spread: xr.Dataset, setting: int) -> None:
    """Mean and range of the composite's spread under one kind of dependence; the axis is that of all kinds."""
    x, own = spread["loading"].values, spread.isel(setting=setting)
    ax.fill_between(x, own["min"], own["max"], **BAND)
    ax.plot(x, own["mean"], color="#111111", marker="o", clip_on=False)
    ax.set_ylim(0, 1.05 * float(spread["max"].max()))
    ax.grid(axis="y")
