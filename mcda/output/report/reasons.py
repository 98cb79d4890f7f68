"""Sentences on what moves a tier, what another rule or a shock would do to it, and what the answer rests on.

They belong to the report about published tiers; those on the register serve both kinds of report. See
:mod:`mcda.output.report.published`, which has the headline, for the rules that every sentence keeps.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from mcda.output.findings import EQUAL, CriterionFinding, Mover, RuleFinding, ShockFinding, TierFinding
from mcda.output.report.published import MANY, tier_name, tier_names
from mcda.output.subject import Subject
from mcda.output.wording import Span, listing, named, plain, points, probability, quantity

__all__ = [
    "CLASSES", "assumptions", "changes", "classes_of", "contaminated", "direction", "effects", "mover_name",
    "other_rules", "parameter", "rest_of_register", "shock_sentence", "single_scores", "small_changes",
]  # fmt: skip

#: A rule that keeps a tier with this probability keeps it often.
OFTEN = 0.9

#: Shares of the doubt that are nearer than this are not ranked.
NEAR = 0.05

#: Up to so many kinds of criteria (equal ones are one kind) each has a sentence.
CLASSES = 3


# -- criteria ----------------------------------------------------------------------------------------------------------


def effects(subject: Subject, found: Sequence[CriterionFinding], tiers: Sequence[int]) -> str:
    """Which criterion matters: equal ones are said to be equal, not ranked; others by tier."""
    classes = _alike(found)
    if not classes or not any(s is not None for c in classes for f in c for s in f.shapley):
        return ""
    if len(classes) == 1 and len(_ids(classes[0])) > 1:
        return (
            "All criteria carry equal shares of the doubt about the tier. The rule and the prior treat them alike, so "
            "the run does not rank them."
        )
    classes.sort(key=lambda c: (-len(_ids(c)), _ids(c)[0]))
    if len(classes) > CLASSES:
        return _leading(subject, found, tiers)
    parts = [_class_effect(subject, c, tiers, first=k == 0) for k, c in enumerate(classes)]
    return " ".join(part for part in parts if part)


def classes_of(found: Sequence[CriterionFinding]) -> int:
    """Return how many kinds of criteria there are, equal ones being one kind."""
    return len(_alike(found))


def _leading(subject: Subject, found: Sequence[CriterionFinding], tiers: Sequence[int]) -> str:
    """Where criteria differ: who carries most in each tier, or that none stands out."""
    share = "share of the doubt about the tier (Shapley effect, ordinal output)"
    hull = _hull(s for f in found for s in f.shapley)
    assert hull is not None
    if hull.high - hull.low < NEAR or len(tiers) > MANY:
        start = "No criterion stands out" if hull.high - hull.low < NEAR else "Criteria differ (tables/sensitivity.csv)"
        return f"{start}: each carries a {share} of {probability(hull)}."
    parts = []
    for k, t in enumerate(tiers):
        shares = [(s.middle, f.ids) for f in found if (s := f.shapley[k]) is not None]
        if shares:
            top, ids = max(shares, key=lambda pair: pair[0])
            parts.append(f"in {tier_name(subject, t)} {_criteria_names(subject, ids, 'or')} ({probability(top)})")
    return f"The largest {share} is carried {listing(parts)}; the table below has the others."


def _alike(found: Sequence[CriterionFinding]) -> list[list[CriterionFinding]]:
    """Criteria whose indices are equal in every column, whichever way they push."""
    classes: list[list[CriterionFinding]] = []
    for f in found:
        home = next((c for c in classes if _same_indices(c[0], f)), None)
        if home is None:
            classes.append([f])
        else:
            home.append(f)
    return classes


def _same_indices(one: CriterionFinding, other: CriterionFinding) -> bool:
    pairs = zip((*one.total, *one.shapley, *one.first), (*other.total, *other.shapley, *other.first), strict=True)
    return all(
        a is b is None or (a is not None and b is not None and max(abs(a.low - b.low), abs(a.high - b.high)) < EQUAL)
        for a, b in pairs
    )


def _ids(found: Iterable[CriterionFinding]) -> list[str]:
    return [i for f in found for i in f.ids]


def _criteria_names(subject: Subject, ids: Sequence[str], last: str = "and") -> str:
    return listing((named(subject.criteria[i], 40) for i in ids), last)


def _class_effect(subject: Subject, kind: Sequence[CriterionFinding], tiers: Sequence[int], *, first: bool) -> str:
    """One sentence about criteria of equal indices."""
    ids, spans = _ids(kind), kind[0].shapley
    hull = _hull(spans)
    if hull is None:
        return ""
    names = _names_or_but(subject, ids)
    share = "share of the doubt about the tier" + (" (Shapley effect, ordinal output)" if first else "")
    if len(ids) > 1:
        equal = f"{names} each carry the same {share}, {probability(hull)}{_across(tiers)}."
        return f"{equal} The rule and the prior treat them alike, so the run does not rank them."
    if len(tiers) > MANY or hull.one:
        return f"{names} carries {probability(hull)}."
    by_tier = [
        f"{probability(s)} in {tier_name(subject, t)}" for s, t in zip(spans, tiers, strict=True) if s is not None
    ]
    return f"{names} carries {listing(by_tier)}."


def _names_or_but(subject: Subject, ids: Sequence[str]) -> str:
    """The criteria's names; if they are nearly all, the names of the others."""
    others = [i for i in subject.criteria if i not in ids]
    if len(ids) > 3 and len(others) in (1, 2):
        return f"All criteria but {_criteria_names(subject, others)}"
    return _criteria_names(subject, ids)


