"""Methods and references of a run, as laws: every analysis is described, every citation is listed, no entry is idle."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xarray as xr

import mcda
from mcda.files.shipped import experiments
from mcda.names import attrs
from mcda.output.methods import as_markdown
from mcda.output.references import CITED, WORKS, as_bibtex
from mcda.output.results import Results, open_results
from mcda.output.subject import Subject
from mcda.study.analyses import GROUPS
from tests.output.made_results import CRITERIA, HOSTILE, P, ids, panel_run, published_run, root
from tests.output.made_simulation import simulation_of
from tests.output.made_uncertain import (
    breakpoints_of,
    convergence_of,
    dependence_of,
    draws_of,
    rule_uncertainty_of,
)
from tests.study.small_run import finished

#: Groups that say what the run was about; the methods begin with them and can't do without.
ABOUT = {"problem", "rule", "beliefs", "scores"}
LAW = (0, 1, 2, 1)


def table() -> xr.Dataset:
    law = np.full((2, 5), 0.2)
    coords = {"statement": ["tier = 1", "inside"], "member": range(5)}
    found = {"count_probability": (("statement", "member"), law, attrs("probability of the count", "1"))}
    return xr.Dataset(found, coords=coords, attrs={"independence": "alternatives are independent given the rule"})


def simulation_register() -> xr.Dataset:
    about = {"scenario": "baseline", "policy": "p1-roadmap", "paths": 256, "answer": "months_suspended"}
    return xr.Dataset(
        {"moved": ("parameter", [0.5], attrs("largest move of the answer", "sd over paths")),
         "value": ("parameter", ["1"], attrs("value", "1"))},
        coords={"parameter": ["parameters.yaml: onset"]}, attrs=about,
    )  # fmt: skip


def uncertain(law: tuple[int, ...], *, panel: bool) -> dict[str, xr.Dataset]:
    rng, names = np.random.default_rng(5), ids(4)
    return {
        "rule_uncertainty": rule_uncertainty_of(rng, law, names, 3),
        "breakpoints": breakpoints_of(rng, law, names, 3, panel=panel),
        "dependence": dependence_of(rng, law, names, 3, panel=panel, factors=tuple(c[0] for c in CRITERIA)),
        "convergence": convergence_of(indices=panel),
        "draws": draws_of(np.array(P), names),
        "table": table(),
    }


def simulated() -> Results:
    groups = simulation_of(np.random.default_rng(3), [1, 2, 3, 2], ids(4))
    over = ("assumptions", "scenario", "policy")
    shape = [groups["simulation"].sizes[d] for d in over]
    more = {
        "variance_share": ((*over, "budget_outcome", "source"), np.full((*shape, 1, 3), 1 / 3), attrs("share", "1")),
        "sign_hit": ((*over, "sign"), np.full((*shape, 1), 0.5), attrs("share", "1")),
    }
    coords = {"budget_outcome": ["exposure_war"], "sign": ["rung seen 1"]}
    groups["simulation"] = groups["simulation"].assign(more).assign_coords(coords)
    return published_run(**groups, simulation_register=simulation_register())


def panel_of(pool: str, *, method: str = "elimination", dependence: str = "independent") -> Results:
    belief = xr.Dataset(attrs={"kind": "panel", "pool": pool, "spread": 0.5, "family": "triangular"})
    made = panel_run(beliefs=belief)
    changed = made["sensitivity"].assign_attrs(method=method, dependence=dependence)
    if "given data" in method:  # single criteria alone can be estimated then
        changed = changed.assign({name: changed[name] * np.nan for name in ("shapley", "total_order")})
    return panel_run(beliefs=belief, sensitivity=changed)


RUNS: dict[str, Callable[[], Results]] = {
    "published": lambda: published_run(**uncertain(LAW, panel=False)),
    "panel": lambda: panel_run(**uncertain((0, 1, 2, 3), panel=True)),
    "panel alone": panel_run,
    "pooled experts": lambda: panel_of("pooled-experts", method="contraction", dependence="mixture"),
    "sampled indices": lambda: panel_of("panel-mean", method="sampled: pick-freeze, 16 scrambled Sobol' nets of 1024"),
    "given data": lambda: panel_of("pooled-experts", method="sampled: given data, 16384", dependence="mixture"),
    "simulated": simulated,
    "tiers alone": lambda: published_run(drop=("second_panel", "sensitivity", "other_rules", "shocks",
                                               "belief_sensitivity", "register")),
    "a real one": lambda: open_results(finished()),
}  # fmt: skip


def without(results: Results, group: str) -> Results:
    return Results({name: results[name] for name in results if name != group}, results.attributes)


@pytest.mark.parametrize("kind", RUNS)
def test_every_citation_is_listed_and_no_entry_is_idle(kind: str) -> None:
    subject = Subject(RUNS[kind]())
    text, entries = as_markdown(subject), as_bibtex(subject)
    cited = {key for marks in re.findall(r"\[(@[^\]]+)\]", text) for key in re.findall(r"@(\w+)", marks)}
    listed = re.findall(r"^@\w+\{(\w+),$", entries, re.MULTILINE)
    assert cited == set(listed)
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("kind", RUNS)
def test_every_analysis_of_a_run_is_described(kind: str) -> None:
    """What is left out of the results is gone from the text: so it had been there."""
    results = RUNS[kind]()
    text = as_markdown(Subject(results))
    silent = [g for g in results if g not in ABOUT and as_markdown(Subject(without(results, g))) == text]
    assert silent == []


def test_the_made_runs_have_every_group_that_an_analysis_leaves() -> None:
    """So that a new analysis without a description is noticed here, and with it all that is shipped."""
    made = {name.split("_")[0] if name.startswith("sweep_") else name for make in RUNS.values() for name in make()}
    assert {group for group, _ in GROUPS.values()} <= made
    for name in experiments():
        asked = mcda.load_experiment(name)
        assert {GROUPS[analysis][0] for analysis in asked.analyses} <= made


def test_every_work_is_cited_by_some_run() -> None:
    assert WORKS.keys() == CITED.keys()
    found = {key for make in RUNS.values() for key in re.findall(r"@(\w+)", as_markdown(Subject(make())))}
    assert WORKS.keys() <= found


def test_names_in_sweeps_and_scenarios_are_text() -> None:
    results = simulated()
    group = results["sweep_lapse"]
    axis = next(name for name in group.data_vars if str(name).startswith("setting_"))
    group[axis].attrs["long_name"] = HOSTILE[0] + "[@evil]*x*"
    text = as_markdown(Subject(results))
    assert "&lt;script&gt;" in text
    assert "\\[@evil\\]\\*x\\*" in text
    assert "<script" not in text


def test_where_scores_of_a_path_come_from_is_said_as_it_was() -> None:
    results = simulated()
    group = results["simulation"]

    def said(scores: str) -> Any:
        changed = {**{name: results[name] for name in results}, "simulation": group.assign_attrs(scores=scores)}
        return as_markdown(Subject(Results(changed, root("published-tiers"))))

    assert "All paths have the likeliest scores" in said("modal")
    assert "one draw from the belief" in said("draw")
    assert "one draw" not in said("modal")
