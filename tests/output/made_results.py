"""Results of small runs, written down by hand: what tables and report read, without an engine in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from mcda.output.results import Results
from mcda.study.store import write_results

LABELS = ("North school", "South school", "Old mill", "Gym")
TIERS = (("Now", True), ("Later", True), ("Never", False))
CRITERIA = (("cost", "Cost", "against"), ("need", "Need", "for"), ("use", "Use", "for"))
PRINTED = (1, 2, 3, 2)

#: P(tier) by alternative, at the reference and over (prior, spread): alternatives 1 and 3 share a belief.
P = ((0.8, 0.15, 0.05), (0.2, 0.6, 0.2), (0.0, 0.3, 0.7), (0.2, 0.6, 0.2))


def attrs(long_name: str, units: str = "1") -> dict[str, str]:
    return {"long_name": long_name, "units": units}


def ids(n: int) -> list[str]:
    return [f"alt-{k}" for k in range(n)]


def problem(
    labels: Sequence[str] = LABELS,
    tiers: Sequence[tuple[str, bool]] = TIERS,
    criteria: Sequence[tuple[str, str, str]] = CRITERIA,
    printed: Sequence[int] = PRINTED,
    **more: Any,
) -> xr.Dataset:
    n = len(labels)
    return xr.Dataset(
        {
            "label": ("alternative", list(labels)),
            "article": ("alternative", [""] * n),
            "published_tier": ("alternative", np.array(printed)),
            "criterion_label": ("criterion", [c[1] for c in criteria]),
            "criterion_role": ("criterion", [c[2] for c in criteria]),
            "tier_label": ("tier", [t[0] for t in tiers]),
            "tier_in_roadmap": ("tier", [t[1] for t in tiers]),
        },
        coords={"alternative": ids(n), "criterion": [c[0] for c in criteria], "tier": np.arange(1, len(tiers) + 1)},
        attrs={"id": "roofs", "title": "Which roofs to mend", "citation": "Town, 2024", "as_of": "2024", **more},
    )


def tiers_group(p: Any, printed: Sequence[int], law: Sequence[int]) -> xr.Dataset:
    p = np.asarray(p, dtype=float)
    n, t = p.shape
    order = np.argsort(-p, axis=1, kind="stable")
    best = np.sort(p, axis=1)[:, ::-1]
    logs = np.log2(p, out=np.zeros_like(p), where=p > 0)
    one = "alternative"
    return xr.Dataset(
        {
            "acceptability": ((one, "tier"), p, attrs("probability of the tier")),
            "acceptability_se": ((one, "tier"), np.zeros_like(p), attrs("error (0: exact, given the assumptions)")),
            "modal_tier": (one, order[:, 0] + 1, attrs("most probable tier", "tier")),
            "modal_tie": (one, best[:, 0] - best[:, 1] < 1e-12, attrs("whether it is tied")),
            "margin": (one, best[:, 0] - best[:, 1], attrs("margin")),
            "runner_up": (one, order[:, 1] + 1, attrs("second most probable tier", "tier")),
            "entropy": (one, -(p * logs).sum(axis=1), attrs("entropy of the tier", "bit")),
            "published_tier": (one, np.array(printed), attrs("published tier (-1: none)", "tier")),
            "law": (one, np.array(law), attrs("number of the distinct belief")),
        },
        coords={"alternative": ids(n), "tier": np.arange(1, t + 1)},
    )


def flips(found: xr.Dataset, median: Sequence[float], near: Sequence[float]) -> xr.Dataset:
    n, t = found.sizes["alternative"], found.sizes["tier"]
    over = ("alternative", "norm")
    toward = np.zeros((n, 1, t))
    for i, own in enumerate(found["published_tier"].values):
        for other in (own - 1, own + 1):
            if 1 <= other <= t:
                toward[i, 0, other - 1] = 0.5
    return found.assign(
        flip_quantile=((*over, "quantile"), np.array(median)[:, None, None], attrs("quantile", "points")),
        flip_probability=((*over, "radius"), np.array(near)[:, None, None], attrs("probability within it")),
        flip_toward=((*over, "tier"), toward, attrs("probability that a nearest flip leads there")),
        flip_distance=(over, np.full((n, 1), np.nan), attrs("distance to the nearest other tier", "points")),
    ).assign_coords(norm=["l1"], quantile=[0.5], radius=[1.0])


def varied(low: Any, high: Any, *, over: str = "prior") -> xr.Dataset:
    """P(tier) at two priors (or pools) and two spreads: `low` and `high`, and a step between."""
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    n, t = low.shape
    values = np.stack([np.stack([low, high]), np.stack([(low + high) / 2, high])])
    names = ["uniform", "low-scores"] if over == "prior" else ["panel-mean", "pooled-experts"]
    return xr.Dataset(
        {
            "acceptability": ((over, "spread", "alternative", "tier"), values, attrs("probability of the tier")),
            "lower": (("alternative", "radius", "tier"), low[:, None] * 0.9, attrs("smallest probability")),
            "upper": (("alternative", "radius", "tier"), low[:, None] * 0.9 + 0.1, attrs("largest probability")),
            "epsilon_lost": ("alternative", np.full(n, 0.2567), attrs("contamination at which it can be lost")),
        },
        coords={
            over: names, "spread": ("spread", [0.5, 2.0], attrs("spread", "points")), "alternative": ids(n),
            "tier": np.arange(1, t + 1), "radius": [0.1],
        },
        attrs={"declined": ""},
    )  # fmt: skip


def sensitivity(
    n: int, n_tiers: int, factors: Sequence[str], *, shapley: Any = None, response: Any = None, first: float = 0.05
) -> xr.Dataset:
    """Indices of the ordinal output and of the first tier; the response over scores 1, 2, 3."""
    d = len(factors)
    own = np.full((n, d), 1 / d) if shapley is None else np.asarray(shapley, dtype=float)
    both = np.repeat(own[:, None], 2, axis=1)
    answer = np.full((n, d, 3, n_tiers), 1 / n_tiers) if response is None else np.asarray(response, dtype=float)
    over = ("alternative", "output", "factor")
    return xr.Dataset(
        {
            "first_order": (over, np.full((n, 2, d), first), attrs("first-order index")),
            "total_order": (over, both * 2, attrs("total-order index")),
            "shapley": (over, both, attrs("Shapley effect")),
            "response": (("alternative", "criterion", "level", "tier"), answer, attrs("probability given the score")),
        },
        coords={
            "alternative": ids(n), "output": ["tier = 1", "ordinal"], "factor": list(factors),
            "criterion": list(factors), "level": [1.0, 2.0, 3.0], "tier": np.arange(1, n_tiers + 1),
        },
        attrs={"dependence": "conditioned", "method": "contraction", "rule": "plain"},
    )  # fmt: skip


def other_rules(agreement: Mapping[str, Sequence[float]], printed: Sequence[int], n_tiers: int) -> xr.Dataset:
    """P(tier) under other rules: what doesn't agree goes to the next tier (or the one before)."""
    names = ["plain", *agreement]
    table = np.array([[1.0] * len(printed), *agreement.values()])
    p = np.zeros((len(names), len(printed), n_tiers))
    for i, t in enumerate(printed):
        p[:, i, t - 1] = table[:, i]
        p[:, i, t % n_tiers] += 1 - table[:, i]
    over = ("rule", "alternative")
    return xr.Dataset(
        {
            "acceptability": ((*over, "tier"), p, attrs("probability under the other rule")),
            "agreement": (over, table, attrs("P(other rule gives it | this rule does)")),
            "agreement_back": (over, table, attrs("P(this rule gives it | the other does)")),
        },
        coords={"rule": names, "alternative": ids(len(printed)), "tier": np.arange(1, n_tiers + 1)},
    )


