"""Takes many events of a Chrome trace at once, as columns. Any process and thread.

Most events are spans of threads or operations that have been seen before. All that is asked of their objects is a list for each
field; times, tracks and names are then computed as columns. Whatever else a batch has goes through `Columns.add`, in order.
"""

from array import array
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from workers.formats.chrome.chrome_columns import COARSE_US, Columns
from workers.formats.chrome.chrome_events import (
    EXACT_US,
    MOST_US,
    ExactEvent,
    TraceEvent,
    flow_number,
    operation_number,
    scoped_id,
    text,
)  # fmt: skip
from workers.formats.chrome.chrome_parts import UNNAMED
from workers.formats.chrome.chrome_spans import NAMELESS, Names

OTHER, FLOW, COMPLETE, BEGIN, END, OPERATION_BEGIN, OPERATION_END = range(7)
KINDS = {"X": COMPLETE, "B": BEGIN, "E": END, "b": OPERATION_BEGIN, "e": OPERATION_END, **dict.fromkeys("stf", FLOW)}
KINDS.update(dict.fromkeys("MiIRnCSTFp", OTHER))
_UNKNOWN = 0xFFFF
_NEW = UNNAMED + 1
_FIRST = 100
_MOST_DIGITS, _MOST_DECIMALS = 16, 3
_LONGEST_NUMBER = 40
_POWERS = 10 ** np.arange(4, dtype=np.int64)
_DOT, _ZERO, _LINE = b".0\n"

_Times = NDArray[np.int64]
_Are = NDArray[np.bool_]
_Where = slice | NDArray[np.int64]
_Durations = Callable[[Sequence[TraceEvent]], tuple[_Times, _Are]]


def take(columns: Columns, batch: Sequence[TraceEvent]) -> bool:
    """Take events. False when there is a time that a float does not hold exactly; none is taken then."""
    us = np.array([event.ts for event in batch])
    usable = np.abs(us) < EXACT_US
    if not usable.all():
        if np.any(~usable & (us == us)):
            return False
        us = np.where(usable, us, 0)
    _take(columns, batch, np.rint(us * 1000).astype(np.int64), usable, _durations)
    return True


def take_exact(columns: Columns, batch: Sequence[ExactEvent]) -> bool:
    """Take events whose times have more digits than a float. False when one has more than are read here; none is taken then."""
    written = [event.ts for event in batch]
    t, usable = exact_times(written)
    if not usable.all() and any(type(value) is str and len(value) >= _LONGEST_NUMBER for event in batch
                                for value in (event.ts, event.dur)):  # fmt: skip
        return False
    coarse = usable & (np.abs(t) >= COARSE_US * 1000)
    if coarse.any() and any(type(written[at]) is str for at in np.flatnonzero(coarse).tolist()):
        columns.take_coarse()
    _take(columns, batch, t, usable, lambda some: exact_times([event.dur for event in some]))
    return True


def exact_times(written: Sequence[object]) -> tuple[_Times, _Are]:
    """(times in ns, which of them are usable) of microseconds as int, or as text of digits with up to three decimals."""
    if set(map(type, written)) <= {int}:
        try:
            us = np.array(written, np.int64)
        except OverflowError:
            return np.zeros(len(written), np.int64), np.zeros(len(written), bool)
        usable = (us >= 0) & (us <= MOST_US)
        return np.where(usable, us, 0) * 1000, usable
    texts = [value if type(value) is str else str(value) if type(value) is int else "" for value in written]
    signs = np.frombuffer(("\n".join(texts) + "\n").encode("ascii", "replace"), np.uint8)
    ends = np.flatnonzero(signs == _LINE)
    if len(ends) != len(texts):
        return np.zeros(len(texts), np.int64), np.zeros(len(texts), bool)
    dots = np.flatnonzero(signs == _DOT)
    dotted = np.searchsorted(ends, dots)
    decimals = np.zeros(len(texts), np.int64)
    decimals[dotted] = ends[dotted] - dots - 1
    digits = np.diff(ends, prepend=-1) - 1 - np.bincount(dotted, minlength=len(texts))
    usable = (decimals <= _MOST_DECIMALS) & (digits > 0) & (digits - decimals <= _MOST_DIGITS)
    usable &= (
        digits + (np.bincount(dotted, minlength=len(texts)) > 0) == np.diff(ends, prepend=-1) - 1
    )  # one dot at most
    strange = np.flatnonzero((signs - _ZERO > 9) & (signs != _DOT) & (signs != _LINE))
    usable[np.searchsorted(ends, strange)] = False
    if not usable.all():
        texts = [digits if fine else "0" for digits, fine in zip(texts, usable.tolist(), strict=True)]
    # Nineteen digits can be more than an int64 holds: what is read then is the most it holds.
    number = np.fromstring("\n".join(texts).replace(".", ""), np.int64, sep="\n")
    scale = _POWERS[np.where(usable, _MOST_DECIMALS - decimals, 0)]
    usable &= number <= MOST_US * 1000 // scale
    return np.where(usable, number, 0) * scale, usable


