"""Keeps what the processes print: chunk by chunk, with time, stream and writer, in one bounded file. Runs in the keeper, in
the thread of whoever reads a stream."""

import os
import threading
import time
from pathlib import Path

from workers.journal.output_reader import CHUNK, CHUNK_MAGIC, MOST_CHUNK

MOST_BYTES = 256 << 20
"""Printed bytes that are kept of one run; what comes after is counted and let go, and the run goes on."""


class OutputFile:
    """Appends chunks to a file that must not exist yet. Raises OSError when it cannot be made."""

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._fd = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0), 0o600)
        self._kept = 0
        self._one_at_a_time = threading.Lock()
        self.dropped = 0

    def keep(self, data: bytes, pid: int, stream: int, at_ns: int | None = None) -> None:
        """Append what one process wrote at once, or count it as dropped when there is no room. at_ns: when it was read, now
        if None."""
        with self._one_at_a_time:
            self._keep(data, pid, stream, time.perf_counter_ns() if at_ns is None else at_ns)

    def _keep(self, data: bytes, pid: int, stream: int, at_ns: int) -> None:
        for start in range(0, len(data), MOST_CHUNK):
            part = data[start : start + MOST_CHUNK]
            if self._kept + len(part) > MOST_BYTES:
                self.dropped += len(part)
                continue
            chunk = CHUNK.pack(CHUNK_MAGIC, stream, 0, max(pid, 0), at_ns, len(part)) + part
            before = os.lseek(self._fd, 0, os.SEEK_END)
            try:
                written = os.write(self._fd, chunk)
            except OSError:
                written = 0
            if written == len(chunk):
                self._kept += len(part)
            else:
                self.dropped += len(part)
                os.ftruncate(self._fd, before)

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)
