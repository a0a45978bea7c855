"""lock_kept; and who probably holds the lock that a process waits for: whoever is between taking and releasing it. Pure, any
process.

The kernel does not know who holds a lock of multiprocessing. The source says who is inside the same with statement, or past
acquire() and not at release(), and which function takes the lock and never releases it.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

from workers.analysis.findings.finding import Finding, Severity, moment, names
from workers.analysis.findings.hangs.hang_scene import HangScene
from workers.timeline.model import Process, Wait
from workers.timeline.stacks import ThreadStack, WithStatement

_MEANWHILE = {
    Wait.TIME: "has slept",
    Wait.SOCKET: "has waited for a socket",
    Wait.INPUT: "has waited for input",
    Wait.KERNEL: "has waited inside the kernel, as for a disk,",
}
"""What the holder of a lock does that others wait for, where that may end by itself."""


def holder_words(scene: HangScene, waiting: Sequence[Process]) -> str:
    """Who holds the lock of the first of these processes where that can be concluded: a sentence after a blank, or nothing."""
    for process in waiting:
        wait = scene.main_wait(process)
        own = None if wait is None or wait.wait is not Wait.LOCK else _stack(scene, process)
        entered = next((one for one in own.withs if not one.inside), None) if own is not None else None
        if entered is None or wait is None:
            continue
        holders = [
            (other, one) for other in scene.living if other is not process if (one := _held(scene, other, entered))
        ]
        if len(holders) == 1:
            other, held = holders[0]
            how = "took it with acquire()" if held.by_call else "is inside the with statement"
            return (f" {names([other])} probably holds the lock that {names([process])} waits for: it {how} at "
                    f"{os.path.basename(held.file)}:{held.line}. It has been held since {moment(wait.since_ns)} at the "
                    "latest.")  # fmt: skip
        again = next((one for one in own.withs if is_same_lock(one, entered)), None) if own is not None else None
        if not holders and again is not None:
            return f" {names([process])} {took_twice(again, entered)}"
        if not holders and own is not None and len(own.unreleased) == 1:
            taking = own.unreleased[0]
            where = f"{os.path.basename(taking.file)}:{taking.line}"
            return (f" The lock was probably never released: {taking.function}() takes it with acquire() at {where} and has no "
                    "release(). Take it in a with statement.")  # fmt: skip
    return ""


def find(scene: HangScene) -> Iterator[Finding]:
    """lock_kept: processes wait for a lock, and whoever probably holds it sleeps, or waits for what comes from outside."""
    kept: dict[int, tuple[WithStatement, list[Process]]] = {}
    for process in scene.living:
        wait = scene.main_wait(process)
        own = _stack(scene, process) if wait is not None and wait.wait is Wait.LOCK else None
        entered = next((one for one in own.withs if not one.inside), None) if own is not None else None
        if entered is None:
            continue
        holders = [
            (other, held) for other in scene.living if other is not process and (held := _held(scene, other, entered))
        ]
        if len(holders) == 1:
            kept.setdefault(holders[0][0].id, (holders[0][1], []))[1].append(process)
    for number, (held, waiting) in kept.items():
        holder = scene.timeline.process(number)
        wait = scene.main_wait(holder)
        does = None if wait is None or scene.is_stuck(holder) else _MEANWHILE.get(wait.wait)
        if wait is None or does is None:
            continue
        since_ns = min(one.since_ns for p in waiting if (one := scene.main_wait(p)) is not None)
        text = (f"{names(waiting)} {'has' if len(waiting) == 1 else 'have'} waited since {moment(since_ns)} for a lock that "
                f"{names([holder])} probably holds: it took it at {os.path.basename(held.file)}:{held.line}, and {does}"
                f"{scene.place(holder)} since {moment(wait.since_ns)}. Release the lock before such a wait.")  # fmt: skip
        yield replace(scene.wait_finding("lock_kept", text, holder, waiting), severity=Severity.ADVICE)


def is_same_lock(one: WithStatement, entered: WithStatement) -> bool:
    """Whether a thread is inside what another one, or itself, is entering: the same statement, or the same words."""
    return one.inside and one.file == entered.file and (one.line == entered.line or one.text == entered.text)


def took_twice(held: WithStatement, entered: WithStatement) -> str:
    """``probably holds that lock itself …`` of a thread that waits for what it is inside of."""
    where = os.path.basename(held.file)
    return (f"probably holds that lock itself: it took {entered.text} at {where}:{held.line}, and waits to take it again at "
            f"{where}:{entered.line}. A Lock can be taken once only; an RLock can be taken again by who holds it.")  # fmt: skip


def _stack(scene: HangScene, process: Process) -> ThreadStack | None:
    """The stack of its first thread, which waits in it still."""
    wait = scene.main_wait(process)
    return next(
        (one for one in process.stacks if wait is not None and one.thread == wait.thread and one.frames == wait.frames),
        None,
    )


def _held(scene: HangScene, process: Process, entered: WithStatement) -> WithStatement | None:
    """The with statement that a process is inside of, if it is this one, or enters the same in the same file."""
    stack = _stack(scene, process)
    for one in () if stack is None else stack.withs:
        if is_same_lock(one, entered):
            return one
    return None
