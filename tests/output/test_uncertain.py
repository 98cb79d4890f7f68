"""Tables, methods and figures of unsure rules, draws, dependent scores and convergence."""

from __future__ import annotations

import csv
import io
import re
import warnings
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from matplotlib.text import Text

from mcda.output import plots, selected, selected_uncertain
from mcda.output.gallery import figure_modules
from mcda.output.labels import factor_label, number_label
from mcda.output.methods import as_markdown
from mcda.output.references import as_bibtex, keys_for
from mcda.output.report.model import Bullets, Grid, Paragraph
from mcda.output.report.write import build_report
from mcda.output.results import Results
from mcda.output.sheets import Table, as_csv, as_tex
from mcda.output.subject import Subject
from mcda.output.tables import all_tables, write_tables
from mcda.output.wording import probability
from tests.output.made_results import P, ids, panel_run, published_run, stored
from tests.output.made_uncertain import (
    breakpoints_of,
    convergence_of,
    dependence_of,
    draws_of,
    rule_uncertainty_of,
)

LAW = (0, 1, 2, 1)
FIGURES = {figure.name: figure for figure in figure_modules(Path(__file__).parents[2] / "figures")}
NEW = ("rule_agreement", "open_points", "breakpoints", "dependence", "exact_against_sampled")
GROUPS = ("rule_uncertainty", "breakpoints", "dependence", "convergence", "draws")


def groups(law: tuple[int, ...] = LAW, *, panel: bool = False) -> dict[str, xr.Dataset]:
    rng, names = np.random.default_rng(5), ids(4)
    return {
        "rule_uncertainty": rule_uncertainty_of(rng, law, names, 3),
        "breakpoints": breakpoints_of(rng, law, names, 3, panel=panel),
        "dependence": dependence_of(rng, law, names, 3, panel=panel, factors=("cost", "need", "use")),
        "convergence": convergence_of(indices=panel),
        "draws": draws_of(np.array(P), names),
    }


def published() -> Results:
    return published_run(**groups())


def panel() -> Results:
    return panel_run(**groups((0, 1, 2, 3), panel=True))


def table(results: Results, name: str) -> Table:
    return next(t for t in all_tables(results) if t.name == name)


def read(table: Table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(table))))


# -- selections --------------------------------------------------------------------------------------------------------


def test_the_reference_moves_nothing_and_is_no_open_point() -> None:
    found = selected_uncertain.open_points(published())
    assert found["rule"].values.tolist() == ["veto", "text"]
    assert found["alternative"].values.tolist() == ["alt-0", "alt-1", "alt-2"]
    assert found["measures"].values.tolist() == [1, 2, 1]


def test_mean_and_quantiles_of_a_count_are_those_of_its_law() -> None:
    law = xr.DataArray(
        [[0.05, 0.05, 0.5, 0.3, 0.1], [1, 0, 0, 0, 0], [np.nan] * 5], dims=("rule", "member"),
        coords={"rule": ["a", "b", "c"], "member": np.arange(5)},
    )  # fmt: skip
    found = selected_uncertain.number_of_moved(law.to_dataset(name="number_moved"))
    assert found["number_mean"].values == pytest.approx([2.35, 0, np.nan], nan_ok=True)
    np.testing.assert_array_equal(found["number_low"].values, [1, 0, np.nan])
    np.testing.assert_array_equal(found["number_high"].values, [3, 0, np.nan])


def test_what_stands_is_the_printed_tier_or_the_most_probable_one() -> None:
    for found, group in (
        (selected_uncertain.breakpoints(published()), "breakpoints"),
        (selected_uncertain.dependence(published()), "dependence"),
    ):
        p = published()[group]["acceptability"]
        for name, tier in (("alt-0", 1), ("alt-1", 2), ("alt-2", 3)):
            own = found["standing"].sel(alternative=name)
            np.testing.assert_array_equal(own.values, p.sel(alternative=name, tier=tier).transpose(*own.dims).values)
    bare = panel_run(printed=(-1, 2, 3, 2), **groups((0, 1, 2, 3), panel=True))
    assert selected_uncertain.dependence(bare)["judged_tier"].sel(alternative="alt-0").item() == 1


def test_probabilities_behind_indices_are_over_all_rules_where_the_rule_is_a_factor() -> None:
    results = published()
    plain = selected.sensitivity(results)["probability"].sel(output="tier = 1")
    sensitivity = results["sensitivity"].assign(response_member=("factor", [0.0] * 3))
    mixed = selected.sensitivity(published_run(**{**groups(), "sensitivity": sensitivity}))["probability"]
    assert plain.values == pytest.approx([0.8, 0.2, 0.0])
    expected = results["rule_uncertainty"]["mixed"].isel(alternative=[0, 1, 2]).sel(tier=1)
    assert mixed.sel(output="tier = 1").values == pytest.approx(expected.values)


