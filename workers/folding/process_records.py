"""What a process recorded of itself, once it is known which process a journal belongs to.

Part of a Fold, which owns it.
"""

import re
from dataclasses import dataclass, field

from workers.folding.effort_records import EffortRecords
from workers.folding.identities import Identities
from workers.folding.identity.helper_names import cluster_helper_name, helper_name
from workers.folding.incident_records import IncidentRecords
from workers.folding.keeper_records import KeeperRecords
from workers.folding.lifetimes import Lifetimes
from workers.folding.plan_steps import PlanSteps
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
from workers.timeline.model import Call, CallName, PoolThread, Process, ProcessKind, Watched
from workers.timeline.timeline import Timeline

_WATCHING = "AsyncProcess "
"""How the names of the threads begin in which Dask waits for the processes of its workers."""
_METHODS = [CallName(name) for name in probe.CALLS]
_START, _JOIN, _IS_ALIVE = CallName.START, CallName.JOIN, CallName.IS_ALIVE  # an enum takes its time to give a member
_IN_COLUMNS = bytes((Kind.TASK, Kind.SUBMITTED))
_STRETCHES = re.compile(
    b"%b+|%b+|[^%b]+" % (*(re.escape(_IN_COLUMNS[at : at + 1]) for at in (0, 1)), re.escape(_IN_COLUMNS)), re.DOTALL
)
"""In the kinds of a journal's slots: a stretch of tasks, of jobs, or of other records."""
_POOL_FILES = ("multiprocessing/pool.py", "multiprocessing\\pool.py")


