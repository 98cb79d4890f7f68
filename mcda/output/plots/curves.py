"""Figures of lines: survival against the spread, response to a score, law of the flip distance."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from mcda.output import selected, style
from mcda.output.labels import NORMS, axis_label, count, criterion_labels, fine_print, tier_labels
from mcda.output.plots.parts import FEW, drawn, end_labels, line_key, number, row_title, styles_of, tier_line
from mcda.output.results import Results
from mcda.output.style import TierStyle

__all__ = ["flips", "responses", "survival"]

Floats = npt.NDArray[np.float64]
BAND = "#C9C9C9"
QUIET = "#9A9A9A"


def _rows(found: xr.Dataset) -> list[xr.Dataset]:
    """The distinct beliefs, one by one."""
    return [found.isel(alternative=i) for i in range(found.sizes["alternative"])]


def _by_tier(rows: Sequence[xr.Dataset]) -> dict[int, list[xr.Dataset]]:
    """The distinct beliefs of each printed tier."""
    tiers = sorted({int(row["judged_tier"]) for row in rows})
    return {t: [row for row in rows if int(row["judged_tier"]) == t] for t in tiers}


def _unit_axis(ax: Axes) -> None:
    """An axis of probabilities: always the whole of 0 to 1."""
    ax.set_ylim(0, 1)
    ax.set_yticks([0, 0.25, 0.5, 0.75, 1], labels=["0", "", "0.5", "", "1"])
    ax.grid(axis="y")


# -- survival ----------------------------------------------------------------------------------------------------------


@drawn
def survival(results: Results) -> Figure:
    """Draw how the probability that a second panel gives the printed tier falls with the re-scoring error."""
    found = selected.survival(results)
    rows = _rows(found)
    groups = _by_tier(rows)
    fig = style.figure("double", 112 if len(groups) > 2 else 68)
    columns = 3
    axes = fig.subplots(-(-(len(groups) + 1) // columns), columns, sharex=True, sharey=True, squeeze=False)
    _together(axes.flat[0], results, groups)
    for ax, (tier, members) in zip(axes.flat[1:], groups.items(), strict=False):
        _one_tier(ax, results, rows, members, tier)
    for ax in axes.flat[len(groups) + 1 :]:
        ax.set_axis_off()
    reference = _reference(results)
    for ax in axes.flat[: len(groups) + 1]:
        _mark_reference(ax, reference)
    fig.supxlabel(axis_label(found["spread"]), fontsize=7)
    fig.supylabel(axis_label(found["survival"]), fontsize=7)
    _survival_key(fig, reference)
    style.frame(fig, fine_print(results, "curve"), illustrative=results.illustrative)
    return fig


def _reference(results: Results) -> float:
    return float(results["beliefs"].attrs.get("reference_sd", np.nan))


def _mark_reference(ax: Axes, reference: float) -> None:
    _unit_axis(ax)
    ax.set_xlim(left=0)
    if np.isfinite(reference):
        ax.axvline(reference, color="#333333", linewidth=0.7, linestyle=(0, (1, 1.5)), zorder=1)


def _survival_key(fig: Figure, reference: float) -> None:
    """What band, grey lines and the upright line are."""
    handles = [
        Line2D([], [], color=QUIET, linewidth=0.7, label="the other tiers"),
        Patch(facecolor=BAND, label="range over the declared priors"),
    ]
    if np.isfinite(reference):
        text = f"reference: sd {reference:g}, with value (range)"
        handles.append(Line2D([], [], color="#333333", linewidth=0.7, linestyle=(0, (1, 1.5)), label=text))
    fig.legend(handles=handles, loc="outside upper center", ncols=len(handles))


def _together(ax: Axes, results: Results, groups: dict[int, list[xr.Dataset]]) -> None:
    """All tiers in one panel, each named at its end."""
    looks, names = styles_of(results), tier_labels(results)
    ends = {}
    for tier, members in groups.items():
        for row in members:
            ax.plot(row["spread"], row["survival"], **tier_line(looks[tier]), markevery=2)
        ends[names[tier]] = float(np.mean([row["survival"][-1] for row in members]))
    last = float(members[-1]["spread"][-1])
    end_labels(ax, last, ends, gap=0.085, lead=0.07 * last)
    ax.set_title("All tiers")


def _one_tier(ax: Axes, results: Results, rows: Sequence[xr.Dataset], members: Sequence[xr.Dataset], tier: int) -> None:
    """One tier's beliefs with their bands; the others in grey."""
    look = styles_of(results)[tier]
    for row in rows:
        ax.plot(row["spread"], row["survival"], color=QUIET, linewidth=0.5, zorder=1)
    for row in members:
        if "lowest" in row:
            ax.fill_between(row["spread"], row["lowest"], row["highest"], color=BAND, linewidth=0, zorder=1.5)
    for row in members:
        ax.plot(row["spread"], row["survival"], **tier_line(look), zorder=3)
    n = sum(int(row["measures"]) for row in members)
    several = "" if len(members) == 1 else f", {len(members)} beliefs"
    ax.set_title(f"{tier_labels(results)[tier]} ({count(n)}{several})")
    if len(members) == 1:
        _write_reference(ax, members[0], _reference(results))


