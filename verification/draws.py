"""Draws against what is exact, at length: agreement, coverage over 1,000 seeds, and 10^8 draws under dependence.

``python -m verification.draws [SEEDS] [DRAWS]`` (1,000 and 10^8: five to six minutes on two cores) writes the
dated page `docs/validation-draws.md`, and fails where a number is beyond what it says it may be.

* Agreement: every kind of belief under every rule that both the exact engine and the sampler do, a chi-square over all
  alternatives and tiers each; the p-values together must be uniform.
* Coverage: over all seeds, how many 95 % Clopper-Pearson intervals of tier shares hold the exact probability, beside
  the coverage that such intervals have by the binomial law itself (they are discrete, so it is above 95 %).
* Dependence: quadrature against draws of another generator (NumPy's PCG64) that takes the common factor and the
  criteria's own parts as real normal variables, with no lattice of nodes and none of our random numbers.
"""

from __future__ import annotations

import datetime
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from scipy import stats
from scipy.special import ndtri

import mcda
from mcda.scores.belief import Belief
from mcda.tiers.counts import agreement, clopper_pearson
from mcda.tiers.dependent import signed_loadings
from mcda.tiers.joint import count_tiers
from mcda.tiers.quadrature import acceptability_under_factor
from mcda.tiers.sampled import sampler
from mcda.tiers.worlds import tier_probabilities_by_world

PAGE = Path(__file__).parents[1] / "docs" / "validation-draws.md"
PIECE = 1_000_000


def exact(made: mcda.tiers.sampled.Sampler, laws: dict[str, Belief]) -> np.ndarray:
    return np.einsum("w,wat->at", made.worlds.weight, tier_probabilities_by_world(laws, made.worlds))


def cases() -> Iterator[tuple[str, str, dict[str, Belief], mcda.Rule]]:
    """Each kind of belief under each rule."""
    panel, printed = mcda.load_experiment("illustrative-panel"), mcda.load_experiment("baseline")
    for rule in panel.problem.rules.values():
        for pool in ("panel-mean", "pooled-cells"):
            yield pool, rule.name, panel.pooled(pool=pool), rule
        yield "second panel of printed tiers", rule.name, printed.laws_under(rule), rule


def agreements(n: int) -> list[tuple[str, str, float, float]]:
    rows = []
    for seed, (kind, name, laws, rule) in enumerate(cases()):  # a seed each: the p-values are then independent
        made = sampler(laws, rule, rng=seed)
        hits = made.over(n, lambda tiers: count_tiers(tiers, 5))
        test = agreement(hits, n, exact(made, laws))
        rows.append((kind, name, test.chi_square / test.degrees, test.p_chi))
        print(f"{kind}, {name}: chi-square / degrees {rows[-1][2]:.3f}, p {rows[-1][3]:.3f}", flush=True)
    return rows


def coverage(seeds: int, n: int = 1000) -> list[tuple[str, float, float, float]]:
    """By pool: observed coverage, the binomial law's own, and four standard errors of the difference."""
    panel, rows = mcda.load_experiment("illustrative-panel"), []
    for pool in ("pooled-cells", "pooled-experts"):
        laws = panel.pooled(pool=pool)
        p = exact(sampler(laws, panel.rule, rng=0), laws)
        interval = clopper_pearson(np.arange(n + 1), n)
        holds = (interval[:, 0] - 1e-12 <= p[..., None]) & (p[..., None] <= interval[:, 1] + 1e-12)
        own = (stats.binom.pmf(np.arange(n + 1), n, p[..., None]) * holds).sum(axis=-1)
        by_seed = []
        for seed in range(seeds):
            hits = sampler(laws, panel.rule, rng=seed).over(n, lambda tiers: count_tiers(tiers, 5), threads=1)
            by_seed.append(np.take_along_axis(holds, hits[..., None], axis=-1).mean())
        error = 4 * np.std(by_seed) / np.sqrt(seeds)
        rows.append((pool, float(np.mean(by_seed)), float(own.mean()), float(error)))
        print(rows[-1], flush=True)
    return rows


