"""Tiers of scores that are real numbers: shocked scores, and scores under weights that are drawn.

What an integer rule compares exactly is compared here within a stated tolerance: a statistic (C too) within 1e-9 of a
cut is on it, and goes where values on a cut go. On whole scores and weights both rules agree (a test says so).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mcda.errors import UsageError
from mcda.rule import Rule

__all__ = ["TOLERANCE", "scaled_weights", "sort_points"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: A statistic this near to a cut is on it, points.
TOLERANCE = 1e-9


def scaled_weights(rule: Rule, weights: Floats) -> Floats:
    """Return weights (..., criterion) whose signed criteria sum to their number, as a rule's own; c7's is kept."""
    signed = np.array([role != "counterweight" for role in rule.roles])
    total = weights[..., signed].sum(axis=-1, keepdims=True)
    if not (weights >= 0).all() or not (total > 0).all():
        raise UsageError("weights must be at least 0, and not all 0")
    return np.asarray(np.where(signed, weights * signed.sum() / total, weights))


def sort_points(rule: Rule, scores: Floats, weights: Floats | None = None) -> Ints:
    """Return the tiers of real score vectors.

    Parameters
    ----------
    rule : Rule
    scores : (..., criterion), points
    weights : (..., criterion), scaled (:func:`scaled_weights`); the rule's own if not given

    Returns
    -------
    (...) tier numbers
    """
    if not np.isfinite(scores).all() or scores.shape[-1] != len(rule.roles):
        raise UsageError(f"scores are finite, one for each of {len(rule.roles)} criteria")
    w = np.array([float(x) for x in rule.weights]) if weights is None else weights
    against, supporting = (np.array([role == r for role in rule.roles]) for r in ("against", "for"))
    weighted = w * scores
    c = (weighted * (supporting.astype(float) - against)).sum(axis=-1)
    at = rule.counterweight
    c7 = np.zeros_like(c) if at is None else weighted[..., at]
    worst = scores[..., against]
    vetoed = _reached(worst, rule.veto).any(axis=-1) if rule.veto is not None else np.zeros(c.shape, dtype=bool)
    if rule.reading == "text":
        tier = 1 + _missed(rule, c - c7, rule.cuts)
        return np.asarray(np.where(vetoed, np.maximum(tier, rule.inside + 1), tier))
    inside = (c >= -TOLERANCE if rule.zero == "inside" else c > TOLERANCE) & ~vetoed
    return np.asarray(np.where(inside, _inside(rule, c, c7), _outside(rule, c, c7, worst)))


def _reached(x: Floats, cut: object) -> npt.NDArray[np.bool_]:
    return np.asarray(x >= float(cut) - TOLERANCE)  # type: ignore[arg-type]


def _missed(rule: Rule, value: Floats, cuts: Sequence[object]) -> Ints:
    """Number of cuts that a value misses; on a cut it goes where ties go."""
    edges = np.array([float(cut) for cut in cuts])  # type: ignore[arg-type]
    missed = value[..., None] < edges - TOLERANCE if rule.tie == "smaller" else value[..., None] <= edges + TOLERANCE
    return np.asarray(missed.sum(axis=-1), dtype=np.int64)


def _inside(rule: Rule, c: Floats, c7: Floats) -> Ints:
    if rule.form == "difference":
        return 1 + _missed(rule, c - c7, rule.cuts)
    if rule.form == "ratio":
        ratio = np.divide(c, c7, out=np.full_like(c, np.inf), where=c7 > 0)
        return 1 + _missed(rule, ratio, rule.cuts)
    assert rule.bands is not None
    i = _missed(rule, c, rule.bands.composite)
    j = _missed(rule, -c7, [-end for end in rule.bands.counterweight])
    return np.asarray(np.asarray(rule.bands.table, dtype=np.int64)[i, j])


def _outside(rule: Rule, c: Floats, c7: Floats, worst: Floats) -> Ints:
    if rule.split is None:
        return np.full(c.shape, rule.inside + 1, dtype=np.int64)
    cuts = rule.split.cuts
    match rule.split.by:
        case "composite":
            beyond = _missed(rule, c, cuts)
        case "balance":
            beyond = _missed(rule, c - c7, cuts)
        case "first":
            beyond = _missed(rule, -worst[..., 0], [-cut for cut in cuts])
        case "any":
            beyond = np.asarray(_reached(worst, cuts[0]).any(axis=-1), dtype=np.int64)
    return np.asarray(rule.inside + 1 + beyond)
