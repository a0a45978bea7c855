"""The Pythons of this machine that a script can be recorded with. Each is started once, to ask for its version."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

OLDEST, NEWEST = 9, 15
"""Of Python 3: the versions that a recorded script may run with."""

INTERPRETERS = "INTERPRETERS_TO_TRY"
"""Where the tests keep what was in PYTHONS."""


@cache
def interpreters() -> dict[tuple[int, int], str]:
    """{version: path}, the oldest version first: those named in PYTHONS (separated as PATH is), then the present one, those on
    PATH and those of pyenv. The first found of each version counts."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    candidates = [
        path for path in (os.environ.get(INTERPRETERS) or os.environ.get("PYTHONS", "")).split(os.pathsep) if path
    ]
    candidates.append(sys.executable)
    for minor in range(OLDEST, NEWEST + 1):
        candidates += [shutil.which(f"python3.{minor}") or "", *map(str, pyenv.glob(f"3.{minor}.*/bin/python"))]
    found: dict[tuple[int, int], str] = {}
    for candidate in filter(None, candidates):
        match _identify(candidate):
            case (version, path) if (3, OLDEST) <= version <= (3, NEWEST):
                found.setdefault(version, path)
    return dict(sorted(found.items()))


def some_interpreters() -> dict[tuple[int, int], str]:
    """The oldest, the newest and the present one; with PYTHONS in the environment, all."""
    found = interpreters()
    if INTERPRETERS in os.environ:
        return found
    wanted = {min(found), max(found), sys.version_info[:2]}
    return {version: path for version, path in found.items() if version in wanted}


def _identify(candidate: str) -> tuple[tuple[int, int], str] | None:
    """Its version and its own path: the candidate may be a script that starts it, as pyenv's are. None for what is no CPython,
    or does not start."""
    program = "import sys; print(sys.implementation.name, *sys.version_info[:2], sys.executable)"
    try:
        done = subprocess.run([candidate, "-c", program], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    name, major, minor, path = done.stdout.rstrip("\n").split(" ", 3)
    return ((int(major), int(minor)), path) if name == "cpython" else None
