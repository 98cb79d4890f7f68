"""What is wrong with an experiment's joint statements, its sizes of samples, and the members of its rule's factors."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Any

from mcda.errors import Mistake, Mistakes, did_you_mean
from mcda.files.crosscheck import repeated
from mcda.files.document import Document, KeyPath
from mcda.files.models import ExperimentFile, StatementModel
from mcda.problem import Problem

__all__ = ["sampling_mistakes", "statement_mistakes"]

#: Of each kind of statement the keys that belong to it, and those of them that it needs.
PARTS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "stricter": (frozenset(), frozenset()),
    "exactly": (frozenset({"tier"}), frozenset({"tier"})),
    "all_of": (frozenset({"tiers"}), frozenset({"tiers"})),
    "number_in": (frozenset({"at_least", "at_most"}), frozenset()),
}


def statement_mistakes(model: ExperimentFile, problem: Problem, document: Document) -> Mistakes:
    """Return what is wrong with the statements: none or two in one, names that are not there, bounds that cross."""
    found = Mistakes()
    for i, said in enumerate(model.statements):
        at, given = ("statements", i), said.model_dump(exclude_none=True)
        kinds = [kind for kind in PARTS if kind in given]
        if len(kinds) == 1:
            found += _parts(kinds[0], given, document, at)
            found += _names(given, problem, document, at)
            found += _bounds(said, problem, document, at)
        else:
            what = f"says {' and '.join(kinds)} at once" if kinds else "says nothing"
            found.append(document.mistake(at, what, f"one of {', '.join(PARTS)}"))
    return found


def _parts(kind: str, given: Collection[str], document: Document, at: KeyPath) -> Iterator[Mistake]:
    takes, needs = PARTS[kind]
    for key in sorted(set(given) - takes - {kind}):
        yield document.mistake((*at, key), f"does not belong to {kind}", ", ".join(sorted(takes)) or f"{kind} alone")
    for key in sorted(needs - set(given)):
        yield document.mistake(at, f"{kind} lacks `{key}`", f"{kind} with `{key}`")


def _names(given: dict[str, Any], problem: Problem, document: Document, at: KeyPath) -> Mistakes:
    ids = [a.id for a in problem.alternatives]
    found = Mistakes()
    for key in ("stricter", "exactly", "all_of"):
        listed = given.get(key, ())
        for k, name in enumerate(listed):
            if name not in ids:
                what = f"no alternative is named '{name}'{did_you_mean(name, ids)}"
                allowed = ", ".join(ids) if len(ids) <= 12 else f"one of the problem's {len(ids)}"
                found.append(document.mistake((*at, key, k), what, allowed))
        found += repeated(document, (*at, key), listed)
    return found


def _bounds(said: StatementModel, problem: Problem, document: Document, at: KeyPath) -> Iterator[Mistake]:
    top, most = len(problem.tiers), len(problem.alternatives)
    named = {"tier": [said.tier] if said.tier else [], "tiers": said.tiers or [], "number_in": said.number_in or []}
    for key, tiers in named.items():
        if key != "tier":
            yield from repeated(document, (*at, key), tiers)
        for tier in tiers:
            if tier > top:
                yield document.mistake((*at, key), f"there is no tier {tier}", f"1 to {top}")
    low, high = said.at_least or 0, most if said.at_most is None else said.at_most
    if low > min(high, most):
        yield document.mistake((*at, "at_least"), f"can't be (got {low})", f"0 to {min(high, most)}")


def sampling_mistakes(model: ExperimentFile, problem: Problem, document: Document) -> Mistakes:
    """Return what is wrong with sizes and loadings that don't rise, with points, and with the rule's factors."""
    found = Mistakes()
    if model.sampling is not None:
        found += _falling(document, ("sampling", "sizes"), model.sampling.sizes)
        if (n := model.sampling.points) & (n - 1):
            found.append(document.mistake(("sampling", "points"), f"is no power of two (got {n})", "64, 128, 256, ..."))
    if model.dependence is not None:
        found += _falling(document, ("dependence", "loadings"), model.dependence.loadings)
    return Mistakes([*found, *_family(model, problem, document)])


def _family(model: ExperimentFile, problem: Problem, document: Document) -> Iterator[Mistake]:
    """Weights without the experiment's own rule, and shifts that stand twice or have no 0."""
    if (asked := model.rule_uncertainty) is None:
        return
    own = model.rule or problem.reference
    if own not in asked.weights:
        at = ("rule_uncertainty", "weights")
        yield document.mistake(at, f"leave out the experiment's own rule '{own}'", f"a weight for {own} too")
    if asked.cuts is not None:
        at, shifts = ("rule_uncertainty", "cuts"), [member.shift for member in asked.cuts]
        yield from repeated(document, at, shifts, "shift")
        if 0 not in shifts:
            allowed = "a member with shift 0, which is the rule's own cuts"
            yield document.mistake(at, "have no member without a shift", allowed)


def _falling(document: Document, at: KeyPath, values: Sequence[float]) -> Iterator[Mistake]:
    if any(b <= a for a, b in pairwise(values)):
        what = f"do not rise (got {', '.join(f'{v:g}' for v in values[:12])})"
        yield document.mistake(at, what, "rising numbers, no two equal")
