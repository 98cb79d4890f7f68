"""One table per analysis, from a run's results alone; written as CSV, as LaTeX, and into one workbook.

Alternatives that share a belief have one answer. Where tables would repeat it they state it once, with the count, the
number of the belief, and its first alternative; the table `distinct-beliefs` says who shares which, and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from mcda.output import tables_simulation, tables_uncertain
from mcda.output.results import Results, open_results
from mcda.output.sheets import Kind, Table, as_csv, as_tex, as_workbook
from mcda.output.subject import Group, Subject
from mcda.output.table_fields import (
    ID,
    LABEL,
    PUBLISHED,
    WHO,
    Field,
    Row,
    by_tier,
    described,
    made,
    named_row,
    plain_cell,
    share,
    text,
    tier_or_none,
    who,
    whole_number,
)  # fmt: skip
from mcda.output.whole import write_whole

__all__ = ["all_tables", "facts", "reason_alike", "register_key", "write_tables"]

# -- tiers -------------------------------------------------------------------------------------------------------------


def acceptability(subject: Subject) -> Table:
    """By alternative: probabilities of the tiers, and what is read off them."""
    tiers = subject.results["tiers"]
    names = ("modal_tier", "modal_tie", "margin", "runner_up", "entropy", "acceptability_se")
    columns = {name: subject.aligned(tiers[name]) for name in names if name in tiers}
    p = subject.aligned(tiers["acceptability"])
    inside = [subject.tiers.index(t) for t in subject.inside]
    about = [described(tiers, name) for name in columns]
    fields = [
        ID, LABEL, text("article", "legal reference or other short reference"), PUBLISHED,
        whole_number("belief", "number of the distinct belief"), *by_tier(subject), *about,
        share("p_inside", f"probability of an inside tier ({_names(subject, subject.inside)})"),
        share("low", "smallest probability of the published tier (else the modal one) as the belief is varied"),
        share("high", "largest such probability"),
    ]  # fmt: skip

    def row(i: int) -> Row:
        values = [v[i] if v.ndim == 1 else v[i].max() for v in columns.values()]
        judged = int(subject.published_tier[i])
        span = subject.range_of(i, [judged if judged > 0 else int(columns["modal_tier"][i])])
        low, high = (None, None) if span is None else (span.low, span.high)
        article = subject.texts("article")[i]
        return (
            subject.alternatives[i], subject.labels[i], article, tier_or_none(judged), subject.laws[i] + 1,
            *p[i], *values, p[i][inside].sum(), low, high,
        )  # fmt: skip

    rows = [row(i) for i in range(len(p))]
    return made(subject, "acceptability", _accepted(subject), fields, rows, _error_note(tiers))


def _names(subject: Subject, tiers: Sequence[int]) -> str:
    return ", ".join(subject.tier_labels[t] for t in tiers) or "none"


def _accepted(subject: Subject) -> str:
    if subject.published:
        return "Tiers that a second panel would give, at the reference re-scoring error"
    return "Tiers under the panel's pooled belief"


def _error_note(tiers: xr.Dataset) -> str:
    error = float(tiers["acceptability_se"].max()) if "acceptability_se" in tiers else 0.0
    if error == 0:
        return "Probabilities are exact, given the assumptions (table register)."
    return f"Largest standard error of a probability: {error:.2g}."


def distinct_beliefs(subject: Subject) -> Table:
    """Who shares a belief, and why."""
    fields = [
        whole_number("belief", "number of the distinct belief"), whole_number("count", "alternatives that share it"),
        PUBLISHED, text("reason", "why they have one answer"), text("alternatives", "their ids"),
    ]  # fmt: skip
    groups = subject.once([subject.laws])
    rows = [
        (
            g.belief,
            len(g.members),
            tier_or_none(subject.published_tier[g.first]),
            reason_alike(subject, g),
            " ".join(g.members),
        )
        for g in groups
    ]
    title = f"{len(groups)} distinct beliefs of {subject.noun.count(len(subject.alternatives))}"
    return made(subject, "distinct-beliefs", title, fields, rows)


def reason_alike(subject: Subject, group: Group) -> str:
    """Say why alternatives share a belief."""
    if len(group.members) == 1:
        return "a belief of its own"
    if subject.published:
        return "one published tier, and no further fact: under the run's own prior nothing tells them apart"
    return "equal scores by the panel"


def panel(subject: Subject) -> Table:
    """For a panel: the tiers of mean, median and vote, the modal tier, the published tier, each expert's own."""
    tiers = subject.results["tiers"]
    points = [name for name in ("tier_of_mean", "tier_of_median", "tier_of_vote", "vote_tie") if name in tiers]
    values = [subject.aligned(tiers[name]) for name in ("modal_tier", *points)]
    own = subject.aligned(tiers["expert_tier"]) if "expert_tier" in tiers else np.zeros((len(subject.labels), 0))
    experts = [str(e) for e in tiers["expert"].values] if "expert_tier" in tiers else []
    fields = [
        ID, LABEL, PUBLISHED, *(described(tiers, name) for name in ("modal_tier", *points)),
        *(whole_number(f"tier_{e}", f"tier of the own scores of {e} (empty: one is unknown)", "tier") for e in experts),
    ]  # fmt: skip
    rows = [
        (*named_row(subject, i), *(v[i] for v in values), *(tier_or_none(t) for t in own[i]))
        for i in range(len(subject.labels))
    ]
    return made(subject, "panel", "Tiers by several ways to read the panel's scores", fields, rows)


