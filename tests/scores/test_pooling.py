"""Three beliefs of a panel against enumeration over what the experts may have meant; tiers of point scores."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.rule import Rule
from mcda.scores.belief import Belief
from mcda.scores.panel import Answer, Panel
from mcda.scores.pooling import WARNING, panel_mean, point_tiers, pooled_cells, pooled_experts, tier_of_points
from tests.reference.enumeration import tier_of

SCALE = Lattice(1, 3)
CRITERIA = ("harm", "gain", "weight")
RULE = Rule("small", ("against", "for", "counterweight"), 2, 1, cuts=(Fraction(0),))
PLAIN = {"roles": RULE.roles, "n_inside": 2, "n_outside": 1, "inside_cuts": [0]}

Table = dict[int, float]
#: By expert, by criterion: probability by score; an empty one is a "don't know".
BELIEVED: dict[str, list[Table]] = {
    "ann": [{1: 0.5, 2: 0.5}, {3: 1.0}, {1: 0.25, 3: 0.75}],
    "bob": [{2: 1.0}, {1: 0.125, 2: 0.5, 3: 0.375}, {}],
    "eve": [{1: 0.75, 3: 0.25}, {}, {}],
}


def panel_of(believed: dict[str, list[Table]], weights: tuple[Fraction, ...] = ()) -> Panel:
    answers = {
        (expert, "ban", criterion): Answer.distribution(table)
        for expert, tables in believed.items()
        for criterion, table in zip(CRITERIA, tables, strict=True)
        if table
    }
    return Panel(tuple(believed), ("ban",), CRITERIA, answers, weights)


def law_of_mean(tables: list[Table]) -> dict[Fraction, float]:
    """Every combination of the experts' scores, one by one."""
    found: dict[Fraction, float] = {}
    for combination in itertools.product(*(table.items() for table in tables)):
        mean = Fraction(sum(x for x, _ in combination), len(combination))
        found[mean] = found.get(mean, 0) + math.prod(p for _, p in combination)
    return found


def law(belief: Belief, component: int, criterion: int) -> dict[Fraction, float]:
    steps = (Fraction(step, belief.lattice.unit) for step in belief.lattice.steps)
    return {x: p for x, p in zip(steps, belief.probability[component, criterion], strict=True) if p > 0}


def linear_pool(tables: list[Table], weights: list[float]) -> np.ndarray:
    total = sum(w for table, w in zip(tables, weights, strict=True) if table)
    return np.array([
        sum(w * table.get(x, 0) for table, w in zip(tables, weights, strict=True)) / total for x in SCALE.steps
    ])  # fmt: skip


@st.composite
def beliefs(draw: st.DrawFn) -> dict[str, list[Table]]:
    """Panels of up to four experts with gaps; the first knows everything."""

    def table(may_be_empty: bool) -> Table:
        shares = draw(st.lists(st.integers(0, 4), min_size=3, max_size=3))
        if not sum(shares):
            return {} if may_be_empty else {2: 1.0}
        # sixteenths, the rest on the last score, so that the table sums to 1 exactly
        first, second = shares[0] / 16, shares[1] / 16
        return {x: p for x, p in zip((1, 2, 3), (first, second, 1 - first - second), strict=True) if p}

    n = draw(st.integers(1, 4))
    return {f"expert {e}": [table(e > 0) for _ in CRITERIA] for e in range(n)}


# -- the mean of the panel ---------------------------------------------------------------------------------------------


@given(beliefs())
def test_the_panel_mean_has_the_law_that_enumeration_gives(believed: dict[str, list[Table]]) -> None:
    belief = panel_mean(panel_of(believed), SCALE, spread=1)["ban"]
    by_criterion = [[t[k] for t in believed.values() if t[k]] for k in range(3)]
    assert belief.independent
    assert belief.lattice.unit == math.lcm(*(len(tables) for tables in by_criterion))
    for k, tables in enumerate(by_criterion):
        assert law(belief, 0, k) == pytest.approx(law_of_mean(tables), abs=1e-14)


