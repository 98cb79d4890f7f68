"""The one way in for YAML: text to plain data, with the line of every node, and every refusal said in words.

A file is read as YAML 1.2 with the types of the core schema and nothing else: no tags, anchors, aliases, merge keys or
directives, one document, a mapping at the top. So a file means what it shows, in any reader.

The tree is built from the parser's events with a stack of our own, and nothing of ruamel's resolver, composer or
constructor is used. That is why bombs and deep nesting cost nothing (events come one at a time, and reading stops at
the first one too many), why there is no recursion to exhaust, and why `no` stays text whatever a directive says.

Which line a node has: an entry of a mapping that of its key, an item of a list its own, the top that of its first key.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
)

from mcda.errors import InvalidFile, Mistake, UsageError, did_you_mean

__all__ = [
    "ALLOWED_SCALAR", "MAX_DEPTH", "Document", "KeyPath", "Scalar", "dotted", "plain_scalar", "read_document", "shown",
    "why_unreadable",
]  # fmt: skip

KeyPath: TypeAlias = tuple[str | int, ...]
Scalar: TypeAlias = str | int | float | bool | None

MAX_BYTES = 5_000_000
MAX_NODES = 200_000
MAX_DEPTH = 20
MAX_DIGITS = 18
MAX_MISTAKES = 100

_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff"
#: What no text may hold, written out or as an escape: Word, Excel and terminals choke on it.
_FORBIDDEN_IN_TEXT = re.compile(f"[{_CONTROL}]")
#: What the file itself may not hold: the same, and the invisible characters that YAML readers disagree about.
_FORBIDDEN_IN_FILE = re.compile(f"[{_CONTROL}\x85\u2028\u2029\ufeff]")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_PLAIN_KEY = re.compile(r"[^\s.:;\[\]\"']{1,60}")

_WORDS: Mapping[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")

#: ruamel's scanner lets these through on malformed escapes and tags; to the reader of a file they are syntax errors.
_PARSER_ERRORS = (
    YAMLError, ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
)  # fmt: skip


def dotted(path: KeyPath) -> str:
    """Return a path as it is written in messages: ``rule.cuts[1]``; a key that is not one plain word in quotes."""
    parts = []
    for part in path:
        if isinstance(part, int):
            parts.append(f"[{part}]")
        elif _PLAIN_KEY.fullmatch(part):
            parts.append(f".{part}" if parts else part)
        else:
            parts.append(f"[{_quoted(part)}]")
    return "".join(parts)


@dataclass(frozen=True)
class Document:
    """A file that was read: its data, and where each part of it stands.

    Attributes
    ----------
    file : str
        The name of the file as the user wrote it.
    data : Any
        Plain dict, list, str, int, float, bool and None; a dict at the top.
    lines : Mapping of path to int
        The line of every node, counted from 1. A path is a tuple of keys and list indices; ``()`` is the top.
    settings : Mapping of path to int
        What ``--set`` put in place of the file's: which of the settings, counted from 1.
    """

    file: str
    data: Any
    lines: Mapping[KeyPath, int]
    settings: Mapping[KeyPath, int] = field(default_factory=dict)

    def line(self, path: KeyPath) -> int:
        """Return the line of a path, or that of its nearest ancestor that the file has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def mistake(self, path: KeyPath, what: str, allowed: str) -> Mistake:
        """Return the mistake that stands at a path: in the file, or in a ``--set`` of its own."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.settings:
                return Mistake("--set", self.settings[path[:end]], dotted(path), what, allowed)
        return Mistake(self.file, self.line(path), dotted(path), what, allowed)

    def refusal(self, path: KeyPath, reason: UsageError) -> Mistake:
        """Return the mistake at a path for what a domain object refuses: ``what is wrong; allowed: what is``."""
        what, _, allowed = str(reason).partition("; allowed: ")
        return self.mistake(path, what, allowed or "see docs/files.md")

    @staticmethod
    def dotted(path: KeyPath) -> str:
        """Return a path as it is written in messages: ``rule.cuts[1]``."""
        return dotted(path)


def read_document(path: str | Path, *, text: str | None = None) -> Document:
    """Read one YAML file, or refuse it with all of its mistakes.

    Parameters
    ----------
    path : str or Path
        The file. Messages name it as it is given here.
    text : str, optional
        The text to read in place of the file's; `path` is then only its name.

    Returns
    -------
    Document
        The data, and the line of every node.

    Raises
    ------
    InvalidFile
        If the file cannot be read, is too large, is not one YAML 1.2 document with a mapping at the top, or uses what
        is refused here. A syntax error comes alone; all other mistakes come together (the first 100 of them).
    """
    file = os.fspath(path)
    content = _read_text(file) if text is None else text.removeprefix("\ufeff")
    _check_size(file, len(content.encode("utf-8", "surrogatepass")))
    _check_characters(file, content)
    return _Walk(file, content).document()


def plain_scalar(text: str) -> Scalar:
    """Return what an unquoted scalar means in the YAML 1.2 core schema: null, true, false, a number, or text.

    Raises
    ------
    ValueError
        For an integer of more than 18 digits and for a number too large for a 64-bit float, saying so.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        return _float(text)
    return text


