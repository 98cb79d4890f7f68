"""A brute-force oracle for tier rules: every score vector is visited, nothing is clever.

Written from the method pages alone. It imports nothing from the package that it checks, and takes other roads on
purpose: the whole lattice where the package convolves sums, loops over permutations where it uses fast transforms.

Conventions. A lattice is ``levels`` (rational, ascending, the same for all criteria; default 1..L) to the power d.
Arrays over the lattice have shape (L,)*d, axis k is criterion k. A subset of factors is a bitmask, bit 0 the first.

A rule is a plain dict. Numbers may be int, Fraction, float (taken as it stands, in binary) or text such as "2/3":

    roles         'against' | 'for' | 'counterweight' (at most one), a list, one per criterion
    n_inside, n_outside    number of tiers inside (the first ones) and outside
    reading       'footnote' (default): the sign of C decides inside or outside | 'text': ``cuts`` on C - c7 alone
    form          'difference' | 'ratio' | 'grid' | 'lexicographic'          (footnote only)
    inside_cuts   descending, n_inside - 1 of them, on C - c7 or C / c7      (difference and ratio)
    c_bands       ascending bounds of C: band i = 0 above the last one       (grid and lexicographic)
    w_bands       ascending bounds of c7: band j = 0 below the first one
    table         table[i][j], the inside tier
    cuts          descending, n_inside + n_outside - 1 of them, on C - c7    (text)
    zero          'outside' (default) | 'inside': where C = 0 goes           (footnote only)
    tie           'smaller' (default) | 'larger': the tier number that a value on a cut or a band's bound goes to
    outside_split {'by': 'composite' | 'balance' | 'first' | 'any', 'cuts': [...]}
    veto          None (default) or v: some 'against' score >= v puts the measure outside
    weights       one per criterion, default 1; used as they are, never rescaled
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from .closed_tables import closed_variances, first, marginals, moebius, shapley, total
from .threshold_cases import ThresholdCase, threshold_cases

__all__ = [
    "ThresholdCase",
    "acceptability",
    "closed_indices",
    "closed_variances",
    "conditioned",
    "first",
    "flip_distance",
    "joint_of",
    "lattice",
    "moebius",
    "n_tiers",
    "other_rule",
    "point_errors",
    "rescoring_matrix",
    "response",
    "second_panel",
    "shapley",
    "shocked",
    "statistic_tables",
    "statistics",
    "threshold_cases",
    "tier_counts",
    "tier_of",
    "tier_probabilities",
    "tier_table",
    "total",
    "variances",
]

Array = npt.NDArray[Any]
Rule = Mapping[str, Any]
KEYS = {
    "roles",
    "n_inside",
    "n_outside",
    "reading",
    "form",
    "inside_cuts",
    "c_bands",
    "w_bands",
    "table",
    "cuts",
    "zero",
    "tie",
    "outside_split",
    "veto",
    "weights",
}


# ---------------------------------------------------------------------------------------------------- 1 the rule


def n_tiers(rule: Rule) -> int:
    return int(rule["n_inside"]) + int(rule["n_outside"])


def statistics(rule: Rule, scores: Array, unit: int = 1) -> tuple[Array, Array, int]:
    """C and the weighted c7 (0 where the rule has none) as integers over one denominator: (C, c7, denominator)."""
    weights = [Fraction(w) for w in rule.get("weights") or [1] * len(rule["roles"])]
    common = math.lcm(*(w.denominator for w in weights))
    if sum(abs(w) * common for w in weights) * int(np.abs(scores).max(initial=0)) >= 2**62:
        raise OverflowError("weights need more than 64 bits")
    composite = np.zeros(len(scores), dtype=np.int64)
    counterweight = np.zeros(len(scores), dtype=np.int64)
    for k, role in enumerate(rule["roles"]):
        part = int(weights[k] * common) * scores[:, k].astype(np.int64)
        if role == "against":
            composite -= part
        elif role == "for":
            composite += part
        else:
            counterweight += part
    return composite, counterweight, common * unit


def _reaches(rule: Rule, value: Array, denominator: Any, cut: Any) -> Array:
    """Is value / denominator at or above the cut, where a value on the cut goes to the smaller tier; else above it."""
    cut = Fraction(cut)
    largest = max(int(np.abs(value).max(initial=0)) * cut.denominator, abs(cut.numerator) * int(np.max(denominator)))
    if largest >= 2**62:
        raise OverflowError(f"cut {cut} needs more than 64 bits")
    left, right = value * cut.denominator, cut.numerator * denominator
    return np.asarray(left >= right if rule.get("tie", "smaller") == "smaller" else left > right)


def tier_of(rule: Rule, scores: Array, unit: int = 1) -> Array:
    """Tiers (n,) of integer score vectors (n, d) in units of 1/unit. Exact: integers are compared with integers."""
    scores = np.asarray(scores)
    roles, inside_tiers, outside_tiers = list(rule["roles"]), int(rule["n_inside"]), int(rule["n_outside"])
    reading, form = rule.get("reading", "footnote"), rule.get("form", "difference")
    if not set(rule) <= KEYS or scores.shape[1] != len(roles) or roles.count("counterweight") > 1:
        raise ValueError("unknown key, or roles that do not fit the scores")
    if form != "difference" and (reading == "text" or "counterweight" not in roles):
        raise ValueError("this form needs the footnote's reading and a counterweight")
    composite, counterweight, one = statistics(rule, scores, unit)
    balance = composite - counterweight
    against = scores[:, [k for k, role in enumerate(roles) if role == "against"]]
    vetoed: Array = np.zeros(len(scores), dtype=bool)
    if rule.get("veto") is not None:
        vetoed = np.asarray((against >= math.ceil(Fraction(rule["veto"]) * unit)).any(axis=1))

    if reading == "text":
        cuts = rule["cuts"]
        if len(cuts) != inside_tiers + outside_tiers - 1:
            raise ValueError("wrong number of cuts")
        tier = np.ones(len(scores), dtype=np.int64)
        for cut in cuts:
            tier += ~_reaches(rule, balance, one, cut)
        return np.where(vetoed, np.maximum(tier, inside_tiers + 1), tier)

    zero_too = rule.get("zero", "outside") == "inside"
    inside = ((composite > 0) | ((composite == 0) & zero_too)) & ~vetoed

    tier_inside = np.ones(len(scores), dtype=np.int64)
    if form in ("difference", "ratio"):
        cuts = rule["inside_cuts"]
        if len(cuts) != inside_tiers - 1:
            raise ValueError("wrong number of inside cuts")
        if form == "ratio" and (counterweight <= 0).any():
            raise ValueError("a ratio needs a positive counterweight")
        for cut in cuts:
            if form == "ratio":
                tier_inside += ~_reaches(rule, composite, counterweight, cut)
            else:
                tier_inside += ~_reaches(rule, balance, one, cut)
    else:
        band_c = np.zeros(len(scores), dtype=np.int64)
        for bound in rule["c_bands"]:
            band_c += ~_reaches(rule, composite, one, bound)
        band_w = np.zeros(len(scores), dtype=np.int64)
        for bound in rule["w_bands"]:  # c7 <= bound stays below it where ties go to the smaller tier: -c7 >= -bound
            band_w += ~_reaches(rule, -counterweight, one, -Fraction(bound))
        tier_inside = np.asarray(rule["table"], dtype=np.int64)[band_c, band_w]

    tier_outside = np.full(len(scores), inside_tiers + 1, dtype=np.int64)
    split = rule.get("outside_split") or {"by": "composite", "cuts": []}
    if len(split["cuts"]) != outside_tiers - 1:
        raise ValueError("wrong number of outside cuts")
    for cut in split["cuts"]:
        if split["by"] == "composite":
            tier_outside += ~_reaches(rule, composite, one, cut)
        elif split["by"] == "balance":
            tier_outside += ~_reaches(rule, balance, one, cut)
        elif split["by"] == "first":
            tier_outside += ~_reaches(rule, -against[:, 0].astype(np.int64), unit, -Fraction(cut))
        elif split["by"] == "any":
            tier_outside += (against >= math.ceil(Fraction(cut) * unit)).any(axis=1)
        else:
            raise ValueError(f"unknown split {split['by']!r}")
    return np.where(inside, tier_inside, tier_outside)


# ------------------------------------------------------------------------------------------- 2 the lattice, its laws


def _units(levels: Sequence[Any]) -> tuple[list[int], int]:
    exact = [Fraction(level) for level in levels]
    unit = math.lcm(*(level.denominator for level in exact))
    return [int(level * unit) for level in exact], unit


def _levels(levels: Sequence[Any] | None, size: int) -> list[Any]:
    found: list[Any] = list(range(1, size + 1)) if levels is None else list(levels)
    if len(found) != size:
        raise ValueError(f"{len(found)} levels for an axis of {size}")
    return found


def lattice(levels: Sequence[int], d: int, chunk: int = 2**19) -> Iterator[Array]:
    """All len(levels)**d integer score vectors in chunks (<= chunk, d), the last criterion running fastest."""
    values, shape = np.asarray(levels, dtype=np.int64), (len(levels),) * d
    cells = len(levels) ** d
    for start in range(0, cells, chunk):
        where = np.unravel_index(np.arange(start, min(start + chunk, cells)), shape)
        yield np.stack([values[index] for index in where], axis=1)


def tier_table(rule: Rule, levels: Sequence[Any]) -> Array:
    """Tier of every cell, int8, shape (L,)*d."""
    whole, unit = _units(levels)
    d = len(rule["roles"])
    parts = [tier_of(rule, scores, unit).astype(np.int8) for scores in lattice(whole, d)]
    return np.concatenate(parts).reshape((len(whole),) * d)


def statistic_tables(rule: Rule, levels: Sequence[Any]) -> tuple[Array, Array | None]:
    """C and the balance of every cell, float; the balance is None for forms that have no single one."""
    whole, unit = _units(levels)
    d, form = len(rule["roles"]), rule.get("form", "difference")
    composite, balance = [], []
    for scores in lattice(whole, d):
        c, c7, one = statistics(rule, scores, unit)
        composite.append(c / one)
        balance.append(c / c7 if form == "ratio" else (c - c7) / one)
    shape = (len(whole),) * d
    if form in ("grid", "lexicographic"):
        return np.concatenate(composite).reshape(shape), None
    return np.concatenate(composite).reshape(shape), np.concatenate(balance).reshape(shape)


def joint_of(probability: Array, weights: Sequence[float] | None = None) -> Array:
    """Joint law over the lattice: independent criteria (d, L), or a mixture of such components (m, d, L)."""
    probability = np.asarray(probability)
    components = probability[None] if probability.ndim == 2 else probability
    if weights is None:
        weights = [1.0] * len(components)
        if len(components) > 1:
            raise ValueError("a mixture needs weights")
    size, d = components.shape[2], components.shape[1]
    joint = np.zeros((size,) * d)
    for weight, component in zip(weights, components, strict=True):
        cell = np.asarray(float(weight))
        for row in component:
            cell = cell[..., None] * row
        joint += cell
    return joint


def conditioned(joint: Array, rule: Rule, tier: int, levels: Sequence[Any] | None = None) -> Array:
    """The law given that ``rule`` sorts into ``tier``."""
    kept = np.where(tier_table(rule, _levels(levels, joint.shape[0])) == tier, joint, 0.0)
    mass = kept.sum()
    if mass == 0:
        raise ValueError(f"tier {tier} has probability 0")
    return np.asarray(kept / mass)


def tier_probabilities(rule: Rule, joint: Array, levels: Sequence[Any] | None = None) -> Array:
    table = tier_table(rule, _levels(levels, joint.shape[0]))
    return np.array([joint[table == t].sum() for t in range(1, n_tiers(rule) + 1)])


def tier_counts(rule: Rule, levels: Sequence[Any]) -> list[int]:
    """Number of cells in each tier: the exact acceptability under a uniform belief, times L**d."""
    return [int(n) for n in np.bincount(tier_table(rule, levels).ravel(), minlength=n_tiers(rule) + 1)[1:]]


def acceptability(
    rule: Rule,
    probability: Array,
    levels: Sequence[Any],
    *,
    weights: Sequence[float] | None = None,
    given: tuple[Rule, int] | None = None,
) -> Array:
    """P(tier = t), shape (tiers,), of an independent belief (d, L) or a mixture (m, d, L) with weights; optionally
    conditioned on ``given = (rule2, tier2)``."""
    joint = joint_of(probability, weights)
    if given is not None:
        joint = conditioned(joint, given[0], given[1], levels)
    return tier_probabilities(rule, joint, levels)


# ----------------------------------------------------------------------------------- 4, 5 closed indices, responses


def _informations(tiers: Array, joint: Array) -> Array:
    """I(X_J; T) in nats for all subsets; the full set's is H(T)."""
    found = np.zeros(2**joint.ndim)
    mass = dict(marginals(joint))
    for tier in np.unique(tiers):
        inside = np.where(tiers == tier, joint, 0.0)
        share = inside.sum()
        for subset, both in marginals(inside):
            some = both > 0
            found[subset] += (both[some] * np.log(both[some] / (mass[subset][some] * share))).sum()
    return found


