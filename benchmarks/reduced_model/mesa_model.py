"""The reduced model in Mesa 3: a model whose agents are the measures, activated twice a month."""

from __future__ import annotations

import mesa

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

__all__ = ["Measure", "Roadmap", "stepped"]


class Measure(mesa.Agent):
    """A measure: its status, and the account of its months."""

    def __init__(self, model: Roadmap, tier: int) -> None:
        super().__init__(model)
        self.tier = tier
        self.status, self.barred = "A", False
        self.due: int | None = None
        self.age = self.exposure = 0
        self.months = dict.fromkeys(STATUSES, 0)

    def take_effect(self) -> None:
        """Change, if it is due."""
        if self.due == self.model.month:
            self.status, self.due, self.age = ("S" if self.status == "A" else "A"), None, 0

    def step(self) -> None:
        """Account for the month."""
        self.months[self.status] += 1
        if self.status == "S":
            self.age += 1
        if self.model.violated and self.status in ("S", "PR"):
            self.exposure += 1

    def suspend(self) -> None:
        """Be suspended a month later."""
        self.due = self.model.month + 1

    def restore(self, lag: int) -> None:
        """Come back into force, or bring a restoration that is pending forward."""
        due = self.model.month + lag
        self.due = min(due, self.due) if self.status == "PR" and self.due is not None else due
        self.status = "PR"
        if self.due == self.model.month:
            self.status, self.due = "A", None

    def renew(self, renewed: bool) -> None:
        """Go on being suspended, or be restored at once and barred."""
        self.age = 0
        if not renewed:
            self.status, self.barred = "A", True


class Roadmap(mesa.Model):
    """Minsk, the EU and the measures; a step is a month."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed=seed)
        self.rung = self.dwell = self.stage = self.clean = self.code = 0
        self.time = MONTHS
        self.violated, self.active, self.alarm = True, True, False
        Measure.create_agents(self, len(TIERS), TIERS)

    @property
    def month(self) -> int:
        """The present month; Mesa counts steps from 1."""
        return self.steps - 1

    def step(self) -> None:
        """One month."""
        self.agents.do("take_effect")
        self.conduct()
        self.review()
        if self.active:
            self.decide()
        self.agents.do("step")

    def conduct(self) -> None:
        """The territory's use begins or runs out; the track slips or is repaired."""
        if self.rung:
            self.dwell -= 1
            if not self.dwell:
                self.rung = 0
        elif self.random.random() < ONSET:
            self.rung, self.dwell = 2, geometric(self.random, 1 / DWELL)
        if self.random.random() < (REPAIR if self.violated else SLIP):
            self.violated = not self.violated

    def review(self) -> None:
        """An alarm or none."""
        self.alarm = self.random.random() < (ALARM if self.violated else FALSE_ALARM)
        self.clean = 0 if self.alarm else self.clean + 1

    def decide(self) -> None:
        """Exit, snapback, renewals, or the next stage."""
        suspended = self.agents.select(lambda m: m.status == "S")
        if self.rung:
            self.active = False
            self.recall(self.agents.select(lambda m: m.status in ("S", "PR")), EXIT_LAG, 1)
        elif suspended and self.alarm and self.random.random() < SNAPBACK:
            self.recall(suspended, RESTORE_LAG, 2)
        else:
            if due := suspended.select(lambda m: m.age >= SUNSET):
                due.do("renew", self.random.random() < RENEW)
            self.advance()

    def recall(self, measures: mesa.agent.AgentSet, lag: float, code: int) -> None:
        """Restore measures, and begin anew."""
        measures.do("restore", whole(self.random, lag))
        self.agents.set("barred", False)
        self.stage = self.clean = 0
        if not self.code:
            self.code, self.time = code, self.month + 1

    def advance(self) -> None:
        """Open the next stage."""
        if self.clean < VERIFY or self.stage == STAGES or self.random.random() >= ADVANCE:
            return
        self.stage, self.clean = self.stage + 1, 0
        self.agents.select(lambda m: m.tier == self.stage and m.status == "A" and not m.barred).do("suspend")


def stepped(seed: int, path: int) -> Account:
    """Run one path."""
    model = Roadmap(seed * 1_000_003 + path)
    for _ in range(MONTHS):
        model.step()
    months = [list(measure.months.values()) for measure in model.agents]
    return Account(months, sum(model.agents.get("exposure")), model.code, model.time)
