"""Starts a run and follows it: the owner's side of the pipe to the keeper. Runs in the controller's thread of the window,
or in the command line; only one thread uses it at a time."""

import json
import os
import platform
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workers.commands import (
    AskParent,
    CloseRun,
    ContinueProgram,
    PassOnSignal,
    SendSignal,
    StopRun,
    encode,
)
from workers.errors import RunError
from workers.journal.follower import Batch, Follower
from workers.keeper.relay import UNWRITTEN, Streams
from workers.plan.estimate import look_at_machine
from workers.plan.plan import Plan
from workers.runs.leases import Lease
from workers.runs.run_folders import cache_folder, new_run_folder
from workers.system import process_tree
from workers.system.process_tree import MARK

if TYPE_CHECKING:
    from workers.commands import ParentVerb

_ROOT = Path(__file__).resolve().parents[2]
_RECORDED = _ROOT / "workers" / "recorded"
_WATCHED = "global_var_list"


@dataclass(frozen=True, slots=True)
class Program:
    """What a run launches: command line, folder to run in, what its lane is called, watched globals, and whether it takes
    commands on its standard input. streams: it is run as a command with these; otherwise its standard input is empty."""

    argv: tuple[str, ...]
    cwd: str
    title: str
    watch: tuple[str, ...] = ()
    control: bool = False
    plan: Plan | None = None
    streams: Streams | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What the keeper says of a run that is over, which is known without reading all that was recorded. launched: there was
    a program. exit_code: as Python gives it, None when nobody knows it. warnings: in sentences."""

    launched: bool
    exit_code: int | None
    warnings: tuple[str, ...]

    @property
    def unwritten(self) -> str | None:
        """The warning that not all that was printed could be passed on, if that was so."""
        return next((warning for warning in self.warnings if warning.startswith(UNWRITTEN)), None)


def plan_program(plan: Plan, folder: Path, *, straight: bool) -> Program:
    """The program that carries out `plan`. straight: all its steps at once, asking nobody."""
    control = "-" if straight else "stdin"
    main = str(_RECORDED / "program.py")
    argv = (sys.executable, "-P", main, str(plan.workers), str(folder), control, _orders(plan))
    return Program(argv, os.getcwd(), "parent", (_WATCHED,), not straight, plan)


def _orders(plan: Plan) -> str:
    """The plan as `workers.recorded.parent.Orders` reads it, which knows no plans."""
    steps = [(step.verb.value, step.worker, step.timeout_s) for step in plan.steps]
    return json.dumps({
        "function": plan.workload.function, "start_method": plan.start_method.value, "sizes": plan.sizes, "steps": steps,
        "by_hand": plan.by_hand, "first_join": plan.first_join,
    })  # fmt: skip


def script_program(
    script: Path | str,
    *arguments: str,
    python: str = sys.executable,
    module: bool = False,
    watch: tuple[str, ...] = (),
    streams: Streams | None = None,
) -> Program:
    """The program that is a person's script, run as ``python script arguments…`` in the present folder.

    module: `script` names a module, as after ``python -m``.
    """
    argv = (python, "-m", str(script)) if module else (python, str(script))
    title = str(script) if module else Path(script).name or str(script)
    return Program((*argv, *arguments), _present_folder(), title, watch, streams=streams)


def _present_folder() -> str:
    try:
        return os.getcwd()
    except FileNotFoundError:
        return ""


class LiveRun:
    """One run that was launched from here, of a plan or of any program: its folder, what it says, and commands to it.

    straight: a plan's steps all at once, asking nobody. whole: `poll` gives every printed byte, however far behind; else it
    skips to the newest when it cannot keep up (see journal.OutputReader). portable: without Linux's own means. `over` turns
    true once everything is read that will ever come; `lost` says that the keeper did not come to its own end.
    Raises RunError when it cannot be launched.
    """

    def __init__(
        self, what: Plan | Program, *, straight: bool = True, whole: bool = False, portable: bool = False
    ) -> None:
        self.folder = new_run_folder()
        self.over = False
        self.lost = False
        self._requests = 0
        self._rest = b""
        self._told: list[dict[str, Any]] = []
        self._stops: list[tuple[int, int]] = []
        self._follower = Follower(self.folder, whole=whole)
        program = plan_program(what, self.folder, straight=straight) if isinstance(what, Plan) else what
        message = {
            "folder": str(self.folder),
            "portable": portable,
            "argv": list(program.argv),
            "env": _environment(self.folder, program),
            "cwd": program.cwd,
            "control": program.control,
            "manifest": _manifest(program),
        }
        if program.streams is None:
            self._keeper = _start_keeper(self.folder)
        else:
            with _handed_over(program.streams) as numbers:
                self._keeper = _start_keeper(self.folder, [number for number in numbers if number is not None])
                message["streams"] = numbers
        self._hold = Lease(self.folder)
        self._send(json.dumps(message).encode() + b"\n")

    @property
    def keeper_pid(self) -> int:
        """The keeper's process id."""
        return self._keeper.pid

    @property
    def gone(self) -> bool:
        """Whether somebody deleted the run's folder."""
        return not self.folder.exists()

    def ask(self, verb: "ParentVerb", worker: int = 0) -> int:
        """Ask the running parent for something (see workers.commands). The request's number, which its answer carries."""
        self._requests += 1
        self._send(encode(AskParent(self._requests, verb, worker)))
        return self._requests

    def signal(self, pid: int, ticks: int, number: int) -> None:
        """Have the keeper send a signal to a process, named by its pid and its kernel start time."""
        self._send(encode(SendSignal(pid, ticks, number)))

    def interrupt(self, number: int) -> None:
        """A signal came that is meant for the program: see that it has it, where it came to this process alone."""
        self._send(encode(PassOnSignal(number)))

    def take_stop(self) -> tuple[int, int] | None:
        """The signal that has stopped the program of a command, when it was not told before, and the stop's number: whoever
        waits for the command is to see it stopped, too."""
        stops, self._stops = self._stops, []
        return stops[-1] if stops else None

    def go_on(self, stop: int) -> None:
        """The command was continued after this stop: the program is to be, too, unless it has been."""
        self._send(encode(ContinueProgram(stop)))

    def stop(self) -> None:
        """End the whole tree: TERM, three seconds, KILL."""
        self._send(encode(StopRun()))

    def poll(self) -> Batch:
        """What is new. Once the keeper has ended this reads on until nothing is left, and then `over` is true."""
        ended = self._keeper.poll() is not None
        if ended and self._keeper.returncode != 0 and not self.lost:
            self._sweep()
        batch = self._follower.poll(final=ended)
        if ended and not batch:
            self.over = True
        return batch

    def wait(self, timeout_s: float) -> bool:
        """Wait for the keeper's end, or until it tells of a stop, reading nothing else. Whether it has ended; then `result`
        tells."""
        if hasattr(os, "pidfd_open") and self._keeper.poll() is None:
            ended = select.poll()
            watch = os.pidfd_open(self._keeper.pid)
            try:
                ended.register(watch, select.POLLIN)
                if self._keeper.stdout is not None:
                    ended.register(self._keeper.stdout, select.POLLIN)
                ended.poll(timeout_s * 1000)
            finally:
                os.close(watch)
            self._hear()
            return self._keeper.poll() is not None
        try:
            self._keeper.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._hear()
            return False
        return True

    def result(self) -> Result:
        """What the keeper told at the end, once it has ended: on a pipe, which no full disk and no deleted folder harms."""
        self._hear()
        launched, code = False, None
        warnings = []
        for told in self._told:
            launched = launched or "launched" in told
            code = told.get("exit_code", code)
            warnings += told.get("warnings", [])
        return Result(launched, code, tuple(warnings))

    def close(self, *, patience_s: float = 4.5, asked: bool = False) -> None:
        """Let go of the pipe, which makes the keeper end what still runs, and wait until it has. Never raises. asked: it is the
        person who wants it to end."""
        if asked:
            self._send(encode(CloseRun()))
        if self._keeper.stdin is not None and not self._keeper.stdin.closed:
            try:
                self._keeper.stdin.close()
            except OSError:
                pass
        try:
            self._keeper.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._keeper.kill()
            self._keeper.wait()
        if self._keeper.returncode != 0:
            self._sweep()
        self._hear()
        if self._keeper.stdout is not None:
            self._keeper.stdout.close()
        self._hold.release()

    def _hear(self) -> None:
        """Take what the keeper told so far. What passes on the rest of an output may hold the pipe when it has ended."""
        pipe = self._keeper.stdout
        if pipe is None or pipe.closed:
            return
        if os.name == "posix":
            os.set_blocking(pipe.fileno(), False)
        try:
            while data := os.read(pipe.fileno(), 1 << 16):
                *lines, self._rest = (self._rest + data).split(b"\n")
                self._told += [json.loads(line) for line in lines]
        except BlockingIOError:
            pass
        self._stops += [(told.pop("stopped"), told["stop"]) for told in self._told if "stopped" in told]

    def _sweep(self) -> None:
        """The keeper did not come to its own end: end what it left, which carries the run's mark."""
        self.lost = True
        process_tree.Ending(lambda: process_tree.marked(self.folder), 0.0).finish()

    def _send(self, line: bytes) -> None:
        pipe = self._keeper.stdin
        if pipe is None or pipe.closed:
            return
        try:
            pipe.write(line)
            pipe.flush()
        except OSError:
            pass  # the keeper has ended; poll() tells


