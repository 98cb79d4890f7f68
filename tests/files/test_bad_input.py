"""Wrong files and wrong words end in exit code 2 and one message each, with nothing left behind (see `bad_files`).

``python -m tests.files.test_bad_input`` writes `docs/bad-input.md` anew.
"""

from __future__ import annotations

import contextlib
import html
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from mcda.cli import main
from mcda.files.check import FORMATS, check_file
from mcda.files.experiment import read_experiment
from mcda.files.problem import load_problem
from tests.house.test_lazy import HEAVY, loaded_by

from . import bad_roadmaps
from .bad_files import STUDY, TABLE, Bad, lay_out

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "bad-input.md"


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str


def said(*arguments: str) -> Said:
    """Run the command in this process."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(list(arguments))
        except SystemExit as end:
            code = int(end.code or 0)
    return Said(code, out.getvalue(), err.getvalue())


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study without mistakes, in which the command is run."""
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def wrong(bad: Bad, folder: Path) -> int:
    """Make a study wrong; return the line of the mistake."""
    bad.change(folder / bad.file)
    return bad.line(folder)


def mistake_in(err: str, bad: Bad, line: int) -> str:
    """Return the line of standard error that tells of a mistake."""
    place = f"{bad.told_in or bad.file}:{line}:"
    start = f"{place} {bad.key}: " if bad.key else f"{place} "
    found = [text for text in err.splitlines() if text.startswith(start) and all(word in text for word in bad.words)]
    assert len(found) == 1, f"not told: {start}... {bad.words}\n{err[:2000]}"
    return found[0]


# -- files -------------------------------------------------------------------------------------------------------------


def test_the_study_has_no_mistakes_before_one_is_made(study: Path) -> None:
    assert said("check", *STUDY) == Said(0, "".join(f"{name}: fine\n" for name in STUDY), "")


def test_there_are_many_kinds_and_no_two_are_the_same() -> None:
    assert len({bad.kind for bad in TABLE}) == len(TABLE) >= 45
    assert len({bad.words for bad in TABLE}) >= 0.95 * len(TABLE)


@pytest.mark.parametrize("bad", TABLE, ids=lambda bad: bad.kind)
def test_check_tells_the_line_the_key_and_what_is_allowed(bad: Bad, study: Path) -> None:
    line = wrong(bad, study)
    found = said("check", bad.file)
    assert (found.code, found.out) == (2, "")
    assert "; allowed" in mistake_in(found.err, bad, line)
    assert not bad.alone or len(found.err.splitlines()) == 1, found.err


@pytest.mark.slow
@pytest.mark.parametrize("bad", TABLE, ids=lambda bad: bad.kind)
def test_a_run_is_refused_in_the_same_words_and_makes_no_folder(bad: Bad, study: Path) -> None:
    line, before = wrong(bad, study), sorted(study.iterdir())
    found = said("run", bad.experiment, "--out", "out")
    assert (found.code, found.out) == (2, "")
    mistake_in(found.err, bad, line)
    assert "Traceback" not in found.err
    assert sorted(study.iterdir()) == before


