"""Flip distances: two routes against each other and against a brute oracle, closed forms, laws, limits."""

from __future__ import annotations

from fractions import Fraction as F
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.rule import Bands, Rule, Split
from mcda.scores.belief import Belief, Condition
from mcda.tiers import flips as module
from mcda.tiers.flips import NORMS, QUANTILES, Flips, LatticeFlips, flip_distances, flip_law, lattice_flips
from tests.reference import enumeration

ROLES = ("against",) * 3 + ("for",) * 3 + ("counterweight",)
REFERENCE = Rule("reference", ROLES, 3, 2, (F(4), F(-1)), Split("composite", (F(-6),)))
TEXT = REFERENCE.but(name="text", reading="text", cuts=(F(3), F(-3), F(-7), F(-14)), split=None)
SCALE = Lattice(1, 10)


# -- rules of the whole family -----------------------------------------------------------------------------------------


def falling(draw: st.DrawFn, n: int, low: int = -8, high: int = 8) -> tuple[F, ...]:
    """Strictly falling halves."""
    halves = draw(st.lists(st.integers(2 * low, 2 * high), min_size=n, max_size=n, unique=True))
    return tuple(F(one, 2) for one in sorted(halves, reverse=True))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Any rule of the family on four or five criteria: forms, readings, splits, vetoes, weights; monotone or not."""
    roles = ["against", "for", *draw(st.lists(st.sampled_from(["against", "for"]), min_size=1, max_size=2))]
    form = draw(st.sampled_from(["difference", "ratio", "grid", "lexicographic"]))
    reading = draw(st.sampled_from(["footnote", "text"])) if form == "difference" else "footnote"
    if form != "difference" or draw(st.booleans()):
        roles.append("counterweight")
    inside, outside = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    by = draw(st.sampled_from(["composite", "balance", "first", "any"]))
    outside = 2 if by == "any" else outside
    split: Split | None = Split(by, falling(draw, outside - 1))
    if by in ("first", "any"):
        split = Split(by, falling(draw, outside - 1, 1, 4)[::-1])
    if reading == "text":
        split = None
    weight = st.sampled_from([F(1), F(1), F(2), F(1, 2), F(2, 3)])
    return Rule(
        "drawn",
        tuple(draw(st.permutations(roles))),  # type: ignore[arg-type]
        inside,
        outside,
        () if form in ("grid", "lexicographic") else falling(draw, inside - 1 + (outside if reading == "text" else 0)),
        split,
        form,  # type: ignore[arg-type]
        reading,  # type: ignore[arg-type]
        zero=draw(st.sampled_from(["outside", "inside"])),
        tie=draw(st.sampled_from(["smaller", "larger"])),
        veto=draw(st.sampled_from([None, None, F(3), F(7, 2)])),
        weights=tuple(draw(st.lists(weight, min_size=len(roles), max_size=len(roles)))),
        bands=bands(draw, inside, form == "lexicographic") if form in ("grid", "lexicographic") else None,
    )


def bands(draw: st.DrawFn, inside: int, ordered: bool) -> Bands:
    cells = draw(st.lists(st.integers(1, inside), min_size=6, max_size=6))
    cells = sorted(cells) if ordered else cells
    return Bands(falling(draw, 1, 0, 5), falling(draw, 2, 1, 4)[::-1], (tuple(cells[:3]), tuple(cells[3:])))


def as_dict(rule: Rule) -> dict[str, Any]:
    """The rule in the oracle's words."""
    found: dict[str, Any] = {
        "roles": list(rule.roles), "n_inside": rule.inside, "n_outside": rule.outside, "reading": rule.reading,
        "form": rule.form, "zero": rule.zero, "tie": rule.tie, "veto": rule.veto, "weights": list(rule.weights),
    }  # fmt: skip
    found["cuts" if rule.reading == "text" else "inside_cuts"] = list(rule.cuts)
    if rule.split is not None:
        found["outside_split"] = {"by": rule.split.by, "cuts": list(rule.split.cuts)}
    if rule.bands is not None:
        found |= {"c_bands": rule.bands.composite[::-1], "w_bands": rule.bands.counterweight, "table": rule.bands.table}
    return found


def every_cell(lattice: Lattice, d: int) -> np.ndarray:
    return np.array(list(product(lattice.steps, repeat=d)))


def as_flips(found: LatticeFlips) -> Flips:
    """What the lattice says, in the form of point scores."""
    n, unit = len(found.rule.tiers), found.lattice.unit
    steps = found.distance.reshape(3, -1).T.astype(float)
    toward = found.toward.reshape(3, -1).T[..., None] >> np.arange(n) & 1
    return Flips(np.where(steps < 0, np.nan, steps / unit), toward.astype(bool), found.tiers.reshape(-1).astype(int))


