"""Probabilities of a week, a quarter or a year, as probabilities of the month that the simulation steps by."""

from __future__ import annotations

import math

from mcda.errors import UsageError, did_you_mean

__all__ = ["PERIODS", "per_month"]

#: Months in the periods that have a name; a week is a quarter month.
PERIODS: dict[str, float] = {"week": 0.25, "month": 1.0, "quarter": 3.0, "year": 12.0}


def per_month(p: float, months: float | str) -> float:
    """Return the probability of a month that gives probability p over a period, ``1 - (1 - p)^(1/months)``.

    Months are taken as independent and alike, so that nothing happens in the period with probability
    ``(1 - p_month)^months = 1 - p``.

    Parameters
    ----------
    p : float
        Probability that it happens in the period, 0 to 1; 0, 1 and that of one month stay bit for bit what they are.
    months : float or str
        The period's length in months, above 0, or its name in `PERIODS`.

    Errors: :class:`UsageError` for p outside 0 to 1, a length that is not above 0 or infinite, or an unknown name.
    """
    length = _months(months)
    if not 0 <= p <= 1:
        raise UsageError(f"a probability lies between 0 and 1 (got {p})")
    if p in (0, 1) or length == 1:
        return float(p)
    return -math.expm1(math.log1p(-p) / length)  # a small p keeps its digits


def _months(period: float | str) -> float:
    if isinstance(period, str):
        if period not in PERIODS:
            allowed = ", ".join(PERIODS)
            near = did_you_mean(period, PERIODS)
            raise UsageError(f"no period is called '{period}'{near}; allowed: {allowed}, or a number of months")
        return PERIODS[period]
    if not 0 < period < math.inf:
        raise UsageError(f"a period has a length above 0 months (got {period})")
    return float(period)
