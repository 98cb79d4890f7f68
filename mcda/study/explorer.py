"""The explorer of a finished run, and what an experiment saved from it has to name: problem, panel, way to beliefs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from mcda.errors import UsageError
from mcda.output.results import Results, open_results
from mcda.output.whole import write_whole

__all__ = ["saving", "write_explorer"]

#: The shipped problems, which an experiment anywhere can name.
CASES = Path(__file__).resolve().parents[1] / "cases"

#: How a problem's file says what it is, and which further files it names.
FORMAT = re.compile(rb"^format:\s*[\"']?mcda-problem-1\b", re.MULTILINE)
NAMED = re.compile(rb"^(?:alternatives|catalogue)_from:\s*[\"']?([^\"'#\s]+)", re.MULTILINE)
#: What a run must hold to be explored, and what that is called.
NEEDED = {"problem/label": "problem", "rule/form": "rule", "beliefs/probability": "beliefs"}


def write_explorer(folder: str | Path, out: str | Path | None = None) -> Path:
    """Write the explorer of a finished run, whole or not at all; return its path.

    Parameters
    ----------
    folder : the run's folder
    out : the file to write; ``explorer.html`` in the run's folder if not given

    Errors: :class:`~mcda.errors.UsageError` for a folder without results, results without beliefs or a rule, and a
    path that is a folder.
    """
    from mcda.output.explorer import explorer_page, page_data

    folder = Path(folder)
    results = open_results(folder)
    if missing := [word for name, word in NEEDED.items() if not results.has(name)]:
        what = f"stores no {' and no '.join(missing)}, so there is nothing to compute with"
        raise UsageError(f"the run '{folder}' {what}; allowed: a run of an experiment that sorts into tiers")
    path = Path(out) if out is not None else folder / "explorer.html"
    if path.is_dir():
        raise UsageError(f"'{path}' is a folder; allowed: the name of a file to write")
    return write_whole(path, explorer_page(page_data(results, saving(folder, results))))


def saving(folder: Path, results: Results) -> dict[str, Any]:
    """Return how an experiment names what the run in `folder` was made from.

    `problem` and `panel` are names that hold anywhere where the run used a shipped file as it is shipped; else they are
    paths from the run's own folder (`here` is then true), or None where the folder has no copy.
    """
    beliefs = results["beliefs"].attrs
    shipped = CASES / str(results["problem"].attrs.get("id", ""))
    problem = _problem(folder / "inputs", shipped)
    panel = _panel(folder / "inputs", shipped if problem == shipped.name else None)
    rule = str(results.attributes.get("rule", ""))
    return {
        "problem": problem,
        "panel": panel,
        "here": any(str(name).startswith("inputs/") for name in (problem, panel)),
        "kind": str(beliefs.get("kind", "")),
        "prior": str(beliefs.get("prior", "uniform")),
        "pool": str(beliefs.get("pool", "panel-mean")),
        "family": str(beliefs.get("family", "triangular")),
        "spread": _number(beliefs.get("spread")),
        "experts": str(beliefs.get("experts", "as-they-are")),
        "cells": json.loads(str(beliefs.get("override_cells", "[]"))),
        "ends": str(beliefs.get("ends", "clip")),
        "rule": rule,
        "own_rule": rule in str(results["rule"].attrs.get("own", "")).split(),
    }


def _problem(inputs: Path, shipped: Path) -> str | None:
    """The problem's name if all its files are the shipped ones to the byte, else the path of the run's copy."""
    for path in sorted([*inputs.glob("*.y*ml"), *inputs.glob("problem*/*.y*ml")]):
        content = path.read_bytes()
        if FORMAT.search(content) is None:
            continue
        names = ["problem.yaml", *(found.decode("utf-8") for found in NAMED.findall(content))]
        files = [path, *(path.parent / name for name in names[1:])]
        same = all(one.is_file() and _same(shipped / n, one.read_bytes()) for n, one in zip(names, files, strict=True))
        return shipped.name if same else path.relative_to(inputs.parent).as_posix()
    return None


def _panel(inputs: Path, shipped: Path | None) -> str | None:
    """The panel's file: by name alone where it is the one beside the shipped problem, and that is named too."""
    for path in sorted([*inputs.glob("*.csv"), *inputs.glob("panel*/*.csv")]):
        beside = shipped is not None and _same(shipped / path.name, path.read_bytes())
        return path.name if beside else path.relative_to(inputs.parent).as_posix()
    return None


def _same(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None
