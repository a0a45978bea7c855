"""The keeper as its owner sees it: a child process with a pipe in each direction. Used by one thread of the owner.

The pipe to the keeper carries commands, and its end tells the keeper that the owner is gone. The pipe from it carries what
the owner has to learn even if the disk is full or the run's folder was deleted.
"""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from workers.engines.engine import RunResult, Suspension
from workers.engines.forked_keeper import LOG, ForkedKeeper, can_fork, open_log, signals_held_back
from workers.engines.programs import ROOT
from workers.errors import RunError
from workers.keeper.launch import Launch, StandardStreams, encode_launch
from workers.system.processes import look

_LONGEST_ERROR = 500
_CRASHES = {
    getattr(signal, name)
    for name in ("SIGSEGV", "SIGBUS", "SIGABRT", "SIGILL", "SIGFPE", "SIGSYS", "SIGTRAP")
    if hasattr(signal, name)
}
_FROM_KERNEL_TOO = {
    "SIGKILL": "from outside, or by the kernel because memory or its CPU time had run out",
    "SIGXCPU": "from outside, or by the kernel because its CPU time had run out",
}
"""Signals of which the exit code does not tell whose they were."""


class KeeperProcess:
    """A keeper that was started and told what to launch. Raises RunError when it cannot be started.

    launch: what it launches. With `streams` it keeps a command of the user's shell, has the command's standard streams too,
    and belongs to our process group.
    waiting: a fork of this process that waits to become the keeper of a command; without one it is made now.
    """

    def __init__(self, launch: Launch, waiting: ForkedKeeper | None = None) -> None:
        self._rest = b""
        self._reports: list[dict[str, Any]] = []
        self._suspensions: list[Suspension] = []
        self._looks = 0
        self._process: ForkedKeeper | subprocess.Popen[bytes]
        self._killed = False  # by us
        folder = Path(launch.folder)
        self._log = folder / LOG
        if launch.streams is None:
            self._process = _start(folder)
        elif waiting is not None or can_fork():
            self._process = waiting or _fork(launch.descriptors)
        else:
            with _duplicated(launch.streams) as numbers:
                stdin, stdout, stderr = numbers
                launch = launch._replace(streams=StandardStreams(stdin, stdout, stderr, launch.streams.closed))
                kept = [*(number for number in numbers if number is not None), *launch.descriptors]
                self._process = _start(folder, kept)
        self.send(encode_launch(launch))

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def reports_fd(self) -> int:
        """The descriptor that its reports come from."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self._process.poll() is not None

    @property
    def failed(self) -> bool:
        """Whether it has ended otherwise than at the end of its work, so that it may have left processes behind."""
        return self.ended and self._process.returncode != 0

    def send(self, line: bytes) -> None:
        """Write a line to it. If it has ended, nothing happens."""
        pipe = self._process.stdin
        if pipe is None or pipe.closed:
            return
        try:
            pipe.write(line)
            pipe.flush()
        except OSError:
            pass  # it has ended, which `ended` says

    def wait(self, timeout_s: float) -> bool:
        """Wait until it has ended or reports something. Whether it has ended."""
        watch = None if self.ended else self._pidfd()
        if watch is not None:
            news = select.poll()
            try:
                news.register(watch, select.POLLIN)
                if self._process.stdout is not None:
                    news.register(self._process.stdout, select.POLLIN)
                news.poll(timeout_s * 1000)
            finally:
                os.close(watch)
            self._read_reports()
            return self.ended
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._read_reports()
            return False
        return True

    def _pidfd(self) -> int | None:
        """None where the system has none, or no descriptor is left."""
        try:
            return os.pidfd_open(self.pid) if hasattr(os, "pidfd_open") else None
        except OSError:
            return None

    @property
    def launched(self) -> bool:
        """Whether it has reported that the program was launched."""
        return any("launched" in report for report in self._reports)

    def take_looks(self) -> int:
        """How many looks into processes that do not move were reported and not taken yet."""
        looks, self._looks = self._looks, 0
        return looks

    def take_suspension(self) -> Suspension | None:
        """The newest suspension that was reported and not taken yet, unless it is over."""
        suspensions, self._suspensions = self._suspensions, []
        return suspensions[-1] if suspensions and self._may_be_stopped() else None

    def _may_be_stopped(self) -> bool:
        """Whether the program is stopped now, or cannot be asked. Ctrl-Z can stop the owner too, before it reads that."""
        pid = next((report["launched"] for report in self._reports if "launched" in report), None)
        seen = None if pid is None else look(pid)
        return seen is None or seen.state in "Tt"

    def result(self) -> RunResult:
        """What it has reported of the run."""
        self._read_reports()
        code = None
        warnings: list[str] = []
        for report in self._reports:
            code = report.get("exit_code", code)
            warnings += report.get("warnings", [])
        begun = [report["launching"] for report in self._reports if "launching" in report]
        launched = self.launched or bool(begun and begun[-1])  # it may have been ended before it could say so
        return RunResult(launched, code, tuple(warnings), _unwritten(warnings), self._failure())

    def _failure(self) -> str | None:
        if not self.failed:
            return None
        if self._killed:
            return "The recorder did not answer and was killed"
        reasons = [report["failed"] for report in self._reports if "failed" in report]
        code = self._process.returncode
        if code is not None and code < 0 and not reasons:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
            if -code in _CRASHES:
                return f"The recorder crashed with {name}"
            if name in _FROM_KERNEL_TOO:
                return f"The recorder was ended by {name} ({_FROM_KERNEL_TOO[name]})"
            return f"The recorder was ended from outside by {name}"
        return f"The recorder failed: {reasons[0] if reasons else _last_line(self._log)}"

    def let_go(self, patience_s: float) -> None:
        """Close the pipe to it, upon which it ends what still runs, and wait for its end; by force after `patience_s`."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            try:
                self._process.stdin.close()
            except OSError:
                pass
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._killed = True
            self._process.wait()

    def close_reports(self) -> None:
        """Read what is left of its reports, and close the pipe from it."""
        self._read_reports()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read_reports(self) -> None:
        # Without waiting: a process that passes on the rest of an output may hold the pipe open after the keeper's end.
        pipe = self._process.stdout
        if pipe is None or pipe.closed:
            return
        if os.name == "posix":
            os.set_blocking(pipe.fileno(), False)
        try:
            while data := os.read(pipe.fileno(), 1 << 16):
                *lines, self._rest = (self._rest + data).split(b"\n")
                for line in lines:
                    self._take_report(json.loads(line))
        except BlockingIOError:
            pass

    def _take_report(self, report: dict[str, Any]) -> None:
        if "stopped" in report:
            self._suspensions.append(Suspension(report["stopped"], report["stop"]))
        elif "looked" in report:
            self._looks += 1
        else:
            self._reports.append(report)


