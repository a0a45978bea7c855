"""What journals say, and how they are followed while they grow.

A run's folder holds one journal per process, written by the process itself (`<pid>-<time>.journal`, see workers.probe),
the keeper's (`keeper.journal`), the built-in program's steps (`program.journal`), all of 64-byte slots, and what the
processes printed (`output.bin`). Following only reads: live, after the end, and after a crash it is the same.
"""

import os
import re
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import BinaryIO, NamedTuple

from workers import probe


class Kind(IntEnum):
    """Kinds of records. Their numbers up to WATCHED and WARNING are the probe's.

    | kind | fields used |
    | --- | --- |
    | TEXT | word: the text's number; its bytes in the seven 64-bit fields |
    | HELLO | flags FRESH or FORK, small version, word fork number; t, pid, ppid, epoch ns, parent's key, child, ticks |
    | ARGV | word text (parts joined by NUL), t, sys.hexversion |
    | BYE | t |
    | MORE, CUT | t: the last slot of a stretch; the journal goes on, or could not be made longer |
    | CALL_BEGAN | flags call, word its number; t, child, timeout ns (-1 none, -2 not known), file text, line |
    | CALL_ENDED | flags call, word its number; t, child, result (start: pid), error text, start method text |
    | CHILD | flags daemon, word name text; t, child |
    | FORKING, FORKED | word fork number; t, child |
    | REAPED | t, pid, exit code |
    | SPAWNED | flags 1 by subprocess, word name text; t before, pid, t after |
    | SPAWNED | flags 2: word name text; t, thread: about to be, and its pid is never told |
    | POLLED | flags answer; t first began, child, count so far (changed in place), t last ended, file text, line |
    | WORKER_BEGAN | word name text; t, child, parent's pid |
    | TARGET_BEGAN, TARGET_ENDED | word error text; t |
    | WORKER_ENDED | t, exit code |
    | SERVES | flags POOL or MANAGER; t: what the worker turned out to be |
    | SUBMITTED | flags whose job numbers; t, job |
    | TASK_BEGAN | flags whose job numbers, word name text; t, number, job, index or -1 |
    | TASK_ENDED | word error text; t, number |
    | WATCHED | flags BEGAN or ENDED, word name text; t, value text |
    | STEP | word request number; t, step (from 0) or -1, worker; flags as VERBS |
    | IDLE | t: the program waits for its person |
    | RUN | word text (JSON manifest); t, epoch ns |
    | LAUNCHED | t before, pid, ticks, t after, birth by the kernel or 0 |
    | SEEN | flags 0: t, pid, ticks (-1: gone), key of its journal; by the kernel, else 0: birth, and if gone death, exit code |
    | SEEN | flags 1: t, pid, ticks or -1, when its start as a subprocess began; birth, death, exit code as above |
    | SEEN | flags 2: t, pid, ticks or -1, birth, ppid and above its 32 bits the thread or 0; death, exit code as above;
    word name text: a child that nobody announced |
    | EXITED | flags 1 = status known; t, pid, ticks, exit code, CPU ns or -1, ns between the looks that t is the middle of |
    | COLLECTED | t, pid, ticks: the kernel let go of it |
    | SAMPLE | t, pid, ticks, CPU ns, resident bytes |
    | STATE | flags 1 paused 0 not; t, pid, ticks |
    | REQUESTED | flags as VERBS, word request number; t, worker |
    | SIGNALLED | t, pid, ticks, signal |
    | WARNING | word text, t |
    | DROPPED | t, output bytes dropped so far |
    | ENDING | t, 1 = asked for by the person, 2 = the owner is gone |
    | ENDED | flags 1 = status known; t, exit code of the program |
    | LEFT | t, pid, ticks: it was still running when the run was over |
    | STANDS | t since when, pid, ticks, Wait of its first thread, bits 1 << Wait of all; with no bits: it moves again at t |
    | NO_MEMORY | t, pid, ticks: killed just when the kernel ended a process for want of memory |
    """

    TEXT = probe.TEXT
    HELLO = probe.HELLO
    ARGV = probe.ARGV
    BYE = probe.BYE
    MORE = probe.MORE
    CUT = probe.CUT
    CALL_BEGAN = probe.CALL_BEGAN
    CALL_ENDED = probe.CALL_ENDED
    CHILD = probe.CHILD
    FORKING = probe.FORKING
    FORKED = probe.FORKED
    REAPED = probe.REAPED
    SPAWNED = probe.SPAWNED
    POLLED = probe.POLLED
    WORKER_BEGAN = probe.WORKER_BEGAN
    TARGET_BEGAN = probe.TARGET_BEGAN
    TARGET_ENDED = probe.TARGET_ENDED
    WORKER_ENDED = probe.WORKER_ENDED
    WATCHED = probe.WATCHED
    SERVES = probe.SERVES
    SUBMITTED = probe.SUBMITTED
    TASK_BEGAN = probe.TASK_BEGAN
    TASK_ENDED = probe.TASK_ENDED
    STEP = probe.STEP
    IDLE = probe.IDLE
    RUN = 40
    LAUNCHED = 41
    SEEN = 42
    EXITED = 43
    COLLECTED = 44
    SAMPLE = 45
    STATE = 46
    REQUESTED = 47
    WARNING = probe.WARNING
    SIGNALLED = 49
    DROPPED = 50
    ENDING = 51
    ENDED = 52
    LEFT = 53
    STANDS = 54
    NO_MEMORY = 55


