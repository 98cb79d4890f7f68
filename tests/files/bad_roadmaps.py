"""The shipped case and some files of the simulation, and the ways to make one of them wrong: see `bad_files`.

The case is copied as it is shipped, so that a mistake is looked for among all that is right.
"""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

from .bad_files import Bad

ROOT = Path(__file__).parents[2]
CASE = ROOT / "mcda" / "cases" / "eu-belarus-2025"
OWN = {
    "storm.yaml": """\
# Scenario: something of everything.
format: mcda-scenario-1
id: storm
title: "A storm"
story: "Something of everything happens."
motive: "none in the paper"
problem: problem.yaml
basis: assumption
range:
  {at: [0, 59], for: [1, 60], dwell: [1, 36], ladder: [0, 5], R: [0, 5], severity: [0, 1], e: [0, 1], value: [0, 2]}
start:
  R: 1
  dwell: 4
  status: {tobacco-goods: S}
  e: {deposit-cap: 0.9}
overrides:
  onset: {value: 0.02, basis: assumption, range: [0, 0.05]}
  relapse: {value: {law: uniform, low: 0.1, high: 0.2}, basis: assumption, range: [0, 1]}
  mix: {value: {"2": 0.4, "3": 0.3, "4": 0.2, "5": 0.1}, basis: assumption, range: [0, 1]}
schedule:
  - {name: offensive, at: [6, 18], ladder: 4, dwell: 3}
  - {at: 12, for: 6, lock: P, value: false}
  - {at: 3, event: E10, severity: 0.8}
  - {at: 20, for: 3, set: lag.exit, value: 0.5}
""",
    "slow.yaml": """\
# Policy: with a little of everything.
format: mcda-policy-1
id: slow
title: "Slow"
about: "A little of everything."
problem: problem.yaml
basis: lever
stages:
  - {tiers: [1], gate: {listed: 1, clean: {D: null}}}
  - {tiers: [2], gate: {belief: {P: 0.2}, steps: {H: {named: [medical-care]}}}}
exit_rung: 2
verify: 3
trigger: {alarm_streak: 2}
watch: [M]
start: {stage: 0}
""",
    "hopeful.yaml": """\
# Assumption set: one number more.
format: mcda-assumptions-1
id: hopeful
title: "Hopeful"
about: "Momentum matters, and detection is better."
parameters:
  b_mu: {value: 1, basis: assumption, range: [0, 2]}
  slip.factor: {value: 1, law: log-uniform, basis: assumption, range: [0.5, 2]}
""",
    "stances.yaml": """\
format: mcda-utilities-1
utilities:
  plain:
    label: "Plain"
    about: "Openings and leverage."
    terms:
      - {outcome: openings, weight: 0.5, worst: 0, best: 6}
      - {outcome: lapsed_share, weight: 0.5, worst: 1, best: 0}
    basis: value-judgement
""",
    "trial.yaml": """\
# Does the storm pass?
format: mcda-experiment-1
id: trial
question: "Does the storm pass?"
problem: problem.yaml
beliefs: {kind: published-tiers}
simulation:
  scenarios: [storm.yaml]
  policies: [p0-status-quo, slow.yaml]
  paths: 6
  keep_paths: 2
  scores: draw
  sweep:
    - {key: schedule.offensive.ladder, values: [3, 5], basis: assumption, range: [1, 9]}
    - {key: lever.exit_rung, values: [2, never], basis: lever}
    - {key: parameter.lag.restore, values: [0, 0.5], basis: assumption, range: [-1, 3]}
""",
}


@cache
def right(name: str) -> str:
    """The text of a file before it is made wrong."""
    return OWN[name] if name in OWN else (CASE / name).read_text("utf-8")


def lay_out(folder: Path) -> None:
    """Write the files without mistakes."""
    for path in CASE.glob("*.yaml"):
        shutil.copy(path, folder / path.name)
    for name, text in OWN.items():
        (folder / name).write_text(text, encoding="utf-8")


def swap(
    kind: str, file: str, old: str, new: str, key: str, *words: str, at: str | None = None, alone: bool = True
) -> Bad:
    """A mistake made by other text in place of some; it stands where the other text does, if `at` says nothing else."""

    def change(path: Path) -> None:
        text = right(file)
        assert text.count(old) == 1, f"'{old}' is {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    return Bad(kind, file, change, new.strip("\n").splitlines()[-1] if at is None else at, key, words, alone)