@pytest.mark.slow
@pytest.mark.parametrize("bad", TABLE[::15], ids=lambda bad: bad.kind)
def test_the_installed_command_says_the_same(bad: Bad, study: Path) -> None:
    line = wrong(bad, study)
    found = subprocess.run(
        [sys.executable, "-m", "mcda", "run", bad.experiment, "--out", "out"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (found.returncode, found.stdout) == (2, "")
    mistake_in(found.stderr, bad, line)
    assert "Traceback" not in found.stderr
    assert not (study / "out").exists()


def test_all_mistakes_of_all_files_are_told_at_once_in_order(study: Path) -> None:
    for name, old, new in [
        ("problem.yaml", "reference_rule: plain", "reference_rule: plan"),
        ("problem.yaml", "goods: {risk: 4}", "goods: {risk: 7}"),
        ("things.yaml", "tier: 4", "tier: 9"),
        ("facts.yaml", "    basis: source", "    basis: soruce"),
        ("question.yaml", "seed: 1", "seed: -1"),
    ]:
        path = study / name
        path.write_text(path.read_text("utf-8").replace(old, new), encoding="utf-8")
    err = said("run", "question.yaml").err.splitlines()
    places = [tuple(line.split(":", 3)[:3]) for line in err]
    assert [(file, key.strip()) for file, _, key in places] == [
        ("facts.yaml", "facts[0].basis"), ("problem.yaml", "priors.by-sector.means.goods.risk"),
        ("problem.yaml", "reference_rule"), ("question.yaml", "run.seed"), ("things.yaml", "alternatives[3].tier"),
    ]  # fmt: skip


@pytest.mark.slow
def test_of_very_many_mistakes_the_first_hundred_are_told(study: Path) -> None:
    rows = "".join(f"  - {{id: thing-{i}, label: Thing, tier: none}}\n" for i in range(5000))
    (study / "things.yaml").write_text(f"format: mcda-alternatives-1\nalternatives:\n{rows}", encoding="utf-8")
    err = said("check", "things.yaml").err.splitlines()
    assert len(err) == 101
    assert err[0].startswith("things.yaml:3: alternatives[0].tier: is text")
    assert err[-1] == "things.yaml:103: has 4900 more mistakes from here on; allowed: none"


def test_check_with_json_prints_the_mistakes_as_one_document(study: Path) -> None:
    (study / "facts.yaml").write_text("format: nonsense\n", encoding="utf-8")
    found = said("check", "facts.yaml", "question.yaml", "--json")
    data = json.loads(found.out)
    assert found.code == 2
    assert data["files"] == ["facts.yaml", "question.yaml"]
    assert {(one["file"], one["line"], one["key"]) for one in data["mistakes"]} == {("facts.yaml", 1, "format")}


def test_every_format_is_named_where_none_is_known(study: Path) -> None:
    (study / "facts.yaml").write_text("format: nonsense\n", encoding="utf-8")
    assert all(name in said("check", "facts.yaml").err for name in FORMATS)


def test_a_panel_without_a_problem_beside_it_is_checked_for_its_structure(study: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    panel = alone / "scores.csv"
    panel.write_text("expert,alternative,criterion,score\nann,anything,any,1000\n", encoding="utf-8")
    assert check_file(str(panel)) == []
    panel.write_text("expert,alternative,criterion,score\nann,anything,any,many\n", encoding="utf-8")
    assert [(one.line, one.key) for one in check_file(str(panel))] == [(2, "score")]


@pytest.mark.parametrize("name", ["panel.yaml", "scores.csv", "things.yaml"])
def test_checking_loads_nothing_heavy(name: str, study: Path) -> None:
    assert not loaded_by(["check", name], study) & set(HEAVY[1:])


# -- arguments ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """One way to use the command wrongly."""

    kind: str
    arguments: tuple[str, ...]
    words: tuple[str, ...]
    before: Callable[[Path], object] | None = None

    @property
    def by_click(self) -> bool:
        """Whether Click finds it, in words of its own."""
        return self.kind in BY_CLICK


BY_CLICK = ("no workers", "a command that there is not", "no file to check", "a schema that there is not")


def setting(kind: str, text: str, *words: str) -> Use:
    return Use(kind, ("run", "question.yaml", "--out", "out", "--set", text), words)


def fill(folder: Path) -> None:
    (folder / "full").mkdir()
    (folder / "full" / "thesis.txt").write_text("ten years of work", encoding="utf-8")


def damage(folder: Path) -> None:
    (folder / "damaged").mkdir()
    (folder / "damaged" / "results.nc").write_bytes(b"\x89HDF\r\n\x1a\n and no more")


def begin(folder: Path) -> None:
    blocks = folder / "begun" / ".blocks"
    blocks.mkdir(parents=True)
    (blocks / "identity.json").write_text('{"identity": "another"}', encoding="utf-8")


def tear(folder: Path) -> None:
    begin(folder)
    (folder / "begun" / ".blocks" / "identity.json").write_text('{"identity": ', encoding="utf-8")


RUN = ("run", "question.yaml", "--out")
USES = [
    setting("a setting without a value", "run.seed", "--set run.seed: allowed is KEY=VALUE"),
    setting("a setting without a key", "=3", "allowed is KEY=VALUE"),
    setting(
        "a setting of the wrong type", "beliefs=3", "--set:1: beliefs: is a number, not a mapping",
        "allowed: a mapping of keys",
    ),
    setting(
        "a setting of an unknown key", "second_panel.refrence_sd=1",
        "--set:1: second_panel.refrence_sd: is not a key here (did you mean 'reference_sd'?)",
        "reference_sd, spreads",
    ),
    setting(
        "a setting that is not a number", "second_panel.reference_sd=.nan",
        "--set:1: second_panel.reference_sd: is not finite (got .nan)", "a number from 0 to 100",
    ),
    setting(
        "a setting out of bounds", "run.seed=-1", "--set:1: run.seed: is too small (got -1)",
        "a whole number of at least 0",
    ),
    setting(
        "a setting out of its range", "second_panel.reference_sd=7",
        "--set:1: second_panel.reference_sd: is outside its own range (got 7)", "0 to 2",
    ),
    setting(
        "a setting of 20 digits", "run.seed=12345678901234567890",
        "--set:1: run.seed: is a whole number of more than 18 digits", "at most 18 digits",
    ),
    setting(
        "a setting with no place", "shocks[9].moves.risk=1", "--set:1: shocks[9].moves.risk: is no place",
        "a dotted key",
    ),
    setting(
        "a setting that is no YAML", "second_panel.spreads=[0, 1", "--set:1: second_panel.spreads: is not YAML",
        "brackets",
    ),
    setting(
        "a setting with an escape sequence", "question=\x1b[31mred", "--set:1: question: has the character U+001B",
        "printable text",
    ),
    setting(
        "a setting of a name that there is not", "rule=plian",
        "--set:1: rule: no rule is named 'plian' (did you mean 'plain'?)", "plain, grid",
    ),
    setting(
        "a number without a basis", "belief_sensitivity={multiples: [1]}",
        "--set:1: belief_sensitivity.multiples[0]: is a number without a basis", "assumption",
    ),
    Use(
        "an experiment that there is not", ("run", "baselin"),
        ("no experiment file 'baselin'", "did you mean 'baseline'", "shipped are all-scenarios"),
    ),
    Use("a name of 5,000 characters", ("run", "x" * 5000), ("no experiment file 'xxx", "shipped are all-scenarios")),
    Use("a folder in place of an experiment", ("run", "."), ("no experiment file '.'", "shipped are")),
    Use(
        "a panel in place of an experiment", ("run", "scores.csv"),
        ("scores.csv:1: has a single value at the top", "allowed: a mapping"),
    ),
    Use("a folder that is not empty", (*RUN, "full"), ("the folder 'full' is not empty", "nothing was changed"), fill),
    Use("a file in place of a folder", (*RUN, "facts.yaml"), ("'facts.yaml' is a file; allowed: a new folder",)),
    Use(
        "a folder inside a file", (*RUN, "facts.yaml/out"),
        ("can't be made (Not a directory)", "choose another --out"),
    ),
    Use(
        "--resume on a folder without a run", (*RUN, "full", "--resume"),
        ("holds no interrupted run", "allowed with --resume"), fill,
    ),
    Use(
        "--resume on another experiment's run", (*RUN, "begun", "--resume"),
        ("holds a run of another experiment", "choose another --out"), begin,
    ),
    Use(
        "--resume on a damaged run", (*RUN, "begun", "--resume"),
        ("holds a run of another experiment", "choose another --out"), tear,
    ),
    Use("no workers", (*RUN, "out", "--workers", "0"), ("'--workers': 0 is not in the range",)),
    Use("a scheduler", (*RUN, "out", "--scheduler", "tcp://x"), ("--scheduler is reserved", "allowed: --workers")),
    Use("a command that there is not", ("rnu",), ("No such command 'rnu'",)),
    Use("no file to check", ("check",), ("Missing argument 'FILES...'",)),
    Use(
        "a file to check that there is not", ("check", "quesion.yaml"),
        ("quesion.yaml:1: there is no such file (did you mean 'question.yaml'?)", "allowed: a YAML file"),
    ),
    Use("a schema that there is not", ("schema", "panel"), ("'panel' is not one of 'problem'",)),
    Use(
        "a study in a folder that is not empty", ("init", "full"),
        ("the folder 'full' is not empty", "allowed: a new or an empty folder"), fill,
    ),
    Use(
        "a study of a problem that there is not", ("init", "new", "--problem", "eu-belarus"),
        ("no problem 'eu-belarus' is shipped (did you mean 'eu-belarus-2025'?)", "allowed: bridge-repairs, eu-"),
    ),
    Use("show: neither a run nor a problem", ("show", "nothing"), ("no problem file 'nothing'", "shipped are")),
    Use("show: a folder without results", ("show", "full"), ("'full' is no finished run: it has no results.nc",), fill),
    Use(
        "show: damaged results", ("show", "damaged"),
        ("results.nc' is damaged", "allowed: a folder as `mcda run` leaves it"), damage,
    ),
    Use("report: a folder without results", ("report", "full"), ("'full' is no finished run",), fill),
    Use("report: damaged results", ("report", "damaged"), ("results.nc' is damaged",), damage),
    Use(
        "report: a format that there is not", ("report", "full", "--to", "odt"),
        ("no report can be written as 'odt'; allowed: html, pdf, docx",), fill,
    ),
    Use("figures: a folder without results", ("figures", "full"), ("'full' is no finished run",), fill),
    Use(
        "calibrate: counts that do not fit", ("calibrate", "problem.yaml", "--counts", "1,2"),
        ("--counts 1,2: allowed are 4 whole numbers",),
    ),
    Use(
        "calibrate: a rule that there is not", ("calibrate", "problem.yaml", "--rule", "plian"),
        ("no rule is named 'plian' (did you mean 'plain'?)", "there are plain, grid"),
    ),
]  # fmt: skip


@pytest.mark.parametrize("use", USES, ids=lambda use: use.kind)
def test_wrong_use_is_told_in_words_and_leaves_nothing_behind(use: Use, study: Path) -> None:
    if use.before:
        use.before(study)
    before = {path: path.stat().st_mtime_ns for path in study.rglob("*")}
    found = said(*use.arguments)
    assert (found.code, found.out) == (2, "")
    assert all(word in found.err for word in use.words), found.err
    assert "Traceback" not in found.err
    assert {path: path.stat().st_mtime_ns for path in study.rglob("*")} == before


# -- strange, and fine -------------------------------------------------------------------------------------------------


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


STRANGE: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "line ends of Windows in YAML": ("problem.yaml", crlf),
    "line ends of Windows in CSV": ("scores.csv", crlf),
    "a byte order mark in YAML": ("problem.yaml", lambda text: text.encode("utf-8-sig")),
    "a byte order mark in CSV": ("scores.csv", lambda text: text.encode("utf-8-sig")),
    "a label of 2,000 characters": ("things.yaml", lambda text: text.replace("Coins", "é" * 2000).encode()),
    "a label over several lines": ("things.yaml", lambda text: text.replace("\"Coins\"", ">\n     A\n     b").encode()),
    "an emoji for a label": ("things.yaml", lambda text: text.replace("Coins", "🪙 (coins)").encode()),
    "an expert whose name is an emoji": ("scores.csv", lambda text: text.replace("bob", "🧑‍🔬").encode()),
    "an expert whose name is a number": ("scores.csv", lambda text: text.replace("bob", "7").encode()),
    "a word of YAML 1.1 for a label": ("things.yaml", lambda text: text.replace('"Coins"', "no").encode()),
    "an unquoted date": ("problem.yaml", lambda text: text.replace("\nid:", "\nas_of: 2025-09-24\nid:").encode()),
    "semicolons and decimal commas": (
        "scores.csv", lambda text: text.replace(",", ";").replace("0.5 3:0.5", "0,5 3:0,5").encode()
    ),
    "JSON, which is YAML": ("facts.yaml", lambda text: json.dumps({"format": "mcda-catalogue-1"}, indent=1).encode()),
}  # fmt: skip


@pytest.mark.parametrize("kind", STRANGE)
def test_what_is_only_strange_is_read(kind: str, study: Path) -> None:
    name, change = STRANGE[kind]
    (study / name).write_bytes(change(STUDY[name]))
    assert [str(one) for file in STUDY for one in check_file(file)] == []


def test_settings_may_hold_lists_mappings_and_quoted_text(study: Path) -> None:
    settings = ["second_panel.spreads=[0, 0.5, 2]", 'shocks[0].label="7"', "shocks[0].moves={risk: 1, gain: 3}",
                "question=Who: \"me\" or 'you' #1?"]  # fmt: skip
    model = read_experiment("question.yaml", settings=settings).model
    assert model.second_panel.spreads == [0, 0.5, 2]
    assert (model.shocks[0].label, model.shocks[0].moves) == ("7", {"risk": 1, "gain": 3})
    assert model.question == "Who: \"me\" or 'you' #1?"


def test_show_reads_a_catalogue_of_any_shape(study: Path) -> None:
    facts = "format: mcda-catalogue-1\nmixed: [{id: a}, text, [1]]\nplain: text\nbasis: paper\nnested: {a: {b: []}}\n"
    (study / "facts.yaml").write_text(facts, encoding="utf-8")
    assert said("show", "problem.yaml").code == 0


def test_a_label_is_one_line_whatever_the_file_has(study: Path) -> None:
    (study / "things.yaml").write_text(STUDY["things.yaml"].replace('"Coins"', ">\n      Old\n\n      coins"), "utf-8")
    assert load_problem("problem.yaml").alternative("coins").label == "Old coins"


# -- the page ----------------------------------------------------------------------------------------------------------

HEADER = """\
# What happens with wrong input

Made by `python -m tests.files.test_bad_input`; a test compares. Each row is another kind of mistake, made in one place
of a small study that has none (`tests/files/bad_files.py`), and what `mcda check` and `mcda run` say of it on standard
error. Both end with exit code 2, print nothing to standard output, and leave no folder and no half-written file. All
mistakes of a file are told together; where one follows from another, only the row's own is shown here.

A message is `FILE:LINE: key: what is wrong (got X); allowed: ...`. Editors jump to `FILE:LINE`.
"""


@contextlib.contextmanager
def in_a_study(lay_out: Callable[[Path], None] = lay_out) -> Iterator[Path]:
    back = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        lay_out(Path(name))
        os.chdir(name)
        try:
            yield Path(name)
        finally:
            os.chdir(back)


def message(bad: Bad, lay_out: Callable[[Path], None] = lay_out) -> str:
    with in_a_study(lay_out) as folder:
        line = wrong(bad, folder)
        return mistake_in(said("check", bad.file).err, bad, line)


def use_message(use: Use) -> str:
    with in_a_study() as folder:
        if use.before:
            use.before(folder)
        err = said(*use.arguments).err.splitlines()
    return next(line for line in err if use.words[0] in line)


def rows(pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Rows of a table, without what libraries say in words that change with their versions."""
    for kind, text in pairs:
        short = re.sub(r"\(Unable to .*\)(?=;)", "(...)", re.sub(r"(.)\1{100,}", r"\1\1\1...", text))
        code = html.escape(short, quote=False).replace("|", "&#124;").replace("*", "&#42;")
        yield f"| {kind} | <code>{code}</code> |"


def page() -> str:
    files = rows([(bad.kind, message(bad)) for bad in TABLE])
    simulation = rows([(bad.kind, message(bad, bad_roadmaps.lay_out)) for bad in bad_roadmaps.TABLE])
    ours = [use for use in USES if not use.by_click]
    uses = rows([(use.kind, use_message(use)) for use in ours])
    head = ["| what is wrong | what is said |", "|---|---|"]
    parts = [
        HEADER, f"## Files ({len(TABLE)} kinds)\n", *head, *files,
        f"\n## Files of the simulation ({len(bad_roadmaps.TABLE)} kinds)\n",
        "Made in the shipped case, and in a scenario, a policy, an assumption set and utilities beside it.\n",
        *head, *simulation,
        f"\n## Arguments and folders ({len(ours)} kinds)\n",
        "`--set:2` is the second `--set` of the command. Nothing in a folder that is refused is changed.\n",
        *head, *uses,
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


@pytest.mark.slow
def test_the_page_shows_these_messages() -> None:
    assert PAGE.read_text("utf-8") == page(), "write it anew: python -m tests.files.test_bad_input"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
