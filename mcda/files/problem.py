"""From problem files to a :class:`~mcda.problem.Problem`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from mcda.errors import InvalidFile, McdaError, Mistake, UsageError, did_you_mean
from mcda.files.basis import Number, collect_numbers
from mcda.files.checking import validate
from mcda.files.document import Document, read_document
from mcda.files.models import AlternativesFile, CatalogueFile, ProblemFile, RuleModel
from mcda.files.shipped import find
from mcda.problem import Alternative, Criterion, Entity, Lattice, Problem, Tier
from mcda.rule import Bands, Rule, Split
from mcda.scores.priors import Prior

__all__ = ["Documents", "build_problem", "load_problem", "read_problem"]

#: The documents that a problem (and an experiment on it) was read from, by role.
Documents = dict[str, Document]

#: Keys whose numbers say where something stands or how to compute, not what is true.
STRUCTURAL = ("place", "run")


def load_problem(source: str | Path) -> Problem:
    """Return a problem from a file, or a shipped one by name.

    Errors: :class:`~mcda.errors.InvalidFile` with all mistakes of the files; :class:`UsageError` for an unknown name.
    """
    return build_problem(read_problem(source))


def read_problem(source: str | Path, *, beside: Path | None = None) -> Documents:
    """Read a problem's files (itself, its alternatives, its catalogue) without building it."""
    path = find("problem", str(source), beside=beside)
    documents = {"problem": read_document(path)}
    for role in ("alternatives", "catalogue"):
        name = documents["problem"].data.get(f"{role}_from")
        if isinstance(name, str):
            documents[role] = read_document(_inside(documents["problem"], path, f"{role}_from", name))
    return documents


def _inside(document: Document, path: Path, key: str, name: str) -> Path:
    """A file that another names must lie in the same folder or below."""
    folder = path.parent.resolve()
    target = (folder / name).resolve()
    if not target.is_relative_to(folder):
        allowed = "a file in the same folder or below it"
        raise InvalidFile([document.mistake((key,), f"'{name}' lies outside the folder of this file", allowed)])
    if not target.is_file():
        raise InvalidFile([document.mistake((key,), f"no file '{name}'", "a file that exists, relative to this one")])
    return path.parent / name


def numbers_of(documents: Documents) -> tuple[Number, ...]:
    """Return every number of the documents with its basis; :class:`InvalidFile` for those that have none."""
    numbers: list[Number] = []
    mistakes: list[Mistake] = []
    for document in documents.values():
        found, wrong = collect_numbers(document, exempt=(("run",),), structural_keys=STRUCTURAL)
        numbers += found
        mistakes += wrong
    if mistakes:
        raise InvalidFile(mistakes)
    return tuple(numbers)


def build_problem(documents: Documents) -> Problem:
    """Build a problem from its documents; all mistakes are raised together."""
    problem = documents["problem"]
    model = validate(ProblemFile, problem)
    listed: Any = model
    if "alternatives" in documents:
        listed = validate(AlternativesFile, documents["alternatives"])
    if "catalogue" in documents:
        validate(CatalogueFile, documents["catalogue"])
    numbers = numbers_of({role: d for role, d in documents.items() if role in ("problem", "alternatives", "catalogue")})
    mistakes = [*_cross_check(model, listed, documents)]
    rules = _rules(model, problem, mistakes)
    if mistakes:
        raise InvalidFile(mistakes)
    try:
        return _assembled(model, listed, rules, numbers, documents)
    except UsageError as reason:
        raise InvalidFile([problem.mistake((), str(reason), "see docs/files.md")]) from reason


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
        priors=_priors(model),
        default_spread=exact(spread),
        entities=tuple(Entity(e.id, e.label, e.parent, e.tier, _place(e.place)) for e in listed.entities),
        numbers=numbers,
        catalogue={**catalogue, "untiered": [u.model_dump() for u in getattr(listed, "untiered", [])]},
        citation=model.citation or "",
        as_of=model.as_of,
        notes=tuple(model.notes),
    )


