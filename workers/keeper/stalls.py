"""Sees from outside that a process does not move any more, and what its threads wait in. Runs in the keeper.

Only Linux tells: `/proc/PID/task/TID/schedstat` counts how often a thread was on a core, `wchan` names the function of the
kernel that it sleeps in, and `syscall` has the call's arguments. Where one of them is not to be had, nothing is said. What a
process waits for counts as no more than OTHER where it may come from outside the run: through a standard stream, a named
pipe or socket, or a signal that the program has a handler for.
"""

import os
import signal
from dataclasses import dataclass

from workers.keeper.socket_pairs import is_pair
from workers.timeline.model import Wait

_WAITS = (
    ("futex", Wait.LOCK),
    ("pipe_write", Wait.PIPE_WRITE),
    ("pipe_read", Wait.PIPE_READ),
    ("unix_stream_read", Wait.PIPE_READ),
    ("unix_stream_data_wait", Wait.PIPE_READ),
    ("sock_alloc_send", Wait.PIPE_WRITE),
    ("do_wait", Wait.CHILD),
)
_PRIVATE = 0x80
"""In the operation of a futex: only threads of the same process can wake it, so that no lock of multiprocessing is meant."""
_FROM_OUTSIDE = ("SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGTERM")
_HANDLED = sum(1 << getattr(signal, name) - 1 for name in _FROM_OUTSIDE if hasattr(signal, name))
_LOOK_NS = 500_000_000
_STILL_NS = 1_000_000_000
_COST_NS = 4_000_000
"""A look at a process takes about 100 µs: with many, each is looked at less often, so that it stays a small part."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What a process's threads wait in. main: its first thread; waits: a bit 1 << Wait for each thread's."""

    main: Wait
    waits: int


@dataclass(slots=True)
class _SeenThread:
    cpu_ns: int
    looked_ns: int = 0
    since_ns: int = 0
    turns: tuple[tuple[str, bytes], ...] = ()
    told: Stand | None = None


class Stalls:
    """Follows every process of a run. A process is named by (pid, ticks). outside: what leads out of the run, as its
    program's standard streams (`standard_streams`) do."""

    def __init__(self, outside: frozenset[str] = frozenset()) -> None:
        self._outside = outside
        self._seen: dict[tuple[int, int], _SeenThread] = {}

    def look(self, name: tuple[int, int], cpu_ns: int, now_ns: int) -> tuple[int, Stand | None] | None:
        """A look at a sleeping process that has used `cpu_ns` so far: (since when, how it stands) when that has changed,
        None for the latter when it moves again."""
        seen = self._seen.get(name)
        if seen is None:
            seen = self._seen[name] = _SeenThread(cpu_ns)
        if cpu_ns != seen.cpu_ns:
            seen.cpu_ns, seen.looked_ns, seen.turns = cpu_ns, now_ns, ()
            return self._moves(seen, now_ns)
        if now_ns - seen.looked_ns < max(_LOOK_NS, _COST_NS * len(self._seen)):
            return None
        seen.looked_ns = now_ns
        turns = _turns(name[0])
        if not turns or turns != seen.turns:
            seen.turns, seen.since_ns = turns, now_ns
            return self._moves(seen, now_ns)
        if seen.told is not None or now_ns - seen.since_ns < _STILL_NS:
            return None
        seen.told = _stand(name[0], turns, self._outside)
        return None if seen.told is None else (seen.since_ns, seen.told)

    def forget(self, name: tuple[int, int]) -> None:
        """It has ended."""
        self._seen.pop(name, None)

    def _moves(self, seen: _SeenThread, now_ns: int) -> tuple[int, Stand | None] | None:
        if seen.told is None:
            return None
        seen.told = None
        return now_ns, None


def _turns(pid: int) -> tuple[tuple[str, bytes], ...]:
    """(thread, how often it was on a core) of each thread; empty where that cannot be known."""
    try:
        return tuple((thread, _read(pid, thread, "schedstat").split()[2]) for thread in os.listdir(f"/proc/{pid}/task"))
    except (OSError, IndexError):
        return ()


def _stand(pid: int, turns: tuple[tuple[str, bytes], ...], outside: frozenset[str]) -> Stand | None:
    try:
        waits = {thread: _wait(pid, thread, outside) for thread, _ in turns}
        if _hears(pid):
            waits = {thread: wait if wait is Wait.KERNEL else Wait.OTHER for thread, wait in waits.items()}
    except OSError:
        return None
    main = waits.get(str(pid))
    return None if main is None else Stand(main, sum({1 << wait for wait in waits.values()}))


def _hears(pid: int) -> bool:
    """Whether it has a handler for a signal that somebody may send it, or a clock."""
    status = _read(pid, str(pid), "status")
    return bool(int(status.partition(b"SigCgt:")[2].split()[0], 16) & _HANDLED)


def _wait(pid: int, thread: str, outside: frozenset[str]) -> Wait:
    if _read(pid, thread, "stat").rpartition(b")")[2].split()[:1] == [b"D"]:
        return Wait.KERNEL
    where = _read(pid, thread, "wchan").decode("ascii", "replace")
    wait = next((wait for word, wait in _WAITS if word in where), Wait.OTHER)
    if wait in (Wait.OTHER, Wait.CHILD):
        return wait
    words = [int(word, 16) for word in _read(pid, thread, "syscall").split()[1:] if word.startswith(b"0x")]
    if wait is not Wait.LOCK:
        link = os.readlink(f"/proc/{pid}/fd/{words[0]}") if words else ""
        within = link not in outside and (link.startswith("pipe:") or (link.startswith("socket:") and is_pair(link)))
        return wait if within else Wait.OTHER
    if len(words) < 4 or words[3]:
        return Wait.OTHER  # with a timeout: it goes on by itself
    return Wait.OWN_LOCK if words[1] & _PRIVATE else Wait.LOCK


def standard_streams(pid: int) -> frozenset[str]:
    """What the standard streams of a process are; empty where that cannot be known."""
    found = set()
    for number in range(3):
        try:
            found.add(os.readlink(f"/proc/{pid}/fd/{number}"))
        except OSError:
            pass  # that one is closed
    return frozenset(found)


def _read(pid: int, thread: str, what: str) -> bytes:
    with open(f"/proc/{pid}/task/{thread}/{what}", "rb") as file:
        return file.read(4096)
