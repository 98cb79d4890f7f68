"""Agreement of rules: against enumeration, its laws, and what open points are."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import mcda
from mcda.errors import UsageError
from mcda.problem import Lattice
from mcda.rule import Rule, Split
from mcda.scores.belief import Belief, Condition
from mcda.tiers.agreement import agreement_of_printed_tiers, agreement_of_rules, open_points
from mcda.tiers.drawn import drawn
from mcda.tiers.joint import AllIn
from mcda.tiers.rule_uncertainty import rule_uncertainty

SCALE = Lattice(1, 4)
ROLES = ("against", "for", "for", "counterweight")
PLAIN = Rule("plain", ROLES, 2, 2, (Fraction(1),), Split("composite", (Fraction(-1),)))
RULES = [
    PLAIN,
    PLAIN.but(name="ratio", form="ratio", cuts=(Fraction(3, 2),)),
    PLAIN.but(name="first", split=Split("first", (Fraction(3),)), veto=Fraction(4)),
]
VECTORS = np.array(list(product(range(1, 5), repeat=4)))


def laws() -> dict[str, Belief]:
    rng = np.random.default_rng(4)
    return {
        "one": Belief(SCALE, rng.dirichlet(np.ones(4), size=4)),
        "two experts": Belief(SCALE, rng.dirichlet(np.ones(4), size=(2, 4)), np.array([0.3, 0.7])),
    }


def masses(belief: Belief) -> np.ndarray:
    """P of every score vector, one product at a time."""
    parts = [
        w * np.prod([[p[k, v - 1] for k, v in enumerate(x)] for x in VECTORS], axis=1)
        for w, p in zip(belief.weight, belief.probability, strict=True)
    ]
    return np.sum(parts, axis=0)


def test_agreement_is_that_of_enumeration() -> None:
    found = agreement_of_rules(laws(), RULES)
    tiers = np.stack([r.sort(VECTORS) for r in RULES])
    for a, belief in enumerate(laws().values()):
        p = masses(belief)
        wanted = [[p[tiers[i] == tiers[j]].sum() for j in range(3)] for i in range(3)]
        assert found[:, :, a] == pytest.approx(np.array(wanted), abs=1e-13)


def test_agreement_about_printed_tiers_has_two_directions() -> None:
    """P(s gives t | r gives t), by counting; not symmetric."""
    prior = laws()["one"].probability[0]
    beliefs = {str(t): Belief(SCALE, prior, condition=Condition(PLAIN, t)) for t in (1, 2, 3, 4)}
    found = agreement_of_printed_tiers(beliefs, RULES)
    p, tiers = masses(laws()["one"]), np.stack([r.sort(VECTORS) for r in RULES])
    for a, t in enumerate((1, 2, 3, 4)):
        for i, j in product(range(3), repeat=2):
            both, own = p[(tiers[i] == t) & (tiers[j] == t)].sum(), p[tiers[i] == t].sum()
            assert found[i, j, a] == pytest.approx(both / own if own else np.nan, abs=1e-12, nan_ok=True)
    assert not np.allclose(found, found.transpose(1, 0, 2))


def test_open_points_of_the_case_are_those_that_its_rules_are_named_after() -> None:
    problem = mcda.load_problem("eu-belarus-2025")
    found = {name: open_points(rule, problem.rule) for name, rule in problem.rules.items()}
    assert found["reference"] == ()
    assert found["bullets"] == ("cuts",)
    assert found["zero-inside"] == ("zero",)
    assert found["ties-larger"] == ("tie",)
    assert {found[n] for n in ("split-balance", "split-military", "split-any")} == {("outside_split",)}
    assert {found[n] for n in ("ratio", "grid", "lexicographic")} == {("form",)}
    assert found["veto"] == ("veto",)
    assert found["text"] == ("reading",)
    assert found["text-veto"] == ("reading", "veto")
    assert found["weights-military"] == ("weights",)


# -- the whole family --------------------------------------------------------------------------------------------------


def test_a_family_of_rules_is_mixed_by_its_weights() -> None:
    found = rule_uncertainty(laws(), RULES, weights=[2, 1, 1])
    p = found["acceptability"].values
    assert found["weight"].values == pytest.approx([0.5, 0.25, 0.25])
    assert found["mixed"].values == pytest.approx(np.tensordot([0.5, 0.25, 0.25], p, axes=1))
    for i, rule in enumerate(RULES):
        assert p[i] == pytest.approx(mcda.acceptability(laws(), rule)["acceptability"].values, abs=1e-13)
    keeps = (p.argmax(axis=2) == p[0].argmax(axis=1)).T @ [0.5, 0.25, 0.25]
    assert found["keeps_modal"].values == pytest.approx(keeps)
    unchanged = [0.5, 0.25, 0.25] @ agreement_of_rules(laws(), RULES)[0]
    assert found["unchanged"].values == pytest.approx(unchanged)


def test_how_many_are_moved_at_once_counts_worlds_and_not_only_alternatives() -> None:
    """Two alternatives with the same two experts, enumerated: expert by expert, then score vector by score vector."""
    shared = laws()["two experts"]
    table = {"a": shared, "b": Belief(SCALE, shared.probability[:, ::-1], shared.weight)}
    found = rule_uncertainty(table, RULES)["number_moved"].values
    tiers = np.stack([r.sort(VECTORS) for r in RULES])
    for r in range(3):
        law = np.zeros(3)
        for e, w in enumerate(shared.weight):
            alone = [Belief(SCALE, b.probability[e]) for b in table.values()]
            a, b = (masses(one)[tiers[r] != tiers[0]].sum() for one in alone)
            law += w * np.array([(1 - a) * (1 - b), a * (1 - b) + b * (1 - a), a * b])
        assert found[r] == pytest.approx(law, abs=1e-13)


def test_under_printed_tiers_each_rule_printed_them_itself() -> None:
    """Then every rule gives its own tier back where nothing is scored again: certain, an identity."""
    prior = laws()["one"].probability[0]

    def under(rule: Rule) -> dict[str, Belief]:
        return {str(t): Belief(SCALE, prior, condition=Condition(rule, t)) for t in (1, 2, 4)}

    found = rule_uncertainty(under, RULES, printed=under(PLAIN))
    assert found["mixed"].values == pytest.approx(np.eye(4)[[0, 1, 3]])
    assert found["keeps_modal"].values == pytest.approx([1, 1, 1])
    assert found["unchanged"].values[:2].max() < 1


def test_conditions_are_not_passed_over() -> None:
    """Agreement of rules about scores that fit a tier needs to know which rule printed it."""
    prior = laws()["one"].probability[0]
    printed = {"a": Belief(SCALE, prior, condition=Condition(PLAIN, 2))}
    with pytest.raises(UsageError, match="conditioned on printed tiers: use agreement_of_printed_tiers"):
        agreement_of_rules(printed, RULES)
    with pytest.raises(UsageError, match="conditioned on no tier: use agreement_of_rules"):
        agreement_of_printed_tiers(laws(), RULES)
    with pytest.raises(UsageError, match="needs `printed`"):
        rule_uncertainty(printed, RULES)
    with pytest.raises(UsageError, match="finite and at least 0"):
        rule_uncertainty(laws(), RULES, weights=[1, np.inf, 1])


def test_statements_are_mixed_over_rules() -> None:
    """P(both in tiers 1, 2): the weighted mean of what each rule gives, experts shared within it."""
    statement = AllIn(("one", "two experts"), (1, 2))
    found = rule_uncertainty(laws(), RULES, weights=[2, 1, 1], statements=[statement])
    alone = [drawn(laws(), rule, n=1, rng=1, statements=[statement])["statement_exact"].item() for rule in RULES]
    assert found["statement_by_rule"].values[:, 0] == pytest.approx(alone)
    assert found["statement_mixed"].item() == pytest.approx(np.dot([0.5, 0.25, 0.25], alone))
