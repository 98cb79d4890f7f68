"""Values that a sweep can't have are told at their line, by `mcda check` and before anything is simulated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mcda.errors import InvalidFile, UsageError
from mcda.files.check import check_file
from mcda.roadmap.swept import Axis
from mcda.study.load import load_experiment

HEAD = """\
# What can be swept?
format: mcda-experiment-1
id: swept
question: "What can be swept?"
problem: eu-belarus-2025
beliefs: {kind: published-tiers}
analyses: [tiers, simulation]
sweeps:
"""
ONE = """\
  s{}:
    scenarios: [rear-base]
    policies: [p0-status-quo, p1-roadmap]
    paths: 8
    sweep:
      - {{key: {}, values: [{}], basis: lever}}
"""


def written(folder: Path, sweeps: Sequence[tuple[str, str]]) -> Path:
    """An experiment that has each of these sweeps, key and values, by itself."""
    path = folder / "swept.yaml"
    path.write_text(HEAD + "".join(ONE.format(i, *one) for i, one in enumerate(sweeps)), encoding="utf-8")
    return path


def told(folder: Path, *sweeps: tuple[str, str]) -> list[str]:
    """What `mcda check` says of it, without the file's name."""
    path = written(folder, sweeps)
    return [str(one).removeprefix(f"{path}:") for one in check_file(str(path))]


def start(i: int, place: str) -> str:
    """How a message on sweep i begins."""
    return f"{len(HEAD.splitlines()) + 6 * (i + 1)}: sweeps.s{i}.sweep[0].{place}: "


BAD = [
    ("schedule.offensive.ladder", "9", "ladder is out of its limits (got 9); allowed: a whole number from 0 to 5"),
    ("schedule.offensive.ladder", "4.5", "ladder is not whole (got 4.5); allowed: a whole number from 0 to 5"),
    ("schedule.offensive.ladder", "-1", "ladder is out of its limits (got -1)"),
    ("schedule.offensive.ladder", "high", "ladder is no number (got 'high')"),
    ("schedule.offensive.dwell", "0.5",
     "dwell is out of its limits (got 0.5); allowed: a whole number from 1 to 10,000, or never"),
    ("schedule.offensive.dwell", "2.5", "dwell is not whole (got 2.5)"),
    ("schedule.offensive.at", "60",
     "an entry (ladder) is past the horizon of 60 months (got 60); allowed: months 0 to 59"),
    ("parameter.lag.exit", "-0.2",
     "parameter 'lag.exit' is out of its limits (got -0.2); allowed: a number from 0 to 10,000"),
    ("parameter.renew", "1.5", "parameter 'renew' is out of its limits (got 1.5); allowed: a number from 0 to 1"),
    ("parameter.renew", "often", "parameter 'renew' is no number (got 'often'); allowed: a number from 0 to 1"),
    ("parameter.renew", "never", "parameter 'renew' is no number (got 'never')"),
    ("parameter.stock", "10.5", "parameter 'stock' is not whole (got 10.5)"),
    ("parameter.dwell.2", "long",
     "is no law of a rung's length (got 'long'); allowed: never, fixed, geometric, negbin, weibull"),
    ("parameter.dwell.2", "weibull", "parameter 'dwell.2.scale' is missing"),
    ("lever.exit_rung", "6", "exit_rung is out of its limits (got 6); allowed: a whole number from 1 to 5, or never"),
    ("lever.exit_rung", "0", "exit_rung is out of its limits (got 0)"),
    ("lever.scope", "everything", "scope 'everything' is unknown; allowed: all, last, linked"),
    ("lever.scope", "1", "scope '1' is unknown; allowed: all, last, linked"),
    ("lever.sunset_default", "laps",
     "sunset_default 'laps' is unknown (did you mean 'lapse'?); allowed: restore, lapse"),
    ("lever.review_every", "0", "review_every is out of its limits (got 0)"),
    ("lever.review_every", "never", "review_every is no number (got 'never')"),
    ("lever.verify", "2.5", "verify is not whole (got 2.5)"),
    ("lever.alarm_streak", "0", "alarm_streak is out of its limits (got 0)"),
    ("lever.threshold", "1.2", "threshold is out of its limits (got 1.2); allowed: a number from 0 to 1"),
    ("lever.sunset", "0", "sunset is out of its limits (got 0); allowed: a whole number from 1 to 10,000, or never"),
    ("lever.stock_rise", "-0.1",
     "stock_rise is out of its limits (got -0.1); allowed: a number of at least 0, or never"),
    ("lever.start_stage", "4", "start.stage is out of its limits (got 4); allowed: a whole number from 0 to 3"),
]  # fmt: skip


