"""What one thread waits in, as the kernel sees it. Runs in the keeper's main thread, on Linux.

`/proc/PID/task/TID/wchan` names the function of the kernel that it sleeps in, and `syscall` has the arguments of the call.
A wait that may end from outside the run is told apart: through a standard stream of the program, a named pipe or socket, or a
moment at which it ends by itself. Raises OSError where the thread is gone or the kernel does not answer.
"""

import os
import struct

from workers.journal.codes import Wait
from workers.keeper.observations import SeenWait
from workers.keeper.watching.socket_pairs import peer_in_pair

_WAITS = (
    ("futex", Wait.LOCK),
    ("pipe_write", Wait.PIPE_WRITE),
    ("pipe_read", Wait.PIPE_READ),
    ("unix_stream_read", Wait.PIPE_READ),
    ("unix_stream_data_wait", Wait.PIPE_READ),
    ("sock_alloc_send", Wait.PIPE_WRITE),
    ("do_wait", Wait.CHILD),
    ("poll_schedule", Wait.SEVERAL),
    ("do_sys_poll", Wait.SEVERAL),
    ("do_poll", Wait.SEVERAL),
    ("nanosleep", Wait.TIME),
    ("sys_pause", Wait.SIGNAL),
    ("sigsuspend", Wait.SIGNAL),
    ("sigtimedwait", Wait.SIGNAL),
    ("do_select", Wait.SOCKET),
    ("ep_poll", Wait.SOCKET),
    ("epoll_wait", Wait.SOCKET),
    ("accept", Wait.SOCKET),
    ("sk_wait_data", Wait.SOCKET),
    ("sk_stream_wait", Wait.SOCKET),
    ("tty", Wait.INPUT),
    ("wait_woken", Wait.SOCKET),
)
_PRIVATE = 0x80
"""Bit in the operation of a futex: only threads of the same process can wake it, so it is no lock of multiprocessing."""
_POLL, _PPOLL, _WAIT4, _WAITID, _SIGTIMEDWAIT = {
    "x86_64": (7, 271, 61, 247, 128), "aarch64": (-1, 73, 260, 95, 137),
}.get(os.uname().machine, (-1, -1, -1, -1, -1))  # fmt: skip
"""Numbers of system calls. Since 3.15 the selectors of Python call ppoll(), as does poll() of the C library on aarch64."""
_FOR_ONE_PID = 1
_POLL_ENTRY = struct.Struct("=iHH")
_MOST_POLLED = 1024
_FOREVER = 0xFFFFFFFF


def wait_of(pid: int, thread: str, outside: frozenset[str]) -> SeenWait:
    """What this sleeping thread waits in. outside: links of descriptors that lead out of the run (`standard_streams`)."""
    if _read(pid, thread, "stat").rpartition(b")")[2].split()[:1] == [b"D"]:
        return SeenWait(Wait.KERNEL)
    kernel_function = _read(pid, thread, "wchan").decode("ascii", "replace")
    wait = next((wait for part, wait in _WAITS if part in kernel_function), Wait.OTHER)
    if wait in (Wait.OTHER, Wait.TIME, Wait.INPUT):
        return SeenWait(wait)
    words = _read(pid, thread, "syscall").split()
    number = int(words[0]) if words and words[0].lstrip(b"-").isdigit() else -1
    arguments = [int(word, 16) for word in words[1:] if word.startswith(b"0x")]
    if wait is Wait.CHILD:
        return SeenWait(wait, _awaited_child(number, arguments))
    if wait is Wait.LOCK:
        return _lock(pid, arguments)
    if wait is Wait.SEVERAL:
        return _several(pid, number, arguments, outside)
    if wait is Wait.SIGNAL:
        return SeenWait(Wait.TIME if number == _SIGTIMEDWAIT and arguments[2:3] != [0] else wait)
    return _stream(pid, arguments, wait, outside)


