"""Which open point of the rule moves which measure, and how many at once?"""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mcda.output import selected_uncertain, style
from mcda.output.labels import axis_label, fine_print, noun
from mcda.output.plots.parts import FEW, drawn, heat, number, row_title, rows_of, shade_key, tier_margin
from mcda.output.plots.rule_agreement import conditioned
from mcda.output.results import Results

__all__ = ["open_points"]

ABOVE = 34  # millimetres of the panel of numbers
LINE = 3.05  # millimetres: one of many beliefs
BESIDE = 46  # millimetres that the lines' names take


@drawn
def open_points(results: Results) -> Figure:
    """Draw above how many each reading moves at once, below the probability of each belief to be moved by it."""
    found = selected_uncertain.open_points(results)
    few = found.sizes["alternative"] <= FEW
    line = 6.5 if few else LINE
    below = line * found.sizes["alternative"]
    foot = fine_print(results, "fitting" if conditioned(results) else "headline", more=_more(results))
    fig, part = style.page("double", ABOVE + below + 30, foot=foot, illustrative=results.illustrative)
    above, under = part.subplots(2, 1, sharex=True, height_ratios=[ABOVE, below])
    _numbers(above, results, found)
    heat(under, found["moved"].transpose("alternative", "rule").values, write=number if few else None)
    _lines(under, results, found, few)
    width = (180 - BESIDE) / found.sizes["rule"] - 2
    under.set_xticks(range(found.sizes["rule"]), labels=["\n".join(name) for name in _columns(found, width)])
    part.supxlabel("Reading of the rule: its name, the open point in which it differs, its weight", fontsize=7)
    shade_key(part, [above, under], "\n".join(style.wrapped(axis_label(found["moved"]), 80, size=7)))
    return fig


def _more(results: Results) -> str:
    one = noun(results).one
    return f"Above: mean number and the range from its 10 to its 90 % quantile, each {one} by itself given the rule."


def _numbers(ax: Axes, results: Results, found: xr.Dataset) -> None:
    """Mean and middle 80 % of how many are moved at once."""
    x, mean = np.arange(found.sizes["rule"]), found["number_mean"].values
    low, high = found["number_low"].values, found["number_high"].values
    ax.vlines(x, low, high, color="#0B2C4A", linewidth=2.4)
    ax.plot(x, mean, "o", color="white", markeredgecolor="#0B2C4A", markersize=4)
    for at, middle, least, most in zip(x, mean, low, high, strict=True):
        if np.isfinite(middle):
            text = f"{middle:.1f} ({least:.0f} to {most:.0f})"
            ax.annotate(
                text, (at, most), (0, 3), textcoords="offset points", ha="center", va="bottom", fontsize=style.SMALL,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip
    top = float(np.nanmax(high, initial=1.0))
    ax.set_ylim(0, 1.25 * top)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    ax.set_ylabel(f"{noun(results).many.capitalize()} moved at once\n(of {_all(found)})")
    ax.grid(axis="y")
    ax.tick_params(axis="x", length=0, labelbottom=False)


def _all(found: xr.Dataset) -> int:
    return int(found["measures"].sum())


def _lines(ax: Axes, results: Results, found: xr.Dataset, few: bool) -> None:
    """Names of the beliefs; of many, lines between printed tiers."""
    rows = rows_of(found)
    width = BESIDE - 6
    short = [style.shortened(str(row["label"].values), width) for row in rows]
    names = ["\n".join(row_title(results, row, width, 2)) for row in rows] if few else short
    ax.set_yticks(range(len(rows)), labels=names)
    if few:
        return
    tiers = found["judged_tier"].values
    for at in np.flatnonzero(np.diff(tiers)):
        ax.axhline(at + 0.5, color="#000000", linewidth=0.8)
    tier_margin(ax, results, tiers, LINE)


def _columns(found: xr.Dataset, width: float) -> list[list[str]]:
    """Lines below each column: the reading's name, its open points, its weight."""
    triples = zip(found["rule"].values, found["open_point"].values, found["weight"].values, strict=True)
    return [
        [
            style.shortened(str(name), width),
            *style.wrapped(f"({point})".replace("_", " "), width, most=4),
            f"weight {number(float(weight))}",
        ]
        for name, point, weight in triples
    ]