def _across(tiers: Sequence[int]) -> str:
    return " by tier" if len(tiers) > 1 else ""


def _hull(spans: Iterable[Span | None]) -> Span | None:
    found = [s for s in spans if s is not None]
    return Span(min(s.low for s in found), max(s.high for s in found)) if found else None


def single_scores(found: Sequence[CriterionFinding], what: str = "new score") -> str:
    """How much one score alone settles, and how much one leaves open if all others are known."""
    first, total = _hull(s for f in found for s in f.first), _hull(s for f in found for s in f.total)
    if first is None or total is None:
        return ""
    together = (
        "No single score decides; they act together. " if first.high < 0.25 and total.high > 2 * first.high else ""
    )
    return (
        f"{together}Learning one {what} alone would settle at most {probability(first.high)} of the doubt; with all "
        f"others known, a single unknown one would leave up to {probability(total.high)} of it."
    )


def direction(subject: Subject, found: Sequence[CriterionFinding], what: str = "new score") -> str:
    """Which way a higher score pushes, on average."""
    ways = {push: _ids(f for f in found if f.push == push) for push in (1, -1, 0)}
    first, last = tier_name(subject, subject.tiers[0]), tier_name(subject, subject.tiers[-1])
    parts = [
        f"on {_criteria_names(subject, ids, 'or')} pushes {text}"
        for ids, text in ((ways[1], f"towards {last}"), (ways[-1], f"towards {first}"), (ways[0], "no one way")) if ids
    ]  # fmt: skip
    return f"On average a higher {what} {', one '.join(parts)}." if parts else ""


def small_changes(subject: Subject, found: Sequence[TierFinding]) -> str:
    """How small a change of scores is enough to change the tier."""
    near = {f.tier: f.near for f in found if f.near is not None}
    if not near:
        return ""
    low, high = min(near, key=lambda t: near[t].low), max(near, key=lambda t: near[t].high)
    shares = (
        f"{probability(near[low].low)} ({tier_name(subject, low)}) to {probability(near[high].high)} "
        f"({tier_name(subject, high)})"
    )
    if low == high or near[high].high - near[low].low < EQUAL:
        shares = probability(near[high].high)
    text = (
        f"Of the score vectors that fit a published tier, a share of {shares} can be moved to another tier by one "
        "point on one score."
    )
    median = _hull(f.median for f in found)
    across = " by tier" if median is not None and not median.one else ""
    return text + (
        f" The median smallest change that is enough is {points(median)}{across}." if median is not None else ""
    )


# -- rules and shocks --------------------------------------------------------------------------------------------------

