"""What is true of the whole table at once: how many alternatives fall in each tier, inside, and into another tier.

Given the rule, alternatives' scores are independent, so a count is a sum of independent indicators (Poisson-binomial);
its law is a chain of convolutions of two-point laws, exact (Wang 1993, Statistica Sinica 3).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.names import attrs

__all__ = ["poisson_binomial", "whole_table"]

Floats = npt.NDArray[np.float64]


def poisson_binomial(p: Sequence[float] | Floats) -> Floats:
    """Return the law of the number of successes of independent trials with probabilities p: (n + 1,), sums to 1."""
    law = np.ones(1)
    for success in p:
        law = np.convolve(law, [1.0 - success, success])
    return law


def whole_table(p: xr.DataArray, tiers: Sequence[int], *, inside: int) -> xr.Dataset:
    """Return the laws of counts over all alternatives.

    Parameters
    ----------
    p : (alternative, tier)
        Tier probabilities, alternatives independent given the rule.
    tiers : (alternative,) integers
        The tier that each is compared with (the published one, or the modal one where none is published).
    inside : number of tiers inside

    Returns
    -------
    Dataset with `count_probability` (statement, member), member the count 0..n, and `count_mean`, `count_sd`
    (statement); statements are ``tier = t``, ``inside`` and ``changed``.
    """
    chances = {f"tier = {int(t)}": p.sel(tier=t).values for t in p["tier"].values}
    chances["inside"] = p.values[:, :inside].sum(axis=1)
    chances["changed"] = 1.0 - p.values[np.arange(len(p)), np.asarray(tiers) - 1]
    laws = np.stack([poisson_binomial(np.clip(q, 0.0, 1.0)) for q in chances.values()])
    mean = np.array([q.sum() for q in chances.values()])
    sd = np.sqrt([(q * (1 - q)).sum() for q in chances.values()])
    return xr.Dataset(
        {
            "count_probability": (("statement", "member"), laws, attrs("probability of the count", "1")),
            "count_mean": ("statement", mean, attrs("expected count", "1")),
            "count_sd": ("statement", sd, attrs("standard deviation of the count", "1")),
        },
        coords={
            "statement": xr.Variable("statement", list(chances), attrs("what is counted", "1")),
            "member": xr.Variable("member", np.arange(len(p) + 1), attrs("number of alternatives", "1")),
        },
        attrs={"independence": "alternatives are independent given the rule", "method": "exact"},
    )
