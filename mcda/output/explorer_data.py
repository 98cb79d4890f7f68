"""What the explorer's page knows of a run: one plain dictionary, made from results alone, that is written as JSON.

Lists are plain lists, missing numbers are None. Nothing is computed here but the mean of an expert panel's scores: the
page computes (`templates/explorer/engine`), from the beliefs and the rule that the run stored.
"""

from __future__ import annotations

import ast
import base64
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.output.labels import noun
from mcda.output.results import Results

__all__ = ["explorer_data"]

Plain = dict[str, Any]

#: The output whose stored indices are shown beside the page's own.
SHOWN = "ordinal"
#: The dimensions of a simulation's shares, in the order in which they are stored.
SHARES = ("assumptions", "setting", "scenario", "policy", "alternative", "status", "month")


def explorer_data(results: Results) -> Plain:
    """Return everything that the explorer's page is made from.

    Parameters
    ----------
    results : Results
        A run with the groups /problem, /rule and /beliefs; /tiers, /sensitivity, /shocks, /scores and /simulation are
        used where they are.

    Returns
    -------
    dict of plain values: `run`, `problem`, `rule`, `rules` (the others by name), `beliefs` (one per alternative),
    `shocks`, `stored` (what the run's own engine said, by alternative) and `simulation` (None where there is none).
    `docs/architecture.md` says how the page uses it.
    """
    problem = _problem(results)
    rules = [_rule(results, i, problem) for i in range(results["rule"].sizes["rule"])]
    reference = str(results["rule"].attrs["reference"])
    own = next(rule for rule in rules if rule["label"] == reference)
    return {
        "run": _run(results),
        "problem": problem,
        "rule": own,
        "rules": [{"label": rule["label"], "rule": rule} for rule in rules if rule is not own],
        "beliefs": _beliefs(results, own),
        "shocks": _shocks(results),
        "stored": _stored(results),
        "simulation": _simulation(results),
    }


def _run(results: Results) -> Plain:
    found = {key: str(results.attributes.get(key, "")) for key in ("experiment", "question", "title", "source")}
    found["problem"], found["identity"] = str(results["problem"].attrs["id"]), _identity(results)
    published = str(results["beliefs"].attrs.get("kind")) == "published-tiers"
    return {**found, "illustrative": results.illustrative, "published": published}


def _identity(results: Results) -> str:
    """What tells this run from others: its experiment, its rule, and the version that made it."""
    return "; ".join(str(results.attributes.get(key, "")) for key in ("experiment", "rule", "source"))


def _texts(values: Any) -> list[str]:
    return [str(value) for value in np.asarray(values).tolist()]


def _problem(results: Results) -> Plain:
    group, beliefs = results["problem"], results["beliefs"]
    level = beliefs["level"].values
    names = noun(results)
    return {
        "id": str(group.attrs["id"]),
        "title": str(group.attrs.get("title", "")),
        "citation": str(group.attrs.get("citation", "")),
        "noun": names.one,
        "noun_plural": names.many,
        "criteria": _rows(group, "criterion", id="criterion", label="criterion_label", role="criterion_role"),
        "levels": [float(x) for x in np.arange(round(level[0]), round(level[-1]) + 1)],
        "tiers": [{"number": int(row["number"]), "label": str(row["label"])}
                  for row in _rows(group, "tier", number="tier", label="tier_label")],
        "inside": int(group["tier_in_roadmap"].sum()),
        "alternatives": _alternatives(group),
    }  # fmt: skip


def _rows(group: xr.Dataset, dim: str, **columns: str) -> list[Plain]:
    """One dictionary for each entry of a dimension; variables that the group lacks are empty texts."""
    n = group.sizes[dim]
    lists = {key: group[name].values.tolist() if name in group else [""] * n for key, name in columns.items()}
    return [{key: values[i] for key, values in lists.items()} for i in range(n)]


def _alternatives(group: xr.Dataset) -> list[Plain]:
    names = {"id": "alternative", "label": "label", "article": "article", "sector": "sector"}
    found = _rows(group, "alternative", **names, published_tier="published_tier")
    for row in found:
        row["published_tier"] = row["published_tier"] if row["published_tier"] in group["tier"].values else None
    return found


# -- the rule ----------------------------------------------------------------------------------------------------------


def _numbers(text: str) -> list[float]:
    """Numbers of a list as it is stored, ``4, -1/2``."""
    return [float(Fraction(one)) for one in text.split(",") if one.strip()]


def _rule(results: Results, i: int, problem: Plain) -> Plain:
    """One rule, every parameter a number or a word, as the page's engine reads it."""
    texts = {str(name): str(v.values[i]) for name, v in results["rule"].variables.items()}
    by, _, cuts = texts["outside_split"].partition(":")
    return {
        "label": texts["rule"],
        "inside": problem["inside"],
        **{key: texts[key] for key in ("form", "reading", "zero", "tie")},
        "veto": None if texts["veto"] == "none" else float(Fraction(texts["veto"])),
        "cuts": _numbers(texts["cuts"]),
        "weights": _numbers(texts["weights"]),
        "roles": [criterion["role"] for criterion in problem["criteria"]],
        "split": {"by": by, "cuts": _numbers(cuts)} if by else None,
        "bands": _bands(texts["bands"]),
    }


def _bands(text: str) -> Plain | None:
    """Bands as they are stored: ``C 8, 4; c7 3, 7; ((1, 1, 2), (1, 2, 3), (2, 3, 3))``."""
    if not text:
        return None
    composite, counterweight, table = text.split(";")
    rows = [list(row) for row in ast.literal_eval(table.strip())]
    ends = [_numbers(part.strip().partition(" ")[2]) for part in (composite, counterweight)]
    return {"composite": ends[0], "counterweight": ends[1], "table": rows}


