"""dead_holder, deadlock: several processes live, and each waits for another one. Pure functions, any process."""

from collections.abc import Iterator, Sequence

from workers.analysis.findings.finding import Finding, Severity, names
from workers.analysis.findings.hangs.full_pipe import end_of_pipe_words, full_pipe_words
from workers.analysis.findings.hangs.hang_scene import HangScene, join_finding, join_words
from workers.analysis.findings.hangs.lock_holders import holder_words, left_locked
from workers.analysis.findings.hangs.user_calls import is_in
from workers.analysis.findings.hangs.wait_words import (
    at_with_words,
    cut_short,
    deed,
    empty_words,
    missed_words,
    queued_words,
    waits_for,
    way_out,
    who_were_cut_short,
)
from workers.timeline.model import Process, ProcessKind, Wait
from workers.timeline.stacks import ThreadWait

_MOST_NAMED = 3
_DONE_BY_OTHERS = ("set it", "notify it", "come to it", "take an item from it")
"""What ends a wait for something that nobody holds."""


def find(scene: HangScene) -> Iterator[Finding]:
    """One finding for the whole run."""
    if scene.full_pipes or scene.awaits_stacks:
        return
    dead = _dead_holder(scene)
    if dead is not None:
        yield dead
    elif len(scene.living) > 1 and len(scene.stuck) > 1 and scene.someone_waits:
        yield _deadlock(scene)


def _dead_holder(scene: HangScene) -> Finding | None:
    """A process waits for a lock that a dead process may have held, or for data that it may have been meant to send."""
    dead = [p for p in scene.gone() if cut_short(p)]
    if not dead or len(scene.living) < 2:
        return None
    for process in scene.stuck:
        wait = scene.main_wait(process)
        if wait is None or process.id in scene.joins or not (scene.someone_waits or wait.frames):
            continue
        if is_in(wait.frames, "synchronize.py", "_wait", "wait") and _is_barrier(scene, process):
            text = (f"{names([process])} waits{scene.place(process)} at a Barrier: {who_were_cut_short(dead)} "
                    "probably never came to it.")  # fmt: skip
            return scene.wait_finding("dead_holder", text, process, dead)
        stack = scene.stack(process) if wait.wait is Wait.LOCK else None
        left = None if stack is None else left_locked(scene, stack)
        if left is not None and left.by is not None:
            text = f"{names([process])} waits forever for a lock{scene.place(process)}. {left.text}"
            return scene.wait_finding("dead_holder", text, process, [left.by])
        if wait.wait in (Wait.LOCK, Wait.PIPE_READ):
            held = wait.wait is Wait.LOCK and deed(wait) not in _DONE_BY_OTHERS
            may = "may have held it" if held else f"may have been the one to {deed(wait)}"
            text = (f"{names([process])} waits forever for {waits_for(wait)}{scene.place(process)}: "
                    f"{who_were_cut_short(dead)} {may}.")  # fmt: skip
            return scene.wait_finding("dead_holder", text, process, dead)
    return None


def _is_barrier(scene: HangScene, process: Process) -> bool:
    wait = scene.main_wait(process)
    return wait is not None and is_in(wait.frames, "threading.py", "_wait", "wait")


def _deadlock(scene: HangScene) -> Finding:
    """The processes that wait, when only they could end the waits."""
    parts = [_wait_of(scene, process) for process in scene.stuck[:_MOST_NAMED]]
    more = f"; and {len(scene.stuck) - _MOST_NAMED} more wait" if len(scene.stuck) > _MOST_NAMED else ""
    waiting = [process for process in scene.stuck if process.id not in scene.joins]
    ends = next((words for process in waiting if (words := end_of_pipe_words(scene, process))), "")
    why = (
        _opposite_order(scene, waiting)
        or holder_words(scene, waiting)
        or empty_words(scene, waiting)
        or ends
        or missed_words(scene, waiting)
    )
    why = why or full_pipe_words(scene, waiting) or way_out(scene, waiting) + queued_words(scene, waiting)
    why += at_with_words(scene, waiting)
    text = f"Nothing makes progress any more: {'; '.join(parts)}{more}.{why}"
    ids = tuple(process.id for process in scene.stuck)
    since_ns = max(wait.since_ns for p in scene.stuck if (wait := scene.main_wait(p)) is not None)
    join = next(iter(scene.joins.values()), None)
    if join is not None:
        return join_finding("deadlock", text, join, ids, since_ns)
    call = next((call for p in scene.stuck if (call := scene.call(p)) is not None), None)
    file, line = ("", 0) if call is None else (call.file, call.line)
    return Finding("deadlock", Severity.PROBLEM, text, ids, None, since_ns, file, line)


def _opposite_order(scene: HangScene, waiting: Sequence[Process]) -> str:
    """What is concluded where the processes wait for locks, each for another one: a sentence after a blank, or nothing.

    A process that waits for a Condition, an Event or a Barrier waits for no lock that another one holds.
    """
    waits = [wait for process in waiting if (wait := scene.main_wait(process)) is not None]
    locks = {wait.object for wait in waits if wait.wait is Wait.LOCK and wait.object}
    if len(waiting) < 2 or len(locks) < len(waits):
        return ""
    if not all(is_in(wait.frames[:2], "synchronize.py", "__enter__") or _acquires(wait) for wait in waits):
        return ""
    return (" These are different locks: probably each holds one that another waits for. Take locks in the same order "
            "everywhere.")  # fmt: skip


def _acquires(wait: ThreadWait) -> bool:
    """Whether its innermost frame is the user's own, which waits in C: acquire() is no function of Python."""
    return bool(wait.frames) and not wait.frames[0].is_library


def _wait_of(scene: HangScene, process: Process) -> str:
    join = scene.joins.get(process.id)
    if join is not None and join.process is not None:
        return join_words(scene, join)
    wait = scene.main_wait(process)
    alien = (
        process.kind is ProcessKind.SUBPROCESS and wait is not None and not wait.frames and wait.wait is Wait.PIPE_READ
    )
    return f"{names([process])} waits for {'data from a pipe' if alien else waits_for(wait)}{scene.place(process)}"
