"""Reads the arguments of one event of a Chrome trace from its file, when they are asked for. Any process and thread.

A trace may have more text in its arguments than in all else, so none is kept. For each batch that is read its place in the
file is kept, and for each span the number of its event: a look at one event reads one batch.
"""

import os
from array import array
from bisect import bisect_right
from codecs import BOM_UTF8
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Raw, Struct
from numpy.typing import NDArray

from workers.errors import OpenError
from workers.formats.blocks import BLOCK, GZIP, UTF16, Blocks, unreadable
from workers.formats.chrome.chrome_events import details, one_event, text
from workers.formats.chrome.json_elements import Elements, too_deep

MOST_PASSED = 1 << 25
"""So much of a packed file is unpacked for one look at most, which takes a tenth of a second."""
MOST_ARGUMENTS = 200
MOST_AT_ONCE = 1 << 23
"""So much text is searched in some tenths of a second."""


class _Arguments(Struct, gc=False):
    """What a search decodes of an event."""

    args: Raw = Raw(b"")


_decoded = msgspec.json.Decoder(list[_Arguments]).decode


class TraceArguments:
    """The arguments of the events of one file, as long as the file stays as it was when it was read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._state = self._now()
        self._counts, self._offsets = array("Q"), array("Q")
        self._count = self._length = 0
        self._lost = False
        self._last: tuple[int, str, Sequence[tuple[str, str]]] | None = None

    def end(self, count: int, offset: int) -> None:
        """The text ended at this byte, after so many events."""
        self._count, self._length = count, offset

    def place(self, count: int, offset: int) -> None:
        """After so many events the text goes on at this byte."""
        if not self._counts or count > self._counts[-1]:
            self._counts.append(count)
            self._offsets.append(offset)

    def of(self, event: int, name: str) -> Sequence[tuple[str, str]]:
        """(name, value) of each argument of an event. See `workers.timeline.tracks.EventArguments`."""
        state = self._now()
        if state is None:
            raise OpenError("the file is no longer there")
        if state != self._state:
            raise OpenError("the file has changed since it was opened")
        if self._last is None or self._last[:2] != (event, name):
            self._last = event, name, self._read(event, name)
        return self._last[2]

    def unsearched(self) -> str:
        """Why the arguments cannot be searched; empty where they can."""
        if self._now() != self._state:
            return "the file has changed since it was opened, or is no longer there"
        return "not all events were found in the file again" if self._lost else ""

    @property
    def long(self) -> bool:
        """Whether a search takes longer than one waits for. See `workers.timeline.tracks.EventArguments`."""
        return self._length > MOST_AT_ONCE

    def containing(self, words: str) -> Generator[float, None, NDArray[np.uint32]]:
        """Look for events with these words in their arguments. See `workers.timeline.tracks.EventArguments`."""
        reason = self.unsearched()
        if reason:
            raise OpenError(reason)
        found, count = array("I"), 0
        for batch, passed in self._batches():
            found.extend(count + at for at, raw in enumerate(batch, 1) if raw and words in _plain(raw).casefold())
            count += len(batch)
            yield min(1.0, passed / max(1, self._length))
        if count < self._count:
            self._lost = True
        reason = self.unsearched()
        if reason:
            raise OpenError(reason)
        return np.frombuffer(found, np.uint32) if found else np.empty(0, np.uint32)

    def _batches(self) -> Iterator[tuple[list[bytes], int]]:
        """The arguments of some events at a time, as they are written, and up to which byte the text is read then."""
        if not self._offsets:
            return
        began = self._offsets[0]
        elements = Elements(self._text(began))
        while (first := elements.next()) not in (b"]", b""):
            run = elements.run() if first == b"{" else b""
            try:
                batch = [bytes(event.args) for event in _decoded(b"[" + run + b"]")]
            except (ValueError, RecursionError):
                batch = []
            if batch:
                elements.accept(run)
                yield batch, began + elements.offset
                continue
            until = max(1, len(run))
            while until > 0 and elements.next() not in (b"]", b""):
                taken = elements.value()
                until -= len(taken or b"") + 1
                if taken is not None:
                    yield [_arguments_of(taken)], began + elements.offset

    def _now(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._path)
        except (OSError, ValueError):
            return None
        return found.st_size, found.st_mtime_ns

    def _read(self, event: int, name: str) -> Sequence[tuple[str, str]]:
        batch = bisect_right(self._counts, event - 1) - 1
        if batch < 0:
            raise OpenError("its place in the file is not known")
        elements, before = Elements(self._text(self._offsets[batch])), self._counts[batch]
        found: bytes | None = None
        while before < event:
            if elements.next() in (b"]", b""):
                raise OpenError("it was not found in the file again")
            found = elements.value()
            before += found is not None
        taken = one_event(found) if found is not None and not too_deep(found) else None
        if taken is None or (taken.name is not None and text(taken.name) != name):
            raise OpenError("it was not found in the file again")
        values = list(details(taken).items())
        shown = [(key, value if isinstance(value, str) else _written(value)) for key, value in values[:MOST_ARGUMENTS]]
        if len(values) > MOST_ARGUMENTS:
            shown.append(("…", f"{len(values) - MOST_ARGUMENTS:,} more"))
        return shown

    def _text(self, offset: int) -> Iterator[bytes]:
        """The text from a place on."""
        try:
            with self._path.open("rb", buffering=0) as file:
                first = file.read(3)
                if not first.startswith((GZIP, *UTF16)):
                    file.seek(offset + (len(BOM_UTF8) if first == BOM_UTF8 else 0))
                    while block := file.read(BLOCK):
                        yield block
                    return
        except OSError as error:
            raise unreadable(self._path, error) from error
        if offset > MOST_PASSED:
            raise OpenError("they are too far into a packed file; unpack it, and open that")
        for block in Blocks(self._path):
            if len(block) > offset:
                yield block[offset:]
            offset = max(0, offset - len(block))


def _arguments_of(taken: bytes) -> bytes:
    event = one_event(taken) if taken.startswith(b"{") and not too_deep(taken) else None
    return b"" if event is None else msgspec.json.encode(details(event))


def _plain(raw: bytes) -> str:
    """The text of arguments, with letters in place of their escapes."""
    if b"\\" in raw:
        try:
            raw = msgspec.json.encode(msgspec.json.decode(raw))
        except (ValueError, RecursionError):
            pass
    return raw.decode("utf-8", "replace")


def _written(value: object) -> str:
    return msgspec.json.encode(value).decode("utf-8", "replace")
