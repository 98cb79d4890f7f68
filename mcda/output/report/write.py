"""The report of a run: one document, written as HTML and as Word, from the run's results alone.

A longer report will stand beside it: it can use the same sections (:mod:`mcda.output.report.short`) and add its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from mcda.errors import UsageError
from mcda.output.methods import belief_text, composite_text, rule_text
from mcda.output.report.html import as_html
from mcda.output.report.model import Paragraph, Report, Section, numbered
from mcda.output.report.pdf import as_pdf
from mcda.output.report.short import panel_sections, published_sections
from mcda.output.report.word import as_docx
from mcda.output.results import Results, open_results
from mcda.output.sheets import ILLUSTRATIVE
from mcda.output.subject import Subject
from mcda.output.whole import write_whole
from mcda.output.wording import named

__all__ = ["build_report", "write_report"]

#: What each format is made by.
FORMATS: dict[str, Callable[[Report], str | bytes]] = {"html": as_html, "pdf": as_pdf, "docx": as_docx}

BANNER = f"{ILLUSTRATIVE}. This report shows what the method can say. It is no finding about the real case."


def build_report(results: Results, *, identity: str = "") -> Report:
    """Return the report of a run's results; `identity` says which results these are (a hash of their file)."""
    subject = Subject(results)
    sections = published_sections(subject) if subject.published else panel_sections(subject)
    attributes = results.attributes
    return Report(
        title="How sure is each published tier?"
        if subject.published
        else "How sure is each tier, by the panel's scores?",
        subtitle=named(subject.problem.attrs.get("title", attributes.get("problem", "")), 200),
        question=f"The run's question: {named(attributes.get('question', ''), 400)}",
        banner=BANNER if subject.illustrative else "",
        sections=numbered(sections),
        box=_box(subject),
        identity=_identity(subject, identity),
    )


def _box(subject: Subject) -> Section:
    """The method, short; methods.md has it in full."""
    texts = [
        composite_text(subject), rule_text(subject), belief_text(subject),
        "Probabilities and effects are for these assumptions, and say nothing beyond them. Formulas and references: "
        "methods.md.",
    ]  # fmt: skip
    return Section("Method", (Paragraph(" ".join(texts)),))


def _identity(subject: Subject, identity: str) -> tuple[tuple[str, str], ...]:
    attributes, problem = subject.results.attributes, subject.problem.attrs
    facts = (
        ("Experiment", attributes.get("experiment")),
        ("Problem", f"{problem.get('id', '')}, as of {problem.get('as_of') or 'no date'}"),
        ("Source", problem.get("citation")),
        ("Made by", attributes.get("source")),
        ("Results", identity),
    )
    return tuple((name, named(value, 400)) for name, value in facts if value)


def write_report(folder: Path, formats: Sequence[str] = tuple(FORMATS)) -> list[Path]:
    """Write ``report.html``, ``report.pdf``, ``report.docx`` of a run folder, each whole or not at all; return paths.

    Errors: :class:`~mcda.errors.UsageError` for another format, or a folder without results; nothing is written then.
    """
    for name in formats:
        if name not in FORMATS:
            raise UsageError(f"no report can be written as '{name}'; allowed: {', '.join(FORMATS)}")
    folder = Path(folder)
    results = open_results(folder)
    digest = hashlib.sha256((folder / "results.nc").read_bytes()).hexdigest()
    report = build_report(results, identity=f"results.nc, SHA-256 {digest[:16]}…")
    made = {name: FORMATS[name](report) for name in dict.fromkeys(formats)}
    return [write_whole(folder / f"report.{name}", content) for name, content in made.items()]
