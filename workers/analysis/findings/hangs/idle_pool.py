"""idle_pool: a process waits, and the workers of its pool have nothing to do that could end this.

Pure functions, any process.
"""

from collections.abc import Iterator, Sequence

from workers.analysis.findings.finding import Finding, error_words, names
from workers.analysis.findings.hangs.hang_scene import HangScene
from workers.analysis.findings.hangs.user_calls import is_in, is_notified, waits_for_a_task
from workers.analysis.findings.hangs.wait_words import waits_for
from workers.timeline.model import Process, ProcessKind, RaisedBy, RaisedError, Wait
from workers.timeline.stacks import ThreadWait


def find(scene: HangScene) -> Iterator[Finding]:
    """One finding for each process that is stuck so while nobody else is."""
    if len(scene.stuck) != 1 or scene.awaits_stacks:
        return
    [process] = scene.stuck
    wait = scene.main_wait(process)
    workers = [p for p in scene.living if p.parent_id == process.id and p.kind is ProcessKind.POOL_WORKER]
    if wait is None or not _needs_another(wait) or not workers or len(workers) != len(scene.living) - 1:
        return
    mains = [scene.main_wait(worker) for worker in workers]
    if any(main is None or not waits_for_a_task(main.frames) for main in mains):
        return
    count = "the only worker of its pool waits" if len(workers) == 1 else f"all {len(workers)} workers of its pool wait"
    text = (f"{names([process])} waits forever{scene.place(process)} for {waits_for(wait)}: {count} for a task, and nothing is "
            f"left to end it.{_why(scene, process, wait)}")  # fmt: skip
    yield scene.wait_finding("idle_pool", text, process, [])


def _needs_another(wait: ThreadWait) -> bool:
    """Whether it waits for what a task, or a callback, was to do; not until the user ends it, as in Event.wait()."""
    if wait.wait is Wait.PIPE_READ:
        return is_in(wait.frames, "queues.py", "get") or is_in(wait.frames, "connection.py", "recv", "recv_bytes")
    if wait.wait not in (Wait.LOCK, Wait.OWN_LOCK) or not wait.frames:
        return False
    if is_in(wait.frames, "pool.py", "get", "wait", "next", "join") or is_in(wait.frames, "_base.py", "result", "wait"):
        return False
    if is_in(wait.frames[:2], "threading.py", "acquire", "__enter__") or is_in(wait.frames[:2], "queue.py", "get"):
        return True
    return not is_notified(wait.frames)


def _why(scene: HangScene, process: Process, wait: ThreadWait) -> str:
    """What became of the tasks: a sentence after a blank, or nothing."""
    errors = [one for one in scene.timeline.errors if one.at_ns <= scene.at_ns]
    own = [one for one in errors if one.by is RaisedBy.THREAD and one.process == process.id]
    unsent = [one for one in own if "_handle_tasks" in one.thread]
    if unsent:
        return f" {_tasks(unsent)} could not be sent to the workers, and never ran: {error_words(unsent[0])}."
    tasks = [one for one in errors if one.by is RaisedBy.TASK]
    raised = [one for one in tasks if scene.timeline.process(one.process).parent_id == process.id]
    if not raised:
        return ""
    then = "What these were to send was probably never sent."
    if wait.wait is not Wait.PIPE_READ:
        then = ("The callback of apply_async() is not called for such a task: what it was to release, error_callback has to "
                "release as well.")  # fmt: skip
    return f" {_tasks(raised)} raised an exception, the first {error_words(raised[0])}. {then}"


def _tasks(errors: Sequence[RaisedError]) -> str:
    return "1 task" if len(errors) == 1 else f"{len(errors):,} tasks"