# -- question (a), sensitivity, response -------------------------------------------------------------------------------


def survival(subject: Subject) -> Table:
    """Question (a): survival over the re-scoring error, by prior."""
    group = subject.results["second_panel"]
    reference = str(group.attrs.get("prior", "reference"))
    by_prior = (
        group["survival_by_prior"] if "survival_by_prior" in group else group["survival"].expand_dims(prior=[reference])
    )
    values = by_prior.sel(alternative=subject.alternatives).transpose("alternative", "prior", "spread").values
    spreads = group["spread"].values.tolist()
    what = "probability that a second panel gives the published tier, with errors of"
    fields = [
        *WHO, text("prior", "prior that was conditioned on the published tier"),
        *(share(f"sd_{s:g}", f"{what} {s:g}") for s in spreads),
    ]  # fmt: skip
    rows = [
        (*who(subject, g), prior, *values[g.first, k])
        for k, prior in enumerate(map(str, by_prior["prior"].values))
        for g in subject.once([values[:, k]])
    ]
    note = "At an error of 0 the published tier comes back by construction: that is no result."
    title = "Would the published tier come back from a second panel? By its error (sd, points)"
    return made(subject, "survival", title, fields, rows, note)


def sensitivity(subject: Subject) -> Table:
    """Indices by distinct belief, output and criterion; the ordinal output, which leads, comes first."""
    group = subject.results["sensitivity"]
    names = ("first_order", "total_order", "shapley")
    values = {name: subject.aligned(group[name]) for name in names}
    outputs = [str(o) for o in group["output"].values]
    factors = [str(f) for f in group["factor"].values]
    ordered = sorted(range(len(outputs)), key=lambda k: outputs[k] != "ordinal")
    fields = [
        *WHO, text("output", "what is explained"), text("factor", "criterion"), text("factor_label", "its name"),
        *(described(group, name) for name in names),
    ]  # fmt: skip
    rows = (
        (*who(subject, g), outputs[o], f, subject.criteria.get(f, f), *(v[g.first, o, k] for v in values.values()))
        for g in subject.once(values.values())
        for o in ordered
        for k, f in enumerate(factors)
    )
    dependence = str(group.attrs.get("dependence", ""))
    note = f"Scores are {dependence}. " if dependence else ""
    if dependence != "independent":
        note += "first_order is the closed index of a single criterion; total can lie below it. "
    note += "An output that doesn't vary has no index (empty)."
    return made(subject, "sensitivity", "Which criterion matters, by output", fields, rows, note)


