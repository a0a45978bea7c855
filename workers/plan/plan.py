"""A plan: what to run, checked and frozen before anything starts. Pure data, any process.

It consists of a start method, one amount of work for each worker, and the steps that the parent carries out in order. Steps
are written ``start*; join*`` or ``start 1; alive 2; join 1``: a verb and the number of a worker, from 1, or ``*`` for all.
"""

import dataclasses
import itertools
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workers.errors import PlanError
from workers.plan.plan_engines import LOCAL, checked_engine, engine_title
from workers.plan.sizes import MOST, SizeUnit, format_size

MOST_WORKERS = 64
"""As many lanes as the eye can follow, and as the plan panel has sliders for."""

LONGEST_TIMEOUT_S = 1_000_000.0
"""The longest timeout of a join(): more than eleven days. From 25 days on, the wait of the operating system overflows."""


NO_KILL = (
    "A task on a cluster cannot be killed: only its worker could be, with all that it does for others. "
    "Use terminate, which cancels the task if it has not begun."
)
"""Why a plan for a cluster has no kill."""


class StartMethod(StrEnum):
    """How a process is made, by multiprocessing's own names."""

    FORK = "fork"
    SPAWN = "spawn"
    FORKSERVER = "forkserver"


class Workload(StrEnum):
    """What each worker does. The value is the name of its function, with dashes."""

    SORT = "sort"
    SORT_PID = "sort-pid"
    SPIN = "spin"
    SLEEP = "sleep"
    ALLOCATE = "allocate"
    FAIL = "fail"
    CRASH = "crash"

    @property
    def function(self) -> str:
        """Its function in `workers.recorded.workloads`."""
        return self.value.replace("-", "_")

    @property
    def unit(self) -> SizeUnit:
        """The unit of its amounts."""
        if self in (Workload.SORT, Workload.SORT_PID):
            return SizeUnit.NUMBERS
        return SizeUnit.BYTES if self is Workload.ALLOCATE else SizeUnit.MICROSECONDS

    @property
    def summary(self) -> str:
        """A line for the user who chooses one."""
        return _SUMMARIES[self]


_SUMMARIES = {
    Workload.SORT: "sort random numbers and set a global",
    Workload.SORT_PID: "sort random numbers and print the pid",
    Workload.SPIN: "keep a core busy for a set time",
    Workload.SLEEP: "wait for a set time",
    Workload.ALLOCATE: "fill a block of memory and hold it",
    Workload.FAIL: "work for a set time, then raise",
    Workload.CRASH: "work for a set time, then die by SIGKILL",
}


