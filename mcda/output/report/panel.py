"""Numbers and sentences of the report about a panel's scores: which tiers they give, how surely, and who disagrees.

As in :mod:`mcda.output.report.published`, a sentence is made from numbers, branches where its claim would not hold,
and is empty where the run has nothing to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mcda.output.findings import EQUAL, CriterionFinding, RuleFinding, ShockFinding, error, own_spread
from mcda.output.report.published import certainty, tier_names, varied_over
from mcda.output.report.reasons import changes
from mcda.output.subject import Subject
from mcda.output.wording import Span, about, capital, digits_for, listing, named, plain, points, probability

__all__ = [
    "DECIDED", "PanelFinding", "agreement", "decisions", "differences", "judged", "least_sure", "mattering",
    "near", "other_rules",
    "panel_findings", "panel_lead", "pools", "readings", "shocked",
]  # fmt: skip

#: A tier is decided if it has this probability under everything that was varied.
DECIDED = 0.9

#: Names that a sentence lists; of more it gives the number.
FEW = 3


@dataclass(frozen=True)
class PanelFinding:
    """One alternative: its published tier (-1: none), its likeliest tier, how probable that is, and over what range."""

    row: int
    published: int
    modal: int
    tie: bool
    p: float
    varied: Span | None
    p_published: float

    @property
    def differs(self) -> bool:
        """Whether the likeliest tier is another than the published one."""
        return self.published > 0 and self.modal != self.published

    @property
    def decided(self) -> bool:
        """Whether the likeliest tier is decided, over all that was varied."""
        return self.varied is not None and self.varied.low >= DECIDED


def panel_findings(subject: Subject) -> list[PanelFinding]:
    """Return one finding for each alternative."""
    if not subject.results.has("tiers/acceptability"):
        return []
    tiers = subject.results["tiers"]
    p = subject.aligned(tiers["acceptability"])
    modal = subject.aligned(tiers["modal_tier"]).astype(int)
    tie = subject.aligned(tiers["modal_tie"]).astype(bool) if "modal_tie" in tiers else np.zeros(len(p), dtype=bool)
    found = []
    for i, (t, printed) in enumerate(zip(modal.tolist(), subject.published_tier.tolist(), strict=True)):
        p_printed = float(p[i, subject.tiers.index(printed)]) if printed > 0 else float("nan")
        at = float(p[i, subject.tiers.index(t)])
        found.append(PanelFinding(i, printed, t, bool(tie[i]), at, subject.range_of(i, [t]), p_printed))
    return found


def judged(found: Sequence[PanelFinding]) -> list[PanelFinding]:
    """Return those that have a published tier."""
    return [f for f in found if f.published > 0]


# -- the headline ------------------------------------------------------------------------------------------------------


def panel_lead(subject: Subject, found: Sequence[PanelFinding]) -> str:
    """The first sentences: how many likeliest tiers differ from the published ones, or who has none to compare with."""
    printed = judged(found)
    if not printed:
        n = subject.noun.count(len(found))
        return (
            f"{_how(subject)} The table shows the likeliest tier of {n}; no published tiers are there to compare with."
        )
    differ = [f for f in printed if f.differs]
    n = subject.noun.count(len(printed))
    if not differ:
        everyone = f"Each of {n} has" if len(printed) > 1 else f"The one {subject.noun.one} has"
        return f"{_how(subject)} {everyone} its published tier as its likeliest tier."
    verb = "has" if len(differ) == 1 else "have"
    return f"{_how(subject)} Of {n}, {len(differ)} {verb} another likeliest tier than the published one."


def _how(subject: Subject) -> str:
    """What is believed, in a sentence."""
    attrs = subject.results["beliefs"].attrs
    experts = subject.results["scores"].sizes["expert"] if "scores" in subject.results else 0
    who = f"the scores of {experts} expert{'s' if experts != 1 else ''}" if experts else "the panel's scores"
    pool = {
        "panel-mean": "the mean over the experts is what counts",
        "pooled-experts": "one of the experts is right, and we do not know which",
        "pooled-cells": "each score may be any expert's, independently of the other scores",
    }.get(str(attrs.get("pool")), f"pooled as '{named(attrs.get('pool', 'not said'))}'")
    spread = own_spread(subject)
    return f"Take {who} as follows: {pool}{_doubt(str(attrs.get('family')), spread)}."


def _doubt(family: str, spread: float) -> str:
    """How sure one score is, where the expert did not say."""
    if not spread > 0:
        return ""
    if family == "triangular":
        return f"; a score without a range of its own may be off by up to {points(spread)}"
    return f"; a score without a range of its own has a standard deviation of {points(spread)}"


def decisions(subject: Subject, found: Sequence[PanelFinding]) -> str:
    """How exact the probabilities are, and what stays decided over all that was varied."""
    said = certainty(error(subject))
    if subject.varied is None:
        return f"{said} The run did not vary its belief, so it cannot say what is decided."
    means = f"a probability of {plain(DECIDED, 1)} or more over all that was varied ({varied_over(subject)})"
    differ, kept = [f for f in found if f.differs], [f for f in found if not f.differs]
    which = "whose likeliest tier is the published one" if judged(found) else "in the run"
    parts = [
        _decided(subject, differ, "whose likeliest tier is another than the published one"),
        _decided(subject, kept, which),
    ]
    return f"{said} Call a tier decided if it has {means}. {' '.join(part for part in parts if part)}"


def _decided(subject: Subject, found: Sequence[PanelFinding], which: str) -> str:
    """How many likeliest tiers are decided, and how many would be by the run's own assumptions alone."""
    if not found:
        return ""
    n, here = sum(f.decided for f in found), sum(f.p >= DECIDED for f in found)
    if len(found) == 1:
        return f"For the one {subject.noun.one} {which} it is {'decided' if n else 'not decided'}."
    own = f" (by the run's own assumptions alone, for {here})" if here != n else ""
    return f"Of the {subject.noun.count(len(found))} {which} it is decided for {n or 'none'}{own}."


