"""The full form: a section for each analysis, a page for each answer, and three formats that hold the same."""

from __future__ import annotations

import io
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import numpy as np
import pytest
import typst
from docx.oxml.ns import qn

from mcda.errors import UsageError
from mcda.files.shipped import shipped
from mcda.output import findings as fi
from mcda.output.report.cited import references
from mcda.output.report.drawn import data_grid, place_of, told
from mcda.output.report.material import Material
from mcda.output.report.model import Bullets, Facts, Grid, Picture, Report, Section
from mcda.output.report.page import as_html
from mcda.output.report.pages import answers, sentences
from mcda.output.report.pdf import _TEMPLATE, as_pdf, sources, typeset
from mcda.output.report.svg import inline
from mcda.output.report.word import as_docx
from mcda.output.report.write import build_report, write_report
from mcda.output.results import Results
from mcda.output.subject import Subject
from mcda.output.wording import plain
from tests.output.made_results import HOSTILE, REGISTER, P, panel_run, published_run, register, shocks, stored
from tests.output.reading import Page, texts

SPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
SVG = (
    f'<svg {SPACES} width="9pt" viewBox="0 0 9 9"><defs><path id="a"/></defs>'
    '<use xlink:href="#a" clip-path="url(#a)"/><g id="a"/></svg>'
)


def full(results: Results) -> Report:
    return build_report(results, form="full", identity="results.nc")


def headed(report: Report, start: str) -> Section:
    return next(section for _, section in report.walk() if section.heading.startswith(start))


def pages_of(report: Report) -> list[Section]:
    return list(headed(report, "Annex: alternative by").parts)


def lines(section: Section) -> list[str]:
    found: list[str] = []
    for block in section.blocks:
        found += [getattr(block, "text", ""), *getattr(block, "items", ())] if not isinstance(block, Facts) else []
    return [text for text in found if text]


# -- who has a page, and what stands on it -----------------------------------------------------------------------------


def test_equal_inputs_share_a_page_that_lists_all_and_says_why() -> None:
    report = full(published_run())
    assert [page.heading for page in pages_of(report)] == [
        "North school", "Later: 2 alternatives with equal inputs", "Old mill",
    ]  # fmt: skip
    shared = pages_of(report)[1]
    assert "under the run's own prior nothing tells them apart" in lines(shared)[0]
    members = next(block for block in shared.blocks if isinstance(block, Grid))
    assert [row[0] for row in members.rows] == ["South school", "Gym"]
    assert "4 alternatives on 3 pages" in lines(headed(report, "Annex: alternative by"))[0]


def test_members_that_another_prior_tells_apart_are_said_to_be() -> None:
    low, high = np.array(P) * 0.9, np.minimum(np.array(P) * 1.1, 1)
    assert "does tell some of them apart" not in "\n".join(texts(full(published_run(spread=(low, high)))))
    low[3, 1] = 0.1
    shared = pages_of(full(published_run(spread=(low, high))))[1]
    assert "Another declared prior does tell some of them apart" in lines(shared)[0]
    cells = {row[0]: row[2] for b in shared.blocks if isinstance(b, Grid) and b.head[0] == "Tier" for row in b.rows}
    assert cells["Later (published)"] == "0.10\N{EN DASH}0.66"


def test_a_pages_numbers_are_the_datasets() -> None:
    run = published_run()
    for page, row in zip(pages_of(full(run)), (0, 1, 2), strict=True):
        table = next(b for b in page.blocks if isinstance(b, Grid) and b.head[0] == "Tier")
        assert [r[1] for r in table.rows] == [plain(p) for p in run["tiers"]["acceptability"].values[row]]