@given(beliefs())
def test_points_are_the_exact_means_over_those_who_answered(believed: dict[str, list[Table]]) -> None:
    panel = panel_of(believed)
    expected = []
    for k in range(3):
        means = [sum(x * Fraction(p) for x, p in t[k].items()) for t in believed.values() if t[k]]
        expected.append(sum(means, Fraction(0)) / len(means))
    for pool in (panel_mean, pooled_experts, pooled_cells):
        assert pool(panel, SCALE, spread=1)["ban"].points == tuple(expected)


@given(st.integers(1, 3), st.integers(1, 9), st.floats(0.6, 4))
def test_a_panel_of_one_is_that_expert_under_every_pool(n_criteria: int, score: int, spread: float) -> None:
    criteria = CRITERIA[:n_criteria]
    panel = Panel(("ann",), ("ban",), criteria, {("ann", "ban", c): Answer.at(score) for c in criteria})
    lattice = Lattice(1, 9)
    one, two, three = (f(panel, lattice, spread=spread)["ban"] for f in (panel_mean, pooled_experts, pooled_cells))
    assert np.array_equal(one.probability, two.probability)
    assert np.array_equal(one.probability, three.probability)
    assert one.lattice == two.lattice == lattice


def test_three_triangular_scores_average_to_the_law_of_their_sum() -> None:
    """Scores 2, 2, 3 with half-width 1 put 1/8, 3/4, 1/8 about each (1/7, 6/7 at the end); thirds of a point."""
    answers = {(e, "ban", "c"): Answer.at(x, spread=Fraction(1)) for e, x in (("a", 2), ("b", 2), ("d", 3))}
    belief = panel_mean(Panel(("a", "b", "d"), ("ban",), ("c",), answers), SCALE, spread=5)["ban"]
    assert belief.lattice == Lattice(1, 3, 3)
    ends = 1 / 8 * 1 / 8 * 1 / 7, 2 * (3 / 4 * 1 / 8 * 6 / 7) + 1 / 8 * 1 / 8 * 1 / 7, 1 / 8 * 1 / 8 * 6 / 7
    assert belief.probability[0, 0, [0, 1, 5, 6]] == pytest.approx([0, *ends], abs=1e-15)


def test_means_without_a_common_denominator_of_60_are_declined_in_favour_of_sampling() -> None:
    experts = tuple(map(str, range(9)))
    answers = {(e, "ban", c): Answer.at(2) for c, n in (("a", 9), ("b", 8)) for e in experts[:n]}
    panel = Panel(experts, ("ban",), ("a", "b"), answers)
    with pytest.raises(Declined, match=r"'ban': the means of 8, 9 experts have 72 steps .* use sampling"):
        panel_mean(panel, SCALE, spread=1)
    some = {key: a for key, a in answers.items() if int(key[0]) < (5 if key[2] == "a" else 4)}
    fewer = Panel(experts, ("ban",), ("a", "b"), some)
    assert panel_mean(fewer, SCALE, spread=1)["ban"].lattice.unit == 20


def test_the_panel_mean_refuses_weights_and_names_the_pool_that_takes_them() -> None:
    panel = panel_of(BELIEVED, (Fraction(2), Fraction(1), Fraction(1)))
    with pytest.raises(UsageError, match="pooled-experts takes weights"):
        panel_mean(panel, SCALE, spread=1)


# -- pools -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weights", [(), (Fraction(1, 2), Fraction(3, 8), Fraction(1, 8))])
def test_pooled_experts_is_the_mixture_of_their_joints_with_gaps_filled_by_the_others(
    weights: tuple[Fraction, ...],
) -> None:
    panel = panel_of(BELIEVED, weights)
    belief = pooled_experts(panel, SCALE, spread=1)["ban"]
    mix = [float(w) for w in panel.weights]
    joint = np.zeros((3, 3, 3))
    for w, tables in zip(mix, BELIEVED.values(), strict=True):
        laws = []
        for k, table in enumerate(tables):
            everyone = [t[k] for t in BELIEVED.values()]
            laws.append(linear_pool([table], [1.0]) if table else linear_pool(everyone, mix))
        for cell in itertools.product(range(3), repeat=3):
            joint[cell] += w * math.prod(laws[k][x] for k, x in enumerate(cell))
    assert belief.components == tuple(BELIEVED)
    assert belief.dependence == "mixture"
    np.testing.assert_allclose(belief.joint(), joint, atol=1e-15)