def assert_equal(a: Flips, b: Flips) -> None:
    np.testing.assert_array_equal(a.tier, b.tier)
    np.testing.assert_array_equal(a.distance, b.distance)
    np.testing.assert_array_equal(a.toward, b.toward)


# -- two routes, and a third -------------------------------------------------------------------------------------------


@settings(max_examples=80)
@given(rules(), st.sampled_from([Lattice(1, 4), Lattice(1, 3), Lattice(1, 2, 2), Lattice(2, 3, 3)]))
def test_cheapest_sums_and_distance_transforms_agree_in_every_cell(rule: Rule, lattice: Lattice) -> None:
    points = flip_distances(rule, lattice, every_cell(lattice, len(rule.roles)))
    assert_equal(points, as_flips(lattice_flips(rule, lattice)))


@settings(max_examples=40)
@given(rules(), st.integers(0, 2**32))
def test_both_agree_with_the_enumeration_of_all_cells(rule: Rule, seed: int) -> None:
    levels, d = range(1, 5), len(rule.roles)
    points = np.random.default_rng(seed).integers(1, 5, (6, d))
    found = flip_distances(rule, Lattice(1, 4), points)
    table = enumeration.tier_table(as_dict(rule), levels)
    for i, x in enumerate(points):
        for j, norm in enumerate(NORMS):
            distance, tiers = enumeration.flip_distance(as_dict(rule), x, norm, levels, table)
            np.testing.assert_equal(found.distance[i, j], np.nan if distance is None else distance)
            assert set(np.flatnonzero(found.toward[i, j]) + 1) == tiers


@pytest.mark.parametrize("rule", [REFERENCE, TEXT, REFERENCE.but(form="ratio", cuts=(F(21, 10), F(3, 4)), veto=F(8))])
def test_both_routes_agree_on_three_quarter_million_cells(rule: Rule) -> None:
    """7 criteria on 1..7: 823,543 cells, 3,000 of which are also measured as points."""
    lattice, x = Lattice(1, 7), np.random.default_rng(1).integers(1, 8, (3000, 7))
    cells, chosen = as_flips(lattice_flips(rule, lattice)), np.ravel_multi_index(tuple((x - 1).T), (7,) * 7)
    assert_equal(flip_distances(rule, lattice, x), Flips(*(part[chosen] for part in vars(cells).values())))


@pytest.mark.parametrize(("d", "high", "dtype"), [(2, 80, np.int16), (2, 60, np.int8)])
def test_long_axes_take_wider_numbers(d: int, high: int, dtype: type) -> None:
    rule = Rule("long", ("against", "for"), 1, 2, (), Split("first", (F(high - 1),)))
    found = lattice_flips(rule, Lattice(1, high))
    assert found.distance.dtype == dtype
    assert_equal(flip_distances(rule, Lattice(1, high), every_cell(Lattice(1, high), d)), as_flips(found))


def test_more_than_eight_tiers_take_wider_masks() -> None:
    rule = Rule("many", ("against", "for", "for"), 5, 6, tuple(F(c) for c in range(7, -3, -1)), reading="text")
    found = lattice_flips(rule, Lattice(1, 5))
    assert found.toward.dtype == np.uint16
    assert found.tiers.max() == 11
    assert_equal(flip_distances(rule, Lattice(1, 5), every_cell(Lattice(1, 5), 3)), as_flips(found))


# -- by hand, and closed forms -----------------------------------------------------------------------------------------

PAIR = Rule("pair", ("against", "for"), 1, 1)  # inside where x2 > x1
ONE = Rule("one", ("for",), 3, 1, (F(4), F(3)))  # tier 1 from 4 on, tier 2 at 3, tier 3 below


@pytest.mark.parametrize(
    ("rule", "x", "distance", "toward"),
    [
        # on the border C = 0, outside: one step of either criterion
        (PAIR, (3, 3), (1, 1, 1), ({1}, {1}, {1})),
        # C = 4: both criteria by 2, or either alone by 4, which the scale just holds
        (PAIR, (1, 5), (4, 2, 4), ({2}, {2}, {2})),
        # C = -4: 5 steps in all, 3 each; one criterion alone comes to C = 0 at most
        (PAIR, (5, 1), (5, 3, np.nan), ({1}, {1}, set())),
        # tier 2 lies between its neighbours
        (ONE, (3,), (1, 1, 1), ({1, 3},) * 3),
        (ONE, (1,), (2, 2, 2), ({2},) * 3),
        (ONE, (5,), (2, 2, 2), ({2},) * 3),
        # cuts that no score reaches
        (ONE.but(cuts=(F(8), F(7))), (5,), (np.nan,) * 3, (set(),) * 3),
    ],
)
def test_distances_by_hand(rule: Rule, x: tuple[int, ...], distance: tuple[float, ...], toward: Any) -> None:
    found = flip_distances(rule, Lattice(1, 5), [x])
    np.testing.assert_array_equal(found.distance[0], distance)
    assert tuple(set(np.flatnonzero(row) + 1) for row in found.toward[0]) == toward


