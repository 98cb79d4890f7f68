"""Sweeps of an experiment's file: every value is set where it belongs, and each that can't be is told at its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mcda.errors import Mistake, Mistakes, UsageError
from mcda.files.document import Document, KeyPath
from mcda.files.models import SimulationModel
from mcda.roadmap.model import Policy, Scenario, World
from mcda.roadmap.swept import Axis, check_axes, refuse_windows, set_policies, set_scenario, settings, target

__all__ = ["sweep_mistakes"]


def sweep_mistakes(
    model: SimulationModel, worlds: Sequence[World], scenarios: Sequence[Scenario], policies: Mapping[str, Policy],
    document: Document, at: KeyPath,
) -> Iterator[Mistake]:  # fmt: skip
    """Yield a mistake for each axis and each value that can't be swept; then for combinations of entries that meet.

    worlds : by assumption set; at : where the simulation stands in the file
    """
    axes: list[Axis] = []
    found = Mistakes()
    for i, one in enumerate(model.sweep):
        place = (*at, "sweep", i)
        try:
            axis = Axis(one.key, tuple(one.values), one.label)
            check_axes([*axes, axis])
            for scenario in scenarios:
                refuse_windows(axis, scenario)
                if axis.kind == "schedule":
                    target(axis, scenario)
        except UsageError as reason:
            found.append(document.refusal((*place, "key"), reason))
            continue
        axes.append(axis)
        found += _values(axis, worlds, scenarios, policies, model.status_quo, document, place)
    yield from found
    if not found:
        yield from _together(axes, worlds, scenarios, document, (*at, "sweep"))


def _values(
    axis: Axis, worlds: Sequence[World], scenarios: Sequence[Scenario], policies: Mapping[str, Policy],
    status_quo: str, document: Document, at: KeyPath,
) -> Iterator[Mistake]:  # fmt: skip
    """Values that an axis can't have by itself."""
    for j, value in enumerate(axis.values):
        try:
            set_policies([axis], [value], policies, status_quo)
            for scenario in scenarios:
                changed = set_scenario([axis], [value], scenario)
                for world in worlds if changed is not scenario else ():
                    changed.check(world.under(changed))
        except UsageError as reason:
            yield document.refusal((*at, "values", j), reason)


def _together(
    axes: Sequence[Axis], worlds: Sequence[World], scenarios: Sequence[Scenario], document: Document, at: KeyPath
) -> Iterator[Mistake]:
    """Combinations of values of several entries: each may be fine, and two of them meet."""
    entries = [axis for axis in axes if axis.kind == "schedule"]
    for values in settings(entries) if len(entries) > 1 else ():
        for scenario in scenarios:
            try:
                set_scenario(entries, values, scenario)
            except UsageError as reason:
                said = ", ".join(f"{axis.name}={value}" for axis, value in zip(entries, values, strict=True))
                yield document.refusal(at, UsageError(f"at {said}, {reason}"))
                return
