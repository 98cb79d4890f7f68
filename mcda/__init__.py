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
    from mcda.decisions.regret import against_status_quo as against_status_quo
    from mcda.decisions.regret import maximin as maximin
    from mcda.decisions.regret import minimax_regret as minimax_regret
    from mcda.decisions.regret import regret as regret
    from mcda.decisions.regret import regrets as regrets
    from mcda.decisions.robustness import Threshold as Threshold
    from mcda.decisions.robustness import satisficing as satisficing
    from mcda.decisions.robustness import undominated as undominated
    from mcda.decisions.utility import Term as Term
    from mcda.decisions.utility import utility as utility
    from mcda.decisions.waiting import break_even_growth as break_even_growth
    from mcda.draws import seed_of as seed_of
    from mcda.draws import uniforms as uniforms
    from mcda.errors import Declined as Declined
    from mcda.errors import InvalidFile as InvalidFile
    from mcda.errors import McdaError as McdaError
    from mcda.errors import UsageError as UsageError
    from mcda.files.check import check_file as check_file
    from mcda.files.panel_csv import read_panel as read_panel
    from mcda.files.problem import load_problem as load_problem
    from mcda.files.schemas import schema_text as schema_text
    from mcda.files.shipped import shipped as shipped
    from mcda.output.gallery import draw as draw
    from mcda.problem import Alternative as Alternative
    from mcda.problem import Criterion as Criterion
    from mcda.problem import Entity as Entity
    from mcda.problem import Lattice as Lattice
    from mcda.problem import Problem as Problem
    from mcda.problem import Tier as Tier
    from mcda.roadmap.budget import budget as budget
    from mcda.roadmap.ensemble import Ask as Ask
    from mcda.roadmap.ensemble import ensemble as ensemble
    from mcda.roadmap.history import histories as histories
    from mcda.roadmap.incidence import incidence as incidence
    from mcda.roadmap.incidence import incidence_of_counts as incidence_of_counts
    from mcda.roadmap.model import Policy as Policy
    from mcda.roadmap.model import Scenario as Scenario
    from mcda.roadmap.model import World as World
    from mcda.roadmap.periods import per_month as per_month
    from mcda.rule import Bands as Bands
    from mcda.rule import Rule as Rule
    from mcda.rule import Split as Split
    from mcda.scores.belief import Belief as Belief
    from mcda.scores.belief import Condition as Condition
    from mcda.scores.dependence import fitted_factors as fitted_factors
    from mcda.scores.dependence import loadings as loadings
    from mcda.scores.dependence import normal_joint as normal_joint
    from mcda.scores.dependence import with_factor as with_factor
    from mcda.scores.dependence import with_factors as with_factors
    from mcda.scores.panel import Answer as Answer
    from mcda.scores.panel import Panel as Panel
    from mcda.scores.pooling import panel_mean as panel_mean
    from mcda.scores.pooling import point_tiers as point_tiers
    from mcda.scores.pooling import pooled_cells as pooled_cells
    from mcda.scores.pooling import pooled_experts as pooled_experts
    from mcda.scores.priors import Prior as Prior
    from mcda.scores.resampling import panel_mean_resampled as panel_mean_resampled
    from mcda.sensitivity.sampled import sampled_indices as sampled_indices
    from mcda.study.analyses import analyse as analyse
    from mcda.study.archive import archive as archive
    from mcda.study.calibration import calibration_report as calibration_report
    from mcda.study.compare import Comparison as Comparison
    from mcda.study.compare import compare_runs as compare_runs
    from mcda.study.experiment import Experiment as Experiment
    from mcda.study.explorer import write_explorer as write_explorer
    from mcda.study.init import init_study as init_study
    from mcda.study.load import load_experiment as load_experiment
    from mcda.study.report import write_report as write_report
    from mcda.study.reproduce import Reproduction as Reproduction
    from mcda.study.reproduce import reproduce as reproduce
    from mcda.study.run import run as run
    from mcda.study.show import show_problem as show_problem
    from mcda.study.show import show_run as show_run
    from mcda.study.store import Run as Run
    from mcda.study.store import load_run as load_run
    from mcda.study.traced import trace_path as trace_path
    from mcda.tiers.acceptability import acceptability as acceptability
    from mcda.tiers.acceptability import contamination as contamination
    from mcda.tiers.acceptability import indices as indices
    from mcda.tiers.acceptability import responses as responses
    from mcda.tiers.agreement import agreement_of_printed_tiers as agreement_of_printed_tiers
    from mcda.tiers.agreement import agreement_of_rules as agreement_of_rules
    from mcda.tiers.breakpoints import steps_of as steps_of
    from mcda.tiers.breakpoints import tier_interval as tier_interval
    from mcda.tiers.calibration import calibrate as calibrate
    from mcda.tiers.continuous import continuous_probabilities as continuous_probabilities
    from mcda.tiers.counts import clopper_pearson as clopper_pearson
    from mcda.tiers.dependent import printed_under_dependence as printed_under_dependence
    from mcda.tiers.dependent import under_dependence as under_dependence
    from mcda.tiers.drawn import convergence as convergence
    from mcda.tiers.drawn import drawn as drawn
    from mcda.tiers.drawn_scores import score_draws as score_draws
    from mcda.tiers.drawn_weights import under_drawn_weights as under_drawn_weights
    from mcda.tiers.exact import tier_probabilities as tier_probabilities
    from mcda.tiers.flips import flip_distances as flip_distances
    from mcda.tiers.flips import flip_law as flip_law
    from mcda.tiers.flips import lattice_flips as lattice_flips
    from mcda.tiers.joint import AllIn as AllIn
    from mcda.tiers.joint import Exactly as Exactly
    from mcda.tiers.joint import NumberIn as NumberIn
    from mcda.tiers.joint import Stricter as Stricter
    from mcda.tiers.points import sort_points as sort_points
    from mcda.tiers.quadrature import acceptability_under_factor as acceptability_under_factor
    from mcda.tiers.quadrature import dependent_second_panels as dependent_second_panels
    from mcda.tiers.rule_factor import RuleFactors as RuleFactors
    from mcda.tiers.rule_factor import crossed_with_cuts as crossed_with_cuts
    from mcda.tiers.rule_factor import sensitivity_with_rules as sensitivity_with_rules
    from mcda.tiers.rule_uncertainty import rule_uncertainty as rule_uncertainty
    from mcda.tiers.sampled import sampler as sampler
    from mcda.tiers.sampled_indices import sampled_sensitivity as sampled_sensitivity
    from mcda.tiers.second_panel import SecondPanel as SecondPanel
    from mcda.tiers.second_panel import published_beliefs as published_beliefs
    from mcda.tiers.second_panel import second_panel as second_panel
    from mcda.tiers.transitions import transition as transition
    from mcda.tiers.whole_table import poisson_binomial as poisson_binomial
    from mcda.tiers.whole_table import whole_table as whole_table

