"""What a process recorded of itself, once it is known which process a journal belongs to.

Part of a Fold, which owns it.
"""

import re

from workers.folding.children.child_records import ChildRecords
from workers.folding.effort_records import EffortRecords
from workers.folding.identities import Identities
from workers.folding.identity.helper_names import cluster_helper_name, helper_name
from workers.folding.incident_records import IncidentRecords
from workers.folding.keeper_records import KeeperRecords
from workers.folding.lifetimes import Lifetimes
from workers.folding.plan_steps import PlanSteps
from workers.folding.process_journal import ProcessJournal
from workers.folding.run_clock import RunClock
from workers.folding.task_records import TaskRecords
from workers.journal.kinds import Kind
from workers.journal.process_kinds import (
    Bye,
    CallBegan,
    CallEnded,
    ChangeUnguarded,
    ChildNamed,
    CommandLine,
    ConnectionRead,
    ErrorRaised,
    Forked,
    GeneratorDrawn,
    Hello,
    JobSized,
    JournalCut,
    KillCalled,
    MessageReceived,
    MessageSent,
    ModuleImported,
    OutputLeft,
    Polled,
    PoolThreadNamed,
    QueueCounted,
    Reaped,
    RecorderWarning,
    ResourceNoted,
    ResultsWait,
    Serves,
    Spawned,
    SubprocessStarted,
    TargetBegan,
    TargetEnded,
    TasksLeftOut,
    UnreportedStart,
    WatchedValue,
    WorkerBegan,
    WorkerSignalled,
)
from workers.journal.short_lives import ShortLife
from workers.journal.slots import Record, Slots
from workers.recorded import probe
from workers.timeline.model import Process, ProcessKind, Watched
from workers.timeline.timeline import Timeline

_IN_COLUMNS = bytes((Kind.TASK, Kind.SUBMITTED))
_STRETCHES = re.compile(
    b"%b+|%b+|[^%b]+" % (*(re.escape(_IN_COLUMNS[at : at + 1]) for at in (0, 1)), re.escape(_IN_COLUMNS)), re.DOTALL
)
"""In the kinds of a journal's slots: a stretch of tasks, of jobs, or of other records."""


