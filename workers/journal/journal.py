"""What journals say, and how they are followed while they grow.

A run's folder holds one journal per process, written by the process itself (`<pid>-<time>.journal`, see the probe; that of
a forked one begins in its parent's `<pid>-<time>.nursery.journal` and goes on, if it must, in `<pid>-<time>.more.journal`),
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
from io import FileIO
from pathlib import Path

from workers.journal.nurseries import NurseryFile, is_nursery
from workers.journal.slots import IS_OVER, Slots
from workers.recorded import probe


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
    | FORKED | word fork number; t, child, when it was about to (FORKING, in journals of before: t, child) |
    | REAPED | t, pid, exit code |
    | SPAWNED | flags 1 by subprocess, word name text; t before, pid, t after |
    | SPAWNED | flags 2: word name text; t, thread: about to be, and its pid is never told |
    | POLLED | flags answer; t first began, child, count so far (changed in place), t last ended, file text, line |
    | WORKER_BEGAN | word name text; t, child, parent's pid |
    | TARGET_BEGAN, TARGET_ENDED | word error text; t |
    | WORKER_ENDED | t, exit code |
    | SERVES | flags POOL or MANAGER; t: what the worker turned out to be |
    | SUBMITTED | flags whose job numbers; t, job |
    | TASK | flags whose job numbers, word name text; t, 0, job, index or -1; | TASK_OVER in flags later: end, error text |
    | TASK_BEGAN, TASK_ENDED | as TASK, in journals of before: t, number, job, index; word error text, t, number |
    | WATCHED | flags BEGAN or ENDED, word name text; t, value text |
    | STEP | word request number; t, step (from 0) or -1, worker; flags as workers.commands.VERBS |
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
    | REQUESTED | flags as workers.commands.VERBS, word request number; t, worker |
    | SIGNALLED | t, pid, ticks, signal |
    | WARNING | word text, t |
    | DROPPED | t, output bytes dropped so far |
    | ENDING | t, 1 = asked for by the person, 2 = the owner is gone (EndedBy); the first of several has begun it |
    | ENDED | flags 1 = status known; t, exit code of the program |
    | LEFT | t, pid, ticks: it was still running when the run was over |
    | STANDS | t since when, pid, ticks, Wait of its first thread, bits 1 << Wait of all; with no bits: it moves again at t |
    | NO_MEMORY | t, pid, ticks: killed just when the kernel ended a process for want of memory |
    | SUSPENDED | t, ns: so long the machine slept just before, while the clock stood still |
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
    TASK = probe.TASK
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
    SUSPENDED = 56


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

_NOT_ASIDE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_ALIKE = re.compile(rb"(.)\1*", re.DOTALL)
_PATIENCE_S = 0.25
_COARSE_NS = 100_000_000
_FIRST_READ = 64 * probe.SLOT
_LONGEST_TEXT = 1 << 22
_MOST_OPEN = 64
"""Tasks of one process that are looked at until they end; a worker has one at a time."""
_Place = tuple[Path, int]
_NAME = re.compile(r"(\d{1,10})-(\d{1,20})\.journal")
_MORE = re.compile(r"\d{1,10}-\d{1,20}\.more\.journal")
_CHILD = re.compile(r"(\d{1,10})-(\d{1,20})\.child")
_LOOK = re.compile(r"(\d{1,10})-\d{1,20}\.look")


def open_part(path: Path) -> FileIO:
    """A file of a run's folder, to be read unbuffered. A link is not followed and a pipe not waited for, whoever put it there:
    either raises OSError here, or when it is read from a place."""
    return FileIO(path, opener=lambda name, flags: os.open(name, flags | _NOT_ASIDE))


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
    records: Slots
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
    their order, then passed over and looked at again each time; one that is never filled is torn. A record that is changed in
    place (a task, a count of polls) is given again when it says something new.

    region: it begins at this offset of a nursery, and goes on in `more` where it outgrows that. due: there may be something
    new to read. behind: there was more than is read at once. over: the process said its last word, or what is its last as a
    rule.
    """

    __slots__ = (
        "_end", "_hole_since", "_holes", "_more", "_open", "_partial", "_polls", "behind", "due", "name", "over", "path",
        "position", "texts",
    )  # fmt: skip

    def __init__(self, path: Path, *, name: str = "", region: int | None = None, more: Path | None = None) -> None:
        self.path = path
        self.name = name or path.name
        self.texts: dict[int, str] = {0: ""}
        self.due = True
        self.behind = False
        self.over = False
        self.position = region or 0
        self._end = None if region is None else region + probe.REGION
        self._more = more
        self._partial: dict[int, bytes] = {}
        self._hole_since: float | None = None
        self._holes: list[_Place] = []
        self._open: list[_Place] = []  # tasks that go on
        self._polls: tuple[_Place, bytes] | None = None  # the last of that kind: where, and what it said

    @property
    def restless(self) -> bool:
        """Whether something that was read already may change."""
        return bool(self._holes or self._open or self._polls)

    @property
    def region_end(self) -> int | None:
        """Where its region ends; None when it goes on in a file of its own."""
        return self._end

    def read(self, *, final: bool = False) -> tuple[Slots, int]:
        """(what it newly says, slots torn), a bounded number of them. final: nobody writes any more, so holes are torn. A file
        that is gone says nothing new."""
        found: list[bytes] = []
        self.behind = False
        torn = self._read_holes(found, final)
        going = list(self._open)
        try:
            with open_part(self.path) as file:
                file.seek(self.position)
                data = _read_written(file) if self._end is None else file.read(self._end - self.position)
        except OSError:
            return Slots(b"".join(found)), torn
        self.behind = len(data) >= MOST_SLOTS * probe.SLOT
        last = _last_written(data)
        at = 0
        for run in _ALIKE.finditer(data[: last + 1 : probe.SLOT]):
            low, high = run.start() * probe.SLOT, run.end() * probe.SLOT
            if data[low]:
                self._hole_since = None
                self._take(data, low, high, self.position, found)
            elif final:
                torn += run.end() - run.start()
            elif low == last or not self._waited_long():
                break
            else:
                high = min(high, last)  # the last one of all may be being filled just now
                self._holes += [(self.path, self.position + hole) for hole in range(low, high, probe.SLOT)]
            at = high
        self.position += at
        # What they raised may have been read just now; but they come first, since they were there before.
        found[:0] = self._changed(going, whole=final and at == 0)
        if self.position == self._end and self._more is not None:
            self.path, self.position, self._end = self._more, 0, None
        return Slots(b"".join(found)), torn

    def _take(self, data: bytes, low: int, high: int, position: int, found: list[bytes]) -> None:
        """Slots of one kind. position: where in the file the data begin."""
        kind = data[low]
        if kind == Kind.TEXT:
            for at in range(low, high, probe.SLOT):
                self._take_text(data[at : at + probe.SLOT])
            return
        if kind == Kind.MORE:
            return
        found.append(data[low:high])
        if kind == Kind.POLLED:
            self._polls = (self.path, position + high - probe.SLOT), data[high - probe.SLOT : high]
        elif kind == Kind.TASK:
            over = data[low + 1 : high : probe.SLOT].translate(IS_OVER)
            at = over.find(0)
            while at >= 0:
                self._open = [*self._open[1 - _MOST_OPEN :], (self.path, position + low + at * probe.SLOT)]
                at = over.find(0, at + 1)
        elif kind in (Kind.WORKER_ENDED, Kind.BYE):
            self.over = True

    def _read_holes(self, found: list[bytes], final: bool) -> int:
        left = []
        for place in self._holes:
            data = _slot_at(place)
            if data:
                self._take(data, 0, probe.SLOT, place[1], found)
            else:
                left.append(place)
        self._holes = [] if final else left
        return len(left) if final else 0

    def _changed(self, going: "list[_Place]", *, whole: bool) -> list[bytes]:
        """What was changed in place. whole: all texts that there are have been read."""
        changed = []
        if self._polls is not None:
            place, said = self._polls
            data = _slot_at(place)
            if data and data != said:
                self._polls = place, data
                changed.append(data)
        for place in going:
            data = _slot_at(place)
            # What it raised may still have to be read.
            if data and data[1] & probe.TASK_OVER and (whole or Slots(data)[0].e in self.texts):
                self._open.remove(place)
                changed.append(data)
        return changed

    def _waited_long(self) -> bool:
        if self._hole_since is None:
            self._hole_since = time.monotonic()
        return time.monotonic() - self._hole_since > _PATIENCE_S

    def _take_text(self, slot: bytes) -> None:
        head = Slots(slot)[0]
        whole = self._partial.pop(head.word, b"") + slot[8 : 8 + min(head.small, probe.TEXT_BYTES)]
        if head.flags:
            self.texts[head.word] = whole.decode("utf-8", "replace")
        else:
            self._partial[head.word] = whole[:_LONGEST_TEXT]


