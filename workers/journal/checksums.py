"""Checksums of a run's journals, which the keeper writes when the run is over: so a damaged record is passed over, not shown.

The file `checksums` has an entry for each journal: the head (`HEAD`), the name, CRC-32 of each of the first slots, CRC-32 of
each block of the others, and CRC-32 of the entry itself. 0 stands for what a process may still change that outlives the run.
Written by the keeper, which loads this at the end; read in any process and thread.
"""

import os
import struct
from array import array
from binascii import crc32  # the keeper has that loaded, and not zlib
from collections.abc import Callable
from pathlib import Path

from workers.journal.kinds import Kind
from workers.journal.run_files import CHECKSUMS, CLUSTER, KEEPER, PROGRAM, is_journal, open_part
from workers.journal.task_slots import without_size
from workers.recorded.probe import SLOT, TASK_OVER

MAGIC = b"PRCSUMS1"
HEAD = struct.Struct("<HBxII")
"""Length of the name, whether nothing changes any more, number of slots and of blocks that follow."""
SINGLE = 1 << 14
"""So many slots have a checksum each. The others are tasks as a rule: of those, a damaged bit costs a block."""
BLOCK_SLOTS = 64
BLOCK = BLOCK_SLOTS * SLOT
_READ = BLOCK << 6
_SLOTS = struct.Struct(f"{SLOT}s" * BLOCK_SLOTS)
_CHANGING = (0, Kind.POLLED, Kind.LEFT_OUT, Kind.QUEUE_COUNTED)
_NOTHING, _NO_RECORD = bytes(BLOCK), bytes(SLOT)
EMPTY_SLOT, EMPTY_BLOCK = crc32(_NO_RECORD), crc32(_NOTHING)


def write_checksums(folder: Path, *, over: bool) -> None:
    """Write the checksums of all journals in the folder. over: no process writes any more. Never raises."""
    try:
        names = sorted(name for name in os.listdir(folder) if name in (KEEPER, PROGRAM, CLUSTER) or is_journal(name))
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(folder / CHECKSUMS, flags, 0o600), "wb") as file:
            file.write(MAGIC)
            for name in names:
                final = over or name == KEEPER  # the keeper has written its last record
                file.write(_entry(name, *sums_of(folder / name, over=final), over=final))
    except OSError:
        pass  # the disk is full or the folder is gone: the entries that are whole are of use all the same


def _entry(name: str, slots: "array[int]", blocks: "array[int]", *, over: bool) -> bytes:
    sums = struct.pack(f"<{len(slots) + len(blocks)}I", *slots, *blocks)
    entry = HEAD.pack(len(name), over, len(slots), len(blocks)) + name.encode() + sums
    return entry + crc32(entry).to_bytes(4, "little")


def sums_of(path: Path, *, over: bool) -> "tuple[array[int], array[int]]":
    """The checksums of a journal's slots and blocks, without the empty ones at its end."""
    slots, blocks = array("I"), array("I")
    empty = 0  # slots since the last record
    with open_part(path) as file:
        file.seek(0)
        while data := read_whole_blocks(file.read):
            for at in range(0, len(data), BLOCK):
                block = data[at : at + BLOCK]
                if block == _NOTHING:
                    empty += BLOCK_SLOTS
                    continue
                _add_empty(slots, blocks, empty, over=over)
                empty = 0
                if len(slots) >= SINGLE:
                    blocks.append((crc32(block) or 1) if over or all(map(_is_final, _slots_of(block))) else 0)
                elif over:
                    sums = list(map(crc32, _SLOTS.unpack(block)))
                    slots.extend(sums if all(sums) else [one or 1 for one in sums])
                else:
                    slots.extend([(crc32(slot) or 1) if _is_final(slot) else 0 for slot in _slots_of(block)])
    _strip(blocks, EMPTY_BLOCK)
    if not blocks:
        _strip(slots, EMPTY_SLOT)
    return slots, blocks


def _add_empty(slots: "array[int]", blocks: "array[int]", count: int, *, over: bool) -> None:
    """So many empty slots come before the next record. count: a multiple of a block's."""
    single = min(count, SINGLE - len(slots))
    slots.extend([EMPTY_SLOT if over else 0] * single)
    blocks.extend([EMPTY_BLOCK if over else 0] * ((count - single) // BLOCK_SLOTS))


def read_whole_blocks(read: "Callable[[int], bytes]") -> bytes:
    """The next part of a file, filled up to a whole block at the end."""
    data = read(_READ)
    while data and len(data) % BLOCK and (more := read(_READ - len(data) % _READ)):
        data += more
    return data + bytes(-len(data) % BLOCK)


def _slots_of(block: bytes) -> list[bytes]:
    return [*_SLOTS.unpack(block)]


def _is_final(slot: bytes) -> bool:
    """Whether a process that still runs does not change the slot."""
    kind = slot[0]
    if kind == Kind.TASK:
        return bool(slot[1] & TASK_OVER) and not without_size(slot, 0, SLOT)
    return kind not in _CHANGING


def _strip(sums: "array[int]", empty: int) -> None:
    end = len(sums)
    while end and sums[end - 1] in (0, empty):
        end -= 1
    del sums[end:]
