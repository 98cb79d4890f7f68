"""An experiment can bring rules and a small panel of its own: what a page saves needs no file beside it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import mcda
from mcda.errors import InvalidFile

HEAD = """format: mcda-experiment-1
id: what-if
question: "What if?"
problem: bridge-repairs
"""
CRITERIA = tuple(c.id for c in mcda.load_problem("bridge-repairs").criteria)
CELLS = "override_cells:\n" + "".join(
    f"  - {{expert: me, alternative: new-bridge, criterion: {c}, score: {k + 1.5}, spread: {k / 2 + 1}, "
    "basis: lever}\n"
    for k, c in enumerate(CRITERIA)
)
OWN = """rules:
  mine: {like: reference, tie: larger, cuts: ["7/2"], basis: lever}
rule: mine
"""
PANEL = "beliefs: {kind: panel, pool: panel-mean, spread: 1, illustrative: true, basis: lever}\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "experiment.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def told(folder: Path, text: str) -> str:
    with pytest.raises(InvalidFile) as caught:
        mcda.load_experiment(written(folder, text))
    return str(caught.value)


def test_a_rule_of_an_experiments_own_varies_one_of_the_problems(tmp_path: Path) -> None:
    found = mcda.load_experiment(written(tmp_path, HEAD + OWN + PANEL + CELLS))
    assert (found.rule.name, found.rule.cuts, found.rule.tie) == ("mine", (Fraction(7, 2),), "larger")
    assert found.rule.split == found.problem.named_rule("reference").split


def test_its_cells_alone_can_be_the_panel_each_with_its_own_spread(tmp_path: Path) -> None:
    found = mcda.load_experiment(written(tmp_path, HEAD + OWN + PANEL + CELLS))
    assert found.alternatives == ["new-bridge"]
    panel = found.beliefs.panel
    assert panel is not None
    assert panel.experts == ("me",)
    answers = [panel.answers["me", "new-bridge", c] for c in CRITERIA]
    assert [(a.score, a.spread) for a in answers] == [(Fraction(2 * k + 3, 2), Fraction(k, 2) + 1) for k in range(4)]


def test_a_rule_may_not_take_a_name_of_the_problems(tmp_path: Path) -> None:
    said = told(tmp_path, HEAD + OWN.replace("mine", "ties-larger") + PANEL + CELLS)
    assert "experiment.yaml:6: rules.ties-larger: problem 'bridge-repairs' has a rule of that name" in said


def test_a_wrong_rule_is_told_at_its_own_line(tmp_path: Path) -> None:
    said = told(tmp_path, HEAD + OWN.replace('["7/2"]', "[4, 2]") + PANEL + CELLS)
    assert "experiment.yaml:6: rules.mine.cuts: needs 1 cuts (got 2)" in said


def test_a_panel_of_cells_must_be_whole(tmp_path: Path) -> None:
    said = told(tmp_path, HEAD + PANEL + "".join(CELLS.splitlines(keepends=True)[:-1]))
    assert "beliefs.panel: a panel needs its file: by override_cells alone, nobody scored new-bridge, traffic" in said


def test_a_cell_of_no_alternative_is_told_even_without_a_panels_file(tmp_path: Path) -> None:
    said = told(tmp_path, HEAD + PANEL + CELLS.replace("new-bridge", "new-bridg"))
    assert "no alternative of the problem is named 'new-bridg' (did you mean 'new-bridge'?)" in said


def test_rules_without_a_basis_are_refused(tmp_path: Path) -> None:
    said = told(tmp_path, HEAD + OWN.replace('["7/2"], basis: lever', "[3.5]") + PANEL + CELLS)
    assert "rules.mine" in said
    assert "is a number without" in said


def test_a_panel_without_file_or_cells_says_what_would_do(tmp_path: Path) -> None:
    assert "or `override_cells` with all scores" in told(tmp_path, HEAD + PANEL)