def _slot_at(place: "_Place") -> bytes:
    """What is written there; nothing while it is not."""
    path, at = place
    try:
        with open_part(path) as file:
            file.seek(at)
            data = file.read(probe.SLOT)
    except OSError:
        return b""
    return data if len(data) == probe.SLOT and data[0] else b""


def _read_written(file: FileIO) -> bytes:
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
            with open_part(self._path) as file:
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

    def _skip(self, file: FileIO) -> None:
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
        self._nurseries: dict[str, _Region] = {}
        self._output = OutputReader(folder / OUTPUT, whole=whole)
        self._folder_changed = 0

    def poll(self, *, final: bool = False) -> Batch:
        """What came since the last time, a bounded amount; the keeper's journal before the others. final: nobody writes any
        more, so that an empty batch is the end, and each journal is read to its own before the next: a parent's has the jobs
        that its children's tell of."""
        self._find_new(final)
        self._find_newborn()
        batch = Batch()
        for reader in self._readers.values():
            if not reader.due and not final:
                continue
            before = reader.path, reader.position
            records, torn = reader.read(final=final)
            batch.torn += torn
            batch.advanced |= bool(records or torn or (reader.path, reader.position) != before)
            if records:
                batch.entries.append(Entries(reader.name, records, reader.texts))
            if final and reader.behind:
                break
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
            elif name not in self._nurseries and is_nursery(name):
                self._nurseries[name] = _Region(NurseryFile(self._folder / name))
        self._sort()

    def _find_newborn(self) -> None:
        found = False
        for nursery in self._nurseries.values():
            for reader in nursery.look():
                found |= reader.name not in self._readers
                self._readers.setdefault(reader.name, reader)
        if found:
            self._sort()

    def _sort(self) -> None:
        self._readers = dict(sorted(self._readers.items(), key=lambda item: _reading_order(item[0])))


