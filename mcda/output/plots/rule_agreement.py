"""Which readings of the rule sort alike? Agreement of every rule with every other."""

from __future__ import annotations

import xarray as xr
from matplotlib.figure import Figure

from mcda.output import selected_uncertain, style
from mcda.output.labels import fine_print, noun
from mcda.output.plots.parts import drawn, heat, number, shade_key
from mcda.output.results import Results

__all__ = ["conditioned", "rule_agreement"]

NAME = 26  # millimetres for the name of a rule
NARROW = 9  # up to so many rules numbers fit a column's width


def conditioned(results: Results) -> bool:
    """Return whether a rule's scores are those that fit what it printed, so that agreement has two directions."""
    return results["beliefs"].attrs.get("kind") == "published-tiers"


@drawn
def rule_agreement(results: Results) -> Figure:
    """Draw the matrix of agreements with its numbers; the rules' weights stand beside their names."""
    found = selected_uncertain.rule_agreement(results)
    rules = [str(r) for r in found["rule"].values]
    width: style.Width = "single" if len(rules) <= NARROW else "double"
    foot = fine_print(
        results, "fitting", more=f"Means over {noun(results).count(_count(results))}. {_reading(results)}"
    )
    fig, part = style.page(width, 36 + 5.4 * len(rules), foot=foot, illustrative=results.illustrative)
    ax = part.subplots()
    heat(ax, found["agreement_mean"].transpose("rule", "other").values)
    ax.set_yticks(range(len(rules)), labels=_weighted(found))
    ax.set_xticks(range(len(rules)), labels=[style.shortened(rule, NAME) for rule in rules], rotation=90)
    first, second = _directions(results)
    ax.set_ylabel("\n".join(style.wrapped(f"{first} (weight)", max(5.4 * len(rules), 28), size=7)))
    ax.set_xlabel(second)
    shade_key(part, [ax], "Probability of the same tier", location="top")
    return fig


def _count(results: Results) -> int:
    return results["rule_uncertainty"].sizes["alternative"]


def _weighted(found: xr.Dataset) -> list[str]:
    pairs = zip(found["rule"].values, found["weight"].values, strict=True)
    return [f"{style.shortened(str(name), NAME)} ({number(float(weight))})" for name, weight in pairs]


def _directions(results: Results) -> tuple[str, str]:
    """What stands down and across."""
    if conditioned(results):
        return "Rule that printed the tiers", "Rule that sorts the same scores again"
    return "One rule", "The other"


def _reading(results: Results) -> str:
    if not conditioned(results):
        return "Both rules sort the same scores."
    return "Each line: scores that fit the printed tiers under its rule, so the two directions differ."
