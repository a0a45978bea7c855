"""A run as data for scripts, and as a table and a timeline of characters for a terminal. Pure functions, any process.

The data is what ``--json`` prints. Its times are seconds from the program's start; None = did not happen, or not known.
"""

import unicodedata
from collections.abc import Iterator
from importlib import metadata
from operator import attrgetter
from typing import Any

from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Finding, Severity, place
from workers.plan.sizes import format_bytes
from workers.report.text_cells import cells, cut, folded, left, right
from workers.timeline.lanes import OPEN, Spans
from workers.timeline.model import Call, OutputLine, Process, SpanKind, Task, Watched
from workers.timeline.timeline import Timeline
from workers.timeline.tracks import Imported

FORMAT = 1
"""The version of the report; it changes only when something is taken away."""

_LEAST_COLUMNS = 8
_WIDEST_NAME = 28
_BLOCKS = {
    SpanKind.STARTING: "░",
    SpanKind.ALIVE: "█",
    SpanKind.ENDING: "▒",
    SpanKind.ZOMBIE: "·",
    SpanKind.JOIN: "▞",
}
_LEGEND = ("░ starting", "█ alive", "▒ ending", "· exited, not collected", "▞ waits in join()")


def version() -> str:
    """The installed version, or ``unknown`` when it runs uninstalled."""
    try:
        return metadata.version("procession")
    except metadata.PackageNotFoundError:
        return "unknown"


def seconds(ns: int | None) -> float | None:
    """Nanoseconds as seconds, to the nanosecond."""
    return None if ns is None else round(ns / 1e9, 9)


def report(timeline: Timeline) -> dict[str, Any]:
    """The whole of a run, ready for `json.dumps`. Every key is always there."""
    forgotten = timeline.lines_seen - len(timeline.lines)
    said = [f"{forgotten:,} older printed lines are not kept."] if forgotten else []
    return {
        "procession": {"version": version(), "report": FORMAT},
        "program": _program(timeline),
        "processes": [_process(process) for process in timeline.processes],
        "calls": [_call(call) for call in sorted(timeline.calls, key=attrgetter("began_ns", "by"))],
        "tasks": [_task(task, number) for number, task in enumerate(_in_time(timeline), 1)],
        "output": [_line(line) for line in timeline.lines],
        "watched": [_watched(value) for value in timeline.watched],
        "findings": [_found(finding) for finding in findings(timeline)],
        "suspends": [{"at_s": seconds(one.at_ns), "lasted_s": seconds(one.lasted_ns)} for one in timeline.suspends],
        "imported": None if timeline.imported is None else _imported(timeline.imported),
        "lost": {
            "torn_records": timeline.torn_records,
            "dropped_output_bytes": timeline.dropped_output_bytes,
            "warnings": [*timeline.warnings, *said],
        },
    }


def _program(timeline: Timeline) -> dict[str, Any]:
    program = timeline.program
    return {
        "argv": list(timeline.argv),
        "python": timeline.python or None,
        "pid": program.pid if program else None,
        "exit_code": program.exit_code if program else None,
        "duration_s": seconds(program.exited_ns) if program else None,
        "start_method": _start_method(timeline),
        "host": timeline.host or None,
        "engine": timeline.engine,
    }


def _start_method(timeline: Timeline) -> str | None:
    if timeline.plan is not None:
        return str(timeline.plan.start_method)
    return next((process.start_method for process in timeline.processes if process.start_method), None)


def _process(process: Process) -> dict[str, Any]:
    return {
        "id": process.id,
        "pid": process.pid,
        "ppid": process.ppid,
        "parent_id": process.parent_id,
        "name": process.name,
        "kind": str(process.kind),
        "start_method": process.start_method,
        "daemon": process.daemon,
        "start_called_s": seconds(process.start_called_ns),
        "start_returned_s": seconds(process.start_returned_ns),
        "target_began_s": seconds(process.target_began_ns),
        "target_ended_s": seconds(process.target_ended_ns),
        "exited_s": seconds(process.exited_ns),
        "reaped_s": seconds(process.reaped_ns),
        "joined_s": seconds(process.joined_ns),
        "exit_code": process.exit_code,
        "signal": process.signal_name,
        "lost": process.lost,
        "left_running": process.left,
        "tasks": process.tasks,
        "output_lines": process.output_lines,
        "cpu_s": process.cpu_s,
        "peak_rss_bytes": process.peak_rss_bytes or None,  # 0 is what a look at a dying process gives
    }


def _call(call: Call) -> dict[str, Any]:
    return {
        "by": call.by,
        "call": str(call.name),
        "process": call.process,
        "began_s": seconds(call.began_ns),
        "ended_s": seconds(call.ended_ns),
        "timeout_s": call.timeout_s,
        "result": call.result,
        "error": call.error,
        "file": call.file,
        "line": call.line,
        "times": call.times,
    }


def _in_time(timeline: Timeline) -> list[Task]:
    """The tasks as they began: so they are told alike, whatever journal was read first."""
    return sorted(timeline.tasks, key=attrgetter("began_ns", "process"))


def _task(task: Task, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "process": task.process,
        "name": task.name,
        "submitted_s": seconds(task.submitted_ns),
        "began_s": seconds(task.began_ns),
        "ended_s": seconds(task.ended_ns),
        "error": task.error,
    }


def _line(line: OutputLine) -> dict[str, Any]:
    return {"process": line.process, "stream": line.stream, "at_s": seconds(line.at_ns), "text": line.text}


