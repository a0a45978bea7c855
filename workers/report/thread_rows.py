"""The rows of threads in a timeline of characters. Pure, any process."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from workers.timeline.model import Process
from workers.timeline.timeline import Timeline

THREADS_LEGEND = "▁▄█ threads that run tasks"
_SHARES = "▁▂▃▄▅▆▇█"
_MOST_ROWS = 8
"""More threads of a process share one row."""


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A row for one thread, or for many of one process together. end: what is said behind it."""

    name: str
    process: Process
    threads: tuple[int, ...]
    end: str

    def cells(self, timeline: Timeline, columns: int, end_ns: int) -> Iterator[str]:
        """A character a column: the higher, the more of its time was spent in tasks; of many threads the share of all."""
        edges = np.linspace(0, end_ns, columns + 1)
        busy, seen = np.zeros(columns), np.zeros(columns, np.bool_)
        for thread in self.threads:
            ran = timeline.tasks.of_thread(thread)
            if ran is None or not len(ran):
                continue
            t0 = ran.t0.astype(np.float64)
            t1 = np.minimum(ran.ends(0, len(ran), self.process.last_ns), end_ns).astype(np.float64)
            # The time spent in tasks until each edge: in those that began before it, less what the last of them goes on.
            spent = np.concatenate(([0.0], np.cumsum(np.maximum(t1 - t0, 0.0))))
            begun = t0.searchsorted(edges)
            going_on = np.where(begun > 0, np.maximum(t1[begun - 1] - edges, 0.0), 0.0)
            busy += np.diff(spent[begun] - going_on)
            seen |= np.diff(begun) > 0
        share = busy / np.diff(edges) / len(self.threads)
        for one, began in zip(share.tolist(), seen.tolist(), strict=True):
            yield _SHARES[min(len(_SHARES) - 1, max(0, int(one * len(_SHARES))))] if began or one > 1e-9 else " "


def thread_rows(timeline: Timeline, process: Process) -> Iterator[ThreadRow]:
    """The rows below a process: of its threads that ran tasks."""
    threads = timeline.threads_of(process.id)
    if len(threads) > _MOST_ROWS:
        ids = tuple(thread.id for thread in threads)
        yield ThreadRow(f"{len(threads)} threads", process, ids, _tasks(sum(thread.tasks for thread in threads)))
        return
    for thread in threads:
        yield ThreadRow(thread.name or f"thread {thread.number}", process, (thread.id,), _tasks(thread.tasks))


def _tasks(count: int) -> str:
    return "1 task" if count == 1 else f"{count:,} tasks"
