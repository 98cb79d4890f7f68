"""No number without a basis: what counts as one, what stands for it, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcda.errors import Mistake
from mcda.files.basis import Number, collect_numbers
from mcda.files.document import Document, KeyPath, dotted, read_document
from mcda.names import BASES

WORDS = "paper, source, elicited, derived, assumption, lever, value-judgement, illustrative"
WHERE = f"{WORDS}, under the key `basis` beside it or further out"
RANGES = "[low, high], a list of two or more allowed values, or a mapping of keys to these"


def collected(text: str, **options: Any) -> tuple[list[Number], list[Mistake]]:
    return collect_numbers(read_document("f.yaml", text=text), **options)


def numbers(text: str, **options: Any) -> dict[str, Number]:
    found, mistakes = collected(text, **options)
    assert mistakes == []
    return {number.key: number for number in found}


def told(text: str, **options: Any) -> list[str]:
    """What the mistakes of a file say, in the order in which they are reported."""
    mistakes = sorted(collected(text, **options)[1])
    return [f"{m.line}: {f'{m.key}: ' if m.key else ''}{m.what}; {m.allowed}" for m in mistakes]


# -- which basis a number has ------------------------------------------------------------------------------------------


def test_a_number_carries_all_that_is_said_about_it() -> None:
    text = """
basis: source
citation: Works, p. 3
rule:
  basis: assumption
  range: [0, 9]
  note: ours
  cuts: [1, 2.5]
sd: 4
"""
    assert list(numbers(text).values()) == [
        Number("rule.cuts[0]", 1, "assumption", 0, 9, "", "ours", "f.yaml", 8),
        Number("rule.cuts[1]", 2.5, "assumption", 0, 9, "", "ours", "f.yaml", 8),
        Number("sd", 4, "source", None, None, "Works, p. 3", "", "f.yaml", 9),
    ]


@pytest.mark.parametrize("basis", BASES)
def test_each_of_the_eight_words_is_a_basis(basis: str) -> None:
    found = numbers(f"a: {{basis: {basis}, citation: Works, range: [1, 3], value: 2}}")
    assert found["a.value"].basis == basis


def test_the_nearest_basis_counts_through_mappings_and_lists() -> None:
    text = "basis: paper\na: 1\nb: {c: [2, {d: 3, basis: derived}, {e: 4}]}\n"
    found = numbers(text)
    assert {key: number.basis for key, number in found.items()} == {
        "a": "paper",
        "b.c[0]": "paper",
        "b.c[1].d": "derived",
        "b.c[2].e": "paper",
    }


def test_truth_values_text_and_null_are_no_numbers() -> None:
    assert collected("a: true\nb: '1'\nc:\nd: [no, false, 1_000]\n") == ([], [])


def test_the_numbers_about_a_number_need_no_basis_themselves() -> None:
    text = "basis: assumption\nrange: {a: [0, 2]}\nnote: 7\na: 1\n"
    assert list(numbers(text)) == ["a"]
    assert collected("range: [1, 2]\n") == ([], [])


def test_a_null_about_a_number_is_as_good_as_nothing() -> None:
    text = "basis: lever\ncitation:\nrange:\nnote:\na: {basis: null, b: 1}\n"
    assert numbers(text)["a.b"] == Number("a.b", 1, "lever", None, None, "", "", "f.yaml", 5)


# -- what needs none ---------------------------------------------------------------------------------------------------


def test_structural_numbers_need_no_basis_and_are_not_in_the_register() -> None:
    text = "run: {draws: 1000}\nitems:\n  - {tier: 1, place: {bullet: 3}, deep: {tier: 2}}\n"
    exempt = (("run",), ("items", "tier"))
    assert told(text, exempt=exempt) == [f"3: items[0].deep.tier: is a number without a basis; {WHERE}"]
    assert numbers(text, exempt=(("run",), ("items",))) == {}
    assert numbers(text, exempt=exempt, structural_keys=("place", "deep")) == {}
    assert "items[0].place.bullet" in told(text, exempt=exempt, structural_keys=("deep",))[0]


def test_a_key_path_is_exempt_only_from_the_top() -> None:
    assert told("a: {run: 1}\n", exempt=[("run",)]) == [f"1: a.run: is a number without a basis; {WHERE}"]


# -- no basis ----------------------------------------------------------------------------------------------------------


def test_a_block_without_a_basis_is_one_mistake_at_its_first_number() -> None:
    text = "rule:\n  form: ratio\n  cuts:\n    - 1\n    - 2\n  split: {a: 3}\nname: x\n"
    assert told(text) == [f"4: rule: has 3 numbers without a basis, the first is rule.cuts[0]; {WHERE}"]


def test_a_block_is_the_largest_part_in_which_no_number_has_a_basis() -> None:
    text = """
