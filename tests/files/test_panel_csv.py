"""Score sheets: what is accepted from Excel on any continent, and every mistake with its line and column."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mcda.errors import InvalidFile, Mistake
from mcda.files import panel_csv
from mcda.files.panel_csv import read_panel
from mcda.problem import Alternative, Criterion, Entity, Lattice, Problem, Tier
from mcda.rule import Rule
from mcda.scores.panel import UNKNOWN, Answer, Panel

RULE = Rule("small", ("against", "for"), 1, 1)
PROBLEM = Problem(
    "toy", "A toy", Lattice(1, 10),
    (Criterion("harm", "Harm", "against"), Criterion("gain", "Gain", "for")),
    (Tier(1, "in", True), Tier(2, "out", False)),
    (Alternative("ban", "Ban"), Alternative("freeze", "Freeze"), Alternative("visa", "Visa")),
    {"small": RULE}, "small", entities=(Entity("bank", "A bank", "freeze"),),
)  # fmt: skip
GOOD = """expert,alternative,criterion,score,comment
ann,ban,harm,7,
ann,ban,gain,3.5,"well, perhaps"
bob,ban,harm,?,
bob,ban,gain,10,
"""

Read = Callable[[str | bytes], Panel]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Write a sheet, and read it by its bare name."""
    monkeypatch.chdir(tmp_path)

    def written(content: str | bytes) -> Panel:
        Path("panel.csv").write_bytes(content.encode() if isinstance(content, str) else content)
        return read_panel("panel.csv", PROBLEM)

    return written


def mistakes(read: Read, content: str | bytes) -> list[Mistake]:
    with pytest.raises(InvalidFile) as caught:
        read(content)
    found = caught.value.mistakes
    assert all(m.file == "panel.csv" and m.allowed.startswith("allowed: ") for m in found)
    return list(found)


def only(read: Read, content: str | bytes) -> tuple[int, str, str]:
    """Line, column and text of the one mistake of a sheet."""
    found = mistakes(read, content)
    assert len(found) == 1, "\n".join(map(str, found))
    return found[0].line, found[0].key, f"{found[0].what}; {found[0].allowed}"


def sheet(*rows: str, columns: str = "expert,alternative,criterion,score") -> str:
    return "\n".join([columns, *rows, ""])


# -- what is accepted --------------------------------------------------------------------------------------------------


def test_a_sheet_gives_a_panel_with_the_problems_order_and_exact_scores(read: Read) -> None:
    panel = read(GOOD)
    assert (panel.experts, panel.alternatives, panel.criteria) == (("ann", "bob"), ("ban",), ("harm", "gain"))
    assert panel.answer("ann", "ban", "gain") == Answer.at(Fraction(7, 2), comment="well, perhaps")
    assert panel.answer("bob", "ban", "harm") == UNKNOWN
    np.testing.assert_array_equal(panel.scores(), [[[7, np.nan], [3.5, 10]]])
    assert panel.equal_weights


@pytest.mark.parametrize("content", [
    "\ufeff" + GOOD,
    GOOD.replace("\n", "\r\n"),
    GOOD.replace("expert,alternative", "Expert , ALTERNATIVE"),
    GOOD.replace("bob,ban,gain", "\n\n,,,,\n bob , ban , gain "),
    GOOD.replace("bob,ban,harm,?,\n", "") + "bob,ban,harm,don't know,\n",
    GOOD.replace("?", "Don’t know"),  # noqa: RUF001
    GOOD.replace("?", ""),
    GOOD.replace("3.5", "+3.50e0"),
    GOOD.replace("bob,ban,harm,?,\n", ""),
    "expert;alternative;criterion;score;comment\nann;ban;harm;7;\nann;ban;gain;3,5;well, perhaps\nbob;ban;gain;10,0;\n",
    "expert;alternative;criterion;score;comment\nann;ban;harm;7;\nann;ban;gain;3.5;well, perhaps\nbob;ban;gain;1e1;\n",
    "comment;score;criterion;alternative;expert\n;7;harm;ban;ann\nwell, perhaps;3,5;gain;ban;ann\n;10;gain;ban;bob\n",
])  # fmt: skip
def test_encodings_delimiters_orders_and_ways_to_say_dont_know_make_no_difference(read: Read, content: str) -> None:
    assert read(content) == read(GOOD)


