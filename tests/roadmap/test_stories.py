"""Each scenario's story happened: what its file stipulates, and what it says to look at, on 64 whole paths.

The paths are those of the shipped case under P1 and the unresponsive assumptions, unless a test says otherwise, so that
conduct hangs on nothing that a policy does; scores are drawn from the published tiers. A tolerance on a share or a mean
is four standard errors of what the parameters give. Other bounds leave room around what the seed gives and only say
which way it goes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from mcda.files.shipped import scenarios
from mcda.roadmap.history import History
from mcda.roadmap.model import Gate, Scenario, Stage, StepPart
from mcda.roadmap.symbols import CAUSES, TRACKS, WARS
from mcda.roadmap.trace import told
from tests.roadmap.shipped_world import (
    PATHS,
    Flags,
    alarmed,
    belief,
    beyond,
    fired,
    first,
    granted,
    kept,
    lasts,
    lived,
    only_in,
    opened,
    policy,
    scenario,
    shock,
    status,
    suspended,
    triggers,
    under,
    without,
    world,
)

TOLD: list[str] = []


def story(name: str) -> Callable[..., Any]:
    """The test tells the story of this scenario."""
    TOLD.append(name)
    return pytest.mark.parametrize("name", [name])


def close_to(share: float, found: Flags) -> bool:
    """Whether a share of independent trials is within four standard errors of what it should be."""
    return bool(abs(found.mean() - share) < 4 * math.sqrt(share * (1 - share) / found.size))


def tier_of(h: History) -> Any:
    return h.rows["tier"][0, 0]


def months(name: str, entry: str) -> tuple[int, int]:
    """The range of months from which an entry's is drawn."""
    at = next(one.at for one in scenario(name).schedule if one.name == entry)
    assert isinstance(at, tuple)
    return at


def is_spread_over(onset: Any, name: str, entry: str) -> bool:
    """Whether months lie in the range of an entry, and are not all the same."""
    low, high = months(name, entry)
    return bool(low <= onset.min() < onset.max() <= high)


def undisturbed(h: History, *rungs: int) -> bool:
    """Whether the war goes on and the territory is used at these rungs alone."""
    return set(np.unique(h.state["R"])) == {0, *rungs} and bool((h.state["W"] == WARS.index("war")).all())


def arrests_are(mean: float, inflow: Any) -> bool:
    """Whether arrests, of dispersion 3, are so many a month."""
    return bool(abs(inflow.mean() - mean) < 4 * math.sqrt((mean + mean**2 / 3) / inflow.size))


def has_two_large_releases(h: History) -> bool:
    """Whether 200 people, or all that are left, go free in months 2 and 5."""
    wave, left = h.state["wave"][:, [2, 5]], (h.state["N"] - h.state["inflow"])[:, [2, 5]]
    return bool(((wave >= 200) | (left == 0)).all())


def lapsed(h: History, cause: str) -> Flags:
    return status(h, "L") & (h.rows["cause"] == CAUSES.index(cause))


def at(values: Any, month: Any) -> Any:
    """What (path, month, ...) holds in each path's own month."""
    return values[np.arange(PATHS), month]


# -- nothing happens ---------------------------------------------------------------------------------------------------


@story("status-quo-conduct")
def test_status_quo_conduct_never_changes_so_that_every_opening_is_a_mistake(name: str) -> None:
    h = lived(name)
    assert not any(kept(h, k).any() for k in "HDPLMO")
    assert kept(h, "A").all()
    assert not any(fired(h, e).any() for e in ("E5", "E6", "E7", "E8", "E9", "E15"))
    assert 10 <= np.median((h.state["list"] > 0).sum(1)) <= 20  # the list is empty in little more than a year
    path, month = np.nonzero(granted(h, "advance"))
    assert opened(h, 1) > 0.5
    assert not any(alarmed(h, "D")[path, month - back].any() for back in range(3))  # three quiet reviews
    assert opened(h, 2) == 0


