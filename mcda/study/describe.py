"""What a run was about, as data: the groups /problem, /rule, /scores and /beliefs of its results."""

from __future__ import annotations

import json

import numpy as np
import xarray as xr

from mcda.names import attrs
from mcda.problem import Problem
from mcda.study.experiment import Experiment
from mcda.tiers.acceptability import distinct

__all__ = ["describe"]


def describe(experiment: Experiment) -> dict[str, xr.Dataset]:
    """Return the descriptive groups of an experiment's results."""
    found = {"problem": _problem(experiment), "rule": _rules(experiment), "beliefs": _beliefs(experiment)}
    if (panel := experiment.beliefs.panel) is not None:
        names = experiment.alternatives
        rows = [panel.alternatives.index(name) for name in names]
        columns = [panel.criteria.index(name) for name in experiment.factors]
        found["scores"] = xr.Dataset(
            {
                "scores": (
                    ("alternative", "criterion", "expert"),
                    panel.scores()[rows][:, columns],
                    attrs("score (NaN: don't know)", "points"),
                )
            },
            coords={"alternative": names, "criterion": experiment.factors, "expert": list(panel.experts)},
            attrs={"illustrative": "yes" if experiment.illustrative else "no"},
        )
    return found


def _problem(experiment: Experiment) -> xr.Dataset:
    """Labels, articles, printed tiers, entities, criteria and tiers of the problem."""
    problem = experiment.problem
    chosen = set(experiment.alternatives)
    listed = [a for a in problem.alternatives if a.id in chosen]
    texts = {
        "label": "name of the alternative",
        "sector": "family of measures",
        "kind": "kind of measure",
        "article": "legal reference, as corrected",
        "article_as_printed": "legal reference, as printed",
        "place": "place in the source",
        "paraphrase": "what it is",
    }
    data = {name: ("alternative", [getattr(a, name) for a in listed], attrs(text, "1")) for name, text in texts.items()}
    data["notes"] = ("alternative", [" ".join(a.notes) for a in listed], attrs("notes", "1"))
    data["published_tier"] = (
        "alternative",
        [-1 if a.tier is None else a.tier for a in listed],
        attrs("published tier (-1: none)", "tier"),
    )
    found = xr.Dataset(data, coords={"alternative": [a.id for a in listed]})
    found = found.merge(_criteria_and_tiers(experiment))
    if problem.entities:
        found = found.merge(_entities(experiment))
    return found.assign_attrs(
        id=problem.id,
        title=problem.title,
        citation=problem.citation,
        as_of=problem.as_of,
        noun=problem.noun,
        notes=[*problem.notes, *_catalogue_notes(problem)] or [""],
    )


def _catalogue_notes(problem: Problem) -> list[str]:
    """The source's inconsistencies, and how the case handles them, a text each."""
    notes = problem.catalogue.get("notes", [])
    return [f"{n.get('what', '')} {n.get('how_handled', '')}".strip() for n in notes if isinstance(n, dict)]


def _criteria_and_tiers(experiment: Experiment) -> xr.Dataset:
    criteria, tiers = experiment.problem.criteria, experiment.problem.tiers
    return xr.Dataset(
        {
            "criterion_label": ("criterion", [c.label for c in criteria], attrs("name of the criterion", "1")),
            "criterion_role": ("criterion", [c.role for c in criteria], attrs("how the rule takes it", "1")),
            "criterion_question": ("criterion", [c.question for c in criteria], attrs("question to experts", "1")),
            "tier_label": ("tier", [t.label for t in tiers], attrs("name of the tier", "1")),
            "tier_description": ("tier", [t.description for t in tiers], attrs("what the tier means", "1")),
            "tier_in_roadmap": ("tier", [t.in_roadmap for t in tiers], attrs("whether the tier is inside", "1")),
        },
        coords={"criterion": [c.id for c in criteria], "tier": [t.tier for t in tiers]},
    )