def exact(value: float | int | str) -> Fraction:
    """Return the decimal number or fraction that was written, not the nearest binary one."""
    return Fraction(str(value))


def _place(place: Any) -> str:
    """A place in the source, in words."""
    if not isinstance(place, Mapping):
        return str(place or "")
    words = [str(place[key]) for key in ("list", "heading") if key in place]
    words += [f"bullet {place['bullet']}"] if "bullet" in place else []
    words += [f"part {place['part']} of {place['parts']}"] if place.get("parts", 1) != 1 else []
    return ", ".join(words)


def _alternative(a: Any) -> Alternative:
    article = a.article
    return Alternative(
        a.id, a.label, a.tier, a.sector or "", a.kind,
        article.corrected if article else "", article.as_printed if article else "",
        _place(a.place), a.paraphrase, (*a.notes, *([article.note] if article and article.note else [])),
    )  # fmt: skip


def _priors(model: ProblemFile) -> dict[str, Prior]:
    ids = [c.id for c in model.criteria]
    found = {"uniform": Prior("uniform", "uniform")}
    for name, p in model.priors.items():
        means = {s: {c: float(row[c]) for c in ids if c in row} for s, row in (p.means or {}).items()}
        found[name] = Prior(name, p.kind, p.mean, p.concentration, means)
    return found


# -- cross checks ------------------------------------------------------------------------------------------------------


def _cross_check(model: ProblemFile, listed: Any, documents: Documents) -> list[Mistake]:
    """What one value alone can't show: duplicates, unknown names, tiers out of range."""
    source = documents.get("alternatives", documents["problem"])
    if listed.alternatives is None:
        allowed = "a list `alternatives`, or `alternatives_from: FILE`"
        return [documents["problem"].mistake((), "there are no alternatives", allowed)]
    mistakes = [
        *_duplicates(documents["problem"], "criteria", [c.id for c in model.criteria]),
        *_duplicates(source, "alternatives", [a.id for a in listed.alternatives]),
        *_duplicates(source, "entities", [e.id for e in listed.entities]),
        *_tiers_in_order(model, documents["problem"]),
    ]
    names = [a.id for a in listed.alternatives]
    for i, entity in enumerate(listed.entities):
        if entity.parent not in names:
            near = did_you_mean(entity.parent, names)
            path = ("entities", i, "parent")
            mistakes.append(source.mistake(path, f"no alternative '{entity.parent}'{near}", "an alternative's id"))
    for key in ("alternatives", "entities"):
        mistakes += _tier_and_sector(model, source, key, getattr(listed, key))
    if model.scale.low >= model.scale.high:
        path = ("scale", "high")
        mistakes.append(documents["problem"].mistake(path, "high is not above low", "a number above scale.low"))
    return mistakes


def _duplicates(document: Document, key: str, ids: Sequence[str]) -> list[Mistake]:
    first: dict[str, int] = {}
    found = []
    for i, one in enumerate(ids):
        if one in first:
            line = document.line((key, first[one], "id"))
            found.append(document.mistake((key, i, "id"), f"the id '{one}' stands twice (first in line {line})", "unique ids"))
        first.setdefault(one, i)
    return found


def _tiers_in_order(model: ProblemFile, document: Document) -> list[Mistake]:
    inside = [t.in_roadmap for t in model.tiers]
    if inside == sorted(inside, reverse=True) and any(inside):
        return []
    return [document.mistake(("tiers",), "tiers inside the Roadmap must come first", "in_roadmap true, then false")]


