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
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from mcda.errors import UsageError
from mcda.markup import card

__all__ = ["Bands", "Flaw", "Meaningless", "Role", "Rule", "Split"]

Role = Literal["against", "for", "counterweight"]
Form = Literal["difference", "ratio", "grid", "lexicographic"]
Reading = Literal["footnote", "text"]
SplitBy = Literal["composite", "balance", "first", "any"]
Side = Literal["outside", "inside"]
Tie = Literal["smaller", "larger"]
Ints = npt.NDArray[np.int64]
Columns = Mapping[str, Ints]

#: Limits of what a rule's numbers may be, so that sums of them times scores fit into 64 bits: size and denominator of a
#: cut, and the common denominator of all weights.
LARGEST_CUT, FINEST_CUT, FINEST_WEIGHTS = 10_000, 10_000, 1_000_000_000


class Flaw(NamedTuple):
    """One reason why a rule has no meaning: `key` is the parameter (``outside_split.cuts``), '' for the rule."""

    key: str
    what: str
    allowed: str


class Meaningless(UsageError):
    """Parameters of a rule that do not go together; `flaws` are all of them."""

    def __init__(self, *flaw: str, rule: str = "", flaws: Sequence[Flaw] = ()) -> None:
        self.flaws = tuple(flaws) or (Flaw(*flaw),)
        super().__init__(f"rule '{rule}': " * bool(rule) + "; ".join(one.what for one in self.flaws))


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
        if flaws := _flaws(self):
            raise Meaningless(rule=self.name, flaws=flaws)

    # -- what it is, in words ---------------------------------------------------------------------------------------

    @property
    def parameters(self) -> dict[str, str]:
        """Every parameter as text, so that fractions stay exact; '' for what the rule doesn't have."""
        split, bands = self.split, self.bands
        return {
            "form": self.form,
            "reading": self.reading,
            "zero": self.zero,
            "tie": self.tie,
            "cuts": _listed(self.cuts),
            "outside_split": "" if split is None else f"{split.by}: {_listed(split.cuts)}",
            "veto": "none" if self.veto is None else str(self.veto),
            "weights": _listed(self.weights),
            "bands": ""
            if bands is None
            else f"C {_listed(bands.composite)}; c7 {_listed(bands.counterweight)}; {bands.table}",
        }

    def __repr__(self) -> str:
        said = "; ".join(f"{key} {value}" for key, value in self.parameters.items() if value)
        return f"<Rule {self.name}: {len(self.tiers)} tiers, {self.inside} inside; {said}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        rows = [(key, value) for key, value in self.parameters.items() if value]
        inside = f"{len(self.tiers)} tiers, the first {self.inside} inside"
        return card(f"Rule {self.name}", [inside], ("parameter", "value"), rows)

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
    def monotone(self) -> bool:
        """Whether worse scores (more against or of the counterweight, less for) never give a smaller tier number.

        Sums and cuts always are; a table of bands is if it falls along neither rows nor columns.
        """
        if self.bands is None:
            return True
        table = np.asarray(self.bands.table)
        return bool((np.diff(table, axis=0) >= 0).all() and (np.diff(table, axis=1) >= 0).all())

    @property
    def denominator(self) -> int:
        """Least common denominator of the weights: composites are whole numbers of 1/denominator."""
        return math.lcm(*(w.denominator for w in self.weights))

    def contributions(self, steps: Sequence[int] | Ints, unit: int = 1) -> dict[str, Ints]:
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
        """Count the cuts that value / per misses: p/q is reached if ``value q >= p per`` (> where ties lose)."""
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
        """Return the balance in points (C - c7, or C / c7), or None where the form has no single statistic.

        A ratio has none where the counterweight can be 0.
        """
        if self.form == "difference":
            return self._balance(state) / (unit * self.denominator)
        if self.form == "ratio":
            return state["composite"] / state["counterweight"] if np.all(state["counterweight"]) else None
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
    if not signed:
        raise UsageError("a rule needs a criterion against or for")
    if any(w < 0 for w in weights) or sum(signed) == 0:
        raise Meaningless("weights", "weights must be at least 0, and not all 0", "numbers of at least 0")
    factor = Fraction(len(signed)) / sum(signed)
    return tuple(w if r == "counterweight" else w * factor for w, r in zip(weights, roles, strict=True))


def _strictly(values: Sequence[Fraction], direction: int) -> bool:
    return all(direction * (b - a) > 0 for a, b in pairwise(values))


# -- what makes a rule meaningless -------------------------------------------------------------------------------------


def _listed(values: Sequence[object]) -> str:
    return ", ".join(map(str, values))


def _flaws(rule: Rule) -> list[Flaw]:
    """Everything that makes a rule meaningless, in words, with the key of a problem file where it stands."""
    return [
        *_flaws_of_form(rule), *_flaws_of_bands(rule), *_flaws_of_cuts(rule), *_flaws_of_split(rule),
        *_flaws_of_size(rule),
    ]  # fmt: skip


