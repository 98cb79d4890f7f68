"""From an experiment file, and all that it names, to checked parts: its model, its problem, its panel.

Precedence: defaults < problem < experiment < ``--set KEY=VALUE``. Nothing is computed here, and nothing heavy loaded:
this is all that ``mcda check`` needs.
"""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from mcda.errors import InvalidFile, Mistakes, UsageError, did_you_mean
from mcda.files.basis import Number
from mcda.files.checking import validate_file
from mcda.files.crosscheck import repeated
from mcda.files.document import ALLOWED_SCALAR, MAX_DEPTH, Document, KeyPath, plain_scalar, read_document, shown
from mcda.files.models import ExperimentFile, ProblemFile
from mcda.files.panel_csv import MAX_DECIMALS, read_panel
from mcda.files.problem import Documents, build_problem, numbers_of, read_problem
from mcda.files.rules import build_own_rules, exact
from mcda.files.sampling import sampling_mistakes, statement_mistakes
from mcda.files.shipped import find
from mcda.files.simulation import SimulationParts, read_simulations
from mcda.problem import Problem
from mcda.scores.marginals import point
from mcda.scores.panel import Answer, Panel

__all__ = ["Parts", "Sources", "build_parts", "put", "read_experiment", "split_key", "with_settings"]

#: What a panel may be read from.
PANEL_FILE = "a CSV file of scores, relative to this file or beside the problem's; or `override_cells` with all scores"


@dataclass(frozen=True)
class Sources:
    """The files behind an experiment: its documents by role, their paths, and the panel's file.

    `settings` are the texts of ``--set``. `named` says which files those keys of the experiment mean that name some
    (``problem``, ``simulation.policies``), in their order, whatever way they are named.
    """

    documents: Documents
    files: tuple[Path, ...]
    panel: Path | None = None
    settings: tuple[str, ...] = ()
    named: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Parts:
    """What an experiment file and the files that it names say, checked."""

    model: ExperimentFile
    problem: Problem
    panel: Panel | None
    numbers: tuple[Number, ...]
    sources: Sources
    simulations: Mapping[str, SimulationParts] = field(default_factory=dict)


def read_experiment(source: str | Path, *, settings: Sequence[str] = ()) -> Parts:
    """Read an experiment (a file, or a shipped one by name) with all that it names.

    Parameters
    ----------
    source : path or shipped name
    settings : ``KEY=VALUE`` texts, dotted keys of the experiment file; they win over the file.

    Errors: :class:`~mcda.errors.InvalidFile` with all mistakes of the files, :class:`UsageError` for an unknown name
    or setting.
    """
    path = find("experiment", str(source))
    document = with_settings(read_document(path), settings)
    mistakes = Mistakes()
    model = mistakes.of(partial(validate_file, ExperimentFile, document))
    problem = mistakes.of(partial(_problem_documents, document, path))
    if problem is None:
        raise InvalidFile(mistakes)
    documents = {"experiment": document, **problem}
    panel = None if model is None else mistakes.of(partial(_panel_path, model, documents, path))
    if mistakes:
        mistakes.of(partial(build_problem, problem))
    mistakes.stop()
    return build_parts(Sources(documents, tuple(Path(d.file) for d in documents.values()), panel, tuple(settings)))


def _problem_documents(document: Document, path: Path) -> Documents:
    name = document.data.get("problem")
    if not isinstance(name, str):
        raise InvalidFile([])  # the model says so
    try:
        return read_problem(name, beside=path.parent)
    except UsageError as reason:
        raise InvalidFile([document.mistake(("problem",), str(reason), "a problem file or a shipped name")]) from None


def _panel_path(model: ExperimentFile, documents: Documents, path: Path) -> Path | None:
    """A panel's file, relative to the experiment or beside the problem."""
    name, document = model.beliefs.panel, documents["experiment"]
    if model.beliefs.kind != "panel":
        if name is not None:
            what = "a panel is read under `kind: panel` alone"
            raise InvalidFile([document.mistake(("beliefs", "panel"), what, "no panel, or kind: panel")])
        return None
    if name is None and model.override_cells:
        return None  # they are the panel
    places = [path.parent, Path(documents["problem"].file).parent]
    for folder in places:
        if name is not None and os.path.isfile(folder / name):
            return folder / name
    near = did_you_mean(name or "", sorted({one.name for folder in places for one in folder.glob("*.csv")}))
    what = "a panel needs its file" if name is None else f"there is no file {shown(name)}{near}"
    raise InvalidFile([document.mistake(("beliefs", "panel"), what, PANEL_FILE)])


