"""Slots are a sequence of records without being one object each."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.journal.process_kinds import JobSubmitted, Reaped, Spawned, SubprocessStarted, UnreportedStart, WorkerTask
from workers.journal.slots import Record, Slots, UnknownRecord
from workers.recorded.probe import SLOT, TASK_OVER

NUMBERS = st.integers(-(2**63), 2**63 - 1)
PLACES, SECONDS = st.integers(-(2**31), 2**31 - 1), st.floats(0, 1e9, width=32)
FLAGS, WORDS = st.integers(0, 255), st.integers(0, 2**32 - 1)
RECORDS = st.lists(
    st.builds(Reaped, NUMBERS, NUMBERS, NUMBERS)
    | st.builds(JobSubmitted, FLAGS, NUMBERS, NUMBERS)
    | st.builds(WorkerTask, FLAGS, WORDS, NUMBERS, *[WORDS] * 4, PLACES, WORDS, NUMBERS, WORDS, SECONDS, NUMBERS)
    | st.builds(Spawned, *[NUMBERS] * 3)
    | st.builds(SubprocessStarted, WORDS, *[NUMBERS] * 3),
    max_size=8,
)


@given(RECORDS, st.slices(8))
def test_sequence_of_its_records(records: list[Record], part: slice) -> None:
    slots = Slots.of(records)
    assert len(slots.data) == len(records) * SLOT
    assert list(slots) == [slots[at] for at in range(len(slots))] == records
    assert list(map(type, slots)) == list(map(type, records))
    assert list(slots[part]) == records[part]
    assert list(slots.chosen(range(len(records))[part])) == records[part]
    assert slots.kinds == slots.data[::SLOT]
    assert slots.flags == slots.data[1::SLOT]
    assert [slots[-at] for at in range(1, len(records) + 1)] == records[::-1]
    assert slots == Slots(slots.data)
    if records:
        assert slots.latest_ns == Slots.of(records * 40).latest_ns == max(record.clock_ns for record in records)
        assert slots != Slots.of([*records, records[0]])


@given(RECORDS, NUMBERS, st.sampled_from((1, 40)))
def test_records_of_a_time_that_no_clock_shows_are_left_out(records: list[Record], end_ns: int, again: int) -> None:
    records *= again
    assert list(Slots.of(records).within(end_ns)) == [one for one in records if 0 <= one.clock_ns < end_ns]


def test_beyond_its_end_there_is_nothing() -> None:
    with pytest.raises(IndexError):
        Slots()[0]
    with pytest.raises(IndexError):
        Slots(bytes(SLOT))[-2]


def test_flags_distinguish_variants_of_a_kind() -> None:
    records = [Spawned(1, 2, 3), SubprocessStarted(9, 1, 2, 3), UnreportedStart(9, 1, 2)]
    slots = Slots.of(records)
    assert len(set(slots.kinds)) == 1
    assert list(slots.flags) == [0, 1, 2]
    assert list(map(type, slots)) == [Spawned, SubprocessStarted, UnreportedStart]


@pytest.mark.parametrize(("kind", "flags"), [(200, 0), (13, 0), (28, 1), (16, 9)])
def test_a_kind_of_another_version_has_a_time_and_nothing_else(kind: int, flags: int) -> None:
    """13, 28 and 200 are no kinds, and 9 is no variant of 16."""
    slots = Slots(struct.pack("<BBHI7q", kind, flags, 0, 1, 5, *range(6)))
    assert list(slots) == [UnknownRecord(5)]


def test_a_task_has_its_numbering_whether_it_is_over_or_not() -> None:
    assert [WorkerTask(flags, *[0] * 12).numbering for flags in (0, 1, TASK_OVER, 1 | TASK_OVER)] == [0, 1, 0, 1]
