"""Tables of unsure rules, of tables in draws, of dependent scores and of convergence; one function for one table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.output.results import Results
from mcda.output.selected_uncertain import number_of_moved
from mcda.output.sheets import Table
from mcda.output.subject import Group, Subject
from mcda.output.table_fields import (
    WHO,
    Field,
    Row,
    by_tier,
    described,
    made,
    share,
    text,
    tier_or_none,
    who,
    whole_number,
)

__all__ = [
    "breakpoints", "convergence", "convergence_of_indices", "dependence", "dependence_of_indices", "draws",
    "rule_uncertainty", "rules", "statements",
]  # fmt: skip

SUMS = "by sums over the lattice (exact, given the assumptions)"

# -- the rule ----------------------------------------------------------------------------------------------------------


def rules(subject: Subject) -> Table:
    """The rules, every parameter as text; where the run weighs them also what each of them changes."""
    group = subject.results["rule"]
    keys, own = [str(name) for name in group.data_vars], [str(r) for r in group["rule"].values]
    names, fields, weighed = _weighed(subject.results)
    names = [*names, *(r for r in own if r not in names)]
    nothing: Row = (None,) * len(fields)
    described_keys = [text(key, str(group[key].attrs.get("long_name", key))) for key in keys]

    def parameters(name: str) -> Iterator[str | None]:
        return (str(group[key].values[own.index(name)]) if name in own else None for key in keys)

    rows = [(name, *weighed.get(name, nothing), *parameters(name)) for name in names]
    title = "The run's rule and those it is compared with"
    note = f"A rule whose parameters are empty stands in the problem's file ({subject.problem.attrs.get('id', '')})."
    hidden = any(name not in own for name in names)
    return made(subject, "rules", title, [text("rule", "name"), *fields, *described_keys], rows, note if hidden else "")


def _weighed(results: Results) -> tuple[list[str], list[Field], dict[str, Row]]:
    """Names of the rules that have weights, the columns about them, and each rule's cells; nothing without weights."""
    if not results.has("rule_uncertainty/weight"):
        return [], [], {}
    group = results["rule_uncertainty"]
    reference = str(group.attrs.get("reference", group["rule"].values[0]))
    there, back = (group["agreement_mean"].sel({dim: reference}, drop=True) for dim in ("rule", "other"))
    counts = number_of_moved(group)
    fields = [
        described(group, "weight"), described(group, "open_point"),
        share("agreement", f"mean probability that it gives the tier that {reference} gives, sorting the same scores"),
        share("agreement_back", f"the reverse: its scores, sorted by {reference}"),
        *(described(counts, str(name)) for name in counts.data_vars),
    ]  # fmt: skip
    names = [str(r) for r in group["rule"].values]
    columns = [group["weight"], group["open_point"], there, back, *counts.data_vars.values()]
    return names, fields, {name: tuple(c.values[k].item() for c in columns) for k, name in enumerate(names)}


def rule_uncertainty(subject: Subject) -> Table:
    """Tiers over all rules, by distinct belief, and what of them the rule leaves alone."""
    group = subject.results["rule_uncertainty"]
    mixed = subject.aligned(group["mixed"])
    single = ["keeps_modal", "unchanged", *(["drawn_weights_moved"] if "drawn_weights_moved" in group else [])]
    values = [subject.aligned(group[name]) for name in single]
    named, bounds = _bounds(subject)
    fields = [
        *WHO, *by_tier(subject, what="over all rules, probability of"), *(described(group, n) for n in single), *named,
    ]  # fmt: skip
    told = [mixed, *values[:2], bounds]  # what is drawn differs by chance alone: the mean over who shares a belief
    rows = [
        (*who(subject, g), *mixed[g.first], *(v[list(g.rows)].mean() for v in values), *bounds[g.first])
        for g in subject.once(told)
    ]
    note = (
        "keeps_modal counts rules whose most probable tier is that of the reference; unchanged is the mean probability "
        "that the tier is the same one. stands_from and stands_to: between these values of a number of the rule, all "
        "others as they are, the most probable tier stays; values beyond the looked-at grid may keep it too."
    )
    title = "Tiers if the rule is not sure, by the declared weights of its readings"
    return made(subject, "rule-uncertainty", title, fields, rows, note)


