"""How far two encodings of the paper agree, field by field, and how each disagreement was settled.

The first encoding is the shipped case (``measures.yaml``, ``catalogue.yaml``), the second is ``second.yaml``, made
from the paper alone. ``matches.yaml`` says what belongs to what where a program cannot tell, ``resolutions.yaml``
settles the disagreements::

    python -m verification.encoding.compare            # compares, and writes README.md
    python -m verification.encoding.compare --check    # compares, and writes nothing

It ends with 1 where a disagreement is not settled, where a resolution fits no disagreement (any more), and with
``--check`` where README.md is not what it would write.

Agreement is that of the encodings as they were made: where a resolution says that the shipped data followed the second
encoding, it holds what the first one had.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mcda.files.document import read_document
from mcda.files.shipped import shipped

__all__ = ["Item", "Resolution", "compare", "kappa", "main", "problems", "readme"]

HERE = Path(__file__).resolve().parent
CASE = "eu-belarus-2025"
MISSING = "missing"
#: What a resolution may say, and what that means.
VERDICTS = {
    "first": "the shipped encoding stands",
    "second": "the shipped encoding was changed",
    "declared": "the two were asked for different things",
    "follows": "a consequence of another disagreement",
}
#: Fields whose values are categories, for which chance agreement is worth taking off.
CATEGORICAL = (
    "measure: tier", "measure: sector", "measure: kind", "entity: tier", "step by Minsk: cluster",
    "step by Minsk: track", "step by the EU: sector", "step by the EU: tier",
)  # fmt: skip
#: Lists that are matched by a table: what the first encoding calls them, and the second.
TABLES = {"figures": "figures", "notes": "inconsistencies"}

Data = Mapping[str, Any]
Key = tuple[int, int, int]


@dataclass(frozen=True)
class Item:
    """One field of one thing, with what each encoding says of it."""

    field: str
    item: str
    first: str
    second: str

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.first == self.second


@dataclass(frozen=True)
class Resolution:
    """How one disagreement was settled: `resolution` is one of `VERDICTS`."""

    field: str
    item: str
    first: str
    second: str
    resolution: str
    reason: str


@dataclass(frozen=True)
class Encodings:
    """What is compared, as plain data."""

    measures: Data
    catalogue: Data
    second: Data
    matches: Data


def read_all() -> Encodings:
    """Read both encodings and the table of matches."""
    case = shipped("cases") / CASE
    paths = (case / "measures.yaml", case / "catalogue.yaml", HERE / "second.yaml", HERE / "matches.yaml")
    return Encodings(*(read_document(path).data for path in paths))


def read_resolutions() -> tuple[list[Resolution], Data]:
    """Return the resolutions, and the whole file (its date, the further changes)."""
    data = read_document(HERE / "resolutions.yaml").data
    return [Resolution(**entry) for entry in data["resolutions"]], data


# -- measures, entities, entry bans ------------------------------------------------------------------------------------


def _measures(e: Encodings) -> tuple[dict[Key, Data], dict[Key, Data]]:
    """The measures of both encodings by (tier, bullet, part), in their order of appearance."""
    mine = {(m["tier"], m["place"]["bullet"], m["place"]["part"]): m for m in e.measures["alternatives"]}
    other = {(m["tier"], m["bullet"], m["part"]): m for m in e.second["measures"]}
    return mine, other


def measures(e: Encodings) -> Iterator[Item]:
    """Measures: which there are, and what they are; tier and place by order of appearance, since they are the key."""
    mine, other = _measures(e)
    for key in dict.fromkeys((*mine, *other)):
        name = mine[key]["id"] if key in mine else f"second {other[key]['n']}"
        yield Item("measure: present", name, *(_present(key in side) for side in (mine, other)))
    both = [key for key in mine if key in other]
    for a, b in zip(both, [key for key in other if key in mine], strict=True):
        yield Item("measure: tier", mine[a]["id"], str(a[0]), str(b[0]))
        yield Item("measure: bullet and part", mine[a]["id"], f"{a[1]}.{a[2]}", f"{b[1]}.{b[2]}")
    for key in both:
        yield from _measure(mine[key], other[key])


def _measure(mine: Data, other: Data) -> Iterator[Item]:
    article = mine["article"]
    yield Item("measure: article as printed", mine["id"], article["as_printed"], other["article_as_printed"])
    yield Item("measure: article as corrected", mine["id"], article["corrected"], other["article_likely"])
    for name in ("sector", "kind"):
        yield Item(f"measure: {name}", mine["id"], mine[name], other[name])


def entities(e: Encodings) -> Iterator[Item]:
    """Entities, matched by their printed names."""
    first_of = {m["n"]: key for key, m in _measures(e)[1].items()}
    ids = {key: m["id"] for key, m in _measures(e)[0].items()}
    mine = {_name(entity["as_printed"]): entity for entity in e.measures["entities"]}
    other = {_name(entity["name"]): entity for entity in e.second["entities"]}
    for name in dict.fromkeys((*mine, *other)):
        yield Item("entity: present", name, *(_present(name in side) for side in (mine, other)))
    for name in (name for name in mine if name in other):
        yield Item("entity: tier", name, str(mine[name]["tier"]), str(other[name]["tier"]))
        yield Item("entity: parent", name, mine[name]["parent"], ids[first_of[other[name]["parent_n"]]])


def entry_bans(e: Encodings) -> Iterator[Item]:
    """Entry bans in their order: those of named persons, then the one that both place in a tier."""
    general = [m for m in e.measures["alternatives"] if m["sector"] == "visa"]
    for mine, other in zip([*e.measures["untiered"], *general], e.second["visa"], strict=True):
        yield Item("entry ban: tier", mine["id"], str(mine.get("tier")), str(other["tier"]))
        persons = (", ".join(side.get("persons", ())) for side in (mine, other))
        yield Item("entry ban: persons", mine["id"], *persons)


def _present(there: bool) -> str:
    return "present" if there else MISSING


def _name(printed: str) -> str:
    return printed.removeprefix("the ")


# -- steps and gates ---------------------------------------------------------------------------------------------------


def in_order_of_pages(e: Encodings) -> list[Data]:
    """The first encoding's steps by Minsk in the order in which the paper prints them."""
    blocks = [(heading, occurrence) for heading, occurrence in e.matches["minsk_blocks"]]

    def position(step: Data) -> tuple[int, int]:
        place = step["place"]
        return blocks.index((place["heading"].partition(";")[0], place["occurrence"])), place["bullet"]

    return sorted(e.catalogue["minsk_steps"], key=position)


