"""What can go wrong, and how it is said: the file, the line, the key, what is wrong, what is allowed.

Every mistake a user can make ends in an :class:`McdaError`; the command turns these into one clean message and an
exit code, and never shows a traceback for them. A mistake in a file is a :class:`Mistake`; a file's mistakes are
collected and raised together as one :class:`InvalidFile`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

__all__ = ["Declined", "InvalidFile", "McdaError", "Mistake", "UsageError", "did_you_mean"]


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
        return f"{self.file}:{self.line}:{key} {self.what}; {allowed}"


class InvalidFile(McdaError):
    """A file that cannot be used, with all of its mistakes, in the order of their lines."""

    exit_code = 2

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes: tuple[Mistake, ...] = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(map(str, self.mistakes)))


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Return `` (did you mean 'x'?)`` for the nearest of the allowed words, or ``''`` if none is near."""
    near = get_close_matches(word, list(allowed), n=1)
    return f" (did you mean '{near[0]}'?)" if near else ""
