"""``mcda check``: any file that people write, recognised by its `format`, with all of its mistakes.

Nothing is computed, and nothing heavy is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import get_args

from mcda.errors import InvalidFile, Mistake, Mistakes, UsageError, did_you_mean
from mcda.files.document import Document, read_document, shown
from mcda.files.experiment import read_experiment
from mcda.files.kinds import SCHEMAS
from mcda.files.panel_csv import check_structure, read_panel
from mcda.files.policy import build_policy, build_utilities
from mcda.files.problem import build_problem, check_catalogue, check_listed, numbers_of, read_problem
from mcda.files.roadmap import CASE, check_parameters, check_roadmap, world_of
from mcda.files.scenario import build_assumptions, build_scenario
from mcda.roadmap.model import World

__all__ = ["FORMATS", "check_file"]

#: The kind of file that each `format` names.
FORMATS: dict[str, str] = {
    **{get_args(model.model_fields["format"].annotation)[0]: kind for kind, model in SCHEMAS.items()},
    "mcda-profiles-1": "profiles",
}


def check_file(name: str) -> list[Mistake]:
    """Return all mistakes of a file, and of the files that it names; none if it can be used.

    Parameters
    ----------
    name : str
        A YAML file of one of the `FORMATS`, or a panel's CSV file. Panels and alternatives are checked against the
        problem in the same folder; where there is none, their structure alone.
    """
    mistakes = Mistakes()
    mistakes.of(partial(_check, name))
    return sorted(set(mistakes))


def _check(name: str) -> None:
    try:
        if name.casefold().endswith(".csv"):
            _check_panel(name)
        else:
            document = read_document(name)
            _CHECKS[_kind(document)](document)
    except UsageError as reason:
        raise InvalidFile([Mistake(name, 1, "", str(reason), "see docs/files.md")]) from reason


def _kind(document: Document) -> str:
    found = document.data.get("format")
    if isinstance(found, str) and found in FORMATS:
        return FORMATS[found]
    what = "is missing"
    if "format" in document.data:
        near = did_you_mean(found, FORMATS) if isinstance(found, str) else ""
        what = f"is no format that there is{near} (got {shown(found)})"
    raise InvalidFile([document.mistake(("format",), what, ", ".join(FORMATS))])


def _check_panel(name: str) -> None:
    problem = _problem_beside(name)
    if problem is None:
        check_structure(name)
    else:
        read_panel(name, build_problem(read_problem(problem)))


def _problem_beside(name: str) -> Path | None:
    """The problem file in the folder of a panel, if there is exactly one."""
    found = [path for path in sorted(Path(name).parent.glob("*.yaml")) if _is_problem(path)]
    return found[0] if len(found) == 1 else None


def _is_problem(path: Path) -> bool:
    """Whether a file says that it is a problem; one that is no YAML says nothing."""
    try:
        return os.path.isfile(path) and FORMATS.get(read_document(path).data.get("format")) == "problem"
    except InvalidFile:
        return False


def _check_alternatives(document: Document) -> None:
    """Check alternatives, and against the problem beside them if it is theirs."""
    check_listed(document)
    name = document.file
    problem = _problem_beside(name)
    if problem is None or read_document(problem).data.get("alternatives_from") != Path(name).name:
        return
    try:
        build_problem(read_problem(problem))
    except InvalidFile as refused:
        raise InvalidFile(replace(m, file=name) for m in refused.mistakes if Path(m.file) == Path(name)) from None


def _beside(check: Callable[[Document, Path | None], None], document: Document) -> None:
    """Check a file of a case with the problem in its folder, of whose other files nothing is said."""
    try:
        check(document, _problem_beside(document.file))
    except InvalidFile as refused:
        own = [replace(m, file=document.file) for m in refused.mistakes if Path(m.file) == Path(document.file)]
        raise InvalidFile(own or refused.mistakes) from None


def _world(document: Document) -> World:
    """The world of the problem that a scenario or a policy names, or of the shipped case."""
    named = document.data.get("problem")
    try:
        return world_of(named if isinstance(named, str) else CASE, beside=Path(document.file).parent).world
    except UsageError as reason:
        raise InvalidFile([document.mistake(("problem",), str(reason), "a problem file or a shipped name")]) from None


#: Of how a synthetic panel was made (profiles), the numbers' bases are all that is checked.
_CHECKS: dict[str, Callable[[Document], object]] = {
    "problem": lambda document: build_problem(read_problem(document.file)),
    "experiment": lambda document: read_experiment(document.file),
    "alternatives": _check_alternatives,
    "catalogue": check_catalogue,
    "roadmap": partial(_beside, check_roadmap),
    "parameters": partial(_beside, check_parameters),
    "assumptions": build_assumptions,
    "scenario": lambda document: build_scenario(document, _world(document)),
    "policy": lambda document: build_policy(document, _world(document)),
    "utilities": build_utilities,
    "profiles": lambda document: numbers_of({"profiles": document}),
}
