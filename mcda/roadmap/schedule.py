"""What a scenario stipulates for certain months: entries of its schedule, each of which checks itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mcda.errors import UsageError
from mcda.roadmap.limits import MONTHS, PEOPLE, POINTS, SHARE, Limits
from mcda.roadmap.parameters import READ_ONCE, check_value
from mcda.roadmap.symbols import EVENTS, FLAGS, KINDS, TRACKS, WARS, known

__all__ = ["BELONGS", "DWELL", "RUNG", "Entry"]

Kind = Literal["ladder", "war", "event", "wave", "flag", "lock", "signal", "set"]
#: These act in month `at` alone unless `for` says otherwise (ladder and event always).
ONE_MONTH = ("ladder", "event", "wave", "signal")
#: What else an entry may have, and the kinds that it belongs to (as files call it: `for` is `months`).
BELONGS: Mapping[str, tuple[str, ...]] = {
    "dwell": ("ladder",), "severity": ("event",), "move": ("event",), "hold": ("event",),
    "value": ("lock", "signal", "set"), "for": ("war", "wave", "flag", "lock", "signal", "set"),
}  # fmt: skip
RUNG = Limits(0, 5, whole=True)
#: Months left on a rung.
DWELL = Limits(1, 10_000, whole=True, infinite="never")
_LONG = Limits(1, 10_000, whole=True)
_WORDS: Mapping[str, tuple[str, ...]] = {
    "war": WARS, "event": EVENTS, "flag": FLAGS, "lock": tuple(TRACKS), "signal": tuple(TRACKS[:6]),
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """An entry of the schedule: in month `at` (or one drawn uniformly from at[0] to at[1]), for so many months.

    `what` is a rung, a state of the war, an event, persons, a flag, a track or a dotted key; `value` what a lock,
    a signal or a parameter is set to. `months` None: to the end, or one month where that is all there can be.
    """

    kind: Kind
    what: Any
    at: int | tuple[int, int]
    name: str = ""
    months: int | None = None
    value: Any = True
    dwell: float | None = None
    hold: int = 1
    severity: float | None = None
    move: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        known("kind of entry", self.kind, KINDS)
        self._check_what()
        self._check_months()
        if self.dwell is not None:
            DWELL.hold("dwell", self.dwell)
        if self.severity is not None:
            SHARE.hold("severity", self.severity)
        for criterion, points in (self.move or {}).items():
            POINTS.hold(f"the move of {criterion}", points)

    def _check_what(self) -> None:
        """What it acts on, and what that is set to."""
        if self.kind in _WORDS:
            known(self.kind, self.what, _WORDS[self.kind])
        if self.kind in ("ladder", "wave"):
            (RUNG if self.kind == "ladder" else PEOPLE).hold(self.kind, self.what)
        if self.kind in ("lock", "signal") and not isinstance(self.value, bool):
            raise UsageError(f"value of a {self.kind} is not true or false (got {self.value!r}); allowed: true, false")
        if self.kind == "set":
            check_value(self.what, self.value)
            if self.what in READ_ONCE:
                what = f"a window sets '{self.what}', which is read once on a path"
                raise UsageError(f"{what}; allowed: `{self.what}` in overrides")

    def _check_months(self) -> None:
        for month in self.at if isinstance(self.at, tuple) else (self.at,):
            MONTHS.hold("at", month)
        if self.first > self.last_first:
            raise UsageError(f"at has its months in falling order (got {self.at}); allowed: first, last")
        if isinstance(self.at, tuple) and not self.name:
            raise UsageError(
                "an entry whose month is drawn has no name to be drawn by; allowed: a `name`, or one month"
            )
        if self.months is not None:
            _LONG.hold("for", self.months)
        _LONG.hold("hold", self.hold)

    @property
    def first(self) -> int:
        """The earliest month."""
        return self.at if isinstance(self.at, int) else self.at[0]

    @property
    def last_first(self) -> int:
        """The latest month in which it may begin."""
        return self.at if isinstance(self.at, int) else self.at[1]

    @property
    def length(self) -> float:
        """Months for which it lasts; infinite to the end."""
        if self.kind in ("ladder", "event"):
            return 1
        if self.months is not None:
            return self.months
        return 1 if self.kind in ONE_MONTH else math.inf

    @property
    def thing(self) -> tuple[str, Any]:
        """What it acts on: two entries for one thing must not cover the same month."""
        return self.kind, "" if self.kind in ("ladder", "war", "wave") else self.what

    def may_meet(self, other: Entry) -> bool:
        """Return whether both act on one thing and can cover the same month (a drawn `at`: its whole range)."""
        apart = self.first >= other.last_first + other.length or other.first >= self.last_first + self.length
        return self.thing == other.thing and not apart

    def is_late(self, horizon: float) -> bool:
        """Return whether it can begin past a horizon."""
        return self.last_first >= horizon

    @property
    def about(self) -> str:
        """What it acts on, in words: ``lock P``, ``ladder``."""
        return " ".join(str(part) for part in self.thing if part != "")
