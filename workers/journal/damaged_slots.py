"""Which slots of a run's journals are not as they were when the run was over, by the checksums that the keeper wrote.

Read in any process and thread but the keeper's, which has no numpy.
"""

import sys
from array import array
from pathlib import Path
from zlib import crc32

from workers.journal.block_sums import sums_in, sums_of_blocks
from workers.journal.checksums import (
    BLOCK,
    BLOCK_SLOTS,
    EMPTY_BLOCK,
    EMPTY_SLOT,
    HEAD,
    MAGIC,
    SINGLE,
    read_whole_blocks,
    sums_of,
)
from workers.journal.run_files import CHECKSUMS, CLUSTER, KEEPER, PROGRAM, is_journal, open_part

_MANY = 1 << 12
"""A journal with so many slots is compared by whole blocks first."""
_MOST_BYTES = 1 << 30


def damaged_slots(folder: Path) -> dict[str, set[int]]:
    """The slots that are not as they were when the run was over, by number, for each journal that has any.

    There are no checksums in runs of earlier versions, and in runs whose recorder was killed.
    """
    found: dict[str, set[int]] = {}
    for name, slots, blocks, over in _entries(folder):
        try:
            if len(slots) >= _MANY and _as_it_was(folder / name, slots, blocks):
                continue
            now_slots, now_blocks = sums_of(folder / name, over=True)
        except OSError:
            continue
        if (slots, blocks) == (now_slots, now_blocks):
            continue
        damaged = {at for at, now in enumerate(now_slots) if _differs(slots, at, now, EMPTY_SLOT, over)}
        for block, now in enumerate(now_blocks):
            if _differs(blocks, block, now, EMPTY_BLOCK, over):
                first = SINGLE + block * BLOCK_SLOTS
                damaged.update(range(first, first + BLOCK_SLOTS))
        if damaged:
            found[name] = damaged
    return found


def _as_it_was(path: Path, slots: "array[int]", blocks: "array[int]") -> bool:
    """Whether a journal surely is as it was, by the sums of whole blocks. False where it may be: its slots say."""
    single = slots + array("I", [EMPTY_SLOT]) * (-len(slots) % BLOCK_SLOTS)
    if blocks and len(single) != SINGLE:
        return False
    with open_part(path) as file:
        file.seek(0)
        now = sums_in(iter(lambda: read_whole_blocks(file.read), b""), BLOCK)
    then = [*sums_of_blocks(single, BLOCK_SLOTS).tolist(), *blocks]
    unchanged: bool = now.tolist() == then + [EMPTY_BLOCK] * (len(now) - len(then))
    return unchanged


def _differs(sums: "array[int]", at: int, now: int, empty: int, over: bool) -> bool:
    """Whether a checksum is another than it was. What is beyond the end was empty."""
    if at < len(sums):
        return sums[at] not in (0, now)
    return over and now != empty


def _entries(folder: Path) -> "list[tuple[str, array[int], array[int], bool]]":
    try:
        with open_part(folder / CHECKSUMS) as file:
            file.seek(0)
            data = file.read(_MOST_BYTES)
    except OSError:
        return []
    found = []
    at = len(MAGIC)
    while data.startswith(MAGIC) and at + HEAD.size <= len(data):
        length, over, slots, blocks = HEAD.unpack_from(data, at)
        slots_at = at + HEAD.size + length
        blocks_at = slots_at + 4 * slots
        end = blocks_at + 4 * blocks
        if end + 4 > len(data) or crc32(data[at:end]) != int.from_bytes(data[end : end + 4], "little"):
            break  # damaged: what comes after cannot be found
        name = data[at + HEAD.size : slots_at].decode("utf-8", "replace")
        if name in (KEEPER, PROGRAM, CLUSTER) or is_journal(name):
            found.append((name, _numbers(data[slots_at:blocks_at]), _numbers(data[blocks_at:end]), bool(over)))
        at = end + 4
    return found


def _numbers(data: bytes) -> "array[int]":
    """Numbers of four bytes, the lowest first."""
    found = array("I", data)
    if sys.byteorder == "big":
        found.byteswap()
    return found
