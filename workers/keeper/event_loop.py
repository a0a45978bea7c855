"""The keeper's event loop, and the sources of events that it waits for. Runs in the keeper's main thread.

On Linux one epoll waits for all sources. Elsewhere it is a `thread_loop.ThreadLoop`.
"""

import _socket as socket  # without what only programs on a network need, which takes longer to load than all of this
import ctypes
import os
import select
import struct
import sys
import time
from collections.abc import Callable
from typing import Protocol

Callback = Callable[[bytes, int], None]
"""Takes what was read (empty at the end) and the pid of its writer (0 = not known)."""

_READ_BYTES = 1 << 16


class EventSource(Protocol):
    """Something that can be waited for and read."""

    def fileno(self) -> int:
        """The descriptor to wait for."""

    def read(self) -> tuple[bytes, int]:
        """(bytes, pid of the writer). No bytes = the end. Pid 0 = not known; pid -1 = there was nothing to read."""

    def close(self) -> None:
        """Close what the source itself opened."""


class PipeSource:
    """A pipe that was opened elsewhere. Its writers are not known."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    def fileno(self) -> int:
        """See EventSource."""
        return self._fd

    def read(self) -> tuple[bytes, int]:
        """See EventSource."""
        try:
            return os.read(self._fd, _READ_BYTES), 0
        except OSError:
            return b"", 0

    def close(self) -> None:
        """See EventSource. The descriptor stays open: the source did not open it."""


class CredentialSocket:
    """A socket pair on which the kernel names the writer of each chunk (Linux).

    ours: the end that is read. theirs: the end for the writers.
    """

    def __init__(self) -> None:
        self.ours, self.theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)

    def fileno(self) -> int:
        """See EventSource."""
        return self.ours.fileno()

    def read(self) -> tuple[bytes, int]:
        """See EventSource."""
        try:
            data, ancillary, _, _ = self.ours.recvmsg(_READ_BYTES, socket.CMSG_SPACE(12), socket.MSG_DONTWAIT)
        except BlockingIOError:
            return b"", -1
        except OSError:
            return b"", 0
        for level, kind, value in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
                return data, int(struct.unpack("iII", value[:12])[0])
        return data, 0

    def close(self) -> None:
        """See EventSource."""
        self.ours.close()


class FolderWatch:
    """Reads the names of files as they are made in a folder, with NUL between them (Linux's inotify).

    bell: a file in the folder whose name is also read whenever a process opens it. Raises OSError where the kernel watches no
    more: EMFILE when the user has no inotify instance left, ENOSPC when no watch.
    """

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
            number = ctypes.get_errno()
            if self._fd >= 0:
                os.close(self._fd)
            raise OSError(number, os.strerror(number))

    def fileno(self) -> int:
        """See EventSource."""
        return self._fd

    def read(self) -> tuple[bytes, int]:
        """See EventSource."""
        try:
            data = os.read(self._fd, _READ_BYTES)
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
        """See EventSource."""
        os.close(self._fd)


class Loop(Protocol):
    """Waits for sources and passes what they read to callbacks."""

    def add(self, source: EventSource, callback: Callback) -> None:
        """Read a source until its end."""

    def wait(self, timeout_s: float) -> bool:
        """Wait at most so long, and call back for everything that can be read. Returns whether there was anything."""

    def close(self) -> None:
        """Stop reading."""


class EpollLoop:
    """One thread, one epoll (Linux).

    epoll: closed with the loop.
    on_other: called first, as on_other(fd, events, time in ns), for descriptors that were registered with epoll directly.
    """

    def __init__(self, epoll: "select.epoll", on_other: Callable[[int, int, int], object]) -> None:
        self._epoll = epoll
        self._on_other = on_other
        self._sources: dict[int, tuple[EventSource, Callback]] = {}

    def add(self, source: EventSource, callback: Callback) -> None:
        """See Loop."""
        self._sources[source.fileno()] = source, callback
        self._epoll.register(source.fileno(), select.EPOLLIN)

    def wait(self, timeout_s: float) -> bool:
        """See Loop."""
        events = self._epoll.poll(timeout_s)
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
                    self._epoll.unregister(fd)
                    del self._sources[fd]
                    source.close()
                callback(data, pid)
        return bool(events)

    def close(self) -> None:
        """See Loop."""
        self._epoll.close()
        for source, _ in self._sources.values():
            source.close()
        self._sources.clear()


def on_linux() -> bool:
    """Whether Linux's own means can be used: epoll, pidfds, inotify, credentials on sockets."""
    return sys.platform.startswith("linux") and hasattr(os, "pidfd_open")
