"""Default cuts of a rule from the number of alternatives in each tier, and how little those numbers say.

Cuts are chosen among the attained values of the rule's statistic, to maximise ``sum_t n_t log P(t | cuts)``: n_t the
published counts by tier, P exact under independent uniform scores on the lattice. Which side of the Roadmap a score
vector falls on depends on no cut under the reading ``footnote``, so the inside cuts and the outside cuts are two
separate *ladders*; under ``text`` all cuts are one ladder on D = C - c7.

A ladder is a statistic with descending values v_0 > v_1 > ... and, for each of its cuts, the cells that meet it:
``upper[m, i]`` counts the cells in the ladder's first m + 1 tiers where cut m is v_i. So
``P(t) = upper[t, i_t] - upper[t - 1, i_{t-1}]``: the likelihood is a sum over neighbouring cuts. A backward pass of
(max, +) gives the best that can follow each cut, and with it every vector near the optimum is listed, and no other is
looked at. Counts are sums of whole numbers (the probability engine run with all weights 1): exact up to 2^53 cells.

Source: `docs/method.md`, 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.rule import Role, Rule, Split
from mcda.sensitivity.elimination import law_of_sum
from mcda.tiers.states import States, states

__all__ = ["EQUAL", "NEAR", "SURFACE", "Calibration", "calibrate", "equal_mass_bands"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Columns = dict[str, Ints]

#: Cut vectors this many log units below the best count as near ties.
NEAR = 2.0
#: Cut vectors this many log units below the best are listed in the surface.
SURFACE = 10.0
#: Log likelihoods (and distances to the shares) that differ by no more are equal.
EQUAL = 1e-9
#: Values of one statistic above which calibration declines: tables have their square as size.
VALUES = 4000
#: Pairs (beginning of a cut vector, next cut) above which calibration declines.
PAIRS = 20_000_000


@dataclass(frozen=True, eq=False)
class Calibration:
    """What the counts by tier say about the cuts of one rule.

    rule : the rule, with the calibrated cuts
    counts : n_t, tier 1 first
    cuts : all cuts, in points: the inside ones, then the outside ones (under ``text`` the one vector)
    log_likelihood : ``sum_t n_t log P(t)``, natural logarithm, without the multinomial coefficient
    probabilities : (tier,), P at the optimum
    surface_cuts, surface : (vector, cut) points and (vector,) log likelihoods of all vectors within SURFACE log units
        of the best, best first; vectors that sort the lattice in the same way stand once
    table_values, table : the attained values (descending) and the log likelihood over (first cut, second cut) with the
        outside cuts at their best, where there are two inside cuts (else empty and None); NaN where the order is
        wrong, -inf where a tier that has alternatives would be empty
    n_near : number of cut vectors within NEAR log units of the best, the best among them
    near_range : smallest and largest value of each cut among those
    inside_count, inside_probability : alternatives inside the Roadmap, and P(inside) at the optimum. Under
        ``footnote`` no cut moves it, so the count may be one that no cut can fit:
    tail : ``P(N <= n)`` and ``P(N >= n)`` for N ~ Binomial(all alternatives, inside_probability), n the inside count
    """

    rule: Rule
    counts: tuple[int, ...]
    cuts: tuple[Fraction, ...]
    log_likelihood: float
    probabilities: Floats
    surface_cuts: Floats
    surface: Floats
    table_values: tuple[Fraction, ...]
    table: Floats | None
    n_near: int
    near_range: tuple[tuple[Fraction, Fraction], ...]
    inside_count: int
    inside_probability: float
    tail: tuple[float, float]


@dataclass(frozen=True, eq=False)
class _Ladder:
    """One statistic and the cells that meet each of its cuts; see the module's text.

    values : cut values in points, in the order in which ever more cells meet them
    upper : (cut, value) cells; total : cells of all of the ladder's tiers
    """

    values: tuple[Fraction, ...]
    upper: Floats
    total: float

    def cells(self, path: Ints) -> Floats:
        """Cells in each tier, (vector, tier), of cut vectors given as positions in `values`, (vector, cut)."""
        met = self.upper[np.arange(len(self.upper)), path]
        ends = np.zeros((len(path), 1)), np.full((len(path), 1), self.total)
        return np.diff(np.hstack([ends[0], met, ends[1]]), axis=1)


@dataclass(frozen=True, eq=False)
class _Listed:
    """Cut vectors near the best, of one ladder or of all.

    path : (vector, cut) positions in the ladder's values; value : (vector,) log likelihood; cells : (vector, tier)
    """

    path: Ints
    value: Floats
    cells: Floats


def calibrate(rule: Rule, lattice: Lattice, counts: Sequence[int]) -> Calibration:
    """Return the cuts of a rule that fit the counts by tier best, and all that fit nearly as well.

    Of equal likelihoods (to 1e-9) the vector whose P is nearest to the counts' shares wins (smallest sum of absolute
    differences), then the larger cuts.

    Parameters
    ----------
    rule : Rule
        Its cuts (and those of its outside split) are placeholders; everything else is kept.
    lattice : Lattice
        Scores are independent and uniform on it.
    counts : (tier,) whole numbers
        Alternatives by tier, tier 1 first.

    Errors: :class:`UsageError` for counts that do not fit the rule; :class:`Declined` for forms that take bands (see
    `equal_mass_bands`), where no cuts leave every tier that has alternatives a probability, and for too large problems.
    """
    n = _checked(rule, counts)
    space, cells = _cells(rule, lattice)
    ladders = _ladders(rule, lattice, space, cells)
    sizes = [len(ladder.upper) + 1 for ladder in ladders]
    parts = np.split(n, np.cumsum(sizes)[:-1])
    everything = float(lattice.size) ** len(rule.roles)
    tables = [_tables(ladder, part, everything) for ladder, part in zip(ladders, parts, strict=True)]
    found = _joined([_listed(ladder, table) for ladder, table in zip(ladders, tables, strict=True)])
    return _calibration(rule, n, ladders, tables, found, everything)


def _checked(rule: Rule, counts: Sequence[int]) -> Ints:
    if rule.bands is not None:
        raise Declined(
            f"form '{rule.form}' is not calibrated: its bands have equal mass (equal_mass_bands), and its outside cuts "
            "are those of the form 'difference' with the same split"
        )
    n = np.asarray(counts)
    if n.shape != (len(rule.tiers),) or not np.issubdtype(n.dtype, np.integer) or (n < 0).any() or not n.any():
        raise UsageError(f"counts must be {len(rule.tiers)} whole numbers, not all 0 (got {tuple(counts)})")
    return n.astype(np.int64)


# -- from a rule to its ladders ----------------------------------------------------------------------------------------


def _cells(rule: Rule, lattice: Lattice) -> tuple[States, Floats]:
    """The states of a rule, and how many cells of the lattice are in each."""
    space = states([rule], lattice)
    return space, law_of_sum(space.vectors, np.ones(space.vectors.shape[:2]))


def _balance(state: Columns) -> Ints:
    return state["composite"] - state["counterweight"] if "counterweight" in state else state["composite"]


def _attained(numerator: Ints, denominator: Ints | int, cells: Floats) -> tuple[tuple[Fraction, ...], Ints]:
    """Distinct values of a statistic where there are cells, descending; place of each state's value (-1: no cells)."""
    held = np.flatnonzero(cells)
    top, bottom = numerator[held], np.broadcast_to(denominator, numerator.shape)[held]
    common = np.gcd(top, bottom)
    pairs, inverse = np.unique(np.stack([top // common, bottom // common]), axis=1, return_inverse=True)
    values = [Fraction(int(p), int(q)) for p, q in pairs.T]
    if len(values) > VALUES:
        raise Declined(f"the statistic has {len(values)} attained values; calibration takes at most {VALUES}")
    order = sorted(range(len(values)), key=values.__getitem__, reverse=True)
    place = np.full(cells.shape, -1)
    place[held] = np.argsort(order)[inverse.reshape(-1)]
    return tuple(values[i] for i in order), place


def _met(place: Ints, cells: Floats, n: int, tie: str) -> Floats:
    """Cells whose value meets each of n descending cut values: at or above it, or above it where ties lose."""
    held = place >= 0
    mass = np.bincount(place[held], weights=cells[held], minlength=n)
    return np.asarray(np.cumsum(mass) if tie == "smaller" else np.cumsum(mass) - mass)


def _ladder(rule: Rule, numerator: Ints, denominator: Ints | int, cells: Floats, cuts: int) -> _Ladder:
    """A ladder whose cuts all look at the same cells."""
    if not cuts:
        return _Ladder((), np.zeros((0, 0)), float(cells.sum()))
    if not cells.any():
        raise Declined("no score vector lies on one side of the Roadmap, so there is nothing to cut there")
    values, place = _attained(numerator, denominator, cells)
    met = _met(place, cells, len(values), rule.tie)
    return _Ladder(values, np.tile(met, (cuts, 1)), float(cells.sum()))


def _ladders(rule: Rule, lattice: Lattice, space: States, cells: Floats) -> list[_Ladder]:
    state, scale = space.values(), lattice.unit * rule.denominator
    if rule.reading == "text":
        return [_text(rule, state, scale, cells)]
    inside = rule.sort_components(state, lattice.unit) <= rule.inside
    return [
        _inside(rule, state, scale, np.where(inside, cells, 0.0)),
        _outside(rule, lattice, state, scale, np.where(inside, 0.0, cells)),
    ]


def _text(rule: Rule, state: Columns, scale: int, cells: Floats) -> _Ladder:
    """One ladder for all tiers; what is vetoed meets none of the inside cuts, so it is at least in the next tier."""
    values, place = _attained(_balance(state), scale, cells)
    allowed = cells if rule.veto is None else np.where(state["vetoes"] > 0, 0.0, cells)
    first, last = (_met(place, some, len(values), rule.tie) for some in (allowed, cells))
    return _Ladder(values, np.vstack(([first] * rule.inside + [last] * rule.outside)[:-1]), float(cells.sum()))


def _inside(rule: Rule, state: Columns, scale: int, cells: Floats) -> _Ladder:
    if rule.form == "difference":
        return _ladder(rule, _balance(state), scale, cells, rule.inside - 1)
    held = cells > 0
    if (state["counterweight"][held] <= 0).any():
        raise Declined("a ratio C / c7 is calibrated on scales and weights that keep c7 above 0")
    divisor = np.where(held, state["counterweight"], 1)
    return _ladder(rule, state["composite"], divisor, cells, rule.inside - 1)


def _outside(rule: Rule, lattice: Lattice, state: Columns, scale: int, cells: Floats) -> _Ladder:
    if rule.split is None:
        return _Ladder((), np.zeros((0, 0)), float(cells.sum()))
    cuts = rule.outside - 1
    match rule.split.by:
        case "composite":
            return _ladder(rule, state["composite"], scale, cells, cuts)
        case "balance":
            return _ladder(rule, _balance(state), scale, cells, cuts)
        case "first":  # a small score gives the smaller tier: the ladder goes down -c1, its cuts go up
            ladder = _ladder(rule, -state["first"], lattice.unit, cells, cuts)
            return _Ladder(tuple(-value for value in ladder.values), ladder.upper, ladder.total)
        case "any":
            return _alarms(rule, lattice, float(cells.sum()))


def _alarms(rule: Rule, lattice: Lattice, total: float) -> _Ladder:
    """For each score at which an alarm could go, the outside cells without one: `alarms` is another sum for each."""
    values = tuple(Fraction(step, lattice.unit) for step in lattice.steps)
    quiet = []
    for value in values:
        tried = rule.but(split=Split("any", (value,)))
        space, cells = _cells(tried, lattice)
        quiet.append(cells[tried.sort_components(space.values(), lattice.unit) == rule.inside + 1].sum())
    # scores between two attained ones sort alike: the upper end, itself attained, stands for them
    last = np.flatnonzero(np.append(np.diff(quiet) > 0, True))
    return _Ladder(tuple(values[i] for i in last), np.array([quiet])[:, last], total)


# -- the likelihood over one ladder, and over all ----------------------------------------------------------------------


def _tables(ladder: _Ladder, counts: Ints, everything: float) -> list[Floats]:
    """The term ``n_t log P(t)`` of each tier over (its upper cut, its lower cut); -inf where it cannot be."""
    starts = [np.zeros(1), *ladder.upper]
    ends = [*ladder.upper, np.array([ladder.total])]
    found = []
    for t, (start, end, n) in enumerate(zip(starts, ends, counts, strict=True)):
        with np.errstate(divide="ignore", invalid="ignore"):
            term = n * np.log((end - start[:, None]) / everything) if n else np.zeros((len(start), len(end)))
        if 0 < t < len(ladder.upper):
            term[np.tril_indices(len(start))] = -np.inf  # cuts must fall strictly
        found.append(term)
    return found


def _listed(ladder: _Ladder, tables: list[Floats]) -> _Listed:
    """All vectors within SURFACE of the ladder's best: every beginning that the best continuation can bring there."""
    ahead = [np.zeros(1)]
    for table in tables[:0:-1]:
        ahead.insert(0, (table + ahead[0]).max(axis=1))
    bound = (tables[0] + ahead[0]).max() - SURFACE
    if not np.isfinite(bound):
        raise Declined("no cuts on attained values leave a probability to every tier that has alternatives")
    path, value = np.zeros((1, 1), dtype=np.int64), np.zeros(1)
    for table, onward in zip(tables, ahead, strict=True):
        _check_size(len(path), table.shape[1])
        reached = value[:, None] + table[path[:, -1]]
        row, column = np.nonzero(reached + onward >= bound - EQUAL)
        path, value = np.column_stack([path[row], column]), reached[row, column]
    return _distinct(ladder, path[:, 1:-1], value)


def _check_size(beginnings: int, endings: int) -> None:
    if beginnings * endings > PAIRS:
        raise Declined(
            f"calibration would look at {beginnings * endings:.3g} cut vectors at once (at most {PAIRS:.3g}); "
            "use a coarser lattice, rounder weights or fewer tiers"
        )


def _distinct(ladder: _Ladder, path: Ints, value: Floats) -> _Listed:
    """Of vectors that sort the lattice alike keep the first, which has the larger cuts.

    The cells that meet a cut are nested, so equal numbers of them are equal sets. (Only a veto under ``text`` makes
    such vectors: its inside cuts do not see scores that only what is vetoed attains.)
    """
    met = ladder.upper[np.arange(len(ladder.upper)), path]
    if met.shape[1] > 1:
        kept = np.sort(np.unique(met, axis=0, return_index=True)[1])
        path, value = path[kept], value[kept]
    return _Listed(path, value, ladder.cells(path))


def _joined(parts: list[_Listed]) -> _Listed:
    """Pairs of vectors of two ladders, within SURFACE of the best pair."""
    if len(parts) == 1:
        return parts[0]
    a, b = parts
    _check_size(len(a.value), len(b.value))
    row, column = np.nonzero(a.value[:, None] + b.value >= a.value.max() + b.value.max() - SURFACE - EQUAL)
    paths, cells = np.hstack([a.path[row], b.path[column]]), np.hstack([a.cells[row], b.cells[column]])
    return _Listed(paths, a.value[row] + b.value[column], cells)


# -- what is reported --------------------------------------------------------------------------------------------------


def _calibration(
    rule: Rule, n: Ints, ladders: list[_Ladder], tables: list[list[Floats]], found: _Listed, everything: float
) -> Calibration:
    values = [ladder.values for ladder in ladders for _ in ladder.upper]
    best = _chosen(values, found, n / n.sum(), everything)
    cuts = tuple(of[i] for of, i in zip(values, found.path[best], strict=True))
    p = found.cells[best] / everything
    order = np.argsort(-found.value, kind="stable")
    points = [np.array([float(v) for v in of])[found.path[order, c]] for c, of in enumerate(values)]
    near = found.path[found.value >= found.value.max() - NEAR - EQUAL]
    inside, chance = int(n[: rule.inside].sum()), float(p[: rule.inside].sum())
    law = stats.binom(int(n.sum()), min(chance, 1.0))
    return Calibration(
        rule=_with_cuts(rule, cuts),
        counts=tuple(int(one) for one in n),
        cuts=cuts,
        log_likelihood=float(found.value[best]),
        probabilities=p,
        surface_cuts=np.column_stack(points) if points else np.zeros((len(order), 0)),
        surface=found.value[order],
        table_values=ladders[0].values if _drawn(rule) else (),
        table=_table(tables) if _drawn(rule) else None,
        n_near=len(near),
        near_range=tuple(_range(of, near[:, c]) for c, of in enumerate(values)),
        inside_count=inside,
        inside_probability=chance,
        tail=(float(law.cdf(inside)), float(law.sf(inside - 1))),
    )


def _chosen(values: list[tuple[Fraction, ...]], found: _Listed, shares: Floats, everything: float) -> int:
    """Position of the best vector: likelihood, then nearness to the shares, then larger cuts."""
    tied = np.flatnonzero(found.value >= found.value.max() - EQUAL)
    gap = np.abs(found.cells[tied] / everything - shares).sum(axis=1)
    tied = tied[gap <= gap.min() + EQUAL]
    return int(max(tied, key=lambda row: [of[i] for of, i in zip(values, found.path[row], strict=True)]))


def _with_cuts(rule: Rule, cuts: tuple[Fraction, ...]) -> Rule:
    if rule.reading == "text" or rule.split is None:
        return rule.but(cuts=cuts)
    return rule.but(cuts=cuts[: rule.inside - 1], split=Split(rule.split.by, cuts[rule.inside - 1 :]))


def _range(values: tuple[Fraction, ...], places: Ints) -> tuple[Fraction, Fraction]:
    ends = values[int(places.min())], values[int(places.max())]
    return min(ends), max(ends)


def _drawn(rule: Rule) -> bool:
    """Whether there is a surface over two inside cuts."""
    return rule.reading == "footnote" and rule.inside == 3


def _table(tables: list[list[Floats]]) -> Floats:
    """Log likelihood over both inside cuts, the outside cuts at their best."""
    first, second, third = tables[0]
    outside = np.zeros(1)
    for term in tables[1][::-1]:
        outside = (term + outside).max(axis=1)
    surface = first.T + second + third.T + outside[0]
    surface[np.tril_indices(len(surface))] = np.nan
    return np.asarray(surface)


# -- bands of equal mass -----------------------------------------------------------------------------------------------


def equal_mass_bands(
    roles: Sequence[Role],
    lattice: Lattice,
    *,
    weights: Sequence[Fraction] = (),
    tie: Literal["smaller", "larger"] = "smaller",
) -> tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]:
    """Return bounds of three bands of C (given C > 0) and of c7 whose masses are as near to a third as values allow.

    Scores are independent and uniform on the lattice. Each bound is the attained value whose cumulative mass, with
    values on the bound on the side where `tie` puts them, is nearest to 1/3 and 2/3 (of two equally near the one with
    the smaller mass).

    Returns
    -------
    composite : the descending lower bounds of the bands of C, points
    counterweight : the ascending upper ends of the bands of c7, points (weighted, where c7 has a weight)

    Both are what :class:`~mcda.rule.Bands` takes. Errors: :class:`UsageError` without a counterweight,
    :class:`Declined` where there are too few values for three bands.
    """
    rule = Rule("bands", tuple(roles), inside=1, outside=1, weights=tuple(weights), tie=tie)
    if rule.counterweight is None:
        raise UsageError("bands of c7 need a criterion with the role counterweight")
    space, cells = _cells(rule, lattice)
    state, scale = space.values(), lattice.unit * rule.denominator
    composite = _ladder(rule, state["composite"], scale, np.where(state["composite"] > 0, cells, 0.0), 1)
    counterweight = _ladder(rule, -state["counterweight"], scale, cells, 1)
    first, second = _thirds(counterweight)
    return _thirds(composite), (-first, -second)


def _thirds(ladder: _Ladder) -> tuple[Fraction, Fraction]:
    """The values whose cumulative masses are nearest to one third and two thirds of the total."""
    met = ladder.upper[0]
    if len(met) < 3:
        raise Declined(f"three bands need at least 3 attained values (got {len(met)})")
    i = int(np.argmin(np.abs(3 * met[:-1] - ladder.total)))
    j = i + 1 + int(np.argmin(np.abs(3 * met[i + 1 :] - 2 * ladder.total)))
    return ladder.values[i], ladder.values[j]
