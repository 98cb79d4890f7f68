"""Methods text of simulations; empty for runs without one."""

from __future__ import annotations

import xarray as xr

from mcda.output.references import cite
from mcda.output.subject import Subject
from mcda.output.wording import listing, markdown, named

__all__ = ["budget", "signs", "simulation", "simulation_register", "sweeps"]

#: Where a path's scores come from, by the experiment's `scores`.
_SCORES = {
    "draw": "The score vector of a path is one draw from the belief.",
    "outer": "The score vector of a path is one draw from the belief; in the split of variance it is drawn with the "
    "assumptions.",
    "modal": "All paths have the likeliest scores of the belief.",
}


def simulation(subject: Subject) -> str:
    """Return what was simulated and how."""
    if not subject.results.has("simulation/outcome_mean"):
        return ""
    group = subject.results["simulation"]
    sets = listing(str(a) for a in group["assumptions"].values)
    drawn, curves, shares = (cite(subject, key) for key in ("salmon2011", "aalen1978", "wilson1927"))
    return (
        f"A monthly stochastic state machine was run on {int(group.attrs.get('paths', 0)):,} paths of "
        f"{group.sizes['month']} months for each of {group.sizes['scenario']} scenarios, "
        f"{group.sizes['policy']} policies and the assumption sets {sets}. In a month, in this order: pending changes "
        "take effect; the ladder of territory use, the war and events move; conduct on seven tracks slips or is "
        "repaired and the stock of prisoners moves; the rule is run again on shocked scores (shadow tiers); signals "
        "update streaks and beliefs $\\pi_k$ by Bayes' rule; the EU decides, in the order exit, snapback, settlement, "
        "base renewal, renewal, advance, reopening. Random numbers are functions of seed, stream, path, month and name "
        f"(Philox4x32-10{drawn}), so policies and scenarios meet the same paths. "
        f"{_SCORES.get(str(group.attrs.get('scores', 'draw')), '')} Exposures are sums over months of the weights of "
        "suspended rows; ratios are ratios of "
        "sums with errors by the delta method; times to the first exit, snapback or settlement are cumulative "
        f"incidences $F_j(t) = \\sum_{{u \\le t}} S(u - 1) d_j(u) / n(u)${curves}; intervals of shares are "
        f"Wilson's{shares}. Regret is the best policy's expected utility less the own, on the same paths; weights and "
        "scales of utilities are value judgements, declared in the run's files. Standard errors are over paths and "
        "hold for the assumptions as they stand; the range over assumption sets is shown beside."
    )


def sweeps(subject: Subject) -> str:
    """Return what was swept: for each sweep its axes, scenarios and policies."""
    names = [str(name) for name in subject.results if str(name).startswith("sweep_")]
    return "\n\n".join(filter(None, (_sweep(subject, name) for name in names)))


def _sweep(subject: Subject, name: str) -> str:
    group = subject.results[name]
    if not subject.results.has(f"{name}/outcome_mean"):
        return ""
    axes = [v for v in map(str, group.data_vars) if v.startswith("setting_")]
    told = [f"{_label(group[axis])} ({', '.join(dict.fromkeys(map(_name, group[axis].values)))})" for axis in axes]
    stories = listing(_name(s) for s in group["scenario"].values)
    levers = listing(_name(p) for p in group["policy"].values)
    n, scenarios = group.sizes["setting"], "scenario" if group.sizes["scenario"] == 1 else "scenarios"
    crossed = f"all {n} combinations" if len(axes) > 1 else f"{n} values"
    paths = f"{int(group.attrs.get('paths', 0)):,} paths"
    return (
        f"Sweep {_name(name.removeprefix('sweep_'))}: {crossed} of {listing(told)}, in the {scenarios} {stories} under "
        f"{levers}, {paths} each; all settings meet the same paths."
    )


def _label(axis: xr.DataArray) -> str:
    return _name(axis.attrs.get("long_name") or str(axis.name).removeprefix("setting_"))


def _name(text: object) -> str:
    """A name that Markdown shows as it stands."""
    return markdown(named(text, 300))


def budget(subject: Subject) -> str:
    """Return how the variance of outcomes was split."""
    if not subject.results.has("simulation/variance_share"):
        return ""
    names = listing(_name(o) for o in subject.results["simulation"]["budget_outcome"].values)
    return (
        f"The variance of {names} was split in a two-way design: every sample of the assumptions, drawn from their "
        "declared ranges, was crossed with the same paths. The components are those of rows, of columns and of the "
        "rest, $\\hat\\sigma^2_A = (MS_A - MS_{AB}) / n_B$, negative ones set to 0, and add up to 1 as shares; "
        "errors by a bootstrap over samples and paths both."
    )


def signs(subject: Subject) -> str:
    """Return how early signs were set against the need."""
    if not subject.results.has("simulation/sign_hit"):
        return ""
    shares = cite(subject, "wilson1927")
    return (
        "Signs were set against the need on paths without exit and snapback, so that acting does not hide it. The need "
        "comes in the first month with territory used at the war rung, or with a suspended row whose reference track "
        "is truly violated; a hit is a sign that fired by then, a false alarm one that fired where no need came. "
        f"Intervals of these shares are Wilson's{shares}; lead times are over paths on which the sign fired in time."
    )


def simulation_register(subject: Subject) -> str:
    """Return how the assumptions of a simulation were varied."""
    if not subject.results.has("simulation_register/moved"):
        return ""
    about = subject.results["simulation_register"].attrs
    policy, scenario, answer = (_name(about.get(key, "")) for key in ("policy", "scenario", "answer"))
    cell = f"policy {policy} in the scenario {scenario}"
    return (
        "Each number with a declared range was set to its ends, all others as they are, on the same "
        f"{int(about.get('paths', 0)):,} paths of {cell}, under the first assumption set. 'Moves by' is the largest "
        f"change of a mean outcome, in its standard deviation over paths; looked at were {answer}. "
        "Numbers that could not be varied by themselves are listed with the reason: tables/simulation-register.csv."
    )
