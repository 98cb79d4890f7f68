"""The command: it parses words, calls the same functions that Python has, and says what happened.

Standard output has results only (one JSON document with ``--json``), standard error progress and messages. Exit codes:
0 done, 1 the run failed, 2 wrong usage or an invalid file, 3 interrupted (can be resumed), 4 a reproduction differs.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mcda.errors import InvalidFile, McdaError, UsageError
from mcda.names import VERSION

#: Kinds of files that people write; `mcda.files.kinds.SCHEMAS` has their models (a test compares).
KINDS = (
    "problem", "alternatives", "catalogue", "experiment", "roadmap", "parameters", "assumptions", "scenario", "policy",
    "utilities",
)  # fmt: skip

if TYPE_CHECKING:
    from mcda.study.store import Run

__all__ = ["cli", "main"]


class Commands(click.Group):
    """The commands, in the order in which people meet them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of definition, not of the alphabet."""
        return list(self.commands)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="mcda")
def cli() -> None:
    """How sure is each tier? Sort alternatives under uncertain scores and an uncertain rule.

    Start with `mcda run baseline`.
    """


def _say(text: str) -> None:
    click.echo(text, err=True)


def _print(data: Any, text: str, as_json: bool) -> None:
    click.echo(json.dumps(data, indent=2, ensure_ascii=False, default=str) if as_json else text)


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@cli.command()
@click.argument("experiment")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write [default: runs/ID].")
@click.option("--resume", is_flag=True, help="Go on with an interrupted run of the same experiment.")
@click.option("--workers", type=click.IntRange(1, 1024), default=None, help="Processes [default: number of cores].")
@click.option("--scheduler", hidden=True, help="Reserved for an existing Dask cluster.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Change one key of the experiment.")
@json_option
def run(
    experiment: str,
    out: Path | None,
    resume: bool,
    workers: int | None,
    scheduler: str | None,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Run an EXPERIMENT (a file, or a shipped name) into a folder of results, tables, figures and a report."""
    if scheduler is not None:
        raise UsageError("--scheduler is reserved for clusters and does nothing yet; allowed: --workers N")
    from mcda.study.load import load_experiment

    loaded = load_experiment(experiment, settings=settings)
    folder = out if out is not None else Path("runs") / loaded.id
    _say(f"{loaded.id}: {loaded.question}")
    _say("The first run compiles its kernels, once (about half a minute); later runs find them.")
    from mcda.study.run import run as run_experiment

    with _progress() as progress:
        done = run_experiment(loaded, folder, resume=resume, workers=workers or _cores(), progress=progress)
    for group in done.groups:
        if reason := done[group].attrs.get("declined"):
            _say(f"{group}: not computed: {reason}")
    _print({"run": str(done.folder), "manifest": done.manifest}, str(done.folder), as_json)


def _cores() -> int:
    available = getattr(os, "sched_getaffinity", None)
    return len(available(0)) if available else os.cpu_count() or 1


class _progress:
    """A progress bar on standard error that counts work; plain lines where that is no terminal."""

    def __enter__(self) -> Any:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self.console = Console(stderr=True)
        self.bar = Progress(
            TextColumn("{task.description:<28}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"),
            TimeRemainingColumn(), console=self.console, disable=not self.console.is_terminal,
        )  # fmt: skip
        self.bar.start()
        self.task = self.bar.add_task("computing", total=1.0)
        return self.step

    def step(self, name: str, share: float, elapsed: float, left: float | None) -> None:
        """Show one finished block."""
        if self.console.is_terminal:
            self.bar.update(self.task, completed=share, description=name)
        else:
            rest = "" if left is None else f", about {left:.0f} s left"
            _say(f"  {100 * share:3.0f} %  {name}{rest}")

    def __exit__(self, *_: object) -> None:
        self.bar.stop()