@story("baseline")
def test_baseline_has_nothing_scheduled_and_opens_later_stages_only_where_conduct_responds(name: str) -> None:
    assert scenario(name).schedule == ()
    h, responsive = lived(name), lived(name, "P1", "responsive")
    assert (granted(h, "exit") == (h.state["R"] >= 2) & ((h.state["R"] >= 2).cumsum(1) == 1)).all()
    assert 0.25 < granted(h, "exit").any(1).mean() < 0.65
    assert [opened(h, stage) > 0.1 for stage in (1, 2, 3)] == [True, False, False]
    assert all(opened(responsive, stage) > 0.3 for stage in (1, 2, 3))
    right = np.logical_or.reduce([triggers(h, k) & ~kept(h, k) for k in TRACKS])
    assert 0 < (granted(h, "snapback") & ~right).sum() < granted(h, "snapback").sum()  # there are false alarms


# -- the territory is used ---------------------------------------------------------------------------------------------


@story("rear-base")
def test_rear_base_is_answered_by_an_exit_in_the_month_of_onset(name: str) -> None:
    h = lived(name)
    R, onset = h.state["R"], first(h.state["R"] == 4)
    assert lasts(R == 4, 3)
    assert undisturbed(h, 4)
    assert is_spread_over(onset, name, "offensive")
    assert (fired(h, "E1") == granted(h, "exit")).all()
    assert (first(granted(h, "exit")) == onset).all()
    assert all(kept(h, k).all() for k in "HD")
    assert (h.state["s"][:, :12] >= 1).any(1).mean() > 0.8  # tier 1 opens within the first year
    assert at(suspended(h), onset - 1).any(1).mean() > 0.6
    assert not at(suspended(h), onset + 1).any()  # an exit takes no month, or one
    assert not suspended(h)[:, 26:].any()


@story("rear-base")
def test_rear_base_beyond_an_exit_rung_leaves_measures_suspended_that_no_longer_should_be(name: str) -> None:
    h = lived(name, policy("P1", exit_rung=5))
    onset = first(h.state["R"] == 4)
    assert not granted(h, "exit").any()
    during, before = at(suspended(h), onset), at(suspended(h), onset - 1)
    assert (during & before).sum() > 0.6 * before.sum()
    outside = h.tiers >= 4
    assert at(suspended(h) & outside, onset).sum() > 2 * at(suspended(h) & outside, onset - 1).sum()


@story("launches")
def test_launches_end_the_process_at_the_salvo_and_the_season_meets_nothing(name: str) -> None:
    h = lived(name)
    assert only_in(h.state["R"] == 3, 14, *range(27, 33))
    assert undisturbed(h, 3)
    assert all(kept(h, k).all() for k in "HD")
    assert only_in(fired(h, "E2"), 14, 27)
    assert only_in(granted(h, "exit"), 14)
    assert suspended(h)[:, 13].any(1).mean() > 0.6
    assert not suspended(h)[:, 15:].any()
    back = lived(name, policy("P1", reentry=6))  # who comes back in is hit twice
    assert only_in(granted(back, "exit"), 14, 27)
    assert suspended(back)[:, 26].any(1).mean() > 0.6
    stays = lived(name, policy("P1", exit_rung=math.inf))
    assert suspended(stays)[:, 27:33].any((1, 2)).mean() > 0.8


@story("training-grounds")
def test_training_grounds_end_the_process_at_exit_rung_2_and_not_at_3(name: str) -> None:
    h = lived(name)
    there = h.state["R"] == 2
    onset, months_there = first(there), there.sum(1)
    assert is_spread_over(onset, name, "contingent")
    assert undisturbed(h, 2)
    assert has_two_large_releases(h)
    assert len(set(months_there)) > 10  # how long it stays is drawn anew
    assert (first(fired(h, "E3")) == onset).all()
    assert not fired(h, "E1").any() | fired(h, "E2").any()  # nothing is fired
    assert all(kept(h, k).all() for k in "HDPM")
    assert opened(h, 2) > 0.8
    assert (first(granted(h, "exit")) == onset).all()
    goes_on = lived(name, policy("P1", exit_rung=3))
    assert not granted(goes_on, "exit").any()
    assert (suspended(goes_on).any(2) & there).any(1).mean() > 0.8
    outside = suspended(goes_on) & (goes_on.tiers >= 4)
    assert at(outside, onset).sum() > 1.5 * at(outside, onset - 1).sum()


