"""Random settings of the explorer, and what the Python engine says of each.

A setting is a small problem, a rule with every open point drawn, a belief and perhaps a shock, as the plain values that
the page's engine takes; `answer` builds the package's own objects from the same values and asks them. Cuts are whole
and half points more often than not, so that many sums lie on them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.rule import Bands, Rule, Split
from mcda.scores.belief import Belief, Condition
from mcda.scores.marginals import point as law_of_point
from mcda.scores.marginals import rescoring
from mcda.sensitivity import algebra
from mcda.tiers.exact import output_names, response, sensitivity
from mcda.tiers.flips import NORMS, flip_distances
from mcda.tiers.second_panel import SecondPanel
from mcda.tiers.transitions import moved

Plain = dict[str, Any]
#: Entropy of the tier, bits, below which an index of information is a quotient of roundings.
FAINT = 1e-6
SEVEN = ("against",) * 3 + ("for",) * 3 + ("counterweight",)

#: The page's side: settings as JSON in, answers as JSON out; the engine is the global constant `Engine`.
ASK = """(text) => JSON.stringify(JSON.parse(text).map(({problem, rule, belief, points, shock}) => {
  const levels = Engine.lattice(problem, belief.unit);
  const xs = Array.from({length: levels.size}, (_, i) => levels.low + i / levels.unit);
  let own = belief;
  if (points) own = {...belief, components: [
    {weight: 1, laws: points.map(([x, spread, family]) => Engine.law(x, spread, xs, family))}]};
  if (shock) own = Engine.shifted(own, shock, 1, problem);
  const started = performance.now();
  const found = Engine.solve(own, rule, problem);
  return {...found, ms: performance.now() - started};
}))"""


@dataclass(frozen=True)
class Setting:
    """What the page is asked (`plain`), the same as objects of the package, and the kind of belief."""

    kind: str
    plain: Plain
    rule: Rule
    belief: Belief
    kernels: np.ndarray | None


# -- rules -------------------------------------------------------------------------------------------------------------


def falling(rng: np.random.Generator, n: int, low: int, high: int) -> list[Fraction]:
    """n different numbers from low to high, falling; on quarters, and mostly on halves or whole points."""
    grain = int(rng.choice([1, 1, 2, 4]))
    values = rng.choice(np.arange(low * grain, high * grain + 1), size=n, replace=False)
    return [Fraction(int(v), grain) for v in sorted(values, reverse=True)]


def drawn_weights(rng: np.random.Generator, d: int) -> list[Fraction]:
    """All 1 in half of the cases."""
    if rng.random() < 0.5:
        return [Fraction(1)] * d
    return [Fraction(int(x), 4) for x in rng.choice([0, 2, 3, 4, 4, 5, 6, 8], size=d)]


def drawn_split(rng: np.random.Generator, roles: Sequence[str], outside: int, high: int) -> Split | None:
    """A split that tells so many outside tiers apart."""
    if outside == 1:
        return None
    against = "against" in roles
    kinds = ["composite", "balance"] + ["first"] * against + ["any"] * (against and outside == 2)
    by = str(rng.choice(kinds))
    if by == "any":
        return Split("any", (Fraction(int(rng.integers(2, high + 1))),))
    if by == "first":
        return Split("first", tuple(reversed(falling(rng, outside - 1, 1, high))))
    return Split(by, tuple(falling(rng, outside - 1, -2 * high, 0)))  # type: ignore[arg-type]


def drawn_bands(rng: np.random.Generator, form: str, inside: int, high: int) -> Bands:
    """Two to three bands each, a table that a lexicographic rule allows."""
    rows, columns = (int(x) for x in rng.integers(2, 4, size=2))
    tiers = rng.integers(1, inside + 1, size=rows * columns)
    table = np.sort(tiers) if form == "lexicographic" else tiers
    composite, ends = falling(rng, rows - 1, 1, high), falling(rng, columns - 1, 1, high)
    cells = table.reshape(rows, columns).tolist()
    return Bands(tuple(composite), tuple(reversed(ends)), tuple(map(tuple, cells)))


def drawn_rule(rng: np.random.Generator, roles: Sequence[str], high: int) -> tuple[Rule, list[Fraction]]:
    """A rule, and its weights before they are scaled."""
    inside, outside = (int(x) for x in rng.integers(1, 4, size=2))
    reading = str(rng.choice(["footnote", "footnote", "text"]))
    forms = ["difference", "ratio", "grid", "lexicographic"] if "counterweight" in roles else ["difference"]
    form = "difference" if reading == "text" else str(rng.choice(forms))
    banded = form in ("grid", "lexicographic")
    n = 0 if banded else (inside + outside if reading == "text" else inside) - 1
    low, top = {"ratio": (0, 4), "difference": (-high, high)}.get(form, (0, high))
    weights = drawn_weights(rng, len(roles))
    if form == "ratio":  # C / c7 has no value where c7 weighs nothing
        weights[-1] = max(weights[-1], Fraction(1, 2))
    rule = Rule(
        "drawn", tuple(roles), inside, outside, tuple(falling(rng, n, low, top)),  # type: ignore[arg-type]
        drawn_split(rng, roles, outside, high), form, reading,  # type: ignore[arg-type]
        "inside" if rng.random() < 0.5 else "outside", "larger" if rng.random() < 0.5 else "smaller",
        Fraction(int(rng.integers(2 * high - 4, 2 * high + 1)), 2) if rng.random() < 0.3 else None,
        tuple(weights), drawn_bands(rng, form, inside, high) if banded else None,
    )  # fmt: skip
    return rule, weights


def plain_rule(rule: Rule, weights: Sequence[Fraction] | None = None) -> Plain:
    """A rule as `explorer_data` writes it; weights as they were before scaling, if given."""
    split, bands = rule.split, rule.bands
    return {
        "inside": rule.inside, "form": rule.form, "reading": rule.reading, "zero": rule.zero, "tie": rule.tie,
        "veto": None if rule.veto is None else float(rule.veto), "cuts": [float(c) for c in rule.cuts],
        "weights": [float(w) for w in (weights or rule.weights)],
        "split": None if split is None else {"by": split.by, "cuts": [float(c) for c in split.cuts]},
        "bands": None if bands is None else {
            "composite": [float(c) for c in bands.composite], "table": [list(row) for row in bands.table],
            "counterweight": [float(c) for c in bands.counterweight],
        },
    }  # fmt: skip


def plain_problem(roles: Sequence[str], scale: Lattice, n_tiers: int, inside: int) -> Plain:
    """A problem as the page's engine reads it."""
    return {
        "criteria": [{"id": f"c{k + 1}", "role": role} for k, role in enumerate(roles)],
        "levels": [float(x) for x in range(scale.low, scale.high + 1)],
        "tiers": [{"number": t + 1} for t in range(n_tiers)],
        "inside": inside,
    }


