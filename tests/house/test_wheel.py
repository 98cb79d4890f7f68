"""What is installed: everything that is shipped, and a command that needs no checkout."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

from tests.conftest import Needs

from .sources import ROOT

SHIPPED = ("experiments", "figures", "scenarios")


@pytest.fixture(scope="module")
def wheel(needs: Needs) -> Distribution:
    try:
        found = distribution("mcda-sim")
    except PackageNotFoundError:
        needs.missing("mcda-sim to be installed (pip install '.[test]')")
    if json.loads(found.read_text("direct_url.json") or "{}").get("dir_info", {}).get("editable"):
        needs.missing("mcda-sim to be installed as a wheel; this one is editable")
    return found


def files_under(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("folder", ["", *SHIPPED], ids=["mcda", *SHIPPED])
def test_a_wheel_carries_what_the_checkout_has(folder: str, wheel: Distribution) -> None:
    package = Path(str(wheel.locate_file("mcda")))
    if folder:
        ours, theirs = files_under(ROOT / folder), files_under(package / "_shipped" / folder)
    else:
        ours = files_under(ROOT / "mcda")
        theirs = {name: text for name, text in files_under(package).items() if not name.startswith("_shipped/")}
    assert theirs.keys() == ours.keys()
    assert theirs == ours, "the wheel is of another state of the checkout: install it again"


def test_the_installed_command_runs_outside_the_checkout(wheel: Distribution, needs: Needs, tmp_path: Path) -> None:
    needs.module("mcda.cli")
    scripts = [entry for entry in wheel.entry_points if entry.group == "console_scripts"]
    assert [(entry.name, entry.value) for entry in scripts] == [("mcda", "mcda.cli:main")]
    code = "import sys; sys.argv = ['mcda', '--help']; from mcda.cli import main; main()"
    run = subprocess.run([sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "Usage: mcda" in run.stdout
