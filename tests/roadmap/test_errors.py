"""Errors of what many paths say: one path says none, spells go with their paths; and what a window or a law reaches."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from mcda.errors import UsageError
from mcda.roadmap.ensemble import Ask, ensemble, outcomes_by_path
from mcda.roadmap.grains import GRAIN, simulation
from mcda.roadmap.history import histories
from mcda.roadmap.kept import kept_paths
from mcda.roadmap.latency import jackknife, latencies, restricted_mean
from mcda.roadmap.model import Entry, Policy, Scenario
from mcda.roadmap.parameters import PLACES, Law
from mcda.roadmap.plan import inputs
from mcda.roadmap.results import STATUS_NAMES
from mcda.roadmap.signposts import signposts
from tests.roadmap.shipped_world import policy, scenario, world

SEED = 11
Ints = npt.NDArray[np.int64]


def flat(numbers: Any) -> Any:
    """The same middling scores on every path."""
    return np.full((1, len(world().rows), 7), 5.0)


def ask(paths: int, **more: Any) -> Ask:
    return Ask(**{"paths": paths, "seed": SEED, "scores": flat, **more})


def two() -> dict[str, Policy]:
    return {"p0": policy("P0"), "p1": policy("P1", start_stage=1)}


# -- one path ----------------------------------------------------------------------------------------------------------


def test_one_path_has_no_standard_error_of_anything() -> None:
    utilities = {"pressure": lambda y: y["pressure"]}
    found = ensemble(world(), two(), scenario("rear-base"), ask(1, utilities=utilities, status_quo="p0"))
    errors = [name for name in found if str(name).endswith("_se")]
    assert len(errors) > 12
    assert [name for name in errors if found[name].notnull().any()] == []
    for name in ("outcome_mean", "utility_mean", "regret", "months_to_first", "cumulative_incidence"):
        assert found[name].notnull().any()


def test_the_error_of_a_utility_is_that_of_the_outcome_that_it_is() -> None:
    utilities = {"war": lambda y: y["exposure_war"]}
    found = ensemble(world(), two(), scenario("rear-base"), ask(300, utilities=utilities))
    war = found.sel(outcome="exposure_war", policy="p1")
    assert float(war["outcome_se"]) > 0
    assert float(found["utility_se"].sel(policy="p1", utility="war")) == pytest.approx(float(war["outcome_se"]))


# -- spells of one path go together ------------------------------------------------------------------------------------


def counts_by_path(paths: int) -> Ints:
    """Latency counts of each path by itself, (path, spell, part, observed, months)."""
    w, told = world(), scenario("crackdown-around-vote")
    made = simulation(w, policy("P9", start_stage=2), told)
    return np.stack([
        made.grain(i, 1, seed=SEED, given=inputs(w, told, seed=SEED, paths=[i]), scores=flat([i])).sums.latency
        for i in range(paths)
    ])  # fmt: skip


def bootstrap(counts: Ints, resamples: int) -> npt.NDArray[np.float64]:
    """Spread of the means when whole paths are drawn again, with replacement."""
    rng, n = np.random.default_rng(3), len(counts)
    weights = rng.multinomial(n, np.full(n, 1 / n), size=resamples)
    again = restricted_mean(np.tensordot(weights, counts, axes=1))
    return np.asarray(again.std(axis=0, ddof=1))


def test_the_errors_of_latencies_are_those_of_a_bootstrap_over_paths() -> None:
    """A jackknife of 64 groups is within 9 %, a bootstrap of 400 within 4 %: four times both together is 40 %."""
    counts = counts_by_path(640)
    groups, sizes = counts.reshape(64, 10, *counts.shape[1:]).sum(axis=1), np.full(64, 10)
    mean, error, total, _ = latencies(groups, sizes)
    brute = bootstrap(counts, 400)
    many = total > 100
    assert many[0].all()
    assert (mean[many] > 0).all()
    assert np.log(error[many] / brute[many]) == pytest.approx(0, abs=np.log(1.4))


def test_ten_equal_spells_of_each_path_are_no_more_than_one() -> None:
    """Exactly: the error is that of a mean of paths, s / sqrt(n), and not of ten times as many spells."""
    lengths = np.random.default_rng(1).integers(0, 20, 200)
    counts = np.zeros((200, 2, 30), np.int64)
    counts[np.arange(200), 1, lengths] = 10
    error = jackknife(restricted_mean, counts, np.ones(200, np.int64))
    assert float(error) == pytest.approx(lengths.std(ddof=1) / np.sqrt(200), rel=1e-9)


def test_groups_of_unequal_size_count_by_their_paths() -> None:
    """The last grain is a part of one: its group is smaller. The pseudo-values of a mean are then its own mean."""
    lengths = np.random.default_rng(2).integers(0, 20, 190)
    counts = np.zeros((190, 2, 30), np.int64)
    counts[np.arange(190), 1, lengths] = 1
    starts = np.arange(0, 190, 20)
    sizes = np.diff([*starts, 190])
    error = jackknife(restricted_mean, np.add.reduceat(counts, starts, axis=0), sizes)
    means, h = np.add.reduceat(lengths, starts) / sizes, 190 / sizes
    expected = np.sqrt((((means - lengths.mean()) ** 2) / (h - 1)).mean())
    assert float(error) == pytest.approx(expected, rel=1e-9)


def test_an_ensemble_has_errors_of_latencies_from_two_grains_on() -> None:
    told, one = scenario("crackdown-around-vote"), {"p9": policy("P9", start_stage=2)}
    short, longer = (ensemble(world(), one, told, ask(n)) for n in (GRAIN, 3 * GRAIN + 7))
    assert short["latency_mean"].sel(spell="violation").notnull().all()
    assert short["latency_se"].isnull().all()
    assert (longer["latency_se"].sel(spell="violation") > 0).all()


# -- what a law and a window reach -------------------------------------------------------------------------------------


def test_a_weight_drawn_on_each_path_is_that_path_s_own() -> None:
    told = scenario("deportation-on-release")
    drawn = replace(told, overrides={**told.overrides, "omega": Law("uniform", {"low": 0, "high": 1})})
    y, point = (outcomes_by_path(world(), two(), one, ask(40)).sel(policy="p1") for one in (drawn, told))
    own = inputs(world(), drawn, seed=SEED, paths=range(40)).parameters[:, PLACES["omega"]]
    away = (y["yield"] - point["yield_deportation"]) / 0.5  # the default weight is .5
    assert np.ptp(own) > 0.5
    assert (away != 0).sum() > 5
    assert y["yield_deportation"].values == pytest.approx((y["yield"] - (1 - own) * away).values, abs=1e-9)


@pytest.mark.parametrize("key", ["stock", "list", "off", "horizon", "omega"])
def test_a_window_on_what_is_read_once_is_refused(key: str) -> None:
    value = 60 if key == "horizon" else 1
    with pytest.raises(UsageError, match=f"a window sets '{key}', which is read once on a path; allowed: `{key}` in"):
        Entry("set", key, 3, months=2, value=value)


def changes(key: str, value: Any, told: Scenario, by: Policy) -> bool:
    """Whether a window on a parameter, from month 1 to the end, changes a path's months or what they come to."""
    with_window = replace(told, schedule=(*told.schedule, Entry("set", key, 1, value=value)))
    paths = range(64)
    given = [inputs(world(), one, seed=SEED, paths=paths) for one in (told, with_window)]
    grains = [
        simulation(world(), by, one).grain(0, 64, seed=SEED, given=g, scores=flat(paths))
        for one, g in zip((told, with_window), given, strict=True)
    ]
    same = all((a == b).all() for a, b in zip(grains[0].sums, grains[1].sums, strict=True))
    return not same or (grains[0].paths != grains[1].paths).any()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("war_rung", 5), ("grace", 1), ("base_phase", 8), ("cap", 0), ("unanimity_base", 0), ("free_drop", 0),
        ("floor", 0.9), ("spent", 0.05), ("speed", 0.1), ("list_first", 0), ("deport", 0), ("o_low", 0), ("see.2", 0),
        ("wave_stage", 0), ("restart", 1), ("phi.D", 0.5), ("half_life.E5", "inf"), ("us_step", 1),
    ],
)  # fmt: skip
def test_a_window_on_what_is_read_every_month_changes_something(key: str, value: Any) -> None:
    eventful = (Entry("ladder", 4, 12, dwell=3), Entry("war", "settlement", 40))
    told = replace(scenario("baseline"), schedule=eventful)
    assert changes(key, value, told, policy("P2", start_stage=2, exit_rung=4, reentry=3))


