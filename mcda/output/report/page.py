"""The report as one HTML file that needs nothing else: no network, no scripts; good in print, in the dark, aloud."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from mcda.output.report.model import Report

__all__ = ["as_html"]


@lru_cache(maxsize=1)
def _template() -> Template:
    """The template, with everything escaped that isn't said to be safe (the figure's SVG alone is)."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.globals["kind"] = lambda block: type(block).__name__
    return environment.get_template("report.html")


def as_html(report: Report) -> str:
    """Return the report as HTML."""
    return _template().render(report=report, sections=list(report.walk()))