def _unwritten(warnings: list[str]) -> str | None:
    if not warnings:
        return None
    from workers.journal.kinds import UNWRITTEN  # a run without warnings ends sooner without it

    return next((warning for warning in warnings if warning.startswith(UNWRITTEN)), None)


@contextmanager
def _duplicated(streams: StandardStreams) -> Iterator[list[int | None]]:
    """Other numbers for the same descriptors, since the keeper's own first three are in use; None for a closed one."""
    numbers: list[int | None] = []
    try:
        for number in (streams.stdin, streams.stdout, streams.stderr):
            try:
                numbers.append(None if number is None else os.dup(number))
            except OSError:
                numbers.append(None)
        yield numbers
    finally:
        for copy in numbers:
            if copy is not None:
                os.close(copy)


def _fork(descriptors: Collection[int]) -> ForkedKeeper:
    try:
        return ForkedKeeper(descriptors)
    except OSError as error:
        raise RunError(f"The recorder could not be started: {error.strerror}.") from error


def _start(folder: Path, streams: list[int] | None = None) -> "subprocess.Popen[bytes]":
    if streams is not None and os.name != "posix":
        raise RunError("A command cannot be recorded on this system yet.")
    try:
        with open_log(folder) as log, signals_held_back() if streams is not None else nullcontext():
            return subprocess.Popen(
                _keeper_command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                pass_fds=streams or (),
                start_new_session=streams is None,
            )
    except OSError as error:
        raise RunError(f"The recorder could not be started: {error.strerror}.") from error


def _keeper_command() -> list[str]:
    """An interpreter of its own for the keeper, without what the user has set for the script's: variables and modules."""
    options = ["-I", "-S"]
    if sys.dont_write_bytecode:
        options.append("-B")
    if sys.pycache_prefix is not None:
        options += ["-X", f"pycache_prefix={sys.pycache_prefix}"]
    set_by_user = {os.path.abspath(part) for part in os.environ.get("PYTHONPATH", "").split(os.pathsep)}
    folders = [folder for folder in sys.path if os.path.isabs(folder)]
    folders.sort(key=lambda folder: os.path.abspath(folder) in set_by_user)  # those come last
    return [sys.executable, *options, str(ROOT / "workers" / "keeper" / "__main__.py"), str(ROOT), *folders]


def _last_line(log: Path) -> str:
    """What the keeper's interpreter wrote last: the error that ended it."""
    try:
        lines = log.read_bytes()[-_LONGEST_ERROR:].decode("utf-8", "replace").split("\n")
    except OSError:
        lines = []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it gave no reason")
