"""Random numbers by address: each is a function of (seed, stream, draw, month, j), and of nothing else.

Nothing has a state, so a number does not depend on what was drawn before it, in what order, in which process or in how
large a block; an input that is added shifts no other; a longer run begins with a shorter one. The generator is
Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC'11).

The layout is frozen (a test holds it):

* key: the two halves of the 64-bit seed, low first;
* counter: (draw or path, month, address, stream);
* a *uniform* `j` is made of words 0 and 1 (j even) or 2 and 3 (j odd) at address ``j div 2``:
  ``((a >> 5) 2^26 + (b >> 6)) / 2^53``, on [0, 1);
* a *word* `j` is word ``j mod 4`` at address ``j div 4``, for kernels that count through integer thresholds;
* `month` is 0 for what has no time;
* what has a name has as `j` the BLAKE2b digest of 4 bytes of the name (UTF-8), read little-endian; what has a name and
  needs several words has as its first `j` that digest with its lowest bits cleared (:func:`first_words`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from mcda.compiled import inlined, kernel
from mcda.errors import UsageError

__all__ = [
    "STREAMS",
    "as_uniform",
    "checked_draws",
    "first_words",
    "key",
    "number",
    "philox",
    "seed_of",
    "thresholds",
    "uniform_at",
    "uniforms",
    "words",
]

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint32]

#: What each stream is for. Streams below 32 belong to the simulation, those from 32 on to what has no time.
STREAMS = MappingProxyType(
    {
        "parameter": 0, "ladder": 2, "war": 3, "event": 4, "severity": 5, "coin": 6, "comply": 7, "step": 8, "stock": 9,
        "signal": 10, "council": 11, "lag": 12, "drop": 13, "base": 14, "schedule": 15,
        "rule": 32, "expert": 33, "panel factor": 34, "score": 35, "shock": 36, "bootstrap": 37,
    }
)  # fmt: skip

_M0, _M1, _HALF = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57), np.uint64(32)
_W0, _W1 = 0x9E3779B9, 0xBB67AE85
_KEYS = tuple((np.uint32(r * _W0 & 0xFFFFFFFF), np.uint32(r * _W1 & 0xFFFFFFFF)) for r in range(10))
_u32, _ZERO = np.uint32, np.uint32(0)

Block = tuple[np.uint32, np.uint32, np.uint32, np.uint32]


@inlined
def _round(c: Block, k0: np.uint32, k1: np.uint32) -> Block:
    """One round: two products of 32 by 32 bits, their halves crossed over and mixed with the key."""
    p, q = _M0 * np.uint64(c[0]), _M1 * np.uint64(c[2])
    return _u32(q >> _HALF) ^ c[1] ^ k0, _u32(q), _u32(p >> _HALF) ^ c[3] ^ k1, _u32(p)


@inlined
def philox(c: Block, k0: np.uint32, k1: np.uint32) -> Block:
    """Return the four words of a counter under a key: Philox4x32 with ten rounds, written out so that loops vectorise.

    Parameters
    ----------
    c : four 32-bit words, the counter (draw, month, address, stream)
    k0, k1 : 32-bit words, the key
    """
    c = _round(c, _u32(k0 + _KEYS[0][0]), _u32(k1 + _KEYS[0][1]))
    c = _round(c, _u32(k0 + _KEYS[1][0]), _u32(k1 + _KEYS[1][1]))
    c = _round(c, _u32(k0 + _KEYS[2][0]), _u32(k1 + _KEYS[2][1]))
    c = _round(c, _u32(k0 + _KEYS[3][0]), _u32(k1 + _KEYS[3][1]))
    c = _round(c, _u32(k0 + _KEYS[4][0]), _u32(k1 + _KEYS[4][1]))
    c = _round(c, _u32(k0 + _KEYS[5][0]), _u32(k1 + _KEYS[5][1]))
    c = _round(c, _u32(k0 + _KEYS[6][0]), _u32(k1 + _KEYS[6][1]))
    c = _round(c, _u32(k0 + _KEYS[7][0]), _u32(k1 + _KEYS[7][1]))
    c = _round(c, _u32(k0 + _KEYS[8][0]), _u32(k1 + _KEYS[8][1]))
    return _round(c, _u32(k0 + _KEYS[9][0]), _u32(k1 + _KEYS[9][1]))


@kernel
def fill_address(draws: Words, month: int, address: int, stream: int, k0: np.uint32, k1: np.uint32, out: Words) -> None:
    """Write the four words of one address for many draws into the rows of `out`, (4, draw)."""
    a, b, c, d = out[0], out[1], out[2], out[3]
    m, at, s = _u32(month), _u32(address), _u32(stream)
    for i in range(draws.size):
        a[i], b[i], c[i], d[i] = philox((draws[i], m, at, s), k0, k1)


@inlined
def as_uniform(a: np.uint32, b: np.uint32) -> np.float64:
    """Return the number on [0, 1) with 53 bits that two words make."""
    return (np.float64(a >> _u32(5)) * 67108864.0 + np.float64(b >> _u32(6))) * (1.0 / 9007199254740992.0)


@inlined
def uniform_at(draw: np.uint32, month: int, j: int, stream: int, k0: np.uint32, k1: np.uint32) -> np.float64:
    """Return one uniform by its address; see :func:`uniforms`."""
    w = philox((draw, _u32(month), _u32(j >> 1), _u32(stream)), k0, k1)
    return as_uniform(w[2], w[3]) if j & 1 else as_uniform(w[0], w[1])


@kernel
def _uniforms(draws: Words, month: int, j: int, stream: int, k0: np.uint32, k1: np.uint32, out: Floats) -> None:
    for i in range(draws.size):
        out[i] = uniform_at(draws[i], month, j, stream, k0, k1)


# -- addresses ---------------------------------------------------------------------------------------------------------


def key(seed: object) -> tuple[np.uint32, np.uint32]:
    """Return the key of a seed: its low and its high 32 bits.

    Errors: :class:`UsageError` for a seed that is no integer from 0 to 2^64 - 1.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= int(seed) < 1 << 64:
        raise UsageError(f"a seed is a whole number from 0 to 2^64 - 1 (got {seed!r})")
    return _u32(int(seed) & 0xFFFFFFFF), _u32(int(seed) >> 32)


