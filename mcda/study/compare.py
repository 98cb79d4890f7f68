"""What differs between two runs: what they asked, what came out beyond its error, and what can't be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mcda.markup import preformatted
from mcda.output.glyphs import Page
from mcda.study.asked import Change, asked_differently
from mcda.study.deviation import apart
from mcda.study.differences import ASKED, LUCK, Compared, Difference, compare_results, strict
from mcda.study.store import Run, load_run

__all__ = ["Comparison", "compare_runs"]


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side.

    Attributes
    ----------
    a, b : the runs
    asked : what was asked differently
    results : every variable that both have
    apart : what can't be compared, each with the reason
    """

    a: Run
    b: Run
    asked: tuple[Change, ...]
    results: tuple[Compared, ...]
    apart: tuple[str, ...]

    @property
    def differing(self) -> list[Compared]:
        """The variables that differ beyond their error."""
        return [one for one in self.results if one.differences and one.kind != "unjudged"]

    @property
    def sampled(self) -> tuple[int, int, int]:
        """How many sampled values were compared; how many lie beyond their error; how many beyond any luck."""
        every = [one for one in self.results if one.kind == "sampled"]
        n, bound = sum(one.n for one in every), strict(sum(one.n for one in every))
        beyond = [d.errors or 0.0 for one in every for d in one.differences]
        return n, len(beyond), sum(x > bound for x in beyond)

    @property
    def shared_luck(self) -> bool:
        """Whether both runs have one seed, and so the same random numbers."""
        return self.a.manifest.get("seed") is not None and self.a.manifest.get("seed") == self.b.manifest.get("seed")

    def data(self) -> dict[str, Any]:
        """Return everything as plain data, every difference among it."""
        n, beyond, clear = self.sampled
        luck = {"compared": n, "beyond": beyond, "expected_by_luck": LUCK * n, "beyond_any_luck": clear,
                "errors_of_any_luck": strict(n), "same_seed": self.shared_luck}  # fmt: skip
        return {
            "a": str(self.a.folder), "b": str(self.b.folder), "asked": [asdict(change) for change in self.asked],
            "apart": list(self.apart), "sampled": luck, "results": [_plain(one) for one in self.results],
        }  # fmt: skip

    def __repr__(self) -> str:
        n = len(self.differing)
        return f"<Comparison of {self.a.folder} and {self.b.folder}: {len(self.asked)} changes, {n} variables differ>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        return preformatted(self.text())

    def text(self) -> str:
        """Return it to be read: what was asked, the few largest differences in sentences, then a table."""
        return "\n".join(_lines(self))


def compare_runs(a: str | Path | Run, b: str | Path | Run) -> Comparison:
    """Compare two finished runs.

    Exact values differ beyond 1e-9 (absolute, or relative where they are larger than 1); values by quadrature beyond
    their stated error; sampled ones beyond 1.96 combined standard errors, of which luck alone passes one in twenty.

    Parameters
    ----------
    a, b : folders of runs, or runs that were opened

    Errors: :class:`~mcda.errors.UsageError` for what is no finished run.
    """
    first, second = (one if isinstance(one, Run) else load_run(one) for one in (a, b))
    problems = [str(run.attributes.get("problem")) for run in (first, second)]
    other = problems[0] != problems[1]
    results = () if other else tuple(compare_results(first, second))
    told = [f"all results: the problems are two, {problems[0]} and {problems[1]}"] if other else []
    told += [] if other else list(_apart(first, second, results))
    return Comparison(first, second, tuple(asked_differently(first, second)), results, tuple(told))


def _apart(a: Run, b: Run, results: tuple[Compared, ...]) -> Iterator[str]:
    """What only one run has, and what has another meaning."""
    for who, run, other in (("A", a, b), ("B", b, a)):
        for group in run.groups:
            if group in ASKED:
                continue
            if group not in other:
                yield f"{group}: only {who} has this analysis"
            else:
                extra = [str(name) for name in run[group].data_vars if name not in other[group].data_vars]
                yield from [f"{group}: only {who} has {', '.join(extra)}"] if extra else []
    yield from (f"{one.name}: {one.why}" for one in results if one.why)
    partly: dict[str, list[str]] = {}
    for one in results:
        if one.apart and not one.why:
            partly.setdefault(one.apart, []).append(one.name)
    for what, names in partly.items():
        named = ", ".join(names) if len(names) < 4 else f"{len(names)} variables of {_groups(names)}"
        yield f"{named}: only what both have was compared; {what}"


