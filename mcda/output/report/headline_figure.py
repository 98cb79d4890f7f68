"""The report's one figure, small: how survival falls with the error, and how far probabilities range over assumptions.

SVG for HTML, PNG for Word; the figures of a paper (:mod:`mcda.output.plots`) show the same numbers at length.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mcda.output import style
from mcda.output.findings import TierFinding
from mcda.output.plots.parts import end_labels, tier_line
from mcda.output.report.model import Picture
from mcda.output.report.panel import PanelFinding
from mcda.output.report.published import tier_name, varied_over
from mcda.output.report.svg import inline
from mcda.output.subject import Subject
from mcda.output.wording import Span, listing, named, plain, points, probability, quantity

__all__ = ["Line", "panel_figure", "published_figure"]

#: Millimetres: the width of a report's text.
WIDTH = 174.0
_INK, _QUIET = "#333333", "#9A9A9A"


@dataclass(frozen=True)
class Line:
    """One line of the chart of ranges: a name, the tier it is about, a probability, its range."""

    name: str
    tier: int
    value: float
    varied: Span | None


def published_figure(subject: Subject, found: Sequence[TierFinding]) -> Picture | None:
    """Return the curves of survival and the ranges of the headline, by published tier."""
    lines = [Line(named(subject.tier_labels[f.tier], 30), f.tier, f.stands.middle, f.varied) for f in found]
    curves = subject.results.has("second_panel/survival")
    if not lines or not (curves or any(line.varied for line in lines)):
        return None  # markers alone say no more than the table
    over = f" over {varied_over(subject)}" if subject.varied is not None else ""
    right = f"its value in the run (marker) and its range{over} (bar)" if over else "its value in the run (marker)"
    caption = f"The probability that the published tier comes again: {right}."
    if curves:
        caption = (
            "The probability that the published tier comes again. Left: by the size of a second panel's errors; at 0 "
            f"it is 1 by construction. Right: {right}; the dashed line is one half."
        )
    alt = " ".join(([_curves_alt(subject)] if curves else []) + [_lines_alt(lines)])
    return _picture(subject, lines, caption, alt, "probability that the tier comes again", curves=curves)


def panel_figure(subject: Subject, found: Sequence[PanelFinding]) -> Picture | None:
    """Return the ranges of the likeliest tiers' probabilities, for the alternatives of the report's first table."""
    lines = [
        Line(f"{named(subject.labels[f.row], 44)}: {named(subject.tier_labels[f.modal], 20)}", f.modal, f.p, f.varied)
        for f in found
    ]
    if not any(line.varied for line in lines):
        return None
    over = f" and its range over {varied_over(subject)} (bar)" if subject.varied is not None else ""
    caption = f"The probability of the likeliest tier, for those of table 1: its value in the run (marker){over}."
    return _picture(subject, lines, caption, _lines_alt(lines), "probability of the likeliest tier", curves=False)


# -- drawing -----------------------------------------------------------------------------------------------------------


def _picture(subject: Subject, lines: Sequence[Line], caption: str, alt: str, axis: str, *, curves: bool) -> Picture:
    height = max(43.0 if curves else 24.0, 17.0 + 4.2 * len(lines))
    with style.applied(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)  # a name in letters the font lacks
        figure = Figure(figsize=(WIDTH * style.MM, height * style.MM), layout="constrained")
        axes = figure.subplots(1, 2 if curves else 1, squeeze=False)[0]
        if curves:
            _draw_curves(axes[0], subject)
        _draw_ranges(axes[-1], subject, lines, axis)
        if subject.illustrative:
            figure.suptitle("ILLUSTRATIVE: synthetic scores", fontsize=7, fontweight="bold")
        svg, png = _svg(figure), _png(figure)
    mark = "ILLUSTRATIVE: synthetic scores. " if subject.illustrative else ""
    return Picture(1, mark + caption, mark + alt, svg, png, WIDTH)


def _safe(text: str) -> str:
    """A text that matplotlib doesn't read as a formula."""
    return text.replace("$", r"\$")


