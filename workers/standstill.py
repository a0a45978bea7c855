"""Sees from outside that a process does not move any more, and what its threads wait in. Runs in the keeper.

Only Linux tells: `/proc/PID/task/TID/schedstat` counts how often a thread was on a core, `wchan` names the function of the
kernel that it sleeps in, and `syscall` has the call's arguments. Where one of them is not to be had, nothing is said.
"""

import os
from dataclasses import dataclass

from workers.model import Wait

_WAITS = (
    ("futex", Wait.LOCK),
    ("pipe_write", Wait.PIPE_WRITE),
    ("pipe_read", Wait.PIPE_READ),
    ("do_wait", Wait.CHILD),
)
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
class _Seen:
    cpu_ns: int
    looked_ns: int = 0
    since_ns: int = 0
    turns: tuple[tuple[str, bytes], ...] = ()
    told: Stand | None = None


class Standstills:
    """Follows every process of a run. A process is named by (pid, ticks)."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int], _Seen] = {}

    def look(self, name: tuple[int, int], cpu_ns: int, now_ns: int) -> tuple[int, Stand | None] | None:
        """A look at a sleeping process that has used `cpu_ns` so far: (since when, how it stands) when that has changed,
        None for the latter when it moves again."""
        seen = self._seen.get(name)
        if seen is None:
            seen = self._seen[name] = _Seen(cpu_ns)
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
        seen.told = _stand(name[0], turns)
        return None if seen.told is None else (seen.since_ns, seen.told)

    def forget(self, name: tuple[int, int]) -> None:
        """It has ended."""
        self._seen.pop(name, None)

    def _moves(self, seen: _Seen, now_ns: int) -> tuple[int, Stand | None] | None:
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


def _stand(pid: int, turns: tuple[tuple[str, bytes], ...]) -> Stand | None:
    try:
        waits = {thread: _wait(pid, thread) for thread, _ in turns}
    except OSError:
        return None
    main = waits.get(str(pid))
    return None if main is None else Stand(main, sum({1 << wait for wait in waits.values()}))


def _wait(pid: int, thread: str) -> Wait:
    if _read(pid, thread, "stat").rpartition(b")")[2].split()[:1] == [b"D"]:
        return Wait.KERNEL
    where = _read(pid, thread, "wchan").decode("ascii", "replace")
    wait = next((wait for word, wait in _WAITS if word in where), Wait.OTHER)
    if wait in (Wait.LOCK, Wait.PIPE_READ):
        words = _read(pid, thread, "syscall").split()
        if wait is Wait.LOCK and (len(words) < 5 or words[4] != b"0x0"):
            return Wait.OTHER  # with a timeout: it goes on by itself
        if wait is Wait.PIPE_READ and (len(words) < 2 or words[1] == b"0x0"):
            return Wait.OTHER  # standard input: whoever writes to it is no part of the run
    return wait


def _read(pid: int, thread: str, what: str) -> bytes:
    with open(f"/proc/{pid}/task/{thread}/{what}", "rb") as file:
        return file.read(4096)
