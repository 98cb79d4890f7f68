"""The report as a Word file: real styles, captions that Word counts, alternative texts, header rows that repeat."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph as Line

from mcda.output.report.model import Block, Bullets, Grid, Paragraph, Picture, Report, Section
from mcda.output.whole import rezipped

__all__ = ["as_docx"]

#: The date of the file's properties: runs of one experiment give one file.
_DATE = datetime(2000, 1, 1)
_ACCENT = RGBColor(0x0B, 0x3F, 0x66)
_FONT = "Arial"


def as_docx(report: Report) -> bytes:
    """Return the report as the bytes of a Word file."""
    document = docx.Document()
    _page(document)
    _styles(document)
    _properties(document, report)
    if report.banner:
        _boxed(document.add_paragraph(report.banner, style="Banner"), "7A1F00")
    document.add_paragraph(report.title, style="Title")
    document.add_paragraph(report.subtitle, style="Subtitle")
    document.add_paragraph(report.question, style="Small Print")
    for section in report.sections:
        _section(document, section)
    _section(document, report.box, small=True)
    for name, value in report.identity:
        line = document.add_paragraph(style="Small Print")
        line.add_run(f"{name}: ").bold = True
        line.add_run(value)
    out = io.BytesIO()
    document.save(out)
    return rezipped(out.getvalue())


# -- the page and its styles -------------------------------------------------------------------------------------------


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(16)
    section.top_margin = section.bottom_margin = Mm(12)


def _styles(document: Document) -> None:
    """Fonts and spaces of the styles that the report uses; three of its own."""
    sizes = {"Normal": 9.5, "Title": 17, "Subtitle": 11, "Heading 1": 12, "List Bullet": 9.5, "Caption": 8.5}
    for name, size in sizes.items():
        _style(document.styles[name], size)
    for name in ("Title", "Heading 1"):
        document.styles[name].font.color.rgb = _ACCENT
    document.styles["Heading 1"].paragraph_format.space_before = Pt(7)
    document.styles["Caption"].font.color.rgb = RGBColor(0x1B, 0x1B, 0x1B)
    document.styles["Subtitle"].font.color.rgb = RGBColor(0x33, 0x33, 0x33)
    document.styles["Subtitle"].font.italic = False
    document.styles["Caption"].font.bold = False
    for spacing in [e for e in document.styles["Subtitle"].element.iter(qn("w:spacing")) if e.get(qn("w:val"))]:
        spacing.set(qn("w:val"), "0")
    for name, size in (("Small Print", 8), ("Table Text", 8), ("Banner", 10), ("Lead", 10.5)):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Normal"]
        _style(style, size)
    document.styles["Table Text"].paragraph_format.space_after = Pt(0)
    document.styles["Banner"].font.bold = True
    _language(document)


def _style(style: Any, size: float) -> None:
    """One font in all scripts, a size, little space."""
    style.font.name, style.font.size = _FONT, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for slot in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{slot}"), None)
    for slot in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{slot}"), _FONT)
    style.paragraph_format.space_after, style.paragraph_format.space_before = Pt(3), Pt(0)
    style.paragraph_format.line_spacing = 1.04


def _language(document: Document) -> None:
    """British English, so that Word checks and reads aloud in the right language."""
    for lang in document.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), "en-GB")


def _properties(document: Document, report: Report) -> None:
    core = document.core_properties
    core.title, core.subject, core.author, core.last_modified_by = report.title, report.subtitle, "mcda-sim", "mcda-sim"
    core.created = core.modified = core.last_printed = _DATE
    core.language, core.comments, core.keywords, core.revision = "en-GB", report.banner, "", 1


# -- blocks ------------------------------------------------------------------------------------------------------------


def _section(document: Document, section: Section, *, small: bool = False) -> None:
    document.add_paragraph(section.heading, style="Heading 1")
    for block in section.blocks:
        _block(document, block, "Small Print" if small else "Normal")


def _block(document: Document, block: Block, normal: str) -> None:
    match block:
        case Paragraph():
            document.add_paragraph(block.text, style="Lead" if block.lead else normal)
        case Bullets():
            for item in block.items:
                document.add_paragraph(item, style="List Bullet")
        case Grid():
            _grid(document, block)
        case Picture():
            _picture(document, block)


def _caption(document: Document, kind: str, number: int, text: str) -> Line:
    """A caption with a field, so that Word can number it and list it."""
    line = document.add_paragraph(style="Caption")
    line.add_run(f"{kind} ").bold = True
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), f" SEQ {kind} \\* ARABIC ")
    run = OxmlElement("w:r")
    bold = OxmlElement("w:rPr")
    bold.append(OxmlElement("w:b"))
    run.append(bold)
    shown = OxmlElement("w:t")
    shown.text = str(number)
    run.append(shown)
    field.append(run)
    line._p.append(field)
    line.add_run(f". {text}")
    return line


def _grid(document: Document, block: Grid) -> None:
    _caption(document, "Table", block.number, block.caption).paragraph_format.keep_with_next = True
    table = document.add_table(rows=0, cols=len(block.head), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for k, row in enumerate((block.head, *block.rows)):
        cells = table.add_row()
        _mark(cells._tr, "w:cantSplit")
        if k == 0:
            _mark(cells._tr, "w:tblHeader")
        for j, (cell, text) in enumerate(zip(cells.cells, row, strict=True)):
            _fill(cell, text, bold=k == 0 or j == 0, right=j not in block.words, shaded=k == 0)
    _widths(table, block)
    note = document.add_paragraph(block.note, style="Small Print")
    note.paragraph_format.space_before = Pt(2)


def _mark(row: Any, tag: str) -> None:
    """Set a property of a table's row."""
    row.get_or_add_trPr().append(OxmlElement(tag))


def _fill(cell: _Cell, text: str, *, bold: bool, right: bool, shaded: bool) -> None:
    line = cell.paragraphs[0]
    line.style = "Table Text"
    line.paragraph_format.keep_with_next = True  # rows stay together, and with the note below them
    line.add_run(text).bold = bold
    if right:
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if shaded:
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", "E6ECF1")):
            shade.set(qn(f"w:{name}"), value)
        cell._tc.get_or_add_tcPr().append(shade)


def _widths(table: Any, block: Grid) -> None:
    """Columns as wide as what stands in them needs, relative to each other."""
    table.autofit = False
    total = Mm(178)
    for k, need in enumerate(block.needs):
        width = int(total * need / sum(block.needs))
        table.columns[k].width = width
        for cell in table.columns[k].cells:
            cell.width = width


def _picture(document: Document, block: Picture) -> None:
    line = document.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.keep_with_next = True
    shape = line.add_run().add_picture(io.BytesIO(block.png), width=Mm(min(block.millimetres, 174)))
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