def minsk_steps(e: Encodings) -> Iterator[Item]:
    """Steps by Minsk, matched in their order of appearance."""
    for mine, other in zip(in_order_of_pages(e), e.second["minsk_steps"], strict=True):
        field, name = "step by Minsk", mine["id"]
        yield Item(f"{field}: heading", name, _heading(mine["place"]["heading"]), other["heading"])
        for key in ("cluster", "order", "track"):
            yield Item(f"{field}: {key}", name, str(mine[key]), str(other[key]))
        laws = (_laws(side["legal"], e.matches["same_law"]) for side in (mine, other))
        yield Item(f"{field}: legal references", name, *laws)


def _heading(text: str) -> str:
    """A heading as the second encoding writes it: shortened, and its sub-heading in brackets."""
    text = text.replace("Steps in the sphere of mobility", "Mobility").replace("(the ", "(")
    main, semicolon, sub = text.partition("; ")
    return f"{main} ({sub})" if semicolon else text


def _laws(legal: Sequence[str], same: Mapping[str, str]) -> str:
    return "; ".join(re.sub(r",? (Article|Art\.|§) ", r" ", same.get(law, law)) for law in legal)


def eu_steps(e: Encodings) -> Iterator[Item]:
    """Steps by the EU, matched in their order of appearance, but for those that are declared to be the second's own."""
    alone = e.matches["eu_steps_second_only"]
    mine, other = e.catalogue["eu_steps"]["steps"], e.second["eu_steps"]
    for one in (step for step in other if step["n"] in alone):
        yield Item("step by the EU: present", f"second {one['n']}", MISSING, one["short"])
    for a, b in zip(mine, [step for step in other if step["n"] not in alone], strict=True):
        yield Item("step by the EU: present", a["id"], "present", "present")
        yield Item("step by the EU: sector", a["id"], a["sector"], b["sector"])
        yield Item("step by the EU: tier", a["id"], str(a.get("tier")), str(b["tier"]))


