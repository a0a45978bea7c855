"""task_done_missing: JoinableQueue.join() waits, and everything that was put has been taken. Pure functions, any process.

How many items were put, and how often task_done() was called, is counted by each process.
"""

from collections.abc import Iterator

from workers.analysis.findings.finding import Finding, names
from workers.analysis.findings.hangs.hang_scene import HangScene
from workers.analysis.findings.hangs.user_calls import is_in
from workers.timeline.model import Process


def find(scene: HangScene) -> Iterator[Finding]:
    """One finding for each process that is stuck so."""
    for process in scene.stuck:
        wait = scene.main_wait(process)
        if wait is None or not is_in(wait.frames, "queues.py", "join"):
            continue
        takers = [other for other in scene.stuck if other is not process and _gets(scene, other)]
        if takers:
            counted = counted_words(scene, process)
            why = (f"{counted}. Call task_done() once for each item that get() gave" if counted
                   else "task_done() was probably not called for all that were taken")  # fmt: skip
            text = (f"{names([process])} waits{scene.place(process)} until task_done() was called for each item that was put, "
                    f"but {names(takers)} {'waits' if len(takers) == 1 else 'wait'} for the next item"
                    f"{scene.place(takers[0])}: {why}.")  # fmt: skip
            yield scene.wait_finding("task_done_missing", text, process, takers)


def counted_words(scene: HangScene, process: Process) -> str:
    """``3 items were put, and task_done() was called 2 times`` of the queue that a process joins; empty where not known."""
    wait = scene.main_wait(process)
    if wait is None or not is_in(wait.frames, "queues.py", "join"):
        return ""
    joined = [(used[process.id].joined_ns, used) for used in scene.timeline.queues.values() if process.id in used]
    latest = max(((at_ns, used) for at_ns, used in joined if at_ns is not None), key=lambda one: one[0], default=None)
    if latest is None:
        return ""
    puts, calls = (sum(getattr(one, what) for one in latest[1].values()) for what in ("puts", "task_dones"))
    if calls >= puts:  # something was not recorded
        return ""
    put = "1 item was put" if puts == 1 else f"{puts:,} items were put"
    called = "never called" if not calls else "called once" if calls == 1 else f"called {calls:,} times"
    return f"{put}, and task_done() was {called}"


def _gets(scene: HangScene, process: Process) -> bool:
    wait = scene.main_wait(process)
    return wait is not None and is_in(wait.frames, "queues.py", "get")