S, P, A, U, R, N = "storm.yaml", "slow.yaml", "hopeful.yaml", "stances.yaml", "roadmap.yaml", "parameters.yaml"
T = "trial.yaml"

LEVERS = [
    swap(
        "a scenario that sets a lever",
        S,
        "overrides:\n",
        "verify: 6\noverrides:\n",
        "verify",
        "'verify' is a lever, which a policy sets",
        "levers in a policy file",
        at="verify: 6",
        alone=False,
    ),
    swap(
        "a scenario that overrides a lever",
        S,
        "  onset: {value: 0.02",
        "  sunset: {value: 0.02",
        "overrides.sunset",
        "'sunset' is a lever, which a policy sets",
    ),
    swap(
        "a window on a lever",
        S,
        "set: lag.exit",
        "set: exit_rung",
        "schedule[3].set",
        "'exit_rung' is a lever, which a policy sets",
    ),
    swap(
        "a scenario that opens a stage",
        S,
        "  R: 1\n",
        "  R: 1\n  stage: 1\n",
        "start.stage",
        "'start.stage' is a lever",
        at="stage: 1",
        alone=False,
    ),
    swap(
        "an assumption set that sets a lever",
        A,
        "  b_mu: {value: 1",
        "  review_every: {value: 1",
        "parameters.review_every",
        "'review_every' is a lever, which a policy sets and an assumption set does not",
    ),
    swap(
        "a policy that sets a parameter",
        P,
        "verify: 3",
        "advance: 1",
        "advance",
        "'advance' is a parameter, which a scenario or an assumption set sets",
    ),
    swap(
        "a policy with a schedule",
        P,
        "verify: 3",
        "schedule: []",
        "schedule",
        "'schedule' is a part of a scenario, and a policy sets levers alone",
    ),
    swap(
        "a policy that starts the war",
        P,
        "start: {stage: 0}",
        "start: {W: settlement}",
        "start.W",
        "'W' before month 0 is set by a scenario",
        "allowed: stage",
    ),
]

