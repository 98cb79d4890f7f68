"""The explorer in a real browser: opened from disk, it computes, asks nobody, can be operated, and keeps its word."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest

import mcda
from mcda.errors import UsageError
from mcda.output.explorer import embedded, explorer_page, page_data
from mcda.output.results import open_results
from mcda.study.explorer import CASES, saving, write_explorer
from mcda.study.store import write_results

from .explored_runs import HOSTILE, finished, hostile
from .made_results import published_run, stored
from .made_simulation import simulation_of

pytestmark = pytest.mark.filterwarnings("default::ResourceWarning")

Open = Callable[..., Any]

SHOCK = 'shocks=[{name: thaw, label: "Hard frost", moves: {cost: 1, decay: 2}, basis: illustrative}]'
#: What-if scores of a bridge, each with a spread, under a rule of one's own.
WHAT_IF = "s.mill-bridge=2.5~1,3~0.25,4.2~1.5,3~2"
RULE = f"r.tie={quote(json.dumps('larger'))}&r.cuts={quote('[2.5]')}"


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run about six bridges, three inspectors, and a shock; with a simulation's shares beside it."""
    experiment = mcda.load_experiment("bridge-repairs", settings=[SHOCK])
    folder = tmp_path_factory.mktemp("panel") / "run"
    return finished(experiment, folder, "tiers", "shocks", "sensitivity")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run about the bridges' printed tiers."""
    folder = tmp_path_factory.mktemp("published")
    question = "format: mcda-experiment-1\nid: printed\nquestion: Sure?\nproblem: bridge-repairs\n"
    text = question + "beliefs: {kind: published-tiers}\nsecond_panel: {reference_sd: 1, basis: lever}\n"
    (folder / "printed.yaml").write_text(text, "utf-8")
    return finished(mcda.load_experiment(folder / "printed.yaml", settings=[SHOCK]), folder / "run", "tiers", "shocks")


@pytest.fixture(scope="module")
def panel_page(panel: Path) -> Path:
    return write_explorer(panel)


@pytest.fixture(scope="module")
def published_page(published: Path) -> Path:
    return write_explorer(published)


