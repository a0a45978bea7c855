"""Unpacks a saved run into a folder of its own, as far as it is whole. Any process and thread, no Qt.

Only files that are part of a run are unpacked, under their own names and no others, into a folder that only this user can read,
and no more bytes than a run can have.
"""

import json
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from workers.errors import CancelledError, OpenError
from workers.formats.blocks import Progress, most_expanded
from workers.formats.saved_run import FORMAT, MANIFEST, MOST_FILES, is_part
from workers.journal.run_files import KEEPER
from workers.recorded.probe import SLOT

MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_BLOCK = 1 << 18
_MOST_BYTES = 1 << 36
FREE_RECORDS = 1 << 24
MOST_RECORD_RATIO = 16
"""So many times its own size a saved run may have in records, beyond what is free. Their times alone take a seventh, packed."""
_MOST_MANIFEST_BYTES = 1 << 20
_HEAD = struct.Struct("<4sHHHHHIIIHH")
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 1
_METHODS = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd"}


@dataclass(slots=True)
class _Unpacking:
    """The state of one unpacking.

    damaged: the files that could not be unpacked whole.
    foreign: how a file is packed that is not unpacked here; "" for none.
    given, records: the bytes so far, of everything and of slots that are written. most, most_records: what they may come to.
    """

    path: Path
    folder: Path
    progress: Progress | None
    manifest: bytes = b""
    names: set[str] = field(default_factory=set)
    damaged: list[str] = field(default_factory=list)
    foreign: str = ""
    given: int = 0
    most: int = 0
    records: int = 0
    most_records: int = 0


def unpack(path: Path, folder: Path, progress: Progress | None = None) -> list[str]:
    """Unpack the run saved in `path` into `folder`. Returns sentences about missing or damaged parts.

    Raises OpenError for a file without a run, with too many files or of a newer version, CancelledError when progress says so.
    """
    state = _Unpacking(path, folder, progress)
    size = path.stat().st_size
    state.most = min(_MOST_BYTES, most_expanded(size))
    state.most_records = FREE_RECORDS + MOST_RECORD_RATIO * size
    with path.open("rb") as file:
        try:
            _by_directory(file, state)
        except BadZipFile:
            _in_order(file, state)
            state.damaged.append("its end")
    warnings = _judge(state)
    if KEEPER not in state.names and state.foreign:
        raise OpenError(
            f"{path} is a ZIP {state.foreign}, which is not read here: unpack it, and pack its files again without a password "
            "and with deflate, as `zip -r` does."
        )
    if KEEPER not in state.names:
        raise OpenError(
            f"{path} is a ZIP, but no saved run that can be read: the recorder's journal is not in it; the file was cut short, "
            "or is another archive, so copy it again or save the run once more."
        )
    if state.damaged:
        names = ", ".join(state.damaged[:3]) + (" and others" if len(state.damaged) > 3 else "")
        warnings.append(f"The file is damaged ({names}): it was read as far as it is whole.")
    return warnings


def _judge(state: _Unpacking) -> list[str]:
    """Refuse a run of a newer version, and note missing files. Returns a sentence when the manifest is of no use."""
    try:
        manifest = json.loads(state.manifest)
        written = manifest["format"]
        if not isinstance(written, int):
            raise TypeError
    except (ValueError, LookupError, TypeError, RecursionError):
        return ["The file does not say which version wrote it."] if KEEPER in state.names else []
    if written > FORMAT:
        raise OpenError(
            f"{state.path} was saved by a newer version of Procession, and cannot be opened by this one: install that version, "
            "or a later one."
        )
    missing = dict.fromkeys(name for name in _named(manifest) if name not in state.names)
    state.damaged = list(dict.fromkeys([*state.damaged, *missing]))
    return []


def _named(manifest: dict[str, object]) -> list[str]:
    files = manifest.get("files")
    return [name for name in files if isinstance(name, str) and is_part(name)] if isinstance(files, list) else []