# -- beliefs -----------------------------------------------------------------------------------------------------------


def _beliefs(results: Results, rule: Plain) -> list[Plain]:
    group = results["beliefs"]
    points, published = _points(results), str(group.attrs.get("kind")) == "published-tiers"
    spread = float(group.attrs["reference_sd" if published else "spread"])
    fine = round(1 / float(group["level"].values[1] - group["level"].values[0]))
    family = "re-scoring" if published else str(group.attrs.get("family", ""))
    found = []
    for i, name in enumerate(_texts(group["alternative"])):
        unit = round(1 / float(group["spacing"].values[i]))
        tier = int(group["condition_tier"].values[i])
        laws = group["probability"].values[i, ..., :: fine // unit]
        belief = {"alternative": name, "unit": unit, "components": _components(group["weight"].values[i], laws)}
        sd = {"sd": spread, "ends": str(group.attrs.get("ends", "clip")), "moves": None}
        condition = {"tier": tier, "rule": rule, **sd} if tier > 0 else None
        found.append({**belief, "conditioning": condition, "point": points.get(name), "spread": spread, "law": family})
    return found


def _components(weight: npt.NDArray[np.float64], laws: npt.NDArray[np.float64]) -> list[Plain]:
    used = np.flatnonzero(weight)
    return [{"weight": float(weight[e]), "laws": laws[e].tolist()} for e in used]


def _points(results: Results) -> dict[str, list[float]]:
    """The mean point scores of those experts who answered, by alternative; none without a panel."""
    if "scores" not in results:
        return {}
    mean = results["scores"]["scores"].mean("expert")
    return {str(name): row.tolist() for name, row in zip(mean["alternative"].values, mean.values, strict=True)}


def _shocks(results: Results) -> list[Plain]:
    """Declared shocks with what they move; none of a run whose results do not say what its shocks move."""
    if not results.has("shocks/move"):
        return []
    group = results["shocks"]
    ids, labels, moves = _texts(group["shock"]), _texts(group["label"]), group["move"].values
    criteria = _texts(group["criterion"])
    return [
        {"id": ids[s], "label": labels[s],
         "moves": {c: float(by) for c, by in zip(criteria, moves[s], strict=True) if by}}
        for s in range(len(ids))
    ]  # fmt: skip


# -- what the run says -------------------------------------------------------------------------------------------------


def _plain(values: npt.NDArray[np.float64]) -> list[Any]:
    """An array as nested lists, None for NaN."""
    plain = values.astype(object)
    plain[np.isnan(values)] = None
    found: list[Any] = plain.tolist()
    return found


def _stored(results: Results) -> Plain:
    """Tier probabilities and indices as the run stored them, in the order of /beliefs; None for what it lacks."""
    names, found = _texts(results["beliefs"]["alternative"]), dict[str, Any]()
    found["acceptability"] = _of(results, "tiers/acceptability", names)
    found["shocks"] = _of(results, "shocks/acceptability", names)
    found["output"], found["factors"], found["note"] = SHOWN, None, ""
    for key in ("first_order", "total_order", "shapley"):
        found[key] = _of(results, f"sensitivity/{key}", names, output=SHOWN)
    if found["shapley"] is not None:
        found["factors"] = _texts(results["sensitivity"]["factor"])
        if len(found["factors"]) > results["beliefs"].sizes["criterion"]:
            found["note"] = "The run's indices take the rule as uncertain too; the page's are under one rule."
    found["acceptability_method"] = str(results["tiers"].attrs.get("method", "")) if "tiers" in results else ""
    found["sensitivity_method"] = (
        str(results["sensitivity"].attrs.get("method", "")) if "sensitivity" in results else ""
    )
    return found


def _of(results: Results, path: str, names: list[str], output: str = "") -> list[Any] | None:
    """A stored variable, alternatives in this order, leading dimensions first."""
    if not results.has(path):
        return None
    group, _, variable = path.partition("/")
    found = results[group][variable].sel(alternative=names)
    if output:
        found = found.sel(output=output)
    lead = [dim for dim in found.dims if dim == "shock"]
    return _plain(found.transpose(*lead, "alternative", ...).values.astype(float))


def _simulation(results: Results) -> Plain | None:
    """Status shares by month of every simulation that stored them: 16-bit numbers, little-endian, base64."""
    groups = [_shares(name, results[name]) for name in results if results.has(f"{name}/status_share")]
    return {"groups": groups} if groups else None


def _shares(name: str, group: xr.Dataset) -> Plain:
    share = group["status_share"]
    missing = [dim for dim in SHARES if dim not in share.dims]
    share = share.expand_dims(missing).transpose(*SHARES)
    packed = np.round(share.fillna(0).values.clip(0, 1) * 65535).astype("<u2")
    listed = {
        plural: _texts(group[dim]) if dim in group.coords else ["as declared"]
        for plural, dim in (("assumptions", "assumptions"), ("settings", "setting"), ("scenarios", "scenario"),
                            ("policies", "policy"), ("statuses", "status"), ("alternatives", "alternative"))
    }  # fmt: skip
    titles = {plural: _texts(group[f"{dim}_title"]) if f"{dim}_title" in group else listed[plural]
              for plural, dim in (("assumptions", "assumptions"), ("scenarios", "scenario"), ("policies", "policy"))
              }  # fmt: skip
    return {
        "name": name, **listed, "titles": titles, "months": share.sizes["month"],
        "shape": list(packed.shape), "shares": base64.b64encode(packed.tobytes()).decode("ascii"),
        "note": f"Shares of {group.attrs.get('paths', 'the')} simulated paths; not a forecast.",
    }  # fmt: skip
