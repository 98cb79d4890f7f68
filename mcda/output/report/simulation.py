"""What a report says of a simulation: how far the process gets, how it breaks, who is exposed, and what decides it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import xarray as xr

from mcda.output.report.model import Block, Bullets, Grid, Paragraph, Section
from mcda.output.selected_simulation import judged_policy
from mcda.output.sheets import ILLUSTRATIVE
from mcda.output.subject import Subject
from mcda.output.wording import capital, listing, named, plain, quantity

__all__ = ["count_span", "simulated_grid", "simulated_rests", "simulation_blocks", "simulation_sections"]

#: A number that moves the answer by fewer standard deviations than this is left to the table of the register.
LEAST = 0.01

#: Most scenarios and most assumptions that the table of a short report has.
LINES, MOVERS = 12, 5


def simulation_sections(subject: Subject) -> list[Section]:
    """Return the section that a run with a simulation has in its report; none for other runs."""
    blocks = simulation_blocks(subject, LINES)
    return [Section("If events turn", tuple(blocks))] if blocks else []


def simulation_blocks(subject: Subject, lines: int) -> list[Block]:
    """Return sentences on the simulation, and the table of its outcomes with at most so many scenarios."""
    if not subject.results.has("simulation/outcome_mean"):
        return []
    group = subject.results["simulation"]
    found = Bullets(tuple(_findings(subject, group)))
    return [Paragraph(_lead(subject, group), lead=True), Paragraph(_how(group)), found, simulated_grid(subject, lines)]


# -- numbers -----------------------------------------------------------------------------------------------------------


def _outcome(group: xr.Dataset, name: str, policy: str) -> xr.DataArray:
    return group["outcome_mean"].sel(outcome=name, policy=policy)


def _known(values: xr.DataArray) -> list[float]:
    return [float(x) for x in values.values.ravel() if np.isfinite(x)]


def _span(values: xr.DataArray) -> str:
    """Lowest to highest of some shares, in words."""
    found = _known(values)
    low, high = plain(min(found)), plain(max(found))
    return (low if low == high else f"{low} to {high}").replace("<", "less than ").replace(">", "more than ")


def count_span(values: xr.DataArray) -> str:
    """Return the lowest and the highest of some numbers, in two digits; a dash where there is none."""
    found = _known(values)
    if not found:
        return "\N{EN DASH}"
    low, high = _two_digits(min(found)), _two_digits(max(found))
    return low if low == high else f"{low} to {high}"


def _two_digits(x: float) -> str:
    """A number in two digits that count, thousands apart."""
    rounded = float(f"{x:.2g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 10 else f"{rounded:g}"


# -- sentences ---------------------------------------------------------------------------------------------------------


def _policy_title(group: xr.Dataset, policy: str) -> str:
    return f"'{named(str(group['policy_title'].sel(policy=policy).item()), 60)}'"


def _scenario_title(group: xr.Dataset, at: int) -> str:
    return f"'{named(str(group['scenario_title'].values[at]), 80)}'"


def _lead(subject: Subject, group: xr.Dataset) -> str:
    """How far the process gets and how it breaks, by the horizon."""
    policy = judged_policy(group)
    last = group["stage_incidence"].isel(time=-1).sel(policy=policy)
    shares = [(str(s), _span(last.sel(stage=s))) for s in group["stage"].values]
    opened = [f"stage {s} has opened on {p} of the simulated paths" if k == 0 else f"stage {s} on {p}"
              for k, (s, p) in enumerate(shares)]  # fmt: skip
    stages = listing(opened)
    breaks = group["cumulative_incidence"].isel(time=-1).sel(policy=policy)
    first = listing(f"{named(str(c))} on {_span(breaks.sel(cause=c))} of them" for c in group["cause"].values)
    one = group.sizes["scenario"] == 1 and group.sizes["assumptions"] == 1
    depends = "" if one else ", depending on scenario and assumptions"
    return (
        f"Suppose the policy {_policy_title(group, policy)} is followed for {group.sizes['month']} months. By then, "
        f"{stages}{depends}. What comes first is {first}; on the others none of these."
    )


def _how(group: xr.Dataset) -> str:
    n, policies, sets = (group.sizes[d] for d in ("scenario", "policy", "assumptions"))
    scenarios = "One scenario was" if n == 1 else f"{n} scenarios were"
    under = "one policy" if policies == 1 else f"{policies} policies"
    names = listing(f"'{named(str(a))}'" for a in group["assumptions"].values)
    with_sets = f"the assumption set {names}" if sets == 1 else f"the assumption sets {names}"
    return (
        f"{scenarios} simulated month by month, on {int(group.attrs.get('paths', 0)):,} paths each, for {under} and "
        f"under {with_sets}. None of it is a forecast: a number holds if its scenario comes true and the assumed rates "
        "are right."
    )


def _findings(subject: Subject, group: xr.Dataset) -> Iterator[str]:
    policy = judged_policy(group)
    yield _exposed(group, policy)
    yield from _false(group, policy)
    stability = group["tier_stability"].sel(policy=policy).mean("alternative")
    yield (
        f"Events move scores, and scores move tiers: on average over all {subject.noun.many}, the printed tier holds "
        f"in a share of {_span(stability)} of the months."
    )
    yield from _no_trigger(group, policy)
    yield from _regretted(group)


def _exposed(group: xr.Dataset, policy: str) -> str:
    """What stays suspended while the territory is used, and in how many scenarios nothing does."""
    war = _outcome(group, "exposure_war", policy)
    by_scenario = war.max("assumptions")
    most, at = float(by_scenario.max()), int(by_scenario.argmax("scenario"))
    if most == 0:
        return "In no scenario is anything suspended while the territory is used for war."
    never = int((by_scenario == 0).sum())
    none = f" In {never} of {group.sizes['scenario']} scenarios it is 0." if never else ""
    return (
        f"While the territory is used for war, suspensions still run for at most {_two_digits(most)} measure-months on "
        f"average (a measure suspended for a month counts 1), most in {_scenario_title(group, at)}.{none}"
    )


def _false(group: xr.Dataset, policy: str) -> Iterator[str]:
    """How many snapbacks hit a track that was kept; that a wide range decides nothing is said."""
    false = _outcome(group, "false_snapback_share", policy)
    found = _known(false)
    if not found:
        return
    undecided = min(found) < 0.5 < max(found)
    more = " Whether most of them would be wrong is not decided: it depends on the scenario." if undecided else ""
    yield f"Of the snapbacks on a track, a share of {_span(false)} would come although nobody violated it.{more}"


def _no_trigger(group: xr.Dataset, policy: str) -> Iterator[str]:
    """The gap that the source leaves: circumvention moves tiers, and no trigger looks at it."""
    if "circumvention-surge" not in group["scenario"].values:
        return
    chosen = _outcome(group, "exposure_shadow", policy).sel(scenario="circumvention-surge")
    yield (
        "Nothing in the source reacts to a surge of circumvention. Measures that would then be sorted outside the "
        f"Roadmap stay suspended, for {count_span(chosen)} measure-months."
    )


def _regretted(group: xr.Dataset) -> Iterator[str]:
    """Which policy has the smallest largest regret, by stance; those within two standard errors are not told apart."""
    if "regret" not in group or group.sizes["policy"] < 2:
        return
    best: dict[str, list[str]] = {}
    for u in group["utility"].values:
        titles = listing((_policy_title(group, p) for p in _least_regretted(group.sel(utility=u))), "or")
        best.setdefault(titles or "none of them", []).append(f"'{named(str(u))}'")
    undecided = listing(best.pop("none of them", []))
    start = "Which policy is regretted least in its worst case is a value judgement"
    if len(best) == 1 and not undecided:
        yield f"{start}, yet all {group.sizes['utility']} stances agree on {next(iter(best))}."
    elif best:
        yield f"{start}: {'; '.join(f'{title} by the stance {listing(u)}' for title, u in best.items())}."
    if undecided:
        yield f"By the stance {undecided} it is not decided: it depends on the assumption set."


def _least_regretted(group: xr.Dataset) -> list[str]:
    """The policies that are among the least regretted under every assumption set; none if sets disagree."""
    by_set = [_indistinct(group.sel(assumptions=a)) for a in group["assumptions"].values]
    return [p for p in by_set[0] if all(p in other for other in by_set)]


def _indistinct(group: xr.Dataset) -> list[str]:
    """The policies whose largest regret over scenarios can't be told from the smallest, at two standard errors."""
    flat = group[["regret", "regret_se"]].rename(scenario="case").transpose("policy", "case")
    at = flat["regret"].argmax("case")
    worst, error = flat["regret"].isel(case=at).values, flat["regret_se"].isel(case=at).values
    least = int(worst.argmin())
    near = worst - worst[least] <= 2 * np.hypot(error, error[least])
    return [str(p) for p, yes in zip(group["policy"].values, near, strict=True) if yes]