class Verb(StrEnum):
    """What the parent can do in one step."""

    START = "start"
    JOIN = "join"
    ALIVE = "alive"
    TERMINATE = "terminate"
    KILL = "kill"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the parent does to one worker, by its number from 1. timeout_s: of a join; None = without end."""

    verb: Verb
    worker: int
    timeout_s: float | None = None

    def __str__(self) -> str:
        return f"{self.verb} {self.worker} {self.timeout_text}".rstrip()

    @property
    def timeout_text(self) -> str:
        """The timeout in seconds as steps and scripts write it, never with an exponent; empty when there is none."""
        if self.timeout_s is None:
            return ""
        text = f"{self.timeout_s:.9f}"
        return text.rstrip("0").rstrip(".")


class Order(StrEnum):
    """The orders of steps that the user chooses from. Each expands to steps for any number of workers."""

    START_THEN_JOIN = "start all, then join all"
    ONE_BY_ONE = "start and join one by one"
    ASK_BEFORE = "is_alive() before any join"
    ASK_BETWEEN = "is_alive() between the joins"
    ASK_AFTER = "is_alive() after each join"
    BY_HAND = "by hand"

    def steps(self, workers: int) -> tuple[Step, ...]:
        """The steps for `workers` workers; none for BY_HAND."""
        numbers = range(1, workers + 1)
        starts = [Step(Verb.START, i) for i in numbers]
        match self:
            case Order.START_THEN_JOIN:
                rest = [Step(Verb.JOIN, i) for i in numbers]
            case Order.ONE_BY_ONE:
                starts, rest = [], [Step(verb, i) for i in numbers for verb in (Verb.START, Verb.JOIN)]
            case Order.ASK_BEFORE:
                rest = [Step(verb, i) for verb in (Verb.ALIVE, Verb.JOIN) for i in numbers]
            case Order.ASK_BETWEEN:
                # The last worker is asked before any join, and each other worker between its own join and the next.
                rest = [Step(Verb.ALIVE, workers)]
                for i in numbers:
                    rest.append(Step(Verb.JOIN, i))
                    if i < workers:
                        rest.append(Step(Verb.ALIVE, i))
            case Order.ASK_AFTER:
                rest = [Step(verb, i) for i in numbers for verb in (Verb.JOIN, Verb.ALIVE)]
            case Order.BY_HAND:
                starts, rest = [], []
        return (*starts, *rest)


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked plan. Build it with `make`; the constructor does not check.

    sizes: one amount per worker, in `workload.unit`. steps: what the parent does, in order; empty when `by_hand`.
    pieces: for each worker, the amounts that it does one after another, which add up to its size; empty: each does its size at
        once.
    engine: what carries it out: see `workers.plan.plan_engines`. On a cluster each worker's work is a task.
    """

    sizes: tuple[int, ...]
    workload: Workload = Workload.SORT
    start_method: StartMethod = StartMethod.FORK
    steps: tuple[Step, ...] = ()
    by_hand: bool = False
    pieces: tuple[tuple[int, ...], ...] = ()
    engine: str = LOCAL

    @classmethod
    def make(
        cls,
        sizes: Iterable[int],
        workload: Workload = Workload.SORT,
        start_method: StartMethod = StartMethod.FORK,
        steps: str | Order | Iterable[Step] = Order.START_THEN_JOIN,
        pieces: Iterable[Iterable[int]] = (),
        engine: str = LOCAL,
    ) -> "Plan":
        """A plan that can run. Raises PlanError with one sentence if it cannot."""
        amounts = tuple(sizes)
        if not amounts:
            raise PlanError("A plan needs at least one worker.")
        if len(amounts) > MOST_WORKERS:
            raise PlanError(
                f"{len(amounts):,} workers are too many: a plan runs 1 to {MOST_WORKERS}, "
                "as many as the timeline can show in full."
            )
        parts = tuple(tuple(int(piece) for piece in each) for each in pieces)
        if parts and tuple(map(sum, parts)) != amounts:
            raise PlanError("The pieces of each worker must add up to its size.")
        once = itertools.chain.from_iterable(parts) if parts else amounts
        wrong = next((amount for amount in once if not 1 <= amount <= MOST), None)
        if wrong is not None:
            raise PlanError(f"{wrong:,} is out of range: a worker's size is from 1 to 100G.")
        by_hand = steps is Order.BY_HAND
        if isinstance(steps, Order):
            chosen = steps.steps(len(amounts))
        elif isinstance(steps, str):
            chosen = parse_steps(steps, len(amounts))
        else:
            chosen = tuple(steps)
        if not by_hand:
            check_steps(chosen, len(amounts))
        where = checked_engine(engine)
        if where != LOCAL and any(step.verb is Verb.KILL for step in chosen):
            raise PlanError(NO_KILL)
        return cls(amounts, Workload(workload), StartMethod(start_method), chosen, by_hand, parts, where)

    @property
    def on_cluster(self) -> bool:
        """Whether the workers' work is tasks of a cluster, and not processes of the parent."""
        return self.engine != LOCAL

    @property
    def workers(self) -> int:
        """The number of workers."""
        return len(self.sizes)

    def pieces_of(self, worker: int) -> tuple[int, ...]:
        """What a worker, by its number from 1, does one after another: its size, or the pieces of it."""
        return self.pieces[worker - 1] if self.pieces else (self.sizes[worker - 1],)

    @property
    def first_join(self) -> int:
        """The index of the first step that the Join button carries out: the first join, or past the end if there is none."""
        for at, step in enumerate(self.steps):
            if step.verb is Verb.JOIN:
                return at
        return len(self.steps)

    @property
    def title(self) -> str:
        """The plan in one line: ``sort 10M, 70M, 40M, 20M · fork · start all, then join all``."""
        sizes = [format_size(size, self.workload.unit) for size in self.sizes]
        if len(set(sizes)) == 1:
            amounts = f"{len(sizes)} × {sizes[0]}"
        elif len(sizes) <= 8:
            amounts = ", ".join(sizes)
        else:
            amounts = f"{', '.join(sizes[:6])}, … ({len(sizes)} workers)"
        return f"{self.workload} {amounts} · {self.how} · {self.order_text}"

    @property
    def how(self) -> str:
        """By what the work is started: the start method, or the cluster."""
        return engine_title(self.engine) if self.on_cluster else str(self.start_method)

    @property
    def order_text(self) -> str:
        """The name of the order if it has one, else the steps as they are written."""
        if self.by_hand:
            return str(Order.BY_HAND)
        for order in Order:
            if order.steps(self.workers) == self.steps:
                return str(order)
        return format_steps(self.steps)

    def to_json(self) -> str:
        """The plan as JSON text, for a pipe or a manifest."""
        data = dataclasses.asdict(self)
        data["steps"] = format_steps(self.steps)
        return json.dumps(data)

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """The plan that `to_json` wrote. Raises PlanError if the text is no plan."""
        try:
            data: dict[str, Any] = json.loads(text)
            steps: str | Order = Order.BY_HAND if data["by_hand"] else str(data["steps"])
            return cls.make([int(n) for n in data["sizes"]], Workload(data["workload"]),
                            StartMethod(data["start_method"]), steps, data.get("pieces", ()),
                            str(data.get("engine", LOCAL)))  # fmt: skip
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise PlanError(f"This is not a plan: {error}.") from error


