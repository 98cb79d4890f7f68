"""What a report says of a rule that is not sure, of scores that go together, and of several alternatives at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from mcda.output.report.model import Block, Bullets, Grid, Paragraph, Section
from mcda.output.selected_uncertain import number_of_moved
from mcda.output.subject import Subject
from mcda.output.wording import Span, capital, listing, named, plain, probability

__all__ = ["dependence_blocks", "rule_blocks", "statement_blocks", "uncertain_sections"]


def uncertain_sections(subject: Subject) -> list[Section]:
    """Return the sections that a run with these analyses adds to its report; none for other runs."""
    made = {
        "If the rule itself is not sure": rule_blocks(subject),
        "If the scores of one measure go together".replace("measure", subject.noun.one): dependence_blocks(subject),
        "Several at once": statement_blocks(subject),
    }
    return [Section(heading, tuple(blocks)) for heading, blocks in made.items() if blocks]


def _stands(subject: Subject, p: xr.DataArray) -> list[tuple[str, Span]]:
    """The probability of the published tier (else the most probable one), by tier: its range over the alternatives."""
    values, modal = subject.aligned(p), subject.aligned(subject.results["tiers"]["modal_tier"])
    judged = np.where(subject.published_tier > 0, subject.published_tier, modal)
    found = []
    for tier in subject.tiers:
        span = Span.of(values[i, subject.tiers.index(tier)] for i in np.flatnonzero(judged == tier))
        if span is not None:
            found.append((named(subject.tier_labels[tier], 30), span))
    return found


# -- the rule ----------------------------------------------------------------------------------------------------------


def rule_blocks(subject: Subject) -> list[Block]:
    """Return what readings of the rule with declared weights change; nothing for runs without them."""
    if not subject.results.has("rule_uncertainty/mixed"):
        return []
    group = subject.results["rule_uncertainty"]
    first, n = float(group["weight"][0]), group.sizes["rule"]
    tiers = listing(f"{probability(span)} in {tier}" for tier, span in _stands(subject, group["mixed"]))
    what = "The published tier then comes again" if subject.published else "The tier that is most probable now then has"
    joined = "with probability" if subject.published else "probability"
    lead = (
        f"{n} readings of the rule have declared weights, the one used above {plain(first)}. Mixed over all of them: "
        f"{what[0].lower()}{what[1:]} {joined} {tiers}."
    )
    notes = Bullets(tuple(_notes(subject, group)))
    return [Paragraph(lead), *([notes] if notes.items else []), _rule_grid(subject, group)]


def _notes(subject: Subject, group: xr.Dataset) -> Iterator[str]:
    many = subject.noun.many
    if (share := _share_of_rule(subject)) is not None:
        carries = f"carries {probability(share)} of the doubt about a tier"
        yield f"Which reading it is {carries} (Shapley effect, ordinal output)."
    keeps = Span.of(group["keeps_modal"].values)
    if keeps is not None and keeps.low >= 1 - 1e-9:
        yield f"The most probable tier of all {many} is the same under every reading."
    elif keeps is not None:
        yield f"Readings that keep the most probable tier weigh {probability(keeps)}, by {subject.noun.one}."
    moved = Span.of(group["drawn_weights_moved"].values) if "drawn_weights_moved" in group else None
    if moved is not None:
        law = f"Dirichlet, concentration {float(group.attrs.get('concentration', np.nan)):g}"
        then = f"scores would be sorted otherwise with probability {probability(moved)}, by {subject.noun.one}"
        yield f"If the criteria's weights were drawn ({law}), {then}."


def _share_of_rule(subject: Subject) -> Span | None:
    if not subject.results.has("sensitivity/shapley"):
        return None
    shapley = subject.results["sensitivity"]["shapley"]
    if "rule" not in shapley["factor"].values or "ordinal" not in shapley["output"].values:
        return None
    return Span.of(shapley.sel(factor="rule", output="ordinal").values)


def _rule_grid(subject: Subject, group: xr.Dataset) -> Grid:
    """Readings but the reference, those that move most first."""
    moved = number_of_moved(group)
    others = [r for r in group["rule"].values.tolist() if r != group.attrs.get("reference")]
    others.sort(key=lambda r: -np.nan_to_num(float(moved["number_mean"].sel(rule=r)), nan=-1.0))
    rows = []
    for rule in others:
        mean, low, high = (float(moved[f"number_{x}"].sel(rule=rule)) for x in ("mean", "low", "high"))
        count = "not computed" if np.isnan(mean) else f"{mean:.1f} ({low:.0f} to {high:.0f})"
        open_point = named(group["open_point"].sel(rule=rule).item(), 60).replace("_", " ")
        rows.append((named(rule, 40), open_point, plain(float(group["weight"].sel(rule=rule))), count))
    head = ("Reading", "Open point", "Weight", f"{capital(subject.noun.many)} sorted otherwise")
    note = (
        f"Sorted otherwise than by the reading used above: mean number of {group.sizes['alternative']}, and the range "
        "from its 10 to its 90 % quantile."
    )
    return Grid(0, "What each open point of the rule moves", head, tuple(rows), frozenset({0, 1}), note)


# -- dependence --------------------------------------------------------------------------------------------------------

KINDS = {
    "leniency": "all scores go up together (leniency)",
    "valence": "those for go up where those against go down (valence)",
}


def dependence_blocks(subject: Subject) -> list[Block]:
    """Return what a common factor of one alternative's scores changes; nothing for runs without one."""
    if not subject.results.has("dependence/acceptability"):
        return []
    group = subject.results["dependence"]
    first, last = (float(group["loading"][k]) for k in (0, -1))
    items = []
    for kind in group["setting"].values.tolist():
        ends = [dict(_means(subject, group["acceptability"].sel(setting=kind, loading=x))) for x in (first, last)]
        text = listing(f"{plain(ends[0][t])} to {plain(ends[1][t])} in {t}" for t in ends[0])
        items.append(f"If {KINDS.get(kind, kind)}, the probability that the tier stands goes from {text}.")
    lead = (
        f"Above, the scores of one {subject.noun.one} are independent. If one common factor holds them together, with "
        f"loadings from {first:g} to {last:g}, tiers become surer or less sure:"
    )
    return [Paragraph(lead), Bullets(tuple(items))]


