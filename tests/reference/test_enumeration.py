"""The oracle's own sanity: against a second writing of the rule in Fractions, hand-made answers and plain loops."""

import itertools
import json
import math
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

from tests.reference import enumeration as oracle
from tests.reference import make_stored

ROLES = make_stored.ROLES
FOUR = range(1, 5)
REFERENCE = make_stored.SMALL["difference"]
TEN_POINTS = make_stored.LARGE["difference"]


def in_words(rule: dict[str, Any], scores: list[F]) -> int:
    """The method's first section, one vector at a time, in Fractions, without a shared helper."""
    weights = [F(w) for w in rule.get("weights", [1] * len(scores))]
    named = list(zip(rule["roles"], weights, scores, strict=True))
    part = {which: sum((w * s for role, w, s in named if role == which), F(0)) for which in set(ROLES)}
    c, c7 = part["for"] - part["against"], part["counterweight"]
    against = [s for role, _, s in named if role == "against"]
    up = rule.get("tie", "smaller") == "smaller"

    def good(value: F, cut: Any) -> bool:
        return value > F(cut) or (value == F(cut) and up)

    veto = rule.get("veto") is not None and max(against) >= F(rule["veto"])
    if rule.get("reading") == "text":
        tier = 1 + len([cut for cut in rule["cuts"] if not good(c - c7, cut)])
        return max(tier, rule["n_inside"] + 1) if veto else tier
    if not veto and (c > 0 or (c == 0 and rule.get("zero") == "inside")):
        form = rule.get("form", "difference")
        if form == "difference":
            return 1 + len([cut for cut in rule["inside_cuts"] if not good(c - c7, cut)])
        if form == "ratio":
            return 1 + len([cut for cut in rule["inside_cuts"] if not good(c / c7, cut)])
        i = len([bound for bound in rule["c_bands"] if not good(c, bound)])
        j = len([bound for bound in rule["w_bands"] if c7 > bound or (c7 == bound and not up)])
        return int(rule["table"][i][j])
    split = rule.get("outside_split", {"by": "", "cuts": []})
    splits: dict[str, Callable[[F], bool]] = {
        "": lambda _: False,
        "composite": lambda cut: not good(c, cut),
        "balance": lambda cut: not good(c - c7, cut),
        "first": lambda cut: against[0] > cut or (against[0] == cut and not up),
        "any": lambda cut: max(against) >= cut,
    }
    worse = splits[split["by"]]
    return int(rule["n_inside"]) + 1 + len([cut for cut in split["cuts"] if worse(F(cut))])


@pytest.mark.parametrize("form", ["difference", "ratio", "grid", "lexicographic", "text"])
def test_the_rule_agrees_with_a_second_writing_of_it_in_fractions(form: str) -> None:
    rng = np.random.default_rng(7)
    splits = itertools.cycle([("composite", -5), ("balance", "-19/2"), ("first", 6), ("any", 9)])
    on_a_cut = 0
    for zero, tie, veto, weights in itertools.product(
        ["outside", "inside"], ["smaller", "larger"], [None, 8], [None, make_stored.WEIGHTS]
    ):
        by, cut = next(splits)
        rule: dict[str, Any] = make_stored.CASE | {
            "zero": zero,
            "tie": tie,
            "veto": veto,
            "outside_split": {"by": by, "cuts": [cut]},
        }
        if weights:
            rule["weights"] = weights
        forms: dict[str, dict[str, Any]] = {
            "text": {"reading": "text", "cuts": [6, 0, "-13/2", -14]},
            "difference": {"inside_cuts": [5, -1]},
            "ratio": {"form": "ratio", "inside_cuts": ["5/2", "2/3"]},
        }
        bands = {"form": form, "c_bands": [3, 6], "w_bands": [3, 6], "table": make_stored.TABLE}
        rule |= forms.get(form, bands)
        for unit in (1, 3):
            scores = rng.integers(unit, 10 * unit + 1, size=(400, 7))
            scores[:200, 3:6] = np.minimum(scores[:200, :3] + rng.integers(0, 3, size=(200, 3)), 10 * unit)
            mine = oracle.tier_of(rule, scores, unit)
            assert mine.tolist() == [in_words(rule, [F(int(s), unit) for s in row]) for row in scores]
            flipped = rule | {"tie": "smaller" if tie == "larger" else "larger"}
            on_a_cut += int((oracle.tier_of(flipped, scores, unit) != mine).sum())
    assert on_a_cut > 100


