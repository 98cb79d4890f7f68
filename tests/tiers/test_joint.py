"""Joint statements: exact probabilities against enumeration of all tables, and against draws."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcda.errors import UsageError
from mcda.tiers.joint import (
    AllIn,
    Exactly,
    NumberIn,
    Statement,
    Stricter,
    check_statements,
    count_pairs,
    count_tiers,
    stricter_matrix,
)

AT = {"a": 0, "b": 1, "c": 2, "d": 3}
STATEMENTS: list[Statement] = [
    Stricter("a", "b"),
    Stricter("d", "c"),
    AllIn(("a", "c"), (1, 2)),
    AllIn(("a", "b", "c", "d"), (3,)),
    Exactly(("a", "b"), 1),
    Exactly((), 2),
    NumberIn((1, 2), at_least=2),
    NumberIn((3,), at_most=1),
    NumberIn((1, 3), at_least=1, at_most=3),
]


def random_law(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Three worlds, four alternatives, three tiers."""
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.ones(3), size=(3, 4)), rng.dirichlet(np.ones(3))


def enumerated(statement: Statement, p: np.ndarray, weight: np.ndarray) -> float:
    """Sum over all 3^4 tables and all worlds; a table is looked at one by one."""
    total = 0.0
    for table in product((1, 2, 3), repeat=4):
        if statement.holds(np.array(table, dtype=np.uint8)[:, None], AT)[0]:
            total += sum(
                w * np.prod([row[a, t - 1] for a, t in enumerate(table)]) for w, row in zip(weight, p, strict=True)
            )
    return total


@given(st.integers(0, 10**6), st.sampled_from(STATEMENTS))
def test_statements_are_mixtures_over_worlds(seed: int, statement: Statement) -> None:
    """Within a world alternatives are independent; over worlds they are not (each sum is over 3 x 81 products)."""
    p, weight = random_law(seed)
    assert weight @ statement.given(p, AT) == pytest.approx(enumerated(statement, p, weight), abs=1e-13)


def test_what_holds_is_what_is_said() -> None:
    """One table, read by hand: a 1, b 2, c 1, d 3."""
    table = np.array([[1], [2], [1], [3]], dtype=np.uint8)
    holds = {s.label: bool(s.holds(table, AT)[0]) for s in STATEMENTS}
    assert holds == {
        "a is sorted stricter than b": False,
        "d is sorted stricter than c": True,
        "a, c: all in tiers 1, 2": True,
        "a, b, c, d: all in tier 3": False,
        "exactly a, b in tier 1": False,
        "exactly none in tier 2": False,
        "at least 2 in tiers 1, 2": True,
        "at most 1 in tier 3": True,
        "at least 1 and at most 3 in tiers 1, 3": True,
    }


@given(st.integers(0, 10**6))
def test_the_matrix_is_the_statement_for_all_pairs(seed: int) -> None:
    p, weight = random_law(seed)
    found = stricter_matrix(p, weight)
    for a, b in product(AT, repeat=2):
        wanted = 0.0 if a == b else weight @ Stricter(a, b).given(p, AT)
        assert found[AT[a], AT[b]] == pytest.approx(wanted, abs=1e-13)


def test_counts_are_numpys() -> None:
    tiers = np.random.default_rng(0).integers(1, 6, (7, 999)).astype(np.uint8)
    assert np.array_equal(count_tiers(tiers, 5), np.stack([(tiers == t).sum(axis=1) for t in range(1, 6)], axis=1))
    assert np.array_equal(count_pairs(tiers), (tiers[:, None] > tiers[None]).sum(axis=2))


def test_an_unknown_alternative_is_named() -> None:
    p, _ = random_law(0)
    with pytest.raises(UsageError, match="names the alternative 'e', which has no belief"):
        Stricter("a", "e").given(p, AT)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: AllIn(("a",), (2, 2)), "once"),
        (lambda: AllIn(("a", "a"), (1,)), "once"),
        (lambda: AllIn(("a",), (0,)), "from 1 on"),
        (lambda: AllIn(("a",), ()), "at least one"),
        (lambda: AllIn((), (1,)), "at least one alternative"),
        (lambda: Exactly(("a",), 0), "from 1 on"),
        (lambda: NumberIn((1, 1)), "once"),
        (lambda: NumberIn((1,), -1), "bounds"),
        (lambda: NumberIn((1,), 3, 2), "do not cross"),
        (lambda: Stricter("a", "a"), "once"),
    ],
)
def test_statements_that_would_count_twice_or_mean_nothing_are_refused(
    make: Callable[[], object], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        make()


def test_a_tier_that_the_table_does_not_have_is_named() -> None:
    with pytest.raises(UsageError, match=r"there is no tier 4; allowed: 1 to 3"):
        check_statements([AllIn(("a",), (1, 4))], list(AT), 3)
