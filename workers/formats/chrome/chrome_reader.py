"""Reads a Chrome trace of any program into a timeline. Any process and thread; memory is needed for the columns alone.

Follows the Trace Event Format. Events that cannot be used are counted by reason and passed over. Nothing in a file is executed,
imported or fetched.
"""

from pathlib import Path
from typing import TypeVar

import msgspec

from workers.errors import OpenError
from workers.formats.blocks import Blocks, Progress
from workers.formats.chrome.chrome_arguments import TraceArguments
from workers.formats.chrome.chrome_batches import take, take_exact
from workers.formats.chrome.chrome_columns import Columns
from workers.formats.chrome.chrome_events import events, exact_events, loose_events, one_event
from workers.formats.chrome.chrome_stencils import Stencils
from workers.formats.chrome.chrome_timeline import timeline_of
from workers.formats.chrome.json_elements import Elements, any_too_deep, too_deep
from workers.timeline.timeline import Timeline

_Event = TypeVar("_Event")

MOST_EVENTS = 100_000_000
FREE_EVENTS = 2_000_000
_LEAST_PACKED_BYTES = 2
"""A packed file may have so many events, and one more for each so many of its bytes. The times of real ones take more."""
_KEYS_LOOKED_AT = 1000
_FEW = 3
_FIRST_BYTES = 1 << 15
"""Of the first events an object each is made, because they are of threads that are not known yet."""
_MOST_CHECKED = 16_000_000
"""Longer files are not checked once more for whether they are JSON at all."""


def read(path: Path, progress: Progress | None = None) -> Timeline:
    """The timeline of the trace in `path`. Raises OpenError when there is none, CancelledError when `progress` says so."""
    reader = _Reader(path, progress)
    if not reader.read() and not reader.read(in_sequence=True):
        raise _no_trace(path)
    return reader.timeline()


def _no_trace(path: Path) -> OpenError:
    """Why there is no trace in a file that begins like one, and what to do."""
    text = b""
    for block in Blocks(path, None):
        text += block
        if len(text) > _MOST_CHECKED:
            break
    try:
        if len(text) <= _MOST_CHECKED:
            msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return OpenError(
            f"{path} is no trace and no whole JSON, so there are no trace events in it: it was cut short or is damaged; copy "
            "it again, or export the trace once more."
        )
    return OpenError(
        f"{path} is JSON, but no trace: there are no trace events in it; choose a file with an array of traceEvents, as "
        "Chrome, Perfetto and viztracer write."
    )


class _Reader:
    def __init__(self, path: Path, progress: Progress | None) -> None:
        self._path = path
        self._progress = progress
        self._begin()

    def _begin(self) -> None:
        self._columns = Columns()
        self._arguments = TraceArguments(self._path)
        self._loose = self._exact = False
        self._misfits = 0
        self._stencils = {exact: Stencils(self._columns, exact=exact) for exact in (False, True)}
        self._blocks = Blocks(self._path, self._progress)
        self._elements = Elements(iter(self._blocks))

    def read(self, *, in_sequence: bool = False) -> bool:
        """Read the file; False when it has no events. in_sequence: one event after another, without an array around them."""
        self._begin()
        elements = self._elements
        first = elements.next() if in_sequence else elements.peek()
        if in_sequence and first == b"{":
            self._array()
            return self._columns.phases
        if first == b"[":
            elements.step()
            self._array()
            return True
        if first != b"{":
            raise OpenError(
                f"{self._path} is no trace: it begins like no JSON that holds one; choose one that was exported as JSON."
            )
        elements.step()
        return self._object()

    def _object(self) -> bool:
        elements = self._elements
        found = False
        for _ in range(_KEYS_LOOKED_AT):
            if elements.next() != b'"':
                break
            key = elements.value()
            if elements.peek() == b":":
                elements.step()
            if key == b'"traceEvents"' and elements.peek() == b"[":
                elements.step()
                self._array()
                found = True
            else:
                elements.value()
        return found

    def _array(self) -> None:
        """Read the array from after its opening bracket to after its closing one, or to the end of the file."""
        elements = self._elements
        while (first := elements.next()) not in (b"]", b""):
            self._arguments.place(self._columns.count, elements.offset)
            run = elements.run(None if self._columns.count else _FIRST_BYTES) if first == b"{" else b""
            if run and self._take_all(run):
                elements.accept(run)
            else:
                self._take_each(max(1, len(run)))
            if self._is_full():
                return
        if first == b"]":
            elements.step()

    def _take_each(self, until: int) -> None:
        """Take so many bytes of events one by one."""
        elements = self._elements
        while until > 0 and elements.next() not in (b"]", b""):
            taken = elements.value()
            until -= len(taken or b"") + 1
            if taken is not None:
                self._take_one(taken)

    def _is_full(self) -> bool:
        """Whether there are more events than are shown, or than fit in a packed file of this size."""
        count, packed = self._columns.count, self._blocks.packed_bytes
        if count > MOST_EVENTS:
            self._columns.warn(f"Only the first {MOST_EVENTS:,} events were read.")
        elif packed is not None and count > FREE_EVENTS + packed // _LEAST_PACKED_BYTES:
            self._blocks.too_much = True
        else:
            return False
        return True

    def _take_all(self, run: bytes) -> bool:
        """Take many events at once; False when the bytes are anything else."""
        if not self._loose and self._stencils[self._exact].take(run):
            return True
        text = b"[" + run + b"]"
        try:
            if not self._loose and not self._exact:
                if take(self._columns, _shallow(run, events(text))):
                    return True
                self._exact = True  # its times need more digits than a float has
            if not self._loose and take_exact(self._columns, _shallow(run, exact_events(text))):
                return True
        except msgspec.ValidationError:
            self._misfits += 1
            self._loose = self._misfits > _FEW
        except (ValueError, RecursionError):
            return False
        try:
            self._columns.take_loose(_shallow(run, loose_events(text)))
        except (ValueError, ArithmeticError, RecursionError):
            return False
        return True

    def _take_one(self, text: bytes) -> None:
        event = one_event(text) if text.startswith(b"{") and not too_deep(text) else None
        if event is None:
            self._columns.lose("not readable as an event")
        else:
            self._columns.add(event)

    def timeline(self) -> Timeline:
        """The timeline of all events read. Can be called once."""
        columns = self._columns
        self._stencils.clear()  # their heads take as much memory as many of the columns
        self._arguments.end(columns.count, self._elements.offset)
        for _ in range(self._elements.too_long):
            columns.lose("too long")
        if self._elements.cut or self._blocks.cut:
            columns.warn("The file is cut off: it ends in the middle of what was written.")
        if self._blocks.too_much:
            columns.warn("The file expands to more than a trace ever does, and was read no further.")
        return timeline_of(columns, self._arguments)


def _shallow(run: bytes, batch: list[_Event]) -> list[_Event]:
    """The events of a run. Raises RecursionError when one is nested too deep, as decoders do on some Pythons."""
    if any_too_deep(run, len(batch)):
        raise RecursionError
    return batch
