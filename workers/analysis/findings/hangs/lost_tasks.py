"""lost_tasks: workers of a Pool died before they began the tasks that they had taken, and somebody waits for these.

Pure functions on a timeline, any process.
"""

from collections.abc import Iterator

from workers.analysis.findings.finding import Finding, names
from workers.analysis.findings.hangs.hang_scene import HangScene
from workers.analysis.findings.hangs.user_calls import is_in, waits_for_a_task
from workers.timeline.model import Process, ProcessKind


def find(scene: HangScene) -> Iterator[Finding]:
    """One finding for each process whose Pool lost tasks so. All living workers wait for something to do."""
    for parent in scene.living:
        wait = scene.main_wait(parent)
        if wait is None or not is_in(wait.frames, "pool.py", "get", "next", "wait", "join"):
            continue
        workers = [
            p for p in scene.timeline.processes if p.parent_id == parent.id and p.kind is ProcessKind.POOL_WORKER
        ]
        died = [p for p in workers if p.failed and p.exited_ns is not None and p.exited_ns <= scene.at_ns and p.error
                and not scene.timeline.open_tasks(p.id)]  # fmt: skip
        alive = [p for p in workers if scene.lives(p)]
        if died and alive and all(_is_idle(scene, p) for p in alive):
            yield _lost(scene, parent, died)


def _is_idle(scene: HangScene, process: Process) -> bool:
    wait = scene.main_wait(process)
    return wait is not None and waits_for_a_task(wait.frames)


def _lost(scene: HangScene, parent: Process, died: list[Process]) -> Finding:
    errors = " or ".join(dict.fromkeys(process.error or "" for process in died))
    them = "it" if len(died) == 1 else "they"
    text = (f"{names([parent])} waits{scene.place(parent)} for tasks that will never be done: {names(died)} died of {errors} "
            f"while {them} took a task, before {them} began it. Probably the worker cannot find the function, as when the Pool "
            "is made before the function is defined.")  # fmt: skip
    return scene.wait_finding("lost_tasks", text, parent, died)
