"""Folding: in whatever order journals are read, the timeline is the same."""

import random
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.journals import made
from support.recording import recording

from workers.commands import VERBS
from workers.folding.fold import Fold
from workers.journal.follower import Batch, Entries, Follower, read_all
from workers.journal.keeper_kinds import (
    Exited,
    JournalFound,
    OutputDropped,
    ProgramLaunched,
    Released,
    RequestPassed,
    RunBegan,
    SubprocessFound,
    UnreportedFound,
    UsageSampled,
)
from workers.journal.output_reader import Chunk
from workers.journal.plan_kinds import StepBegan
from workers.journal.process_kinds import (
    Bye,
    CallBegan,
    CallEnded,
    ChildNamed,
    CommandLine,
    Forked,
    Hello,
    KillCalled,
    Reaped,
    Spawned,
    SubprocessStarted,
    TargetBegan,
    TargetEnded,
    UnreportedStart,
    WorkerBegan,
    WorkerEnded,
    WorkerSignalled,
)
from workers.journal.run_files import KEEPER, PROGRAM
from workers.journal.slots import Record, Slots
from workers.plan.plan import Order, Plan, StartMethod, Workload
from workers.recorded import probe
from workers.timeline.model import CallName, Disposition, ProcessKind, State
from workers.timeline.timeline import Timeline

_RecordType = TypeVar("_RecordType", bound=tuple[Any, ...])

MS = 1_000_000
START = 7_000_000_000
PROGRAM_PID, PROGRAM_KEY = 100, START + 30 * MS
PROGRAM_NAME = f"{PROGRAM_PID}-{PROGRAM_KEY}.journal"


def at(ms: float) -> int:
    """That many ms after the program was launched, on the machine's clock."""
    return START + int(ms * MS)


def record(record_type: type[_RecordType], t_ms: float, **fields: int) -> _RecordType:
    """A record of that moment; a field that is not given is 0."""
    return made(record_type, at(t_ms), **fields)


class Built:
    """Journals built by hand, fed one after another or mixed."""

    def __init__(self, plan: Plan | None = None) -> None:
        manifest = '{"argv": ["python"], "title": "parent", "plan": null}'
        if plan is not None:
            import json

            manifest = json.dumps({"argv": ["python"], "title": "parent", "plan": plan.to_json()})
        self.texts: dict[str, dict[int, str]] = {KEEPER: {0: "", 1: manifest}}
        self.records: dict[str, list[Record]] = {
            KEEPER: [
                record(RunBegan, -5, manifest_text=1, epoch_ns=0),
                record(ProgramLaunched, 0, pid=PROGRAM_PID, ticks=11, returned_clock_ns=at(2)),
            ],
        }
        self.process(PROGRAM_PID, PROGRAM_KEY, ticks=11)

    def process(
        self, pid: int, key: int, *, ticks: int = 0, parent: tuple[int, int] = (1, 0), fork: int = 0, child: int = 0
    ) -> str:
        """Add a process's journal with its HELLO, and return its name. fork: number of the fork; 0: a new interpreter."""
        name = f"{pid}-{key}.journal"
        how = probe.FORK if fork else probe.FRESH
        hello = Hello(
            how=how, version=1, fork=fork, clock_ns=key, pid=pid, parent_pid=parent[0], epoch_ns=0,
            parent_key=parent[1], child=child, ticks=ticks,
        )  # fmt: skip
        self.records[name] = [hello]
        self.texts[name] = {0: ""}
        return name

    def add(self, name: str, *records: Record) -> None:
        """More records of a journal."""
        self.records[name].extend(records)

    def forked_child(self, number: int, pid: int, t_ms: float, ticks: int) -> str:
        """A worker that the program forked at that moment, by both journals; start() returned 2 ms later."""
        self.add(
            PROGRAM_NAME,
            record(ChildNamed, t_ms, child=number),
            record(CallBegan, t_ms, method=probe.START, call=number * 10, child=number, timeout_ns=-1),
            record(Forked, t_ms + 0.5, fork=number),
            record(CallEnded, t_ms + 2, method=probe.START, call=number * 10, child=number, result=pid),
        )
        name = self.process(
            pid, at(t_ms + 1), ticks=ticks, parent=(PROGRAM_PID, PROGRAM_KEY), fork=number, child=number
        )  # fmt: skip
        self.add(
            name, record(WorkerBegan, t_ms + 1.2, child=number, parent_pid=PROGRAM_PID), record(TargetBegan, t_ms + 1.5)
        )
        return name

    def entries(self) -> list[Entries]:
        """Everything, a journal at a time."""
        return [Entries(name, Slots.of(records), self.texts[name]) for name, records in self.records.items()]

    def timeline(self, *more: Batch) -> Timeline:
        """What comes out in the end."""
        timeline = Timeline()
        fold = Fold(timeline)
        fold.apply(Batch(self.entries()))
        for batch in more:
            fold.apply(batch)
        fold.finish(at(10_000))
        return timeline


