"""The full form's sections, one for each analysis of the run: what was found, its table, its figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from mcda.output import findings as fi
from mcda.output.report import panel as pa
from mcda.output.report import reasons as why
from mcda.output.report.grids import COLUMNS, DASH, caption_of, cell, shock_grid, tier_heads
from mcda.output.report.material import Material
from mcda.output.report.model import Block, Grid, Paragraph, Picture, Section
from mcda.output.report.published import tier_names
from mcda.output.report.sampled import convergence, counts, draws
from mcda.output.report.short import agreement, moves, paragraphs
from mcda.output.report.simulation import simulation_blocks
from mcda.output.report.uncertain import dependence_blocks, rule_blocks
from mcda.output.subject import Subject
from mcda.output.wording import Span, capital, listing, named, plain, points, probability, quantity

__all__ = ["EVENTS", "analysis_sections"]

Drawn = Mapping[str, Sequence[Picture]]


def analysis_sections(material: Material, drawn: Drawn) -> list[Section]:
    """Return a section for each analysis that the run has; `drawn` are its figures by analysis."""
    left = dict(drawn)
    out = []
    for places, heading, make in SECTIONS:
        heading = heading.format(one=material.subject.noun.one)
        figures = [picture for place in places for picture in left.pop(place, ())]
        blocks = [*make(material), *figures]
        if blocks:
            out.append(Section(heading, tuple(blocks)))
    rest = [picture for pictures in left.values() for picture in pictures]
    return [*out, Section("Further figures", tuple(rest))] if rest else out


# -- tiers -------------------------------------------------------------------------------------------------------------


def _tiers(material: Material) -> list[Block]:
    """Tier probabilities of every belief."""
    subject = material.subject
    if not subject.results.has("tiers/acceptability"):
        return []
    p = subject.aligned(subject.results["tiers"]["acceptability"])
    groups = subject.once([p])
    rows = tuple(
        (_who(subject, g.members), _tier(subject, int(subject.published_tier[g.first])),
         *(plain(float(x)) for x in p[g.first]))
        for g in groups
    )  # fmt: skip
    head = (capital(subject.noun.one), "Published", *tier_heads(subject, subject.tiers))
    what = "Probability of each tier" + (", if a second panel scored" if subject.published else "")
    grid = Grid(0, caption_of(subject, what), head, rows, frozenset((0, 1)))
    return [Paragraph(_tiers_text(material, len(groups), p)), grid]


def _tiers_text(material: Material, groups: int, p: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> str:
    subject = material.subject
    n, top = len(subject.alternatives), p.max(axis=1)
    sure, torn = int((top >= pa.DECIDED).sum()), int((top < 0.5).sum())
    same = "" if groups == n else (
        f"The {subject.noun.count(n)} have {groups} different answers; who shares one is stated in a single line. "
    )  # fmt: skip
    over = "under the run's own assumptions"
    high = f"For {sure} of {subject.noun.count(n)} one tier has a probability of {plain(pa.DECIDED, 1)} or more {over}"
    high = (
        f"No {subject.noun.one} has a tier with a probability of {plain(pa.DECIDED, 1)} or more {over}"
        if not sure
        else high
    )
    low = (
        f"; for {torn} no tier reaches one half"
        if torn
        else "; every one has a tier that is likelier than all others together"
    )
    return f"{same}{high}{low}."


def _who(subject: Subject, members: Sequence[str]) -> str:
    """Names of those who share an answer: the first, and how many more."""
    first = named(subject.labels[subject.alternatives.index(members[0])], 60)
    more = len(members) - 1
    return f"{first} and {more} more" if more else first


def _tier(subject: Subject, tier: int) -> str:
    return named(subject.tier_labels[tier], 30) if tier in subject.tier_labels else DASH


# -- a second panel ----------------------------------------------------------------------------------------------------


def _second_panel(material: Material) -> list[Block]:
    """Survival over the error, by published tier, and where it falls to one half."""
    subject = material.subject
    if not (subject.results.has("second_panel/survival") and material.found):
        return []
    group = subject.results["second_panel"]
    spread = [float(s) for s in group["spread"].values]
    survival = subject.aligned(group["survival"].transpose("alternative", "spread"))
    shown = [k for k in range(len(spread)) if k % max(1, len(spread) // 6) == 0]
    rows = tuple(
        (named(subject.tier_labels[f.tier], 30), *(_span_cell(survival[list(f.rows), k]) for k in shown))
        for f in material.found
    )
    head = ("Published tier", *(points(spread[k]) for k in shown))
    note = "At no error at all the published tier comes back by construction: that is no result."
    grid = Grid(
        0, caption_of(subject, "Probability that it comes again, by the size of the errors"), head, rows, note=note
    )
    return [Paragraph(_halves(material, survival, spread)), grid]


def _halves(
    material: Material, survival: np.ndarray[tuple[int, ...], np.dtype[np.float64]], spread: Sequence[float]
) -> str:
    """Up to which error on the grid each tier is more likely than not to come again."""
    last: dict[float, list[int]] = {}
    for f in material.found:
        curve = survival[list(f.rows)].min(axis=0)
        above = [s for s, p in zip(spread, curve, strict=True) if p > fi.HALF]
        last.setdefault(max(above, default=-1.0), []).append(f.tier)
    names = {s: tier_names(material.subject, tiers) for s, tiers in last.items()}
    said = listing(_up_to(who, s, spread[-1]) for s, who in names.items() if s > 0)
    never = listing(who for s, who in names.items() if s <= 0)
    text = f"The published tier is more likely than not to come again {said}." if said else ""
    if never:
        text += f" In {never} it is so at no error that was tried."
    return f"Errors of a second panel are given by their standard deviation, in points. {text.strip()}"


def _up_to(who: str, error: float, largest: float) -> str:
    return (
        f"in {who} at every error that was tried" if error >= largest else f"in {who} up to an error of {points(error)}"
    )


def _span_cell(values: Sequence[float] | np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> str:
    return cell(Span.of(float(v) for v in values))


# -- criteria ----------------------------------------------------------------------------------------------------------


def _criteria(material: Material) -> list[Block]:
    subject = material.subject
    if not subject.results.has("sensitivity/shapley"):
        return []
    return [*moves(material, near=False), _share_grid(material)]


def _share_grid(material: Material) -> Grid:
    """Shapley effects of the ordinal output, by factor: by published tier, or smallest, mean, largest of a panel."""
    subject = material.subject
    group = subject.results["sensitivity"]
    factors = [str(f) for f in group["factor"].values]
    values = subject.aligned(group["shapley"].sel(output="ordinal").transpose("alternative", "factor"))
    labels = [named(subject.criteria.get(f, f), 40) for f in factors]
    what = caption_of(subject, "How the doubt about the tier is shared out (Shapley effects, ordinal output)")
    if subject.published:
        head = ("Factor", *tier_heads(subject, material.tiers))
        rows = tuple(
            (label, *(_span_cell(values[list(rows), k]) for rows in material.columns)) for k, label in enumerate(labels)
        )
        return Grid(0, what, head, rows, note="Shares sum to 1 in each column.")
    known = values[~np.isnan(values).any(axis=1)]
    rows = tuple(
        (label, *(plain(float(x)) for x in (known[:, k].min(), known[:, k].mean(), known[:, k].max())))
        for k, label in enumerate(labels)
    )
    head = ("Factor", "Smallest", "Mean", "Largest")
    return Grid(0, what, head, rows, note=f"Over the {len(known)} {subject.noun.many} whose tier is in doubt.")


# -- flips -------------------------------------------------------------------------------------------------------------

NORMS = {"l1": "points added up", "linf": "largest move of a criterion", "single": "one criterion alone"}


def _flips(material: Material) -> list[Block]:
    subject = material.subject
    if not subject.results.has("tiers/flip_quantile") and not subject.results.has("tiers/flip_distance"):
        return []
    text = pa.near(subject) if not subject.published else why.small_changes(subject, material.found)
    tiers = subject.results["tiers"]
    if subject.results.has("tiers/flip_distance"):
        return [*paragraphs([text]), _distance_grid(material)]
    quantiles = [float(q) for q in tiers["quantile"].values]
    values = subject.aligned(tiers["flip_quantile"].transpose("alternative", "norm", "quantile"))
    shown = [k for k, q in enumerate(quantiles) if q in (0.1, 0.25, 0.5, 0.75, 0.9)] or list(range(len(quantiles)))
    rows = tuple(
        (named(subject.tier_labels[f.tier], 30), NORMS.get(str(norm), str(norm)),
         *(_size(Span.of(values[list(f.rows), m, k].tolist())) for k in shown))
        for f in material.found for m, norm in enumerate(tiers["norm"].values)
    )  # fmt: skip
    head = ("Published tier", "A change is measured by", *(f"{quantiles[k]:.0%} quantile" for k in shown))
    note = "In points; over the score vectors that fit the published tier. A dash: no change of this kind is enough."
    caption = caption_of(subject, "The smallest change of scores that changes the tier")
    return [*paragraphs([text]), Grid(0, caption, head, rows, frozenset((0, 1)), note)]


def _distance_grid(material: Material) -> Grid:
    """Of point scores: those nearest to another tier."""
    subject = material.subject
    tiers = subject.results["tiers"]
    norms = [str(n) for n in tiers["norm"].values]
    values = subject.aligned(tiers["flip_distance"].transpose("alternative", "norm"))
    order = np.argsort(values[:, 0], kind="stable")[:15]
    rows = tuple(
        (named(subject.labels[i], 60), *(_size(Span.of([float(x)])) for x in values[i])) for i in order.tolist()
    )
    more = len(values) - len(rows)
    note = f"In points. {more} more, farther away, are in tables/flips.csv." if more > 0 else "In points."
    caption = caption_of(subject, f"The {subject.noun.many} nearest to another tier, by their point scores")
    return Grid(0, caption, (capital(subject.noun.one), *(capital(NORMS.get(n, n)) for n in norms)), rows, note=note)


def _size(span: Span | None) -> str:
    return DASH if span is None else quantity(span)


# -- other rules, shocks, the rule itself ------------------------------------------------------------------------------


def _rules(material: Material) -> list[Block]:
    """Every other rule: what sets it apart, and how much it keeps."""
    subject, rules = material.subject, material.rules
    if not rules:
        return []
    text = why.other_rules(subject, rules, material.tiers) if subject.published else pa.other_rules(subject, rules)
    by_tier = subject.published and len(material.tiers) <= COLUMNS
    head = tier_heads(subject, material.tiers) if by_tier else ("Mean", "Smallest")
    rows = tuple(
        (named(f.name, 30), why.changes(f.changed).removeprefix("; ") or "as it is",
         *((cell(s) for s in f.keeps) if by_tier else (plain(f.mean), plain(f.lowest))))
        for f in rules
    )  # fmt: skip
    what = (
        "published tier, of scores that fit it" if subject.published else "tier that is likeliest under the run's rule"
    )
    caption = caption_of(subject, f"Under another rule: probability of the {what}")
    grid = Grid(0, caption, ("Rule", "What sets it apart", *head), rows, frozenset((0, 1)))
    return [*paragraphs([text]), grid]


def _shocks(material: Material) -> list[Block]:
    subject = material.subject
    if not material.shocks:
        return []
    if not subject.published:
        return paragraphs([pa.shocked(subject, material.shocks)])
    blocks = paragraphs([why.shock_sentence(subject, material.shocks, material.tiers)])
    return [
        *blocks,
        *([shock_grid(subject, material.shocks, material.tiers)] if len(material.tiers) <= COLUMNS else []),
    ]


def _uncertain_rule(material: Material) -> list[Block]:
    blocks = rule_blocks(material.subject)
    subject = material.subject
    if not subject.results.has("breakpoints/stands_from"):
        return blocks
    group = subject.results["breakpoints"]
    ends = [subject.aligned(group[n].transpose("alternative", "parameter")) for n in ("stands_from", "stands_to")]
    opened = [subject.aligned(group[n].transpose("alternative", "parameter")) for n in ("open_from", "open_to")]
    rows = tuple(
        (capital(why.mover_name(subject, f"rules.{subject.results.attributes.get('rule', '')}.{p}")),
         f"{float(group['own'].values[k]):g}", _who(subject, g.members), _tier(subject, int(_judged(subject)[g.first])),
         _interval(ends[0][g.first, k], ends[1][g.first, k], bool(opened[0][g.first, k]), bool(opened[1][g.first, k])))
        for k, p in enumerate(group["parameter"].values.tolist())
        for g in subject.once([*ends, *opened])[:40]
    )  # fmt: skip
    note = "A number of the rule alone is moved. An end with 'at least' or 'at most' is the end of what was looked at."
    caption = caption_of(subject, "Within which values of the rule's numbers the likeliest tier stays")
    head = ("Number of the rule", "Own value", capital(subject.noun.one), "Tier", "It stays for")
    return [*blocks, Grid(0, caption, head, rows, frozenset((0, 2, 3, 4)), note)]


def _judged(subject: Subject) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    modal = subject.aligned(subject.results["tiers"]["modal_tier"]).astype(np.int64)
    return np.where(subject.published_tier > 0, subject.published_tier, modal)


def _interval(low: float, high: float, open_low: bool, open_high: bool) -> str:
    if np.isnan(low) or np.isnan(high):
        return "not at its own value"
    start, end = f"{low:g}" + (" or less" if open_low else ""), f"{high:g}" + (" or more" if open_high else "")
    return f"{start} to {end}"


# -- beliefs -----------------------------------------------------------------------------------------------------------


def _beliefs(material: Material) -> list[Block]:
    """How wrong the belief may be before the likeliest tier can be lost."""
    subject = material.subject
    if not subject.results.has("belief_sensitivity/epsilon_lost"):
        return []
    group = subject.results["belief_sensitivity"]
    lost = subject.aligned(group["epsilon_lost"])
    lower = subject.aligned(group["lower"].transpose("alternative", "radius", "tier"))
    radius = [float(r) for r in group["radius"].values]
    judged = [subject.tiers.index(int(t)) for t in _judged(subject)]
    at = np.stack([lower[i, :, t] for i, t in enumerate(judged)])
    text = why.contaminated(subject, material.found) if subject.published else _panel_lost(subject, lost)
    rows = [
        (
            _label(subject, rows),
            *(_span_cell(at[list(rows), k]) for k in range(len(radius))),
            _span_cell(lost[list(rows)]),
        )
        for rows in _by_judged(subject)
    ]
    head = ("Tier", *(f"{r:g} wrong" for r in radius), "Lost at")
    note = (
        "Each cell: the smallest probability that the tier can have if that share of the belief were anything else. "
        "Lost at: the share from which on another tier can be the likeliest. Ranges are over the tier's members."
    )
    caption = caption_of(subject, "If a share of the belief were wrong")
    return [*paragraphs([text]), Grid(0, caption, head, tuple(rows), note=note)]


def _panel_lost(subject: Subject, lost: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> str:
    span = Span.of(lost.tolist())
    if span is None:
        return ""
    return (
        f"A likeliest tier can be lost if a share of {probability(span)} of the belief is wrong, by "
        f"{subject.noun.one}: the smaller the share, the less it takes."
    )


def _by_judged(subject: Subject) -> list[list[int]]:
    judged = _judged(subject)
    found = [np.flatnonzero(judged == t).tolist() for t in subject.tiers]
    return [rows for rows in found if rows]


def _label(subject: Subject, rows: Sequence[int]) -> str:
    tier = named(subject.tier_labels[int(_judged(subject)[rows[0]])], 30)
    return f"{tier} ({len(rows)})"


# -- all of them -------------------------------------------------------------------------------------------------------


def _simulation(material: Material) -> list[Block]:
    return [] if not material.simulated else simulation_blocks(material.subject, 40)


#: The section that a run with a simulation begins with.
EVENTS = "If events turn"

#: Which figures belong to a section, its heading, and who makes its sentences and tables.
SECTIONS: tuple[tuple[tuple[str, ...], str, Callable[[Material], list[Block]]], ...] = (
    (("simulation",), EVENTS, _simulation),
    (("tiers",), "Tier probabilities", _tiers),
    (("scores",), "Do the experts agree?", agreement),
    (("second_panel",), "Would a second panel give the same tiers?", _second_panel),
    (("sensitivity",), "Which scores decide?", _criteria),
    (("flips",), "How small a change is enough?", _flips),
    (("other_rules",), "Under another rule", _rules),
    (("rule_uncertainty", "breakpoints"), "If the rule itself is not sure", _uncertain_rule),
    (("shocks",), "After a shock", _shocks),
    (("dependence",), "If the scores of one {one} go together", lambda m: dependence_blocks(m.subject)),
    (("table",), "How many in each tier?", lambda m: counts(m.subject)),
    (("draws",), "Several at once", lambda m: draws(m.subject)),
    (("belief_sensitivity",), "If the belief is wrong", _beliefs),
    (("convergence",), "Exact answers against draws", lambda m: convergence(m.subject)),
)
