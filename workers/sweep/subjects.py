"""What a sweep runs at each number of workers: a plan, or a script that takes the number as an argument. Any process.

Both say what is run with n workers, what stays the same, and which moments of a run its time is between.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from workers.engines.engine import Runnable
from workers.engines.programs import script_program
from workers.engines.script import Script
from workers.errors import PlanError
from workers.plan.estimate import refusal
from workers.plan.plan import Order, Plan, Workload
from workers.plan.sizes import format_size
from workers.sweep.dealing import most_speed_up, pieces_of_work, shared_plan
from workers.system.machine import Machine
from workers.timeline.model import CallName
from workers.timeline.timeline import Timeline

WORKERS = "{workers}"
"""Stands for the number of workers in the arguments of a script."""
MOST_OF_A_SCRIPT = 1000
"""As many workers as a script is asked for."""
NO_PLACE = f"Write {WORKERS} among the script's arguments, where the number of workers belongs: --jobs {WORKERS}"


USUAL_STEPS = "start*; join*"
_MOST_NAMED = 8
_TIMED = "Timed from the first start() to the end of the last join()."
_BY_THE_CLOCK = "spin ends by the clock, so that workers beyond the cores seem to help."


class Subject(Protocol):
    """What is swept. title: in one line. held: what stays the same, as a sentence."""

    @property
    def title(self) -> str: ...

    @property
    def held(self) -> str: ...

    def at(self, workers: int) -> Runnable:
        """What is run with this number of workers."""

    def bound(self, workers: int) -> float | None:
        """The most speed-up that its pieces of work allow; None where that is not known."""

    def duration_ns(self, timeline: Timeline) -> int | None:
        """The time that counts, of a run that has ended; None where its moments were not seen."""


@dataclass(frozen=True, slots=True)
class PlanSubject:
    """A plan, whose work is shared by every number of workers. Build it with `make`. steps: text or order, for any number."""

    plan: Plan
    steps: str | Order
    pieces: tuple[int, ...]

    @classmethod
    def make(cls, plan: Plan, counts: Sequence[int], steps: str | Order | None = None) -> "PlanSubject":
        """The subject for `counts`. steps: None for those of the plan, which must be one of the orders then. Raises
        PlanError."""
        if plan.by_hand:
            raise PlanError("A plan by hand cannot be swept: choose another order of steps.")
        if steps is None:
            steps = next((order for order in Order if order.steps(plan.workers) == plan.steps), None)
        if steps is None:
            raise PlanError("These steps are for one number of workers: choose an order of steps to sweep.")
        made = cls(plan, steps, pieces_of_work(plan, counts))
        for count in counts:
            made.at(count)
        return made

    def refusal(self, counts: Sequence[int], machine: Machine) -> str | None:
        """Why one of the plans should not be started here; None if all fit."""
        reasons = ((count, refusal(self.at(count), machine)) for count in counts)
        return next((f"With {count} workers: {why}" for count, why in reasons if why is not None), None)

    @property
    def title(self) -> str:
        """The work, and how it is done."""
        sizes = [format_size(size, self.plan.workload.unit) for size in self.plan.sizes]
        if self._equal:
            work = f"{self._total} in all"
        elif len(sizes) <= _MOST_NAMED:
            work = ", ".join(sizes)
        else:
            work = f"{len(sizes)} sizes, {self._total} in all"
        order = "" if self.steps in (Order.START_THEN_JOIN, USUAL_STEPS) else f" · {self.steps}"
        return f"{self.plan.workload} {work} · {self.plan.start_method}{order}"

    @property
    def held(self) -> str:
        """The total, how it is shared, and what is timed."""
        shares = "in equal shares" if self._equal else f"each of the {len(self.pieces)} sizes whole"
        text = f"The work stays the same: {self._total} in all, {shares}. {_TIMED}"
        return f"{text} {_BY_THE_CLOCK}" if self.plan.workload is Workload.SPIN else text

    @property
    def _equal(self) -> bool:
        return len(set(self.plan.sizes)) == 1

    @property
    def _total(self) -> str:
        return format_size(sum(self.plan.sizes), self.plan.workload.unit)

    def at(self, workers: int) -> Plan:
        """See `Subject`."""
        return shared_plan(self.plan, self.pieces, workers, self.steps)

    def bound(self, workers: int) -> float | None:
        """See `Subject`."""
        return most_speed_up(self.pieces, workers, self.plan.workload)

    def duration_ns(self, timeline: Timeline) -> int | None:
        """From the first start() to the end of the last join(); to the program's exit where a worker was not joined, since
        Python joins it there."""
        workers = [process for process in timeline.processes if process.worker is not None]
        starts = [process.start_called_ns for process in workers if process.start_called_ns is not None]
        program = timeline.program
        if not starts or program is None:
            return None
        if all(process.joined_ns is not None for process in workers):
            joins = [
                call.ended_ns for call in timeline.calls if call.name is CallName.JOIN and call.ended_ns is not None
            ]
            ended_ns = max(joins, default=None)
        else:
            ended_ns = program.exited_ns
        return None if ended_ns is None else ended_ns - min(starts)


@dataclass(frozen=True, slots=True)
class ScriptSubject:
    """A script with `{workers}` among its arguments. script: as a command of this process's folder, or as the window has it."""

    script: Script | tuple[str, ...]
    python: str = ""

    @classmethod
    def make(cls, script: Script | Sequence[str], python: str = "") -> "ScriptSubject":
        """The subject. Raises PlanError where there is no place for the number of workers."""
        arguments = script.arguments if isinstance(script, Script) else script[1:]
        if not any(WORKERS in word for word in arguments):
            raise PlanError(NO_PLACE)
        return cls(script if isinstance(script, Script) else tuple(script), python)

    @property
    def title(self) -> str:
        """The command line."""
        if isinstance(self.script, Script):
            return " ".join([self.script.path.name, *self.script.arguments])
        return " ".join(self.script)

    @property
    def held(self) -> str:
        """What the script does with the number is its own."""
        return f"The script decides what it does with {WORKERS}. Timed from its start to its exit, imports included."

    def at(self, workers: int) -> Runnable:
        """See `Subject`."""
        if isinstance(self.script, Script):
            return replace(self.script, arguments=_filled(self.script.arguments, workers))
        path, *words = self.script
        return script_program(path, *_filled(words, workers), python=self.python)

    def bound(self, workers: int) -> float | None:
        """See `Subject`."""
        return None

    def duration_ns(self, timeline: Timeline) -> int | None:
        """From the start of the program to its exit."""
        program = timeline.program
        return None if program is None else program.exited_ns


def _filled(words: Sequence[str], workers: int) -> tuple[str, ...]:
    return tuple(word.replace(WORKERS, str(workers)) for word in words)
