"""What both forms of a report are made from: a run's subject, with everything that its sentences need read off once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from mcda.output import findings as fi
from mcda.output.report import panel as pa
from mcda.output.results import Results
from mcda.output.subject import Subject

__all__ = ["Material"]


@dataclass(frozen=True)
class Material:
    """A run's findings, each found when it is first asked for.

    Findings by column are by published tier where beliefs come from published tiers, else over all alternatives.
    """

    subject: Subject

    @property
    def results(self) -> Results:
        """The run's results."""
        return self.subject.results

    @property
    def simulated(self) -> bool:
        """Whether the run simulated events."""
        return self.results.has("simulation/outcome_mean")

    @cached_property
    def found(self) -> list[fi.TierFinding]:
        """Published tiers; none for a panel."""
        return fi.published_tiers(self.subject) if self.subject.published else []

    @cached_property
    def panel(self) -> list[pa.PanelFinding]:
        """A panel's alternatives; none for published tiers."""
        return [] if self.subject.published else pa.panel_findings(self.subject)

    @property
    def tiers(self) -> list[int]:
        """The published tiers that have alternatives: the columns of tables about them."""
        return [f.tier for f in self.found]

    @cached_property
    def columns(self) -> list[Sequence[int]]:
        """Rows of alternatives, by column."""
        if self.subject.published:
            return [f.rows for f in self.found]
        return [list(range(len(self.subject.alternatives)))]

    @cached_property
    def movers(self) -> list[fi.Mover]:
        """The assumption register, what moves the answer most first."""
        return fi.movers(self.subject)

    @property
    def rule_mover(self) -> fi.Mover | None:
        """The register's line about the choice of the rule."""
        return next((m for m in self.movers if m.key == "rule"), None)

    @cached_property
    def rules(self) -> list[fi.RuleFinding]:
        """The other rules, what changes most first."""
        return fi.other_rules(self.subject, self.columns)

    @cached_property
    def shocks(self) -> list[fi.ShockFinding]:
        """The shocks, as declared."""
        return fi.shocks(self.subject, self.columns)

    @property
    def asked(self) -> bool:
        """Whether there is a question: without any error a second panel's tiers are identities, nothing to report."""
        return not self.subject.published or fi.own_spread(self.subject) != 0

    @cached_property
    def criteria(self) -> list[fi.CriterionFinding]:
        """The criteria, equal ones together."""
        if self.subject.published and not fi.own_spread(self.subject) > 0:
            return []
        return fi.criteria(self.subject, self.columns)
