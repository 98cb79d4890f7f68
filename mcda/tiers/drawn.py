"""A table of alternatives in draws, labelled, and beside each share the exact probability wherever there is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.errors import Declined, UsageError
from mcda.names import attrs
from mcda.rule import Rule
from mcda.tiers.acceptability import distinct, read_off
from mcda.tiers.counts import Agreement, agreement, clopper_pearson, share_error
from mcda.tiers.joint import Statement, check_statements, count_pairs, count_tiers, stricter_matrix
from mcda.tiers.law import Law
from mcda.tiers.sampled import Sampler, sampler
from mcda.tiers.whole_table import poisson_binomial
from mcda.tiers.worlds import tier_probabilities_by_world

__all__ = ["convergence", "drawn", "number_law", "sampled_acceptability"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Variable = tuple[tuple[str, ...], npt.NDArray[Any], dict[str, str | float]]

BOUNDS = ("low", "high")


def number_law(p: Floats, weight: Floats) -> Floats:
    """Return the law of the number of alternatives in each tier, (tier, number), mixed over worlds.

    Parameters
    ----------
    p : (world, alternative, tier); alternatives are independent in a world
    weight : (world,)
    """
    laws = [[poisson_binomial(np.clip(world[:, t], 0, 1)) for t in range(p.shape[2])] for world in p]
    return np.asarray(np.tensordot(weight, np.array(laws), axes=1))


def drawn(
    laws: Mapping[str, Law],
    rules: Rule | Sequence[Rule],
    *,
    n: int,
    rule_weights: Sequence[float] | None = None,
    rng: int | np.random.Generator | None = None,
    statements: Sequence[Statement] = (),
    threads: int | None = None,
) -> xr.Dataset:
    """Return shares of tiers and of joint statements in draws, with their errors, and the exact ones beside them.

    Parameters
    ----------
    laws : mapping of alternative to Belief or SecondPanel
    rules : one rule, or several that a world may have, with `rule_weights` (equal if not given)
    n : number of draws, at most 2^32
    rng : a seed, or a Generator from which one is drawn; it is stored as the attribute `seed`
    statements : joint statements (:mod:`mcda.tiers.joint`)
    threads : of the sampler; results do not depend on it

    Returns
    -------
    Dataset: `share`, `share_se`, `share_ci`, `exact`, `z` (alternative, tier); `stricter`, `stricter_share`
    (alternative, other), the probability that the one is sorted stricter than the other; `number`, `number_share`
    (tier, member), the law of the number of alternatives in a tier; `statement_exact`, `statement_share`, `_se`, `_ci`,
    `_z` (statement). Attributes: `n`, `seed`, and the test of all shares against the exact ones: `chi_square`,
    `degrees`, `p_all`. Where the exact engine declines, what is exact is NaN and `declined` says why.
    """
    made = sampler(laws, rules, rule_weights=rule_weights, rng=rng)
    check_statements(statements, made.names, len(made.worlds.rules[0].tiers))
    seen = _Seen(made, statements, n, threads)
    try:
        p = tier_probabilities_by_world(laws, made.worlds)
        declined = ""
    except Declined as reason:
        p, declined = np.full((len(made.worlds.weight), *seen.tiers.shape), np.nan), str(reason)
    test = None if declined else agreement(seen.tiers, n, seen.mean(p), independent=len(p) == 1)
    found = xr.Dataset({**_shares(seen, p, test), **_together(seen, p)}, coords=_coordinates(seen))
    told = (
        {}
        if test is None
        else {"chi_square": test.chi_square, "degrees": test.degrees, "p_chi": test.p_chi, "p_all": test.p_all}
    )
    return found.assign_attrs(n=n, seed=str(made.seed), declined=declined, worlds=len(p), method="sampled", **told)


class _Seen:
    """What was counted in n draws."""

    def __init__(self, made: Sampler, statements: Sequence[Statement], n: int, threads: int | None) -> None:
        self.made, self.statements, self.n = made, list(statements), n
        self.top = len(made.worlds.rules[0].tiers)
        self.at = {name: i for i, name in enumerate(made.names)}
        a = len(made.names)
        every = made.over(n, self._look, threads=threads)
        cut = np.cumsum([a * self.top, a * a, self.top * (a + 1)])
        tiers, pairs, numbers, held = np.split(every, cut)
        self.tiers, self.pairs = tiers.reshape(a, self.top), pairs.reshape(a, a)
        self.numbers, self.held = numbers.reshape(self.top, a + 1), held

    def _look(self, tiers: npt.NDArray[np.uint8]) -> Ints:
        a = len(self.at)
        number = [np.bincount((tiers == t + 1).sum(axis=0), minlength=a + 1) for t in range(self.top)]
        held = np.array([s.holds(tiers, self.at).sum() for s in self.statements], dtype=np.int64)
        counts = (count_tiers(tiers, self.top), count_pairs(tiers), np.array(number))
        return np.concatenate([*map(np.ravel, counts), held])

    def mean(self, p: Floats) -> Floats:
        """Exact probabilities of the tiers, over worlds."""
        return np.asarray(np.einsum("w,wat->at", self.made.worlds.weight, p))


def _coordinates(seen: _Seen) -> dict[str, Any]:
    names, a = list(seen.made.names), len(seen.made.names)
    return {
        "alternative": names,
        "other": xr.Variable("other", names, attrs("alternative that is compared with", "1")),
        "tier": list(seen.made.worlds.rules[0].tiers),
        "ci_bound": list(BOUNDS),
        "member": xr.Variable("member", np.arange(a + 1), attrs("number of alternatives", "1")),
        "statement": xr.Variable("statement", [s.label for s in seen.statements], attrs("joint statement", "1")),
    }


def _shares(seen: _Seen, p: Floats, test: Agreement | None) -> dict[str, Variable]:
    over, exact = ("alternative", "tier"), seen.mean(p)
    z = np.full(exact.shape, np.nan) if test is None else test.z
    interval = clopper_pearson(seen.tiers, seen.n)
    return {
        "share": (over, seen.tiers / seen.n, attrs("share of draws in the tier", "1")),
        "share_se": (over, share_error(seen.tiers, seen.n), attrs("standard error of the share", "1")),
        "share_ci": ((*over, "ci_bound"), interval, attrs("95 % Clopper-Pearson interval of the share", "1")),
        "exact": (over, exact, attrs("exact probability of the tier, given the assumptions", "1")),
        "z": (over, z, attrs("deviation of the share in standard errors of the exact probability", "1")),
    }


def _together(seen: _Seen, p: Floats) -> dict[str, Variable]:
    weight, pair, one = seen.made.worlds.weight, ("alternative", "other"), ("statement",)
    exact = np.array([weight @ s.given(p, seen.at) for s in seen.statements])
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (seen.held / seen.n - exact) / np.sqrt(exact * (1 - exact) / seen.n)
    stricter = "probability that the one is sorted stricter (a larger tier number) than the other"
    return {
        "stricter": (pair, stricter_matrix(p, weight), attrs(stricter, "1")),
        "stricter_share": (pair, seen.pairs / seen.n, attrs(f"{stricter}: share of draws", "1")),
        "number": (("tier", "member"), number_law(p, weight), attrs("probability of that many in the tier", "1")),
        "number_share": (("tier", "member"), seen.numbers / seen.n, attrs("share of draws with that many", "1")),
        "statement_exact": (one, exact, attrs("exact probability of the statement, given the assumptions", "1")),
        "statement_share": (one, seen.held / seen.n, attrs("share of draws in which it holds", "1")),
        "statement_se": (one, share_error(seen.held, seen.n), attrs("standard error of that share", "1")),
        "statement_ci": (
            (*one, "ci_bound"),
            clopper_pearson(seen.held, seen.n).reshape(-1, 2),
            attrs("95 % Clopper-Pearson interval of that share", "1"),
        ),
        "statement_z": (one, z, attrs("deviation in standard errors of the exact probability", "1")),
    }


def sampled_acceptability(
    laws: Mapping[str, Law],
    rule: Rule,
    *,
    n: int,
    rng: int | np.random.Generator | None = None,
    published: Sequence[int] | None = None,
) -> xr.Dataset:
    """Return what :func:`mcda.acceptability` returns, from `n` draws, with standard errors and `acceptability_ci`."""
    made = sampler(laws, rule, rng=rng)
    top = len(rule.tiers)
    hits = made.over(n, lambda tiers: count_tiers(tiers, top))
    share = xr.DataArray(
        hits / n, dims=("alternative", "tier"), coords={"alternative": list(laws), "tier": list(rule.tiers)},
        attrs=attrs("share of draws in the tier", "1"),
    )  # fmt: skip
    found = read_off(
        share.to_dataset(name="acceptability"), share_error(hits, n), rule, law=distinct(laws)[1], published=published
    )
    interval = attrs("95 % Clopper-Pearson interval of the share", "1")
    found["acceptability_ci"] = (("alternative", "tier", "ci_bound"), clopper_pearson(hits, n), interval)
    return found.assign_coords(ci_bound=list(BOUNDS)).assign_attrs(
        rule=rule.name, method="sampled", n=n, seed=str(made.seed)
    )


def convergence(
    laws: Mapping[str, Law],
    rule: Rule,
    *,
    sizes: Sequence[int],
    rng: int | np.random.Generator | None = None,
    threads: int | None = None,
) -> xr.Dataset:
    """Return how far shares are from exact probabilities as the number of draws grows; each run begins with the last.

    Parameters
    ----------
    laws, rule : as :func:`drawn`
    sizes : rising numbers of draws

    Returns
    -------
    Dataset over `draws`: `error_rms` and `error_max` of the shares over all alternatives and tiers, `expected_rms`, the
    binomial's ``sqrt(mean p (1 - p) / n)``, `p_all` of the test of all shares; `share` (draws, alternative, tier) and
    `exact` (alternative, tier).
    """
    if not sizes or any(b <= a for a, b in pairwise((0, *sizes))):
        raise UsageError(f"sizes are rising numbers of draws, at least one (got {tuple(sizes)})")
    made = sampler(laws, rule, rng=rng)
    p = np.einsum("w,wat->at", made.worlds.weight, tier_probabilities_by_world(laws, made.worlds))
    counts, begin = [np.zeros(p.shape, dtype=np.int64)], 0
    for n in sizes:
        more = made.over(n - begin, lambda tiers: count_tiers(tiers, p.shape[1]), first=begin, threads=threads)
        counts.append(counts[-1] + more)
        begin = n
    size = np.array(sizes)
    shares = np.array(counts[1:]) / size[:, None, None]
    off = shares - p
    alone = len(made.worlds.weight) == 1
    tests = [agreement(c, n, p, independent=alone).p_all for c, n in zip(counts[1:], sizes, strict=True)]
    return xr.Dataset(
        {
            "share": (("draws", "alternative", "tier"), shares, attrs("share of draws in the tier", "1")),
            "exact": (("alternative", "tier"), p, attrs("exact probability of the tier, given the assumptions", "1")),
            "error_rms": ("draws", np.sqrt((off**2).mean(axis=(1, 2))), attrs("root mean square error of shares", "1")),
            "error_max": ("draws", np.abs(off).max(axis=(1, 2)), attrs("largest error of a share", "1")),
            "expected_rms": ("draws", np.sqrt((p * (1 - p)).mean() / size), attrs("error that is expected", "1")),
            "p_all": ("draws", tests, attrs("p-value of the test of all shares against the exact ones", "1")),
        },
        coords={
            "draws": xr.Variable("draws", size, attrs("number of draws", "1")),
            "alternative": list(made.names),
            "tier": list(rule.tiers),
        },
        attrs={"seed": str(made.seed), "rule": rule.name, "method": "sampled"},
    )
