"""Sweeps of one's own that have the name of a shipped one: a figure is drawn if it has what it shows."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from mcda.output.gallery import figure_modules
from mcda.output.results import Results
from tests.output.made_simulation import simulation_of, sweep_of

FIGURES = {figure.name: figure for figure in figure_modules(Path(__file__).parents[2] / "figures")}


def with_sweep(name: str, axes: dict[str, list[str]]) -> Results:
    rng = np.random.default_rng(1)
    groups = simulation_of(rng, [1, 2, 3], ["a", "b", "c"])
    problem = xr.Dataset({"label": ("alternative", ["A", "B", "C"])}, coords={"alternative": ["a", "b", "c"]})
    more = {"problem": problem, "beliefs": xr.Dataset(), "tiers": xr.Dataset(), name: sweep_of(rng, axes)}
    return Results({**groups, **more}, {"illustrative": "no"})


@pytest.mark.parametrize(
    ("figure", "group"),
    [
        ("lapse_against_restore", "sweep_lapse"),
        ("exposure_against_exit_lag", "sweep_exit-lag"),
        ("false_snapback_against_violation", "sweep_observability"),
    ],
)
def test_a_sweep_of_something_else_is_no_reason_to_draw(figure: str, group: str) -> None:
    assert not FIGURES[figure].missing(with_sweep("sweep_more", {"sunset": ["4", "6"]}))
    assert FIGURES[figure].missing(with_sweep(group, {"sunset": ["4", "6"]}))


@pytest.mark.parametrize("rungs", [{}, {"first_ladder": ["2", "4"], "second_ladder": ["3", "4"]}])
def test_the_lag_of_an_exit_is_drawn_whatever_else_was_swept(rungs: dict[str, list[str]]) -> None:
    axes = {"lag_exit": ["0", "1"], **rungs, "exit_rung": ["2", "3", "never"]}
    found = FIGURES["exposure_against_exit_lag"]
    assert not found.missing(with_sweep("sweep_exit-lag", axes))
    assert len(found.data(with_sweep("sweep_exit-lag", axes))) == 2 * 3 * 2 * (2 if rungs else 1)
    assert found.draw(with_sweep("sweep_exit-lag", axes)).axes
