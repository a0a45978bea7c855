"""A run as it is known so far: the records of `workers.timeline.model`, in one place, with what changed since somebody looked.

Whoever owns it (the window's thread, or the command line) is the only one that touches it. `workers.folding.fold` fills it from
journals; tests fill it by hand.
"""

import copy
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workers.plan.plan import Plan
from workers.timeline import lanes
from workers.timeline.kept_lines import KeptLines, LineRow
from workers.timeline.lanes import Lane, PrintedMarks, WaitSpans
from workers.timeline.model import (
    LIVING,
    Bookmark,
    Call,
    CallName,
    EndedBy,
    Link,
    OutputLine,
    Process,
    ProcessKind,
    Request,
    Sample,
    Signalled,
    Suspend,
    Task,
    Watched,
)
from workers.timeline.samples import Samples
from workers.timeline.task_store import TaskStore
from workers.timeline.totals import Totals
from workers.timeline.tracks import Counter, Flows, Imported, Track

MOST_LINES = 100_000
"""Printed lines that are kept; older ones give way, and are counted."""


class Timeline:
    """Processes, calls, lines and values of one run.

    plan: the plan that was run, None for a script. argv, python, host: of the program. now_ns: how far the run is known
    to have come; it is the end of what is drawn as still going on. ended: nothing more will come. cut_ns: when somebody
    outside the program began to end it, by Stop or a signal; ended_by: who had the keeper end it, None for nobody.
    memory_bytes, cores: what there was when it began.
    """

    def __init__(self, plan: Plan | None = None) -> None:
        self.plan = plan
        self.argv: tuple[str, ...] = ()
        self.python = ""
        self.host = ""
        self.engine = "local"  # what carried it out; local for a run that does not name it
        self.started_at = ""  # wall clock, ISO 8601
        self.processes: list[Process] = []
        self.calls: list[Call] = []
        self.tasks = TaskStore()
        self.lines = KeptLines(MOST_LINES)
        self.lines_seen = 0
        self.watched: list[Watched] = []
        self.requests: dict[int, Request] = {}
        self.signalled: list[Signalled] = []
        self.suspends: list[Suspend] = []  # by time
        self.samples: dict[int, Samples] = {}
        self.totals = Totals()
        self.bookmarks: list[Bookmark] = []  # by time
        self.tracks: list[Track] = []  # of an imported trace, by process; so are the next four
        self.names: list[str] = []  # what their spans, marks and flows are called
        self.counters: list[Counter] = []
        self.flows = Flows.none()
        self.imported: Imported | None = None
        self.step: int | None = None  # the plan's step that the parent stands on, from 0
        self.waiting_for_person = False  # the parent has carried out what was asked of it, and waits for more
        self.now_ns = 0
        self.ended = False
        self.cut_off = False  # the recorder did not come to its own end
        self.cut_ns: int | None = None
        self.ended_by: EndedBy | None = None
        self.exit_code: int | None = None  # the program's
        self.memory_bytes: int | None = None
        self.cores: int | None = None
        self.torn_records = 0
        self.dropped_output_bytes = 0
        self.skipped_output_bytes = (
            0  # of these: only passed over here, since they came too fast, and kept in the run's folder
        )
        self.warnings: list[str] = []
        self.revision = 0
        self.facts = 0  # changes with all but tasks, samples and printed lines
        self.shape = 0  # changes with the processes there are, and what they are to their parents
        self._changed: dict[int, int] = {}  # by process, the latest change last
        self._lane_changed: dict[int, int] = {}
        self._kinds: dict[int, ProcessKind] = {}
        self._children: dict[int | None, list[int]] = {}
        self._lanes: dict[int, tuple[int, Lane]] = {}
        self._waits: dict[int, WaitSpans] = {}
        self._calls_by: dict[int, list[Call]] = {}
        self._calls_on: dict[int, list[Call]] = {}
        self._lines_of: dict[int, deque[LineRow]] = {}
        self._printed: dict[int, PrintedMarks] = {}

    @classmethod
    def planned(cls, plan: Plan, title: str = "parent") -> "Timeline":
        """The timeline of a plan of which nothing has happened yet."""
        timeline = cls(plan)
        timeline.add_plan(title)
        return timeline

    def snapshot(self) -> "Timeline":
        """All of it as it is now, for another thread to read while this one goes on with its own. What never changes is shared;
        columns that do are copied, which costs as much as they are long."""
        memo: dict[int, object] = {id(one): one for one in (self.plan, self.flows, self.imported)}
        for kept in (self.lines, self.watched, self.signalled, self.bookmarks, self.tracks, self.counters, self.names):
            memo[id(kept)] = copy.copy(kept)
        memo[id(self._lines_of)] = {process: copy.copy(lines) for process, lines in self._lines_of.items()}
        memo[id(self._lanes)] = {}
        return copy.deepcopy(self, memo)

    def add_plan(self, title: str) -> None:
        """The program and, with a plan, the workers that it is going to have."""
        program = self.add_process(title, ProcessKind.PROGRAM)
        for number in range(1, self.plan.workers + 1 if self.plan else 1):
            worker = self.add_process(f"Process-{number}", ProcessKind.WORKER, parent_id=program.id)
            worker.worker = number

    def add_process(self, name: str, kind: ProcessKind, parent_id: int | None = None) -> Process:
        """A new process with the next id."""
        process = Process(len(self.processes) + 1, name, kind, parent_id=parent_id)
        self.processes.append(process)
        self._children.setdefault(parent_id, []).append(process.id)
        self.touch(process.id)
        return process

    def add_call(self, by: int, name: CallName, process: int | None, began_ns: int) -> Call:
        """A new call with the next id, by one process on another."""
        call = Call(len(self.calls) + 1, by, name, process, began_ns)
        self.calls.append(call)
        self._calls_by.setdefault(by, []).append(call)
        if name is CallName.JOIN:
            self._waits.setdefault(by, WaitSpans()).append(call)
        if process is not None:
            self._calls_on.setdefault(process, []).append(call)
        self.touch(by, process)
        return call

    def add_task(self, process: int, name: str, began_ns: int) -> Task:
        """A new task with the next id, on the worker that runs it."""
        return Task(self.begin_task(process, name, began_ns), process, name, began_ns)

    def begin_task(self, process: int, name: str, began_ns: int) -> int:
        """A worker took a task up. The task's id."""
        task_id = self.tasks.begin(process, name, began_ns)
        self._counted(process, 1)
        return task_id

    def add_tasks(self, process: int, t0: NDArray[np.int64], t1: NDArray[np.int64], name: NDArray[Any] | int,
                  error: NDArray[Any] | None = None, submitted: NDArray[np.int64] | None = None, *,
                  ended: bool = False, ascending: bool = False) -> None:  # fmt: skip
        """Many tasks of one worker at once, as `TaskStore.extend` takes them."""
        self.tasks.extend(process, t0, t1, name, error, submitted, ended=ended, ascending=ascending)
        self._counted(process, len(t0))

    def _counted(self, process: int, tasks: int) -> None:
        # The lane's own columns stay as they are: a thousand tasks a second must not make them anew each time.
        self.process(process).tasks += tasks
        self._note(process)
        kept = self._lanes.get(process)
        if kept is not None and kept[1].tasks is None:
            self._lane_changed[process] = self.revision

    def end_task(self, task: Task, ended_ns: int, error: str | None) -> None:
        """A task's end, with the name of what it raised."""
        task.ended_ns, task.error = ended_ns, error
        self.finish_task(task.id, ended_ns, error)

    def finish_task(self, task_id: int, ended_ns: int, error: str | None) -> None:
        """The end of the task with this id, with the name of what it raised."""
        self.tasks.end(task_id, ended_ns, error)
        self._note(self.tasks.process_of(task_id))

    def submit_task(self, task_id: int, at_ns: int) -> None:
        """When a task had been submitted."""
        self.tasks.submit(task_id, at_ns)
        self._note(self.tasks.process_of(task_id))

    def open_tasks(self, process_id: int) -> list[Task]:
        """The tasks that this process took up and did not end."""
        lane = self.tasks.of(process_id)
        return [] if lane is None else lane.unended(process_id, self.tasks.names)

    def task(self, task_id: int) -> Task:
        """The task with this id, as it is known now."""
        return self.tasks[task_id - 1]

    def add_sample(self, process: int, at_ns: int, cpu_s: float, rss_bytes: int) -> None:
        """What a process was seen to use. It changes no lane."""
        samples = self.samples.get(process)
        if samples is None:
            samples = self.samples[process] = Samples()
            self.shape += 1
        sample = Sample(at_ns, cpu_s, rss_bytes)
        samples.append(sample)
        self.totals.add(process, sample)

    def add_line(self, process: int | None, stream: str, at_ns: int, text: str, *, cut: bool = False) -> None:
        """A new printed line with the next number."""
        self.lines_seen += 1
        row = self.lines_seen, process, stream, at_ns, text, cut
        self.lines.rows.append(row)
        if process is not None:
            self.process(process).output_lines += 1
            kept = self._lines_of.get(process)
            if kept is None:
                kept = self._lines_of[process] = deque(maxlen=MOST_LINES)
            kept.append(row)
            self._printed_by(process).append(at_ns, self.lines_seen)
            self._note(process)
            self._lane_changed[process] = self.revision

    def touch(self, *processes: int | None) -> None:
        """Say that something of these processes changed."""
        self.revision += 1
        self.facts += 1
        for process in processes:
            if process is not None:
                self._changed.pop(process, None)
                self._changed[process] = self._lane_changed[process] = self.revision
                one = self.processes[process - 1]
                if one.ended:
                    self.totals.ended(one)
                kind = one.kind
                if self._kinds.get(process) is not kind:
                    self._kinds[process] = kind
                    self.shape += 1

    def _note(self, process: int) -> None:
        self.revision += 1
        self._changed.pop(process, None)
        self._changed[process] = self.revision

    def process(self, process_id: int) -> Process:
        """The process with this id. Raises IndexError when there is none."""
        if process_id < 1:
            raise IndexError(process_id)
        return self.processes[process_id - 1]

    def call(self, call_id: int) -> Call:
        """The call with this id."""
        return self.calls[call_id - 1]

    def end_of(self, call: Call) -> int | None:
        """When a call was over: it returned, or its caller ended in it. None while it goes on."""
        caller = self.process(call.by)
        return call.ended_ns if call.ended_ns is not None else caller.last_ns

    def asked_ns(self, call: Call) -> int | None:
        """When a person asked for what this call did; None when nobody had to."""
        request = None if call.request is None else self.requests.get(call.request)
        return None if request is None else request.at_ns

    @property
    def program(self) -> Process | None:
        """The recorded parent, once it is known."""
        return self.processes[0] if self.processes else None

    def worker(self, number: int) -> Process | None:
        """The plan's worker with this number, from 1."""
        return next((process for process in self.processes if process.worker == number), None)

    def children_of(self, process_id: int) -> list[int]:
        """The ids of the processes that this one started, by birth."""
        return self._children.get(process_id, [])

    def calls_by(self, process_id: int) -> list[Call]:
        """What this process called, in order."""
        return self._calls_by.get(process_id, [])

    def calls_on(self, process_id: int) -> list[Call]:
        """What was called on this process, in order."""
        return self._calls_on.get(process_id, [])

    def lines_of(self, process_id: int) -> list[OutputLine]:
        """The kept lines that this process printed, in order."""
        return [OutputLine(*row) for row in self._lines_of.get(process_id, ())]

    def watched_of(self, process_id: int) -> list[Watched]:
        """The values seen in this process, in order."""
        return [value for value in self.watched if value.process == process_id]

    def tracks_of(self, process_id: int) -> list[Track]:
        """The sub-lanes of this process, from an imported trace."""
        first = bisect_left(self.tracks, process_id, key=lambda track: track.process)
        return self.tracks[first : bisect_right(self.tracks, process_id, key=lambda track: track.process)]

    def lane(self, process_id: int) -> Lane:
        """What is drawn for this process; made anew only when something of it changed."""
        changed = self._lane_changed.get(process_id, 0)
        kept = self._lanes.get(process_id)
        if kept is None or kept[0] != changed:
            sent = [one for one in self.signalled if one.process == process_id]
            lane = lanes.make_lane(self.process(process_id), self._waits.get(process_id), self.calls_on(process_id),
                                   self._printed_by(process_id).columns(), sent,
                                   self.tasks.of(process_id))  # fmt: skip
            self._lanes[process_id] = kept = changed, lane
        return kept[1]

    def waits_in(self, process_id: int) -> bool:
        """Whether this process ever called join()."""
        return process_id in self._waits

    def lines_within(self, process_id: int, t0_ns: int, t1_ns: int) -> int:
        """How many lines that this process printed in [t0_ns, t1_ns] are kept as marks."""
        printed = self._printed.get(process_id)
        return 0 if printed is None else printed.within(t0_ns, t1_ns)

    def _printed_by(self, process_id: int) -> PrintedMarks:
        printed = self._printed.get(process_id)
        if printed is None:
            printed = self._printed[process_id] = PrintedMarks()
        return printed

    def changed_since(self, revision: int) -> list[int]:
        """The ids of the processes that changed after `revision`."""
        return [process for process, _ in takewhile(lambda one: one[1] > revision, reversed(self._changed.items()))]

    def links(self) -> Iterator[Link]:
        """Every arrow between lanes."""
        return lanes.links(self.processes, self.calls)

    def links_of(self, process_id: int) -> Iterator[Link]:
        """Every arrow that begins or ends at this process. Costs as many as there are, and not as many as in the run."""
        yield from lanes.start_link(self.process(process_id))
        for child in self.children_of(process_id):
            yield from lanes.start_link(self.process(child))
        for call in self.calls_on(process_id):
            yield from lanes.join_link(self.processes, call)
        for call in self.calls_by(process_id):
            if call.process != process_id:
                yield from lanes.join_link(self.processes, call)

    def tree(self) -> list[tuple[int, int]]:
        """(process id, depth) in the order of the lanes: each parent, then its helpers, then its children by birth."""
        children: dict[int | None, list[Process]] = {}
        for process in self.processes:
            parent = process.parent_id if process.parent_id != process.id else None
            children.setdefault(parent, []).append(process)
        order: list[tuple[int, int]] = []
        waiting = [(process, 0) for process in reversed(children.get(None, []))]
        while waiting:
            process, depth = waiting.pop()
            order.append((process.id, depth))
            below = sorted(children.get(process.id, []), key=lambda p: (p.kind is not ProcessKind.HELPER, p.id))
            waiting.extend((child, depth + 1) for child in reversed(below))
        return order

    def waiting_call(self, process_id: int) -> Call | None:
        """The join() that this process is blocked in now, if any."""
        if self.ended or not self.processes or self.process(process_id).ended:
            return None
        for call in reversed(self.calls_by(process_id)):
            if call.ended_ns is None:
                return call if call.name is CallName.JOIN else None
        return None

    @property
    def pending(self) -> list[Request]:
        """What the person asked and the parent has not come to, oldest first."""
        return [] if self.ended else [request for request in self.requests.values() if request.answered_ns is None]

    @property
    def alive(self) -> int:
        """How many workers live now."""
        return sum(p.kind is not ProcessKind.HELPER and p.id != 1 and p.state in LIVING for p in self.processes)
