"""What the program of a plan does: steps one after another, and between them what a person asks.

Runs in the program's only thread. It is apart from `program`, the main module, so that workers which import that
module anew do not pay for this one; and since a person waits for it, it imports little itself: no dataclasses, no enums,
and of Procession the commands and, for its journal, the probe.
"""

import json
import multiprocessing
import os
import select
import sys
import time
from collections import deque

from workers.commands import VERBS, AskParent, decode
from workers.recorded.probe import IDLE, STEP, Journal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workers.commands import ParentVerb


class Orders:
    """What the program is to do, as `workers.engines.local_engine` wrote it, from a plan that was checked."""

    def __init__(self, text: str) -> None:
        orders = json.loads(text)
        self.function: str = orders["function"]
        self.start_method: str = orders["start_method"]
        self.sizes: list[int] = orders["sizes"]
        self.steps: list[tuple[ParentVerb, int, float | None]] = [tuple(step) for step in orders["steps"]]
        self.by_hand: bool = orders["by_hand"]
        self.first_join: int = orders["first_join"]


class Commands:
    """The user's commands, from a pipe. fd None: there will be none."""

    def __init__(self, fd: int | None) -> None:
        self._fd = fd
        self._rest = b""

    @property
    def open(self) -> bool:
        """Whether more may come."""
        return self._fd is not None

    def take(self, *, wait: bool) -> "Iterator[AskParent]":
        """The commands that are there; with `wait`, not before there is at least one or the end."""
        while self._fd is not None:
            if not wait and not _readable(self._fd):
                return
            data = os.read(self._fd, 65536)
            if not data:
                self._fd = None
                return
            *lines, self._rest = (self._rest + data).split(b"\n")
            for line in lines:
                command = decode(line)
                if isinstance(command, AskParent):
                    yield command
            wait = wait and not lines


def _readable(fd: int) -> bool:
    if sys.platform == "win32":
        import _winapi
        import msvcrt

        try:
            return _winapi.PeekNamedPipe(msvcrt.get_osfhandle(fd), 0)[0] > 0
        except OSError:
            return True  # closed: reading tells
    return bool(select.select([fd], [], [], 0)[0])


class Parent:
    """Carries out steps one after another, each noted in its journal before it begins."""

    def __init__(self, orders: Orders, journal: Journal, target: "Callable[[str, int, int], None]") -> None:
        self._journal = journal
        self._processes = [
            multiprocessing.Process(target=target, args=(orders.function, number, size))
            for number, size in enumerate(orders.sizes, 1)
        ]
        self._started: set[int] = set()
        self._joined: set[int] = set()

    @property
    def done(self) -> bool:
        """Whether every worker was started and joined."""
        return len(self._joined) == len(self._processes)

    def do(
        self, verb: "ParentVerb", worker: int, timeout_s: "float | None" = None, number: int = -1, request: int = 0
    ) -> None:
        """One step; `number` is its place in the plan, `request` the person's. Raises what the call raises."""
        self._note(verb, worker, number, request)
        process = self._processes[worker - 1]
        if verb == "start":
            process.start()
            self._started.add(worker)
        elif verb == "join":
            process.join(timeout_s)
            if process.exitcode is not None:
                self._joined.add(worker)
        elif verb == "alive":
            print(f"p{worker} alive:? {process.is_alive()}")
        elif verb == "terminate":
            process.terminate()
        elif verb == "kill":
            process.kill()

    def answer(self, command: AskParent) -> None:
        """What the person asked for one worker."""
        self.attempt(command.verb, command.worker, request=command.number)

    def attempt(
        self, verb: "ParentVerb", worker: int, timeout_s: "float | None" = None, number: int = -1, request: int = 0
    ) -> None:
        """As `do`; said and left when Python refuses it, as for a second start."""
        try:
            self.do(verb, worker, timeout_s, number, request)
        except (AssertionError, ValueError, AttributeError) as error:
            print(f"p{worker}: {error or type(error).__name__}", file=sys.stderr)

    def wait_for_person(self) -> None:
        """Note that nothing is left to do until something is asked."""
        self._journal.write(IDLE, t=time.perf_counter_ns())

    def acknowledge(self, command: AskParent) -> None:
        """Note a command that is not about one worker."""
        self._note(command.verb, 0, -1, command.number)

    def give_up(self) -> None:
        """End what did start, after a start that failed."""
        for number in sorted(self._started):
            self._processes[number - 1].terminate()
        for number in sorted(self._started):
            self._processes[number - 1].join()

    def _note(self, verb: "ParentVerb", worker: int, number: int, request: int) -> None:
        self._journal.write(STEP, VERBS.index(verb), 0, request, time.perf_counter_ns(), number, worker)


def run(orders: Orders, parent: Parent, commands: Commands) -> None:
    """The plan's steps up to the first join, then the rest when the person asks for it; by hand, what is asked."""
    steps = deque(enumerate(orders.steps))
    held = len(steps) if not commands.open else orders.first_join
    finished = False
    while not finished:
        ready = bool(steps) and steps[0][0] < held
        if not ready and not steps and (parent.done if orders.by_hand else True):
            break
        if not ready:
            parent.wait_for_person()
        for command in commands.take(wait=not ready):
            if command.verb == "join_rest":
                parent.acknowledge(command)
                held = len(orders.steps)
            elif command.verb == "finish":
                parent.acknowledge(command)
                finished = True
            else:
                parent.answer(command)
        if not commands.open and not ready:
            break
        if ready and not finished:
            number, (verb, worker, timeout_s) = steps.popleft()
            parent.attempt(verb, worker, timeout_s, number)


def main(orders: Orders, folder: str, target: "Callable[[str, int, int], None]", commands: Commands) -> int:
    """Carry out the orders. Exit code 0, or 1 when a process could not be started."""
    multiprocessing.set_start_method(orders.start_method)
    if orders.function == "sort_pid":
        print(f"Parent id: {os.getpid()}")
    parent = Parent(orders, Journal(os.path.join(folder, "program.journal")), target)
    try:
        run(orders, parent, commands)
    except OSError as error:
        said = error.strerror or error
        print(f"A process could not be started: {said}. Those that were are stopped.", file=sys.stderr)
        parent.give_up()
        return 1
    print("We're done")
    if orders.function == "sort":
        from workers.recorded.workloads import global_var_list

        print("Global var at end of processing:", global_var_list)
    return 0
