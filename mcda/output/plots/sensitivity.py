"""Which criterion decides? The ordinal index and each tier's, by criterion."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mcda.output import selected, style
from mcda.output.labels import (
    axis_label,
    criterion_labels,
    factor_label,
    fine_print,
    sampled_indices_print,
    tier_labels,
)
from mcda.output.plots.parts import FEW, drawn, heat, key_above, number, row_title, rows_of, shade_key, tier_margin
from mcda.output.results import Results

__all__ = ["sensitivity"]

DARK = "#0B2C4A"
NEGLIGIBLE = 0.005  # a probability whose index is not shown
CELL = 4.5  # millimetres: a narrower cell of a heat map has no number
TOTAL: dict[str, Any] = {"marker": "s", "color": DARK, "linestyle": "none", "markersize": 3.6}
SHAPLEY: dict[str, Any] = {**TOTAL, "marker": "o", "markerfacecolor": "white", "markeredgecolor": DARK}


@drawn
def sensitivity(results: Results) -> Figure:
    """Draw dots and heat maps for a few beliefs, heat maps of all measures for many."""
    found = _weighty(selected.sensitivity(results))
    return _few(results, found) if found.sizes["alternative"] <= FEW else _many(results, found)


def _alike(found: xr.Dataset) -> str:
    """Say which criteria have equal indices everywhere, and why."""
    values = found["total_order"].transpose("factor", ...).values.reshape(found.sizes["factor"], -1)
    close = [tuple(np.allclose(v, other, atol=1e-9, equal_nan=True) for other in values) for v in values]
    groups = [", ".join(found["factor"].values[list(own)]) for own in dict.fromkeys(close) if sum(own) > 1]
    if not groups:
        return ""
    return f"Equal values ({'; '.join(groups)}): the prior and the rule treat these criteria alike."


def _over_rules(results: Results) -> str:
    """Say that the rule is drawn too, where it is."""
    if "response_member" not in results["sensitivity"] or "rule_uncertainty" not in results:
        return ""
    n = results["rule_uncertainty"].sizes.get("rule", 0)
    return f"The rule is a factor: one of {n} readings, by declared weights." if n else ""


def _foot(results: Results, found: xr.Dataset) -> str:
    parts = [_over_rules(results), sampled_indices_print(results), _hatched(found), _alike(found)]
    return fine_print(results, more=" ".join(part for part in parts if part))


def _weighty(found: xr.Dataset) -> xr.Dataset:
    """All indices without those of a tier that is nearly impossible, or nearly certain."""
    p = found["probability"]
    return found.where((p >= NEGLIGIBLE) & (p <= 1 - NEGLIGIBLE))


def _hatched(found: xr.Dataset) -> str:
    """Say why cells are hatched, if some are."""
    if not found["total_order"].isnull().any():
        return ""
    bounds = f"below {NEGLIGIBLE:g} or above {1 - NEGLIGIBLE:g}"
    return f"Hatched: the tier's probability (ordinal: the largest) is {bounds}, so the index is of no weight."


def _tier_outputs(found: xr.Dataset) -> dict[int, str]:
    """The outputs that are a tier's indicator, by the tier's number."""
    named = [str(o) for o in found["output"].values if str(o).startswith("tier = ")]
    return {int(o.removeprefix("tier = ")): o for o in named}


# -- few beliefs -------------------------------------------------------------------------------------------------------


def _few(results: Results, found: xr.Dataset) -> Figure:
    """A column for each belief: dots of the ordinal index above, the tiers' heat map below."""
    fig, part = style.page("double", 106, foot=_foot(results, found), illustrative=results.illustrative)
    axes = part.subplots(2, found.sizes["alternative"], sharey="row", squeeze=False)
    width = 128 / found.sizes["alternative"] - 2
    for above, below, row in zip(*axes, rows_of(found), strict=True):
        _dots(above, row.sel(output="ordinal"), width)
        above.set_title("\n".join(row_title(results, row, width)))
        _map(below, row, width)
    for ax in axes[:, 0]:
        labels = [factor_label(results, f) for f in map(str, found["factor"].values)]
        ax.set_yticks(range(len(labels)), labels=labels)
    shade_key(part, axes[1, :].tolist(), axis_label(found["total_order"]), aspect=18)
    ends = [Line2D([], [], **TOTAL, label=axis_label(found["total_order"])),
            Line2D([], [], **SHAPLEY, label=f"{axis_label(found['shapley'])} (adds up to 1)")]  # fmt: skip
    key_above(part, ends)
    return fig


