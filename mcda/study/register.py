"""The assumption register: every number an answer rests on, with its basis, sorted by how much of the answer it moves.

A number with a range is set to either end of it, the experiment is rebuilt from its files, and the headline (the
probability that the tier stands, by alternative) is computed again. What the paper states is listed, not moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.errors import McdaError
from mcda.study.load import rebuild
from mcda.study.register_lines import Line, line_of, register_of
from mcda.tiers.acceptability import labelled

if TYPE_CHECKING:
    from mcda.study.experiment import Experiment

__all__ = ["headline", "register"]

Floats = npt.NDArray[np.float64]

#: A headline that moves by less than this does not move: the number is not used by it.
UNMOVED = 1e-12


def headline(experiment: Experiment, tiers: Sequence[int] | None = None) -> tuple[Floats, list[int]]:
    """Return P(the tier stands) by alternative, and that tier: the printed one, or the modal one of the first call."""
    laws = experiment.laws()
    p = labelled(laws, experiment.rule)["acceptability"].values
    if tiers is None:
        published = dict(
            zip((a.id for a in experiment.problem.alternatives), experiment.problem.published, strict=True)
        )
        tiers = [published[a] if experiment.published else int(p[i].argmax()) + 1 for i, a in enumerate(laws)]
    return p[np.arange(len(p)), np.array(tiers) - 1], list(tiers)


def _asked(experiment: Experiment) -> tuple[Any, ...]:
    """Everything that the headline depends on; experiments that agree in it have equal headlines."""
    question, problem = experiment.second_panel, experiment.problem
    prior = problem.priors[experiment.beliefs.prior] if experiment.published else None
    asked = (question.reference_sd, question.ends, prior) if experiment.published else ()
    return (experiment.rule, experiment.beliefs, problem.scale, *asked)


def _moves(
    experiment: Experiment, variants: Iterable[Experiment | None], base: Floats, tiers: list[int]
) -> tuple[float, float, str]:
    """Mean and largest change of the headline over variants; None is a variant that has no meaning."""
    means, tops, failed = [0.0], [0.0], 0
    for variant in variants:
        change = _change(experiment, variant, base, tiers)
        if change is None:
            failed += 1
            continue
        means.append(float(change.mean()))
        tops.append(float(change.max()))
    state = "varied" if max(tops) > UNMOVED else "unused by the headline"
    return max(means), max(tops), state if not failed else f"{state} ({failed} end of the range has no meaning here)"


def _change(experiment: Experiment, variant: Experiment | None, base: Floats, tiers: list[int]) -> Floats | None:
    """Changes of the headline, None where a variant has none (a printed tier that no scores reach, say)."""
    if variant is None:
        return None
    if _asked(variant) == _asked(experiment):
        return np.zeros(1)
    try:
        return np.abs(headline(variant, tiers)[0] - base)
    except McdaError:
        return None


def _try(experiment: Experiment, number: Any, value: float) -> Experiment | None:
    try:
        return rebuild(experiment, number, value)
    except McdaError:
        return None


def _number_row(experiment: Experiment, number: Any, base: Floats, tiers: list[int]) -> Line:
    ends = (number.low, number.high)
    if None in ends:
        mean, top, state = np.nan, np.nan, "not varied: no range"
    else:
        mean, top, state = _moves(experiment, (_try(experiment, number, e) for e in ends), base, tiers)
    return line_of(number, state, _moved(mean, top))


def _moved(mean: float, top: float) -> dict[str, float]:
    return {"moved_mean": mean, "moved_max": top}


def _choice_rows(experiment: Experiment, base: Floats, tiers: list[int]) -> list[Line]:
    """Choices that are words: the rule's open points, the prior, the ends of the scale, the pool."""
    rows = [
        _choice(experiment, "rule", experiment.rule.name, experiment.other_rules, _with_rules(experiment), base, tiers),
    ]
    if experiment.published:
        question = experiment.second_panel
        priors = [p for p in question.priors if p != experiment.beliefs.prior]
        with_priors = (replace(experiment, beliefs=replace(experiment.beliefs, prior=p)) for p in priors)
        rows.append(_choice(experiment, "beliefs.prior", experiment.beliefs.prior, priors, with_priors, base, tiers))
        other = "reflect" if question.ends == "clip" else "clip"
        with_ends = (replace(experiment, second_panel=replace(question, ends=other)),)
        rows.append(_choice(experiment, "second_panel.ends", question.ends, [other], with_ends, base, tiers))
    else:
        pools = [p for p in ("panel-mean", "pooled-experts", "pooled-cells") if p != experiment.beliefs.pool]
        with_pools = (replace(experiment, beliefs=replace(experiment.beliefs, pool=p)) for p in pools)  # type: ignore[arg-type]
        rows.append(_choice(experiment, "beliefs.pool", experiment.beliefs.pool, pools, with_pools, base, tiers))
    return rows


def _with_rules(experiment: Experiment) -> Iterable[Experiment]:
    return (replace(experiment, rule=experiment.problem.named_rule(name)) for name in experiment.other_rules)


def _choice(
    experiment: Experiment,
    parameter: str,
    value: str,
    others: Sequence[str],
    variants: Iterable[Experiment],
    base: Floats,
    tiers: list[int],
) -> Line:
    mean, top, state = _moves(experiment, variants, base, tiers)
    said = (value, ", ".join(others), "", "assumption", "", "a choice", state)
    return Line(parameter, "experiment", *said, _moved(mean, top))


def _grouped(numbers: Sequence[Any]) -> list[Line]:
    """What the paper states: one line per file and basis, not one per number."""
    unmoved = _moved(np.nan, np.nan)
    groups: dict[tuple[str, str, str], int] = {}
    for number in numbers:
        key = (Path(number.file).name, number.basis, number.citation or "")
        groups[key] = groups.get(key, 0) + 1
    return [
        Line(f"{n} numbers", file, "", "", "", basis, citation, "as stated", "not varied: no range", unmoved)
        for (file, basis, citation), n in groups.items()
    ]


def register(experiment: Experiment, chosen: Sequence[str]) -> xr.Dataset:
    """Return the register as a dataset over `parameter`, what moves the headline most first.

    `moved_mean` and `moved_max` are the mean and the largest absolute change over the alternatives of the probability
    that the tier stands, the number at either end of its range, all others as they are; NaN where it is not varied.
    """
    base, tiers = headline(experiment)
    stated = [n for n in experiment.numbers if n.low is None and n.basis in ("paper", "source")]
    others = [n for n in experiment.numbers if n not in stated]
    rows = _choice_rows(experiment, base, tiers)
    rows += [_number_row(experiment, number, base, tiers) for number in others]
    rows.sort(key=lambda row: (row.order("moved_mean")[0], row.parameter))
    return register_of([*rows, *_grouped(stated)], _MOVES)


_MOVES = {
    "moved_mean": ("mean change of the probability that the tier stands", "1"),
    "moved_max": ("largest change of the probability that the tier stands", "1"),
}