def _means(subject: Subject, p: xr.DataArray) -> list[tuple[str, float]]:
    values, modal = subject.aligned(p), subject.aligned(subject.results["tiers"]["modal_tier"])
    judged = np.where(subject.published_tier > 0, subject.published_tier, modal)
    return [
        (named(subject.tier_labels[t], 30), float(values[judged == t, subject.tiers.index(t)].mean()))
        for t in subject.tiers
        if (judged == t).any()
    ]


# -- joint statements --------------------------------------------------------------------------------------------------


def statement_blocks(subject: Subject) -> list[Block]:
    """Return joint statements with their probabilities; nothing for runs without any."""
    if not subject.results.has("draws/statement_share") or not subject.results["draws"].sizes["statement"]:
        return []
    group = subject.results["draws"]
    return [Paragraph("Of all at once:"), Bullets(tuple(_said(group, i) for i in range(group.sizes["statement"])))]


def _said(group: xr.Dataset, i: int) -> str:
    exact, share = float(group["statement_exact"][i]), float(group["statement_share"][i])
    low, high = (float(x) for x in group["statement_ci"][i].values)
    text = capital(named(group["statement"].values[i], 200))
    if np.isnan(exact):
        interval = probability(Span(low, high), 3)
        return f"{text}: {probability(share)} of {int(group.attrs['n']):,} draws (95 %: {interval})."
    return f"{text}: probability {probability(exact)}, exact, given the assumptions."
