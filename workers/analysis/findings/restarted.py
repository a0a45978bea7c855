"""restarted: a program starts a process again and again at one line, and each ends at once. Pure functions, any process."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from workers.analysis.deliberate_ends import deliberate_end
from workers.analysis.findings.evidence import few, of_life
from workers.analysis.findings.finding import THE_PROGRAM, Finding, Severity, capitalized, names, start_of
from workers.analysis.findings.process_ends import seen_end
from workers.plan.sizes import format_duration
from workers.timeline.model import Call, Process, ProcessKind
from workers.timeline.timeline import Timeline

_LEAST = 5
"""So many in a row make a finding."""
_SHORT_NS = 1_000_000_000
"""A process that lived for longer had begun its work."""


def find(timeline: Timeline) -> Iterator[Finding]:
    """One finding for each line of the program with a row of processes that failed at once."""
    if sum(process.exit_code not in (None, 0) for process in timeline.processes) < _LEAST:
        return
    by_line: dict[tuple[int, str, int], list[tuple[Process, Call]]] = {}
    for process in timeline.processes:
        if process.kind is ProcessKind.WORKER:
            start = start_of(timeline, process)
            if start is not None:
                by_line.setdefault((start.by, start.file, start.line), []).append((process, start))
    for (by, file, line), started in by_line.items():
        for code, same in groupby(started, key=lambda one: _failed_at_once(timeline, one[0])):
            row = _in_turn(same)
            if code is not None and len(row) >= _LEAST:
                yield _finding(timeline, timeline.process(by), file, line, row)


def _failed_at_once(timeline: Timeline, process: Process) -> int | None:
    """Its exit code, if it ended by itself soon after its birth; else None."""
    if process.born_ns is None or process.exited_ns is None or process.exited_ns - process.born_ns > _SHORT_NS:
        return None
    return (
        process.exit_code or None if seen_end(timeline, process) and deliberate_end(timeline, process) is None else None
    )


def _in_turn(started: Iterable[tuple[Process, Call]]) -> list[tuple[Process, Call]]:
    """The last of these that were started each after the end of the one before it."""
    row: list[tuple[Process, Call]] = []
    for process, start in started:
        if row and start.began_ns < (row[-1][0].exited_ns or 0) - row[-1][0].exited_within_ns:
            row = []
        row.append((process, start))
    return row


def _finding(timeline: Timeline, parent: Process, file: str, line: int, row: list[tuple[Process, Call]]) -> Finding:
    processes = [process for process, _ in row]
    longest_ns = max((process.exited_ns or 0) - (process.born_ns or 0) for process in processes)
    code = processes[0].exit_code or 0
    how = f"with exit code {code}" if code > 0 else f"by {processes[0].signal_name}"
    who = THE_PROGRAM if parent.id == 1 else names([parent])
    text = (f"{who} started {len(row)} processes at {file}:{line}, one after another; each ended {how} within "
            f"{format_duration(longest_ns / 1e9)}.")  # fmt: skip
    ids = (parent.id, *(process.id for process in processes))
    evidence = few(one for process in processes for one in of_life(process))
    return Finding(
        "restarted",
        Severity.PROBLEM,
        capitalized(text),
        ids,
        row[0][1].id,
        processes[0].exited_ns,
        file,
        line,
        evidence,
    )
