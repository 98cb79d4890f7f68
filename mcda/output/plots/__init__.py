"""Figures from results: each function takes a run's results and returns a matplotlib Figure at print size."""

from mcda.output.plots.acceptability import acceptability
from mcda.output.plots.breakpoints import breakpoints
from mcda.output.plots.dependence import dependence
from mcda.output.plots.exact_against_sampled import exact_against_sampled
from mcda.output.plots.exit_lag import exit_lag
from mcda.output.plots.false_snapback import false_snapback
from mcda.output.plots.flips import flips
from mcda.output.plots.incidence import incidence
from mcda.output.plots.lapse import lapse
from mcda.output.plots.lattice import lattice
from mcda.output.plots.open_points import open_points
from mcda.output.plots.other_rules import other_rules
from mcda.output.plots.regret import regret
from mcda.output.plots.responses import responses
from mcda.output.plots.rule_agreement import rule_agreement
from mcda.output.plots.sensitivity import sensitivity
from mcda.output.plots.shocks import shocks
from mcda.output.plots.stability_map import stability_map
from mcda.output.plots.status_ribbons import status_ribbons
from mcda.output.plots.survival import survival
from mcda.output.plots.tier_survival import tier_survival

__all__ = [
    "acceptability",
    "breakpoints",
    "dependence",
    "exact_against_sampled",
    "exit_lag",
    "false_snapback",
    "flips",
    "incidence",
    "lapse",
    "lattice",
    "open_points",
    "other_rules",
    "regret",
    "responses",
    "rule_agreement",
    "sensitivity",
    "shocks",
    "stability_map",
    "status_ribbons",
    "survival",
    "tier_survival",
]