@story("creeping-rung-1")
def test_creeping_rung_1_is_half_seen_and_moves_tiers_while_no_lever_acts(name: str) -> None:
    h = lived(name)
    assert only_in(h.state["R"] == 1, *range(4, 40))
    assert undisturbed(h, 1)
    assert all(kept(h, k).all() for k in "HD")
    assert close_to(0.5, h.state["seen"][:, 4:40] == 1)
    assert only_in(fired(h, "E4"), 4, 14, 24)
    military, parts = shock(h, "E4", 1), shock(h, "E4", 1).mean(0)
    assert (np.diff(military[:, 3:40], axis=1) >= 0).all()
    assert military[:, 4].min() > 0.5  # the first lot
    assert 0 == parts[3] < parts[4] < parts[14] < parts[24]  # three steps
    assert np.allclose(military[:, 51], military[:, 39] / 2, rtol=1e-9)  # it fades by half in a year
    assert not granted(h, "exit").any()
    assert beyond(h)[30:40].mean() > 1.5 * beyond(lived(without(name, "ladder", event="E4")))[30:40].mean()
    early = lived(name, policy("P1", exit_rung=1))
    assert (first(granted(early, "exit")) == first(h.state["seen"] == 1)).all()


@story("going-further")
def test_going_further_turns_the_stock_and_never_ends(name: str) -> None:
    h = lived(name)
    R, onset = h.state["R"], first(h.state["R"] == 2)
    assert is_spread_over(onset, name, "build-up")
    assert all((R[i, onset[i] : 18] == 2).all() and (R[i, : onset[i]] == 0).all() for i in range(PATHS))
    assert only_in(R == 5, *range(18, 60))
    assert undisturbed(h, 2, 5)
    assert kept(h, "H")[:, :18].all() & kept(h, "D")[:, :18].all()
    assert not kept(h, "H")[:, 18:].any() | kept(h, "P")[:, 18:].any()
    assert not h.state["rel"][:, 18:].any()  # amnesties are over
    assert arrests_are(85, h.state["inflow"][:, 18:])
    stock = h.state["N"].mean(0)
    assert stock[0] > stock[8] > stock[17] < stock[30] < stock[59]
    assert (first(granted(h, "exit")) == onset).all()
    assert only_in(granted(lived(name, policy("P1", exit_rung=3)), "exit"), 18)


@story("compound-stress")
def test_compound_stress_brings_all_at_once_and_the_contingent_ends_it(name: str) -> None:
    h = lived(name)
    assert kept(h, "M")[:, :24].all() & kept(h, "P")[:, :25].all()
    assert not kept(h, "M")[:, 24:30].any() | kept(h, "P")[:, 25:37].any()
    assert fired(h, "E8")[:, 24].all() & fired(h, "E5")[:, 25].all() & fired(h, "E10")[:, 25].all()
    assert only_in(h.state["R"] == 2, *range(26, 35))
    assert undisturbed(h, 2)
    assert all(kept(h, k).all() for k in "HD")
    assert has_two_large_releases(h)
    assert arrests_are(85, h.state["inflow"][:, 25:37])
    assert only_in(granted(h, "exit"), 26)
    assert opened(h, 2) > 0.8
    assert not granted(h, "renew")[:, 24:36].any()
    snapback = h.state["snapback"][:, 24:26]
    assert close_to(0.5, snapback[snapback > 0] == 2)
    assert (h.state["renew"][:, 24:26] == 2).any()
    assert suspended(h)[:, 25].any(1).mean() > 0.3  # some remain suspended on the way
    assert not suspended(h)[:, 27:].any()
    stock = h.state["N"].mean(0)
    assert stock[36] > 5 * stock[24]


# -- prisoners, arrests and deportation --------------------------------------------------------------------------------


@story("revolving-door")
def test_revolving_door_releases_many_and_fills_their_places(name: str) -> None:
    h = lived(name)
    assert undisturbed(h)
    N = h.state["N"]
    assert kept(h, "H").all() & kept(h, "D").all()
    assert not kept(h, "P").any()
    assert ((h.state["rel"] + h.state["wave"]).sum(1) > 3 * 1135).all()
    assert 0.7 < N[:, 24:].mean() / 1135 < 0.9  # far above any share that a gate asks for
    assert N[:, 6:].min() > 0.35 * 1135
    assert (h.state["list"] == 0).any(1).all()
    assert (opened(h, 1), opened(h, 2), opened(lived(name, "P9"), 2)) == (1, 0, 0)
    assert opened(lived(name, "P6"), 3) == 1  # a policy that pays for releases as such


