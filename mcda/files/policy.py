"""From policy files to levers, and from files of utilities to declared weights on outcomes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from mcda.errors import InvalidFile, Mistake, Mistakes, UsageError, did_you_mean
from mcda.files.basis import Number
from mcda.files.checking import validate_file
from mcda.files.crosscheck import repeated
from mcda.files.document import Document, KeyPath, read_document
from mcda.files.keys import NAMES
from mcda.files.problem import numbers_of
from mcda.files.roadmap_models import GateModel, PolicyFile, ScenarioFile, StepsModel, TriggerModel, UtilitiesFile
from mcda.files.scenario import LEVERS, finished, validated
from mcda.files.shipped import find, shipped
from mcda.roadmap.model import Gate, Policy, Stage, StepPart, Trigger, World
from mcda.roadmap.symbols import TRACKS

__all__ = ["PolicyParts", "Utility", "UtilityTerm", "build_policy", "build_utilities", "read_policy", "read_utilities"]


@dataclass(frozen=True)
class PolicyParts:
    """A policy, and what outputs say of it."""

    policy: Policy
    code: str
    title: str
    about: str
    numbers: tuple[Number, ...]
    document: Document

    @property
    def id(self) -> str:
        """Its name."""
        return self.policy.name


@dataclass(frozen=True)
class UtilityTerm:
    """What an outcome adds to a utility: weight * (x - worst) / (best - worst)."""

    outcome: str
    weight: float
    worst: float
    best: float


@dataclass(frozen=True)
class Utility:
    """A named utility."""

    name: str
    label: str
    about: str
    terms: tuple[UtilityTerm, ...]


def read_policy(named: str | Path, world: World, *, beside: Path | None = None) -> PolicyParts:
    """Read a policy for a world: a file (relative to `beside`), or a shipped one by name or code.

    Errors: :class:`~mcda.errors.InvalidFile` with all of its mistakes, :class:`UsageError` for an unknown name.
    """
    return build_policy(read_document(find("policy", str(named), beside=beside)), world)


def read_utilities(path: str | Path | None = None) -> tuple[dict[str, Utility], tuple[Number, ...]]:
    """Read a file of utilities (the shipped one if not said): utilities by name, and the numbers with their bases."""
    return build_utilities(read_document(shipped("scenarios") / "utilities.yaml" if path is None else path))


# -- policies ----------------------------------------------------------------------------------------------------------


def build_policy(document: Document, world: World) -> PolicyParts:
    """Build a policy from its document; all mistakes are raised together."""
    mistakes = _no_levers(document)
    model = mistakes.of(partial(validated, PolicyFile, document, mistakes))
    more = Mistakes() if model is None else Mistakes(_policy_mistakes(model, document, world))
    numbers = finished(document, mistakes, more)
    assert model is not None
    try:
        policy = _policy(model)
        policy.check(world)
    except UsageError as reason:
        raise InvalidFile([document.refusal((), reason)]) from reason
    return PolicyParts(policy, model.code or "", model.title, model.about, numbers, document)


def _no_levers(document: Document) -> Mistakes:
    """Parameters, and parts of a scenario, in a policy's file."""
    found, data = Mistakes(), document.data
    for key in data:
        if key in NAMES:
            what = f"'{key}' is a parameter, which a scenario or an assumption set sets and a policy does not"
            found.append(document.mistake((key,), what, ", ".join(LEVERS)))
        elif key in ("parameters", *_OF_SCENARIOS):
            kind = "an assumption set" if key == "parameters" else "a scenario"
            what = f"'{key}' is a part of {kind}, and a policy sets levers alone"
            found.append(document.mistake((key,), what, ", ".join(LEVERS)))
    start = data.get("start")
    for key in start if isinstance(start, dict) else ():
        if key != "stage":
            what = f"'{key}' before month 0 is set by a scenario, and a policy sets the stage alone"
            found.append(document.mistake(("start", key), what, "stage"))
    return found


_OF_SCENARIOS = tuple(key for key in ScenarioFile.model_fields if key in ("overrides", "schedule", "story", "motive"))


def _policy_mistakes(model: PolicyFile, document: Document, world: World) -> Iterator[Mistake]:
    yield from _tier_mistakes(model, document, world)
    for i, stage in enumerate(model.stages):
        yield from _gate_mistakes(stage.gate, document, ("stages", i, "gate"), world)
    yield from _trigger_mistakes(model.trigger, document)
    if "O" in model.watch:
        yield _unseen(document, ("watch", model.watch.index("O")))
    if model.start.stage > len(model.stages):
        what = f"there are {len(model.stages)} stages (got {model.start.stage})"
        yield document.mistake(("start", "stage"), what, f"0 to {len(model.stages)}")


def _unseen(document: Document, path: KeyPath) -> Mistake:
    return document.mistake(path, "the EU has no signal on track O (got O)", ", ".join(TRACKS[:6]))


def _tier_mistakes(model: PolicyFile, document: Document, world: World) -> Iterator[Mistake]:
    """Each tier inside the Roadmap has at most one stage, and no other has any."""
    first: dict[int, KeyPath] = {}
    for i, stage in enumerate(model.stages):
        for j, tier in enumerate(stage.tiers):
            path: KeyPath = ("stages", i, "tiers", j)
            if tier > world.inside:
                what = f"opens tier {tier}, which lies outside the Roadmap and has no stage"
                yield document.mistake(path, what, f"1 to {world.inside}")
            elif tier in first:
                what = f"tier {tier} is opened by a stage before (line {document.line(first[tier])})"
                yield document.mistake(path, what, "each tier in one stage")
            first.setdefault(tier, path)


