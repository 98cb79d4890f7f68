"""Sums of finely weighted scores, without a box: the same law as with one, and exact tiers under real weights."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcda.errors import Declined
from mcda.problem import Lattice
from mcda.rule import Rule, Split
from mcda.scores.belief import Belief
from mcda.sensitivity.elimination import box, law_of_sum, sparse_law_of_sum
from mcda.tiers.exact import sensitivity, tier_probabilities
from tests.reference import enumeration

ROLES = ("against", "for", "for", "counterweight")


@given(st.integers(0, 10**6))
def test_sparse_sums_are_the_sums_of_the_box(seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.integers(-3, 9, (4, 5, 2))
    kept = rng.random((4, 5)) < 0.8
    kept[:, 0] = True  # a law has some mass
    p = rng.dirichlet(np.ones(5), size=4) * kept
    sums, law = sparse_law_of_sum(vectors, p)
    low, extents = box(vectors)
    dense = law_of_sum(vectors - vectors.min(axis=1, keepdims=True), p).reshape(extents)
    found = np.zeros(tuple(extents))
    np.add.at(found, tuple((sums - low).T), law)
    assert found == pytest.approx(dense, abs=1e-15)
    assert len(np.unique(sums, axis=0)) == len(sums)


def test_sums_whose_box_exceeds_64_bits_are_kept_apart() -> None:
    vectors = np.zeros((2, 2, 3), dtype=np.int64)
    vectors[0, 1], vectors[1, 1] = [2**40, -(2**40), 1], [2**40, 2**40, 2]
    sums, law = sparse_law_of_sum(vectors, np.full((2, 2), 0.5))
    assert sums.tolist() == [[0, 0, 0], [2**40, -(2**40), 1], [2**40, 2**40, 2], [2**41, 0, 3]]
    assert law.tolist() == [0.25] * 4


def test_too_many_sums_are_declined() -> None:
    with pytest.raises(Declined, match="use sampling"):
        sparse_law_of_sum(np.arange(300).reshape(3, 100, 1) ** 3, np.full((3, 100), 0.01), limit=10**5)


#: Weights with five decimals: the box of sums would have some 10^8 states.
WEIGHTS = (1.23457, 0.70001, 1.06542, 0.91)


@pytest.mark.parametrize("form", ["difference", "ratio"])
def test_tiers_under_real_weights_are_exact(form: str) -> None:
    """Against the enumeration of all 1,296 score vectors, in fractions; the cut is a value that D attains."""
    lattice = Lattice(1, 6)
    p = np.random.default_rng(3).dirichlet(np.ones(6), size=4)
    weights = tuple(Fraction(str(w)) for w in WEIGHTS)
    scale = 3 / sum(weights[:3])
    scaled = [w * scale for w in weights[:3]] + [weights[3]]
    attained = -scaled[0] * 2 + scaled[1] * 5 + scaled[2] * 4 - scaled[3] * 2
    cut = round(attained, 4) if form == "difference" else Fraction(1, 2)
    rule = Rule("real", ROLES, 2, 2, (cut,), Split("composite", (Fraction(-2),)), form=form, weights=weights)  # type: ignore[arg-type]
    oracle = {
        "roles": ROLES, "n_inside": 2, "n_outside": 2, "form": form, "inside_cuts": [cut], "weights": scaled,
        "outside_split": {"by": "composite", "cuts": [-2]},
    }  # fmt: skip
    wanted = enumeration.tier_probabilities(oracle, enumeration.joint_of(p[None]))
    belief = Belief(lattice, p)
    assert tier_probabilities(belief, rule) == pytest.approx(wanted, abs=1e-13)
    found = sensitivity(belief, rule)
    indices = enumeration.closed_indices(oracle, enumeration.joint_of(p[None]))
    assert found.method == "contraction"  # elimination would need the box
    for name, ours in {"tier=1": "tier = 1", "tier<=2": "tier <= 2", "ordinal": "ordinal"}.items():
        assert found.closed[found.outputs.index(ours)] == pytest.approx(indices[name], abs=1e-11), name