PARAMETERS = [
    swap(
        "a probability above 1",
        N,
        "  onset:\n    value: 0.010",
        "  onset:\n    value: 1.5",
        "parameters.onset.value",
        "is out of its limits (got 1.5)",
        "a number from 0 to 1",
        alone=False,
    ),
    swap(
        "a range that leaves the limits",
        N,
        "range: [0.001, 0.05]",
        "range: [0.001, 2]",
        "parameters.onset.range",
        "the range of onset reaches 2",
        "a number from 0 to 1",
        alone=True,
    ),
    swap(
        "a range that is turned around",
        N,
        "range: [0.001, 0.05]",
        "range: [0.05, 0.001]",
        "parameters.onset.range",
        "low end is above its high end",
        alone=False,
    ),
    swap(
        "a default outside its range",
        N,
        "    value: 0.010",
        "    value: 0.2",
        "parameters.onset.value",
        "is outside its own range (got 0.2)",
        "0.001 to 0.05",
    ),
    swap(
        "a parameter that is missing",
        N,
        "  cap: {",
        "  cup: {",
        "parameters.cap",
        "is missing",
        at="parameters:",
        alone=False,
    ),
    swap(
        "a parameter that there is not",
        S,
        "  onset: {",
        "  onest: {",
        "overrides.onest",
        "no parameter is named 'onest' (did you mean 'onset'?)",
    ),
    swap(
        "a track that there is not",
        N,
        "range: {H: [0.01, 0.12],",
        "range: {Z: [0.01, 0.12],",
        "parameters.slip.range.Z",
        "is a range of no key of this block",
        alone=False,
    ),
    swap(
        "an index that a family lacks",
        N,
        "value: {suspend: 1, restore: 1.5, exit: 0.2}",
        "value: {suspend: 1, restore: 1.5, exti: 0.2}",
        "parameters.lag.value.exti",
        "lag has no 'exti' (did you mean 'exit'?)",
        "suspend, restore, exit",
        alone=False,
    ),
    swap(
        "a family without its index",
        N,
        "value: {war: 1, ceasefire: 0.5, settlement: 0.1}",
        "value: {war: 1, ceasefire: 0.5}",
        "parameters.war_factor.value.settlement",
        "is missing",
        "war, ceasefire, settlement",
        alone=False,
    ),
    swap(
        "a stock that is not whole",
        N,
        "value: 1135",
        "value: 1135.5",
        "parameters.stock.value",
        "is not whole",
        "a whole number from 0 to 1,000,000",
    ),
    swap(
        "a stock without end",
        N,
        "value: 1135",
        "value: .inf",
        "parameters.stock.value",
        "is out of its limits (got .inf)",
        "a whole number from 0 to 1,000,000",
    ),
    swap(
        "a mix that does not sum to 1",
        N,
        '"4": 0.15, "5": 0.05}',
        '"4": 0.15, "5": 0.5}',
        "parameters.mix.value",
        "shares that sum to 1.45",
        "sum to 1",
        at='"5": 0.5}',
    ),
    swap(
        "a law without its range",
        A,
        "value: 1, law: log-uniform, basis: assumption, range: [0.5, 2]",
        "value: 1, law: log-uniform, basis: derived",
        'parameters["slip.factor"].law',
        "the law log-uniform without its range",
    ),
    swap(
        "a law that there is not",
        S,
        "{law: uniform,",
        "{law: unifrom,",
        "overrides.relapse.value.law",
        "is no law (did you mean 'uniform'?)",
        "log-uniform",
    ),
    swap(
        "a law without its numbers",
        S,
        "{law: uniform, low: 0.1, high: 0.2}",
        "{law: uniform, low: 0.1}",
        "overrides.relapse.value",
        "the law uniform has no `high`",
    ),
    swap(
        "a law that can leave the limits",
        S,
        "low: 0.1, high: 0.2}, basis: assumption, range: [0, 1]}",
        "low: 0.1, high: 2}, basis: assumption, range: [0, 3]}",
        "overrides.relapse.value",
        "the law uniform can draw 2, which is out of the limits",
    ),
    swap(
        "a scenario that draws over its range",
        S,
        "onset: {value: 0.02,",
        "onset: {value: 0.02, law: uniform,",
        "overrides.onset.law",
        "a scenario's number is the number",
    ),
    swap(
        "a dwell that is no law",
        N,
        '"5": {law: never}}',
        '"5": {law: nver}}',
        "parameters.dwell.value.5.law",
        "is no law of a rung's length (did you mean 'never'?)",
        "law: geometric",
    ),
    swap(
        "a common factor that there is not",
        N,
        "    varied_by: slip.factor",
        "    varied_by: slip.facto",
        "parameters.slip.varied_by",
        "(did you mean 'slip.factor'?)",
    ),
    swap(
        "a parameter without a basis",
        A,
        "b_mu: {value: 1, basis: assumption, range: [0, 2]}",
        "b_mu: {value: 1}",
        "parameters.b_mu.value",
        "is a number without a basis",
    ),
    swap(
        "an assumption without a range",
        A,
        "b_mu: {value: 1, basis: assumption, range: [0, 2]}",
        "b_mu: {value: 1, basis: assumption}",
        "parameters.b_mu.basis",
        "is `assumption` without a `range`",
    ),
    swap(
        "parameters of another problem",
        N,
        "problem: eu-belarus-2025",
        "problem: eu-belarus",
        "problem",
        "is not the problem beside it",
    ),
]

