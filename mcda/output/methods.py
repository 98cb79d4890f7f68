"""The methods of a run as text for a paper: what was computed, by which formula, under which assumptions.

Only analyses that ran are described. Formulas are LaTeX between dollar signs, citations are keys of `references.bib`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from mcda.output.findings import EQUAL, error, movers, own_spread
from mcda.output.methods_simulation import budget, signs, simulation, simulation_register, sweeps
from mcda.output.methods_uncertain import breakpoints, convergence, dependence, draws, rule_uncertainty
from mcda.output.references import as_bibtex, cite
from mcda.output.report.published import varied_over
from mcda.output.report.reasons import mover_name, parameter
from mcda.output.results import open_results
from mcda.output.sheets import ILLUSTRATIVE
from mcda.output.subject import Subject
from mcda.output.whole import write_whole
from mcda.output.wording import clean, listing, named, points, quantity
from mcda.output.wording import markdown as _md

__all__ = ["as_markdown", "belief_text", "rule_text", "write_methods"]

#: Lines of the register that the text lists.
LINES = 15


def write_methods(folder: Path) -> list[Path]:
    """Write ``methods.md`` and ``references.bib`` of a run; return their paths."""
    subject = Subject(open_results(folder))
    return [
        write_whole(folder / "methods.md", as_markdown(subject)),
        write_whole(folder / "references.bib", as_bibtex(subject)),
    ]


def as_markdown(subject: Subject) -> str:
    """Return the methods text as Markdown."""
    title = clean(subject.problem.attrs.get("title", subject.results.attributes.get("problem", "")))
    head = [f"# Methods: {_md(title)}"]
    if subject.illustrative:
        head.append(f"**{ILLUSTRATIVE}; nothing here is a finding.**")
    head.append(f"Question of the run: {_md(clean(subject.results.attributes.get('question', '')))}")
    parts = [(name, make(subject)) for name, make in SECTIONS]
    body = [f"## {name}\n\n{text}" for name, text in parts if text]
    return "\n\n".join([*head, *body]) + "\n"


# -- rule and belief ---------------------------------------------------------------------------------------------------


def rule_text(subject: Subject) -> str:
    """Return the rule's parameters in a sentence."""
    name = str(subject.results.attributes.get("rule", ""))
    if not subject.results.has("rule") or name not in [str(r) for r in subject.results["rule"]["rule"].values]:
        return f"Rule '{named(name)}'."
    group = subject.results["rule"].sel(rule=name)
    value = {str(key): str(group[key].item()) for key in group.data_vars}
    words = {
        "form": "form {}", "reading": "reading {}", "zero": "C = 0 counts as {}", "cuts": "cuts {}",
        "tie": "a value on a cut goes to the {} tier number", "outside_split": "outside tiers split by {}",
        "veto": "veto {}", "weights": "weights {}", "bands": "bands {}",
    }  # fmt: skip
    parts = [text.format(parameter(value[key])) for key, text in words.items() if value.get(key)]
    return f"Rule '{named(name)}': {'; '.join(parts)}."


def composite_text(subject: Subject) -> str:
    """Return how scores become the composite, by the criteria's names."""
    roles = [str(r) for r in subject.problem["criterion_role"].values]
    names = {role: [named(label, 40) for label, r in zip(subject.criteria.values(), roles, strict=True) if r == role]
             for role in ("for", "against", "counterweight")}  # fmt: skip
    less = f" less those on {listing(names['against'])}" if names["against"] else ""
    text = f"The composite C is the sum of the scores on {listing(names['for']) or 'nothing'}{less}"
    if names["counterweight"]:
        text += f"; it is set against {listing(names['counterweight'])}"
    return f"{text}."


def belief_text(subject: Subject) -> str:
    """Return what is believed about scores, in a sentence or two."""
    attrs = subject.results["beliefs"].attrs
    if not subject.published:
        scores = subject.results["scores"].sizes["expert"] if "scores" in subject.results else "no stated number of"
        return (
            f"Belief: the scores of {scores} experts, pooled as '{named(attrs.get('pool', ''))}'; a score without its "
            f"own range has a {named(attrs.get('family', ''))} law with spread {points(own_spread(subject))}."
        )
    ends = {
        "clip": "errors beyond the scale's ends stop there",
        "reflect": "errors beyond the scale's ends are reflected",
    }
    return (
        "Belief: all score vectors on the scale that fit the published tier, weighted by the prior "
        f"'{named(attrs.get('prior', ''))}'. A second panel's score is the score plus an independent error of standard "
        f"deviation {points(own_spread(subject))}, in whole points; {ends.get(str(attrs.get('ends')), '')}."
    )


