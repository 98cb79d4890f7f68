"""A finished run made anew from its folder alone, and one of three verdicts on what came out.

identical: every variable and every file is the same, byte for byte. equal within tolerance: whole numbers and texts are
the same, floating-point numbers to 1e-12 (absolute, or relative where they are larger than 1), and what isn't the same
byte for byte is listed. different: anything else. Wall-clock time (`manifest.json`, `log.jsonl`) doesn't count.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import xarray as xr

from mcda.errors import UsageError
from mcda.markup import preformatted
from mcda.output.glyphs import Page
from mcda.study.archive import OWN, is_archive, unpacked
from mcda.study.deviation import apart, labels_at, size_of
from mcda.study.inputs import stored_experiment
from mcda.study.intact import Changes, changes_since, finished_manifest
from mcda.study.run import Progress, environment, run
from mcda.study.store import Run, file_hash

__all__ = ["TOLERANCE", "Deviation", "Reproduction", "reproduce"]

#: Floating-point numbers of one run on two machines; `docs/runs.md` says why.
TOLERANCE = 1e-12

Verdict = Literal["identical", "equal within tolerance", "different"]


@dataclass(frozen=True)
class Deviation:
    """One variable, attribute or group of results.nc that isn't the same.

    `within`: whether it is within tolerance. `n` elements of `of` are not the same, the largest by `size` (infinite
    where that has no meaning), which lies `at` these labels.
    """

    where: str
    what: str
    within: bool = False
    n: int = 1
    of: int = 1
    size: float = float("inf")
    at: str = ""

    def __str__(self) -> str:
        many = f", {self.n:,} of {self.of:,} values" if self.of > 1 else ""
        size = f", by at most {self.size:.3g}" if np.isfinite(self.size) else ""
        place = f" (the largest at {self.at})" if self.at else ""
        return Page().said(f"{self.where}: {self.what}{many}{size}{place}")


@dataclass(frozen=True)
class Reproduction:
    """What came of running a stored experiment anew.

    Attributes
    ----------
    run, made : the run's folder, and that of the run anew ('' where it was not kept)
    deviations : what in results.nc is not the same
    files : by name what became of every other file: identical, differs, missing, or changed after the run
    versions : what made the run and what ran it anew, where they differ
    changes : how the folder differs from what its run left
    restored : whether results.nc came out with the hash that the manifest lists, whatever the folder holds now
    """

    run: str
    made: str
    deviations: tuple[Deviation, ...]
    files: Mapping[str, str]
    versions: Mapping[str, tuple[str, str]]
    changes: Changes
    restored: bool

    @property
    def verdict(self) -> Verdict:
        """One of the three."""
        altered = set(self.changes.changed) & {"results.nc", *(n for n, s in self.files.items() if s != "identical")}
        if altered or not all(one.within for one in self.deviations):
            return "different"
        same = not self.deviations and set(self.files.values()) <= {"identical"}
        return "identical" if same else "equal within tolerance"

    @property
    def exit_code(self) -> int:
        """What the command ends with: 4 where the reproduction differs."""
        return 4 if self.verdict == "different" else 0

    def data(self) -> dict[str, Any]:
        """Return everything as plain data."""
        deviations = [{**asdict(one), "size": None if np.isinf(one.size) else one.size} for one in self.deviations]
        return {
            "verdict": self.verdict, "run": self.run, "made": self.made, "tolerance": TOLERANCE,
            "restored": self.restored, "deviations": deviations, "files": dict(self.files),
            "changes": asdict(self.changes),
            "versions": {name: {"then": then, "now": now} for name, (then, now) in self.versions.items()},
        }  # fmt: skip

    def __repr__(self) -> str:
        return f"<Reproduction of {self.run}: {self.verdict}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        return preformatted(self.text())

    def text(self) -> str:
        """Return everything to be read."""
        return "\n".join(_lines(self))


def reproduce(
    source: str | Path, *, out: str | Path | None = None, workers: int = 1, progress: Progress | None = None
) -> Reproduction:
    """Run the experiment of a finished run anew, from what its folder holds, and compare what comes out.

    Parameters
    ----------
    source : the run's folder, or the archive that `mcda archive` made of it
    out : folder for the run anew, which is kept; a temporary one if not given
    workers, progress : as for :func:`mcda.run`

    Errors: :class:`~mcda.errors.UsageError` for an unfinished run, and where the run's own inputs were changed or are
    missing, so that another question would be run; :class:`~mcda.errors.InvalidFile` for inputs with mistakes.
    """
    with _folder(Path(source)) as folder, _place(out) as made:
        manifest = finished_manifest(folder)
        changes = changes_since(folder, manifest)
        if changes.sources:
            listed = "; ".join(Changes(*_only_sources(changes)).sentences()[:SHOWN])
            what = f"'{source}' can't be run anew, since what it was made from is not as it was: {listed}"
            raise UsageError(f"{what}; allowed: a run whose inputs are as the run left them")
        experiment = stored_experiment(folder)
        if manifest.get("seed") != experiment.seed:
            what = f"the manifest says seed {manifest.get('seed')}, its files seed {experiment.seed}"
            raise UsageError(f"'{source}' can't be run anew: {what}; allowed: a run of an experiment file")
        anew = run(experiment, made, workers=workers, progress=progress)
        return Reproduction(
            str(source), "" if out is None else str(out), tuple(_deviations(folder, anew)),
            _files(folder, anew.folder, manifest, changes), _versions(manifest, anew.manifest), changes,
            file_hash(anew.folder / "results.nc") == manifest["outputs"]["results.nc"],
        )  # fmt: skip


def _only_sources(changes: Changes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    kept = set(changes.sources)
    return tuple(n for n in changes.changed if n in kept), tuple(n for n in changes.missing if n in kept)


@contextmanager
def _folder(source: Path) -> Iterator[Path]:
    """The run's folder; of an archive, where it is unpacked meanwhile."""
    if not is_archive(source):
        yield source
        return
    with tempfile.TemporaryDirectory() as name:
        yield unpacked(source, Path(name) / "run")