@pytest.mark.parametrize(
    ("change", "scores", "tier"),
    [
        ({}, [1, 1, 1, 5, 5, 5, 3], 1),  # C 12, balance 9: on the cut
        ({"tie": "larger"}, [1, 1, 1, 5, 5, 5, 3], 2),
        ({}, [1, 1, 1, 5, 5, 5, 4], 2),
        ({}, [1, 1, 1, 1, 1, 2, 10], 3),  # C 1, balance -9: c7 does not move it outside
        ({}, [5, 5, 5, 5, 5, 5, 1], 4),  # C 0
        ({"zero": "inside"}, [5, 5, 5, 5, 5, 5, 1], 3),
        ({}, [5, 5, 5, 1, 1, 5, 1], 4),  # C -8: on the outer cut
        ({"tie": "larger"}, [5, 5, 5, 1, 1, 5, 1], 5),
        ({"veto": 8}, [8, 1, 1, 10, 10, 10, 1], 4),  # C 20, vetoed: the outer split has C well above its cut
        ({"veto": 8, "outside_split": {"by": "any", "cuts": [8]}}, [8, 1, 1, 10, 10, 10, 1], 5),
        ({"veto": 8, "outside_split": {"by": "first", "cuts": [6]}}, [1, 1, 8, 10, 10, 10, 1], 4),
        ({"weights": [2, "1/2", "1/2", 1, 1, 1, 1]}, [1, 1, 1, 5, 5, 5, 3], 1),
        ({"weights": [1, 1, 1, 1, 1, 1, 3]}, [1, 1, 1, 5, 5, 5, 3], 2),  # balance 12 - 9 = 3
        ({"form": "ratio", "inside_cuts": [4, "4/3"]}, [1, 1, 1, 5, 5, 5, 3], 1),
        ({"form": "ratio", "inside_cuts": [4, "4/3"]}, [1, 1, 1, 5, 5, 5, 9], 2),  # 12 / 9 = 4 / 3 exactly
        ({"form": "ratio", "inside_cuts": [4, "4/3"], "tie": "larger"}, [1, 1, 1, 5, 5, 5, 9], 3),
        (
            {"reading": "text", "cuts": [9, 2, -3, -8]},
            [1, 1, 1, 1, 1, 2, 10],
            5,
        ),  # C 1, balance -9: outside all the same
        ({"reading": "text", "cuts": [9, 2, -3, -8], "veto": 8}, [8, 1, 1, 10, 10, 10, 1], 4),
    ],
)
def test_hand_made_vectors_get_the_tier_that_the_method_says(
    change: dict[str, Any], scores: list[int], tier: int
) -> None:
    assert oracle.tier_of(TEN_POINTS | change, np.array([scores]))[0] == tier


def test_the_rule_refuses_what_it_cannot_mean() -> None:
    some = np.ones((1, 7), dtype=int)
    with pytest.raises(ValueError, match="unknown key"):
        oracle.tier_of(REFERENCE | {"inside_cut": [1, 2]}, some)
    with pytest.raises(ValueError, match="wrong number of inside cuts"):
        oracle.tier_of(REFERENCE | {"inside_cuts": [1]}, some)
    with pytest.raises(ValueError, match="footnote's reading"):
        oracle.tier_of(REFERENCE | {"reading": "text", "form": "ratio"}, some)
    with pytest.raises(OverflowError, match="64 bits"):
        oracle.tier_of(REFERENCE | {"inside_cuts": [F(1, 3**60), 0]}, some)


def test_the_lattice_has_every_vector_once_in_the_order_of_a_reshape() -> None:
    chunks = list(oracle.lattice([1, 2, 5], 4, chunk=7))
    assert max(len(chunk) for chunk in chunks) == 7
    assert np.concatenate(chunks).tolist() == [list(x) for x in itertools.product([1, 2, 5], repeat=4)]


