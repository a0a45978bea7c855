"""Two runs side by side in figures: how long, how many, how much, of the runs, their processes and their tasks. Pure
functions on two timelines, any process; the words are in `comparison_text`.

What did not happen or is not known is None, and stays so: nothing is filled in. A run that goes on is compared as far as it
has come. One run each says little of chance, so a small difference counts as none (`Figure.alike`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from workers.analysis.name_times import NameTimes, times_by_name
from workers.analysis.pairing import Match, Pair, pairs
from workers.timeline.model import CallName, Process, ProcessKind
from workers.timeline.timeline import Timeline

SHARE = 0.15
"""Of the greater value. Two runs of one program on a machine that does other things too differ by that much as often as not."""

LEAST_S = 0.003
"""How much later than it could a process may be given a core, without anything being wrong."""

MOST_NAMES = 200
"""As many names of tasks or spans are compared, those that took the most time in either run."""


class FigureUnit(StrEnum):
    """What a figure is in."""

    SECONDS = "s"
    BYTES = "bytes"
    COUNT = "count"


_LEAST = {FigureUnit.SECONDS: LEAST_S, FigureUnit.BYTES: 1e6, FigureUnit.COUNT: 0.0}
"""A difference of less counts as none, however great its share."""

_CPU_LEAST_S = 0.02
"""The kernel may count CPU time in steps of 10 ms."""


class Quantity(StrEnum):
    """What is measured, in the words of the table."""

    DURATION = "duration"
    WAITED = "waited in join()"
    START_UP = "start-up"
    ALIVE = "alive"
    ENDING = "ending"
    UNCOLLECTED = "exited, not collected"
    CPU = "CPU time"
    MEMORY = "peak memory"
    PROCESSES = "processes"
    HELPERS = "helpers"
    TASKS = "tasks"
    TIMES = "count"
    MEDIAN = "median"
    P95 = "95th percentile"

    @property
    def unit(self) -> FigureUnit:
        """What it is in."""
        if self is Quantity.MEMORY:
            return FigureUnit.BYTES
        return FigureUnit.COUNT if self in _COUNTS else FigureUnit.SECONDS


_COUNTS = frozenset((Quantity.PROCESSES, Quantity.HELPERS, Quantity.TASKS, Quantity.TIMES))


class Group(StrEnum):
    """What a figure is about."""

    RUN = "run"
    WORKERS = "workers"  # the median over all of them, of those that know it
    PROCESS = "process"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of both runs, in seconds, bytes or a count. of: the label of the process, or the task's name. pair: the
    place of its process in `Comparison.pairs`. within: how exactly it is known, where that is not to the microsecond.
    count_a, count_b: over how many processes the median is."""

    group: Group
    what: Quantity
    a: float | None
    b: float | None
    of: str = ""
    pair: int | None = None
    within: float = 0.0
    count_a: int = 0
    count_b: int = 0

    @property
    def difference(self) -> float | None:
        """By how much B is more than A."""
        return None if self.a is None or self.b is None else self.b - self.a

    @property
    def ratio(self) -> float | None:
        """How many times as much B is."""
        return None if self.a is None or self.b is None or self.a <= 0 else self.b / self.a

    @property
    def alike(self) -> bool:
        """Whether the two are about the same: both known, and no further apart than chance takes them."""
        if self.a is None or self.b is None:
            return False
        if self.what.unit is FigureUnit.COUNT:
            return self.a == self.b
        least = _CPU_LEAST_S if self.what is Quantity.CPU else _LEAST[self.what.unit]
        return abs(self.b - self.a) <= max(least, SHARE * max(self.a, self.b)) + self.within