@story("deportation-on-release")
def test_deportation_on_release_begins_in_month_12_and_is_found_out_late(name: str) -> None:
    h = lived(name)
    assert undisturbed(h)
    assert kept(h, "H").all()
    deported, out = h.state["deported"], h.state["rel"] + h.state["wave"]
    assert kept(h, "D")[:, :12].all()
    assert not kept(h, "D")[:, 12:30].any()
    assert fired(h, "E6")[:, 12].all()
    assert not fired(h, "E6")[:, :12].any()
    assert not deported[:, 11].any()
    assert (np.diff(deported[:, 11:30], axis=1) == out[:, 12:30]).all()  # whoever is let go is driven out
    assert (h.state["wave"][:, 12] >= 120).all()
    assert (h.state["s"][:, :12] >= 1).any(1).mean() > 0.8
    dark = ~kept(h, "O")[:, 12:30]
    assert close_to(0.95 * 0.4, alarmed(h, "D")[:, 12:30][dark])
    assert 0 < (alarmed(h, "D")[:, 12:].argmax(1)).mean() < 4
    answered = (triggers(h, "D") & granted(h, "snapback"))[:, 12:18].any(1)
    assert answered[status(h, "S")[:, 11].any(1)].mean() > 0.8


@story("crackdown-around-vote")
def test_crackdown_around_vote_fills_prisons_again_and_brings_sanctions_back(name: str) -> None:
    h = lived(name)
    assert undisturbed(h)
    assert has_two_large_releases(h)
    assert all(kept(h, k).all() for k in "HDM")
    assert kept(h, "P")[:, :26].all()
    assert not kept(h, "P")[:, 26:32].any()
    assert fired(h, "E5")[:, 26].all()
    assert not fired(h, "E5")[:, :26].any()
    assert (np.diff(shock(h, "E5", 2)[:, 26:32], axis=1) >= 0).all()  # it does not fade while it lasts
    assert arrests_are(125, h.state["inflow"][:, 26:32])
    assert (h.state["N"][:, 31] > h.state["N"][:, 25] + 100).all()
    assert opened(h, 2) > 0.8
    dark = ~kept(h, "O")[:, 26:32]
    assert close_to(0.7 * 0.4, alarmed(h, "P")[:, 26:32][dark])
    second = status(h, "S")[..., tier_of(h) == 2].any(2)  # practices are watched as long as tier 2 is suspended
    answered = triggers(h, "P") & granted(h, "snapback")
    assert answered[second[:, 25], 26:32].any(1).mean() > 0.5 > 2 * answered[second[:, 19], 20:26].any(1).mean()
    assert second[:, 25].mean() > 0.3 > 4 * second[:, 32].mean()


@story("partial-compliance")
def test_partial_compliance_earns_tier_1_and_gets_tier_2_by_mistake_where_the_share_is_not_strict(name: str) -> None:
    h, loose = lived(name), lived(name, "P9")
    assert undisturbed(h)
    assert all(kept(h, k).all() for k in "HDMA")
    assert not kept(h, "P").any() | kept(h, "L").any()
    assert 0.25 < h.state["N"][:, 35:].mean() / 1135 < 0.38
    assert (opened(h, 1), opened(h, 2)) == (1, 0)
    first_tier = suspended(h)[:, 12:, :][..., tier_of(h) == 1]
    assert first_tier.any(2).mean() > 0.6
    assert not any((triggers(h, k) & ~kept(h, k)).any() for k in TRACKS)  # what interrupts it is false alarms
    assert opened(loose, 2) > 0.3
    assert not kept(loose, "P")[granted(loose, "advance") & (loose.state["s"] == 2)].any()


@story("paper-reform")
def test_paper_reform_repeals_the_laws_while_the_prisons_stay_full(name: str) -> None:
    h = lived(name)
    acts = h.state["d"][..., TRACKS.index("L")]
    assert kept(h, "L").all()
    assert not any(kept(h, k).any() for k in "HDP")
    assert not h.state["d"][..., [TRACKS.index(k) for k in "HDP"]].any()
    assert acts[:, 24].mean() > 8
    assert (acts[:, 59] == len(world().steps["L"])).all()
    assert h.state["N"].mean(0).min() > 0.7 * 1135
    counts_steps = Stage((1,), Gate(steps={"L": StepPart(at_least=5)}))
    assert opened(lived(name, policy("P1", stages=(counts_steps,))), 1) > 0.8
    reads_laws = Stage((1,), Gate(clean={"L": None}))
    assert opened(lived(name, policy("P1", stages=(reads_laws,))), 1) > 0.8
    assert opened(h, 2) == 0


