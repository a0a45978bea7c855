"""task_done_missing: JoinableQueue.join() waits, and everything that was put has been taken. Pure functions, any process."""

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
            text = (f"{names([process])} waits{scene.place(process)} until task_done() was called for each item that was put, "
                    f"but {names(takers)} {'waits' if len(takers) == 1 else 'wait'} for the next item"
                    f"{scene.place(takers[0])}: task_done() was probably not called for all that were taken.")  # fmt: skip
            yield scene.wait_finding("task_done_missing", text, process, takers)


def _gets(scene: HangScene, process: Process) -> bool:
    wait = scene.main_wait(process)
    return wait is not None and is_in(wait.frames, "queues.py", "get")