@pytest.fixture(scope="module")
def hostile_page(panel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_explorer(hostile(panel, tmp_path_factory.mktemp("hostile")))


@pytest.fixture(scope="module")
def simulated(panel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The panel's run with a made simulation beside it, and its page."""
    return with_simulation(panel, tmp_path_factory.mktemp("simulated"))


@pytest.fixture
def opened(chromium: Any) -> Iterator[Open]:
    """Open a run's page from disk; at the end nothing may have been asked for or complained of."""
    contexts: list[Any] = []
    said: list[str] = []
    asked: list[str] = []
    files: set[str] = set()

    def open_page(path: Path, fragment: str = "", *, width: int = 1280, scheme: str = "light") -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        files.add(path.as_uri())
        page.goto(path.as_uri() + fragment)
        until(page, "Boolean(window.explorer?.solved)")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []
    assert {url.partition("#")[0] for url in asked if not url.startswith("blob:")} <= files


def until(page: Any, condition: str) -> None:
    """Wait until a condition holds (not with the driver's own means, which evaluate text in the page)."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never held: {condition}")


def settled(page: Any) -> None:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def slide(page: Any, slider: str, value: float) -> None:
    script = "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }"
    page.locator(f"#{slider}").evaluate(script, str(value))
    settled(page)


def shown(page: Any, alternative: str) -> np.ndarray:
    return np.array(page.evaluate("(id) => window.explorer.shown[id].tiers", alternative))


def saved(page: Any, folder: Path) -> Any:
    """Press the button, and load the file as `mcda run` does."""
    with page.expect_download() as waiting:
        page.click("#save")
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return mcda.load_experiment(path)


def run_says(experiment: Any, group: str, alternative: str, **where: Any) -> np.ndarray:
    found = mcda.analyse(experiment, group)["acceptability"].sel(alternative=alternative, **where)
    return np.asarray(found.values)


# -- the file ----------------------------------------------------------------------------------------------------------


def test_the_page_is_the_same_file_twice(panel: Path, tmp_path: Path) -> None:
    first, again = write_explorer(panel), write_explorer(panel, tmp_path / "again.html")
    assert first == panel / "explorer.html"
    assert first.read_bytes() == again.read_bytes()


def test_the_page_allows_itself_its_own_script_and_style_alone(panel: Path) -> None:
    text = write_explorer(panel).read_text("utf-8")
    policy = text.partition('http-equiv="Content-Security-Policy" content="')[2].partition('"')[0].replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert not any(word in text for word in ("<script src", "<link", "@import", "url(http", " onclick="))


def test_data_can_hide_no_tag_and_no_line_end() -> None:
    text = embedded({"a": "</script><!--\u2028\u2029&", "b": [1.5, None, True]})
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == {"a": "</script><!--\u2028\u2029&", "b": [1.5, None, True]}


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder / "nowhere", "is no finished run: no such folder"),
        (lambda folder: folder, "it has no results.nc \\(unfinished runs have none\\)"),
        (lambda folder: stored(published_run(), folder), "stores no beliefs, so there is nothing to compute with"),
    ],
)
def test_what_cannot_be_explored_is_said(make: Callable[[Path], Path], said: str, tmp_path: Path) -> None:
    folder = make(tmp_path)
    with pytest.raises(UsageError, match=said):
        write_explorer(folder)
    assert not list(tmp_path.rglob("explorer.html"))


def test_a_folder_is_no_file_to_write(panel: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a folder; allowed: the name of a file to write"):
        write_explorer(panel, tmp_path)


# -- what it says ------------------------------------------------------------------------------------------------------


def test_it_opens_with_what_the_run_says(
    panel: Path, published: Path, panel_page: Path, published_page: Path, opened: Open
) -> None:
    for run, path in ((panel, panel_page), (published, published_page)):
        page = opened(path)
        stored_p = open_results(run)["tiers"]["acceptability"]
        first = str(stored_p["alternative"].values[0])
        assert shown(page, first) == pytest.approx(stored_p.sel(alternative=first).values, abs=1e-9)


def test_an_illustrative_run_carries_its_banner_and_no_other(
    panel: Path, panel_page: Path, opened: Open, tmp_path: Path
) -> None:
    assert opened(panel_page).locator("#banner").is_visible()
    data = page_data(open_results(panel), saving(panel, open_results(panel)))
    data["run"]["illustrative"] = False
    (tmp_path / "real.html").write_text(explorer_page(data), "utf-8")
    assert not opened(tmp_path / "real.html").locator("#banner").is_visible()


def test_one_slider_recomputes_one_measure(panel_page: Path, opened: Open) -> None:
    page = opened(panel_page, "#m=mill-bridge&pins=new-bridge,forest-bridge")
    assert page.evaluate("window.explorer.solved") == 3
    before = page.evaluate("window.explorer.solved")
    slide(page, "score-0", 4.5)
    assert page.evaluate("window.explorer.solved") == before + 1
    slide(page, "score-0", 4.5)
    assert page.evaluate("window.explorer.solved") == before + 1


def test_leaving_the_printed_tiers_is_said_and_undone(published_page: Path, opened: Open) -> None:
    page = opened(published_page)
    first = page.evaluate("document.getElementById('measures').value")
    before = shown(page, first)
    assert not page.locator("#back").is_visible()
    slide(page, "score-1", 4)
    assert "what if experts had scored it so" in page.inner_text("#summary")
    assert page.inner_text("#back") == "Back to what the paper says"
    page.click("#back")
    settled(page)
    assert "a second panel scored again" in page.inner_text("#summary")
    assert shown(page, first) == pytest.approx(before, abs=0)


def test_by_construction_a_printed_tier_is_its_own(published_page: Path, opened: Open) -> None:
    page = opened(published_page, "#sd=0")
    assert "True by construction" in page.inner_text("#summary")


def test_cuts_stop_at_the_next_cut(published_page: Path, opened: Open) -> None:
    page = opened(published_page, "#r.reading=%22text%22&r.cuts=[5,2,-2]")
    slide(page, "rule-cuts-1", 30)
    assert page.input_value("#rule-cuts-1") == "2"


def test_the_address_restores_everything(panel_page: Path, opened: Open) -> None:
    page = opened(panel_page, f"#m=mill-bridge&{WHAT_IF}&{RULE}&shock=thaw~2&pins=new-bridge")
    again = opened(panel_page, "#" + page.evaluate("location.hash").removeprefix("#"))
    assert again.evaluate("location.hash") == page.evaluate("location.hash")
    for name in ("mill-bridge", "new-bridge"):
        assert shown(again, name) == pytest.approx(shown(page, name), abs=0)
    assert again.inner_text("#summary") == page.inner_text("#summary")


def test_an_address_that_makes_no_sense_is_passed_over(panel_page: Path, opened: Open) -> None:
    bad = "#m=nobody&pins=x,y&s.mill-bridge=99~1,a,b&r.cuts=[9,9,9]&r.form=%22{&shock=thaw~7&sd=-1&of=<b>&t.month=1e9"
    plain, odd = opened(panel_page), opened(panel_page, bad)
    assert odd.inner_text("#summary") == plain.inner_text("#summary")


@pytest.mark.parametrize(
    "rule",
    [
        {"veto": "4"}, {"veto": True}, {"form": "__proto__"}, {"form": "constructor"}, {"zero": ["inside"]},
        {"bands": 0}, {"split": {"by": "constructor", "cuts": [1]}}, {"split": {"by": "first", "cuts": ["3"]}},
        {"cuts": {"length": 1}},
    ],
)  # fmt: skip
def test_a_rule_of_another_shape_is_passed_over(rule: dict[str, Any], panel_page: Path, opened: Open) -> None:
    words = "&".join(f"r.{key}={quote(json.dumps(value))}" for key, value in rule.items())
    page = opened(panel_page, f"#{words}")
    assert not page.evaluate("State.ruleMoved()")
    assert page.locator("#save").is_enabled()


def test_numbers_of_an_address_stand_on_their_sliders_steps(panel_page: Path, opened: Open, tmp_path: Path) -> None:
    fine = "s.mill-bridge=2.512345678~1.01,3~0.25,4.2~1.5,3~2&r.cuts=[2.512345678]"
    page = opened(panel_page, f"#m=mill-bridge&{fine}")
    assert page.evaluate("State.now.edits['mill-bridge']") == {"scores": [2.5, 3, 4.2, 3], "spreads": [1, 0.25, 1.5, 2]}
    found = run_says(saved(page, tmp_path), "tiers", "mill-bridge")
    assert found == pytest.approx(shown(page, "mill-bridge"), abs=1e-9)


def test_what_could_not_be_solved_is_not_saved(panel_page: Path, opened: Open) -> None:
    page = opened(panel_page)
    page.evaluate("() => { State.solve = () => { throw new Error('too large'); }; }")
    slide(page, "score-0", 4.5)
    assert all(page.locator(f"#{button}").is_disabled() for button in ("save", "png", "csv"))
    assert "can't be computed" in page.inner_text("#saving")


# -- what can be taken along -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fragment", [WHAT_IF, f"{WHAT_IF}&{RULE}", f"{WHAT_IF}&r.veto=4"])
def test_a_saved_experiment_gives_the_shown_numbers(
    fragment: str, panel_page: Path, opened: Open, tmp_path: Path
) -> None:
    page = opened(panel_page, f"#m=mill-bridge&{fragment}")
    experiment = saved(page, tmp_path)
    assert run_says(experiment, "tiers", "mill-bridge") == pytest.approx(shown(page, "mill-bridge"), abs=1e-9)
    assert experiment.illustrative
    theirs = mcda.analyse(experiment, "sensitivity")["shapley"].sel(alternative="mill-bridge", output="ordinal")
    ours = page.evaluate(
        "(({ outputs, shapley }) => shapley[outputs.indexOf('ordinal')])(window.explorer.shown['mill-bridge'])"
    )
    assert theirs.values == pytest.approx(ours, abs=1e-9)


def test_a_saved_shock_gives_the_shown_numbers(panel_page: Path, opened: Open, tmp_path: Path) -> None:
    page = opened(panel_page, f"#m=mill-bridge&{WHAT_IF}&shock=thaw~2")
    found = run_says(saved(page, tmp_path), "shocks", "mill-bridge", shock="explored")
    assert found == pytest.approx(shown(page, "mill-bridge"), abs=1e-9)


def test_a_saved_panel_is_the_runs_own(panel_page: Path, opened: Open, tmp_path: Path) -> None:
    page = opened(panel_page, f"#m=new-bridge&{RULE}")
    found = run_says(saved(page, tmp_path), "tiers", "new-bridge")
    assert found == pytest.approx(shown(page, "new-bridge"), abs=1e-9)


@pytest.mark.parametrize(
    ("fragment", "group", "where"),
    [
        ("sd=1.5", "tiers", {}),
        (f"sd=0&{RULE}", "other-rules", {"rule": "explored"}),
        ("sd=0&shock=thaw~1", "shocks", {"shock": "explored"}),
    ],
)
def test_a_saved_question_about_printed_tiers_gives_the_shown_numbers(
    fragment: str, group: str, where: dict[str, str], published_page: Path, opened: Open, tmp_path: Path
) -> None:
    page = opened(published_page, f"#m=valley-bridge&{fragment}")
    found = run_says(saved(page, tmp_path), group, "valley-bridge", **where)
    assert found == pytest.approx(shown(page, "valley-bridge"), abs=1e-9)


def test_what_no_experiment_can_ask_is_not_saved_and_said(published_page: Path, opened: Open) -> None:
    page = opened(published_page, f"#m=valley-bridge&{RULE}")
    assert page.locator("#save").is_disabled()
    assert "Put the second panel's error to 0" in page.inner_text("#saving")


#: What else a run may rest on, as its experiment says it, and the alternative whose numbers it moves.
MEAN = (
    "beliefs={kind: panel, panel: inspectors.csv, pool: panel-mean, experts: EXPERTS, illustrative: true, "
    "basis: lever}"
)
CELL = "override_cells=[{expert: Ada, alternative: mill-bridge, criterion: cost, score: 5, basis: lever}]"
PRINTED = "beliefs={kind: published-tiers}"
OWN = "rules={mine: {like: reference, cuts: [2.5], basis: lever}}"
REFLECTED = "second_panel={reference_sd: 1.5, ends: reflect, basis: lever}"


@pytest.mark.parametrize(
    ("settings", "fragment", "where"),
    [
        ([PRINTED, REFLECTED], "", {}),
        ([CELL], "", {}),
        ([MEAN.replace("EXPERTS", "resampled")], "", {}),
        ([OWN, "rule=mine"], "", {}),
        ([OWN.replace("mine", "explored"), "rule=explored", PRINTED], f"sd=0&{RULE}", {"rule": "explored-2"}),
    ],
)
def test_a_saved_experiment_names_all_that_the_run_rests_on(
    settings: list[str], fragment: str, where: dict[str, str], opened: Open, tmp_path: Path
) -> None:
    run = finished(mcda.load_experiment("bridge-repairs", settings=settings), tmp_path / "run", "tiers")
    page = opened(write_explorer(run), f"#m=mill-bridge&{fragment}")
    found = run_says(saved(page, run), "other-rules" if where else "tiers", "mill-bridge", **where)
    assert found == pytest.approx(shown(page, "mill-bridge"), abs=1e-9)


def test_a_problem_with_another_file_of_its_own_is_named_by_its_path(panel: Path, tmp_path: Path) -> None:
    shutil.copytree(CASES / "eu-belarus-2025", tmp_path / "inputs")
    results = open_results(panel)
    results["problem"].attrs["id"] = "eu-belarus-2025"
    assert saving(tmp_path, results)["problem"] == "eu-belarus-2025"
    with (tmp_path / "inputs" / "measures.yaml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert saving(tmp_path, results)["problem"] == "inputs/problem.yaml"


def test_csv_holds_the_shown_numbers_and_no_formula(hostile_page: Path, opened: Open, tmp_path: Path) -> None:
    page = opened(hostile_page, "#m=harbour-bridge")
    with page.expect_download() as waiting:
        page.click("#csv")
    waiting.value.save_as(tmp_path / "explored.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "explored.csv").read_text("utf-8-sig"))))
    p = [float(row["value"]) for row in rows if row["quantity"] == "acceptability"]
    assert p == pytest.approx(shown(page, "harbour-bridge"), abs=1e-15)
    assert rows[0]["label"] == f"'{HOSTILE[3]}"
    assert {row["quantity"] for row in rows} >= {
        "first_order",
        "total_order",
        "shapley",
        "response",
        "flip_distance_l1",
    }


def test_png_has_the_charts(panel_page: Path, opened: Open, tmp_path: Path) -> None:
    page = opened(panel_page)
    with page.expect_download() as waiting:
        page.click("#png")
    waiting.value.save_as(tmp_path / "explored.png")
    content = (tmp_path / "explored.png").read_bytes()
    assert content.startswith(b"\x89PNG")
    assert int.from_bytes(content[16:20]) == 1800
    assert len(content) > 30_000


# -- months ------------------------------------------------------------------------------------------------------------


def test_months_are_played_and_the_policy_switched(simulated: Path, opened: Open) -> None:
    page = opened(simulated / "explorer.html", "#m=new-bridge")
    share = open_results(simulated)["simulation"]["status_share"]
    page.select_option("#t-policies", str(share["policy"].values[1]))
    slide(page, "month", 3)
    at = share.isel(assumptions=0, scenario=0, policy=1).sel(alternative="new-bridge").isel(month=3)
    page_says = page.evaluate(
        "[0, 1, 2, 3].map((s) => Timeline.share(Data.simulation.groups[0].alternatives.indexOf('new-bridge'), s, 3))"
    )
    assert page_says == pytest.approx(at.values, abs=1e-5)
    page.click("#play")
    until(page, "Number(document.getElementById('month').value) > 3")
    page.click("#play")
    assert page.inner_text("#play") == "Play"


def with_simulation(run: Path, folder: Path) -> Path:
    """A copy of a run with a made simulation beside it."""
    results = open_results(run)
    made = simulation_of(np.random.default_rng(1), [1, 2, 3, 4, 1, 2], list(results["problem"]["alternative"].values))
    write_results(folder / "results.nc", {**{name: results[name] for name in results}, **made}, results.attributes)
    write_explorer(folder)
    return folder


# -- for everybody -----------------------------------------------------------------------------------------------------


def test_hostile_names_come_out_as_text(hostile_page: Path, opened: Open, tmp_path: Path) -> None:
    page = opened(hostile_page, f"#{WHAT_IF}&shock=thaw~1&m=mill-bridge")
    assert page.evaluate("window.harmed") is None
    assert page.locator("main script, main img").count() == 0
    assert HOSTILE[0] in page.inner_text("#cards")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert HOSTILE[1].split()[0] in saved(page, tmp_path).shocks[0].label


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (1280, "light"), (390, "dark"), pytest.param(390, "light", marks=pytest.mark.slow),
        pytest.param(1280, "dark", marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_axe_finds_no_violation(width: int, scheme: str, simulated: Path, opened: Open, needs: Any) -> None:
    axe = needs.module("axe_playwright_python.sync_playwright").Axe()
    words = f"#m=mill-bridge&{WHAT_IF}&pins=new-bridge"
    page = opened(simulated / "explorer.html", words, width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = axe.run(page)
    assert [v["id"] + ": " + v["nodes"][0]["html"][:200] for v in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_everything_can_be_done_with_the_keyboard(panel_page: Path, opened: Open) -> None:
    page = opened(panel_page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    page.focus("#search")
    page.keyboard.type("harbour")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    settled(page)
    assert page.input_value("#measures") == "harbour-bridge"
    page.focus("#score-0")
    value = float(page.input_value("#score-0"))
    page.keyboard.press("ArrowRight")
    settled(page)
    assert float(page.input_value("#score-0")) == pytest.approx(value + 0.1)
    assert page.get_attribute("#score-0", "aria-valuetext") == page.inner_text("#score-0 >> xpath=../output")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.focus("#pin")
    page.keyboard.press("Enter")
    settled(page)
    assert page.get_attribute("#pin", "aria-pressed") == "true"
    until(page, "document.getElementById('live').textContent.includes('Harbour')")
