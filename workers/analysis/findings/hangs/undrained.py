"""undrained: join() waits for a process that cannot end before its Queue or pipe is read.

Pure functions, any process.
"""

from collections.abc import Iterator

import numpy as np

from workers.analysis.findings.finding import Finding, names
from workers.analysis.findings.hangs.hang_scene import HangScene, join_finding, join_words
from workers.timeline.model import Call, Process

_PATIENCE_NS = 10_000_000_000


def find(scene: HangScene) -> Iterator[Finding]:
    """One finding for each process that is joined and stuck for lack of room in a pipe."""
    for process, join in scene.full_pipes:
        yield undrained_finding(scene, process, join)


def find_unseen(scene: HangScene) -> Iterator[Finding]:
    """The same where the system does not show what a process sleeps in: its work ended long ago, and it uses no CPU."""
    if any(process.waits for process in scene.timeline.processes):
        return
    for process in scene.living:
        ended_ns, join = process.target_ended_ns, scene.joiner_of(process)
        if join is None or ended_ns is None or scene.at_ns - ended_ns < _PATIENCE_NS:
            continue
        samples = scene.timeline.samples.get(process.id)
        if samples is None or not len(samples):
            continue
        first = int(np.searchsorted(samples.t, ended_ns))
        if first < len(samples) - 1 and samples.cpu_s[first] == samples.cpu_s[-1]:
            yield undrained_finding(scene, process, join, "probably ")


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