def build_parts(sources: Sources, *, panel: Panel | None = None, simulated: bool = True) -> Parts:
    """Check an experiment's documents together; all mistakes are raised together.

    `panel` is the panel as it was read before; read from its file if not given. `simulated`: whether the files of its
    simulations are read too.
    """
    document = sources.documents["experiment"]
    mistakes = Mistakes()
    model = mistakes.of(partial(validate_file, ExperimentFile, document))
    problem = mistakes.of(partial(build_problem, {r: d for r, d in sources.documents.items() if r != "experiment"}))
    bases = Mistakes()
    numbers = bases.of(partial(numbers_of, {"experiment": document}))
    mistakes.also(bases)
    if model is not None and problem is not None:
        problem = mistakes.of(partial(_with_rules, model, problem, sources.documents)) or problem
        mistakes += _cross_check(model, problem, document)
        if sources.panel is not None:
            panel = panel or mistakes.of(partial(read_panel, sources.panel, problem))
        elif model.beliefs.kind == "panel" and model.override_cells:
            panel = panel or mistakes.of(partial(_panel_of_cells, model, problem, document))
        if panel is not None:
            panel = mistakes.of(partial(_with_cells, panel, model, problem, document))
        if panel is not None:
            mistakes += _answers_without_law(panel, model, problem, document)
            mistakes += _without_scores(panel, model, problem, document)
    if mistakes or model is None or problem is None or numbers is None:
        raise InvalidFile(mistakes)
    folder = Path(sources.documents["problem"].file).parent
    simulations = read_simulations(model, problem, document, folder) if simulated else {}
    files = dict.fromkeys((*sources.files, *(path for one in simulations.values() for path in one.files)))
    every = (*numbers, *problem.numbers)
    found = replace(sources, files=tuple(files), named=_named_files(sources, simulations))
    return Parts(model, problem, panel, every, found, simulations)


def _named_files(sources: Sources, simulations: Mapping[str, SimulationParts]) -> dict[str, tuple[Path, ...]]:
    """Files by the experiment's key that names them."""
    named: dict[str, tuple[Path, ...]] = {"problem": (Path(sources.documents["problem"].file),)}
    if sources.panel is not None:
        named["beliefs.panel"] = (sources.panel,)
    for group, parts in simulations.items():
        at = "simulation" if group == "simulation" else f"sweeps.{group.removeprefix('sweep_')}"
        named |= {f"{at}.{key}": paths for key, paths in parts.named.items()}
    return named


# -- settings ----------------------------------------------------------------------------------------------------------


def split_key(key: str) -> KeyPath:
    """The path of a dotted key: ``a.b[1]["c d"]`` is ('a', 'b', 1, 'c d'); () where it is none."""
    path: list[str | int] = []
    at = 0
    while at < len(key):
        found = _KEY_PART.match(key, at)
        if found is None or (found["key"] and bool(path) != bool(found["dot"])):
            return ()
        quoted, index = found["quoted"], found["index"]
        path.append(found["key"] or (int(index) if index else json.loads(quoted)))
        at = found.end()
    return tuple(path)


_KEY_PART = re.compile(r'(?P<dot>\.)?(?P<key>[^.\[\]"]+)|\[(?P<index>[0-9]{1,9})\]|\[(?P<quoted>"[^"\\]+")\]')


def put(data: Any, path: KeyPath, value: Any) -> None:
    """Set one value in nested mappings and lists; missing mappings on the way are made.

    Errors: KeyError, IndexError or TypeError where the data have no such place.
    """
    for part, following in pairwise((*path, None)):
        if isinstance(data, dict) != isinstance(part, str):
            raise KeyError(part)
        if following is None:
            data[part] = value
        elif isinstance(data, dict) and data.get(part) is None:
            data[part] = {}
        data = data[part]


