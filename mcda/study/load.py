"""From an experiment file to an :class:`~mcda.study.experiment.Experiment`, and again with one number changed.

Reading and checking are done at the door (:mod:`mcda.files.experiment`); here the parts become one question.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mcda.errors import InvalidFile, UsageError
from mcda.files.basis import Number
from mcda.files.experiment import Parts, Sources, build_parts, put, read_experiment
from mcda.files.models import ExperimentFile
from mcda.files.rules import exact
from mcda.problem import Problem
from mcda.rule import Rule
from mcda.study.experiment import ANALYSES, Beliefs, Experiment, SecondPanelQuestion, Shock
from mcda.tiers.second_panel import SPREADS

__all__ = ["load_experiment", "rebuild"]


def load_experiment(source: str | Path, *, settings: Sequence[str] = ()) -> Experiment:
    """Return the experiment of a file, or a shipped one by name.

    Parameters
    ----------
    source : path or shipped name
    settings : ``KEY=VALUE`` texts, dotted keys of the experiment file; they win over the file.

    Errors: :class:`~mcda.errors.InvalidFile` with all mistakes of the files, :class:`UsageError` for an unknown name
    or setting.
    """
    return _built(read_experiment(source, settings=settings))


def rebuild(experiment: Experiment, number: Number, value: float) -> Experiment:
    """Return the experiment with one number of its files changed, everything else as it is.

    Errors: those of the files, where the changed number has no meaning (cuts out of order, say).
    """
    sources: Sources = experiment.documents
    role, document = next((r, d) for r, d in sources.documents.items() if d.file == number.file)
    data = copy.deepcopy(document.data)
    whole = float(value).is_integer() and isinstance(number.value, int)
    put(data, number.path, int(value) if whole else value)
    changed = {**sources.documents, role: replace(document, data=data)}
    found = _built(build_parts(replace(sources, documents=changed), panel=experiment.beliefs.panel))
    return replace(found, rule=found.problem.rules.get(experiment.rule.name, found.rule))


# -- building ----------------------------------------------------------------------------------------------------------


def _built(parts: Parts) -> Experiment:
    try:
        return _experiment(parts)
    except UsageError as reason:
        document = parts.sources.documents["experiment"]
        raise InvalidFile([document.mistake((), str(reason), "see docs/files.md")]) from reason


def _experiment(parts: Parts) -> Experiment:
    model, problem = parts.model, parts.problem
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
        beliefs=Beliefs(b.kind, b.prior, parts.panel, b.pool, spread, b.family),
        second_panel=SecondPanelQuestion(a.reference_sd, tuple(a.spreads or SPREADS), a.ends, tuple(a.priors)),
        other_rules=tuple(r for r in _other_rules(model, problem) if r != rule.name),
        shocks=tuple(Shock(s.name, s.label, s.moves) for s in model.shocks),
        analyses=analyses,
        multiples=tuple(model.belief_sensitivity.multiples),
        epsilons=tuple(model.belief_sensitivity.contamination),
        seed=model.run.seed,
        chunk=model.run.block,
        illustrative=b.illustrative or any(n.basis == "illustrative" for n in parts.numbers),
        numbers=parts.numbers,
        documents=parts.sources,
        resolved=resolved,
    )


def _own_rule(model: ExperimentFile, problem: Problem) -> Rule:
    return problem.rule if model.rule is None else problem.named_rule(model.rule)


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
