"""Breakpoints: inside the interval the tier stands, beyond it it does not."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mcda.errors import Declined, McdaError, UsageError
from mcda.problem import Lattice
from mcda.rule import Rule, Split
from mcda.scores.belief import Belief
from mcda.scores.pooling import tier_of_points
from mcda.tiers.acceptability import acceptability
from mcda.tiers.breakpoints import Interval, numbers_of, steps_of, tier_interval, with_number

ROLES = ("against", "against", "against", "for", "for", "for", "counterweight")
CUTS = (Fraction(4), Fraction(-1))
RULES = [
    Rule("difference", ROLES, 3, 2, CUTS, Split("composite", (Fraction(-6),))),
    Rule("ratio", ROLES, 3, 2, (Fraction(2), Fraction(3, 4)), Split("balance", (Fraction(-12),)), form="ratio"),
    Rule("veto", ROLES, 3, 2, CUTS, Split("any", (Fraction(9),)), veto=Fraction(8), tie="larger"),
    Rule("first", ROLES, 3, 2, CUTS, Split("first", (Fraction(8),)), zero="inside"),
    Rule("text", ROLES, 3, 2, tuple(map(Fraction, (3, -3, -7, -14))), None, reading="text"),
]
RULES.append(RULES[0].but(name="weighted", weights=tuple(map(Fraction, (6, 3, 3, 4, 4, 4, 1)))))
SCORES = st.lists(st.fractions(1, 10, max_denominator=5), min_size=7, max_size=7)


def inside(interval: Interval, x: Fraction) -> bool:
    above = interval.low is None or x > interval.low or (x == interval.low and interval.low_included)
    below = interval.high is None or x < interval.high or (x == interval.high and interval.high_included)
    return above and below


@given(st.sampled_from(RULES), SCORES, st.data())
def test_the_interval_is_where_the_tier_stands(rule: Rule, scores: list[Fraction], data: st.DataObject) -> None:
    """At any value that has a meaning: the tier is the same inside; at the nearest values outside it is another."""
    name = data.draw(st.sampled_from(sorted(numbers_of(rule))))
    found = tier_interval(rule, name, scores)
    tier = tier_of_points(scores, rule)
    assert inside(found, numbers_of(rule)[name])
    value = data.draw(st.fractions(-30, 30, max_denominator=6))
    try:
        other = with_number(rule, name, value)
    except McdaError:
        assume(False)
    if inside(found, value):
        assert tier_of_points(scores, other) == tier


@given(st.sampled_from(RULES), SCORES, st.data())
def test_just_beyond_the_interval_the_tier_is_another_or_the_value_has_no_meaning(
    rule: Rule, scores: list[Fraction], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(numbers_of(rule))))
    found, tier = tier_interval(rule, name, scores), tier_of_points(scores, rule)
    hair = Fraction(1, 10_000)
    beyond = []
    if found.low is not None:
        beyond.append(found.low - hair if found.low_included else found.low)
    if found.high is not None:
        beyond.append(found.high + hair if found.high_included else found.high)
    for value in beyond:
        with suppress(McdaError):
            assert tier_of_points(scores, with_number(rule, name, value)) != tier


def test_an_interval_by_hand() -> None:
    """C = 15 - 6 = 9, c7 = 4, D = 5: tier 1 for a first cut up to 5, and down to the second cut, -1."""
    scores = list(map(Fraction, (2, 2, 2, 5, 5, 5, 4)))
    assert str(tier_interval(RULES[0], "cuts[0]", scores)) == "(-1, 5]"
    assert str(tier_interval(RULES[0], "outside_split.cuts[0]", scores)) == "(-inf, inf)"


def test_numbers_of_a_rule_are_those_it_compares_with() -> None:
    assert list(numbers_of(RULES[2])) == ["cuts[0]", "cuts[1]", "outside_split.cuts[0]", "veto"]
    assert list(numbers_of(RULES[4])) == ["cuts[0]", "cuts[1]", "cuts[2]", "cuts[3]"]
    with pytest.raises(UsageError, match="has no number 'veto'; there are cuts"):
        with_number(RULES[0], "veto", Fraction(3))


def test_steps_are_acceptabilities_of_changed_rules() -> None:
    law = np.random.default_rng(1).dirichlet(np.ones(10), size=(3, 7))
    laws = {f"a{i}": Belief(Lattice(1, 10), p) for i, p in enumerate(law)}
    found = steps_of(laws, RULES[0], "cuts[0]", low=Fraction(0), high=Fraction(9))
    assert found.value.tolist() == list(range(10))
    assert found.value[found.own] == 4
    for i, value in enumerate(found.value):
        rule = with_number(RULES[0], "cuts[0]", Fraction(value))
        assert found.acceptability[i] == pytest.approx(acceptability(laws, rule)["acceptability"].values, abs=1e-13)
    modal = found.acceptability.argmax(axis=2)
    for a in range(3):
        stands = (found.low[a] <= found.value) & (found.value <= found.high[a])
        assert (modal[stands, a] == modal[found.own, a]).all()


def test_values_out_of_order_with_the_other_cuts_are_left_out() -> None:
    law = np.full((7, 10), 0.1)
    found = steps_of({"a": Belief(Lattice(1, 10), law)}, RULES[0], "cuts[0]")
    assert found.value.min() == 0  # above the second cut, -1


@pytest.mark.parametrize(
    ("rule", "scores", "interval"),
    [
        # C = 25 - (22/7 + 25/8 + 29/9) + ...: a denominator of 27,720, finer than cuts in files may be
        (RULES[0], ("22/7", "25/8", "29/9", "36/5", "80/11", "7", "5"), "(-1, 193559/27720]"),
        (
            RULES[1].but(cuts=(Fraction(21, 10), Fraction(3, 4))),
            ("2", "2", "2", "9", "9", "9", "599/60"),
            "(3/4, 1260/599]",
        ),
        (
            RULES[1].but(cuts=(Fraction(21, 10), Fraction(3, 4))),
            ("2", "2", "2", "8", "8", "8", "599/60"),
            "(1080/599, inf)",
        ),
    ],
)
def test_scores_of_many_experts_have_exact_intervals_too(rule: Rule, scores: tuple[str, ...], interval: str) -> None:
    """Derived by hand from D, or C / c7, as a fraction."""
    assert str(tier_interval(rule, "cuts[0]", [Fraction(x) for x in scores])) == interval


def test_scores_too_fine_for_exact_integers_are_declined() -> None:
    with pytest.raises(Declined, match="too fine"):
        tier_interval(RULES[0], "cuts[0]", [Fraction(x) for x in (2, 2, 2, 5, 5, 5, "5.00000001")])


def test_a_counterweight_of_nothing_has_no_breakpoint() -> None:
    """C / 0: every positive C is beyond all cuts, wherever they are."""
    weightless = RULES[1].but(weights=tuple(map(Fraction, (1, 1, 1, 1, 1, 1, 0))))
    scores = [Fraction(x) for x in (2, 2, 2, 5, 5, 5, 5)]
    assert str(tier_interval(weightless, "cuts[0]", scores)) == "(3/4, inf)"


def test_numbers_and_scores_that_do_not_fit_are_named() -> None:
    law = {"a": Belief(Lattice(1, 10), np.full((7, 10), 0.1))}
    with pytest.raises(UsageError, match="has no number 'nope'; there are cuts"):
        steps_of(law, RULES[0], "nope")
    with pytest.raises(UsageError, match="has no number 'nope'"):
        tier_interval(RULES[0], "nope", [Fraction(5)] * 7)
    with pytest.raises(UsageError, match="has 7 criteria, and 3 scores"):
        tier_interval(RULES[0], "cuts[0]", [Fraction(5)] * 3)
    with pytest.raises(UsageError, match="at least one alternative"):
        steps_of({}, RULES[0], "cuts[0]")
