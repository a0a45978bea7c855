"""A keeper that is a fork of its owner, a command with a single thread. Runs in the owner; `_become_keeper` in the fork.

What the command has loaded, the keeper need not load again, and what each of both needs alone they load at the same time: the
fork is made as soon as a command knows that it will record, and then waits for what to launch. So a recorded program begins
sooner. It has the interface of a `subprocess.Popen`, as far as `KeeperProcess` needs it.
"""

import errno
import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import IO, NoReturn

from workers.commands import OWN_SIGNALS, PROGRAM_SIGNALS
from workers.keeper.launch import Launch, StandardStreams

LOG = "keeper.log"
"""The file in a run's folder that the keeper's standard error goes to."""

_MOMENT_S = 0.005
_PATIENCE_S = 2.0
"""How long one that launches nothing may take to end."""
_HARMLESS = {
    "PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONHASHSEED", "PYTHONIOENCODING",
    "PYTHONUTF8", "PYTHONSAFEPATH", "PYTHONNOUSERSITE", "PYTHONSTARTUP", "PYTHONBREAKPOINT", "PYTHON_COLORS",
}  # fmt: skip
"""Variables that change nothing in a process that runs already."""
PROBE = "_procession_probe"
"""The name of the probe's module in a process that is recorded."""


class ForkedKeeper:
    """The owner's view of its fork. Raises OSError when it cannot be made.

    descriptors: what the program may inherit besides the standard streams, each under its own number. The keeper keeps these
    open, and no others.
    stdin, stdout: the pipes to it and from it. The first line to it is the launch.
    """

    def __init__(self, descriptors: Collection[int] = ()) -> None:
        self.returncode: int | None = None
        pipes: list[int] = []
        try:
            commands, to_keeper = pipes[:2] = os.pipe()
            from_keeper, reports = pipes[2:] = os.pipe()
            with signals_held_back():
                self.pid = os.fork()
                if not self.pid:
                    _become_keeper(commands, reports, descriptors)
        except OSError:
            for number in pipes:
                os.close(number)
            raise
        os.close(commands)
        os.close(reports)
        self.stdin = open(to_keeper, "wb")  # noqa: SIM115 - open for as long as the keeper is
        self.stdout = open(from_keeper, "rb")  # noqa: SIM115

    def dismiss(self) -> None:
        """Let it end, if it was not told what to launch, or has ended. Afterwards this process has no such child."""
        if self.stdin.closed:
            return  # its run was closed
        self.stdin.close()
        try:
            self.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            self.wait()
        self.stdout.close()

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


def wait_for_launch(descriptors: Collection[int]) -> ForkedKeeper | None:
    """A keeper that loads what it needs while this process finds out what it is to launch; None where there can be none yet.

    descriptors: as of `ForkedKeeper`. The caller gives it to `choice.make_engine` and, at its own end, dismisses it.
    """
    if not can_fork():
        return None
    try:
        return ForkedKeeper(descriptors)
    except OSError:
        return None  # the reason is said when one is needed, if it is still the case then


@contextmanager
def signals_held_back() -> Iterator[None]:
    """A Ctrl-C must not reach the keeper before it can handle one. The keeper lets these signals through once it can.
    Does nothing where signals cannot be blocked."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(
        signal.SIG_BLOCK,
        (
            signal.SIGINT,
            signal.SIGTERM,
            signal.SIGHUP,
            signal.SIGQUIT,
            signal.SIGWINCH,
            signal.SIGTSTP,
            *PROGRAM_SIGNALS,
            *OWN_SIGNALS,
        ),
    )
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def open_log(folder: os.PathLike[str] | str) -> IO[bytes]:
    """Make the file for the keeper's standard error. Raises OSError."""
    return open(os.path.join(folder, LOG), "xb", opener=_private)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _become_keeper(commands: int, reports: int, descriptors: Collection[int]) -> NoReturn:
    """Leave behind what is the owner's, as a new program would, and be the keeper until its end."""
    code, is_set_up = 1, False
    try:
        given = {number: copy for number in range(3) if (copy := _copied(number)) is not None}
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for standard, number in enumerate((commands, reports, nowhere)):
            os.dup2(number, standard)
        reports, is_set_up = 1, True
        kept = {0, 1, 2, *given.values(), *descriptors}
        for number in [int(name) for name in os.listdir("/proc/self/fd")]:
            if number not in kept:
                _close(number)
        for number in signal.valid_signals():
            if callable(signal.getsignal(number)):
                signal.signal(number, signal.SIG_DFL)
        from workers.keeper.keeper import keep
        from workers.keeper.launch import read_launch

        gc.freeze()
        gc.enable()
        told = read_launch(0)
        if told is None:
            code = 0  # there is nothing to launch
        else:
            launch, sent = told
            with open_log(launch.folder) as log:
                os.dup2(log.fileno(), 2)
            code = keep(_with_streams(launch, given), sent)
    except BaseException as error:  # nothing of the owner's may run here
        if is_set_up:
            import traceback

            os.write(2, traceback.format_exc().encode("utf-8", "backslashreplace"))
        _tell_why(reports, error)
    finally:
        os._exit(code)


def _with_streams(launch: Launch, given: dict[int, int]) -> Launch:
    """The launch with our own copies of the standard streams that it names. given: {number: our copy}; none is left open."""
    assert launch.streams is not None
    named = [None if number is None else given.get(number) for number in launch.streams[:3]]
    stdin, stdout, stderr = [None if number is None else os.dup(number) for number in named]
    for copy in given.values():
        os.close(copy)
    return launch._replace(streams=StandardStreams(stdin, stdout, stderr, launch.streams.closed))


def _copied(number: int) -> int | None:
    try:
        return os.dup(number)
    except OSError as error:
        if error.errno == errno.EBADF:
            return None  # it is closed
        raise


def _close(number: int) -> None:
    try:
        os.close(number)
    except OSError:
        pass  # it was the listing's own


def _tell_why(reports: int, error: BaseException) -> None:
    """Report why the keeper ends, which may be before it has a log. The first report counts."""
    reason = error.strerror if isinstance(error, OSError) else str(error)
    os.write(
        reports, json.dumps({"failed": " ".join((reason or type(error).__name__).split()).rstrip(".")}).encode() + b"\n"
    )
