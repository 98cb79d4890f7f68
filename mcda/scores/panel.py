"""A panel: what each expert answered for each alternative and criterion, as exact numbers, with "don't know" kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from mcda.errors import UsageError, did_you_mean

__all__ = ["UNKNOWN", "Answer", "Panel"]

Kind = Literal["point", "three-point", "distribution", "unknown"]
Number = int | float | Fraction
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: How far from 1 the probabilities of a distribution may sum.
SUM_TOLERANCE = Fraction(1, 10**9)


def _exact(x: Number) -> Fraction:
    """A number as a fraction; a float as the decimal that it prints as (7.3 is 73/10)."""
    if isinstance(x, Fraction):
        return x
    try:  # through text, since NumPy's integers are no int, and a float's own fraction has a denominator of 2^50
        return Fraction(str(x))
    except ValueError:
        raise UsageError(f"numbers of answers and weights must be finite (got {x})") from None


@dataclass(frozen=True)
class Answer:
    """What one expert said of one alternative on one criterion; make one with a class method.

    Attributes
    ----------
    kind : ``'point'``, ``'three-point'``, ``'distribution'`` or ``'unknown'``
    score : Fraction, optional
        The named point, or the mode of a three-point judgement, in points of the scale.
    low, high : Fraction, optional
        Ends of a three-point judgement, in points.
    probabilities : tuple of (score, probability), in the order of the scores
        A full distribution; sums to 1 (to 1e-9).
    spread : Fraction, optional
        The expert's own spread about a point, in points; without one the problem's default is used.
    comment : str

    Errors: :class:`UsageError` for numbers that do not fit the kind.
    """

    kind: Kind
    score: Fraction | None = None
    low: Fraction | None = None
    high: Fraction | None = None
    probabilities: tuple[tuple[Fraction, Fraction], ...] = ()
    spread: Fraction | None = None
    comment: str = ""

    def __post_init__(self) -> None:
        for name in ("score", "low", "high", "spread"):
            if (value := getattr(self, name)) is not None:
                object.__setattr__(self, name, _exact(value))
        pairs = tuple(sorted((_exact(x), _exact(p)) for x, p in self.probabilities))
        object.__setattr__(self, "probabilities", pairs)
        for mistake in _mistakes(self):
            raise UsageError(mistake)

    @classmethod
    def at(cls, score: Number, *, spread: Number | None = None, comment: str = "") -> Answer:
        """Return a single point, with the expert's own spread where there is one."""
        own = None if spread is None else _exact(spread)
        return cls("point", _exact(score), spread=own, comment=comment)

    @classmethod
    def three_point(cls, low: Number, mode: Number, high: Number, *, comment: str = "") -> Answer:
        """Return a judgement (low, mode, high)."""
        return cls("three-point", _exact(mode), _exact(low), _exact(high), comment=comment)

    @classmethod
    def distribution(cls, probabilities: Mapping[Number, Number], *, comment: str = "") -> Answer:
        """Return a full distribution, given as probability by score."""
        pairs = tuple((_exact(x), _exact(p)) for x, p in probabilities.items())
        return cls("distribution", probabilities=pairs, comment=comment)

    @property
    def point(self) -> Fraction | None:
        """The point score: the point, the mode of three points, the mean of a distribution; None for "don't know"."""
        if self.kind != "distribution":
            return self.score
        total = sum((p for _, p in self.probabilities), Fraction(0))
        return sum((x * p for x, p in self.probabilities), Fraction(0)) / total


def _mistakes(answer: Answer) -> Iterable[str]:
    """What makes an answer meaningless, in words."""
    kind = answer.kind
    if kind not in get_args(Kind):
        yield f"no kind of answer is named '{kind}'; there are {', '.join(get_args(Kind))}"
        return
    names = ("score", "low", "high", "probabilities", "spread")
    has = {name for name in names if getattr(answer, name) not in (None, ())}
    needs = {"point": {"score"}, "three-point": {"score", "low", "high"}, "distribution": {"probabilities"}}
    wanted = needs.get(kind, set())
    if missing := wanted - has:
        yield f"an answer of kind {kind} needs {', '.join(sorted(missing))}"
    elif extra := has - wanted - ({"spread"} if kind == "point" else set()):
        yield f"an answer of kind {kind} takes no {', '.join(sorted(extra))}"
    else:
        yield from _mistakes_of_numbers(answer)


def _mistakes_of_numbers(answer: Answer) -> Iterable[str]:
    score, low, high, spread = answer.score, answer.low, answer.high, answer.spread
    if spread is not None and spread < 0:
        yield f"a spread is at least 0 points (got {float(spread):g})"
    if score is not None and low is not None and high is not None and not low <= score <= high:
        yield f"three points need low <= mode <= high (got {float(low):g}, {float(score):g}, {float(high):g})"
    if answer.kind == "distribution":
        yield from _mistakes_of_distribution(answer.probabilities)


