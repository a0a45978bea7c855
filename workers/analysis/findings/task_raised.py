"""task_raised: tasks of a pool or executor raised an exception. Pure functions on a timeline, any process."""

from collections.abc import Iterator
from operator import itemgetter

from workers.analysis.findings.finding import MOST_EVIDENCE, Evidence, Finding, Severity, error_words
from workers.timeline.timeline import Timeline


def find(timeline: Timeline) -> Iterator[Finding]:
    """One finding for each pair of a task's name and what it raised."""
    # → (when the first of them ended, process, how many, the first one) of each worker and thread
    kinds: dict[tuple[int, int], list[tuple[int, int, int, Evidence]]] = {}
    store = timeline.tasks
    for process, lane in store.lanes():
        for name, error, count, at in lane.failures():
            ended_ns = int(lane.t1[at])
            task = Evidence(process, int(lane.t0[at]), ended_ns, int(lane.id[at]))
            kinds.setdefault((name, error), []).append((ended_ns, process, count, task))
    for (name, error), workers in kinds.items():
        workers.sort(key=itemgetter(0, 1, 2))
        count = sum(worker[2] for worker in workers)
        task_name, raised = store.names[name], store.names[error]
        first = timeline.error_at(workers[0][1], workers[0][0])
        if count == 1:
            text = f"The task {task_name} raised {raised if first is None else error_words(first)}."
        else:
            example = "" if first is None else f", the first time {error_words(first)}"
            text = f"{count:,} tasks named {task_name} raised {raised}{example}."
        ids = tuple(dict.fromkeys(worker[1] for worker in workers))
        file, line = ("", 0) if first is None else (first.file, first.line)
        evidence = tuple(worker[3] for worker in workers[:MOST_EVIDENCE])
        yield Finding("task_raised", Severity.ADVICE, text, ids, None, workers[0][0], file, line, evidence)
