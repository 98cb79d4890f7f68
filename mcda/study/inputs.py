"""The files that a run was made from: what it keeps of them, and the experiment read anew from what it kept.

They lie in the folder `inputs` of the run under their own names, since names are shown in results; files of one role
stay together, and move to a folder named after the role where a name is taken.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from mcda.errors import UsageError
from mcda.files.checking import validate_file
from mcda.files.document import read_document
from mcda.files.experiment import Sources, with_settings
from mcda.files.models import ExperimentFile
from mcda.study.experiment import Experiment
from mcda.study.load import load_experiment

__all__ = ["Inputs", "inputs_of", "resolved_text", "stored_experiment"]


@dataclass(frozen=True)
class Inputs:
    """What a run keeps of its files.

    Attributes
    ----------
    files : content by the name in the folder `inputs`
    experiment : the name of the experiment's own file; '' for an experiment that was made in Python
    settings : the texts of ``--set``
    names : by key of the experiment that names files (``simulation.policies``), their names in `inputs`
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    experiment: str = ""
    settings: tuple[str, ...] = ()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of each file, hexadecimal."""
        return {name: hashlib.sha256(content).hexdigest() for name, content in self.files.items()}


def inputs_of(experiment: Experiment) -> Inputs:
    """Return the files of an experiment as they are now (they may be edited while it runs)."""
    sources: Sources | None = experiment.documents
    if sources is None:
        return Inputs()
    places = _places(sources)
    files = {place: path.read_bytes() for path, place in places.items() if path.is_file()}
    names = {key: tuple(places[path] for path in paths) for key, paths in sources.named.items()}
    return Inputs(files, places[Path(sources.documents["experiment"].file)], sources.settings, names)


def resolved_text(experiment: Experiment, inputs: Inputs) -> str:
    """Return the text of ``experiment.resolved.yaml``: every default written out, and which file was read for what."""
    from mcda.files.dump import dump_yaml

    names = {key: list(names) for key, names in inputs.names.items()}
    read = {"experiment": inputs.experiment, "settings": list(inputs.settings), "names": names}
    return dump_yaml({"experiment": experiment.resolved, "read": read, "inputs": inputs.hashes})


# -- where they lie ----------------------------------------------------------------------------------------------------


def _places(sources: Sources) -> dict[Path, str]:
    """The name in the folder `inputs` of every file."""
    found: dict[Path, str] = {}
    for role, names in _roles(sources):
        new = {path: name for path, name in names.items() if path not in found}
        folder = _free(role, new.values(), set(found.values()))
        found |= {path: f"{folder}{name}" for path, name in new.items()}
    return found


def _roles(sources: Sources) -> Iterable[tuple[str, dict[Path, str]]]:
    """Files that stay together, with their names there: those of a problem keep their places below its folder."""
    own = Path(sources.documents["experiment"].file)
    problem = Path(sources.documents["problem"].file).parent
    yield "experiment", {own: own.name}
    named = {path for key, paths in sources.named.items() if key != "problem" for path in paths}
    yield "problem", {p: _below(p, problem) for p in sources.files if p != own and p not in named}
    for key, paths in sources.named.items():
        role = key.rpartition(".")[2]
        if role == "panel":
            yield role, {paths[0]: paths[0].name}
        elif role != "problem":
            for path in paths:
                yield f"{role}/", {path: path.name}


def _below(path: Path, folder: Path) -> str:
    """A path relative to a folder; its name alone where it doesn't lie below."""
    relative = os.path.relpath(path, folder).replace(os.sep, "/")
    return path.name if relative.startswith("../") else relative


def _free(role: str, names: Iterable[str], taken: set[str]) -> str:
    """The first folder in which none of the names is taken; a role that ends in ``/`` always has one of its own."""
    wanted, folded = [name.casefold() for name in names], {name.casefold() for name in taken}
    plain = role.rstrip("/")
    choices = [f"{plain}/" if role.endswith("/") else "", f"{plain}/", *(f"{plain}-{n}/" for n in range(2, 10_000))]
    return next(folder for folder in choices if not any(f"{folder}{name}" in folded for name in wanted))


# -- and back ----------------------------------------------------------------------------------------------------------


def stored_experiment(folder: Path) -> Experiment:
    """Return the experiment of a run, read from the run's folder alone.

    Errors: :class:`~mcda.errors.UsageError` where the folder doesn't say which file is which (a run of an older
    version, or of an experiment that was made in Python), :class:`~mcda.errors.InvalidFile` for files with mistakes.
    """
    read, inputs = _read_block(folder / "experiment.resolved.yaml"), folder / "inputs"
    own, settings = inputs / _inside(read["experiment"]), tuple(read["settings"])
    places = [f"{key}={_as_setting(key, names)}" for key, names in read["names"].items()]
    found = load_experiment(own, settings=[*settings, *places])
    _refuse_strangers(found.documents, inputs)
    resolved = _resolved(own, settings, found)
    return replace(found, documents=replace(found.documents, settings=settings), resolved=resolved)


def _read_block(path: Path) -> dict[str, Any]:
    """The part of a resolved experiment that says which file was read for what."""
    found: Any = read_document(path).data.get("read")
    kinds = {"experiment": str, "settings": list, "names": dict}
    sound = isinstance(found, dict) and all(isinstance(found.get(key), kind) for key, kind in kinds.items())
    if not sound or not all(isinstance(text, str) for text in found["settings"]):
        what = f"'{path}' does not say which file was read for what, as runs of older versions don't"
        raise UsageError(f"{what}; allowed: a run of this version (run the experiment again)")
    if not found["experiment"]:
        what = f"'{path.parent}' comes from an experiment that was made in Python and has no file"
        raise UsageError(f"{what}; allowed: a run of an experiment file")
    return dict(found)


def _inside(name: Any) -> str:
    """A name that stays inside the folder; others were put there by somebody else."""
    path = PurePosixPath(str(name))
    if path.is_absolute() or ".." in path.parts or "\\" in str(name) or ":" in str(name):
        raise UsageError(f"'{name}' leads out of the folder of the run's inputs; allowed: a file inside")
    return str(name)


def _as_setting(key: str, names: Any) -> str:
    """Names as the value of a setting; keys that name one file, and keys that name several."""
    several = key.endswith((".scenarios", ".policies", ".assumptions"))
    checked = [_inside(name) for name in (names if isinstance(names, list) else [names])]
    return json.dumps(checked if several else checked[0], ensure_ascii=False)


def _refuse_strangers(sources: Sources, inputs: Path) -> None:
    """What was read from elsewhere is not the run's own."""
    home = os.path.realpath(inputs)
    files = [*sources.files, *([] if sources.panel is None else [sources.panel])]
    for path in files:
        if not Path(os.path.realpath(path)).is_relative_to(home):
            what = f"the inputs in '{inputs}' are not whole: they lead to '{path}'"
            raise UsageError(f"{what}; allowed: every file that the experiment names, inside")


def _resolved(own: Path, settings: tuple[str, ...], found: Experiment) -> dict[str, Any]:
    """The experiment as plain data, files named as their author named them."""
    model = validate_file(ExperimentFile, with_settings(read_document(own), settings))
    return {**model.model_dump(mode="json"), "rule": found.rule.name, "analyses": list(found.analyses)}