def _mistakes_of_distribution(pairs: tuple[tuple[Fraction, Fraction], ...]) -> Iterable[str]:
    scores = [x for x, _ in pairs]
    if len(set(scores)) < len(scores):
        yield "a distribution names each score once"
    for x, p in pairs:
        if p < 0:
            yield f"the probability of the score {float(x):g} is {float(p):g}; allowed: at least 0"
    total = sum((p for _, p in pairs), Fraction(0))
    if abs(total - 1) > SUM_TOLERANCE:
        yield f"the probabilities sum to {float(total):.6g}; allowed: 1, to 1e-9"


#: "Don't know"; what a cell without an answer is.
UNKNOWN = Answer("unknown")


@dataclass(frozen=True)
class Panel:
    """All answers of all experts. A cell that is missing from `answers` is a "don't know".

    Parameters
    ----------
    experts, alternatives, criteria : tuples of ids, each unique and not empty
    answers : mapping of (expert, alternative, criterion) to Answer
    weights : one number per expert, optional
        At least 0, scaled to sum to 1; equal if not given.

    Errors: :class:`UsageError` for an empty or repeated id, an answer of nobody or to nothing, weights that do not fit.
    """

    experts: tuple[str, ...]
    alternatives: tuple[str, ...]
    criteria: tuple[str, ...]
    answers: Mapping[tuple[str, str, str], Answer]
    weights: tuple[Fraction, ...] = ()

    def __post_init__(self) -> None:
        for kind in ("experts", "alternatives", "criteria"):
            object.__setattr__(self, kind, tuple(getattr(self, kind)))
            _check_ids(kind, getattr(self, kind))
        self._check_answers()
        object.__setattr__(self, "answers", dict(self.answers))
        object.__setattr__(self, "weights", _scaled(self.weights, len(self.experts)))

    def _check_answers(self) -> None:
        kinds = {"expert": self.experts, "alternative": self.alternatives, "criterion": self.criteria}
        for at, (kind, allowed) in enumerate(kinds.items()):
            for one in {key[at] for key in self.answers} - set(allowed):
                raise UsageError(f"an answer names the {kind} '{one}', which is not there{did_you_mean(one, allowed)}")

    @property
    def equal_weights(self) -> bool:
        """Whether all experts weigh the same."""
        return len(set(self.weights)) == 1

    def answer(self, expert: str, alternative: str, criterion: str) -> Answer:
        """Return one answer, `UNKNOWN` where there is none."""
        return self.answers.get((expert, alternative, criterion), UNKNOWN)

    def answered(self, alternative: str, criterion: str) -> dict[str, Answer]:
        """Return the answers to one cell by expert, without those who do not know."""
        given = {expert: self.answer(expert, alternative, criterion) for expert in self.experts}
        return {expert: answer for expert, answer in given.items() if answer.kind != "unknown"}

    def points(self, expert: str, alternative: str) -> tuple[Fraction | None, ...]:
        """Return one expert's point scores of an alternative, in points, by criterion; None for "don't know"."""
        return tuple(self.answer(expert, alternative, criterion).point for criterion in self.criteria)

    def scores(self) -> Floats:
        """Return the point scores in points, (alternative, criterion, expert); NaN for "don't know"."""
        shape = (len(self.alternatives), len(self.criteria), len(self.experts))
        found = np.full(shape, np.nan)
        for i, alternative in enumerate(self.alternatives):
            for e, expert in enumerate(self.experts):
                points = self.points(expert, alternative)
                found[i, :, e] = [np.nan if x is None else float(x) for x in points]
        return found

    def known(self) -> Ints:
        """Return how many experts answered each cell, (alternative, criterion)."""
        counts = [[len(self.answered(a, c)) for c in self.criteria] for a in self.alternatives]
        return np.asarray(counts, dtype=np.int64)

    @property
    def unknown(self) -> int:
        """Number of cells (expert, alternative, criterion) that are "don't know"."""
        cells = len(self.experts) * len(self.alternatives) * len(self.criteria)
        return cells - sum(answer.kind != "unknown" for answer in self.answers.values())


def _check_ids(kind: str, ids: tuple[str, ...]) -> None:
    if not ids:
        raise UsageError(f"a panel has at least one of its {kind}")
    seen: set[str] = set()
    for one in ids:
        if not one.strip():
            raise UsageError(f"{kind}: an id is text that is not empty (got {one!r})")
        if one in seen:
            raise UsageError(f"{kind}: '{one}' stands twice; ids must be unique")
        seen.add(one)


def _scaled(weights: Iterable[Number], n: int) -> tuple[Fraction, ...]:
    exact = tuple(map(_exact, weights)) or (Fraction(1),) * n
    if len(exact) != n:
        raise UsageError(f"{len(exact)} weights for {n} experts")
    total = sum(exact)
    if min(exact) < 0 or total == 0:
        raise UsageError("weights of experts must be at least 0, and not all 0")
    return tuple(w / total for w in exact)
