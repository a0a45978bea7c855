"""Births and deaths of processes with the kernel's own time, however late the keeper is woken. Runs in the keeper, on Linux.

The kernel's process connector reports each fork and exit to every listener (to all users since Linux 6.6, to root before; not
in a container with pids of its own). The keeper reads it only when it is awake anyway, so it costs no wake-ups. Where the
connector is missing, or reported faster than it was read, the moments are those at which the keeper was woken.

A fork is reported before the child can run. So the family of the program is known in the order of its births, apart from all
other processes, and no member is missed.
"""

import _socket as socket
import ctypes
import os
import struct
import sys
from collections import OrderedDict
from typing import TypeVar

from workers.keeper.observations import Death

_NETLINK_CONNECTOR = 11
_CN_IDX_PROC = _CN_VAL_PROC = 1
_LISTEN = 1
_FORK, _EXIT = 0x1, 0x80000000
_NETLINK = struct.Struct("=IHHII")
_CONNECTOR = struct.Struct("=IIIIHH")
_REQUEST = struct.Struct("=II")
_EVENT = struct.Struct("=IIQ")
_PIDS = struct.Struct("=4i")
_EVENT_AT = _NETLINK.size + _CONNECTOR.size
_BUFFER_BYTES = 1 << 20
_MOST_REMEMBERED = 4096
_SO_ATTACH_FILTER, _SO_RCVBUFFORCE = 26, 33

# A filter in classic BPF. Loads take four bytes in network order: the same for both sides of a comparison, but a constant
# has to be converted.
_INSTRUCTION = struct.Struct("=HBBI")
_PROGRAM = struct.Struct("HL")
_LOAD, _COPY, _IF, _IF_COPY, _SKIP, _ANSWER = 0x20, 0x07, 0x15, 0x1D, 0x05, 0x06
_NUMBERS_AT = _EVENT_AT + _EVENT.size


def _in_network_order(number: int) -> int:
    return int.from_bytes(number.to_bytes(4, sys.byteorder), "big")


_WITHOUT_THREADS = [  # (operation, instructions to skip when true, when false, operand)
    (_LOAD, 0, 0, _EVENT_AT),
    (_IF, 0, 4, _in_network_order(_FORK)),
    (_LOAD, 0, 0, _NUMBERS_AT + 8),  # the child
    (_COPY, 0, 0, 0),
    (_LOAD, 0, 0, _NUMBERS_AT + 12),  # its process
    (_SKIP, 0, 0, 4),
    (_IF, 0, 4, _in_network_order(_EXIT)),
    (_LOAD, 0, 0, _NUMBERS_AT),  # the one that ends
    (_COPY, 0, 0, 0),
    (_LOAD, 0, 0, _NUMBERS_AT + 4),  # its process
    (_IF_COPY, 0, 1, 0),
    (_ANSWER, 0, 0, 0xFFFFFFFF),  # the whole message
    (_ANSWER, 0, 0, 0),
]

_Value = TypeVar("_Value")


class Birth:
    """A child of the family that is followed. parent, thread: the process that made it, and in which of its threads.

    death is filled in when the kernel reports it.
    """

    __slots__ = ("at_ns", "death", "parent", "pid", "thread")

    def __init__(self, pid: int, parent: int, thread: int, at_ns: int, death: Death | None = None) -> None:
        self.pid = pid
        self.parent = parent
        self.thread = thread
        self.at_ns = at_ns
        self.death = death


