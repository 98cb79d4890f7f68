"""The YAML door: what it reads, where it says that things stand, what it refuses; then documents against models."""

from __future__ import annotations

import errno
import json
import math
import pickle
import sys
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from ruamel.yaml.parser import Parser

from mcda.errors import InvalidFile, Mistake
from mcda.files import document as door
from mcda.files.checking import validate
from mcda.files.document import Document, dotted, plain_scalar, read_document, shown


def read(text: str) -> Document:
    return read_document("f.yaml", text=text)


def told(refusal: InvalidFile) -> list[str]:
    """What a refusal says, from its fields: how a mistake is printed is tested with the errors."""
    return [f"{m.file}:{m.line}: {f'{m.key}: ' if m.key else ''}{m.what}; {m.allowed}" for m in refusal.mistakes]


def mistakes_of(text: str) -> list[str]:
    with pytest.raises(InvalidFile, match=r"^f\.yaml:") as caught:
        read(text)
    return told(caught.value)


# -- what is read ------------------------------------------------------------------------------------------------------

# What JSON writes unescaped and the door refuses unescaped has tests of its own.
_LETTERS = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff\u2028\u2029\ufeff")
_TEXT = st.text(_LETTERS | st.sampled_from("\n\t\r"), max_size=20)
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18) + 1, 10**18 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    _TEXT,
    st.sampled_from(["no", "<<", "null", "1", "0x1", "~", "", "a: b", "# c", "&a", "*a", "!x", "---", "%YAML 1.1"]),
)
_TREES = st.recursive(_LEAVES, lambda inner: st.lists(inner) | st.dictionaries(_TEXT, inner), max_leaves=15)
_OBJECTS = st.dictionaries(_TEXT, _TREES)


def depth(tree: Any) -> int:
    inner = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


@given(_OBJECTS, st.booleans(), st.sampled_from([None, 0, 2]))
def test_what_json_writes_is_read_back_equal(tree: dict[str, Any], ascii_only: bool, indent: int | None) -> None:
    assume(depth(tree) <= 20)
    data = read(json.dumps(tree, ensure_ascii=ascii_only, indent=indent)).data
    assert data == tree
    assert repr(data) == repr(tree)  # 1, 1.0 and True are equal, and are not the same


def written(tree: Any, path: tuple[str | int, ...], lines: dict[Any, int], out: list[str], margin: str = "") -> None:
    """Write a tree as block YAML, one node to a line, and note the line of each: the oracle for lines."""
    entries = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in entries:
        lines[(*path, key)] = len(out) + 1
        lead = f"{json.dumps(key)}:" if isinstance(tree, dict) else "-"
        if isinstance(value, dict | list) and value:
            # An item that is a collection starts where its own first node does, one line below the dash.
            lines[(*path, key)] += isinstance(tree, list)
            out.append(f"{margin}{lead}")
            written(value, (*path, key), lines, out, margin + "  ")
        else:
            out.append(f"{margin}{lead} {json.dumps(value)}")


@given(_OBJECTS.filter(bool), st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\n# a comment\n"]))
def test_every_node_has_the_line_that_it_is_written_on(tree: dict[str, Any], line_break: str) -> None:
    assume(depth(tree) <= 20)
    lines: dict[Any, int] = {(): 1}
    out: list[str] = []
    written(tree, (), lines, out)
    step = 2 if line_break.count("\n") == 2 else 1
    found = read(line_break.join(out) + line_break)
    assert found.data == tree
    assert found.lines == {path: (line - 1) * step + 1 for path, line in lines.items()}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(word, None) for word in ("", "~", "null", "Null", "NULL")],
        *[(word, True) for word in ("true", "True", "TRUE")],
        *[(word, False) for word in ("false", "False", "FALSE")],
        *[(word, word) for word in ("no", "yes", "on", "off", "y", "N", "nULL", "tRUE", "none", "nan", "inf", "NaN")],
        *[(word, word) for word in ("1_000", "12:30", "2025-01-31", "0b1", "0o8", "0xg", "1e", "e1", ".", "+.nan")],
        *[("0", 0), ("-7", -7), ("+7", 7), ("010", 10), ("0o17", 15), ("0xfF", 255), ("9" * 18, 10**18 - 1)],
        *[("1.", 1.0), (".5", 0.5), ("-1.5e3", -1500.0), ("1e+2", 100.0), ("1E-2", 0.01), ("+0.1", 0.1)],
        *[(".inf", math.inf), ("+.INF", math.inf), ("-.Inf", -math.inf)],
    ],
)
def test_plain_scalars_are_read_by_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    assert (type(plain_scalar(text)), plain_scalar(text)) == (type(value), value)
    assert read(f"key: {text}").data == {"key": value}


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number_is_read_as_a_float_for_the_model_to_refuse(text: str) -> None:
    assert math.isnan(read(f"key: {text}").data["key"])


