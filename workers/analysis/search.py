"""Finds words in all texts of a run: names, pids, states, ends, tasks, printed lines, marks, spans and instants of a trace.

Pure functions, any thread. Case does not matter, and words are found anywhere in a text. A name that many spans share is
compared once, so that a million tasks cost a pass over their columns.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from workers.timeline.distinct import are_among
from workers.timeline.model import Process
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import EventArguments


class MatchKind(IntEnum):
    """What was found. `ref` is the id of a process or task, the number of a line, the index of a bookmark, or of a span or
    instant in its track."""

    PROCESS = 1
    TASK = 2
    LINE = 3
    BOOKMARK = 4
    SPAN = 5
    INSTANT = 6


@dataclass(frozen=True, slots=True)
class Matches:
    """Matches by time.

    t: int64 (n,) ns. what: uint8 (n,), a MatchKind. ref: int64 (n,), see MatchKind.
    of: int64 (n,), the id of the process, 0 for none; for a SPAN or INSTANT the id of its track.
    """

    t: NDArray[np.int64]
    what: NDArray[np.uint8]
    of: NDArray[np.int64]
    ref: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.t)


_Columns = tuple[NDArray[np.int64], MatchKind, NDArray[np.int64] | int, NDArray[np.int64]]


def find(timeline: Timeline, words: str, events: NDArray[np.uint32] | None = None) -> Matches:
    """Everything that contains these words, by time; nothing if there are no words.

    events: the events of a trace with these words in their arguments, as `arguments_of(timeline)` finds them; None: none.
    """
    wanted, events = searched(words), np.empty(0, np.uint32) if events is None else events
    parts = list(_find(timeline, lambda text: wanted in text.casefold(), events)) if wanted else []
    t = np.concatenate([t for t, *_ in parts]) if parts else np.empty(0, np.int64)
    order = np.argsort(t, kind="stable")
    what = [np.full(len(t), what, np.uint8) for t, what, _, _ in parts]
    of = [np.full(len(t), of, np.int64) if isinstance(of, int) else of for t, _, of, _ in parts]
    ref = [ref for *_, ref in parts]
    if not parts:
        return Matches(t, np.empty(0, np.uint8), t, t)
    return Matches(t[order], np.concatenate(what)[order], np.concatenate(of)[order], np.concatenate(ref)[order])


def process_texts(process: Process) -> tuple[str, ...]:
    """The texts that a process is found by: name, pid, state, how it ended in short and in full, kind."""
    return (process.name, "" if process.pid is None else str(process.pid), str(process.state), process.exit_short,
            process.exit_text, process.kind.replace("_", " "))  # fmt: skip


def searched(words: str) -> str:
    """The words as they are compared."""
    return words.strip().casefold()


def arguments_of(timeline: Timeline) -> EventArguments | None:
    """The arguments of a trace's events, which are searched in its file; None where there are none."""
    return None if timeline.imported is None else timeline.imported.arguments


def _find(timeline: Timeline, matches: Callable[[str], bool], events: NDArray[np.uint32]) -> Iterator[_Columns]:
    yield _rows([(process.life_began_ns or 0, process.id, process.id) for process in timeline.processes
                 if any(map(matches, process_texts(process)))], MatchKind.PROCESS)  # fmt: skip
    yield _rows([(at_ns, process or 0, number) for number, process, _, at_ns, text, _ in timeline.lines.rows if matches(text)],
                MatchKind.LINE)  # fmt: skip
    yield _rows(
        [(mark.at_ns, 0, at) for at, mark in enumerate(timeline.bookmarks) if matches(mark.label)], MatchKind.BOOKMARK
    )
    named = _containing(timeline.tasks.names.texts, matches)
    threads = {thread.id for thread in timeline.threads if matches(thread.name)}
    if named.any() or threads:
        yield from _tasks(timeline, named, threads)
    named = _containing(timeline.names, matches)
    for track in timeline.tracks:
        spans, whole = track.spans, matches(track.name)
        for t, name, event, what in (
            (spans.t0, spans.name, spans.event, MatchKind.SPAN),
            (track.mark_t, track.mark_name, track.mark_event, MatchKind.INSTANT),
        ):
            found = named[name]
            if len(events) and event is not None:
                found |= are_among(event, events)
            at = np.arange(len(t)) if whole else np.flatnonzero(found)
            yield t[at], what, track.id, at.astype(np.int64)


def _tasks(timeline: Timeline, named: NDArray[np.bool_], threads: set[int]) -> Iterator[_Columns]:
    """The tasks of all processes with a name or error for which `named` is true, and all tasks of these threads.

    There may be thousands of processes.
    """
    t, ids, of, counts = [], [], [], []
    for process, lane in timeline.tasks.lanes():
        all_match = lane.thread in threads
        at = np.arange(len(lane)) if all_match else (named[lane.name] | named[lane.error]).nonzero()[0]
        if len(at):
            t.append(lane.t0[at])
            ids.append(lane.id[at])
            of.append(process)
            counts.append(len(at))
    if t:
        yield (np.concatenate(t), MatchKind.TASK, np.repeat(np.array(of, np.int64), counts),
               np.concatenate(ids).astype(np.int64))  # fmt: skip


def _rows(rows: Sequence[tuple[int, int, int]], what: MatchKind) -> _Columns:
    table = np.array(rows, np.int64).reshape(-1, 3)
    return table[:, 0], what, table[:, 1], table[:, 2]


def _containing(texts: Sequence[str], matches: Callable[[str], bool]) -> NDArray[np.bool_]:
    return np.fromiter((matches(text) for text in texts), np.bool_, len(texts))