VERBS = probe.VERBS
"""What flags of STEP and REQUESTED count."""

LEFT_ALONE = "Still running when the program had ended, and left alone"
"""How the keeper's warning begins that something of a command outlived it."""

KEEPER = "keeper.journal"
PROGRAM = "program.journal"
OUTPUT = "output.bin"
CHUNK = struct.Struct("<IBxHIqI")
"""Head of one printed chunk in output.bin: magic, stream (1 out, 2 err), 0, pid, time ns, bytes that follow."""
CHUNK_MAGIC = 0x50524E54
MOST_CHUNK = 1 << 16

MOST_SLOTS = 2048
"""What is read of one journal at once, so that whoever folds it is never held up for long."""
MOST_OUTPUT_BYTES, MOST_OUTPUT_LINES = 1 << 18, 1000
"""The same for what the processes printed: about 8 ms of folding, in each of a window's frames of 16."""
_WHOLE_TIMES = 16  # as much for a reader that wants all of it, and has no window to keep live
MOST_BEHIND_BYTES = 8 << 20
"""How far a live reader of the output may fall behind before it skips to the newest; the file keeps what it skipped."""

_SLOT = struct.Struct("<BBHI7q")
_PATIENCE_S = 0.25
_COARSE_NS = 100_000_000
_FIRST_READ = 64 * probe.SLOT
_LONGEST_TEXT = 1 << 22
_NAME = re.compile(r"(\d{1,10})-(\d{1,20})\.journal")
_CHILD = re.compile(r"(\d{1,10})-(\d{1,20})\.child")
_LOOK = re.compile(r"(\d{1,10})-\d{1,20}\.look")


class Record(NamedTuple):
    """One slot: three small numbers, a time in ns of the machine's monotonic clock, and six numbers whose meaning is the
    kind's."""

    kind: int
    flags: int
    small: int
    word: int
    t: int
    a: int
    b: int
    c: int
    d: int
    e: int
    f: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes that one process wrote at once. stream: 1 stdout, 2 stderr. pid 0: not known."""

    pid: int
    stream: int
    t: int
    data: bytes


@dataclass(slots=True)
class Entries:
    """What one journal newly says. `texts` is the journal's own table, growing as it is read."""

    name: str
    records: list[Record]
    texts: dict[int, str]


@dataclass(slots=True)
class Batch:
    """What a run newly says, keeper first. torn: slots that were begun and never finished. skipped: printed bytes that were
    passed over before these chunks, because the reader was too far behind. True when reading came any further at all."""

    entries: list[Entries] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)
    torn: int = 0
    skipped: int = 0
    advanced: bool = False

    def __bool__(self) -> bool:
        return self.advanced