def test_quoted_and_block_scalars_are_text_whatever_they_look_like() -> None:
    text = "a: '1'\nb: \"true\"\nc: ''\nd: |-\n  null\ne: >-\n  1.5\n'<<': '~'\n\"1\": \"\\u00e9\"\n"
    expected = {"a": "1", "b": "true", "c": "", "d": "null", "e": "1.5", "<<": "~", "1": "é"}
    assert read(text).data == expected


def test_pairs_of_surrogate_escapes_as_json_writes_them_are_one_character() -> None:
    assert read(json.dumps({"face \U0001f600": "\U0001f600"})).data == {"face \U0001f600": "\U0001f600"}


def test_a_byte_order_mark_a_document_start_and_a_document_end_are_no_content(tmp_path: Path) -> None:
    path = tmp_path / "notepad.yaml"
    path.write_bytes("\ufeff# how\r\n---\r\nkey: é\r\n...\r\n".encode())
    found = read_document(path)
    assert (found.file, found.data, found.lines) == (str(path), {"key": "é"}, {(): 3, ("key",): 3})


def test_a_file_is_named_as_the_user_wrote_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text("a: 1\n", encoding="utf-8")
    assert read_document("./a.yaml").file == "./a.yaml"
    assert read_document(Path("a.yaml")).file == "a.yaml"


def test_a_line_that_the_file_does_not_have_is_that_of_the_nearest_ancestor() -> None:
    found = read("# question\nrule:\n  form: ratio\n  cuts:\n    - 1\n    -\n      to: 2\n")
    paths = [("rule", "cuts", 1, "to"), ("rule", "cuts", 7), ("rule", "kuts"), ("roles",), ()]
    assert [found.line(path) for path in paths] == [7, 4, 2, 2, 2]
    said = found.mistake(("rule", "cuts", 0), "is too small (got 1)", "a number above 1")
    assert said == Mistake("f.yaml", 5, "rule.cuts[0]", "is too small (got 1)", "a number above 1")


def test_a_path_is_dotted_and_an_odd_key_is_quoted() -> None:
    assert dotted(("rule", "cuts", 1)) == Document.dotted(("rule", "cuts", 1)) == "rule.cuts[1]"
    assert dotted((0, "goods-out", "a b", "c.d", "e\nf", "")) == '[0].goods-out["a b"]["c.d"]["e\\nf"][""]'
    assert len(dotted(("k" * 1000,))) < 70


def test_a_document_survives_pickling() -> None:
    found = read("a: [1, 2]")
    assert pickle.loads(pickle.dumps(found)) == found


def test_a_value_is_shown_in_one_line_of_at_most_60_characters() -> None:
    values: list[Any] = ["abc", "a\nb", "é" * 100, None, True, math.nan, -math.inf, [1, "x"], {}, {"a": 1, "b": 2}]
    expected = ['"abc"', '"a\\nb"', '"' + "é" * 58 + "…", "null", "true", ".nan", "-.inf", '[1, "x"]']
    assert [shown(value) for value in values] == [*expected, "an empty mapping", "a mapping of 2 keys"]


