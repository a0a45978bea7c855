"""Every kind of advice on why a run is not faster. Pure functions on a timeline, any process.

Each kind has its thresholds, which the page of this room lists: advice is given where it concerns a share of the run that is
worth a change, and once the run has ended. A task that never ends is told before that.
"""

from collections.abc import Callable, Iterable, Iterator

from workers.analysis.balance.balance import Balance, balance_of
from workers.analysis.findings.finding import Finding
from workers.analysis.findings.slow import (
    big_messages,
    one_at_a_time,
    one_by_one,
    one_task,
    private_memory,
    program_bound,
    results_pile_up,
    slow_start,
    tiny_tasks,
    too_few_cores,
    too_many_threads,
    worker_churn,
)
from workers.timeline.timeline import Timeline

_Kind = Callable[[Timeline, Balance], Iterable[Finding]]

STARTS: tuple[_Kind, ...] = (worker_churn.find, slow_start.find)
"""Of these the first is given: what is started too often is not slow to start."""
HELD_UP: tuple[_Kind, ...] = (
    big_messages.find, results_pile_up.find, one_at_a_time.find, one_by_one.find, tiny_tasks.find,
)  # fmt: skip
"""The same: big messages hold up the lock of their queue, and tasks under one lock are no tiny ones."""
OTHERS: tuple[_Kind, ...] = (private_memory.find, too_many_threads.find)
LEAST_RUN_S = 1.0
"""A shorter run is not worth a change."""
_MOST_WORKERS_LIVE = 500
"""Of a run that goes on with more workers, the balance is made at its end."""


def find(timeline: Timeline, balance: Balance | None = None) -> Iterator[Finding]:
    """All advice on the speed of a run. balance: of this timeline, where it was made already."""
    if timeline.imported is not None or timeline.now_ns < LEAST_RUN_S * 1e9:
        return
    if not timeline.ended and len(timeline.processes) > _MOST_WORKERS_LIVE:
        return
    balance = balance or balance_of(timeline)
    if balance is not None:
        yield from one_task.find(timeline, balance)
    if not timeline.ended:
        return
    if balance is not None:
        found = _first(STARTS, timeline, balance)
        found += _first(HELD_UP, timeline, balance)
        yield from found or program_bound.find(timeline, balance)
        for kind in OTHERS:
            yield from kind(timeline, balance)
    workers = 0 if balance is None else balance.at_once
    yield from too_few_cores.find(timeline, timeline.now_ns / 1e9, workers)


def _first(kinds: Iterable[_Kind], timeline: Timeline, balance: Balance) -> list[Finding]:
    """What the first of these kinds says that says anything."""
    return next((found for kind in kinds if (found := list(kind(timeline, balance)))), [])
