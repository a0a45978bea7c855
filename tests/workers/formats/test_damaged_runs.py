"""Runs whose files were damaged after they were recorded: what is shown was recorded, and what is missing is counted."""

import random
import re
import shutil
import struct
import sys
import tracemalloc
from itertools import combinations, pairwise
from pathlib import Path
from zlib import crc32

import pytest
from support.journals import made
from support.recording import recording
from support.scripts import script_path

from workers.engines.programs import script_program
from workers.errors import OpenError
from workers.formats.run_reader import read_run
from workers.journal.checksums import HEAD, write_checksums
from workers.journal.damaged_slots import damaged_slots
from workers.journal.keeper_kinds import (
    CpuLimitsSeen,
    EndingBegan,
    Exited,
    JournalFound,
    MachineSuspended,
    PauseChanged,
    ProgramLaunched,
    Released,
    RequestPassed,
    RunBegan,
    RunEnded,
    SignalSent,
    SubprocessFound,
    ThreadWaitNoted,
    UnreportedFound,
    UsageSampled,
)
from workers.journal.kinds import Kind
from workers.journal.process_kinds import Hello, SubprocessStarted, WorkerTask
from workers.journal.run_files import CHECKSUMS, KEEPER, OUTPUT
from workers.journal.slots import Record, Slots
from workers.recorded.probe import SLOT, TASK_OVER
from workers.report.report import report
from workers.timeline.timeline import Timeline


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run with tasks, forks, joins and printed lines."""
    folder = tmp_path_factory.mktemp("run") / "run"
    with recording(script_program(str(script_path("filling.py")), "tasks", "300", python=sys.executable)) as live:
        live.finish()
        shutil.copytree(live.run.folder, folder)
    return folder


def times_of(timeline: Timeline) -> dict[str, list[tuple[float | None, ...]]]:
    """The moments of each process, call and task, in the order in which they can only be."""
    said = report(timeline)
    return {
        "processes": [
            tuple(one[name] for name in ("start_called_s", "target_began_s", "target_ended_s", "exited_s", "reaped_s"))
            for one in said["processes"]
        ],
        "calls": [(one["began_s"], one["ended_s"]) for one in said["calls"]],
        "tasks": [(one["submitted_s"], one["began_s"], one["ended_s"]) for one in said["tasks"]],
    }


def check(timeline: Timeline, whole: Timeline) -> None:
    """Fail where a time is outside of the run, or before another that comes before it."""
    last_s = whole.now_ns / 1e9
    assert timeline.now_ns <= whole.now_ns
    for what, all_of_them in times_of(timeline).items():
        for times in all_of_them:
            known = [time for time in times if time is not None]
            assert all(-0.001 <= time <= last_s + 0.001 for time in known), (what, times)
            assert all(one <= other + 0.001 for one, other in pairwise(known)), (what, times)
    assert {(line.at_ns, line.text) for line in timeline.lines} <= {(line.at_ns, line.text) for line in whole.lines}
    assert {task[1:] for task in times_of(timeline)["tasks"]} <= {task[1:] for task in times_of(whole)["tasks"]}


def counted(timeline: Timeline) -> int:
    """How many damaged records the warnings name."""
    text = " ".join(timeline.warnings)
    match = re.search(r"([\d,]+) records are damaged", text)
    return int(match[1].replace(",", "")) if match else int("One record is damaged" in text)


def test_a_run_is_whole_and_says_nothing_of_damage(run: Path) -> None:
    assert (run / CHECKSUMS).exists()
    assert damaged_slots(run) == {}
    check(read_run(run), read_run(run))
    assert counted(read_run(run)) == 0


def test_damaged_bits_are_counted_and_never_become_times(run: Path, tmp_path: Path) -> None:
    whole = read_run(run)
    contents = {path.name: path.read_bytes() for path in [*run.glob("*.journal"), run / OUTPUT]}
    seed = random.SystemRandom().randrange(1 << 32)
    choose = random.Random(seed)
    folder = tmp_path / "run"
    shutil.copytree(run, folder)
    opened = 0
    for _ in range(60):
        changed = {name: bytearray(content) for name, content in contents.items()}
        slots = set()
        for _ in range(choose.choice((1, 1, 3, 30))):
            name = choose.choice(sorted(changed))
            written = len(contents[name].rstrip(b"\0"))
            at = choose.randrange(min(len(contents[name]), written + 200))
            changed[name][at] ^= 1 << choose.randrange(8)
            slots.add((name, at // SLOT if name != OUTPUT else 0))
        printed = (OUTPUT, 0) in slots
        slots = {(name, at) for name, at in slots if name != OUTPUT and
                 changed[name][at * SLOT : (at + 1) * SLOT] != contents[name][at * SLOT : (at + 1) * SLOT]}  # fmt: skip
        for name, content in changed.items():
            (folder / name).write_bytes(content)
        try:
            timeline = read_run(folder)
        except OpenError:
            continue  # the record of the program's launch
        opened += 1
        try:
            assert len(slots) <= counted(timeline) <= len(slots) + (30 if printed else 0)
            check(timeline, whole)
        except AssertionError as error:
            error.add_note(f"seed {seed}; changed: {sorted(slots)}; kept in {tmp_path}")
            raise
    assert opened > 40


MS = 1_000_000
START = 51_809 * 1000 * MS
"""When the program of the run below was launched: a machine that has been up for hours."""


def seen_from_outside(folder: Path) -> None:
    """The journals of a run in which the keeper saw much that no process recorded, as on a busy machine. It is over."""

    def at(ms: int) -> int:
        return START + ms * MS

    manifest = b'{"argv": ["python"]}'
    text = struct.pack("<BBHI56s", Kind.TEXT, 1, len(manifest), 1, manifest)
    child = {"pid": 200, "ticks": 21}
    keeper: list[Record] = [
        RunBegan(1, at(-5), epoch_ns=10**18),
        made(ProgramLaunched, START, pid=100, ticks=11, returned_clock_ns=at(2), born_clock_ns=at(1)),
        made(CpuLimitsSeen, at(3)),
        made(JournalFound, at(20), pid=100, ticks=11, key=at(15), born_clock_ns=at(1)),
        made(UnreportedFound, at(40), **child, parent_pid=100, born_clock_ns=at(30)),
        made(UnreportedFound, at(41), pid=201, ticks=-1, parent_pid=100, born_clock_ns=at(31), died_clock_ns=at(35)),
        made(SubprocessFound, at(45), pid=202, ticks=-1, start_clock_ns=at(42), born_clock_ns=at(43),
             died_clock_ns=at(44)),
        made(RequestPassed, at(46), request=1, verb=2),
        made(UsageSampled, at(50), **child, cpu_ns=MS, rss_bytes=1 << 20),
        made(PauseChanged, at(52), **child, paused=1),
        made(PauseChanged, at(54), **child),
        made(MachineSuspended, at(56), slept_ns=MS),
        made(ThreadWaitNoted, at(57), **child, thread=200, wait=1, threads=1),
        made(EndingBegan, at(58), ended_by=1),
        made(SignalSent, at(59), pid=100, ticks=11, signal=15),
        made(Exited, at(60), **child, status_known=1),
        made(Released, at(61), **child),
        made(Exited, at(70), pid=100, ticks=11, status_known=1, exit_code=-15),
        made(Released, at(71), pid=100, ticks=11),
        made(RunEnded, at(72), status_known=1),
    ]  # fmt: skip
    program = [
        made(Hello, at(15), pid=100, ticks=11, version=1),
        made(SubprocessStarted, at(42), pid=202, returned_clock_ns=at(44)),
    ]
    (folder / KEEPER).write_bytes(text + Slots.of(keeper).data + bytes(2 * SLOT))
    (folder / f"100-{at(15)}.journal").write_bytes(Slots.of(program).data)


@pytest.mark.parametrize("over", [True, False], ids=["over", "a process was left"])
def test_no_loss_of_two_records_gives_a_time_outside_of_the_run(tmp_path: Path, over: bool) -> None:
    """A checksum finds one or two changed bits of a record, whichever they are: so what counts is which records are lost. Pairs
    are of a record that says when and what began, and any other."""
    seen_from_outside(tmp_path)
    write_checksums(tmp_path, over=over)
    whole = read_run(tmp_path)
    assert len(whole.processes) == 4
    check_all(whole, whole)
    contents = {path.name: path.read_bytes() for path in tmp_path.glob("*.journal")}
    slots = [(name, slot) for name, content in sorted(contents.items()) for slot in range(len(content) // SLOT)]
    firsts = {(name, slot) for name, slot in slots if slot < (3 if name == KEEPER else 1)}
    opened = 0
    for lost in [*combinations(slots, 1), *(pair for pair in combinations(slots, 2) if firsts.intersection(pair))]:
        changed = {name: bytearray(content) for name, content in contents.items()}
        for name, slot in lost:
            changed[name][slot * SLOT] ^= Kind.EXITED  # also of an empty slot beyond the end
        for name, content in changed.items():
            (tmp_path / name).write_bytes(content)
        try:
            timeline = read_run(tmp_path)
        except OpenError:
            continue
        opened += 1
        assert counted(timeline) == len(lost), lost
        try:
            check_all(timeline, whole)
        except AssertionError as error:
            error.add_note(f"lost: {lost}")
            raise
        if (KEEPER, 2) in lost:
            assert "When the program was launched is not known: no moment of the run can be shown." in timeline.warnings
    assert opened > 100


def check_all(timeline: Timeline, whole: Timeline) -> None:
    """As `check`, and what is in no table of the report."""
    check(timeline, whole)
    moments = [request.at_ns for request in timeline.requests.values()]
    moments += [one.at_ns for one in timeline.suspends]
    moments += [] if timeline.cut_ns is None else [max(0, timeline.cut_ns)]  # some time before the record
    assert all(0 <= at_ns <= whole.now_ns for at_ns in moments), moments


def test_damaged_checksums_cost_no_record(run: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    shutil.copytree(run, folder)
    whole = times_of(read_run(run))
    sums = (run / CHECKSUMS).read_bytes()
    choose = random.Random()
    for _ in range(40):
        content = bytearray(sums)
        content[choose.randrange(len(content))] ^= 1 << choose.randrange(8)
        (folder / CHECKSUMS).write_bytes(content[: choose.randrange(len(content)) if choose.random() < 0.3 else None])
        assert times_of(read_run(folder)) == whole
    (folder / CHECKSUMS).unlink()  # as in a run of an earlier version
    assert times_of(read_run(folder)) == whole


def test_checksums_are_read_into_no_more_memory_than_the_journals_need(tmp_path: Path) -> None:
    seen_from_outside(tmp_path)
    write_checksums(tmp_path, over=True)
    sums = (tmp_path / CHECKSUMS).read_bytes()
    numbers = 4_000_000
    entry = HEAD.pack(len(KEEPER), True, 0, numbers) + KEEPER.encode() + bytes(4 * numbers)
    (tmp_path / CHECKSUMS).write_bytes(sums + (entry + crc32(entry).to_bytes(4, "little")) * 2)
    changed = bytearray((tmp_path / KEEPER).read_bytes())
    changed[3 * SLOT + 20] ^= 1
    (tmp_path / KEEPER).write_bytes(changed)
    tracemalloc.start()
    try:
        assert damaged_slots(tmp_path) == {KEEPER: {3}}  # by the first entry; the others say that nothing is as it was
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_result_that_is_pickled_after_the_end_of_the_run_is_no_damage(tmp_path: Path) -> None:
    """A worker may outlive the run, and its last task had ended when the checksums were written."""
    name = "77-1234.journal"
    tasks = [made(WorkerTask, at, flags=TASK_OVER, bytes_out=at) for at in range(2)]
    (tmp_path / name).write_bytes(Slots.of(tasks).data)
    write_checksums(tmp_path, over=False)
    (tmp_path / name).write_bytes(Slots.of([tasks[0]._replace(bytes_out=9), tasks[1]]).data)
    assert damaged_slots(tmp_path) == {}
    (tmp_path / name).write_bytes(Slots.of([tasks[0], tasks[1]._replace(bytes_out=9)]).data)
    assert damaged_slots(tmp_path) == {name: {1}}
