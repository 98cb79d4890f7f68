"""Weights that nobody knows: tiers when the weights of the criteria are drawn, once a world, from a Dirichlet law.

The weights of the signed criteria are their number times Dirichlet(concentration, ..., concentration): mean 1 each, and
the larger the concentration, the nearer to 1. They are real numbers, so tiers are sampled; the scores are those of the
same draws under fixed weights, so that the difference is the weights' alone. Source: `docs/method.md`, 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import xarray as xr
from scipy import stats

from mcda import draws
from mcda.errors import Declined, UsageError
from mcda.names import attrs
from mcda.rule import Rule
from mcda.scores.belief import Belief
from mcda.tiers.counts import clopper_pearson, share_error
from mcda.tiers.law import Law
from mcda.tiers.points import scaled_weights, sort_points
from mcda.tiers.sampled import Sampler, cells_of, levels_of, sampler

__all__ = ["dirichlet_weights", "under_drawn_weights"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Smallest concentration: below it all weights but one are 0 to the last digit, and sometimes all.
SMALLEST = 0.05


def dirichlet_weights(rule: Rule, criteria: Sequence[str], concentration: float, *, seed: int, numbers: Ints) -> Floats:
    """Return each draw's weights, (draw, criterion): gamma quantiles over their sum, by the stream `rule` and name.

    The counterweight's is the rule's own. Errors: :class:`UsageError` for a concentration below 0.05.
    """
    if not SMALLEST <= concentration < np.inf:
        raise UsageError(f"a concentration is finite and at least {SMALLEST} (got {concentration})")
    u = np.stack([draws.uniforms(seed, "rule", numbers, j=draws.number(f"weight.{c}")) for c in criteria], axis=1)
    gammas = stats.gamma.ppf(u, concentration)
    own = np.array([float(w) for w in rule.weights])
    signed = np.array([role != "counterweight" for role in rule.roles])
    return scaled_weights(rule, np.where(signed, gammas, own))


def _points(made: Sampler, belief: Belief, row: int, numbers: Ints) -> Floats:
    """One alternative's scores in draws, (draw, criterion) points."""
    if belief.condition is not None:
        return _from_joint(made, belief, row, numbers)
    return _from_words(made, belief, row, numbers)


@lru_cache(maxsize=1)
def _upto(belief: Belief) -> Floats:
    """Cumulative joint law over the cells that are possible (alternatives with one belief come one after the other)."""
    return np.asarray(np.cumsum(belief.joint().reshape(-1)))


def _from_joint(made: Sampler, belief: Belief, row: int, numbers: Ints) -> Floats:
    """Scores that fit a printed tier, by inversion of their joint law: one uniform each."""
    cell = cells_of(_upto(belief), numbers, int(made.words[row]), made.seed)
    levels = np.asarray(belief.lattice.levels)
    return np.stack(
        [levels[i] for i in np.unravel_index(cell, (belief.lattice.size,) * belief.probability.shape[1])], axis=1
    )


def _from_words(made: Sampler, belief: Belief, row: int, numbers: Ints) -> Floats:
    """The scores of the same draws under fixed weights: the words and thresholds of the sampler."""
    interval = made.world(numbers) % len(made.worlds.component_weight)
    component = made.worlds.component[interval, row]
    limits = draws.thresholds(belief.probability)
    levels = np.asarray(belief.lattice.levels)
    found = np.empty((len(numbers), belief.probability.shape[1]))
    for e in np.unique(component):
        here = component == e
        found[here] = levels[levels_of(limits[e], numbers[here], int(made.words[row]), made.seed)]
    return found


def under_drawn_weights(
    laws: Mapping[str, Law],
    rule: Rule,
    *,
    criteria: Sequence[str],
    concentration: float,
    n: int,
    rng: int | np.random.Generator | None = None,
) -> xr.Dataset:
    """Return shares of tiers when weights are drawn, beside those of the same draws under the rule's own weights.

    Parameters
    ----------
    laws : mapping of alternative to Belief; conditioned, it is asked what other weights make of scores that fit a tier
    rule : its cuts, ties and so on are kept; its weights are replaced
    criteria : ids, by which weights are drawn
    concentration : of the Dirichlet law, at least 0.05
    n : number of draws

    Returns
    -------
    Dataset: `share`, `share_se`, `share_ci` (alternative, tier) under drawn weights; `share_fixed` under the rule's
    own; `moved` (alternative), the share of draws in which the two tiers differ. Attributes `n`, `seed`,
    `concentration`. However narrow the law, real weights leave no value exactly on a cut: what lies on one under
    weights of 1 goes to either side.
    """
    if any(not isinstance(law, Belief) for law in laws.values()):
        raise Declined("weights are drawn for beliefs about scores, not for a second panel's")
    if int(n) != n or n < 1:
        raise UsageError(f"draws are a whole number of at least 1 (got {n})")
    made = sampler(laws, rule, rng=rng)
    top = len(rule.tiers)
    hits, fixed = np.zeros((len(laws), top), dtype=np.int64), np.zeros((len(laws), top), dtype=np.int64)
    moved = np.zeros(len(laws), dtype=np.int64)
    numbers = np.arange(n)
    weights = dirichlet_weights(rule, criteria, concentration, seed=made.seed, numbers=numbers)
    for row, belief in enumerate(laws.values()):
        assert isinstance(belief, Belief)
        points = _points(made, belief, row, numbers)
        drawn, own = sort_points(rule, points, weights), sort_points(rule, points)
        hits[row] += np.bincount(drawn, minlength=top + 1)[1:]
        fixed[row] += np.bincount(own, minlength=top + 1)[1:]
        moved[row] = (drawn != own).sum()
    over = ("alternative", "tier")
    return xr.Dataset(
        {
            "share": (over, hits / n, attrs("share of draws in the tier, weights drawn", "1")),
            "share_se": (over, share_error(hits, n), attrs("standard error of the share", "1")),
            "share_ci": ((*over, "ci_bound"), clopper_pearson(hits, n), attrs("95 % Clopper-Pearson interval", "1")),
            "share_fixed": (over, fixed / n, attrs("share of the same draws under the rule's own weights", "1")),
            "moved": ("alternative", moved / n, attrs("share of draws in which the weights change the tier", "1")),
        },
        coords={"alternative": list(laws), "tier": list(rule.tiers), "ci_bound": ["low", "high"]},
        attrs={"n": n, "seed": str(made.seed), "concentration": concentration, "method": "sampled"},
    )