def test_a_page_has_what_the_problem_says_of_its_alternative() -> None:
    run = published_run()
    run["problem"]["article"] = ("alternative", ["1l", "", "", ""])
    run["problem"]["article_as_printed"] = ("alternative", ["1I", "", "", ""])
    run["problem"]["paraphrase"] = ("alternative", ["A roof.", "", "", ""])
    facts = next(b for b in pages_of(full(run))[0].blocks if isinstance(b, Facts))
    assert dict(facts.items) == {
        "Published tier": "Now", "Legal article": "1l (printed as 1I)", "What it is": "A roof.",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "phrase"),
    [
        (0.92, 0.99, "That is decided: over all that was varied 'Now' keeps 0.92 to 0.99."),
        (0.55, 0.9, "Under everything that was varied 'Now' stays more likely than not (0.55 to 0.90)."),
        (0.3, 0.9, "Whether 'Now' is more likely than not is undecided"),
        (0.1, 0.4, "Under nothing that was varied does 'Now' reach one half (0.10 to 0.40)."),
    ],
)
def test_a_page_says_what_its_range_decides(low: float, high: float, phrase: str) -> None:
    ends = [np.array(P), np.array(P)]
    for end, p in zip(ends, (low, high), strict=True):
        end[0] = (p, 1 - p, 0)
    material = Material(Subject(published_run(spread=(ends[0], ends[1]))))
    assert phrase in sentences(material, answers(material)[0])[0]


def test_a_panels_page_is_about_its_likeliest_tier_and_names_the_published_one() -> None:
    material = Material(Subject(panel_run(printed=(2, 2, 2, 1))))
    found = {material.subject.labels[a.first]: a for a in answers(material)}
    assert found["North school"].judged == 1
    text = sentences(material, found["North school"])[0]
    assert "The likeliest tier is 'Now' (probability about 0.8), not the published 'Later', which has about 0.1" in text
    assert "The panel's likeliest tier is the published one" in sentences(material, found["South school"])[0]


def test_equally_likely_tiers_are_named_together() -> None:
    p = np.array(P)
    p[0] = (0.5, 0.5, 0)
    material = Material(Subject(published_run(p=p, spread=(p, p))))
    first = sentences(material, answers(material)[0])[0]
    assert first.startswith("'Now' and 'Later' are equally likely, with probability about 0.500 each.")


def test_a_shock_that_takes_a_tier_away_is_named_and_one_that_does_not_is_not() -> None:
    mild, hard = np.eye(3)[[0, 1, 2, 1]], np.eye(3)[[2, 2, 2, 2]]
    run = published_run(shocks=shocks([mild, hard], ("Mild", "Hard")))
    material = Material(Subject(run))
    assert "would no longer be the likeliest after 'Hard' (0)." in sentences(material, answers(material)[0])[-1]
    assert (
        "After each of the shocks 'Never' would still be the likeliest."
        in sentences(material, answers(material)[2])[-1]
    )


def test_equal_factors_are_not_ranked_on_a_page() -> None:
    material = Material(Subject(published_run()))
    assert "No single score drives it" in sentences(material, answers(material)[0])[1]
    table = next(b for b in pages_of(full(published_run()))[0].blocks if isinstance(b, Grid) and b.head[0] == "Factor")
    assert [row[0] for row in table.rows] == ["Cost", "Need", "Use"]  # as declared


# -- the register, the analyses ----------------------------------------------------------------------------------------


def test_the_ten_assumptions_that_move_most_come_first_and_all_of_them_last() -> None:
    many = [
        (f"number-{k:02d}", "run.yaml", "1", "0", "2", "assumption", "varied", 0.5 - k / 100, 0.6) for k in range(14)
    ]
    report = full(published_run(register=register([*many, *REGISTER[4:]])))
    order = [section.heading for _, section in report.walk()]
    assert order.index("The assumptions that matter most") == 1
    head = next(b for b in headed(report, "The assumptions that").blocks if isinstance(b, Grid))
    assert [row[0] for row in head.rows] == [f"'number-{k:02d}'" for k in range(10)]
    whole = next(b for b in headed(report, "Annex: every").blocks if isinstance(b, Grid))
    assert len(whole.rows) == 16
    assert [row[0] for row in whole.rows[:14]] == [f"number-{k:02d}" for k in range(14)]


