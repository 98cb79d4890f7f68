"""Declared priors, and what a printed tier makes of them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcda.errors import Declined, UsageError
from mcda.problem import Alternative, Criterion, Lattice, Problem, Tier
from mcda.rule import Rule
from mcda.scores.marginals import beta_binomial
from mcda.scores.priors import Prior, prior, published_belief

SCALE = Lattice(1, 5)
RULE = Rule("small", ("against", "for", "counterweight"), 2, 1, cuts=(Fraction(0),))
IDS = ("harm", "gain", "weight")
SECTORS = Prior("sectors", "by-sector", 3, 4, {"finance": {"harm": 4.5, "gain": 2}, "freeze": {"weight": 1.5}})
PROBLEM = Problem(
    "toy", "A toy", SCALE,
    tuple(Criterion(id, id, role) for id, role in zip(IDS, RULE.roles, strict=True)),
    tuple(Tier(t, str(t), t < 3) for t in (1, 2, 3)),
    (Alternative("ban", "Ban", 1, "finance"), Alternative("visa", "Visa", 3)),
    {"small": RULE}, "small", priors={"uniform": Prior("uniform", "uniform"), "sectors": SECTORS},
)  # fmt: skip


def means(laws: np.ndarray) -> list[float]:
    return list(laws @ np.asarray(SCALE.levels))


def test_the_uniform_prior_gives_all_levels_the_same() -> None:
    assert Prior("u", "uniform").laws(SCALE, IDS).tolist() == [[0.2] * 5] * 3


@given(st.floats(1, 5), st.floats(0.01, 1000))
def test_a_beta_binomial_prior_has_one_mean_for_all_criteria_and_sectors(mean: float, concentration: float) -> None:
    laws = Prior("b", "beta-binomial", mean, concentration).laws(SCALE, IDS, "finance")
    assert means(laws) == pytest.approx([mean] * 3, abs=1e-9)
    assert (laws == laws[0]).all()


@pytest.mark.parametrize(("sector", "expected"), [
    ("finance", [4.5, 2, 3]), ("freeze", [3, 3, 1.5]), ("transport", [3, 3, 3]), ("", [3, 3, 3]),
])  # fmt: skip
def test_a_sector_or_criterion_that_is_not_named_has_the_overall_mean(sector: str, expected: list[float]) -> None:
    laws = SECTORS.laws(SCALE, IDS, sector)
    assert means(laws) == pytest.approx(expected, abs=1e-12)
    for law, mean in zip(laws, expected, strict=True):
        np.testing.assert_allclose(law, beta_binomial(SCALE, mean, 4))


def test_the_prior_of_an_alternative_is_that_of_its_sector() -> None:
    assert means(prior("sectors", PROBLEM, "ban")) == pytest.approx([4.5, 2, 3])
    assert means(prior(SECTORS, PROBLEM, "visa")) == pytest.approx([3, 3, 3])
    assert prior("uniform", PROBLEM, "ban").shape == (3, 5)


@pytest.mark.parametrize("tier", [1, 2, 3])
def test_a_published_belief_is_the_prior_on_what_sorts_into_the_tier(tier: int) -> None:
    laws = prior("sectors", PROBLEM, "ban")
    joint = published_belief(laws, RULE, tier, SCALE).joint()
    scores = np.moveaxis(np.indices((5, 5, 5)), 0, -1) + 1
    harm, gain, weight = np.moveaxis(scores, -1, 0)
    inside = gain > harm
    tiers = np.where(inside, np.where(gain - harm >= weight, 1, 2), 3)
    expected = np.einsum("i,j,k->ijk", *laws) * (tiers == tier)
    np.testing.assert_allclose(joint, expected / expected.sum(), atol=1e-15)


def test_a_tier_that_the_prior_rules_out_has_no_joint() -> None:
    sure = np.tile(np.eye(5)[2], (3, 1))
    with pytest.raises(Declined, match="no score vector of this belief is in tier 1"):
        published_belief(sure, RULE, 1, SCALE).joint()


@pytest.mark.parametrize(("make", "message"), [
    (lambda: Prior("p", "normal"), "no kind is named 'normal'"),  # type: ignore[arg-type]
    (lambda: Prior("p", "uniform", 4), "prior 'p': a uniform prior takes no numbers"),
    (lambda: Prior("p", "beta-binomial", 4), "needs concentration"),
    (lambda: Prior("p", "by-sector"), "needs mean and concentration"),
    (lambda: Prior("p", "by-sector", 4, 2), "'by-sector' needs means by sector"),
    (lambda: Prior("p", "beta-binomial", 4, 2, {"a": {"harm": 1}}), "takes no means by sector"),
    (lambda: Prior("p", "beta-binomial", 4, -1), r"above 0 \(got -1\)"),
    (lambda: Prior("p", "beta-binomial", 9, 2).laws(SCALE, IDS), "mean 9 is off the scale"),
    (lambda: Prior("p", "by-sector", 3, 2, {"a": {"harn": 1}}).laws(SCALE, IDS), "'harn' .did you mean 'harm'"),
    (lambda: prior("sector", PROBLEM, "ban"), r"'sector' \(did you mean 'sectors'\?\); there are uniform, sectors"),
    (lambda: prior("sectors", PROBLEM, "bam"), r"'bam' \(did you mean 'ban'\?\)"),
    (lambda: published_belief(np.full((3, 5), 0.2), RULE, 4, SCALE), "has no tier 4; allowed: 1, 2, 3"),
    (lambda: published_belief(np.full((2, 5), 0.2), RULE, 1, SCALE), r"must be \(3 criteria, 5 levels\)"),
])  # fmt: skip
def test_what_is_no_prior_is_refused_with_the_reason(make: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        make()  # type: ignore[operator]
