"""Draws of a whole table of alternatives, sorted into tiers: every draw one world, every number by address.

A score is drawn by comparing a 32-bit word with integer thresholds; what each level adds to the state of the rule is
added up in integers, and the state is looked up in the table of tiers. No floating point is involved, so counts do not
depend on processor, block or number of threads. The word of criterion k of an alternative is word ``first + k`` of the
stream `score` (:func:`mcda.draws.first_words` of the alternative's id); a second panel's scores take the words after.

A conditioned belief is drawn criterion by criterion from its exact conditional laws given the sums so far (forward
sampling after a backward recursion over the rule's states), so nothing is ever rejected.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from mcda import draws
from mcda.compiled import kernel
from mcda.errors import Declined, UsageError
from mcda.problem import Lattice
from mcda.rule import Rule
from mcda.scores.belief import Belief, lattice_tiers
from mcda.tiers.acceptability import distinct
from mcda.tiers.law import Law
from mcda.tiers.second_panel import SecondPanel
from mcda.tiers.states import States, states
from mcda.tiers.worlds import Worlds, worlds

__all__ = ["Sampler", "cells_of", "levels_of", "sampler"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Ints32 = npt.NDArray[np.int32]
Words = npt.NDArray[np.uint32]
Tiers = npt.NDArray[np.uint8]

#: Draws that are made and sorted at once: the tiers of 49 alternatives then fit into a processor's second cache.
BLOCK = 16384
#: Draws of one alternative at a time: their words and states fit into the first cache.
CHUNK = 8192
#: Words of the largest table of conditional thresholds (criterion x state x level) of one conditioned belief.
CHAIN_LIMIT = 2 * 10**7


# -- kernels -----------------------------------------------------------------------------------------------------------


@kernel
def _add_eight(word: Words, t: Words, d: Ints32, state: Ints32) -> None:
    """Add to each draw's state the ``d`` of every limit ``t`` at or below its word: one load and store for eight."""
    t0, t1, t2, t3, t4, t5, t6, t7 = t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7]
    d0, d1, d2, d3, d4, d5, d6, d7 = d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7]
    zero = np.int32(0)
    for i in range(state.size):
        w, s = word[i], state[i]
        s += d0 if w >= t0 else zero
        s += d1 if w >= t1 else zero
        s += d2 if w >= t2 else zero
        s += d3 if w >= t3 else zero
        s += d4 if w >= t4 else zero
        s += d5 if w >= t5 else zero
        s += d6 if w >= t6 else zero
        s += d7 if w >= t7 else zero
        state[i] = s


@kernel
def _add_four(word: Words, t: Words, d: Ints32, state: Ints32) -> None:
    """The same with four limits."""
    t0, t1, t2, t3 = t[0], t[1], t[2], t[3]
    d0, d1, d2, d3 = d[0], d[1], d[2], d[3]
    zero = np.int32(0)
    for i in range(state.size):
        w, s = word[i], state[i]
        s += d0 if w >= t0 else zero
        s += d1 if w >= t1 else zero
        s += d2 if w >= t2 else zero
        s += d3 if w >= t3 else zero
        state[i] = s


@kernel
def _add_two(word: Words, t: Words, d: Ints32, state: Ints32) -> None:
    """The same with two limits."""
    t0, t1, d0, d1, zero = t[0], t[1], d[0], d[1], np.int32(0)
    for i in range(state.size):
        w, s = word[i], state[i]
        s += d0 if w >= t0 else zero
        s += d1 if w >= t1 else zero
        state[i] = s


@kernel
def _add_criterion(word: Words, limits: Words, count: int, steps: Ints32, room: Ints32, state: Ints32) -> None:
    """Add to each draw's state what one criterion adds: ``steps[number of the first `count` limits at or below w]``.

    A state is a few sums of integers, so that comparing with every limit costs less than finding the level first.
    """
    at = 0
    while at < count:
        left = count - at
        for i in range(8):
            room[i] = steps[at + i + 1] - steps[at + i] if i < left else 0
        if left > 6:
            _add_eight(word, limits[at : at + 8], room, state)
            at += 8
        elif left > 2:
            _add_four(word, limits[at : at + 4], room, state)
            at += 4
        else:
            _add_two(word, limits[at : at + 2], room, state)
            at += 2


