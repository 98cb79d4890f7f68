"""The reduced model in SimPy, twice: with a clock that ticks for every measure, and driven by events.

`clocked` is how SimPy's manual writes a model that steps: a process for Minsk and the EU and one for each measure, all
of which wait for the next month. `driven` is what an expert would write: the territory and the track sleep until they
change, a measure sleeps until it is ordered to change, and only the EU wakes up each month, to review.
"""

from __future__ import annotations

import random
from collections.abc import Generator
from typing import Any

import simpy

from benchmarks.reduced_model.common import (
    ADVANCE,
    ALARM,
    DWELL,
    EXIT_LAG,
    FALSE_ALARM,
    MONTHS,
    ONSET,
    RENEW,
    REPAIR,
    RESTORE_LAG,
    SLIP,
    SNAPBACK,
    STAGES,
    STATUSES,
    SUNSET,
    TIERS,
    VERIFY,
    Account,
    geometric,
    whole,
)

__all__ = ["clocked", "driven"]

Process = Generator[simpy.Event, Any, None]


# -- with a clock ------------------------------------------------------------------------------------------------------


class Measure:
    """A measure that looks at each month: what is due takes effect; a month later the past one is accounted."""

    def __init__(self, env: simpy.Environment, tier: int) -> None:
        self.env, self.tier = env, tier
        self.status, self.barred = "A", False
        self.due: int | None = None
        self.age = self.exposure = 0
        self.months = dict.fromkeys(STATUSES, 0)

    def run(self, union: Union) -> Process:
        """Live through the months; measures start before the EU, so they come first in every month."""
        for month in range(MONTHS):
            if self.due == month:
                self.status, self.due, self.age = ("S" if self.status == "A" else "A"), None, 0
            yield self.env.timeout(1)
            self.months[self.status] += 1
            if self.status == "S":
                self.age += 1
            if union.violated and self.status in ("S", "PR"):
                self.exposure += 1

    def restore(self, month: int, lag: int) -> None:
        """Come back into force, or bring a restoration that is pending forward."""
        self.due = min(month + lag, self.due) if self.status == "PR" and self.due is not None else month + lag
        self.status = "PR"
        if self.due == month:
            self.status, self.due = "A", None


class Union:
    """Minsk and the EU: conduct, review and decision of each month."""

    def __init__(self, env: simpy.Environment, measures: list[Measure], rng: random.Random) -> None:
        self.env, self.measures, self.rng = env, measures, rng
        self.rung = self.dwell = self.stage = self.clean = self.code = 0
        self.time = MONTHS
        self.violated, self.active, self.alarm = True, True, False

    def run(self) -> Process:
        """Live through the months."""
        for month in range(MONTHS):
            self.conduct()
            self.review()
            self.decide(month)
            yield self.env.timeout(1)

    def conduct(self) -> None:
        """The territory's use begins or runs out; the track slips or is repaired."""
        if self.rung:
            self.dwell -= 1
            if not self.dwell:
                self.rung = 0
        elif self.rng.random() < ONSET:
            self.rung, self.dwell = 2, geometric(self.rng, 1 / DWELL)
        if self.rng.random() < (REPAIR if self.violated else SLIP):
            self.violated = not self.violated

    def review(self) -> None:
        """An alarm or none."""
        self.alarm = self.rng.random() < (ALARM if self.violated else FALSE_ALARM)
        self.clean = 0 if self.alarm else self.clean + 1

    def decide(self, month: int) -> None:
        """Exit, snapback, renewals, or the next stage."""
        if not self.active:
            return
        suspended = [m for m in self.measures if m.status == "S"]
        if self.rung:
            self.active = False
            self.recall([m for m in self.measures if m.status in ("S", "PR")], month, EXIT_LAG, 1)
        elif suspended and self.alarm and self.rng.random() < SNAPBACK:
            self.recall(suspended, month, RESTORE_LAG, 2)
        else:
            self.renew([m for m in suspended if m.age >= SUNSET])
            self.advance(month)

    def recall(self, measures: list[Measure], month: int, lag: float, code: int) -> None:
        """Restore measures, and begin anew."""
        months = whole(self.rng, lag)
        for measure in measures:
            measure.restore(month, months)
        for measure in self.measures:
            measure.barred = False
        self.stage = self.clean = 0
        if not self.code:
            self.code, self.time = code, month + 1

    def renew(self, measures: list[Measure]) -> None:
        """Renew all that are due, or none."""
        if not measures:
            return
        renewed = self.rng.random() < RENEW
        for measure in measures:
            measure.age = 0
            if not renewed:
                measure.status, measure.barred = "A", True

    def advance(self, month: int) -> None:
        """Open the next stage; its measures are suspended a month later."""
        if self.clean < VERIFY or self.stage == STAGES or self.rng.random() >= ADVANCE:
            return
        self.stage, self.clean = self.stage + 1, 0
        for measure in self.measures:
            if measure.tier == self.stage and measure.status == "A" and not measure.barred:
                measure.due = month + 1