def rules(names: Sequence[str]) -> xr.Dataset:
    values = {"form": ["difference"] * len(names), "zero": ["outside", *["inside"] * (len(names) - 1)]}
    values |= {"cuts": ["4, -1"] * len(names), "weights": ["1, 1, 1"] * len(names)}
    data = {k: ("rule", v, attrs(f"rule parameter: {k}")) for k, v in values.items()}
    return xr.Dataset(data, coords={"rule": list(names)})


def shocks(p: Any, labels: Sequence[str] = ("Prices rise",)) -> xr.Dataset:
    p = np.asarray(p, dtype=float)
    return xr.Dataset(
        {
            "acceptability": (("shock", "alternative", "tier"), p, attrs("probability after the shock")),
            "label": ("shock", list(labels), attrs("what the shock is")),
        },
        coords={"shock": [f"shock-{k}" for k in range(len(p))], "alternative": ids(p.shape[1]),
                "tier": np.arange(1, p.shape[2] + 1)},
    )  # fmt: skip


#: key, file, value, low, high, basis, state, moved_mean, moved_max
REGISTER = (
    ("second_panel.reference_sd", "run.yaml", "1", "0.5", "2", "assumption", "varied", 0.18, 0.21),
    ("rules.plain.cuts[0]", "problem.yaml", "4", "3", "5", "derived", "varied", 0.11, 0.17),
    ("rule", "experiment", "plain", "inside, veto", "", "assumption", "varied", 0.05, 0.1),
    ("beliefs.prior", "experiment", "uniform", "low-scores", "", "assumption", "varied", 0.04, 0.12),
    ("default_spread.value", "problem.yaml", "2", "1", "4", "assumption", "unused by the headline", 0.0, 0.0),
    ("17 numbers", "problem.yaml", "", "", "", "paper", "not varied: no range", np.nan, np.nan),
)


