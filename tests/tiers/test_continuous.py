"""Continuous beliefs: volumes that geometry gives, the order of the error, and seeded samples."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.rule import Bands, Rule, Split
from mcda.scores.belief import Belief
from mcda.scores.marginals import continuous
from mcda.tiers.continuous import aligned_unit, continuous_probabilities, halved_probabilities
from mcda.tiers.exact import tier_probabilities

SCALE = Lattice(1, 10)
TRIO = ("against", "for", "counterweight")
ROLES = ("against",) * 3 + ("for",) * 3 + ("counterweight",)
REFERENCE = Rule("reference", ROLES, 3, 2, cuts=(F(7), F(2)), split=Split("composite", (F(-6),)))
FAMILIES: list[tuple[str, float, float, float]] = [
    ("triangular", 1, 4, 8), ("pert", 2, 5, 9), ("pert", 1, 4, 10), ("triangular", 3, 7, 10), ("pert", 2, 7, 10),
    ("pert", 3, 6, 10), ("triangular", 2, 4, 8),
]  # fmt: skip


def flat(d: int) -> Callable[[Lattice], np.ndarray]:
    """Uniform on the scale: half cells at the ends."""

    def laws(lattice: Lattice) -> np.ndarray:
        law = np.ones(lattice.size)
        law[[0, -1]] = 0.5
        return np.tile(law / law.sum(), (d, 1))

    return laws


def smooth(lattice: Lattice) -> np.ndarray:
    return np.stack([continuous(lattice, *family) for family in FAMILIES])


def sample(n: int, seed: int) -> np.ndarray:
    """Score vectors (n, 7) of `FAMILIES`."""
    rng = np.random.default_rng(seed)

    def draw(kind: str, low: float, mode: float, high: float) -> np.ndarray:
        if kind == "triangular":
            return rng.triangular(low, mode, high, n)
        a, b = 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)
        return low + (high - low) * rng.beta(a, b, n)

    return np.stack([draw(*family) for family in FAMILIES], axis=1)


# -- geometry ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rule", "expected"), [
    # triangles of the square: C > 3 has the side 6/9; C > 0 is half
    (Rule("pair", ("against", "for"), 2, 1, cuts=(F(3),)), [F(2, 9), F(5, 18), F(1, 2)]),
    (Rule("split", ("against", "for"), 1, 2, split=Split("composite", (F(-3),))), [F(1, 2), F(5, 18), F(2, 9)]),
    # a veto at 8 takes the triangle with the side 2/9 out of the half, none of C > 3
    (Rule("veto", ("against", "for"), 2, 1, cuts=(F(3),), veto=F(8)), [F(2, 9), F(41, 162), F(85, 162)]),
    # a veto at 10, the end of the scale, has probability 0; one at 1 has 1
    (Rule("never", ("against", "for"), 2, 1, cuts=(F(3),), veto=F(10)), [F(2, 9), F(5, 18), F(1, 2)]),
    (Rule("always", ("against", "for"), 2, 1, cuts=(F(3),), veto=F(1)), [0, 0, 1]),
    # of C <= 0, c1 below 4 is a triangle with the side 3/9
    (Rule("first", ("against", "for"), 1, 2, split=Split("first", (F(4),))), [F(1, 2), F(1, 18), F(4, 9)]),
    (Rule("any", ("against", "for"), 1, 2, split=Split("any", (F(4),))), [F(1, 2), F(1, 18), F(4, 9)]),
    # c3 - c1 > 0 and c3 - c1 > c7: in ninths u3 - u1 - u7 > 1/9, the corner of a cube with the side 8/9
    (Rule("balance", TRIO, 2, 1, cuts=(F(0),)), [F(256, 2187), F(1, 2) - F(256, 2187), F(1, 2)]),
    # c7 in bands at 4, C in bands at 3
    (Rule("grid", TRIO, 3, 1, form="grid", bands=Bands((F(3),), (F(4),), ((1, 2), (2, 3)))),
     [F(2, 27), F(4, 27) + F(5, 54), F(5, 27), F(1, 2)]),
    (Rule("grid to the end", TRIO, 2, 1, form="grid", bands=Bands((), (F(10),), ((1, 2),))),
     [F(1, 2), 0, F(1, 2)]),
])  # fmt: skip
def test_uniform_scores_have_the_probabilities_that_geometry_gives(rule: Rule, expected: list[F]) -> None:
    found, error = continuous_probabilities(flat(len(rule.roles)), rule, SCALE)
    np.testing.assert_allclose(found, [float(p) for p in expected], atol=1e-6)
    assert np.abs(found - [float(p) for p in expected]).max() <= error + 1e-12
    assert error < 1e-4


def test_a_ratio_of_uniform_scores_has_the_volume_that_an_integral_gives() -> None:
    """P(x2 - x1 > x3): as for the difference with its cut at 0, since C / c7 >= 1 is C - c7 >= 0."""
    rule = Rule("ratio", TRIO, 2, 1, form="ratio", cuts=(F(1),))
    assert continuous_probabilities(flat(3), rule, SCALE)[0][0] == pytest.approx(256 / 2187, abs=1e-6)


# -- order -------------------------------------------------------------------------------------------------------------


def errors_by_unit(rule: Rule, probabilities: Callable[[Lattice], np.ndarray]) -> np.ndarray:
    """Errors at 1, 2 and 4 steps in a point, (unit, tier), against a value extrapolated from 16 or more."""
    truth, error = continuous_probabilities(smooth, rule, SCALE, start=4, tolerance=1e-7)
    assert error < 1e-6
    return np.array([probabilities(Lattice(1, 10, unit)) - truth for unit in (1, 2, 4)])


@pytest.mark.parametrize("rule", [
    REFERENCE, REFERENCE.but(veto=F(5)), REFERENCE.but(reading="text", cuts=(F(7), F(2), F(-3), F(-8))),
    REFERENCE.but(form="ratio", cuts=(F(3), F(3, 2))), REFERENCE.but(split=Split("any", (F(7),))),
    REFERENCE.but(weights=(1, 2, 1, 1, 1, 3, 2), cuts=(F(6), F(2))),
], ids=["reference", "veto", "text", "ratio", "any", "weights"])  # fmt: skip
def test_mass_split_in_half_is_of_second_order(rule: Rule) -> None:
    """Errors fall by 4 with each halving of the step, in every tier where they can be told from rounding."""
    errors = errors_by_unit(rule, lambda lattice: halved_probabilities(smooth(lattice), rule, lattice))
    told = np.abs(errors[2]) > 2e-5
    assert told.sum() >= 2
    ratios = errors[:-1, told] / errors[1:, told]
    np.testing.assert_allclose(ratios[1], 4, rtol=0.08)
    np.testing.assert_allclose(ratios[0], 4, rtol=0.3)


def test_ties_to_one_side_are_of_first_order_and_points_off_at_step_1() -> None:
    errors = errors_by_unit(REFERENCE, lambda lattice: tier_probabilities(Belief(lattice, smooth(lattice)), REFERENCE))
    assert np.abs(errors[0]).max() > 0.03
    worst = np.abs(errors[2]).argmax()
    np.testing.assert_allclose(errors[:-1, worst] / errors[1:, worst], 2, rtol=0.15)


def test_a_cut_between_the_lattices_values_would_spoil_the_order_and_so_is_aligned() -> None:
    rule = REFERENCE.but(cuts=(F(23, 3), F(2)))
    truth, _ = continuous_probabilities(smooth, rule, SCALE, tolerance=1e-6)
    lattices = [Lattice(1, 10, unit) for unit in (6, 12, 16)]
    six, twelve, sixteen = (np.abs(halved_probabilities(smooth(at), rule, at) - truth).max() for at in lattices)
    assert aligned_unit(rule) == 3
    assert six / twelve == pytest.approx(4, rel=0.1)
    assert sixteen > 2 * twelve


@pytest.mark.parametrize(("changes", "unit"), [
    ({}, 1),
    ({"cuts": (F(15, 2), F(2))}, 2),
    ({"veto": F(27, 4)}, 4),
    ({"split": Split("first", (F(13, 3),))}, 3),
    ({"form": "ratio", "cuts": (F(7, 3), F(1, 7))}, 1),
    # weights 4/3, 2/3 and 4: C and C - c7 come in steps of 2/3, so that 7 needs halves, while 2 and -6 are values
    ({"weights": (F(2),) * 3 + (F(1),) * 3 + (F(4),)}, 2),
    ({"reading": "text", "cuts": (F(5), F(2), F(1, 5), F(-3)), "split": Split("first", (F(13, 3),))}, 5),
    ({"form": "grid", "cuts": (), "bands": Bands((F(9, 2),), (F(16, 3),), ((1, 2), (2, 3)))}, 6),
])  # fmt: skip
def test_the_aligned_unit_makes_every_cut_a_value(changes: dict[str, object], unit: int) -> None:
    assert aligned_unit(REFERENCE.but(**changes)) == unit


# -- samples -----------------------------------------------------------------------------------------------------------


def reference_tiers(x: np.ndarray) -> np.ndarray:
    c = x[:, 3:6].sum(axis=1) - x[:, :3].sum(axis=1)
    d = c - x[:, 6]
    return np.where(c > 0, np.select([d > 7, d > 2], [1, 2], 3), np.where(c > -6, 4, 5))


def vetoed_text_tiers(x: np.ndarray) -> np.ndarray:
    d = x[:, 3:6].sum(axis=1) - x[:, :3].sum(axis=1) - x[:, 6]
    tier = np.select([d > 7, d > 2, d > -3, d > -8], [1, 2, 3, 4], 5)
    return np.where((x[:, :3] > 6.5).any(axis=1), np.maximum(tier, 4), tier)


def ratio_any_tiers(x: np.ndarray) -> np.ndarray:
    c = x[:, 3:6].sum(axis=1) - x[:, :3].sum(axis=1)
    inside = np.select([c > 2.5 * x[:, 6], c > 0.75 * x[:, 6]], [1, 2], 3)
    return np.where(c > 0, inside, np.where((x[:, :3] > 7).any(axis=1), 5, 4))


def banded_first_tiers(x: np.ndarray) -> np.ndarray:
    c = x[:, 3:6].sum(axis=1) - x[:, :3].sum(axis=1)
    inside = np.array([[1, 2], [2, 3]])[(c < 6).astype(int), (x[:, 6] > 4.5).astype(int)]
    return np.where(c > 0, inside, np.where(x[:, 0] < 5, 4, 5))


@pytest.mark.parametrize(("rule", "sort"), [
    (REFERENCE, reference_tiers),
    (REFERENCE.but(reading="text", cuts=(F(7), F(2), F(-3), F(-8)), veto=F(13, 2)), vetoed_text_tiers),
    (REFERENCE.but(form="ratio", cuts=(F(5, 2), F(3, 4)), split=Split("any", (F(7),))), ratio_any_tiers),
    (REFERENCE.but(form="grid", cuts=(), bands=Bands((F(6),), (F(9, 2),), ((1, 2), (2, 3))),
                   split=Split("first", (F(5),))), banded_first_tiers),
], ids=["reference", "text and veto", "ratio and any", "grid and first"])  # fmt: skip
def test_a_seeded_sample_agrees_within_four_standard_errors(
    rule: Rule, sort: Callable[[np.ndarray], np.ndarray]
) -> None:
    n = 500_000
    p, error = continuous_probabilities(smooth, rule, SCALE)
    shares = np.bincount(sort(sample(n, 20251123)), minlength=6)[1:] / n
    tested = p * n > 10
    assert tested.sum() >= 4
    assert (np.abs(shares - p)[tested] < 4 * np.sqrt(p * (1 - p) / n)[tested] + error).all()


# -- error, limits, refusals -------------------------------------------------------------------------------------------


@st.composite
def triangles(draw: st.DrawFn) -> tuple[float, float, float]:
    """At least a point wide, with half-points as corners; the density may jump there."""
    low = draw(st.integers(2, 18))
    high = draw(st.integers(low + 2, 20))
    return low / 2, draw(st.integers(low, high)) / 2, high / 2


@settings(max_examples=30)
@given(st.tuples(triangles(), triangles(), triangles()))
def test_the_reported_error_covers_the_distance_to_a_finer_answer(
    corners: tuple[tuple[float, float, float], ...],
) -> None:
    rule = Rule("small", TRIO, 2, 1, cuts=(F(1),))

    def laws(lattice: Lattice) -> np.ndarray:
        return np.stack([continuous(lattice, "triangular", *three) for three in corners])

    found, error = continuous_probabilities(laws, rule, SCALE)
    finer, _ = continuous_probabilities(laws, rule, SCALE, start=4, tolerance=1)
    assert np.abs(found - finer).max() <= error + 1e-6
    assert found.sum() == pytest.approx(1, abs=1e-12)
    assert (found >= 0).all()


def test_two_values_that_agree_by_chance_are_not_taken_for_convergence() -> None:
    """A density that jumps at 25/16: the values extrapolated from units 2, 4 and 4, 8 are equal, and wrong by 0.003.

    P(x2 > x1) by quadrature: x1 falls from 1 to 3, P(x1 < y) = 1 - ((3 - y) / 2)^2; x2 falls from 25/16 to 41/16.
    """
    rule = Rule("pair", ("against", "for"), 1, 1)

    def laws(lattice: Lattice) -> np.ndarray:
        return np.stack([continuous(lattice, "triangular", a, a, b) for a, b in ((1, 3), (25 / 16, 41 / 16))])

    truth = integrate.quad(lambda y: 2 * (41 / 16 - y) * (1 - ((3 - y) / 2) ** 2), 25 / 16, 41 / 16)[0]
    found, error = continuous_probabilities(laws, rule, SCALE, tolerance=1e-3)
    assert abs(found[0] - truth) < error < 1e-3


def test_where_ties_go_does_not_matter() -> None:
    found = [
        continuous_probabilities(smooth, REFERENCE.but(tie=tie, zero=zero), SCALE)[0]
        for tie in ("smaller", "larger") for zero in ("outside", "inside")
    ]  # fmt: skip
    assert (np.array(found) == found[0]).all()


def test_a_smaller_tolerance_gives_a_smaller_error() -> None:
    coarse, fine = (continuous_probabilities(smooth, REFERENCE, SCALE, tolerance=t)[1] for t in (1e-3, 1e-6))
    assert fine < coarse / 10
    assert fine < 1e-6


def test_what_the_limit_stops_has_a_larger_error_than_was_asked() -> None:
    _, error = continuous_probabilities(smooth, REFERENCE, SCALE, tolerance=1e-9, limit=10_000)
    assert 1e-9 < error < 2e-2


def test_a_rule_whose_cuts_need_too_fine_a_lattice_is_declined_in_favour_of_sampling() -> None:
    rule = REFERENCE.but(cuts=(F(7001, 1000), F(2)))
    with pytest.raises(Declined, match=r"1000 steps in a point and of twice as many, .* use sampling"):
        continuous_probabilities(smooth, rule, SCALE)


def test_laws_that_are_not_the_rules_are_refused() -> None:
    with pytest.raises(UsageError, match=r"the laws must be \(7 criteria, 19 levels\), got \(3, 19\)"):
        continuous_probabilities(flat(3), REFERENCE, SCALE)


def test_narrow_laws_take_the_tier_of_their_middle() -> None:
    """All laws within a tenth of a point about whole numbers: C = 3, D = 1, all in tier 3."""

    def laws(lattice: Lattice) -> np.ndarray:
        return np.stack([continuous(lattice, "normal", m, 0.02) for m in (3, 4, 5, 4, 5, 6, 2)])

    found, _ = continuous_probabilities(laws, REFERENCE, SCALE)
    np.testing.assert_allclose(found, stats.norm.sf(0) * np.array([0, 0, 2, 0, 0]), atol=1e-12)
