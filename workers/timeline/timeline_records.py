"""The records of a run, and how they are added and changed: the writing half of a timeline. Runs where the timeline lives.

Only the timeline's owner calls this. A fold adds what it reads in the journals, a reader what it finds in a file.
"""

import copy
from bisect import insort
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import repeat
from operator import attrgetter
from sys import getsizeof
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from workers.plan.plan import Plan
from workers.timeline.incidents import Mistake, QueueCount, ResourceNote
from workers.timeline.kept_lines import KeptLines, LineRow
from workers.timeline.lane_columns import SeenWaits, is_drawn
from workers.timeline.lanes import Lane, PrintedMarks, WaitSpans
from workers.timeline.model import (
    WAITING,
    Bookmark,
    Call,
    CallName,
    GroupSignal,
    PoolThread,
    Process,
    ProcessKind,
    RaisedBy,
    RaisedError,
    Request,
    Sample,
    Signalled,
    Suspend,
    Watched,
)
from workers.timeline.run_facts import RunFacts
from workers.timeline.samples import Samples
from workers.timeline.stacks import EndHolder, ThreadWait
from workers.timeline.task_store import TaskDetail, TaskStore
from workers.timeline.tasks.effort import CpuLimits, Effort
from workers.timeline.totals import Totals
from workers.timeline.tracks import Counter, Flows, Imported, Track

_number_of, _since_of = attrgetter("number"), attrgetter("since_ns")
MOST_LINES = 100_000
MOST_LINE_BYTES = 1 << 27
"""The number of printed lines that are kept, and the memory that their texts may take; older lines are dropped, and counted."""
MOST_WAITS = 20_000
"""So many waits are kept of each process."""
_OF_EACH = 100
"""So many of its newest lines are kept of each process, also when they are among the dropped ones."""


