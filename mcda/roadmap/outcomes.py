"""Outcomes of paths: what each is called, what it is, and how records of paths become it.

A *mean* is a mean over paths of one number each; some are differences to the status quo on the same path. A *ratio* is
a ratio of sums over paths, with the error of a ratio. Definitions and formulas: `docs/outcomes.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["MEANS", "RATIOS", "Context", "Mean", "Ratio", "path_outcomes"]

Floats = npt.NDArray[np.float64]
Records = Any  # (path,) of accrue.PATH


@dataclass(frozen=True)
class Context:
    """What paths are read with: months of the horizon; the weight of a release that is a deportation, (path or 1,)."""

    months: int
    omega: Floats | float


@dataclass(frozen=True)
class Mean:
    """An outcome of one path: `of` its records, those of the status quo, and the context; `share`: it is 0 or 1."""

    label: str
    units: str
    of: Callable[[Records, Records, Context], Floats]
    share: bool = False


@dataclass(frozen=True)
class Ratio:
    """A ratio of sums over paths."""

    label: str
    units: str
    over: str
    under: str


def _field(name: str) -> Callable[[Records, Records, Context], Floats]:
    return lambda y, y0, context: y[name].astype(np.float64)


def _gain(name: str) -> Callable[[Records, Records, Context], Floats]:
    """Less of a field than under the status quo."""
    return lambda y, y0, context: (y0[name] - y[name]).astype(np.float64)


def _lapsed(cause: int | None = None) -> Callable[[Records, Records, Context], Floats]:
    def of(y: Records, y0: Records, context: Context) -> Floats:
        some = y["lapsed"] if cause is None else y["lapsed"] >> cause & 1
        return np.asarray(some > 0, dtype=np.float64)

    return of


def _yield_less_deportation(y: Records, y0: Records, context: Context) -> Floats:
    away = (y["deported_months"] - y0["deported_months"]).astype(np.float64)
    return np.asarray(_gain("person_months")(y, y0, context) - (1 - context.omega) * away)


_MONTHS, _WORTH = "measure-months", "measure-months by value"

#: Outcomes that are means over paths, by name.
MEANS: Mapping[str, Mean] = MappingProxyType({
    "exposure_shadow": Mean("suspended while the shadow tier is outside", _MONTHS, _field("exposure_shadow")),
    "exposure_severity": Mean("suspended, times points of C below 0", "point-months", _field("exposure_severity")),
    "exposure_war": Mean("suspended while the territory is used", _MONTHS, _field("exposure_war")),
    "exposure_violation": Mean("suspended while a reference track is violated", _MONTHS, _field("exposure_violation")),
    "value_shadow": Mean("the same as exposure_shadow, by value", _WORTH, _field("value_shadow")),
    "value_severity": Mean("the same as exposure_severity, by value", "by value", _field("value_severity")),
    "value_war": Mean("the same as exposure_war, by value", _WORTH, _field("value_war")),
    "value_violation": Mean("the same as exposure_violation, by value", _WORTH, _field("value_violation")),
    "months_suspended": Mean("suspended or restore pending", _MONTHS, _field("months_suspended")),
    "openings": Mean("openings", "1", _field("openings")),
    "exits": Mean("exits", "1", _field("exits")),
    "exits_idle": Mean("exits with nothing suspended", "1", _field("exits_idle")),
    "snapbacks": Mean("snapbacks on a track", "1", _field("snapbacks")),
    "false_snapbacks": Mean("snapbacks on tracks none of which was violated", "1", _field("snapbacks_false")),
    "snapbacks_untracked": Mean("snapbacks by stall or stock alone", "1", _field("snapbacks_untracked")),
    "stage_1_open": Mean("share of months with a stage open", "1", _field("stage_months")),
    "in_force": Mean("leverage in force, mean over months", "1", _field("in_force")),
    "pressure": Mean("leverage in force that others do not make good", "1", _field("pressure")),
    "wasted": Mean("leverage lapsed without a step since its stage opened", "1", _field("wasted")),
    "lapsed_share": Mean("leverage of rows lapsed at the end", "1", _field("lapsed_share")),
    "lapsed": Mean("some row lapsed", "1", _lapsed(), share=True),
    "lapsed_at_sunset": Mean("some row lapsed at its sunset", "1", _lapsed(1), share=True),
    "lapsed_by_base": Mean("some row lapsed as its base was not renewed", "1", _lapsed(2), share=True),
    "lapsed_at_settlement": Mean("some row lapsed at a settlement", "1", _lapsed(3), share=True),
    "yield": Mean("prison months spared against the status quo", "person-months", _gain("person_months")),
    "yield_deportation": Mean("the same, those deported in part", "person-months", _yield_less_deportation),
    "prevented_arrests": Mean("fewer arrests than under the status quo", "persons", _gain("arrests")),
    "list_3": Mean("more freed from the list after 3 months than under the status quo", "persons", _gain("list_3")),
    "list_6": Mean("more freed from the list after 6 months than under the status quo", "persons", _gain("list_6")),
    "list_12": Mean("more freed from the list after 12 months than under the status quo", "persons", _gain("list_12")),
    "moved": Mean("share of row-months out of the printed tier", "1", _field("moved")),
    "clipped": Mean("share of scores clipped at an end of the scale", "1", _field("clipped")),
})  # fmt: skip

#: Outcomes that are ratios of sums over paths, by name; over and under are fields of a path's record.
RATIOS: Mapping[str, Ratio] = MappingProxyType({
    "false_snapback_share": Ratio("false snapbacks among snapbacks on a track", "1", "snapbacks_false", "snapbacks"),
    "false_snapback_rate": Ratio("false snapbacks per compliant review", "1", "snapbacks_false", "reviews_compliant"),
    "false_opening_share": Ratio("false among decisions that suspend", "1", "suspensions_false", "suspensions"),
    "missed_violation_share": Ratio("violations with no decision within the grace", "1", "spells_missed", "spells"),
    "steps_per_opening": Ratio("steps done and still kept per opening", "1", "steps_kept", "openings"),
    "recovered_3": Ratio("restored leverage at .8 of its effect within 3 months", "1", "restored_3_by", "restored_3"),
    "recovered_6": Ratio("restored leverage at .8 of its effect within 6 months", "1", "restored_6_by", "restored_6"),
})  # fmt: skip


def path_outcomes(y: Records, y0: Records, context: Context) -> dict[str, Floats]:
    """Return the outcomes of paths that are means, (path,) each; y0 : records of the status quo on the same paths."""
    return {name: mean.of(y, y0, context) for name, mean in MEANS.items()}
