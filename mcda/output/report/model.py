"""The report as a document, before it is HTML, PDF or Word: a tree of sections over paragraphs, lists, tables, figures.

Writers add nothing to what stands here, and leave nothing out but a figure's data, which HTML alone has room for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

__all__ = ["Block", "Bullets", "Facts", "Grid", "Paragraph", "Picture", "Report", "Section", "numbered"]

#: Letters of a long text that count for a column's width.
LONG = 42


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
class Facts:
    """Names and what they are: a list of pairs."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Grid:
    """A table: `words` are the columns that hold text, and the first column names its row; `note` stands below it."""

    number: int
    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: frozenset[int] = frozenset((0,))
    note: str = ""

    @property
    def needs(self) -> tuple[float, ...]:
        """Roughly how many letters of width each column wants: its longest word, and some of its longest text."""
        return tuple(_need([row[k] for row in (self.head, *self.rows)]) for k in range(len(self.head)))


def _need(texts: Sequence[str]) -> float:
    word = max((len(w) for text in texts for w in text.split()), default=1)
    longest = max(map(len, texts))
    return max(min(word, LONG) + 2, min(longest, LONG) * 0.75 + 0.15 * max(0, min(longest, 150) - LONG), 6)


@dataclass(frozen=True)
class Picture:
    """A figure: drawn twice (SVG text, PNG bytes), its caption, what it shows in words, and the numbers it plots."""

    number: int
    caption: str
    alt: str
    svg: str
    png: bytes
    millimetres: float
    data: Grid | None = None


Block = Paragraph | Bullets | Facts | Grid | Picture


@dataclass(frozen=True)
class Section:
    """A heading, what stands under it, and the sections inside it; `page` begins a new page."""

    heading: str
    blocks: tuple[Block, ...]
    parts: tuple[Section, ...] = ()
    page: bool = False

    def walk(self, level: int = 1) -> Iterator[tuple[int, Section]]:
        """Yield this section and all inside it, each with its level, as they are read."""
        yield level, self
        for part in self.parts:
            yield from part.walk(level + 1)


@dataclass(frozen=True)
class Report:
    """A report: `banner` is '' unless scores are synthetic; `box` stands at the end of a short one, in small print.

    `contents` says whether it begins with a list of its sections.
    """

    title: str
    subtitle: str
    question: str
    banner: str
    sections: tuple[Section, ...]
    box: Section | None = None
    contents: bool = False

    @property
    def mark(self) -> str:
        """The banner in short, for the top of every page."""
        return self.banner.partition(". ")[0]

    def walk(self) -> Iterator[tuple[int, Section]]:
        """Yield all sections, but not the box, each with its level, as they are read."""
        for section in self.sections:
            yield from section.walk()

    @property
    def pictures(self) -> list[Picture]:
        """All figures, in their order."""
        return [block for _, section in self.walk() for block in section.blocks if isinstance(block, Picture)]


def numbered(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Number tables and figures in the order in which they are read; texts name table 1 only, which is the first."""
    counts = {Grid: 0, Picture: 0}

    def one(section: Section) -> Section:
        blocks: list[Block] = []
        for block in section.blocks:
            if isinstance(block, Grid | Picture):
                counts[type(block)] += 1
                blocks.append(replace(block, number=counts[type(block)]))
            else:
                blocks.append(block)
        return replace(section, blocks=tuple(blocks), parts=tuple(one(part) for part in section.parts))

    return tuple(one(section) for section in sections)
