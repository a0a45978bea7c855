"""The report: its promised shape, and true values on a timeline built by hand and on real runs."""

import json
import time
from typing import Any

import pytest
from support.builders import joined_run, running_run, threaded_run

from workers.engines.engine import now_ns
from workers.engines.local_engine import LocalEngine
from workers.folding.fold import Fold
from workers.plan.plan import Plan, StartMethod
from workers.report.report import report
from workers.timeline.timeline import Timeline

PROGRAM = {"argv", "python", "pid", "exit_code", "running", "duration_s", "start_method", "host", "engine"}
PROCESS = {
    "id", "pid", "ppid", "parent_id", "name", "kind", "start_method", "daemon", "start_called_s", "start_returned_s",
    "target_began_s", "target_ended_s", "exited_s", "reaped_s", "joined_s", "exit_code", "signal", "lost",
    "left_running", "tasks", "output_lines", "cpu_s", "peak_rss_bytes", "threads", "waits", "stack", "stack_at_s",
    "stack_problem", "cpu_wait_s", "private_bytes",
    "shared_bytes", "host", "address", "clock_within_s",
}  # fmt: skip
CALL = {"by", "call", "process", "began_s", "ended_s", "timeout_s", "result", "error", "file", "line", "times",
        "workers", "thread"}  # fmt: skip


def as_read(timeline: Timeline) -> dict[str, Any]:
    """The report as a script reads it, with no number that JSON does not know."""
    return json.loads(json.dumps(report(timeline), allow_nan=False))  # type: ignore[no-any-return]


def ran(plan: Plan) -> Timeline:
    """The timeline of `plan`, run to its end."""
    run = LocalEngine(plan, whole=True)
    run.start()
    timeline = Timeline()
    fold = Fold(timeline)
    try:
        while not run.over:
            fold.apply(run.take(), now_ns())
            time.sleep(0.01)
        fold.finish(now_ns())
    finally:
        run.close()
    return timeline


def test_every_key_is_always_there() -> None:
    for timeline in (joined_run(2), running_run(2), Timeline(), Timeline.planned(Plan.make([10, 20]))):
        said = as_read(timeline)
        assert set(said) == {
            "procession", "program", "processes", "calls", "tasks", "output", "watched", "findings", "suspends", "imported",
            "lost", "balance", "critical_path", "cluster",
        }  # fmt: skip
        assert set(said["procession"]) == {"version", "report"}
        assert set(said["program"]) == PROGRAM
        assert all(set(process) == PROCESS for process in said["processes"])
        assert all(set(call) == CALL for call in said["calls"])
        assert all(set(line) == {"process", "stream", "at_s", "text"} for line in said["output"])
        assert said["findings"] == []
        assert set(said["lost"]) == {"torn_records", "unfinished_records", "dropped_output_bytes", "warnings"}
        assert said["imported"] is None


def test_times_are_seconds_and_what_is_not_known_is_null() -> None:
    said = as_read(joined_run(2, exit_codes={2: -9}))
    first, killed = said["processes"][1:]
    assert (first["start_called_s"], first["target_ended_s"], first["exit_code"]) == (0.04, 1.042, 0)
    assert (killed["target_ended_s"], killed["exit_code"], killed["signal"]) == (None, -9, "SIGKILL")
    assert (first["kind"], first["parent_id"], first["output_lines"]) == ("worker", 1, 2)
    assert said["program"]["duration_s"] == said["processes"][0]["exited_s"]
    assert said["program"]["start_method"] == "fork"
    assert said["output"][0] == {"process": 2, "stream": "stdout", "at_s": 0.043, "text": "Started with n: 10000"}


def test_nanoseconds_survive() -> None:
    timeline = running_run(1)
    timeline.process(2).target_began_ns = 123_456_789_012_345_678
    assert as_read(timeline)["processes"][1]["target_began_s"] == pytest.approx(123_456_789.012345678, abs=1e-7)
    timeline.process(2).target_began_ns = 1
    assert as_read(timeline)["processes"][1]["target_began_s"] == 1e-9


def test_a_worker_that_never_started_is_there_with_nulls() -> None:
    said = as_read(Timeline.planned(Plan.make([10, 20, 30])))
    assert [process["name"] for process in said["processes"]] == ["parent", "Process-1", "Process-2", "Process-3"]
    assert {process["start_called_s"] for process in said["processes"]} == {None}
    assert said["program"]["exit_code"] is None


def test_lines_that_are_not_kept_are_said_to_be_missing() -> None:
    timeline = joined_run(1)
    timeline.lines_seen += 1_000
    assert as_read(timeline)["lost"]["warnings"] == ["1,000 older printed lines are not kept."]


@pytest.mark.parametrize("method", list(StartMethod))
def test_a_real_run_has_every_time_in_order(method: StartMethod) -> None:
    said = as_read(ran(Plan.make([30_000, 90_000], start_method=method)))
    workers = [process for process in said["processes"] if process["kind"] == "worker"]
    assert len(workers) == 2
    for worker in workers:
        assert worker["start_method"] == method
        assert worker["exit_code"] == 0
        assert worker["start_called_s"] < worker["start_returned_s"]
        assert (worker["start_called_s"] < worker["target_began_s"] < worker["target_ended_s"]
                < worker["exited_s"] <= worker["joined_s"])  # fmt: skip
        assert worker["exited_s"] <= worker["reaped_s"] <= worker["joined_s"]
        assert worker["pid"] > 0
        assert worker["ppid"] > 0
    joins = [call for call in said["calls"] if call["call"] == "join"]
    assert [call["process"] for call in joins] == [worker["id"] for worker in workers]
    assert workers[0]["joined_s"] <= workers[1]["joined_s"]
    values = {value["process"]: value["value"] for value in said["watched"] if value["when"] == "ended"}
    assert [values[process] for process in (2, 3, 1)] == ["[True, None]", "[None, True]", "[None, None]"]
    assert said["lost"] == {"torn_records": 0, "unfinished_records": 0, "dropped_output_bytes": 0, "warnings": []}


def test_a_task_says_which_thread_and_interpreter_ran_it() -> None:
    said = as_read(threaded_run(threads=2, tasks=2))
    ran = [(task["process"], task["thread"], task["thread_id"], task["interpreter"]) for task in said["tasks"]]
    assert sorted(ran, key=str) == sorted([
        *[(1, "pool_0", 5001, None)] * 2, *[(1, "pool_1", 5002, None)] * 2, (2, None, None, None), (2, "inner_0", 5001, 3),
    ], key=str)  # fmt: skip
    assert [process["tasks"] for process in said["processes"]] == [4, 2]
    (raised,) = [one for one in said["findings"] if one["code"] == "task_raised"]
    assert (raised["text"], raised["processes"]) == ("2 tasks named fetch raised ValueError.", [1])
