"""The report as a document, before it is HTML or Word: sections of paragraphs, lists, tables and a figure."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Block", "Bullets", "Grid", "Paragraph", "Picture", "Report", "Section"]


@dataclass(frozen=True)
class Paragraph:
    """Sentences; `lead` marks the report's first."""

    text: str
    lead: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table: `words` are the columns that hold text, and the first column names its row; `note` stands below it."""

    number: int
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: frozenset[int] = frozenset((0,))
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """A figure: drawn twice (SVG text, PNG bytes), with its caption, and with what it shows in words."""

    number: int
    caption: str
    alt: str
    svg: str
    png: bytes
    millimetres: float


Block = Paragraph | Bullets | Grid | Picture


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """A report: `banner` is '' unless scores are synthetic; `box` is the method; `identity` says which run this is."""

    title: str
    subtitle: str
    question: str
    banner: str
    sections: tuple[Section, ...]
    box: Section
    identity: tuple[tuple[str, str], ...]
