"""Notebooks run from a clean start, are stored without outputs, and show what they end their cells with.

Cells are executed here one after the other, in one namespace, as a kernel does; what a cell ends with is shown as a
notebook would show it. A kernel, a client and their forty packages would test those instead.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "docs" / "notebooks").glob("*.ipynb"))


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def run_cell(source: str, names: dict[str, Any], where: str) -> Any:
    """Execute a cell; the value of its last line if that is an expression."""
    tree = ast.parse(source, where)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, where, "exec"), names)
    return eval(compile(ast.Expression(last.value), where, "eval"), names) if isinstance(last, ast.Expr) else None


def shown(value: Any) -> str:
    """As a notebook shows it."""
    html = getattr(value, "_repr_html_", None)
    return str(html()) if html is not None else repr(value)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_without_outputs_and_with_an_id_for_each_cell(path: Path) -> None:
    found = read(path)
    assert (found["nbformat"], found["nbformat_minor"]) == (4, 5)
    cells = found["cells"]
    assert len({cell["id"] for cell in cells}) == len(cells) > 5
    assert all(
        (cell["outputs"], cell["execution_count"]) == ([], None) for cell in cells if cell["cell_type"] == "code"
    )
    assert path.read_text("utf-8") == json.dumps(found, indent=1, ensure_ascii=False) + "\n"


@pytest.mark.slow
def test_the_tour_runs_and_shows_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("mcda.output.folder._figures", lambda *_: [])  # the notebook draws its own
    cells = [cell for cell in read(NOTEBOOKS[0])["cells"] if cell["cell_type"] == "code"]
    names: dict[str, Any] = {}
    ends = {cell["id"]: run_cell("".join(cell["source"]), names, cell["id"]) for cell in cells}
    assert all(shown(value) for value in ends.values())
    assert "<table" in shown(ends["run"])
    table = ends["tiers"]
    assert isinstance(table, pd.DataFrame)
    assert table.sum(axis=1).to_numpy() == pytest.approx(1, abs=0.02)  # four numbers, each rounded to 0.005
    assert ends["shapley"].sum(axis=1).to_numpy() == pytest.approx(1, abs=0.02)
    assert [line.get_label() for line in ends["figure"].axes[0].containers] == [f"tier {k}" for k in (1, 2, 3, 4)]
    # a softer cut moves bridges towards smaller tiers, never away; what is gained in one tier is lost in others
    assert (ends["answer"].cumsum(axis=1) > -0.02).to_numpy().all()
    assert ends["answer"].abs().to_numpy().max() > 0.01
    assert ends["cell"].loc[1, "after"] != ends["cell"].loc[1, "before"]
    plt.close("all")
