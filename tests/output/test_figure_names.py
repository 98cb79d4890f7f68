"""Names that people write come out of figures as text, in their place, however long and whatever they hold."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import combinations

import numpy as np
import pytest
import xarray as xr
from matplotlib.figure import Figure

from mcda.output import style
from mcda.output.results import Results
from tests.output.made_results import HOSTILE
from tests.output.test_figures import ALL, FIGURES, boxes_of, texts_of

pytestmark = pytest.mark.slow

LEFT_TO_RIGHT = "\u200e"

#: Ids are slugs of at most 80 letters.
SLUG = "a-slug-that-is-as-long-as-a-slug-may-be-which-is-eighty-letters-and-not-one-more"
NAMES = {"label", "tier_label", "criterion_label", "scenario_title", "policy_title", "open_point", "outcome_label"}


def hostile(results: Results) -> Results:
    """The same results with hostile names; every second rule, scenario, policy has the longest id."""
    return Results({name: renamed(group) for name, group in results.items()}, results.attributes)


def renamed(group: xr.Dataset) -> xr.Dataset:
    found = group.assign({name: named(group[name]) for name in NAMES & set(group.data_vars)})
    for dim in {"rule", "other", "scenario", "policy", "assumptions", "utility", "setting"} & set(found.coords):
        slugs = [v if k % 2 == 0 else f"{SLUG[:-2]}{k:02d}" for k, v in enumerate(found[dim].values)]
        found = found.assign_coords({dim: (dim, slugs, found[dim].attrs)})
    return found


def named(texts: xr.DataArray) -> xr.DataArray:
    return texts.copy(data=np.array([HOSTILE[k % len(HOSTILE)] for k in range(texts.size)], dtype=object))


RESULTS = {kind: hostile(ALL[kind]) for kind in ("published", "panel")}
DRAWN = [(name, kind) for kind in RESULTS for name, figure in FIGURES.items() if not figure.missing(ALL[kind])]


@cache
def drawn(name: str, kind: str) -> Figure:
    return FIGURES[name].draw(RESULTS[kind])


@pytest.mark.parametrize(("name", "kind"), DRAWN)
def test_hostile_names_lie_inside_the_figure_and_apart(name: str, kind: str) -> None:
    fig = drawn(name, kind)
    boxes, page, slack = boxes_of(fig), fig.bbox, fig.dpi / 72
    outside = [
        text for text, box in boxes.items()
        if box.x0 < page.x0 - 1 or box.x1 > page.x1 + 1 or box.y0 < page.y0 - 1 or box.y1 > page.y1 + 1
    ]  # fmt: skip
    padded = {text: box.padded(-slack / 2) for text, box in boxes.items()}
    touching = [(a, b) for (a, one), (b, other) in combinations(padded.items(), 2) if one.overlaps(other)]
    assert not outside
    assert not touching
    assert fig.get_figheight() / style.MM <= 247


@pytest.mark.parametrize(("name", "kind"), DRAWN)
def test_hostile_names_are_text_without_control_characters(name: str, kind: str) -> None:
    shown = [text for text in texts_of(drawn(name, kind)) if text.get_text()]
    letters = {c for text in shown for c in text.get_text()} - {"\n"}
    assert not [c for c in letters if unicodedata.category(c) in ("Cc", "Cf") and c != LEFT_TO_RIGHT]
    assert not any(text.get_parse_math() for text in shown)


@pytest.mark.parametrize("kind", ["pdf", "svg", "png"])
def test_hostile_names_are_written_in_every_format(kind: str) -> None:
    again = FIGURES["acceptability"].draw(RESULTS["published"])
    about = {"title": HOSTILE[0], "description": HOSTILE[2]}
    one, two = (style.rendered(figure, kind, **about) for figure in (drawn("acceptability", "published"), again))
    assert one == two
    assert b"<script>" not in one or kind != "svg"


def test_a_dollar_is_a_dollar_and_a_script_is_text() -> None:
    shown = " ".join(text.get_text().replace("\n", " ") for text in texts_of(drawn("acceptability", "published")))
    assert "$x_1^2$ 50% & #1 {b}" in shown
    assert "<script>alert(1)</script>" in shown
