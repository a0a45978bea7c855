"""The parent in the program of a plan: carries out the plan's steps, and between them the user's requests.

Runs in the program's only thread. It is a file of its own so that workers that import the main module, `program`, again
do not load this one. The user waits for the program to start, so that it imports little itself: no dataclasses, no
enums, and of Procession only the commands and, for its journal, the probe.
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
    """What the program has to do. `workers.engines.local_engine` writes it, from a plan that was checked.

    pieces: for each worker, the amounts that it does one after another. steps: (verb, worker, timeout in s) each. by_hand:
    the user asks for each step. first_join: index of the step before which the program waits for the user.
    """

    def __init__(self, text: str) -> None:
        orders = json.loads(text)
        self.function: str = orders["function"]
        self.start_method: str = orders["start_method"]
        self.pieces: list[list[int]] = orders["pieces"]
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
        """The commands that have arrived. wait: wait for at least one, or for the end of the pipe."""
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
            return True  # closed, which reading will show
    return bool(select.select([fd], [], [], 0)[0])


class Parent:
    """Carries out steps one after another, and notes each in its journal before."""

    def __init__(self, orders: Orders, journal: Journal, target: "Callable[[str, int, list[int]], None]") -> None:
        self._journal = journal
        self._processes = [
            multiprocessing.Process(target=target, args=(orders.function, number, amounts))
            for number, amounts in enumerate(orders.pieces, 1)
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
        """Carry out a step. number: its index in the plan, -1 for none. request: number of the user's request, 0 for
        none.

        Raises what the call raises.
        """
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
        """Carry out what the user asked for one worker."""
        self.attempt(command.verb, command.worker, request=command.number)

    def attempt(
        self, verb: "ParentVerb", worker: int, timeout_s: "float | None" = None, number: int = -1, request: int = 0
    ) -> None:
        """As `do`; when Python refuses the call, as for a second start, the error is printed and the step is over."""
        try:
            self.do(verb, worker, timeout_s, number, request)
        except (AssertionError, ValueError, AttributeError) as error:
            print(f"p{worker}: {error or type(error).__name__}", file=sys.stderr)

    def wait_for_user(self) -> None:
        """Note that there is nothing to do until the user asks for something."""
        self._journal.write(IDLE, t=time.perf_counter_ns())

    def acknowledge(self, command: AskParent) -> None:
        """Note a command that is about no single worker."""
        self._note(command.verb, 0, -1, command.number)

    def give_up(self) -> None:
        """After a start that failed: end the workers that were started."""
        for number in sorted(self._started):
            self._processes[number - 1].terminate()
        for number in sorted(self._started):
            self._processes[number - 1].join()

    def _note(self, verb: "ParentVerb", worker: int, number: int, request: int) -> None:
        self._journal.write(STEP, VERBS.index(verb), 0, request, time.perf_counter_ns(), number, worker)


def run(orders: Orders, parent: Parent, commands: Commands) -> None:
    """Carry out the plan's steps up to the first join, and the others once the user asks for them;

    by hand, what the user asks.
    """
    steps = deque(enumerate(orders.steps))
    held_from = len(steps) if not commands.open else orders.first_join
    finished = False
    while not finished:
        ready = bool(steps) and steps[0][0] < held_from
        if not ready and not steps and (parent.done if orders.by_hand else True):
            break
        if not ready:
            parent.wait_for_user()
        for command in commands.take(wait=not ready):
            if command.verb == "join_rest":
                parent.acknowledge(command)
                held_from = len(orders.steps)
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


def main(orders: Orders, folder: str, target: "Callable[[str, int, list[int]], None]", commands: Commands) -> int:
    """Carry out the orders. Exit code 0, or 1 when a process could not be started."""
    multiprocessing.set_start_method(orders.start_method)
    if orders.function == "sort_pid":
        print(f"Parent id: {os.getpid()}")
    parent = Parent(orders, Journal(os.path.join(folder, "program.journal")), target)
    try:
        run(orders, parent, commands)
    except OSError as error:
        reason = error.strerror or error
        print(f"A process could not be started: {reason}. The workers that were started are stopped.", file=sys.stderr)
        parent.give_up()
        return 1
    print("We're done")
    if orders.function == "sort":
        from workers.recorded.workloads import global_var_list

        print("Global var at end of processing:", global_var_list)
    return 0
