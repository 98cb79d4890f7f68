"""The compiled simulation in degenerate settings, against closed forms.

Each setting leaves one or two mechanisms of the month switched on. The closed form is derived beside the test; the
tolerance is four standard errors of a share or a mean over 200,000 paths, the variance being that of the closed form,
or rounding where a timeline is deterministic. Seeds are fixed, so a claim holds or fails for good.
"""

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from scipy import stats

from mcda.draws import number, uniforms
from mcda.roadmap.grains import Grain
from mcda.roadmap.history import histories
from mcda.roadmap.incidence import incidence
from mcda.roadmap.parameters import PLACES
from mcda.roadmap.plan import inputs
from tests.roadmap.degenerate import (
    N,
    assert_counts,
    assert_mean,
    assert_moments,
    assert_times,
    chain,
    differences,
    grain,
    many,
    moments,
    share_of,
    two_state,
)
from tests.roadmap.plain import policy_of, scenario_of, scores_of, world_of
from tests.roadmap.test_reference import GOLDEN_POLICY, GOLDEN_SCENARIO, GOLDEN_WORLD, GOOD, row, stage, world

TRACKS = "HDPLMAO"
#: One row, suspended from the start, which a snapback never opens again.
HELD: dict[str, Any] = {"stages": [stage(1, clean={"D": 99})], "start": {"stage": 1}, "sunset": None}
NO_REOPENING = {"advance": 0}
RUNG_2 = {"mix.2": 1, "mix.3": 0, "mix.4": 0, "mix.5": 0}
THREE = [row("a", 1), row("b", 2), row("c", 3)]
_A, _S, _PR, _L = range(4)  # statuses


def without(start: Any, **C: bool) -> dict[str, Any]:
    return start | {"C": start["C"] | C}


def whole_paths(w: Any, policy: Any, scenario: Any, months: int, n: int = 1) -> Any:
    whole = w | {"parameters": w["parameters"] | {"horizon": months}}
    return histories(world_of(whole), policy_of(policy), scenario_of(scenario), seed=7, paths=range(n),
                     scores=scores_of(whole, [0]))  # fmt: skip


# -- hitting times -----------------------------------------------------------------------------------------------------


def test_onset_is_geometric_and_an_exit_waits_until_the_rung_is_seen():
    # onset in month i with p (1 - p)^i; seen each month from then on with d. Not seen by month t though it came:
    # sum over i <= t of p (1 - p)^i (1 - d)^(t - i + 1)
    p, d, T = 0.1, 0.4, 12
    w = world(parameters={"onset": p, "dwell.2": "never", "see.2": d} | RUNG_2)
    found = many(w, {}, months=T)
    onset = [1 - (1 - p) ** (t + 1) for t in range(T)]
    hidden = [sum(p * (1 - p) ** i * (1 - d) ** (t - i + 1) for i in range(t + 1)) for t in range(T)]
    assert_counts(found.sums.rung[:, 2], onset)
    assert_times(found.paths["exit_time"], {t + 1: onset[t] - hidden[t] for t in range(T)})
    assert (found.paths["exits"] == found.paths["exits_idle"]).all()  # nothing was suspended
    assert (found.paths["first"] == found.paths["exit_time"]).all()


EXIT, SNAP, SETTLE = 0.05, 0.08, 0.06


@pytest.fixture(scope="module")
def competing() -> Grain:
    """Exit, snapback and settlement, each with a constant monthly chance."""
    w = world(parameters={"onset": EXIT, "phi.D": SNAP, "settlement": SETTLE} | NO_REOPENING)
    return many(w, HELD, months=12)


def test_the_first_of_exit_snapback_and_settlement_has_competing_geometric_times_in_this_order(competing):
    # several in one month count as the first in order, so cause j has the hazard of j without those before it
    first, code = competing.paths["first"], competing.paths["first_code"]
    hazards = [EXIT, (1 - EXIT) * SNAP, (1 - EXIT) * (1 - SNAP) * SETTLE]
    none = 1 - sum(hazards)
    for cause, hazard in enumerate(hazards, start=1):
        assert_counts([np.sum((first == t + 1) & (code == cause)) for t in range(12)],
                      [none**t * hazard for t in range(12)])  # fmt: skip
    assert_counts([np.sum(first == 0)], [none**12])
    assert ((first == 0) == (code == 0)).all()


def test_incidence_of_first_events_is_that_of_the_chain(competing):
    # F_j(t) = h_j / h (1 - (1 - h)^t); E min(T, 12) = sum over t < 12 of (1 - h)^t
    found = incidence(np.where(competing.paths["first"] == 0, 12, competing.paths["first"]),
                      competing.paths["first_code"], horizon=12, causes=["exit", "snapback", "settlement"])  # fmt: skip
    hazards = {"exit": EXIT, "snapback": (1 - EXIT) * SNAP, "settlement": (1 - EXIT) * (1 - SNAP) * SETTLE}
    h = sum(hazards.values())
    for cause, hazard in hazards.items():
        for t in range(13):
            share = hazard / h * (1 - (1 - h) ** t)
            assert_mean(float(found.incidence.sel(cause=cause)[t]), share, share * (1 - share))
    law = {float(t): (1 - h) ** (t - 1) * h for t in range(1, 12)} | {12.0: (1 - h) ** 11}
    assert_mean(float(found.restricted_mean), *moments(law))


