"""Runs that are large, or made to be: the work and the memory grow with the file and no faster."""

import io
import json
import struct
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from support.journals import made

from workers.errors import OpenError
from workers.formats.opening import open_file
from workers.formats.run_reader import read_run
from workers.journal.keeper_kinds import (
    Exited,
    JournalFound,
    LookTaken,
    ProgramLaunched,
    RunBegan,
    SignalSent,
    ThreadWaitNoted,
    UnreportedFound,
)
from workers.journal.kinds import Kind
from workers.journal.output_reader import CHUNK, CHUNK_MAGIC
from workers.journal.process_kinds import (
    CallBegan,
    CallEnded,
    ChildNamed,
    CommandLine,
    ErrorRaised,
    Hello,
    JobSubmitted,
    KillCalled,
    PoolThreadNamed,
    QueueCounted,
    SubprocessStarted,
    TargetBegan,
    TasksLeftOut,
    UnreportedStart,
)
from workers.journal.run_files import KEEPER, OUTPUT
from workers.journal.slots import Record, Slots
from workers.recorded import probe
from workers.timeline.kept_lines import KeptLines
from workers.timeline.model import MarkKind, ProcessKind
from workers.timeline.timeline import Timeline

START = 10**12
KEY = START + 20
PROGRAM = f"100-{KEY}.journal"
MANIFEST = json.dumps({"argv": ["python"]}).encode()
Files = dict[str, bytes]


def text(number: int, content: bytes) -> bytes:
    pieces = [content[at : at + 56] for at in range(0, len(content), 56)]
    return b"".join(
        struct.pack("<BBHI56s", Kind.TEXT, at == len(pieces) - 1, len(one), number, one)
        for at, one in enumerate(pieces)
    )


def run(keeper: Iterable[Record] = (), program: Iterable[Record] = ()) -> Files:
    """The files of a run with a program, whose journals have these records too."""
    first = [RunBegan(1, START - 5, epoch_ns=0),
             made(ProgramLaunched, START, pid=100, ticks=11, returned_clock_ns=START + 10)]  # fmt: skip
    hello = made(Hello, KEY, pid=100, ticks=11, version=1)
    return {
        KEEPER: text(1, MANIFEST) + Slots.of([*first, *keeper]).data,
        PROGRAM: text(1, b"python\0x.py") + Slots.of([hello, *program]).data,
    }


def forked(
    count: int, parent: Callable[[int], tuple[int, int]], pid: Callable[[int], int] = lambda at: 200 + at
) -> Files:
    """Journals that say only HELLO. parent: pid and key of the parent of each."""
    files = run()
    for at in range(count):
        parent_pid, key = parent(at)
        hello = made(Hello, START + 1000 + at, how=probe.FORK, fork=at + 1, pid=pid(at), parent_pid=parent_pid,
                     parent_key=key)  # fmt: skip
        files[f"{pid(at)}-{START + 1000 + at}.journal"] = Slots.of([hello]).data
    return files


def executed(count: int) -> Files:
    """One pid that is many interpreters after one another."""
    files = run()
    for at in range(count):
        key = START + 1000 + at
        hello = made(Hello, key, pid=200, parent_pid=100, ticks=500 + at)
        argv = made(CommandLine, key, parts_text=1)
        files[f"200-{key}.journal"] = text(1, b"python\0x.py") + Slots.of([hello, argv]).data
    return files


def beside_a_long_one(count: int) -> Files:
    """Short journals, and one that is read many times before its end."""
    files = forked(count, lambda _: (100, KEY))
    records = Slots.of(made(TargetBegan, START + 50_000 + at) for at in range(40 * count))
    files[f"{199 + count}-{START + 999 + count}.journal"] += records.data
    return files


def unreported(count: int, *, gone: bool) -> Files:
    found = (made(UnreportedFound, START + 10**7 + 3 * at, pid=200, ticks=-1 if gone else at + 1, parent_pid=100,
                  born_clock_ns=START + 10**7 + 3 * at, died_clock_ns=(START + 10**7 + 3 * at + 1) * gone)
             for at in range(count))  # fmt: skip
    return run(keeper=found)