@given(beliefs(), st.lists(st.integers(1, 9), min_size=4, max_size=4))
def test_pooled_cells_has_the_linear_pool_in_each_cell_and_nothing_else(
    believed: dict[str, list[Table]], weights: list[int]
) -> None:
    exact = tuple(Fraction(w) for w in weights[: len(believed)])
    belief = pooled_cells(panel_of(believed, exact), SCALE, spread=1)["ban"]
    assert belief.independent
    for k in range(3):
        pool = linear_pool([t[k] for t in believed.values()], [float(w) for w in exact])
        np.testing.assert_allclose(belief.probability[0, k], pool, atol=1e-14)


@given(beliefs())
def test_pooling_by_cell_keeps_the_marginals_of_pooling_experts(believed: dict[str, list[Table]]) -> None:
    whole = {name: tables for name, tables in believed.items() if any(tables)}
    panel = panel_of(whole)
    by_expert, by_cell = (pool(panel, SCALE, spread=1)["ban"] for pool in (pooled_experts, pooled_cells))
    np.testing.assert_allclose(by_expert.marginals(), by_cell.marginals(), atol=1e-14)


def test_pooling_by_cell_drops_the_disagreement_between_experts() -> None:
    """One sure of (1, 1), one of (3, 3): together they never say (1, 3); pooled by cell they do half of the time."""
    answers = {(e, "ban", c): Answer.at(x, spread=0) for e, x in (("ann", 1), ("bob", 3)) for c in ("a", "b")}
    panel = Panel(("ann", "bob"), ("ban",), ("a", "b"), answers)
    together, apart = (pool(panel, SCALE, spread=1)["ban"].joint() for pool in (pooled_experts, pooled_cells))
    assert (together[0, 2], apart[0, 2]) == (0, 0.25)
    assert "drops exactly the disagreement" in WARNING


def test_an_expert_without_an_answer_or_a_weight_is_no_component() -> None:
    silent = {**BELIEVED, "mute": [{}, {}, {}]}
    weights = (Fraction(3), Fraction(0), Fraction(1), Fraction(4))
    belief = pooled_experts(panel_of(silent, weights), SCALE, spread=1)["ban"]
    assert belief.components == ("ann", "eve")
    assert belief.weight.tolist() == [0.75, 0.25]


@pytest.mark.parametrize("pool", [panel_mean, pooled_experts, pooled_cells])
def test_a_cell_that_nobody_scored_has_no_belief(pool: object) -> None:
    panel = Panel(("ann",), ("ban",), ("a", "b"), {("ann", "ban", "a"): Answer.at(2)})
    with pytest.raises(UsageError, match="nobody scored 'ban' on 'b'"):
        pool(panel, SCALE, spread=1)  # type: ignore[operator]


def test_a_cell_that_only_experts_without_weight_scored_has_no_pool() -> None:
    answers = {("ann", "ban", "a"): Answer.at(2)}
    panel = Panel(("ann", "bob"), ("ban",), ("a",), answers, weights=(Fraction(0), Fraction(1)))
    with pytest.raises(UsageError, match="nobody with a weight above 0 scored 'ban' on 'a'"):
        pooled_cells(panel, SCALE, spread=1)


def test_a_score_that_has_no_law_is_refused_with_its_place() -> None:
    panel = Panel(("ann",), ("ban",), ("a",), {("ann", "ban", "a"): Answer.at(7)})
    with pytest.raises(UsageError, match="expert 'ann', alternative 'ban', criterion 'a': score 7 is off the scale"):
        pooled_cells(panel, SCALE, spread=1)


def test_an_experts_own_spread_replaces_the_problems() -> None:
    answers = {("ann", "ban", "a"): Answer.at(2, spread=0), ("ann", "ban", "b"): Answer.at(2)}
    belief = pooled_cells(Panel(("ann",), ("ban",), ("a", "b"), answers), SCALE, spread=Fraction(1))["ban"]
    np.testing.assert_allclose(belief.probability[0], [[0, 1, 0], [1 / 8, 3 / 4, 1 / 8]], atol=1e-15)


# -- tiers of point scores ---------------------------------------------------------------------------------------------


def points_panel(rows: dict[str, list[int | None]]) -> Panel:
    answers = {
        (e, "ban", c): Answer.at(x)
        for e, row in rows.items()
        for c, x in zip(CRITERIA, row, strict=True)
        if x is not None
    }
    return Panel(tuple(rows), ("ban",), CRITERIA, answers)


