"""What stands in a report, section by section: sentences and tables over the same numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from mcda.output import findings as fi
from mcda.output.report import panel as pa
from mcda.output.report import published as te
from mcda.output.report import reasons as why
from mcda.output.report.headline_figure import panel_figure, published_figure
from mcda.output.report.model import Block, Bullets, Grid, Paragraph, Picture, Section
from mcda.output.report.simulation import simulation_sections
from mcda.output.report.uncertain import uncertain_sections
from mcda.output.sheets import ILLUSTRATIVE
from mcda.output.subject import Subject
from mcda.output.wording import Span, capital, named, plain

__all__ = ["panel_sections", "published_sections"]

#: Most lines of a report's table, and most tiers that get a column each.
LINES, COLUMNS = 10, 7

DASH = "\N{EN DASH}"


def _paragraphs(texts: Iterable[str]) -> list[Block]:
    return [Paragraph(text) for text in texts if text]


def _bullets(texts: Iterable[str]) -> list[Block]:
    items = tuple(text for text in texts if text)
    return [Bullets(items)] if items else []


def _section(heading: str, blocks: Sequence[Block]) -> list[Section]:
    """A section, unless nothing stands in it."""
    return [Section(heading, tuple(blocks))] if blocks else []


def _cell(span: Span | None) -> str:
    """A table's probability: two digits; of a range both ends."""
    if span is None:
        return DASH
    low, high = plain(span.low), plain(span.high)
    if low == high:
        return low
    return f"{low} to {high}" if "<" in low or ">" in high else f"{low}{DASH}{high}"


def _pictures(picture: Picture | None) -> list[Block]:
    return [] if picture is None else [picture]


def _caption(subject: Subject, text: str) -> str:
    return f"{ILLUSTRATIVE}. {text}" if subject.illustrative else text


def _rule_row(movers: Sequence[fi.Mover]) -> fi.Mover | None:
    return next((m for m in movers if m.key == "rule"), None)


# -- published tiers ---------------------------------------------------------------------------------------------------


def published_sections(subject: Subject) -> list[Section]:
    """Return the sections of a report about published tiers."""
    found, movers = fi.published_tiers(subject), fi.movers(subject)
    columns = [f.rows for f in found]
    rules, shocks = fi.other_rules(subject, columns), fi.shocks(subject, columns)
    criteria = fi.criteria(subject, columns) if fi.own_spread(subject) > 0 else []
    tiers = [f.tier for f in found]
    return [
        *_section("In short", _short(subject, found, rules, movers)),
        *_section("What moves a tier", _moves(subject, criteria, found, tiers)),
        *_section("Another rule, or a shock", _elsewhere(subject, rules, shocks, tiers)),
        *uncertain_sections(subject),
        *simulation_sections(subject),
        *_section(
            "What the answer rests on", _rests(subject, movers, why.contaminated(subject, _asked(subject, found)))
        ),
        *_section("What this report does not say", _bullets(_limits(subject, movers))),
    ]


def _asked(subject: Subject, found: Sequence[fi.TierFinding]) -> Sequence[fi.TierFinding]:
    """The findings, unless the second panel makes no error: then they are identities and nothing to report."""
    return found if fi.own_spread(subject) != 0 else []


def _short(
    subject: Subject, found: Sequence[fi.TierFinding], rules: Sequence[fi.RuleFinding], movers: Sequence[fi.Mover]
) -> list[Block]:
    if not found:
        return []
    blocks: list[Block] = [Paragraph(te.lead(subject, found), lead=True)]
    if not _asked(subject, found):
        return blocks
    rule = _rule_row(movers)
    blocks += _paragraphs([te.ranges(subject, found, fi.error(subject), rule)])
    away = " ".join(text for text in (te.likeliest_other(subject, found), te.crossing(subject, found)) if text)
    blocks += _bullets([*te.verdicts(subject, found, rule), te.surest(subject, found), away])
    return [*blocks, _tier_grid(subject, found, rules), *_pictures(published_figure(subject, found))]


def _tier_grid(subject: Subject, found: Sequence[fi.TierFinding], rules: Sequence[fi.RuleFinding]) -> Grid:
    """Table 1: by published tier."""
    head = ["Published tier", capital(subject.noun.many), "Comes again", "Range", "Likeliest other"]
    optional = [
        ("Crosses the line", [_cell(f.across) for f in found], any(f.across for f in found)),
        ("One point is enough", [_cell(f.near) for f in found], any(f.near for f in found)),
        ("Least kept by rule", [_worst_rule(rules, k) for k in range(len(found))], bool(rules)),
    ]
    shown = [(name, cells) for name, cells, there in optional if there]
    rows = [
        (named(subject.tier_labels[f.tier], 30), str(f.count), _cell(f.stands), _cell(f.varied), _other(subject, f),
         *(cells[k] for _, cells in shown))
        for k, f in enumerate(found)
    ]  # fmt: skip
    words = frozenset({0, 4} | {5 + k for k, (name, _) in enumerate(shown) if name.startswith("Least")})
    caption = _caption(subject, "How sure each published tier is")
    return Grid(1, caption, (*head, *(name for name, _ in shown)), tuple(rows), words, _tier_note(subject, shown))