def clocked(seed: int, path: int) -> Account:
    """Run one path with a clock."""
    env = simpy.Environment()
    measures = [Measure(env, tier) for tier in TIERS]
    union = Union(env, measures, random.Random(f"clocked {seed} {path}"))
    for measure in measures:
        env.process(measure.run(union))
    env.process(union.run())
    env.run()
    months = [list(measure.months.values()) for measure in measures]
    return Account(months, sum(measure.exposure for measure in measures), union.code, union.time)


# -- driven by events --------------------------------------------------------------------------------------------------
# What changes by itself does so at the beginning of a month, at t; the EU reviews in its middle, at t + 1/2. The states
# of a month are those after its review, so a change at t or at t + 1/2 counts from month t on.


class Territory:
    """In use or not."""

    def __init__(self, env: simpy.Environment, rng: random.Random) -> None:
        self.rung = 0
        env.process(self.run(env, rng))

    def run(self, env: simpy.Environment, rng: random.Random) -> Process:
        """Sleep until the next use, and until it ends."""
        yield env.timeout(geometric(rng, ONSET) - 1)  # a use can begin in month 0
        while True:
            self.rung = 2
            yield env.timeout(geometric(rng, 1 / DWELL))
            self.rung = 0
            yield env.timeout(geometric(rng, ONSET))


class Track:
    """True compliance, and for how many months it has been missing."""

    def __init__(self, env: simpy.Environment, rng: random.Random) -> None:
        self.violated, self.since, self.banked = True, 0, 0
        env.process(self.run(env, rng))

    def run(self, env: simpy.Environment, rng: random.Random) -> Process:
        """Sleep until the next repair, and until the next slip."""
        yield env.timeout(geometric(rng, REPAIR) - 1)
        while True:
            self.banked = self.violated_before(int(env.now))
            self.violated, self.since = not self.violated, int(env.now)
            yield env.timeout(geometric(rng, REPAIR if self.violated else SLIP))

    def violated_before(self, month: int) -> int:
        """Months before this one in which it was violated."""
        return self.banked + self.violated * (month - self.since)


class OrderedMeasure:
    """A measure that sleeps until it is ordered to change."""

    def __init__(self, env: simpy.Environment, orders: Orders, track: Track, tier: int) -> None:
        self.env, self.orders, self.track, self.tier = env, orders, track, tier
        self.status, self.since, self.violated, self.exposure = "A", 0, 0, 0
        self.months = dict.fromkeys(STATUSES, 0)
        env.process(self.run())

    def become(self, status: str, month: int) -> None:
        """Account for the months up to this one, and change."""
        self.months[self.status] += month - self.since
        violated = self.track.violated_before(month)
        if self.status in ("S", "PR"):
            self.exposure += violated - self.violated
        self.status, self.since, self.violated = status, month, violated

    def run(self) -> Process:
        """Obey orders; one whose renewal failed waits for the next recall before it can be suspended."""
        while True:
            order, lag = yield self.orders[self.tier]
            if order == "suspend":
                yield self.env.timeout(lag - 0.5)
                self.become("S", int(self.env.now))
                order, lag = yield self.orders[self.tier]
                if order == "restore":
                    yield from self.restore(lag)
                else:
                    self.become("A", int(self.env.now))
                    while order != "restore":
                        order, lag = yield self.orders[self.tier]

    def restore(self, lag: int) -> Process:
        """Wait until the restoration takes effect; an exit brings it forward."""
        month = int(self.env.now)
        due = month + lag
        if lag:
            self.become("PR", month)
        while due > month:
            effect, order = self.env.timeout(due - self.env.now), self.orders[self.tier]
            yield effect | order
            month = int(self.env.now)
            if not effect.processed:
                due = min(due, month + order.value[1])
        self.become("A", month)


