"""What the kinds of advice share: the words for figures, and who started workers. Any process."""

from collections.abc import Iterable, Sequence

from workers.analysis.balance.worker_time import WorkerTime
from workers.plan.sizes import format_duration
from workers.timeline.task_store import TaskStore
from workers.timeline.timeline import Timeline


def seconds(value: float) -> str:
    """A duration in a sentence: ``44 s``, ``3.1 s``, ``52 ms``."""
    return (
        f"{value:.0f} s"
        if 9.95 <= value < 100
        else f"{value:.1f} s"
        if 0.95 <= value < 9.95
        else format_duration(value)
    )


def share(value: float) -> str:
    """``41 %``; less than one: ``less than 1 %``."""
    return f"{value * 100:.0f} %" if value >= 0.01 else "less than 1 %"


def counted(number: int, what: str) -> str:
    """``1 task``, ``24 tasks``."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def main_name(timeline: Timeline, workers: Sequence[WorkerTime]) -> str:
    """The name that most tasks of these workers have; empty if they ran none."""
    counts: dict[int, int] = {}
    for worker in workers:
        lane = timeline.tasks.of(worker.process)
        if lane is not None and len(lane):
            first = int(lane.name[0])
            counts[first] = counts.get(first, 0) + len(lane)
    return timeline.tasks.names[max(counts, key=lambda one: counts[one])] if counts else ""


def tasks_of(tasks: TaskStore, workers: Iterable[int]) -> int:
    """How many tasks these workers ran, given by their ids."""
    return sum(len(lane) for lane in map(tasks.of, workers) if lane is not None)
