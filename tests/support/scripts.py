"""Finds the programs of tests/scripts by their file names: they are kept in a folder for each topic. The test's process."""

from functools import cache
from pathlib import Path

from support.paths import TESTS

SCRIPTS = TESTS / "scripts"


@cache
def script_path(name: str) -> Path:
    """The one file or folder of this name below tests/scripts. Raises LookupError when there is none, or more than one."""
    found = [path for path in sorted(SCRIPTS.rglob(name)) if "__pycache__" not in path.parts]
    if len(found) == 1:
        return found[0]
    if not found:
        raise LookupError(f"there is no script {name!r} in any folder of {SCRIPTS}")
    raise LookupError(f"several scripts are called {name!r}: {', '.join(map(str, found))}")
