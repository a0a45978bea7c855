"""Folds the records of a run's journals into its timeline: during the run, after its end, and after a crash alike.

Runs where the timeline is: in the window's thread, or the command line. Journals are read one after another, so that a
record can come before the one that explains it. Each part of the fold keeps such records until then: a journal waits
for its process, and an exit for the process that it is the exit of.
"""

import json
from collections.abc import Iterator
from operator import attrgetter
from typing import cast, get_args

from workers.commands import VERBS
from workers.errors import PlanError
from workers.folding.cluster.cluster_records import ClusterRecords
from workers.folding.identities import Identities
from workers.folding.keeper_records import NOTED_NS, AboutOneProcess, KeeperRecords
from workers.folding.lifetimes import Lifetimes
from workers.folding.ownership import Ownership
from workers.folding.plan_steps import PlanSteps
from workers.folding.printed_lines import PrintedLines
from workers.folding.process_records import ProcessRecords
from workers.folding.run_clock import RunClock
from workers.folding.slot_columns import latest_time
from workers.folding.wait_records import AboutWaits, WaitRecords
from workers.journal.follower import Batch, Entries
from workers.journal.keeper_kinds import (
    CpuLimitsSeen,
    EndingBegan,
    JournalFound,
    MachineSuspended,
    OutputDropped,
    ProgramLaunched,
    RequestPassed,
    RunBegan,
    RunEnded,
    SubprocessFound,
    UnreportedFound,
)
from workers.journal.kinds import KEEPER_CUT, Kind
from workers.journal.process_kinds import JournalCut, RecorderWarning
from workers.journal.run_files import CLUSTER, KEEPER, PROGRAM
from workers.journal.short_lives import ShortLives
from workers.journal.slots import Record
from workers.plan.plan import Plan
from workers.recorded.probe import LONGEST_TEXT
from workers.timeline.model import EndedBy, ProcessKind, Request, Suspend
from workers.timeline.timeline import Timeline

_ABOUT_ONE_PROCESS = frozenset(get_args(AboutOneProcess))
_ENDED_BY = {int(one): one for one in EndedBy}
_WITHOUT_TIMES = RunBegan, ProgramLaunched, RecorderWarning, CpuLimitsSeen, OutputDropped, JournalCut, RunEnded
"""The records of the keeper that give no moment of the run: what they say is known before it is known when that began."""

LAST_MOMENT_NS = 5_000_000_000
"""How long before the end of its process a thread may have begun a record that it did not finish: it waits for its turn."""


