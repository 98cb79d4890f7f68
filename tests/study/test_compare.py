"""Two runs side by side: every kind of change is found by its key, luck is counted, what can't be compared is said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

import mcda
from mcda.cli import main
from mcda.errors import UsageError
from mcda.names import attrs
from mcda.study.asked import Change
from mcda.study.compare import compare_runs
from mcda.study.differences import Compared, compare_results, strict
from mcda.study.load import load_experiment
from mcda.study.run import run
from mcda.study.store import Run
from tests.study.small_run import copy_of, finished, opened, rewrite_manifest, with_results


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_of(finished(), tmp_path / "другой run")


@pytest.fixture(scope="module")
def panels(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    """Two runs of the panel: one score, one cut of the rule and one setting are different; without figures."""
    home = tmp_path_factory.mktemp("panels")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mcda.output.folder.write_outputs", lambda folder, modules: [])
        found = []
        for name, cut, score, spread in (("a", "[0]", "ann,books,gain,4", "1"), ("b", "[1]", "ann,books,gain,5", "2")):
            lay_out_changed(home / name, cut, score)
            settings = [f"beliefs.spread={spread}", "beliefs.basis=illustrative", "analyses=[tiers, register]"]
            found.append(run(load_experiment(home / name / "panel.yaml", settings=settings), home / name / "run"))
    return found[0], found[1]


def lay_out_changed(folder: Path, cut: str, score: str) -> None:
    from tests.files.bad_files import lay_out

    folder.mkdir()
    lay_out(folder)
    problem, scores = folder / "problem.yaml", folder / "scores.csv"
    problem.write_text(problem.read_text("utf-8").replace("cuts: [0]\n", f"cuts: {cut}\n", 1), encoding="utf-8")
    scores.write_text(scores.read_text("utf-8").replace("ann,books,gain,4", score), encoding="utf-8")


def test_every_change_is_found_by_its_key(panels: tuple[Run, Run]) -> None:
    asked = set(compare_runs(*panels).asked)
    assert {(c.kind, c.key) for c in asked if c.kind == "input"} == {("input", "problem.yaml"), ("input", "scores.csv")}
    assert Change("score", "ann, books, gain", "4", "5") in asked
    assert {("rule", "plain.cuts", "0", "1"), ("setting", "beliefs.spread", "1.0", "2.0")} <= {
        (c.kind, c.key, c.a, c.b) for c in asked
    }
    assert (
        Change("assumption", "problem.yaml: rules.plain.cuts[0]", "0 (-3 to 3), derived", "1 (-3 to 3), derived")
        in asked
    )
    assert not [c for c in asked if c.kind in ("version", "problem")]


def test_exact_differences_are_told_with_their_place_and_both_values(panels: tuple[Run, Run]) -> None:
    found = compare_runs(*panels)
    one = next(c for c in found.results if c.name == "tiers/acceptability")
    a, b = (r["tiers"]["acceptability"] for r in panels)
    assert one.kind == "exact"
    assert one.n == a.size
    assert len(one.differences) == int((np.abs(a - b) > 1e-9).sum()) > 0
    first = one.differences[0]
    assert first.size == pytest.approx(float(np.abs(a - b).max()))
    assert first.a == float(a.sel(first.at))
    label = dict(zip(a["alternative"].values, panels[0]["problem"]["label"].values, strict=True))
    assert f"The probability that '{label[first.at['alternative']]}' is sorted into tier" in found.text()


def test_a_run_does_not_differ_from_itself(folder: Path) -> None:
    found = compare_runs(opened(), folder)
    assert (found.asked, found.differing, found.apart) == ((), [], ())
    assert "Both runs asked the same" in found.text()
    assert "none differs" in found.text()


def test_other_versions_and_seeds_are_said(folder: Path) -> None:
    rewrite_manifest(folder, versions={"numpy": "1.0"}, seed=8)
    found = compare_runs(opened(), folder)
    assert [(c.key, c.b) for c in found.asked] == [("numpy", "1.0")]
    assert "seed 8" in found.text()


# -- what can't be compared --------------------------------------------------------------------------------------------


def reasons(folder: Path, change: Any) -> str:
    with_results(folder, "tiers", change(opened()["tiers"]))
    return "\n".join(compare_runs(opened(), folder).apart)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t.isel(alternative=[0, 1, 2]), "1 of alternative only in A (debts)"),
        (lambda t: t.assign_coords(alternative=["w", "x", "y", "z"]), "no alternative is in both runs"),
        (lambda t: t.assign(margin=t["acceptability"]), "over alternative in A, over alternative, tier in B"),
        (lambda t: t.drop_vars("margin"), "tiers: only A has margin"),
        (lambda t: t.assign(mine=t["margin"]), "tiers: only B has mine"),
    ],
)
def test_what_cannot_be_compared_is_said_with_the_reason(change: Any, told: str, folder: Path) -> None:
    assert told in reasons(folder, change)


def test_shared_labels_are_compared_wherever_they_stand(folder: Path) -> None:
    with_results(folder, "tiers", Run(folder)["tiers"].isel(alternative=[3, 1, 0], tier=[2, 0, 1, 3]))
    found = compare_runs(opened(), folder)
    assert found.differing == []
    assert "1 of alternative only in A" in found.apart[0]


def test_runs_of_two_problems_have_no_result_in_common(folder: Path) -> None:
    from mcda.study.store import write_results

    found = Run(folder)
    write_results(folder / "results.nc", {n: found[n] for n in found.groups}, {**found.attributes, "problem": "other"})
    compared = compare_runs(opened(), folder)
    assert compared.results == ()
    assert "the problems are two, small and other" in compared.text()


def test_subsets_of_other_factors_are_not_the_same_subsets() -> None:
    def indices(*factors: str) -> xr.Dataset:
        return xr.Dataset(
            {"closed_index": ("subset", [0.0, 0.3, 0.4, 1.0], attrs("closed index", "1"))},
            coords={"subset": range(4), "factor": list(factors)},
        )

    one = compared({"sensitivity": indices("c1", "c2")}, {"sensitivity": indices("c2", "c1")})
    assert one.why == "a subset means something else, since factors differ"


@pytest.mark.parametrize("harm", ["no results", "damaged"])
def test_a_run_that_is_none_is_refused(harm: str, folder: Path) -> None:
    path = folder / "results.nc"
    path.unlink() if harm == "no results" else path.write_bytes(b"\x89HDF but no more")
    with pytest.raises(UsageError, match=r"is no finished run|is damaged"):
        compare_runs(opened(), folder)


# -- luck --------------------------------------------------------------------------------------------------------------


def fake(groups: Mapping[str, xr.Dataset]) -> Any:
    """As much of a run as results need."""

    class Groups(dict[str, xr.Dataset]):
        groups = property(list)

    return Groups(groups)


def compared(a: Mapping[str, xr.Dataset], b: Mapping[str, xr.Dataset]) -> Compared:
    return next(compare_results(fake(a), fake(b)))


def shares(rng: np.random.Generator, p: np.ndarray, n: int) -> dict[str, xr.Dataset]:
    found = xr.Dataset(
        {"status_share": ("month", rng.binomial(n, p) / n, attrs("share of paths in a status", "1"))},
        coords={"month": range(len(p))}, attrs={"paths": n},
    )  # fmt: skip
    return {"simulation": found}


def means(rng: np.random.Generator, n: int, size: int) -> dict[str, xr.Dataset]:
    mean, se = rng.normal(0, 1 / np.sqrt(n), size), np.full(size, 1 / np.sqrt(n))
    found = {"outcome_mean": ("month", mean, attrs("outcome", "1")), "outcome_se": ("month", se, attrs("error", "1"))}
    return {"simulation": xr.Dataset(found, coords={"month": range(size)})}


def test_equal_things_differ_as_often_as_luck_has_it() -> None:
    """5 % of 4000: standard error 14; within four of them, and a discrete law's own step. The seeds are fixed."""
    rng, size = np.random.default_rng(5), 4000
    p = rng.uniform(0.2, 0.8, size)
    for a, b in (
        (shares(rng, p, 500), shares(rng, p, 2000)),
        (means(rng, 100, size), means(rng, 300, size)),
    ):
        one = compared(a, b)
        assert (one.kind, one.n) == ("sampled", size)
        assert len(one.differences) == pytest.approx(0.05 * size, abs=4 * 14 + 20)
        assert not [d for d in one.differences if (d.errors or 0) > strict(size)]