def test_every_kind_of_answer_can_be_given(read: Read) -> None:
    panel = read(
        "expert;alternative;criterion;score;low;high;spread;distribution;comment\n"
        "ann;ban;harm;4;3,5;6;;;\n"
        "ann;ban;gain;;;;;4:0,25 5 : 0,75;\n"
        "bob;ban;harm;4;;;0,5;;\n"
        "bob;ban;gain;?;;;2;;no idea\n"
    )
    assert panel.answer("ann", "ban", "harm") == Answer.three_point(3.5, 4, 6)
    assert panel.answer("ann", "ban", "gain") == Answer.distribution({4: 0.25, 5: 0.75})
    assert panel.answer("bob", "ban", "harm") == Answer.at(4, spread=0.5)
    assert panel.answer("bob", "ban", "gain") == Answer("unknown", comment="no idea")
    assert panel.unknown == 1


def test_an_expert_who_knows_nothing_is_still_one_of_the_panel(read: Read) -> None:
    panel = read(GOOD + "eve,ban,harm,?,\n")
    assert panel.experts == ("ann", "bob", "eve")
    assert panel.unknown == 3


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(*[st.none() | st.integers(1000, 10_000)] * 2), min_size=1, max_size=5), st.randoms())
def test_what_was_written_is_read_whatever_the_order_of_the_rows(
    read: Read, scores: list[tuple[int | None, int | None]], shuffle: object
) -> None:
    rows = [
        f"expert {e},{'ban'},{criterion},{'' if x is None else f'{x / 1000:.3f}'}"
        for e, pair in enumerate([(5000, 5000), *scores])
        for criterion, x in zip(("harm", "gain"), pair, strict=True)
    ]
    shuffle.shuffle(rows)  # type: ignore[attr-defined]
    panel = read(sheet(*rows))
    for e, pair in enumerate(scores, start=1):
        assert panel.points(f"expert {e}", "ban") == tuple(None if x is None else Fraction(x, 1000) for x in pair)


# -- the file ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("content", "line", "message"), [
    (b"", 1, "is empty; allowed: a header with the columns expert, alternative, criterion, score, low"),
    (b"\n , \n", 1, "is empty"),
    ("expert,alternative,criterion,score\n", 1, "has a header but no rows; allowed: at least one answer"),
    (GOOD.encode() + "é".encode("latin-1"), 6, "is not UTF-8: byte 0xe9 at offset 125; allowed: UTF-8; in Excel"),
    (GOOD.encode("utf-16"), 1, r"is not UTF-8 \(it looks like UTF-16\)"),
    (GOOD.replace("well", "we\0ll"), 3, r"has the character U\+0000, which is forbidden"),
    (GOOD + 'eve,ban,harm,"7,\n', 6, r"is not CSV: unexpected end of data \(in the row that begins here\)"),
    (GOOD + "eve,ban,harm,7\n", 6, "has 4 fields, the header 5; allowed: as many fields as the header has; decimal"),
    (GOOD + "eve,ban,harm,7,5,\n", 6, "has 6 fields, the header 5"),
    (GOOD.replace(",", "\t"), 1, "is delimited by tabs; allowed: commas or semicolons"),
])  # fmt: skip
def test_a_file_that_is_no_sheet_is_refused_where_it_ceases_to_be_one(
    read: Read, content: str | bytes, line: int, message: str
) -> None:
    found = next(m for m in mistakes(read, content) if not m.key)
    assert found.line == line
    assert re.match(message, f"{found.what}; {found.allowed}")


def test_a_file_that_is_too_large_is_refused(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    assert panel_csv.MAX_BYTES == 20_000_000
    monkeypatch.setattr(panel_csv, "MAX_BYTES", len(GOOD) - 1)
    assert only(read, GOOD)[2].endswith(f"allowed: at most {len(GOOD) - 1:,} bytes")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match=r"nothing\.csv:1: there is no such file; allowed: a CSV file"):
        read_panel(tmp_path / "nothing.csv", PROBLEM)


def test_a_row_over_several_lines_does_not_shift_the_lines_of_what_follows(read: Read) -> None:
    content = GOOD.replace("well, perhaps", "well,\nperhaps") + "bob,ban,gain,4,\n"
    assert only(read, content)[:2] == (7, "expert")


