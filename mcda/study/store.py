"""The run folder: files that appear whole or not at all, results that explain themselves, blocks to resume from."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from mcda.errors import UsageError
from mcda.markup import card

__all__ = ["MANIFEST_FORMAT", "Blocks", "Run", "file_hash", "load_run", "sweep", "whole", "write_json", "write_results"]

#: What `manifest.json` looks like; it says so itself.
MANIFEST_FORMAT = "mcda-run-1"


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; what is written there becomes `path` at the end, or nothing does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    try:
        yield Path(name)
        os.chmod(name, 0o644)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove the half-written files that a killed run left, and no others: those that :func:`whole` names."""
    for path in folder.rglob(".*"):
        found = _HALF_WRITTEN.fullmatch(path.name)
        if found and found["name"].endswith(found["suffix"]) and path.is_file():
            path.unlink()


_HALF_WRITTEN = re.compile(r"\.(?P<name>.+)\.[a-z0-9_]{8}(?P<suffix>(\.[^.]+)?)")


def write_json(path: Path, data: Any) -> None:
    """Write JSON, indented, keys as they are, whole or not at all."""
    with whole(path) as temporary:
        temporary.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def file_hash(path: Path) -> str:
    """Return a file's SHA-256, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# -- results.nc --------------------------------------------------------------------------------------------------------


def _storable(dataset: xr.Dataset) -> xr.Dataset:
    """NetCDF has no booleans and no None: booleans become bytes 0 and 1 with their meaning as attributes."""
    found = dataset.copy()
    for name in [*found.variables]:
        variable = found.variables[name]
        if variable.dtype == bool:
            values = variable.values.astype(np.int8)
            meaning = {**variable.attrs, "flag_values": [0, 1], "flag_meanings": "false true"}
            found[name] = xr.Variable(variable.dims, values, meaning)
    return found


#: Arrays of at least so many bytes are packed, without loss.
LARGE = 1 << 16


def _packed(dataset: xr.Dataset) -> dict[str, dict[str, Any]]:
    """How large arrays of numbers are stored."""
    large = [name for name, v in dataset.data_vars.items() if v.nbytes >= LARGE and v.dtype.kind in "fiu"]
    return {str(name): {"zlib": True, "complevel": 4, "shuffle": True} for name in large}


def write_results(path: Path, groups: Mapping[str, xr.Dataset], attributes: Mapping[str, str]) -> None:
    """Write one NetCDF-4 file, a group per analysis; the root has attributes alone."""
    with whole(path) as temporary:
        xr.Dataset(attrs=dict(attributes)).to_netcdf(temporary, mode="w", engine="h5netcdf")
        for name, dataset in groups.items():
            stored = _storable(dataset)
            stored.to_netcdf(temporary, mode="a", group=name, engine="h5netcdf", encoding=_packed(stored))


def _read_results(path: Path) -> tuple[dict[str, xr.Dataset], dict[str, Any]]:
    """Return the groups of a results file, and the attributes of its root."""
    try:
        with xr.open_datatree(path, engine="h5netcdf") as tree:
            groups = {name: node.to_dataset(inherit=False).load() for name, node in tree.children.items()}
            return groups, {str(name): value for name, value in tree.attrs.items()}
    except (OSError, ValueError, KeyError, RuntimeError) as reason:
        what = f"'{path}' is damaged, or no results file of this package ({' '.join(str(reason).split())[:200]})"
        raise UsageError(f"{what}; allowed: a folder as `mcda run` leaves it, so run the experiment again") from reason


def _read_json(path: Path) -> dict[str, Any]:
    """Return what a JSON file holds, an empty mapping where there is no file."""
    try:
        found = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    except ValueError as reason:
        raise UsageError(f"'{path}' is damaged ({reason}); allowed: a file as `mcda run` leaves it") from reason
    return found if isinstance(found, dict) else {}


class Run:
    """A finished run: its folder, its results by group, its manifest.

    ``run["tiers"]`` is the dataset of a group; ``run.groups`` lists them. Nothing but the folder is needed.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        results = self.folder / "results.nc"
        if not results.is_file():
            what = "no such folder" if not self.folder.is_dir() else "it has no results.nc (unfinished runs have none)"
            raise UsageError(f"'{self.folder}' is no finished run: {what}")
        self._groups, self.attributes = _read_results(results)
        self.manifest = _read_json(self.folder / "manifest.json")

    @property
    def groups(self) -> list[str]:
        """Names of the groups of results."""
        return list(self._groups)

    def __getitem__(self, group: str) -> xr.Dataset:
        if group not in self._groups:
            raise UsageError(f"this run has no group '{group}'; it has {', '.join(self._groups)}")
        return self._groups[group]

    def __contains__(self, group: object) -> bool:
        return group in self._groups

    def __repr__(self) -> str:
        return f"<Run {self.folder}: {self.attributes.get('experiment')}; {', '.join(self._groups)}>"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the question, and the groups with what they are over."""
        synthetic = "ILLUSTRATIVE: the scores are synthetic" if self.attributes.get("illustrative") == "yes" else ""
        lines = [self.attributes.get("question", ""), synthetic, self.folder]
        rows = [(name, ", ".join(map(str, group.data_vars)), _sizes(group)) for name, group in self._groups.items()]
        title = f"Run of the experiment {self.attributes.get('experiment')}"
        return card(title, lines, ("group", "variables", "over"), rows)


def _sizes(group: xr.Dataset) -> str:
    return ", ".join(f"{dim}\u00a0{n}" for dim, n in group.sizes.items()) or str(group.attrs.get("declined", ""))


def load_run(folder: str | Path) -> Run:
    """Return a finished run; :class:`~mcda.errors.UsageError` if the folder has no results."""
    return Run(folder)


# -- blocks ------------------------------------------------------------------------------------------------------------


class Blocks:
    """Results of finished blocks on disk, so that an interrupted run goes on where it was.

    A block's file holds its result and the hash of what it was made from; one made from anything else, or damaged, is
    as if it weren't there.
    """

    def __init__(self, folder: Path, identity: str) -> None:
        self.folder, self.identity = folder, identity

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.block"

    def load(self, name: str) -> xr.Dataset | None:
        """Return a block's result, or None if there is no sound one."""
        try:
            content = self._path(name).read_bytes()
        except OSError:
            return None
        digest, body = content[:64], content[64:]
        if digest != hashlib.sha256(self.identity.encode() + body).hexdigest().encode():
            return None
        found: xr.Dataset = xr.Dataset.from_dict(pickle.loads(body))  # our own file, its hash checked
        return found

    def save(self, name: str, result: xr.Dataset) -> None:
        """Write a block's result, whole or not at all."""
        body = pickle.dumps(result.to_dict(data="array"), protocol=5)
        with whole(self._path(name)) as temporary:
            digest = hashlib.sha256(self.identity.encode() + body).hexdigest().encode()
            temporary.write_bytes(digest + body)

    def load_or(self, name: str, compute: Callable[[], xr.Dataset]) -> xr.Dataset:
        """Return the stored result, or compute and store it."""
        found = self.load(name)
        if found is None:
            found = compute()
            self.save(name, found)
        return found
