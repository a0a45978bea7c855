"""The stacks of a Python process, read from outside by py-spy: it stops nothing, and runs no code in the process.

Any process and thread; Linux. Where the system refuses it, the problem is a sentence that says what would allow it.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from typing import Any, NamedTuple

_LIMIT_S = 10.0
_TRIES = 5
"""A reading fails when a thread moves meanwhile: on CPython 3.14 one in six, if a thread wakes ten times a second."""
SCOPE = "/proc/sys/kernel/yama/ptrace_scope"
_REFUSED = ("permission denied", "operation not permitted", "eperm", "eacces")
_MOST_FRAMES = 200
_LONGEST_TEXT = 1000

NO_PYTHON = "It is no Python, or its stacks cannot be read."
GONE = "It has ended."
NOT_INSTALLED = "Stacks are read by py-spy, which is not installed beside Procession."


class StackFrame(NamedTuple):
    """One function of a stack. function: with its class where that is known. line: the one that it is at."""

    function: str
    file: str
    line: int


class StackOfThread(NamedTuple):
    """The stack of one thread. thread: the kernel's number. frames: the innermost first."""

    thread: int
    name: str
    frames: tuple[StackFrame, ...]


class StacksRead(NamedTuple):
    """What was read. problem: why there is nothing; empty otherwise."""

    threads: tuple[StackOfThread, ...] = ()
    problem: str = ""


def read_stacks(pid: int) -> StacksRead:
    """The stacks of all threads of a process. Takes some 30 ms, and five times that for what is no Python."""
    spy = _spy()
    if spy is None:
        return StacksRead(problem=NOT_INSTALLED)
    read = _read_once(spy, pid)
    for _ in range(1, _TRIES):
        if read.problem != NO_PYTHON:
            break
        read = _read_once(spy, pid)
    return read


def _read_once(spy: str, pid: int) -> StacksRead:
    command = [spy, "dump", "--nonblocking", "--json", "--pid", str(pid)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_LIMIT_S, check=False)
        if done.returncode == 0:
            return StacksRead(tuple(_thread(one) for one in json.loads(done.stdout)))
        said = done.stderr.decode("utf-8", "replace").lower()
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
        said = str(error).lower()
    if not os.path.exists(f"/proc/{pid}"):
        return StacksRead(problem=GONE)
    return StacksRead(problem=refusal() if any(word in said for word in _REFUSED) else NO_PYTHON)


def refusal() -> str:
    """Why the system lets nobody read another process here, and what would allow it."""
    try:
        with open(SCOPE, encoding="ascii") as file:
            scope = file.read().strip()
    except OSError:
        scope = ""
    if scope == "1":
        return (
            "The system lets only a process's own ancestors read its stacks (kernel.yama.ptrace_scope is 1): "
            "`sudo sysctl kernel.yama.ptrace_scope=0` allows it until the next restart."
        )
    if scope == "2":
        return (
            "The system lets only root read the stacks of processes (kernel.yama.ptrace_scope is 2): "
            "`sudo sysctl kernel.yama.ptrace_scope=0` allows it until the next restart."
        )
    if scope == "3":
        return (
            "The system lets nobody read the stacks of processes until it is restarted (kernel.yama.ptrace_scope is 3)."
        )
    return (
        "The system does not allow the stacks of this process to be read: it takes the rights of its user or, in a "
        "container, the option --cap-add=SYS_PTRACE."
    )


def _spy() -> str | None:
    name = "py-spy"
    folders = (os.path.dirname(sys.executable), sysconfig.get_path("scripts") or "")
    for folder in folders:
        path = os.path.join(folder, name)
        if os.access(path, os.X_OK):
            return path
    return shutil.which(name)


def _thread(data: dict[str, Any]) -> StackOfThread:
    frames = [
        StackFrame(str(one["name"])[:_LONGEST_TEXT], str(one["filename"])[:_LONGEST_TEXT], int(one["line"]))
        for one in data["frames"][:_MOST_FRAMES]
    ]
    name = str(data.get("thread_name") or "")[:_LONGEST_TEXT]
    return StackOfThread(int(data.get("os_thread_id") or 0), name, tuple(frames[: _own(frames)]))


def _own(frames: list[StackFrame]) -> int:
    """How many frames are the process's own. A forked worker also has those of its parent, which it never returns to."""
    for at, frame in enumerate(frames):
        if frame.function.endswith("_launch") and os.path.basename(frame.file) == "popen_fork.py":
            return at
    return len(frames)
