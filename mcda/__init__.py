"""How sure is each tier? Multi-criteria sorting under uncertainty: exact tier probabilities, sensitivity, robustness.

>>> import mcda
>>> problem = mcda.load_problem("eu-belarus-2025")
>>> curve = mcda.second_panel(problem, problem.rule)

Names are loaded when they are first used, so that `mcda --help` and `mcda schema` start at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mcda.errors import Declined, InvalidFile, McdaError, UsageError
    from mcda.files.panel_csv import read_panel
    from mcda.files.problem import load_problem
    from mcda.files.shipped import shipped
    from mcda.problem import Alternative, Criterion, Entity, Lattice, Problem, Tier
    from mcda.rule import Bands, Rule, Split
    from mcda.scores.belief import Belief, Condition
    from mcda.scores.panel import Answer, Panel
    from mcda.scores.pooling import panel_mean, point_tiers, pooled_cells, pooled_experts
    from mcda.scores.priors import Prior
    from mcda.study.experiment import Experiment
    from mcda.study.load import load_experiment
    from mcda.study.run import run
    from mcda.study.store import Run, load_run
    from mcda.tiers.acceptability import acceptability, contamination, indices, responses
    from mcda.tiers.calibration import calibrate
    from mcda.tiers.continuous import continuous_probabilities
    from mcda.tiers.exact import sensitivity, tier_probabilities
    from mcda.tiers.flips import flip_distances, flip_law, lattice_flips
    from mcda.tiers.second_panel import SecondPanel, published_beliefs, second_panel
    from mcda.tiers.transitions import transition

#: Where each public name lives.
_HOMES = {
    "mcda.errors": ("Declined", "InvalidFile", "McdaError", "UsageError"),
    "mcda.files.panel_csv": ("read_panel",),
    "mcda.files.problem": ("load_problem",),
    "mcda.files.shipped": ("shipped",),
    "mcda.problem": ("Alternative", "Criterion", "Entity", "Lattice", "Problem", "Tier"),
    "mcda.rule": ("Bands", "Rule", "Split"),
    "mcda.scores.belief": ("Belief", "Condition"),
    "mcda.scores.panel": ("Answer", "Panel"),
    "mcda.scores.pooling": ("panel_mean", "point_tiers", "pooled_cells", "pooled_experts"),
    "mcda.scores.priors": ("Prior",),
    "mcda.study.experiment": ("Experiment",),
    "mcda.study.load": ("load_experiment",),
    "mcda.study.run": ("run",),
    "mcda.study.store": ("Run", "load_run"),
    "mcda.tiers.acceptability": ("acceptability", "contamination", "indices", "responses"),
    "mcda.tiers.calibration": ("calibrate",),
    "mcda.tiers.continuous": ("continuous_probabilities",),
    "mcda.tiers.exact": ("sensitivity", "tier_probabilities"),
    "mcda.tiers.flips": ("flip_distances", "flip_law", "lattice_flips"),
    "mcda.tiers.second_panel": ("SecondPanel", "published_beliefs", "second_panel"),
    "mcda.tiers.transitions": ("transition",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__version__ = "0.1.0"
__all__ = sorted([*_HOME, "__version__"])  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'mcda' has no attribute '{name}'")


def __dir__() -> list[str]:
    return list(__all__)
