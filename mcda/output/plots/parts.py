"""What the figures share: labels that keep apart, stacked bars, heat maps, a key of tiers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, to_hex
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path

from mcda.output import style
from mcda.output.labels import noun, printable, tier_labels
from mcda.output.results import Results
from mcda.output.style import TierStyle
from mcda.output.wording import plain

__all__ = [
    "BAND", "FEW", "NO_BREAK", "QUIET", "UPRIGHT", "bar_key", "by_tier", "dodge", "drawn", "end_labels", "heat",
    "key_above", "line_key", "number", "outline", "plot_tier", "row_title", "rows_of", "settled", "shade_key", "stack",
    "styles_of", "tier_line", "tier_margin", "tier_title", "unit_axis", "with_range",
]  # fmt: skip

#: Up to so many distinct beliefs a figure shows each by itself; more are shown by printed tier, or in long lists.
FEW = 8

#: How a heat map shows that a cell has no value.
NO_VALUE: dict[str, Any] = {"facecolor": "white", "edgecolor": "#C4C4C4", "hatch": "////", "linewidth": 0}

#: A range behind lines, lines that are not spoken of, and an upright line at a value of its own.
BAND: dict[str, Any] = {"color": "#D9D9D9", "linewidth": 0}
QUIET: dict[str, Any] = {"color": "#9A9A9A", "linewidth": 0.5}
UPRIGHT: dict[str, Any] = {"color": "#333333", "linewidth": 0.7, "linestyle": (0, (1, 1.5))}

#: Ticks of what lies between 0 and 1.
UNIT_TICKS = [0, 0.25, 0.5, 0.75, 1]
UNIT_LABELS = ["0", "", "0.5", "", "1"]

#: Millimetres that a name at the end of a line may take.
BESIDE = 24

Floats = npt.NDArray[np.float64]
#: What keeps words on one line.
NO_BREAK = "\N{NO-BREAK SPACE}"


def drawn(plot: Callable[..., Figure]) -> Callable[..., Figure]:
    """Let a plot draw under the style sheet alone, with names as they can be printed."""

    @wraps(plot)
    def under_style(results: Results) -> Figure:
        with style.applied(formulas=False):
            fig = plot(printable(results))
            _lay_out(fig)
            return fig

    return under_style


def _lay_out(fig: Figure) -> None:
    """Make the layout once, and keep it, rounded: its solver's last digits change from call to call."""
    engine = fig.get_layout_engine()
    assert engine is not None
    engine.execute(fig)
    fig.set_layout_engine("none")
    for part in fig.subfigs:
        part.bbox_relative.set_points(np.round(part.bbox_relative.get_points(), 6))
        for label in (part._supxlabel, part._supylabel):  # type: ignore[attr-defined]
            if label is not None:
                label.set_position(np.round(label.get_position(), 6))
    for ax in fig.axes:
        left, bottom, width, height = (round(float(x), 6) for x in ax.get_position(original=True).bounds)
        ax.set_position((left, bottom, width, height))


def styles_of(results: Results) -> dict[int, TierStyle]:
    """Return each tier's look by number."""
    tiers = list(tier_labels(results))
    return dict(zip(tiers, style.tier_styles(len(tiers)), strict=True))


def number(p: float) -> str:
    """Return a probability in two digits; what isn't 0 or 1 is never printed as such; a dash where there is none."""
    return "\N{EN DASH}" if np.isnan(p) else plain(p)


def with_range(value: float, lowest: float, highest: float) -> str:
    """Return a probability with its range, or alone where that is unknown."""
    if np.isnan(lowest) or np.isnan(highest):
        return number(value)
    return f"{number(value)} ({number(lowest)} to {number(highest)})"


def row_title(results: Results, row: xr.Dataset, width: float, most: int = 4) -> list[str]:
    """Return lines of `width` millimetres: ``Tier 1 (7 measures)``, or one's name and tier if its belief is its own."""
    n, tier = int(row["measures"]), tier_labels(results)[int(row["judged_tier"])]
    text = f"{tier} ({noun(results).count(n).replace(' ', NO_BREAK)})"
    if n == 1:
        text = f"{row['label'].item()} ({tier if int(row['published_tier']) > 0 else 'none printed'})"
    return style.wrapped(text, width, size=7, bold=True, most=most)


