"""An experiment: one question about one problem, with everything that its answer rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from mcda.errors import UsageError, did_you_mean
from mcda.markup import card
from mcda.names import ANALYSES
from mcda.problem import Problem
from mcda.rule import Rule
from mcda.scores.belief import Belief
from mcda.scores.marginals import rescoring
from mcda.scores.panel import Panel
from mcda.scores.pooling import panel_mean, pooled_cells, pooled_experts
from mcda.scores.resampling import panel_mean_resampled
from mcda.tiers.joint import Statement
from mcda.tiers.law import Law
from mcda.tiers.second_panel import SPREADS, published_beliefs, second_panels

if TYPE_CHECKING:
    from mcda.study.simulated import Simulated

__all__ = [
    "ANALYSES", "POOLS", "Beliefs", "Dependence", "Experiment", "RuleUncertainty", "Sampling", "SecondPanelQuestion",
    "Shock",
]  # fmt: skip

Pool = Literal["panel-mean", "pooled-experts", "pooled-cells"]
POOLS = {"panel-mean": panel_mean, "pooled-experts": pooled_experts, "pooled-cells": pooled_cells}


@dataclass(frozen=True)
class Beliefs:
    """Where beliefs come from: printed tiers alone, or a panel and a way to pool it."""

    kind: Literal["published-tiers", "panel"]
    prior: str = "uniform"
    panel: Panel | None = None
    pool: Pool = "panel-mean"
    spread: Fraction = Fraction(2)
    family: str = "triangular"
    experts: Literal["as-they-are", "resampled"] = "as-they-are"


@dataclass(frozen=True)
class SecondPanelQuestion:
    """Question (a): a second panel's re-scoring error, at a reference and along a curve; `priors` to vary."""

    reference_sd: float = 1.0
    spreads: tuple[float, ...] = SPREADS
    ends: str = "clip"
    priors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shock:
    """Question (c): scores moved by declared whole points, by criterion; clipped at the ends of the scale."""

    name: str
    label: str
    moves: Mapping[str, int]


@dataclass(frozen=True)
class Sampling:
    """How much is drawn: draws of the table, points of a Sobol' net, sizes at which draws are compared."""

    draws: int = 100_000
    points: int = 1024
    sizes: tuple[int, ...] = (1000, 10_000, 100_000, 1_000_000)


@dataclass(frozen=True)
class RuleUncertainty:
    """Weights of rules by name, shifts of their cuts with weights, and the concentration of drawn weights."""

    weights: Mapping[str, float]
    shifts: tuple[float, ...] = ()
    shift_weights: tuple[float, ...] = ()
    dirichlet: float | None = None


@dataclass(frozen=True)
class Dependence:
    """One common factor: its kinds, the reference loading, the curve, and which way the counterweight goes."""

    kinds: tuple[str, ...] = ("leniency", "valence")
    loading: float = 0.5
    loadings: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75, 0.9)
    counterweight: Literal["up", "down"] = "up"


def _source(beliefs: Beliefs) -> str:
    """Where beliefs come from, in words."""
    if beliefs.kind == "published-tiers":
        return f"published tiers under the prior {beliefs.prior}"
    experts = 0 if beliefs.panel is None else len(beliefs.panel.experts)
    return f"a panel of {experts}, {beliefs.pool}, spread {float(beliefs.spread):g}"


