"""thread_raised: an exception ended a thread. Pure functions on a timeline, any process."""

from collections.abc import Iterator

from workers.analysis.findings.evidence import at_moment
from workers.analysis.findings.finding import THE_PROGRAM, Finding, Severity, capitalized, error_words, names
from workers.timeline.model import RaisedBy, RaisedError
from workers.timeline.timeline import Timeline

_MOST = 8
"""Findings of one run: more exceptions than this are counted in the last one."""


def find(timeline: Timeline) -> Iterator[Finding]:
    """One finding for each exception that nothing caught in a thread, as long as they are few."""
    cut_ns = timeline.cut_ns
    raised = [
        error for error in timeline.errors if error.by is RaisedBy.THREAD and (cut_ns is None or error.at_ns < cut_ns)
    ]
    alike: dict[tuple[int, str, str, int], list[RaisedError]] = {}
    for error in raised:
        alike.setdefault((error.process, error.thread, error.text, error.line), []).append(error)
    for at, (error, *again) in enumerate(list(alike.values())[:_MOST]):
        more = sum(map(len, list(alike.values())[_MOST:])) if at == _MOST - 1 else 0
        process = timeline.process(error.process)
        who = names([process])
        times = f", {len(again) + 1:,} times" if again else ""
        owner = who if who == THE_PROGRAM else f"process {who}"
        text = f"{_thread(error)} of {owner} {_what_happened(error)}{times}: {error_words(error)}."
        if more > 0:
            text += f" {more} more threads ended by an exception."
        yield Finding(
            "thread_raised",
            Severity.ADVICE,
            capitalized(text),
            (process.id,),
            None,
            error.at_ns,
            error.file,
            error.line,
            at_moment(process.id, error.at_ns),
        )


def _thread(error: RaisedError) -> str:
    return f"Thread {error.thread}" if error.thread else "A thread"


def _what_happened(error: RaisedError) -> str:
    if error.thread.startswith("QueueFeederThread"):
        return "could not send an object that was put into a queue"
    if "_handle_tasks" in error.thread:
        return "could not send a task of its Pool, which never runs"
    if "_handle_results" in error.thread:
        return "was ended by an exception, so that this Pool hands out no more results"
    return "was ended by an exception"
