r"""One path of the simulation in plain Python: section 4 of the specification, step by step, slow on purpose.

Written from the normative text alone, before a compiled kernel existed; of the package it knows the random numbers
only. No arrays over rows or months, no cleverness: whoever doubts a kernel reads `Path` beside section 4's list.

    history = simulate(world, policy, scenario, seed=1, path=0)        # one path
    history["R"], history.of("status", "air-ban"), history.log         # a symbol over months, what was decided

The plain format
----------------
All three inputs are nested dicts of numbers, text, lists, booleans and None (the only exception: `scores` may be a
function). `None`, "never" and a key left out mean the same for a lever that may be `never`; `math.inf` and "inf" too.
Tracks are the letters H D P L M A O, events E1 ... E16, criteria c1 ... c7, W is "war", "ceasefire" or "settlement".

world
    rows        list of {name, tier, a = 1, sector, origin = None, base = None, needs = [], scores}; order is of no
                matter. `a` the weight; `origin` an int, only 2022 is looked at; `base` the name of its legal base;
                `needs` tracks; `scores` 7 numbers, or a function of the path's number that returns them (the loader
                draws them: `draw` with draw = path; `modal`: the same on all paths).
    rule        {roles: 7 of "against" | "for" | "counterweight", cuts, outside_cuts, scale: [low, high] = [1, 10]}:
                the reference rule. `cuts` descending, on C - c7, where C > 0; `outside_cuts` descending, on C, else.
    load        {sector: {event: number}}, one that is left out is 0. A law in it has the key `load.SECTOR.EVENT`.
    events      {id: {criterion: [sign, size]}}, sign +1 or -1, size a point or [low, mode, high] (PERT); left out:
                `EVENTS`, the table of section 3. E16 gives the harder side.
    steps       {track: n_k, or the names of the steps in order}; a track left out has n_k = 0.
    parameters  {dotted key: value}, over `DEFAULTS`, which names every key there is (but those of other dwell laws).
                Dwell: `dwell.R` is the law's name, with `dwell.R.months` (fixed), `.mean` (geometric), `.n` and `.mean`
                (negbin), `.scale` and `.shape` (weibull), nothing (never).
                A value is one of
                    a number, or text where text makes sense ("inf", "never", the name of a dwell law)
                    {law, ..., per: "path" (default) | "outer"}: see `quantile` for the laws and what they take
                    {default, low, high}           a range: the default, and in an outer sample PERT(low, default, high)
                    {default, range: {law, ...}}   the default, and in an outer sample that law
                    {members, dissent}             (1 - dissent)^members, a chance that nobody objects
                `mix`, if given, is {law: "dirichlet", total, per} or {range: {law: "dirichlet", total}}; its means
                are `mix.2` to `mix.5`, its four uniforms those of these four keys.
    reference   {tier: tracks}: what the case's reference gates ask for. The state machine does not look at it (outcomes
                do); `viol` of a month's record is made of it and of `needs`.

policy
    stages      list of {tiers: [...], gate: {...}}, stage 1 first; parts of a gate (all optional, all must hold):
                clean {track: reviews, or None for `verify`} | belief {track: at most} | listed share | stock share |
                steps {track: {at_least: n} | {share: x} | {named: [name or place, ...]}} | released n
    start       {stage: s}, default 0
    exit_rung   2; reentry never; review_every 1; verify 3; scope "all" | "last" | "linked"; sunset 6;
                sunset_default "restore" | "lapse"; stall never; stock_rise never; outer False; watch [] (tracks)
    trigger     exactly one of {alarm_streak: n} (default 1), {a: , b: }, {threshold: x}

scenario
    start       any of R, dwell (needed if R > 0; None: never ends), W, C {track: bool}, d {track: n}, N, list, pi
                {track: x}, clean, alarm {track: n}, s, X, status {row: A | S | PR | L}, due, age, mon, barred, e
                {row: ...}, x {event: {criterion: shift}}, off, mu
    overrides   {dotted key: value}, each replaces the world's value whole
    schedule    list of entries, each {at: month | [lo, hi], name (compulsory with [lo, hi]), for: months, ...} with
                ladder: R, dwell: months (left out: law[R])  | in month `at` alone
                war: W                                       | in every month of the window
                event: id, hold: 1, severity: u, or move: {criterion: shift}     | fires in month `at` alone
                wave: persons                                | each month of the window (without `for`: one month)
                flag: "amnesty" | "disengaged"               | on in the window
                lock: track, value: bool                     | in the window
                signal: track, value: bool                   | in the reviews of the window (without `for`: one month)
                set: dotted key, value: as in `parameters`   | in the window
                `for` left out means to the end, but where it is said otherwise.

`simulate(..., outer=i)` draws what is `per: outer` and all ranges with path = i; without it ranges stand at their
defaults, and laws `per: outer` are those of outer sample 0.

The history
-----------
`history.months[t]` is a plain dict of month t after step 5, before ages and effectiveness move: every symbol of section
2 under its name there (`dwell` None: never ends; by track, event, row or criterion where it has an index; `x` a list of
7 by event), and t, seen, g, V, shadow, viol (by row, true breach of a reference track), clipped, fired (events), y (by
track, {} if no review), served, rel, wave, inflow, deported (up to now), stall, undecided, released (since the last
opening), cause (of L, by row). `history.log` is a list of {t, decision, rows, ...}: EFFECT (to), REENTRY, EXIT,
SNAPBACK (tracks, others: stock_rise, stall; vetoed), SETTLED, BASE (base), RENEW (failed), ADVANCE (stage, opening;
vetoed), REOPEN, OUTER, READOPT. `history.parameters` are the values that held for the path outside windows.

Readings
--------
Where section 4 (or 2, 3, 5) leaves something open, and what is done here.

 1. "if not on: x[e] *= ...; if all |x[e]| < .01: x[e] = 0": the second belongs to the first; an event that is on keeps
    a small shock.
 2. "R = rung by cumulative mix at U(ladder,1)": as under Laws, the smallest rung with a mix above 0 and F >= u; the
    last such rung takes what rounding leaves. Points are not scaled to sum to 1.
 3. "`for` left out means to the end (a signal: one month)": taken so for W, flags, locks and parameters. The ladder and
    events act in month `at` alone (they have `dwell` and `hold`), and a wave without `for` is one wave.
 4. "(a scheduled W has the last word)", "settlement (absorbing)": W is set in every month of the window and can lead
    out of settlement; SETTLED comes in each month in which W was not settlement before and is now.
 5. "two firings in a month share it" (the severity): a scheduled firing with a `severity` of its own uses that for
    itself alone. Level and rate firings come first, then scheduled ones, then slips; a tie stays with the earlier.
 6. "A scheduled `move` ignores severity and coin", "E16, at most once a month: g *= f (harder) or 1 / f": the move
    replaces shifts only; g still moves, by the coin.
 7. "a firing in month f sets until_e": every firing, with hold 1 where none is scheduled (which changes nothing).
 8. "value times factor clipped to 0-1": a window or an override sets the track's own value, and the common factor
    (`slip.factor`, ...) and `delta.shift` still act on it. g acts on the clipped product, and is clipped again.
 9. "An opening is an ADVANCE that suspends a row": at least one row gets a `due` (or is suspended at once); month and N
    are those of the decision. An ADVANCE that finds no such row still makes s += 1 and all clean_k = 0.
10. "rows of stage s in A" in ADVANCE: those with nothing due (a row can be pending there only by a scenario's start).
11. "N >= the least N so far, start included": the least of the start and all months before this one, reviews or not.
    Statuses, for "a row in S or pending", are those before step 5.
12. "`linked` then means `all`, entire": whenever `stock_rise` or `stall` fires, also if a track triggers with it.
13. "last: rows of stage s": with s = 0 none; such a SNAPBACK restores nothing, but resets streaks.
14. "a of the last b reviews" with fewer than b since the reset: a of those there are.
15. `undecided` is set to 0 at every review at which ADVANCE could not be tried or its gate did not hold (also by EXIT
    or SNAPBACK), or which the council granted; other months leave it.
16. "A failed renewal leaves s alone and bars the row": rows that lapse at sunset are barred too (visible only after
    READOPT); rows that lapse by BASE or SETTLED are not.
17. READOPT stands after RENEW: a row that lapsed by BASE or at sunset in this very month is among its rows. One draw
    for all. The cause is cleared; a later lapse has its own. `due` is none.
18. OUTER: "their rows in A": barred or not, nothing due; "once": spent in the first month in which the conditions hold,
    even if no row was in A. "Tiers 4 and 5" are the rule's outside tiers.
19. "restore those in S with lag": PR with due = t + l, or at once if l = 0; PR rows of an earlier SNAPBACK keep their
    due under a SNAPBACK. In RENEW "-> A at once" asks no lag.
20. `age` of a row not in S is recorded as 0, and `e` of a row not in A as what it was when it left A.
21. `start.stage` also sets s. A scenario's `start` is applied first, the policy's after it.
    `e` of a row that has been suspended before (`mon`) is emax if not given, and never above emax.
22. "off at start" and "list at start", "N at start": the values before month 0, after rounding and `start`.
23. A list of values: equally likely, `values[floor(u n)]`. Weibull: F is evaluated, not summed.
24. "While exited, streaks stay 0": reviews still have signals and move beliefs, but count nowhere.
25. EXIT's "streaks 0" leaves `barred`; re-entry clears it. EXIT happens under a policy without stages as well.
26. tracks(m) of a row without a stage (tiers 4-5 under `outer`): its `needs` alone.
27. "All tracks(m) clean >= verify" of a row without tracks holds: REOPEN takes such a row at the next granted review.
28. A window of a parameter acts in MONITOR's prediction too ("the parameters as they stand").
29. `base_phase` 2 with (t - base_phase) mod 12 == 0 and month 0 = January is t = 2, March, though the table says "end
    of February"; the formula is followed.
30. REOPEN, when the gate held and the council refused ADVANCE, asks the same uniform and is refused too; so it needs no
    case of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from scipy import stats

from mcda.draws import number, uniforms

__all__ = [
    "CRITERIA", "DEFAULTS", "EVENTS", "EVENT_IDS", "TRACKS", "History", "binomial", "dwell_time", "negative_binomial",
    "pert_table", "quantile", "simulate", "sort", "uniform", "whole",
]  # fmt: skip

Plain = Mapping[str, Any]

TRACKS = "HDPLMAO"
CRITERIA = ["c1", "c2", "c3", "c4", "c5", "c6", "c7"]
EVENT_IDS = [f"E{i}" for i in range(1, 17)]
RATED = ["E10", "E11", "E13", "E16"]
SLIPS = {"D": "E6", "P": "E5", "L": "E7", "M": "E8", "A": "E9", "O": "E15"}  # H has no event
ROUNDED = {"stock", "list", "wave_stage", "wave_us", "base_phase", "cap", "grace", "war_rung"}
START_ONLY = {"stock", "list", "off", "horizon"}
TOLERANCE = 1e-9

#: Section 3: [sign, size]; a size of three numbers is a PERT, whose quantile is the severity.
EVENTS: dict[str, dict[str, list[Any]]] = {
    "E1": {"c1": [1, [3, 5, 8]], "c3": [1, [0, 2, 4]], "c4": [-1, [1, 3, 5]], "c5": [-1, 1]},
    "E2": {"c1": [1, [2, 4, 7]], "c3": [1, 1], "c4": [-1, 2]},
    "E3": {"c1": [1, [1, 2.5, 5]], "c3": [1, 1], "c4": [-1, 2]},
    "E4": {"c1": [1, [0, 1.5, 3]], "c3": [1, 1.5], "c4": [-1, 1.5]},
    "E5": {"c2": [1, [1, 2, 4]], "c5": [-1, 1]},
    "E6": {"c2": [1, 1], "c5": [-1, [0, 1, 3]]},
    "E7": {"c2": [1, 1.5], "c5": [-1, 1.5]},
    "E8": {"c6": [-1, [0, 1, 3]]},
    "E9": {"c2": [1, 1], "c5": [-1, 1], "c6": [-1, 1]},
    "E10": {"c1": [1, [0, 1, 3]], "c3": [1, [1, 3, 6]], "c4": [-1, 1]},
    "E11": {"c3": [1, 0.5], "c4": [1, 0.5], "c7": [1, [-4, -2, 1]]},
    "E12": {"c1": [-1, 3], "c3": [-1, 2], "c6": [1, 1], "c7": [-1, 1]},
    "E13": {"c4": [1, [0, 1.5, 3]], "c5": [1, 0.5], "c7": [1, [0, 2, 4]]},
    "E14": {},
    "E15": {},
    "E16": {"c1": [1, 1], "c2": [1, 1], "c4": [-1, 2], "c5": [-1, 1]},
}


def _by_track(key: str, tracks: str, values: Iterable[float]) -> dict[str, Any]:
    return {f"{key}.{k}": value for k, value in zip(tracks, values, strict=True)}


#: Section 5, the defaults. Every dotted key that there is, but those of dwell laws that are no default.
DEFAULTS: dict[str, Any] = {
    "horizon": 60, "onset": 0.010, "onset_1": 0.02,
    "mix.2": 0.55, "mix.3": 0.25, "mix.4": 0.15, "mix.5": 0.05,
    "dwell.1": "geometric", "dwell.1.mean": 6, "dwell.2": "geometric", "dwell.2.mean": 9,
    "dwell.3": "geometric", "dwell.3.mean": 6, "dwell.4": "geometric", "dwell.4.mean": 2, "dwell.5": "never",
    "war_factor.war": 1, "war_factor.ceasefire": 0.5, "war_factor.settlement": 0.1,
    "settlement": 0.01, "ceasefire": 0, "relapse": 0.05, "free_drop": 0.7,
    "rate.E10": 0.02, "rate.E11": 0.02, "rate.E13": 0.01, "rate.E16": 0.003, "succession_factor": 2,
    **{f"half_life.{e}": 3 if e in SLIPS.values() else 12 if e in ("E4", "E10") else 6 for e in EVENT_IDS},
    **_by_track("slip", TRACKS, [0.04, 0.15, 0.15, 0.02, 0.05, 0.01, 0.02]), "slip.factor": 1,
    **_by_track("repair", TRACKS, [0.10, 0.10, 0.05, 0.02, 0.20, 0.10, 0.03]), "repair.factor": 1,
    **_by_track("step", TRACKS, [0.3, 1, 0.3, 0.05, 0.5, 0.2, 0.2]), "step.factor": 1,
    "b_mu": 0, "b_rel": 0, "b_off": 0, "b_war": 0, "rho": 0.9, "gain": 0.2, "loss": 0.1,
    "stock": 1135, "list": 200, "inflow": 42.4, "size": 3, "calm": 0.2,
    "p_served": 0.021, "p_pardon": 0.024, "p_release": 0.10,
    "wave_stage": 50, "wave_us": 50, "list_first": 0.5, "deport": 0.8,
    **_by_track("delta", TRACKS[:6], [0.90, 0.95, 0.70, 0.95, 0.90, 0.95]), "delta.shift": 0,
    **_by_track("phi", TRACKS[:6], [0.03] * 6), "o_low": 0.4, "o_high": 1, "see.1": 0.5, "see.2": 1,
    "advance": 0.80, "snapback": 0.85, "renew": 0.95, "unanimity_base": 0.99,
    "lag.suspend": 1, "lag.restore": 1.5, "lag.exit": 0.2, "base_phase": 2,
    "spent": 0.02, "cap": 12, "floor": 0.5, "speed": 0.5, "restart": 0, "readopt": 0,
    "off": 0.8, "us_step": 0.1, "drift": -0.01, "stagnation_step": 0.1,
    "omega": 0.5, "grace": 3, "war_rung": 2,  # of outcomes alone
}  # fmt: skip


# -- uniforms ----------------------------------------------------------------------------------------------------------

BLOCK = 64  # paths are drawn in blocks only to ask less often; each number is a function of its address alone


@lru_cache(maxsize=16_384)
def _block(seed: int, stream: str, block: int, month: int, j: int) -> tuple[float, ...]:
    return tuple(uniforms(seed, stream, range(block * BLOCK, (block + 1) * BLOCK), j=j, month=month).tolist())


def uniform(seed: int, stream: str, path: int, month: int, j: int) -> float:
    """U(stream, j) of a path and month."""
    return _block(seed, stream, path // BLOCK, month, j)[path % BLOCK]


# -- laws, by inversion ------------------------------------------------------------------------------------------------


def clip(x: float, low: float, high: float) -> float:
    return min(max(x, low), high)


def whole(x: float, u: float) -> int:
    """Whole months from a fraction."""
    return math.floor(x) + (u < x - math.floor(x))


def _invert(u: float, first: int, log_first: float, log_ratio: Callable[[int], float], mean: float, last: float) -> int:
    """The smallest k >= first with F(k) >= u; log pmf(k + 1) = log pmf(k) + log_ratio(k)."""
    k, log_term = first, log_first
    total = term = math.exp(log_term)
    while total < u and k != last and not (k > mean and term < 2.0**-60):
        log_term += log_ratio(k)
        k += 1
        term = math.exp(log_term)
        total += term
    return k


def binomial(n: int, p: float, u: float) -> int:
    if p <= 0 or n == 0:
        return 0
    if p >= 1:
        return n
    odds = math.log(p) - math.log1p(-p)
    return _invert(u, 0, n * math.log1p(-p), lambda k: math.log((n - k) / (k + 1)) + odds, n * p, n)


def negative_binomial(mean: float, size: float, u: float) -> int:
    """Of given mean and size, variance mean + mean^2 / size; Poisson for an infinite size."""
    if mean <= 0:
        return 0
    if math.isinf(size):
        return _invert(u, 0, -mean, lambda k: math.log(mean / (k + 1)), mean, math.inf)
    failure = math.log(mean / (size + mean))
    first = size * math.log(size / (size + mean))
    return _invert(u, 0, first, lambda k: math.log((k + size) / (k + 1)) + failure, mean, math.inf)


def dwell_time(law: str, u: float, **given: float) -> float:
    """Months in a rung, 1, 2, ...; math.inf if it never ends."""
    match law:
        case "never":
            return math.inf
        case "fixed":
            months = int(given["months"])
            if months < 1:
                raise ValueError("a rung is left after one month at the earliest")
            return months
        case "geometric":
            return _successes(1, given["mean"], u)
        case "negbin":
            return _successes(int(given["n"]), given["mean"], u)
        case "weibull":
            k = 1
            while -math.expm1(-((k / given["scale"]) ** given["shape"])) < u:
                k += 1
            return k
    raise ValueError(f"no such law of dwell: {law}")


def _successes(n: int, mean: float, u: float) -> float:
    """Months until the n-th success, p = n / mean; on n, n + 1, ..."""
    p = n / mean
    if p >= 1:
        return n
    if p <= 0:
        return math.inf
    return _invert(u, n, n * math.log(p), lambda k: math.log(k / (k - n + 1)) + math.log1p(-p), mean, math.inf)


@lru_cache(maxsize=256)
def pert_table(low: float, mode: float, high: float) -> tuple[float, ...]:
    """Quantiles of PERT(low, mode, high) at u = 0, 1/1024, ..., 1."""
    return tuple(_pert(low, mode, high, i / 1024) for i in range(1025))


def _pert(low: float, mode: float, high: float, u: float) -> float:
    if high == low:
        return low
    a, b = 1 + 4 * (mode - low) / (high - low), 1 + 4 * (high - mode) / (high - low)
    return low + (high - low) * float(stats.beta.ppf(u, a, b))


def amplitude(size: Any, severity: float) -> float:
    """A point, or the table's quantile of a PERT, linear between its nodes."""
    if not isinstance(size, list | tuple):
        return float(size)
    table = pert_table(*map(float, size))
    i = min(math.floor(severity * 1024), 1023)
    return table[i] + (severity * 1024 - i) * (table[i + 1] - table[i])


