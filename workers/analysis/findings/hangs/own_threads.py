"""loop_blocked, thread_deadlock, thread_never_ends, full_queue: a process that only its own threads could free, and none can.

Also `task_done_missing` and `submit_in_worker` among threads. A process whose first thread waits in Event.wait(), say until
Ctrl-C, is none of these. Pure functions on a timeline, any process.
"""

import os
from collections.abc import Iterator
from typing import NamedTuple

from workers.analysis.findings.finding import Finding, capitalized, names
from workers.analysis.findings.hangs.hang_scene import HangScene, join_words
from workers.analysis.findings.hangs.lock_holders import is_same_lock, took_twice
from workers.analysis.findings.hangs.user_calls import called_name, is_in, is_notified, user_call, waits_for_a_task
from workers.analysis.findings.hangs.wait_words import how_ended
from workers.timeline.model import Process, Wait
from workers.timeline.stacks import CodeFrame, ThreadStack, ThreadWait, WithStatement

_MOST_NAMED = 3


class _Thread(NamedTuple):
    """A thread that is stuck, with the stack that it has had since its wait began."""

    stack: ThreadStack
    wait: ThreadWait

    @property
    def name(self) -> str:
        """As sentences call it."""
        return "its first thread" if self.wait.main else f"thread {self.stack.name}" if self.stack.name else "a thread"

    @property
    def entering(self) -> WithStatement | None:
        """The lock that it waits for, as its source has it."""
        if is_notified(self.wait.frames):
            return None
        return next((one for one in self.stack.withs if not one.inside), None)

    @property
    def place(self) -> str:
        """`` in Queue.get() (worker.py:41)``; the call alone where it is a task of an executor itself; else empty."""
        frames = self.wait.frames
        call = user_call(frames)
        if call is not None:
            return call.place
        run = next((at for at, frame in enumerate(frames) if at and is_in((frame,), "thread.py", "run")), 0)
        return f" in {called_name(frames[run - 1])}" if run else ""


def find(scene: HangScene) -> Iterator[Finding]:
    """One finding at most for each process that is stuck so."""
    for process in scene.stuck:
        wait = scene.main_wait(process)
        if wait is None or not wait.frames:
            continue
        found = None
        if wait.wait is Wait.OWN_LOCK:
            threads = list(_threads(scene, process))
            for kind in (_loop, _locks, _executor, _queue_join, _thread_end):
                found = found or kind(scene, process, threads)
        elif wait.wait is Wait.LOCK:
            found = _full_queue(scene, process, wait)
        if found is not None:
            yield found


def _threads(scene: HangScene, process: Process) -> Iterator[_Thread]:
    """Its stuck threads whose stacks are known, the first one first."""
    stacks = {one.thread: one for one in process.hang_stacks}
    for key, wait in sorted(scene.waits.items(), key=lambda one: not one[1].main):
        stack = stacks.get(key.thread)
        if (
            key.process == process.id
            and scene.is_stuck_thread(key)
            and stack is not None
            and stack.frames == wait.frames
        ):
            yield _Thread(stack, wait)


def _loop(scene: HangScene, process: Process, threads: list[_Thread]) -> Finding | None:
    """A function that runs inside of an event loop of asyncio waits, so that the loop does not go on."""
    for one in threads:
        frames = one.wait.frames
        own = next((at for at, frame in enumerate(frames) if not frame.is_library), len(frames))
        if is_in(frames[own:], "base_events.py", "run_forever") and is_in(
            frames[:own], "_base.py", "result", "exception"
        ):
            text = (f"{names([process])} waits{one.place} inside of the event loop of asyncio: the loop does not go on before "
                    "this call returns, and so nothing that runs in it can bring the result. Use await there.")  # fmt: skip
            return scene.wait_finding("loop_blocked", text, process, [])
    return None