@dataclass(frozen=True, slots=True)
class ProcessEnd:
    """How the two processes of a pair ended. pair: its place in `Comparison.pairs`. a, b: short, as a sentence goes on."""

    pair: int
    label: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two runs. title: the plan or the command. work: the plan but for its start method, empty without a plan.
    started_at: ISO 8601. ended: it does not go on. cut_off: its recorder did not come to its own end. trace: it is another
    program's trace. now_s: how far it is known to have come."""

    title: str
    work: str
    start_method: str | None
    python: str
    host: str
    started_at: str
    ended: bool
    cut_off: bool
    trace: bool
    now_s: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both runs, the pairs of their processes, and every figure. ends: of the pairs that ended differently. names_left_out:
    names of tasks that are not among the figures."""

    a: Side
    b: Side
    pairs: tuple[Pair, ...]
    figures: tuple[Figure, ...]
    ends: tuple[ProcessEnd, ...]
    names_left_out: int = 0

    def of(self, group: Group) -> list[Figure]:
        """The figures of one group."""
        return [figure for figure in self.figures if figure.group is group]

    @property
    def unpaired(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What only A has, and what only B has."""
        return (tuple(pair.label for pair in self.pairs if pair.b is None),
                tuple(pair.label for pair in self.pairs if pair.a is None))  # fmt: skip

    @property
    def greatest(self) -> Figure | None:
        """Of the times of single processes but the program, those that are furthest apart; None when all are alike."""
        found = [
            figure
            for figure in self.of(Group.PROCESS)
            if figure.what in (Quantity.START_UP, Quantity.ALIVE, Quantity.ENDING)
            and figure.pair is not None
            and self.pairs[figure.pair].match is not Match.PROGRAM
            and figure.difference is not None
            and not figure.alike
        ]
        return max(found, key=lambda figure: abs(figure.difference or 0.0), default=None)


def compare(a: Timeline, b: Timeline) -> Comparison:
    """Everything there is to say of two runs. Costs a pass over the processes, and a sort of the tasks."""
    paired = pairs(a, b)
    singles = list(_singles(a, b, paired))
    tasks, left_out = _tasks(a, b)
    figures = (*_runs(a, b), *_medians(a, b), *singles, *tasks)
    return Comparison(_side(a), _side(b), paired, figures, tuple(_ends(a, b, paired)), left_out)


def start_method(timeline: Timeline) -> str | None:
    """How the run's processes were made, where that is known and all were made alike."""
    if timeline.plan is not None:
        return str(timeline.plan.start_method)
    methods = {process.start_method for process in timeline.processes if process.start_method}
    return methods.pop() if len(methods) == 1 else None


def _side(timeline: Timeline) -> Side:
    plan = timeline.plan
    title = plan.title if plan is not None else " ".join(timeline.argv)
    work = plan.title.replace(f" · {plan.start_method} ·", " ·", 1) if plan is not None else ""
    return Side(title, work, start_method(timeline), timeline.python, timeline.host, timeline.started_at, timeline.ended,
                timeline.cut_off, timeline.imported is not None, timeline.now_ns / 1e9)  # fmt: skip


def _runs(a: Timeline, b: Timeline) -> Iterator[Figure]:
    one, other = _run_values(a), _run_values(b)
    for what in one:
        if one[what] is not None or other[what] is not None:
            yield Figure(Group.RUN, what, one[what], other[what])


def _run_values(timeline: Timeline) -> dict[Quantity, float | None]:
    born = [process for process in timeline.processes if process.began and not process.not_born]
    counted = [process for process in born if process.kind is not ProcessKind.HELPER]
    traced = timeline.imported is not None
    program = timeline.program
    ended_ns = timeline.now_ns if traced else None if program is None else program.exited_ns
    return {
        Quantity.DURATION: None if ended_ns is None else ended_ns / 1e9,
        Quantity.WAITED: None if traced or program is None else _waited_s(timeline, program),
        Quantity.CPU: _sum([process.cpu_s for process in born]),
        Quantity.MEMORY: _max([process.peak_rss_bytes or None for process in born]),
        Quantity.PROCESSES: len(counted),
        Quantity.HELPERS: None if traced else len(born) - len(counted),
        Quantity.TASKS: len(timeline.tasks) or None,
    }