def variances(rule: Rule, joint: Array, levels: Sequence[Any] | None = None) -> dict[str, tuple[float, Array]]:
    """name -> (Var(y), Var(E[y|X_J]) for all subsets), with the sums that stand for them in the label-free outputs
    (information: H(T) and I(X_J; T), in nats). A constant output has variance 0, an output that is not defined NaN."""
    grid = _levels(levels, joint.shape[0])
    tiers, last = tier_table(rule, grid), n_tiers(rule)
    support = joint > 0
    composite, balance = statistic_tables(rule, grid)
    outputs: dict[str, Array | None] = {f"tier={t}": tiers == t for t in range(1, last + 1)}
    outputs |= {f"tier<={t}": tiers <= t for t in range(1, last)}
    outputs |= {"composite": composite, "balance": balance, "tier": tiers}
    found: dict[str, tuple[float, Array]] = {}
    nothing = np.full(2**joint.ndim, np.nan)
    for name, raw in outputs.items():
        if raw is None:
            found[name] = (math.nan, nothing)
            continue
        values = raw.astype(float)
        seen = values[support]
        if seen.min() == seen.max():
            found[name] = (0.0, 0.0 * np.ones(2**joint.ndim))
            continue
        mean = (joint * values).sum()
        found[name] = (float((joint * (values - mean) ** 2).sum()), closed_variances(values, joint))
    for name, prefix in (("ordinal", "tier<="), ("one_hot", "tier=")):
        parts = [pair for key, pair in found.items() if key.startswith(prefix)]
        found[name] = (sum(pair[0] for pair in parts), np.sum([pair[1] for pair in parts], axis=0))
    shares = np.array([joint[tiers == t].sum() for t in range(1, last + 1)])
    shares = shares[shares > 0]
    entropy = 0.0 if len(shares) == 1 else float(-(shares * np.log(shares)).sum())
    found["information"] = (entropy, _informations(tiers, joint) if entropy else 0.0 * np.ones(2**joint.ndim))
    return found


