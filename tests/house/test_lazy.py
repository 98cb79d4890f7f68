"""What a command loads: a reader of `mcda --help` doesn't wait for Numba."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import Needs

from .sources import ROOT

HEAVY = ("numpy", "scipy", "xarray", "numba", "pandas", "matplotlib")

#: Run the command as its entry point does, then write the modules that are loaded to the file that is named first.
SCRIPT = """
import json, sys
out, sys.argv = sys.argv[1], ["mcda", *sys.argv[2:]]
from mcda.cli import main
try:
    code = main() if len(sys.argv) > 1 else 0
except SystemExit as end:
    code = end.code
with open(out, "w") as file:
    json.dump({"code": code or 0, "loaded": sorted(sys.modules)}, file)
"""


@pytest.fixture(autouse=True, scope="module")
def _command(needs: Needs) -> None:
    needs.module("mcda.cli")


def loaded_by(arguments: Sequence[str], folder: Path) -> set[str]:
    """Top-level modules loaded when the command ends (no arguments: when it is imported)."""
    out = folder / "modules.json"
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(out), *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert out.exists(), run.stderr
    found = json.loads(out.read_text())
    assert found["code"] == 0, f"mcda {' '.join(arguments)} ended with {found['code']}\n{run.stdout}{run.stderr}"
    return {name.split(".")[0] for name in found["loaded"]}


@pytest.mark.parametrize("arguments", [(), ("--help",), ("run", "--help"), ("schema", "problem")], ids=" ".join)
def test_help_and_schema_load_nothing_heavy(arguments: tuple[str, ...], tmp_path: Path) -> None:
    heavy = loaded_by(arguments, tmp_path) & set(HEAVY)
    assert not heavy, f"'mcda {' '.join(arguments)}' loads {sorted(heavy)}"


def shipped_files() -> list[Path]:
    """The shipped problem, and one of each kind of file that there is."""
    kinds = (
        "mcda/cases/*/problem.yaml", "mcda/cases/*/roadmap.yaml", "mcda/cases/*/parameters.yaml", "experiments/*.yaml",
        "scenarios/*.yaml", "scenarios/policies/*.yaml", "scenarios/assumptions/*.yaml", "scenarios/utilities.yaml",
    )  # fmt: skip
    return [next(iter(sorted(ROOT.glob(kind)))) for kind in kinds if any(ROOT.glob(kind))]


@pytest.mark.parametrize("file", shipped_files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_check_loads_numpy_at_most(file: Path, tmp_path: Path) -> None:
    heavy = loaded_by(["check", str(file)], tmp_path) & set(HEAVY[1:])
    assert not heavy, f"'mcda check {file.name}' loads {sorted(heavy)}"
