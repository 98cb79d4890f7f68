"""Sentences of the memo about published tiers, and those that both kinds of memo share.

Every sentence is made from the numbers of :mod:`mcda.output.findings`, branches where its claim would not hold, and is
empty where the run has nothing to say. A number has as many digits as its range over the declared assumptions
supports. That a published tier comes back from its own rule is an identity, and is never said as a result.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from mcda.output.findings import (
    EQUAL, CriterionFinding, Mover, RuleFinding, ShockFinding, TierFinding, leaders, own_spread, verdict,
)  # fmt: skip
from mcda.output.subject import Subject
from mcda.output.wording import (
    Span, about, digits_for, listing, named, plain, points, probability, quantity,
)  # fmt: skip

__all__ = [
    "assumptions", "certainty", "changes", "contaminated", "crossing", "direction", "effects", "lead", "likeliest_other",
    "mover_name", "other_rules", "ranges", "rest_of_register", "shock_sentence", "single_scores", "small_changes",
    "surest", "tier_name", "tier_names", "varied_over", "verdicts",
]  # fmt: skip

#: More tiers than this are not listed in a sentence.
MANY = 6

#: A rule that keeps a tier with this probability keeps it often.
OFTEN = 0.9

#: Shares of the doubt that are nearer than this are not ranked.
NEAR = 0.05


_SELF_NAMED = re.compile(r"(tier|class|category|group|grade|level)\b", re.IGNORECASE)


def tier_names(subject: Subject, tiers: Iterable[int], last: str = "and") -> str:
    """Return the names of tiers, listed."""
    return listing((tier_name(subject, t) for t in tiers), last)


def tier_name(subject: Subject, tier: int) -> str:
    """Return a tier's name as sentences have it: in quotes, unless it says itself that it is a tier."""
    name = named(subject.tier_labels[tier], 30)
    return name if _SELF_NAMED.match(name) else f"'{name}'"


# -- the headline ------------------------------------------------------------------------------------------------------


def lead(subject: Subject, found: Sequence[TierFinding]) -> str:
    """The first sentence: what a second panel would do, by published tier."""
    sd = own_spread(subject)
    if sd == 0:
        return (
            "This run gives a second panel no error at all. The published tier then comes back by construction, which "
            "says nothing about how sure it is. An error above 0 (second_panel.reference_sd) would."
        )
    n = sum(f.count for f in found)
    suppose = (
        f"Suppose another panel scored the same {subject.noun.count(n)}, with errors of about {points(sd)} on each score."
    )
    return f"{suppose} The published tier would then come out again with probability {_by_tier(subject, found)}."


def _by_tier(subject: Subject, found: Sequence[TierFinding]) -> str:
    shown = found if len(found) <= MANY else [f for f in found if f.tier in _extremes(found)]
    parts = []
    for k, f in enumerate(shown):
        size = subject.noun.count(f.count) if k == 0 else str(f.count)
        parts.append(f"{_level(f.stands, f.varied)} in {tier_name(subject, f.tier)} ({size})")
    rest = "" if shown is found else ", the least and the most of all tiers (table 1)"
    if all(part.startswith("about ") for part in parts):
        parts[1:] = [part.removeprefix("about ") for part in parts[1:]]
    return listing(parts) + rest


def _extremes(found: Sequence[TierFinding]) -> set[int]:
    ordered = sorted(found, key=lambda f: f.stands.middle)
    return {ordered[0].tier, ordered[-1].tier}


def _level(value: Span, varied: Span | None) -> str:
    """A probability with the digits that its range supports; two numbers where alternatives differ by that much."""
    digits = digits_for(varied)
    low, high = about(value.low, digits), about(value.high, digits)
    return low if low == high else f"{low} to {high.removeprefix('about ')}"