class BirthsAndDeaths:
    """Remembers the latest births and deaths on this machine by pid, and the births in a family until they are taken.

    By itself it stays empty: it serves where the kernel reports nothing. What is remembered is trusted as long as `read` is
    called at each turn of the keeper's loop: no pid is given to another process within one.
    """

    def __init__(self) -> None:
        self.overruns = 0
        """How often the kernel reported more than was read in time."""
        self._births: OrderedDict[int, int] = OrderedDict()
        self._deaths: OrderedDict[int, Death] = OrderedDict()
        self._family: set[int] = set()
        self._newborn: list[Birth] = []
        self._living: dict[int, Birth] = {}

    @property
    def remembered(self) -> int:
        """How many births and deaths are remembered by pid."""
        return len(self._births) + len(self._deaths)

    def read(self) -> int:
        """Take what the kernel has reported, and return how many reports that were; here none."""
        return 0

    def close(self) -> None:
        """Listen no more."""

    def born(self, pid: int) -> int | None:
        """When the process that has this pid, or had it last, was made; None = not known."""
        if pid not in self._births or pid in self._deaths:  # else it lives, and is the last
            self.read()
        return self._births.get(pid)

    def born_by(self, pid: int, before_ns: int) -> int:
        """As `born`, for a process that is known to have existed at before_ns; 0 = not known."""
        born_ns = self.born(pid)
        return born_ns if born_ns is not None and born_ns <= before_ns else 0

    def died(self, pid: int) -> Death | None:
        """How the process that had this pid last ended; None when it is not known to have ended."""
        if pid not in self._deaths:
            self.read()
        return self._deaths.get(pid)

    def died_between(self, pid: int, after_ns: int, before_ns: int) -> Death | None:
        """As `died`, for a process that is known to have ended between two moments."""
        death = self.died(pid)
        return death if death is not None and after_ns <= death.at_ns <= before_ns else None

    def follow(self, pid: int) -> None:
        """Make this process part of the family: from now on `newborn` reports its children, and theirs."""
        self._family.add(pid)

    def newborn(self) -> list[Birth]:
        """The births in the family that were read since the last call. A death read later is added to the same object."""
        births, self._newborn = self._newborn, []
        return births

    def forget(self) -> None:
        """Some reports were lost: what is remembered may be of earlier processes with the same pids."""
        self.overruns += 1
        self._births.clear()
        self._deaths.clear()
        self._living.clear()

    def take(self, data: bytes) -> None:
        """Handle one message of the kernel."""
        if len(data) < _EVENT_AT + _EVENT.size + _PIDS.size:
            return
        what, _, at_ns = _EVENT.unpack_from(data, _EVENT_AT)
        numbers = _PIDS.unpack_from(data, _EVENT_AT + _EVENT.size)
        if what == _FORK:
            thread, parent, pid, group = numbers
            if pid == group:  # else it is a thread
                self._deaths.pop(pid, None)
                _remember(self._births, pid, at_ns)
                self._take_birth(Birth(pid, parent, thread, at_ns))
        elif what == _EXIT:
            pid, group, status, _ = numbers
            if pid == group:
                death = Death(at_ns, os.waitstatus_to_exitcode(status & 0xFF7F))
                _remember(self._deaths, pid, death)
                if pid in self._living:
                    self._living.pop(pid).death = death

    def _take_birth(self, birth: Birth) -> None:
        self._living.pop(birth.pid, None)
        if birth.parent in self._family:
            self._family.add(birth.pid)
            self._living[birth.pid] = birth
            self._newborn.append(birth)
        else:
            self._family.discard(birth.pid)  # a process outside the family has this pid now


class ProcessEvents(BirthsAndDeaths):
    """Listens to the kernel's process connector. Raises OSError where there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, _NETLINK_CONNECTOR)
        try:
            self._enlarge_buffer()
            self._filter_out_threads()
            self._socket.bind((0, _CN_IDX_PROC))
            self._socket.send(_listen_request())
        except OSError:
            self._socket.close()
            raise

    def read(self) -> int:
        """See BirthsAndDeaths. To be called often enough that the kernel's buffer does not fill up."""
        taken = 0
        while True:
            try:
                data, (sender, _) = self._socket.recvfrom(4096)
            except BlockingIOError:
                return taken
            except OSError:  # overrun: what was lost cannot be known
                self.forget()
                continue
            if sender == 0:
                self.take(data)
                taken += 1

    def close(self) -> None:
        """See BirthsAndDeaths."""
        self._socket.close()

    def _enlarge_buffer(self) -> None:
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER_BYTES)  # root only
        except OSError:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)

    def _filter_out_threads(self) -> None:
        """Have the kernel drop births and ends of threads, which can be many more than those of processes."""
        code = b"".join(_INSTRUCTION.pack(*instruction) for instruction in _WITHOUT_THREADS)
        buffer = ctypes.create_string_buffer(code)
        program = _PROGRAM.pack(len(_WITHOUT_THREADS), ctypes.addressof(buffer))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)


def listen_to_kernel() -> BirthsAndDeaths:
    """The kernel's events; an empty memory where the kernel does not report them."""
    try:
        return ProcessEvents()
    except OSError:
        return BirthsAndDeaths()


def _listen_request() -> bytes:
    """Asks for forks and exits only. Kernels before 6.6 read the first number alone and report more; `take` skips that."""
    request = _REQUEST.pack(_LISTEN, _FORK | _EXIT)
    body = _CONNECTOR.pack(_CN_IDX_PROC, _CN_VAL_PROC, 0, 0, len(request), 0) + request
    return _NETLINK.pack(_NETLINK.size + len(body), 3, 0, 0, os.getpid()) + body


def _remember(memory: OrderedDict[int, _Value], pid: int, value: _Value) -> None:
    memory[pid] = value
    memory.move_to_end(pid)
    if len(memory) > _MOST_REMEMBERED:
        memory.popitem(last=False)