def _write_reference(ax: Axes, row: xr.Dataset, reference: float) -> None:
    """Write the value at the reference spread, and its range."""
    if not np.isclose(row["spread"], reference).any():
        return
    at = row.sel(spread=reference, method="nearest")
    text = number(float(at["survival"]))
    if "lowest" in at:
        text += f" ({number(float(at['lowest']))}–{number(float(at['highest']))})"
    ax.annotate(text, (reference, float(at["survival"])), (4, 5), textcoords="offset points", fontsize=6.5, va="bottom")


# -- response ----------------------------------------------------------------------------------------------------------


@drawn
def responses(results: Results) -> Figure:
    """Draw how tier probabilities respond to one criterion's score."""
    found = selected.responses(results)
    rows = _rows(found)
    if len(rows) > FEW:
        return _many_responses(results, rows)
    alike = equal_criteria(found["response"])
    fig = style.figure("double", 22 + 30 * len(rows))
    axes = fig.subplots(len(rows), len(alike), sharex=True, sharey=True, squeeze=False)
    for i, row in enumerate(rows):
        for j, criteria in enumerate(alike):
            _response(axes[i, j], results, row["response"].sel(criterion=criteria[0]))
        axes[i, 0].set_ylabel(row_title(results, row), fontweight="bold")
    for ax, criteria in zip(axes[0], alike, strict=True):
        ax.set_title(_criteria_title(results, criteria))
    fig.supxlabel(axis_label(found["level"]), fontsize=7)
    fig.supylabel(axis_label(found["response"]), fontsize=7)
    line_key(fig, results)
    more = "Criteria over one panel have equal curves: the prior and the rule treat them alike."
    more = more if any(len(criteria) > 1 for criteria in alike) else ""
    style.frame(fig, fine_print(results, more=more), illustrative=results.illustrative)
    return fig


def _many_responses(results: Results, rows: Sequence[xr.Dataset]) -> Figure:
    """Only the printed tier's probability, a line for each measure."""
    names = criterion_labels(results)
    titles = [textwrap.fill(f"{c} {names[c]}", 16) for c in map(str, rows[0]["criterion"].values)]
    fig = _threads(results, rows, "response", "criterion", titles)
    style.frame(fig, fine_print(results, more="Drawn: the printed tier's probability."), illustrative=results.illustrative)
    return fig


def equal_criteria(response: xr.DataArray) -> list[list[str]]:
    """Return the criteria in groups of those that have the same curves for all beliefs, in their order."""
    groups: list[list[str]] = []
    for name in response["criterion"].values:
        curve = response.sel(criterion=name).values
        same = [g for g in groups if np.allclose(response.sel(criterion=g[0]).values, curve, atol=1e-9, equal_nan=True)]
        (same[0] if same else groups.append([]) or groups[-1]).append(str(name))
    return groups


