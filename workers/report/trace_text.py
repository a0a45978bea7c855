"""Another program's trace as text for a terminal: what was read, a table of its processes, a timeline of characters.

Pure functions on a timeline, any process.
"""

import numpy as np
from numpy.typing import NDArray

from workers.analysis.status import found_in
from workers.harmless_text import plain
from workers.report.text_axis import axis
from workers.report.text_cells import cells, cut, folded, left, right
from workers.timeline.lanes import OPEN
from workers.timeline.model import Process
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import TrackKind

_HEADS = ("process", "pid", "tracks", "spans", "marks", "first", "last")
_MOST_ROWS = 200
_WIDEST_NAME = 40
_LEAST_COLUMNS = 8
_BLOCK = "█"
_LEFT_OUT = (2, 4, 1, 3)
"""The columns that are left out on a narrow terminal, in this order."""


def summary(timeline: Timeline, width: int = 100) -> str:
    """The whole text, in lines of at most `width` characters."""
    return f"{counts(timeline, width)}\n\n{table(timeline, width)}\n{text_timeline(timeline, width)}"


def counts(timeline: Timeline, width: int = 100) -> str:
    """A line with what was read of the trace, and one with what is not shown and why."""
    imported = timeline.imported
    if imported is None:
        return ""
    events = "1 event" if imported.events == 1 else f"{imported.events:,} events"
    sentences = [f"{events}: {found_in(imported) or 'nothing to show'}."]
    if imported.skipped:
        why = ", ".join(f"{plain(reason)} ({number:,})" for reason, number in imported.skipped.items())
        sentences.append(f"{sum(imported.skipped.values()):,} of them are not shown: {why}.")
    return "\n".join(folded(sentence.split(" "), " ", width) for sentence in sentences)


def table(timeline: Timeline, width: int = 100) -> str:
    """A line for each process. Times are seconds from the earliest event; columns are left out if a line would be too long."""
    rows = [_HEADS, *(_row(timeline, process) for process in timeline.processes[:_MOST_ROWS])]
    columns = list(range(len(_HEADS)))
    wide = [max(cells(row[column]) for row in rows) for column in columns]
    others = sum(wide[1:]) + 2 * (len(wide) - 1)
    for column in _LEFT_OUT:
        if others + min(wide[0], width // 3) > width:
            columns.remove(column)
            others -= wide[column] + 2
    wide[0] = max(_LEAST_COLUMNS, min(wide[0], width - others))
    lines = []
    for row in rows:
        fields = [left(cut(row[0], wide[0]), wide[0]), *(right(row[column], wide[column]) for column in columns[1:])]
        lines.append("  ".join(fields).rstrip() + "\n")
    return "".join(lines) + _rest(timeline)


def text_timeline(timeline: Timeline, width: int = 100) -> str:
    """A row of characters for each process, an axis, and a legend.

    A row is filled where a thread of the process has a span or, if its threads have none, one of its operations.
    """
    processes = timeline.processes[:_MOST_ROWS]
    if not processes:
        return ""
    names = [cut(_name(process), max(_LEAST_COLUMNS, width // 3)) for process in processes]
    before = max(map(cells, names)) + 2
    columns = max(_LEAST_COLUMNS, width - before)
    end_ns = max(1, timeline.now_ns)
    lines = [
        f"{left(name, before)}{_bar(timeline, process, columns, end_ns)}".rstrip()
        for name, process in zip(names, processes, strict=True)
    ]
    lines += [" " * before + line.rstrip() for line in axis(columns, end_ns)]
    legend = f"{_BLOCK} a span of one of its threads, or of its operations where there are none"
    lines += ["", folded(legend.split(" "), " ", width)]
    return "\n".join(lines) + "\n"


def _row(timeline: Timeline, process: Process) -> tuple[str, ...]:
    tracks = timeline.tracks_of(process.id)
    first = [int(times[0]) for track in tracks for times in (track.spans.t0, track.mark_t) if len(times)]
    last = [_last(times) for track in tracks for times in (track.spans.t1, track.spans.t0, track.mark_t) if len(times)]
    return (
        _name(process),
        "–" if process.pid is None else str(process.pid),
        str(len(tracks)),
        f"{sum(len(track.spans) for track in tracks):,}",
        f"{sum(len(track.mark_t) for track in tracks):,}",
        f"{min(first) / 1e9:.3f}" if first else "–",
        f"{max(last) / 1e9:.3f}" if last else "–",
    )


def _last(times: NDArray[np.int64]) -> int:
    known = times[times != OPEN]
    return int(known.max()) if len(known) else 0


def _bar(timeline: Timeline, process: Process, columns: int, end_ns: int) -> str:
    edges = np.zeros(columns + 1, np.int64)
    tracks = [track for track in timeline.tracks_of(process.id) if len(track.spans)]
    for track in [track for track in tracks if track.kind is TrackKind.THREAD] or tracks:
        scale = columns / end_ns
        first = np.clip((track.spans.t0 * scale).astype(np.int64), 0, columns - 1)
        ends = np.minimum(track.spans.t1, end_ns)
        last = np.clip(np.ceil(ends * scale).astype(np.int64), first + 1, columns)
        edges += np.bincount(first, minlength=columns + 1) - np.bincount(last, minlength=columns + 1)
    return "".join(_BLOCK if covered else " " for covered in np.cumsum(edges)[:columns])


def _name(process: Process) -> str:
    return cut(plain(process.name), _WIDEST_NAME)


def _rest(timeline: Timeline) -> str:
    more = len(timeline.processes) - _MOST_ROWS
    return f"and {more:,} more process{'es' if more > 1 else ''}\n" if more > 0 else ""