@cli.command()
@click.argument("files", nargs=-1, required=True)
@json_option
def check(files: tuple[str, ...], as_json: bool) -> None:
    """Check problem, experiment and data FILES; all mistakes of all files are reported at once."""
    from mcda.files.check import check_file

    mistakes = [mistake for name in files for mistake in check_file(name)]
    if as_json or not mistakes:
        data = {"files": list(files), "mistakes": [asdict(mistake) for mistake in mistakes]}
        _print(data, "\n".join(f"{name}: fine" for name in files), as_json)
    if mistakes:
        raise InvalidFile(mistakes)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--problem", default="eu-belarus-2025", show_default=True, help="Shipped problem to start from.")
def init(folder: Path, problem: str) -> None:
    """Lay out a study FOLDER: a problem, its data and experiments, to be edited."""
    from mcda.study.init import init_study

    for path in init_study(folder, problem):
        click.echo(path)


@cli.command()
@click.argument("problem", default="eu-belarus-2025")
@click.option("--rule", help="Rule whose cuts are calibrated [default: the reference rule].")
@click.option("--counts", help="Counts of alternatives by tier, comma-separated [default: the published ones].")
@json_option
def calibrate(problem: str, rule: str | None, counts: str | None, as_json: bool) -> None:
    """Derive the cuts of a rule of PROBLEM from the counts of published tiers."""
    from mcda.study.calibration import calibration_report

    data, text = calibration_report(problem, rule=rule, counts=counts)
    _print(data, text, as_json)


@cli.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write [default: each run's figures/].")
def figures(runs: tuple[Path, ...], out: Path | None) -> None:
    """Draw all figures that the given RUNS allow; name the command for what is missing."""
    from mcda.files.shipped import shipped
    from mcda.output.gallery import draw_all

    for line in draw_all(runs, out, shipped("figures")):
        click.echo(line)


@cli.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--to", "formats", default="html,pdf,docx", show_default=True, help="Formats, comma-separated.")
@click.option("--form", default="short", show_default=True, help="short (two pages) or full.")
@click.option("--template", type=click.Path(path_type=Path), help="Word file (.docx) whose styles the report takes.")
def report(folder: Path, formats: str, form: str, template: Path | None) -> None:
    """Write the report of a RUN as HTML, PDF and Word."""
    from mcda.output.report.write import wanted_formats
    from mcda.study.report import write_report

    wanted = wanted_formats([name.strip() for name in formats.split(",") if name.strip()])
    run_of(folder)
    for path in write_report(folder, wanted, form=form, template=template):  # type: ignore[arg-type]
        click.echo(path)


@cli.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="File to write [default: RUN/explorer.html].")
def explore(folder: Path, out: Path | None) -> None:
    """Write the explorer of a RUN: one HTML file that opens from disk and computes in the browser.

    Pick a measure, move its scores, the rule or a shock, and see what follows for its tier at once; play the
    simulation's months; save what is shown as an experiment. It asks no server, so it can be sent by mail.
    """
    from mcda.study.explorer import write_explorer

    click.echo(write_explorer(folder, out))


def run_of(folder: Path) -> Run:
    """Return a finished run, or say what is wrong with the folder."""
    from mcda.study.store import load_run

    return load_run(folder)


@cli.command()
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show a RUN's results or a PROBLEM (a file or a shipped name), to be read in the terminal."""
    page: dict[str, Any] = {"width": shutil.get_terminal_size((80, 24)).columns, "ascii": not _draws()}
    if os.path.isdir(name):
        from mcda.study.show import show_run

        data, text = show_run(name, **page)
    else:
        from mcda.study.show import show_problem

        data, text = show_problem(name, **page)
    _print(data, text, as_json)


def _draws() -> bool:
    """Whether standard output can hold the characters of small plots."""
    try:
        "▁█▏…".encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


@cli.command()
@click.argument("first", metavar="RUN", type=click.Path(path_type=Path))
@click.argument("second", metavar="RUN", type=click.Path(path_type=Path))
@json_option
def compare(first: Path, second: Path, as_json: bool) -> None:
    """Say what differs between two runs: what they asked, what came out beyond its error, what can't be compared."""
    from mcda.study.compare import compare_runs

    found = compare_runs(first, second)
    _print(found.data() if as_json else None, "" if as_json else found.text(), as_json)


