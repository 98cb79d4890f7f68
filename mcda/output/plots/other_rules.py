"""Would another reading of the rule sort alike? Agreement by rule and printed tier."""

from __future__ import annotations

import re

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mcda.output import selected, style
from mcda.output.labels import axis_label, fine_print, noun, tier_labels
from mcda.output.plots.parts import drawn, heat, shade_key
from mcda.output.results import Results

__all__ = ["other_rules"]


@drawn
def other_rules(results: Results) -> Figure:
    """Draw how far every other rule agrees with the run's own, as two heat maps with numbers."""
    found = selected.other_rules(results)
    rules = [str(r) for r in found["rule"].values if str(r) != results.attributes.get("rule")]
    fig, part = style.page(
        "double", 26 + 7.2 * len(rules), foot=fine_print(results, "fitting"), illustrative=results.illustrative
    )
    axes = part.subplots(1, len(found.data_vars), sharey=True, squeeze=False)[0]
    for ax, values in zip(axes, found.sel(rule=rules).data_vars.values(), strict=True):
        heat(ax, values.transpose("rule", "tier_from").values)
        ax.set_title("\n".join(style.wrapped(axis_label(values), 49, size=7, bold=True)))
        _columns(ax, results, found)
    axes[0].set_yticks(range(len(rules)), labels=["\n".join(_describe(results, r)) for r in rules])
    part.supxlabel(f"Printed tier (number of {noun(results).many})", fontsize=7)
    shade_key(part, list(axes), "Share or probability")
    return fig


def _columns(ax: Axes, results: Results, found: xr.Dataset) -> None:
    names, counts = tier_labels(results), found["measures"].values
    shown = [style.wrapped(names[int(t)], 46 / len(counts), most=4) for t in found["tier_from"].values]
    labels = ["\n".join([*lines, f"({n})"]) for lines, n in zip(shown, counts, strict=True)]
    ax.set_xticks(range(len(labels)), labels=labels)


def _describe(results: Results, name: str) -> list[str]:
    """Lines: a rule's name, and below it what sets it apart from the run's rule."""
    if "rule" not in results:
        return [style.shortened(name, 64)]
    other, own = (results["rule"].sel(rule=r) for r in (name, results.attributes["rule"]))
    parts = [f"{str(key).replace('_', ' ')} {other[key].item()}" for key in other.data_vars
             if other[key].item() not in (own[key].item(), "")]  # fmt: skip
    text = "; ".join(parts).replace(": ", " ").replace(" -", " \N{MINUS SIGN}")
    text = re.sub(r"\(\((.*?)\)\)", _rows, text)
    return [style.shortened(name, 64), *style.wrapped(text, 64, most=3)]


def _rows(table: re.Match[str]) -> str:
    """A table's rows, ``((1, 1), (2, 3))``, as ``1 1 / 2 3``, each kept on one line."""
    return " / ".join(row.replace(", ", "\N{NO-BREAK SPACE}") for row in table[1].split("), ("))
