"""What one value alone can't show: duplicates, unknown names, tiers and numbers out of the problem's range."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mcda.errors import MAX_TOLD, Mistakes, did_you_mean
from mcda.files.document import Document, KeyPath
from mcda.files.models import ProblemFile
from mcda.files.rules import criteria_flaw, prior_mistakes

__all__ = ["MAX_STEPS", "cross_check", "listed_mistakes", "repeated"]

#: Whole points between the ends of a scale, at most: results over levels are tables, and tables have an end.
MAX_STEPS = 100


def cross_check(model: ProblemFile, document: Document, alternatives: Document | None, listed: Any) -> Mistakes:
    """Return what is wrong with the parts of a problem together.

    `listed` is the model that has the alternatives and entities: of the file `alternatives`, or the problem's own; None
    where it was refused.
    """
    mistakes = Mistakes([
        *repeated(document, ("criteria",), [c.id for c in model.criteria], "id"),
        *_criteria(model, document),
        *_scale(model, document),
        *_tiers_in_order(model, document),
        *prior_mistakes(model, document),
    ])  # fmt: skip
    if alternatives is not None:
        mistakes += _said_twice(model, document)
    elif not model.alternatives and model.alternatives_from is None:
        allowed = "a list `alternatives` of at least 1, or `alternatives_from: FILE`"
        mistakes.append(document.mistake(("alternatives",), "there are no alternatives", allowed))
    if listed is not None and listed.alternatives:
        source = alternatives or document
        mistakes += listed_mistakes(listed, source)
        for key in ("alternatives", "entities"):
            mistakes += _tier_and_sector(model, source, key, getattr(listed, key))
    return mistakes


def listed_mistakes(listed: Any, source: Document) -> Mistakes:
    """Return what is wrong with alternatives and entities, whatever problem they belong to."""
    names = [a.id for a in listed.alternatives]
    mistakes = Mistakes([
        *repeated(source, ("alternatives",), names, "id"),
        *repeated(source, ("entities",), [e.id for e in listed.entities], "id"),
    ])  # fmt: skip
    for i, entity in enumerate(listed.entities):
        if entity.parent not in names:
            near = did_you_mean(entity.parent, names) if len(mistakes) < MAX_TOLD else ""  # it takes its time
            path = ("entities", i, "parent")
            mistakes.append(source.mistake(path, f"no alternative '{entity.parent}'{near}", "an alternative's id"))
    return mistakes


def repeated(document: Document, at: KeyPath, ids: Sequence[Any], key: str = "") -> Mistakes:
    """Return a mistake for each item of the list `at` that stands there before; `key` is where an item has its id."""
    first: dict[Any, int] = {}
    found = Mistakes()
    below = (key,) if key else ()
    for i, one in enumerate(ids):
        if one in first:
            line = document.line((*at, first[one], *below))
            what = f"{f'the {key} ' if key else ''}'{one}' stands twice (first in line {line})"
            found.append(document.mistake((*at, i, *below), what, "each once"))
        first.setdefault(one, i)
    return found


def _criteria(model: ProblemFile, document: Document) -> Mistakes:
    flaw = criteria_flaw(model)
    return Mistakes([document.mistake((flaw.key,), flaw.what, flaw.allowed)] if flaw else [])


def _scale(model: ProblemFile, document: Document) -> Mistakes:
    found = Mistakes()
    low, high = model.scale.low, model.scale.high
    if low >= high:
        found.append(document.mistake(("scale", "high"), "high is not above low", "a number above scale.low"))
    elif high - low > MAX_STEPS:
        what = f"is {high - low} points above low"
        found.append(document.mistake(("scale", "high"), what, f"at most {MAX_STEPS} points; use coarser points"))
    elif model.default_spread and model.default_spread.value > high - low:
        what = f"is longer than the scale (got {model.default_spread.value:g})"
        found.append(document.mistake(("default_spread", "value"), what, f"0 to {high - low}"))
    return found


def _tiers_in_order(model: ProblemFile, document: Document) -> Mistakes:
    inside = [t.in_roadmap for t in model.tiers]
    if inside == sorted(inside, reverse=True) and any(inside):
        return Mistakes()
    what = "tiers inside the Roadmap must come first, and there must be one"
    return Mistakes([document.mistake(("tiers",), what, "in_roadmap true, then false")])


def _said_twice(model: ProblemFile, document: Document) -> Mistakes:
    """Alternatives in the problem file itself, though it names a file for them."""
    return Mistakes(
        document.mistake((key,), f"stands beside alternatives_from, whose file has the {key}", "one of the two")
        for key in ("alternatives", "entities")
        if key in model.model_fields_set
    )


def _tier_and_sector(model: ProblemFile, document: Document, key: str, items: Sequence[Any]) -> Mistakes:
    found = Mistakes()
    for i, item in enumerate(items):
        if item.tier is not None and item.tier > len(model.tiers):
            path = (key, i, "tier")
            found.append(document.mistake(path, f"there is no tier {item.tier}", f"1 to {len(model.tiers)}"))
        if item.sector and model.sectors and item.sector not in model.sectors:
            near = did_you_mean(item.sector, model.sectors)
            allowed = ", ".join(model.sectors)
            found.append(document.mistake((key, i, "sector"), f"no sector '{item.sector}'{near}", allowed))
    return found