@dataclass(frozen=True)
class Experiment:
    """One question, resolved: nothing in it is left to a default that is not written down.

    `documents` are the files it was read from (to rebuild it with one number changed), `numbers` all numbers with
    their basis, `resolved` the experiment as plain data.
    """

    id: str
    question: str
    problem: Problem
    rule: Rule
    beliefs: Beliefs
    second_panel: SecondPanelQuestion = field(default_factory=SecondPanelQuestion)
    other_rules: tuple[str, ...] = ()
    shocks: tuple[Shock, ...] = ()
    statements: tuple[Statement, ...] = ()
    sampling: Sampling = field(default_factory=Sampling)
    rule_uncertainty: RuleUncertainty | None = None
    dependence: Dependence | None = None
    simulations: Mapping[str, Simulated] = field(default_factory=dict)
    analyses: tuple[str, ...] = ANALYSES
    multiples: tuple[float, ...] = (0.5, 0.75, 1.0, 1.5, 2.0)
    epsilons: tuple[float, ...] = (0.05, 0.1, 0.2)
    seed: int = 0
    chunk: int = 4
    illustrative: bool = False
    numbers: tuple[Any, ...] = ()
    documents: Any = None
    resolved: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.analyses:
            if name not in ANALYSES:
                raise UsageError(f"no analysis is named '{name}'{did_you_mean(name, ANALYSES)}")
        for name in self.other_rules:
            self.problem.named_rule(name)
        known = {c.id for c in self.problem.criteria}
        for shock in self.shocks:
            for criterion in shock.moves:
                if criterion not in known:
                    near = did_you_mean(criterion, known)
                    raise UsageError(f"shock '{shock.name}' moves '{criterion}', which is no criterion{near}")

    def __repr__(self) -> str:
        about = f"{self.problem.id}, rule {self.rule.name}, {_source(self.beliefs)}"
        return f"<Experiment {self.id}: {about}; {self.question}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        synthetic = "ILLUSTRATIVE: the scores are synthetic" if self.illustrative else ""
        rows = [
            ("problem", f"{self.problem.id}: {self.problem.title}"),
            ("alternatives with a belief", len(self.alternatives)),
            ("rule", self.rule.name),
            ("beliefs", _source(self.beliefs)),
            ("other rules", ", ".join(self.other_rules) or "none"),
            ("shocks", "; ".join(shock.label for shock in self.shocks) or "none"),
            ("analyses", ", ".join(self.analyses)),
            ("seed", self.seed),
        ]
        return card(f"Experiment {self.id}", [self.question, synthetic], ("", ""), rows)

    @property
    def published(self) -> bool:
        """Whether beliefs come from printed tiers alone."""
        return self.beliefs.kind == "published-tiers"

    @property
    def factors(self) -> list[str]:
        """The criteria's ids, the factors of sensitivity."""
        return [criterion.id for criterion in self.problem.criteria]

    @property
    def alternatives(self) -> list[str]:
        """Ids of the alternatives that have a belief, in the problem's order."""
        if self.published:
            return [a.id for a in self.problem.alternatives if a.tier is not None]
        assert self.beliefs.panel is not None
        return [a.id for a in self.problem.alternatives if a.id in set(self.beliefs.panel.alternatives)]

    def conditioned(self, *, prior: str | None = None, rule: Rule | None = None) -> dict[str, Belief]:
        """Return the priors conditioned on the printed tiers."""
        return published_beliefs(self.problem, rule or self.rule, prior=prior or self.beliefs.prior)

    def pooled(self, *, pool: str | None = None, spread: Fraction | float | None = None) -> dict[str, Belief]:
        """Return the panel's beliefs, by default with the experiment's own pool and spread."""
        assert self.beliefs.panel is not None
        name = pool or self.beliefs.pool
        resampled = self.beliefs.experts == "resampled" and name == "panel-mean"
        chosen = panel_mean_resampled if resampled else POOLS[name]
        found = chosen(
            self.beliefs.panel,
            self.problem.scale,
            spread=self.beliefs.spread if spread is None else spread,
            family=self.beliefs.family,
        )
        return {name: found[name] for name in self.alternatives}

    @cached_property
    def own_beliefs(self) -> dict[str, Belief]:
        """The beliefs themselves: for printed tiers conditioned on them, so that unshocked scores give these tiers."""
        return self.conditioned() if self.published else self.pooled()

    @cached_property
    def counterweight_means(self) -> dict[str, float]:
        """Mean of each alternative's counterweight score, points; 1 for all where the rule has none."""
        at, means = self.rule.counterweight, {}
        for belief in self.own_beliefs.values():
            if belief.key not in means:
                means[belief.key] = 1.0 if at is None else belief.mean(at)
        return {name: means[belief.key] for name, belief in self.own_beliefs.items()}

    def kernels(self, sd: float | None = None) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Return the second panel's error matrices (criterion, level, level) at `sd`, by default the reference."""
        question = self.second_panel
        one = rescoring(self.problem.scale, question.reference_sd if sd is None else sd, ends=question.ends)
        return np.stack([one] * len(self.factors))

    def family(self) -> tuple[list[Rule], list[float]]:
        """Return the rules that there may be, the experiment's own first, and their weights."""
        if self.rule_uncertainty is None:
            return [self.rule], [1.0]
        weights = dict(self.rule_uncertainty.weights)
        first = weights.pop(self.rule.name, 0.0)
        return [self.rule, *map(self.problem.named_rule, weights)], [first, *weights.values()]

    def laws_under(self, rule: Rule) -> dict[str, Law]:
        """Return each alternative's law of scores if `rule` is the one: for printed tiers, it printed them too."""
        return second_panels(self.conditioned(rule=rule), self.kernels()) if self.published else dict(self.pooled())

    def laws(self) -> dict[str, Law]:
        """Return what the headline is about: each alternative's law of scores.

        For printed tiers that is a second panel's scores at the reference error (question a): the conditioned belief
        itself would give back its own tier, an identity and no result. For a panel it is the pooled belief.
        """
        return self.laws_under(self.rule)
