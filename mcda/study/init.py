"""``mcda init``: a folder to work in, laid out from shipped data, so that everything in it can be edited."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from mcda.errors import InvalidFile, UsageError, did_you_mean
from mcda.files.check import check_file
from mcda.files.document import read_document
from mcda.files.problem import read_problem
from mcda.files.schemas import write_schemas
from mcda.files.shipped import problems, shipped

__all__ = ["init_study"]

#: The line that tells editors which schema a file has.
_MODELINE = re.compile(r"^(# yaml-language-server: \$schema=).*?([^/\s]+\.json)$", re.MULTILINE)


def init_study(folder: str | Path, problem: str) -> list[Path]:
    """Lay out a study folder: a problem's files, its panels, the experiments on it, schemas, a README.

    Parameters
    ----------
    folder : str or Path
        A folder that does not exist, or is empty. It appears whole, or is left as it was.
    problem : str
        The name of a shipped problem.

    Returns
    -------
    list of Path
        The files, sorted.

    Errors: :class:`~mcda.errors.UsageError` for a folder that can't be used, and for an unknown problem.
    """
    target, case = Path(folder).resolve(), _case(problem)
    _check_free(target, Path(folder))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as reason:
        raise UsageError(f"the folder '{folder}' can't be made ({reason.strerror}); choose another") from reason
    try:
        made = work / "study"  # inside, so that it has the permissions of any new folder
        _lay_out(made, case, problem)
        files = sorted(path.relative_to(made) for path in made.rglob("*") if path.is_file())
        _move(made, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return [Path(folder) / path for path in files]


def _case(problem: str) -> Path:
    known = problems()
    if problem not in known:
        near = did_you_mean(problem, known)
        raise UsageError(f"no problem '{problem}' is shipped{near}; allowed: {', '.join(known)}")
    return known[problem]


def _check_free(target: Path, named: Path) -> None:
    if target.exists() and not target.is_dir():
        raise UsageError(f"'{named}' is a file; allowed: a new folder")
    if target.is_dir() and any(target.iterdir()):
        raise UsageError(f"the folder '{named}' is not empty; allowed: a new or an empty folder; nothing was changed")


def _move(made: Path, target: Path) -> None:
    """Put a finished folder in its place; one that is there (perhaps a shell stands in it) stays, and is filled."""
    if not target.exists():
        made.rename(target)
        return
    for path in sorted(made.iterdir()):
        path.rename(target / path.name)


# -- what is in it -----------------------------------------------------------------------------------------------------


def _lay_out(made: Path, case: Path, problem: str) -> None:
    experiments = made / "experiments"
    experiments.mkdir(parents=True)
    for path in (Path(document.file) for document in read_problem(case).values()):
        _write(made / path.name, _with_schema(path.read_text("utf-8"), "schemas"))
    for path in _simulated(case):
        _write(made / path.name, _with_schema(path.read_text("utf-8"), "schemas"))
    panels = sorted(case.parent.glob("*.csv"))
    for path in panels:
        shutil.copyfile(path, made / path.name)
    for path in _experiments_on(problem):
        _write(experiments / path.name, _localised(path, case.name))
    write_schemas(made / "schemas")
    _write(made / "README.md", _readme(problem, case, panels, sorted(experiments.glob("*.yaml"))))
    mistakes = [mistake for path in sorted(made.rglob("*.yaml")) for mistake in check_file(str(path))]
    if mistakes:
        raise InvalidFile(mistakes)


def _simulated(case: Path) -> list[Path]:
    """What a simulation of the problem needs beside it, if it has that."""
    return [path for name in _SIMULATED if (path := case.parent / name).is_file()]


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _experiments_on(problem: str) -> Iterator[Path]:
    """The shipped experiments on a problem."""
    for path in sorted(shipped("experiments").glob("*.yaml")):
        if read_document(path).data.get("problem") == problem:
            yield path


def _with_schema(text: str, folder: str) -> str:
    """A file that names the schema in a folder of its own."""
    return _MODELINE.sub(rf"\g<1>{folder}/\g<2>", text)


def _localised(path: Path, problem_file: str) -> str:
    """An experiment that names the study's own problem; its panel is found beside that."""
    text = re.sub(r"^problem: .*$", f"problem: ../{problem_file}", path.read_text("utf-8"), flags=re.MULTILINE)
    return _with_schema(text, "../schemas")


def _question(path: Path) -> str:
    return str(read_document(path).data["question"])


def _readme(problem: str, case: Path, panels: list[Path], experiments: list[Path]) -> str:
    title = str(read_document(case).data["title"])
    files = [f"- `{case.name}`: the problem: criteria, scale, tiers, rules, priors"]
    names = {"alternatives_from": "what is sorted", "catalogue_from": "further facts of the case"}
    data = read_document(case).data
    files += [f"- `{data[key]}`: {what}" for key, what in names.items() if key in data]
    files += [f"- `{path.name}`: {_SIMULATED[path.name]}" for path in _simulated(case)]
    files += [f"- `{panel.name}`: scores of a panel (synthetic ones; put your own in their place)" for panel in panels]
    files += [f"- `experiments/{path.name}`: {_question(path)}" for path in experiments]
    files += ["- `schemas/`: what may stand in these files, for editors that complete and check YAML"]
    first = experiments[0].name if experiments else "NAME.yaml"
    return _README.format(title=title, problem=problem, files="\n".join(files), first=first, case=case.name)


#: Files of a problem that can be simulated, and what they are.
_SIMULATED = {
    "roadmap.yaml": "events, loadings, origins and legal bases: what a simulation has to know of the problem",
    "parameters.yaml": "what a simulation assumes, each number with its range",
}

_README = """\
# {title}

A study folder, laid out by `mcda init --problem {problem}`. Everything in it can be edited.

{files}

Check what you have written, then run a question and read the answer:

    mcda check {case} experiments/{first}
    mcda run experiments/{first} --out runs/first
    mcda show runs/first

Every number needs a basis (`basis: assumption` with a `range`, `basis: source` with a `citation`, and so on); `mcda
check` names the lines that lack one. Paths are relative to the file that names them: a scenario or a policy of your own
is a file beside an experiment that names it.
"""
