"""Everything that is made from a run's results alone: tables, figures, report, methods, references."""

from __future__ import annotations

from pathlib import Path

from mcda.output.methods import write_methods
from mcda.output.report.write import write_report
from mcda.output.tables import write_tables

__all__ = ["write_outputs"]


def write_outputs(folder: Path, figure_modules: Path | None = None) -> list[Path]:
    """Write all that a run folder with its results.nc can have, and return the paths.

    Parameters
    ----------
    folder : the run's folder
    figure_modules : the folder of figure modules, as ``mcda.files.shipped.shipped("figures")`` finds it (this package
        reads results alone, and is told where they are); no figures are drawn without it
    """
    return [*write_tables(folder), *_figures(folder, figure_modules), *write_report(folder), *write_methods(folder)]


def _figures(folder: Path, modules: Path | None) -> list[Path]:
    if modules is None:
        return []
    from mcda.output.gallery import draw

    return draw(folder, modules=modules)
