"""The door's second lock: a document against its pydantic model, every error said in the words of the file.

How a model is typed. A model is strict, frozen and forbids extra keys; its fields have the types that the domain
object wants (``tuple[float, ...]``, ``frozenset[str]``, ``dict[str, X]``, ``date``, an ``Enum``, ``Literal``) and
nothing is added for the sake of YAML. That works because :func:`validate` hands the data over as JSON, whose types are
exactly those of YAML's core schema: in JSON mode strict pydantic takes a list for a tuple or a set, a text for a date
or an enum, the text of a key for an ``int`` key and an integer for a ``float``, since JSON has no other way to write
them, and still refuses ``"3"`` or ``true`` for a number, ``1`` for a bool and ``3.0`` for an ``int``. In Python mode a
list for a tuple is refused, and each such field would need a validator of its own. Floats survive the way unchanged
(`repr` and back), NaN and infinities too: say ``allow_inf_nan=False`` in the model's configuration.

Prefer unions with a ``discriminator``: their mistakes are the clearest. Of other unions the member that fits best is
taken, and its mistakes alone are told; where none fits at all, there is one mistake, which lists what would.

A validator of a model's own raises ``ValueError("what is wrong; what is allowed")``; it stands at the line of its
field, or of its model.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, PydanticUserError, ValidationError
from pydantic_core import ErrorDetails

from mcda.errors import InvalidFile, Mistake, did_you_mean
from mcda.files.document import Document, KeyPath, shown

__all__ = ["validate", "validate_file"]

M = TypeVar("M", bound=BaseModel)
_Schema = Mapping[str, Any]

#: What is said of a value of the right type that is not allowed; what is allowed comes from the model's JSON Schema.
_WRONG = {
    "greater_than": "is too small",
    "greater_than_equal": "is too small",
    "less_than": "is too large",
    "less_than_equal": "is too large",
    "finite_number": "is not finite",
    "too_short": "has too few items",
    "too_long": "has too many items",
    "string_too_short": "is too short",
    "string_too_long": "is too long",
    "string_pattern_mismatch": "does not have the right form",
}
_CHOICES = ("literal_error", "enum", "union_tag_invalid")
_OTHER_KINDS = ("int_from_float", "none_required", "date_from_datetime_inexact")


def validate(model: type[M], document: Document, at: KeyPath = ()) -> M:
    """Return a document, or the part of it at a path, as a model.

    Parameters
    ----------
    model : subclass of pydantic.BaseModel
        See this module's docstring for how its fields are typed.
    document : Document
        The file as read.
    at : path
        The part to validate; all of it by default.

    Raises
    ------
    InvalidFile
        With every mistake that the model finds.
    """
    data = _part(document, at)
    try:
        return model.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        troubles = [_trouble(details, data) for details in error.errors(include_url=False)]
    schema = _Lookup(_json_schema(model))
    raise InvalidFile(_mistake(trouble, schema, document, at) for trouble in _reduced(troubles)) from None


def validate_file(model: type[M], document: Document) -> M:
    """Return a whole document as a model; one of another `format` is refused for that alone.

    Errors: as those of :func:`validate`.
    """
    wanted, found = get_args(model.model_fields["format"].annotation)[0], document.data.get("format")
    if isinstance(found, str) and found != wanted:
        what = f"is another kind of file (got {shown(found)})"
        raise InvalidFile([document.mistake(("format",), what, wanted)])
    return validate(model, document)


def _part(document: Document, at: KeyPath) -> Any:
    data = document.data
    for part in at:
        if not _has(data, part):
            raise InvalidFile([document.mistake(at, "is missing", "a mapping of keys to values")])
        data = data[part]
    return data


def _has(data: Any, part: str | int) -> bool:
    if isinstance(part, str):
        return isinstance(data, dict) and part in data
    return isinstance(data, list) and 0 <= part < len(data)


def _json_schema(model: type[BaseModel]) -> _Schema:
    with suppress(PydanticUserError):  # a type that has no JSON Schema: then messages list less
        return model.model_json_schema()
    return {}


# --- Where an error stands


@dataclass(frozen=True)
class _Step:
    """One part of pydantic's location: a key or index of the file, or the label of a union's member."""

    part: str | int
    is_label: bool = False


@dataclass(frozen=True)
class _Trouble:
    """One of pydantic's errors; the first `done` steps of it have been looked at for unions."""

    steps: tuple[_Step, ...]
    kind: str
    details: ErrorDetails
    of_key: bool = False
    done: int = 0

    @property
    def path(self) -> KeyPath:
        return _path(self.steps)

    @property
    def union_at(self) -> int | None:
        """The step that is the label of the outermost union not yet looked at."""
        return next((i for i, step in enumerate(self.steps) if step.is_label and i >= self.done), None)

    @property
    def is_mismatch(self) -> bool:
        """Whether the value is of another kind altogether, and not of the right kind but wrong."""
        return self.kind in (*_CHOICES, *_OTHER_KINDS) or self.kind.endswith(("_type", "_parsing"))


