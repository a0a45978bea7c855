"""Folds the records of a run's journals into its timeline: live, after the end, and after a crash alike.

Runs where the timeline lives (the window's thread, or the command line). Journals are read one after another, so a
record can come before the one that explains it: a process's journal waits until it is known whose it is, and an exit until
there is a process that it can be the exit of.
"""

import json
from operator import attrgetter

from workers.commands import VERBS
from workers.errors import PlanError
from workers.folding.identities import Identities, Origin
from workers.folding.keeper_records import NOTED_NS, KeeperRecords
from workers.folding.lifetimes import Lifetimes
from workers.folding.ownership import Ownership
from workers.folding.plan_steps import PlanSteps
from workers.folding.printed_lines import PrintedLines
from workers.folding.process_records import ProcessRecords
from workers.journal.journal import KEEPER, PROGRAM, Batch, Entries, Kind
from workers.journal.slots import Record
from workers.plan.plan import Plan
from workers.timeline.model import EndedBy, ProcessKind, Request, Suspend
from workers.timeline.timeline import Timeline

_ENDERS = {int(one): one for one in EndedBy}


class Fold:
    """Fills `timeline` from batches."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.latest_ns = 0  # the last record's time
        self._early: list[Entries] = []
        self._ends = Lifetimes()
        self._origin = Origin()
        self._who = Identities(timeline, self._ends, self._origin)
        self._seen = KeeperRecords(timeline, self._ends, self._origin, self._who)
        self._steps = PlanSteps(timeline, self._origin)
        self._told = told = ProcessRecords(timeline, self._ends, self._origin, self._who, self._seen, self._steps)
        self._whose = Ownership(timeline, self._ends, self._origin, self._who, self._seen, told)
        self._printed = PrintedLines(timeline, self._writer)
        self._dropped = self._skipped = 0
        self._ended: Record | None = None
        self._keeper_cut = False

    @property
    def origin_ns(self) -> int | None:
        """The program's start on the machine's monotonic clock, once known."""
        return self._origin.ns

    @property
    def ticks(self) -> dict[int, int]:
        """Process id → the kernel's start time, which with the pid names it."""
        return self._who.ticks

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
        self._whose.look()
        self._told.settle()
        if batch.skipped:
            self._printed.skip(self.origin_ns)
        self._printed.take(batch.chunks, self.origin_ns, now_ns)
        if now_ns is not None:
            self._seen.settle(now_ns)
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
                self._steps.told(record)
        else:
            self._whose.take(entries)

    def _keeper(self, record: Record, texts: dict[int, str]) -> None:
        timeline = self.timeline
        match record.kind:
            case Kind.RUN:
                self._begin(json.loads(texts[record.word]))
            case Kind.LAUNCHED:
                self._launched(record)
            case Kind.ENDING:
                self._seen.cut(self._origin.at(record.t))
                timeline.ended_by = timeline.ended_by or _ENDERS.get(record.a)  # the first has begun it
            case (Kind.EXITED | Kind.COLLECTED | Kind.SAMPLE | Kind.STATE | Kind.SIGNALLED | Kind.LEFT | Kind.STANDS
                  | Kind.NO_MEMORY):  # fmt: skip
                self._seen.of_one(record)
            case Kind.SEEN:
                self._seen.found(record, texts.get(record.word, ""))
            case Kind.REQUESTED:
                request = Request(record.word, VERBS[record.flags], record.a, self._origin.at(record.t))
                timeline.requests.setdefault(record.word, request).at_ns = request.at_ns
                timeline.touch(1)
            case Kind.WARNING:
                timeline.warnings.append(texts.get(record.word, ""))
            case Kind.SUSPENDED if record.a > 0:
                timeline.suspends.append(Suspend(self._origin.at(record.t), record.a))
                timeline.touch(1)
            case Kind.DROPPED:
                self._dropped = record.a
                timeline.dropped_output_bytes = self._dropped + self._skipped
            case Kind.CUT:
                self._keeper_cut = True
                timeline.warnings.append(
                    "The recorder's journal could not be made longer: how processes ended after that is not known."
                )
            case Kind.ENDED:
                self._ended = record

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
            self._who.planned(worker)

    def _launched(self, record: Record) -> None:
        self._origin.ns = record.t
        self._whose.launched(record.a, record.b)
        program = self.timeline.process(1)
        program.start_called_ns, program.start_returned_ns = 0, record.c - record.t
        self._ends.born(program, (record.c - record.t) // 2)
        if record.d:
            self._ends.born(program, self._origin.at(record.d), exactly=True)
        self._who.claim(program, record.a, record.b)
        early, self._early = self._early, []
        for entries in early:
            self._take(entries)

    def _finish(self, end_ns: int) -> None:
        timeline = self.timeline
        self._whose.finish()
        self._told.settle()
        self._seen.settle(None)
        if self.origin_ns is not None:
            self._printed.flush(self.origin_ns)
            timeline.now_ns = self._origin.at(end_ns)
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
            self._seen.cut(program.exited_ns - NOTED_NS)  # a Ctrl-C that it died of before the keeper heard of it
        timeline.step, timeline.waiting_for_person, timeline.ended = None, False, True

    def _warn_of_unrecorded(self) -> None:
        silent = [p.name for p in self.timeline.processes if p.pid is not None and not self._ends.wrote_anything(p)
                  and p.kind is not ProcessKind.SUBPROCESS]  # fmt: skip
        if silent:
            names = ", ".join(silent[:3]) + (f" and {len(silent) - 3} more" if len(silent) > 3 else "")
            self.timeline.warnings.append(f"No journal was left by {names}: what happened inside is not known.")

    def _writer(self, pid: int, t: int) -> int | None:
        process = self._who.with_pid(pid, t)
        return None if process is None else process.id


def _latest(batch: Batch) -> int:
    """The last moment that a batch tells of."""
    records = (entries.records.last_ns for entries in batch.entries if entries.records)
    return max(max(records, default=0), batch.chunks[-1].t if batch.chunks else 0)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
