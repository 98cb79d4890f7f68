"""What is known of one alternative, or of all that share their inputs, and the sentences that say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mcda.output import findings as fi
from mcda.output.report import panel as pa
from mcda.output.report.material import Material
from mcda.output.report.published import tier_name, tier_names
from mcda.output.subject import Group, Subject
from mcda.output.wording import Span, about, digits_for, listing, named, plain, points, probability

__all__ = ["Answer", "answers", "sentences"]

#: Criteria whose shares are nearer than this are not ranked.
NEAR = 0.05


@dataclass(frozen=True)
class Answer:
    """One answer and whom it is about.

    p : probability of each tier; judged : the tier asked after: the published one, of a panel the likeliest
    varied : range of P(judged) over all that was varied and all members; apart : whether that tells members apart
    shares : each factor's name and its share of the doubt (Shapley effect, ordinal output); none where undefined
    ends : by factor, P(judged) at its lowest and highest score
    """

    group: Group
    p: npt.NDArray[np.float64]
    judged: int
    published: int
    varied: Span | None
    apart: bool
    shares: list[tuple[str, float]]
    ends: list[tuple[float, float]]

    @property
    def rows(self) -> tuple[int, ...]:
        """Rows of all members."""
        return self.group.rows

    @property
    def first(self) -> int:
        """The row whose numbers are everybody's."""
        return self.group.first

    @property
    def shared(self) -> bool:
        """Whether several share it."""
        return len(self.group.rows) > 1


def answers(material: Material) -> list[Answer]:
    """Return each answer once, by published tier, then in the problem's order."""
    subject = material.subject
    if not subject.results.has("tiers/acceptability"):
        return []
    p = subject.aligned(subject.results["tiers"]["acceptability"])
    shapley, response = _shapley(subject), _response(subject)
    stated = [p, *([shapley[1]] if shapley else []), *([response] if response is not None else [])]
    found = [_answer(subject, group, p[group.first], shapley, response) for group in subject.once(stated)]
    return sorted(found, key=lambda a: (a.published if a.published > 0 else 10**6, a.first))


def _answer(
    subject: Subject, group: Group, p: npt.NDArray[np.float64], shapley: tuple[list[str], npt.NDArray[Any]] | None,
    response: npt.NDArray[Any] | None,
) -> Answer:  # fmt: skip
    published = int(subject.published_tier[group.first])
    judged = published if subject.published else _modal(subject, group.first)
    spans = [s for s in (subject.range_of(row, [judged]) for row in group.rows) if s is not None]
    varied = Span(min(s.low for s in spans), max(s.high for s in spans)) if spans else None
    apart = any(abs(s.low - spans[0].low) > fi.EQUAL or abs(s.high - spans[0].high) > fi.EQUAL for s in spans)
    shares: list[tuple[str, float]] = []
    if shapley is not None and not np.isnan(shapley[1][group.first]).any():
        shares = [(subject.criteria.get(f, _factor(f)), float(x))
                  for f, x in zip(shapley[0], shapley[1][group.first], strict=True)]  # fmt: skip
    ends = _ends(subject, group.first, judged, shapley[0] if shapley else [], response)
    return Answer(group, p, judged, published, varied, apart, shares, ends)


def _modal(subject: Subject, row: int) -> int:
    return int(subject.aligned(subject.results["tiers"]["modal_tier"])[row])


def _factor(name: str) -> str:
    return {"rule": "Reading of the rule", "cuts": "Cuts of the rule"}.get(name, named(name))


def _shapley(subject: Subject) -> tuple[list[str], npt.NDArray[Any]] | None:
    """Factors and their Shapley effects (alternative, factor) of the ordinal output."""
    if not subject.results.has("sensitivity/shapley"):
        return None
    found = subject.results["sensitivity"]["shapley"].sel(output="ordinal")
    return [str(f) for f in found["factor"].values], subject.aligned(found.transpose("alternative", "factor"))


def _response(subject: Subject) -> npt.NDArray[Any] | None:
    if not subject.results.has("sensitivity/response"):
        return None
    found = subject.results["sensitivity"]["response"].sel(criterion=list(subject.criteria))
    return subject.aligned(found.transpose("alternative", "criterion", "level", "tier"))


