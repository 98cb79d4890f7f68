"""One version, said in two places."""

from __future__ import annotations

import tomllib
from pathlib import Path

import mcda
from mcda.names import VERSION


def test_the_package_and_its_metadata_agree_on_the_version() -> None:
    pyproject = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    assert pyproject["project"]["version"] == VERSION == mcda.__version__
