"""The seam between a run and what carries it out. Whoever owns a run (window or command line) knows only this.

An engine leaves journals and printed output in a folder, in the format of `workers.journal`. Everything that is shown
comes from there, so a new engine needs no change in session, fold or window. Imported by the owner's process; no Qt.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple, TypeAlias

from workers.commands import Command

if TYPE_CHECKING:
    from workers.engines.programs import Program
    from workers.engines.script import Script
    from workers.journal.follower import Batch
    from workers.plan.plan import Plan

Runnable: TypeAlias = "Plan | Script | Program"
"""What an engine is asked to run."""


class RunResult(NamedTuple):
    """How a run ended, known without reading what it recorded.

    launched: there was a program, or may have been: the recorder was ended while it launched one.
    exit_code: as Python gives it; None when it is not known.
    warnings: sentences for the user.
    unwritten: the one of them that says that some printed output could not be passed on, if there is one.
    failure: why the recorder ended before its work was done, as a sentence without its full stop; None if it did not.
    """

    launched: bool
    exit_code: int | None
    warnings: tuple[str, ...] = ()
    unwritten: str | None = None
    failure: str | None = None


class Suspension(NamedTuple):
    """The program of a recorded command was stopped, as by Ctrl-Z. signal: what stopped it. number: counts the stops."""

    signal: int
    number: int


class Engine(ABC):
    """Carries out one run, once.

    Threads: one thread makes the engine and calls all its methods; an engine need not be thread-safe. That thread is never
    the window's.

    Life: make it, `start` it, then call `take` again and again until `over` is true, then `close` it. Making it has no
    effects, so an engine that was never started needs no `close`; but a `close` does no harm then, nor after a `start` that
    raised, nor a second time.

    What may block: `start` until the run is under way, `wait` and `close` for their limit. `take`, `command`,
    `take_suspension` and `result` return at once.

    What ends it: the program ends by itself, or `StopRun`, or `close`. If the owner dies without a `close`, the engine
    still has to end everything that it started. After `over` nothing of the run is left alive, except what the program of
    a recorded command left behind on purpose.

    Errors: `start` raises RunError or PlanError with a sentence for the user, and has then nothing left running. No other
    method raises for what happens to the run: that is in the journals, in `lost`, or in `result`.
    """

    name: ClassVar[str]
    """What reports and manifests call this engine."""

    over = False
    """Whether `take` has given everything that will ever come."""
    lost = False
    """Whether the run was cut off from outside, so that its end is not the program's own."""

    @property
    @abstractmethod
    def folder(self) -> Path:
        """Where the run's journals are. Only after `start`."""

    @property
    def launched(self) -> bool:
        """Whether the program has been launched. From then on the owner need not keep open what the program inherits."""
        return True

    @property
    def folder_deleted(self) -> bool:
        """Whether the run's folder was deleted while the run was followed."""
        return not self.folder.exists()

    @abstractmethod
    def start(self) -> None:
        """Begin the run. Raises RunError when it cannot be started, PlanError when it cannot be recorded."""

    @abstractmethod
    def take(self) -> "Batch":
        """What was recorded since the last call; an empty batch when nothing was. Sets `over`."""

    @abstractmethod
    def command(self, command: Command) -> None:
        """Pass a command on. One that comes too late, or that this engine does not know, has no effect."""

    @abstractmethod
    def wait(self, timeout_s: float) -> bool:
        """Wait, reading nothing, for the end of the run or for a suspension. Whether the run has ended."""

    @abstractmethod
    def result(self) -> RunResult:
        """How the run ended. Only after `wait` was true, `over` is true, or `close`."""

    @abstractmethod
    def close(self, *, patience_s: float = 4.5, by_user: bool = False) -> None:
        """End what still runs and wait until it has ended, by force after `patience_s`. Never raises.

        by_user: the user wants it to end, and the journals say so.
        """

    def take_looks(self) -> int:
        """How many looks were taken, since the last call, into processes that do not move. 0 for an engine that takes none."""
        return 0

    def take_suspension(self) -> Suspension | None:
        """The newest suspension that was not taken yet and lasts. None for an engine that has no recorded commands."""
        return None


EngineFactory = Callable[[Runnable], Engine]
"""Makes the engine for a run. Session and run thread take one, so that they know no engine."""


def now_ns() -> int:
    """The machine's monotonic clock, which all journals use."""
    return time.perf_counter_ns()