def gates(e: Encodings) -> Iterator[Item]:
    """Conditions for the outer tiers: how many indicators, and how the external ones are joined."""
    other = e.second["outer_gates"]
    keys = ("domestic_indicators", "external_indicators", "section_3_tier_4", "section_3_tier_5")
    for gate, key in zip(e.catalogue["outer_gates"], keys, strict=True):
        yield Item("outer gate: indicators", gate["id"], str(len(gate["indicators"])), str(len(other[key])))
        if f"{key}_joined_by" in other:
            yield Item("outer gate: joined by", gate["id"], gate["logic"], other[f"{key}_joined_by"])


# -- counts ------------------------------------------------------------------------------------------------------------


def counted(e: Encodings) -> dict[str, dict[str, int]]:
    """Count in the first encoding what the second states under `counts`."""
    alternatives, steps = e.measures["alternatives"], e.catalogue["minsk_steps"]
    bullets = {(m["tier"], m["place"]["bullet"]) for m in alternatives}
    return {
        "measures_per_tier": _tally(m["tier"] for m in alternatives),
        "bullets_per_tier": _tally(tier for tier, _ in bullets),
        "entities_per_tier": _tally(entity["tier"] for entity in e.measures["entities"]),
        "minsk_steps_by_cluster": _tally(step["cluster"] for step in steps),
        "minsk_steps_by_track": _tally(step["track"] for step in steps),
        "eu_steps_by_sector": _tally(step["sector"] for step in e.catalogue["eu_steps"]["steps"]),
        "measures_by_sector": _tally(m["sector"] for m in alternatives),
    }


def _tally(values: Iterable[object]) -> dict[str, int]:
    found = Counter(str(value) for value in values)
    return {**found, "total": found.total()}


def counts(e: Encodings) -> Iterator[Item]:
    """Counts of the first encoding against those that the second states."""
    for table, mine in counted(e).items():
        stated = {"total": mine["total"], **e.second["counts"][table]}  # some of its tables state no total
        stated.pop("visa_bullets_included", None)  # a remark on its total, and no further bullet
        for key in sorted({*mine, *stated}):
            yield Item("count", f"{table}: {key}", str(mine.get(key, 0)), str(stated.get(key, 0)))
    persons = sum(len(ban["persons"]) for ban in e.measures["untiered"])
    yield Item("count", "visa_persons_named", str(persons), str(e.second["counts"]["visa_persons_named"]))


# -- figures and notes -------------------------------------------------------------------------------------------------

_WORDS = {w: str(n) for n, w in enumerate("two three four five six seven eight nine ten".split(), start=2)}


def figures(e: Encodings) -> Iterator[Item]:
    """Figures by the table of matches: which both have, and whether the values agree where they do."""
    mine, other, table = e.catalogue["figures"], e.second["figures"], e.matches["figures"]
    for figure in mine:
        at, value = table.get(figure["id"], ()), str(figure["value"])
        yield Item("figure of the first: in the second", figure["id"], value, value if at else MISSING)
        texts = [f"{other[n - 1]['what']}: {other[n - 1]['value']}" for n in at]
        if at:
            same = any(says(value, text) for text in texts)
            yield Item("figure: value", figure["id"], value, value if same else "; ".join(texts))
    yield from _others("figure", [f"{f['what']}: {f['value']}" for f in other], table)


def says(value: str, text: str) -> bool:
    """Whether a text of the second encoding holds a value of the first: as it is, in words, or as a count of a list."""
    value, text = _plain(value), _plain(text)
    listed = str(len(value.split(", ")))
    wanted = [value, listed] if listed != "1" else [value]
    return any(re.search(rf"(?<![\w.]){re.escape(one)}(?!\w)", text) for one in wanted)


def _plain(text: str) -> str:
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text.lower().replace("annexes ", ""))
    text = re.sub(r"(?:between )?(\d{4}) (?:to|and) (\d{4})", r"\1-\2", text)
    return re.sub(r"\b[a-z]+\b", lambda word: _WORDS.get(word[0], word[0]), text)


def notes(e: Encodings) -> Iterator[Item]:
    """Notes on what the paper leaves open, by the table of matches."""
    table = e.matches["notes"]
    for note in (note for note in e.catalogue["notes"] if note["id"] not in e.matches["notes_added"]):
        where = note["place"]
        yield Item("note of the first: in the second", note["id"], where, where if table.get(note["id"]) else MISSING)
    yield from _others("note", [n["what"] for n in e.second["inconsistencies"]], {**table, **e.matches["notes_added"]})


