"""At the end of a run, the modules that are long enough to ask whether they hold more than one idea."""

from __future__ import annotations

import pytest

from .sources import sources

MANY = 300


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lengths = sorted(((len(s.text.splitlines()), s.file) for s in sources()), reverse=True)
    if long := [f"{n:5d}  {file}" for n, file in lengths if n > MANY]:
        terminalreporter.section(f"modules of more than {MANY} lines")
        terminalreporter.write("\n".join(long) + "\n")