def test_a_true_difference_is_beyond_any_luck() -> None:
    rng = np.random.default_rng(6)
    p = np.full(100, 0.5)
    a, b = shares(rng, p, 1000), shares(rng, np.where(np.arange(100) == 7, 0.7, p), 1000)
    clear = [d for d in compared(a, b).differences if (d.errors or 0) > strict(100)]
    assert [d.at for d in clear] == [{"month": 7}]


def test_what_could_not_differ_is_no_comparison() -> None:
    """A share of 0 in both has no luck in it; a fixed value that is another one is beyond all error."""
    zeros = shares(np.random.default_rng(1), np.zeros(50), 100)
    assert compared(zeros, zeros).n == 0
    fixed = {"outcome_mean": ("month", [1.0, 2.0], attrs("outcome", "1")),
             "outcome_se": ("month", [0.1, 0.0], attrs("standard error", "1"))}  # fmt: skip
    a = xr.Dataset(fixed)
    b = a.assign(outcome_mean=a["outcome_mean"] + [0.0, 1.0])
    one = compared({"simulation": a}, {"simulation": b})
    assert [(d.at, d.errors) for d in one.differences] == [({"month": 1}, np.inf)]


def test_quadrature_has_a_bound_and_no_luck() -> None:
    def dependence(p: float) -> xr.Dataset:
        found = {"acceptability": ("tier", [p, 1 - p], attrs("probability", "1")),
                 "acceptability_se": ((), 1e-6, attrs("numerical error", "1"))}  # fmt: skip
        return xr.Dataset(found, attrs={"method": "quadrature"})

    near = compared({"dependence": dependence(0.5)}, {"dependence": dependence(0.5 + 1e-6)})
    far = compared({"dependence": dependence(0.5)}, {"dependence": dependence(0.5 + 2e-6)})
    assert (near.kind, near.differences, len(far.differences)) == ("numerical", (), 2)


