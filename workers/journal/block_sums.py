"""The CRC-32 of blocks of slots: computed, and as it follows from those of their slots. A large journal has a checksum for each
of many slots, and to compute as many again takes far longer.

Only the readers of runs that have ended load this: the keeper has no numpy. Any process and thread.
"""

from array import array
from collections.abc import Iterator
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from workers.recorded.probe import SLOT

_BYTES = np.arange(256, dtype=np.uint32)


def sums_of_blocks(slots: "array[int]", slots_in_block: int) -> NDArray[np.uint32]:
    """The CRC-32 of each block, from the CRC-32 of its slots: a whole number of blocks. slots_in_block: a power of two."""
    sums = np.frombuffer(slots, np.uint32).reshape(-1, slots_in_block)
    size = SLOT
    while sums.shape[1] > 1:
        sums = _followed_by(sums[:, 0::2], size) ^ sums[:, 1::2]
        size *= 2
    return sums[:, 0]


def _followed_by(sums: NDArray[np.uint32], size: int) -> NDArray[np.uint32]:
    """What the CRC-32 of these data adds to that of the same with so many bytes behind it."""
    low, second, third, high = _tables(size)
    found: NDArray[np.uint32] = low[sums & 255] ^ second[sums >> 8 & 255] ^ third[sums >> 16 & 255] ^ high[sums >> 24]
    return found


@lru_cache
def _tables(size: int) -> tuple[NDArray[np.uint32], ...]:
    """The same for each value of each byte of a sum, the lowest byte first. It is linear: made of those of its bits."""
    nothing = bytes(size)
    of_bits = [crc32(nothing, 1 << bit) ^ crc32(nothing) for bit in range(32)]
    return tuple(_table(of_bits[first : first + 8]) for first in range(0, 32, 8))


def _table(of_bits: list[int]) -> NDArray[np.uint32]:
    table = np.zeros(256, np.uint32)
    for bit, one in enumerate(of_bits):
        table[_BYTES >> bit & 1 == 1] ^= np.uint32(one)
    return table


def sums_in(data: Iterator[bytes], block: int) -> NDArray[np.uint32]:
    """The CRC-32 of each block of these data. Each part is a whole number of blocks of so many bytes."""
    found = [crc32(part[at : at + block]) for part in data for at in range(0, len(part), block)]
    return np.array(found, np.uint32)
