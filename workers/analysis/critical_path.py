"""The critical path of a run: what its end waited for, step by step back to its start. Pure functions, any thread.

The steps follow each other without a gap from the program's start to its end, so that their lengths add up to the run. A link
that nothing recorded shows, such as which task a map() waited for, is inferred and says so. What a process waits for in its own
work, a lock or a queue, is not followed: there the path stays in that process.
"""

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workers.timeline.lane_tasks import LaneTasks
from workers.timeline.model import CallName, Process, ProcessKind
from workers.timeline.task_store import UNKNOWN_NS
from workers.timeline.timeline import Timeline

_GAP_NS = 5_000_000
"""A worker that begins its next task so soon was waited for; one that is free for longer waits for something itself."""
_BUSY = 0.5
"""A process that uses more than this share of a core while a task runs works itself, and does not wait for the task."""
_MOST_STEPS = 20_000
_JOIN = CallName.JOIN  # to ask an enum for a member takes longer than what is done with it


class StepKind(StrEnum):
    """What a step of the path is.

    OWN: the code of the program, or of a process without tasks. STARTING: from the call of start() until its target begins.
    READYING: a worker of a pool before its first task, as in an initializer. TASKS: one task, or several in a row.
    QUEUE: a task that was submitted to a free worker and has not begun. ENDING: from the end of the target, or the call that
    ends the process, to its exit. RETURNING: from the exit of a process until join() returned.
    """

    OWN = "own"
    STARTING = "starting"
    READYING = "readying"
    TASKS = "tasks"
    QUEUE = "queue"
    ENDING = "ending"
    RETURNING = "returning"

    __hash__ = str.__hash__  # that of an enum is a function of Python, which is called for each step


class PathStep(NamedTuple):
    """One step, in the lane of a process. A path has up to 20,000: as a tuple each is made in a fifth of the time.

    inferred: that the step after it had to wait for this one is concluded, and not recorded.
    tasks, task: of TASKS, how many in a row, and the id of the longest one. name: of that one.
    waited_ns: of OWN, how long its first thread was seen to wait, for what the path does not follow.
    """

    kind: StepKind
    process: int
    began_ns: int
    ended_ns: int
    inferred: bool = False
    tasks: int = 0
    task: int | None = None
    name: str = ""
    waited_ns: int = 0

    @property
    def lasted_ns(self) -> int:
        """How long it took."""
        return self.ended_ns - self.began_ns


@dataclass(frozen=True, slots=True)
class CriticalPath:
    """steps: from the start of the run to its end, each beginning where the one before ended. whole: they reach its start."""

    steps: tuple[PathStep, ...]
    whole: bool

    @property
    def lasted_ns(self) -> int:
        """How long all steps took together."""
        return self.steps[-1].ended_ns - self.steps[0].began_ns if self.steps else 0


def critical_path(timeline: Timeline) -> CriticalPath | None:
    """The path of a run that has ended; None for one that goes on, a trace of another program, and a cluster."""
    program = timeline.program
    if not timeline.ended or timeline.imported is not None or timeline.cluster is not None or program is None:
        return None
    end_ns = program.last_ns if program.last_ns is not None else timeline.now_ns
    return _Walk(timeline).back_from(program, end_ns) if end_ns > 0 else None


@dataclass(frozen=True, slots=True)
class _Chain:
    """Tasks of a worker in a row: from index `first` to `last` of its lane."""

    process: int
    first: int
    last: int
    began_ns: int
    ended_ns: int


class _Join(NamedTuple):
    """A join() that waited for the exit of a process."""

    child: Process
    exited_ns: int
    returned_ns: int


_RETURNED = attrgetter("returned_ns")


class _PathTasks:
    """The tasks of one worker. began, ended: int64 (n,) ns, the latter ascending. heads: where each begins a row of tasks."""

    def __init__(self, process: Process, lane: LaneTasks, now_ns: int) -> None:
        self.process, self.lane, self.began = process.id, lane, lane.t0
        cut_ns = now_ns if process.last_ns is None else process.last_ns
        ended = np.minimum(lane.ends(0, len(lane), cut_ns), max(cut_ns, int(lane.t0[-1])))
        self.ended: NDArray[np.int64] = np.maximum.accumulate(np.maximum(ended, lane.t0))
        submitted = lane.submitted[1:]
        soon = self.began[1:] - self.ended[:-1] <= _GAP_NS
        follows = soon & ((submitted == UNKNOWN_NS) | (submitted <= self.ended[:-1]))
        self.heads = np.flatnonzero(np.concatenate((np.ones(1, np.bool_), ~follows)))

    def until(self, at_ns: int) -> _Chain | None:
        """The row of tasks that had ended at a moment; None before the first."""
        last = min(
            int(self.ended.searchsorted(at_ns, "right")),
            int(self.began.searchsorted(at_ns, "left")),
        ) - 1  # fmt: skip
        if last < 0:
            return None
        first = int(self.heads[int(self.heads.searchsorted(last, "right")) - 1])
        return _Chain(self.process, first, last, int(self.began[first]), int(self.ended[last]))


