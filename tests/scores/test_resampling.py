"""A panel drawn anew: every panel with its probability, by hand and by a drawn bootstrap."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import mcda
from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.scores.panel import Answer, Panel
from mcda.scores.resampling import panel_mean_resampled, panels

SCALE = Lattice(1, 5)
CRITERIA = ("x", "y")


def panel(scores: dict[str, tuple[int | None, int | None]]) -> Panel:
    answers = {
        (e, "a", c): Answer.at(s)
        for e, row in scores.items()
        for c, s in zip(CRITERIA, row, strict=True)
        if s is not None
    }
    return Panel(tuple(scores), ("a",), CRITERIA, answers)


def test_panels_are_multisets_with_the_probabilities_of_ordered_draws() -> None:
    """Counted over all 3^3 ordered draws."""
    found = dict(panels(("p", "q", "r")))
    ordered: dict[tuple[str, ...], float] = {}
    for draw in product("pqr", repeat=3):
        key = tuple(sorted(draw))
        ordered[key] = ordered.get(key, 0) + 1 / 27
    assert found == pytest.approx(ordered)
    assert sum(p for _, p in panels(tuple("abcde"))) == pytest.approx(1)


def test_means_of_certain_scores_are_those_of_all_ordered_draws() -> None:
    """Two experts without doubt: the mean of x is 2, 3 or 4 with 1/4, 1/2, 1/4, and y goes with it."""
    found = panel_mean_resampled(panel({"p": (2, 5), "q": (4, 1)}), SCALE, spread=0)["a"]
    assert found.components == ("p+p", "p+q", "q+q")
    assert found.weight == pytest.approx([0.25, 0.5, 0.25])
    means = found.probability @ np.asarray(found.lattice.levels)
    assert means == pytest.approx(np.array([[2, 5], [3, 3], [4, 1]]))
    assert found.points == (Fraction(3), Fraction(3))


def test_a_cell_that_no_drawn_expert_answered_keeps_the_panels_mean() -> None:
    found = panel_mean_resampled(panel({"p": (2, None), "q": (4, 1)}), SCALE, spread=0)["a"]
    means = found.probability @ np.asarray(found.lattice.levels)
    assert means == pytest.approx(np.array([[2, 1], [3, 1], [4, 1]]))


def test_spread_is_that_of_a_drawn_bootstrap() -> None:
    """Mean and spread against 2,000 drawn panels of the illustrative experts, within five standard errors."""
    experiment = mcda.load_experiment("illustrative-panel")
    own = experiment.beliefs.panel
    assert own is not None
    alternative = next(a for a in own.alternatives if all(len(own.answered(a, c)) == 5 for c in own.criteria))
    found = panel_mean_resampled(own, experiment.problem.scale, spread=1)[alternative]
    alone = mcda.pooled_experts(own, experiment.problem.scale, spread=1)[alternative]
    rng, levels = np.random.default_rng(3), np.asarray(alone.lattice.levels)
    drawn = rng.integers(len(own.experts), size=(2000, len(own.experts)))
    for k in range(7):
        laws = alone.probability[:, k]
        scores = np.array([[rng.choice(levels, p=laws[e]) for e in row] for row in drawn])
        mean, law = scores.mean(axis=1), found.weight @ found.probability[:, k]
        x = np.asarray(found.lattice.levels)
        exact_mean, exact_sd = law @ x, np.sqrt(law @ (x - law @ x) ** 2)
        assert abs(mean.mean() - exact_mean) < 5 * exact_sd / np.sqrt(2000)
        assert mean.std() == pytest.approx(exact_sd, rel=5 / np.sqrt(2 * 2000))


def test_too_many_experts_and_unequal_weights_are_declined() -> None:
    with pytest.raises(Declined, match=r"8 experts make 6,435 panels \(at most 2,000\); use pooled-experts"):
        panels(tuple("abcdefgh"))
    weighted = Panel(("p", "q"), ("a",), ("x",), {("p", "a", "x"): Answer.at(2)}, (Fraction(1), Fraction(2)))
    with pytest.raises(UsageError, match="same weight"):
        panel_mean_resampled(weighted, SCALE, spread=1)


def test_all_alternatives_of_a_world_are_judged_by_one_panel() -> None:
    """Two alternatives that the experts judge alike get the same tier in every draw, since scores are certain."""
    experiment = mcda.load_experiment("bridge-repairs")
    rule, scale = experiment.problem.rule, experiment.problem.scale
    assert experiment.beliefs.panel is not None
    names = [c.id for c in experiment.problem.criteria]
    rng = np.random.default_rng(1)
    scores = {(e, c): int(rng.integers(scale.low, scale.high + 1)) for e in ("p", "q", "r") for c in names}
    answers = {(e, a, c): Answer.at(s) for (e, c), s in scores.items() for a in ("a", "b")}
    twins = Panel(("p", "q", "r"), ("a", "b"), tuple(names), answers)
    laws = panel_mean_resampled(twins, scale, spread=0)
    tiers = mcda.sampler(laws, rule, rng=1).tiers(np.arange(3000))
    assert (tiers[0] == tiers[1]).all()
