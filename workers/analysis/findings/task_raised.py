"""task_raised: tasks of a pool or executor raised an exception. Pure functions on a timeline, any process."""

from collections.abc import Iterator

from workers.analysis.findings.finding import Finding, Severity
from workers.timeline.timeline import Timeline


def find(timeline: Timeline) -> Iterator[Finding]:
    """One finding for each pair of a task's name and what it raised."""
    kinds: dict[tuple[int, int], list[tuple[int, int, int]]] = {}  # → (when first, process, how many) of each worker
    store = timeline.tasks
    for process in store.processes():
        lane = store.of(process)
        for name, error, count, at in [] if lane is None else lane.failures():
            assert lane is not None
            kinds.setdefault((name, error), []).append((int(lane.t1[at]), process, count))
    for (name, error), workers in kinds.items():
        workers.sort()
        count = sum(worker[2] for worker in workers)
        task, raised = store.names[name], store.names[error]
        text = f"The task {task} raised {raised}." if count == 1 else f"{count:,} tasks named {task} raised {raised}."
        ids = tuple(worker[1] for worker in workers)
        yield Finding("task_raised", Severity.ADVICE, text, ids, None, workers[0][0])
