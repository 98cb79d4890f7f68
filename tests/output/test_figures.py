from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.path import Path as Outline
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from mcda.errors import UsageError
from mcda.names import attrs
from mcda.output import plots, selected, style
from mcda.output.gallery import FORMATS, contact_sheet, draw, draw_all, figure_modules
from mcda.output.plots.parts import dodge, number
from mcda.output.results import Results, open_results
from tests.output.made_simulation import simulation_of
from tests.output.made_uncertain import breakpoints_of, convergence_of, dependence_of, rule_uncertainty_of

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "figures"
FIGURES = {figure.name: figure for figure in figure_modules(MODULES)}
CRITERIA = [f"c{k}" for k in range(1, 8)]
COUNTS = {1: 7, 2: 12, 3: 11, 4: 13, 5: 6}


# -- results made of random numbers, in the shape that runs have -------------------------------------------------------


def da(rng: np.random.Generator, name: str, law: list[int] | None = None, **dims: int) -> tuple[Any, ...]:
    """A variable of random numbers over dims; equal for alternatives of one law."""
    values = rng.random(tuple(dims.values()))
    if law is not None:
        axis = list(dims).index("alternative")
        values = np.take(values, law, axis=axis)
    return tuple(dims), values, attrs(f"long name of {name}", "1")


def probabilities(rng: np.random.Generator, law: list[int], *lead: int) -> np.ndarray:
    p = rng.dirichlet(np.full(5, 0.7), size=(*lead, max(law) + 1))
    return np.take(p, law, axis=len(lead))


def problem_of(tiers: list[int], wordy: bool) -> xr.Dataset:
    names = [f"alternative-{k}" for k in range(len(tiers))]
    label = [f"Bridge {k}" if wordy else f"Measure number {k} of those that are here" for k in range(len(tiers))]
    tier_label = [f"Within {t} years or so" if wordy else f"Tier {t}" for t in range(1, 6)]
    return xr.Dataset(
        {
            "label": ("alternative", label, attrs("name", "1")),
            "published_tier": ("alternative", tiers, attrs("published tier", "tier")),
            "criterion_label": ("criterion", [f"Criterion {c} by its name" for c in CRITERIA], attrs("name", "1")),
            "tier_label": ("tier", tier_label, attrs("name", "1")),
            "tier_in_roadmap": ("tier", [True] * 3 + [False] * 2, attrs("whether the tier is inside", "1")),
        },
        coords={"alternative": names, "criterion": CRITERIA, "tier": list(range(1, 6))},
        attrs={"noun": "bridge"} if wordy else {},
    )


def tiers_of(rng: np.random.Generator, tiers: list[int], law: list[int], names: list[str]) -> xr.Dataset:
    p = probabilities(rng, law)
    flips = np.sort(rng.random((max(law) + 1, 3, 12)), axis=-1)
    flips[..., -1] = 1
    return xr.Dataset(
        {
            "acceptability": (("alternative", "tier"), p, attrs("probability of the tier", "1")),
            "acceptability_se": (("alternative", "tier"), np.zeros_like(p), attrs("standard error", "1")),
            "modal_tier": ("alternative", p.argmax(axis=1) + 1, attrs("most probable tier", "tier")),
            "published_tier": ("alternative", tiers, attrs("published tier", "tier")),
            "law": ("alternative", law, attrs("number of the distinct belief", "1")),
            "flip_probability": (("alternative", "norm", "radius"), flips[law], attrs("another tier within", "1")),
            "flip_never": (("alternative", "norm"), 1 - flips[law, :, -1], attrs("no change flips", "1")),
            "flip_distance": (("alternative", "norm"), np.full((len(law), 3), np.nan), attrs("distance", "points")),
        },
        coords={
            "alternative": names, "tier": list(range(1, 6)), "norm": ["l1", "linf", "single"],
            "radius": xr.Variable("radius", np.arange(1.0, 13.0), attrs("flip radius", "points")),
        },
    )  # fmt: skip


def sensitivity_of(rng: np.random.Generator, law: list[int], names: list[str]) -> xr.Dataset:
    outputs = [*(f"tier = {t}" for t in range(1, 6)), "composite", "ordinal"]
    dims = {"alternative": max(law) + 1, "output": len(outputs), "factor": 7}
    found = {name: da(rng, name, law, **dims) for name in ("first_order", "total_order", "shapley")}
    found["total_order"][1][0, 1] = np.nan
    response = probabilities(rng, law, 7, 10).transpose(2, 0, 1, 3)
    found["response"] = (("alternative", "criterion", "level", "tier"), response, attrs("tier given the score", "1"))
    found |= closed_of(rng, law, len(outputs))
    return xr.Dataset(
        found,
        coords={
            "alternative": names, "output": outputs, "factor": CRITERIA, "criterion": CRITERIA,
            "subset": np.arange(2 ** len(CRITERIA)),
            "level": xr.Variable("level", np.arange(1.0, 11.0), attrs("score", "points")), "tier": list(range(1, 6)),
        },
    )  # fmt: skip