@dataclass(slots=True)
class ProcessJournal:
    """One process's journal, with what later records refer to.

    forks: the children that are known, by the number of the fork.
    """

    pid: int
    process: Process
    texts: dict[int, str]
    forks: dict[int, Process]
    calls: dict[int, Call] = field(default_factory=dict)  # by number; repeated polls by minus the first one's number
    endless: set[int] = field(default_factory=set)  # numbers of join() calls without a timeout
    spawned: dict[int, Spawned] = field(default_factory=dict)  # by pid
    children: dict[int, Process] = field(default_factory=dict)  # by pid, as this process knows them
    forked: dict[int, tuple[int, int]] = field(default_factory=dict)  # by number of the fork: when it returned, threads
    threads: dict[int, PoolThread] = field(default_factory=dict)  # by number


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
        self._plan_steps = plan_steps
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
                for record in part:
                    self._apply(journal, journal.process, record)
                self._timeline.touch(journal.process.id)

    def take_life(self, process: Process, life: ShortLife) -> None:
        """All that a short-lived worker recorded."""
        since_start = self._clock.since_start
        process.ppid = life.parent_pid
        self._lifetimes.wrote(process, since_start(life.ended_clock_ns))
        self._lifetimes.began(process, since_start(life.target_clock_ns))
        process.target_ended_ns, process.error = since_start(life.over_clock_ns), None
        self._timeline.touch(process.id)

    def settle(self) -> None:
        """Have all tasks and signals in the timeline that were read."""
        self._incidents.settle()
        for process, latest_ns in self._tasks.settle(self._clock.origin_ns or 0):
            self._wrote(process, latest_ns)

    def fork_known(self, parent: ProcessJournal, fork: int) -> None:
        """The child that a fork of the parent made is known."""
        if fork in parent.forked:
            self._forked(parent, fork)

    def _forked(self, parent: ProcessJournal, fork: int) -> None:
        child, (returned_ns, threads) = parent.forks[fork], parent.forked[fork]
        child.threads_at_fork = threads
        self._lifetimes.born(child, returned_ns)

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

    def _apply(self, journal: ProcessJournal, process: Process, record: Record) -> None:
        texts = journal.texts
        at_ns = self._clock.since_start(record.clock_ns)
        match record:  # the most frequent kinds first: each case is a check
            case CallBegan():
                self._call_began(journal, process, record, at_ns)
            case CallEnded():
                self._call_ended(journal, record, at_ns)
            case ChildNamed() if record.child:
                child = self._identities.child(process, record.child, record.clock_ns)
                child.daemon = bool(record.daemon)
                child.name = texts.get(record.name_text) or child.name
            case Forked():
                journal.forked[record.fork] = at_ns, record.threads
                if record.fork in journal.forks:
                    self._forked(journal, record.fork)
            case Reaped():
                reaped = journal.children.get(record.pid) or self._identities.with_pid(record.pid, record.clock_ns)
                if reaped is not None:
                    self._lifetimes.reaped(reaped, at_ns, record.exit_code)
                    self._timeline.touch(reaped.id)
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
                self._polled(journal, process, record)
            case WorkerSignalled() if record.call in journal.calls:
                child = self._identities.child(process, record.child, record.clock_ns)
                self._timeline.add_signalled(journal.calls[record.call], child.id)
            case ErrorRaised():
                self._incidents.take_error(record, process, texts)
            case KillCalled():
                self._incidents.take_signal(record, process, texts.get(record.file_text, ""), journal.calls.values())
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
                self._left_out[process.id, record.clock_ns] = max(0, record.tasks)
                self._timeline.left_out_tasks = sum(self._left_out.values())
            case JournalCut():
                self._timeline.warnings.append(
                    f"The journal of {process.name} could not be made longer: what it did after that is not known."
                )

    def _call_began(self, journal: ProcessJournal, process: Process, record: CallBegan, at_ns: int) -> None:
        thread = journal.texts.get(record.thread_text, "")
        child = self._identities.child(process, record.child, record.clock_ns) if record.child else None
        call = self._timeline.add_call(
            process.id,
            _METHODS[record.method],
            None if child is None else child.id,
            at_ns,
            watches=thread.startswith(_WATCHING),
        )
        journal.calls[record.call] = call
        call.timeout_s = None if record.timeout_ns < 0 else record.timeout_ns / 1e9
        if call.name is _JOIN and record.timeout_ns == probe.NO_TIMEOUT:
            journal.endless.add(record.call)
        call.file, call.line = journal.texts.get(record.file_text, ""), record.line
        call.thread = thread
        if child is not None and call.name is CallName.TERMINATE and call.file.endswith(_POOL_FILES):
            child.pool_ended_ns = call.began_ns
        if child is not None and call.name is _START and child.start_called_ns is None:
            child.start_called_ns = call.began_ns
        if process.id == 1 and self._timeline.plan is not None:
            self._plan_steps.add_call(call, record.child)

    def _call_ended(self, journal: ProcessJournal, record: CallEnded, at_ns: int) -> None:
        call = journal.calls.pop(record.call, None)
        if call is None:
            return
        call.ended_ns = at_ns
        call.error = journal.texts.get(record.error_text) or None
        if call.process is None:
            return
        child = self._timeline.process(call.process)
        if call.name is _START:
            self._start_ended(journal, call, child, record)
        elif call.name in (_JOIN, _IS_ALIVE) and call.error is None:
            # Without a timeout join() returns when the child has ended, though another thread may have had the exit code.
            call.result = bool(record.result) or record.call in journal.endless
            if call.name is _JOIN and call.result and child.joined_ns is None:
                child.joined_ns = call.ended_ns
                self._lifetimes.reaped(child, call.ended_ns)
        self._timeline.touch(child.id)

    def _start_ended(self, journal: ProcessJournal, call: Call, child: Process, record: CallEnded) -> None:
        if child.start_returned_ns is None:
            child.start_returned_ns = call.ended_ns
        if call.error is not None:
            if child.pid is None:
                child.error = f"start() raised {call.error}"
            return
        child.start_method = journal.texts.get(record.start_method_text) or child.start_method
        pid = record.result
        if pid:
            journal.children[pid] = child
            child.pid = pid
            self._identities.add_pid(child, pid)
            spawned = journal.spawned.pop(pid, None)
            if spawned is not None:
                self._lifetimes.born(child, self._clock.since_start(spawned.clock_ns))

    def _polled(self, journal: ProcessJournal, process: Process, record: Polled) -> None:
        """Repeated is_alive() calls with the same answer are one call, with a count."""
        call = journal.calls.get(-record.call)
        if call is None:
            child = self._identities.child(process, record.child, record.clock_ns)
            began_ns = self._clock.since_start(record.clock_ns)
            call = self._timeline.add_call(process.id, CallName.IS_ALIVE, child.id, began_ns)
            journal.calls[-record.call] = call
        call.times, call.ended_ns = record.times, self._clock.since_start(record.last_clock_ns)
        call.result, call.file, call.line = bool(record.answer), journal.texts.get(record.file_text, ""), record.line

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