def quantile(law: Plain, u: float) -> Any:
    """The exact quantile of a parameter's law.

    uniform {low, high}; log-uniform {low, high}; triangular {low, mode, high}; pert {low, mode, high}; beta {a, b, low,
    high}; values {values}. Low and high are 0 and 1 if left out. (A Dirichlet is drawn by `Draws.mix`.)
    """
    low, high = law.get("low", 0.0), law.get("high", 1.0)
    match law["law"]:
        case "uniform":
            return low + u * (high - low)
        case "log-uniform":
            return low * (high / low) ** u
        case "triangular":
            mode, width = law["mode"], high - low
            if u * width < mode - low:
                return low + math.sqrt(u * width * (mode - low))
            return high - math.sqrt((1 - u) * width * (high - mode))
        case "pert":
            return _pert(low, law["mode"], high, u)
        case "beta":
            return low + (high - low) * float(stats.beta.ppf(u, law["a"], law["b"]))
        case "values":
            return law["values"][math.floor(u * len(law["values"]))]
    raise ValueError(f"no such law: {law['law']}")


# -- parameters --------------------------------------------------------------------------------------------------------


@dataclass
class Draws:
    """Where a path's numbers come from."""

    seed: int
    path: int
    outer: int | None = None

    def at(self, stream: str, month: int, j: int) -> float:
        return uniform(self.seed, stream, self.path, month, j)

    def named(self, stream: str, name: str, month: int = 0) -> float:
        return self.at(stream, month, number(name))

    def parameter(self, key: str, per: str) -> float:
        path = self.path if per == "path" else (self.outer or 0)
        return uniform(self.seed, "parameter", path, 0, number(key))

    def value(self, key: str, given: Any) -> Any:
        """The value of a parameter, drawn by the digest of its dotted key if it has a law."""
        if given == "inf":
            return math.inf
        if not isinstance(given, Mapping):
            return given
        if "members" in given:
            return (1 - given["dissent"]) ** given["members"]
        if "default" in given:
            if self.outer is None:
                return given["default"]
            law: Any = given.get("range") or {**given, "law": "pert", "mode": given["default"]}
            drawn = quantile(law, self.parameter(key, "outer"))
        else:
            drawn = quantile(given, self.parameter(key, given.get("per", "path")))
        return math.floor(drawn + 0.5) if key in ROUNDED else drawn

    def mix(self, values: dict[str, Any], given: Any) -> None:
        """Draw the mix of rungs: gamma quantiles over their sum."""
        if "range" in given:
            if self.outer is None:
                return
            given = {**given["range"], "per": "outer"}
        keys = [f"mix.{rung}" for rung in range(2, 6)]
        per = given.get("per", "path")
        gammas = [
            float(stats.gamma.ppf(self.parameter(key, per), given["total"] * values[key])) if values[key] > 0 else 0.0
            for key in keys
        ]
        for key, gamma in zip(keys, gammas, strict=True):
            values[key] = gamma / sum(gammas)


