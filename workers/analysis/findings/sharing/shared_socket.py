"""shared_socket: several processes read from one connection that a fork passed on. Pure functions, any process."""

import os
from collections.abc import Iterator

from workers.analysis.deliberate_ends import deliberate_end
from workers.analysis.findings.evidence import few
from workers.analysis.findings.finding import Evidence, Finding, Severity, capitalized, names
from workers.timeline.incidents import InheritedRead
from workers.timeline.model import Process
from workers.timeline.timeline import Timeline


def find(timeline: Timeline) -> Iterator[Finding]:
    """One finding for each connection. A problem where one of them failed or was still at it when the run was ended."""
    reads: dict[int, dict[int, InheritedRead]] = {}
    for one in timeline.mistakes:
        if isinstance(one, InheritedRead):
            reads.setdefault(one.connection, {}).setdefault(one.process, one)
    for readers in reads.values():
        if len(readers) < 2:
            continue
        processes = [timeline.process(number) for number in sorted(readers)]
        # With locks around each question and its answer, it may be meant.
        has_failed = any(_failed(timeline, process) for process in processes)
        first = min(readers.values(), key=lambda one: one.at_ns)
        made = f", made at {os.path.basename(first.made_file)}:{first.made_line}" if first.made_file else ""
        to = f" to {first.peer}" if first.peer else ""
        text = (f"{names(processes)} read from one connection{to}{made}, which was inherited by fork: what is meant for one "
                "of them may come to another. Open a connection in each process.")  # fmt: skip
        severity = Severity.PROBLEM if has_failed else Severity.ADVICE
        seen = few(Evidence(one.process, one.at_ns, one.at_ns) for one in readers.values())
        ids = tuple(process.id for process in processes)
        yield Finding(
            "shared_socket", severity, capitalized(text), ids, None, first.at_ns, first.file, first.line, seen
        )


def _failed(timeline: Timeline, process: Process) -> bool:
    errors = timeline.errors_of(process.id)
    return bool(errors) or (process.failed and deliberate_end(timeline, process) is None)
