"""undrained: join() waits for a process that cannot end before its Queue or pipe is read. Pure functions, any process."""

from collections.abc import Iterator

from workers.analysis.findings.finding import Finding, names
from workers.analysis.findings.hangs.hang_scene import HangScene, join_finding, join_words
from workers.timeline.model import Call, Process


def find(scene: HangScene) -> Iterator[Finding]:
    """One finding for each process that is joined and stuck for lack of room in a pipe."""
    for process, join in scene.full_pipes:
        yield undrained_finding(scene, process, join)


def undrained_finding(scene: HangScene, process: Process, join: Call, surely: str = "") -> Finding:
    """The finding for one process and the join() that waits for it. surely: ``probably `` where that is concluded."""
    who, before = names([process]), "join()"
    if join.by in scene.asks:
        waiter, before = f"{join_words(scene, join)}: {who}", "that"
    else:
        waiter = f"{join_words(scene, join)}, which"
    if process.target_ended_ns is not None and process.target_ended_ns <= scene.at_ns:
        text = (f"{waiter} {surely}cannot end before the data that it put into a Queue is read: get everything from the Queue "
                f"before {before}.")  # fmt: skip
    else:
        text = (f"{waiter} {surely}waits for room in a full pipe{scene.place(process)}: read everything from the Queue or "
                f"Connection before {before}.")  # fmt: skip
    return join_finding("undrained", text, join, (process.id, join.by))
