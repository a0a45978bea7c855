"""What the keeper listens to, and the loop that listens. Runs in the keeper.

On Linux one epoll serves everything and the keeper has one thread. Elsewhere a thread waits on each source and a queue
brings what they read together.
"""

import ctypes
import errno
import os
import queue
import select
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from typing import Protocol

Callback = Callable[[bytes, int], None]
"""Takes what was read (empty at the end) and the pid that wrote it (0 = not known)."""

_READ = 1 << 16
_AT_ONCE = 64


class EventSource(Protocol):
    """Something that can be waited for and read."""

    def fileno(self) -> int:
        """What to wait on."""

    def read(self) -> tuple[bytes, int]:
        """(bytes, writer's pid or 0); no bytes at the end."""

    def close(self) -> None:
        """Let go of what the source itself opened."""


class PipeSource:
    """A pipe, whose writer is not known."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def fileno(self) -> int:
        """The descriptor."""
        return self._fd

    def read(self) -> tuple[bytes, int]:
        """See Source."""
        try:
            return os.read(self._fd, _READ), 0
        except OSError:
            return b"", 0

    def close(self) -> None:
        """See Source. The descriptor is somebody else's."""


class CredentialSocket:
    """One end of a socket pair that the kernel labels with the writer's pid, write by write (Linux)."""

    def __init__(self) -> None:
        self._ours, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self._ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)

    def fileno(self) -> int:
        """The descriptor of our end."""
        return self._ours.fileno()

    def read(self) -> tuple[bytes, int]:
        """See Source."""
        try:
            data, ancillary, _, _ = self._ours.recvmsg(_READ, socket.CMSG_SPACE(12), socket.MSG_DONTWAIT)
        except BlockingIOError:
            return b"", -1
        except OSError:
            return b"", 0
        for level, kind, value in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
                return data, int(struct.unpack("iII", value[:12])[0])
        return data, 0

    def close(self) -> None:
        """See Source."""
        self._ours.close()


class FolderWatch:
    """Names of files as they are made in a folder, NUL between them (Linux's inotify). bell: a file there whose name is told
    whenever somebody opens it."""

    _EVENT = struct.Struct("iIII")

    def __init__(self, folder: str, bell: str = "") -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._bell = os.fsencode(bell)
        self._fd: int = libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        made_or_moved, opened = 0x100 | 0x80, 0x20
        watched = self._fd >= 0 and libc.inotify_add_watch(self._fd, os.fsencode(folder), made_or_moved) >= 0
        if watched and bell:
            watched = libc.inotify_add_watch(self._fd, os.fsencode(os.path.join(folder, bell)), opened) >= 0
        if not watched:
            raise OSError(ctypes.get_errno(), f"inotify: {errno.errorcode.get(ctypes.get_errno(), '?')}")

    def fileno(self) -> int:
        """The descriptor."""
        return self._fd

    def read(self) -> tuple[bytes, int]:
        """See Source."""
        try:
            data = os.read(self._fd, _READ)
        except OSError:
            return b"", -1
        names = []
        at = 0
        while at + self._EVENT.size <= len(data):
            size = self._EVENT.unpack_from(data, at)[3]
            at += self._EVENT.size
            names.append(data[at : at + size].rstrip(b"\0") or self._bell)
            at += size
        return b"\0".join(names), 0

    def close(self) -> None:
        """See Source."""
        os.close(self._fd)


class Loop(Protocol):
    """Waits for sources and calls back with what they say."""

    def add(self, source: EventSource, callback: Callback) -> None:
        """Listen to a source until its end."""

    def wait(self, timeout_s: float) -> bool:
        """Wait at most so long for something, and call back for what there is. Whether there was anything."""

    def close(self) -> None:
        """Listen to nothing any more."""


class EpollLoop:
    """One thread, one epoll (Linux). `on_other(fd, events, time)` hears of descriptors that were registered from outside."""

    def __init__(self, on_other: Callable[[int, int, int], object]) -> None:
        self.epoll = select.epoll()
        self._on_other = on_other
        self._sources: dict[int, tuple[EventSource, Callback]] = {}

    def add(self, source: EventSource, callback: Callback) -> None:
        """See Loop."""
        self._sources[source.fileno()] = source, callback
        self.epoll.register(source.fileno(), select.EPOLLIN)

    def wait(self, timeout_s: float) -> bool:
        """See Loop."""
        events = self.epoll.poll(timeout_s)
        at_ns = time.perf_counter_ns()
        others = [event for event in events if event[0] not in self._sources]
        for fd, event in others:
            self._on_other(fd, event, at_ns)
        for fd, _ in events:
            if fd in self._sources:
                source, callback = self._sources[fd]
                data, pid = source.read()
                if pid == -1:
                    continue
                if not data:
                    self.epoll.unregister(fd)
                    del self._sources[fd]
                    source.close()
                callback(data, pid)
        return bool(events)

    def close(self) -> None:
        """See Loop."""
        self.epoll.close()
        for source, _ in self._sources.values():
            source.close()
        self._sources.clear()


class ThreadLoop:
    """A thread a source, where one call cannot wait for all of them."""

    def __init__(self) -> None:
        self._queue: queue.Queue[tuple[Callback, bytes, int]] = queue.Queue(1000)

    def add(self, source: EventSource, callback: Callback) -> None:
        """See Loop. The thread ends with its source."""
        threading.Thread(target=self._read, args=(source, callback), daemon=True).start()

    def wait(self, timeout_s: float) -> bool:
        """See Loop. No more than some at a time: a source that never stops must not keep the keeper from looking around."""
        for at in range(_AT_ONCE):
            try:
                callback, data, pid = self._queue.get(timeout=timeout_s) if at == 0 else self._queue.get_nowait()
            except queue.Empty:
                return at > 0
            callback(data, pid)
        return True

    def close(self) -> None:
        """See Loop. Threads that wait end with the keeper."""

    def _read(self, source: EventSource, callback: Callback) -> None:
        while True:
            data, pid = source.read()
            self._queue.put((callback, data, pid))
            if not data:
                return


def on_linux() -> bool:
    """Whether Linux's own means can be used."""
    return sys.platform.startswith("linux") and hasattr(os, "pidfd_open")