_STEP = re.compile(r"(?P<verb>[a-z_]+)\s*(?P<which>\*|\d{1,9})(?:\s+(?P<timeout>\d+(?:\.\d+)?))?")


def parse_steps(text: str, workers: int) -> tuple[Step, ...]:
    """The steps in `text`, with ``*`` expanded to all workers. Raises PlanError with what is wrong."""
    steps: list[Step] = []
    for part in filter(None, (part.strip() for part in text.lower().split(";"))):
        match = _STEP.fullmatch(part)
        verbs = {**{verb.value: verb for verb in Verb}, "is_alive": Verb.ALIVE}
        if match is None or match["verb"] not in verbs:
            raise PlanError(
                f"{part!r} is not a step: write start, join, alive, terminate or kill, "
                "then a worker's number or *, as in 'start*; alive 2; join*'."
            )
        verb = verbs[match["verb"]]
        timeout_s = None if match["timeout"] is None else float(match["timeout"])
        if timeout_s is not None and verb is not Verb.JOIN:
            raise PlanError(f"{part!r}: only join takes a timeout.")
        numbers = range(1, workers + 1) if match["which"] == "*" else [int(match["which"])]
        steps.extend(Step(verb, number, timeout_s) for number in numbers)
    return tuple(steps)


def check_steps(steps: Iterable[Step], workers: int) -> None:
    """Raise PlanError for a step that Python refuses: an unknown worker, one started twice or never, or a huge timeout."""
    started: set[int] = set()
    for step in steps:
        if not 1 <= step.worker <= workers:
            raise PlanError(f"'{step}' names a worker that this plan does not have: it has {workers}.")
        if step.timeout_s is not None and not 0 <= step.timeout_s <= LONGEST_TIMEOUT_S:
            raise PlanError(f"'{step}' waits too long: a timeout is at most {LONGEST_TIMEOUT_S:,.0f} seconds.")
        if step.verb is Verb.START:
            if step.worker in started:
                raise PlanError(f"'{step}' starts worker {step.worker} a second time: a process starts once.")
            started.add(step.worker)
        elif step.verb is not Verb.ALIVE and step.worker not in started:
            raise PlanError(f"'{step}': worker {step.worker} is not started by then.")
    if not started:
        raise PlanError("These steps start nothing: begin with 'start*' or 'start 1'.")


def format_steps(steps: Iterable[Step]) -> str:
    """Steps as `parse_steps` reads them, one for each worker."""
    return "; ".join(str(step) for step in steps)
