"""Counts over the whole table: exact laws of sums of independent indicators."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from mcda.tiers.whole_table import poisson_binomial, whole_table


def test_equal_probabilities_give_the_binomial() -> None:
    assert poisson_binomial([0.3] * 12) == pytest.approx(stats.binom.pmf(np.arange(13), 12, 0.3), abs=1e-14)


def test_unequal_probabilities_give_what_enumeration_gives() -> None:
    p = [0.1, 0.5, 0.9, 0.25]
    law = np.zeros(5)
    for x in product((0, 1), repeat=4):
        law[sum(x)] += np.prod([q if one else 1 - q for q, one in zip(p, x, strict=True)])
    assert poisson_binomial(p) == pytest.approx(law, abs=1e-15)


def test_counts_of_a_table_have_the_right_means_and_add_up() -> None:
    values = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.0, 0.0, 1.0]])
    p = xr.DataArray(values, dims=("alternative", "tier"), coords={"tier": [1, 2, 3]})
    found = whole_table(p, [1, 2, 3], inside=2)
    assert found["count_probability"].sum("member").values == pytest.approx(1)
    assert found["count_mean"].sel(statement="inside").item() == pytest.approx(1.8)
    assert found["count_mean"].sel(statement="changed").item() == pytest.approx(0.5)
    means = (found["count_probability"] * found["member"]).sum("member").values
    assert means == pytest.approx(found["count_mean"].values)
