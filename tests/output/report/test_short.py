"""The report: its sentences say the numbers, say no more than they support, and stay true in every case."""

from __future__ import annotations

import io
import math
import re
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import numpy as np
import pytest
import xarray as xr
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from mcda.errors import UsageError
from mcda.output import findings as fi
from mcda.output.folder import write_outputs
from mcda.output.methods import as_markdown, write_methods
from mcda.output.references import WORKS, as_bibtex
from mcda.output.report import panel as pa
from mcda.output.report import published as te
from mcda.output.report import reasons as why
from mcda.output.report.model import Grid, Paragraph, Picture, Report
from mcda.output.report.page import as_html
from mcda.output.report.word import as_docx
from mcda.output.report.write import build_report, write_report
from mcda.output.results import Results
from mcda.output.style import luminance
from mcda.output.subject import Subject
from mcda.output.wording import Span, about, digits_for, listing, named, plain, probability
from tests.output.made_results import (
    HOSTILE,
    LABELS,
    REGISTER,
    P,
    other_rules,
    panel_run,
    published_run,
    register,
    sensitivity,
    shocks,
    stored,
    varied,
)  # fmt: skip
from tests.output.reading import Page, texts


def said(results: Results) -> str:
    return "\n".join(texts(build_report(results)))


def grid(results: Results, number: int) -> Grid:
    blocks = [b for s in build_report(results).sections for b in s.blocks if isinstance(b, Grid)]
    return blocks[number - 1]


def facts(results: Results) -> tuple[Subject, list[fi.TierFinding], fi.Mover | None]:
    subject = Subject(results)
    rule = next((m for m in fi.movers(subject) if m.key == "rule"), None)
    return subject, fi.published_tiers(subject), rule


# -- how numbers are said ----------------------------------------------------------------------------------------------


@given(st.floats(0, 1), st.sampled_from([1, 2, 3]))
def test_a_probability_is_never_rounded_to_0_or_1(x: float, digits: int) -> None:
    text = plain(x, digits)
    step = 10**-digits
    if text[0] == "<":
        assert 0 < x < step
    elif text[0] == ">":
        assert 1 - step < x < 1
    else:
        assert abs(float(text) - x) <= step / 2 + 1e-9
        assert float(text) not in (0.0, 1.0) or min(x, 1 - x) < 1e-9


@pytest.mark.parametrize(
    ("span", "digits"),
    [(Span(0.3, 0.9), 1), (Span(0.5, 0.6), 1), (Span(0.5, 0.55), 2), (Span(0.5, 0.501), 3), (None, 2)],
)
def test_digits_follow_the_range(span: Span | None, digits: int) -> None:
    assert digits_for(span) == digits


@pytest.mark.parametrize(
    ("x", "text"),
    [(0.788, "about 0.8"), (0.97, "more than 0.9"), (0.03, "less than 0.1"), (0.0, "0"), (1.0, "1"), (1 - 1e-12, "1")],
)
def test_a_rounded_number_says_that_it_is_one(x: float, text: str) -> None:
    assert about(x, 1) == text


def test_a_range_of_equal_ends_is_one_number() -> None:
    assert probability(Span(0.401, 0.399)) == "0.40"
    assert probability(Span(0.001, 0.4)) == "less than 0.01 to 0.40"


def test_names_are_listed_shortened_and_isolated() -> None:
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert len(named("x" * 2000)) == 70
    assert named("\u202eabc\x00") == "abc\ufffd"
    assert named("\u05e9\u05dc") == "\u2068\u05e9\u05dc\u2069"


# -- the headline ------------------------------------------------------------------------------------------------------


def test_the_lead_has_the_datasets_numbers_in_the_digits_that_their_range_supports() -> None:
    subject, found, _ = facts(published_run())
    text = te.lead(subject, found)
    assert "errors of about 1 point on each score" in text
    for f in found:
        p = subject.results["tiers"]["acceptability"].values[list(f.rows), f.tier - 1].mean()
        assert f.varied is not None
        assert plain(p, digits_for(f.varied)) in text
    assert "in 'Now' (1 alternative), 0.6 in 'Later' (2) and 0.7 in 'Never' (1)" in text


