"""What the slots of tasks say, found in their bytes without making records of them. Any process and thread."""

import struct

from workers.journal.slot_layout import HIGH_B, LOW_A, LOW_E, SlotPlace
from workers.recorded.probe import SLOT, TASK_OVER, UNNUMBERED

_ERROR = struct.Struct(f"<{LOW_E.code}")
_SAYS_MORE = bytes((flags & (TASK_OVER | UNNUMBERED)) != TASK_OVER for flags in range(256))
"""For bytes.translate: the flags of a task become 0 where it has ended and has a job number, else 1."""


def _bytes_of(place: SlotPlace) -> range:
    return range(place.offset, place.offset + struct.calcsize(f"<{place.code}"))


ERROR_BYTES = _bytes_of(LOW_E)
"""Where the number of the error's text stands in a slot."""
_SIZE_BYTES = (*_bytes_of(HIGH_B), *_bytes_of(LOW_A))
"""Where the size of the result stands, and the number of the thread: those of thread pools have no such size."""


def error_of(slot: bytes | bytearray) -> int:
    """The number of the text that names a task's error."""
    number: int = _ERROR.unpack_from(slot, LOW_E.offset)[0]
    return number


def without_size(data: bytes, low: int, high: int) -> list[int]:
    """The tasks in data[low:high] that have ended in a worker, and have no size of their results: their offsets from `low`.

    The size is added when the result has been pickled, after the end of the task.
    """
    says = int.from_bytes(data[low + 1 : high : SLOT].translate(_SAYS_MORE), "little")
    for byte in _SIZE_BYTES:
        says |= int.from_bytes(data[low + byte : high : SLOT], "little")
    of_each = says.to_bytes((high - low) // SLOT, "little")
    found = []
    at = of_each.find(0)
    while at >= 0:
        found.append(at * SLOT)
        at = of_each.find(0, at + 1)
    return found
