"""The report as PDF/UA-1: tagged, with its language, title, headings, table headers and alternative texts.

The typesetter checks that while it writes, and refuses what doesn't pass. It uses the fonts that it and matplotlib
bring along, so that one report is one file on every machine. Text reaches it as JSON, never as markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import matplotlib
import typst

from mcda.output.report.model import Block, Grid, Picture, Report, Section

__all__ = ["as_pdf", "sources", "typeset"]

_TEMPLATE = Path(__file__).with_name("templates") / "report.typ"
#: A word longer than a column may be broken after so many letters.
_LONG_WORD = re.compile(r"\S{25,}")
_PIECE = 12


def as_pdf(report: Report) -> bytes:
    """Return the report as the bytes of a PDF file.

    Errors: typst.TypstError, with the typesetter's words, if the file would not be PDF/UA-1.
    """
    made: bytes = typeset(sources(report), format="pdf", pdf_standards=["ua-1"])
    return made


def typeset(files: Mapping[str, bytes], **how: Any) -> Any:
    """Return what the typesetter makes of `main.typ` among some files.

    Fonts are its own, and those of the figures for letters that it lacks; none of the machine's.
    """
    fonts = str(Path(matplotlib.get_data_path()) / "fonts" / "ttf")
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        main = str(Path(folder) / "main.typ")
        return typst.compile(main, root=folder, font_paths=[fonts], ignore_system_fonts=True, **how)


def sources(report: Report) -> Mapping[str, bytes]:
    """Return the files that the typesetter reads: the template, the report as JSON, a figure each."""
    figures = {_file(picture): picture.svg.encode() for picture in report.pictures}
    data = json.dumps(_breakable(_data(report)), ensure_ascii=False)
    return {"main.typ": _TEMPLATE.read_bytes(), "report.json": data.encode(), **figures}


def _data(report: Report) -> dict[str, Any]:
    sections = [{"level": level, "page": section.page, **_section(section)} for level, section in report.walk()]
    text = {name: getattr(report, name) for name in ("title", "subtitle", "question", "banner", "mark", "contents")}
    return {
        **text, "sections": sections, "box": None if report.box is None else _section(report.box),
        "footer": f"{report.title} {report.subtitle}",
    }  # fmt: skip


def _section(section: Section) -> dict[str, Any]:
    return {"heading": section.heading, "blocks": [_block(block) for block in section.blocks]}


def _block(block: Block) -> dict[str, Any]:
    kind = {"kind": type(block).__name__}
    match block:
        case Picture():
            return {
                **kind,
                "caption": block.caption,
                "alt": block.alt,
                "file": _file(block),
                "millimetres": block.millimetres,
            }
        case Grid():
            return {**kind, **asdict(block), "words": sorted(block.words), "needs": block.needs}
        case _:
            return {**kind, **asdict(block)}


def _file(picture: Picture) -> str:
    return f"figure-{picture.number}.svg"


def _breakable(data: Any) -> Any:
    """The same data, with places in very long words at which a line may end."""
    if isinstance(data, str):
        return _LONG_WORD.sub(lambda word: _pieces(word[0]), data)
    if isinstance(data, dict):
        return {key: value if key in ("kind", "file") else _breakable(value) for key, value in data.items()}
    return [_breakable(item) for item in data] if isinstance(data, list | tuple) else data


def _pieces(word: str) -> str:
    return "\u200b".join(word[k : k + _PIECE] for k in range(0, len(word), _PIECE))
