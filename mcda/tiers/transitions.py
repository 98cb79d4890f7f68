"""From one tier to another: what happens to a printed tier under a second panel, another rule or a shock.

A belief that is known through a printed tier alone is always asked a question that the tier does not answer by
itself. All of them are one calculation: scores x are sorted by one rule, scores y by another (or the same), and each
criterion's pair (x_k, y_k) has its own joint law ``prior(x) K(x, y)``. The state is the pair of both rules' states;
sums of pairs of integers give the law, and counting gives the joint table of tiers.

* second panel: K is the re-scoring error, one rule;
* other rule: K is the identity, two rules;
* shock: K moves x by a declared amount, clipped at the ends of the scale.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mcda.errors import Declined
from mcda.problem import Lattice
from mcda.rule import Rule
from mcda.scores.belief import JOINT_LIMIT, lattice_tiers, product_law
from mcda.sensitivity.elimination import law_of_sum
from mcda.tiers.states import paired_states, states

__all__ = ["moved", "rescored_joint", "transition"]

Floats = npt.NDArray[np.float64]


def moved(lattice: Lattice, by: int) -> Floats:
    """Return the matrix of a shift by whole steps, clipped at the ends of the scale, (level, level)."""
    n = lattice.size
    matrix = np.zeros((n, n))
    matrix[np.arange(n), np.clip(np.arange(n) + by, 0, n - 1)] = 1.0
    return matrix


def transition(prior: Floats, kernels: Sequence[Floats], before: Rule, after: Rule, lattice: Lattice) -> Floats:
    """Return ``P(before sorts x into t, after sorts y into u)``, (tier, tier), exactly.

    Parameters
    ----------
    prior : (criterion, level)
        Independent laws of the first scores x.
    kernels : one (level, level) matrix per criterion
        ``P(y_k | x_k)``.
    """
    same = all(np.array_equal(K, np.eye(lattice.size)) for K in kernels)
    if same:
        return _same_scores(prior, before, after, lattice)
    try:
        space = paired_states(before, after, lattice)
    except Declined:
        return _by_contraction(prior, kernels, before, after, lattice)
    pairs = np.stack([(p[:, None] * K).reshape(-1) for p, K in zip(prior, kernels, strict=True)])
    law = law_of_sum(space.vectors, pairs)
    first = before.sort_components(space.values(0), space.unit)
    second = after.sort_components(space.values(1), space.unit)
    return _counted(first, second, law, before, after)


def _same_scores(prior: Floats, before: Rule, after: Rule, lattice: Lattice) -> Floats:
    """Two rules on the same scores: the union of their states."""
    space = states([before, after], lattice)
    law = law_of_sum(space.vectors, np.asarray(prior))
    first = before.sort_components(space.values(0), space.unit)
    second = after.sort_components(space.values(1), space.unit)
    return _counted(first, second, law, before, after)


def _counted(first: npt.NDArray[np.int64], second: npt.NDArray[np.int64], law: Floats, r: Rule, s: Rule) -> Floats:
    n, m = len(r.tiers), len(s.tiers)
    flat = np.bincount((first - 1) * m + second - 1, weights=law, minlength=n * m)
    return np.asarray(flat.reshape(n, m), dtype=np.float64)


def _by_contraction(prior: Floats, kernels: Sequence[Floats], before: Rule, after: Rule, lattice: Lattice) -> Floats:
    """The same from the joint of y for each tier of x; for rules whose pair of states is too large."""
    second = lattice_tiers(after, lattice)
    found = np.zeros((len(before.tiers), len(after.tiers)))
    for i, tier in enumerate(before.tiers):
        joint = rescored_joint(prior, kernels, before, tier, lattice, normalise=False)
        found[i] = np.bincount(second.reshape(-1), weights=joint.reshape(-1), minlength=len(after.tiers) + 1)[1:]
    return found


def rescored_joint(
    prior: Floats, kernels: Sequence[Floats], rule: Rule, tier: int, lattice: Lattice, *, normalise: bool = True
) -> Floats:
    """Return the joint law of y given that `rule` sorts x into `tier`, one axis per criterion.

    Built by one small contraction per criterion: the conditioned prior, multiplied along each axis by that
    criterion's matrix. Errors: :class:`Declined` above 2e7 cells, or where the tier has probability 0.
    """
    d, n = np.shape(prior)
    if n**d > JOINT_LIMIT:
        raise Declined(f"the joint of {d} criteria with {n} levels has {n**d:.3g} cells; at most {JOINT_LIMIT:.3g}")
    joint = product_law(prior) * (lattice_tiers(rule, lattice) == tier)
    mass = joint.sum()
    if normalise and not mass > 0:
        raise Declined(f"under rule '{rule.name}' and this prior no score vector is in tier {tier}")
    for K in kernels:  # the first axis is contracted and comes back as the last: after d turns all are in place
        joint = np.tensordot(joint, K, axes=(0, 0))
    return np.asarray(joint / mass if normalise else joint)
