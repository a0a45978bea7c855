"""Finds the Python that runs a user's script, and checks that it can be recorded. Any process.

An interpreter that is itself a script (a shim, such as pyenv's) is run to learn the real one behind it, since a shim would be
a process of its own in the timeline.
"""

import errno
import functools
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from workers.errors import PlanError, RunError

OLDEST = (3, 9)
_ANSWERS_WITHIN_S = 20.0
QUESTION = """import sys
kind = getattr(sys, "implementation", None)
print("\\n".join([getattr(kind, "name", "CPython"), "%d" % sys.version_info[0], "%d" % sys.version_info[1], sys.executable]))
"""
_OURS = (errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM)
_FILES_OF_TOOLS = ("uv-receipt.toml", "pipx_metadata.json")


class NotAskedError(RunError):
    """This process lacks what it takes to start an interpreter, which says nothing about that one. python: its path."""

    def __init__(self, python: str, why: str) -> None:
        super().__init__(why)
        self.python = python


class Answer(NamedTuple):
    """What an interpreter reports about itself. problem: why it could not be run; empty if it could."""

    implementation: str = ""
    version: tuple[int, int] = (0, 0)
    executable: str = ""
    problem: str = ""


def likely_python(beside: Path | None = None) -> str:
    """The interpreter that ``python`` means here.

    That is the active virtual environment's, or else the first one on the PATH, or else the one that runs us.
    beside: the folder of a script that is not started from a shell. A virtual environment in it or above it comes before the
    PATH.
    """
    for candidate in _candidates(beside):
        found = candidate if not _is_shim(candidate) else _ask(candidate).executable
        if found:
            return found
    return sys.executable


def recordable(python: str) -> str:
    """The interpreter for `python`: a command as in a shell, a path, or the folder of a virtual environment.

    Raises PlanError for an interpreter that cannot be recorded, RunError for one that cannot be run or is no Python, and
    NotAskedError where no process can be started to find out.
    """
    if os.path.isdir(os.path.expanduser(python)):
        python = _python_in(os.path.expanduser(python))
    found = find_command(os.path.expanduser(python)) or python
    if found == sys.executable:
        return found
    answer = _ask(found)
    if answer.problem:
        raise RunError(f"{python} could not be started: {answer.problem}.")
    if not answer.executable:
        raise RunError(f"{python} is not a Python interpreter that can be run.")
    if answer.implementation.lower() != "cpython" or answer.version < OLDEST:
        what = "CPython" if answer.implementation.lower() == "cpython" else answer.implementation
        version = ".".join(str(part) for part in answer.version)
        raise PlanError(f"{python} is {what} {version}: it takes CPython 3.9 or newer.")
    return answer.executable if _is_shim(found) else found


def _candidates(beside: Path | None) -> Iterator[str]:
    active = os.environ.get("VIRTUAL_ENV", "")
    is_ours = bool(active) and os.path.realpath(active) == os.path.realpath(sys.prefix)
    found = [_python_in(active)] if active and os.access(_python_in(active), os.X_OK) else []
    near = [] if beside is None else list(_beside(beside))
    yield from (near + found if is_ours else found + near)
    path = os.environ.get("PATH", os.defpath)
    if any(os.path.exists(os.path.join(sys.prefix, name)) for name in _FILES_OF_TOOLS):
        # Our own folder has none of the user's packages, and may be first on the PATH only for this call.
        own = os.path.dirname(sys.executable)
        path = os.pathsep.join(part for part in path.split(os.pathsep) if part != own)
    for name in ("python", "python3"):
        command = find_command(name, path)
        if command is not None:
            yield os.path.abspath(command)


def find_command(name: str, path: str | None = None) -> str | None:
    """The file of a command, as shutil.which() finds it. A recorded script waits for what is loaded here, and it loads much."""
    if os.name != "posix":
        import shutil

        return shutil.which(name, path=path)
    if os.path.dirname(name):
        candidates = [name]
    else:
        path = os.environ.get("PATH", os.defpath) if path is None else path
        candidates = [os.path.join(folder, name) for folder in path.split(os.pathsep)] if path else []
    return next((file for file in candidates if os.access(file, os.X_OK) and not os.path.isdir(file)), None)


def _beside(folder: Path) -> Iterator[str]:
    for above in (folder, *folder.parents):
        for name in (".venv", "venv", "env"):
            python = _python_in(str(above / name))
            if (above / name / "pyvenv.cfg").exists() and os.access(python, os.X_OK):
                yield python


def _python_in(environment: str) -> str:
    return os.path.join(
        environment, "Scripts" if os.name == "nt" else "bin", "python.exe" if os.name == "nt" else "python"
    )


def _is_shim(python: str) -> bool:
    try:
        with open(python, "rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return False


def _ask(python: str) -> Answer:
    try:
        changed_ns, folder = os.stat(python).st_mtime_ns, os.getcwd()  # the answer of a shim depends on the folder too
    except OSError:
        changed_ns, folder = 0, ""
    return _run_question(python, changed_ns, folder)


@functools.lru_cache(16)
def _run_question(python: str, _changed_ns: int, _folder: str) -> Answer:
    try:
        done = subprocess.run(
            [python, "-I", "-S", "-c", QUESTION],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=_ANSWERS_WITHIN_S,
        )
    except subprocess.TimeoutExpired:
        return Answer(problem="it does not answer")
    except OSError as error:
        if error.errno in _OURS:
            raise NotAskedError(python, f"{python} could not be asked what it is: {error.strerror}.") from error
        return Answer(problem=error.strerror or "it cannot be run")
    match done.stdout.splitlines():
        case [implementation, major, minor, executable] if major.isdigit() and minor.isdigit():
            return Answer(implementation, (int(major), int(minor)), executable)
    return Answer()
