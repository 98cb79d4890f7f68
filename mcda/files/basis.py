"""No number without a basis: which numbers a file has, where each comes from, and what is wrong with that.

A basis stands in a mapping, under the key `basis`, and covers every number of that mapping and below it, until a
mapping further in has a basis of its own: the nearest one counts. Beside it may stand

`citation`
    A text. A basis `source` needs one, in its own mapping or further out, or else in a mapping nearer to the number.
`range`
    What the number might have been. A basis `assumption` needs one, in the mapping of the basis or in one nearer to
    the number (the nearest that covers it counts). Either ``[low, high]``; or the allowed values, as a list that is not
    two numbers; or a mapping with one of these for each key of the block, nested if need be: ``{mean: [1, 5], sd:
    [0, 2]}`` covers every number at or below a key `mean` or `sd`, and ``{cuts: {"0": [2, 7], "1": [0, 3]}}`` tells
    the numbers of a list apart. A number outside its own range is a mistake.
`note`
    A text that the register prints.

The numbers in these four are not themselves numbers that need a basis. Nor are numbers that only give the file its
shape (a place in the paper, the size of a run): those are exempt by their key or by their path.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard

from mcda.errors import Mistake, did_you_mean
from mcda.files.document import Document, KeyPath, dotted, shown
from mcda.names import BASES

__all__ = ["Number", "collect_numbers"]

_ABOUT = frozenset({"basis", "citation", "note", "range"})
_SOME = 40  # keys that a message lists at most
_ALLOWED_BASES = ", ".join(BASES)
_ALLOWED_RANGE = "[low, high], a list of two or more allowed values, or a mapping of keys to these"


@dataclass(frozen=True)
class Number:
    """One number of a file, and where it comes from: a row of the assumption register.

    Attributes
    ----------
    key : str
        The dotted path, ``rule.cuts[1]``.
    value : int or float
        The number.
    basis : str
        One of `mcda.names.BASES`.
    low, high : int or float, optional
        The ends of the range that covers it; of the numbers in a list of allowed values, the smallest and the largest.
    citation, note : str
        The nearest that the block of the basis has, for a `source` also from further out; '' where there is none.
    file, line : str, int
        Where the number stands.
    path : path
        The same place as `key`, as keys and list indices.
    about : str
        What the number is, in the words of its block's `about`; '' where there is none.
    """

    key: str
    value: int | float
    basis: str
    low: int | float | None
    high: int | float | None
    citation: str
    note: str
    file: str
    line: int
    path: KeyPath = field(default=(), compare=False, repr=False)
    about: str = field(default="", compare=False, repr=False)


def collect_numbers(
    document: Document, *, exempt: Collection[tuple[str, ...]] = (), structural_keys: Collection[str] = ("place",)
) -> tuple[list[Number], list[Mistake]]:
    """Return the numbers of a file with their bases, and what is wrong with these.

    Parameters
    ----------
    document : Document
        The file as read.
    exempt : collection of key paths
        Parts of the file whose numbers are structural and need no basis: ``("run",)``, ``("alternatives", "tier")``.
        Indices of lists are left out of such a path.
    structural_keys : collection of str
        Keys with the same effect wherever they stand.

    Returns
    -------
    numbers : list of Number
        In the order of the file. A number whose basis is missing or misspelt is not among them.
    mistakes : list of Mistake
        One for each block without a basis, not for each number; likewise for a missing citation or range.
    """
    collector = _Collector(document, frozenset(exempt), frozenset(structural_keys))
    return collector.numbers, collector.mistakes


@dataclass(frozen=True)
class _Limits:
    """What a range allows; `values` where it is a list of allowed values."""

    low: int | float | None = None
    high: int | float | None = None
    values: tuple[Any, ...] | None = None

    def allow(self, number: float) -> bool:
        """Return whether a number is inside; a limit that is not there (its mistake is known) allows everything."""
        if self.values is not None:
            return number in self.values
        return self.low is None or self.high is None or self.low <= number <= self.high

    def __str__(self) -> str:
        if self.values is not None:
            return f"one of {', '.join(map(str, self.values[:12]))}"
        return f"{self.low} to {self.high}"


@dataclass(frozen=True)
class _Scope:
    """A mapping of the file and those around it."""

    path: KeyPath
    mapping: Mapping[str, Any]
    outer: _Scope | None

    def outward(self, last: _Scope | None = None) -> Iterator[_Scope]:
        """Yield this scope and those around it, up to and including `last`, or up to the top."""
        scope: _Scope | None = self
        while scope is not None:
            yield scope
            scope = None if scope is last else scope.outer

    def nearest(self, key: str, last: _Scope | None = None) -> _Scope | None:
        """Return the nearest scope that has a key; a null is as good as nothing."""
        return next((scope for scope in self.outward(last) if scope.has(key)), None)

    def has(self, key: str) -> bool:
        """Return whether this mapping has a key, and not as null."""
        return self.mapping.get(key) is not None


@dataclass(frozen=True)
class _Bare:
    """A part of the file that has numbers, none with a basis."""

    path: KeyPath
    first: KeyPath
    count: int


class _Collector:
    """Walks one file; each walk returns the bare parts below, and whether any number there has a basis."""

    def __init__(self, document: Document, exempt: frozenset[tuple[str, ...]], structural: frozenset[str]) -> None:
        self.document = document
        self.exempt = exempt
        self.structural = structural
        self.numbers: list[Number] = []
        self.mistakes: list[Mistake] = []
        self.governed: Counter[KeyPath] = Counter()
        self.sources: list[_Scope] = []
        self.uncited: defaultdict[KeyPath, list[KeyPath]] = defaultdict(list)
        self.unranged: defaultdict[KeyPath, list[KeyPath]] = defaultdict(list)
        for bare in self._walk(document.data, (), None)[0]:
            self._report_bare(bare)
        self._report_uncited()
        self._report_unranged()

    def _refuse(self, path: KeyPath, what: str, allowed: str) -> None:
        self.mistakes.append(self.document.mistake(path, what, allowed))

    def _walk(self, value: Any, path: KeyPath, scope: _Scope | None) -> tuple[list[_Bare], bool]:
        if _is_number(value):
            return self._number(value, path, scope)
        if isinstance(value, dict):
            scope = _Scope(path, value, scope)
            self._check_declarations(scope)
        found = [self._walk(child, below, scope) for below, child in self._children(value, path)]
        return _merged(path, [bare for bares, _ in found for bare in bares], any(based for _, based in found))

    def _children(self, value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
        if isinstance(value, list):
            yield from (((*path, index), child) for index, child in enumerate(value))
        elif isinstance(value, dict):
            for key, child in value.items():
                if key not in _ABOUT and key not in self.structural and _keys_of((*path, key)) not in self.exempt:
                    yield (*path, key), child

    # What a mapping says about its numbers.

    def _check_declarations(self, scope: _Scope) -> None:
        if scope.has("basis"):
            self._check_basis(scope)
        if scope.has("citation"):
            self._check_citation(scope)
        if scope.has("range"):
            self._check_range((*scope.path, "range"), scope.mapping["range"], _keys_below(scope.mapping))

    def _check_basis(self, scope: _Scope) -> None:
        word = scope.mapping["basis"]
        if not isinstance(word, str):
            self._refuse((*scope.path, "basis"), f"is not one word (got {shown(word)})", _ALLOWED_BASES)
        elif word not in BASES:
            what = f"is not a basis{did_you_mean(word, BASES)} (got {shown(word)})"
            self._refuse((*scope.path, "basis"), what, _ALLOWED_BASES)
        elif word == "source" and scope.nearest("citation") is None:
            self.sources.append(scope)

    def _check_citation(self, scope: _Scope) -> None:
        citation = scope.mapping["citation"]
        if not isinstance(citation, str) or not citation.strip():
            self._refuse((*scope.path, "citation"), f"is not a citation (got {shown(citation)})", "a text")

    def _check_range(self, path: KeyPath, value: Any, known: Mapping[str, None]) -> None:
        if not isinstance(value, dict) or not value:
            wrong = _wrong_with(value)
            if wrong:
                self._refuse(path, f"{wrong} (got {shown(value)})", _ALLOWED_RANGE)
            return
        for key, part in value.items():
            if key not in known:
                near = list(known)[:_SOME]
                what = f"is a range of no key of this block{did_you_mean(key, near)}"
                self._refuse((*path, key), what, ", ".join(near) or "no keys")
            self._check_range((*path, key), part, known)

    # One number.

    def _number(self, value: int | float, path: KeyPath, scope: _Scope | None) -> tuple[list[_Bare], bool]:
        governing = scope.nearest("basis") if scope else None
        if scope is None or governing is None:
            return [_Bare(path, path, 1)], False
        basis = governing.mapping["basis"]
        if isinstance(basis, str) and basis in BASES:
            self.governed[governing.path] += 1
            self._add(value, path, scope, governing)
        return [], True

    def _add(self, value: int | float, path: KeyPath, scope: _Scope, governing: _Scope) -> None:
        basis = governing.mapping["basis"]
        limits = _limits(path, scope, governing)
        citation = scope.nearest("citation", None if basis == "source" else governing)
        if basis == "source" and citation is None:
            self.uncited[governing.path].append(path)
        if basis == "assumption" and limits is None:
            self.unranged[governing.path].append(path)
        limits = limits or _Limits()
        if not limits.allow(value):
            self._refuse(path, f"is outside its own range (got {value})", str(limits))
        file, line, note = self.document.file, self.document.line(path), scope.nearest("note", governing)
        cited, noted = _text(citation, "citation"), _text(note, "note")
        about = _text(scope.nearest("about", governing), "about")
        self.numbers.append(
            Number(dotted(path), value, basis, limits.low, limits.high, cited, noted, file, line, path, about)
        )

    # What only the whole file tells.

    def _report_bare(self, bare: _Bare) -> None:
        what = "is a number without a basis"
        if bare.path != bare.first:
            what = f"has {bare.count} numbers without a basis, the first is {dotted(bare.first)}"
        allowed = f"{_ALLOWED_BASES}, under the key `basis` beside it or further out"
        self.mistakes.append(replace(self.document.mistake(bare.first, what, allowed), key=dotted(bare.path)))

    def _report_uncited(self) -> None:
        for scope in self.sources:
            if scope.path in self.uncited or not self.governed[scope.path]:
                self._refuse((*scope.path, "basis"), "is `source` without a `citation`", "a text in `citation`")

    def _report_unranged(self) -> None:
        for path, without in self.unranged.items():
            first = dotted(without[0])
            which = first if len(without) == 1 else f"{len(without)} numbers, the first {first}"
            what = f"is `assumption` without a `range` for {which}"
            self._refuse((*path, "basis"), what, _ALLOWED_RANGE)


def _merged(path: KeyPath, bares: list[_Bare], based: bool) -> tuple[list[_Bare], bool]:
    """Join the bare parts below a path to one if no number there has a basis, else only the path's own numbers."""
    own = [bare for bare in bares if bare.path == bare.first and len(bare.path) == len(path) + 1]
    joined = bares if path and not based else own
    if len(joined) < 2:
        return bares, based
    apart = set(joined)
    others = [bare for bare in bares if bare not in apart]
    return [_Bare(path, joined[0].first, sum(bare.count for bare in joined)), *others], based