def test_what_was_sampled_without_an_error_is_shown_and_not_judged() -> None:
    a = xr.Dataset({"prisoners": ("month", [10.0, 20.0], attrs("political prisoners, mean", "persons"))})
    one = compared({"simulation": a}, {"simulation": a + 1})
    assert (one.kind, len(one.differences)) == ("unjudged", 2)


# -- text and data -----------------------------------------------------------------------------------------------------


def test_the_command_prints_text_or_one_json_document(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_results(folder, "tiers", Run(folder)["tiers"].pipe(lambda t: t.assign(entropy=t["entropy"] * np.nan)))
    for more in ([], ["--json"]):
        with pytest.raises(SystemExit) as end:
            main(["compare", str(finished()), str(folder), *more])
        assert end.value.code == 0
    text, _, data = capsys.readouterr().out.partition("{")
    assert "tiers/entropy" in text
    found = json.loads("{" + data, parse_constant=lambda name: pytest.fail(f"JSON has no {name}"))
    entropy = next(r for r in found["results"] if r["variable"] == "entropy")
    assert [d["b"] for d in entropy["differences"]] == [None] * 4


def test_hostile_labels_are_text_in_a_terminal(folder: Path) -> None:
    problem, tiers = Run(folder)["problem"], Run(folder)["tiers"]
    evil = ["\x1b[2J\x07<script>", "a\nb", "\u202eabc", "x" * 2000]
    with_results(folder, "problem", problem.assign(label=("alternative", evil, problem["label"].attrs)))
    other = copy_of(folder, folder.with_name("other"))
    with_results(other, "tiers", tiers.assign(modal_tier=tiers["modal_tier"] % 4 + 1))
    text = compare_runs(folder, other).text()
    assert "\x1b" not in text
    assert not set(text) & {"\x07", "\u202e"}
    assert max(map(len, text.splitlines())) < 400


def test_python_has_it_too() -> None:
    assert mcda.compare_runs(mcda.load_run(finished()), finished()).differing == []
