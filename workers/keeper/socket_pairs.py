"""Whether a socket is one of a nameless pair, as `multiprocessing.Pipe()` makes. Runs in the keeper, on Linux.

The kernel is asked (sock_diag, which takes no rights). Both ends of such a pair can only be held by the process that made it
and by those that have it from there; a socket that was connected to a name may lead to anybody.
"""

import socket
import struct
import sys

_NETLINK = 16
_NETLINK_SOCK_DIAG = 4
_BY_FAMILY = 20
_REQUEST = 1
_SHOW_NAME, _SHOW_PEER = 1, 4
_NAME, _PEER = 0, 2
_ANY = 0xFFFFFFFF
_HEADER = struct.Struct("=IHHII")
_ASKED = struct.Struct("=BBHIIIII")
_ATTRIBUTE = struct.Struct("=HH")
_BEGIN = _HEADER.size + 16
_MOST = 1 << 14


def is_pair(link: str) -> bool:
    """`link`: what a descriptor is, as ``socket:[4711]``. False as well where the kernel does not tell."""
    try:
        with socket.socket(_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as kernel:
            own = _attributes(kernel, int(link.removeprefix("socket:[").removesuffix("]")))
            if _NAME in own or len(own.get(_PEER, b"")) != 4:
                return False
            return _NAME not in _attributes(kernel, int.from_bytes(own[_PEER], sys.byteorder))
    except (OSError, ValueError, struct.error):
        return False


def _attributes(kernel: socket.socket, inode: int) -> dict[int, bytes]:
    """What the kernel tells of one socket of the local kind. Raises OSError when there is none."""
    asked = _ASKED.pack(socket.AF_UNIX, 0, 0, _ANY, inode, _SHOW_NAME | _SHOW_PEER, _ANY, _ANY)
    kernel.send(_HEADER.pack(_HEADER.size + len(asked), _BY_FAMILY, _REQUEST, 1, 0) + asked)
    told = kernel.recv(_MOST, socket.MSG_DONTWAIT)  # the answer is there when send() returns
    length, kind, *_ = _HEADER.unpack_from(told)
    if kind != _BY_FAMILY:
        raise ProcessLookupError(inode)
    found, at = {}, _BEGIN
    while at + _ATTRIBUTE.size <= min(length, len(told)):
        size, name = _ATTRIBUTE.unpack_from(told, at)
        found[name] = told[at + _ATTRIBUTE.size : at + size]
        at += max(_ATTRIBUTE.size, (size + 3) & ~3)
    return found
