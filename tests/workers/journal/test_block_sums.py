"""A large journal is compared by whole blocks, and each damage in it is found all the same."""

import random
from array import array
from pathlib import Path
from zlib import crc32

import pytest

from workers.journal.block_sums import sums_of_blocks
from workers.journal.checksums import write_checksums
from workers.journal.damaged_slots import damaged_slots
from workers.recorded.probe import SLOT

NAME = "77-1234.journal"
SINGLE, IN_BLOCK = 1 << 14, 64
"""So many slots have a checksum each, and so many of the others share one."""


@pytest.mark.parametrize("seed", range(5))
def test_the_sum_of_a_block_follows_from_those_of_its_slots(seed: int) -> None:
    data = random.Random(seed).randbytes(7 * IN_BLOCK * SLOT)
    data = data[: 3 * IN_BLOCK * SLOT] + bytes(IN_BLOCK * SLOT) + data[4 * IN_BLOCK * SLOT :]
    slots = array("I", [crc32(data[at : at + SLOT]) for at in range(0, len(data), SLOT)])
    blocks = [crc32(data[at : at + IN_BLOCK * SLOT]) for at in range(0, len(data), IN_BLOCK * SLOT)]
    assert sums_of_blocks(slots, IN_BLOCK).tolist() == blocks


@pytest.mark.parametrize("slots", [5_000, SINGLE, SINGLE + 200])
def test_each_damage_is_found(tmp_path: Path, slots: int) -> None:
    chance = random.Random(slots)
    written = b"".join(bytes([chance.randrange(1, 200)]) + chance.randbytes(SLOT - 1) for _ in range(slots))
    path = tmp_path / NAME
    path.write_bytes(written + bytes(100 * SLOT))
    write_checksums(tmp_path, over=True)
    for tail in (0, 1, 5_000):  # the room that was kept for more can be cut off
        path.write_bytes(written + bytes(tail * SLOT))
        assert damaged_slots(tmp_path) == {}
    for number in (0, 63, 64, 4_999, slots - 1, slots, slots + 70, chance.randrange(slots)):
        data = bytearray(written + bytes(100 * SLOT))
        data[number * SLOT + chance.randrange(SLOT)] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        block = number // IN_BLOCK * IN_BLOCK
        damaged = {number} if number < SINGLE else set(range(block, block + IN_BLOCK))
        assert damaged_slots(tmp_path) == {NAME: damaged}, number
    both = bytearray(written)
    both[:SLOT], both[SLOT : 2 * SLOT] = written[SLOT : 2 * SLOT], written[:SLOT]
    path.write_bytes(both)
    assert damaged_slots(tmp_path) == {NAME: {0, 1}}
    path.write_bytes(written[: 4_500 * SLOT])
    assert damaged_slots(tmp_path) == {}  # what is missing is not read
