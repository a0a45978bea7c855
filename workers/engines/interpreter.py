"""Which Python runs a person's script: the one that ``python SCRIPT`` means there, and whether it can be recorded. Any process.

Only an interpreter that is a script itself (a shim, as of pyenv) is asked for the one behind it when it is looked for: a
shim would stand in the timeline as a process of its own.
"""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workers.errors import PlanError, RunError

OLDEST = (3, 9)
_PATIENCE_S = 20.0
_ASK = """import sys
kind = getattr(sys, "implementation", None)
print("\\n".join([getattr(kind, "name", "CPython"), "%d" % sys.version_info[0], "%d" % sys.version_info[1], sys.executable]))
"""
_OF_A_TOOL = ("uv-receipt.toml", "pipx_metadata.json")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an interpreter says of itself. problem: why it could not be asked, else empty."""

    implementation: str = ""
    version: tuple[int, int] = (0, 0)
    executable: str = ""
    problem: str = ""


def likely_python(beside: Path | None = None) -> str:
    """What ``python`` means here: that of the virtual environment that is active, else the first on the PATH, else the one
    that runs us.

    beside: the folder of a script that no shell has anything active for; a virtual environment there or above it goes before
    the PATH.
    """
    for candidate in _candidates(beside):
        found = candidate if not _is_shim(candidate) else _asked(candidate).executable
        if found:
            return found
    return sys.executable


def recordable(python: str) -> str:
    """The interpreter that `python` is: a command as in a shell, a path, or the folder of a virtual environment.

    Raises PlanError for one that cannot be recorded, RunError for what cannot be run or is no Python."""
    if os.path.isdir(os.path.expanduser(python)):
        python = _python_in(os.path.expanduser(python))
    found = shutil.which(os.path.expanduser(python)) or python
    if found == sys.executable:
        return found
    answer = _asked(found)
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
    if any(os.path.exists(os.path.join(sys.prefix, name)) for name in _OF_A_TOOL):
        own = os.path.dirname(
            sys.executable
        )  # has none of the person's packages, and may stand first for this call alone
        path = os.pathsep.join(part for part in path.split(os.pathsep) if part != own)
    for name in ("python", "python3"):
        command = shutil.which(name, path=path)
        if command is not None:
            yield os.path.abspath(command)


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


def _asked(python: str) -> Answer:
    try:
        changed_ns, folder = os.stat(python).st_mtime_ns, os.getcwd()  # a shim's answer depends on the folder, too
    except OSError:
        changed_ns, folder = 0, ""
    return _asked_once(python, changed_ns, folder)


@functools.lru_cache(16)
def _asked_once(python: str, _changed_ns: int, _folder: str) -> Answer:
    try:
        done = subprocess.run([python, "-I", "-S", "-c", _ASK], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors="surrogateescape", timeout=_PATIENCE_S)  # fmt: skip
    except subprocess.TimeoutExpired:
        return Answer(problem="it does not answer")
    except OSError as error:
        return Answer(problem=error.strerror or "it cannot be run")
    match done.stdout.splitlines():
        case [implementation, major, minor, executable] if major.isdigit() and minor.isdigit():
            return Answer(implementation, (int(major), int(minor)), executable)
    return Answer()
