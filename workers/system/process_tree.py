"""Finds and ends every process of a run. Runs in the keeper and, should the keeper be gone, in its owner.

A process belongs to a run when its environment carries the run's mark, or when it descends from the program. It is always
held by a psutil.Process, which is a pid and a start time and refuses to signal a pid that was reused.
"""

import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

MARK = "PROCESSION_RUN"
ORPHAN_GRACE_S = 1.0
"""Between TERM and KILL when a run's owner is gone: everything is to be over within two seconds."""


def marked(folder: Path) -> list[psutil.Process]:
    """The living processes of this person whose environment carries the mark of the run in `folder`."""
    found = []
    wanted = str(folder)
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == wanted and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def descendants(pid: int) -> list[psutil.Process]:
    """The living processes below `pid`, not itself."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


class Ending:
    """The end of a tree, one step at a time: TERM to all that `find` finds, and KILL after `grace_s` to what is left.

    `find` is asked at every step, since processes that end can start others.
    """

    def __init__(self, find: Callable[[], Iterable[psutil.Process]], grace_s: float) -> None:
        self._find = find
        self._grace_s = grace_s
        self._began = time.monotonic()
        self._warned: set[int] = set()

    @property
    def hopeless(self) -> bool:
        """Whether what is left has outlived KILL for five seconds, as what sleeps in the kernel does."""
        return time.monotonic() - self._began > self._grace_s + 5

    def step(self) -> bool:
        """Send what is due. True when none is left."""
        living = list(self._find())
        for process in living:
            if time.monotonic() - self._began >= self._grace_s:
                _send(process, getattr(signal, "SIGKILL", signal.SIGTERM))
            elif process.pid not in self._warned:
                self._warned.add(process.pid)
                _send(process, signal.SIGTERM)
                _send(process, getattr(signal, "SIGCONT", None))  # a stopped process takes a TERM only once it goes on
        return not living

    def finish(self) -> bool:
        """All steps, blocking. True when none is left, False when it is hopeless."""
        while not self.step():
            if self.hopeless:
                return False
            time.sleep(0.02)
        return True


def _send(process: psutil.Process, number: signal.Signals | None) -> None:
    if number is None:
        return
    try:
        process.send_signal(number)
    except (psutil.Error, OSError, ValueError):
        pass  # gone, or not ours to end; the next look tells
