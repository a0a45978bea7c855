"""Which methods a thread may still call, read from the source of the functions that it is in. Any process and thread.

It answers whether a thread that wakes up now and then could end a wait: a heartbeat that never calls put() does not. In each
function of the stack only what comes after the present line counts, and the loops that it is in; in functions of the same
file that are called from there, everything. Where the source does not say, the answer is UNKNOWN.
"""

import ast
import builtins
import os
import re
import sys
from collections.abc import Iterator, Sequence

from workers.system.python_stacks import StackFrame
from workers.system.source_loops import asked_before, asking_loop, words_of
from workers.system.source_signals import missed
from workers.system.taken_locks import taken, unguarded, unreleased

UNKNOWN = "?"
"""Instead of a method's name: code is called that is not seen here."""

WAKING = frozenset(
    (
        *("put", "put_nowait", "send", "send_bytes", "write", "writelines", "close", "set", "notify", "notify_all"),
        *("release", "task_done", "get", "get_nowait", "recv", "recv_bytes", "read", "readline", "terminate", "kill"),
        *("abort", "submit", "map", "apply", "apply_async", "imap", "set_result", "cancel", "communicate", "poll"),
        *("drain", "result"),
    )
)
"""The methods that may end the wait of another thread or process. No others are told."""

_LIBRARY = re.compile(r"(^|/)lib(64)?/python3[^/]*/(?!site-packages|dist-packages)|^<frozen")
_HARMLESS_BASES = frozenset(
    (
        *("threading.py", "process.py", "popen_fork.py", "popen_spawn_posix.py", "popen_forkserver.py"),
        *("context.py", "spawn.py", "forkserver.py", "<frozen runpy>"),
    )
)
"""Where Python begins a thread or a process: below these frames nothing else is called."""
_LARGEST_BYTES = 1 << 20
_DEEPEST = 6
_LONGEST_TEXT = 100
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def is_library(file: str) -> bool:
    """Whether a file belongs to Python itself."""
    return _LIBRARY.search(file) is not None


class ReachableCalls:
    """Reads each source file once."""

    def __init__(self) -> None:
        self._modules: dict[str, ast.Module | None] = {}

    def of(self, frames: Sequence[StackFrame]) -> frozenset[str]:
        """Those of WAKING that a thread with this stack (the innermost frame first) may call, and UNKNOWN."""
        own = [at for at, frame in enumerate(frames) if not is_library(frame.file)]
        if not own:
            return frozenset() if any(_only_replaces_workers(frame) for frame in frames) else frozenset((UNKNOWN,))
        found: set[str] = set()
        for at, frame in enumerate(frames):
            if at < own[0]:
                continue  # the library that waits for it now
            if at in own:
                found |= self._of_frame(frame)
            elif os.path.basename(frame.file) not in _HARMLESS_BASES:
                found.add(UNKNOWN)  # it may call anything next
        return frozenset(found)

    def with_statements(self, frames: Sequence[StackFrame]) -> list[tuple[str, int, str, bool]]:
        """The with statements that a thread with this stack is in, the innermost first.

        (file, line, what is entered, as it is written; whether the thread is in its body, and not still entering).
        """
        found = []
        for frame in frames:
            module = None if is_library(frame.file) else self._module(frame.file)
            if module is None:
                continue
            body = _function_at(module, frame.line)
            inside = [
                (frame.file, node.lineno, ", ".join(ast.unparse(item.context_expr) for item in node.items)[:_LONGEST_TEXT],
                 frame.line >= node.body[0].lineno)
                for node in ast.walk(body)
                if isinstance(node, ast.With) and node.lineno <= frame.line <= (node.end_lineno or 0)
                and (node is body or _function_at(module, node.lineno) is body)
            ]  # fmt: skip
            found += inside[::-1]
        return found

    def taken_locks(self, frames: Sequence[StackFrame]) -> list[tuple[str, int, str, bool]]:
        """The locks that a thread with this stack has taken with acquire(), or waits for there, the innermost first.

        (file, line, the lock, as it is written; whether acquire() is over).
        """
        found = []
        for frame in frames:
            module = None if is_library(frame.file) else self._module(frame.file)
            if module is not None:
                body = _function_at(module, frame.line)
                found += [(frame.file, *one) for one in taken(module, body, frame.line)]
        return found

    def never_released(self, frames: Sequence[StackFrame]) -> list[tuple[str, str, int]]:
        """Where the lock that a thread with this stack waits for is taken and not released: (function, file, line)."""
        waits = [*self.with_statements(frames), *self.taken_locks(frames)]
        file, text = next(((file, text) for file, _, text, over in waits if not over), ("", ""))
        module = self._module(file) if file else None
        return [] if module is None else [(function, file, line) for line, function in unreleased(module, text)]

    def may_keep(self, frames: Sequence[StackFrame]) -> list[tuple[str, str, int, int, int]]:
        """Where the lock that a thread with this stack waits for may be left locked: see UnguardedLines.

        (function, file, taken, released, left).
        """
        waits = [*self.with_statements(frames), *self.taken_locks(frames)]
        file, text = next(((file, text) for file, _, text, over in waits if not over), ("", ""))
        module = self._module(file) if file else None
        if module is None:
            return []
        return [(one.function, file, one.taken, one.released, one.left) for one in unguarded(module, text)]

    def asks_for_ends(self, frames: Sequence[StackFrame]) -> tuple[str, int, str] | None:
        """The loop that a thread with this stack is in and that only the ends of processes end: (file, line, its condition).

        None where there is none, or where it does something in the loop that could help these processes to their ends.
        """
        for frame in frames:
            module = None if is_library(frame.file) else self._module(frame.file)
            if module is None:
                if is_library(frame.file):
                    continue
                return None
            body = _function_at(module, frame.line)
            loop = asking_loop(body, frame.line)
            if loop is not None:
                harmless = not self._of_nodes(list(ast.walk(loop)), module, 0)
                return (frame.file, loop.lineno, words_of(loop)) if harmless else None
            if any(isinstance(node, ast.While) and node.lineno <= frame.line <= (node.end_lineno or 0)
                   for node in ast.walk(body)):  # fmt: skip
                return None
        return None

    def asked_if_empty(self, frames: Sequence[StackFrame]) -> tuple[str, int, str] | None:
        """Where a thread with this stack, which takes from a queue, asked before whether that is empty: (file, line, queue)."""
        frame = next((frame for frame in frames if not is_library(frame.file)), None)
        module = None if frame is None else self._module(frame.file)
        if frame is None or module is None:
            return None
        asked = asked_before(_function_at(module, frame.line), frame.line)
        return None if asked is None else (frame.file, *asked)

    def may_have_missed(self, frames: Sequence[StackFrame]) -> tuple[str, int, str, int] | None:
        """What a thread with this stack, which waits for an Event or a Condition, may have come too late for.

        (file, line, call, line of what follows); see LateSignal.
        """
        frame = next((frame for frame in frames if not is_library(frame.file)), None)
        module = None if frame is None else self._module(frame.file)
        if frame is None or module is None:
            return None
        found = missed(module, _function_at(module, frame.line), frame.line)
        return None if found is None else (frame.file, found.line, found.call, found.after)

    def _of_frame(self, frame: StackFrame) -> set[str]:
        module = self._module(frame.file)
        if module is None:
            return {UNKNOWN}
        body = _function_at(module, frame.line)
        found = self._of_nodes(list(_from(body, frame.line)), module, 0)
        # The end of a with statement releases the lock that it entered.
        return found | {"release"} if any(_may_be_lock(one) for one in _entered(body, frame.line)) else found

    def _of_nodes(self, nodes: Sequence[ast.AST], module: ast.Module, depth: int) -> set[str]:
        found: set[str] = set()
        for node in nodes:
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            if isinstance(called, ast.Attribute):
                if called.attr in WAKING:
                    found.add(called.attr)
                own = isinstance(called.value, ast.Name) and called.value.id in ("self", "cls")
                if own or _named(module, called.attr):
                    found |= self._of_function(called.attr, module, depth, known=not own)
            elif isinstance(called, ast.Name):
                found |= self._of_function(called.id, module, depth, known=hasattr(builtins, called.id))
            else:
                found.add(UNKNOWN)
        return found

    def _of_function(self, name: str, module: ast.Module, depth: int, *, known: bool) -> set[str]:
        """known: that a name without a function in this file is harmless."""
        functions = _named(module, name)
        if not functions:
            return set() if known or _is_from_library(module, name) else {UNKNOWN}
        if depth == _DEEPEST:
            return {UNKNOWN}
        found: set[str] = set()
        for function in functions:
            found |= self._of_nodes([node for part in function.body for node in ast.walk(part)], module, depth + 1)
        return found

    def _module(self, file: str) -> ast.Module | None:
        if file not in self._modules:
            self._modules[file] = _parsed(file)
        return self._modules[file]