def differences(subject: Subject, found: Sequence[PanelFinding]) -> str:
    """In which direction the differences go, and over which line."""
    differ = [f for f in judged(found) if f.differs]
    if not differ:
        return ""
    down, up = sum(f.modal < f.published for f in differ), sum(f.modal > f.published for f in differ)
    first, last = tier_names(subject, subject.tiers[:1]), tier_names(subject, subject.tiers[-1:])
    text = f"{down} of the differences {_go(down)} towards {first}, {up} towards {last}."
    if not (subject.inside and subject.outside):
        return text
    crossed = [f for f in differ if (f.published in subject.inside) != (f.modal in subject.inside)]
    return f"{text} {_crossed(subject, crossed)}"


def _go(n: int) -> str:
    return "goes" if n == 1 else "go"


def _crossed(subject: Subject, crossed: Sequence[PanelFinding]) -> str:
    inside = tier_names(subject, subject.inside)
    if not crossed:
        return f"None crosses the line between inside ({inside}) and outside."
    into = sum(f.modal in subject.inside for f in crossed)
    return (
        f"{len(crossed)} cross{'es' if len(crossed) == 1 else ''} the line between inside ({inside}) and outside: "
        f"{into} inwards, {len(crossed) - into} outwards."
    )


def least_sure(subject: Subject, found: Sequence[PanelFinding]) -> str:
    """Who is least sure of its likeliest tier, and ties."""
    if not found:
        return ""
    worst = min(found, key=lambda f: f.p)
    equal = sum(f.p < worst.p + EQUAL for f in found) - 1
    more = f" (and {equal} more as little)" if equal else ""
    ties = sum(f.tie for f in found)
    tied = f" {ties} {'is' if ties == 1 else 'are'} tied between two tiers." if ties else ""
    level = about(worst.p, digits_for(worst.varied))
    span = f", range {probability(worst.varied)}" if worst.varied is not None else ""
    tier = tier_names(subject, [worst.modal])
    return f"Least sure is {_label(subject, worst.row)}{more}: {tier} with probability {level}{span}.{tied}"