@kernel
def _look_up(state: Ints32, table: Tiers, out: Tiers) -> None:
    for i in range(state.size):
        out[i] = table[state[i]]


@kernel
def _least(steps: Ints32, first: Ints) -> np.int32:
    """State in which every criterion is at its first possible level."""
    state = np.int32(0)
    for k in range(first.size):
        state += steps[k, first[k]]
    return state


@kernel
def _sort_products(
    number: Words,
    begins: Ints,
    rules: Ints,
    component: Ints,
    rows: Ints,
    words: Ints,
    law: Ints,
    lattice: Ints,
    limits: Words,
    first: Ints,
    count: Ints,
    steps: Ints32,
    tables: Tiers,
    place: Ints,
    stream: int,
    k0: np.uint32,
    k1: np.uint32,
    out: Tiers,
) -> None:
    """Draw and sort the rows whose criteria are independent in every world.

    number : (draw,), in order of their worlds; begins : (world + 1,), where each world's draws begin
    rules : (world,); component : (world, alternative); rows : alternatives; words : (alternative,), their first words
    law : (alternative,), number of the distinct law; lattice : (law,)
    limits : (law, component, criterion, limit), a multiple of eight; first, count : (law, component, criterion)
    steps : (rule, lattice, criterion, level); tables : flat; place : (rule, lattice), where a table begins
    out : (alternative, draw)
    """
    criteria = limits.shape[2]
    room, states, moves = np.empty((4, CHUNK), np.uint32), np.empty(CHUNK, np.int32), np.empty(8, np.int32)
    for a in rows:
        v, begin = lattice[law[a]], words[a] >> 2
        for w in range(rules.size):
            r, c = rules[w], component[w, a]
            for at in range(begins[w], begins[w + 1], CHUNK):
                here = number[at : min(at + CHUNK, begins[w + 1])]
                state = states[: here.size]
                state[:] = _least(steps[r, v], first[law[a], c])
                for k in range(criteria):
                    if k & 3 == 0:
                        draws.fill_address(here, 0, begin + (k >> 2), stream, k0, k1, room)
                    own = steps[r, v, k, first[law[a], c, k] :]
                    _add_criterion(room[k & 3], limits[law[a], c, k], count[law[a], c, k], own, moves, state)
                _look_up(state, tables[place[r, v] :], out[a][at : at + here.size])


@kernel
def _level(word: np.uint32, limits: Words) -> int:
    """Limits at or below the word; the limit 2^32 - 1 stands for 2^32, so the largest word is lowered by one."""
    level, w = 0, min(word, np.uint32(0xFFFFFFFE))
    for t in limits:
        level += w >= t
    return level


@kernel
def _sort_chains(
    number: Words,
    begins: Ints,
    rules: Ints,
    rows: Ints,
    words: Ints,
    law: Ints,
    chain: Words,
    moves: Ints,
    again: Words,
    steps: Ints32,
    tables: Tiers,
    place: Ints,
    stream: int,
    k0: np.uint32,
    k1: np.uint32,
    out: Tiers,
) -> None:
    """Draw and sort the rows whose scores are conditioned on a tier, and scored again if `again` is not empty.

    chain : (law, criterion, state, level - 1), limits given the sum so far; moves : (criterion, level), what is added
    again : (criterion, level, level - 1) limits of the second score given the first, or no rows
    steps : (rule, criterion, level); place : (rule,); the rest as `_sort_products`
    """
    criteria, twice = moves.shape[0], again.shape[0] > 0
    room = np.empty((4 * ((criteria * (1 + twice) + 3) >> 2), number.size), np.uint32)
    for a in rows:
        for b in range(room.shape[0] >> 2):
            draws.fill_address(number, 0, (words[a] >> 2) + b, stream, k0, k1, room[4 * b : 4 * b + 4])
        for w in range(rules.size):
            own, table = steps[rules[w]], tables[place[rules[w]] :]
            for i in range(begins[w], begins[w + 1]):
                sum_so_far, state = 0, 0
                for k in range(criteria):
                    x = _level(room[k, i], chain[law[a], k, sum_so_far])
                    sum_so_far += moves[k, x]
                    if twice:
                        x = _level(room[criteria + k, i], again[k, x])
                    state += own[k, x]
                out[a, i] = table[state]