def test_a_rule_that_is_not_monotone_is_measured_to_the_nearest_side() -> None:
    """Tier 1 below 3 and above 6, tier 2 between: a band of C that falls again."""
    table = ((1, 1), (2, 2), (1, 1))
    rule = Rule("island", ("for", "counterweight"), 2, 1, form="grid", bands=Bands((F(7), F(3)), (F(5),), table))
    found = flip_distances(rule, SCALE, [(c, 1) for c in range(1, 11)])
    np.testing.assert_array_equal(found.distance[:, 0], [2, 1, 1, 2, 2, 1, 1, 2, 3, 4])


@settings(max_examples=30)
@given(st.lists(st.tuples(*[st.integers(1, 10)] * 7), min_size=1, max_size=20), st.sampled_from([1, 4]))
def test_where_one_statistic_decides_l1_is_its_distance_from_the_nearest_cut(scores: Any, unit: int) -> None:
    """Under `text` each step moves D by one step, so l1 is the way to the next tier up (onto the cut) or down."""
    lattice, x = Lattice(1, 10, unit), np.array(scores) * unit
    d = x[:, 3:6].sum(axis=1) - x[:, :3].sum(axis=1) - x[:, 6]
    cuts = np.array([int(cut) * unit for cut in TEXT.cuts])
    up, down = cuts - d[:, None], d[:, None] - cuts + 1
    away = np.where(up > 0, up, down)
    found = flip_distances(TEXT, lattice, x)
    np.testing.assert_array_equal(found.distance[:, 0] * unit, away.min(axis=1))
    neighbours = np.abs(np.arange(1, 6) - found.tier[:, None]) == 1
    assert (found.toward[:, 0] <= neighbours).all()


def test_a_shared_score_law_of_symmetric_criteria_is_shared_by_their_distances() -> None:
    rng = np.random.default_rng(3)
    x = rng.integers(1, 11, (50, 7))
    mixed = np.hstack([rng.permuted(x[:, :3], axis=1), rng.permuted(x[:, 3:6], axis=1), x[:, 6:]])
    for rule in (REFERENCE, TEXT, REFERENCE.but(veto=F(8), split=Split("any", (F(9),)))):
        assert_equal(flip_distances(rule, SCALE, x), flip_distances(rule, SCALE, mixed))


# -- laws --------------------------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(rules())
def test_one_large_move_is_cheapest_and_one_criterion_alone_dearest(rule: Rule) -> None:
    l1, linf, single = lattice_flips(rule, Lattice(1, 4)).distance.astype(int)
    assert ((l1 < 0) == (linf < 0)).all()
    assert (linf <= l1).all()
    assert ((single < 0) | (l1 <= single)).all()
    assert (l1 <= len(rule.roles) * linf)[l1 > 0].all()


@settings(max_examples=60)
@given(rules())
def test_neighbouring_cells_of_one_tier_differ_by_at_most_one_step(rule: Rule) -> None:
    """Moving by one step first costs one step at most (l1, linf), as long as the tier stays."""
    found = lattice_flips(rule, Lattice(1, 4))
    for distance in found.distance[:2].astype(int):
        for k in range(len(rule.roles)):
            same = np.diff(found.tiers, axis=k) == 0
            assert (np.abs(np.diff(distance, axis=k))[same] <= 1).all()


@settings(max_examples=60)
@given(rules())
def test_the_distance_is_one_just_where_a_neighbour_has_another_tier(rule: Rule) -> None:
    found = lattice_flips(rule, Lattice(1, 4))
    border = np.zeros(found.tiers.shape, dtype=bool)
    for k in range(found.tiers.ndim):
        flat, tiers = np.moveaxis(border, k, 0), np.moveaxis(found.tiers, k, 0)
        flat[1:] |= tiers[1:] != tiers[:-1]
        flat[:-1] |= tiers[1:] != tiers[:-1]
    assert ((found.distance[0] == 1) == border).all()
    assert ((found.distance[2] == 1) == border).all()


