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
from typing import NamedTuple

from workers import probe


class Kind(IntEnum):
    """Kinds of records. Their numbers up to WATCHED and WARNING are the probe's.

    | kind | fields used |
    | --- | --- |
    | TEXT | word: the text's number; its bytes in the seven 64-bit fields |
    | HELLO | flags FRESH or FORK, small version, word fork number; t, pid, ppid, epoch ns, parent's key, child, ticks |
    | ARGV | word text (parts joined by NUL), t, sys.hexversion |
    | BYE | t |
    | CALL_BEGAN | flags call, word its number; t, child, timeout ns or -1, file text, line |
    | CALL_ENDED | flags call, word its number; t, child, result (start: pid), error text, start method text |
    | CHILD | flags daemon, word name text; t, child |
    | FORKING, FORKED | word fork number; t, child |
    | REAPED | t, pid, exit code |
    | SPAWNED | t before, pid, t after |
    | WORKER_BEGAN | word name text; t, child, parent's pid |
    | TARGET_BEGAN, TARGET_ENDED | word error text; t |
    | WORKER_ENDED | t, exit code |
    | WATCHED | flags BEGAN or ENDED, word name text; t, value text |
    | STEP | word request number; t, step (from 0) or -1, worker; flags as VERBS |
    | IDLE | t: the program waits for its person |
    | RUN | word text (JSON manifest); t, epoch ns |
    | LAUNCHED | t before, pid, ticks, t after |
    | SEEN | t, pid, ticks, key of its journal or 0, ppid |
    | EXITED | flags 1 = status known; t, pid, ticks, exit code, CPU ns or -1, t of the last look at it alive |
    | COLLECTED | t, pid, ticks: the kernel let go of it |
    | SAMPLE | t, pid, ticks, CPU ns, resident bytes |
    | STATE | flags 1 paused 0 not; t, pid, ticks |
    | REQUESTED | flags as VERBS, word request number; t, worker |
    | SIGNALLED | t, pid, ticks, signal |
    | WARNING | word text, t |
    | DROPPED | t, output bytes dropped so far |
    | ENDING | t, 1 = asked for by the person, 2 = the owner is gone |
    | ENDED | flags 1 = status known; t, exit code of the program |
    """

    TEXT = probe.TEXT
    HELLO = probe.HELLO
    ARGV = probe.ARGV
    BYE = probe.BYE
    CALL_BEGAN = probe.CALL_BEGAN
    CALL_ENDED = probe.CALL_ENDED
    CHILD = probe.CHILD
    FORKING = probe.FORKING
    FORKED = probe.FORKED
    REAPED = probe.REAPED
    SPAWNED = probe.SPAWNED
    WORKER_BEGAN = probe.WORKER_BEGAN
    TARGET_BEGAN = probe.TARGET_BEGAN
    TARGET_ENDED = probe.TARGET_ENDED
    WORKER_ENDED = probe.WORKER_ENDED
    WATCHED = probe.WATCHED
    STEP = 30
    IDLE = 31
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


VERBS = ("start", "join", "alive", "terminate", "kill", "finish", "go_on")
"""What flags of STEP and REQUESTED count."""

KEEPER = "keeper.journal"
PROGRAM = "program.journal"
OUTPUT = "output.bin"
CHUNK = struct.Struct("<IBxHIqI")
"""Head of one printed chunk in output.bin: magic, stream (1 out, 2 err), 0, pid, time ns, bytes that follow."""
CHUNK_MAGIC = 0x50524E54
MOST_CHUNK = 1 << 20

_SLOT = struct.Struct("<BBHI7q")
_PATIENCE_S = 0.25
_FIRST_READ = 64 * probe.SLOT
_NAME = re.compile(r"(\d{1,10})-(\d{1,20})\.journal")


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
    """What a run newly says, keeper first. torn: slots that were begun and never finished."""

    entries: list[Entries] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)
    torn: int = 0

    def __bool__(self) -> bool:
        return bool(self.entries or self.chunks or self.torn)


