"""Summaries in a terminal: no line is too long, plots say what they say in characters, hostile names are text."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from mcda.cli import main
from mcda.files.shipped import problems
from mcda.output.glyphs import NARROWEST, Page
from mcda.output.results import Results
from mcda.output.summary import run_summary
from mcda.study.show import show_problem, show_run
from tests.output.made_results import HOSTILE, P, ids, panel_run, published_run
from tests.output.made_simulation import simulation_of
from tests.study.small_run import finished

LABELS = ("屋" * 90, "\x1b[31mred\x1b[0m", "\u202eevil", "שלום " * 30)
WIDTHS = (1, NARROWEST, 46, 59, 60, 79, 80, 81, 120, 200)


def simulated() -> Results:
    groups = simulation_of(np.random.default_rng(3), [1, 2, 3, 2], ids(4))
    return published_run(labels=LABELS, **groups)


RUNS = {
    "published": published_run,
    "panel": lambda: panel_run(illustrative=True),
    "simulated": simulated,
    "hostile": lambda: published_run(labels=HOSTILE[:4]),
    "nothing but tiers": lambda: published_run(drop=("second_panel", "sensitivity", "register")),
    "no tiers": lambda: published_run(drop=("tiers", "second_panel")),
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", RUNS)
def test_no_line_of_a_run_is_longer_than_the_terminal(kind: str, width: int) -> None:
    for plain in (False, True):
        lines = run_summary(RUNS[kind](), Page(width, plain))
        assert max(map(cell_len, lines)) <= max(width, NARROWEST)
        text = "\n".join(lines)
        assert not set(text) & {"\x1b", "\u202e", "\x07", "\x9b", "\r", "\t"}
        assert text.isascii() or not plain


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("name", sorted(problems()))
def test_no_line_of_a_problem_is_longer_and_every_alternative_is_there(name: str, width: int) -> None:
    data, text = show_problem(name, width=width)
    assert max(map(cell_len, text.splitlines())) <= width
    words = " ".join(text.split())
    assert all(f"{a['id']}: {a['label']}" in words for a in data["alternatives"])


def test_a_bar_is_divided_as_probabilities_are() -> None:
    """To one cell: the first made alternative has 0.8, 0.15 and 0.05."""
    line = next(line for line in run_summary(published_run(), Page(80)) if line.startswith("North school"))
    assert line.split()[2:5] == ["1", "1", "0.80"]
    bar = line.split()[-1]
    for tier, share in zip("123", P[0], strict=True):
        assert abs(bar.count(tier) - share * len(bar)) < 1


def test_equal_answers_are_said_once_with_their_number() -> None:
    lines = run_summary(published_run(), Page(80))
    assert any("+1 " in line for line in lines), "two of the made alternatives share a law"


def test_status_shares_over_time_have_a_curve_for_each_policy_that_suspends() -> None:
    results = simulated()
    text = "\n".join(run_summary(results, Page(100)))
    share = results["simulation"]["status_share"].isel(assumptions=0).mean("alternative").sel(status="suspended")
    assert f"curves from 0 to {float(share.max()):.2f}" in text
    assert "P1 Rear base for an offensive" in text
    assert "not a forecast" in text


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12).filter(lambda x: sum(x) > 1e-9), st.integers(1, 120))
def test_a_stacked_bar_has_its_width_and_each_part_its_share(shares: list[float], width: int) -> None:
    """By largest remainder no part is more than one cell from its share."""
    bar = Page().stacked(shares, width)
    assert len(bar) == width
    for k, share in enumerate(shares):
        assert abs(bar.count("123456789abc"[k]) - share / sum(shares) * width) < 1 + 1e-9


@given(st.lists(st.floats(0, 1), min_size=1, max_size=100), st.integers(1, 40), st.booleans())
def test_a_curve_rises_where_its_values_do(values: list[float], width: int, plain: bool) -> None:
    steps = "_.:-=+*#" if plain else "▁▂▃▄▅▆▇█"
    heights = [steps.index(c) for c in Page(80, plain).curve(sorted(values), width)]
    assert heights == sorted(heights)
    assert len(heights) == min(width, len(values))


@given(st.text(max_size=60), st.integers(1, 40), st.booleans())
def test_a_fitted_text_takes_exactly_its_cells(text: str, width: int, plain: bool) -> None:
    assert cell_len(Page(80, plain).fitted(text, width)) == width


@given(st.lists(st.text(max_size=50), max_size=8), st.integers(NARROWEST, 100), st.integers(0, 6))
def test_wrapped_text_loses_nothing_and_fits(words: list[str], width: int, indent: int) -> None:
    page = Page(width)
    lines = page.wrapped(" ".join(words), indent, hang=4)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(page.said(" ".join(words)).split())


def test_bars_are_to_the_eighth_of_a_cell() -> None:
    page = Page()
    assert [page.bar(x, 2) for x in (0, 1 / 16, 0.5, 1, 2, float("nan"))] == ["", "▏", "█", "██", "██", ""]


# -- the command -------------------------------------------------------------------------------------------------------


def test_the_command_keeps_to_the_width_and_json_is_as_it_was(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "50")
    for more in ([], ["--json"]):
        with pytest.raises(SystemExit) as end:
            main(["show", str(finished()), *more])
        assert end.value.code == 0
    text, brace, data = capsys.readouterr().out.partition("{")
    assert max(map(cell_len, text.splitlines())) <= 50
    found = json.loads(brace + data)
    assert {"folder", "question", "experiment", "statement", "acceptability"} <= found.keys()
    assert found["acceptability"].keys() == {"apples", "books", "coins", "debts"}


def test_python_has_the_same_text(tmp_path: Path) -> None:
    data, text = show_run(finished(), width=70)
    assert data["experiment"] == "question"
    assert text.startswith("How sure is each tier of four things?")
