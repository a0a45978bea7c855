"""Takes a JSON trace apart into its events, with only a piece of it in memory. Any process and thread.

A trace is an array of events, which may lack its end, or an object with such an array in `traceEvents`. Events are returned as
bytes: many at once, cut where one event seems to end, and one by one where decoding shows that the cut was wrong.
"""

import re
from collections.abc import Iterator

import numpy as np

MOST_BYTES = 1 << 24
"""The longest event or value that is read; a longer one is passed over."""
LEAST_RUN = 1 << 17
"""So many bytes are there, where the file has them, when events are taken many at a time."""

MOST_NESTED = 500
"""How deep a value may be nested. It is less than any Python decodes, so that all read the same."""

_TOKEN = re.compile(rb'[\[\]{}]|"(?:[^"\\]++|\\.)*+(?P<closed>")?', re.DOTALL)
_BEGIN_TOKENS = (b'"', b"{", b"}", b"[", b"]")
_IN_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_BLANK = re.compile(rb"[\s,\0]*+")
_SPACE = re.compile(rb"[\s\0]*+")
_SCALAR = re.compile(rb"[^\s,\[\]{}\"]++")
_BEGINNING = re.compile(rb'\{\s*+"[^"]{1,20}"')
_OPENING, _OPENING_BITS = np.uint8(0x7B), np.uint8(0x20)
"""A curly bracket, and the bits by which it differs from a square one."""
_TRIES = 8
_MOST_SPACE = 256


def _tokens(data: bytes, at: int) -> Iterator[re.Match[bytes]]:
    """Brackets and strings. Searching for single bytes first shows much sooner that there are none."""
    found = any(data.find(first, at) >= 0 for first in _BEGIN_TOKENS)
    return _TOKEN.finditer(data, at) if found else iter(())


def too_deep(text: bytes) -> bool:
    """Whether anything in the text is nested deeper than `MOST_NESTED`."""
    if text.count(b"{") + text.count(b"[") <= MOST_NESTED:
        return False
    depth = 0
    for match in _tokens(text, 0):
        token = match.group()
        depth += (token in (b"{", b"[")) - (token in (b"}", b"]"))
        if depth > MOST_NESTED:
            return True
    return False


def any_too_deep(run: bytes, objects: int) -> bool:
    """As `too_deep`, of a run of so many objects. Mostly their few brackets show already that none is."""
    letters = np.frombuffer(run, np.uint8)
    brackets = letters | _OPENING_BITS == _OPENING
    if np.count_nonzero(brackets) - objects < MOST_NESTED:
        return False
    alike = _BEGINNING.match(run)
    if alike is None:
        return too_deep(run)
    places = np.flatnonzero(brackets)
    begin = np.flatnonzero(places <= len(run) - len(alike.group()))
    for at, letter in enumerate(alike.group()):
        begin = begin[letters[places[begin] + at] == letter]
    if len(begin) != objects:
        return too_deep(run)
    edges = [*places[begin].tolist(), len(run)]
    many = np.flatnonzero(np.diff(begin, append=len(places)) > MOST_NESTED)
    return any(too_deep(run[edges[at] : edges[at + 1]]) for at in many.tolist())


