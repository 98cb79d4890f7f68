"""What a report does not say: what must not be read into its numbers."""

from __future__ import annotations

from collections.abc import Sequence

from mcda.output import findings as fi
from mcda.output.report.material import Material
from mcda.output.subject import Subject
from mcda.output.wording import named

__all__ = ["limits"]


def limits(material: Material) -> list[str]:
    """Return what must not be read into the report."""
    subject, movers = material.subject, material.movers
    texts = [
        "It is no forecast. It says how exposed a tier is if scores, the rule or events differ, not whether they will."
    ]
    if subject.illustrative:
        texts.insert(0, "It says nothing about the real case: its scores are synthetic.")
    kind = _unscored(subject, movers) if subject.published else _scored(subject)
    return [*texts, *kind, *_open_rule(subject, movers), *_entities(subject), *_not_computed(subject)]


def _unscored(subject: Subject, movers: Sequence[fi.Mover]) -> list[str]:
    """What published tiers alone cannot tell."""
    n, distinct = len(subject.alternatives), subject.distinct
    texts = [f"It uses no scores, only the published tiers: {subject.noun.count(n)}, {_distinct(distinct)}."]
    if distinct < n:
        texts[0] += (
            " Those that share a belief have the same answer, stated once: under the run's own prior nothing tells "
            "them apart. A difference would need scores or further facts."
        )
    error = next((m for m in movers if m.key == "second_panel.reference_sd"), None)
    if error is not None and error.basis == "assumption":
        texts.append("It does not know how far a second panel would differ: the size of its errors is an assumption.")
    texts.append(
        "It does not count as a result that every published tier comes back when its fitting scores are sorted again "
        "by the same rule: that is by construction."
    )
    return texts


def _open_rule(subject: Subject, movers: Sequence[fi.Mover]) -> list[str]:
    """How much of the rule is not stated by the source."""
    own = f"rules.{subject.results.attributes.get('rule', '')}."
    n = sum(m.key.startswith(own) and m.basis in ("derived", "assumption", "value-judgement") for m in movers)
    verb = "number of the rule is" if n == 1 else "numbers of the rule are"
    return [f"It does not know the whole rule: {n} {verb} derived or assumed, not stated by the source."] if n else []


def _scored(subject: Subject) -> list[str]:
    """What a panel's scores cannot tell."""
    n, distinct = len(subject.alternatives), subject.distinct
    if distinct == n:
        return []
    return [
        f"The scores are equal for some: {subject.noun.count(n)} have {_distinct(distinct)}, and equal beliefs equal "
        "answers."
    ]


def _entities(subject: Subject) -> list[str]:
    n = subject.problem.sizes.get("entity", 0)
    if not n:
        return []
    which = "The named entity inside an" if n == 1 else f"The {n} named entities inside"
    return [
        f"{which} {subject.noun.one if n == 1 else subject.noun.many} {'has' if n == 1 else 'have'} no answer of their "
        "own."
    ]


def _distinct(n: int) -> str:
    return "one distinct belief" if n == 1 else f"{n} distinct beliefs"


def _not_computed(subject: Subject) -> list[str]:
    """Analyses that were declined, with the reason."""
    out = []
    for group in subject.results:
        if reason := str(subject.results[group].attrs.get("declined", "")):
            out.append(f"Not computed in {group}: {named(reason, 400)}.")
    return out
