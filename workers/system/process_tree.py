"""Finds and ends every process of a run. Runs in the keeper and, should the keeper be gone, in its owner.

A process belongs to a run when its environment has the run's mark, or when it descends from the program. It is always held as
a psutil.Process, which is a pid and a start time and refuses to signal a pid that was reused.

Most runs end by themselves, and a recorded command waits for what is imported before it: so psutil is imported when it is
needed, or by `prepare`.
"""

import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

MARK = "PROCESSION_RUN"
"""The environment variable that marks the processes of a run. Its value is the run's folder."""
ORPHAN_GRACE_S = 1.0
"""Between TERM and KILL when a run's owner is gone: everything has to be over within two seconds."""
_HOPELESS_AFTER_S = 5.0
_STEP_S = 0.02


def prepare() -> None:
    """Load what ending a tree takes. A program that uses up descriptors or memory may prevent that later."""
    import psutil  # noqa: F401


def marked(folder: Path) -> "list[psutil.Process]":
    """The living processes of this user whose environment has the mark of the run in `folder`."""
    import psutil

    found = []
    mark = str(folder)
    for process in _all():
        try:
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def _all() -> "list[psutil.Process]":
    import psutil

    try:
        return list(psutil.process_iter())
    except (psutil.Error, OSError, IndexError):
        return []  # there is no /proc, or none that shows processes


def descendants(pid: int) -> "list[psutil.Process]":
    """The processes below `pid`, without itself."""
    import psutil

    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def is_living(process: "psutil.Process") -> bool:
    """Whether the process has not ended: a zombie has."""
    import psutil

    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


class Ending:
    """Ends a tree step by step: TERM to each process that `find` returns, and after `grace_s` KILL to those still living.

    `find` is called at every step, because processes that end can start others.
    """

    def __init__(self, find: "Callable[[], Iterable[psutil.Process]]", grace_s: float) -> None:
        self._find = find
        self._grace_s = grace_s
        self._began_s = time.monotonic()
        self._terminated: set[int] = set()

    @property
    def hopeless(self) -> bool:
        """Whether a process has outlived KILL for five seconds, as one does that sleeps in the kernel."""
        return time.monotonic() - self._began_s > self._grace_s + _HOPELESS_AFTER_S

    def step(self) -> bool:
        """Send the signals that are due. True when no process is left."""
        living = list(self._find())
        for process in living:
            if time.monotonic() - self._began_s >= self._grace_s:
                _send(process, getattr(signal, "SIGKILL", signal.SIGTERM))
            elif process.pid not in self._terminated:
                self._terminated.add(process.pid)
                _send(process, signal.SIGTERM)
                _send(process, getattr(signal, "SIGCONT", None))  # a stopped process gets a TERM only when continued
        return not living

    def finish(self) -> bool:
        """All steps, blocking. True when no process is left, False when it is hopeless."""
        while not self.step():
            if self.hopeless:
                return False
            time.sleep(_STEP_S)
        return True


def _send(process: "psutil.Process", number: signal.Signals | None) -> None:
    if number is None:
        return
    import psutil

    try:
        process.send_signal(number)
    except (psutil.Error, OSError, ValueError):
        pass  # it is gone, or belongs to another user; the next step shows which
