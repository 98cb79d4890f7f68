"""A run as text for a terminal: its tiers, its curves, what moves the answer, what its simulation shows over time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.output.findings import EQUAL, movers
from mcda.output.glyphs import Page
from mcda.output.report.reasons import mover_name
from mcda.output.results import Results
from mcda.output.subject import Subject
from mcda.output.wording import plain

__all__ = ["run_summary"]

#: Rows of a part before the rest is counted.
ROWS = 16


def run_summary(results: Results, page: Page) -> list[str]:
    """Return the lines of a run's summary."""
    subject = Subject(results)
    lines = page.wrapped(results.attributes.get("question", ""))
    if subject.illustrative:
        lines += page.wrapped("ILLUSTRATIVE: the scores are synthetic; nothing here is a finding.")
    for part in (_tiers, _survival, _factors, _assumptions, _statuses, _declined):
        if found := list(part(subject, page)):
            lines += ["", *found]
    groups = f"Groups of results.nc: {', '.join(results)}"
    return [line.rstrip() for line in [*lines, "", *page.wrapped(groups, hang=2)]]


# -- tiers -------------------------------------------------------------------------------------------------------------


def _groups(p: npt.NDArray[Any], printed: npt.NDArray[Any]) -> list[list[int]]:
    """Rows with the same printed tier and the same probabilities."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for i, row in enumerate(np.round(p, 10)):
        found.setdefault((int(printed[i]), row.tobytes()), []).append(i)
    return list(found.values())


def _tiers(subject: Subject, page: Page) -> Iterator[str]:
    """One line for each distinct answer: who has it, printed and most probable tier, and a bar of all tiers."""
    if not subject.results.has("tiers/acceptability"):
        return
    tiers = subject.results["tiers"]
    p = subject.aligned(tiers["acceptability"])
    modal = subject.aligned(tiers["modal_tier"]) if "modal_tier" in tiers else p.argmax(axis=1) + 1
    yield from page.wrapped(_about(subject, p))
    narrow = page.width < 60
    side = 8 if narrow else 22  # the columns between name and bar
    bar = max((page.width - side) // 2, 10)
    name = page.width - side - bar
    if not narrow:
        yield f"{'':{name}}{'printed':>8}{'modal':>6}{'P':>6}  {f'tiers 1 to {len(subject.tiers)}'[:bar]}"
    for rows in _groups(p, subject.published_tier)[: 4 * ROWS]:
        first = rows[0]
        printed = subject.published_tier[first]
        shown = plain(float(p[first].max()))
        columns = f" {shown:>5}  " if narrow else f"{printed if printed > 0 else '-':>8}{modal[first]:>6}{shown:>6}  "
        label = _name(subject, rows, page, name)
        yield f"{label}{columns}{page.stacked(list(p[first]), bar)}"
    yield from _rest(len(_groups(p, subject.published_tier)) - 4 * ROWS, page)


def _name(subject: Subject, rows: list[int], page: Page, width: int) -> str:
    """A name in its column; how many others share the answer stays, whatever is cut."""
    more = f" +{len(rows) - 1}" if len(rows) > 1 else ""
    short = page.fitted(subject.labels[rows[0]], width - len(more)).rstrip()
    return page.fitted(f"{short}{more}", width)


def _about(subject: Subject, p: npt.NDArray[Any]) -> str:
    """What the bars show, and how exact they are."""
    se = subject.results["tiers"].get("acceptability_se")
    largest = 0.0 if se is None else float(se.max())
    how = "exact, given the assumptions" if largest == 0 else f"standard errors up to {largest:.2g}"
    n = len(_groups(p, subject.published_tier))
    answers = "one answer" if n == 1 else f"{n} different answers"
    many = subject.noun.count(len(subject.alternatives))
    alike = " +N: so many more have the same answer." if n < len(subject.alternatives) else ""
    return f"Tiers of {many}, {answers} ({how}). A tier's share of a bar is its probability.{alike}"


def _rest(n: int, page: Page) -> list[str]:
    return page.wrapped(f"and {n} more (tables/, results.nc)", 2) if n > 0 else []


# -- curves and bars ---------------------------------------------------------------------------------------------------


def _survival(subject: Subject, page: Page) -> Iterator[str]:
    """How the printed tiers hold as a second panel's error grows."""
    if not subject.results.has("second_panel/survival"):
        return
    found = subject.results["second_panel"]["survival"]
    spread, rows = found["spread"].values, subject.aligned(found)
    yield from page.wrapped(
        f"Probability that a second panel gives the printed tier, from {spread[0]:g} to {spread[-1]:g} points of error"
    )
    groups = _groups(rows, subject.published_tier)
    name = page.width // 2 - 8
    for group in groups[:ROWS]:
        curve = page.curve(rows[group[0]], page.width - name - 16)
        ends = f"{plain(float(rows[group[0], 0])):>5} to {plain(float(rows[group[0], -1]))}"
        yield f"{_name(subject, group, page, name)} {curve} {ends}"
    yield from _rest(len(groups) - ROWS, page)