def _dots(ax: Axes, row: xr.Dataset, width: float) -> None:
    """Total order and Shapley effect of the ordinal index, by factor; the first orders' sum in words."""
    places = np.arange(row.sizes["factor"])
    ax.hlines(places, row["shapley"], row["total_order"], color="#999999", linewidth=0.7, zorder=1)
    ax.plot(row["total_order"], places, **TOTAL, clip_on=False)
    ax.plot(row["shapley"], places, **SHAPLEY, clip_on=False)
    ax.set_xlim(0, 1)
    ax.set_xticks([0, 0.5, 1], labels=["0", "0.5", "1"])
    ax.set_ylim(len(places) - 0.5, -0.5)
    ax.grid(axis="x")
    alone = number(float(row["first_order"].sum(skipna=False)))
    lines = ["Ordinal index", *style.wrapped(f"(first order: {alone})", width)]
    ax.set_xlabel("\n".join(lines), fontsize=style.SMALL)


def _short_number(p: float) -> str:
    """A number without the 0 before its point."""
    return number(p).replace("0.", ".")


def _map(ax: Axes, row: xr.Dataset, width: float) -> None:
    """Total order of each tier's indicator; numbers where cells are wide enough."""
    outputs = _tier_outputs(row)
    values = row["total_order"].sel(output=list(outputs.values())).transpose("factor", "output").values
    heat(ax, np.round(values, 9), write=_short_number if width / len(outputs) >= CELL else None)
    ax.set_xticks(range(len(outputs)), labels=[str(t) for t in outputs])
    ax.set_xlabel("Being in tier", fontsize=style.SMALL)


# -- many beliefs ------------------------------------------------------------------------------------------------------


def _many(results: Results, found: xr.Dataset) -> Figure:
    """A heat map of all measures by criterion for the ordinal index (twice) and for each tier."""
    n = found.sizes["alternative"]
    fig, part = style.page("double", 26 + 3.1 * n, foot=_foot(results, found), illustrative=results.illustrative)
    panels = _panels(results, found)
    axes = part.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for ax, (title, values) in zip(axes, panels.items(), strict=True):
        heat(ax, values.transpose("alternative", "factor").values, write=None)
        ax.set_title(title, fontsize=style.SMALL)
        ax.set_xticks(range(values.sizes["factor"]), labels=_short(results, found))
        for at in np.flatnonzero(np.diff(found["judged_tier"].values)):
            ax.axhline(at + 0.5, color="#000000", linewidth=0.8)
    axes[0].set_yticks(range(n), labels=[style.shortened(str(x), 52) for x in found["label"].values])
    tier_margin(axes[-1], results, found["judged_tier"].values, 3.1, x=1.06)
    part.supxlabel(_factors(results, found), fontsize=7)
    label = f"Share of variance: {found['total_order'].attrs['long_name']}, or {found['shapley'].attrs['long_name']}"
    shade_key(part, list(axes), label, location="top", aspect=70)
    return fig


def _panels(results: Results, found: xr.Dataset) -> dict[str, xr.DataArray]:
    ordinal, names = found.sel(output="ordinal"), tier_labels(results)
    panels = {"Ordinal,\ntotal order": ordinal["total_order"], "Ordinal,\nShapley": ordinal["shapley"]}
    for tier, output in _tier_outputs(found).items():
        panels[f"{style.shortened(names[tier], 13, bold=True)},\ntotal order"] = found["total_order"].sel(output=output)
    return panels


def _factors(results: Results, found: xr.Dataset) -> str:
    """What stands along the axis: ``Criterion (c1 to c7)``, and the rule's own factors by their letters."""
    own, names = criterion_labels(results), [str(f) for f in found["factor"].values]
    criteria = [f for f in names if f in own]
    more = [f"{f[0].upper()}: {factor_label(results, f).lower()}" for f in names if f not in own]
    return "; ".join([f"Criterion ({criteria[0]} to {criteria[-1]})", *more])


def _short(results: Results, found: xr.Dataset) -> list[str]:
    """Factors in one or two characters: criterion c1 as 1, the factor rule as R."""
    own = criterion_labels(results)
    return [f.removeprefix("c") if f in own else f[0].upper() for f in map(str, found["factor"].values)]
