"""Discovers the processes of a run and has their exits observed. Runs in the keeper's main thread.

A process is discovered by the journal that it makes in the run's folder, by the journal region that it takes in a nursery, by
a file that its parent makes, or, when nothing reports it, by `unreported`.
"""

import os
import time
from pathlib import Path

from workers.journal.nurseries import NurseryFile, is_nursery
from workers.journal.run_files import child_of_name, key_of, parent_of_name
from workers.keeper.keeper_journal import KeeperJournal
from workers.keeper.observations import Death
from workers.keeper.watching.exit_observers import ExitObserver
from workers.keeper.watching.kernel_events import BirthsAndDeaths
from workers.keeper.watching.unreported import UnreportedChildren
from workers.recorded.probe import BELL

_TICK_S = 0.1


class Discovery:
    """Notes each process of the run once, and gives it to the observer."""

    def __init__(
        self,
        folder: Path,
        journal: KeeperJournal,
        observer: ExitObserver,
        events: BirthsAndDeaths,
        unreported: UnreportedChildren,
    ) -> None:
        self._folder = folder
        self._journal = journal
        self._observer = observer
        self._events = events
        self._unreported = unreported
        self._listed: set[str] = set()
        self._changed_ns, self._changed_s = -1, 0.0
        self._nurseries: list[NurseryFile] = []

    def on_files(self, data: bytes, pid: int) -> None:
        """The folder watch reports new files: their names, with NUL between them."""
        for name in dict.fromkeys(data.split(b"\0")):
            self._take_file(os.fsdecode(name))

    def list_files(self) -> None:
        """Find new files where no folder watch reports them."""
        try:
            changed_ns, now_s = os.stat(self._folder).st_mtime_ns, time.monotonic()
            if changed_ns != self._changed_ns:
                self._changed_ns, self._changed_s = changed_ns, now_s
            # Of several changes within a tick of the kernel's clock only the first has a time of its own.
            names = os.listdir(self._folder) if now_s - self._changed_s < _TICK_S else []
        except OSError:
            return  # the folder was deleted
        for name in names:
            if name not in self._listed:
                self._listed.add(name)
                self._take_file(name)
        self.read_nurseries()

    def read_nurseries(self) -> None:
        """Find the forked children that began a journal in their parent's nursery."""
        for nursery in self._nurseries:
            for child in nursery.newborn():
                self._take_journal(child.pid, child.key)

    def _take_file(self, name: str) -> None:
        if name == BELL:
            self.read_nurseries()
        elif (key := key_of(name)) is not None:
            self._take_journal(*key, str(self._folder / name))
        elif is_nursery(name):
            self._nurseries.append(NurseryFile(self._folder / name))
        elif (child := child_of_name(name)) is not None:
            self._take_child_of_parent(*child)
        elif (parent := parent_of_name(name)) is not None:
            self._unreported.expect_child(parent)

    def _take_journal(self, pid: int, key_ns: int, path: str | None = None) -> None:
        ticks = self._observer.add(pid)
        self._unreported.reported(pid, present_ns=key_ns, journal=path)
        born_ns = self._events.born_by(pid, key_ns)
        self._journal.process_with_journal(pid, ticks, key_ns, born_ns, self._death_if_gone(pid, ticks, key_ns))

    def _take_child_of_parent(self, pid: int, began_ns: int) -> None:
        ticks = self._observer.add(pid)
        self._unreported.reported(pid, began_ns=began_ns)
        born_ns = self._events.born_by(pid, time.perf_counter_ns())
        born_ns = born_ns if born_ns >= began_ns else 0
        self._journal.process_of_parent(pid, ticks, began_ns, born_ns, self._death_if_gone(pid, ticks, began_ns))

    def _death_if_gone(self, pid: int, ticks: int | None, after_ns: int) -> Death | None:
        return self._events.died_between(pid, after_ns, time.perf_counter_ns()) if ticks is None else None