# -- borders and aircraft ----------------------------------------------------------------------------------------------


@story("migrant-push")
def test_migrant_push_brings_back_all_that_is_suspended_or_what_is_tied_to_migration(name: str) -> None:
    h = lived(name)
    assert undisturbed(h)
    assert has_two_large_releases(h)
    assert all(kept(h, k).all() for k in "HDP")
    onset = first(~kept(lived(under(name, {"slip.M": 0})), "M"))  # from month 20 on some paths break sooner by chance
    assert is_spread_over(onset, name, "push")
    assert kept(h, "M")[:, :20].all()
    assert not any(at(kept(h, "M"), onset + later).any() for later in range(5))
    assert (at(fired(h, "E8"), onset) == at(kept(h, "M"), onset - 1)).all()
    assert at(fired(h, "E8"), onset).mean() > 0.7
    moved = [criterion for criterion in range(1, 8) if shock(h, "E8", criterion).any()]
    assert (moved, at(shock(h, "E8", 6), onset).max() < 0) == ([6], True)  # the EU's own benefit alone
    assert opened(h, 2) > 0.8
    for code, stay in (("P1", False), ("P7", True)):
        found = lived(name, code)
        only_m = granted(found, "snapback") & (found.state["triggers"] == 1 << TRACKS.index("M"))
        assert only_m.sum() > 10
        rows = status(found, "S")[only_m]
        assert rows[:, tier_of(found) == 1].any() == stay
        assert not rows[:, tier_of(found) == 2].any()


@story("aviation-incident")
def test_aviation_incident_keeps_the_air_measures_out_and_takes_others_along_unless_linked(name: str) -> None:
    h = lived(name)
    assert undisturbed(h)
    assert all(kept(h, k).all() for k in "HD")
    onset = first(~kept(lived(under(name, {"slip.A": 0})), "A"))
    assert is_spread_over(onset, name, "landing")
    assert kept(h, "A")[:, :12].all()
    assert not any(at(kept(h, "A"), onset + later).any() for later in range(4))
    assert (at(fired(h, "E9"), onset) == at(kept(h, "A"), onset - 1)).all()
    assert at(fired(h, "E9"), onset).mean() > 0.9
    air = h.rows["needs"][0, 0] > 0
    assert air.sum() == 2
    out = [at(suspended(h), onset + later) for later in (-1, 3, 6, 24)]
    assert [bool(rows[:, air].any(1).mean() > 0.1) for rows in out] == [True, False, False, True]
    assert out[2][:, (tier_of(h) == 1) & ~air].any(1).mean() > 0.7  # the others are back sooner
    for code, stay in (("P1", False), ("P7", True)):
        found = lived(name, code)
        only_a = granted(found, "snapback") & (found.state["triggers"] == 1 << TRACKS.index("A"))
        assert only_a.sum() > 10
        assert status(found, "S")[only_a][:, ~air].any() == stay
        assert not status(found, "S")[only_a][:, air].any()


@story("border-nuisance")
def test_border_nuisance_lowers_the_benefit_for_good_and_nothing_notices(name: str) -> None:
    h, quiet = lived(name), lived(without(name, event="E8"))
    assert undisturbed(h)
    assert all(kept(h, k).all() for k in "HD")
    assert fired(h, "E8").all()
    benefit = shock(h, "E8", 6)
    assert (benefit < 0).all()
    assert benefit.max() == pytest.approx(benefit[:, 0].max())  # it never recovers
    assert (kept(h, "M") == kept(lived("baseline"), "M")).all()  # the track moves by its own chances
    assert 0 < kept(h, "M").mean() < 1
    assert (h.rows["status"] == quiet.rows["status"]).all()
    assert 0 < (h.tiers != quiet.tiers).mean() < 0.2


# -- money and partners ------------------------------------------------------------------------------------------------