def standard_streams(pid: int) -> frozenset[str]:
    """The links of a process's standard streams, as ``pipe:[4711]``; empty where they cannot be known."""
    links = set()
    for number in range(3):
        try:
            links.add(os.readlink(f"/proc/{pid}/fd/{number}"))
        except OSError:
            pass  # that one is closed
    return frozenset(links)


def handled_signals(pid: int) -> int:
    """A bit 1 << signal - 1 for each signal that the process has a handler for; 0 where that cannot be known."""
    try:
        return int(_read(pid, str(pid), "status").partition(b"SigCgt:")[2].split()[0], 16)
    except (OSError, IndexError, ValueError):
        return 0


def inode_of(link: str) -> int:
    """4711 of ``pipe:[4711]``; 0 for other links."""
    number = link.partition("[")[2].removesuffix("]")
    return int(number) if number.isdigit() else 0


def _awaited_child(number: int, arguments: list[int]) -> int:
    if number == _WAIT4 and arguments and 0 < arguments[0] < 1 << 31:
        return arguments[0]
    if number == _WAITID and len(arguments) > 1 and arguments[0] == _FOR_ONE_PID:
        return arguments[1]
    return 0


def _lock(pid: int, arguments: list[int]) -> SeenWait:
    if len(arguments) < 4 or arguments[3]:
        return SeenWait(Wait.TIME)  # the call has a timeout
    if arguments[1] & _PRIVATE:
        return SeenWait(Wait.OWN_LOCK, arguments[0])
    return SeenWait(Wait.LOCK, _mapped_inode(pid, arguments[0]))


def _mapped_inode(pid: int, address: int) -> int:
    """The inode of the file that is mapped at this address; 0 where there is none."""
    with open(f"/proc/{pid}/maps", "rb") as file:
        for line in file:
            span, _, rest = line.partition(b" ")
            first, _, end = span.partition(b"-")
            if int(first, 16) <= address < int(end, 16):
                return int(rest.split()[3])
    return 0


def _stream(pid: int, arguments: list[int], wait: Wait, outside: frozenset[str]) -> SeenWait:
    """A wait for one descriptor, which is the first argument."""
    link = os.readlink(f"/proc/{pid}/fd/{arguments[0]}") if arguments else ""
    if link in outside:
        return SeenWait(Wait.INPUT)
    end = _end_inside(link)
    return SeenWait(Wait.SOCKET) if end is None or wait is Wait.SOCKET else SeenWait(wait, inode_of(link), (end,))


def _end_inside(link: str) -> int | None:
    """The inode at which the other end of a pipe or of an unnamed pair is found; None for what may lead out of the run."""
    if link.startswith("pipe:"):
        return inode_of(link)
    return (peer_in_pair(link) or None) if link.startswith("socket:") else None


def _several(pid: int, number: int, arguments: list[int], outside: frozenset[str]) -> SeenWait:
    """A wait for whichever of several descriptors is ready first."""
    if number not in (_POLL, _PPOLL) or len(arguments) < 3:
        return SeenWait(Wait.SOCKET)
    endless = (
        arguments[2] & _FOREVER == _FOREVER if number == _POLL else not arguments[2]
    )  # ms, or the address of a time
    if not endless:
        return SeenWait(Wait.TIME)
    count = min(arguments[1], _MOST_POLLED)
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        memory.seek(arguments[0])
        entries = memory.read(count * _POLL_ENTRY.size)
    ends = []
    for fd, _, _ in _POLL_ENTRY.iter_unpack(entries[: len(entries) // _POLL_ENTRY.size * _POLL_ENTRY.size]):
        link = os.readlink(f"/proc/{pid}/fd/{fd}")
        end = None if link in outside else _end_inside(link)
        if end is None:
            return SeenWait(Wait.SOCKET)
        ends.append(end)
    return SeenWait(Wait.SEVERAL, 0, tuple(dict.fromkeys(ends)))


def _read(pid: int, thread: str, name: str) -> bytes:
    with open(f"/proc/{pid}/task/{thread}/{name}", "rb") as file:
        return file.read(4096)
