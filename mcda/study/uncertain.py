"""What an experiment computes where the rule is not sure, scores hang together, or tables are drawn.

Functions as in :mod:`mcda.study.analyses`: from (experiment, alternatives) to labelled results.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import xarray as xr

from mcda.errors import Declined, UsageError
from mcda.names import attrs
from mcda.rule import Rule
from mcda.scores.belief import Belief
from mcda.scores.pooling import tier_of_points
from mcda.study.experiment import Dependence, Experiment, RuleUncertainty
from mcda.tiers.acceptability import distinct, indices, labelled, labelled_indices, responses
from mcda.tiers.breakpoints import numbers_of, steps_of, tier_interval
from mcda.tiers.dependent import held_by, printed_under_dependence, under_dependence
from mcda.tiers.drawn import convergence, drawn
from mcda.tiers.drawn_weights import under_drawn_weights
from mcda.tiers.exact import Sensitivity
from mcda.tiers.law import Law
from mcda.tiers.rule_factor import RuleFactors, crossed_with_cuts, sensitivity_with_rules
from mcda.tiers.rule_uncertainty import rule_uncertainty
from mcda.tiers.sampled_indices import sampled_sensitivity

__all__ = ["breakpoints", "converging", "dependence", "draws_of_table", "rules_with_weights", "sensitivity_to_rules"]

Chosen = Sequence[str]
ROUNDING = 1e-9
#: Draws with weights of their own, at most: they are sorted in NumPy, a hundred times slower than the others.
MOST_WEIGHTED = 100_000


def _kept(laws: dict[str, Law], chosen: Chosen) -> dict[str, Law]:
    return {name: laws[name] for name in chosen}


def draws_of_table(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    """The whole table in draws, with the joint statements, beside what is exact.

    Under printed tiers the rule of the experiment printed them; a panel's table is drawn under the whole family of
    rules, if there is one: the rule is then part of the world.
    """
    laws = _kept(experiment.laws(), chosen)
    rules, weights = ([experiment.rule], [1.0]) if experiment.published else experiment.family()
    n = experiment.sampling.draws
    return drawn(laws, rules, rule_weights=weights, n=n, rng=experiment.seed, statements=experiment.statements)


# -- the rule ----------------------------------------------------------------------------------------------------------


def _asked(experiment: Experiment) -> RuleUncertainty:
    if experiment.rule_uncertainty is None:
        raise UsageError("there is one rule alone: the experiment says nothing of `rule_uncertainty`")
    return experiment.rule_uncertainty


def rules_with_weights(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    """What the family of rules does to tiers, and what drawn weights of the criteria do."""
    asked = _asked(experiment)
    rules, weights = experiment.family()
    printed = {name: experiment.conditioned()[name] for name in chosen} if experiment.published else None

    def laws_under(rule: Rule) -> dict[str, Law]:
        return _kept(experiment.laws_under(rule), chosen)

    under = laws_under if printed else _kept(experiment.laws(), chosen)
    found = rule_uncertainty(under, rules, weights=weights, printed=printed, statements=experiment.statements)
    if asked.dirichlet is not None:
        beliefs: dict[str, Law] = dict(printed) if printed else _kept(experiment.laws(), chosen)
        drawn_weights = under_drawn_weights(
            beliefs, experiment.rule, criteria=experiment.factors, concentration=asked.dirichlet,
            n=min(experiment.sampling.draws, MOST_WEIGHTED), rng=experiment.seed,
        )  # fmt: skip
        renamed = drawn_weights.rename({name: f"drawn_weights_{name}" for name in drawn_weights.data_vars})
        found = found.merge(renamed, combine_attrs="drop_conflicts")
    return found


def _factors(experiment: Experiment) -> RuleFactors:
    asked = _asked(experiment)
    rules, weights = experiment.family()
    return crossed_with_cuts(
        rules, weights, experiment.problem.scale, shifts=asked.shifts, shift_weights=asked.shift_weights
    )


def sensitivity_to_rules(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    """Indices of the criteria and of the rule's factors together; response to criteria, and to each member."""
    factors = _factors(experiment)
    names = [*experiment.factors, *factors.names]
    laws = _kept(experiment.laws(), chosen)
    firsts, index = distinct(laws)
    tables = [_table(experiment, name, factors) for name in firsts]

    def rows(part: str) -> np.ndarray:
        return np.stack([getattr(table, part) for table in tables])[index]

    found = labelled_indices(
        rows("closed"), rows("variance"), rows("mean"), alternatives=list(laws), outputs=tables[0].outputs,
        factors=names,
    )  # fmt: skip
    dependences = sorted({table.dependence for table in tables})
    if dependences != ["independent"]:
        found["first_order"].attrs = attrs("closed index of one factor (scores are dependent)", "1")
    found = found.merge(_member_responses(experiment, chosen, factors))
    found = found.merge(responses(laws, experiment.rule, factors=experiment.factors), combine_attrs="no_conflicts")
    methods = sorted({table.method for table in tables})
    return found.assign_attrs(dependence=", ".join(dependences), method=", ".join(methods), rule=experiment.rule.name)