class Fold:
    """Fills `timeline` from batches.

    whole: the run has ended, and all of the keeper's journal comes before the others.
    """

    def __init__(self, timeline: Timeline, *, whole: bool = False) -> None:
        self.timeline = timeline
        # The latest time of each journal, by its own clock; and of all else.
        self._latest_of: dict[str, int] = {}
        self._latest_else_ns = 0
        # Read before it was known when the program was launched: journals, and what the keeper saw.
        self._early: list[Entries] = []
        self._whole = whole
        self._seen_early: list[tuple[Record, dict[int, str]]] = []
        self._clock = clock = RunClock()
        self._lifetimes = lifetimes = Lifetimes()
        self._identities = identities = Identities(timeline, lifetimes, clock)
        self._keeper_records = keeper = KeeperRecords(timeline, lifetimes, clock, identities)
        self._wait_records = WaitRecords(timeline, clock, identities)
        self._plan_steps = steps = PlanSteps(timeline, clock)
        self._process_records = own = ProcessRecords(timeline, lifetimes, clock, identities, keeper, steps)
        self._ownership = Ownership(timeline, lifetimes, clock, identities, keeper, own)
        self._cluster_records = ClusterRecords(timeline, lifetimes, clock)
        self._printed = PrintedLines(timeline, self._writer_of)
        self._dropped_bytes = self._skipped_bytes = 0
        self._run_known = False
        self._first_limits: CpuLimitsSeen | None = None
        self._run_ended: RunEnded | None = None
        self._keeper_cut = False
        self._torn_at: list[tuple[str, int]] = []

    @property
    def origin_ns(self) -> int | None:
        """The program's start on the machine's monotonic clock, once known."""
        return self._clock.origin_ns

    @property
    def latest_ns(self) -> int:
        """The latest time of any record, on the machine's monotonic clock. How records came in batches makes no difference."""
        shift_ns = self._ownership.shift_ns
        ends = (at_ns + shift_ns(name) for name, at_ns in self._latest_of.items())
        return max(max(ends, default=0), self._latest_else_ns)

    @property
    def ticks(self) -> dict[int, int]:
        """Process id → start time in the kernel's clock ticks, which with the pid identifies it."""
        return self._identities.ticks

    def apply(self, batch: Batch, now_ns: int | None = None) -> None:
        """Take a batch. now_ns: the machine's monotonic clock during a run; None for a run that is over."""
        self.timeline.torn_records += batch.torn
        self._torn_at += batch.torn_at
        self._skipped_bytes += batch.skipped
        self.timeline.skipped_output_bytes = self._skipped_bytes
        self.timeline.dropped_output_bytes = self._dropped_bytes + self._skipped_bytes
        for entries in batch.entries:
            if entries.name == KEEPER and entries.records:
                self._keeper_records.latest_ns = max(self._keeper_records.latest_ns, latest_time(entries.records))
            self._take(entries)
        self._take_lives(batch.lives)
        self._note_latest(batch)
        if self.origin_ns is None:
            self._printed.hold(batch.chunks)
            return
        self._ownership.resolve()
        self._process_records.settle()
        self._wait_records.settle()
        self._cluster_records.settle(live=now_ns is not None)
        if batch.skipped:
            self._printed.skip(self.origin_ns)
        self._printed.take(batch.chunks, self.origin_ns, now_ns)
        if now_ns is not None:
            if batch.read_ns:  # the time that passed since says nothing: what was recorded then is not read
                self._keeper_records.settle(batch.read_ns)
            self.tick(now_ns)

    def tick(self, now_ns: int) -> None:
        """Time passed without a batch."""
        if self.origin_ns is None:
            return
        self._printed.take([], self.origin_ns, now_ns)
        if not self.timeline.ended:
            self.timeline.now_ns = max(self.timeline.now_ns, now_ns - self.origin_ns)

    def finish(self, now_ns: int, *, gone: bool = False, failure: str | None = None) -> None:
        """No more batches come. A process that has not ended by then is lost.

        When the keeper did not come to its end, the timeline says so and ends with the last record, so that every
        reading of the journals has the same result. gone: the run's folder was deleted. failure: why the keeper did not come to
        its end, where that is known.
        """
        if self.timeline.ended:
            return
        self.timeline.cut_off = self._run_ended is None
        if self._run_ended is None and not self._keeper_cut:
            if gone:
                why = "The run's folder is gone, and what was recorded with it: what"
            else:
                why = f"{failure}. What" if failure else "The recorder did not come to its end: what"
            self.timeline.warnings.append(f"{why} came after is not known.")
        self._finish(self._run_ended.clock_ns if self._run_ended is not None else self.latest_ns or now_ns, gone)
        self.timeline.tasks.trim()

    def _take(self, entries: Entries) -> None:
        if entries.name == KEEPER:
            take, found = self._keeper_records.take, self._keeper_records.journal_found
            for record in self._early_or_held(entries) if self._whole else entries.records:
                kind = type(record)
                if self._clock.origin_ns is None and kind not in _WITHOUT_TIMES:
                    self._seen_early.append((record, entries.texts))
                elif kind in _ABOUT_ONE_PROCESS:
                    take(cast(AboutOneProcess, record))
                elif kind is JournalFound:
                    found(cast(JournalFound, record))
                else:
                    self._apply_keeper(record, entries.texts)
        elif self.origin_ns is None:
            self._early.append(entries)
        elif entries.name == PROGRAM:
            for record in entries.records:
                self._plan_steps.take(record, entries.texts)
        elif entries.name == CLUSTER:
            self._cluster_records.take(entries)
        else:
            self._ownership.take(entries)

    def _early_or_held(self, entries: Entries) -> Iterator[Record]:
        """The keeper's records, without those that wait for the journals. None waits before the program was launched."""
        records = entries.records
        launched = records.kinds.find(Kind.LAUNCHED) + 1 if self.origin_ns is None else 0
        yield from records[:launched]
        program = self.timeline.program
        if self.origin_ns is None or program is None:
            yield from records[launched:]
        else:
            yield from self._keeper_records.sights.hold(records[launched:], program.pid or 0)

    def _take_lives(self, lives: ShortLives) -> None:
        """The journals of short lives; as any other one where something about it is special."""
        if not lives:
            return
        self._latest_else_ns = max(self._latest_else_ns, lives.latest_ns)
        for number in range(len(lives)) if self.origin_ns is None else self._ownership.take_lives(lives):
            self._take(Entries(lives.name(number), lives.slots(number), {0: ""}))

    def _apply_keeper(self, record: Record, texts: dict[int, str]) -> None:
        timeline = self.timeline
        kind = type(record)
        if kind in _ABOUT_ONE_PROCESS:
            self._keeper_records.take(cast(AboutOneProcess, record))
            return
        if kind is not JournalFound and isinstance(record, AboutWaits):
            self._wait_records.take(record, texts)
            return
        match record:
            case JournalFound():
                self._keeper_records.journal_found(record)
            case SubprocessFound():
                self._keeper_records.subprocess_found(record)
            case UnreportedFound():
                self._keeper_records.unreported_found(record, texts.get(record.command_text, ""))
            case RunBegan():
                if not self._run_known:  # the first one: of a damaged journal each may name a long text
                    self._run_known = True
                    if record.epoch_ns:
                        self._clock.wall_ns = record.epoch_ns - record.clock_ns
                    manifest = _manifest(texts.get(record.manifest_text, ""))
                    if manifest is not None:
                        self._run_began(manifest)
            case ProgramLaunched():
                self._program_launched(record)
            case EndingBegan():
                self._keeper_records.cut(self._clock.since_start(record.clock_ns))
                timeline.ended_by = timeline.ended_by or _ENDED_BY.get(record.ended_by)  # the first of several counts
            case RequestPassed():
                at_ns = self._clock.since_start(record.clock_ns)
                request = Request(record.request, VERBS[record.verb], record.worker, at_ns)
                timeline.requests.setdefault(record.request, request).at_ns = at_ns
                timeline.touch(1)
            case RecorderWarning():
                timeline.warnings.append(texts.get(record.text, "")[:LONGEST_TEXT])
            case MachineSuspended() if record.slept_ns > 0:
                timeline.suspends.append(Suspend(self._clock.since_start(record.clock_ns), record.slept_ns))
                timeline.touch(1)
            case CpuLimitsSeen():
                self._take_limits(record)
            case OutputDropped():
                self._dropped_bytes = record.total_bytes
                timeline.dropped_output_bytes = self._dropped_bytes + self._skipped_bytes
            case JournalCut():
                self._keeper_cut = True
                timeline.warnings.append(KEEPER_CUT)
            case RunEnded():
                self._run_ended = record

    def _take_limits(self, record: CpuLimitsSeen) -> None:
        limits = self.timeline.cpu_limits
        limits.quota = record.millicores / 1000 if record.millicores > 0 else None
        first = self._first_limits = self._first_limits or record
        limits.throttled_ns = max(0, record.throttled_ns - first.throttled_ns)
        limits.throttled_periods = max(0, record.throttled - first.throttled)
        limits.periods = max(0, record.periods - first.periods)

    def _run_began(self, manifest: dict[str, object]) -> None:
        timeline = self.timeline
        argv = manifest.get("argv")
        timeline.argv = tuple(str(part) for part in argv) if isinstance(argv, list) else ()
        timeline.host = str(manifest.get("host", ""))
        timeline.engine = str(manifest.get("engine", timeline.engine))
        timeline.started_at = str(manifest.get("started_at", ""))
        timeline.memory_bytes = _positive(manifest.get("memory_bytes"))
        timeline.cores = _positive(manifest.get("cores"))
        plan = manifest.get("plan")
        if isinstance(plan, str):
            try:
                timeline.plan = Plan.from_json(plan)
            except PlanError as error:
                timeline.warnings.append(str(error))
        if not timeline.processes:  # the window shows a plan's lanes before anything happens on them
            timeline.add_plan(str(manifest.get("title") or "program"))
        for worker in timeline.processes[1:]:
            self._identities.add_planned(worker)

    def _program_launched(self, record: ProgramLaunched) -> None:
        if not self.timeline.processes:  # the manifest is damaged
            self.timeline.add_plan("program")
        self._clock.origin_ns = record.clock_ns
        self._ownership.program_launched(record.pid, record.ticks)
        program = self.timeline.process(1)
        program.start_called_ns, program.start_returned_ns = 0, record.returned_clock_ns - record.clock_ns
        self._lifetimes.born(program, (record.returned_clock_ns - record.clock_ns) // 2)
        if record.born_clock_ns:
            self._lifetimes.born(program, self._clock.since_start(record.born_clock_ns), exactly=True)
        self._identities.claim(program, record.pid, record.ticks)
        seen, self._seen_early = self._seen_early, []
        for one, texts in seen:
            self._apply_keeper(one, texts)
        early, self._early = self._early, []
        for entries in early:
            self._take(entries)

    def _finish(self, end_ns: int, gone: bool) -> None:
        timeline = self.timeline
        self._ownership.finish()
        self._process_records.settle()
        self._keeper_records.settle(None)
        self._wait_records.settle()  # also of the processes that only the keeper has seen
        if self.origin_ns is not None:
            self._printed.flush(self.origin_ns)
            timeline.now_ns = self._clock.since_start(end_ns)
            self._cluster_records.finish()
        elif self._early or self._seen_early:
            timeline.warnings.append("When the program was launched is not known: no moment of the run can be shown.")
        timeline.watched.sort(key=attrgetter("at_ns", "process", "name"))
        if not gone:  # which explains each journal that is missing
            self._warn_of_unrecorded()
        if timeline.left_out_tasks:
            timeline.warnings.append(
                f"{timeline.left_out_tasks:,} tasks began after the run had taken the disk that it may, and are not recorded."
            )
        self._lifetimes.settle(timeline.processes)
        for process in timeline.processes:
            if process.exited_ns is None and process.began and not process.ended:
                process.lost, process.lost_ns, process.paused = True, timeline.now_ns, False
        timeline.touch(*range(1, len(timeline.processes) + 1))
        self._tell_unfinished_from_torn()
        program = timeline.processes[0] if timeline.processes else None
        timeline.exit_code = None if program is None else program.exit_code
        if program is not None and program.signal_name == "SIGINT" and program.exited_ns is not None:
            self._keeper_records.cut(program.exited_ns - NOTED_NS)  # a Ctrl-C that ended it before the keeper noted it
        timeline.step, timeline.waiting_for_person, timeline.ended = None, False, True

    def _tell_unfinished_from_torn(self) -> None:
        """A process that ends by itself does not wait for its threads, nor for what a signal handler interrupts: what they
        were recording in its last moment is not finished, and nothing was damaged. After a signal it may have been."""
        for name, clock_ns in self._torn_at:
            process = self._ownership.process_of(name)
            if process is None or process.exited_ns is None or process.exit_code is None or process.exit_code < 0:
                continue
            left_ns = process.exited_ns - self._clock.since_start(clock_ns + self._ownership.shift_ns(name))
            if clock_ns and left_ns < LAST_MOMENT_NS:
                self.timeline.torn_records -= 1
                self.timeline.unfinished_records += 1

    def _warn_of_unrecorded(self) -> None:
        silent = [
            process.name
            for process in self.timeline.processes
            if process.pid is not None
            and process.kind not in (ProcessKind.SUBPROCESS, ProcessKind.CLUSTER_WORKER)
            and not self._lifetimes.wrote_anything(process)
        ]
        if silent:
            names = ", ".join(silent[:3]) + (f" and {len(silent) - 3} more" if len(silent) > 3 else "")
            self.timeline.warnings.append(f"No journal was left by {names}: what happened inside is not known.")

    def _note_latest(self, batch: Batch) -> None:
        """A journal is not quite in the order of time: a record may be of a moment before the one that it follows."""
        latest_of = self._latest_of
        for entries in batch.entries:
            if entries.records:
                latest_ns = latest_time(entries.records)
                if latest_ns > latest_of.get(entries.name, 0):
                    latest_of[entries.name] = latest_ns
        if batch.chunks:
            self._latest_else_ns = max(self._latest_else_ns, max(chunk.t for chunk in batch.chunks))

    def _writer_of(self, pid: int, clock_ns: int) -> int | None:
        process = self._identities.with_pid(pid, clock_ns)
        return None if process is None else process.id


def _manifest(text: str) -> dict[str, object] | None:
    """What a manifest says; None where it is damaged."""
    try:
        manifest = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return manifest if isinstance(manifest, dict) else None


def _positive(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
