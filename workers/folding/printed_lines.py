"""Joins printed bytes to lines, each with the process that wrote it. Runs where the timeline is.

Nothing is interpreted: bytes that are not UTF-8 become U+FFFD, and control characters are left to the view. A line
longer than MOST_CHARACTERS is cut, and marked as cut.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from workers.journal.output_reader import Chunk
from workers.timeline.timeline import Timeline

MOST_CHARACTERS = 4_000
_MOST_BYTES = 4 * MOST_CHARACTERS
_PATIENCE_NS = 500_000_000
_NEVER_NS = 1 << 62
_STREAMS = {1: "stdout", 2: "stderr"}


@dataclass(slots=True)
class _Tail:
    """The beginning of a line that has not ended. cutting: it is full, and the rest of the line is dropped."""

    data: bytearray = field(default_factory=bytearray)
    cutting: bool = False
    t: int = 0


class PrintedLines:
    """Adds lines to a timeline. process_of(pid, clock_ns) gives the process's id, None while it is not known."""

    def __init__(self, timeline: Timeline, process_of: Callable[[int, int], int | None]) -> None:
        self._timeline = timeline
        self._process_of = process_of
        self._waiting: deque[Chunk] = deque()
        self._tails: dict[tuple[int, int], _Tail] = {}

    def hold(self, chunks: list[Chunk]) -> None:
        """Keep chunks until it is known when the run began."""
        self._waiting.extend(chunks)

    def take(self, chunks: list[Chunk], origin_ns: int, now_ns: int | None) -> None:
        """Add the lines that are complete.

        A chunk whose writer is not known yet waits for half a second, and so do the chunks after it. now_ns: the
        machine's monotonic clock; None: it waits until the writer is known, or `flush` is called.
        """
        self._waiting.extend(chunks)
        while self._waiting:
            chunk = self._waiting[0]
            process = self._process_of(chunk.pid, chunk.t)
            if process is None and chunk.pid and (now_ns is None or now_ns - chunk.t < _PATIENCE_NS):
                return
            self._waiting.popleft()
            self._add(chunk, process, chunk.t - origin_ns)

    def skip(self, origin_ns: int) -> None:
        """The next chunk does not continue the last one: add the incomplete lines, as cut."""
        self.take([], origin_ns, _NEVER_NS)
        for tail in self._tails.values():
            tail.cutting = bool(tail.data)
        self._end_lines(origin_ns)

    def flush(self, origin_ns: int) -> None:
        """No process prints any more: add what is left, complete lines or not."""
        self.take([], origin_ns, _NEVER_NS)
        self._end_lines(origin_ns)

    def _end_lines(self, origin_ns: int) -> None:
        for (pid, stream), tail in self._tails.items():
            if tail.data:
                self._emit(tail, self._process_of(pid, tail.t), stream, tail.t - origin_ns)
        self._tails.clear()

    def _add(self, chunk: Chunk, process: int | None, at_ns: int) -> None:
        tail = self._tails.setdefault((chunk.pid, chunk.stream), _Tail())
        tail.t = chunk.t
        *whole, rest = chunk.data.split(b"\n")
        for part in whole:
            self._grow(tail, part)
            self._emit(tail, process, chunk.stream, at_ns)
        self._grow(tail, rest)

    def _grow(self, tail: _Tail, part: bytes) -> None:
        room = _MOST_BYTES - len(tail.data)
        tail.data += part[:room]
        tail.cutting = tail.cutting or len(part) > room

    def _emit(self, tail: _Tail, process: int | None, stream: int, at_ns: int) -> None:
        text = tail.data.decode("utf-8", "replace").removesuffix("\r")
        cut = tail.cutting or len(text) > MOST_CHARACTERS
        self._timeline.add_line(process, _STREAMS.get(stream, "stdout"), at_ns, text[:MOST_CHARACTERS], cut=cut)
        tail.data = bytearray()
        tail.cutting = False