POOL = ("beliefs.pool", "experiment", "panel-mean", "pooled-experts", "", "assumption", "varied", 0.2, 0.3)


def register(rows: Sequence[tuple[Any, ...]] = REGISTER) -> xr.Dataset:
    names = ("file", "value", "low", "high", "basis", "state", "moved_mean", "moved_max")
    data = {name: ("parameter", [row[k + 1] for row in rows], attrs(name)) for k, name in enumerate(names)}
    for extra in ("citation", "note"):
        data[extra] = ("parameter", [""] * len(rows), attrs(extra))
    return xr.Dataset(data, coords={"parameter": [f"{row[1]}: {row[0]}" for row in rows]})


def root(kind: str, *, illustrative: bool = False, rule: str = "plain") -> dict[str, str]:
    return {
        "experiment": "made", "problem": "roofs", "question": "How sure is it?", "rule": rule, "beliefs": kind,
        "illustrative": "yes" if illustrative else "no", "source": "mcda-sim 0",
        "statement": "exact, given the assumptions in the group register; not a forecast",
    }  # fmt: skip


def published_run(
    *,
    p: Any = P,
    spread: Any = None,
    sd: float = 1.0,
    labels: Sequence[str] = LABELS,
    tiers: Sequence[tuple[str, bool]] = TIERS,
    printed: Sequence[int] = PRINTED,
    law: Sequence[int] = (0, 1, 2, 1),
    criteria: Sequence[tuple[str, str, str]] = CRITERIA,
    noun: str = "",
    drop: Sequence[str] = (),
    **groups: xr.Dataset,
) -> Results:
    """Return a run about published tiers; `spread` are P(tier) at its (low, high) ends; `groups` replace others."""
    p = np.asarray(p, dtype=float)
    n, t = p.shape
    low, high = (p * 0.9, np.minimum(p * 1.1, 1)) if spread is None else spread
    stands = p[np.arange(n), np.array(printed) - 1]
    curve = np.stack([np.ones(n), stands, stands / 2], axis=1)
    about = {"kind": "published-tiers", "prior": "uniform", "reference_sd": sd, "ends": "clip"}
    median, near = np.resize([2, 1, 2, 1], n), np.resize([0.2, 0.5, 0.3, 0.5], n)
    made = {
        "problem": problem(labels, tiers, criteria, printed, noun=noun),
        "rule": rules(("plain", "inside", "veto")),
        "beliefs": xr.Dataset(attrs=about),
        "tiers": flips(tiers_group(p, printed, law), median, near),
        "second_panel": xr.Dataset(
            {"survival": (("alternative", "spread"), curve, attrs("probability that a second panel gives it"))},
            coords={"alternative": ids(n), "spread": ("spread", [0.0, 1.0, 2.0], attrs("error", "points"))},
            attrs={"prior": "uniform"},
        ),
        "sensitivity": sensitivity(n, t, [c[0] for c in criteria]),
        "other_rules": other_rules({"inside": [1.0] * n, "veto": [0.5] * n}, printed, t),
        "shocks": shocks([np.eye(t)[[t - 1] * n]]),
        "belief_sensitivity": varied(low, high),
        "register": register(),
    }
    kept = {name: group for name, group in {**made, **groups}.items() if name not in drop}
    return Results(kept, root("published-tiers"))