WRONG_KEYS = [
    ("lever.exit_rong", "lever 'exit_rong' is unknown (did you mean 'exit_rung'?); allowed: exit_rung, reentry"),
    ("lever.stages", "lever 'stages' is unknown"),
    ("lever.trigger", "lever 'trigger' is unknown"),
    ("parameter.lag.exits", "no parameter is named 'lag.exits' (did you mean 'lag.exit'?); allowed: a dotted key"),
    ("parameter.horizon", "can't be swept"),
    ("parameter.mix.2", "can't be swept"),
    ("schedule.offensiv.ladder", "entry of scenario 'rear-base' 'offensiv' is unknown (did you mean 'offensive'?)"),
    ("schedule.offensive.wave", "part of an entry of kind ladder 'wave' is unknown; allowed: at, ladder, dwell"),
    ("schedule.offensive.name", "part of an entry of kind ladder 'name' is unknown"),
]
FINE = [
    ("schedule.offensive.ladder", "2, 5"), ("schedule.offensive.dwell", "1, 3, never"),
    ("schedule.offensive.at", "0, 59"), ("parameter.lag.exit", "0, 0.5, 3"), ("parameter.size", "3, inf"),
    ("parameter.dwell.2", "never, geometric"), ("lever.exit_rung", "1, never"), ("lever.threshold", "0.5, 1"),
    ("lever.start_stage", "0, 3"), ("lever.stock_rise", "0, 0.3, never"),
]  # fmt: skip


def test_check_tells_each_bad_value_and_each_key_that_can_not_be_swept_at_its_line(tmp_path: Path) -> None:
    wanted = [("values[0]", *bad) for bad in BAD] + [("key", key, "1", words) for key, words in WRONG_KEYS]
    found = told(tmp_path, *((key, value) for _, key, value, _ in wanted))
    assert len(found) == len(wanted)
    for i, (place, key, value, words) in enumerate(wanted):
        assert found[i].startswith(start(i, place)), (key, value, found[i])
        assert words in found[i]


def test_of_many_values_the_bad_ones_alone_are_told(tmp_path: Path) -> None:
    found = told(tmp_path, ("lever.exit_rung", "2, 9, never, 7, 5"))
    assert [one.partition("exit_rung is")[0] for one in found] == [start(0, "values[1]"), start(0, "values[3]")]


def test_values_within_their_limits_are_fine(tmp_path: Path) -> None:
    assert told(tmp_path, *FINE) == []


def test_a_value_that_stands_twice_and_two_axes_for_one_thing_are_told(tmp_path: Path) -> None:
    double = ("lever.alarm_streak", "1, 2], basis: lever}\n      - {key: lever.threshold, values: [0.5")
    found = told(tmp_path, ("parameter.lag.exit", "1, 1.0"), double)
    assert "the value 1.0 stands twice" in found[0]
    assert "sweeps.s1.sweep[1].key: 'lever.threshold' sets what 'lever.alarm_streak' sets" in found[1]


def test_a_run_is_refused_as_a_check_is_and_so_is_a_setting_made_in_python(tmp_path: Path) -> None:
    path = written(tmp_path, [("schedule.offensive.ladder", "4")])
    with pytest.raises(InvalidFile, match=r"--set:1: sweeps.s0.sweep\[0\].values\[0\]: ladder is out of its limits"):
        load_experiment(path, settings=["sweeps.s0.sweep[0].values[0]=9"])
    (of,) = load_experiment(path).simulations.values()
    with pytest.raises(UsageError, match=r"ladder is out of its limits \(got 9\)"):
        of.set([9], "rear-base")
    with pytest.raises(UsageError, match=r"ladder is out of its limits \(got 9\)"):
        replace(of, sweep=(Axis("schedule.offensive.ladder", (9,)),))


def test_a_swept_parameter_that_a_window_of_its_scenario_sets_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, [("parameter.renew", "0.5, 1")])
    path.write_text(path.read_text(encoding="utf-8").replace("rear-base", "veto-at-renewal"), encoding="utf-8")
    (found,) = (str(one).removeprefix(f"{path}:") for one in check_file(str(path)))
    assert found.startswith(start(0, "key") + "a window of scenario 'veto-at-renewal' sets 'renew'")
    assert "allowed: a scenario without such a window" in found
    path = written(tmp_path, [("parameter.lag.exit", "0.5, 1")])
    path.write_text(path.read_text(encoding="utf-8").replace("rear-base", "veto-at-renewal"), encoding="utf-8")
    (of,) = load_experiment(path).simulations.values()
    with pytest.raises(UsageError, match="sets 'renew', so that a sweep of it would not act"):
        replace(of, sweep=(Axis("parameter.renew", (0.5, 1)),))
