"""Tables of simulations; one function for one table, a line for each policy, scenario and assumption set."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import xarray as xr

from mcda.output.selected_simulation import axes_of, judged_policy
from mcda.output.sheets import Table
from mcda.output.subject import Subject
from mcda.output.table_fields import ID, LABEL, PUBLISHED, Row, described, made, named_row, share, text, whole_number

__all__ = [
    "entity_stability", "incidence", "outcomes", "register", "regret", "scenarios", "signs", "stages", "sweeps",
    "tier_stability", "variance",
]  # fmt: skip

WHERE = (
    text("assumptions", "assumption set"), text("scenario", "scenario"), text("policy", "policy"),
)  # fmt: skip
NOTE = "Conditional on the scenario and on the assumed rates; not a forecast. Errors are over paths alone."


def _cells(group: xr.Dataset) -> Iterator[tuple[Row, xr.Dataset]]:
    """Each combination of assumption set, scenario and policy, with its part of the results."""
    names = [group[d].values for d in ("assumptions", "scenario", "policy")]
    for a, s, p in product(*names):
        yield (str(a), str(s), str(p)), group.sel(assumptions=a, scenario=s, policy=p)


def scenarios(subject: Subject) -> Table:
    """The scenarios with their stories."""
    group = subject.results["simulation"]
    fields = [text("scenario", "name"), text("title", "title"), text("story", "what happens")]
    rows = [
        tuple(str(group[name].values[i]) for name in ("scenario", "scenario_title", "scenario_story"))
        for i in range(group.sizes["scenario"])
    ]
    return made(subject, "scenarios", f"{len(rows)} scenarios", fields, rows)


def outcomes(subject: Subject) -> Table:
    """All outcomes, a line for each."""
    group = subject.results["simulation"]
    fields = [
        *WHERE, text("outcome", "name of the outcome"), text("label", "what it is"), text("units", "its units"),
        share("mean", "mean over paths, or ratio of sums"), share("se", "its standard error"),
    ]  # fmt: skip
    rows = []
    for where, one in _cells(group[["outcome_mean", "outcome_se", "outcome_label", "outcome_units"]]):
        columns = zip(
            one["outcome"].values, one["outcome_label"].values, one["outcome_units"].values,
            one["outcome_mean"].values, one["outcome_se"].values, strict=True,
        )  # fmt: skip
        rows += [(*where, *map(str, row[:3]), _number(row[3]), _number(row[4])) for row in columns]
    return made(subject, "simulated-outcomes", "Outcomes of policies in scenarios", fields, rows, NOTE)


def _number(x: float) -> float | None:
    return None if np.isnan(x) else float(x)


def stages(subject: Subject) -> Table:
    """How often each stage opened, by the horizon, and before an exit."""
    group = subject.results["simulation"]
    names = [str(s) for s in group["stage"].values]
    fields = [
        *WHERE,
        *(share(f"stage_{s}", f"share of paths on which stage {s} opened, an exit competing") for s in names),
        *(share(f"stage_{s}_se", f"standard error of stage_{s}") for s in names),
    ]
    rows = []
    for where, one in _cells(group[["stage_incidence", "stage_incidence_se"]]):
        last = one.isel(time=-1)
        values = [*last["stage_incidence"].values, *last["stage_incidence_se"].values]
        rows.append((*where, *map(_number, values)))
    return made(subject, "stages-opened", "How often each stage opened", fields, rows, NOTE)


def incidence(subject: Subject) -> Table:
    """The first break by the end of each year."""
    group = subject.results["simulation"][["cumulative_incidence", "cumulative_incidence_se"]]
    years = [t for t in range(12, int(group["time"][-1]) + 1, 12)]
    fields = [
        *WHERE,
        text("cause", "what came first"),
        *(share(f"by_{t}", f"share of paths by month {t}") for t in years),
    ]
    fields += [share(f"by_{t}_se", f"standard error of by_{t}") for t in years]
    rows = []
    for where, one in _cells(group):
        for cause in one["cause"].values:
            chosen = one.sel(cause=cause, time=years)
            values = [*chosen["cumulative_incidence"].values, *chosen["cumulative_incidence_se"].values]
            rows.append((*where, str(cause), *map(_number, values)))
    return made(subject, "first-break", "Exit, snapback or settlement, whichever came first", fields, rows, NOTE)


def tier_stability(subject: Subject) -> Table:
    """Months in the printed tier, beside what the belief alone gives."""
    group = subject.results["simulation"]
    policy = judged_policy(group)
    fields = [
        ID, LABEL, PUBLISHED, text("assumptions", "assumption set"), text("scenario", "scenario"),
        share("stability", "mean share of months in the printed tier"), share("se", "its standard error"),
        share("static", "probability of the published tier without events (table acceptability)"),
    ]  # fmt: skip
    known = subject.results.has("tiers/acceptability")
    static = subject.aligned(subject.results["tiers"]["acceptability"]) if known else None
    rows = []
    for i, name in enumerate(subject.alternatives):
        tier = int(subject.published_tier[i])
        alone = _number(static[i][subject.tiers.index(tier)]) if static is not None and tier in subject.tiers else None
        for a, s in product(group["assumptions"].values, group["scenario"].values):
            one = group.sel(policy=policy, assumptions=a, scenario=s, alternative=name)
            values = _number(float(one["tier_stability"])), _number(float(one["tier_stability_se"]))
            rows.append((*named_row(subject, i), str(a), str(s), *values, alone))
    note = f"Policy: {policy}. {NOTE} Without events the tier is that of a second panel where only tiers are published."
    return made(
        subject, "tier-stability", "How long printed tiers stand when events shock the scores", fields, rows, note
    )


def entity_stability(subject: Subject) -> Table:
    """Months in the printed tier of entities that were rows of their own."""
    group, problem = subject.results["simulation_entities"], subject.results["problem"]
    policy, labels = judged_policy(subject.results["simulation"]), problem["entity_label"]
    fields = [
        ID, LABEL, text("parent", "alternative that the entity is inside"), PUBLISHED,
        text("assumptions", "assumption set"), text("scenario", "scenario"),
        share("stability", "mean share of months in the printed tier"), share("se", "its standard error"),
    ]  # fmt: skip
    rows = []
    for name in group["entity"].values:
        one = group.sel(entity=name, policy=policy)
        said = str(name), str(labels.sel(entity=name).item()), str(one["parent"].item()), int(one["printed_tier"])
        for a, s in product(group["assumptions"].values, group["scenario"].values):
            found = one.sel(assumptions=a, scenario=s)
            values = _number(float(found["tier_stability"])), _number(float(found["tier_stability_se"]))
            rows.append((*said, str(a), str(s), *values))
    note = f"Policy: {policy}. {NOTE} An entity has its parent's belief, and its own draw of it."
    return made(subject, "entity-stability", "How long printed tiers of entities stand", fields, rows, note)


def regret(subject: Subject) -> Table:
    """Expected utility, regret and the comparison with the status quo."""
    group = subject.results["simulation"]
    names = [
        n
        for n in ("utility_mean", "utility_se", "regret", "regret_se", "below_status_quo", "shortfall", "shortfall_se")
        if n in group
    ]
    fields = [
        *WHERE,
        text("utility", "stance (a value judgement)"),
        *(share(n, str(group[n].attrs["long_name"])) for n in names),
    ]
    rows = []
    for where, one in _cells(group[names]):
        for u in one["utility"].values:
            rows.append((*where, str(u), *(_number(float(one[n].sel(utility=u))) for n in names)))
    return made(subject, "regret", "Regret of policies, by stance", fields, rows, NOTE)


def signs(subject: Subject) -> Table:
    """How early signs tell of the need."""
    group = subject.results["simulation"]
    names = ["sign_hit", "sign_false"]
    fields = [*WHERE, text("sign", "sign"), *(share(n, str(group[n].attrs["long_name"])) for n in names)]
    fields += [
        share(f"lead_{q:g}", f"quantile {q:g} of the months from the sign to the need")
        for q in group["quantile"].values
    ]
    rows = []
    for where, one in _cells(group[[*names, "sign_lead"]]):
        for sign in one["sign"].values:
            chosen = one.sel(sign=sign)
            values = [*(float(chosen[n]) for n in names), *chosen["sign_lead"].values]
            rows.append((*where, str(sign), *map(_number, values)))
    note = f"On paths without exit and snapback. {NOTE}"
    return made(subject, "signposts", "Which sign would have told, and how long before", fields, rows, note)


def variance(subject: Subject) -> Table:
    """What outcomes' variance is due to."""
    group = subject.results["simulation"]
    sources = [str(s) for s in group["source"].values]
    fields = [*WHERE, text("outcome", "outcome"), *(share(s, f"share of {s}") for s in sources)]
    fields += [share(f"{s}_se", f"standard error of {s}") for s in sources]
    rows = []
    for where, one in _cells(group[["variance_share", "variance_share_se"]]):
        for outcome in one["budget_outcome"].values:
            chosen = one.sel(budget_outcome=outcome)
            values = [*chosen["variance_share"].values, *chosen["variance_share_se"].values]
            rows.append((*where, str(outcome), *map(_number, values)))
    return made(subject, "variance-budget", "How much is assumptions, how much luck", fields, rows, NOTE)


