"""How far is a measure from another tier? The law of the distance, or the distance of point scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from mcda.output import selected, style
from mcda.output.labels import NORMS, axis_label, fine_print, noun, tier_labels
from mcda.output.plots.parts import (
    FEW,
    NO_BREAK,
    drawn,
    line_key,
    number,
    plot_tier,
    rows_of,
    settled,
    styles_of,
    tier_line,
    unit_axis,
)
from mcda.output.plots.threads import threads
from mcda.output.results import Results
from mcda.output.style import TierStyle

__all__ = ["flips"]


@drawn
def flips(results: Results) -> Figure:
    """Draw the law of the distance by norm and tier; for beliefs finer than whole points the points' distances."""
    found = selected.flips(results)
    if "flip_probability" not in found:
        return _distances(results, found)
    if found.sizes["alternative"] > FEW:
        titles = [_title(n).split("\n") for n in found["norm"].values]
        foot = fine_print(results, "fitting", more=f"{_law_of(results)} Each line is one {noun(results).one}.".strip())
        return threads(results, found, "flip_probability", "norm", titles, foot=foot, steps=True)
    return _laws(results, found)


def _title(norm: str) -> str:
    return NORMS.get(str(norm), str(norm))


def _law_of(results: Results) -> str:
    """Say whose distances they are: laws are of whole points, so a belief on a finer lattice (a mean's) has none."""
    finer = "spacing" in results["beliefs"] and bool((results["beliefs"]["spacing"] < 1).any())
    of = str(results["tiers"].attrs.get("flip_law_of", "one expert drawn from the panel" if finer else ""))
    return f"Distances are those of {of}." if of.startswith("one expert") else ""


def _laws(results: Results, found: xr.Dataset) -> Figure:
    """A panel for each norm, a line for each belief."""
    more = " ".join(text for text in (_law_of(results), _never(results, found)) if text)
    foot = fine_print(results, "fitting", more=more)
    fig, part = style.page("double", 64, foot=foot, illustrative=results.illustrative)
    axes = part.subplots(1, found.sizes["norm"], sharey=True, squeeze=False)[0]
    for ax, norm in zip(axes, found["norm"].values, strict=True):
        _law(ax, results, rows_of(found.sel(norm=norm)))
        ax.set_title(_title(norm))
    part.supxlabel(axis_label(found["radius"]), fontsize=7)
    part.supylabel(axis_label(found["flip_probability"]), fontsize=7)
    line_key(part, results)
    return fig


def _law(ax: Axes, results: Results, rows: Sequence[xr.Dataset]) -> None:
    """Steps from (0, 0), cut where every line has reached its end."""
    shown = settled(rows[0]["radius"].values, np.stack([row["flip_probability"].values for row in rows]))
    for row in rows:
        y = row["flip_probability"].values[: len(shown)]
        plot_tier(ax, [0, *shown], [0, *y], styles_of(results)[int(row["judged_tier"])], drawstyle="steps-post")
    unit_axis(ax)
    ax.set_xlim(0, shown[-1])
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))


def _never(results: Results, found: xr.Dataset) -> str:
    """Say with what probability no move flips the tier, where it isn't 0."""
    said = []
    for norm in found["norm"].values:
        rows = rows_of(found.sel(norm=norm)) if "flip_never" in found else []
        rows = [row for row in rows if float(row["flip_never"]) > 1e-12]
        who = [f"{_who(results, row)} {number(float(row['flip_never']))}".replace(" ", NO_BREAK) for row in rows]
        said += [f"{_title(norm).partition(':')[0]}, no move flips: {', '.join(who)}."] if who else []
    return " ".join(said)


def _who(results: Results, row: xr.Dataset) -> str:
    """A belief's name: its tier's, or of one that stands alone its own."""
    return str(row["label"].item()) if int(row["measures"]) == 1 else tier_labels(results)[int(row["judged_tier"])]


# -- point scores ------------------------------------------------------------------------------------------------------


def _distances(results: Results, found: xr.Dataset) -> Figure:
    """Each measure's own distance as a dot, in its printed tier's row, equal ones stacked."""
    tiers = sorted({int(t) for t in found["judged_tier"].values}, reverse=True)
    foot = fine_print(results, "fitting", more=f"Each dot is one {noun(results).one}'s pooled point scores.")
    fig, part = style.page("double", 20 + 13 * len(tiers), foot=foot, illustrative=results.illustrative)
    axes = part.subplots(1, found.sizes["norm"], sharey=True, squeeze=False)[0]
    for ax, norm in zip(axes, found["norm"].values, strict=True):
        for place, tier in enumerate(tiers):
            members = found["flip_distance"].sel(norm=norm)[found["judged_tier"].values == tier]
            _strip(ax, place, members.values, styles_of(results)[tier])
        ax.set_title(_title(norm))
        ax.set_xlim(0, 1.08 * max(ax.get_xlim()[1], 1))
        ax.grid(axis="x")
    names = tier_labels(results)
    axes[0].set_yticks(range(len(tiers)), labels=[names[t] for t in tiers])
    axes[0].set_ylim(-0.5, len(tiers) - 0.5)
    part.supxlabel(axis_label(found["flip_distance"]), fontsize=7)
    return fig


def _strip(ax: Axes, place: float, values: npt.NDArray[np.float64], look: TierStyle) -> None:
    """Dots at values, equal ones stacked about `place`; how many have no value is written at the right."""
    known = np.round(values[np.isfinite(values)], 6)
    value, times = np.unique(known, return_counts=True)
    most = max(times.max(initial=1) - 1, 6)
    for x, n in zip(value, times, strict=True):
        heights = place + 0.7 * (np.arange(n) - (n - 1) / 2) / most
        ax.plot(np.full(n, x), heights, **{**tier_line(look), "linestyle": "none", "markersize": 3})
    if none := int(np.isnan(values).sum()):
        ax.text(1.01, place, f"{none} never", transform=ax.get_yaxis_transform(), va="center", fontsize=style.SMALL)