a: 1
b: 2
items:
  - {basis: paper, x: 1}
  - x: 2
    y: {z: 3}
  - y: {z: 4}
  - w: 5
    v: 6
    u: {basis: paper, t: 7}
    s: [8, 9]
"""
    assert told(text) == [
        f"2: has 2 numbers without a basis, the first is a; {WHERE}",
        f"6: items[1]: has 2 numbers without a basis, the first is items[1].x; {WHERE}",
        f"8: items[2].y.z: is a number without a basis; {WHERE}",
        f"9: items[3]: has 2 numbers without a basis, the first is items[3].w; {WHERE}",
        f"12: items[3].s: has 2 numbers without a basis, the first is items[3].s[0]; {WHERE}",
    ]
    assert [number.key for number in collected(text)[0]] == ["items[0].x", "items[3].u.t"]


# -- a wrong basis -----------------------------------------------------------------------------------------------------


def test_a_misspelt_basis_is_one_mistake_and_not_one_for_each_number() -> None:
    text = "a:\n  basis: asumption\n  b: [1, 2, 3]\n"
    assert told(text) == [f"2: a.basis: is not a basis (did you mean 'assumption'?) (got \"asumption\"); {WORDS}"]
    assert collected(text)[0] == []


@pytest.mark.parametrize("wrong", ["3", "[paper]", "true", "{a: paper}"])
def test_a_basis_is_one_word(wrong: str) -> None:
    (said,) = told(f"basis: {wrong}\na: 1\n")
    assert said.startswith("1: basis: is not one word (got ")


# -- citations ---------------------------------------------------------------------------------------------------------

UNCITED = "is `source` without a `citation`; a text in `citation`"


def test_a_source_is_cited_by_the_nearest_citation() -> None:
    text = """
citation: far
a: {basis: source, b: 1, c: {citation: near, d: 2}, e: {basis: source, f: 3}}
g: {basis: derived, h: 4}
"""
    cited = {key: number.citation for key, number in numbers(text).items()}
    assert cited == {"a.b": "far", "a.c.d": "near", "a.e.f": "far", "g.h": ""}


def test_a_source_without_a_citation_is_one_mistake_of_its_block() -> None:
    assert told("a:\n  basis: source\n  b: [1, 2]\n") == [f"2: a.basis: {UNCITED}"]
    assert told("a:\n  text: x\n  basis: source\n") == [f"3: a.basis: {UNCITED}"]


def test_citations_nearer_to_the_numbers_do_if_every_number_has_one() -> None:
    text = "basis: source\na: {citation: x, b: 1}\nc: {d: 2}\n"
    assert told(text) == [f"1: basis: {UNCITED}"]
    assert len(numbers(text.replace("{d: 2}", "{d: 2, citation: y}"))) == 2


@pytest.mark.parametrize("wrong", ["''", "' '", "7", "[a]"])
def test_a_citation_is_a_text(wrong: str) -> None:
    (said,) = told(f"basis: source\ncitation: {wrong}\na: 1\n")
    assert said.startswith("2: citation: is not a citation (got ")


# -- ranges ------------------------------------------------------------------------------------------------------------


def limits(text: str) -> dict[str, tuple[Any, Any]]:
    return {key: (number.low, number.high) for key, number in numbers(text).items()}


def test_a_range_of_two_numbers_covers_the_block() -> None:
    assert limits("basis: assumption\nrange: [0, 2.5]\na: 1\nb: {c: [0, 2.5]}\n") == {
        "a": (0, 2.5),
        "b.c[0]": (0, 2.5),
        "b.c[1]": (0, 2.5),
    }


def test_a_mapping_of_ranges_covers_the_numbers_at_and_below_its_keys() -> None:
    text = """