def register(subject: Subject) -> Table:
    """Every number that the simulation rests on, what moves its answer most first."""
    group = subject.results["simulation_register"]
    names = ["value", "low", "high", "basis", "moved", "moves", "state", "citation", "note", "file"]
    fields = [text("parameter", "key of the number"), *(described(group, name) for name in names)]
    files = [str(file) for file in group["file"].values]
    keys = [str(key).removeprefix(f"{f}: ") for key, f in zip(group["parameter"].values, files, strict=True)]
    columns = [[_number(v) for v in group[n].values] if n == "moved" else map(str, group[n].values) for n in names]
    about = group.attrs
    shown = f"Policy {about['policy']}, scenario {about['scenario']}, {int(about['paths'])} paths"
    note = f"{shown}; the answer: {about['answer']}."
    rows = list(zip(keys, *columns, strict=True))
    return made(subject, "simulation-register", "Assumption register of the simulation", fields, rows, note)


def sweeps(subject: Subject, name: str) -> Table:
    """One sweep: outcomes at every setting."""
    group = subject.results[name]
    axes = axes_of(group)
    fields = [
        *WHERE, *(text(axis.removeprefix("setting_"), str(group[axis].attrs["long_name"])) for axis in axes),
        text("outcome", "name of the outcome"), share("mean", "mean over paths, or ratio"),
        share("se", "its standard error"), whole_number("paths", "paths"),
    ]  # fmt: skip
    paths, rows = int(group.attrs.get("paths", 0)), []
    for where, one in _cells(group[["outcome_mean", "outcome_se", *axes]]):
        for i in range(one.sizes["setting"]):
            at = one.isel(setting=i)
            values = [str(at[axis].item()) for axis in axes]
            for k, outcome in enumerate(at["outcome"].values):
                mean, error = float(at["outcome_mean"][k]), float(at["outcome_se"][k])
                rows.append((*where, *values, str(outcome), _number(mean), _number(error), paths))
    title = f"Sweep {name.removeprefix('sweep_')}: outcomes at every setting"
    return made(subject, name.replace("_", "-"), title, fields, rows, NOTE)
