"""lost_result: a process waits for the result of a task whose worker died while running it. Pure functions, any process."""

from collections.abc import Iterator

from workers.analysis.findings.finding import Finding, Severity, capitalized, names
from workers.analysis.findings.hangs.hang_scene import HangScene
from workers.timeline.model import Process, Task, Wait


def find(scene: HangScene) -> Iterator[Finding]:
    """One finding for each parent that waits so."""
    for parent in scene.living:
        stand = parent.standstill
        if stand is None or stand.main not in (Wait.LOCK, Wait.OWN_LOCK) or not scene.is_still(parent):
            continue
        children = [p for p in scene.timeline.processes if p.parent_id == parent.id]
        if any(scene.timeline.open_tasks(p.id) for p in children if scene.lives(p)):
            continue
        lost = [(child, task) for child in children if child.exited_ns is not None
                and child.exited_ns <= stand.since_ns and child.failed
                for task in scene.timeline.open_tasks(child.id)]  # fmt: skip
        if lost:
            yield _lost_result(parent, lost)


def _lost_result(parent: Process, lost: list[tuple[Process, Task]]) -> Finding:
    child, task = lost[0]
    more = f" and {len(lost) - 1} more" if len(lost) > 1 else ""
    text = (f"{names([parent])} waits for the result of {task.name}{more}, which will never come: {names([child])} "
            f"ended with {child.signal_name or child.exit_text} while running it.")  # fmt: skip
    return Finding("lost_result", Severity.PROBLEM, capitalized(text), (parent.id, child.id), None, child.exited_ns)