def test_incidence_under_censoring_with_ties_is_that_of_the_chain_without_the_censoring_cause(competing):
    # A settlement is independent of exit and snapback and comes after them in a tie, as a censoring does: treated as
    # one, it drops out of the hazards. Error by the delta method with at risk N (1 - h - c)^(u - 1) at time u, h the
    # hazard of both causes: dF_j(t) / dh_k(u) = Surv(u - 1) [k = j] - (F_j(t) - F_j(u)) / (1 - h), multinomial h_k(u).
    times, codes = competing.paths["first"], competing.paths["first_code"]
    found = incidence(np.where(times == 0, 12, times), np.where(codes == 3, 0, codes), horizon=12,
                      causes=["exit", "snapback"])  # fmt: skip
    hazards = np.array([EXIT, (1 - EXIT) * SNAP])
    h = hazards.sum()
    spread = np.diag(hazards) - np.outer(hazards, hazards)
    for j, t in product(range(2), (1, 4, 12)):
        F = [hazards[j] / h * (1 - (1 - h) ** u) for u in range(13)]
        variance = 0.0
        for u in range(1, t + 1):
            slope = np.array([(1 - h) ** (u - 1) * (k == j) - (F[t] - F[u]) / (1 - h) for k in range(2)])
            variance += slope @ spread @ slope / ((1 - h) * (1 - SETTLE)) ** (u - 1)
        assert_mean(float(found.incidence[j, t]), F[t], variance)
        assert found.incidence_se.values[j, t] == pytest.approx(math.sqrt(variance / N), rel=0.05)


def test_a_process_that_is_entered_again_is_a_chain_of_rung_and_exit():
    # the rung stands two months; a month after it is gone, and 4 months after the exit, the process is active again.
    # State: month of the rung (0 none), months since the exit (-1 active, 4 or more as 4).
    p, T = 0.2, 14

    def step(state: tuple[int, int]) -> list[tuple[float, tuple[int, int]]]:
        rung, since = state
        since = -1 if since == -1 else min(since + 1, 4)
        if since == 4 and rung == 0:
            since = -1
        out = []
        for q, now in [(p, 1), (1 - p, 0)] if rung == 0 else [(1.0, (rung + 1) % 3)]:
            out.append((q, (now, 0 if now and since == -1 else since)))
        return out

    w = world(parameters={"onset": p, "dwell.2": "fixed", "dwell.2.months": 2} | RUNG_2)
    found = many(w, {"reentry": 4}, months=T)
    laws = chain((0, -1), T, step)
    assert_counts(found.sums.stage[:, -1], [share_of(law, lambda x: x[1] >= 0) for law in laws])
    assert_counts(found.sums.rung[:, 2], [share_of(law, lambda x: x[0] > 0) for law in laws])
    # exits: the state (1, 0) is that of the month of an exit; up to three fit into the horizon
    laws = chain((0, -1, 0), T, lambda s: [(q, (*n, min(s[2] + (n[1] == 0), 4))) for q, n in step(s[:2])])
    number_of = [share_of(laws[-1], lambda x, k=k: x[2] == k) for k in range(5)]
    assert_counts([np.sum(found.paths["exits"] == k) for k in range(5)], number_of)


def test_rungs_stand_as_long_as_their_dwell_laws_say():
    # every path has an onset in month 0, on rungs 2-5 with .4, .3, .2, .1; P(on in month t) = P(dwell > t):
    # geometric of mean 3: (2/3)^t;  second success with p = 2/6 after more than t months: (1-p)^t + t p (1-p)^(t-1)
    # Weibull: exp(-((t) / 4)^1.5);  never
    T, p = 10, 1 / 3
    w = world(parameters={
        "mix.2": 0.4, "mix.3": 0.3, "mix.4": 0.2, "mix.5": 0.1, "dwell.2": "geometric", "dwell.2.mean": 3,
        "dwell.3": "negbin", "dwell.3.n": 2, "dwell.3.mean": 6, "dwell.4": "weibull", "dwell.4.scale": 4,
        "dwell.4.shape": 1.5, "dwell.5": "never"})  # fmt: skip
    found = many(w, {}, {"schedule": [{"set": "onset", "value": 1, "at": 0, "for": 1}]}, months=T)
    for t in range(T):
        on = [(2 / 3) ** t, (1 - p) ** t + t * p * (1 - p) ** (t - 1), math.exp(-((t / 4) ** 1.5)), 1]
        assert_counts(found.sums.rung[t, 2:], np.array([0.4, 0.3, 0.2, 0.1]) * on)


# -- conduct and the stock ---------------------------------------------------------------------------------------------

SLIP = {k: 0.05 + 0.03 * i for i, k in enumerate(TRACKS)}
REPAIR = {k: 0.4 - 0.05 * i for i, k in enumerate(TRACKS)}


@pytest.fixture(scope="module")
def conduct() -> Grain:
    """All tracks slip and are repaired; prisoners are released according to H, arrested according to P."""
    parameters = {f"slip.{k}": SLIP[k] / 2 for k in TRACKS} | {f"repair.{k}": REPAIR[k] / 0.5 for k in TRACKS}
    parameters |= {"slip.factor": 2, "repair.factor": 0.5, "stock": 300, "list": 0, "p_served": 0.02, "p_pardon": 0.03,
                   "p_release": 0.2, "inflow": 20, "size": 2, "calm": 0.3}  # fmt: skip
    return many(world(parameters=parameters), {}, {"start": {}}, months=12)


def test_compliance_is_a_two_state_chain(conduct):
    for j, k in enumerate(TRACKS):
        law = two_state(float(k == "A"), [SLIP[k]] * 12, [REPAIR[k]] * 12)
        assert_counts(conduct.sums.compliance[:, j], law)


