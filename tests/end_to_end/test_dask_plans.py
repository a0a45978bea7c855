"""A plan on a Dask cluster that is made for it: the same commands, and lanes of the cluster's workers."""

import sys
from typing import TYPE_CHECKING

import pytest
from support.recording import Recording

from workers.analysis.findings.all_findings import findings
from workers.engines.choice import make_engine
from workers.engines.local_engine import LocalEngine
from workers.plan.plan import Order, Plan
from workers.report.report import report
from workers.timeline.model import CallName, ProcessKind
from workers.timeline.timeline import Timeline

if TYPE_CHECKING:
    from workers.commands import ParentVerb

pytest.importorskip("distributed", reason="Dask is an extra, and has no wheels for this Python")
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the lanes of lines need Linux")

LIMIT_S = 100.0
"""Each worker imports Dask, which takes long on a busy machine."""


@pytest.fixture(scope="module")
def timeline() -> Timeline:
    """Two tasks that were submitted at once, asked for, and awaited when the user pressed Join."""
    run = make_engine(Plan.make([2000, 3000], engine="dask"), straight=False)
    assert isinstance(run, LocalEngine)
    run.start()
    try:
        following = Recording(run)
        following.until(lambda: following.timeline.submitted == {1, 2}, LIMIT_S)
        following.ask("alive", 1)
        following.until(lambda: following.timeline.waiting_for_person and not following.timeline.pending, LIMIT_S)
        following.ask("join_rest")
        return following.finish(LIMIT_S)
    finally:
        run.close()


def test_the_work_is_on_lanes_of_the_clusters_workers(timeline: Timeline) -> None:
    workers = {process.id for process in timeline.processes if process.kind is ProcessKind.CLUSTER_WORKER}
    tasks = [task for task in timeline.tasks if task.name == "sort"]
    assert len(workers) == len(tasks) == 2
    assert {task.process for task in tasks} <= workers
    assert all(task.ended_ns is not None and not task.error for task in tasks)
    printed = {line.text for line in timeline.lines if line.process in workers}
    assert {"Started with n: 2000", "Started with n: 3000", "Function idx:  2 [None, True]"} <= printed


def test_the_steps_are_calls_on_futures(timeline: Timeline) -> None:
    calls = [call for call in timeline.calls_by(1) if call.task]
    assert [(call.name, call.task, call.step) for call in calls] == [
        (CallName.SUBMIT, "sort-1", 0),
        (CallName.SUBMIT, "sort-2", 1),
        (CallName.STATUS, "sort-1", None),
        (CallName.RESULT, "sort-1", 2),
        (CallName.RESULT, "sort-2", 3),
    ]
    assert all(call.ended_ns is not None and not call.error for call in calls)
    assert [call.request for call in calls if call.name is CallName.STATUS] == [1]
    assert timeline.collected == {1, 2}


def test_by_hand_one_task_is_submitted_and_awaited_at_a_time() -> None:
    run = make_engine(Plan.make([2000, 3000], steps=Order.BY_HAND, engine="dask"), straight=False)
    assert isinstance(run, LocalEngine)
    run.start()
    try:
        following = Recording(run)

        def asked(verb: "ParentVerb", worker: int) -> None:
            number = following.ask(verb, worker)

            def carried_out() -> bool:
                request = following.timeline.requests.get(number)
                answered = request is not None and request.answered_ns is not None
                return answered and following.timeline.waiting_for_person

            following.until(carried_out, LIMIT_S)

        following.until(lambda: following.timeline.waiting_for_person, LIMIT_S)
        asked("start", 2)
        assert following.timeline.submitted == {2}
        asked("join", 2)
        assert following.timeline.collected == {2}
        asked("start", 1)
        asked("terminate", 1)
        following.ask("join", 1)  # it was cancelled, or had ended before. With that the plan is done
        timeline = following.finish(LIMIT_S)
    finally:
        run.close()
    calls = [(call.name, call.task, call.request) for call in timeline.calls_by(1) if call.task]
    assert timeline.collected == {1, 2}
    assert calls == [
        (CallName.SUBMIT, "sort-2", 1), (CallName.RESULT, "sort-2", 2), (CallName.SUBMIT, "sort-1", 3),
        (CallName.CANCEL, "sort-1", 4), (CallName.RESULT, "sort-1", 5),
    ]  # fmt: skip
    assert timeline.exit_code == 0


def test_it_ends_as_a_plan_does_and_says_where_it_ran(timeline: Timeline) -> None:
    assert (timeline.exit_code, timeline.warnings, timeline.torn_records) == (0, [], 0)
    assert "We're done" in [line.text for line in timeline.lines if line.process == 1]
    told = report(timeline)
    assert (told["program"]["engine"], told["program"]["start_method"]) == ("dask", "spawn")
    assert [found.code for found in findings(timeline) if found.severity == "problem"] == []
