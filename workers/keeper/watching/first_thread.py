"""What the first thread of a process does at one moment, and whose memory the process uses. Runs in the keeper's main thread.

Linux alone has what this needs. A look at a sleeping thread reads one file of /proc, and three if it waits for a lock. What
memory is private takes the kernel about 10 ms for each gigabyte: that is asked for seldom, of large processes alone.
"""

import os
import time

from workers.journal.codes import Doing, Wait
from workers.keeper.watching.thread_waits import wait_of

_MOST_LOCKS = 12
"""Of so many processes that wait in one look the lock is looked up. Others count as waiting for something."""
_LARGE_BYTES = 64 << 20
_MEMORY_SHARE = 200
"""The time between looks at the memory is so many times what the last one took."""


class FirstThreads:
    """Looks at processes, each identified by (pid, ticks)."""

    def __init__(self) -> None:
        self._left = 0
        self._memory_due_ns: dict[tuple[int, int], int] = {}

    def begin(self) -> None:
        """A round of looks at all processes begins."""
        self._left = _MOST_LOCKS

    def look(self, pid: int, state: str) -> tuple[Doing, int]:
        """What the thread does, and the lock that it waits for or 0. state: its letter in /proc/PID/stat."""
        if state == "R":
            return Doing.RUNS, 0
        if state != "S":
            return Doing.WAITS, 0
        function = _read(f"/proc/{pid}/wchan", 64)
        if b"pipe_read" in function or b"unix_stream" in function:
            return Doing.READS, 0
        if b"futex" in function and self._left:
            self._left -= 1
            try:
                wait = wait_of(pid, str(pid), frozenset())
            except (OSError, ValueError, IndexError):
                return Doing.WAITS, 0  # it runs again, or is gone
            if wait.wait is Wait.LOCK and wait.object:
                return Doing.LOCKED, wait.object
        return Doing.WAITS, 0

    def cpu_wait_ns(self, pid: int) -> int:
        """How long the thread has waited for a core since its birth; 0 where that is not known."""
        words = _read(f"/proc/{pid}/schedstat", 128).split()
        return int(words[1]) if len(words) == 3 and words[1].isdigit() else 0

    def memory(self, process: tuple[int, int], rss_bytes: int) -> tuple[int, int] | None:
        """(private, shared) bytes of a large process; None where it is not time to look, or the kernel does not say."""
        began_ns = time.perf_counter_ns()
        if rss_bytes < _LARGE_BYTES or began_ns < self._memory_due_ns.get(process, 0):
            return None
        found = memory_of(_read(f"/proc/{process[0]}/smaps_rollup", 4096))
        ended_ns = time.perf_counter_ns()
        self._memory_due_ns[process] = ended_ns + _MEMORY_SHARE * (ended_ns - began_ns)
        return found

    def forget(self, process: tuple[int, int]) -> None:
        """The process has ended."""
        self._memory_due_ns.pop(process, None)


def memory_of(rollup: bytes) -> tuple[int, int] | None:
    """(private, shared) bytes from the text of smaps_rollup."""
    found = {b"Private": 0, b"Shared": 0}
    seen = False
    for line in rollup.splitlines():
        name, _, rest = line.partition(b":")
        which, _, state = name.partition(b"_")
        words = rest.split()
        if which in found and state in (b"Clean", b"Dirty") and words and words[0].isdigit():
            found[which] += int(words[0]) << 10
            seen = True
    return (found[b"Private"], found[b"Shared"]) if seen else None


def _read(path: str, most: int) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return b""
    try:
        return os.read(descriptor, most)
    except OSError:
        return b""
    finally:
        os.close(descriptor)
