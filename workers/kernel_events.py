"""Births and deaths with the kernel's own time, however late the keeper is woken. Runs in the keeper, on Linux.

The kernel's process connector tells every listener of each fork and exit (to everybody since 6.6, to root before; not in a
container with pids of its own). It is asked only when something is to be told anyway, so it costs no wake-ups. Where it is
not to be had, or was overrun, nothing is known of it, and the moments are those at which the keeper was woken.
"""

import os
import socket
import struct
from collections import OrderedDict
from dataclasses import dataclass
from typing import TypeVar

_NETLINK_CONNECTOR = 11
_CN_IDX_PROC = _CN_VAL_PROC = 1
_LISTEN = 1
_FORK, _EXIT = 0x1, 0x80000000
_NETLINK = struct.Struct("=IHHII")
_CONNECTOR = struct.Struct("=IIIIHH")
_ASKED = struct.Struct("=II")
_EVENT = struct.Struct("=IIQ")
_PIDS = struct.Struct("=4i")
_EVENT_AT = _NETLINK.size + _CONNECTOR.size
_BUFFER = 1 << 20
_MOST = 4096

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Death:
    """When a process ended, on the machine's monotonic clock, and its exit code as Python gives it."""

    at_ns: int
    code: int


class ProcessEvents:
    """Remembers the last births and deaths on this machine by pid. Raises OSError where the kernel does not tell."""

    def __init__(self) -> None:
        self._births: OrderedDict[int, int] = OrderedDict()
        self._deaths: OrderedDict[int, Death] = OrderedDict()
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, _NETLINK_CONNECTOR)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            self._socket.bind((0, _CN_IDX_PROC))
            self._socket.send(_request())
        except OSError:
            self._socket.close()
            raise

    def born(self, pid: int) -> int | None:
        """When the process that has this pid, or had it last, was made."""
        self.read()
        return self._births.get(pid)

    def died(self, pid: int) -> Death | None:
        """How the process that had this pid last ended; None when it is not known to have."""
        self.read()
        return self._deaths.get(pid)

    def read(self) -> None:
        """Take what the kernel has told. To be called now and then, before its buffer is full."""
        while True:
            try:
                data, (sender, _) = self._socket.recvfrom(4096)
            except BlockingIOError:
                return
            except OSError:  # overrun: what is missing cannot be known
                self._births.clear()
                self._deaths.clear()
                continue
            if sender == 0:
                self.take(data)

    def take(self, data: bytes) -> None:
        """One message of the kernel."""
        if len(data) < _EVENT_AT + _EVENT.size + _PIDS.size:
            return
        what, _, at_ns = _EVENT.unpack_from(data, _EVENT_AT)
        numbers = _PIDS.unpack_from(data, _EVENT_AT + _EVENT.size)
        if what == _FORK:
            _, _, pid, group = numbers
            if pid == group:  # else it is a thread
                self._deaths.pop(pid, None)
                _remember(self._births, pid, at_ns)
        elif what == _EXIT:
            pid, group, status, _ = numbers
            if pid == group:
                _remember(self._deaths, pid, Death(at_ns, os.waitstatus_to_exitcode(status & 0xFF7F)))

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()


def _request() -> bytes:
    """Forks and exits only; kernels before 6.6 take the first number alone and tell more, which `take` passes over."""
    asked = _ASKED.pack(_LISTEN, _FORK | _EXIT)
    body = _CONNECTOR.pack(_CN_IDX_PROC, _CN_VAL_PROC, 0, 0, len(asked), 0) + asked
    return _NETLINK.pack(_NETLINK.size + len(body), 3, 0, 0, os.getpid()) + body


def _remember(known: OrderedDict[int, _T], pid: int, value: _T) -> None:
    known[pid] = value
    known.move_to_end(pid)
    if len(known) > _MOST:
        known.popitem(last=False)
