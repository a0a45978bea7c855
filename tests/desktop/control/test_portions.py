"""A batch in portions says the same as the batch, in the same order."""

from hypothesis import given
from hypothesis import strategies as st

from desktop.control.portions import MOST_BYTES, MOST_RECORDS, portions
from workers.journal.follower import Batch, Entries
from workers.journal.output_reader import Chunk
from workers.journal.process_kinds import Bye
from workers.journal.slots import Slots


def batch(counts: list[int], sizes: list[int], torn: int, skipped: int = 0) -> Batch:
    """Journals with so many numbered records each, and chunks of so many bytes."""
    entries = [Entries(f"{at}", Slots.of(Bye(n) for n in range(count)), {0: ""}) for at, count in enumerate(counts)]
    chunks = [Chunk(at, 1, at, bytes([at % 251]) * size) for at, size in enumerate(sizes)]
    advanced = bool(entries or chunks or torn or skipped)
    torn_at = [("0", at) for at in range(torn)]
    return Batch(entries, chunks, torn, skipped, advanced=advanced, torn_at=torn_at, read_ns=77)


@given(
    st.lists(st.integers(1, 3 * MOST_RECORDS), max_size=4),
    st.lists(st.integers(1, 3 * MOST_BYTES), max_size=6),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_portions_are_small_and_whole(counts: list[int], sizes: list[int], torn: int, skipped: int) -> None:
    whole = batch(counts, sizes, torn, skipped)
    parts = list(portions(whole))
    assert all(parts)
    said = [(entries.name, record) for part in parts for entries in part.entries for record in entries.records]
    assert said == [(entries.name, record) for entries in whole.entries for record in entries.records]
    assert sum(part.torn for part in parts) == torn
    assert [place for part in parts for place in part.torn_at] == whole.torn_at
    assert [part.skipped for part in parts[:1]] == [skipped] * bool(parts)  # it was passed over before these chunks
    printed = [(chunk.pid, chunk.t, byte) for part in parts for chunk in part.chunks for byte in chunk.data]
    assert printed == [(chunk.pid, chunk.t, byte) for chunk in whole.chunks for byte in chunk.data]
    assert [part.read_ns for part in parts] == [0] * (len(parts) - 1) + [77] * bool(parts)  # not before all was folded
    for part in parts:
        assert sum(len(entries.records) for entries in part.entries) <= MOST_RECORDS
        assert sum(len(chunk.data) for chunk in part.chunks) <= MOST_BYTES


def test_small_batch_is_passed_on_as_it_is() -> None:
    whole = batch([3, 4], [100, 100], 1)
    assert [part is whole for part in portions(whole)] == [True]


def test_nothing_makes_no_portion() -> None:
    assert list(portions(Batch())) == []


def test_text_tables_are_shared_not_copied() -> None:
    whole = batch([3 * MOST_RECORDS], [], 0)
    assert all(part.entries[0].texts is whole.entries[0].texts for part in portions(whole))


def test_portion_holds_what_many_journals_say() -> None:
    parts = list(portions(batch([3] * 100, [], 0)))
    assert [sum(len(entries.records) for entries in part.entries) for part in parts] == [
        MOST_RECORDS,
        300 - MOST_RECORDS,
    ]
