"""Checksums of a run's journals, which the keeper writes when the run is over: so a damaged record is passed over, not shown.

The file `checksums` has an entry for each journal: the head (`_HEAD`), the name, CRC-32 of each of the first slots, CRC-32 of
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

_MAGIC = b"PRCSUMS1"
_HEAD = struct.Struct("<HBxII")
"""Length of the name, whether nothing changes any more, number of slots and of blocks that follow."""
_SINGLE = 1 << 14
"""So many slots have a checksum each. The others are tasks as a rule: of those, a damaged bit costs a block."""
_BLOCK_SLOTS = 64
_BLOCK = _BLOCK_SLOTS * SLOT
_READ = _BLOCK << 6
_MOST_BYTES = 1 << 30
_SLOTS = struct.Struct(f"{SLOT}s" * _BLOCK_SLOTS)
_CHANGING = (0, Kind.POLLED, Kind.LEFT_OUT, Kind.QUEUE_COUNTED)
_NOTHING, _NO_RECORD = bytes(_BLOCK), bytes(SLOT)
_EMPTY_SLOT, _EMPTY_BLOCK = crc32(_NO_RECORD), crc32(_NOTHING)


def write_checksums(folder: Path, *, over: bool) -> None:
    """Write the checksums of all journals in the folder. over: no process writes any more. Never raises."""
    try:
        names = sorted(name for name in os.listdir(folder) if name in (KEEPER, PROGRAM, CLUSTER) or is_journal(name))
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(folder / CHECKSUMS, flags, 0o600), "wb") as file:
            file.write(_MAGIC)
            for name in names:
                final = over or name == KEEPER  # the keeper has written its last record
                file.write(_entry(name, *_sums(folder / name, over=final), over=final))
    except OSError:
        pass  # the disk is full or the folder is gone: the entries that are whole are of use all the same


def damaged_slots(folder: Path) -> dict[str, set[int]]:
    """The slots that are not as they were when the run was over, by number, for each journal that has any.

    There are no checksums in runs of earlier versions, and in runs whose recorder was killed.
    """
    found: dict[str, set[int]] = {}
    for name, slots, blocks, over in _entries(folder):
        try:
            now_slots, now_blocks = _sums(folder / name, over=True)
        except OSError:
            continue
        if (slots, blocks) == (now_slots, now_blocks):
            continue
        damaged = {at for at, now in enumerate(now_slots) if _differs(slots, at, now, _EMPTY_SLOT, over)}
        for block, now in enumerate(now_blocks):
            if _differs(blocks, block, now, _EMPTY_BLOCK, over):
                first = _SINGLE + block * _BLOCK_SLOTS
                damaged.update(range(first, first + _BLOCK_SLOTS))
        if damaged:
            found[name] = damaged
    return found


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
    at = len(_MAGIC)
    while data.startswith(_MAGIC) and at + _HEAD.size <= len(data):
        length, over, slots, blocks = _HEAD.unpack_from(data, at)
        slots_at = at + _HEAD.size + length
        blocks_at = slots_at + 4 * slots
        end = blocks_at + 4 * blocks
        if end + 4 > len(data) or crc32(data[at:end]) != int.from_bytes(data[end : end + 4], "little"):
            break  # damaged: what comes after cannot be found
        name = data[at + _HEAD.size : slots_at].decode("utf-8", "replace")
        if name in (KEEPER, PROGRAM, CLUSTER) or is_journal(name):
            sums = struct.unpack_from(f"<{slots + blocks}I", data, slots_at)
            found.append((name, array("I", sums[:slots]), array("I", sums[slots:]), bool(over)))
        at = end + 4
    return found


def _entry(name: str, slots: "array[int]", blocks: "array[int]", *, over: bool) -> bytes:
    sums = struct.pack(f"<{len(slots) + len(blocks)}I", *slots, *blocks)
    entry = _HEAD.pack(len(name), over, len(slots), len(blocks)) + name.encode() + sums
    return entry + crc32(entry).to_bytes(4, "little")


def _sums(path: Path, *, over: bool) -> "tuple[array[int], array[int]]":
    """The checksums of a journal's slots and blocks, without the empty ones at its end."""
    slots, blocks = array("I"), array("I")
    empty = 0  # slots since the last record
    with open_part(path) as file:
        file.seek(0)
        while data := _read_whole_blocks(file.read):
            for at in range(0, len(data), _BLOCK):
                block = data[at : at + _BLOCK]
                if block == _NOTHING:
                    empty += _BLOCK_SLOTS
                    continue
                _add_empty(slots, blocks, empty, over=over)
                empty = 0
                if len(slots) >= _SINGLE:
                    blocks.append((crc32(block) or 1) if over or all(map(_is_final, _slots_of(block))) else 0)
                elif over:
                    sums = list(map(crc32, _SLOTS.unpack(block)))
                    slots.extend(sums if all(sums) else [one or 1 for one in sums])
                else:
                    slots.extend([(crc32(slot) or 1) if _is_final(slot) else 0 for slot in _slots_of(block)])
    _strip(blocks, _EMPTY_BLOCK)
    if not blocks:
        _strip(slots, _EMPTY_SLOT)
    return slots, blocks


def _add_empty(slots: "array[int]", blocks: "array[int]", count: int, *, over: bool) -> None:
    """So many empty slots come before the next record. count: a multiple of a block's."""
    single = min(count, _SINGLE - len(slots))
    slots.extend([_EMPTY_SLOT if over else 0] * single)
    blocks.extend([_EMPTY_BLOCK if over else 0] * ((count - single) // _BLOCK_SLOTS))


def _read_whole_blocks(read: "Callable[[int], bytes]") -> bytes:
    """The next part of a file, filled up to a whole block at the end."""
    data = read(_READ)
    while data and len(data) % _BLOCK and (more := read(_READ - len(data) % _READ)):
        data += more
    return data + bytes(-len(data) % _BLOCK)


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