def _locks(scene: HangScene, process: Process, threads: list[_Thread]) -> Finding | None:
    """A thread waits for a lock that another stuck one of these probably holds, or it itself."""
    for one in threads:
        entered = one.entering
        if entered is None:
            continue
        holders = [(other, held) for other in threads for held in other.stack.withs if is_same_lock(held, entered)]
        if len({id(other) for other, _ in holders}) != 1:
            continue
        holder, held = holders[0]
        who = f"{one.name} of {names([process])}" if len(threads) > 1 or not one.wait.main else names([process])
        if holder is one:
            text = f"{who} waits forever{one.place}: it {took_twice(held, entered)}"
            return scene.wait_finding("thread_deadlock", _capital(text), process, [])
        back = holder.entering
        same = back is not None and any(is_same_lock(other, back) for other in one.stack.withs)
        then = f"which itself waits{holder.place}"
        if same and back is not None:
            then = (f"which itself waits for {back.text}{holder.place}, and {one.name} probably holds that. Take locks in the "
                    "same order everywhere")  # fmt: skip
        text = (f"{who} waits forever for {entered.text}{one.place}. It is probably held by {holder.name}, since "
                f"{os.path.basename(held.file)}:{held.line}, {then}.")  # fmt: skip
        return scene.wait_finding("thread_deadlock", _capital(text), process, [])
    return None


def _executor(scene: HangScene, process: Process, threads: list[_Thread]) -> Finding | None:
    """All threads of an executor, or of a ThreadPool, wait for results inside of tasks."""
    workers = [one for one in threads if is_in(one.wait.frames, "thread.py", "_worker")]
    inside = [one for one in workers if is_in(one.wait.frames, "_base.py", "result", "exception", "wait", "as_completed")
              and is_in(one.wait.frames, "thread.py", "run")]  # fmt: skip
    owner = "ThreadPoolExecutor"
    if not workers:
        owner = "ThreadPool"
        workers = [one for one in threads if is_in(one.wait.frames, "pool.py", "worker")]
        inside = [one for one in workers if _waits_for_pool(one.wait.frames)]
    if not inside or len(inside) != len(workers) or len(workers) < _alive_workers(process, owner):
        return None
    count = "the only thread" if len(inside) == 1 else f"all {len(inside)} threads"
    wait = "waits" if len(inside) == 1 else "wait"
    text = (f"{count} of the {owner} of {names([process])} {wait}{inside[0].place} inside of a task, "
            f"probably for tasks of the same {owner}, for which no thread is left. Let a task not wait for another one of its "
            f"{owner}.")  # fmt: skip
    return scene.wait_finding("submit_in_worker", _capital(text), process, [])


def _waits_for_pool(frames: tuple[CodeFrame, ...]) -> bool:
    """Whether it waits for a result of a Pool inside of a task, and not for its next task."""
    call = next((at for at, frame in enumerate(frames) if not frame.is_library), 0)
    return is_in(frames[:call], "pool.py", "get", "wait", "next") and is_in(frames[call:], "pool.py", "worker")


def _alive_workers(process: Process, owner: str) -> int:
    """How many threads run tasks of such an owner, also those that are not stuck."""
    file, function = ("thread.py", "_worker") if owner == "ThreadPoolExecutor" else ("pool.py", "worker")
    return sum(is_in(stack.frames, file, function) for stack in process.hang_stacks)


def _queue_join(scene: HangScene, process: Process, threads: list[_Thread]) -> Finding | None:
    """queue.Queue.join() waits, and the threads that take items wait for the next one."""
    main = threads[0] if threads and threads[0].wait.main else None
    if main is None or not is_in(main.wait.frames, "queue.py", "join"):
        return None
    takers = [one for one in threads if is_in(one.wait.frames, "queue.py", "get")]
    if takers:
        who = f"{takers[0].name} waits" if len(takers) == 1 else f"{len(takers)} threads wait"
        why = (f"{who} for the next item{takers[0].place}: task_done() was probably not called for all that were taken. "
               "Call it once for each item that get() gave")  # fmt: skip
    elif len(process.hang_stacks) == 1:
        why = "no thread is left that could call it. A thread that an exception ends takes no more items"
    else:
        return None
    text = f"{names([process])} waits{main.place} until task_done() was called for each item that was put, but {why}."
    return scene.wait_finding("task_done_missing", text, process, [])


