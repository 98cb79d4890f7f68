"""The sampled engine: Sobol' indices and Shapley effects of any function of independent inputs, with their errors.

Every base point is a row of two designs, A and B; the function is evaluated at A with some columns taken from B. With
``subsets="first-total"`` these are A, B and A with one column of B, and the estimators are those of Saltelli et al.
(2010, Comput. Phys. Commun. 181, table 2 b) for the first order and of Jansen (1999) for the total order, normalised by
the variance over A and B: SALib's formulas. With ``subsets="all"`` they are all 2^d crossings, and
``C(M) = E[y(A_-M, B_M) y(A)]`` is estimated from all 2^d pairs of crossings that differ by the columns M (a
convolution over subsets, done by Walsh-Hadamard transforms); the closed index of J is ``(C(-J) - C(all)) / (C(none) -
C(all))``. Its total order is then Jansen's estimator, averaged over the pairs, and first order, Shapley effects and
total order belong to one table.

Rows are streamed; what is kept are sums of a few terms per output, once for every replicate.

* Random points: a Poisson bootstrap. Row i weighs Poisson(1) in replicate r, a function of (seed, r, i) alone, so
  neither blocks nor later rows change it; intervals are normal, from the replicates' standard deviation.
* Scrambled Sobol' nets: at least 16 scrambles, and Student's t over the jackknife's pseudo-values, one per scramble
  (Tukey 1958; for a mean these are the scrambles' own means). The points of one net are never resampled.

What cannot be estimated is NaN and flagged: a constant output, and a 0/1 output that takes its rarer value fewer than
30 times in A and B. Nothing here knows of tiers, rules or beliefs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from scipy import stats

from mcda.compiled import kernel
from mcda.draws import STREAMS, key, philox, seed_of, thresholds
from mcda.errors import Declined, UsageError
from mcda.sensitivity import algebra
from mcda.sensitivity.designs import net_points, random_points

__all__ = [
    "GivenData",
    "Look",
    "SampledIndices",
    "given_data_first_order",
    "poisson_weights",
    "sampled_indices",
]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Function = Callable[[Any], Any]

#: Factors of the largest closed table: 2^12 evaluations for each base point.
MAX_FACTORS = 12
#: A 0/1 output is estimable when its rarer value was seen as often as this.
FEWEST_HITS = 30
#: Expected coincidences of a rare 0/1 output below which its first order is not estimated from products: 95 % intervals
#: were seen to cover 28 % at 0.1 of them, 90 % at 1.6, 95 % at 2.6.
FEWEST_COINCIDENCES = 3
#: Rows from whose mean the outputs are counted, against rounding; no block is smaller.
PILOT = 256
FEWEST_SCRAMBLES = 16
#: A replicate with less than this share of the variance has none.
NO_VARIANCE = 1e-12
LEVEL = 0.95


class Look(NamedTuple):
    """One look of a run that goes on until its errors are small: base points, and the widest half interval."""

    n: int
    half_width: float


@dataclass(frozen=True)
class SampledIndices:
    """Indices of q outputs and then g groups of outputs ("rows"), for d factors; intervals are 95 %, (..., 2).

    names, groups : of the factors, of the groups
    mean, variance : (q + g,), of a group NaN and the sum; mean_ci is one-sided (from 0, or to 1) for a rare 0/1 output
    first_order, total_order : (q + g, d)
    closed : (q + g, 2^d), NaN where a subset was not asked for; None beyond 12 factors
    shapley : (q + g, d), NaN unless all subsets were asked for, or d is at most 3; None beyond 12 factors
    not_estimable : (q + g,), constant, or too rare at this n; `constant` : (q + g,). First order is estimated from a
        product of outputs of two points; of a 0/1 output for which that product is expected to be hit fewer than
        three times it alone is NaN (its interval would hold the truth far too seldom)
    n : base points (of one scramble, if there are several); evaluations : of the function
    dropped : base points that were left out because an output was not finite
    looks : of a run with `until`
    seed, method, dependence : as results carry them
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    mean: Floats
    mean_se: Floats
    mean_ci: Floats
    variance: Floats
    variance_se: Floats
    variance_ci: Floats
    first_order: Floats
    first_order_se: Floats
    first_order_ci: Floats
    total_order: Floats
    total_order_se: Floats
    total_order_ci: Floats
    not_estimable: Bools
    constant: Bools
    n: int
    evaluations: int
    dropped: int
    seed: int
    method: str
    looks: tuple[Look, ...] = ()
    closed: Floats | None = None
    closed_se: Floats | None = None
    closed_ci: Floats | None = None
    shapley: Floats | None = None
    shapley_se: Floats | None = None
    shapley_ci: Floats | None = None
    dependence: str = "independent"

    def half_width(self) -> float:
        """Return half the widest interval of first order, total order and Shapley effect, of what can be estimated."""
        errors = [self.first_order_ci, self.total_order_ci, *([] if self.shapley_ci is None else [self.shapley_ci])]
        widths = np.concatenate([np.ptp(ci, axis=-1).ravel() for ci in errors])
        return float(np.max(widths[np.isfinite(widths)], initial=0.0)) / 2


