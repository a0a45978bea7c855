"""A script that makes a Dask cluster of its own: its tasks are on the lanes of the workers, by the probe alone."""

import sys
from collections import Counter
from itertools import pairwise

import pytest
from support.recording import recording, script

from workers.analysis.findings.all_findings import findings
from workers.timeline.model import ProcessKind, Task
from workers.timeline.timeline import Timeline

pytest.importorskip("distributed", reason="Dask is an extra, and has no wheels for this Python")
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the script sends SIGKILL")

COUNT, DEATHS = 100, 2


@pytest.fixture(scope="module")
def timeline() -> Timeline:
    with recording(script("own_cluster.py", str(COUNT), str(DEATHS))) as following:
        return following.finish(100.0)  # each worker imports Dask, which takes long on a busy machine


def of(timeline: Timeline, name: str) -> list[Task]:
    """The tasks with this name."""
    return [task for task in timeline.tasks if task.name == name]


def test_every_task_is_on_the_lane_of_the_worker_that_ran_it(timeline: Timeline) -> None:
    pids = Counter(int(line.text.removeprefix("ran in ")) for line in timeline.lines if line.text.startswith("ran in "))
    assert pids.total() == COUNT + 1
    shown = [*of(timeline, "square"), *of(timeline, "by-hand")]
    assert Counter(timeline.process(task.process).pid for task in shown) == pids
    assert all(task.ended_ns is not None and task.ended_ns > task.began_ns and not task.error for task in shown)
    assert (timeline.exit_code, timeline.warnings, timeline.torn_records) == (0, [], 0)


def test_workers_and_the_rows_of_their_threads_are_told_apart(timeline: Timeline) -> None:
    workers = [process for process in timeline.processes if process.kind is ProcessKind.CLUSTER_WORKER]
    assert {worker.name for worker in workers} == {"Dask worker 0", "Dask worker 1"}
    assert timeline.process(1).kind is ProcessKind.PROGRAM
    for task in timeline.tasks:
        assert task.thread
    for thread in timeline.threads:
        mine = sorted((task for task in timeline.tasks if task.thread == thread.id), key=lambda task: task.began_ns)
        assert all((one.ended_ns or 0) <= other.began_ns for one, other in pairwise(mine))
    assert len({task.thread for task in of(timeline, "square")}) == 4


def test_a_task_that_raised_has_the_error_and_its_line(timeline: Timeline) -> None:
    (task,) = of(timeline, "breaks")
    assert task.error == "ValueError"
    (finding,) = [found for found in findings(timeline) if found.code == "task_raised"]
    assert "The task breaks raised ValueError: no 3 (own_cluster.py:" in finding.text


def test_each_attempt_of_a_deadly_task_stays_open_on_the_lane_that_it_killed(timeline: Timeline) -> None:
    attempts = of(timeline, "kills")
    killed = [process for process in timeline.processes if process.exit_code == -9]
    assert "gave up KilledWorker" in [line.text for line in timeline.lines]
    assert len(attempts) == DEATHS
    assert [task.ended_ns for task in attempts] == [None] * DEATHS
    assert {task.process for task in attempts} == {process.id for process in killed}
    assert len(killed) == DEATHS
