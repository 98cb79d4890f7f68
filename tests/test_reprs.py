"""What a notebook and a prompt show of problems, rules, experiments and runs: short, escaped, of any background."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

import mcda
from mcda.markup import card, preformatted
from tests.study.small_run import finished

EVIL = '<script>alert("1")</script>\u202e\x1b[31m & \u05e9\u05dc\u05d5\u05dd' + "x" * 2000


def evil_problem() -> Any:
    problem = mcda.load_problem("bridge-repairs")
    one = replace(problem.alternatives[0], label=EVIL)
    return replace(problem, title=EVIL, citation=EVIL, alternatives=(one, *problem.alternatives[1:]))


def evil_experiment() -> Any:
    return replace(mcda.load_experiment("bridge-repairs"), question=EVIL, problem=evil_problem())


SHOWN = {
    "problem": lambda: mcda.load_problem("eu-belarus-2025"),
    "rule": lambda: mcda.load_problem("eu-belarus-2025").rules["grid"],
    "experiment": lambda: mcda.load_experiment("baseline"),
    "panel": lambda: mcda.load_experiment("illustrative-panel"),
    "run": lambda: mcda.load_run(finished()),
    "comparison": lambda: mcda.compare_runs(finished(), finished()),
    "evil problem": evil_problem,
    "evil experiment": evil_experiment,
}


class Tags(HTMLParser):
    """The tags and attributes of a fragment; every tag that opens is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attributes}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("kind", SHOWN)
def test_html_is_short_whole_and_runs_nothing(kind: str) -> None:
    html = SHOWN[kind]()._repr_html_()
    tags = Tags(html)
    assert not tags.open
    assert tags.seen <= {"div", "strong", "p", "table", "thead", "tbody", "tr", "th", "td", "bdi", "pre"}
    assert tags.attributes <= {"style"}
    assert len(html) < 20_000
    assert not set(html) & {"\u202e", "\x1b"}
    assert not re.search(r"color|background|#[0-9a-f]{3}", html), "no colours of its own: it is read in light and dark"


@pytest.mark.parametrize("kind", SHOWN)
def test_a_prompt_shows_one_short_line(kind: str) -> None:
    text = repr(SHOWN[kind]())
    assert text.startswith("<")
    assert text.endswith(">")
    assert len(text) < (700 if "evil" not in kind else 4000)


def test_what_is_shown_is_what_it_is() -> None:
    problem = mcda.load_problem("eu-belarus-2025")
    assert repr(problem).startswith("<Problem eu-belarus-2025: 49 alternatives, 7 criteria, 5 tiers; rules reference")
    assert all(f"<bdi>{tier.label}</bdi>" in problem._repr_html_() for tier in problem.tiers)
    rule = replace(problem.rule, cuts=(5, -2))
    assert "cuts 5, -2" in repr(rule)
    assert "cuts</bdi></td>" in rule._repr_html_()
    run = mcda.load_run(finished())
    assert all(f"<bdi>{group}</bdi>" in run._repr_html_() for group in run.groups)


def test_texts_are_isolated_cut_and_escaped() -> None:
    html = card(EVIL, ["", EVIL], ("a",), [(EVIL,)])
    assert html.count("&lt;script&gt;") == 3
    assert "<script" not in html
    assert "x" * 300 not in html
    assert preformatted("a\n<b>\x07") == '<pre style="white-space:pre-wrap">a\n&lt;b&gt; </pre>'


def test_showing_a_problem_and_a_rule_loads_nothing_to_draw_with() -> None:
    code = (
        "import mcda, sys; p = mcda.load_problem('bridge-repairs'); p._repr_html_(); p.rule._repr_html_(); "
        "sys.exit(any(name in sys.modules for name in ('IPython', 'matplotlib', 'pandas', 'xarray')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
