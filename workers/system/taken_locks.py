"""Which locks a thread has taken with acquire(), and where a lock is taken that is not, or not always, released: read from
the source.

Any process and thread. Only locks count, as far as their file says so: a Semaphore may be released by others.
"""

import ast
from collections.abc import Iterator
from typing import NamedTuple

_LOCKS = frozenset(("Lock", "RLock"))
_OTHERS = frozenset(("Semaphore", "BoundedSemaphore", "Condition"))
_NAMES = ("lock", "mutex")
_LONGEST_TEXT = 100
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


class UnguardedLines(NamedTuple):
    """The lines of a function in which it has a lock that nothing releases if they are left by an exception or a return.

    taken: where acquire() is called. released: where release() is. left: where a return statement leaves them; 0 = none does.
    """

    function: str
    taken: int
    released: int
    left: int


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


def unguarded(module: ast.Module, text: str) -> list[UnguardedLines]:
    """Where a function takes the lock of this name with acquire(), and release() is not in a finally."""
    wanted = text.rpartition(".")[2]
    if wanted not in _locks_of(module):
        return []
    found = []
    for function in [node for node in ast.walk(module) if isinstance(node, _FUNCTIONS)]:
        calls = [(at, call) for at, _, name, call in _calls(function) if name == wanted]
        taken_at = [at for at, call in calls if call == "acquire"]
        released_at = [at for at, call in calls if call == "release"]
        if (
            len(taken_at) != 1
            or not released_at
            or max(released_at) <= taken_at[0]
            or _is_guarded(function, released_at)
        ):
            continue
        first, last = taken_at[0], max(released_at)
        left = [node.lineno for node in _own_nodes(function) if isinstance(node, ast.Return)
                and first < node.lineno < last and not any(first < at <= node.lineno for at in released_at)]  # fmt: skip
        found.append(UnguardedLines(function.name, first, last, min(left, default=0)))
    return found


def _is_guarded(function: ast.AST, released_at: list[int]) -> bool:
    """Whether a release() is in a finally or an except, so that the lock may be released however its lines are left."""
    return any(
        part.lineno <= at <= (part.end_lineno or 0)
        for node in _own_nodes(function)
        if isinstance(node, ast.Try)
        for part in [*node.finalbody, *(one for handler in node.handlers for one in handler.body)]
        for at in released_at
    )


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
    """The names to which a Lock or an RLock is assigned, also one of several at once; and names of locks in a file that makes
    some and nothing similar."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
            pairs = [(target, value)]
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
                pairs = list(zip(target.elts, value.elts, strict=True))
            found.update(_last_name(one) for one, made in pairs if _makes_lock(made))
    made = {_last_name(node.func) for node in ast.walk(module) if isinstance(node, ast.Call)}
    if made & _LOCKS and not made & _OTHERS:  # it may come by another name, as through the initializer of a Pool
        found.update(name for _, _, name, _ in _all_calls(module) if any(word in name.lower() for word in _NAMES))
    return found - {""}


def _all_calls(module: ast.Module) -> Iterator[tuple[int, str, str, str]]:
    for body in (module, *(node for node in ast.walk(module) if isinstance(node, _FUNCTIONS))):
        yield from _calls(body)


def _makes_lock(value: ast.AST) -> bool:
    return isinstance(value, ast.Call) and _last_name(value.func) in _LOCKS


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
