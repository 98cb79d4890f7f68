"""What can go wrong, and how it is said: the file, the line, the key, what is wrong, what is allowed.

Every mistake a user can make ends in an :class:`McdaError`; the command turns these into one clean message and an
exit code, and never shows a traceback for them. A mistake in a file is a :class:`Mistake`; a file's mistakes are
collected and raised together as one :class:`InvalidFile`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby
from typing import TypeVar

__all__ = ["Declined", "InvalidFile", "McdaError", "Mistake", "Mistakes", "UsageError", "did_you_mean"]

T = TypeVar("T")


class McdaError(Exception):
    """Base of all errors that this package raises on purpose; `exit_code` is what the command returns."""

    exit_code = 1


class UsageError(McdaError):
    """An argument that cannot be used: wrong name, wrong range, wrong combination."""

    exit_code = 2


class Declined(McdaError):
    """An analysis that would be wrong or too large, refused with the reason and with what to use instead."""


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake in one file: `line` counts from 1, `key` is dotted (``rule.cuts[1]``), '' for the file as a whole."""

    file: str
    line: int
    key: str
    what: str
    allowed: str

    def __str__(self) -> str:
        key = f" {self.key}:" if self.key else ""
        allowed = self.allowed if self.allowed.startswith(("allowed", "see ")) else f"allowed: {self.allowed}"
        told = f"{self.file}:{self.line}:{key} {self.what}; {allowed}"
        return " ".join(told.splitlines())  # a message is one line, whatever it shows of the file


#: Mistakes of one file that are told; of more, only how many there are.
MAX_TOLD = 100


class InvalidFile(McdaError):
    """A file that cannot be used, with its mistakes (the first 100 of each file), in the order of their lines."""

    exit_code = 2

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes: tuple[Mistake, ...] = _first_of_each_file(sorted(set(mistakes)))
        super().__init__("\n".join(map(str, self.mistakes)))

    def __reduce__(self) -> tuple[type[InvalidFile], tuple[tuple[Mistake, ...]]]:
        return type(self), (self.mistakes,)


def _first_of_each_file(mistakes: list[Mistake]) -> tuple[Mistake, ...]:
    found: list[Mistake] = []
    for file, of_file in groupby(mistakes, key=lambda mistake: mistake.file):
        own = list(of_file)
        if len(own) > MAX_TOLD + 1:  # one over is as long as saying so
            rest = own[MAX_TOLD]
            what = f"has {len(own) - MAX_TOLD} more mistakes from here on"
            own[MAX_TOLD:] = [Mistake(file, rest.line, "", what, "none")]
        found += own
    return tuple(found)


class Mistakes(list[Mistake]):
    """Mistakes collected on the way, so that those of several parts or files are said together."""

    def of(self, make: Callable[[], T]) -> T | None:
        """Return what `make` returns; None where it refuses a file, whose mistakes are then among these."""
        try:
            return make()
        except InvalidFile as refused:
            self += refused.mistakes
            return None

    def also(self, others: Iterable[Mistake]) -> None:
        """Take in mistakes at places of which nothing was said yet: what a wrong value leads to is not told again."""
        known = {(mistake.file, mistake.line, mistake.key) for mistake in self}
        self += [mistake for mistake in others if (mistake.file, mistake.line, mistake.key) not in known]

    def stop(self) -> None:
        """Raise all of them as one :class:`InvalidFile`, if there are any."""
        if self:
            raise InvalidFile(self)


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Return `` (did you mean 'x'?)`` for the nearest of the allowed words, or ``''`` if none is near."""
    near = get_close_matches(word, list(allowed), n=1)
    return f" (did you mean '{near[0]}'?)" if near else ""
