"""Figures of stacked bars: tier probabilities by measure, and after shocks."""

from __future__ import annotations

import textwrap

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from mcda.output import selected, style
from mcda.output.labels import axis_label, count, fine_print, tier_labels
from mcda.output.plots.parts import FEW, bar_key, drawn, number, outline, row_title, stack, styles_of
from mcda.output.results import Results

__all__ = ["acceptability", "shocks"]

LINE = 2.75  # millimetres: one line of small text
PRINTED = {"facecolor": "none", "edgecolor": "#000000", "linewidth": 1.1, "label": "printed tier"}


@drawn
def acceptability(results: Results) -> Figure:
    """Draw every measure's tier probabilities; measures that share one belief are drawn once, and named."""
    found = selected.acceptability(results)
    return _grouped(results, found) if found.sizes["alternative"] <= FEW else _listed(results, found)


def _unit_axis(ax: Axes, label: str) -> None:
    ax.set_xlim(0, 1)
    ax.set_xticks(np.linspace(0, 1, 6))
    ax.set_xlabel(label)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)


def _standing(row: xr.Dataset) -> str:
    """The printed tier's probability, and its range as the belief is varied."""
    value = number(float(row["standing"]))
    if np.isnan(row["lowest"]):
        return value
    return f"{value} ({number(float(row['lowest']))}–{number(float(row['highest']))})"


def _columns_head(ax: Axes, y: float, found: xr.Dataset) -> None:
    """What stands in the numbers' column."""
    more = "" if bool(found["lowest"].isnull().all()) else "\n(range over beliefs)"
    ax.text(1.02, y, f"Printed tier{more}", fontsize=6, va="bottom", fontweight="bold", linespacing=1.1)


# -- few beliefs -------------------------------------------------------------------------------------------------------


def _grouped(results: Results, found: xr.Dataset) -> Figure:
    """One bar for each belief, with the names of all who share it below."""
    rows = [found.isel(alternative=i) for i in range(found.sizes["alternative"])]
    texts = [_who(row) for row in rows]
    heights = [11.5 + LINE * len(text) for text in texts]
    fig = style.figure("double", sum(heights) + 27)
    ax = fig.subplots()
    tops = np.cumsum([0, *heights])
    for row, text, top in zip(rows, texts, tops, strict=False):
        _group(ax, results, row, text, float(top))
    ax.set_ylim(float(tops[-1]), -2)
    _columns_head(ax, 0.4, found)
    _unit_axis(ax, axis_label(found["acceptability"]))
    bar_key(fig, results, [Patch(**PRINTED)])
    style.frame(fig, fine_print(results, more=_varied(results)), illustrative=results.illustrative)
    return fig


def _who(row: xr.Dataset) -> list[str]:
    """Lines that name those who share a belief, and say why they do."""
    n = int(row["measures"])
    members = str(row["members"].values)
    if n > 1:
        members = f"The paper prints nothing that tells these {n} apart: {members}"
    return textwrap.wrap(members.rstrip(".") + ".", 104)


def _group(ax: Axes, results: Results, row: xr.Dataset, text: list[str], top: float) -> None:
    looks = list(styles_of(results).values())
    p = row["acceptability"].values
    ax.text(0, top + 2.0, row_title(results, row), fontweight="bold", va="center", fontsize=7)
    stack(ax, top + 5.6, 4.2, p, looks, write=0.045)
    outline(ax, top + 5.6, 4.2, p, int(row["judged_tier"]) - 1)
    ax.text(1.02, top + 5.6, _standing(row), va="center_baseline", fontsize=7)
    ax.text(0, top + 8.6, "\n".join(text), va="top", fontsize=6, linespacing=1.2, color="#333333")


def _varied(results: Results) -> str:
    """What the range in brackets is over."""
    if not results.has("belief_sensitivity/acceptability"):
        return ""
    varied = results["belief_sensitivity"]["acceptability"]
    first = "priors" if "prior" in varied.dims else "ways to pool the panel"
    low, high = float(varied["spread"].min()), float(varied["spread"].max())
    return f"In brackets: range over {varied.shape[0]} {first} and spreads of {low:g} to {high:g} points."