class JournalReader:
    """Follows one journal from its beginning.

    A thread can be held up between taking a slot and filling it. Such a hole is waited for a little, so that records keep
    their order, then passed over and looked at again each time; one that is never filled is torn.
    """

    __slots__ = ("_hole_since", "_holes", "_partial", "_polls", "name", "path", "position", "texts")

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        self.texts: dict[int, str] = {0: ""}
        self.position = 0
        self._partial: dict[int, bytes] = {}
        self._hole_since: float | None = None
        self._holes: list[int] = []
        self._polls: tuple[int, bytes] | None = (
            None  # the last record that is changed in place: where, and what it said
        )

    def read(self, *, final: bool = False) -> tuple[list[Record], int]:
        """(new records, slots torn), a bounded number of them. final: nobody writes any more, so holes are torn. A file that
        is gone says nothing new."""
        records: list[Record] = []
        torn = 0
        try:
            with self.path.open("rb", buffering=0) as file:
                torn = self._read_holes(file, records, final)
                self._read_polls(file, records)
                file.seek(self.position)
                data = _read_written(file)
        except OSError:
            return records, torn
        last = _last_written(data)
        at = 0
        while at <= last:
            if data[at]:
                self._hole_since = None
                self._take(data, at, records)
                if data[at] == Kind.POLLED:
                    self._polls = self.position + at, data[at : at + probe.SLOT]
            elif final:
                torn += 1
            elif at == last or not self._waited_long():
                break
            else:
                self._holes.append(self.position + at)
            at += probe.SLOT
        self.position += at
        return records, torn

    def _read_holes(self, file: BinaryIO, records: list[Record], final: bool) -> int:
        left = []
        for at in self._holes:
            file.seek(at)
            data = file.read(probe.SLOT)
            if len(data) == probe.SLOT and data[0]:
                self._take(data, 0, records)
            else:
                left.append(at)
        self._holes = [] if final else left
        return len(left) if final else 0

    def _read_polls(self, file: BinaryIO, records: list[Record]) -> None:
        if self._polls is not None:
            at, said = self._polls
            file.seek(at)
            data = file.read(probe.SLOT)
            if data != said and len(data) == probe.SLOT:
                self._polls = at, data
                records.append(Record(*_SLOT.unpack(data)))

    def _waited_long(self) -> bool:
        if self._hole_since is None:
            self._hole_since = time.monotonic()
        return time.monotonic() - self._hole_since > _PATIENCE_S

    def _take(self, data: bytes, at: int, records: list[Record]) -> None:
        slot = Record(*_SLOT.unpack_from(data, at))
        if slot.kind == Kind.TEXT:
            self._take_text(slot, data[at + 8 : at + probe.SLOT])
        elif slot.kind != Kind.MORE:
            records.append(slot)

    def _take_text(self, slot: Record, piece: bytes) -> None:
        whole = self._partial.pop(slot.word, b"") + piece[: min(slot.small, probe.TEXT_BYTES)]
        if slot.flags:
            self.texts[slot.word] = whole.decode("utf-8", "replace")
        else:
            self._partial[slot.word] = whole[:_LONGEST_TEXT]


def _read_written(file: BinaryIO) -> bytes:
    """From where the file stands to beyond the last record, without reading all of a preallocated tail."""
    data = b""
    size = _FIRST_READ
    while len(data) < MOST_SLOTS * probe.SLOT and (block := file.read(size)):
        data += block
        if not block.rstrip(b"\0"):
            break
        size = min(size * 4, MOST_SLOTS * probe.SLOT - len(data))
    return data


def _last_written(data: bytes) -> int:
    """The offset of the last slot that is not empty, or -1. The tail of a preallocated file is zeros."""
    full = len(data) - len(data) % probe.SLOT
    end = len(data[:full].rstrip(b"\0"))
    return -1 if end == 0 else (end - 1) // probe.SLOT * probe.SLOT


class OutputReader:
    """Follows what the processes printed. whole: every byte, however far behind; otherwise it skips to the newest when it
    is more than MOST_BEHIND_BYTES behind, and says how much that was in `skipped`."""

    def __init__(self, path: Path, *, whole: bool = True) -> None:
        self._path = path
        self._whole = whole
        times = _WHOLE_TIMES if whole else 1
        self._most_bytes, self._most_lines = MOST_OUTPUT_BYTES * times, MOST_OUTPUT_LINES * times
        self._position = 0
        self._inside = 0  # how much of the chunk at the position was given already
        self.skipped = 0

    def read(self) -> list[Chunk]:
        """What is new, in order, a bounded amount at a time; a long chunk comes in parts, at ends of lines. A tail that is
        cut short is left for the next time."""
        self.skipped = 0
        try:
            with self._path.open("rb", buffering=0) as file:
                if not self._whole:
                    self._skip(file)
                file.seek(self._position)
                return self._parse(file.read(self._most_bytes + MOST_CHUNK + CHUNK.size))
        except OSError:
            return []

    def _parse(self, data: bytes) -> list[Chunk]:
        chunks: list[Chunk] = []
        room = self._most_lines
        at = 0
        while (head := _head_at(data, at)) is not None and room > 0 and at < self._most_bytes:
            stream, pid, t, size = head
            end = at + CHUNK.size + size
            if end > len(data):
                break
            given = data[at + CHUNK.size + self._inside : end]
            lines = given.count(b"\n")
            if lines > room:
                given = b"".join(part + b"\n" for part in given.split(b"\n", room)[:room])
            chunks.append(Chunk(pid, stream, t, given))
            room -= max(lines, 1)
            if CHUNK.size + self._inside + len(given) < end - at:
                self._inside += len(given)
                break
            self._inside = 0
            at = end
        self._position += at
        return chunks

    def _skip(self, file: BinaryIO) -> None:
        """Chunk by chunk, since what was printed can look like the head of a chunk."""
        size = os.fstat(file.fileno()).st_size
        if size - self._position <= MOST_BEHIND_BYTES:
            return
        file.seek(self._position)
        data = file.read(MOST_BEHIND_BYTES)
        at = 0
        while (head := _head_at(data, at)) is not None and at + CHUNK.size + head[3] <= len(data):
            at += CHUNK.size + head[3]
            self.skipped += head[3]
        self.skipped -= self._inside if at else 0
        self._inside = 0 if at else self._inside
        self._position += at


