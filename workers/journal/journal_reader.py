"""Reads one journal while its process writes it, during the run, after its end and after a crash alike.

Reading changes nothing. Any thread, one at a time.
"""

import re
import time
from collections.abc import Iterator, Mapping, Set
from io import FileIO
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from workers.journal.kinds import Kind
from workers.journal.nurseries import is_nursery
from workers.journal.process_kinds import TextPiece
from workers.journal.run_files import KEEPER, open_part
from workers.journal.slot_layout import layout_of
from workers.journal.slots import IS_OVER, Slots
from workers.journal.task_slots import ERROR_BYTES, error_of, without_size
from workers.recorded import probe

MOST_SLOTS = 2048
"""The most slots that one call reads, so that folding them takes a bounded time."""

_SPECIAL = bytes((0, Kind.POLLED, Kind.LEFT_OUT, Kind.QUEUE_COUNTED, Kind.TASK, Kind.WORKER_ENDED, Kind.BYE))
_STRETCHES = re.compile(b"[^%b]+|(.)\\1*" % re.escape(_SPECIAL), re.DOTALL)
"""In the kinds of a journal's slots: texts and those that are taken as they are, or a stretch of one special kind."""
_NO_RECORDS = bytes((Kind.TEXT, Kind.MORE))
_TEXT = re.compile(re.escape(bytes((Kind.TEXT,))))
_RECORDS = re.compile(b"[^%b]+" % re.escape(_NO_RECORDS))
_PATIENCE_S = 0.25
_FIRST_READ = 64 * probe.SLOT
_LONGEST_TEXT = 6 * probe.LONGEST_TEXT  # a character that UTF-8 does not have takes six bytes
_LONGEST_OF_KEEPER = 1 << 22
"""Bytes of a text: the keeper's manifest has the whole command line and the plan."""
_MOST_OPEN_TASKS = 1024
"""How many tasks of one process are looked at again until they end. A worker or thread carries out one at a time."""
_SAYS_NOTHING = bytes((Kind.MORE,)) + bytes(probe.SLOT - 1)
_PlaceInFile = tuple[Path, int]
"""The file of a slot, and the slot's offset in it."""
_unpack_text = layout_of(TextPiece).unpack_from


