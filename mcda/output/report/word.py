"""The report as a Word file: real styles, captions that Word counts, alternative texts, header rows that repeat.

Styles are those of Word's own template, set to our sizes; or those of a house template, which are left as they are.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph as Line

from mcda.output.report.model import Block, Bullets, Facts, Grid, Paragraph, Picture, Report, Section
from mcda.output.report.word_styles import WARN, add_missing, opened, set_own
from mcda.output.whole import rezipped

__all__ = ["as_docx"]

#: The date of the file's properties: runs of one experiment give one file.
_DATE = datetime(2000, 1, 1)


def as_docx(report: Report, template: Path | None = None) -> bytes:
    """Return the report as the bytes of a Word file.

    Parameters
    ----------
    report : what is written
    template : a Word file whose styles, page and headers are taken; styles that it lacks are added

    Errors: :class:`~mcda.errors.UsageError` for a template that is no Word file.
    """
    document = docx.Document() if template is None else opened(template)
    if template is None:
        _page(document)
        set_own(document)
    add_missing(document)
    _properties(document, report)
    _running(document, report)
    if report.banner:
        _boxed(document.add_paragraph(report.banner, style="Banner"), WARN)
    document.add_paragraph(report.title, style="Title")
    document.add_paragraph(report.subtitle, style="Subtitle")
    document.add_paragraph(report.question, style="Small Print")
    if report.contents:
        _contents(document, report)
    for k, (level, section) in enumerate(report.walk()):
        _section(document, section, level, f"_section{k}" if report.contents else "")
    if report.box is not None:
        _section(document, report.box, 1, small=True)
    out = io.BytesIO()
    document.save(out)
    return rezipped(out.getvalue())


# -- the page ----------------------------------------------------------------------------------------------------------


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(16)
    section.top_margin = section.bottom_margin = Mm(13)
    section.header_distance = section.footer_distance = Mm(6)


def _room(document: Document) -> tuple[int, int]:
    """Width and height that text has on a page, in Word's units."""
    s = document.sections[-1]
    width = (s.page_width or Mm(210)) - (s.left_margin or 0) - (s.right_margin or 0)
    return int(width), int((s.page_height or Mm(297)) - (s.top_margin or 0) - (s.bottom_margin or 0))


def _properties(document: Document, report: Report) -> None:
    core = document.core_properties
    core.title, core.subject = report.title, report.subtitle
    core.author = core.last_modified_by = "mcda-sim"
    core.created = core.modified = core.last_printed = _DATE
    core.language, core.comments, core.keywords, core.revision = "en-GB", report.banner, "", 1


def _running(document: Document, report: Report) -> None:
    """What stands on every page: the banner in every header, and page numbers where a template has no footer."""
    for part in document.sections:
        headers = [part.header]
        if part.different_first_page_header_footer:
            headers.append(part.first_page_header)
        if document.settings.odd_and_even_pages_header_footer:
            headers.append(part.even_page_header)
        for header in headers if report.banner else []:
            first = header.paragraphs[0] if header.paragraphs else header.add_paragraph()
            line = first if not first.text and len(first.runs) == 0 else first.insert_paragraph_before()
            line.style, line.alignment = document.styles["Small Print"], WD_ALIGN_PARAGRAPH.CENTER
            line.add_run(report.mark).bold = True
        if part.footer.is_linked_to_previous:
            _numbered(part.footer.paragraphs[0], document)


def _numbered(line: Line, document: Document) -> None:
    line.style, line.alignment = document.styles["Small Print"], WD_ALIGN_PARAGRAPH.RIGHT
    for instruction, text in (("PAGE", " / "), ("NUMPAGES", "")):
        line._p.append(_field(f" {instruction} ", "1"))
        line.add_run(text)


