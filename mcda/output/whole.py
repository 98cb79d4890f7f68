"""Files that appear whole or not at all, and zip archives whose bytes repeat."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from pathlib import Path

__all__ = ["ZIP_DATE", "rezipped", "write_whole"]

#: The date of every entry of an archive: the first that a zip file can hold.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def write_whole(path: Path, content: bytes | str) -> Path:
    """Write a file beside its place and move it there at the end; text is UTF-8. Return the path."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
    return path


def rezipped(content: bytes) -> bytes:
    """Return a zip archive with the same entries in the same order, all of one fixed date, with no system's mark."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            info = zipfile.ZipInfo(entry.filename, ZIP_DATE)
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            new.writestr(info, old.read(entry.filename))
    return out.getvalue()
