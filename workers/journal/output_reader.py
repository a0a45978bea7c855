"""Reads what the processes of a run printed, from `output.bin` in its folder, while the keeper appends to it.

The file is a sequence of chunks: a head (`CHUNK`), and the bytes that one process wrote at once. Reading changes
nothing. Any thread, one at a time.
"""

import os
import struct
from binascii import crc32  # the keeper has that loaded, and not zlib
from io import FileIO
from pathlib import Path
from typing import NamedTuple

from workers.journal.run_files import open_part

CHUNK = struct.Struct("<IBxHIqI")
"""The head of a chunk: magic, stream (1 stdout, 2 stderr), `check_of`, pid, time in ns, number of bytes that follow."""
CHUNK_MAGIC = 0x50524E54
MOST_CHUNK = 1 << 16
_MAGIC_BYTES = CHUNK_MAGIC.to_bytes(4, "little")
_CHECK_AT = 6

MOST_OUTPUT_BYTES, MOST_OUTPUT_LINES = 1 << 18, 1000
"""The most that is read at once: about 8 ms of folding, in each of a window's frames of 16."""
_WHOLE_TIMES = 16  # as much for a reader that wants all of it, and has no window to keep live
MOST_BEHIND_BYTES = 8 << 20
"""How far a live reader may fall behind before it skips to the newest. The file keeps what it skips."""


class Chunk(NamedTuple):
    """Bytes that one process wrote at once.

    pid: of the writer, 0 when it is not known. stream: 1 stdout, 2 stderr. t: nanoseconds of the machine's monotonic
    clock.
    """

    pid: int
    stream: int
    t: int
    data: bytes


class OutputReader:
    """Follows what the processes print.

    whole: give every byte, however far behind. Otherwise skip to the newest when more than MOST_BEHIND_BYTES behind.
    skipped: how many printed bytes the last reading skipped.
    damaged: how many stretches of the file the last reading passed over, because they are not as they were written.
    """

    def __init__(self, path: Path, *, whole: bool = True) -> None:
        self._path = path
        self._whole = whole
        times = _WHOLE_TIMES if whole else 1
        self._most_bytes, self._most_lines = MOST_OUTPUT_BYTES * times, MOST_OUTPUT_LINES * times
        self._position = 0
        self._given = 0  # how many bytes of the chunk at the position were given already
        self.skipped = self.damaged = 0

    def read(self, *, final: bool = False) -> list[Chunk]:
        """What is new, in order, a bounded amount at a time.

        A long chunk comes in parts, which end at ends of lines. A chunk that is not complete yet is left for the next
        time. final: nothing is added any more.
        """
        self.skipped = self.damaged = 0
        try:
            with open_part(self._path) as file:
                if not self._whole:
                    self._skip(file)
                file.seek(self._position)
                return self._parse(file.read(self._most_bytes + MOST_CHUNK + CHUNK.size), final)
        except OSError:
            return []

    def _parse(self, data: bytes, final: bool) -> list[Chunk]:
        chunks: list[Chunk] = []
        lines_left = self._most_lines
        at = 0
        while lines_left > 0 and at < min(self._most_bytes, len(data)):
            head = _head_at(data, at)
            if head is None or at + CHUNK.size + head[3] > len(data):
                if not final or (at := self._next_whole(data, at)) >= len(data):
                    break
                continue
            if not _is_as_written(data, at, head):
                at = self._next_whole(data, at)
                continue
            stream, pid, t, size = head
            end = at + CHUNK.size + size
            part = data[at + CHUNK.size + self._given : end]
            lines = part.count(b"\n")
            if lines > lines_left:
                part = b"".join(line + b"\n" for line in part.split(b"\n", lines_left)[:lines_left])
            chunks.append(Chunk(pid, stream, t, part))
            lines_left -= max(lines, 1)
            if CHUNK.size + self._given + len(part) < end - at:
                self._given += len(part)
                break
            self._given = 0
            at = end
        self._position += at
        return chunks

    def _next_whole(self, data: bytes, at: int) -> int:
        """Pass over what is damaged at `at`: the place of the next chunk with a check that is right, or of the end."""
        self.damaged += 1
        self._given = 0
        while (at := data.find(_MAGIC_BYTES, at + 1)) >= 0:
            head = _head_at(data, at)
            if (
                head is not None
                and at + CHUNK.size + head[3] <= len(data)
                and _is_as_written(data, at, head, sure=True)
            ):
                return at
        return len(data)

    def _skip(self, file: FileIO) -> None:
        """Skip chunk by chunk, since printed bytes can look like the head of a chunk."""
        size = os.fstat(file.fileno()).st_size
        if size - self._position <= MOST_BEHIND_BYTES:
            return
        file.seek(self._position)
        data = file.read(MOST_BEHIND_BYTES)
        at = 0
        while (head := _head_at(data, at)) is not None and at + CHUNK.size + head[3] <= len(data):
            at += CHUNK.size + head[3]
            self.skipped += head[3]
        self.skipped -= self._given if at else 0
        self._given = 0 if at else self._given
        self._position += at


def check_of(head: bytes, data: bytes) -> int:
    """The check of a chunk, for its head with 0 in this place: two bytes, never 0, which stands for no check."""
    return crc32(data, crc32(head)) & 0xFFFF or 1


def _is_as_written(data: bytes, at: int, head: tuple[int, int, int, int], *, sure: bool = False) -> bool:
    """Whether the check of a whole chunk is right. sure: it has to have one; earlier versions wrote none."""
    check = int.from_bytes(data[at + _CHECK_AT : at + _CHECK_AT + 2], "little")
    if not check:
        return not sure
    stream, pid, t, size = head
    plain = CHUNK.pack(CHUNK_MAGIC, stream, 0, pid, t, size)
    return check_of(plain, data[at + CHUNK.size : at + CHUNK.size + size]) == check


def _head_at(data: bytes, at: int) -> tuple[int, int, int, int] | None:
    """(stream, pid, time, size) of the chunk at `at`; None where there is no complete head of one."""
    if at + CHUNK.size > len(data):
        return None
    magic, stream, _, pid, t, size = CHUNK.unpack_from(data, at)
    return (stream, pid, t, size) if magic == CHUNK_MAGIC and size <= MOST_CHUNK else None
