"""Whether a run folder is whole and as the run left it: its files against the hashes in its manifest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from mcda.errors import UsageError
from mcda.output.wording import clean
from mcda.study.store import MANIFEST_FORMAT, file_hash

__all__ = ["SOURCES", "Changes", "changes_since", "files_of", "finished_manifest", "plain_name"]

#: Files that hold wall-clock time; no run repeats them.
TIMED = ("manifest.json", "log.jsonl")

#: What a run is made from: `inputs/`, and this file.
SOURCES = "experiment.resolved.yaml"


@dataclass(frozen=True)
class Changes:
    """How a run folder differs from what the run left: names of files, sorted."""

    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """What the run was made from and is no longer as it was."""
        return tuple(name for name in self.lost if name == SOURCES or name.startswith("inputs/"))

    @property
    def lost(self) -> tuple[str, ...]:
        """Everything that is no longer as the run left it; what was added does no harm."""
        return (*self.changed, *self.missing)

    def sentences(self) -> list[str]:
        """Return one line for each file that changed or is gone."""
        changed = [f"{clean(name)}: changed after the run (its hash is not the manifest's)" for name in self.changed]
        return changed + [f"{clean(name)}: missing" for name in self.missing]


def finished_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a finished run.

    Errors: :class:`~mcda.errors.UsageError` for what is no folder, an unfinished run, a damaged manifest, or a run of
    a version that wrote another kind of manifest.
    """
    path = folder / "manifest.json"
    if not folder.is_dir():
        raise UsageError(f"'{folder}' is no finished run: no such folder; allowed: a folder as `mcda run` leaves it")
    if (folder / ".blocks").is_dir() or not (folder / "results.nc").is_file() or not path.is_file():
        gone = [name for name in ("results.nc", "manifest.json") if not (folder / name).is_file()]
        what = f"it has no {' and no '.join(gone)}" if gone else "it still holds blocks of an unfinished run"
        raise UsageError(f"'{folder}' is no finished run: {what}; allowed: finish it first (`mcda run ... --resume`)")
    found = _read(path)
    if found.get("format") != MANIFEST_FORMAT:
        said = f"says format '{found['format']}'" if "format" in found else "names no format, as older versions' do"
        what = f"'{path}' {said}; this version knows {MANIFEST_FORMAT}"
        raise UsageError(f"{what}; allowed: run the experiment again, or use the version that made the run")
    return found


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as reason:
        what = f"'{path}' is damaged ({' '.join(str(reason).split())[:200]})"
        raise UsageError(f"{what}; allowed: a file as `mcda run` leaves it") from reason
    hashes = found.get("outputs") if isinstance(found, dict) else None
    named = isinstance(hashes, dict) and all(isinstance(value, str) for value in hashes.values())
    if not named or not hashes or "results.nc" not in hashes:
        raise UsageError(f"'{path}' is damaged (it lists no files); allowed: a file as `mcda run` leaves it")
    return dict(found)


def plain_name(name: str) -> bool:
    """Whether a name means a file inside its folder, on every system: no root, no way up, no drive, no control."""
    parts = name.split("/")
    odd = "\\" in name or ":" in name or any(ord(c) < 32 or ord(c) == 127 for c in name)
    return bool(name) and not odd and all(part.strip() not in ("", ".", "..") for part in parts)


def files_of(folder: Path) -> list[str]:
    """Return the names of a run folder's files, sorted, without hidden ones (a system's marks, an editor's leftovers).

    A link is no file of the run: it could mean anything.
    """
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    return sorted(name for name in names if not f"/{name}".count("/.") and _is_own_file(folder, name))


def _is_own_file(folder: Path, name: str) -> bool:
    """Whether there is such a file, reached by no link."""
    parts = [PurePosixPath(name), *PurePosixPath(name).parents][:-1]
    return (folder / name).is_file() and not any((folder / part).is_symlink() for part in parts)


def changes_since(folder: Path, manifest: dict[str, Any]) -> Changes:
    """Return how a folder differs from what its manifest lists."""
    hashes: dict[str, str] = manifest["outputs"]
    there = {name for name in hashes if plain_name(name) and _is_own_file(folder, name)}
    changed = sorted(name for name in there if file_hash(folder / name) != hashes[name])
    added = sorted(set(files_of(folder)) - set(hashes) - set(TIMED))
    return Changes(tuple(changed), tuple(sorted(set(hashes) - there)), tuple(added))
