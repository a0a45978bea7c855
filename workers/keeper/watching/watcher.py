"""Watches the processes of a run from outside: joins discovery, exit observers, the kernel's events and samples.

Runs in the keeper's main thread. On Linux the keeper's loop wakes it for each event; elsewhere it looks around at each `poll`.
"""

import errno
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path

from workers.keeper.event_loop import EpollLoop, FolderWatch, Loop
from workers.keeper.keeper_journal import KeeperJournal
from workers.keeper.launched_program import LaunchedProgram
from workers.keeper.looks.looks import Looks
from workers.keeper.observations import Exit
from workers.keeper.watching.discovery import Discovery
from workers.keeper.watching.exit_observers import ExitObserver, PidfdObserver, PollingObserver
from workers.keeper.watching.kernel_events import BirthsAndDeaths, listen_to_kernel
from workers.keeper.watching.memory_kills import MemoryKills
from workers.keeper.watching.sampler import Sampler
from workers.keeper.watching.unreported import MISSED, UnreportedChildren
from workers.recorded.probe import BELL
from workers.runs.run_folders import make_file

_LATEST_NS = 10 * 10**9
"""The keeper is never woken later than this after an exit, so an older death is of an earlier process with the same pid."""
_MANY_EVENTS = 50
LISTED = "The kernel did not report new journals"
UNWATCHED = (
    "More processes ran at once than could be watched, because so few files may be open: "
    "the ends of some are known only from their own records and their parents'."
)
OTHER_USER = "A process gave up the rights of root for those of another user"
_NO_MORE_WATCHES = {
    errno.EMFILE: "this user's inotify instances are all in use",
    errno.ENOSPC: "this user's inotify watches are all in use",
}
_SIGKILL = int(getattr(signal, "SIGKILL", signal.SIGTERM))


class Watcher:
    """Sees every process of the run from its birth to its reaping, and notes it in the journal.

    warn: takes a sentence for the user. looked: called after each look into processes that do not move.
    linux: Linux's own means are used.
    loop: the keeper's event loop, which the watcher makes because exits are among its events.
    looks: takes looks into processes that do not move.
    busy: so much happened at once that the next `poll` should come soon.
    """

    def __init__(
        self,
        folder: Path,
        journal: KeeperJournal,
        warn: Callable[[str], None],
        looked: Callable[[], None],
        *,
        linux: bool,
    ) -> None:
        self._folder = folder
        self._journal = journal
        self._warn = warn
        self._linux = linux
        self._lists_files = not linux
        self._events = listen_to_kernel() if linux else BirthsAndDeaths()
        self._program: LaunchedProgram | None = None
        self._memory_kills = MemoryKills()
        self._warned_of_missed = self._warned_of_unwatched = self._warned_of_users = False
        self.busy = False
        self.loop: Loop
        self._observer: ExitObserver
        self._pidfds: PidfdObserver | None = None
        if linux:
            epoll = select.epoll()
            self._observer = self._pidfds = observer = PidfdObserver(epoll, self._on_exit, journal.reaped)
            self.loop = EpollLoop(epoll, observer.take_event)
        else:
            from workers.keeper.thread_loop import ThreadLoop

            self._observer = PollingObserver(self._on_exit)
            self.loop = ThreadLoop()
        self._unreported = UnreportedChildren(self._events, self._observer, journal.unreported_child)
        self._discovery = Discovery(folder, journal, self._observer, self._events, self._unreported)
        self.looks = Looks(journal, self.loop if linux else None, looked)
        self._sampler = Sampler(journal, self._observer, self._unreported, self.looks)

    def watch_folder(self) -> None:
        """Begin to watch the run's folder. To be called before the launch, so that no file is missed."""
        if self._linux:
            make_file(self._folder / BELL)
            try:
                watch = FolderWatch(str(self._folder), BELL)
            except OSError as error:
                self._lists_files = True
                why = _NO_MORE_WATCHES.get(error.errno or 0) or error.strerror
                self._warn(f"{LISTED} ({why}): what lived for a few milliseconds may be recorded less exactly.")
            else:
                self.loop.add(watch, self._discovery.on_files)

    def begin(self, program: LaunchedProgram) -> None:
        """Watch the program, which was launched just now, and note its launch."""
        self._program = program
        self._unreported.begin(program.pid)
        ticks = self._observer.add(program.pid) or 0
        after_ns = time.perf_counter_ns()
        born_ns = self._events.born_by(program.pid, after_ns)
        self._sampler.begin(program.pid)
        self._journal.launched(program.pid, ticks, program.launched_ns, after_ns, born_ns)

    def living(self) -> set[int]:
        """The pids of the watched processes that have not ended."""
        return {pid for pid, _ in self._observer.living()}

    def poll(self) -> None:
        """Look for what no event reports. To be called at each turn of the loop."""
        if self._lists_files:
            self._discovery.list_files()
        if not self._linux:
            self._observer.poll()
        self.busy = self._events.read() > _MANY_EVENTS or self._lists_files
        self._unreported.check()
        self._warn_of_what_is_missing()

    def sample(self) -> bool:
        """Sample the living processes if it is time to, and return whether it was. To be called at each turn of the loop."""
        if not self._sampler.due():
            return False
        self._discovery.read_nurseries()  # also for children that could not ring the bell
        self._sampler.sample()
        self._memory_kills.refresh()
        return True

    def finish(self) -> None:
        """Find what was discovered last, when nothing is running any more."""
        self.looks.stop()
        if self._lists_files:
            self._discovery.list_files()
        self._discovery.read_nurseries()
        self._events.read()
        self._unreported.check(last=True)
        self._warn_of_what_is_missing()

    def close(self) -> None:
        """Stop watching."""
        self.loop.close()
        self._observer.close()
        self._events.close()

    def _warn_of_what_is_missing(self) -> None:
        """Say once what could not be recorded."""
        if self._unreported.missed and not self._warned_of_missed:
            self._warned_of_missed = True
            self._warn(MISSED)
        if self._unreported.other_users and not self._warned_of_users:
            self._warned_of_users = True
            users = ", ".join(map(str, sorted(self._unreported.other_users)))
            self._warn(f"{OTHER_USER} ({users}): the children that it forks cannot write into the run's folder.")
        if self._pidfds is not None and self._pidfds.unwatched and not self._warned_of_unwatched:
            self._warned_of_unwatched = True
            self._warn(UNWATCHED)

    def _on_exit(self, ended: Exit) -> None:
        death = self._events.died_between(ended.pid, ended.at_ns - _LATEST_NS, ended.at_ns)
        if death is not None:
            ended = ended._replace(at_ns=death.at_ns, code=death.code if ended.code is None else ended.code)
        program = self._program
        if program is not None and ended.pid == program.pid and not program.ended:
            ended = ended._replace(code=program.reap())
        self._journal.exited(ended)
        if ended.code == -_SIGKILL and self._memory_kills.ended(ended.pid):
            self._journal.killed_for_memory(ended.pid, ended.ticks, ended.at_ns)
        self._sampler.forget(ended.pid, ended.ticks)
        self._unreported.ended(ended.pid)