class _Walk:
    """Goes back through a run. Each method of a part of a life adds its steps and returns the process and moment before it."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._steps: list[PathStep] = []  # from the last one to the first
        self._lanes: dict[int, _PathTasks] = {}
        self._workers: dict[int, list[_PathTasks]] = {}
        self._joins: dict[int, list[_Join]] = {}
        self._used: dict[int, tuple[NDArray[np.int64], NDArray[np.float64]]] = {}
        for number in timeline.tasks.processes():
            lane, process = timeline.tasks.of(number), timeline.process(number)
            if lane is not None and len(lane) and process.parent_id is not None:
                self._lanes[number] = found = _PathTasks(process, lane, timeline.now_ns)
                self._workers.setdefault(process.parent_id, []).append(found)

    def back_from(self, program: Process, end_ns: int) -> CriticalPath:
        process, at_ns, inferred = program, end_ns, False
        while len(self._steps) < _MOST_STEPS and at_ns > 0:
            before = self._own(process, at_ns, inferred)
            if before is None:
                return CriticalPath(tuple(self._steps[::-1]), at_ns <= 0 or self._steps[-1].began_ns <= 0)
            process, at_ns, inferred = before
        return CriticalPath(tuple(self._steps[::-1]), at_ns <= 0)

    def _own(self, process: Process, at_ns: int, inferred: bool) -> tuple[Process, int, bool] | None:
        """The code of a process until a moment, back to what it waited for last, or to its begin."""
        floor_ns, look_ns = _ready_ns(process), at_ns
        while True:
            join = self._last_join(process, floor_ns, look_ns)
            chain = None
            if process.id in self._workers:
                chains = [lane.until(look_ns) for lane in self._workers[process.id]]
                chain = max(filter(None, chains), key=attrgetter("ended_ns"), default=None)
            if join is not None and (chain is None or chain.ended_ns <= join.returned_ns):
                self._add(StepKind.OWN, process, join.returned_ns, at_ns, inferred)
                self._add(StepKind.RETURNING, process, join.exited_ns, join.returned_ns)
                return self._ending(join.child, join.exited_ns)
            if chain is None or chain.ended_ns <= floor_ns:
                return self._beginning(process, at_ns, inferred)
            if not self._works(process, chain.began_ns, chain.ended_ns):
                self._add(StepKind.OWN, process, chain.ended_ns, at_ns, inferred)
                return self._tasks(chain, chain.ended_ns)
            look_ns = chain.began_ns

    def _beginning(self, process: Process, at_ns: int, inferred: bool) -> tuple[Process, int, bool] | None:
        """The code of a process from its begin, and its start."""
        ready_ns = min(_ready_ns(process), at_ns)
        if process.id == 1:
            self._add(StepKind.OWN, process, ready_ns, at_ns, inferred)
            self._add(StepKind.STARTING, process, 0, ready_ns)
            return None
        kind = StepKind.READYING if process.id in self._lanes else StepKind.OWN
        self._add(kind, process, ready_ns, at_ns, inferred)
        began_ns = process.life_began_ns
        if began_ns is None or process.parent_id is None:
            return None
        self._add(StepKind.STARTING, process, min(began_ns, ready_ns), ready_ns)
        return self._timeline.process(process.parent_id), min(began_ns, ready_ns), False

    def _ending(self, process: Process, at_ns: int) -> tuple[Process, int, bool]:
        """The end of a process that was joined."""
        timeline = self._timeline
        over_ns = at_ns if process.target_ended_ns is None else min(process.target_ended_ns, at_ns)
        lane = self._lanes.get(process.id)
        chain = None if lane is None else lane.until(over_ns)
        since_ns = chain.ended_ns if chain is not None else _ready_ns(process)
        asked = [(call.began_ns, call.by) for call in timeline.calls_on(process.id)
                 if call.name.sends_signal and since_ns <= call.began_ns <= at_ns]  # fmt: skip
        if process.pool_ended_ns is not None and process.parent_id is not None:
            asked += [(process.pool_ended_ns, process.parent_id)] if since_ns <= process.pool_ended_ns <= at_ns else []
        if asked:
            asked_ns, by = max(asked)
            self._add(StepKind.ENDING, process, asked_ns, at_ns)
            return timeline.process(by), asked_ns, False
        self._add(StepKind.ENDING, process, over_ns, at_ns)
        in_pool = lane is not None or process.kind is ProcessKind.POOL_WORKER
        if not in_pool or process.parent_id is None:
            return process, over_ns, False
        if chain is not None and over_ns - chain.ended_ns <= _GAP_NS:
            self._add(StepKind.ENDING, process, chain.ended_ns, over_ns)
            return self._tasks(chain, chain.ended_ns, inferred=False)
        return timeline.process(process.parent_id), over_ns, True  # who told it to end is not recorded

    def _tasks(self, chain: _Chain, at_ns: int, *, inferred: bool = True) -> tuple[Process, int, bool]:
        """A row of tasks, and what came before it."""
        lane, process = self._lanes[chain.process], self._timeline.process(chain.process)
        row = slice(chain.first, chain.last + 1)
        lengths = lane.ended[row] - lane.began[row]
        longest = chain.first + int(lengths.argmax())
        name = self._timeline.tasks.names[int(lane.lane.name[longest])]
        began_ns = chain.began_ns
        self._add(StepKind.TASKS, process, began_ns, at_ns, inferred, len(lengths), int(lane.lane.id[longest]), name)
        parent = self._timeline.process(process.parent_id or 1)
        submitted_ns, ready_ns = int(lane.lane.submitted[chain.first]), min(_ready_ns(process), began_ns)
        known = submitted_ns != UNKNOWN_NS
        if not chain.first and (submitted_ns <= ready_ns if known else began_ns - ready_ns <= _GAP_NS):
            # It had to be started first, which says nothing of its other tasks.
            before = self._beginning(process, began_ns, False)
            return (parent, ready_ns, False) if before is None else before
        free_ns = ready_ns if not chain.first else int(lane.ended[chain.first - 1])
        if known and free_ns <= submitted_ns <= began_ns and began_ns - submitted_ns <= _GAP_NS:
            self._add(StepKind.QUEUE, process, submitted_ns, began_ns)
            return parent, submitted_ns, False
        return parent, began_ns, True  # the worker was free, and what held the task up is not recorded

    def _works(self, process: Process, began_ns: int, ended_ns: int) -> bool:
        """Whether a process computed itself for most of a stretch, as far as that is known."""
        used = self._used.get(process.id)
        if used is None:
            used = self._used[process.id] = _cpu_over_time(self._timeline, process)
        before, after = np.interp((began_ns, ended_ns), *used)
        return float(after - before) * 1e9 > _BUSY * (ended_ns - began_ns)

    def _last_join(self, process: Process, floor_ns: int, until_ns: int) -> _Join | None:
        """The last join() of a process that had to wait for an exit, and returned in (floor_ns, until_ns]."""
        joins = self._joins.get(process.id)
        if joins is None:
            joins = self._joins[process.id] = self._joins_of(process)
        at = bisect_right(joins, until_ns, key=_RETURNED) - 1
        return joins[at] if at >= 0 and joins[at].returned_ns > floor_ns else None

    def _joins_of(self, process: Process) -> list[_Join]:
        """All of those, in the order in which they returned."""
        found = []
        for call in self._timeline.calls_by(process.id):
            if call.name is not _JOIN or not call.result or call.ended_ns is None or call.process is None:
                continue
            child = self._timeline.process(call.process)
            exited_ns = child.last_ns
            if exited_ns is None or not call.began_ns < exited_ns <= call.ended_ns:
                continue
            if not call.watches and not call.thread:
                found.append(_Join(child, exited_ns, call.ended_ns))
        return sorted(found, key=_RETURNED)

    def _add(self, kind: StepKind, process: Process, began_ns: int, ended_ns: int, inferred: bool = False,
             tasks: int = 0, task: int | None = None, name: str = "") -> None:  # fmt: skip
        """Add a step before the others, or make the first of them longer."""
        if began_ns >= ended_ns:
            return
        waited_ns = _seen_to_wait(process, began_ns, ended_ns) if kind is StepKind.OWN else 0
        later = self._steps[-1] if self._steps else None
        if later is not None and kind is StepKind.OWN is later.kind and later.process == process.id:
            waited_ns += later.waited_ns
            self._steps[-1] = PathStep(kind, process.id, began_ns, later.ended_ns, later.inferred, waited_ns=waited_ns)
            return
        self._steps.append(PathStep(kind, process.id, began_ns, ended_ns, inferred, tasks, task, name, waited_ns))


def _ready_ns(process: Process) -> int:
    """When its own code began; where that is not known, it itself."""
    if process.target_began_ns is not None:
        return process.target_began_ns
    return process.life_began_ns or 0


def _cpu_over_time(timeline: Timeline, process: Process) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """(moments, CPU seconds used until then) of a process; no use where nothing is known of it."""
    samples, began_ns = timeline.samples.get(process.id), process.life_began_ns or 0
    at, cpu = np.array([began_ns], np.int64), np.zeros(1)
    if samples is not None:
        later = samples.t > began_ns
        at, cpu = np.concatenate((at, samples.t[later])), np.concatenate((cpu, samples.cpu_s[later]))
    if process.cpu_s is not None and process.cpu_whole and process.last_ns is not None and process.last_ns > at[-1]:
        at, cpu = np.append(at, process.last_ns), np.append(cpu, process.cpu_s)
    return at, np.maximum.accumulate(cpu)


def _seen_to_wait(process: Process, began_ns: int, ended_ns: int) -> int:
    """How long the first thread of a process was seen to wait in a stretch."""
    if not process.waits:
        return 0
    waits = [
        (wait.since_ns, ended_ns if wait.until_ns is None else wait.until_ns) for wait in process.waits if wait.main
    ]
    return sum(max(0, min(until, ended_ns) - max(since, began_ns)) for since, until in waits)
