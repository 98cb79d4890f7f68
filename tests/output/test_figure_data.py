"""Every number of every figure's table, found again in the results by hand: labels looked up, means written out."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mcda.output.results import Results
from tests.output.test_figures import ALL, FIGURES

pytestmark = pytest.mark.slow

Line = dict[str, Any]
Look = Callable[[Results, Line], float]


def at(group: str, variable: str, **fixed: Any) -> Look:
    """The value at a line's own labels, and at those that the figure chooses."""

    def look(results: Results, line: Line) -> float:
        found = results[group][variable]
        return float(found.sel({dim: fixed.get(str(dim), line.get(str(dim))) for dim in found.dims}))

    return look


def law(results: Results, line: Line) -> np.ndarray:
    """Which alternatives share the belief of a line's."""
    tiers = results["tiers"]
    return tiers["law"].values == int(tiers["law"].sel(alternative=line["alternative"]))


def judged(results: Results, line: Line) -> int:
    """The printed tier of a line's alternative, or the most probable where none is printed."""
    one = results["tiers"].sel(alternative=line["alternative"])
    printed = int(one["published_tier"])
    return printed if printed > 0 else int(one["acceptability"].values.argmax()) + 1


def of_judged(group: str, **fixed: str) -> Look:
    def look(results: Results, line: Line) -> float:
        return at(group, "acceptability")(results, {**line, **fixed, "tier": judged(results, line)})

    return look


def over_beliefs(statistic: Callable[..., Any]) -> Look:
    def look(results: Results, line: Line) -> float:
        varied = results["belief_sensitivity"]["acceptability"].transpose("alternative", "tier", ...).values
        return float(statistic(varied[law(results, line), judged(results, line) - 1]))

    return look


def over_priors(statistic: Callable[..., Any]) -> Look:
    def look(results: Results, line: Line) -> float:
        panel = results["second_panel"]["survival_by_prior"].transpose("alternative", "spread", "prior")
        k = panel["spread"].values.tolist().index(line["spread"])
        return float(statistic(panel.values[law(results, line), k]))

    return look


def of_tier(group: str, variable: str, **fixed: Any) -> Look:
    """The mean over the alternatives that are printed in a line's tier."""

    def look(results: Results, line: Line) -> float:
        names = results["problem"]["alternative"].values
        printed = {str(n): judged(results, {"alternative": n}) for n in names}
        tier = line.get("tier_from", line.get("printed_tier"))
        return float(np.mean([at(group, variable, **fixed)(results, {**line, "alternative": n})
                              for n, t in printed.items() if t == tier]))  # fmt: skip

    return look


def in_roadmap(results: Results, line: Line) -> float:
    """The mean share of a status over the alternatives of tiers 1 to 3, under the second policy, the Roadmap."""
    names = [n for n, t in results["problem"]["published_tier"].to_series().items() if t in (1, 2, 3)]
    shares = [at("simulation", "status_share", policy="p1-roadmap")(results, {**line, "alternative": n}) for n in names]
    return float(np.mean(shares))


def after(results: Results, line: Line) -> float:
    if line["shock"] != "before":
        return of_tier("shocks", "acceptability")(results, line)
    if results["beliefs"].attrs["kind"] == "published-tiers":
        return float(line["tier"] == line["tier_from"])
    return of_tier("tiers", "acceptability")(results, line)


def probability(results: Results, line: Line) -> float:
    p = results["tiers"]["acceptability"].sel(alternative=line["alternative"]).values
    return float(p.max() if line["output"] == "ordinal" else p[int(line["output"].removeprefix("tier = ")) - 1])


def best(results: Results, line: Line) -> float:
    closed = results["sensitivity"]["closed_index"].sel(output="ordinal", alternative=line["alternative"]).values
    return max(value for subset, value in enumerate(closed) if subset.bit_count() == line["size"])


def swept(group: str, outcome: str, variable: str = "outcome_mean") -> Look:
    """The value at the setting that has a line's values, under the last policy, in the first scenario."""

    def look(results: Results, line: Line) -> float:
        one = results[group].isel(policy=-1, scenario=0)
        own = [np.array([str(v) == str(line[str(name).removeprefix("setting_")]) for v in one[name].values])
               for name in one.data_vars if str(name).startswith("setting_")]  # fmt: skip
        where = int(np.flatnonzero(np.all(own, axis=0)).item())
        return float(one[variable].isel(setting=where).sel(assumptions=line["assumptions"], outcome=outcome))

    return look


def moved_quantile(share: float) -> Look:
    def look(results: Results, line: Line) -> float:
        chances = results["rule_uncertainty"]["number_moved"].sel(rule=line["rule"]).values
        return next(float(k) for k in range(len(chances)) if sum(chances[: k + 1]) >= share - 1e-12)

    return look


def moved_mean(results: Results, line: Line) -> float:
    chances = results["rule_uncertainty"]["number_moved"].sel(rule=line["rule"]).values
    return float(sum(k * p for k, p in enumerate(chances)))


def keeps(results: Results, line: Line) -> float:
    names = results["problem"]["alternative"].values
    own = [n for n in names if judged(results, {"alternative": n}) == line["tier_from"]]
    modal = results["tiers"]["modal_tier"]
    p = results["other_rules"]["acceptability"].sel(rule=line["rule"])
    return float(np.mean([p.sel(alternative=n, tier=int(modal.sel(alternative=n))) for n in own]))


def regrets(statistic: Callable[..., Any]) -> Look:
    def look(results: Results, line: Line) -> float:
        every = [at("simulation", "regret")(results, {**line, "scenario": s})
                 for s in results["simulation"]["scenario"].values]  # fmt: skip
        return float(statistic(every))

    return look


