"""What all tests share: what to do where a tool or a peer is missing, and how the libraries are set up."""

from __future__ import annotations

import importlib
import os
import shutil
from collections.abc import Generator, Iterator
from types import ModuleType
from typing import Any

import hypothesis
import matplotlib
import pytest

REQUIRE_ALL = os.environ.get("MCDA_REQUIRE_ALL") == "1"

matplotlib.use("Agg")
# Compiling a kernel takes seconds in the first example that needs it, so time says nothing about an example.
hypothesis.settings.register_profile("mcda", deadline=None, print_blob=True)
hypothesis.settings.load_profile("mcda")


class Needs:
    """Ask for what a machine may lack; the test is skipped without it, and fails where MCDA_REQUIRE_ALL=1."""

    def program(self, *names: str) -> str:
        """Return the path of the first of these programs that there is."""
        for name in names:
            if path := shutil.which(name):
                return path
        return self.missing(f"the program {' or '.join(names)}")

    def module(self, name: str) -> ModuleType:
        """Import a peer, for instance `openturns`."""
        try:
            return importlib.import_module(name)
        except ImportError:
            return self.missing(f"the module {name}")

    def missing(self, what: str) -> pytest.NoReturn:
        """Skip, saying what is needed (as a failure where everything is required)."""
        pytest.skip(f"needs {what}")


@pytest.fixture(scope="session")
def needs() -> Needs:
    return Needs()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Let pytest-mpl compare pictures: without its option it would only draw them. Where it lacks, the tests fail."""
    if hasattr(config.option, "mpl"):
        config.option.mpl = True


#: So that the browser asks for nothing itself: a test may then say that a page makes no request.
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--no-default-browser-check",
)  # fmt: skip


@pytest.fixture(scope="session")
def chromium(needs: Needs) -> Iterator[Any]:
    """A real browser (Debian's Chromium, driven by playwright), one for all tests of a process."""
    sync_api = needs.module("playwright.sync_api")
    program = needs.program("chromium", "chromium-browser", "google-chrome")
    with sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, headless=True, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def engine_page(chromium: Any) -> Iterator[Any]:
    """An empty page that has the explorer's engine as the global constant `Engine`."""
    from mcda.output.explorer import engine_script

    page = chromium.new_page()
    page.set_content("<!doctype html><title>engine</title>")
    page.add_script_tag(content=engine_script() + "\nwindow.Engine = Engine;")
    yield page
    page.close()


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    """With MCDA_REQUIRE_ALL=1 a skip is a failure, wherever it comes from; an expected failure is none."""
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{why}; nothing may be skipped where MCDA_REQUIRE_ALL=1"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _fail_if_skipped(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were not run, and what for."""
    reasons = [r.longrepr[2].removeprefix("Skipped: ") for r in terminalreporter.stats.get("skipped", [])]
    if reasons:
        terminalreporter.section("not run on this machine")
        for reason in sorted(set(reasons)):
            terminalreporter.write_line(f"{reasons.count(reason):4d}  {reason}")