@pytest.mark.slow
def test_one_draw_in_twenty_has_a_composite_of_zero_and_shares_add_up() -> None:
    composite, balance = oracle.statistic_tables(REFERENCE, range(1, 11))
    assert balance is not None
    # P(sum of three = sum of three) = sum over s of n(s)^2 / 10^6, n(s) by a loop over triples
    ways = [sum(1 for x in itertools.product(range(10), repeat=3) if sum(x) == s) for s in range(28)]
    assert (composite == 0).sum() == 10 * sum(n * n for n in ways)
    assert (composite == 0).mean() == pytest.approx(0.05, abs=0.01)
    counts = oracle.tier_counts(REFERENCE, range(1, 11))
    assert sum(counts) == 10**7
    assert sum(counts[:3]) == (10**7 - 10 * sum(n * n for n in ways)) // 2


@pytest.mark.parametrize("name", list(make_stored.SMALL))
def test_laws_sum_to_one_and_conditioning_on_its_own_tier_is_an_identity(name: str) -> None:
    rule, belief = make_stored.SMALL[name], make_stored._belief(1, 7, 4)
    tiers = oracle.acceptability(rule, belief, FOUR)
    assert tiers.sum() == pytest.approx(1, abs=1e-13)
    uniform = oracle.acceptability(rule, np.full((7, 4), 0.25), FOUR)
    assert uniform == pytest.approx(np.array(oracle.tier_counts(rule, FOUR)) / 4**7, abs=1e-13)
    for t in range(1, 6):
        if tiers[t - 1] > 0:
            own = oracle.acceptability(rule, belief, FOUR, given=(rule, t))
            assert own == pytest.approx(np.eye(5)[t - 1], abs=1e-13)
    cross = oracle.other_rule(rule, REFERENCE, belief)
    assert np.nansum(cross * tiers[:, None], axis=0) == pytest.approx(oracle.acceptability(REFERENCE, belief, FOUR))
    assert oracle.shocked(rule, belief, [0] * 7)[tiers > 0] == pytest.approx(np.eye(5)[tiers > 0], abs=1e-13)


def test_a_mixture_is_the_weighted_mean_of_its_components() -> None:
    parts = make_stored._belief(2, 7, 4, components=2)
    mixed = oracle.acceptability(REFERENCE, parts, FOUR, weights=[0.3, 0.7])
    apart = [oracle.acceptability(REFERENCE, part, FOUR) for part in parts]
    assert mixed == pytest.approx(0.3 * apart[0] + 0.7 * apart[1], abs=1e-14)


@pytest.mark.parametrize("name", list(make_stored.SMALL))
def test_closed_indices_run_from_0_to_1_grow_and_their_shapley_effects_sum_to_1(name: str) -> None:
    rule, belief = make_stored.SMALL[name], make_stored._belief(1, 7, 4)
    joint = oracle.joint_of(belief)
    closed = oracle.closed_indices(rule, joint)
    for output, part in closed.items():
        if np.isnan(part).all():
            assert output == "balance"
            assert rule.get("form") in ("grid", "lexicographic")
            continue
        assert part[0] == pytest.approx(0, abs=1e-12)
        assert part[-1] == pytest.approx(1, abs=1e-12)
        assert all(part[j | 1 << k] >= part[j] - 1e-12 for j in range(128) for k in range(7))
        assert sum(oracle.shapley([float(v) for v in part])) == pytest.approx(1, abs=1e-12)
        assert sum(oracle.moebius([float(v) for v in part])) == pytest.approx(1, abs=1e-10)
    weights = np.array([float(F(w)) for w in rule.get("weights", [1] * 7)])
    spread = (belief @ np.arange(1, 5) ** 2 - (belief @ np.arange(1, 5)) ** 2) * weights**2
    spread[6] = 0  # C does not hear c7
    assert closed["composite"][[1 << k for k in range(7)]] == pytest.approx(spread / spread.sum(), abs=1e-12)
    shares = oracle.acceptability(rule, belief, FOUR)
    mixed = sum(closed[f"tier={t}"] * shares[t - 1] * (1 - shares[t - 1]) for t in range(1, 6) if shares[t - 1] > 0)
    assert closed["one_hot"] == pytest.approx(mixed / (1 - (shares**2).sum()), abs=1e-12)
    seen = oracle.response(rule, joint)
    for k in range(7):
        assert np.nansum(seen[k] * belief[k][:, None], axis=0) == pytest.approx(shares, abs=1e-13)
        wide = np.nansum(belief[k][:, None] * (seen[k] - shares) ** 2) / (1 - (shares**2).sum())
        assert closed["one_hot"][1 << k] == pytest.approx(wide, abs=1e-12)


