"""The full form's annexes: the whole assumption register, and a page for each alternative.

Alternatives with equal inputs have equal answers, so they share a page, which lists them and says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from mcda.output import findings as fi
from mcda.output.report import reasons as why
from mcda.output.report.grids import DASH, LINES, caption_of, cell
from mcda.output.report.material import Material
from mcda.output.report.model import Block, Facts, Grid, Paragraph, Section
from mcda.output.report.pages import Answer, answers, sentences
from mcda.output.report.simulation import simulated_rests
from mcda.output.selected_simulation import judged_policy
from mcda.output.subject import Subject
from mcda.output.tables import reason_alike
from mcda.output.wording import Span, capital, named, plain

__all__ = ["page_sections", "register_section"]

#: Letters of a text on a page of its own.
LONG = 400


# -- the register ------------------------------------------------------------------------------------------------------


def register_section(material: Material) -> list[Section]:
    """Return the whole assumption register, what moves the answer most first; nothing for runs without one."""
    if not material.movers:
        blocks = simulated_rests(material.subject, 10**6)
        return (
            [Section("Annex: every assumption that moves the simulation", tuple(blocks), page=True)] if blocks else []
        )
    rows = tuple(_register_row(material.subject, m) for m in material.movers)
    head = ("Assumption", "Used", "Low", "High", "Basis", "Mean move", "Largest")
    note = (
        f"Moves are of the probability that the tier stands, over the {material.subject.noun.many}. A dash: no "
        "declared range, so it was not varied. The files, citations and notes stand in tables/register.csv."
    )
    grid = Grid(0, caption_of(material.subject, "Assumption register"), head, rows, frozenset((0, 1, 2, 3, 4)), note)
    return [Section("Annex: every assumption", (grid, *simulated_rests(material.subject, 10**6)), page=True)]


def _register_row(subject: Subject, m: fi.Mover) -> tuple[str, ...]:
    moves = [DASH if np.isnan(x) else "none" if abs(x) <= fi.EQUAL else plain(x) for x in (m.mean, m.top)]
    known = why.mover_name(subject, m.key)
    name = named(m.key) if known == f"'{named(m.key)}'" else capital(known)
    return (name, named(m.value, 40), named(m.low, 60), named(m.high, 20), named(m.basis), *moves)


# -- pages -------------------------------------------------------------------------------------------------------------


def page_sections(material: Material) -> list[Section]:
    """Return the annex with a page for each answer: of an alternative, or of all that share their inputs."""
    found = answers(material)
    if not found:
        return []
    pages = tuple(replace(_page(material, answer), page=k > 0) for k, answer in enumerate(found))
    noun, n = material.subject.noun, len(material.subject.alternatives)
    text = f"A page for each {noun.one}, by published tier."
    if len(pages) < n:
        text = (
            f"{noun.count(n)} on {len(pages)} pages: those with equal inputs have equal answers, which "
            "are stated once, with the list of all that they hold for."
        )
    return [Section(f"Annex: {noun.one} by {noun.one}", (Paragraph(text),), pages, page=True)]


def _page(material: Material, answer: Answer) -> Section:
    subject = material.subject
    who = [_members(subject, answer)] if answer.shared else [Facts(tuple(_facts(subject, answer.first)))]
    lead = [Paragraph(_why_once(subject, answer))] if answer.shared else []
    said = [Paragraph(text) for text in sentences(material, answer) if text]
    blocks: list[Block] = [*lead, *who, *said, _tier_table(material, answer), *_drivers(material, answer)]
    return Section(_heading(subject, answer), (*blocks, *_events(material, answer)), page=True)


def _heading(subject: Subject, answer: Answer) -> str:
    if not answer.shared:
        return named(subject.labels[answer.first], 120)
    tier = int(subject.published_tier[answer.first])
    label = named(subject.tier_labels[tier], 40) if tier in subject.tier_labels else "No published tier"
    return f"{label}: {subject.noun.count(len(answer.rows))} with equal inputs"


def _why_once(subject: Subject, answer: Answer) -> str:
    """Why these have one answer; that another prior tells some of them apart is said where it does."""
    reason = reason_alike(subject, answer.group)
    text = f"These {subject.noun.count(len(answer.rows))} are stated once: they have {reason}."
    if answer.apart:
        text += " Another declared prior does tell some of them apart; ranges below are over all of them."
    return text


def _facts(subject: Subject, row: int) -> Iterator[tuple[str, str]]:
    """What the problem says of one alternative."""
    tier = int(subject.published_tier[row])
    yield "Published tier", named(subject.tier_labels[tier], 40) if tier in subject.tier_labels else "none"
    if article := _article(subject, row):
        yield "Legal article", article
    for name, key in (("Family", "sector"), ("Kind", "kind"), ("In the source", "place"), ("What it is", "paraphrase"),
                      ("Note", "notes")):  # fmt: skip
        if text := subject.texts(key)[row]:
            yield name, named(text, LONG)
    if inside := _entities(subject, row):
        yield "Named inside it, without an answer of their own", named(", ".join(inside), LONG)


def _article(subject: Subject, row: int) -> str:
    """The legal reference, as corrected; how it is printed where that differs."""
    article, printed = named(subject.texts("article")[row]), named(subject.texts("article_as_printed")[row])
    return f"{article or 'none'} (printed as {printed})" if printed and printed != article else article


def _entities(subject: Subject, row: int) -> list[str]:
    if "entity" not in subject.problem.dims or "parent" not in subject.problem:
        return []
    parents, labels = subject.problem["parent"].values, subject.problem["entity_label"].values
    own = subject.alternatives[row]
    return [named(label) for label, parent in zip(labels, parents, strict=True) if str(parent) == own]


def _members(subject: Subject, answer: Answer) -> Grid:
    """Who shares a page."""
    texts = {key: subject.texts(key) for key in ("article", "sector", "paraphrase")}
    texts["article"] = [_article(subject, i) for i in range(len(subject.alternatives))]
    names = {"article": "Legal article", "sector": "Family", "paraphrase": "What it is"}
    shown = [key for key in texts if any(texts[key][i] for i in answer.rows)]
    rows = tuple((named(subject.labels[i], 100), *(named(texts[k][i], 240) for k in shown)) for i in answer.rows)
    head = (capital(subject.noun.one), *(names[key] for key in shown))
    caption = caption_of(subject, f"The {subject.noun.count(len(rows))} that this page is about")
    return Grid(0, caption, head, rows, frozenset(range(len(head))))


def _tier_table(material: Material, answer: Answer) -> Grid:
    """Probability of each tier, with its range over what was varied."""
    subject = material.subject
    ranged = subject.varied is not None
    rows = []
    for k, t in enumerate(subject.tiers):
        more = (_hull_cell(subject, answer.rows, t),) if ranged else ()
        mark = " (published)" if t == int(subject.published_tier[answer.first]) else ""
        rows.append((f"{named(subject.tier_labels[t], 40)}{mark}", plain(float(answer.p[k])), *more))
    head = ("Tier", "Probability", *(("Range over the assumptions",) if ranged else ()))
    what = "Probability of each tier if a second panel scored" if subject.published else "Probability of each tier"
    return Grid(0, caption_of(subject, what), head, tuple(rows))


def _hull_cell(subject: Subject, rows: Sequence[int], tier: int) -> str:
    spans = [s for s in (subject.range_of(row, [tier]) for row in rows) if s is not None]
    return cell(Span(min(s.low for s in spans), max(s.high for s in spans)) if spans else None)


def _drivers(material: Material, answer: Answer) -> list[Block]:
    """What drives the tier: each criterion's share of the doubt, and where its lowest and highest score lead."""
    if not answer.shares:
        return []
    subject = material.subject
    ends = answer.ends or [(float("nan"),) * 2] * len(answer.shares)
    ordered = sorted(
        zip(answer.shares, ends, strict=True), key=lambda pair: -round(pair[0][1], 6)
    )  # equal: as declared
    rows = tuple(
        (named(label, 60), plain(share), *(DASH if np.isnan(x) else plain(x) for x in end))
        for (label, share), end in ordered
    )
    head = ("Factor", "Share of the doubt", "At its lowest score", "At its highest score")
    tier = named(subject.tier_labels[answer.judged], 40)
    note = f"At its lowest and highest score: the probability of {tier} if that one score were known to be so."
    return [Grid(0, caption_of(subject, "What drives it"), head, rows, note=note)]