# -- tables ------------------------------------------------------------------------------------------------------------

#: Outcomes of the table, with heads short enough for a column; the unit stands in the note.
SHOWN = {
    "months_suspended": "Suspended at all", "exposure_war": "... while the territory is used",
    "exposure_violation": "... while a track is violated", "exposure_shadow": "... while sorted outside",
    "yield": "Prison months spared",
}  # fmt: skip


def simulated_grid(subject: Subject, lines: int) -> Grid:
    """Return outcomes by scenario under the judged policy, most exposed first: ranges over assumption sets."""
    group = subject.results["simulation"]
    policy = judged_policy(group)
    names = [name for name in SHOWN if name in group["outcome"].values]
    order = _most_exposed(group, policy)
    rows = []
    for i in order[:lines]:
        one = group["outcome_mean"].isel(scenario=i).sel(policy=policy)
        cells = [count_span(one.sel(outcome=name)) for name in names]
        rows.append((named(str(group["scenario_title"].values[i]), 60), *cells))
    return Grid(
        0, _caption(subject, f"Outcomes of the policy {_policy_title(group, policy)} by scenario"),
        ("Scenario", *(SHOWN[name] for name in names)), tuple(rows), note=_outcome_note(group, len(order) - len(rows)),
    )  # fmt: skip


