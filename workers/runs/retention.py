"""How many runs are kept, and how much of the disk they may take; the rest is forgotten. Any process of ours.

The limits stand in a file of their own and not with the window's other settings, since the command line keeps to them too,
which loads no Qt.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs

from workers.errors import RunError
from workers.runs import trash
from workers.runs.leases import held_runs, is_in_use
from workers.runs.run_folders import made, run_folders, size_of
from workers.runs.run_names import name_of
from workers.system.atomic_files import write_atomically

LEAST_RUNS, MOST_RUNS = 1, 10_000
LEAST_BYTES, MOST_BYTES = 10**7, 10**12


@dataclass(frozen=True, slots=True)
class Limits:
    """How many runs are kept at most, and how many bytes they take, with what was deleted of late."""

    runs: int = 100
    size_bytes: int = 2 * 10**9


def limits_file() -> Path:
    """Where the limits stand; it need not exist."""
    return platformdirs.user_config_path("procession", appauthor=False) / "history.json"


def load_limits() -> Limits:
    """The limits that the person has set; what cannot be used in their file is as if absent."""
    try:
        kept = json.loads(limits_file().read_bytes())
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
    """Keep to these from now on. Raises RunError or ExportError when they cannot be kept."""
    made(limits_file().parent)
    write_atomically(limits_file(), (json.dumps(asdict(limits), indent=1) + "\n").encode("ascii"))


def make_room(go_on: Callable[[], bool] = lambda: True) -> int:
    """Forget runs until the rest keeps to the limits, or `go_on` says no; how many. Never raises.

    What was deleted goes first, then the oldest runs, and those that the person gave a name only after all others. The newest
    run stays in any case, and so does one that goes on or is shown somewhere.
    """
    limits, held = load_limits(), held_runs()
    newest_first = run_folders()
    sizes = {folder: size_of(folder) for folder in newest_first}
    count, total = len(sizes), sum(sizes.values())
    trash.empty(max(0, limits.size_bytes - total))
    forgotten = 0
    oldest_first = newest_first[:0:-1]
    for folder in sorted(oldest_first, key=lambda folder: bool(name_of(folder))):
        if (count <= limits.runs and total <= limits.size_bytes) or not go_on():
            break
        if is_in_use(folder, held):
            continue
        try:
            trash.discard(folder)
        except RunError:
            continue  # another process has forgotten it already
        forgotten += 1
        count, total = count - 1, total - sizes[folder]
    return forgotten


def _within(value: object, least: int, most: int, usual: int) -> int:
    return value if type(value) is int and least <= value <= most else usual
