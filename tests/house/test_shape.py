"""How large a function may be; the numbers are what well-kept neighbours have (docs/architecture.md).

Long modules fail nothing: they are listed at the end of the run (conftest.py).
"""

from __future__ import annotations

import ast
from statistics import median, quantiles

from .sources import FUNCTIONS, sources

MEDIAN, NINE_IN_TEN, LONGEST = 8, 25, 60


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function's body after its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def functions() -> list[tuple[int, str]]:
    found = [
        (body_lines(node), f"{source.file}:{node.lineno}: {node.name}")
        for source in sources()
        for node in ast.walk(source.tree)
        if isinstance(node, FUNCTIONS)
    ]
    return sorted(found, reverse=True)


def longest(n: int) -> str:
    return "\n" + "\n".join(f"{lines:4d}  {where}" for lines, where in functions()[:n])


def test_half_of_all_function_bodies_have_at_most_eight_lines() -> None:
    assert median(lines for lines, _ in functions()) <= MEDIAN, longest(30)


def test_nine_in_ten_function_bodies_have_at_most_25_lines() -> None:
    assert quantiles([lines for lines, _ in functions()], n=10)[-1] <= NINE_IN_TEN, longest(30)


def test_no_function_body_is_longer_than_60_lines() -> None:
    assert functions()[0][0] <= LONGEST, longest(5)