def test_the_stock_has_the_first_two_moments_of_its_recursion(conduct):
    # N' = Bin(N, keep_H) + I_P, with the H and P of the month (COMPLY moves tracks first). Over the four states z of
    # (H, P): m_z = E N [z], s_z = E N^2 [z]; given the new state:
    # E N'^2 = k^2 E N^2 + k (1-k) E N + 2 k E N E I + E I^2
    def moves(q: float, r: float) -> np.ndarray:
        return np.array([[1 - q, q], [r, 1 - r]])  # from, to; state 0 compliant

    P = np.kron(moves(SLIP["H"], REPAIR["H"]), moves(SLIP["P"], REPAIR["P"]))
    keep = np.array([0.98 * 0.8] * 2 + [0.98 * 0.97] * 2)
    mean = np.array([20 * 0.3, 20] * 2)
    square = mean + mean**2 / 2 + mean**2  # variance of NegBin: mean + mean^2 / size
    z, m, s = (np.array([0, 0, 0, x]) for x in (1.0, 300.0, 300.0**2))  # neither kept at the start
    for t in range(12):
        z, m, s = z @ P, m @ P, s @ P
        s = keep**2 * s + keep * (1 - keep) * m + 2 * keep * m * mean + z * square
        m = keep * m + z * mean
        assert_mean(conduct.sums.prisoners[t, 0] / N, m.sum(), s.sum() - m.sum() ** 2)


def factorial_cumulants_to_moments(f: np.ndarray) -> tuple[float, float, float]:
    """Mean, variance and fourth central moment from the first four factorial cumulants."""
    second, fourth = f[1] + f[0], f[3] + 6 * f[2] + 7 * f[1] + f[0]
    return f[0], second, fourth + 3 * second**2


def test_a_stock_of_thinned_arrests_has_mean_and_variance_by_factorial_cumulants():
    # Binomial thinning multiplies the r-th factorial cumulant by k^r and independent arrivals add theirs: for
    # NegBin(mean m, size a) (r-1)! a (m/a)^r; a fixed N has (-1)^(r-1) (r-1)! N. So mean and variance of N are exact.
    T, keep, m, size, r = 8, 0.97 * 0.9, 12.0, 1.5, np.arange(1, 5)
    w = world(parameters={"stock": 200, "list": 0, "p_served": 0.03, "p_release": 0.1, "p_pardon": 0.9, "inflow": 60,
                          "calm": 0.2, "size": size})  # fmt: skip
    found = many(w, {}, months=T)
    factorial = np.array([1.0, 1.0, 2.0, 6.0])
    f = (-1.0) ** (r - 1) * factorial * 200
    for t in range(T):
        f = keep**r * f + factorial * size * (m / size) ** r
        mean, variance, fourth = factorial_cumulants_to_moments(f)
        total, squares = found.sums.prisoners[t]
        assert_mean(total / N, mean, variance)
        seen = squares / N - 2 * mean * total / N + mean**2  # about the true mean
        assert_mean(seen, variance, fourth - variance**2)
    # arrests of T months are NegBin(T m, T size)
    law = stats.nbinom(T * size, size / (size + m))
    assert_mean(found.paths["arrests"].mean(), law.mean(), law.var())
    assert_counts([np.sum(found.paths["arrests"] <= x) for x in (60, 90, 130)], law.cdf([60, 90, 130]))


def test_arrests_of_infinite_size_are_poisson():
    found = many(world(parameters={"inflow": 8, "calm": 0.5, "size": "inf"}), {}, months=3)
    at = [6, 12, 16]
    assert_counts([np.sum(found.paths["arrests"] <= x) for x in at], stats.poisson(12).cdf(at))


def test_the_list_empties_with_releases_and_gates_read_stock_and_list():
    # nobody comes, each is released with p: Bin(100, 1 - (1 - p)^t) are out after t months; all of them count on the
    # list of 20 first: list = max(0, 20 - out).  listed: .5 holds once out >= 10; stock: .8 once out >= 20
    p, months = 0.05, 6
    w = world(*THREE[:2], parameters={"stock": 100, "list": 20, "list_first": 1, "p_release": p})
    policy = {"stages": [stage(1, listed=0.5), stage(2, stock=0.8)], "sunset": None}
    found = many(w, policy, months=months)
    out = [stats.binom(100, 1 - (1 - p) ** t) for t in range(1, months + 1)]
    for t in (3, 6):
        k = np.arange(101)
        listed = np.maximum(0, 20 - k)
        mean = float(out[t - 1].pmf(k) @ listed)
        variance = float(out[t - 1].pmf(k) @ listed**2) - mean**2
        assert_mean(found.paths[f"list_{t}"].mean(), mean, variance)
    assert_times(found.paths["stage_time"][:, 0], {t: out[t - 1].sf(9) for t in range(1, months + 1)})
    # stage 2 opens in a later month than stage 1: also if both gates hold at once, which is negligible but not nothing:
    # out >= 20 by t and out >= 10 by t - 1, where out(t) given out(t-1) = j is j + Bin(100 - j, p)
    for t in range(2, months + 1):
        before = np.arange(10, 101)
        both = float(out[t - 2].pmf(before) @ stats.binom(100 - before, p).sf(19 - before))
        assert_times(found.paths["stage_time"][:, 1], {t: both})


def test_waves_of_parallel_deals_are_binomial_and_move_pressure():
    # E11 fires with .1 a month: 7 freed each time; off(t) = .5 - .01 (t + 1) + .02 Bin(t + 1, .1), pressure 1 - off
    T, rate = 12, 0.1
    w = world(parameters={"rate.E11": rate, "wave_us": 7, "off": 0.5, "drift": -0.01, "us_step": 0.02})
    found = many(w, {}, months=T)
    assert_counts([np.sum(found.paths["releases"] == 7 * k) for k in range(T + 1)],
                  stats.binom(T, rate).pmf(np.arange(T + 1)))  # fmt: skip
    for t in range(T):
        deals = stats.binom(t + 1, rate)
        pressure = 0.5 + 0.01 * (t + 1) - 0.02 * deals.mean()
        assert_mean(found.sums.leverage[t, 5, 0] / N, pressure, 0.02**2 * deals.var())
    assert (found.sums.leverage[:, 0, 0] == N).all()  # everything is in force


