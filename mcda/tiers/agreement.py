"""Do two rules sort alike? The agreement of rules on the same uncertain scores, exact.

``A(r, s) = P(s(X) = r(X))`` under a belief that knows no rule; for a printed tier t the scores are those that fit it
under r, so ``A(r, s) = P(s(X) = t | r(X) = t)``, which has two directions. Source: `docs/method.md`, 5.

Both are read off the joint table of the two tiers, which needs the law of the union of both rules' sums.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from mcda.errors import Declined, UsageError
from mcda.rule import Rule
from mcda.scores.belief import Belief
from mcda.sensitivity.elimination import law_of_sum
from mcda.tiers.acceptability import distinct
from mcda.tiers.states import states

__all__ = ["agreement_of_printed_tiers", "agreement_of_rules", "open_points"]

Floats = npt.NDArray[np.float64]

#: States of two rules together above which their agreement isn't computed (some seconds for each pair and law).
LIMIT = 2_000_000
#: Rule parameters that can tell two rules apart, and the open point of the rule that each belongs to.
OPEN_POINTS = {
    "form": "form", "bands": "form", "reading": "reading", "zero": "zero", "split": "outside_split", "tie": "tie",
    "veto": "veto", "weights": "weights", "cuts": "cuts",
}  # fmt: skip


def open_points(rule: Rule, reference: Rule) -> tuple[str, ...]:
    """Return the open points in which a rule differs from the reference, the cuts only if nothing else does.

    Cuts of another form, reading or weights are calibrated anew, so that they differ is no choice of its own. A split
    of the outside tiers counts where it looks at something else; its own cut belongs to `cuts`.
    """
    found = [name for field, name in OPEN_POINTS.items() if _differs(rule, reference, field)]
    chosen = [name for name in dict.fromkeys(found) if name != "cuts"]
    return tuple(chosen) or (("cuts",) if rule.cuts != reference.cuts or rule.split != reference.split else ())


def _differs(rule: Rule, reference: Rule, field: str) -> bool:
    if field != "split":
        return bool(getattr(rule, field) != getattr(reference, field))
    sides = [None if r.split is None or r.reading == "text" else r.split.by for r in (rule, reference)]
    return sides[0] != sides[1] and rule.reading == reference.reading


def _tables(laws: Sequence[Belief], rules: tuple[Rule, Rule]) -> Floats:
    """Joint tables of two rules' tiers, (law, tier, tier), for laws on one lattice; mixtures are mixed."""
    space = states(rules, laws[0].lattice)
    if space.size > LIMIT:
        raise Declined(f"'{rules[0].name}' and '{rules[1].name}' have {space.size:.3g} states together")
    first, second = (r.sort_components(space.values(i), space.unit) - 1 for i, r in enumerate(rules))
    n, m = len(rules[0].tiers), len(rules[1].tiers)
    found = np.zeros((len(laws), n * m))
    for i, belief in enumerate(laws):
        for w, p in zip(belief.weight, belief.probability, strict=True):
            found[i] += w * np.bincount(first * m + second, weights=law_of_sum(space.vectors, p), minlength=n * m)
    return found.reshape(len(laws), n, m)


def agreement_of_rules(laws: Mapping[str, Belief], rules: Sequence[Rule]) -> Floats:
    """Return ``P(s(X) = r(X))``, (rule, other, alternative), symmetric; NaN where the union of states is too large.

    Parameters
    ----------
    laws : mapping of alternative to Belief that is not conditioned
    rules : rules with the same tiers
    """
    if any(belief.condition is not None for belief in laws.values()):
        raise UsageError("these beliefs are conditioned on printed tiers: use agreement_of_printed_tiers")
    firsts, index = distinct(laws)
    kept = [laws[name] for name in firsts]
    found = np.ones((len(rules), len(rules), len(kept)))
    for i, j in combinations(range(len(rules)), 2):
        found[i, j] = found[j, i] = [np.trace(table) for table in _pair(kept, (rules[i], rules[j]))]
    return found[:, :, index]


def _pair(laws: Sequence[Belief], rules: tuple[Rule, Rule]) -> Floats:
    """Joint tables of laws on several lattices, in their order; NaN where a pair of rules has too many states."""
    n = len(rules[0].tiers)
    found = np.full((len(laws), n, n), np.nan)
    for lattice in dict.fromkeys(law.lattice for law in laws):
        rows = [i for i, law in enumerate(laws) if law.lattice == lattice]
        try:
            found[rows] = _tables([laws[i] for i in rows], rules)
        except Declined:
            continue
    return found


def agreement_of_printed_tiers(beliefs: Mapping[str, Belief], rules: Sequence[Rule]) -> Floats:
    """Return ``P(s(X) = t | r(X) = t)``, (rule r, other s, alternative), t the tier that the belief is conditioned on.

    Not symmetric: the scores are those that fit the tier under the first rule. Of the condition only the tier is used;
    the prior is the belief's. NaN where a rule reaches the tier with no scores, or the states are too many.
    """
    firsts, index = distinct(beliefs)
    kept = [beliefs[name] for name in firsts]
    if any(belief.condition is None for belief in kept):
        raise UsageError("these beliefs are conditioned on no tier: use agreement_of_rules")
    tiers = np.array([belief.condition.tier - 1 for belief in kept if belief.condition is not None])
    every = np.arange(len(kept))
    found = np.ones((len(rules), len(rules), len(kept)))
    for i, j in combinations(range(len(rules)), 2):
        table = _pair(kept, (rules[i], rules[j]))
        both = table[every, tiers, tiers]
        for r, s, mass in ((i, j, table.sum(axis=2)), (j, i, table.sum(axis=1))):
            own = mass[every, tiers]
            found[r, s] = np.divide(both, own, out=np.full_like(both, np.nan), where=own > 0)
    return found[:, :, index]
