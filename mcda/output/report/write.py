"""The report of a run: one document, written as HTML, PDF and Word, from the run's results alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

from mcda.errors import UsageError
from mcda.output.report.cited import method, run_identity
from mcda.output.report.drawn import pictures
from mcda.output.report.full import full_sections
from mcda.output.report.material import Material
from mcda.output.report.model import Facts, Report, Section, numbered
from mcda.output.report.page import as_html
from mcda.output.report.pdf import as_pdf
from mcda.output.report.short import short_sections
from mcda.output.report.word import as_docx
from mcda.output.results import Results, open_results
from mcda.output.sheets import ILLUSTRATIVE
from mcda.output.subject import Subject
from mcda.output.whole import write_whole
from mcda.output.wording import named

__all__ = ["FORMATS", "Form", "build_report", "wanted_formats", "write_report"]

#: Forms of a report: two pages, or everything.
Form = Literal["short", "full"]

#: Formats that a report can be written in.
FORMATS = ("html", "pdf", "docx")

BANNER = f"{ILLUSTRATIVE}. This report shows what the method can say. It is no finding about the real case."


def build_report(results: Results, *, form: Form = "short", modules: Path | None = None, identity: str = "") -> Report:
    """Return the report of a run's results.

    Parameters
    ----------
    results : the run's
    form : short, or full
    modules : the folder of figure modules, which the full form draws; it has no such figures without it
    identity : which results these are (a hash of their file)
    """
    subject = Subject(results)
    attributes = results.attributes
    material = Material(subject)
    full = form == "full"
    sections = full_sections(material, pictures(results, modules), identity) if full else short_sections(material)
    return Report(
        title=_title(material),
        subtitle=named(subject.problem.attrs.get("title", attributes.get("problem", "")), 200),
        question=f"The run's question: {named(attributes.get('question', ''), 400)}",
        banner=BANNER if subject.illustrative else "",
        sections=numbered(sections),
        box=None if full else Section("Method", (*method(subject), Facts(run_identity(subject, identity)))),
        contents=full,
    )


def _title(material: Material) -> str:
    if material.simulated:
        return "What happens to the tiers if events turn?"
    published = material.subject.published
    return "How sure is each published tier?" if published else "How sure is each tier, by the panel's scores?"


def wanted_formats(formats: Sequence[str]) -> list[str]:
    """Return the formats, each once.

    Errors: :class:`~mcda.errors.UsageError` for one that there is not, or none at all.
    """
    if not formats:
        raise UsageError(f"no format is named; allowed: {', '.join(FORMATS)}")
    for name in formats:
        if name not in FORMATS:
            raise UsageError(f"no report can be written as '{name}'; allowed: {', '.join(FORMATS)}")
    return list(dict.fromkeys(formats))


def write_report(
    folder: Path,
    formats: Sequence[str] = FORMATS,
    *,
    form: Form = "short",
    template: Path | None = None,
    modules: Path | None = None,
) -> list[Path]:
    """Write ``report.html``, ``report.pdf``, ``report.docx`` of a run folder, each whole or not at all; return paths.

    The run itself left the short ones; a full report is ``report-full.*``, and one in a house's styles
    ``...-house.docx``, so that a folder stays as its run left it.

    Parameters
    ----------
    folder : the run's
    formats : which of html, pdf, docx
    form : short (two pages), or full
    template : a Word file whose styles the Word report takes
    modules : the folder of figure modules, which the full form draws

    Errors: :class:`~mcda.errors.UsageError` for another format or form, a folder without results, or a template that
    is no Word file; nothing is written then.
    """
    wanted = wanted_formats(formats)
    if form not in get_args(Form):
        raise UsageError(f"no report has the form '{form}'; allowed: {', '.join(get_args(Form))}")
    if template is not None and "docx" not in wanted:
        raise UsageError("a template is for the Word report; allowed with it: formats with docx among them")
    folder = Path(folder)
    results = open_results(folder)
    digest = hashlib.sha256((folder / "results.nc").read_bytes()).hexdigest()
    identity = f"results.nc, SHA-256 {digest[:16]}…"
    report = build_report(results, form=form, modules=modules, identity=identity)
    made = {name: _made(report, name, template) for name in wanted}
    stem = "report-full" if form == "full" else "report"
    house = {"docx": "-house"} if template is not None else {}
    return [write_whole(folder / f"{stem}{house.get(name, '')}.{name}", content) for name, content in made.items()]


def _made(report: Report, name: str, template: Path | None) -> str | bytes:
    if name == "html":
        return as_html(report)
    return as_pdf(report) if name == "pdf" else as_docx(report, template)