def response(subject: Subject) -> Table:
    """P(tier) given one score; levels of probability 0 are left out."""
    group = subject.results["sensitivity"]
    values = subject.aligned(group["response"].transpose("alternative", "criterion", "level", "tier"))
    levels = group["level"].values.tolist()
    fields = [
        *WHO, text("criterion", "criterion"), text("criterion_label", "its name"),
        share("score", "its score", "points"), *by_tier(subject, what="given that score, probability of"),
    ]  # fmt: skip
    rows = (
        (*who(subject, g), str(c), subject.criteria.get(str(c), str(c)), level, *values[g.first, k, x])
        for g in subject.once([values])
        for k, c in enumerate(group["criterion"].values)
        for x, level in enumerate(levels)
        if not np.isnan(values[g.first, k, x]).all()
    )
    return made(subject, "response", "Which way: probability of a tier, given one score", fields, rows)


# -- flips, rules, shocks ----------------------------------------------------------------------------------------------


def flips(subject: Subject) -> Table:
    """How small a change of scores is enough: of point scores, and under the belief."""
    tiers = subject.results["tiers"]
    picked = [(n, k) for n in ("flip_distance", "flip_quantile", "flip_probability", "flip_never", "flip_toward")
              if subject.results.has(f"tiers/{n}") for k in _flip_columns(tiers, n)]  # fmt: skip
    values = {n: subject.aligned(tiers[n]) for n in dict.fromkeys(name for name, _ in picked)}
    fields = [*WHO, text("norm", "how a change is measured"), *(_flip_field(subject, tiers, n, k) for n, k in picked)]

    def cells(row: int, norm: int) -> Iterator[Any]:
        for name, k in picked:
            yield values[name][row, norm] if k is None else values[name][row, norm, k]

    rows = [
        (*who(subject, g), str(norm), *cells(g.first, m))
        for g in subject.once(values.values())
        for m, norm in enumerate(tiers["norm"].values)
    ]
    note = "l1: points moved in all; linf: the largest move of a criterion; single: by one criterion alone."
    return made(subject, "flips", "How small a change of scores changes the tier", fields, rows, note)


def _flip_columns(tiers: xr.Dataset, name: str) -> list[int | None]:
    """Positions along a variable's last dimension; of radii the first eight, which decide."""
    if tiers[name].ndim == 2:
        return [None]
    size = tiers[name].sizes[str(tiers[name].dims[-1])]
    return list(range(min(size, 8) if name == "flip_probability" else size))


def _flip_field(subject: Subject, tiers: xr.Dataset, name: str, k: int | None) -> Field:
    variable = tiers[name]
    meaning, units = str(variable.attrs.get("long_name", name)), str(variable.attrs.get("units", "1"))
    if k is None:
        return share(name, meaning, units)
    at = tiers[str(variable.dims[-1])].values[k]
    if name == "flip_toward":
        return share(f"{name}_{at}", f"{meaning}: {subject.tier_labels[int(at)]}", units)
    return share(f"{name}_{at:g}", f"{meaning}: {at:g}", units)


def other_rules(subject: Subject) -> Table:
    """Question (b), or what another rule makes of a panel's belief; the run's own rule is no other rule."""
    group = subject.results["other_rules"]
    own = str(subject.results.attributes.get("rule", ""))
    names = [n for n in ("agreement", "agreement_back", "keeps_modal") if n in group]
    values = {n: group[n].transpose("alternative", "rule").sel(alternative=subject.alternatives).values for n in names}
    p = subject.aligned(group["acceptability"].transpose("alternative", "rule", "tier"))
    fields = [*WHO, text("rule", "the other rule"), *(described(group, n) for n in names), *by_tier(subject)]
    rows = [
        (*who(subject, g), str(rule), *(v[g.first, r] for v in values.values()), *p[g.first, r])
        for g in subject.once([*values.values(), p])
        for r, rule in enumerate(group["rule"].values)
        if not (subject.published and str(rule) == own)
    ]
    note = "The run's own rule is left out: sorted by it the published tier comes back by construction."
    title = "The same scores under another rule"
    return made(subject, "other-rules", title, fields, rows, note if subject.published else "")


