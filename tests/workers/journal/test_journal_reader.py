"""The journal as its reader finds it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.journals import NAME, empty_slot, everything, made

from workers.journal.follower import Follower, read_all
from workers.journal.journal_reader import MOST_SLOTS, JournalReader
from workers.journal.kinds import Kind
from workers.journal.output_reader import OutputReader
from workers.journal.process_kinds import Reaped, TargetEnded, WorkerTask
from workers.journal.slots import Slots
from workers.recorded import probe
from workers.recorded.probe import SLOT, Journal


def test_what_is_written_is_read(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / NAME))
    journal.write(Kind.REAPED, t=-5, a=-(2**63), b=2**63 - 1)
    journal.write(Kind.TARGET_ENDED, word=2**32 - 1, t=2**63 - 1)
    records, torn = everything(JournalReader(tmp_path / NAME))
    assert records == [
        Reaped(-5, pid=-(2**63), exit_code=2**63 - 1),
        TargetEnded(error_text=2**32 - 1, clock_ns=2**63 - 1),
    ]
    assert torn == 0


def test_a_journal_grows_over_many_stretches_and_gives_each_record_once(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / NAME))
    reader = JournalReader(tmp_path / NAME)
    for number in range(40_000):
        journal.write(Kind.REAPED, t=number)
    got: list[int] = []
    while records := reader.read()[0]:
        assert len(records) <= MOST_SLOTS
        got += [record.clock_ns for record in records]
    assert got == list(range(40_000))
    assert (tmp_path / NAME).stat().st_size < 3 * 40_000 * SLOT


@settings(deadline=None, max_examples=40)
@given(st.sets(st.integers(0, 1999), max_size=12))
def test_torn_slots_are_skipped_and_counted_wherever_they_are(
    tmp_path_factory: pytest.TempPathFactory, torn: set[int]
) -> None:
    path = tmp_path_factory.mktemp("torn") / NAME
    journal = Journal(str(path))
    for number in range(2000):
        journal.write(Kind.REAPED, t=number)
    # The last slot of each stretch is no record.
    stretches = [probe.FIRST_STRETCH << (2 * at) for at in range(4)]
    lasts = {sum(stretches[: at + 1]) - 1 for at in range(4)}
    place = dict(enumerate(at for at in range(sum(stretches)) if at not in lasts))
    for number in torn:
        empty_slot(path, place[number])
    records, counted = everything(JournalReader(path))
    assert [record.clock_ns for record in records] == [number for number in range(2000) if number not in torn]
    assert counted == len(torn)


def test_a_hole_is_waited_for_then_passed_over_and_read_when_it_is_filled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("workers.journal.journal_reader.time.monotonic", lambda: now[0])
    path = tmp_path / NAME
    journal = Journal(str(path))
    for number in range(4):
        journal.write(Kind.REAPED, t=number)
    empty_slot(path, 1)
    reader = JournalReader(path)
    assert [record.clock_ns for record in reader.read()[0]] == [0]
    assert reader.read() == (Slots(), 0)
    now[0] += 1
    assert [record.clock_ns for record in reader.read()[0]] == [2, 3]
    with path.open("r+b") as file:  # its thread goes on
        file.seek(SLOT)
        file.write(bytes([Kind.REAPED]))
    assert [record.clock_ns for record in reader.read()[0]] == [1]
    assert everything(reader) == ([], 0)


def test_the_last_slot_is_waited_for_as_long_as_its_writer_may_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("workers.journal.journal_reader.time.monotonic", lambda: now[0])
    path = tmp_path / NAME
    journal = Journal(str(path))
    journal.write(Kind.BYE, t=1)
    journal.write(Kind.BYE, t=2)
    empty_slot(path, 1)
    reader = JournalReader(path)
    assert len(reader.read()[0]) == 1
    now[0] += 1000
    assert reader.read() == (Slots(), 0)
    assert everything(reader) == ([], 1)


def test_a_tail_that_is_no_whole_slot_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / NAME
    Journal(str(path)).write(Kind.BYE, t=1)
    data = path.read_bytes()
    (tmp_path / "1-2.journal").write_bytes(data[:SLOT] + data[: SLOT - 1])
    assert len(everything(JournalReader(tmp_path / "1-2.journal"))[0]) == 1


def test_a_reader_without_a_file_reads_nothing(tmp_path: Path) -> None:
    assert JournalReader(tmp_path / "gone").read(final=True) == (Slots(), 0)
    assert OutputReader(tmp_path / "gone").read() == []
    assert not Follower(tmp_path / "gone").poll(final=True)
    assert list(read_all(tmp_path / "gone")) == []


def test_every_thread_of_many_may_be_in_a_task_that_ends_later(tmp_path: Path) -> None:
    journal, reader = Journal(str(tmp_path / NAME)), JournalReader(tmp_path / NAME)
    places = [place for number in range(300) if (place := journal.place()) is not None]
    for number, (memory, offset) in enumerate(places):
        probe.BODY.pack_into(memory, offset + 1, 0, 0, 0, number, 1 + number, 0, -1, 0, 0, 0)
        memory[offset] = Kind.TASK
    assert len(reader.read()[0]) == 300
    assert len(reader.read()[0]) == 0
    for memory, offset in places[::2]:
        memory[offset + 1] = probe.TASK_OVER
    ended, torn = reader.read()
    assert [task.thread for task in ended if isinstance(task, WorkerTask)] == list(range(1, 301, 2))
    assert reader.restless
    for memory, offset in places[1::2]:
        memory[offset + 1] = probe.TASK_OVER
    assert [len(reader.read()[0]) for _ in range(2)] == [150, 0]
    assert (torn, reader.restless) == (0, False)


def test_a_task_comes_again_when_the_size_of_its_result_is_known(tmp_path: Path) -> None:
    """Of several that ended since the last reading, each may have got its size after its slot had been read."""
    path = tmp_path / NAME

    def task(at: int, flags: int, bytes_out: int, thread: int = 0) -> WorkerTask:
        return made(WorkerTask, at, flags=flags, bytes_out=bytes_out, thread=thread, place=-1)

    over, sizes = probe.TASK_OVER, [0x100, 0x10000, 0x1000000, 1]  # a byte of each is not zero
    known = [task(at, over, size) for at, size in enumerate(sizes)]
    others = [task(5, over, 0, thread=1), task(6, over | probe.UNNUMBERED, 0), task(7, over | probe.EXECUTOR_JOB, 0)]
    first = [*(task(at, over, 0) for at in range(3)), known[3], *others]
    write_slots(path, first)
    reader = JournalReader(path)
    assert list(reader.read()[0]) == first
    assert reader.restless
    write_slots(path, [*known, *others, task(8, 0, 0)])
    assert list(reader.read()[0]) == [*known[:3], task(8, 0, 0)]
    write_slots(path, [*known, *others, task(8, over | probe.EXECUTOR_JOB, 0)])
    assert list(reader.read()[0]) == [task(8, over | probe.EXECUTOR_JOB, 0)]
    assert list(reader.read()[0]) == []
    last = task(8, over | probe.EXECUTOR_JOB, 9)
    write_slots(path, [*known, *others, last])
    assert list(reader.read(final=True)[0]) == [last]
    assert not reader.restless
    assert everything(JournalReader(path))[0] == [*known, *others, last]


def write_slots(path: Path, records: list[WorkerTask]) -> None:
    """A journal that consists of these."""
    path.write_bytes(Slots.of(records).data)
