"""results_pile_up: results of an imap() wait in the memory of a program that takes them slowly. Pure functions, any process."""

from collections.abc import Iterator

import numpy as np

from workers.analysis.balance.balance import Balance
from workers.analysis.findings.finding import Evidence, Finding, Severity, capitalized, names
from workers.analysis.findings.slow.slow_words import main_name
from workers.plan.sizes import format_bytes
from workers.timeline.task_store import TaskDetail
from workers.timeline.timeline import Timeline

_LEAST_BYTES = 100_000_000
_LEAST_OF_GROWTH = 0.5
"""The program's memory grew by at least this share of the results that waited."""


def find(timeline: Timeline, balance: Balance) -> Iterator[Finding]:
    """One finding for each process in which many bytes of results waited."""
    for number, effort in timeline.effort.items():
        if not effort.results_waiting:
            continue
        most = max(effort.results_waiting, key=lambda one: one.results)
        workers = [one for one in balance.workers if timeline.process(one.process).parent_id == number]
        sizes = []
        for worker in workers:
            lane = timeline.tasks.of(worker.process)
            column = None if lane is None else lane.detail(TaskDetail.BYTES_OUT)
            if column is not None:
                sizes.append(column[column >= 0])
        known = np.concatenate(sizes) if sizes else np.empty(0, np.int64)
        if not len(known):
            continue
        waiting = most.results * float(known.mean())
        grown = _growth(timeline, number)
        if waiting < _LEAST_BYTES or grown < _LEAST_OF_GROWTH * waiting:
            continue
        who = names([timeline.process(number)])
        name = main_name(timeline, workers)
        text = (
            f"{who} had {most.results:,} results of {name} waiting in its memory, {format_bytes(waiting)} together, and grew "
            f"by {format_bytes(grown)}: imap() does not wait for the loop that takes its results. Bound how far it runs ahead, "
            f"for example with a semaphore that the input waits for and the loop releases."
        )
        evidence = (Evidence(number, effort.results_waiting[0].at_ns, effort.results_waiting[-1].at_ns),)
        yield Finding(
            "results_pile_up", Severity.ADVICE, capitalized(text), (number,), at_ns=most.at_ns, evidence=evidence
        )


def _growth(timeline: Timeline, process: int) -> int:
    """How many bytes the memory of a process grew, from its first sample to the largest."""
    samples = timeline.samples.get(process)
    return int(samples.rss.max() - samples.rss[0]) if samples is not None and len(samples) else 0