def with_settings(document: Document, settings: Sequence[str]) -> Document:
    """Return a document with ``KEY=VALUE`` texts put in it; :class:`InvalidFile` for those without place or value."""
    data = copy.deepcopy(document.data)
    mistakes = Mistakes()
    places: dict[KeyPath, int] = {}
    for n, setting in enumerate(settings, start=1):
        key, sign, text = setting.partition("=")
        path = split_key(key.strip())
        if not sign or not path:
            raise UsageError(f"--set {setting}: allowed is KEY=VALUE, for instance second_panel.reference_sd=1.5")
        places[path] = n
        found = mistakes.of(partial(_setting, replace(document, settings={path: n}), path, text))
        if found is not None:
            _put_setting(replace(document, settings={path: n}), data, path, found[0], mistakes)
    mistakes.stop()
    return replace(document, data=data, settings=places)


def _put_setting(document: Document, data: Any, path: KeyPath, value: Any, mistakes: Mistakes) -> None:
    try:
        if len(path) > MAX_DEPTH:
            raise KeyError(path[-1])
        put(data, path, value)
    except (KeyError, IndexError, TypeError):
        allowed = f"a dotted key of an experiment file; at the top {', '.join(ExperimentFile.model_fields)}"
        mistakes.append(document.mistake(path, "is no place in the experiment", allowed))


def _setting(document: Document, path: KeyPath, text: str) -> tuple[Any]:
    """A value as YAML reads it: a scalar, or a list, mapping or quoted text: ``[1, 2]``."""
    try:
        if text.lstrip()[:1] in ("[", "{", '"', "'"):
            return (read_document("--set", text=f"value: {text}").data["value"],)
        return (plain_scalar(read_document("--set", text=_quoted(text)).data["value"]),)
    except ValueError as reason:
        what, allowed = f"is {reason}", ALLOWED_SCALAR
    except InvalidFile as refused:
        what, allowed = refused.mistakes[0].what, refused.mistakes[0].allowed
    raise InvalidFile([document.mistake(path, what, allowed)])


def _quoted(text: str) -> str:
    """A plain text as a document, so that what no text may hold is refused."""
    return "value: '" + text.replace("'", "''").replace("\n", "\n\n") + "'"


# -- cross checks ------------------------------------------------------------------------------------------------------


def _cross_check(model: ExperimentFile, problem: Problem, document: Document) -> Mistakes:
    """Names in the experiment that the problem must know, and what does not go together."""
    return Mistakes([
        *_unknown_names(model, problem, document),
        *_lists(model, document),
        *_idle_analyses(model, document),
        *_beliefs(model, problem, document),
        *statement_mistakes(model, problem, document),
        *sampling_mistakes(model, problem, document),
    ])  # fmt: skip


def _unknown_names(model: ExperimentFile, problem: Problem, document: Document) -> Mistakes:
    found = Mistakes()

    def known(path: KeyPath, kind: str, name: str, names: Collection[str]) -> None:
        if name not in names:
            what = f"no {kind} is named '{name}'{did_you_mean(name, names)}"
            found.append(document.mistake(path, what, ", ".join(names)))

    if model.rule is not None:
        known(("rule",), "rule", model.rule, problem.rules)
    for i, name in enumerate(model.other_rules if model.other_rules != "all" else ()):
        known(("other_rules", i), "rule", name, problem.rules)
    known(("beliefs", "prior"), "prior", model.beliefs.prior, problem.priors)
    for i, name in enumerate(model.second_panel.priors):
        known(("second_panel", "priors", i), "prior", name, problem.priors)
    for name in () if model.rule_uncertainty is None else model.rule_uncertainty.weights:
        known(("rule_uncertainty", "weights", name), "rule", name, problem.rules)
    for i, shock in enumerate(model.shocks):
        for criterion in shock.moves:
            known(("shocks", i, "moves", criterion), "criterion", criterion, [c.id for c in problem.criteria])
    return found