def _flaws_of_form(rule: Rule) -> list[Flaw]:
    found = []
    if rule.roles.count("counterweight") > 1:
        found.append(Flaw("", "at most one criterion can be the counterweight", "one criterion of that role"))
    if rule.reading == "text" and rule.form != "difference":
        what = f"the reading 'text' has one statistic D = C - c7, so form '{rule.form}' has no meaning under it"
        found.append(Flaw("reading", what, "reading footnote, or form difference"))
    if rule.counterweight is None and rule.form != "difference":
        what = f"form '{rule.form}' needs a criterion with the role counterweight"
        found.append(Flaw("form", what, "form difference, or such a criterion"))
    if rule.reading == "footnote" and rule.outside < 1:
        what = "the reading 'footnote' sends scores outside, and no tier is outside"
        found.append(Flaw("reading", what, "a tier with in_roadmap false, or the reading text"))
    return found


def _flaws_of_bands(rule: Rule) -> list[Flaw]:
    if (rule.form in ("grid", "lexicographic")) != (rule.bands is not None):
        what = f"form '{rule.form}' {'needs' if rule.bands is None else 'takes no'} bands"
        return [Flaw("bands", what, "bands under the forms grid and lexicographic, and no others")]
    if rule.bands is None:
        return []
    found = []
    bands, table = rule.bands, [tier for row in rule.bands.table for tier in row]
    if rule.form == "lexicographic" and table != sorted(table):
        what = "a lexicographic table must not fall along its rows, read one after the other"
        found.append(Flaw("bands.table", what, "tiers that rise or stay"))
    rows, columns = len(bands.composite) + 1, len(bands.counterweight) + 1
    if [len(row) for row in bands.table] != [columns] * rows:
        what = f"the table of bands must have {rows} rows of {columns}"
        found.append(Flaw("bands.table", what, "a row for each band of C, a tier for each band of c7"))
    if any(not 1 <= tier <= rule.inside for tier in table):
        found.append(Flaw("bands.table", f"the table of bands must hold tiers from 1 to {rule.inside}", "inside tiers"))
    if not _strictly(bands.composite, -1):
        found.append(Flaw("bands.composite", "composite bounds of bands must fall strictly", "falling numbers"))
    if not _strictly(bands.counterweight, 1):
        found.append(Flaw("bands.counterweight", "counterweight ends of bands must rise strictly", "rising numbers"))
    return found


def _flaws_of_cuts(rule: Rule) -> list[Flaw]:
    banded = rule.form in ("grid", "lexicographic")
    n = 0 if banded else (rule.inside + rule.outside if rule.reading == "text" else rule.inside) - 1
    found = []
    if len(rule.cuts) != n:
        which = "all" if rule.reading == "text" else "the inside"
        allowed = "no cuts under a form with bands" if banded else f"one cut fewer than {which} tiers"
        found.append(Flaw("cuts", f"needs {n} cuts (got {len(rule.cuts)})", allowed))
    if not _strictly(rule.cuts, -1):
        got = ", ".join(map(str, rule.cuts))
        found.append(Flaw("cuts", f"cuts must fall strictly (got {got})", "falling numbers, no two equal"))
    return found


def _flaws_of_split(rule: Rule) -> list[Flaw]:
    if rule.reading == "text" or rule.outside < 1:
        return []
    if rule.split is None:
        what = f"{rule.outside} outside tiers need an outside split"
        return [] if rule.outside == 1 else [Flaw("outside_split", what, "an outside_split with by and cuts")]
    found = []
    by, cuts, n = rule.split.by, rule.split.cuts, rule.outside - 1
    if len(cuts) != n:
        what = f"the outside split needs {n} cuts (got {len(cuts)})"
        found.append(Flaw("outside_split.cuts", what, "one cut fewer than the outside tiers"))
    if not _strictly(cuts, 1 if by == "first" else -1):
        allowed = f"numbers that {'rise' if by == 'first' else 'fall'} strictly"
        found.append(Flaw("outside_split.cuts", f"cuts of the split by {by} are out of order", allowed))
    if by == "any" and rule.outside != 2:
        allowed = "two outside tiers, or a split by composite, balance or first"
        found.append(Flaw("outside_split.by", "a split by 'any' tells exactly two outside tiers apart", allowed))
    if by in ("first", "any") and "against" not in rule.roles:
        what = f"a split by '{by}' needs a criterion against"
        found.append(Flaw("outside_split.by", what, "a split by composite or balance, or such a criterion"))
    return found


def _flaws_of_size(rule: Rule) -> list[Flaw]:
    """Numbers too large or too fine for sums and products in 64-bit integers."""
    split = rule.split.cuts if rule.split else ()
    bands = rule.bands or Bands((), (), ())
    numbers = {
        "cuts": rule.cuts, "outside_split.cuts": split, "bands.composite": bands.composite,
        "bands.counterweight": bands.counterweight, "veto": () if rule.veto is None else (rule.veto,),
    }  # fmt: skip
    found = []
    for key, values in numbers.items():
        if any(abs(v) > LARGEST_CUT or v.denominator > FINEST_CUT for v in values):
            allowed = f"numbers from -{LARGEST_CUT} to {LARGEST_CUT}, of at most 4 decimals"
            found.append(Flaw(key, "has a number too large or too fine to be compared exactly", allowed))
    if rule.denominator > FINEST_WEIGHTS:
        what = f"weights have a common denominator of {rule.denominator:.3g}, too fine for exact sums"
        found.append(Flaw("weights", what, "whole numbers, or few decimals"))
    return found
