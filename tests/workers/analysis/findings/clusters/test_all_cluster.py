"""What only a cluster can have, from timelines that are built: each finding where it belongs, and none where it does not."""

import signal

import pytest
from support.builders import MS, SECOND

from workers.analysis.findings.all_findings import findings
from workers.analysis.findings.finding import Severity
from workers.journal.codes import Watch
from workers.timeline.cluster.cluster_facts import ClusterFacts, DiskUse, Silence, Transfer
from workers.timeline.model import Process, ProcessKind
from workers.timeline.timeline import Timeline


def cluster(*hosts: str) -> tuple[Timeline, ClusterFacts]:
    """A watch of ten seconds, with one worker of one thread for each of these hosts."""
    timeline = Timeline()
    program = timeline.add_process("watch", ProcessKind.PROGRAM)
    program.pid, program.start_called_ns, program.born_ns = 1, 0, 0
    timeline.cluster = ClusterFacts(state=Watch.ATTACHED, attached_ns=0)
    for number, host in enumerate(hosts, 1):
        worker = timeline.add_process(f"worker {number}", ProcessKind.CLUSTER_WORKER)
        worker.pid, worker.born_ns, worker.target_began_ns = 100 + number, 0, 0
        worker.host, worker.address, worker.threads = host, f"tcp://{host}:{number}", 1
    timeline.now_ns = 10 * SECOND
    return timeline, timeline.cluster


def ran(timeline: Timeline, worker: Process, began_s: float, ended_s: float, name: str = "load") -> int:
    """An attempt that ended."""
    task = timeline.begin_task(worker.id, name, int(began_s * SECOND))
    timeline.finish_task(task, int(ended_s * SECOND), None)
    return task


def texts(timeline: Timeline) -> dict[str, str]:
    """What the findings say, by code."""
    return {found.code: found.text for found in findings(timeline)}


def test_a_healthy_cluster_has_no_findings() -> None:
    timeline, facts = cluster("a", "b")
    for worker in timeline.processes[1:]:
        ran(timeline, worker, 1, 9)
    facts.add_transfer(Transfer(2, 3, SECOND, SECOND + 900 * MS, 1000, 1))
    assert texts(timeline) == {}


def test_a_task_that_ends_its_workers_is_named_once_it_ended_two() -> None:
    timeline, facts = cluster("a", "a", "a")
    for worker in timeline.processes[1:3]:
        task = timeline.begin_task(worker.id, "parse", SECOND)
        facts.cut_off.setdefault("parse-1", []).append(task)
        if worker.id == 2:
            assert "kills_workers" not in texts(timeline)
        worker.exited_ns, worker.exit_code = 2 * SECOND, -signal.SIGSEGV
        worker.reaped_ns = worker.exited_ns
    said = texts(timeline)["kills_workers"]
    assert said == (
        "2 workers ended by SIGSEGV while they ran the task parse (parse-1): worker 1 and worker 2. "
        "The task probably ends them."
    )


def test_a_killed_worker_is_told_without_a_guess_about_calls() -> None:
    timeline, _ = cluster("a")
    worker = timeline.process(2)
    worker.exited_ns = worker.reaped_ns = 2 * SECOND
    worker.exit_code = -signal.SIGKILL
    assert (
        texts(timeline)["killed"]
        == "worker 1 was killed by SIGKILL at 2.000 s: what sent the signal is not seen in a cluster."
    )


def test_attempts_beyond_the_first_are_told_by_their_reason() -> None:
    timeline, facts = cluster("a")
    facts.retried.update(fetch=2, read=1)
    facts.recomputed.update(load=1, none=0)
    facts.left[2] = "worker-close"
    said = texts(timeline)
    assert (
        said["retried"] == "3 attempts followed one that had raised (2 of fetch, 1 of read): the cluster tried again."
    )
    assert said["computed_again"] == (
        "1 attempt repeated a task that had returned (1 of load), after worker 1 had left the cluster: its result was gone."
    )


@pytest.mark.parametrize(("until_s", "severity"), [(7, Severity.ADVICE), (None, Severity.PROBLEM)])
def test_who_does_not_answer_is_told_with_what_it_ran(until_s: int | None, severity: Severity) -> None:
    timeline, facts = cluster("a")
    ran(timeline, timeline.process(2), 2, 9, "hold")
    until_ns = None if until_s is None else until_s * SECOND
    facts.silences += [Silence(2, 3 * SECOND, until_ns), Silence(None, 4 * SECOND, until_ns)]
    found = {one.code: one for one in findings(timeline)}
    assert [found[code].severity for code in ("worker_silent", "scheduler_silent")] == [severity, severity]
    how_long = "for 4.000 s, from 3.000 s on" if until_s else "from 3.000 s on"
    assert found["worker_silent"].text.startswith(f"worker 1 sent no heartbeat {how_long}, while it ran hold: ")
    assert found["scheduler_silent"].text.startswith("The scheduler did not answer f")


def test_a_watch_that_broke_off_or_never_began_says_so() -> None:
    timeline, facts = cluster("a")
    facts.state, facts.over_ns = Watch.GONE, 5 * SECOND
    assert texts(timeline)["scheduler_lost"].startswith("The connection to the scheduler broke at 5.000 s")
    facts.state, facts.reason = Watch.REFUSED, "The scheduler did not answer in time"
    assert texts(timeline)["not_watched"] == "The cluster could not be watched: The scheduler did not answer in time."


def test_data_that_moves_for_longer_than_tasks_compute_is_told() -> None:
    timeline, facts = cluster("a", "b")
    ran(timeline, timeline.process(2), 0, 3)
    facts.add_transfer(Transfer(3, 2, SECOND, 3 * SECOND, 5_000_000, 4))
    said = texts(timeline)["transfers_dominate"]
    assert said.startswith("Workers fetched 5 MB from each other, which took 2.000 s together, and their tasks 3.000 s")
    ran(timeline, timeline.process(2), 4, 9)
    assert "transfers_dominate" not in texts(timeline)


def test_results_on_disk_are_told_by_worker_and_size() -> None:
    timeline, facts = cluster("a", "b")
    facts.add_disk(DiskUse(3, 4 * SECOND, 2, 80_000_000, 0, 0))
    assert texts(timeline)["spilled"].startswith("worker 2 wrote 80 MB of results to disk")


def test_machines_that_share_the_work_unevenly_are_compared() -> None:
    timeline, _ = cluster("a", "a", "b")
    for worker in timeline.processes[1:3]:
        ran(timeline, worker, 0, 9)
    ran(timeline, timeline.process(4), 0, 1)
    assert texts(timeline)["uneven_hosts"].startswith(
        "The threads of a were in tasks for 90% of their time, and those of b for 10%"
    )