# -- the header --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("change", "expected"), [
    (("score", "scores"), {
        ("scores", "is no column of a score sheet (got scores) (did you mean 'score'?)"),
        ("score", "is a column that is missing"),
    }),
    (("comment", "note"), {("note", "is no column of a score sheet (got note)")}),
    (("comment", ""), {("column 5", "has no name")}),
    (("comment", "Score"), {("Score", "is a column that stands twice")}),
])  # fmt: skip
def test_a_column_that_is_missing_unknown_or_double_is_a_mistake(
    read: Read, change: tuple[str, str], expected: set[tuple[str, str]]
) -> None:
    found = mistakes(read, GOOD.replace(*change, 1).replace("well, perhaps", "2"))
    assert {(m.key, m.what) for m in found if m.line == 1} == expected


def test_a_missing_column_does_not_hide_the_mistakes_of_the_others(read: Read) -> None:
    found = mistakes(read, "expert,criterion,score\nann,harm,11\nann,gian,2\n")
    assert [(m.line, m.key) for m in found] == [(1, "alternative"), (2, "score"), (3, "criterion")]


# -- the rows ----------------------------------------------------------------------------------------------------------

WIDE = "expert,alternative,criterion,score,low,high,spread,distribution"


@pytest.mark.parametrize(("row", "column", "message"), [
    ("eve,bam,harm,5,,,,", "alternative", "names no alternative of the problem (got bam) (did you mean 'ban'?); "
                                          "allowed: ban, freeze, visa"),
    ("eve,bank,harm,5,,,,", "alternative", "names an entity (got bank); score its parent 'freeze'"),
    ("eve,,harm,5,,,,", "alternative", "names no alternative of the problem (got nothing)"),
    ("eve,ban,gian,5,,,,", "criterion", "names no criterion of the problem (got gian) (did you mean 'gain'?); "
                                        "allowed: harm, gain"),
    (",ban,harm,5,,,,", "expert", "is empty; allowed: the expert's name or number"),
    ("eve,ban,harm,11,,,,", "score", "is off the scale (got 11); allowed: a number from 1 to 10"),
    ("eve,ban,harm,0.999,,,,", "score", "is off the scale (got 0.999)"),
    ("eve,ban,harm,-5,,,,", "score", "is off the scale (got -5)"),
    ("eve,ban,harm,seven,,,,", "score", "is not a number (got seven); allowed: a number from 1 to 10; empty, ?"),
    ("eve,ban,harm,nan,,,,", "score", "is not a number (got nan)"),
    ("eve,ban,harm,inf,,,,", "score", "is not a number (got inf)"),
    ('eve,ban,harm,"7,5",,,,', "score", "is not a number (got 7,5)"),
    ("eve,ban,harm,\u0667,,,,", "score", "is not a number (got \u0667)"),
    ("eve,ban,harm,1_0,,,,", "score", "is not a number (got 1_0)"),
    ("eve,ban,harm,7.3333,,,,", "score", "is too fine (got 7.3333); allowed: at most 3 decimals"),
    ("eve,ban,harm,5,6,7,,", "low", "is above the score, the mode (got 6 > 5); allowed: low <= score"),
    ("eve,ban,harm,5,3,4.5,,", "high", "is below the score, the mode (got 4.5 < 5); allowed: high >= score"),
    ("eve,ban,harm,5,0,6,,", "low", "is off the scale (got 0)"),
    ("eve,ban,harm,5,x,6,,", "low", "is not a number (got x); allowed: a number from 1 to 10"),
    ("eve,ban,harm,5,4,,,", "high", "is empty, while low is given; allowed: both low and high, or neither"),
    ("eve,ban,harm,?,4,6,,", "low", "has no score beside it; allowed: low and high with a score"),
    ("eve,ban,harm,5,4,6,1,", "spread", "stands beside more than a point; allowed: a spread with a single score"),
    ("eve,ban,harm,5,,,-1,", "spread", "is out of range (got -1); allowed: a number of points, at least 0"),
    ("eve,ban,harm,5,,,wide,", "spread", "is not a number (got wide)"),
    ("eve,ban,harm,5,,,,4:0.5 5:0.5", "distribution", "stands beside a score; allowed: a score or a distribution"),
    ("eve,ban,harm,,,,,4:0.5 5:0.4", "distribution", "sums to 0.9; allowed: probabilities that sum to 1, to 1e-9"),
    ("eve,ban,harm,,,,,4:0.5 11:0.5", "distribution", "is off the scale (got 11); allowed: a number from 1 to 10"),
    ("eve,ban,harm,,,,,4:0.5 4.5:0.5", "distribution", "has a score between two levels (got 4.5)"),
    ("eve,ban,harm,,,,,4:0.5 4:0.5", "distribution", "names the score 4 twice; allowed: each score once"),
    ("eve,ban,harm,,,,,4:1.5 5:-0.5", "distribution", "has a probability out of range (got "),
    ("eve,ban,harm,,,,,4;5", "distribution", "is no list of score:probability (got 4;5); allowed: 4:0.25 5:0.75"),
    ("eve,ban,harm,,,,,4:half", "distribution", "is not a number (got half); allowed: probabilities from 0 to 1"),
    ("ann,ban,gain,5,,,,", "expert", "repeats line 3 (ann, ban, gain); allowed: one row for an expert, an alternative"),
])  # fmt: skip
def test_a_mistake_in_a_row_is_told_with_its_line_and_column(read: Read, row: str, column: str, message: str) -> None:
    content = sheet("ann,ban,harm,7,,,,", "ann,ban,gain,7,,,,", row, columns=WIDE)
    found = mistakes(read, content)
    assert {(m.line, m.key) for m in found} == {(4, column)}
    told = [f"{m.what}; {m.allowed}" for m in found if m.key == column]
    assert any(text.startswith(message) for text in told), told