def closed_indices(rule: Rule, joint: Array, levels: Sequence[Any] | None = None) -> dict[str, Array]:
    """name -> Var(E[y|X_J]) / Var(y), shape (2**d,), for 'tier=1'.., 'tier<=1'.. (below the last), 'composite',
    'balance', 'tier', 'ordinal', 'one_hot', 'information'. NaN for a constant output and where there is no balance."""
    return {
        name: part / whole if whole > 0 else np.full(len(part), np.nan)
        for name, (whole, part) in variances(rule, joint, levels).items()
    }


def response(rule: Rule, joint: Array, levels: Sequence[Any] | None = None) -> Array:
    """P(tier = t | c_k = x), shape (d, L, tiers); NaN where c_k = x has probability 0."""
    tiers = tier_table(rule, _levels(levels, joint.shape[0]))
    found = np.full((joint.ndim, joint.shape[0], n_tiers(rule)), np.nan)
    for k, x in itertools.product(range(joint.ndim), range(joint.shape[0])):
        law, tier = np.take(joint, x, axis=k), np.take(tiers, x, axis=k)
        mass = law.sum()
        if mass > 0:
            found[k, x] = [law[tier == t].sum() / mass for t in range(1, n_tiers(rule) + 1)]
    return found


# ------------------------------------------------------------------------ 6, 7 second panel, other rules, shocks, flips