def _others(kind: str, texts: Sequence[str], table: Mapping[str, Sequence[int]]) -> Iterator[Item]:
    """What the second encoding lists, and whether the first has it."""
    known = {n for at in table.values() for n in at}
    for n, text in enumerate(texts, start=1):
        yield Item(f"{kind} of the second: in the first", f"second {n}", text if n in known else MISSING, text)


# -- agreement ---------------------------------------------------------------------------------------------------------


def compare(e: Encodings) -> list[Item]:
    """Compare everything, with the first encoding as it is shipped now."""
    parts = (measures, entities, entry_bans, minsk_steps, eu_steps, gates, counts, figures, notes)
    return [item for part in parts for item in part(e)]


def as_made(items: Iterable[Item], resolutions: Iterable[Resolution]) -> list[Item]:
    """Put back what the first encoding said where it was changed afterwards."""
    before = {(r.field, r.item): r.first for r in resolutions if r.resolution == "second"}
    return [replace(item, first=before.get((item.field, item.item), item.first)) for item in items]


def kappa(items: Sequence[Item]) -> float | None:
    """Return Cohen's kappa of one field: None where chance alone would agree on everything."""
    n = len(items)
    first, second = (Counter(getattr(item, side) for item in items) for side in ("first", "second"))
    observed = sum(item.agrees for item in items) / n
    chance = sum(first[value] * second[value] for value in first) / n**2
    return None if chance == 1 else (observed - chance) / (1 - chance)


def problems(items: Sequence[Item], resolutions: Sequence[Resolution], e: Encodings) -> list[str]:
    """Say what is not settled, and which resolutions fit nothing."""
    settled = {(r.field, r.item): r for r in resolutions}
    there = {(i.field, i.item): i for i in items}
    found = [
        f"no resolution: {i.field}, {i.item} (first: {i.first}; second: {i.second})"
        for at, i in there.items()
        if not i.agrees and at not in settled
    ]
    found += [f"two resolutions: {r.field}, {r.item}" for r in resolutions if settled[r.field, r.item] is not r]
    found += [f"{why}: {r.field}, {r.item}" for at, r in settled.items() if (why := _misfit(r, there.get(at)))]
    return found + _unmatched(settled, e)


def _misfit(r: Resolution, item: Item | None) -> str:
    """Why a resolution does not fit what is compared, or ''."""
    if item is None:
        return "a resolution of nothing"
    if r.resolution not in VERDICTS or not r.reason:
        return f"a resolution needs a reason, and one of {', '.join(VERDICTS)}"
    if r.second != item.second or (r.resolution != "second" and r.first != item.first):
        return f"a resolution of other values (now {item.first} and {item.second})"
    if r.resolution == "second" and not item.agrees:
        return "settled for the second, but the shipped encoding was not changed"
    if r.resolution != "second" and item.agrees:
        return "a resolution of something that agrees"
    return ""


def _unmatched(settled: Mapping[tuple[str, str], Resolution], e: Encodings) -> list[str]:
    """Say where the table of matches is not whole, and which notes came in without a word."""
    found = []
    tables = {"figures": e.matches["figures"], "notes": {**e.matches["notes"], **e.matches["notes_added"]}}
    for kind, table in tables.items():
        ids, last = {one["id"] for one in e.catalogue[kind]}, len(e.second[TABLES[kind]])
        found += [f"matches.yaml, {kind}: {one} is here or in the catalogue only" for one in sorted(ids ^ set(table))]
        found += [f"matches.yaml, {kind}: no position {n}" for at in table.values() for n in at if not 1 <= n <= last]
    before = {n for at in e.matches["notes"].values() for n in at}
    for n in sorted({n for at in e.matches["notes_added"].values() for n in at} - before):
        at = ("note of the second: in the first", f"second {n}")
        if at not in settled:
            found.append(f"no resolution: {', '.join(at)} (a note was added for it)")
    return found


# -- the page ----------------------------------------------------------------------------------------------------------