# -- tables of integers ------------------------------------------------------------------------------------------------


def _flat_moves(space: States) -> Ints:
    """What each level of each criterion adds to the flat number of the state, (criterion, level)."""
    strides = np.append(np.cumprod(space.extents[:0:-1])[::-1], 1)
    return np.asarray(space.vectors @ strides)


@dataclass(frozen=True)
class _Sorting:
    """How levels become tiers: steps (rule, lattice, criterion, level), tables flat, place (rule, lattice)."""

    steps: Ints32
    tables: Tiers
    place: Ints


def _sorting(rules: Sequence[Rule], lattices: Sequence[Lattice]) -> _Sorting:
    longest = max(lattice.size for lattice in lattices)
    steps = np.zeros((len(rules), len(lattices), len(rules[0].roles), longest), dtype=np.int32)
    place = np.zeros(steps.shape[:2], dtype=np.int64)
    tables, at = [], 0
    for r, rule in enumerate(rules):
        for v, lattice in enumerate(lattices):
            space = states([rule], lattice)
            steps[r, v, :, : lattice.size] = _flat_moves(space)
            tables.append(rule.sort_components(space.values(), space.unit).astype(np.uint8))
            place[r, v], at = at, at + len(tables[-1])
    return _Sorting(steps, np.concatenate(tables), place)


@dataclass(frozen=True)
class _Products:
    """Integer laws of rows whose criteria are independent: see `_sort_products`."""

    rows: Ints
    law: Ints
    lattice: Ints
    limits: Words
    first: Ints
    count: Ints
    sorting: _Sorting