class JournalReader:
    """Follows one journal from its beginning. A slot that is empty while later ones are not is waited for a little,
    then counted as torn and passed over."""

    __slots__ = ("_hole_since", "_partial", "_position", "name", "path", "texts")

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        self.texts: dict[int, str] = {0: ""}
        self._position = 0
        self._partial: dict[int, bytes] = {}
        self._hole_since: float | None = None

    def read(self, *, final: bool = False) -> tuple[list[Record], int]:
        """(new records, slots torn). final: nobody writes any more. A file that is gone says nothing new."""
        data = self._read_written()
        records: list[Record] = []
        torn = 0
        last = _last_written(data)
        at = 0
        while at <= last:
            slot = Record(*_SLOT.unpack_from(data, at))
            if slot.kind == 0:
                if not final and not self._waited_long():
                    break
                torn += 1
            else:
                self._hole_since = None
                if slot.kind == Kind.TEXT:
                    self._take_text(slot, data[at + 8 : at + probe.SLOT])
                else:
                    records.append(slot)
            at += probe.SLOT
        self._position += at
        return records, torn

    def _waited_long(self) -> bool:
        if self._hole_since is None:
            self._hole_since = time.monotonic()
        return time.monotonic() - self._hole_since > _PATIENCE_S

    def _read_written(self) -> bytes:
        """From the position to beyond the last record, without reading all of a preallocated tail."""
        data = b""
        try:
            with self.path.open("rb", buffering=0) as file:
                file.seek(self._position)
                size = _FIRST_READ
                while block := file.read(size):
                    data += block
                    if not block.rstrip(b"\0"):
                        break
                    size = min(size * 4, 1 << 22)
        except OSError:
            pass
        return data

    def _take_text(self, slot: Record, piece: bytes) -> None:
        whole = self._partial.pop(slot.word, b"") + piece[: min(slot.small, probe.TEXT_BYTES)]
        self.texts[slot.word] = whole.decode("utf-8", "replace")
        if not slot.flags:
            self._partial[slot.word] = whole


def _last_written(data: bytes) -> int:
    """The offset of the last slot that is not empty, or -1. The tail of a preallocated file is zeros."""
    full = len(data) - len(data) % probe.SLOT
    end = len(data[:full].rstrip(b"\0"))
    return -1 if end == 0 else (end - 1) // probe.SLOT * probe.SLOT


class OutputReader:
    """Follows what the processes printed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = 0

    def read(self) -> list[Chunk]:
        """New whole chunks, in order. A tail that is cut short is left for the next time."""
        chunks: list[Chunk] = []
        try:
            with self._path.open("rb", buffering=0) as file:
                file.seek(self._position)
                data = file.read(16 * MOST_CHUNK)
        except OSError:
            return chunks
        at = 0
        while at + CHUNK.size <= len(data):
            magic, stream, _, pid, t, size = CHUNK.unpack_from(data, at)
            end = at + CHUNK.size + size
            if magic != CHUNK_MAGIC or end > len(data):
                break
            chunks.append(Chunk(pid, stream, t, data[at + CHUNK.size : end]))
            at = end
        self._position += at
        return chunks


class Follower:
    """Follows a run's folder. Any thread, one at a time. `poll` is cheap when nothing is new."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._readers: dict[str, JournalReader] = {}
        self._output = OutputReader(folder / OUTPUT)
        self._folder_changed = 0

    def poll(self, *, final: bool = False) -> Batch:
        """What came since the last time; the keeper's journal before the others. final: nobody writes any more."""
        self._find_new(final)
        batch = Batch()
        for reader in self._readers.values():
            records, torn = reader.read(final=final)
            batch.torn += torn
            if records:
                batch.entries.append(Entries(reader.name, records, reader.texts))
        batch.chunks = self._output.read()
        return batch

    def _find_new(self, final: bool) -> None:
        try:
            changed = os.stat(self._folder).st_mtime_ns
            if changed == self._folder_changed and not final:
                return
            names = sorted(os.listdir(self._folder), key=_reading_order)
        except OSError:
            return
        self._folder_changed = changed
        for name in names:
            if name not in self._readers and (name in (KEEPER, PROGRAM) or _NAME.fullmatch(name)):
                self._readers[name] = JournalReader(self._folder / name)
        self._readers = dict(sorted(self._readers.items(), key=lambda item: _reading_order(item[0])))


def key_of(name: str) -> tuple[int, int] | None:
    """(pid, time of its HELLO) that a process's journal is named by; None for the others."""
    match = _NAME.fullmatch(name)
    return (int(match[1]), int(match[2])) if match else None


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
