"""A finished run as one zip file for a repository: its files, what they are (RO-Crate), checksums, a README.

Made twice from the same run the file has the same bytes: names in a fixed order, one date for all entries, and no time
but what the run's manifest says. `mcda reproduce` takes the unpacked folder, and the file itself.
"""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from mcda.errors import UsageError
from mcda.output.whole import ZIP_DATE, write_whole
from mcda.study.crate import CRATE, crate_text, readme_text
from mcda.study.intact import changes_since, files_of, finished_manifest, plain_name
from mcda.study.store import Run

__all__ = ["CHECKSUMS", "OWN", "archive", "is_archive", "unpacked"]

CHECKSUMS = "SHA256SUMS"

#: What an archive adds to a run's files; a folder unpacked from one has them already.
OWN = (CRATE, "README.md", CHECKSUMS)

#: An archive that unpacks to more is refused (bytes), as one with more entries is.
MOST_BYTES, MOST_ENTRIES = 8 << 30, 100_000


def archive(run: str | Path, *, out: str | Path | None = None, licence: str | None = None) -> Path:
    """Write a finished run as a zip file for a repository, and return the file's path.

    Parameters
    ----------
    run : the run's folder
    out : the file; the folder's name with ``.zip`` beside it if not given. One that is there is replaced.
    licence : under which the results are offered: an SPDX name (``CC-BY-4.0``) or an address. If not given the file
        says that none was chosen.

    Errors: :class:`~mcda.errors.UsageError` for an unfinished run, for one whose files are not as the run left them,
    and for a place in the run's own folder.
    """
    folder = Path(run)
    target = Path(out) if out is not None else folder.resolve().with_name(f"{folder.resolve().name}.zip")
    manifest = finished_manifest(folder)
    _check_target(target, folder)
    changes = changes_since(folder, manifest)
    if changes.lost:
        hint = "allowed: a run as it was left (`mcda reproduce RUN --out DIR` makes it anew)"
        raise UsageError(f"'{run}' is not as its run left it: {'; '.join(changes.sentences()[:10])}; {hint}")
    names = [name for name in files_of(folder) if name not in OWN]
    _check_names(names)
    contents = {name: (folder / name).read_bytes() for name in names}
    added = [name for name in changes.added if name not in OWN]
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    sizes = {name: len(content) for name, content in contents.items()}
    found = Run(folder)
    own = {
        "README.md": readme_text(found, hashes),
        CRATE: crate_text(found, sizes, hashes, added=added, licence=licence),
    }
    _check_own(folder, own)
    contents |= {name: text.encode("utf-8") for name, text in own.items()}
    contents[CHECKSUMS] = _checksums(contents).encode("utf-8")
    return write_whole(target, _zipped(contents))


def _check_target(target: Path, folder: Path) -> None:
    if target.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"'{target}' lies in the run's own folder; allowed: a file elsewhere")
    if target.is_dir():
        raise UsageError(f"'{target}' is a folder; allowed: a file, RUN.zip say")


def _check_own(folder: Path, own: Mapping[str, str]) -> None:
    """A README of somebody's own is neither replaced nor left out in silence."""
    readme = folder / "README.md"
    if readme.is_file() and readme.read_bytes() != own["README.md"].encode("utf-8"):
        raise UsageError(f"'{readme}' is not the README that an archive has; allowed: give yours another name")


def _check_names(names: Iterable[str]) -> None:
    """What one system can name and another can't is no name for a repository."""
    seen: dict[str, str] = {}
    for name in names:
        if not plain_name(name) or name.encode("utf-8", "replace").decode("utf-8") != name:
            raise UsageError(f"the file {name!r} has a name that not every system can hold; allowed: rename or move it")
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            raise UsageError(f"the files '{other}' and '{name}' are one on some systems; allowed: rename one")


def _checksums(contents: Mapping[str, bytes]) -> str:
    """The text that ``sha256sum --check`` reads."""
    return "".join(f"{hashlib.sha256(contents[name]).hexdigest()}  {name}\n" for name in sorted(contents))


def _zipped(contents: Mapping[str, bytes]) -> bytes:
    """A zip archive of entries in the order of their names, all of one date, with no system's mark."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in sorted(contents):
            info = zipfile.ZipInfo(name, ZIP_DATE)
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            file.writestr(info, contents[name])
    return out.getvalue()


# -- and back ----------------------------------------------------------------------------------------------------------


def is_archive(path: Path) -> bool:
    """Whether a path is a file, as an archive is, and no folder."""
    return path.is_file()


def unpacked(path: Path, folder: Path) -> Path:
    """Unpack an archive into a new folder and return the run's folder: that one, or the single one inside.

    Errors: :class:`~mcda.errors.UsageError` for what is no zip file, a damaged one, and one that has names which lead
    elsewhere, links, the same name twice, or more than a run can have.
    """
    try:
        with zipfile.ZipFile(path) as file:
            _check_entries(path, file.infolist())
            if (bad := file.testzip()) is not None:
                raise UsageError(
                    f"'{path}' is damaged: {bad!r} does not agree with its checksum; allowed: a whole file"
                )
            file.extractall(folder)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as reason:
        what = f"'{path}' is no zip file that can be read ({reason})"
        raise UsageError(f"{what}; allowed: a run's folder, or what `mcda archive` made of it") from reason
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder


def _check_entries(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive before anything of it is written."""
    folded = [entry.filename.casefold().rstrip("/") for entry in entries]
    for entry in entries:
        if not plain_name(entry.filename.removesuffix("/")) or stat.S_ISLNK(entry.external_attr >> 16):
            raise UsageError(f"'{path}' has the entry {entry.filename!r}; allowed: files inside, under plain names")
    if len(set(folded)) < len(folded):
        raise UsageError(f"'{path}' has two entries of one name; allowed: each name once")
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        what = f"unpacks to more than {MOST_ENTRIES:,} files or {MOST_BYTES >> 30} GB"
        raise UsageError(f"'{path}' {what}; allowed: a run's archive, or its unpacked folder")
