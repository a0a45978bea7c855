"""What Linux's process connector sends, made by hand."""

import struct

FORK, EXIT, EXEC = 0x1, 0x80000000, 0x2


def message(what: int, at_ns: int, *numbers: int) -> bytes:
    """As the kernel sends it: two heads, the event's, and its numbers."""
    return bytes(36) + struct.pack("=IIQ", what, 0, at_ns) + struct.pack("=6i", *numbers, *[0] * (6 - len(numbers)))
