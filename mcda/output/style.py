"""How figures look: one style sheet, an ordered palette of tiers, two widths, and files that repeat byte for byte.

Tiers are told apart four ways: by colour, by lightness (so in grey), by marker or hatch, and by a direct label.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import matplotlib.style
from fontTools import subset
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.figure import Figure, SubFigure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

__all__ = [
    "LINE", "MM", "PALETTE", "SHADES", "SMALL", "WIDTHS", "TierStyle", "Width", "applied", "ink_on", "luminance",
    "page", "rendered", "shortened", "text_width", "tier_styles", "wrapped",
]  # fmt: skip

Width = Literal["single", "double"]

#: Widths of figures in millimetres: one column of a journal's page, and two.
WIDTHS: dict[str, float] = {"single": 88.0, "double": 180.0}

#: Inches in a millimetre.
MM = 1 / 25.4

#: Tiers from the first to the last, light to dark; lightness falls in steps that no colour blindness closes.
PALETTE = ("#EDBA45", "#DB7A33", "#B53B5C", "#6B2A7E", "#1F1545")

#: Shades of a heat map from 0 to 1: one hue, so that grey loses nothing; hatched grey stands for "no value".
SHADES = LinearSegmentedColormap.from_list("mcda", ["#F7F7F7", "#A3C8DB", "#477FA3", "#0B2C4A"])

_MARKERS = "os^DXvP*h"
_HATCHES = ("", "/////", ".....", "\\\\\\\\\\", "xxxxx", "-----", "+++++", "ooo", "|||||")

SMALL = 6.0  # points: the smallest text of a figure
LINE = 2.65  # millimetres: one line of it
BANNER = 6.5  # millimetres: what the banner takes
BOX = {"facecolor": "white", "edgecolor": "#111111", "linewidth": 0.8, "pad": 2}
WARNING = {
    "single": "ILLUSTRATIVE: synthetic scores, no findings",
    "double": "ILLUSTRATIVE: synthetic scores, not anybody's judgement; no findings",
}
_DARK, _LIGHT = "#000000", "#FFFFFF"
_CANVASES: dict[str, Any] = {"pdf": FigureCanvasPdf, "svg": FigureCanvasSVG, "png": FigureCanvasAgg}


@dataclass(frozen=True)
class TierStyle:
    """One tier's look: its `colour`; on lines a `marker`; on areas a `hatch` in `pencil`, `ink` for text.

    `thread` is the colour of lines too thin for markers: dark enough to be seen on white.
    """

    colour: str
    marker: str
    hatch: str
    pencil: str
    ink: str
    thread: str


def luminance(colour: str) -> float:
    """Return a colour's relative luminance, 0 (black) to 1 (white), as WCAG 2.1 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ink_on(colour: str) -> str:
    """Return black or white, whichever is read better on a colour."""
    light = luminance(colour)
    return _DARK if (light + 0.05) / 0.05 > 1.05 / (light + 0.05) else _LIGHT


def tier_styles(n: int) -> tuple[TierStyle, ...]:
    """Return the looks of `n` ordered tiers: five have the palette itself, others lie evenly along it."""
    ramp = LinearSegmentedColormap.from_list("tiers", PALETTE)
    colours = PALETTE if n == len(PALETTE) else tuple(to_hex(ramp(k / max(n - 1, 1))) for k in range(n))
    return tuple(_tier_style(k, colour) for k, colour in enumerate(colours))


def _tier_style(k: int, colour: str) -> TierStyle:
    ink = ink_on(colour)
    thread = colour
    while luminance(thread) > 0.3:  # a contrast of 3 to 1 on white, which WCAG 2.1 asks of graphics
        thread = _mixed(thread, "#000000", 0.05)
    pencil = _mixed(colour, ink, 0.28)
    return TierStyle(colour, _MARKERS[k % len(_MARKERS)], _HATCHES[k % len(_HATCHES)], pencil, ink, thread)


def _mixed(one: str, other: str, share: float) -> str:
    """One colour with a share of another."""
    red, green, blue = ((1 - share) * a + share * b for a, b in zip(to_rgb(one), to_rgb(other), strict=True))
    return to_hex((red, green, blue))


@contextmanager
def applied(*, formulas: bool = True) -> Iterator[None]:
    """Draw and save under the style sheet alone: what a user's own settings say doesn't reach the figures.

    Without `formulas` a ``$`` is a dollar, as in names that people write; and a letter that the font lacks is a box,
    not a warning.
    """
    with matplotlib.style.context(Path(__file__).with_name("style.mplstyle"), after_reset=True):
        if formulas:
            yield
            return
        with matplotlib.rc_context({"text.parse_math": False}), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
            yield


