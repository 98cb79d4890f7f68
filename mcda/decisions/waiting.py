"""Is a month's waiting worth it, if the bargain may be dropped for nothing before it is struck?

A suspension can be traded today for a yield Y (persons released, say). If the EU waits a month the yield on offer may
have grown to (1 + g) Y; but with probability h, the hazard, the measure falls in that month without anything being
given for it (a *free drop*, as at a settlement), and then only a share v of today's yield can still be had. Nothing is
discounted. Waiting is worth it if

    (1 - h) (1 + g) Y + h v Y >= Y,    that is    g >= g* = h (1 - v) / (1 - h).

With v = 0 this is ``(1 - h) (1 + g) >= 1``, g* = h / (1 - h). Y cancels, so the same g* holds next month from whatever
has been reached: with a constant hazard and growth, either every month's waiting is worth it or none is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mcda.errors import UsageError

__all__ = ["break_even_growth"]

Floats = npt.NDArray[np.float64]


def break_even_growth(hazard: npt.ArrayLike, *, salvage: npt.ArrayLike = 0.0) -> Floats:
    """Return the growth of the obtainable yield that makes a month's waiting worth a free-drop hazard, a share.

    ``g* = h (1 - v) / (1 - h)``; the module derives it. If v is a share of the *grown* yield instead, waiting is worth
    it from ``g* = h' / (1 - h')`` on with h' = h (1 - v): call this with hazard h' and no salvage.

    Parameters
    ----------
    hazard : 0 to 1
        Probability per month that the bargain is lost: the chance of the event times that of being dropped by it
        (settlement .01 and free drop .7 a month: .007).
    salvage : 0 to 1
        v, the share of today's yield that can be had even after a drop; it broadcasts against the hazard.

    Returns
    -------
    array of the broadcast shape, 0 or more: infinite where the loss is certain and not everything can be salvaged, 0
    where everything can.

    Errors: :class:`UsageError` for numbers outside 0 to 1.
    """
    h, v = np.broadcast_arrays(np.asarray(hazard, dtype=np.float64), np.asarray(salvage, dtype=np.float64))
    for name, values in (("a hazard", h), ("a salvage share", v)):
        if not ((values >= 0) & (values <= 1)).all():
            raise UsageError(f"{name} lies between 0 and 1 (got {values.tolist()})")
    lost = h * (1 - v)
    growth = np.full(h.shape, np.inf)
    np.divide(lost, 1 - h, out=growth, where=h < 1)
    return np.where(lost == 0, 0.0, growth)
