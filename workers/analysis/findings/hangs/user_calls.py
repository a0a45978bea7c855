"""The call that a thread waits in, as its user wrote it: read from the thread's stack. Pure functions, any process."""

import os
from collections.abc import Sequence
from typing import NamedTuple

from workers.timeline.stacks import CodeFrame

_NAMES = {
    ("synchronize.py", "__enter__"): "a with statement",
    ("threading.py", "__enter__"): "a with statement",
    ("process.py", "BaseProcess.join"): "join()",
    ("process.py", "join"): "join()",
}
_POOL_LOOPS = (("pool.py", "worker"), ("process.py", "_process_worker"), ("process_executor.py", "_process_worker"))


class UserCall(NamedTuple):
    """call: ``Queue.get()``, or a phrase; empty where the user's own code waits in C. file, line: where it is made."""

    call: str
    file: str
    line: int

    @property
    def place(self) -> str:
        """`` in Queue.get() (worker.py:41)``."""
        return f"{f' in {self.call}' if self.call else ''} ({self.where})"

    @property
    def where(self) -> str:
        """``worker.py:41``."""
        return f"{os.path.basename(self.file)}:{self.line}"


def user_call(frames: Sequence[CodeFrame]) -> UserCall | None:
    """The call of a library that the user's code is in; None where no code of the user is in the stack."""
    for at, frame in enumerate(frames):
        if not frame.is_library:
            return UserCall(called_name(frames[at - 1]) if at else "", frame.file, frame.line)
    return None


def called_name(frame: CodeFrame) -> str:
    """``Queue.get()`` for that function of the library."""
    name = _NAMES.get((os.path.basename(frame.file), frame.function))
    if name is not None:
        return name
    owner, _, function = frame.function.rpartition(".")
    if function == "__enter__":
        return "a with statement"
    owner = owner.rpartition(".")[2].strip("_").removesuffix("Base")
    return f"{owner}.{function}()" if owner else f"{function}()"


def is_in(frames: Sequence[CodeFrame], file: str, *functions: str) -> bool:
    """Whether a function of one of these names, of a class or not, in a library file of this name is in the stack."""
    return any(
        frame.is_library and os.path.basename(frame.file) == file and frame.function.rpartition(".")[2] in functions
        for frame in frames
    )


_NOTIFIED = frozenset(("wait", "wait_for", "join", "_wait_for_tstate_lock", "_shutdown", "_python_exit"))
"""Functions of the library in which a thread waits for what another one does, and not for a lock that another one holds."""


def is_notified(frames: Sequence[CodeFrame]) -> bool:
    """Whether a thread waits until another one does something, as in Event.wait(), and for no lock that somebody holds."""
    return bool(frames) and frames[0].is_library and frames[0].function.rpartition(".")[2] in _NOTIFIED


def waits_for_a_task(frames: Sequence[CodeFrame]) -> bool:
    """Whether it is the worker of a pool or executor, and waits for something to do."""
    for frame in frames:
        if not frame.is_library:
            return False
        if (os.path.basename(frame.file), frame.function.rpartition(".")[2]) in _POOL_LOOPS:
            return True
    return False


def runs_a_task(frames: Sequence[CodeFrame]) -> bool:
    """Whether it is the worker of a pool or executor, in the middle of a task."""
    return not waits_for_a_task(frames) and any(
        (os.path.basename(frame.file), frame.function.rpartition(".")[2]) in _POOL_LOOPS for frame in frames
    )
