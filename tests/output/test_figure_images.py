"""What a few figures look like, pixel by pixel, against pictures in `baseline/` that were looked at.

The results are written down by hand or by formulas, without random numbers. Letters and layout are left out: other
versions of the rasteriser draw and measure letters otherwise (matplotlib 3.9.2 with FreeType 2.6.1 against 3.11.2 with
2.14.3: 20 to 40 of 255, root mean square), and `test_figures.py` looks at where texts lie. Of what is left lines and
markers are equal in both to the last bit, hatched areas differ by 2.5 to 5. So 1 is tolerated of the former, 7 of the
latter, and `test_a_real_change_is_not_tolerated` makes sure that this is little. New pictures, to be looked at:
``pytest tests/output/test_figure_images.py --mpl-generate-path=tests/output/baseline``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.testing.compare import calculate_rms

from mcda.names import attrs
from mcda.output import plots, style
from mcda.output.plots.status_ribbons import STATUS_LOOKS
from mcda.output.results import Results
from tests.output.made_results import CRITERIA, ids, published_run, shocks
from tests.output.made_results import sensitivity as sensitivity_of

pytest.importorskip("pytest_mpl")

BASELINE = Path(__file__).with_name("baseline")
LINES, AREAS = 1.0, 7.0  # root mean square differences that are tolerated
DPI = 72


def closed(n: int, move: float) -> xr.Dataset:
    """Indices of three factors whose product is the output; each alternative's weigh otherwise."""
    d = len(CRITERIA)
    subset = np.arange(2**d)
    inside = (subset[:, None] >> np.arange(d) & 1).astype(bool)
    weight = np.array([[1.0 + k, 2.0 + 20 * move, 3.0 - k / 2] for k in range(n)])
    share = (np.where(inside, 1 + weight[:, None], 1).prod(axis=2) - 1) / ((1 + weight).prod(axis=1) - 1)[:, None]
    both = np.repeat(share[:, None], 2, axis=1)
    names = [c[0] for c in CRITERIA]
    return (
        sensitivity_of(n, 3, names)
        .assign(
            closed_index=(("alternative", "output", "subset"), both, attrs("closed index of the subset", "1")),
            variance=(("alternative", "output"), np.ones((n, 2)), attrs("variance", "1")),
            in_subset=(("subset", "factor"), inside, attrs("whether the factor is in the subset", "1")),
        )
        .assign_coords(subset=subset)
    )


def simulated(n: int, move: float) -> xr.Dataset:
    """Shares that rise and fall on straight lines, in two scenarios under one policy."""
    month = np.arange(24)
    up = np.interp(month, [0, 6, 12, 23], [0, 0.6 - move, 0.6 - move, 0.1 + move])
    pending, lapsed = np.interp(month, [0, 12, 14, 23], [0, 0, 0.2, 0]), month / 230
    one = np.stack([1 - up - pending - lapsed, up, pending, lapsed])
    shares = np.stack([one, np.roll(one, 1, axis=1)])[None, :, None, None].repeat(n, axis=3)
    names = ["alternative", "status", "month"]
    return xr.Dataset(
        {
            "status_share": (("assumptions", "scenario", "policy", *names), shares, attrs("share of paths", "1")),
            "printed_tier": ("alternative", [1, 2, 3, 2], attrs("printed tier", "tier")),
            "outcome_mean": (("scenario", "policy", "outcome"), np.ones((2, 1, 1)), attrs("mean", "months")),
            "scenario_title": ("scenario", ["A calm year", "A storm"], attrs("title", "1")),
            "policy_title": ("policy", ["Step by step"], attrs("title", "1")),
            "policy_code": ("policy", ["P1"], attrs("code", "1")),
        },
        coords={
            "assumptions": ["as-usual"], "scenario": ["calm", "storm"], "policy": ["steps"], "month": month,
            "alternative": ids(n), "status": ["in force", "suspended", "restore pending", "lapsed"],
            "outcome": ["months_suspended"],
        },
        attrs={"paths": 1000},
    )  # fmt: skip


def made(move: float = 0.0) -> Results:
    """A run in which tiers, shocks and statuses are all unsure; `move` shifts every probability a little."""
    p = np.array([[0.7 - move, 0.2 + move, 0.1], [0.2, 0.6 - move, 0.2 + move], [move, 0.3, 0.7 - move]])[[0, 1, 2, 1]]
    events = shocks([p[:, [1, 0, 2]], p[:, [1, 2, 0]]], ("Prices rise: cost +1", "Pupils move away: need -2, use -1"))
    return published_run(p=p, sensitivity=closed(4, move), simulation=simulated(4, move), shocks=events)


def picture(name: str, move: float = 0.0) -> Figure:
    figure: Figure = getattr(plots, name)(made(move))
    return bare(figure)


def bare(fig: Figure, columns: int = 3) -> Figure:
    """The same marks in panels of one size, without a letter: nothing is left that depends on a font."""
    for part in fig.subfigs:
        part.bbox_relative.set_points(np.array([(0, 0), (1, 1)]))
        for text in part.texts:
            text.set_visible(False)
        for legend in part.legends:
            legend.remove()
    lines = -(-len(fig.axes) // columns)
    fig.set_size_inches(5, 1.6 * lines)
    for k, ax in enumerate(fig.axes):
        left, bottom = k % columns / columns, 1 - (k // columns + 1) / lines
        ax.set_position((left + 0.02, bottom + 0.03, 0.9 / columns, 0.9 / lines))
        ticks = (*ax.get_xticklabels(), *ax.get_yticklabels())
        for text in (*ax.texts, *ticks, ax.xaxis.label, ax.yaxis.label, ax._left_title):
            text.set_visible(False)
    return fig


def pixels(fig: Figure) -> np.ndarray:
    canvas = FigureCanvasAgg(fig)
    fig.set_dpi(DPI)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


TOLERANCE = {"survival": LINES, "lattice": LINES, "acceptability": AREAS, "shocks": AREAS, "status_ribbons": AREAS}


def compared(name: str) -> pytest.MarkDecorator:
    return pytest.mark.mpl_image_compare(
        baseline_dir=str(BASELINE), filename=f"{name}.png", tolerance=TOLERANCE[name], savefig_kwargs={"dpi": DPI},
        style={}, backend="agg",
    )  # fmt: skip


@compared("survival")
def test_survival_looks_as_it_did() -> Figure:
    return picture("survival")


@compared("lattice")
def test_the_lattice_looks_as_it_did() -> Figure:
    return picture("lattice")


@compared("acceptability")
def test_acceptability_looks_as_it_did() -> Figure:
    return picture("acceptability")


@compared("shocks")
def test_shocks_look_as_they_did() -> Figure:
    return picture("shocks")


@compared("status_ribbons")
def test_status_ribbons_look_as_they_did() -> Figure:
    return picture("status_ribbons")


@pytest.mark.parametrize("name", TOLERANCE)
def test_a_real_change_is_not_tolerated(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Probabilities that move by 0.03, and colours of another tier."""
    before = pixels(picture(name))
    assert calculate_rms(before, pixels(picture(name))) == 0
    assert calculate_rms(before, pixels(picture(name, move=0.03))) > TOLERANCE[name]
    monkeypatch.setattr(style, "PALETTE", style.PALETTE[::-1])
    monkeypatch.setitem(STATUS_LOOKS, "suspended", STATUS_LOOKS["lapsed"])
    assert calculate_rms(before, pixels(picture(name))) > TOLERANCE[name]
