"""Detects from outside which threads of a process do not move any more. Runs in the keeper's main thread.

Only Linux has what this needs: `/proc/PID/task/TID/schedstat` counts how often a thread was on a core. Where it is missing,
no stall is reported. Each thread is judged for itself: one that wakes up now and then says nothing about the others.
"""

import os

from workers.keeper.observations import SeenWait, WaitChange
from workers.keeper.watching.thread_waits import wait_of

_LOOK_EVERY_NS = 500_000_000
_STALLED_AFTER_NS = 1_000_000_000
_SHARE_NS = 4_000_000
"""Added to the time between looks for each process: a look takes about 100 µs and must stay a small share."""


class _WatchedThread:
    """runs: how often it was on a core, at the last look. seen: the wait that was reported."""

    __slots__ = ("runs", "seen", "still_since_ns")

    def __init__(self, runs: bytes, now_ns: int) -> None:
        self.runs = runs
        self.still_since_ns = now_ns
        self.seen: SeenWait | None = None


class _WatchedProcess:
    __slots__ = ("looked_ns", "threads")

    def __init__(self) -> None:
        self.looked_ns = 0
        self.threads: dict[str, _WatchedThread] = {}


class StallDetector:
    """Follows every process of a run. A process is identified by (pid, ticks).

    outside: links of descriptors that lead out of the run, such as the program's standard streams (`standard_streams`).
    """

    def __init__(self, outside: frozenset[str] = frozenset()) -> None:
        self._outside = outside
        self._watched: dict[tuple[int, int], _WatchedProcess] = {}

    def look(self, process: tuple[int, int], now_ns: int) -> list[WaitChange]:
        """Look at a process, if it is time to. What changed for its threads since the last look."""
        watched = self._watched.get(process)
        if watched is None:
            watched = self._watched[process] = _WatchedProcess()
        if now_ns - watched.looked_ns < max(_LOOK_EVERY_NS, _SHARE_NS * len(self._watched)):
            return []
        confirmed_ns, watched.looked_ns = watched.looked_ns, now_ns
        runs = _runs_of_threads(process[0])
        changes = [
            WaitChange(int(thread), confirmed_ns, None)
            for thread, one in watched.threads.items()
            if one.seen is not None and thread not in runs
        ]
        before, watched.threads = watched.threads, {}
        for thread, count in runs.items():
            one = before.get(thread)
            if one is None:
                one = _WatchedThread(count, now_ns)
            elif one.runs != count:
                if one.seen is not None:
                    changes.append(WaitChange(int(thread), confirmed_ns, None))
                one.runs, one.still_since_ns, one.seen = count, now_ns, None
            elif one.seen is None and now_ns - one.still_since_ns >= _STALLED_AFTER_NS:
                changes += self._stalled(process[0], thread, one)
            watched.threads[thread] = one
        return changes

    def threads_of(self, process: tuple[int, int]) -> int:
        """How many threads it had at the last look."""
        watched = self._watched.get(process)
        return 0 if watched is None else len(watched.threads)

    def forget(self, process: tuple[int, int]) -> None:
        """The process has ended."""
        self._watched.pop(process, None)

    def _stalled(self, pid: int, thread: str, one: _WatchedThread) -> list[WaitChange]:
        try:
            one.seen = wait_of(pid, thread, self._outside)
        except (OSError, ValueError, IndexError):
            return []
        return [WaitChange(int(thread), one.still_since_ns, one.seen)]


def _runs_of_threads(pid: int) -> dict[str, bytes]:
    """How often each thread was on a core; empty where that cannot be known."""
    found = {}
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/schedstat", "rb") as file:
                found[thread] = file.read(256).split()[2]
    except (OSError, IndexError):
        return {}
    return found
