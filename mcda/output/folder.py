"""Everything that is made from a run's results alone: tables, figures, memo."""

from __future__ import annotations

from pathlib import Path

__all__ = ["write_outputs"]


def write_outputs(folder: Path) -> None:
    """Write tables, figures and the memo of a run folder that has its results.nc."""