def _integer(text: str) -> int:
    digits = text.lstrip("+-")
    base = {"0o": 8, "0x": 16}.get(digits[:2], 10)
    value = int(text, base) if len(digits) <= MAX_DIGITS + 2 else None
    if value is None or abs(value) >= 10**MAX_DIGITS:
        raise ValueError(f"a whole number of more than {MAX_DIGITS} digits (got {_cut(text)})")
    return value


def _float(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"a number too large for a 64-bit float (got {_cut(text)})")
    return value


def shown(value: Any) -> str:
    """Return a value as messages show it: in one line, text in quotes, at most 60 characters."""
    if isinstance(value, dict):
        return f"a mapping of {len(value)} keys" if value else "an empty mapping"
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    return _cut(json.dumps(value, ensure_ascii=False, default=str))


def _cut(text: str, width: int = 60) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _quoted(text: str) -> str:
    return json.dumps(_cut(text), ensure_ascii=False)


# --- The bytes of a file


def _fail(file: str, what: str, allowed: str, line: int = 1) -> InvalidFile:
    return InvalidFile([Mistake(file, line, "", what, allowed)])


def _read_text(file: str) -> str:
    raw = _read_bytes(file)
    _check_size(file, len(raw))
    try:
        return raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        hint = " (it looks like UTF-16)" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        what = f"is not UTF-8{hint}: byte 0x{raw[error.start]:02x} at offset {error.start}"
        raise _fail(file, what, "text saved as UTF-8", raw.count(b"\n", 0, error.start) + 1) from None