def _most_exposed(group: xr.Dataset, policy: str) -> list[int]:
    """Scenarios by exposure while the territory is used, then by other exposure; equal ones as they were declared."""
    found = [_outcome(group, n, policy).max("assumptions").values for n in ("exposure_war", "exposure_violation")]
    return [int(i) for i in np.lexsort((-found[1], -found[0]))]


def _outcome_note(group: xr.Dataset, left: int) -> str:
    ranged = "Lowest to highest over the assumption sets. " if group.sizes["assumptions"] > 1 else ""
    more = f" {left} more scenarios, less exposed to war, are in tables/simulated-outcomes.csv." if left > 0 else ""
    return (
        "Suspended: mean measure-months per path; while sorted outside: of measures whose scores, after the events, "
        f"would sort them outside. Prison months spared: against the status quo. {ranged}Standard errors: "
        f"tables/simulated-outcomes.csv.{more}"
    )


def _caption(subject: Subject, text: str) -> str:
    return f"{ILLUSTRATIVE}. {text}" if subject.illustrative else text


def simulated_rests(subject: Subject, lines: int = MOVERS) -> list[Block]:
    """Return the assumptions of the simulation that move its answer most; nothing for other runs."""
    if not subject.results.has("simulation_register/moved"):
        return []
    group = subject.results["simulation_register"]
    moved = group["moved"].values
    order = [int(i) for i in np.argsort(-np.nan_to_num(moved, nan=-1.0), kind="stable") if moved[i] >= LEAST]
    chosen = _each_once(group, order)
    if not chosen:
        return [Paragraph(f"No number with a declared range moves the simulation's answer by {LEAST:g} sd or more.")]
    labels = _outcome_labels(subject)
    rows = tuple(_mover_row(group, i, labels) for i in chosen[:lines])
    head = ("Assumption of the simulation", "Used", "Declared range", "Basis", "Moves most", "By")
    note = (
        f"By: standard deviations between paths, when this number alone goes to an end of its range (scenario "
        f"'{named(group.attrs.get('scenario', ''))}'). {len(chosen)} numbers move the answer by {LEAST:g} or more; "
        f"{group.sizes['parameter']} are registered (tables/simulation-register.csv)."
    )
    caption = _caption(subject, "The assumptions that move the simulation most")
    return [Grid(0, caption, head, rows, frozenset((0, 1, 2, 3, 4)), note)]


def _key(group: xr.Dataset, i: int) -> str:
    name = str(group["parameter"].values[i]).removeprefix(f"{group['file'].values[i]}: ")
    return name.removeprefix("parameters.").replace(".value", "")


def _each_once(group: xr.Dataset, order: Sequence[int]) -> list[int]:
    """The lines in their order; a parameter that several files set is stated once."""
    return list({_key(group, i): i for i in reversed(order)}.values())[::-1]


def _outcome_labels(subject: Subject) -> dict[str, str]:
    group = subject.results["simulation"]
    return {str(o): str(t) for o, t in zip(group["outcome"].values, group["outcome_label"].values, strict=True)}


def _mover_row(group: xr.Dataset, i: int, labels: dict[str, str]) -> tuple[str, ...]:
    text = {n: str(group[n].values[i]) for n in ("value", "low", "high", "basis", "moves")}
    about = str(group["about"].values[i]).rstrip(".") if "about" in group else ""
    name = f"{capital(named(about, 90))} ({named(_key(group, i), 40)})" if about else named(_key(group, i), 60)
    span = f"{named(text['low'], 20)} to {named(text['high'], 20)}"
    moves = named(labels.get(text["moves"], text["moves"]), 60)
    return (name, named(text["value"], 20), span, named(text["basis"]), moves, quantity(float(group["moved"][i]), 2))
