"""Why a process that waits for an Event or a Condition may have missed it, read from the source. Any process and thread."""

import ast
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple


class LateSignal(NamedTuple):
    """A line that wakes only those who wait already.

    call: set or notify. line: of it. after: of clear(), which follows it; 0 of notify.
    """

    call: str
    line: int
    after: int


def missed(module: ast.Module, body: ast.AST, line: int) -> LateSignal | None:
    """What a thread that waits in wait() without arguments at this line of a function (`body`) may have come too late for.

    An Event of the same name that is cleared at once after it was set; or notify() of a Condition of the same name, where the
    wait is in no loop that could ask first.
    """
    name = next((_last_name(call.func.value) for call in _calls(body, "wait") if _is_at(call, line)), "")
    if not name:
        return None
    for first, second in _neighbours(module):
        if _is_call(first, "set", name) and _is_call(second, "clear", name):
            return LateSignal("set", first.lineno, second.lineno)
    in_loop = any(
        isinstance(node, ast.While) and node.lineno <= line <= (node.end_lineno or 0) for node in ast.walk(body)
    )
    notifies = [
        call
        for what in ("notify", "notify_all")
        for call in _calls(module, what)
        if _last_name(call.func.value) == name
    ]
    return None if in_loop or not notifies else LateSignal("notify", min(call.lineno for call in notifies), 0)


class _MethodCall(ast.Call):
    """For the type checker: a call of a method."""

    func: ast.Attribute


def _calls(body: ast.AST, method: str) -> Iterator[_MethodCall]:
    for node in ast.walk(body):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == method:
            yield node  # type: ignore[misc]


def _is_at(call: ast.Call, line: int) -> bool:
    return call.lineno <= line <= (call.end_lineno or 0) and not call.args and not call.keywords


def _is_call(statement: ast.stmt, method: str, name: str) -> bool:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return (
        isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute)
        and value.func.attr == method and _last_name(value.func.value) == name
    )  # fmt: skip


def _neighbours(module: ast.Module) -> Iterator[tuple[ast.stmt, ast.stmt]]:
    """Each two statements of one block that follow each other."""
    for node in ast.walk(module):
        for part in ("body", "orelse", "finalbody"):
            block = getattr(node, part, None)
            if isinstance(block, list):
                yield from pairwise(block)


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
