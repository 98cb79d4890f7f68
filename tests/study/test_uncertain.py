"""Experiments about draws, rules that are not sure and dependence: what a run of them has, on a small problem."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import mcda
from mcda.errors import Declined, InvalidFile
from mcda.names import DIMS
from mcda.study import analyses
from mcda.study.experiment import Experiment
from mcda.study.run import run
from mcda.study.store import load_run

BRIDGES = """\
# Which bridges, if the rule is not sure either?
format: mcda-experiment-1
id: unsure-bridges
question: "Which bridges, if the rule is not sure either?"
problem: bridge-repairs
beliefs: {{kind: panel, panel: {panel}, pool: {pool}, illustrative: true}}
statements:
  - {{number_in: [1, 2], at_least: 2}}
sampling: {{draws: 20000, points: 64, sizes: [1000, 4000]}}
rule_uncertainty:
  weights: {{{rules}}}
  cuts:
    - {{shift: 0, weight: 2}}
    - {{shift: 0.05, weight: 1}}
  dirichlet: 20
  basis: illustrative
dependence: {{loading: 0.4, loadings: [0, 0.4], basis: illustrative}}
analyses: [tiers, table, draws, sensitivity, rule-uncertainty, breakpoints, dependence, convergence]
run: {{seed: 3}}
"""


def experiment(folder: Path, pool: str = "pooled-cells") -> Experiment:
    rules = mcda.load_problem("bridge-repairs").rules
    text = BRIDGES.format(panel="inspectors.csv", pool=pool, rules=", ".join(f"{name}: 1" for name in rules))
    (folder / "unsure.yaml").write_text(text, encoding="utf-8")
    return mcda.load_experiment(folder / "unsure.yaml")


Groups = dict[str, xr.Dataset]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Groups:
    asked = experiment(tmp_path_factory.mktemp("unsure"))
    return {name: mcda.analyse(asked, name) for name in asked.analyses}


def test_every_variable_is_labelled_and_every_dimension_is_a_word_of_the_house(found: Groups) -> None:
    for name, group in found.items():
        assert set(group.sizes) <= DIMS, name
        for variable in group.data_vars.values():
            assert variable.attrs.get("long_name"), (name, variable.name)
            assert variable.attrs.get("units"), (name, variable.name)


def test_the_rule_and_its_cuts_are_factors(found: Groups) -> None:
    group = found["sensitivity"]
    assert group["factor"].values.tolist()[-2:] == ["rule", "cuts"]
    known = group["shapley"].notnull().all("factor")
    assert group["shapley"].sum("factor").where(known, 1.0).values == pytest.approx(1, abs=1e-9)
    given = group["response_member"].sel(factor="rule", member=0).values
    assert given.sum(axis=-1) == pytest.approx(1)
    assert group["member_label"].sel(factor="cuts").values.tolist()[:2] == ["0", "+0.05"]


def test_draws_agree_with_the_exact_answer_in_the_same_run(found: Groups) -> None:
    """At 1e-4, seed fixed."""
    assert found["draws"].attrs["p_all"] > 1e-4
    assert abs(float(found["draws"]["statement_z"].max())) < 4.5
    at_reference = found["dependence"]
    assert float(np.abs(at_reference["z"].where(at_reference["exact"] > 1e-3)).max()) < 5


def test_without_a_loading_dependence_changes_nothing(found: Groups) -> None:
    alone = found["dependence"]["acceptability"].sel(loading=0)
    for kind in ("leniency", "valence"):
        assert alone.sel(setting=kind).values == pytest.approx(found["tiers"]["acceptability"].values, abs=1e-12)


def hashes(folder: Path) -> dict[str, str]:
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name not in ("manifest.json", "log.jsonl")
    }


@pytest.mark.slow
def test_a_run_repeats_byte_for_byte_with_any_number_of_workers(tmp_path: Path) -> None:
    """And it has a group for each analysis, none of them declined."""
    asked = experiment(tmp_path)
    one, two = (run(asked, tmp_path / f"run-{workers}", workers=workers).folder for workers in (1, 2))
    assert hashes(one) == hashes(two)
    groups = load_run(one)
    for name in asked.analyses:
        assert not groups[name.replace("-", "_")].attrs.get("declined"), name


def test_counts_of_a_table_know_that_experts_are_shared(tmp_path: Path) -> None:
    """Under pooled experts a count's law is the mixture over experts, as in draws, which share the expert."""
    asked = experiment(tmp_path, pool="pooled-experts")
    exact = mcda.analyse(asked, "table")
    laws = asked.laws()
    sampled = mcda.drawn(laws, asked.rule, n=60_000, rng=1)
    for t in asked.rule.tiers:
        p = exact["count_probability"].sel(statement=f"tier = {t}").values
        share = sampled["number_share"].sel(tier=t).values
        assert (np.abs(share - p) <= 5 * np.sqrt(p * (1 - p) / 60_000) + 1e-4).all()
    assert "expert" in exact.attrs["independence"]


def test_a_shift_that_empties_a_tier_is_a_mistake_of_the_file(tmp_path: Path) -> None:
    experiment(tmp_path)
    text = (tmp_path / "unsure.yaml").read_text("utf-8").replace("shift: 0.05", "shift: 0.5")
    (tmp_path / "unsure.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidFile, match=r"a shift of 0\.5 leaves a tier of rule"):
        mcda.load_experiment(tmp_path / "unsure.yaml")


def test_what_the_exact_engine_declines_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiers and indices of one run, in the shape of exact ones, with errors and the reason."""

    def refuse(*_: object, **__: object) -> None:
        raise Declined("too fine for exact sums")

    asked = experiment(tmp_path)
    asked = replace(asked, rule_uncertainty=None)
    exact_tiers, exact_indices = (mcda.analyse(asked, name) for name in ("tiers", "sensitivity"))
    monkeypatch.setattr(analyses, "acceptability", refuse)
    monkeypatch.setattr(analyses, "indices", refuse)
    tiers, indices = (mcda.analyse(asked, name) for name in ("tiers", "sensitivity"))
    off = np.abs(tiers["acceptability"] - exact_tiers["acceptability"])
    assert (off <= 5 * tiers["acceptability_se"] + 1e-3).all()
    assert tiers["acceptability_se"].max() > 0
    assert tiers.attrs["declined_exact"] == indices.attrs["declined_exact"] == "too fine for exact sums"
    for name in ("first_order", "total_order", "shapley", "closed_index"):
        assert indices[name].dims == exact_indices[name].dims
        assert f"{name}_ci" in indices