def _entities(experiment: Experiment) -> xr.Dataset:
    """Entities: under printed tiers their belief is their parent's, so they are listed, not computed again."""
    listed = experiment.problem.entities
    return xr.Dataset(
        {
            "entity_label": ("entity", [e.label for e in listed], attrs("name of the entity", "1")),
            "entity_tier": (
                "entity",
                [-1 if e.tier is None else e.tier for e in listed],
                attrs("published tier of the entity (-1: its parent's)", "tier"),
            ),
        },
        coords={"entity": [e.id for e in listed], "parent": ("entity", [e.parent for e in listed])},
        attrs={"entities": "their belief is their parent's; computed once, with the parent"},
    )


def _rules(experiment: Experiment) -> xr.Dataset:
    """The rule and its variants, every parameter as text, so that fractions stay exact."""
    family = [rule.name for rule in experiment.family()[0]]
    names = list(dict.fromkeys((experiment.rule.name, *experiment.other_rules, *family)))
    rules = [experiment.rule if n == experiment.rule.name else experiment.problem.named_rule(n) for n in names]
    columns = {key: [rule.parameters[key] for rule in rules] for key in rules[0].parameters}
    own = {"own": " ".join(defined)} if (defined := experiment.resolved.get("rules")) else {}
    return xr.Dataset(
        {key: ("rule", values, attrs(f"rule parameter: {key}", "1")) for key, values in columns.items()},
        coords={"rule": names},
        attrs={"reference": experiment.rule.name, **own},
    )


def _beliefs(experiment: Experiment) -> xr.Dataset:
    """Every belief, so that it can be rebuilt: laws, weights, the condition, the second panel's error."""
    beliefs = experiment.conditioned() if experiment.published else experiment.pooled()
    names = list(beliefs)
    units = sorted({b.lattice.unit for b in beliefs.values()})
    unit = int(np.lcm.reduce(units))
    scale = experiment.problem.scale
    level = np.arange(scale.low * unit, scale.high * unit + 1) / unit
    components = max((b.components for b in beliefs.values()), key=len)
    probability = np.zeros((len(names), len(components), len(experiment.factors), len(level)))
    weight = np.zeros((len(names), len(components)))
    for i, belief in enumerate(beliefs.values()):
        step = unit // belief.lattice.unit
        probability[i, : len(belief.weight), :, ::step] = belief.probability
        weight[i, : len(belief.weight)] = belief.weight
    found = xr.Dataset(
        {
            "probability": (
                ("alternative", "component", "criterion", "level"),
                probability,
                attrs("probability of the score, before conditioning", "1"),
            ),
            "weight": (("alternative", "component"), weight, attrs("weight of the component", "1")),
            "spacing": (
                "alternative",
                [1 / b.lattice.unit for b in beliefs.values()],
                attrs("spacing of the lattice", "points"),
            ),
            "condition_tier": (
                "alternative",
                [-1 if b.condition is None else b.condition.tier for b in beliefs.values()],
                attrs("tier that the scores are conditioned on (-1: none)", "tier"),
            ),
        },
        coords={
            "alternative": names,
            "component": list(components),
            "criterion": experiment.factors,
            "level": xr.Variable("level", level, attrs("score", "points")),
        },
        attrs={"kind": experiment.beliefs.kind, "distinct": len(distinct(experiment.laws())[0])},
    )
    if experiment.published:
        question = experiment.second_panel
        return found.assign_attrs(prior=experiment.beliefs.prior, condition_rule=experiment.rule.name,
                                  reference_sd=question.reference_sd, ends=question.ends)  # fmt: skip
    return found.assign_attrs(pool=experiment.beliefs.pool, spread=float(experiment.beliefs.spread),
                              family=experiment.beliefs.family, **_unusual(experiment))  # fmt: skip


def _unusual(experiment: Experiment) -> dict[str, str]:
    """What a panel's beliefs rest on beside its file: experts drawn anew, and cells put in place of the panel's."""
    experts = experiment.beliefs.experts
    found: dict[str, str] = {} if experts == "as-they-are" else {"experts": experts}
    keys = ("expert", "alternative", "criterion", "score", "spread")
    cells = [{key: cell[key] for key in keys} for cell in experiment.resolved.get("override_cells", [])]
    return {**found, "override_cells": json.dumps(cells, ensure_ascii=False)} if cells else found