def test_only_analyses_of_the_run_have_sections() -> None:
    have = {section.heading for _, section in full(published_run()).walk()}
    assert {"Tier probabilities", "Would a second panel give the same tiers?", "Which scores decide?"} <= have
    assert {"How small a change is enough?", "Under another rule", "After a shock", "If the belief is wrong"} <= have
    assert not {"If events turn", "Do the experts agree?", "If the rule itself is not sure"} & have
    less = {s.heading for _, s in full(published_run(drop=("shocks", "other_rules", "second_panel"))).walk()}
    assert not {"After a shock", "Under another rule", "Would a second panel give the same tiers?"} & less
    assert "Do the experts agree?" in {section.heading for _, section in full(panel_run()).walk()}


def test_how_long_a_tier_holds_against_errors_is_read_off_the_curve() -> None:
    text = "\n".join(lines(headed(full(published_run()), "Would a second panel")))
    # survival at errors 0, 1, 2: 1, p, p / 2 with p = .8, .6, .7: all above one half at 1, none at 2
    assert "more likely than not to come again in 'Now', 'Later' and 'Never' up to an error of 1 point." in text


def test_a_run_is_cited_with_its_source_and_the_works_behind_its_methods() -> None:
    blocks = references(Subject(published_run()))
    works = next(b for b in blocks if isinstance(b, Bullets)).items
    assert works[0] == "Town, 2024 (source of the problem)."
    assert any(work.startswith("Owen, Art B. (2014): Sobol' indices and Shapley value.") for work in works)
    assert not any(re.search(r"[{}\\]", work) for work in works)


RUNS = {
    "published": published_run,
    "panel": panel_run,
    "illustrative": lambda: panel_run(illustrative=True),
    "panel without published tiers": lambda: panel_run(printed=(-1, -1, -1, -1)),
    "no groups but the tiers": lambda: published_run(
        drop=("second_panel", "sensitivity", "other_rules", "shocks", "belief_sensitivity", "register")
    ),
    "one alternative": lambda: published_run(
        p=[[0.7, 0.2, 0.1]], labels=("Only",), printed=(1,), law=(0,), shocks=shocks([[[0.5, 0.5, 0]]])
    ),
}


