"""Sentences of the report about published tiers, and those that both kinds of report share.

Every sentence is made from the numbers of :mod:`mcda.output.findings`, branches where its claim would not hold, and is
empty where the run has nothing to say. A number has as many digits as its range over the declared assumptions
supports. That a published tier comes back from its own rule is an identity, and is never said as a result.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mcda.output.findings import EQUAL, Mover, TierFinding, leaders, own_spread, verdict
from mcda.output.subject import Subject
from mcda.output.wording import Span, about, digits_for, listing, named, points, probability, quantity

__all__ = [
    "MANY", "certainty", "crossing", "lead", "likeliest_other", "ranges", "surest", "tier_name", "tier_names",
    "varied_over", "verdicts",
]  # fmt: skip

#: More tiers than this are not listed in a sentence.
MANY = 6


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
        f"Suppose another panel scored the same {subject.noun.count(n)}, with errors of about {points(sd)} on each "
        "score."
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
    cuts = len(subject.varied_coord("parameter")) > 1
    parts = [
        f"{len(values)} {one if len(values) == 1 else many}"
        for values, one, many in (
            (priors, "prior", "priors"),
            (pools, "way to pool the panel", "ways to pool the panel"),
            (rules, "rule", "rules"),
        )
        if values
    ]  # fmt: skip
    if spreads:
        what = "errors" if subject.published else "spreads"
        parts.append(f"{what} of {points(spreads[0])}" if len(spreads) == 1 else
                     f"{what} from {quantity(min(spreads))} to {points(max(spreads))}")  # fmt: skip
    return ", ".join([*parts, *(["each cut of the rule at either end of its range"] if cuts else [])])


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
    for kind, text in (
        ("stands", "more likely than not to come out again"),
        ("falls", "more likely than not to change"),
    ):
        if tiers := kinds[kind]:
            names = tier_names(subject, (f.tier for f in tiers))
            out.append(f"In {names} the published tier is {text}, {_under(subject, tiers, kind, rule)}.")
    if tiers := kinds["undecided"]:
        names = tier_names(subject, (f.tier for f in tiers))
        out.append(
            f"For {names} this is undecided: the range lies on both sides of one half, so the assumptions decide."
        )
    return out


def _under(subject: Subject, tiers: Sequence[TierFinding], kind: str, rule: Mover | None) -> str:
    """Under what a verdict holds; other rules are named only where the largest move by any of them can't undo it."""
    what = listing([w for w, d in (("prior", "prior"), ("error", "spread")) if subject.varied_coord(d)]) or "assumption"
    if len(subject.varied_coord("parameter")) > 1:
        what += ", also with any one cut at an end of its range"
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
    tops, also_top = leaders(subject, found, most=True)
    lows, also_low = leaders(subject, found, most=False)
    if set(tops) & set(lows):
        return "No tier is surer than another."
    first = f"Surest {_is(tops)} {tier_names(subject, tops)}{_unless(subject, also_top)}"
    last = f"Least sure {_is(lows)} {tier_names(subject, lows)}{_unless(subject, also_low)}"
    return f"{first}. {last}.{_why(subject, by_tier[tops[0]], by_tier[lows[0]])}"


def _is(things: Sequence[int]) -> str:
    return "is" if len(things) == 1 else "are"


def _unless(subject: Subject, others: Sequence[int]) -> str:
    if not others:
        return ", under everything that was varied" if subject.varied is not None else ""
    return f" (under some of what was varied it is {tier_names(subject, others, 'or')})"


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
            top = max(f.across.high for f in mine if f.across)
            first = [f for f in mine if f.across and f.across.high > top - EQUAL]
            names = tier_names(subject, (f.tier for f in first), "or")
            parts.append(f"{way} from {names} ({_with_range(first[0].across, first[0].across_varied)})")
    return f"The line between {line} is crossed most easily {listing(parts)}." if parts else ""


def _with_range(value: Span | None, varied: Span | None) -> str:
    assert value is not None
    return _level(value, varied) + (f", range {probability(varied)}" if varied is not None else "")