def _values(world: Plain, scenario: Plain, draws: Draws) -> dict[str, Any]:
    given = DEFAULTS | dict(world.get("parameters", {})) | dict(scenario.get("overrides", {}))
    mix = given.pop("mix", None)
    unknown = [key for key in given if key not in DEFAULTS and not key.startswith("dwell.")]
    if unknown:
        raise ValueError(f"no such parameter: {unknown}")
    values = {key: draws.value(key, value) for key, value in given.items()}
    if mix is not None:
        draws.mix(values, mix)
    return values


# -- the rule ----------------------------------------------------------------------------------------------------------


def sort(rule: Plain, scores: list[float]) -> int:
    """The reference rule on real scores: a statistic within 1e-9 of a cut is on it, and goes to the smaller tier."""
    signs = {"against": -1.0, "for": 1.0, "counterweight": 0.0}
    c = sum(signs[role] * score for role, score in zip(rule["roles"], scores, strict=True))
    c7 = sum(score for role, score in zip(rule["roles"], scores, strict=True) if role == "counterweight")
    if c > TOLERANCE:  # within 1e-9 of 0 is 0, which is outside
        return 1 + sum(c - c7 < cut - TOLERANCE for cut in rule["cuts"])
    return _inside(rule) + 1 + sum(c < cut - TOLERANCE for cut in rule["outside_cuts"])


