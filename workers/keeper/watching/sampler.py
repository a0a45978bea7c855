"""Looks at every living process five times a second. Runs in the keeper's main thread.

Notes CPU time and memory, whether a process is paused, whether it is stalled, and whether the machine slept.
"""

import time

from workers.keeper.keeper_journal import KeeperJournal
from workers.keeper.watching.exit_observers import ExitObserver
from workers.keeper.watching.stalls import StallDetector, standard_streams
from workers.keeper.watching.suspends import SuspendDetector
from workers.keeper.watching.unreported import UnreportedChildren
from workers.system import processes

SAMPLE_S = 0.2


class Sampler:
    """Samples the processes that the observer watches, when it is time to."""

    def __init__(self, journal: KeeperJournal, observer: ExitObserver, unreported: UnreportedChildren) -> None:
        self._journal = journal
        self._observer = observer
        self._unreported = unreported
        self._stalls = StallDetector()
        self._suspends = SuspendDetector()
        self._paused: set[tuple[int, int]] = set()
        self._sampled_s = 0.0

    def begin(self, program: int) -> None:
        """The program was launched: what its standard streams lead to is outside the run."""
        self._stalls = StallDetector(standard_streams(program))

    def due(self) -> bool:
        """Whether it is time for the next samples. True at most five times a second."""
        now_s = time.monotonic()
        if now_s - self._sampled_s < SAMPLE_S:
            return False
        self._sampled_s = now_s
        return True

    def sample(self) -> None:
        """One look at every living process."""
        slept_ns = self._suspends.look()
        if slept_ns is not None:
            self._journal.suspended(slept_ns)
        for pid, ticks in self._observer.living():
            self._sample_process(pid, ticks)

    def forget(self, pid: int, ticks: int) -> None:
        """The process has ended."""
        self._paused.discard((pid, ticks))
        self._stalls.forget((pid, ticks))

    def _sample_process(self, pid: int, ticks: int) -> None:
        stat = processes.look(pid)
        if stat is None or stat.ticks != ticks or not stat.running:
            return
        at_ns = time.perf_counter_ns()
        self._journal.sample(pid, stat, at_ns)
        self._unreported.list_children(pid)
        paused = stat.state in "Tt"
        if paused != ((pid, ticks) in self._paused):
            self._paused ^= {(pid, ticks)}
            self._journal.paused(pid, ticks, at_ns, paused=paused)
        if stat.state in "SD":
            change = self._stalls.look((pid, ticks), stat.cpu_ns, at_ns)
            if change is not None:
                self._journal.stalled(pid, ticks, *change)
