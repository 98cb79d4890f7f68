"""From a world, a scenario and a policy to arrays: what kernels read.

Names become numbers here, rows are put in order of name, tables of PERT quantiles are made, windows get their places.
Nothing is drawn but the parameters, by :func:`inputs`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mcda.draws import key, number
from mcda.errors import UsageError
from mcda.roadmap.drawing import drawn, drawn_mix, quantiles
from mcda.roadmap.levers import SCOPES
from mcda.roadmap.model import Entry, Gate, Policy, Scenario, World
from mcda.roadmap.parameters import PARAMETERS, PLACES, Law
from mcda.roadmap.shadow import FIRST_GROUP, NUMBERS, PRINTED, RULE, SECTOR, WHOLES, write_rule
from mcda.roadmap.symbols import CRITERIA, EVENTS, FLAGS, KINDS, LATER, LIVE, MOST_STAGES, STATE, STATUSES, TRACKS, WARS

__all__ = ["ENTRY", "FIXED", "LEVERS", "ROW", "Inputs", "Plan", "Room", "inputs", "plan"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


#: A policy as one record; gates by stage.
LEVERS = np.dtype(
    [("exit_rung", "f8"), ("reentry", "f8"), ("review_every", "i8"), ("verify", "i8"), ("alarm_streak", "i8"),
     ("a", "i8"), ("b", "i8"), ("threshold", "f8"), ("scope", "i8"), ("stall", "f8"), ("stock_rise", "f8"),
     ("sunset", "f8"), ("lapse", "i8"), ("outer", "i8"), ("watch", "i8"), ("stages", "i8"), ("start_stage", "i8"),
     ("acting", "i8"), ("gate_clean", "i8", (MOST_STAGES, 6)), ("gate_belief", "f8", (MOST_STAGES, 6)),
     ("gate_listed", "f8", (MOST_STAGES,)), ("gate_stock", "f8", (MOST_STAGES,)),
     ("gate_released", "i8", (MOST_STAGES,)), ("gate_steps", "i8", (MOST_STAGES, 7))]
)  # fmt: skip
#: An entry of the schedule; `first`, `end` and `value` are this path's.
ENTRY = np.dtype(
    [("kind", "i8"), ("what", "i8"), ("low", "i8"), ("high", "i8"), ("number", "i8"), ("length", "i8"),
     ("dwell", "f8"), ("hold", "i8"), ("severity", "f8"), ("has_move", "i8"), ("move", "f8", (CRITERIA,)),
     ("first", "i8"), ("end", "i8"), ("value", "f8")]
)  # fmt: skip
_MOST = 32  # sectors, and legal bases
#: What a world and a scenario fix: the rule, where each kind of entry begins, how events move criteria (`table_of`: the
#: table of a PERT's quantiles, -1 for a point), steps, legal bases. This path's: which events rows load on, which
#: criteria are shifted, how many scores of each are clipped unshifted.
FIXED = np.dtype(
    [("months", "i8"), ("low", "f8"), ("high", "f8"), *RULE, ("begins", "i8", (len(KINDS) + 1,)),
     ("sign", "f8", (16, CRITERIA)), ("size", "f8", (16, CRITERIA)), ("table_of", "i8", (16, CRITERIA)),
     ("uncertain", "i8", (16,)), ("steps", "i8", (7,)), ("locked", "i8"), ("n_bases", "i8"), ("bases", "i8", (_MOST,)),
     ("needs_relief", "i8"), ("start_N", "f8"), ("start_list", "f8"), ("start_off", "f8"), ("total", "f8"),
     ("loaded", "i8", (16,)), ("shifted", "i8", (CRITERIA,)), ("clipped", "i8", (CRITERIA,))]
)  # fmt: skip
#: A row: what never changes (`w`: its share of the value that relief gives up), the state, and what outcomes need:
#: whether it was violated while suspended last month, restoring decisions of the last months and whether e has reached
#: .8 since, a bit each. A group has the same fields; `a` and `w` are sums over its rows, `size` their number, `counted`
#: the status that is counted for them.
ROW = np.dtype(
    [("tier", "i4"), ("sector", "i4"), ("of_2022", "i4"), ("base", "i4"), ("needs", "i4"), ("tracks", "i4"),
     ("reference", "i4"), ("stage", "i4"), ("number", "i8"), ("a", "f8"), ("w", "f8"),
     ("status", "i4"), ("due", "i4"), ("age", "i4"), ("mon", "i4"), ("barred", "i4"), ("cause", "i4"), ("e", "f8"),
     ("restored", "i4"), ("reached", "i4"), ("exposed", "i4"), ("size", "i4"), ("counted", "i4")]
)  # fmt: skip


class Room(NamedTuple):
    """What kernels take: a plan's arrays, and the words of records beside the records, to copy these whole."""

    fixed: Any
    policy: Any
    entries: Any
    tables: Any
    start: Any
    rows: Any
    state: Any
    words: Any
    groups: Any
    lanes: Any
    own: Any
    par: Any
    par_words: Any
    start_groups: Any


