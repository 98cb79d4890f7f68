"""Tables of the shipped scenarios, policies, assumption sets and utilities, made from the files.

``python -m mcda.files.listing`` writes those of ``scenarios/README.md`` anew in a checkout.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mcda.errors import UsageError
from mcda.files.document import read_document
from mcda.files.scenario import LEVERS
from mcda.files.shipped import assumption_sets, policies, scenarios, shipped
from mcda.names import REFERENCE_POLICY

__all__ = ["tables", "with_tables"]

BEGIN, END = "<!-- tables: made by mcda/files/listing.py from the files -->", "<!-- end of tables -->"


def tables() -> str:
    """Return the tables in Markdown."""
    return "\n\n".join([_scenarios(), _policies(), _assumptions(), _utilities()])


def with_tables(page: str) -> str:
    """Return a page with the tables between its two marks made anew."""
    before, _, rest = page.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise UsageError(f"the page has no marks '{BEGIN}' and '{END}'")
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{after}"


def _table(heading: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]], after: str = "") -> str:
    lines = [f"## {heading}", "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(' '.join(cell.split()).replace('|', '&#124;') for cell in row)} |" for row in rows]
    return "\n".join([*lines, *(["", after] if after else [])])


def _scenarios() -> str:
    rows = []
    for name, path in scenarios().items():
        data = read_document(path).data
        star = " *" if data.get("lead") else ""
        rows.append((f"`{name}`{star}", data["title"], _first_comment(path), data["motive"]))
    told = "\\* a lead case: renewed use of the territory at rung 2 or above."
    return _table("Scenarios", ("scenario", "title", "in one line", "rests on (the paper)"), rows, told)


def _first_comment(path: Path) -> str:
    """What a file says of itself in its first line, without the word for its kind."""
    return path.read_text("utf-8").splitlines()[0].removeprefix("#").strip().partition(": ")[2]


def _policies() -> str:
    data = {name: read_document(path).data for name, path in policies().items()}
    rows = [
        (f"`{name}` ({one['code']})", one["title"], _difference(one, data[REFERENCE_POLICY]), _sentence(one["about"]))
        for name, one in data.items()
    ]
    return _table("Policies", ("policy", "title", "other levers than P1's", "what it is"), rows)


def _difference(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Levers that two policies set otherwise, as the first has them."""
    changed = {key: one[key] for key in (*LEVERS, "start") if one[key] != other[key]}
    said = [f"`{key}: {_flow(value)}`" for key, value in changed.items() if key != "stages"]
    if "stages" in changed:
        stages = [f"{_tiers(s['tiers'])} at `{_flow(s['gate'])}`" for s in changed["stages"]]
        said.insert(0, "; ".join(stages) or "no stages")
    return ", ".join(said) or "the reference"


def _tiers(tiers: Sequence[int]) -> str:
    return f"tier{'' if len(tiers) == 1 else 's'} {', '.join(map(str, tiers))}"


def _flow(value: Any) -> str:
    """A value as YAML has it in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(one)}" for key, one in value.items()) + "}"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _assumptions() -> str:
    rows = []
    for name, path in assumption_sets().items():
        data = read_document(path).data
        values = ", ".join(f"`{key}: {_flow(one['value'])}`" for key, one in data["parameters"].items())
        rows.append((f"`{name}`", data["title"], values, _sentence(data["about"])))
    return _table("Assumption sets", ("set", "title", "sets", "what it says"), rows)


def _utilities() -> str:
    found = read_document(shipped("scenarios") / "utilities.yaml").data["utilities"]
    rows = [
        (f"`{name}`", one["label"], ", ".join(f"{term['outcome']} {term['weight']:g}" for term in one["terms"]))
        for name, one in found.items()
    ]
    return _table("Utilities (`utilities.yaml`)", ("utility", "title", "weights"), rows)


def _sentence(text: str) -> str:
    """The first sentence of a text."""
    words = " ".join(text.split())
    return words.partition(". ")[0].rstrip(".") + "."


def _main() -> None:
    page = Path(__file__).resolve().parents[2] / "scenarios" / "README.md"
    page.write_text(with_tables(page.read_text("utf-8")), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    _main()