SCHEDULES = [
    swap(
        "an entry past the horizon",
        S,
        "at: 12, for: 6",
        "at: 60, for: 6",
        "schedule[1].at",
        "is past the horizon of 60 months (got 60)",
        "months 0 to 59",
        alone=False,
    ),
    swap(
        "two entries for one thing",
        S,
        "- {at: 3, event: E10, severity: 0.8}",
        "- {at: 3, event: E10, severity: 0.8}\n  - {at: 17, lock: P, value: true}",
        "schedule[3]",
        "is for lock P in a month that the entry of line 22 can cover too",
    ),
    swap(
        "a month that is drawn without a name",
        S,
        "name: offensive, at:",
        "at:",
        "schedule[0].at",
        "has no `name` to be drawn by",
        at="at: [6, 18]",
    ),
    swap(
        "months in falling order",
        S,
        "at: [6, 18]",
        "at: [18, 6]",
        "schedule[0].at",
        "falling order",
        at="at: [18, 6]",
    ),
    swap(
        "an entry of two kinds",
        S,
        "at: 3, event: E10,",
        "at: 3, war: ceasefire, event: E10,",
        "schedule[2]",
        "is not one kind of entry (got war, event)",
        at="war: ceasefire",
    ),
    swap(
        "a key of another kind of entry",
        S,
        "lock: P, value: false",
        "lock: P, value: false, severity: 1",
        "schedule[1].severity",
        "says nothing of a lock",
        at="value: false, sev",
    ),
    swap(
        "an event that there is not",
        S,
        "event: E10",
        "event: E17",
        "schedule[2].event",
        "is not one of the words allowed here",
        "E16",
        at="E17",
    ),
    swap(
        "a lock of a track that there is not",
        S,
        "lock: P",
        "lock: Q",
        "schedule[1].lock",
        "is not one of the words allowed here",
        "H, D, P",
        at="lock: Q",
    ),
    swap(
        "a lock that is a number",
        S,
        "lock: P, value: false",
        "lock: P, value: 0",
        "schedule[1].value",
        "is not true or false",
        alone=False,
        at="lock: P, value: 0",
    ),
    swap(
        "a window on what is read at the start",
        S,
        "set: lag.exit, value: 0.5",
        "set: stock, value: 1",
        "schedule[3].set",
        "'stock' is read once on a path",
        "`stock` in overrides",
        at="set: stock",
    ),
    swap(
        "a window on a parameter that there is not",
        S,
        "set: lag.exit",
        "set: lag.exti",
        "schedule[3].set",
        "no parameter is named 'lag.exti' (did you mean 'lag.exit'?)",
        at="lag.exti",
    ),
    swap(
        "a window out of the limits",
        S,
        "set: lag.exit, value: 0.5",
        "set: slip.P, value: 1.5",
        "schedule[3].value",
        "is out of its limits (got 1.5)",
        at="set: slip.P",
    ),
    swap(
        "a signal on O",
        S,
        "lock: P, value",
        "signal: O, value",
        "schedule[1].signal",
        "the EU has no signal on track O",
        at="signal: O",
    ),
    swap(
        "a rung before month 0 without its length",
        S,
        "  dwell: 4\n",
        "",
        "start.R",
        "is rung 1 without its `dwell`",
        at="  R: 1",
    ),
    swap(
        "a row whose restoring has no month",
        S,
        "status: {tobacco-goods: S}",
        "status: {tobacco-goods: PR}",
        "start.status.tobacco-goods",
        "is PR without its month",
    ),
    swap(
        "a pending change of a suspended row",
        S,
        "status: {tobacco-goods: S}",
        "due: {tobacco-goods: 3}\n  status: {tobacco-goods: S}",
        "start.due.tobacco-goods",
        "is the month of a change, and the row is S",
        at="due: {tobacco-goods: 3}",
        alone=False,
    ),
    swap(
        "a list of more people than there are",
        S,
        "  dwell: 4\n",
        "  dwell: 4\n  N: 10\n  list: 500\n",
        "start.list",
        "is more than all prisoners (got 500 of 10)",
        at="list: 500",
        alone=False,
    ),
    swap(
        "a row that is no alternative",
        S,
        "status: {tobacco-goods: S}",
        "status: {tobaco-goods: S}",
        "start.status.tobaco-goods",
        "no row is named 'tobaco-goods' (did you mean 'tobacco-goods'?)",
    ),
    swap(
        "an id that is not the file's name",
        S,
        "id: storm",
        "id: storms",
        "id",
        "is not the file's name (got 'storms')",
        "storm, or another file name",
    ),
    swap(
        "a scenario of a problem that there is not",
        S,
        "problem: problem.yaml",
        "problem: problm.yaml",
        "problem",
        "no problem file 'problm.yaml'",
        "(did you mean 'problem.yaml'?)",
    ),
]