# -- what is refused ---------------------------------------------------------------------------------------------------

_SCALARS = "numbers of at most 18 digits, floats below 1.8e308, printable text"
REFUSED = {
    "a YAML directive": (
        "# x\n%YAML 1.1\n---\nno: no\n",
        'f.yaml:2: has a directive (got "%YAML 1.1"); YAML 1.2 without directives',
    ),
    "a TAG directive, and the tag that it makes unreadable": (
        "%TAG ! tag:x,2025:\n---\na: !x 1\n",
        'f.yaml:1: has a directive (got "%TAG ! tag:x,2025:"); YAML 1.2 without directives',
        "f.yaml:3: a: has a tag (got tag:x,2025:x); values without tags",
    ),
    "an unknown directive without the start of a document": (
        "%FOO bar\na: 1\n",
        'f.yaml:1: has a directive (got "%FOO bar"); YAML 1.2 without directives',
    ),
    "a local tag": ("a:\n  - !x 1\n", "f.yaml:2: a[0]: has a tag (got !x); values without tags"),
    "a core tag": ("a: !!str 1\n", "f.yaml:1: a: has a tag (got !!str); values without tags"),
    "a python tag": (
        "a: !!python/object/apply:os.system ['true']\n",
        "f.yaml:1: a: has a tag (got !!python/object/apply:os.system); values without tags",
    ),
    "the bare tag": ("a: ! 1\n", "f.yaml:1: a: has a tag (got !); values without tags"),
    "an anchor": ("a: &x 1\n", "f.yaml:1: a: has an anchor (got &x); values without anchors"),
    "an anchor on a key": ("b: 1\n&x a: 1\n", "f.yaml:2: has an anchor (got &x); values without anchors"),
    "an alias": ("a: 1\nb: *x\n", "f.yaml:2: b: is an alias (got *x); the value itself, written out"),
    "an alias as a key": ("*x : 1\n", "f.yaml:1: is an alias (got *x); the value itself, written out"),
    "a list in itself": (
        "a: &a [*a]\n",
        "f.yaml:1: a: has an anchor (got &a); values without anchors",
        "f.yaml:1: a[0]: is an alias (got *a); the value itself, written out",
    ),
    "a merge key": (
        "a:\n  <<: {b: 1}\n",
        "f.yaml:2: a: has a merge key (got <<); the keys themselves, written out",
    ),
    "two documents": ("a: 1\n---\nb: 2\n", "f.yaml:2: begins a second document; one document in a file"),
    "two documents without a mark": ("a: 1\n...\nb: 2\n", "f.yaml:3: begins a second document; one document in a file"),
    "nothing": ("", "f.yaml:1: is empty; a mapping of keys to values at the top"),
    "comments only": ("# a\n# b\n", "f.yaml:1: is empty; a mapping of keys to values at the top"),
    "an empty document": ("---\n...\n", "f.yaml:2: is empty; a mapping of keys to values at the top"),
    "a list at the top": ("# x\n- 1\n", "f.yaml:2: has a list at the top; a mapping of keys to values at the top"),
    "text at the top": ("hello\n", "f.yaml:1: has a single value at the top; a mapping of keys to values at the top"),
    "a key twice": ("a: 1\nb: 2\na: 3\n", "f.yaml:3: a: is a duplicate key, first on line 1; each key once"),
    "a key twice, once in quotes": (
        "r:\n  a: 1\n  'a': {b: 3}\n",
        "f.yaml:3: r.a: is a duplicate key, first on line 2; each key once",
    ),
    "a number as a key": (
        "a:\n  1: x\n",
        "f.yaml:2: a: has a key that is not text (got 1); keys that are text; quote it",
    ),
    "a bool as a key": ("true: x\n", "f.yaml:1: has a key that is not text (got true); keys that are text; quote it"),
    "no key": (": x\n", "f.yaml:1: has a key that is not text (got nothing); keys that are text; quote it"),
    "a list as a key": ("? [1, 2]\n: x\n", "f.yaml:1: has a key that is a list; keys that are text"),
    "a mapping as a key": ("{a: 1}: x\n", "f.yaml:1: has a key that is a mapping; keys that are text"),
    "19 digits": (
        "a: " + "1" * 19,
        f"f.yaml:1: a: is a whole number of more than 18 digits (got {'1' * 19}); {_SCALARS}",
    ),
    "hexadecimal beyond 18 digits": (
        "a: 0xffffffffffffffff\n",
        f"f.yaml:1: a: is a whole number of more than 18 digits (got 0xffffffffffffffff); {_SCALARS}",
    ),
    "a float that overflows": (
        "a: [1e999]\n",
        f"f.yaml:1: a[0]: is a number too large for a 64-bit float (got 1e999); {_SCALARS}",
    ),
    "NUL as an escape": (
        'a: "x\\0"\n',
        f"f.yaml:1: a: is text with the forbidden character U+0000 (as an escape); {_SCALARS}",
    ),
    "half a pair of surrogates": (
        'a: "\\ud83d"\n',
        f"f.yaml:1: a: is text with the forbidden character U+D83D (as an escape); {_SCALARS}",
    ),
    "NUL": ("a: 1\nb: x\0y\n", "f.yaml:2: has a NUL character (U+0000) at column 5, which is forbidden; "
            "printable text, tabs and line breaks"),
    "an escape character": ("a: \x1b[31m\n", "f.yaml:1: has the character U+001B at column 4, which is forbidden; "
                            "printable text, tabs and line breaks"),
    "an invisible line separator": (
        "a: 1\r\n# x\u2028b: 2\n",
        "f.yaml:2: has the character U+2028 at column 4, which is forbidden; printable text, tabs and line breaks",
    ),
    "half a pair of surrogates in a text that was passed": (
        "a: \ud800\n",
        "f.yaml:1: has the character U+D800 at column 4, which is forbidden; printable text, tabs and line breaks",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused(case: str) -> None:
    text, *expected = REFUSED[case]
    assert mistakes_of(text) == expected


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: [1,\n  2\nb: 3\n", 3, "expected ',' or ']'"),
        ("a: 'x\n", 2, "found unexpected end of stream"),
        ("a: 1\n b: 2\n", 2, "mapping values are not allowed"),
        ("a:\n\t- 1\n", 2, "cannot start any token"),
        ("a: @x\n", 1, "cannot start any token"),
        ("a: 1\nb\nc: 2\n", 3, "could not find expected ':'"),
        ('a: "\\q"\n', 1, "unknown escape character"),
        ('a: 1\nb: "\\UFFFFFFFF"\n', 2, "is not YAML: "),
        ('a: 1\nb: "\\U00110000"\n', 2, "is not YAML: "),
        ("a: !e!x 1\n", 1, "undefined tag handle"),
        ("a: 1\n}\n", 2, "is not YAML: "),
        ("a: &x !y\n<<: [\n", 3, "is not YAML: "),
    ],
)
def test_a_syntax_error_comes_alone_in_one_line(text: str, line: int, what: str) -> None:
    (said,) = mistakes_of(text)
    assert "\n" not in said
    assert said.startswith(f"f.yaml:{line}: is not YAML: ")
    assert what in said
    assert said.endswith("; YAML 1.2; look at quotes, brackets, indentation")


def test_a_syntax_error_says_where_the_thing_that_was_not_ended_begins() -> None:
    (said,) = mistakes_of("a: 1\nb: [1,\n  2\n\n")
    assert "while parsing a flow sequence" in said
    assert "(begun on line 2)" in said


def test_all_mistakes_but_syntax_errors_are_reported_at_once() -> None:
    text = "a: &x 1\na: 2\n3: 4\nb: !t {c: *x, <<: 1}\nd: " + "9" * 30 + "\n"
    said = mistakes_of(text)
    assert [line.split(":")[1] for line in said] == ["1", "2", "3", "4", "4", "4", "5"]
    fragments = ["anchor", "duplicate", "not text", "merge key", "tag", "alias", "18 digits"]
    assert all(any(fragment in line for line in said) for fragment in fragments)


def test_after_100_mistakes_the_rest_is_not_read() -> None:
    said = mistakes_of("".join(f"a{i}: !x 1\n" for i in range(200)))
    assert len(said) == 101
    assert said[99] == "f.yaml:100: has 100 mistakes or more, and the rest was not read; none"


# -- bombs -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The events that the parser was asked for."""
    asked: list[object] = []
    get_event = Parser.get_event

    def counting(parser: Parser) -> Any:
        asked.append(None)
        return get_event(parser)

    monkeypatch.setattr(Parser, "get_event", counting)
    return asked


@pytest.mark.parametrize("unit", ["[", "{a: ", "- ", "? ", "[a, {b: "])
def test_nesting_is_refused_at_level_21_whatever_follows(unit: str, events: list[object]) -> None:
    text = "a:\n " + unit * 200_000
    (said,) = [line for line in mistakes_of(text) if "key that is" not in line]
    assert said == "f.yaml:2: is nested more than 20 deep; at most 20 levels"
    assert len(events) < 100


def test_nesting_20_deep_is_read_with_little_stack_left() -> None:
    text = '{"a": ' * 20 + "1" + "}" * 20
    limit = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(len_of_stack() + 60)
        assert depth(read(text).data) == 20
    finally:
        sys.setrecursionlimit(limit)


def len_of_stack() -> int:
    frame, count = sys._getframe(), 0
    while frame.f_back is not None:
        frame, count = frame.f_back, count + 1
    return count


def test_a_bomb_of_aliases_is_refused_before_it_is_a_tree(events: list[object]) -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 60)]
    said = mistakes_of("\n".join(rows))
    assert said[0] == "f.yaml:1: a0: has an anchor (got &a0); values without anchors"
    assert "f.yaml:2: a1[0]: is an alias (got *a0); the value itself, written out" in said
    assert len(said) == 101
    assert len(events) < 200