def test_a_lead_about_many_tiers_names_the_ends_and_points_to_the_table() -> None:
    p = np.full((8, 8), 0.05) + np.diag(np.linspace(0.3, 0.6, 8))
    p /= p.sum(axis=1, keepdims=True)
    run = published_run(
        p=p, labels=[f"a{k}" for k in range(8)], printed=range(1, 9), law=range(8), spread=(p, p),
        tiers=[(f"Tier {k}", k < 5) for k in range(1, 9)],
    )  # fmt: skip
    subject, found, _ = facts(run)
    text = te.lead(subject, found)
    assert "Tier 1" in text
    assert "Tier 8" in text
    assert "Tier 4" not in text
    assert "(table 1)" in text


def test_a_panel_without_error_is_called_an_identity_and_nothing_more() -> None:
    text = said(published_run(sd=0.0))
    assert "by construction, which says nothing about how sure it is" in text
    assert "more likely than not" not in text
    assert "Surest" not in text
    assert "can become the likeliest" not in text


def test_every_headline_says_exact_given_the_assumptions_or_its_error() -> None:
    run = published_run()
    assert "exact, given the assumptions" in said(run)
    run["tiers"]["acceptability_se"][:] = 0.004
    text = said(run)
    assert "standard error of these probabilities is at most 0.004" in text
    assert "are exact" not in text


def test_the_range_is_over_all_that_was_varied() -> None:
    subject, found, rule = facts(published_run(spread=(np.array(P) * 0.7, np.array(P))))
    text = te.ranges(subject, found, 0.0, rule)
    assert "2 priors, errors from 0.5 to 2 points" in text
    assert "range from 0.42 to 0.80" in text
    assert "any of the 2 other declared rules" in text
    assert "by 0.10 at most" in text


def test_a_run_that_varied_nothing_says_so() -> None:
    text = said(published_run(drop=("belief_sensitivity",)))
    assert "no range over assumptions can be given" in text
    assert "undecided" not in text


@pytest.mark.parametrize(
    ("low", "high", "phrase"),
    [
        (0.55, 0.9, "more likely than not to come out again"),
        (0.1, 0.45, "more likely than not to change"),
        (0.4, 0.6, "this is undecided: the range lies on both sides of one half"),
        (0.5, 0.6, "undecided"),
    ],
)
def test_a_verdict_is_what_the_whole_range_allows(low: float, high: float, phrase: str) -> None:
    def table(p: float) -> np.ndarray[Any, Any]:
        return np.array([[p, 1 - p, 0], [1 - p, p, 0], [0, 1 - p, p], [1 - p, p, 0]])

    run = published_run(p=table((low + high) / 2), spread=(table(low), table(high)))
    out = te.verdicts(*facts(run))
    assert len(out) == 1
    assert phrase in out[0]


def test_other_rules_join_a_verdict_only_where_none_can_undo_it() -> None:
    sure = np.array([[0.8, 0.2, 0], [0.2, 0.8, 0], [0, 0.2, 0.8], [0.2, 0.8, 0]])
    run = published_run(p=sure, spread=(sure, sure))
    assert "under every other declared rule taken alone" in te.verdicts(*facts(run))[0]
    rows = [(*row[:8], 0.4) if row[0] == "rule" else row for row in REGISTER]
    run = published_run(p=sure, spread=(sure, sure), register=register(rows))
    assert "rule" not in te.verdicts(*facts(run))[0]


def test_the_surest_tier_is_qualified_where_another_one_leads_under_some_assumption() -> None:
    low, high = np.array(P), np.array(P)
    subject, found, _ = facts(published_run(spread=(low, high)))
    assert te.surest(subject, found).startswith("Surest is 'Now', under everything that was varied.")
    high[2] = (0, 0.05, 0.95)
    subject, found, _ = facts(published_run(spread=(low, high)))
    assert te.surest(subject, found).startswith("Surest is 'Now' (under some of what was varied it is 'Never').")


def test_equal_tiers_are_not_ranked() -> None:
    p = np.array([[0.6, 0.4, 0], [0.2, 0.6, 0.2], [0, 0.4, 0.6], [0.2, 0.6, 0.2]])
    subject, found, _ = facts(published_run(p=p))
    assert te.surest(subject, found) == "No tier is surer than another."


