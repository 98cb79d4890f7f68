"""The explorer: one HTML file that opens from disk, asks no server, and computes with the exact engine in the browser.

Its parts stand beside it in `templates/explorer`, each a file that can be read; here they are put together. The page
allows itself one style and one script, named by their hashes, and images that it made itself; nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from mcda.output.explorer_data import explorer_data
from mcda.output.plots.status_ribbons import STATUS_LOOKS
from mcda.output.results import Results
from mcda.output.style import tier_styles

__all__ = ["embedded", "engine_script", "explorer_page", "page_data"]

PARTS = Path(__file__).with_name("templates") / "explorer"

#: The engine's parts, and what it shows of itself to the page.
ENGINE = ("numbers", "laws", "rule", "sums", "independent", "joint", "dependent", "indices", "flips", "solve")
SHOWN = ("Declined", "law", "rescoring", "solve", "shifted", "tierOf", "flips", "outputNames", "lattice")
#: The page's scripts in the order in which they build on each other; the engine comes before them.
SCRIPTS = ("state", "charts", "rules", "view", "timeline", "export", "main")


def page_data(results: Results, saving: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that the page knows: the run's data, how things look, and what a saved experiment names."""
    found = explorer_data(results)
    looks = {
        "tiers": [asdict(style) for style in tier_styles(len(found["problem"]["tiers"]))],
        "statuses": STATUS_LOOKS,
    }
    return {**found, "looks": looks, "saving": dict(saving)}


def explorer_page(data: Mapping[str, Any]) -> str:
    """Return the page of some data, with nothing in it that a browser would take for markup."""
    style = _part("explorer.css")
    script = "\n".join((engine_script(), *(_part(f"{name}.js") for name in SCRIPTS)))
    title = f"Explorer: {data['run']['experiment']}"
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src blob:; "
        "base-uri 'none'; form-action 'none'"
    )
    return _template().render(title=title, policy=policy, style=style, script=script, data=embedded(data))


def engine_script() -> str:
    """Return the engine: a script that defines one constant, `Engine`, whose functions know no page."""
    parts = "\n".join(_part(f"engine/{name}.js") for name in ENGINE)
    shown = f"return Object.freeze({{ {', '.join(SHOWN)} }});"
    return f'"use strict";\nconst Engine = (() => {{\n{parts}\n{shown}\n}})();\n'


def embedded(data: Mapping[str, Any]) -> str:
    """Return data as JSON that can stand inside a script element: no tag begins in it, no line end hides in it."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _part(name: str) -> str:
    return (PARTS / name).read_text("utf-8")


def _hash(content: str) -> str:
    """A content policy's name for an inline script or style: the browser hashes exactly what stands in the element."""
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode('utf-8')).digest()).decode('ascii')}"


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(PARTS), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template("page.html")
