"""One decorator for everything that is compiled, so that a stale cache can never give a wrong number.

Numba's own cache looks at the file of a kernel alone: an edit in a module that the kernel calls goes unnoticed. Here
the cache folder's name is a hash of all sources that a kernel can be made from, of Numba's version and of the
processor, set before the first kernel is defined. Where no such folder can be written, kernels are compiled anew in
each process.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from llvmlite.binding import get_host_cpu_name

__all__ = ["ABOVE_KERNELS", "inlined", "kernel", "reordered", "sources_hash", "step"]

F = TypeVar("F", bound=Callable[..., Any])

#: Rooms that no module with a kernel may import (`tests/house/test_imports.py`), so that an edit there leaves what is
#: compiled as it is.
ABOVE_KERNELS = ("__init__", "__main__", "cli", "cases", "decisions", "files", "output", "study")


def sources_hash(without: Collection[str] = ()) -> str:
    """Return 16 hexadecimal digits that change with any source of this package, with Numba and with the processor.

    without : rooms of the package whose sources do not count
    """
    digest = hashlib.blake2b(digest_size=8)
    root = Path(__file__).parent
    for path in sorted(root.rglob("*.py")):
        if path.relative_to(root).parts[0].removesuffix(".py") in without:
            continue
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    digest.update(f"{numba.__version__} {get_host_cpu_name()}".encode())
    return digest.hexdigest()


def _cache_folder() -> Path | None:
    """Return the folder for compiled kernels, or None where it cannot be written."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = Path(base) / "mcda" / sources_hash(without=ABOVE_KERNELS)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return None


_FOLDER = _cache_folder()
if _FOLDER is not None:
    numba.config.CACHE_DIR = str(_FOLDER)  # type: ignore[attr-defined]


def reordered(function: F) -> F:
    """Compile like :func:`kernel`, sums added up in any order, so that loops become vectors; NaN stays NaN."""
    fast = {"reassoc", "contract"}
    return cast(F, numba.njit(cache=_FOLDER is not None, error_model="numpy", fastmath=fast, nogil=True)(function))


def kernel(function: F) -> F:
    """Compile `function` with Numba in nopython mode; cached on disk where that is possible."""
    return cast(F, numba.njit(cache=_FOLDER is not None, error_model="numpy", nogil=True)(function))


def inlined(function: F) -> F:
    """Compile like :func:`kernel`, always inlined, so that a loop that calls it can become a vector's."""
    cached = _FOLDER is not None
    return cast(F, numba.njit(cache=cached, error_model="numpy", nogil=True, forceinline=True)(function))


def step(function: F) -> F:
    """Compile like :func:`inlined`, but arrays are borrowed.

    Numba counts who holds an array, at each slice and each name, by atomic steps that took two thirds of a simulated
    month's time. What is compiled here does not: its caller holds the arrays. So it can make no array, nor return one.
    """
    made: Any = inlined(function)
    made.targetoptions["_nrt"] = False
    return cast(F, made)
