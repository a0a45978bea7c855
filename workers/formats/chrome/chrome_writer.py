"""Writes a run as a Chrome trace, the JSON that Perfetto and chrome://tracing open. Any process and thread, no Qt.

Times are microseconds from the program's start with exactly three decimals, which keeps every nanosecond. Events are written
as they are made, so that the memory needed does not grow with the run.
"""

import gzip
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import BinaryIO

from workers.errors import CancelledError
from workers.formats.blocks import Progress
from workers.formats.chrome import chrome_tracks
from workers.formats.chrome.chrome_json import Event, at, encoded, track_name
from workers.formats.chrome.chrome_processes import LIFE_TRACK, RunEvents
from workers.installed_version import version
from workers.timeline.model import Bookmark, Process
from workers.timeline.timeline import Timeline

_FIRST_MADE_UP_PID = 2_000_000_000
_EVENTS_AT_ONCE = 256
"""How many events are written together; the progress is reported after each time."""


def write(timeline: Timeline, file: BinaryIO, *, compressed: bool = False, progress: Progress | None = None) -> None:
    """Write the trace to `file`, gzipped if `compressed`. Raises CancelledError when `progress` says so."""
    if compressed:
        with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6, mtime=0, filename="") as packed:
            _write(timeline, packed, progress)
    else:
        _write(timeline, file, progress)


def _write(timeline: Timeline, file: "BinaryIO | gzip.GzipFile", progress: Progress | None) -> None:
    file.write(b'{"displayTimeUnit":"ms",\n"otherData":' + encoded(_about(timeline)) + b',\n"traceEvents":[\n')
    expected = max(1, _expected_events(timeline))
    held: list[bytes] = []
    written = 0
    for event in events(timeline):
        if len(held) == _EVENTS_AT_ONCE:  # there is another event, so a comma follows
            file.write(b",\n".join(held) + b",\n")
            written += len(held)
            held.clear()
            if progress is not None and not progress(min(1.0, written / expected)):
                raise CancelledError("Saving was cancelled.")
        held.append(encoded(event))
    file.write(b",\n".join(held) + b"\n]}\n")


def _expected_events(timeline: Timeline) -> int:
    """An estimate of the number of events, for the progress; it costs nothing."""
    tracks = sum(len(track.spans) + len(track.mark_t) for track in timeline.tracks)
    values = sum(len(counter.t) for counter in timeline.counters) + 2 * sum(map(len, timeline.samples.values()))
    own = len(timeline.tasks) + len(timeline.lines) + 3 * len(timeline.calls) + 8 * len(timeline.processes)
    return tracks + values + own + 2 * len(timeline.flows)


def events(timeline: Timeline) -> Iterator[Event]:
    """The trace's events. A `ts` or `dur` is JSON already, a number to its last digit."""
    pids = _pids(timeline.processes)
    order = _order(timeline)
    yield from chain.from_iterable(_names(process, pids, order[process.id]) for process in timeline.processes)
    first_pid = next(iter(pids.values()), 0)
    yield from (_bookmark(mark, first_pid) for mark in timeline.bookmarks)
    yield from RunEvents(timeline, pids).events()
    yield from chrome_tracks.events(timeline, pids)


def _about(timeline: Timeline) -> dict[str, str]:
    about = {
        "producer": f"Procession {version()}",
        "started_at": timeline.started_at,
        "python": timeline.python,
        "host": timeline.host,
        "command": " ".join(timeline.argv),
        "plan": timeline.plan.title if timeline.plan else "",
    }
    return {name: value for name, value in about.items() if value}


def _order(timeline: Timeline) -> dict[int, int]:
    """The place of each process: that of its lane, but those of one machine together."""
    lanes = [process for process, _ in timeline.tree()]
    hosts: dict[str, int] = {}
    for lane in lanes:
        hosts.setdefault(timeline.process(lane).host, len(hosts))
    lanes.sort(key=lambda lane: hosts[timeline.process(lane).host])
    return {process: place for place, process in enumerate(lanes)}


def _pids(processes: Iterable[Process]) -> dict[int, int]:
    """A number for each process: its pid, or a made-up number where it has none or an earlier process had the same."""
    used: set[int] = set()
    pids: dict[int, int] = {}
    for process in processes:
        pid = process.pid
        if pid is None or pid in used or not 0 < pid < _FIRST_MADE_UP_PID:
            pid = _FIRST_MADE_UP_PID + process.id
        used.add(pid)
        pids[process.id] = pid
    return pids


def _names(process: Process, pids: dict[int, int], order: int) -> Iterator[Event]:
    pid = pids[process.id]
    facts: list[tuple[str, Event]] = [
        ("process_name", {"name": process.name}),
        ("process_sort_index", {"sort_index": order}),
    ]
    if not process.traced:
        host = f"on {process.host}" if process.host else ""
        labels = ", ".join(filter(None, (host, str(process.kind), process.exit_text)))
        facts.append(("process_labels", {"labels": labels}))
    for name, args in facts:
        yield {"ph": "M", "pid": pid, "tid": LIFE_TRACK, "name": name, "args": args}
    yield from track_name(pid, LIFE_TRACK, "life")


def _bookmark(mark: Bookmark, pid: int) -> Event:
    """The user's own mark. It belongs to the whole run, whichever process it names."""
    return {"ph": "i", "s": "g", **at(pid, LIFE_TRACK, mark.at_ns), "name": mark.label or "mark", "cat": "bookmark"}