def _draw_curves(ax: Axes, subject: Subject) -> None:
    """Survival by the re-scoring error, one line for each published tier."""
    spread = subject.results["second_panel"]["spread"].values.astype(float)
    values = subject.aligned(subject.results["second_panel"]["survival"].transpose("alternative", "spread"))
    looks = style.tier_styles(len(subject.tiers))
    ends = {}
    for t in (t for t in subject.tiers if subject.rows_of(t)):
        curve = values[subject.rows_of(t)].mean(axis=0)
        ax.plot(spread, curve, **tier_line(looks[subject.tiers.index(t)]), markevery=max(1, len(spread) // 6))
        ends[_safe(named(subject.tier_labels[t], 16))] = float(curve[-1])
    end_labels(ax, float(spread[-1]), ends, gap=0.11, lead=0.06 * float(spread[-1]))
    ax.set_xlim(0, float(spread[-1]))
    ax.set_ylim(0, 1)
    ax.grid(axis="y")
    reference = float(subject.results["beliefs"].attrs.get("reference_sd", np.nan))
    if np.isfinite(reference):
        ax.axvline(reference, color=_INK, linewidth=0.7, linestyle=(0, (1, 1.5)), zorder=1)
        ax.set_title(f"By the error (dotted: {quantity(reference)}, the run's own)")
    ax.set_xlabel("standard deviation of a second panel's errors (points)")
    ax.set_ylabel("probability")


def _draw_ranges(ax: Axes, subject: Subject, lines: Sequence[Line], axis: str) -> None:
    """A marker and a bar for each line, first on top."""
    looks = style.tier_styles(len(subject.tiers))
    for k, line in enumerate(lines):
        look = looks[subject.tiers.index(line.tier)]
        if line.varied is not None:
            ax.plot(
                [line.varied.low, line.varied.high], [k, k], color=_QUIET, linewidth=3, solid_capstyle="butt", zorder=2
            )
        ax.plot(line.value, k, **{**tier_line(look), "markersize": 5}, zorder=3)
    ax.axvline(0.5, color=_INK, linewidth=0.7, linestyle=(0, (4, 2)), zorder=1)
    ax.set_xlim(0, 1)
    ax.set_ylim(len(lines) - 0.4, -0.6)
    ax.set_yticks(range(len(lines)), labels=[_safe(line.name) for line in lines])
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x")
    ax.set_title("Range over the declared assumptions" if any(line.varied for line in lines) else "In the run")
    ax.set_xlabel(axis)


def _svg(figure: Figure) -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return inline(out.getvalue(), "headline")


def _png(figure: Figure) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=220, metadata={"Software": None})
    return out.getvalue()


# -- in words ----------------------------------------------------------------------------------------------------------


def _curves_alt(subject: Subject) -> str:
    """What the curves show: which way they go, and where each ends."""
    group = subject.results["second_panel"]
    values = subject.aligned(group["survival"].transpose("alternative", "spread"))
    spread = group["spread"].values.astype(float)
    ends = listing(
        f"{plain(float(values[subject.rows_of(t), -1].mean()))} for {tier_name(subject, t)}"
        for t in subject.tiers
        if subject.rows_of(t)
    )
    falls = bool((np.diff(values, axis=1) <= 1e-9).all())
    way = "All lines fall as the error grows" if falls else "The lines change with the error"
    return (
        f"Line chart, one line for each published tier, over errors from {quantity(spread[0])} to "
        f"{points(spread[-1])}. {way}; at {points(spread[-1])} they stand at {ends}."
    )


def _lines_alt(lines: Sequence[Line]) -> str:
    parts = [
        f"{line.name} {plain(line.value)}" + (f" ({probability(line.varied)})" if line.varied is not None else "")
        for line in lines
    ]
    return f"Chart of probabilities{' with ranges' if any(line.varied for line in lines) else ''}: {'; '.join(parts)}."
