"""Small finished runs for the explorer's tests: results without figures, and one with names that mean harm."""

from __future__ import annotations

import shutil
from pathlib import Path

import mcda
from mcda.output.results import open_results
from mcda.study.describe import describe
from mcda.study.experiment import Experiment
from mcda.study.store import write_results

#: Names that would do something if a page took them for more than text.
HOSTILE = (
    "<script>window.harmed=1</script>",
    "\"quotes\" 'and' `more` </script><img src=x onerror=window.harmed=1>",
    "\N{RIGHT-TO-LEFT OVERRIDE}desrever \N{HEBREW LETTER ALEF}\N{HEBREW LETTER BET}",
    "=HYPERLINK(1+1)\u2028&amp;${x}{{ 7*7 }}",
    "x" * 1999 + "!",
)


def finished(experiment: Experiment, folder: Path, *analyses: str) -> Path:
    """Write what a run stores of these analyses, and its inputs; no figures."""
    groups = {name.replace("-", "_"): mcda.analyse(experiment, name) for name in analyses}
    attributes = {
        "experiment": experiment.id, "problem": experiment.problem.id, "question": experiment.question,
        "rule": experiment.rule.name, "beliefs": experiment.beliefs.kind, "source": "mcda-sim",
        "illustrative": "yes" if experiment.illustrative else "no",
    }  # fmt: skip
    (folder / "inputs").mkdir(parents=True)
    sources = experiment.documents
    for path in [*sources.files, *([sources.panel] if sources.panel else [])]:
        (folder / "inputs" / path.name).write_bytes(path.read_bytes())
    write_results(folder / "results.nc", {**describe(experiment), **groups}, attributes)
    return folder


def hostile(run: Path, folder: Path) -> Path:
    """Return a copy of a run in which everything that has a name has a bad one."""
    shutil.copytree(run / "inputs", folder / "inputs")
    results = open_results(run)
    groups = {name: results[name] for name in results}
    problem = groups["problem"].copy()
    for name in ("label", "criterion_label", "tier_label", "sector"):
        n = problem[name].size
        problem[name] = (problem[name].dims, [HOSTILE[i % len(HOSTILE)] for i in range(n)], problem[name].attrs)
    problem.attrs.update(title=HOSTILE[0], noun=HOSTILE[1][:60])
    shocks = groups["shocks"].copy()
    shocks["label"] = (shocks["label"].dims, [HOSTILE[1]] * shocks["label"].size, shocks["label"].attrs)
    attributes = {**results.attributes, "question": HOSTILE[1], "experiment": HOSTILE[0]}
    write_results(folder / "results.nc", {**groups, "problem": problem, "shocks": shocks}, attributes)
    return folder
