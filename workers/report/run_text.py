"""A run as text for a terminal: its findings, a table of its processes, a timeline of characters. Pure, any process."""

from collections.abc import Iterator

from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Severity, place
from workers.harmless_text import plain
from workers.plan.sizes import format_bytes
from workers.report.text_axis import axis
from workers.report.text_cells import cells, cut, folded, left, right
from workers.report.thread_rows import THREADS_LEGEND, ThreadRow, thread_rows
from workers.timeline.lanes import OPEN, Spans
from workers.timeline.model import Process, SpanKind
from workers.timeline.timeline import Timeline

_LEAST_COLUMNS = 8
_WIDEST_NAME = 28
_INDENT, _DEEPEST = "  ", 20
"""Deeper processes are indented as those of this depth: a chain of ten thousand forks would take a gigabyte of spaces."""
_BLOCKS = {
    SpanKind.STARTING: "░",
    SpanKind.ALIVE: "█",
    SpanKind.ENDING: "▒",
    SpanKind.ZOMBIE: "·",
    SpanKind.JOIN: "▞",
    SpanKind.WAITING: "▞",
}
_LEGEND = ("░ starting", "█ alive", "▒ ending", "· exited, not reaped", "▞ waits in join()")
_LEGEND_OF_WAITS = (*_LEGEND[:-1], "▞ waits, as in join()")


_SIGNS = {Severity.PROBLEM: "✕", Severity.ADVICE: "!", Severity.INFO: "·"}


def findings_text(timeline: Timeline, width: int | None = None) -> str:
    """A line for each finding: a sign for its severity, its sentence, and where in the program.

    width: fold the lines to this many cells; None = do not fold.
    """
    lines = (f"{_SIGNS[one.severity]} {plain(one.text + place(timeline, one))}" for one in findings(timeline))
    return "".join((text if width is None else folded(text.split(" "), " ", width, "  ")) + "\n" for text in lines)


_HEADS = ("process", "pid", "state", "start called", "began", "ended", "exited", "joined", "exit code", "peak memory")
_SHORT_HEADS = ("process", "pid", "state", "called", "began", "ended", "exited", "joined", "exit", "memory")
_LEFT = (0, 2)
_LEFT_OUT = (3, 5, 9, 7, 4, 1, 2)
"""The columns that are left out on a narrow terminal, in this order."""


def table(timeline: Timeline, width: int | None = None) -> str:
    """A line of heads, and a line for each process. Times are seconds from the program's start; a dash: not known.

    width: the most cells of a line. Heads are shortened first, then columns are left out, then names are cut.
    """
    rows = [_row(timeline.process(number), depth) for number, depth in timeline.tree()]
    columns = list(range(len(_HEADS)))
    wide, heads = _widths(rows, _HEADS), _HEADS
    if width is not None and _line_width(wide, columns) > width:
        wide, heads = _widths(rows, _SHORT_HEADS), _SHORT_HEADS
        for column in _LEFT_OUT:
            if _line_width(wide, columns) > width:
                columns.remove(column)
        wide[0] = max(_LEAST_COLUMNS, min(wide[0], width - _line_width(wide, columns) + wide[0]))
    lines = []
    for row in (heads, *rows):
        fields = [
            (left if column in _LEFT else right)(cut(row[column], wide[column]), wide[column]) for column in columns
        ]
        lines.append("  ".join(fields).rstrip() + "\n")
    return "".join(lines)


def _widths(rows: list[tuple[str, ...]], heads: tuple[str, ...]) -> list[int]:
    return [max(cells(row[column]) for row in (heads, *rows)) for column in range(len(heads))]


def _line_width(wide: list[int], columns: list[int]) -> int:
    return sum(wide[column] for column in columns) + 2 * (len(columns) - 1)