# -- sections ----------------------------------------------------------------------------------------------------------


def _problem(subject: Subject) -> str:
    n, tiers = len(subject.alternatives), len(subject.tiers)
    source = _md(clean(subject.problem.attrs.get("citation", "")))
    where = f" Source: {source} [@problem]." if source else ""
    return f"{n} {subject.noun.many}, {len(subject.criteria)} criteria, {tiers} ordered tiers.{where}"


def _rule(subject: Subject) -> str:
    roles = [str(r) for r in subject.problem["criterion_role"].values]
    terms = {role: [f"x_{{{k + 1}}}" for k, r in enumerate(roles) if r == role] for role in roles}
    formula = " + ".join(terms.get("for", [])) + "".join(f" - {x}" for x in terms.get("against", []))
    return f"{composite_text(subject)} With unit weights, $C = {formula or '0'}$. {_md(rule_text(subject))}"


def _beliefs(subject: Subject) -> str:
    text = _md(belief_text(subject))
    n = len(subject.alternatives)
    text += f" {n} {subject.noun.many} have {subject.distinct} distinct beliefs; each was computed once."
    if subject.published:
        return text + (
            " $P(x) \\propto \\pi(x)\\, 1\\{r(x) = t\\}$, with $\\pi$ the prior, $r$ the rule and $t$ the published "
            "tier. Sorted by $r$ this belief gives $t$ back by construction, which is a test of the code and no "
            "result."
        )
    return f"{text} {_pool(subject)}"


#: What a pool of experts believes, by its name.
_POOLS = {
    "panel-mean": "The belief is the law of the mean of the experts' scores, each expert's own doubt independent.",
    "pooled-experts": "The belief is a linear pool: the mixture of the experts' joint laws, one expert being right",
    "pooled-cells": "Each criterion's law is the linear pool of the experts' laws of it, and criteria are independent",
}


def _pool(subject: Subject) -> str:
    """How scores became a belief; who pools laws, and not scores, rests on the opinion pool."""
    said = _POOLS.get(str(subject.results["beliefs"].attrs.get("pool")), "")
    return said if said.endswith(".") or not said else f"{said}{cite(subject, 'stone1961')}."


def _panel(subject: Subject) -> str:
    """What a panel's point scores say, beside its belief."""
    if not subject.results.has("tiers/tier_of_mean"):
        return ""
    text = (
        "Beside the belief stand the tiers of the experts' mean scores, of their median scores, and the most frequent "
        "among the experts' own tiers, all sorted in fractions."
    )
    if subject.results.has("tiers/disagreement"):
        text += (
            " Disagreement is the share of the ordinal variance that lies between experts $e$ if one of them is right, "
            "$\\sum_t \\mathrm{Var}_e P(T \\le t \\mid e) / \\sum_t F_t (1 - F_t)$."
        )
    return text


def _table(subject: Subject) -> str:
    """Counts over all alternatives at once."""
    if not subject.results.has("table/count_probability"):
        return ""
    given = str(subject.results["table"].attrs.get("independence", "")).partition(" given ")[2].strip()
    mixed = " (and the mean of such laws over experts)" if "expert" in given else ""
    other = "published" if (subject.published_tier > 0).all() else "most probable"
    return (
        f"How many {subject.noun.many} fall in a tier, inside, or into another tier than the {other} one is a sum of "
        f"indicators, independent given {_md(clean(given)) or 'the rule'}: its law is Poisson-binomial, a chain of "
        f"convolutions{cite(subject, 'wang1993')}{mixed}, exact, given the assumptions."
    )