def _bounds(subject: Subject) -> tuple[list[Field], npt.NDArray[np.float64]]:
    """Columns of the values between which the most probable tier stands, (alternative, column)."""
    if not subject.results.has("breakpoints/stands_from"):
        return [], np.zeros((len(subject.alternatives), 0))
    group = subject.results["breakpoints"]
    fields, columns = [], []
    for name in map(str, group["parameter"].values):
        for bound in ("stands_from", "stands_to"):
            _, meaning, _, units = described(group, bound)
            fields.append(share(f"{bound}_{name}", f"{name}: {meaning}", units))
            columns.append(subject.aligned(group[bound].sel(parameter=name)))
    return fields, np.stack(columns, axis=1)


def breakpoints(subject: Subject) -> Table:
    """Where each number of the rule may lie, by distinct belief; of a panel also for the tier of its mean scores."""
    group = subject.results["breakpoints"]
    low, high = (subject.aligned(group[n].transpose("alternative", "parameter")) for n in ("stands_from", "stands_to"))
    intervals, fields = _point_intervals(subject)
    fields = [
        *WHO, text("parameter", "number of the rule"), described(group, "own"), described(group, "stands_from"),
        described(group, "stands_to"), *fields,
    ]  # fmt: skip
    rows = [
        (*who(subject, g), str(name), group["own"].values[k], low[g.first, k], high[g.first, k],
         *intervals(g.first, k))
        for g in subject.once([low, high])
        for k, name in enumerate(group["parameter"].values)
    ]  # fmt: skip
    note = "Values were looked at on a grid; a bound at its end is none. One number is moved, all others stay."
    return made(subject, "breakpoints", "Where the rule's numbers would have to be", fields, rows, note)


def _point_intervals(subject: Subject) -> tuple[Any, list[Field]]:
    """Of a panel the tier of its mean scores, and the interval in which it stands, by (row, parameter)."""
    group = subject.results["breakpoints"]
    if "point_interval" not in group:
        return lambda row, k: (), []
    found = subject.aligned(group["point_interval"].transpose("alternative", "parameter"))
    tiers = subject.aligned(group["point_tier"])
    fields = [
        whole_number("point_tier", "tier of the mean scores (empty: a score is unknown)", "tier"),
        text("point_interval", "interval of the number in which that tier stands"),
    ]
    return lambda row, k: (tier_or_none(int(tiers[row])), str(found[row, k])), fields


# -- draws -------------------------------------------------------------------------------------------------------------


def draws(subject: Subject) -> Table:
    """Shares of draws and their intervals beside the sums: for each alternative, since each has its own draws."""
    group = subject.results["draws"]
    names = ("share", "share_se", "exact", "z")
    values = {n: subject.aligned(group[n].transpose("alternative", "tier")) for n in names}
    ends = subject.aligned(group["share_ci"].transpose("alternative", "tier", "ci_bound"))
    fields = [*WHO, whole_number("tier", "tier", "tier"), *_interval_fields("share of draws in the tier")]
    rows = [
        (*who(subject, g), t, values["share"][i, k], values["share_se"][i, k], *ends[i, k], values["exact"][i, k],
         values["z"][i, k])
        for i, g in _each(subject)
        for k, t in enumerate(group["tier"].values)
    ]  # fmt: skip
    return made(subject, "draws", f"Tiers in {_number(group)} draws", fields, rows, _agreement(group))


def _each(subject: Subject) -> list[tuple[int, Group]]:
    """Every alternative by itself, with its belief's number."""
    return [(i, Group(int(law) + 1, (name,), (i,)))
            for i, (name, law) in enumerate(zip(subject.alternatives, subject.laws, strict=True))]  # fmt: skip


def _interval_fields(what: str) -> list[Field]:
    return [
        share("share", what), share("share_se", "its standard error"),
        share("low", "lower end of its 95 % interval (Clopper-Pearson)"), share("high", "upper end"),
        share("exact", f"probability {SUMS}"), share("z", "deviation of the share in standard errors"),
    ]  # fmt: skip


def _number(group: xr.Dataset) -> str:
    n = group.attrs.get("n")
    return "the run's" if n is None else f"{int(n):,}"


def _agreement(group: xr.Dataset) -> str:
    """How the shares agree with the sums, in a sentence; why there are no sums if there are none."""
    if reason := str(group.attrs.get("declined", "")):
        return f"No sums (empty): {reason}"
    if "p_all" not in group.attrs:
        return ""
    return (
        f"One test of all shares: chi-square {float(group.attrs['chi_square']):.1f} on {int(group.attrs['degrees'])} "
        f"degrees of freedom, p = {float(group.attrs['p_all']):.2f}."
    )