def _factors(subject: Subject, page: Page) -> Iterator[str]:
    """Which criteria the tier depends on: mean Shapley effects of the ordinal output."""
    if not subject.results.has("sensitivity/shapley"):
        return
    found = subject.results["sensitivity"]["shapley"]
    if "ordinal" not in found["output"].values:
        return
    mean = found.sel(output="ordinal").mean("alternative", skipna=True)
    yield from page.wrapped("What the tier depends on: Shapley effects, mean over all (they add up to 1)")
    names = [subject.criteria.get(str(f), str(f)) for f in mean["factor"].values]
    yield from _bars(names, mean.values, page)


def _bars(names: list[str], values: npt.NDArray[Any], page: Page) -> Iterator[str]:
    """A line for each value, the largest first; bars from 0 to the largest."""
    name = min(max(len(page.said(n)) for n in names), page.width // 2)
    top, order = float(np.nanmax(values, initial=0.0)) or 1.0, np.argsort(-np.nan_to_num(values), kind="stable")
    for k in order[:ROWS]:
        bar = page.bar(float(values[k]) / top, page.width - name - 10)
        yield f"{page.fitted(names[k], name)} {plain(float(values[k])):>6} {bar}"
    yield from _rest(len(order) - ROWS, page)


def _assumptions(subject: Subject, page: Page) -> Iterator[str]:
    """The five assumptions that move the answer most."""
    moving = [m for m in movers(subject) if m.mean > EQUAL][:5]
    if moving:
        yield from page.wrapped("What moves these probabilities most, over its declared range (mean change)")
        yield from _bars([mover_name(subject, m.key) for m in moving], np.array([m.mean for m in moving]), page)


# -- the simulation ----------------------------------------------------------------------------------------------------


def _statuses(subject: Subject, page: Page) -> Iterator[str]:
    """Shares of rows suspended, month by month, and all statuses at the end, by scenario and policy."""
    if not subject.results.has("simulation/status_share"):
        return
    group = subject.results["simulation"]
    share = group["status_share"].mean("alternative")
    first = str(group["assumptions"].values[0]) if "assumptions" in share.dims else ""
    share = share.isel(assumptions=0) if first else share
    cells = _cells(share)
    top = max((float(_suspended(share, cell).max()) for cell in cells[:ROWS]), default=0.0)
    what = f"Share of {subject.noun.many} suspended over {group.sizes['month']} months (curves from 0 to {plain(top)})"
    under = f"; assumptions: {first}" if first else ""
    yield from page.wrapped(f"{what}, then statuses at the end{under}. If it happens so, not a forecast.")
    yield from page.wrapped(_statuses_key(share))
    for cell in cells[:ROWS]:
        yield _status_line(group, share, page, cell, top or 1.0)
    yield from _rest(len(cells) - ROWS, page)


def _statuses_key(share: xr.DataArray) -> str:
    names = [f"{k + 1} {name}" for k, name in enumerate(map(str, share["status"].values))]
    return f"Bars at the end: {', '.join(names)}"


def _cells(share: xr.DataArray) -> list[tuple[str, str]]:
    """Scenarios by policies that ever suspend anything; of many, all scenarios under the first such policy."""
    suspended = share.sel(status="suspended").max(["month", "scenario"])
    policies = [str(p) for p, top in zip(share["policy"].values, suspended.values, strict=True) if top > 0]
    scenarios = [str(s) for s in share["scenario"].values]
    every = [(s, p) for s in scenarios for p in policies]
    if len(every) <= ROWS:
        return every
    return sorted(every, key=lambda cell: policies.index(cell[1]))


def _suspended(share: xr.DataArray, cell: tuple[str, str]) -> npt.NDArray[Any]:
    found: npt.NDArray[Any] = share.sel(scenario=cell[0], policy=cell[1], status="suspended").values
    return found


def _status_line(group: xr.Dataset, share: xr.DataArray, page: Page, cell: tuple[str, str], top: float) -> str:
    titles = dict(zip(group["scenario"].values.tolist(), group["scenario_title"].values.tolist(), strict=True))
    codes = dict(zip(group["policy"].values.tolist(), group["policy_code"].values.tolist(), strict=True))
    name, end = page.width * 2 // 5, max(page.width // 6, 6)
    curve = page.width - name - end - 3
    label = page.fitted(f"{codes.get(cell[1], cell[1])} {titles.get(cell[0]) or cell[0]}", name)
    drawn = page.curve(_suspended(share, cell), curve, top=top)
    last = share.sel(scenario=cell[0], policy=cell[1]).isel(month=-1)
    return f"{label} {page.fitted(drawn, curve)} {page.stacked(list(last.values), end)}"


def _declined(subject: Subject, page: Page) -> Iterator[str]:
    """What was asked for and not computed, with the reason."""
    for name in subject.results:
        if reason := str(subject.results[name].attrs.get("declined", "")):
            yield from page.wrapped(f"{name}: not computed: {reason}", hang=2)