POLICIES = [
    swap(
        "a gate on tier 4",
        P,
        "{tiers: [2]",
        "{tiers: [4]",
        "stages[1].tiers[0]",
        "opens tier 4, which lies outside the Roadmap",
        "1 to 3",
        at="tiers: [4]",
    ),
    swap(
        "a tier that two stages open",
        P,
        "{tiers: [2]",
        "{tiers: [1]",
        "stages[1].tiers[0]",
        "tier 1 is opened by a stage before (line 9)",
        at="tiers: [1], gate: {belief",
    ),
    swap(
        "a gate on O",
        P,
        "clean: {D: null}",
        "clean: {O: null}",
        "stages[0].gate.clean.O",
        "no signal on track O",
        "H, D, P, L, M, A",
        at="clean: {O",
    ),
    swap(
        "a gate of no reviews",
        P,
        "clean: {D: null}",
        "clean: {D: 0}",
        "stages[0].gate.clean.D",
        "is too small (got 0)",
        "a whole number from 1 to 1000",
        at="clean: {D: 0",
    ),
    swap(
        "a gate on a step that there is not",
        P,
        "named: [medical-care]",
        "named: [medical-car]",
        "stages[1].gate.steps.H.named[0]",
        "no step of this track is named 'medical-car' (did you mean 'medical-care'?)",
        at="medical-car]",
    ),
    swap(
        "a gate that asks for two things of steps",
        P,
        "{named: [medical-care]}",
        "{at_least: 1, share: 0.5}",
        "stages[1].gate.steps.H",
        "asks for 2 things",
        "exactly one",
        at="at_least: 1",
    ),
    swap(
        "a gate on more steps than there are",
        P,
        "H: {named: [medical-care]}",
        "D: {at_least: 2}",
        "stages[1].gate.steps.D.at_least",
        "is more than the number of its steps, 1 (got 2)",
        at="at_least: 2",
    ),
    swap(
        "a belief that is no share",
        P,
        "belief: {P: 0.2}",
        "belief: {P: 2}",
        "stages[1].gate.belief.P",
        "is too large (got 2)",
        "from 0 to 1",
        at="belief: {P: 2}",
    ),
    swap(
        "a trigger of two kinds",
        P,
        "{alarm_streak: 2}",
        "{alarm_streak: 2, threshold: 0.8}",
        "trigger",
        "is not one trigger (got alarm_streak, threshold)",
    ),
    swap(
        "a trigger of more than its reviews",
        P,
        "{alarm_streak: 2}",
        "{a: 3, b: 2}",
        "trigger.a",
        "asks for 3 of the last 2",
    ),
    swap("a watch on O", P, "watch: [M]", "watch: [M, O]", "watch[1]", "the EU has no signal on track O (got O)"),
    swap(
        "a start beyond the stages",
        P,
        "start: {stage: 0}",
        "start: {stage: 3}",
        "start.stage",
        "there are 2 stages (got 3)",
    ),
    swap("a lever that is misspelt", P, "exit_rung: 2", "exit_rang: 2", "exit_rang", "(did you mean 'exit_rung'?)"),
    swap(
        "a lever that is never as a number",
        P,
        "exit_rung: 2",
        "exit_rung: 9",
        "exit_rung",
        "is too large (got 9)",
        "from 1 to 5",
    ),
]

