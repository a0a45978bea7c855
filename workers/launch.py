"""Starts a run and follows it: the owner's side of the pipe to the keeper. Runs in the controller's thread of the window,
or in the command line; only one thread uses it at a time."""

import json
import os
import platform
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from workers import tree
from workers.errors import RunError
from workers.journal import Batch, Follower
from workers.plan import Plan
from workers.runs import cache_folder, new_run_folder
from workers.tree import MARK

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE.parent
_WATCHED = "global_var_list"


@dataclass(frozen=True, slots=True)
class Program:
    """What a run launches: command line, folder to run in, what its lane is called, watched globals, and whether it takes
    commands on its standard input."""

    argv: tuple[str, ...]
    cwd: str
    title: str
    watch: tuple[str, ...] = ()
    control: bool = False
    plan: Plan | None = None


def plan_program(plan: Plan, folder: Path, *, straight: bool) -> Program:
    """The program that carries out `plan`. straight: all its steps at once, asking nobody."""
    control = "-" if straight else "stdin"
    main = str(_HERE / "program.py")
    argv = (sys.executable, "-P", main, str(plan.workers), str(folder), control, _orders(plan))
    return Program(argv, os.getcwd(), "parent", (_WATCHED,), not straight, plan)


def _orders(plan: Plan) -> str:
    """The plan as `workers.parent.Orders` reads it, which knows no plans."""
    steps = [(step.verb.value, step.worker, step.timeout_s) for step in plan.steps]
    return json.dumps({
        "function": plan.workload.function, "start_method": plan.start_method.value, "sizes": plan.sizes, "steps": steps,
        "by_hand": plan.by_hand, "first_join": plan.first_join,
    })  # fmt: skip


def script_program(path: Path, *arguments: str, python: str = sys.executable) -> Program:
    """The program that is a person's script, run as ``python script.py arguments…`` in the present folder."""
    return Program((python, str(path), *arguments), os.getcwd(), path.name)


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
        self._keeper = _start_keeper(self.folder)
        self._send(message)

    @property
    def keeper_pid(self) -> int:
        """The keeper's process id."""
        return self._keeper.pid

    def ask(self, verb: str, worker: int = 0) -> int:
        """Ask the running parent for something (see journal.VERBS). The request's number, which its answer carries."""
        self._requests += 1
        self._send({"id": self._requests, "do": verb, "worker": worker})
        return self._requests

    def signal(self, pid: int, ticks: int, number: int) -> None:
        """Have the keeper send a signal to a process, named by its pid and its kernel start time."""
        self._send({"do": "signal", "pid": pid, "ticks": ticks, "signal": number})

    def stop(self) -> None:
        """End the whole tree: TERM, three seconds, KILL."""
        self._send({"do": "stop"})

    def poll(self) -> Batch:
        """What is new. Once the keeper has ended this reads on until nothing is left, and then `over` is true."""
        ended = self._keeper.poll() is not None
        if ended and self._keeper.returncode != 0 and not self.lost:
            self._sweep()
        batch = self._follower.poll(final=ended)
        if ended and not batch:
            self.over = True
        return batch

    def close(self, *, patience_s: float = 4.5) -> None:
        """Let go of the pipe, which makes the keeper end what still runs, and wait until it has. Never raises."""
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

    def _sweep(self) -> None:
        """The keeper did not come to its own end: end what it left, which carries the run's mark."""
        self.lost = True
        tree.Ending(lambda: tree.marked(self.folder), 0.0).finish()

    def _send(self, message: dict[str, Any]) -> None:
        pipe = self._keeper.stdin
        if pipe is None or pipe.closed:
            return
        try:
            pipe.write(json.dumps(message).encode() + b"\n")
            pipe.flush()
        except OSError:
            pass  # the keeper has ended; poll() tells


def _start_keeper(folder: Path) -> "subprocess.Popen[bytes]":
    # Our own folder stands first: the person's folder, or PYTHONPATH, may hold packages of the same names.
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    try:
        with (folder / "keeper.log").open("xb") as log:
            return subprocess.Popen(
                [sys.executable, "-P", "-m", "workers.keeper"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
    except OSError as error:
        raise RunError(f"The recorder could not be started: {error.strerror}.") from error


def _environment(folder: Path, program: Program) -> dict[str, str]:
    """The program's environment: the person's own, with the probe's folder first in PYTHONPATH and the run's mark."""
    environment = dict(os.environ)
    own_path = environment.get("PYTHONPATH")
    if program.plan is not None:
        own_path = str(_ROOT)  # the program of a plan is a module of ours
    parts = [str(_HERE / "inject"), *([own_path] if own_path else [])]
    environment["PYTHONPATH"] = os.pathsep.join(parts)
    if own_path is not None:
        environment["PROCESSION_PYTHONPATH"] = own_path
    environment[MARK] = str(folder)
    environment["PROCESSION_CACHE"] = str(cache_folder())
    if program.watch:
        environment["PROCESSION_WATCH"] = ",".join(program.watch)
    return environment


def _manifest(program: Program) -> dict[str, Any]:
    return {
        "format": 1,
        "argv": list(program.argv),
        "title": program.title,
        "host": platform.node(),
        "started_at": datetime.now().astimezone().isoformat(timespec="milliseconds"),
        "plan": None if program.plan is None else program.plan.to_json(),
    }


def now_ns() -> int:
    """The machine's monotonic clock that every journal uses."""
    return time.perf_counter_ns()


STOP_SIGNALS = {"terminate": int(signal.SIGTERM), "kill": int(getattr(signal, "SIGKILL", signal.SIGTERM))}
"""What a person's word means when it is sent from outside, because the parent is not free to call it."""