def _products(rows: Sequence[int], laws: Sequence[Belief], index: Sequence[int], rules: Sequence[Rule]) -> _Products:
    lattices = list(dict.fromkeys(law.lattice for law in laws))
    shape = (len(laws), max(len(law.weight) for law in laws), len(rules[0].roles))
    longest = max(lattice.size for lattice in lattices)
    limits = np.full((*shape, -(-longest // 8) * 8), 0xFFFFFFFF, dtype=np.uint32)
    first, last = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for i, belief in enumerate(laws):
        e, positive = len(belief.weight), belief.probability > 0
        first[i, :e] = positive.argmax(axis=2)
        last[i, :e] = belief.lattice.size - 1 - positive[:, :, ::-1].argmax(axis=2)
        every = draws.thresholds(belief.probability)
        at = np.minimum(first[i, :e, :, None] + np.arange(every.shape[-1]), every.shape[-1] - 1)
        limits[i, :e, :, : every.shape[-1]] = np.take_along_axis(every, at, axis=2)
    lattice = np.array([lattices.index(law.lattice) for law in laws])
    return _Products(
        np.asarray(rows), np.asarray(index), lattice, limits, first, last - first, _sorting(rules, lattices)
    )


def levels_of(limits: Words, number: npt.ArrayLike, first: int, seed: int) -> Ints:
    """Return the levels drawn from one component's thresholds, (draw, criterion), in NumPy: what kernels draw.

    limits : (criterion, level - 1); first : the row's first word
    """
    words = [draws.words(seed, "score", number, j=first + k) for k in range(len(limits))]
    levels = [np.searchsorted(t, np.minimum(w, 0xFFFFFFFE), side="right") for t, w in zip(limits, words, strict=True)]
    return np.stack(levels, axis=1)


def cells_of(upto: Floats, number: npt.ArrayLike, first: int, seed: int) -> Ints:
    """Return the cells drawn from a joint law's cumulative probabilities, (draw,), by one uniform each."""
    u = draws.uniforms(seed, "score", number, j=first)
    return np.asarray(np.searchsorted(upto, u * upto[-1], side="right"))


@dataclass(frozen=True)
class _Plain:
    """Rows under rules whose states are too many for a table (weights with many decimals): sorted without one.

    thresholds : (law) of (component, criterion, level - 1)
    """

    rows: Ints
    law: Ints
    lattices: tuple[Lattice, ...]
    thresholds: tuple[Words, ...]
    rules: tuple[Rule, ...]

    def sort(
        self, number: Words, begins: Ints, rule: Ints, component: Ints, first: Ints, seed: int, out: Tiers
    ) -> None:
        """Draw and sort block by block in NumPy: the same words and thresholds, a hundred times slower."""
        for a in self.rows:
            lattice, every = self.lattices[self.law[a]], self.thresholds[self.law[a]]
            for w in range(len(rule)):
                here = slice(begins[w], begins[w + 1])
                levels = levels_of(every[component[w, a]], number[here], int(first[a]), seed)
                out[a, here] = self.rules[rule[w]].sort(levels + lattice.low * lattice.unit, lattice.unit)


@dataclass(frozen=True)
class _Cells:
    """Rows whose law is known cell by cell (a fitted joint): one uniform finds the cell, and the cell its tier.

    upto : (law) of (cell,) cumulative probabilities; tiers : (rule) of (cell,)
    """

    rows: Ints
    law: Ints
    upto: tuple[Floats, ...]
    tiers: tuple[npt.NDArray[np.int8], ...]

    def sort(self, number: Words, begins: Ints, rule: Ints, first: Ints, seed: int, out: Tiers) -> None:
        """Draw and sort block by block in NumPy."""
        for a in self.rows:
            cell = cells_of(self.upto[self.law[a]], number, int(first[a]), seed)
            for w in range(len(rule)):
                here = slice(begins[w], begins[w + 1])
                out[a, here] = self.tiers[rule[w]][cell[here]]


@dataclass(frozen=True)
class _Chains:
    """Integer laws of rows conditioned on tiers, of one prior, rule and error: see `_sort_chains`."""

    rows: Ints
    law: Ints
    chain: Words
    moves: Ints
    again: Words
    sorting: _Sorting


def _conditioned(law: Law) -> Belief:
    """The conditioned belief of a row that is drawn as a chain."""
    belief = law.belief if isinstance(law, SecondPanel) else law
    assert isinstance(belief, Belief)
    return belief


def _chain_limits(belief: Belief, space: States) -> Words:
    """Limits of each criterion's level given the sum so far, (criterion, state, level - 1).

    ``P(x_k | s) = p_k(x) h_{k+1}(s + v_k(x)) / h_k(s)``, with ``h_d`` the indicator of the tier: a backward recursion.
    """
    condition, laws, moves = belief.condition, belief.probability[0], _flat_moves(space)
    assert condition is not None
    if (size := moves.size * space.size) > CHAIN_LIMIT:
        raise Declined(
            f"conditional laws need {size:.3g} thresholds (at most {CHAIN_LIMIT:.3g}) for '{condition.rule.name}'"
        )
    ahead = (condition.rule.sort_components(space.values(), space.unit) == condition.tier).astype(np.float64)
    limits = np.empty((*moves.shape[:1], space.size, moves.shape[1] - 1), dtype=np.uint32)
    for k in range(len(laws) - 1, -1, -1):
        to = np.minimum(np.arange(space.size)[:, None] + moves[k], space.size - 1)
        weighted = laws[k] * ahead[to]
        ahead = weighted.sum(axis=1)
        given = np.divide(weighted, ahead[:, None], out=np.zeros_like(weighted), where=ahead[:, None] > 0)
        limits[k] = draws.thresholds(given)
    if not ahead[0] > 0:
        raise Declined(f"under rule '{condition.rule.name}' no score vector of this belief is in tier {condition.tier}")
    return limits


def _chains(rows: Sequence[int], laws: Sequence[Law], index: Sequence[int], rules: Sequence[Rule]) -> _Chains:
    beliefs = [_conditioned(law) for law in laws]
    condition = beliefs[0].condition
    assert condition is not None
    space = states([condition.rule], beliefs[0].lattice)
    chain = np.stack([_chain_limits(belief, space) for belief in beliefs])
    second = laws[0].kernels if isinstance(laws[0], SecondPanel) else np.zeros((0, 2, 2))
    sorting = _sorting(rules, [beliefs[0].lattice])
    return _Chains(np.asarray(rows), np.asarray(index), chain, _flat_moves(space), draws.thresholds(second), sorting)


# -- the sampler -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Sampler:
    """Everything that draws of a table need, as tables of integers; make one with :func:`sampler`.

    names : the alternatives, in the order of results
    worlds : what they share in a draw
    seed : what the draws are a function of, beside their numbers
    """

    names: tuple[str, ...]
    worlds: Worlds
    seed: int
    words: Ints
    products: tuple[_Products, ...]
    chains: tuple[_Chains, ...]
    plain: tuple[_Plain, ...] = ()
    cells: tuple[_Cells, ...] = ()

    @cached_property
    def _world_limits(self) -> tuple[Words, Words]:
        return draws.thresholds(self.worlds.rule_weight), draws.thresholds(self.worlds.component_weight)

    def world(self, numbers: npt.ArrayLike) -> Ints:
        """Return the number of each draw's world, (draw,): rule by the stream `rule`, interval by the worlds' own."""
        of_rule, of_component = self._world_limits
        found = np.zeros(np.size(numbers), dtype=np.int64)
        for limits, stream in ((of_rule, "rule"), (of_component, self.worlds.stream)):
            found *= limits.size + 1
            if limits.size:
                found += np.searchsorted(limits, draws.words(self.seed, stream, numbers), side="right")
        return found

    def in_worlds(self, numbers: Words) -> tuple[Tiers, Ints]:
        """Return the tiers of draws, (alternative, draw), and the order in which they are: by world."""
        if len(self.worlds.weight) == 1:
            return self._sorted(numbers, np.array([numbers.size])), np.arange(numbers.size)
        world = self.world(numbers)
        order = np.argsort(world, kind="stable")
        return self._sorted(numbers[order], np.bincount(world, minlength=len(self.worlds.weight))), order

    def tiers(self, numbers: npt.ArrayLike) -> Tiers:
        """Return the tier of every alternative in each draw, (alternative, draw), draws in the order given.

        Parameters
        ----------
        numbers : (draw,) integers from 0 to 2^32 - 1, the numbers of the draws, in any order
        """
        asked = draws.checked_draws(numbers)
        found = np.empty((len(self.names), asked.size), dtype=np.uint8)
        for at in range(0, asked.size, BLOCK):
            values, order = self.in_worlds(asked[at : at + BLOCK])
            found[:, at + order] = values
        return found

    def _sorted(self, number: Words, sizes: Ints) -> Tiers:
        begins = np.concatenate([[0], np.cumsum(sizes)])
        rule, interval = np.divmod(np.arange(sizes.size), len(self.worlds.component_weight))
        out = np.empty((len(self.names), number.size), dtype=np.uint8)
        address = (draws.STREAMS["score"], *draws.key(self.seed), out)
        for p in self.products:
            _sort_products(
                number, begins, rule, self.worlds.component[interval], p.rows, self.words, p.law, p.lattice, p.limits,
                p.first, p.count, p.sorting.steps, p.sorting.tables, p.sorting.place, *address,
            )  # fmt: skip
        for q in self.plain:
            q.sort(number, begins, rule, self.worlds.component[interval], self.words, self.seed, out)
        for f in self.cells:
            f.sort(number, begins, rule, self.words, self.seed, out)
        for c in self.chains:
            _sort_chains(
                number, begins, rule, c.rows, self.words, c.law, c.chain, c.moves, c.again, c.sorting.steps[:, 0],
                c.sorting.tables, c.sorting.place[:, 0], *address,
            )  # fmt: skip
        return out

    def over(
        self, n: int, look: Callable[[Tiers], Ints], *, first: int = 0, block: int = BLOCK, threads: int | None = None
    ) -> Ints:
        """Return the sum over draws ``first, ..., first + n - 1`` of what `look` counts in blocks of their tiers.

        Parameters
        ----------
        n : number of draws
        look : from tiers (alternative, draw) to an array of integers, the same shape for any number of draws
        first : the number of the first draw
        block : draws at once; sums of integers do not depend on it
        threads : at once; as many as there are processors if not given

        Errors: :class:`UsageError` for no draws, or more than 2^32.
        """
        if any(isinstance(x, bool) or not isinstance(x, int | np.integer) for x in (n, first, block)) or block < 1:
            raise UsageError(f"numbers of draws are whole, a block at least 1 (got {n}, {first}, {block})")
        if threads is not None and threads < 1:
            raise UsageError(f"threads are at least 1 (got {threads})")
        if not 0 < n <= (1 << 32) - first or first < 0:
            raise UsageError(f"draws are at least 1 and numbered below 2^32 (got {n} from {first} on)")

        def one(at: int) -> Ints:
            return look(self.in_worlds(np.arange(at, min(at + block, first + n), dtype=np.uint32))[0])

        begins = range(first, first + n, block)
        with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
            return np.asarray(sum(pool.map(one, begins)))


def sampler(
    laws: Mapping[str, Law],
    rules: Rule | Sequence[Rule],
    *,
    rule_weights: Sequence[float] | None = None,
    rng: int | np.random.Generator | None = None,
) -> Sampler:
    """Return the sampler of a table of alternatives under one rule, or under several with declared weights.

    Parameters
    ----------
    laws : mapping of alternative to Belief or SecondPanel
    rules : one, or several with the same tiers and criteria
    rule_weights : of several rules; equal if not given
    rng : a seed, or a Generator from which one is drawn

    Errors: :class:`UsageError` for alternatives that would share random numbers, :class:`~mcda.errors.Declined` for
    laws whose tables would be too large.
    """
    chosen = (rules,) if isinstance(rules, Rule) else tuple(rules)
    table = worlds(laws, chosen, rule_weights)
    names = tuple(laws)
    words = draws.first_words(names, 2 * len(chosen[0].roles))
    return Sampler(names, table, draws.seed_of(rng), words, *_rooms(laws, chosen))


Rooms = tuple[tuple[_Products, ...], tuple[_Chains, ...], tuple[_Plain, ...], tuple[_Cells, ...]]


def _rooms(laws: Mapping[str, Law], rules: Sequence[Rule]) -> Rooms:
    """Rows that are drawn alike go together: products in one room, chains by condition's rule and error."""
    firsts, index = distinct(laws)
    kinds = [_kind(laws[name]) for name in firsts]
    products: list[_Products] = []
    chains: list[_Chains] = []
    plain: list[_Plain] = []
    cells: list[_Cells] = []
    for kind in dict.fromkeys(kinds):
        own = [i for i, other in enumerate(kinds) if other == kind]
        rows = [a for a, i in enumerate(index) if kinds[i] == kind]
        place = [own.index(i) if i in own else 0 for i in index]
        members = [laws[firsts[i]] for i in own]
        if kind is not None and kind[0] == "cells":
            cells.append(_cell_by_cell(rows, members, place, rules))
            continue
        if kind is not None:
            chains.append(_chains(rows, members, place, rules))
            continue
        beliefs = [b for b in members if isinstance(b, Belief)]
        try:
            products.append(_products(rows, beliefs, place, rules))
        except Declined:
            plain.append(_without_table(rows, beliefs, place, rules))
    return tuple(products), tuple(chains), tuple(plain), tuple(cells)


def _cell_by_cell(rows: Sequence[int], laws: Sequence[Law], index: Sequence[int], rules: Sequence[Rule]) -> _Cells:
    upto = tuple(np.cumsum(law.joint().reshape(-1)) for law in laws)
    tiers = tuple(lattice_tiers(rule, laws[0].lattice).reshape(-1) for rule in rules)
    return _Cells(np.asarray(rows), np.asarray(index), upto, tiers)


def _without_table(rows: Sequence[int], laws: Sequence[Belief], index: Sequence[int], rules: Sequence[Rule]) -> _Plain:
    thresholds = tuple(draws.thresholds(law.probability) for law in laws)
    return _Plain(np.asarray(rows), np.asarray(index), tuple(law.lattice for law in laws), thresholds, tuple(rules))


def _kind(law: Law) -> tuple[object, ...] | None:
    """What rows must share to be drawn together: None for products, else the room's name first."""
    if isinstance(law, Belief) and law.condition is None:
        return None
    belief = law.belief if isinstance(law, SecondPanel) else law
    if not isinstance(belief, Belief) or len(belief.weight) > 1:
        return ("cells", law.lattice)
    assert belief.condition is not None
    return (
        "chains",
        belief.condition.rule,
        belief.lattice,
        law.kernels.tobytes() if isinstance(law, SecondPanel) else b"",
    )