def point_errors(sd: float, reach: int = 200) -> dict[int, float]:
    """normal(0, sd) by cell on whole points: {e: mass of [e - 1/2, e + 1/2]}; sd 0 is no error."""
    if sd == 0:
        return {0: 1.0}

    def below(z: float) -> float:  # the standard normal's distribution function, accurate in the lower tail
        return math.erfc(-z / (sd * math.sqrt(2.0))) / 2

    half = {e: below(-(e - 0.5)) - below(-(e + 0.5)) for e in range(1, reach + 1)}
    return {0: 1 - 2 * below(-0.5)} | half | {-e: mass for e, mass in half.items()}


def rescoring_matrix(levels: Sequence[int], errors: Mapping[int, float], ends: str = "clip") -> Array:
    """P(second score = y | latent score = x), shape (L, L). ``clip``: a score beyond the scale goes to its end;
    ``reflect``: it is folded back at low - 1/2 and high + 1/2 as often as needed."""
    low, high = levels[0], levels[-1]
    matrix = np.zeros((len(levels), len(levels)))
    for row, x in enumerate(levels):
        for error, mass in errors.items():
            y = x + error
            if ends == "clip":
                y = min(max(y, low), high)
            elif ends == "reflect":
                while not low <= y <= high:
                    y = 2 * low - 1 - y if y < low else 2 * high + 1 - y
            else:
                raise ValueError(f"unknown ends {ends!r}")
            matrix[row, list(levels).index(y)] += mass
    return matrix