@story("circumvention-surge")
def test_circumvention_surge_moves_tiers_of_suspended_measures_and_triggers_nothing(name: str) -> None:
    h, calm = lived(name), lived(without(name, event="E10", set="rate.E10"))
    assert undisturbed(h)
    assert has_two_large_releases(h)
    surge = shock(h, "E10", 3)
    assert fired(h, "E10")[:, 26].all()
    assert (np.diff(surge[:, 26:38], axis=1) >= 0).all()  # it stays for a year
    fades = ~fired(h, "E10")[:, 38]
    assert fades.any()
    assert (surge[fades, 38] < surge[fades, 37]).all()
    assert close_to(0.1, fired(h, "E10")[:, 38:50])  # further bursts
    assert all(kept(h, k).all() for k in "HDPLM")
    assert not granted(h, "exit").any()
    assert opened(h, 3) > 0.8
    assert (h.rows["status"] == calm.rows["status"]).all()  # nothing in the Roadmap reacts
    assert (h.state["triggers"] == calm.state["triggers"]).all()
    assert beyond(h)[26:38].sum() > 2 * beyond(calm)[26:38].sum()


@story("parallel-us-deal")
def test_parallel_us_deal_empties_the_list_into_exile_and_takes_pressure_off(name: str) -> None:
    h, deals = lived(name), [3, 12, 24]
    assert fired(h, "E11")[:, deals].all()
    wave = h.state["wave"][:, deals]
    left = h.state["N"][:, deals] - h.state["inflow"][:, deals]
    assert ((wave >= 100) | (left == 0)).all()
    out = h.state["rel"] + h.state["wave"]
    assert not kept(h, "D")[:, :30].any()
    assert (np.diff(h.state["deported"], axis=1)[:, 2] >= 80).all()
    assert (h.state["deported"][:, 29] >= 0.75 * out[:, :30].sum(1)).all()
    off, plain = h.state["off"], ~fired(h, "E13")[:, deals]
    rise = (off[:, deals] - off[:, np.subtract(deals, 1)])[plain]
    assert (np.isclose(rise, 0.1 - 0.01) | np.isclose(off[:, deals][plain], 1)).all()
    nobody = lived("baseline", "P0")
    assert lived(name, "P0").state["list"][:, 12].mean() < 0.5 * nobody.state["list"][:, 12].mean()
    assert off[:, 24:].mean() > nobody.state["off"][:, 24:].mean() + 0.1
    regime = shock(h, "E11", 7)[:, deals]
    assert (regime < 0).any() & (regime > 0).any()  # its sign is uncertain
    assert opened(lived(name, "P6"), 3) > 0.9 > opened(h, 1)  # a policy that pays for such releases


@story("russian-support-stagnates")
def test_russian_support_stagnates_and_only_responsive_conduct_follows(name: str) -> None:
    h, cuts, steps = lived(name), [5, 17, 29], np.array([0.1, 0.15, 0.2])
    off, plain = h.state["off"], ~fired(h, "E11")[:, cuts]
    assert fired(h, "E13")[:, cuts].all()
    before = off[:, np.subtract(cuts, 1)]
    assert np.allclose((before - off[:, cuts])[plain], np.minimum(steps + 0.01, before)[plain])
    costs = shock(h, "E13", 7).mean(0)[cuts]
    assert costs[0] < costs[1] < costs[2]  # each time more
    assert (h.state["C"] == lived("baseline").state["C"]).all()
    pressed, usual = lived(name, "P1", "responsive"), lived("baseline", "P1", "responsive")
    slips = ("E5", "E6", "E7", "E8")
    assert sum(fired(pressed, e).sum() for e in slips) < 0.9 * sum(fired(usual, e).sum() for e in slips)
    assert pressed.state["C"].mean() > usual.state["C"].mean() + 0.02
    assert opened(pressed, 2) >= opened(usual, 2)


# -- war and peace, a successor ----------------------------------------------------------------------------------------


@story("settlement")
def test_settlement_drops_most_answers_to_the_war_whatever_was_done_for_it(name: str) -> None:
    h, nothing = lived(name), lived(name, "P0")
    war = h.state["W"]
    assert [only_in(war == i, *r) for i, r in enumerate((range(12), range(12, 18), range(18, 60)))] == [True] * 3
    assert only_in(granted(h, "settled"), 18)
    dropped = lapsed(h, "settlement")
    of_2022 = h.rows["of_2022"][0, 0] == 1
    assert not dropped[:, :18].any() | dropped[..., ~of_2022].any()
    assert close_to(0.7, dropped[:, 18][:, of_2022])
    assert (dropped[:, 18] == lapsed(nothing, "settlement")[:, 18]).all()  # the status quo loses the same
    assert dropped[:, 18].mean() > 0.35
    shut = h.rows["stage"][:, 18] > h.state["s"][:, :18].max(1)[:, None]
    assert dropped[:, 18][shut].mean() > 0.3  # earned or not
    assert only_in(fired(h, "E12"), 18)
    assert h.tiers[:, 18].mean() < h.tiers[:, 17].mean() - 0.2


