"""Folds the records of a run's journals into its timeline: live, after the end, and after a crash alike.

Runs where the timeline lives (the window's thread, or the command line). Journals are read one after another, so a
record can come before the one that explains it: a process's journal waits until it is known whose it is, and an exit until
there is a process that it can be the exit of.
"""

import json
import re
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter

from workers import probe
from workers.ends import Ends
from workers.errors import PlanError
from workers.journal import KEEPER, PROGRAM, VERBS, Batch, Entries, Kind, Record, key_of
from workers.model import (
    Call,
    CallName,
    EndedBy,
    Process,
    ProcessKind,
    Request,
    Signalled,
    Standstill,
    Suspend,
    Wait,
    Watched,
    signal_name,
)
from workers.plan import Plan
from workers.printed import Printed
from workers.tasks import Tasks
from workers.timeline import Timeline

_UNANNOUNCED_NS = 1_000_000_000
_CALLS = [CallName(name) for name in probe.CALLS]
_PATIENCE_NS = 300_000_000
_NOTED_NS = 300_000_000
"""How much later a Ctrl-C may be noted than the program heard it."""
_NEVER_NS = 1 << 62
_TASK = int(Kind.TASK)
_OF_TASKS = {_TASK, int(Kind.SUBMITTED)}
_KIND = attrgetter("kind")
_WAITS = {int(wait): wait for wait in Wait}
_ENDERS = {int(one): one for one in EndedBy}
_HELPERS = {
    "resource_tracker": "resource tracker",
    "semaphore_tracker": "resource tracker",
    "forkserver": "fork server",
}
_HELPER = re.compile(r"from (?:[\w.]+\.)?(\w+) import main;")
_CALL_OF_VERB = {"alive": CallName.IS_ALIVE}


@dataclass(slots=True)
class _Source:
    """One process's journal. held: records that wait for the process to be known."""

    pid: int
    key: int
    hello: Record | None = None
    argv: list[str] = field(default_factory=list)
    process: Process | None = None
    held: list[Record] = field(default_factory=list)
    calls: dict[int, Call] = field(default_factory=dict)
    endless: set[int] = field(default_factory=set)  # joins without a timeout
    spawned: dict[int, Record] = field(default_factory=dict)
    children: dict[int, Process] = field(default_factory=dict)  # by pid, as this process knows them
    forked: dict[int, int] = field(default_factory=dict)  # fork number → when fork() had returned
    forks: dict[int, Process] = field(default_factory=dict)  # fork number → the child
    expected: list[tuple[int, str, int]] = field(default_factory=list)  # children without a pid: when, command, thread


