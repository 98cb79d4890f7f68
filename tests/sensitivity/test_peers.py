"""The exact indices against three peers that sample: SALib, scipy and OpenTURNS, on the same tier indicators.

A sampled index at n base points has an error of about s / sqrt(n), s of order 1 for indicators; the peers' own
bootstrap or asymptotic errors are noisy, so agreement is asked at 4 / sqrt(n) over all indices together: a wrong
factor, a swapped matrix or another tier misses it by an order of magnitude.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from mcda.problem import Lattice
from mcda.rule import Role, Rule, Split
from mcda.scores.belief import Belief
from mcda.sensitivity import algebra
from mcda.tiers.exact import sensitivity
from tests.conftest import Needs

ROLES: tuple[Role, ...] = ("against",) * 3 + ("for",) * 3 + ("counterweight",)
RULE = Rule("peer", ROLES, 3, 2, cuts=(Fraction(4), Fraction(-1)), split=Split("composite", (Fraction(-6),)))
LAWS = np.random.default_rng(20250924).dirichlet(np.ones(10), 7)
N = 1 << 13
TOLERANCE = 4 / np.sqrt(N)


@pytest.fixture(scope="module")
def exact() -> tuple[np.ndarray, np.ndarray]:
    """First and total order of the five tier indicators, (tier, factor)."""
    closed = sensitivity(Belief(Lattice(1, 10), LAWS), RULE).closed[:5]
    return algebra.first_order(closed), algebra.total_order(closed)


def tiers_of(u: np.ndarray) -> np.ndarray:
    """Tiers of uniform points in the unit cube, (n, 7), by inversion of each criterion's law."""
    scores = [np.searchsorted(np.cumsum(LAWS[k])[:-1], u[:, k], side="right") + 1 for k in range(7)]
    return RULE.sort(np.stack(scores, axis=1))


def test_salib_agrees(exact: tuple[np.ndarray, np.ndarray]) -> None:
    from SALib.analyze import sobol as analyze
    from SALib.sample import sobol as sample

    problem = {"num_vars": 7, "names": [f"c{k}" for k in range(1, 8)], "bounds": [[0, 1]] * 7}
    points = sample.sample(problem, N, calc_second_order=False, seed=1)
    tiers = tiers_of(points)
    for t in range(1, 6):
        y = (tiers == t).astype(float)
        found = analyze.analyze(problem, y, calc_second_order=False, num_resamples=2, seed=1)
        assert found["S1"] == pytest.approx(exact[0][t - 1], abs=TOLERANCE)
        assert found["ST"] == pytest.approx(exact[1][t - 1], abs=TOLERANCE)


def test_scipy_agrees(exact: tuple[np.ndarray, np.ndarray]) -> None:
    def indicators(u: np.ndarray) -> np.ndarray:
        return (tiers_of(u.T) == np.arange(1, 6)[:, None]).astype(float)

    found = stats.sobol_indices(func=indicators, n=N, dists=[stats.uniform()] * 7, rng=np.random.default_rng(2))
    assert found.first_order == pytest.approx(exact[0], abs=TOLERANCE)
    assert found.total_order == pytest.approx(exact[1], abs=TOLERANCE)


def test_openturns_agrees(exact: tuple[np.ndarray, np.ndarray], needs: Needs) -> None:
    ot = needs.module("openturns")
    ot.RandomGenerator.SetSeed(3)
    law = ot.JointDistribution([ot.Uniform(0, 1)] * 7)
    design = ot.SobolIndicesExperiment(law, N, False).generate()
    tiers = tiers_of(np.array(design))
    outputs = ot.Sample((tiers[:, None] == np.arange(1, 6)).astype(float))
    found = ot.SaltelliSensitivityAlgorithm(design, outputs, N)
    for t in range(5):
        assert np.array(found.getFirstOrderIndices(t)) == pytest.approx(exact[0][t], abs=TOLERANCE)
        assert np.array(found.getTotalOrderIndices(t)) == pytest.approx(exact[1][t], abs=TOLERANCE)