class _Region:
    """A nursery and the readers of the journals that begin there."""

    def __init__(self, nursery: NurseryFile) -> None:
        self._nursery = nursery
        self._readers: list[JournalReader] = []

    def look(self) -> list[JournalReader]:
        """Readers of new journals. Says of the others whether they are due, by one reading of the file for all."""
        path = self._nursery.path
        found = []
        for child in self._nursery.newborn():
            name = f"{child.pid}-{child.key}"
            more = path.parent / f"{name}.more.journal"
            found.append(JournalReader(path, name=f"{name}.journal", region=child.offset, more=more))
        inside = [(reader, reader.position, reader.region_end) for reader in self._readers if reader.region_end]
        self._readers = [reader for reader, _, _ in inside if not reader.over] + found
        first = min((at for _, at, _ in inside), default=0)
        data = _read_between(path, first, max((end for _, _, end in inside), default=0))
        for reader, at, end in inside:
            reader.due = reader.restless or any(data[at - first : end - first])
        return found


def _read_between(path: Path, first: int, end: int) -> bytes:
    if first == end:
        return b""
    try:
        with open_part(path) as file:
            file.seek(first)
            return file.read(end - first)
    except OSError:
        return b""


def is_journal(name: str) -> bool:
    """Whether a file of this name is a process's journal, or part of one."""
    return _NAME.fullmatch(name) is not None or is_nursery(name) or _MORE.fullmatch(name) is not None


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