def _lists(model: ExperimentFile, document: Document) -> Mistakes:
    """Items that stand twice, and spreads that do not rise."""
    cells = [f"{c.expert}, {c.alternative}, {c.criterion}" for c in model.override_cells]
    found = Mistakes([
        *repeated(document, ("shocks",), [s.name for s in model.shocks], "name"),
        *repeated(document, ("override_cells",), cells),
        *repeated(document, ("analyses",), model.analyses or ()),
        *repeated(document, ("other_rules",), model.other_rules if model.other_rules != "all" else ()),
        *repeated(document, ("second_panel", "priors"), model.second_panel.priors),
        *repeated(document, ("belief_sensitivity", "multiples"), model.belief_sensitivity.multiples),
        *repeated(document, ("belief_sensitivity", "contamination"), model.belief_sensitivity.contamination),
    ])  # fmt: skip
    spreads = model.second_panel.spreads or []
    if any(b <= a for a, b in pairwise(spreads)):
        what = f"do not rise (got {', '.join(f'{s:g}' for s in spreads[:12])})"
        found.append(document.mistake(("second_panel", "spreads"), what, "rising numbers, no two equal"))
    return found


def _idle_analyses(model: ExperimentFile, document: Document) -> Mistakes:
    """Analyses that are asked for and have nothing to work on."""
    simulates = model.simulation is not None or bool(model.sweeps)
    needs = {
        "shocks": (bool(model.shocks), "`shocks`"),
        "other-rules": (bool(model.other_rules), "`other_rules`"),
        "second-panel": (model.beliefs.kind == "published-tiers", "beliefs of kind published-tiers"),
        "rule-uncertainty": (model.rule_uncertainty is not None, "`rule_uncertainty`"),
        "dependence": (model.dependence is not None, "`dependence`"),
        "simulation": (simulates, "`simulation` or `sweeps`"),
        "simulation-register": (simulates, "`simulation` or `sweeps`"),
    }
    found = Mistakes()
    for i, name in enumerate(model.analyses or ()):
        has, what = needs.get(name, (True, ""))
        if not has:
            found.append(document.mistake(("analyses", i), f"'{name}' has nothing to work on", f"{name} with {what}"))
    return found


def _beliefs(model: ExperimentFile, problem: Problem, document: Document) -> Mistakes:
    found = Mistakes()
    length = problem.scale.high - problem.scale.low
    if model.beliefs.kind == "published-tiers" and all(a.tier is None for a in problem.alternatives):
        what = f"problem '{problem.id}' publishes no tier"
        found.append(document.mistake(("beliefs", "kind"), what, "kind: panel, with a panel's scores"))
    if model.beliefs.spread is not None and model.beliefs.spread > length:
        what = f"is longer than the scale (got {model.beliefs.spread:g})"
        found.append(document.mistake(("beliefs", "spread"), what, f"0 to {length}"))
    if model.beliefs.experts == "resampled" and (model.beliefs.kind, model.beliefs.pool) != ("panel", "panel-mean"):
        what = "changes nothing here: a pool already takes one expert at random"
        found.append(document.mistake(("beliefs", "experts"), what, "experts as-they-are, or the pool panel-mean"))
    if model.override_cells and model.beliefs.kind != "panel":
        what = "puts scores in place of a panel's, and there is none"
        found.append(document.mistake(("override_cells",), what, "beliefs of kind panel"))
    return found


def _with_rules(model: ExperimentFile, problem: Problem, documents: Documents) -> Problem:
    """The problem with the experiment's own rules beside its own."""
    if not model.rules:
        return problem
    own = build_own_rules(model.rules, validate_file(ProblemFile, documents["problem"]), documents["experiment"])
    return replace(problem, rules={**problem.rules, **own})


# -- the panel ---------------------------------------------------------------------------------------------------------


