"""What an experiment saved from the explorer has to name: the problem, the panel's file, the way to its beliefs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from mcda.output.results import Results

__all__ = ["saving"]

#: The shipped problems, which an experiment anywhere can name.
CASES = Path(__file__).resolve().parents[1] / "cases"

#: How a problem's file says what it is, and which further files it names.
FORMAT = re.compile(rb"^format:\s*[\"']?mcda-problem-1\b", re.MULTILINE)
NAMED = re.compile(rb"^(?:alternatives|catalogue)_from:\s*[\"']?([^\"'#\s]+)", re.MULTILINE)


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
