"""Which locks a thread has taken with acquire(), and where a lock is taken that is not released: read from the source.

Any process and thread. Only a name that its file assigns a Lock or an RLock counts: a Semaphore may be released by others.
"""

import ast
from collections.abc import Iterator

_LOCKS = frozenset(("Lock", "RLock"))
_LONGEST_TEXT = 100
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


def taken(module: ast.Module, body: ast.AST, line: int) -> list[tuple[int, str, bool]]:
    """The calls of acquire() without arguments in a function (`body`) that have no release() before this line.

    (line, name of the lock as it is written, whether the call is over). The latest first.
    """
    locks = _locks_of(module)
    found: dict[str, tuple[int, bool]] = {}
    for at, text, name, call in sorted(_calls(body), key=lambda one: one[0]):
        if at > line or name not in locks:
            continue
        if call == "acquire":
            found[text] = at, at < line
        elif at < line:
            found.pop(text, None)
    return sorted(((at, text, over) for text, (at, over) in found.items()), reverse=True)


def unreleased(module: ast.Module, text: str) -> list[tuple[int, str]]:
    """The functions in which the lock of this name is taken with acquire(), and nowhere released: (line, function)."""
    wanted = text.rpartition(".")[2]
    if wanted not in _locks_of(module):
        return []
    found = []
    for function in [node for node in ast.walk(module) if isinstance(node, _FUNCTIONS)]:
        calls = [(at, call) for at, _, name, call in _calls(function) if name == wanted]
        if calls and all(call == "acquire" for _, call in calls):
            found.append((min(at for at, _ in calls), function.name))
    return found


def _calls(body: ast.AST) -> Iterator[tuple[int, str, str, str]]:
    """(line, expression, its last name, acquire or release) of each such call; of acquire() only where it waits without end."""
    for node in _own_nodes(body):
        called = node.func if isinstance(node, ast.Call) else None
        if not isinstance(called, ast.Attribute) or called.attr not in ("acquire", "release"):
            continue
        if called.attr == "acquire" and isinstance(node, ast.Call) and (node.args or node.keywords):
            continue
        name = _last_name(called.value)
        if name:
            yield node.lineno, ast.unparse(called.value)[:_LONGEST_TEXT], name, called.attr  # type: ignore[attr-defined]


def _own_nodes(body: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function or module without those of the functions and classes in it."""
    for node in ast.iter_child_nodes(body):
        if not isinstance(node, (*_FUNCTIONS.__args__, ast.ClassDef, ast.Lambda)):
            yield node
            yield from _own_nodes(node)


def _locks_of(module: ast.Module) -> set[str]:
    """The names to which a Lock or an RLock is assigned, also one of several at once."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
            pairs = [(target, value)]
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
                pairs = list(zip(target.elts, value.elts, strict=True))
            found.update(_last_name(one) for one, made in pairs if _makes_lock(made))
    return found - {""}


def _makes_lock(value: ast.AST) -> bool:
    return isinstance(value, ast.Call) and _last_name(value.func) in _LOCKS


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