def closed_of(rng: np.random.Generator, law: list[int], outputs: int) -> dict[str, Any]:
    """Closed indices of products of independent factors; those of a tier that never occurs are unknown."""
    subset = np.arange(2 ** len(CRITERIA))
    inside = (subset[:, None] >> np.arange(len(CRITERIA)) & 1).astype(bool)
    weight = rng.dirichlet(np.full(len(CRITERIA), 3.0), size=(max(law) + 1, outputs))
    closed = ((weight @ inside.T) ** 2)[law]
    closed[:, 0] = np.nan
    over = ("alternative", "output")
    variance = rng.random((max(law) + 1, outputs))[law]
    return {
        "closed_index": ((*over, "subset"), closed, attrs("closed index of the subset", "1")),
        "variance": (over, variance, attrs("variance", "see output")),
        "in_subset": (("subset", "factor"), inside, attrs("whether the factor is in the subset", "1")),
        "subset_label": ("subset", ["+".join(np.array(CRITERIA)[row]) or "none" for row in inside], attrs("who", "1")),
    }


def second_panel_of(rng: np.random.Generator, law: list[int], names: list[str]) -> xr.Dataset:
    falls = 1 - np.cumsum(rng.random((4, max(law) + 1, 13)), axis=-1) / 14
    by_prior = falls[:, law]
    text = attrs("probability that a second panel gives the printed tier", "1")
    return xr.Dataset(
        {
            "survival": (("alternative", "spread"), by_prior[0], text),
            "survival_by_prior": (("prior", "alternative", "spread"), by_prior, text),
        },
        coords={
            "alternative": names, "prior": ["uniform", "low", "high", "sector"],
            "spread": xr.Variable("spread", np.arange(13) / 4, attrs("re-scoring standard deviation", "points")),
        },
    )  # fmt: skip


def other_rules_of(rng: np.random.Generator, law: list[int], names: list[str], published: bool) -> xr.Dataset:
    rules = ["reference", "veto", "text"]
    p = probabilities(rng, law, 3)
    found: dict[str, Any] = {"acceptability": (("rule", "alternative", "tier"), p, attrs("probability", "1"))}
    dims = {"rule": 3, "alternative": max(law) + 1}
    if published:
        found |= {name: da(rng, name, law, **dims) for name in ("agreement", "agreement_back")}
    else:
        same = p.argmax(axis=2) == p.argmax(axis=2)[:1]
        found["keeps_modal"] = (("rule", "alternative"), same, attrs("keeps the modal tier", "1"))
    return xr.Dataset(found, coords={"rule": rules, "alternative": names, "tier": list(range(1, 6))})


def shocks_of(rng: np.random.Generator, law: list[int], names: list[str]) -> xr.Dataset:
    text = attrs("probability of the tier after the shock", "1")
    return xr.Dataset(
        {
            "acceptability": (("shock", "alternative", "tier"), probabilities(rng, law, 2), text),
            "label": ("shock", ["A surge of something: c1 +1, c3 -2", "=A base"], attrs("what the shock is", "1")),
        },
        coords={"shock": ["surge", "base"], "alternative": names, "tier": list(range(1, 6))},
    )


def results_of(kind: str) -> Results:
    """Results of `published` (a belief a tier), `sectors` (two), `panel`, `points`, a `small` and a `tiny` panel."""
    rng = np.random.default_rng(7)
    tiers = [t for t, n in COUNTS.items() for _ in range(2 if kind == "small" else n)]
    tiers = [1, 1, 2, 3, -1, 5] if kind == "tiny" else tiers
    published = kind in ("published", "sectors")
    numbers = {"published": [t - 1 for t in tiers], "sectors": [2 * (t - 1) + k % 2 for k, t in enumerate(tiers)]}
    law = numbers.get(kind, list(range(len(tiers))))
    problem = problem_of(tiers, wordy=kind == "tiny")
    names = [str(x) for x in problem["alternative"].values]
    spread = attrs("spread", "points")
    about = {"kind": "published-tiers", "prior": "uniform", "reference_sd": 1.0} if published else {
        "kind": "panel", "pool": "pooled-experts", "family": "triangular", "spread": 2.0}  # fmt: skip
    varied = da(rng, "acceptability", law, prior=2, alternative=max(law) + 1, spread=3, tier=5)
    groups = {
        "problem": problem,
        "rule": xr.Dataset(
            {"veto": ("rule", ["none", "8", "none"]), "cuts": ("rule", ["4, -1", "5, -2", "3, -3, -7, -14"])},
            coords={"rule": ["reference", "veto", "text"]},
        ),
        "beliefs": xr.Dataset(attrs=about),
        "tiers": tiers_of(rng, tiers, law, names),
        "sensitivity": sensitivity_of(rng, law, names),
        "other_rules": other_rules_of(rng, law, names, published),
        "shocks": shocks_of(rng, law, names),
        "belief_sensitivity": xr.Dataset(
            {"acceptability": varied},
            coords={"alternative": names, "tier": list(range(1, 6)), "spread": ("spread", [0.5, 1, 2], spread)},
        ),
    }
    groups |= {
        "rule_uncertainty": rule_uncertainty_of(rng, law, names),
        "breakpoints": breakpoints_of(rng, law, names),
        "dependence": dependence_of(rng, law, names, panel=not published),
        "convergence": convergence_of(indices=not published),
    }
    if published:
        groups["second_panel"] = second_panel_of(rng, law, names)
        groups |= simulation_of(rng, tiers, names)
    else:
        groups["scores"] = xr.Dataset(coords={"expert": ["one", "two"]})
    if kind == "points":
        del groups["belief_sensitivity"]
        steps = groups["tiers"]["flip_distance"].copy(data=rng.integers(1, 7, (len(tiers), 3)).astype(float))
        steps[::5, 2] = np.nan
        groups["tiers"] = groups["tiers"].drop_vars(["flip_probability", "flip_never"]).assign(flip_distance=steps)
        finer = groups["sensitivity"].reindex(level=np.arange(1, 10.5, 0.5))  # levels that this belief doesn't have
        finer["level"].attrs = groups["sensitivity"]["level"].attrs
        groups["sensitivity"] = finer
    root = {"rule": "reference", "illustrative": "no" if published else "yes", "experiment": kind}
    return Results(groups, root)


