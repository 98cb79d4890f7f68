"""What is sorted: alternatives, criteria, a scale and ordered tiers, as frozen values that check themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from mcda.errors import UsageError, did_you_mean
from mcda.markup import card
from mcda.rule import Role, Rule

__all__ = ["Alternative", "Criterion", "Entity", "Lattice", "Problem", "Tier"]


@dataclass(frozen=True)
class Lattice:
    """The points on which scores live: low, low + 1/unit, ..., high.

    `low` and `high` are whole numbers in points of the scale; `unit` is the number of steps in one point, so that the
    spacing is 1/unit and every score is an integer number of steps (`steps`).
    """

    low: int
    high: int
    unit: int = 1

    def __post_init__(self) -> None:
        if self.high <= self.low:
            raise UsageError(f"a scale needs low < high, got {self.low} and {self.high}")
        if self.unit < 1:
            raise UsageError(f"a lattice needs at least one step in a point, got unit {self.unit}")

    @property
    def size(self) -> int:
        """Number of levels."""
        return (self.high - self.low) * self.unit + 1

    @property
    def steps(self) -> range:
        """The levels as integers, in steps of 1/unit: ``low * unit ... high * unit``."""
        return range(self.low * self.unit, self.high * self.unit + 1)

    @property
    def spacing(self) -> Fraction:
        """Distance of neighbouring levels in points of the scale."""
        return Fraction(1, self.unit)

    @property
    def levels(self) -> tuple[float, ...]:
        """The levels in points of the scale."""
        return tuple(step / self.unit for step in self.steps)


@dataclass(frozen=True)
class Criterion:
    """One criterion: `role` says how the rule takes it (against, for, or set against the balance)."""

    id: str
    label: str
    role: Role
    question: str = ""


@dataclass(frozen=True)
class Tier:
    """One ordered category; `in_roadmap` says whether it lies inside (the first tiers) or outside (the last)."""

    tier: int
    label: str
    in_roadmap: bool
    description: str = ""


@dataclass(frozen=True)
class Alternative:
    """A thing that is sorted. `tier` is the published one, or None; `article` and `place` are texts to be shown."""

    id: str
    label: str
    tier: int | None = None
    sector: str = ""
    kind: str = ""
    article: str = ""
    article_as_printed: str = ""
    place: str = ""
    paraphrase: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entity:
    """A named company, person or bank sorted inside a parent alternative."""

    id: str
    label: str
    parent: str
    tier: int | None = None
    place: str = ""


@dataclass(frozen=True)
class Problem:
    """A sorting problem: what is sorted, on which criteria and scale, into which tiers, by which named rules.

    `rules` maps names to rules; `reference` names the one that is used where nothing else is said. `numbers` is the
    file's list of numbers with their basis (the start of the assumption register); `catalogue` holds further facts of
    the case (steps, gates, figures, notes) that the sorting itself does not use.
    """

    id: str
    title: str
    scale: Lattice
    criteria: tuple[Criterion, ...]
    tiers: tuple[Tier, ...]
    alternatives: tuple[Alternative, ...]
    rules: Mapping[str, Rule]
    reference: str
    priors: Mapping[str, Any] = field(default_factory=dict)
    default_spread: Fraction = Fraction(2)
    entities: tuple[Entity, ...] = ()
    numbers: tuple[Any, ...] = ()
    catalogue: Mapping[str, Any] = field(default_factory=dict)
    citation: str = ""
    as_of: str = ""
    noun: str = "alternative"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for kind in ("criteria", "alternatives", "entities"):
            _check_unique(kind, [item.id for item in getattr(self, kind)])
        if self.reference not in self.rules:
            raise UsageError(f"the reference rule '{self.reference}' is not among the rules {sorted(self.rules)}")

    def __repr__(self) -> str:
        n, m, t = len(self.alternatives), len(self.criteria), len(self.tiers)
        rules = f"rules {', '.join(self.rules)} (reference: {self.reference})"
        return f"<Problem {self.id}: {n} alternatives, {m} criteria, {t} tiers; {rules}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        counts = {tier.tier: sum(a.tier == tier.tier for a in self.alternatives) for tier in self.tiers}
        without = sum(a.tier is None for a in self.alternatives)
        roles = {
            role: [c.label for c in self.criteria if c.role == role] for role in ("for", "against", "counterweight")
        }
        lines = [self.citation, f"{len(self.alternatives)} alternatives, scored {self.scale.low} to {self.scale.high}"]
        lines += [f"{role}: {', '.join(labels)}" for role, labels in roles.items() if labels]
        lines += [f"rules: {', '.join(self.rules)} (reference: {self.reference})"]
        rows = [(t.label, counts[t.tier], "inside" if t.in_roadmap else "outside", t.description) for t in self.tiers]
        rows += [("without a published tier", without, "", "")] if without else []
        return card(self.title, lines, ("tier", "published", "", ""), rows)

    @property
    def rule(self) -> Rule:
        """The reference rule."""
        return self.rules[self.reference]

    def named_rule(self, name: str) -> Rule:
        """Return the rule of that name; :class:`UsageError` names the ones there are."""
        if name not in self.rules:
            near = did_you_mean(name, self.rules)
            raise UsageError(f"no rule is named '{name}'{near}; there are {', '.join(self.rules)}")
        return self.rules[name]

    @property
    def n_inside(self) -> int:
        """Number of tiers inside the Roadmap."""
        return sum(tier.in_roadmap for tier in self.tiers)

    def alternative(self, name: str) -> Alternative:
        """Return the alternative of that id; :class:`UsageError` names the nearest one."""
        for one in self.alternatives:
            if one.id == name:
                return one
        raise UsageError(f"no alternative is named '{name}'{did_you_mean(name, [a.id for a in self.alternatives])}")

    @property
    def published(self) -> tuple[int, ...]:
        """The published tier of each alternative, -1 where none is published."""
        return tuple(-1 if a.tier is None else a.tier for a in self.alternatives)


def _check_unique(kind: str, ids: list[str]) -> None:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise UsageError(f"{kind}: the id '{one}' stands twice; ids must be unique")
        seen.add(one)
