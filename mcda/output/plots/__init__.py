"""Figures from results: each function takes a run's results and returns a matplotlib Figure at print size."""

from mcda.output.plots.bars import acceptability, shocks
from mcda.output.plots.curves import flips, responses, survival
from mcda.output.plots.maps import other_rules, sensitivity

__all__ = ["acceptability", "flips", "other_rules", "responses", "sensitivity", "shocks", "survival"]
