"""When a run is over, and how its processes are ended on request. Runs in the keeper's main thread.

A run of a plan or a script is over with its last process. A run that is a command is over with its program: what outlives the
program is left alone, as it would be without a recorder.
"""

import os
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

from workers.journal.codes import EndedBy
from workers.journal.kinds import LEFT_ALONE
from workers.keeper.keeper_journal import KeeperJournal
from workers.keeper.launched_program import LaunchedProgram
from workers.keeper.orphans import has_children
from workers.keeper.owner_reports import OwnerReports
from workers.keeper.streams.program_streams import ProgramStreams
from workers.keeper.watching.watcher import Watcher
from workers.system import process_tree, processes

if TYPE_CHECKING:
    import psutil

_STRAY_S = 0.5
"""How long to wait for a process that the program left behind: if it is recorded, its journal appears by then."""
_LAST_EXITS_S = 1.0
"""How long the exits of processes are waited for of which none is found any more."""
_FOLLOW_S = 0.3
"""How long processes that outlive the program of a command are followed before they are left alone."""
_HELPERS_S = 3.0
"""The same for the helpers of multiprocessing, which end by themselves: on a busy machine that takes longer."""
_MOST_NAMED = 3
_PREPARE_S = 1.0
"""How long a run lasts before what would end its tree is loaded: many end sooner, and by themselves."""


class Running:
    """The program, or another process of the run, is running."""


class Lingering:
    """The program has ended. It is not yet clear whether anything is left that belongs to the run."""

    def __init__(self, since_s: float) -> None:
        self.since_s = since_s


class EndingTree:
    """All processes are being ended, because the user asked for it or the owner is gone.

    gone_s: when none was found any more.
    """

    def __init__(self, ending: process_tree.Ending) -> None:
        self.ending = ending
        self.gone_s: float | None = None


class EndPolicy(ABC):
    """Decides when the run is over. state: how far its end has come."""

    def __init__(self, folder: Path, program: LaunchedProgram, watcher: Watcher, journal: KeeperJournal) -> None:
        self._folder = folder
        self._program = program
        self._watcher = watcher
        self._journal = journal
        self.state: Running | Lingering | EndingTree = Running()
        self._prepare_at_s: float | None = time.monotonic() + _PREPARE_S

    def run_is_over(self) -> bool:
        """Take the next step towards the end, and return whether the run is over. To be called at each turn of the loop."""
        if isinstance(self.state, EndingTree):
            return self.state.ending.hopeless or (self.state.ending.step() and self._exits_are_seen(self.state))
        if self._prepare_at_s is not None and time.monotonic() > self._prepare_at_s:
            self._prepare_at_s = None
            try:
                process_tree.prepare()
            except (OSError, ImportError, MemoryError):
                pass  # then it is tried again if the tree has to be ended
        return self._is_over_by_itself()

    def _exits_are_seen(self, state: EndingTree) -> bool:
        """Whether the exit of each watched process was seen. No living one is found, but it may be on its way; not for ever."""
        if not self._watcher.living():
            return True
        if state.gone_s is None:
            state.gone_s = time.monotonic()
        return time.monotonic() - state.gone_s > _LAST_EXITS_S

    def end_tree(self, why: EndedBy, grace_s: float) -> None:
        """End all processes of the run. grace_s: time between TERM and KILL.

        Of several requests the first counts; only when the owner is gone does the end begin again.
        """
        if not isinstance(self.state, EndingTree) or why is EndedBy.OWNER_GONE:
            self._journal.ending(why)
            self.state = EndingTree(process_tree.Ending(self._living_tree, grace_s))

    def left_running(self) -> dict[int, int]:
        """{pid: ticks of its start} of the processes that the run leaves, and whose ends are therefore not seen."""
        return _running(self._watcher.living())

    @abstractmethod
    def _is_over_by_itself(self) -> bool:
        """Whether the run is over, when it is not being ended."""

    def _linger(self) -> float:
        """Begin to linger, or continue. Returns for how many seconds so far."""
        now_s = time.monotonic()
        if not isinstance(self.state, Lingering):
            self.state = Lingering(now_s)
        return now_s - self.state.since_s

    def _living_tree(self) -> "list[psutil.Process]":
        found = {process.pid: process for process in process_tree.descendants(os.getpid())}
        found.update({process.pid: process for process in process_tree.marked(self._folder)})
        found.pop(os.getpid(), None)
        return [process for process in found.values() if process_tree.is_living(process)]


class WholeTreePolicy(EndPolicy):
    """The run is over with its last process."""

    def _is_over_by_itself(self) -> bool:
        if not self._program.ended or self._watcher.living():
            self.state = Running()
            return False
        return not has_children() or self._linger() > _STRAY_S


class CommandPolicy(EndPolicy):
    """The run is over with its program."""

    def __init__(
        self,
        folder: Path,
        program: LaunchedProgram,
        watcher: Watcher,
        journal: KeeperJournal,
        streams: ProgramStreams,
        owner: OwnerReports,
    ) -> None:
        super().__init__(folder, program, watcher, journal)
        self._streams = streams
        self._owner = owner
        self._left_alone: dict[int, int] = {}

    def left_running(self) -> dict[int, int]:
        """See EndPolicy. A process that ended since it was left has been left all the same."""
        return self._left_alone | super().left_running()

    def _is_over_by_itself(self) -> bool:
        if not self._program.ended:
            return False
        others = self._watcher.living()
        if not others and self._streams.ended and not has_children():
            return True
        if self._linger() < _FOLLOW_S:
            return False
        others |= {pid for pid in processes.children(os.getpid()) if processes.is_running(pid)}
        if not others:  # only a reader of the output is slow: it would hold up the program without a recorder too
            return self._streams.settled
        if self._linger() < _HELPERS_S and all(processes.serves_multiprocessing(pid) for pid in others):
            return False
        self._leave_alone(others)
        return True

    def _leave_alone(self, pids: set[int]) -> None:
        self._left_alone = _running(pids)
        named = ", ".join(f"{processes.command_name(pid)} (pid {pid})" for pid in sorted(pids)[:_MOST_NAMED])
        more = f" and {len(pids) - _MOST_NAMED} more" if len(pids) > _MOST_NAMED else ""
        self._owner.warn(f"{LEFT_ALONE}: {named}{more}.")


def _running(pids: set[int]) -> dict[int, int]:
    """{pid: ticks of its start} of those that are running."""
    return {pid: stat.ticks for pid in pids if (stat := processes.look(pid)) is not None and stat.running}