_PARAMETERS = {
    "form": "form", "reading": "reading", "zero": "C = 0", "tie": "values on a cut", "cuts": "cuts",
    "outside_split": "outside tiers split by", "veto": "veto", "weights": "weights", "bands": "bands",
}  # fmt: skip


def other_rules(subject: Subject, found: Sequence[RuleFinding], tiers: Sequence[int]) -> str:
    """What other readings of the rule would change; the two that change most, and what sets them apart."""
    if not found:
        return ""
    n, kept = len(found), [f for f in found if f.lowest >= OFTEN]
    if n == 1:
        only = _rule_worst(subject, found[0], tiers)
        return (
            "Scores that fit a published tier get that tier under the other declared rule, too, with these "
            f"probabilities: {only}."
        )
    which = {0: f"None of the {n}", n: f"Each of the {n}"}.get(len(kept), f"{len(kept)} of the {n}")
    give = "gives" if len(kept) in (0, 1, n) else "give"
    text = (
        f"{which} other declared rules {give} every published tier, to the scores that fit it, with probability "
        f"{plain(OFTEN, 1)} or more."
    )
    worst = [_rule_worst(subject, f, tiers) for f in found[:2] if f.lowest < OFTEN]
    least = f" Published tiers are kept least by {listing(worst, 'and then by')}." if worst else ""
    best = found[-1]
    most = f" They are kept best by {_rule_worst(subject, best, tiers)}." if n > 2 and best.lowest < OFTEN else ""
    return text + least + most


def _rule_worst(subject: Subject, f: RuleFinding, tiers: Sequence[int]) -> str:
    low = min(range(len(tiers)), key=lambda k: f.keeps[k].low)
    high = max(range(len(tiers)), key=lambda k: f.keeps[k].high)
    if len(tiers) > 1 and f.keeps[high].high - f.keeps[low].low < EQUAL:
        where = f"{probability(f.keeps[low].low)} in every tier"
    else:
        where = f"{probability(f.keeps[low].low)} in {tier_name(subject, tiers[low])}"
    if f.keeps[high].high - f.keeps[low].low > EQUAL:
        where += f", up to {probability(f.keeps[high].high)} in {tier_name(subject, tiers[high])}"
    return f"'{named(f.name)}' ({where}{changes(f.changed)})"


def changes(changed: Mapping[str, tuple[str, str]]) -> str:
    """What sets a rule apart, as the end of a bracket: in the words of its author, or by its parameters."""
    if "about" in changed:
        return f"; {named(changed['about'][1].rstrip('. '), 200)}" if changed["about"][1] else ""
    parts = [
        f"{_PARAMETERS.get(k, named(k))} {parameter(theirs)} instead of {parameter(ours)}"
        for k, (ours, theirs) in changed.items()
    ]
    return f"; {'; '.join(parts)}" if parts else ""


_SPLITS = {"composite": "C", "balance": "the balance", "first": "the first criterion", "any": "any criterion against"}


def parameter(text: str) -> str:
    """A rule's parameter; a list of equal numbers is said once, and what splits the outside tiers in words."""
    by, colon, cuts = text.partition(": ")
    if colon and by in _SPLITS:
        return f"{_SPLITS[by]} at {cuts}"
    items = [item.strip() for item in text.split(",")]
    if len(items) > 2 and len(set(items)) == 1:
        return f"all {items[0]}"
    return named(text) or "none"


def shock_sentence(subject: Subject, found: Sequence[ShockFinding], tiers: Sequence[int]) -> str:
    """The shock under which the inside tiers (or all, if none is inside) hold least."""
    if not found:
        return ""
    columns = [k for k, t in enumerate(tiers) if t in subject.inside] or list(range(len(tiers)))
    worst = min(found, key=lambda f: sum(f.stands[k].middle for k in columns) / len(columns))
    hull = _hull(worst.stands[k] for k in columns)
    assert hull is not None
    which = tier_names(subject, [tiers[k] for k in columns])
    size = "the shock" if len(found) == 1 else f"the hardest of {len(found)} shocks,"
    most = f"{probability(hull.high)} at most" if hull.low < 0.005 < hull.high else probability(hull)
    out = _hull(worst.across[k] for k in columns) if subject.inside and subject.outside else None
    side = "outside" if tiers[columns[0]] in subject.inside else "inside"
    crossed = f" It would be {side} with probability {probability(out)}." if out is not None else ""
    return (
        f"Shocks move the same scores by a declared amount; they are not forecasts. After {size} "
        f"'{named(worst.label)}', the published tier would stand with probability {most} in {which}.{crossed}"
    )


