"""Answers and panels: exact numbers, counts of what is not known, and checks."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from mcda.errors import UsageError
from mcda.scores.panel import UNKNOWN, Answer, Panel

PANEL = Panel(
    ("ann", "bob"), ("ban", "freeze"), ("c1", "c2"),
    {
        ("ann", "ban", "c1"): Answer.at(7.3),
        ("ann", "ban", "c2"): Answer.three_point(2, 3, 5),
        ("bob", "ban", "c1"): Answer.distribution({4: 0.25, 5: 0.75}),
        ("bob", "ban", "c2"): UNKNOWN,
        ("bob", "freeze", "c2"): Answer.at(1, spread=0.5, comment="sure"),
    },
)  # fmt: skip


def test_a_point_score_is_the_point_the_mode_or_the_mean_exactly() -> None:
    found = [PANEL.answer(e, "ban", c).point for e in PANEL.experts for c in PANEL.criteria]
    assert found == [Fraction(73, 10), 3, Fraction(19, 4), None]


def test_numbers_of_any_kind_are_taken_as_the_decimals_they_print_as() -> None:
    assert {Answer.at(x) for x in (7, 7.0, np.int64(7), np.float64(7), Fraction(7))} == {Answer.at(7)}


def test_scores_are_nan_where_nothing_is_known() -> None:
    nan = np.nan
    expected = [[[7.3, 4.75], [3, nan]], [[nan, nan], [nan, 1]]]
    np.testing.assert_array_equal(PANEL.scores(), expected)


def test_what_is_not_known_is_counted_whether_it_was_said_or_left_out() -> None:
    assert PANEL.known().tolist() == [[2, 1], [0, 1]]
    assert PANEL.unknown == 4


def test_experts_weigh_the_same_unless_weights_are_given() -> None:
    assert PANEL.weights == (Fraction(1, 2), Fraction(1, 2))
    assert PANEL.equal_weights
    weighted = Panel(("ann", "bob"), ("ban",), ("c1",), {}, weights=(3, 1))  # type: ignore[arg-type]
    assert weighted.weights == (Fraction(3, 4), Fraction(1, 4))
    assert not weighted.equal_weights


@pytest.mark.parametrize(("make", "message"), [
    (lambda: Answer.at(float("nan")), r"must be finite \(got nan\)"),
    (lambda: Answer.at(5, spread=-1), "a spread is at least 0"),
    (lambda: Answer.three_point(4, 3, 5), r"low <= mode <= high \(got 4, 3, 5\)"),
    (lambda: Answer.distribution({}), "of kind distribution needs probabilities"),
    (lambda: Answer.distribution({4: 0.5}), "sum to 0.5; allowed: 1"),
    (lambda: Answer.distribution({4: 1.5, 5: -0.5}), "the score 5 is -0.5; allowed: at least 0"),
    (lambda: Answer("distribution", probabilities=((Fraction(4), Fraction(1, 2)),) * 2), "names each score once"),
    (lambda: Answer("point"), "of kind point needs score"),
    (lambda: Answer("point", Fraction(4), low=Fraction(3)), "of kind point takes no low"),
    (lambda: Answer("unknown", Fraction(4)), "of kind unknown takes no score"),
    (lambda: Answer("guess"), "no kind of answer is named 'guess'"),  # type: ignore[arg-type]
])  # fmt: skip
def test_an_answer_whose_numbers_do_not_fit_its_kind_is_refused(make: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make()  # type: ignore[operator]


@pytest.mark.parametrize(("changes", "message"), [
    ({"experts": ()}, "at least one of its experts"),
    ({"experts": ("ann", "ann")}, "experts: 'ann' stands twice"),
    ({"criteria": ("c1", " ")}, "criteria: an id is text that is not empty"),
    ({"answers": {("ann", "bam", "c1"): UNKNOWN}}, r"names the alternative 'bam', .* \(did you mean 'ban'\?\)"),
    ({"weights": (1, 2, 3)}, "3 weights for 2 experts"),
    ({"weights": (1, -1)}, "at least 0, and not all 0"),
    ({"weights": (0, 0)}, "at least 0, and not all 0"),
])  # fmt: skip
def test_a_panel_checks_itself(changes: dict[str, object], message: str) -> None:
    whole = {"experts": ("ann", "bob"), "alternatives": ("ban",), "criteria": ("c1", "c2"), "answers": {}}
    with pytest.raises(UsageError, match=message):
        Panel(**{**whole, **changes})  # type: ignore[arg-type]