def tier_by_enumeration(points: list[Fraction]) -> int:
    unit = math.lcm(*(x.denominator for x in points))
    return int(tier_of(PLAIN, np.array([[int(x * unit) for x in points]]), unit)[0])


def test_the_tiers_of_means_medians_experts_and_the_vote_can_all_differ() -> None:
    """Means 4/3, 5/3, 1: C = 1/3 is in tier 2. Medians 1, 2, 1: C = c7 is in tier 1. Two of three have C = 0."""
    found = point_tiers(points_panel({"a": [1, 1, 1], "b": [1, 2, 1], "c": [2, 2, 1]}), RULE, SCALE)
    assert (found.mean.tolist(), found.median.tolist(), found.own.tolist()) == ([2], [1], [[3, 1, 3]])
    assert (found.vote.tolist(), found.vote_tie.tolist()) == ([3], [False])


def test_a_tied_vote_goes_to_the_larger_tier_and_is_marked() -> None:
    panel = points_panel({"a": [1, 3, 1], "b": [1, 3, 3], "c": [1, 3, 3], "d": [1, 3, 2], "e": [3, 2, None]})
    found = point_tiers(panel, RULE, SCALE)
    assert found.own.tolist() == [[1, 2, 2, 1, -1]]
    assert (found.vote.tolist(), found.vote_tie.tolist()) == ([2], [True])


def test_medians_that_are_halves_meet_a_cut_exactly() -> None:
    """Medians 1, 5/2, 3/2: C - c7 = 0 lies on the cut, and goes to tier 1."""
    found = point_tiers(points_panel({"a": [1, 2, 1], "b": [1, 3, 2]}), RULE, SCALE)
    assert found.median.tolist() == [1]
    larger = point_tiers(points_panel({"a": [1, 2, 1], "b": [1, 3, 2]}), RULE.but(tie="larger"), SCALE)
    assert larger.median.tolist() == [2]


def test_where_scores_are_missing_there_is_no_tier() -> None:
    found = point_tiers(points_panel({"a": [1, 3, None], "b": [1, None, None]}), RULE, SCALE)
    assert (found.mean.tolist(), found.median.tolist(), found.own.tolist()) == ([-1], [-1], [[-1, -1]])
    assert (found.vote.tolist(), found.vote_tie.tolist()) == ([-1], [False])


@given(st.lists(st.lists(st.none() | st.integers(1, 3), min_size=3, max_size=3), min_size=1, max_size=6))
def test_tiers_of_means_and_medians_are_those_of_exact_arithmetic(rows: list[list[int | None]]) -> None:
    found = point_tiers(points_panel({str(e): row for e, row in enumerate(rows)}), RULE, SCALE)
    columns = [sorted(row[k] for row in rows if row[k] is not None) for k in range(3)]  # type: ignore[type-var]
    if all(columns):
        means = [Fraction(sum(c), len(c)) for c in columns]  # type: ignore[arg-type]
        middles = [Fraction(c[(len(c) - 1) // 2] + c[len(c) // 2], 2) for c in columns]  # type: ignore[operator]
        assert found.mean.tolist() == [tier_by_enumeration(means)]
        assert found.median.tolist() == [tier_by_enumeration(middles)]
    own = [tier_by_enumeration([Fraction(x) for x in row if x is not None]) if None not in row else -1 for row in rows]
    assert found.own.tolist() == [own]


def test_scores_too_fine_for_exact_integers_are_declined() -> None:
    with pytest.raises(Declined, match="too fine for exact integers"):
        tier_of_points([Fraction(1, 10**7 + 1), Fraction(1, 10**7), Fraction(2)], RULE)


def test_point_tiers_refuse_a_score_off_the_scale_and_another_rules_criteria() -> None:
    panel = points_panel({"a": [1, 3, 4]})
    with pytest.raises(UsageError, match="criterion 'weight': the score 4 is off the scale; allowed: 1 to 3"):
        point_tiers(panel, RULE, SCALE)
    with pytest.raises(UsageError, match="rule 'two' has 2 criteria, the panel 3"):
        point_tiers(panel, Rule("two", ("against", "for"), 1, 1), Lattice(1, 4))