def test_steps_are_cut_binomials():
    # min(n, Bin(T, p)) steps are done while a track is kept, three tracks apart
    T, plans = 10, {"H": (3, 0.3), "P": (2, 0.1), "L": (5, 0.4)}
    w = world(steps={k: n for k, (n, _) in plans.items()},
              parameters={"step.factor": 0.5} | {f"step.{k}": 2 * p for k, (_, p) in plans.items()})  # fmt: skip
    found = many(w, {}, months=T)
    law = {0.0: 1.0}
    for n, p in plans.values():
        one = {float(k): float(stats.binom(T, p).pmf(k)) for k in range(n)} | {
            float(n): float(stats.binom(T, p).sf(n - 1))
        }
        total: dict[float, float] = {}
        for (x, px), (y, py) in product(law.items(), one.items()):
            total[x + y] = total.get(x + y, 0.0) + px * py
        law = total
    assert_counts([np.sum(found.paths["steps_kept"] == k) for k in law], law.values())


def test_conduct_that_responds_is_a_chain_with_rates_shifted_by_hand():
    # Row a is opened in month 0, row b never: mu gets the gain in month 1 and fades; V = (1 - off) times the share of
    # value in force, 1 in month 0 and 6/10 after (c7 4 and 6); off falls by .02 a month; the rung 2 stands, unseen as
    # the exit never comes. q' = expit(logit q + shift), r' = expit(logit r - shift).
    T, q, r = 12, 0.15, 0.3
    b = {"b_mu": 1.5, "b_rel": 2.0, "b_off": 3.0, "b_war": 0.7}
    w = world(row("a", 1, scores=[3, 3, 3, 6, 6, 6, 4]), row("b", 2, scores=[3, 3, 3, 6, 6, 6, 6]), parameters={
        "slip.factor": 1, "repair.factor": 1, "rho": 0.8, "gain": 0.5, "off": 0.7, "drift": -0.02,
        **{f"slip.{k}": 0 for k in TRACKS}, "slip.P": q, "repair.P": r} | b)  # fmt: skip
    policy = {"stages": [stage(1, clean={"D": 1}), stage(2, stock=0)], "exit_rung": None, "sunset": None}
    found = many(w, policy, GOOD | {"R": 2, "dwell": None}, months=T)
    slips, repairs = [], []
    for t in range(T):
        mu = 0.5 * 0.8 ** (t - 1) if t else 0.0
        off = 0.7 - 0.02 * (t + 1)
        V = (1 - off) * (0.6 if t else 1.0)
        shift = -b["b_mu"] * mu - b["b_rel"] * V + b["b_off"] * (off - 0.7) + b["b_war"]
        slips.append(1 / (1 + (1 - q) / q * math.exp(-shift)))
        repairs.append(1 / (1 + (1 - r) / r * math.exp(shift)))
    assert_counts(found.sums.compliance[:, 2], two_state(1.0, slips, repairs))


def test_momentum_is_a_sum_of_decaying_gains_and_losses():
    # openings in months 0, 2, 4 (verify 1, then 2 of the gates' own); refused from month 6 on: `undecided` is 3 at the
    # end of month 8, so a loss in 9 and each month after
    gates = [stage(1, clean={"D": 1}), stage(2, clean={"D": 2}), stage(3, clean={"D": 2})]
    w = world(*THREE, row("d", 1), parameters={"rho": 0.9, "gain": 0.2, "loss": 0.1})
    found = whole_paths(w, {"stages": gates, "sunset": None}, {"start": GOOD}, 9)
    expected = [sum(0.2 * 0.9 ** (t - 1 - o) for o in (0, 2, 4) if o < t) for t in range(9)]
    assert found.state["mu"][0] == pytest.approx(expected, abs=1e-12)
    refused = {"start": GOOD, "overrides": {"advance": 0}}
    found = whole_paths(w, {"stages": gates, "sunset": None}, refused, 40)
    expected = [max(-1.0, -sum(0.1 * 0.9 ** (t - i) for i in range(3, t + 1))) for t in range(40)]
    assert found.state["mu"][0] == pytest.approx(expected, abs=1e-12)


# -- monitoring --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("trigger", "seen"), [({"alarm_streak": 2}, 1), ({"a": 2, "b": 3}, 2)])
def test_false_alarms_trigger_by_the_law_of_runs(trigger, seen):
    # state: the last `seen` signals (0 before month 0), or None once triggered. Two alarms in a row: the last one was
    # an alarm and so is this; two of three: one of the last two was, and so is this
    phi, T = 0.2, 10

    def step(state: Any) -> list[tuple[float, Any]]:
        if state is None:
            return [(1.0, None)]
        return [(phi, None if any(state) else (*state[1:], 1)), (1 - phi, (*state[1:], 0))]

    w = world(parameters={"phi.D": phi} | NO_REOPENING)
    found = many(w, HELD | {"trigger": trigger}, months=T)
    laws = chain((0,) * seen, T, step)
    assert_times(found.paths["first"], {t + 1: law.get(None, 0.0) for t, law in enumerate(laws)})
    assert (found.paths["snapbacks_false"] == found.paths["snapbacks"]).all()


HIT, VOTE, EVERY = 0.4, 0.7, 3


@pytest.fixture(scope="module")
def violated() -> Grain:
    """H is violated from month 0 on; reviews every third month see it with .8 * .5, the council agrees with .7."""
    w = world(reference={1: ["H"]}, parameters={"delta.H": 0.8, "o_low": 0.5, "snapback": VOTE, "lag.restore": 1.25,
                                                "grace": 6} | NO_REOPENING)  # fmt: skip
    policy = {"stages": [stage(1, clean={"H": 99})], "start": {"stage": 1}, "sunset": None, "review_every": EVERY}
    return many(w, policy, without(GOOD, H=False, O=False), months=24)


