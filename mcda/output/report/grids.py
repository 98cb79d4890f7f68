"""Tables of a report: two digits in a cell, a note on what the columns mean, and the numbers of the sentences."""

from __future__ import annotations

from collections.abc import Sequence

from mcda.output import findings as fi
from mcda.output.report import panel as pa
from mcda.output.report import published as te
from mcda.output.report import reasons as why
from mcda.output.report.model import Grid
from mcda.output.sheets import ILLUSTRATIVE
from mcda.output.subject import Subject
from mcda.output.wording import Span, capital, named, plain

__all__ = [
    "COLUMNS", "DASH", "LINES", "caption_of", "cell", "criterion_grid", "panel_grid", "register_grid", "shock_grid",
    "shown", "tier_grid", "tier_heads",
]  # fmt: skip

#: Most lines of a table in the text, and most tiers that get a column each.
LINES, COLUMNS = 10, 7

DASH = "\N{EN DASH}"


def cell(span: Span | None) -> str:
    """Return a table's probability: two digits; of a range both ends."""
    if span is None:
        return DASH
    low, high = plain(span.low), plain(span.high)
    if low == high:
        return low
    return f"{low} to {high}" if "<" in low or ">" in high else f"{low}{DASH}{high}"


def caption_of(subject: Subject, text: str) -> str:
    """Return a caption, with the mark of a run whose scores are synthetic."""
    return f"{ILLUSTRATIVE}. {text}" if subject.illustrative else text


def tier_heads(subject: Subject, tiers: Sequence[int]) -> tuple[str, ...]:
    """Return the heads of columns by tier."""
    return tuple(named(subject.tier_labels[t], 30) for t in tiers)


# -- published tiers ---------------------------------------------------------------------------------------------------


def tier_grid(subject: Subject, found: Sequence[fi.TierFinding], rules: Sequence[fi.RuleFinding]) -> Grid:
    """Return what is found for each published tier; a column that has nothing to say is left out."""
    columns: list[tuple[str, list[str], bool]] = [
        (capital(subject.noun.many), [str(f.count) for f in found], True),
        ("Comes again", [cell(f.stands) for f in found], True),
        ("Range", [cell(f.varied) for f in found], any(f.varied for f in found)),
        ("Likeliest other", [_other(subject, f) for f in found], True),
        ("Crosses the line", [cell(f.across) for f in found], any(f.across for f in found)),
        ("One point is enough", [cell(f.near) for f in found], any(f.near for f in found)),
        ("Least kept by rule", [_worst_rule(rules, k) for k in range(len(found))], bool(rules)),
    ]
    kept = [(name, cells) for name, cells, there in columns if there]
    names = ["Published tier", *(name for name, _ in kept)]
    rows = tuple(
        (named(subject.tier_labels[f.tier], 30), *(cells[k] for _, cells in kept)) for k, f in enumerate(found)
    )
    words = frozenset(k for k, name in enumerate(names) if k == 0 or name in ("Likeliest other", "Least kept by rule"))
    caption = caption_of(subject, "How sure each published tier is")
    return Grid(0, caption, tuple(names), rows, words, _tier_note(subject, names))


def _other(subject: Subject, f: fi.TierFinding) -> str:
    names = ", ".join(named(subject.tier_labels[t], 30) for t in f.away)
    return f"{names} ({cell(f.away_p)})"


def _worst_rule(rules: Sequence[fi.RuleFinding], k: int) -> str:
    if not rules:
        return DASH
    worst = min(rules, key=lambda rule: rule.keeps[k].low)
    if worst.keeps[k].low > 1 - fi.EQUAL:
        return "1 (all keep it)" if len(rules) > 1 else "1"
    return f"{cell(worst.keeps[k])} ({named(worst.name, 30)})"


def _tier_note(subject: Subject, names: Sequence[str]) -> str:
    """What the columns mean."""
    over = te.varied_over(subject)
    texts = {
        "Comes again": "probability that a second panel gives the published tier",
        "Range": f"over {over}",
        "Crosses the line": "probability of a tier on the other side of the line between inside and outside",
        "One point is enough": "share of the fitting score vectors that one point on one score can move elsewhere",
        "Least kept by rule": "of scores that fit the published tier, the share that keeps it under that rule",
    }
    said = ". ".join(f"{name}: {texts[name]}" for name in names if name in texts)
    own = "All columns but the range are for the run's own prior and error." if over else ""
    return f"{said}. {own}".strip()


