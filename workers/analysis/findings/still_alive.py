"""still_alive: is_alive() says yes of a process that ended long ago. Pure functions on a timeline, any process."""

from collections.abc import Iterator
from os.path import basename

from workers.analysis.findings.finding import Evidence, Finding, Severity, capitalized, moment, names
from workers.timeline.model import CallName
from workers.timeline.timeline import Timeline

_LEAST_NS = 1_000_000_000
"""An answer that comes so long after the end was taken cannot be a late one."""


def find(timeline: Timeline) -> Iterator[Finding]:
    """One finding for each process of which its parent is told so.

    Whoever calls waitpid() first takes a child's end; multiprocessing then takes it for alive. A fork server's children are
    reaped by that.
    """
    is_alive = CallName.IS_ALIVE
    asked = {
        call.process
        for call in timeline.calls
        if call.name is is_alive and call.result is True and call.process is not None
    }
    for process in map(timeline.process, sorted(asked)):
        if process.reaped_ns is None or process.parent_id is None or process.start_method == "forkserver":
            continue
        wrong = [call for call in timeline.calls_on(process.id)
                 if call.name is is_alive and call.by == process.parent_id and call.result is True
                 and (call.ended_ns or 0) > process.reaped_ns + _LEAST_NS]  # fmt: skip
        if not wrong:
            continue
        last = wrong[-1]
        asker = timeline.process(last.by)
        text = (f"{names([asker])} calls is_alive() of {names([process])} ({basename(last.file)}:{last.line}) and is told that "
                f"it is alive, though it ended at {moment(process.exited_ns)}: its end was probably taken by something "
                "else, as where SIGCHLD is ignored, or a handler for it calls os.waitpid(-1).")  # fmt: skip
        evidence = (Evidence(last.by, process.reaped_ns, last.ended_ns),)
        yield Finding(
            "still_alive", Severity.PROBLEM, capitalized(text), (last.by, process.id), last.id, process.exited_ns, last.file,
            last.line, evidence,
        )  # fmt: skip
