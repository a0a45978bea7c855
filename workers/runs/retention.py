"""The limits for kept runs, in number and in bytes, and the removal of runs beyond them. Any process of Procession, any thread.

The limits are in a file of their own and not with the window's other settings, since the command line, which loads no Qt, obeys
them too.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import platformdirs

from workers.errors import RunError
from workers.runs import trash
from workers.runs.leases import is_in_use, leased_runs
from workers.runs.run_folders import ensure_folder, run_folders, size_of
from workers.runs.run_names import name_of
from workers.system.atomic_files import write_atomically
from workers.system.private_folders import open_private

LEAST_RUNS, MOST_RUNS = 1, 10_000
LEAST_BYTES, MOST_BYTES = 10**7, 10**12
_MOST_FILE_BYTES = 1 << 20


class Limits(NamedTuple):
    """The most runs that are kept, and the most bytes that they take together with the runs in the trash."""

    runs: int = 100
    size_bytes: int = 2 * 10**9


def limits_file() -> Path:
    """The file with the limits; it need not exist."""
    return platformdirs.user_config_path("procession", appauthor=False) / "history.json"


def load_limits() -> Limits:
    """The limits that the user has set. The usual value stands in for any that is missing or makes no sense.

    A file that another user could have written counts as missing: by it, runs are removed.
    """
    try:
        with open_private(limits_file()) as file:
            kept = json.loads(file.read(_MOST_FILE_BYTES) or b"")
    except (OSError, ValueError, RecursionError):
        return Limits()
    if not isinstance(kept, dict):
        return Limits()
    usual = Limits()
    return Limits(
        _within(kept.get("runs"), LEAST_RUNS, MOST_RUNS, usual.runs),
        _within(kept.get("size_bytes"), LEAST_BYTES, MOST_BYTES, usual.size_bytes),
    )


def save_limits(limits: Limits) -> None:
    """Set the limits for the future. Raises RunError or ExportError when they cannot be saved."""
    ensure_folder(limits_file().parent)
    write_atomically(limits_file(), (json.dumps(limits._asdict(), indent=1) + "\n").encode("ascii"))


def make_room(may_continue: Callable[[], bool] = lambda: True, *, ended: Path | None = None) -> int:
    """Remove runs until the rest is within the limits, or `may_continue` is false. Returns how many. Never raises.

    The trash goes first, then the oldest runs, and runs with a name of the user's last. The newest run always stays, and so
    does any run that is still running or shown somewhere, or may be so in another container or on another machine.
    ended: the run that has just ended, which stays too.
    """
    limits, leased = load_limits(), leased_runs()
    newest_first = run_folders()
    sizes = {folder: size_of(folder) for folder in newest_first}
    count, total = len(sizes), sum(sizes.values())
    trash.empty(max(0, limits.size_bytes - total))
    removed = 0
    oldest_first = newest_first[:0:-1]
    for folder in sorted(oldest_first, key=lambda folder: bool(name_of(folder))):
        if (count <= limits.runs and total <= limits.size_bytes) or not may_continue():
            break
        if folder == ended or is_in_use(folder, leased):
            continue
        try:
            trash.discard(folder)
        except RunError:
            continue  # another process has removed it already
        removed += 1
        count, total = count - 1, total - sizes[folder]
    return removed


def _within(value: object, least: int, most: int, usual: int) -> int:
    return value if type(value) is int and least <= value <= most else usual
