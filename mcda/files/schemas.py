"""JSON Schemas of the files that people write, and the reference tables of their keys; both are made from the models.

``python -m mcda.files.schemas`` writes both anew in a checkout: ``mcda/schemas`` and the tables of ``docs/files.md``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mcda.errors import UsageError, did_you_mean
from mcda.files.kinds import SCHEMAS

__all__ = ["key_tables", "schema", "schema_text", "with_key_tables", "write_schemas"]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ABOUT = ("basis", "range", "citation", "note")
BEGIN, END = "<!-- keys: made by mcda/files/schemas.py from the models -->", "<!-- end of keys -->"


# -- JSON Schema -------------------------------------------------------------------------------------------------------


def schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of one kind of file; :class:`UsageError` names the kinds."""
    if kind not in SCHEMAS:
        near = did_you_mean(kind, SCHEMAS)
        raise UsageError(f"no kind of file is named '{kind}'{near}; allowed: {', '.join(SCHEMAS)}")
    return {"$schema": DIALECT, **SCHEMAS[kind].model_json_schema()}


def schema_text(kind: str) -> str:
    """Return the JSON Schema of one kind of file as text, as ``mcda schema`` prints it."""
    return json.dumps(schema(kind), indent=2, ensure_ascii=False)


def write_schemas(folder: Path) -> list[Path]:
    """Write the schemas of all kinds into a folder, which is made if need be; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{kind}.json" for kind in SCHEMAS]
    for path in paths:
        path.write_text(schema_text(path.stem) + "\n", encoding="utf-8", newline="\n")
    return paths


# -- the reference -----------------------------------------------------------------------------------------------------


def key_tables() -> str:
    """Return, in Markdown, one table of keys for each kind of file and each block that it may have."""
    parts: list[str] = []
    told: set[str] = set()
    for kind in SCHEMAS:
        whole = schema(kind)
        parts.append(_table(f"### `{kind}`", whole))
        for name in _blocks(whole, whole):
            if name not in told:
                told.add(name)
                parts.append(_table(f"#### Block: {_words(name)}", whole["$defs"][name]))
    return "\n\n".join(parts)


def _words(name: str) -> str:
    """The words of a model's name: `SecondPanelModel` is 'second panel'."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name.removesuffix("Model")).strip()


def _blocks(part: Any, whole: Mapping[str, Any]) -> Iterator[str]:
    """Names of the blocks below a part of a schema, outer ones first."""
    for name in _references(part):
        yield name
        yield from _blocks({k: v for k, v in whole["$defs"][name].items() if k != "$defs"}, whole)


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        if "$ref" in part:
            yield str(part["$ref"]).rpartition("/")[2]
        for key, child in part.items():
            if key != "$defs":
                yield from _references(child)
    elif isinstance(part, list):
        for child in part:
            yield from _references(child)


def _table(heading: str, part: Mapping[str, Any]) -> str:
    required, keys = set(part.get("required", ())), dict(part["properties"])
    about = {name: keys.pop(name) for name in ABOUT if name in keys} if "basis" in keys else {}
    rows = [
        f"| `{key}` | {_kind(value)} | {_default(value, key in required)} | {_cell(value.get('description', ''))} |"
        for key, value in keys.items()
    ]
    if isinstance(others := part.get("additionalProperties"), Mapping):
        rows.append(f"| each further key | {_kind(others)} | nothing | What this is of. |")
    if about:
        names = ", ".join(f"`{name}`" for name in about)
        rows.append(f"| {names} | | nothing | [The basis of the numbers here](#no-number-without-a-basis). |")
    head = ["| key | is | if not said | what it is |", "|---|---|---|---|"]
    return "\n".join([heading, "", _cell(part.get("description", "")), "", *head, *rows])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _default(value: Mapping[str, Any], required: bool) -> str:
    if required:
        return "**needed**"
    default = value.get("default")
    if default in (None, "", [], {}):
        return "nothing"
    if isinstance(default, dict):
        return "its own defaults"
    return f"`{json.dumps(default, ensure_ascii=False)}`".replace('"', "")


def _kind(value: Mapping[str, Any]) -> str:
    """What a value may be, in words."""
    if "$ref" in value:
        name = str(value["$ref"]).rpartition("/")[2]
        return f"[{_words(name)}](#block-{_words(name).replace(' ', '-')})"
    if members := [m for key in ("anyOf", "oneOf", "allOf") for m in value.get(key, ()) if m.get("type") != "null"]:
        return " or ".join(dict.fromkeys(map(_kind, members)))
    if words := [value["const"]] if "const" in value else value.get("enum"):
        return ", ".join(f"`{word}`" for word in words)
    describe = {"array": _list_kind, "object": _mapping_kind, "string": _text_kind}.get(str(value.get("type")))
    return describe(value) if describe else _plain_kind(value)


def _list_kind(value: Mapping[str, Any]) -> str:
    low, high = value.get("minItems"), value.get("maxItems")
    size = "" if low is None and high is None else f" ({low or 0} to {high})" if high else f" (at least {low})"
    return f"list{size} of {_kind(value.get('items', {}))}"


def _mapping_kind(value: Mapping[str, Any]) -> str:
    inner = next(iter(value.get("patternProperties", {}).values()), value.get("additionalProperties"))
    return f"mapping of name to {_kind(inner)}" if isinstance(inner, Mapping) else "mapping"


def _text_kind(value: Mapping[str, Any]) -> str:
    pattern = str(value.get("pattern", ""))
    if pattern.startswith("^[a-z0-9]"):
        return "name"
    if pattern and value.get("examples"):
        noun = "fraction" if "/" in pattern else "text"
        return f"{noun} such as `{value['examples'][0]}`"
    return "text"


def _plain_kind(value: Mapping[str, Any]) -> str:
    kinds = {"integer": "whole number", "number": "number", "boolean": "`true` or `false`"}
    kind = kinds.get(str(value.get("type")), "anything")
    if "minimum" in value and "maximum" in value:
        return f"{kind} from {value['minimum']:,} to {value['maximum']:,}"
    bounds = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below"}
    said = [f"{word} {value[key]:,}" for key, word in bounds.items() if key in value]
    return f"{kind} {' and '.join(said)}" if said else kind


def with_key_tables(page: str) -> str:
    """Return a page with the tables between its two marks made anew."""
    before, _, rest = page.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise UsageError(f"the page has no marks '{BEGIN}' and '{END}'")
    return f"{before}{BEGIN}\n\n{key_tables()}\n\n{END}{after}"


def _main() -> None:
    package = Path(__file__).resolve().parents[1]
    page = package.parent / "docs" / "files.md"
    write_schemas(package / "schemas")
    page.write_text(with_key_tables(page.read_text("utf-8")), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    _main()