def test_detection_under_periodic_reviews_is_geometric_in_reviews(violated):
    # first alarm at the k-th review, month 3k - 1, with .4 * .6^(k-1): detection 3k months; 8 reviews within 24
    latency = violated.sums.latency[0]
    expected = np.zeros(26)
    expected[EVERY : 24 + 1 : EVERY] = HIT * (1 - HIT) ** np.arange(8)
    assert_counts(latency[0, 1], expected)
    assert_counts([latency[0, 0, 24]], [(1 - HIT) ** 8])  # not seen
    # decided at the first review with an alarm and a vote
    h = HIT * VOTE
    assert_times(violated.paths["first"], {EVERY * k: 1 - (1 - h) ** k for k in range(1, 9)})


def test_decisions_wait_for_another_alarm_after_a_veto_and_law_takes_its_lag(violated):
    # decision 0 after an alarm with .7; else j reviews later with .3 (1 - h)^(j-1) h, h = .4 * .7; k + j <= 8 reviews
    h, latency = HIT * VOTE, violated.sums.latency[0]
    for j in range(8):
        within = sum(HIT * (1 - HIT) ** (k - 1) for k in range(1, 9 - j))
        share = within * (VOTE if j == 0 else (1 - VOTE) * (1 - h) ** (j - 1) * h)
        assert_counts([latency[1, 1, EVERY * j]], [share])
    # 1.25 months: 1 with .75, 2 with .25; a decision of the last month, 23, is not in force within the horizon
    early = 1 - (1 - h) ** 7
    assert_counts(latency[2, 1, :4], [0, 0.75 * early, 0.25 * early, 0])
    assert_counts([latency[2, 0, 1]], [h * (1 - h) ** 7])
    # exposed: months 0 to the effect, 3k - 1 + lag; suspended months are the same number
    law = {
        float(EVERY * k - 1 + lag): p * h * (1 - h) ** (k - 1) for k in range(1, 8) for lag, p in ((1, 0.75), (2, 0.25))
    }
    law[24.0] = (1 - h) ** 7
    assert_mean(violated.paths["months_suspended"].mean(), *moments(law))
    assert (violated.paths["exposure_violation"] == violated.paths["months_suspended"]).all()


def test_a_violation_is_missed_when_no_review_of_its_grace_leads_to_a_decision(violated):
    # two reviews within 6 months; every path has one spell, which lasts so long or is ended by a decision in time
    assert (violated.paths["spells"] == 1).all()
    missed = (1 - HIT * VOTE) ** 2
    assert_mean(violated.paths["spells_missed"].mean(), missed, missed * (1 - missed))


def test_beliefs_have_the_mean_of_bayes_rule_over_all_sequences_of_signals():
    # all 2^6 sequences: their probability by the forward recursion over the true state, their belief by the filter
    q, r, delta, phi, T, pi_0 = 0.1, 0.3, 0.8, 0.2, 6, 0.4
    w = world(
        parameters={"slip.factor": 1, "repair.factor": 1, "slip.M": q, "repair.M": r, "delta.M": delta, "phi.M": phi}
    )
    found = many(w, {}, GOOD | {"pi": {"M": pi_0}}, months=T)
    for t in range(T):
        of = []
        for signals in product([True, False], repeat=t + 1):
            kept, broken, pi = 1.0, 0.0, pi_0
            for y in signals:
                kept, broken = kept * (1 - q) + broken * r, kept * q + broken * (1 - r)
                pi = pi * (1 - r) + (1 - pi) * q
                good, bad = (phi, delta) if y else (1 - phi, 1 - delta)
                kept, broken, pi = kept * good, broken * bad, pi * bad / (pi * bad + (1 - pi) * good)
            of.append((kept + broken, pi))
        p, x = np.array(of).T
        mean, squares, _, fourth = (float(p @ x**i) for i in range(1, 5))
        assert_mean(found.sums.belief[t, 4, 0] / N, mean, squares - mean**2)
        assert_mean(found.sums.belief[t, 4, 1] / N, squares, fourth - squares**2)


def test_false_snapbacks_and_compliant_reviews_are_those_of_the_chain_of_conduct():
    # state: compliant, still suspended, was the snapback false, compliant reviews so far
    q, r, phi, delta, vote, T = 0.2, 0.3, 0.1, 0.5, 0.6, 10
    w = world(parameters={"slip.factor": 1, "repair.factor": 1, **{f"slip.{k}": 0 for k in TRACKS}, "slip.D": q,
                          "repair.D": r, "phi.D": phi, "delta.D": delta, "snapback": vote} | NO_REOPENING)  # fmt: skip

    def step(state: tuple[bool, str, int]) -> list[tuple[float, tuple[bool, str, int]]]:
        compliant, held, reviews = state
        out = []
        for p, now in [(q, False), (1 - q, True)] if compliant else [(r, True), (1 - r, False)]:
            if held != "held":
                out.append((p, (now, held, reviews)))
                continue
            snap = (phi if now else delta) * vote
            out += [
                (p * snap, (now, "false" if now else "true", reviews + now)),
                (p * (1 - snap), (now, held, reviews + now)),
            ]
        return out

    found = many(w, HELD, months=T)
    law = chain((True, "held", 0), T, step)[-1]
    assert_counts([found.paths["snapbacks"].sum(), found.paths["snapbacks_false"].sum()],
                  [share_of(law, lambda x: x[1] != "held"), share_of(law, lambda x: x[1] == "false")])  # fmt: skip
    assert_counts([np.sum(found.paths["reviews_compliant"] == k) for k in range(T + 1)],
                  [share_of(law, lambda x, k=k: x[2] == k) for k in range(T + 1)])  # fmt: skip