class ProcessRecords:
    """Adds to the timeline what processes recorded of themselves."""

    def __init__(
        self,
        timeline: Timeline,
        lifetimes: Lifetimes,
        clock: RunClock,
        identities: Identities,
        keeper_records: KeeperRecords,
        plan_steps: PlanSteps,
    ) -> None:
        self._timeline = timeline
        self._lifetimes = lifetimes
        self._clock = clock
        self._identities = identities
        self._keeper_records = keeper_records
        self._children = ChildRecords(timeline, lifetimes, clock, identities, plan_steps)
        self._tasks = TaskRecords(timeline)
        self._incidents = IncidentRecords(timeline, clock, identities)
        self._effort = EffortRecords(timeline, clock)
        self._spawned: dict[int, Spawned] = {}  # by pid, of all journals
        self._left_out: dict[
            tuple[int, int], int
        ] = {}  # by process and time: how many tasks were left out from then on

    def take(self, journal: ProcessJournal, slots: Slots) -> None:
        """New slots of a journal."""
        kinds = slots.kinds
        for stretch in _STRETCHES.finditer(kinds):
            low, high = stretch.span()
            part = slots if high - low == len(kinds) else slots[low:high]
            if kinds[low] == Kind.TASK:
                origin_ns = self._clock.origin_ns or 0
                self._tasks.take_tasks(journal.process, part, journal.texts, origin_ns, journal.threads)
            elif kinds[low] == Kind.SUBMITTED:
                process = journal.process
                self._wrote(process, self._tasks.take_jobs(process, part, self._clock.origin_ns or 0))
            else:
                self._lifetimes.wrote(journal.process, self._clock.since_start(part.latest_ns))
                self._take_others(journal, part)
                self._timeline.touch(journal.process.id)

    def take_life(self, process: Process, life: ShortLife, forked: tuple[int, int] | None) -> None:
        """All that a short-lived worker recorded. forked: as `ProcessJournal` has it of its parent, where that is known."""
        origin_ns = self._clock.origin_ns or 0
        process.ppid = life.parent_pid
        process.target_ended_ns, process.error = life.over_clock_ns - origin_ns, None
        born_by_ns = life.clock_ns - origin_ns
        if forked is not None:
            returned_ns, process.threads_at_fork = forked
            born_by_ns = min(born_by_ns, returned_ns)
        if life.pid in self._spawned:
            self.began_journal(process, life.pid, life.clock_ns)
        self._lifetimes.lived(process, born_by_ns, life.target_clock_ns - origin_ns, life.ended_clock_ns - origin_ns)

    def settle(self) -> None:
        """Have all tasks and signals in the timeline that were read."""
        self._incidents.settle()
        for process, latest_ns in self._tasks.settle(self._clock.origin_ns or 0):
            self._wrote(process, latest_ns)

    def fork_known(self, parent: ProcessJournal, fork: int) -> None:
        """The child that a fork of the parent made is known."""
        self._children.fork_known(parent, fork)

    def began_journal(self, process: Process, pid: int, hello_clock_ns: int) -> None:
        """A process's journal begins then; a parent may have recorded that it spawned the process."""
        spawned = self._spawned.get(pid)
        if spawned is not None and spawned.clock_ns <= hello_clock_ns:
            self._lifetimes.born(process, self._clock.since_start(spawned.clock_ns))

    def _wrote(self, process: Process, latest_ns: int) -> None:
        """A thousand tasks a second change their columns; of the process they change its last record at most."""
        self._lifetimes.wrote(process, latest_ns)
        if process.ended:
            self._timeline.touch(process.id)

    def _take_others(self, journal: ProcessJournal, slots: Slots) -> None:
        """Slots of other records than tasks and jobs; those of one start() or join() together."""
        for part in self._children.take(journal, slots):
            for record in part:
                self._apply(journal, journal.process, record)

    def _apply(self, journal: ProcessJournal, process: Process, record: Record) -> None:
        texts = journal.texts
        at_ns = self._clock.since_start(record.clock_ns)
        match record:  # the most frequent kinds first: each case is a check
            case CallBegan():
                self._children.call_began(journal, record)
            case CallEnded():
                self._children.call_ended(journal, record)
            case ChildNamed() if record.child:
                self._children.named(journal, record)
            case Forked():
                self._children.forked(journal, record.fork, at_ns, record.threads)
            case Reaped():
                self._children.reaped(journal, record.clock_ns, record.pid, record.exit_code)
            case Hello():
                process.ppid = record.parent_pid
                if record.how == probe.FRESH:
                    self._timeline.effort_of(process.id).python_began_ns = at_ns
                if process.kind in (ProcessKind.PROGRAM, ProcessKind.HELPER) and process.target_began_ns is None:
                    process.target_began_ns = at_ns
                if process.kind is ProcessKind.SUBPROCESS:
                    self._lifetimes.began_by(process, at_ns)
                self._lifetimes.born(process, at_ns)
            case WorkerBegan():
                process.name = texts.get(record.name_text) or process.name
            case TargetBegan():
                self._lifetimes.began(process, at_ns)
            case TargetEnded():
                process.target_ended_ns = at_ns
                process.error = texts.get(record.error_text) or None
            case Bye():
                if process.target_ended_ns is None:
                    process.target_ended_ns = at_ns
            case Polled():
                self._children.polled(journal, record)
            case WorkerSignalled() if record.call in journal.calls:
                child = self._identities.child(process, record.child, record.clock_ns)
                self._timeline.add_signalled(journal.calls[record.call], child.id)
            case ErrorRaised():
                self._incidents.take_error(record, process, texts)
            case KillCalled():
                self._incidents.take_signal(record, process, texts.get(record.file_text, ""), journal.sending.values())
            case ResourceNoted():
                self._incidents.take_resource(record, process, texts)
            case OutputLeft() | ChangeUnguarded() | GeneratorDrawn() | ConnectionRead():
                self._incidents.take_mistake(record, process, texts)
            case QueueCounted():
                self._incidents.take_queue(record, process, texts)
            case Serves():
                if record.role != probe.CLUSTER:
                    process.kind = ProcessKind.HELPER if record.role == probe.MANAGER else ProcessKind.POOL_WORKER
                elif process.kind is not ProcessKind.PROGRAM:  # it can have the workers in its own threads
                    process.kind = ProcessKind.CLUSTER_WORKER
                    process.name = f"Dask worker {texts.get(record.name_text, '')}".rstrip()
            case PoolThreadNamed():
                thread = self._tasks.thread_of(process, journal.threads, record.thread)
                if thread.number == record.thread:
                    thread.name = texts.get(record.name_text, "")
                    thread.native_id, thread.interpreter = record.native_id or None, record.interpreter or None
            case Spawned():
                # vfork() makes the child at once, and returns only when the child has executed its program.
                journal.spawned[record.pid] = self._spawned[record.pid] = record
                for known in self._identities.all_with_pid(record.pid):
                    if known.kind is ProcessKind.HELPER:
                        self._lifetimes.born(known, at_ns)
            case SubprocessStarted():
                self._subprocess_started(journal, process, record)
            case UnreportedStart():
                command = texts.get(record.command_text, "")
                self._keeper_records.expect_child(journal.pid, record.clock_ns, command, record.thread)
            case CommandLine():
                if process.kind is ProcessKind.PROGRAM:
                    self._timeline.python = ".".join(str(record.python >> shift & 0xFF) for shift in (24, 16, 8))
                else:
                    self._may_be_helper(process, texts.get(record.parts_text, ""))
            case WatchedValue():
                name, value = texts.get(record.name_text, ""), texts.get(record.value_text, "")
                when = "ended" if record.when else "began"
                self._timeline.watched.append(Watched(process.id, name, at_ns, when, value))
            case JobSized():
                self._tasks.job_sized(process, record.job, record.size, record.calls)
            case ResultsWait() | MessageSent() | MessageReceived() | ModuleImported():
                self._effort.take(record, process, texts)
            case RecorderWarning():
                self._timeline.warnings.append(texts.get(record.text, ""))
            case TasksLeftOut():
                self._tasks_left_out((process.id, record.clock_ns), max(0, record.tasks))
            case JournalCut():
                self._timeline.warnings.append(
                    f"The journal of {process.name} could not be made longer: what it did after that is not known."
                )

    def _tasks_left_out(self, since: tuple[int, int], count: int) -> None:
        """since: the process and the time. The count comes again when it has changed."""
        self._timeline.left_out_tasks += count - self._left_out.get(since, 0)
        self._left_out[since] = count

    def _may_be_helper(self, process: Process, command_line: str) -> None:
        """A helper of Dask looks like any subprocess, and so does a slow one of multiprocessing that the keeper met before its
        journal came: what it is stands in its command line."""
        argv = command_line.split("\0")
        name = helper_name(argv) or cluster_helper_name(argv)
        if name and process.kind is ProcessKind.SUBPROCESS:
            process.name, process.kind = name, ProcessKind.HELPER
            self._timeline.touch(process.id)

    def _subprocess_started(self, journal: ProcessJournal, process: Process, record: SubprocessStarted) -> None:
        """A child of subprocess.Popen is a process, whether or not it is a Python with a journal of its own."""
        candidates = self._identities.all_with_pid(record.pid)
        child = next((p for p in candidates if p.kind is ProcessKind.SUBPROCESS and p.start_called_ns is None), None)
        began_ns = self._clock.since_start(record.clock_ns)
        returned_ns = self._clock.since_start(record.returned_clock_ns)
        if child is None:
            child = self._timeline.add_process("", ProcessKind.SUBPROCESS, parent_id=process.id)
            self._lifetimes.began_by(child, returned_ns)
        child.name = journal.texts.get(record.command_text) or child.name or "subprocess"
        child.pid, child.ppid = record.pid, process.pid
        child.start_called_ns, child.start_returned_ns = began_ns, returned_ns
        self._lifetimes.born(child, (began_ns + returned_ns) // 2)
        journal.children[record.pid] = child
        self._identities.add_pid(child, record.pid)
        self._keeper_records.add_subprocess(child, record.pid, record.clock_ns)
        self._timeline.touch(child.id)
