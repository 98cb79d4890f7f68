"""How many criteria must be known? The closed indices of all subsets of criteria of one alternative, by their size."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mcda.output import selected_lattice, style
from mcda.output.labels import (
    axis_label,
    criterion_labels,
    factor_label,
    fine_print,
    noun,
    sampled_indices_print,
    tier_labels,
)
from mcda.output.plots.parts import FEW, by_tier, drawn, line_key, number, plot_tier, rows_of, styles_of, unit_axis
from mcda.output.results import Results

__all__ = ["lattice"]

DARK = "#0B2C4A"
SWEEP = 0.3  # half the width that the subsets of one size take: from the least telling to the best
EDGES = 8  # with more factors the lines from a subset to those with one more are too many to be seen
SUBSET: dict[str, Any] = {"marker": "o", "color": "#477FA3", "markersize": 1.7, "linestyle": "none"}
BEST: dict[str, Any] = {
    "marker": "D", "color": DARK, "markersize": 4, "markeredgecolor": "white", "markeredgewidth": 0.4,
    "linestyle": "none",
}  # fmt: skip
#: Shares of the variance for which it is written how many factors they need.
ENOUGH = (0.5, 0.9)


@drawn
def lattice(results: Results) -> Figure:
    """Draw the subsets by size, below them who is in the best; beside them the best of all beliefs."""
    found, others = selected_lattice.lattice(results), selected_lattice.best_of_size(results)
    below = 3.1 * found.sizes["factor"] + 4
    foot = fine_print(results, more=_more(results, found, others))
    fig, part = style.page("double", 74 + below, foot=foot, illustrative=results.illustrative)
    rows: list[Any] = [["subsets", "all"], ["who", "all"]]
    axes = part.subplot_mosaic(rows, width_ratios=[1.9, 1], height_ratios=[58, below])
    _subsets(axes["subsets"], found)
    title = style.wrapped(_title(results, found), 84, size=7, bold=True)
    axes["subsets"].set_title("\n".join(title))
    axes["subsets"].set_ylabel(f"{axis_label(found['closed_index'])}:\nshare of variance")
    known = f"Number of {_factors(results, found)} known"
    _who(axes["who"], results, found)
    axes["who"].set_xlabel(f"{known}; dark: in the best subset,\nlighter: in some of those that are equally good")
    _all(axes["all"], results, others)
    axes["all"].set_xlabel(known)
    handles = [Line2D([], [], **SUBSET, label="one subset"), Line2D([], [], **BEST, label="best of its size")]
    line_key(part, results, handles)
    return fig


def _factors(results: Results, found: xr.Dataset) -> str:
    """Criteria, or factors where the rule is one too."""
    own = set(criterion_labels(results))
    return "criteria" if set(map(str, found["factor"].values)) <= own else "factors"


def _more(results: Results, found: xr.Dataset, others: xr.Dataset) -> str:
    one, output = noun(results).one, str(found["output"].values)
    what = "ordinal index" if output == "ordinal" else output
    many = others.sizes["alternative"] > FEW
    parts = [
        f"Of the {what}; at the left the {one} where it varies most.",
        f"At the right, thin: one {one} each; with marks: mean of a printed tier." if many else "",
        sampled_indices_print(results),
    ]
    return " ".join(part for part in parts if part)


def _title(results: Results, found: xr.Dataset) -> str:
    n, tier = int(found["measures"]), tier_labels(results)[int(found["judged_tier"])]
    also = f" and {noun(results).count(n - 1)} alike" if n > 1 else ""
    return f"{found['label'].item()}{also} ({tier})"


def _subsets(ax: Axes, found: xr.Dataset) -> None:
    """Every subset in its size's column, from the least telling to the best, and lines to those with one more."""
    x, y = _places(found), found["closed_index"].values
    if found.sizes["factor"] <= EDGES:
        ax.add_collection(LineCollection(_edges(found, x, y), colors="#C4C4C4", linewidths=0.25, zorder=1))
    ax.plot(x, y, **SUBSET, clip_on=False, zorder=2)
    sizes = np.arange(found.sizes["factor"] + 1)
    for k in sizes:
        best = np.flatnonzero((found["size"].values == k) & found["best"].values)[-1]
        ax.plot(x[best], y[best], **BEST, clip_on=False, zorder=3)
        if 0 < k < sizes[-1]:
            ax.annotate(number(float(y[best])), (x[best], y[best]), (0, 4), textcoords="offset points", ha="center",
                        fontsize=style.SMALL)  # fmt: skip
    needs = {share: selected_lattice.enough(found, share) for share in ENOUGH}
    lines = [f"{100 * share:g} % takes at least {n} of {sizes[-1]}" for share, n in needs.items()]
    ax.text(0.02, 0.97, "\n".join(lines), transform=ax.transAxes, va="top", fontsize=style.SMALL)
    unit_axis(ax)
    _sizes(ax, len(sizes) - 1)
    ax.tick_params(axis="x", labelbottom=False)