@contextmanager
def _handed_over(streams: Streams) -> Iterator[list[int | None]]:
    """Other numbers for the same descriptors, since the keeper's own first three are in use; None for what is not there."""
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


def _start_keeper(folder: Path, streams: list[int] | None = None) -> "subprocess.Popen[bytes]":
    """streams: it keeps a command, has these descriptors too, and belongs to our process group."""
    if streams is not None and os.name != "posix":
        raise RunError("A command cannot be recorded on this system yet.")
    # Our own folder stands first: the person's folder, or PYTHONPATH, may hold packages of the same names.
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    try:
        with open(folder / "keeper.log", "xb", opener=_for_the_person) as log, _signals_held_back(streams is not None):
            return subprocess.Popen(
                [sys.executable, "-P", "-m", "workers.keeper"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                pass_fds=streams or (),
                start_new_session=streams is None,
            )
    except OSError as error:
        raise RunError(f"The recorder could not be started: {error.strerror}.") from error


def _for_the_person(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextmanager
def _signals_held_back(needed: bool) -> Iterator[None]:
    """A Ctrl-C must not find the keeper before it knows what to do with one; it lets them through then."""
    if not needed:
        yield
        return
    before = signal.pthread_sigmask(
        signal.SIG_BLOCK,
        (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGWINCH, signal.SIGTSTP),
    )
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _environment(folder: Path, program: Program) -> dict[str, str]:
    """The program's environment: the person's own, with the probe's folder first in PYTHONPATH and the run's mark."""
    environment = dict(os.environ)
    own_path = environment.get("PYTHONPATH")
    if program.plan is not None:
        own_path = str(_ROOT)  # the program of a plan is a module of ours
    parts = [str(_RECORDED / "inject"), *([own_path] if own_path else [])]
    environment["PYTHONPATH"] = os.pathsep.join(parts)
    if own_path is not None:
        environment["PROCESSION_PYTHONPATH"] = own_path
    environment[MARK] = str(folder)
    try:
        environment["PROCESSION_CACHE"] = str(cache_folder())
    except RunError:
        pass  # each interpreter then compiles the edits anew
    if program.watch:
        environment["PROCESSION_WATCH"] = ",".join(program.watch)
    return environment


def _manifest(program: Program) -> dict[str, Any]:
    machine = look_at_machine()
    return {
        "format": 1,
        "argv": list(program.argv),
        "title": program.title,
        "host": platform.node(),
        "started_at": datetime.now().astimezone().isoformat(timespec="milliseconds"),
        "plan": None if program.plan is None else program.plan.to_json(),
        "memory_bytes": machine.available_bytes,
        "cores": machine.cores,
    }


def now_ns() -> int:
    """The machine's monotonic clock that every journal uses."""
    return time.perf_counter_ns()


STOP_SIGNALS = {"terminate": int(signal.SIGTERM), "kill": int(getattr(signal, "SIGKILL", signal.SIGTERM))}
"""What a person's word means when it is sent from outside, because the parent is not free to call it."""