def test_numbers_of_a_rule_are_named_by_the_tiers_they_part() -> None:
    results = published()
    assert number_label(results, "cuts[0]") == "Cut between Now and Later"
    assert (
        number_label(results, "outside_split.cuts[0]") == "outside_split.cuts[0]"
    )  # one outside tier: nothing to part
    assert number_label(results, "veto").startswith("Veto")
    assert factor_label(results, "cost") == "Cost (cost)"
    assert factor_label(results, "rule") == "Reading of the rule"


# -- tables ------------------------------------------------------------------------------------------------------------


def test_rules_have_a_line_each_with_what_they_change() -> None:
    rows = {row["rule"]: row for row in read(table(published(), "rules"))}
    assert list(rows) == ["reference", "veto", "text", "plain", "inside"]
    group = published()["rule_uncertainty"]
    mean = group["agreement_mean"]
    assert float(rows["text"]["agreement"]) == mean.sel(rule="reference", other="text").item()
    assert float(rows["text"]["agreement_back"]) == mean.sel(rule="text", other="reference").item()
    assert [float(rows[r]["weight"]) for r in ("reference", "veto", "text")] == [0.5, 0.3, 0.2]
    assert [float(rows[r]["number_mean"]) for r in ("reference", "veto", "text")] == [0, 0.5, 1.5]
    assert (rows["plain"]["weight"], rows["plain"]["form"], rows["text"]["form"]) == ("", "difference", "")
    assert rows["veto"]["form"] == "difference"
    assert "stands in the problem's file (roofs)" in table(published(), "rules").note


def test_rules_without_weights_are_as_they_were() -> None:
    found = table(published_run(), "rules")
    assert [c.name for c in found.columns] == ["rule", "form", "zero", "cuts", "weights"]
    assert found.note == ""


def test_an_unsure_rule_has_a_line_for_each_distinct_belief() -> None:
    rows = read(table(published(), "rule-uncertainty"))
    group = published()["rule_uncertainty"]
    assert [(row["first"], row["count"]) for row in rows] == [("alt-0", "1"), ("alt-1", "2"), ("alt-2", "1")]
    assert float(rows[1]["p_tier_3"]) == group["mixed"].values[1, 2]
    assert float(rows[1]["unchanged"]) == pytest.approx(group["unchanged"].values[1])
    assert float(rows[1]["drawn_weights_moved"]) == pytest.approx(group["drawn_weights_moved"].values[[1, 3]].mean())
    bounds = published()["breakpoints"].sel(parameter="veto", alternative="alt-2")
    assert float(rows[2]["stands_from_veto"]) == bounds["stands_from"]
    assert float(rows[2]["stands_to_veto"]) == bounds["stands_to"]


def test_an_unsure_rule_without_breakpoints_or_drawn_weights_has_no_such_columns() -> None:
    sure = rule_uncertainty_of(np.random.default_rng(5), LAW, ids(4), 3, drawn=False)
    found = table(published_run(rule_uncertainty=sure), "rule-uncertainty")
    assert [c.name for c in found.columns][-2:] == ["keeps_modal", "unchanged"]


def test_a_panels_breakpoints_have_the_interval_of_its_mean_scores() -> None:
    rows = read(table(panel(), "breakpoints"))
    assert len(rows) == 4 * 3
    assert (rows[0]["point_tier"], rows[3]["point_tier"], rows[0]["point_interval"]) == ("", "2", "(-inf, 4]")
    assert "point_interval" not in read(table(published(), "breakpoints"))[0]


def test_draws_stand_beside_sums_for_every_alternative() -> None:
    found = table(published(), "draws")
    rows = read(found)
    assert len(rows) == 4 * 3
    own = next(row for row in rows if (row["first"], row["tier"]) == ("alt-3", "2"))
    assert (own["belief"], own["count"]) == ("2", "1")
    assert [float(own[k]) for k in ("share", "low", "high", "exact")] == pytest.approx([0.601, 0.591, 0.611, 0.6])
    assert "chi-square 9.5 on 8 degrees of freedom, p = 0.30" in found.note


def test_draws_without_sums_are_empty_with_the_reason() -> None:
    found = table(published_run(draws=draws_of(np.array(P), ids(4), declined="10^9 cells")), "draws")
    assert {row["exact"] for row in read(found)} == {""}
    assert found.note == "No sums (empty): 10^9 cells"


