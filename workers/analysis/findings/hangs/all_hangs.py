"""Every kind of hang in the order in which they are tried, and what hangs in a run. Pure functions on a timeline, any process.

A new kind is a module of this folder and a place in KINDS. Only what was seen is used: a join() without a timeout that has not
returned, processes stopped by a signal, and threads that did not run at all for a while, with what the kernel says they sleep
in (`workers.keeper.watching.stalls`) and their stacks. A wait that can end from outside the run is no hang.
"""

from collections.abc import Callable, Iterable

import numpy as np

from workers.analysis.findings.finding import Finding
from workers.analysis.findings.hangs import (
    full_pipe,
    handler_waits,
    idle_pool,
    last_one,
    lock_holders,
    locked_at_fork,
    lost_result,
    lost_tasks,
    not_responding,
    own_threads,
    stopped,
    stuck,
    task_done_missing,
    undrained,
)
from workers.analysis.findings.hangs.hang_scene import HangScene
from workers.timeline.timeline import Timeline

KINDS: tuple[tuple[Callable[[HangScene], Iterable[Finding]], ...], ...] = (
    (stopped.find, not_responding.find),
    (handler_waits.find, locked_at_fork.find, full_pipe.find),
    (own_threads.find,),
    (undrained.find,),
    (lost_result.find,),
    (lost_tasks.find, task_done_missing.find),
    (stuck.find,),
    (lock_holders.find,),
    (last_one.find, idle_pool.find, full_pipe.find_kept_open),
    (undrained.find_unseen,),
)
"""Of the groups, the first that finds anything is the answer: each is a surer or closer cause than the next."""

SEEN_WITHIN_NS, _EACH_NS = 900_000_000, 4_000_000
"""How much later, at the latest, the keeper sees that a thread moves again; more for each process. Any moment before that is
known whole: a process that has just ended does not leave others behind that only seem to wait for it."""


_LOOKS_APART_NS = 500_000_000
"""How long before its last sample a process was looked at, at most; more for each process."""
_NO_MORE_SAMPLES_NS = 10_000_000_000
"""Without samples for so long, none are taken any more: the run has taken the disk that it may."""


def find(timeline: Timeline) -> list[Finding]:
    """What hangs now or, in a run that was ended from outside, what hung then. Nothing for a run that ended by itself."""
    at_ns = timeline.cut_ns if timeline.ended or timeline.cut_ns is not None else timeline.now_ns
    if at_ns is None:
        return []
    scene = HangScene(timeline, _known_until_ns(timeline, at_ns))
    for group in KINDS:
        found = [finding for find_kind in group for finding in find_kind(scene)]
        if found:
            return [scene.with_evidence(finding) for finding in found]
    return []


def _known_until_ns(timeline: Timeline, at_ns: int) -> int:
    """The last moment before `at_ns` at which it is known of every thread whether it moved.

    On a busy machine the keeper is late, which shows in the times of its samples.
    """
    share_ns = _EACH_NS * len(timeline.processes)
    until_ns = at_ns - SEEN_WITHIN_NS - share_ns
    for process in timeline.processes:
        samples = timeline.samples.get(process.id)
        if samples is None or not process.waits or (process.last_ns is not None and process.last_ns <= at_ns):
            continue
        taken = int(np.searchsorted(samples.t, at_ns, side="right"))
        last_ns = int(samples.t[taken - 1]) if taken else 0
        if taken and at_ns - last_ns < _NO_MORE_SAMPLES_NS:
            until_ns = min(until_ns, last_ns - _LOOKS_APART_NS - share_ns)
    return until_ns
