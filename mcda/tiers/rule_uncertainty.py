"""A rule that is not sure: what each open point moves, and what stands under the whole family of rules.

Rules have declared weights. For each alternative: tiers under each rule and mixed over all of them, the share of rules
that keep the modal tier, and, apart, the mean probability that the tier is the same one as under the reference. For
each pair of rules their agreement. For the table: how many alternatives a rule sorts otherwise than the reference does,
at once. Source: `docs/method.md`, 5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.errors import UsageError
from mcda.names import attrs
from mcda.rule import Rule
from mcda.scores.belief import Belief
from mcda.tiers.acceptability import labelled
from mcda.tiers.agreement import agreement_of_printed_tiers, agreement_of_rules, open_points
from mcda.tiers.drawn import number_law
from mcda.tiers.joint import Statement, check_statements
from mcda.tiers.law import Law
from mcda.tiers.whole_table import poisson_binomial
from mcda.tiers.worlds import checked_weights, given_component, tier_probabilities_by_world, worlds

__all__ = ["rule_uncertainty"]

Floats = npt.NDArray[np.float64]
ByRule = Callable[[Rule], Mapping[str, Law]]


def rule_uncertainty(
    laws: Mapping[str, Law] | ByRule,
    rules: Sequence[Rule],
    *,
    weights: Sequence[float] | None = None,
    printed: Mapping[str, Belief] | None = None,
    statements: Sequence[Statement] = (),
) -> xr.Dataset:
    """Return what a family of rules does to tiers; exact.

    Parameters
    ----------
    laws : the law of scores of each alternative; or, where a tier that the rule printed is all that is known, a
        function that gives the laws under each rule
    rules : with the same tiers; the first is the reference
    weights : of the rules, at least 0; equal if not given
    printed : beliefs conditioned on printed tiers, for the agreement of rules about these (two directions)
    statements : joint statements, whose probability is given under each rule and mixed over all of them

    Returns
    -------
    Dataset: `weight`, `open_point` (rule); `acceptability` (rule, alternative, tier), `modal_tier` (rule, alternative);
    `mixed` (alternative, tier); `keeps_modal`, `unchanged` (alternative); `agreement` (rule, other, alternative),
    `agreement_mean` (rule, other); `moved` (rule, alternative), `number_moved` (rule, member), the law of how many
    alternatives a rule sorts otherwise than the reference; `number` (tier, member), the law of the number of
    alternatives in a tier, mixed over rules; `statement_by_rule` (rule, statement) and `statement_mixed` (statement).
    NaN where two rules together are too large for exact sums.

    Errors: :class:`UsageError` for rules without a common table of tiers, or weights that are none.
    """
    w = checked_weights(rules, weights)
    by_rule = [laws(rule) if callable(laws) else laws for rule in rules]
    p = np.stack([labelled(own, rule)["acceptability"].values for own, rule in zip(by_rule, rules, strict=True)])
    if printed is None and not all(isinstance(law, Belief) and law.condition is None for law in by_rule[0].values()):
        raise UsageError("of printed tiers the agreement of rules needs `printed`, the beliefs conditioned on them")
    agreement, moved_at_once = _agreements(by_rule[0], rules, printed)
    found = _by_alternative(p, w, agreement)
    found["number_moved"] = (("rule", "member"), moved_at_once, attrs("probability that so many are moved", "1"))
    found["number"] = (("tier", "member"), _numbers(by_rule, rules, w), attrs("probability of that many there", "1"))
    found = found.merge(_statements(by_rule, rules, w, statements))
    found["weight"] = ("rule", w, attrs("declared weight of the rule", "1"))
    points = [", ".join(open_points(rule, rules[0])) or "none: the reference" for rule in rules]
    found["open_point"] = ("rule", points, attrs("open points in which the rule differs from the reference", "1"))
    names = [rule.name for rule in rules]
    return found.assign_coords(
        rule=names, other=xr.Variable("other", names, attrs("rule that is compared with", "1")),
        alternative=list(by_rule[0]), tier=list(rules[0].tiers),
        member=xr.Variable("member", np.arange(p.shape[1] + 1), attrs("number of alternatives", "1")),
    ).assign_attrs(method="exact", reference=names[0])  # fmt: skip


def _statements(
    by_rule: Sequence[Mapping[str, Law]], rules: Sequence[Rule], w: Floats, statements: Sequence[Statement]
) -> xr.Dataset:
    """Exact probabilities of joint statements under each rule, and mixed: a world has one rule."""
    names = list(by_rule[0])
    check_statements(statements, names, len(rules[0].tiers))
    at = {name: i for i, name in enumerate(names)}
    p = np.zeros((len(rules), len(statements)))
    for i, (laws, rule) in enumerate(zip(by_rule, rules, strict=True) if statements else ()):
        table = worlds(laws, [rule])
        given = tier_probabilities_by_world(laws, table)
        p[i] = [table.weight @ s.given(given, at) for s in statements]
    return xr.Dataset(
        {
            "statement_by_rule": (("rule", "statement"), p, attrs("probability of the statement under the rule", "1")),
            "statement_mixed": ("statement", w @ p, attrs("probability of the statement, mixed over rules", "1")),
        },
        coords={"statement": xr.Variable("statement", [s.label for s in statements], attrs("joint statement", "1"))},
    )


def _by_alternative(p: Floats, w: Floats, agreement: Floats) -> xr.Dataset:
    """What is read off the tables (rule, alternative, tier) and (rule, other, alternative)."""
    modal = p.shape[2] - np.argmax(p[:, :, ::-1], axis=2)  # of equals the larger number
    unchanged = np.einsum("r,ra->a", w, agreement[0])
    mean = np.array([[np.nanmean(cell) if np.isfinite(cell).any() else np.nan for cell in row] for row in agreement])
    same = "probability that the other rule gives the same tier"
    return xr.Dataset(
        {
            "acceptability": (("rule", "alternative", "tier"), p, attrs("probability of the tier under the rule", "1")),
            "modal_tier": (("rule", "alternative"), modal, attrs("most probable tier under the rule", "tier")),
            "mixed": (
                ("alternative", "tier"),
                np.einsum("r,rat->at", w, p),
                attrs("probability of the tier, mixed over rules by their weights", "1"),
            ),
            "keeps_modal": (
                "alternative",
                w @ (modal == modal[0]),
                attrs("share of rules, by weight, that keep the reference's most probable tier", "1"),
            ),
            "unchanged": ("alternative", unchanged, attrs(f"mean over rules: {same} as the reference", "1")),
            "agreement": (("rule", "other", "alternative"), agreement, attrs(same, "1")),
            "agreement_mean": (("rule", "other"), mean, attrs(f"mean over alternatives: {same}", "1")),
            "moved": (
                ("rule", "alternative"),
                1 - agreement[0],
                attrs("probability that the rule gives another tier than the reference", "1"),
            ),
        }
    )


def _agreements(
    laws: Mapping[str, Law], rules: Sequence[Rule], printed: Mapping[str, Belief] | None
) -> tuple[Floats, Floats]:
    """Agreements (rule, other, alternative), and the law of how many differ from the reference, (rule, number)."""
    if printed is not None:
        found = agreement_of_printed_tiers(printed, rules)
        return found, np.stack([_number(1 - row) for row in found[0]])
    shared = worlds(laws, rules[:1])
    mean = np.zeros((len(rules), len(rules), len(laws)))
    number = np.zeros((len(rules), len(laws) + 1))
    for weight, components in zip(shared.component_weight, shared.component, strict=True):
        given = {a: given_component(law, c) for (a, law), c in zip(laws.items(), components.tolist(), strict=True)}
        alone = {name: law for name, law in given.items() if isinstance(law, Belief)}
        found = agreement_of_rules(alone, rules)
        mean += weight * found
        number += weight * np.stack([_number(1 - row) for row in found[0]])
    return mean, number


def _number(chances: Floats) -> Floats:
    """The Poisson-binomial law; NaN where a chance is unknown."""
    if np.isnan(chances).any():
        return np.full(len(chances) + 1, np.nan)
    return poisson_binomial(np.clip(chances, 0.0, 1.0))


def _numbers(by_rule: Sequence[Mapping[str, Law]], rules: Sequence[Rule], w: Floats) -> Floats:
    """The law of the number of alternatives in each tier, (tier, number): all share the rule, and the expert."""
    found = np.zeros((len(rules[0].tiers), len(by_rule[0]) + 1))
    for laws, rule, weight in zip(by_rule, rules, w, strict=True):
        table = worlds(laws, [rule])
        found += weight * number_law(tier_probabilities_by_world(laws, table), table.weight)
    return found
