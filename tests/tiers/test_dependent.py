"""Curves over the loading of a common factor, labelled."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import mcda
from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.rule import Rule, Split
from mcda.scores.belief import Belief, Condition
from mcda.scores.marginals import rescoring
from mcda.tiers.counts import agreement
from mcda.tiers.dependent import held_by, printed_under_dependence, signed_loadings, under_dependence
from mcda.tiers.joint import count_tiers
from mcda.tiers.sampled import sampler
from mcda.tiers.second_panel import second_panels

ROLES = ("against", "against", "against", "for", "for", "for", "counterweight")
RULE = Rule("reference", ROLES, 3, 2, (Fraction(4), Fraction(-1)), Split("composite", (Fraction(-6),)))
SCALE = Lattice(1, 10)


def laws() -> dict[str, Belief]:
    p = np.random.default_rng(3).dirichlet(np.ones(10), size=(2, 7))
    return {f"a{i}": Belief(SCALE, one) for i, one in enumerate(p)}


def test_signs_of_loadings() -> None:
    assert signed_loadings("leniency", RULE, 0.5).tolist() == [0.5] * 7
    assert signed_loadings("valence", RULE, 0.5).tolist() == [-0.5] * 3 + [0.5] * 4
    assert signed_loadings("valence", RULE, 0.5, counterweight="down").tolist() == [-0.5] * 3 + [0.5] * 3 + [-0.5]


def test_a_curve_begins_at_independence_and_its_two_kinds_move_the_spread_apart() -> None:
    found = under_dependence(laws(), RULE, strengths=(0.0, 0.4, 0.8))
    alone = mcda.acceptability(laws(), RULE)["acceptability"].values
    for kind in ("leniency", "valence"):
        assert found["acceptability"].sel(setting=kind, loading=0).values == pytest.approx(alone, abs=1e-12)
    spread = found["composite_sd"]
    assert (spread.sel(setting="leniency").diff("loading") < 0).all()
    assert (spread.sel(setting="valence").diff("loading") > 0).all()
    assert (found["acceptability_se"] <= 1e-10).all()
    assert found["acceptability"].sum("tier").values == pytest.approx(1)


def test_the_sampler_draws_from_the_same_joint() -> None:
    """Three alternatives share one factor in a draw: each one's shares agree, at 1e-4."""
    for kind in ("leniency", "valence"):
        held = {name: held_by(b, RULE, kind, 0.6) for name, b in laws().items()}
        exact = mcda.acceptability(held, RULE)["acceptability"].values
        hits = sampler(held, RULE, rng=5).over(40_000, lambda tiers: count_tiers(tiers, 5))
        assert agreement(hits, 40_000, exact, independent=False).p_all > 1e-4


def test_a_shared_factor_makes_alternatives_agree() -> None:
    """Twins under valence fall on the same side of the Roadmap more often than independent ones would."""
    twin = laws()["a0"]
    held = held_by(twin, RULE, "valence", 0.8)
    tiers = sampler({"a": held, "b": held}, RULE, rng=1).tiers(np.arange(20_000))
    inside = tiers <= 3
    together, alone = (inside[0] == inside[1]).mean(), inside[0].mean()
    assert together > alone**2 + (1 - alone) ** 2 + 0.1


def test_a_second_panel_without_a_factor_is_the_one_of_question_a() -> None:
    prior = np.full((7, 10), 0.1)
    beliefs = {str(t): Belief(SCALE, prior, condition=Condition(RULE, t)) for t in (1, 3, 5)}
    found = printed_under_dependence(beliefs, RULE, sd=1.0, strengths=(0.0, 0.5))
    kernels = np.stack([rescoring(SCALE, 1.0, ends="clip")] * 7)
    exact = mcda.acceptability(second_panels(beliefs, kernels), RULE)["acceptability"].values
    assert found["acceptability"].sel(setting="valence", loading=0).values == pytest.approx(exact, abs=1e-10)
    stands = found["survival"].values
    assert stands[:, 0] == pytest.approx(np.broadcast_to(exact[[0, 1, 2], [0, 2, 4]], (2, 3)), abs=1e-10)
    assert not np.allclose(stands[:, 1], stands[:, 0], atol=1e-3)


def test_loadings_above_what_nodes_can_do_are_refused() -> None:
    with pytest.raises(Declined, match=r"\.95|0\.95"):
        under_dependence(laws(), RULE, strengths=(0.97,))


def test_a_second_panel_of_another_rule_or_of_a_mixture_is_refused() -> None:
    """What is conditioned on a tier that another rule printed is another law, and so is a mixture's."""
    prior = np.full((7, 10), 0.1)
    other = {"a": Belief(SCALE, prior, condition=Condition(RULE.but(name="other", zero="inside"), 2))}
    mixture = Belief(SCALE, np.stack([prior, prior]), condition=Condition(RULE, 2))
    for beliefs in (other, {"a": mixture}, laws()):
        with pytest.raises(UsageError, match="one prior, conditioned on the tier that the rule 'reference' printed"):
            printed_under_dependence(beliefs, RULE, sd=1.0)
    with pytest.raises(UsageError, match="one prior, conditioned on a printed tier"):
        second_panels({"a": mixture}, np.stack([np.eye(10)] * 7))


def test_curves_of_nothing_are_refused() -> None:
    for wrong in ({"kinds": ()}, {"strengths": ()}, {"counterweight": "sideways"}):
        with pytest.raises(UsageError, match=r"a curve needs|goes 'up' or 'down'"):
            under_dependence(laws(), RULE, **wrong)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="needs an alternative"):
        under_dependence({}, RULE)
