"""Finds the runs that did not come to their end because Procession itself did not: window, command line or keeper were killed,
or the machine lost its power. Any process and thread.

It asks the keeper's journals alone, and makes no timeline: this is looked for at every start.
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
from workers.runs.leases import held_runs, is_in_use
from workers.runs.run_folders import run_folders
from workers.system import process_tree

TOLD = "told"
_STEP_S = 0.02
_BLOCK = 1 << 20
_VALUE = slice(16, 24)  # of a slot: the field `a`


def newly_cut_short() -> list[Path]:
    """The folders of such runs that nobody was told of or has seen in the list, the newest first. Each once, ever."""
    held = held_runs()
    return [
        folder
        for folder in run_folders()
        if not is_in_use(folder, held)
        and not os.path.lexists(folder / SUMMARY)
        and was_cut_short(folder)
        and _tell_now(folder)
    ]


def was_cut_short(folder: Path) -> bool:
    """Whether the keeper's journal of a run that was launched ends without an end, or says that its owner was gone."""
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


def end_remains(folder: Path, go_on: Callable[[], bool] = lambda: True) -> int:
    """End what still lives of such a run, as its keeper would have done, unless `go_on` says no; how many processes there were.
    Workers outlive window and keeper where both were killed at once, and nobody was left to end them."""
    remains = {process.pid for process in process_tree.marked(folder)}
    ending = process_tree.Ending(lambda: process_tree.marked(folder), process_tree.ORPHAN_GRACE_S)
    while remains and go_on() and not ending.step() and not ending.hopeless:
        time.sleep(_STEP_S)
    return len(remains)


def _tell_now(folder: Path) -> bool:
    """Whether nobody was told of this run yet; from now on somebody was."""
    try:
        os.close(os.open(folder / TOLD, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError:
        return False
    return True
