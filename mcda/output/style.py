"""How figures look: one style sheet, an ordered palette of tiers, two widths, and files that repeat byte for byte.

Tiers are told apart four ways: by colour, by lightness (so in grey), by marker or hatch, and by a direct label.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import matplotlib.style
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb
from matplotlib.figure import Figure

__all__ = [
    "MM", "PALETTE", "SHADES", "WIDTHS", "TierStyle", "applied", "figure", "frame", "ink_on", "luminance", "save",
    "tier_styles",
]  # fmt: skip

Width = Literal["single", "double"]

#: Widths of figures in millimetres: one column of a journal's page, and two.
WIDTHS: dict[str, float] = {"single": 88.0, "double": 180.0}

#: Inches in a millimetre.
MM = 1 / 25.4

#: Tiers from the first to the last, light to dark; lightness falls in steps that no colour blindness closes.
PALETTE = ("#EDBA45", "#DB7A33", "#B53B5C", "#6B2A7E", "#1F1545")

#: Shades of a heat map from 0 to 1: one hue, so that grey loses nothing; hatched grey stands for "no value".
SHADES = LinearSegmentedColormap.from_list("mcda", ["#F7F7F7", "#9CC4D9", "#3F7FA6", "#0B2C4A"])

_MARKERS = "os^DXvP*h"
_HATCHES = ("", "/////", ".....", "\\\\\\\\\\", "xxxxx", "-----", "+++++", "ooo", "|||||")
_SMALL = 6.0  # points: the smallest text of a figure
_DARK, _LIGHT = "#111111", "#FFFFFF"


@dataclass(frozen=True)
class TierStyle:
    """One tier's look: `colour`, its `marker` on lines, its `hatch` on areas in `pencil`, and `ink` for text on it."""

    colour: str
    marker: str
    hatch: str
    pencil: str
    ink: str


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
    mixed = [0.72 * a + 0.28 * b for a, b in zip(to_rgb(colour), to_rgb(ink), strict=True)]
    return TierStyle(colour, _MARKERS[k % len(_MARKERS)], _HATCHES[k % len(_HATCHES)], to_hex(mixed), ink)


@contextmanager
def applied() -> Iterator[None]:
    """Draw and save under the style sheet alone: what a user's own settings say doesn't reach the figures."""
    with matplotlib.style.context(Path(__file__).with_name("style.mplstyle"), after_reset=True):
        yield


def figure(width: Width, height: float) -> Figure:
    """Return an empty figure of one or two columns' width, `height` in millimetres; call it under :func:`applied`."""
    return Figure(figsize=(WIDTHS[width] * MM, height * MM), layout="constrained")


def frame(fig: Figure, foot: str, *, illustrative: bool = False) -> None:
    """Put the small print at the foot of a figure, and a banner on top where scores are synthetic."""
    width, height = fig.get_size_inches()
    lines = textwrap.wrap(foot, int(width / MM / 1.19))
    line = 1.3 * _SMALL / 72 / height
    fig.text(
        0.012, 0.25 * line, "\n".join(lines), fontsize=_SMALL, color="#333333", va="bottom", linespacing=1.2, gid="foot"
    )
    bottom, top = (len(lines) + 0.7) * line, 0.0
    if illustrative:
        top = 1.7 * line
        fig.text(
            0.5, 1 - 0.2 * line, "ILLUSTRATIVE: synthetic scores, not anybody's judgement; no findings",
            fontsize=_SMALL, fontweight="bold", ha="center", va="top", gid="banner",
            bbox={"facecolor": "white", "edgecolor": "#111111", "linewidth": 0.6, "pad": 1.5},
        )  # fmt: skip
    engine = fig.get_layout_engine()
    assert engine is not None
    engine.set(rect=(0, bottom, 1, 1 - bottom - top))  # type: ignore[call-arg]


def save(fig: Figure, path: Path, *, title: str, description: str) -> None:
    """Write a figure as the path's suffix says (pdf, svg, png), with its caption inside and no date."""
    metadata: dict[str, dict[str, Any]] = {
        ".pdf": {"Title": title, "Subject": description, "CreationDate": None},
        ".svg": {"Title": title, "Description": description, "Date": None},
        ".png": {"Title": title, "Description": description, "Software": None},
    }
    with applied():
        fig.savefig(path, format=path.suffix[1:], metadata=metadata[path.suffix])
