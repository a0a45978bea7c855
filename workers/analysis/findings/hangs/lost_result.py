"""lost_result: a process waits for the result of a task whose worker ended while running it. Pure functions, any process."""

from collections.abc import Iterator

from workers.analysis.deliberate_ends import deliberate_end
from workers.analysis.findings.finding import Finding, error_words, moment, names
from workers.analysis.findings.hangs.hang_scene import HangScene
from workers.analysis.findings.hangs.user_calls import is_in
from workers.timeline.model import Process, ProcessKind, RaisedBy, RaisedError, Task, Wait


def find(scene: HangScene) -> Iterator[Finding]:
    """One finding for each parent that waits so."""
    for parent in scene.living:
        wait = scene.main_wait(parent)
        if wait is None or wait.wait not in (Wait.LOCK, Wait.OWN_LOCK):
            continue
        children = [p for p in scene.timeline.processes if p.parent_id == parent.id]
        dead = _result_thread(scene, parent) if is_in(wait.frames, "pool.py", "wait", "get", "next", "join") else None
        if dead is not None:
            text = (f"{names([parent])} waits{scene.place(parent)} for a result of its Pool, which will never come: the Pool's "
                    f"thread that takes the results was ended at {moment(dead.at_ns)} by {error_words(dead)}.")  # fmt: skip
            yield scene.wait_finding("lost_result", text, parent, [])
            continue
        if any(scene.timeline.open_tasks(p.id) for p in children if scene.lives(p)):
            continue
        lost = [(child, task) for child in children if child.exited_ns is not None
                and child.exited_ns <= max(wait.since_ns, scene.at_ns) and (child.failed or child.exit_code == 0)
                for task in scene.timeline.open_tasks(child.id)]  # fmt: skip
        if lost:
            yield _lost_result(scene, parent, lost)
        elif is_in(wait.frames, "pool.py", "wait", "get", "next") and _pool_was_ended(scene, children):
            ended = [p for p in children if _is_of_pool(p)]
            text = (f"{names([parent])} waits{scene.place(parent)} for the result of a task, which will never come: "
                    f"{names(ended)} {'was' if len(ended) == 1 else 'were'} ended by terminate() of its own Pool, as at the "
                    "end of a with statement, before the task was done.")  # fmt: skip
            yield scene.wait_finding("lost_result", text, parent, ended)


def _result_thread(scene: HangScene, parent: Process) -> RaisedError | None:
    """The exception that ended the thread that takes a Pool's results, if no other one is left in this process."""
    name = "_handle_results"
    if any(name in stack.name or is_in(stack.frames, "pool.py", name) for stack in parent.hang_stacks):
        return None
    return next((one for one in scene.timeline.errors_of(parent.id)
                 if one.by is RaisedBy.THREAD and name in one.thread and one.at_ns <= scene.at_ns), None)  # fmt: skip


def _pool_was_ended(scene: HangScene, children: list[Process]) -> bool:
    """Whether there was a Pool, and all workers of all Pools were ended by terminate()."""
    workers = [p for p in children if _is_of_pool(p)]
    return bool(workers) and all(
        not scene.lives(p) and (p.exit_code == 0 or deliberate_end(scene.timeline, p) == "terminate()") for p in workers
    )


def _is_of_pool(process: Process) -> bool:
    """Whether it is a worker of a Pool, also one that was ended before it began: a Pool names its workers so."""
    return process.kind is ProcessKind.POOL_WORKER or (
        process.kind is ProcessKind.WORKER and "PoolWorker-" in process.name
    )


def _lost_result(scene: HangScene, parent: Process, lost: list[tuple[Process, Task]]) -> Finding:
    child, task = lost[0]
    more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
    by = deliberate_end(scene.timeline, child)
    if by == "terminate()" and child.kind is ProcessKind.POOL_WORKER:
        how = "was ended by terminate() of its own Pool, as at the end of a with statement, while it ran it"
    else:
        how = f"ended with {child.signal_name or child.exit_text} while running it"
    text = (f"{names([parent])} waits{scene.place(parent)} for the result of {task.name}{more}, which will never come: "
            f"{names([child])} {how}.")  # fmt: skip
    return scene.wait_finding("lost_result", text, parent, [child])
