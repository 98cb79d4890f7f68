"""Every shipped figure is drawn from a small run of the command's own pipeline; simulations: `test_simulation.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

import mcda
from mcda.output.gallery import figure_modules
from mcda.output.results import open_results
from mcda.study.run import run

pytestmark = pytest.mark.slow

FIGURES = figure_modules(Path(__file__).parents[2] / "figures")

PRINTED = """\
# Which bridges, from what is printed alone?
format: mcda-experiment-1
id: printed-bridges
question: "Which bridges, from what is printed alone?"
problem: bridge-repairs
beliefs: {kind: published-tiers, prior: uniform}
second_panel: {reference_sd: 1, spreads: [0, 1, 2], basis: illustrative}
other_rules: all
shocks:
  - {name: winter, label: "Harsh winter: decay +1", moves: {decay: 1}, basis: illustrative}
rule_uncertainty: {weights: {RULES}, basis: illustrative}
dependence: {loading: 0.4, loadings: [0, 0.4], basis: illustrative}
sampling: {draws: 2000, points: 64, sizes: [100, 1000]}
analyses: [tiers, second-panel, sensitivity, flips, other-rules, rule-uncertainty, breakpoints, shocks, dependence,
           convergence]
run: {seed: 3}
"""


def simulated(needs: tuple[str, ...]) -> bool:
    return any(need.startswith(("simulation", "sweep")) for need in needs)


def test_a_run_of_all_analyses_allows_every_figure_that_needs_no_simulation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables, memo and files of figures are left out here: `test_run.py` has them."""
    monkeypatch.setattr("mcda.output.folder.write_outputs", lambda *_: [])
    rules = ", ".join(f"{name}: 1" for name in mcda.load_problem("bridge-repairs").rules)
    (tmp_path / "printed.yaml").write_text(PRINTED.replace("RULES", rules), encoding="utf-8")
    results = open_results(run(mcda.load_experiment(tmp_path / "printed.yaml"), tmp_path / "run").folder)
    wanted = [figure for figure in FIGURES if not simulated(figure.needs)]
    assert len(wanted) > 12
    for figure in wanted:
        assert not figure.missing(results), figure.name
        assert figure.draw(results).axes, figure.name
        assert len(figure.data(results)), figure.name