# -- stages ------------------------------------------------------------------------------------------------------------


def test_stages_without_resets_open_after_negative_binomial_times():
    # a vote of .3 each month, whatever happens: the third success comes by month t with P(NegBin(3, .3) <= t + 1 - 3)
    vote, T = 0.3, 12
    policy = {"stages": [stage(tier, belief={"D": 1}) for tier in (1, 2, 3)], "sunset": None}
    found = many(world(*THREE, parameters={"advance": vote}), policy, months=T)
    for i in range(3):
        law = stats.nbinom(i + 1, vote)
        assert_times(found.paths["stage_time"][:, i], {t + 1: law.cdf(t - i) for t in range(T)})
    opened = [float(stats.binom(t + 1, vote).pmf(0)) for t in range(T)]
    assert_counts(found.sums.stage[:, 0], opened)
    assert (found.paths["openings"] == (found.paths["stage_time"] > 0).sum(axis=1)).all()


def test_stages_with_resets_are_a_chain_of_stages_and_clean_reviews():
    # state: stages opened, clean reviews (2 or more as 2), most stages ever. An alarm (phi) empties the count and, with
    # something suspended and a vote of .8, snaps back to stage 0; two clean reviews and a vote of .6 open the next
    phi, vote, back, T = 0.15, 0.6, 0.8, 14

    def step(state: tuple[int, int, int]) -> list[tuple[float, tuple[int, int, int]]]:
        s, clean, most = state
        out = [(phi * back, (0, 0, most)), (phi * (1 - back), (s, 0, most))] if s else [(phi, (0, 0, most))]
        clean = min(clean + 1, 2)
        if clean == 2 and s < 3:
            return [*out, ((1 - phi) * vote, (s + 1, 0, max(most, s + 1))), ((1 - phi) * (1 - vote), (s, 2, most))]
        return [*out, (1 - phi, (s, clean, most))]

    policy = {"stages": [stage(tier, clean={"D": None}) for tier in (1, 2, 3)], "verify": 2, "sunset": None}
    found = many(world(*THREE, parameters={"phi.D": phi, "advance": vote, "snapback": back}), policy, months=T)
    laws = chain((0, 0, 0), T, step)
    for s in range(4):
        assert_counts(found.sums.stage[:, s], [share_of(law, lambda x, s=s: x[0] == s) for law in laws])
    for i in range(3):
        times = {t + 1: share_of(law, lambda x, i=i: x[2] > i) for t, law in enumerate(laws)}
        assert_times(found.paths["stage_time"][:, i], times)


# -- lapse, restoration ------------------------------------------------------------------------------------------------


