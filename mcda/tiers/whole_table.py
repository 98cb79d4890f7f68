"""What is true of the whole table at once: how many alternatives fall in each tier, inside, and into another tier.

Given the rule, and the expert where one is drawn from a pool, alternatives' scores are independent: a count is a sum of
independent indicators (Poisson-binomial). Its law is a chain of convolutions of two-point laws, exact (Wang 1993,
Statistica Sinica 3), and the mean of such laws over what alternatives share.
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


def whole_table(
    p: xr.DataArray, tiers: Sequence[int], *, inside: int, weight: Sequence[float] | Floats = (1.0,)
) -> xr.Dataset:
    """Return the laws of counts over all alternatives.

    Parameters
    ----------
    p : (alternative, tier), or (component, alternative, tier)
        Tier probabilities; alternatives are independent given the component, which they share.
    tiers : (alternative,) integers
        The tier that each is compared with (the published one, or the modal one where none is published).
    inside : number of tiers inside
    weight : (component,), sums to 1

    Returns
    -------
    Dataset with `count_probability` (statement, member), member the count 0..n, and `count_mean`, `count_sd`
    (statement); statements are ``tier = t``, ``inside`` and ``changed``.
    """
    given = p.values[None] if p.ndim == 2 else p.values
    chances = {f"tier = {int(t)}": given[..., i] for i, t in enumerate(p["tier"].values)}
    chances["inside"] = given[..., :inside].sum(axis=-1)
    chances["changed"] = 1.0 - given[:, np.arange(given.shape[1]), np.asarray(tiers) - 1]
    laws = np.stack([_mixed(np.clip(q, 0.0, 1.0), np.asarray(weight)) for q in chances.values()])
    number = np.arange(given.shape[1] + 1)
    mean = laws @ number
    sd = np.sqrt((laws * (number - mean[:, None]) ** 2).sum(axis=1))
    shared = "" if len(given) == 1 else ", and the expert who is asked"
    return xr.Dataset(
        {
            "count_probability": (("statement", "member"), laws, attrs("probability of the count", "1")),
            "count_mean": ("statement", mean, attrs("expected count", "1")),
            "count_sd": ("statement", sd, attrs("standard deviation of the count", "1")),
        },
        coords={
            "statement": xr.Variable("statement", list(chances), attrs("what is counted", "1")),
            "member": xr.Variable("member", number, attrs("number of alternatives", "1")),
        },
        attrs={"independence": f"alternatives are independent given the rule{shared}", "method": "exact"},
    )


def _mixed(chances: Floats, weight: Floats) -> Floats:
    """The mean over components of the laws of their counts; chances is (component, alternative)."""
    return np.asarray(weight @ np.stack([poisson_binomial(q) for q in chances]))