basis: assumption
range: {a: [0, 1], b: {c: [2, 3], d: [4, 5]}, rate: [6, 7]}
a: 1
b: {c: [2, 3], d: 5}
goods: {rate: 6}
visa: [{rate: 7}]
"""
    assert limits(text) == {
        "a": (0, 1),
        "b.c[0]": (2, 3),
        "b.c[1]": (2, 3),
        "b.d": (4, 5),
        "goods.rate": (6, 7),
        "visa[0].rate": (6, 7),
    }


def test_a_mapping_of_ranges_tells_the_numbers_of_a_list_apart_by_their_places() -> None:
    text = 'basis: assumption\nrange: {cuts: {"0": [2, 7], "1": [-3, 1]}}\ncuts: [5, 0]\n'
    assert limits(text) == {"cuts[0]": (2, 7), "cuts[1]": (-3, 1)}
    (unranged, unknown) = told(text.replace('"1": [-3', '"2": [-3'))
    assert unranged == f"1: basis: is `assumption` without a `range` for cuts[1]; {RANGES}"
    assert unknown.startswith("2: range.cuts.2: is a range of no key of this block")


def test_of_the_ranges_that_cover_a_number_the_nearest_counts() -> None:
    text = "basis: assumption\nrange: [0, 9]\na: {range: {b: [1, 2]}, b: 1, c: 5}\nd: {basis: lever, e: 100}\n"
    assert limits(text) == {"a.b": (1, 2), "a.c": (0, 9), "d.e": (None, None)}


def test_a_list_of_allowed_values_is_a_range_too() -> None:
    assert limits("a: {basis: assumption, range: [1, 2, 5], b: 2}\n") == {"a.b": (1, 5)}
    assert limits("a: {basis: lever, range: [3, none], b: 3}\n") == {"a.b": (3, 3)}
    assert told("a: {basis: assumption, range: [1, 2, 5], b: 3}\n") == [
        "1: a.b: is outside its own range (got 3); one of 1, 2, 5"
    ]
    assert told("a: {basis: assumption, range: [x, y], kind: x, b: 3}\n") == [
        "1: a.b: is outside its own range (got 3); one of x, y"
    ]


def test_an_assumption_without_a_range_is_one_mistake_of_its_block() -> None:
    text = "a:\n  basis: assumption\n  b: [1, 2]\n  c: 3\n  d: {range: [0, 9], e: 4}\n"
    said = "2: a.basis: is `assumption` without a `range` for 3 numbers, the first a.b[0]"
    assert told(text) == [f"{said}; {RANGES}"]
    assert told("basis: assumption\nrange: {a: [0, 1]}\na: 1\nb: 2\n") == [
        f"1: basis: is `assumption` without a `range` for b; {RANGES}"
    ]
    assert told("range: [0, 9]\na: {basis: assumption, b: 1}\n") == [
        f"2: a.basis: is `assumption` without a `range` for a.b; {RANGES}"
    ]


def test_an_assumption_about_no_number_needs_no_range() -> None:
    assert collected("basis: assumption\nkind: uniform\n") == ([], [])


@pytest.mark.parametrize("basis", BASES)
def test_a_number_outside_its_own_range_is_a_mistake_whatever_its_basis(basis: str) -> None:
    text = f"basis: {basis}\ncitation: x\nrange: {{a: [1, 2]}}\na:\n  - 0.5\n  - 1\n  - 2\n  - 2.5\n  - .nan\n"
    assert told(text) == [
        "5: a[0]: is outside its own range (got 0.5); 1 to 2",
        "8: a[3]: is outside its own range (got 2.5); 1 to 2",
        "9: a[4]: is outside its own range (got nan); 1 to 2",
    ]


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ("[2, 1]", "is a range whose low end is above its high end (got [2, 1])"),
        ("[1]", "is not a range (got [1])"),
        ("[]", "is not a range (got [])"),
        ("{}", "is not a range (got an empty mapping)"),
        ("3", "is not a range (got 3)"),
        ("1-3", 'is not a range (got "1-3")'),
        ("[[0, 1], [2, 3]]", "is not a range (got [[0, 1], [2, 3]])"),
        ("[0, .inf]", "is a range with a number that is not finite (got [0, Infinity])"),
    ],
)
def test_a_wrong_range_is_one_mistake_alone(wrong: str, what: str) -> None:
    assert told(f"basis: assumption\nrange: {wrong}\na: 1\nb: 20\n") == [f"2: range: {what}; {RANGES}"]
    assert told(f"basis: assumption\nrange:\n  a: {wrong}\na: 1\n") == [f"3: range.a: {what}; {RANGES}"]


def test_a_range_of_a_key_that_the_block_does_not_have_is_a_mistake() -> None:
    text = "basis: assumption\nrange: {mean: [0, 2], meen: [0, 2]}\nmean: 1\nkind: normal\nlist: [{sd: 1}]\n"
    assert told(text) == [
        f"1: basis: is `assumption` without a `range` for list[0].sd; {RANGES}",
        "2: range.meen: is a range of no key of this block (did you mean 'mean'?); mean, kind, list, sd",
    ]


# -- laws --------------------------------------------------------------------------------------------------------------

_LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.sampled_from(["x", "1"])
_KEYS = st.sampled_from(["a", "b", "c", "place"])
_TREES = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_KEYS, inner, max_size=3)
        | st.builds(
            lambda basis, block: {"basis": basis, **block},
            st.sampled_from(["paper", "derived", "papr"]),
            st.dictionaries(_KEYS, inner, max_size=3),
        )
    ),
    max_leaves=20,
)


def expected(tree: Any, path: KeyPath = (), basis: str | None = None) -> list[tuple[str, str | None]]:
    """Return every number with the nearest basis: the rule once more, without what reporting adds to it."""
    if isinstance(tree, bool) or not isinstance(tree, int | float | list | dict):
        return []
    if isinstance(tree, int | float):
        return [(dotted(path), basis)]
    if isinstance(tree, list):
        return [pair for i, item in enumerate(tree) for pair in expected(item, (*path, i), basis)]
    basis = tree.get("basis", basis)
    inner = [(key, value) for key, value in tree.items() if key not in ("basis", "place")]
    return [pair for key, value in inner for pair in expected(value, (*path, key), basis)]


@given(st.dictionaries(_KEYS, _TREES, max_size=4))
def test_every_number_is_registered_reported_or_under_a_misspelt_basis(tree: dict[str, Any]) -> None:
    found, mistakes = collect_numbers(Document("f.yaml", tree, {}))
    pairs = expected(tree)
    assert [(number.key, number.basis) for number in found] == [pair for pair in pairs if pair[1] in BASES]
    bare = [mistake for mistake in mistakes if "without a basis" in mistake.what]
    counts = [int(m.what.split()[1]) if m.what.startswith("has") else 1 for m in bare]
    assert sum(counts) == sum(basis is None for _, basis in pairs)
    assert len({mistake.key for mistake in bare}) == len(bare)