def test_one_node_too_many_is_refused_and_the_rest_is_not_read(
    monkeypatch: pytest.MonkeyPatch, events: list[object]
) -> None:
    assert door.MAX_NODES == 200_000
    monkeypatch.setattr(door, "MAX_NODES", 1000)
    assert len(read("a:\n" + "- 1\n" * 997).data["a"]) == 997  # and the top, its key, the list
    events.clear()
    (said,) = mistakes_of("a:\n" + "- 1\n" * 100_000)
    assert said == "f.yaml:999: has more than 1,000 nodes; tables of scores in CSV files, not in YAML"
    assert len(events) < 1010


def test_over_5_megabytes_are_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as stream:
        stream.truncate(10**10)  # sparse: reading all of it would be felt
    with pytest.raises(InvalidFile, match=r"is larger than 5 MB; .*at most 5,000,000 bytes"):
        read_document(path)
    assert mistakes_of("# é" + "é" * 2_500_000) == ["f.yaml:1: is larger than 5 MB; at most 5,000,000 bytes"]


# -- files that cannot be read -----------------------------------------------------------------------------------------


def test_a_missing_file_is_said_with_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "baseline.yaml").write_text("a: 1", encoding="utf-8")
    path = tmp_path / "basline.yaml"
    with pytest.raises(InvalidFile) as caught:
        read_document(path)
    said = f"{path}:1: there is no such file (did you mean 'baseline.yaml'?); a YAML file that can be read"
    assert told(caught.value) == [said]
    with pytest.raises(InvalidFile, match="there is no such file; "):
        read_document(tmp_path / "no" / "folder.yaml")


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match=r"is a directory; .*a YAML file that can be read"):
        read_document(tmp_path)


