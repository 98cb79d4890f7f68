"""SVG as part of a page: without prolog, metadata or size of its own, with ids that no other figure has."""

from __future__ import annotations

import re

__all__ = ["inline"]

_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_TOLD = re.compile(r"<(title|desc)>.*?</\1>", re.DOTALL)
_SIZE = re.compile(r'\s(width|height)="[^"]*"')
_ID = re.compile(r'(\sid="|url\(#|href="#)')


def inline(svg: str, name: str) -> str:
    """Return an SVG file's text as an element that can stand among others.

    Parameters
    ----------
    svg : text of a file
    name : what its ids begin with. A figure that is folded away would otherwise take definitions from the others.
    """
    text = _TOLD.sub("", _METADATA.sub("", svg))
    start = text.index("<svg")
    end = text.index(">", start)
    opened = _SIZE.sub("", text[start:end])
    return _ID.sub(rf"\g<1>{name}-", f'{opened} aria-hidden="true" focusable="false"{text[end:]}').strip()