def key_above(part: SubFigure, handles: Sequence[Any], width: float = style.WIDTHS["double"]) -> None:
    """Put a key above all panels, in one row or in as many columns as `width` millimetres hold."""
    for handle in handles:
        handle.set_label(style.shortened(str(handle.get_label()), width - 20))
    widths = [style.text_width(str(handle.get_label())) + 10 for handle in handles]
    rows = 1 if sum(widths) <= width else -(-len(widths) // max(int(width / max(widths)), 1))
    part.legend(handles=handles, loc="outside upper center", ncols=-(-len(widths) // rows))


def rows_of(found: xr.Dataset) -> list[xr.Dataset]:
    """Return the distinct beliefs, one by one."""
    return [found.isel(alternative=i) for i in range(found.sizes["alternative"])]


def tier_title(results: Results, tier: int, members: Sequence[xr.Dataset], width: float) -> str:
    """Return two lines of `width` millimetres: a printed tier's name, and how many belong to it."""
    count = noun(results).count(sum(int(row["measures"]) for row in members))
    return f"{style.shortened(tier_labels(results)[tier], width, size=7, bold=True)}\n({count})"


def by_tier(rows: Sequence[xr.Dataset]) -> dict[int, list[xr.Dataset]]:
    """Return the distinct beliefs of each printed tier."""
    tiers = sorted({int(row["judged_tier"]) for row in rows})
    return {t: [row for row in rows if int(row["judged_tier"]) == t] for t in tiers}


def unit_axis(ax: Axes) -> None:
    """Make the upright axis one of probabilities: always the whole of 0 to 1."""
    ax.set_ylim(0, 1)
    ax.set_yticks(UNIT_TICKS, labels=UNIT_LABELS)
    ax.grid(axis="y")


def settled(radius: Floats, p: Floats) -> Floats:
    """Return the radii to show: up to one more than where all lines (line, radius) are within .005 of their ends."""
    done = (p[:, -1:] - p <= 0.005).all(axis=0)
    return radius[: int(np.argmax(done)) + 2]


def tier_margin(ax: Axes, results: Results, tiers: npt.NDArray[np.int64], line: float, x: float = 1.01) -> None:
    """Write printed tiers' names upright at the right of rows that are sorted by them, `line` millimetres high."""
    for tier in np.unique(tiers):
        rows = np.flatnonzero(tiers == tier)
        text = style.shortened(tier_labels(results)[int(tier)], max(line * len(rows) - 1, 4))
        ax.text(x, float(rows.mean()), text, transform=ax.get_yaxis_transform(), rotation=270, va="center",
                fontsize=style.SMALL)  # fmt: skip


# -- lines -------------------------------------------------------------------------------------------------------------


def tier_line(look: TierStyle) -> dict[str, Any]:
    """Return the keywords of a tier's line: its colour, and its marker with a dark edge."""
    return {
        "color": look.colour,
        "marker": look.marker,
        "markeredgecolor": "#111111",
        "markeredgewidth": 0.4,
        "clip_on": False,
    }


def plot_tier(ax: Axes, x: npt.ArrayLike, y: npt.ArrayLike, look: TierStyle, **more: Any) -> None:
    """Draw a tier's line on a dark one that is a little wider, so that light tiers are seen on white and on grey."""
    under = {key: value for key, value in more.items() if key in ("drawstyle", "zorder")}
    ax.plot(x, y, color="#333333", linewidth=1.7, clip_on=False, **under)
    ax.plot(x, y, **tier_line(look), **more)


def dodge(values: Sequence[float], gap: float, low: float = 0.0) -> list[float]:
    """Move values apart until neighbours are `gap` apart, each as little as its crowd allows; none below `low`.

    Least squares under these constraints (pool adjacent violators); order is kept.
    """
    order = np.argsort(values, kind="stable")
    blocks: list[list[float]] = []  # [sum of wished starts, members]
    for rank, k in enumerate(order):
        blocks.append([values[k] - rank * gap, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            total, members = blocks.pop()
            blocks[-1] = [blocks[-1][0] + total, blocks[-1][1] + members]
    starts = [max(total / members, low) for total, members in blocks for _ in range(int(members))]
    placed = np.empty(len(order))
    placed[order] = [start + rank * gap for rank, start in enumerate(starts)]
    return [float(x) for x in placed]


def end_labels(
    ax: Axes, x: float, values: Mapping[str, float], *, gap: float, lead: float, ends: Mapping[str, float] | None = None
) -> None:
    """Write the names of lines right of `x`, kept apart, each with a thin line to the end of its own.

    `values` are the heights of the ends; `ends` says where lines end that don't reach `x`.
    """
    placed = dodge(list(values.values()), gap)
    for (text, y), at in zip(values.items(), placed, strict=True):
        end = (ends or {}).get(text, x)
        ax.add_line(Line2D([end, x + 0.9 * lead], [y, at], linewidth=0.4, color="#777777", clip_on=False, zorder=1.5))
        ax.text(x + lead, at, style.shortened(text, BESIDE), va="center", ha="left", fontsize=style.SMALL)


def line_key(part: SubFigure, results: Results, extra: Sequence[Line2D | Patch] = ()) -> None:
    """Put a key of tiers' lines above all panels."""
    looks, names = styles_of(results), tier_labels(results)
    handles: list[Any] = [Line2D([], [], label=names[t], **tier_line(look)) for t, look in looks.items()]
    key_above(part, [*handles, *extra])


# -- stacked bars ------------------------------------------------------------------------------------------------------


def stack(ax: Axes, y: float, height: float, p: Floats, looks: Sequence[TierStyle], *, write: float = 0.08) -> None:
    """Draw one bar of tier probabilities from 0 to 1; segments of at least `write` carry their number."""
    left = 0.0
    for value, look in zip(p, looks, strict=True):
        if value <= 0:
            continue
        area: dict[str, Any] = {"facecolor": look.colour, "edgecolor": look.pencil, "hatch": look.hatch, "linewidth": 0}
        ax.barh(y, value, height, left=left, **area)
        ax.barh(y, value, height, left=left, facecolor="none", edgecolor="white", linewidth=0.5)
        if value >= write:
            _number_on(ax, left + value / 2, y, height, number(value), look)
        left += float(value)


def _number_on(ax: Axes, x: float, y: float, height: float, text: str, look: TierStyle) -> None:
    """Write on a segment, the hatch left out behind the digits."""
    box = {"facecolor": look.colour, "edgecolor": "none", "pad": 0.6}
    written = ax.text(
        x, y, text, ha="center", va="center_baseline", color=look.ink, fontsize=style.SMALL, bbox=box, clip_on=False
    )
    behind = written.get_bbox_patch()
    assert behind is not None
    behind.set_clip_path(Rectangle((0, y - height / 2), 1, height, transform=ax.transData))


def outline(ax: Axes, y: float, height: float, p: Floats, k: int) -> None:
    """Mark one segment of a stacked bar (the printed tier's) by a dark frame; an empty one becomes a dark stroke."""
    left = float(p[:k].sum())
    frame = Rectangle(
        (left, y - height / 2), float(p[k]), height, facecolor="none", edgecolor="#000000", linewidth=1.1, zorder=4,
        clip_on=False,
    )  # fmt: skip
    ax.add_patch(frame)


def bar_key(part: SubFigure, results: Results, width: float) -> None:
    """Put a key of tiers' areas above all panels of `width` millimetres."""
    looks, names = styles_of(results), tier_labels(results)
    handles = [
        Patch(facecolor=look.colour, edgecolor=look.pencil, hatch=look.hatch, linewidth=0, label=names[t])
        for t, look in looks.items()
    ]
    frame = Patch(facecolor="none", edgecolor="#000000", linewidth=1.1, label="printed tier")
    key_above(part, [*handles, frame], width)


# -- heat maps ---------------------------------------------------------------------------------------------------------


def heat(ax: Axes, values: Floats, *, write: Callable[[float], str] | None = number) -> None:
    """Draw a heat map of values from 0 to 1, first row on top; without a value a cell is hatched."""
    shown = np.clip(values, 0, 1)
    ax.imshow(np.ma.masked_invalid(shown), cmap=style.SHADES, vmin=0, vmax=1, aspect="auto")
    if (empty := np.argwhere(np.isnan(values))).size:
        ax.add_patch(PathPatch(_cells(empty), **NO_VALUE))
    if write is not None:
        for i, j in np.argwhere(~np.isnan(values)):
            colour = style.ink_on(to_hex(style.SHADES(shown[i, j])))
            ax.text(j, i, write(shown[i, j]), ha="center", va="center", fontsize=style.SMALL, color=colour)
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)


def shade_key(
    part: SubFigure, axes: Sequence[Axes], label: str, *, location: str = "right", aspect: float = 36
) -> None:
    """Put a bar of a heat map's shades beside panels, or above them (`location` top)."""
    shades = ScalarMappable(Normalize(0, 1), style.SHADES)
    ticks: dict[str, Any] = {"location": location, "fraction": 0.03, "pad": 0.015, "aspect": aspect}
    bar = part.colorbar(shades, ax=list(axes), label=label, ticks=UNIT_TICKS, **ticks)
    bar.set_ticklabels(UNIT_LABELS)


def _cells(places: npt.NDArray[np.int64]) -> Path:
    """The outlines of cells (row, column) as one path: a hatch is costly, and costs as much for one cell as for all."""
    corners = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (-0.5, -0.5)])
    return Path.make_compound_path(*(Path(corners + (j, i), closed=True) for i, j in places))  # noqa: RUF005