def _inside(rule: Plain) -> int:
    """The number of tiers inside the Roadmap."""
    return 1 + len(rule["cuts"])


# -- state -------------------------------------------------------------------------------------------------------------


@dataclass
class Row:
    """What has a status."""

    name: str
    tier: int
    a: float
    sector: str
    origin: int | None
    base: str | None
    needs: frozenset[str]
    scores: list[float]
    stage: int | None = None
    tracks: frozenset[str] = frozenset()
    status: str = "A"
    due: int | None = None
    age: int = 0
    mon: int = 0
    barred: bool = False
    e: float = 1.0
    cause: str | None = None

    @property
    def pending(self) -> bool:
        """A pending suspension: A with a due."""
        return self.status == "A" and self.due is not None


@dataclass
class Entry:
    """An entry of the schedule, its months known: first <= t < end."""

    kind: str
    what: Any
    first: int
    end: float
    value: Any
    given: Plain

    def covers(self, t: int) -> bool:
        return self.first <= t < self.end


@dataclass
class History:
    """What happened on a path: a record per month after step 5, and what was decided."""

    parameters: dict[str, Any]
    months: list[dict[str, Any]] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=list)

    def __getitem__(self, symbol: str) -> list[Any]:
        return [month[symbol] for month in self.months]

    def of(self, symbol: str, index: str) -> list[Any]:
        """A symbol that has an index (a track, a row, an event), over months."""
        return [month[symbol][index] for month in self.months]

    def decided(self, decision: str) -> list[int]:
        """The months in which something was decided (and not vetoed)."""
        return [entry["t"] for entry in self.log if entry["decision"] == decision and not entry.get("vetoed")]

    def as_json(self) -> dict[str, Any]:
        def plain(x: Any) -> Any:
            return None if isinstance(x, float) and math.isinf(x) else x

        return {
            "parameters": {key: plain(value) for key, value in self.parameters.items()},
            "months": self.months,
            "log": self.log,
        }


def never(lever: Any) -> float:
    """A lever that may be never."""
    return math.inf if lever in (None, "never") else lever


KINDS = ("ladder", "war", "event", "wave", "flag", "lock", "signal", "set")
ONE_MONTH = ("ladder", "event", "wave", "signal")  # without `for`


def _entry(given: Plain, draws: Draws) -> Entry:
    (kind,) = (kind for kind in KINDS if kind in given)
    first = given["at"]
    if isinstance(first, list | tuple):
        low, high = first
        first = low + math.floor(draws.named("schedule", given["name"]) * (high - low + 1))
    if kind == "set" and given["set"] in START_ONLY:
        raise ValueError(f"{given['set']} is read only at the start")
    long = 1 if kind in ("ladder", "event") else given.get("for", 1 if kind in ONE_MONTH else math.inf)
    value = draws.value(given["set"], given["value"]) if kind == "set" else given.get("value", True)
    return Entry(kind, given[kind], first, first + long, value, given)


def _row(given: Plain, path: int) -> Row:
    scores = given["scores"](path) if callable(given["scores"]) else given["scores"]
    return Row(
        given["name"], given["tier"], given.get("a", 1), given["sector"], given.get("origin"), given.get("base"),
        frozenset(given.get("needs", ())), [float(score) for score in scores],
    )  # fmt: skip


