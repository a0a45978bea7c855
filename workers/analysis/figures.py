"""The result of a comparison of two runs as data: figures, ends, and the two sides. Any process.

A value that did not happen or is not known is None. One run each says little about chance, so a small difference counts as
none (`Figure.alike`).
"""

from dataclasses import dataclass
from enum import StrEnum

from workers.analysis.balance.worker_time import Part
from workers.analysis.cluster_stages import Stages
from workers.analysis.pairing import Match, Pair

SHARE = 0.15
"""Values no further apart than this share of the greater one are alike. On a busy machine, two runs of the same program
differ by as much every other time."""

LEAST_S = 0.003
"""A process may get a core this much later than it could, without anything being wrong."""


class FigureUnit(StrEnum):
    """The unit of a figure."""

    SECONDS = "s"
    BYTES = "bytes"
    COUNT = "count"


_LEAST = {FigureUnit.SECONDS: LEAST_S, FigureUnit.BYTES: 1e6, FigureUnit.COUNT: 0.0}
"""A smaller difference counts as none, however great its share."""

_CPU_LEAST_S = 0.02
"""The kernel may count CPU time in steps of 10 ms."""


class Quantity(StrEnum):
    """What is measured, in the words of the table."""

    DURATION = "duration"
    WAITED = "waited in join()"
    START_UP = "start-up"
    ALIVE = "alive"
    ENDING = "ending"
    UNCOLLECTED = "exited, not reaped"
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
        """The unit of its values."""
        if self is Quantity.MEMORY:
            return FigureUnit.BYTES
        return FigureUnit.COUNT if self in _COUNTS else FigureUnit.SECONDS


_COUNTS = frozenset((Quantity.PROCESSES, Quantity.HELPERS, Quantity.TASKS, Quantity.TIMES))


class Group(StrEnum):
    """What a figure describes."""

    RUN = "run"
    WORKERS = "workers"  # the median of all workers for which it is known
    PROCESS = "process"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Figure:
    """One quantity in both runs, in seconds, bytes or a count.

    a, b: its value in each run; None = did not happen, or is not known.
    of: the label of the process, or the name of the task.
    pair: the index of its process in `Comparison.pairs`.
    within: the uncertainty of the difference, if it is more than a microsecond.
    count_a, count_b: for a median, the number of processes.
    """

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
        """B divided by A."""
        return None if self.a is None or self.b is None or self.a <= 0 else self.b / self.a

    @property
    def alike(self) -> bool:
        """Whether both are known, and no further apart than by chance."""
        if self.a is None or self.b is None:
            return False
        if self.what.unit is FigureUnit.COUNT:
            return self.a == self.b
        least = _CPU_LEAST_S if self.what is Quantity.CPU else _LEAST[self.what.unit]
        return abs(self.b - self.a) <= max(least, SHARE * max(self.a, self.b)) + self.within


@dataclass(frozen=True, slots=True)
class ProcessEnd:
    """How the two processes of a pair ended. pair: its index in `Comparison.pairs`. a, b: words that follow the label."""

    pair: int
    label: str
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two runs.

    title: the plan or the command. work: the plan without its start method; empty without a plan.
    started_at: ISO 8601.
    ended: it is not running any more. cut_off: its recorder did not come to its own end.
    trace: it is another program's trace.
    now_s: how far it is known to have come.
    """

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
class PartChange:
    """A part of the workers' time in both runs, in seconds of all workers together.

    of_s: the lives of all workers, in the run in which they lived longer.
    """

    part: Part
    a_s: float
    b_s: float
    of_s: float

    @property
    def alike(self) -> bool:
        """Whether the difference is too small to be told, next to the part itself or to the life of all workers."""
        difference = abs(self.a_s - self.b_s)
        return (
            difference < SHARE * max(self.a_s, self.b_s) or difference < SHARE / 3 * self.of_s or difference < LEAST_S
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both runs, the pairs of their processes, and every figure.

    ends: for the pairs that ended differently.
    names_left_out: the number of names of tasks that are not among the figures.
    parts: the time of the workers by part, what changed most first; empty where a run has none.
    advice: ("A" or "B", a sentence) of each advice on speed that one run alone is given.
    stages: of both runs, where one of them alone did the same work on a cluster.
    """

    a: Side
    b: Side
    pairs: tuple[Pair, ...]
    figures: tuple[Figure, ...]
    ends: tuple[ProcessEnd, ...]
    names_left_out: int = 0
    parts: tuple[PartChange, ...] = ()
    advice: tuple[tuple[str, str], ...] = ()
    stages: tuple[Stages, Stages] | None = None

    def of(self, group: Group) -> list[Figure]:
        """The figures of one group."""
        return [figure for figure in self.figures if figure.group is group]

    @property
    def unpaired(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The labels of the processes that only A has, and of those that only B has."""
        return (tuple(pair.label for pair in self.pairs if pair.b is None),
                tuple(pair.label for pair in self.pairs if pair.a is None))  # fmt: skip

    @property
    def greatest(self) -> Figure | None:
        """The time of a single process, except the program, that differs most; None if all are alike."""
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