@pytest.mark.parametrize("make", RUNS.values(), ids=RUNS)
def test_every_kind_of_run_has_a_full_report_in_three_formats(make: Any) -> None:
    report = full(make())
    text = "\n".join(texts(report))
    assert not re.search(
        r"\bnan\b|\bNone\b(?! (of|crosses))|\{|\[\]|  |\bof 1 alternatives|\b1 (points|measures)\b", text
    )
    assert not re.search(r"Belarus|Minsk|sanction|Lukashenka", text)
    assert not re.search(r"\bexact(ly)?\b(?!, given the assumptions)", text, re.IGNORECASE)
    levels = [int(tag[1]) for tag, _ in Page(as_html(report)).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert as_pdf(report).startswith(b"%PDF")
    assert as_docx(report)[:2] == b"PK"


def test_tables_and_figures_are_numbered_as_they_are_read() -> None:
    for kind in (Grid, Picture):
        blocks = [b for _, s in full(published_run()).walk() for b in s.blocks if isinstance(b, kind)]
        assert [b.number for b in blocks] == list(range(1, len(blocks) + 1))


def test_synthetic_scores_are_marked_on_every_page_of_each_format() -> None:
    report = full(panel_run(illustrative=True))
    assert all(b.caption.startswith("ILLUSTRATIVE") for _, s in report.walk() for b in s.blocks if isinstance(b, Grid))
    html = as_html(report)
    assert re.search(r"@page \{[^}]*@top-center \{ content: \"ILLUSTRATIVE", html)
    assert "position: sticky" in html
    document = docx.Document(io.BytesIO(as_docx(report)))
    assert document.sections[0].header.paragraphs[0].text.startswith("ILLUSTRATIVE: synthetic scores")
    assert (
        '"mark": "ILLUSTRATIVE: synthetic scores, not anybody\'s judgement"' in sources(report)["report.json"].decode()
    )
    assert "ILLUSTRATIVE" not in as_html(full(panel_run()))


# -- PDF ---------------------------------------------------------------------------------------------------------------

PICTURE = Picture(1, "A caption", "What it shows", inline(SVG, "x"), b"", 100)


def test_a_pdf_is_tagged_as_accessible_and_says_its_language_and_title() -> None:
    content = as_pdf(full(published_run()))
    assert b"pdfuaid" in content
    assert b"/MarkInfo" in content
    assert b"/Lang" in content
    assert b"/DisplayDocTitle true" in content


def test_the_typesetters_checks_are_on() -> None:
    fine = Report("T", "S", "Q", "", (Section("H", (PICTURE,)),))
    assert as_pdf(fine)
    without = Report("T", "S", "Q", "", (Section("H", (Picture(1, "A caption", "", PICTURE.svg, b"", 100),)),))
    with pytest.raises(typst.TypstError, match="missing alt text"):
        as_pdf(without)


def pages(report: Report) -> int:
    found = typeset(sources(report), format="png", ppi=8)
    return len(found) if isinstance(found, list) else 1


@pytest.mark.parametrize("make", RUNS.values(), ids=RUNS)
def test_the_short_form_has_two_pages_at_most(make: Any) -> None:
    assert pages(build_report(make())) <= 2


def test_text_reaches_the_typesetter_as_data() -> None:
    files = sources(full(hostile()))
    assert files["main.typ"] == _TEMPLATE.read_bytes()
    assert b"<script>" in files["report.json"]
    assert all(max(map(len, re.findall(r"[^\s\u200b]+", value)), default=0) < 30 for value in _strings(files))


def _strings(files: Any) -> list[str]:
    import json

    def walk(data: Any) -> list[str]:
        if isinstance(data, str):
            return [data]
        items = [v for k, v in data.items() if k not in ("kind", "file")] if isinstance(data, dict) else data
        return [text for item in items for text in walk(item)] if isinstance(items, list) else []

    return walk(json.loads(files["report.json"]))


# -- Word, and its templates -------------------------------------------------------------------------------------------


def test_word_has_the_sections_as_headings_with_a_table_of_contents() -> None:
    report = full(published_run())
    document = docx.Document(io.BytesIO(as_docx(report)))
    wanted = [(f"Heading {level}", section.heading) for level, section in report.walk()]
    assert [(p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith("Heading")] == wanted
    instructions = [e.text for e in document.element.iter(qn("w:instrText"))]
    assert instructions == [' TOC \\o "1-2" \\h \\z ']
    marks = {e.get(qn("w:name")) for e in document.element.iter(qn("w:bookmarkStart"))}
    assert {e.get(qn("w:anchor")) for e in document.element.iter(qn("w:hyperlink"))} <= marks
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def house(path: Path, *, lacking: tuple[str, ...] = ()) -> Path:
    """A house template: red headings in Georgia, a letterhead, Letter paper, some styles taken out."""
    document = docx.Document()
    document.styles["Heading 1"].font.name = "Georgia"
    document.styles["Heading 1"].font.color.rgb = docx.shared.RGBColor(0xC0, 0, 0)
    document.sections[0].page_width = docx.shared.Mm(216)
    document.sections[0].different_first_page_header_footer = True
    document.sections[0].header.paragraphs[0].text = "Ministry"
    document.sections[0].first_page_header.paragraphs[0].text = "Letterhead"
    document.sections[0].footer.paragraphs[0].text = "Our footer"
    document.add_paragraph("Text of the template")
    for name in lacking:
        style = document.styles[name].element
        style.getparent().remove(style)
    document.save(str(path))
    return path


def test_a_house_template_gives_styles_page_and_letterhead_and_not_its_text(tmp_path: Path) -> None:
    content = as_docx(full(panel_run(illustrative=True)), house(tmp_path / "house.docx"))
    document = docx.Document(io.BytesIO(content))
    heading = document.styles["Heading 1"]
    assert (heading.font.name, str(heading.font.color.rgb)) == ("Georgia", "C00000")
    assert round(document.sections[0].page_width.mm) == 216
    assert "Text of the template" not in [p.text for p in document.paragraphs]
    assert document.sections[0].footer.paragraphs[0].text == "Our footer"
    for header, own in (
        (document.sections[0].header, "Ministry"),
        (document.sections[0].first_page_header, "Letterhead"),
    ):
        said = [p.text for p in header.paragraphs]
        assert said[0].startswith("ILLUSTRATIVE")
        assert said[1] == own


def test_styles_that_a_template_lacks_are_added(tmp_path: Path) -> None:
    lacking = ("Caption", "Subtitle", "List Bullet", "Table Grid", "Heading 3")
    template = house(tmp_path / "house.docx", lacking=lacking)
    document = docx.Document(io.BytesIO(as_docx(full(published_run()), template)))
    names = {style.name for style in document.styles}
    assert {*lacking, "Small Print", "Table Text", "Banner", "Lead"} <= names
    assert "Caption" in {p.style.name for p in document.paragraphs}
    assert {t.style.name for t in document.tables} == {"Table Grid"}


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "is not there; allowed: a Word file that ends in .docx"), (b"text", "is no Word document (.docx)")],
)
def test_a_template_that_is_no_word_file_is_refused_and_nothing_is_written(
    content: bytes | None, message: str, tmp_path: Path
) -> None:
    folder = stored(published_run(), tmp_path / "run")
    template = tmp_path / "house.docx"
    if content is not None:
        template.write_bytes(content)
    with pytest.raises(UsageError, match=re.escape(message)):
        write_report(folder, template=template)
    assert not list(folder.glob("report*"))


