"""Figures of indices and agreement: dots and heat maps with numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mcda.output import selected, style
from mcda.output.labels import axis_label, criterion_labels, fine_print, tier_labels
from mcda.output.plots.parts import FEW, drawn, heat, number, row_title
from mcda.output.results import Results

__all__ = ["other_rules", "sensitivity"]

Floats = npt.NDArray[np.float64]


# -- sensitivity -------------------------------------------------------------------------------------------------------


@drawn
def sensitivity(results: Results) -> Figure:
    """Draw the ordinal index by criterion (total order, Shapley) and the total order of each tier's indicator."""
    found = selected.sensitivity(results)
    fig = _few_sensitivities(results, found) if found.sizes["alternative"] <= FEW else _many_sensitivities(results, found)
    style.frame(fig, fine_print(results, more=_alike(found)), illustrative=results.illustrative)
    return fig


def _alike(found: xr.Dataset) -> str:
    """Say which criteria have equal indices everywhere, and why."""
    values = found["total_order"].transpose("factor", ...).values.reshape(found.sizes["factor"], -1)
    same = [str(f) for f, v in zip(found["factor"].values, values, strict=True)
            if sum(np.allclose(v, other, atol=1e-9, equal_nan=True) for other in values) > 1]  # fmt: skip
    if not same:
        return ""
    return f"Equal values ({same[0]} to {same[-1]}): the prior and the rule treat these criteria alike."


def _factor_labels(results: Results, found: xr.Dataset) -> list[str]:
    names = criterion_labels(results)
    return [f"{names.get(f, '')} ({f})" if f in names else f for f in map(str, found["factor"].values)]


def _few_sensitivities(results: Results, found: xr.Dataset) -> Figure:
    """A column for each belief: dots of the ordinal index above, the tiers' heat map below."""
    n = found.sizes["alternative"]
    fig = style.figure("double", 104)
    axes = fig.subplots(2, n, sharey="row", squeeze=False)
    for k in range(n):
        row = found.isel(alternative=k)
        _dots(axes[0, k], row.sel(output="ordinal"))
        image = _tier_map(axes[1, k], results, row)
        axes[0, k].set_title(row_title(results, row))
    for ax in axes[:, 0]:
        ax.set_yticks(range(found.sizes["factor"]), labels=_factor_labels(results, found))
    fig.colorbar(image, ax=axes[1, :].tolist(), label=axis_label(found["total_order"]), fraction=0.03, pad=0.01, aspect=18)
    _dot_key(fig, found)
    return fig


def _dots(ax: Axes, row: xr.Dataset) -> None:
    """Total order and Shapley effect of the ordinal index, by factor."""
    places = np.arange(row.sizes["factor"])
    ax.hlines(places, row["shapley"], row["total_order"], color="#999999", linewidth=0.7)
    ax.plot(row["total_order"], places, "s", color="#0B2C4A", markersize=3.6, clip_on=False)
    ax.plot(row["shapley"], places, "o", markerfacecolor="white", markeredgecolor="#0B2C4A", markersize=3.6, clip_on=False)
    ax.set_xlim(0, 1)
    ax.set_xticks([0, 0.5, 1], labels=["0", "0.5", "1"])
    ax.set_ylim(len(places) - 0.5, -0.5)
    ax.grid(axis="x")
    ax.set_xlabel(f"Ordinal index\n(first order: sum {number(float(row['first_order'].sum()))})")


def _dot_key(fig: Figure, found: xr.Dataset) -> None:
    handles = [
        Line2D([], [], marker="s", color="#0B2C4A", linestyle="none", label=axis_label(found["total_order"])),
        Line2D([], [], marker="o", markerfacecolor="white", markeredgecolor="#0B2C4A", linestyle="none",
               label=f"{axis_label(found['shapley'])} (adds up to 1)"),
    ]  # fmt: skip
    fig.legend(handles=handles, loc="outside upper center", ncols=2)


def _tier_outputs(found: xr.Dataset) -> list[str]:
    return [str(o) for o in found["output"].values if str(o).startswith("tier = ")]


def _tier_map(ax: Axes, results: Results, row: xr.Dataset) -> ScalarMappable:
    outputs = _tier_outputs(row)
    image = heat(ax, row["total_order"].sel(output=outputs).transpose("factor", "output").values)
    ax.set_xticks(range(len(outputs)), labels=[o.removeprefix("tier = ") for o in outputs])
    ax.set_xlabel("Being in tier")
    return image