def test_borders_are_a_reason_only_where_they_speak_for_it() -> None:
    subject, found, _ = facts(published_run())
    text = te.surest(subject, found)
    assert "'Now' borders only on 'Later', 'Later' on 'Now' and 'Never'" in text
    assert "the median distance to another tier is 2 points in 'Now' and 1 in 'Later'" in text
    p = np.array([[0.5, 0.5, 0], [0.1, 0.8, 0.1], [0, 0.3, 0.7], [0.1, 0.8, 0.1]])
    subject, found, _ = facts(published_run(p=p))
    assert "reason" not in te.surest(subject, found)


def test_the_likeliest_other_tier_is_said_to_be_a_neighbour_only_if_it_is() -> None:
    subject, found, _ = facts(published_run())
    assert "is a neighbouring tier" in te.likeliest_other(subject, found)
    p = np.array(P)
    p[0] = (0.8, 0.05, 0.15)
    subject, found, _ = facts(published_run(p=p))
    assert "not always a neighbour: it is 'Never' for 'Now'" in te.likeliest_other(subject, found)


def test_the_line_between_inside_and_outside_is_spoken_of_only_if_there_is_one() -> None:
    subject, found, _ = facts(published_run())
    text = te.crossing(subject, found)
    assert "outwards from 'Later' (about 0.2" in text
    assert "inwards from 'Never' (about 0.3" in text
    run = published_run(tiers=(("Now", True), ("Later", True), ("Never", True)))
    assert not re.search(r"inside \(|between inside|[Cc]ross", said(run).split("Method")[0])


# -- criteria ----------------------------------------------------------------------------------------------------------


def criterion_text(**more: Any) -> str:
    subject, found, _ = facts(published_run(sensitivity=sensitivity(4, 3, ["cost", "need", "use"], **more)))
    columns = [f.rows for f in found]
    return why.effects(subject, fi.criteria(subject, columns), [f.tier for f in found])


def test_equal_criteria_are_said_to_be_equal_and_not_ranked() -> None:
    assert "All criteria carry equal shares" in criterion_text()
    assert "does not rank them" in criterion_text()


def test_a_criterion_that_differs_is_said_by_tier() -> None:
    text = criterion_text(shapley=[[0.2, 0.4, 0.4], [0.1, 0.45, 0.45], [0.3, 0.35, 0.35], [0.1, 0.45, 0.45]])
    assert "Need and Use each carry the same share of the doubt" in text
    assert "0.35 to 0.45 by tier" in text
    assert "Cost carries 0.20 in 'Now', 0.10 in 'Later' and 0.30 in 'Never'." in text


def test_criteria_that_all_differ_are_ranked_only_if_they_are_apart() -> None:
    four = [(f"c{k}", f"Criterion {k}", "for") for k in range(4)]
    apart = sensitivity(4, 3, [c[0] for c in four], shapley=[[0.1, 0.2, 0.3, 0.4]] * 4)
    near = sensitivity(4, 3, [c[0] for c in four], shapley=[[0.24, 0.245, 0.255, 0.26]] * 4)
    for group, phrase in ((apart, "The largest share of the doubt"), (near, "No criterion stands out")):
        subject, found, _ = facts(published_run(criteria=four, sensitivity=group))
        tiers = [f.tier for f in found]
        assert phrase in why.effects(subject, fi.criteria(subject, [f.rows for f in found]), tiers)


def test_a_response_says_which_way_and_from_where_to_where() -> None:
    up = np.array([[0.9, 0.1, 0], [0.5, 0.5, 0], [0.2, 0.3, 0.5]])
    response = np.stack([np.stack([up, up[::-1], up[::-1]])] * 4)
    run = published_run(sensitivity=sensitivity(4, 3, ["cost", "need", "use"], response=response))
    text = said(run)
    assert "a higher new score on Cost pushes towards 'Never', one on Need or Use pushes towards 'Now'." in text
    cells = {row[0]: row[1] for row in grid(run, 2).rows}
    assert cells["Cost"].startswith("0.90 → 0.20")
    assert cells["Need, Use (each)"].startswith("0.20 → 0.90")


def test_a_score_that_cannot_occur_is_passed_over() -> None:
    up = np.array([[np.nan] * 3, [0.5, 0.5, 0], [0.2, 0.3, 0.5]])
    response = np.broadcast_to(up, (4, 3, 3, 3))
    run = published_run(sensitivity=sensitivity(4, 3, ["cost", "need", "use"], response=response))
    assert grid(run, 2).rows[0][1].startswith("0.50 → 0.20")


