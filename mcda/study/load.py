"""From an experiment file to an :class:`~mcda.study.experiment.Experiment`, and again with one number changed.

Precedence: defaults < problem < experiment < ``--set KEY=VALUE``.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mcda.errors import InvalidFile, Mistake, UsageError
from mcda.files.basis import Number
from mcda.files.checking import validate
from mcda.files.document import Document, plain_scalar, read_document
from mcda.files.models import ExperimentFile
from mcda.files.panel_csv import read_panel
from mcda.files.problem import Documents, build_problem, exact, numbers_of, read_problem
from mcda.files.shipped import find
from mcda.problem import Problem
from mcda.rule import Rule
from mcda.scores.panel import Answer, Panel
from mcda.study.experiment import ANALYSES, Beliefs, Experiment, SecondPanelQuestion, Shock
from mcda.tiers.second_panel import SPREADS

__all__ = ["load_experiment", "rebuild"]


@dataclass(frozen=True)
class Sources:
    """The files behind an experiment: its documents by role, their paths, and the panel's file."""

    documents: Documents
    files: tuple[Path, ...]
    panel: Path | None = None


def load_experiment(source: str | Path, *, settings: Sequence[str] = ()) -> Experiment:
    """Return the experiment of a file, or a shipped one by name.

    Parameters
    ----------
    source : path or shipped name
    settings : ``KEY=VALUE`` texts, dotted keys of the experiment file; they win over the file.

    Errors: :class:`~mcda.errors.InvalidFile` with all mistakes of the files, :class:`UsageError` for an unknown name
    or setting.
    """
    path = find("experiment", str(source))
    document = _with_settings(read_document(path), settings)
    model = validate(ExperimentFile, document)
    try:
        documents = {"experiment": document, **read_problem(model.problem, beside=path.parent)}
    except UsageError as reason:
        raise InvalidFile([document.mistake(("problem",), str(reason), "a problem file or a shipped name")]) from None
    sources = Sources(documents, _files(documents), _panel_path(model, documents, path))
    return _built(sources)


def _files(documents: Documents) -> tuple[Path, ...]:
    return tuple(Path(document.file) for document in documents.values())


def _panel_path(model: ExperimentFile, documents: Documents, path: Path) -> Path | None:
    """A panel's file, relative to the experiment or beside the problem."""
    if model.beliefs.kind != "panel":
        return None
    name = model.beliefs.panel
    places = [path.parent, Path(documents["problem"].file).parent]
    for folder in places:
        if name is not None and (folder / name).is_file():
            return folder / name
    what = "a panel needs its file" if name is None else f"no file '{name}'"
    raise InvalidFile([documents["experiment"].mistake(("beliefs", "panel"), what, "a CSV file of scores")])


def rebuild(experiment: Experiment, number: Number, value: float) -> Experiment:
    """Return the experiment with one number of its files changed, everything else as it is.

    Errors: those of the files, where the changed number has no meaning (cuts out of order, say).
    """
    sources: Sources = experiment.documents
    role, document = next((r, d) for r, d in sources.documents.items() if d.file == number.file)
    data = copy.deepcopy(document.data)
    put(data, _path(number.key), int(value) if float(value).is_integer() and isinstance(number.value, int) else value)
    changed = {**sources.documents, role: replace(document, data=data)}
    found = _built(replace(sources, documents=changed), panel=experiment.beliefs.panel)
    return replace(found, rule=found.problem.rules.get(experiment.rule.name, found.rule))


# -- settings ----------------------------------------------------------------------------------------------------------


def _path(key: str) -> tuple[str | int, ...]:
    """The path of a dotted key: ``a.b[1]`` is ('a', 'b', 1)."""
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", key))


def put(data: Any, path: tuple[str | int, ...], value: Any) -> None:
    """Set one value in nested mappings and lists; missing mappings on the way are made."""
    for part, following in zip(path, path[1:], strict=False):
        if isinstance(data, dict) and part not in data:
            data[part] = {}
        data = data[part]
        if isinstance(following, str) and not isinstance(data, dict):
            raise KeyError(following)
    data[path[-1]] = value


def _with_settings(document: Document, settings: Sequence[str]) -> Document:
    data = copy.deepcopy(document.data)
    mistakes = []
    for setting in settings:
        key, sign, text = setting.partition("=")
        if not sign or not key:
            raise UsageError(f"--set {setting}: allowed is KEY=VALUE, for instance second_panel.reference_sd=1.5")
        try:
            put(data, _path(key), _value(text))
        except (KeyError, IndexError, TypeError):
            mistakes.append(Mistake("--set", 1, key, "no such place in the experiment", "a dotted key of the file"))
    if mistakes:
        raise InvalidFile(mistakes)
    return replace(document, data=data)


def _value(text: str) -> Any:
    """A scalar as YAML reads it, or a list of them: ``[1, 2]``."""
    if text.startswith("[") and text.endswith("]"):
        return [plain_scalar(part.strip()) for part in text[1:-1].split(",") if part.strip()]
    return plain_scalar(text)


# -- building ----------------------------------------------------------------------------------------------------------


