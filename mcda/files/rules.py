"""From the rules and priors of a problem file to domain objects, every flaw at its own key and line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, get_args

from mcda.errors import Mistakes, UsageError, did_you_mean
from mcda.files.document import Document
from mcda.files.models import PriorModel, ProblemFile, RuleModel
from mcda.rule import Bands, Flaw, Meaningless, Role, Rule, Split
from mcda.scores.priors import Prior

__all__ = ["build_own_rules", "build_priors", "build_rules", "exact", "prior_mistakes"]

Flaws = dict[str, Sequence[Flaw]]


def exact(value: float | int | str) -> Fraction:
    """Return the decimal number or fraction that was written, not the nearest binary one."""
    return Fraction(str(value))


# -- rules -------------------------------------------------------------------------------------------------------------


def build_rules(model: ProblemFile, document: Document) -> dict[str, Rule]:
    """Return all rules of a problem file by name; :class:`InvalidFile` with what is wrong with any of them."""
    found, mistakes = _built(model.rules, model.rules, model, document)
    if model.reference_rule not in model.rules:
        near = did_you_mean(model.reference_rule, model.rules)
        what = f"no rule is named '{model.reference_rule}'{near}"
        mistakes.append(document.mistake(("reference_rule",), what, ", ".join(model.rules)))
    mistakes.stop()
    return found


def build_own_rules(own: Mapping[str, RuleModel], model: ProblemFile, document: Document) -> dict[str, Rule]:
    """Return an experiment's own rules by name, which may be like the problem's; :class:`InvalidFile` as above."""
    found, mistakes = _built(own, {**own, **model.rules}, model, document)
    for name in own:
        if name in model.rules:
            what = f"problem '{model.id}' has a rule of that name"
            mistakes.append(document.mistake(("rules", name), what, "another name, and `like` to vary the problem's"))
    mistakes.stop()
    return found


def _built(
    own: Mapping[str, RuleModel], every: Mapping[str, RuleModel], model: ProblemFile, document: Document
) -> tuple[dict[str, Rule], Mistakes]:
    """The rules `own` of a document, each perhaps like one of `every`, and what is wrong with them."""
    found: dict[str, Rule] = {}
    flaws: Flaws = {}
    for name in own if criteria_flaw(model) is None else ():
        try:
            rule = found[name] = _rule(name, _resolved(name, every), model)
            flaws[name] = _flaws_on_scale(rule, model)
        except Meaningless as reason:
            flaws[name] = reason.flaws
    mistakes = Mistakes()
    for name, of_rule in flaws.items():
        for flaw in of_rule:
            if not _is_inherited(flaw, own[name], flaws):
                mistakes.append(document.mistake(("rules", name, *flaw.key.split(".")), flaw.what, flaw.allowed))
    return found, mistakes


def criteria_flaw(model: ProblemFile) -> Flaw | None:
    """Return why no rule can work on these criteria, or None."""
    roles = [c.role for c in model.criteria]
    if roles.count("counterweight") > 1:
        return Flaw("criteria", "more than one criterion is the counterweight", "one counterweight, or none")
    if set(roles) <= {"counterweight"}:
        return Flaw("criteria", "no criterion is against or for", f"the roles {', '.join(get_args(Role))}")
    return None


def _is_inherited(flaw: Flaw, own: RuleModel, flaws: Flaws) -> bool:
    """Whether a flaw is only that of the rule it is like, which is told there."""
    return flaw.key.partition(".")[0] not in own.model_fields_set and flaw in flaws.get(own.like or "", ())


def _flaws_on_scale(rule: Rule, model: ProblemFile) -> list[Flaw]:
    low, high = model.scale.low, model.scale.high
    found = []
    if rule.form == "ratio" and low <= 0:
        what = f"the form ratio divides by the counterweight, which can be {low}"
        found.append(Flaw("form", what, "a scale above 0, or another form"))
    if rule.veto is not None and not low < rule.veto <= high:
        what = f"a veto at {rule.veto} holds for every score, or for none"
        found.append(Flaw("veto", what, f"a number above {low} and at most {high}"))
    return found


def _resolved(name: str, rules: Mapping[str, RuleModel], seen: tuple[str, ...] = ()) -> dict[str, Any]:
    """The parameters of a rule, those of the rule it is like filled in."""
    if name in seen:
        raise Meaningless("like", f"goes in a circle: {' -> '.join((*seen, name))}", "a rule that is not like this one")
    own = rules[name].model_dump(exclude_none=True, exclude={"basis", "range", "citation", "note", "about"})
    like = own.pop("like", None)
    if like is not None and like not in rules:
        raise Meaningless("like", f"no rule is named '{like}'{did_you_mean(like, rules)}", ", ".join(rules))
    base = _resolved(like, rules, (*seen, name)) if like else {}
    if own.get("form") in ("grid", "lexicographic"):
        base.pop("cuts", None)  # banded forms take no cuts
    return {**base, **own}


def _rule(name: str, given: dict[str, Any], model: ProblemFile) -> Rule:
    split, bands, weights = given.get("outside_split"), given.get("bands"), given.get("weights")
    inside = sum(t.in_roadmap for t in model.tiers)
    return Rule(
        name=name,
        roles=tuple(c.role for c in model.criteria),
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
            what = f"no criterion is named '{name}'{did_you_mean(name, ids)}"
            raise Meaningless(f"weights.{name}", what, ", ".join(ids))
    return tuple(exact(weights.get(c, 1)) for c in ids)


def _bands(bands: Mapping[str, Any]) -> Bands:
    table = tuple(tuple(row) for row in bands["table"])
    return Bands(_exact(bands["composite"]), _exact(bands["counterweight"]), table)


# -- priors ------------------------------------------------------------------------------------------------------------


def build_priors(model: ProblemFile) -> dict[str, Prior]:
    """Return the priors of a problem file by name; `uniform` is always there."""
    return {"uniform": Prior("uniform", "uniform"), **{name: _prior(name, p) for name, p in model.priors.items()}}


def _prior(name: str, p: PriorModel) -> Prior:
    means = {sector: {c: float(mean) for c, mean in row.items()} for sector, row in (p.means or {}).items()}
    return Prior(name, p.kind, p.mean, p.concentration, means)


_NUMBERS = {
    "uniform": "a prior of kind uniform with no numbers",
    "beta-binomial": "mean and concentration",
    "by-sector": "mean, concentration and means by sector and criterion",
}


def prior_mistakes(model: ProblemFile, document: Document) -> Mistakes:
    """Return what is wrong with the priors of a problem file: what one value alone can't show."""
    found = Mistakes()
    for name, p in model.priors.items():
        try:
            _prior(name, p)
        except UsageError as reason:
            what = str(reason).removeprefix(f"prior '{name}': ")
            found.append(document.mistake(("priors", name), what, _NUMBERS[p.kind]))
        if name == "uniform" and p.kind != "uniform":
            what = "the prior `uniform` is built in"
            found.append(document.mistake(("priors", name), what, "another name"))
        found += _mean_mistakes(model, document, name, p)
    return found


def _mean_mistakes(model: ProblemFile, document: Document, name: str, p: PriorModel) -> Mistakes:
    found = Mistakes()
    low, high, ids = model.scale.low, model.scale.high, [c.id for c in model.criteria]
    means = {("means", s, c): mean for s, row in (p.means or {}).items() for c, mean in row.items()}
    for where, mean in [(("mean",), p.mean), *means.items()]:
        if mean is not None and not low <= mean <= high:
            what = f"is off the scale (got {mean})"
            found.append(document.mistake(("priors", name, *where), what, f"{low} to {high}"))
    for _, sector, criterion in means:
        if criterion not in ids:
            what = f"no criterion is named '{criterion}'{did_you_mean(criterion, ids)}"
            found.append(document.mistake(("priors", name, "means", sector, criterion), what, ", ".join(ids)))
    for sector in p.means or {}:
        if model.sectors and sector not in model.sectors:
            what = f"no sector is named '{sector}'{did_you_mean(sector, model.sectors)}"
            found.append(document.mistake(("priors", name, "means", sector), what, ", ".join(model.sectors)))
    return found
