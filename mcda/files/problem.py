"""From problem files to a :class:`~mcda.problem.Problem`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from mcda.errors import InvalidFile, Mistakes, UsageError, did_you_mean
from mcda.files.basis import Number, collect_numbers
from mcda.files.checking import validate_file
from mcda.files.crosscheck import cross_check, listed_mistakes
from mcda.files.document import Document, read_document, shown
from mcda.files.models import AlternativesFile, CatalogueFile, ProblemFile
from mcda.files.rules import build_priors, build_rules, exact
from mcda.files.shipped import find
from mcda.problem import Alternative, Criterion, Entity, Lattice, Problem, Tier
from mcda.rule import Rule

__all__ = [
    "Documents", "build_problem", "check_catalogue", "check_listed", "load_problem", "numbers_of", "read_problem",
]  # fmt: skip

#: The documents that a problem (and an experiment on it) was read from, by role.
Documents = dict[str, Document]

#: Parts of files whose numbers say how to compute, not what is true.
_EXEMPT = (("run",), ("sampling",), ("statements",))
#: Keys whose numbers say where something stands or how to compute, not what is true.
STRUCTURAL = ("place", "run", "paths", "budget", "signposts", "keep_paths")


def load_problem(source: str | Path) -> Problem:
    """Return a problem from a file, or a shipped one by name.

    Errors: :class:`~mcda.errors.InvalidFile` with all mistakes of the files; :class:`UsageError` for an unknown name.
    """
    return build_problem(read_problem(source))


def read_problem(source: str | Path, *, beside: Path | None = None) -> Documents:
    """Read a problem's files (itself, its alternatives, its catalogue) without building it."""
    path = find("problem", str(source), beside=beside)
    problem = read_document(path)
    documents = {"problem": problem}
    mistakes = Mistakes()
    for role in ("alternatives", "catalogue"):
        name = problem.data.get(f"{role}_from")
        if isinstance(name, str):
            found = mistakes.of(partial(_named_file, problem, path, f"{role}_from", name))
            documents.update({role: found} if found else {})
    if mistakes:
        mistakes.of(partial(validate_file, ProblemFile, problem))
    mistakes.stop()
    return documents


def _named_file(document: Document, path: Path, key: str, name: str) -> Document:
    """Read a file that another names; it must lie in the same folder or below."""
    allowed = "a file in the same folder as this one, or below it"
    folder, target = (os.path.realpath(p) for p in (path.parent, path.parent / name))
    if not Path(target).is_relative_to(folder):
        raise InvalidFile([document.mistake((key,), f"{shown(name)} lies outside the folder of this file", allowed)])
    if not os.path.lexists(path.parent / name):
        near = did_you_mean(name, sorted(other.name for other in path.parent.glob("*.yaml")))
        raise InvalidFile([document.mistake((key,), f"there is no file {shown(name)}{near}", allowed)])
    return read_document(path.parent / name)


def numbers_of(documents: Documents) -> tuple[Number, ...]:
    """Return every number of the documents with its basis; :class:`InvalidFile` for those that have none."""
    numbers: list[Number] = []
    mistakes = Mistakes()
    for document in documents.values():
        found, wrong = collect_numbers(document, exempt=_EXEMPT, structural_keys=STRUCTURAL)
        numbers += found
        mistakes += wrong
    mistakes.stop()
    return tuple(numbers)


def build_problem(documents: Documents) -> Problem:
    """Build a problem from its documents; all mistakes are raised together."""
    mistakes = Mistakes()
    document = documents["problem"]
    own = {role: d for role, d in documents.items() if role in ("problem", "alternatives", "catalogue")}
    model = mistakes.of(partial(validate_file, ProblemFile, document))
    listed: Any = model
    if "alternatives" in documents:
        listed = mistakes.of(partial(validate_file, AlternativesFile, documents["alternatives"]))
    if "catalogue" in documents:
        mistakes.of(partial(validate_file, CatalogueFile, documents["catalogue"]))
    bases = Mistakes()
    numbers = bases.of(partial(numbers_of, own))
    mistakes.also(bases)
    if model is not None:
        mistakes += cross_check(model, document, documents.get("alternatives"), listed)
    rules = None if model is None else mistakes.of(partial(build_rules, model, document))
    if mistakes or model is None or numbers is None or rules is None:
        raise InvalidFile(mistakes)
    try:
        return _assembled(model, listed, rules, numbers, documents)
    except UsageError as reason:
        raise InvalidFile([document.refusal((), reason)]) from reason


def check_listed(document: Document) -> None:
    """Check a file of alternatives by itself; :class:`InvalidFile` with its mistakes."""
    mistakes = Mistakes()
    listed = mistakes.of(partial(validate_file, AlternativesFile, document))
    bases = Mistakes()
    bases.of(partial(numbers_of, {"alternatives": document}))
    mistakes.also(bases)
    if listed is not None:
        mistakes += listed_mistakes(listed, document)
    mistakes.stop()


def check_catalogue(document: Document) -> None:
    """Check a catalogue by itself; :class:`InvalidFile` with its mistakes."""
    mistakes = Mistakes()
    mistakes.of(partial(validate_file, CatalogueFile, document))
    mistakes.of(partial(numbers_of, {"catalogue": document}))
    mistakes.stop()


def _assembled(
    model: ProblemFile, listed: Any, rules: dict[str, Rule], numbers: tuple[Number, ...], documents: Documents
) -> Problem:
    catalogue = documents["catalogue"].data if "catalogue" in documents else {}
    spread = model.default_spread.value if model.default_spread else 2
    return Problem(
        id=model.id,
        title=model.title,
        scale=Lattice(model.scale.low, model.scale.high),
        criteria=tuple(Criterion(c.id, c.label, c.role, c.question) for c in model.criteria),
        tiers=tuple(Tier(i + 1, t.label, t.in_roadmap, t.description) for i, t in enumerate(model.tiers)),
        alternatives=tuple(_alternative(a) for a in listed.alternatives),
        rules=rules,
        reference=model.reference_rule,
        priors=build_priors(model),
        default_spread=exact(spread),
        entities=tuple(Entity(e.id, e.label, e.parent, e.tier, _place(e.place)) for e in listed.entities),
        numbers=numbers,
        catalogue={**catalogue, "untiered": [u.model_dump() for u in getattr(listed, "untiered", [])]},
        citation=model.citation or "",
        as_of=model.as_of,
        noun=model.noun,
        notes=tuple(model.notes),
    )


def _place(place: Any) -> str:
    """A place in the source, in words."""
    if not isinstance(place, Mapping):
        return str(place or "")
    words = [str(place[key]) for key in ("list", "heading") if key in place]
    words += [f"bullet {place['bullet']}"] if "bullet" in place else []
    words += [f"part {place['part']} of {place['parts']}"] if "part" in place and place.get("parts", 1) != 1 else []
    return ", ".join(words)


def _alternative(a: Any) -> Alternative:
    article = a.article
    return Alternative(
        a.id, a.label, a.tier, a.sector or "", a.kind,
        article.corrected if article else "", article.as_printed if article else "",
        _place(a.place), a.paraphrase, (*a.notes, *([article.note] if article and article.note else [])),
    )  # fmt: skip