def test_statements_have_a_line_each_and_are_no_formula() -> None:
    rows = read(table(published(), "statements"))
    assert [row["statement"] for row in rows] == ["at least 2 in tiers 1", "'=all in tier 2"]
    assert [float(row["exact"]) for row in rows] == [0.25, 0.75]
    none = groups()["draws"].isel(statement=[])
    assert "statements" not in [t.name for t in all_tables(published_run(draws=none))]


def test_dependence_has_a_line_for_each_belief_kind_and_loading() -> None:
    rows = read(table(published(), "dependence"))
    assert len(rows) == 3 * 2 * 3
    p = published()["dependence"]["acceptability"].sel(setting="valence", loading=0.9, alternative="alt-2")
    own = next(r for r in rows if (r["first"], r["setting"], r["loading"]) == ("alt-2", "valence", "0.9"))
    assert [float(own[f"p_tier_{t}"]) for t in (1, 2, 3)] == p.values.tolist()
    names = {t.name for t in all_tables(published())}
    assert "dependence-indices" not in names
    indices = read(table(panel(), "dependence-indices"))
    assert len(indices) == 2 * 3
    assert (indices[1]["factor_label"], indices[1]["label"]) == ("Need", "North school")


def test_convergence_has_a_line_for_each_number_of_draws_and_each_design() -> None:
    rows = read(table(panel(), "convergence"))
    assert [row["draws"] for row in rows] == ["1000", "10000", "100000"]
    indices = read(table(panel(), "convergence-indices"))
    assert len(indices) == 3 * 2 * 2
    own = next(r for r in indices if (r["index"], r["points"], r["size"]) == ("shapley", "sobol", "4000"))
    assert float(own["index_error"]) == panel()["convergence"]["index_error"].values[1, 1, 2]
    assert "convergence-indices" not in {t.name for t in all_tables(published())}


def test_exact_never_stands_alone_in_these_tables_either() -> None:
    for results in (published(), panel()):
        for found in all_tables(results):
            for said in (found.note, found.title, *(c.meaning for c in found.columns)):
                assert "exact" not in said.replace("exact, given the assumptions", "")
            assert as_tex(found)


def test_these_tables_are_written_in_every_format(tmp_path: Path) -> None:
    written = {path.name for path in write_tables(stored(panel(), tmp_path))}
    for name in ("rules", "rule-uncertainty", "breakpoints", "draws", "statements", "dependence", "convergence"):
        assert {f"{name}.csv", f"{name}.tex"} <= written


# -- methods -----------------------------------------------------------------------------------------------------------

HEADS = {
    "rule_uncertainty": "## An unsure rule", "breakpoints": "## Breakpoints", "draws": "## Draws",
    "dependence": "## Scores that go together", "convergence": "## Convergence",
}  # fmt: skip


@pytest.mark.parametrize("name", GROUPS)
def test_only_what_ran_is_described(name: str) -> None:
    text = as_markdown(Subject(published_run(**{name: groups()[name]})))
    assert [head for head in HEADS.values() if head in text] == [HEADS[name]]


def test_methods_name_what_the_numbers_rest_on_and_cite_it() -> None:
    subject = Subject(panel())
    text = as_markdown(subject)
    for said in (
        "one of 3 readings", "concentration 10", "1,000 draws", "1,000 to 100,000 draws", "Philox4x32-10", "seed 7",
        "at most 32 nodes", "loading of 0.5", "`cuts[0]`", "$\\chi^2 = 9.5$ on 8 degrees",
    ):  # fmt: skip
        assert said in text
    new = {"salmon2011", "clopper1934", "joe2014", "jansen1999", "saltelli2010", "owen2014"}
    assert new <= set(keys_for(subject))
    assert all(f"@{key}" in text for key in keys_for(subject) if key in new)
    assert as_bibtex(subject).count("@inproceedings{salmon2011") == 1
    assert not {"salmon2011", "clopper1934", "joe2014", "jansen1999"} & set(keys_for(Subject(panel_run())))


def test_printed_tiers_say_that_agreement_has_two_directions() -> None:
    assert "two directions" in as_markdown(Subject(published()))
    assert "two directions" not in as_markdown(Subject(panel()))


# -- figures -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NEW)
@pytest.mark.parametrize("results", [published(), panel()], ids=["published", "panel"])
def test_figures_draw_without_a_warning(name: str, results: Results) -> None:
    assert not FIGURES[name].missing(results)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        FIGURES[name].draw(results)
        assert len(FIGURES[name].data(results)) > 0