@dataclass(frozen=True, eq=False)
class Plan:
    """Arrays for kernels: what is fixed, and the room in which one path at a time is worked out.

    fixed : (1,) of FIXED; policy : (1,) of LEVERS; entries : (entry,) of ENTRY, by kind; tables : (table, 1025)
    start : (1,) of STATE, rows : (row,) of ROW and start_groups : (group,) of ROW, before month 0
    state : (1,) of LIVE and groups : (row,) of ROW, room for a path's
    lanes : (place, row) numbers and whole numbers, the rows' scores and shadow tiers
    own, par : (1,) of PARAMETERS, a path's own and those of the month
    """

    fixed: Any
    policy: Any
    entries: Any
    tables: Floats
    start: Any
    rows: Any
    start_groups: Any
    state: Any
    groups: Any
    lanes: Any
    own: Any
    par: Any

    @property
    def months(self) -> int:
        """The horizon."""
        return int(self.fixed["months"][0])

    @property
    def room(self) -> Room:
        """What kernels take."""
        return Room(
            self.fixed, self.policy, self.entries, self.tables, self.start.view(np.int64), self.rows,
            self.state, self.state.view(np.int64)[: STATE.itemsize // 8], self.groups, self.lanes,
            self.own.view(np.float64), self.par, self.par.view(np.float64), self.start_groups,
        )  # fmt: skip


def _bits(tracks: Any) -> int:
    return sum(1 << TRACKS.index(k) for k in tracks)


# -- rows --------------------------------------------------------------------------------------------------------------


def _rows(world: World, policy: Policy, c7_mean: Mapping[str, float] | None) -> Any:
    """Rows in order of name, in force."""
    ordered = sorted(world.rows, key=lambda row: row.name)
    sectors, bases = _sectors(world), _bases(world)
    found = np.zeros(len(ordered), ROW)
    found["number"] = _numbers("row", [row.name for row in ordered])
    for into, row in zip(found, ordered, strict=True):
        into["tier"], into["a"], into["sector"] = row.tier, row.a, sectors.index(row.sector)
        into["of_2022"], into["base"] = row.origin == 2022, -1 if row.base is None else bases.index(row.base)
        into["needs"], into["tracks"] = _bits(row.needs), _bits(policy.tracks_of(row))
        into["reference"] = _bits(world.reference.get(row.tier, frozenset()) | row.needs)
        into["stage"] = policy.stage_of(row.tier)
        into["w"] = row.a * (1.0 if c7_mean is None else c7_mean[row.name])
    found["w"] /= found["w"].sum()
    found["due"], found["e"] = -1, 1.0
    found["size"], found["counted"] = 1, -1
    return found


def _grouped(rows: Any, inside: int) -> tuple[Any, Ints]:
    """Groups of rows that nothing tells apart before a settlement, and the group of each row."""
    same = ("stage", "tracks", "needs", "reference", "base", "status", "due", "age", "mon", "barred", "e")
    keys = [(row["tier"] > inside, *(row[name] for name in same)) for row in rows]
    order = list(dict.fromkeys(keys))
    of = np.array([order.index(key) for key in keys])
    found = rows[[keys.index(key) for key in order]]
    for name in ("a", "w", "size"):
        found[name] = np.bincount(of, rows[name])
    return found, of


def _lanes(rows: Any, of: Ints) -> tuple[Floats, npt.NDArray[np.int32]]:
    """Rows side by side; see :mod:`mcda.roadmap.shadow`."""
    tiers = np.zeros((WHOLES, rows.size), np.int32)
    tiers[PRINTED], tiers[SECTOR], tiers[FIRST_GROUP] = rows["tier"], rows["sector"], of
    return np.zeros((NUMBERS, rows.size)), tiers


def _sectors(world: World) -> list[str]:
    return sorted({row.sector for row in world.rows})


def _bases(world: World) -> list[str]:
    return sorted({row.base for row in world.rows if row.base is not None})


def _numbers(what: str, names: Sequence[str]) -> Ints:
    """The numbers by which names are addressed; two that share one are refused."""
    found = [number(name) for name in names]
    if len(set(found)) < len(set(names)):
        raise UsageError(f"two names of a {what} have the same address; rename one of {', '.join(names)}")
    return np.array(found, dtype=np.int64)


# -- levers ------------------------------------------------------------------------------------------------------------


def _levers(policy: Policy, world: World, acting: bool) -> Any:
    a, b = policy.trigger.a_of_b or (0, 0)
    found = np.zeros(1, LEVERS)
    one = found[0]
    for name in ("exit_rung", "reentry", "review_every", "verify", "stall", "stock_rise", "sunset", "outer",
                 "start_stage"):  # fmt: skip
        one[name] = getattr(policy, name)
    one["alarm_streak"], one["a"], one["b"] = policy.trigger.alarm_streak or 0, a, b
    one["threshold"] = math.inf if policy.trigger.threshold is None else policy.trigger.threshold
    one["scope"], one["lapse"] = SCOPES.index(policy.scope), policy.sunset_default == "lapse"
    one["watch"], one["stages"], one["acting"] = _bits(policy.watch), len(policy.stages), acting
    for i, stage in enumerate(policy.stages):
        _gate(stage.gate, i, one, policy, world)
    return found


def _gate(gate: Gate, i: int, into: Any, policy: Policy, world: World) -> None:
    for j, k in enumerate(TRACKS[:6]):
        reviews = gate.clean.get(k, 0)
        into["gate_clean"][i, j] = policy.verify if reviews is None else reviews
        into["gate_belief"][i, j] = gate.belief.get(k, math.inf)
    into["gate_listed"][i] = math.nan if gate.listed is None else gate.listed
    into["gate_stock"][i] = math.nan if gate.stock is None else gate.stock
    into["gate_released"][i] = gate.released or 0
    for k, part in gate.steps.items():
        into["gate_steps"][i, TRACKS.index(k)] = part.least(world.steps.get(k, ()))


# -- the schedule ------------------------------------------------------------------------------------------------------


def _what(entry: Entry) -> int:
    match entry.kind:
        case "war":
            return WARS.index(entry.what)
        case "event":
            return EVENTS.index(entry.what)
        case "flag":
            return FLAGS.index(entry.what)
        case "lock" | "signal":
            return TRACKS.index(entry.what)
        case "set":
            return PLACES[entry.what]
    return int(entry.what)


def _entry(entry: Entry, world: World) -> tuple[Any, ...]:
    length = LATER if math.isinf(entry.length) else int(entry.length)
    dwell = np.nan if entry.dwell is None else entry.dwell
    severity = np.nan if entry.severity is None else entry.severity
    move = [(entry.move or {}).get(c, 0.0) for c in world.criteria]
    kind = KINDS.index(entry.kind)
    address = number(entry.name) if entry.name else 0
    return (kind, _what(entry), entry.first, entry.last_first, address, length, dwell, entry.hold, severity,
            entry.move is not None, move, 0, 0, 0.0)  # fmt: skip


def _ordered(scenario: Scenario) -> list[Entry]:
    return sorted(scenario.schedule, key=lambda entry: KINDS.index(entry.kind))


# -- the plan ----------------------------------------------------------------------------------------------------------


def plan(
    world: World,
    scenario: Scenario,
    policy: Policy,
    *,
    c7_mean: Mapping[str, float] | None = None,
    acting: bool = True,
    needs_relief: bool = False,
) -> Plan:
    """Return the plan of a world under a scenario and a policy.

    c7_mean : row -> mean of its belief's c7, for the weights of lost value; equal if not given
    acting : whether the policy exits and snaps back
    needs_relief : whether V is wanted although nothing depends on it

    Errors: :class:`UsageError` for what does not go together.
    """
    policy.check(world)
    entries = _ordered(scenario)
    _numbers("schedule's entry", [entry.name for entry in entries if entry.name])
    fixed, tables = _fixed(world, scenario, entries)
    fixed["needs_relief"] = needs_relief
    rows = _rows(world, policy, c7_mean)
    start, start_rows = _start(world, scenario, policy), _start_rows(rows, world, scenario, policy)
    start["stirred"] = (start_rows[["status", "due", "mon", "e"]] != rows[["status", "due", "mon", "e"]]).any()
    start_groups, of = _grouped(start_rows, world.rule.inside)
    start["groups"], start["restated"], start["resorted"] = len(start_groups), 1, 1
    return Plan(
        fixed, _levers(policy, world, acting), np.array([_entry(entry, world) for entry in entries], dtype=ENTRY),
        tables, start, start_rows, start_groups, np.zeros(1, LIVE), rows.copy(), _lanes(rows, of),
        np.zeros(1, PARAMETERS), np.zeros(1, PARAMETERS),
    )  # fmt: skip


def _months(world: World, scenario: Scenario) -> int:
    under = world.under(scenario)
    scenario.check(under)
    return under.horizon


def _fixed(world: World, scenario: Scenario, entries: Sequence[Entry]) -> tuple[Any, Floats]:
    found = np.zeros(1, FIXED)
    one, bases, sectors = found[0], _bases(world), _sectors(world)
    if max(len(bases), len(sectors)) > _MOST:
        raise UsageError(f"the simulation knows at most {_MOST} sectors and as many legal bases")
    one["months"], one["low"], one["high"] = _months(world, scenario), *world.scale
    write_rule(world.rule, one)
    kinds = [KINDS.index(entry.kind) for entry in entries]
    one["begins"] = np.searchsorted(kinds, np.arange(len(KINDS) + 1))
    one["sign"], one["size"], one["table_of"], tables = _moves(world)
    one["uncertain"] = (one["table_of"] >= 0).any(axis=1)
    one["locked"] = _bits({entry.what for entry in entries if entry.kind == "lock"})
    one["steps"] = [len(world.steps.get(k, ())) for k in TRACKS]
    one["n_bases"], one["bases"][: len(bases)] = len(bases), _numbers("base", bases)
    for name in ("N", "list", "off"):
        one[f"start_{name}"] = scenario.start.get(name, math.nan)
    one["total"] = sum(row.a for row in sorted(world.rows, key=lambda row: row.name))
    return found, tables


def _moves(world: World) -> tuple[Floats, Floats, Ints, Floats]:
    """Signs and sizes of moves, and the tables of those that are PERTs."""
    shape = (len(EVENTS), len(world.criteria))
    sign, size, table_of = np.zeros(shape), np.zeros(shape), np.full(shape, -1, dtype=np.int64)
    tables: dict[tuple[float, float, float], int] = {}
    for e, event in enumerate(EVENTS):
        for j, criterion in enumerate(world.criteria):
            move = world.moves.get(event, {}).get(criterion)
            if move is None:
                continue
            sign[e, j] = move.sign
            if isinstance(move.size, tuple):
                table_of[e, j] = tables.setdefault(move.size, len(tables))
            else:
                size[e, j] = move.size
    u = np.linspace(0.0, 1.0, 1025)
    laws = [Law("pert", {"low": low, "mode": mode, "high": high}) for low, mode, high in tables]
    return sign, size, table_of, np.stack([quantiles(law, u) for law in laws]) if laws else np.zeros((1, 1025))


def _start(world: World, scenario: Scenario, policy: Policy) -> Any:
    """The state before month 0, but for what parameters may give; a policy of fewer stages has all of them open."""
    found, start = np.zeros(1, STATE), scenario.start
    s = found[0]
    s["R"], s["W"] = start.get("R", 0), WARS.index(start.get("W", "war"))
    s["s"] = min(start.get("s", 0), len(policy.stages))
    dwell = start.get("dwell", 0)
    s["dwell"] = math.inf if dwell in (None, "never") else dwell
    s["C"] = [start.get("C", {}).get(k, k == "A") for k in TRACKS]
    s["d"] = s["d_review"] = [start.get("d", {}).get(k, 0) for k in TRACKS]
    for i, k in enumerate(TRACKS[:6]):
        s["pi"][i] = start.get("pi", {}).get(k, 0.05 if s["C"][i] else 0.95)
        s["clean"][i], s["alarm"][i] = start.get("clean", {}).get(k, 0), start.get("alarm", {}).get(k, 0)
    s["X"], s["t_exit"], s["mu"], s["g"] = start.get("X", "active") == "exited", -1, start.get("mu", 0.0), 1.0
    for event, moves in start.get("x", {}).items():
        for criterion, shift in moves.items():
            s["x"][EVENTS.index(event), world.criteria.index(criterion)] = shift
    s["moving"], s["opened_with"] = sum(1 << e for e in range(len(EVENTS)) if s["x"][e].any()), -1
    return found


def _start_rows(rows: Any, world: World, scenario: Scenario, policy: Policy) -> Any:
    """The rows before month 0; the policy's start comes after the scenario's. An effect of -1 is all a path allows."""
    found = rows.copy()
    for row, name in zip(found, sorted(row.name for row in world.rows), strict=True):
        for symbol in ("due", "age", "mon", "barred", "e"):
            value = scenario.start.get(symbol, {}).get(name)
            if value is not None:
                row[symbol] = value
        if row["mon"] > 0 and scenario.start.get("e", {}).get(name) is None:
            row["e"] = -1.0
        row["status"] = STATUSES.index(scenario.start.get("status", {}).get(name, "A"))
        if 0 < row["stage"] <= policy.start_stage:
            row["status"], row["age"], row["due"] = 1, 0, -1
    return found


# -- what is drawn before a path begins --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Inputs:
    """What paths begin with; an axis of paths of length 1 holds for all.

    parameters : (path or 1, place); load : (path or 1, sector, event); value : (path or 1, entry)
    """

    parameters: Floats
    load: Floats
    value: Floats

    @property
    def arrays(self) -> tuple[Floats, Floats, Floats]:
        """What kernels take."""
        return self.parameters, self.load, self.value


def inputs(world: World, scenario: Scenario, *, seed: int, paths: npt.ArrayLike, outer: int | None = None) -> Inputs:
    """Draw the parameters, loadings and windows' values of paths.

    seed : 0 to 2^64 - 1; paths : (path,) numbers; outer : number of the outer sample, None for defaults
    """
    key(seed)
    full = world.under(scenario)
    given = {name: drawn(name, value, seed=seed, paths=paths, outer=outer) for name, value in full.parameters.items()}
    parameters = _table([(PLACES[name],) for name in given], list(given.values()), (len(PARAMETERS_WORDS),))
    parameters = _with_mix(parameters, full, seed, paths, outer)
    cells = {
        (g, EVENTS.index(e)): drawn(f"load.{sector}.{e}", value, seed=seed, paths=paths, outer=outer)
        for g, sector in enumerate(_sectors(world))
        for e, value in world.load.get(sector, {}).items()
    }
    load = _table(list(cells), list(cells.values()), (_MOST, len(EVENTS)))
    values = [
        drawn(entry.what if entry.kind == "set" else "", entry.value, seed=seed, paths=paths, outer=outer)
        for entry in _ordered(scenario)
    ]
    return Inputs(parameters, load, _table([(i,) for i in range(len(values))], values, (len(values),)))


PARAMETERS_WORDS = range(PARAMETERS.itemsize // 8)


def _table(places: Sequence[tuple[int, ...]], values: Sequence[float | Floats], shape: tuple[int, ...]) -> Floats:
    """An array of one row, or of one for each path where a value was drawn for each."""
    n = max((np.size(value) for value in values), default=1)
    found = np.zeros((n, *shape))
    for place, value in zip(places, values, strict=True):
        at: Any = (slice(None), *place)
        found[at] = value
    return found


def _with_mix(table: Floats, world: World, seed: int, paths: npt.ArrayLike, outer: int | None) -> Floats:
    if world.mix_law is None or (world.mix_law[1] == "range" and outer is None):
        return table
    total, per = world.mix_law
    places = [PLACES[f"mix.{rung}"] for rung in range(2, 6)]
    mixes = drawn_mix(table[0, places].tolist(), total, seed=seed, at=paths if per == "path" else [outer or 0])
    found = np.repeat(table, len(mixes), axis=0) if len(table) < len(mixes) else table.copy()
    found[:, places] = mixes
    return found