# -- beliefs -----------------------------------------------------------------------------------------------------------


def drawn_law(rng: np.random.Generator, size: int) -> np.ndarray:
    """A law with gaps; certain in one case of six."""
    if rng.random() < 1 / 6:
        return np.eye(size)[rng.integers(size)]
    law = rng.gamma(0.7, size=size) * (rng.random(size) < 0.7)
    return law / law.sum() if law.sum() > 0 else np.full(size, 1 / size)


def drawn_points(rng: np.random.Generator, lattice: Lattice, d: int) -> list[tuple[Fraction, Fraction, str]]:
    """Point scores on the lattice, each with a spread and the family that spreads it."""
    found = []
    for _ in range(d):
        x = Fraction(int(rng.integers(lattice.steps[0], lattice.steps[-1] + 1)), lattice.unit)
        spread = Fraction(int(rng.integers(0, 17)), 4)
        found.append((x, spread, "triangular"))
        if rng.random() < 0.2 and lattice.size > 4:
            share = float((x - lattice.low) / (lattice.high - lattice.low))
            n = lattice.size - 1
            if 0 < share < 1:
                sd = math.sqrt(n * share * (1 - share) * (1 + (n - 1) * 0.3)) / lattice.unit
                found[-1] = (x, Fraction(sd).limit_denominator(1000), "beta-binomial")
    return found


def from_points(rng: np.random.Generator, roles: Sequence[str], lattice: Lattice) -> tuple[Plain, Belief]:
    """Point scores with spreads: the page makes the laws itself."""
    points = drawn_points(rng, lattice, len(roles))
    laws = np.stack([law_of_point(lattice, float(x), float(s), family=f) for x, s, f in points])
    belief = Belief(lattice, laws, points=tuple(x for x, _, _ in points))
    plain = {
        "points": [(float(x), float(s), f) for x, s, f in points],
        "belief": {
            "unit": lattice.unit,
            "components": [],
            "conditioning": None,
            "point": [float(x) for x, _, _ in points],
        },
    }
    return plain, belief


def from_laws(
    rng: np.random.Generator, roles: Sequence[str], lattice: Lattice, components: int, condition: Condition | None
) -> tuple[Plain, Belief]:
    """Laws written out, in one or several components, perhaps conditioned on a tier."""
    laws = np.stack([[drawn_law(rng, lattice.size) for _ in roles] for _ in range(components)])
    if rng.random() < 0.4:  # some criteria alike
        laws[:, 1:] = laws[:, :1]
    weight = rng.dirichlet(np.ones(components))
    belief = Belief(lattice, laws, weight, condition=condition)
    one = [{"weight": float(w), "laws": p.tolist()} for w, p in zip(belief.weight, belief.probability, strict=True)]
    return {"belief": {"unit": lattice.unit, "components": one, "conditioning": None, "point": None}}, belief