def _watched(value: Watched) -> dict[str, Any]:
    return {
        "process": value.process,
        "name": value.name,
        "at_s": seconds(value.at_ns),
        "when": value.when,
        "value": value.value,
    }


def _imported(imported: Imported) -> dict[str, Any]:
    return {
        "format": imported.format,
        "events": imported.events,
        "processes": imported.processes,
        "spans": imported.spans,
        "marks": imported.marks,
        "flows": imported.flows,
        "counters": imported.counters,
        "skipped": dict(imported.skipped),
    }


def _found(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "text": finding.text,
        "processes": list(finding.processes),
        "at_s": seconds(finding.at_ns),
        "file": finding.file or None,
        "line": finding.line or None,
    }


_SIGNS = {Severity.PROBLEM: "✕", Severity.ADVICE: "!", Severity.INFO: "·"}


def findings_text(timeline: Timeline, width: int | None = None) -> str:
    """A finding each: a sign for how much it matters, the sentence, and where in the program; empty when there is none. width:
    of a line, where it matters."""
    told = (f"{_SIGNS[one.severity]} {plain(one.text + place(timeline, one))}" for one in findings(timeline))
    return "".join((text if width is None else folded(text.split(" "), " ", width, "  ")) + "\n" for text in told)


def plain(text: str) -> str:
    """`text` on one line and with nothing in it that a terminal would act on."""
    return "".join("�" if unicodedata.category(char) in ("Cc", "Cf", "Cs") else char for char in text)


_HEADS = ("process", "pid", "state", "start called", "began", "ended", "exited", "joined", "exit code", "peak memory")
_SHORT_HEADS = ("process", "pid", "state", "called", "began", "ended", "exited", "joined", "exit", "memory")
_LEFT = (0, 2)
_GIVE_WAY = (3, 5, 9, 7, 4, 1, 2)
"""The columns that a narrow terminal does without, in this order."""


def table(timeline: Timeline, width: int | None = None) -> str:
    """One line a process under a line of heads; times in seconds from the program's start, a dash for what is unknown. width:
    what a line can be at most; shorter heads, then fewer columns and shorter names are made for it."""
    rows = [_row(timeline.process(number), depth) for number, depth in timeline.tree()]
    columns = list(range(len(_HEADS)))
    wide, heads = _widths(rows, _HEADS), _HEADS
    if width is not None and _line_width(wide, columns) > width:
        wide, heads = _widths(rows, _SHORT_HEADS), _SHORT_HEADS
        for column in _GIVE_WAY:
            if _line_width(wide, columns) > width:
                columns.remove(column)
        wide[0] = max(_LEAST_COLUMNS, min(wide[0], width - _line_width(wide, columns) + wide[0]))
    lines = []
    for row in (heads, *rows):
        told = [
            (left if column in _LEFT else right)(cut(row[column], wide[column]), wide[column]) for column in columns
        ]
        lines.append("  ".join(told).rstrip() + "\n")
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
        "  " * depth + _short(process.name),
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

    A character stands for what its stretch of time was mostly used for; what is shorter than that still gets one.
    """
    order = [(timeline.process(number), depth) for number, depth in timeline.tree()]
    order = [(process, depth) for process, depth in order if process.began or process.worker is not None]
    if not order:
        return ""
    names = [cut("  " * depth + _short(process.name), max(_LEAST_COLUMNS, width // 3)) for process, depth in order]
    ends = [cut(_end(process) or str(process.state), max(_LEAST_COLUMNS, width // 3)) for process, _ in order]
    before, behind = max(map(cells, names)) + 2, max(map(cells, ends)) + 2
    columns = max(_LEAST_COLUMNS, width - before - behind)
    end_ns = max(1, timeline.now_ns)
    lines = [
        f"{left(name, before)}{''.join(_cells(timeline, process, columns, end_ns))}  {end}".rstrip()
        for name, (process, _), end in zip(names, order, ends, strict=True)
    ]
    lines += [" " * before + line.rstrip() for line in axis(columns, end_ns)]
    lines += ["", folded(_LEGEND, "   ", width)]
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
        waited = wait.get(SpanKind.JOIN, 0) * 2 >= sum(phase.values())
        yield _BLOCKS[SpanKind.JOIN if waited else kind]


def _covered(spans: Spans, columns: int, end_ns: int) -> list[dict[SpanKind, float]]:
    """For each column, how much of it each kind of span covers, in columns."""
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


def axis(columns: int, end_ns: int) -> tuple[str, str]:
    """A ruler, and the seconds below its ticks."""
    step_ns = _step_ns(end_ns, max(1, columns // 10))
    ruler, labels = ["─"] * columns, [" "] * columns
    digits = 0
    while step_ns % 10 ** (9 - digits) and digits < 9:
        digits += 1
    free = 0
    for at_ns in range(0, end_ns + 1, step_ns):
        column = min(columns - 1, at_ns * columns // end_ns)
        ruler[column] = "┴"
        label = f"{at_ns / 1e9:.{digits}f} s"
        if column >= free and column + len(label) <= columns:
            labels[column : column + len(label)] = label
            free = column + len(label) + 1
    return "".join(ruler), "".join(labels)


def _step_ns(end_ns: int, most: int) -> int:
    """The smallest of 1, 2, 5, 10 … ns that divides the time into at most `most` parts."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor * max(1, most) >= end_ns:
                return step * factor
        step *= 10
