"""The full form of a report: a summary, the assumptions that matter most, each analysis, and annexes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mcda.output import findings as fi
from mcda.output.report import reasons as why
from mcda.output.report.analyses import EVENTS, analysis_sections
from mcda.output.report.annex import page_sections, register_section
from mcda.output.report.cited import method, references, run_identity
from mcda.output.report.grids import LINES, register_grid
from mcda.output.report.limits import limits
from mcda.output.report.material import Material
from mcda.output.report.model import Block, Facts, Picture, Section
from mcda.output.report.short import bullets, headline, paragraphs, section
from mcda.output.report.simulation import simulated_rests

__all__ = ["full_sections"]


def full_sections(material: Material, drawn: Mapping[str, Sequence[Picture]], identity: str) -> list[Section]:
    """Return the sections of the full form; `drawn` are the run's figures by analysis, `identity` which run it is."""
    subject = material.subject
    analyses = analysis_sections(material, drawn)
    events = [s for s in analyses if s.heading == EVENTS]
    return [
        *events,
        *section("What holds, and what does not", headline(material)),
        *section("The assumptions that matter most", _ten(material)),
        *(s for s in analyses if s.heading != EVENTS),
        *section("What this report does not say", bullets(limits(material))),
        *section("Method", method(subject)),
        *section("The run, and how to cite it", [Facts(run_identity(subject, identity)), *references(subject)]),
        *register_section(material),
        *page_sections(material),
    ]


def _ten(material: Material) -> list[Block]:
    """The ten that move the answer most, up front; of a simulation also its own."""
    subject = material.subject
    moving = [m for m in material.movers if m.mean > fi.EQUAL][:LINES]
    rest = why.rest_of_register(material.movers, len(moving))
    blocks = paragraphs([why.assumptions(subject, material.movers)])
    if moving:
        blocks.append(register_grid(subject, moving, rest))
    return [*blocks, *simulated_rests(subject, LINES)]