def _sum(values: Sequence[float | None]) -> float | None:
    """None when one of them is not known: the rest would say too little."""
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _max(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return max(known) if known and len(known) == len(values) else None


def _waited_s(timeline: Timeline, process: Process) -> float:
    """How long some thread of it was in join(), whatever other threads were in at the same time."""
    waited = until = 0
    for call in timeline.calls_by(process.id):
        if call.name is CallName.JOIN:
            ended = timeline.end_of(call)
            ended_ns = timeline.now_ns if ended is None else ended
            waited += max(0, ended_ns - max(call.began_ns, until))
            until = max(until, ended_ns)
    return waited / 1e9


_OF_A_PROCESS = (
    Quantity.START_UP,
    Quantity.ALIVE,
    Quantity.ENDING,
    Quantity.UNCOLLECTED,
    Quantity.CPU,
    Quantity.MEMORY,
)


def _values(process: Process) -> dict[Quantity, float | None]:
    """What is known of one process, in the order of `_OF_A_PROCESS`."""
    done_ns = process.exited_ns if process.target_ended_ns is None else process.target_ended_ns  # killed at work
    collected_ns = process.joined_ns if process.reaped_ns is None else process.reaped_ns
    return {
        Quantity.START_UP: _between(process.start_called_ns, process.target_began_ns),
        Quantity.ALIVE: _between(process.target_began_ns, done_ns),
        Quantity.ENDING: _between(process.target_ended_ns, process.exited_ns),
        Quantity.UNCOLLECTED: None if process.id == 1 else _between(process.exited_ns, collected_ns),
        Quantity.CPU: process.cpu_s,
        Quantity.MEMORY: process.peak_rss_bytes or None,  # 0 is what a look at a dying process gives
    }


def _between(began_ns: int | None, ended_ns: int | None) -> float | None:
    return None if began_ns is None or ended_ns is None else max(0, ended_ns - began_ns) / 1e9


def _within_s(what: Quantity, one: Process, other: Process) -> float:
    """How widely a time is only known that begins or ends with an exit that nobody saw directly."""
    if what not in (Quantity.ALIVE, Quantity.ENDING, Quantity.UNCOLLECTED):
        return 0.0
    return (one.exited_within_ns + other.exited_within_ns) / 2e9


def _singles(a: Timeline, b: Timeline, paired: Sequence[Pair]) -> Iterator[Figure]:
    for at, pair in enumerate(paired):
        if pair.a is None or pair.b is None:
            continue
        one, other = a.process(pair.a), b.process(pair.b)
        mine, theirs = _values(one), _values(other)
        for what in _OF_A_PROCESS:
            if mine[what] is not None or theirs[what] is not None:
                yield Figure(Group.PROCESS, what, mine[what], theirs[what], pair.label, at, _within_s(what, one, other))


def _medians(a: Timeline, b: Timeline) -> Iterator[Figure]:
    mine, theirs = ([_values(process) for process in _workers(timeline)] for timeline in (a, b))
    for what in _OF_A_PROCESS:
        one, other = ([value for each in of if (value := each[what]) is not None] for of in (mine, theirs))
        if one or other:
            yield Figure(Group.WORKERS, what, median(one) if one else None, median(other) if other else None,
                         count_a=len(one), count_b=len(other))  # fmt: skip


def _workers(timeline: Timeline) -> Iterable[Process]:
    """Every process but the program and the helpers."""
    return (process for process in timeline.processes[1:] if process.kind is not ProcessKind.HELPER and process.began)


def _tasks(a: Timeline, b: Timeline) -> tuple[list[Figure], int]:
    mine, theirs = times_by_name(a), times_by_name(b)
    names = sorted({*mine, *theirs}, key=lambda name: (-max(_total(mine.get(name)), _total(theirs.get(name))), name))
    found: list[Figure] = []
    for name in names[:MOST_NAMES]:
        one, other = mine.get(name), theirs.get(name)
        found += [
            Figure(Group.TASK, Quantity.TIMES, one.count if one else 0, other.count if other else 0, name),
            Figure(Group.TASK, Quantity.MEDIAN, one.median_s if one else None, other.median_s if other else None, name),
            Figure(Group.TASK, Quantity.P95, one.p95_s if one else None, other.p95_s if other else None, name),
        ]
    return found, max(0, len(names) - MOST_NAMES)


def _total(times: NameTimes | None) -> float:
    return 0.0 if times is None else times.total_s


def _ends(a: Timeline, b: Timeline, paired: Sequence[Pair]) -> Iterator[ProcessEnd]:
    for at, pair in enumerate(paired):
        if pair.a is None or pair.b is None:
            continue
        one, other = a.process(pair.a), b.process(pair.b)
        if not (one.traced or other.traced) and _end_of(one) != _end_of(other) and one.ended and other.ended:
            yield ProcessEnd(at, pair.label, _end_of(one), _end_of(other))


def _end_of(process: Process) -> str:
    if process.not_born:
        return "could not be started"
    if process.lost:
        return "was lost from sight"
    if process.left:
        return "was left running"
    if process.exit_code is None:
        return "ended with an exit code that is not known"
    return f"ended with {process.signal_name or process.exit_code}"