def _criteria_title(results: Results, criteria: Sequence[str]) -> str:
    names = criterion_labels(results)
    return "\n".join(f"{c} {names[c]}" for c in criteria)


def _response(ax: Axes, results: Results, response: xr.DataArray) -> None:
    """One panel: each tier's probability by score, with the tier's number at the end of its line."""
    looks = styles_of(results)
    ends = {}
    for tier in response["tier"].values:
        p = response.sel(tier=tier)
        ax.plot(p["level"], p, **tier_line(looks[int(tier)]))
        if float(p.max()) >= 0.02:
            ends[str(tier)] = float(p[-1])
    levels = response["level"].values
    _unit_axis(ax)
    ax.set_xlim(levels[0], levels[-1])
    ax.set_xticks(levels)
    end_labels(ax, levels[-1], ends, gap=0.14, lead=0.045 * (levels[-1] - levels[0]))


# -- flips -------------------------------------------------------------------------------------------------------------


@drawn
def flips(results: Results) -> Figure:
    """Draw the law of the distance to another tier; distances of point scores where beliefs are finer than points."""
    found = selected.flips(results)
    if "flip_probability" not in found:
        return _distances(results, found)
    rows = _rows(found)
    if len(rows) > FEW:
        titles = [NORMS.get(str(n), str(n)) for n in found["norm"].values]
        fig = _threads(results, rows, "flip_probability", "norm", titles)
        style.frame(fig, fine_print(results, "fitting"), illustrative=results.illustrative)
        return fig
    fig = style.figure("double", 72)
    axes = fig.subplots(1, found.sizes["norm"], sharey=True, squeeze=False)[0]
    for ax, norm in zip(axes, found["norm"].values, strict=True):
        _flip_law(ax, results, [row.sel(norm=norm) for row in rows])
        ax.set_title(NORMS.get(str(norm), str(norm)))
    fig.supxlabel(axis_label(found["radius"]), fontsize=7)
    axes[0].set_ylabel(textwrap.fill(axis_label(found["flip_probability"]), 36))
    line_key(fig, results)
    style.frame(fig, fine_print(results, "fitting"), illustrative=results.illustrative)
    return fig


def _flip_law(ax: Axes, results: Results, rows: Sequence[xr.Dataset]) -> None:
    """One norm: steps from (0, 0), cut where every line has reached its end; what never flips is written."""
    looks = styles_of(results)
    shown = _settled(rows[0]["radius"].values, np.stack([row["flip_probability"].values for row in rows]))
    for row in rows:
        p = row["flip_probability"][:shown]
        line = tier_line(looks[int(row["judged_tier"])])
        ax.plot([0, *p["radius"].values], [0, *p.values], **line, drawstyle="steps-post")
    _unit_axis(ax)
    ax.set_xlim(0, float(rows[0]["radius"][shown - 1]))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    _write_never(ax, results, rows)


def _settled(radius: Floats, p: Floats) -> int:
    """How many radii to show: one more than where all lines are within half a percent of their ends."""
    settled = (p[:, -1:] - p <= 0.005).all(axis=0)
    return min(int(np.argmax(settled)) + 2, len(radius))


def _write_never(ax: Axes, results: Results, rows: Sequence[xr.Dataset]) -> None:
    """Write the probability that no move flips the tier, where it isn't 0."""
    names = tier_labels(results)
    never = [row for row in rows if "flip_never" in row and float(row["flip_never"]) > 0]
    lines = [f"{names[int(row['judged_tier'])]}: {number(float(row['flip_never']))}" for row in never]
    if lines:
        ax.text(0.97, 0.05, "\n".join(["no move flips", *lines]), transform=ax.transAxes, ha="right", fontsize=6)