def _durations(batch: Sequence[TraceEvent]) -> tuple[_Times, _Are]:
    us = np.array([event.dur for event in batch])
    usable = (us >= 0) & (us < EXACT_US)
    return np.rint(np.where(usable, us, 0) * 1000).astype(np.int64), usable


def _take(columns: Columns, batch: Sequence[TraceEvent], t: _Times, usable: _Are, durations: _Durations) -> None:
    """Take all of a batch. t: the time of each, ns, where it is usable."""
    if not batch:
        return
    if not columns.count and len(batch) > _FIRST:  # nothing that the others belong to is known yet
        _take(columns, batch[:_FIRST], t[:_FIRST], usable[:_FIRST], durations)
        batch, t, usable = batch[_FIRST:], t[_FIRST:], usable[_FIRST:]
    try:
        kinds = np.frombuffer(bytes([KINDS[event.ph] for event in batch]), np.uint8)
    except KeyError:
        kinds = np.frombuffer(bytes([KINDS.get(event.ph, OTHER) for event in batch]), np.uint8)
    _Batch(columns, batch, t, kinds).take(usable, durations)


class _Batch:
    """One batch while it is taken."""

    def __init__(self, columns: Columns, batch: Sequence[TraceEvent], t: _Times, kinds: NDArray[np.uint8]) -> None:
        self._columns, self._batch, self._t, self._kinds = columns, batch, t, kinds
        self._track = np.full(len(batch), _UNKNOWN, np.uint16)
        self._name = np.full(len(batch), UNNAMED, np.uint32)
        self._t1 = self._operation = t

    def take(self, usable: _Are, durations: _Durations) -> None:
        """Take all events. durations: of events, and which of them are usable."""
        kinds, columns = self._kinds, self._columns
        present = np.bincount(kinds, minlength=len(KINDS))
        if present[FLOW : END + 1].any():
            self._find_threads(
                _where(kinds <= END) if present[OTHER] == 0 else _where((kinds > OTHER) & (kinds <= END))
            )
        if present[COMPLETE]:
            usable = self._find_ends(_where(kinds == COMPLETE), usable, durations)
        if present[OPERATION_BEGIN:].any():
            usable = self._find_operations(_where(kinds >= OPERATION_BEGIN), usable)
        first = columns.count
        known = usable & (self._track != _UNKNOWN)
        ends = (kinds == END) | (kinds == OPERATION_END)
        self._name[ends & (self._name == UNNAMED)] = NAMELESS
        rest = np.flatnonzero(~known | (self._name == UNNAMED) | (self._name == _NEW))
        for at, is_known in zip(rest.tolist(), known[rest].tolist(), strict=True):
            if is_known:
                self._name[at] = columns.parts.name(self._batch[at].name)
            else:
                columns.count = first + at
                columns.add(self._batch[at])
        columns.count = first + len(self._batch)
        if present[FLOW]:
            self._take_flows(np.flatnonzero(known & (kinds == FLOW)), first + 1)
        self._name |= ends.astype(np.uint32) << 31
        hand_over(columns, kinds, self._track, self._name, (self._t, self._t1), self._operation, known)

    def _find_threads(self, which: _Where) -> None:
        """Find tracks and names of the spans of threads."""
        events = self._some(which)
        tracks = self._columns.parts.threads
        try:
            found = [tracks[event.pid, event.tid] for event in events]
        except KeyError:
            found = [tracks.get((event.pid, event.tid), _UNKNOWN) for event in events]
        self._track[which] = np.frombuffer(array("H", found), np.uint16)
        self._find_names(which, events)

    def _find_ends(self, which: _Where, usable: _Are, durations: _Durations) -> _Are:
        """Find the ends of complete spans. Which events are usable."""
        events = self._some(which)
        lasted, lasts = durations(events)
        bound = [event.bind_id for event in events]
        if bound.count(None) < len(bound):
            lasts &= np.array([number is None for number in bound])
        self._t1 = self._t.copy()
        self._t1[which] += lasted
        usable = usable.copy()
        usable[which] &= lasts
        return usable

    def _find_operations(self, which: _Where, usable: _Are) -> _Are:
        """Find tracks, names and numbers of asynchronous operations. Which events are usable."""
        events = self._some(which)
        tracks = self._columns.parts.known_operations
        found = [tracks.get((event.pid, event.cat), _UNKNOWN) for event in events]
        self._track[which] = np.frombuffer(array("H", found), np.uint16)
        self._find_names(which, events)
        ids, scopes = [event.id for event in events], [event.scope for event in events]
        if scopes.count(None) == len(scopes) and set(map(type, ids)) == {str}:
            numbers = list(map(hash, ids))
        else:
            numbers = [operation_number(number, scope) for number, scope in zip(ids, scopes, strict=True)]
        self._operation = np.zeros(len(self._batch), np.int64)
        self._operation[which] = np.frombuffer(array("q", numbers), np.int64)
        scoped = [event.id2 for event in events]
        if scoped.count(None) < len(scoped):
            usable = usable.copy()
            usable[which] &= np.array([ids is None for ids in scoped])
        return usable

    def _take_flows(self, which: NDArray[np.int64], first: int) -> None:
        """Take starts, steps and ends of flows whose tracks and names are found. first: the number of the first event."""
        events, track, name = self._some(which), self._track[which], self._name[which]
        categories = {category: text(category) for category in {event.cat for event in events}}
        flows = [
            flow_number(*scoped_id(event), categories[event.cat], called)
            for event, called in zip(events, name.tolist(), strict=True)
        ]
        phases = "".join([event.ph for event in events])
        self._columns.flows.extend(flows, phases, self._t[which], track, name, first + which.astype(np.uint32))
        counts = np.bincount(track)
        for number in np.flatnonzero(counts).tolist():
            self._columns.parts.tracks[number].flows += int(counts[number])

    def _find_names(self, which: _Where, events: Sequence[TraceEvent]) -> None:
        numbers = self._columns.parts.numbers
        try:
            found = [numbers[event.name] for event in events]
        except KeyError:
            found = [numbers.get(event.name, _NEW) for event in events]
        self._name[which] = np.frombuffer(array("I", found), np.uint32)

    def _some(self, which: _Where) -> Sequence[TraceEvent]:
        return self._batch if isinstance(which, slice) else [self._batch[at] for at in which.tolist()]


