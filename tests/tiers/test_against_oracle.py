"""The exact engine against full enumeration of every score vector, by code that shares nothing with it.

`tests/reference/stored/oracle.json` holds the answers of `tests/reference/enumeration.py`, which was written from the
method's text alone, with their inputs. Both sides are exact, so they may differ by rounding alone: sums of up to 10^7
terms of size at most 1 in float64 are good to about 1e-13; 1e-12 is asked.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mcda.problem import Lattice
from mcda.rule import Bands, Rule, Split
from mcda.scores.belief import Belief, Condition
from mcda.scores.marginals import rescoring, rescoring_given
from mcda.sensitivity import algebra
from mcda.tiers.exact import response, sensitivity, tier_probabilities
from mcda.tiers.flips import flip_distances, lattice_flips
from mcda.tiers.transitions import moved, rescored_joint, transition

CASES = json.loads((Path(__file__).parents[1] / "reference" / "stored" / "oracle.json").read_text("utf-8"))["cases"]
TOLERANCE = 1e-12
RENAMED = {"composite": "composite", "balance": "balance", "tier": "tier number", "one_hot": "one-hot"}


def rule_of(given: dict[str, Any]) -> Rule:
    """Our rule from the oracle's plain dict."""
    split, reading = given.get("outside_split"), given.get("reading", "footnote")
    bands = None
    if given.get("form") in ("grid", "lexicographic"):
        # the oracle's bounds of C rise, ours fall
        bounds = tuple(sorted((Fraction(b) for b in given["c_bands"]), reverse=True))
        ends = tuple(Fraction(b) for b in given["w_bands"])
        bands = Bands(bounds, ends, tuple(tuple(row) for row in given["table"]))
    return Rule(
        "oracle",
        tuple(given["roles"]),
        given["n_inside"],
        given["n_outside"],
        cuts=tuple(Fraction(c) for c in given.get("cuts" if reading == "text" else "inside_cuts", ())),
        split=Split(split["by"], tuple(Fraction(c) for c in split["cuts"])) if split and reading != "text" else None,
        form=given.get("form", "difference"),
        reading=reading,
        zero=given.get("zero", "outside"),
        tie=given.get("tie", "smaller"),
        veto=None if given.get("veto") is None else Fraction(given["veto"]),
        weights=tuple(Fraction(w) for w in given.get("weights", ())),
        bands=bands,
    )


def lattice_of(levels: list[Any]) -> Lattice:
    """The lattice with these levels."""
    spacing = Fraction(str(levels[1])) - Fraction(str(levels[0]))
    unit = spacing.denominator
    assert spacing.numerator == 1
    return Lattice(int(Fraction(str(levels[0]))), int(Fraction(str(levels[-1]))), unit)


def belief_of(given: dict[str, Any]) -> Belief:
    """The belief of a case, conditioned where the case is."""
    condition = None
    if given.get("given"):
        other, tier = given["given"].values() if isinstance(given["given"], dict) else given["given"]
        condition = Condition(rule_of(other), tier)
    probability = np.asarray(given["probability"], dtype=float)
    weight = np.asarray(given.get("weights") or [], dtype=float)
    return Belief(lattice_of(given["levels"]), probability, weight, condition=condition)


def errors_of(given: dict[str, Any], lattice: Lattice, d: int) -> list[np.ndarray]:
    """Re-scoring matrices of a case."""
    if "sd" in given:
        return [rescoring(lattice, given["sd"], ends=given["ends"])] * d
    laws = [{int(e): p for e, p in law.items()} for law in given["errors"]]
    return [rescoring_given(lattice, law, ends=given["ends"]) for law in laws]


def numbers(values: Any) -> np.ndarray:
    """Stored numbers; null is NaN."""
    return np.asarray(values, dtype=object).astype(float)


def chosen(*questions: str) -> list[Any]:
    """The cases of some questions; those on 10^7 cells that take long are marked slow."""
    slow = ("large/difference/second panel", "large/difference/independent")
    return [
        pytest.param(c, id=c["name"], marks=[pytest.mark.slow] if c["name"] in slow else [])
        for c in CASES
        if c["question"] in questions
    ]


def test_all_stored_cases_are_asked() -> None:
    asked = {"counts", "acceptability", "sensitivity", "second_panel", "other_rule", "shocked", "flips", "tiers"}
    assert {c["question"] for c in CASES} == asked
    assert len(CASES) >= 70


@pytest.mark.parametrize("case", chosen("tiers"))
def test_tiers_of_vectors_equal_the_literal_rule(case: dict[str, Any]) -> None:
    given = case["input"]
    assert rule_of(given["rule"]).sort(given["scores"], given["unit"]).tolist() == case["answer"]["tier"]


@pytest.mark.parametrize("case", chosen("counts"))
def test_counts_of_the_whole_lattice_are_equal_integers(case: dict[str, Any]) -> None:
    lattice = lattice_of(case["input"]["levels"])
    rule = rule_of(case["input"]["rule"])
    d = len(rule.roles)
    p = tier_probabilities(Belief(lattice, np.full((d, lattice.size), 1 / lattice.size)), rule)
    assert np.rint(p * lattice.size**d).astype(int).tolist() == case["answer"]["counts"]
    assert p == pytest.approx(np.array(case["answer"]["counts"]) / lattice.size**d, abs=TOLERANCE)


@pytest.mark.parametrize("case", chosen("acceptability"))
def test_acceptability_equals_enumeration(case: dict[str, Any]) -> None:
    p = tier_probabilities(belief_of(case["input"]), rule_of(case["input"]["rule"]))
    assert p == pytest.approx(case["answer"]["acceptability"], abs=TOLERANCE)