ROADMAP = {"policy": "p1-roadmap"}
SWEPT = {
    "exposure_against_exit_lag": ("sweep_exit-lag", ("exposure_war",)),
    "false_snapback_against_violation": ("sweep_observability", ("false_snapback_share", "exposure_violation")),
    "lapse_against_restore": ("sweep_lapse", ("lapsed_share", "in_force", "months_suspended")),
}

#: By figure, how each of its columns of numbers is found again.
LOOKS: dict[str, dict[str, Look]] = {
    "second_panel_survival": {
        "survival": at("second_panel", "survival"), "lowest": over_priors(np.min), "highest": over_priors(np.max),
    },
    "acceptability": {
        "acceptability": at("tiers", "acceptability"), "standing": of_judged("tiers"),
        "lowest": over_beliefs(np.min), "highest": over_beliefs(np.max),
    },
    "sensitivity": {
        **{name: at("sensitivity", name) for name in ("first_order", "total_order", "shapley")},
        "probability": probability,
    },
    "subset_lattice": {
        "closed_index": at("sensitivity", "closed_index"), "variance": at("sensitivity", "variance"),
        "best_index": best,
    },
    "responses": {"response": at("sensitivity", "response")},
    "flip_distances": {name: at("tiers", name) for name in ("flip_probability", "flip_never", "flip_distance")},
    "other_rules": {
        **{name: of_tier("other_rules", name) for name in ("agreement", "agreement_back", "keeps_modal")},
        "still_modal": keeps,
    },
    "shocks": {"acceptability": after},
    "rule_agreement": {
        "agreement_mean": at("rule_uncertainty", "agreement_mean"), "weight": at("rule_uncertainty", "weight"),
    },
    "open_points": {
        "moved": at("rule_uncertainty", "moved"), "weight": at("rule_uncertainty", "weight"),
        "number_mean": moved_mean, "number_low": moved_quantile(0.1), "number_high": moved_quantile(0.9),
    },
    "breakpoints": {
        **{name: at("breakpoints", name) for name in ("value", "own", "stands_from", "stands_to")},
        "standing": of_judged("breakpoints"),
    },
    "dependence": {"standing": of_judged("dependence"), "composite_sd": at("dependence", "composite_sd")},
    "exact_against_sampled": {
        name: at("convergence", name)
        for name in ("error_rms", "error_max", "expected_rms", "p_all", "index_error", "index_covered")
    },
    "status_ribbons": {"status_share": in_roadmap},
    "cumulative_incidence": {
        "cumulative_incidence": at("simulation", "cumulative_incidence", **ROADMAP),
        "lower": at("simulation", "cumulative_incidence_ci", **ROADMAP, ci_bound="low"),
        "upper": at("simulation", "cumulative_incidence_ci", **ROADMAP, ci_bound="high"),
    },
    "tier_survival_under_events": {"tier_survival": of_tier("simulation", "tier_survival", **ROADMAP)},
    "tier_stability_map": {
        name: at("simulation", name, **ROADMAP, assumptions="unresponsive")
        for name in ("tier_stability", "tier_stability_se")
    },
    "regret_of_policies": {
        "regret": at("simulation", "regret"), "regret_se": at("simulation", "regret_se"),
        "worst_regret": regrets(np.max), "mean_regret": regrets(np.mean),
    },
    **{
        name: {
            f"{outcome}{end}": swept(group, outcome, variable)
            for outcome in outcomes
            for end, variable in (("", "outcome_mean"), ("_se", "outcome_se"))
        }
        for name, (group, outcomes) in SWEPT.items()
    },
}  # fmt: skip

#: What sweeps set, as their runs write it.
SETTINGS = ("offensive_ladder", "exit_rung", "lag_exit", "o_low", "threshold", "renew", "sunset_default")

#: Columns that say where a number stands, not what it is.
PLACES = {"tier", "tier_from", "published_tier", "judged_tier", "printed_tier", "measures", "spread", "level", "radius",
          "step", "loading", "month", "time", "draws", "size", "subset"}  # fmt: skip


def tabled(name: str, kind: str) -> pd.DataFrame:
    """The table as it is read from its CSV file."""
    text = FIGURES[name].data(ALL[kind]).to_csv(index=False)
    return pd.read_csv(io.StringIO(text), dtype=dict.fromkeys(SETTINGS, str))


@pytest.mark.parametrize(
    ("name", "kind"),
    [(n, kind) for kind in ("published", "panel", "tiny") for n, f in FIGURES.items() if not f.missing(ALL[kind])],
)
def test_every_number_is_found_again_in_the_results(name: str, kind: str) -> None:
    table = tabled(name, kind)
    numbers = [c for c in table.select_dtypes("number").columns if c not in PLACES and table[c].notna().any()]
    assert set(numbers) <= set(LOOKS[name])
    for line in table.sample(min(len(table), 30), random_state=2).to_dict("records"):
        for column in numbers:
            if not np.isnan(line[column]):
                assert line[column] == pytest.approx(LOOKS[name][column](ALL[kind], line), rel=1e-12, abs=1e-15), column


@pytest.mark.parametrize("name", FIGURES)
def test_no_figure_is_left_unchecked(name: str) -> None:
    assert name in LOOKS


def test_the_best_subsets_are_those_that_no_other_of_their_size_beats() -> None:
    table = tabled("subset_lattice", "published").dropna(subset="subset")
    assert len(table) == 2**7
    group = ALL["published"]["sensitivity"]
    most = group["variance"].sel(output="ordinal").to_series().idxmax()
    assert set(table["alternative"]) == {most}
    for size, one in table.groupby("size"):
        assert set(one["subset"].map(lambda s: int(s).bit_count())) == {size}
        told = one.loc[one["best"].astype(bool), "closed_index"]
        assert told.min() == pytest.approx(one["closed_index"].max())
        assert len(told) == 1