class Fold:
    """Fills `timeline` from batches. `origin_ns`: the program's start on the machine's monotonic clock, once known."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.origin_ns: int | None = None
        self.latest_ns = 0  # the last record's time
        self.ticks: dict[int, int] = {}  # process id → the kernel's start time, which with the pid names it
        self._early: list[Entries] = []
        self._sources: dict[str, _Source] = {}
        self._by_ident: dict[tuple[int, int], Process] = {}
        self._by_pid: dict[int, list[Process]] = {}  # more than one where a pid was used again
        self._found: dict[tuple[int, int], Record] = {}  # (pid, key of its journal) → SEEN
        self._children: dict[tuple[int, int, int], Process] = {}  # parent, since which `_images` of it, number
        self._images: dict[int, list[int]] = {}  # process id → keys of its journals since it executed other Pythons
        self._unclaimed: dict[tuple[int, int], list[Record]] = {}
        self._spawned: dict[int, Record] = {}
        self._claimed: set[int] = set()  # ids of the processes whose own journals are known
        self._ends = Ends()
        self._tasks = Tasks(timeline)
        self._steps: dict[tuple[CallName, int], list[tuple[int | None, int | None]]] = {}  # (step, request)
        self._stepless: dict[tuple[CallName, int], list[Call]] = {}
        self._printed = Printed(timeline, self._writer)
        self._dropped = self._skipped = 0
        self._launched: Record | None = None
        self._ended: Record | None = None
        self._keeper_cut = False
        self._nameless: list[tuple[_Source, dict[int, str]]] = []
        self._child_ticks: dict[tuple[int, int], tuple[int, int]] = {}  # (pid, when its start began) → ticks, birth
        self._awaited: dict[tuple[int, int], Process] = {}  # the other way round
        self._gone: dict[tuple[int, int], Record] = {}  # the same → SEEN, when it was gone already
        self._unannounced: list[tuple[Record, str]] = []  # children that only the keeper saw, and their commands

    def apply(self, batch: Batch, now_ns: int | None = None) -> None:
        """Take a batch. now_ns: the machine's monotonic clock for a live run; None for one that is over."""
        self.timeline.torn_records += batch.torn
        self._skipped += batch.skipped
        self.timeline.skipped_output_bytes = self._skipped
        self.timeline.dropped_output_bytes = self._dropped + self._skipped
        self.latest_ns = max(self.latest_ns, _latest(batch))
        for entries in batch.entries:
            self._take(entries)
        if self.origin_ns is None:
            self._printed.hold(batch.chunks)
            return
        self._retry_nameless()
        if batch.skipped:
            self._printed.skip(self.origin_ns)
        self._printed.take(batch.chunks, self.origin_ns, now_ns)
        if now_ns is not None:
            self._take_in_unannounced(now_ns)
            self._bracket_unseen(now_ns)
            self.tick(now_ns)

    def tick(self, now_ns: int) -> None:
        """Time went on and nothing was said."""
        if self.origin_ns is None:
            return
        self._printed.take([], self.origin_ns, now_ns)
        if not self.timeline.ended:
            self.timeline.now_ns = max(self.timeline.now_ns, now_ns - self.origin_ns)

    def finish(self, now_ns: int, *, gone: bool = False) -> None:
        """Nothing more will come. What has not ended by then is lost; when the keeper itself did not come to its end, that
        is said, and what is known ends with the last record: so it is found again whenever the journals are read.
        gone: the run's folder was deleted."""
        if self.timeline.ended:
            return
        self.timeline.cut_off = self._ended is None
        if self._ended is None and not self._keeper_cut:
            what = (
                "The run's folder is gone, and what was recorded with it"
                if gone
                else "The recorder was ended from outside"
            )
            self.timeline.warnings.append(f"{what}: what came after is not known.")
        self._finish(self._ended.t if self._ended is not None else self.latest_ns or now_ns)

    def _take(self, entries: Entries) -> None:
        if entries.name == KEEPER:
            for record in entries.records:
                self._keeper(record, entries.texts)
        elif self.origin_ns is None:
            self._early.append(entries)
        elif entries.name == PROGRAM:
            for record in entries.records:
                self._program(record)
        else:
            self._journal(entries)

    # What the keeper saw.

    def _keeper(self, record: Record, texts: dict[int, str]) -> None:
        match record.kind:
            case Kind.RUN:
                self._begin(json.loads(texts[record.word]))
            case Kind.LAUNCHED:
                self._on_launched(record)
            case Kind.ENDING:
                self._cut(self._at(record.t))
                self.timeline.ended_by = self.timeline.ended_by or _ENDERS.get(record.a)  # the first has begun it
            case (Kind.EXITED | Kind.COLLECTED | Kind.SAMPLE | Kind.STATE | Kind.SIGNALLED | Kind.LEFT | Kind.STANDS
                  | Kind.NO_MEMORY):  # fmt: skip
                process = self._by_ident.get((record.a, record.b))
                if process is None and record.kind == Kind.SIGNALLED and not record.b:
                    process = self._with_pid(record.a, record.t)  # it had ended of it before that was noted
                if process is None:
                    self._unclaimed.setdefault((record.a, record.b), []).append(record)
                else:
                    self._seen(process, record)
            case Kind.SEEN:
                self._on_seen(record, texts)
            case Kind.REQUESTED:
                verb = VERBS[record.flags]
                request = Request(record.word, verb, record.a, self._at(record.t))
                self.timeline.requests.setdefault(record.word, request).at_ns = request.at_ns
                self.timeline.touch(1)
            case Kind.WARNING:
                self.timeline.warnings.append(texts.get(record.word, ""))
            case Kind.SUSPENDED if record.a > 0:
                self.timeline.suspends.append(Suspend(self._at(record.t), record.a))
                self.timeline.touch(1)
            case Kind.DROPPED:
                self._dropped = record.a
                self.timeline.dropped_output_bytes = self._dropped + self._skipped
            case Kind.CUT:
                self._keeper_cut = True
                self.timeline.warnings.append(
                    "The recorder's journal could not be made longer: how processes ended after that is not known."
                )
            case Kind.ENDED:
                self._ended = record

    def _cut(self, at_ns: int) -> None:
        self.timeline.cut_ns = at_ns if self.timeline.cut_ns is None else min(at_ns, self.timeline.cut_ns)

    def _begin(self, manifest: dict[str, object]) -> None:
        timeline = self.timeline
        argv = manifest.get("argv")
        timeline.argv = tuple(str(part) for part in argv) if isinstance(argv, list) else ()
        timeline.host = str(manifest.get("host", ""))
        timeline.started_at = str(manifest.get("started_at", ""))
        timeline.memory_bytes = _number(manifest.get("memory_bytes"))
        timeline.cores = _number(manifest.get("cores"))
        plan = manifest.get("plan")
        if isinstance(plan, str):
            try:
                timeline.plan = Plan.from_json(plan)
            except PlanError as error:
                timeline.warnings.append(str(error))
        if not timeline.processes:  # the window shows a plan's lanes before anything happens on them
            timeline.add_plan(str(manifest.get("title") or "program"))
        for worker in timeline.processes[1:]:
            self._children[1, 0, worker.worker or 0] = worker

    def _on_launched(self, record: Record) -> None:
        self._launched = record
        self.origin_ns = record.t
        program = self.timeline.process(1)
        program.start_called_ns, program.start_returned_ns = 0, record.c - record.t
        self._ends.born(program, (record.c - record.t) // 2)
        if record.d:
            self._ends.born(program, self._at(record.d), exactly=True)
        self._claim(program, record.a, record.b)
        early, self._early = self._early, []
        for entries in early:
            self._take(entries)

    def _on_seen(self, record: Record, texts: dict[int, str]) -> None:
        """The keeper found a process: by its journal (flags 0), as a subprocess that its parent told of (1), or as a child that
        nothing announced (2). With ticks -1 it was gone already."""
        if record.flags == 1:
            self._on_child_seen(record)
            return
        if record.flags == 2:
            self._unannounced.append((record, texts.get(record.word, "")))
            return
        self._found[record.a, record.c] = record
        source = self._sources.get(f"{record.a}-{record.c}.journal")
        if source is not None and source.process is not None:
            self._use_found(source.process, record)

    def _on_child_seen(self, record: Record) -> None:
        """A subprocess is named by its pid and when its parent began to start it."""
        named = record.a, record.c
        if record.b < 0:
            child = self._awaited.get(named)
            if child is None:
                self._gone[named] = record
            else:
                self._use_gone(child, record)
            return
        child = self._awaited.pop(named, None)
        if child is None:
            self._child_ticks[named] = record.b, record.d
        else:
            self._use_ticks(child, record.a, record.b, record.d)

    def _use_ticks(self, child: Process, pid: int, ticks: int, born: int) -> None:
        if born:
            self._ends.born(child, self._at(born), exactly=True)
        if (pid, ticks) not in self._by_ident:
            self._claim(child, pid, ticks)

    def _use_found(self, process: Process, record: Record) -> None:
        if record.b < 0:
            self._use_gone(process, record)
            return
        if record.d:
            self._ends.born(process, self._at(record.d), exactly=True)
        if process.id not in self.ticks:  # where there is no /proc it could not tell its start time itself
            self._claim(process, record.a, record.b)

    def _use_gone(self, process: Process, record: Record) -> None:
        """The keeper came too late to watch it; the kernel may have told how it was (see Kind.SEEN)."""
        born = record.c if record.flags == 2 else record.d
        if born:
            self._ends.born(process, self._at(born), exactly=True)
        if record.e:
            self._ends.exited(process, self._at(record.e), record.f)
        self._ends.collected(process, self._at(record.t))
        self.timeline.touch(process.id)

    def _claim(self, process: Process, pid: int, ticks: int) -> None:
        """From now on what is seen of (pid, ticks) is seen of this process. ticks 0: not known yet."""
        process.pid = pid
        self._has_pid(process, pid)
        if ticks:
            self._by_ident[pid, ticks] = process
            self.ticks[process.id] = ticks
            for record in self._unclaimed.pop((pid, ticks), []):
                self._seen(process, record)
        self.timeline.touch(process.id, process.parent_id)

    def _has_pid(self, process: Process, pid: int) -> None:
        those = self._by_pid.setdefault(pid, [])
        if process not in those:
            those.append(process)

    def _seen(self, process: Process, record: Record) -> None:
        at_ns = self._at(record.t)
        match record.kind:
            case Kind.EXITED:
                if process.paused:
                    process.paused, process.resumed_ns = False, at_ns
                self._ends.exited(process, at_ns, record.c if record.flags else None, record.e)
                if record.d >= 0:
                    process.cpu_s, process.cpu_whole = record.d / 1e9, True
            case Kind.COLLECTED:
                self._ends.collected(process, at_ns)
            case Kind.SAMPLE:
                process.cpu_s, process.rss_bytes = record.c / 1e9, record.d
                # One that is about to be gone has none left, which is no peak.
                process.peak_rss_bytes = max(process.peak_rss_bytes or 0, record.d) or None
                self.timeline.add_sample(process.id, at_ns, process.cpu_s, record.d)
                return  # a sample changes no lane
            case Kind.STATE:
                process.paused = bool(record.flags)
                if process.paused:
                    process.paused_ns, process.resumed_ns = at_ns, None
                else:
                    process.resumed_ns = at_ns
            case Kind.LEFT if process.exited_ns is None:
                process.left, process.lost_ns = True, at_ns
            case Kind.STANDS:
                self._stands(process, record, at_ns)
            case Kind.NO_MEMORY:
                process.out_of_memory = True
            case Kind.SIGNALLED:
                if process.id == 1:
                    self._cut(at_ns - _NOTED_NS)
                self.timeline.signalled.append(Signalled(process.id, at_ns, signal_name(record.c)))
        self.timeline.touch(process.id)

    def _stands(self, process: Process, record: Record, at_ns: int) -> None:
        if not record.d:
            if process.standstill is not None:
                process.standstill.until_ns = at_ns
        elif (
            self.timeline.cut_ns is None or at_ns <= self.timeline.cut_ns
        ):  # how it stood before it was ended is what counts
            waits = frozenset(wait for wait in Wait if record.d >> wait & 1)
            process.standstill = Standstill(at_ns, _WAITS.get(record.c, Wait.OTHER), waits)

    # What a plan's program says of its steps.

    def _program(self, record: Record) -> None:
        timeline = self.timeline
        timeline.touch(1)
        if record.kind == Kind.IDLE:
            timeline.waiting_for_person, timeline.step = True, None
            return
        if record.kind != Kind.STEP:
            return
        timeline.waiting_for_person = False
        timeline.step = record.a if record.a >= 0 else None
        verb = VERBS[record.flags]
        if record.word:
            request = Request(record.word, verb, record.b, self._at(record.t))
            timeline.requests.setdefault(record.word, request).answered_ns = self._at(record.t)
        if record.b:  # about one worker: the next such call is it, a step of the plan or not
            key = _CALL_OF_VERB.get(verb) or CallName(verb), record.b
            waiting = self._stepless.get(key)
            if waiting:
                call = waiting.pop(0)
                call.step, call.request = timeline.step, record.word or None
            else:
                self._steps.setdefault(key, []).append((timeline.step, record.word or None))

    # What processes say of themselves.

    def _journal(self, entries: Entries) -> None:
        source = self._sources.get(entries.name)
        if source is None:
            pid, key = key_of(entries.name) or (0, 0)
            source = self._sources[entries.name] = _Source(pid, key)
            self._nameless.append((source, entries.texts))
        source.held.extend(entries.records)
        if source.process is not None:
            self._release(source, entries.texts)
        else:
            self._retry_nameless()

    def _retry_nameless(self) -> None:
        """See whose each journal is that has no process yet; one that becomes known can make others known."""
        found = bool(self._nameless)
        while found:
            found = False
            for source, texts in list(self._nameless):
                process = self._identify(source, texts)
                if process is not None:
                    self._nameless.remove((source, texts))
                    self._attach(source, process, texts)
                    found = True

    def _identify(self, source: _Source, texts: dict[int, str]) -> Process | None:
        for record in source.held:
            if record.kind == Kind.HELLO:
                source.hello = record
            elif record.kind == Kind.ARGV:
                source.argv = texts.get(record.word, "").split("\0")
        return None if source.hello is None else self._whose(source, source.hello)

    def _attach(self, source: _Source, process: Process, texts: dict[int, str]) -> None:
        hello = source.hello
        assert hello is not None
        source.process = process
        if process.id in self._claimed:
            self._images.setdefault(process.id, []).append(source.key)
        self._claimed.add(process.id)
        if hello.flags == probe.FORK:
            self._ends.born(process, self._at(hello.t))
            parent = self._sources.get(f"{hello.b}-{hello.d}.journal")
            if parent is not None:
                parent.forks[hello.word] = process
                if hello.word in parent.forked:
                    self._ends.born(process, parent.forked[hello.word])
        self._claim(process, source.pid, hello.f or self.ticks.get(process.id, 0))
        found = self._found.get((source.pid, source.key))
        if found is not None:
            self._use_found(process, found)
        spawned = self._spawned.get(source.pid)
        if spawned is not None and spawned.t <= hello.t:
            self._ends.born(process, self._at(spawned.t))
        self._release(source, texts)

    def _release(self, source: _Source, texts: dict[int, str]) -> None:
        assert source.process is not None
        held, source.held = source.held, []
        kinds = set(map(_KIND, held))
        if len(kinds) == 1 and kinds <= _OF_TASKS:  # as nearly always in a pool of many short ones
            self._own_tasks(source.process, held, texts)
            return
        for kind, records in groupby(held, _KIND):
            if kind in _OF_TASKS:
                self._own_tasks(source.process, list(records), texts)
            else:
                for record in records:
                    self._own(source, source.process, record, texts)

    def _own_tasks(self, process: Process, records: list[Record], texts: dict[int, str]) -> None:
        """A thousand tasks a second change their columns and nothing else."""
        origin_ns = self.origin_ns or 0
        if records[0].kind == _TASK:
            latest_ns = self._tasks.told(process, records, texts, origin_ns)
        else:
            latest_ns = self._tasks.numbered(process, records, origin_ns)
        self._ends.wrote(process, latest_ns)
        if process.ended:
            self.timeline.touch(process.id)

    def _whose(self, source: _Source, hello: Record) -> Process | None:
        same = self._by_ident.get((hello.a, hello.f)) if hello.f else None
        if same is not None:
            return same  # it has executed another interpreter since
        if self._launched is not None and hello.a == self._launched.a and hello.f in (self._launched.b, 0):
            return self.timeline.process(1)
        if hello.flags == probe.FORK:
            parent = self._sources.get(f"{hello.b}-{hello.d}.journal")
            if parent is None or parent.process is None:
                return None
            if hello.e:
                return self._child(parent.process, hello.e, hello.d)
            if parent.process.kind is not ProcessKind.HELPER:
                return self._stray(ProcessKind.FORKED, f"fork of {parent.process.name}", hello)
        else:
            helper = _helper_name(source.argv)
            if helper:
                return self._stray(ProcessKind.HELPER, helper, hello)
        for record in source.held:
            if record.kind == Kind.WORKER_BEGAN:
                parent_process = self._with_pid(record.b, record.t)
                if parent_process is not None:
                    return self._child(parent_process, record.a, record.t)
        for known in self._by_pid.get(hello.a, []):
            if known.id not in self._claimed and known.start_called_ns is not None:
                return known
            if hello.f and known.id in self._claimed and known.id not in self.ticks and not known.ended:
                return None  # it may have executed another interpreter: what the keeper saw tells
        if source.argv and "--multiprocessing-fork" not in source.argv:
            return self._stray(ProcessKind.SUBPROCESS, _short_name(source.argv), hello)
        return None

    def _stray(self, kind: ProcessKind, name: str, hello: Record) -> Process:
        parent = self._with_pid(hello.b, hello.t)
        process = self.timeline.add_process(name, kind, parent_id=parent.id if parent else 1)
        process.ppid = hello.b
        process.target_began_ns = self._at(hello.t)
        self._ends.born(process, process.target_began_ns)
        return process

    def _child(self, parent: Process, number: int, t: int) -> Process:
        """The child of this number, which a process that executes another interpreter counts anew: t tells before or after."""
        images = self._images.get(parent.id)
        image = max((key for key in images if key <= t), default=0) if images else 0
        child = self._children.get((parent.id, image, number))
        if child is None:
            child = self.timeline.add_process(f"Process-{number}", ProcessKind.WORKER, parent_id=parent.id)
            self._children[parent.id, image, number] = child
        return child

    def _own(self, source: _Source, process: Process, record: Record, texts: dict[int, str]) -> None:
        at_ns = self._at(record.t)
        self._ends.wrote(process, at_ns)
        match record.kind:
            case Kind.HELLO:
                process.ppid = record.b
                if process.kind in (ProcessKind.PROGRAM, ProcessKind.HELPER) and process.target_began_ns is None:
                    process.target_began_ns = at_ns
                self._ends.born(process, at_ns)
            case Kind.ARGV:
                if process.kind is ProcessKind.PROGRAM:
                    self.timeline.python = ".".join(str(record.a >> shift & 0xFF) for shift in (24, 16, 8))
            case Kind.CHILD if record.a:
                child = self._child(process, record.a, record.t)
                child.daemon = bool(record.flags)
                child.name = texts.get(record.word) or child.name
            case Kind.CALL_BEGAN:
                self._call_began(source, process, record, texts)
            case Kind.CALL_ENDED:
                self._call_ended(source, process, record, texts)
            case Kind.POLLED:
                self._polled(source, process, record, texts)
            case Kind.SERVES:
                process.kind = ProcessKind.HELPER if record.flags == probe.MANAGER else ProcessKind.POOL_WORKER
            case Kind.TASK_BEGAN:
                self._tasks.began(process, record.a, record.flags, record.b, texts.get(record.word, "?"), at_ns)
            case Kind.TASK_ENDED:
                self._tasks.ended(process, record.a, at_ns, texts.get(record.word) or None)
            case Kind.SPAWNED if record.flags == 2:
                source.expected.append((record.t, texts.get(record.word, ""), record.a))
            case Kind.SPAWNED if record.flags:
                self._on_subprocess(source, process, record, texts)
            case Kind.SPAWNED:
                # vfork() makes the child at once, and returns only when it has executed its program.
                source.spawned[record.a] = self._spawned[record.a] = record
                for known in self._by_pid.get(record.a, []):
                    if known.kind is ProcessKind.HELPER:
                        self._ends.born(known, at_ns)
            case Kind.FORKED:
                source.forked[record.word] = at_ns
                if record.word in source.forks:
                    self._ends.born(source.forks[record.word], at_ns)
            case Kind.REAPED:
                child_or_none = source.children.get(record.a) or self._with_pid(record.a, record.t)
                if child_or_none is not None:
                    self._ends.collected(child_or_none, at_ns, record.b)
                    self.timeline.touch(child_or_none.id)
            case Kind.CUT:
                self.timeline.warnings.append(
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
                self.timeline.watched.append(Watched(process.id, name, at_ns, when, value))
            case Kind.WARNING:
                self.timeline.warnings.append(texts.get(record.word, ""))
        self.timeline.touch(process.id)

    def _call_began(self, source: _Source, process: Process, record: Record, texts: dict[int, str]) -> None:
        child = self._child(process, record.a, record.t) if record.a else None  # 0: on no Process object at all
        call = self.timeline.add_call(
            process.id, _CALLS[record.flags], None if child is None else child.id, self._at(record.t)
        )
        source.calls[record.word] = call
        call.timeout_s = None if record.b < 0 else record.b / 1e9
        if call.name is CallName.JOIN and record.b == probe.NO_TIMEOUT:
            source.endless.add(record.word)
        call.file, call.line = texts.get(record.c, ""), record.d
        if child is not None and call.name is CallName.START and child.start_called_ns is None:
            child.start_called_ns = call.began_ns
        if process.id == 1 and self.timeline.plan is not None:
            key = call.name, record.a
            if self._steps.get(key):
                call.step, call.request = self._steps[key].pop(0)
            else:
                self._stepless.setdefault(key, []).append(call)
        self.timeline.touch(call.process)

    def _call_ended(self, source: _Source, process: Process, record: Record, texts: dict[int, str]) -> None:
        call = source.calls.pop(record.word, None)
        if call is None:
            return
        call.ended_ns = self._at(record.t)
        call.error = texts.get(record.c) or None
        self.timeline.touch(process.id)
        if call.process is None:
            return
        child = self.timeline.process(call.process)
        if call.name is CallName.START:
            self._started(source, call, child, record, texts)
        elif call.name in (CallName.JOIN, CallName.IS_ALIVE) and call.error is None:
            # Without a timeout join() returns when it is over, though another thread may have been told the exit code.
            call.result = bool(record.b) or record.word in source.endless
            if call.name is CallName.JOIN and call.result and child.joined_ns is None:
                child.joined_ns = call.ended_ns
                self._ends.collected(child, self._at(record.t))
        self.timeline.touch(child.id)

    def _started(self, source: _Source, call: Call, child: Process, record: Record, texts: dict[int, str]) -> None:
        if child.start_returned_ns is None:
            child.start_returned_ns = call.ended_ns
        if call.error is not None:
            if child.pid is None:
                child.error = f"start() raised {call.error}"
            return
        child.start_method = texts.get(record.d) or child.start_method
        if record.b:
            source.children[record.b] = child
            child.pid = record.b
            self._has_pid(child, record.b)
            spawned = source.spawned.pop(record.b, None)
            if spawned is not None:
                self._ends.born(child, self._at(spawned.t))

    def _polled(self, source: _Source, process: Process, record: Record, texts: dict[int, str]) -> None:
        """Many equal answers of is_alive(), counted in one record that is changed in place."""
        call = source.calls.get(-record.word)
        if call is None:
            child = self._child(process, record.a, record.t)
            call = self.timeline.add_call(process.id, CallName.IS_ALIVE, child.id, self._at(record.t))
            source.calls[-record.word] = call
        call.times, call.ended_ns = record.b, self._at(record.c)
        call.result, call.file, call.line = bool(record.flags), texts.get(record.d, ""), record.e

    def _on_subprocess(self, source: _Source, process: Process, record: Record, texts: dict[int, str]) -> None:
        """subprocess.Popen has a child: a process whether or not it is a Python that tells of itself."""
        child = next((known for known in self._by_pid.get(record.a, [])
                      if known.kind is ProcessKind.SUBPROCESS and known.start_called_ns is None), None)  # fmt: skip
        if child is None:
            child = self.timeline.add_process("", ProcessKind.SUBPROCESS, parent_id=process.id)
            child.target_began_ns = self._at(record.b)
        child.name = texts.get(record.word) or child.name or "subprocess"
        child.pid, child.ppid = record.a, process.pid
        child.start_called_ns, child.start_returned_ns = self._at(record.t), self._at(record.b)
        self._ends.born(child, self._at((record.t + record.b) // 2))
        source.children[record.a] = child
        self._has_pid(child, record.a)
        ticks, born = self._child_ticks.get((record.a, record.t), (None, 0))
        if ticks is not None:
            self._use_ticks(child, record.a, ticks, born)
        else:
            self._awaited[record.a, record.t] = child
            gone = self._gone.pop((record.a, record.t), None)
            if gone is not None:
                self._use_gone(child, gone)
        self.timeline.touch(child.id)

    # Ends.

    def _take_in_unannounced(self, now_ns: int) -> None:
        """What only the keeper saw is a process like others, unless it turns out in time to be one that tells of itself."""
        waiting = []
        for record, name in self._unannounced:
            known = self._by_ident.get((record.a, record.b))
            if known is None and now_ns - record.t <= _UNANNOUNCED_NS:
                waiting.append((record, name))
                continue
            process = known or self._known_as(record) or self._unannounced_process(record, name)
            if record.b < 0:
                self._use_gone(process, record)
            else:
                self._use_ticks(process, record.a, record.b, record.c)
        self._unannounced = waiting

    def _known_as(self, record: Record) -> Process | None:
        """Who was started in the usual way, and came to say nothing itself or was seen by nobody else."""
        if record.b >= 0:
            known = self._with_pid(record.a, record.t)
            return known if known is not None and known.id not in self.ticks else None
        until = self._at(record.e or record.t)
        for process in self._by_pid.get(record.a, []):
            ended_ns = process.exited_ns if process.reaped_ns is None else process.reaped_ns
            if (process.life_began_ns or 0) <= until and (ended_ns is None or ended_ns >= self._at(record.c)):
                return process
        return None

    def _unannounced_process(self, record: Record, name: str) -> Process:
        ppid, thread = record.d & 0xFFFFFFFF, record.d >> 32
        born = record.c or record.t
        parent = self._with_pid(ppid, born)
        process = self.timeline.add_process(
            self._expected(ppid, thread, born) or name or (f"child of {parent.name}" if parent else "process"),
            ProcessKind.SUBPROCESS, parent_id=parent.id if parent else 1,
        )  # fmt: skip
        process.pid, process.ppid = record.a, ppid
        process.target_began_ns = self._at(born)
        self._ends.born(process, process.target_began_ns)
        self._has_pid(process, record.a)
        return process

    def _expected(self, ppid: int, thread: int, born: int) -> str:
        """The command that a parent was about to start, in one of its threads, when one of its children was born or seen."""
        for source in self._sources.values():
            if source.pid != ppid:
                continue
            mine = [each for each in source.expected if each[0] <= born and thread in (0, each[2])]
            if mine:
                # Those before it came and went unseen: their names must not be given to this one.
                source.expected = [each for each in source.expected if each not in mine]
                return mine[-1][1]
        return ""

    def _bracket_unseen(self, now_ns: int) -> None:
        """A process that was collected before anybody could watch it ended between its last own record and that."""
        for process in self._ends.unseen:
            reaped = process.reaped_ns
            if process.exited_ns is None and reaped is not None and self._at(now_ns) - reaped > _PATIENCE_NS:
                self._ends.bracket(process)
                self.timeline.touch(process.id)

    def _finish(self, end_ns: int) -> None:
        timeline = self.timeline
        for source, texts in self._nameless:
            if source.hello is not None and source.process is None:
                kind = ProcessKind.FORKED if source.hello.flags == probe.FORK else ProcessKind.SUBPROCESS
                known = self._by_ident.get((source.pid, source.hello.f))
                self._attach(source, known or self._stray(kind, _short_name(source.argv), source.hello), texts)
        self._nameless.clear()
        self._take_in_unannounced(_NEVER_NS)
        if self.origin_ns is not None:
            self._printed.flush(self.origin_ns)
            self._bracket_unseen(_NEVER_NS)
            timeline.now_ns = self._at(end_ns)
        timeline.watched.sort(key=attrgetter("at_ns", "process", "name"))
        self._warn_of_unrecorded()
        for process in timeline.processes:
            self._ends.settle(process)
            if process.began and not process.ended:
                process.lost, process.lost_ns, process.paused = True, timeline.now_ns, False
            timeline.touch(process.id)
        program = timeline.processes[0] if timeline.processes else None
        timeline.exit_code = None if program is None else program.exit_code
        if program is not None and program.signal_name == "SIGINT" and program.exited_ns is not None:
            self._cut(program.exited_ns - _NOTED_NS)  # a Ctrl-C that it died of before the keeper heard of it
        timeline.step, timeline.waiting_for_person, timeline.ended = None, False, True

    def _at(self, t: int) -> int:
        return t - (self.origin_ns or 0)

    def _warn_of_unrecorded(self) -> None:
        silent = [p.name for p in self.timeline.processes if p.pid is not None and not self._ends.wrote_anything(p)
                  and p.kind is not ProcessKind.SUBPROCESS]  # fmt: skip
        if silent:
            names = ", ".join(silent[:3]) + (f" and {len(silent) - 3} more" if len(silent) > 3 else "")
            self.timeline.warnings.append(f"No journal was left by {names}: what happened inside is not known.")

    def _with_pid(self, pid: int, t: int) -> Process | None:
        """Who had this pid at that moment: where it was used again, the last that was there by then."""
        those = self._by_pid.get(pid, [])
        if len(those) > 1:
            there = [process for process in those if (process.life_began_ns or 0) <= self._at(t)]
            return max(there or those, key=lambda process: process.life_began_ns or 0)
        return those[0] if those else None

    def _writer(self, pid: int, t: int) -> int | None:
        process = self._with_pid(pid, t)
        return None if process is None else process.id


def _latest(batch: Batch) -> int:
    """The last moment that a batch tells of."""
    records = (entries.records[-1].t for entries in batch.entries if entries.records)
    return max(max(records, default=0), batch.chunks[-1].t if batch.chunks else 0)


def _helper_name(argv: list[str]) -> str | None:
    """What a process that multiprocessing starts for itself is called, by its command line."""
    for part in argv[1:]:
        match = _HELPER.match(part)
        if match is not None and match[1] in _HELPERS:
            return _HELPERS[match[1]]
    return None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _short_name(argv: list[str]) -> str:
    parts = [part.rpartition("/")[2] for part in argv[:1]] + argv[1:3]
    text = " ".join(parts) or "process"
    return text if len(text) <= 60 else text[:59] + "…"