def statements(subject: Subject) -> Table:
    """Joint statements about the whole table."""
    group = subject.results["draws"]
    names = ("statement_share", "statement_se")
    lead = [group[n].values for n in names]
    ends = group["statement_ci"].transpose("statement", "ci_bound").values
    rows = [
        (str(name), *(v[k] for v in lead), *ends[k], group["statement_exact"].values[k], group["statement_z"].values[k])
        for k, name in enumerate(group["statement"].values)
    ]
    fields = [text("statement", "joint statement"), *_interval_fields("share of draws in which it holds")]
    title = f"Statements about the whole table, in {_number(group)} draws"
    return made(subject, "statements", title, fields, rows)


# -- dependence --------------------------------------------------------------------------------------------------------


def dependence(subject: Subject) -> Table:
    """Tiers over the loading of a common factor."""
    group = subject.results["dependence"]
    lead = ("alternative", "setting", "loading")
    p = subject.aligned(group["acceptability"].transpose(*lead, "tier"))
    more = [n for n in ("survival", "composite_sd", "factor_share") if n in group]
    values = [subject.aligned(group[n].transpose(*lead)) for n in more]
    fields = [
        *WHO, text("setting", "kind of dependence"), share("loading", "loading of the common factor"),
        *by_tier(subject), *(described(group, n) for n in more),
    ]  # fmt: skip
    rows = (
        (*who(subject, g), str(kind), loading, *p[g.first, k, x], *(v[g.first, k, x] for v in values))
        for g in subject.once([p])
        for k, kind in enumerate(group["setting"].values)
        for x, loading in enumerate(group["loading"].values)
    )
    error = float(group["acceptability_se"].max())
    note = f"By quadrature over the common factor; largest numerical error {error:.1g}. A loading of 0: independent."
    return made(subject, "dependence", "Tiers if the scores of one alternative go together", fields, rows, note)


def dependence_of_indices(subject: Subject) -> Table:
    """Ordinal indices at the reference loading, of one alternative of each tier."""
    group = subject.results["dependence"]
    names = ("ordinal_total_order", "ordinal_shapley")
    values = [group[n].transpose("setting", "shown", "factor").values for n in names]
    labels = dict(zip(subject.alternatives, subject.labels, strict=True))
    fields = [
        text("setting", "kind of dependence"), text("alternative", "id of the alternative"), text("label", "its name"),
        text("factor", "criterion"), text("factor_label", "its name"), *(described(group, n) for n in names),
    ]  # fmt: skip
    rows = [
        (str(kind), str(a), labels.get(str(a), str(a)), str(f), subject.criteria.get(str(f), str(f)),
         *(v[i, j, k] for v in values))
        for i, kind in enumerate(group["setting"].values)
        for j, a in enumerate(group["shown"].values)
        for k, f in enumerate(group["factor"].values)
    ]  # fmt: skip
    title = f"Which criterion matters at a loading of {group.attrs.get('reference_loading', '')} (ordinal output)"
    note = "Scores are dependent: the total order can lie below what a criterion explains alone."
    return made(subject, "dependence-indices", title, fields, rows, note)


# -- convergence -------------------------------------------------------------------------------------------------------


def convergence(subject: Subject) -> Table:
    """Errors of shares by number of draws."""
    group = subject.results["convergence"]
    against = f"the probabilities {SUMS}"
    fields = [
        whole_number("draws", "number of draws"), share("error_rms", f"root mean square difference to {against}"),
        share("error_max", "largest difference"), share("expected_rms", "root mean square that the binomial expects"),
        share("p_all", "p-value of one test of all shares"),
    ]  # fmt: skip
    names = [name for name, *_ in fields]
    rows = [tuple(group[name].values[k] for name in names) for k in range(group.sizes["draws"])]
    return made(subject, "convergence", "How near shares of draws come, by their number", fields, rows)


def convergence_of_indices(subject: Subject) -> Table:
    """Errors of sampled indices by design and number of points."""
    group = subject.results["convergence"]
    over = ("index", "points", "size")
    error, covered = (group[n].transpose(*over).values for n in ("index_error", "index_covered"))
    fields = [
        text("index", "kind of index"), text("points", "design of points"), whole_number("size", "base points"),
        share("index_error", "median difference to the index by sums (exact, given the assumptions)"),
        share("index_covered", "share of 95 % intervals that hold that index"),
    ]  # fmt: skip
    rows = [
        (*(group[dim].values[i].item() for dim, i in zip(over, at, strict=True)), error[at], covered[at])
        for at in np.ndindex(error.shape)
    ]
    return made(subject, "convergence-indices", "How near sampled indices come", fields, rows)
