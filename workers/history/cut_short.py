"""Finds runs that were cut short: window, command line or keeper were killed, or the machine lost power. Any thread.

Only the keepers' journals are read, and no timeline is made: this runs at every start of the window.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

from workers.history.summaries import SUMMARY
from workers.journal.codes import EndedBy
from workers.journal.kinds import Kind
from workers.journal.run_files import KEEPER, open_part
from workers.recorded.probe import SLOT
from workers.runs.leases import is_in_use, leased_runs
from workers.runs.run_folders import run_folders
from workers.system import process_tree

_REPORTED = "told"
"""The file in a run's folder that says that the user has been told of it."""
_STEP_S = 0.02
_BLOCK = 1 << 20
_VALUE = slice(16, 24)  # of a slot: the field `a`


def newly_cut_short() -> list[Path]:
    """The folders of runs that were cut short and that no user has seen yet, the newest first. Each is returned once, ever."""
    folders = run_folders()
    leased = leased_runs()  # after the folders: each has its lease before it is there
    return [
        folder
        for folder in folders
        if not is_in_use(folder, leased)
        and not os.path.lexists(folder / SUMMARY)
        and was_cut_short(folder)
        and _mark_as_reported(folder)
    ]


def was_cut_short(folder: Path) -> bool:
    """Whether the program was launched, and the keeper's journal then has no end, or an end because the owner was gone."""
    launched = ended = False
    ended_by = 0
    try:
        with open_part(folder / KEEPER) as file:
            file.seek(0)
            while block := file.read(_BLOCK):
                kinds = block[::SLOT]
                launched = launched or Kind.LAUNCHED in kinds
                ended = ended or Kind.ENDED in kinds
                at = kinds.find(Kind.ENDING) * SLOT
                if at >= 0 and not ended_by:
                    ended_by = int.from_bytes(block[at:][_VALUE], "little")
    except OSError:
        return False
    return launched and (not ended or ended_by == EndedBy.OWNER_GONE)


def end_leftover_processes(folder: Path, may_continue: Callable[[], bool] = lambda: True) -> int:
    """End the processes of such a run that still live, as its keeper would have done, while `may_continue` is true.

    Returns how many there were. Workers live on where window and keeper were killed at the same moment.
    """
    leftover = {process.pid for process in process_tree.marked(folder)}
    ending = process_tree.Ending(lambda: process_tree.marked(folder), process_tree.ORPHAN_GRACE_S)
    while leftover and may_continue() and not ending.step() and not ending.hopeless:
        time.sleep(_STEP_S)
    return len(leftover)


def _mark_as_reported(folder: Path) -> bool:
    """Whether this run had not been reported yet. It has from now on."""
    try:
        os.close(os.open(folder / _REPORTED, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError:
        return False
    return True
