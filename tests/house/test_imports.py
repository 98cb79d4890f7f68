"""Who may know whom: the arrows of docs/architecture.md, read off the sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter

import pytest

from mcda.compiled import ABOVE_KERNELS

from .sources import FUNCTIONS, Import, Source, sources

GROUND = {"names", "errors", "draws", "blocks", "compiled", "markup"}
STATIC = {"rule", "problem", "scores", "sensitivity", "tiers"}
#: What each room may import from, beside itself; the ground floor's modules may import each other.
MAY_KNOW: dict[str, set[str]] = {
    **dict.fromkeys(GROUND, GROUND),
    "rule": GROUND,
    "problem": GROUND | {"rule"},
    "sensitivity": GROUND,
    "scores": GROUND | {"rule", "problem"},
    "tiers": GROUND | STATIC,
    "roadmap": GROUND | STATIC,
    "decisions": GROUND | STATIC,
    "files": GROUND | STATIC | {"roadmap"},
    "output": GROUND,
    "study": GROUND | STATIC | {"roadmap", "decisions", "files", "output"},
    "cli": GROUND | STATIC | {"roadmap", "decisions", "files", "output", "study"},
    "__main__": {"cli"},
}
#: Libraries that one room keeps to itself.
KEPT_BY = {
    "pydantic": "files",
    "ruamel": "files",
    "click": "cli",
    "matplotlib": "output",
    "typst": "output",
    "docx": "output",
}


def room_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


@cache
def module_names() -> set[str]:
    return {s.module for s in sources()}


def own_imports(source: Source) -> Iterator[tuple[Import, str]]:
    """Imports of this package's modules, each with the module that is meant (`from mcda.tiers import exact`)."""
    modules = module_names()
    for one in source.imports():
        if one.module.split(".")[0] == "mcda":
            inner = f"{one.module}.{one.name}"
            yield one, inner if inner in modules else one.module


def test_every_room_has_its_place() -> None:
    strangers = [s.file for s in sources() if s.module != "mcda" and room_of(s.module) not in MAY_KNOW]
    assert not strangers, f"no place among the arrows of docs/architecture.md: {strangers}"


def test_imports_run_one_way() -> None:
    wrong = [
        f"{source.file}:{one.line}: {room_of(source.module)} imports {target}"
        for source in sources()
        if source.module != "mcda"
        for one, target in own_imports(source)
        if room_of(target) not in MAY_KNOW.get(room_of(source.module), set()) | {room_of(source.module)}
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_what_is_left_out_of_the_hash_of_compiled_kernels_cannot_be_reached_from_one() -> None:
    kernels = {"inlined", "kernel", "reordered", "step"}
    rooms = {
        room_of(s.module) for s in sources() for one, _ in own_imports(s)
        if one.module == "mcda.compiled" and one.name in kernels
    }  # fmt: skip
    reached = rooms.union(*(MAY_KNOW[room] for room in rooms))
    assert rooms
    assert not reached & set(ABOVE_KERNELS), "an edit there would leave a stale kernel in the cache"


def test_the_package_itself_imports_nothing_of_its_own_before_it_is_asked() -> None:
    top = next(s for s in sources() if s.module == "mcda")
    early = [f"{top.file}:{one.line}: {target}" for one, target in own_imports(top) if not one.later]
    assert not early, "names come through __getattr__, so that `mcda --help` loads little:\n" + "\n".join(early)


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    graph = {s.module: {target for _, target in own_imports(s)} for s in sources() if s.module != "mcda"}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize(("library", "keeper"), KEPT_BY.items())
def test_one_room_alone_knows_the_library(library: str, keeper: str) -> None:
    wrong = [
        f"{source.file}:{one.line}: imports {library}; only {keeper} does"
        for source in sources()
        for one in source.imports()
        if one.module.split(".")[0] == library and room_of(source.module) != keeper
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_figures_call_output_and_nothing_else_of_the_package() -> None:
    wrong = [
        f"{source.file}:{one.line}: imports {target}; figures import mcda.output"
        for source in sources("figures")
        for one, target in own_imports(source)
        if room_of(target) != "output"
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_module_says_what_it_is() -> None:
    silent = [f"{s.file}:1: no docstring" for s in sources() if not ast.get_docstring(s.tree)]
    assert not silent, "\n" + "\n".join(silent)


def is_public(source: Source) -> bool:
    return not any(part.startswith("_") for part in source.module.split("."))


def declares_names(source: Source) -> bool:
    assigned = [node for node in source.tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    targets = [t for node in assigned for t in (node.targets if isinstance(node, ast.Assign) else [node.target])]
    return any(isinstance(t, ast.Name) and t.id == "__all__" for t in targets)


def test_every_public_module_lists_its_names() -> None:
    without = [
        f"{s.file}:1: no __all__"
        for s in sources()
        if is_public(s) and len(s.tree.body) > 1 and not declares_names(s)  # a docstring alone names nothing
    ]
    assert not without, "\n" + "\n".join(without)


def undocumented(source: Source) -> Iterator[str]:
    for node, parent in source.definitions():
        hidden = node.name.startswith("_") or (parent is not None and parent.name.startswith("_"))
        if not (hidden or ast.get_docstring(node) or is_stub(node)):
            owner = f"{parent.name}." if parent else ""
            yield f"{source.file}:{node.lineno}: {owner}{node.name} has no docstring"


def is_stub(node: ast.AST) -> bool:
    """Whether this is a signature alone (of a protocol, or an overload): its body is `...`."""
    body = node.body[0] if isinstance(node, FUNCTIONS) and len(node.body) == 1 else None
    return isinstance(body, ast.Expr) and isinstance(body.value, ast.Constant) and body.value.value is ...


def test_every_public_function_and_class_is_documented() -> None:
    without = [line for source in sources() if is_public(source) for line in undocumented(source)]
    assert not without, "\n" + "\n".join(without)