def wrapped(text: str, width: float, *, size: float = SMALL, bold: bool = False, most: int | None = None) -> list[str]:
    """Return a text's lines, broken at spaces, none wider than `width` millimetres; a longer word is broken too.

    What is more than `most` lines is left out, and an ellipsis stands for it.
    """
    lines: list[str] = []
    for word in text.split(" "):  # not at a no-break space
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines += _pieces(word, width, size, bold)
    if most is not None and len(lines) > most:
        lines = [*lines[: most - 1], shortened(" ".join(lines[most - 1 :]), width, size=size, bold=bold)]
    return lines


def shortened(text: str, width: float, *, size: float = SMALL, bold: bool = False) -> str:
    """Return a text no wider than `width` millimetres: itself, or its beginning and an ellipsis."""
    if text_width(text, size, bold) <= width:
        return text
    return text[: _fitting(text, width - text_width("…", size, bold), size, bold)].rstrip() + "…"


def _pieces(word: str, width: float, size: float, bold: bool) -> list[str]:
    """A word in pieces that fit the width; nearly always itself."""
    found = []
    while text_width(word, size, bold) > width and (n := _fitting(word, width, size, bold)) < len(word):
        found.append(word[:n])
        word = word[n:]
    return [*found, word]


def _fitting(text: str, width: float, size: float, bold: bool) -> int:
    """How many of a text's first letters fit the width, at least one."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text_width(text[:middle], size, bold) <= width else (low, middle - 1)
    return low


def text_width(text: str, size: float = SMALL, bold: bool = False) -> float:
    """Millimetres that a line of text takes."""
    font = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal", size=size)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)  # a letter that the font lacks
        return float(text_to_path.get_text_width_height_descent(text, font, False)[0]) / 72 / MM


def page(width: Width, height: float, *, foot: str, illustrative: bool = False) -> tuple[Figure, SubFigure]:
    """Return a new figure and the part of it to draw in, `height` millimetres high; call it under :func:`applied`.

    Below that part stands the small print `foot`, above it a banner where scores are synthetic: the figure is higher by
    what they need, never wider, and nothing drawn in the part can touch them.
    """
    lines = wrapped(foot, 0.97 * WIDTHS[width] - 4)  # letters on a coarse grid of pixels are up to 3 % wider
    below = LINE * len(lines) + 2.4
    heights = [*([BANNER] if illustrative else []), height, below]
    fig = Figure(figsize=(WIDTHS[width] * MM, sum(heights) * MM), layout="constrained")
    made: Any = fig.subfigures(len(heights), 1, height_ratios=heights, hspace=0)
    parts: list[SubFigure] = list(made)
    _small_print(parts[-1], lines, 2 / WIDTHS[width], 1 - 1.4 / below)
    if illustrative:
        parts[0].text(0.5, 0.45, WARNING[width], fontweight="bold", ha="center", va="center", gid="banner", bbox=BOX)
    return fig, parts[-2]


def _small_print(part: SubFigure, lines: list[str], x: float, y: float) -> None:
    part.text(x, y, "\n".join(lines), fontsize=SMALL, color="#333333", va="top", linespacing=1.2, gid="foot")


@contextmanager
def _lean_fonts() -> Iterator[None]:
    """Leave out of embedded fonts what says how to set text: glyphs have their places already, and it takes longest."""
    usual = getattr(subset.Options, "_drop_tables_default", None)
    if usual is None:
        yield
        return
    subset.Options._drop_tables_default = [*usual, "GDEF", "GPOS", "GSUB"]
    try:
        yield
    finally:
        subset.Options._drop_tables_default = usual


def rendered(fig: Figure, kind: str, *, title: str, description: str) -> bytes:
    """Return a figure as a file's content (`kind`: pdf, svg or png), with its caption inside and no date.

    The formats' own canvases print it: ``savefig`` would draw everything twice, the first time to lay out what is laid
    out already.
    """
    metadata: dict[str, dict[str, Any]] = {
        "pdf": {"Title": title, "Subject": description, "CreationDate": None},
        "svg": {"Title": title, "Description": description, "Date": None},
        "png": {"Title": title, "Description": description, "Software": None},
    }
    out = io.BytesIO()
    with applied(formulas=False), _lean_fonts():
        fig.set_dpi(matplotlib.rcParams["figure.dpi"])  # the canvases of pages leave it at 72
        canvas: Any = _CANVASES[kind](fig)
        getattr(canvas, f"print_{kind}")(out, metadata=metadata[kind])
        fig.set_dpi(matplotlib.rcParams["figure.dpi"])
    return out.getvalue()
