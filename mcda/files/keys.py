"""What parameters may be called in files: single ones, families by index, common factors and shifts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mcda.roadmap.parameters import PLACES
from mcda.roadmap.symbols import RATED

__all__ = ["COMMON", "FAMILIES", "NAMES", "NEEDED"]

#: Common factors and shifts: keys with a dot that are of no family.
COMMON = tuple(key for key in PLACES if key.endswith((".factor", ".shift")))


def _families() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key in PLACES:
        head, dot, index = key.partition(".")
        if dot and key not in COMMON and "." not in index:
            found.setdefault(head, []).append(index)
    return {name: tuple(indices) for name, indices in found.items()} | {"rate": RATED}


#: Families of parameters, with the indices of each.
FAMILIES: Mapping[str, tuple[str, ...]] = MappingProxyType(_families())
#: Parameters and families: what a case's file has an entry for.
NEEDED: tuple[str, ...] = (*(key for key in PLACES if "." not in key), *FAMILIES, *COMMON)
#: What an entry may be named: one of these, or one parameter of a family.
NAMES: tuple[str, ...] = (
    *NEEDED, *(f"{name}.{index}" for name, indices in FAMILIES.items() for index in indices),
)  # fmt: skip