def test_a_file_that_may_not_be_read_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(door, "open", refusing, raising=False)  # the tests may be run by root, who may read everything
    with pytest.raises(InvalidFile, match=r"cannot be read \(Permission denied\)"):
        read_document("a.yaml")


def test_a_name_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(InvalidFile, match=r"cannot be read \(embedded null byte\)"):
        read_document("a\0b.yaml")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"a: 1\nb: \xe9\n", ":2: is not UTF-8: byte 0xe9 at offset 8; text saved as UTF-8"),
        (b"\xff\xfea\0", ":1: is not UTF-8 (it looks like UTF-16): byte 0xff at offset 0; text saved as UTF-8"),
        (b"a: \xed\xa0\x80\n", ":1: is not UTF-8: byte 0xed at offset 3; text saved as UTF-8"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_utf8_says_at_which_byte(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(raw)
    with pytest.raises(InvalidFile) as caught:
        read_document(path)
    assert told(caught.value) == [f"{path}{said}"]


_PIECES = """a b:_ -_ ^ __ [ ] { } ,_ :_ " ' &a_ *a !x_ !!str_ <<:_ %YAML_1.1^ ---^ ...^ | >-^ \\x \\ud83d \\U 0x 1e999
#_c^ ?_ @ ` !< é \\ 1 ~ % !%""".split()
_PIECES = [*(piece.replace("_", " ").replace("^", "\n") for piece in _PIECES), "\t", "\r", "\x00", "\u2028", "\ufeff"]


@given(st.lists(st.sampled_from(_PIECES), max_size=25).map("".join) | st.text())
@example("%")
@example("? &a")
def test_any_text_is_read_or_refused_in_lines_that_it_has(text: str) -> None:
    last = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 2
    mistakes: tuple[Mistake, ...] = ()
    try:
        assert isinstance(read(text).data, dict)
    except InvalidFile as refusal:
        mistakes = refusal.mistakes
    assert all(1 <= mistake.line <= last for mistake in mistakes)
    assert not any("\n" in str(mistake) for mistake in mistakes)


# -- documents against models ------------------------------------------------------------------------------------------


class Model(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


class Uniform(Model):
    kind: Literal["uniform"]
    low: float
    high: float

    @model_validator(mode="after")
    def ordered(self) -> Uniform:
        if self.low > self.high:
            raise ValueError(f"has low {self.low} above high {self.high}; low at most high")
        return self


class Normal(Model):
    kind: Literal["normal"]
    mean: float
    sd: Annotated[float, Field(gt=0)]


class Side(Enum):
    EU = "eu"
    MINSK = "minsk"


class Everything(Model):
    share: Annotated[float, Field(ge=0, le=1)] = 0.5
    count: int = 1
    flag: bool = False
    cuts: tuple[float, ...] = ()
    pair: tuple[int, str] = (1, "a")
    words: frozenset[str] = frozenset()
    by_tier: dict[int, float] = {}
    by_side: dict[Literal["eu", "minsk"], float] = {}
    start: date | None = None
    side: Side = Side.EU
    spread: float | list[float] = 0.0
    seed: Literal["auto", "fixed"] | Annotated[int, Field(ge=0)] = "auto"
    law: Annotated[Uniform | Normal, Field(discriminator="kind")] | None = None
    loose: Uniform | Normal | None = None
    slug: Annotated[str, Field(pattern="^[a-z]+$", max_length=5)] = "a"
    items: Annotated[list[Uniform | str], Field(max_length=3)] = []
    odd: int = 1

    @field_validator("odd")
    @classmethod
    def is_odd(cls, value: int, info: ValidationInfo) -> int:
        if value % 2 == 0:
            raise ValueError("is even; 1, 3, 5 and so on")
        return value


def refusals(text: str, at: tuple[str | int, ...] = ()) -> list[str]:
    with pytest.raises(InvalidFile, match=r"^f\.yaml:") as caught:
        validate(Everything, read(text), at)
    return told(caught.value)


def test_lists_integers_and_texts_stand_for_tuples_floats_dates_and_enums() -> None:
    text = """
share: 1
cuts: [1, 2.5]
pair: [3, x]
words: [a, b]
by_tier: {"1": 2}
by_side: {eu: 1}
start: 2025-01-31
side: minsk
spread: [1]
seed: 7
law: {kind: normal, mean: 0, sd: 1}
items: [{kind: uniform, low: 0, high: 1}, text]
"""
    found = validate(Everything, read(text))
    assert (found.share, type(found.share), found.cuts, found.pair) == (1.0, float, (1.0, 2.5), (3, "x"))
    assert (found.words, found.by_tier, found.by_side) == (frozenset("ab"), {1: 2.0}, {"eu": 1.0})
    assert (found.start, found.side, found.spread, found.seed) == (date(2025, 1, 31), Side.MINSK, [1.0], 7)
    assert found.law == Normal(kind="normal", mean=0, sd=1)
    assert found.items == [Uniform(kind="uniform", low=0, high=1), "text"]


class OneFloat(BaseModel):
    value: float


@given(st.floats())
def test_a_float_goes_through_validation_bit_for_bit(value: float) -> None:
    document = Document("f.yaml", {"value": value}, {})
    assert repr(validate(OneFloat, document).value) == repr(value)


def test_a_part_of_a_document_is_validated_at_its_place() -> None:
    text = "a:\n  - {}\n  - share: 0.1\n    cont: 1\n"
    assert validate(Everything, read(text), ("a", 0)).share == 0.5
    (said,) = refusals(text, ("a", 1))
    assert said.startswith("f.yaml:4: a[1].cont: is not a key here (did you mean 'count'?); share, count, ")
    assert refusals(text, ("a", 2)) == ["f.yaml:1: a[2]: is missing; a mapping of keys to values"]


ONE_MISTAKE = {
    "share: abc": 'share: is text, not a number from 0 to 1 (got "abc"); a number from 0 to 1',
    "share: '1'": 'share: is text, not a number from 0 to 1 (got "1"); a number from 0 to 1',
    "share: true": "share: is true, not a number from 0 to 1 (got true); a number from 0 to 1",
    "share:": "share: is empty, not a number from 0 to 1 (got null); a number from 0 to 1",
    "share: 1.5": "share: is too large (got 1.5); a number from 0 to 1",
    "share: -1": "share: is too small (got -1); a number from 0 to 1",
    "share: .nan": "share: is not finite (got .nan); a number from 0 to 1",
    "share: -.inf": "share: is not finite (got -.inf); a number from 0 to 1",
    "count: 1.5": "count: is a number with decimals, not a whole number (got 1.5); a whole number",
    "count: 1.0": "count: is a number with a decimal point, not a whole number (got 1.0); a whole number",
    "flag: no": 'flag: is text, not true or false (got "no"); true or false',
    "flag: 1": "flag: is a number, not true or false (got 1); true or false",
    "cuts: 3": "cuts: is a number, not a list (got 3); a list",
    "cuts: [1, [2]]": "cuts[1]: is a list, not a number (got [2]); a number",
    "cuts: {a: 1}": "cuts: is a mapping, not a list (got a mapping of 1 keys); a list",
    "pair: [1]": "pair: has too few items; a list of 2 items",
    "pair: [1, a, b]": 'pair: has too many items (got [1, "a", "b"]); a list of 2 items',
    "by_tier: {one: 2}": "by_tier.one: is not allowed as a key; a whole number",
    "by_side: {minks: 2}": "by_side.minks: is not allowed as a key (did you mean 'minsk'?); eu or minsk",
    "side: minks": "side: is not one of the words allowed here (did you mean 'minsk'?) (got \"minks\"); eu or minsk",
    "start: soon": 'start: is text, not a date such as 2025-01-31 or null (got "soon"); '
    'a date such as 2025-01-31 or null',
    "slug: A b": 'slug: does not have the right form (got "A b"); text of the form ^[a-z]+$ of at most 5 characters',
    "slug: abcdef": 'slug: is too long (got "abcdef"); text of the form ^[a-z]+$ of at most 5 characters',
    "items: [a, b, c, d]": 'items: has too many items (got ["a", "b", "c", "d"]); a list of at most 3 items',
    "odd: 2": "odd: is even (got 2); 1, 3, 5 and so on",
    # Unions: one mistake, that of the member that fits best, or one that lists what would fit.
    "spread: abc": 'spread: is text, not a number or a list (got "abc"); a number or a list',
    "spread: [1, abc]": 'spread[1]: is text, not a number (got "abc"); a number',
    "seed: atuo": "seed: is not one of the words allowed here (did you mean 'auto'?) (got \"atuo\"); "
    "auto, fixed or a whole number of at least 0",
    "seed: -1": "seed: is too small (got -1); auto, fixed or a whole number of at least 0",
    "seed: [1]": "seed: is a list, not auto, fixed or a whole number of at least 0 (got [1]); "
    "auto, fixed or a whole number of at least 0",
    "law: {kind: unifrm, low: 1}": "law.kind: is not one of the words allowed here (did you mean 'uniform'?) "
    '(got "unifrm"); uniform or normal',
    "law: {low: 1}": "law.kind: is missing; uniform or normal",
    "law: 3": "law: is a number, not a mapping of keys to values or null (got 3); a mapping of keys to values or null",
    "law: {kind: normal, mean: 0, sd: 0}": "law.sd: is too small (got 0); a number above 0",
    "law: {kind: uniform, low: 2, high: 1}": "law: has low 2.0 above high 1.0; low at most high",
    "loose: {kind: unifrm, low: 1, high: 2}": "loose.kind: is not one of the words allowed here "
    "(did you mean 'uniform'?) (got \"unifrm\"); uniform or normal",
    "loose: {kind: normal, mean: 0, sd: x}": 'loose.sd: is text, not a number above 0 (got "x"); a number above 0',
    "items: [3]": "items[0]: is a number, not a mapping of keys to values or text (got 3); "
    "a mapping of keys to values or text",
    "items: [{kind: uniform, low: 0}]": "items[0].high: is missing; a number",
}  # fmt: skip


@pytest.mark.parametrize("text", ONE_MISTAKE)
def test_a_wrong_value_is_said_once_with_what_is_allowed(text: str) -> None:
    assert refusals(text) == [f"f.yaml:1: {ONE_MISTAKE[text]}"]


def test_a_long_value_is_cut_at_60_characters() -> None:
    (said,) = refusals(f"share: {'a' * 200}")
    assert f'(got "{"a" * 58}…)' in said


def test_a_missing_key_stands_at_the_line_of_its_mapping() -> None:
    said = refusals("share: 1\nlaw:\n  # what kind?\n  kind: normal\n  mean: 1\n")
    assert said == ["f.yaml:2: law.sd: is missing; a number above 0"]


def test_all_mistakes_of_a_file_and_of_the_member_that_fits_are_reported_at_once() -> None:
    said = refusals("share: x\nloose:\n  kind: uniform\n  lo: 1\n  high: y\ncont: 1\n")
    assert [line.partition(" (")[0] for line in said] == [
        "f.yaml:1: share: is text, not a number from 0 to 1",
        "f.yaml:2: loose.low: is missing; a number",
        "f.yaml:4: loose.lo: is not a key here",
        "f.yaml:5: loose.high: is text, not a number",
        "f.yaml:6: cont: is not a key here",
    ]
    assert "(did you mean 'low'?); kind, low, high" in said[2]


class Tree(Model):
    uniform: Tree | Literal["leaf"] | None = None
    law: Annotated[Uniform | Normal, Field(discriminator="kind")] | None = None


def test_a_key_with_the_name_of_a_member_of_a_union_is_not_taken_for_it() -> None:
    text = "uniform:\n  uniform:\n    uniform: laef\n  law:\n    kind: uniform\n    low: x\n    high: 1\n"
    with pytest.raises(InvalidFile) as caught:
        validate(Tree, read(text))
    assert [str(mistake).partition(" (")[0] for mistake in caught.value.mistakes] == [
        "f.yaml:3: uniform.uniform.uniform: is not one of the words allowed here",
        "f.yaml:6: uniform.law.low: is text, not a number",
    ]
