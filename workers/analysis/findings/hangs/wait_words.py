"""Words for waits that do not end: what for, which processes might have ended them, and how. Pure functions, any process."""

import os
from collections.abc import Sequence

from workers.analysis.findings.finding import capitalized, names
from workers.analysis.findings.hangs.hang_scene import HangScene
from workers.analysis.findings.hangs.user_calls import is_in, is_notified, user_call
from workers.analysis.queue_depth import queue_depth
from workers.plan.sizes import format_duration
from workers.timeline.model import Process, ProcessKind, Wait
from workers.timeline.stacks import ThreadWait

WAITS_FOR = {
    Wait.LOCK: "a lock, semaphore or event",
    Wait.OWN_LOCK: "a lock between its own threads",
    Wait.PIPE_READ: "data from a Queue or Connection",
    Wait.PIPE_WRITE: "room in a full pipe",
    Wait.CHILD: "a child process",
    Wait.SEVERAL: "the first of several processes or pipes",
}
_DEEDS = {
    "Event.wait()": "set it",
    "Condition.wait()": "notify it",
    "Barrier.wait()": "come to it",
    "Queue.put()": "take an item from it",
    "JoinableQueue.put()": "take an item from it",
}
_OF_PROGRAM = frozenset((ProcessKind.WORKER, ProcessKind.POOL_WORKER, ProcessKind.FORKED))
_CALLS_FOR = {"set it": ("set",), "notify it": ("notify", "notify_all")}
_CALLS_OF = {"set": frozenset(("set",)), "notify": frozenset(("notify", "notify_all"))}
_MULTIPROCESSING = frozenset((ProcessKind.WORKER, ProcessKind.POOL_WORKER))


def waits_for(wait: ThreadWait | None) -> str:
    """What a thread waits for."""
    return "something" if wait is None else WAITS_FOR.get(wait.wait, "something")


def deed(wait: ThreadWait | None) -> str:
    """What would end this wait, in words that follow "to"."""
    if wait is None or wait.wait is Wait.PIPE_READ:
        return "send it"
    call = user_call(wait.frames)
    if call is None:
        return "release or set it"
    return _DEEDS.get(call.call, "release it" if not is_notified(wait.frames) else "release or set it")


def cut_short(process: Process) -> str:
    """How a process ended before the end of its work, in words that follow "which"; empty for all others."""
    if process.exited_ns is None:
        return ""
    if process.signal_name:
        return f"was killed by {process.signal_name}"
    if process.exit_code:
        return f"ended with exit code {process.exit_code}"
    began, ended = process.target_began_ns is not None, process.target_ended_ns is not None
    return "exited in the middle of its work" if process.kind in _MULTIPROCESSING and began and not ended else ""


def who_were_cut_short(processes: Sequence[Process]) -> str:
    """``Process-1, which was killed by SIGKILL,`` for processes that were cut short."""
    ways = " or ".join(dict.fromkeys(cut_short(process) for process in processes))
    if len(processes) > 1:
        ways = ways.replace("was killed", "were killed").replace("its work", "their work")
    return f"{names(processes)}, which {ways},"


def how_ended(processes: Sequence[Process]) -> str:
    """``Process-1 ended with exit code 1 (ValueError) at 68 ms``, or that several have ended: the ones that failed first."""
    short = [process for process in processes if cut_short(process)]
    if len(processes) > 1 and len(short) != 1:
        return f"{who_were_cut_short(short)} and all others have ended" if short else f"{names(processes)} have ended"
    process = short[0] if short else processes[0]
    how = f" with {process.signal_name or process.exit_text}" if process.exit_code else ""
    why = f" ({process.error})" if process.error else ""
    others = ", and all others have ended" if len(processes) > 1 else ""
    return f"{names([process])} ended{how}{why} at {format_duration((process.exited_ns or 0) / 1e9)}{others}"


def way_out(scene: HangScene, waiting: Sequence[Process]) -> str:
    """What would let these processes continue: a sentence after a blank, or nothing."""
    mains = {wait.wait for process in waiting if (wait := scene.main_wait(process)) is not None}
    if Wait.PIPE_READ in mains:
        when = ", before join()" if scene.joins.keys() - scene.asks.keys() else ""
        return f" No process is left to send it: send the data, or the value that ends the waiting loop{when}."
    if Wait.LOCK in mains:
        deeds = {deed(wait) for process in waiting if (wait := scene.main_wait(process)) and wait.wait is Wait.LOCK}
        if deeds == {"come to it"}:
            return (" No process is left to come to the Barrier: it has probably been made for more parties than there are "
                    "processes.")  # fmt: skip
        calls = frozenset(call for one in deeds for call in _CALLS_FOR.get(one, ()))
        later = [
            p
            for p in scene.living
            if any(one.thread == p.pid and not calls.isdisjoint(one.may_call) for one in p.hang_stacks)
        ]
        # At the end of a with statement its body, which the source would count, is over.
        if len(deeds) == 1 and len(later) == 1 and scene.is_stuck(later[0]) and not _leaves_with(scene, later[0]):
            return (f" Probably {names(later)} would {deeds.pop()} only after what it waits for itself: let it do so "
                    "before.")  # fmt: skip
        return f" No process is left to {deeds.pop() if len(deeds) == 1 else 'release or set it'}."
    lonely = next((p for p in waiting if _waits_for_itself(scene, p)), None)
    if lonely is not None:
        parent = "" if not lonely.threads_at_fork else ", as by a thread of its parent, which a fork does not have,"
        return (f" {names([lonely])} has no other thread that could end this: an Event, a Condition or a Queue of threading "
                "and queue is not shared between processes. What is done to it in another process"
                f"{parent} happens to a copy.")  # fmt: skip
    forked = [
        p for p in waiting if p.start_method == "fork" and p.threads_at_fork != 0 and is_alone_in_own_lock(scene, p)
        and (wait := scene.main_wait(p)) is not None and not is_notified(wait.frames)
    ]  # fmt: skip
    if forked:
        return (f" If another thread of its parent held that lock when {names(forked[:1])} was forked, it stays locked "
                "forever.")  # fmt: skip
    return ""


