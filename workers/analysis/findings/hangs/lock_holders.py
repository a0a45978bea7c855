"""lock_kept; and who probably holds the lock that a process waits for: whoever is between taking and releasing it. Pure, any
process.

The kernel does not know who holds a lock of multiprocessing. The source says who is inside the same with statement, or past
acquire() and not at release(), and which function takes the lock and never releases it.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from workers.analysis.findings.finding import Finding, Severity, capitalized, error_words, moment, names
from workers.analysis.findings.hangs.hang_scene import HangScene
from workers.timeline.model import Process, RaisedError, Wait
from workers.timeline.stacks import ThreadStack, UnguardedLock, WithStatement

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
        own = None if wait is None or wait.wait is not Wait.LOCK else scene.stack(process)
        entered = next((one for one in own.withs if not one.inside), None) if own is not None else None
        if entered is None or wait is None:
            continue
        holders = [
            (other, one) for other in scene.living if other is not process if (one := _held(scene, other, entered))
        ]
        if len(holders) == 1:
            other, held = holders[0]
            how = "took it with acquire()" if held.by_call else "is inside the with statement"
            who = capitalized(f"{names([other])} ")
            return (f" {who}probably holds the lock that {names([process])} waits for: it {how} at "
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
        left = None if holders or own is None or _is_held_elsewhere(scene, entered) else left_locked(scene, own)
        if left is not None and (left.by is not None or all(p.hang_stacks for p in scene.living)):
            return f" {left.text}"
    return ""


def _is_held_elsewhere(scene: HangScene, entered: WithStatement) -> bool:
    """Whether any thread of a living process is inside of what is waited for."""
    stacks = [stack for process in scene.living for stack in process.hang_stacks]
    return any(is_same_lock(one, entered) for stack in stacks for one in stack.withs)


class LeftLocked(NamedTuple):
    """How a lock was probably left locked: a sentence. by: the process whose exception did it; None where that is not known."""

    text: str
    by: Process | None


def left_locked(scene: HangScene, waiting: ThreadStack) -> LeftLocked | None:
    """How the lock that this thread waits for was probably left locked; None where nothing points to it.

    Told from an exception whose traceback is between acquire() and release() of that lock, or from the source where only one
    function may have left it so.
    """
    for one in waiting.unguarded:
        where = os.path.basename(one.file)
        for process in scene.timeline.processes:
            for error in scene.timeline.errors_of(process.id):
                if error.at_ns <= scene.at_ns and _passed(error, one):
                    text = (f"The lock was probably left locked by {names([process])}: {one.function}() took it with acquire() "
                            f"at {where}:{one.taken} and was ended by {error_words(error)} before release() at line "
                            f"{one.released}. Take it in a with statement.")  # fmt: skip
                    return LeftLocked(text, process)
    if len(waiting.unguarded) != 1:
        return None
    [one] = waiting.unguarded
    where = os.path.basename(one.file)
    how = f"returns at line {one.left} without release()" if one.left else (
        f"does not get to release() at line {one.released} if an exception ends it before")  # fmt: skip
    taken = f"{one.function}() takes it with acquire() at {where}:{one.taken}"
    text = f"The lock was probably left locked: {taken}, and {how}. Take it in a with statement."
    return LeftLocked(text, None)


def _passed(error: RaisedError, lock: UnguardedLock) -> bool:
    """Whether an exception went through this function between acquire() and release()."""
    for frame in error.frames:
        place, _, function = frame.rpartition(" ")
        file, _, line = place.rpartition(":")
        if function.rpartition(".")[2] == lock.function and os.path.basename(file) == os.path.basename(lock.file):
            return line.isdigit() and lock.taken < int(line) <= lock.released
    return False


def find(scene: HangScene) -> Iterator[Finding]:
    """lock_kept: processes wait for a lock, and whoever probably holds it sleeps, or waits for what comes from outside."""
    kept: dict[int, tuple[WithStatement, list[Process]]] = {}
    for process in scene.living:
        wait = scene.main_wait(process)
        own = scene.stack(process) if wait is not None and wait.wait is Wait.LOCK else None
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


def _held(scene: HangScene, process: Process, entered: WithStatement) -> WithStatement | None:
    """The with statement that a process is inside of, if it is this one, or enters the same in the same file."""
    stack = scene.stack(process)
    for one in () if stack is None else stack.withs:
        if is_same_lock(one, entered):
            return one
    return None