def _table(experiment: Experiment, name: str, factors: RuleFactors) -> Sensitivity:
    """Printed tiers: the rule that printed them is the one that sorts, so each rule has its own law of scores."""
    if experiment.published:
        return sensitivity_with_rules(lambda rule: experiment.laws_under(rule)[name], factors)
    return sensitivity_with_rules(experiment.laws()[name], factors)


def _member_responses(experiment: Experiment, chosen: Chosen, factors: RuleFactors) -> xr.Dataset:
    """`response_member` (alternative, factor, member, tier): P(tier) given one member of a factor of the rule."""
    p = np.stack(
        [labelled(_kept(experiment.laws_under(rule), chosen), rule)["acceptability"].values for rule in factors.rules]
    )
    joint = factors.joint_weights
    p = p.reshape(*joint.shape, *p.shape[1:])
    longest = max(map(len, factors.members))
    names, d = [*experiment.factors, *factors.names], len(experiment.factors)
    values = np.full((len(chosen), len(names), longest, p.shape[-1]), np.nan)
    labels = np.full((len(names), longest), "", dtype=object)
    for f, members in enumerate(factors.members):
        over = np.moveaxis(p, f, 0)
        w = np.moveaxis(joint, f, 0)
        for m, member in enumerate(members):
            given = np.ravel(w[m]) / w[m].sum()
            values[:, d + f, m] = np.tensordot(given, over[m].reshape(given.size, *p.shape[-2:]), axes=1)
            labels[d + f, m] = member
    dims = ("alternative", "factor", "member", "tier")
    return xr.Dataset(
        {
            "response_member": (dims, values, attrs("probability of the tier given the member of the factor", "1")),
            "member_label": (("factor", "member"), labels.astype(str), attrs("member of the factor", "1")),
        },
        coords={
            "alternative": list(chosen),
            "factor": names,
            "member": xr.Variable("member", np.arange(longest), attrs("number of the member", "1")),
            "tier": list(experiment.rule.tiers),
        },
    )