def _path(steps: Iterable[_Step]) -> KeyPath:
    return tuple(step.part for step in steps if not step.is_label)


def _trouble(details: ErrorDetails, data: Any) -> _Trouble:
    loc, kind = details["loc"], details["type"]
    if loc[-1:] == ("[key]",):
        return _Trouble(_steps(loc[:-1], data), kind, details, of_key=True)
    if kind == "missing":
        return _Trouble((*_steps(loc[:-1], data), _Step(loc[-1])), kind, details)
    steps = _steps(loc, data)
    if kind.startswith("union_tag"):
        steps = (*steps, _Step(details["ctx"]["discriminator"].strip("'")))
    return _Trouble(steps, kind, details)


def _steps(loc: tuple[str | int, ...], data: Any) -> tuple[_Step, ...]:
    """Tell the keys of a location from the labels that pydantic puts between them, by what the data has."""
    if not loc:
        return ()
    head, rest = loc[0], loc[1:]
    as_label = (_Step(head, is_label=True),)
    if not _has(data, head):
        return (*as_label, *_steps(rest, data))
    as_key = (_Step(head), *_steps(rest, data[head]))
    if isinstance(head, int) or not any(step.is_label for step in as_key):
        return as_key
    return max(as_key, (*as_label, *_steps(rest, data)), key=lambda steps: len(_path(steps)))


# --- One member of each union


def _reduced(troubles: Sequence[_Trouble]) -> list[_Trouble]:
    """Keep of each union the troubles of the member that fits best, or one trouble where none fits."""
    kept = [trouble for trouble in troubles if trouble.union_at is None]
    unions: defaultdict[tuple[_Step, ...], defaultdict[str, list[_Trouble]]] = defaultdict(lambda: defaultdict(list))
    for trouble in troubles:
        if (position := trouble.union_at) is not None:
            members = unions[trouble.steps[:position]]
            members[str(trouble.steps[position].part)].append(replace(trouble, done=position + 1))
    for union, members in unions.items():
        kept += _best_member(union, [_reduced(member) for member in members.values()])
    return kept


def _best_member(union: tuple[_Step, ...], members: Sequence[list[_Trouble]]) -> list[_Trouble]:
    here = _path(union)
    best = min(members, key=lambda member: _misfit(here, member))
    mismatched, wrong_kind, *_ = _misfit(here, best)
    if mismatched:
        return [replace(_first_at(best, len(here)), steps=union)]
    if wrong_kind and len(members) > 1:
        choice = _first_at(best, len(here) + 1)
        return [replace(choice, steps=(*union, choice.steps[-1]))]
    return best


def _misfit(here: KeyPath, member: Sequence[_Trouble]) -> tuple[bool, bool, int, int]:
    """Order members: another kind of value, then another `kind:` key, then more troubles, then shallower ones."""
    mismatched = any(trouble.is_mismatch and trouble.path == here for trouble in member)
    wrong_kind = any(trouble.kind == "literal_error" and len(trouble.path) == len(here) + 1 for trouble in member)
    deepest = max(len(trouble.path) for trouble in member)
    return mismatched, wrong_kind, len(member), -deepest


def _first_at(member: Sequence[_Trouble], depth: int) -> _Trouble:
    return next(trouble for trouble in member if trouble.is_mismatch and len(trouble.path) == depth)


# --- What is wrong


def _mistake(trouble: _Trouble, schema: _Lookup, document: Document, at: KeyPath) -> Mistake:
    parts = schema.at(trouble.steps)
    describe = _describer(trouble)
    what, allowed = describe(trouble, schema, parts)
    return document.mistake((*at, *_existing(trouble)), what, allowed)


