"""Cuts a batch of records into portions that the window can fold between two frames. Pure; the run's thread.

Folding the portions one after another has the same result as folding the batch.
"""

from collections.abc import Iterator

from workers.journal.follower import Batch, Entries
from workers.journal.output_reader import Chunk

MOST_RECORDS = 200
MOST_BYTES = 8192
"""Printed bytes in one portion: some hundred lines."""


def portions(batch: Batch) -> Iterator[Batch]:
    """The batch in pieces, in order. A small batch comes back as it is."""
    records = sum(len(entries.records) for entries in batch.entries)
    printed = sum(len(chunk.data) for chunk in batch.chunks)
    if records <= MOST_RECORDS and printed <= MOST_BYTES:
        if batch:
            yield batch
        return
    last = Batch()
    for portion in _cut(batch):
        if last:
            yield last
        last = portion
    last.read_ns = batch.read_ns  # before, not all of it is folded
    yield last


def _cut(batch: Batch) -> Iterator[Batch]:
    if batch.torn or batch.skipped:
        yield Batch(torn=batch.torn, skipped=batch.skipped, advanced=True, torn_at=batch.torn_at)
    yield from _record_portions(batch.entries)
    yield from _printed_portions(batch.chunks)


def _record_portions(journals: list[Entries]) -> Iterator[Batch]:
    held: list[Entries] = []
    room = MOST_RECORDS
    for entries in journals:
        at = 0
        while at < len(entries.records):
            part = entries.records[at : at + room]
            held.append(Entries(entries.name, part, entries.texts))
            at += len(part)
            room -= len(part)
            if not room:
                yield Batch(entries=held, advanced=True)
                held, room = [], MOST_RECORDS
    if held:
        yield Batch(entries=held, advanced=True)


def _printed_portions(chunks: list[Chunk]) -> Iterator[Batch]:
    held: list[Chunk] = []
    size = 0
    for chunk in chunks:
        for at in range(0, len(chunk.data), MOST_BYTES):
            # The fold joins the parts of a line again, by their writer and stream.
            part = Chunk(chunk.pid, chunk.stream, chunk.t, chunk.data[at : at + MOST_BYTES])
            if held and size + len(part.data) > MOST_BYTES:
                yield Batch(chunks=held, advanced=True)
                held, size = [], 0
            held.append(part)
            size += len(part.data)
    if held:
        yield Batch(chunks=held, advanced=True)