def _gate_mistakes(gate: GateModel, document: Document, at: KeyPath, world: World) -> Iterator[Mistake]:
    for part in ("clean", "belief"):
        if "O" in getattr(gate, part):
            yield _unseen(document, (*at, part, "O"))
    for track, steps in gate.steps.items():
        yield from _step_mistakes(steps, document, (*at, "steps", track), world.steps.get(track, ()))


def _step_mistakes(steps: StepsModel, document: Document, at: KeyPath, names: tuple[str, ...]) -> Iterator[Mistake]:
    """What a gate asks of a track's steps: one thing, and one that the track has."""
    given = [key for key in ("at_least", "share", "named") if getattr(steps, key) is not None]
    if len(given) != 1:
        yield document.mistake(at, f"asks for {len(given)} things", "exactly one of at_least, share, named")
    if (steps.at_least or 0) > len(names):
        what = f"is more than the number of its steps, {len(names)} (got {steps.at_least})"
        yield document.mistake((*at, "at_least"), what, f"0 to {len(names)}")
    for i, one in enumerate(steps.named or ()):
        if isinstance(one, int) and one > len(names):
            what = f"is beyond the number of its steps, {len(names)} (got {one})"
            yield document.mistake((*at, "named", i), what, f"1 to {len(names)}, or an id")
        elif isinstance(one, str) and one not in names:
            what = f"no step of this track is named '{one}'{did_you_mean(one, names)}"
            yield document.mistake((*at, "named", i), what, ", ".join(names) or "nothing: the track has no steps")


def _trigger_mistakes(trigger: TriggerModel, document: Document) -> Iterator[Mistake]:
    given = [key for key in ("alarm_streak", "a", "b", "threshold") if getattr(trigger, key) is not None]
    if given not in (["alarm_streak"], ["a", "b"], ["threshold"]):
        got = ", ".join(given) or "nothing"
        yield document.mistake(
            ("trigger",), f"is not one trigger (got {got})", "alarm_streak; or a with b; or threshold"
        )
    elif trigger.a is not None and trigger.b is not None and trigger.a > trigger.b:
        what = f"asks for {trigger.a} of the last {trigger.b}"
        yield document.mistake(("trigger", "a"), what, "at most b")


def _policy(model: PolicyFile) -> Policy:
    given: dict[str, Any] = {key: _never(getattr(model, key)) for key in _PLAIN}
    return Policy(
        model.id,
        stages=tuple(Stage(tuple(stage.tiers), _gate(stage.gate)) for stage in model.stages),
        trigger=_trigger(model.trigger),
        watch=frozenset(model.watch),
        start_stage=model.start.stage,
        **given,
    )


_PLAIN = (
    "exit_rung", "reentry", "review_every", "verify", "scope", "stall", "stock_rise", "sunset", "sunset_default",
    "outer",
)  # fmt: skip


def _never(value: Any) -> Any:
    return math.inf if value == "never" else value


def _trigger(model: TriggerModel) -> Trigger:
    pair = None if model.a is None or model.b is None else (model.a, model.b)
    return Trigger(model.alarm_streak, pair, model.threshold)


def _gate(model: GateModel) -> Gate:
    steps = {
        str(track): StepPart(one.at_least, one.share, None if one.named is None else tuple(one.named))
        for track, one in model.steps.items()
    }
    clean: Mapping[Any, int | None] = dict(model.clean)
    belief: Mapping[Any, float] = dict(model.belief)
    return Gate(clean, belief, model.listed, model.stock, model.released, steps)


# -- utilities ---------------------------------------------------------------------------------------------------------


def build_utilities(document: Document) -> tuple[dict[str, Utility], tuple[Number, ...]]:
    """Build utilities from their document; all mistakes are raised together."""
    mistakes = Mistakes()
    model = mistakes.of(partial(validate_file, UtilitiesFile, document))
    if model is not None:
        mistakes += _utility_mistakes(model, document)
    bases = Mistakes()
    numbers = bases.of(partial(numbers_of, {"utilities": document}))
    mistakes.also(bases)
    mistakes.stop()
    assert model is not None
    found = {
        name: Utility(
            name, one.label, one.about, tuple(UtilityTerm(t.outcome, t.weight, t.worst, t.best) for t in one.terms)
        )
        for name, one in model.utilities.items()
    }
    return found, numbers or ()


def _utility_mistakes(model: UtilitiesFile, document: Document) -> Iterator[Mistake]:
    for name, one in model.utilities.items():
        at = ("utilities", name, "terms")
        total = math.fsum(term.weight for term in one.terms)
        if abs(total - 1) > 1e-9:
            yield document.mistake(at, f"have weights that sum to {total:g}", "weights that sum to 1")
        yield from repeated(document, at, [term.outcome for term in one.terms], "outcome")
        for i, term in enumerate(one.terms):
            if term.worst == term.best:
                what = f"is as good as the worst (got {term.best:g})"
                yield document.mistake((*at, i, "best"), what, "a number other than `worst`")
