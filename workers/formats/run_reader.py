"""Reads a run's journals into a timeline, in whatever state they are. Any process and thread, no Qt."""

import time
from collections.abc import Iterator
from pathlib import Path

from workers.errors import CancelledError, OpenError
from workers.folding.fold import Fold
from workers.formats.blocks import Progress
from workers.formats.file_format import FileKind, Opened
from workers.journal.damaged_slots import damaged_slots
from workers.journal.follower import Batch, Entries, Follower, read_all
from workers.recorded.probe import SLOT
from workers.runs import bookmarks
from workers.runs.keeper_marks import KeeperState, keeper_state
from workers.runs.leases import Lease
from workers.timeline.timeline import Timeline

_LATEST_NS = 1 << 61
FREE_BYTES = 1 << 28
_MOST_RATIO = 64
"""So many times its own size a saved run may take in memory, beyond what is free. Real ones take a sixth of it."""
_PROCESS_BYTES, _CALL_BYTES, _LANE_BYTES = 1500, 350, 2000
"""What a process, a call and the columns of a worker's tasks take in memory, about."""


def open_run_folder(path: Path, progress: Progress | None = None) -> Opened:
    """Read a run where it was recorded, and keep it from being deleted until it is closed. Errors as of `read_run`."""
    lease = Lease(path)
    try:
        return Opened(path, FileKind.RUN_FOLDER, read_run(path, progress), path, lease=lease)
    except BaseException:
        lease.release()
        raise


def read_run(folder: Path, progress: Progress | None = None, *, packed_bytes: int | None = None) -> Timeline:
    """The timeline of the run whose journals are in `folder`, complete to its last event.

    packed_bytes: the size of the file that they were unpacked from.
    Raises OpenError when there is no run to be read, CancelledError when `progress` says so.
    """
    timeline = Timeline()
    with timeline.unseen():
        _read(folder, timeline, progress, packed_bytes)
    timeline.bookmarks = bookmarks.load(folder)
    return timeline


def _read(folder: Path, timeline: Timeline, progress: Progress | None, packed_bytes: int | None) -> None:
    fold = Fold(timeline, whole=True)
    size = max(1, _size(folder))
    done = 0
    damaged = False
    damaged_records = damaged_slots(folder)
    damaged_chunks = 0
    for batch in read_all(folder, damaged_records, short_lives=True):
        damaged_chunks += batch.damaged
        done += sum(SLOT * len(entries.records) for entries in batch.entries) + sum(len(c.data) for c in batch.chunks)
        done += len(batch.lives.data)
        if progress is not None and not progress(min(1.0, done / size)):
            raise CancelledError("Opening was cancelled.")
        for part in _possible_parts(batch):
            try:
                fold.apply(part)
            except (LookupError, ValueError, TypeError, ArithmeticError, AttributeError, RecursionError):
                # A damaged journal can hold anything. The records of the other journals are kept.
                damaged = True
            if packed_bytes is not None and _bytes_of(timeline) > FREE_BYTES + _MOST_RATIO * packed_bytes:
                raise OpenError(f"{folder} holds more processes and calls than a run in a file of this size can have.")
    fold.finish(fold.latest_ns)
    if damaged:
        timeline.warnings.append("Some records make no sense and were passed over: the journals are damaged.")
    count = damaged_chunks + sum(map(len, damaged_records.values()))
    if count:
        timeline.warnings.append(
            f"{count:,} records are damaged and were passed over: what they said is not known."
            if count > 1
            else "One record is damaged and was passed over: what it said is not known."
        )
    if timeline.program is None:
        raise OpenError(
            f"{folder} holds no run that can be read: the beginning of the run is missing; copy it again if it was cut short, "
            "or record the run once more."
        )


def is_running(folder: Path) -> bool:
    """Whether the run in this folder is still being recorded, by a process of this machine."""
    return folder.is_dir() and keeper_state(folder) is KeeperState.RUNNING


def read_running(folder: Path) -> Timeline:
    """The timeline, so far, of a run that is still being recorded. Raises OpenError when there is nothing to be read yet."""
    timeline = Timeline()
    fold = Fold(timeline)
    follower = Follower(folder)
    while batch := follower.poll():
        fold.apply(batch, time.perf_counter_ns())
    fold.tick(time.perf_counter_ns())
    if timeline.program is None:
        raise OpenError(f"{folder} holds no run that can be read yet: its program has not begun.")
    return timeline


def _bytes_of(timeline: Timeline) -> int:
    """What takes the most memory for each record. Tasks, samples and lines take less than their records."""
    lanes = len(timeline.tasks.processes()) if len(timeline.tasks) else 0
    return _PROCESS_BYTES * len(timeline.processes) + _CALL_BYTES * len(timeline.calls) + _LANE_BYTES * lanes


def _size(folder: Path) -> int:
    try:
        return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    except OSError:
        return 0


def _possible_parts(batch: Batch) -> Iterator[Batch]:
    """The batch one journal at a time, without records whose time no clock can show."""
    torn = batch.torn
    for entries in batch.entries:
        records = entries.records.within(_LATEST_NS)
        torn += len(entries.records) - len(records)
        yield Batch([Entries(entries.name, records, entries.texts)])
    chunks = [chunk for chunk in batch.chunks if 0 <= chunk.t < _LATEST_NS]
    for lives in batch.lives.parts():
        yield Batch(lives=lives)
    yield Batch([], chunks, torn, batch.skipped, advanced=batch.advanced, torn_at=batch.torn_at)
