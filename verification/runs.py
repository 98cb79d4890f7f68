"""Every shipped experiment, run small, made anew from its folder and from its archive, and tampered with.

``python -m verification.runs [NAME...]`` writes the dated table `docs/validation-runs.md`.
For each experiment: a run; `reproduce` from its folder, moved elsewhere; two archives, which must have the same bytes;
`reproduce` from the archive; then flips of single bytes of results.nc, each of which must be noticed; and whether every
work that the methods cite is listed and every listed one cited.
"""

from __future__ import annotations

import datetime
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import mcda
from mcda.files.shipped import experiments
from mcda.study.intact import changes_since, finished_manifest

FLIPS = 200


def small(name: str) -> list[str]:
    """Settings under which an experiment takes seconds: fewer paths and draws, no register, no indices over rules."""
    asked = mcda.load_experiment(name)
    left_out = {"simulation-register", "register", *(["sensitivity"] if asked.rule_uncertainty else [])}
    kept = [analysis for analysis in asked.analyses if analysis not in left_out]
    settings = [f"analyses=[{', '.join(kept)}]"]
    for group, one in asked.simulations.items():
        at = "simulation" if group == "simulation" else f"sweeps.{group.removeprefix('sweep_')}"
        settings += [f"{at}.paths=16", *([f"{at}.signposts=16"] if one.signposts else [])]
        settings += [f"{at}.budget.outer=2", f"{at}.budget.inner=4"] if one.budget else []
    return settings + (
        ["sampling.draws=2000", "sampling.points=64", "sampling.sizes=[1000, 2000]"]
        if asked.resolved["sampling"]
        else []
    )


def flips_noticed(folder: Path, rng: np.random.Generator) -> int:
    """How many of the flips of single bytes of results.nc are noticed."""
    path, manifest = folder / "results.nc", finished_manifest(folder)
    content, seen = path.read_bytes(), 0
    for at in rng.integers(0, len(content), FLIPS):
        changed = bytearray(content)
        changed[at] ^= 1 << int(rng.integers(8))
        path.write_bytes(changed)
        seen += "results.nc" in changes_since(folder, manifest).changed
    path.write_bytes(content)
    return seen


def citations_agree(folder: Path) -> bool:
    text, entries = ((folder / name).read_text("utf-8") for name in ("methods.md", "references.bib"))
    cited = {key for marks in re.findall(r"\[(@[^\]]+)\]", text) for key in re.findall(r"@(\w+)", marks)}
    return cited == set(re.findall(r"^@\w+\{(\w+),$", entries, re.MULTILINE))


def rows(names: list[str], rng: np.random.Generator) -> Iterator[str]:
    for name in names:
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as place:
            home = Path(place)
            mcda.run(mcda.load_experiment(name, settings=small(name)), home / "run")
            folder = Path(shutil.move(home / "run", home / "elsewhere ü"))
            files = len(finished_manifest(folder)["outputs"])
            again = mcda.reproduce(folder).verdict
            archives = [mcda.archive(folder, out=home / f"{n}.zip").read_bytes() for n in (1, 2)]
            same = "the same bytes" if archives[0] == archives[1] else "OTHER BYTES"
            packed = mcda.reproduce(home / "1.zip").verdict
            seen = flips_noticed(folder, rng)
            cited = "agree" if citations_agree(folder) else "DIFFER"
        line = f"| {name} | {files} | {again} | {same} | {packed} | {seen} of {FLIPS} | {cited} |"
        print(f"{line} {time.perf_counter() - start:.0f} s", flush=True)
        yield line


def main() -> None:
    names = sys.argv[1:] or sorted(experiments())
    table = list(rows(names, np.random.default_rng(20250924)))
    if not sys.argv[1:]:
        text = TEXT.format(today=datetime.date.today(), version=mcda.__version__, table="\n".join(table))
        (Path(__file__).parents[1] / "docs" / "validation-runs.md").write_text(text, encoding="utf-8")


TEXT = """\
# Runs made anew

Written by `python -m verification.runs` on {today}, mcda-sim {version}. Every shipped experiment at a small size (few
paths and draws), run, moved, and made anew from its folder alone; archived twice; made anew from the archive; then
single bytes of its results flipped at random. What verdicts mean is in [runs.md](runs.md).

| experiment | files | from its folder | archived twice | from its archive | flips noticed | citations and list |
|---|---|---|---|---|---|---|
{table}
"""

if __name__ == "__main__":
    main()
