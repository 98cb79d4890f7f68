"""Shadow tiers under every rule of the case: the kernel sorts real scores as `sort_points` does."""

from dataclasses import replace

import numpy as np
import pytest

import mcda
from mcda.roadmap.history import histories
from mcda.roadmap.model import Entry, Policy, Row, Scenario
from tests.roadmap.plain import world_of
from tests.roadmap.test_reference import QUIET

RULES = mcda.load_problem("eu-belarus-2025").rules


@pytest.mark.parametrize("name", RULES)
def test_a_rule_sorts_scores_as_it_does_elsewhere(name):
    """Scores on thirds of points, so that statistics fall on cuts often; one shock moves them, clipped at the ends."""
    rng, n = np.random.default_rng(4), 400
    scores = 1 + rng.integers(0, 28, size=(n, 7)) / 3
    shift = np.array([2.0, 0, 1.0, -2.0, 0, 0, 0])
    quiet = world_of({"rows": [], "rule": {"roles": RULES[name].roles, "cuts": [4, -1], "outside_cuts": [-6]},
                      "load": {"goods": {"E10": 1}}, "parameters": QUIET | {"horizon": 2}})  # fmt: skip
    rows = tuple(Row(f"row-{i:03d}", 1, "goods") for i in range(n))
    world = replace(quiet, rule=RULES[name], rows=rows)
    move = {"c1": 2.0, "c3": 1.0, "c4": -2.0}
    story = Scenario("a shock", schedule=(Entry("event", "E10", 1, move=move),))
    found = histories(world, Policy("nothing"), story, seed=1, paths=[0], scores=scores[None])
    assert found.plain[0].tolist() == mcda.sort_points(RULES[name], scores).tolist()
    moved = np.clip(scores + shift, 1, 10)
    assert found.tiers[0, 1].tolist() == mcda.sort_points(RULES[name], moved).tolist()