# -- what it rests on --------------------------------------------------------------------------------------------------

_KEYS = {
    "second_panel.reference_sd": "the size of a second panel's errors, in points",
    "second_panel.ends": "what happens to scores beyond the ends of the scale",
    "rule": "the choice of the rule",
    "beliefs.prior": "the prior over scores",
    "beliefs.pool": "the way to pool the panel",
    "beliefs.spread": "the spread about an expert's score, in points",
    "default_spread.value": "the spread about a score that has none of its own, in points",
}  # fmt: skip


def mover_name(subject: Subject, key: str) -> str:
    """Return what a register's key means, in words where it is a known one."""
    return _KEYS.get(key) or _cut_name(subject, key) or f"'{named(key)}'"


def _cut_name(subject: Subject, key: str) -> str:
    """The two tiers that a cut lies between; '' for any other key."""
    found = re.fullmatch(r"rules\.([^.]+)\.(outside_split\.)?cuts\[([0-9]+)\]", key)
    if found is None:
        return ""
    above = int(found[3]) + 1 + (len(subject.inside) if found[2] else 0)
    if above not in subject.tiers or above + 1 not in subject.tiers:
        return ""
    own = found[1] == str(subject.results.attributes.get("rule"))
    between = f"the cut between {tier_names(subject, (above, above + 1))}"
    return between if own else f"{between} in the rule '{named(found[1])}'"


def assumptions(subject: Subject, found: Sequence[Mover]) -> str:
    """The three assumptions that move the answer most."""
    moving = [m for m in found if m.mean > EQUAL]
    if not moving:
        return "No number or choice with a declared range moves these probabilities." if found else ""
    parts = [f"{mover_name(subject, m.key)} ({plain(m.mean)} on average, {plain(m.top)} at most)" for m in moving[:3]]
    what = "published tier" if subject.published else "likeliest tier"
    how = {1: "One assumption moves", 2: "Two assumptions move", 3: "Three assumptions move"}[len(parts)]
    most = " most" if len(moving) > len(parts) else ""
    return f"{how} the probability that the {what} stands{most}: {listing(parts)}."


def rest_of_register(found: Sequence[Mover], shown: int) -> str:
    """What of the register the report's table leaves out."""
    moving = sum(m.mean > EQUAL for m in found)
    unused = sum(m.state.startswith("unused") or 0 <= m.mean <= EQUAL for m in found)
    fixed = sum(_entries(m) for m in found if m.mean != m.mean)
    parts = [
        f"{n} {text}"
        for n, text in ((moving - shown, "more move it less"), (unused, "do not move it"),
                        (fixed, "are stated without a range and were not varied")) if n > 0
    ]  # fmt: skip
    return f"Of the other numbers in the register, {listing(parts)} (tables/register.csv)." if parts else ""


def _entries(mover: Mover) -> int:
    """How many numbers a line stands for: those that a source states are grouped as '17 numbers'."""
    first = mover.key.split(" ")[0]
    return int(first) if first.isdigit() and mover.key.endswith(" numbers") else 1


def contaminated(subject: Subject, found: Sequence[TierFinding]) -> str:
    """How much of the belief would have to be wrong before another tier could be the likeliest."""
    lost = {f.tier: f.lost for f in found if f.lost is not None}
    if not lost:
        return ""
    share = min(span.low for span in lost.values())
    least = [t for t, span in lost.items() if span.low < share + EQUAL]
    where = f" (least in {tier_names(subject, least)})" if len(least) < len(lost) else ""
    return (
        "However the belief about a second panel's scores is wrong, another tier can become the likeliest only if a "
        f"share of {quantity(math.floor(share * 100) / 100, 2)} of it or more is wrong{where}."
    )