# -- Poisson bootstrap -------------------------------------------------------------------------------------------------


_POISSON = thresholds(stats.poisson.pmf(np.arange(13), 1.0))


@kernel
def _fill_weights(start: int, stream: int, k0: np.uint32, k1: np.uint32, bounds: Any, out: Floats) -> None:
    """Write Poisson(1) counts (replicate, row): word `replicate` of draw `row`, against integer thresholds."""
    replicates, rows = out.shape
    for address in range((replicates + 3) // 4):
        for i in range(rows):
            a, b, c, d = philox((np.uint32(start + i), np.uint32(0), np.uint32(address), np.uint32(stream)), k0, k1)
            words = (np.uint32(a), np.uint32(b), np.uint32(c), np.uint32(d))
            for j in range(min(4, replicates - 4 * address)):
                count = 0
                while count < bounds.size and words[j] >= bounds[count]:
                    count += 1
                out[4 * address + j, i] = count


def poisson_weights(seed: int, replicates: int, start: int, stop: int) -> Floats:
    """Return the Poisson(1) weights of rows `start` to `stop` in every replicate, (replicates, stop - start).

    Each is a function of (seed, replicate, row): word ``j = replicate`` of the draw `row` of the stream "bootstrap".
    """
    out = np.empty((replicates, stop - start))
    _fill_weights(start, STREAMS["bootstrap"], *key(seed), _POISSON, out)
    return out


# -- estimators --------------------------------------------------------------------------------------------------------


class _Moments(NamedTuple):
    """Of every replicate: mean, variance (replicate, q) and numerators of the indices (replicate, q, part)."""

    mean: Floats
    variance: Floats
    parts: Floats


class _Estimator(Protocol):
    """Which columns come from B in each evaluation, what is summed over rows, and what the sums say."""

    masks: Bools

    def terms(self, y: Floats) -> Floats: ...
    def moments(self, means: Floats) -> _Moments: ...
    def indices(self, shares: Floats) -> dict[str, Floats]: ...


class _Crosses:
    """A, A with one column of B, B: Saltelli's first order and Jansen's total order."""

    def __init__(self, d: int) -> None:
        self.d = d
        self.masks = np.concatenate([np.zeros((1, d)), np.eye(d), np.ones((1, d))]).astype(bool)

    def terms(self, y: Floats) -> Floats:
        """Terms of each row, (row, 3 + 3 d, q), of outputs (d + 2, row, q)."""
        a, gap, b = y[0], y[1:-1] - y[0], y[-1]
        ones = np.stack([(a + b) / 2, (a * a + b * b) / 2, y.mean(axis=0)])
        return np.concatenate([ones, gap, b * gap, gap * gap / 2]).swapaxes(0, 1)

    def moments(self, means: Floats) -> _Moments:
        """Centre B at the mean of all evaluations: the estimator then has no other unit of the output in it."""
        mean, square, centre = means[:, 0], means[:, 1], means[:, 2]
        gap, product, jansen = np.split(means[:, 3:], 3, axis=1)
        parts = np.concatenate([product - centre[:, None] * gap, jansen], axis=1)
        return _Moments(mean, square - mean**2, parts.swapaxes(1, 2))

    def indices(self, shares: Floats) -> dict[str, Floats]:
        first, total = shares[..., : self.d], shares[..., self.d :]
        found = {"first_order": first, "total_order": total}
        if self.d <= MAX_FACTORS:
            closed = _closed_of(first, total)
            found |= {"closed": closed, "shapley": algebra.shapley(closed)}
        return found


def _closed_of(first: Floats, total: Floats) -> Floats:
    """The closed table as far as first and total order tell it; where they tell the same entry, the first order's."""
    d = first.shape[-1]
    closed = np.full((*first.shape[:-1], 1 << d), np.nan)
    closed[..., [(1 << d) - 1 - (1 << k) for k in range(d)]] = 1 - total
    closed[..., [1 << k for k in range(d)]] = first
    closed[..., 0], closed[..., -1] = 0 * first[..., 0], 1 + 0 * first[..., 0]
    return closed


class _Cube:
    """All 2^d crossings of A and B: every closed index, from all pairs."""

    def __init__(self, d: int) -> None:
        if d > MAX_FACTORS:
            raise Declined(
                f"all subsets of {d} factors are 2^{d} evaluations for each base point; at most {MAX_FACTORS} factors "
                'are served: use subsets="first-total", or fold factors together'
            )
        self.masks = (np.arange(1 << d)[:, None] >> np.arange(d) & 1).astype(bool)

    def terms(self, y: Floats) -> Floats:
        """Terms of each row, (row, 2^d + 1, q): mean products of crossings that differ by M, and their mean."""
        products = _hadamard(_hadamard(y) ** 2) / len(y) ** 2
        return np.concatenate([products, y.mean(axis=0, keepdims=True)]).swapaxes(0, 1)

    def moments(self, means: Floats) -> _Moments:
        products, mean = means[:, :-1], means[:, -1]
        parts = products[:, ::-1] - products[:, -1:]  # the complement of mask J is 2^d - 1 - J
        return _Moments(mean, parts[:, -1], parts.swapaxes(1, 2))

    def indices(self, shares: Floats) -> dict[str, Floats]:
        first, total = algebra.first_order(shares), algebra.total_order(shares)
        return {"first_order": first, "total_order": total, "closed": shares, "shapley": algebra.shapley(shares)}


def _hadamard(y: Floats) -> Floats:
    """Walsh-Hadamard transform along the first axis, whose length is a power of two."""
    k = 1
    while k < len(y):
        pairs = y.reshape(len(y) // (2 * k), 2, k, *y.shape[1:])
        y = np.stack([pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]], axis=1).reshape(y.shape)
        k *= 2
    return y


# -- one run -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Plan:
    """What was asked, checked."""

    function: Function
    names: tuple[str, ...]
    seed: int
    inputs: Callable[[Floats], Any] | None
    nets: bool
    replicates: int
    block: int
    drop: bool
    groups: dict[str, tuple[int, ...]]
    estimator: _Estimator

    def points(self, scramble: int, start: int, stop: int) -> Iterator[tuple[int, Any, Any]]:
        """Blocks of base points from row `start` to `stop`, mapped to inputs: first row, A, B."""
        if self.nets:
            net = net_points(self.seed, len(self.names), start, stop, replicate=scramble)
        for i in range(start, stop, self.block):
            j = min(stop, i + self.block)
            a, b = (x[i - start : j - start] for x in net) if self.nets else random_points(self.seed, self.names, i, j)
            yield i, *self._mapped(a, b, check=i == 0)

    def _mapped(self, a: Floats, b: Floats, check: bool) -> tuple[Any, Any]:
        if self.inputs is None:
            return a, b
        x, z = np.asarray(self.inputs(a)), np.asarray(self.inputs(b))
        odd = np.arange(a.shape[1]) % 2 == 1
        if check and not np.array_equal(self.inputs(np.where(odd, b, a)), np.where(odd, z, x)):
            raise UsageError("`inputs` mixes columns: it must map each column by itself (independent inputs)")
        return x, z

    def outputs(self, a: Any, b: Any) -> Floats:
        """Outputs of all evaluations, (evaluation, row, q)."""
        return np.stack([self._evaluate(np.where(mask, b, a)) for mask in self.estimator.masks])

    def _evaluate(self, x: Any) -> Floats:
        y = np.asarray(self.function(x), dtype=np.float64)
        y = y[:, None] if y.ndim == 1 else y
        if y.ndim != 2 or len(y) != len(x):
            raise UsageError(f"the function must return (n,) or (n, q) for (n, d) points (got {y.shape} for {x.shape})")
        return y

    def finite(self, y: Floats, start: int) -> Bools:
        """Which rows are finite in all outputs; an error where one isn't, unless they are to be dropped."""
        good: Bools = np.asarray(np.isfinite(y).all(axis=(0, 2)))
        if not (self.drop or good.all()):
            output = int(np.flatnonzero(~np.isfinite(y).all(axis=(0, 1)))[0])
            raise Declined(
                f"output {output} is not finite at base point {start + int(np.argmin(good))}; "
                'nonfinite="drop" leaves such points out and counts them'
            )
        return good

    def weights(self, scramble: int, start: int, stop: int) -> tuple[slice, Floats]:
        """Which sums these rows go into, and how much each row weighs in them: (sum, row)."""
        if self.nets:
            return slice(scramble, scramble + 1), np.ones((1, stop - start))
        once = np.ones((1, stop - start))
        return slice(None), np.concatenate([once, poisson_weights(self.seed, self.replicates, start, stop)])


@dataclass
class _Tally:
    """Running sums, and which values were seen."""

    counts: Floats
    sums: Floats
    shift: Floats
    low: Floats
    high: Floats
    binary: Bools
    ones: Floats
    rows: int = 0
    dropped: int = 0
    evaluations: int = 0

    @classmethod
    def started(cls, plan: _Plan, y: Floats) -> _Tally:
        """An empty tally, outputs counted from the mean of the first rows."""
        q, first = y.shape[2], y[0, :PILOT]
        if wrong := [n for n, c in plan.groups.items() if not c or not all(0 <= k < q for k in c)]:
            raise UsageError(f"group '{wrong[0]}' must list some of the {q} outputs, by position from 0")
        known = np.isfinite(first)
        shift = np.where(known, first, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        sums = plan.replicates + (not plan.nets)
        terms = plan.estimator.terms(y[:, :0]).shape[1]
        limits = np.full(q, np.inf), np.full(q, -np.inf)
        return cls(np.zeros(sums), np.zeros((sums, terms, q)), shift, *limits, np.ones(q, dtype=bool), np.zeros(q))

    def add(self, plan: _Plan, scramble: int, start: int, y: Floats) -> None:
        """Take in the outputs of a block of rows."""
        good = plan.finite(y, start)
        where, weights = plan.weights(scramble, start, start + y.shape[1])
        weights, kept = weights[:, good], y[:, good]
        terms = plan.estimator.terms(kept - self.shift)
        self.counts[where] += weights.sum(axis=1)
        self.sums[where] += np.tensordot(weights, terms, axes=1)
        self._see(kept)
        self.rows += len(terms)
        self.dropped += len(good) - len(terms)
        self.evaluations += y.shape[0] * y.shape[1]

    def _see(self, y: Floats) -> None:
        self.low = np.minimum(self.low, y.min(axis=(0, 1), initial=np.inf))
        self.high = np.maximum(self.high, y.max(axis=(0, 1), initial=-np.inf))
        self.binary = self.binary & ((y == 0) | (y == 1)).all(axis=(0, 1))
        self.ones += (y[[0, -1]] == 1).sum(axis=(0, 1))


def _extended(plan: _Plan, tally: _Tally | None, start: int, stop: int) -> _Tally:
    """The tally of rows up to `stop`, of all scrambles, from that of rows up to `start`."""
    for scramble in range(plan.replicates if plan.nets else 1):
        for i, a, b in plan.points(scramble, start, stop):
            y = plan.outputs(a, b)
            tally = tally or _Tally.started(plan, y)
            tally.add(plan, scramble, i, y)
    if tally is None or tally.rows == 0:
        raise Declined("no base point has finite outputs")
    return tally


# -- from sums to indices ----------------------------------------------------------------------------------------------


def _replicated(plan: _Plan, tally: _Tally) -> tuple[Floats, Floats]:
    """Counts and sums of everything, then of each replicate: bootstrap replicates, or all scrambles but one."""
    if not plan.nets:
        return tally.counts, tally.sums
    counts, sums = tally.counts.sum(), tally.sums.sum(axis=0)
    return np.append(counts, counts - tally.counts), np.concatenate([sums[None], sums - tally.sums])


def _members(plan: _Plan, q: int) -> Floats:
    """Which outputs make up each output and group, (q + g, q)."""
    rows = np.zeros((len(plan.groups), q))
    for row, columns in zip(rows, plan.groups.values(), strict=True):
        row[list(columns)] = 1.0
    return np.concatenate([np.eye(q), rows])


def _estimates(plan: _Plan, tally: _Tally, members: Floats) -> dict[str, Floats]:
    """Mean, variance and every index of every replicate, (replicate, q + g, ...)."""
    counts, sums = _replicated(plan, tally)
    with np.errstate(invalid="ignore", divide="ignore"):  # a replicate without any row
        mean, variance, parts = plan.estimator.moments(sums / counts[:, None, None])
        variance, parts = variance @ members.T, members @ parts
        some = (variance > NO_VARIANCE * variance[0]) & (variance > 0)
        shares = parts / np.where(some, variance, np.nan)[..., None]
    no_mean = np.full((len(mean), len(plan.groups)), np.nan)
    mean = np.concatenate([mean + tally.shift, no_mean], axis=1)
    return {"mean": mean, "variance": variance, **plan.estimator.indices(shares)}


def _with_errors(plan: _Plan, x: Floats) -> tuple[Floats, Floats, Floats]:
    """Estimate, standard error and interval, from (1 + replicate, ...): the estimate, then the replicates'."""
    if plan.nets:  # jackknife: the pseudo-values R x - (R - 1) x_r vary as (R - 1) x_r
        replicates = len(x) - 1
        se = x[1:].std(axis=0, ddof=1) * (replicates - 1) / math.sqrt(replicates)
        width = stats.t.ppf((1 + LEVEL) / 2, replicates - 1) * se
    else:
        se = x[1:].std(axis=0, ddof=1)
        width = stats.norm.ppf((1 + LEVEL) / 2) * se
    return x[0], se, np.stack([x[0] - width, x[0] + width], axis=-1)


def _rare(tally: _Tally) -> Bools:
    """Which outputs are 0/1 and took the rarer value too seldom."""
    return tally.binary & (np.minimum(tally.ones, 2 * tally.rows - tally.ones) < FEWEST_HITS)


def _alone(tally: _Tally) -> Bools:
    """Which 0/1 outputs are so rare that their rarer value is hardly ever expected at both ends of a product."""
    share = np.minimum(tally.ones, 2 * tally.rows - tally.ones) / (2 * tally.rows)
    return tally.binary & (tally.rows * share**2 < FEWEST_COINCIDENCES)


def _one_sided(ones: Floats, trials: int) -> Floats:
    """Exact one-sided 95 % bounds for a rare probability (Clopper & Pearson 1934), (q, 2): from 0, or to 1."""
    hits = np.minimum(ones, trials - ones)
    bound = stats.beta.ppf(LEVEL, hits + 1, trials - hits)
    few = ones <= trials - ones
    return np.stack([np.where(few, 0.0, 1 - bound), np.where(few, bound, 1.0)], axis=-1)


def _result(plan: _Plan, tally: _Tally, n: int, looks: tuple[Look, ...]) -> SampledIndices:
    """Everything that the sums say."""
    q = len(tally.shift)
    members = _members(plan, q)
    found = _estimates(plan, tally, members)
    constant, rare = tally.low == tally.high, _rare(tally)
    hopeless = constant | rare | np.isnan(found["first_order"][:, :q]).any(axis=(0, 2))
    constant, hopeless = (members @ ~x == 0 for x in (constant, hopeless))
    values: dict[str, Any] = {}
    for name, x in found.items():
        if name not in ("mean", "variance"):
            x[:, hopeless] = np.nan
        if isinstance(plan.estimator, _Crosses) and name in ("first_order", "closed", "shapley"):
            own = x[:, :q]
            own[:, _alone(tally)] = np.nan
        values |= dict(zip((name, f"{name}_se", f"{name}_ci"), _with_errors(plan, x), strict=True))
    values["mean_ci"][:q][rare] = _one_sided(tally.ones, 2 * tally.rows)[rare]
    error = f"jackknife over {plan.replicates} scrambled Sobol' nets"
    method = "pick-freeze, " + (error if plan.nets else f"random points, Poisson bootstrap ({plan.replicates})")
    return SampledIndices(
        plan.names, tuple(plan.groups), **values, not_estimable=hopeless, constant=constant, n=n, seed=plan.seed,
        evaluations=tally.evaluations, dropped=tally.dropped, method=method, looks=looks,
    )  # fmt: skip


# -- the public functions ----------------------------------------------------------------------------------------------


def sampled_indices(
    function: Function,
    names: Sequence[str],
    *,
    n: int,
    seed: int | np.random.Generator | None,
    inputs: Callable[[Floats], Any] | None = None,
    points: Literal["random", "sobol"] = "random",
    replicates: int = FEWEST_SCRAMBLES,
    bootstrap: int = 400,
    subsets: Literal["first-total", "all"] = "first-total",
    groups: Mapping[str, Sequence[int]] | None = None,
    block: int = 1024,
    until: Mapping[str, float] | None = None,
    nonfinite: Literal["raise", "drop"] = "raise",
) -> SampledIndices:
    """Return indices of all outputs of a function of independent inputs, with 95 % intervals.

    Parameters
    ----------
    function : takes (n, d) points, returns (n,) or (n, q) outputs, each row by itself
    names : of the d factors; random points are drawn by name
    n : base points (of each scramble); each costs d + 2 evaluations, 2^d with all subsets. A power of two for nets and
        with `until`, whose first look is at n
    seed : 0 to 2^64 - 1, or what :func:`~mcda.draws.seed_of` takes
    inputs : maps uniforms (n, d) on [0, 1) to points, column by column; None: the function takes uniforms
    points : "random", or "sobol" for scrambled Sobol' nets
    replicates : scrambles, at least 16
    bootstrap : replicates of the Poisson bootstrap, at least 50
    subsets : "first-total", or "all" for closed indices of all 2^d subsets and Shapley effects; at most 12 factors
    groups : of outputs, by position: the group's index is the sum of numerators over the sum of variances (cumulative
        indicators: the ordinal output; indicators of classes: the one-hot output of Gamboa et al. 2014)
    block : rows at a time, a power of two from 256 on; results depend on it by rounding alone
    until : ``{"half_width": 0.01, "max": 2**16}``: n is doubled until no interval of an index has a larger half width,
        or n is `max`. Outputs that vary and cannot be estimated yet keep it going. An interval at which a run stopped
        covers a little less often than one of a fixed n
    nonfinite : "raise", or "drop" to leave a base point out when any of its outputs is not finite, and count it

    Errors: :class:`UsageError` for arguments that cannot be used; :class:`Declined` for outputs that are not finite,
    and for more factors than all subsets are served for.
    """
    _check(names, n, points, replicates, bootstrap, subsets, block, nonfinite)
    nets, columns = points == "sobol", {name: tuple(c) for name, c in (groups or {}).items()}
    estimator: _Estimator = _Cube(len(names)) if subsets == "all" else _Crosses(len(names))
    plan = _Plan(
        function, tuple(names), seed_of(seed), inputs, nets, replicates if nets else bootstrap, block,
        nonfinite == "drop", columns, estimator,
    )  # fmt: skip
    if until is not None:
        return _until(plan, n, *_goal(until, n))
    return _result(plan, _extended(plan, None, 0, n), n, ())


def _check(
    names: Sequence[str], n: int, points: str, replicates: int, bootstrap: int, subsets: str, block: int, nonfinite: str
) -> None:
    """Refuse arguments that cannot be used."""
    for given, what, allowed in (
        (points, "points", ("random", "sobol")),
        (subsets, "subsets", ("first-total", "all")),
        (nonfinite, "nonfinite", ("raise", "drop")),
    ):
        if given not in allowed:
            raise UsageError(f"{what} is one of {', '.join(allowed)} (got {given!r})")
    if not names or len(set(names)) < len(names):
        raise UsageError("names must be those of at least one factor, all different")
    whole = (n, replicates, bootstrap, block)
    if any(isinstance(x, bool) or not isinstance(x, int | np.integer) for x in whole):
        raise UsageError(f"n, replicates, bootstrap and block are whole numbers (got {whole})")
    if n < 2 or (points == "sobol" and n & (n - 1)):
        raise UsageError(f"n is at least 2, and a power of two for Sobol' nets (got {n})")
    if replicates < FEWEST_SCRAMBLES or bootstrap < 50:
        raise UsageError(f"at least 16 scrambles and 50 bootstrap replicates (got {replicates} and {bootstrap})")
    if block < PILOT or block & (block - 1):
        raise UsageError(f"block is a power of two from {PILOT} on (got {block})")


def _goal(until: Mapping[str, float], n: int) -> tuple[float, int]:
    """The half width and the largest n of `until`."""
    if set(until) != {"half_width", "max"} or not until["half_width"] > 0:
        raise UsageError('until is {"half_width": more than 0, "max": the largest n}' + f" (got {dict(until)})")
    if n < PILOT or n & (n - 1) or until["max"] < n:
        raise UsageError(f"with `until` n is a power of two from {PILOT} to {until['max']:.0f} (got {n})")
    return until["half_width"], int(until["max"])


def _until(plan: _Plan, n: int, goal: float, most: int) -> SampledIndices:
    """Double n until the errors are small enough, or n the largest allowed."""
    done, tally, looks = 0, None, list[Look]()
    while True:
        tally = _extended(plan, tally, done, n)
        result = _result(plan, tally, n, ())
        waiting = bool((result.not_estimable & ~result.constant).any())
        width = math.inf if waiting else result.half_width()
        looks.append(Look(n, width))
        if width <= goal or 2 * n > most:
            return _result(plan, tally, n, tuple(looks))
        done, n = n, 2 * n


# -- given data alone --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GivenData:
    """Closed indices of single factors from a sample, (q, d), with standard errors and 95 % intervals (q, d, 2).

    Of dependent factors this is no share of the variance that adds up: see `dependence` of whatever made the sample.
    """

    first_order: Floats
    first_order_se: Floats
    first_order_ci: Floats
    not_estimable: Bools
    constant: Bools


def given_data_first_order(levels: npt.ArrayLike, outputs: npt.ArrayLike) -> GivenData:
    """Return the closed index of every single factor from independent draws of scores and outputs, by means by level.

    ``(SSB - sum_l (1 - n_l / n) s_l^2) / SST``: the sum of squares between levels less what noise alone would put
    there, each level with its own variance (that of all levels together where it was seen once). The error is the
    delta method's (influence function), less what the noise of the means by level adds to it; its square is at least
    that of an index of 0, ``2 sum_l ((1 - n_l / n) s_l^2)^2 / SST^2``.

    Parameters
    ----------
    levels : (n, d) integers, each row one draw; factors may depend on each other
    outputs : (n,) or (n, q)

    Errors: :class:`UsageError` for other shapes or levels that are no integers, :class:`Declined` for outputs that
    are not finite.
    """
    x, y = np.asarray(levels), np.asarray(outputs, dtype=np.float64)
    y = y[:, None] if y.ndim == 1 else y
    if x.ndim != 2 or y.ndim != 2 or len(x) != len(y) or len(x) < 2 or not np.issubdtype(x.dtype, np.integer):
        raise UsageError(f"levels are (n, d) integers and outputs (n, q) (got {x.shape} {x.dtype}, {y.shape})")
    if not np.isfinite(y).all():
        raise Declined(f"{np.count_nonzero(~np.isfinite(y).all(axis=1))} rows of the outputs are not finite")
    constant, ones = np.ptp(y, axis=0) == 0, (y == 1).sum(axis=0)
    binary = ((y == 0) | (y == 1)).all(axis=0)
    hopeless = constant | (binary & (np.minimum(ones, len(y) - ones) < FEWEST_HITS))
    y = y - y.mean(axis=0)
    pairs = [_by_level(column, y[:, ~hopeless]) for column in x.T]
    first, se = (np.full((y.shape[1], x.shape[1]), np.nan) for _ in range(2))
    first[~hopeless], se[~hopeless] = (np.stack(part, axis=1) for part in zip(*pairs, strict=True))
    width = stats.norm.ppf((1 + LEVEL) / 2) * se
    return GivenData(first, se, np.stack([first - width, first + width], axis=-1), hopeless, constant)


def _by_level(column: npt.NDArray[Any], y: Floats) -> tuple[Floats, Floats]:
    """Index and standard error of one factor for centred outputs, (q,) each."""
    _, of, counts = np.unique(column, return_inverse=True, return_counts=True)
    n, total, size = len(y), (y**2).sum(axis=0), counts[:, None].astype(np.float64)
    mean = _sums_by(of, y, len(size)) / size
    variance = _variances(_sums_by(of, (y - mean[of]) ** 2, len(size)), size)
    noise = (1 - size / n) * variance
    index = ((size * mean**2).sum(axis=0) - noise.sum(axis=0)) / total
    influence = (2 * y * mean[of] - mean[of] ** 2 - index * y**2) * n / total
    alone = 2 * (noise**2).sum(axis=0) / total**2  # the noise of means has twice this in the influence's variance
    return index, np.sqrt(np.maximum(influence.var(axis=0, ddof=1) / n - alone, alone))


def _sums_by(of: npt.NDArray[np.intp], y: Floats, levels: int) -> Floats:
    sums = np.zeros((levels, y.shape[1]))
    np.add.at(sums, of, y)
    return sums


def _variances(squares: Floats, size: Floats) -> Floats:
    """Unbiased variances by level (level, q); that of all levels together where a level was seen once."""
    pooled = squares.sum(axis=0) / max(size.sum() - len(size), 1)
    return np.where(size > 1, squares / np.maximum(size - 1, 1), pooled)