@contextmanager
def _place(out: str | Path | None) -> Iterator[Path]:
    """Where the run anew is written."""
    if out is not None:
        yield Path(out)
        return
    with tempfile.TemporaryDirectory() as name:
        yield Path(name) / "run"


# -- results -----------------------------------------------------------------------------------------------------------


def _deviations(folder: Path, anew: Run) -> Iterator[Deviation]:
    """What in the stored results isn't the same as in those made anew."""
    if file_hash(folder / "results.nc") == file_hash(anew.folder / "results.nc"):
        return
    try:
        stored = Run(folder)
    except UsageError:
        yield Deviation("results.nc", "can't be read")
        return
    yield from _attributes("results.nc", _without_version(stored.attributes), _without_version(anew.attributes))
    for group in dict.fromkeys((*stored.groups, *anew.groups)):
        if group not in stored or group not in anew:
            yield Deviation(group, "only in the run anew" if group in anew else "only in the stored run")
        else:
            yield from _group(group, stored[group], anew[group])


def _without_version(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in attributes.items() if key != "source"}


def _group(name: str, a: xr.Dataset, b: xr.Dataset) -> Iterator[Deviation]:
    yield from _attributes(name, a.attrs, b.attrs)
    for key in dict.fromkeys((*a.variables, *b.variables)):
        where = f"{name}/{key}"
        if key not in a.variables or key not in b.variables:
            yield Deviation(where, "only in the run anew" if key in b.variables else "only in the stored run")
        else:
            yield from _attributes(where, a[key].attrs, b[key].attrs)
            yield from _variable(where, a[key], b[key])


def _variable(where: str, a: xr.DataArray, b: xr.DataArray) -> Iterator[Deviation]:
    if a.dims != b.dims or a.shape != b.shape or a.dtype.kind != b.dtype.kind:
        shapes = (f"{one.dtype.kind}{dict(zip(one.dims, one.shape, strict=True))}" for one in (a, b))
        yield Deviation(where, f"has another shape or type ({' and '.join(shapes)})")
        return
    size, far = size_of(a.values, b.values), apart(a.values, b.values, TOLERANCE)
    for within, differing in ((False, far), (True, (size > 0) & ~far)):
        if differing.any():
            yield _values(where, a, np.where(differing, size, -1.0), int(differing.sum()), within)


