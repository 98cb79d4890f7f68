"""What would an event do? Tier probabilities after a declared shock."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mcda.output import selected, style
from mcda.output.labels import axis_label, fine_print, noun, tier_labels
from mcda.output.plots.parts import bar_key, drawn, outline, stack, styles_of
from mcda.output.results import Results

__all__ = ["shocks"]


@drawn
def shocks(results: Results) -> Figure:
    """Draw a panel for each shock, a bar for each printed tier; what was before, unless it is certain."""
    found = selected.shocks(results)
    certain = bool((found["acceptability"].isel(shock=0).max("tier") > 1 - 1e-12).all())
    shown = found.isel(shock=slice(1 if certain else 0, None))
    tiers = found["tier_from"].values
    foot = fine_print(results, "fitting", more=_more(results, certain))
    height = 17 + shown.sizes["shock"] * (9 + 4.2 * len(tiers))
    width = _width(results)
    fig, part = style.page(width, height, foot=foot, illustrative=results.illustrative)
    axes = part.subplots(shown.sizes["shock"], 1, sharex=True, squeeze=False)[:, 0]
    for k, ax in enumerate(axes):
        _shock(ax, results, shown.isel(shock=k))
    axes[-1].set_xlabel(axis_label(found["acceptability"]))
    bar_key(part, results, style.WIDTHS[width])
    return fig


def _width(results: Results) -> style.Width:
    """One column is enough for names of tiers as short as "Tier 1"."""
    return "single" if max(map(style.text_width, tier_labels(results).values())) <= 14 else "double"


def _more(results: Results, certain: bool) -> str:
    rows = selected.distinct(results)
    several = rows.sizes["alternative"] > len(set(rows["judged_tier"].values))
    parts = ["Before the shock the printed tier is certain, by construction."] if certain else []
    return " ".join([*parts, *([f"Means over the {noun(results).many} of a printed tier."] if several else [])])


def _shock(ax: Axes, results: Results, found: xr.Dataset) -> None:
    """One shock: a bar for each printed tier, with how many measures there are."""
    tiers, names = [int(t) for t in found["tier_from"].values], tier_labels(results)
    for y, tier in enumerate(tiers):
        p = found["acceptability"].sel(tier_from=tier).values
        stack(ax, y, 0.82, p, list(styles_of(results).values()), write=0.11)
        outline(ax, y, 0.82, p, list(found["tier"].values).index(tier))
    ax.set_xlim(0, 1)
    ax.set_xticks(np.linspace(0, 1, 6))
    ax.set_ylim(len(tiers) - 0.4, -0.6)
    counts = found["measures"].values
    ax.set_yticks(range(len(tiers)), labels=[f"{names[t]} ({n})" for t, n in zip(tiers, counts, strict=True)])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    name, _, moves = str(found["label"].values).replace(" -", " \N{MINUS SIGN}").partition(": ")
    lines = [line for text in (name, moves) if text for line in style.wrapped(text, 68, size=7, bold=True, most=3)]
    ax.set_title("\n".join(lines))