def test_a_form_or_a_template_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    folder = stored(published_run(), tmp_path / "run")
    with pytest.raises(UsageError, match="no report has the form 'long'; allowed: short, full"):
        write_report(folder, form="long")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="allowed with it: formats with docx"):
        write_report(folder, ["html"], template=house(tmp_path / "house.docx"))


# -- figures -----------------------------------------------------------------------------------------------------------


def test_ids_of_an_inline_figure_are_its_own() -> None:
    text = inline(SVG, "fig")
    assert re.findall(r' id="([^"]*)"', text) == ["fig-a", "fig-a-2"]
    assert "url(#fig-a)" in text
    assert 'xlink:href="#fig-a"' in text
    assert not re.search(r'"#a"|\(#a\)|width=', text)


@pytest.mark.parametrize(
    ("needs", "place"),
    [
        (["tiers/acceptability", "tiers/law"], "tiers"), (["tiers/law", "second_panel/survival"], "second_panel"),
        (["tiers/flip_probability | tiers/flip_distance"], "flips"), (["sweep_exit-lag/outcome_mean"], "simulation"),
    ],
)  # fmt: skip
def test_a_figure_stands_with_the_analysis_that_it_needs(needs: list[str], place: str) -> None:
    assert place_of(needs) == place


def test_a_figure_is_told_by_its_smallest_and_largest_number_and_where_they_are() -> None:
    import pandas as pd

    frame = pd.DataFrame(
        {"alternative": ["a", "a", "b", "b"], "tier": [1, 2, 1, 2], "p": [0.25, 0.75, 0.9, 0.1],
         "label": ["Mill", "Mill", "Gym", "Gym"], "measures": [1, 1, 3, 3]}
    )  # fmt: skip
    assert told(frame) == "The values shown of p lie between 0.1 (Gym, tier 2) and 0.9 (Gym, tier 1)."
    wide = data_grid(frame, "Numbers")
    assert wide.head == ("label", "p, tier 1", "p, tier 2")
    assert wide.rows == (("Mill", "0.25", "0.75"), ("Gym", "0.9", "0.1"))


@pytest.mark.parametrize("second", [[2.0, 1.0], ["y", "x"]])
def test_a_table_of_a_figure_has_every_number_beside_all_of_its_names(second: list[Any]) -> None:
    """Whatever tells its lines apart, words or numbers, in the figure's order."""
    import pandas as pd

    lines = [(label, other, tier) for label in ("Mill", "Gym") for other in second for tier in (1, 2)]
    frame = pd.DataFrame(lines, columns=["label", "other", "tier"]).assign(p=[k / 8 for k in range(8)])
    wide = data_grid(frame, "Numbers")
    assert wide.head == ("label", "other", "p, tier 1", "p, tier 2")
    told = [("Mill", 0), ("Mill", 1), ("Gym", 0), ("Gym", 1)]
    assert [(row[0], row[1]) for row in wide.rows] == [(name, f"{second[k]}".removesuffix(".0")) for name, k in told]
    assert [row[2:] for row in wide.rows] == [("0", "0.125"), ("0.25", "0.375"), ("0.5", "0.625"), ("0.75", "0.875")]