def _acceptability(subject: Subject) -> str:
    if not subject.results.has("tiers/acceptability"):
        return ""
    largest = error(subject)
    exactness = (
        "Probabilities are sums over the lattice of scores: exact, given the assumptions, to rounding of "
        "floating-point numbers."
        if largest == 0 else f"The largest standard error of a probability is {quantity(largest, 2)}."
    )  # fmt: skip
    what = "by a second panel's scores" if subject.published else "by scores drawn from the belief"
    return (
        f"The acceptability of a tier is the probability that the rule gives it {what}: $p_t = P(r(X) = t)$, as in "
        f"stochastic sorting{cite(subject, 'tervonen2009')}. The modal tier has the largest (a tie goes to the larger "
        "tier number and is marked), the margin is its lead over the next, entropy is $-\\sum_t p_t \\log_2 p_t$. "
        f"{exactness}"
    )


def _survival(subject: Subject) -> str:
    if not subject.results.has("second_panel/survival"):
        return ""
    spreads = subject.results["second_panel"]["spread"].values
    return (
        "Question (a): the probability that a second panel gives the published tier, for errors of standard deviation "
        f"{quantity(float(spreads.min()))} to {points(float(spreads.max()))}. At 0 it is 1 by construction."
    )


def _sensitivity(subject: Subject) -> str:
    if not any(subject.results.has(f"sensitivity/{name}") for name in ("closed_index", "first_order", "shapley")):
        return ""
    attrs = subject.results["sensitivity"].attrs
    independent = attrs.get("dependence") == "independent"
    first = "" if independent else (
        " Scores are dependent here, so the index of a single criterion is its closed index, interactions are not "
        "separated, and the total can lie below it."
    )  # fmt: skip
    return (
        f"For criteria $J$ the closed index is $V(J) / \\mathrm{{Var}}\\, y$ with $V(J) = \\mathrm{{Var}}(E[y \\mid "
        f"X_J])${cite(subject, 'sobol2001')}; total order is $1 - V(-k) / \\mathrm{{Var}}\\, "
        f"y${cite(subject, 'homma1996')}; the Shapley effect divides what several criteria explain "
        f"together evenly, and sums to 1{cite(subject, 'owen2014', 'song2016')}. The ordinal output, which does not "
        f"depend on the tiers' numbers, is $\\sum_t \\mathrm{{Var}}(P(T \\le t \\mid X_J)) / \\sum_t F_t (1 - F_t)$, "
        "over all tiers $t$ but the last; the one-hot output is the like over "
        f"$1\\{{T = t\\}}${cite(subject, 'gamboa2014')}; information is $I(X_J; T) / H(T)$. {_engine(subject)}"
        f"{first}{_rule_factor(subject)}"
    )


def _engine(subject: Subject) -> str:
    """How the indices were computed: by sums, or from samples where sums were too large."""
    attrs = subject.results["sensitivity"].attrs
    method, dependence = (_md(clean(attrs.get(key, "not stated"))) for key in ("method", "dependence"))
    if not method.startswith("sampled"):
        engine = cite(subject, "ballester2022")
        return f"All subsets were computed by {method} over the lattice{engine}, dependence: {dependence}."
    how = method.removeprefix("sampled: ")
    if "pick-freeze" not in method:
        return f"Sums were too large, so indices of single criteria were estimated from drawn scores ({how})."
    crossed = f"two sets of points and all crossings of their columns{cite(subject, 'saltelli2010')}"
    jansen = f"total order by Jansen's estimator{cite(subject, 'jansen1999')}"
    return f"Sums were too large, so indices were estimated ({how}): from {crossed}, {jansen}."


def _rule_factor(subject: Subject) -> str:
    """That the rule is one of the factors, where it is."""
    if not subject.results.has("sensitivity/response_member"):
        return ""
    more = [str(f) for f in subject.results["sensitivity"]["factor"].values if str(f) not in subject.criteria]
    own = " Each reading has a law of scores of its own, so it is no independent factor." if subject.published else ""
    return f" Besides the criteria these are factors, by declared weights: {listing(_md(f) for f in more)}.{own}"


def _response(subject: Subject) -> str:
    if not subject.results.has("sensitivity/response"):
        return ""
    return (
        "$P(T = t \\mid x_k = x)$ for every score $x$ of positive probability: which way a score pushes, and from "
        "where on."
    )


