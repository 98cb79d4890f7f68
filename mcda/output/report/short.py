"""The short form of a report: two pages on what holds, what doesn't, how sure that is, and what would change it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from mcda.output import findings as fi
from mcda.output.report import panel as pa
from mcda.output.report import published as te
from mcda.output.report import reasons as why
from mcda.output.report.grids import (
    COLUMNS,
    LINES,
    criterion_grid,
    panel_grid,
    register_grid,
    shock_grid,
    shown,
    tier_grid,
)  # fmt: skip
from mcda.output.report.headline_figure import panel_figure, published_figure
from mcda.output.report.limits import limits
from mcda.output.report.material import Material
from mcda.output.report.model import Block, Bullets, Paragraph, Picture, Section
from mcda.output.report.simulation import simulated_rests, simulation_sections
from mcda.output.report.uncertain import uncertain_sections
from mcda.output.subject import Subject

__all__ = [
    "agreement", "bullets", "elsewhere", "headline", "moves", "paragraphs", "rests", "section", "short_sections",
]  # fmt: skip


def paragraphs(texts: Iterable[str]) -> list[Block]:
    """Return a paragraph for each text that says something."""
    return [Paragraph(text) for text in texts if text]


def bullets(texts: Iterable[str]) -> list[Block]:
    """Return one list of the texts that say something; nothing where none does."""
    items = tuple(text for text in texts if text)
    return [Bullets(items)] if items else []


def section(heading: str, blocks: Sequence[Block]) -> list[Section]:
    """Return a section, unless nothing stands in it."""
    return [Section(heading, tuple(blocks))] if blocks else []


def short_sections(material: Material) -> list[Section]:
    """Return the sections of the short form; a run that simulated events begins with them."""
    subject, events = material.subject, simulation_sections(material.subject)
    return [
        *events,
        *section("What holds, and what does not", headline(material)),
        *section("Do the experts agree?", agreement(material)),
        *section("What would change it: a score", moves(material)),
        *section("What would change it: another rule, or a shock", elsewhere(material)),
        *uncertain_sections(subject),
        *section("How sure: what the answer rests on", rests(material)),
        *section("What this report does not say", bullets(limits(material))),
    ]


# -- what holds --------------------------------------------------------------------------------------------------------


def headline(material: Material) -> list[Block]:
    """Return the first blocks: what holds, how sure that is, over which range, and the table of it."""
    if material.subject.published:
        return _published_headline(material)
    return _panel_headline(material) if material.panel else []


def _published_headline(material: Material) -> list[Block]:
    subject, found, rule = material.subject, material.found, material.rule_mover
    if not found:
        return []
    blocks: list[Block] = [Paragraph(te.lead(subject, found), lead=not material.simulated)]
    if not material.asked:
        return blocks
    blocks += paragraphs([te.ranges(subject, found, fi.error(subject), rule)])
    away = " ".join(text for text in (te.likeliest_other(subject, found), te.crossing(subject, found)) if text)
    blocks += bullets([*te.verdicts(subject, found, rule), te.surest(subject, found), away])
    return [*blocks, tier_grid(subject, found, material.rules), *_pictures(published_figure(subject, found))]


def _pictures(picture: Picture | None) -> list[Block]:
    return [] if picture is None else [picture]


def _panel_headline(material: Material) -> list[Block]:
    subject, found = material.subject, material.panel
    blocks: list[Block] = [Paragraph(pa.panel_lead(subject, found), lead=not material.simulated)]
    blocks += paragraphs([pa.decisions(subject, found)])
    blocks += bullets([pa.differences(subject, found), pa.least_sure(subject, found)])
    chosen = shown(found)
    return [*blocks, panel_grid(subject, found, chosen), *_pictures(panel_figure(subject, chosen[:LINES]))]


def agreement(material: Material) -> list[Block]:
    """Return whether a panel's experts agree; nothing for published tiers."""
    if not material.panel:
        return []
    return paragraphs(f(material.subject) for f in (pa.readings, pa.agreement, pa.pools))


# -- what would change it ----------------------------------------------------------------------------------------------


def moves(material: Material, *, near: bool = True) -> list[Block]:
    """Return what one score does and, where it is asked for, how small a change is enough."""
    subject, criteria, tiers = material.subject, material.criteria, material.tiers
    if not subject.published:
        texts = [pa.mattering(subject, criteria, _mean_shapley(subject)), why.single_scores(criteria, "score"),
                 why.direction(subject, criteria, "score")]  # fmt: skip
        return paragraphs([" ".join(t for t in texts if t), pa.near(subject) if near else ""])
    texts = [why.effects(subject, criteria, tiers), why.single_scores(criteria), why.direction(subject, criteria)]
    small = why.small_changes(subject, material.found) if near else ""
    blocks = paragraphs([" ".join(t for t in texts if t), small])
    if criteria and len(tiers) <= COLUMNS and any(s for f in criteria for s in f.low):
        blocks.append(criterion_grid(subject, criteria, tiers))
    return blocks


def _mean_shapley(subject: Subject) -> list[float]:
    """The mean of each criterion's Shapley effect over the alternatives that have one."""
    if not subject.results.has("sensitivity/shapley"):
        return []
    found = subject.results["sensitivity"]["shapley"].sel(output="ordinal", factor=list(subject.criteria))
    values = subject.aligned(found)
    kept = values[~np.isnan(values).any(axis=1)]
    return [float(x) for x in kept.mean(axis=0)] if len(kept) else []


def elsewhere(material: Material) -> list[Block]:
    """Return what another rule or a shock would do."""
    subject, rules, shocks, tiers = material.subject, material.rules, material.shocks, material.tiers
    if not subject.published:
        return paragraphs([pa.other_rules(subject, rules), pa.shocked(subject, shocks)])
    blocks = paragraphs([why.other_rules(subject, rules, tiers), why.shock_sentence(subject, shocks, tiers)])
    if shocks and len(tiers) <= COLUMNS:
        blocks.append(shock_grid(subject, shocks, tiers))
    return blocks


# -- what it rests on --------------------------------------------------------------------------------------------------


def rests(material: Material) -> list[Block]:
    """Return the assumptions that move the answer most."""
    subject, movers = material.subject, material.movers
    lost = why.contaminated(subject, material.found if material.asked else [])
    blocks = paragraphs([why.assumptions(subject, movers), lost])
    moving = [m for m in movers if m.mean > fi.EQUAL][:LINES]
    rest = why.rest_of_register(movers, len(moving))
    found = [*blocks, register_grid(subject, moving, rest)] if moving else blocks + paragraphs([rest])
    return [*found, *simulated_rests(subject)]
