"""The package's sources, parsed and not imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Import:
    """One imported name: `module` is what is named after `from` (or `import`), `name` what is taken out of it.

    `later`: not when the module is loaded, but in a function, or for type checkers alone.
    """

    module: str
    name: str
    line: int
    later: bool


@dataclass(frozen=True)
class Source:
    path: Path

    @property
    def file(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def module(self) -> str:
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.file)

    def imports(self) -> list[Import]:
        return self._imports

    @cached_property
    def _imports(self) -> list[Import]:
        return list(self._found_imports())

    def _found_imports(self) -> Iterator[Import]:
        blocks = [node for node in ast.walk(self.tree) if isinstance(node, FUNCTIONS) or _is_for_type_checkers(node)]
        later = {id(node) for block in blocks for node in ast.walk(block)}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(alias.name, "", node.lineno, id(node) in later)
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    yield Import(self._absolute(node), alias.name, node.lineno, id(node) in later)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.path.relative_to(ROOT).parts[: -node.level]
        return ".".join([*package, *([node.module] if node.module else [])])

    def definitions(self) -> Iterator[tuple[Definition, ast.ClassDef | None]]:
        """Functions and classes of the module's top level, and what stands in those classes, with the class."""
        for node in self.tree.body:
            if isinstance(node, Definition):
                yield node, None
            if isinstance(node, ast.ClassDef):
                yield from ((member, node) for member in node.body if isinstance(member, Definition))


def _is_for_type_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def sources(folder: str = "mcda") -> list[Source]:
    return [Source(path) for path in sorted((ROOT / folder).rglob("*.py"))]