def shocks(subject: Subject) -> Table:
    """Question (c): the same scores, moved by a declared amount."""
    group = subject.results["shocks"]
    p = subject.aligned(group["acceptability"].transpose("alternative", "shock", "tier"))
    names = [str(s) for s in group["shock"].values]
    labels = [str(x) for x in group["label"].values] if "label" in group else names
    fields = [
        *WHO,
        text("shock", "shock"),
        text("shock_label", "what it is"),
        *by_tier(subject, what="after it, probability of"),
    ]
    rows = [
        (*who(subject, g), names[s], labels[s], *p[g.first, s]) for g in subject.once([p]) for s in range(len(names))
    ]
    return made(subject, "shocks", "The same scores after a shock (not a forecast)", fields, rows)


# -- what it rests on --------------------------------------------------------------------------------------------------


def belief_sensitivity(subject: Subject) -> Table:
    """Probabilities of tiers over everything that was varied."""
    found = subject.results["belief_sensitivity"]["acceptability"]
    over = [str(d) for d in found.dims if d not in ("alternative", "tier")]
    stacked = found.sel(alternative=subject.alternatives).transpose("alternative", *over, "tier").values
    at = list(np.ndindex(*stacked.shape[1:-1]))
    fields = [*WHO, *(_coordinate(found, d) for d in over), *by_tier(subject)]

    def where(index: tuple[int, ...]) -> Row:
        return tuple(plain_cell(found[d].values[k]) for d, k in zip(over, index, strict=True))

    rows = [
        (*who(subject, g), *where(index), *stacked[(g.first, *index)])
        for index in at
        for g in subject.once([stacked[(slice(None), *index)]])
    ]
    title = "How much the belief itself decides: tiers as it is varied"
    return made(subject, "belief-sensitivity", title, fields, rows, _declined(subject))


def _coordinate(found: xr.DataArray, dim: str) -> Field:
    kind: Kind = "text" if found[dim].dtype.kind in "UO" else "number"
    meaning, units = str(found[dim].attrs.get("long_name", dim)), str(found[dim].attrs.get("units", "1"))
    return (dim, meaning, kind, units)


def _declined(subject: Subject) -> str:
    reason = str(subject.results["belief_sensitivity"].attrs.get("declined", ""))
    return f"Not computed (empty): {reason}" if reason else ""


def contamination(subject: Subject) -> Table:
    """Bounds on tier probabilities if a share of the belief is anything else."""
    group = subject.results["belief_sensitivity"]
    bounds = [subject.aligned(group[n].transpose("alternative", "radius", "tier")) for n in ("lower", "upper")]
    lost = subject.aligned(group["epsilon_lost"])
    fields = [
        *WHO, described(group, "epsilon_lost"), share("share", "share of the belief that may be anything else"),
        *by_tier(subject, "lower_tier_", "smallest probability of"),
        *by_tier(subject, "upper_tier_", "largest probability of"),
    ]  # fmt: skip
    rows = [
        (*who(subject, g), lost[g.first], share, *bounds[0][g.first, e], *bounds[1][g.first, e])
        for g in subject.once([*bounds, lost])
        for e, share in enumerate(group["radius"].values)
    ]
    title = "If a share of the belief were anything else: bounds of tier probabilities"
    return made(subject, "contamination", title, fields, rows)


def register(subject: Subject) -> Table:
    """Every number the answer rests on, what moves it most first."""
    group = subject.results["register"]
    names = [
        n
        for n in ("value", "low", "high", "basis", "moved_mean", "moved_max", "state", "citation", "note")
        if n in group
    ]
    keys = [str(key) for key in group["parameter"].values]
    files = [str(f) for f in group["file"].values] if "file" in group else [""] * len(keys)
    fields = [
        text("parameter", "key of the number"),
        *(described(group, n) for n in names),
        text("file", "file it stands in"),
    ]
    rows = [
        (register_key(key, file), *(group[n].values[k] for n in names), Path(file).name)
        for k, (key, file) in enumerate(zip(keys, files, strict=True))
    ]
    return made(subject, "register", "Assumption register", fields, rows)


def register_key(parameter: str, file: str) -> str:
    """Return a register's key without the file in front, which depends on the machine."""
    return parameter.removeprefix(f"{file}: ")


# -- all of them -------------------------------------------------------------------------------------------------------