def check_tables(found: Any, answer: dict[str, Any]) -> None:
    """All outputs, all subsets; and Shapley effects by another algorithm (all permutations or subsets)."""
    for name, closed in answer["closed_index"].items():
        ours = RENAMED.get(name) or re.sub(r"(<?=)", r" \1 ", name)
        o = found.outputs.index(ours)
        np.testing.assert_allclose(found.closed[o], numbers(closed), rtol=0, atol=TOLERANCE, err_msg=name)
        shapley = algebra.shapley(found.closed[o])
        np.testing.assert_allclose(shapley, numbers(answer["shapley"][name]), rtol=0, atol=TOLERANCE, err_msg=name)
        if name != "information":  # nats there, bits here
            variance = float(numbers(answer["variance"][name]))
            assert found.variance[o] == pytest.approx(variance, rel=1e-11, abs=TOLERANCE, nan_ok=True), name


@pytest.mark.parametrize("case", chosen("sensitivity"))
@pytest.mark.parametrize("method", ["auto", "contraction"])
def test_closed_indices_equal_enumeration(case: dict[str, Any], method: str) -> None:
    belief, rule = belief_of(case["input"]), rule_of(case["input"]["rule"])
    found = sensitivity(belief, rule, method=method)
    check_tables(found, case["answer"])
    for name, terms in case["answer"].get("moebius", {}).items():
        ours = algebra.interactions(found.closed[found.outputs.index(name)], dependence="independent")
        np.testing.assert_allclose(ours, numbers(terms), rtol=0, atol=1e-11)
    np.testing.assert_allclose(response(belief, rule), numbers(case["answer"]["response"]), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("case", chosen("second_panel"))
def test_second_panel_equals_enumeration(case: dict[str, Any]) -> None:
    given, answer = case["input"], case["answer"]
    rule, lattice = rule_of(given["rule"]), lattice_of(given["levels"])
    prior, tier = np.asarray(given["probability"], dtype=float), given["printed_tier"]
    kernels = errors_of(given, lattice, len(prior))
    row = transition(prior, kernels, rule, rule, lattice)[tier - 1]
    assert row / row.sum() == pytest.approx(answer["acceptability"], abs=TOLERANCE)
    joint = rescored_joint(prior, kernels, rule, tier, lattice)
    d = joint.ndim
    marginal = [joint.sum(axis=tuple(a for a in range(d) if a != k)) for k in range(d)]
    np.testing.assert_allclose(marginal, answer["marginal"], rtol=0, atol=TOLERANCE)
    if "closed_index" in answer:
        check_tables(sensitivity(Belief(lattice, prior), rule, joint=joint), answer)


@pytest.mark.parametrize("case", chosen("other_rule"))
def test_other_rule_equals_enumeration(case: dict[str, Any]) -> None:
    given = case["input"]
    rule, other, lattice = rule_of(given["rule"]), rule_of(given["other"]), lattice_of(given["levels"])
    prior = np.asarray(given["probability"], dtype=float)
    table = transition(prior, [np.eye(lattice.size)] * len(prior), rule, other, lattice)
    with np.errstate(invalid="ignore"):
        found = table / table.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, numbers(case["answer"]["matrix"]), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("case", chosen("shocked"))
def test_shocked_tiers_equal_enumeration(case: dict[str, Any]) -> None:
    given = case["input"]
    rule, lattice = rule_of(given["rule"]), lattice_of(given["levels"])
    prior = np.asarray(given["probability"], dtype=float)
    table = transition(prior, [moved(lattice, by) for by in given["move"]], rule, rule, lattice)
    with np.errstate(invalid="ignore"):
        found = table / table.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found, numbers(case["answer"]["matrix"]), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("case", chosen("flips"))
def test_flip_distances_equal_exhaustive_search(case: dict[str, Any]) -> None:
    given, answer = case["input"], case["answer"]
    rule, lattice = rule_of(given["rule"]), lattice_of(given["levels"])
    points = np.asarray(given["points"])
    found = flip_distances(rule, lattice, points)
    table = lattice_flips(rule, lattice)
    assert found.tier.tolist() == answer["tier"]
    for n, norm in enumerate(("l1", "linf", "single")):
        want = numbers(answer[norm]["distance"])
        np.testing.assert_array_equal(found.distance[:, n], want)
        cells = [table.distance[n][tuple(x - lattice.low)] for x in points]
        np.testing.assert_array_equal(np.where(np.array(cells) < 0, np.nan, cells), want)
        reached = [[t + 1 for t in np.flatnonzero(row)] for row in found.toward[:, n]]
        assert reached == [sorted(tiers) for tiers in answer[norm]["toward"]]


def test_a_tier_that_rounding_alone_keeps_from_1_has_no_index_of_any_kind() -> None:
    rng, lattice = np.random.default_rng(0), Lattice(1, 10)
    roles = ("against",) * 3 + ("for",) * 3 + ("counterweight",)
    rule = Rule("r", roles, 3, 1, (Fraction(4), Fraction(-1)))
    p = np.zeros((12, 7, 10))
    p[:, :3, :3], p[:, 3:6, 7:], p[:, 6, 0] = rng.random((12, 3, 3)), rng.random((12, 3, 3)), 1
    found = [sensitivity(Belief(lattice, one / one.sum(axis=1, keepdims=True)), rule) for one in p]
    assert any(one.mean[0] != 1 for one in found)  # rounding does keep some of them from 1
    for one in found:
        constant = [name.startswith("tier") or name in ("ordinal", "one-hot", "information") for name in one.outputs]
        assert np.isnan(one.closed[constant]).all()
        assert (one.variance[constant] == 0).all()
