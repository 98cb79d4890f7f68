"""Tier probabilities of continuous beliefs: integrals over cells, to second order, with an error.

A continuous law has no ties, its integral over the cells of a lattice has. The cell of a score vector that lies *on* a
boundary is cut by it; for a boundary through the cell's centre, symmetry gives each side half of the cell, up to terms
of second order in the spacing h. Cells whose centres lie beside the boundary but that it still cuts come in mirrored
pairs, whose errors cancel to the same order. A rule that sends ties all to one side is off by half the boundary's mass:
first order, several points at h = 1. So the mass on a boundary is split in half, as the mean of two extreme rules:

* ties to the smaller tier, C = 0 inside, a veto (or an alarm of the 4/5 split) only *above* its value;
* ties to the larger tier, C = 0 outside, a veto at its value.

Every boundary is on one side under the first and on the other under the second. (A vector on two boundaries at once is
split between two of its tiers only; such vectors are of second order.) A boundary at the very end of the scale cuts
nothing, and is moved off it.

The mirrored pairs exist only if every cut is a value that the statistic takes on the lattice. Hence all units used are
multiples of one on which it is (`aligned_unit`). The error then has one coefficient of h^2 at all units, Richardson's
extrapolation removes it, and the change of Richardson's value estimates what is left. A density that jumps inside a
cell keeps the order but not the coefficient: there the error estimate falls by 4 as well, and no faster.

Source: `docs/method.md`, 2; the expansion is that of the midpoint rule (Euler-Maclaurin), extrapolated as by Richardson
(1911).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import count, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.rule import Rule, Split
from mcda.scores.belief import Belief
from mcda.tiers.exact import tier_probabilities
from mcda.tiers.states import states

__all__ = ["STATES", "aligned_unit", "continuous_probabilities", "halved_probabilities"]

Floats = npt.NDArray[np.float64]
Laws = Callable[[Lattice], Floats]

#: States above which no finer lattice is tried (the reference rule reaches 64 steps in a point).
STATES = 4_000_000


def continuous_probabilities(
    laws: Laws, rule: Rule, lattice: Lattice, *, tolerance: float = 1e-4, start: int = 2, limit: int = STATES
) -> tuple[Floats, float]:
    """Return the tier probabilities of independent continuous scores, and the error of the worst of them.

    Parameters
    ----------
    laws : callable
        Gives, for a lattice, the mass of each level's cell, (criterion, level); see
        :func:`~mcda.scores.marginals.continuous`.
    rule : Rule
        Its `tie` and `zero` do not matter, since ties have no probability.
    lattice : Lattice
        The scale; only its ends are used.
    tolerance : float
        The lattice's unit is doubled until the error is below this, or the rule has more states than `limit`. At least
        four lattices are looked at where the limit allows it.
    start : int
        Steps in a point to begin with, rounded up to a multiple of `aligned_unit`. Take more for laws that are
        narrower than half a point, or jump.

    Returns
    -------
    probabilities : (tier,)
        Richardson's value from the last two lattices, cut off at 0, sums to 1.
    error : float
        The largest change from the last but one of Richardson's values (the estimated error of that one, and so a
        cautious one of the last), or a quarter of the change before, so that one coincidence is not taken for
        convergence. Where the limit allows two lattices alone, their difference. Above `tolerance` where the limit
        stopped it.

    Errors: :class:`~mcda.errors.Declined` where not even two lattices are within the limit; :class:`UsageError` for
    laws that are not the rule's.
    """
    found: list[Floats] = []
    for at in _lattices(rule, lattice, start):
        if not _within(rule, at, limit):
            break
        found.append(halved_probabilities(laws(at), rule, at))
        if len(found) > 3 and _error(found) < tolerance:
            break
    if len(found) < 2:
        raise Declined(
            f"rule '{rule.name}' needs lattices of {_first_unit(rule, start)} steps in a point and of twice as many, "
            f"which have more than {limit:.3g} states; use sampling"
        )
    return _extrapolated(*found[-2:]), _error(found)


def _lattices(rule: Rule, scale: Lattice, start: int) -> Iterator[Lattice]:
    """Lattices of the scale with doubling units, all multiples of the aligned one."""
    first = _first_unit(rule, start)
    return (Lattice(scale.low, scale.high, first << doubling) for doubling in count())


def _first_unit(rule: Rule, start: int) -> int:
    aligned = aligned_unit(rule)
    return aligned * math.ceil(start / aligned)


def _within(rule: Rule, lattice: Lattice, limit: int) -> bool:
    if lattice.size > limit:  # before arrays of that length are made
        return False
    try:
        return states([rule], lattice).size <= limit
    except Declined:
        return False


def _error(found: list[Floats]) -> float:
    """Last change of Richardson's value, or a quarter of the one before; the change of the value if there are two."""
    if len(found) == 2:
        return float(np.abs(found[1] - found[0]).max())
    values = [_extrapolated(a, b) for a, b in pairwise(found)]
    changes = [float(np.abs(b - a).max()) for a, b in pairwise(values)]
    return max(changes[-1], changes[-2] / 4) if len(changes) > 1 else changes[-1]