def panel_run(
    *,
    p: Any = P,
    spread: Any = None,
    printed: Sequence[int] = PRINTED,
    labels: Sequence[str] = LABELS,
    tiers: Sequence[tuple[str, bool]] = TIERS,
    illustrative: bool = False,
    drop: Sequence[str] = (),
    points: Sequence[Sequence[int]] | None = None,
    **groups: xr.Dataset,
) -> Results:
    """Return a run about a panel's scores; `points` are the tiers of mean, median, vote."""
    p = np.asarray(p, dtype=float)
    n, t = p.shape
    low, high = (p * 0.9, np.minimum(p * 1.1, 1)) if spread is None else spread
    found = tiers_group(p, printed, range(n))
    modal = found["modal_tier"].values.tolist()
    mean, median, vote = points or (modal, modal, modal)
    one = "alternative"
    found = found.assign(
        tier_of_mean=(one, list(mean)), tier_of_median=(one, list(median)), tier_of_vote=(one, list(vote)),
        vote_tie=(one, [False] * n), expert_tier=((one, "expert"), np.stack([modal, modal], axis=1)),
        flip_distance=((one, "norm"), np.linspace(0.5, 3, n)[:, None], attrs("distance", "points")),
    ).assign_coords(expert=["x", "y"], norm=["l1"])  # fmt: skip
    rules_found = other_rules({"inside": [1.0] * n, "veto": [0.5] * n}, modal, t)
    rules_found["keeps_modal"] = (("rule", one), [[True] * n, [True] * n, [True] * (n - 1) + [False]])
    made = {
        "problem": problem(labels, tiers, printed=printed),
        "rule": rules(("plain", "inside", "veto")),
        "beliefs": xr.Dataset(attrs={"kind": "panel", "pool": "panel-mean", "spread": 0.5, "family": "triangular"}),
        "scores": xr.Dataset(
            {"scores": ((one, "criterion", "expert"), np.ones((n, 3, 2)))},
            coords={one: ids(n), "criterion": [c[0] for c in CRITERIA], "expert": ["x", "y"]},
        ),
        "tiers": found,
        "sensitivity": sensitivity(n, t, [c[0] for c in CRITERIA]),
        "other_rules": rules_found,
        "shocks": shocks([np.eye(t)[[t - 1] * n]]),
        "belief_sensitivity": varied(low, high, over="setting"),
        "register": register([POOL]),
    }  # fmt: skip
    kept = {name: group for name, group in {**made, **groups}.items() if name not in drop}
    return Results(kept, root("panel", illustrative=illustrative))


def stored(results: Results, folder: Path) -> Path:
    """Write a run's results.nc, as a run does, and return its folder."""
    write_results(folder / "results.nc", dict(results), results.attributes)
    return folder


#: Names that must come out as text in every format.
HOSTILE = (
    "<script>alert(1)</script>",
    "=1+1",
    "@SUM(A1) \"quoted\" 'and' $x_1^2$ 50% & #1 {b} \\input{/etc/passwd}",
    "x" * 2000,
    "[1] *starred* \u202eevil\u202c \u05e9\u05dc\u05d5\u05dd",
    "-2+3\ttab\nline \x07bell",
)
