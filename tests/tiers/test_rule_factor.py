"""The rule as a factor: closed indices against sums over every score vector and every rule, one by one."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.rule import Rule, Split
from mcda.scores.belief import Belief, Condition
from mcda.sensitivity import algebra
from mcda.tiers import exact
from mcda.tiers.rule_factor import RuleFactors, crossed_with_cuts, sensitivity_with_rules, shifted_cuts

SCALE = Lattice(1, 4)
ROLES = ("against", "for", "for", "counterweight")
PLAIN = Rule("plain", ROLES, 2, 2, (Fraction(1),), Split("composite", (Fraction(0),)))
RULES = (
    PLAIN,
    PLAIN.but(name="ratio", form="ratio", cuts=(Fraction(3, 2),)),
    PLAIN.but(name="veto", veto=Fraction(3), zero="inside"),
    Rule("text", ROLES, 2, 2, (Fraction(2), Fraction(0), Fraction(-2)), None, reading="text", tie="larger"),
)


def random_belief(seed: int) -> Belief:
    return Belief(SCALE, np.random.default_rng(seed).dirichlet(np.ones(4), size=4))


def enumerated(
    probability: Callable[[tuple[int, ...], int], float], rules: tuple[Rule, ...], shape: tuple[int, ...]
) -> dict[str, np.ndarray]:
    """Closed variances by plain loops: outcomes are (scores, rule), y the tier; bits of criteria, then of the rule.

    `probability` gives P(scores, rule number); the rule's number is unravelled over `shape`.
    """
    outcomes = []
    for x in product(range(1, 5), repeat=4):
        for r, rule in enumerate(rules):
            if (p := probability(x, r)) > 0:
                outcomes.append(((*x, *np.unravel_index(r, shape)), int(rule.sort(np.array(x))), p))
    n = 4 + len(shape)
    found = {name: np.zeros(1 << n) for name in ("tier = 2", "tier <= 2", "tier number", "ordinal", "information")}
    for J in range(1 << n):
        given: dict[tuple[int, ...], np.ndarray] = {}
        for x, tier, p in outcomes:
            key = tuple(int(v) for k, v in enumerate(x) if J >> k & 1)
            given.setdefault(key, np.zeros(4))[tier - 1] += p
        total = sum(given.values())
        for mass in given.values():
            w, q = mass.sum(), mass / mass.sum()
            found["tier = 2"][J] += w * (q[1] - total[1]) ** 2
            found["tier <= 2"][J] += w * (q[:2].sum() - total[:2].sum()) ** 2
            found["tier number"][J] += w * ((q - total) @ np.arange(4)) ** 2
            found["ordinal"][J] += w * ((np.cumsum(q)[:3] - np.cumsum(total)[:3]) ** 2).sum()
            found["information"][J] += w * sum(a * np.log2(a / b) for a, b in zip(q, total, strict=True) if a > 0)
    everything = {name: v[-1] for name, v in found.items() if name not in ("ordinal", "information")}
    upto = np.cumsum(total)[:3]
    everything["ordinal"] = (upto * (1 - upto)).sum()
    everything["information"] = -sum(a * np.log2(a) for a in total if a > 0)
    return {name: v / everything[name] for name, v in found.items()}


@settings(max_examples=4)
@given(st.integers(0, 10**6))
def test_closed_indices_are_those_of_enumeration(seed: int) -> None:
    """256 score vectors x 4 rules, all 32 subsets; sums of a thousand terms agree to 1e-12."""
    belief, w = random_belief(seed), np.random.default_rng(seed).dirichlet(np.ones(4))
    factors = RuleFactors(("rule",), (tuple(r.name for r in RULES),), RULES, (w,))
    found = sensitivity_with_rules(belief, factors)
    law = belief.probability[0]
    wanted = enumerated(lambda x, r: w[r] * np.prod([law[k, v - 1] for k, v in enumerate(x)]), RULES, (4,))
    for name, values in wanted.items():
        assert found.closed[found.outputs.index(name)] == pytest.approx(values, abs=1e-12), name
    assert (found.dependence, found.method) == ("independent", "elimination")


def test_two_factors_of_the_rule_cross() -> None:
    """Rule x cuts, as a grid of 3 x 2 rules with product weights: all 64 subsets."""
    belief = random_belief(5)
    factors = crossed_with_cuts(RULES[:3], [3, 1, 1], SCALE, shifts=(0, -0.15), shift_weights=(2, 1))
    w = factors.joint_weights.reshape(-1)
    law = belief.probability[0]
    wanted = enumerated(lambda x, r: w[r] * np.prod([law[k, v - 1] for k, v in enumerate(x)]), factors.rules, (3, 2))
    found = sensitivity_with_rules(belief, factors)
    for name, values in wanted.items():
        assert found.closed[found.outputs.index(name)] == pytest.approx(values, abs=1e-12), name


def test_scores_that_fit_a_tier_under_the_same_rule_depend_on_it() -> None:
    """Each rule has its own law of scores, as where it printed the tier; sorted by another reading of the same rule."""
    laws = {rule.name: Belief(SCALE, random_belief(2).probability, condition=Condition(rule, 2)) for rule in RULES[:3]}
    joints = [laws[rule.name].joint() for rule in RULES[:3]]
    # the same rules with another zero: a certain tier would have no index
    sorting = tuple(r.but(tie="larger", zero="inside" if r.zero == "outside" else "outside") for r in RULES[:3])
    factors = RuleFactors(("rule",), (("a", "b", "c"),), sorting, (np.array([0.5, 0.3, 0.2]),))
    found = sensitivity_with_rules(lambda rule: laws[rule.name], factors)
    index = [(0.5, joints[0]), (0.3, joints[1]), (0.2, joints[2])]
    wanted = enumerated(lambda x, r: index[r][0] * index[r][1][tuple(v - 1 for v in x)], sorting, (3,))
    for name in ("tier = 2", "ordinal", "information"):
        assert found.closed[found.outputs.index(name)] == pytest.approx(wanted[name], abs=1e-12), name
    assert found.method == "contraction"


def test_contraction_and_elimination_agree() -> None:
    """A mixture of two equal components is the belief itself, and goes the other way."""
    belief = random_belief(7)
    twice = Belief(SCALE, np.repeat(belief.probability, 2, axis=0), np.array([0.4, 0.6]))
    factors = crossed_with_cuts(RULES, [1] * 4, SCALE)
    one, other = (sensitivity_with_rules(law, factors) for law in (belief, twice))
    assert (one.method, other.method) == ("elimination", "contraction")
    assert other.closed == pytest.approx(one.closed, abs=1e-12, nan_ok=True)


def test_a_rule_that_is_sure_gives_the_indices_without_it() -> None:
    belief = random_belief(1)
    factors = RuleFactors(("rule",), (("a", "b"),), (PLAIN, PLAIN), (np.array([0.5, 0.5]),))
    found, alone = sensitivity_with_rules(belief, factors), exact.sensitivity(belief, PLAIN)
    tiers = [i for i, name in enumerate(found.outputs) if name not in ("composite", "balance")]
    assert found.closed[tiers, :16] == pytest.approx(alone.closed[tiers], abs=1e-13, nan_ok=True)
    assert found.closed[tiers, 16:] == pytest.approx(alone.closed[tiers], abs=1e-13, nan_ok=True)
    assert algebra.shapley(found.closed)[found.outputs.index("ordinal"), 4] == pytest.approx(0, abs=1e-13)


def test_a_rule_alone_decides_point_scores() -> None:
    point = np.zeros((4, 4))
    point[[0, 1, 2, 3], [2, 2, 2, 2]] = 1
    found = sensitivity_with_rules(Belief(SCALE, point), crossed_with_cuts(RULES[::2], [1, 1], SCALE))
    assert found.closed[found.outputs.index("ordinal"), 16] == pytest.approx(1)


def test_composite_and_balance_have_no_index_there() -> None:
    found = sensitivity_with_rules(random_belief(1), crossed_with_cuts(RULES, [1] * 4, SCALE))
    assert np.isnan(found.closed[[found.outputs.index("composite"), found.outputs.index("balance")]]).all()


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
@pytest.mark.parametrize("shift", [-0.1, 0.1])
def test_shifted_cuts_move_the_mass_of_each_side(rule: Rule, shift: float) -> None:
    """Every cumulative share moves the same way, by at most as much as the nearest attained value misses."""
    uniform = Belief(SCALE, np.full((4, 4), 0.25))
    before, after = (exact.tier_probabilities(uniform, r) for r in (rule, shifted_cuts(rule, SCALE, shift)))
    assert (np.sign(shift) * np.diff(np.stack([np.cumsum(before), np.cumsum(after)]), axis=0)[:, :3] >= -1e-12).all()
    if rule.reading == "footnote":
        assert after[:2].sum() == pytest.approx(before[:2].sum(), abs=1e-12)


def test_no_shift_changes_nothing_and_too_large_a_shift_is_refused() -> None:
    assert shifted_cuts(PLAIN, SCALE, 0) is PLAIN
    with pytest.raises(UsageError, match="leaves a tier of rule 'plain' without scores"):
        shifted_cuts(PLAIN, SCALE, 0.5)


def test_grids_that_do_not_fit_are_refused() -> None:
    with pytest.raises(UsageError, match="one rule for each combination"):
        RuleFactors(("rule",), (("a", "b"),), (PLAIN,), (np.ones(2),))
    other = Rule("o", ROLES, 2, 1, (Fraction(1),))
    with pytest.raises(UsageError, match="same tiers"):
        RuleFactors(("rule",), (("a", "b"),), (PLAIN, other), (np.ones(2),))


def test_a_lattice_too_fine_for_a_joint_is_declined() -> None:
    fine = Lattice(1, 4, 60)
    twice = Belief(fine, np.full((2, 4, fine.size), 1 / fine.size))
    with pytest.raises(Declined, match="use sampling"):
        sensitivity_with_rules(twice, crossed_with_cuts(RULES, [1] * 4, SCALE))