def _tier_and_sector(model: ProblemFile, document: Document, key: str, items: Sequence[Any]) -> list[Mistake]:
    found = []
    for i, item in enumerate(items):
        if item.tier is not None and item.tier > len(model.tiers):
            path = (key, i, "tier")
            found.append(document.mistake(path, f"there is no tier {item.tier}", f"1 to {len(model.tiers)}"))
        if item.sector and model.sectors and item.sector not in model.sectors:
            near = did_you_mean(item.sector, model.sectors)
            allowed = ", ".join(model.sectors)
            found.append(document.mistake((key, i, "sector"), f"no sector '{item.sector}'{near}", allowed))
    return found


# -- rules -------------------------------------------------------------------------------------------------------------


def _rules(model: ProblemFile, document: Document, mistakes: list[Mistake]) -> dict[str, Rule]:
    """Build all rules that can be built; note what is wrong with the others."""
    found: dict[str, Rule] = {}
    for name in model.rules:
        try:
            found[name] = _rule(name, _resolved(name, model.rules), model)
        except McdaError as reason:
            what = str(reason).removeprefix(f"rule '{name}': ")
            mistakes.append(document.mistake(("rules", name), what, "see docs/method.md, the rule family"))
    if model.reference_rule not in model.rules:
        near = did_you_mean(model.reference_rule, model.rules)
        what = f"no rule is named '{model.reference_rule}'{near}"
        mistakes.append(document.mistake(("reference_rule",), what, ", ".join(model.rules)))
    if model.scale.low <= 0:
        for name, rule in found.items():
            if rule.form == "ratio":
                what = f"the form ratio divides by the counterweight, which can be {model.scale.low}"
                mistakes.append(document.mistake(("rules", name, "form"), what, "a scale above 0, or another form"))
    return found


def _resolved(name: str, rules: Mapping[str, RuleModel], seen: tuple[str, ...] = ()) -> dict[str, Any]:
    """The parameters of a rule, those of the rule it is like filled in."""
    if name not in rules:
        raise UsageError(f"like: no rule is named '{name}'{did_you_mean(name, rules)}")
    if name in seen:
        raise UsageError(f"like: {' -> '.join((*seen, name))} goes in a circle")
    own = rules[name].model_dump(exclude_none=True, exclude={"basis", "range", "citation", "note", "about"})
    like = own.pop("like", None)
    base = _resolved(like, rules, (*seen, name)) if like else {}
    if own.get("form") in ("grid", "lexicographic"):
        base.pop("cuts", None)  # banded forms take no cuts
    return {**base, **own}


def _rule(name: str, given: dict[str, Any], model: ProblemFile) -> Rule:
    roles = tuple(c.role for c in model.criteria)
    split, bands, weights = given.get("outside_split"), given.get("bands"), given.get("weights")
    inside = sum(t.in_roadmap for t in model.tiers)
    return Rule(
        name=name,
        roles=roles,
        inside=inside,
        outside=len(model.tiers) - inside,
        cuts=_exact(given.get("cuts", ())),
        split=Split(split["by"], _exact(split["cuts"])) if split else None,
        form=given.get("form", "difference"),
        reading=given.get("reading", "footnote"),
        zero=given.get("zero", "outside"),
        tie=given.get("tie", "smaller"),
        veto=exact(given["veto"]) if "veto" in given else None,
        weights=_weights(weights, model) if weights else (),
        bands=_bands(bands) if bands else None,
    )


def _exact(values: Sequence[Any]) -> tuple[Fraction, ...]:
    return tuple(exact(v) for v in values)


def _weights(weights: Mapping[str, Any], model: ProblemFile) -> tuple[Fraction, ...]:
    ids = [c.id for c in model.criteria]
    for name in weights:
        if name not in ids:
            raise UsageError(f"weights: no criterion '{name}'{did_you_mean(name, ids)}")
    return tuple(exact(weights.get(c, 1)) for c in ids)


def _bands(bands: Mapping[str, Any]) -> Bands:
    table = tuple(tuple(row) for row in bands["table"])
    return Bands(_exact(bands["composite"]), _exact(bands["counterweight"]), table)