def ranges(subject: Subject, found: Sequence[TierFinding], error: float, rule: Mover | None) -> str:
    """How exact the headline is, and how far it moves over the declared assumptions and rules."""
    said = certainty(error)
    spans = [f.varied for f in found if f.varied is not None]
    if not spans:
        return f"{said} The run did not vary its belief, so no range over assumptions can be given."
    hull = Span(min(s.low for s in spans), max(s.high for s in spans))
    where = " (table 1 has the range of each tier)" if len(found) > 1 else ""
    over = f"Over the declared assumptions ({varied_over(subject)}) they range from {probability(hull)}{where}."
    return f"{said} {over} {_over_rules(subject, rule)}".strip()


def certainty(error: float) -> str:
    """Sampling error, or that there is none given the assumptions: 'exact' never stands alone."""
    if error == 0:
        return "These probabilities are exact, given the assumptions."
    return f"Given the assumptions, the standard error of these probabilities is at most {quantity(error, 1)}."


def varied_over(subject: Subject) -> str:
    """What the belief was varied over: ``4 priors, errors from 0.5 to 2 points``."""
    priors, pools = subject.varied_coord("prior"), subject.varied_coord("setting")
    rules, spreads = subject.varied_coord("rule"), subject.varied_coord("spread")
    parts = [
        f"{len(values)} {one if len(values) == 1 else many}"
        for values, one, many in (
            (priors, "prior", "priors"), (pools, "way to pool the panel", "ways to pool the panel"), (rules, "rule", "rules"),
        )
        if values
    ]  # fmt: skip
    if spreads:
        what = "errors" if subject.published else "spreads"
        parts.append(f"{what} of {points(spreads[0])}" if len(spreads) == 1 else
                     f"{what} from {quantity(min(spreads))} to {points(max(spreads))}")  # fmt: skip
    return ", ".join(parts)


def _over_rules(subject: Subject, rule: Mover | None) -> str:
    """How far another rule, used throughout, moves the headline; read off the register."""
    if rule is None or not rule.state.startswith("varied"):
        return ""
    others = len([name for name in rule.low.split(", ") if name])
    which = "the other declared rule" if others == 1 else f"any of the {others} other declared rules"
    return (
        f"Using {which} instead, for the published tiers and for the new panel alike, moves the probability of "
        f"{_article(subject.noun.one)} by {probability(rule.top)} at most."
    )


def _article(noun: str) -> str:
    return f"an {noun}" if noun[:1].lower() in "aeiou" else f"a {noun}"


def verdicts(subject: Subject, found: Sequence[TierFinding], rule: Mover | None) -> list[str]:
    """What the ranges decide: more likely than not to come again, undecided, or more likely than not to change."""
    kinds: dict[str, list[TierFinding]] = {"stands": [], "undecided": [], "falls": []}
    for f in found:
        if f.varied is not None:
            kinds[verdict(f.varied)].append(f)
    out = []
    for kind, text in (("stands", "more likely than not to come out again"), ("falls", "more likely than not to change")):
        if tiers := kinds[kind]:
            names = tier_names(subject, (f.tier for f in tiers))
            out.append(f"In {names} the published tier is {text}, {_under(subject, tiers, kind, rule)}.")
    if tiers := kinds["undecided"]:
        names = tier_names(subject, (f.tier for f in tiers))
        out.append(f"For {names} this is undecided: the range lies on both sides of one half, so the assumptions decide.")
    return out


def _under(subject: Subject, tiers: Sequence[TierFinding], kind: str, rule: Mover | None) -> str:
    """Under what a verdict holds; other rules are named only where the largest move by any of them can't undo it."""
    what = " and ".join(w for w, d in (("prior", "prior"), ("error", "spread")) if subject.varied_coord(d)) or "assumption"
    if rule is None or not rule.state.startswith("varied"):
        return f"under every declared {what}"
    held = all(verdict(Span(f.stands.low - rule.top, f.stands.high + rule.top)) == kind for f in tiers)
    others = "the other declared rule" if ", " not in rule.low else "every other declared rule taken alone"
    return f"under every declared {what}" + (f", and under {others}" if held else "")


# -- which tier, and where to ------------------------------------------------------------------------------------------


