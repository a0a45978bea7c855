"""Takes events of a Chrome trace that are written alike, without an object for each. Any process and thread.

A program mostly writes its events with the same keys in the same order. A stencil is how its events end, from their time on:
values that differ, and text that does not. A run of events is split at it. What is left are the heads of events, of which few
are different: msgspec decodes each of these once. A run with anything else in it is not taken.
"""

import re
from collections.abc import Iterable, Sequence
from operator import itemgetter
from struct import Struct

import numpy as np

from workers.formats.chrome.chrome_batches import COMPLETE, FLOW, KINDS, OPERATION_BEGIN, OTHER, exact_times, hand_over
from workers.formats.chrome.chrome_columns import COARSE_US, Columns
from workers.formats.chrome.chrome_events import EXACT_US, MOST_US, completed_events
from workers.formats.chrome.chrome_parts import UNNAMED
from workers.formats.chrome.chrome_spans import END
from workers.formats.chrome.json_elements import MOST_NESTED
from workers.formats.chrome.nesting import Times

MOST_HEADS = 1 << 15
"""So many different heads are remembered, each shorter than `MOST_NESTED` bytes."""
_LONGEST_PAUSE = 256
_LONGEST_HEAD, _LONGEST_END = 2000, 1000
_SPACE = rb"[ \t\r\n]*+"
_WHOLE = rb"(?!0[0-9])[0-9]++"
_SHORT = rb"(?!0[0-9])[0-9]{1,16}+"
_POINT = rb"\.[0-9]++"
_NUMBER = _WHOLE + rb"(?:" + _POINT + rb")?+"
_NUMBERS = re.compile(rb"(?:" + _NUMBER + rb"\n)*+")
_DECIMALS = re.compile(rb"[0-9]++\.[0-9]{3}")
_UNREAD = rb"([^"
"""How the pattern of a value begins that is told from its letters only when it is read as a number."""
_LETTERS = rb"[ !#-\[\]-~]*+"
_TEXT = rb'"' + _LETTERS + rb'"'
_WORD = rb"(?:true|false|null)"
_SCALAR = rb"(?:-?+" + _NUMBER + rb"|" + _TEXT + rb"|" + _WORD + rb")"
_PAIR = _TEXT + rb":[ ]?+" + _SCALAR
_FLAT = rb"\{(?:" + _PAIR + rb"(?:,[ ]?+" + _PAIR + rb")*+)?+\}"
_DETAILS = rb'(?:,[ ]?+"args":[ ]?+' + _FLAT + rb")?+"
_COLON = _SPACE + rb":" + _SPACE
_TIME = re.compile(_SPACE + rb"," + _SPACE + rb'"ts"' + _COLON)
_KEY = re.compile(_SPACE + rb"," + _SPACE + rb'"(' + _LETTERS + rb')"' + _COLON)
_VALUE = re.compile(_FLAT + rb"|" + _SCALAR)
_ONE_SCALAR = re.compile(rb"(" + _TEXT + rb":[ ]?+)(" + _SCALAR + rb")")
_BETWEEN = re.compile(_SPACE + rb"\}(" + _SPACE + rb"," + _SPACE + rb")\{")
_DIFFERING = frozenset((b"ts", b"dur", b"id", b"args"))
_ENDING = frozenset(kind for phase, kind in KINDS.items() if phase in "Ee")
_PACKED = Struct("=IHB")
_ROW = np.dtype([("name", np.uint32), ("track", np.uint16), ("kind", np.uint8)])
_HASHED_ALIKE = hash("any letters") == hash(b"any letters")
_DOT, _ZERO, _LINE = b".0\n"
_LONGEST_TIME = 20
_WEIGHTS = np.array([*(10**digit for digit in range(18, 2, -1)), 0, 100, 10, 1, 0])
"""In ns, of the digits around a point and of a line's end."""


class Stencils:
    """Takes runs of events. exact: read their times as digits, because a float does not hold them."""

    def __init__(self, columns: Columns, *, exact: bool) -> None:
        self._columns, self._exact = columns, exact
        self._stencil: _Stencil | None = None
        self._fits = self._loose = False
        self._wait, self._pause = 0, 1

    def take(self, run: bytes) -> bool:
        """Take all events of a run, or none: False. After a run that was not taken, the next ones are not tried, twice as many
        each time."""
        if self._wait or not self._columns.count:  # the first events are of threads not seen before
            self._wait = max(0, self._wait - 1)
            return False
        if not self._fits:
            found = _of_first(run, self._columns, exact=self._exact, loose=self._loose)
            if found is None or self._stencil is None or found.pattern != self._stencil.pattern:
                self._stencil = found
        self._fits = self._stencil is not None and self._stencil.take(run)
        if self._fits:
            self._pause = 1
        else:
            self._loose = not self._loose
            self._wait, self._pause = self._pause, min(2 * self._pause, _LONGEST_PAUSE)
        return self._fits


