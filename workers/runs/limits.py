"""The user's limits for kept runs and for each run. Any process of Procession, any thread.

They are in a file of their own and not with the window's other settings, since the command line, which loads no Qt, obeys them
too. A recorded command reads them before its program starts: little is imported here.
"""

import json
from pathlib import Path
from typing import NamedTuple

from workers.errors import RunError
from workers.runs.run_folders import ensure_folder
from workers.runs.user_folders import user_folder
from workers.system.private_folders import open_private

LEAST_RUNS, MOST_RUNS = 1, 10_000
LEAST_BYTES, MOST_BYTES = 10**7, 10**12
LEAST_GIVEN_BYTES = 10**6
"""The least that a command may give one run."""
_MOST_FILE_BYTES = 1 << 20


class Limits(NamedTuple):
    """The most runs that are kept, and the most bytes that they take together with the runs in the trash.

    run_bytes: the most that one run may take while it is recorded.
    """

    runs: int = 100
    size_bytes: int = 2 * 10**9
    run_bytes: int = 4 * 10**9


def limits_file() -> Path:
    """The file with the limits; it need not exist."""
    return user_folder("config") / "history.json"


def load_limits() -> Limits:
    """The limits that the user has set. The usual value stands in for any that is missing or makes no sense.

    A file that another user could have written counts as missing: by it, runs are removed.
    """
    try:
        with open_private(limits_file()) as file:
            kept = json.loads(file.read(_MOST_FILE_BYTES) or b"")
    except (OSError, ValueError, RecursionError, RunError):
        return Limits()
    if not isinstance(kept, dict):
        return Limits()
    usual = Limits()
    return Limits(
        _within(kept.get("runs"), LEAST_RUNS, MOST_RUNS, usual.runs),
        _within(kept.get("size_bytes"), LEAST_BYTES, MOST_BYTES, usual.size_bytes),
        _within(kept.get("run_bytes"), LEAST_BYTES, MOST_BYTES, usual.run_bytes),
    )


def save_limits(limits: Limits) -> None:
    """Set the limits for the future. Raises RunError or ExportError when they cannot be saved."""
    from workers.system.atomic_files import write_atomically

    ensure_folder(limits_file().parent)
    write_atomically(limits_file(), (json.dumps(limits._asdict(), indent=1) + "\n").encode("ascii"))


def _within(value: object, least: int, most: int, usual: int) -> int:
    return value if type(value) is int and least <= value <= most else usual