#: What each table needs, and who makes it; in the order of the workbook's sheets.
TABLES: tuple[tuple[str, Callable[[Subject], Table]], ...] = (
    ("tiers/acceptability", acceptability),
    ("problem", distinct_beliefs),
    ("tiers/tier_of_mean", panel),
    ("second_panel/survival", survival),
    ("sensitivity/shapley", sensitivity),
    ("sensitivity/response", response),
    ("tiers/norm", flips),
    ("other_rules/acceptability", other_rules),
    ("rule", tables_uncertain.rules),
    ("rule_uncertainty/mixed", tables_uncertain.rule_uncertainty),
    ("breakpoints/stands_from", tables_uncertain.breakpoints),
    ("shocks/acceptability", shocks),
    ("belief_sensitivity/acceptability", belief_sensitivity),
    ("belief_sensitivity/epsilon_lost", contamination),
    ("draws/share", tables_uncertain.draws),
    ("draws/statement_share", tables_uncertain.statements),
    ("dependence/acceptability", tables_uncertain.dependence),
    ("dependence/ordinal_shapley", tables_uncertain.dependence_of_indices),
    ("convergence/error_rms", tables_uncertain.convergence),
    ("convergence/index_error", tables_uncertain.convergence_of_indices),
    ("simulation/scenario_story", tables_simulation.scenarios),
    ("simulation/outcome_mean", tables_simulation.outcomes),
    ("simulation/stage_incidence", tables_simulation.stages),
    ("simulation/cumulative_incidence", tables_simulation.incidence),
    ("simulation/tier_stability", tables_simulation.tier_stability),
    ("simulation_entities/tier_stability", tables_simulation.entity_stability),
    ("simulation/regret", tables_simulation.regret),
    ("simulation/variance_share", tables_simulation.variance),
    ("simulation/sign_hit", tables_simulation.signs),
    ("simulation_register/state", tables_simulation.register),
    ("register/moved_mean", register),
)


def all_tables(results: Results) -> list[Table]:
    """Return the tables that a run's results allow."""
    subject = Subject(results)
    found = [make(subject) for need, make in TABLES if results.has(need)]
    sweeps = [name for name in results if name.startswith("sweep_") and results.has(f"{name}/outcome_mean")]
    return found + [tables_simulation.sweeps(subject, name) for name in sweeps]


def facts(results: Results) -> list[tuple[str, str]]:
    """Return what the notes sheet says of the run as a whole."""
    attributes, beliefs = results.attributes, results["beliefs"].attrs
    problem = results["problem"].attrs
    about = "; ".join(f"{key}: {value}" for key, value in beliefs.items() if key != "kind")
    mark = (
        [("illustrative", "yes: the scores are synthetic; nothing here is a finding")] if results.illustrative else []
    )
    return [
        ("question", str(attributes.get("question", ""))),
        (
            "problem",
            f"{problem.get('title', '')} ({problem.get('id', '')}, as of {problem.get('as_of', '') or 'no date'})",
        ),
        ("source", str(problem.get("citation", ""))),
        *mark,
        ("rule", f"{attributes.get('rule', '')} (sheet rules)"),
        ("beliefs", f"{attributes.get('beliefs', '')} ({about})"),
        ("basis", "every number's basis stands in the sheet register"),
        ("statement", str(attributes.get("statement", ""))),
        ("made by", str(attributes.get("source", ""))),
        ("empty cells", "not defined, or not computed; never 0"),
    ]


def write_tables(folder: Path) -> list[Path]:
    """Write ``folder/tables/*.csv``, ``*.tex`` and ``tables.xlsx`` from ``folder/results.nc``; return their paths."""
    results = open_results(folder)
    tables = all_tables(results)
    paths = []
    for table in tables:
        paths.append(write_whole(folder / "tables" / f"{table.name}.csv", as_csv(table)))
        if (tex := as_tex(table)) is not None:
            paths.append(write_whole(folder / "tables" / f"{table.name}.tex", tex))
    paths.append(write_whole(folder / "tables" / "tables.xlsx", as_workbook(tables, facts(results))))
    return paths