class Orders(dict[int, simpy.Event]):
    """By tier, the next order to its measures: what, and with which lag in months."""

    def __init__(self, env: simpy.Environment) -> None:
        super().__init__({tier: env.event() for tier in set(TIERS)})
        self.env = env

    def give(self, tier: int, order: str, lag: int = 0) -> None:
        """Wake up the measures of a tier."""
        given, self[tier] = self[tier], self.env.event()
        given.succeed((order, lag))


class Council:
    """The EU: it reviews in the middle of each month, until it exits."""

    def __init__(
        self, env: simpy.Environment, orders: Orders, territory: Territory, track: Track, rng: random.Random
    ) -> None:
        self.env, self.orders, self.territory, self.track, self.rng = env, orders, territory, track, rng
        self.stage = self.clean = self.code = 0
        self.time = MONTHS
        self.renewal: dict[int, int] = {}  # by stage with something suspended, the month of its next renewal
        env.process(self.run())

    def run(self) -> Process:
        """Review and decide, month by month; an exit is for good."""
        yield self.env.timeout(0.5)
        while not self.territory.rung:
            month = int(self.env.now)
            alarm = self.rng.random() < (ALARM if self.track.violated else FALSE_ALARM)
            self.clean = 0 if alarm else self.clean + 1
            if alarm and self.renewal and self.rng.random() < SNAPBACK:
                self.recall(month, RESTORE_LAG, 2)
            else:
                self.renew(month)
                self.advance(month)
            yield self.env.timeout(1)
        self.recall(int(self.env.now), EXIT_LAG, 1)

    def recall(self, month: int, lag: float, code: int) -> None:
        """Restore everything, and begin anew."""
        months = whole(self.rng, lag)
        for stage in range(1, STAGES + 1):
            self.orders.give(stage, "restore", months)
        self.renewal.clear()
        self.stage = self.clean = 0
        if not self.code:
            self.code, self.time = code, month + 1

    def renew(self, month: int) -> None:
        """Renew all stages that are due, or none."""
        due = [stage for stage, at in self.renewal.items() if at == month]
        if not due:
            return
        renewed = self.rng.random() < RENEW
        for stage in due:
            if renewed:
                self.renewal[stage] = month + SUNSET
            else:
                del self.renewal[stage]
                self.orders.give(stage, "lapse")

    def advance(self, month: int) -> None:
        """Open the next stage; its measures are suspended a month later."""
        if self.clean < VERIFY or self.stage == STAGES or self.rng.random() >= ADVANCE:
            return
        self.stage, self.clean = self.stage + 1, 0
        self.renewal[self.stage] = month + 1 + SUNSET
        self.orders.give(self.stage, "suspend", 1)


def driven(seed: int, path: int) -> Account:
    """Run one path driven by events."""
    env, rng = simpy.Environment(), random.Random(f"driven {seed} {path}")
    orders, territory, track = Orders(env), Territory(env, rng), Track(env, rng)
    measures = [OrderedMeasure(env, orders, track, tier) for tier in TIERS]
    council = Council(env, orders, territory, track, rng)
    env.run(until=MONTHS)
    for measure in measures:
        measure.become(measure.status, MONTHS)
    months = [list(measure.months.values()) for measure in measures]
    return Account(months, sum(measure.exposure for measure in measures), council.code, council.time)
