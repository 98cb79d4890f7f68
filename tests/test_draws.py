"""Random numbers by address: known answers, the frozen layout, and that nothing depends on how they are asked for."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mcda import draws
from mcda.errors import UsageError

U32 = st.integers(0, 2**32 - 1)
PI = (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0)


def plain_philox(counter: tuple[int, ...], key: tuple[int, int]) -> tuple[int, ...]:
    """Philox4x32-10 in Python's own integers, from the paper's description (Salmon et al. 2011, section 3.3)."""
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * c0, 2**32)
        high1, low1 = divmod(0xCD9E8D57 * c2, 2**32)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return c0, c1, c2, c3


def compiled_philox(counter: tuple[int, ...], key: tuple[int, int]) -> tuple[int, ...]:
    c = tuple(np.uint32(x) for x in counter)
    return tuple(int(x) for x in draws.philox(c, np.uint32(key[0]), np.uint32(key[1])))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((2**32 - 1,) * 4, (2**32 - 1,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (PI[:4], PI[4:], (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
    ],
)
def test_known_answers_of_the_authors(counter: tuple[int, ...], key: tuple[int, int], answer: tuple[int, ...]) -> None:
    """Random123 1.14, `kat_vectors`, the lines `philox4x32 10`."""
    assert compiled_philox(counter, key) == answer
    assert plain_philox(counter, key) == answer


@given(st.tuples(U32, U32, U32, U32), st.tuples(U32, U32))
def test_the_compiled_generator_is_the_published_one(counter: tuple[int, ...], key: tuple[int, int]) -> None:
    assert compiled_philox(counter, key) == plain_philox(counter, key)


@given(st.integers(0, 2**64 - 1), st.sampled_from(sorted(draws.STREAMS)), U32, U32, st.integers(0, 2**12))
def test_the_layout_is_frozen(seed: int, stream: str, draw: int, j: int, month: int) -> None:
    """Key (seed low, seed high), counter (draw, month, j div 2 or 4, stream), words as simulation.md 4 takes them."""
    key = (seed % 2**32, seed // 2**32)
    n = draws.STREAMS[stream]
    a = plain_philox((draw, month, j // 2, n), key)
    high, low = (a[2], a[3]) if j % 2 else (a[0], a[1])
    expected = ((high >> 5) * 2**26 + (low >> 6)) / 2**53
    assert draws.uniforms(seed, stream, [draw], j=j, month=month)[0] == expected
    assert draws.words(seed, stream, [draw], j=j, month=month)[0] == plain_philox((draw, month, j // 4, n), key)[j % 4]


def test_the_numbers_of_streams_are_frozen() -> None:
    """A stream that is renumbered changes every result that was ever stored."""
    assert dict(draws.STREAMS) == {
        "parameter": 0, "ladder": 2, "war": 3, "event": 4, "severity": 5, "coin": 6, "comply": 7, "step": 8, "stock": 9,
        "signal": 10, "council": 11, "lag": 12, "drop": 13, "base": 14, "schedule": 15,
        "rule": 32, "expert": 33, "panel factor": 34, "score": 35, "shock": 36, "bootstrap": 37,
    }  # fmt: skip


def test_two_stored_numbers() -> None:
    """Goldens of the layout as a whole, worked out with `plain_philox`."""
    assert draws.uniforms(20250924, "score", [7], j=draws.number("coal"))[0] == 0.6299717457974969
    assert draws.words(20250924, "rule", [7])[0] == 1970955312


def test_a_longer_run_begins_with_a_shorter_one_and_order_changes_nothing() -> None:
    all_of_them = draws.uniforms(3, "score", np.arange(1000), j=5)
    assert np.array_equal(draws.uniforms(3, "score", np.arange(137), j=5), all_of_them[:137])
    order = np.random.default_rng(0).permutation(1000)
    assert np.array_equal(draws.uniforms(3, "score", order, j=5), all_of_them[order])


def test_uniforms_are_uniform_and_streams_unrelated() -> None:
    """Two Kolmogorov-Smirnov tests and a rank correlation, at 1e-4 each with these seeds."""
    n = np.arange(100_000)
    one, other = draws.uniforms(11, "score", n, j=2), draws.uniforms(11, "rule", n, j=2)
    assert stats.kstest(one, "uniform").pvalue > 1e-4
    assert stats.kstest(other, "uniform").pvalue > 1e-4
    assert stats.spearmanr(one, other).pvalue > 1e-4


@given(st.text(max_size=30))
def test_names_are_numbered_by_their_digest(name: str) -> None:
    assert draws.number(name) == int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "little")


def test_words_of_names_do_not_overlap() -> None:
    names = [f"alternative-{i}" for i in range(500)]
    first = draws.first_words(names, 14)
    assert len(set(first.tolist())) == 500
    assert not (first % 16).any()
    assert all(draws.number(n) // 16 * 16 == j for n, j in zip(names, first.tolist(), strict=True))
    assert not (draws.first_words(names, 17) % 32).any()


def test_two_names_with_the_same_words_are_refused() -> None:
    seen: dict[int, str] = {}
    for i in range(10**6):
        name = f"a{i}"
        if (other := seen.setdefault(draws.number(name) // 16, name)) != name:
            break
    with pytest.raises(UsageError, match=f"'{other}' and '{name}' would be given the same random numbers"):
        draws.first_words([other, name], 7)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=12).filter(lambda p: sum(p) > 0.01))
def test_thresholds_meet_a_law_to_the_last_bit_of_a_word(weights: list[float]) -> None:
    law = np.array(weights) / sum(weights)
    edges = np.concatenate([[0], draws.thresholds(law).astype(float), [2**32]])
    assert np.abs(np.diff(edges) / 2**32 - law).max() <= 2 * 2.0**-32


def test_a_seed_is_drawn_from_a_generator_once() -> None:
    assert draws.seed_of(0) == 0
    assert draws.seed_of(np.random.default_rng(5)) == draws.seed_of(np.random.default_rng(5))
    assert draws.seed_of(None) != draws.seed_of(None)


def test_addresses_that_would_wrap_around_are_refused() -> None:
    with pytest.raises(UsageError, match="j and month are whole numbers"):
        draws.uniforms(1, "score", [0], j=2**33)
    with pytest.raises(UsageError, match="j and month are whole numbers"):
        draws.words(1, "score", [0], month=-1)
    with pytest.raises(UsageError, match="no stream is named 'nope'; there are parameter"):
        draws.uniforms(1, "nope", [0])
    with pytest.raises(UsageError, match="numbered by whole numbers"):
        draws.uniforms(1, "score", [1.7])
    with pytest.raises(UsageError, match="a seed is a whole number"):
        draws.seed_of(1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", [-1, 2**64, True, 1.0, "7"])
def test_other_seeds_are_refused(seed: object) -> None:
    with pytest.raises(UsageError, match="a seed is a whole number"):
        draws.key(seed)  # type: ignore[arg-type]


def test_draws_beyond_32_bits_are_refused() -> None:
    with pytest.raises(UsageError, match="numbered from 0 to 2\\^32 - 1"):
        draws.uniforms(1, "score", [2**32])