@cli.command()
@click.argument("source", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the run anew [default: not kept].")
@click.option("--workers", type=click.IntRange(1, 1024), default=None, help="Processes [default: number of cores].")
@json_option
def reproduce(source: Path, out: Path | None, workers: int | None, as_json: bool) -> int:
    """Run a RUN (a folder, or its archive) anew from what it holds: identical, equal within tolerance, or different."""
    from mcda.study.reproduce import reproduce as reproduce_run

    with _progress() as progress:
        found = reproduce_run(source, out=out, workers=workers or _cores(), progress=progress)
    _print(found.data(), found.text(), as_json)
    return found.exit_code


@cli.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="File to write [default: RUN.zip beside the folder].")
@click.option("--licence", "--license", help="Under which the results are offered: CC-BY-4.0, say, or an address.")
def archive(folder: Path, out: Path | None, licence: str | None) -> None:
    """Pack a finished RUN into one zip file for a repository, with metadata and checksums."""
    from mcda.study.archive import archive as archive_run

    click.echo(archive_run(folder, out=out, licence=licence))


@cli.command()
@click.argument("experiment")
@click.argument("scenario")
@click.argument("policy")
@click.option("--path", default=0, show_default=True, help="Number of the path.")
@click.option("--assumptions", default=None, help="Assumption set [default: the experiment's first].")
@click.option("--simulation", default=None, help="Which simulation or sweep, by name [default: simulation].")
@click.option("--setting", default=None, metavar="KEY=VALUE,...", help="Which combination of a sweep's values.")
@json_option
def trace(experiment: str, scenario: str, policy: str, as_json: bool, **which: Any) -> None:
    """Tell one path of an EXPERIMENT's simulation month by month, in a SCENARIO under a POLICY (P1, say)."""
    from mcda.study.load import load_experiment
    from mcda.study.traced import trace_path

    found = trace_path(load_experiment(experiment), scenario, policy, **which)
    _print(found, "\n".join(found), as_json)


@cli.command()
@click.argument("name", type=click.Choice(KINDS))
def schema(name: str) -> None:
    """Print the JSON Schema of one kind of file."""
    from mcda.files.schemas import schema_text

    click.echo(schema_text(name))


@cli.command(hidden=True, context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def elicit(words: tuple[str, ...]) -> None:
    """Reserved: score sheets out and in."""
    raise UsageError("`mcda elicit` is reserved for score sheets and does nothing yet; allowed: a panel's CSV file")


def main(arguments: list[str] | None = None) -> None:
    """Run the command and leave with its exit code; a mistake is a message, never a traceback."""
    _write_anything()
    try:
        code = cli.main(args=arguments, standalone_mode=False)
    except click.exceptions.Abort:
        code = _interrupted()
    except KeyboardInterrupt:
        code = _interrupted()
    except click.ClickException as problem:
        problem.show()
        code = 2
    except McdaError as problem:
        _say(str(problem))
        code = problem.exit_code
    except (MemoryError, OSError) as problem:
        code = _failed(problem)
    sys.exit(code if isinstance(code, int) else 0)


def _write_anything() -> None:
    """Let what a stream's encoding lacks be written as an escape (an old code page, a file name that is no UTF-8)."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _failed(problem: MemoryError | OSError) -> int:
    """Say what the machine refused: a full disk, a folder without permission, too little memory."""
    if isinstance(problem, BrokenPipeError):  # who reads standard output has enough: nothing to say, and to nobody
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  Python flushes it at its end
        return 1
    if isinstance(problem, MemoryError):
        _say("there is not enough memory; fewer --workers need less")
    else:
        place = f"{problem.filename}: " if problem.filename else ""
        _say(f"{place}{problem.strerror or problem}")
    return 1


def _interrupted() -> int:
    _say("interrupted; finished blocks are kept: run the same command with --resume")
    return 3