def test_no_score_is_said_to_decide_only_where_none_does() -> None:
    subject, found, _ = facts(published_run())
    criteria = fi.criteria(subject, [f.rows for f in found])
    assert why.single_scores(criteria).startswith("No single score decides")
    run = published_run(sensitivity=sensitivity(4, 3, ["cost", "need", "use"], first=0.6))
    criteria = fi.criteria(Subject(run), [f.rows for f in found])
    assert why.single_scores(criteria).startswith("Learning one new score alone would settle at most 0.60")


# -- rules, shocks, register -------------------------------------------------------------------------------------------


def rules_text(**agreement: list[float]) -> str:
    run = published_run(other_rules=other_rules(agreement, (1, 2, 3, 2), 3))
    subject, found, _ = facts(run)
    tiers = [f.tier for f in found]
    return why.other_rules(subject, fi.other_rules(subject, [f.rows for f in found]), tiers)


def test_other_rules_are_counted_by_what_they_keep() -> None:
    assert "None of the 2 other declared rules gives" in rules_text(a=[0.5] * 4, b=[0.8] * 4)
    assert "Each of the 2 other declared rules gives" in rules_text(a=[0.95] * 4, b=[1.0] * 4)
    assert "1 of the 2 other declared rules gives" in rules_text(a=[0.5] * 4, b=[1.0] * 4)
    assert "kept least" not in rules_text(a=[0.95] * 4, b=[1.0] * 4)


def test_one_other_rule_is_said_with_its_numbers_and_what_sets_it_apart() -> None:
    text = rules_text(inside=[1.0, 0.6, 0.25, 0.6])
    assert "under the other declared rule" in text
    assert "0.25 in 'Never', up to 1 in 'Now'; C = 0 inside instead of outside" in text


def test_the_runs_own_rule_is_never_among_the_others() -> None:
    subject, found, _ = facts(published_run())
    assert "plain" not in [f.name for f in fi.other_rules(subject, [f.rows for f in found])]


def test_the_hardest_shock_is_the_one_that_leaves_least_inside() -> None:
    mild, hard = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]], [[0.2, 0, 0.8], [0, 0.1, 0.9], [0, 0, 1], [0, 0.1, 0.9]]
    subject, found, _ = facts(published_run(shocks=shocks([mild, hard], ("Mild", "Hard"))))
    found_shocks = fi.shocks(subject, [f.rows for f in found])
    text = why.shock_sentence(subject, found_shocks, [f.tier for f in found])
    assert "the hardest of 2 shocks, 'Hard'" in text
    assert "0.10 to 0.20 in 'Now' and 'Later'" in text
    assert "It would be outside with probability 0.80 to 0.90." in text
    assert "not forecasts" in text


@pytest.mark.parametrize(
    ("n", "phrase"), [(4, "Three assumptions move"), (2, "Two assumptions move"), (1, "One assumption moves")]
)
def test_as_many_assumptions_are_named_as_move_the_answer(n: int, phrase: str) -> None:
    text = said(published_run(register=register(REGISTER[:n])))
    assert phrase in text
    assert "the size of a second panel's errors, in points (0.18 on average, 0.21 at most)" in text


def test_a_register_that_moves_nothing_is_said_to() -> None:
    text = said(published_run(register=register(REGISTER[4:])))
    assert "No number or choice with a declared range moves these probabilities." in text


def test_what_the_table_leaves_out_of_the_register_is_counted() -> None:
    assert "1 do not move it and 17 are stated without a range" in grid(published_run(), 4).note


def test_a_cut_is_named_by_the_tiers_it_lies_between() -> None:
    subject = Subject(published_run())
    assert why.mover_name(subject, "rules.plain.cuts[0]") == "the cut between 'Now' and 'Later'"
    assert why.mover_name(subject, "rules.text.cuts[1]") == "the cut between 'Later' and 'Never' in the rule 'text'"
    assert why.mover_name(subject, "rules.plain.cuts[7]") == "'rules.plain.cuts[7]'"


def test_the_least_wrong_share_is_rounded_down() -> None:
    assert "only if a share of 0.25 of it or more is wrong" in said(published_run())


