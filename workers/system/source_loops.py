"""What a thread does in a loop, read from the source: asks whether processes have ended, or takes items from a queue that it
asks before whether it is empty. Any process and thread.
"""

import ast
from collections.abc import Iterator
from typing import TypeGuard

_ALL_OR_ANY = frozenset(("any", "all", "len", "sum", "bool", "list", "not"))
_ASKS = frozenset(("empty", "qsize"))
_TAKES = frozenset(("get", "recv"))
_LONGEST_TEXT = 100
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_OTHER_BODIES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def asking_loop(body: ast.AST, line: int) -> ast.While | None:
    """The loop around this line of a function (`body`) that only ends once processes have ended, as is_alive() or exitcode say.

    Of several around each other the outermost one. None where there is none, or another loop without such an end is around the
    line, inside of it.
    """
    found = None
    for loop in _loops_around(body, line):
        if isinstance(loop, ast.While):
            if not _ends_with_processes(loop):
                break
            found = loop
    return found


def words_of(loop: ast.While) -> str:
    """What the loop asks, as it is written."""
    text = ast.unparse(loop.test)
    if isinstance(loop.test, ast.Constant):
        text = next(
            (ast.unparse(node.test) for node in _own_nodes(loop) if isinstance(node, ast.If) and _leaves(node)), text
        )
    return text[:_LONGEST_TEXT]


def asked_before(body: ast.AST, line: int) -> tuple[int, str] | None:
    """The line at which a thread that takes from a queue at `line` has asked whether it is empty, and the queue, as written.

    Only where the answer decides whether it gets there: in the condition of a loop or an if around, or of one that leaves.
    """
    takes = [node.func for node in _own_nodes(body) if _is_endless_take(node, line)]
    queues = {ast.unparse(one.value) for one in takes if isinstance(one, ast.Attribute)}
    for node in _own_nodes(body):
        if isinstance(node, ast.While | ast.If) and node.lineno <= line:
            around = line <= (node.end_lineno or 0) and (node.body[0].lineno <= line)
            if not around and not (isinstance(node, ast.If) and _leaves(node) and (node.end_lineno or 0) < line):
                continue
            for asked in ast.walk(node.test):
                if isinstance(asked, ast.Call) and isinstance(asked.func, ast.Attribute) and asked.func.attr in _ASKS:
                    text = ast.unparse(asked.func.value)
                    if text in queues:
                        return asked.lineno, text[:_LONGEST_TEXT]
    return None


def _is_endless_take(node: ast.AST, line: int) -> TypeGuard[ast.Call]:
    """Whether it is a call of get() or recv() at this line without arguments, so that it waits as long as it takes."""
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _TAKES
        and node.lineno <= line <= (node.end_lineno or 0) and not node.args and not node.keywords
    )  # fmt: skip


def _ends_with_processes(loop: ast.While) -> bool:
    if not (isinstance(loop.test, ast.Constant) and loop.test.value) and not _only_asks(loop.test):
        return False
    ways_out = list(_ways_out(loop.body))
    if isinstance(loop.test, ast.Constant) and not ways_out:
        return False
    return all(condition is not None and _only_asks(condition) for condition in ways_out)


def _ways_out(nodes: list[ast.stmt]) -> Iterator[ast.expr | None]:
    """The condition of each statement that leaves a loop with these statements; None where it is no condition of its own."""
    for node in nodes:
        if isinstance(node, ast.If) and _leaves(node) and not node.orelse:
            yield node.test
        elif isinstance(node, ast.Break | ast.Return | ast.Raise):
            yield None
        elif not isinstance(node, _OTHER_BODIES):
            for inner in _own_nodes(node):
                if isinstance(inner, ast.Return | ast.Raise | ast.Break | ast.Yield | ast.YieldFrom | ast.Await):
                    yield None


def _leaves(node: ast.If) -> bool:
    return isinstance(node.body[-1], ast.Break | ast.Return | ast.Raise | ast.Continue)


def _only_asks(test: ast.expr) -> bool:
    """Whether the value depends on nothing but is_alive() and exitcode of processes."""
    match test:
        case ast.Attribute(attr="exitcode"):
            return True
        case ast.Call(func=ast.Attribute(attr="is_alive"), args=[], keywords=[]):
            return True
        case ast.Call(func=ast.Name(id=name), args=[one], keywords=[]) if name in _ALL_OR_ANY:
            return _only_asks(one)
        case ast.GeneratorExp(elt=elt, generators=[one]) | ast.ListComp(elt=elt, generators=[one]):
            return _only_asks(elt) or (isinstance(elt, ast.Name | ast.Constant) and any(map(_only_asks, one.ifs)))
        case ast.UnaryOp(op=ast.Not(), operand=one):
            return _only_asks(one)
        case ast.BoolOp(values=values):
            return all(map(_only_asks, values))
        case ast.Compare(left=left, comparators=[ast.Constant()]):
            return _only_asks(left)
    return False


def _loops_around(body: ast.AST, line: int) -> list[ast.For | ast.AsyncFor | ast.While]:
    """The loops of a function that a line is in, the innermost first."""
    found = [
        node for node in _own_nodes(body) if isinstance(node, _LOOPS) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return found[::-1]


def _own_nodes(body: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function or statement in order, without those of the functions and classes in it."""
    for node in ast.iter_child_nodes(body):
        if not isinstance(node, _OTHER_BODIES):
            yield node
            yield from _own_nodes(node)
