"""How sure is each tier? Tier probabilities of every measure as stacked bars."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mcda.output import selected, style
from mcda.output.labels import axis_label, fine_print, tier_labels
from mcda.output.plots.parts import FEW, bar_key, drawn, outline, row_title, rows_of, stack, styles_of, with_range
from mcda.output.results import Results

__all__ = ["acceptability"]

NONE = 10**6  # sorts alternatives without a printed tier behind the others
ASIDE = 1.015  # where the numbers' column stands, right of the bars


@drawn
def acceptability(results: Results) -> Figure:
    """Draw measures that share one belief once, and name them; many different ones as a list of bars."""
    found = selected.acceptability(results)
    return _grouped(results, found) if found.sizes["alternative"] <= FEW else _listed(results, found)


def _axes(ax: Axes, found: xr.Dataset) -> None:
    ax.set_xlim(0, 1)
    ax.set_xticks(np.linspace(0, 1, 6))
    ax.set_xlabel(axis_label(found["acceptability"]))
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)


def _bar(ax: Axes, results: Results, row: xr.Dataset, y: float, height: float, *, write: float) -> None:
    """One bar, its printed tier in a frame, and the printed tier's probability beside it."""
    p = row["acceptability"].values
    stack(ax, y, height, p, list(styles_of(results).values()), write=write)
    text = "none printed"
    if int(row["published_tier"]) > 0:
        outline(ax, y, height, p, list(row["tier"].values).index(int(row["judged_tier"])))
        text = with_range(float(row["standing"]), float(row["lowest"]), float(row["highest"]))
    ax.text(ASIDE, y, text, va="center_baseline", fontsize=style.SMALL)


def _column_head(ax: Axes, y: float, found: xr.Dataset) -> None:
    """What stands in the numbers' column."""
    more = "" if bool(found["lowest"].isnull().all()) else "\n(range over beliefs)"
    ax.text(ASIDE, y, f"Printed tier{more}", fontsize=style.SMALL, va="bottom", fontweight="bold", linespacing=1.15)


def _foot(results: Results) -> str:
    """The small print, with what the range in brackets is over."""
    if not results.has("belief_sensitivity/acceptability"):
        return fine_print(results)
    varied = results["belief_sensitivity"]["acceptability"]
    first = "prior" if "prior" in varied.dims else "setting"
    what = "priors" if first == "prior" else "ways to pool the panel"
    low, high = float(varied["spread"].min()), float(varied["spread"].max())
    more = f"In brackets: range over {varied.sizes[first]} {what} and spreads of {low:g} to {high:g} points"
    more += ", each cut also at the ends of its range." if varied.sizes.get("parameter", 1) > 1 else "."
    return fine_print(results, more=more)


# -- few beliefs -------------------------------------------------------------------------------------------------------


def _grouped(results: Results, found: xr.Dataset) -> Figure:
    """One bar for each belief, with the names of all who share it below; lengths on the axis are millimetres."""
    rows = rows_of(found)
    texts = [_who(row) for row in rows]
    tops = np.cumsum([0, *(11.5 + style.LINE * len(text) for text in texts)])
    fig, part = style.page("double", float(tops[-1]) + 21, foot=_foot(results), illustrative=results.illustrative)
    ax = part.subplots()
    for row, text, top in zip(rows, texts, tops, strict=False):
        ax.text(0, top + 2.0, row_title(results, row, 999)[0], fontweight="bold", va="center")
        _bar(ax, results, row, top + 5.6, 4.2, write=0.04)
        ax.text(0, top + 8.4, "\n".join(text), va="top", fontsize=style.SMALL, linespacing=1.2, color="#333333")
    ax.set_ylim(float(tops[-1]), -2)
    ax.set_yticks([])
    _column_head(ax, 2.6, found)
    _axes(ax, found)
    bar_key(part, results, style.WIDTHS["double"])
    return fig


def _who(row: xr.Dataset) -> list[str]:
    """Lines that name those who share a belief, and say why they do; none for one that stands alone."""
    n, members = int(row["measures"]), str(row["members"].values).rstrip(".")
    return style.wrapped(f"The paper prints nothing that tells these {n} apart: {members}.", 142) if n > 1 else []


# -- many beliefs ------------------------------------------------------------------------------------------------------


def _listed(results: Results, found: xr.Dataset) -> Figure:
    """One bar for each belief, by printed tier, and there by the printed tier's probability."""
    printed = found["published_tier"].where(found["published_tier"] > 0, NONE)
    found = found.isel(alternative=np.lexsort((-found["standing"].values, printed.values)))
    tiers = np.sort(printed.values)
    places = np.arange(len(tiers)) + 1.5 * np.searchsorted(np.unique(tiers), tiers)
    height = 3.5 * (float(places[-1]) + 1) + 21
    shared = "And n more: the paper prints nothing that tells them apart." if (found["measures"] > 1).any() else ""
    foot = f"{_foot(results)} {shared}".strip()
    fig, part = style.page("double", height, foot=foot, illustrative=results.illustrative)
    ax = part.subplots()
    for row, y in zip(rows_of(found), places, strict=True):
        _bar(ax, results, row, y, 0.8, write=2)
    _axes(ax, found)
    ax.set_yticks(places, labels=[_short(row) for row in rows_of(found)])
    ax.set_ylim(places[-1] + 0.6, -1.6)
    _heads(ax, results, tiers, places)
    _column_head(ax, -0.7, found)
    bar_key(part, results, style.WIDTHS["double"])
    return fig


def _short(row: xr.Dataset) -> str:
    """A measure's name; where others share its belief, how many."""
    more = int(row["measures"]) - 1
    return str(row["label"].values) + (f" and {more} more" if more else "")


def _heads(ax: Axes, results: Results, tiers: npt.NDArray[np.int64], places: npt.NDArray[np.float64]) -> None:
    """The printed tiers' names above their bars."""
    for tier in np.unique(tiers):
        text = "No printed tier" if tier == NONE else f"{tier_labels(results)[int(tier)]}, as printed"
        ax.text(0, places[tiers == tier].min() - 1.0, text, fontweight="bold", va="center")