@story("succession")
def test_succession_comes_once_and_shows_only_in_what_happens(name: str) -> None:
    h = lived(name)
    month, g = first(fired(h, "E16")), h.state["g"]
    assert is_spread_over(month, name, "handover")
    assert (fired(h, "E16").sum(1) == 1).all()
    assert kept(h, "H")[:, :14].all() & kept(h, "D")[:, :14].all()
    after = np.arange(60) >= month[:, None]
    assert (g[~after] == 1).all()
    harder = g[:, 59] == 2
    assert (g == np.where(after, g[:, 59:], 1)).all()
    assert set(np.unique(g)) == {0.5, 1, 2}
    assert close_to(0.5, harder)
    late = h.state["C"][:, 40:]
    assert late[harder].mean() < late[~harder].mean() - 0.1
    nobody = lived(without(name, event="E16"))
    same = np.logical_and.accumulate((h.state["C"] == nobody.state["C"]).all(2), axis=1)
    assert (same & after).sum() > PATHS  # beliefs do not know of it: while conduct is the same, so are they
    assert (h.state["pi"][same] == nobody.state["pi"][same]).all()


# -- the council and what can be seen ----------------------------------------------------------------------------------


@story("veto-at-renewal")
def test_veto_at_renewal_brings_measures_back_barred_or_ends_them_for_good(name: str) -> None:
    restore, lapse = lived(name), lived(name, "P2")
    assert undisturbed(restore)
    assert all(kept(restore, k).all() for k in "HDA")  # Minsk did nothing wrong
    for h in (restore, lapse):
        assert not granted(h, "renew")[:, 6:36].any()
        path, month = np.nonzero(h.state["renew"][:, :36] == 2)
        assert len(set(path)) > 0.8 * PATHS
        assert month.min() >= 6
        due = status(h, "S")[path, month - 1] & (h.rows["age"][path, month - 1] >= 5) & ~status(h, "PR")[path, month]
        due &= ~lapsed(h, "base")[path, month]
        assert due.any()
        if h is restore:
            assert (status(h, "A") & (h.rows["barred"] == 1))[path, month][due].all()
        else:
            assert lapsed(h, "sunset")[path, month][due].all()
    assert not lapsed(restore, "sunset").any()
    assert (np.diff(status(lapse, "L").astype(int), axis=1) >= 0).all()  # for good
    assert granted(restore, "renew")[:, 36:].any()


@story("slow-snapback")
def test_slow_snapback_takes_five_months_once_one_attempt_in_two_has_passed(name: str) -> None:
    h = lived(name)
    assert kept(h, "H")[:, :10].all() & kept(h, "D")[:, :10].all()
    decided = h.state["snapback"]
    assert close_to(0.5, decided[decided > 0] == 2)
    assert ((decided[:, 1:] == 2) & (decided[:, :-1] == 2)).any()  # vetoes in a row
    before = np.pad(status(h, "PR"), ((0, 0), (1, 0), (0, 0)))[:, :-1]
    begun, cut = status(h, "PR") & ~before, granted(h, "exit") | granted(h, "settled") | (h.state["base"] > 0)
    lengths = []
    for path, month, row in np.argwhere(begun):
        if month + 5 < 60 and not cut[path, month : month + 6].any():
            lengths.append(int(status(h, "PR")[path, month : month + 6, row].sum()))
    assert len(lengths) > 100
    assert set(lengths) == {5}
    path, month = np.nonzero(granted(h, "exit")[:, :-1])
    assert not suspended(h)[path, month + 1].any()  # even an exit waits a month
    assert status(h, "PR")[path, month].any()


