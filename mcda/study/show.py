"""What `mcda show` says: a run's summary, and a problem in the order of its source, to be proof-read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mcda.files.problem import load_problem
from mcda.output.glyphs import Page
from mcda.problem import Alternative, Problem
from mcda.study.store import Run, load_run

__all__ = ["show_problem", "show_run"]


def show_run(folder: str | Path, *, width: int = 80, ascii: bool = False) -> tuple[dict[str, Any], str]:
    """Return a run's summary as plain data, and as text with small plots.

    Parameters
    ----------
    folder : the run's folder
    width : cells of a line; lines are no longer
    ascii : use no characters but those of ASCII

    Errors: :class:`~mcda.errors.UsageError` for what is no finished run.
    """
    from mcda.output.results import open_results
    from mcda.output.summary import run_summary

    run = load_run(folder)
    return _run_data(run), "\n".join(run_summary(open_results(folder), Page(width, ascii)))


def _run_data(run: Run) -> dict[str, Any]:
    data: dict[str, Any] = {"folder": str(run.folder), **{k: str(v) for k, v in run.attributes.items()}}
    if "tiers" in run and "acceptability" in run["tiers"]:
        p = run["tiers"]["acceptability"]
        data["acceptability"] = {
            str(a): [float(x) for x in row] for a, row in zip(p["alternative"].values, p.values, strict=True)
        }
    return data


def show_problem(source: str, *, width: int = 80, ascii: bool = False) -> tuple[dict[str, Any], str]:
    """Return a problem as plain data and as text: everything its files say, tier by tier, in the source's order.

    Parameters
    ----------
    source : a problem file, or the name of a shipped problem
    width : cells of a line; lines are no longer
    ascii : use no characters but those of ASCII

    Errors: :class:`~mcda.errors.InvalidFile` with all mistakes of the files; :class:`~mcda.errors.UsageError` for an
    unknown name.
    """
    problem, page = load_problem(source), Page(width, ascii)
    title = page.wrapped(problem.title)
    lines = [*title, "=" * max(map(len, title)), problem.citation, ""]
    if problem.as_of:
        lines += [f"State of affairs: {problem.as_of}", ""]
    lines += [*_counts(problem, page), "", *_criteria(problem)]
    for tier in problem.tiers:
        listed = [a for a in problem.alternatives if a.tier == tier.tier]
        lines += ["", f"{tier.label} ({len(listed)}) {tier.description}".rstrip(), ""]
        lines += [line for a in listed for line in _alternative(problem, a)]
    lines += _rest(problem)
    return _data(problem), "\n".join(line for text in lines for line in _laid(text, page))


def _laid(text: str, page: Page) -> list[str]:
    """A line that fits as it is, a longer one wrapped under its own beginning."""
    indent = len(text) - len(text.lstrip(" "))
    if page.cells(text) <= page.width and page.said(text) == " ".join(text.split()):
        return [text.rstrip()]
    return page.wrapped(text, indent, hang=4)


def _counts(problem: Problem, page: Page) -> list[str]:
    """How many alternatives the source puts into each tier, as bars."""
    counts = {tier.tier: sum(a.tier == tier.tier for a in problem.alternatives) for tier in problem.tiers}
    top, name = max(*counts.values(), 1), min(max(len(t.label) for t in problem.tiers), page.width // 2)
    return [
        f"{page.fitted(tier.label, name)} {counts[tier.tier]:>4} "
        f"{page.bar(counts[tier.tier] / top, page.width - name - 6)}".rstrip()
        for tier in problem.tiers
    ]


def _criteria(problem: Problem) -> list[str]:
    scale = problem.scale
    lines = [f"Criteria, scored {scale.low} to {scale.high}:"]
    signs = {"against": "-", "for": "+", "counterweight": "/"}
    return lines + [f"  {signs[c.role]} {c.id}  {c.label}: {c.question}" for c in problem.criteria]


def _alternative(problem: Problem, a: Alternative) -> list[str]:
    article = f" ({a.article})" if a.article else ""
    printed = f", printed ({a.article_as_printed})" if a.article_as_printed != a.article else ""
    lines = [f"  {a.id}: {a.label}{article}{printed}"]
    details = "; ".join(part for part in (a.place, a.sector, a.kind) if part)
    lines += [f"      {text}" for text in (details, a.paraphrase, *a.notes) if text]
    own = [e for e in problem.entities if e.parent == a.id]
    return lines + [f"      - {e.label}" + (f" (tier {e.tier})" if e.tier else "") for e in own]


def _rest(problem: Problem) -> list[str]:
    """Alternatives without a tier, the catalogue's lists, the notes."""
    lines: list[str] = []
    if untiered := [a for a in problem.alternatives if a.tier is None]:
        lines += ["", f"Without a published tier ({len(untiered)})", ""]
        lines += [line for a in untiered for line in _alternative(problem, a)]
    for name, items in problem.catalogue.items():
        if isinstance(items, list) and items and all(isinstance(item, dict) for item in items):
            lines += ["", f"{name.replace('_', ' ').capitalize()} ({len(items)})", ""]
            lines += [_entry(item) for item in items]
    return lines + [f"Note: {note}" for note in problem.notes]


def _entry(item: dict[str, Any]) -> str:
    """One entry of a catalogue in one line: its label or what it says, and the rest in brackets."""
    title = item.get("label") or item.get("what") or item.get("id")
    value = f" = {item['value']}" if "value" in item else ""
    shown = ("id", "label", "what", "value", "basis", "citation", "range")
    rest = ", ".join(f"{k}: {_flat(v)}" for k, v in item.items() if k not in shown and v not in (None, [], ""))
    return f"  {item.get('id', '')}: {title}{value}" + (f" [{rest}]" if rest else "")


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(f"{k} {_flat(v)}" for k, v in value.items())
    return "; ".join(map(_flat, value)) if isinstance(value, list) else str(value)


def _data(problem: Problem) -> dict[str, Any]:
    return {
        "id": problem.id,
        "title": problem.title,
        "criteria": [{"id": c.id, "label": c.label, "role": c.role} for c in problem.criteria],
        "tiers": [t.label for t in problem.tiers],
        "rules": list(problem.rules),
        "priors": list(problem.priors),
        "alternatives": [
            {"id": a.id, "label": a.label, "tier": a.tier, "sector": a.sector, "article": a.article, "place": a.place}
            for a in problem.alternatives
        ],
        "entities": [{"id": e.id, "label": e.label, "parent": e.parent, "tier": e.tier} for e in problem.entities],
    }