#: Where each public name lives.
_HOMES = {
    "mcda.errors": ("Declined", "InvalidFile", "McdaError", "UsageError"),
    "mcda.files.check": ("check_file",),
    "mcda.files.panel_csv": ("read_panel",),
    "mcda.files.schemas": ("schema_text",),
    "mcda.output.gallery": ("draw",),
    "mcda.study.explorer": ("write_explorer",),
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
    "mcda.study.analyses": ("analyse",),
    "mcda.study.calibration": ("calibration_report",),
    "mcda.study.init": ("init_study",),
    "mcda.study.archive": ("archive",),
    "mcda.study.compare": ("Comparison", "compare_runs"),
    "mcda.study.reproduce": ("Reproduction", "reproduce"),
    "mcda.study.report": ("write_report",),
    "mcda.study.run": ("run",),
    "mcda.study.show": ("show_problem", "show_run"),
    "mcda.study.store": ("Run", "load_run"),
    "mcda.tiers.acceptability": ("acceptability", "contamination", "indices", "responses"),
    "mcda.tiers.calibration": ("calibrate",),
    "mcda.tiers.continuous": ("continuous_probabilities",),
    "mcda.tiers.exact": ("tier_probabilities",),
    "mcda.tiers.flips": ("flip_distances", "flip_law", "lattice_flips"),
    "mcda.tiers.second_panel": ("SecondPanel", "published_beliefs", "second_panel"),
    "mcda.tiers.transitions": ("transition",),
    "mcda.draws": (
        "seed_of",
        "uniforms",
    ),
    "mcda.scores.dependence": (
        "fitted_factors",
        "loadings",
        "normal_joint",
        "with_factor",
        "with_factors",
    ),
    "mcda.scores.resampling": ("panel_mean_resampled",),
    "mcda.sensitivity.sampled": ("sampled_indices",),
    "mcda.tiers.agreement": (
        "agreement_of_printed_tiers",
        "agreement_of_rules",
    ),
    "mcda.tiers.breakpoints": (
        "steps_of",
        "tier_interval",
    ),
    "mcda.tiers.counts": ("clopper_pearson",),
    "mcda.tiers.dependent": (
        "printed_under_dependence",
        "under_dependence",
    ),
    "mcda.tiers.drawn": (
        "convergence",
        "drawn",
    ),
    "mcda.tiers.drawn_weights": ("under_drawn_weights",),
    "mcda.tiers.joint": (
        "AllIn",
        "Exactly",
        "NumberIn",
        "Stricter",
    ),
    "mcda.tiers.points": ("sort_points",),
    "mcda.tiers.quadrature": (
        "acceptability_under_factor",
        "dependent_second_panels",
    ),
    "mcda.tiers.rule_factor": (
        "RuleFactors",
        "crossed_with_cuts",
        "sensitivity_with_rules",
    ),
    "mcda.tiers.rule_uncertainty": ("rule_uncertainty",),
    "mcda.tiers.sampled": ("sampler",),
    "mcda.tiers.sampled_indices": ("sampled_sensitivity",),
    "mcda.tiers.whole_table": ("poisson_binomial", "whole_table"),
    "mcda.decisions.regret": ("against_status_quo", "maximin", "minimax_regret", "regret", "regrets"),
    "mcda.decisions.robustness": ("Threshold", "satisficing", "undominated"),
    "mcda.decisions.utility": ("Term", "utility"),
    "mcda.decisions.waiting": ("break_even_growth",),
    "mcda.roadmap.budget": ("budget",),
    "mcda.roadmap.ensemble": ("Ask", "ensemble"),
    "mcda.roadmap.history": ("histories",),
    "mcda.roadmap.incidence": ("incidence", "incidence_of_counts"),
    "mcda.roadmap.model": ("Policy", "Scenario", "World"),
    "mcda.roadmap.periods": ("per_month",),
    "mcda.study.traced": ("trace_path",),
    "mcda.tiers.drawn_scores": ("score_draws",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted([*_HOME, "__version__"])


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("mcda.names").VERSION
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'mcda' has no attribute '{name}'")


def __dir__() -> list[str]:
    return list(__all__)
