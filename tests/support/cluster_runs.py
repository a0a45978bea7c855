"""Timelines of watched clusters, built by hand: two machines, with a worker that was killed."""

import signal

from support.builders import MS, SECOND
from workers.journal.codes import Watch
from workers.timeline.cluster.cluster_facts import ClusterFacts, DiskUse, Preparation, Transfer
from workers.timeline.model import Process, ProcessKind, SpanKind
from workers.timeline.task_store import TaskDetail
from workers.timeline.timeline import Timeline

HOSTS = ("node-a", "node-a", "node-b", "node-b")
KILLED = 4
"""The id of the worker that was killed, at KILLED_NS, while it ran a task."""
KILLED_NS = 4 * SECOND
TRANSFERRED = 12_000_000


def watched_run(hosts: tuple[str, ...] = HOSTS) -> Timeline:
    """Ten seconds of a cluster. The worker after the second one was killed; its task ran again on the one before it.

    The first worker fetched results from the second one, wrote some to its disk and read some from there.
    """
    timeline = Timeline()
    timeline.engine = "dask"
    program = timeline.add_process("watch", ProcessKind.PROGRAM)
    program.pid, program.start_called_ns, program.born_ns, program.target_began_ns = 1, 0, 0, 0
    timeline.cluster = facts = ClusterFacts(state=Watch.ATTACHED, attached_ns=0, version="2026.8.0, Python 3.11.7")
    for number, host in enumerate(hosts, 1):
        worker = timeline.add_process(f"worker-{number}", ProcessKind.CLUSTER_WORKER)
        worker.pid, worker.born_ns, worker.target_began_ns = 4000 + number, 100 * MS, 150 * MS
        worker.host, worker.address, worker.threads = host, f"tcp://{host}:{40000 + number}", 1
        worker.clock_within_ns = 180_000
        facts.with_nanny.add(worker.id)
        for at in range(8):
            began = SECOND // 5 + at * 900 * MS + number * 30 * MS
            if worker.id == KILLED and began + 800 * MS > KILLED_NS:
                break
            _ran(timeline, worker, began, began + 800 * MS, f"{'load' if at < 4 else 'train'}-{worker.id}-{at}")
    facts.add_transfer(Transfer(2, 3, 3200 * MS, 3900 * MS, TRANSFERRED, 4))
    facts.add_transfer(Transfer(5, 2, 5 * SECOND, 5400 * MS, 3_000_000, 1))
    facts.add_preparation(Preparation(2, SpanKind.DISK, False, 4600 * MS, 4900 * MS, "train-2-5"))
    facts.add_preparation(Preparation(2, SpanKind.DESERIALIZE, False, 5600 * MS, 5800 * MS, "train-2-6"))
    facts.add_disk(DiskUse(2, 6500 * MS, 3, 90_000_000, 0, 0))
    _kill(timeline, facts)
    timeline.now_ns = 10 * SECOND
    return timeline


def _ran(timeline: Timeline, worker: Process, began_ns: int, ended_ns: int, key: str, attempt: int = 1) -> int:
    """An attempt that ended, or is open where ended_ns is 0."""
    task = timeline.begin_task(worker.id, key.partition("-")[0], began_ns)
    timeline.tasks.note(task, TaskDetail.KEY, timeline.tasks.names.number(key))
    timeline.tasks.note(task, TaskDetail.ATTEMPT, attempt)
    if ended_ns:
        timeline.finish_task(task, ended_ns, None)
    return task


def _kill(timeline: Timeline, facts: ClusterFacts) -> None:
    killed = timeline.process(KILLED)
    task = _ran(timeline, killed, 3600 * MS, 0, "train-deadly")
    killed.exited_ns = killed.reaped_ns = KILLED_NS
    killed.exit_code = -signal.SIGKILL
    facts.cut_off["train-deadly"] = [task]
    facts.traffic_of(KILLED).add_lost(KILLED_NS, task)
    again = _ran(timeline, timeline.process(3), 7500 * MS, 8300 * MS, "train-deadly", 2)
    facts.traffic_of(3).add_attempt(7500 * MS, again)
    timeline.touch(*range(1, len(timeline.processes) + 1))
