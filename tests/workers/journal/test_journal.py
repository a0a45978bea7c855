"""The journal as its writer leaves it, and as those who follow it find it."""

import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.paths import ROOT

from workers.journal.journal import (
    CHUNK,
    CHUNK_MAGIC,
    KEEPER,
    MOST_BEHIND_BYTES,
    MOST_OUTPUT_LINES,
    MOST_SLOTS,
    OUTPUT,
    PROGRAM,
    Follower,
    JournalReader,
    Kind,
    OutputReader,
    key_of,
    read_all,
)
from workers.journal.slots import Record, Slots
from workers.recorded import probe
from workers.recorded.probe import SLOT, Journal

NAME = "77-1234.journal"


def run(code: str, *arguments: str, **options: object) -> "subprocess.CompletedProcess[str]":
    """Run a piece of code that can import workers.recorded.probe, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=30, check=False, **options,
    )  # type: ignore[call-overload,no-any-return]  # fmt: skip


def everything(reader: JournalReader) -> tuple[list[Record], int]:
    """All that a journal says once nobody writes any more."""
    slots, torn = reader.read(final=True)
    records = list(slots)
    while True:
        more, gone = reader.read(final=True)
        if not more and not gone:
            return records, torn
        records += more
        torn += gone


def empty_slot(path: Path, number: int) -> None:
    """Make a slot look as if its writer had died before its kind byte."""
    with path.open("r+b") as file:
        file.seek(number * SLOT)
        file.write(b"\0")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / NAME))
    journal.write(Kind.REAPED, 255, 65535, 2**32 - 1, -5, 1, -(2**63), 2**63 - 1, 4, 5, 6)
    records, torn = everything(JournalReader(tmp_path / NAME))
    assert records == [Record(Kind.REAPED, 255, 65535, 2**32 - 1, -5, 1, -(2**63), 2**63 - 1, 4, 5, 6)]
    assert torn == 0


def test_records_survive_the_kill_of_their_writer(tmp_path: Path) -> None:
    done = run(
        """
        import os, signal, sys
        from workers.recorded.probe import Journal, REAPED
        journal = Journal(sys.argv[1], hidden=True)
        for number in range(5000):
            journal.write(REAPED, 0, 0, 0, number, number)
        os.kill(os.getpid(), signal.SIGKILL)
        """,
        str(tmp_path / NAME),
    )
    assert done.returncode == -9
    records, torn = everything(JournalReader(tmp_path / NAME))
    assert [record.a for record in records] == list(range(5000))
    assert torn == 0


def test_a_journal_grows_over_many_stretches_and_gives_each_record_once(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / NAME))
    reader = JournalReader(tmp_path / NAME)
    for number in range(40_000):
        journal.write(Kind.REAPED, t=number)
    got: list[int] = []
    while records := reader.read()[0]:
        assert len(records) <= MOST_SLOTS
        got += [record.t for record in records]
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
    stretches = [probe._FIRST_CHUNK << (2 * at) for at in range(4)]
    lasts = {sum(stretches[: at + 1]) - 1 for at in range(4)}
    place = dict(enumerate(at for at in range(sum(stretches)) if at not in lasts))
    for number in torn:
        empty_slot(path, place[number])
    records, counted = everything(JournalReader(path))
    assert [record.t for record in records] == [number for number in range(2000) if number not in torn]
    assert counted == len(torn)


def test_a_hole_is_waited_for_then_passed_over_and_read_when_it_is_filled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("workers.journal.journal.time.monotonic", lambda: now[0])
    path = tmp_path / NAME
    journal = Journal(str(path))
    for number in range(4):
        journal.write(Kind.REAPED, t=number)
    empty_slot(path, 1)
    reader = JournalReader(path)
    assert [record.t for record in reader.read()[0]] == [0]
    assert reader.read() == (Slots(), 0)
    now[0] += 1
    assert [record.t for record in reader.read()[0]] == [2, 3]
    with path.open("r+b") as file:  # its thread goes on
        file.seek(SLOT)
        file.write(bytes([Kind.REAPED]))
    assert [record.t for record in reader.read()[0]] == [1]
    assert everything(reader) == ([], 0)


def test_the_last_slot_is_waited_for_as_long_as_its_writer_may_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("workers.journal.journal.time.monotonic", lambda: now[0])
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


def test_a_reader_of_nothing_says_nothing(tmp_path: Path) -> None:
    assert JournalReader(tmp_path / "gone").read(final=True) == (Slots(), 0)
    assert OutputReader(tmp_path / "gone").read() == []
    assert not Follower(tmp_path / "gone").poll(final=True)
    assert list(read_all(tmp_path / "gone")) == []


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ""),
        ("plain", "plain"),
        ("x" * 56, "x" * 56),
        ("x" * 57, "x" * 57),
        ("ü€😀" * 300, "ü€😀" * 300),
        ("nul\0inside", "nul\0inside"),
        ("caf\udce9.py", "caf\\udce9.py"),
        ("\ud800", "\\ud800"),
        ("y" * 100_000, "y" * 4096),
    ],
)
def test_texts_of_any_length_and_kind(tmp_path: Path, text: str, read: str) -> None:
    journal = Journal(str(tmp_path / NAME))
    number = journal.text(text)
    again = journal.text(text)
    reader = JournalReader(tmp_path / NAME)
    everything(reader)
    assert reader.texts[number] == read
    assert again == number


def test_a_text_that_is_not_kept_is_written_each_time(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / NAME))
    assert journal.text("value", keep=False) != journal.text("value", keep=False)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs a list of the open descriptors")
def test_journals_that_grow_in_many_threads_leave_every_descriptor_alone(tmp_path: Path) -> None:
    journals = [Journal(str(tmp_path / f"{number}.journal"), hidden=True) for number in range(60)]
    before = sorted(os.listdir("/proc/self/fd"))
    interval = sys.getswitchinterval()
    stolen: list[OSError] = []
    over = threading.Event()

    def open_and_close() -> None:
        while not over.is_set():
            for number in [number for _ in range(3) for number in os.pipe()]:
                try:
                    os.close(number)
                except OSError as error:
                    stolen.append(error)

    def fill(journal: Journal) -> None:
        for _ in range(200):
            journal.write(Kind.BYE)

    opener = threading.Thread(target=open_and_close)
    sys.setswitchinterval(1e-6)
    try:
        opener.start()
        for journal in journals:
            writers = [threading.Thread(target=fill, args=(journal,)) for _ in range(4)]
            for writer in writers:
                writer.start()
            for writer in writers:
                writer.join()
    finally:
        over.set()
        opener.join()
        sys.setswitchinterval(interval)
    assert not stolen
    assert sorted(os.listdir("/proc/self/fd")) == before


def test_threads_write_without_losing_or_mixing(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / NAME))

    def write(which: int) -> None:
        for number in range(3000):
            journal.write(Kind.REAPED, t=number, a=which, word=journal.text(f"thread {which}"))

    threads = [threading.Thread(target=write, args=(which,)) for which in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reader = JournalReader(tmp_path / NAME)
    records, torn = everything(reader)
    assert torn == 0
    for which in range(4):
        assert [record.t for record in records if record.a == which] == list(range(3000))
    assert all(reader.texts[record.word] == f"thread {record.a}" for record in records)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of file sizes")
def test_a_file_size_limit_silences_the_journal_which_says_so(tmp_path: Path) -> None:
    done = run(
        """
        import resource, sys
        from workers.recorded.probe import Journal, REAPED
        journal = Journal(sys.argv[1], hidden=True)
        resource.setrlimit(resource.RLIMIT_FSIZE, (40000, 40000))
        for number in range(2000):
            journal.write(REAPED, 0, 0, 0, number)
        print(journal.failed)
        """,
        str(tmp_path / NAME),
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")
    records, torn = everything(JournalReader(tmp_path / NAME))
    assert [record.t for record in records[:-1]] == list(range(probe._FIRST_CHUNK * 5 - 2))  # two stretches fit
    assert records[-1].kind == Kind.CUT
    assert torn == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a mapping of a device needs one")
def test_what_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="exists"):
        Journal(str((tmp_path / NAME).absolute())) and Journal(str(tmp_path / NAME))
    with pytest.raises(FileNotFoundError):
        Journal(str(tmp_path / "gone" / NAME))
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=r"exists|symbolic"):
        Journal(str(tmp_path / "link"))


def test_a_deleted_folder_silences_the_journal_when_it_grows(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    journal = Journal(str(folder / NAME))
    (folder / NAME).unlink()
    folder.rmdir()
    for number in range(1000):
        journal.write(Kind.REAPED, t=number)
    assert journal.failed


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="descriptors are listed in /proc")
def test_a_hidden_journal_leaves_no_descriptor_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    journal = Journal(str(tmp_path / NAME), hidden=True)
    for number in range(3000):  # several stretches
        journal.write(Kind.REAPED, t=number)
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="descriptors are closed by number")
def test_a_hidden_journal_survives_a_program_that_closes_every_descriptor(tmp_path: Path) -> None:
    done = run(
        """
        import os, sys
        from workers.recorded.probe import Journal, REAPED
        journal = Journal(sys.argv[1], hidden=True)
        os.closerange(3, 4096)
        mine = [os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND) for _ in range(40)]
        for number in range(3000):
            journal.write(REAPED, 0, 0, 0, number)
        for fd in mine:
            os.write(fd, b"x")
        """,
        str(tmp_path / NAME),
        str(tmp_path / "mine"),
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "mine").read_bytes() == b"x" * 40
    assert len(everything(JournalReader(tmp_path / NAME))[0]) == 3000


def test_a_follower_gives_the_keeper_first_and_finds_journals_as_they_come(tmp_path: Path) -> None:
    follower = Follower(tmp_path)
    late = Journal(str(tmp_path / "9-50.journal"))
    late.write(Kind.BYE, t=3)
    Journal(str(tmp_path / PROGRAM)).write(Kind.IDLE, t=2)
    Journal(str(tmp_path / KEEPER)).write(Kind.RUN, t=1)
    (tmp_path / "notes.txt").write_text("not a journal")
    assert [entries.name for entries in follower.poll().entries] == [KEEPER, PROGRAM, "9-50.journal"]
    assert not follower.poll()
    # At once, so that the folder's time may still be the same tick of the kernel's.
    Journal(str(tmp_path / "8-60.journal")).write(Kind.BYE, t=4)
    assert [entries.name for entries in follower.poll().entries] == ["8-60.journal"]
    late.write(Kind.BYE, t=5)
    assert [record.t for record in follower.poll().entries[0].records] == [5]


def test_texts_alone_are_not_the_end(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / NAME))
    for number in range(MOST_SLOTS):
        journal.text(f"{number} " + "x" * 100)
    journal.write(Kind.BYE, t=9)
    records = [record for batch in read_all(tmp_path) for entries in batch.entries for record in entries.records]
    assert [record.t for record in records] == [9]


def test_what_is_over_is_read_a_journal_at_a_time_the_parents_first(tmp_path: Path) -> None:
    parent, child = Journal(str(tmp_path / "1-10.journal")), Journal(str(tmp_path / "2-20.journal"))
    for number in range(2 * MOST_SLOTS + 1):
        parent.write(Kind.SUBMITTED, t=number)
        child.write(Kind.TASK, t=number)
    read = [(entries.name, len(entries.records)) for batch in read_all(tmp_path) for entries in batch.entries]
    assert [sum(count for name, count in read if name == one) for one in ("1-10.journal", "2-20.journal")] == [
        2 * MOST_SLOTS + 1
    ] * 2
    names = [name for name, _ in read]
    assert names == sorted(names)


def test_names_are_keys() -> None:
    assert key_of("12-345.journal") == (12, 345)
    assert key_of(KEEPER) is None
    assert key_of("12-345.journal.old") is None


def chunk(data: bytes, pid: int = 5, stream: int = 1, t: int = 1) -> bytes:
    """One chunk as the keeper writes it."""
    return CHUNK.pack(CHUNK_MAGIC, stream, 0, pid, t, len(data)) + data


def test_output_is_given_in_whole_chunks(tmp_path: Path) -> None:
    path = tmp_path / OUTPUT
    data = chunk(b"one\n") + chunk(b"two\n", pid=6, stream=2)
    path.write_bytes(data[:-1])
    reader = OutputReader(path)
    assert [(c.pid, c.stream, c.data) for c in reader.read()] == [(5, 1, b"one\n")]
    assert reader.read() == []
    path.write_bytes(data)
    assert [(c.pid, c.stream, c.data) for c in reader.read()] == [(6, 2, b"two\n")]


def test_a_flood_comes_in_bounded_parts_and_whole(tmp_path: Path) -> None:
    path = tmp_path / OUTPUT
    long = b"".join(b"%d\n" % number for number in range(12_000))
    parts = [long[at : at + 65536] for at in range(0, len(long), 65536)]
    path.write_bytes(b"".join(chunk(part) for part in parts) + chunk(b"no end"))
    reader = OutputReader(path, whole=False)
    got = b""
    while chunks := reader.read():
        assert sum(c.data.count(b"\n") for c in chunks) <= MOST_OUTPUT_LINES
        got += b"".join(c.data for c in chunks)
    assert got == long + b"no end"


def test_a_reader_far_behind_skips_to_the_newest_and_says_how_much(tmp_path: Path) -> None:
    path = tmp_path / OUTPUT
    piece = CHUNK.pack(CHUNK_MAGIC, 1, 0, 5, 1, 5) + b"x" * 60_000  # what is printed can look like a chunk
    count = MOST_BEHIND_BYTES // len(piece) + 20
    path.write_bytes(chunk(piece) * count)
    reader = OutputReader(path, whole=False)
    first = reader.read()
    skipped, got = reader.skipped, sum(len(c.data) for c in first)
    assert skipped > MOST_BEHIND_BYTES // 2
    while chunks := reader.read():
        assert reader.skipped == 0
        assert all(c.data == piece for c in chunks)
        got += sum(len(c.data) for c in chunks)
    assert skipped + got == len(piece) * count
    everything_read = OutputReader(path)
    assert len(everything_read.read()) > 0
    assert everything_read.skipped == 0
