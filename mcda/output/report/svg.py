"""SVG as part of a page: without prolog, metadata or size of its own, with ids that no other figure has."""

from __future__ import annotations

import re
from collections import Counter

__all__ = ["inline"]

_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_TOLD = re.compile(r"<(title|desc)>.*?</\1>", re.DOTALL)
_SIZE = re.compile(r'\s(width|height)="[^"]*"')
_NAMED = re.compile(r'\sid="([^"]*)"')
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
    whole = f'{opened} aria-hidden="true" focusable="false"{text[end:]}'
    return _once(_ID.sub(rf"\g<1>{name}-", whole)).strip()


def _once(svg: str) -> str:
    """The same, each id once: equal images have one id in a drawn file, and either serves whoever refers to it."""
    seen: Counter[str] = Counter()

    def unique(found: re.Match[str]) -> str:
        seen[found[1]] += 1
        n = seen[found[1]]
        return found[0] if n == 1 else f' id="{found[1]}-{n}"'

    return _NAMED.sub(unique, svg)