def breakpoints(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    """Acceptability over each number of the rule, and the interval in which the most probable tier stands.

    Of a panel also the exact interval in which the tier of the mean scores stands.
    """
    rule, laws = experiment.rule, _kept(experiment.laws(), chosen)
    names = list(numbers_of(rule))
    steps = [steps_of(laws, rule, name) for name in names]
    longest = max(len(s.value) for s in steps)
    value = np.full((len(names), longest), np.nan)
    p = np.full((len(names), longest, len(laws), len(rule.tiers)), np.nan)
    for i, s in enumerate(steps):
        value[i, : len(s.value)], p[i, : len(s.value)] = s.value, s.acceptability
    over, own = ("parameter", "alternative"), [float(x) for x in numbers_of(rule).values()]
    low, high = np.stack([s.low for s in steps]), np.stack([s.high for s in steps])
    found = xr.Dataset(
        {
            "value": (("parameter", "step"), value, attrs("value of the rule's number", "points")),
            "own": ("parameter", own, attrs("the rule's own value", "points")),
            "acceptability": (("parameter", "step", "alternative", "tier"), p, attrs("probability of the tier", "1")),
            "stands_from": (over, low, attrs("smallest value that keeps the most probable tier", "points")),
            "stands_to": (over, high, attrs("largest value that keeps the most probable tier", "points")),
            "open_from": (over, np.stack([s.open_low for s in steps]), attrs("whether that is the grid's end", "1")),
            "open_to": (over, np.stack([s.open_high for s in steps]), attrs("whether that is the grid's end", "1")),
        },
        coords={
            "parameter": xr.Variable("parameter", names, attrs("number of the rule", "1")),
            "step": xr.Variable("step", np.arange(longest), attrs("place on the grid", "1")),
            "alternative": list(laws),
            "tier": list(rule.tiers),
        },
        attrs={"grid": "values beyond the grid's ends were not looked at", "method": "exact", "rule": rule.name},
    )  # fmt: skip
    return found if experiment.published else found.merge(_point_intervals(experiment, chosen, names))


def _point_intervals(experiment: Experiment, chosen: Chosen, names: Sequence[str]) -> xr.Dataset:
    beliefs = experiment.pooled()
    points: list[tuple[Fraction, ...]] = [beliefs[name].points or () for name in chosen]
    texts = [[str(tier_interval(experiment.rule, name, x)) if x else "" for x in points] for name in names]
    tiers = [tier_of_points(x, experiment.rule) if x else -1 for x in points]
    over = ("parameter", "alternative")
    return xr.Dataset(
        {
            "point_interval": (over, texts, attrs("interval in which the tier of the mean scores stands", "1")),
            "point_tier": ("alternative", tiers, attrs("tier of the mean scores", "tier")),
        },
        coords={"parameter": list(names), "alternative": list(chosen)},
    )


# -- dependence --------------------------------------------------------------------------------------------------------


def dependence(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    """Acceptability over the loading of a common factor; indices and draws at the reference loading."""
    asked = experiment.dependence
    if asked is None:
        raise UsageError("scores are independent: the experiment says nothing of `dependence`")
    how: dict[str, Any] = {
        "kinds": asked.kinds, "strengths": asked.loadings, "counterweight": asked.counterweight,
    }  # fmt: skip
    if experiment.published:
        beliefs = experiment.conditioned()
        question = experiment.second_panel
        return printed_under_dependence(
            {name: beliefs[name] for name in chosen},
            experiment.rule,
            sd=question.reference_sd,
            ends=question.ends,
            **how,
        )
    pooled = experiment.pooled()
    kept = {name: pooled[name] for name in chosen}
    found = under_dependence(kept, experiment.rule, **how)
    return found.merge(_at_reference(experiment, kept, asked), combine_attrs="drop_conflicts")


def _at_reference(experiment: Experiment, beliefs: dict[str, Belief], asked: Dependence) -> xr.Dataset:
    """Draws of the whole table, and Shapley effects of one alternative of each published tier, by contraction."""
    pieces = []
    shown = _one_of_each_tier(experiment, list(beliefs))
    for kind in asked.kinds:
        held = {
            name: held_by(belief, experiment.rule, kind, asked.loading, counterweight=asked.counterweight)
            for name, belief in beliefs.items()
        }
        seen = drawn(held, experiment.rule, n=experiment.sampling.draws, rng=experiment.seed)
        piece = seen[["share", "share_se", "exact", "z"]]
        piece.attrs = {}
        try:
            chosen = {name: held[name] for name in shown}
            table = indices(chosen, experiment.rule, factors=experiment.factors, method="contraction")
            for name in ("closed_index", "total_order", "shapley"):
                own = table[name].sel(output="ordinal", drop=True).rename(alternative="shown")
                piece[f"ordinal_{name}"] = own
        except Declined as reason:
            piece.attrs["declined_indices"] = str(reason)
        pieces.append(piece)
    kinds = xr.Variable("setting", list(asked.kinds), attrs("kind of dependence", "1"))
    found = xr.concat(pieces, dim=kinds, combine_attrs="override")
    if "shown" in found.coords:
        found["shown"].attrs = attrs("alternative whose indices were computed", "1")
    return found.assign_attrs(reference_loading=asked.loading, n=experiment.sampling.draws)


def _one_of_each_tier(experiment: Experiment, names: Sequence[str]) -> list[str]:
    """The first alternative of each published tier, or the first five."""
    published = {a.id: a.tier for a in experiment.problem.alternatives}
    first: dict[int | None, str] = {}
    for name in names:
        first.setdefault(published[name], name)
    return list(first.values()) if None not in first else list(names[:5])


# -- convergence -------------------------------------------------------------------------------------------------------


def converging(experiment: Experiment, chosen: Chosen) -> xr.Dataset:
    """Shares of draws, and sampled indices, against the exact ones as their numbers grow."""
    laws = _kept(experiment.laws(), chosen)
    found = convergence(laws, experiment.rule, sizes=experiment.sampling.sizes, rng=experiment.seed)
    if experiment.published:
        return found
    return found.merge(_index_errors(experiment, laws), combine_attrs="drop_conflicts")


def _index_errors(experiment: Experiment, laws: dict[str, Law]) -> xr.Dataset:
    """Errors of first order, total order and Shapley effects, of tiers and ordinal output, by design and size."""
    shown = _one_of_each_tier(experiment, list(laws))
    kept = {name: laws[name] for name in shown}
    exact = indices(kept, experiment.rule, factors=experiment.factors)
    kinds, designs = ("first_order", "total_order", "shapley"), ("random", "sobol")
    sizes = [2**k for k in range(6, experiment.sampling.points.bit_length())]
    median = np.full((len(designs), len(sizes), len(kinds)), np.nan)
    inside = np.full_like(median, np.nan)
    for i, design in enumerate(designs):
        for j, size in enumerate(sizes):
            # sixteen nets of `size` points and 16 x size random points cost the same
            n = 16 * size if design == "random" else size
            seen = sampled_sensitivity(
                kept, experiment.rule, factors=experiment.factors, n=n, rng=experiment.seed, points=design,  # type: ignore[arg-type]
            )  # fmt: skip
            for k, kind in enumerate(kinds):
                error, covered = _against(seen, exact, kind)
                median[i, j, k], inside[i, j, k] = error, covered
    last = _beside(seen, exact, kinds)
    over = ("points", "size", "index")
    return xr.Dataset(
        {
            "index_error": (over, median, attrs("median error of an index", "1")),
            "index_covered": (over, inside, attrs("share of 95 % intervals that hold the exact index", "1")),
        },
        coords={
            "points": xr.Variable("points", list(designs), attrs("design of points", "1")),
            "size": xr.Variable("size", [16 * s for s in sizes], attrs("base points", "1")),
            "index": xr.Variable("index", list(kinds), attrs("kind of index", "1")),
        },
    ).merge(last)


def _beside(seen: xr.Dataset, exact: xr.Dataset, kinds: Sequence[str]) -> xr.Dataset:
    """Sampled indices at the largest size beside the exact ones, and how far they are apart."""

    def stacked(found: xr.Dataset, suffix: str = "") -> xr.DataArray:
        parts = [found[f"{kind}{suffix}"].rename(alternative="shown") for kind in kinds]
        return xr.concat(parts, dim=xr.Variable("index", list(kinds)), coords="minimal", compat="override")

    value, truth, interval = stacked(seen), stacked(exact), stacked(seen, "_ci")
    half = (interval.sel(ci_bound="high", drop=True) - interval.sel(ci_bound="low", drop=True)) / 2
    off = ((value - truth) / half).where(half > ROUNDING)
    value.attrs, truth.attrs = attrs("sampled index, scrambled Sobol' points", "1"), attrs("exact index", "1")
    off.attrs = attrs("deviation of the sampled index in half widths of its 95 % interval", "1")
    return xr.Dataset({"index_sampled": value, "index_exact": truth, "index_deviation": off})


def _against(seen: xr.Dataset, exact: xr.Dataset, kind: str) -> tuple[float, float]:
    value, truth = seen[kind], exact[kind]
    known = value.notnull() & truth.notnull() & ~truth["output"].isin(["composite", "balance", "information"])
    low, high = (seen[f"{kind}_ci"].sel(ci_bound=end, drop=True) for end in ("low", "high"))
    low, high = low - ROUNDING, high + ROUNDING  # an idle factor has an index of 0, and an interval without width
    error = float(abs(value - truth).where(known).median())
    return error, float(((low <= truth) & (truth <= high)).where(known).mean())
