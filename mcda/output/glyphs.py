"""Small plots made of characters: bars, stacked bars, curves of one line; they say what they say without colour.

Widths are those of a terminal's cells (a Chinese character takes two, an accent none).
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len, set_cell_size

from mcda.output.wording import named

__all__ = ["NARROWEST", "Page"]

#: Narrower than this nothing is laid out.
NARROWEST = 30
SYMBOLS = "123456789abcdefghijk"


@dataclass(frozen=True)
class Page:
    """What is written on: its width in cells, and whether it has no characters but those of ASCII."""

    width: int = 80
    ascii: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "width", max(self.width, NARROWEST))

    # -- text ----------------------------------------------------------------------------------------------------------

    def said(self, text: object, longest: int = 4000) -> str:
        """Return a text of somebody's as a terminal may have it: in one line, without marks that steer it."""
        found = " ".join(named(text, longest).translate({0x2068: None, 0x2069: None}).split())
        return found.encode("ascii", "replace").decode("ascii") if self.ascii else found

    def cells(self, text: str) -> int:
        """Return how many cells a text takes."""
        return cell_len(text)

    def fitted(self, text: object, width: int) -> str:
        """Return a text in exactly so many cells, cut with an ellipsis or filled up."""
        found = self.said(text)
        if cell_len(found) > width:
            mark = "..." if self.ascii else "…"
            found = set_cell_size(found, max(width - len(mark), 0)).rstrip() + mark[:width]
        return set_cell_size(found, width)

    def wrapped(self, text: object, indent: int = 0, *, hang: int = 0) -> list[str]:
        """Return a text in lines that fit, indented, all but the first by `hang` more."""
        first, rest = " " * indent, " " * (indent + hang)
        lines, line = [], first
        for word in _pieces(self.said(text), self.width - indent - hang):
            if line.strip() and cell_len(line) + 1 + cell_len(word) > self.width:
                lines.append(line)
                line = rest
            line += f" {word}" if line.strip() else word
        return [*lines, line]

    # -- plots ---------------------------------------------------------------------------------------------------------

    def bar(self, share: float, width: int) -> str:
        """Return a bar for a share of `width` cells, to the eighth of a cell; empty for what isn't defined."""
        eighths = round(8 * width * min(max(float(np.nan_to_num(share)), 0.0), 1.0))
        if self.ascii:
            return "#" * round(eighths / 8)
        return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()

    def stacked(self, shares: Sequence[float], width: int) -> str:
        """Return a bar of exactly `width` cells, in which each part repeats its own number: ``1112223``."""
        counts = _apportioned(np.asarray(shares, dtype=float), width)
        return "".join(SYMBOLS[k % len(SYMBOLS)] * int(n) for k, n in enumerate(counts))

    def curve(self, values: npt.ArrayLike, width: int, *, top: float = 1.0) -> str:
        """Return a curve from 0 to `top` in at most `width` cells; of more values each cell has the mean of its own."""
        steps = "_.:-=+*#" if self.ascii else "▁▂▃▄▅▆▇█"
        found = np.asarray(values, dtype=float)
        parts = np.array_split(found, min(width, found.size))
        return "".join(_step(steps, float(np.mean(part)) / top) for part in parts)


def _pieces(text: str, width: int) -> list[str]:
    """Words, those that are too long for a line in pieces."""
    words = text.split()
    if all(cell_len(word) <= width for word in words):
        return words
    half = max(width // 2, 1)  # a character may take two cells
    return [piece for word in words for piece in ([word] if cell_len(word) <= width else textwrap.wrap(word, half))]


def _step(steps: str, share: float) -> str:
    if np.isnan(share):
        return " "
    return steps[min(int(max(share, 0.0) * len(steps)), len(steps) - 1)]


def _apportioned(shares: npt.NDArray[np.float64], width: int) -> npt.NDArray[np.int64]:
    """Whole cells that add up to the width: by largest remainder, the first of equal ones first."""
    shares = np.nan_to_num(shares)
    exact = shares / shares.sum() * width if shares.sum() > 0 else shares * 0
    counts = np.floor(exact + 1e-9).astype(np.int64)
    rest = round(exact.sum()) - int(counts.sum())
    counts[np.argsort(-(exact - counts), kind="stable")[:rest]] += 1
    return counts
