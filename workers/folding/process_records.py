"""What a process tells of itself in its journal, once it is known whose that is. Part of a Fold, which owns it."""

import re
from dataclasses import dataclass, field

from workers.folding.identities import Identities, Origin
from workers.folding.keeper_records import KeeperRecords
from workers.folding.lifetimes import Lifetimes
from workers.folding.plan_steps import PlanSteps
from workers.folding.task_records import TaskRecords
from workers.journal.journal import Kind
from workers.journal.slots import Record, Slots
from workers.recorded import probe
from workers.timeline.model import Call, CallName, Process, ProcessKind, Watched
from workers.timeline.timeline import Timeline

_CALLS = [CallName(name) for name in probe.CALLS]
_TASKS = bytes((Kind.TASK, Kind.SUBMITTED))
_STRETCHES = re.compile(
    b"%b+|%b+|[^%b]+" % (*(re.escape(_TASKS[at : at + 1]) for at in (0, 1)), re.escape(_TASKS)), re.DOTALL
)
"""Of the kinds of a journal's records: many tasks, many jobs, or others."""
_Texts = dict[int, str]


@dataclass(slots=True)
class ProcessJournal:
    """One process's journal, as far as what it says refers to what it said before. process: whose it is. forks: its children
    of which that is known, by the number of the fork."""

    pid: int
    process: Process
    texts: _Texts
    forks: dict[int, Process]
    calls: dict[int, Call] = field(default_factory=dict)
    endless: set[int] = field(default_factory=set)  # joins without a timeout
    spawned: dict[int, Record] = field(default_factory=dict)
    children: dict[int, Process] = field(default_factory=dict)  # by pid, as this process knows them
    forked: dict[int, int] = field(default_factory=dict)  # fork number → when fork() had returned