def test_information_is_the_fall_in_entropy_by_plain_loops() -> None:
    rule = {
        "roles": ["against", "for"],
        "n_inside": 1,
        "n_outside": 1,
        "inside_cuts": [],
        "outside_split": {"by": "composite", "cuts": []},
    }
    joint = np.array([[0.1, 0.2, 0.05], [0.05, 0.1, 0.2], [0.25, 0.05, 0.0]])

    def entropy(p: float) -> float:
        return 0.0 if p in (0.0, 1.0) else -p * math.log(p) - (1 - p) * math.log(1 - p)

    inside = {(i, j): j > i for i in range(3) for j in range(3)}
    whole = entropy(sum(joint[x] for x, yes in inside.items() if yes))
    left = sum(
        joint[i].sum() * entropy(sum(joint[i, j] for j in range(3) if inside[i, j]) / joint[i].sum()) for i in range(3)
    )
    assert oracle.closed_indices(rule, joint)["information"][1] == pytest.approx((whole - left) / whole, abs=1e-13)


def test_a_constant_output_has_no_index() -> None:
    never = REFERENCE | {"inside_cuts": [100, 50]}
    closed = oracle.closed_indices(never, oracle.joint_of(np.full((7, 4), 0.25)))
    assert np.isnan(closed["tier=1"]).all()
    assert np.isnan(closed["tier<=2"]).all()
    assert np.isfinite(closed["ordinal"]).all()
    assert np.isfinite(closed["tier=3"]).all()


@pytest.mark.parametrize("case", oracle.threshold_cases().values(), ids=lambda case: case.name)
def test_boolean_functions_have_the_indices_derived_by_hand(case: oracle.ThresholdCase) -> None:
    assert case.joint.sum() == 1
    assert (case.joint * case.values).sum() == case.mean
    found = oracle.closed_variances(case.values, case.joint)
    assert [v / case.variance for v in found] == list(case.closed)
    assert oracle.shapley(case.closed) == list(case.shapley)
    assert sum(case.shapley) == 1
    assert sum(oracle.moebius(case.closed)) == 1
    if case.independent:
        assert all(a <= b for a, b in zip(oracle.first(case.closed), oracle.total(case.closed), strict=True))
    floats = oracle.closed_variances(case.values.astype(float), case.joint.astype(float))
    assert floats / float(case.variance) == pytest.approx([float(v) for v in case.closed], abs=1e-15)


@pytest.mark.parametrize("ends", ["clip", "reflect"])
@pytest.mark.parametrize("sd", [0.0, 0.25, 1.0, 3.0])
def test_rescoring_keeps_all_mass_and_reflection_keeps_a_uniform_law(sd: float, ends: str) -> None:
    matrix = oracle.rescoring_matrix(range(1, 11), oracle.point_errors(sd), ends)
    assert matrix.sum(axis=1) == pytest.approx(np.ones(10), abs=1e-14)
    assert matrix == pytest.approx(matrix[::-1, ::-1], abs=1e-15)
    if ends == "reflect":
        assert matrix.sum(axis=0) == pytest.approx(np.ones(10), abs=1e-14)
    elif sd:
        below = 0.5 * math.erfc(1.5 / (sd * math.sqrt(2)))  # from 3 to 1 or less: the error is below -1.5
        assert matrix[2, 0] == pytest.approx(below, rel=1e-12)