def _other(subject: Subject, f: fi.TierFinding) -> str:
    names = ", ".join(named(subject.tier_labels[t], 30) for t in f.away)
    return f"{names} ({_cell(f.away_p)})"


def _worst_rule(rules: Sequence[fi.RuleFinding], k: int) -> str:
    if not rules:
        return DASH
    worst = min(rules, key=lambda rule: rule.keeps[k].low)
    if worst.keeps[k].low > 1 - fi.EQUAL:
        return "1 (all keep it)" if len(rules) > 1 else "1"
    return f"{_cell(worst.keeps[k])} ({named(worst.name, 30)})"


def _tier_note(subject: Subject, shown: Sequence[tuple[str, list[str]]]) -> str:
    """What the columns mean."""
    over = te.varied_over(subject)
    texts = {
        "Comes again": "probability that a second panel gives the published tier",
        "Range": f"over {over}" if over else "not computed",
        "Crosses the line": "probability of a tier on the other side of the line between inside and outside",
        "One point is enough": "share of the fitting score vectors that one point on one score can move elsewhere",
        "Least kept by rule": "of scores that fit the published tier, the share that keeps it under that rule",
    }
    names = ["Comes again", "Range", *(name for name, _ in shown)]
    own = "All columns but the range are for the run's own prior and error." if over else ""
    return f"{'. '.join(f'{name}: {texts[name]}' for name in names)}. {own}".strip()


def _moves(
    subject: Subject, criteria: Sequence[fi.CriterionFinding], found: Sequence[fi.TierFinding], tiers: Sequence[int]
) -> list[Block]:
    texts = [why.effects(subject, criteria, tiers), why.single_scores(criteria), why.direction(subject, criteria)]
    blocks = _paragraphs([" ".join(t for t in texts if t), why.small_changes(subject, found)])
    if criteria and len(tiers) <= COLUMNS and any(s for f in criteria for s in f.low):
        blocks.append(_criterion_grid(subject, criteria, tiers))
    return blocks


def _criterion_grid(subject: Subject, criteria: Sequence[fi.CriterionFinding], tiers: Sequence[int]) -> Grid:
    """Table 2: which way a score pushes, and how much of the doubt it carries, by published tier."""
    shares = why.classes_of(criteria) > why.CLASSES
    rows = [
        (_criterion_names(subject, f.ids), *(_criterion_cell(f, k, shares) for k in range(len(tiers))))
        for f in criteria
    ]
    head = ("Score on", *(named(subject.tier_labels[t], 30) for t in tiers))
    note = "Each cell: the probability that the published tier comes again if the new score is the lowest → the highest"
    note += "; in brackets the criterion's share of the doubt (they sum to 1 over all criteria)." if shares else "."
    caption = _caption(subject, "What one new score does to the published tier")
    return Grid(2, caption, head, tuple(rows), frozenset((0,)), f"{note} For the run's own prior and error.")


def _criterion_names(subject: Subject, ids: Sequence[str]) -> str:
    names = ", ".join(named(subject.criteria[i], 40) for i in ids)
    return f"{names} (each)" if len(ids) > 1 else names


def _criterion_cell(f: fi.CriterionFinding, k: int, shares: bool) -> str:
    if f.low[k] is None or f.high[k] is None:
        return DASH
    return f"{_cell(f.low[k])} → {_cell(f.high[k])}" + (f" ({_cell(f.shapley[k])})" if shares else "")


def _elsewhere(
    subject: Subject, rules: Sequence[fi.RuleFinding], shocks: Sequence[fi.ShockFinding], tiers: Sequence[int]
) -> list[Block]:
    blocks = _paragraphs([why.other_rules(subject, rules, tiers), why.shock_sentence(subject, shocks, tiers)])
    if shocks and len(tiers) <= COLUMNS:
        blocks.append(_shock_grid(subject, shocks, tiers))
    return blocks