@pytest.mark.parametrize("rule", [REFERENCE, TEXT, REFERENCE.but(split=Split("first", (F(8),)), veto=F(8))])
def test_under_a_monotone_rule_better_scores_are_farther_from_a_larger_tier_number(rule: Rule) -> None:
    """The smallest change that makes the tier number larger never shrinks when a criterion against falls."""
    x = np.random.default_rng(5).integers(2, 11, (200, 7))
    better = x - np.array([1, 0, 0, 0, 0, 0, 0])
    worst = rule.sort(x) == 3, rule.sort(better) == 3
    into = as_outside(rule)
    kept = worst[0] & worst[1]
    a, b = (flip_distances(into, SCALE, scores[kept]).distance[:, :2] for scores in (x, better))
    assert (a <= b).all()


def as_outside(rule: Rule) -> Rule:
    """The same border between inside and outside, and no other."""
    if rule.reading == "text":
        return rule.but(inside=1, outside=1, cuts=rule.cuts[2:3])
    return rule.but(inside=1, outside=1, cuts=(), split=None)


@settings(max_examples=10)
@given(rules(), st.integers(0, 2**32))
def test_finer_moves_never_lengthen_the_way(rule: Rule, seed: int) -> None:
    """A whole point is 20 steps of a twentieth: what whole points reach, these reach too."""
    x = np.random.default_rng(seed).integers(1, 5, (4, len(rule.roles)))
    coarse = flip_distances(rule, Lattice(1, 4), x).distance
    fine = flip_distances(rule, Lattice(1, 4, 20), 20 * x).distance
    assert ((fine <= coarse) | np.isnan(coarse)).all()
    assert not (np.isnan(fine[:, 1]) & ~np.isnan(coarse[:, 1])).any()


def test_twentieths_of_a_point_are_measured_under_split_and_veto() -> None:
    """1081 composites, 181 levels of c7, two bands of c1 and up to three vetoes: the box stays small."""
    rule = REFERENCE.but(split=Split("first", (F(8),)), veto=F(8))
    x = np.array([[80, 159, 60, 160, 160, 160, 60], [200, 20, 20, 20, 20, 20, 20]])
    found = flip_distances(rule, Lattice(1, 10, 20), x)
    assert found.distance[0] == pytest.approx([1 / 20] * 3)  # c2 = 7.95 is one step below the veto
    # 10, 1, 1 against 1, 1, 1 in tier 5; at 8 and below lies tier 4
    assert found.distance[1] == pytest.approx([2, 2, 2])
    assert (found.toward[1] == np.array([0, 0, 0, 1, 0], dtype=bool)).all()


# -- the law of the distance under a belief ----------------------------------------------------------------------------


def drawn_belief(rng: np.random.Generator, components: int, d: int, condition: Condition | None = None) -> Belief:
    p = rng.dirichlet(np.ones(4), (components, d)) * (rng.random((components, d, 4)) < 0.7)
    p[..., 1] += 0.1  # no law without support; some levels have none
    return Belief(Lattice(1, 4), p / p.sum(axis=2, keepdims=True), rng.dirichlet(np.ones(components)), (), condition)


@settings(max_examples=40)
@given(rules(), st.integers(0, 2**32), st.sampled_from([None, "same", "other"]))
def test_the_law_is_the_joint_summed_cell_by_cell(rule: Rule, seed: int, given_tier: str | None) -> None:
    rng, d = np.random.default_rng(seed), len(rule.roles)
    other = rule if given_tier == "same" else Rule("other", ("against", *["for"] * (d - 1)), 1, 1)  # type: ignore[arg-type]
    condition = None if given_tier is None else Condition(other, int(other.sort(np.full(d, 2))))
    belief, found = drawn_belief(rng, 3, d, condition), lattice_flips(rule, Lattice(1, 4))
    law, joint = flip_law(belief, rule, found), belief.joint()
    for n in range(3):
        distance, toward = found.distance[n], found.toward[n]
        hit = [joint[(distance > 0) & (distance <= r)].sum() for r in law.radius]
        np.testing.assert_allclose(law.probability[n], hit, rtol=0, atol=1e-12)
        assert law.never[n] == pytest.approx(joint[distance < 0].sum(), abs=1e-12)
        reached = [joint[(toward >> (t - 1) & 1) == 1].sum() for t in rule.tiers]
        np.testing.assert_allclose(law.toward[n], reached, rtol=0, atol=1e-12)


