"""A keeper that is a fork of its owner, a command with a single thread. Runs in the owner; `_become_keeper` in the fork.

What the command has loaded, the keeper need not load again, so that a recorded program begins sooner. It has the interface of
a `subprocess.Popen`, as far as `KeeperProcess` needs it.
"""

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection
from typing import NoReturn

from workers.keeper.launch import Launch

_MOMENT_S = 0.005
_HARMLESS = {
    "PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONHASHSEED", "PYTHONIOENCODING",
    "PYTHONUTF8", "PYTHONSAFEPATH", "PYTHONNOUSERSITE", "PYTHONSTARTUP", "PYTHONBREAKPOINT", "PYTHON_COLORS",
}  # fmt: skip
"""Variables that change nothing in a process that runs already."""
PROBE = "_procession_probe"
"""The name of the probe's module in a process that is recorded."""


class ForkedKeeper:
    """The owner's view of its fork. Raises OSError when it cannot be made.

    kept: descriptors that the keeper keeps open; it closes all others.
    stdin, stdout: the pipes to it and from it.
    """

    def __init__(self, launch: Launch, kept: Collection[int], log: int) -> None:
        self.returncode: int | None = None
        pipes: list[int] = []
        try:
            commands, to_keeper = pipes[:2] = os.pipe()
            from_keeper, reports = pipes[2:] = os.pipe()
            self.pid = os.fork()
        except OSError:
            for number in pipes:
                os.close(number)
            raise
        if not self.pid:
            _become_keeper(launch, (commands, reports, log), kept)
        os.close(commands)
        os.close(reports)
        self.stdin = open(to_keeper, "wb")  # noqa: SIM115 - open for as long as the keeper is
        self.stdout = open(from_keeper, "rb")  # noqa: SIM115

    def poll(self) -> int | None:
        """Its exit code as Python gives it, if it has ended."""
        if self.returncode is None:
            self._take(os.WNOHANG)
        return self.returncode

    def wait(self, timeout_s: float | None = None) -> int:
        """Wait for its end. Raises subprocess.TimeoutExpired."""
        if timeout_s is None:
            self._take(0)
        until_s = time.monotonic() + (timeout_s or 0.0)
        while (code := self.poll()) is None:
            if time.monotonic() > until_s:
                raise subprocess.TimeoutExpired("keeper", timeout_s or 0.0)
            time.sleep(_MOMENT_S)
        return code

    def kill(self) -> None:
        """Send it SIGKILL, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def _take(self, options: int) -> None:
        try:
            pid, status = os.waitpid(self.pid, options)
        except ChildProcessError:  # ended children are not kept for us where SIGCHLD is ignored
            self.returncode = 0
        else:
            if pid == self.pid:
                self.returncode = os.waitstatus_to_exitcode(status)


def can_fork() -> bool:
    """Whether a fork of this process would be a good keeper.

    It must have a single thread, as far as Linux says so: a fork in another thread's midst could deadlock. What the user has
    set for Python must not act in it. And it must not be recorded itself: a fork would be recorded too, and its program by the
    recorder of this process.
    """
    if any(name.startswith("PYTHON") and name not in _HARMLESS for name in os.environ):
        return False
    if any(type(finder).__module__ == PROBE for finder in sys.meta_path):
        return False
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def _close(number: int) -> None:
    try:
        os.close(number)
    except OSError:
        pass  # it was the listing's own


def _become_keeper(launch: Launch, streams: tuple[int, int, int], kept: Collection[int]) -> NoReturn:
    """Leave behind what is the owner's, as a new program would, and be the keeper until its end."""
    code = 1
    try:
        for standard, number in enumerate(streams):
            os.dup2(number, standard)
        for number in [int(name) for name in os.listdir("/proc/self/fd")]:
            if number > 2 and number not in kept:
                _close(number)
        for number in signal.valid_signals():
            if callable(signal.getsignal(number)):
                signal.signal(number, signal.SIG_DFL)
        from workers.keeper.keeper import keep

        gc.freeze()
        gc.enable()
        code = keep(launch)
    except BaseException:  # nothing of the owner's may run here
        import traceback

        os.write(2, traceback.format_exc().encode("utf-8", "backslashreplace"))
    finally:
        os._exit(code)