def _ends(
    subject: Subject, row: int, judged: int, factors: list[str], response: npt.NDArray[Any] | None
) -> list[tuple[float, float]]:
    """P(judged) at the lowest and highest score that can be, by factor; NaN for what is no criterion."""
    if response is None:
        return []
    ids, at = list(subject.criteria), subject.tiers.index(judged)
    out = []
    for factor in factors:
        known = response[row, ids.index(factor), :, at] if factor in ids else np.array([np.nan])
        known = known[~np.isnan(known)]
        out.append((float(known[0]), float(known[-1])) if len(known) else (float("nan"),) * 2)
    return out


# -- sentences ---------------------------------------------------------------------------------------------------------


def sentences(material: Material, answer: Answer) -> list[str]:
    """Return what the page says: how sure it is, what drives it, how near other tiers are, what else changes it."""
    subject = material.subject
    return [
        f"{_stands(subject, answer)} {_verdict(subject, answer)}".strip(),
        _driven(answer),
        _flip(subject, answer),
        _otherwise(material, answer),
    ]


def _stands(subject: Subject, answer: Answer) -> str:
    """Which tier is likeliest, which next; differently where that is the published one, another one, or a tie."""
    order = np.argsort(-answer.p, kind="stable")
    first, second = (subject.tiers[int(k)] for k in order[:2]) if len(order) > 1 else (subject.tiers[0],) * 2
    top, next_p = float(answer.p[order[0]]), float(answer.p[order[min(1, len(order) - 1)]])
    digits = digits_for(answer.varied)
    level = about(float(answer.p[subject.tiers.index(answer.judged)]), digits)
    then = f"; next comes {tier_name(subject, second)} with {about(next_p, digits)}" if next_p >= 0.01 else ""
    if top - next_p < fi.EQUAL:
        return f"{tier_names(subject, (first, second))} are equally likely, with probability {about(top, digits)} each."
    if answer.published < 0:
        return f"No tier is published; the likeliest is {tier_name(subject, first)}, with probability {level}{then}."
    if first == answer.published and subject.published:
        return f"A second panel would give {tier_name(subject, first)} again with probability {level}{then}."
    if first == answer.published:
        return (
            f"The panel's likeliest tier is the published one, {tier_name(subject, first)}: probability {level}{then}."
        )
    own = about(float(answer.p[subject.tiers.index(answer.published)]), digits)
    return (
        f"The likeliest tier is {tier_name(subject, first)} (probability {about(top, digits)}), not the published "
        f"{tier_name(subject, answer.published)}, which has {own}."
    )


def _verdict(subject: Subject, answer: Answer) -> str:
    """What the range over the assumptions decides."""
    if answer.varied is None:
        return "The run did not vary its belief, so no range can be given."
    span, name = probability(answer.varied), tier_name(subject, answer.judged)
    if answer.varied.low >= pa.DECIDED:
        return f"That is decided: over all that was varied {name} keeps {span}."
    match fi.verdict(answer.varied):
        case "stands":
            return f"Under everything that was varied {name} stays more likely than not ({span})."
        case "falls":
            return f"Under nothing that was varied does {name} reach one half ({span})."
        case _:
            return f"Whether {name} is more likely than not is undecided: over all that was varied it has {span}."


def _driven(answer: Answer) -> str:
    """Which scores carry the doubt; near ones are not ranked."""
    if not answer.shares:
        return "There is no doubt to share out: the tier hardly varies." if max(answer.p) > 1 - 1e-6 else ""
    ordered = sorted(answer.shares, key=lambda pair: -round(pair[1], 6))
    top, low = ordered[0][1], ordered[-1][1]
    if top - low < NEAR:
        return (
            f"No single score drives it: all factors carry shares of the doubt between {plain(low)} and {plain(top)}."
        )
    lead = [name for name, share in ordered if top - share < 0.01]
    names = listing(f"'{named(name, 60)}'" for name in lead[:3])
    if len(lead) > 3:
        return f"Most of the doubt lies in {len(lead)} scores that carry {plain(top)} of it each; the table has all."
    carry = "carries" if len(lead) == 1 else "each carry"
    least = named(ordered[-1][0], 60)
    return f"{names} {carry} most of the doubt, {plain(top)} of it; '{least}' carries least ({plain(low)})."


