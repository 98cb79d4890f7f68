"""The rule family: boundaries, open points, monotonicity, refusals."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mcda
from mcda.errors import UsageError
from mcda.rule import Bands, Role, Rule, Split

ROLES: tuple[Role, ...] = ("against",) * 3 + ("for",) * 3 + ("counterweight",)
REFERENCE = Rule("reference", ROLES, 3, 2, cuts=(F(4), F(-1)), split=Split("composite", (F(-6),)))
SHIPPED = mcda.load_problem("eu-belarus-2025").rules


def tier(rule: Rule, *scores: int) -> int:
    return int(rule.sort([scores])[0])


def test_the_reference_rule_by_hand() -> None:
    # C = -(1+1+1) + (4+4+4) = 9; against c7: 9 - 5 = 4 reaches the first cut, 9 - 6 the second
    assert tier(REFERENCE, 1, 1, 1, 4, 4, 4, 5) == 1
    assert tier(REFERENCE, 1, 1, 1, 4, 4, 4, 6) == 2
    assert tier(REFERENCE, 1, 1, 1, 4, 4, 4, 10) == 2  # 9 - 10 = -1 is on the second cut
    assert tier(REFERENCE, 1, 1, 1, 3, 4, 4, 10) == 3
    assert tier(REFERENCE, 4, 4, 4, 4, 4, 4, 1) == 4  # C = 0 is outside
    assert tier(REFERENCE, 6, 6, 6, 4, 4, 4, 1) == 4  # C = -6 is on the cut
    assert tier(REFERENCE, 7, 6, 6, 4, 4, 4, 1) == 5


def test_values_on_a_cut_and_zero_go_where_the_rule_says() -> None:
    on_cut = (1, 1, 1, 4, 4, 4, 5)
    assert tier(REFERENCE.but(tie="larger"), *on_cut) == 2
    assert tier(REFERENCE.but(tie="larger"), 6, 6, 6, 4, 4, 4, 1) == 5
    assert tier(REFERENCE.but(zero="inside"), 4, 4, 4, 4, 4, 4, 1) == 2


def test_a_ratio_to_nothing_sorts_and_has_no_statistic() -> None:
    nothing = REFERENCE.but(form="ratio", cuts=(F(7, 3), F(1, 2)), weights=(F(1),) * 6 + (F(0),))
    assert tier(nothing, 1, 1, 1, 4, 3, 3, 9) == 1  # C > 0: larger than any ratio
    belief = mcda.Belief(mcda.Lattice(1, 3), np.full((7, 3), 1 / 3))
    for method in ("elimination", "contraction"):
        found = mcda.indices({"a": belief}, nothing, factors=[f"c{k}" for k in range(1, 8)], method=method)
        assert found["shapley"].sel(output="balance").isnull().all()
        assert found["shapley"].sel(output="ordinal").notnull().all()


def test_ratios_are_compared_as_fractions() -> None:
    # C / c7 = 7 / 3: a float cut of 2.3333333333333335 would be missed by 7/3 in floating point division
    ratio = REFERENCE.but(form="ratio", cuts=(F(7, 3), F(1, 2)))
    assert tier(ratio, 1, 1, 1, 4, 3, 3, 3) == 1
    assert tier(ratio.but(tie="larger"), 1, 1, 1, 4, 3, 3, 3) == 2


def test_a_veto_puts_a_good_balance_outside() -> None:
    assert tier(REFERENCE, 8, 1, 1, 10, 10, 10, 1) == 1
    assert tier(REFERENCE.but(veto=F(8)), 8, 1, 1, 10, 10, 10, 1) == 4
    text = REFERENCE.but(reading="text", cuts=(3, -3, -7, -14), veto=F(8))
    assert tier(text, 8, 1, 1, 10, 10, 10, 1) == 4
    assert tier(text, 7, 1, 1, 10, 10, 10, 1) == 1


def test_the_footnote_keeps_c7_from_moving_a_measure_outside_and_the_text_does_not() -> None:
    inside = (1, 1, 1, 2, 2, 2, 10)  # C = 3, C - c7 = -7
    assert tier(REFERENCE, *inside) == 3
    assert tier(REFERENCE.but(reading="text", cuts=(3, -3, -6, -14)), *inside) == 4


@pytest.mark.parametrize(("split", "scores", "expected"), [
    (Split("balance", (F(-12),)), (4, 4, 4, 1, 1, 1, 3), 4),  # C = -9, less 3 is on the cut
    (Split("balance", (F(-12),)), (4, 4, 4, 1, 1, 1, 4), 5),
    (Split("first", (F(8),)), (8, 4, 4, 1, 1, 1, 4), 4),
    (Split("first", (F(8),)), (9, 4, 4, 1, 1, 1, 4), 5),
    (Split("any", (F(9),)), (4, 9, 4, 1, 1, 1, 4), 5),
    (Split("any", (F(9),)), (8, 8, 8, 1, 1, 1, 4), 4),
])  # fmt: skip
def test_splits_of_the_outside_tiers(split: Split, scores: tuple[int, ...], expected: int) -> None:
    assert tier(REFERENCE.but(split=split), *scores) == expected


def test_weights_are_scaled_to_the_number_of_signed_criteria() -> None:
    rule = REFERENCE.but(weights=(3, 3, 3, 2, 2, 2, 1))
    assert sum(rule.weights[:6]) == 6
    assert rule.weights[6] == 1
    assert rule.but(weights=(6, 6, 6, 4, 4, 4, 1)).weights == rule.weights


@given(
    st.sampled_from(sorted(SHIPPED)),
    st.lists(st.integers(1, 10), min_size=7, max_size=7),
    st.integers(0, 6),
)
def test_every_shipped_rule_is_monotone(name: str, scores: list[int], k: int) -> None:
    rule = SHIPPED[name]
    worse = list(scores)
    worse[k] += -1 if ROLES[k] == "for" else 1
    if 1 <= worse[k] <= 10:
        assert rule.sort([scores])[0] <= rule.sort([worse])[0]


@given(st.lists(st.integers(1, 10), min_size=7, max_size=7), st.integers(1, 20), st.sampled_from(sorted(SHIPPED)))
def test_tiers_do_not_depend_on_the_unit_of_the_lattice(scores: list[int], unit: int, name: str) -> None:
    rule = SHIPPED[name]
    assert rule.sort([scores])[0] == rule.sort([[x * unit for x in scores]], unit)[0]


def test_a_table_that_is_not_monotone_is_known_as_such() -> None:
    bands = Bands((F(8), F(4)), (F(3), F(7)), ((3, 1, 1), (2, 2, 2), (3, 3, 3)))
    assert not REFERENCE.but(form="grid", cuts=(), bands=bands).monotone
    assert REFERENCE.monotone


@pytest.mark.parametrize(("changes", "message"), [
    ({"cuts": (F(1), F(4))}, "cuts must fall strictly"),
    ({"cuts": (F(1),)}, r"needs 2 cuts \(got 1\)"),
    ({"reading": "text", "form": "ratio", "cuts": (4, 3, 2, 1)}, "form 'ratio' has no meaning"),
    ({"form": "grid"}, "'grid' needs bands"),
    ({"split": None}, "2 outside tiers need an outside split"),
    ({"split": Split("composite", (F(1), F(0)))}, r"needs 1 cuts \(got 2\)"),
    ({"weights": (1, 1)}, "2 weights for 7 criteria"),
    ({"weights": (0,) * 6 + (1,)}, "not all 0"),
    ({"weights": (-1,) + (1,) * 6}, "at least 0"),
    ({"roles": ("against",) * 3 + ("for",) * 2 + ("counterweight",) * 2}, "at most one criterion"),
])  # fmt: skip
def test_rules_without_meaning_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        REFERENCE.but(**changes)


def test_scores_that_are_not_whole_steps_are_refused() -> None:
    with pytest.raises(UsageError, match="whole numbers of steps"):
        REFERENCE.sort([[1.5] * 7])
