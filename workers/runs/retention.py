"""The removal of runs beyond the user's limits, in number and in bytes. Any process of Procession, any thread."""

from collections.abc import Callable
from pathlib import Path

from workers.errors import RunError
from workers.runs import trash
from workers.runs.leases import is_in_use, leased_runs
from workers.runs.limits import load_limits
from workers.runs.run_folders import run_folders, size_of


def make_room(may_continue: Callable[[], bool] = lambda: True, *, ended: Path | None = None) -> int:
    """Remove runs until the rest is within the limits, or `may_continue` is false. Returns how many. Never raises.

    The trash goes first, then the oldest runs, and runs with a name of the user's last. The newest run always stays, and so
    does any run that is still running or shown somewhere, or may be so in another container or on another machine.
    ended: the run that has just ended, which stays too.
    """
    limits, newest_first = load_limits(), run_folders()
    leased = leased_runs()  # after the folders: each has its lease before it is there
    sizes = {folder: size_of(folder) for folder in newest_first}
    count, total = len(sizes), sum(sizes.values())
    trash.empty(max(0, limits.size_bytes - total))
    if count <= limits.runs and total <= limits.size_bytes:
        return 0
    from workers.runs.run_names import name_of  # at the end of most recorded commands there is room

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