def test_the_law_adds_up_and_its_quantiles_are_where_it_says() -> None:
    belief, found = Belief(Lattice(1, 5), np.full((7, 5), 0.2)), lattice_flips(REFERENCE, Lattice(1, 5))
    law = flip_law(belief, REFERENCE, found)
    assert law.radius.tolist() == list(range(1, found.largest + 1))
    np.testing.assert_allclose(law.probability[:, -1] + law.never, 1, rtol=0, atol=1e-12)
    assert (np.diff(law.probability, axis=1) >= 0).all()
    assert (law.toward.sum(axis=1) >= law.probability[:, -1] - 1e-12).all()
    for n, i in product(range(3), range(len(QUANTILES))):
        at = int(law.quantile[n, i])
        assert law.probability[n, at - 1] >= QUANTILES[i] - 1e-12
        assert at == 1 or law.probability[n, at - 2] < QUANTILES[i]


def test_a_quantile_beyond_what_can_flip_is_nan() -> None:
    """Outside (x2 <= x1) one move helps if x1 can fall below x2, or x2 rise above x1: all but (5, 1)."""
    belief, found = Belief(Lattice(1, 5), np.full((2, 5), 0.2)), lattice_flips(PAIR, Lattice(1, 5))
    assert flip_law(belief, PAIR, found).never == pytest.approx([0, 0, 1 / 25])
    stuck = Belief(Lattice(1, 5), np.array([[0, 0, 0, 0, 1.0], [0.5, 0.5, 0, 0, 0]]))
    law = flip_law(stuck, PAIR, found)
    assert law.never[2] == pytest.approx(0.5)
    # half of it is (5, 2), which flips by x1 = 1
    np.testing.assert_array_equal(law.quantile[2], [4, 4, 4, np.nan, np.nan])


def test_a_point_belief_has_the_distance_of_its_point() -> None:
    x, found = np.array([2, 3, 4, 4, 1, 4, 3]), lattice_flips(REFERENCE, Lattice(1, 4))
    law = flip_law(Belief(Lattice(1, 4), np.eye(4)[x - 1]), REFERENCE, found)
    point = flip_distances(REFERENCE, Lattice(1, 4), x[None])
    np.testing.assert_array_equal(law.quantile, np.repeat(point.distance[0][:, None], len(QUANTILES), axis=1))
    np.testing.assert_array_equal(law.toward, point.toward[0])


def test_where_no_cell_can_flip_there_are_no_radii() -> None:
    """C = c1 is above 0 everywhere, and the only inside tier has no cut."""
    rule = Rule("constant", ("for", "for"), 1, 1)
    found = lattice_flips(rule, Lattice(1, 4))
    law = flip_law(Belief(Lattice(1, 4), np.full((2, 4), 0.25)), rule, found)
    assert found.largest == 0
    assert law.probability.shape == (3, 0)
    assert law.never == pytest.approx([1, 1, 1])
    assert np.isnan(law.quantile).all()
    assert not law.toward.any()


# -- what is refused ---------------------------------------------------------------------------------------------------


def test_a_lattice_of_too_many_cells_is_declined_with_the_limit() -> None:
    with pytest.raises(Declined, match=r"at most 2e\+07 cells .*flip_distances"):
        lattice_flips(REFERENCE, Lattice(1, 10, 2))


def test_too_many_tiers_and_too_many_states_are_declined(monkeypatch: pytest.MonkeyPatch) -> None:
    many = Rule("many", ("for",), 16, 1, tuple(F(c) for c in range(20, 4, -1)), reading="text")
    with pytest.raises(Declined, match="at most 16 tiers"):
        lattice_flips(many, Lattice(1, 30))
    monkeypatch.setattr(module, "LIMIT", 500)
    with pytest.raises(Declined, match="550 states"):
        flip_distances(REFERENCE, SCALE, [[5] * 7])


@pytest.mark.parametrize(
    ("points", "message"),
    [([[1.5] * 7], "whole numbers of steps"), ([[1] * 6], "whole numbers of steps"), ([[0] * 7], "1 to 10 steps")],
)
def test_scores_off_the_lattice_are_refused(points: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        flip_distances(REFERENCE, SCALE, points)


def test_a_law_needs_the_flips_of_its_own_rule_and_a_possible_condition() -> None:
    found = lattice_flips(PAIR, Lattice(1, 4))
    belief = Belief(Lattice(1, 4), np.full((2, 4), 0.25))
    with pytest.raises(UsageError, match="another lattice or rule"):
        flip_law(belief, PAIR.but(zero="inside"), found)
    impossible = Belief(Lattice(1, 4), np.eye(4)[[3, 0]], condition=Condition(PAIR, 1))
    with pytest.raises(Declined, match="no score vector"):
        flip_law(impossible, PAIR, found)
