"""Which way, and from what score on? Tier probabilities given one criterion's score."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mcda.output import selected, style
from mcda.output.labels import axis_label, criterion_labels, fine_print, noun
from mcda.output.plots.parts import (
    FEW,
    drawn,
    end_labels,
    line_key,
    plot_tier,
    row_title,
    rows_of,
    styles_of,
    unit_axis,
)
from mcda.output.plots.threads import threads
from mcda.output.results import Results

__all__ = ["equal_criteria", "responses"]

LEAST = 0.005  # a tier that stays below this in a panel is not drawn there
NAMED = 0.03  # one that stays below this has no label at its end
WIDE = 4  # up to so many columns panels are wide enough for labels at their sides


@drawn
def responses(results: Results) -> Figure:
    """Draw a panel for each belief and criterion; criteria with equal curves share one."""
    found = selected.responses(results)
    return _few(results, found) if found.sizes["alternative"] <= FEW else _many(results, found)


def _few(results: Results, found: xr.Dataset) -> Figure:
    rows, alike = rows_of(found), equal_criteria(found["response"])
    more = f"Tiers below {LEAST:g} throughout a panel are not drawn."
    if any(len(criteria) > 1 for criteria in alike):
        more += " Criteria over one panel have equal curves: the prior and the rule treat them alike."
    fig, part = style.page(
        "double", 22 + 27 * len(rows), foot=fine_print(results, more=more), illustrative=results.illustrative
    )
    axes = part.subplots(len(rows), len(alike), sharex=True, sharey=True, squeeze=False, gridspec_kw={"wspace": 0.06})
    for line, row in zip(axes, rows, strict=True):
        for ax, criteria in zip(line, alike, strict=True):
            _panel(ax, results, row["response"].sel(criterion=criteria[0]), wide=len(alike) <= WIDE)
        line[0].set_ylabel("\n".join(row_title(results, row, 23)), fontweight="bold")
    for ax, criteria in zip(axes[0], alike, strict=True):
        lines = [style.wrapped(title, 160 / len(alike) - 4, bold=True) for title in _titles(results, criteria)]
        ax.set_title("\n".join(line for title in lines for line in title), fontsize=style.SMALL)
    part.supxlabel(axis_label(found["level"]), fontsize=7)
    part.supylabel(axis_label(found["response"]), fontsize=7)
    line_key(part, results)
    return fig


def equal_criteria(response: xr.DataArray) -> list[list[str]]:
    """Return the criteria in groups of those that have the same curves for all beliefs, in their order."""
    groups: list[list[str]] = []
    for name in map(str, response["criterion"].values):
        for group in groups:
            first, own = response.sel(criterion=group[0]).values, response.sel(criterion=name).values
            if np.allclose(first, own, atol=1e-9, equal_nan=True):
                group.append(name)
                break
        else:
            groups.append([name])
    return groups


def _titles(results: Results, criteria: Sequence[str]) -> list[str]:
    names = criterion_labels(results)
    return [f"{names[c]} ({c})" for c in criteria]


def _panel(ax: Axes, results: Results, response: xr.DataArray, *, wide: bool) -> None:
    """One panel: each tier's probability by score; where there is room the tier's number at the end of its line."""
    looks, levels = styles_of(results), response["level"].values
    values, ends = {}, {}
    for tier in response["tier"].values:
        p = response.sel(tier=tier).dropna("level")  # the levels that this belief has
        if not p.size or float(p.max()) < LEAST:
            continue
        plot_tier(ax, p["level"], p, looks[int(tier)])
        if float(p.max()) >= NAMED:
            values[str(tier)], ends[str(tier)] = float(p[-1]), float(p["level"][-1])
    unit_axis(ax)
    ax.set_xlim(levels[0], levels[-1])
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=9 if wide else 4))
    if wide:
        end_labels(ax, levels[-1], values, gap=0.16, lead=0.045 * (levels[-1] - levels[0]), ends=ends)


def _many(results: Results, found: xr.Dataset) -> Figure:
    """Only the printed tier's probability, a line for each measure."""
    titles = [style.wrapped(t, 19, bold=True) for t in _titles(results, [str(c) for c in found["criterion"].values])]
    one = noun(results).one
    more = f"Each line is one {one}'s probability of its printed tier, over the scores that its belief holds possible."
    return threads(results, found, "response", "criterion", titles, foot=fine_print(results, more=more))