def _waits_for_itself(scene: HangScene, process: Process) -> bool:
    """Whether a process of one thread waits for what only another thread of it could do."""
    wait = scene.main_wait(process)
    if wait is None or process.kind not in _OF_PROGRAM or process.threads != 1 or wait.wait is not Wait.OWN_LOCK:
        return False
    return is_in(wait.frames[:2], "threading.py", "wait", "wait_for") or is_in(
        wait.frames[:2], "queue.py", "get", "join"
    )


def missed_words(scene: HangScene, waiting: Sequence[Process]) -> str:
    """What a process that waits for an Event or a Condition probably came too late for: after a blank, or nothing."""
    for process in waiting:
        wait, stack = scene.main_wait(process), scene.stack(process)
        late = None if stack is None else stack.missed
        if wait is None or late is None or wait.wait is not Wait.LOCK:
            continue
        if any(not _CALLS_OF[late.call].isdisjoint(one.may_call) for p in scene.living for one in p.hang_stacks):
            continue  # it is called only after what waits now
        where = f"{os.path.basename(late.file)}:{late.line}"
        if late.call == "set":
            return (f" The Event is set at {where} and cleared at line {late.after}: who comes to wait() after that has missed "
                    f"it, as {names([process])} probably has.")  # fmt: skip
        return (f" notify() at {where} was probably called before {names([process])} waited: nobody is woken by it later. Use "
                "wait_for(), or wait in a loop that asks first whether there is something to wait for.")  # fmt: skip
    return ""


def _leaves_with(scene: HangScene, process: Process) -> bool:
    """Whether it waits at the end of a with statement of the user's code."""
    wait = scene.main_wait(process)
    frames = () if wait is None else wait.frames
    own = next((at for at, frame in enumerate(frames) if not frame.is_library), 0)
    return own > 0 and frames[own - 1].function.rpartition(".")[2] == "__exit__"


def at_with_words(scene: HangScene, waiting: Sequence[Process]) -> str:
    """That a process waits at the end of a with statement, where an exception of its body is not told yet."""
    for process in waiting:
        if _leaves_with(scene, process):
            who = capitalized(f"{names([process])} ")
            return (f" {who}is at the end of the with statement: if an exception has ended its body, that is told only after "
                    "this wait.")  # fmt: skip
    return ""


def empty_words(scene: HangScene, waiting: Sequence[Process]) -> str:
    """Why one of these waits for data although it asked before whether there is some: a sentence after a blank, or nothing."""
    for process in waiting:
        wait, stack = scene.main_wait(process), scene.stack(process)
        asked = None if stack is None else stack.asked_empty
        if wait is None or asked is None or wait.wait not in (Wait.PIPE_READ, Wait.LOCK):
            continue
        others = [p for p in scene.timeline.processes if p is not process and p.parent_id == process.parent_id
                  and p.kind is process.kind]  # fmt: skip
        if others:
            where = f"{os.path.basename(asked.file)}:{asked.line}"
            return (f" {names([process])} had asked whether {asked.text} is empty ({where}). Probably another process took the "
                    "last item between that and the call that waits: use get_nowait(), or get() with a timeout, and take "
                    "queue.Empty for the end.")  # fmt: skip
    return ""


def queued_words(scene: HangScene, waiting: Sequence[Process]) -> str:
    """That all workers of a pool wait inside of tasks, while further tasks have not begun: a sentence after a blank."""
    busy = [p for p in waiting if p.kind is ProcessKind.POOL_WORKER and scene.timeline.open_tasks(p.id)
            and not deed(scene.main_wait(p)).startswith("release")]  # fmt: skip
    parents = {p.parent_id for p in busy}
    if not busy or len(parents) != 1:
        return ""
    alive = [p for p in scene.living if p.kind is ProcessKind.POOL_WORKER and p.parent_id in parents]
    queued = queue_depth(scene.timeline).at(scene.at_ns)
    if len(alive) != len(busy) or not queued:
        return ""
    workers = "The only worker of its pool waits" if len(busy) == 1 else f"All {len(busy)} workers of the pool wait"
    tasks = "1 more task has" if queued == 1 else f"{queued:,} more tasks have"
    return (f" {workers} inside of a task, and {tasks} not begun: if one of these has to do it, it needs a worker that is "
            "free.")  # fmt: skip


def is_alone_in_own_lock(scene: HangScene, process: Process) -> bool:
    """Whether all threads of a process wait for locks of its own, which nobody else can release."""
    waits = [wait for key, wait in scene.waits.items() if key.process == process.id]
    return len(waits) == process.threads and all(wait.wait is Wait.OWN_LOCK for wait in waits)
