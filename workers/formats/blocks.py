"""The bytes of a file, a block at a time, unpacked where it is gzipped. Any process and thread.

Only one block is in memory at a time, whatever the file claims about its size.
"""

import codecs
import zlib
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from workers.errors import CancelledError, OpenError

Progress = Callable[[float], bool]
"""Called with the share that is done, from 0 to 1; False stops the work."""

GZIP = b"\x1f\x8b"
BLOCK = 1 << 18
FREE_BYTES = 1 << 28
"""A file may always expand to this size; a larger one by `MOST_RATIO` at most."""
MOST_RATIO = 300
_SMALL = 512
UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class Blocks:
    """Reads `path` once, from its beginning.

    cut: once all is read, whether the file is cut short or damaged.
    packed_bytes: how much of a packed file was read; None for one that is not packed.
    too_much: whether reading stopped because the file expands to more than any trace has.
    """

    def __init__(self, path: Path, progress: Progress | None = None) -> None:
        self.cut = self.too_much = False
        self.packed_bytes: int | None = None
        self._progress = progress
        self._path = path
        self._done = 0.0

    def __iter__(self) -> Iterator[bytes]:
        """Blocks of UTF-8. Raises OpenError when the file cannot be read, CancelledError when `progress` says so."""
        try:
            with self._path.open("rb", buffering=0) as file:
                yield from self._text(self._unpacked(file))
        except OSError as error:
            raise unreadable(self._path, error) from error

    def _text(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        first = next(blocks, b"")
        encoding = UTF16.get(first[:2])
        if encoding is None:
            yield first.removeprefix(codecs.BOM_UTF8)
            yield from blocks
            return
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        yield decoder.decode(first[2:]).encode("utf-8", "replace")
        for block in blocks:
            yield decoder.decode(block).encode("utf-8", "replace")

    def _unpacked(self, file: BinaryIO) -> Iterator[bytes]:
        blocks = self._raw(file)
        first = next(blocks, b"")
        if not first.startswith(GZIP):
            yield first
            yield from blocks
            return
        yield from self._gunzipped(first, blocks)

    def _raw(self, file: BinaryIO) -> Iterator[bytes]:
        size = max(1, file.seek(0, 2))
        file.seek(0)
        done = 0
        while block := file.read(BLOCK):
            yield block
            done += len(block)
            self._done = min(1.0, done / size)
            self._report()

    def _report(self) -> None:
        """Report the progress, and stop when it says so."""
        if self._progress is not None and not self._progress(self._done):
            raise CancelledError("Opening was cancelled.")

    def _gunzipped(self, first: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Several gzip members after one another are one text. Bytes after the last member are passed over."""
        unpack = None
        packed = given = 0
        for data in chain([first], blocks):
            packed += len(data)
            self.packed_bytes = packed
            while data:
                if unpack is None:
                    data = data.lstrip(b"\0")
                    if not data:
                        break
                    if not data.startswith(GZIP[: len(data)]):
                        return
                    unpack = zlib.decompressobj(wbits=31)
                before = unpack.copy()
                try:
                    block = unpack.decompress(data, BLOCK)
                except zlib.error:
                    yield _before_damage(before, data)
                    self.cut = True
                    return
                given += len(block)
                yield block
                self._report()  # a few packed bytes can expand to very many
                if given > most_expanded(packed):
                    self.too_much = True
                    return
                data = unpack.unconsumed_tail
                if unpack.eof:
                    data, unpack = unpack.unused_data, None
        if unpack is not None:
            self.cut = True
            yield unpack.flush()


def _before_damage(unpack: "zlib._Decompress", data: bytes) -> bytes:
    """The bytes that can be unpacked before the damage."""
    out = b""
    try:
        for at in range(0, len(data), _SMALL):
            out += unpack.decompress(data[at : at + _SMALL])
    except zlib.error:
        pass
    return out


def most_expanded(packed_bytes: int) -> int:
    """The most bytes that a file of this size may expand to. Beyond that it was made to fill memory or disk."""
    return FREE_BYTES + MOST_RATIO * packed_bytes


_TO_DO = {
    "IsADirectoryError": ("it is a folder", "choose the file in it"),
    "PermissionError": ("you may not read it", "ask its owner for the right to, or for a copy"),
    "FileNotFoundError": ("it is not there", "it was moved or deleted, so choose it again"),
}


def unreadable(path: Path, error: OSError) -> OpenError:
    """The error for a file that the system does not let us read, as a sentence for the user that says what to do."""
    why = (error.strerror or type(error).__name__).lower()
    reason, to_do = _TO_DO.get(type(error).__name__, (why, "try again, or copy it to another disk"))
    return OpenError(f"{path} could not be opened: {reason}; {to_do}.")
