"""A run's results, opened from its folder alone: the groups of results.nc and the root's attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import xarray as xr

from mcda.errors import UsageError

__all__ = ["Results", "open_results"]


class Results(Mapping[str, xr.Dataset]):
    """The groups of one run by name, each read when it is first asked for, and the root's `attributes`.

    Parameters
    ----------
    groups : name to a dataset, or to a function without arguments that reads one
    attributes : the root group's attributes (experiment, problem, rule, beliefs, illustrative, ...)
    """

    def __init__(
        self, groups: Mapping[str, xr.Dataset | Callable[[], xr.Dataset]], attributes: Mapping[str, Any]
    ) -> None:
        self._groups = dict(groups)
        self.attributes: dict[str, Any] = dict(attributes)

    def __getitem__(self, group: str) -> xr.Dataset:
        found = self._groups[group]
        if not isinstance(found, xr.Dataset):
            found = self._groups[group] = found()
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._groups)

    def __len__(self) -> int:
        return len(self._groups)

    def __contains__(self, group: object) -> bool:
        return group in self._groups

    def __repr__(self) -> str:
        return f"<Results of {self.attributes.get('experiment')}: {', '.join(self._groups)}>"

    @property
    def illustrative(self) -> bool:
        """Whether the run rests on synthetic scores, which every figure, table and report has to say."""
        return self.attributes.get("illustrative") == "yes"

    def has(self, path: str) -> bool:
        """Whether there is a group, or a variable that is not all NaN: ``'tiers'`` or ``'tiers/flip_distance'``."""
        group, _, variable = path.partition("/")
        if group not in self:
            return False
        if not variable:
            return True
        return variable in self[group] and bool(self[group][variable].notnull().any())


def open_results(folder: str | Path) -> Results:
    """Open a finished run's results; groups are read when they are used.

    Booleans, which NetCDF lacks, come back as booleans (a variable whose `flag_meanings` is ``false true``).

    Errors: :class:`~mcda.errors.UsageError` if the folder holds no results.nc, or one that cannot be read.
    """
    import h5netcdf

    folder = Path(folder)
    path = folder / "results.nc"
    if not path.is_file():
        what = "no such folder" if not folder.exists() else "it is a file; allowed: the folder of a run"
        what = "it has no results.nc (unfinished runs have none)" if folder.is_dir() else what
        raise UsageError(f"'{folder}' is no finished run: {what}")
    try:
        with h5netcdf.File(path, "r") as file:
            names = list(file.groups)
        with xr.open_dataset(path, engine="h5netcdf") as root:
            attributes = dict(root.attrs)
    except OSError as reason:
        raise UsageError(f"'{path}' cannot be read as NetCDF-4: {reason}") from reason
    return Results({name: partial(_read, path, name) for name in names}, attributes)


def _read(path: Path, group: str) -> xr.Dataset:
    """Read one group into memory and close the file."""
    with xr.open_dataset(path, group=group, engine="h5netcdf") as opened:
        return _with_booleans(opened.load())


def _with_booleans(dataset: xr.Dataset) -> xr.Dataset:
    """Turn stored bytes 0 and 1 back into the booleans that they stand for."""
    flags = [name for name, v in dataset.variables.items() if v.attrs.get("flag_meanings") == "false true"]
    changed = {name: dataset[name].astype(bool) for name in flags}
    for variable in changed.values():
        variable.attrs = {k: v for k, v in variable.attrs.items() if k not in ("flag_values", "flag_meanings")}
    return dataset.assign(changed)