def _shock_grid(subject: Subject, shocks: Sequence[fi.ShockFinding], tiers: Sequence[int]) -> Grid:
    """Table 3: what a shock leaves of each tier."""
    lined = any(s is not None for f in shocks for s in f.across)
    rows = tuple(
        (
            named(f.label),
            *(_cell(f.stands[k]) + (f" ({_cell(f.across[k])})" if lined else "") for k in range(len(tiers))),
        )
        for f in shocks
    )
    head = ("Shock", *(named(subject.tier_labels[t], 30) for t in tiers))
    note = "Each cell: the probability that the published tier stands after the shock"
    note += "; in brackets, that it crosses the line between inside and outside." if lined else "."
    note += " At the declared size of the shock; not a forecast."
    return Grid(3, _caption(subject, "The same scores after a shock"), head, rows, frozenset((0,)), note)


# -- what both rest on -------------------------------------------------------------------------------------------------


def _rests(subject: Subject, movers: Sequence[fi.Mover], *more: str) -> list[Block]:
    blocks = _paragraphs([why.assumptions(subject, movers), *more])
    moving = [m for m in movers if m.mean > fi.EQUAL][:LINES]
    rest = why.rest_of_register(movers, len(moving))
    return [*blocks, _register_grid(subject, moving, rest)] if moving else blocks + _paragraphs([rest])


def _register_grid(subject: Subject, movers: Sequence[fi.Mover], rest: str) -> Grid:
    """Table 4: the head of the assumption register."""
    rows = tuple(
        (
            capital(why.mover_name(subject, m.key)),
            named(m.value, 30),
            _declared(m),
            named(m.basis),
            plain(m.mean),
            plain(m.top),
        )
        for m in movers
    )
    head = ("Assumption", "Used", "Declared range", "Basis", "Moves by, mean", "Moves by, most")
    note = (
        f"Moves by: the largest change of the probability that the tier stands, as a mean over the {subject.noun.many} "
        "and for the one that it moves most, when this entry alone goes to an end of its range or to another choice."
    )
    caption = _caption(subject, "The assumptions that move the answer most")
    return Grid(4, caption, head, rows, frozenset((0, 1, 2, 3)), f"{note} {rest}".strip())


def _declared(m: fi.Mover) -> str:
    """An entry's range, or how many other choices there are."""
    if m.high:
        return f"{named(m.low, 20)} to {named(m.high, 20)}"
    others = [name for name in m.low.split(", ") if name]
    return named(m.low) if len(others) <= 3 else f"{len(others)} others"


def _limits(subject: Subject, movers: Sequence[fi.Mover]) -> list[str]:
    """What must not be read into the report."""
    texts = [
        "It is no forecast. It says how exposed a tier is if scores, the rule or events differ, not whether they will."
    ]
    if subject.illustrative:
        texts.insert(0, "It says nothing about the real case: its scores are synthetic.")
    kind = _unscored(subject, movers) if subject.published else _scored(subject)
    return [*texts, *kind, *_open_rule(subject, movers), *_entities(subject), *_not_computed(subject)]


def _unscored(subject: Subject, movers: Sequence[fi.Mover]) -> list[str]:
    """What published tiers alone cannot tell."""
    n, distinct = len(subject.alternatives), subject.distinct
    texts = [f"It uses no scores, only the published tiers: {subject.noun.count(n)}, {_distinct(distinct)}."]
    if distinct < n:
        texts[0] += (
            " Those that share a belief have the same answer, stated once: under the run's own prior nothing tells "
            "them apart. A difference would need scores or further facts."
        )
    error = next((m for m in movers if m.key == "second_panel.reference_sd"), None)
    if error is not None and error.basis == "assumption":
        texts.append("It does not know how far a second panel would differ: the size of its errors is an assumption.")
    texts.append(
        "It does not count as a result that every published tier comes back when its fitting scores are sorted again "
        "by the same rule: that is by construction."
    )
    return texts


def _open_rule(subject: Subject, movers: Sequence[fi.Mover]) -> list[str]:
    """How much of the rule is not stated by the source."""
    own = f"rules.{subject.results.attributes.get('rule', '')}."
    n = sum(m.key.startswith(own) and m.basis in ("derived", "assumption", "value-judgement") for m in movers)
    verb = "number of the rule is" if n == 1 else "numbers of the rule are"
    return [f"It does not know the whole rule: {n} {verb} derived or assumed, not stated by the source."] if n else []


def _scored(subject: Subject) -> list[str]:
    """What a panel's scores cannot tell."""
    n, distinct = len(subject.alternatives), subject.distinct
    if distinct == n:
        return []
    return [
        f"The scores are equal for some: {subject.noun.count(n)} have {_distinct(distinct)}, and equal beliefs equal "
        "answers."
    ]


def _entities(subject: Subject) -> list[str]:
    n = subject.problem.sizes.get("entity", 0)
    if not n:
        return []
    which = "The named entity inside an" if n == 1 else f"The {n} named entities inside"
    return [
        f"{which} {subject.noun.one if n == 1 else subject.noun.many} {'has' if n == 1 else 'have'} no answer of their "
        "own."
    ]