def _groups(names: list[str]) -> str:
    return ", ".join(dict.fromkeys(name.partition("/")[0] for name in names))


def _plain(one: Compared) -> dict[str, Any]:
    """A variable as data that JSON can hold."""
    listed = [{"at": dict(d.at), "a": _finite(d.a), "b": _finite(d.b), "errors": _finite(d.errors)}
              for d in one.differences]  # fmt: skip
    about = {"group": one.group, "variable": one.variable, "long_name": one.label, "units": one.units}
    return {**about, "kind": one.kind, "compared": one.n, "not_compared": one.why, "differences": listed}


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not np.isfinite(value) else value


# -- text --------------------------------------------------------------------------------------------------------------

#: Lines of a list before the rest is counted, and sentences about results.
SHOWN, SENTENCES = 12, 6

_TITLES = {
    "input": "Input files", "score": "Scores", "rule": "Rule parameters", "problem": "The problem",
    "assumption": "Assumptions", "setting": "Settings", "version": "Versions",
}  # fmt: skip


def _lines(found: Comparison) -> Iterator[str]:
    for who, run in (("A", found.a), ("B", found.b)):
        yield f"{who}: {run.folder} ({_short(str(run.attributes.get('experiment')))}, seed {run.manifest.get('seed')})"
    yield ""
    yield from _asked_lines(found) if found.asked else ["Both runs asked the same, of the same files and versions."]
    yield ""
    yield from _summary(found)
    yield from _sentences(found)
    yield from _table(found)
    if found.apart:
        yield from ["", "Not comparable:"]
        yield from _cut([f"  {line}" for line in found.apart])


def _asked_lines(found: Comparison) -> Iterator[str]:
    yield "What was asked differently (A -> B):"
    for kind, title in _TITLES.items():
        own = [change for change in found.asked if change.kind == kind]
        if own:
            yield f"  {title} ({len(own)}):"
            yield from _cut([f"    {_short(c.key)}: {_short(c.a)} -> {_short(c.b)}" for c in own])


def _short(text: str, width: int = 60) -> str:
    text = Page().said(text)
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _cut(lines: list[str]) -> Iterator[str]:
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"{lines[0][: len(lines[0]) - len(lines[0].lstrip())]}and {len(lines) - SHOWN} more (--json lists all)"


def _summary(found: Comparison) -> Iterator[str]:
    """How many values were compared and what luck would do."""
    exact = [one for one in found.results if one.kind in ("exact", "numerical") and not one.why]
    differ = sum(len(one.differences) for one in exact)
    if exact:
        yield f"Of {sum(one.n for one in exact):,} values without sampling error {_count(differ)}."
    n, beyond, clear = found.sampled
    if n:
        yield (
            f"Of {n:,} sampled values {_count(beyond)} by more than 1.96 combined standard errors; luck alone would "
            f"give up to about {LUCK * n:,.0f}. By more than {strict(n):.1f}, which luck would pass in one of twenty "
            f"such comparisons: {clear:,}."
        )
        if found.shared_luck:
            yield "Both runs have one seed, so they share their random numbers: luck gives less than that."
        yield "Months of one path, and rows on it, go together: differences come in clusters."
    unjudged = [one.name for one in found.results if one.kind == "unjudged" and one.differences]
    if unjudged:
        yield f"Sampled, with no error stated, and so not judged: {', '.join(unjudged)}."


def _count(n: int) -> str:
    return "none differs" if n == 0 else "one differs" if n == 1 else f"{n:,} differ"


# -- the few largest, in sentences -------------------------------------------------------------------------------------