def _only_replaces_workers(frame: StackFrame) -> bool:
    """Whether it is the thread of a Pool that starts a new worker for one that has ended, and does nothing else."""
    return os.path.basename(frame.file) == "pool.py" and frame.function.rpartition(".")[2] == "_handle_workers"


def _parsed(file: str) -> ast.Module | None:
    try:
        if os.path.getsize(file) > _LARGEST_BYTES:
            return None
        with open(file, "rb") as source:
            return ast.parse(source.read(), file)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _function_at(module: ast.Module, line: int) -> ast.AST:
    """The innermost function around a line, or the module."""
    body: ast.AST = module
    for node in ast.walk(module):
        if isinstance(node, _Function) and node.lineno <= line <= (node.end_lineno or 0):
            body = node  # the innermost one is walked to last
    return body


def _entered(body: ast.AST, line: int) -> Iterator[ast.expr]:
    """What the with statements have entered in whose bodies a line is."""
    for node in ast.walk(body):
        if isinstance(node, ast.With) and node.body[0].lineno <= line <= (node.end_lineno or 0):
            yield from (item.context_expr for item in node.items)


def _may_be_lock(entered: ast.expr) -> bool:
    """Whether it was there before: what the with statement itself makes is no lock that others wait for."""
    return not isinstance(entered, ast.Call) or getattr(entered.func, "attr", "") == "get_lock"


def _named(module: ast.Module, name: str) -> list[_Function]:
    return [node for node in ast.walk(module) if isinstance(node, _Function) and node.name == name]


def _is_from_library(module: ast.Module, name: str) -> bool:
    """Whether this name was imported from a module of Python's own, or is a class of one."""
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and any((alias.asname or alias.name) == name for alias in node.names):
            return (node.module or "").partition(".")[0] in sys.stdlib_module_names
    return False


def _from(body: ast.AST, line: int) -> Iterator[ast.AST]:
    """The nodes of a function or module that can run from this line on, without those of the functions defined in it."""
    for node in ast.iter_child_nodes(body):
        if isinstance(node, (*_Function.__args__, ast.ClassDef, ast.Lambda)):
            continue
        first, last = getattr(node, "lineno", line), getattr(node, "end_lineno", line) or line
        if isinstance(node, ast.For | ast.AsyncFor | ast.While) and first <= line <= last:
            yield from (inner for inner in ast.walk(node))
        elif last >= line:
            yield node
            yield from _from(node, line)