#: How the small print begins where numbers were not found as the headline's were.
HOW = (
    {
        "dependence": "By quadrature, numerical error below 1e-9; given the assumptions, not a forecast. Beliefs: ",
        "exact_against_sampled": "Drawn; errors are from sums that are exact, given the assumptions; not a forecast.",
    }
    | dict.fromkeys(
        (name for name, figure in FIGURES.items() if any(n.startswith(("simulation", "sweep")) for n in figure.needs)),
        "Simulated, 1,000 paths each; conditional on the scenario and on assumed rates, not a forecast. Beliefs: ",
    )
    | dict.fromkeys(
        ("status_ribbons", "tier_survival_under_events"),  # shares of paths without an interval of their own
        "Simulated, 1,000 paths each, standard error of a share at most 0.02; conditional on the scenario and on "
        "assumed rates, not a forecast. Beliefs: ",
    )
)

#: Which figures are looked at for which results; None: all.
KINDS = {
    "published": None,
    "panel": None,
    "tiny": None,
    "sectors": ("second_panel_survival", "acceptability"),
    "points": ("flip_distances", "responses"),
}
ALL = {kind: results_of(kind) for kind in (*KINDS, "small")}


def drawable() -> list[Any]:
    return [
        pytest.param(name, kind, id=f"{name}-{kind}")
        for name, figure in FIGURES.items()
        for kind, only in KINDS.items()
        if (only is None or name in only) and not figure.missing(ALL[kind])
    ]


@pytest.fixture(scope="module")
def drawn() -> dict[tuple[str, str], Figure]:
    """Every figure of every kind of results, drawn once."""
    return {(p.values[0], p.values[1]): FIGURES[p.values[0]].draw(ALL[p.values[1]]) for p in drawable()}


def written(results: Results, folder: Path) -> Path:
    """A run folder with these results."""
    folder.mkdir(parents=True)
    path = folder / "results.nc"
    xr.Dataset(attrs=results.attributes).to_netcdf(path, mode="w", engine="h5netcdf")
    for name, dataset in results.items():
        kept = dataset.copy()
        for key, variable in dataset.variables.items():
            if variable.dtype == bool:
                meaning = {**variable.attrs, "flag_values": [0, 1], "flag_meanings": "false true"}
                kept[key] = xr.Variable(variable.dims, variable.values.astype(np.int8), meaning)
        kept.to_netcdf(path, mode="a", group=name, engine="h5netcdf")
    return folder


# -- what is drawn -----------------------------------------------------------------------------------------------------


def texts_of(fig: Figure) -> Iterator[Text]:
    """Every text that is seen, tick labels within their axes included."""
    parts = [fig, *fig.subfigs]
    for part in parts:
        yield from part.texts
        for legend in part.legends:
            yield from legend.get_texts()
    for ax in fig.axes:
        if ax.axison:
            yield from (*ax.texts, ax.xaxis.label, ax.yaxis.label, ax.title, ax._left_title)
            yield from ticks_of(ax)


def ticks_of(ax: Axes) -> Iterator[Text]:
    for axis in (ax.xaxis, ax.yaxis):
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks():
            if low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                yield from (t for t in (tick.label1, tick.label2) if t.get_visible())


@cache
def boxes_of(fig: Figure) -> dict[str, Bbox]:
    """Where every text of a figure lies, in pixels."""
    fig.draw_without_rendering()
    seen = {id(t): t for t in texts_of(fig) if t.get_visible() and t.get_text().strip()}.values()
    found = [(t, Text.get_window_extent(t)) for t in seen]  # of an annotation without its line
    return {f"{t.get_text()!r} #{k}": box for k, (t, box) in enumerate(found)}