def test_a_full_report_has_the_same_bytes_twice(tmp_path: Path) -> None:
    def files(name: str) -> dict[str, bytes]:
        folder = stored(panel_run(illustrative=True), tmp_path / name)
        return {path.name: path.read_bytes() for path in write_report(folder, form="full")}

    first = files("a")
    assert first == files("b")
    assert set(first) == {"report-full.html", "report-full.pdf", "report-full.docx"}


@pytest.mark.slow
def test_a_full_report_has_every_figure_with_its_words_and_its_numbers() -> None:
    report = build_report(panel_run(illustrative=True), form="full", modules=shipped("figures"))
    assert as_pdf(report).startswith(b"%PDF")
    html = as_html(report)
    tags = Page(html).tags
    figures = [attrs for tag, attrs in tags if attrs.get("role") == "img"]
    assert len(figures) >= 6
    assert all(len(figure["aria-label"] or "") > 60 for figure in figures)
    assert sum(tag == "details" for tag, _ in tags) >= 5
    for grid in (picture.data for picture in report.pictures if picture.data is not None):
        assert all(any(cell != "\N{EN DASH}" for cell in row) for row in grid.rows), grid.caption
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), sorted(i for i in set(ids) if ids.count(i) > 1)
    assert {attrs.get("scope") for tag, attrs in tags if tag == "th"} == {"col", "row"}
    document = docx.Document(io.BytesIO(as_docx(report)))
    drawn = list(document.element.iter(qn("wp:docPr")))
    assert len(drawn) == len(figures)
    assert all(len(picture.get("descr")) > 60 for picture in drawn)


# -- hostile names -----------------------------------------------------------------------------------------------------


def hostile() -> Results:
    tiers = ((HOSTILE[0], True), (HOSTILE[1], True), ('#import "x.typ" $ * _ @ ` \\', False))
    run = panel_run(labels=HOSTILE[2:], tiers=tiers, printed=(2, 2, 2, 1))
    run["problem"]["paraphrase"] = ("alternative", [HOSTILE[0], HOSTILE[3], "#panic()", "\u202e\u05d0"])
    run["problem"]["article"] = ("alternative", ["=1+1", "$x$", "\\input{a}", "<b>"])
    return run


def test_hostile_names_come_out_as_text_in_three_formats() -> None:
    report = full(hostile())
    html = as_html(report)
    assert "<script" not in html
    assert "<b>" not in html
    assert "\u202e" not in html
    assert "#import &#34;x.typ&#34; $ * _ @ ` \\" in html
    document = docx.Document(io.BytesIO(as_docx(report)))
    said = "\n".join(p.text for p in document.paragraphs) + "\n".join(
        cell.text for table in document.tables for row in table.rows for cell in row.cells
    )
    assert '#import "x.typ" $ * _ @ ` \\' in said
    assert "#panic()" in said
    assert as_pdf(report).startswith(b"%PDF")
    assert max(map(len, texts(report))) < 4000


def test_hostile_names_can_be_read_in_the_pdf(needs: Any, tmp_path: Path) -> None:
    import subprocess

    program = needs.program("pdftotext")
    (tmp_path / "report.pdf").write_bytes(as_pdf(full(hostile())))
    found = subprocess.run([program, "-raw", str(tmp_path / "report.pdf"), "-"], capture_output=True, check=True)
    text = " ".join(found.stdout.decode("utf-8").split())
    for name in (
        '#import "x.typ" $ * _ @ ` \\',
        "#panic()",
        "<script>alert(1)</script>",
        "=1+1",
        "\\input{/etc/passwd}",
    ):
        assert name.replace(" ", "") in text.replace(" ", "").replace("\u200b", ""), name


def test_the_verdict_of_a_page_is_that_of_the_headline() -> None:
    material = Material(Subject(published_run()))
    for answer in answers(material):
        assert answer.varied is not None
        tier = next(f for f in material.found if f.tier == answer.published)
        assert tier.varied is not None
        assert fi.verdict(answer.varied) == fi.verdict(tier.varied)