def real_factor(belief: Belief, rule: mcda.Rule, loadings: np.ndarray, n: int, seed: int) -> np.ndarray:
    """Counts by tier where z and the criteria's own parts are real normal numbers of another generator."""
    with np.errstate(divide="ignore"):
        edges = ndtri(np.clip(np.cumsum(belief.probability[0], axis=1)[:, :-1], 0.0, 1.0))
    own = np.sqrt(1 - loadings**2)

    def piece(child: np.random.SeedSequence) -> np.ndarray:
        rng = np.random.default_rng(child)
        z = rng.standard_normal(PIECE)
        x = np.empty((PIECE, len(loadings)), dtype=np.int64)
        for k, edge in enumerate(edges):
            x[:, k] = np.searchsorted(edge, loadings[k] * z + own[k] * rng.standard_normal(PIECE), side="right")
        return np.bincount(rule.sort(x + belief.lattice.low), minlength=len(rule.tiers) + 1)[1:]

    with ThreadPoolExecutor(2) as pool:
        return np.asarray(sum(pool.map(piece, np.random.SeedSequence(seed).spawn(n // PIECE))))


def dependence(n: int) -> list[tuple[str, str, float, float, int]]:
    panel, rows = mcda.load_experiment("illustrative-panel"), []
    laws = panel.pooled(pool="pooled-cells")
    for kind, strength, name in (("leniency", 0.5, "potash"), ("valence", 0.8, "potash")):
        chosen = name if name in laws else next(iter(laws))
        a = signed_loadings(kind, panel.rule, strength)
        p = acceptability_under_factor(laws[chosen], panel.rule, a).value
        hits = real_factor(laws[chosen], panel.rule, a, n, seed=7)
        test = agreement(hits[None], n, p[None])
        rows.append((f"{kind}, loading {strength}", chosen, float(np.abs(hits / n - p).max()), test.p_all, n))
        print(rows[-1], flush=True)
    return rows


def page(a: list, c: list, d: list, seeds: int, n: int, seconds: float) -> str:
    uniform = stats.kstest([row[3] for row in a], "uniform").pvalue
    lines = [
        "# Validation: draws against what is exact", "",
        f"Written by `python -m verification.draws {seeds} {n}` on {datetime.date.today()} in {seconds / 60:.0f} min.",
        "",
        "## Agreement", "",
        "A million draws of the 49 measures each; one chi-square over all measures and tiers. The p-values together "
        f"are uniform (Kolmogorov-Smirnov p = {uniform:.2f}).", "",
        "| belief | rule | chi-square / degrees | p |", "|---|---|---|---|",
        *(f"| {kind} | {rule} | {ratio:.3f} | {p:.3f} |" for kind, rule, ratio, p in a), "",
        "## Coverage", "",
        f"{seeds} seeds, 1,000 draws each, 49 measures x 5 tiers: share of the 95 % Clopper-Pearson intervals that "
        "hold the exact probability, and what the binomial law says such intervals must cover here.", "",
        "| belief | covered | must be | four standard errors |", "|---|---|---|---|",
        *(f"| {pool} | {seen:.4f} | {own:.4f} | {error:.4f} |" for pool, seen, own, error in c), "",
        "Coverage of sampled Sobol' indices: [validation of sampled indices](validation-indices.md).", "",
        "## Dependence", "",
        "Acceptability by quadrature (error 1e-10) against draws of another generator with real normal variables.", "",
        "| factor | measure | draws | largest difference | chi-square p over tiers |", "|---|---|---|---|---|",
        *(f"| {what} | {who} | {draws:.0e} | {off:.1e} | {p:.3f} |" for what, who, off, p, draws in d), "",
    ]  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    seeds, n = (int(float(x)) for x in (sys.argv[1:] + ["1000", "100000000"][len(sys.argv) - 1 :]))
    start = time.perf_counter()
    a, c, d = agreements(1_000_000), coverage(seeds), dependence(n)
    PAGE.write_text(page(a, c, d, seeds, n, time.perf_counter() - start), encoding="utf-8")
    assert stats.kstest([row[3] for row in a], "uniform").pvalue > 1e-3
    assert min(row[3] for row in a) > 1e-4
    assert all(abs(seen - own) <= error for _, seen, own, error in c)
    assert min(row[3] for row in d) > 1e-3


if __name__ == "__main__":
    main()