CASES = [
    swap(
        "a row of no alternative",
        R,
        "  deposit-cap: {",
        "  deposit-cup: {",
        "rows.deposit-cup",
        "(did you mean 'deposit-cap'?)",
        alone=False,
        at="deposit-cup",
    ),
    swap(
        "a sector that there is not",
        R,
        "  visa:\n",
        "  visas:\n",
        "loads.visas",
        "no sector is named 'visas' (did you mean 'visa'?)",
        alone=False,
    ),
    swap(
        "a load for an event that moves nothing",
        R,
        '    E16: {load: 1, range: [0.7, 1], reason: "The ban is',
        '    E15: {load: 1, range: [0.7, 1], reason: "The ban is',
        "loads.visa.E15",
        "E15 moves no criterion",
        alone=False,
        at="The ban is about persons",
    ),
    swap(
        "a load above 1",
        R,
        "E12: {load: 0.35, range: [0.05, 0.65]",
        "E12: {load: 3.5, range: [0.05, 6]",
        "loads.freeze.E12.load",
        "is out of its limits (got 3.5)",
        alone=False,
        at="load: 3.5",
    ),
    swap(
        "an event that fires otherwise",
        R,
        "    fires: slip\n    track: P",
        "    fires: slip\n    track: H",
        "events.E5.track",
        "is not how the simulation fires E5 (got H)",
        "allowed: P",
    ),
    swap(
        "a criterion that there is not",
        R,
        "      c6: {sign: -1, size: [0, 1, 3]}",
        "      c8: {sign: -1, size: [0, 1, 3]}",
        "events.E8.moves.c8",
        "no criterion is named 'c8'",
    ),
    swap(
        "a size that does not rise",
        R,
        "      c7: {sign: 1, size: [-4, -2, 1]}",
        "      c7: {sign: 1, size: [-4, 1, -2]}",
        "events.E11.moves.c7.size",
        "does not rise",
        "[low, mode, high]",
    ),
    swap(
        "a reference gate of tier 4",
        R,
        '  "3": [D, H, P, M, L]',
        '  "4": [D, H, P, M, L]',
        "reference_tracks.4",
        "tier 4 lies outside the Roadmap",
        "1 to 3",
    ),
    swap(
        "weights of some entities",
        R,
        "entities: {}",
        "entities:\n  msk: {weight: 0.1, basis: assumption, range: [0, 1]}",
        "entities.msk",
        "no entity is named 'msk'",
    ),
    swap(
        "weights of entities above 1",
        R,
        "entities: {}",
        "entities:\n  belavia: {weight: 1.5, basis: assumption, range: [0, 2]}",
        "entities.belavia.weight",
        "is too large (got 1.5)",
    ),
]

UTILITIES = [
    swap(
        "weights that do not sum to 1",
        U,
        "openings, weight: 0.5",
        "openings, weight: 0.6",
        "utilities.plain.terms",
        "have weights that sum to 1.1",
        at="terms:",
    ),
    swap(
        "an outcome that there is not",
        U,
        "outcome: openings",
        "outcome: opennings",
        "utilities.plain.terms[0].outcome",
        "(did you mean 'openings'?)",
        at="opennings",
    ),
    swap(
        "an outcome twice",
        U,
        "outcome: lapsed_share",
        "outcome: openings",
        "utilities.plain.terms[1].outcome",
        "'openings' stands twice",
        at="worst: 1, best: 0",
    ),
    swap(
        "a scale without length",
        U,
        "worst: 0, best: 6",
        "worst: 6, best: 6",
        "utilities.plain.terms[0].best",
        "is as good as the worst",
        at="worst: 6, best: 6",
    ),
]

SIMULATIONS = [
    swap(
        "a swept rung that there is not",
        T,
        "values: [3, 5]",
        "values: [3, 9]",
        "simulation.sweep[0].values[1]",
        "ladder is out of its limits (got 9)",
        "a whole number from 0 to 5",
    ),
    swap(
        "a swept lever at a word that it does not know",
        T,
        "lever.exit_rung, values: [2, never]",
        "lever.sunset_default, values: [restore, laps]",
        "simulation.sweep[1].values[1]",
        "sunset_default 'laps' is unknown (did you mean 'lapse'?)",
        "restore, lapse",
    ),
    swap(
        "a swept lag below 0",
        T,
        "values: [0, 0.5]",
        "values: [-1, 0.5]",
        "simulation.sweep[2].values[0]",
        "parameter 'lag.restore' is out of its limits (got -1)",
    ),
    swap(
        "two axes for one trigger",
        T,
        "lever.exit_rung, values: [2, never], basis: lever}",
        "lever.threshold, values: [0.5], basis: lever}\n    - {key: lever.alarm_streak, values: [1], basis: lever}",
        "simulation.sweep[2].key",
        "'lever.alarm_streak' sets what 'lever.threshold' sets",
        "one axis for one thing",
    ),
    swap(
        "more paths kept than there are",
        T,
        "keep_paths: 2",
        "keep_paths: 7",
        "simulation.keep_paths",
        "keeps more paths than there are (got 7 of 6)",
        "0 to 6",
    ),
    swap(
        "modal scores of printed tiers",
        T,
        "scores: draw",
        "scores: modal",
        "simulation.scores",
        "printed tiers leave many score vectors and no modal one",
        "draw, outer",
    ),
]

TABLE = [*LEVERS, *PARAMETERS, *SCHEDULES, *POLICIES, *CASES, *UTILITIES, *SIMULATIONS]
