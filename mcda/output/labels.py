"""Words on figures: axis labels from the results' own attributes, and small print that says what a figure rests on."""

from __future__ import annotations

import re
from functools import partial
from typing import Literal

import numpy as np
import xarray as xr

from mcda.output.results import Results
from mcda.output.style import shortened, text_width
from mcda.output.wording import Noun, capital, named

__all__ = [
    "NORMS", "axis_label", "criterion_labels", "factor_label", "fine_print", "noun", "number_label",
    "printable", "sampled_indices_print", "tier_labels",
]  # fmt: skip

#: Which law of scores a figure is about: the headline's, what lies before a second panel, or the whole curve.
About = Literal["headline", "fitting", "curve"]

#: Norms of flip distances, in words.
NORMS = {
    "l1": "All criteria together:\npoints added up (l1)",
    "linf": "All criteria together:\nlargest move (linf)",
    "single": "One criterion alone",
}


#: Factors that are no criteria, in words.
RULE_FACTORS = {"rule": "Reading of the rule", "cuts": "Cuts of the rule"}


#: Longest names that figures print; tables have them whole.
LONGEST = {
    "tier_label": 36, "criterion_label": 44, "label": 56, "scenario_title": 56, "policy_title": 44, "shocks/label": 160,
}  # fmt: skip
LONGEST_TEXT = 300


def printable(results: Results) -> Results:
    """Return the same results with their names as a figure can print them: one line of letters, not too long."""
    return Results({name: partial(_printable, results, name) for name in results}, results.attributes)


def _printable(results: Results, group: str) -> xr.Dataset:
    dataset = results[group]
    texts = [str(name) for name, v in dataset.data_vars.items() if v.dtype.kind in "UO"]
    return dataset.assign({name: _names(dataset[name], _longest(group, name)) for name in texts})


def _longest(group: str, name: str) -> int:
    return LONGEST.get(f"{group}/{name}", LONGEST.get(name, LONGEST_TEXT))


def _names(texts: xr.DataArray, longest: int) -> xr.DataArray:
    """Names without control characters or line ends, unable to turn the text around them.

    Those that run from right to left stand between marks from left to right, which the font has, unlike isolates.
    """
    short = [re.sub("[\u2068\u2069]", "\u200e", named(text, longest)) for text in texts.values.ravel()]
    return texts.copy(data=np.array(short, dtype=object).reshape(texts.shape))


def axis_label(variable: xr.DataArray) -> str:
    """Return ``Long name (units)`` from a variable's attributes; pure numbers have no unit."""
    name = capital(str(variable.attrs.get("long_name", variable.name)))
    units = str(variable.attrs.get("units", "1"))
    return name if units == "1" else f"{name} ({units})"


def noun(results: Results) -> Noun:
    """Return what an alternative is called: the problem's attributes `noun` and `noun_plural`, or "measure"."""
    one = str(results["problem"].attrs.get("noun", "")) or "measure"
    return Noun(one, str(results["problem"].attrs.get("noun_plural", "")) or f"{one}s")


def tier_labels(results: Results) -> dict[int, str]:
    """Return the tiers' names by number."""
    problem = results["problem"]
    return {int(t): str(n) for t, n in zip(problem["tier"].values, problem["tier_label"].values, strict=True)}


def criterion_labels(results: Results) -> dict[str, str]:
    """Return the criteria's names by id."""
    problem = results["problem"]
    return {str(c): str(n) for c, n in zip(problem["criterion"].values, problem["criterion_label"].values, strict=True)}


def factor_label(results: Results, factor: str) -> str:
    """Return a factor's name for an axis: ``Military gains (c1)``; of the rule's own factors what they are."""
    names = criterion_labels(results)
    if factor not in names:
        return RULE_FACTORS.get(factor, factor)
    short = shortened(factor, 15)
    return f"{shortened(names[factor], 38 - text_width(short))} ({short})"


def number_label(results: Results, name: str) -> str:
    """Return what a number of the rule parts: ``Cut between Tier 1 and Tier 2`` for ``cuts[0]``."""
    tiers, problem = list(tier_labels(results).values()), results["problem"]
    field, _, rest = name.rpartition("[")
    if not rest.rstrip("]").isdigit():
        return {"veto": "Veto: smallest score that bars a tier inside"}.get(name, name)
    inside = int(problem["tier_in_roadmap"].sum()) if "tier_in_roadmap" in problem else 0
    at = int(rest.rstrip("]")) + (0 if field == "cuts" else inside)
    if (field != "cuts" and not inside) or at + 1 >= len(tiers):
        return name
    return f"Cut between {tiers[at]} and {tiers[at + 1]}"


def fine_print(results: Results, about: About = "headline", *, more: str = "", how: str = "") -> str:
    """Return what every figure carries at its foot: how sure, under which beliefs, by which rule.

    `how` says how its numbers were found, where that isn't as the headline's were.
    """
    rule = f"Rule:\N{NO-BREAK SPACE}{results.attributes.get('rule', 'not named')}."
    parts = [how or _certainty(results), _beliefs(results, about), rule, _unprinted(results), more]
    return " ".join(part for part in parts if part)


def sampled_indices_print(results: Results) -> str:
    """Say how large the error of indices is where they were sampled; nothing where they are exact."""
    group = results["sensitivity"]
    found = [name for name in ("closed_index_ci", "total_order_ci", "shapley_ci") if name in group]
    if not found:
        return ""
    widest = max(float((group[n].isel(ci_bound=1) - group[n].isel(ci_bound=0)).max()) for n in found)
    return f"Indices are sampled: 95\N{NO-BREAK SPACE}% intervals at most \N{PLUS-MINUS SIGN}{widest / 2:.2g}."


def _unprinted(results: Results) -> str:
    """Say where alternatives without a printed tier stand."""
    without = int((results["tiers"]["published_tier"] < 1).sum()) if results.has("tiers/published_tier") else 0
    if not without:
        return ""
    return f"Without a printed tier: {noun(results).count(without)}, shown with the most probable one."


def _certainty(results: Results) -> str:
    """Whether numbers are exact (never said alone), or how large their error is."""
    error = results["tiers"]["acceptability_se"].max().item() if results.has("tiers/acceptability_se") else 0.0
    if error == 0:
        return "Exact, given the assumptions; not a forecast."
    return f"Standard error of a probability at most {error:.1g}; given the assumptions, not a forecast."


def _beliefs(results: Results, about: About) -> str:
    found = results["beliefs"].attrs
    if found.get("kind") != "published-tiers":
        kind = "synthetic experts" if results.illustrative else "experts"
        experts = f"{results['scores'].sizes['expert']} {kind}" if "scores" in results else kind
        named = f"{found.get('family', '')} law, spread {_number(found.get('spread'))}"
        return f"Beliefs: panel of {experts} ({found.get('pool')}), about each score a {named}."
    fitting = f"Beliefs: all scores that fit the printed tier, {found.get('prior')} prior"
    again = {
        "headline": f", scored again by a second panel with sd {_number(found.get('reference_sd'))}",
        "curve": ", scored again by a second panel",
        "fitting": "",
    }
    return f"{fitting}{again[about]}."


def _number(value: object) -> str:
    """A number of points in as few digits as say it."""
    if not isinstance(value, (int, float, np.number)):
        return "not stated"
    return f"{float(value):g} point" + ("" if float(value) == 1 else "s")
