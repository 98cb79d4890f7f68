"""Methods text of unsure rules, draws, dependent scores and convergence; empty for what did not run."""

from __future__ import annotations

from mcda.output.references import cite
from mcda.output.subject import Subject
from mcda.output.wording import listing, quantity

__all__ = ["breakpoints", "convergence", "dependence", "draws", "rule_uncertainty"]

# -- the rule ----------------------------------------------------------------------------------------------------------


def rule_uncertainty(subject: Subject) -> str:
    """Return what was computed over a family of rules."""
    if not subject.results.has("rule_uncertainty/mixed"):
        return ""
    group = subject.results["rule_uncertainty"]
    n = group.sizes["rule"]
    return (
        f"The rule is one of {n} readings $r_i$ with declared weights $w_i$, $\\sum_i w_i = 1$ (tables/rules.csv); the "
        "first is the reference. Tiers over all of them have $p_t = \\sum_i w_i P(r_i(X) = t)$"
        f"{_own_law(subject)}. Two things are kept apart: the weight of the rules whose most probable tier is the "
        f"reference's, and the mean probability that the tier is the same one. {_agreement(subject)} Given the rule "
        "alternatives are independent, so the number that a reading moves at once has a Poisson-binomial "
        f"law{cite(subject, 'wang1993')}: the convolution of their probabilities of being moved.{_weights(subject)}"
    )


def _own_law(subject: Subject) -> str:
    if not subject.published:
        return ""
    return ", where each rule has a law of scores of its own: those that fit the published tier under it"


def _agreement(subject: Subject) -> str:
    if not subject.published:
        return "The agreement of two readings is $P(r_i(X) = r_j(X))$ under the belief."
    return (
        "The agreement of two readings is $P(r_j(X) = t \\mid r_i(X) = t)$ with $t$ the published tier; it has two "
        "directions, and being moved is that of the reference, among scores that fit the tier under it."
    )


def _weights(subject: Subject) -> str:
    """What drawn weights of the criteria are."""
    if not subject.results.has("rule_uncertainty/drawn_weights_moved"):
        return ""
    attrs = subject.results["rule_uncertainty"].attrs
    how = f"{_count(attrs['n'])} draws" if "n" in attrs else "draws"
    alpha = f" with concentration {quantity(float(attrs['concentration']))}" if "concentration" in attrs else ""
    before = " (scores before any second panel)" if subject.published else ""
    return (
        f" Weights of the signed criteria were drawn as well: their number times a symmetric Dirichlet vector{alpha}, "
        f"so that each has mean 1; {how} of Philox4x32-10{cite(subject, 'salmon2011')} with the same scores under "
        f"the rule's own weights{before}. Real weights leave no value on a cut, so what ties under equal weights goes "
        "to either side, however narrow the law."
    )


def _count(n: object) -> str:
    return f"{int(float(str(n))):,}"


def breakpoints(subject: Subject) -> str:
    """Return how the rule's numbers were moved."""
    if not subject.results.has("breakpoints/stands_from"):
        return ""
    names = [f"`{name}`" for name in map(str, subject.results["breakpoints"]["parameter"].values)]
    points = (
        " For the mean scores the interval is found among the values that the number is compared with, in fractions."
        if "point_interval" in subject.results["breakpoints"] else ""
    )  # fmt: skip
    return (
        f"Each number of the rule ({listing(names)}) was moved by itself over a grid of whole steps, and tiers "
        "computed anew at each; it keeps the most probable tier on the stated interval, whose ends may be those of the "
        f"grid. The law of scores stays that of the rule as it is.{points}"
    )


# -- draws -------------------------------------------------------------------------------------------------------------


def draws(subject: Subject) -> str:
    """Return how tables were drawn."""
    if not subject.results.has("draws/share"):
        return ""
    group = subject.results["draws"]
    n = f"{_count(group.attrs['n'])} times" if "n" in group.attrs else "many times"
    seed = f", seed {group.attrs['seed']}" if "seed" in group.attrs else ""
    return (
        f"The whole table was drawn {n}; one draw is one world, which all alternatives share. Random numbers are "
        f"functions of seed, draw and name (Philox4x32-10{cite(subject, 'salmon2011')}{seed}), so neither the order "
        "nor the number of processes matters. A share has the binomial standard error and a Clopper-Pearson interval "
        f"of 95 %{cite(subject, 'clopper1934')}; $z = (\\hat p - p) / \\sqrt{{p (1 - p) / n}}$ compares it with the "
        f"probability by sums. {_test(subject)}{_statements(subject)}"
    )


