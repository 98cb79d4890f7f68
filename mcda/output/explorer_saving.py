"""What an experiment saved from the explorer has to name: the problem, the panel's file, the way to its beliefs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mcda.output.results import Results

__all__ = ["saving"]

#: The shipped problems, which an experiment anywhere can name.
CASES = Path(__file__).resolve().parents[1] / "cases"


def saving(folder: Path, results: Results) -> dict[str, Any]:
    """Return how an experiment names what the run in `folder` was made from.

    `problem` and `panel` are names that hold anywhere where the run used a shipped file as it is shipped; else they are
    paths from the run's own folder (`here` is then true), or None where the folder has no copy.
    """
    beliefs = results["beliefs"].attrs
    shipped = CASES / str(results["problem"].attrs.get("id", ""))
    problem, panel = _problem(folder / "inputs", shipped), _panel(folder / "inputs", shipped)
    return {
        "problem": problem,
        "panel": panel,
        "here": any(str(name).startswith("inputs/") for name in (problem, panel)),
        "kind": str(beliefs.get("kind", "")),
        "prior": str(beliefs.get("prior", "uniform")),
        "pool": str(beliefs.get("pool", "panel-mean")),
        "family": str(beliefs.get("family", "triangular")),
        "spread": _number(beliefs.get("spread")),
        "rule": str(results.attributes.get("rule", "")),
    }


def _problem(inputs: Path, shipped: Path) -> str | None:
    """The problem's name if its file is the shipped one to the byte, else the path of the run's copy."""
    for path in sorted(inputs.glob("*.y*ml")):
        content = path.read_bytes()
        if b"mcda-problem-1" not in content:
            continue
        return shipped.name if _same(shipped / "problem.yaml", content) else f"inputs/{path.name}"
    return None


def _panel(inputs: Path, shipped: Path) -> str | None:
    """The panel's file: by name alone where it is the one beside the shipped problem."""
    for path in sorted(inputs.glob("*.csv")):
        return path.name if _same(shipped / path.name, path.read_bytes()) else f"inputs/{path.name}"
    return None


def _same(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None