# -- many beliefs ------------------------------------------------------------------------------------------------------


def _listed(results: Results, found: xr.Dataset) -> Figure:
    """One bar for each belief, by printed tier, and there by the printed tier's probability."""
    found = found.isel(alternative=np.lexsort((-found["standing"].values, found["judged_tier"].values)))
    tiers = found["judged_tier"].values
    gaps = 1.5 * np.searchsorted(np.unique(tiers), tiers)
    places = np.arange(len(tiers)) + gaps
    fig = style.figure("double", 3.35 * (places[-1] + 1) + 24)
    ax = fig.subplots()
    looks = list(styles_of(results).values())
    for i, y in enumerate(places):
        row = found.isel(alternative=i)
        stack(ax, y, 0.8, row["acceptability"].values, looks, write=2)
        outline(ax, y, 0.8, row["acceptability"].values, int(row["judged_tier"]) - 1)
        ax.text(1.02, y, _standing(row), va="center_baseline", fontsize=6)
    _unit_axis(ax, axis_label(found["acceptability"]))
    ax.set_yticks(places, labels=[_short(found.isel(alternative=i)) for i in range(len(tiers))])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(places[-1] + 0.6, -1.6)
    _tier_heads(ax, results, tiers, places)
    _columns_head(ax, -0.7, found)
    bar_key(fig, results, [Patch(**PRINTED)])
    style.frame(fig, fine_print(results, more=_varied(results)), illustrative=results.illustrative)
    return fig


def _short(row: xr.Dataset) -> str:
    """A measure's name; where others share its belief, how many."""
    more = int(row["measures"]) - 1
    return str(row["label"].values) + (f" and {more} more" if more else "")


def _tier_heads(ax: Axes, results: Results, tiers: np.ndarray, places: np.ndarray) -> None:  # type: ignore[type-arg]
    names = tier_labels(results)
    for tier in np.unique(tiers):
        top = places[tiers == tier].min()
        ax.text(
            0, top - 1.05, f"{names[int(tier)]}, as printed", fontweight="bold", va="center", ha="left", fontsize=6.5
        )


# -- shocks ------------------------------------------------------------------------------------------------------------


@drawn
def shocks(results: Results) -> Figure:
    """Draw tier probabilities before and after each shock, by printed tier."""
    found = selected.shocks(results)
    n, tiers = found.sizes["shock"], found["tier_from"].values
    fig = style.figure("double", 22 + n * (6 + 4.4 * len(tiers)))
    axes = fig.subplots(n, 1, sharex=True, squeeze=False)[:, 0]
    for ax, k in zip(axes, range(n), strict=True):
        _shock(ax, results, found.isel(shock=k))
    axes[-1].set_xlabel(axis_label(found["acceptability"]))
    bar_key(fig, results, [Patch(**PRINTED)])
    more = "Means over the measures of a printed tier." if _means(results) else ""
    style.frame(fig, fine_print(results, "fitting", more=more), illustrative=results.illustrative)
    return fig


def _means(results: Results) -> bool:
    """Whether measures of one printed tier have different beliefs."""
    rows = selected.distinct(results)
    return rows.sizes["alternative"] > len(set(rows["judged_tier"].values))


def _shock(ax: Axes, results: Results, found: xr.Dataset) -> None:
    """One shock: a bar for each printed tier."""
    looks, names = list(styles_of(results).values()), tier_labels(results)
    tiers = [int(t) for t in found["tier_from"].values]
    for y, tier in enumerate(tiers):
        p = found["acceptability"].sel(tier_from=tier).values
        stack(ax, y, 0.82, p, looks)
        outline(ax, y, 0.82, p, tier - 1)
    ax.set_xlim(0, 1)
    ax.set_ylim(len(tiers) - 0.4, -0.6)
    ax.set_yticks(
        range(len(tiers)), labels=[f"{names[t]} ({count(int(found['measures'].sel(tier_from=t)))})" for t in tiers]
    )
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.set_title(str(found["label"].values))