@pytest.mark.parametrize(("name", "kind"), drawable())
def test_texts_lie_inside_the_figure(name: str, kind: str, drawn: dict[tuple[str, str], Figure]) -> None:
    fig = drawn[name, kind]
    page = fig.bbox
    outside = [
        text for text, box in boxes_of(fig).items()
        if box.x0 < page.x0 - 1 or box.x1 > page.x1 + 1 or box.y0 < page.y0 - 1 or box.y1 > page.y1 + 1
    ]  # fmt: skip
    assert not outside


@pytest.mark.parametrize(("name", "kind"), drawable())
def test_texts_do_not_overlap(name: str, kind: str, drawn: dict[tuple[str, str], Figure]) -> None:
    """A point of slack: boxes of text are higher than its letters."""
    slack = drawn[name, kind].dpi / 72
    boxes = {text: box.padded(-slack / 2) for text, box in boxes_of(drawn[name, kind]).items()}
    touching = [(a, b) for (a, one), (b, other) in combinations(boxes.items(), 2) if one.overlaps(other)]
    assert not touching


@pytest.mark.parametrize(("name", "kind"), drawable())
def test_no_text_is_smaller_than_six_points(name: str, kind: str, drawn: dict[tuple[str, str], Figure]) -> None:
    assert min(t.get_fontsize() for t in texts_of(drawn[name, kind]) if t.get_text()) >= 6


@pytest.mark.parametrize(("name", "kind"), drawable())
def test_widths_are_those_of_print_and_pages_are_no_longer_than_a_journal_has(
    name: str, kind: str, drawn: dict[tuple[str, str], Figure]
) -> None:
    width, height = drawn[name, kind].get_size_inches() / style.MM
    assert any(width == pytest.approx(w) for w in (88, 180))
    assert height <= 247


@pytest.mark.parametrize(("name", "kind"), drawable())
def test_small_print_and_banner_say_what_numbers_rest_on(
    name: str, kind: str, drawn: dict[tuple[str, str], Figure]
) -> None:
    texts = {t.get_gid(): t.get_text().replace("\n", " ") for t in texts_of(drawn[name, kind]) if t.get_gid()}
    how = HOW.get(name, "Exact, given the assumptions; not a forecast. Beliefs: ")
    assert texts["foot"].startswith(how)
    assert "Rule:\N{NO-BREAK SPACE}reference." in texts["foot"]
    if kind in ("published", "sectors"):
        assert "uniform prior" in texts["foot"]
        assert "banner" not in texts
    else:
        assert "panel of 2 synthetic experts (pooled-experts)" in texts["foot"]
        assert texts["banner"].startswith("ILLUSTRATIVE")


@pytest.mark.parametrize("said", [True, False])
def test_distances_of_another_law_than_the_runs_say_whose_they_are(said: bool) -> None:
    groups = dict(ALL["panel"])
    if said:
        groups["tiers"] = groups["tiers"].assign_attrs(flip_law_of="one expert drawn from the panel")
    else:
        groups["beliefs"] = groups["beliefs"].assign(spacing=("alternative", np.full(49, 0.2)))
    fig = plots.flips(Results(groups, ALL["panel"].attributes))
    foot = next(t.get_text().replace("\n", " ") for t in texts_of(fig) if t.get_gid() == "foot")
    assert "Distances are those of one expert drawn from the panel. Each line is one measure." in foot


def test_what_is_not_exact_says_how_large_its_error_is() -> None:
    groups = dict(ALL["published"])
    groups["tiers"] = groups["tiers"].assign(acceptability_se=groups["tiers"]["acceptability_se"] + 0.0123)
    fig = plots.acceptability(Results(groups, ALL["published"].attributes))
    foot = next(t.get_text() for t in texts_of(fig) if t.get_gid() == "foot")
    assert foot.startswith("Standard error of a probability at most 0.01;")


def test_axis_labels_are_the_variables_own() -> None:
    groups = dict(ALL["published"])
    panel = groups["second_panel"].copy()
    panel["survival"] = panel["survival"].assign_attrs(long_name="chance that it stands", units="share")
    groups["second_panel"] = panel
    shown = {t.get_text() for t in texts_of(plots.survival(Results(groups, ALL["published"].attributes)))}
    assert {"Chance that it stands (share)", "Re-scoring standard deviation (points)"} <= shown


def test_measures_that_share_a_belief_are_drawn_once_named_and_counted() -> None:
    fig = plots.acceptability(ALL["published"])
    shown = " ".join(t.get_text().replace("\n", " ").replace("\N{NO-BREAK SPACE}", " ") for t in texts_of(fig))
    assert shown.count("The paper prints nothing that tells these") == 5
    assert "The paper prints nothing that tells these 12 apart" in shown
    assert all(f"Measure number {k} of" in shown for k in range(49))
    assert "Tier 4 (13 measures)" in shown


