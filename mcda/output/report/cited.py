"""The method in short, which run a report is about, how it is cited, and the works that its methods rest on."""

from __future__ import annotations

import re

from mcda.output.methods import belief_text, composite_text, rule_text
from mcda.output.references import WORKS, keys_for
from mcda.output.report.model import Block, Bullets, Paragraph
from mcda.output.subject import Subject
from mcda.output.wording import named

__all__ = ["method", "references", "run_identity"]

_ACCENTS = {r"{\`e}": "\u00e8", r"{\'e}": "\u00e9", r"{\o}": "\u00f8", r"\&": "&", "--": "\N{EN DASH}"}


def method(subject: Subject) -> list[Block]:
    """Return the method, short; methods.md has it in full."""
    texts = [
        composite_text(subject), rule_text(subject), belief_text(subject),
        "Probabilities and effects are for these assumptions, and say nothing beyond them. Formulas and references: "
        "methods.md.",
    ]  # fmt: skip
    return [Paragraph(" ".join(texts))]


def run_identity(subject: Subject, identity: str) -> tuple[tuple[str, str], ...]:
    """Return which run this is: names and what they are; `identity` tells its results from all others."""
    attributes, problem = subject.results.attributes, subject.problem.attrs
    facts = (
        ("Experiment", attributes.get("experiment")),
        ("Problem", f"{problem.get('id', '')}, as of {problem.get('as_of') or 'no date'}"),
        ("Source", problem.get("citation")),
        ("Made by", attributes.get("source")),
        ("Results", identity),
    )
    return tuple((name, named(value, 400)) for name, value in facts if value)


def references(subject: Subject) -> list[Block]:
    """Return how to cite the run, and its references: the problem's source first, then works by author."""
    attributes = subject.results.attributes
    made = named(attributes.get("source", "mcda-sim"), 60)
    run = (
        f"The mcda-sim developers: {made}, run of the experiment '{named(attributes.get('experiment', ''), 60)}'. "
        "Cite the run with the hash of its results, which tells it from all others, and the source of the problem. "
        "BibTeX entries are in references.bib, the methods at length in methods.md."
    )
    works = sorted(_line(*WORKS[key]) for key in keys_for(subject))
    if source := str(subject.problem.attrs.get("citation", "")):
        works.insert(0, f"{named(source, 400)} (source of the problem).")
    return [Paragraph(run), *([Bullets(tuple(works))] if works else [])]


def _line(kind: str, fields: dict[str, str]) -> str:
    """A work in one line, as its kind is cited."""
    f = {name: _plain(value) for name, value in fields.items()}
    title = f"{f['author'].replace(' and ', '; ')} ({f['year']}): {f['title']}."
    if kind == "book":
        return f"{title} {f['publisher']}."
    home = f.get("journal") or f.get("booktitle", "")
    volume = f" {f['volume']}" if "volume" in f else ""
    number = f"({f['number']})" if "number" in f else ""
    return f"{title} {home}{volume}{number}, {f['pages']}."


def _plain(text: str) -> str:
    """A field of BibTeX without its marks."""
    for mark, letter in _ACCENTS.items():
        text = text.replace(mark, letter)
    return re.sub(r"[{}]", "", text)
