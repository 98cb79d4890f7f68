"""A synthetic panel, built from declared profiles: scores that show the toolkit at work and are no data.

The construction is documented where its numbers stand (``profiles.yaml`` of a case, format ``mcda-profiles-1``, basis
``illustrative``)::

    score = clip(base[sector, kind] + adjustments[id] + shifts[expert] + noise[expert, id, criterion], 1, 10)

Of an alternative only `id`, `sector` and `kind` are read: never its tier, its article or its place in a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np

from mcda.errors import UsageError

__all__ = ["synthetic_panel"]

_LOW, _HIGH = 1, 10


def _uniform(seed: int, address: str) -> float:
    """Return the uniform on [0, 1) of one cell: Philox keyed by the seed and by BLAKE2b-64 of the address."""
    digest = int.from_bytes(blake2b(address.encode("utf-8"), digest_size=8).digest(), "little")
    bits = np.random.Philox(key=np.array([seed, digest], dtype=np.uint64)).random_raw()
    return (int(bits) >> 11) * 2.0**-53


def _draw(law: Sequence[Mapping[str, Any]], u: float) -> int:
    """Return the value of a discrete law at `u` by inversion; what rounding leaves over goes to the last value."""
    total = 0.0
    for entry in law:
        total += entry["probability"]
        if u < total:
            return int(entry["value"])
    return int(law[-1]["value"])


def _check(profiles: Mapping[str, Any], alternatives: Sequence[Mapping[str, Any]]) -> None:
    """Refuse profiles that leave a pair out, or that speak of what is not there (their words would go unheard)."""
    criteria = set(profiles["criteria"])
    pairs = {(a["sector"], a["kind"]) for a in alternatives}
    based = {(b["sector"], b["kind"]) for b in profiles["base"]}
    if pairs - based:
        raise UsageError(f"no base profile for {sorted(pairs - based)}")
    if len(based) < len(profiles["base"]):
        raise UsageError("a pair of sector and kind has two base profiles")
    for b in profiles["base"]:
        if set(b["scores"]) != criteria:
            raise UsageError(f"base profile ({b['sector']}, {b['kind']}) does not score exactly {sorted(criteria)}")
    moves = [m for group in profiles["adjustments"].values() for m in group]
    moves += [m for expert in profiles["experts"] for m in expert["shifts"]] + list(profiles["missing"])
    sectors, experts = {s for s, _ in based}, {e["id"] for e in profiles["experts"]}
    for what, named, known in (
        ("alternative", set(profiles["adjustments"]), {a["id"] for a in alternatives}),
        ("criterion", {m["criterion"] for m in moves}, criteria),
        ("sector", {m["sector"] for m in moves if "sector" in m}, sectors),
        ("expert", {m["expert"] for m in profiles["missing"]}, experts),
    ):
        if named - known:
            raise UsageError(f"profiles name an unknown {what}: {sorted(named - known)}")
    if abs(sum(entry["probability"] for entry in profiles["noise"]["law"]) - 1) > 1e-12:
        raise UsageError("the probabilities of the noise do not add to 1")


def synthetic_panel(
    profiles: dict[str, Any], alternatives: list[dict[str, Any]]
) -> list[tuple[str, str, str, int | None]]:
    """Build the scores of a synthetic panel.

    Parameters
    ----------
    profiles
        The content of a profiles file: `criteria`, `base` (one profile per pair of sector and kind), `adjustments` (by
        id), `experts` (with integer `shifts`, some in one sector only), `noise` (`seed` and `law`), `missing`.
    alternatives
        Mappings with `id`, `sector` and `kind`; anything else in them is not looked at.

    Returns
    -------
    list of tuple
        Rows (expert, alternative, criterion, score), one per cell, experts outermost, each in the given order; the
        score is a whole number of points from 1 to 10, or None where the expert says "don't know".

    Raises
    ------
    UsageError
        If a pair has no base profile, or the profiles name an alternative, criterion, sector or expert that is not
        there.

    Notes
    -----
    The noise of a cell is a function of (seed, expert, alternative, criterion) alone, through one draw of NumPy's
    Philox 4x64 keyed by the seed and the BLAKE2b-64 digest of ``expert/alternative/criterion``; so neither the order
    nor the number of alternatives or experts moves any score. Clipping comes last.
    """
    _check(profiles, alternatives)
    base = {(b["sector"], b["kind"]): b["scores"] for b in profiles["base"]}
    missing = {(m["expert"], m["sector"], m["criterion"]) for m in profiles["missing"]}
    seed, law = profiles["noise"]["seed"], profiles["noise"]["law"]
    rows: list[tuple[str, str, str, int | None]] = []
    for expert in profiles["experts"]:
        for alternative in alternatives:
            name, sector = alternative["id"], alternative["sector"]
            moves = [*profiles["adjustments"].get(name, ()), *expert["shifts"]]
            for criterion in profiles["criteria"]:
                if (expert["id"], sector, criterion) in missing:
                    rows.append((expert["id"], name, criterion, None))
                    continue
                score = base[sector, alternative["kind"]][criterion]["score"]
                for move in moves:
                    if move["criterion"] == criterion and move.get("sector", sector) == sector:
                        score += move["by"]
                score += _draw(law, _uniform(seed, f"{expert['id']}/{name}/{criterion}"))
                rows.append((expert["id"], name, criterion, min(max(int(score), _LOW), _HIGH)))
    return rows
