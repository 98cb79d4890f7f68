"""Methods text of simulations; empty for runs without one."""

from __future__ import annotations

from mcda.output.references import cite
from mcda.output.subject import Subject
from mcda.output.wording import listing

__all__ = ["simulation"]


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
        f"(Philox4x32-10{drawn}), so policies and scenarios meet the same paths. The score vector of a path is one "
        "draw from the belief. Exposures are sums over months of the weights of suspended rows; ratios are ratios of "
        "sums with errors by the delta method; times to the first exit, snapback or settlement are cumulative "
        f"incidences $F_j(t) = \\sum_{{u \\le t}} S(u - 1) d_j(u) / n(u)${curves}; intervals of shares are "
        f"Wilson's{shares}. Regret is the best policy's expected utility less the own, on the same paths; weights and "
        "scales of utilities are value judgements, declared in the run's files. Standard errors are over paths and "
        "hold for the assumptions as they stand; the range over assumption sets is shown beside."
    )
