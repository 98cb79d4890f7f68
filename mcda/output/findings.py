"""The numbers behind a report's sentences: read off the results, by published tier or over all alternatives.

Nothing is rounded and nothing is worded here, so that a test can hold every sentence against these numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mcda.output.subject import Subject
from mcda.output.wording import Span

__all__ = [
    "CriterionFinding", "Mover", "RuleFinding", "ShockFinding", "TierFinding", "Verdict", "criteria", "error",
    "leaders", "movers", "other_rules", "own_spread", "published_tiers", "shocks", "verdict",
]  # fmt: skip

#: A claim that holds "more likely than not" has a probability above this.
HALF = 0.5

#: Two criteria whose numbers agree to this are equal.
EQUAL = 1e-6

Verdict = str  # "stands", "falls" or "undecided"


def verdict(span: Span) -> Verdict:
    """Return what a range of probabilities says: ``stands`` above a half, ``falls`` below it, else ``undecided``."""
    return "stands" if span.low > HALF else "falls" if span.high < HALF else "undecided"


def error(subject: Subject) -> float:
    """Return the largest standard error of a tier probability; 0 if they are exact, given the assumptions."""
    if not subject.results.has("tiers/acceptability_se"):
        return 0.0
    return float(subject.results["tiers"]["acceptability_se"].max())


def own_spread(subject: Subject) -> float:
    """Return the run's own spread: the re-scoring error in points, or the spread of a panel's scores; NaN if unsaid."""
    found = subject.results["beliefs"].attrs
    return float(found.get("reference_sd" if subject.published else "spread", np.nan))


# -- published tiers ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TierFinding:
    """One published tier: who is in it, whether it would come again, where else, and how near its borders are."""

    tier: int
    rows: tuple[int, ...]
    beliefs: int
    stands: Span
    varied: Span | None
    away: tuple[int, ...]
    away_p: Span
    across: Span | None
    across_varied: Span | None
    modal: int
    borders: tuple[int, ...]
    median: Span | None
    near: Span | None
    lost: Span | None

    @property
    def count(self) -> int:
        """How many alternatives are in the tier."""
        return len(self.rows)


def published_tiers(subject: Subject) -> list[TierFinding]:
    """Return the findings of each published tier that has alternatives."""
    if not subject.results.has("tiers/acceptability"):
        return []
    return [_tier(subject, t) for t in subject.tiers if subject.rows_of(t)]


def _tier(subject: Subject, tier: int) -> TierFinding:
    rows = subject.rows_of(tier)
    p = subject.aligned(subject.results["tiers"]["acceptability"])[rows]
    at = subject.tiers.index(tier)
    elsewhere = np.delete(p, at, axis=1)
    names = np.delete(np.array(subject.tiers), at)
    other = subject.outside if tier in subject.inside else subject.inside
    return TierFinding(
        tier, tuple(rows), len(set(subject.laws[rows].tolist())), _span(p[:, at]), _joined(subject, rows, [tier]),
        tuple(sorted({int(names[k]) for k in elsewhere.argmax(axis=1)})), _span(elsewhere.max(axis=1)),
        _span(p[:, [subject.tiers.index(t) for t in other]].sum(axis=1)) if other else None,
        _joined(subject, rows, other) if other else None,
        int((p.argmax(axis=1) == at).sum()), _borders(subject, rows), _flip(subject, rows, "flip_quantile", 0.5),
        _flip(subject, rows, "flip_probability", 1.0), _lost(subject, rows),
    )  # fmt: skip


def _span(values: npt.NDArray[Any]) -> Span:
    found = Span.of(np.asarray(values, dtype=float).ravel().tolist())
    assert found is not None
    return found


def _joined(subject: Subject, rows: Sequence[int], tiers: Sequence[int]) -> Span | None:
    """The range of P(one of these tiers) over all that was varied and all rows."""
    spans = [s for s in (subject.range_of(row, tiers) for row in rows) if s is not None]
    return Span(min(s.low for s in spans), max(s.high for s in spans)) if spans else None


def _borders(subject: Subject, rows: Sequence[int]) -> tuple[int, ...]:
    """Tiers to which a nearest flip (points added up) can lead."""
    if not subject.results.has("tiers/flip_toward"):
        return ()
    toward = subject.aligned(subject.results["tiers"]["flip_toward"].sel(norm="l1"))[rows]
    return tuple(t for t, p in zip(subject.tiers, np.nan_to_num(toward).max(axis=0), strict=True) if p > EQUAL)


def _flip(subject: Subject, rows: Sequence[int], name: str, at: float) -> Span | None:
    """A quantile of the flip distance, or P(flip within a radius), points added up; None where there is none."""
    if not subject.results.has(f"tiers/{name}"):
        return None
    variable = subject.results["tiers"][name].sel(norm="l1")
    dim = next(str(d) for d in variable.dims if d != "alternative")
    if at not in variable[dim].values:
        return None
    return Span.of(subject.aligned(variable.sel({dim: at}))[rows].tolist())


def _lost(subject: Subject, rows: Sequence[int]) -> Span | None:
    if not subject.results.has("belief_sensitivity/epsilon_lost"):
        return None
    return Span.of(subject.aligned(subject.results["belief_sensitivity"]["epsilon_lost"])[rows].tolist())


def leaders(subject: Subject, found: Sequence[TierFinding], *, most: bool) -> tuple[list[int], list[int]]:
    """Return the tiers that are surest (or least sure) in the run, and those others that are under some variation."""
    own = _best(found, np.array([[f.stands.middle] for f in found]), most)
    if subject.varied is None:
        return own, []
    means = np.array([subject.varied[list(f.rows), subject.tiers.index(f.tier)].mean(axis=0) for f in found])
    ever = _best(found, means[:, ~np.isnan(means).any(axis=0)], most)
    return own, [t for t in ever if t not in own]


def _best(found: Sequence[TierFinding], p: npt.NDArray[np.float64], most: bool) -> list[int]:
    """The tiers (rows of p) that have the largest (or smallest) value in some column; equal ones all count."""
    signed = p if most else -p
    at_top = (signed >= signed.max(axis=0) - EQUAL).any(axis=1)
    return [f.tier for f, top in zip(found, at_top, strict=True) if top]


# -- criteria ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CriterionFinding:
    """Criteria that have equal numbers everywhere, and these: by published tier, or over all alternatives.

    first, total, shapley : of the ordinal output, by column
    low, high : P(the tier stands) given the lowest and the highest score there can be, by column; None: not defined
    push : +1 if a higher score never lowers the mean tier number from end to end, -1 if it never raises it, 0 if mixed
    """

    ids: tuple[str, ...]
    first: tuple[Span | None, ...]
    total: tuple[Span | None, ...]
    shapley: tuple[Span | None, ...]
    low: tuple[Span | None, ...]
    high: tuple[Span | None, ...]
    push: int


def criteria(subject: Subject, columns: Sequence[Sequence[int]]) -> list[CriterionFinding]:
    """Return the findings of criteria, equal ones together; `columns` are rows of alternatives."""
    if not (subject.results.has("sensitivity/shapley") and subject.results.has("sensitivity/response")):
        return []
    numbers = _criterion_numbers(subject)
    groups: list[list[int]] = []
    for k in range(len(subject.criteria)):
        home = next((g for g in groups if _equal(numbers, g[0], k)), None)
        if home is None:
            groups.append([k])
        else:
            home.append(k)
    ids = list(subject.criteria)
    return [_criterion(numbers, [ids[k] for k in g], g[0], columns) for g in groups]


def _criterion_numbers(subject: Subject) -> dict[str, npt.NDArray[np.float64]]:
    """First, total, Shapley of the ordinal output, and P(stands), mean tier at either end: (alternative, criterion)."""
    group = subject.results["sensitivity"]
    ids = list(subject.criteria)
    found = {
        name: subject.aligned(group[name].sel(output="ordinal", factor=ids))
        for name in ("first_order", "total_order", "shapley")
    }
    response = subject.aligned(
        group["response"].sel(criterion=ids).transpose("alternative", "criterion", "level", "tier")
    )
    judged = _judged(subject)
    at = [subject.tiers.index(int(t)) for t in judged]
    for name, ends in (("low", _end(response, 0)), ("high", _end(response, -1))):
        found[name] = np.stack([ends[i, :, t] for i, t in enumerate(at)])
        found[f"mean_{name}"] = ends @ np.array(subject.tiers, dtype=float)
    return found


def _judged(subject: Subject) -> npt.NDArray[np.int64]:
    """The tier that is asked after: the published one for published tiers, else the modal one."""
    if subject.published:
        return subject.published_tier
    return subject.aligned(subject.results["tiers"]["modal_tier"]).astype(np.int64)


def _end(response: npt.NDArray[Any], end: int) -> npt.NDArray[np.float64]:
    """P(tier) at the lowest (0) or highest (-1) score that can occur, (alternative, criterion, tier)."""
    possible = ~np.isnan(response).all(axis=3)
    found = np.full((*response.shape[:2], response.shape[3]), np.nan)
    for index in np.ndindex(*found.shape[:2]):
        levels = np.flatnonzero(possible[index])
        if len(levels):
            found[index] = response[index][levels[end]]
    return found


def _equal(numbers: dict[str, npt.NDArray[np.float64]], one: int, other: int) -> bool:
    return all(np.allclose(v[:, one], v[:, other], rtol=0, atol=EQUAL, equal_nan=True) for v in numbers.values())


def _criterion(
    numbers: dict[str, npt.NDArray[np.float64]], ids: Sequence[str], k: int, columns: Sequence[Sequence[int]]
) -> CriterionFinding:
    def spans(name: str) -> tuple[Span | None, ...]:
        return tuple(Span.of(numbers[name][list(rows), k].tolist()) for rows in columns)

    change = numbers["mean_high"][:, k] - numbers["mean_low"][:, k]
    change = change[~np.isnan(change)]
    up, down = (change > EQUAL).any(), (change < -EQUAL).any()
    push = 1 if up and not down else -1 if down and not up else 0
    return CriterionFinding(
        tuple(ids), spans("first_order"), spans("total_order"), spans("shapley"), spans("low"), spans("high"), push
    )


# -- other rules and shocks --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RuleFinding:
    """Another rule: how probable the published tier (or a panel's modal tier) is under it, by column and over all."""

    name: str
    keeps: tuple[Span, ...]
    mean: float
    changed: dict[str, tuple[str, str]]

    @property
    def lowest(self) -> float:
        """The smallest probability over all alternatives."""
        return min(span.low for span in self.keeps)


def other_rules(subject: Subject, columns: Sequence[Sequence[int]]) -> list[RuleFinding]:
    """Return all other rules, what changes most first."""
    if not subject.results.has("other_rules/acceptability"):
        return []
    group = subject.results["other_rules"]
    own = str(subject.results.attributes.get("rule", ""))
    at = [subject.tiers.index(int(t)) for t in _judged(subject)]
    p = subject.aligned(group["acceptability"].transpose("alternative", "rule", "tier"))
    keeps = np.stack([p[i, :, t] for i, t in enumerate(at)])
    found = [
        RuleFinding(str(name), tuple(_span(keeps[list(rows), r]) for rows in columns), float(keeps[:, r].mean()),
                    _changed(subject, own, str(name)))
        for r, name in enumerate(group["rule"].values) if str(name) != own
    ]  # fmt: skip
    return sorted(found, key=lambda f: (f.mean, f.name))


def _changed(subject: Subject, own: str, other: str) -> dict[str, tuple[str, str]]:
    """Parameters that two rules don't share, each as (the run's, the other's)."""
    if not subject.results.has("rule"):
        return {}
    group = subject.results["rule"]
    names = [str(r) for r in group["rule"].values]
    if own not in names or other not in names:
        return {}
    pairs = {str(k): (str(v.values[names.index(own)]), str(v.values[names.index(other)])) for k, v in group.items()}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


@dataclass(frozen=True)
class ShockFinding:
    """A shock: P(the tier stands) and P(across the line between inside and outside), by column."""

    label: str
    stands: tuple[Span, ...]
    across: tuple[Span | None, ...]
    moved: int


def shocks(subject: Subject, columns: Sequence[Sequence[int]]) -> list[ShockFinding]:
    """Return all shocks, in the order in which they were declared; `moved`: how many have another modal tier."""
    if not subject.results.has("shocks/acceptability"):
        return []
    group = subject.results["shocks"]
    p = subject.aligned(group["acceptability"].transpose("alternative", "shock", "tier"))
    labels = group["label"].values if "label" in group else group["shock"].values
    judged = _judged(subject)
    return [_shock(subject, str(label), p[:, s], judged, columns) for s, label in enumerate(labels)]


def _shock(
    subject: Subject, label: str, p: npt.NDArray[Any], judged: npt.NDArray[Any], columns: Sequence[Sequence[int]]
) -> ShockFinding:
    at = np.array([subject.tiers.index(int(t)) for t in judged])
    stands = p[np.arange(len(p)), at]
    inside = p[:, [subject.tiers.index(t) for t in subject.inside]].sum(axis=1)
    crossed = np.where(np.isin(judged, subject.inside), 1 - inside, inside)
    both = bool(subject.inside and subject.outside)
    return ShockFinding(
        label, tuple(_span(stands[list(rows)]) for rows in columns),
        tuple(_span(crossed[list(rows)]) if both else None for rows in columns), int((p.argmax(axis=1) != at).sum()),
    )  # fmt: skip


# -- the register ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mover:
    """One number or choice of the register, and how far the headline moves with it."""

    key: str
    file: str
    value: str
    low: str
    high: str
    basis: str
    note: str
    state: str
    mean: float
    top: float


def movers(subject: Subject) -> list[Mover]:
    """Return the register's lines as they stand: what moves the answer most first."""
    if not subject.results.has("register/moved_mean"):
        return []
    group = subject.results["register"]
    fields = ("file", "value", "low", "high", "basis", "note", "state")
    text = {f: [str(x) for x in group[f].values] if f in group else [""] * group.sizes["parameter"] for f in fields}
    numbers = zip(group["moved_mean"].values.tolist(), group["moved_max"].values.tolist(), strict=True)
    return [
        Mover(str(key).removeprefix(f"{text['file'][k]}: "), mean=mean, top=top, **{f: text[f][k] for f in fields})
        for k, (key, (mean, top)) in enumerate(zip(group["parameter"].values, numbers, strict=True))
    ]