def _values(where: str, a: xr.DataArray, size: npt.NDArray[np.float64], n: int, within: bool) -> Deviation:
    largest = int(size.argmax())
    at = ", ".join(f"{dim} {label}" for dim, label in labels_at(a, largest).items())
    what = "equal within tolerance" if within else "differs"
    return Deviation(where, what, within, n, a.size, float(size.reshape(-1)[largest]), at)


def _attributes(where: str, a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Deviation]:
    for key in dict.fromkeys((*a, *b)):
        x, y = (np.atleast_1d(np.asarray(one.get(key, "(none)"))) for one in (a, b))
        if x.shape != y.shape or apart(x, y, TOLERANCE).any():
            yield Deviation(where, f"attribute `{key}` differs: {_short(a.get(key))} and {_short(b.get(key))}")
        elif (largest := float(size_of(x, y).max(initial=0.0))) > 0:
            yield Deviation(where, f"attribute `{key}` is equal within tolerance", True, size=largest)


def _short(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:59]}…"


# -- files and versions ------------------------------------------------------------------------------------------------


def _files(folder: Path, anew: Path, manifest: Mapping[str, Any], changes: Changes) -> dict[str, str]:
    """What became of every file but the results."""
    names = dict.fromkeys([*manifest["outputs"], *changes_since(anew, {**manifest, "outputs": {}}).added])
    return {name: _file(folder, anew, name, manifest, changes) for name in sorted(names) if name != "results.nc"}


def _file(folder: Path, anew: Path, name: str, manifest: Mapping[str, Any], changes: Changes) -> str:
    if name in changes.missing:
        return "missing in the stored run"
    if not (anew / name).is_file():
        return "not made anew"
    if name not in manifest["outputs"]:
        return "only in the run anew"
    if file_hash(folder / name) == file_hash(anew / name):
        return "identical"
    return "changed after the run" if name in changes.changed else "differs"


def _versions(then: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """What differs between the two environments: versions, the code's own sources, processor and system."""
    a, b = environment(then), environment(now)
    keys = [key for key in dict.fromkeys((*a, *b)) if key != "commit" or then.get("code") != now.get("code")]
    return {key: (a.get(key, "unknown"), b.get(key, "unknown")) for key in keys if a.get(key) != b.get(key)}


# -- text --------------------------------------------------------------------------------------------------------------

#: Lines of a list before the rest is counted; `--json` has all.
SHOWN = 20

_MEANING = {
    "identical": "every variable of results.nc and all {files} other files are the same, byte for byte.",
    "equal within tolerance": "no whole number and no text differs, no floating-point number by more than {tolerance:g}"
    " (absolute, or relative where it is larger than 1); what isn't the same byte for byte:",
    "different": "the run anew doesn't give what the folder holds:",
}


def _lines(found: Reproduction) -> Iterator[str]:
    meaning = _MEANING[found.verdict].format(files=len(found.files), tolerance=TOLERANCE)
    yield f"{found.verdict}: {meaning}"
    worst = sorted(found.deviations, key=lambda one: one.within)
    yield from _listed([f"  {one}" for one in worst])
    yield from _about_results(found)
    odd = [f"  {Page().said(name)}: {state}" for name, state in found.files.items() if state != "identical"]
    yield from _listed(odd)
    if odd:
        yield f"  the other {len(found.files) - len(odd)} files are identical"
    if found.versions:
        yield "What ran it anew is not what made it:"
        yield from (f"  {name}: {then} then, {now} now" for name, (then, now) in found.versions.items())
    if added := [Page().said(name) for name in found.changes.added if name not in OWN]:
        yield f"Not of the run, and not compared: {', '.join(added[:SHOWN])}"
    if found.made:
        yield f"The run anew: {found.made}"


def _about_results(found: Reproduction) -> Iterator[str]:
    """What a changed results.nc was before: the manifest's hash says whether it was what came out now."""
    if "results.nc" not in found.changes.changed:
        return
    told = "  results.nc: changed after the run (its hash is not the manifest's)"
    if not found.deviations:
        told += "; its variables are those of the run anew all the same"
    elif found.restored:
        told += "; the run anew gives the file that the manifest lists, byte for byte"
    yield told


def _listed(lines: list[str]) -> Iterator[str]:
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield f"  and {len(lines) - SHOWN} more (--json lists all)"
