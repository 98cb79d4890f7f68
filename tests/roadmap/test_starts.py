"""States before month 0: what a row can effect after months suspended, and what does not go together."""

from __future__ import annotations

from typing import Any

import pytest

from mcda.errors import UsageError
from mcda.roadmap.model import Scenario
from tests.roadmap.arbitrary import setting
from tests.roadmap.plain import world_of
from tests.roadmap.same import assert_same


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ({"R": 2, "dwell": 0}, "start.dwell is 0 beside a rung above 0"),
        ({"N": 10, "list": 500}, "start.list is more than all prisoners"),
        ({"status": {"a": "PR"}}, "start.status.a is PR without its month"),
        ({"status": {"a": "S"}, "due": {"a": 3}}, "start.due.a is the month of a change, and the row is S"),
        ({"status": {"a": "L"}, "due": {"a": 3}}, "start.due.a is the month of a change, and the row is L"),
    ],
)
def test_what_does_not_go_together_is_refused(start: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        Scenario("start", start)


def test_what_goes_together_is_taken() -> None:
    Scenario("start", {"R": 2, "dwell": 1, "N": 10, "list": 10, "status": {"a": "PR", "b": "S"}, "due": {"a": 3}})


@pytest.mark.parametrize("seed", range(4))
def test_a_row_suspended_before_begins_with_what_its_months_leave(seed: int) -> None:
    world, policy, _ = setting(seed)
    world["parameters"] = {**world["parameters"], "spent": 0.05, "cap": 6, "floor": 0.5}
    name = world["rows"][0]["name"]
    assert_same(world, policy, {"start": {"mon": {name: 4}}}, seed=seed, paths=[0, 3])
    assert_same(world, policy, {"start": {"mon": {name: 4}, "e": {name: 0.3}}}, seed=seed, paths=[0, 3])
    over = Scenario("over", {"mon": {name: 4}, "e": {name: 0.9}})
    with pytest.raises(UsageError, match=r"more than its months suspended leave \(got 0.9\); allowed: at most 0.8"):
        over.check(world_of(world))
