"""Which slots of a run's journals are not as they were when the run was over, by the checksums that the keeper wrote.

Read in any process and thread but the keeper's, which has no numpy.
"""

import sys
from array import array
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO
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
_PART = 1 << 20


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


def _entries(folder: Path) -> "Iterator[tuple[str, array[int], array[int], bool]]":
    """The first entry of each journal. One that is damaged is the last: what comes after it cannot be found.

    No more is kept of an entry than the journal needs that is there: a file of a few bytes may say that it has very many.
    """
    seen = set()
    try:
        with BufferedReader(open_part(folder / CHECKSUMS)) as file:
            file.seek(0)
            if file.read(len(MAGIC)) != MAGIC:
                return
            while len(head := file.read(HEAD.size)) == HEAD.size:
                length, over, slot_count, block_count = HEAD.unpack(head)
                packed_name = file.read(length)
                name = packed_name.decode("utf-8", "replace")
                wanted = (name in (KEEPER, PROGRAM, CLUSTER) or is_journal(name)) and name not in seen
                most_blocks = _size_of(folder / name) // BLOCK + 1 if wanted else 0
                slots, sum_so_far = _numbers(file, slot_count, SINGLE * wanted, crc32(packed_name, crc32(head)))
                blocks, sum_so_far = _numbers(file, block_count, most_blocks, sum_so_far)
                if file.read(4) != sum_so_far.to_bytes(4, "little"):
                    return
                if wanted:
                    seen.add(name)
                    yield name, slots, blocks, bool(over)
    except OSError:
        return


def _numbers(file: BinaryIO, count: int, most: int, sum_before: int) -> "tuple[array[int], int]":
    """(the first of so many numbers of four bytes, the lowest byte first; the CRC-32 to their end)."""
    kept = array("I")
    left = 4 * count
    while left and (data := file.read(min(left, _PART))):
        left -= len(data)
        sum_before = crc32(data, sum_before)
        room = most - len(kept)
        if room > 0 and len(data) % 4 == 0:
            kept.frombytes(data[: 4 * room])
    if sys.byteorder == "big":
        kept.byteswap()
    return kept, sum_before


def _size_of(path: Path) -> int:
    try:
        return path.stat(follow_symlinks=False).st_size
    except OSError:
        return 0