class Elements:
    """A cursor in a text that comes in blocks. ended: there is no more text. cut: the text ended within a value."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self.ended = self.cut = False
        self.too_long = 0  # values that were passed over
        self._blocks = blocks
        self._data = b""
        self._at = 0
        self._passed = 0

    @property
    def offset(self) -> int:
        """The place of the cursor in the text, in bytes."""
        return self._passed + self._at

    def _more(self) -> bool:
        """Read another block, and drop the text before the cursor. False at the end of the text."""
        for block in self._blocks:
            if block:
                self._data = self._data[self._at :] + block
                self._passed += self._at
                self._at = 0
                return True
        self.ended = True
        return False

    def _skip(self, blank: re.Pattern[bytes]) -> bytes:
        """Pass over blanks; the byte that follows, empty at the end."""
        while True:
            match = blank.match(self._data, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._data):
                return self._data[self._at : self._at + 1]
            if not self._more():
                return b""

    def peek(self) -> bytes:
        """The next byte that is not blank, empty at the end."""
        return self._skip(_SPACE)

    def next(self) -> bytes:
        """The next byte after separators: the first of an element, or ``]``; empty at the end."""
        return self._skip(_BLANK)

    def step(self) -> None:
        """Pass over one byte."""
        self._at += 1

    def run(self, most: int | None = None) -> bytes:
        """At the beginning of an object: bytes that look like whole objects with commas between them. Does not move the cursor.

        Empty when no end of an object is recognized. most: no more bytes than these, where they have such an end.
        """
        while len(self._data) - self._at < LEAST_RUN and self._more():
            pass
        if most is not None and len(self._data) - self._at > most and (first := self._objects(self._at + most)):
            return first
        if self.ended:
            end = self._data.rfind(b"}", self._at) + 1
            rest = self._data[end:].strip(b" \t\r\n,")
            if end > self._at and (rest.startswith(b"]") or not rest):
                return self._data[self._at : end]
        return self._objects(len(self._data))

    def _objects(self, end: int) -> bytes:
        """What looks like whole objects up to a place. Most events begin alike; objects within them mostly do not."""
        alike = _BEGINNING.match(self._data, self._at)
        for _ in range(_TRIES if alike else 0):
            end = self._data.rfind(alike.group(), self._at + 1, end)  # type: ignore[union-attr]
            if end < 0:
                break
            before = self._data[max(self._at, end - _MOST_SPACE) : end].rstrip()
            if before.endswith(b",") and before[:-1].rstrip().endswith(b"}"):
                return self._data[self._at : max(self._at, end - _MOST_SPACE) + len(before[:-1].rstrip())]
        return b""

    def accept(self, run: bytes) -> None:
        """Move past a run that was decoded."""
        self._at += len(run)

    def value(self) -> bytes | None:
        """The next whole value; moves the cursor past it. None for a value that is too long or cut short.

        Its brackets are balanced and its strings closed. Whether it is JSON otherwise is not checked.
        """
        first = self.peek()
        if first not in (b"{", b"[", b'"'):
            return self._scalar()
        scan, depth = self._at, 0
        while True:
            for match in _tokens(self._data, scan):
                token = match.group()
                if token in (b"{", b"["):
                    depth += 1
                elif token in (b"}", b"]"):
                    depth -= 1
                elif match.lastgroup is None:  # a string that continues beyond the data
                    scan = match.start()
                    break
                scan = match.end()
                if depth <= 0:
                    taken = self._data[self._at : scan]
                    self._at = scan
                    return taken
            else:
                scan = len(self._data)  # text without brackets and strings need not be searched again
            if len(self._data) - self._at > MOST_BYTES:
                self._pass_over(scan, depth)
                return None
            scan -= self._at
            if not self._more():
                self.cut = True
                self._at = len(self._data)
                return None
            scan += self._at

    def _scalar(self) -> bytes | None:
        while True:
            match = _SCALAR.match(self._data, self._at)
            if match is None:
                self.step()
                return b""
            if match.end() < len(self._data) or self.ended:
                self._at = match.end()
                return match.group()
            if len(match.group()) > MOST_BYTES:
                self._at = match.end()
                self.too_long += 1
                return None
            if not self._more() and self._at >= len(self._data):
                return None

    def _pass_over(self, scan: int, depth: int) -> None:
        """Move past the value at the cursor without keeping any of it."""
        self.too_long += 1
        self._at = scan
        while True:
            within = False
            for match in _tokens(self._data, self._at):
                token = match.group()
                if token in (b"{", b"["):
                    depth += 1
                elif token in (b"}", b"]"):
                    depth -= 1
                elif match.lastgroup is None:
                    self._at = match.start() + 1
                    within = True
                    break
                self._at = match.end()
                if depth <= 0:
                    return
            if within and not self._leave_string():
                return
            if not within:
                self._at = len(self._data)
                if not self._more():
                    self.cut = True
                    return
            elif depth <= 0:
                return

    def _leave_string(self) -> bool:
        """Move from within a string to after its end. False when it has no end."""
        while True:
            match = _IN_STRING.match(self._data, self._at)
            self._at = match.end() if match else self._at
            if self._data[self._at : self._at + 1] == b'"':
                self._at += 1
                return True
            if not self._more():
                self.cut = True
                return False