def test_a_panel_has_a_bar_for_each_measure_ordered_by_its_printed_tier() -> None:
    fig = plots.acceptability(ALL["panel"])
    found = selected.acceptability(ALL["panel"])
    order = np.lexsort((-found["standing"].values, found["judged_tier"].values))
    labels = [t.get_text() for t in fig.axes[0].get_yticklabels()]
    assert labels == found["label"].values[order].tolist()


def test_the_frame_marks_the_printed_tier() -> None:
    fig = plots.acceptability(ALL["published"])
    p = selected.acceptability(ALL["published"])
    frames = [patch for patch in fig.axes[0].patches if patch.get_edgecolor() == (0, 0, 0, 1)]
    assert [frame.get_width() for frame in frames] == pytest.approx(p["standing"].values)


def test_what_has_no_printed_tier_has_no_frame_and_the_small_print_says_where_it_stands() -> None:
    fig = plots.acceptability(ALL["tiny"])
    shown = [t.get_text() for t in texts_of(fig)]
    assert len([patch for patch in fig.axes[0].patches if patch.get_edgecolor() == (0, 0, 0, 1)]) == 5
    assert "Bridge 4 (none printed)" in shown
    assert "Bridge 3 (Within 3 years or so)" in shown
    assert shown.count("none printed") == 1
    foot = next(t.get_text().replace("\n", " ") for t in texts_of(fig) if t.get_gid() == "foot")
    assert "Without a printed tier: 1 bridge, shown with the most probable one." in foot


def test_criteria_with_equal_curves_share_a_panel() -> None:
    groups = dict(ALL["published"])
    found = groups["sensitivity"].copy()
    found["response"] = found["response"].copy(data=found["response"].values[:, [0, 0, 0, 3, 3, 3, 6]])
    groups["sensitivity"] = found
    fig = plots.responses(Results(groups, ALL["published"].attributes))
    assert len(fig.axes) == 5 * 3
    assert fig.axes[0]._left_title.get_text().count("\n") == 2
    assert "equal curves" in next(t.get_text().replace("\n", " ") for t in texts_of(fig) if t.get_gid() == "foot")


def test_lines_go_over_levels_that_a_belief_does_not_have(drawn: dict[tuple[str, str], Figure]) -> None:
    lines = [line for ax in drawn["responses", "points"].axes for line in ax.get_lines()]
    assert len(lines) == 49 * 7
    assert all(np.isfinite(line.get_ydata()).all() and len(line.get_ydata()) == 10 for line in lines)
    assert len(FIGURES["responses"].data(ALL["points"])) == 49 * 7 * 10 * 5


def test_indices_of_a_tier_that_hardly_ever_occurs_are_hatched_and_said_to_be(
    drawn: dict[tuple[str, str], Figure],
) -> None:
    found = selected.sensitivity(ALL["panel"])
    p = found["probability"]
    vague = (p < 0.005) | (p > 0.995)
    hidden = [vague | found["total_order"].isnull(), (vague | found["shapley"].isnull()).sel(output="ordinal")]
    hatched = [patch for ax in drawn["sensitivity", "panel"].axes for patch in ax.patches if patch.get_hatch()]
    cells = sum((patch.get_path().codes == Outline.MOVETO).sum() for patch in hatched)
    assert cells == sum(int(h.sum()) for h in hidden) > 0
    foot = next(t.get_text() for t in texts_of(drawn["sensitivity", "panel"]) if t.get_gid() == "foot")
    assert "Hatched: the tier's probability (ordinal: the largest) is below 0.005" in foot.replace("\n", " ")


def test_results_without_a_varied_belief_have_no_range() -> None:
    groups = {name: group for name, group in ALL["published"].items() if name != "belief_sensitivity"}
    shown = [t.get_text() for t in texts_of(plots.acceptability(Results(groups, ALL["published"].attributes)))]
    assert not any(re.fullmatch(r"[\d.<>]+ \(.* to .*\)", text) for text in shown)


@pytest.mark.parametrize(
    ("p", "text"),
    [(0, "0"), (-1e-17, "0"), (1e-4, "<0.01"), (0.0449, "0.04"), (0.9999, ">0.99"), (1, "1"), (np.nan, "\N{EN DASH}")],
)
def test_numbers_never_say_0_or_1_of_what_only_comes_near(p: float, text: str) -> None:
    assert number(p) == text


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9), st.floats(0.01, 0.2))
def test_labels_are_moved_apart_and_keep_their_order(values: list[float], gap: float) -> None:
    placed = np.array(dodge(values, gap))
    order = np.argsort(values, kind="stable")
    assert (np.diff(placed[order]) >= gap - 1e-9).all()
    assert placed.min() >= 0
    assert np.mean(dodge(values, gap, low=-9)) == pytest.approx(np.mean(values), abs=1e-9)


