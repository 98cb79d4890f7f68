"""Beliefs: the joint law of one alternative's scores, as a mixture of products on a lattice, perhaps conditioned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.rule import Rule

__all__ = ["Belief", "Condition"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Condition:
    """What a belief is conditioned on: `rule` sorts the scores into `tier`."""

    rule: Rule
    tier: int


@dataclass(frozen=True, eq=False)
class Belief:
    """What is believed of one alternative's scores.

    ``P(x) = sum_e weight[e] prod_k probability[e, k, x_k]``, restricted to `condition` where there is one.

    Parameters
    ----------
    lattice : Lattice
    probability : (component, criterion, level), each law sums to 1
    weight : (component,), sums to 1; equal if not given
    components : names of the components (of experts, in a pool)
    condition : Condition, optional
    points : (criterion,) Fractions, optional: point scores, in points, from which flips are measured
    held_by : what the components stand for if not for experts: ``leniency``, ``valence`` or ``factors``
    """

    lattice: Lattice
    probability: Floats
    weight: Floats = field(default_factory=lambda: np.zeros(0))
    components: tuple[str, ...] = ()
    condition: Condition | None = None
    points: tuple[Fraction, ...] | None = None
    held_by: str = ""

    def __post_init__(self) -> None:
        p = np.asarray(self.probability, dtype=np.float64)
        p = p[None] if p.ndim == 2 else p
        given = np.asarray(self.weight, dtype=np.float64)
        weight = given if given.size else np.full(len(p), 1 / len(p))
        if p.ndim != 3 or p.shape[2] != self.lattice.size:
            raise UsageError(f"a belief has laws over {self.lattice.size} levels (component, criterion, level)")
        if not (p >= 0).all() or not np.allclose(p.sum(axis=2), 1, rtol=0, atol=1e-9):
            raise UsageError("the laws of a belief must be at least 0 and sum to 1")
        if weight.shape != p.shape[:1] or not (weight >= 0).all() or abs(weight.sum() - 1) > 1e-9:
            raise UsageError("the weights of a belief's components must be at least 0 and sum to 1")
        object.__setattr__(self, "probability", p)
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "components", self.components or tuple(f"component-{e + 1}" for e in range(len(p))))

    @property
    def independent(self) -> bool:
        """Whether the criteria's scores are independent under this belief."""
        return len(self.weight) == 1 and self.condition is None

    @property
    def dependence(self) -> str:
        """The name of the dependence, as results carry it."""
        mixed = "" if len(self.weight) == 1 else self.held_by
        if self.condition is not None:
            return f"conditioned, {mixed}" if mixed else "conditioned"
        return "independent" if len(self.weight) == 1 else mixed or "mixture"

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this belief from another: equal keys, equal answers."""
        return (
            self.lattice,
            self.probability.tobytes(),
            self.weight.tobytes(),
            self.condition,
            self.points,
            self.held_by,
        )

    def marginals(self) -> Floats:
        """Return the mixture's marginal laws (criterion, level), before any conditioning."""
        return np.asarray(np.einsum("e,ekx->kx", self.weight, self.probability))

    def mean(self, criterion: int) -> float:
        """Return the mean score of the criterion at this place, points; of a conditioned belief from its joint law."""
        law = self.marginals()[criterion] if self.condition is None else None
        if law is None:
            joint = self.joint()
            law = joint.sum(axis=tuple(k for k in range(joint.ndim) if k != criterion))
        return float(self.lattice.low + law @ np.arange(self.lattice.size) / self.lattice.unit)

    def joint(self) -> Floats:
        """Return the whole joint law, an array with one axis per criterion; conditioned if the belief is."""
        d, n = self.probability.shape[1:]
        if n**d > JOINT_LIMIT:
            allowed = f"at most {JOINT_LIMIT:.3g}"
            raise Declined(f"the joint of {d} criteria with {n} levels has {n**d:.3g} cells; {allowed}")
        joint = mixture_law(self.weight, self.probability)
        return joint if self.condition is None else conditioned(joint, self.condition, self.lattice)


#: Cells of the largest joint that is built in memory (7 criteria with 10 levels are 10^7).
JOINT_LIMIT = 2 * 10**7
#: Score vectors of the largest lattice whose tiers are all computed.
LATTICE_LIMIT = 2 * 10**8


def product_law(laws: Sequence[Floats] | Floats) -> Floats:
    """Return the joint law of independent scores, one axis per criterion."""
    joint = np.ones(())
    for law in laws:
        joint = np.multiply.outer(joint, law)
    return np.asarray(joint)


def mixture_law(weight: Floats, laws: Floats) -> Floats:
    """Return the joint law of a mixture of independent scores, one axis per criterion.

    Each component's law of the first half of the criteria times its law of the other half, summed over components, is
    a product of two matrices; components are taken in blocks, so that the two stay small beside the joint.

    Parameters
    ----------
    weight : (component,)
    laws : (component, criterion, level)
    """
    _, d, n = laws.shape
    half = d // 2
    joint = np.zeros((n**half, n ** (d - half)))
    for at in range(0, len(weight), 256):
        block = laws[at : at + 256]
        joint += (_product_rows(block[:, :half]) * weight[at : at + 256, None]).T @ _product_rows(block[:, half:])
    return joint.reshape((n,) * d)


def _product_rows(laws: Floats) -> Floats:
    """Each component's joint law of some criteria, (component, cell)."""
    rows = np.ones((len(laws), 1))
    for k in range(laws.shape[1]):
        rows = (rows[:, :, None] * laws[:, k, None, :]).reshape(len(laws), -1)
    return rows


def conditioned(joint: Floats, condition: Condition, lattice: Lattice) -> Floats:
    """Return a joint law, restricted in place to what its condition leaves, and summing to 1.

    Errors: :class:`Declined` where nothing is left.
    """
    joint *= lattice_tiers(condition.rule, lattice) == condition.tier
    if not (mass := joint.sum()) > 0:
        name, tier = condition.rule.name, condition.tier
        raise Declined(f"under rule '{name}' no score vector of this belief is in tier {tier}")
    joint /= mass
    return joint


def lattice_tiers(rule: Rule, lattice: Lattice) -> npt.NDArray[np.int8]:
    """Return the tier of every score vector of a lattice, one axis per criterion, by summing components along axes.

    Errors: :class:`Declined` for a lattice of more than 2e8 score vectors.
    """
    d = len(rule.roles)
    if (vectors := lattice.size**d) > LATTICE_LIMIT:
        raise Declined(
            f"{d} criteria on {lattice.size} levels have {vectors:.3g} score vectors; at most {LATTICE_LIMIT:.3g}"
        )
    parts = rule.contributions(list(lattice.steps), lattice.unit)

    def summed(part: npt.NDArray[np.int64]) -> npt.NDArray[np.signedinteger[Any]]:
        small = np.abs(part).max(axis=1).sum() < np.iinfo(np.int32).max  # fine weights make large sums
        total = np.zeros((), dtype=np.int32 if small else np.int64)
        for k in range(d):
            total = np.add.outer(total, part[k].astype(total.dtype))
        return total

    cells = {name: summed(part).reshape(-1) for name, part in parts.items()}
    tiers = np.empty(lattice.size**d, dtype=np.int8)
    for at in range(0, tiers.size, 1 << 18):
        piece = slice(at, at + (1 << 18))
        state = {name: cell[piece].astype(np.int64) for name, cell in cells.items()}
        tiers[piece] = rule.sort_components(state, lattice.unit)
    return tiers.reshape((lattice.size,) * d)