def surest(subject: Subject, found: Sequence[TierFinding]) -> str:
    """Which tier is most and which least sure, under what, and why."""
    if len(found) < 2:
        return ""
    by_tier = {f.tier: f for f in found}
    top, tops = leaders(subject, found, most=True)
    low, lows = leaders(subject, found, most=False)
    if by_tier[top].stands.middle - by_tier[low].stands.middle < EQUAL:
        return "No tier is surer than another."
    first = f"Surest is {tier_name(subject, top)}{_unless(subject, tops - {top})}"
    last = f"Least sure is {tier_name(subject, low)}{_unless(subject, lows - {low})}"
    return f"{first}. {last}.{_why(subject, by_tier[top], by_tier[low])}"


def _unless(subject: Subject, others: set[int]) -> str:
    if not others:
        return ", under everything that was varied" if subject.varied is not None else ""
    return f" (under some of what was varied it is {tier_names(subject, sorted(others), 'or')})"


def _why(subject: Subject, sure: TierFinding, unsure: TierFinding) -> str:
    """The borders, where they speak for it: fewer neighbours, or farther away."""
    first, last = tier_name(subject, sure.tier), tier_name(subject, unsure.tier)
    reasons = []
    if 0 < len(sure.borders) < len(unsure.borders):
        one, other = (tier_names(subject, f.borders) for f in (sure, unsure))
        only = "only on " if len(sure.borders) == 1 else "on "
        reasons.append(f"{first} borders {only}{one}, {last} on {other}")
    if sure.median and unsure.median and sure.median.low > unsure.median.high:
        far, near = points(sure.median), quantity(unsure.median)
        reasons.append(f"the median distance to another tier is {far} in {first} and {near} in {last}")
    return f" One reason is the borders: {'; '.join(reasons)}." if reasons else ""


def likeliest_other(subject: Subject, found: Sequence[TierFinding]) -> str:
    """Where a measure goes that doesn't stay."""
    far = [f for f in found if any(abs(t - f.tier) > 1 for t in f.away)]
    if not far:
        return "Where the tier changes, the likeliest new one is a neighbouring tier."
    parts = [f"{tier_names(subject, f.away, 'or')} for {tier_name(subject, f.tier)}" for f in far]
    return f"Where the tier changes, the likeliest new one is not always a neighbour: it is {listing(parts)}."


def crossing(subject: Subject, found: Sequence[TierFinding]) -> str:
    """How probable it is to cross the line between inside and outside, where that is most probable."""
    if not (subject.inside and subject.outside):
        return ""
    line = f"inside ({tier_names(subject, subject.inside)}) and outside ({tier_names(subject, subject.outside)})"
    parts = []
    for side, way in ((subject.inside, "outwards"), (subject.outside, "inwards")):
        mine = [f for f in found if f.tier in side and f.across is not None]
        if mine:
            f = max(mine, key=lambda f: f.across.high if f.across else 0.0)
            parts.append(f"{way} from {tier_name(subject, f.tier)} ({_with_range(f.across, f.across_varied)})")
    return f"The line between {line} is crossed most easily {listing(parts)}." if parts else ""


def _with_range(value: Span | None, varied: Span | None) -> str:
    assert value is not None
    return _level(value, varied) + (f", range {probability(varied)}" if varied is not None else "")


# -- criteria ----------------------------------------------------------------------------------------------------------


