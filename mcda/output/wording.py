"""How numbers and names are said: no more digits than a range supports, and names that stay text whatever they hold."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "Noun", "Span", "about", "capital", "clean", "digits_for", "listing", "markdown", "named", "plain", "points",
    "probability", "quantity",
]  # fmt: skip

#: Below this a probability is 0, and as near to 1 it is 1: results are exact to about twelve digits.
ZERO = 1e-9

#: Longest name in a sentence or a report's table; sheets have names in full.
LONGEST_NAME = 70

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_DIRECTION = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")


# -- names -------------------------------------------------------------------------------------------------------------


def clean(text: object) -> str:
    """Return a text that every format can hold: control characters become U+FFFD, line ends blanks."""
    return _CONTROL.sub("\ufffd", re.sub(r"[\r\n\t\u2028\u2029]+", " ", str(text)))


def named(text: object, longest: int = LONGEST_NAME) -> str:
    """Return a name as sentences carry it: cleaned, not too long, and unable to turn the text around it.

    Marks of writing direction are dropped; a name with letters that run from right to left is isolated.
    """
    name = _DIRECTION.sub("", clean(text)).strip()
    if len(name) > longest:
        name = name[: longest - 1].rstrip() + "…"
    if any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in name):
        return f"\u2068{name}\u2069"
    return name


def markdown(text: str) -> str:
    """Return a text that Markdown shows as it stands, and HTML made from it, too."""
    escaped = {"<": "&lt;", ">": "&gt;", "&": "&amp;"} | {c: f"\\{c}" for c in r"\`*_{}[]#|$~"}
    return "".join(escaped.get(c, c) for c in text)


def listing(words: Iterable[str], last: str = "and") -> str:
    """Return ``a``, ``a and b``, ``a, b and c``."""
    found = list(words)
    if len(found) < 2:
        return "".join(found)
    return f"{', '.join(found[:-1])} {last} {found[-1]}"


def capital(text: str) -> str:
    """Return a sentence with a capital at its start."""
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Noun:
    """What an alternative is called: `one`, and `many` of them."""

    one: str = "alternative"
    many: str = "alternatives"

    def count(self, n: int) -> str:
        """Return ``1 alternative``, ``12 alternatives``."""
        return f"{n} {self.one if n == 1 else self.many}"


# -- numbers -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """The smallest and the largest of some numbers."""

    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Span | None:
        """Return the span of the numbers that are no NaN; None where there is none."""
        found = [float(v) for v in values if not math.isnan(v)]
        return cls(min(found), max(found)) if found else None

    @property
    def middle(self) -> float:
        """Halfway between the ends."""
        return (self.low + self.high) / 2

    @property
    def one(self) -> bool:
        """Whether the ends are the same number."""
        return self.high - self.low < ZERO

    def around(self, other: Span | None) -> Span:
        """Return the smallest span around both."""
        return self if other is None else Span(min(self.low, other.low), max(self.high, other.high))


def digits_for(span: Span | None) -> int:
    """Return how many decimals of a probability a range over assumptions supports: 1, 2 or 3."""
    width = 0.0 if span is None else round(span.high - span.low, 9)
    return 1 if width >= 0.1 else 2 if width >= 0.01 or span is None else 3


def plain(x: float, digits: int = 2) -> str:
    """Return a probability rounded, never to 0 or 1 where it is neither: ``0.79``, ``<0.01``, ``>0.99``, ``1``."""
    if abs(x) < ZERO:
        return "0"
    if abs(x - 1) < ZERO:
        return "1"
    step = 10**-digits
    if 0 < x < step / 2:
        return f"<{step:.{digits}f}"
    if 1 - step / 2 < x < 1:
        return f">{1 - step:.{digits}f}"
    return f"{x:.{digits}f}"


def _worded(text: str) -> str:
    return text.replace("<", "less than ").replace(">", "more than ")


def about(x: float, digits: int = 1) -> str:
    """Return ``about 0.8``, ``more than 0.9``, ``less than 0.1``, or a plain ``0`` or ``1`` where it is one."""
    text = plain(x, digits)
    return f"about {text}" if text[0] not in "<>" and "." in text else _worded(text)


def probability(x: float | Span, digits: int = 2) -> str:
    """Return a probability, or its range, as a sentence has it: ``0.79``, ``0.57 to 0.88``, ``less than 0.01``."""
    if isinstance(x, Span):
        low, high = plain(x.low, digits), plain(x.high, digits)
        return _worded(low) if low == high else _worded(f"{low} to {high}")
    return _worded(plain(x, digits))


def quantity(x: float | Span, digits: int = 3) -> str:
    """Return a number, or its range, with at most `digits` significant digits: ``3``, ``1.2 to 4``."""
    if isinstance(x, Span):
        low, high = quantity(x.low, digits), quantity(x.high, digits)
        return low if low == high else f"{low} to {high}"
    return f"{round(x, 12):.{digits}g}"


def points(x: float | Span) -> str:
    """Return ``1 point``, ``0.5 points``, ``1 to 3 points``."""
    text = quantity(x)
    return f"{text} point" if text == "1" else f"{text} points"
