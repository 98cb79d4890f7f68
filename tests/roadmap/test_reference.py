"""Claims on the plain-Python reference of the simulation: a timeline by hand, closed forms, laws of single paths.

Seeds are fixed, so a claim with a tolerance holds or fails for good; the tolerance is four standard errors of a share
or a mean over the paths, so that it would hold for all but one seed in 16,000.
"""

import json
import math
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest
from scipy import stats

from mcda.draws import number, uniforms
from tests.reference import roadmap as reference
from tests.reference.roadmap import History, simulate

ROLES = ["against"] * 3 + ["for"] * 3 + ["counterweight"]
RULE = {"roles": ROLES, "cuts": [10, 4], "outside_cuts": [-3]}

#: Nothing happens by itself, the EU sees everything, the council agrees at once.
QUIET: dict[str, Any] = {
    **dict.fromkeys(["onset", "onset_1", "settlement", "ceasefire", "relapse", "drift", "inflow"], 0),
    **dict.fromkeys([f"rate.{e}" for e in ("E10", "E11", "E13", "E16")], 0),
    **dict.fromkeys(["slip.factor", "repair.factor", "step.factor"], 0),
    **dict.fromkeys(["p_served", "p_pardon", "p_release", "wave_stage", "wave_us"], 0),
    **{f"phi.{k}": 0 for k in "HDPLMA"},
    **{f"delta.{k}": 1 for k in "HDPLMA"},
    **dict.fromkeys(["o_low", "see.1", "see.2", "advance", "snapback", "renew", "unanimity_base", "free_drop"], 1),
    **dict.fromkeys(["lag.suspend", "lag.restore", "lag.exit"], 0),
}
GOOD = {"C": dict.fromkeys("HDPLMAO", True)}
FLAT = [3, 3, 3, 6, 6, 6, 4]


def row(name: str, tier: int = 1, **more: Any) -> dict[str, Any]:
    return {"name": name, "tier": tier, "sector": "goods", "scores": FLAT} | more


