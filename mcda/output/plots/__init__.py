"""Figures from results: each function takes a run's results and returns a matplotlib Figure at print size."""

from mcda.output.plots.acceptability import acceptability
from mcda.output.plots.breakpoints import breakpoints
from mcda.output.plots.dependence import dependence
from mcda.output.plots.exact_against_sampled import exact_against_sampled
from mcda.output.plots.flips import flips
from mcda.output.plots.open_points import open_points
from mcda.output.plots.other_rules import other_rules
from mcda.output.plots.responses import responses
from mcda.output.plots.rule_agreement import rule_agreement
from mcda.output.plots.sensitivity import sensitivity
from mcda.output.plots.shocks import shocks
from mcda.output.plots.survival import survival

__all__ = [
    "acceptability",
    "breakpoints",
    "dependence",
    "exact_against_sampled",
    "flips",
    "open_points",
    "other_rules",
    "responses",
    "rule_agreement",
    "sensitivity",
    "shocks",
    "survival",
]
