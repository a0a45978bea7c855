"""Births and deaths with the kernel's own time, however late the keeper is woken. Runs in the keeper, on Linux.

The kernel's process connector tells every listener of each fork and exit (to everybody since 6.6, to root before; not in a
container with pids of its own). It is asked only when something is to be told anyway, so it costs no wake-ups. Where it is
not to be had, or was overrun, nothing is known of it, and the moments are those at which the keeper was woken.

A fork is told before the child can run, so that the children of the processes that are followed are told apart from those
of all others, in the order of their births, and none of them is missed.
"""

import ctypes
import os
import socket
import struct
import sys
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
_SO_ATTACH_FILTER, _SO_RCVBUFFORCE = 26, 33

# A filter in classic BPF. Loads take four bytes in the network's order: the same for both sides of a comparison, but a
# constant has to be turned round.
_INSTRUCTION = struct.Struct("=HBBI")
_PROGRAM = struct.Struct("HL")
_LOAD, _COPY, _IF, _IF_COPY, _SKIP, _ANSWER = 0x20, 0x07, 0x15, 0x1D, 0x05, 0x06
_NUMBERS_AT = _EVENT_AT + _EVENT.size


def _as_loaded(number: int) -> int:
    return int.from_bytes(number.to_bytes(4, sys.byteorder), "big")


_NO_THREADS = [  # (what, how many to skip if so, and if not, a number)
    (_LOAD, 0, 0, _EVENT_AT),
    (_IF, 0, 4, _as_loaded(_FORK)),
    (_LOAD, 0, 0, _NUMBERS_AT + 8),  # the child
    (_COPY, 0, 0, 0),
    (_LOAD, 0, 0, _NUMBERS_AT + 12),  # its process
    (_SKIP, 0, 0, 4),
    (_IF, 0, 4, _as_loaded(_EXIT)),
    (_LOAD, 0, 0, _NUMBERS_AT),  # who ends
    (_COPY, 0, 0, 0),
    (_LOAD, 0, 0, _NUMBERS_AT + 4),  # its process
    (_IF_COPY, 0, 1, 0),
    (_ANSWER, 0, 0, 0xFFFFFFFF),  # the whole message
    (_ANSWER, 0, 0, 0),
]

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Death:
    """When a process ended, on the machine's monotonic clock, and its exit code as Python gives it."""

    at_ns: int
    code: int


@dataclass(slots=True)
class Birth:
    """A child of a process that is followed. parent, thread: which process made it, in which of its threads."""

    pid: int
    parent: int
    thread: int
    at_ns: int
    death: Death | None = None


class Heard:
    """Remembers the last births and deaths on this machine by pid, and those of a family until somebody takes them."""

    def __init__(self) -> None:
        self.overruns = 0
        self._births: OrderedDict[int, int] = OrderedDict()
        self._deaths: OrderedDict[int, Death] = OrderedDict()
        self._family: set[int] = set()
        self._newborn: list[Birth] = []
        self._living: dict[int, Birth] = {}

    def read(self) -> int:
        """Take what there is to hear, and how much that was; here nothing."""
        return 0

    def born(self, pid: int) -> int | None:
        """When the process that has this pid, or had it last, was made."""
        self.read()
        return self._births.get(pid)

    def died(self, pid: int) -> Death | None:
        """How the process that had this pid last ended; None when it is not known to have."""
        self.read()
        return self._deaths.get(pid)

    def follow(self, pid: int) -> None:
        """From now on `newborn` tells of this process's children, and of theirs."""
        self._family.add(pid)

    def newborn(self) -> list[Birth]:
        """Who was born to the family since the last time. A death that is heard later is added to what was told here."""
        self.read()
        told, self._newborn = self._newborn, []
        return told

    def forget(self) -> None:
        """Something was not heard: what is known may be of others, who have those pids by now."""
        self.overruns += 1
        self._births.clear()
        self._deaths.clear()
        self._living.clear()

    def take(self, data: bytes) -> None:
        """One message of the kernel."""
        if len(data) < _EVENT_AT + _EVENT.size + _PIDS.size:
            return
        what, _, at_ns = _EVENT.unpack_from(data, _EVENT_AT)
        numbers = _PIDS.unpack_from(data, _EVENT_AT + _EVENT.size)
        if what == _FORK:
            thread, parent, pid, group = numbers
            if pid == group:  # else it is a thread
                self._deaths.pop(pid, None)
                _remember(self._births, pid, at_ns)
                self._add_to_family(Birth(pid, parent, thread, at_ns))
        elif what == _EXIT:
            pid, group, status, _ = numbers
            if pid == group:
                death = Death(at_ns, os.waitstatus_to_exitcode(status & 0xFF7F))
                _remember(self._deaths, pid, death)
                if pid in self._living:
                    self._living.pop(pid).death = death

    def _add_to_family(self, birth: Birth) -> None:
        self._living.pop(birth.pid, None)
        if birth.parent in self._family:
            self._family.add(birth.pid)
            self._living[birth.pid] = birth
            self._newborn.append(birth)
        else:
            self._family.discard(birth.pid)  # somebody else has the pid now


class ProcessEvents(Heard):
    """Hears it from the kernel. Raises OSError where that does not tell."""

    def __init__(self) -> None:
        super().__init__()
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, _NETLINK_CONNECTOR)
        try:
            self._make_room()
            self._pass_over_threads()
            self._socket.bind((0, _CN_IDX_PROC))
            self._socket.send(_request())
        except OSError:
            self._socket.close()
            raise

    def read(self) -> int:
        """See Heard. To be called now and then, before the kernel's buffer is full."""
        taken = 0
        while True:
            try:
                data, (sender, _) = self._socket.recvfrom(4096)
            except BlockingIOError:
                return taken
            except OSError:  # overrun: what is missing cannot be known
                self.forget()
                continue
            if sender == 0:
                self.take(data)
                taken += 1

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()

    def _make_room(self) -> None:
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)  # root's alone
        except OSError:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)

    def _pass_over_threads(self) -> None:
        """Have the kernel keep births and ends of threads to itself, which can be many more than those of processes."""
        code = b"".join(_INSTRUCTION.pack(*each) for each in _NO_THREADS)
        held = ctypes.create_string_buffer(code)
        program = _PROGRAM.pack(len(_NO_THREADS), ctypes.addressof(held))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)


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
