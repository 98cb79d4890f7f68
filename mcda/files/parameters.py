"""From entries of parameters, as files write them, to values by dotted key: numbers, laws, and ranges of assumptions.

The same entries stand in three kinds of file. In a case's parameters and in an assumption set, a number with a `range`
is a default that outer samples vary: PERT(low, value, high), or the `law` that the entry names; it is a point where the
range is one, or where a common factor varies it (`varied_by`). In a scenario a number is the number: it is stipulated,
and its range only says what it might have been. A law in the value itself is that law everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mcda.errors import Mistakes, did_you_mean
from mcda.files.document import Document, KeyPath, shown
from mcda.files.keys import COMMON, FAMILIES, NAMES, NEEDED
from mcda.files.roadmap_models import ParameterModel
from mcda.roadmap.limits import LOAD, Limits, is_number, limits_of
from mcda.roadmap.model import MixLaw
from mcda.roadmap.parameters import DWELL_LAWS, DWELL_TAKES, LAWS, ROUNDED, Law, Ranged, Value, law_flaw

__all__ = ["Block", "load_at", "parameter_block", "value_at"]

#: Chances that nobody objects: these may be given as members and a dissent rate each.
_VOTES = ("advance", "snapback", "renew", "unanimity_base")
_TOLERANCE = 1e-9


@dataclass
class Block:
    """Values by dotted key, the law of the mix of rungs ("kept" where nothing is said of the mix), and mistakes."""

    values: dict[str, Value] = field(default_factory=dict)
    mix_law: MixLaw | Literal["kept"] | None = "kept"
    mistakes: Mistakes = field(default_factory=Mistakes)


def parameter_block(document: Document, at: KeyPath, entries: Mapping[str, ParameterModel], *, ranged: bool) -> Block:
    """Return the values of a file's entries.

    Parameters
    ----------
    document : the file
    at : where the entries stand in it
    entries : by name
    ranged : whether a range is what outer samples draw from; else (in a scenario) numbers are stipulated
    """
    block = Block()
    for name, entry in entries.items():
        place = _Place(document, (*at, name), block.mistakes, entry, ranged)
        if name not in NAMES:
            near = did_you_mean(name, NAMES)
            place.refuse((), f"no parameter is named '{name}'{near}", ", ".join(NEEDED))
        else:
            _check_entry(place, name)
            block.values |= dict(_values(place, name))
    if "mix" in entries:
        _check_mix(_Place(document, (*at, "mix"), block.mistakes, entries["mix"], ranged), block)
    elif any(key.startswith("mix.") for key in block.values):
        first = next(key for key in block.values if key.startswith("mix."))
        what = "the shares of the four rungs stand together"
        block.mistakes.append(document.mistake((*at, first), what, 'mix: {value: {"2": ..., ..., "5": ...}}'))
    return block


def value_at(document: Document, path: KeyPath, raw: Any, key: str, mistakes: Mistakes) -> Value:
    """Return one value of a file, which has no range: a number, inf, or a law; mistakes are added to a list."""
    place = _Place(document, path, mistakes, None, False)
    if key.startswith("dwell.") and key.count(".") == 1:
        if raw not in DWELL_LAWS:
            place.refuse((), f"is no law of a rung's length (got {shown(raw)})", ", ".join(DWELL_LAWS))
        return str(raw)
    return _value(place, (), raw, limits_of(key), key)


def load_at(
    document: Document, at: KeyPath, event: str, ranges: tuple[Any, Any, Any], raw: Any, mistakes: Mistakes
) -> Value:
    """Return one load, 0 to 1; `ranges` are those of all loads, of its sector's and its own, any of them None."""
    place = _Place(document, (*at, event), mistakes, None, True)
    value = _value(place, ("load",), raw, LOAD, "load")
    keys = (str(at[-1]), event, "load")
    span = next((s for i in (2, 1, 0) if (s := _span(ranges[i], keys[i:])) is not None), None)
    if span is None or not is_number(value) or span[0] == span[-1]:
        return value
    outside = [one for one in span if not LOAD.allow(one)]
    if outside:
        place.refuse(("range",), f"reaches {outside[0]:g}, out of its limits", str(LOAD))
        return value
    return _over(place, "load", value, span)


# -- one entry ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Place:
    """Where an entry stands, and where its mistakes go."""

    document: Document
    path: KeyPath
    mistakes: Mistakes
    entry: ParameterModel | None
    ranged: bool

    def refuse(self, below: KeyPath, what: str, allowed: str) -> None:
        self.mistakes.append(self.document.mistake((*self.path, *below), what, allowed))