def facts_of(timeline: Timeline) -> dict[str, Any]:
    """All facts of a timeline, without the ids, which depend on the order of reading."""
    names = {process.id: (process.pid, process.name) for process in timeline.processes}
    names[0] = (None, "")

    def plain(thing: Any) -> tuple[Any, ...]:
        data = asdict(thing)
        data.pop("id", None)
        for key in ("process", "by", "parent_id"):
            if key in data:
                data[key] = names[data[key] or 0]
        return tuple(sorted(data.items()))

    return {
        "processes": sorted(map(repr, map(plain, timeline.processes))),
        "calls": sorted(map(repr, map(plain, timeline.calls))),
        "lines": [(names[line.process or 0], line.stream, line.at_ns, line.text, line.cut) for line in timeline.lines],
        "watched": sorted(map(repr, map(plain, timeline.watched))),
        "requests": sorted(map(repr, map(plain, timeline.requests.values()))),
        "samples": {names[pid]: len(samples) for pid, samples in timeline.samples.items()},
        "ended": (timeline.now_ns, timeline.exit_code, timeline.ended, sorted(timeline.warnings)),
    }


@pytest.fixture(scope="module", params=["fork", "spawn", "forkserver"])
def real(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Entries], list[Chunk]]:
    """The journals of a real run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        plan = Plan.make([1000, 20_000, 3000], Workload.SORT, StartMethod(request.param), Order.ASK_BETWEEN)
        with recording(plan) as following:
            following.finish()
            batches = list(read_all(following.run.folder))
    journals: dict[str, Entries] = {}
    for batch in batches:
        for entries in batch.entries:
            known = journals.setdefault(entries.name, Entries(entries.name, Slots(), entries.texts))
            known.records = Slots(known.records.data + entries.records.data)
    return list(journals.values()), [chunk for batch in batches for chunk in batch.chunks]


def fold_all(batches: list[Batch], *, live: bool) -> dict[str, Any]:
    timeline = Timeline()
    fold = Fold(timeline)
    for batch in batches:
        fold.apply(batch, None if not live else (fold.origin_ns or 0))
    fold.finish(0)
    return facts_of(timeline)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.booleans())
def test_any_interleaving_gives_the_same_run(real: tuple[list[Entries], list[Chunk]], seed: int, live: bool) -> None:
    rng = random.Random(seed)
    journals, chunks = real
    expected = fold_all([Batch(journals, chunks)], live=False)
    left = {entries.name: list(entries.records) for entries in journals}
    texts = {entries.name: entries.texts for entries in journals}
    printed = list(chunks)
    batches = []
    while left or printed:
        batch = Batch()
        for name in rng.sample(sorted(left), rng.randint(0, len(left))):
            count = rng.choice([1, 2, 5, 1000])
            batch.entries.append(Entries(name, Slots.of(left[name][:count]), texts[name]))
            del left[name][:count]
            if not left[name]:
                del left[name]
        count = rng.choice([0, 1, 1000])
        batch.chunks, printed = printed[:count], printed[count:]
        batches.append(batch)
    assert fold_all(batches, live=live) == expected


def test_the_end_of_a_run_that_was_cut_off_is_its_latest_record_however_it_was_read() -> None:
    """Records are not quite in the order of time, and a process may have another clock, which is known a little later."""
    built = Built()
    name = built.forked_child(1, 200, 50, ticks=21)
    built.add(name, record(TargetEnded, 900), *(record(Spawned, at_ms, pid=300) for at_ms in range(100, 120)))
    later = 10**15 // MS
    foreign = built.process(400, at(later), ticks=41, parent=(PROGRAM_PID, 0))
    built.texts[foreign] |= {1: "python\0script.py"}
    built.add(
        foreign, record(CommandLine, later, parts_text=1), record(Bye, later + 1), record(Spawned, later, pid=500)
    )
    built.add(KEEPER, record(JournalFound, 700, pid=400, ticks=41, key=at(later), born_clock_ns=at(690)))
    ends = set()
    for size in (1, 2, 3, 100):
        keeper, *others = built.entries()
        for order in (others, others[::-1]):
            timeline = Timeline()
            fold = Fold(timeline)
            for entries in (keeper, *order):
                for first in range(0, len(entries.records), size):
                    part = entries.records[first : first + size]
                    fold.apply(Batch([Entries(entries.name, part, entries.texts)]))
            fold.finish(0)
            ends.add(timeline.now_ns)
            assert any("has another clock" in warning for warning in timeline.warnings)
    assert ends == {900 * MS}


@pytest.mark.parametrize(
    ("exit_code", "before_ms", "unfinished"),
    [(0, 20, 1), (3, 4999, 1), (0, 5001, 0), (-9, 20, 0), (None, 20, 0)],
)
def test_a_record_that_is_not_finished_is_torn_unless_its_process_was_ending_by_itself(
    exit_code: int | None, before_ms: int, unfinished: int
) -> None:
    built = Built()
    name = built.forked_child(1, 200, 50, ticks=21)
    known, code = exit_code is not None, exit_code or 0
    built.add(KEEPER, record(Exited, 9000, status_known=known, pid=200, ticks=21, exit_code=code, cpu_ns=-1))
    timeline = built.timeline(Batch(torn=2, torn_at=[(name, at(9000 - before_ms)), (name, 0)]))
    assert (timeline.torn_records, timeline.unfinished_records) == (2 - unfinished, unfinished)


def test_live_and_replayed_are_the_same() -> None:
    with recording(Plan.make([1000, 20_000], Workload.SORT)) as following:
        live = facts_of(following.finish())
        replayed = Timeline()
        fold = Fold(replayed)
        for batch in read_all(following.run.folder):
            fold.apply(batch)
        fold.finish(0)
        assert facts_of(replayed) == live
        assert not Follower(following.run.folder / "gone").poll()


def test_a_fork_is_born_when_the_first_of_both_says_so() -> None:
    built = Built()
    built.forked_child(1, 200, 50, ticks=21)
    worker = built.timeline().process(2)
    assert worker.born_ns == 50.5 * MS
    assert worker.target_began_ns == 51.5 * MS
    assert (worker.pid, worker.ppid, worker.parent_id) == (200, PROGRAM_PID, 1)


def test_an_exit_that_comes_before_its_process_is_known_waits_for_it() -> None:
    built = Built()
    timeline = Timeline()
    fold = Fold(timeline)
    name = built.forked_child(1, 200, 50, ticks=21)
    built.add(
        KEEPER,
        record(Exited, 80, status_known=1, pid=200, ticks=21, exit_code=-9, cpu_ns=5 * MS),
        record(Released, 90, pid=200, ticks=21),
    )
    fold.apply(Batch([Entries(KEEPER, Slots.of(built.records[KEEPER]), built.texts[KEEPER])]))
    assert len(timeline.processes) == 1
    fold.apply(Batch([Entries(name, Slots.of(built.records[name]), built.texts[name])]))
    assert len(timeline.processes) == 1  # its parent has not been read
    fold.apply(Batch([Entries(PROGRAM_NAME, Slots.of(built.records[PROGRAM_NAME]), {0: ""})]))
    worker = timeline.process(2)
    assert (worker.exited_ns, worker.reaped_ns, worker.exit_code, worker.cpu_s) == (80 * MS, 90 * MS, -9, 0.005)
    assert worker.cpu_whole


def test_a_sample_of_a_process_without_memory_is_no_peak() -> None:
    built = Built()
    built.forked_child(1, 200, 50, ticks=21)
    built.add(KEEPER, record(UsageSampled, 79, pid=200, ticks=21, cpu_ns=12 * MS, rss_bytes=0))
    built.add(KEEPER, record(Exited, 80, status_known=1, pid=200, ticks=21, exit_code=0, cpu_ns=-1))
    timeline = built.timeline()
    worker = timeline.process(2)
    assert (worker.peak_rss_bytes, worker.cpu_s, worker.cpu_whole) == (None, 0.012, False)


def test_an_exit_that_is_seen_late_is_bounded_by_the_reaping_parent() -> None:
    built = Built()
    name = built.forked_child(1, 200, 50, ticks=21)
    built.add(name, record(WorkerEnded, 70))
    built.add(PROGRAM_NAME, record(Reaped, 75, pid=200, exit_code=0))
    built.add(
        KEEPER,
        record(Exited, 95, status_known=1, pid=200, ticks=21, exit_code=0, cpu_ns=-1),
        record(Released, 95, pid=200, ticks=21),
    )
    worker = built.timeline().process(2)
    assert (worker.exited_ns, worker.exited_within_ns, worker.reaped_ns) == (75 * MS, 5 * MS, 75 * MS)


def test_an_end_without_a_witness_is_between_two_records() -> None:
    built = Built()
    name = built.forked_child(1, 200, 50, ticks=21)
    built.add(name, record(WorkerEnded, 70, exit_code=3))
    built.add(PROGRAM_NAME, record(Reaped, 74, pid=200, exit_code=3))
    worker = built.timeline().process(2)
    assert (worker.exited_ns, worker.exited_within_ns, worker.exit_code) == (72 * MS, 4 * MS, 3)
    assert not worker.lost


def test_a_process_without_an_end_is_lost() -> None:
    built = Built()
    built.forked_child(1, 200, 50, ticks=21)
    timeline = built.timeline()
    assert [process.state for process in timeline.processes] == [State.LOST, State.LOST]
    assert timeline.process(2).lost_ns == timeline.now_ns == 52 * MS  # the last record, whenever one looks
    assert timeline.warnings == ["The recorder did not come to its end: what came after is not known."]


@pytest.mark.parametrize("gone", [False, True])
def test_a_folder_that_was_deleted_explains_the_journals_that_are_missing(gone: bool) -> None:
    built = Built()
    del built.records[PROGRAM_NAME]
    timeline = Timeline()
    fold = Fold(timeline)
    fold.apply(Batch(built.entries()))
    fold.finish(at(10_000), gone=gone)
    told = [warning.split(" ", 4)[:4] for warning in timeline.warnings]
    assert told == (
        [["The", "run's", "folder", "is"]]
        if gone
        else [["The", "recorder", "did", "not"], ["No", "journal", "was", "left"]]
    )


def test_a_pid_that_was_used_again_is_two_processes() -> None:
    built = Built()
    built.forked_child(1, 200, 50, ticks=21)
    built.add(PROGRAM_NAME, record(Reaped, 80, pid=200, exit_code=1))
    built.forked_child(2, 200, 100, ticks=99)
    built.add(PROGRAM_NAME, record(Reaped, 130, pid=200, exit_code=2))
    built.add(
        KEEPER,
        record(Exited, 120, status_known=1, pid=200, ticks=99, exit_code=2, cpu_ns=-1),
        record(Exited, 70, status_known=1, pid=200, ticks=21, exit_code=1, cpu_ns=-1),
    )
    chunks = [Chunk(200, 1, at(60), b"first\n"), Chunk(200, 1, at(110), b"second\n")]
    for entries in (built.entries(), built.entries()[::-1]):
        timeline = Timeline()
        fold = Fold(timeline)
        for one in entries:
            fold.apply(Batch([one]))
        fold.apply(Batch(chunks=chunks))
        fold.finish(at(200))
        ends = {p.name: (p.exited_ns, p.reaped_ns, p.exit_code) for p in timeline.processes[1:]}
        assert ends == {"Process-1": (70 * MS, 80 * MS, 1), "Process-2": (120 * MS, 130 * MS, 2)}
        names = [timeline.process(line.process or 0).name for line in timeline.lines]
        assert names == ["Process-1", "Process-2"]


def test_a_start_time_that_the_process_could_not_read_comes_from_the_keeper() -> None:
    """Without /proc a process cannot read its own start time. The keeper records it with the key of the journal."""
    built = Built()
    name = built.forked_child(1, 200, 50, ticks=0)
    key = int(name.removesuffix(".journal").partition("-")[2])
    built.add(
        KEEPER,
        record(JournalFound, 52, pid=200, ticks=4711, key=key),
        record(Exited, 80, status_known=1, pid=200, ticks=4711, exit_code=0, cpu_ns=-1),
    )
    for entries in (built.entries(), built.entries()[::-1]):
        timeline = Timeline()
        fold = Fold(timeline)
        for one in entries:
            fold.apply(Batch([one]))
        fold.finish(at(200))
        assert timeline.process(2).exited_ns == 80 * MS
        assert fold.ticks == {1: 11, 2: 4711}


def test_a_process_that_was_gone_when_its_journal_was_found_ended_before_that() -> None:
    """Such as a fork that its parent reaped with os.waitpid: no record of a Process object is about it."""
    built = Built()
    name = built.process(300, at(60), ticks=31, parent=(PROGRAM_PID, PROGRAM_KEY), fork=1)
    built.add(name, record(Bye, 62))
    built.add(KEEPER, record(JournalFound, 66, pid=300, ticks=-1, key=at(60)))
    for entries in (built.entries(), built.entries()[::-1]):
        timeline = Timeline()
        fold = Fold(timeline)
        for one in entries:
            fold.apply(Batch([one]))
        fold.finish(at(200))
        gone = timeline.process(2)
        assert (gone.kind, gone.exited_ns, gone.exited_within_ns) == (ProcessKind.FORKED, 64 * MS, 4 * MS)
        assert gone.exit_text == "exit code unknown"
        assert not gone.lost


def test_a_process_that_executes_another_python_is_the_same_and_numbers_its_children_afresh() -> None:
    built = Built()
    built.forked_child(1, 300, 40, 0)
    built.add(PROGRAM_NAME, record(CallEnded, 49, method=probe.JOIN, call=12, child=1, result=1))
    child = built.process(400, at(50), parent=(PROGRAM_PID, PROGRAM_KEY), fork=7)
    python = built.process(400, at(60), ticks=41, parent=(PROGRAM_PID, PROGRAM_KEY))
    again = built.process(PROGRAM_PID, at(80), ticks=11)
    second = built.process(500, at(91), parent=(PROGRAM_PID, at(80)), fork=1, child=1)
    built.texts[python] |= {1: "python\0script.py"}
    built.add(python, record(CommandLine, 60, parts_text=1), record(Bye, 70))
    built.add(again, record(CallBegan, 90, method=probe.START, call=10, child=1, timeout_ns=-1),
              record(CallEnded, 92, method=probe.START, call=10, child=1, result=500))  # fmt: skip
    built.add(second, record(WorkerBegan, 91.2, child=1, parent_pid=PROGRAM_PID))
    keeper = Entries(
        KEEPER,
        Slots.of(
            [
                record(JournalFound, 51, pid=400, ticks=41, key=at(50)),
                record(Exited, 71, status_known=1, pid=400, ticks=41, exit_code=4, cpu_ns=-1),
            ]
        ),
        {},
    )
    late = Timeline()
    fold = Fold(late)
    fold.apply(Batch(built.entries()))
    assert len(late.processes) == 4  # the process of the other Python is not known yet
    fold.apply(Batch([keeper]))
    fold.finish(at(200))
    built.records[KEEPER] += keeper.records
    for timeline in (late, built.timeline()):
        assert sorted((p.pid or 0, p.kind.value) for p in timeline.processes) == [
            (PROGRAM_PID, "program"), (300, "worker"), (400, "forked"), (500, "worker"),
        ]  # fmt: skip
        forked = next(process for process in timeline.processes if process.pid == 400)
        assert (forked.born_ns, forked.target_ended_ns, forked.exit_code) == (50 * MS, 70 * MS, 4)
        first, other = (next(p for p in timeline.processes if p.pid == pid) for pid in (300, 500))
        assert (first.start_called_ns, other.start_called_ns) == (40 * MS, 90 * MS)
        assert timeline.process(1).target_began_ns == 30 * MS
    assert child in built.records


def test_a_journal_of_an_unknown_process_is_kept_and_shown_in_the_end() -> None:
    built = Built()
    stray = built.process(300, at(60), ticks=31, parent=(299, 5), fork=1, child=1)
    built.add(stray, record(Bye, 70))
    built.add(KEEPER, record(Exited, 71, status_known=1, pid=300, ticks=31, exit_code=0, cpu_ns=-1))
    timeline = built.timeline()
    assert [(p.kind, p.pid, p.exited_ns) for p in timeline.processes[1:]] == [(ProcessKind.FORKED, 300, 71 * MS)]


def test_a_worker_killed_before_its_first_record_is_known_by_its_pid() -> None:
    """The journal of a spawned worker identifies it only when its work begins."""
    built = Built()
    built.add(
        PROGRAM_NAME,
        record(ChildNamed, 50, child=1),
        record(CallBegan, 50, method=probe.START, call=1, child=1, timeout_ns=-1),
        record(Spawned, 50.5, pid=200, returned_clock_ns=at(53)),
        record(CallEnded, 54, method=probe.START, call=1, child=1, result=200),
        record(Reaped, 90, pid=200, exit_code=-9),
    )
    built.process(200, at(70), ticks=21)
    built.add(KEEPER, record(Exited, 80, status_known=1, pid=200, ticks=21, exit_code=-9, cpu_ns=-1))
    for entries in (built.entries(), built.entries()[::-1]):
        timeline = Timeline()
        fold = Fold(timeline)
        for one in entries:
            fold.apply(Batch([one]), at(5000))
        fold.finish(at(200))
        assert len(timeline.processes) == 2
        worker = timeline.process(2)
        assert (worker.born_ns, worker.exited_ns, worker.exit_code) == (50.5 * MS, 80 * MS, -9)


def test_steps_and_requests_of_the_user_are_distinguished() -> None:
    plan = Plan.make([1000], Workload.SORT, StartMethod.FORK, "start 1; alive 1; join 1")
    built = Built(plan)
    built.records[PROGRAM] = []
    built.texts[PROGRAM] = {0: ""}

    def step(ms: float, verb: str, number: int, request: int = 0) -> None:
        built.add(PROGRAM, record(StepBegan, ms, verb=VERBS.index(verb), request=request, step=number, worker=1))

    def call(ms: float, name: CallName, word: int) -> None:
        kind = list(CallName).index(name)
        built.add(PROGRAM_NAME, record(CallBegan, ms, method=kind, call=word, child=1, timeout_ns=-1))
        built.add(PROGRAM_NAME, record(CallEnded, ms + 1, method=kind, call=word, child=1, result=1))

    built.add(KEEPER, record(RequestPassed, 15, verb=VERBS.index("alive"), request=1, worker=1))
    step(10, "start", 0)
    step(20, "alive", -1, 1)
    step(30, "alive", 1)
    call(11, CallName.START, 1)
    call(21, CallName.IS_ALIVE, 2)
    call(31, CallName.IS_ALIVE, 3)
    for entries in (built.entries(), built.entries()[:1] + built.entries()[:0:-1]):
        timeline = Timeline()
        fold = Fold(timeline)
        for one in entries:
            fold.apply(Batch([one]))
        assert [call.step for call in timeline.calls] == [0, None, 1]
        assert timeline.step == 1
        assert timeline.requests[1].answered_ns == 20 * MS


def test_one_call_on_an_executor_ends_several_workers() -> None:
    built = Built()
    act = probe.CALLS.index("terminate_workers")
    built.add(PROGRAM_NAME, record(CallBegan, 5, method=act, call=7, child=0, timeout_ns=-1))
    for child in (1, 2):
        built.add(PROGRAM_NAME, record(WorkerSignalled, 5 + child / 10, call=7, child=child))
    built.add(PROGRAM_NAME, record(CallEnded, 6, method=act, call=7, child=0, result=0))
    timeline = built.timeline()
    (call,) = timeline.calls
    assert (call.name, call.process, call.workers, call.ended_ns) == (CallName.TERMINATE_WORKERS, None, (2, 3), 6 * MS)
    assert timeline.calls_on(2) == timeline.calls_on(3) == timeline.calls_by(1) == [call]


def kill_called(ms: float, target: int, number: int, line: int, to: int = probe.ONE_PROCESS,
                disposition: int = 0) -> Record:  # fmt: skip
    return record(
        KillCalled, ms, to=to, target=target, signal=number, line=line, own_group=100, disposition=disposition
    )


def test_os_kill_finds_its_process_though_that_becomes_known_later() -> None:
    built = Built()
    built.add(PROGRAM_NAME, kill_called(60, 200, 15, 40))
    built.add(PROGRAM_NAME, kill_called(61, 99999, 15, 41))  # no process of the run
    built.add(PROGRAM_NAME, kill_called(62, 100, 10, 42, probe.A_GROUP))
    built.forked_child(1, 200, 50, ticks=21)
    for entries in (built.entries(), built.entries()[:1] + built.entries()[:0:-1]):
        timeline = Timeline()
        fold = Fold(timeline)
        for one in entries:
            fold.apply(Batch([one]))
        fold.finish(100 * MS)
        assert [(s.process, s.at_ns, s.signal, s.by, s.line) for s in timeline.signalled] == [
            (2, 60 * MS, "SIGTERM", 1, 40)
        ]
        assert [(s.at_ns, s.signal, s.group, s.own, s.by) for s in timeline.group_signals] == [
            (62 * MS, "SIGUSR1", 100, True, 1)
        ]


def test_a_signal_to_a_pid_before_its_process_began_is_none_to_that() -> None:
    built = Built()
    built.add(PROGRAM_NAME, kill_called(40, 200, 15, 40))
    built.forked_child(1, 200, 50, ticks=21)
    assert built.timeline().signalled == []


def test_terminate_is_one_act_and_has_the_line_of_the_program() -> None:
    built = Built()
    built.forked_child(1, 200, 50, ticks=21)
    built.add(PROGRAM_NAME, record(CallBegan, 60, method=probe.TERMINATE, call=91, child=1, timeout_ns=-1))
    built.add(PROGRAM_NAME, kill_called(60.5, 200, 15, 13, disposition=probe.IGNORED))
    built.add(PROGRAM_NAME, record(CallEnded, 61, method=probe.TERMINATE, call=91, child=1, result=0))
    timeline = built.timeline()
    (call,) = [one for one in timeline.calls if one.name is CallName.TERMINATE]
    assert (timeline.signalled, call.program_line, call.disposition) == ([], 13, Disposition.IGNORED)


def test_calls_on_no_process_are_calls_all_the_same() -> None:
    built = Built()
    built.add(PROGRAM_NAME, record(CallBegan, 5, method=probe.JOIN, call=1, child=0, timeout_ns=-1))
    built.add(PROGRAM_NAME, record(CallEnded, 6, method=probe.JOIN, call=1, child=0, result=0))
    timeline = built.timeline()
    assert len(timeline.processes) == 1
    assert [(call.process, call.ended_ns) for call in timeline.calls] == [(None, 6 * MS)]


def test_a_join_with_a_timeout_that_passed_is_no_join() -> None:
    built = Built()
    built.forked_child(1, 200, 50, ticks=21)
    for word, ms, timeout, result in ((91, 60, 5 * MS, 0), (92, 70, 5 * MS, 1)):
        built.add(PROGRAM_NAME, record(CallBegan, ms, method=probe.JOIN, call=word, child=1, timeout_ns=timeout))
        built.add(PROGRAM_NAME, record(CallEnded, ms + 5, method=probe.JOIN, call=word, child=1, result=result))
    timeline = built.timeline()
    assert [call.result for call in timeline.calls[1:]] == [False, True]
    assert [call.timeout_s for call in timeline.calls[1:]] == [0.005, 0.005]
    assert timeline.process(2).joined_ns == 75 * MS


def test_dropped_and_skipped_bytes_are_counted_once() -> None:
    built = Built()
    built.add(KEEPER, record(OutputDropped, 60, total_bytes=500))
    timeline = built.timeline(Batch(skipped=40), Batch(skipped=2))
    assert timeline.dropped_output_bytes == 542


def test_an_unreadable_plan_is_a_warning(tmp_path: Path) -> None:
    built = Built()
    built.texts[KEEPER][1] = '{"argv": 5, "plan": "no plan", "title": ""}'
    timeline = built.timeline()
    assert timeline.plan is None
    assert timeline.warnings[0].startswith("This is not a plan")
    assert timeline.process(1).name == "program"


def unannounced(t_ms: float, pid: int, *, born_ms: float, died_ms: float, code: int, thread: int = 0) -> Record:
    """The keeper found a child of the program that was gone already."""
    return record(
        UnreportedFound,
        t_ms,
        pid=pid,
        ticks=-1,
        parent_pid=PROGRAM_PID,
        parent_thread=thread,
        born_clock_ns=at(born_ms),
        died_clock_ns=at(died_ms),
        exit_code=code,
    )


def test_a_child_that_only_the_kernel_knew_has_its_whole_life() -> None:
    built = Built()
    built.add(KEEPER, unannounced(150, 300, born_ms=60, died_ms=62, code=5))
    program, child = built.timeline().processes
    assert (child.pid, child.ppid, child.parent_id, child.kind) == (300, PROGRAM_PID, 1, ProcessKind.SUBPROCESS)
    assert (child.born_ns, child.exited_ns, child.exit_code, child.lost) == (60 * MS, 62 * MS, 5, False)
    assert child.name == f"child of {program.name}"


def test_children_have_the_commands_that_their_threads_were_about_to_start() -> None:
    built = Built()
    built.texts[PROGRAM_NAME].update({1: "first", 2: "second", 3: "third"})
    for word, (t_ms, thread) in enumerate([(50, 101), (51, 102), (70, 101)], 1):
        built.add(PROGRAM_NAME, record(UnreportedStart, t_ms, command_text=word, thread=thread))
    built.add(
        KEEPER,
        unannounced(150, 300, born_ms=60, died_ms=61, code=0, thread=101),
        unannounced(150, 301, born_ms=60.5, died_ms=61, code=0, thread=102),
        unannounced(150, 302, born_ms=71, died_ms=72, code=0, thread=101),
        unannounced(150, 303, born_ms=73, died_ms=74, code=0, thread=101),
    )
    names = [process.name for process in built.timeline().processes[1:]]
    assert names == ["first", "second", "third", "child of parent"]


def test_a_process_with_a_journal_is_not_added_again_when_the_kernel_saw_it() -> None:
    built = Built()
    name = built.forked_child(1, 200, 50, 4711)
    built.add(name, record(TargetEnded, 60))
    built.add(KEEPER, unannounced(150, 200, born_ms=50.3, died_ms=61, code=7))
    _, child = built.timeline().processes
    assert (child.born_ns, child.exited_ns, child.exit_code) == (int(50.3 * MS), 61 * MS, 7)


def test_a_slow_fork_server_that_the_keeper_found_first_is_a_helper_all_the_same() -> None:
    """Its journal comes long after the keeper met the process; the worker that it forked is one process, not two."""
    built = Built()
    built.add(
        PROGRAM_NAME,
        record(ChildNamed, 40, child=1),
        record(CallBegan, 40, method=probe.START, call=10, child=1, timeout_ns=-1),
    )
    found = record(
        UnreportedFound, 50, pid=250, ticks=21, parent_pid=PROGRAM_PID, parent_thread=0, born_clock_ns=at(42),
        died_clock_ns=0, exit_code=0,
    )  # fmt: skip
    built.add(KEEPER, found)
    timeline = Timeline()
    fold = Fold(timeline)
    fold.apply(Batch(built.entries(), read_ns=at(5_000)), at(5_000))
    assert [(p.kind.value, p.pid) for p in timeline.processes[2:]] == [("subprocess", 250)]
    built.records = {PROGRAM_NAME: [record(CallEnded, 93, method=probe.START, call=10, child=1, result=300)]}
    server = built.process(250, at(80), ticks=21, parent=(PROGRAM_PID, 0))
    built.texts[server] |= {1: "python\0-B\0-c\0from multiprocessing.forkserver import main; main(5, 6, [])"}
    built.add(server, record(CommandLine, 80, parts_text=1), record(Forked, 90, fork=1))
    worker = built.process(300, at(91), ticks=31, parent=(250, at(80)), fork=1)
    built.add(worker, record(WorkerBegan, 91.2, child=1, parent_pid=PROGRAM_PID), record(TargetBegan, 91.5))
    fold.apply(Batch(built.entries()), at(5_100))
    fold.finish(at(10_000))
    assert [(p.name, p.kind.value, p.pid) for p in timeline.processes[1:]] == [
        ("Process-1", "worker", 300), ("fork server", "helper", 250)
    ]  # fmt: skip
    assert timeline.process(2).target_began_ns == int(91.5 * MS)


def test_a_worker_that_the_keeper_found_first_is_one_process_in_a_window_that_came_late() -> None:
    """What time has passed since counts only as far as the journals were read."""
    built = Built()
    built.add(
        PROGRAM_NAME,
        record(ChildNamed, 40, child=1),
        record(CallBegan, 40, method=probe.START, call=10, child=1, timeout_ns=-1),
    )
    found = record(
        UnreportedFound, 50, pid=250, ticks=21, parent_pid=PROGRAM_PID, parent_thread=0, born_clock_ns=at(42),
        died_clock_ns=0, exit_code=0,
    )  # fmt: skip
    built.add(KEEPER, found)
    timeline = Timeline()
    fold = Fold(timeline)
    keeper, program = built.entries()
    fold.apply(Batch([keeper], advanced=True), at(5_000))  # a portion: the rest of what was read comes after it
    fold.apply(Batch([program], advanced=True, read_ns=at(60)), at(5_000))
    returned = record(CallEnded, 300, method=probe.START, call=10, child=1, result=250)
    fold.apply(Batch([Entries(PROGRAM_NAME, Slots.of([returned]), {0: ""})], read_ns=at(5_000)), at(5_000))
    fold.finish(at(6_000))
    assert [(p.name, p.pid, p.born_ns) for p in timeline.processes[1:]] == [("Process-1", 250, 42 * MS)]


def test_a_pid_that_is_used_again_is_another_process_for_the_kernel() -> None:
    built = Built()
    name = built.forked_child(1, 200, 50, 4711)
    built.add(name, record(TargetEnded, 60))
    built.add(
        KEEPER,
        record(Exited, 61, status_known=1, pid=200, ticks=4711, exit_code=0, cpu_ns=-1),
        record(Released, 62, pid=200, ticks=4711),
    )
    built.add(KEEPER, unannounced(150, 200, born_ms=80, died_ms=81, code=1))
    _, first, second = built.timeline().processes
    assert (first.exited_ns, first.exit_code) == (61 * MS, 0)
    assert (second.born_ns, second.exited_ns, second.exit_code) == (80 * MS, 81 * MS, 1)


def test_a_subprocess_that_is_gone_at_once_has_the_kernels_end() -> None:
    for keeper_first in (True, False):
        built = Built()
        built.texts[PROGRAM_NAME][1] = "true"
        found = record(
            SubprocessFound,
            70,
            pid=300,
            ticks=-1,
            start_clock_ns=at(50),
            born_clock_ns=at(51),
            died_clock_ns=at(53),
            exit_code=4,
        )
        started = record(SubprocessStarted, 50, command_text=1, pid=300, returned_clock_ns=at(52))
        built.add(KEEPER, found)
        built.add(PROGRAM_NAME, started)
        entries = built.entries()
        timeline = Timeline()
        fold = Fold(timeline)
        fold.apply(Batch(entries if keeper_first else entries[::-1]))
        fold.finish(at(10_000))
        _, child = timeline.processes
        assert (child.born_ns, child.exited_ns, child.exit_code) == (51 * MS, 53 * MS, 4)