def second_panel(
    rule: Rule,
    prior: Array,
    printed_tier: int,
    sd: float | Sequence[Mapping[int, float]],
    ends: str = "clip",
    levels: Sequence[int] | None = None,
    weights: Sequence[float] | None = None,
) -> tuple[Array, Array]:
    """(joint law of the second panel's scores, its tier probabilities), where the latent scores have the independent
    prior (d, L), or a mixture (m, d, L) with weights, given that the rule sorts them into ``printed_tier``. ``sd``: one
    normal re-scoring error for all criteria, or one {error in points: probability} per criterion."""
    d = len(rule["roles"])
    joint = joint_of(prior, weights)
    grid = _levels(levels, joint.shape[0])
    errors = list(sd) if isinstance(sd, Sequence) else [point_errors(float(sd))] * d
    law = conditioned(joint, rule, printed_tier, grid)
    for axis in range(d):
        matrix = rescoring_matrix(grid, errors[axis], ends)
        law = np.moveaxis(np.tensordot(law, matrix, axes=(axis, 0)), -1, axis)
    law = np.ascontiguousarray(law)
    return law, tier_probabilities(rule, law, grid)


def _cross(before: Array, after: Array, joint: Array, rows: int, columns: int) -> Array:
    """P(after = u | before = t); NaN in the rows of tiers that have probability 0."""
    found = np.full((rows, columns), np.nan)
    for t in range(1, rows + 1):
        mass, other = joint[before == t], after[before == t]
        if mass.sum() > 0:
            found[t - 1] = [mass[other == u].sum() / mass.sum() for u in range(1, columns + 1)]
    return found


def other_rule(rule_r: Rule, rule_s: Rule, prior: Array, levels: Sequence[Any] | None = None) -> Array:
    """P(s(X) = u | r(X) = t), shape (tiers of r, tiers of s), under an independent prior (d, L)."""
    grid, joint = _levels(levels, np.shape(prior)[-1]), joint_of(prior)
    return _cross(tier_table(rule_r, grid), tier_table(rule_s, grid), joint, n_tiers(rule_r), n_tiers(rule_s))


def shocked(rule: Rule, prior: Array, move: Sequence[int], levels: Sequence[int] | None = None) -> Array:
    """P(rule(X + move) = u | rule(X) = t), each moved score kept inside the scale by clipping."""
    grid, joint = _levels(levels, np.shape(prior)[-1]), joint_of(prior)
    before = tier_table(rule, grid)
    moved = [[grid.index(min(max(x + step, grid[0]), grid[-1])) for x in grid] for step in move]
    return _cross(before, before[np.ix_(*moved)], joint, n_tiers(rule), n_tiers(rule))


def flip_distance(
    rule: Rule, x: Sequence[Any], norm: str, levels: Sequence[Any] = tuple(range(1, 11)), table: Array | None = None
) -> tuple[int | None, set[int]]:
    """(smallest number of steps of the lattice that changes the tier, the tiers reached at that distance), or
    (None, empty). Every cell is looked at. ``single``: one criterion alone. ``table``: the tier_table."""
    table = tier_table(rule, levels) if table is None else table
    place = [list(levels).index(score) for score in x]
    distance = np.zeros((1,) * len(place), dtype=np.int16)
    moved = np.zeros((1,) * len(place), dtype=np.int16)
    for axis, start in enumerate(place):
        shape = [len(levels) if k == axis else 1 for k in range(len(place))]
        steps = np.abs(np.arange(len(levels), dtype=np.int16) - start).reshape(shape).astype(np.int16)
        distance = np.maximum(distance, steps) if norm == "linf" else distance + steps
        moved = moved + (steps > 0)
    candidate = table != table[tuple(place)]
    if norm == "single":
        candidate &= moved == 1
    elif norm not in ("l1", "linf"):
        raise ValueError(f"unknown norm {norm!r}")
    if not candidate.any():
        return None, set()
    nearest = int(distance[candidate].min())
    return nearest, {int(t) for t in np.unique(table[candidate & (distance == nearest)])}
