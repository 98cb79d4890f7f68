"""How near do draws come to the exact answer? Errors of shares, and of sampled indices, by the number of draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from mcda.output import selected_uncertain, style
from mcda.output.labels import axis_label, fine_print
from mcda.output.plots.parts import drawn, key_above
from mcda.output.results import Results

__all__ = ["exact_against_sampled"]

DARK, MIDDLE = "#0B2C4A", "#477FA3"
SHARES: dict[str, dict[str, Any]] = {
    "error_max": {"color": MIDDLE, "marker": "^", "label": "largest"},
    "error_rms": {"color": DARK, "marker": "o", "label": "root mean square"},
    "expected_rms": {
        "color": "#111111",
        "linestyle": (0, (4, 2)),
        "linewidth": 0.8,
        "label": "expected (binomial)",
    },
}
DESIGNS: dict[str, dict[str, Any]] = {
    "random": {"color": MIDDLE, "marker": "s", "markerfacecolor": "white", "label": "random points"},
    "sobol": {"color": DARK, "marker": "D", "label": "scrambled Sobol' points"},
}
INDICES = {"first_order": "First order", "total_order": "Total order", "shapley": "Shapley effect"}
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
HOW = "Drawn; errors are from sums that are exact, given the assumptions; not a forecast."


@drawn
def exact_against_sampled(results: Results) -> Figure:
    """Draw errors of shares over the number of draws; beside them, where indices were sampled, theirs by design."""
    found, errors = selected_uncertain.exact_against_sampled(results), selected_uncertain.index_errors(results)
    width: style.Width = "single" if errors is None else "double"
    foot = fine_print(results, how=HOW, more=_tests(found))
    fig, part = style.page(width, 74, foot=foot, illustrative=results.illustrative)
    if errors is None:
        _shares(part.subplots(), found)
        key_above(part, _handles(SHARES), style.WIDTHS[width])
        return fig
    kinds = [str(k) for k in errors["index"].values]
    axes = part.subplots(1, 1 + len(kinds), sharey=True, width_ratios=[1.7, *[1.0] * len(kinds)], squeeze=False)[0]
    _shares(axes[0], found)
    for ax, kind in zip(axes[1:], kinds, strict=True):
        _indices(ax, errors.sel(index=kind), INDICES.get(kind, kind))
    axes[1].set_ylabel(axis_label(errors["index_error"]))
    key_above(part, [*_handles(SHARES), *_handles(DESIGNS)])
    return fig


def _handles(looks: dict[str, dict[str, Any]]) -> list[Line2D]:
    return [Line2D([], [], **look) for look in looks.values()]


def _tests(found: xr.Dataset) -> str:
    p = found["p_all"].dropna("draws")
    if not p.size:
        return ""
    return f"Tests of all shares, one for each number of draws: p from {p.min():.2f} to {p.max():.2f}."


def _shares(ax: Axes, found: xr.Dataset) -> None:
    for name, look in SHARES.items():
        ax.plot(found["draws"], found[name], **look)
    _logs(ax)
    ax.set_title("Shares of tiers")
    ax.set_xlabel(axis_label(found["draws"]))
    ax.set_ylabel("Error of a share")


def _indices(ax: Axes, errors: xr.Dataset, title: str) -> None:
    for name, look in DESIGNS.items():
        if name in errors["points"].values:
            ax.plot(errors["size"], errors["index_error"].sel(points=name), **look)
    _logs(ax)
    ax.set_title(title)
    ax.set_xlabel(axis_label(errors["size"]))


def _logs(ax: Axes) -> None:
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.grid(which="major")
    ax.minorticks_off()
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(FuncFormatter(_power))


def _power(value: float, _: int | None) -> str:
    """A power of ten in plain letters: formulas are not read in figures (style.mplstyle)."""
    return "10" + str(round(np.log10(value))).translate(RAISED)
