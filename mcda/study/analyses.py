"""What an experiment computes: one function per analysis, each from (experiment, alternatives) to labelled results.

`alternatives` are the ids that a block is about, a part of the experiment's, so that a long analysis is many short
blocks; results of blocks are concatenated along `alternative`. Alternatives with equal laws are planned once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import xarray as xr

from mcda.errors import Declined, McdaError, UsageError, did_you_mean
from mcda.names import attrs
from mcda.rule import Rule
from mcda.scores.belief import Belief
from mcda.scores.pooling import point_tiers
from mcda.study import uncertain
from mcda.study.experiment import POOLS, Experiment
from mcda.study.load import rebuild
from mcda.study.register import register
from mcda.study.simulation import cells, simulate_cell, simulated
from mcda.study.simulation_register import simulation_register
from mcda.tiers.acceptability import acceptability, contamination, distinct, indices, labelled, responses
from mcda.tiers.drawn import sampled_acceptability
from mcda.tiers.exact import share_between, tier_probabilities
from mcda.tiers.flips import NORMS, QUANTILES, Flips, flip_distances, flip_law, lattice_flips
from mcda.tiers.sampled_indices import sampled_sensitivity
from mcda.tiers.second_panel import second_panel, second_panels
from mcda.tiers.transitions import moved, transition
from mcda.tiers.whole_table import whole_table
from mcda.tiers.worlds import tier_probabilities_by_world, worlds

__all__ = ["GROUPS", "analyse", "run_block"]

Chosen = Sequence[str]


def _published(experiment: Experiment, chosen: Chosen) -> list[int]:
    tiers = dict(zip((a.id for a in experiment.problem.alternatives), experiment.problem.published, strict=True))
    return [tiers[name] for name in chosen]


def tiers(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    """Acceptability and what is read off it: question (a) for printed tiers, the pooled belief for a panel."""
    laws = {name: law for name, law in experiment.laws().items() if name in set(chosen)}
    published = _published(experiment, chosen)
    try:
        found = acceptability(laws, experiment.rule, published=published)
    except Declined as reason:
        n, seed = experiment.sampling.draws, experiment.seed
        found = sampled_acceptability(laws, experiment.rule, n=n, rng=seed, published=published)
        found.attrs["declined_exact"] = str(reason)
    if not experiment.published:
        found = found.merge(_discrepancies(experiment, chosen))
    return found


def _discrepancies(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    """Tiers of the mean, the median and the vote, and each expert's own."""
    panel = experiment.beliefs.panel
    assert panel is not None
    point = point_tiers(panel, experiment.rule, experiment.problem.scale)
    rows = [point.alternatives.index(name) for name in chosen]
    one = "alternative"
    return xr.Dataset(
        {
            "tier_of_mean": (one, point.mean[rows], attrs("tier of the mean scores", "tier")),
            "tier_of_median": (one, point.median[rows], attrs("tier of the median scores", "tier")),
            "tier_of_vote": (one, point.vote[rows], attrs("most frequent tier among experts", "tier")),
            "vote_tie": (one, point.vote_tie[rows], attrs("whether the vote is tied", "1")),
            "expert_tier": (
                (one, "expert"),
                point.own[rows],
                attrs("tier of an expert's own scores (-1: a score is unknown)", "tier"),
            ),
            "disagreement": (
                one,
                _disagreement(experiment, chosen),
                attrs("share of the ordinal variance that is disagreement between experts (pooled-experts)", "1"),
            ),
        },
        coords={"alternative": list(chosen), "expert": list(panel.experts)},
    )


def _disagreement(experiment: Experiment, chosen: Chosen) -> list[float]:
    """The factor expert's closed index, ordinal output: ``sum_t Var_e P(T <= t | e) / sum_t F_t (1 - F_t)``."""
    found = []
    for belief in (experiment.pooled(pool="pooled-experts")[name] for name in chosen):
        alone = [replace(belief, probability=p[None], weight=np.ones(1), components=()) for p in belief.probability]
        found.append(
            share_between(belief.weight, np.array([tier_probabilities(one, experiment.rule) for one in alone]))
        )
    return found