def world(*rows: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A quiet world of these rows (one of tier 1 if none is given); `parameters` come over the quiet ones."""
    parameters = QUIET | parts.pop("parameters", {})
    return {"rows": list(rows or [row("a")]), "rule": RULE, "parameters": parameters} | parts


def stage(*tiers: int, **gate: Any) -> dict[str, Any]:
    return {"tiers": list(tiers), "gate": gate}


def run(w: Any, policy: Any, scenario: Any = GOOD, *, months: int, path: int = 0, seed: int = 7) -> History:
    """One path; the scenario is its start alone if it has none of a scenario's keys."""
    whole = scenario if {"start", "schedule", "overrides"} & set(scenario) else {"start": scenario}
    return simulate(w, policy, whole, seed=seed, path=path, months=months)


def runs(n: int, w: Any, policy: Any, scenario: Any = GOOD, *, months: int) -> list[History]:
    return [run(w, policy, scenario, months=months, path=path) for path in range(n)]


def assert_share(share: float, expected: float, n: int) -> None:
    """Four standard errors of a share of n independent paths."""
    assert abs(share - expected) <= 4 * math.sqrt(expected * (1 - expected) / n) + 1e-12, (share, expected)


# -- a timeline by hand ------------------------------------------------------------------------------------------------

GOLDEN_WORLD = world(
    # C = 24 - 6 = 18, C - c7 = 16: tier 1;  C = 21 - 9 = 12, C - c7 = 6: tier 2;  C = 15 - 18 = -3, on the cut: tier 4
    row("a", 1, a=2, base="B1", scores=[2, 2, 2, 8, 8, 8, 2]),
    row("b", 2, a=1, sector="finance", origin=2022, base="B2", needs=["M"], scores=[3, 3, 3, 7, 7, 7, 6]),
    row("z", 4, a=1, sector="visa", base="B1", scores=[6, 6, 6, 5, 5, 5, 5]),
    load={"goods": {"E3": 1, "E5": 1}, "finance": {"E3": 0.5, "E12": 1}, "visa": {"E3": 1}},
    events={"E3": {"c1": [1, 6]}, "E5": {"c2": [1, 2]}, "E12": {"c7": [-1, 1]}},
    reference={1: ["D"], 2: ["P"]},
    parameters={
        "stock": 100, "list": 20, "list_first": 0.5, "wave_stage": 10, "drift": -0.01, "rho": 0.5, "gain": 0.2,
        "lag.suspend": 1, "lag.restore": 2, "half_life.E3": 1, "half_life.E5": 1, "base_phase": 4,
        "spent": 0.1, "cap": 3, "floor": 0.5, "restart": 0.5, "speed": math.log(2),
    },
)  # fmt: skip
GOLDEN_POLICY = {
    "stages": [stage(1, listed=0.5, clean={"D": 2}), stage(2, released=10, clean={"P": None})],
    "verify": 2, "reentry": 1, "scope": "linked", "sunset": 3, "sunset_default": "restore",
}  # fmt: skip
GOLDEN_SCENARIO = {
    "start": GOOD,
    "schedule": [
        {"wave": 20, "at": 1},
        {"lock": "P", "value": False, "at": 6, "for": 2},
        {"lock": "P", "value": True, "at": 8, "for": 1},
        {"set": "renew", "value": 0, "at": 8, "for": 1},
        {"ladder": 2, "at": 11, "dwell": 2},
        {"war": "settlement", "at": 15},
        {"set": "unanimity_base", "value": 0, "at": 16, "for": 1},
    ],
}


@pytest.fixture(scope="module")
def golden() -> History:
    return run(GOLDEN_WORLD, GOLDEN_POLICY, GOLDEN_SCENARIO, months=17)


# What happens, month by month:
#  0 nothing; one clean review.
#  1 the scheduled wave frees 20, half of them from the list: list 20 -> 10 <= (1 - .5) 20. Two clean reviews of D:
#    ADVANCE to stage 1, `a` due at 2, clean counts 0.
#  2 `a` in S. An opening in t - 1: a wave of 10, half from the list.
#  3 second clean review since then, 10 released since the opening: ADVANCE to stage 2 (M, `b`'s need, clean twice).
#  4 `b` in S, a wave of 10.         5 `a` has age 3: renewed, age 0.
#  6 P is locked false: it slips, E5 fires, an alarm. `b` alone has P among its tracks (`a`: D): SNAPBACK, linked, `b`
#    is PR until 8, stage stays 2, alarm of P back to 0.
#  7 an alarm on P again, which no row in S watches any more.
#  8 `b` back in A; P kept again. `a` has age 3 again, the window makes the council refuse: `a` back in A, barred.
#  9 P clean twice: REOPEN of `b` (tracks D, P, M), due 10; `a` is barred.         10 `b` in S.
# 11 rung 2 for 2 months, seen: EXIT with lag 0: `b` in A.         12 still on.         13 rung 0.
# 14 the rung seen in 13 is 0: re-entry, nobody barred. One clean review.
# 15 settlement: E12; `b`, of 2022, lapses. Two clean reviews: ADVANCE to stage 1, `a` due 16.
# 16 `a` in S, wave of 10; base B1 isn't renewed (16 - 4 = 12): `a` and `z` lapse. B2 isn't either, but has no row left.
def test_a_timeline_follows_the_hand_computation_in_decisions(golden):
    assert [(x["t"], x["decision"], x["rows"]) for x in golden.log] == [
        (1, "ADVANCE", ["a"]), (2, "EFFECT", ["a"]), (3, "ADVANCE", ["b"]), (4, "EFFECT", ["b"]), (5, "RENEW", ["a"]),
        (6, "SNAPBACK", ["b"]), (8, "EFFECT", ["b"]), (8, "RENEW", ["a"]), (9, "REOPEN", ["b"]), (10, "EFFECT", ["b"]),
        (11, "EXIT", ["b"]), (14, "REENTRY", []), (15, "SETTLED", ["b"]), (15, "ADVANCE", ["a"]), (16, "EFFECT", ["a"]),
        (16, "BASE", ["a", "z"]), (16, "BASE", []),
    ]  # fmt: skip
    assert [x["failed"] for x in golden.log if x["decision"] == "RENEW"] == [False, True]
    assert next(x["tracks"] for x in golden.log if x["decision"] == "SNAPBACK") == ["P"]


def test_a_timeline_follows_the_hand_computation_in_rows(golden):
    # status after step 5; PR from the decision on; L at once
    assert golden.of("status", "a") == [*"AASSSSSSAAAAAAAAL"]
    assert golden.of("status", "b") == [*"AAAASS", "PR", "PR", *"AASAAAALL"]
    assert golden.of("status", "z") == [*"AAAAAAAAAAAAAAAAL"]
    assert golden.of("cause", "a")[-1] == golden.of("cause", "z")[-1] == "base"
    assert golden.of("cause", "b")[-2:] == ["settlement", "settlement"]
    # due: decided at t for t + 1 (suspend) or t + 2 (restore), none once in effect
    a, b = dict.fromkeys(range(17)), dict.fromkeys(range(17))
    a |= {1: 2, 15: 16}
    b |= {3: 4, 6: 8, 7: 8, 9: 10}
    assert golden.of("due", "a") == [*a.values()]
    assert golden.of("due", "b") == [*b.values()]
    # age: 0 in the month of effect and of renewal, then one more a month; mon: S and PR months before this one
    assert golden.of("age", "a") == [0, 0, 0, 1, 2, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    assert golden.of("age", "b") == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    assert golden.of("mon", "a") == [0, 0, 0, 1, 2, 3, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 6]
    assert golden.of("mon", "b") == [0, 0, 0, 0, 0, 1, 2, 3, 4, 4, 4, 5, 5, 5, 5, 5, 5]
    assert golden.of("barred", "a") == [False] * 8 + [True] * 6 + [False] * 3  # from the failed renewal to re-entry
    assert not any(golden.of("barred", "b"))


def test_a_timeline_follows_the_hand_computation_in_effectiveness(golden):
    # emax = max(.5, 1 - .1 min(mon, 3)): .7 from the third month on. Back in force with half of it, .35; each month
    # half of what is missing returns (1 - exp(-log 2) = 1/2): .7 - .35 / 2^n after n months; a row in S keeps its e
    back = [0.7 - 0.35 / 2**n for n in range(9)]  # .35, .525, .6125, ...
    a = [1.0] * 8 + back[:8] + [back[8]]  # A from 8 to 15; S, then L, at 16 after eight accruals
    b = [1.0] * 8 + back[:2] + [back[2]] + back[:4] + [back[4], back[4]]  # A at 8, 9; S at 10; A from 11 to 14; L
    assert golden.of("e", "a") == pytest.approx(a, abs=1e-12)  # rounding alone
    assert golden.of("e", "b") == pytest.approx(b, abs=1e-12)
    assert golden.of("emax", "a") == pytest.approx([1, 1, 1, 0.9, 0.8] + [0.7] * 12)
    assert golden.of("e", "z") == [1.0] * 17


def test_a_timeline_follows_the_hand_computation_in_conduct_and_stock(golden):
    assert golden.of("C", "P") == [True] * 6 + [False] * 2 + [True] * 9
    assert (
        golden.of("y", "P") == [False] * 6 + [True] * 2 + [False] * 9
    )  # delta = o = 1, phi = 0: a signal is the truth
    # clean: since the ADVANCEs of 1, 3 and 15, since the alarm of 7 (P), 0 while exited (11-13)
    assert golden.of("clean", "D") == [1, 0, 1, 0, 1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 1, 0, 1]
    assert golden.of("clean", "P") == [1, 0, 1, 0, 1, 2, 0, 0, 1, 2, 3, 0, 0, 0, 1, 0, 1]
    assert golden.of("alarm", "P") == [0] * 7 + [1] + [0] * 9  # that of 6 is emptied by the linked SNAPBACK
    # pi: .05, no drift (q = r = 0); a clean review under certain detection makes it 0; an alarm is then 0 / 0
    assert golden.of("pi", "P") == [0.0] * 17
    assert golden["N"] == [100, 80, 70, 70] + [60] * 12 + [
        50
    ]  # waves at 1 (scheduled), 2, 4, 16 (openings of 1, 3, 15)
    assert (
        golden["list"] == [20, 10, 5, 5] + [0] * 13
    )  # less floor(.5 * 20 + .5) = 10, then floor(.5 * 10 + .5) = 5 twice
    assert golden["released"] == [0, 0, 10, 0] + [10] * 11 + [0, 10]  # since the last opening, seen after step 5
    assert golden["deported"] == [0] * 17
    assert golden.of("viol", "a") == [False] * 17  # D is always kept
    assert golden.of("viol", "b") == [False] * 6 + [True] * 2 + [False] * 9


def test_a_timeline_follows_the_hand_computation_in_the_process(golden):
    assert golden["s"] == [0, 1, 1] + [2] * 8 + [0] * 4 + [1, 1]
    assert golden["X"] == ["active"] * 11 + ["exited"] * 3 + ["active"] * 3
    assert golden["R"] == golden["seen"] == [0] * 11 + [2, 2] + [0] * 4
    assert golden["dwell"] == [0] * 11 + [2, 1] + [0] * 4
    assert golden["W"] == ["war"] * 15 + ["settlement"] * 2
    # mu halves, and gets .2 in the month after an opening (1, 3, 15); a REOPEN (9) is none
    mu = [0, 0, 0.2, 0.1, 0.25, *(0.25 / 2**n for n in range(1, 12)), 0.25 / 2**12 + 0.2]
    assert golden["mu"] == pytest.approx(mu, abs=1e-12)
    off = [0.8 - 0.01 * (t + 1) for t in range(17)]
    assert golden["off"] == pytest.approx(off, abs=1e-12)
    # V: a c7 is 4 for `a` and 6 for `b`; statuses as COMPLY finds them, pending in force
    share = [1, 1, 0.6, 0.6, 0, 0, 0, 0, 0.6, 1, 0.4, 0.4, 1, 1, 1, 1, 0]
    assert golden["V"] == pytest.approx([(1 - x) * y for x, y in zip(off, share, strict=True)], abs=1e-12)
    assert {t: fired for t, fired in enumerate(golden["fired"]) if fired} == {
        6: ["E5"], 8: ["E14"], 11: ["E3"], 15: ["E12"], 16: ["E14"]
    }  # fmt: skip


def test_a_timeline_follows_the_hand_computation_in_shocks_and_shadow_tiers(golden):
    # E5 fires at 6 and halves each month; 2 / 2^8 = .0078 < .01 is 0 at 14. E3 is on at 11 and 12, then halves.
    c2 = [0] * 6 + [2 / 2**n for n in range(8)] + [0] * 3
    assert [x["E5"][1] for x in golden["x"]] == c2
    assert [x["E3"][0] for x in golden["x"]] == [0] * 11 + [6, 6, 3, 1.5, 0.75, 0.375]
    assert [x["E12"][6] for x in golden["x"]] == [0] * 15 + [-1, -1]
    # a: at 11 C - c7 = 16 - 6 - 2/32 = 9.94 < 10: tier 2; at 12 9.97; at 13 16 - 3 - ... = 12.98: tier 1
    assert golden.of("shadow", "a") == [1] * 11 + [2, 2] + [1] * 4
    # b: half the shock: at 11 and 12 C - c7 = 6 - 3 < 4: tier 3; at 13 6 - 1.5 = 4.5: tier 2
    assert golden.of("shadow", "b") == [2] * 11 + [3, 3] + [2] * 4
    # z: c1 6 + 6 is clipped to 10 at 11 and 12; C below -3 as long as a shock is left
    assert golden.of("shadow", "z") == [4] * 11 + [5] * 6
    assert golden["clipped"] == [0] * 11 + [1, 1] + [0] * 4


def test_a_history_is_plain_json(golden):
    assert json.loads(json.dumps(golden.as_json(), allow_nan=False))["months"][16]["status"]["a"] == "L"


# -- laws by inversion -------------------------------------------------------------------------------------------------

GRID = [
    (i + 0.5) / 997 for i in range(997)
]  # no cumulative probability below lies on a node, or within rounding of one


@pytest.mark.parametrize(("n", "p"), [(1, 0.3), (20, 0.5), (1135, 0.021), (10_000, 0.3), (10_000, 0.999)])
def test_a_binomial_is_the_quantile_of_scipy(n, p):
    expected = stats.binom.ppf(GRID[:: max(1, n // 200)], n, p)
    assert [reference.binomial(n, p, u) for u in GRID[:: max(1, n // 200)]] == expected.tolist()


def test_a_binomial_is_exact_at_its_ends_and_stays_in_its_support():
    last = 1 - 2.0**-53
    assert [reference.binomial(9, p, last) for p in (-0.1, 0, 1, 1.5)] == [0, 0, 9, 9]
    assert reference.binomial(0, 0.5, 0.9) == 0
    assert 0 <= reference.binomial(10_000, 0.5, 0.0) <= reference.binomial(10_000, 0.5, last) <= 10_000


@pytest.mark.parametrize(("mean", "size"), [(42.4, 3), (8.48, 1), (0.2, 20), (400, 2.5)])
def test_a_negative_binomial_is_the_quantile_of_scipy(mean, size):
    expected = stats.nbinom.ppf(GRID, size, size / (size + mean))
    assert [reference.negative_binomial(mean, size, u) for u in GRID] == expected.tolist()


def test_a_negative_binomial_of_infinite_size_is_poisson_and_of_mean_0_is_0():
    expected = stats.poisson.ppf(GRID, 42.4)
    assert [reference.negative_binomial(42.4, math.inf, u) for u in GRID] == expected.tolist()
    assert reference.negative_binomial(0, 3, 0.99) == 0


def test_dwell_times_are_the_quantiles_of_their_laws():
    geometric = [reference.dwell_time("geometric", u, mean=9) for u in GRID]
    assert geometric == stats.geom.ppf(GRID, 1 / 9).tolist()
    negbin = [reference.dwell_time("negbin", u, n=3, mean=8) for u in GRID]
    assert negbin == (3 + stats.nbinom.ppf(GRID, 3, 3 / 8)).tolist()  # failures before the third success, and the three
    weibull = [reference.dwell_time("weibull", u, scale=6, shape=1.5) for u in GRID]
    assert weibull == np.maximum(1, np.ceil(stats.weibull_min.ppf(GRID, 1.5, scale=6))).tolist()
    assert reference.dwell_time("geometric", 0.999, mean=1) == 1
    assert reference.dwell_time("fixed", 0.3, months=4) == 4
    assert reference.dwell_time("never", 0.3) == math.inf


def test_whole_months_keep_the_mean_of_a_fraction():
    assert [reference.whole(1.5, u) for u in (0.0, 0.49, 0.5, 0.99)] == [2, 2, 1, 1]
    assert [reference.whole(2, u) for u in (0.0, 0.99)] == [2, 2]
    assert np.mean([reference.whole(0.2, (i + 0.5) / 1000) for i in range(1000)]) == pytest.approx(0.2)


def test_a_pert_amplitude_is_exact_at_the_nodes_and_linear_between():
    law = stats.beta(1 + 4 * 2 / 5, 1 + 4 * 3 / 5)  # PERT(3, 5, 8) is 3 + 5 Beta
    assert reference.amplitude([3, 5, 8], 100 / 1024) == pytest.approx(3 + 5 * law.ppf(100 / 1024), abs=1e-12)
    ends = [3 + 5 * law.ppf(i / 1024) for i in (100, 101)]
    assert reference.amplitude([3, 5, 8], 100.25 / 1024) == pytest.approx(0.75 * ends[0] + 0.25 * ends[1], abs=1e-12)
    assert reference.amplitude([3, 5, 8], 0) == 3
    assert reference.amplitude(1.5, 0.7) == 1.5


@pytest.mark.parametrize(
    ("law", "same"),
    [
        ({"law": "uniform", "low": 2, "high": 4}, stats.uniform(2, 2)),
        ({"law": "log-uniform", "low": 0.25, "high": 3}, stats.loguniform(0.25, 3)),
        ({"law": "triangular", "low": 1, "mode": 2, "high": 5}, stats.triang(0.25, 1, 4)),
        ({"law": "pert", "low": 0, "mode": 1, "high": 4}, stats.beta(2, 4, 0, 4)),
        ({"law": "beta", "a": 2, "b": 5}, stats.beta(2, 5)),
    ],
)
def test_a_parameter_law_is_drawn_by_its_quantile(law, same):
    for u in (0.001, 0.2, 0.5, 0.93):
        assert reference.quantile(law, u) == pytest.approx(same.ppf(u), rel=1e-12)


def test_a_parameter_is_drawn_by_the_digest_of_its_dotted_key_per_path_or_per_outer_sample():
    low = {"law": "uniform", "low": 0, "high": 0.001}
    w = world(
        parameters={"onset": low, "onset_1": low | {"per": "outer"}, "renew": {"default": 0.9, "low": 0.5, "high": 1}}
    )
    for path in (0, 3):
        for outer in (None, 2):
            found = simulate(w, {}, {}, seed=5, path=path, months=1, outer=outer).parameters
            u = {key: uniforms(5, "parameter", range(4), j=number(key)) for key in ("onset", "onset_1", "renew")}
            assert found["onset"] == pytest.approx(0.001 * u["onset"][path], rel=1e-12)
            assert found["onset_1"] == pytest.approx(0.001 * u["onset_1"][outer or 0], rel=1e-12)
            ranged = (
                0.9 if outer is None else 0.5 + 0.5 * stats.beta(4.2, 1.8).ppf(u["renew"][2])
            )  # 1 + 4 * .8, 1 + 4 * .2
            assert found["renew"] == pytest.approx(ranged, rel=1e-12)


def test_a_dirichlet_mix_sums_to_one_and_a_drawn_stock_is_whole():
    stock = {"law": "uniform", "low": 1000, "high": 1400}
    w = world(parameters={"mix": {"law": "dirichlet", "total": 10}, "stock": stock})
    drawn = [simulate(w, {}, {}, seed=5, path=path, months=1).parameters for path in range(20)]
    for found in drawn:
        assert sum(found[f"mix.{rung}"] for rung in range(2, 6)) == pytest.approx(1, abs=1e-12)
        assert isinstance(found["stock"], int)
    assert len({found["mix.2"] for found in drawn}) == 20


def test_a_random_month_of_the_schedule_comes_from_the_name_of_the_entry():
    entry = {"ladder": 3, "at": [2, 6], "name": "launch", "dwell": 1}
    for path in range(5):
        rungs = run(world(), {}, {"schedule": [entry]}, months=8, path=path)["R"]
        u = float(uniforms(7, "schedule", [path], j=number("launch"))[0])
        assert rungs.index(3) == 2 + math.floor(u * 5)


# -- closed forms over paths -------------------------------------------------------------------------------------------


def by(times: list[int | None], t: int) -> float:
    """The share of paths on which something has happened by month t."""
    return sum(time is not None and time <= t for time in times) / len(times)


def first(months: list[int]) -> int | None:
    return months[0] if months else None


def test_onset_and_its_detection_are_geometric():
    p, d, n = 0.15, 0.4, 400
    w = world(parameters={"onset": p, "mix.2": 1, "mix.3": 0, "mix.4": 0, "mix.5": 0, "dwell.2": "never", "see.2": d})
    paths = runs(n, w, {}, months=10)
    onsets = [first([t for t, rung in enumerate(h["R"]) if rung == 2]) for h in paths]
    exits = [first(h.decided("EXIT")) for h in paths]
    for t in (0, 3, 9):
        assert_share(by(onsets, t), 1 - (1 - p) ** (t + 1), n)
        late = sum((1 - p) ** i * p * (1 - d) ** (t - i + 1) for i in range(t + 1))  # onset in i, unseen from i to t
        assert_share(by(exits, t), 1 - (1 - p) ** (t + 1) - late, n)


def test_exit_and_false_snapback_compete_as_two_geometric_times():
    p, phi, n = 0.06, 0.1, 400
    w = world(parameters={"onset": p, "phi.D": phi})
    policy = {"stages": [stage(1, clean={"D": None})], "start": {"stage": 1}, "sunset": None, "verify": 99}
    paths = runs(n, w, policy, months=10)
    exits, snaps = ([first(h.decided(what)) for h in paths] for what in ("EXIT", "SNAPBACK"))
    exits = [x if s is None or (x is not None and x < s) else None for x, s in zip(exits, snaps, strict=True)]
    any_of_both = p + phi - p * phi
    for t in (0, 4, 9):
        happened = 1 - (1 - any_of_both) ** (t + 1)
        assert_share(by(exits, t), p / any_of_both * happened, n)
    snaps = [s if e is None else None for e, s in zip(exits, snaps, strict=True)]
    assert_share(by(snaps, 9), (1 - p) * phi / any_of_both * (1 - (1 - any_of_both) ** 10), n)


def test_compliance_is_a_two_state_chain_and_the_stock_keeps_its_mean():
    n = 400
    parameters = {"slip.factor": 1, "repair.factor": 1, "p_served": 0.02, "p_pardon": 0.05, "p_release": 0.05,
                  "inflow": 42.4, "calm": 1, "stock": 1000}  # fmt: skip
    paths = runs(n, world(parameters=parameters), {}, {"start": {}}, months=8)
    for k in "HDPLMAO":
        q, r, c = reference.DEFAULTS[f"slip.{k}"], reference.DEFAULTS[f"repair.{k}"], 1.0 if k == "A" else 0.0
        for t in range(8):
            c = c * (1 - q) + (1 - c) * r
            if t in (0, 7):
                assert_share(sum(h.of("C", k)[t] for h in paths) / n, c, n)
    kept = 0.98 * 0.95
    ends = [h["N"][7] for h in paths]
    expected = 1000 * kept**8 + 42.4 * (1 - kept**8) / (1 - kept)
    assert abs(np.mean(ends) - expected) <= 4 * np.std(ends, ddof=1) / math.sqrt(n)
    inflow = [x for h in paths for x in h["inflow"]]
    assert abs(np.mean(inflow) - 42.4) <= 4 * math.sqrt((42.4 + 42.4**2 / 3) / (8 * n))  # variance mean + mean^2 / size


@pytest.fixture(scope="module")
def two_alarms() -> list[History]:
    policy = {"stages": [stage(1, clean={"D": None})], "start": {"stage": 1}, "sunset": None, "verify": 99}
    w = world(parameters={"phi.D": 0.4})
    return runs(300, w, policy | {"trigger": {"alarm_streak": 2}}, months=7)


def test_a_streak_of_false_alarms_has_the_law_of_runs(two_alarms):
    phi, none = 0.4, [1.0, 1.0]  # no two in a row among m reviews: the last is clean, or the last two are clean, alarm
    while len(none) <= 7:
        none.append((1 - phi) * none[-1] + phi * (1 - phi) * none[-2])
    snaps = [first(h.decided("SNAPBACK")) for h in two_alarms]
    for t in (1, 3, 6):
        assert_share(by(snaps, t), 1 - none[t + 1], 300)


def test_two_alarms_of_the_last_two_reviews_are_a_streak_of_two(two_alarms):
    policy = {"stages": [stage(1, clean={"D": None})], "start": {"stage": 1}, "sunset": None, "verify": 99}
    w = world(parameters={"phi.D": 0.4})
    for path in range(40):
        assert run(w, policy | {"trigger": {"a": 2, "b": 2}}, months=7, path=path).log == two_alarms[path].log


def test_a_belief_is_the_bayes_filter_by_hand():
    q, r, delta, o, phi = F(1, 10), F(1, 5), F(9, 10), F(2, 5), F(1, 20)
    w = world(parameters={"slip.H": 0.1, "repair.H": 0.2, "slip.factor": 1, "repair.factor": 1, "delta.H": 0.9,
                          "o_low": 0.4, "phi.H": 0.05})  # fmt: skip
    signals = [True, False, False, True, True, False]
    schedule = [{"signal": "H", "value": y, "at": t} for t, y in enumerate(signals)]
    schedule += [{"lock": "O", "value": False, "at": 0}]
    found = run(w, {"review_every": 2}, {"schedule": schedule}, months=6)
    pi, expected = F(19, 20), []
    for t, y in enumerate(signals):
        pi = pi * (1 - r) + (1 - pi) * q
        if t % 2 == 1:  # a review every second month
            l1, l0 = (delta * o, phi) if y else (1 - delta * o, 1 - phi)
            pi = pi * l1 / (pi * l1 + (1 - pi) * l0)
        expected.append(float(pi))
    assert found.of("pi", "H") == pytest.approx(expected, abs=1e-12)  # rounding alone
    assert [len(y) for y in found["y"]] == [0, 6, 0, 6, 0, 6]


def test_the_war_is_a_three_state_chain_and_drops_rows_at_settlement_by_lot():
    n, a, b, c, drop = 400, 0.1, 0.3, 0.4, 0.3
    w = world(row("a", origin=2022), row("b", origin=2020),
              parameters={"settlement": a, "ceasefire": b, "relapse": c, "free_drop": drop})  # fmt: skip
    paths = runs(n, w, {}, months=6)
    war, calm = 1.0, 0.0
    for _ in range(6):
        war, calm = war * (1 - a - b) + calm * c, war * b + calm * (1 - a - c)
    for state, share in (("war", war), ("ceasefire", calm), ("settlement", 1 - war - calm)):
        assert_share(sum(h["W"][5] == state for h in paths) / n, share, n)
    assert_share(sum(h.of("status", "a")[5] == "L" for h in paths) / n, drop * (1 - war - calm), n)
    assert not any(h.of("status", "b")[5] == "L" for h in paths)


def test_a_shock_decays_by_its_half_life_and_shocks_of_one_event_do_not_add():
    schedule = [
        {"event": "E8", "at": 1, "hold": 3, "move": {"c6": -2}},
        {"event": "E10", "at": 0, "move": {"c1": 1}},
        {"event": "E9", "at": 0, "move": {"c2": 1, "c5": -3}},
    ]
    w = world(parameters={"half_life.E8": 3, "half_life.E10": "inf", "half_life.E9": 1})
    shocks = run(w, {}, {"schedule": schedule}, months=8)["x"]
    assert [x["E8"][5] for x in shocks] == pytest.approx([0, -2, -2, -2] + [-2 * 2 ** (-n / 3) for n in range(1, 5)])
    assert [x["E10"][0] for x in shocks] == [1] * 8
    assert [x["E9"][1] for x in shocks] == [2.0**-n for n in range(8)]  # below .01 after 7 months, but c5 is not
    again = [{"event": "E9", "at": 2, "move": {"c2": -0.25, "c5": 2}}]
    x = run(w, {}, {"schedule": schedule[2:], "start": {"x": {"E9": {"c6": 1}}}}, months=3)["x"][2]["E9"]
    assert x[1:6] == [0.25, 0, 0, -0.75, 0.125]
    x = run(w, {}, {"schedule": again, "start": {"x": {"E9": {"c2": 2, "c5": -12}}}}, months=3)["x"][2]["E9"]
    assert x[1:6] == [0.25, 0, 0, 2.0, 0]  # 2 / 8 ties with -.25 and stays; 12 / 8 is smaller than 2


def test_a_severe_case_is_severe_in_all_that_it_moves():
    h = run(world(), {}, {"schedule": [{"event": "E1", "at": 0, "severity": 0.5}, {"event": "E2", "at": 0}]}, months=1)
    medians = [reference.quantile({"law": "pert", "low": x, "mode": y, "high": z}, 0.5) for x, y, z in
               ((3, 5, 8), (0, 2, 4), (1, 3, 5))]  # fmt: skip
    assert [h["x"][0]["E1"][j] for j in (0, 2, 3, 4)] == pytest.approx([medians[0], medians[1], -medians[2], -1])
    u = float(uniforms(7, "severity", [0], j=1)[0])  # E2 is number 1
    assert h["x"][0]["E2"][0] == pytest.approx(reference.amplitude([2, 4, 7], u))


def test_shifts_move_slips_on_the_logit_scale():
    # mu = 0, V = 0 (no stages), off as at start, R = 2: logit(q) + b_war; q = .2, b_war = log 6: odds 1/4 -> 6/4
    n = 400
    w = world(parameters={"slip.D": 0.2, "repair.P": 0.6, "slip.factor": 1, "repair.factor": 1, "b_war": math.log(6)})
    start = {"C": {"D": True}, "R": 2, "dwell": None}
    paths = runs(n, w, {}, {"start": start}, months=1)
    assert_share(sum(not h.of("C", "D")[0] for h in paths) / n, 0.6, n)
    assert_share(sum(h.of("C", "P")[0] for h in paths) / n, 0.2, n)  # odds 3/2 -> 1/4


# -- stages, gates, renewals -------------------------------------------------------------------------------------------

THREE = [row("a", 1), row("b", 2), row("c", 3)]


def stages(**gate: Any) -> list[dict[str, Any]]:
    return [stage(tier, **gate) for tier in (1, 2, 3)]


@pytest.mark.parametrize("verify", [1, 2, 4])
def test_a_clean_gate_starts_anew_at_each_advance(verify):
    h = run(world(*THREE), {"stages": stages(clean={"D": None}), "verify": verify}, months=14)
    assert h.decided("ADVANCE") == [verify - 1, 2 * verify - 1, 3 * verify - 1]


def test_a_belief_gate_is_not_reset_by_an_advance_and_quarterly_reviews_set_the_pace():
    policy = {"stages": stages(belief={"D": 0.01})}
    assert run(world(*THREE), policy, months=5).decided("ADVANCE") == [0, 1, 2]
    assert run(world(*THREE), policy | {"review_every": 3}, months=10).decided("ADVANCE") == [2, 5, 8]


@pytest.mark.parametrize(("gate", "verify"), [({"belief": {"D": 0.5}}, 1), ({"clean": {"D": None}}, 2)])
def test_a_council_that_may_refuse_makes_the_third_stage_a_negative_binomial_time(gate, verify):
    n, vote = 300, 0.6
    policy = {"stages": stages(**gate), "verify": verify, "sunset": None}
    paths = runs(n, world(*THREE, parameters={"advance": vote}), policy, months=9)
    opened = [first(h.decided("ADVANCE")[2:]) for h in paths]
    for t in (4, 6, 8):  # three votes, each verify - 1 months later than the one before allows
        assert_share(by(opened, t), float(stats.nbinom.cdf(t + 1 - 3 * verify, 3, vote)), n)


def test_gates_look_at_public_numbers_as_they_stand():
    w = world(parameters={"stock": 100, "list": 20}, steps={"L": ["law one", "law two", "law three"]})
    schedule = [{"wave": 10, "at": t} for t in range(1, 6)]  # N 90 at 1, ... 50 at 5; 5 of each wave from the list
    when = {
        "listed": (0.75, 3), "stock": (0.7, 3), "released": (35, 4),
    }  # fmt: skip
    for part, (value, month) in when.items():
        h = run(w, {"stages": [stage(1, **{part: value})]}, {"start": GOOD, "schedule": schedule}, months=8)
        assert h.decided("ADVANCE") == [month], part
    for part, month in (
        ({"at_least": 1}, 0),
        ({"share": 2 / 3}, 1),
        ({"named": ["law three"]}, 2),
        ({"named": [1]}, 0),
    ):
        repeal = {"start": GOOD, "overrides": {"step.factor": 1, "step.L": 1}}
        assert run(w, {"stages": [stage(1, steps={"L": part})]}, repeal, months=4).decided("ADVANCE") == [month], part


@pytest.mark.parametrize(("default", "status"), [("restore", "A"), ("lapse", "L")])
def test_renewals_are_a_chain_of_votes_and_a_failed_one_is_final(default, status):
    n, renew = 300, 0.7
    policy = {"stages": [stage(1, belief={})], "start": {"stage": 1}, "sunset": 2, "sunset_default": default}
    paths = runs(
        n, world(parameters={"renew": renew}), policy, months=9
    )  # votes in 2, 4, 6, 8; then reviews could reopen
    for votes, t in enumerate((1, 2, 5, 8)):
        assert_share(sum(h.of("status", "a")[t] == "S" for h in paths) / n, renew ** (0, 1, 2, 4)[votes], n)
    assert {h.of("status", "a")[8] for h in paths} == {"S", status}


def test_a_refused_advance_is_counted_while_its_gate_holds_and_costs_momentum_from_the_third_on():
    w = world(parameters={"advance": 0, "rho": 0, "loss": 0.25})
    h = run(w, {"stages": [stage(1, clean={"D": 1})]}, {"start": GOOD, "schedule": [
        {"signal": "D", "value": True, "at": 4}]}, months=7)  # fmt: skip
    assert h["undecided"] == [1, 2, 3, 4, 0, 1, 2]
    assert h["mu"] == [0, 0, 0, -0.25, -0.25, 0, 0]


# -- snapback, exit, what lapses ---------------------------------------------------------------------------------------

CUMULATIVE = [stage(1, clean={"D": 1}), stage(2, clean={"D": 1, "P": 1}), stage(3, clean={"L": 1})]
SLIP_OF_P = {"start": GOOD, "schedule": [{"lock": "P", "value": False, "at": 2}]}


@pytest.mark.parametrize(
    ("scope", "restored", "s"), [("all", ["a", "b", "c"], 0), ("last", ["c"], 2), ("linked", ["b", "c"], 3)]
)
def test_the_scope_says_which_rows_a_snapback_restores(scope, restored, s):
    policy = {"stages": CUMULATIVE, "start": {"stage": 3}, "scope": scope, "verify": 99}
    h = run(world(*THREE), policy, SLIP_OF_P, months=3)  # tracks of b: D, P; of c: D, P, L
    assert [(x["t"], x["rows"]) for x in h.log if x["decision"] == "SNAPBACK"] == [(2, restored)]
    assert h["s"][2] == s


def test_a_snapback_waits_for_a_watched_track_and_cancels_what_is_pending():
    policy = {"stages": CUMULATIVE, "start": {"stage": 1}, "verify": 1}
    w = world(*THREE, parameters={"lag.suspend": 3})
    assert run(w, policy, SLIP_OF_P, months=3).decided("SNAPBACK") == [2]  # b is pending since 0: P is watched
    h = run(w, policy | {"stages": CUMULATIVE[:1]}, SLIP_OF_P, months=6)
    assert h.decided("SNAPBACK") == []
    assert run(w, policy | {"stages": CUMULATIVE[:1], "watch": ["P"]}, SLIP_OF_P, months=3).decided("SNAPBACK") == [2]
    h = run(w, policy, SLIP_OF_P, months=3)
    assert h.of("due", "b") == [3, 3, None]
    assert h.of("status", "b") == ["A", "A", "A"]


def test_a_belief_above_the_threshold_triggers():
    # q = r = 0, delta 1, phi .5: an alarm doubles the odds of violation, 1/19 at the start
    w = world(parameters={"phi.D": 0.5})
    scenario = {"start": GOOD, "schedule": [{"signal": "D", "value": True, "at": 0, "for": 5}]}
    h = run(w, {"stages": CUMULATIVE[:1], "start": {"stage": 1}, "trigger": {"threshold": 0.25}}, scenario, months=4)
    odds = [2 ** (t + 1) / 19 for t in range(4)]
    assert h.of("pi", "D") == pytest.approx([x / (1 + x) for x in odds])
    assert h.decided("SNAPBACK") == [2]  # 8/27 > .25 > 4/23


def test_stock_rise_and_stall_trigger_without_a_track_and_linked_then_means_all():
    policy = {"stages": CUMULATIVE, "start": {"stage": 1}, "verify": 99, "scope": "linked"}
    falling = {"start": GOOD, "schedule": [{"wave": 1, "at": 0, "for": 2}]}  # new lows in 0 and 1, none in 2, 3, 4
    h = run(world(*THREE), policy | {"stall": 3}, falling, months=6)
    assert h["stall"] == [0, 0, 1, 2, 0, 0]
    assert [(x["t"], x["others"]) for x in h.log if x["decision"] == "SNAPBACK"] == [(4, ["stall"])]
    assert h["s"][4] == 0
    rising = {"start": GOOD | {"N": 100, "list": 0}, "overrides": {"inflow": 6, "calm": 1, "size": "inf"}}
    policy |= {"stages": [stage(1, clean={"D": None})], "stock_rise": 0.2}  # no opening (verify 99): over N at start
    h = run(world(), policy, rising, months=9)
    assert h.decided("SNAPBACK") == [next(t for t, n in enumerate(h["N"]) if n > 120)]


def test_a_step_done_since_the_last_review_is_no_stall():
    policy = {"stages": CUMULATIVE, "start": {"stage": 1}, "verify": 99, "stall": 2}
    w = world(*THREE, steps={"L": 3}, parameters={"step.factor": 1, "step.L": 1})
    assert run(w, policy, months=6)["stall"] == [0, 0, 0, 1, 0, 0]  # acts repealed in 0, 1 and 2


def test_an_exit_shortens_a_restoration_that_is_under_way_and_bars_re_entry_until_the_rung_is_gone():
    w = world(parameters={"lag.restore": 5, "lag.exit": 1})
    scenario = {
        "start": GOOD,
        "schedule": [{"signal": "D", "value": True, "at": 0}, {"ladder": 4, "at": 1, "dwell": 4}],
    }
    policy = {"stages": [stage(1, clean={"D": None})], "start": {"stage": 1}, "reentry": 2, "verify": 2}
    h = run(w, policy, scenario, months=9)
    assert h.of("due", "a")[:3] == [5, 2, None]
    assert h.of("status", "a")[:3] == ["PR", "PR", "A"]
    # the rung stands in 1-4, seen 0 first in 5, so active again in 6; two clean reviews, 6 and 7
    assert h["X"] == ["active"] + ["exited"] * 5 + ["active"] * 3
    assert h.decided("ADVANCE") == [7]
    assert h.of("clean", "D") == [0, 0, 0, 0, 0, 0, 1, 0, 1]


def test_rung_and_seeing_decide_whether_there_is_an_exit():
    scenario = {"start": GOOD | {"R": 2, "dwell": 2}}
    for policy, w, exits in (({}, world(), [0]), ({"exit_rung": 3}, world(), []), ({"exit_rung": None}, world(), []),
                             ({}, world(parameters={"see.2": 0}), [])):  # fmt: skip
        assert run(w, policy, scenario, months=3).decided("EXIT") == exits
    with pytest.raises(ValueError, match="needs a dwell"):
        run(world(), {}, {"start": {"R": 2}}, months=1)


def test_rows_lapsed_at_sunset_or_by_base_may_be_readopted_in_a_month_of_exit():
    rows = [row("a", base="B"), row("b", base="B", origin=2022)]
    w = world(*rows, parameters={"readopt": 1, "unanimity_base": 0, "base_phase": 3})
    scenario = {"start": GOOD, "schedule": [{"war": "settlement", "at": 2}, {"ladder": 3, "at": 5, "dwell": 1}]}
    h = run(w, {}, scenario, months=7)
    assert h.of("status", "a") == [*"AAALLAA"]
    assert h.of("status", "b") == [*"AALLLLL"]  # lapsed by settlement, and keeps its first cause under BASE
    assert h.of("cause", "b")[-1] == "settlement"


def test_outer_tiers_are_suspended_once_under_amnesty_and_settlement():
    scenario = {"start": GOOD, "schedule": [{"flag": "amnesty", "at": 1}, {"flag": "disengaged", "at": 3}]}
    h = run(world(row("a"), row("z", 4)), {"outer": True, "sunset": None}, scenario, months=6)
    assert h.decided("OUTER") == [3]
    assert h.of("status", "z") == [*"AAASSS"]
    assert h.of("status", "a") == [*"AAAAAA"]
    assert run(world(row("z", 4)), {}, scenario, months=6).decided("OUTER") == []


def test_what_a_gate_may_not_ask_for_is_refused():
    with pytest.raises(ValueError, match="no signal on O"):
        run(world(), {"stages": [stage(1, clean={"O": 1})]}, months=1)
    with pytest.raises(ValueError, match="have no stage"):
        run(world(), {"stages": [stage(4)]}, months=1)
    with pytest.raises(ValueError, match="read only at the start"):
        run(world(), {}, {"schedule": [{"set": "stock", "value": 1, "at": 0}]}, months=1)
    with pytest.raises(ValueError, match="no such parameter"):
        run(world(parameters={"slip": 0.1}), {}, months=1)


def test_a_statistic_within_the_tolerance_of_a_cut_is_on_it():
    def tier(c1: float, c7: float = 2) -> int:
        return reference.sort(RULE, [c1, 2, 2, 8, 8, 8, c7])  # C = 20 - c1

    assert [tier(8 + x) for x in (-1e-6, 0, 9e-10, 1e-6)] == [1, 1, 1, 2]  # C - c7 = 10
    assert [tier(14 + x) for x in (-1e-6, 0, 9e-10, 1e-6)] == [2, 2, 2, 3]  # C - c7 = 4
    assert [tier(20 + x) for x in (-1e-6, -9e-10, 0, 1e-6)] == [3, 4, 4, 4]  # C = 0 is outside
    assert [tier(23 + x) for x in (0, 9e-10, 1e-6)] == [4, 4, 5]  # C = -3


# -- one month at a time, by hand --------------------------------------------------------------------------------------

ONE_RUNG = {"mix.2": 1, "mix.3": 0, "mix.4": 0, "mix.5": 0, "dwell.1": "fixed", "dwell.1.months": 2, "dwell.2": "fixed",
            "dwell.2.months": 2}  # fmt: skip


def test_each_uniform_has_its_address():
    halves = dict.fromkeys(["onset", "see.2", "settlement", "slip.factor", "step.factor", "repair.factor"], 0.5)
    halves |= {f"{key}.{k}": 1 for key in ("slip", "step", "repair") for k in "HDPLMAO"}
    halves |= {f"rate.{e}": 0.5 for e in reference.RATED} | {f"phi.{k}": 0.5 for k in "HDPLMA"}
    halves |= {f"delta.{k}": 0.5 for k in "HDPLMA"} | {"o_low": 1, "inflow": 20, "p_served": 0.3, "p_pardon": 0.2}
    halves |= {"p_release": 0.2, "calm": 1, "readopt": 0, "wave_us": 0, "succession_factor": 1}
    for path in range(12):
        h = run(world(parameters=halves, steps=dict.fromkeys("HDPLMAO", 1)), {}, months=1, path=path).months[0]

        def u(stream: str, j: int, path: int = path) -> float:
            return float(uniforms(7, stream, [path], j=j)[0])

        assert (h["R"] > 0) == (u("ladder", 0) < 0.5)
        if h["R"]:
            assert h["R"] == 2 + np.searchsorted([0.55, 0.8, 0.95], u("ladder", 1))
            means = {2: 9, 3: 6, 4: 2}
            assert h["dwell"] == (stats.geom.ppf(u("ladder", 2), 1 / means[h["R"]]) if h["R"] < 5 else None)
        assert h["seen"] == (h["R"] if u("ladder", 4) < 0.5 else 0)
        assert h["W"] == ("settlement" if u("war", 0) < 0.5 else "war")
        for e, j in (("E10", 9), ("E11", 10), ("E13", 12), ("E16", 15)):
            assert (e in h["fired"]) == (u("event", j) < 0.5)
        for j, k in enumerate("HDPLMAO"):
            assert h["C"][k] == (u("comply", j) >= 0.5)
            assert h["d"][k] == (h["C"][k] and u("step", j) < 0.5)
            assert k == "O" or h["y"][k] == (u("signal", j) < 0.5)
        assert h["served"] == stats.binom.ppf(u("stock", 0), 1135, 0.3)
        assert h["rel"] == stats.binom.ppf(u("stock", 1), 1135 - h["served"], 0.2)
        assert h["inflow"] == stats.nbinom.ppf(u("stock", 2), 3, 3 / 23)


def test_votes_lags_drops_and_bases_have_their_addresses():
    def u(stream: str, path: int, j: int, month: int = 0) -> float:
        return float(uniforms(7, stream, [path], j=j, month=month)[0])

    w = world(row("a", origin=2022, base="B"), row("b", 2), parameters={
        "advance": 0.5, "snapback": 0.5, "renew": 0.5, "free_drop": 0.5, "unanimity_base": 0.5, "base_phase": 1,
        "lag.suspend": 1.5, "lag.restore": 1.5, "lag.exit": 1.5})  # fmt: skip
    gate = {"stages": [stage(1, clean={"D": 1}), stage(2, clean={"P": 99})], "sunset": None}
    held = gate | {"start": {"stage": 1}}
    alarm = {"start": GOOD, "schedule": [{"signal": "D", "value": True, "at": 0}]}
    settled = {"start": GOOD, "schedule": [{"war": "settlement", "at": 1}], "overrides": {"unanimity_base": 1}}
    for path in range(12):
        due = run(w, gate, months=1, path=path).of("due", "a")[0]
        assert due == ((1 + (u("lag", path, 0) < 0.5)) if u("council", path, 0) < 0.5 else None)
        due = run(w, held, alarm, months=1, path=path).of("due", "a")[0]
        assert due == ((1 + (u("lag", path, 1) < 0.5)) if u("council", path, 1) < 0.5 else None)
        due = run(w, held, GOOD | {"R": 2, "dwell": 2}, months=1, path=path).of("due", "a")[0]
        assert due == 1 + (u("lag", path, 2) < 0.5)
        failed = run(w, held | {"sunset": 1}, months=2, path=path).of("status", "a")[1]
        lapsed = u("base", path, number("B"), 1) >= 0.5
        assert failed == ("L" if lapsed else "S" if u("council", path, 2, 1) < 0.5 else "A")
        dropped = run(w, gate, settled, months=2, path=path).of("status", "a")[1]
        assert (dropped == "L") == (u("drop", path, number("a")) < 0.5)


def test_a_rung_ends_after_its_dwell_and_a_new_one_waits_a_month_unless_it_was_the_first():
    always = ONE_RUNG | {"onset": 1}
    assert run(world(parameters=always), {}, months=7)["R"] == [2, 2, 0, 2, 2, 0, 2]
    assert run(world(parameters=always), {}, {"start": {"R": 1, "dwell": 3}}, months=3)["R"] == [2, 2, 0]
    assert run(world(parameters=ONE_RUNG | {"onset_1": 1}), {}, months=7)["R"] == [1, 1, 0, 1, 1, 0, 1]


def test_onset_looks_at_last_months_war():
    parameters = ONE_RUNG | {"onset": 1, "war_factor.war": 0, "war_factor.ceasefire": 1}
    scenario = {"schedule": [{"war": "ceasefire", "at": 1}]}
    assert run(world(parameters=parameters), {}, scenario, months=4)["R"] == [0, 0, 2, 2]


def test_a_ceasefire_ends_for_certain_where_settlement_and_relapse_sum_to_one():
    w = world(parameters={"settlement": 0.1, "relapse": 0.9})
    for path in range(40):
        assert run(w, {}, {"start": {"W": "ceasefire"}}, months=1, path=path)["W"] != ["ceasefire"]


def test_a_level_event_fires_when_it_turns_on_and_not_if_it_was_on_before_month_0():
    scenario = {"start": {"R": 2, "dwell": 2}, "schedule": [{"ladder": 2, "at": 3, "dwell": 2}]}
    assert run(world(), {}, scenario, months=6)["fired"] == [[], [], [], ["E3"], [], []]


def test_the_share_that_others_make_good_moves_with_us_steps_and_stagnation():
    schedule = [{"event": f"E{e}", "at": t} for e, t in ((11, 0), (13, 1), (11, 2), (13, 2), (11, 3))]
    parameters = {"off": 0.5, "us_step": 0.3, "stagnation_step": 0.2, "drift": -0.05, "wave_us": 7}
    h = run(world(parameters=parameters), {}, {"schedule": schedule}, months=5)
    assert h["off"] == pytest.approx([0.75, 0.5, 0.55, 0.8, 0.75])
    assert h["wave"] == [7, 0, 7, 7, 0]


def test_a_succession_makes_slips_and_repairs_harder_or_softer_by_one_coin_unseen_by_the_belief():
    parameters = {"slip.D": 0.5, "repair.P": 0.5, "slip.factor": 1, "repair.factor": 1, "repair.D": 0}
    seen = set()
    for path in range(8):
        scenario = {"start": {"C": {"D": True}}, "schedule": [{"event": "E16", "at": 0}]}
        h = run(world(parameters=parameters), {"review_every": 2}, scenario, months=1, path=path).months[0]
        harder = bool(uniforms(7, "coin", [path])[0] < 0.5)
        seen.add(harder)
        assert h["g"] == (2 if harder else 0.5)
        assert h["x"]["E16"] == ([1, 1, 0, -2, -1, 0, 0] if harder else [-1, -1, 0, 2, 1, 0, 0])
        assert h["C"]["D" if harder else "P"] is not harder  # q = .5 * 2: slips; or r = .5 / .5: repaired
        assert h["pi"]["D"] == pytest.approx(0.05 + 0.95 * 0.5)
    assert seen == {True, False}


@pytest.mark.parametrize(
    ("b", "start", "schedule", "better"),
    [
        ({"b_mu": 100, "rho": 1}, {"mu": 1}, [], True),
        ({"b_rel": 100, "off": 0.5}, {}, [], True),  # V = .5, all in force
        ({"b_off": 100, "off": 0.4, "us_step": 0.5}, {}, [{"event": "E11", "at": 0}], False),
        ({"b_off": 100, "off": 0.4}, {}, [], None),  # the shift is exactly 0
        ({"b_war": 100}, {"R": 2, "dwell": None}, [], False),
        ({"b_war": 100}, {"R": 1, "dwell": None}, [], None),
    ],
)
def test_each_shift_moves_slips_and_repairs_the_other_way(b, start, schedule, better):
    parameters = {"slip.D": 0.5, "repair.P": 0.5, "slip.factor": 1, "repair.factor": 1} | b
    scenario = {"start": {"C": {"D": True}} | start, "schedule": schedule}
    policy = {"stages": [stage(1, clean={"D": 99})]}
    for path in range(12):
        h = run(world(parameters=parameters), policy, scenario, months=1, path=path).months[0]
        u = [float(uniforms(7, "comply", [path], j=j)[0]) for j in (1, 2)]
        assert h["C"]["D"] == (u[0] >= 0.5 if better is None else better)
        assert h["C"]["P"] == (u[1] < 0.5 if better is None else better)


def test_a_slip_undoes_steps_but_no_repeals():
    w = world(steps=dict.fromkeys("HL", 3), parameters={"step.factor": 1, "step.H": 1, "step.L": 1})
    locks = [{"lock": k, "value": False, "at": 2} for k in "HL"]
    h = run(w, {}, {"start": GOOD, "schedule": locks}, months=4)
    assert h.of("d", "H") == [1, 2, 0, 0]
    assert h.of("d", "L") == [1, 2, 2, 2]
    assert h["fired"] == [[], [], ["E7"], []]  # H has no event


def test_releases_arrests_and_deportations_follow_conduct():
    def one(start: Any, **parameters: Any) -> dict[str, Any]:
        return run(world(parameters=parameters), {}, start | {"N": 40, "list": 30}, months=1).months[0]

    bad = {"C": {"H": False, "D": False, "P": False}}
    assert one(GOOD, p_release=1)["N"] == one(bad, p_pardon=1)["N"] == 0
    assert one(GOOD, p_pardon=1)["N"] == one(bad, p_release=1)["N"] == 40
    both = one(GOOD, p_served=1, p_release=1)
    assert (both["served"], both["rel"], both["N"], both["list"]) == (40, 0, 0, 0)  # the list is part of N
    assert one(GOOD, inflow=50, calm=0)["inflow"] == 0 < one(bad, inflow=50, calm=0)["inflow"]
    waves = {"schedule": [{"wave": 3, "at": 0, "for": 2}]}
    for start, deported in ((GOOD, [0, 0]), (bad, [2, 4])):  # floor(.8 * 3 + .5) = 2
        assert run(world(), {}, waves | {"start": start}, months=2)["deported"] == deported


def test_dark_courts_hide_prisoners_deportations_and_practices_only():
    dark = {"C": dict.fromkeys("HDPLMAO", False)}
    y = run(world(parameters={"o_low": 0}), {}, dark, months=1)["y"][0]
    assert y == {"H": False, "D": False, "P": False, "L": True, "M": True, "A": True}


def test_re_entry_looks_at_the_rung_seen_not_at_the_rung():
    hidden = {"X": "exited", "R": 3, "dwell": None}
    for reentry, month in ((1, 0), (3, 2), (None, None)):
        h = run(world(parameters={"see.2": 0}), {"reentry": reentry}, hidden, months=4)
        assert h.decided("REENTRY") == ([] if month is None else [month])


def test_streaks_stay_0_while_exited():
    start = GOOD | {"X": "exited", "status": {"a": "S"}}
    h = run(world(), {"stages": CUMULATIVE[:1], "stall": 2, "sunset": None}, start, months=4)
    assert h["stall"] == h["undecided"] == h.of("clean", "D") == [0] * 4
    assert h.of("pi", "D") == [0.0] * 4  # beliefs go on


def test_an_exit_cancels_what_is_pending_comes_before_snapback_and_leaves_settlement_its_drop():
    w = world(row("a"), row("b", origin=2022), row("c", 2), parameters={"lag.suspend": 3, "lag.exit": 4})
    schedule = [
        {"ladder": 2, "at": 1, "dwell": 9},
        {"signal": "D", "value": True, "at": 1},
        {"war": "settlement", "at": 1},
    ]
    policy = {"stages": [stage(1, clean={"D": None}), stage(2, belief={"D": 1})], "start": {"stage": 1}}
    h = run(w, policy, {"start": GOOD, "schedule": schedule}, months=4)
    assert [(x["t"], x["decision"], x["rows"]) for x in h.log] == [
        (0, "ADVANCE", ["c"]), (1, "EXIT", ["a", "b"]), (1, "SETTLED", ["b"]),
    ]  # fmt: skip
    assert h.of("due", "c") == [3, None, None, None]
    assert h.of("status", "a") == ["S", "PR", "PR", "PR"]
    assert h.of("status", "b") == ["S", "L", "L", "L"]


def test_a_snapback_comes_before_the_renewal_of_its_rows():
    w = world(parameters={"lag.restore": 3, "renew": 0})
    alarm = {"start": GOOD, "schedule": [{"signal": "D", "value": True, "at": 2}]}
    policy = {"stages": CUMULATIVE[:1], "start": {"stage": 1}, "sunset": 2, "sunset_default": "lapse"}
    assert run(w, policy, alarm, months=4).of("status", "a") == ["S", "S", "PR", "PR"]


@pytest.mark.parametrize(("scope", "barred"), [("all", False), ("last", True), ("linked", True)])
def test_a_snapback_of_all_clears_bars(scope, barred):
    start = GOOD | {"s": 1, "status": {"b": "S"}, "barred": {"a": True}}
    alarm = {"start": start, "schedule": [{"signal": "D", "value": True, "at": 0}]}
    h = run(world(row("a"), row("b")), {"stages": CUMULATIVE[:1], "scope": scope}, alarm, months=1)
    assert h.decided("SNAPBACK") == [0]
    assert h.of("barred", "a") == [barred]


def test_a_base_is_renewed_once_a_year_but_not_in_month_0():
    w = world(row("a", base="B"), parameters={"unanimity_base": 0, "base_phase": 0})
    assert run(w, {}, months=14).decided("BASE") == [12]
    assert run(w, {}, {"overrides": {"base_phase": 5}}, months=6).decided("BASE") == [5]


def test_an_advance_leaves_out_barred_rows_and_is_then_no_opening():
    w = world(parameters={"wave_stage": 10})
    for barred, wave in ((True, [0, 0]), (False, [0, 10])):
        h = run(w, {"stages": CUMULATIVE[:1]}, GOOD | {"barred": {"a": barred}}, months=2)
        assert h.decided("ADVANCE") == [0]
        assert h["wave"] == wave


def test_a_row_waits_for_its_own_needs_and_is_opened_by_a_later_review():
    w = world(row("air", needs=["A"]), row("rest"))
    scenario = {"start": GOOD, "schedule": [{"signal": "A", "value": True, "at": 0}]}
    h = run(w, {"stages": [stage(1, belief={"D": 0.5})], "verify": 1}, scenario, months=3)
    assert [(x["t"], x["decision"], x["rows"]) for x in h.log] == [(0, "ADVANCE", ["rest"]), (1, "REOPEN", ["air"])]


def test_a_reopening_takes_opened_rows_only_and_not_in_a_review_that_advances():
    policy = {"stages": [stage(1), stage(2), stage(3, stock=0)], "verify": 1, "sunset": None}
    h = run(world(*THREE), policy, GOOD | {"s": 1}, months=4)
    assert [(x["t"], x["decision"], x["rows"]) for x in h.log] == [(0, "ADVANCE", ["b"]), (1, "REOPEN", ["a"])]


def test_a_track_that_a_policy_adds_belongs_to_every_row_with_a_stage_and_is_always_watched():
    policy = {"stages": CUMULATIVE[:1], "start": {"stage": 1}, "watch": ["P"], "verify": 99, "scope": "linked"}
    h = run(world(row("a"), row("z", 4)), policy, SLIP_OF_P, months=3)
    assert h.of("status", "a") == ["S", "S", "A"]
    only_z = SLIP_OF_P | {"start": GOOD | {"status": {"z": "S"}}}
    policy = policy | {"start": {}, "stages": [stage(1, stock=0)], "scope": "all"}
    assert run(world(row("a"), row("z", 4)), policy, only_z, months=3).of("status", "z") == ["S", "S", "A"]


# -- laws that hold path by path (section 9) ---------------------------------------------------------------------------

NEEDS_AIR = row("air", 1, needs=["A"], origin=2022, base="air", sector="transport")
CASE = {
    "rows": [row("a1", 1, base="one", a=2), NEEDS_AIR, row("b1", 2, base="one", origin=2022), row("c1", 3, base="two"),
             row("z4", 4, scores=[6, 6, 6, 5, 5, 5, 5], base="two"), row("z5", 5, scores=[9, 9, 9, 2, 2, 2, 8])],
    "rule": RULE, "load": {"goods": {e: 1 for e in reference.EVENT_IDS}, "transport": {"E9": 1, "E1": 0.5}},
    "steps": {"H": 3, "P": 2, "L": 5}, "reference": {1: ["D"], 2: ["H", "D", "P", "M"], 3: ["H", "D", "P", "M", "L"]},
}  # fmt: skip
GATES = [{"listed": 1, "clean": {"D": None}}, {"stock": 0.7, "clean": dict.fromkeys("HDPM")}, {"clean": {"L": None}}]
P1: dict[str, Any] = {"stages": [stage(tier, **gate) for tier, gate in zip((1, 2, 3), GATES, strict=True)]}
MENU = {
    "stages": [stage(1, clean={"D": 1}), stage(2, clean={"D": 1, "M": 1}), stage(3, belief={"P": 0.6})],
    "verify": 1,
}
LIVELY = {"overrides": {"repair.factor": 3, "onset": 0.03, "settlement": 0.03}}
SOME = range(6)


def lively(policy: Any, path: int, **overrides: Any) -> History:
    return simulate(CASE, policy, {"overrides": LIVELY["overrides"] | overrides}, seed=11, path=path, months=36)


def exposure(h: History, row_: str) -> list[bool]:
    return [status in ("S", "PR") for status in h.of("status", row_)]


@pytest.mark.parametrize("policy", [{}, P1, MENU])
def test_rows_have_one_status_each_and_outside_tiers_are_never_suspended(policy):
    for path in SOME:
        h = lively(policy, path)
        assert {status for month in h["status"] for status in month.values()} <= {"A", "S", "PR", "L"}
        assert sum(len(month) for month in h["status"]) == 36 * 6
        assert not any(exposure(h, "z4") + exposure(h, "z5"))
        for month in h.months:
            for name, status in month["status"].items():
                assert (month["cause"][name] is not None) == (status == "L")
                assert month["due"][name] is None or status in ("A", "PR")
                assert status != "PR" or month["due"][name] is not None
                assert month["e"][name] <= 1
                assert month["emax"][name] >= 0.5
            assert 0 <= month["list"] <= month["N"]


def test_the_status_quo_has_no_exposure():
    for path in SOME:
        assert not any(any(exposure(lively({}, path), name)) for name in ("a1", "air", "b1", "c1", "z4", "z5"))


def test_a_policy_has_the_same_history_each_time_and_whatever_the_order_of_the_rows():
    turned = CASE | {"rows": CASE["rows"][::-1]}
    for path in SOME:
        h = lively(MENU, path)
        assert h.months == lively(dict(MENU), path).months
        assert h.months == simulate(turned, MENU, LIVELY, seed=11, path=path, months=36).months
        longer = simulate(CASE, MENU, LIVELY, seed=11, path=path, months=40).months
        assert h.months == longer[:36]  # a longer run begins with the shorter one


def test_conduct_and_events_are_the_same_under_every_policy_when_conduct_does_not_respond():
    for path in SOME:
        quo, menu = lively({}, path, wave_stage=0), lively(MENU, path, wave_stage=0)
        for symbol in ("R", "dwell", "W", "C", "N", "list", "pi", "y", "x", "off", "shadow"):
            assert quo[symbol] == menu[symbol], symbol


def test_a_longer_lag_shares_the_history_up_to_where_it_acts():
    acted = 0
    for path in range(12):
        short, long = (lively(MENU, path, **{"lag.restore": lag}) for lag in (1, 4))
        at = first(short.decided("SNAPBACK"))
        until = 36 if at is None else at  # the decision itself writes another due
        assert short.months[:until] == long.months[:until]
        if at is not None:
            acted += 1
            differ = {name for name in short.months[at] if short.months[at][name] != long.months[at][name]}
            assert differ <= {"due"}
    assert acted >= 6  # the claim was tried


def test_war_exposure_does_not_fall_with_the_lag_of_exit():
    def war_exposure(path: int, lag: float) -> int:
        h = lively(MENU, path, **{"lag.exit": lag})
        return sum(sum(exposure(h, name)[t] for name in ("a1", "air", "b1", "c1")) for t in range(36) if h["R"][t] >= 2)

    for path in range(8):
        found = [war_exposure(path, lag) for lag in (0, 0.5, 2)]
        assert found == sorted(found)


def test_war_exposure_does_not_fall_with_the_rung_of_exit_when_exit_is_immediate():
    def war_exposure(path: int, rung: int) -> int:
        h = lively(MENU | {"exit_rung": rung}, path, **{"lag.exit": 0})
        return sum(sum(exposure(h, name)[t] for name in ("a1", "air", "b1", "c1")) for t in range(36) if h["R"][t] >= 2)

    for path in range(8):
        found = [war_exposure(path, rung) for rung in (2, 3, 5)]
        assert found == sorted(found)


def test_the_first_false_alarm_does_not_come_later_when_false_alarms_are_more_frequent():
    policy = {"stages": [stage(1, clean={"D": None})], "start": {"stage": 1}, "sunset": None}
    for path in range(20):
        found = []
        for phi in (0.05, 0.2, 0.5):
            h = run(world(parameters={"phi.D": phi, "advance": 0}), policy, months=24, path=path)
            found.append(first(h.decided("SNAPBACK")))
        times = [24 if t is None else t for t in found]
        assert times == sorted(times, reverse=True)


def test_the_third_stage_does_not_come_sooner_when_more_clean_reviews_are_asked_for():
    rows = [r | {"needs": ["D"]} for r in THREE]
    parameters = {"slip.factor": 1, "repair.factor": 3, "phi.D": 0.03, "advance": 0.8, "snapback": 0.85, "slip.D": 0.05}
    opened = 0
    for path in range(20):
        found = []
        for verify in (1, 2, 4):
            h = run(world(*rows, parameters=parameters), {"stages": stages(clean={"D": None}), "verify": verify}, {},
                    months=30, path=path)  # fmt: skip
            found.append(next((t for t, s in enumerate(h["s"]) if s == 3), 30))
        opened += found[1] < 30
        assert found == sorted(found)
    assert opened >= 10  # the claim was tried


def test_nothing_lapses_by_sunset_when_renewals_never_fail():
    for path in SOME:
        h = lively(MENU | {"sunset_default": "lapse"}, path, renew=1)
        assert "sunset" not in {cause for month in h["cause"] for cause in month.values()}


def test_perfect_monitoring_without_lags_leaves_no_exposure_under_violation():
    perfect = {key: QUIET[key] for key in QUIET if key.startswith(("phi.", "delta.", "lag."))}
    policy = {"stages": [stage(t, clean=dict.fromkeys(CASE["reference"][t], 2)) for t in (1, 2, 3)], "verify": 1}
    opened = 0
    for path in range(10):
        for scope in ("all", "linked"):
            h = lively(policy | {"scope": scope}, path, **perfect, o_low=1, snapback=1)
            opened += any(exposure(h, "a1"))
            for name in ("a1", "air", "b1", "c1"):
                assert not any(s and v for s, v in zip(exposure(h, name), h.of("viol", name), strict=True))
    assert opened >= 10  # the claim was tried