def test_a_distribution_with_a_score_off_the_scale_is_not_blamed_for_its_sum_as_well(read: Read) -> None:
    rows = "ann,ban,harm,,,,,4:0.5 11:0.5", "ann,ban,gain,7,,,,"
    assert only(read, sheet(*rows, columns=WIDE))[2].startswith("is off the scale (got 11)")


def test_both_rows_that_collide_are_named_even_if_one_has_another_mistake(read: Read) -> None:
    found = mistakes(read, sheet("ann,ban,harm,77", "ann,ban,harm,7", "ann,ban,gain,7"))
    assert [(m.line, m.key) for m in found] == [(2, "score"), (3, "expert")]
    assert "repeats line 2" in found[1].what


def test_all_mistakes_of_a_file_are_told_at_once_in_the_order_of_their_lines(read: Read) -> None:
    found = mistakes(read, sheet("ann,bam,harm,7", "ann,ban,harm,77", "ann,ban", ",ban,gian,?"))
    places = [(2, "alternative"), (3, "score"), (4, ""), (5, "criterion"), (5, "expert")]
    assert [(m.line, m.key) for m in found] == places
    assert str(found[1]) == "panel.csv:3: score: is off the scale (got 77); allowed: a number from 1 to 10"


def test_after_a_hundred_mistakes_the_rest_is_not_told(read: Read) -> None:
    found = mistakes(read, sheet(*["ann,ban,harm,99"] * 1000))
    assert len(found) == 101
    assert any(m.what == "has more mistakes than are listed here" for m in found)


# -- what nobody scored ------------------------------------------------------------------------------------------------


def test_a_cell_that_nobody_scored_is_a_mistake_where_it_was_asked(read: Read) -> None:
    content = sheet("ann,ban,harm,7", "ann,freeze,harm,?", "ann,freeze,gain,4", "bob,freeze,harm,", "ann,ban,gain,4")
    line, column, text = only(read, content)
    assert (line, column) == (3, "score")
    assert text == "nobody scored the cell freeze, harm; allowed: at least one answer in each cell"


def test_a_cell_without_a_row_is_a_mistake_on_the_first_line_of_its_alternative(read: Read) -> None:
    assert only(read, sheet("ann,ban,harm,7", "ann,ban,gain,7", "bob,visa,gain,7"))[:2] == (4, "score")


@pytest.mark.parametrize("row", ["ann,ban,gian,5", "ann,bam,gain,5", "ann,ban,gain,55", "ann,ban,gain"])
def test_a_row_that_may_have_been_meant_for_a_cell_does_not_make_it_a_second_mistake(read: Read, row: str) -> None:
    assert only(read, sheet("ann,ban,harm,7", row))[0] == 3


def test_an_alternative_that_the_sheet_does_not_have_is_no_mistake(read: Read) -> None:
    assert read(GOOD).alternatives == ("ban",)