def _existing(trouble: _Trouble) -> KeyPath:
    """Return the path to report: of an item that a list of fixed length lacks, the list's."""
    lacks_item = trouble.kind == "missing" and isinstance(trouble.path[-1], int)
    return trouble.path[:-1] if lacks_item else trouble.path


_Described = tuple[str, str]
_Describer = Callable[[_Trouble, "_Lookup", "list[_Schema]"], _Described]


def _describer(trouble: _Trouble) -> _Describer:
    if trouble.of_key:
        return _wrong_key
    special = {"missing": _missing, "union_tag_not_found": _missing, "extra_forbidden": _unknown_key}
    return special.get(trouble.kind) or (_wrong_value if _is_known(trouble) else _own_words)


def _is_known(trouble: _Trouble) -> bool:
    return trouble.is_mismatch or trouble.kind in _WRONG


def _missing(trouble: _Trouble, schema: _Lookup, parts: list[_Schema]) -> _Described:
    name = trouble.path[-1]
    if isinstance(name, int):
        return "has too few items", _nouns(schema.at(trouble.steps[:-1]))
    return "is missing", _nouns(parts)


def _unknown_key(trouble: _Trouble, schema: _Lookup, parts: list[_Schema]) -> _Described:
    known = [key for part in schema.at(trouble.steps[:-1]) for key in part.get("properties", {})]
    known = list(dict.fromkeys(known))
    near = did_you_mean(str(trouble.path[-1]), known)
    return f"is not a key here{near}", ", ".join(known) or "no keys"


def _wrong_key(trouble: _Trouble, schema: _Lookup, parts: list[_Schema]) -> _Described:
    above = schema.at(trouble.steps[:-1])
    names = [option for part in above if (keys := _key_schema(part)) for option in schema.options(keys)]
    near = did_you_mean(str(trouble.path[-1]), _words(names))
    allowed = "a whole number" if trouble.kind.startswith("int_") else _nouns(names or [{"type": "string"}])
    return f"is not allowed as a key{near}", allowed


def _key_schema(part: _Schema) -> _Schema:
    """Return what the keys of a mapping have to be: pydantic writes a pattern of theirs apart from the rest."""
    found = dict(part.get("propertyNames", {}))
    for pattern in part.get("patternProperties", ()):
        found.update(type="string", pattern=pattern)
    return found


def _wrong_value(trouble: _Trouble, schema: _Lookup, parts: list[_Schema]) -> _Described:
    got, allowed = _got(trouble), _nouns(parts)
    if trouble.kind in _WRONG:
        return f"{_WRONG[trouble.kind]} (got {shown(got)})", allowed
    words = _words(parts)
    if words and isinstance(got, str):
        return f"is not one of the words allowed here{did_you_mean(got, words)} (got {shown(got)})", allowed
    instead = f"not {allowed}" if len(allowed) <= 60 else "which is not allowed here"
    return f"is {_kind(got)}, {instead} (got {shown(got)})", allowed


def _got(trouble: _Trouble) -> Any:
    value = trouble.details["input"]
    if trouble.kind == "union_tag_invalid" and isinstance(value, dict):
        return value.get(trouble.path[-1])
    return value


def _own_words(trouble: _Trouble, schema: _Lookup, parts: list[_Schema]) -> _Described:
    """A validator of the model's own: its message is ``what is wrong; what is allowed``."""
    message = " ".join(trouble.details["msg"].split())
    for prefix in ("Value error, ", "Assertion failed, "):
        message = message.removeprefix(prefix)
    what, _, allowed = message.partition("; ")
    value = trouble.details["input"]
    if not isinstance(value, dict | list) and "(got " not in what:
        what += f" (got {shown(value)})"
    return what, allowed or _nouns(parts)