def _flip(subject: Subject, answer: Answer) -> str:
    """The nearest change of scores that changes the tier, and where it leads."""
    if subject.results.has("tiers/flip_distance"):
        return _point_flip(subject, answer)
    if not subject.results.has("tiers/flip_quantile"):
        return ""
    tiers = subject.results["tiers"]
    quantile = subject.aligned(tiers["flip_quantile"].sel(norm="l1", quantile=0.5))[answer.first]
    near = ""
    if subject.results.has("tiers/flip_probability") and 1.0 in tiers["radius"].values:
        share = float(subject.aligned(tiers["flip_probability"].sel(norm="l1", radius=1.0))[answer.first])
        near = f", and for a share of {probability(share)} of them one point is enough"
    where = _toward(subject, answer)
    median = f"The smallest change that leads to another tier is {points(float(quantile))} in all, in the median"
    return f"{median} over the scores that fit{near}{where}."


def _toward(subject: Subject, answer: Answer) -> str:
    if not subject.results.has("tiers/flip_toward"):
        return ""
    p = np.nan_to_num(subject.aligned(subject.results["tiers"]["flip_toward"].sel(norm="l1"))[answer.first])
    if p.max() <= fi.EQUAL:
        return ""
    return f"; it most often leads to {tier_name(subject, subject.tiers[int(p.argmax())])}"


def _point_flip(subject: Subject, answer: Answer) -> str:
    """Of point scores: points in all, and by one criterion alone."""
    tiers = subject.results["tiers"]
    norms = [str(n) for n in tiers["norm"].values]
    found = dict(zip(norms, subject.aligned(tiers["flip_distance"])[answer.first].tolist(), strict=True))
    whole, single = found.get("l1", float("nan")), found.get("single", float("nan"))
    if np.isnan(whole):
        return "No change of its point scores leads to another tier."
    alone = f"; by one criterion alone it takes {points(single)}" if single > whole + 1e-9 else ""
    if abs(single - whole) <= 1e-9:
        alone = ", and one criterion alone can do it"
    toward = _toward(subject, answer)
    return f"A change of {points(whole)} in its point scores, added up, leads to another tier{alone}{toward}."


def _otherwise(material: Material, answer: Answer) -> str:
    """How many other rules keep the tier, and which shock takes it away."""
    parts = [_by_rules(material.subject, answer), _by_shocks(material.subject, answer)]
    return " ".join(part for part in parts if part)


def _by_rules(subject: Subject, answer: Answer) -> str:
    if not subject.results.has("other_rules/acceptability"):
        return ""
    group = subject.results["other_rules"]
    own = str(subject.results.attributes.get("rule", ""))
    names = [str(r) for r in group["rule"].values if str(r) != own]
    if not names:
        return ""
    p = subject.aligned(group["acceptability"].sel(rule=names).transpose("alternative", "rule", "tier"))
    at = subject.tiers.index(answer.judged)
    keeps = p[answer.first, :, at]
    kept, worst = int((keeps > p[answer.first].max(axis=1) - fi.EQUAL).sum()), int(keeps.argmin())
    tier = tier_name(subject, answer.judged)
    if kept == len(names):
        return f"{tier} stays the likeliest under each of {len(names)} other rules." if kept > 1 else ""
    least = f"least '{named(names[worst], 40)}' (probability {probability(float(keeps[worst]))})"
    leave = f"{kept or 'none'} {'leaves' if kept <= 1 else 'leave'}"
    return f"Of {len(names)} other rules {leave} {tier} the likeliest; {least}."


def _by_shocks(subject: Subject, answer: Answer) -> str:
    if not subject.results.has("shocks/acceptability"):
        return ""
    group = subject.results["shocks"]
    p = subject.aligned(group["acceptability"].transpose("alternative", "shock", "tier"))
    own = p[answer.first]
    stands = own[:, subject.tiers.index(answer.judged)]
    labels = [str(x) for x in (group["label"] if "label" in group else group["shock"]).values]
    fallen = [k for k in range(len(labels)) if stands[k] < own[k].max() - fi.EQUAL]
    tier = tier_name(subject, answer.judged)
    if not fallen:
        which = "the shock" if len(labels) == 1 else "each of the shocks"
        return f"After {which} {tier} would still be the likeliest."
    after = listing(f"'{named(labels[k], 60)}' ({probability(float(stands[k]))})" for k in fallen)
    return f"{tier} would no longer be the likeliest after {after}."
