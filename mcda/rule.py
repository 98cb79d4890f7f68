"""What sorts scores into tiers: one family of sum-and-threshold rules, every open point a declared parameter.

A rule looks at a score vector only through a few *components*, each a sum of one small integer per criterion:

=================  =========================================================  =====================================
component          contribution of criterion k at score x                     used by
=================  =========================================================  =====================================
``composite``      -w x (against), +w x (for), 0 (counterweight)              every rule: C
``counterweight``  w x of the counterweight criterion                         every rule that has one: c7
``first``          x of the first criterion against                           an outside split by ``first``
``vetoes``         1 where a criterion against is at or above the veto        a veto
``alarms``         1 where a criterion against is at or above the split's cut an outside split by ``any``
=================  =========================================================  =====================================

So does everything exact in this package: sums of integers, then one comparison with a cut, made in integers or in
fractions (``C q >= p c7``), never in floating point. Source: `docs/method.md`, 1; the paper's section 3, footnote 6.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from mcda.errors import UsageError

__all__ = ["Bands", "Role", "Rule", "Split"]

Role = Literal["against", "for", "counterweight"]
Form = Literal["difference", "ratio", "grid", "lexicographic"]
Reading = Literal["footnote", "text"]
SplitBy = Literal["composite", "balance", "first", "any"]
Side = Literal["outside", "inside"]
Tie = Literal["smaller", "larger"]
Ints = npt.NDArray[np.int64]
Columns = Mapping[str, Ints]


@dataclass(frozen=True)
class Split:
    """How the tiers outside the Roadmap are told apart.

    `composite`, `balance`: descending cuts on C or C - c7, a value above a cut gives the smaller tier. `first`:
    ascending cuts on the first criterion against, a score below a cut gives the smaller tier. `any`: one criterion
    against at or above the (single) cut gives the larger tier.
    """

    by: SplitBy
    cuts: tuple[Fraction, ...]


@dataclass(frozen=True)
class Bands:
    """Bands of C and of c7, and the inside tier of each pair of bands.

    `composite`: descending lower bounds; band 0 holds the largest C. `counterweight`: ascending upper ends; band 0
    holds the smallest c7. `table[i][j]` is the tier of composite band i and counterweight band j.
    """

    composite: tuple[Fraction, ...]
    counterweight: tuple[Fraction, ...]
    table: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Rule:
    """A complete tiering rule. See the module's text for what it looks at, `docs/method.md` for the open points.

    `cuts` are descending: the tier is 1 plus the number of cuts that the statistic misses. Under the reading
    ``footnote`` they split the measures with C > 0 into the inside tiers; under ``text`` one statistic D = C - c7 and
    one vector of cuts sort all measures. `weights` has one number per criterion, scaled on entry so that those of the
    signed criteria sum to their number. Errors: :class:`UsageError` for any combination that has no meaning.
    """

    name: str
    roles: tuple[Role, ...]
    inside: int
    outside: int
    cuts: tuple[Fraction, ...] = ()
    split: Split | None = None
    form: Form = "difference"
    reading: Reading = "footnote"
    zero: Side = "outside"
    tie: Tie = "smaller"
    veto: Fraction | None = None
    weights: tuple[Fraction, ...] = ()
    bands: Bands | None = None

    def __post_init__(self) -> None:
        weights = self.weights or (Fraction(1),) * len(self.roles)
        object.__setattr__(self, "weights", _scaled(tuple(map(Fraction, weights)), self.roles))
        object.__setattr__(self, "cuts", tuple(map(Fraction, self.cuts)))
        for mistake in _mistakes(self):
            raise UsageError(f"rule '{self.name}': {mistake}")

    # -- what the rule looks at -------------------------------------------------------------------------------------

    @property
    def tiers(self) -> tuple[int, ...]:
        """All tier numbers, 1 first."""
        return tuple(range(1, self.inside + self.outside + 1))

    @property
    def counterweight(self) -> int | None:
        """Position of the criterion that the balance is set against, or None."""
        return self.roles.index("counterweight") if "counterweight" in self.roles else None

    @property
    def denominator(self) -> int:
        """Least common denominator of the weights: composites are whole numbers of 1/denominator."""
        return math.lcm(*(w.denominator for w in self.weights))

    def contributions(self, steps: Sequence[int], unit: int = 1) -> dict[str, Ints]:
        """Return what each criterion adds to each component.

        Parameters
        ----------
        steps : sequence of int
            Scores as whole numbers of 1/unit points (the levels of a lattice).
        unit : int
            Steps in one point.

        Returns
        -------
        dict of (criterion, level) integer arrays by component; composite and counterweight are in units of
        ``1 / (unit * denominator)`` points, `first` in steps, `vetoes` and `alarms` are counts.
        """
        x = np.asarray(steps, dtype=np.int64)
        zero = np.zeros_like(x)
        against = [role == "against" for role in self.roles]
        w = [int(weight * self.denominator) for weight in self.weights]
        sign = {"against": -1, "for": 1, "counterweight": 0}
        found = {"composite": np.stack([sign[r] * wk * x for r, wk in zip(self.roles, w, strict=True)])}
        if (at := self.counterweight) is not None:
            found["counterweight"] = np.stack([wk * x if k == at else zero for k, wk in enumerate(w)])
        if self.split is not None and self.split.by == "first" and self.reading == "footnote":
            k1 = self.roles.index("against")
            found["first"] = np.stack([x if k == k1 else zero for k in range(len(w))])
        if self.veto is not None:
            found["vetoes"] = np.stack([_at_least(x, self.veto, unit) if a else zero for a in against])
        if self.split is not None and self.split.by == "any" and self.reading == "footnote":
            cut = self.split.cuts[0]
            found["alarms"] = np.stack([_at_least(x, cut, unit) if a else zero for a in against])
        return found

    # -- the rule itself --------------------------------------------------------------------------------------------

    def sort(self, scores: npt.ArrayLike, unit: int = 1) -> npt.NDArray[np.int64]:
        """Return the tiers of score vectors.

        Parameters
        ----------
        scores : (..., criterion) integers
            Scores in steps of 1/unit points.

        Returns
        -------
        (...) integers, tier numbers.
        """
        x = np.asarray(scores)
        if not np.issubdtype(x.dtype, np.integer):
            raise UsageError("scores must be whole numbers of steps (integers); choose `unit` so that they are")
        low, high = (int(x.min()), int(x.max())) if x.size else (0, 0)
        parts = self.contributions(range(low, high + 1), unit)
        k = np.arange(len(self.roles))
        return self.sort_components({name: c[k, x - low].sum(axis=-1) for name, c in parts.items()}, unit)

    def sort_components(self, state: Columns, unit: int = 1) -> npt.NDArray[np.int64]:
        """Return the tiers of states, given as one integer array per component (see `contributions`)."""
        scale = unit * self.denominator
        vetoed = state["vetoes"] > 0 if self.veto is not None else np.zeros(state["composite"].shape, bool)
        if self.reading == "text":
            tier = 1 + self._missed(self._balance(state), self.cuts, scale)
            return np.where(vetoed, np.maximum(tier, self.inside + 1), tier)
        c = state["composite"]
        inside = ((c >= 0) if self.zero == "inside" else (c > 0)) & ~vetoed
        return np.where(inside, self._inside_tier(state, scale), self._outside_tier(state, scale, unit))

    def _balance(self, state: Columns) -> Ints:
        """C - c7, or C where no criterion is a counterweight."""
        return state["composite"] - state["counterweight"] if "counterweight" in state else state["composite"]

    def _missed(self, value: Ints, cuts: Sequence[Fraction], per: Ints | int) -> Ints:
        """Count the cuts that value / per misses: ``value q >= p per`` is the cut p/q reached (or > where ties lose)."""
        missed = np.zeros(np.shape(value), dtype=np.int64)
        for cut in cuts:
            left, right = value * cut.denominator, cut.numerator * np.asarray(per, dtype=np.int64)
            missed += (left < right) if self.tie == "smaller" else (left <= right)
        return missed

    def _inside_tier(self, state: Columns, scale: int) -> Ints:
        if self.form == "difference":
            return 1 + self._missed(self._balance(state), self.cuts, scale)
        if self.form == "ratio":
            return 1 + self._missed(state["composite"], self.cuts, state["counterweight"])
        assert self.bands is not None
        i = self._missed(state["composite"], self.bands.composite, scale)
        # c7 counts downwards: a value on a band's upper end stays in the lower band where ties go to the smaller tier
        j = self._missed(-state["counterweight"], [-end for end in self.bands.counterweight], scale)
        return np.asarray(self.bands.table, dtype=np.int64)[i, j]

    def _outside_tier(self, state: Columns, scale: int, unit: int) -> Ints:
        if self.split is None:
            return np.full(state["composite"].shape, self.inside + 1, dtype=np.int64)
        match self.split.by:
            case "composite":
                beyond = self._missed(state["composite"], self.split.cuts, scale)
            case "balance":
                beyond = self._missed(self._balance(state), self.split.cuts, scale)
            case "first":
                beyond = self._missed(-state["first"], [-cut for cut in self.split.cuts], unit)
            case "any":
                beyond = (state["alarms"] > 0).astype(np.int64)
        return self.inside + 1 + beyond

    def statistic(self, state: Columns, unit: int = 1) -> npt.NDArray[np.float64] | None:
        """Return the balance in points (C - c7, or C / c7), or None where the form has no single statistic."""
        if self.form == "difference":
            return self._balance(state) / (unit * self.denominator)
        if self.form == "ratio":
            return state["composite"] / state["counterweight"]
        return None

    def but(self, **changes: Any) -> Rule:
        """Return a copy with some parameters changed, checked anew."""
        return replace(self, **changes)


def _at_least(x: Ints, cut: Fraction, unit: int) -> Ints:
    return (x * cut.denominator >= cut.numerator * unit).astype(np.int64)


def _scaled(weights: tuple[Fraction, ...], roles: tuple[Role, ...]) -> tuple[Fraction, ...]:
    """Scale the weights of the signed criteria to sum to their number, so that cuts keep their meaning."""
    if len(weights) != len(roles):
        raise UsageError(f"{len(weights)} weights for {len(roles)} criteria")
    signed = [w for w, role in zip(weights, roles, strict=True) if role != "counterweight"]
    if any(w < 0 for w in weights) or sum(signed) == 0:
        raise UsageError("weights must be at least 0, and not all 0")
    factor = Fraction(len(signed)) / sum(signed)
    return tuple(w if r == "counterweight" else w * factor for w, r in zip(weights, roles, strict=True))


def _strictly(values: Sequence[Fraction], direction: int) -> bool:
    return all(direction * (b - a) > 0 for a, b in zip(values, values[1:], strict=False))


def _mistakes(rule: Rule) -> list[str]:
    """Everything that makes a rule meaningless, in words."""
    return [*_mistakes_of_form(rule), *_mistakes_of_cuts(rule), *_mistakes_of_split(rule)]


def _mistakes_of_form(rule: Rule) -> list[str]:
    found = []
    if rule.roles.count("counterweight") > 1:
        found.append("at most one criterion can be the counterweight")
    if rule.reading == "text" and rule.form != "difference":
        found.append(f"the reading 'text' has one statistic D = C - c7, so form '{rule.form}' has no meaning under it")
    if rule.counterweight is None and rule.form != "difference":
        found.append(f"form '{rule.form}' needs a criterion with the role counterweight")
    if (rule.form in ("grid", "lexicographic")) != (rule.bands is not None):
        found.append(f"form '{rule.form}' {'needs' if rule.bands is None else 'takes no'} bands")
    if rule.form == "lexicographic" and rule.bands is not None:
        flat = [tier for row in rule.bands.table for tier in row]
        if flat != sorted(flat):
            found.append("a lexicographic table must not fall along its rows, read one after the other")
    if rule.bands is not None:
        shape = (len(rule.bands.composite) + 1, len(rule.bands.counterweight) + 1)
        if [len(row) for row in rule.bands.table] != [shape[1]] * shape[0]:
            found.append(f"the table of bands must have {shape[0]} rows of {shape[1]}")
        if any(not 1 <= tier <= rule.inside for row in rule.bands.table for tier in row):
            found.append(f"the table of bands must hold tiers from 1 to {rule.inside}")
    return found


def _mistakes_of_cuts(rule: Rule) -> list[str]:
    banded = rule.form in ("grid", "lexicographic")
    n = 0 if banded else (rule.inside + rule.outside if rule.reading == "text" else rule.inside) - 1
    found = []
    if len(rule.cuts) != n:
        found.append(f"needs {n} cuts (got {len(rule.cuts)})")
    if not _strictly(rule.cuts, -1):
        found.append(f"cuts must fall strictly (got {', '.join(map(str, rule.cuts))})")
    if rule.bands is not None and not _strictly(rule.bands.composite, -1):
        found.append("composite bounds of bands must fall strictly")
    if rule.bands is not None and not _strictly(rule.bands.counterweight, 1):
        found.append("counterweight ends of bands must rise strictly")
    return found


def _mistakes_of_split(rule: Rule) -> list[str]:
    if rule.reading == "text":
        return []
    if rule.split is None:
        return [] if rule.outside <= 1 else [f"{rule.outside} outside tiers need an outside split"]
    found = []
    if len(rule.split.cuts) != rule.outside - 1:
        found.append(f"the outside split needs {rule.outside - 1} cuts (got {len(rule.split.cuts)})")
    if not _strictly(rule.split.cuts, 1 if rule.split.by == "first" else -1):
        found.append(f"cuts of the split by {rule.split.by} are out of order")
    if rule.split.by == "any" and rule.outside != 2:
        found.append("a split by 'any' tells exactly two outside tiers apart")
    if rule.split.by in ("first", "any") and "against" not in rule.roles:
        found.append(f"a split by '{rule.split.by}' needs a criterion against")
    return found