def _read_bytes(file: str) -> bytes:
    try:
        with open(file, "rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _fail(file, why_unreadable(file, error), "a YAML file that can be read") from None


def why_unreadable(file: str, error: Exception) -> str:
    """Return in words why a file could not be opened or read."""
    if isinstance(error, FileNotFoundError) and os.path.islink(file):
        return "is a link to a file that is not there"
    if isinstance(error, FileNotFoundError):
        return f"there is no such file{did_you_mean(os.path.basename(file), _siblings(file))}"
    if isinstance(error, OSError) and os.path.isdir(file):
        return "is a directory"
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return f"cannot be read ({reason})"


def _siblings(file: str) -> list[str]:
    try:
        return sorted(set(os.listdir(os.path.dirname(file) or ".")) - {os.path.basename(file)})
    except OSError:
        return []


def _check_size(file: str, size: int) -> None:
    if size > MAX_BYTES:
        raise _fail(file, f"is larger than {MAX_BYTES // 10**6} MB", f"at most {MAX_BYTES:,} bytes")


def _check_characters(file: str, content: str) -> None:
    found = _FORBIDDEN_IN_FILE.search(content)
    if found is None:
        return
    name = "a NUL character (U+0000)" if found[0] == "\0" else f"the character U+{ord(found[0]):04X}"
    line, column = _position(content, found.start())
    what = f"has {name} at column {column}, which is forbidden"
    raise _fail(file, what, "printable text, tabs and line breaks", line)


def _position(content: str, offset: int) -> tuple[int, int]:
    breaks = list(_LINE_BREAK.finditer(content, 0, offset))
    return len(breaks) + 1, offset - (breaks[-1].end() if breaks else 0) + 1


# --- The walk over the parser's events


_DIRECTIVE = "has a directive"


class _Stop(Exception):
    """Nothing more can be said, or is worth saying, about this file."""


@dataclass
class _Key:
    """A key that waits for its value; `keep` is false where the key itself was refused."""

    path: KeyPath
    line: int
    keep: bool


@dataclass
class _Frame:
    """A list or mapping that is being read; `is_key` where it stands in the place of a key."""

    path: KeyPath
    container: dict[str, Any] | list[Any]
    is_key: bool
    key: _Key | None = None
    seen: dict[str, int] = field(default_factory=dict)

    @property
    def awaits_key(self) -> bool:
        return isinstance(self.container, dict) and self.key is None


class _Walk:
    """Builds the tree of one file, and collects its mistakes on the way."""

    def __init__(self, file: str, content: str) -> None:
        self.file = file
        self.content = content
        self.mistakes: list[Mistake] = []
        self.lines: dict[KeyPath, int] = {}
        self.frames: list[_Frame] = []
        self.root: Any = None
        self.nodes = 0
        self.documents = 0
        self.at_line = 1

    def document(self) -> Document:
        """Return the document, or raise InvalidFile."""
        with suppress(_Stop):
            self._read()
        if self.mistakes:
            raise InvalidFile(self.mistakes)
        return Document(self.file, self.root, self.lines)

    def _read(self) -> None:
        self._directives()
        with closing(YAML(typ="safe", pure=True).parse(self.content)) as events:
            for event in self._guarded(events):
                self.at_line = event.start_mark.line + 1
                self._event(event)
        self._check_top()

    def _guarded(self, events: Iterator[Any]) -> Iterator[Any]:
        """Yield the events; a syntax error takes the place of all else that was found, but for directives."""
        try:
            yield from events
        except _PARSER_ERRORS as error:
            directives = [mistake for mistake in self.mistakes if mistake.what.startswith(_DIRECTIVE)]
            self.mistakes = directives or [_syntax_error(self.file, error, self.at_line)]
            raise _Stop from None

    def _refuse(self, path: KeyPath, what: str, allowed: str) -> None:
        self.mistakes.append(Mistake(self.file, self.at_line, dotted(path), what, allowed))
        if len(self.mistakes) >= MAX_MISTAKES:
            self._stop(f"has {MAX_MISTAKES} mistakes or more, and the rest was not read", "none")

    def _stop(self, what: str, allowed: str) -> None:
        self.mistakes.append(Mistake(self.file, self.at_line, "", what, allowed))
        raise _Stop

    def _directives(self) -> None:
        """Refuse directives, which can stand only before the first line of content."""
        lines = _LINE_BREAK.split(self.content)
        prelude = takewhile(lambda line: line.startswith("%") or line.lstrip(" \t")[:1] in ("", "#"), lines)
        for self.at_line, line in enumerate(prelude, start=1):
            if line.startswith("%"):
                what = f"{_DIRECTIVE} (got {_quoted(line.rstrip())})"
                self._refuse((), what, "YAML 1.2 without directives")

    def _check_top(self) -> None:
        self.at_line = self.lines.get((), 1)
        if self.root is None and not self.mistakes:
            self._refuse((), "is empty", "a mapping of keys to values at the top")
        elif not isinstance(self.root, dict) and self.root is not None:
            kind = "a list" if isinstance(self.root, list) else "a single value"
            self._refuse((), f"has {kind} at the top", "a mapping of keys to values at the top")

    # One method per kind of event.

    def _event(self, event: Any) -> None:
        if isinstance(event, DocumentStartEvent):
            self._document_start()
        elif isinstance(event, NodeEvent):
            self._node(event)
        elif isinstance(event, CollectionEndEvent):
            self._end()

    def _document_start(self) -> None:
        self.documents += 1
        if self.documents > 1:
            self._stop("begins a second document", "one document in a file")

    def _node(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._stop(f"has more than {MAX_NODES:,} nodes", "tables of scores in CSV files, not in YAML")
        here = self._here()
        self._check_properties(here, event)
        if isinstance(event, CollectionStartEvent):
            self._start(here, {} if isinstance(event, MappingStartEvent) else [])
        elif self.frames and self.frames[-1].awaits_key:
            self._key(event)
        else:
            self._add(here, None if isinstance(event, AliasEvent) else self._value(here, event))

    def _here(self) -> KeyPath:
        """Return the path of the node that comes now; of a key that of its mapping."""
        if not self.frames:
            return ()
        frame = self.frames[-1]
        if isinstance(frame.container, list):
            return (*frame.path, len(frame.container))
        return frame.path if frame.key is None else frame.key.path

    def _check_properties(self, here: KeyPath, event: Any) -> None:
        if isinstance(event, AliasEvent):
            self._refuse(here, f"is an alias (got *{_cut(event.anchor)})", "the value itself, written out")
            return
        if event.anchor is not None:
            self._refuse(here, f"has an anchor (got &{_cut(event.anchor)})", "values without anchors")
        if event.ctag is not None:
            self._refuse(here, f"has a tag (got {_cut(_short_tag(event.tag))})", "values without tags")

    def _start(self, here: KeyPath, container: dict[str, Any] | list[Any]) -> None:
        if len(self.frames) >= MAX_DEPTH:
            self._stop(f"is nested more than {MAX_DEPTH} deep", f"at most {MAX_DEPTH} levels")
        is_key = bool(self.frames) and self.frames[-1].awaits_key
        if is_key:
            kind = "a list" if isinstance(container, list) else "a mapping"
            self._refuse(here, f"has a key that is {kind}", "keys that are text")
        self._mark(here)
        self.frames.append(_Frame((*here, "?") if is_key else here, container, is_key))

    def _end(self) -> None:
        frame = self.frames.pop()
        if frame.is_key:
            self.frames[-1].key = _Key(frame.path, self.at_line, keep=False)
        else:
            self._add(self._here(), frame.container)

    def _add(self, here: KeyPath, value: Any) -> None:
        """Put a finished value where it belongs."""
        self._mark(here)
        if not self.frames:
            self.root = value
            return
        frame = self.frames[-1]
        if isinstance(frame.container, list):
            frame.container.append(value)
        elif frame.key is not None:
            if frame.key.keep:
                frame.container[str(frame.key.path[-1])] = value
            frame.key = None

    def _mark(self, here: KeyPath) -> None:
        key = self.frames[-1].key if self.frames else None
        self.lines.setdefault(here, self.at_line if key is None else key.line)

    def _key(self, event: Any) -> None:
        frame = self.frames[-1]
        name = None if isinstance(event, AliasEvent) else self._key_name(frame, event)
        path = (*frame.path, "?" if name is None else name)
        keep = name is not None and self._is_new(frame, name, path)
        frame.key = _Key(path, self.at_line, keep)

    def _key_name(self, frame: _Frame, event: Any) -> str | None:
        """Return the key, or None where it is refused."""
        if event.style is None and event.value == "<<":
            self._refuse(frame.path, "has a merge key (got <<)", "the keys themselves, written out")
            return None
        name = self._value(frame.path, event)
        if not isinstance(name, str):
            got = _cut(event.value) or "nothing"
            self._refuse(frame.path, f"has a key that is not text (got {got})", "keys that are text; quote it")
            return None
        return name

    def _is_new(self, frame: _Frame, name: str, path: KeyPath) -> bool:
        if name not in frame.seen:
            frame.seen[name] = self.at_line
            return True
        what = f"is a duplicate key, first on line {frame.seen[name]}"
        self._refuse(path, what, "each key once")
        return False

    def _value(self, here: KeyPath, event: Any) -> Scalar:
        """Return the value of a scalar; one that is refused is read as its text."""
        try:
            value = plain_scalar(event.value) if event.style is None else event.value
            return _checked_text(value) if isinstance(value, str) else value
        except ValueError as error:
            self._refuse(here, f"is {error}", ALLOWED_SCALAR)
            return str(event.value)


ALLOWED_SCALAR = f"numbers of at most {MAX_DIGITS} digits, floats below 1.8e308, printable text"


def _checked_text(text: str) -> str:
    """Return text with pairs of surrogate escapes (JSON's way to write an emoji) joined; refuse control characters."""
    if _FORBIDDEN_IN_TEXT.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    found = _FORBIDDEN_IN_TEXT.search(text)
    if found:
        raise ValueError(f"text with the forbidden character U+{ord(found[0]):04X} (as an escape)")
    return text


def _short_tag(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")


def _syntax_error(file: str, error: Exception, line: int) -> Mistake:
    """Return ruamel's report of a syntax error as one mistake in one line."""
    what, allowed = str(error) or type(error).__name__, "YAML 1.2; look at quotes, brackets, indentation"
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        line = line if mark is None else mark.line + 1
        what = ", ".join(str(part) for part in (error.context, error.problem) if part)
        if error.context_mark is not None and error.context_mark.line + 1 != line:
            what += f" (begun on line {error.context_mark.line + 1})"
    return Mistake(file, line, "", f"is not YAML: {_cut(' '.join(what.split()), 200)}", allowed)
