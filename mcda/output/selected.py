"""What each figure shows, as labelled data: plots draw these datasets and the CSV files list them.

Alternatives with equal beliefs have equal answers, so each distinct belief is taken once: `alternative` then has the
first of those that share it, and the coordinates `measures` and `members` say how many and which.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from mcda.names import attrs
from mcda.output.results import Results

__all__ = [
    "acceptability", "distinct", "flips", "means_by_tier", "needed", "other_rules", "responses", "sensitivity",
    "shocks", "survival", "table", "with_rows",
]  # fmt: skip


def needed(results: Results, needs: Sequence[str]) -> list[str]:
    """Return which of a figure's needs a run lacks; ``'a/x | a/y'`` is met by either."""
    return [need for need in needs if not any(results.has(path.strip()) for path in need.split("|"))]


def table(selected: xr.Dataset, *, illustrative: bool = False) -> pd.DataFrame:
    """Return a dataset as a table, one line for each combination of its coordinates; synthetic numbers say so.

    Lines without any value (levels that a belief doesn't have) are left out. Of a simulation it says which policy, and
    of a sweep which scenario, they are about.
    """
    frame = selected.to_dataframe().reset_index()
    frame = frame.dropna(subset=[str(name) for name in selected.data_vars], how="all")
    for name in ("policy", "scenario"):
        if name in selected.attrs and name not in frame:
            frame[name] = str(selected.attrs[name])
    if illustrative:
        frame["basis"] = "illustrative"
    return frame


# -- who shares a belief -----------------------------------------------------------------------------------------------


def distinct(results: Results) -> xr.Dataset:
    """Return the first alternative of each distinct belief, by printed tier.

    Returns
    -------
    Dataset over alternative: `label`, `published_tier` (-1: none), `judged_tier` (the printed one, or the most probable
    where none is printed), `measures` (how many share the belief), `members` (their names).
    """
    tiers, problem = results["tiers"], results["problem"]
    law = tiers["law"].values
    names = problem["label"].sel(alternative=tiers["alternative"]).values
    order = {int(k): np.flatnonzero(law == k) for k in law}
    firsts = np.array([rows[0] for rows in order.values()])
    found = tiers[["published_tier"]].isel(alternative=firsts)
    judged = found["published_tier"].where(found["published_tier"] > 0, tiers["modal_tier"].isel(alternative=firsts))
    found["judged_tier"] = judged.assign_attrs(attrs("printed tier, or the most probable if none is printed", "tier"))
    found["label"] = ("alternative", names[firsts], attrs("name of the alternative", "1"))
    sizes = [len(rows) for rows in order.values()]
    found["measures"] = ("alternative", sizes, attrs("measures that share the belief", "1"))
    members = ["; ".join(names[rows]) for rows in order.values()]
    found["members"] = ("alternative", members, attrs("who shares the belief", "1"))
    return found.sortby("judged_tier")


def _members(results: Results) -> dict[str, npt.NDArray[np.str_]]:
    """Ids of all that share a belief, by the first's id."""
    tiers = results["tiers"]
    law, names = tiers["law"].values, tiers["alternative"].values
    return {str(names[np.flatnonzero(law == k)[0]]): names[law == k] for k in dict.fromkeys(law)}


def with_rows(results: Results, found: xr.Dataset) -> xr.Dataset:
    """Return one line for each distinct belief, and say whose it is (the coordinates of :func:`distinct`)."""
    rows = distinct(results)
    kept = found.sel(alternative=rows["alternative"])
    return kept.merge(rows, combine_attrs="override").set_coords(list(rows.data_vars))


def _over_members(results: Results, values: xr.DataArray, statistic: str) -> xr.DataArray:
    """A statistic over all that share a belief (another prior can tell them apart), by the first's id."""
    pieces = [getattr(values.sel(alternative=m), statistic)("alternative") for m in _members(results).values()]
    found: xr.DataArray = xr.concat(pieces, dim=xr.Variable("alternative", list(_members(results))))
    return found


# -- one function for one figure ---------------------------------------------------------------------------------------


def survival(results: Results) -> xr.Dataset:
    """Return `survival`, and its `lowest` and `highest` over priors (alternative, spread)."""
    panel = results["second_panel"]
    found = panel[["survival"]]
    if "survival_by_prior" in panel and panel.sizes["prior"] > 1:
        for name, statistic in (("lowest", "min"), ("highest", "max")):
            over = getattr(panel["survival_by_prior"], statistic)("prior")
            text = f"{name} over the declared priors"
            found[name] = _over_members(results, over, statistic).assign_attrs(attrs(text, "1"))
    return with_rows(results, found)


def acceptability(results: Results) -> xr.Dataset:
    """Return `acceptability` (alternative, tier) and, of the printed tier, `standing`, `lowest`, `highest`.

    The range is over the declared priors (or ways to pool) and spreads; NaN where the run didn't vary its belief.
    """
    found = with_rows(results, results["tiers"][["acceptability"]])
    judged = found["judged_tier"]
    found["standing"] = found["acceptability"].sel(tier=judged).drop_vars("tier")
    found["standing"].attrs = attrs("probability of the printed tier", "1")
    for name, statistic in (("lowest", "min"), ("highest", "max")):
        found[name] = _range(results, judged, statistic)
        found[name].attrs = attrs(f"{name} probability of the printed tier as the belief is varied", "1")
    return found


