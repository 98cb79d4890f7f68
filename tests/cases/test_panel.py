"""The illustrative panel: the shipped scores are what the declared profiles give, and tiers have no part in them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mcda
from mcda.errors import UsageError
from mcda.files.document import read_document
from mcda.files.shipped import shipped
from mcda.scores.synthetic import synthetic_panel

CASE = shipped("cases") / "eu-belarus-2025"
PROFILES: dict[str, Any] = read_document(CASE / "profiles.yaml").data
ALTERNATIVES: list[dict[str, Any]] = read_document(CASE / "measures.yaml").data["alternatives"]
CRITERIA = [f"c{k}" for k in range(1, 8)]
Rows = list[tuple[str, str, str, int | None]]


def shipped_rows() -> Rows:
    with open(CASE / "illustrative-panel.csv", encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["expert", "alternative", "criterion", "score"]
    return [(expert, name, criterion, int(score) if score else None) for expert, name, criterion, score in rows]


FRESH = synthetic_panel(PROFILES, ALTERNATIVES)

# -- what is shipped ---------------------------------------------------------------------------------------------------


def test_the_shipped_panel_is_a_fresh_build() -> None:
    assert shipped_rows() == FRESH


def test_five_experts_score_every_cell_once() -> None:
    cells = Counter(row[:3] for row in shipped_rows())
    experts = [f"expert-{n}" for n in range(1, 6)]
    assert set(cells.values()) == {1}
    assert set(cells) == {(e, a["id"], c) for e in experts for a in ALTERNATIVES for c in CRITERIA}
    assert Counter(expert for expert, _, _ in cells) == dict.fromkeys(experts, 49 * 7)


def test_scores_are_whole_points_of_the_scale() -> None:
    assert {score for *_, score in shipped_rows()} <= {None, *range(1, 11)}


def test_dont_knows_are_where_they_are_declared() -> None:
    declared = {
        (m["expert"], a["id"], m["criterion"])
        for m in PROFILES["missing"]
        for a in ALTERNATIVES
        if a["sector"] == m["sector"]
    }
    assert {row[:3] for row in shipped_rows() if row[3] is None} == declared
    assert Counter(expert for expert, _, _ in declared) == {"expert-2": 15, "expert-3": 1}


def test_the_door_reads_it_as_a_panel_without_weights() -> None:
    problem = mcda.load_problem("eu-belarus-2025")
    panel = mcda.read_panel(CASE / "illustrative-panel.csv", problem)
    assert panel.alternatives == tuple(a.id for a in problem.alternatives)
    assert panel.criteria == tuple(CRITERIA)
    assert panel.equal_weights


# -- tiers have no part ------------------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(st.permutations([a["tier"] for a in ALTERNATIVES]))
def test_permuted_tiers_leave_the_panel_as_it_is(tiers: list[int]) -> None:
    permuted = [{**a, "tier": tier} for a, tier in zip(ALTERNATIVES, tiers, strict=True)]
    assert synthetic_panel(PROFILES, permuted) == FRESH


def test_id_sector_and_kind_are_all_that_is_read() -> None:
    bare = [{key: a[key] for key in ("id", "sector", "kind")} for a in ALTERNATIVES]
    assert synthetic_panel(PROFILES, bare) == FRESH


@settings(max_examples=10)
@given(st.permutations(ALTERNATIVES))
def test_order_moves_no_score(order: list[dict[str, Any]]) -> None:
    assert sorted(synthetic_panel(PROFILES, order), key=str) == sorted(FRESH, key=str)


# -- the profiles ------------------------------------------------------------------------------------------------------


def test_every_pair_that_occurs_has_a_profile_and_no_other() -> None:
    pairs = {(a["sector"], a["kind"]) for a in ALTERNATIVES}
    assert {(b["sector"], b["kind"]) for b in PROFILES["base"]} == pairs
    assert len(PROFILES["base"]) == len(pairs)


def reasons(node: Any) -> Iterator[str]:
    """All reasons (and stances) below a node; one that is lacking where a number stands fails."""
    if isinstance(node, dict):
        if {"score", "by", "expert"} & set(node):
            yield node["reason"]
        yield from (node[key] for key in ("stance",) if key in node)
        for inner in node.values():
            yield from reasons(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from reasons(inner)


REASONS = list(reasons(PROFILES))


def test_every_number_has_a_reason() -> None:
    assert len(REASONS) > 63  # the base profiles alone have 9 x 7
    assert all(reason.strip() for reason in REASONS)


def test_no_reason_speaks_of_tiers() -> None:
    assert not [reason for reason in REASONS if re.search(r"\btiers?\b", reason, re.IGNORECASE)]


def test_the_panel_is_marked_as_illustrative() -> None:
    assert PROFILES["basis"] == "illustrative"
    assert all("(synthetic)" in expert["label"] for expert in PROFILES["experts"])


def test_a_pair_without_a_profile_is_refused() -> None:
    stranger = {**ALTERNATIVES[0], "sector": "visa", "kind": "freeze"}
    with pytest.raises(UsageError, match=r"no base profile for .*visa.*freeze"):
        synthetic_panel(PROFILES, [stranger, *ALTERNATIVES[1:]])