@pytest.mark.parametrize(
    ("name", "need"),
    [
        ("rule_agreement", "rule_uncertainty/agreement_mean"), ("open_points", "rule_uncertainty/moved"),
        ("breakpoints", "breakpoints/acceptability"), ("dependence", "dependence/acceptability"),
        ("exact_against_sampled", "convergence/error_rms"),
    ],
)  # fmt: skip
def test_what_a_figure_lacks_is_named(name: str, need: str) -> None:
    assert need in FIGURES[name].missing(published_run())


def test_a_declined_analysis_draws_no_figure() -> None:
    declined = published_run(rule_uncertainty=xr.Dataset(attrs={"declined": "too large"}))
    assert FIGURES["open_points"].missing(declined)
    assert "rule-uncertainty" not in {t.name for t in all_tables(declined)}
    assert "An unsure rule" not in as_markdown(Subject(declined))


def test_the_agreement_matrix_writes_every_number_and_every_weight() -> None:
    fig = plots.rule_agreement(published())
    (ax, _) = fig.axes
    values = published()["rule_uncertainty"]["agreement_mean"].values
    assert [t.get_text() for t in ax.texts] == [f"{x:.2f}" if x < 1 else "1" for x in values.ravel()]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["reference (0.50)", "veto (0.30)", "text (0.20)"]


def test_a_rule_that_is_too_large_to_compare_has_no_number() -> None:
    group = groups()["rule_uncertainty"]
    group["number_moved"][2] = np.nan
    group["agreement_mean"][0, 2] = np.nan
    group["moved"][2] = np.nan
    results = published_run(rule_uncertainty=group)
    above = plots.open_points(results).axes[0]
    assert [t.get_text() for t in above.texts] == ["0.5 (0 to 1)"]
    assert len([p for p in plots.rule_agreement(results).axes[0].patches if p.get_hatch()]) == 1


def test_a_number_that_moves_no_tier_leaves_its_line_grey() -> None:
    group = groups()["breakpoints"]
    p = group["acceptability"].values
    p[0, :, 0] = p[0, 0, 0]
    fig = plots.breakpoints(published_run(breakpoints=group))
    grey = [line for line in fig.axes[0].get_lines() if line.get_color() == "#9A9A9A"]
    assert len(grey) == 1
    assert np.ptp(grey[0].get_ydata()) == 0


def test_the_small_print_says_what_was_drawn_and_what_came_by_quadrature() -> None:
    feet = {
        name: next(t for t in FIGURES[name].draw(panel()).findobj(Text) if t.get_gid() == "foot").get_text()
        for name in ("dependence", "exact_against_sampled")
    }
    assert feet["dependence"].startswith("By quadrature, numerical error below 1e-9; given the assumptions")
    assert feet["exact_against_sampled"].startswith("Drawn; errors are from sums that are exact, given the assumptions")


# -- the report --------------------------------------------------------------------------------------------------------


def report_text(results: Results) -> str:
    """All sentences and cells of a report."""
    blocks = [block for section in build_report(results).sections for block in section.blocks]
    texts = [b.text for b in blocks if isinstance(b, Paragraph)]
    texts += [item for b in blocks if isinstance(b, Bullets) for item in b.items]
    return "\n".join(texts + [" | ".join(row) for b in blocks if isinstance(b, Grid) for row in b.rows])


def test_the_report_tells_what_open_points_move_and_what_holds_at_once() -> None:
    """The numbers are those of the groups, rounded; the reading that moves most stands first."""
    results = published()
    text = report_text(results)
    group = results["rule_uncertainty"]
    mean = (group["number_moved"] * group["member"]).sum("member")
    assert "3 readings of the rule have declared weights, the one used above 0.50." in text
    for rule in ("veto", "text"):
        assert re.search(rf"{rule} \| .* \| {float(mean.sel(rule=rule)):.1f} \(", text), rule
    assert "Dirichlet, concentration 10" in text
    exact = float(results["draws"]["statement_exact"][0])
    assert f"probability {probability(exact)}, exact, given the assumptions." in text


def test_the_report_says_leniency_and_valence_in_words() -> None:
    text = report_text(published())
    assert "all scores go up together (leniency)" in text
    assert "those for go up where those against go down (valence)" in text


def test_a_report_without_these_analyses_has_no_such_sections() -> None:
    headings = [section.heading for section in build_report(published_run()).sections]
    assert not {"If the rule itself is not sure", "Several at once"} & set(headings)
