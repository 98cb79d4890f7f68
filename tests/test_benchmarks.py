"""The benchmarks still run, tiny. Their times are not tested here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[1] / "benchmarks"


def small_run(script: Path, folder: Path) -> str:
    command = [sys.executable, "-W", "error", str(script), "--small"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_every_benchmark_is_run_here() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.py")) == [
        "draws_against_numpy", "exact_against_salib", "roadmap_against_simpy",
    ]  # fmt: skip


def test_draws_against_numpy_prints_ratios_of_two_samplers_that_agree_with_the_exact_engine(tmp_path: Path) -> None:
    """Both at 1e-4, with fixed seeds: the reference does the same job."""
    out = small_run(FOLDER / "draws_against_numpy.py", tmp_path)
    p_values = re.findall(r"against the exact engine ([\d.]+)", out)
    assert len(p_values) == 2
    assert min(map(float, p_values)) > 1e-3
    assert len(re.findall(r"[\d.]+ times NumPy; bare generator [\d.]+ ns, [\d.]+ times that", out)) == 2


@pytest.fixture(scope="module")
def exact_against_salib(tmp_path_factory: pytest.TempPathFactory) -> str:
    return small_run(FOLDER / "exact_against_salib.py", tmp_path_factory.mktemp("benchmark"))


def test_exact_against_salib_prints_a_ratio(exact_against_salib: str) -> None:
    assert re.search(r"^exact, everything.* \d+\.\d{3} +[\d,]+$", exact_against_salib, re.MULTILINE)


def test_salib_errs_against_exact_as_sampling_does(exact_against_salib: str) -> None:
    """At N = 256 the median error is about N^-1/2 = 0.06; two routes that disagreed would not halve it with 4 N."""
    found = re.search(r"median ([\d.]+), largest ([\d.]+); slope of the median over N (-[\d.]+)", exact_against_salib)
    assert found, exact_against_salib
    median, largest, slope = map(float, found.groups())
    assert 0 < median < 2 * 256**-0.5
    assert largest < 10 * 256**-0.5
    assert slope < -0.2


def test_roadmap_against_simpy_prints_ratios(tmp_path: Path) -> None:
    out = small_run(FOLDER / "roadmap_against_simpy.py", tmp_path)
    assert len(re.findall(r"reduced model, \d threads: .* \d+ times SimPy, \d+ times Mesa", out)) == 2
    assert len(re.findall(r"full model, \d threads: .* \d+ times SimPy's reduced one", out)) == 2


def test_all_writings_of_the_reduced_model_agree(tmp_path: Path) -> None:
    """Means over paths of SimPy (twice), Mesa and the plain reference, each pair within four standard errors."""
    command = [sys.executable, str(FOLDER / "reduced_model" / "check.py"), "--paths", "120", "--repeats", "1"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