def test_signposts_follow_a_window_on_the_rung_that_counts_as_war() -> None:
    told = replace(scenario("training-grounds"), schedule=(Entry("ladder", 2, 20, dwell=9),))
    quiet = {**told.overrides, "onset": 0, "onset_1": 0}
    told = replace(told, overrides=quiet)
    never = replace(told, schedule=(*told.schedule, Entry("set", "war_rung", 10, months=30, value=3)))
    late = replace(told, schedule=(*told.schedule, Entry("set", "war_rung", 10, months=15, value=3)))
    p0 = {"p0": policy("P0")}
    share = [float(signposts(world(), p0, one, ask(8))["need_share"].item()) for one in (told, never, late)]
    assert share == [1, 0, 1]
    lead = signposts(world(), p0, late, ask(8))["sign_lead"].sel(sign="rung seen 2", quantile=0.5)
    assert float(lead.item()) == 5


# -- whole paths, starts -----------------------------------------------------------------------------------------------


def test_no_more_paths_are_kept_than_there_are() -> None:
    with pytest.raises(UsageError, match="9 paths are to be kept of 8; allowed: 1 to 8"):
        kept_paths(world(), two(), scenario("rear-base"), ask(8), 9)


def test_a_start_with_more_stages_than_a_policy_has_opens_all_of_them() -> None:
    """Stages beyond would be written outside the table of stages."""
    told = Scenario("opened", start={"s": 3})
    found = ensemble(world(), {"p0": policy("P0"), "p4": policy("P4"), "p1": policy("P1")}, told, ask(20))
    assert found["stage_share"].sum("stage").isel(month=0).values == pytest.approx([0, 1, 1])
    assert float(found["exited_share"].isel(month=0).max()) <= 1
    state = histories(world(), policy("P4"), told, seed=SEED, paths=[0], scores=flat([0])).state
    assert state["s"][0, 0] == 1
    assert STATUS_NAMES[0] == "in force"