def test_a_group_that_was_declined_is_named_with_its_reason() -> None:
    run = published_run()
    declined = run["sensitivity"].drop_vars(list(run["sensitivity"].data_vars)).assign_attrs(declined="10^9 states")
    assert "Not computed in sensitivity: 10^9 states." in said(published_run(sensitivity=declined))


# -- a panel -----------------------------------------------------------------------------------------------------------


def test_differences_between_panel_and_published_tiers_are_counted_with_their_direction() -> None:
    text = said(panel_run(printed=(2, 2, 2, 1)))
    assert "Of 4 alternatives, 3 have another likeliest tier than the published one." in text
    assert "1 of the differences goes towards 'Now', 2 towards 'Never'." in text
    assert "1 crosses the line between inside ('Now' and 'Later') and outside: 0 inwards, 1 outwards." in text


def test_a_panel_that_agrees_is_said_to_agree() -> None:
    assert "Each of 4 alternatives has its published tier as its likeliest tier." in said(panel_run())


def test_a_problem_without_published_tiers_has_no_sentence_about_them() -> None:
    text = said(panel_run(printed=(-1, -1, -1, -1)))
    assert "no published tiers are there to compare with" in text
    assert "differences" not in text
    assert "than the published one" not in text


def test_a_tier_is_decided_only_over_everything_that_was_varied() -> None:
    p = np.array([[0.95, 0.05, 0], [0, 0.95, 0.05], [0, 0, 1], [0, 0.95, 0.05]])
    shaken = np.array([[0.95, 0.05, 0], [0, 0.95, 0.05], [0, 0, 1], [0, 0.6, 0.4]])
    text = said(panel_run(p=p, spread=(shaken, p)))
    assert "it is decided for 3 (by the run's own assumptions alone, for 4)" in text
    found = pa.panel_findings(Subject(panel_run(p=p, spread=(shaken, p))))
    assert [f.decided for f in found] == [True, True, True, False]
    assert "cannot say what is decided" in said(panel_run(drop=("belief_sensitivity",)))


def test_mean_median_and_vote_are_compared() -> None:
    modal = [1, 2, 3, 2]
    assert "give the same tiers" in said(panel_run())
    text = said(panel_run(points=(modal, [1, 2, 3, 3], modal)))
    assert "do not all agree for 1 alternative: 'Gym'" in text


def test_pools_that_disagree_are_named_with_how_far() -> None:
    group = varied(np.array(P), np.array(P), over="setting")
    group["acceptability"][1, 0, 1] = np.array([0.0, 0.3, 0.7])
    text = said(panel_run(belief_sensitivity=group))
    assert "give different likeliest tiers for 1 alternative: 'South school'" in text
    assert "by up to 0.50 ('South school')" in text
    assert "give the same likeliest tiers" in said(panel_run())


def test_a_pool_that_was_declined_is_said_to_be_missing() -> None:
    group = varied(np.array(P), np.array(P), over="setting")
    group["acceptability"][1] = np.nan
    text = said(panel_run(belief_sensitivity=group))
    assert "Not computed for every alternative: pooled-experts." in text
    assert "nan" not in text


def test_ties_are_counted() -> None:
    p = np.array(P)
    p[0] = (0.5, 0.5, 0)
    assert "1 is tied between two tiers" in said(panel_run(p=p))


def test_other_rules_of_a_panel_are_said_by_what_they_keep() -> None:
    text = said(panel_run())
    assert "3 of 4 alternatives keep the likeliest tier under each of 2 other declared rules." in text
    assert "Fewest are kept by 'veto' (3 of 4" in text


def test_synthetic_scores_are_marked_wherever_numbers_stand() -> None:
    report = build_report(panel_run(illustrative=True))
    assert report.banner.startswith("ILLUSTRATIVE")
    blocks = [b for s in report.sections for b in s.blocks]
    assert all(b.caption.startswith("ILLUSTRATIVE") for b in blocks if isinstance(b, Grid | Picture))
    assert 'class="banner"' in as_html(report)
    assert docx.Document(io.BytesIO(as_docx(report))).paragraphs[0].text == report.banner
    assert "ILLUSTRATIVE" not in said(panel_run())


# -- truth in any problem ----------------------------------------------------------------------------------------------