@story("opaque-courts")
def test_opaque_courts_let_practices_resume_long_before_an_alarm(name: str) -> None:
    h = lived(name)
    assert undisturbed(h)
    assert has_two_large_releases(h)
    assert not kept(h, "O").any()
    assert kept(h, "P")[:, :24].all()
    assert not kept(h, "P")[:, 24:48].any()
    assert all(kept(h, k).all() for k in "HDM")
    assert arrests_are(21, h.state["inflow"][:, 24:48])
    seen = alarmed(h, "P")[:, 24:48]
    assert close_to(0.7 * 0.2, seen)  # one alarm in seven reviews
    assert opened(h, 2) > 0.8
    unseen = np.logical_and.accumulate(~seen, axis=1)
    assert 4 < unseen.sum(1).mean() < 9  # months before the first alarm: 1 / .14 - 1 = 6.1 with a sd of 6.6
    believed = belief(h, "P")
    assert np.median(believed[:, 24:48][unseen]) < np.median(believed[:, 12:24]) + 0.05  # it looks as it did before
    stock = h.state["N"][:, 24:48]
    quiet = unseen.sum(1) >= 6
    assert (stock[quiet, 5] > h.state["N"][quiet, 23]).mean() > 0.75  # it rises though no alarm has come
    assert stock.mean(0)[23] > 2 * h.state["N"].mean(0)[23]


@story("openness-restored")
def test_openness_restored_shows_a_breach_at_once_and_makes_a_clean_review_mean_something(name: str) -> None:
    closed = tuple(replace(one, at=0, value=False) if one.what == "O" else one for one in scenario(name).schedule)
    h, dark = lived(name), lived(replace(scenario(name), schedule=closed))
    assert kept(h, "O")[:, 6:].all()
    assert kept(h, "H")[:, :12].all() & kept(h, "D")[:, :12].all()
    assert not kept(dark, "O").any()
    others = [TRACKS.index(k) for k in TRACKS if k != "O"]
    assert (h.state["C"][..., others] == dark.state["C"][..., others]).all()  # no better than elsewhere
    for k, seen in (("H", 0.9), ("D", 0.95), ("P", 0.7)):
        violated = ~kept(h, k)[:, 6:]
        assert close_to(seen, alarmed(h, k)[:, 6:][violated])
        assert close_to(0.4 * seen, alarmed(dark, k)[:, 6:][violated])
    good = kept(h, "D")[:, 6:12]
    assert belief(h, "D")[:, 6:12][good].mean() < 0.6 * belief(dark, "D")[:, 6:12][good].mean()
    mistakes = [(granted(one, "advance") & ~kept(one, "D"))[:, 6:].sum() for one in (h, dark)]
    assert mistakes[0] < 0.5 * mistakes[1]


# -- all of them -------------------------------------------------------------------------------------------------------


def test_every_shipped_scenario_has_its_story_told() -> None:
    assert set(TOLD) == set(scenarios())


def mechanism(told: Scenario) -> frozenset[Any]:
    """What a scenario sets, without the numbers: kinds of entries and their things, and the parameters overridden."""
    things = {
        (one.kind, None if one.kind == "wave" else one.what, one.value if one.kind == "lock" else None)
        for one in told.schedule
    }
    return frozenset(things)


def test_no_two_scenarios_differ_in_numbers_alone() -> None:
    same = [(a, b) for a, b in combinations(scenarios(), 2) if mechanism(scenario(a)) == mechanism(scenario(b))]
    assert same == []


def test_the_log_of_a_rear_base_tells_its_months() -> None:
    h = lived("rear-base")
    onset = int(first(h.state["R"] == 4)[0])
    log: dict[str, list[int]] = {}
    for line in told(h, 0):
        found = re.match(r"t=(\d+) +([A-Z]+ +.*)", line)
        assert found, line
        log.setdefault(re.sub(r" +", " ", found[2]), []).append(int(found[1]))
    assert log["LADDER rung 4: rear base of an offensive"] == [onset]
    assert log["LADDER rung 0: no use beyond material support"] == [onset + 3]
    assert [month for line, when in log.items() if "E1" in line.replace(",", "").split() for month in when] == [onset]
    assert log["EXIT rung 4 seen"] == [onset]
    suspensions = [when for line, when in log.items() if line.startswith("STATUS suspended")]
    assert suspensions
    assert max(map(max, suspensions)) < onset
    restored = [when for line, when in log.items() if line.startswith("STATUS in force")]
    assert any(month in (onset, onset + 1) for when in restored for month in when)