class JournalReader:
    """Follows one journal from its beginning.

    A thread can be held up between taking a slot and filling it. The reader waits a moment for such a hole to be
    filled, so that records keep their order. Then it passes the hole over, and looks at it again at each reading. A
    hole that is never filled is a torn slot. A record that changes in place (a task, a count of polls) is given again
    when it has changed: a task that was open when it has ended, and once more when the size of its result is known.

    path: the journal's file, or the nursery in which it begins.
    name: of the journal, where that is not the file's.
    damaged: the slots of each file of the run that are passed over, since they are not as they were (`damaged_slots`).
    region: offset in the nursery at which the journal begins; None when it has a file of its own.
    more: the file in which it continues when the region is full.

    due: whether there may be something new to read.
    behind: whether the last reading left something for the next, since it was enough. unread: whether it left anything, also
        because it waits for a slot to be filled, or because the journal goes on in another file.
    over: whether the process wrote the record that as a rule is its last.
    torn_clock_ns: of each torn slot, the time of the record after it; 0 where none has a time.
    """

    __slots__ = (
        "_counts", "_damaged", "_end", "_hole_since", "_holes", "_live", "_longest", "_more", "_open", "_partial", "_unsized",
        "_with_errors", "behind", "due", "name", "over", "path", "position", "texts", "torn_clock_ns",
        "unread",
    )  # fmt: skip

    def __init__(self, path: Path, *, name: str = "", region: int | None = None, more: Path | None = None,
                 damaged: "Mapping[str, Set[int]] | None" = None) -> None:  # fmt: skip
        self.path = path
        self.name = name or path.name
        self._damaged = damaged or {}
        self.texts: dict[int, str] = {0: ""}
        self.due = True
        self.behind = self.unread = False
        self.over = False
        self.torn_clock_ns: list[int] = []
        self.position = region or 0
        self._end = None if region is None else region + probe.REGION
        self._more = more
        self._partial: dict[int, bytearray] = {}
        self._longest = _LONGEST_OF_KEEPER if self.name == KEEPER else _LONGEST_TEXT
        self._hole_since: float | None = None
        self._holes: list[_PlaceInFile] = []
        self._live = True  # whether processes may still write
        self._open: list[_PlaceInFile] = []  # tasks that have not ended
        self._unsized: list[_PlaceInFile] = []  # tasks that have ended, and whose results may yet be pickled
        self._with_errors: list[tuple[int, _PlaceInFile]] = []  # blocks of tasks just found, each with its place
        # By kind, the last slot as it was when it was read; of queues each, by its place.
        self._counts: dict[int | _PlaceInFile, tuple[_PlaceInFile, bytes]] = {}

    @property
    def restless(self) -> bool:
        """Whether a slot that was read already may still change."""
        return bool(self._holes or self._open or self._counts or self._unsized)

    @property
    def region_end(self) -> int | None:
        """The end of its region of a nursery; None when the position is in a file of its own."""
        return self._end

    def read(self, *, final: bool = False) -> tuple[Slots, int]:
        """(new slots, how many slots are torn): a bounded number at a time. A file that is gone has no new slots.

        final: no process writes any more, so that holes are torn slots.
        """
        found: list[bytes] = []
        self.behind = self.unread = False
        self._live = not final
        open_before, unsized_before = list(self._open), list(self._unsized)
        torn = self._read_holes(found, final) if self._holes else 0
        try:
            with open_part(self.path) as file:
                file.seek(self.position)
                data = _read_written(file) if self._end is None else file.read(self._end - self.position)
        except OSError:
            self._hold_back(found)
            return Slots(b"".join(found)), torn
        if self.path.name in self._damaged:
            data = _without(data, self._damaged[self.path.name], self.position // probe.SLOT)
        self.behind = len(data) >= MOST_SLOTS * probe.SLOT
        last = _last_written(data)
        at = 0
        for run in _STRETCHES.finditer(data[: last + 1 : probe.SLOT]):
            low, high = run.start() * probe.SLOT, run.end() * probe.SLOT
            if data[low]:
                self._hole_since = None
                self._take(data, low, high, (self.path, self.position), found)
            elif final:
                torn += run.end() - run.start()
                after_ns = _time_after(self.path, self.position + low)
                self.torn_clock_ns += [after_ns] * (run.end() - run.start())
            elif low == last or not self._waited_long():
                break
            else:
                high = min(high, last)  # the last slot of all may be being filled at this moment
                self._holes += [(self.path, self.position + hole) for hole in range(low, high, probe.SLOT)]
            at = high
        self.position += at
        self.unread = self.behind or (at <= last and not self._waited_long())
        self._hold_back(found)
        if unsized_before or self._unsized or self._counts or open_before:
            # The texts of their errors may have been read only now. They come first, since their slots are older.
            found[:0] = self._sized(unsized_before) + self._changed(open_before, all_texts_read=final and at == 0)
        if self.position == self._end and self._more is not None:
            self.path, self.position, self._end = self._more, 0, None
            self.unread = True
        return Slots(b"".join(found)), torn

    def _take(self, data: bytes, low: int, high: int, begin: _PlaceInFile, found: list[bytes]) -> None:
        """Take slots of one stretch, data[low:high]. begin: the file of `data`, and its offset there."""
        kind = data[low]
        path, position = begin
        if kind not in _SPECIAL:
            kinds = data[low : high : probe.SLOT]
            self._take_texts(data, [low + text.start() * probe.SLOT for text in _TEXT.finditer(kinds)])
            spans = [records.span() for records in _RECORDS.finditer(kinds)]
            found += [data[low + first * probe.SLOT : low + end * probe.SLOT] for first, end in spans]
            return
        found.append(data[low:high])
        if kind in (Kind.POLLED, Kind.LEFT_OUT):
            self._counts[kind] = (path, position + high - probe.SLOT), data[high - probe.SLOT : high]
        elif kind == Kind.QUEUE_COUNTED:
            for at in range(low, high, probe.SLOT):
                place = path, position + at
                self._counts[place] = place, data[at : at + probe.SLOT]
        elif kind == Kind.TASK:
            over = data[low + 1 : high : probe.SLOT].translate(IS_OVER)
            at = over.find(0)
            while at >= 0:
                self._look_again((path, position + low + at * probe.SLOT))
                at = over.find(0, at + 1)
            if self._live:
                self._unsized += [(path, position + low + at) for at in without_size(data, low, high)]
            if any(data[low + byte : high : probe.SLOT].strip(b"\0") for byte in ERROR_BYTES):
                self._with_errors.append((len(found) - 1, (path, position + low)))
        elif kind in (Kind.WORKER_ENDED, Kind.BYE):
            self.over = True

    def _look_again(self, place: _PlaceInFile) -> None:
        self._open = [*self._open[1 - _MOST_OPEN_TASKS :], place]

    def _hold_back(self, found: list[bytes]) -> None:
        """Give tasks as open whose error is not read yet: it may stand in the next file, or behind a hole."""
        for which, (path, position) in self._with_errors:
            data = bytearray(found[which])
            for at in range(0, len(data), probe.SLOT):
                if data[at + 1] & probe.TASK_OVER and error_of(data[at : at + probe.SLOT]) not in self.texts:
                    data[at + 1] &= ~probe.TASK_OVER
                    self._look_again((path, position + at))
                    self._unsized = [place for place in self._unsized if place != (path, position + at)]
            found[which] = bytes(data)
        self._with_errors = []

    def _read_holes(self, found: list[bytes], final: bool) -> int:
        """Take the holes that were filled since. Returns how many slots are torn."""
        left = []
        for place in self._holes:
            data = _slot_at(place)
            if data:
                self._take(data, 0, probe.SLOT, place, found)
            else:
                left.append(place)
        self._holes = [] if final else left
        if not final:
            return 0
        self.torn_clock_ns += [_time_after(path, offset) for path, offset in left]
        return len(left)

    def _changed(self, open_tasks: "list[_PlaceInFile]", *, all_texts_read: bool) -> list[bytes]:
        """The slots that changed in place since they were read."""
        changed = []
        known = {place: (kind, data) for kind, (place, data) in self._counts.items()}
        for place, data in _slots_at(list(known)):
            kind, before = known[place]
            if data[0] and data != before:
                self._counts[kind] = place, data
                changed.append(data)
        if not self._live:
            self._counts.clear()  # they change no more
        over = set()
        for place, data in _slots_at(open_tasks):
            # The text of its error may come later in the journal.
            if data[0] and data[1] & probe.TASK_OVER and (all_texts_read or error_of(data) in self.texts):
                over.add(place)
                changed.append(data)
                if self._live and without_size(data, 0, probe.SLOT):
                    self._unsized.append(place)
        if over:
            self._open = [place for place in self._open if place not in over]
        return changed

    def _sized(self, unsized: "list[_PlaceInFile]") -> list[bytes]:
        """The tasks whose results have been pickled since they were given.

        A worker does this before it begins its next task, so that only the last one is worth a further look.
        """
        sized, waiting = [], []
        for place, data in _slots_at(unsized):
            if without_size(data, 0, probe.SLOT):
                waiting.append(place)
            else:
                sized.append(data)
        self._unsized = waiting[-1:] * self._live + self._unsized[len(unsized) :][-_MOST_OPEN_TASKS:]
        return sized

    def _waited_long(self) -> bool:
        if self._hole_since is None:
            self._hole_since = time.monotonic()
        return time.monotonic() - self._hole_since > _PATIENCE_S

    def _take_texts(self, data: bytes, places: list[int]) -> None:
        texts, partial = self.texts, self._partial
        for at in places:
            last, length, number, piece = _unpack_text(data, at)
            if last and number not in partial:
                texts[number] = piece[:length].decode("utf-8", "replace")
                continue
            text = partial.setdefault(number, bytearray())
            if len(text) < self._longest:
                text += piece[:length]
            if last:
                texts[number] = partial.pop(number).decode("utf-8", "replace")


def _without(data: bytes, damaged: Set[int], first: int) -> bytes:
    """The data with slots that say nothing in place of damaged ones. first: the number of the first slot."""
    changed = bytearray(data)
    for number in damaged:
        at = (number - first) * probe.SLOT
        if 0 <= at < len(data):
            changed[at : at + probe.SLOT] = _SAYS_NOTHING
    return bytes(changed)


def _slot_at(place: "_PlaceInFile") -> bytes:
    """The bytes of a slot; b"" while nothing is written there."""
    data = next((data for _, data in _slots_at([place])), b"")
    return data if data and data[0] else b""


def _slots_at(places: list[_PlaceInFile]) -> Iterator[tuple[_PlaceInFile, bytes]]:
    """The places that can be read, each with the bytes of its slot. A file is opened once for places that follow each other."""
    for path, those in groupby(places, itemgetter(0)):
        try:
            with open_part(path) as file:
                for place in those:
                    file.seek(place[1])
                    data = file.read(probe.SLOT)
                    if len(data) == probe.SLOT:
                        yield place, data
        except OSError:
            continue


def _time_after(path: Path, offset: int) -> int:
    """The time of the first record behind a slot in the same journal; 0 where none has one nearby."""
    size = probe.REGION - offset % probe.REGION if is_nursery(path.name) else _FIRST_READ
    try:
        with open_part(path) as file:
            file.seek(offset)
            data = file.read(size)
    except OSError:
        return 0
    for at in range(0, len(data) - probe.SLOT + 1, probe.SLOT):
        if data[at] not in (0, Kind.TEXT):
            return int.from_bytes(data[at + 8 : at + 16], "little", signed=True)
    return 0


def _read_written(file: FileIO) -> bytes:
    """From the file's position to beyond the last record, without reading all of a preallocated tail."""
    data = b""
    size = _FIRST_READ
    while len(data) < MOST_SLOTS * probe.SLOT and (block := file.read(size)):
        data += block
        if not block.rstrip(b"\0"):
            break
        size = min(size * 4, MOST_SLOTS * probe.SLOT - len(data))
    return data


def _last_written(data: bytes) -> int:
    """The offset of the last slot that is not empty, or -1. The tail of a preallocated file is zeros."""
    full = len(data) - len(data) % probe.SLOT
    end = len(data[:full].rstrip(b"\0"))
    return -1 if end == 0 else (end - 1) // probe.SLOT * probe.SLOT
