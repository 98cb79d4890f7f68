"""Figures from results: each function takes a run's results and returns a matplotlib Figure at print size."""

from mcda.output.plots.acceptability import acceptability
from mcda.output.plots.flips import flips
from mcda.output.plots.other_rules import other_rules
from mcda.output.plots.responses import responses
from mcda.output.plots.sensitivity import sensitivity
from mcda.output.plots.shocks import shocks
from mcda.output.plots.survival import survival

__all__ = ["acceptability", "flips", "other_rules", "responses", "sensitivity", "shocks", "survival"]