def _distances(results: Results, found: xr.Dataset) -> Figure:
    """Draw each measure's own flip distance as a dot, in its printed tier's row, equal ones side by side."""
    tiers = sorted({int(t) for t in found["judged_tier"].values}, reverse=True)
    fig = style.figure("double", 24 + 13 * len(tiers))
    axes = fig.subplots(1, found.sizes["norm"], sharey=True, squeeze=False)[0]
    for ax, norm in zip(axes, found["norm"].values, strict=True):
        for place, tier in enumerate(tiers):
            members = found["flip_distance"].sel(norm=norm)[found["judged_tier"].values == tier]
            _strip(ax, place, members.values, styles_of(results)[tier])
        ax.set_title(NORMS.get(str(norm), str(norm)))
        ax.set_xlim(left=0)
        ax.grid(axis="x")
    names = tier_labels(results)
    axes[0].set_yticks(range(len(tiers)), labels=[f"Printed\n{names[t]}" for t in tiers])
    axes[0].set_ylim(-0.5, len(tiers) - 0.5)
    fig.supxlabel(axis_label(found["flip_distance"]), fontsize=7)
    style.frame(fig, fine_print(results, more="Dots: each measure's pooled point scores."), illustrative=results.illustrative)
    return fig


def _strip(ax: Axes, place: float, values: Floats, look: TierStyle) -> None:
    """Dots at values, equal ones stacked about `place`; how many have no value is written at the right."""
    known = np.sort(values[np.isfinite(values)])
    value, times = np.unique(np.round(known, 6), return_counts=True)
    most = max(times.max(initial=1) - 1, 6)
    for x, n in zip(value, times, strict=True):
        heights = place + 0.7 * (np.arange(n) - (n - 1) / 2) / most
        ax.plot(np.full(n, x), heights, **{**tier_line(look), "linestyle": "none", "markersize": 3})
    if none := int(np.isnan(values).sum()):
        ax.text(1, place, f"{none} never", transform=ax.get_yaxis_transform(), ha="right", va="center", fontsize=6)


# -- many beliefs: one thin line for one measure -----------------------------------------------------------------------


def _threads(results: Results, rows: Sequence[xr.Dataset], variable: str, across: str, titles: Sequence[str]) -> Figure:
    """Draw a thin line for each belief and the mean of each printed tier, tiers down, the members of `across` to the right.

    Of a variable over tiers only the printed tier's values are drawn.
    """
    groups, names = _by_tier(rows), tier_labels(results)
    fig = style.figure("double", 26 + 26 * len(groups))
    axes = fig.subplots(len(groups), len(titles), sharex="col", sharey=True, squeeze=False)
    for i, (tier, members) in enumerate(groups.items()):
        for ax, column in zip(axes[i], rows[0][across].values, strict=True):
            lines = [row[variable].sel({across: column}) for row in members]
            lines = [line.sel(tier=tier) if "tier" in line.dims else line for line in lines]
            _thread(ax, lines, styles_of(results)[tier])
        axes[i, 0].set_ylabel(f"{names[tier]}\n({count(sum(int(row['measures']) for row in members))})", fontweight="bold")
    for ax, title in zip(axes[0], titles, strict=True):
        ax.set_title(title)
    along = next(dim for dim in rows[0][variable].dims if dim not in (across, "tier"))
    fig.supxlabel(axis_label(rows[0][along]), fontsize=7)
    fig.supylabel(axis_label(rows[0][variable]), fontsize=7)
    handles = [
        Line2D([], [], color="#777777", linewidth=0.6, label="one measure each"),
        Line2D([], [], color="#000000", linewidth=1.4, label="their mean"),
    ]
    fig.legend(handles=handles, loc="outside upper center", ncols=2)
    return fig


def _thread(ax: Axes, lines: Sequence[xr.DataArray], look: TierStyle) -> None:
    """Thin lines and their mean."""
    x = lines[0][lines[0].dims[0]].values
    for line in lines:
        ax.plot(x, line, color=look.colour, linewidth=0.6)
    ax.plot(x, np.mean([line.values for line in lines], axis=0), color="#000000", linewidth=1.4)
    _unit_axis(ax)
    ax.set_xlim(x[0], x[-1])
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