def _extrapolated(coarse: Floats, fine: Floats) -> Floats:
    value = np.maximum(fine + (fine - coarse) / 3, 0)
    return np.asarray(value / value.sum())


def halved_probabilities(laws: Floats, rule: Rule, lattice: Lattice) -> Floats:
    """Return the tier probabilities of independent laws on a lattice, mass on boundaries split in half, (tier,).

    Parameters
    ----------
    laws : (criterion, level)

    Errors: :class:`UsageError` for laws that are not the rule's or the lattice's.
    """
    if np.shape(laws) != (len(rule.roles), lattice.size):
        raise UsageError(f"the laws must be ({len(rule.roles)} criteria, {lattice.size} levels), got {np.shape(laws)}")
    belief = Belief(lattice, laws)
    smaller, larger = (tier_probabilities(belief, extreme) for extreme in _extremes(rule, lattice))
    return (smaller + larger) / 2


def _extremes(rule: Rule, lattice: Lattice) -> tuple[Rule, Rule]:
    """The rule with every tie to the smaller tier, and with every tie to the larger one."""
    rule = _clear_of_ends(rule, lattice)
    half = lattice.spacing / 2  # at or above a value that is a level, plus this, is above it
    veto = None if rule.veto is None else rule.veto + half
    split = rule.split
    if split is not None and split.by == "any":
        split = Split("any", tuple(cut + half for cut in split.cuts))
    return rule.but(tie="smaller", zero="inside", veto=veto, split=split), rule.but(tie="larger", zero="outside")


def _clear_of_ends(rule: Rule, lattice: Lattice) -> Rule:
    """Move what cuts a single criterion at an end of the scale off it: a cell at the end lies all on one side."""

    def moved(cut: Fraction, weight: Fraction = Fraction(1)) -> Fraction:
        off = weight * lattice.spacing / 2
        return cut + off * ((cut == weight * lattice.high) - (cut == weight * lattice.low))

    changes: dict[str, Any] = {}
    if rule.veto is not None:
        changes["veto"] = moved(rule.veto)
    if rule.split is not None and rule.split.by in ("first", "any"):
        changes["split"] = Split(rule.split.by, tuple(moved(cut) for cut in rule.split.cuts))
    if rule.bands is not None and rule.counterweight is not None:
        own = rule.weights[rule.counterweight]
        changes["bands"] = replace(rule.bands, counterweight=tuple(moved(end, own) for end in rule.bands.counterweight))
    return rule.but(**changes)


# -- on which lattices cuts are values ---------------------------------------------------------------------------------


def aligned_unit(rule: Rule) -> int:
    """Return the smallest number of steps in a point for which every cut is a value of what it cuts.

    With weights w the composite takes the multiples of gcd(w) / unit, so a cut c is one of them where
    ``unit c / gcd(w)`` is whole. Cuts of a ratio and C = 0 always are.
    """
    return math.lcm(*(cut.denominator for cut in _relative_cuts(rule)))


def _relative_cuts(rule: Rule) -> Iterable[Fraction]:
    """Every cut, divided by the step of what it cuts at one step in a point."""
    signed = [w for w, role in zip(rule.weights, rule.roles, strict=True) if role != "counterweight"]
    composite, balance = _gcd(signed), _gcd(rule.weights)
    if rule.form == "difference":
        yield from (cut / balance for cut in rule.cuts)
    if rule.bands is not None and rule.counterweight is not None:
        own = rule.weights[rule.counterweight]
        yield from (bound / composite for bound in rule.bands.composite)
        yield from (end / own for end in rule.bands.counterweight if own)
    if rule.veto is not None:
        yield Fraction(rule.veto)
    if rule.split is not None and rule.reading == "footnote":
        step = {"composite": composite, "balance": balance}.get(rule.split.by, Fraction(1))
        yield from (cut / step for cut in rule.split.cuts)


def _gcd(weights: Iterable[Fraction]) -> Fraction:
    """Greatest common divisor of weights that are not all 0; a weight of 0 does not count."""
    weights = tuple(weights)
    common = math.lcm(*(w.denominator for w in weights))
    return Fraction(math.gcd(*(int(w * common) for w in weights)), common)