def _label(subject: Subject, row: int) -> str:
    return f"'{named(subject.labels[row], 50)}'"


def _labels(subject: Subject, rows: Sequence[int]) -> str:
    """A few names, or the number and where the rest is."""
    names = listing(_label(subject, i) for i in rows[:FEW])
    return (
        names if len(rows) <= FEW else f"{', '.join(_label(subject, i) for i in rows[:FEW])} and {len(rows) - FEW} more"
    )


# -- how the panel is read ---------------------------------------------------------------------------------------------


def readings(subject: Subject) -> str:
    """Whether mean, median and vote give one tier."""
    tiers = subject.results["tiers"]
    names = ("tier_of_mean", "tier_of_median", "tier_of_vote")
    if not all(name in tiers for name in names):
        return ""
    mean, median, vote = (subject.aligned(tiers[name]) for name in names)
    differ = np.flatnonzero((mean != median) | (mean != vote))
    ties = int(subject.aligned(tiers["vote_tie"]).astype(bool).sum()) if "vote_tie" in tiers else 0
    if not len(differ):
        text = "The mean scores, the median scores and a vote of the experts give the same tiers."
    else:
        who = subject.noun.count(len(differ))
        text = (
            f"The mean scores, the median scores and a vote of the experts do not all agree for {who}: "
            f"{_labels(subject, differ.tolist())}."
        )
    return text + (f" {capital(_votes(ties))} tied." if ties else "")


def _votes(n: int) -> str:
    return "one vote is" if n == 1 else f"{n} votes are"


def pools(subject: Subject) -> str:
    """Whether the ways to pool the panel disagree, at the run's own spread."""
    spread, names = own_spread(subject), [str(s) for s in subject.varied_coord("setting")]
    if len(names) < 2 or not any(abs(s - spread) < EQUAL for s in subject.varied_coord("spread")):
        return ""
    found = subject.results["belief_sensitivity"]["acceptability"].sel(spread=spread, method="nearest")
    found = found.isel(parameter=0) if "parameter" in found.dims else found
    p = subject.aligned(found.transpose("alternative", "setting", "tier"))
    kept = [k for k in range(len(names)) if not np.isnan(p[:, k]).any()]
    missing = [names[k] for k in range(len(names)) if k not in kept]
    gone = f" Not computed for every {subject.noun.one}: {listing(missing)}." if missing else ""
    if len(kept) < 2:
        return gone.strip()
    modal = p[:, kept].argmax(axis=2)
    differ = np.flatnonzero((modal != modal[:, :1]).any(axis=1))
    ways = f"{len(kept)} ways to pool the experts ({', '.join(names[k] for k in kept)})"
    if not len(differ):
        return f"The {ways} give the same likeliest tiers.{gone}"
    gap = (p[:, kept].max(axis=1) - p[:, kept].min(axis=1)).max(axis=1)
    return (
        f"The {ways} give different likeliest tiers for {subject.noun.count(len(differ))}: "
        f"{_labels(subject, differ.tolist())}. A tier's probability differs between them by up to "
        f"{plain(float(gap.max()))} ({_label(subject, int(gap.argmax()))}).{gone}"
    )