def _range(results: Results, judged: xr.DataArray, statistic: str) -> xr.DataArray:
    if not results.has("belief_sensitivity/acceptability"):
        return xr.full_like(judged, np.nan, dtype=float)
    varied = results["belief_sensitivity"]["acceptability"]
    over = [dim for dim in varied.dims if dim not in ("alternative", "tier")]
    by_tier = _over_members(results, getattr(varied, statistic)(over), statistic)
    found: xr.DataArray = by_tier.sel(alternative=judged["alternative"]).sel(tier=judged).drop_vars("tier")
    return found


def sensitivity(results: Results) -> xr.Dataset:
    """Return `first_order`, `total_order`, `shapley` (alternative, output, factor): ordinal index and each tier.

    `probability` (alternative, output) is the tier's own, for the ordinal index that of the most probable tier: indices
    of what hardly ever occurs, or hardly ever fails to, weigh nothing. Where the rule is a factor too, it is the
    probability over all rules, by their weights.
    """
    group = results["sensitivity"]
    wanted = [f"tier = {t}" for t in group["tier"].values] + ["ordinal"]
    outputs = [o for o in group["output"].values if o in wanted]
    found = group[["first_order", "total_order", "shapley"]].sel(output=outputs)
    mixed = "response_member" in group and results.has("rule_uncertainty/mixed")
    p = results["rule_uncertainty"]["mixed"] if mixed else results["tiers"]["acceptability"]
    p = p.assign_coords(tier=[f"tier = {t}" for t in p["tier"].values]).rename(tier="output")
    found["probability"] = xr.concat([p, p.max("output").expand_dims(output=["ordinal"])], "output").sel(output=outputs)
    return with_rows(results, found).drop_vars("members")


def responses(results: Results) -> xr.Dataset:
    """Return `response` (alternative, criterion, level, tier)."""
    return with_rows(results, results["sensitivity"][["response"]]).drop_vars("members")


def flips(results: Results) -> xr.Dataset:
    """Return what there is of `flip_probability`, `flip_never` (alternative, norm, radius), `flip_distance`."""
    kept = [name for name in ("flip_probability", "flip_never", "flip_distance") if results.has(f"tiers/{name}")]
    return with_rows(results, results["tiers"][kept]).drop_vars("members")


def other_rules(results: Results) -> xr.Dataset:
    """Return rules against the experiment's own, by printed tier: means over its measures (rule, tier_from).

    For printed tiers `agreement` and `agreement_back`; for a panel `keeps_modal`, the share of measures that keep their
    most probable tier, and `unchanged`, the mean probability that the tier is the same one.
    """
    group = results["other_rules"]
    if "agreement" in group:
        return means_by_tier(results, group[["agreement", "agreement_back"]])
    found = group[["keeps_modal"]].astype(float)
    found["keeps_modal"].attrs = attrs("share that keep their most probable tier", "1")
    modal = results["tiers"]["modal_tier"]
    found["still_modal"] = group["acceptability"].sel(tier=modal).drop_vars("tier")
    found["still_modal"].attrs = attrs("mean probability of the tier that is most probable under the run's rule", "1")
    return means_by_tier(results, found)


def shocks(results: Results) -> xr.Dataset:
    """Return `acceptability` (shock, tier_from, tier): means over the measures of a printed tier, and before."""
    group = results["shocks"]
    after = means_by_tier(results, group[["acceptability"]])
    before = means_by_tier(results, _before(results)).expand_dims(shock=["before"])
    found = xr.concat([before, after], dim="shock", combine_attrs="override")
    found["acceptability"].attrs = group["acceptability"].attrs
    texts = ["Before any shock", *map(str, group["label"].values)]
    return found.assign_coords(label=("shock", texts, group["label"].attrs))


def _before(results: Results) -> xr.Dataset:
    """What the shock meets: scores that fit the printed tier (it is certain), or the panel's belief."""
    tiers = results["tiers"]
    if results["beliefs"].attrs.get("kind") != "published-tiers":
        return tiers[["acceptability"]]
    certain = (tiers["published_tier"] == tiers["tier"]).astype(float)
    return certain.transpose("alternative", "tier").to_dataset(name="acceptability")


def means_by_tier(results: Results, found: xr.Dataset) -> xr.Dataset:
    """Return means over the alternatives of a printed tier, with how many there are; dimension `tier_from`."""
    tiers = results["tiers"]
    printed = tiers["published_tier"].where(tiers["published_tier"] > 0, tiers["modal_tier"])
    present = sorted(map(int, set(printed.values)))
    who = [printed["alternative"][printed == t] for t in present]
    means = [found.sel(alternative=names).mean("alternative", keep_attrs=True) for names in who]
    over = xr.Variable("tier_from", present, attrs("printed tier", "tier"))
    joined = xr.concat(means, dim=over, combine_attrs="override")
    sizes = [len(names) for names in who]
    return joined.assign_coords(measures=("tier_from", sizes, attrs("measures of the printed tier", "1")))