def _named(gate: Plain) -> set[str]:
    """The tracks that a gate names."""
    return {*gate.get("clean", {}), *gate.get("belief", {})}


class Path:
    """One path: its state, and one method for each step of section 4."""

    def __init__(self, world: Plain, policy: Plain, scenario: Plain, draws: Draws) -> None:
        self.world, self.draws = world, draws
        self.own = self.par = _values(world, scenario, draws)
        self.entries = [_entry(given, draws) for given in scenario.get("schedule", ())]
        self.load = {
            sector: {e: draws.value(f"load.{sector}.{e}", x) for e, x in row.items()}
            for sector, row in world.get("load", {}).items()
        }
        self.moves = world.get("events", EVENTS)
        self.n = {k: _length(world.get("steps", {}).get(k, 0)) for k in TRACKS}
        self.rows = sorted((_row(given, draws.path) for given in world["rows"]), key=lambda row: row.name)
        self._levers(policy)
        self.history = History(self.own)
        self._start(scenario.get("start", {}), policy.get("start", {}).get("stage", 0))

    def _levers(self, policy: Plain) -> None:
        self.stages = list(policy.get("stages", ()))
        self.exit_rung, self.reentry = never(policy.get("exit_rung", 2)), never(policy.get("reentry"))
        self.review_every, self.verify = policy.get("review_every", 1), policy.get("verify", 3)
        self.trigger = policy.get("trigger", {"alarm_streak": 1})
        self.scope, self.outer = policy.get("scope", "all"), policy.get("outer", False)
        self.stall_lever, self.stock_rise = never(policy.get("stall")), never(policy.get("stock_rise"))
        self.sunset, self.sunset_default = never(policy.get("sunset", 6)), policy.get("sunset_default", "restore")
        self.extra = frozenset(policy.get("watch", ()))
        inside = _inside(self.world["rule"])
        for i, stage in enumerate(self.stages, 1):
            if "O" in _named(stage.get("gate", {})) | self.extra:
                raise ValueError("the EU has no signal on O")
            if any(tier > inside for tier in stage["tiers"]):
                raise ValueError("tiers 4 and 5 have no stage")
            for row in self.rows:
                if row.tier in stage["tiers"]:
                    row.stage = i
        for row in self.rows:
            gates = [stage.get("gate", {}) for stage in self.stages[: row.stage or 0]]
            extra = self.extra if row.stage else frozenset()
            row.tracks = row.needs.union(extra, *(_named(gate) for gate in gates))

    def _start(self, start: Plain, stage: int) -> None:
        par = self.par
        self.R: int = start.get("R", 0)
        if self.R > 0 and "dwell" not in start:
            raise ValueError("a rung above 0 needs a dwell")
        dwell = start.get("dwell", 0)
        self.dwell: float = math.inf if dwell in (None, "never") else dwell
        self.W: str = start.get("W", "war")
        self.C = {k: k == "A" for k in TRACKS} | start.get("C", {})
        self.d = dict.fromkeys(TRACKS, 0) | start.get("d", {})
        self.N: int = start.get("N", par["stock"])
        self.list: int = start.get("list", par["list"])
        self.pi = {k: 0.05 if self.C[k] else 0.95 for k in TRACKS if k != "O"} | start.get("pi", {})
        self._streaks_0()
        self.clean |= start.get("clean", {})
        self.alarm |= start.get("alarm", {})
        self.s: int = start.get("s", 0)
        self.X: str = start.get("X", "active")
        self.t_exit = -1
        for row in self.rows:
            for symbol in ("status", "due", "age", "mon", "barred", "e"):
                if row.name in start.get(symbol, {}):
                    setattr(row, symbol, start[symbol][row.name])
            row.e = min(start.get("e", {}).get(row.name, 1.0), self.emax(row))
        self.x = {e: [float(start.get("x", {}).get(e, {}).get(c, 0)) for c in CRITERIA] for e in EVENT_IDS}
        self.off: float = start.get("off", par["off"])
        self.mu: float = start.get("mu", 0.0)
        if stage:
            self.s = stage
            for row in self.rows:
                if row.stage and row.stage <= stage:
                    row.status, row.age, row.due = "S", 0, None
        # what the table does not name
        self.off_start, self.N_start, self.list_start = self.off, self.N, self.list
        self.was_on = {e: self._level(e) for e in EVENT_IDS}
        self.until = dict.fromkeys(EVENT_IDS, 0)
        self.g, self.seen, self.deported = 1.0, 0, 0
        self.opening, self.N_opening, self.released = False, self.N, 0
        self.d_review, self.N_least = dict(self.d), self.N
        self.outer_done = False

    def _streaks_0(self) -> None:
        self.clean, self.alarm = dict.fromkeys(TRACKS[:6], 0), dict.fromkeys(TRACKS[:6], 0)
        self.record: dict[str, list[bool]] = {k: [] for k in TRACKS[:6]}
        self.stall = self.undecided = 0

    # -- helpers --

    def U(self, stream: str, j: int) -> float:
        return self.draws.at(stream, self.t, j)

    def rate(self, key: str, k: str) -> float:
        """slip, repair or step of a track, times the common factor."""
        return clip(self.par[f"{key}.{k}"] * self.par[f"{key}.factor"], 0.0, 1.0)

    def scheduled(self, kind: str, what: Any = None) -> list[Entry]:
        return [x for x in self.entries if x.kind == kind and x.covers(self.t) and what in (None, x.what)]

    def emax(self, row: Row) -> float:
        return max(self.par["floor"], 1 - self.par["spent"] * min(row.mon, self.par["cap"]))

    def tell(self, decision: str, rows: Iterable[Row] = (), **more: Any) -> None:
        self.history.log.append({"t": self.t, "decision": decision, "rows": [row.name for row in rows], **more})

    @property
    def review(self) -> bool:
        return (self.t + 1) % self.review_every == 0

    def lag(self, which: str) -> int:
        j = ("suspend", "restore", "exit").index(which)
        return whole(self.par[f"lag.{which}"], self.U("lag", j))

    def to_A(self, row: Row) -> None:
        row.status, row.due, row.age, row.e = "A", None, 0, self.par["restart"] * self.emax(row)

    def to_S(self, row: Row) -> None:
        row.status, row.due, row.age = "S", None, 0

    def to_L(self, row: Row, cause: str) -> None:
        if row.status != "L":
            row.status, row.due, row.age, row.cause = "L", None, 0, cause

    def suspend(self, rows: Iterable[Row]) -> None:
        lag = self.lag("suspend")
        for row in rows:
            row.due = self.t + lag
            if lag == 0:
                self.to_S(row)

    def restore(self, rows: Iterable[Row], which: str) -> None:
        lag = self.lag(which)
        for row in rows:
            row.status, row.due, row.age = "PR", self.t + lag, 0
            if lag == 0:
                self.to_A(row)

    # -- 0 EFFECT --

    def effect(self) -> None:
        self.par = self.own | {entry.what: entry.value for entry in self.scheduled("set")}
        due = [row for row in self.rows if row.due == self.t]
        suspended, restored = [r for r in due if r.status == "A"], [r for r in due if r.status == "PR"]
        for row in suspended:
            self.to_S(row)
        for row in restored:
            self.to_A(row)
        if suspended:
            self.tell("EFFECT", suspended, to="S")
        if restored:
            self.tell("EFFECT", restored, to="A")
        if self.X == "exited" and self.t >= self.t_exit + self.reentry and self.seen < self.exit_rung:
            self.X, self.s = "active", 0
            self._streaks_0()
            for row in self.rows:
                row.barred = False
            self.tell("REENTRY")

    # -- 1 EVENTS --

    def events(self) -> None:
        self.fired: list[str] = []
        self._ladder()
        self._war()
        for e in EVENT_IDS:
            if not (self._level(e) or self.t < self.until[e]):
                half = self.par[f"half_life.{e}"]
                self.x[e] = [x * 2 ** (-1 / half) for x in self.x[e]]
                if all(abs(x) < 0.01 for x in self.x[e]):
                    self.x[e] = [0.0] * 7
        for e in EVENT_IDS:
            on = self._level(e)
            turned_on = on and not self.was_on[e]
            if turned_on or (e in RATED and self.U("event", EVENT_IDS.index(e)) < self.par[f"rate.{e}"]):
                self.fire(e)
            self.was_on[e] = on
        for entry in self.scheduled("event"):
            self.fire(entry.what, entry.given)
        par = self.par
        up, down = par["us_step"] * ("E11" in self.fired), par["stagnation_step"] * ("E13" in self.fired)
        self.off = clip(self.off + par["drift"] + up - down, 0.0, 1.0)
        if "E16" in self.fired:
            self.g *= par["succession_factor"] if self._harder() else 1 / par["succession_factor"]

    def _ladder(self) -> None:
        R0 = self.R
        if R0 > 0:
            self.dwell -= 1
            if self.dwell == 0:
                self.R = 0
        if R0 <= 1 and self.U("ladder", 0) < self.par["onset"] * self.par[f"war_factor.{self.W}"]:
            self.R = self._rung(self.U("ladder", 1))
            self.dwell = self._dwell(self.R)
        elif R0 == 0 and self.U("ladder", 3) < self.par["onset_1"]:
            self.R = 1
            self.dwell = self._dwell(1)
        for entry in self.scheduled("ladder"):
            self.R = entry.what
            self.dwell = entry.given["dwell"] if "dwell" in entry.given else self._dwell(self.R)
            if self.dwell in (None, "never"):
                self.dwell = math.inf
            if self.R > 0 and self.dwell < 1:
                raise ValueError("a rung is left after one month at the earliest")
        if self.R == 0:
            self.dwell = 0

    def _rung(self, u: float) -> int:
        possible = [rung for rung in range(2, 6) if self.par[f"mix.{rung}"] > 0]
        total = 0.0
        for rung in possible:
            total += self.par[f"mix.{rung}"]
            if total >= u:
                return rung
        return possible[-1]

    def _dwell(self, R: int) -> float:
        if R == 0:
            return 0
        given = {key.split(".")[2]: value for key, value in self.par.items() if key.startswith(f"dwell.{R}.")}
        return dwell_time(self.par[f"dwell.{R}"], self.U("ladder", 2), **given)

    def _war(self) -> None:
        par, u, before = self.par, self.U("war", 0), self.W
        if self.W == "war":
            if u < par["settlement"]:
                self.W = "settlement"
            elif u < par["settlement"] + par["ceasefire"]:
                self.W = "ceasefire"
        elif self.W == "ceasefire":
            if u < par["settlement"]:
                self.W = "settlement"
            elif u < par["settlement"] + par["relapse"]:
                self.W = "war"
        for entry in self.scheduled("war"):
            self.W = entry.what
        self.just_settled = self.W == "settlement" and before != "settlement"

    def _level(self, e: str) -> bool:
        """A level event on."""
        return {"E1": self.R >= 4, "E2": self.R == 3, "E3": self.R == 2, "E4": self.R == 1,
                "E12": self.W == "settlement"}.get(e, False)  # fmt: skip

    def _harder(self) -> bool:
        return self.U("coin", 0) < 0.5

    def fire(self, e: str, given: Plain | None = None) -> None:
        """Fire an event: each criterion keeps the larger magnitude, the present one wins a tie."""
        given = given or {}
        self.until[e] = max(self.until[e], self.t + given.get("hold", 1))
        if e not in self.fired:
            self.fired.append(e)
        if "move" in given:
            shifts = {c: float(shift) for c, shift in given["move"].items()}
        else:
            severity = given["severity"] if "severity" in given else self.U("severity", EVENT_IDS.index(e))
            side = -1 if e == "E16" and not self._harder() else 1
            shifts = {c: side * sign * amplitude(size, severity) for c, (sign, size) in self.moves.get(e, {}).items()}
        for c, shift in shifts.items():
            j = CRITERIA.index(c)
            if abs(shift) > abs(self.x[e][j]):
                self.x[e][j] = shift

    # -- 2 COMPLY --

    def comply(self) -> None:
        par = self.par
        push = par["gain"] * self.opening_before - par["loss"] * (self.undecided >= 3)
        self.mu = clip(par["rho"] * self.mu + push, -1.0, 1.0)
        staged = [row for row in self.rows if row.stage]
        whole_c7 = sum(row.a * row.scores[6] for row in staged)
        in_force = sum(row.a * row.scores[6] for row in staged if row.status == "A")
        self.V = (1 - self.off) * in_force / whole_c7 if whole_c7 else 0.0
        shift = -par["b_mu"] * self.mu - par["b_rel"] * self.V + par["b_off"] * (self.off - self.off_start)
        shift += par["b_war"] * (self.R >= 2)
        for i, k in enumerate(TRACKS):
            q = shifted(clip(self.rate("slip", k) * self.g, 0.0, 1.0), shift)
            r = shifted(clip(self.rate("repair", k) / self.g, 0.0, 1.0), -shift)
            old, u = self.C[k], self.U("comply", i)
            self.C[k] = u >= q if old else u < r
            for entry in self.scheduled("lock", k):
                self.C[k] = entry.value
            if old and not self.C[k]:
                if k in SLIPS:
                    self.fire(SLIPS[k])
                if k != "L":
                    self.d[k] = 0
            elif self.C[k] and self.d[k] < self.n[k] and self.U("step", i) < self.rate("step", k):
                self.d[k] += 1
        self._stock()

    def _stock(self) -> None:
        par, N = self.par, self.N
        self.served = binomial(N, par["p_served"], self.U("stock", 0))
        self.rel = binomial(N - self.served, par["p_release" if self.C["H"] else "p_pardon"], self.U("stock", 1))
        wave = par["wave_stage"] * self.opening_before + par["wave_us"] * ("E11" in self.fired)
        wave += sum(entry.what for entry in self.scheduled("wave"))
        self.wave = min(N - self.served - self.rel, wave)
        calm = par["calm"] if self.C["P"] else 1
        self.inflow = negative_binomial(par["inflow"] * calm, float(par["size"]), self.U("stock", 2))
        self.N = N - self.served - self.rel - self.wave + self.inflow
        out = self.rel + self.wave
        self.list = min(self.N, max(0, self.list - math.floor(par["list_first"] * out + 0.5)))
        if not self.C["D"]:
            self.deported += math.floor(par["deport"] * out + 0.5)
        self.released += out

    # -- 3 SHADOW --

    def shadow(self) -> None:
        low, high = self.world["rule"].get("scale", [1, 10])
        self.clipped, self.tiers = 0, {}
        for row in self.rows:
            loads = self.load.get(row.sector, {})
            moved = []
            for j, score in enumerate(row.scores):
                c = score + sum(loads.get(e, 0) * self.x[e][j] for e in EVENT_IDS)
                self.clipped += not low <= c <= high
                moved.append(clip(c, low, high))
            self.tiers[row.name] = sort(self.world["rule"], moved)

    # -- 4 MONITOR --

    def monitor(self) -> None:
        par = self.par
        see = 1.0 if self.R == 0 else par["see.1"] if self.R == 1 else par["see.2"]
        self.seen = self.R if self.U("ladder", 4) < see else 0
        self.y: dict[str, bool] = {}
        for i, k in enumerate(TRACKS[:6]):
            pi = self.pi[k]
            self.pi[k] = pi * (1 - self.rate("repair", k)) + (1 - pi) * self.rate("slip", k)
            if self.review:
                self._signal(i, k)
        if self.review:
            if self.X == "active":
                held = any(row.status == "S" or row.pending for row in self.rows)
                idle = all(self.d[k] <= self.d_review[k] for k in TRACKS)
                stuck = held and idle and self.N >= self.N_least  # noqa: SIM300
                self.stall = self.stall + 1 if stuck else 0
            self.d_review = dict(self.d)
        self.N_least = min(self.N_least, self.N)

    def _signal(self, i: int, k: str) -> None:
        par = self.par
        o = (par["o_high"] if self.C["O"] else par["o_low"]) if k in "HDP" else 1.0
        hit = clip(par[f"delta.{k}"] + par["delta.shift"], 0.0, 1.0) * o
        phi = par[f"phi.{k}"]
        y = self.U("signal", i) < (phi if self.C[k] else hit)
        for entry in self.scheduled("signal", k):
            y = entry.value
        l1, l0 = (hit, phi) if y else (1 - hit, 1 - phi)
        below = self.pi[k] * l1 + (1 - self.pi[k]) * l0
        if below != 0:
            self.pi[k] = self.pi[k] * l1 / below
        self.y[k] = y
        if self.X == "exited":
            return
        self.record[k].append(y)
        if y:
            self.alarm[k], self.clean[k] = self.alarm[k] + 1, 0
        else:
            self.clean[k], self.alarm[k] = self.clean[k] + 1, 0

    # -- 5 DECIDE --

    def decide(self) -> None:
        exited = self.exit()
        snapped = not exited and self.snapback()
        self.settled()
        self.base()
        self.renew()
        advanced = self.advance(allowed=not exited and not snapped)
        if not (exited or snapped or advanced):
            self.reopen()
        if not (exited or snapped):
            self.open_outer()
        if exited or snapped:
            self.readopt()

    def exit(self) -> bool:
        if not (self.X == "active" and self.seen >= self.exit_rung):
            return False
        self.X, self.s, self.t_exit = "exited", 0, self.t
        self._streaks_0()
        lag = self.lag("exit")
        suspended = [row for row in self.rows if row.status == "S"]
        waiting = [row for row in self.rows if row.status == "PR"]
        self._cancel(self.rows)
        self.restore(suspended, "exit")
        for row in waiting:
            row.due = self.t + lag if row.due is None else min(row.due, self.t + lag)
            if row.due == self.t:
                self.to_A(row)
        self.tell("EXIT", suspended, seen=self.seen)
        return True

    def _cancel(self, rows: Iterable[Row]) -> None:
        """Cancel the pending suspensions among some rows."""
        for row in rows:
            if row.pending:
                row.due = None

    def watch(self) -> set[str]:
        held = [row.tracks for row in self.rows if row.status == "S" or row.pending]
        return set().union(self.extra, *held)

    def triggered(self, k: str) -> bool:
        trigger = self.trigger
        if "alarm_streak" in trigger:
            return self.alarm[k] >= trigger["alarm_streak"]
        if "threshold" in trigger:
            return self.pi[k] > trigger["threshold"]
        return sum(self.record[k][-trigger["b"] :]) >= trigger["a"]

    def snapback(self) -> bool:
        if not self.review or not any(row.status == "S" or row.pending for row in self.rows):
            return False
        watched = self.watch()
        tracks = [k for k in TRACKS if k in watched and self.triggered(k)]
        others = ["stock_rise"] * (self.N > (1 + self.stock_rise) * self.N_opening)  # noqa: SIM300
        others += ["stall"] * (self.stall >= self.stall_lever)
        if not tracks and not others:
            return False
        if not self.U("council", 1) < self.par["snapback"]:
            self.tell("SNAPBACK", tracks=tracks, others=others, vetoed=True)
            return False
        if self.scope == "linked" and not others:
            rows = [row for row in self.rows if row.tracks & set(tracks)]
            for k in tracks:
                self.alarm[k], self.record[k] = 0, []
        elif self.scope == "last":
            rows = [row for row in self.rows if row.stage is not None and row.stage == self.s]
            self.s = max(0, self.s - 1)
            self._streaks_0()
        else:
            rows = list(self.rows)
            self.s = 0
            self._streaks_0()
            for row in rows:
                row.barred = False
        suspended = [row for row in rows if row.status == "S"]
        self._cancel(rows)
        self.restore(suspended, "restore")
        self.tell("SNAPBACK", suspended, tracks=tracks, others=others)
        return True

    def settled(self) -> None:
        if not self.just_settled:
            return
        dropped = [row for row in self.rows if row.origin == 2022 and row.status != "L"
                   and self.draws.named("drop", row.name) < self.par["free_drop"]]  # fmt: skip
        for row in dropped:
            self.to_L(row, "settlement")
        self.tell("SETTLED", dropped)

    def base(self) -> None:
        if not (self.t > 0 and (self.t - self.par["base_phase"]) % 12 == 0):
            return
        for name in sorted({row.base for row in self.rows if row.base is not None}):
            if self.draws.named("base", name, self.t) >= self.par["unanimity_base"]:
                lapsed = [row for row in self.rows if row.base == name and row.status != "L"]
                for row in lapsed:
                    self.to_L(row, "base")
                self.fired += ["E14"] * ("E14" not in self.fired)
                self.tell("BASE", lapsed, base=name)

    def renew(self) -> None:
        rows = [row for row in self.rows if row.status == "S" and row.age >= self.sunset]
        if not rows:
            return
        failed = not self.U("council", 2) < self.par["renew"]
        for row in rows:
            if not failed:
                row.age = 0
            elif self.sunset_default == "restore":
                self.to_A(row)
                row.barred = True
            else:
                self.to_L(row, "sunset")
                row.barred = True
        if failed:
            self.fired += ["E14"] * ("E14" not in self.fired)
        self.tell("RENEW", rows, failed=failed)

    def gate(self, stage: int) -> bool:
        gate = self.stages[stage - 1].get("gate", {})
        clean, belief = gate.get("clean", {}), gate.get("belief", {})
        parts = [self.clean[k] >= (self.verify if reviews is None else reviews) for k, reviews in clean.items()]
        parts += [self.pi[k] <= most for k, most in belief.items()]
        if "listed" in gate:
            parts.append(self.list <= (1 - gate["listed"]) * self.list_start + TOLERANCE)
        if "stock" in gate:
            parts.append(self.N <= gate["stock"] * self.N_start + TOLERANCE)  # noqa: SIM300
        if "released" in gate:
            parts.append(self.released >= gate["released"])
        parts += [self._steps_done(k, part) for k, part in gate.get("steps", {}).items()]
        return all(parts)

    def _steps_done(self, k: str, part: Plain) -> bool:
        if "at_least" in part:
            return self.d[k] >= part["at_least"]
        if "share" in part:
            return self.d[k] >= part["share"] * self.n[k] - TOLERANCE
        names = self.world["steps"][k]
        places = [one if isinstance(one, int) else names.index(one) + 1 for one in part["named"]]
        return all(self.d[k] >= place for place in places)

    def advance(self, *, allowed: bool) -> bool:
        if not self.review:
            return False
        if not (allowed and self.X == "active" and self.s < len(self.stages) and self.gate(self.s + 1)):
            self.undecided = 0
            return False
        if not self.U("council", 0) < self.par["advance"]:
            self.undecided += 1
            self.tell("ADVANCE", stage=self.s + 1, vetoed=True)
            return False
        self.undecided = 0
        self.s += 1
        rows = [row for row in self.rows if row.stage == self.s and row.status == "A" and row.due is None
                and not row.barred and all(self.clean[k] >= self.verify for k in row.needs)]  # fmt: skip
        self.suspend(rows)
        self.clean = dict.fromkeys(self.clean, 0)
        self.opening = bool(rows)
        if self.opening:
            self.N_opening, self.released = self.N, 0
        self.tell("ADVANCE", rows, stage=self.s, opening=self.opening)
        return True

    def reopen(self) -> None:
        if not (self.review and self.X == "active" and self.U("council", 0) < self.par["advance"]):
            return
        rows = [row for row in self.rows if row.stage is not None and row.stage <= self.s and row.status == "A"
                and row.due is None and not row.barred
                and all(self.clean[k] >= self.verify for k in row.tracks)]  # fmt: skip
        if rows:
            self.suspend(rows)
            self.tell("REOPEN", rows)

    def open_outer(self) -> None:
        calm = self.W == "settlement" or bool(self.scheduled("flag", "disengaged"))
        if self.outer_done or not (self.outer and self.X == "active" and calm and self.scheduled("flag", "amnesty")):
            return
        self.outer_done = True
        inside = _inside(self.world["rule"])
        rows = [row for row in self.rows if row.tier > inside and row.status == "A" and row.due is None]
        self.suspend(rows)
        self.tell("OUTER", rows)

    def readopt(self) -> None:
        rows = [row for row in self.rows if row.status == "L" and row.cause in ("sunset", "base")]
        if not rows or not self.U("council", 3) < self.par["readopt"]:
            return
        for row in rows:
            self.to_A(row)
            row.cause = None
        self.tell("READOPT", rows)

    # -- 6 ACCRUE --

    def accrue(self) -> None:
        self.history.months.append(self.now())
        for row in self.rows:
            if row.status == "S":
                row.age += 1
            if row.status in ("S", "PR"):
                row.mon += 1
            if row.status == "A":
                row.e += (1 - math.exp(-self.par["speed"])) * (self.emax(row) - row.e)

    def now(self) -> dict[str, Any]:
        """Every symbol of section 2 as it stands, and what else the month showed."""
        record: dict[str, Any] = {"t": self.t, "dwell": None if math.isinf(self.dwell) else int(self.dwell)}
        for name in ("R", "seen", "W", "N", "list", "s", "X", "off", "mu", "g", "V", "clipped", "served", "rel", "wave",
                     "inflow", "deported", "stall", "undecided", "released"):  # fmt: skip
            record[name] = getattr(self, name)
        for name in ("C", "d", "pi", "clean", "alarm", "y"):
            record[name] = dict(getattr(self, name))
        o = self.par["o_high"] if self.C["O"] else self.par["o_low"]
        record |= {"o": o, "fired": list(self.fired), "shadow": dict(self.tiers)}
        record["x"] = {e: list(x) for e, x in self.x.items()}
        for name in ("status", "due", "age", "mon", "barred", "e", "cause"):
            record[name] = {row.name: getattr(row, name) for row in self.rows}
        record["emax"] = {row.name: self.emax(row) for row in self.rows}
        reference = self.world.get("reference", {})
        asked = {row.name: row.needs | set(reference.get(row.tier, ())) for row in self.rows}
        record["viol"] = {name: any(not self.C[k] for k in tracks) for name, tracks in asked.items()}
        return record

    def month(self, t: int) -> None:
        self.t = t
        self.opening_before, self.opening = self.opening, False
        self.effect()
        self.events()
        self.comply()
        self.shadow()
        self.monitor()
        self.decide()
        self.accrue()


def shifted(q: float, shift: float) -> float:
    """A probability moved on the logit scale; 0 and 1 stay, and a shift of exactly 0 leaves it as it is."""
    if shift == 0 or q in (0.0, 1.0):
        return q
    at = math.log(q / (1 - q)) + shift
    return 1 / (1 + math.exp(-at)) if at >= 0 else math.exp(at) / (1 + math.exp(at))


def _length(steps: Any) -> int:
    return steps if isinstance(steps, int) else len(steps)


def simulate(
    world: Plain, policy: Plain, scenario: Plain, *, seed: int, path: int, months: int | None = None,
    outer: int | None = None,
) -> History:  # fmt: skip
    """One path of a policy in a scenario; `months` left out is the horizon. The formats are in the module's text."""
    one = Path(world, policy, scenario, Draws(seed, path, outer))
    for t in range(int(one.own["horizon"]) if months is None else months):
        one.month(t)
    return one.history