def test_renewals_are_geometric_in_votes_and_bases_in_years():
    # row s: a vote every second month with .7, lost for good once refused: in force no more by the j-th vote 1 - .7^j;
    # rows b1, b2: bases renewed in months 1 and 13 with .8 each. s is a third of the value.
    renew, base, T = 0.7, 0.8, 14
    w = world(row("s"), row("b1", 4, base="B1"), row("b2", 4, base="B2"),
              parameters={"renew": renew, "unanimity_base": base, "base_phase": 1})  # fmt: skip
    found = many(w, HELD | {"sunset": 2, "sunset_default": "lapse"}, months=T)
    lapsed = found.sums.status[:, _L, :]  # rows b1, b2, s
    assert found.sums.untouched.sum() == 0
    years = [sum(m <= t for m in (1, 13)) for t in range(T)]
    for m in (0, 1):
        assert_counts(lapsed[:, m], [1 - base**y for y in years])
    assert_counts(lapsed[:, 2], [1 - renew ** (t // 2) for t in range(T)])
    # first lapse of any row: both bases and all votes so far were kept
    assert_times(
        found.paths["lapse_time"], {t + 1: 1 - base ** (2 * y) * renew ** (t // 2) for t, y in enumerate(years)}
    )
    # no step was done since the start: what lapses at sunset is wasted, what lapses by base is not
    assert found.paths["wasted"].sum() == pytest.approx(lapsed[-1, 2] / 3)
    assert found.paths["lapsed_share"].sum() == pytest.approx(lapsed[-1].sum() / 3)


def test_a_war_of_three_states_drops_a_binomial_number_of_rows_when_it_is_settled():
    # P(settled by t) by the powers of the chain; then each of 4 rows of 2022 drops with .3, for good; one is of 2021
    a, b, c, drop, T = 0.1, 0.3, 0.4, 0.3, 10
    rows = [row(f"r{i}", origin=2022) for i in range(4)] + [row("old", origin=2021)]
    w = world(*rows, parameters={"settlement": a, "ceasefire": b, "relapse": c, "free_drop": drop})
    found = many(w, {}, months=T)
    moves = np.array([[1 - a - b, b, a], [c, 1 - a - c, a], [0, 0, 1]])
    settled = [float(np.linalg.matrix_power(moves, t + 1)[0, 2]) for t in range(T)]
    assert_times(found.paths["first"], {t + 1: p for t, p in enumerate(settled)})
    for m in range(1, 5):  # in order of name "old" is first
        assert_counts(found.sums.status[:, _L, m], [drop * p for p in settled])
    assert found.sums.status[:, _L, 0].sum() == 0
    dropped = np.rint(found.paths["lapsed_share"] * 5)
    shares = settled[-1] * stats.binom(4, drop).pmf(np.arange(5))
    shares[0] += 1 - settled[-1]
    assert_counts([np.sum(dropped == k) for k in range(5)], shares)


def test_lags_are_whole_months_with_the_mean_of_their_fraction_and_decide_what_is_restored_in_time():
    # alarm in month 0, in force again in month 1 (.6) or 2 (.4): 1.4 on average. e = emax (1 - exp(-.9 n)) n months
    # later, emax = 1 - .02 lag: n = 1 .58, n = 2 .82 or .80; so at .8 in month 3 or 4: within 3 months with .6
    w = world(parameters={"lag.restore": 1.4, "speed": 0.9} | NO_REOPENING)
    found = many(w, HELD, {"start": GOOD, "schedule": [{"signal": "D", "value": True, "at": 0}]}, months=8)
    assert 0.98 * (1 - math.exp(-0.9)) < 0.8 < 0.96 * (1 - math.exp(-1.8))
    assert_mean(found.paths["months_suspended"].mean(), 1.4, 0.24)
    assert set(found.paths["months_suspended"]) == {1.0, 2.0}
    assert (found.paths["restored_3"] == 1).all()
    assert (found.paths["restored_6"] == 1).all()
    assert_mean(found.paths["restored_3_by"].mean(), 0.6, 0.24)
    assert (found.paths["restored_6_by"] == 1).all()


def test_leverage_is_spent_while_suspended_and_returns_exponentially():
    # Row a suspended in months 0-4, alarm in 5 with lag 0: mon = 5, cut at 3: emax = .85 from month 3 on. In force
    # again with .3 * .85, then .85 (1 - .7 exp(-.4 n)). Row z is never touched. a c7: 3 * 4 and 1 * 4.
    T, w = 12, world(row("a", a=3), row("z", 4), parameters={"spent": 0.05, "cap": 3, "floor": 0.5, "restart": 0.3,
                                                             "speed": 0.4, "off": 0.25} | NO_REOPENING)  # fmt: skip
    found = grain(
        w, HELD, {"start": GOOD, "schedule": [{"signal": "D", "value": True, "at": 5}]}, months=T, paths=range(1)
    )
    emax = [1 - 0.05 * min(t, 5, 3) for t in range(T)]
    e = [0.85 * (1 - 0.7 * math.exp(-0.4 * (t - 5))) for t in range(T)]
    leverage = found.sums.leverage[..., 0].T
    back = np.arange(T) >= 5
    in_force = np.where(back, 0.75 * np.array(e), 0) + 0.25
    assert leverage[0] == pytest.approx(in_force, abs=1e-12)
    assert leverage[1] == pytest.approx(np.where(back, 0.75 * (np.array(emax) - e), 0), abs=1e-12)
    assert leverage[2] == pytest.approx(np.where(back, 0, 0.75 * np.array(emax)), abs=1e-12)
    assert leverage[3] == pytest.approx(np.zeros(T))
    assert leverage[4] == pytest.approx(0.75 * (1 - np.array(emax)), abs=1e-12)
    assert leverage[5] == pytest.approx(0.75 * in_force, abs=1e-12)  # off .25, no drift
    assert found.paths["in_force"][0] == pytest.approx(in_force.mean())
    # the floor: 1 - .05 * 12 would be .4
    deep = grain(w, HELD, {"start": GOOD, "overrides": {"cap": 12}}, months=14, paths=range(1)).sums.leverage[..., 0]
    assert deep[13, 4] == pytest.approx(0.75 * 0.5)


# -- exposure, shocks --------------------------------------------------------------------------------------------------


def test_exposure_of_the_hand_computed_timeline():
    # `a` (a = 2) is suspended in 2-7, `b` (a = 1) in 4-7 and 10; P, a reference track of `b` alone, is broken in 6, 7.
    # Nobody is suspended while R = 2 (11, 12) or while a shadow tier of `a` or `b` is 4 or more (never).
    found = grain(GOLDEN_WORLD, GOLDEN_POLICY, GOLDEN_SCENARIO, months=17, paths=range(1)).paths[0]
    assert found["months_suspended"] == 2 * 6 + 5
    assert found["exposure_violation"] == 2
    assert found["exposure_war"] == found["exposure_shadow"] == found["exposure_severity"] == 0
    assert (found["first"], found["first_code"]) == (7, 2)
    assert [*found["stage_time"][:3]] == [2, 4, 0]
    assert (found["exit_time"], found["lapse_time"]) == (12, 16)
    assert (found["openings"], found["suspensions"], found["suspensions_false"]) == (3, 4, 0)
    assert (found["list_3"], found["list_6"], found["list_12"]) == (5, 0, 0)


def test_exposure_in_war_and_beyond_the_border_of_the_roadmap():
    # Both rows suspended from month 0. In month 2 launches come (rung 3, for 6 months), seen at once; the exit takes 3
    # months: suspended in 0-4, three of them with the rung on. Row a: C = 9, c1 +10 at load 1 -> -1, outside the
    # Roadmap, severity 1; row b at half the load: C = 9 - 5 = 4, inside. a's weight 2, value 2 * 4 of 2 * 4 + 1 * 8.
    w = world(row("a", a=2, scores=[0, 3, 3, 5, 5, 5, 4]), row("b", sector="finance", scores=[0, 3, 3, 5, 5, 5, 8]),
              load={"goods": {"E2": 1}, "finance": {"E2": 0.5}}, events={"E2": {"c1": [1, 10]}},
              parameters={"lag.exit": 3, "half_life.E2": "inf"})  # fmt: skip
    w["rule"] = w["rule"] | {"scale": (0, 10)}
    scenario = {"start": GOOD, "schedule": [{"ladder": 3, "at": 2, "dwell": 6}]}
    found = grain(w, HELD, scenario, months=8, paths=range(1)).paths[0]
    assert found["months_suspended"] == 3 * 5
    assert found["exposure_war"] == 3 * 3
    assert found["exposure_shadow"] == found["exposure_severity"] == 2 * 3
    assert found["exposure_violation"] == found["value_violation"] == 0
    # weights by equal means of c7 (none are given): 2/3 and 1/3, times the three measures
    assert found["value_war"] == pytest.approx(9)
    assert found["value_shadow"] == pytest.approx(6)
    assert (found["exit_time"], found["exits_idle"]) == (3, 0)


def test_shocks_that_fade_move_a_tier_until_they_are_small():
    # E10 fires with .1 a month and takes 3.9 off C - c7 = 5; half-life 2: 3.9, 2.76, 1.95, 1.38, .98: below the cut of
    # 4 while it is not older than 3 months. In its tier in month t: no firing in the last 4 months.
    # E same = sum of P(same in t); E same^2 = sum over pairs of (1 - p)^(size of the union of windows)
    p, T = 0.1, 10
    w = world(row("a", 2), load={"goods": {"E10": 1}}, events={"E10": {"c1": [1, 3.9]}},
              parameters={"rate.E10": p, "half_life.E10": 2})  # fmt: skip
    found = many(w, {}, months=T)
    windows = [set(range(max(0, t - 3), t + 1)) for t in range(T)]
    mean = sum((1 - p) ** len(one) for one in windows)
    squares = sum((1 - p) ** len(one | other) for one in windows for other in windows)
    assert_mean(found.sums.same[0, 0] / N, mean, squares - mean**2)
    first = [p * (1 - p) ** t for t in range(T)] + [(1 - p) ** T]
    assert_counts(found.sums.left[0], first)
    assert_counts(found.sums.worst[0, [2, 3]], [(1 - p) ** T, 1 - (1 - p) ** T])
    assert found.sums.crossed[0, T] == N  # tier 3 is inside


def test_a_severity_has_the_law_of_its_pert():
    # C = 15 - 19 = -4 before the shock, so -C = 4 + x is the severity of the one suspended month; x = PERT(3, 5, 8):
    # mean (3 + 4 * 5 + 8) / 6; 3 + 5 Beta(2.6, 3.4)
    w = world(row("a", scores=[1, 9, 9, 5, 5, 5, 4]), load={"goods": {"E1": 1}}, events={"E1": {"c1": [1, [3, 5, 8]]}})
    found = many(w, HELD, {"start": GOOD, "schedule": [{"event": "E1", "at": 0}]}, months=1)
    x = found.paths["exposure_severity"] - 4
    law = stats.beta(2.6, 3.4, loc=3, scale=5)
    assert law.mean() == pytest.approx((3 + 4 * 5 + 8) / 6)
    kurtosis = float(law.stats(moments="k"))
    assert_moments(x, law.mean(), law.var(), (kurtosis + 3) * law.var() ** 2)
    at = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
    assert_counts([np.sum(x <= q) for q in law.ppf(at)], at)


# -- parameters that are drawn -----------------------------------------------------------------------------------------


def test_a_dirichlet_mix_has_its_mean_and_variance_and_is_one_path_s_own():
    # mix ~ Dirichlet(10 * (.4, .3, .2, .1)): each share is Beta(10 m, 10 - 10 m), variance m (1 - m) / 11. Onsets in
    # months 0 and 2 (a rung stands one month, the month after it has none) of one path share its mix: the number of
    # those on rung 4 or 5 is beta-binomial, Beta(3, 7)
    mean = [0.4, 0.3, 0.2, 0.1]
    fixed = {f"dwell.{rung}": "fixed" for rung in range(2, 6)} | {f"dwell.{rung}.months": 1 for rung in range(2, 6)}
    w = world(parameters={"onset": 1, "mix": {"law": "dirichlet", "total": 10, "per": "path"}, "war_rung": 4} | fixed
              | {f"mix.{i + 2}": m for i, m in enumerate(mean)})  # fmt: skip
    found = many(w, HELD | {"exit_rung": None}, months=3)
    assert_counts(found.sums.rung[0, 2:], mean)
    assert_counts(found.sums.rung[2, 2:], mean)
    law = stats.betabinom(2, 3, 7)
    assert_counts([np.sum(found.paths["exposure_war"] == k) for k in range(3)], law.pmf([0, 1, 2]))
    drawn = inputs(world_of(w), scenario_of({}), seed=7, paths=range(50_000)).parameters
    for i, m in enumerate(mean):
        beta = stats.beta(10 * m, 10 - 10 * m)
        fourth = (float(beta.stats(moments="k")) + 3) * beta.var() ** 2
        assert_moments(drawn[:, PLACES[f"mix.{i + 2}"]], m, beta.var(), fourth)
        assert beta.var() == pytest.approx(m * (1 - m) / 11)


def test_a_chance_that_each_path_draws_makes_a_mixture_and_one_of_an_outer_sample_a_plain_geometric_time():
    # p ~ uniform(0, .4): E (1 - p)^(t + 1) = (1 - .6^(t + 2)) / (.4 (t + 2)).  Drawn once for outer sample 3: its p
    T, law = 8, {"law": "uniform", "low": 0, "high": 0.4}
    found = many(world(parameters={"onset": law | {"per": "path"}}), {}, months=T)
    assert_times(found.paths["exit_time"], {t + 1: 1 - (1 - 0.6 ** (t + 2)) / (0.4 * (t + 2)) for t in range(T)})
    p = 0.4 * float(uniforms(7, "parameter", [3], j=number("onset"))[0])
    found = many(world(parameters={"onset": law | {"per": "outer"}}), {}, months=T, outer=3)
    assert_counts([np.sum(found.paths["exit_time"] == t + 1) for t in range(T)],
                  differences([1 - (1 - p) ** (t + 1) for t in range(T)]))  # fmt: skip
