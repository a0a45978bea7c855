"""big_arguments, big_results: pickling what tasks are given or return takes much of the run. Pure functions, any process."""

from collections.abc import Iterator, Sequence

import numpy as np

from workers.analysis.balance.balance import Balance
from workers.analysis.balance.worker_time import Part, WorkerTime
from workers.analysis.findings.evidence import few
from workers.analysis.findings.finding import Evidence, Finding, Severity, capitalized, names
from workers.analysis.findings.slow.slow_words import counted, main_name, seconds, share, tasks_of
from workers.plan.sizes import format_bytes
from workers.timeline.task_store import TaskDetail
from workers.timeline.tasks.effort import Way
from workers.timeline.timeline import Timeline

_LEAST_SHARE, _LEAST_S = 0.25, 0.5
"""Of the run's duration that one process spends with pickling or unpickling, and in seconds."""


def find(timeline: Timeline, balance: Balance) -> Iterator[Finding]:
    """One finding for arguments, and one for results, where pickling them takes much of the time of their parent."""
    if not any(len(effort.messages) for effort in timeline.effort.values()):
        return
    for way, code, detail in (
        (Way.SENT, "big_arguments", TaskDetail.BYTES_IN),
        (Way.RECEIVED, "big_results", TaskDetail.BYTES_OUT),
    ):
        spent = {
            number: _spent(timeline, number, way) for number in {_parent(timeline, one) for one in balance.workers}
        }
        parent = max(spent, key=lambda one: spent[one][0])
        pickling_s, size, count, first_ns, last_ns = spent[parent]
        if pickling_s < max(_LEAST_S, _LEAST_SHARE * balance.duration_s):
            continue
        workers = [one for one in balance.workers if _parent(timeline, one) == parent]
        tasks = tasks_of(timeline.tasks, (one.process for one in workers))
        in_tasks = _bytes(timeline, workers, detail)
        who = names([timeline.process(parent)])
        if tasks and in_tasks > size / 2:
            name = main_name(timeline, workers)
            verb = "were sent" if way is Way.SENT else "returned"
            what = f"The {counted(tasks, 'task')} of {name} {verb} {format_bytes(in_tasks)}"
        else:
            what = f"{who} {'sent' if way is Way.SENT else 'received'} {format_bytes(size)} in {counted(count, 'big message')}"
        busy = sum(worker.busy_s for worker in workers) / max(1e-9, sum(worker.life_s for worker in workers))
        pickling = "pickling" if way is Way.SENT else "unpickling"
        moved_s = sum(worker.parts[Part.TRANSFER] for worker in workers)
        moved = f", and spent {seconds(moved_s)} with big messages" if moved_s else ""
        text = (
            f"{what}: {pickling} them took {seconds(pickling_s)} in {who}, {share(pickling_s / balance.duration_s)} of the "
            f"run. The workers had a task in {share(busy)} of their time{moved}. " + _ADVICE[way]
        )
        evidence = few((Evidence(parent, first_ns, last_ns),))
        ids = (parent, *(one.process for one in workers))
        yield Finding(code, Severity.ADVICE, capitalized(text), ids, at_ns=first_ns, evidence=evidence)


_ADVICE = {
    Way.SENT: (
        "Give the workers once what all tasks need (initializer, or a global before a fork), or share it "
        "(multiprocessing.shared_memory)."
    ),
    Way.RECEIVED: "Return less, for example a sum or the name of a file, or write into shared memory.",
}


def _parent(timeline: Timeline, worker: WorkerTime) -> int:
    return timeline.process(worker.process).parent_id or 1


def _spent(timeline: Timeline, process: int, way: Way) -> tuple[float, int, int, int, int]:
    """(seconds of pickling, bytes, messages, begin of the first, end of the last) of one way."""
    effort = timeline.effort.get(process)
    rows = effort.messages.rows if effort is not None else np.empty((0, 6), np.int64)
    rows = rows[rows[:, 0] == way]
    if not len(rows):
        return 0.0, 0, 0, 0, 0
    spent = rows[:, 2] - rows[:, 1] if way is Way.SENT else rows[:, 3] - rows[:, 2]
    return (float(np.maximum(spent, 0).sum()) / 1e9, int(rows[:, 4].sum()), len(rows), int(rows[:, 1].min()),
            int(rows[:, 3].max()))  # fmt: skip


def _bytes(timeline: Timeline, workers: Sequence[WorkerTime], detail: TaskDetail) -> int:
    """The bytes of all tasks of these workers, as far as they are known."""
    found = 0
    for worker in workers:
        lane = timeline.tasks.of(worker.process)
        column = None if lane is None else lane.detail(detail)
        if column is not None:
            found += int(np.maximum(column, 0).sum())
    return found
