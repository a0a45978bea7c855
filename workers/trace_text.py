"""Another program's trace as text for a terminal: what was read, a table of its processes, and a timeline of characters.
Pure functions, any process."""

import numpy as np
from numpy.typing import NDArray

from workers.lanes import OPEN
from workers.model import Process
from workers.report import axis, plain
from workers.timeline import Timeline
from workers.tracks import TrackKind

_HEADS = ("process", "pid", "tracks", "spans", "marks", "first", "last")
_MOST_ROWS = 200
_WIDEST_NAME = 40
_LEAST_COLUMNS = 20
_BLOCK = "█"


def summary(timeline: Timeline, width: int = 100) -> str:
    """All of it, in lines of about `width` characters."""
    return f"{counts(timeline)}\n\n{table(timeline)}\n{text_timeline(timeline, width)}"


def counts(timeline: Timeline) -> str:
    """What was read of the trace, and what was not and why, each on a line."""
    imported = timeline.imported
    if imported is None:
        return ""
    kinds = (
        ("processes", imported.processes), ("spans", imported.spans), ("marks", imported.marks),
        ("flows", imported.flows), ("counter values", imported.counters),
    )  # fmt: skip
    found = ", ".join(f"{number:,} {name}" for name, number in kinds)
    lines = [f"{imported.events:,} events: {found}."]
    if imported.skipped:
        why = ", ".join(f"{plain(reason)} ({number:,})" for reason, number in imported.skipped.items())
        lines.append(f"{sum(imported.skipped.values()):,} of them are not shown: {why}.")
    return "\n".join(lines)


def table(timeline: Timeline) -> str:
    """One line a process; times in seconds from the earliest event."""
    rows = [_HEADS, *(_row(timeline, process) for process in timeline.processes[:_MOST_ROWS])]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  ".join(cells).rstrip() + "\n")
    return "".join(lines) + _rest(timeline)


def text_timeline(timeline: Timeline, width: int = 100) -> str:
    """A row of characters for each process, marked where a span of any of its threads lies, an axis, and a legend."""
    processes = timeline.processes[:_MOST_ROWS]
    if not processes:
        return ""
    names = [_name(process) for process in processes]
    left = max(map(len, names)) + 2
    columns = max(_LEAST_COLUMNS, width - left)
    end_ns = max(1, timeline.now_ns)
    lines = [
        f"{name:<{left}}{_bar(timeline, process, columns, end_ns)}".rstrip()
        for name, process in zip(names, processes, strict=True)
    ]
    lines += [" " * left + line.rstrip() for line in axis(columns, end_ns)]
    lines += ["", f"{_BLOCK} a span of one of its threads"]
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
    for track in timeline.tracks_of(process.id):
        if track.kind is not TrackKind.THREAD or not len(track.spans):
            continue
        outermost = track.spans.depth == 0
        scale = columns / end_ns
        first = np.clip((track.spans.t0[outermost] * scale).astype(np.int64), 0, columns - 1)
        ends = np.minimum(track.spans.t1[outermost], end_ns)
        last = np.clip(np.ceil(ends * scale).astype(np.int64), first + 1, columns)
        np.add.at(edges, first, 1)
        np.add.at(edges, last, -1)
    return "".join(_BLOCK if covered else " " for covered in np.cumsum(edges)[:columns])


def _name(process: Process) -> str:
    name = plain(process.name)
    return name if len(name) <= _WIDEST_NAME else name[: _WIDEST_NAME - 1] + "…"


def _rest(timeline: Timeline) -> str:
    more = len(timeline.processes) - _MOST_ROWS
    return f"and {more:,} more processes\n" if more > 0 else ""