def _distinct(n: int) -> str:
    return "one distinct belief" if n == 1 else f"{n} distinct beliefs"


def _not_computed(subject: Subject) -> list[str]:
    """Analyses that were declined, with the reason."""
    out = []
    for group in subject.results:
        if reason := str(subject.results[group].attrs.get("declined", "")):
            out.append(f"Not computed in {group}: {named(reason, 400)}.")
    return out


# -- a panel -----------------------------------------------------------------------------------------------------------


def panel_sections(subject: Subject) -> list[Section]:
    """Return the sections of a report about a panel's scores."""
    found, movers = pa.panel_findings(subject), fi.movers(subject)
    everybody = [list(range(len(subject.alternatives)))]
    rules, shocks = fi.other_rules(subject, everybody), fi.shocks(subject, everybody)
    agree = [pa.readings(subject), pa.agreement(subject), pa.pools(subject)] if found else []
    elsewhere = [pa.other_rules(subject, rules), pa.shocked(subject, shocks)]
    return [
        *_section("In short", _panel_short(subject, found)),
        *_section("Do the experts agree?", _paragraphs(agree)),
        *_section("What moves a tier", _panel_moves(subject, everybody)),
        *_section("Another rule, or a shock", _paragraphs(elsewhere)),
        *uncertain_sections(subject),
        *simulation_sections(subject),
        *_section("What the answer rests on", _rests(subject, movers)),
        *_section("What this report does not say", _bullets(_limits(subject, movers))),
    ]  # fmt: skip


def _panel_short(subject: Subject, found: Sequence[pa.PanelFinding]) -> list[Block]:
    if not found:
        return []
    blocks: list[Block] = [Paragraph(pa.panel_lead(subject, found), lead=True)]
    blocks += _paragraphs([pa.decisions(subject, found)])
    blocks += _bullets([pa.differences(subject, found), pa.least_sure(subject, found)])
    chosen = _shown(found)
    return [*blocks, _panel_grid(subject, found, chosen), *_pictures(panel_figure(subject, chosen[:LINES]))]


def _shown(found: Sequence[pa.PanelFinding]) -> list[pa.PanelFinding]:
    """Whom table 1 is about: where the likeliest tier differs, surest first; if nowhere, the least sure."""
    return sorted((f for f in found if f.differs), key=lambda f: -f.p) or sorted(found, key=lambda f: f.p)


def _panel_grid(subject: Subject, found: Sequence[pa.PanelFinding], chosen: Sequence[pa.PanelFinding]) -> Grid:
    """Table 1: where the panel differs from the published tiers; or else who is least sure."""
    differ = any(f.differs for f in found)
    what = "Where the likeliest tier differs from the published one, surest first" if differ else "Who is least sure"
    caption = _caption(subject, what)
    rows = tuple(
        (named(subject.labels[f.row]), subject.tier_labels.get(f.published, DASH), subject.tier_labels[f.modal],
         plain(f.p), _cell(f.varied), ("yes" if f.decided else "no") if f.varied else DASH)
        for f in chosen[:LINES]
    )  # fmt: skip
    head = (capital(subject.noun.one), "Published", "Likeliest", "Probability", "Range", "Decided")
    more = f"{len(chosen) - LINES} more in tables/acceptability.csv. " if len(chosen) > LINES else ""
    over = te.varied_over(subject)
    note = f"{more}Range: over {over}. Decided: {plain(pa.DECIDED, 1)} or more over all of it." if over else more
    return Grid(
        1, caption, head, tuple(tuple(named(c) for c in row) for row in rows), frozenset((0, 1, 2, 5)), note.strip()
    )


def _panel_moves(subject: Subject, everybody: Sequence[Sequence[int]]) -> list[Block]:
    criteria = fi.criteria(subject, everybody)
    texts = [pa.mattering(subject, criteria, _mean_shapley(subject)), why.single_scores(criteria, "score"),
             why.direction(subject, criteria, "score")]  # fmt: skip
    return _paragraphs([" ".join(t for t in texts if t), pa.near(subject)])


def _mean_shapley(subject: Subject) -> list[float]:
    """The mean of each criterion's Shapley effect over the alternatives that have one."""
    if not subject.results.has("sensitivity/shapley"):
        return []
    found = subject.results["sensitivity"]["shapley"].sel(output="ordinal", factor=list(subject.criteria))
    values = subject.aligned(found)
    kept = values[~np.isnan(values).any(axis=1)]
    return [float(x) for x in kept.mean(axis=0)] if len(kept) else []
