"""A problem or a run as text, to be read in a terminal; a problem in the order of its source, to be proof-read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from mcda.files.problem import load_problem
from mcda.problem import Alternative, Problem
from mcda.study.store import Run, load_run

__all__ = ["show_problem", "show_run"]


# -- problems ----------------------------------------------------------------------------------------------------------


def show_problem(source: str) -> tuple[dict[str, Any], str]:
    """Return a problem as plain data and as text: everything its files say, tier by tier, in the source's order."""
    problem = load_problem(source)
    lines = [problem.title, "=" * len(problem.title), problem.citation, ""]
    if problem.as_of:
        lines += [f"State of affairs: {problem.as_of}", ""]
    lines += _criteria(problem)
    for tier in problem.tiers:
        listed = [a for a in problem.alternatives if a.tier == tier.tier]
        lines += ["", f"{tier.label} ({len(listed)}) {tier.description}".rstrip(), ""]
        lines += [line for a in listed for line in _alternative(problem, a)]
    lines += _rest(problem)
    return _data(problem), "\n".join(lines)


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


# -- runs --------------------------------------------------------------------------------------------------------------


def show_run(folder: Path) -> tuple[dict[str, Any], str]:
    """Return a run's summary as plain data and as text with small bars."""
    run = load_run(folder)
    about = [str(run.attributes.get(key, "")) for key in ("question", "statement")]
    if run.attributes.get("illustrative") == "yes":
        about.append("ILLUSTRATIVE: the scores are synthetic")
    lines = [*about, ""]
    if "tiers" in run and "acceptability" in run["tiers"]:
        lines += _tier_lines(run)
    lines += ["", f"Groups of results.nc: {', '.join(run.groups)}"]
    return _run_data(run), "\n".join(lines)


def _tier_lines(run: Run) -> list[str]:
    """One line per distinct answer: how many alternatives share it, its probabilities, a bar."""
    tiers, labels = run["tiers"], run["problem"]["label"]
    p = tiers["acceptability"].values
    lines = [f"{'':44}printed  modal   P(modal)  P(tier 1 .. {p.shape[1]})"]
    for rows in _groups(p, tiers["published_tier"].values):
        first = rows[0]
        name = str(labels.values[first])[:34] + (f" and {len(rows) - 1} more" if len(rows) > 1 else "")
        printed = int(tiers["published_tier"].values[first])
        modal = int(tiers["modal_tier"].values[first])
        shown = " ".join(f"{x:.2f}" for x in p[first])
        bar = "█" * round(20 * p[first].max())
        lines.append(f"{name:<44}{printed if printed > 0 else '-':>7}{modal:>7}{p[first].max():>11.2f}  {shown}  {bar}")
    return lines


def _groups(p: np.ndarray[Any, Any], printed: np.ndarray[Any, Any]) -> Iterable[list[int]]:
    """Rows with the same printed tier and the same probabilities."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for i, row in enumerate(p):
        found.setdefault((int(printed[i]), row.tobytes()), []).append(i)
    return found.values()


def _run_data(run: Run) -> dict[str, Any]:
    data: dict[str, Any] = {"folder": str(run.folder), **{k: str(v) for k, v in run.attributes.items()}}
    if "tiers" in run and "acceptability" in run["tiers"]:
        p = run["tiers"]["acceptability"]
        data["acceptability"] = {
            str(a): [float(x) for x in row] for a, row in zip(p["alternative"].values, p.values, strict=True)
        }
    return data
