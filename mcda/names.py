"""The words of the house: dimensions, variables and their labels, as `docs/glossary.md` defines them.

Plots and tables read their labels from the attributes that :func:`label` gives; nobody writes an axis label by hand.
"""

from __future__ import annotations

from typing import Literal, get_args

__all__ = ["ANALYSES", "BASES", "DIMS", "REFERENCE_POLICY", "VERSION", "Analysis", "Basis", "attrs"]

#: The version of this package; `pyproject.toml` says the same (a test compares).
VERSION = "0.1.0"

#: The policy that figures of one policy show, registers vary and lists compare with, where there is it: the Roadmap.
REFERENCE_POLICY = "p1-roadmap"

Basis = Literal["paper", "source", "elicited", "derived", "assumption", "lever", "value-judgement", "illustrative"]
BASES: tuple[str, ...] = get_args(Basis)

Analysis = Literal[
    "tiers",
    "table",
    "draws",
    "second-panel",
    "sensitivity",
    "flips",
    "other-rules",
    "rule-uncertainty",
    "breakpoints",
    "shocks",
    "dependence",
    "convergence",
    "simulation",
    "simulation-register",
    "beliefs",
    "register",
]
#: Every analysis there is, in the order in which results are shown.
ANALYSES: tuple[str, ...] = get_args(Analysis)

#: Every dimension that a results file may have (design contract), singular nouns.
DIMS: frozenset[str] = frozenset(
    """alternative entity component criterion level tier expert factor member output subset rule spread norm radius
    quantile assumptions setting scenario policy path month time cause track stage part status rung parameter outcome
    utility ci_bound prior question tier_from tier_to shock belief statement other draws points step loading size index
    shown spell latency budget_outcome source sign event""".split()
)


def attrs(long_name: str, units: str, **more: str | float) -> dict[str, str | float]:
    """Return the attributes that every variable carries: `long_name`, `units` ('1' for a pure number), and `more`."""
    return {"long_name": long_name, "units": units, **more}
