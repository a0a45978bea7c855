"""Runs real programs under the recorder. Each wait is for a condition, and has a limit."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import psutil

from support.scripts import script_path
from support.waiting import LIMIT_S, pause, wait_until
from workers.commands import AskParent, StopRun
from workers.engines.engine import now_ns
from workers.engines.local_engine import LocalEngine
from workers.engines.programs import Program, script_program
from workers.folding.fold import Fold
from workers.plan.plan import Plan
from workers.system import process_tree
from workers.timeline.model import CallName, Process, State
from workers.timeline.timeline import Timeline

if TYPE_CHECKING:
    from workers.commands import ParentVerb


class Recording:
    """One live run and its timeline. written: what the program wrote, by stream."""

    def __init__(self, run: LocalEngine) -> None:
        self.run = run
        self.timeline = Timeline()
        self.fold = Fold(self.timeline)
        self.written: dict[int, list[bytes]] = {1: [], 2: []}
        self._requests = 0

    def ask(self, verb: "ParentVerb", worker: int = 0) -> int:
        """Ask the parent of a plan for something; the number of the request."""
        self._requests += 1
        self.run.command(AskParent(self._requests, verb, worker))
        return self._requests

    def step(self) -> None:
        """Read what is new."""
        batch = self.run.take()
        for chunk in batch.chunks:
            self.written[chunk.stream].append(chunk.data)
        self.fold.apply(batch, now_ns())

    def _step_and_pause(self) -> None:
        self.step()
        pause()

    def until(self, condition: Callable[[], object], limit_s: float = LIMIT_S) -> float:
        """Follow until the condition holds. Returns how many seconds that took; fails after the limit."""
        return wait_until(
            condition, limit_s=limit_s, step=self._step_and_pause, state=lambda: (self.lines(), self.timeline.warnings)
        )

    def finish(self, limit_s: float = LIMIT_S) -> Timeline:
        """Follow to the end of the run."""
        self.until(lambda: self.run.over, limit_s)
        self.fold.finish(now_ns(), failure=self.run.result().failure)
        return self.timeline

    def worker(self, number: int) -> Process:
        """The process called Process-<number>."""
        return named(self.timeline, f"Process-{number}")

    def state(self, number: int) -> State | None:
        """The state of the process called Process-<number>, None before there is one."""
        return next((p.state for p in self.timeline.processes if p.name == f"Process-{number}"), None)

    def lines(self) -> list[str]:
        """Everything printed so far."""
        return [line.text for line in self.timeline.lines]

    def printed(self, text: str) -> bool:
        """Whether a printed line is exactly this."""
        return text in self.lines()

    def alive(self) -> list[psutil.Process]:
        """Living processes that carry the run's mark."""
        return process_tree.marked(self.run.folder)


@contextmanager
def recording(
    what: Plan | Program, *, straight: bool = True, whole: bool = False, portable: bool = False
) -> Iterator[Recording]:
    """A run that is closed at the end, whatever happens."""
    run = LocalEngine(what, straight=straight, whole=whole, portable=portable)
    run.start()
    try:
        yield Recording(run)
    finally:
        run.close()


def recorded(what: Plan | Program, *, straight: bool = True, whole: bool = False, portable: bool = False) -> Timeline:
    """The timeline of a whole run."""
    with recording(what, straight=straight, whole=whole, portable=portable) as following:
        return following.finish()


def together(programs: Mapping[str, Program], done: Callable[[str, Timeline], object]) -> dict[str, Timeline]:
    """The timelines of several runs at once, since each of them mostly waits.

    done: called repeatedly with the name and timeline of each run; a run is stopped once it returns true.
    """
    until_s = time.monotonic() + LIMIT_S
    with ExitStack() as stack:
        going = {name: stack.enter_context(recording(program)) for name, program in programs.items()}
        asked, left = dict(going), dict(going)
        while left:
            assert time.monotonic() < until_s, f"not within {LIMIT_S} s: {sorted(left)}"
            for name, following in list(left.items()):
                following.step()
                if name in asked and done(name, following.timeline):
                    asked.pop(name).run.command(StopRun())
                if following.run.over:
                    del left[name]
            time.sleep(0.005)
        return {name: following.finish() for name, following in going.items()}


def script(name: str, *arguments: str) -> Program:
    """The program that runs one of the scripts."""
    return script_program(script_path(name), *arguments)


def named(timeline: Timeline, name: str) -> Process:
    """The process with this name."""
    found = [process for process in timeline.processes if process.name == name]
    assert len(found) == 1, [process.name for process in timeline.processes]
    return found[0]


def joins(timeline: Timeline) -> list[int | None]:
    """The processes that were joined, in order."""
    return [call.process for call in timeline.calls if call.name is CallName.JOIN]