def _of_first(run: bytes, columns: Columns, *, exact: bool, loose: bool) -> "_Stencil | None":
    """The stencil of the first event of a run; None when the event is not written simply enough.

    loose: it fits events as well whose numbers and args are written otherwise, but takes longer.
    """
    first = _TIME.search(run, 0, _LONGEST_HEAD)
    if first is None:
        return None
    pattern, sample, keys = b"", b"", list[bytes]()
    written, key, at = first.group(), b"ts", first.end()
    end = None
    while end is None:
        value = _VALUE.match(run, at)
        if value is None or key in keys or value.end() - first.start() > _LONGEST_END:
            return None
        part, example = _part(key, value.group(), exact=exact, loose=loose)
        after = run[value.end() : value.end() + 1]
        if key == b"ts" and not loose and _DECIMALS.fullmatch(value.group()) and after in (b",", b"}"):
            part = _UNREAD + after + b"]++)"  # searched faster than digits
        pattern += re.escape(written) + part
        sample += written + example
        if key in _DIFFERING:
            keys.append(key)
        at = value.end()
        end = _BETWEEN.match(run, at)
        following = _KEY.match(run, at)
        if end is None:
            if following is None:
                return None
            written, key, at = following.group(), following.group(1), following.end()
            if loose and key == b"args" and (value := _VALUE.match(run, at)):
                end = _BETWEEN.match(run, value.end())
    pattern += (_DETAILS if loose else b"") + re.escape(end.group()[:-1])
    return _Stencil(columns, pattern, sample + b"}", end.group(1), keys, exact=exact)


def _part(key: bytes, value: bytes, *, exact: bool, loose: bool) -> tuple[bytes, bytes]:
    """(pattern, example) of a value. What differs in meaning is a group."""
    if key in (b"ts", b"dur") and value[:1].isdigit():
        point = rb"\.[0-9]{1,3}+" if exact else _POINT
        point = b"(?:" + point + b")?+" if loose else point if b"." in value else b""
        return b"(" + _WHOLE + point + b")", b"1"
    if key == b"id" and value.startswith(b'"'):
        return b'"(' + _LETTERS + b')"', b'"1"'
    if key == b"id" and value.isdigit():
        return b"(" + _SHORT + b")", b"1"
    if key == b"args" and value.startswith(b"{"):
        return _FLAT if loose else _with_the_same_keys(value), b"{}"
    return re.escape(value), value


def _with_the_same_keys(details: bytes) -> bytes:
    """A pattern of flat objects."""
    pattern, at = b"", 0
    for pair in _ONE_SCALAR.finditer(details):
        value = pair.group(2)
        number = rb"-?+" + _WHOLE + (_POINT if b"." in value else b"")
        like = _TEXT if value.startswith(b'"') else _WORD if value.isalpha() else number
        pattern += re.escape(details[at : pair.start(2)]) + like
        at = pair.end()
    return pattern + re.escape(details[at:])