def _panel_of_cells(model: ExperimentFile, problem: Problem, document: Document) -> Panel:
    """A panel without a file: experts and alternatives are those that the experiment's cells name."""
    known = [a.id for a in problem.alternatives]
    criteria = [c.id for c in problem.criteria]
    named = {cell.alternative for cell in model.override_cells}
    given = {(cell.alternative, cell.criterion) for cell in model.override_cells}
    mistakes = Mistakes()
    for i, cell in enumerate(model.override_cells):
        if (name := cell.alternative) not in known:
            what = f"no alternative of the problem is named '{name}'{did_you_mean(name, known)}"
            mistakes.append(document.mistake(("override_cells", i, "alternative"), what, f"one of the {len(known)}"))
    empty = [f"{a}, {c}" for a in known if a in named for c in criteria if (a, c) not in given]
    if empty:
        what = f"a panel needs its file: by override_cells alone, nobody scored {' and '.join(empty[:2])}"
        mistakes.append(document.mistake(("beliefs", "panel"), what, PANEL_FILE))
    mistakes.stop()
    experts = tuple(dict.fromkeys(cell.expert for cell in model.override_cells))
    return Panel(experts, tuple(a for a in known if a in named), tuple(criteria), {})


def _with_cells(panel: Panel, model: ExperimentFile, problem: Problem, document: Document) -> Panel:
    """Put the experiment's own cells in place of the panel's."""
    answers = dict(panel.answers)
    mistakes = Mistakes()
    known = {"expert": panel.experts, "alternative": panel.alternatives, "criterion": panel.criteria}
    for i, cell in enumerate(model.override_cells):
        at = ("override_cells", i)
        wrong = Mistakes()
        for kind, names in known.items():
            name = getattr(cell, kind)
            if name not in names:
                allowed = ", ".join(names) if len(names) <= 12 else f"one of the panel's {len(names)}"
                what = f"no {kind} of the panel is named '{name}'{did_you_mean(name, names)}"
                wrong.append(document.mistake((*at, kind), what, allowed))
        wrong += _score_mistakes(cell.score, problem, document, (*at, "score"))
        if not wrong:
            own = None if cell.spread is None else exact(cell.spread)
            answers[cell.expert, cell.alternative, cell.criterion] = Answer.at(exact(cell.score), spread=own)
        mistakes += wrong
    mistakes.stop()
    return replace(panel, answers=answers)


def _score_mistakes(score: float, problem: Problem, document: Document, path: KeyPath) -> Mistakes:
    low, high = problem.scale.low, problem.scale.high
    allowed = f"a number from {low} to {high}, of at most {MAX_DECIMALS} decimals"
    if not low <= score <= high:
        return Mistakes([document.mistake(path, f"is off the scale (got {score:g})", allowed)])
    if (exact(score) * 10**MAX_DECIMALS).denominator != 1:
        return Mistakes([document.mistake(path, f"is too fine (got {score})", allowed)])
    return Mistakes()


def _without_scores(panel: Panel, model: ExperimentFile, problem: Problem, document: Document) -> Mistakes:
    """A simulation has every alternative as a row, so that a panel must score every one."""
    if model.simulation is None and not model.sweeps:
        return Mistakes()
    missing = [a.id for a in problem.alternatives if a.id not in set(panel.alternatives)]
    what = f"scores {len(missing)} of the alternatives not at all ({', '.join(missing[:3])})"
    allowed = "a panel that scores every alternative, or an experiment without simulation"
    return Mistakes([document.mistake(("beliefs", "panel"), what, allowed)] if missing else [])


def _answers_without_law(panel: Panel, model: ExperimentFile, problem: Problem, document: Document) -> Mistakes:
    """The first answer that has no law under the chosen spread and family; what has one for sure is not computed."""
    beliefs = model.beliefs
    default = problem.default_spread if beliefs.spread is None else exact(beliefs.spread)
    wide = float(problem.scale.spacing) / 2
    for (expert, alternative, criterion), answer in panel.answers.items():
        spread = float(default if answer.spread is None else answer.spread)
        if answer.kind != "point" or answer.score is None or (beliefs.family == "triangular" and spread > wide):
            continue
        try:
            point(problem.scale, float(answer.score), spread, family=beliefs.family)
        except UsageError as reason:
            what = f"the answer of '{expert}' to '{alternative}', '{criterion}' has no law: {reason}"
            key = "spread" if beliefs.spread is not None else "family" if beliefs.family != "triangular" else "kind"
            allowed = "a spread above half a point, family triangular"
            return Mistakes([document.mistake(("beliefs", key), what, allowed)])
    return Mistakes()