def _places(found: xr.Dataset) -> npt.NDArray[np.float64]:
    """Where each subset stands across: its size, and in it its rank."""
    size, values = found["size"].values, found["closed_index"].values
    x = size.astype(float)
    for k in np.unique(size):
        members = np.flatnonzero(size == k)
        ranks = np.argsort(np.lexsort((found["subset"].values[members], values[members].round(9))))
        x[members] += SWEEP * (2 * ranks / (len(members) - 1) - 1) if len(members) > 1 else 0
    return x


def _edges(found: xr.Dataset, x: Any, y: Any) -> list[list[tuple[float, float]]]:
    """Lines from each subset to those with one factor more."""
    place = {int(s): k for k, s in enumerate(found["subset"].values)}
    pairs = [(s, s | 1 << j) for s in place for j in range(found.sizes["factor"]) if not s >> j & 1]
    return [[(x[place[s]], y[place[s]]), (x[place[t]], y[place[t]])] for s, t in pairs]


def _sizes(ax: Axes, most: int) -> None:
    ax.set_xlim(-0.45, most + 0.45)
    ax.set_xticks(range(most + 1))


def _who(ax: Axes, results: Results, found: xr.Dataset) -> None:
    """For each size the members of the best subset; of several equally good ones the share that have the factor."""
    most = found.sizes["factor"]
    labels = []
    for k in range(most + 1):
        best = found.isel(subset=np.flatnonzero((found["size"].values == k) & found["best"].values))
        for row, share in enumerate(best["in_subset"].mean("subset").values):
            colour = to_hex(style.SHADES(float(share)))
            ax.plot(k, row, "s", markersize=5.5, color=colour, markeredgecolor="#777777", markeredgewidth=0.4)
        labels.append(f"{k}\n({best.sizes['subset']} alike)" if best.sizes["subset"] > 1 else str(k))
    _sizes(ax, most)
    ax.set_xticks(range(most + 1), labels=labels)
    ax.set_ylim(most - 0.4, -0.6)
    ax.set_yticks(range(most), labels=[factor_label(results, str(f)) for f in found["factor"].values])
    ax.tick_params(axis="y", length=0)
    ax.spines[:].set_visible(False)


def _all(ax: Axes, results: Results, others: xr.Dataset) -> None:
    """The best of each size: a line for each belief, or of many the mean of each printed tier over thin lines."""
    looks, few = styles_of(results), others.sizes["alternative"] <= FEW
    for tier, members in by_tier(rows_of(others)).items():
        x, values = others["size"].values, np.stack([row["best_index"].values for row in members])
        if not few:
            ax.plot(x, values.T, color=looks[tier].thread, linewidth=0.35, alpha=0.5, zorder=1)
        weights = [float(row["measures"]) for row in members]
        for line in values if few else [np.average(values, axis=0, weights=weights)]:
            plot_tier(ax, x, line, looks[tier], zorder=3)
    unit_axis(ax)
    _sizes(ax, others.sizes["size"] - 1)
    ax.set_title(f"The best of each size,\nall {noun(results).many}")