def _by_directory(file: BinaryIO, state: _Unpacking) -> None:
    try:
        archive = ZipFile(file)
    except (ValueError, struct.error, NotImplementedError, RecursionError) as error:
        raise BadZipFile(str(error)) from error
    entries = archive.infolist()
    if len(entries) > MOST_FILES:
        raise _too_many(state)
    for entry in entries:
        if not _is_wanted(entry.filename, state):
            continue
        foreign = _foreign(entry.flag_bits, entry.compress_type)
        if foreign:
            state.foreign = state.foreign or foreign
            state.damaged.append(entry.filename)
            continue
        try:
            with archive.open(entry) as source:
                _store(entry.filename, _read(source), state)
        except (BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, struct.error):
            state.damaged.append(entry.filename)


def _read(source: object) -> Iterator[bytes]:
    while block := source.read(_BLOCK):  # type: ignore[attr-defined]
        yield block


def _in_order(file: BinaryIO, state: _Unpacking) -> None:
    """Read a ZIP without its directory at the end: one file after another, by the header before each."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    for _ in range(MOST_FILES + 1):
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size or not head.startswith(MAGIC[0]):
            return
        _, _, flags, method, *_, packed, _, name_size, extra_size = _HEAD.unpack(head)
        name = file.read(name_size).decode("utf-8", "replace")
        extra = file.read(extra_size)
        if foreign := _foreign(flags, method):
            state.foreign = state.foreign or (foreign if _is_wanted(name, state) else "")
            return
        packed = _packed_size(packed, extra)
        if not _is_wanted(name, state):
            if packed > size - file.tell():  # a damaged size may be larger than any place in a file
                return
            file.seek(packed, os.SEEK_CUR)
            continue
        try:
            _store(name, _raw(file, packed, method), state)
        except zlib.error:
            state.damaged.append(name)
            return
    raise _too_many(state)


def _too_many(state: _Unpacking) -> OpenError:
    return OpenError(f"{state.path} is a ZIP of more than {MOST_FILES:,} files, and a saved run has no more.")


def _foreign(flags: int, method: int) -> str:
    """How a file is packed that cannot be unpacked here; "" for one that can."""
    if flags & _ENCRYPTED:
        return "with a password"
    return "" if method in (_STORED, _DEFLATED) else f"packed with {_METHODS.get(method, f'method {method}')}"


def _packed_size(size: int, extra: bytes) -> int:
    """The size, which is in the extra field of 64-bit sizes where it is large."""
    if size == 0xFFFFFFFF and len(extra) >= 20 and extra[:2] == b"\x01\x00":
        return int.from_bytes(extra[12:20], "little")
    return size


def _raw(file: BinaryIO, packed: int, method: int) -> Iterator[bytes]:
    end = file.tell() + packed
    unpacker = zlib.decompressobj(wbits=-15)
    while not unpacker.eof and (data := file.read(min(_BLOCK, end - file.tell()))):
        if method == _STORED:
            yield data
            continue
        while data:
            yield unpacker.decompress(data, _BLOCK)
            data = unpacker.unconsumed_tail
    yield unpacker.flush()
    file.seek(min(end, os.fstat(file.fileno()).st_size))  # what is behind the packed bytes means nothing


def _is_wanted(name: str, state: _Unpacking) -> bool:
    return (name == MANIFEST and not state.manifest) or (is_part(name) and name not in state.names)


def _store(name: str, blocks: Iterator[bytes], state: _Unpacking) -> None:
    if name == MANIFEST:
        for block in blocks:
            _count(block, state)
            if len(state.manifest) < _MOST_MANIFEST_BYTES:
                state.manifest += block[: _MOST_MANIFEST_BYTES - len(state.manifest)]
        return
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(state.folder / name, flags, 0o600), "wb") as target:
        state.names.add(name)
        for block in blocks:
            _count(block, state)
            if name.endswith(".journal"):
                state.records += SLOT * (len(kinds := block[::SLOT]) - kinds.count(0))
            if block.strip(b"\0"):
                target.write(block)
            else:
                target.seek(len(block), os.SEEK_CUR)  # a hole in the file: blocks of zeros take no room
        target.truncate()


def _count(block: bytes, state: _Unpacking) -> None:
    """Raises OpenError when the file has more than any run of its size, CancelledError when the progress says so."""
    state.given += len(block)
    if state.given > state.most or state.records > state.most_records:
        raise OpenError(f"{state.path} expands to more than any run does, and is not opened.")
    if state.progress is not None and not state.progress(min(1.0, state.given / state.most)):
        raise CancelledError("Opening was cancelled.")