def _kind(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and not value.is_integer():
        return "a number with decimals"
    kinds = {int: "a number", float: "a number with a decimal point", str: "text", list: "a list", dict: "a mapping"}
    return kinds.get(type(value), type(value).__name__)


# --- What is allowed: read from the model's JSON Schema


class _Lookup:
    """Finds the parts of a JSON Schema that apply at a place of the file."""

    def __init__(self, schema: _Schema) -> None:
        self.schema = schema

    def at(self, steps: Iterable[_Step]) -> list[_Schema]:
        """Return the alternatives that the schema has for a place; of a union, the member that a label names."""
        found = list(self._named(self.schema))
        for step in steps:
            if step.is_label:
                found = [(names, part) for names, part in found if step.part in names] or found
            else:
                inner = [child for _, part in found for child in _children(part, step.part)]
                found = [pair for child in inner for pair in self._named(child)]
        return [part for _, part in found]

    def options(self, schema: _Schema) -> list[_Schema]:
        """Return the alternatives of a schema, its references followed."""
        return [part for _, part in self._named(schema)]

    def _named(self, schema: _Schema, names: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], _Schema]]:
        """Yield the alternatives with the labels that pydantic may give them."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            yield from self._named(self.schema.get("$defs", {})[name], (*names, name))
            return
        members = [member for key in ("anyOf", "oneOf", "allOf") for member in schema.get(key, ())]
        tags = {ref: tag for tag, ref in schema.get("discriminator", {}).get("mapping", {}).items()}
        for member in members:
            tag = tags.get(member.get("$ref"))
            yield from self._named(member, names if tag is None else (*names, tag))
        if not members:
            yield (*names, str(schema.get("title", ""))), schema


def _children(schema: _Schema, part: str | int) -> list[_Schema]:
    """Return the schemas of a key or an item, as far as there are any."""
    if isinstance(part, str):
        others = [*schema.get("patternProperties", {}).values(), schema.get("additionalProperties")]
        child = schema.get("properties", {}).get(part, others[0])
    else:
        prefix = schema.get("prefixItems", ())
        child = prefix[part] if part < len(prefix) else schema.get("items")
    return [child] if isinstance(child, Mapping) else []


def _words(parts: Iterable[_Schema]) -> list[str]:
    """Return the words that are allowed as such."""
    return [value for part in parts for value in _values(part) if isinstance(value, str)]


def _values(part: _Schema) -> list[Any]:
    return [part["const"]] if "const" in part else list(part.get("enum", ()))


def _nouns(parts: Iterable[_Schema]) -> str:
    """Return what is allowed, in words: ``auto or a number from 0 to 1``."""
    nouns = list(dict.fromkeys(noun for part in parts for noun in _noun(part)))
    if len(nouns) < 2:
        return nouns[0] if nouns else "another value"
    return f"{', '.join(nouns[:-1])} or {nouns[-1]}"


def _noun(part: _Schema) -> list[str]:
    values = _values(part)
    if values:
        return [value if isinstance(value, str) else shown(value) for value in values]
    describe = _NOUNS.get(part.get("type", ""))
    return [describe(part)] if describe else ["another value"]


_BOUNDS = {"exclusiveMinimum": "above", "minimum": "at least", "exclusiveMaximum": "below", "maximum": "at most"}


def _number_noun(part: _Schema) -> str:
    noun = "a whole number" if part["type"] == "integer" else "a number"
    if "minimum" in part and "maximum" in part:
        return f"{noun} from {_plain(part['minimum'])} to {_plain(part['maximum'])}"
    bounds = " and ".join(f"{word} {_plain(part[key])}" for key, word in _BOUNDS.items() if key in part)
    of = " of" if bounds.startswith("at ") else ""
    return f"{noun}{of} {bounds}" if bounds else noun


def _plain(bound: float) -> str:
    return str(int(bound)) if float(bound).is_integer() else str(bound)


def _text_noun(part: _Schema) -> str:
    if part.get("format") == "date":
        return "a date such as 2025-01-31"
    such = f" such as {part['examples'][0]}," if part.get("examples") else ""
    noun = f"text{such} of the form {part['pattern']}" if "pattern" in part else f"text{such.rstrip(',')}"
    return noun + _sized(part, "Length", "character")


def _sized(part: _Schema, key: str, unit: str) -> str:
    """Return how many characters, items or keys are allowed: `` of at least 2 items``, or ''."""
    low, high = part.get(f"min{key}", 0), part.get(f"max{key}")
    if not low and high is None:
        return ""
    size = f"at least {low}" if high is None else f"at most {high}" if not low else f"{low} to {high}"
    return f" of {high if low == high else size} {unit}{'' if (high or low) == 1 else 's'}"


_NOUNS: Mapping[str, Callable[[_Schema], str]] = {
    "number": _number_noun,
    "integer": _number_noun,
    "string": _text_noun,
    "boolean": lambda part: "true or false",
    "array": lambda part: "a list" + _sized(part, "Items", "item"),
    "object": lambda part: "a mapping of keys to values" + _sized(part, "Properties", "key"),
    "null": lambda part: "null",
}