# -- under the simulation ----------------------------------------------------------------------------------------------


def _events(material: Material, answer: Answer) -> list[Block]:
    """Its status under the judged policy, by scenario, at the end of the months simulated."""
    subject = material.subject
    if not subject.results.has("simulation/status_share"):
        return []
    group = subject.results["simulation"]
    own = group.sel(policy=judged_policy(group), alternative=[subject.alternatives[i] for i in answer.rows])
    last = own["status_share"].isel(month=-1)
    statuses = [str(s) for s in group["status"].values]
    rows = []
    for i in range(min(group.sizes["scenario"], 3 * LINES)):
        cells = [cell(Span.of(last.isel(scenario=i).sel(status=s).values.ravel().tolist())) for s in statuses]
        holds = cell(Span.of(own["tier_stability"].isel(scenario=i).values.ravel().tolist()))
        rows.append((named(group["scenario_title"].values[i], 60), *cells, holds))
    head = ("Scenario", *(capital(named(s)) for s in statuses), "Months in its tier")
    policy = named(str(group["policy_title"].sel(policy=judged_policy(group)).item()), 60)
    note = (
        f"Shares of simulated paths on which it has that status after {group.sizes['month']} months; last column: mean "
        f"share of months in the printed tier. Ranges: over the assumption sets{_and_members(answer)}. Not a forecast."
    )
    return [Grid(0, caption_of(subject, f"If events turn, under the policy '{policy}'"), head, tuple(rows), note=note)]


def _and_members(answer: Answer) -> str:
    return " and all that share the page" if answer.shared else ""
