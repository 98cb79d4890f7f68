"""What the figures about unsure rules, dependent scores and draws show, as labelled data (see :mod:`.selected`)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from mcda.names import attrs
from mcda.output.results import Results
from mcda.output.selected import table, with_rows

__all__ = [
    "breakpoints", "convergence_table", "dependence", "exact_against_sampled", "index_errors", "number_of_moved",
    "open_points", "quantile_of_count", "rule_agreement", "spread_of_composite",
]  # fmt: skip

#: The middle of a law that is drawn as its range.
MIDDLE = (0.1, 0.9)


def rule_agreement(results: Results) -> xr.Dataset:
    """Return `agreement_mean` (rule, other), with `weight` and `open_point` (rule) as coordinates.

    Under printed tiers `rule` is the one that printed them, and `other` sorts the same scores again: two directions.
    """
    found = results["rule_uncertainty"][["agreement_mean", "weight", "open_point"]]
    return found.set_coords(["weight", "open_point"])


def open_points(results: Results) -> xr.Dataset:
    """Return `moved` (rule, alternative), a line for each distinct belief, and the law of how many are moved at once.

    Of that law `number_mean`, `number_low`, `number_high` (rule): its mean, and its quantiles of 10 and 90 %. The
    reference, which moves nothing, is left out.
    """
    group = results["rule_uncertainty"]
    others = [r for r in group["rule"].values if r != group.attrs.get("reference", group["rule"].values[0])]
    group = group.sel(rule=others)
    found = with_rows(results, group[["moved"]]).drop_vars("members")
    found = found.assign(number_of_moved(group).data_vars)
    return found.assign_coords(weight=group["weight"], open_point=group["open_point"])


def number_of_moved(group: xr.Dataset) -> xr.Dataset:
    """Return `number_mean`, `number_low`, `number_high` (rule): mean and middle 80 % of how many are moved at once."""
    law = group["number_moved"]
    mean = (law * law["member"]).sum("member", skipna=False)
    found = mean.assign_attrs(attrs("mean number moved at once", "1")).to_dataset(name="number_mean")
    for name, share in zip(("number_low", "number_high"), MIDDLE, strict=True):
        found[name] = quantile_of_count(law, share).assign_attrs(attrs(f"{share:.0%} quantile of that number", "1"))
    return found


def quantile_of_count(law: xr.DataArray, share: float) -> xr.DataArray:
    """Return the smallest count whose cumulated probability reaches `share`, over `member`; NaN for an unknown law."""
    reached = (law.cumsum("member") >= share - 1e-12).argmax("member")
    found: xr.DataArray = law["member"][reached].drop_vars("member").where(law.notnull().all("member"))
    return found


def breakpoints(results: Results) -> xr.Dataset:
    """Return `standing` (parameter, step, alternative): the printed tier's probability over each number of the rule.

    `value` (parameter, step), `own` (parameter), `stands_from` and `stands_to` (parameter, alternative) are
    coordinates.
    """
    group = results["breakpoints"]
    names = ["acceptability", "value", "own", "stands_from", "stands_to"]
    found = with_rows(results, group[names])
    found["standing"] = found["acceptability"].sel(tier=found["judged_tier"]).drop_vars("tier")
    found["standing"].attrs = attrs("probability of the printed tier", "1")
    return found.drop_vars(["acceptability", "members", "tier"]).set_coords(names[1:])


def dependence(results: Results) -> xr.Dataset:
    """Return `standing` (setting, loading, alternative), and `composite_sd` where the run has it."""
    group = results["dependence"]
    names = ["acceptability", *(["composite_sd"] if "composite_sd" in group else [])]
    found = with_rows(results, group[names])
    found["standing"] = found["acceptability"].sel(tier=found["judged_tier"]).drop_vars("tier")
    found["standing"].attrs = attrs("probability of the printed tier", "1")
    return found.drop_vars(["acceptability", "members", "tier"])


def spread_of_composite(found: xr.Dataset) -> xr.Dataset:
    """Return mean, lowest and highest `composite_sd` over all distinct beliefs, (setting, loading)."""
    sd = found["composite_sd"]
    return xr.Dataset({name: getattr(sd, name)("alternative", keep_attrs=True) for name in ("mean", "min", "max")})


def exact_against_sampled(results: Results) -> xr.Dataset:
    """Return `error_rms`, `error_max`, `expected_rms`, `p_all` (draws)."""
    return results["convergence"][["error_rms", "error_max", "expected_rms", "p_all"]]


def index_errors(results: Results) -> xr.Dataset | None:
    """Return `index_error` and `index_covered` (points, size, index); nothing where no index was sampled."""
    if not results.has("convergence/index_error"):
        return None
    return results["convergence"][["index_error", "index_covered"]]


def convergence_table(results: Results) -> pd.DataFrame:
    """Return shares by number of draws, and below them indices by design and size, in one table."""
    parts = [table(exact_against_sampled(results), illustrative=results.illustrative)]
    if (errors := index_errors(results)) is not None:
        parts.append(table(errors, illustrative=results.illustrative))
    joined = pd.concat(parts, ignore_index=True)
    joined["draws"] = joined["draws"].astype(np.float64)
    return joined