def _row(process: Process, depth: int) -> tuple[str, ...]:
    moments = (
        process.start_called_ns,
        process.target_began_ns,
        process.target_ended_ns,
        process.exited_ns,
        process.joined_ns,
    )
    return (
        _INDENT * min(depth, _DEEPEST) + _short(process.name),
        _dash(process.pid),
        str(process.state),
        *(_dash(None if at is None else f"{at / 1e9:.3f}") for at in moments),
        _end(process) or "–",
        _dash(format_bytes(process.peak_rss_bytes) if process.peak_rss_bytes else None),
    )


def _end(process: Process) -> str:
    if process.exit_code is None:
        return ""
    name = process.signal_name
    return f"{process.exit_code} {name}" if name else str(process.exit_code)


def _dash(value: object) -> str:
    return "–" if value is None else str(value)


def _short(name: str) -> str:
    return cut(plain(name), _WIDEST_NAME)


def text_timeline(timeline: Timeline, width: int = 100) -> str:
    """One row of block characters a process, an axis and a legend, in lines of at most `width` characters.

    A character shows what most of its part of the time was spent in; a shorter span still gets a character. Below a process
    are the threads that ran tasks.
    """
    order = [(timeline.process(number), depth) for number, depth in timeline.tree()]
    order = [(process, depth) for process, depth in order if process.began or process.worker is not None]
    if not order:
        return ""
    rows: list[tuple[str, Process | ThreadRow, str]] = []
    for process, depth in order:
        indent = _INDENT * min(depth, _DEEPEST)
        rows.append((indent + _short(process.name), process, _end(process) or str(process.state)))
        rows += [(indent + _INDENT + _short(row.name), row, row.end) for row in thread_rows(timeline, process)]
    widest = max(_LEAST_COLUMNS, width // 3)
    names, ends = [cut(name, widest) for name, _, _ in rows], [cut(end, widest) for _, _, end in rows]
    before, behind = max(map(cells, names)) + 2, max(map(cells, ends)) + 2
    columns = max(_LEAST_COLUMNS, width - before - behind)
    end_ns = max(1, timeline.now_ns)
    lines = []
    for name, (_, shown, _), end in zip(names, rows, ends, strict=True):
        made = (
            shown.cells(timeline, columns, end_ns)
            if isinstance(shown, ThreadRow)
            else _cells(timeline, shown, columns, end_ns)
        )
        lines.append(f"{left(name, before)}{''.join(made)}  {end}".rstrip())
    lines += [" " * before + line.rstrip() for line in axis(columns, end_ns)]
    legend = _LEGEND_OF_WAITS if timeline.draws_seen_waits else _LEGEND
    lines += ["", folded((*legend, THREADS_LEGEND) if timeline.threads else legend, "   ", width)]
    return "\n".join(lines) + "\n"


def _cells(timeline: Timeline, process: Process, columns: int, end_ns: int) -> Iterator[str]:
    lane = timeline.lane(process.id)
    phases = _covered(lane.phases, columns, end_ns)
    waits = _covered(lane.waits, columns, end_ns)
    for phase, wait in zip(phases, waits, strict=True):
        if not phase:
            yield " "
            continue
        kind = max(phase, key=lambda kind: (phase[kind], kind))
        waited = sum(wait.values()) * 2 >= sum(phase.values())
        yield _BLOCKS[SpanKind.JOIN if waited else kind]


def _covered(spans: Spans, columns: int, end_ns: int) -> list[dict[SpanKind, float]]:
    """For each column, the share of it that each kind of span covers."""
    found: list[dict[SpanKind, float]] = [{} for _ in range(columns)]
    for began, ended, number in zip(spans.t0.tolist(), spans.t1.tolist(), spans.kind.tolist(), strict=True):
        kind = SpanKind(number)
        if kind not in _BLOCKS:
            continue
        first = max(0.0, began * columns / end_ns)
        last = min(float(columns), (end_ns if ended == OPEN else ended) * columns / end_ns)
        for column in range(int(first), min(columns, int(last) + 1)):
            part = min(last, column + 1) - max(first, column)
            if part > 0:
                found[column][kind] = found[column].get(kind, 0.0) + part
    return found
