"""The other end of a socket of an unnamed pair, as `multiprocessing.Pipe()` makes. Runs in the keeper, on Linux.

The kernel answers this through sock_diag, which needs no rights. Only the process that made such a pair, and processes that
got an end from it, can hold the ends. A socket that was connected by name may lead to any process.
"""

import struct
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

_NETLINK = 16
_NETLINK_SOCK_DIAG = 4
_BY_FAMILY = 20
_REQUEST = 1
_SHOW_NAME, _SHOW_PEER = 1, 4
_NAME, _PEER = 0, 2
_ALL_BITS = 0xFFFFFFFF
_HEADER = struct.Struct("=IHHII")
_REQUEST_BODY = struct.Struct("=BBHIIIII")
_ATTRIBUTE = struct.Struct("=HH")
_ATTRIBUTES_AT = _HEADER.size + 16
_MOST_BYTES = 1 << 14


def peer_in_pair(link: str) -> int:
    """The number (inode) of the socket at the other end. link: what a descriptor links to, as ``socket:[4711]``.

    0 for a socket that belongs to no such pair, and where the kernel does not answer.
    """
    import socket  # rarely needed, while a recorded program waits for what is loaded at the start

    try:
        with socket.socket(_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as kernel:
            own = _attributes(kernel, int(link.removeprefix("socket:[").removesuffix("]")))
            if _NAME in own or len(own.get(_PEER, b"")) != 4:
                return 0
            peer = int.from_bytes(own[_PEER], sys.byteorder)
            return 0 if _NAME in _attributes(kernel, peer) else peer
    except (OSError, ValueError, struct.error):
        return 0


def _attributes(kernel: "socket.socket", inode: int) -> dict[int, bytes]:
    """The attributes of one local socket by number. Raises OSError when there is no such socket."""
    import socket

    request = _REQUEST_BODY.pack(socket.AF_UNIX, 0, 0, _ALL_BITS, inode, _SHOW_NAME | _SHOW_PEER, _ALL_BITS, _ALL_BITS)
    kernel.send(_HEADER.pack(_HEADER.size + len(request), _BY_FAMILY, _REQUEST, 1, 0) + request)
    answer = kernel.recv(_MOST_BYTES, socket.MSG_DONTWAIT)  # the answer is ready when send() returns
    length, kind, *_ = _HEADER.unpack_from(answer)
    if kind != _BY_FAMILY:
        raise ProcessLookupError(inode)
    found, at = {}, _ATTRIBUTES_AT
    while at + _ATTRIBUTE.size <= min(length, len(answer)):
        size, name = _ATTRIBUTE.unpack_from(answer, at)
        found[name] = answer[at + _ATTRIBUTE.size : at + size]
        at += max(_ATTRIBUTE.size, (size + 3) & ~3)
    return found
