"""Short HTML for notebooks: every text escaped, and no colour of its own, so that it is read in light and in dark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

__all__ = ["card", "preformatted"]

#: Longest text in a cell; what is longer is cut. Longest text that is kept in one line.
LONGEST, SHORT = 300, 20

_CELL = "text-align:left;vertical-align:top;padding:0.1em 0.8em 0.1em 0"
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]+")


def _text(value: object) -> str:
    """A value as text that can do nothing: cut, escaped, and unable to turn the direction of what stands around it."""
    text = _CONTROL.sub(" ", str(value))
    return f"<bdi>{escape(text if len(text) <= LONGEST else f'{text[: LONGEST - 1]}…')}</bdi>"


def _row(cells: Iterable[object], kind: str) -> str:
    return "<tr>" + "".join(f'<{kind} style="{_style(cell)}">{_text(cell)}</{kind}>' for cell in cells) + "</tr>"


def _style(cell: object) -> str:
    """Short texts are not broken."""
    return f"{_CELL};white-space:nowrap" if len(str(cell)) <= SHORT else _CELL


def card(title: object, lines: Iterable[object], header: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """Return a title, some lines and a table as HTML.

    Parameters
    ----------
    title, lines : texts above the table; empty lines are left out
    header, rows : the table's cells
    """
    paragraphs = "".join(f'<p style="margin:0.2em 0">{_text(line)}</p>' for line in lines if str(line))
    body = "".join(_row(cells, "td") for cells in rows)
    table = f'<table style="border-collapse:collapse"><thead>{_row(header, "th")}</thead><tbody>{body}</tbody></table>'
    return f"<div><strong>{_text(title)}</strong>{paragraphs}{table}</div>"


def preformatted(text: str) -> str:
    """Return a text of several lines as HTML that keeps them."""
    lines = (_CONTROL.sub(" ", line) for line in text.splitlines())
    return f'<pre style="white-space:pre-wrap">{escape(chr(10).join(lines))}</pre>'