RUNS = {
    "published": published_run,
    "panel": panel_run,
    "panel without published tiers": lambda: panel_run(printed=(-1, -1, -1, -1)),
    "no groups but the tiers": lambda: published_run(
        drop=("second_panel", "sensitivity", "other_rules", "shocks", "belief_sensitivity", "register")
    ),
    "one alternative": lambda: published_run(
        p=[[0.7, 0.2, 0.1]], labels=("Only",), printed=(1,), law=(0,), shocks=shocks([[[0.5, 0.5, 0]]])
    ),
    "a panel of one alternative": lambda: panel_run(p=[[0.7, 0.2, 0.1]], labels=("Only",), printed=(2,)),
}


@pytest.mark.parametrize("make", RUNS.values(), ids=RUNS)
def test_every_kind_of_run_has_a_report_and_methods(make: Any) -> None:
    run = make()
    report = build_report(run)
    assert as_html(report).startswith("<!DOCTYPE html>")
    assert as_docx(report)[:2] == b"PK"
    text = "\n".join([*texts(report), as_markdown(Subject(run))])
    report_alone = text.split("## Problem")[0]
    assert not re.search(r"\bnan\b|\bNone\b(?! (of|crosses))|\{|\[\]|  |\bof 1 alternatives", report_alone)
    assert not re.search(r"Belarus|Minsk|sanction|Roadmap|Lukashenka", text)


@pytest.mark.parametrize("make", RUNS.values(), ids=RUNS)
def test_exact_never_stands_alone(make: Any) -> None:
    run = make()
    text = "\n".join([*texts(build_report(run)), as_html(build_report(run)), as_markdown(Subject(run))])
    assert not re.search(r"\bexact(ly)?\b(?!, given the assumptions)", text, re.IGNORECASE)


@pytest.mark.parametrize("make", RUNS.values(), ids=RUNS)
def test_tables_are_numbered_in_their_order(make: Any) -> None:
    blocks = [b for s in build_report(make()).sections for b in s.blocks if isinstance(b, Grid)]
    assert [b.number for b in blocks] == list(range(1, len(blocks) + 1))


def test_the_noun_is_the_problems_own() -> None:
    text = said(published_run(noun="roof"))
    assert "the same 4 roofs" in text
    assert "alternative" not in text


def test_the_table_has_the_sentences_numbers() -> None:
    run = published_run()
    row = grid(run, 1).rows[1]
    subject, found, _ = facts(run)
    assert row[0] == "Later"
    assert row[1] == str(found[1].count)
    assert row[2] == plain(run["tiers"]["acceptability"].values[1, 1])
    assert found[1].varied is not None
    assert row[3] == f"{plain(found[1].varied.low)}\N{EN DASH}{plain(found[1].varied.high)}"
    assert probability(found[1].varied).split(" to ")[0] in te.ranges(subject, found, 0.0, None)


# -- HTML --------------------------------------------------------------------------------------------------------------