def _statements(subject: Subject) -> str:
    if not subject.results.has("draws/statement_share"):
        return ""
    return (
        " Joint statements are counted in the same draws; their probabilities by sums are convolutions over "
        "alternatives, given what these share."
    )


def _test(subject: Subject) -> str:
    """How shares agree with sums."""
    attrs = subject.results["draws"].attrs
    if "p_all" not in attrs:
        return "There are no sums to compare with: the lattice is too large for them."
    return (
        f"All shares together: $\\chi^2 = {float(attrs['chi_square']):.1f}$ on {int(attrs['degrees'])} degrees of "
        f"freedom (cells of small expectation pooled), $p = {float(attrs['p_all']):.2f}$."
    )


# -- dependence --------------------------------------------------------------------------------------------------------

KINDS = {
    "leniency": "leniency, with all $a_k$ of one sign",
    "valence": "valence, with opposite signs for criteria for and against",
}


def dependence(subject: Subject) -> str:
    """Return how scores were made to go together."""
    if not subject.results.has("dependence/acceptability"):
        return ""
    group = subject.results["dependence"]
    kinds = listing(KINDS.get(str(kind), str(kind)) for kind in group["setting"].values)
    what = "errors of a second panel" if subject.published else "scores of an alternative"
    loadings = group["loading"].values
    return (
        f"The {what} share a standard normal factor $Z$ through a Gaussian copula{cite(subject, 'joe2014')}: score $k$ "
        "is the quantile of its own law at $\\Phi(a_k Z + \\sqrt{1 - a_k^2}\\, \\varepsilon_k)$, so that the law of a "
        f"single score stays as it is. Kinds: {kinds}; $|a_k|$ from {quantity(float(loadings.min()))} to "
        f"{quantity(float(loadings.max()))}. Given $Z$ scores are independent and tiers are sums over the lattice; "
        "over $Z$ they are mixed by Gauss-Hermite quadrature, its nodes doubled until nothing changes (at most "
        f"{int(group['nodes'].max())} nodes, last change {quantity(float(group['acceptability_se'].max()), 1)})."
        f"{_indices(subject)}"
    )


def _indices(subject: Subject) -> str:
    """What was computed at the reference loading."""
    group = subject.results["dependence"]
    if "ordinal_shapley" not in group:
        return ""
    return (
        f" At a loading of {quantity(float(group.attrs.get('reference_loading', float('nan'))))} Shapley effects"
        f"{cite(subject, 'owen2014')} of the ordinal output come from the joint law of the mixture, for one "
        "alternative of each tier."
    )


# -- convergence -------------------------------------------------------------------------------------------------------


def convergence(subject: Subject) -> str:
    """Return what was compared as draws grew in number."""
    if not subject.results.has("convergence/error_rms"):
        return ""
    group = subject.results["convergence"]
    sizes = group["draws"].values
    return (
        f"Shares of {_count(sizes[0])} to {_count(sizes[-1])} draws (Philox4x32-10{cite(subject, 'salmon2011')}, each "
        "longer run beginning with the shorter one) were set against the probabilities by sums; the binomial expects a "
        f"root mean square error of $\\sqrt{{\\overline{{p (1 - p)}} / n}}$.{_index_errors(subject)}"
    )


def _index_errors(subject: Subject) -> str:
    if not subject.results.has("convergence/index_error"):
        return ""
    return (
        f" Indices were sampled by pick-freeze{cite(subject, 'saltelli2010')}: two sets of points and all crossings of "
        f"their columns; the total order is Jansen's{cite(subject, 'jansen1999')}, averaged over pairs of crossings, "
        f"Shapley effects come from the closed indices of all subsets{cite(subject, 'owen2014')}. At equal cost this "
        "was done with independent points (intervals by a Poisson bootstrap) and with sixteen scrambles of Sobol' "
        "points (intervals by the jackknife over scrambles)."
    )