def _built(sources: Sources, *, panel: Panel | None = None) -> Experiment:
    documents = sources.documents
    document = documents["experiment"]
    model = validate(ExperimentFile, document)
    problem = build_problem({role: d for role, d in documents.items() if role != "experiment"})
    numbers = (*numbers_of({"experiment": document}), *problem.numbers)
    if sources.panel is not None and panel is None:
        panel = _with_cells(read_panel(sources.panel, problem), model, document)
    mistakes = _cross_check(model, problem, document)
    if mistakes:
        raise InvalidFile(mistakes)
    try:
        return _experiment(model, problem, panel, numbers, sources)
    except UsageError as reason:
        raise InvalidFile([document.mistake((), str(reason), "see docs/files.md")]) from reason


def _experiment(
    model: ExperimentFile, problem: Problem, panel: Panel | None, numbers: tuple[Any, ...], sources: Sources
) -> Experiment:
    b, a = model.beliefs, model.second_panel
    spread = problem.default_spread if b.spread is None else exact(b.spread)
    published = b.kind == "published-tiers"
    analyses = tuple(model.analyses) if model.analyses is not None else _applicable(model, published)
    rule = _own_rule(model, problem)
    resolved = {**model.model_dump(mode="json"), "rule": rule.name, "analyses": list(analyses)}
    return Experiment(
        id=model.id,
        question=model.question,
        problem=problem,
        rule=rule,
        beliefs=Beliefs(b.kind, b.prior, panel, b.pool, spread, b.family),
        second_panel=SecondPanelQuestion(a.reference_sd, tuple(a.spreads or SPREADS), a.ends, tuple(a.priors)),
        other_rules=tuple(r for r in _other_rules(model, problem) if r != rule.name),
        shocks=tuple(Shock(s.name, s.label, s.moves) for s in model.shocks),
        analyses=analyses,
        multiples=tuple(model.belief_sensitivity.multiples),
        epsilons=tuple(model.belief_sensitivity.contamination),
        seed=model.run.seed,
        chunk=model.run.block,
        illustrative=b.illustrative or any(n.basis == "illustrative" for n in numbers),
        numbers=numbers,
        documents=sources,
        resolved=resolved,
    )


def _own_rule(model: ExperimentFile, problem: Problem) -> Rule:
    return problem.rule if "rule" not in model.model_fields_set else problem.named_rule(model.rule)


def _other_rules(model: ExperimentFile, problem: Problem) -> tuple[str, ...]:
    return tuple(problem.rules) if model.other_rules == "all" else tuple(model.other_rules)


def _applicable(model: ExperimentFile, published: bool) -> tuple[str, ...]:
    """The analyses that have something to work on."""
    left_out = set()
    if not published:
        left_out.add("second-panel")
    if not model.shocks:
        left_out.add("shocks")
    if not model.other_rules:
        left_out.add("other-rules")
    return tuple(name for name in ANALYSES if name not in left_out)


def _cross_check(model: ExperimentFile, problem: Problem, document: Document) -> list[Mistake]:
    """Names in the experiment that the problem must know."""
    found = []

    def unknown(path: tuple[str | int, ...], kind: str, name: str, known: Mapping[str, Any] | Sequence[str]) -> None:
        if name not in known:
            found.append(document.mistake(path, f"no {kind} is named '{name}'", f"one of {', '.join(known)}"))

    if "rule" in model.model_fields_set:
        unknown(("rule",), "rule", model.rule, problem.rules)
    if model.other_rules != "all":
        for i, name in enumerate(model.other_rules):
            unknown(("other_rules", i), "rule", name, problem.rules)
    unknown(("beliefs", "prior"), "prior", model.beliefs.prior, problem.priors)
    for i, name in enumerate(model.second_panel.priors):
        unknown(("second_panel", "priors", i), "prior", name, problem.priors)
    for i, shock in enumerate(model.shocks):
        for criterion in shock.moves:
            unknown(("shocks", i, "moves", criterion), "criterion", criterion, [c.id for c in problem.criteria])
    for i, name in enumerate(model.analyses or ()):
        unknown(("analyses", i), "analysis", name, ANALYSES)
    if model.beliefs.kind == "published-tiers" and all(a.tier is None for a in problem.alternatives):
        what = f"problem '{problem.id}' publishes no tier"
        found.append(document.mistake(("beliefs", "kind"), what, "kind: panel, with a panel's scores"))
    return found


def _with_cells(panel: Panel, model: ExperimentFile, document: Document) -> Panel:
    """Put the experiment's own cells in place of the panel's."""
    answers = dict(panel.answers)
    mistakes = []
    for i, cell in enumerate(model.override_cells):
        key = (cell.expert, cell.alternative, cell.criterion)
        if cell.expert not in panel.experts or cell.alternative not in panel.alternatives:
            what = f"no cell of {cell.expert} on {cell.alternative} in the panel"
            mistakes.append(document.mistake(("override_cells", i), what, "an expert and an alternative of the panel"))
            continue
        answers[key] = Answer.at(exact(cell.score))
    if mistakes:
        raise InvalidFile(mistakes)
    return replace(panel, answers=answers)