def agreement(subject: Subject) -> str:
    """For how many alternatives the experts' own scores give one tier."""
    tiers = subject.results["tiers"]
    if "expert_tier" not in tiers or tiers.sizes["expert"] < 2:
        return ""
    own = subject.aligned(tiers["expert_tier"])
    full = (own > 0).all(axis=1)
    if not full.any():
        return f"No {subject.noun.one} has a score from every expert on every criterion."
    same = int((own[full] == own[full][:, :1]).all(axis=1).sum())
    out = int((~full).sum())
    missing = f" ({out} with a score missing left out)" if out else ""
    return f"The experts' own scores all give one tier for {same} of {subject.noun.count(int(full.sum()))}{missing}."


# -- what moves it -----------------------------------------------------------------------------------------------------


def mattering(subject: Subject, found: Sequence[CriterionFinding], shapley: Sequence[float]) -> str:
    """Which criterion matters, by its mean Shapley effect over the alternatives; near ones are not ranked."""
    if not found or not len(shapley):
        return ""
    order = np.argsort(-np.asarray(shapley), kind="stable")
    labels = list(subject.criteria.values())
    top, low = float(shapley[order[0]]), float(shapley[order[-1]])
    span = probability(Span(low, top))
    what = "share of the doubt about the tier (Shapley effect, ordinal output)"
    if top - low < 0.05:
        return f"No criterion stands out: as a mean over {subject.noun.many}, each has a {what} of {span}."
    first, last = (named(labels[k], 40) for k in (order[0], order[-1]))
    return (
        f"As a mean over {subject.noun.many}, a criterion's {what} runs from {probability(low)} ({last}) to "
        f"{probability(top)} ({first})."
    )


def near(subject: Subject) -> str:
    """How small a change of the point scores is enough."""
    if not subject.results.has("tiers/flip_distance"):
        return ""
    distance = subject.aligned(subject.results["tiers"]["flip_distance"].sel(norm="l1"))
    known = distance[~np.isnan(distance)]
    within = np.flatnonzero(np.nan_to_num(distance, nan=np.inf) <= 1 + EQUAL)
    text = (
        f"The median smallest change of point scores that changes the tier is {points(float(np.median(known)))} in all."
    )
    if not len(within):
        return f"{text} For none is a total of one point enough."
    least = float(known.min())
    nearest = np.flatnonzero(distance < least + EQUAL).tolist()
    names = f"{'nearest is' if len(nearest) == 1 else 'nearest are'} {_labels(subject, nearest)}"
    return (
        f"{text} For {subject.noun.count(len(within))} a total of one point or less is enough; {names} "
        f"({points(least)})."
    )


def other_rules(subject: Subject, found: Sequence[RuleFinding]) -> str:
    """How many likeliest tiers other rules keep."""
    if not found or "keeps_modal" not in subject.results["other_rules"]:
        return ""
    group = subject.results["other_rules"]
    keeps = subject.aligned(
        group["keeps_modal"].astype(bool).sel(rule=[f.name for f in found]).transpose("alternative", "rule")
    )
    all_keep, n = int(keeps.all(axis=1).sum()), len(keeps)
    counts = keeps.sum(axis=0)
    k = int(counts.argmin())
    if len(found) == 1:
        return (
            f"The other declared rule, '{named(found[0].name)}', keeps the likeliest tier of {all_keep} of "
            f"{subject.noun.count(n)}."
        )
    who = f"{all_keep} of {subject.noun.count(n)} keep" if all_keep else f"None of {subject.noun.count(n)} keeps"
    text = f"{who} the likeliest tier under each of {len(found)} other declared rules."
    if counts[k] == n:
        return text
    return f"{text} Fewest are kept by '{named(found[k].name)}' ({counts[k]} of {n}{changes(found[k].changed)})."


def shocked(subject: Subject, found: Sequence[ShockFinding]) -> str:
    """How many likeliest tiers change after a shock."""
    if not found:
        return ""
    parts = [f"{f.moved} after '{named(f.label)}'" for f in found]
    return (
        "Shocks move the same scores by a declared amount; they are not forecasts. Of "
        f"{subject.noun.count(len(subject.labels))}, another tier becomes the likeliest for {listing(parts)}."
    )
