"""output_lost: os._exit() ended a process whose output was still in a buffer. Pure functions on a timeline, any process."""

import os
from collections.abc import Iterator

from workers.analysis.findings.evidence import few
from workers.analysis.findings.finding import Evidence, Finding, Severity, capitalized, names
from workers.timeline.incidents import LostOutput
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline


def find(timeline: Timeline) -> Iterator[Finding]:
    """One finding for all that were lost at one line."""
    lost = [one for one in timeline.mistakes if isinstance(one, LostOutput) and one.last_line]
    if not lost or timeline.dropped_output_bytes or len(timeline.lines) < timeline.lines_seen:
        return
    printed = {line.text.rstrip() for line in timeline.lines}
    by_line: dict[tuple[str, int], list[LostOutput]] = {}
    for one in lost:
        if one.last_line not in printed and _is_own(timeline, timeline.process(one.process)):
            by_line.setdefault((one.file, one.line), []).append(one)
    for (file, line), alike in by_line.items():
        processes = [timeline.process(number) for number in dict.fromkeys(one.process for one in alike)]
        where = f" ({os.path.basename(file)}:{line})" if file else ""
        text = (f"{names(processes)} ended by os._exit(){where}, which does not write what is still in the buffer of "
                f"sys.stdout: output up to {alike[0].last_line!r} is lost. Call sys.stdout.flush() first.")  # fmt: skip
        seen = few(Evidence(one.process, one.at_ns, one.at_ns) for one in alike)
        ids = tuple(process.id for process in processes)
        yield Finding("output_lost", Severity.PROBLEM, capitalized(text), ids, None, alike[0].at_ns, file, line, seen)


def _is_own(timeline: Timeline, process: Process) -> bool:
    """Whether what a process had in its buffer, and was never printed, is known to be its own.

    A fork inherits its parent's buffer, which the parent itself writes at its end at the latest, unless it is killed.
    multiprocessing empties the buffer before it forks.
    """
    if process.kind is not ProcessKind.FORKED or process.parent_id is None:
        return True
    parent = timeline.process(process.parent_id)
    return parent.exit_code is not None and (parent.exit_code >= 0 or parent.signal_name == "SIGINT")
