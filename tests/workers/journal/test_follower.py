"""The journals of a run's folder, as they are found and read."""

import time
from pathlib import Path

import pytest
from support.journals import NAME

from workers.journal.follower import Follower, read_all
from workers.journal.journal_reader import MOST_SLOTS, JournalReader
from workers.journal.kinds import Kind
from workers.journal.run_files import KEEPER, PROGRAM
from workers.recorded.probe import REGION_SLOTS, SLOT, Journal


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
    assert [record.clock_ns for record in follower.poll().entries[0].records] == [5]


def test_an_end_that_the_keeper_saw_never_comes_before_what_led_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that records why it ends, and ends, just when others were looked for."""
    keeper = Journal(str(tmp_path / KEEPER))
    keeper.write(Kind.RUN, t=1)
    follower = Follower(tmp_path)
    assert follower.poll()
    look = Follower._find_newborn

    def look_and_go_on(self: Follower, *, apart: bool) -> None:
        look(self, apart=apart)
        Journal(str(tmp_path / "9-50.journal")).write(Kind.BYE, t=2)
        keeper.write(Kind.EXITED, t=3)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Follower, "_find_newborn", look_and_go_on)
        assert not follower.poll()
    assert [entries.name for entries in follower.poll().entries] == [KEEPER, "9-50.journal"]


def test_a_batch_tells_up_to_when_everything_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(str(tmp_path / NAME))
    for _ in range(MOST_SLOTS + 1):
        journal.write(Kind.IDLE, t=1)
    follower = Follower(tmp_path)
    assert follower.poll().read_ns == 0  # something was left
    before_ns = time.perf_counter_ns()
    assert before_ns <= follower.poll().read_ns <= time.perf_counter_ns()
    written = (tmp_path / NAME).read_bytes().rstrip(b"\0")
    slots = -(-len(written) // SLOT)
    with (tmp_path / NAME).open("r+b") as file:
        file.seek((slots + 1) * SLOT)  # behind a slot that somebody fills at this moment
        file.write(written[:SLOT])
        file.flush()
        assert follower.poll().read_ns == 0
        file.seek(slots * SLOT)
        file.write(written[:SLOT])
    assert [len(entries.records) for entries in follower.poll().entries] == [2]
    assert follower.poll().read_ns > before_ns
    with (tmp_path / NAME).open("r+b") as file:
        file.seek((slots + 2) * SLOT + 8)
        file.write(b"\1")  # one slot, begun by a process that was killed: it is never filled
    assert follower.poll().read_ns == 0
    monkeypatch.setattr("workers.journal.journal_reader._PATIENCE_S", 0.0)
    assert follower.poll().read_ns > before_ns


def test_a_journal_that_goes_on_in_another_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / NAME))
    for _ in range(REGION_SLOTS + 1):
        journal.write(Kind.BYE, t=1)
    region, more = tmp_path / "nursery", tmp_path / "more"
    written = (tmp_path / NAME).read_bytes()
    region.write_bytes(written[: REGION_SLOTS * SLOT])
    more.write_bytes(written[REGION_SLOTS * SLOT :])
    reader = JournalReader(region, region=0, more=more)
    assert [(len(reader.read()[0]), reader.unread) for _ in range(3)] == [(REGION_SLOTS, True), (1, False), (0, False)]


def test_texts_alone_are_not_the_end(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / NAME))
    for number in range(MOST_SLOTS):
        journal.text(f"{number} " + "x" * 100)
    journal.write(Kind.BYE, t=9)
    records = [record for batch in read_all(tmp_path) for entries in batch.entries for record in entries.records]
    assert [record.clock_ns for record in records] == [9]


def test_a_run_that_is_over_is_read_a_journal_at_a_time_parents_first(tmp_path: Path) -> None:
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