def hand_over(
    columns: Columns, kinds: NDArray[np.uint8], track: NDArray[np.uint16], name: Names, times: tuple[_Times, _Times],
    operation: _Times, known: _Are | None = None,
) -> None:  # fmt: skip
    """Add the last events that were counted, or what is known of them. times: begins, and the ends of complete spans."""
    t, t1 = times
    first = columns.count - len(t) + 1
    seq = np.arange(first, first + len(t), dtype=np.uint32)
    added = kinds if known is None else np.where(known, kinds, OTHER)
    present = np.bincount(added, minlength=len(KINDS))
    if present[COMPLETE]:
        some = _where(added == COMPLETE)
        columns.raw.extend(track[some], t[some], t1[some], name[some], seq[some])
    if present[BEGIN : END + 1].any():
        some = _where((added == BEGIN) | (added == END))
        columns.ends.extend(track[some], t[some], name[some], seq[some])
    if present[OPERATION_BEGIN:].any():
        some = _where(added >= OPERATION_BEGIN)
        columns.operations.extend(track[some], t[some], name[some], seq[some], operation[some])
    columns.spans += int(present[[COMPLETE, BEGIN, OPERATION_BEGIN]].sum())


def _where(which: _Are) -> _Where:
    """All, or the places of some."""
    return slice(None) if which.all() else np.flatnonzero(which)