def seed_of(rng: int | np.random.Generator | None) -> int:
    """Return the seed that `rng` stands for: itself, or one number drawn from a Generator (or from fresh entropy).

    As SPEC 7 of the scientific Python ecosystem has it; the seed is what is stored, so that a result can be repeated.
    """
    if rng is not None and not isinstance(rng, np.random.Generator):
        key(rng)
        return int(rng)
    return int(np.random.default_rng(rng).integers(0, 1 << 63))


def number(name: str) -> int:
    """Return the 32-bit number by which what is called `name` is addressed, whatever its place in a file."""
    return int.from_bytes(hashlib.blake2b(name.encode("utf-8"), digest_size=4).digest(), "little")


def first_words(names: Sequence[str], count: int) -> npt.NDArray[np.int64]:
    """Return the `j` of the first of `count` words of each name; a multiple of 16 (of 32 if there are more, ...).

    Errors: :class:`UsageError` if two of the names get the same words.
    """
    room = max(16, 1 << (count - 1).bit_length())
    first = [number(name) // room * room for name in names]
    seen: dict[int, str] = {}
    for name, j in zip(names, first, strict=True):
        if seen.setdefault(j, name) != name:
            raise UsageError(f"'{seen[j]}' and '{name}' would be given the same random numbers; rename one of them")
    return np.array(first, dtype=np.int64)


def checked_draws(draws: npt.ArrayLike) -> Words:
    """Return numbers of draws, (draw,); :class:`UsageError` for what is no whole number from 0 to 2^32 - 1."""
    values = np.atleast_1d(np.asarray(draws))
    if values.size and not np.issubdtype(values.dtype, np.integer):
        raise UsageError("draws are numbered by whole numbers, from 0 to 2^32 - 1")
    if values.size and not 0 <= int(values.min()) <= int(values.max()) < 1 << 32:
        raise UsageError("draws are numbered from 0 to 2^32 - 1")
    return np.ascontiguousarray(values, dtype=np.uint32)


def _check_address(stream: str, j: int, month: int) -> None:
    if stream not in STREAMS:
        raise UsageError(f"no stream is named '{stream}'; there are {', '.join(STREAMS)}")
    if not 0 <= j < 1 << 32 or not 0 <= month < 1 << 32:
        raise UsageError(f"j and month are whole numbers from 0 to 2^32 - 1 (got {j} and {month})")


def uniforms(seed: int, stream: str, draws: npt.ArrayLike, *, j: int = 0, month: int = 0) -> Floats:
    """Return the uniform `j` of many draws, (draw,), on [0, 1) with 53 bits.

    Parameters
    ----------
    seed : 0 to 2^64 - 1
    stream : a name in :data:`STREAMS`
    draws : (draw,) integers, 0 to 2^32 - 1: numbers of draws or paths
    j : 0 to 2^32 - 1
    month : 0 for what has no time
    """
    at = checked_draws(draws)
    _check_address(stream, j, month)
    out = np.empty(at.size)
    _uniforms(at, month, j, STREAMS[stream], *key(seed), out)
    return out


def words(seed: int, stream: str, draws: npt.ArrayLike, *, j: int = 0, month: int = 0) -> Words:
    """Return the 32-bit word `j` of many draws, (draw,); see :func:`uniforms` for the rest."""
    at = checked_draws(draws)
    _check_address(stream, j, month)
    out = np.empty((4, at.size), dtype=np.uint32)
    fill_address(at, month, j >> 2, STREAMS[stream], *key(seed), out)
    found: Words = out[j & 3].copy()
    return found


def thresholds(law: npt.ArrayLike) -> Words:
    """Return the integer thresholds of a law: the level drawn with word w is the number of thresholds at or below w.

    Parameters
    ----------
    law : (..., level) probabilities, each row sums to 1

    Returns
    -------
    (..., level - 1) words, ``2^32 F(level)`` rounded, so that a level's probability is met to 2^-32. A threshold of
    2^32 is no word; it is given as 2^32 - 1, and a caller whose last levels may be impossible lowers the largest word
    by one.
    """
    p = np.asarray(law, dtype=np.float64)
    cumulative: Any = np.cumsum(p, axis=-1)[..., :-1]
    found: Words = np.minimum(np.rint(cumulative * 4294967296.0), 4294967295.0).astype(np.uint32)
    return found