class ProcessRecords:
    """Adds to the timeline what processes tell."""

    def __init__(
        self,
        timeline: Timeline,
        ends: Lifetimes,
        origin: Origin,
        who: Identities,
        seen: KeeperRecords,
        steps: PlanSteps,
    ) -> None:
        self._timeline = timeline
        self._ends = ends
        self._origin = origin
        self._who = who
        self._seen = seen
        self._steps = steps
        self._tasks = TaskRecords(timeline)
        self._spawned: dict[int, Record] = {}

    def take(self, journal: ProcessJournal, slots: Slots) -> None:
        """More of a journal."""
        kinds = slots.kinds
        for stretch in _STRETCHES.finditer(kinds):
            low, high = stretch.span()
            part = slots if high - low == len(kinds) else slots[low:high]
            if kinds[low] in _TASKS:
                self._of_tasks(journal, part)
            else:
                for record in part:
                    self._own(journal, journal.process, record)

    def settle(self) -> None:
        """Have all in the timeline that was told."""
        for process, latest_ns in self._tasks.settle(self._origin.ns or 0):
            self._wrote(process, latest_ns)

    def forked(self, parent: ProcessJournal, number: int) -> None:
        """The child that a fork of the parent made is known."""
        if number in parent.forked:
            self._ends.born(parent.forks[number], parent.forked[number])

    def spawned(self, process: Process, pid: int, hello_t: int) -> None:
        """A process whose journal begins then; it may be one that a parent has said to have made."""
        spawned = self._spawned.get(pid)
        if spawned is not None and spawned.t <= hello_t:
            self._ends.born(process, self._origin.at(spawned.t))

    def _of_tasks(self, journal: ProcessJournal, slots: Slots) -> None:
        """A thousand tasks a second change their columns and nothing else."""
        process, origin_ns = journal.process, self._origin.ns or 0
        if slots.data[0] == Kind.TASK:
            self._tasks.told(process, slots, journal.texts, origin_ns)
        else:
            self._wrote(process, self._tasks.numbered(process, slots, origin_ns))

    def _wrote(self, process: Process, latest_ns: int) -> None:
        self._ends.wrote(process, latest_ns)
        if process.ended:
            self._timeline.touch(process.id)

    def _own(self, journal: ProcessJournal, process: Process, record: Record) -> None:
        texts = journal.texts
        at_ns = self._origin.at(record.t)
        self._ends.wrote(process, at_ns)
        match record.kind:
            case Kind.HELLO:
                process.ppid = record.b
                if process.kind in (ProcessKind.PROGRAM, ProcessKind.HELPER) and process.target_began_ns is None:
                    process.target_began_ns = at_ns
                self._ends.born(process, at_ns)
            case Kind.ARGV:
                if process.kind is ProcessKind.PROGRAM:
                    self._timeline.python = ".".join(str(record.a >> shift & 0xFF) for shift in (24, 16, 8))
            case Kind.CHILD if record.a:
                child = self._who.child(process, record.a, record.t)
                child.daemon = bool(record.flags)
                child.name = texts.get(record.word) or child.name
            case Kind.CALL_BEGAN:
                self._call_began(journal, process, record)
            case Kind.CALL_ENDED:
                self._call_ended(journal, process, record)
            case Kind.POLLED:
                self._polled(journal, process, record)
            case Kind.SERVES:
                process.kind = ProcessKind.HELPER if record.flags == probe.MANAGER else ProcessKind.POOL_WORKER
            case Kind.TASK_BEGAN:
                self._tasks.began(process, record.a, record.flags, record.b, texts.get(record.word, "?"), at_ns)
            case Kind.TASK_ENDED:
                self._tasks.ended(process, record.a, at_ns, texts.get(record.word) or None)
            case Kind.SPAWNED if record.flags == 2:
                self._seen.expect(journal.pid, record.t, texts.get(record.word, ""), record.a)
            case Kind.SPAWNED if record.flags:
                self._subprocess(journal, process, record)
            case Kind.SPAWNED:
                # vfork() makes the child at once, and returns only when it has executed its program.
                journal.spawned[record.a] = self._spawned[record.a] = record
                for known in self._who.all_with_pid(record.a):
                    if known.kind is ProcessKind.HELPER:
                        self._ends.born(known, at_ns)
            case Kind.FORKED:
                journal.forked[record.word] = at_ns
                if record.word in journal.forks:
                    self._ends.born(journal.forks[record.word], at_ns)
            case Kind.REAPED:
                child_or_none = journal.children.get(record.a) or self._who.with_pid(record.a, record.t)
                if child_or_none is not None:
                    self._ends.collected(child_or_none, at_ns, record.b)
                    self._timeline.touch(child_or_none.id)
            case Kind.CUT:
                self._timeline.warnings.append(
                    f"The journal of {process.name} could not be made longer: what it did after that is not known."
                )
            case Kind.WORKER_BEGAN:
                process.name = texts.get(record.word) or process.name
            case Kind.TARGET_BEGAN:
                process.target_began_ns = at_ns
            case Kind.TARGET_ENDED:
                process.target_ended_ns = at_ns
                process.error = texts.get(record.word) or None
            case Kind.BYE:
                if process.target_ended_ns is None:
                    process.target_ended_ns = at_ns
            case Kind.WATCHED:
                name, value = texts.get(record.word, ""), texts.get(record.a, "")
                when = "ended" if record.flags else "began"
                self._timeline.watched.append(Watched(process.id, name, at_ns, when, value))
            case Kind.WARNING:
                self._timeline.warnings.append(texts.get(record.word, ""))
        self._timeline.touch(process.id)

    def _call_began(self, journal: ProcessJournal, process: Process, record: Record) -> None:
        child = self._who.child(process, record.a, record.t) if record.a else None  # 0: on no Process object at all
        call = self._timeline.add_call(
            process.id, _CALLS[record.flags], None if child is None else child.id, self._origin.at(record.t)
        )
        journal.calls[record.word] = call
        call.timeout_s = None if record.b < 0 else record.b / 1e9
        if call.name is CallName.JOIN and record.b == probe.NO_TIMEOUT:
            journal.endless.add(record.word)
        call.file, call.line = journal.texts.get(record.c, ""), record.d
        if child is not None and call.name is CallName.START and child.start_called_ns is None:
            child.start_called_ns = call.began_ns
        if process.id == 1 and self._timeline.plan is not None:
            self._steps.made(call, record.a)
        self._timeline.touch(call.process)

    def _call_ended(self, journal: ProcessJournal, process: Process, record: Record) -> None:
        call = journal.calls.pop(record.word, None)
        if call is None:
            return
        call.ended_ns = self._origin.at(record.t)
        call.error = journal.texts.get(record.c) or None
        self._timeline.touch(process.id)
        if call.process is None:
            return
        child = self._timeline.process(call.process)
        if call.name is CallName.START:
            self._started(journal, call, child, record)
        elif call.name in (CallName.JOIN, CallName.IS_ALIVE) and call.error is None:
            # Without a timeout join() returns when it is over, though another thread may have been told the exit code.
            call.result = bool(record.b) or record.word in journal.endless
            if call.name is CallName.JOIN and call.result and child.joined_ns is None:
                child.joined_ns = call.ended_ns
                self._ends.collected(child, call.ended_ns)
        self._timeline.touch(child.id)

    def _started(self, journal: ProcessJournal, call: Call, child: Process, record: Record) -> None:
        if child.start_returned_ns is None:
            child.start_returned_ns = call.ended_ns
        if call.error is not None:
            if child.pid is None:
                child.error = f"start() raised {call.error}"
            return
        child.start_method = journal.texts.get(record.d) or child.start_method
        if record.b:
            journal.children[record.b] = child
            child.pid = record.b
            self._who.has_pid(child, record.b)
            spawned = journal.spawned.pop(record.b, None)
            if spawned is not None:
                self._ends.born(child, self._origin.at(spawned.t))

    def _polled(self, journal: ProcessJournal, process: Process, record: Record) -> None:
        """Many equal answers of is_alive(), counted in one record that is changed in place."""
        call = journal.calls.get(-record.word)
        if call is None:
            child = self._who.child(process, record.a, record.t)
            call = self._timeline.add_call(process.id, CallName.IS_ALIVE, child.id, self._origin.at(record.t))
            journal.calls[-record.word] = call
        call.times, call.ended_ns = record.b, self._origin.at(record.c)
        call.result, call.file, call.line = bool(record.flags), journal.texts.get(record.d, ""), record.e

    def _subprocess(self, journal: ProcessJournal, process: Process, record: Record) -> None:
        """subprocess.Popen has a child: a process whether or not it is a Python that tells of itself."""
        child = next((known for known in self._who.all_with_pid(record.a)
                      if known.kind is ProcessKind.SUBPROCESS and known.start_called_ns is None), None)  # fmt: skip
        began_ns, returned_ns = self._origin.at(record.t), self._origin.at(record.b)
        if child is None:
            child = self._timeline.add_process("", ProcessKind.SUBPROCESS, parent_id=process.id)
            child.target_began_ns = returned_ns
        child.name = journal.texts.get(record.word) or child.name or "subprocess"
        child.pid, child.ppid = record.a, process.pid
        child.start_called_ns, child.start_returned_ns = began_ns, returned_ns
        self._ends.born(child, (began_ns + returned_ns) // 2)
        journal.children[record.a] = child
        self._who.has_pid(child, record.a)
        self._seen.started(child, record.a, record.t)
        self._timeline.touch(child.id)