def test_headings_come_in_order() -> None:
    for make in RUNS.values():
        levels = [int(tag[1]) for tag, _ in Page(as_html(build_report(make()))).tags if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(b - a <= 1 for a, b in pairwise(levels))


def test_a_page_needs_nothing_else_and_runs_nothing() -> None:
    html = as_html(build_report(published_run()))
    for tag, attrs in Page(html).tags:
        assert tag not in ("script", "link", "iframe", "img", "object")
        assert not any(name.startswith("on") for name in attrs)
        for name in ("src", "href", "xlink:href"):
            assert (attrs.get(name) or "#").startswith("#")
    assert not re.search(r"url\((?!['\"]?#)|@import", html)
    assert "default-src 'none'" in html


def test_a_page_says_its_language_its_figure_and_its_tables_headers() -> None:
    tags = Page(as_html(build_report(published_run()))).tags
    assert ("html", {"lang": "en"}) in tags
    figure = next(attrs for _, attrs in tags if attrs.get("role") == "img")
    assert len(figure["aria-label"] or "") > 80
    tables = sum(tag == "table" for tag, _ in tags)
    assert tables == sum(tag == "caption" for tag, _ in tags) > 2
    assert {attrs.get("scope") for tag, attrs in tags if tag == "th"} == {"col", "row"}


def test_text_stands_out_from_its_ground_in_light_and_dark() -> None:
    html = as_html(build_report(published_run()))
    roots = re.findall(r":root \{([^}]*)\}", html)[:2]
    palettes = [dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in roots]
    pairs = [("ink", "paper"), ("quiet", "paper"), ("accent", "paper"), ("accent", "tint"), ("ink", "tint")]
    pairs += [("quiet", "tint"), ("warn", "warn-tint")]
    for palette in palettes:
        for ink, ground in pairs:
            light, dark = sorted((luminance(palette[ink]), luminance(palette[ground])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)
    assert len(palettes) == 2


# -- Word --------------------------------------------------------------------------------------------------------------


def opened(results: Results) -> Any:
    return docx.Document(io.BytesIO(as_docx(build_report(results))))


def test_tables_in_word_repeat_their_header_and_have_captions_that_word_counts() -> None:
    document = opened(published_run())
    assert len(document.tables) == 4
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    fields = [f.get(qn("w:instr")) for f in document.element.iter(qn("w:fldSimple"))]
    assert sum("SEQ Table" in f for f in fields) == 4
    assert sum("SEQ Figure" in f for f in fields) == 1


def test_a_word_file_uses_real_styles_and_describes_its_figure() -> None:
    document = opened(published_run())
    styles = [line.style.name for line in document.paragraphs]
    assert styles.count("Title") == 1
    assert styles.count("Heading 1") == len(build_report(published_run()).sections) + 1
    assert "List Bullet" in styles
    assert "Caption" in styles
    drawn = next(document.element.iter(qn("wp:docPr")))
    assert len(drawn.get("descr")) > 80
    core = document.core_properties
    assert (core.title, core.created.year, core.modified.year) == ("How sure is each published tier?", 2000, 2000)


def test_a_word_file_has_the_same_text_as_the_page() -> None:
    report = build_report(published_run())
    document = docx.Document(io.BytesIO(as_docx(report)))
    lines = [line.text for line in document.paragraphs]
    lines += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    for block in (b for s in report.sections for b in s.blocks):
        wanted = [block.text] if isinstance(block, Paragraph) else list(getattr(block, "items", ()))
        wanted += [cell for row in getattr(block, "rows", ()) for cell in row]
        assert set(wanted) <= set(lines)


# -- hostile names -----------------------------------------------------------------------------------------------------


def hostile(kind: str) -> Results:
    tiers = ((HOSTILE[0], True), (HOSTILE[1], True), (HOSTILE[5], False))
    if kind == "panel":
        return panel_run(labels=HOSTILE[:4], tiers=tiers, printed=(2, 2, 2, 1))
    criteria = (("cost", HOSTILE[2], "against"), ("need", HOSTILE[4], "for"), ("use", HOSTILE[3], "for"))
    return published_run(
        labels=HOSTILE[2:], tiers=tiers, criteria=criteria, shocks=shocks([np.eye(3)[[2] * 4]], (HOSTILE[0],))
    )


@pytest.mark.parametrize("kind", ["published", "panel"])
def test_hostile_names_come_out_as_text(kind: str, tmp_path: Path) -> None:
    run = hostile(kind)
    report = build_report(run)
    html = as_html(report)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "\u202e" not in html
    assert max(map(len, texts(report))) < 4000
    text = "\n".join(line.text for line in docx.Document(io.BytesIO(as_docx(report))).paragraphs)
    assert "<script>alert(1)</script>" in text
    markdown = as_markdown(Subject(run))
    assert "<script" not in markdown
    assert "\x07" not in markdown


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["published", "panel"])
def test_a_hostile_run_has_all_outputs_and_the_same_bytes_twice(kind: str, tmp_path: Path) -> None:
    def files(name: str) -> dict[str, bytes]:
        folder = stored(hostile(kind), tmp_path / name)
        return {str(path.relative_to(folder)): path.read_bytes() for path in write_outputs(folder)}

    first = files("a")
    assert first == files("b")
    assert {"report.html", "report.pdf", "report.docx", "methods.md", "references.bib", "tables/tables.xlsx"} <= set(
        first
    )


# -- files -------------------------------------------------------------------------------------------------------------


def test_a_report_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(published_run(), tmp_path)
    with pytest.raises(UsageError, match="'odt'; allowed: html, pdf, docx"):
        write_report(tmp_path, ["html", "odt"])
    assert not list(tmp_path.glob("report*"))

    def fails(_: Report, template: Path | None) -> bytes:
        raise RuntimeError("disk")

    monkeypatch.setitem(write_report.__globals__, "as_docx", fails)
    with pytest.raises(RuntimeError, match="disk"):
        write_report(tmp_path, ["html", "docx"])
    assert not list(tmp_path.glob("*report*"))


def test_a_word_file_has_no_date_of_its_making(tmp_path: Path) -> None:
    content = as_docx(build_report(published_run()))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_report_names_the_results_that_it_is_about(tmp_path: Path) -> None:
    import hashlib

    write_report(stored(published_run(), tmp_path), ["html"])
    digest = hashlib.sha256((tmp_path / "results.nc").read_bytes()).hexdigest()
    assert digest[:16] in (tmp_path / "report.html").read_text("utf-8")


# -- methods and references --------------------------------------------------------------------------------------------


def test_methods_describe_only_what_ran_and_cite_only_what_they_describe(tmp_path: Path) -> None:
    write_methods(stored(published_run(), tmp_path))
    text, entries = (tmp_path / "methods.md").read_text("utf-8"), (tmp_path / "references.bib").read_text("utf-8")
    cited, listed = set(re.findall(r"@(\w+)", text)), set(re.findall(r"@\w+\{(\w+),", entries))
    assert cited <= listed
    assert {"sobol2001", "owen2014", "gamboa2014", "tervonen2009", "huber1964", "problem"} <= listed
    assert "saltelli2010" not in listed
    less = Subject(published_run(drop=("sensitivity", "belief_sensitivity")))
    assert "sobol2001" not in as_bibtex(less)
    assert "huber1964" not in as_bibtex(less)
    assert "Shapley" not in as_markdown(less)


def test_the_opinion_pool_is_cited_where_laws_are_pooled_and_not_where_scores_are_averaged() -> None:
    for pool, cited in (("panel-mean", False), ("pooled-experts", True), ("pooled-cells", True)):
        belief = xr.Dataset(attrs={"kind": "panel", "pool": pool, "spread": 0.5, "family": "triangular"})
        assert ("stone1961" in as_bibtex(Subject(panel_run(beliefs=belief)))) == cited
    assert "stone1961" not in as_bibtex(Subject(published_run()))


def test_references_have_no_identifiers_but_those_that_were_checked() -> None:
    fields = [pair for _, fields in WORKS.values() for pair in fields.items()]
    assert [pair for pair in fields if pair[0] in ("doi", "eprint", "url")] == [("eprint", "2110.03749")]


def test_a_formula_in_the_methods_is_that_of_the_problem() -> None:
    assert "$C = x_{2} + x_{3} - x_{1}$" in as_markdown(Subject(published_run()))


def test_labels_of_the_made_run_are_those_of_its_report() -> None:
    assert all(label in said(panel_run()) for label in LABELS)
    assert not math.isnan(fi.own_spread(Subject(panel_run())))


# -- ties: what is equal is not ranked ---------------------------------------------------------------------------------


def test_tiers_that_are_equally_sure_are_named_together() -> None:
    p = np.array([[0.8, 0.2, 0], [0.2, 0.6, 0.2], [0, 0.2, 0.8], [0.2, 0.6, 0.2]])
    subject, found, _ = facts(published_run(p=p, spread=(p, p)))
    assert te.surest(subject, found).startswith("Surest are 'Now' and 'Never', under everything that was varied.")


def test_a_line_that_is_crossed_equally_easily_from_two_tiers_names_both() -> None:
    p = np.array([[0.7, 0.2, 0.1], [0.2, 0.7, 0.1], [0, 0.3, 0.7], [0.2, 0.7, 0.1]])
    subject, found, _ = facts(published_run(p=p))
    assert "outwards from 'Now' or 'Later'" in te.crossing(subject, found)


def test_a_rule_that_keeps_all_tiers_alike_is_said_to() -> None:
    assert "'a' (0.50 in every tier" in rules_text(a=[0.5] * 4, b=[0.8] * 4)


def test_the_nearest_of_a_panel_are_named_together() -> None:
    run = panel_run()
    run["tiers"]["flip_distance"][:] = np.array([[0.5], [0.5], [2.0], [3.0]])
    assert "nearest are 'North school' and 'South school' (0.5 points)" in said(run)


def test_the_least_sure_of_a_panel_are_counted() -> None:
    assert "Least sure is 'South school' (and 1 more as little)" in said(panel_run())
