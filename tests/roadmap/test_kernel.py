"""The compiled month against the plain-Python reference: whole path histories, every symbol of every month."""

import pytest

from tests.roadmap.arbitrary import setting
from tests.roadmap.same import assert_same
from tests.roadmap.test_reference import GOLDEN_POLICY, GOLDEN_SCENARIO, GOLDEN_WORLD

#: Paths 0, 5 and 70: the first, one in the middle of a block, one beyond the reference's own block of 64.
PATHS = [0, 5, 70]


def test_the_kernel_follows_the_hand_computed_timeline():
    world = GOLDEN_WORLD | {"parameters": GOLDEN_WORLD["parameters"] | {"horizon": 17}}
    assert assert_same(world, GOLDEN_POLICY, GOLDEN_SCENARIO, seed=7, paths=[0]) == 17


@pytest.mark.parametrize("number", range(30))
def test_paths_of_arbitrary_worlds_are_those_of_the_reference(number):
    world, policy, scenario = setting(number)
    assert_same(world, policy, scenario, seed=number, paths=PATHS, outer=None if number % 2 else number % 7)


@pytest.mark.slow
@pytest.mark.parametrize("tens", range(20))
def test_paths_of_many_arbitrary_worlds_are_those_of_the_reference(tens):
    for number in range(1000 + 10 * tens, 1010 + 10 * tens):
        world, policy, scenario = setting(number)
        assert_same(world, policy, scenario, seed=2**40 + number, paths=PATHS, outer=number % 5)
