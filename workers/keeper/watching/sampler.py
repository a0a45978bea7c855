"""Looks at every living process five times a second. Runs in the keeper's main thread.

Notes CPU time and memory, whether a process is paused, whether it is stalled, and whether the machine slept.
"""

import time

from workers.keeper.keeper_journal import KeeperJournal
from workers.keeper.looks.looks import Looks
from workers.keeper.watching.exit_observers import ExitObserver
from workers.keeper.watching.first_thread import FirstThreads
from workers.keeper.watching.stalls import StallDetector
from workers.keeper.watching.suspends import SuspendDetector
from workers.keeper.watching.thread_waits import handled_signals, standard_streams
from workers.keeper.watching.unreported import UnreportedChildren
from workers.system import processes

SAMPLE_S = 0.2
_BUSY_SHARE = 0.5
"""Of one core."""


class Sampler:
    """Samples the processes that the observer watches, when it is time to."""

    def __init__(
        self, journal: KeeperJournal, observer: ExitObserver, unreported: UnreportedChildren, looks: Looks
    ) -> None:
        self._journal = journal
        self._observer = observer
        self._unreported = unreported
        self._looks = looks
        self._stalls = StallDetector()
        self._suspends = SuspendDetector()
        self._first_threads = FirstThreads()
        self._paused: set[tuple[int, int]] = set()
        self._sampled_s = 0.0
        self._cpu_ns: dict[tuple[int, int], int] = {}
        self._used_ns = self._samples_ns = 0
        self._runs = False  # a process was on a core, or waited for one, at the last samples

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
        living = self._observer.living()
        self._first_threads.begin()
        for pid, ticks in living:
            self._sample_process(pid, ticks)
        self._looks.begin_if_due(living, busy=self._is_busy())

    def forget(self, pid: int, ticks: int) -> None:
        """The process has ended."""
        self._paused.discard((pid, ticks))
        self._stalls.forget((pid, ticks))
        self._first_threads.forget((pid, ticks))
        self._looks.forget((pid, ticks))
        self._cpu_ns.pop((pid, ticks), None)

    def _sample_process(self, pid: int, ticks: int) -> None:
        stat = processes.look(pid)
        if stat is None or stat.ticks != ticks or not stat.running:
            return
        at_ns = time.perf_counter_ns()
        first = self._first_threads
        self._journal.sample(pid, stat, at_ns, *first.look(pid, stat.state), first.cpu_wait_ns(pid))
        memory = first.memory((pid, ticks), stat.rss_bytes)
        if memory is not None:
            self._journal.memory(pid, ticks, at_ns, *memory)
        self._used_ns += max(0, stat.cpu_ns - self._cpu_ns.get((pid, ticks), stat.cpu_ns))
        self._cpu_ns[pid, ticks] = stat.cpu_ns
        self._runs = self._runs or stat.state == "R"
        self._unreported.list_children(pid)
        paused = stat.state in "Tt"
        if paused != ((pid, ticks) in self._paused):
            self._paused ^= {(pid, ticks)}
            self._journal.paused(pid, ticks, at_ns, paused=paused)
        if not paused:
            self._look_at_threads(pid, ticks, at_ns)

    def _is_busy(self) -> bool:
        """Whether the processes of the run computed for most of the time since the last samples, or one wants to now."""
        now_ns = time.perf_counter_ns()
        passed_ns, self._samples_ns = now_ns - self._samples_ns, now_ns
        used_ns, self._used_ns = self._used_ns, 0
        runs, self._runs = self._runs, False
        return runs or used_ns > _BUSY_SHARE * passed_ns

    def _look_at_threads(self, pid: int, ticks: int, at_ns: int) -> None:
        changes = self._stalls.look((pid, ticks), at_ns)
        if not changes:
            return
        signals, threads = handled_signals(pid), self._stalls.threads_of((pid, ticks))
        for change in changes:
            self._journal.waits(pid, ticks, change, threads, signals)
            self._looks.note((pid, ticks), change)