class _Stencil:
    """How events end. pattern: matches from a time to before the next event.

    sample: such an end as an example. comma: what is between two events. keys: of the values that differ.
    """

    def __init__(
        self, columns: Columns, pattern: bytes, sample: bytes, comma: bytes, keys: Sequence[bytes], *, exact: bool
    ) -> None:
        self.pattern = pattern
        self._columns, self._exact = columns, exact
        self._sample, self._comma = sample, comma
        kept = [key for key in keys if key != b"args"]
        self._texts_are = {key: at for at, key in enumerate(kept, 1)}
        self._width = 1 + len(kept)
        compiled = re.compile(pattern)
        self._split = compiled.split
        self._sound = compiled.groups == len(kept)  # each of these values is a number, or the id's text
        self._text_ids = b'"(' + _LETTERS in pattern
        self._numbers = _UNREAD not in pattern
        self._rows: dict[bytes | None, bytes] = {None: b""}  # by head; that of None is looked up with any heads

    def take(self, run: bytes) -> bool:
        """Take all events of a run, or none: False."""
        if not self._sound:
            return False
        parts = self._split(run + self._comma)
        if parts.pop() or len(parts) % self._width:
            return False
        heads = parts[:: self._width]
        times = self._times(parts)
        if times is None:
            return False
        rows = self._rows
        try:
            found = b"".join(itemgetter(*heads, None)(rows))
        except KeyError:
            if not self._learn(heads):
                return False
            found = b"".join(itemgetter(*heads, None)(rows))
        row = np.frombuffer(found, _ROW)
        kinds, track, name = (np.ascontiguousarray(row[field]) for field in ("kind", "track", "name"))
        operation = self._operations(parts) if int(kinds.max()) >= OPERATION_BEGIN else times[0]
        self._columns.count += len(heads)
        hand_over(self._columns, kinds, track, name, times, operation)
        return True

    def _texts(self, parts: Sequence[bytes], key: bytes) -> Sequence[bytes]:
        return parts[self._texts_are[key] :: self._width]

    def _times(self, parts: Sequence[bytes]) -> tuple[Times, Times] | None:
        """When events begin and, where their durations are known, end. None when a time is not usable as it is written."""
        texts = self._texts(parts, b"ts")
        t = self._exact_times(texts) if self._exact else _float_times(texts, numbers=self._numbers)
        if t is None or b"dur" not in self._texts_are:
            return None if t is None else (t, t)
        lasted = _float_times(self._texts(parts, b"dur"))
        return None if lasted is None else (t, t + lasted)

    def _exact_times(self, texts: Sequence[bytes]) -> Times | None:
        t = _alike_times(texts)
        if t is None:
            if not self._numbers and not _are_numbers(texts):
                return None
            t, usable = exact_times(b"\n".join(texts).decode().split("\n"))
            if not usable.all():
                return None
        coarse = np.flatnonzero(t >= COARSE_US * 1000)
        if any(b"." in texts[at] for at in coarse.tolist()):
            self._columns.take_coarse()
        return t

    def _operations(self, parts: Sequence[bytes]) -> Times:
        texts = self._texts(parts, b"id")
        if not self._text_ids:
            return np.fromiter(map(int, texts), np.int64, len(texts))
        alike: Iterable[bytes | str] = texts if _HASHED_ALIKE else b"\n".join(texts).decode().split("\n")
        return np.fromiter(map(hash, alike), np.int64, len(texts))

    def _learn(self, heads: Sequence[bytes]) -> bool:
        """Decode the heads that are new; False when one is of no event that is taken here."""
        rows, sample, parts, has = self._rows, self._sample, self._columns.parts, self._texts_are
        numbers, threads, operations, pack = parts.numbers, parts.threads, parts.known_operations, _PACKED.pack
        new = [head for head in dict.fromkeys(heads) if head not in rows]
        if max(map(len, new)) >= MOST_NESTED or len(rows) + len(new) > MOST_HEADS:
            return False
        # As each is one whole object, the head ends after one of its fields: any such values can follow it.
        events = completed_events(new, sample)
        if events is None:
            return False
        for head, event in zip(new, events, strict=True):
            kind = KINDS.get(event.ph, OTHER)
            if kind >= OPERATION_BEGIN:
                plain = b"id" in has and event.id2 is None and event.scope is None
                track = operations.get((event.pid, event.cat)) if plain else None
            elif kind == COMPLETE:
                track = threads.get((event.pid, event.tid)) if b"dur" in has and event.bind_id is None else None
            else:
                track = None if kind <= FLOW else threads.get((event.pid, event.tid))
            if track is None:
                return False
            name = numbers.get(event.name, UNNAMED)
            if name == UNNAMED:
                name = parts.end_name(event.name) if kind in _ENDING else parts.name(event.name)
            rows[head] = pack(name + END if kind in _ENDING else name, track, kind)
        return True


def _are_numbers(texts: Sequence[bytes]) -> bool:
    lines = b"\n".join(texts) + b"\n"
    return lines.count(b"\n") == len(texts) and _NUMBERS.fullmatch(lines) is not None


def _float_times(texts: Sequence[bytes], *, numbers: bool = True) -> Times | None:
    """Times of microseconds; None where a float does not hold one exactly. numbers: all are known to be numbers."""
    t = _alike_times(texts)
    if t is not None:
        return t if int(t.max()) < EXACT_US * 1000 else None
    if not numbers and not _are_numbers(texts):
        return None
    us = np.fromiter(map(float, texts), np.float64, len(texts))
    return None if us.max() >= EXACT_US else np.rint(us * 1000).astype(np.int64)


def _alike_times(texts: Sequence[bytes]) -> Times | None:
    """Times of microseconds that are numbers with as many digits and three decimals; None where they are written otherwise."""
    length = len(texts[0])
    if not 5 <= length <= _LONGEST_TIME or texts[0][-4] != _DOT:
        return None
    lines = b"\n".join(texts) + b"\n"
    if len(lines) != len(texts) * (length + 1):
        return None
    signs = np.frombuffer(lines, np.uint8).reshape(len(texts), length + 1)
    if not (np.all(signs[:, -1] == _LINE) and np.all(signs[:, -5] == _DOT)):
        return None
    digits = signs - _ZERO
    digits[:, -5] = digits[:, -1] = 0
    if digits.max() > 9 or (length > 5 and not digits[:, 0].all()):
        return None
    # Floats would be multiplied by threads of BLAS, which go on turning after each call.
    t: Times = digits @ _WEIGHTS[-length - 1 :]
    return t if np.all((t >= 0) & (t <= MOST_US * 1000)) else None
