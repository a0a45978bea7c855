"""The lives of many workers are computed as columns. The results are the same as for each worker alone."""

import random

import numpy as np
import pytest

from workers.analysis.balance.balance import balance_of
from workers.analysis.balance.worker_columns import WorkerTimes, worker_times
from workers.analysis.balance.worker_time import WORKERS, worker_time
from workers.analysis.measure import cpu_used
from workers.timeline.model import Process, ProcessKind
from workers.timeline.samples import Samples
from workers.timeline.timeline import Timeline

WORKERS_HERE = 300
KINDS = ProcessKind.WORKER, ProcessKind.WORKER, ProcessKind.WORKER, ProcessKind.POOL_WORKER, ProcessKind.HELPER


def live(chance: random.Random, process: Process) -> None:
    """Some of the moments of a life are known, in nearly any order."""
    at = sorted(chance.randrange(10**12) for _ in range(6))
    if chance.random() < 0.2:
        chance.shuffle(at)
    process.start_called_ns, process.born_ns, process.target_began_ns = at[:3]
    process.target_ended_ns, process.exited_ns, process.lost_ns = at[3:]
    process.cpu_s, process.cpu_whole = chance.random() * 2_000, True
    for name in ("start_called_ns", "born_ns", "target_began_ns", "target_ended_ns", "exited_ns", "cpu_s"):
        if chance.random() < 0.1:
            setattr(process, name, None)
    for name in ("lost", "left", "traced", "cpu_whole"):
        if chance.random() < 0.1:
            setattr(process, name, not getattr(process, name))
    if chance.random() < 0.1:
        process.error, process.start_returned_ns = "ValueError", at[1]
    if chance.random() < 0.1:
        process.exited_ns = process.born_ns = process.start_called_ns


@pytest.mark.parametrize("seed", range(6))
def test_the_lives_of_all_are_those_of_each(seed: int) -> None:
    chance = random.Random(seed)
    timeline = Timeline()
    timeline.add_process("parent", ProcessKind.PROGRAM)
    timeline.now_ns = 10**12
    for number in range(WORKERS_HERE):
        process = timeline.add_process(f"Process-{number}", chance.choice(KINDS), parent_id=1)
        live(chance, process)
        if chance.random() < 0.1:
            timeline.add_sample(process.id, chance.randrange(10**12), chance.random(), 5)
        if chance.random() < 0.1:
            timeline.effort_of(process.id)
        if chance.random() < 0.1:
            timeline.add_tasks(process.id, np.array([5]), np.array([10**9]), 0)
    each = (worker_time(timeline, process) for process in timeline.processes if process.kind in WORKERS)
    found = worker_times(timeline)
    assert repr(tuple(found)) == repr(tuple(one for one in each if one is not None))
    assert len(found) > WORKERS_HERE // 3
    balance = balance_of(timeline)
    assert balance is not None
    assert [*balance.workers] == [*found]
    some = {chance.randrange(1, 2 * WORKERS_HERE) for _ in range(50)}
    assert balance.workers.among(some) == tuple(one for one in found if one.process in some)
    assert WorkerTimes.of([]).among(some) == ()


@pytest.mark.parametrize("seed", range(20))
def test_few_samples_say_as_much_as_many(seed: int) -> None:
    chance = random.Random(seed)
    process = Process(1, "one", ProcessKind.WORKER)
    process.born_ns, process.exited_ns = sorted(chance.randrange(10**9) for _ in range(2))
    life = process.born_ns, process.exited_ns
    process.cpu_s, process.cpu_whole = chance.random(), seed % 3 > 0
    few, many = Samples(), Samples()
    rows = sorted((chance.randrange(process.exited_ns + 1), chance.random()) for _ in range(chance.choice((1, 2, 5))))
    for at_ns, cpu_s in rows:
        timeline = Timeline()
        timeline.add_process("one", ProcessKind.WORKER)
        timeline.add_sample(1, at_ns, cpu_s, 0)
        few.append(timeline.samples[1][0])
        many.append(timeline.samples[1][0])
    for _ in range(20):  # the same last one again and again says nothing more
        many.append(many[len(many) - 1])
    for _ in range(20):
        t0_ns, t1_ns = sorted(chance.randrange(-(10**8), 2 * 10**9) for _ in range(2))
        assert cpu_used(few, process, life, t0_ns, t1_ns) == cpu_used(many, process, life, t0_ns, t1_ns)