def _check_entry(place: _Place, name: str) -> None:
    """What goes with what in an entry, whatever its value."""
    entry = place.entry
    assert entry is not None
    if entry.varied_by is not None and entry.varied_by not in COMMON:
        near = did_you_mean(entry.varied_by, COMMON)
        what = f"no common factor is named '{entry.varied_by}'{near}"
        place.refuse(("varied_by",), what, ", ".join(COMMON))
    if name == "mix":
        return
    if entry.law == "dirichlet" or entry.total is not None or entry.per is not None:
        key = "law" if entry.law == "dirichlet" else "total" if entry.total is not None else "per"
        place.refuse((key,), "is of the mix of rungs alone", "law: dirichlet, total and per in `mix`")
    elif entry.law is not None and not place.ranged:
        what = "a scenario's number is the number, and no law is drawn over its range"
        place.refuse(("law",), what, "the law in the value: {law: uniform, low: 0, high: 1}")
    elif entry.law is not None and entry.range is None:
        place.refuse(("law",), f"is the law {entry.law} without its range", "a `range` of [low, high] beside it")


def _values(place: _Place, name: str) -> Iterator[tuple[str, Value]]:
    """Every value of an entry by dotted key."""
    assert place.entry is not None
    raw, family = place.entry.value, FAMILIES.get(name)
    if family is None:
        yield from _leaf(place, name, raw, ("value",))
        return
    if not isinstance(raw, dict) or "law" in raw:
        what = f"is not a mapping of index to value (got {shown(raw)})"
        place.refuse(("value",), what, f"a mapping with keys out of {', '.join(family)}")
        return
    for index, one in raw.items():
        if index in family:
            yield from _leaf(place, f"{name}.{index}", one, ("value", index))
        else:
            near = did_you_mean(index, family)
            place.refuse(("value", index), f"{name} has no '{index}'{near}", ", ".join(family))


def _leaf(place: _Place, key: str, raw: Any, below: KeyPath) -> Iterator[tuple[str, Value]]:
    if key.startswith("dwell."):
        yield from _dwell(place, key, raw, below)
    else:
        yield key, _ranged(place, key, _value(place, below, raw, limits_of(key), key), below)


def _dwell(place: _Place, key: str, raw: Any, below: KeyPath) -> Iterator[tuple[str, Value]]:
    """A law of a rung's length: its name, and each of its numbers."""
    law = raw.get("law") if isinstance(raw, dict) else None
    if law not in DWELL_LAWS:
        near = did_you_mean(law, DWELL_LAWS) if isinstance(law, str) else ""
        what = f"is no law of a rung's length{near} (got {shown(raw if law is None else law)})"
        place.refuse((*below, "law"), what, "; ".join(_dwell_form(name) for name in DWELL_LAWS))
        return
    yield key, law
    numbers = {word: one for word, one in raw.items() if word != "law"}
    if set(numbers) != set(DWELL_TAKES[law]):
        got = ", ".join(numbers) or "nothing"
        place.refuse(below, f"the law {law} does not take this (got {got})", _dwell_form(law))
        return
    for word, one in numbers.items():
        inner = f"{key}.{word}"
        yield inner, _ranged(place, inner, _value(place, (*below, word), one, limits_of(inner), inner), (*below, word))


def _dwell_form(law: str) -> str:
    return "{" + ", ".join([f"law: {law}", *(f"{word}: ..." for word in DWELL_TAKES[law])]) + "}"


# -- one value ---------------------------------------------------------------------------------------------------------


def _value(place: _Place, below: KeyPath, raw: Any, limits: Limits, key: str) -> Value:
    if isinstance(raw, dict):
        return _dissent(place, below, raw, key) if "members" in raw else _law(place, below, raw, limits, key)
    number = math.inf if raw == "inf" and limits.infinite else raw
    if isinstance(number, bool) or not isinstance(number, int | float):
        place.refuse(below, f"is no number (got {shown(raw)})", f"{limits}, or a law")
        return 0.0
    if not limits.allow(number):
        broken = limits.whole and limits.allow(number, drawn=True)
        what = "is not whole" if broken else "is out of its limits"
        place.refuse(below, f"{what} (got {shown(raw)})", str(limits))
        return 0.0
    return number


def _dissent(place: _Place, below: KeyPath, raw: dict[str, Any], key: str) -> Value:
    """The chance that none of so many members objects."""
    members, dissent = raw.get("members"), raw.get("dissent")
    good = isinstance(members, int) and not isinstance(members, bool) and members >= 1
    if key not in _VOTES or set(raw) != {"members", "dissent"} or not good or not _is_chance(dissent):
        allowed = f"{{members: a whole number of at least 1, dissent: 0 to 1}}, for {', '.join(_VOTES)}"
        place.refuse(below, f"is no vote of members (got {shown(raw)})", allowed)
        return 0.0
    assert isinstance(members, int)
    assert dissent is not None
    return float((1 - dissent) ** members)


def _is_chance(x: Any) -> bool:
    return is_number(x) and 0 <= x <= 1


