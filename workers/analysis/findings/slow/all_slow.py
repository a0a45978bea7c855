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
    one_task,
    private_memory,
    results_pile_up,
    slow_start,
    too_few_cores,
    too_many_threads,
    worker_churn,
)
from workers.timeline.timeline import Timeline

SLOW_KINDS: tuple[Callable[[Timeline, Balance], Iterable[Finding]], ...] = (
    big_messages.find,
    one_at_a_time.find,
    results_pile_up.find,
    private_memory.find,
    too_many_threads.find,
)
LEAST_RUN_S = 1.0
"""A shorter run is not worth a change."""
_MOST_WORKERS_LIVE = 500
"""Of a run that goes on with more workers, the balance is made at its end."""


def find(timeline: Timeline) -> Iterator[Finding]:
    """All advice on the speed of a run."""
    if timeline.imported is not None or timeline.now_ns < LEAST_RUN_S * 1e9:
        return
    if not timeline.ended and len(timeline.processes) > _MOST_WORKERS_LIVE:
        return
    balance = balance_of(timeline)
    if balance is not None:
        yield from one_task.find(timeline, balance)
    if not timeline.ended:
        return
    if balance is not None:
        churn = list(worker_churn.find(timeline, balance))
        yield from churn or slow_start.find(timeline, balance)  # what is started too often is not slow to start
        for kind in SLOW_KINDS:
            yield from kind(timeline, balance)
    workers = 0 if balance is None else balance.at_once
    yield from too_few_cores.find(timeline, timeline.now_ns / 1e9, workers)
