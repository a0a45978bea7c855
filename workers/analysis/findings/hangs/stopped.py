"""stopped: a signal such as SIGSTOP stopped a process, and nothing continues it. Pure functions, any process."""

from collections.abc import Iterator

from workers.analysis.findings.finding import Finding, Severity, capitalized, moment, names
from workers.analysis.findings.hangs.hang_scene import HangScene, join_finding
from workers.timeline.model import Process

_LEAST_NS = 1_000_000_000


def find(scene: HangScene) -> Iterator[Finding]:
    """One finding for each stopped process."""
    for process in scene.living:
        if not _is_stopped(scene, process):
            continue
        join = scene.joiner_of(process)
        tasks = scene.timeline.open_tasks(process.id) or scene.timeline.open_in_threads(process.id)
        if join is None or join.by in scene.asks:
            task = f", in the middle of the task {tasks[0].name}" if tasks else ""
            text = (f"{names([process])} has been stopped by a signal since {moment(process.paused_ns)}{task}: "
                    "it continues only after SIGCONT.")  # fmt: skip
            severity = Severity.PROBLEM if tasks else Severity.ADVICE
            yield Finding("stopped", severity, capitalized(text), (process.id,), None, process.paused_ns)
        else:
            waiter = scene.timeline.process(join.by)
            text = (f"{names([waiter])} waits in join() for {names([process])}, which is stopped by a signal and "
                    "continues only after SIGCONT.")  # fmt: skip
            yield join_finding("stopped", text, join, (process.id, waiter.id))


def _is_stopped(scene: HangScene, process: Process) -> bool:
    began_ns, ended_ns = process.paused_ns, process.resumed_ns
    return (
        began_ns is not None and scene.at_ns - began_ns >= _LEAST_NS and (ended_ns is None or ended_ns >= scene.at_ns)
    )