@pytest.mark.parametrize("ends", ["clip", "reflect"])
def test_the_second_panel_agrees_with_a_loop_over_pairs_of_score_vectors(ends: str) -> None:
    rule = {"roles": ["against", "for", "counterweight"], "n_inside": 2, "n_outside": 1, "inside_cuts": [1]}
    prior, grid = make_stored._belief(9, 3, 4), [1, 2, 3, 4]
    errors = [oracle.point_errors(0.8), {-1: 0.25, 0: 0.5, 6: 0.25}, {0: 0.5, 1: 0.5}]
    moves = [oracle.rescoring_matrix(grid, one, ends) for one in errors]
    for printed in (1, 2, 3):
        expected = np.zeros(3)
        for x in itertools.product(range(4), repeat=3):
            if in_words(rule, [F(v + 1) for v in x]) != printed:
                continue
            for y in itertools.product(range(4), repeat=3):
                mass = math.prod(prior[k, x[k]] * moves[k][x[k], y[k]] for k in range(3))
                expected[in_words(rule, [F(v + 1) for v in y]) - 1] += mass
        joint, tiers = oracle.second_panel(rule, prior, printed, errors, ends)
        assert joint.sum() == pytest.approx(1, abs=1e-14)
        assert tiers == pytest.approx(expected / expected.sum(), abs=1e-14)
    same, tiers = oracle.second_panel(REFERENCE, np.full((7, 4), 0.25), 2, 0)
    assert tiers == pytest.approx([0, 1, 0, 0, 0])
    assert same.sum() == pytest.approx(1)


def test_a_shock_clips_at_the_ends_as_a_loop_does() -> None:
    rule, prior = make_stored.OTHER["no counterweight"], make_stored._belief(9, 3, 4)
    expected = np.zeros((4, 4))
    for x in itertools.product(range(1, 5), repeat=3):
        y = [min(max(v + m, 1), 4) for v, m in zip(x, [2, -1, -3], strict=True)]
        before, after = (in_words(rule, [F(v) for v in z]) for z in (x, y))
        expected[before - 1, after - 1] += math.prod(prior[k, v - 1] for k, v in enumerate(x))
    found = oracle.shocked(rule, prior, [2, -1, -3])
    seen = expected.sum(axis=1) > 0
    assert found[seen] == pytest.approx(expected[seen] / expected[seen].sum(axis=1, keepdims=True), abs=1e-13)
    assert np.isnan(found[~seen]).all()


@pytest.mark.parametrize("norm", ["l1", "linf", "single"])
def test_flip_distances_agree_with_a_loop_over_the_lattice(norm: str) -> None:
    rule = make_stored.OTHER["five criteria"] | {"veto": 3}
    for x in ([1, 1, 1, 1, 1], [3, 1, 3, 1, 2], [1, 3, 2, 2, 3], [3, 2, 3, 1, 3]):
        here, best = in_words(rule, [F(v) for v in x]), None
        toward: set[int] = set()
        for y in itertools.product(range(1, 4), repeat=5):
            steps = [abs(a - b) for a, b in zip(x, y, strict=True)]
            there = in_words(rule, [F(v) for v in y])
            if there == here or (norm == "single" and sum(step > 0 for step in steps) != 1):
                continue
            far = max(steps) if norm == "linf" else sum(steps)
            if best is None or far < best:
                best, toward = far, set()
            if far == best:
                toward.add(there)
        assert oracle.flip_distance(rule, x, norm, range(1, 4)) == (best, toward)
    assert oracle.flip_distance(
        REFERENCE | {"inside_cuts": [90, 80], "outside_split": {"by": "any", "cuts": [99]}, "veto": 1},
        [1] * 7,
        norm,
        [1, 2],
    ) == (None, set())


def test_stored_answers_stay_below_a_megabyte_and_their_small_cases_repeat() -> None:
    text = make_stored.STORED.read_text(encoding="utf-8")
    assert len(text) < 1_000_000
    stored = json.loads(text)
    assert {"command", "date", "versions"} <= set(stored["about"])
    kept = [(case["name"], case["question"], case["input"]["rule"]) for case in stored["cases"]]
    assert kept == [(name, question, given["rule"]) for name, question, given in make_stored.cases()]

    def close(one: Any, two: Any) -> bool:
        if isinstance(one, dict):
            return set(one) == set(two) and all(close(one[key], two[key]) for key in one)
        if isinstance(one, list):
            return len(one) == len(two) and all(close(a, b) for a, b in zip(one, two, strict=True))
        return one == two if isinstance(one, int | None) else math.isclose(one, two, rel_tol=1e-10, abs_tol=1e-12)

    for case in stored["cases"]:
        if not case["name"].startswith("large/") and case["seconds"] < 0.2:
            assert close(make_stored.answer(case["question"], case["input"]), case["answer"]), case["name"]
