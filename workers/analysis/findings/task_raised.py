"""task_raised: tasks of a pool or executor raised an exception. Pure functions on a timeline, any process."""

from collections.abc import Iterator

from workers.analysis.findings.finding import Finding, Severity
from workers.timeline.timeline import Timeline


def find(timeline: Timeline) -> Iterator[Finding]:
    """One finding for each pair of a task's name and what it raised."""
    # → (when first, process, how many) of each worker and thread
    kinds: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    store = timeline.tasks
    for process, lane in store.lanes():
        for name, error, count, at in lane.failures():
            kinds.setdefault((name, error), []).append((int(lane.t1[at]), process, count))
    for (name, error), workers in kinds.items():
        workers.sort()
        count = sum(worker[2] for worker in workers)
        task, raised = store.names[name], store.names[error]
        text = f"The task {task} raised {raised}." if count == 1 else f"{count:,} tasks named {task} raised {raised}."
        ids = tuple(dict.fromkeys(worker[1] for worker in workers))
        yield Finding("task_raised", Severity.ADVICE, text, ids, None, workers[0][0])