def _thread_end(scene: HangScene, process: Process, threads: list[_Thread]) -> Finding | None:
    """A process waits for the end of a thread of its own, at its exit or in join()."""
    main = threads[0] if threads and threads[0].wait.main else None
    at_exit = main is not None and is_in(main.wait.frames[:2], "threading.py", "_shutdown")
    closes = main is not None and is_in(main.wait.frames, "base_events.py", "run_forever")
    if main is None or not (at_exit or closes or _joins(main.wait.frames)):
        return None
    joiner = scene.joiner_of(process)
    ends = [one for one in threads if not one.wait.main and _may_be_awaited(one, joined=joiner is not None)]
    if not ends:
        return None
    shown = "; ".join(f"{one.name} waits{one.place}" for one in ends[:_MOST_NAMED])
    more = f"; and {len(ends) - _MOST_NAMED} more wait" if len(ends) > _MOST_NAMED else ""
    waiter = "" if joiner is None else f"{capitalized(join_words(scene, joiner))}. "
    what = "has done its work and cannot exit" if at_exit else f"waits{main.place} and cannot go on"
    if closes:
        what = f"waits{main.place} for its event loop to close, which it does not do"
    advice = " Send a value that ends the loop, or make it a daemon thread." if at_exit or _gets(ends) else ""
    if closes:
        advice = " A thread of run_in_executor() cannot be cancelled: end what it waits for, or give it a timeout."
    text = f"{waiter}{names([process])} {what} before its own threads end, which never will: {shown}{more}.{advice}"
    return scene.wait_finding(
        "thread_never_ends", _capital(text), process, [] if joiner is None else [scene.timeline.process(joiner.by)]
    )


def _full_queue(scene: HangScene, process: Process, wait: ThreadWait) -> Finding | None:
    """Queue.put() waits for a place in a bounded Queue that no other process has."""
    if not is_in(wait.frames[:1], "queues.py", "put"):
        return None
    holders = scene.timeline.holders.get(wait.object)
    if not holders or {one.process for one in holders} != {process.id}:
        return None
    gone = scene.gone()
    why = (f"any more: {how_ended(gone)}. Nothing is taken from it before this call returns." if gone else
           "yet: nothing is taken from it before this call returns. Start the process that takes from it first.")  # fmt: skip
    text = f"{names([process])} waits{scene.place(process)} for a free place in a full Queue, which no other process has {why}"
    return scene.wait_finding("full_queue", text, process, gone[::-1])


def _joins(frames: tuple[CodeFrame, ...]) -> bool:
    return is_in(frames[:2], "threading.py", "join", "_wait_for_tstate_lock")


def _gets(threads: list[_Thread]) -> bool:
    return all(is_in(one.wait.frames, "queue.py", "get") for one in threads)


def _may_be_awaited(one: _Thread, *, joined: bool) -> bool:
    """Whether the end of this thread may be awaited: it runs code of the user. One that waits in Event.wait() may do so until
    the user ends the program, unless another process joins this one."""
    in_task = is_in(one.wait.frames, "thread.py", "run") and not waits_for_a_task(one.wait.frames)
    if (user_call(one.wait.frames) is None and not in_task) or is_in(one.wait.frames, "queues.py", "_feed"):
        return False
    idle = is_in(one.wait.frames, "threading.py", "wait") and not is_in(one.wait.frames, "queue.py", "get")
    return joined or not idle


def _capital(text: str) -> str:
    return text[0].upper() + text[1:] if text.startswith(("thread ", "its ", "the ", "all ", "a thread")) else text
