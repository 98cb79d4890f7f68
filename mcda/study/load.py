"""From an experiment file to an :class:`~mcda.study.experiment.Experiment`, and again with one number changed.

Reading and checking are done at the door (:mod:`mcda.files.experiment`); here the parts become one question.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mcda.decisions.utility import Term
from mcda.errors import InvalidFile, UsageError
from mcda.files.basis import Number
from mcda.files.experiment import Parts, Sources, build_parts, put, read_experiment
from mcda.files.models import ExperimentFile, StatementModel
from mcda.files.rules import exact
from mcda.files.simulation import SimulationParts
from mcda.problem import Problem
from mcda.rule import Rule
from mcda.study.experiment import (
    ANALYSES,
    Beliefs,
    Dependence,
    Experiment,
    RuleUncertainty,
    Sampling,
    SecondPanelQuestion,
    Shock,
)
from mcda.study.simulated import Axis, Budget, Simulated
from mcda.tiers.joint import AllIn, Exactly, NumberIn, Statement, Stricter
from mcda.tiers.rule_factor import crossed_with_cuts
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
    found = _built(build_parts(replace(sources, documents=changed), panel=experiment.beliefs.panel, simulated=False))
    return replace(found, rule=found.problem.rules.get(experiment.rule.name, found.rule))


# -- building ----------------------------------------------------------------------------------------------------------


def _built(parts: Parts) -> Experiment:
    try:
        return _experiment(parts)
    except UsageError as reason:
        document = parts.sources.documents["experiment"]
        raise InvalidFile([document.refusal((), reason)]) from reason


def _experiment(parts: Parts) -> Experiment:
    model, problem = parts.model, parts.problem
    b, a = model.beliefs, model.second_panel
    spread = problem.default_spread if b.spread is None else exact(b.spread)
    published = b.kind == "published-tiers"
    analyses = tuple(model.analyses) if model.analyses is not None else _applicable(model, published)
    rule = _own_rule(model, problem)
    uncertain = _rule_uncertainty(model)
    if uncertain is not None:  # a shift that leaves a tier without scores is a mistake of the file
        family = [problem.named_rule(name) for name in uncertain.weights]
        crossed_with_cuts(family, [1.0] * len(family), problem.scale, shifts=uncertain.shifts)
    resolved = {**model.model_dump(mode="json"), "rule": rule.name, "analyses": list(analyses)}
    return Experiment(
        id=model.id,
        question=model.question,
        problem=problem,
        rule=rule,
        beliefs=Beliefs(b.kind, b.prior, parts.panel, b.pool, spread, b.family, b.experts),
        second_panel=SecondPanelQuestion(a.reference_sd, tuple(a.spreads or SPREADS), a.ends, tuple(a.priors)),
        other_rules=tuple(r for r in _other_rules(model, problem) if r != rule.name),
        shocks=tuple(Shock(s.name, s.label, s.moves) for s in model.shocks),
        statements=tuple(map(_statement, model.statements)),
        sampling=_sampling(model),
        rule_uncertainty=uncertain,
        dependence=_dependence(model),
        simulations={name: _simulated(one) for name, one in parts.simulations.items()},
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


def _statement(said: StatementModel) -> Statement:
    if said.stricter is not None:
        return Stricter(*said.stricter)
    if said.exactly is not None:
        return Exactly(tuple(said.exactly), said.tier or 1)
    if said.all_of is not None:
        return AllIn(tuple(said.all_of), tuple(said.tiers or ()))
    return NumberIn(tuple(said.number_in or ()), said.at_least or 0, said.at_most)


def _sampling(model: ExperimentFile) -> Sampling:
    s = model.sampling
    return Sampling() if s is None else Sampling(s.draws, s.points, tuple(s.sizes))


def _rule_uncertainty(model: ExperimentFile) -> RuleUncertainty | None:
    if (u := model.rule_uncertainty) is None:
        return None
    members = u.cuts or []
    shifts, weights = tuple(m.shift for m in members), tuple(m.weight for m in members)
    return RuleUncertainty(dict(u.weights), shifts, weights, u.dirichlet)


def _simulated(parts: SimulationParts) -> Simulated:
    model = parts.model
    every: list[Any] = [*parts.assumptions.values(), *parts.scenarios.values(), *parts.policies.values()]
    axes = (Axis(axis.key, tuple(axis.values), axis.label) for axis in model.sweep)
    return Simulated(
        worlds={name: one.over(parts.world.world) for name, one in parts.assumptions.items()},
        scenarios={name: one.scenario for name, one in parts.scenarios.items()},
        policies={name: one.policy for name, one in parts.policies.items()},
        status_quo=model.status_quo,
        paths=model.paths,
        scores=model.scores,
        utilities={
            name: tuple(Term(t.outcome, t.weight, t.worst, t.best) for t in one.terms)
            for name, one in parts.utilities.items()
        },
        sweep=tuple(axes),
        budget=None if (b := model.budget) is None else Budget(tuple(b.outcomes), b.outer, b.inner),
        signposts=model.signposts,
        keep_paths=model.keep_paths,
        titles={one.id: one.title for one in every},
        codes={name: one.code for name, one in parts.policies.items()},
        stories={name: one.story for name, one in parts.scenarios.items()},
        start_month=parts.world.start_month,
        numbers=parts.numbers,
    )


def _dependence(model: ExperimentFile) -> Dependence | None:
    d = model.dependence
    return None if d is None else Dependence(tuple(d.kinds), d.loading, tuple(d.loadings), d.counterweight)


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
    if model.sampling is None and not model.statements:
        left_out |= {"draws", "convergence"}
    if model.rule_uncertainty is None:
        left_out |= {"rule-uncertainty", "breakpoints"}
    if model.dependence is None:
        left_out.add("dependence")
    if model.simulation is None and not model.sweeps:
        left_out |= {"simulation", "simulation-register"}
    left_out.add("convergence")  # a check of the method, for those who ask
    return tuple(name for name in ANALYSES if name not in left_out)
