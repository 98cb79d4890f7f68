"""What `mcda calibrate` says: the likeliest cuts, how weak the answer is, and what no cut can fit."""

from __future__ import annotations

from typing import Any

from mcda.errors import Declined, UsageError
from mcda.files.problem import load_problem
from mcda.problem import Problem
from mcda.tiers.calibration import Calibration, calibrate

__all__ = ["calibration_report"]


def calibration_report(
    source: str, *, rule: str | None = None, counts: str | None = None
) -> tuple[dict[str, Any], str]:
    """Return the calibration of a problem's rule as plain data and as text.

    Parameters
    ----------
    source : problem file or shipped name
    rule : name of the rule; the reference rule if not given
    counts : comma-separated counts by tier; those of the published tiers if not given

    Errors: :class:`UsageError` for counts that are no whole numbers or too few, and for rules that are not calibrated.
    """
    problem = load_problem(source)
    chosen = problem.named_rule(rule) if rule else problem.rule
    numbers = _counts(problem, counts)
    try:
        found = calibrate(chosen, problem.scale, numbers)
    except Declined as reason:
        raise UsageError(f"rule '{chosen.name}' cannot be calibrated: {reason}") from reason
    return _data(found), _text(problem, found)


def _counts(problem: Problem, given: str | None) -> tuple[int, ...]:
    n = len(problem.tiers)
    if given is None:
        published = [t for t in problem.published if t > 0]
        if not published:
            raise UsageError(f"problem '{problem.id}' publishes no tier; allowed: --counts N1,N2,...")
        return tuple(published.count(t) for t in range(1, n + 1))
    parts = [part.strip() for part in given.split(",")]
    if len(parts) != n or not all(part.isdigit() for part in parts):
        raise UsageError(f"--counts {given}: allowed are {n} whole numbers, one per tier, comma-separated")
    return tuple(map(int, parts))


def _data(found: Calibration) -> dict[str, Any]:
    return {
        "rule": found.rule.name,
        "counts": list(found.counts),
        "cuts": [str(c) for c in found.cuts],
        "log_likelihood": found.log_likelihood,
        "probabilities": [float(p) for p in found.probabilities],
        "within_two_log_units": found.n_near,
        "range": [[str(low), str(high)] for low, high in found.near_range],
        "inside": {
            "count": found.inside_count,
            "probability": found.inside_probability,
            "at_most": found.tail[0],
            "at_least": found.tail[1],
        },
        "surface": [
            {"cuts": [float(c) for c in cuts], "log_likelihood": float(value)}
            for cuts, value in zip(found.surface_cuts, found.surface, strict=True)
        ],
    }


def _text(problem: Problem, found: Calibration) -> str:
    shares = [n / sum(found.counts) for n in found.counts]
    lines = [
        f"Rule '{found.rule.name}' of {problem.id}: cuts that make the counts likeliest",
        f"({', '.join(map(str, found.counts))} by tier),",
        "scores independent and uniform on the scale.",
        "",
        f"{'cut':>6}{'found':>9}   range within two log units",
    ]
    for i, (cut, (low, high)) in enumerate(zip(found.cuts, found.near_range, strict=True)):
        lines.append(f"{i + 1:>6}{cut!s:>9}   {low} to {high}")
    lines += [
        "",
        f"log likelihood {found.log_likelihood:.4f}; {found.n_near} cut vectors lie within two log units: "
        + ("the counts say little about the cuts." if found.n_near > 10 else "the counts are fairly sharp."),
        "",
        f"{'tier':>6}{'counted':>9}{'share':>8}{'P(tier)':>9}",
    ]
    rows = zip(found.rule.tiers, found.counts, shares, found.probabilities, strict=True)
    lines += [f"{t:>6}{n:>9}{share:>8.3f}{p:>9.3f}" for t, n, share, p in rows]
    return "\n".join([*lines, "", *_inside(found), "", *_surface(found)])


def _inside(found: Calibration) -> list[str]:
    """The count inside the Roadmap: under the footnote's reading no cut moves it."""
    total = sum(found.counts)
    said = f"{found.inside_count} of {total} are inside; P(inside) = {found.inside_probability:.4f}"
    n = found.inside_count
    tails = f"P(at most {n}) = {found.tail[0]:.3g}, P(at least {n}) = {found.tail[1]:.3g}"
    fixed = "no cut can change that." if found.rule.reading == "footnote" else "under this reading the cuts set it."
    return [f"{said}, so {tails}; {fixed}"]


def _surface(found: Calibration, rows: int = 12) -> list[str]:
    """The likelihood surface's best part."""
    lines = [f"The likeliest {min(rows, len(found.surface))} cut vectors (the whole surface: --json):"]
    for cuts, value in list(zip(found.surface_cuts, found.surface, strict=True))[:rows]:
        lines.append(f"  {', '.join(f'{c:g}' for c in cuts):<28}{value:.4f}")
    return lines