def _limits(path: KeyPath, scope: _Scope, governing: _Scope) -> _Limits | None:
    """Return the nearest limits that cover a number, or None."""
    for around in scope.outward(governing):
        if around.has("range"):
            covered, limits = _looked_up(around.mapping["range"], tuple(map(str, path[len(around.path) :])))
            if covered:
                return limits
    return None


def _looked_up(value: Any, keys: tuple[str, ...]) -> tuple[bool, _Limits]:
    """Return whether a range covers the number at `keys`, and its limits (none where the range itself is wrong)."""
    if isinstance(value, dict) and value:
        for position, key in enumerate(keys):
            if key in value:
                return _looked_up(value[key], keys[position + 1 :])
        return False, _Limits()
    return True, _Limits() if _wrong_with(value) else _parsed(value)


def _parsed(value: list[Any]) -> _Limits:
    numbers = [item for item in value if _is_number(item)]
    if len(numbers) == len(value) == 2:
        return _Limits(value[0], value[1])
    return _Limits(min(numbers, default=None), max(numbers, default=None), tuple(value))


def _wrong_with(value: Any) -> str:
    """Return what is wrong with a range that is not a mapping, or ''."""
    if not isinstance(value, list) or len(value) < 2 or any(isinstance(item, dict | list) for item in value):
        return "is not a range"
    numbers = [item for item in value if _is_number(item)]
    if not all(map(math.isfinite, numbers)):
        return "is a range with a number that is not finite"
    if len(numbers) == len(value) == 2 and value[0] > value[1]:
        return "is a range whose low end is above its high end"
    return ""


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _keys_of(path: KeyPath) -> tuple[str, ...]:
    """Return the keys of a path without the indices of lists."""
    return tuple(part for part in path if isinstance(part, str))


def _keys_below(value: Any) -> dict[str, None]:
    """Return the keys of a mapping and of all below it, in order, without those that are about numbers.

    Places in a list of numbers are keys too, so that a range can say ``cuts: {"0": [2, 7], "1": [-3, 1]}``.
    """
    found: dict[str, None] = {}
    if isinstance(value, list) and all(map(_is_number, value)):
        return dict.fromkeys(map(str, range(len(value))))
    if isinstance(value, dict):
        found.update(dict.fromkeys(key for key in value if key not in _ABOUT))
    children = value if isinstance(value, list) else [value[key] for key in found]
    for child in children:
        if isinstance(child, dict | list):
            found.update(_keys_below(child))
    return found


def _text(scope: _Scope | None, key: str) -> str:
    value = scope.mapping[key] if scope else ""
    return value if isinstance(value, str) else ""