def _many_sensitivities(results: Results, found: xr.Dataset) -> Figure:
    """A heat map of all beliefs by criterion for the ordinal index (twice) and for each tier."""
    outputs = _tier_outputs(found)
    names = tier_labels(results)
    panels = [("total_order", "ordinal", "Ordinal,\ntotal order"), ("shapley", "ordinal", "Ordinal,\nShapley")]
    panels += [("total_order", o, f"{names[int(o.removeprefix('tier = '))]},\ntotal order") for o in outputs]
    n = found.sizes["alternative"]
    fig = style.figure("double", 30 + 3.1 * n)
    axes = fig.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for ax, (variable, output, title) in zip(axes, panels, strict=True):
        values = found[variable].sel(output=output).transpose("alternative", "factor").values
        heat(ax, values, numbers=False)
        ax.set_xticks(range(values.shape[1]), labels=[f.removeprefix("c") for f in map(str, found["factor"].values)])
        ax.set_title(title)
        _separate(ax, found["judged_tier"].values)
    axes[0].set_yticks(range(n), labels=[str(x) for x in found["label"].values])
    _tier_margin(axes[-1], results, found["judged_tier"].values)
    fig.supxlabel("Criterion (c1 to c7)" if _numbered(found) else "Criterion", fontsize=7)
    _shade_bar(fig, axes, "Share of variance: total-order index, or Shapley effect")
    return fig


def _numbered(found: xr.Dataset) -> bool:
    return [str(f) for f in found["factor"].values] == [f"c{k}" for k in range(1, 8)]


def _separate(ax: Axes, tiers: npt.NDArray[np.int64]) -> None:
    """Lines between printed tiers."""
    for at in np.flatnonzero(np.diff(tiers)):
        ax.axhline(at + 0.5, color="#000000", linewidth=0.8)


def _tier_margin(ax: Axes, results: Results, tiers: npt.NDArray[np.int64]) -> None:
    names = tier_labels(results)
    for tier in np.unique(tiers):
        middle = float(np.flatnonzero(tiers == tier).mean())
        ax.text(1.06, middle, names[int(tier)], transform=ax.get_yaxis_transform(), rotation=270, va="center", fontsize=6)


def _shade_bar(fig: Figure, axes: npt.NDArray[np.object_], label: str) -> None:
    shades = ScalarMappable(Normalize(0, 1), style.SHADES)
    fig.colorbar(shades, ax=list(axes), location="top", label=label, fraction=0.012, pad=0.01, aspect=60)


# -- other rules -------------------------------------------------------------------------------------------------------


@drawn
def other_rules(results: Results) -> Figure:
    """Draw how far other rules agree with the run's rule, by printed tier, in both directions."""
    found = selected.other_rules(results)
    variables = list(found.data_vars)
    rules = [str(r) for r in found["rule"].values if str(r) != results.attributes.get("rule")]
    found = found.sel(rule=rules)
    fig = style.figure("double", 32 + 5.6 * len(rules))
    axes = fig.subplots(1, len(variables), sharey=True, squeeze=False)[0]
    for ax, name in zip(axes, variables, strict=True):
        image = heat(ax, found[name].transpose("rule", "tier_from").values)
        ax.set_title(axis_label(found[name]).replace(" | ", "\n| "))
        _tier_columns(ax, results, found)
    axes[0].set_yticks(range(len(rules)), labels=[_rule_label(results, r) for r in rules])
    fig.colorbar(image, ax=list(axes), label="Probability", fraction=0.03, pad=0.01, aspect=30)
    style.frame(fig, fine_print(results, "fitting"), illustrative=results.illustrative)
    return fig


def _tier_columns(ax: Axes, results: Results, found: xr.Dataset) -> None:
    names = tier_labels(results)
    labels = [f"{names[int(t)]}\n({int(n)})" for t, n in zip(found["tier_from"].values, found["measures"].values, strict=True)]
    ax.set_xticks(range(len(labels)), labels=labels)
    ax.set_xlabel("Printed tier (number of measures)")


def _rule_label(results: Results, name: str) -> str:
    """A rule's name, and below it what sets it apart from the run's rule."""
    if "rule" not in results:
        return name
    group, own = results["rule"], results.attributes.get("rule")
    texts = [
        f"{key.replace('_', ' ')} {group[key].sel(rule=name).item()}"
        for key in group.data_vars
        if group[key].sel(rule=name).item() != group[key].sel(rule=own).item()
    ]
    return f"{name}\n{'; '.join(map(str, texts))}"
