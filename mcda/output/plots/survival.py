"""Would the printed tier survive a second panel? Its probability against the re-scoring error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from mcda.output import selected, style
from mcda.output.labels import axis_label, fine_print, noun, tier_labels
from mcda.output.plots.parts import (
    BAND,
    QUIET,
    UPRIGHT,
    by_tier,
    drawn,
    end_labels,
    key_above,
    plot_tier,
    rows_of,
    styles_of,
    unit_axis,
    with_range,
)
from mcda.output.results import Results

__all__ = ["survival"]

COLUMNS = 3


@drawn
def survival(results: Results) -> Figure:
    """Draw all tiers in one panel, and each in a panel of its own with its range over priors."""
    found = selected.survival(results)
    rows = rows_of(found)
    groups = by_tier(rows)
    lines = -(-(len(groups) + 1) // COLUMNS)
    fig, part = style.page(
        "double", 12 + 44 * lines, foot=fine_print(results, "curve"), illustrative=results.illustrative
    )
    axes = part.subplots(lines, COLUMNS, sharex=True, sharey=True, squeeze=False)
    _together(axes.flat[0], results, groups)
    for ax, (tier, members) in zip(axes.flat[1:], groups.items(), strict=False):
        _one_tier(ax, results, rows, members, tier)
    _axes(axes.flat, len(groups) + 1, found["spread"], _reference(results))
    part.supylabel(axis_label(found["survival"]), fontsize=7)
    part.supxlabel(axis_label(found["spread"]), fontsize=7)
    _key(part, results, "lowest" in found)
    return fig


def _reference(results: Results) -> float:
    return float(results["beliefs"].attrs.get("reference_sd", np.nan))


def _axes(axes: Iterable[Axes], used: int, spread: xr.DataArray, reference: float) -> None:
    """The same axes for all panels, with the reference spread; panels that are not used go."""
    for k, ax in enumerate(axes):
        if k >= used:
            ax.set_axis_off()
            continue
        unit_axis(ax)
        ax.set_xlim(0, float(spread.max()))
        if np.isfinite(reference):
            ax.axvline(reference, **UPRIGHT, zorder=1)


def _key(part: SubFigure, results: Results, band: bool) -> None:
    """What band, grey lines and the upright line are."""
    handles: list[Line2D | Patch] = [Line2D([], [], **QUIET, label="the other tiers")]
    if band:
        handles.append(Patch(**BAND, label="range over the declared priors"))
    if np.isfinite(reference := _reference(results)):
        handles.append(Line2D([], [], **UPRIGHT, label=f"reference: sd {reference:g}"))
    key_above(part, handles)


def _together(ax: Axes, results: Results, groups: Mapping[int, Sequence[xr.Dataset]]) -> None:
    """All tiers in one panel, each named at its end."""
    looks, names = styles_of(results), tier_labels(results)
    ends, last = {}, 0.0
    for tier, members in groups.items():
        for row in members:
            plot_tier(ax, row["spread"], row["survival"], looks[tier], markevery=2)
            last = float(row["spread"][-1])
        ends[names[tier]] = float(np.mean([row["survival"][-1] for row in members]))
    end_labels(ax, last, ends, gap=0.085, lead=0.07 * last)
    ax.set_title("All tiers")


def _one_tier(ax: Axes, results: Results, rows: Sequence[xr.Dataset], members: Sequence[xr.Dataset], tier: int) -> None:
    """One tier's beliefs with their bands; the others in grey."""
    for row in rows:
        ax.plot(row["spread"], row["survival"], **QUIET, zorder=1)
    for row in members:
        if "lowest" in row:
            ax.fill_between(row["spread"], row["lowest"], row["highest"], **BAND, zorder=1.5)
        plot_tier(ax, row["spread"], row["survival"], styles_of(results)[tier], zorder=3)
    several = "" if len(members) == 1 else f", {len(members)} beliefs"
    n = sum(int(row["measures"]) for row in members)
    count = f" ({noun(results).count(n)}{several})"
    name = style.shortened(tier_labels(results)[tier], 46 - style.text_width(count, 7, bold=True), size=7, bold=True)
    ax.set_title(name + count)
    if len(members) == 1:
        _write(ax, members[0], _reference(results))


def _write(ax: Axes, row: xr.Dataset, reference: float) -> None:
    """Write the value at the reference spread, and its range."""
    if not np.isclose(row["spread"], reference).any():
        return
    at = row.sel(spread=reference, method="nearest")
    value, *ends = (float(at[name]) if name in at else np.nan for name in ("survival", "lowest", "highest"))
    text = f"at sd {reference:g}: {with_range(value, *ends)}"
    ax.text(0.99, 0.97, text, transform=ax.transAxes, ha="right", va="top", fontsize=style.SMALL)