def _law(place: _Place, below: KeyPath, raw: dict[str, Any], limits: Limits, key: str) -> Value:
    """A law that is written out: {law: uniform, low: 0, high: 1, per: path}."""
    name, per = raw.get("law"), raw.get("per", "path")
    if not isinstance(name, str) or name not in LAWS:
        near = did_you_mean(name, LAWS) if isinstance(name, str) else ""
        what = f"is no law{near} (got {shown(name if 'law' in raw else raw)})"
        place.refuse((*below, "law") if "law" in raw else below, what, ", ".join(LAWS))
        return 0.0
    if per not in ("path", "outer"):
        place.refuse((*below, "per"), f"is not what a law is drawn for (got {shown(per)})", "path, outer")
        return 0.0
    if key == "horizon":
        place.refuse(below, "the horizon is one number of months", str(limits))
        return 60
    numbers = {word: one for word, one in raw.items() if word not in ("law", "per")}
    wrong = law_flaw(name, numbers, limits, rounded=key in ROUNDED)
    if wrong:
        place.refuse(below, wrong, f"{{law: {name}, {', '.join(f'{word}: ...' for word in LAWS[name])}}}, {limits}")
        return 0.0
    return Law(name, {word: tuple(one) if isinstance(one, list) else one for word, one in numbers.items()}, per)


# -- ranges ------------------------------------------------------------------------------------------------------------


def _ranged(place: _Place, key: str, value: Value, below: KeyPath) -> Value:
    """A number with the range that covers it; one without, or that is not to be varied by itself, is a point."""
    entry = place.entry
    if entry is None or not place.ranged or entry.varied_by or not is_number(value) or key == "horizon":
        return value
    span = _span(entry.range, tuple(map(str, below[1:])))
    if key.startswith("mix.") or span is None or (len(span) == 2 and span[0] == span[1]):
        return value
    outside = [one for one in span if not limits_of(key).allow(one, drawn=key in ROUNDED)]
    if outside:
        place.refuse(("range",), f"the range of {key} reaches {outside[0]:g}, out of its limits", str(limits_of(key)))
        return value
    return _over(place, key, value, span)


def _over(place: _Place, key: str, value: Any, span: list[float]) -> Value:
    """A default with the law over its range."""
    if len(span) != 2:
        return Ranged(value, Law("values", {"values": tuple(span)}, "outer"))
    low, high = span
    if not low <= value <= high and not math.isinf(value):
        return float(value)  # told where bases are looked at
    name = (place.entry and place.entry.law) or "pert"
    if name == "log-uniform" and low <= 0:
        place.refuse(("range",), f"is log-uniform from {low:g}, which is not above 0", "a low end above 0")
        return float(value)
    if name in ("pert", "triangular") and math.isinf(value):
        place.refuse(("value",), "is infinite, which no range covers (got inf)", "a number, or inf without a range")
        return float(value)
    numbers = (
        {"low": low, "high": high} if name in ("uniform", "log-uniform") else {"low": low, "mode": value, "high": high}
    )
    return Ranged(value, Law(name, numbers, "outer"))


def _span(found: Any, keys: tuple[str, ...]) -> list[float] | None:
    """The range of the number at `keys`, as :mod:`mcda.files.basis` looks it up: two ends, or allowed values."""
    if isinstance(found, Mapping):
        for i, key in enumerate(keys):
            if key in found:
                return _span(found[key], keys[i + 1 :])
        return None
    good = isinstance(found, list) and len(found) >= 2 and all(map(is_number, found))
    return found if good else None


# -- the mix of rungs --------------------------------------------------------------------------------------------------


def _check_mix(place: _Place, block: Block) -> None:
    """All four shares, numbers that sum to 1, and their common law."""
    entry = place.entry
    assert entry is not None
    shares = [block.values.get(f"mix.{rung}") for rung in FAMILIES["mix"]]
    numbers = [float(one) for one in shares if isinstance(one, int | float)]
    if len(numbers) < len(shares):
        place.refuse(("value",), "does not give a number for each rung", "numbers for 2, 3, 4, 5 that sum to 1")
    elif abs(sum(numbers) - 1) > _TOLERANCE:
        place.refuse(("value",), f"has shares that sum to {sum(numbers):g}", "numbers for 2, 3, 4, 5 that sum to 1")
    if entry.law not in (None, "dirichlet"):
        place.refuse(("law",), f"is no law of shares (got {shown(entry.law)})", "dirichlet")
    elif (entry.law is None) != (entry.total is None):
        key = "total" if entry.law is None else "law"
        place.refuse((key,), "is one of `law: dirichlet` and `total` without the other", "both, or neither")
    block.mix_law = None if entry.total is None else (entry.total, _mix_per(entry, place.ranged))


def _mix_per(entry: ParameterModel, ranged: bool) -> Literal["path", "outer", "range"]:
    return entry.per or ("range" if ranged else "path")