#: Variables that sentences speak of, with what is said of a value: {} for the labels it has.
_SPOKEN: Mapping[str, str] = {
    "tiers/modal_tier": "the most probable tier of {alternative}",
    "tiers/acceptability": "the probability that {alternative} is sorted into tier {tier}",
    "second_panel/survival": "the probability that {alternative} keeps its tier, a second panel {spread} points off",
    "other_rules/agreement": "the probability that {alternative} keeps its tier under the rule '{rule}'",
    "shocks/acceptability": "the probability of tier {tier} for {alternative} after the shock '{shock}'",
    "rule_uncertainty/mixed": "the probability of tier {tier} for {alternative} over all rules",
    "sensitivity/shapley": "the Shapley effect of {factor} on {output}, for {alternative}",
    "draws/share": "the share of draws in which {alternative} is in tier {tier}",
    "simulation/outcome_mean": "{outcome} under {policy} in '{scenario}' ({assumptions})",
    "simulation/tier_stability": "the share of months in which {alternative} is in its tier, under {policy} in "
    "'{scenario}' ({assumptions})",
}


def _sentences(found: Comparison) -> Iterator[str]:
    """One sentence for each of the variables that people ask about: its largest difference, and who shares it."""
    by_name = {one.name: one for one in found.differing}
    spoken = [name for name in _SPOKEN if name in by_name][:SENTENCES]
    if spoken:
        yield from ["", "Largest differences:"]
    for name in spoken:
        yield f"  {_sentence(found, by_name[name], _SPOKEN[name])}"


def _sentence(found: Comparison, one: Compared, words: str) -> str:
    first = _largest(one)
    labels = {key: _label(found, key, value) for key, value in first.at.items()}
    told = f"{words.format(**labels)} is {_value(first.a)} in A and {_value(first.b)} in B"
    if first.errors is not None and np.isfinite(first.errors):
        told += f", {first.errors:.1f} standard errors apart"
    alike = len(_alike(one, first)) - 1
    told += f" (the same for {alike} more)" if alike else ""
    more = len(one.differences) - alike - 1
    rest = f"; {more:,} further values differ" if more > 1 else "; one further value differs" if more == 1 else ""
    return f"{told[0].upper()}{told[1:]}{rest}."


def _largest(one: Compared) -> Difference:
    """The largest difference that has a size; of sampled values, which have unlike units, that of most errors."""
    if one.kind == "sampled":
        return max(one.differences, key=lambda d: d.errors or 0.0)
    return max(one.differences, key=lambda d: d.size if np.isfinite(d.size) else -1.0)


def _alike(one: Compared, first: Difference) -> list[Difference]:
    """Differences that are the first one's, at other alternatives: equal inputs have equal answers."""

    def rest(d: Difference) -> dict[str, Any]:
        return {key: value for key, value in d.at.items() if key != "alternative"}

    near = (d for d in one.differences if rest(d) == rest(first))
    return [d for d in near if _same(d, first)]


def _same(one: Difference, other: Difference) -> bool:
    return not apart(np.array([one.a, one.b]), np.array([other.a, other.b]), 1e-10).any()


def _label(found: Comparison, dim: str, value: Any) -> str:
    """A label in words: an alternative's name, an outcome's."""
    places = {"alternative": ("problem", "label"), "outcome": ("simulation", "outcome_label")}
    group, name = places.get(dim, ("", ""))
    if group in found.a and name in found.a[group]:
        labels = dict(zip(found.a[group][dim].values.tolist(), found.a[group][name].values.tolist(), strict=True))
        value = labels.get(value) or value
    text = _short(f"{value:g}" if isinstance(value, float) else str(value))
    return f"'{text}'" if dim == "alternative" else text


def _value(value: Any) -> str:
    if isinstance(value, float):
        return "not defined" if np.isnan(value) else f"{value:.4g}"
    return _short(str(value), 40)


# -- the table ---------------------------------------------------------------------------------------------------------


def _table(found: Comparison) -> Iterator[str]:
    if not found.differing:
        return
    rows = [("variable", "compared", "differ", "largest", "A", "B", "at"), *map(_row, found.differing)]
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]) - 1)]
    yield ""
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:-1], widths[1:], strict=True))]
        yield f"{'  '.join(cells)}  {row[-1]}".rstrip()


def _row(one: Compared) -> tuple[str, ...]:
    first = _largest(one)
    size = first.size
    largest = f"{size:.3g}" if np.isfinite(size) else "-"
    at = ", ".join(f"{_short(str(value), 30)}" for value in first.at.values())
    return one.name, f"{one.n:,}", f"{len(one.differences):,}", largest, _value(first.a)[:12], _value(first.b)[:12], at
