"""The symbols of the simulation: tracks, events, statuses, and what a path's state is made of.

Numbers stand for words inside kernels; here is what they stand for. Source: `docs/simulation.md`, words and state.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from mcda.errors import UsageError, did_you_mean

__all__ = [
    "ADDRESSES", "AHEAD", "CAUSES", "CRITERIA", "EVENTS", "FLAGS", "FORCE", "KINDS", "LAPSED", "LATER", "LEVEL", "LIVE",
    "MARKS", "MIDDLES", "MOST_STAGES", "PENDING", "RATED", "RUNGS", "SLIPS", "STATE", "STATUSES", "SUSPENDED", "TERMS",
    "TRACKS", "WARS", "known",
]  # fmt: skip

#: Conduct, by track: releases and detention, no deportation, practices, laws, migration, aviation, openness of courts.
TRACKS = "HDPLMAO"
EVENTS = tuple(f"E{i}" for i in range(1, 17))
#: Events that fire at a monthly rate, and those that are on while the ladder or the war stands somewhere.
RATED, LEVEL = ("E10", "E11", "E13", "E16"), ("E1", "E2", "E3", "E4", "E12")
#: The event that fires when a track slips; H has none.
SLIPS = {"D": "E6", "P": "E5", "L": "E7", "M": "E8", "A": "E9", "O": "E15"}
WARS = ("war", "ceasefire", "settlement")
RUNGS = (0, 1, 2, 3, 4, 5)
#: In force, suspended, restore pending, lapsed.
STATUSES = ("A", "S", "PR", "L")
FORCE, SUSPENDED, PENDING, LAPSED = range(4)
#: Kinds of a schedule's entries, in the order of their numbers; flags that one can put up.
KINDS = ("ladder", "war", "event", "wave", "flag", "lock", "signal", "set")
FLAGS = ("amnesty", "disengaged")
#: Why a row has lapsed.
CAUSES = ("", "sunset", "base", "settlement")
#: The seven criteria's number in the paper; a problem's own ids stand for them in order.
CRITERIA = 7

#: A month that no path reaches.
LATER = 1 << 30
#: Stages that a policy may have.
MOST_STAGES = 16
_N, _SEEN = len(TRACKS), 6  # the EU has a signal on all tracks but O

#: What was decided in a month, in the order of step 5: 0 no, 1 yes, 2 vetoed or failed (for tracks: a bit each).
MARKS = (
    "reentry", "exit", "snapback", "triggers", "by_rise", "by_stall", "settled", "base", "renew", "advance", "reopen",
    "outer", "readopt",
)  # fmt: skip

#: One path's state without its rows (and a few counts of outcomes that only decisions know: what a step was done for);
#: every field has eight bytes, so that a month can be kept as a row of words.
STATE = np.dtype(
    [
        ("path", "i8"), ("t", "i8"), ("k0", "u8"), ("k1", "u8"),
        ("R", "i8"), ("dwell", "f8"), ("seen", "i8"), ("W", "i8"), ("just_settled", "i8"),
        ("C", "i8", (_N,)), ("d", "i8", (_N,)), ("d_review", "i8", (_N,)),
        ("N", "i8"), ("list", "i8"), ("N_start", "i8"), ("list_start", "i8"), ("N_opening", "i8"), ("N_least", "i8"),
        ("pi", "f8", (_SEEN,)), ("clean", "i8", (_SEEN,)), ("alarm", "i8", (_SEEN,)), ("record", "u8", (_SEEN,)),
        ("y", "i8", (_SEEN,)), ("review", "i8"),
        ("s", "i8"), ("X", "i8"), ("t_exit", "i8"), ("outer_done", "i8"), ("held", "i8"), ("watch", "i8"),
        ("away", "i8"), ("asks", "i8"),
        ("x", "f8", (16, CRITERIA)), ("moving", "i8"), ("until", "i8", (16,)), ("levels", "i8"),
        ("fired", "i8", (16,)),
        ("off", "f8"), ("off_start", "f8"), ("mu", "f8"), ("g", "f8"), ("V", "f8"),
        ("opening", "i8"), ("opening_before", "i8"), ("stall", "i8"), ("undecided", "i8"),
        ("served", "i8"), ("rel", "i8"), ("wave", "i8"), ("inflow", "i8"), ("released", "i8"), ("deported", "i8"),
        ("clipped", "i8"), ("steps_done", "i8"), ("opened_with", "i8", (MOST_STAGES,)), ("asked", "i8"),
        ("groups", "i8"), ("next_due", "i8"), ("restated", "i8"), ("resorted", "i8"),
        ("lapsed", "i8"), ("wasted", "f8"), ("stirred", "i8"), ("restoring", "i8"),
        *((mark, "i8") for mark in MARKS),
    ]
)  # fmt: skip

#: Months that are drawn at a time, and addresses of a stream that are (see :mod:`mcda.roadmap.uniform`).
AHEAD, ADDRESSES = 8, 8
TERMS = 256  # of a law whose table is kept
MIDDLES = 2048  # trials of a binomial below which its middle is kept
#: A path at work: its state, and what is kept so that it need not be worked out again: uniforms (`drawn`: for which
#: months), and what follows from the month's parameters (:func:`mcda.roadmap.month.follow`).
LIVE = np.dtype(
    [
        *STATE.descr,
        ("drawn", "i8", (16 * ADDRESSES,)), ("u", "f8", (16 * ADDRESSES, 2, AHEAD)),
        ("q", "f8", (_N,)), ("r", "f8", (_N,)), ("step", "f8", (_N,)), ("kept", "f8", (16,)), ("gain", "f8"),
        ("in_force", "f8"),
        ("outside", "f8"), ("severity", "f8"), ("value_outside", "f8"), ("value_severity", "f8"), ("touched", "i8"),
        ("alive", "i8"), ("middle", "f8", (3, MIDDLES, 3)),
        ("law_mean", "f8", (2,)), ("law_size", "f8", (2,)), ("law_last", "i8", (2,)), ("law_term", "f8", (2,)),
        ("law_F", "f8", (2, TERMS)),
    ]
)  # fmt: skip


def known(what: str, name: Any, allowed: Collection[str]) -> None:
    """Raise :class:`UsageError` for a word that is none of those allowed: ``scope 'al' is unknown``."""
    if name not in allowed:
        near = did_you_mean(name, allowed) if isinstance(name, str) else ""
        raise UsageError(f"{what} '{name}' is unknown{near}; allowed: {', '.join(allowed)}")