def _field(instruction: str, shown: str, *, bold: bool = False) -> Any:
    """A field that Word computes, with what it shows until then."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), instruction)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    if bold:
        properties = OxmlElement("w:rPr")
        properties.append(OxmlElement("w:b"))
        run.append(properties)
    text.text = shown
    run.append(text)
    field.append(run)
    return field


def _contents(document: Document, report: Report) -> None:
    """A table of contents: a field that Word can update, over links to the headings."""
    document.add_paragraph("Contents", style="TOC Heading")
    entries = [(k, level, s.heading) for k, (level, s) in enumerate(report.walk()) if level < 3]
    lines = []
    for k, level, heading in entries:
        line = document.add_paragraph(style=f"toc {level}")
        link, run, text = OxmlElement("w:hyperlink"), OxmlElement("w:r"), OxmlElement("w:t")
        link.set(qn("w:anchor"), f"_section{k}")
        text.text = heading
        run.append(text)
        link.append(run)
        line._p.append(link)
        lines.append(line)
    if lines:
        _around(lines[0], lines[-1], ' TOC \\o "1-2" \\h \\z ')


def _around(first: Line, last: Line, instruction: str) -> None:
    """Begin a field before a line's text, and end it after another's."""
    begun = []
    for kind in ("begin", "instr", "separate", "end"):
        run = OxmlElement("w:r")
        if kind == "instr":
            inner = OxmlElement("w:instrText")
            inner.text = instruction
            inner.set(qn("xml:space"), "preserve")
        else:
            inner = OxmlElement("w:fldChar")
            inner.set(qn("w:fldCharType"), kind)
        run.append(inner)
        begun.append(run)
    at = 1 if first._p.pPr is not None else 0
    for run in reversed(begun[:3]):
        first._p.insert(at, run)
    last._p.append(begun[3])


# -- blocks ------------------------------------------------------------------------------------------------------------


def _section(document: Document, section: Section, level: int, mark: str = "", *, small: bool = False) -> None:
    line = document.add_paragraph(section.heading, style=f"Heading {level}")
    line.paragraph_format.page_break_before = section.page or None
    if mark:
        _bookmarked(line, mark)
    for block in section.blocks:
        _block(document, block, "Small Print" if small else "Normal")


def _bookmarked(line: Line, mark: str) -> None:
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    number = "".join(c for c in mark if c.isdigit())
    for element in (start, end):
        element.set(qn("w:id"), number)
    start.set(qn("w:name"), mark)
    line._p.insert(1 if line._p.pPr is not None else 0, start)
    line._p.append(end)


def _block(document: Document, block: Block, normal: str) -> None:
    match block:
        case Paragraph():
            document.add_paragraph(block.text, style="Lead" if block.lead else normal)
        case Bullets():
            for item in block.items:
                document.add_paragraph(item, style="List Bullet")
        case Facts():
            _facts(document, block, normal)
        case Grid():
            _grid(document, block)
        case Picture():
            _picture(document, block)


def _facts(document: Document, block: Facts, style: str) -> None:
    for name, value in block.items:
        line = document.add_paragraph(style=style)
        line.add_run(f"{name}: ").bold = True
        line.add_run(value)


def _caption(document: Document, kind: str, number: int, text: str) -> Line:
    """A caption with a field, so that Word can number it and list it."""
    line = document.add_paragraph(style="Caption")
    line.add_run(f"{kind} ").bold = True
    line._p.append(_field(f" SEQ {kind} \\* ARABIC ", str(number), bold=True))
    line.add_run(f". {text}")
    return line


#: A table with at most so many lines is kept on one page.
_TOGETHER = 15


def _grid(document: Document, block: Grid) -> None:
    _caption(document, "Table", block.number, block.caption).paragraph_format.keep_with_next = True
    table = document.add_table(rows=len(block.rows) + 1, cols=len(block.head), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    widths = _widths(table, block, _room(document)[0])
    together = len(block.rows) <= _TOGETHER
    for k, (row, texts) in enumerate(zip(_rows(table), (block.head, *block.rows), strict=True)):
        _mark(row, "w:cantSplit")
        if k == 0:
            _mark(row, "w:tblHeader")
        for j, (cell, text) in enumerate(zip(row.tc_lst, texts, strict=True)):
            kept = together or k == 0
            _fill(_Cell(cell, table), text, widths[j], bold=k == 0 or j == 0, right=j not in block.words, kept=kept)
            if k == 0:
                _shade(cell)
    note = document.add_paragraph(block.note, style="Small Print")
    note.paragraph_format.space_before = Pt(2)


def _rows(table: Any) -> Iterator[Any]:
    yield from table._tbl.tr_lst


def _mark(row: Any, tag: str) -> None:
    """Set a property of a table's row."""
    row.get_or_add_trPr().append(OxmlElement(tag))


def _fill(cell: _Cell, text: str, width: int, *, bold: bool, right: bool, kept: bool) -> None:
    cell.width = Emu(width)
    line = cell.paragraphs[0]
    line.style = "Table Text"
    line.paragraph_format.keep_with_next = kept or None  # short tables stay together, with the note below them
    line.add_run(text).bold = bold or None
    if right:
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _shade(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "E6ECF1")):
        shade.set(qn(f"w:{name}"), value)
    cell.get_or_add_tcPr().append(shade)


def _widths(table: Any, block: Grid, room: int) -> list[int]:
    """Columns as wide as what stands in them needs, relative to each other."""
    table.autofit = False
    needs = block.needs
    widths = [int(room * need / sum(needs)) for need in needs]
    for column, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.w = width
    return widths


def _picture(document: Document, block: Picture) -> None:
    """A figure as wide as it was drawn for, smaller if the page is."""
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.keep_with_next = True
    shape = line.add_run().add_picture(io.BytesIO(block.png), width=Mm(block.millimetres))
    width, height = _room(document)
    scale = min(1.0, width / shape.width, 0.86 * height / shape.height)
    shape.width, shape.height = Emu(int(shape.width * scale)), Emu(int(shape.height * scale))
    drawn = shape._inline.docPr
    drawn.set("descr", block.alt)
    drawn.set("name", f"Figure {block.number}")
    _caption(document, "Figure", block.number, block.caption)


def _boxed(line: Line, colour: str) -> None:
    """A frame around a paragraph."""
    frame = OxmlElement("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        edge = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "12"), ("space", "4"), ("color", colour)):
            edge.set(qn(f"w:{name}"), value)
        frame.append(edge)
    line._p.get_or_add_pPr().append(frame)