def table(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    """How many alternatives fall in each tier, inside, and into another tier than the published (or modal) one."""
    found = tiers(experiment, chosen)
    compared = np.where(found["published_tier"] > 0, found["published_tier"], found["modal_tier"])
    laws = experiment.laws()
    shared = worlds({name: laws[name] for name in chosen}, [experiment.rule])
    given = tier_probabilities_by_world({name: laws[name] for name in chosen}, shared)
    p = xr.DataArray(given, dims=("component", "alternative", "tier"), coords={"tier": found["tier"]})
    return whole_table(p, compared.tolist(), inside=experiment.rule.inside, weight=shared.weight)


def second_panel_curve(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    """The curve over the re-scoring error under every declared prior; the reference prior without a dimension."""
    question = experiment.second_panel
    by_prior = {
        prior: second_panel(
            experiment.problem, experiment.rule, prior=prior, spreads=question.spreads, ends=question.ends
        ).sel(alternative=list(chosen))
        for prior in dict.fromkeys((experiment.beliefs.prior, *question.priors))
    }
    main = by_prior[experiment.beliefs.prior]
    names = xr.Variable("prior", list(by_prior), attrs("prior", "1"))
    main["survival_by_prior"] = xr.concat([found["survival"] for found in by_prior.values()], dim=names).transpose(
        "prior", "alternative", "spread"
    )
    main["survival_by_prior"].attrs = main["survival"].attrs
    return main


def sensitivity(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    """Indices of all subsets, and response curves; the rule is a factor where it is uncertain.

    What the exact engine declines is sampled, in the same shape; the reason is kept as `declined_exact`.
    """
    if experiment.rule_uncertainty is not None:
        return uncertain.sensitivity_to_rules(experiment, chosen)
    laws = {name: law for name, law in experiment.laws().items() if name in set(chosen)}
    try:
        found = indices(laws, experiment.rule, factors=experiment.factors)
    except Declined as reason:
        n, seed = experiment.sampling.points, experiment.seed
        sampled = sampled_sensitivity(laws, experiment.rule, factors=experiment.factors, n=n, rng=seed)
        return sampled.assign_attrs(declined_exact=str(reason))
    return found.merge(responses(laws, experiment.rule, factors=experiment.factors), combine_attrs="no_conflicts")


def flips(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    """Flip distances of point scores, and their law under the belief (question d for printed tiers)."""
    found = _flip_laws(experiment, chosen)
    if experiment.published:
        empty = np.full((len(chosen), len(NORMS)), np.nan)
        found["flip_distance"] = (("alternative", "norm"), empty, attrs("flip distance of point scores", "points"))
        return found
    beliefs = experiment.pooled()
    points = [_point_flips(beliefs[name], experiment.rule) for name in chosen]
    lead = ("alternative", "norm")
    found["flip_distance"] = (
        lead, np.concatenate([p.distance for p in points]), attrs("flip distance of the mean scores", "points")
    )  # fmt: skip
    found["flip_reaches"] = (
        (*lead, "tier"),
        np.concatenate([p.toward for p in points]),
        attrs("whether a nearest flip of the mean scores leads there", "1"),
    )
    return found


def _point_flips(belief: Belief, rule: Rule) -> Flips:
    """Flips of a belief's point scores, in moves of its own lattice."""
    assert belief.points is not None
    unit = math.lcm(belief.lattice.unit, *(x.denominator for x in belief.points))
    lattice = replace(belief.lattice, unit=unit)
    return flip_distances(rule, lattice, np.array([[int(x * unit) for x in belief.points]]))


def _flip_laws(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    """Laws of flip distances on whole points.

    A panel's mean lives on a finer lattice; the law is then that of one expert drawn from the pool, and says so.
    """
    beliefs = experiment.conditioned() if experiment.published else experiment.pooled()
    of: str = "the scores that fit the printed tier" if experiment.published else experiment.beliefs.pool
    if any(belief.lattice.unit != 1 for belief in beliefs.values()):
        beliefs, of = experiment.pooled(pool="pooled-experts"), "one expert drawn from the panel"
    table = lattice_flips(experiment.rule, experiment.problem.scale)
    firsts, index = distinct({name: beliefs[name] for name in chosen})
    laws = [flip_law(beliefs[name], experiment.rule, table) for name in firsts]
    lead = ("alternative", "norm")

    def variable(name: str, dims: tuple[str, ...], label: str, units: str) -> tuple[Any, ...]:
        return (dims, np.stack([getattr(law, name) for law in laws])[index], attrs(label, units))

    toward = "probability that a nearest flip leads there (ties count for each)"
    return xr.Dataset(
        {
            "flip_probability": variable(
                "probability", (*lead, "radius"), "probability of another tier within the radius", "1"
            ),
            "flip_quantile": variable("quantile", (*lead, "quantile"), "quantile of the flip distance", "points"),
            "flip_toward": variable("toward", (*lead, "tier"), toward, "1"),
            "flip_never": variable("never", lead, "probability that no change flips the tier", "1"),
        },
        coords={
            "alternative": list(chosen),
            "norm": list(NORMS),
            "tier": list(experiment.rule.tiers),
            "radius": xr.Variable("radius", laws[0].radius, attrs("flip radius", "points")),
            "quantile": xr.Variable("quantile", list(QUANTILES), attrs("quantile", "1")),
        },
        attrs={"flip_law_of": of},
    )


def other_rules(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    """Question (b): scores that fit the printed tier under the rule, sorted by another; and the other way round."""
    names = list(dict.fromkeys((experiment.rule.name, *experiment.other_rules)))
    rules = [experiment.rule if n == experiment.rule.name else experiment.problem.named_rule(n) for n in names]
    if experiment.published:
        found = _rules_given_tier(experiment, chosen, rules)
    else:
        laws = experiment.laws()
        kept = {name: laws[name] for name in chosen}
        found = xr.concat([labelled(kept, rule) for rule in rules], dim="rule")
        found["keeps_modal"] = _same_modal(found["acceptability"])
    return found.assign_coords(rule=names)


def _same_modal(p: xr.DataArray) -> xr.DataArray:
    """Whether a rule's modal tier is the first rule's."""
    modal = p.argmax("tier")
    same = modal == modal.isel(rule=0)
    same.attrs = attrs("whether the rule keeps the modal tier of the experiment's rule", "1")
    return same


def _rules_given_tier(experiment: Experiment, chosen: Chosen, rules: Sequence[Rule]) -> xr.Dataset:
    beliefs = experiment.conditioned()
    scale, own = experiment.problem.scale, experiment.rule
    identity = [np.eye(scale.size)] * len(experiment.factors)
    there = np.zeros((len(rules), len(chosen), len(own.tiers)))
    back = np.zeros((len(rules), len(chosen)))
    for i, rule in enumerate(rules):
        tables: dict[bytes, np.ndarray] = {}
        for a, name in enumerate(chosen):
            belief = beliefs[name]
            assert belief.condition is not None
            tier, prior = belief.condition.tier - 1, belief.probability[0]
            table = tables.setdefault(prior.tobytes(), transition(prior, identity, own, rule, scale))
            row = table[tier].sum()
            there[i, a] = table[tier] / row if row > 0 else np.nan
            column = table[:, tier].sum()
            back[i, a] = table[tier, tier] / column if column > 0 else np.nan
    tier_there = there[:, np.arange(len(chosen)), np.array(_published(experiment, chosen)) - 1]
    over = ("rule", "alternative")
    return xr.Dataset(
        {
            "acceptability": (
                (*over, "tier"),
                there,
                attrs("probability of the tier under the other rule, scores fitting the printed tier", "1"),
            ),
            "agreement": (over, tier_there, attrs("P(other rule gives the printed tier | this rule does)", "1")),
            "agreement_back": (over, back, attrs("P(this rule gives the printed tier | the other rule does)", "1")),
        },
        coords={"alternative": list(chosen), "tier": list(own.tiers)},
    )


def shocks(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    """Question (c): the same scores, moved by a declared amount and clipped; sorted by the same rule."""
    scale = experiment.problem.scale
    pieces = []
    for shock in experiment.shocks:
        if experiment.published:
            kernels = np.stack([moved(scale, shock.moves.get(c, 0) * scale.unit) for c in experiment.factors])
            laws = second_panels(experiment.conditioned(), kernels)
        else:
            laws = {name: _shifted(belief, shock.moves, experiment) for name, belief in experiment.pooled().items()}
        pieces.append(labelled({name: laws[name] for name in chosen}, experiment.rule))
    names = xr.Variable("shock", [s.name for s in experiment.shocks], attrs("shock", "1"))
    found = xr.concat(pieces, dim=names)
    found["label"] = ("shock", [s.label for s in experiment.shocks], attrs("what the shock is", "1"))
    moves = [[s.moves.get(c, 0) for c in experiment.factors] for s in experiment.shocks]
    found["move"] = (("shock", "criterion"), moves, attrs("what the shock adds to the score", "points"))
    found = found.assign_coords(criterion=experiment.factors)
    found["acceptability"].attrs = attrs("probability of the tier after the shock", "1")
    return found


def _shifted(belief: Belief, moves: Mapping[str, int], experiment: Experiment) -> Belief:
    """A belief with every score moved by whole points and clipped: exact, criterion by criterion."""
    p = belief.probability.copy()
    for k, criterion in enumerate(experiment.factors):
        if by := moves.get(criterion, 0):
            p[:, k] = p[:, k] @ moved(belief.lattice, by * belief.lattice.unit)
    return Belief(belief.lattice, p, belief.weight, belief.components)


def beliefs(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    """How much the belief itself decides: over its spread, its prior or pool, and any contamination."""
    over = _over_priors(experiment, chosen) if experiment.published else _over_pools(experiment, chosen)
    laws = experiment.laws()
    p = labelled({name: laws[name] for name in chosen}, experiment.rule)["acceptability"]
    reachable = xr.DataArray(
        np.broadcast_to(_reachable(experiment), p.shape), dims=("alternative", "tier"), coords=p.coords
    )
    return over.merge(contamination(p, reachable, experiment.epsilons))


def _reachable(experiment: Experiment) -> np.ndarray:
    """Tiers that the rule can reach at all, by tier."""
    scale = experiment.problem.scale
    anything = Belief(scale, np.full((len(experiment.factors), scale.size), 1 / scale.size))
    return np.asarray(tier_probabilities(anything, experiment.rule) > 0)


def _varied(experiment: Experiment) -> dict[str, Experiment]:
    """The experiment, and what becomes of it with each cut of its rule at either end of its declared range."""
    found = {"as declared": experiment}
    for number in experiment.numbers:
        for end in (number.low, number.high) if ".cuts[" in number.key else ():
            if end is None:
                continue
            with suppress(McdaError):  # an end that is out of order with the other cuts has no meaning
                variant = rebuild(experiment, number, end)
                if variant.rule != experiment.rule:
                    found[f"{number.key.removeprefix('rules.')} = {end:g}"] = variant
    return found


def _parameters(names: Iterable[str]) -> xr.Variable:
    return xr.Variable("parameter", list(names), attrs("cut of the rule at an end of its range", "1"))


def _over_priors(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    reference, ends = experiment.second_panel.reference_sd, experiment.second_panel.ends
    spreads = [reference * m for m in experiment.multiples]
    priors = list(dict.fromkeys((experiment.beliefs.prior, *experiment.second_panel.priors)))
    variants = _varied(experiment)

    def under(prior: str, variant: Experiment) -> xr.DataArray:
        found = second_panel(variant.problem, variant.rule, prior=prior, spreads=spreads, ends=ends)
        return found["acceptability"].sel(alternative=list(chosen))

    by_prior = [xr.concat([under(p, v) for v in variants.values()], dim=_parameters(variants)) for p in priors]
    return xr.concat(by_prior, dim=xr.Variable("prior", priors, attrs("prior", "1"))).to_dataset(name="acceptability")


def _over_pools(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    """Every pool at every multiple of the spread; NaN, and listed, where a pool declines."""
    spreads = [float(experiment.beliefs.spread) * m for m in experiment.multiples]
    rules = {name: variant.rule for name, variant in _varied(experiment).items()}
    shape = (len(POOLS), len(rules), len(spreads), len(chosen), len(experiment.rule.tiers))
    values, declined = np.full(shape, np.nan), []
    for i, pool in enumerate(POOLS):
        for j, spread in enumerate(spreads):
            try:
                found = experiment.pooled(pool=pool, spread=Fraction(spread).limit_denominator(10**6))
            except Declined as reason:
                declined.append(f"{pool}: {reason}")
                continue
            laws = {name: found[name] for name in chosen}
            for k, rule in enumerate(rules.values()):
                values[i, k, j] = labelled(laws, rule)["acceptability"]
    dims = ("setting", "parameter", "spread", "alternative", "tier")
    return xr.Dataset(
        {"acceptability": (dims, values, attrs("probability of the tier", "1"))},
        coords={
            "setting": xr.Variable("setting", list(POOLS), attrs("way to pool the panel", "1")),
            "parameter": _parameters(rules),
            "spread": xr.Variable("spread", spreads, attrs("spread of an expert's belief", "points")),
            "alternative": list(chosen),
            "tier": list(experiment.rule.tiers),
        },
        attrs={"declined": "; ".join(dict.fromkeys(declined))},
    )


def simulation(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    """Simulate one cell, `chosen` by its name."""
    (name,) = chosen
    return simulate_cell(experiment, name)


#: The group of results.nc that each analysis fills, and the function that does.
GROUPS: dict[str, tuple[str, Callable[[Experiment, Chosen], xr.Dataset]]] = {
    "tiers": ("tiers", tiers),
    "table": ("table", table),
    "draws": ("draws", uncertain.draws_of_table),
    "second-panel": ("second_panel", second_panel_curve),
    "sensitivity": ("sensitivity", sensitivity),
    "flips": ("tiers", flips),
    "other-rules": ("other_rules", other_rules),
    "rule-uncertainty": ("rule_uncertainty", uncertain.rules_with_weights),
    "breakpoints": ("breakpoints", uncertain.breakpoints),
    "shocks": ("shocks", shocks),
    "dependence": ("dependence", uncertain.dependence),
    "convergence": ("convergence", uncertain.converging),
    "simulation": ("simulation", simulation),
    "simulation-register": ("simulation_register", lambda experiment, chosen: simulation_register(experiment)),
    "beliefs": ("belief_sensitivity", beliefs),
    "register": ("register", register),
}


def run_block(experiment: Experiment, analysis: str, chosen: Chosen) -> xr.Dataset:
    """Run one block; what it declines is an empty result whose attribute `declined` says why."""
    try:
        return GROUPS[analysis][1](experiment, chosen)
    except Declined as reason:
        return xr.Dataset(attrs={"declined": str(reason)})


def analyse(experiment: Experiment, analysis: str, *, alternatives: Sequence[str] | None = None) -> xr.Dataset:
    """Return one analysis of an experiment, labelled, without writing anything: what a run does, block by block.

    Parameters
    ----------
    experiment : Experiment
    analysis : one of :data:`mcda.study.experiment.ANALYSES`
    alternatives : ids; all that have a belief if not given

    Errors: :class:`~mcda.errors.UsageError` for an unknown analysis, :class:`~mcda.errors.Declined` with the reason
    where it cannot be computed.
    """
    if analysis not in GROUPS:
        raise UsageError(f"no analysis is named '{analysis}'{did_you_mean(analysis, GROUPS)}")
    if analysis == "simulation" and alternatives is None:
        if "simulation" not in experiment.simulations:
            raise UsageError(f"experiment '{experiment.id}' has no `simulation`; allowed: one that has, or `mcda run`")
        return simulated(experiment, [simulate_cell(experiment, name) for name in cells(experiment)])["simulation"]
    return GROUPS[analysis][1](experiment, experiment.alternatives if alternatives is None else alternatives)
