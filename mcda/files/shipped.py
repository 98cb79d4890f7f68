"""Where shipped data is: in a wheel beside the package, in a checkout (and an editable install) at the top level."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from mcda.errors import UsageError, did_you_mean

__all__ = ["assumption_sets", "codes", "experiments", "find", "policies", "problems", "scenarios", "shipped"]

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(kind: str) -> Path:
    """Return the folder of shipped `cases`, `experiments`, `scenarios` or `figures`.

    Errors: :class:`UsageError` for another kind, or where the installation lacks it.
    """
    if kind not in ("cases", "experiments", "scenarios", "figures"):
        raise UsageError(f"nothing of kind '{kind}' is shipped; there are cases, experiments, scenarios, figures")
    places = [_PACKAGE / "cases"] if kind == "cases" else [_PACKAGE.parent / kind, _PACKAGE / "_shipped" / kind]
    if kind != "cases" and not (_PACKAGE.parent / "pyproject.toml").is_file():
        places.reverse()  # a wheel: what lies beside the package in site-packages is not ours
    for place in places:
        if place.is_dir():
            return place
    raise UsageError(f"this installation has no {kind}; looked in {', '.join(map(str, places))}")


def problems() -> dict[str, Path]:
    """Return the shipped problems by name."""
    return {path.parent.name: path for path in sorted(shipped("cases").glob("*/problem.yaml"))}


def experiments() -> dict[str, Path]:
    """Return the shipped experiments by name."""
    return _by_stem(shipped("experiments"))


def scenarios() -> dict[str, Path]:
    """Return the shipped scenarios by name."""
    return {name: path for name, path in _by_stem(shipped("scenarios")).items() if name != "utilities"}


def policies() -> dict[str, Path]:
    """Return the shipped policies by name."""
    return _by_stem(shipped("scenarios") / "policies")


def assumption_sets() -> dict[str, Path]:
    """Return the shipped assumption sets by name."""
    return _by_stem(shipped("scenarios") / "assumptions")


def codes() -> dict[str, str]:
    """Return the names of the shipped policies by code: the policy P1 is the file p1-..."""
    return {name.partition("-")[0].upper(): name for name in policies()}


def _by_stem(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


#: Kinds of file that have shipped names.
_LISTS: dict[str, Callable[[], dict[str, Path]]] = {
    "problem": problems,
    "experiment": experiments,
    "scenario": scenarios,
    "policy": policies,
    "assumption set": assumption_sets,
}


def siblings(path: Path) -> list[str]:
    """Return the names of the YAML files beside a path that is none."""
    return sorted(other.name for other in path.parent.glob("*.yaml") if other.name != path.name)


def find(kind: str, named: str, *, beside: Path | None = None) -> Path:
    """Return the file meant by a path (relative to `beside`) or by a shipped name.

    Errors: :class:`UsageError` that names the shipped ones.
    """
    known = _LISTS[kind]()
    if kind == "policy":
        known |= {code: known[name] for code, name in codes().items()}
    path = (beside / named) if beside is not None else Path(named)
    if os.path.isfile(path):  # unlike Path.is_file, it says no to a name that the system finds too long
        return path
    if named in known:
        return known[named]
    near = did_you_mean(named, [*known, *siblings(path)])
    short = named if len(named) <= 200 else f"{named[:199]}…"
    what = f"no {kind} file '{short}' and no shipped {kind} of that name{near}"
    raise UsageError(f"{what}; shipped are {', '.join(known)}")