def drawn_shock(rng: np.random.Generator, d: int, high: int) -> list[int]:
    """Whole points by criterion, none in half of the cases."""
    if rng.random() < 0.5:
        return [0] * d
    return [int(x) for x in rng.integers(-high // 2, high // 2 + 1, size=d) * (rng.random(d) < 0.6)]


# -- settings ----------------------------------------------------------------------------------------------------------


def independent(rng: np.random.Generator) -> Setting:
    """Seven criteria on ten levels, independent."""
    return _independent(rng, SEVEN, Lattice(1, 10))


def other_shapes(rng: np.random.Generator) -> Setting:
    """Other numbers of criteria, roles, scales and spacings; independent."""
    return _independent(rng, _roles(rng), Lattice(*_ends(rng), int(rng.integers(1, 4))))


def _roles(rng: np.random.Generator) -> tuple[str, ...]:
    more = ("counterweight",) * int(rng.random() < 0.6)
    return (*("against",) * int(rng.integers(1, 3)), *("for",) * int(rng.integers(1, 3)), *more)


def _ends(rng: np.random.Generator) -> tuple[int, int]:
    low = int(rng.integers(0, 2)) + 1
    return low, low + int(rng.integers(2, 5))


def _independent(rng: np.random.Generator, roles: Sequence[str], lattice: Lattice) -> Setting:
    rule, weights = drawn_rule(rng, roles, lattice.high)
    make = from_points if rng.random() < 0.6 else from_laws
    more: tuple[Any, ...] = () if make is from_points else (1, None)
    plain, belief = make(rng, roles, lattice, *more)  # type: ignore[operator]
    shock = drawn_shock(rng, len(roles), lattice.high)
    shifts = [moved(lattice, by * lattice.unit) for by in shock]
    laws = np.stack([p @ shift for p, shift in zip(belief.probability[0], shifts, strict=True)])
    points = belief.points and tuple(
        min(max(x + by, Fraction(lattice.low)), Fraction(lattice.high))
        for x, by in zip(belief.points, shock, strict=True)
    )
    return _setting("independent", plain, rule, weights, Belief(lattice, laws, points=points or None), shock, None)


def dependent(rng: np.random.Generator) -> Setting:
    """Mixtures, printed tiers under another rule, second panels and shocks of them, on small lattices."""
    return _dependent(rng, _roles(rng), Lattice(*_ends(rng)), panels=rng.random() < 0.6)


def whole_lattice(rng: np.random.Generator) -> Setting:
    """A second panel on seven criteria and ten levels."""
    return _dependent(rng, SEVEN, Lattice(1, 10), panels=True)


def _dependent(rng: np.random.Generator, roles: Sequence[str], lattice: Lattice, *, panels: bool) -> Setting:
    rule, weights = drawn_rule(rng, roles, lattice.high)
    before, before_weights = (rule, weights) if rng.random() < 0.4 else drawn_rule(rng, roles, lattice.high)
    if not panels:
        plain, belief = from_laws(rng, roles, lattice, int(rng.integers(2, 4)), None)
        return _setting("mixture", plain, rule, weights, belief, [0] * len(roles), None)
    tier = int(rng.choice(before.tiers))
    plain, belief = from_laws(rng, roles, lattice, 1, Condition(before, tier))
    sd, ends = float(rng.choice([0, 0.25, 0.5, 1, 2])), str(rng.choice(["clip", "reflect"]))
    condition = {"tier": tier, "rule": plain_rule(before, before_weights), "sd": sd, "ends": ends, "moves": None}
    plain["belief"]["conditioning"] = condition
    shock = drawn_shock(rng, len(roles), lattice.high)
    error = rescoring(lattice, sd, ends=ends)
    kernels = np.stack([error @ moved(lattice, by) for by in shock])
    return _setting("second panel", plain, rule, weights, belief, shock, kernels)


def _setting(
    kind: str, plain: Plain, rule: Rule, weights: Sequence[Fraction], belief: Belief, shock: Sequence[int],
    kernels: np.ndarray | None,
) -> Setting:  # fmt: skip
    problem = plain_problem(rule.roles, belief.lattice, len(rule.tiers), rule.inside)
    moves = {f"c{k + 1}": by for k, by in enumerate(shock) if by}
    whole = {**plain, "problem": problem, "rule": plain_rule(rule, weights), "shock": moves or None}
    return Setting(kind, whole, rule, belief, kernels)


MAKERS = (independent, other_shapes, dependent, whole_lattice)


def settings(seed: int, counts: Sequence[int]) -> Iterator[tuple[Setting, Plain]]:
    """Yield settings with the package's answers: so many of each of `MAKERS`; what has no meaning is drawn again."""
    rng = np.random.default_rng(seed)
    for make, count in zip(MAKERS, counts, strict=True):
        done = 0
        while done < count:
            try:
                one = make(rng)
                found = answer(one)
            except (UsageError, Declined):  # weights of 0 alone, a tier that no score vector has
                continue
            done += 1
            yield one, found


# -- the package's side ------------------------------------------------------------------------------------------------


def answer(one: Setting) -> Plain:
    """What the package says, under the names that the page's engine uses; NaN where it has no number."""
    law = one.belief if one.kernels is None else SecondPanel(one.belief, one.kernels)
    found, n = sensitivity(law, one.rule), len(one.rule.tiers)
    names = output_names(n)
    return {
        "outputs": list(names), "tiers": found.mean[:n], "closed": found.closed,
        "first": algebra.first_order(found.closed), "total": algebra.total_order(found.closed),
        "shapley": algebra.shapley(found.closed), "response": response(law, one.rule),
        "mean of C": found.mean[names.index("composite")], "entropy": found.variance[-1], **_flips(one), **_levels(one),
    }  # fmt: skip


def _levels(one: Setting) -> Plain:
    """Probabilities of the levels, where the belief says them without its joint law."""
    return {} if one.belief.condition else {"levels": one.belief.marginals()}


def _flips(one: Setting) -> Plain:
    points = one.belief.points
    if points is None:
        return {}
    unit = math.lcm(one.belief.lattice.unit, *(x.denominator for x in points))
    lattice = Lattice(one.belief.lattice.low, one.belief.lattice.high, unit)
    flips = flip_distances(one.rule, lattice, np.array([[int(x * unit) for x in points]]))
    reached = [[t + 1 for t in np.flatnonzero(row)] for row in flips.toward[0]]
    return {"flip": flips.distance[0], "reaches": reached, "tier": int(flips.tier[0])}


# -- side by side ------------------------------------------------------------------------------------------------------


def numbers(values: Any) -> np.ndarray:
    """Nested lists as an array; None is NaN."""
    return np.array(values, dtype=object).astype(float)


def padded(rows: Any, n: int) -> list[Any]:
    """Responses, with a row of None where a level has no probability."""
    return [[[None] * n if row is None else row for row in levels] for levels in rows]


def differences(page: Plain, ours: Plain) -> dict[str, float]:
    """The largest absolute difference of each quantity; infinite where one side alone has a number.

    Two quotients of roundings are left out: indices of the information where the tier is as good as certain (below
    `FAINT` bits the numerator is compared, in bits times 10^6), and the response to levels of probability below 1e-12.
    """
    n = len(ours["tiers"])
    indices = {key: (numbers(page[key]), np.array(ours[key])) for key in ("closed", "first", "total", "shapley")}
    found = {"tiers": apart(numbers(page["tiers"]), ours["tiers"])}
    for key, (a, b) in indices.items():
        if (faint := ours["entropy"] / FAINT) < 1:
            a[-1], b[-1] = (np.nan_to_num(x[-1]) * faint for x in (a, b))
        found[key] = apart(a, b)
    response = numbers(padded(page["response"], n)), np.array(ours["response"])
    if "levels" in ours:
        for side in response:
            side[ours["levels"] < 1e-12] = np.nan
    found["response"] = apart(*response)
    composite = page["composite"]
    mean = np.array(np.dot(composite["values"], composite["probability"]))
    found["mean of C"] = apart(mean, np.asarray(ours["mean of C"]))
    if "flip" in ours:
        flip = page["flip"]
        found["flip"] = apart(numbers([flip[norm] for norm in NORMS]), ours["flip"])
        same = flip["tier"] == ours["tier"] and [flip["reaches"][norm] for norm in NORMS] == ours["reaches"]
        found["flip"] = max(found["flip"], 0.0 if same else math.inf)
    if page["outputs"] != ours["outputs"]:
        found["outputs"] = math.inf
    return found


def apart(a: np.ndarray, b: np.ndarray) -> float:
    """Largest absolute difference; infinite where shapes differ, or one side alone is NaN."""
    if a.shape != b.shape or not np.array_equal(np.isnan(a), np.isnan(b)):
        return math.inf
    return float(np.nanmax(np.abs(a - b), initial=0.0)) if np.isfinite(a).any() else 0.0


def asked(page: Any, some: Sequence[Setting]) -> list[Plain]:
    """What the engine in a browser's page says of settings, in one call."""
    found: list[Plain] = json.loads(page.evaluate(ASK, json.dumps([one.plain for one in some])))
    return found
