"""Groups of runs with unsure rules, draws, dependent scores and convergence, in the shape that runs have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

RULES = ("reference", "veto", "text")
WEIGHTS = (0.5, 0.3, 0.2)
SETTINGS = ("leniency", "valence")
LOADINGS = (0.0, 0.5, 0.9)


def attrs(long_name: str, units: str = "1") -> dict[str, str]:
    return {"long_name": long_name, "units": units}


def _p(rng: np.random.Generator, law: Sequence[int], tiers: int, *lead: int) -> np.ndarray:
    """Random probabilities (..., alternative, tier), equal for alternatives of one law."""
    return np.take(rng.dirichlet(np.full(tiers, 0.7), size=(*lead, max(law) + 1)), law, axis=len(lead))


def rule_uncertainty_of(
    rng: np.random.Generator, law: Sequence[int], names: Sequence[str], tiers: int = 5, *, drawn: bool = True
) -> xr.Dataset:
    n, r = len(names), len(RULES)
    p = _p(rng, law, tiers, r)
    agreement = np.take(rng.random((r, r, max(law) + 1)), law, axis=2)
    agreement[range(r), range(r)] = 1
    one = "alternative"
    found: dict[str, Any] = {
        "weight": ("rule", list(WEIGHTS), attrs("declared weight of the rule")),
        "open_point": ("rule", ["none: the reference", "veto", "reading"], attrs("open points that differ")),
        "acceptability": (("rule", one, "tier"), p, attrs("probability of the tier under the rule")),
        "modal_tier": (("rule", one), p.argmax(axis=2) + 1, attrs("most probable tier", "tier")),
        "mixed": ((one, "tier"), np.einsum("r,rat->at", WEIGHTS, p), attrs("probability of the tier, mixed")),
        "keeps_modal": (one, np.full(n, 0.8), attrs("share of rules that keep the tier")),
        "unchanged": (one, np.einsum("r,ra->a", WEIGHTS, agreement[0]), attrs("mean probability of the same tier")),
        "agreement": (("rule", "other", one), agreement, attrs("probability of the same tier")),
        "agreement_mean": (("rule", "other"), agreement.mean(axis=2), attrs("mean probability of the same tier")),
        "moved": (("rule", one), 1 - agreement[0], attrs("probability that the rule gives another tier")),
        "number_moved": (("rule", "member"), _counts(r, n), attrs("probability that so many are moved")),
        "number": (("tier", "member"), _counts(tiers, n), attrs("probability of that many there")),
    }
    if drawn:
        found["drawn_weights_moved"] = (one, np.linspace(0.1, 0.4, n), attrs("share that drawn weights move"))
    coords = {"rule": list(RULES), "other": list(RULES), one: list(names), "tier": range(1, tiers + 1),
              "member": np.arange(n + 1)}  # fmt: skip
    about = {"n": 1000, "concentration": 10.0, "reference": "reference"} if drawn else {"reference": "reference"}
    return xr.Dataset(found, coords=coords, attrs=about)


def _counts(rows: int, n: int) -> np.ndarray:
    """Laws of a count: all on 0 in the first row, then half each on k - 1 and k."""
    law = np.zeros((rows, n + 1))
    law[0, 0] = 1
    for k in range(1, rows):
        law[k, [min(k - 1, n - 1), min(k, n)]] = 0.5
    return law


def breakpoints_of(
    rng: np.random.Generator, law: Sequence[int], names: Sequence[str], tiers: int = 5, *, panel: bool = False
) -> xr.Dataset:
    numbers, steps = ["cuts[0]", "outside_split.cuts[0]", "veto"], 6
    value = np.array([[0.0, 1, 2, 3, 4, 5], [-9, -8, -7, -6, np.nan, np.nan], [5, 6, 7, 8, 9, 10]])
    p = _p(rng, law, tiers, 3, steps)
    p[1, 4:] = np.nan
    low = np.take(rng.integers(-3, 0, (3, max(law) + 1)), law, axis=1).astype(float)
    over = ("parameter", "alternative")
    found: dict[str, Any] = {
        "value": (("parameter", "step"), value, attrs("value of the rule's number", "points")),
        "own": ("parameter", [3.0, -7.0, 8.0], attrs("the rule's own value", "points")),
        "acceptability": (("parameter", "step", "alternative", "tier"), p, attrs("probability of the tier")),
        "stands_from": (over, low, attrs("smallest value that keeps the tier", "points")),
        "stands_to": (over, low + 7, attrs("largest value that keeps the tier", "points")),
    }
    if panel:
        found["point_interval"] = (over, np.full((3, len(names)), "(-inf, 4]"), attrs("interval"))
        found["point_tier"] = ("alternative", [-1, *[2] * (len(names) - 1)], attrs("tier of the mean scores", "tier"))
    return xr.Dataset(
        found,
        coords={"parameter": numbers, "step": range(steps), "alternative": list(names), "tier": range(1, tiers + 1)},
    )


def dependence_of(
    rng: np.random.Generator, law: Sequence[int], names: Sequence[str], tiers: int = 5, *, panel: bool = False,
    factors: Sequence[str] = ("c1", "c2"),
) -> xr.Dataset:  # fmt: skip
    p = _p(rng, law, tiers, 2, 3)
    lead = ("setting", "loading")
    found: dict[str, Any] = {
        "acceptability": ((*lead, "alternative", "tier"), p, attrs("probability of the tier")),
        "acceptability_se": (lead, np.full((2, 3), 1e-11), attrs("numerical error")),
        "nodes": (lead, np.full((2, 3), 32), attrs("nodes of the quadrature")),
    }
    coords: dict[str, Any] = {
        "setting": list(SETTINGS), "alternative": list(names), "tier": range(1, tiers + 1),
        "loading": ("loading", list(LOADINGS), attrs("loading of the common factor")),
    }  # fmt: skip
    if panel:
        sd = np.take(3 + rng.random((2, 3, max(law) + 1)), law, axis=2)
        found["composite_sd"] = ((*lead, "alternative"), sd, attrs("spread of the composite", "points"))
        found["factor_share"] = ((*lead, "alternative"), sd / 10, attrs("closed index of the common factor"))
        coords |= {"shown": [names[0]], "factor": list(factors)}
        for name in ("ordinal_total_order", "ordinal_shapley"):
            found[name] = (("setting", "shown", "factor"), rng.random((2, 1, len(factors))), attrs(name))
    else:
        found["survival"] = ((*lead, "alternative"), p[..., 0], attrs("probability that the tier stands"))
    return xr.Dataset(found, coords=coords, attrs={"reference_loading": 0.5, "n": 1000})


def convergence_of(*, indices: bool = False) -> xr.Dataset:
    n = np.array([1000, 10_000, 100_000])
    expected = 0.3 / np.sqrt(n)
    found: dict[str, Any] = {
        "error_rms": ("draws", expected * [1.1, 0.9, 1], attrs("root mean square error of shares")),
        "error_max": ("draws", expected * 4, attrs("largest error of a share")),
        "expected_rms": ("draws", expected, attrs("error that is expected")),
        "p_all": ("draws", [0.2, 0.5, 0.9], attrs("p-value")),
    }
    coords: dict[str, Any] = {"draws": ("draws", n, attrs("number of draws"))}
    if indices:
        error = 0.2 / np.sqrt([[[1000], [4000]]] * 2) * np.array([1, 2, 0.5])
        found["index_error"] = (("points", "size", "index"), error, attrs("median error of an index"))
        found["index_covered"] = (("points", "size", "index"), np.full((2, 2, 3), 0.93), attrs("share that hold"))
        coords |= {"points": ["random", "sobol"], "index": ["first_order", "total_order", "shapley"],
                   "size": ("size", [1000, 4000], attrs("base points"))}  # fmt: skip
    return xr.Dataset(found, coords=coords, attrs={"seed": "7"})


def draws_of(p: np.ndarray, names: Sequence[str], *, declined: str = "") -> xr.Dataset:
    """Shares of 1000 draws a little off `p`, and two statements; without sums if they were declined."""
    share = np.round(np.asarray(p) + 0.001, 3)
    exact = np.full_like(p, np.nan) if declined else np.asarray(p)
    over, ends = ("alternative", "tier"), np.stack([share - 0.01, share + 0.01], axis=-1)
    test = {} if declined else {"chi_square": 9.5, "degrees": 8, "p_all": 0.3}
    two = np.array([0.25, 0.75])
    return xr.Dataset(
        {
            "share": (over, share, attrs("share of draws in the tier")),
            "share_se": (over, np.full_like(share, 0.005), attrs("standard error of the share")),
            "share_ci": ((*over, "ci_bound"), ends, attrs("95 % interval of the share")),
            "exact": (over, exact, attrs("exact probability of the tier, given the assumptions")),
            "z": (over, (share - exact) / 0.005, attrs("deviation in standard errors")),
            "statement_exact": ("statement", two, attrs("exact probability, given the assumptions")),
            "statement_share": ("statement", two + 0.01, attrs("share of draws in which it holds")),
            "statement_se": ("statement", two * 0 + 0.01, attrs("its standard error")),
            "statement_ci": (("statement", "ci_bound"), np.stack([two - 0.02, two + 0.02], axis=1), attrs("interval")),
            "statement_z": ("statement", two * 0 + 1.0, attrs("deviation in standard errors")),
        },
        coords={
            "alternative": list(names), "tier": range(1, share.shape[1] + 1), "ci_bound": ["low", "high"],
            "statement": ["at least 2 in tiers 1", "=all in tier 2"],
        },
        attrs={"n": 1000, "seed": "7", "declined": declined, **test},
    )  # fmt: skip