def _head_at(data: bytes, at: int) -> tuple[int, int, int, int] | None:
    """(stream, pid, time, size) of the chunk whose head is whole at `at`."""
    if at + CHUNK.size > len(data):
        return None
    magic, stream, _, pid, t, size = CHUNK.unpack_from(data, at)
    return (stream, pid, t, size) if magic == CHUNK_MAGIC and size <= MOST_CHUNK else None


class Follower:
    """Follows a run's folder. Any thread, one at a time. `poll` is cheap when nothing is new. whole: see OutputReader."""

    def __init__(self, folder: Path, *, whole: bool = True) -> None:
        self._folder = folder
        self._readers: dict[str, JournalReader] = {}
        self._output = OutputReader(folder / OUTPUT, whole=whole)
        self._folder_changed = 0

    def poll(self, *, final: bool = False) -> Batch:
        """What came since the last time, a bounded amount; the keeper's journal before the others. final: nobody writes any
        more, so that an empty batch is the end."""
        self._find_new(final)
        batch = Batch()
        for reader in self._readers.values():
            before = reader.position
            records, torn = reader.read(final=final)
            batch.torn += torn
            batch.advanced |= bool(records or torn or reader.position > before)
            if records:
                batch.entries.append(Entries(reader.name, records, reader.texts))
        batch.chunks = self._output.read()
        batch.skipped = self._output.skipped
        batch.advanced |= bool(batch.chunks or batch.skipped)
        return batch

    def _find_new(self, final: bool) -> None:
        try:
            changed = os.stat(self._folder).st_mtime_ns
            if changed == self._folder_changed and not final:
                return
            names = sorted(os.listdir(self._folder), key=_reading_order)
        except OSError:
            return
        # Where its time is as coarse as the kernel's tick, another name can come without changing it.
        self._folder_changed = changed if time.time_ns() - changed > _COARSE_NS else 0
        for name in names:
            if name not in self._readers and (name in (KEEPER, PROGRAM) or _NAME.fullmatch(name)):
                self._readers[name] = JournalReader(self._folder / name)
        self._readers = dict(sorted(self._readers.items(), key=lambda item: _reading_order(item[0])))


def key_of(name: str) -> tuple[int, int] | None:
    """(pid, time of its HELLO) that a process's journal is named by; None for the others."""
    match = _NAME.fullmatch(name)
    return (int(match[1]), int(match[2])) if match else None


def child_of_name(name: str) -> tuple[int, int] | None:
    """(pid, when its start began) that the note of a subprocess is named by; None for other files."""
    match = _CHILD.fullmatch(name)
    return (int(match[1]), int(match[2])) if match else None


def parent_of_name(name: str) -> int | None:
    """The pid that asks, by a file of this name, that its newest child be found; None for other files."""
    match = _LOOK.fullmatch(name)
    return int(match[1]) if match else None


def _reading_order(name: str) -> tuple[int, int]:
    if name in (KEEPER, PROGRAM):
        return (0, 0) if name == KEEPER else (1, 0)
    key = key_of(name)
    return (2, key[1] if key else 0)


def read_all(folder: Path) -> Iterator[Batch]:
    """The whole of a run that has ended, in batches."""
    follower = Follower(folder)
    while batch := follower.poll(final=True):
        yield batch