class TimelineRecords(RunFacts):
    """Processes, calls, tasks, printed lines and values of one run.

    revision: changes with every change; facts: with every change but those of tasks, samples and printed lines; shape: with
        the processes that there are, and what they are to their parents.
    lines_seen: how many lines were printed, dropped ones too.
    threads: those that ran tasks of pools of threads.
    effort: by process, what its work cost beside its tasks. cpu_limits: of the control group of the run.
    errors: exceptions with their messages; of each process the first 200.
    signalled, group_signals, suspends, bookmarks: in the order of time.
    resources: what happened to shared-memory blocks and named semaphores, as it became known. mistakes: as they became known.
    queues: of each JoinableQueue, what each process did with it.
    holders: by inode, the processes that have the end of a pipe or socket open or a lock mapped, as last seen.
    tracks, names, counters, flows, imported: of an imported trace; tracks in the order of their processes, names are those of
        spans, marks and flows.
    """

    def __init__(self, plan: Plan | None = None) -> None:
        super().__init__(plan)
        self.processes: list[Process] = []
        self.calls: list[Call] = []
        self.tasks = TaskStore()
        self.effort: dict[int, Effort] = {}
        self.cpu_limits = CpuLimits()
        self.threads: list[PoolThread] = []
        self.lines = KeptLines(MOST_LINES)
        self.lines_seen = 0
        self.watched: list[Watched] = []
        self.requests: dict[int, Request] = {}
        self.signalled: list[Signalled] = []
        self.group_signals: list[GroupSignal] = []
        self.errors: list[RaisedError] = []
        self._error_at: dict[tuple[int, int], RaisedError] = {}
        self._errors_of: dict[int, list[RaisedError]] = {}
        self.resources: list[ResourceNote] = []
        self.mistakes: list[Mistake] = []
        self.queues: dict[str, dict[int, QueueCount]] = {}
        self._signalled_to: dict[int, list[Signalled]] = {}
        self.suspends: list[Suspend] = []
        self.holders: dict[int, tuple[EndHolder, ...]] = {}
        self.samples: dict[int, Samples] = {}
        self.totals = Totals()
        self.bookmarks: list[Bookmark] = []
        self.tracks: list[Track] = []
        self.names: list[str] = []
        self.counters: list[Counter] = []
        self.flows = Flows.none()
        self.imported: Imported | None = None
        self.revision = 0
        self.facts = 0
        self.shape = 0
        # All by process id.
        self._unseen: set[int | None] | None = (
            None  # what changed while nobody looks, of the processes that were there before
        )
        self._before_unseen = 0  # how many these are
        self._changed: dict[int, int] = {}  # the revision of its last change; the latest change is last
        self._lane_changed: dict[int, int] = {}
        self._kinds: dict[int, ProcessKind] = {}
        self._children: dict[int | None, list[int]] = {}
        self._lanes: dict[int, tuple[int, Lane]] = {}
        self._threads_of: dict[int, list[PoolThread]] = {}
        self._waits: dict[int, WaitSpans] = {}
        self._seen: dict[int, SeenWaits] = {}
        self._waited: dict[int, None] = {}  # those with waits that may be drawn
        self._full_of_waits: set[int] = set()  # those of which waits are dropped: theirs are in order
        self._draws_seen = -1, False  # for a number of `facts`
        self._calls_by: dict[int, list[Call]] = {}
        self._calls_on: dict[int, list[Call]] = {}
        self._lines_of: dict[int, deque[LineRow]] = {}
        self._line_bytes = 0  # of the kept lines' texts
        self._printed: dict[int, PrintedMarks] = {}

    @classmethod
    def planned(cls, plan: Plan, title: str = "parent") -> Self:
        """The timeline of a plan that has not begun."""
        timeline = cls(plan)
        timeline.add_plan(title)
        return timeline

    def snapshot(self) -> Self:
        """A copy for another thread to read, while this timeline keeps changing.

        What never changes is shared. Columns are copied, which costs as much as they are long.
        """
        memo: dict[int, object] = {id(one): one for one in (self.plan, self.flows, self.imported)}
        for kept in (
            self.lines,
            self.watched,
            self.signalled,
            self.resources,
            self.mistakes,
            self.bookmarks,
            self.tracks,
            self.counters,
            self.names,
        ):
            memo[id(kept)] = copy.copy(kept)
        memo[id(self._lines_of)] = {process: copy.copy(lines) for process, lines in self._lines_of.items()}
        memo[id(self._lanes)] = {}
        return copy.deepcopy(self, memo)

    def add_plan(self, title: str) -> None:
        """Add the program and, with a plan, the workers that it is going to have. On a cluster these are tasks: no lanes."""
        program = self.add_process(title, ProcessKind.PROGRAM)
        for number in range(1, self.plan.workers + 1 if self.plan and not self.plan.on_cluster else 1):
            worker = self.add_process(f"Process-{number}", ProcessKind.WORKER, parent_id=program.id)
            worker.worker = number

    def add_process(self, name: str, kind: ProcessKind, parent_id: int | None = None) -> Process:
        """Add a process with the next id."""
        process = Process(len(self.processes) + 1, name, kind, parent_id=parent_id)
        self.processes.append(process)
        self._children.setdefault(parent_id, []).append(process.id)
        if self._unseen is None:
            self.touch(process.id)
        return process

    def add_call(self, by: int, name: CallName, process: int | None, began_ns: int, *, watches: bool = False) -> Call:
        """Add a call with the next id, by one process on another. watches: as `Call` has it."""
        call = Call(len(self.calls) + 1, by, name, process, began_ns, watches=watches)
        self.calls.append(call)
        self._calls_by.setdefault(by, []).append(call)
        if name in WAITING and not watches:
            waits = self._waits.get(by)
            if waits is None:
                waits = self._waits[by] = WaitSpans()
            waits.append(call)
        if process is not None:
            self._calls_on.setdefault(process, []).append(call)
        if self._unseen is None or self._before_unseen:
            self.touch(by, process)
        return call

    def add_calls(self, by: int, names: Sequence[CallName], processes: Sequence[int], began_ns: Sequence[int],
                  ended_ns: Sequence[int], timeout_s: Sequence[float | None], result: Sequence[bool | None],
                  file: Sequence[str], line: Sequence[int], thread: Sequence[str],
                  watches: Sequence[bool]) -> list[Call]:  # fmt: skip
        """Add calls that returned, by one process on others, with the next ids. The columns are as `Call` has them."""
        first = len(self.calls) + 1
        none, no_text = repeat(None), repeat("")
        calls = list(
            map(
                Call, range(first, first + len(names)), repeat(by), names, processes, began_ns, ended_ns, timeout_s, result,
                none, file, line, none, none, repeat(1), repeat(()), thread, no_text, repeat(0), none, no_text, watches,
            )
        )  # fmt: skip
        self.calls += calls
        self._calls_by.setdefault(by, []).extend(calls)
        calls_on = self._calls_on
        for process, call in zip(processes, calls, strict=True):
            known = calls_on.get(process)
            if known is None:
                calls_on[process] = [call]
            else:
                known.append(call)
        waiting = [call for call in calls if call.name in WAITING and not call.watches]
        if waiting:
            self._waits.setdefault(by, WaitSpans()).extend(waiting)
        if self._unseen is None or self._before_unseen:
            self.touch(by, *processes)
        return calls

    def add_signalled(self, call: Call, process: int) -> None:
        """Note that a call on an executor sent this worker a signal: it is one of the calls on that, too."""
        call.workers += (process,)
        self._calls_on.setdefault(process, []).append(call)
        self.touch(call.by, process)

    def add_sent_signal(self, sent: Signalled) -> None:
        """Add a signal that was sent to a process."""
        self.signalled.append(sent)
        self._signalled_to.setdefault(sent.process, []).append(sent)
        self.touch(sent.process)

    def add_error(self, error: RaisedError) -> None:
        """Add an exception that ended something in a process."""
        self.errors.append(error)
        self._error_at[error.process, error.at_ns] = error
        self._errors_of.setdefault(error.process, []).append(error)
        self.touch(error.process)

    def errors_of(self, process: int) -> Sequence[RaisedError]:
        """The exceptions that ended something in this process, in order."""
        return self._errors_of.get(process, ())

    def error_at(self, process: int, at_ns: int | None) -> RaisedError | None:
        """The exception that ended a task, a call or the target of this process then; None where only its type is known."""
        return None if at_ns is None else self._error_at.get((process, at_ns))

    def ending_error(self, process: Process) -> RaisedError | None:
        """The exception that ended the work of a process: its target, or its main program."""
        error = self.error_at(process.id, process.target_ended_ns)
        if error is not None and error.by is RaisedBy.TARGET:
            return error
        return next((one for one in reversed(self.errors_of(process.id)) if one.by is RaisedBy.MAIN), None)

    def signalled_to(self, process: int) -> Sequence[Signalled]:
        """The signals that were sent to this process, by os.kill() or by the user, as they became known."""
        return self._signalled_to.get(process, ())

    def add_wait(self, process: int, wait: ThreadWait) -> None:
        """Add a wait of a thread, as seen from outside. Of very many the oldest are dropped."""
        waits = self.process(process).waits
        if len(waits) < MOST_WAITS:
            waits.append(wait)
        else:
            if process not in self._full_of_waits:
                waits.sort(key=_since_of)
                self._full_of_waits.add(process)
                self._seen.pop(process, None)  # which knows them by their places
            insort(waits, wait, key=_since_of)
            del waits[0]
        if is_drawn(wait):
            self._waited[process] = None
        self.touch(process)

    def add_thread(self, process: int, number: int) -> PoolThread:
        """Add a thread of a process with the next id. number: counts the threads of the process, from 1."""
        thread = PoolThread(len(self.threads) + 1, process, number)
        self.threads.append(thread)
        among = self._threads_of.setdefault(process, [])
        insort(among, thread, key=_number_of)
        self.shape += 1
        self._note(process)
        return thread

    def begin_task(self, process: int, name: str, began_ns: int, thread: int = 0) -> int:
        """Add a task that a worker or a thread began. Its id."""
        task_id = self.tasks.begin(process, name, began_ns, thread)
        self._counted(process, 1, thread)
        return task_id

    def add_tasks(self, process: int, t0: NDArray[np.int64], t1: NDArray[np.int64], name: NDArray[Any] | int,
                  error: NDArray[Any] | None = None, submitted: NDArray[np.int64] | None = None, *, thread: int = 0,
                  ended: bool = False, ascending: bool = False,
                  details: Mapping[TaskDetail, NDArray[Any]] | None = None) -> None:  # fmt: skip
        """Add many tasks of one worker or thread at once, as `TaskStore.extend` takes them."""
        self.tasks.extend(process, t0, t1, name, error, submitted, thread=thread, ended=ended, ascending=ascending,
                          details=details)  # fmt: skip
        self._counted(process, len(t0), thread)

    def finish_task(self, task_id: int, ended_ns: int, error: str | None) -> None:
        """End the task with this id. error: the name of what it raised."""
        self.tasks.end(task_id, ended_ns, error)
        self._note(self.tasks.process_of(task_id))

    def submit_task(self, task_id: int, at_ns: int) -> None:
        """Note when a task was submitted."""
        self.tasks.submit(task_id, at_ns)
        self._note(self.tasks.process_of(task_id))

    def note_task(self, task_id: int, detail: TaskDetail, value: float) -> None:
        """Note a detail of a task that has ended."""
        self.tasks.note(task_id, detail, value)
        self._note(self.tasks.process_of(task_id))

    def add_sample(self, process: int, at_ns: int, cpu_s: float, rss_bytes: int) -> None:
        """Add what a process was seen to use. It changes no lane."""
        samples = self.samples.get(process)
        if samples is None:
            samples = self.samples[process] = Samples()
            self.shape += 1
        sample = Sample(at_ns, cpu_s, rss_bytes)
        samples.append(sample)
        self.totals.add(process, sample)

    def effort_of(self, process: int) -> Effort:
        """What the work of a process cost beside its tasks; to be added to."""
        found = self.effort.get(process)
        if found is None:
            found = self.effort[process] = Effort()
        return found

    def add_line(self, process: int | None, stream: str, at_ns: int, text: str, *, cut: bool = False) -> None:
        """Add a printed line with the next number."""
        self.lines_seen += 1
        row = self.lines_seen, process, stream, at_ns, text, cut
        rows, size = self.lines.rows, getsizeof(text)
        while rows and (len(rows) == rows.maxlen or self._line_bytes + size > MOST_LINE_BYTES):
            self._drop_line(rows.popleft())
        self._line_bytes += size
        rows.append(row)
        if process is not None:
            self.process(process).output_lines += 1
            kept = self._lines_of.get(process)
            if kept is None:
                kept = self._lines_of[process] = deque()
            kept.append(row)
            self._printed_by(process).append(at_ns, self.lines_seen)
            self._note(process)
            self._lane_changed[process] = self.revision

    def _drop_line(self, row: LineRow) -> None:
        self._line_bytes -= getsizeof(row[4])
        if row[1] is not None:
            kept = self._lines_of[row[1]]
            if len(kept) > _OF_EACH:
                kept.popleft()

    def touch(self, *processes: int | None) -> None:
        """Note that facts of these processes changed."""
        if self._unseen is not None:
            if self._before_unseen:
                self._unseen.update(processes)
            if self.totals.living:
                self._count_ends(processes)
            return
        self.revision = revision = self.revision + 1
        self.facts += 1
        changed = self._changed
        for process in processes:
            if process is not None:
                changed.pop(process, None)
                changed[process] = self._lane_changed[process] = revision
                if process in self.totals.living:
                    self._count_ends((process,))
                kind = self.processes[process - 1].kind
                if self._kinds.get(process) is not kind:
                    self._kinds[process] = kind
                    self.shape += 1

    def _count_ends(self, processes: tuple[int | None, ...]) -> None:
        for process in processes:
            if process in self.totals.living and self.processes[process - 1].ended:
                self.totals.ended(self.processes[process - 1])

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """While nobody looks, as where a whole run is read: all changes of a process are one change then, at the end."""
        unseen: set[int | None] = set()
        self._unseen, self._before_unseen = unseen, len(self.processes)
        try:
            yield
        finally:
            self._unseen = None
            unseen.update(range(self._before_unseen + 1, len(self.processes) + 1))
            self.touch(*sorted(process for process in unseen if process is not None))

    def process(self, process_id: int) -> Process:
        """The process with this id. Raises IndexError when there is none."""
        if process_id < 1:
            raise IndexError(process_id)
        return self.processes[process_id - 1]

    def _counted(self, process: int, tasks: int, thread: int) -> None:
        # The lane stays valid: it shows the same growing columns, and a thousand tasks a second must not rebuild it.
        self.process(process).tasks += tasks
        self._note(process)
        if thread:
            self.threads[thread - 1].tasks += tasks
            return
        kept = self._lanes.get(process)
        if kept is not None and kept[1].tasks is None:
            self._lane_changed[process] = self.revision

    def _note(self, process: int) -> None:
        self.revision += 1
        self._changed.pop(process, None)
        self._changed[process] = self.revision

    def _printed_by(self, process_id: int) -> PrintedMarks:
        printed = self._printed.get(process_id)
        if printed is None:
            printed = self._printed[process_id] = PrintedMarks()
        return printed
