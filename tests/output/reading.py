"""What a reader of a report meets: its texts, and a page's tags in their order."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

from mcda.output.report.model import Bullets, Facts, Grid, Paragraph, Picture, Report


def texts(report: Report) -> Iterator[str]:
    """Everything that a report says, but for the numbers that its figures plot."""
    yield from (report.title, report.subtitle, report.question, report.banner)
    for section in (*(section for _, section in report.walk()), *([report.box] if report.box else [])):
        yield section.heading
        for block in section.blocks:
            match block:
                case Paragraph():
                    yield block.text
                case Bullets():
                    yield from block.items
                case Facts():
                    yield from (text for pair in block.items for text in pair)
                case Grid():
                    yield from (block.caption, block.note, *block.head, *(cell for row in block.rows for cell in row))
                case Picture():
                    yield from (block.caption, block.alt)


class Page(HTMLParser):
    """What a reader of the page meets: tags with their attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
