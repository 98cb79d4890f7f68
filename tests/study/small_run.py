"""A finished run of a small study, made once for all tests that look at run folders, and copies of it."""

from __future__ import annotations

import atexit
import json
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import xarray as xr

from mcda.study.load import load_experiment
from mcda.study.run import run
from mcda.study.store import Run, file_hash, write_results
from tests.files.bad_files import lay_out


@cache
def finished() -> Path:
    """The folder of a run; not to be written to."""
    home = Path(mkdtemp(prefix="mcda-small-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    lay_out(home)
    experiment = load_experiment(home / "question.yaml", settings=["second_panel.reference_sd=1.5"])
    return run(experiment, home / "run").folder


@cache
def opened() -> Run:
    """The same run, opened; what a test of comparisons takes for the run anew."""
    return Run(finished())


def copy_of(folder: Path, to: Path) -> Path:
    """A copy that may be written to."""
    return Path(shutil.copytree(folder, to))


def with_results(folder: Path, group: str, dataset: xr.Dataset, *, listed: bool = True) -> None:
    """Put another dataset in the place of a group of results; `listed`: as if the run itself had left it so."""
    found = Run(folder)
    groups = {name: found[name] for name in found.groups} | {group: dataset}
    write_results(folder / "results.nc", groups, found.attributes)
    if listed:
        rewrite_manifest(folder, outputs={"results.nc": file_hash(folder / "results.nc")})


def rewrite_manifest(folder: Path, **more: Any) -> None:
    """Change keys of the manifest; mappings are merged, None takes a key away."""
    path = folder / "manifest.json"
    data = json.loads(path.read_text("utf-8"))
    for key, value in more.items():
        data[key] = {**data[key], **value} if isinstance(value, dict) else value
    path.write_text(json.dumps({key: value for key, value in data.items() if value is not None}), encoding="utf-8")