def _flips(subject: Subject) -> str:
    if not any(subject.results.has(f"tiers/{n}") for n in ("flip_distance", "flip_probability")):
        return ""
    law = " Its law is taken under the belief before any second panel." if subject.published else ""
    return (
        "The flip distance of a score vector is the smallest change inside the scale that changes its tier: points "
        f"added up (l1), the largest move (linf), or one criterion alone (single).{law}"
    )


def _other_rules(subject: Subject) -> str:
    if not subject.results.has("other_rules/acceptability"):
        return ""
    others = subject.results["other_rules"].sizes["rule"] - 1
    if subject.published:
        return (
            f"Question (b): $P(s(X) = t \\mid r(X) = t)$ for {others} other rules $s$, and the reverse; under rules "
            "with parameters as in tables/rules.csv."
        )
    return f"The same belief sorted by {others} other rules (tables/rules.csv)."


def _shocks(subject: Subject) -> str:
    if not subject.results.has("shocks/acceptability"):
        return ""
    labels = [_md(named(x, 120)) for x in subject.results["shocks"]["label"].values]
    return (
        "Question (c): scores moved by declared whole points, stopped at the scale's ends, and sorted by the same "
        f"rule. Not a forecast: it says what a tier would be if this happened. Shocks: {'; '.join(labels)}."
    )


def _belief_sensitivity(subject: Subject) -> str:
    if not subject.results.has("belief_sensitivity/acceptability"):
        return ""
    text = f"The belief itself was varied over {varied_over(subject)}."
    if subject.results.has("belief_sensitivity/epsilon_lost"):
        text += (
            " If a share $\\epsilon$ of the belief is any other law, tier probabilities lie between $(1 - \\epsilon) "
            f"p_t$ and $(1 - \\epsilon) p_t + \\epsilon${cite(subject, 'huber1964')}; the modal tier can be lost from "
            "$m / (1 + m)$ on, $m$ the margin."
        )
    return text


def _register(subject: Subject) -> str:
    moving = [m for m in movers(subject) if m.mean > EQUAL]
    if not moving:
        return ""
    head = (
        "| assumption | key | used | range or other choices | basis | moves by, mean | at most "
        "|\n|---|---|---|---|---|---|---|"
    )
    lines = [
        f"| {_md(mover_name(subject, m.key))} | {_md(named(m.key))} | {_md(named(m.value))} | "
        f"{_md(named(f'{m.low} to {m.high}' if m.high else m.low, 200))} | {m.basis} | {m.mean:.3f} | {m.top:.3f} |"
        for m in moving[:LINES]
    ]
    text = (
        "Each number and choice with a declared range was set to its ends, all others as they are; 'moves by' is the "
        "change of the probability that the tier stands, over all alternatives. All entries: tables/register.csv."
    )
    return f"{text}\n\n{head}\n" + "\n".join(lines)


def _identity(subject: Subject) -> str:
    source = _md(clean(subject.results.attributes.get("source", "")))
    return (
        f"Made by {source}. Versions of all libraries, the seed, the commit and hashes of all files stand in "
        "manifest.json; the experiment as it was run, with every default, in experiment.resolved.yaml; numbers in "
        "results.nc, as tables in tables/. In CSV files a text that a spreadsheet would run as a formula has an "
        "apostrophe in front; an empty cell is not defined."
    )


SECTIONS: Sequence[tuple[str, Callable[[Subject], str]]] = (
    ("Problem", _problem),
    ("Rule", _rule),
    ("Beliefs", _beliefs),
    ("Tier probabilities", _acceptability),
    ("The panel itself", _panel),
    ("The whole table", _table),
    ("A second panel", _survival),
    ("Sensitivity", _sensitivity),
    ("Response", _response),
    ("Flips", _flips),
    ("Other rules", _other_rules),
    ("Shocks", _shocks),
    ("An unsure rule", rule_uncertainty),
    ("Breakpoints", breakpoints),
    ("Draws", draws),
    ("Scores that go together", dependence),
    ("Convergence", convergence),
    ("Events over time", simulation),
    ("Sweeps", sweeps),
    ("Where the variance of outcomes comes from", budget),
    ("Early signs", signs),
    ("What a simulation rests on", simulation_register),
    ("How much the belief itself decides", _belief_sensitivity),
    ("Assumption register", _register),
    ("Identity of the run", _identity),
)