def effects(subject: Subject, found: Sequence[CriterionFinding], tiers: Sequence[int]) -> str:
    """Which criterion matters: equal ones are said to be equal, not ranked; others by tier."""
    classes = _alike(found)
    if not classes or not any(s is not None for c in classes for f in c for s in f.shapley):
        return ""
    if len(classes) == 1 and len(_ids(classes[0])) > 1:
        return "All criteria carry equal shares of the doubt about the tier. The rule and the prior treat them alike, so the run does not rank them."
    classes.sort(key=lambda c: (-len(_ids(c)), _ids(c)[0]))
    if len(classes) > 3:
        return _leading(subject, found, tiers)
    parts = [_class_effect(subject, c, tiers, first=k == 0) for k, c in enumerate(classes)]
    return " ".join(part for part in parts if part)


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
    return f"The largest {share} is carried {listing(parts)}; table 2 has the others."


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
    by_tier = [f"{probability(s)} in {tier_name(subject, t)}" for s, t in zip(spans, tiers, strict=True) if s is not None]
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
    together = "No single score decides; they act together. " if first.high < 0.25 and total.high > 2 * first.high else ""
    return (
        f"{together}Learning one {what} alone would settle at most {probability(first.high)} of the doubt; with all others known, "
        f"a single unknown one would leave up to {probability(total.high)} of it."
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
    shares = f"{probability(near[low].low)} ({tier_name(subject, low)}) to {probability(near[high].high)} ({tier_name(subject, high)})"
    if low == high or near[high].high - near[low].low < EQUAL:
        shares = probability(near[high].high)
    text = f"Of the score vectors that fit a published tier, a share of {shares} can be moved to another tier by one point on one score."
    median = _hull(f.median for f in found)
    across = " by tier" if median is not None and not median.one else ""
    return text + (f" The median smallest change that is enough is {points(median)}{across}." if median is not None else "")


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
        return f"Scores that fit a published tier get that tier under the other declared rule, too, with these probabilities: {only}."
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
    where = f"{probability(f.keeps[low].low)} in {tier_name(subject, tiers[low])}"
    if low != high and f.keeps[high].high - f.keeps[low].low > EQUAL:
        where += f", up to {probability(f.keeps[high].high)} in {tier_name(subject, tiers[high])}"
    return f"'{named(f.name)}' ({where}{changes(f.changed)})"


def changes(changed: Mapping[str, tuple[str, str]]) -> str:
    """What sets a rule apart, as the end of a bracket."""
    parts = [f"{_PARAMETERS.get(k, named(k))} {_value(theirs)} instead of {_value(ours)}" for k, (ours, theirs) in changed.items()]
    return f"; {'; '.join(parts)}" if parts else ""


_SPLITS = {"composite": "C", "balance": "the balance", "first": "the first criterion", "any": "any criterion against"}


def _value(text: str) -> str:
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
        f"Shocks move the same scores by a declared amount; they are not forecasts. After {size} '{named(worst.label)}', the "
        f"published tier would stand with probability {most} in {which}.{crossed}"
    )


# -- what it rests on --------------------------------------------------------------------------------------------------

_KEYS = {
    "second_panel.reference_sd": "the size of a second panel's errors, in points",
    "second_panel.ends": "what happens to scores beyond the ends of the scale",
    "rule": "the choice of the rule", "beliefs.prior": "the prior over scores", "beliefs.pool": "the way to pool the panel",
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
    """What of the register the memo's table leaves out."""
    moving = sum(m.mean > EQUAL for m in found)
    unused = sum(m.state.startswith("unused") or 0 <= m.mean <= EQUAL for m in found)
    fixed = sum(_entries(m) for m in found if m.mean != m.mean)
    parts = [
        f"{n} {text}"
        for n, text in ((moving - shown, "more move it less"), (unused, "do not move it"),
                        (fixed, "are stated without a range and were not varied")) if n > 0
    ]  # fmt: skip
    return f"Of the other entries of the register, {listing(parts)} (tables/register.csv)." if parts else ""


def _entries(mover: Mover) -> int:
    """How many numbers a line stands for: those that a source states are grouped as '17 numbers'."""
    first = mover.key.split(" ")[0]
    return int(first) if first.isdigit() and mover.key.endswith(" numbers") else 1


def contaminated(subject: Subject, found: Sequence[TierFinding]) -> str:
    """How much of the belief would have to be wrong before another tier could be the likeliest."""
    lost = {f.tier: f.lost for f in found if f.lost is not None}
    if not lost:
        return ""
    least = min(lost, key=lambda t: lost[t].low)
    share = quantity(math.floor(lost[least].low * 100) / 100, 2)
    return (
        f"However the belief about a second panel's scores is wrong, another tier can become the likeliest only if a share of "
        f"{share} of it or more is wrong (least in {tier_name(subject, least)})."
    )
