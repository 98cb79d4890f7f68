"""What two runs asked: how their files, scores, rules, assumptions, settings and versions differ, each by its key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import xarray as xr

from mcda.files.document import read_document
from mcda.study.run import environment
from mcda.study.store import Run

__all__ = ["Change", "asked_differently"]

#: Stands for what one of the two runs doesn't have.
NONE = "(none)"


@dataclass(frozen=True)
class Change:
    """One thing that was asked differently: `kind` is input, score, rule, problem, assumption, setting or version."""

    kind: str
    key: str
    a: str
    b: str


def asked_differently(a: Run, b: Run) -> list[Change]:
    """Return everything in which the questions of two runs differ, in the order in which a reader looks for it."""
    found = [*_mappings("input", _inputs(a), _inputs(b)), *_scores(a, b), *_texts("rule", "rule", "rule", a, b)]
    found += [*_texts("problem", "problem", "alternative", a, b), *_registers(a, b)]
    found += _settings(a, b)
    return found + list(_mappings("version", environment(a.manifest), environment(b.manifest)))


def _mappings(kind: str, a: Mapping[str, str], b: Mapping[str, str]) -> Iterator[Change]:
    for key in dict.fromkeys((*a, *b)):
        x, y = a.get(key, NONE), b.get(key, NONE)
        if x != y:
            yield Change(kind, key, x, y)


def _inputs(run: Run) -> dict[str, str]:
    """Files by name, each with the beginning of its hash."""
    return {str(name): f"SHA-256 {str(digest)[:12]}…" for name, digest in dict(run.manifest.get("inputs", {})).items()}


# -- scores, rules, the problem, registers -----------------------------------------------------------------------------


def _scores(a: Run, b: Run) -> Iterator[Change]:
    """Cells of the panels by expert, alternative and criterion."""
    one, other = (_cells(run["scores"]["scores"]) if "scores" in run else {} for run in (a, b))
    if one and other:
        yield from _mappings("score", one, other)
    elif one or other:
        yield Change("score", "the panel", *(f"{len(each)} scores" if each else NONE for each in (one, other)))


def _cells(scores: xr.DataArray) -> dict[str, str]:
    table = scores.transpose("expert", "alternative", "criterion")
    keys = product(*(table[dim].values for dim in table.dims))
    values = np.asarray(table.values, dtype=float).reshape(-1)
    return {", ".join(map(str, key)): _number(x) for key, x in zip(keys, values, strict=True)}


def _number(value: float) -> str:
    return "don't know" if np.isnan(value) else f"{value:.12g}"


def _texts(kind: str, group: str, dim: str, a: Run, b: Run) -> Iterator[Change]:
    """Everything that a group says of each label of one dimension; a label that one run lacks is one change."""
    one, other = (_by_label(run, group, dim) for run in (a, b))
    for label in dict.fromkeys((*one, *other)):
        if label in one and label in other:
            keys = one[label].keys() & other[label].keys()  # what one version writes and another doesn't is no change
            yield from (Change(kind, f"{label}.{key}", one[label][key], other[label][key])
                        for key in one[label] if key in keys and one[label][key] != other[label][key])  # fmt: skip
        else:
            yield Change(kind, label, *("there" if label in each else NONE for each in (one, other)))


def _by_label(run: Run, group: str, dim: str) -> dict[str, dict[str, str]]:
    if group not in run:
        return {}
    found = run[group]
    own = [str(name) for name, v in found.data_vars.items() if v.dims == (dim,)]
    return {str(label): {name: str(found[name].values[i]) for name in own} for i, label in enumerate(found[dim].values)}


#: What a register says of a number; what the number moves is a result.
_FIELDS = ("value", "low", "high", "basis")


def _registers(a: Run, b: Run) -> Iterator[Change]:
    """Numbers and choices of both registers; those of a file that only one run read are one change."""
    for group in ("register", "simulation_register"):
        one, other = (_register(run, group) for run in (a, b))
        shared = _files(one) & _files(other)
        for who, mine in ((0, one), (1, other)):
            for file in sorted(_files(mine) - shared):
                n = sum(key.partition(": ")[0] == file for key in mine)
                told = [NONE, NONE]
                told[who] = f"{n} numbers" if n > 1 else "one number"
                yield Change("assumption", file, *told)
        yield from _mappings("assumption", *({k: v for k, v in each.items() if k.partition(": ")[0] in shared}
                                             for each in (one, other)))  # fmt: skip


def _files(register: Mapping[str, str]) -> set[str]:
    return {key.partition(": ")[0] for key in register}


def _register(run: Run, group: str) -> dict[str, str]:
    """Parameters, each with its value, range and basis."""
    if group not in run or "value" not in run[group]:
        return {}
    found = run[group]
    columns = [[str(x) for x in found[name].values] for name in _FIELDS if name in found]
    names = [str(name) for name in found["parameter"].values]
    return {name: _line(*row) for name, *row in zip(names, *columns, strict=True)}


def _line(value: str, low: str = "", high: str = "", basis: str = "") -> str:
    ends = f" ({low} to {high})" if high else f" (or {low})" if low else ""
    return f"{value}{ends}, {basis}" if basis else f"{value}{ends}"


# -- settings ----------------------------------------------------------------------------------------------------------


def _settings(a: Run, b: Run) -> Iterator[Change]:
    """The resolved experiments; what only names them is left out."""
    one, other = (_resolved(run) for run in (a, b))
    yield from _nested(one, other, "")


def _resolved(run: Run) -> dict[str, Any]:
    path = run.folder / "experiment.resolved.yaml"
    found = read_document(path).data.get("experiment", {}) if path.is_file() else {}
    return {key: value for key, value in found.items() if key not in ("id", "question")}


def _nested(a: Any, b: Any, at: str) -> Iterator[Change]:
    """Differences of nested data by dotted key; what one lacks is one change, whatever is in it."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in dict.fromkeys((*a, *b)):
            yield from _nested(a.get(key, NONE), b.get(key, NONE), f"{at}.{key}" if at else str(key))
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b) and any(isinstance(x, dict) for x in a):
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            yield from _nested(x, y, f"{at}[{i}]")
    elif a != b:
        yield Change("setting", at, _told(a), _told(b))


def _told(value: Any) -> str:
    """A setting in words: a list by its items, a mapping by what it has."""
    if isinstance(value, dict):
        return "; ".join(f"{key} {_told(inner)}" for key, inner in value.items()) or "(empty)"
    if isinstance(value, list):
        return ", ".join(map(_told, value)) or "(empty)"
    return str(value)
