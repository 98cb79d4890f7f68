"""Styles of the Word report: our own on Word's template, or a house template's, with what it lacks added."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from mcda.errors import UsageError

__all__ = ["WARN", "add_missing", "opened", "set_own"]

_ACCENT, _INK, _QUIET = RGBColor(0x0B, 0x3F, 0x66), RGBColor(0x1B, 0x1B, 0x1B), RGBColor(0x33, 0x33, 0x33)
WARN = "7A1F00"
_FONT = "Arial"

#: Sizes in points of the styles that every Word template should have, in our own.
_BUILT_IN = {
    "Normal": 9.0, "Title": 17, "Subtitle": 11, "Heading 1": 11.5, "Heading 2": 10.5, "Heading 3": 10,
    "List Bullet": 9.0, "Caption": 8.2,
}  # fmt: skip
#: Those that only our reports have: size, bold. A template may define them, too.
_EXTRA = {
    "Small Print": (7.6, False), "Table Text": (7.8, False), "Banner": (10.0, True), "Lead": (10.0, False),
    "TOC Heading": (12.0, True), "toc 1": (9.5, False), "toc 2": (9.0, False),
}  # fmt: skip


def opened(template: Path) -> Document:
    """Return a house template, empty: its styles, page, headers and footers, without its text.

    Errors: :class:`~mcda.errors.UsageError` if it is not there, or no Word file.
    """
    allowed = "allowed: a Word file that ends in .docx"
    if not template.is_file():
        raise UsageError(f"the template '{template}' is not there; {allowed}")
    try:
        document = docx.Document(str(template))
    except (ValueError, KeyError, zipfile.BadZipFile, PackageNotFoundError) as reason:
        raise UsageError(
            f"the template '{template}' is no Word document (.docx): {_first(reason)}; {allowed}"
        ) from reason
    body = document.element.body
    for element in list(body):
        if element.tag != qn("w:sectPr"):
            body.remove(element)
    return document


def _first(reason: Exception) -> str:
    return str(reason).splitlines()[0] if str(reason) else type(reason).__name__


def set_own(document: Document) -> None:
    """Set fonts, sizes and spaces of Word's own styles."""
    styles: Any = document.styles
    for name, size in _BUILT_IN.items():
        _set(styles[name], size)
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3"):
        styles[name].font.color.rgb = _ACCENT
    for name, above in (("Heading 1", 7), ("Heading 2", 8), ("Heading 3", 6)):
        styles[name].paragraph_format.space_before = Pt(above)
    styles["Caption"].font.color.rgb, styles["Caption"].font.bold = _INK, False
    styles["Subtitle"].font.color.rgb, styles["Subtitle"].font.italic = _QUIET, False
    for spacing in [e for e in styles["Subtitle"].element.iter(qn("w:spacing")) if e.get(qn("w:val"))]:
        spacing.set(qn("w:val"), "0")
    _language(document)


def add_missing(document: Document) -> None:
    """Add each style that the report uses and the document lacks; those that it has stay as they are."""
    styles: Any = document.styles
    for name in ("Normal", *_BUILT_IN):
        if not _has(document, name):
            _add(document, name, _BUILT_IN[name], bold=name.startswith(("Title", "Heading")))
    for name, (size, bold) in _EXTRA.items():
        if not _has(document, name):
            _add(document, name, size, bold=bold)
            if name in ("Table Text", "Small Print"):
                styles[name].paragraph_format.space_after = Pt(0 if name == "Table Text" else 1.5)
            if name == "toc 2":
                styles[name].paragraph_format.left_indent = Mm(6)
    if not _has(document, "Table Grid", WD_STYLE_TYPE.TABLE):
        _add_grid(document)


def _has(document: Document, name: str, kind: WD_STYLE_TYPE = WD_STYLE_TYPE.PARAGRAPH) -> bool:
    return any(s.type == kind and s.name.lower() == name.lower() for s in document.styles if s.name)


def _add(document: Document, name: str, size: float, *, bold: bool) -> None:
    """A paragraph style on top of the document's normal text: its font, our size."""
    style: Any = document.styles.add_style(
        name, WD_STYLE_TYPE.PARAGRAPH, builtin=name in _BUILT_IN or name.startswith("toc")
    )
    if name != "Normal" and _has(document, "Normal"):
        style.base_style = document.styles["Normal"]
    style.font.size, style.font.bold = Pt(size), bold or None
    style.paragraph_format.space_after, style.paragraph_format.space_before = Pt(3), Pt(0)
    style.hidden, style.quick_style = False, True


def _add_grid(document: Document) -> None:
    """A table style with thin lines."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="8A939B"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    document.styles.element.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/>'
            f"<w:tblPr><w:tblBorders>{edges}</w:tblBorders></w:tblPr></w:style>"
        )
    )


def _set(style: Any, size: float) -> None:
    """One font in all scripts, a size, little space."""
    style.font.name, style.font.size = _FONT, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for slot in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{slot}"), None)
    for slot in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{slot}"), _FONT)
    style.paragraph_format.space_after, style.paragraph_format.space_before = Pt(3), Pt(0)
    style.paragraph_format.line_spacing = 1.0


def _language(document: Document) -> None:
    """British English, so that Word checks and reads aloud in the right language."""
    for lang in document.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), "en-GB")
