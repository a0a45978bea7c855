"""What a finding selects: the task, wait, call or moment that shows it. Pure functions without Qt, in the window's thread."""

from desktop.facts.fact import CodePlace
from desktop.facts.selection import (
    CallSelection,
    PhaseSelection,
    ProcessSelection,
    Selection,
    TaskSelection,
    WaitSelection,
)
from desktop.facts.wait_facts import find_wait
from workers.analysis.findings.finding import Evidence, Finding
from workers.timeline.model import Process, SpanKind
from workers.timeline.timeline import Timeline


def evidence_of(finding: Finding, number: int = 0) -> Evidence | None:
    """The evidence with a number, which counts on from the first again after the last; None where there is none."""
    return finding.evidence[number % len(finding.evidence)] if finding.evidence else None


def evidence_selection(timeline: Timeline, finding: Finding, number: int = 0) -> Selection | None:
    """The thing of the run that is this evidence; without evidence, the first process of the finding."""
    one = evidence_of(finding, number)
    if one is None:
        return ProcessSelection(finding.processes[0], finding.at_ns) if finding.processes else None
    process = timeline.process(one.process)
    if one.task is not None:
        return TaskSelection(one.process, one.from_ns, one.task)
    spans = timeline.lane(one.process).waits
    at = spans.t0 == one.from_ns
    if (spans.kind[at] == SpanKind.WAITING).any() and find_wait(timeline, process, one.from_ns) is not None:
        return WaitSelection(one.process, one.from_ns)
    calls = spans.ref[at & (spans.kind == SpanKind.JOIN)]
    if len(calls):
        return CallSelection(one.process, one.from_ns, int(calls[0]))
    if one.from_ns == process.exited_ns and one.until_ns != one.from_ns:
        return PhaseSelection(one.process, one.from_ns, SpanKind.ZOMBIE)
    return ProcessSelection(one.process, one.until_ns if _is_end(process, one) else one.from_ns)


def evidence_place(timeline: Timeline, finding: Finding, number: int = 0) -> CodePlace | None:
    """The line of code of this evidence: that of its wait; of the first one without, the finding's own."""
    one = evidence_of(finding, number)
    if one is not None:
        wait = find_wait(timeline, timeline.process(one.process), one.from_ns)
        frame = None if wait is None else next((frame for frame in wait.frames if not frame.is_library), None)
        if frame is not None:
            return CodePlace(frame.file, frame.line)
        if finding.evidence.index(one):
            return None
    return CodePlace(finding.file, finding.line) if finding.file and finding.line else None


def _is_end(process: Process, one: Evidence) -> bool:
    """Whether this is the end of a process, as narrowly as that is known."""
    until_ns = one.until_ns
    return until_ns is not None and until_ns == process.last_ns and until_ns - one.from_ns <= process.exited_within_ns
