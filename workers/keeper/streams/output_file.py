"""Keeps what the processes print, in one file of limited size: each chunk with its time, stream and writer.

Runs in the keeper, in whichever thread reads the output.
"""

import os
import threading
import time
from pathlib import Path

from workers.journal.output_reader import CHUNK, CHUNK_MAGIC, MOST_CHUNK, check_of
from workers.keeper.disk_limit import NO_LIMIT, DiskLimit

MOST_BYTES = 256 << 20
"""Printed bytes that are kept of one run. What comes after is counted and dropped, and the run continues."""


class OutputFile:
    """Appends chunks to a new file. Raises OSError when the file exists or cannot be made.

    limit: what the whole run may take. dropped: printed bytes that were not kept.
    """

    def __init__(self, path: Path, limit: DiskLimit = NO_LIMIT) -> None:
        self._limit = limit
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._fd = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0), 0o600)
        self._kept_bytes = 0
        self._lock = threading.Lock()
        self.dropped = 0

    def keep(self, data: bytes, pid: int, stream: int, at_ns: int | None = None) -> None:
        """Append what one process wrote, or count it as dropped when there is no room.

        pid: the writer; 0 or less = not known.
        stream: 1 = standard output, 2 = standard error.
        at_ns: when it was read; None = now.
        """
        with self._lock:
            self._keep(data, pid, stream, time.perf_counter_ns() if at_ns is None else at_ns)

    def _keep(self, data: bytes, pid: int, stream: int, at_ns: int) -> None:
        for start in range(0, len(data), MOST_CHUNK):
            part = data[start : start + MOST_CHUNK]
            if self._kept_bytes + len(part) > MOST_BYTES or not self._limit.allows(len(part) + CHUNK.size):
                self.dropped += len(part)
                continue
            check = check_of(CHUNK.pack(CHUNK_MAGIC, stream, 0, max(pid, 0), at_ns, len(part)), part)
            chunk = CHUNK.pack(CHUNK_MAGIC, stream, check, max(pid, 0), at_ns, len(part)) + part
            end = os.lseek(self._fd, 0, os.SEEK_END)
            try:
                written = os.write(self._fd, chunk)
            except OSError:
                written = 0
            if written == len(chunk):
                self._kept_bytes += len(part)
            else:
                self.dropped += len(part)
                os.ftruncate(self._fd, end)

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)