def announced(count: int) -> Files:
    """Children that only the keeper found, of threads other than those that were about to start some."""
    found = (made(UnreportedFound, START + 10**7 + at, pid=200 + at, ticks=at + 1, parent_pid=100, parent_thread=5,
                  born_clock_ns=START + 10**7 + at) for at in range(count))  # fmt: skip
    starts = (made(UnreportedStart, START + 100 + at, command_text=1, thread=6) for at in range(count))
    return run(found, starts)


def started(count: int) -> Files:
    """Many workers, and subprocesses, that all had one pid."""
    records: list[Record] = []
    for at in range(count // 2):
        when = START + 1000 + 4 * at
        records += [made(CallBegan, when, method=probe.START, call=at + 1, child=at + 1),
                    made(CallEnded, when + 1, method=probe.START, call=at + 1, child=at + 1, result=200),
                    made(SubprocessStarted, when + 2, pid=300, returned_clock_ns=when + 3)]  # fmt: skip
    return run(program=records)


def found(count: int) -> Files:
    """Journals of one pid, whose births and ends the keeper saw."""
    files = forked(count // 3, lambda _: (77, 5), lambda _: 200)
    seen: list[Record] = []
    for at in range(count // 3):
        seen += [made(JournalFound, START + 2000 + at, pid=200, ticks=at + 1, key=START + 1000 + at),
                 made(Exited, START + 3000 + at, pid=200, ticks=at + 1)]  # fmt: skip
    return files | {KEEPER: run(seen)[KEEPER]}


def signalled(count: int) -> Files:
    signals = (made(SignalSent, START + 100 + at, pid=100, ticks=11, signal=15) for at in range(3 * count))
    return run(signals, (made(ChildNamed, START + 200 + at, child=at + 1) for at in range(count)))


def unknown_waits(count: int) -> Files:
    """Waits, and looks, of processes that never become known."""
    wait = (made(ThreadWaitNoted, START + 100 + at, pid=200 + at, ticks=1, thread=1, wait=1) for at in range(count))
    looks = (made(LookTaken, START + 100 + at, pid=200 + at, ticks=1) for at in range(count))
    return run(keeper=[*wait, *looks])


def waits_of_threads(count: int) -> Files:
    """A process in which each of very many threads waits once, and is looked into."""
    waits: list[Record] = []
    for at in range(count):
        waits += [made(ThreadWaitNoted, START + 100 + at, pid=100, ticks=11, thread=at + 1, wait=1),
                  made(LookTaken, START + 100 + at, pid=100, ticks=11)]  # fmt: skip
    return run(keeper=waits)


def open_terminates(count: int) -> Files:
    """Calls of terminate() that never return, and signals that are none of theirs."""
    calls: list[Record] = []
    for at in range(count // 2):
        calls += [made(CallBegan, START + 100, method=probe.START, call=2 * at + 1, child=at + 1),
                  made(CallEnded, START + 101, method=probe.START, call=2 * at + 1, child=at + 1, result=200 + at),
                  made(CallBegan, START + 102, method=probe.TERMINATE, call=2 * at + 2, child=at + 1)]  # fmt: skip
    return run(program=[*calls, *(made(KillCalled, START + 200, target=99, signal=15) for _ in range(count))])


def threads(count: int) -> Files:
    return run(program=(made(PoolThreadNamed, START + 100 + at, thread=at + 1) for at in range(count)))


def left_out(count: int) -> Files:
    return run(program=(made(TasksLeftOut, START + 100 + at, tasks=1) for at in range(4 * count)))


def queues(count: int) -> Files:
    """Queues of which each has a count that changes in place."""
    return run(program=(made(QueueCounted, START + 100 + at, puts=1) for at in range(4 * count)))


KINDS: dict[str, Callable[[int], Files]] = {
    "unknown waits": unknown_waits,
    "open terminates": open_terminates,
    "orphans": lambda count: forked(count, lambda _: (77, 5)),
    "one pid": lambda count: forked(count, lambda _: (100, KEY), lambda _: 200),
    "children first": lambda count: forked(
        count, lambda at: (100, KEY) if at == count - 1 else (201 + at, START + 1001 + at)
    ),
    "children of children": lambda count: forked(count, lambda at: (199 + at, START + 999 + at) if at else (100, KEY)),
    "executed": executed,
    "beside a long one": beside_a_long_one,
    "unreported": lambda count: unreported(count, gone=False),
    "unreported and gone": lambda count: unreported(count, gone=True),
    "started": started,
}


def written(folder: Path, files: Files) -> Path:
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def read_with_lanes(folder: Path) -> None:
    timeline = read_run(folder)
    for process in timeline.processes:
        timeline.lane(process.id)


def calls_to_read(folder: Path) -> int:
    """How many functions are called to read the run, and to make the lanes of all its processes."""
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        read_with_lanes(folder)
    finally:
        sys.setprofile(None)
    return count


def seconds_to_read(folder: Path) -> float:
    """The CPU time that it takes, for work that is no calls: the least of three, since others share the machine."""
    times_s = []
    for _ in range(3):
        began_s = time.process_time()
        read_with_lanes(folder)
        times_s.append(time.process_time() - began_s)
    return min(times_s)


@pytest.mark.parametrize("kind", KINDS)
def test_the_work_grows_with_the_run_and_no_faster(tmp_path: Path, kind: str) -> None:
    least, most = (calls_to_read(written(tmp_path / str(count), KINDS[kind](count))) for count in (300, 1200))
    assert most < 6 * least, f"{most / least:.1f} times the work for 4 times the records"


TIMED = [announced, found, signalled, waits_of_threads, threads, left_out, queues]


@pytest.mark.parametrize("files", TIMED, ids=lambda made: made.__name__)
def test_the_time_grows_with_the_run_and_no_faster(tmp_path: Path, files: Callable[[int], Files]) -> None:
    least, most = (seconds_to_read(written(tmp_path / str(count), files(count))) for count in (2000, 8000))
    assert most < 9 * least, f"{most / least:.1f} times the CPU time for 4 times the records"


def test_the_names_of_children_of_children_do_not_grow(tmp_path: Path) -> None:
    timeline = read_run(written(tmp_path / "run", KINDS["children of children"](100)))
    assert max(len(process.name) for process in timeline.processes) <= 60
    assert timeline.process(2).name == "fork of program"


def test_job_numbers_of_many_pools_take_no_more_memory_than_their_records(tmp_path: Path) -> None:
    jobs = [made(JobSubmitted, START + 100 + at, numbering=at % 256, job=start)
            for start in (0, 4000) for at in range(256)]  # fmt: skip
    folder = written(tmp_path / "run", run(program=jobs))
    read_run(folder)
    tracemalloc.start()
    try:
        read_run(folder)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000  # an array of 4,000 places for each would take 8 MB


def test_lines_that_are_printed_at_once_are_one_mark(tmp_path: Path) -> None:
    files = run()
    files[OUTPUT] = b"".join(
        CHUNK.pack(CHUNK_MAGIC, 1, 0, 100, START + at, 1000) + b"\n" * 1000 for at in (100, 200, 300)
    )
    timeline = read_run(written(tmp_path / "run", files))
    marks = timeline.lane(1).marks
    printed = marks.kind == MarkKind.OUTPUT
    assert (marks.t[printed].tolist(), marks.ref[printed].tolist()) == ([100, 200, 300], [1, 1001, 2001])
    assert timeline.lines_seen == timeline.process(1).output_lines == 3000
    assert [timeline.lines_within(1, *within) for within in ((0, 99), (100, 200), (200, 200), (150, 999))] == [
        0, 2000, 1000, 2000,
    ]  # fmt: skip


def test_lines_that_are_dropped_are_dropped_of_each_process_too() -> None:
    timeline = Timeline()
    timeline.lines = KeptLines(50)
    for number in range(10):
        timeline.add_process(f"{number}", ProcessKind.WORKER)
    for at in range(5000):
        timeline.add_line(at % 10 + 1, "stdout", at, f"{at}")
    assert len(timeline.lines) == 50
    assert [len(timeline.lines_of(number)) for number in range(1, 11)] == [101] * 10
    assert timeline.lines_of(10)[-1].text == "4999"


def test_the_texts_of_lines_are_kept_up_to_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.timeline.timeline_records.MOST_LINE_BYTES", 100_000)
    timeline = Timeline()
    timeline.add_process("program", ProcessKind.PROGRAM)
    for at in range(500):
        timeline.add_line(1, "stdout", at, "😀" * 1000)
    assert len(timeline.lines) == 24
    assert timeline.lines[-1].at_ns == 499


def test_a_text_is_no_longer_than_a_process_writes_one(tmp_path: Path) -> None:
    files = run(program=[made(ChildNamed, START + 100, child=1, name_text=2)])
    files[PROGRAM] = text(2, b"n" * 2_000_000) + files[PROGRAM]
    timeline = read_run(written(tmp_path / "run", files))
    assert len(timeline.process(2).name) < 30_000


def test_a_text_that_many_records_name_is_taken_apart_once(tmp_path: Path) -> None:
    """Of a damaged journal each of a hundred thousand records can name a text of four megabytes."""

    def written_with(name: str, count: int) -> Path:
        errors = [made(ErrorRaised, START + 100 + at, traceback_text=2) for at in range(count)]
        keeper: list[Record] = [made(ThreadWaitNoted, START + 100 + at, pid=100, ticks=11, thread=1, wait=1, ends_text=3)
                                for at in range(count)]  # fmt: skip
        keeper += [made(LookTaken, START + 100 + at, pid=100 * (at % 2), ticks=11 * (at % 2), found_text=4 + at % 2)
                   for at in range(2 * count)]  # fmt: skip
        files = run(keeper, errors)
        files[PROGRAM] = text(2, b"\n" * 20_000) + files[PROGRAM]
        ends = json.dumps({"ends": {str(inode): [[100, 1, 1]] for inode in range(2000)}}).encode()
        stacks = json.dumps({"threads": [{"thread": 1, "name": "", "frames": [["f", "a", 1]] * 500}] * 20}).encode()
        files[KEEPER] = text(3, b"1234 " * 40_000) + text(4, ends) + text(5, stacks) + files[KEEPER]
        return written(tmp_path / name, files)

    once, often = written_with("once", 1), written_with("often", 50)
    assert calls_to_read(often) < 1.5 * calls_to_read(once)
    tracemalloc.start()
    try:
        timeline = read_run(often)
        assert tracemalloc.get_traced_memory()[0] < 8_000_000  # lists of their own take 8 MB for the errors alone
    finally:
        tracemalloc.stop()
    assert len(timeline.errors) == 50
    assert len(timeline.holders) == 2000
    assert len(timeline.process(1).waits[0].ends) == 40_000


def packed(path: Path, files: Files) -> Path:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    path.write_bytes(out.getvalue())
    return path


def test_a_saved_run_has_no_more_records_than_fit_in_a_file_of_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = packed(tmp_path / "x.procession", run(program=[made(TargetBegan, START + 100)] * 20_000))
    open_file(path).close()
    monkeypatch.setattr("workers.formats.saved_run_reader.FREE_RECORDS", 1 << 18)
    with pytest.raises(OpenError, match="expands to more than any run does"):
        open_file(path)


def test_a_saved_run_has_no_more_processes_than_fit_in_a_file_of_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    children = (made(ChildNamed, START + 100, child=at) for at in range(1, 10_000))
    path = packed(tmp_path / "x.procession", run(program=children))
    open_file(path).close()
    monkeypatch.setattr("workers.formats.run_reader.FREE_BYTES", 1 << 18)
    with pytest.raises(OpenError, match=r"x\.procession holds more processes and calls"):
        open_file(path)
