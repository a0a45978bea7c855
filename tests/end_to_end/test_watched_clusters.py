"""Clusters of Dask that are watched: what the lanes show is what the tasks noted themselves, and the watch leaves nothing."""

import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.dask_clusters import DaskCluster, dask_cluster, noted
from support.recording import Recording, recording
from support.waiting import wait_until

from workers.commands import StopRun
from workers.engines.choice import make_engine
from workers.engines.cluster.watch_program import watch_program
from workers.engines.local_engine import LocalEngine
from workers.journal.codes import Watch
from workers.plan.plan import Plan
from workers.timeline.model import CallName, Process, ProcessKind
from workers.timeline.timeline import Timeline

pytest.importorskip("distributed", reason="Dask is an extra, and has no wheels for this Python")
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a worker is ended by SIGKILL")

COUNT = 60
HOW_IT_LEAVES = ((Watch.LEFT, ""), (Watch.STAYS, "The scheduler did not confirm it in time"))
"""On a busy machine a worker that is just starting may keep the scheduler waiting. What is ours leaves all the same."""
LIMIT_S = 100.0
"""Each process of Dask takes long to start on a busy machine."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    with dask_cluster(tmp_path_factory.mktemp("cluster") / "dask") as made:
        yield made


def workers_of(timeline: Timeline) -> list[Process]:
    """The cluster's workers that were seen."""
    return [process for process in timeline.processes if process.kind is ProcessKind.CLUSTER_WORKER]


def test_every_attempt_is_on_its_lane_and_nothing_is_left_behind(cluster: DaskCluster, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    with recording(watch_program(cluster.address)) as watch:
        watch.until(lambda: watch.timeline.cluster and watch.timeline.cluster.state is Watch.ATTACHED, LIMIT_S)
        facts = watch.timeline.cluster
        assert facts is not None
        watch.until(lambda: len(facts.with_nanny) == 2, LIMIT_S)
        said = cluster.run("cluster_work.py", notes, COUNT, 0.005, "fails", "deadly", limit_s=LIMIT_S)
        assert said == "done\n"
        watch.until(lambda: any(process.exit_code == -9 for process in workers_of(watch.timeline)), LIMIT_S)
        watch.run.command(StopRun())
        timeline = watch.finish(LIMIT_S)
    truth = noted(notes)
    shown = [task for task in timeline.tasks if task.name in ("work", "fails", "deadly")]
    pids = {process.id: process.pid for process in workers_of(timeline)}
    assert Counter((task.key, pids[task.process]) for task in shown) == truth.attempts
    assert {task.key for task in shown if task.ended_ns is None} == {"deadly"}
    tries = {task.attempt: task.error for task in shown if task.key == "fails"}
    assert tries == {1: "ValueError"} | dict.fromkeys(range(2, len(tries) + 1))
    (dead,) = (process for process in workers_of(timeline) if process.exit_code == -9)
    (deadly,) = (task for task in shown if task.ended_ns is None)
    assert deadly.process == dead.id
    for process in workers_of(timeline):
        assert process.host == "127.0.0.1"
        assert process.left == (process is not dead)
        assert process.clock_within_ns or not process.tasks  # one that has just come
    assert timeline.cluster is not None
    assert (timeline.cluster.state, timeline.cluster.reason) in HOW_IT_LEAVES
    assert (timeline.warnings, timeline.torn_records) == ([], 0)
    wait_until(lambda: cluster.run("cluster_leftovers.py", limit_s=LIMIT_S) == "[]\n", limit_s=LIMIT_S)


def test_a_plan_at_its_address_is_carried_out_there_and_watched(cluster: DaskCluster) -> None:
    run = make_engine(Plan.make([2000, 3000], engine=f"dask={cluster.address}"))
    assert isinstance(run, LocalEngine)
    run.start()
    try:
        timeline = Recording(run).finish(LIMIT_S)
    finally:
        run.close()
    tasks = [task for task in timeline.tasks if task.name == "sort"]
    assert (timeline.exit_code, timeline.warnings) == (0, [])
    assert sorted((task.key or "").rpartition("-")[0] for task in tasks) == ["sort-1", "sort-2"]
    assert {timeline.process(task.process).kind for task in tasks} == {ProcessKind.CLUSTER_WORKER}
    assert all(task.ended_ns is not None and not task.error and task.attempt == 1 for task in tasks)
    assert [call.name for call in timeline.calls_by(1) if call.task] == [CallName.SUBMIT] * 2 + [CallName.RESULT] * 2
    assert timeline.collected == {1, 2}
    assert "bridge to the cluster" in {p.name for p in timeline.processes if p.kind is ProcessKind.HELPER}
    assert timeline.cluster is not None
    assert (timeline.cluster.state, timeline.cluster.reason) in HOW_IT_LEAVES


def test_a_scheduler_that_stands_still_or_dies_is_told(cluster: DaskCluster) -> None:
    with recording(watch_program(cluster.address)) as watch:
        watch.until(lambda: watch.timeline.cluster and watch.timeline.cluster.state is Watch.ATTACHED, LIMIT_S)
        facts = watch.timeline.cluster
        assert facts is not None
        os.kill(cluster.scheduler.pid, signal.SIGSTOP)
        watch.until(lambda: facts.silences, LIMIT_S)
        assert [silence.worker for silence in facts.silences] == [None]
        os.kill(cluster.scheduler.pid, signal.SIGCONT)
        watch.until(lambda: facts.silences[0].until_ns is not None, LIMIT_S)
        os.kill(cluster.scheduler.pid, signal.SIGKILL)
        timeline = watch.finish(LIMIT_S)
    assert facts.state is Watch.GONE
    assert timeline.exit_code == 1
    assert all(process.lost for process in workers_of(timeline) if process.exited_ns is None)