INTRO = """\
# Two encodings of the paper, compared

Dated {date}. Written by `python -m verification.encoding.compare` from the files beside it: edit those, not this page.

**How it was done.** The first encoding is the shipped case, `mcda/cases/eu-belarus-2025/measures.yaml` and
`catalogue.yaml`. The second, `second.yaml`, was made from the text of the paper alone, without sight of the first.
(The text is not in this repository; it is its authors'.) The program matches measures by tier, bullet and part,
entities by name, steps in their order of appearance, figures and notes by `matches.yaml`. Each disagreement was then
settled by reading the paper again (`resolutions.yaml`), by one reader who saw both encodings. The first encoding was
changed where the second was right; the second is kept as it was made.

**What it cannot show.** Both read the same extracted text, in which the two columns of section 4 are interleaved, and
were given the same fields with the same lists of values; what these have in common is not tested. Sector and kind are
our codes, not the paper's. Of the four sectors that differ, the second wrote of three that its instructions named the
case (banknotes, software, participations), so these are differences of definition; of the five kinds that differ, it
wrote of three that none fits or another would do. All nine were settled by the definitions at the head of
`measures.yaml`, which are the first's own. `article_likely` of the second is from general knowledge, `corrected` of the
first from the paper; neither was compared with the Official Journal. That both read the same reference off the text is
checked here, that the Regulation has it there is not.

## Agreement

Shares are those of the encodings as they were made, before anything was changed. Cohen's kappa stands beside the share
where values are categories. Tier, bullet and part are the key by which measures are matched, so these are compared in
order of appearance, where a shift or a swap would show. The visa bullet of Tier 3 is a measure of the first encoding
only, by instruction; its tier is compared under entry bans. Of outer gates only the number of indicators and the join
are compared; headings show that steps were matched rightly.
"""

LISTED = """\

For figures and notes there is no list that either encoding should have met, so agreement is given in both directions.

## Disagreements

{n} disagreements; `missing` means that an encoding does not have the thing. How they were settled:

{verdicts}"""

CHANGED = """\

## Further changes

What was changed in the shipped encoding beside the resolutions above, when it was proof-read against the paper:
"""


def readme(items: Sequence[Item], resolutions: Sequence[Resolution], data: Data) -> str:
    """Return the page: how it was done, agreement by field, disagreements, further changes."""
    verdicts = Counter(r.resolution for r in resolutions)
    told = table_of(("resolution", "means", "number"), [(v, about, verdicts[v]) for v, about in VERDICTS.items()])
    parts = [INTRO.format(date=data["date"]), agreement(items, resolutions)]
    parts += [LISTED.format(n=len(resolutions), verdicts=told)]
    for field in dict.fromkeys(r.field for r in resolutions):
        rows = [(r.item, r.first, r.second, r.resolution, r.reason) for r in resolutions if r.field == field]
        head = ("item", "first", "second", "resolution", "reason")
        parts += [f"\n### {field[0].upper()}{field[1:]}\n\n", table_of(head, rows)]
    changes = [(c["file"], c["item"], c["what"]) for c in data["changes"]]
    return "".join([*parts, CHANGED, "\n", table_of(("file", "item", "what and why"), changes)])


def agreement(items: Sequence[Item], resolutions: Sequence[Resolution]) -> str:
    """Return the table of agreement by field."""
    made = as_made(items, resolutions)
    changed = Counter(r.field for r in resolutions if r.resolution == "second")
    rows = []
    for field in dict.fromkeys(item.field for item in made):
        of = [item for item in made if item.field == field]
        agreed = sum(item.agrees for item in of)
        rows.append((field, len(of), agreed, f"{agreed / len(of):.0%}", _kappa(field, of), changed[field] or ""))
    head = ("field", "compared", "agreed", "share", "kappa", "shipped encoding changed")
    return "\n" + table_of(head, rows)


def _kappa(field: str, items: Sequence[Item]) -> str:
    value = kappa(items) if field in CATEGORICAL else None
    return "" if value is None else f"{value:.2f}"


def table_of(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(str(cell).replace('|', '/') for cell in line)} |\n" for line in lines)


def main(arguments: Sequence[str] = ()) -> int:
    """Compare, say what is not settled, and write the page (or check it)."""
    e = read_all()
    items, (resolutions, data) = compare(e), read_resolutions()
    found = problems(items, resolutions, e)
    page, target = readme(items, resolutions, data), HERE / "README.md"
    if "--check" not in arguments:
        target.write_text(page, encoding="utf-8")
    elif not target.is_file() or target.read_text(encoding="utf-8") != page:
        found.append("README.md is not what this program writes; run it without --check")
    print(agreement(items, resolutions))
    print("\n".join(found), file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
