"""locked_at_fork, forked_without_threads, submit_in_worker: a forked process waits for a lock of its own that no thread of it
holds, or for a thread that it does not have.

A fork copies locks as they are, and no thread but the one that forks. Pure functions on a timeline, any process.
"""

from collections.abc import Iterator

from workers.analysis.findings.finding import Finding, moment, names
from workers.analysis.findings.hangs.hang_scene import HangScene
from workers.analysis.findings.hangs.user_calls import is_in, is_notified, runs_a_task
from workers.analysis.findings.hangs.wait_words import is_alone_in_own_lock
from workers.timeline.model import Process

_MOST_NAMED = 3


def find(scene: HangScene) -> Iterator[Finding]:
    """One finding for the executor's workers that submit to it, one for all other such processes of a parent."""
    locked: dict[int, list[Process]] = {}
    for process in scene.stuck:
        if process.parent_id is None or not is_alone_in_own_lock(scene, process):
            continue
        wait = scene.main_wait(process)
        submits = wait is not None and runs_a_task(wait.frames) and (
            is_in(wait.frames, "process.py", "submit", "map") or is_in(wait.frames, "_base.py", "result")
        )  # fmt: skip
        if submits:
            yield _submit(scene, process)
        elif not process.threads_at_fork:
            continue
        elif wait is None or not is_notified(wait.frames):
            locked.setdefault(process.parent_id, []).append(process)
        elif process.threads == 1 and is_in(wait.frames, "_base.py", "result", "exception", "wait", "as_completed"):
            yield _without_threads(scene, process, "an executor")
        elif process.threads == 1 and is_in(wait.frames, "pool.py", "get", "wait", "next", "join"):
            yield _without_threads(scene, process, "a Pool")
    for parent, processes in locked.items():
        yield _locked(scene, scene.timeline.process(parent), processes)


def _submit(scene: HangScene, process: Process) -> Finding:
    tasks = scene.timeline.open_tasks(process.id)
    task = f"the task {tasks[0].name}" if tasks else "a task"
    text = (f"{names([process])} waits forever{scene.place(process)}: {task} that it runs probably submits to the executor "
            "that it runs in, or waits for its result. The executor's own thread is in the parent, and a worker's copy of the "
            "executor has none: submit from the parent.")  # fmt: skip
    return scene.wait_finding("submit_in_worker", text, process, [])


def _without_threads(scene: HangScene, process: Process, owner: str) -> Finding:
    """What it waits for is done by threads of an executor or of a Pool, which a fork does not copy."""
    assert process.parent_id is not None
    parent = scene.timeline.process(process.parent_id)
    had = f"had {(process.threads_at_fork or 0) + 1} threads when it forked {names([process])}, which has one"
    text = (f"{names([process])} waits forever{scene.place(process)}: the threads of {owner} bring the result, and a forked "
            f"process has no thread of its parent. Its parent, {names([parent])}, {had}. Make {owner} in the process that "
            "uses it.")  # fmt: skip
    return scene.wait_finding("forked_without_threads", text, process, [parent])


def _locked(scene: HangScene, parent: Process, processes: list[Process]) -> Finding:
    first = processes[0]
    wait = scene.main_wait(first)
    since = "its first moment" if _began_so(scene, first) else moment(wait.since_ns if wait else None)
    each = f"{names(processes)} {'has' if len(processes) == 1 else 'have'}"
    threads = (first.threads_at_fork or 0) + 1
    text = (f"{each} waited since {since} for a lock of {'its' if len(processes) == 1 else 'their'} own"
            f"{scene.place(first)}, which nobody can release: {names([parent])}, the parent, had {threads} threads when it "
            "forked, and another one of them probably held it. Threads are not copied by fork: start processes before threads, "
            "or use spawn.")  # fmt: skip
    return scene.wait_finding("locked_at_fork", text, first, [*processes[1:], parent])


def _began_so(scene: HangScene, process: Process) -> bool:
    """Whether it has waited so ever since it began, or since its only task did."""
    wait = scene.main_wait(process)
    tasks = scene.timeline.open_tasks(process.id)
    began_ns = tasks[0].began_ns if tasks and process.tasks == 1 else process.target_began_ns
    return wait is not None and began_ns is not None and wait.since_ns - began_ns < 1_000_000_000
