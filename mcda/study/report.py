"""The report of a finished run, with the figures that are shipped: what `mcda report` does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mcda.files.shipped import shipped

if TYPE_CHECKING:
    from mcda.output.report.write import Form

__all__ = ["write_report"]


def write_report(
    folder: str | Path,
    formats: Sequence[str] = ("html", "pdf", "docx"),
    *,
    form: Form = "short",
    template: str | Path | None = None,
) -> list[Path]:
    """Write the report of a finished run into its folder.

    Parameters
    ----------
    folder : the run's
    formats : which of html, pdf, docx
    form : short (two pages: what holds, what doesn't, how sure, what would change it), or full (a section for each
        analysis with its figures, the assumption register, a page for each alternative)
    template : a Word file; the Word report takes its styles, page, headers and footers

    Returns
    -------
    Paths of ``report.html``, ``report.pdf``, ``report.docx`` (``report-full.*`` for the full form, ``...-house.docx``
    in the styles of a template).

    Errors: :class:`~mcda.errors.UsageError` for another format or form, a folder without results, or a template that
    is no Word file; nothing is written then.
    """
    from mcda.output.report.write import write_report as write

    modules = shipped("figures") if form == "full" else None
    house = None if template is None else Path(template)
    return write(Path(folder), formats, form=form, template=house, modules=modules)