@given(st.text(alphabet="abc defg WMi", min_size=1, max_size=200), st.floats(20, 170))
def test_lines_are_no_wider_than_asked_and_lose_no_letter(text: str, width: float) -> None:
    lines = style.wrapped(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(style.text_width(line) <= width for line in lines)
    if all(style.text_width(word) <= width for word in text.split(" ")):
        assert " ".join(lines) == text


@given(st.text(alphabet="abc defg WMi", min_size=1, max_size=200), st.floats(20, 170), st.integers(1, 4))
def test_no_more_lines_than_asked_and_an_ellipsis_for_what_is_left_out(text: str, width: float, most: int) -> None:
    lines, whole = style.wrapped(text, width, most=most), style.wrapped(text, width)
    assert len(lines) <= most
    assert all(style.text_width(line) <= width for line in lines)
    assert lines == whole if len(whole) <= most else lines[-1].endswith("…")


# -- colours -----------------------------------------------------------------------------------------------------------

#: Machado, Oliveira, Fernandes (2009), doi:10.1109/TVCG.2009.113: severity 1, on linear RGB.
BLINDNESS = {
    "none": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(colour: str) -> np.ndarray:
    c = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("kind", BLINDNESS)
def test_tiers_get_darker_step_by_step_for_every_eye_and_in_grey(kind: str) -> None:
    seen = [np.clip(np.asarray(BLINDNESS[kind]) @ linear(c), 0, 1) @ [0.2126, 0.7152, 0.0722] for c in style.PALETTE]
    contrast = [(a + 0.05) / (b + 0.05) for a, b in pairwise(seen)]
    assert min(contrast) >= 1.35
    assert (seen[0] + 0.05) / (seen[-1] + 0.05) >= 8


def test_tiers_differ_in_marker_and_hatch_too() -> None:
    looks = style.tier_styles(5)
    assert [look.colour for look in looks] == list(style.PALETTE)
    assert len({look.marker for look in looks}) == len({look.hatch for look in looks}) == 5


@pytest.mark.parametrize("n", [1, 2, 3, 4, 6, 8])
def test_other_numbers_of_tiers_are_ordered_too(n: int) -> None:
    looks = style.tier_styles(n)
    light = [style.luminance(look.colour) for look in looks]
    assert len(looks) == n
    assert light == sorted(light, reverse=True)
    assert len({look.marker for look in looks}) == n


def contrast(one: str, other: str) -> float:
    low, high = sorted([style.luminance(one), style.luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_text_on_tiers_and_shades_can_be_read_and_thin_lines_be_seen() -> None:
    """WCAG 2.1: 4.5 to 1 for text, 3 to 1 for graphics."""
    looks = style.tier_styles(5)
    shades = [matplotlib.colors.to_hex(style.SHADES(x)) for x in np.linspace(0, 1, 51)]
    assert min(contrast(look.colour, look.ink) for look in looks) >= 4.5
    assert min(contrast(shade, style.ink_on(shade)) for shade in shades) >= 4.5
    assert min(contrast(look.thread, "#FFFFFF") for look in looks) >= 3


def test_shades_of_heat_maps_fall_all_the_way() -> None:
    light = [style.luminance(matplotlib.colors.to_hex(style.SHADES(x))) for x in np.linspace(0, 1, 51)]
    assert (np.diff(light) < 0).all()


# -- files -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two run folders with their figures."""
    folder = tmp_path_factory.mktemp("runs")
    found = {kind: written(ALL[kind], folder / kind) for kind in ("published", "small")}
    for run in found.values():
        draw(run, modules=MODULES)
    return found


@pytest.fixture
def two_modules(tmp_path: Path) -> Path:
    """A folder with two of the figures, so that tests of the command are short."""
    folder = tmp_path / "two-modules"
    folder.mkdir()
    for name in ("second_panel_survival", "shocks"):
        (folder / f"{name}.py").write_text((MODULES / f"{name}.py").read_text("utf-8"), "utf-8")
    return folder


def test_figures_are_captioned_and_say_which_shipped_experiment_makes_them() -> None:
    orders = [figure.order for figure in FIGURES.values()]  # figures that go together share one
    assert sorted(set(orders)) == list(range(1, max(orders) + 1))
    for figure in FIGURES.values():
        assert figure.title.endswith("?")
        assert "Basis: " in figure.caption
        assert (ROOT / "experiments" / f"{figure.experiment}.yaml").is_file()


@pytest.mark.parametrize("kind", ["published", "sectors", "panel"])
def test_the_table_beside_a_figure_has_the_numbers_of_the_results(kind: str, tmp_path: Path) -> None:
    results = ALL[kind]
    by = {"acceptability": ("tiers", "acceptability"), "second_panel_survival": ("second_panel", "survival"),
          "responses": ("sensitivity", "response"), "flip_distances": ("tiers", "flip_probability"),
          "sensitivity": ("sensitivity", "shapley")}  # fmt: skip
    for name, (group, variable) in by.items():
        if FIGURES[name].missing(results):
            continue
        FIGURES[name].data(results).to_csv(tmp_path / "table.csv", index=False)
        table = pd.read_csv(tmp_path / "table.csv")
        truth = results[group][variable]
        for line in table.sample(20, random_state=1).to_dict("records"):
            value = truth.sel({dim: line[dim] for dim in truth.dims}).item()
            assert line[variable] == value or (np.isnan(line[variable]) and np.isnan(value))
        assert set(table.groupby("alternative")["measures"].first()) == set(
            np.unique(results["tiers"]["law"], return_counts=True)[1]
        )


def test_ranges_in_tables_are_those_over_all_members_of_a_belief() -> None:
    groups = dict(ALL["published"])
    panel = groups["second_panel"].copy(deep=True)
    panel["survival_by_prior"][3, 0] = 0.001  # another prior tells one measure of tier 1 apart
    groups["second_panel"] = panel
    found = selected.survival(Results(groups, ALL["published"].attributes))
    members = panel["survival_by_prior"].isel(alternative=slice(0, 7))
    assert (found["lowest"].isel(alternative=0) == members.min(("prior", "alternative"))).all()
    assert (found["highest"].isel(alternative=0) == members.max(("prior", "alternative"))).all()


def test_rules_and_shocks_are_means_over_the_measures_of_a_printed_tier() -> None:
    results = ALL["sectors"]
    found, group = selected.other_rules(results), results["other_rules"]
    assert found["agreement"].sel(tier_from=2, rule="veto").item() == pytest.approx(
        group["agreement"].sel(rule="veto").isel(alternative=slice(7, 19)).mean().item()
    )
    after = selected.shocks(results)["acceptability"]
    assert after.sel(shock="before", tier_from=3).values.tolist() == [0, 0, 1, 0, 0]
    assert after.sel(shock="surge", tier_from=5).values == pytest.approx(
        results["shocks"]["acceptability"].sel(shock="surge").isel(alternative=slice(43, 49)).mean("alternative").values
    )


@pytest.mark.parametrize("kind", ["published", "small"])
def test_the_same_run_gives_the_same_bytes_whatever_the_user_has_set(
    kind: str, runs: dict[str, Path], tmp_path: Path
) -> None:
    mine = {"font.size": 20, "svg.hashsalt": "mine", "axes.facecolor": "red", "pdf.fonttype": 3, "savefig.dpi": 50}
    with matplotlib.rc_context(mine):
        again = draw(runs[kind], tmp_path, modules=MODULES)
    assert {path.name for path in again} == {path.name for path in (runs[kind] / "figures").iterdir()}
    different = [p.name for p in again if p.read_bytes() != (runs[kind] / "figures" / p.name).read_bytes()]
    assert not different


def test_the_csv_file_is_the_table_of_the_figure(runs: dict[str, Path]) -> None:
    for name in FIGURES:
        table = pd.read_csv(runs["published"] / "figures" / f"{name}.csv", keep_default_na=True)
        expected = FIGURES[name].data(ALL["published"])
        numbers = expected.select_dtypes("number").columns
        assert table.columns.tolist() == expected.columns.tolist()
        np.testing.assert_array_equal(table[numbers].to_numpy(float), expected[numbers].to_numpy(float))


def test_every_figure_is_written_in_every_format_with_its_caption(runs: dict[str, Path]) -> None:
    folder = runs["small"] / "figures"
    names = [name for name, figure in FIGURES.items() if not figure.missing(ALL["small"])]
    expected = {*(f"{name}.{kind}" for name in names for kind in FORMATS), "captions.md"}
    assert {path.name for path in folder.iterdir()} == expected
    captions = (folder / "captions.md").read_text("utf-8")
    assert all(FIGURES[name].caption in captions for name in names)
    assert captions.count("ILLUSTRATIVE") == len(names)


@pytest.mark.parametrize("name", FIGURES)
def test_fonts_are_embedded_and_dates_left_out(name: str, runs: dict[str, Path]) -> None:
    folder = runs["published"] / "figures"
    pdf = (folder / f"{name}.pdf").read_bytes()
    assert b"/FontFile2" in pdf
    assert b"/Type3" not in pdf
    assert b"CreationDate" not in pdf
    svg = (folder / f"{name}.svg").read_text("utf-8")
    assert "<text" not in svg
    assert "dc:date" not in svg
    assert FIGURES[name].title in svg
    assert imread(folder / f"{name}.png").shape[1] in (int(88 / 25.4 * 300), int(180 / 25.4 * 300))


def test_tables_of_synthetic_scores_say_so_and_hold_no_formula(runs: dict[str, Path]) -> None:
    for name, figure in FIGURES.items():
        if not figure.missing(ALL["small"]):
            assert (pd.read_csv(runs["small"] / "figures" / f"{name}.csv")["basis"] == "illustrative").all()
    assert "'=A base" in set(pd.read_csv(runs["small"] / "figures" / "shocks.csv")["label"])


def test_what_no_run_allows_is_said_with_the_command_that_makes_it(
    runs: dict[str, Path], two_modules: Path, tmp_path: Path
) -> None:
    lines = draw_all([runs["small"]], tmp_path / "out", two_modules)
    assert lines[-1] == "second_panel_survival: needs second_panel/survival; run: mcda run baseline"
    assert lines[0] == str(tmp_path / "out" / "shocks.pdf")
    assert not [line for line in lines[:-1] if "needs" in line]


def test_two_runs_have_a_folder_each_and_lack_only_what_both_lack(
    runs: dict[str, Path], two_modules: Path, tmp_path: Path
) -> None:
    lines = draw_all([runs["small"], runs["published"]], tmp_path / "out", two_modules)
    assert str(tmp_path / "out" / "published" / "second_panel_survival.csv") in lines
    assert str(tmp_path / "out" / "small" / "shocks.svg") in lines
    assert not [line for line in lines if "needs" in line]


def test_two_runs_of_one_name_are_not_written_over_each_other(tmp_path: Path) -> None:
    runs = [written(ALL["small"], tmp_path / x / "run") for x in ("a", "b")]
    with pytest.raises(UsageError, match="folders of one name"):
        draw_all(runs, tmp_path / "out", MODULES)


def test_a_run_with_descriptions_alone_allows_no_figure(tmp_path: Path) -> None:
    few = Results({"problem": ALL["panel"]["problem"], "tiers": xr.Dataset(attrs={"declined": "too large"})}, {})
    lines = draw_all([written(few, tmp_path / "run")], None, MODULES)
    assert len(lines) == len(FIGURES)
    for figure, line in zip(FIGURES.values(), lines, strict=True):
        assert line.startswith(f"{figure.name}: needs ")
        assert line.endswith(f"; run: mcda run {figure.experiment}")
    assert not (tmp_path / "run" / "figures").exists()


@pytest.mark.parametrize("group", ["problem", "beliefs"])
def test_a_file_that_lacks_what_every_figure_needs_draws_none(group: str) -> None:
    few = Results({name: g for name, g in ALL["published"].items() if name != group}, ALL["published"].attributes)
    assert all(figure.missing(few)[0].startswith(group) for figure in FIGURES.values())


def test_a_variable_without_a_value_does_not_meet_a_need() -> None:
    assert not ALL["panel"].has("tiers/flip_distance")
    assert ALL["panel"].has("tiers/flip_probability")
    assert selected.needed(ALL["points"], ("tiers/flip_probability | tiers/flip_distance",)) == []
    assert selected.needed(ALL["points"], ("tiers/flip_probability", "nothing/here")) == [
        "tiers/flip_probability",
        "nothing/here",
    ]


def test_results_are_read_group_by_group_with_their_booleans(tmp_path: Path) -> None:
    opened = open_results(written(ALL["small"], tmp_path / "run"))
    assert set(opened) == set(ALL["small"])
    assert opened.illustrative
    assert opened["other_rules"]["keeps_modal"].dtype == bool
    assert opened["other_rules"]["keeps_modal"].attrs == attrs("keeps the modal tier", "1")
    assert opened["tiers"] is opened["tiers"]


def test_a_folder_without_results_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        open_results(tmp_path / "none")
    with pytest.raises(UsageError, match=r"has no results\.nc"):
        open_results(tmp_path)
    (tmp_path / "results.nc").write_bytes(b"no NetCDF")
    with pytest.raises(UsageError, match="it is a file; allowed: the folder of a run"):
        open_results(tmp_path / "results.nc")
    with pytest.raises(UsageError, match="cannot be read"):
        open_results(tmp_path)


def test_a_figure_module_that_lacks_a_part_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text('"""Why?\n\nBecause."""\nORDER = 1\nNEEDS = ()\n', "utf-8")
    with pytest.raises(UsageError, match="has no EXPERIMENT, draw, data"):
        figure_modules(tmp_path)
    with pytest.raises(UsageError, match="no folder of figure modules"):
        figure_modules(tmp_path / "none")


def test_contact_sheets_have_all_pictures_and_grey_ones_no_colour(tmp_path: Path) -> None:
    paths = []
    for k, colour in enumerate([(1.0, 0, 0), (0, 1.0, 0), (0, 0, 1.0)]):
        paths.append(tmp_path / f"{k}.png")
        matplotlib.image.imsave(paths[-1], np.full((60 + 30 * k, 90, 3), colour))
    contact_sheet(paths, tmp_path / "sheet.png", columns=2)
    contact_sheet(paths, tmp_path / "grey.png", columns=2, grey=True)
    page, grey = (imread(tmp_path / name)[..., :3] for name in ("sheet.png", "grey.png"))
    for colour in ((1, 0, 0), (0, 1, 0), (0, 0, 1)):
        assert (page == colour).all(axis=-1).sum() > 0
    assert (grey == grey[..., :1]).all()
    assert page.shape == grey.shape