def criterion_grid(subject: Subject, criteria: Sequence[fi.CriterionFinding], tiers: Sequence[int]) -> Grid:
    """Return which way a score pushes, and how much of the doubt it carries, by published tier."""
    shares = why.classes_of(criteria) > why.CLASSES
    rows = [
        (_criterion_names(subject, f.ids), *(_criterion_cell(f, k, shares) for k in range(len(tiers))))
        for f in criteria
    ]
    head = ("Score on", *tier_heads(subject, tiers))
    note = "Each cell: the probability that the published tier comes again if the new score is the lowest → the highest"
    note += "; in brackets the criterion's share of the doubt (they sum to 1 over all criteria)." if shares else "."
    caption = caption_of(subject, "What one new score does to the published tier")
    return Grid(0, caption, head, tuple(rows), frozenset((0,)), f"{note} For the run's own prior and error.")


def _criterion_names(subject: Subject, ids: Sequence[str]) -> str:
    names = ", ".join(named(subject.criteria[i], 40) for i in ids)
    return f"{names} (each)" if len(ids) > 1 else names


def _criterion_cell(f: fi.CriterionFinding, k: int, shares: bool) -> str:
    if f.low[k] is None or f.high[k] is None:
        return DASH
    return f"{cell(f.low[k])} → {cell(f.high[k])}" + (f" ({cell(f.shapley[k])})" if shares else "")


def shock_grid(subject: Subject, shocks: Sequence[fi.ShockFinding], tiers: Sequence[int]) -> Grid:
    """Return what a shock leaves of each tier."""
    lined = any(s is not None for f in shocks for s in f.across)
    rows = tuple(
        (
            named(f.label),
            *(cell(f.stands[k]) + (f" ({cell(f.across[k])})" if lined else "") for k in range(len(tiers))),
        )
        for f in shocks
    )
    head = ("Shock", *tier_heads(subject, tiers))
    note = "Each cell: the probability that the published tier stands after the shock"
    note += "; in brackets, that it crosses the line between inside and outside." if lined else "."
    note += " At the declared size of the shock; not a forecast."
    return Grid(0, caption_of(subject, "The same scores after a shock"), head, rows, frozenset((0,)), note)


# -- a panel -----------------------------------------------------------------------------------------------------------


def shown(found: Sequence[pa.PanelFinding]) -> list[pa.PanelFinding]:
    """Return whom table 1 is about: those whose likeliest tier differs, surest first; if there are none, all."""
    return sorted((f for f in found if f.differs), key=lambda f: -f.p) or sorted(found, key=lambda f: f.p)


def panel_grid(subject: Subject, found: Sequence[pa.PanelFinding], chosen: Sequence[pa.PanelFinding]) -> Grid:
    """Return where the panel differs from the published tiers; or else who is least sure."""
    differ = any(f.differs for f in found)
    what = "Where the likeliest tier differs from the published one, surest first" if differ else "Who is least sure"
    over = te.varied_over(subject)
    rows = tuple(
        (named(subject.labels[f.row]), named(subject.tier_labels.get(f.published, DASH)),
         named(subject.tier_labels[f.modal]), plain(f.p), *_ranged(f, over))
        for f in chosen[:LINES]
    )  # fmt: skip
    head = (capital(subject.noun.one), "Published", "Likeliest", "Probability", *(("Range", "Decided") if over else ()))
    more = f"{len(chosen) - LINES} more in tables/acceptability.csv. " if len(chosen) > LINES else ""
    note = f"{more}Range: over {over}. Decided: {plain(pa.DECIDED, 1)} or more over all of it." if over else more
    return Grid(0, caption_of(subject, what), head, rows, frozenset((0, 1, 2, 5)), note.strip())


def _ranged(f: pa.PanelFinding, over: str) -> tuple[str, ...]:
    if not over:
        return ()
    return (cell(f.varied), ("yes" if f.decided else "no") if f.varied else DASH)


# -- the register ------------------------------------------------------------------------------------------------------


def register_grid(subject: Subject, movers: Sequence[fi.Mover], rest: str) -> Grid:
    """Return the head of the assumption register."""
    rows = tuple(
        (
            capital(why.mover_name(subject, m.key)),
            named(m.value, 30),
            _declared(m),
            named(m.basis),
            plain(m.mean),
            plain(m.top),
        )
        for m in movers
    )
    head = ("Assumption", "Used", "Declared range", "Basis", "Moves by, mean", "Moves by, most")
    note = (
        f"Moves by: the largest change of the probability that the tier stands, as a mean over the {subject.noun.many} "
        "and for the one that it moves most, when this entry alone goes to an end of its range or to another choice."
    )
    caption = caption_of(subject, "The assumptions that move the answer most")
    return Grid(0, caption, head, rows, frozenset((0, 1, 2, 3)), f"{note} {rest}".strip())


def _declared(m: fi.Mover) -> str:
    """An entry's range, or how many other choices there are."""
    if m.high:
        return f"{named(m.low, 20)} to {named(m.high, 20)}"
    others = [name for name in m.low.split(", ") if name]
    return named(m.low) if len(others) <= 3 else f"{len(others)} others"
