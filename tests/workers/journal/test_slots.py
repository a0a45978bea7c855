"""Slots are a sequence of records without being one object each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.journal.slots import Record, Slots
from workers.recorded.probe import SLOT

NUMBERS = st.integers(-(2**63), 2**63 - 1)
RECORDS = st.lists(
    st.builds(Record, st.integers(0, 255), st.integers(0, 255), st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1),
              *[NUMBERS] * 7),
    max_size=8,
)  # fmt: skip


@given(RECORDS, st.slices(8))
def test_sequence_of_its_records(records: list[Record], part: slice) -> None:
    slots = Slots.of(records)
    assert len(slots.data) == len(records) * SLOT
    assert list(slots) == [slots[at] for at in range(len(slots))] == records
    assert list(slots[part]) == records[part]
    assert (slots.kinds, slots.flags) == (bytes(one.kind for one in records), bytes(one.flags for one in records))
    assert [slots[-at] for at in range(1, len(records) + 1)] == records[::-1]
    assert slots == Slots(slots.data)
    if records:
        assert slots.last_ns == records[-1].t
        assert slots != Slots.of([*records, records[0]])


@given(RECORDS, NUMBERS)
def test_records_of_a_time_that_no_clock_shows_are_left_out(records: list[Record], end_ns: int) -> None:
    assert list(Slots.of(records).within(end_ns)) == [one for one in records if 0 <= one.t < end_ns]


def test_beyond_its_end_there_is_nothing() -> None:
    with pytest.raises(IndexError):
        Slots()[0]
    with pytest.raises(IndexError):
        Slots(bytes(SLOT))[-2]
